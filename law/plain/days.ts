/**
 * Calendar arithmetic for the plain calculator. It rests on the platform's own proleptic calendar read in UTC,
 * so it shares nothing with the law's arithmetic and no time zone can move it.
 */

const DAY = 86_400_000;
export const FOREVER = "9999-12-31";

/** The day `count` days after `day` (before, when negative). */
export function plusDays(day: string, count: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + count * DAY).toISOString().slice(0, 10);
}

/** 0 = Sunday … 6 = Saturday. */
export function weekday(day: string): number {
  return new Date(`${day}T00:00:00Z`).getUTCDay();
}

/** Months counted from year 0, so that a month after is plus one. Accepts a day or a month. */
export function monthNumber(text: string): number {
  return Number(text.slice(0, 4)) * 12 + Number(text.slice(5, 7)) - 1;
}

export function monthText(month: number): string {
  return `${String(Math.floor(month / 12)).padStart(4, "0")}-${String((month % 12) + 1).padStart(2, "0")}`;
}

/** The same calendar day `years` later; 29 February in a common year is 1 March (民法143条2項ただし書の翌日). */
export function yearsLater(day: string, years: number): string {
  const year = String(Number(day.slice(0, 4)) + years).padStart(4, "0");
  const moved = `${year}${day.slice(4)}`;
  const real = new Date(`${year}-01-01T00:00:00Z`);
  real.setUTCMonth(Number(day.slice(5, 7)) - 1, Number(day.slice(8, 10)));
  const text = real.toISOString().slice(0, 10);
  return text === moved ? moved : text;
}

export function earlier(a: string, b: string): string {
  return a < b ? a : b;
}

export function later(a: string, b: string): string {
  return a > b ? a : b;
}
