/**
 * 庁内連携 beside the pages: the store is looked at, and where something new lies in it one round is run. Where nothing comes, nothing is
 * written: who only clicks is not disturbed.
 */
import type { Context } from "@hagukumi/allowance/contract.ts";
import {
  type ApplyOptions,
  interfaceStates,
  type ObjectStore,
  type Round,
  runRound,
} from "@hagukumi/interchange/contract.ts";
import type { CivilDate } from "@hagukumi/law/contract.ts";

export type StoreLookOptions = ApplyOptions & {
  /** Context of a round on a day */
  readonly contextOn: (day: CivilDate) => Context;
  readonly store: ObjectStore;
  readonly today: () => CivilDate;
  /** The newest delivery is of a later day: a made-up city has lived on. Absent where the day is the calendar's */
  readonly onDay?: (day: CivilDate) => void;
  /** What wants somebody, each time that it is so after a round */
  readonly onAlarms: (alarms: readonly string[]) => void;
};

const said = ({ received, applied, reconciled, refused, waiting, reports, openChanges, alarms }: Round): string =>
  `届いた配信 ${received}件、取り込んだ ${applied}件、突き合わせた ${reconciled}件、受け付けなかった ${refused}件、待っている ${waiting}件。付記からの変更届 ${reports}件。未処理の変更 ${openChanges}件。${alarms.length === 0 ? "" : `知らせ ${alarms.length}件。`}`;

/** One look after another; each says what it took in, empty where nothing had come. */
export function storeLook(options: StoreLookOptions): () => Promise<string> {
  const { contextOn, store, today, onDay, onAlarms } = options;
  let seen: string | undefined;
  let judged = "";
  const contents = async (): Promise<string> =>
    [...(await store.list("in")), ...(await store.list("rest"))].map(({ key, bytes }) => `${key} ${bytes}`).join("\n");
  return async () => {
    const found = await contents();
    // Once a day without anything new too: what is late becomes old by the calendar.
    if (found === seen && judged === today()) return "";
    const round = await runRound(contextOn(today()), store, options);
    seen = found;
    judged = today();
    onAlarms(round.alarms);
    if (onDay !== undefined) {
      const states = await interfaceStates(contextOn(today()).pool, today());
      const lived = states.find(({ interfaceCode }) => interfaceCode === "residents")?.asOf ?? today();
      if (lived > today()) onDay(lived);
    }
    return round.received + round.applied + round.reconciled + round.refused === 0 && round.alarms.length === 0
      ? ""
      : said(round);
  };
}
