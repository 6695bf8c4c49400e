/**
 * 庁内連携 while the pages of a demonstration are served: the store is looked at every few seconds, and where something new lies in it one round is
 * run. Where nothing comes, nothing is written: who only clicks is not disturbed.
 */
import type { Context } from "@hagukumi/allowance/contract.ts";
import {
  type ApplyOptions,
  folderStore,
  interfaceStates,
  type Round,
  runRound,
} from "@hagukumi/interchange/contract.ts";
import type { CivilDate } from "@hagukumi/law/contract.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";

const EVERY_MS = 5_000;

export type StoreWatch = {
  /** Ends it after the round that runs */
  readonly close: () => Promise<void>;
};

export type StoreWatchOptions = ApplyOptions & {
  /** Context of a round on a day */
  readonly contextOn: (day: CivilDate) => Context;
  readonly folder: string;
  readonly day: CivilDate;
  /** Milliseconds between two looks; default 5,000 */
  readonly everyMs?: number;
  /** The newest delivery is of a later day: the city has lived on */
  readonly onDay: (day: CivilDate) => Promise<void>;
  readonly onLine: (line: string) => void;
};

const said = ({ received, applied, refused, waiting, reports, openChanges, alarms }: Round): string =>
  [
    `庁内連携: 届いた配信 ${received}件、取り込んだ ${applied}件、受け付けなかった ${refused}件、待っている ${waiting}件。付記からの変更届 ${reports}件。未処理の変更 ${openChanges}件。`,
    ...alarms.map((alarm) => `警報 ${alarm}`),
  ].join("\n");

/** Begins to watch. What lies in the store at the beginning has been taken in. */
export async function startStoreWatch(options: StoreWatchOptions): Promise<StoreWatch> {
  const { contextOn, folder, onDay, onLine } = options;
  const store = folderStore(folder);
  const contents = async (): Promise<string> =>
    [...(await store.list("in")), ...(await store.list("rest"))].map(({ key, bytes }) => `${key} ${bytes}`).join("\n");
  let seen = await contents();
  let { day } = options;
  const look = async (): Promise<void> => {
    const found = await contents();
    if (found === seen) return;
    const round = await runRound(contextOn(day), store, options);
    seen = found;
    onLine(said(round));
    const states = await interfaceStates(contextOn(day).pool, day);
    const lived = states.find(({ interfaceCode }) => interfaceCode === "residents")?.asOf ?? day;
    if (lived <= day) return;
    day = lived;
    await onDay(day);
  };
  let running: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    running = running.then(look).catch((error: unknown) => {
      onLine(`庁内連携: ${error instanceof Refusal ? error.message : "取り込めませんでした。もう一度試します。"}`);
    });
  }, options.everyMs ?? EVERY_MS);
  return {
    close: async () => {
      clearInterval(timer);
      await running;
    },
  };
}
