/** 児童手当法8条4項: 支払期月 – in which month a benefit month is paid. */
import { monthsFrom, toMonth, type Month } from "../dates/civil.ts";
import { monthIndex, monthNumberOf, readMonth, yearOf, type MonthIndex } from "../dates/packed.ts";
import { FIRST_R6 } from "../parameters/regimes.ts";

/**
 * From 2024-10: 2, 4, 6, 8, 10, 12, each paying the two months before it (8条4項, 令6法47).
 * Before: 6 (Feb … May), 10 (Jun … Sep), 2 (Oct … Jan) (旧8条4項, 平22法19 7条4項). 平23法107 7条4項 names 2012-02 and 2012-06,
 * which are the same two months.
 */
export function paymentMonthIndex(benefit: MonthIndex): MonthIndex {
  const number = monthNumberOf(benefit);
  if (benefit >= FIRST_R6) return benefit + (number % 2 === 0 ? 2 : 1);
  const year = yearOf(benefit);
  if (number >= 10) return monthIndex(year + 1, 2);
  if (number === 1) return monthIndex(year, 2);
  return number <= 5 ? monthIndex(year, 6) : monthIndex(year, 10);
}

/** 支払期月 of a benefit month. */
export const paymentMonthOf = (benefitMonth: Month): Month => toMonth(paymentMonthIndex(readMonth(benefitMonth)));

/** The benefit months that a payment month covers, oldest first; empty for a month that is no payment month. */
export function benefitMonthsOf(paymentMonth: Month): readonly Month[] {
  const paid = readMonth(paymentMonth);
  return monthsFrom(toMonth(paid - 4), toMonth(paid - 1)).filter((of) => paymentMonthIndex(readMonth(of)) === paid);
}
