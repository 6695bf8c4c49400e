/**
 * 締切日: by when a request must have come in to count for a payment month (支払期月). What comes later counts for the next one, and
 * the answer says so. The dates are the city's setting `cutOffs`; nothing here is a constant of law (law: 3.10).
 */
import { addMonths, type CivilDate, type Month, monthOf, parseCivilDate } from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import type { Context } from "../context.ts";
import { cityPayDay } from "../payments/pay-day.ts";
import { readSetting } from "../settings.ts";

export type CutOffKind = "account" | "donation" | "feeCollection";

/** The last day of receipt for a payment month: day `day` of the month that lies `monthsBefore` before it. */
export type CutOffRule = { readonly monthsBefore: number; readonly day: number };

/** 支払期月 are the even months (児童手当法8条4項, since 2024-10). */
const isPaymentMonth = (of: Month): boolean => Number(of.slice(5)) % 2 === 0;

export function cutOffOf(paymentMonth: Month, { monthsBefore, day }: CutOffRule): CivilDate {
  const date = parseCivilDate(`${addMonths(paymentMonth, -monthsBefore)}-${String(day).padStart(2, "0")}`);
  if (date === undefined) throw new RangeError(`cut-off day ${day}`);
  return date;
}

/** The first payment month for which a request received on `day` is in time. */
export function firstPaymentMonth(day: CivilDate, rule: CutOffRule): Month {
  let candidate = monthOf(day);
  if (!isPaymentMonth(candidate)) candidate = addMonths(candidate, 1);
  while (cutOffOf(candidate, rule) < day) candidate = addMonths(candidate, 2);
  return candidate;
}

/** The rule of the city on a day. @throws Refusal `settingMissing` */
export async function cutOffRule(connection: Queryable, kind: CutOffKind, day: CivilDate): Promise<CutOffRule> {
  return (await readSetting(connection, "cutOffs", day))[kind];
}

/** The pay day of a payment month by the city's setting. @throws Refusal `settingMissing` */
export async function payDayOf(connection: Queryable, context: Context, paymentMonth: Month): Promise<CivilDate> {
  return await cityPayDay(connection, context.calendar, paymentMonth);
}
