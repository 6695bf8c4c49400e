import { describe, expect, it } from "vitest";
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
} from "./support.ts";

const correctedIncome = individual({
  incomes: [
    { year: 2022, employment: 20_000_000 },
    { year: 2022, employment: 3_000_000, knownOn: "2023-12-11" },
  ],
});
const supported = { supported: [{ from: "2025-04-01", to: null }] };
const highSchool = [child("H", "2008-05-05")];
const movedInClaim = (received: string) =>
  assessed(
    full(
      "2025-03",
      "2025-08",
      [child("A", "2020-05-05")],
      [certification(received, ["A"], "moveIn", "2025-03-28")],
      individual({ residence: [{ from: "2025-04-05", to: null }] }),
    ),
  );

const leftServiceClaim = (received: string) =>
  assessed(
    full(
      "2025-03",
      "2025-08",
      [child("A", "2020-05-05")],
      [certification(received, ["A"], "leftPublicService", "2025-03-31")],
      individual({ publicServant: [{ from: "2019-04-01", to: "2025-03-31" }] }),
    ),
  );

const institutionClaim = (received: string) =>
  assessed(
    full(
      "2025-06",
      "2025-12",
      [child("A", "2015-05-05", { institution: [{ from: "2025-06-25", to: null, shortStay: false }] })],
      [certification(received, ["A"], "enteredInstitution", "2025-06-25")],
      { kind: "institution" },
    ),
  );

const leftInstitutionClaim = (received: string) =>
  assessed(
    full(
      "2025-06",
      "2025-12",
      [child("A", "2015-05-05", { institution: [{ from: "2025-02-25", to: "2025-08-31" }] })],
      [certification(received, ["A"], "leftInstitution", "2025-08-31")],
    ),
  );

const disasterClaim = (received: string) =>
  assessed(
    full(
      "2025-01",
      "2025-12",
      [child("A", "2020-05-05")],
      [
        {
          kind: "certification",
          receivedOn: received,
          children: ["A"],
          cause: { kind: "disaster", on: "2025-02-10", obstacleEndedOn: "2025-05-20" },
        },
      ],
    ),
  );

const belowUpperLimitClaim = (received: string) =>
  assessed(
    full(
      "2023-01",
      "2024-03",
      [child("A", "2015-05-05")],
      [certification(received, ["A"], "incomeBelowUpperLimit", "2023-06-09")],
      individual({
        incomes: [
          { year: 2021, employment: 20_000_000 },
          { year: 2022, employment: 3_000_000 },
        ],
      }),
    ),
  );

const taxCorrectionClaim = (received: string) =>
  assessed(
    full(
      "2023-06",
      "2024-05",
      [child("A", "2015-05-05")],
      [certification("2018-05-07", ["A"], "other"), certification(received, ["A"], "taxCorrection", "2023-12-11")],
      correctedIncome,
    ),
  );

const secondChildClaim = (received: string) =>
  assessed(
    full(
      "2025-07",
      "2025-12",
      [child("A", "2020-05-05"), child("B", "2025-07-31")],
      [certification("2024-10-01", ["A"], "other"), claim("increase", received, ["B"], "birth", "2025-07-31")],
    ),
  );

const confirmationTotals = (received: string) =>
  totals(
    assessed(
      full(
        "2025-03",
        "2025-06",
        [child("A", "2006-05-10", supported), child("B", "2012-05-10"), child("C", "2016-05-10")],
        [
          certification("2024-10-01", ["A", "B", "C"], "other"),
          claim("supportConfirmation", received, ["A"], "becameUniversityAge", "2025-04-01"),
        ],
      ),
    ),
  );

const graduationTotals = (received: string) =>
  totals(
    assessed(
      full(
        "2025-08",
        "2025-12",
        [
          child("A", "2004-06-10", { supported: [{ from: "2023-04-01", to: null }] }),
          child("B", "2009-06-10"),
          child("C", "2015-06-10"),
        ],
        [
          certification("2024-10-01", ["A", "B", "C"], "other"),
          claim("supportConfirmation", received, ["A"], "graduated", "2025-09-30"),
        ],
      ),
    ),
  );

const highSchoolStart = (received: string) =>
  firstMonth(assessed(full("2024-10", "2026-03", highSchool, [certification(received, ["H"], "other")])));

const revisionTotals = (received: string) =>
  totals(
    assessed(
      full(
        "2024-09",
        "2025-05",
        [child("A", "2015-05-05"), child("H", "2008-05-05")],
        [certification("2020-04-06", ["A", "H"], "other"), claim("increase", received, ["H"], "other")],
        { kind: "institution" },
      ),
    ),
  );

const oldLawTotals = (received: string[]) =>
  totals(
    assessed(
      full(
        "2010-04",
        "2012-05",
        [child("A", "2005-05-05")],
        received.map((on) => certification(on, ["A"], "other")),
      ),
    ),
  );

describe("8条2項・3項: the month in which payment starts", () => {
  it.each([
    ["S02", "2025-04-30", "2025-05-16", "2025-06"],
    ["S01", "2025-04-30", "2025-05-15", "2025-05"],
    ["S07", "2025-06-10", "2025-07-01", "2025-08"],
    ["S08", "2025-06-16", "2025-07-01", "2025-07"],
    ["S11", "2025-12-17", "2026-01-06", "2026-02"],
    ["S10", "2025-12-17", "2026-01-05", "2026-01"],
    ["S13", "2024-02-29", "2024-03-18", "2024-04"],
  ])("%s birth %s, claimed %s → %s [I-6]", (_id, on, received, start) => {
    const found = assessed(
      full(
        "2024-01",
        "2026-12",
        [child("A", on)],
        [certification(received, ["A"], "birth", on)],
        individual({ incomeClass: "normal" }),
      ),
    );
    expect(firstMonth(found)).toBe(start);
    expect(found.decisions[0]).toMatchObject({
      kind: "certify",
      effective: start,
      receivedOn: received,
      exOfficio: false,
    });
  });

  it("S04, S05: day 15 rolls over a closed week and a Saturday", () => {
    const normal = individual({ incomeClass: "normal" });
    const in2019 = full(
      "2019-04",
      "2019-12",
      [child("A", "2019-04-12")],
      [certification("2019-05-08", ["A"], "birth", "2019-04-12")],
      normal,
    );
    // 12 Apr + 15 = 27 Apr (Sat); open again on 7 May; 8 May is late: start June.
    expect(firstMonth(assessed(in2019))).toBe("2019-06");
    const in2022 = full(
      "2022-09",
      "2022-12",
      [child("A", "2022-09-30")],
      [certification("2022-10-15", ["A"], "birth", "2022-09-30")],
      normal,
    );
    expect(firstMonth(assessed(in2022))).toBe("2022-10");
  });

  it("a municipality's own closed day moves the deadline", () => {
    const json = full(
      "2025-04",
      "2025-12",
      [child("A", "2025-04-30")],
      [certification("2025-05-16", ["A"], "birth", "2025-04-30")],
    );
    expect(firstMonth(assessed(json))).toBe("2025-06");
    expect(firstMonth(assessed({ ...json, municipality: { closedDays: ["2025-05-15"] } }))).toBe("2025-05");
  });

  it("S16, S17: the base day of a move is the 転出予定日", () => {
    expect(firstMonth(movedInClaim("2025-04-15"))).toBe("2025-05");
    expect(firstMonth(movedInClaim("2025-04-14"))).toBe("2025-04");
  });

  it("S23: leaving the public service, in time and one day late", () => {
    expect(firstMonth(leftServiceClaim("2025-04-16"))).toBe("2025-05");
    expect(firstMonth(leftServiceClaim("2025-04-15"))).toBe("2025-04");
  });

  it("S28, S29: an institution's claim for a placed child", () => {
    expect(firstMonth(institutionClaim("2025-07-11"))).toBe("2025-08");
    expect(firstMonth(institutionClaim("2025-07-08"))).toBe("2025-07");
  });

  it("S31: the parent after a placement", () => {
    expect(firstMonth(leftInstitutionClaim("2025-09-17"))).toBe("2025-10");
    // 31 Aug + 15 = 15 Sep, a national holiday: 16 Sep is in time.
    expect(firstMonth(leftInstitutionClaim("2025-09-16"))).toBe("2025-09");
  });

  it("a disaster counts from its beginning, if claimed within 15 days after its end", () => {
    expect(firstMonth(disasterClaim("2025-06-05"))).toBe("2025-07");
    expect(firstMonth(disasterClaim("2025-06-04"))).toBe("2025-03");
  });

  it("S40: income below the upper limit: in time from June, late from the month after the claim", () => {
    expect(firstMonth(belowUpperLimitClaim("2023-06-27"))).toBe("2023-07");
    expect(firstMonth(belowUpperLimitClaim("2023-06-26"))).toBe("2023-06");
  });

  it("a tax correction that brings income below the upper limit starts with the benefit year it corrects", () => {
    expect(firstMonth(taxCorrectionClaim("2023-12-27"))).toBe("2024-01");
    expect(firstMonth(taxCorrectionClaim("2023-12-26"))).toBe("2023-06");
  });
});

describe("9条: increases", () => {
  it("S14: the second child, day 15 exactly and one day late", () => {
    // 10,000 + 15,000
    expect(totalOf(secondChildClaim("2025-08-18"), "2025-08")).toBe(10_000);
    expect(totalOf(secondChildClaim("2025-08-15"), "2025-08")).toBe(25_000);
    expect(decided(secondChildClaim("2025-08-15"))).toContain("increase 2025-08 birth 25000");
  });

  it("an increase without a certification is refused", () => {
    const found = assessed(
      full(
        "2025-07",
        "2025-12",
        [child("A", "2025-07-31")],
        [claim("increase", "2025-08-01", ["A"], "birth", "2025-07-31")],
      ),
    );
    expect(decided(found)).toEqual(["refuse 2025-08 birth 0"]);
    expect(totals(found)).toEqual({});
  });

  it("N17–N19: the 確認書 of a child that became 18 in March", () => {
    // March: 10,000 + 10,000 + 30,000. Counted: 10,000 + 30,000. Not counted: 10,000 + 10,000.
    expect(confirmationTotals("2025-04-17")).toEqual({
      "2025-03": 50_000,
      "2025-04": 20_000,
      "2025-05": 40_000,
      "2025-06": 40_000,
    });
    expect(confirmationTotals("2025-04-16")).toEqual({
      "2025-03": 50_000,
      "2025-04": 40_000,
      "2025-05": 40_000,
      "2025-06": 40_000,
    });
    expect(confirmationTotals("2025-03-10")["2025-04"]).toBe(40_000);
  });

  it("S43, S44: early graduation and its new 確認書", () => {
    const counted = 40_000;
    const alone = 20_000;
    expect(graduationTotals("2025-11-05")).toEqual({
      "2025-08": counted,
      "2025-09": counted,
      "2025-10": alone,
      "2025-11": alone,
      "2025-12": counted,
    });
    expect(Object.values(graduationTotals("2025-10-16"))).toEqual([counted, counted, counted, counted, counted]);
  });
});

describe("経過措置", () => {
  it("[I-7] S34, S35: a family with a high-school child alone", () => {
    expect(highSchoolStart("2025-04-01")).toBe("2025-05");
    expect(highSchoolStart("2025-03-31")).toBe("2024-10");
    expect(highSchoolStart("2024-09-10")).toBe("2024-10");
  });

  it("who met the requirements only after 2024-10-01 follows the ordinary rule", () => {
    const found = assessed(
      full(
        "2024-10",
        "2025-06",
        highSchool,
        [certification("2025-03-10", ["H"], "other")],
        individual({ residence: [{ from: "2024-10-02" }] }),
      ),
    );
    expect(firstMonth(found)).toBe("2025-04");
  });

  it("S37: an institution's revision, claimed in and after the window", () => {
    expect(revisionTotals("2025-04-01")).toMatchObject({
      "2024-09": 10_000,
      "2024-10": 10_000,
      "2025-04": 10_000,
      "2025-05": 20_000,
    });
    expect(revisionTotals("2025-02-10")).toMatchObject({ "2024-09": 10_000, "2024-10": 20_000 });
  });

  it("S38: over the upper limit before, claimed in November 2024", () => {
    const found = assessed(
      full(
        "2024-08",
        "2024-12",
        [child("A", "2015-05-05")],
        [certification("2018-05-07", ["A"], "other"), certification("2024-11-20", ["A"], "other")],
        individual({ incomeClass: "over" }),
      ),
    );
    expect(totals(found)).toEqual({ "2024-10": 10_000, "2024-11": 10_000, "2024-12": 10_000 });
    expect(found.months[0]?.children[0]?.amount).toBe(0);
    expect(decided(found)).toContain("extinguish 2022-06 income 0");
  });

  it("附則13条4項: high-school children and supported siblings of a recipient come in without a claim", () => {
    const found = assessed(
      full(
        "2024-09",
        "2024-11",
        [child("A", "2006-08-10"), child("B", "2015-08-10"), child("C", "2018-08-10")],
        [certification("2018-08-20", ["A", "B", "C"], "birth", "2018-08-10")],
        individual({ incomeClass: "normal" }),
      ),
    );
    // September 2024: 10,000 + 15,000. October: 10,000 + 10,000 + 30,000.
    expect(totals(found)).toEqual({ "2024-09": 25_000, "2024-10": 50_000, "2024-11": 50_000 });
    expect(decided(found).at(-1)).toBe("increase 2024-10 reform 50000");
  });

  it("S46, S47: the windows of 2010 and 2011", () => {
    expect(Object.keys(oldLawTotals(["2010-10-01"]))[0]).toBe("2010-11");
    expect(Object.keys(oldLawTotals(["2010-09-30"]))[0]).toBe("2010-04");
    // 13,000 to 2011-09; without a new claim nothing from 2011-10 on.
    expect(oldLawTotals(["2010-09-30"])["2011-10"]).toBeUndefined();
    expect(oldLawTotals(["2010-09-30", "2012-10-01"])["2011-10"]).toBeUndefined();
    expect(oldLawTotals(["2010-09-30", "2012-09-30"])).toMatchObject({
      "2011-09": 13_000,
      "2011-10": 10_000,
      "2012-05": 10_000,
    });
  });
});
