/** What a claim gives: the order of papers, corrections, ended spans, and 確認書 around the reform. */
import { describe, expect, it } from "vitest";
import type { Case } from "../../plain/case.ts";
import { plainAnswer } from "../support/answer.ts";
import {
  assessed,
  certification,
  child,
  claim,
  decided,
  firstMonth,
  full,
  individual,
  lastMonth,
  totals,
  type Json,
} from "./support.ts";

const pupil = [child("A", "2015-05-05")];

describe("papers of one day", () => {
  it("count certification first, in whatever order they are listed", () => {
    const first = certification("2025-05-10", ["A"], "other");
    const second = claim("increase", "2025-05-10", ["B"], "other");
    for (const papers of [
      [first, second],
      [second, first],
    ]) {
      const found = assessed(full("2025-05", "2025-07", [...pupil, child("B", "2016-05-05")], papers));
      // Both decisions state the month's amount: 10,000 + 10,000.
      expect(decided(found)).toEqual(["certify 2025-06 other 20000", "increase 2025-06 other 20000"]);
    }
  });

  it("a cause without a day is a claim of its day of receipt", () => {
    const paper: Json = { ...certification("2025-05-10", ["A"], "other"), cause: { kind: "other", on: null } };
    expect(firstMonth(assessed(full("2025-05", "2025-07", pupil, [paper])))).toBe("2025-06");
  });
});

const corrected = (year: number, knownOn: string): Json[] => [
  { year, employment: 20_000_000 },
  { year, employment: 3_000_000, knownOn },
];

const start = (on: string, receivedOn: string, incomes: Json[]): string | undefined =>
  firstMonth(
    assessed(
      full(
        "2022-06",
        "2024-03",
        pupil,
        [certification(receivedOn, ["A"], "taxCorrection", on)],
        individual({ incomes }),
      ),
    ),
  );

describe("a tax correction", () => {
  const both = [...corrected(2022, "2023-11-10"), ...corrected(2021, "2023-11-05")];

  it.each([
    ["2023-11-05", "2023-11-15", "2022-06"], // the correction of that very day
    ["2023-11-10", "2023-11-15", "2023-06"],
    ["2023-11-07", "2023-11-09", "2022-06"], // else the latest known when the claim came
    ["2023-11-07", "2023-11-10", "2023-06"],
    ["2023-11-07", "2023-11-15", "2023-06"],
  ])("of %s, claimed on %s: from %s", (on, receivedOn, wanted) => {
    expect(start(on, receivedOn, both)).toBe(wanted);
    expect(start(on, receivedOn, both.toReversed())).toBe(wanted);
  });

  it("without a corrected record: the year that the day is judged by", () => {
    const incomes = [2020, 2021, 2022].map((year) => ({ year, employment: 3_000_000 }));
    expect(start("2023-05-31", "2023-06-10", incomes)).toBe("2022-06");
    expect(start("2023-06-01", "2023-06-10", incomes)).toBe("2023-06");
  });
});

const normal = (residence: Json[]): Json => individual({ incomeClass: "normal", residence });

const claimedLate = (residence: Json[]) =>
  assessed(
    full(
      "2011-10",
      "2012-12",
      [child("A", "2005-05-05")],
      [certification("2012-09-10", ["A"], "other")],
      normal(residence),
    ),
  );

describe("平23法107 附則3条: claimed after the right had ended", () => {
  it("gives the months from 2011-10 to the end of the residence that 2011-10-01 lies in", () => {
    const ended = claimedLate([
      { from: "2009-04-01", to: "2010-05-31" },
      { from: "2011-01-10", to: "2012-08-31" },
    ]);
    expect([firstMonth(ended), lastMonth(ended)]).toEqual(["2011-10", "2012-08"]);
    const short = claimedLate([{ from: "2011-01-10", to: "2011-10-20" }]);
    expect([firstMonth(short), lastMonth(short)]).toEqual(["2011-10", "2011-10"]);
  });

  it("and nothing where the residence did not reach 2011-10", () => {
    expect(totals(claimedLate([{ from: "2009-04-01", to: "2011-09-30" }]))).toEqual({});
  });
});

const known = certification("2015-06-12", ["B", "C"], "birth", "2015-06-10");
const withPerson = (paper: Json, from: string): Json =>
  full(
    "2024-09",
    "2025-08",
    [child("U", "2005-06-10", { supported: [{ from }] }), child("B", "2012-06-10"), child("C", "2015-06-10")],
    [known, paper],
    individual({ incomeClass: "normal" }),
  );
/** The first month of 10,000 + 30,000, in which U makes C the third; both calculators have to agree. */
function countedFrom(line: Json): string | undefined {
  const month = assessed(line).months.find((each) => each.total === 40_000)?.month;
  const plain = Object.entries(plainAnswer(line as unknown as Case).months).find(([, each]) => each.total === 40_000);
  expect(plain?.[0]).toBe(month);
  return month;
}

const paper = (receivedOn: string, kind: string, on?: string): Json =>
  claim("supportConfirmation", receivedOn, ["U"], kind, on);

describe("確認書 and the reform", () => {
  it("one for a state that begins after 2024-10-01 says nothing about October 2024", () => {
    expect(countedFrom(withPerson(paper("2025-01-10", "graduated", "2024-12-31"), "2023-04-01"))).toBe("2025-01");
    expect(countedFrom(withPerson(paper("2025-01-10", "graduated", "2024-10-02"), "2023-04-01"))).toBe("2025-02");
    expect(countedFrom(withPerson(paper("2025-01-10", "graduated", "2024-09-30"), "2023-04-01"))).toBe("2024-10");
    expect(countedFrom(withPerson(paper("2025-01-10", "other"), "2023-04-01"))).toBe("2024-10");
  });

  it("support that begins after the paper counts from the month after it begins", () => {
    expect(countedFrom(withPerson(paper("2025-04-10", "other", "2025-05-25"), "2025-05-20"))).toBe("2025-06");
  });
});

describe("a second claim for what has been granted", () => {
  it("is refused, also where other reforms have passed over the family", () => {
    const family = [child("A", "2009-06-10"), child("T", "2008-05-10", { care: [{ from: "2024-10-10", to: null }] })];
    const papers = [
      certification("2009-06-12", ["A"], "birth", "2009-06-10"),
      certification("2011-10-05", ["A"], "other"),
      claim("increase", "2024-11-05", ["T"], "other"),
      claim("increase", "2024-11-06", ["T"], "other"),
    ];
    const found = decided(assessed(full("2024-09", "2025-02", family, papers, individual({ incomeClass: "normal" }))));
    expect(found).toContain("extinguish 2011-10 reform 0");
    // 10,000 + 10,000
    expect(found).toContain("increase 2024-12 other 20000");
    expect(found.filter((each) => each.startsWith("refuse"))).toEqual(["refuse 2024-12 other 20000"]);
  });
});
