/** When a claim counts as made, and the month it opens (児童手当法8条2項・3項, 9条2項). */
import type { Cause, Claim } from "./case.ts";
import { monthNumber, monthText, plusDays, weekday } from "./days.ts";

export interface Offices {
  readonly holidays: ReadonlySet<string>;
  readonly closedDays: readonly string[];
}

export function officeClosed(day: string, offices: Offices): boolean {
  const week = weekday(day);
  if (week === 0 || week === 6) return true;
  const monthDay = day.slice(5);
  if (monthDay >= "12-29" || monthDay <= "01-03") return true;
  return offices.holidays.has(day) || offices.closedDays.includes(day);
}

/** The fifteenth day after the event, moved on to the next day the office is open (地方自治法4条の2第4項). */
export function fifteenthDay(event: string, offices: Offices): string {
  let day = plusDays(event, 15);
  while (officeClosed(day, offices)) day = plusDays(day, 1);
  return day;
}

/** The first of a month on or after the event: from there a confirmation has fifteen days. */
function firstOfMonth(day: string): string {
  return day.endsWith("-01") ? day : `${monthText(monthNumber(day) + 1)}-01`;
}

/** The first month of the benefit year (June to May) that a day in June or later falls into. */
function juneOf(day: string): number {
  const month = monthNumber(day);
  const year = Math.floor(month / 12);
  return (month % 12 >= 5 ? year : year - 1) * 12 + 5;
}

export interface Effect {
  /** The day the claim is deemed made. */
  readonly deemed: string;
  /** The first month it opens. */
  readonly start: number;
}

export function baseOf(cause: Cause): string {
  if (cause.on === null || cause.on === undefined) throw new Error(`a cause ${cause.kind} needs its day`);
  return cause.kind === "becameUniversityAge" || cause.kind === "graduated" ? firstOfMonth(cause.on) : cause.on;
}

export function effectOf(claim: Claim, offices: Offices): Effect {
  const { cause, receivedOn } = claim;
  const late: Effect = { deemed: receivedOn, start: monthNumber(receivedOn) + 1 };
  if (cause.kind === "other") return late;
  const event = baseOf(cause);
  // Where something kept the person from claiming, the fifteen days run from the day it ended.
  if (receivedOn > fifteenthDay(cause.obstacleEndedOn ?? event, offices)) return late;
  switch (cause.kind) {
    case "becameUniversityAge":
    case "graduated":
      return { deemed: event, start: monthNumber(event) };
    case "incomeBelowUpperLimit":
    case "taxCorrection": {
      const june = juneOf(event);
      return { deemed: `${monthText(june - 1)}-31`, start: june };
    }
    default:
      return { deemed: event, start: monthNumber(event) + 1 };
  }
}
