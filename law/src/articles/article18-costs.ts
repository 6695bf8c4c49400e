/** 児童手当法18条・19条, 附則2条: how the sum paid for one part in one fiscal year is shared. */
import type { Month } from "../dates/civil.ts";
import {
  COST_SHARES,
  type Bearer,
  type CostPart,
  type CostShareRow,
  type EmployeeClass,
  type Fraction,
} from "../parameters/costShares.ts";
import { fail, ok, type Result } from "../result.ts";

/** What to share. `fiscalYear`: the one the payment month lies in, or `"permanent"` for the rule after all transitional years. */
export interface CostQuestion {
  readonly benefitMonth: Month;
  readonly fiscalYear: number | "permanent";
  readonly part: CostPart;
  readonly employeeClass: EmployeeClass;
}

/** The shares of a part, with their source. They add up to one. */
export interface CostShares {
  readonly shares: Partial<Readonly<Record<Bearer, Fraction>>>;
  readonly source: string;
}

const PART_TEXTS: Readonly<Record<CostPart, string>> = {
  underThree: "三歳未満分",
  threeAndOver: "三歳以上分",
  specialBenefit: "特例給付分",
  elementaryFirstSecond: "三歳以上小学校修了前の第一子・第二子分",
  elementaryThird: "三歳以上小学校修了前の第三子以降分",
  juniorHigh: "中学生分",
  parentlessInstitution: "施設入所等子ども分",
};

function holds(row: CostShareRow, { benefitMonth, fiscalYear, part, employeeClass }: CostQuestion): boolean {
  if (row.part !== part || (row.employeeClass !== "any" && row.employeeClass !== employeeClass)) return false;
  if (benefitMonth < row.firstBenefitMonth || benefitMonth > row.lastBenefitMonth) return false;
  const [first, last] = row.fiscalYears;
  if (fiscalYear === "permanent") return last === null;
  return (first === null || first <= fiscalYear) && (last === null || fiscalYear <= last);
}

/**
 * The shares for one part of the money, found by the benefit month and the fiscal year of payment.
 *
 * @returns `missingShare` where no published text fixes the share (naming month, year and part), never a guess
 */
export function costShares(question: CostQuestion): Result<CostShares> {
  const found = COST_SHARES.find((row) => holds(row, question));
  if (found !== undefined) return ok({ shares: found.shares, source: found.source });
  const year = question.fiscalYear === "permanent" ? "本則" : `${String(question.fiscalYear)}年度`;
  const message = `${question.benefitMonth}分・${year}の${PART_TEXTS[question.part]}の負担割合が登録されていません。政令で定める割合（国庫負担、支援納付金、特例公債）を確かめて登録してください。`;
  return fail("missingShare", "fiscalYear", message);
}

/**
 * Splits a sum of a cell and period into yen for the return: each share of the whole sum rounded down, and the yen left over
 * given one each to the largest remainders (equal ones in the order of the bearers), so that the parts add up to the sum.
 * Rounding happens here only, never on single children or months.
 *
 * @param sum yen, a whole number from 0 to 10¹⁵
 * @throws RangeError where the sum is no such number
 */
export function splitCost(sum: number, { shares }: CostShares): Partial<Record<Bearer, number>> {
  if (!Number.isSafeInteger(sum) || sum < 0 || sum > 1e15)
    throw new RangeError(`負担を分ける金額が正しくありません: ${String(sum)}`);
  const exact = (Object.entries(shares) as [Bearer, Fraction][]).map(([bearer, share]) => {
    const product = BigInt(sum) * BigInt(share.numerator);
    const denominator = BigInt(share.denominator);
    return { bearer, yen: Number(product / denominator), rest: product % denominator, denominator };
  });
  let left = sum - exact.reduce((total, { yen }) => total + yen, 0);
  const result: Partial<Record<Bearer, number>> = {};
  for (const { bearer, yen } of exact) result[bearer] = yen;
  // rest/denominator compared crosswise: no rounding decides who gets the yen.
  const byRest = exact.toSorted((one, other) => Number(other.rest * one.denominator - one.rest * other.denominator));
  for (const { bearer, yen } of byRest) {
    if (left === 0) break;
    result[bearer] = yen + 1;
    left -= 1;
  }
  return result;
}
