/** 支払: the reported months grouped by payment month (8条4項). */
import { paymentMonthIndex } from "../articles/article8-payment.ts";
import type { MunicipalityFacts } from "../case/types.ts";
import { packedPayDay, type Calendar } from "../dates/calendar.ts";
import { toCivilDate, toMonth, type Month } from "../dates/civil.ts";
import type { MonthIndex, PackedDay } from "../dates/packed.ts";
import { DEFAULT_PAY_DAY, DEFAULT_PAY_DAY_RULE } from "../implicit.ts";
import type { PaymentEntry } from "./types.ts";

/** One reported month with money in it. */
export interface DueMonth {
  readonly month: MonthIndex;
  readonly total: number;
  /** The entitlement ended with this month, and not by age alone. */
  readonly isLastBeforeEnd: boolean;
  /** The day on which the claim that gave this month was received; 0 where entitlement is taken as given. */
  readonly claimedOn: PackedDay;
}

/** What one payment month has to pay, while it is being added up. */
interface Due {
  readonly paid: MonthIndex;
  readonly months: Month[];
  amount: number;
  isEnd: boolean;
  claimedOn: PackedDay;
}

/**
 * One entry per payment month, oldest first. `occasional` (随時, 8条4項ただし書): the entitlement ended inside the period, or the
 * pay day had passed before the claim came in. An end by age alone (15- or 18-year end) falls on 31 March and is paid in the
 * regular April or June.
 */
export function paymentsOf(
  months: readonly DueMonth[],
  municipality: MunicipalityFacts | undefined,
  calendar: Calendar,
): readonly PaymentEntry[] {
  const due: Due[] = [];
  for (const { month, total, isLastBeforeEnd, claimedOn } of months) {
    if (total === 0) continue;
    const paid = paymentMonthIndex(month);
    const last = due.at(-1);
    if (last?.paid === paid) {
      last.months.push(toMonth(month));
      last.amount += total;
      last.isEnd ||= isLastBeforeEnd;
      last.claimedOn = Math.max(last.claimedOn, claimedOn);
    } else due.push({ paid, months: [toMonth(month)], amount: total, isEnd: isLastBeforeEnd, claimedOn });
  }
  const payDay = municipality?.payDay ?? DEFAULT_PAY_DAY;
  const rule = municipality?.payDayRule ?? DEFAULT_PAY_DAY_RULE;
  return due.map((of) => {
    const day = packedPayDay(of.paid, payDay, rule, calendar);
    return {
      paymentMonth: toMonth(of.paid),
      payOn: toCivilDate(day),
      kind: of.isEnd || of.claimedOn > day ? "occasional" : "regular",
      months: of.months,
      amount: of.amount,
    };
  });
}
