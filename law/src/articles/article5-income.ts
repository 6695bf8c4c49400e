/**
 * 旧児童手当法5条・附則2条, 施行令1条・2条・3条・7条: the income test of the benefit months 2012-06 … 2024-09.
 * Only the recipient's own income counts, never the household's.
 */
import type { IncomeClass, IncomeRecord } from "../case/types.ts";
import { monthNumberOf, readDay, yearOf, type MonthIndex, type PackedDay } from "../dates/packed.ts";
import {
  EMPLOYMENT_PENSION_DEDUCTION,
  EMPLOYMENT_PENSION_DEDUCTION_FROM_YEAR,
  FLAT_DEDUCTION,
  incomeLimitRowOf,
} from "../parameters/incomeLimits.ts";

/** Months June Y … May Y+1 are judged by the income of year Y−1 (5条1項, 令2条). */
export const incomeYearOf = (benefit: MonthIndex): number => yearOf(benefit) - (monthNumberOf(benefit) >= 6 ? 1 : 2);

/** First and last benefit month judged by the income of `year`. */
export const benefitYearOf = (year: number): { readonly first: MonthIndex; readonly last: MonthIndex } => ({
  first: (year + 1) * 12 + 5,
  last: (year + 2) * 12 + 4,
});

/** 判定所得, yen, never negative (施行令3条): employment and pension less 100,000 (from 2020), others, less 80,000 and the deductions. */
export function judgedIncome(record: IncomeRecord): number {
  const flat = record.year >= EMPLOYMENT_PENSION_DEDUCTION_FROM_YEAR ? EMPLOYMENT_PENSION_DEDUCTION : 0;
  const earned = Math.max(0, (record.employment ?? 0) + (record.pension ?? 0) - flat);
  return Math.max(0, earned + (record.other ?? 0) - FLAT_DEDUCTION - (record.deductions ?? 0));
}

/** 所得制限限度額 and 所得上限限度額, yen, for the number of dependants; `upper` null where none was in force. */
export interface IncomeLimits {
  readonly limit: number;
  readonly upper: number | null;
}

/** The limits of a benefit month; undefined outside 2012-06 … 2024-09. */
export function incomeLimitsOf(benefit: MonthIndex, record: IncomeRecord): IncomeLimits | undefined {
  const row = incomeLimitRowOf(benefit);
  if (row === undefined) return undefined;
  const added = row.perDependant * (record.dependants ?? 0) + row.perElderly * (record.elderlyDependants ?? 0);
  return { limit: row.limit + added, upper: row.upperLimit === null ? null : row.upperLimit + added };
}

/** 所得判定区分: at or above the limit is restricted (「額以上」); only below the upper limit is 特例給付 paid (「未満」). */
export function classifyIncome(benefit: MonthIndex, record: IncomeRecord): IncomeClass | undefined {
  const limits = incomeLimitsOf(benefit, record);
  if (limits === undefined) return undefined;
  const judged = judgedIncome(record);
  if (judged < limits.limit) return "normal";
  return limits.upper !== null && judged >= limits.upper ? "over" : "special";
}

/** The record of `year` that was latest known on `knownBy`: a tax correction replaces the figures it corrects. */
export function recordOf(
  incomes: readonly IncomeRecord[] | undefined,
  year: number,
  knownBy: PackedDay,
): IncomeRecord | undefined {
  if (incomes === undefined) return undefined;
  let found: IncomeRecord | undefined;
  let foundOn = -1;
  for (const record of incomes) {
    const on = record.knownOn === undefined || record.knownOn === null ? 0 : readDay(record.knownOn);
    if (record.year === year && on <= knownBy && on > foundOn) {
      found = record;
      foundOn = on;
    }
  }
  return found;
}
