/** The months of a year, and which of them have been delivered and accrued at a time. */
import {
  addMonths,
  benefitMonthsOf,
  type CivilDate,
  lastDayOfMonth,
  type Month,
  monthsFrom,
} from "@hagukumi/law/contract.ts";

/** The twelve months of a year that begins with a month; a fiscal year (年度) begins with April. */
export const monthsOfYear = (start: Month): readonly Month[] => monthsFrom(start, addMonths(start, 11));

/** Last days of the deliveries: the state with which the office opens, then month by month. */
export const cutsOf = (start: Month): readonly CivilDate[] => [
  lastDayOfMonth(addMonths(start, -1)),
  ...monthsOfYear(start).map(lastDayOfMonth),
];

/** 稼働開始月: the first benefit month of the first payment of the year. */
export function openingMonthOf(start: Month): Month {
  for (const at of monthsOfYear(start)) {
    const [first] = benefitMonthsOf(at);
    if (first !== undefined) return first;
  }
  return start;
}

/** The last benefit month that the payments up to a month have accrued. */
export function accruedUntil(at: Month): Month {
  let last = at;
  while (benefitMonthsOf(last).length === 0) last = addMonths(last, -1);
  return addMonths(last, -1);
}
