import { describe, expect, it } from "vitest";
import { assessed, certification, child, decided, firstMonth, full, individual, lastMonth, totals } from "./support.ts";

const since2024 = [certification("2024-10-01", ["A"], "other")];

const studyLastMonth = (livedInJapanSince: string) =>
  lastMonth(
    assessed(
      full(
        "2024-10",
        "2026-12",
        [child("A", "2010-05-05", { abroad: [{ from: "2023-09-10", to: null, study: true, livedInJapanSince }] })],
        since2024,
      ),
    ),
  );

const birth = (on: string, received: string) =>
  assessed(full("2010-04", "2026-12", [child("A", on)], [certification(received, ["A"], "birth", on)]));

describe("8条2項, 9条3項: the month with which payment ends or falls", () => {
  it.each([
    ["T01 the only child dies", { deathDate: "2025-05-03" }, {}, "2025-05"],
    ["T04 the child leaves Japan", { abroad: [{ from: "2025-05-20", to: null, study: false }] }, {}, "2025-05"],
    ["the child leaves on the 1st", { abroad: [{ from: "2025-05-01", to: null, study: false }] }, {}, "2025-05"],
    ["T07 the recipient is detained", {}, { detained: [{ from: "2025-06-05", to: null }] }, "2025-06"],
    ["S19 転出予定日 on the 1st", {}, { residence: [{ from: "2020-04-01", to: "2025-09-01" }] }, "2025-09"],
    ["S25 appointed on 1 April", {}, { publicServant: [{ from: "2025-04-01", to: null }] }, "2025-04"],
    ["the recipient dies", {}, { deathDate: "2025-07-31" }, "2025-07"],
  ])("%s", (_title, childFacts, recipientFacts, last) => {
    const found = assessed(
      full("2025-01", "2025-12", [child("A", "2015-05-05", childFacts)], since2024, individual(recipientFacts)),
    );
    expect(lastMonth(found)).toBe(last);
    expect(found.decisions.at(-1)).toMatchObject({
      kind: "extinguish",
      exOfficio: true,
      receivedOn: null,
      monthlyTotal: 0,
    });
  });

  it("a short stay in an institution changes nothing", () => {
    const stay = { institution: [{ from: "2025-06-25", to: "2025-08-20", shortStay: true }] };
    expect(lastMonth(assessed(full("2025-01", "2025-12", [child("A", "2015-05-05", stay)], since2024)))).toBe(
      "2025-12",
    );
  });

  it("T05: study abroad, three years and not a month more; not without more than three years' residence", () => {
    expect(studyLastMonth("2020-09-10")).toBeUndefined();
    expect(studyLastMonth("2020-09-09")).toBe("2026-09");
    expect(studyLastMonth("2010-05-05")).toBe("2026-09");
  });

  it("T08, T10, T14: support ends; 18- and 22-year ends come by themselves", () => {
    const family = [
      child("A", "2003-04-02", { supported: [{ from: "2022-04-01", to: null }] }),
      child("B", "2009-06-10"),
      child("C", "2015-06-10"),
    ];
    const known = [certification("2024-10-01", ["A", "B", "C"], "other")];
    const found = assessed(full("2026-03", "2026-04", family, known));
    expect(totals(found)).toEqual({ "2026-03": 40_000, "2026-04": 20_000 });
    expect(decided(found).at(-1)).toBe("decrease 2026-04 fiscalYearEnd22 20000");
    const until = assessed(
      full(
        "2025-07",
        "2025-08",
        [
          child("A", "2004-06-10", { supported: [{ from: "2023-04-01", to: "2025-07-10" }] }),
          child("B", "2009-06-10"),
          child("C", "2015-06-10"),
        ],
        known,
      ),
    );
    expect(totals(until)).toEqual({ "2025-07": 40_000, "2025-08": 20_000 });
    const last = assessed(full("2025-01", "2025-06", [child("A", "2007-04-01")], since2024));
    expect(lastMonth(last)).toBe("2025-03");
    expect(last.payments.map((each) => [each.paymentMonth, each.amount, each.kind])).toEqual([
      ["2025-02", 10_000, "regular"],
      ["2025-04", 20_000, "regular"],
    ]);
  });

  it("T11: income at the upper limit ends with May 2022", () => {
    const found = assessed(
      full(
        "2022-04",
        "2022-08",
        [child("A", "2015-05-05")],
        [certification("2018-05-07", ["A"], "other")],
        individual({
          incomes: [
            { year: 2020, employment: 9_000_000 },
            { year: 2021, employment: 20_000_000 },
          ],
        }),
      ),
    );
    expect(totals(found)).toEqual({ "2022-04": 5_000, "2022-05": 5_000 });
    expect(decided(found).at(-1)).toBe("extinguish 2022-06 income 0");
  });

  it("after an end a new claim is needed", () => {
    const away = individual({
      residence: [
        { from: "2020-04-01", to: "2025-05-20" },
        { from: "2025-08-01", to: null },
      ],
    });
    expect(lastMonth(assessed(full("2025-01", "2025-12", [child("A", "2015-05-05")], since2024, away)))).toBe(
      "2025-05",
    );
    const again = [...since2024, certification("2025-08-12", ["A"], "moveIn", "2025-08-01")];
    expect(lastMonth(assessed(full("2025-01", "2025-12", [child("A", "2015-05-05")], again, away)))).toBe("2025-12");
  });
});

it("a claim received after knownOn is not known", () => {
  const json = full(
    "2025-04",
    "2025-12",
    [child("A", "2025-04-30")],
    [certification("2025-05-15", ["A"], "birth", "2025-04-30")],
  );
  expect(firstMonth(assessed({ ...json, knownOn: "2025-05-14" }))).toBeUndefined();
  expect(firstMonth(assessed({ ...json, knownOn: "2025-05-15" }))).toBe("2025-05");
});

it("births before 2010 claimed in 2007 do not reach past September 2011", () => {
  expect(lastMonth(birth("2007-04-01", "2007-04-10"))).toBe("2011-09");
});
