/**
 * Civil dates and months as branded text, the form in which the other rooms hold them.
 * The brand can only be gained by a check, so a `CivilDate` is always a day that exists.
 */
import {
  addPackedDays,
  INVALID,
  monthOfDay,
  readDay,
  readMonth,
  writeDay,
  writeMonth,
  type MonthIndex,
} from "./packed.ts";

declare const civilDateBrand: unique symbol;
declare const monthBrand: unique symbol;

/** A day of the calendar, `YYYY-MM-DD`, years 1800 … 9999, no time zone. */
export type CivilDate = string & { readonly [civilDateBrand]: true };

/** A month (月分, 支払期月), `YYYY-MM`, years 1800 … 9999. */
export type Month = string & { readonly [monthBrand]: true };

export const parseCivilDate = (text: string): CivilDate | undefined =>
  readDay(text) === INVALID ? undefined : (text as CivilDate);

/** @throws RangeError where the text is not a day that exists. For constants and tests; input goes through `parseCivilDate`. */
export function civilDate(text: string): CivilDate {
  const parsed = parseCivilDate(text);
  if (parsed === undefined) throw new RangeError(`暦にない日付です: ${text}`);
  return parsed;
}

export const parseMonth = (text: string): Month | undefined =>
  readMonth(text) === INVALID ? undefined : (text as Month);

/** @throws RangeError where the text is not a month. For constants and tests; input goes through `parseMonth`. */
export function month(text: string): Month {
  const parsed = parseMonth(text);
  if (parsed === undefined) throw new RangeError(`年月ではありません: ${text}`);
  return parsed;
}

export const monthOf = (date: CivilDate): Month => date.slice(0, 7) as Month;

/** Adds whole days; `days` may be negative. */
export const addDays = (date: CivilDate, days: number): CivilDate =>
  writeDay(addPackedDays(readDay(date), days)) as CivilDate;

/** Adds whole months; `months` may be negative. */
export const addMonths = (from: Month, months: number): Month => writeMonth(readMonth(from) + months) as Month;

/** Every month from `first` to `last`, both included; empty where `last` is earlier. */
export function monthsFrom(first: Month, last: Month): readonly Month[] {
  const months: Month[] = [];
  for (let index = readMonth(first); index <= readMonth(last); index += 1) months.push(writeMonth(index) as Month);
  return months;
}

export const firstDayOfMonth = (of: Month): CivilDate => `${of}-01` as CivilDate;

export const lastDayOfMonth = (of: Month): CivilDate => addDays(firstDayOfMonth(addMonths(of, 1)), -1);

/** Negative, zero or positive, as `Array.prototype.sort` wants it. */
export const compareDates = (left: CivilDate, right: CivilDate): number => (left < right ? -1 : left > right ? 1 : 0);

/** Negative, zero or positive, as `Array.prototype.sort` wants it. */
export const compareMonths = (left: Month, right: Month): number => (left < right ? -1 : left > right ? 1 : 0);

/** The branded text of a month inside the law. */
export const toMonth = (index: MonthIndex): Month => writeMonth(index) as Month;

/** The branded text of a day inside the law. */
export const toCivilDate = (day: number): CivilDate => writeDay(day) as CivilDate;

/** The month index of a packed day's branded text. */
export const monthIndexOf = (date: CivilDate): MonthIndex => monthOfDay(readDay(date));
