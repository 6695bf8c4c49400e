/** What a certification stands on, month by month: the last child, the next claim, the end of the span, the upper limit. */
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
  totalOf,
  totals,
  type Json,
} from "./support.ts";

const since2024 = certification("2024-10-01", ["A"], "other");
const born = child("B", "2025-06-18");

/** Assessed, with every month's amount given by the second calculator too. */
function agreed(line: Json): ReturnType<typeof assessed> {
  const found = assessed(line);
  const plain = plainAnswer(line as unknown as Case).months;
  for (const { month, total } of found.months) expect(total, month).toBe(plain[month]?.total ?? 0);
  return found;
}

/** A is placed in June, B is born in June: both act from July. */
const placedAndBorn = (papers: Json[], birthDate = "2024-05-05"): Json =>
  full(
    "2025-05",
    "2025-08",
    [child("A", birthDate, { institution: [{ from: "2025-06-03", to: null, shortStay: false }] }), born],
    [since2024, ...papers],
  );

describe("the last child leaves", () => {
  it("and nobody has claimed: the right ends", () => {
    expect(decided(agreed(placedAndBorn([])))).toEqual([
      "certify 2024-10 other 15000",
      "extinguish 2025-07 enteredInstitution 0",
    ]);
  });

  it("a certification then opens a new right, and what is due goes out on the regular day", () => {
    const found = agreed(placedAndBorn([certification("2025-06-20", ["B"], "birth", "2025-06-18")]));
    expect(decided(found).slice(1)).toEqual(["extinguish 2025-07 enteredInstitution 0", "certify 2025-07 birth 15000"]);
    // June 15,000 + July 15,000: nobody was without a right in between.
    expect(found.payments.map((each) => [each.paymentMonth, each.kind, each.amount])).toEqual([
      ["2025-06", "regular", 15_000],
      ["2025-08", "regular", 30_000],
      ["2025-10", "regular", 15_000],
    ]);
  });

  it("an increase that starts with the same month keeps the right alive", () => {
    const found = agreed(placedAndBorn([claim("increase", "2025-06-20", ["B"], "birth", "2025-06-18")]));
    expect(decided(found).slice(1)).toEqual([
      "decrease 2025-07 enteredInstitution 15000",
      "increase 2025-07 birth 15000",
    ]);
    expect(totals(found)).toEqual({ "2025-05": 15_000, "2025-06": 15_000, "2025-07": 15_000, "2025-08": 15_000 });
  });

  it("who leaves lowers the amount and who comes raises it, also where the sum is higher than before", () => {
    // A of 10 years 10,000 to June, then B 15,000: the placement alone never raised anything.
    const found = agreed(placedAndBorn([claim("increase", "2025-06-20", ["B"], "birth", "2025-06-18")], "2015-05-05"));
    expect(decided(found).slice(1)).toEqual([
      "decrease 2025-07 enteredInstitution 15000",
      "increase 2025-07 birth 15000",
    ]);
    expect(totals(found)).toEqual({ "2025-05": 10_000, "2025-06": 10_000, "2025-07": 15_000, "2025-08": 15_000 });
    expect(found.decisions.slice(1).map((each) => each.exOfficio)).toEqual([true, false]);
  });

  it("or lower", () => {
    // A 15,000 to June; B of 10 years, taken in on 10 June, 10,000 from July.
    const line = placedAndBorn([claim("increase", "2025-06-20", ["B"], "other")]);
    const older = child("B", "2015-06-18", { care: [{ from: "2025-06-10", to: null }] });
    const found = agreed({ ...line, children: [(line["children"] as Json[])[0], older] });
    expect(decided(found).slice(1)).toEqual([
      "decrease 2025-07 enteredInstitution 10000",
      "increase 2025-07 other 10000",
    ]);
  });

  it("leaving by age: the 15-year end of 2024-03 beside the increase of April", () => {
    const children = [child("A", "2008-06-10"), child("B", "2024-03-20")];
    const papers = [
      certification("2023-04-03", ["A"], "other"),
      claim("increase", "2024-03-25", ["B"], "birth", "2024-03-20"),
    ];
    const found = agreed(full("2024-03", "2024-05", children, papers, individual({ incomeClass: "normal" })));
    expect(decided(found).slice(1)).toEqual(["decrease 2024-04 fiscalYearEnd15 15000", "increase 2024-04 birth 15000"]);
  });

  it("an increase that gives nothing does not", () => {
    const dead = child("B", "2025-06-18", { deathDate: "2025-06-25" });
    const line = placedAndBorn([claim("increase", "2025-06-20", ["B"], "birth", "2025-06-18")]);
    const found = agreed({ ...line, children: [(line["children"] as Json[])[0], dead] });
    expect(decided(found)).toContain("extinguish 2025-07 enteredInstitution 0");
  });
});

describe("why a child leaves", () => {
  it("a death in the month in which the 18-year end falls is a death", () => {
    // A is born 2006-05-10: payable through March 2025.
    const children = [child("A", "2006-05-10", { deathDate: "2025-03-20" }), child("B", "2015-06-10")];
    const found = agreed(full("2025-03", "2025-04", children, [certification("2024-10-01", ["A", "B"], "other")]));
    expect(decided(found).at(-1)).toBe("decrease 2025-04 childDeath 10000");
    const alive = [child("A", "2006-05-10"), child("B", "2015-06-10")];
    const grown = agreed(full("2025-03", "2025-04", alive, [certification("2024-10-01", ["A", "B"], "other")]));
    expect(decided(grown).at(-1)).toBe("decrease 2025-04 fiscalYearEnd18 10000");
  });

  it("income that rises while a child leaves: the increase is one by income", () => {
    const children = [
      child("A", "2015-06-10"),
      child("B", "2016-06-10"),
      child("C", "2017-06-10", { institution: [{ from: "2022-05-20", to: null }] }),
    ];
    const incomes = [
      { year: 2020, employment: 9_000_000 },
      { year: 2021, employment: 3_000_000 },
    ];
    const papers = [certification("2021-06-15", ["A", "B", "C"], "other")];
    const found = agreed(full("2022-05", "2022-06", children, papers, individual({ incomes })));
    // 3 × 5,000, then 2 × 10,000.
    expect(decided(found).slice(1)).toEqual(["increase 2022-06 income 20000"]);
    expect(totals(found)).toEqual({ "2022-05": 15_000, "2022-06": 20_000 });
  });
});

describe("why an amount falls in the month of a reform", () => {
  it.each<readonly [string, string, Json]>([
    ["2024-09-10", "2024-10", { incomeClass: "normal" }],
    ["2024-09-01", "2024-10", { incomeClass: "normal" }],
    ["2024-09-10", "2024-10", { incomes: [2021, 2022, 2023].map((year) => ({ year, employment: 3_000_000 })) }],
    [
      "2024-09-10",
      "2024-10",
      {
        incomes: [
          { year: 2023, other: 1 },
          { year: 2023, other: 2, knownOn: "2024-08-01" },
        ],
      },
    ],
    ["2012-05-10", "2012-06", { incomeClass: "normal" }],
  ])("third birthday on %s: %s is lower because the child turned three, not by income", (birthday, month, income) => {
    const birthDate = `${String(Number(birthday.slice(0, 4)) - 3)}${birthday.slice(4)}`;
    const before = month === "2012-06" ? "2012-05" : "2024-09";
    const certified = certification(month === "2012-06" ? "2011-10-05" : "2024-06-03", ["A"], "other");
    const found = agreed(full(before, month, [child("A", birthDate)], [certified], individual(income)));
    // 15,000 to the month of the third birthday, 10,000 after it, under either law.
    expect(totals(found)).toEqual({ [before]: 15_000, [month]: 10_000 });
    expect(decided(found).at(-1)).toBe(`decrease ${month} turnedThree 10000`);
  });

  it("at or above the limit the first month of the test is lower by income, also where the child turned three", () => {
    const papers = [certification("2011-10-05", ["A"], "other")];
    for (const birthDate of ["2009-05-10", "2005-05-10"]) {
      const found = agreed(
        full("2012-05", "2012-06", [child("A", birthDate)], papers, individual({ incomeClass: "special" })),
      );
      expect(decided(found).at(-1)).toBe("decrease 2012-06 income 5000");
    }
  });

  it("the last month of the test: what the reform raises it raises as the reform", () => {
    const papers = [certification("2024-06-03", ["A"], "other")];
    const found = agreed(
      full("2024-09", "2024-10", [child("A", "2021-09-10")], papers, individual({ incomeClass: "special" })),
    );
    expect(decided(found).at(-1)).toBe("increase 2024-10 reform 10000");
  });
});

describe("the upper limit", () => {
  it("a certification over it that stands for October 2024 gives nothing to somebody who has died", () => {
    const dead = individual({ incomeClass: "over", deathDate: "2024-08-23" });
    const paper = certification("2024-07-23", ["A"], "other");
    const found = agreed(full("2024-08", "2024-12", [child("A", "2021-04-01")], [paper], dead));
    expect(decided(found)).toEqual(["refuse 2024-08 other 0"]);
    const alive = agreed(
      full("2024-08", "2024-12", [child("A", "2021-04-01")], [paper], individual({ incomeClass: "over" })),
    );
    expect(decided(alive)).toEqual(["certify 2024-10 other 10000"]);
  });
});

describe("the reform of October 2024", () => {
  it.each([
    // 10,000 for B alone, or 10,000 + 10,000
    ["2024-10-02", 10_000],
    ["2024-10-01", 20_000],
  ])("a child of high-school age in care since %s: %i for a recipient of September", (from, wanted) => {
    const children = [child("A", "2007-12-03", { care: [{ from, to: null }] }), child("B", "2012-06-01")];
    const papers = [certification("2024-01-31", ["B"], "other")];
    const found = agreed(full("2024-10", "2024-11", children, papers, individual({ incomeClass: "normal" })));
    expect([totalOf(found, "2024-10"), totalOf(found, "2024-11")]).toEqual([wanted, wanted]);
  });

  it("附則13条6項 is for new claimants: a certification by a recipient follows the ordinary rule", () => {
    const children = [child("A", "2020-02-28"), child("B", "2024-10-01")];
    const papers = [certification("2023-04-28", ["A"], "other"), certification("2024-10-20", ["B"], "other")];
    const found = agreed(full("2024-10", "2024-11", children, papers, individual({ incomeClass: "normal" })));
    // 10,000, then 10,000 + 15,000
    expect(totals(found)).toEqual({ "2024-10": 10_000, "2024-11": 25_000 });
    const newly = agreed(full("2024-10", "2024-11", children, papers.slice(1)));
    expect(totals(newly)).toEqual({ "2024-10": 15_000, "2024-11": 15_000 });
  });
});

const moved = (residence: string, receivedOn: string): string | undefined =>
  firstMonth(
    agreed(
      full(
        "2025-03",
        "2025-08",
        [child("A", "2020-05-05")],
        [certification(receivedOn, ["A"], "moveIn", "2025-03-28")],
        individual({ residence: [{ from: residence, to: null }] }),
      ),
    ),
  );

describe("a move announced before it", () => {
  it("gives nothing where living here begins after the first month it opens", () => {
    expect(moved("2025-05-01", "2025-03-20")).toBeUndefined();
  });

  it("counts from the 転出予定日, also where living here begins in the month after", () => {
    expect(moved("2025-04-05", "2025-03-20")).toBe("2025-04");
    expect(moved("2025-04-30", "2025-03-20")).toBe("2025-04");
    expect(moved("2025-03-25", "2025-03-20")).toBe("2025-04");
  });
});

const of2010 = (birthDate: string, care: Json, receivedOn: string): string[] =>
  decided(
    assessed(
      full(
        "2010-04",
        "2012-03",
        [child("A", birthDate, { care: [care] })],
        [certification(receivedOn, ["A"], "other")],
      ),
    ),
  );

describe("the laws of 2010 and 2011", () => {
  it("平22法19 附則5条: care that ended before the law, or in the month it began, gives nothing", () => {
    expect(of2010("1996-06-10", { from: "2009-05-10", to: "2010-03-20" }, "2010-05-10")).toEqual([
      "refuse 2010-06 other 0",
    ]);
    expect(of2010("1996-06-10", { from: "2010-05-10", to: "2010-05-20" }, "2010-06-10")).toEqual([
      "refuse 2010-07 other 0",
    ]);
    // Care from May gives June and July.
    expect(of2010("1996-06-10", { from: "2010-05-10", to: "2010-07-20" }, "2010-08-10")).toEqual([
      "certify 2010-06 other 13000",
      "extinguish 2010-08 careEnded 0",
    ]);
  });

  it("a claim held up by a disaster gives the months of the old law, and once more those of the new one", () => {
    const held = certification("2011-10-05", ["A"], "disaster", "2011-06-10");
    const papers = [{ ...held, cause: { kind: "disaster", on: "2011-06-10", obstacleEndedOn: "2011-09-28" } }];
    const found = agreed(full("2011-06", "2011-12", [child("A", "2005-05-05")], papers));
    expect(decided(found)).toEqual([
      "certify 2011-07 disaster 13000",
      "extinguish 2011-10 reform 0",
      "certify 2011-10 disaster 10000",
    ]);
  });
});

const kindOf = (receivedOn: string): string | undefined =>
  agreed(full("2024-12", "2025-01", [child("A", "2015-05-05")], [certification(receivedOn, ["A"], "other")]))
    .payments[0]?.kind;

describe("支払", () => {
  it("on the day the claim came in is regular, after a pay day that has passed an occasional one", () => {
    // December 2024 and January 2025 are paid on Friday, 14 February 2025.
    expect(kindOf("2025-02-15")).toBe("occasional");
    expect(kindOf("2025-02-14")).toBe("regular");
  });

  it("of two months that rest on two claims is occasional where the later claim came after the pay day", () => {
    // A is placed in December; B, born in December, is claimed on 25 February after a disaster that ended on the 20th.
    const held = { kind: "disaster", on: "2024-12-10", obstacleEndedOn: "2025-02-20" };
    const children = [
      child("A", "2020-05-05", { institution: [{ from: "2024-12-05", to: null, shortStay: false }] }),
      child("B", "2024-12-10"),
    ];
    const papers = [since2024, { ...certification("2025-02-25", ["B"], "birth"), cause: held }];
    const found = agreed(full("2024-12", "2025-03", children, papers));
    // December 10,000 + January 15,000; February and March 15,000 each.
    expect(found.payments.map((each) => [each.paymentMonth, each.kind, each.amount])).toEqual([
      ["2025-02", "occasional", 25_000],
      ["2025-04", "regular", 30_000],
    ]);
  });
});
