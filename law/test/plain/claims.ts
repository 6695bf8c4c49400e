/** When a claim counts as made, and the month it opens (児童手当法8条2項・3項, 9条2項). */
import type { Cause, Claim, Income } from "./case.ts";
import { monthNumber, monthText, plusDays, weekday } from "./days.ts";

export interface Offices {
  /** The recipient's incomes: a tax correction reaches back to the year it corrects. */
  readonly incomes?: readonly Income[];
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

/** The June of the year whose tax notice came: notices of April and May are for the June that follows. */
function juneAfterNotice(day: string): number {
  return monthNumber(day) % 12 >= 3 ? Math.floor(monthNumber(day) / 12) * 12 + 5 : juneOf(day);
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

/** Whether the fifteen days are open: by practice for every named cause, for a 確認書 only with the recipient's own move or a disaster. */
function opensFifteenDays(claim: Claim): boolean {
  const { kind, on, obstacleEndedOn } = claim.cause;
  if (on === null || on === undefined) return false;
  if ((obstacleEndedOn ?? null) !== null) return true;
  if (claim.kind !== "supportConfirmation") return kind !== "other";
  return ["moveIn", "moveInFromAbroad", "disaster", "becameUniversityAge", "graduated"].includes(kind);
}

/** The June from which a corrected income counts: that of the record notified on the day, else the latest known by the claim. */
function juneCorrected(claim: Claim, event: string, offices: Offices): number {
  const known = (offices.incomes ?? []).filter((each) => (each.knownOn ?? null) !== null);
  const exact = known.find((each) => each.knownOn === event);
  const latest = known
    .filter((each) => (each.knownOn ?? "") <= claim.receivedOn)
    .toSorted((a, b) => ((a.knownOn ?? "") < (b.knownOn ?? "") ? -1 : 1))
    .at(-1);
  const year = (exact ?? latest)?.year;
  return year === undefined ? juneOf(event) : (year + 1) * 12 + 5;
}

export function effectOf(claim: Claim, offices: Offices): Effect {
  const { cause, receivedOn } = claim;
  const late: Effect = { deemed: receivedOn, start: monthNumber(receivedOn) + 1 };
  if (!opensFifteenDays(claim)) return late;
  const event = baseOf(cause);
  const boundary = cause.kind === "becameUniversityAge" || cause.kind === "graduated";
  // Where something kept the person from claiming, the fifteen days run from the day it ended; a disaster may still last.
  const obstacle = boundary ? null : (cause.obstacleEndedOn ?? null);
  const lasts = cause.kind === "disaster" && obstacle === null;
  if (!lasts && receivedOn > event && receivedOn > fifteenthDay(obstacle ?? event, offices)) return late;
  if (boundary) return { deemed: event, start: monthNumber(event) };
  if (cause.kind === "incomeBelowUpperLimit" || cause.kind === "taxCorrection") {
    const june = cause.kind === "taxCorrection" ? juneCorrected(claim, event, offices) : juneAfterNotice(event);
    return { deemed: `${monthText(june - 1)}-31`, start: june };
  }
  return { deemed: event, start: monthNumber(event) + 1 };
}
