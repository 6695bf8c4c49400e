/** Amounts alone, for whole cities at a time: no objects, no reasons, one family's month after month in one loop. */
import { incomeYearOf } from "../articles/article5-income.ts";
import { NO_TEST } from "../articles/article6-amounts.ts";
import type { AssessmentCase } from "../case/types.ts";
import { readMonth } from "../dates/packed.ts";
import type { Month } from "../dates/civil.ts";
import { emptyMonth, evaluateMonth, partsByFacts, prepareFamily } from "./family.ts";
import { incomeClassCode, isTested, missingIncome, UNKNOWN_CLASS } from "./incomes.ts";

/** Yen of one month of one family. `month` is `year × 12 + (month − 1)`, see `monthNumber`. */
export type MonthlyAmounts = (month: number) => number;

/** The integer under which `MonthlyAmounts` takes a benefit month. */
export const monthNumber = (of: Month): number => readMonth(of);

/**
 * Prepares a family once and returns the function that gives its total for any month, entitlement being taken as given
 * (`amountOnly`). The function allocates nothing. The month must lie inside a regime (`regimeOf`).
 *
 * @throws ProblemError (`unknownFact`) from the returned function where the income of a tested month is not in the case
 */
export function createMonthlyAmounts(line: AssessmentCase): MonthlyAmounts {
  const family = prepareFamily(line);
  const result = emptyMonth(family);
  const { recipient } = line;
  let classYear = 0;
  let classCode = NO_TEST;
  return (month) => {
    let incomeClass = NO_TEST;
    if (isTested(month)) {
      const year = incomeYearOf(month);
      // Stryker disable next-line ConditionalExpression: a class that is kept is the class that would be found again
      if (year !== classYear) {
        classYear = year;
        classCode = incomeClassCode(recipient, month, family.knownBy);
      }
      incomeClass = classCode;
    }
    partsByFacts(family, month, result);
    const total = evaluateMonth(family, month, incomeClass, result);
    if (incomeClass === UNKNOWN_CLASS && total > 0) throw missingIncome(month);
    return total;
  };
}
