/**
 * The parts of an assessment that outlive it. A whole assessment has an object for each child in each month; kept for a
 * batch of cases they made the garbage collector the largest cost (5.0 of 8.5 s for 20,000 cases).
 */
import type { Assessment, Month } from "@hagukumi/law/contract.ts";

/** Benefit months, both included. */
export type MonthRange = { readonly from: Month; readonly to: Month };

/** Child (宛名番号) → months with a right to an amount, zero included; in order, without overlaps. */
export type Held = ReadonlyMap<number, readonly MonthRange[]>;

/** The months in which each child of an assessment gives a right to an amount. */
export function heldMonths({ months }: Assessment): Held {
  const held = new Map<number, { from: Month; to: Month }[]>();
  let before: Month | undefined;
  for (const { month, entitled, children } of months) {
    if (entitled) {
      for (const { id, amount } of children) {
        if (amount === null) continue;
        const child = Number(id);
        const ranges = held.get(child);
        const last = ranges?.at(-1);
        if (ranges === undefined) held.set(child, [{ from: month, to: month }]);
        else if (last !== undefined && last.to === before) last.to = month;
        else ranges.push({ from: month, to: month });
      }
    }
    before = month;
  }
  return held;
}

/** The first month that two sets of months share. */
export function firstShared(left: readonly MonthRange[], right: readonly MonthRange[]): Month | undefined {
  for (const one of left) {
    for (const other of right) {
      const from = one.from > other.from ? one.from : other.from;
      if (from <= one.to && from <= other.to) return from;
    }
  }
  return undefined;
}

/** Monthly totals (yen) as steps: the total from that month until the next step. */
export type TotalSteps = readonly { readonly month: Month; readonly total: number }[];

export function totalSteps({ months }: Assessment): TotalSteps {
  const steps: { month: Month; total: number }[] = [];
  for (const { month, total } of months) if (steps.at(-1)?.total !== total) steps.push({ month, total });
  return steps;
}

/** The total of a month; null before the first reported one. */
export function totalOf(steps: TotalSteps, month: Month): number | null {
  return steps.findLast((step) => step.month <= month)?.total ?? null;
}
