/** The months of a fiscal year, and which of them have been delivered and accrued at a time. */
import {
  addMonths,
  benefitMonthsOf,
  type CivilDate,
  lastDayOfMonth,
  month,
  type Month,
  monthsFrom,
} from "@hagukumi/law/contract.ts";

/** The months of a fiscal year (年度): April to March. */
export const monthsOfYear = (year: number): readonly Month[] =>
  monthsFrom(month(`${year}-04`), month(`${year + 1}-03`));

/** Last days of the deliveries: the state with which the office opens, then month by month. */
export const cutsOf = (year: number): readonly CivilDate[] => [
  lastDayOfMonth(month(`${year}-03`)),
  ...monthsOfYear(year).map(lastDayOfMonth),
];

/** The first benefit month that the office pays: the one of the payment of April. */
export const openingMonthOf = (year: number): Month => month(`${year}-02`);

/** The last benefit month that the payments up to a month have accrued. */
export function accruedUntil(at: Month): Month {
  let last = at;
  while (benefitMonthsOf(last).length === 0) last = addMonths(last, -1);
  return addMonths(last, -1);
}
