/**
 * 児童手当法6条, 旧6条・附則2条, 平23法107 5条, 平22法19 5条: which rule one child's month falls under.
 *
 * Birth order: those counted are ranked by birth, oldest first; places 1 and 2 get the base amount, place 3 and later the third
 * child's. The Act writes this as a table of counts; both give the same totals.
 */
import { FIRST_R2, FIRST_R6 } from "../parameters/regimes.ts";
import { ruleCode } from "../parameters/amounts.ts";
import { countLimit } from "../parameters/limits.ts";
import type { MonthIndex } from "../dates/packed.ts";

/** Codes of `BANDS`. */
export const U3 = 0;
export const EL = 1;
export const JH = 2;
export const HS = 3;
export const UN = 4;

/** Codes of the recipient kinds. */
export const INDIVIDUAL = 0;
export const CORPORATE = 1;
export const INSTITUTION = 2;

/** Codes of the income classes; `NO_TEST` where the month or the recipient has none. */
export const NO_TEST = 0;
export const NORMAL = 1;
export const SPECIAL = 2;
export const OVER = 3;

/** Whether someone takes part in a month: not at all, as a child, or as a supported person after 18. */
export const ABSENT = 0;
export const AS_CHILD = 1;
export const AS_SUPPORTED = 2;

const NOT_PART = ruleCode("notPart");
const R1_FLAT = ruleCode("r1Flat");
const R1_TOO_OLD = ruleCode("r1TooOld");
const R1_INSTITUTION = ruleCode("r1Institution");
const R2_UNDER_THREE = ruleCode("r2UnderThree");
const R2_ELEMENTARY = ruleCode("r2Elementary");
const R2_ELEMENTARY_THIRD = ruleCode("r2ElementaryThird");
const R2_JUNIOR_HIGH = ruleCode("r2JuniorHigh");
const R2_HIGH_SCHOOL = ruleCode("r2HighSchool");
const R2_TOO_OLD = ruleCode("r2TooOld");
const R2_FLAT_UNDER_THREE = ruleCode("r2FlatUnderThree");
const R2_FLAT_OLDER = ruleCode("r2FlatOlder");
const R4_SPECIAL = ruleCode("r4Special");
const R5_OVER = ruleCode("r5Over");
const R6_UNDER_THREE = ruleCode("r6UnderThree");
const R6_OLDER = ruleCode("r6Older");
const R6_THIRD = ruleCode("r6Third");
const R6_COUNTED = ruleCode("r6Counted");
const R6_TOO_OLD = ruleCode("r6TooOld");
const R6_FLAT = [
  [ruleCode("r6CorporateUnderThree"), ruleCode("r6CorporateOlder")],
  [ruleCode("r6InstitutionUnderThree"), ruleCode("r6InstitutionOlder")],
] as const;

/** The place in the birth order where the higher amount begins. */
const THIRD_UNTIL_2024_09 = countLimit("thirdUntil202409");
const THIRD_FROM_2024_10 = countLimit("thirdFrom202410");

/** Is a person given a place in the birth order? Places exist for individuals only, from 2011-10 on. */
export function isCounted(month: MonthIndex, kind: number, part: number): boolean {
  if (kind !== INDIVIDUAL || month < FIRST_R2) return false;
  return part === AS_CHILD || (part === AS_SUPPORTED && month >= FIRST_R6);
}

/** The rule for one person in one month. `position` is the place in the birth order, 0 where not counted. */
export function amountRule(
  month: MonthIndex,
  kind: number,
  incomeClass: number,
  band: number,
  part: number,
  position: number,
): number {
  if (part === ABSENT) return NOT_PART;
  if (month >= FIRST_R6) return fromOctober2024(kind, band, position);
  if (month < FIRST_R2) return childBenefit2010(kind, band);
  return fromOctober2011(kind, incomeClass, band, position);
}

/** 6条 (令6法47): 15,000 under three, 10,000 to the 18-year end, 30,000 from the third on, at any age. */
function fromOctober2024(kind: number, band: number, position: number): number {
  if (band > HS) return position > 0 ? R6_COUNTED : R6_TOO_OLD;
  if (kind === INDIVIDUAL) {
    if (position >= THIRD_FROM_2024_10) return R6_THIRD;
    return band === U3 ? R6_UNDER_THREE : R6_OLDER;
  }
  return R6_FLAT[kind === CORPORATE ? 0 : 1][band === U3 ? 0 : 1];
}

/** 平23法107 5条, 旧6条, 附則2条: the amounts of 2011-10 … 2024-09. Institutions and corporate guardians have no income test. */
function fromOctober2011(kind: number, incomeClass: number, band: number, position: number): number {
  if (band > HS) return R2_TOO_OLD;
  if (band === HS) return R2_HIGH_SCHOOL;
  if (kind !== INDIVIDUAL) return band === U3 ? R2_FLAT_UNDER_THREE : R2_FLAT_OLDER;
  if (incomeClass === OVER) return R5_OVER;
  if (incomeClass === SPECIAL) return R4_SPECIAL;
  if (band === U3) return R2_UNDER_THREE;
  if (band === JH) return R2_JUNIOR_HIGH;
  return position >= THIRD_UNTIL_2024_09 ? R2_ELEMENTARY_THIRD : R2_ELEMENTARY;
}

/** 平22法19 5条: 13,000 each to the 15-year end. There were no institution recipients. */
function childBenefit2010(kind: number, band: number): number {
  if (kind === INSTITUTION) return R1_INSTITUTION;
  return band <= JH ? R1_FLAT : R1_TOO_OLD;
}
