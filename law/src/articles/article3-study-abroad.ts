/** 児童手当法3条1項, 規則1条, 規則1条の3の2第3項: a child abroad is no 児童, unless abroad for study. */
import type { AbroadPeriod } from "../case/types.ts";
import { packedAnniversary } from "../dates/age.ts";
import { toCivilDate, toMonth, type CivilDate, type Month } from "../dates/civil.ts";
import { monthOfDay, nextDay, packDay, previousDay, readDay, type PackedDay } from "../dates/packed.ts";
import { joined, knownEnd, span, type Span } from "../dates/spans.ts";
import { termLimit } from "../parameters/limits.ts";

/** 3年: within this many years of leaving a child abroad for study is still a 児童 (規則1条). */
export const STUDY_ABROAD_YEARS_CHILD = termLimit("studyAbroadChild");
/** 4年: the same for a person counted after 18 (規則1条の3の2第3項). */
export const STUDY_ABROAD_YEARS_COUNTED = termLimit("studyAbroadCounted");
/** 3年を超える: unbroken residence in Japan needed before leaving (規則1条). */
const RESIDENCE_YEARS_BEFORE = termLimit("residenceBeforeStudy");

/**
 * The residence of the child matters from 2011-10 on (平23法107 3条1項); 平22法19 did not ask for it. A child abroad since before
 * is treated as having left on the last day of that law, so every month to 2011-09 stays untouched.
 */
const RESIDENCE_RULE_EVE: PackedDay = packDay(2011, 9, 30);

/**
 * The spans in which being abroad excludes a child.
 *
 * Study is allowed if residence before leaving lasted more than three years up to the day before; the years count from the day
 * the address in Japan ended, and the month in which they run out is still paid. Study periods that follow each other day on
 * day are one stay: the years run from the first.
 */
export function abroadExclusions(periods: readonly AbroadPeriod[], knownBy: PackedDay, years: number): readonly Span[] {
  const excluding: Span[] = [];
  let stay: { readonly from: PackedDay; readonly to: PackedDay; readonly qualifies: boolean } | undefined;
  for (const period of [...periods].sort((left, right) => readDay(left.from) - readDay(right.from))) {
    const from = readDay(period.from);
    if (from > knownBy) continue;
    const to = knownEnd(period, knownBy);
    if (!period.study) {
      excluding.push(span(from, to, "childAbroad"));
      continue;
    }
    stay =
      stay === undefined || from > nextDay(stay.to)
        ? { from, to, qualifies: livedLongEnough(period, from) }
        : { ...stay, to };
    const limit = lastDayOfStudy(stay.from, years);
    if (!stay.qualifies) excluding.push(span(from, to, "childAbroad"));
    else if (to > limit) excluding.push(span(Math.max(from, limit), to, "studyAbroadLimit"));
  }
  return joined(excluding.flatMap(fromResidenceRule));
}

/** What a declaration of study abroad leads to, before anything is decided. */
export interface StudyAbroadClock {
  /** More than three years in Japan, without a break, up to the day before leaving (規則1条) */
  readonly longEnough: boolean;
  /** The last day within the three years (child) or four (counted person) */
  readonly limitOn: CivilDate;
  /** The last benefit month that is still counted: the one in which the years run out */
  readonly lastMonth: Month;
}

/**
 * The clock of 規則1条 and 1条の3の2第3項. The day on which the address in Japan ended is the first day of the count, so the years are
 * up on the day before its anniversary, and that month is still counted. Left on the 1st, it is the month before the anniversary's.
 */
export function studyAbroadClock(
  leftOn: CivilDate,
  livedInJapanSince: CivilDate,
  role: "child" | "counted",
): StudyAbroadClock {
  const years = role === "child" ? STUDY_ABROAD_YEARS_CHILD : STUDY_ABROAD_YEARS_COUNTED;
  const limit = lastDayOfStudy(readDay(leftOn), years);
  return {
    longEnough: longEnoughBefore(readDay(leftOn), readDay(livedInJapanSince)),
    limitOn: toCivilDate(limit),
    lastMonth: toMonth(monthOfDay(limit)),
  };
}

const lastDayOfStudy = (left: PackedDay, years: number): PackedDay => previousDay(packedAnniversary(left, years));

const longEnoughBefore = (left: PackedDay, since: PackedDay): boolean =>
  left > packedAnniversary(since, RESIDENCE_YEARS_BEFORE);

/** 「三年を超えて」: exactly three years are not enough. */
function livedLongEnough(period: AbroadPeriod, left: PackedDay): boolean {
  const since = period.livedInJapanSince;
  if (since === undefined || since === null) return false;
  return longEnoughBefore(left, readDay(since));
}

const fromResidenceRule = (of: Span): readonly Span[] =>
  of.to > RESIDENCE_RULE_EVE ? [span(Math.max(of.from, RESIDENCE_RULE_EVE), of.to, of.cause)] : [];
