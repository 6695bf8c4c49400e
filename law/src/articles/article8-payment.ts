/** 児童手当法8条4項: 支払期月 – in which month a benefit month is paid. */
import { monthsFrom, toMonth, type Month } from "../dates/civil.ts";
import { monthNumberOf, readMonth, type MonthIndex } from "../dates/packed.ts";
import { defined } from "../defined.ts";
import { PAYMENT_CALENDAR } from "../parameters/limits.ts";
import { FIRST_R6 } from "../parameters/regimes.ts";

/** Months from a benefit month (by its number 1 … 12, at index number − 1) to its payment month, the first one after it. */
function distances(paymentMonths: readonly number[]): readonly number[] {
  return Array.from({ length: 12 }, (_, before) => {
    const later = paymentMonths.map((each) => (each - 1 - before + 12) % 12 || 12);
    return Math.min(...later);
  });
}

const [UNTIL_2024_09, FROM_2024_10] = PAYMENT_CALENDAR.map(({ paymentMonths }) => distances(paymentMonths));

/**
 * From 2024-10: 2, 4, 6, 8, 10, 12, each paying the two months before it (8条4項, 令6法47).
 * Before: 6 (Feb … May), 10 (Jun … Sep), 2 (Oct … Jan) (旧8条4項, 平22法19 7条4項). 平23法107 7条4項 names 2012-02 and 2012-06,
 * which are the same two months.
 */
export function paymentMonthIndex(benefit: MonthIndex): MonthIndex {
  const table = benefit >= FIRST_R6 ? FROM_2024_10 : UNTIL_2024_09;
  return benefit + defined(defined(table)[monthNumberOf(benefit) - 1]);
}

/** 支払期月 of a benefit month. */
export const paymentMonthOf = (benefitMonth: Month): Month => toMonth(paymentMonthIndex(readMonth(benefitMonth)));

/** The benefit months that a payment month covers, oldest first; empty for a month that is no payment month. */
export function benefitMonthsOf(paymentMonth: Month): readonly Month[] {
  const paid = readMonth(paymentMonth);
  return monthsFrom(toMonth(paid - 4), toMonth(paid - 1)).filter((of) => paymentMonthIndex(readMonth(of)) === paid);
}
