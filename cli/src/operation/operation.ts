/**
 * 運転: what runs beside the pages, in a process of its own, so that neither a round of the 庁内連携 nor a nightly check takes the time of the pages, and
 * none of their failures theirs. What runs in the process of the pages (the pages, the worker, the seals) is on the same list.
 */
import { type CivilDate, civilDate } from "@hagukumi/law/contract.ts";
import { type Supervisor, startSupervisor } from "@hagukumi/platform/supervision/supervisor.ts";
import type { Pool } from "pg";

import { type KeptProcess, keepProcess } from "../kept-process.ts";
import { ENVIRONMENT_NAME, type OperationOptions } from "./options.ts";

const CHILD = new URL("./child.ts", import.meta.url);

export type OperationStart = OperationOptions & {
  readonly onLine: (line: string) => void;
  readonly onDay?: (day: CivilDate) => void;
  readonly onState?: (problem: string) => void;
};

/** Starts the process of the parts. */
export function startOperation({ onLine, onDay, onState, ...options }: OperationStart): KeptProcess {
  return keepProcess({
    module: CHILD,
    // The settings of the installation go along (vault, store, certificates); the database's address is not on a command line.
    env: { ...process.env, [ENVIRONMENT_NAME]: JSON.stringify(options) },
    onEnd: (how) => {
      onLine(`運転の処理が${how}`);
      onState?.(`運転の処理が${how}`);
    },
    onAgain: () => onState?.(""),
    onMessage: (message) => {
      if (typeof message === "object" && message !== null && "day" in message && typeof message.day === "string")
        onDay?.(civilDate(message.day));
    },
  });
}

const says = (words: string) => async (): Promise<string> => await Promise.resolve(words);

/** What runs in the process of the pages, on the same list. */
export async function listOwnParts(pool: Pool, pages: string): Promise<Supervisor> {
  const always = { always: true } as const;
  return await startSupervisor({
    pool,
    // Who started it sees the lines of each already.
    onLine: () => {},
    parts: [
      { code: "pages", name: "職員の画面", order: 1, rhythm: always, run: says(`${pages} で待ち受けています。`) },
      {
        code: "massWorker",
        name: "一括処理・通知書の作業者",
        order: 2,
        rhythm: always,
        run: says("別の処理で動いています。"),
      },
      { code: "seals", name: "記録の封と見張り", order: 3, rhythm: always, run: says("1秒ごとに封をしています。") },
      {
        code: "operation",
        name: "運転の処理（下のもの）",
        order: 4,
        rhythm: always,
        run: says("別の処理で動いています。"),
      },
    ],
  });
}
