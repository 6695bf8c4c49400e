/** The small functions at the door of the law room, each at its edge. */
import { describe, expect, it } from "vitest";
import {
  addDays,
  addMonths,
  civilDate,
  claimDeadline,
  compareDates,
  compareMonths,
  costShares,
  createCalendar,
  firstDayOfMonth,
  isBankBusinessDay,
  isOpenDay,
  lastDayOfMonth,
  month,
  monthOf,
  monthsFrom,
  parseCivilDate,
  parseMonth,
} from "../contract.ts";
import { monthText, plusDays } from "../plain/days.ts";
import { assessed, calendar } from "./support/engine.ts";

describe("civil dates", () => {
  it.each([
    "2025-02-29",
    "2025-13-01",
    "2025-00-10",
    "2025-04-31",
    "2025-4-1",
    "",
    "2025-04-01T00:00:00",
    "２０２５-04-01",
  ])("%j is no day", (text) => {
    expect(parseCivilDate(text)).toBeUndefined();
    expect(() => civilDate(text)).toThrow(RangeError);
  });

  it.each(["2025-00", "2025-13", "2025-4", "", "2025-04-01"])("%j is no month", (text) => {
    expect(parseMonth(text)).toBeUndefined();
    expect(() => month(text)).toThrow(RangeError);
  });

  it("six years of days forwards and backwards agree with a second calendar", () => {
    for (let index = 0; index < 2200; index += 1) {
      const day = plusDays("2023-06-01", index);
      for (const step of [-400, -31, -1, 0, 1, 29, 366]) {
        expect(addDays(civilDate(day), step)).toBe(plusDays(day, step));
      }
    }
  });

  it("order, ends of months, lists of months", () => {
    const [early, late] = [civilDate("2024-02-29"), civilDate("2024-03-01")];
    expect([compareDates(early, late), compareDates(late, early), compareDates(early, early)].map(Math.sign)).toEqual([
      -1, 1, 0,
    ]);
    const [one, two] = [month("2024-02"), month("2024-03")];
    expect([compareMonths(one, two), compareMonths(two, one), compareMonths(one, one)].map(Math.sign)).toEqual([
      -1, 1, 0,
    ]);
    expect(lastDayOfMonth(month("2024-02"))).toBe("2024-02-29");
    expect(lastDayOfMonth(month("2025-02"))).toBe("2025-02-28");
    expect(lastDayOfMonth(month("2025-12"))).toBe("2025-12-31");
    expect(firstDayOfMonth(month("2025-12"))).toBe("2025-12-01");
    expect(monthOf(early)).toBe("2024-02");
    expect(addMonths(month("2024-12"), 1)).toBe("2025-01");
    expect(addMonths(month("2024-01"), -1)).toBe("2023-12");
    expect(monthsFrom(month("2024-11"), month("2025-02"))).toEqual(["2024-11", "2024-12", "2025-01", "2025-02"]);
    expect(monthsFrom(month("2025-02"), month("2025-01"))).toEqual([]);
    expect(monthText(24_299)).toBe("2024-12");
  });
});

describe("calendars", () => {
  it("a table with an impossible day, or with a year missing in the middle, is refused", () => {
    expect(() => createCalendar(new Set(["2024-01-01", "2024-02-30"]))).toThrow(RangeError);
    expect(() => createCalendar(new Set(["2024-01-01", "2026-01-01"]))).toThrow(RangeError);
    expect(() => createCalendar(new Set(["2024-01-01", "2025-01-01"]))).not.toThrow();
  });

  it("without a table no day is known", () => {
    const empty = createCalendar(new Set());
    for (const day of ["0001-01-01", "2025-01-06"]) {
      const date = parseCivilDate(day);
      if (date !== undefined)
        expect(isOpenDay(date, empty)).toMatchObject({ ok: false, problem: { code: "outsideCalendar" } });
    }
  });

  it.each([
    // day, office, bank
    ["2025-12-26", true, true], // Friday
    ["2025-12-28", false, false], // Sunday
    ["2025-12-29", false, true], // the office's year-end, the bank still works
    ["2025-12-30", false, true],
    ["2025-12-31", false, false],
    ["2026-01-02", false, false],
    ["2026-01-05", true, true], // Monday
    ["2025-11-03", false, false], // holiday
    ["2025-11-24", false, false], // substitute holiday
    ["2025-05-10", false, false], // Saturday
  ] as const)("%s: office open %s, banks open %s", (day, office, bank) => {
    expect(isOpenDay(civilDate(day), calendar())).toEqual({ ok: true, value: office });
    expect(isBankBusinessDay(civilDate(day), calendar())).toEqual({ ok: true, value: bank });
  });

  it("the city's own closed day closes the office, not the bank", () => {
    const day = civilDate("2025-06-13");
    expect(isOpenDay(day, calendar())).toEqual({ ok: true, value: true });
    expect(isOpenDay(day, calendar(), [day])).toEqual({ ok: true, value: false });
    expect(isBankBusinessDay(day, calendar())).toEqual({ ok: true, value: true });
  });

  it("a deadline runs from the end of the obstacle where there is one, and needs a day to run from", () => {
    const on = civilDate("2025-04-30");
    expect(claimDeadline({ on }, calendar())).toEqual({ ok: true, value: "2025-05-15" });
    expect(claimDeadline({ on, obstacleEndedOn: civilDate("2025-06-10") }, calendar())).toEqual({
      ok: true,
      value: "2025-06-25",
    });
    for (const cause of [{}, { on: null }, { on: null, obstacleEndedOn: null }]) {
      expect(claimDeadline(cause, calendar())).toMatchObject({
        ok: false,
        problem: { code: "unknownFact", path: "cause.on" },
      });
    }
  });
});

const source = (benefitMonth: string, fiscalYear: number | "permanent"): string => {
  const question = {
    benefitMonth: month(benefitMonth),
    fiscalYear,
    part: "underThree",
    employeeClass: "employee",
  } as const;
  const result = costShares(question);
  return result.ok ? result.value.source : result.problem.message;
};

describe("cost shares at the edges of their laws", () => {
  it("first and last months of each law", () => {
    expect(source("2010-04", 2010)).toMatch(/平22法19/);
    expect(source("2011-09", 2011)).toMatch(/平22法19/);
    expect(source("2011-10", 2011)).toMatch(/平23法107/);
    expect(source("2012-03", 2012)).toMatch(/平23法107/);
    expect(source("2012-04", 2012)).toMatch(/旧児童手当法/);
    expect(source("2024-09", 2024)).toMatch(/旧児童手当法/);
    expect(source("2024-10", 2024)).toMatch(/特例公債/);
    expect(source("2028-12", 2029)).toMatch(/18条/);
    expect(source("2028-12", 2028)).toMatch(/2028年度/);
    expect(source("2049-12", 2049)).toMatch(/18条/);
  });

  it("a part that a law never had is refused in words, under the permanent rule as well", () => {
    const question = {
      benefitMonth: month("2025-05"),
      fiscalYear: "permanent",
      part: "juniorHigh",
      employeeClass: "employee",
    } as const;
    const result = costShares(question);
    expect(result.ok ? "" : result.problem.message).toMatch(/2025-05分・本則の中学生分/);
  });
});

describe("twins of one serial", () => {
  it("take their places by their names, in whatever order they are listed", () => {
    for (const order of [
      ["A", "B", "C"],
      ["C", "A", "B"],
      ["B", "C", "A"],
    ] as const) {
      const answer = assessed({
        case: "twins",
        from: "2025-05",
        until: "2025-05",
        mode: "amountOnly",
        recipient: { kind: "individual" },
        children: order.map((id) => ({ id, birthDate: "2024-01-05", serial: 1 })),
      });
      const places = Object.fromEntries((answer.months[0]?.children ?? []).map((each) => [each.id, each.position]));
      expect(places).toEqual({ A: 1, B: 2, C: 3 });
    }
  });
});
