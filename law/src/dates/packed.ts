/**
 * Dates as small integers, used inside the law only.
 *
 * A month is `year × 12 + (month − 1)`; a day is `month × 32 + day of month`. Both sort like the calendar, the month of a day
 * is one shift, and reading `YYYY-MM-DD` needs no division: that is what lets one core assess millions of months a second.
 * There is no time zone and no `Date` anywhere.
 */
export type MonthIndex = number;
export type PackedDay = number;

/** Returned where a text is not a day or month of the calendar. Every real value is positive. */
export const INVALID = -1;

/** Later than every day, standing for an open period (`"to": null`). */
export const NEVER: PackedDay = 0x3fffffff;
/** Later than every month. */
export const NEVER_MONTH: MonthIndex = NEVER >> 5;

const FIRST_YEAR = 1800;
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

export const isLeapYear = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);

export const yearOf = (month: MonthIndex): number => Math.floor(month / 12);

/** 1 … 12 */
export const monthNumberOf = (month: MonthIndex): number => (month % 12) + 1;

export const monthIndex = (year: number, month: number): MonthIndex => year * 12 + month - 1;

export const packDay = (year: number, month: number, day: number): PackedDay => monthIndex(year, month) * 32 + day;

export const monthOfDay = (day: PackedDay): MonthIndex => day >> 5;

export const dayOfMonth = (day: PackedDay): number => day & 31;

export const firstDayOf = (month: MonthIndex): PackedDay => month * 32 + 1;

export function daysInMonth(month: MonthIndex): number {
  const zeroBased = month % 12;
  return zeroBased === 1 && isLeapYear(yearOf(month)) ? 29 : (DAYS[zeroBased] ?? 0);
}

export const lastDayOf = (month: MonthIndex): PackedDay => month * 32 + daysInMonth(month);

export const nextDay = (day: PackedDay): PackedDay =>
  dayOfMonth(day) < daysInMonth(monthOfDay(day)) ? day + 1 : firstDayOf(monthOfDay(day) + 1);

export const previousDay = (day: PackedDay): PackedDay =>
  dayOfMonth(day) > 1 ? day - 1 : lastDayOf(monthOfDay(day) - 1);

/** `count` may be negative. Walks month by month: the law adds fifteen days, not thousands. */
export function addPackedDays(day: PackedDay, count: number): PackedDay {
  let month = monthOfDay(day);
  let rest = dayOfMonth(day) + count;
  while (rest < 1) {
    month -= 1;
    rest += daysInMonth(month);
  }
  while (rest > daysInMonth(month)) {
    rest -= daysInMonth(month);
    month += 1;
  }
  return month * 32 + rest;
}

/** 0 = Sunday … 6 = Saturday. */
export function weekdayOf(day: PackedDay): number {
  const zeroBased = monthOfDay(day) % 12;
  // January and February count as months 13 and 14 of the year before, so that the leap day is the last day of a year.
  const year = yearOf(monthOfDay(day)) - (zeroBased < 2 ? 1 : 0);
  const shifted = (zeroBased + 10) % 12;
  const days =
    365 * year +
    Math.floor(year / 4) -
    Math.floor(year / 100) +
    Math.floor(year / 400) +
    Math.floor((153 * shifted + 2) / 5) +
    dayOfMonth(day);
  return (days + 2) % 7;
}

const digit = (text: string, at: number): number => {
  const value = text.charCodeAt(at) - 48;
  return value >= 0 && value <= 9 ? value : Number.NaN;
};

/** `YYYY-MM` → month, else `INVALID`. Years 1800 … 9999. */
export function readMonth(text: string): MonthIndex {
  if (text.length !== 7 || text.charCodeAt(4) !== 45) return INVALID;
  return readYearAndMonth(text);
}

/** `YYYY-MM-DD` naming a day that exists → day, else `INVALID`. Years 1800 … 9999. */
export function readDay(text: string): PackedDay {
  if (text.length !== 10 || text.charCodeAt(4) !== 45 || text.charCodeAt(7) !== 45) return INVALID;
  // A month that is none has no days.
  const month = readYearAndMonth(text);
  const day = digit(text, 8) * 10 + digit(text, 9);
  return day >= 1 && day <= daysInMonth(month) ? month * 32 + day : INVALID;
}

function readYearAndMonth(text: string): MonthIndex {
  const year = digit(text, 0) * 1000 + digit(text, 1) * 100 + digit(text, 2) * 10 + digit(text, 3);
  const month = digit(text, 5) * 10 + digit(text, 6);
  return year >= FIRST_YEAR && month >= 1 && month <= 12 ? monthIndex(year, month) : INVALID;
}

const two = (value: number): string => (value < 10 ? `0${String(value)}` : String(value));

export const writeMonth = (month: MonthIndex): string => `${String(yearOf(month))}-${two(monthNumberOf(month))}`;

export const writeDay = (day: PackedDay): string => `${writeMonth(monthOfDay(day))}-${two(dayOfMonth(day))}`;
