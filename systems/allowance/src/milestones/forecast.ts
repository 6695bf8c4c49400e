/** 年齢到達の見通し: what comes in the months ahead, counted and one by one. Reads only; what is decided then is the mass run's. */
import { addMonths, type Month } from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import { type Milestone, type MilestoneKind, milestonesIn } from "./events.ts";

/** How many people of one kind in one month. */
export type MilestoneCount = {
  readonly month: Month;
  readonly kind: MilestoneKind;
  readonly recipients: number;
  readonly people: number;
};

export type MilestoneForecast = {
  readonly counts: readonly MilestoneCount[];
  readonly events: readonly Milestone[];
};

/** The events of `months` months from `from` on (1–24), with their counts by month and kind. */
export async function milestoneForecast(connection: Queryable, from: Month, months = 12): Promise<MilestoneForecast> {
  const events = await milestonesIn(connection, from, addMonths(from, Math.min(Math.max(months, 1), 24) - 1));
  const groups = Map.groupBy(events, ({ month, kind }) => `${month}/${kind}`);
  const counts = [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const recipients = new Set(group.map(({ recipientId }) => recipientId)).size;
    return [
      { month: first.month, kind: first.kind, recipients, people: new Set(group.map(({ child }) => child)).size },
    ];
  });
  return {
    counts: counts.toSorted((left, right) => (left.month === right.month ? 0 : left.month < right.month ? -1 : 1)),
    events,
  };
}
