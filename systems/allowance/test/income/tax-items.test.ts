/** The mapping of tax items, its sample people, and the table of limits. The arithmetic stands above each amount. */
import { createHash } from "node:crypto";

import { judgedIncome } from "@hagukumi/law/contract.ts";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { classByTable, legalLimitTable, limitTableFaults } from "../../src/income/limit-table.ts";
import {
  foldTaxItems,
  type TaxItem,
  taxItemMapVersion,
  taxItemRuleOf,
  taxItemRules,
} from "../../src/income/tax-item-map.ts";
import { settingShapes } from "../../src/settings.ts";

const items = (given: Readonly<Record<string, number>>): TaxItem[] =>
  Object.entries(given).map(([code, amount]) => ({ code, amount }));
const judged = (year: number, given: Readonly<Record<string, number>>): number => {
  const { income, unknown } = foldTaxItems(items(given), year);
  expect(unknown).toEqual([]);
  return judgedIncome({ year, ...income });
};

describe("the mapping of tax items", () => {
  // 判定所得 = 給与等 − 100,000 (from 2020) + others − 80,000 − deductions
  it.each([
    ["salary alone, income year 2022", 2022, { employment: 6_400_000 }, 6_220_000],
    ["salary alone, income year 2019: no 100,000", 2019, { employment: 6_300_000 }, 6_220_000],
    ["business alone", 2022, { business: 6_299_999 }, 6_219_999],
    [
      "a dependant with special disability: 400,000",
      2022,
      { employment: 7_600_000, specialDisabledCount: 1, dependants: 2 },
      7_020_000,
    ],
    ["medical 350,000", 2022, { employment: 7_500_000, medical: 350_000, dependants: 2 }, 6_970_000],
    ["single parent 350,000", 2022, { employment: 7_000_000, singleParentCount: 1, dependants: 1 }, 6_470_000],
    // 5,000,000 − 100,000 + 1,200,000 − 80,000
    [
      "salary and pension share the 100,000; forestry is added",
      2022,
      { employment: 4_000_000, publicPension: 1_000_000, forestry: 1_200_000 },
      6_020_000,
    ],
    // What is not deducted: 5,000,000 − 100,000 − 80,000
    [
      "insurance, spouse and basic deduction take nothing off",
      2022,
      {
        employment: 5_000_000,
        socialInsurance: 900_000,
        lifeInsurance: 120_000,
        spouseDeduction: 330_000,
        basicDeduction: 430_000,
      },
      4_820_000,
    ],
    // before the order of 2018 the special deduction was not taken off: 3,000,000 − 80,000; after it 500,000 − 80,000
    ["land sold, income year 2016", 2016, { longGainBeforeSpecial: 3_000_000, longGain: 500_000 }, 2_920_000],
    ["land sold, income year 2017", 2017, { longGainBeforeSpecial: 3_000_000, longGain: 500_000 }, 420_000],
  ] as const)("[A70] sample person: %s", (_name, year, given, expected) => {
    expect(judged(year, given)).toBe(expected);
  });

  it("[A70] [I-15] dividends and gains taxed separately or withheld are not added, dividends taxed with the rest are", () => {
    const base = judged(2013, { employment: 6_000_000 });
    expect(judged(2013, { employment: 6_000_000, separateDividend: 300_000 })).toBe(base);
    expect(judged(2013, { employment: 6_000_000, separateStockGain: 300_000, withheldDividend: 300_000 })).toBe(base);
    expect(judged(2013, { employment: 6_000_000, dividend: 300_000 })).toBe(base + 300_000);
  });

  it("[I-55] the 100,000 of the tax reform of 2018 belongs to the income year, not to a clerk's memory: off from 2020 on, of salary and pension alone", () => {
    expect(judged(2019, { employment: 3_000_000 }) - judged(2020, { employment: 3_000_000 })).toBe(100_000);
    expect(judged(2019, { business: 3_000_000 })).toBe(judged(2020, { business: 3_000_000 }));
  });

  it("an item that the table does not know in the year is named and never counted", () => {
    expect(foldTaxItems(items({ employment: 1, cryptoGain: 5 }), 2022).unknown).toEqual(["cryptoGain"]);
    expect(foldTaxItems(items({ singleParentCount: 1 }), 2019).unknown).toEqual(["singleParentCount"]);
    expect(foldTaxItems(items({ specialWidowCount: 1 }), 2020).unknown).toEqual(["specialWidowCount"]);
  });

  it("has one rule at most for an item and a year, a source for each, and a version that changes with the table", () => {
    for (const { code } of taxItemRules) {
      for (let year = 2008; year <= 2030; year += 1) {
        const found = taxItemRules.filter(
          (rule) => rule.code === code && rule.from <= year && (rule.to ?? 9999) >= year,
        );
        expect(found.length, `${code} ${year}`).toBeLessThanOrEqual(1);
      }
    }
    expect(taxItemRules.every(({ source }) => source !== "")).toBe(true);
    const digest = createHash("sha256").update(JSON.stringify(taxItemRules)).digest("hex").slice(0, 16);
    expect([taxItemMapVersion, digest]).toEqual(["2026-11-23.1", "19f1363816da519a"]);
  });

  it("an ignored item never moves the judged income, whatever else there is", () => {
    const ignored = taxItemRules.filter(({ use }) => use.kind === "ignored").map(({ code }) => code);
    fc.assert(
      fc.property(fc.nat(9_000_000), fc.constantFrom(...ignored), fc.nat(9_000_000), (salary, code, amount) => {
        fc.pre(taxItemRuleOf(code, 2022)?.use.kind === "ignored");
        expect(judged(2022, { employment: salary, [code]: amount })).toBe(judged(2022, { employment: salary }));
      }),
    );
  });
});

describe("the table of income limits", () => {
  const legal = legalLimitTable();

  it("[A73] [I-14] 門真市 2025: is taken only as the Act has it: one yen off, a line that does not rise, an upper limit below the limit, a missing period are refused by name", () => {
    expect(limitTableFaults(legal)).toEqual([]);
    expect(settingShapes.incomeLimitTable.safeParse(legal).success).toBe(true);
    // 施行令1条: 622万円 + 38万円 × n
    expect(legal[1]?.limits).toEqual([6_220_000, 6_600_000, 6_980_000, 7_360_000, 7_740_000, 8_120_000]);
    expect(legal[1]?.upperLimits).toEqual([8_580_000, 8_960_000, 9_340_000, 9_720_000, 10_100_000, 10_480_000]);
    const at = (change: (limits: number[]) => void) =>
      legal.map((row, index) => {
        const limits = [...row.limits];
        if (index === 1) change(limits);
        return { ...row, limits };
      });
    const typed = at((limits) => (limits[2] = 6_890_000));
    expect(limitTableFaults(typed)).toEqual([
      "2022-06から2024-09までの扶養親族等2人の限度額 6890000円が、施行令の 6980000円と違います",
    ]);
    const shape = settingShapes.incomeLimitTable.safeParse(typed);
    expect(shape.error?.issues.map(({ message }) => message)).toEqual(limitTableFaults(typed));
    expect(limitTableFaults(at((limits) => (limits[3] = 6_980_000)))).toContain(
      "2022-06から2024-09までの限度額が、扶養親族等3人で増えていません",
    );
    expect(limitTableFaults(at((limits) => (limits[0] = 9_000_000))).join()).toContain(
      "上限限度額が、扶養親族等0人で限度額以下です",
    );
    expect(limitTableFaults(legal.slice(0, 1))).toEqual(["2022-06から2024-09までの表がありません"]);
    fc.assert(
      fc.property(fc.nat(1), fc.nat(5), fc.integer({ min: -500_000, max: 500_000 }), (row, n, by) => {
        fc.pre(by !== 0);
        const wrong = legal.map((each, index) => ({
          ...each,
          limits: each.limits.map((limit, at2) => (index === row && at2 === n ? limit + by : limit)),
        }));
        expect(settingShapes.incomeLimitTable.safeParse(wrong).success).toBe(false);
      }),
    );
  });

  const of = (judgedYen: number, month = "2023-07") =>
    classByTable(legal, month, { judged: judgedYen, dependants: 2, elderly: 0 });

  it("gives the class that the Act gives: at the limit restricted, at the upper limit nothing", () => {
    expect([of(6_979_999), of(6_980_000), of(9_339_999), of(9_340_000)]).toEqual([
      "normal",
      "special",
      "special",
      "over",
    ]);
    expect(of(9_340_000, "2022-05")).toBe("special");
    expect(of(1, "2024-10")).toBeUndefined();
  });
});
