/**
 * 休日: the municipality's closed days (for deadlines) and bank business days (for pay days).
 *
 * The law room keeps no table of national holidays; the caller hands one in, and a year that the table does not reach is
 * refused (`outsideCalendar`) instead of being taken for a year without holidays.
 */
import { termLimit } from "../parameters/limits.ts";
import { toCivilDate, type CivilDate, type Month } from "./civil.ts";
import {
  addPackedDays,
  dayOfMonth,
  daysInMonth,
  INVALID,
  monthNumberOf,
  monthOfDay,
  nextDay,
  previousDay,
  readDay,
  readMonth,
  weekdayOf,
  writeDay,
  yearOf,
  type MonthIndex,
  type PackedDay,
} from "./packed.ts";
import { attempt, ProblemError, type Result } from "../result.ts";
import type { ClaimCause, PayDayRule } from "../case/types.ts";

/** 国民の祝日 of the years `firstYear … lastYear`; make one with `createCalendar`. */
export interface Calendar {
  readonly firstYear: number;
  readonly lastYear: number;
  readonly holidays: ReadonlySet<PackedDay>;
}

const NO_CLOSED_DAYS: ReadonlySet<PackedDay> = new Set();

/**
 * @param nationalHolidays every national holiday and substitute holiday, `YYYY-MM-DD`, of whole consecutive years
 * @throws RangeError where an entry is no day of the calendar, or a year between the first and the last has no entry
 */
export function createCalendar(nationalHolidays: ReadonlySet<string>): Calendar {
  const holidays = new Set<PackedDay>();
  const years = new Set<number>();
  for (const text of nationalHolidays) {
    const day = readDay(text);
    if (day === INVALID) throw new RangeError(`祝日表に暦にない日付があります: ${text}`);
    holidays.add(day);
    years.add(yearOf(monthOfDay(day)));
  }
  const firstYear = years.size === 0 ? 0 : Math.min(...years);
  const lastYear = years.size === 0 ? -1 : Math.max(...years);
  for (const year of years) {
    if (year !== firstYear && !years.has(year - 1)) throw new RangeError(`祝日表に${String(year - 1)}年がありません`);
  }
  return { firstYear, lastYear, holidays };
}

function requireYear(day: PackedDay, calendar: Calendar): void {
  const year = yearOf(monthOfDay(day));
  if (year < calendar.firstYear || year > calendar.lastYear) {
    throw new ProblemError(
      "outsideCalendar",
      "",
      `${writeDay(day)}の休日が分かりません。祝日表は${String(calendar.firstYear)}年から${String(calendar.lastYear)}年までです。祝日表を更新してください。`,
    );
  }
}

function isHolidayOrWeekend(day: PackedDay, calendar: Calendar): boolean {
  requireYear(day, calendar);
  const weekday = weekdayOf(day);
  return weekday === 0 || weekday === 6 || calendar.holidays.has(day);
}

/** Days around the New Year, `firstInDecember` … 31 December and 1 … 3 January. */
function isNewYear(day: PackedDay, firstInDecember: number): boolean {
  const month = monthNumberOf(monthOfDay(day));
  return month === 12 ? dayOfMonth(day) >= firstInDecember : month === 1 && dayOfMonth(day) <= 3;
}

/** 閉庁日: Saturday, Sunday, national holiday, 29 December … 3 January (地方自治法4条の2), and the municipality's own days. */
export const isClosed = (day: PackedDay, calendar: Calendar, closedDays: ReadonlySet<PackedDay>): boolean =>
  isHolidayOrWeekend(day, calendar) || isNewYear(day, 29) || closedDays.has(day);

/** 銀行休業日: Saturday, Sunday, national holiday, 31 December … 3 January (銀行法施行令5条). */
export const isBankClosed = (day: PackedDay, calendar: Calendar): boolean =>
  isHolidayOrWeekend(day, calendar) || isNewYear(day, 31);

/** 15日: the days within which a claim counts as made on the day of the event (児童手当法8条3項), first day excluded (民法140条). */
export const CLAIM_DAYS = termLimit("claimDays");

/** Day 15 after `event`, rolled to the next open day (地方自治法4条の2第4項). */
export function packedDeadline(event: PackedDay, calendar: Calendar, closedDays: ReadonlySet<PackedDay>): PackedDay {
  let day = addPackedDays(event, CLAIM_DAYS);
  while (isClosed(day, calendar, closedDays)) day = nextDay(day);
  return day;
}

/** The pay day of a payment month. A pay day past the month's end is the month's last day. */
export function packedPayDay(
  paymentMonth: MonthIndex,
  payDayOfMonth: number,
  rule: PayDayRule,
  calendar: Calendar,
): PackedDay {
  let day = paymentMonth * 32 + Math.min(payDayOfMonth, daysInMonth(paymentMonth));
  while (isBankClosed(day, calendar)) day = rule === "previous" ? previousDay(day) : nextDay(day);
  return day;
}

/** Packs the municipality's own closed days. */
export const packClosedDays = (days: readonly CivilDate[] | undefined): ReadonlySet<PackedDay> =>
  days === undefined ? NO_CLOSED_DAYS : new Set(days.map(readDay));

/**
 * The last day on which a claim counts as made on the day of its event (8条3項).
 *
 * @param event the base date of the cause, or the cause itself: then the 15 days run from the end of the obstacle, if one is
 *   given. For `becameUniversityAge` and `graduated` hand in the 1st of the month in which the new state begins.
 * @returns `outsideCalendar` where the table of holidays does not reach the deadline
 */
export function claimDeadline(
  event: CivilDate | Pick<ClaimCause, "on" | "obstacleEndedOn">,
  calendar: Calendar,
  closedDays?: readonly CivilDate[],
): Result<CivilDate> {
  return attempt(() => {
    const base = typeof event === "string" ? event : (event.obstacleEndedOn ?? event.on);
    if (base === undefined || base === null) {
      throw new ProblemError(
        "unknownFact",
        "cause.on",
        "請求事由の発生日がないため、15日の期限を計算できません。発生日を入力してください。",
      );
    }
    return toCivilDate(packedDeadline(readDay(base), calendar, packClosedDays(closedDays)));
  });
}

/** The day on which the municipality pays in `paymentMonth`, moved to a bank business day by its rule. */
export const payDay = (
  paymentMonth: Month,
  municipality: { readonly payDay: number; readonly payDayRule: PayDayRule },
  calendar: Calendar,
): Result<CivilDate> =>
  attempt(() =>
    toCivilDate(packedPayDay(readMonth(paymentMonth), municipality.payDay, municipality.payDayRule, calendar)),
  );

/** Is the counter of the municipality open on `date`? */
export const isOpenDay = (date: CivilDate, calendar: Calendar, closedDays?: readonly CivilDate[]): Result<boolean> =>
  attempt(() => !isClosed(readDay(date), calendar, packClosedDays(closedDays)));

/** Do banks settle transfers on `date`? */
export const isBankBusinessDay = (date: CivilDate, calendar: Calendar): Result<boolean> =>
  attempt(() => !isBankClosed(readDay(date), calendar));
