/** 支払: the reported months grouped by payment month (8条4項). */
import { paymentMonthIndex } from "../articles/article8-payment.ts";
import type { MunicipalityFacts } from "../case/types.ts";
import { packedPayDay, type Calendar } from "../dates/calendar.ts";
import { toCivilDate, toMonth, type CivilDate, type Month } from "../dates/civil.ts";
import { NEVER, type MonthIndex, type PackedDay } from "../dates/packed.ts";
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

/** Pay days asked for again and again: a batch pays thousands of families on the same few days. */
const payDays = new WeakMap<Calendar, Map<number, CivilDate>>();

function payOn(paid: MonthIndex, municipality: MunicipalityFacts | undefined, calendar: Calendar): CivilDate {
  const day = municipality?.payDay ?? DEFAULT_PAY_DAY;
  const rule = municipality?.payDayRule ?? DEFAULT_PAY_DAY_RULE;
  const key = paid * 64 + day * 2 + (rule === "next" ? 1 : 0);
  let known = payDays.get(calendar);
  if (known === undefined) {
    known = new Map();
    payDays.set(calendar, known);
  }
  let found = known.get(key);
  if (found === undefined) {
    found = toCivilDate(packedPayDay(paid, day, rule, calendar));
    known.set(key, found);
  }
  return found;
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
  const entries: PaymentEntry[] = [];
  let index = 0;
  while (index < months.length) {
    const paid = paymentMonthIndex(months[index]?.month ?? NEVER);
    const covered: Month[] = [];
    let amount = 0;
    let isOccasional = false;
    let claimedOn = 0;
    for (; index < months.length; index += 1) {
      const due = months[index];
      if (due === undefined || paymentMonthIndex(due.month) !== paid) break;
      if (due.total === 0) continue;
      covered.push(toMonth(due.month));
      amount += due.total;
      isOccasional ||= due.isLastBeforeEnd;
      claimedOn = Math.max(claimedOn, due.claimedOn);
    }
    if (amount === 0) continue;
    const day = payOn(paid, municipality, calendar);
    const hasPassed = claimedOn > 0 && toCivilDate(claimedOn) > day;
    entries.push({
      paymentMonth: toMonth(paid),
      payOn: day,
      kind: isOccasional || hasPassed ? "occasional" : "regular",
      months: covered,
      amount,
    });
  }
  return entries;
}
