/** `mode: "amountOnly"`: entitlement is taken as given in every month, only the children's facts and the amounts count. */
import { NO_TEST } from "../articles/article6-amounts.ts";
import type { AssessmentCase } from "../case/types.ts";
import { readMonth } from "../dates/packed.ts";
import { emptyMonth, evaluateMonth, partsByFacts, prepareFamily } from "./family.ts";
import { incomeClassCode, missingIncome, UNKNOWN_CLASS } from "./incomes.ts";
import { monthAssessment } from "./months.ts";
import { paymentsOf, type DueMonth } from "./payments.ts";
import { factReasons } from "./reasons.ts";
import type { AssessmentContext, Assessment, MonthAssessment } from "./types.ts";

/** @throws ProblemError `unknownFact` where the income of a tested month with a payable child is missing */
export function assessAmountOnly(line: AssessmentCase, context: AssessmentContext): Assessment {
  const family = prepareFamily(line);
  const result = emptyMonth(family);
  const months: MonthAssessment[] = [];
  const due: DueMonth[] = [];
  const until = readMonth(line.until);
  for (let month = readMonth(line.from); month <= until; month += 1) {
    partsByFacts(family, month, result);
    let incomeClass = incomeClassCode(line.recipient, month, family.knownBy);
    if (incomeClass === UNKNOWN_CLASS) {
      if (evaluateMonth(family, month, NO_TEST, result) > 0) throw missingIncome(month);
      incomeClass = NO_TEST;
    }
    const total = evaluateMonth(family, month, incomeClass, result);
    const explain = context.explain ? factReasons(line, family, month, incomeClass) : undefined;
    months.push(monthAssessment(family, month, { entitled: total > 0, incomeClass, total }, result, explain));
    due.push({ month, total, isLastBeforeEnd: false, claimedOn: 0 });
  }
  return { case: line.case, months, decisions: [], payments: paymentsOf(due, line.municipality, context.calendar) };
}
