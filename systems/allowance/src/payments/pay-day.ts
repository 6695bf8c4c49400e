/** 支払日: the city's day of a payment month, moved off days on which a bank or the city itself is closed (I-27, A94). */
import {
  addDays,
  type Calendar,
  type CivilDate,
  isBankBusinessDay,
  type Month,
  payDay,
} from "@hagukumi/law/contract.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import { findSetting, readSetting } from "../settings.ts";
import type { SettingValue } from "../settings.ts";
import type { PaymentRefusalCode } from "./refusals.ts";

/** Whether a transfer can be dated on the day: banks work, and the city has not closed. @throws Refusal `outsideCalendar` */
export function isPayable(day: CivilDate, closedDays: readonly string[], calendar: Calendar): boolean {
  const open = isBankBusinessDay(day, calendar);
  if (!open.ok) throw new Refusal(open.problem.code, open.problem.message, { day });
  return open.value && !closedDays.includes(day);
}

/** The rule of the city applied to one payment month. @throws Refusal `outsideCalendar` */
export function payDayByRule(
  paymentMonth: Month,
  rule: SettingValue<"payDay">,
  closedDays: readonly string[],
  calendar: Calendar,
): CivilDate {
  const first = payDay(paymentMonth, { payDay: rule.payDay, payDayRule: rule.rule }, calendar);
  if (!first.ok) throw new Refusal(first.problem.code, first.problem.message, { paymentMonth });
  let day = first.value;
  while (!isPayable(day, closedDays, calendar)) day = addDays(day, rule.rule === "previous" ? -1 : 1);
  return day;
}

/** The pay day of a payment month by the settings in force then. @throws Refusal `settingMissing`, `outsideCalendar` */
export async function cityPayDay(connection: Queryable, calendar: Calendar, paymentMonth: Month): Promise<CivilDate> {
  const rule = await readSetting(connection, "payDay", `${paymentMonth}-01`);
  const closedDays = (await findSetting(connection, "closedDays", `${paymentMonth}-01`)) ?? [];
  return payDayByRule(paymentMonth, rule, closedDays, calendar);
}

/** @throws Refusal `payDayDiffers` where the day that was announced is not the one of the city's rule */
export function requireAnnounced(announced: CivilDate | undefined, legal: CivilDate, paymentMonth: Month): CivilDate {
  if (announced === undefined || announced === legal) return legal;
  throw new Refusal<PaymentRefusalCode>(
    "payDayDiffers",
    `${paymentMonth} の支払日は、市の決まりと休日の暦では ${legal} です。お知らせした支払日 ${announced} と違うため、支払処理は作りませんでした。お知らせか設定（支払日・閉庁日）のどちらが正しいかを確かめてください。`,
    { paymentMonth, legal, announced },
  );
}

/** The day of a payment outside the payment months: the wished one, or the next on which a transfer can be dated. */
export function occasionalDay(
  wished: CivilDate | undefined,
  today: CivilDate,
  closedDays: readonly string[],
  calendar: Calendar,
): CivilDate {
  if (wished === undefined) {
    let day = today;
    while (!isPayable(day, closedDays, calendar)) day = addDays(day, 1);
    return day;
  }
  if (wished >= today && isPayable(wished, closedDays, calendar)) return wished;
  throw new Refusal<PaymentRefusalCode>(
    "payDayDiffers",
    `支払日 ${wished} には振り込めません（${wished < today ? "今日より前です" : "金融機関の休業日、または市の閉庁日です"}）。支払処理は作りませんでした。別の日を指定してください。`,
    { announced: wished },
  );
}
