/**
 * A civil day as the number of days since 1970-01-01. No `Date`: a time zone must not be able to move a birthday.
 */
export type Day = number;

export interface Civil {
  readonly year: number;
  readonly month: number;
  readonly dayOfMonth: number;
}

/** The day of a proleptic Gregorian date; the month is 1–12. The caller passes a date that exists. */
export function dayOf(year: number, month: number, dayOfMonth: number): Day {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + dayOfMonth - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

export function civilOf(day: Day): Civil {
  const shifted = day + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const dayOfMonth = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth + (shiftedMonth < 10 ? 3 : -9);
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfMonth };
}

export const pad = (value: number, width: number): string => String(value).padStart(width, "0");

const isoCache = new Map<Day, string>();

/** `YYYY-MM-DD`. Cached: a city repeats some 40,000 days millions of times. */
export function isoOf(day: Day): string {
  const known = isoCache.get(day);
  if (known !== undefined) return known;
  const { year, month, dayOfMonth } = civilOf(day);
  const text = `${pad(year, 4)}-${pad(month, 2)}-${pad(dayOfMonth, 2)}`;
  isoCache.set(day, text);
  return text;
}

/** The day of `YYYY-MM-DD`, or undefined when that is not a date of the calendar. */
export function findDay(text: string): Day | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (match === null) return undefined;
  const day = dayOf(Number(match[1]), Number(match[2]), Number(match[3]));
  return isoOf(day) === text ? day : undefined;
}

/** 0 Sunday … 6 Saturday. */
export const weekdayOf = (day: Day): number => (((day + 4) % 7) + 7) % 7;

export const yearOf = (day: Day): number => civilOf(day).year;

/** The n-th anniversary; of 29 February, 1 March in a year without that day (民法143条2項). */
export function anniversaryOf(born: Day, years: number): Day {
  const { year, month, dayOfMonth } = civilOf(born);
  return dayOf(year + years, month, dayOfMonth);
}

/** 年度末: the first 31 March on or after the day an age is attained, which is the eve of the birthday (年齢計算ニ関スル法律). */
export function fiscalYearEndOf(born: Day, age: number): Day {
  const attained = anniversaryOf(born, age) - 1;
  const year = yearOf(attained);
  const march = dayOf(year, 3, 31);
  return march >= attained ? march : dayOf(year + 1, 3, 31);
}

/** Full years of age on a day. */
export function ageOn(born: Day, day: Day): number {
  const birth = civilOf(born);
  const at = civilOf(day);
  const before = at.month < birth.month || (at.month === birth.month && at.dayOfMonth < birth.dayOfMonth);
  return at.year - birth.year - (before ? 1 : 0);
}
