import { civilOf, type Day, dayOf, weekdayOf } from "./day.ts";

const SUNDAY = 0;
const SATURDAY = 6;
const MONDAY = 1;

const fixed: readonly (readonly [number, number, number])[] = [
  // month, day, first year
  [1, 1, 1949], [2, 11, 1967], [2, 23, 2020], [4, 29, 1949], [5, 3, 1949], [5, 4, 1988], [5, 5, 1949],
  [8, 11, 2016], [11, 3, 1948], [11, 23, 1948],
]; // prettier-ignore

/** Days that one special Act each made or unmade a holiday in 2019–2021 (the accession; the Olympic Games). */
const added = new Set(["2019-4-30", "2019-5-1", "2019-5-2", "2019-10-22", "2020-7-23", "2020-7-24", "2020-8-10",
  "2021-7-22", "2021-7-23", "2021-8-8"]); // prettier-ignore
const removed = new Set(["2020-7-20", "2020-8-11", "2020-10-12", "2021-7-19", "2021-8-11", "2021-10-11"]);

function isNamedHoliday(day: Day): boolean {
  const { year, month, dayOfMonth } = civilOf(day);
  const key = `${year}-${month}-${dayOfMonth}`;
  if (added.has(key)) return true;
  if (removed.has(key)) return false;
  if (fixed.some(([m, d, since]) => m === month && d === dayOfMonth && year >= since)) return true;
  if (month === 12 && dayOfMonth === 23) return year >= 1989 && year <= 2018;
  const nth = Math.ceil(dayOfMonth / 7);
  if (weekdayOf(day) === MONDAY) {
    if ((month === 1 || month === 10) && nth === 2) return true;
    if ((month === 7 || month === 9) && nth === 3) return true;
  }
  // Equinoxes by the usual approximation, exact for 1980–2099.
  const leap = 0.242194 * (year - 1980) - Math.floor((year - 1980) / 4);
  if (month === 3) return dayOfMonth === Math.floor(20.8431 + leap);
  if (month === 9) return dayOfMonth === Math.floor(23.2488 + leap);
  return false;
}

function isHoliday(day: Day): boolean {
  if (isNamedHoliday(day)) return true;
  // 振替休日: the first day after a Sunday holiday that is no holiday itself.
  let back = day - 1;
  while (isNamedHoliday(back)) {
    if (weekdayOf(back) === SUNDAY) return true;
    back--;
  }
  // 国民の休日: a weekday between two holidays.
  return weekdayOf(day) !== SUNDAY && isNamedHoliday(day - 1) && isNamedHoliday(day + 1);
}

const cache = new Map<Day, boolean>();

/**
 * Whether the city's counters are closed (地方自治法4条の2: Saturday, Sunday, national holidays, 29 December – 3 January).
 * Kept apart from the product's own calendar on purpose: a simulator that shares the code under test proves nothing.
 */
export function isClosed(day: Day): boolean {
  const known = cache.get(day);
  if (known !== undefined) return known;
  const weekday = weekdayOf(day);
  const { year } = civilOf(day);
  const newYear = day >= dayOf(year, 12, 29) || day <= dayOf(year, 1, 3);
  const closed = weekday === SUNDAY || weekday === SATURDAY || newYear || isHoliday(day);
  cache.set(day, closed);
  return closed;
}

export function openDayFrom(day: Day): Day {
  let open = day;
  while (isClosed(open)) open++;
  return open;
}

export function openDayUntil(day: Day): Day {
  let open = day;
  while (isClosed(open)) open--;
  return open;
}
