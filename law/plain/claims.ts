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

/**
 * The Junes from which corrected incomes count, earliest first: of every year in the notice of the day, else in the last notice
 * the claimant had by the claim. Each year in the notice is a reason to claim of its own.
 */
function junesCorrected(claim: Claim, event: string, offices: Offices): number[] {
  const notices = new Map<string, Set<number>>();
  for (const { year, knownOn } of offices.incomes ?? []) {
    if ((knownOn ?? null) === null) continue;
    notices.set(knownOn ?? "", (notices.get(knownOn ?? "") ?? new Set()).add((year + 1) * 12 + 5));
  }
  const had = [...notices.keys()].filter((day) => day <= claim.receivedOn).toSorted();
  const junes = notices.get(event) ?? notices.get(had.at(-1) ?? "") ?? [juneOf(event)];
  // The test began with June 2012: a correction of an earlier year opens nothing before it.
  return [...junes].map((june) => Math.max(june, monthNumber("2012-06"))).toSorted((a, b) => a - b);
}

/** What a claim opens; more than one month only where it follows a notice that corrected several years. */
export function effectsOf(claim: Claim, offices: Offices): Effect[] {
  const { cause, receivedOn } = claim;
  const late: Effect[] = [{ deemed: receivedOn, start: monthNumber(receivedOn) + 1 }];
  if (!opensFifteenDays(claim)) return late;
  const event = baseOf(cause);
  const boundary = cause.kind === "becameUniversityAge" || cause.kind === "graduated";
  // Where something kept the person from claiming, the fifteen days run from the day it ended; a disaster may still last.
  const obstacle = boundary ? null : (cause.obstacleEndedOn ?? null);
  const lasts = cause.kind === "disaster" && obstacle === null;
  if (!lasts && receivedOn > event && receivedOn > fifteenthDay(obstacle ?? event, offices)) return late;
  if (boundary) return [{ deemed: event, start: monthNumber(event) }];
  if (cause.kind === "incomeBelowUpperLimit" || cause.kind === "taxCorrection") {
    const junes = cause.kind === "taxCorrection" ? junesCorrected(claim, event, offices) : [juneAfterNotice(event)];
    return junes.map((june) => ({ deemed: `${monthText(june - 1)}-31`, start: june }));
  }
  return [{ deemed: event, start: monthNumber(event) + 1 }];
}
