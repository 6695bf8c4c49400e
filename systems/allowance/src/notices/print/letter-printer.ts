/** 印刷する子プロセス: drawing takes a processor for minutes, so it never happens in a process that serves people. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";

import { refuse } from "../../refusal.ts";
import type { PrintedLetters } from "./draw-letters.ts";
import type { EnvelopeId } from "./page-mark.ts";

/** `content`: JSON text of a LetterContent, handed on without being read here. */
export type DrawJob = {
  readonly id: number;
  readonly path: string;
  readonly title: string;
  readonly letters: readonly { readonly id: EnvelopeId; readonly content: string }[];
  readonly seals: readonly (readonly [digest: string, picture: string])[];
};

export type DrawAnswer =
  | { readonly id: number; readonly ok: true; readonly file: PrintedLetters }
  | { readonly id: number; readonly ok: false; readonly problem: string };

export type LetterPrinter = {
  /** Writes one PDF. @throws Refusal `letterInvalid` where a letter can't be drawn; no file then */
  readonly draw: (job: Omit<DrawJob, "id">) => Promise<PrintedLetters>;
};

type Waiting = { readonly resolve: (file: PrintedLetters) => void; readonly reject: (error: Error) => void };

const failed = (problem: string): Error =>
  refuse(
    "letterInvalid",
    "通知書のPDFを作れませんでした。ファイルは残していません。もう一度実行し、続くときは管理者に知らせてください。",
    {
      problem,
    },
  );

function openChild(): { readonly child: ChildProcess; readonly draw: LetterPrinter["draw"] } {
  const child = fork(new URL("./letter-child.ts", import.meta.url), {
    serialization: "advanced",
    // Nothing of this process's environment (connection strings, keys) goes into the other.
    env: { PATH: process.env["PATH"] ?? "", TZ: "Asia/Tokyo" },
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const waiting = new Map<number, Waiting>();
  let next = 1;
  const end = (error: Error): void => {
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  child.on("message", (message) => {
    const answer = message as DrawAnswer;
    const waiter = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (answer.ok) waiter?.resolve(answer.file);
    else waiter?.reject(failed(answer.problem));
  });
  child.on("error", (error) => end(failed(error.message)));
  child.on("exit", () => end(failed("the drawing process ended")));
  const draw: LetterPrinter["draw"] = async (job) =>
    await new Promise<PrintedLetters>((resolve, reject) => {
      if (child.exitCode !== null || child.signalCode !== null) return reject(failed("the drawing process ended"));
      const id = next;
      next += 1;
      waiting.set(id, { resolve, reject });
      child.send({ ...job, id } satisfies DrawJob);
    });
  return { child, draw };
}

/** Runs `work` with so many drawing processes, which end with it. Jobs go to them in turn. */
export async function withLetterPrinters<T>(
  count: number,
  work: (printers: readonly LetterPrinter[]) => Promise<T>,
): Promise<T> {
  const open = Array.from({ length: count }, openChild);
  try {
    return await work(open);
  } finally {
    for (const { child } of open) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
    }
  }
}
