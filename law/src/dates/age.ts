/**
 * 年齢計算: one place that says when a person attains an age, and what follows from it.
 *
 * Source: 年齢計算ニ関スル法律 (明治35年法律第50号) and 民法143条. Age runs from the birth date itself, so a person attains age n on
 * the day *before* the n-th anniversary. That one rule settles 1 April births, 29 February and the 1st of a month.
 */
import { ageLimit } from "../parameters/limits.ts";
import { toCivilDate, type CivilDate, type Month } from "./civil.ts";
import {
  dayOfMonth,
  daysInMonth,
  lastDayOf,
  monthOfDay,
  previousDay,
  readDay,
  readMonth,
  type MonthIndex,
  type PackedDay,
} from "./packed.ts";

/** 年齢区分: U3 三歳未満, EL 三歳から小学校修了前, JH 中学校修了前, HS 高校生年代, UN 大学生年代, OUT それ以後. */
export type Band = "U3" | "EL" | "JH" | "HS" | "UN" | "OUT";

/** In the order of age; the index is the code used inside the law. */
export const BANDS: readonly Band[] = ["U3", "EL", "JH", "HS", "UN", "OUT"];

/** 三歳, 12歳年度末, 15歳年度末, 18歳年度末, 22歳年度末. */
const UNDER_THREE = ageLimit("underThree");
const ELEMENTARY = ageLimit("elementary");
const JUNIOR_HIGH = ageLimit("juniorHigh");
const HIGH_SCHOOL = ageLimit("highSchool");
const UNIVERSITY_AGE = ageLimit("universityAge");

/** The last month of each band of one person. */
export interface BandEnds {
  readonly lastU3: MonthIndex;
  readonly lastEL: MonthIndex;
  readonly lastJH: MonthIndex;
  readonly lastHS: MonthIndex;
  readonly lastUN: MonthIndex;
}

/** The index into `BANDS` in a month. Months before the birth are `U3` too. */
export const bandCode = (of: BandEnds, month: MonthIndex): number =>
  month <= of.lastEL
    ? month <= of.lastU3
      ? 0
      : 1
    : month <= of.lastHS
      ? month <= of.lastJH
        ? 2
        : 3
      : month <= of.lastUN
        ? 4
        : 5;

/** The day `years` years later with the same date; 29 February becomes 1 March in a common year (民法143条2項ただし書). */
export function packedAnniversary(of: PackedDay, years: number): PackedDay {
  const month = monthOfDay(of) + 12 * years;
  return dayOfMonth(of) <= daysInMonth(month) ? month * 32 + dayOfMonth(of) : (month + 1) * 32 + 1;
}

/** 達する日: the day on which a person born on `birth` attains `age`. */
export const packedAttainmentDay = (birth: PackedDay, age: number): PackedDay =>
  previousDay(packedAnniversary(birth, age));

/** The month of 「age歳に達する日以後の最初の三月三十一日」. */
export function fiscalYearEndMonth(birth: PackedDay, age: number): MonthIndex {
  const attained = monthOfDay(packedAttainmentDay(birth, age));
  const zeroBased = attained % 12;
  return attained + (zeroBased <= 2 ? 2 - zeroBased : 14 - zeroBased);
}

/**
 * Last month of the amount for children under three: the month of the third birthday, for every birth date.
 * A decrease acts from the month after its cause (児童手当法9条3項), and a child born on the 1st stays under three until three full
 * years have passed (6条2項, 月の初日の特則), so both roads lead to the birthday month. 29 February: February.
 */
export const lastMonthUnderThree = (birth: PackedDay): MonthIndex => monthOfDay(birth) + 12 * UNDER_THREE;

/** The last month of each band of a person born on `birth`. */
export const bandEndsOf = (birth: PackedDay): BandEnds => ({
  lastU3: lastMonthUnderThree(birth),
  lastEL: fiscalYearEndMonth(birth, ELEMENTARY),
  lastJH: fiscalYearEndMonth(birth, JUNIOR_HIGH),
  lastHS: fiscalYearEndMonth(birth, HIGH_SCHOOL),
  lastUN: fiscalYearEndMonth(birth, UNIVERSITY_AGE),
});

/** 達する日 of `age` for a person born on `birth`. */
export const attainmentDay = (birth: CivilDate, age: number): CivilDate =>
  toCivilDate(packedAttainmentDay(readDay(birth), age));

/** 「age歳に達する日以後の最初の三月三十一日」: always a 31 March. */
export const fiscalYearEnd = (birth: CivilDate, age: number): CivilDate =>
  toCivilDate(lastDayOf(fiscalYearEndMonth(readDay(birth), age)));

/** The band of a person born on `birth` for the benefit month. Months before the birth are `U3` too. */
export const bandOf = (birth: CivilDate, month: Month): Band =>
  BANDS[bandCode(bandEndsOf(readDay(birth)), readMonth(month))] ?? "OUT";
