/** Turns evaluated months into the output line's month objects. */
import { BANDS } from "../dates/age.ts";
import { toMonth } from "../dates/civil.ts";
import type { MonthIndex } from "../dates/packed.ts";
import { defined } from "../defined.ts";
import { ruleOf } from "../parameters/amounts.ts";
import { regimeIndexOf, REGIMES } from "../parameters/regimes.ts";
import type { Family, MonthResult } from "./family.ts";
import { classText } from "./incomes.ts";
import type { ChildMonth, MonthAssessment, Reason } from "./types.ts";

/** Gives the reasons of one child in one month; absent where no explanation is wanted. */
export type Explain = (childIndex: number, result: MonthResult) => readonly Reason[];

/** One month as output. `total` and `entitled` come from the caller, the rest from the evaluation. */
export function monthAssessment(
  family: Family,
  month: MonthIndex,
  outcome: { readonly entitled: boolean; readonly incomeClass: number; readonly total: number },
  result: MonthResult,
  explain: Explain | undefined,
): MonthAssessment {
  const children: ChildMonth[] = [];
  for (const index of family.inputOrder) {
    const position = defined(result.position[index]);
    const child = {
      id: defined(family.children[index]).id,
      band: defined(BANDS[defined(result.band[index])]),
      counted: position > 0,
      position: position > 0 ? position : null,
      amount: ruleOf(defined(result.rule[index])).amount,
    };
    children.push(explain === undefined ? child : { ...child, because: explain(index, result) });
  }
  return {
    month: toMonth(month),
    regime: defined(REGIMES[regimeIndexOf(month)]).code,
    entitled: outcome.entitled,
    incomeClass: classText(outcome.incomeClass),
    total: outcome.total,
    children,
  };
}
