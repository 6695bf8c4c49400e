/**
 * 時効の進み方 (児童手当法23条, 民法147条–152条・166条, 地方自治法236条): pure, out of the day it begins, the years, and what happened.
 *
 * A demand or reminder by law (納入の通知・督促) renews it, once each; so does an acknowledgement (納付, 分納誓約). A further call
 * (催告) only keeps it from being complete for six months, and not again within those. A request for review suspends it; when that
 * ends in a ruling it begins anew, otherwise it is not complete for six months. What is complete stays so.
 */
import {
  addDays,
  addMonths,
  type CivilDate,
  civilDate,
  lastDayOfMonth,
  month,
  monthOf,
} from "@hagukumi/law/contract.ts";

export type ClockEvent = {
  readonly kind: "demand" | "reminder" | "call" | "acknowledged" | "suspended" | "resumedRuled" | "resumedUnruled";
  readonly on: CivilDate;
};

export type Clock = {
  /** The first day on which it is complete; null while it is suspended */
  readonly completeOn: CivilDate | null;
  /** Why it stands as it does, in the order in which it came about */
  readonly reasons: readonly string[];
};

/** The same day of the month so many months later, or the last day of a month that has no such day (民法143条). */
export function monthsLater(day: CivilDate, months: number): CivilDate {
  const target = addMonths(monthOf(day), months);
  const last = lastDayOfMonth(month(target));
  const wanted = `${target}-${day.slice(8)}`;
  return wanted > last ? last : civilDate(wanted);
}

const later = (one: CivilDate, other: CivilDate): CivilDate => (one > other ? one : other);
/** The day itself is not counted (民法140条): complete with the end of the same day years later, that is from the day after it. */
const after = (day: CivilDate, months: number): CivilDate => addDays(monthsLater(day, months), 1);

const words = {
  demand: "納入の通知で更新",
  reminder: "督促で更新",
  call: "催告（6か月は完成しない）",
  acknowledged: "承認（納付・分納誓約・内払への同意）で更新",
  suspended: "審査請求などで停止",
  resumedRuled: "裁決・判決で更新",
  resumedUnruled: "裁決なく終わった（6か月は完成しない）",
} as const satisfies Readonly<Record<ClockEvent["kind"], string>>;

/**
 * @param start 起算日: the day on which the claim could first be used
 * @param years 2, 5 or 10
 * @param events in any order; those on one day in the order given
 */
export function limitationClock(start: CivilDate, years: number, events: readonly ClockEvent[]): Clock {
  let complete = after(start, years * 12);
  let suspended = false;
  const used = { demand: false, reminder: false };
  let graceUntil: CivilDate | null = null;
  const reasons = [`${start} から ${years}年`];
  for (const { kind, on } of events.toSorted((one, other) => (one.on < other.on ? -1 : one.on > other.on ? 1 : 0))) {
    if (on < start) continue;
    if (!suspended && on >= complete) break;
    if (kind === "demand" || kind === "reminder") {
      if (used[kind]) continue;
      used[kind] = true;
      complete = after(on, years * 12);
    } else if (kind === "acknowledged") {
      complete = after(on, years * 12);
    } else if (kind === "call") {
      if (graceUntil !== null && on < graceUntil) continue;
      graceUntil = after(on, 6);
      complete = later(complete, graceUntil);
    } else if (kind === "suspended") {
      suspended = true;
    } else {
      if (!suspended) continue;
      suspended = false;
      complete = kind === "resumedRuled" ? after(on, years * 12) : later(complete, after(on, 6));
    }
    reasons.push(`${on} ${words[kind]}`);
  }
  return { completeOn: suspended ? null : complete, reasons };
}
