/** 旧児童手当法5条・附則2条: the judged income, the limits, and the amounts that follow, yen by yen. */
import { describe, expect, it } from "vitest";
import { createMonthlyAmounts, monthNumber, month, parseCase } from "../../contract.ts";
import {
  benefitYearOf,
  classifyIncome,
  incomeLimitsOf,
  incomeYearOf,
  judgedIncome,
  recordOf,
} from "../../src/articles/article5-income.ts";
import type { IncomeRecord } from "../../src/case/types.ts";
import { civilDate } from "../../src/dates/civil.ts";
import { readDay, readMonth, writeMonth } from "../../src/dates/packed.ts";
import { assessed, child, full, individual, refusal, type Json } from "./support.ts";

describe("judged income", () => {
  it.each<readonly [Partial<IncomeRecord>, number]>([
    [{}, 0],
    [{ other: 79_999 }, 0],
    [{ other: 80_001 }, 1], // 80,001 − 80,000
    [{ employment: 100_000, other: 80_001 }, 1], // (100,000 − 100,000) + 80,001 − 80,000
    [{ employment: 90_000, other: 80_001 }, 1], // never below 0 before the others are added
    [{ employment: 60_000, pension: 60_000, other: 80_000 }, 20_000], // 120,000 − 100,000
    [{ employment: 5_000_000 }, 4_820_000], // − 100,000 − 80,000
    [{ pension: 5_000_000 }, 4_820_000],
    [{ year: 2020, employment: 5_000_000 }, 4_820_000],
    [{ year: 2019, employment: 5_000_000 }, 4_920_000], // − 80,000 only
    [{ employment: 5_000_000, other: -1_000_000 }, 3_820_000],
    [{ employment: 5_000_000, deductions: 820_000 }, 4_000_000],
    [{ employment: 5_000_000, deductions: 9_000_000 }, 0],
  ])("%j: %i", (record, wanted) => {
    expect(judgedIncome({ year: 2022, ...record })).toBe(wanted);
  });
});

describe("limits", () => {
  it.each<readonly [string, Partial<IncomeRecord>, unknown]>([
    ["2012-05", {}, undefined],
    ["2012-06", {}, { limit: 6_220_000, upper: null }],
    ["2022-05", { dependants: 2 }, { limit: 6_980_000, upper: null }], // + 2 × 380,000
    ["2022-06", { dependants: 2 }, { limit: 6_980_000, upper: 9_340_000 }],
    ["2024-09", { dependants: 3, elderlyDependants: 1 }, { limit: 7_420_000, upper: 9_780_000 }], // + 3 × 380,000 + 60,000
    ["2024-10", {}, undefined],
  ])("%s %j", (at, record, wanted) => {
    expect(incomeLimitsOf(readMonth(at), { year: 2022, ...record })).toEqual(wanted);
  });

  it.each<readonly [string, number, string | undefined]>([
    // 80,000 is taken from other income: 6,299,999 is judged 6,219,999.
    ["2023-07", 6_299_999, "normal"],
    ["2023-07", 6_300_000, "special"],
    ["2023-07", 8_659_999, "special"],
    ["2023-07", 8_660_000, "over"],
    ["2022-05", 8_660_000, "special"],
    ["2024-10", 8_660_000, undefined],
  ])("in %s other income of %i is %s", (at, other, wanted) => {
    expect(classifyIncome(readMonth(at), { year: 2022, other })).toBe(wanted);
  });
});

describe("years", () => {
  it("May is judged by the year before last, June by the last", () => {
    expect(incomeYearOf(readMonth("2023-05"))).toBe(2021);
    expect(incomeYearOf(readMonth("2023-06"))).toBe(2022);
    expect(incomeYearOf(readMonth("2023-01"))).toBe(2021);
    expect(incomeYearOf(readMonth("2023-12"))).toBe(2022);
    const { first, last } = benefitYearOf(2022);
    expect([first, last].map(writeMonth)).toEqual(["2023-06", "2024-05"]);
  });

  it("the latest record known by the day stands for its year", () => {
    const records: IncomeRecord[] = [
      { year: 2022, other: 1 },
      { year: 2022, other: 3, knownOn: civilDate("2024-02-01") },
      { year: 2022, other: 2, knownOn: civilDate("2023-12-01") },
      { year: 2021, other: 9, knownOn: civilDate("2024-03-01") },
    ];
    const known = (on: string): number | undefined => recordOf(records, 2022, readDay(on))?.other;
    expect(["2023-11-30", "2023-12-01", "2024-01-31", "2024-02-01", "2026-01-01"].map(known)).toEqual([1, 2, 2, 3, 3]);
    expect(recordOf(records, 2020, readDay("2026-01-01"))).toBeUndefined();
    expect(recordOf([{ year: 2022, other: 5, knownOn: null }], 2022, readDay("2000-01-01"))?.other).toBe(5);
  });
});

const amountsOf = (line: Json) => {
  const read = parseCase({ ...line, mode: "amountOnly" });
  if (!read.ok) throw new Error(read.problem.message);
  const amounts = createMonthlyAmounts(read.value);
  return (at: string): number => amounts(monthNumber(month(at)));
};

describe("createMonthlyAmounts", () => {
  // Judged: 2020 2,820,000 normal; 2021 19,820,000 over; 2022 6,820,000 special; 2023 2,820,000 normal.
  const incomes = [
    { year: 2020, employment: 3_000_000 },
    { year: 2021, employment: 20_000_000 },
    { year: 2022, employment: 7_000_000 },
    { year: 2023, employment: 3_000_000 },
  ];
  const wanted: readonly (readonly [string, number])[] = [
    ["2022-01", 10_000],
    ["2022-05", 10_000],
    ["2022-06", 0],
    ["2022-12", 0],
    ["2023-01", 0],
    ["2023-05", 0],
    ["2023-06", 5_000],
    ["2024-05", 5_000],
    ["2024-06", 10_000],
    ["2024-10", 10_000],
  ];

  it("asks for months in any order", () => {
    const at = amountsOf(full("2022-01", "2024-12", [child("A", "2015-05-05")], [], individual({ incomes })));
    for (const [when, yen] of wanted) expect(at(when), when).toBe(yen);
    for (const [when, yen] of wanted.toReversed()) expect(at(when), when).toBe(yen);
  });

  it("needs no income where nothing is due", () => {
    const at = amountsOf(full("2023-07", "2023-07", [child("H", "2006-05-05")], []));
    expect(at("2023-07")).toBe(0);
    expect(() => amountsOf(full("2023-07", "2023-07", [child("A", "2015-05-05")], []))("2023-07")).toThrow(/2022年/);
  });
});

const line = (at: string, child_: Json): Json => ({ ...full(at, at, [child_], []), mode: "amountOnly" });

describe("income that is not there", () => {
  it("is asked for in the months of the test only, in words that name both years", () => {
    expect(refusal(line("2023-05", child("A", "2015-05-05"))).message).toBe(
      "2023-05分の所得判定に必要な2021年中の所得がありません（2022年6月分から翌年5月分まで）。incomes に2021年を加えるか、incomeClass を入れてください。",
    );
    expect(refusal(line("2023-06", child("A", "2015-05-05"))).message).toBe(
      "2023-06分の所得判定に必要な2022年中の所得がありません（2023年6月分から翌年5月分まで）。incomes に2022年を加えるか、incomeClass を入れてください。",
    );
    for (const at of ["2012-05", "2024-10"])
      expect(assessed(line(at, child("A", "2009-05-05"))).months[0]?.incomeClass).toBeNull();
  });

  it("is not asked for where nothing is due", () => {
    const found = assessed(line("2023-07", child("H", "2006-05-05")));
    expect(found.months[0]).toMatchObject({ entitled: false, total: 0, incomeClass: null });
    expect(found.payments).toEqual([]);
  });
});
