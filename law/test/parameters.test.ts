/**
 * The alarm before dated data runs out. The law has no clock, so the test brings today: it goes red 60 days before the last
 * day for which a value is known, unless the gap is known, refused by the engine, and listed here with its reason.
 */
import { describe, expect, it } from "vitest";
import { costShares, month, parameters, regimeOf, ruleVersion, type Parameter } from "../contract.ts";
import { plusDays } from "../plain/days.ts";

const WARNING_DAYS = 60;

/** Gaps somebody has looked at: what is missing, and since when the engine refuses to go on without it. */
const knownGaps: Readonly<Record<string, string>> = {
  costShares:
    "2026年度から2028年度: 国庫負担と支援納付金・特例公債の割合を定める政令が見つかっていない（missingShare で止まる）",
};

/** The parameters whose last known value ends within the warning time from `today`. */
function runningOut(list: readonly Pick<Parameter, "name" | "lastValue">[], today: string): string[] {
  const horizon = plusDays(today, WARNING_DAYS);
  return list.filter((each) => each.lastValue !== null && each.lastValue <= horizon).map((each) => each.name);
}

describe("dated parameters", () => {
  it("the alarm works: silent 61 days before the end, red from 60 days before it, and never for what has ended", () => {
    const list = [
      { name: "ends", lastValue: "2027-03-31" },
      { name: "complete", lastValue: null },
    ];
    expect(runningOut(list, "2027-01-29")).toEqual([]); // 29 January + 60 days = 30 March
    expect(runningOut(list, "2027-01-30")).toEqual(["ends"]); // 30 January + 60 days = 31 March
    expect(runningOut(list, "2030-01-01")).toEqual(["ends"]);
  });

  it("nothing runs out within 60 days of today, except what is known to be missing and refused", () => {
    const today = new Date().toISOString().slice(0, 10);
    const surprising = runningOut(parameters, today).filter((name) => !(name in knownGaps));
    expect(surprising, "update the table, or the engine will refuse on the day it runs out").toEqual([]);
  });

  it("a known gap is a gap still: the engine refuses it and the list can be shortened once it answers", () => {
    const { lastValue } = parameters.find((each) => each.name === "costShares") ?? { lastValue: null };
    expect(lastValue).toBe("2026-03-31");
    for (const part of ["underThree", "threeAndOver"] as const) {
      const question = { benefitMonth: month("2026-04"), part, employeeClass: "employee" } as const;
      expect(costShares({ ...question, fiscalYear: 2025 }).ok).toBe(true);
      expect(costShares({ ...question, fiscalYear: 2026 }).ok).toBe(false);
    }
    expect(Object.keys(knownGaps)).toEqual(["costShares"]);
  });

  it("every table names its source, the day it was last checked, and whether it is complete", () => {
    expect(parameters.map((each) => each.name)).toEqual([
      "regimes",
      "amounts",
      "ages",
      "places",
      "terms",
      "paymentMonths",
      "incomeDeductions",
      "incomeLimits",
      "costShares",
    ]);
    for (const each of parameters) {
      expect(each.rows.length).toBeGreaterThan(0);
      expect(each.source).toMatch(/法|令/);
      expect(each.checkedOn).toMatch(/^20\d\d-\d\d-\d\d$/);
      expect(each.lastValue ?? "2024-09-30").toMatch(/^20\d\d-\d\d-\d\d$/);
    }
    expect(ruleVersion).toMatch(/^20\d\d-\d\d-\d\d\.\d+$/);
  });

  it("laws follow each other without a gap and without an overlap", () => {
    const changes = ["2010-04", "2011-10", "2012-04", "2012-06", "2022-06", "2024-10"];
    const codes = ["R1", "R2", "R3", "R4", "R5", "R6"];
    changes.forEach((first, index) => {
      expect(regimeOf(month(first))).toEqual({ ok: true, value: codes[index] });
      const eve = month(plusDays(`${first}-01`, -1).slice(0, 7));
      const before = regimeOf(eve);
      expect(before.ok ? before.value : before.problem.code).toBe(index === 0 ? "outOfRange" : codes[index - 1]);
    });
  });
});
