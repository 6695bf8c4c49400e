/** 費用負担の計算: sums of cells shared out once, on the sum; what no text gives is a gap, never a guess. No database. */
import { month } from "@hagukumi/law/contract.ts";
import * as fc from "fast-check";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

import { AXES, type StatisticsCell, sumsBy, totalOf } from "../../src/statistics/dimensions.ts";
import { cellsOf, grantLine, type PaidSum } from "../../src/statistics/grant-account.ts";

const paid = (benefitMonth: string, amount: number, rest: Partial<PaidSum>): Omit<PaidSum, "regime"> => ({
  period: "april",
  part: "threeAndOver",
  employeeClass: null,
  benefitMonth: month(benefitMonth),
  childMonths: 1,
  amount,
  ...rest,
});

const ninth = (numerator: number) => ({ numerator, denominator: 9 });

type Vector = {
  readonly id: string;
  readonly question: {
    readonly benefitMonth: string;
    readonly fiscalYear: number | "permanent";
    readonly part: PaidSum["part"];
    readonly employeeClass: "employee" | "nonEmployee";
  };
  readonly amount: number;
  readonly expect: Readonly<Record<string, number>>;
};

const vectors = JSON.parse(
  readFileSync(new URL("../../../../law/test/vectors/shares.json", import.meta.url), "utf8"),
) as readonly Vector[];

describe("費用負担の計算", () => {
  it.each(vectors.map((vector) => [vector.id, vector] as const))(
    "[A220] %s: the line of the account has the shares of the vector",
    (_id, { question, amount, expect: expected }) => {
      const employeeClass = question.part === "underThree" ? question.employeeClass : null;
      const sums = cellsOf([paid(question.benefitMonth, amount, { part: question.part, employeeClass })]);
      // The permanent rule is that of the fiscal years from 2029 on.
      const year = question.fiscalYear === "permanent" ? 2029 : question.fiscalYear;
      const line = grantLine(sums[0] as PaidSum, year, []);
      expect(line.shares).toEqual(expected);
      const { prefecture = 0, municipality = 0, ownShare = 0 } = expected;
      expect(line.grant).toBe(amount - prefecture - municipality - ownShare);
    },
  );

  it("[A220] months of two regimes and parts of two rules are never put into one line; the fiscal year is that of the payment", () => {
    // 2024-09 (前の法律) and 2024-10 paid together; 3+ of both classes is one line, under three one line a class.
    const lines = cellsOf([
      paid("2024-09", 10_000, {}),
      paid("2024-10", 10_000, {}),
      paid("2024-11", 30_000, {}),
      paid("2024-11", 15_000, { part: "underThree", employeeClass: "employee" }),
      paid("2024-11", 15_000, { part: "underThree", employeeClass: "nonEmployee" }),
    ]);
    expect(lines.map(({ regime, part, employeeClass, amount }) => [regime, part, employeeClass, amount])).toEqual([
      ["R5", "threeAndOver", null, 10_000],
      ["R6", "threeAndOver", null, 40_000],
      ["R6", "underThree", "employee", 15_000],
      ["R6", "underThree", "nonEmployee", 15_000],
    ]);
    const [old, now] = lines as [PaidSum, PaidSum];
    // 10,000: 2/3 = 6,666.67, 1/6 = 1,666.67 each → 6,667 + 1,667 + 1,666
    expect(grantLine(old, 2024, []).shares).toEqual({ treasury: 6667, prefecture: 1667, municipality: 1666 });
    // FY2024: 40,000 × 82,786,309 / 135,000,000 = 24,529.28; × 22,213,691 / 135,000,000 = 6,581.83; 1/9 = 4,444.44 each
    // → 24,529 + 6,581 + 4,444 + 4,444 = 39,998; the two yen to .83 and to the first .44
    expect(grantLine(now, 2024, []).shares).toEqual({
      treasury: 24_529,
      specialBond: 6582,
      prefecture: 4445,
      municipality: 4444,
    });
  });

  it("[A220] a year whose order is not there has sums and no shares, until the city's two people have entered them; an unknown class has none at all", () => {
    const [sum] = cellsOf([paid("2026-10", 90_000, {})]) as [PaidSum];
    const gap = grantLine(sum, 2026, []);
    expect(gap).toMatchObject({ amount: 90_000, shares: null, grant: null });
    expect(gap.source).toContain("2026年度の三歳以上分の負担割合が登録されていません");
    const shares = { treasury: ninth(6), specialBond: ninth(1), prefecture: ninth(1), municipality: ninth(1) };
    const entered = [{ part: "threeAndOver", employeeClass: null, shares, source: "架空の政令" }] as const;
    // 90,000 × 6/9 = 60,000; × 1/9 = 10,000 each; grant 60,000 + 10,000
    expect(grantLine(sum, 2026, entered)).toMatchObject({
      shares: { treasury: 60_000, specialBond: 10_000, prefecture: 10_000, municipality: 10_000 },
      grant: 70_000,
      source: "架空の政令",
    });
    // What is entered never replaces what the law gives.
    const [known] = cellsOf([paid("2025-10", 90_000, {})]) as [PaidSum];
    expect(grantLine(known, 2025, entered).source).not.toBe("架空の政令");
    const [unknown] = cellsOf([paid("2025-10", 15_000, { part: "underThree", employeeClass: "unknown" })]) as [PaidSum];
    expect(grantLine(unknown, 2025, [])).toMatchObject({ shares: null, grant: null });
  });

  it("for any sums and any fiscal year: shares add up to the sum to the yen, or there are none", () => {
    const any = fc.record({
      benefitMonth: fc
        .tuple(fc.integer({ min: 2010, max: 2030 }), fc.integer({ min: 1, max: 12 }))
        .map(([year, at]) => month(`${String(year)}-${String(at).padStart(2, "0")}`))
        .filter((each) => each >= "2010-04"),
      part: fc.constantFrom<PaidSum["part"]>("underThree", "threeAndOver", "specialBenefit", "juniorHigh"),
      employeeClass: fc.constantFrom<PaidSum["employeeClass"]>("employee", "nonEmployee", "unknown", null),
      amount: fc.integer({ min: 1, max: 100_000_000_000 }),
      year: fc.integer({ min: 2010, max: 2035 }),
    });
    let shared = 0;
    fc.assert(
      fc.property(any, ({ benefitMonth, part, employeeClass, amount, year }) => {
        const [sum] = cellsOf([paid(benefitMonth, amount, { part, employeeClass })]) as [PaidSum];
        const line = grantLine(sum, year, []);
        if (line.shares === null) return;
        shared += 1;
        expect(Object.values(line.shares).reduce((total, yen) => total + yen, 0)).toBe(amount);
      }),
      { numRuns: 500 },
    );
    expect(shared).toBeGreaterThan(50);
  });
});

describe("軸ごとの合計", () => {
  it("[M29] for any cells: the sums by ward, kind, class, band, order, rate and fund are each the total", () => {
    const cell: fc.Arbitrary<StatisticsCell> = fc.record({
      ward: fc.constantFrom("431010", "431028", "431036", "999999"),
      recipientKind: fc.constantFrom("individual", "institution", "corporateGuardian"),
      employeeClass: fc.constantFrom("employee", "nonEmployee", "unknown"),
      band: fc.constantFrom("U3", "EL", "JH", "HS"),
      order: fc.constantFrom("1", "2", "3", "none"),
      rate: fc.constantFrom(5000, 10_000, 15_000, 30_000),
      part: fc.constantFrom("underThree", "threeAndOver", "specialBenefit"),
      children: fc.integer({ min: 1, max: 100_000 }),
      amount: fc.integer({ min: 1, max: 1_000_000_000 }),
    });
    fc.assert(
      fc.property(fc.array(cell, { maxLength: 40 }), (cells) => {
        const total = totalOf(cells);
        for (const axis of AXES) {
          const sums = sumsBy(cells, axis);
          expect(totalOf(sums), axis).toEqual(total);
          expect(new Set(sums.map(({ name }) => name)).size, "no two groups of one name").toBe(sums.length);
        }
      }),
    );
  });
});
