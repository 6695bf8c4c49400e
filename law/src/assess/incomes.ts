/** The income class of a month, from the shortcut or from the tax items, and what is said when neither is there. */
import { classifyIncome, incomeYearOf, recordOf } from "../articles/article5-income.ts";
import { NO_TEST, NORMAL, OVER, SPECIAL } from "../articles/article6-amounts.ts";
import type { IncomeClass, RecipientFacts } from "../case/types.ts";
import { monthNumberOf, writeMonth, yearOf, type MonthIndex, type PackedDay } from "../dates/packed.ts";
import { defined } from "../defined.ts";
import { FIRST_R4, FIRST_R5, FIRST_R6 } from "../parameters/regimes.ts";
import { ProblemError } from "../result.ts";

/** The month is tested and the facts for it are missing. */
export const UNKNOWN_CLASS = -1;

const CODES: Readonly<Record<IncomeClass, number>> = { normal: NORMAL, special: SPECIAL, over: OVER };

/** Is there an income test in this month? Individuals only (旧5条1項ただし書), 2012-06 … 2024-09. */
export const isTested = (month: MonthIndex): boolean => month >= FIRST_R4 && month < FIRST_R6;

export const classText = (code: number): IncomeClass | null =>
  code === NORMAL ? "normal" : code === SPECIAL ? "special" : code === OVER ? "over" : null;

/**
 * The class of a tested month as known on `knownBy`. `incomeClass` of the case stands for every tested month and wins over
 * `incomes`. Before 2022-06 there was no upper limit, so `over` is `special` there.
 */
export function incomeClassCode(recipient: RecipientFacts, month: MonthIndex, knownBy: PackedDay): number {
  if (recipient.kind !== "individual" || !isTested(month)) return NO_TEST;
  const shortcut = recipient.incomeClass;
  if (shortcut !== undefined && shortcut !== null) {
    return shortcut === "over" && month < FIRST_R5 ? SPECIAL : CODES[shortcut];
  }
  const record = recordOf(recipient.incomes, incomeYearOf(month), knownBy);
  if (record === undefined) return UNKNOWN_CLASS;
  return CODES[defined(classifyIncome(month, record))];
}

/** Refuses a month whose income is needed and missing. */
export function missingIncome(month: MonthIndex): ProblemError {
  const year = incomeYearOf(month);
  const benefitYear = yearOf(month) - (monthNumberOf(month) >= 6 ? 0 : 1);
  return new ProblemError(
    "unknownFact",
    "recipient.incomes",
    `${writeMonth(month)}分の所得判定に必要な${String(year)}年中の所得がありません（${String(benefitYear)}年6月分から翌年5月分まで）。incomes に${String(year)}年を加えるか、incomeClass を入れてください。`,
  );
}
