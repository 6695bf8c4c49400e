/** Who bears the cost (law.md 4.5), and the one-off 応援手当. */
import { assert, integer, property } from "fast-check";
import { describe, expect, it } from "vitest";
import { civilDate, costShares, month, splitCost, supportBenefit } from "../contract.ts";
import { benefitVectors, shareVectors } from "./support/vectors.ts";

const sharesOf = (question: (typeof vectors)[number]["question"]) =>
  costShares({ ...question, benefitMonth: month(question.benefitMonth) });

const vectors = shareVectors();

describe("cost shares", () => {
  it.each(vectors)("$id: $why", ({ question, amount, expect: wanted }) => {
    const shares = sharesOf(question);
    expect(shares.ok ? splitCost(amount, shares.value) : shares.problem).toEqual(wanted);
  });

  it.each(vectors)("$id: the shares of any sum add up to it, none a yen more than its fraction", ({ question }) => {
    const shares = sharesOf(question);
    if (!shares.ok) expect.fail(shares.problem.message);
    assert(
      property(integer({ min: 0, max: 2_000_000_000 }), (sum) => {
        const parts = splitCost(sum, shares.value);
        expect(Object.values(parts).reduce((total, each) => total + each, 0)).toBe(sum);
        for (const [bearer, share] of Object.entries(shares.value.shares)) {
          const exact = (sum * share.numerator) / share.denominator;
          expect(Math.abs((parts[bearer as keyof typeof parts] ?? 0) - exact)).toBeLessThan(1);
        }
      }),
      { numRuns: 50 },
    );
  });

  it.each([2026, 2027, 2028])(
    "fiscal year %i: the order that fixes the mixture is not known, so it is refused",
    (fiscalYear) => {
      for (const part of ["underThree", "threeAndOver"] as const) {
        for (const employeeClass of ["employee", "nonEmployee"] as const) {
          const result = costShares({ benefitMonth: month("2026-05"), fiscalYear, part, employeeClass });
          expect(result.ok ? undefined : result.problem.code).toBe("missingShare");
          expect(result.ok ? "" : result.problem.message).toContain(String(fiscalYear));
        }
      }
    },
  );

  it("特例給付 had no share before it existed, and none after it ended", () => {
    for (const benefitMonth of ["2012-05", "2024-10"]) {
      const part = "specialBenefit" as const;
      const result = costShares({
        benefitMonth: month(benefitMonth),
        fiscalYear: 2024,
        part,
        employeeClass: "employee",
      });
      expect(result.ok).toBe(false);
    }
  });

  it("a sum that is no whole yen is a defect of the caller", () => {
    const shares = costShares({
      benefitMonth: month("2023-07"),
      fiscalYear: 2023,
      part: "threeAndOver",
      employeeClass: "employee",
    });
    if (!shares.ok) expect.fail(shares.problem.message);
    for (const sum of [-1, 0.5, Number.NaN, 1e15 + 2]) expect(() => splitCost(sum, shares.value)).toThrow(RangeError);
    // 2/3 and twice 1/6 leave equal remainders of 2/3 yen each and two yen: they go to the first two in the order of bearers.
    expect(splitCost(1e15, shares.value)).toEqual({
      treasury: 666_666_666_666_667,
      prefecture: 166_666_666_666_667,
      municipality: 166_666_666_666_666,
    });
    expect(splitCost(0, shares.value)).toEqual({ treasury: 0, prefecture: 0, municipality: 0 });
  });
});

describe("物価高対応子育て応援手当", () => {
  it.each(benefitVectors())("$id: $why", ({ birthDate, payable, asked, expect: wanted }) => {
    const months: string[] = [];
    const answer = supportBenefit({
      birthDate: civilDate(birthDate),
      payableFor: (benefitMonth) => {
        months.push(benefitMonth);
        return payable;
      },
    });
    expect(answer.amount).toBe(wanted);
    expect(months).toEqual(asked);
    expect(answer.ground).toMatch(/。$/);
  });
});
