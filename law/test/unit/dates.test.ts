/** Days and months as text and as integers, tables of holidays, and what is no day at all. */
import { describe, expect, it } from "vitest";
import {
  civilDate,
  createCalendar,
  isOpenDay,
  month,
  monthIndexOf,
  monthNumber,
  regimeOf,
  type Calendar,
} from "../../contract.ts";
import { checkList, within } from "../../src/case/checks.ts";
import { packedAnniversary } from "../../src/dates/age.ts";
import { INVALID, isLeapYear, readDay, readMonth, writeDay, writeMonth } from "../../src/dates/packed.ts";
import { defined } from "../../src/defined.ts";
import { attempt, ProblemError } from "../../src/result.ts";

describe("a text that is no day", () => {
  it.each([
    "2025-05-00",
    "2025-05-32",
    "2025-02-29",
    "1900-02-29",
    "2025-00-10",
    "2025-13-10",
    "1799-12-31",
    "2025/05-10",
    "2025-05/10",
    "2025-05-1",
    "2025-05-010",
    // "/" and ":" stand right before "0" and right behind "9".
    "202/-05-10",
    "202:-05-10",
    "2025-0/-10",
    "2025-05-1/",
    "2025-05-1:",
    "2025-05-1x",
  ])("%s", (text) => {
    expect(readDay(text)).toBe(INVALID);
    // Nothing that is a day sorts before it.
    expect(readDay(text)).toBeLessThan(0);
  });

  it("nor a month", () => {
    for (const text of ["2025/05", "2025-5", "2025-005", "202/-05", "1799-12", "2025-00", "2025-13"]) {
      expect(readMonth(text), text).toBe(INVALID);
    }
  });
});

describe("a text that is a day", () => {
  it.each(["1800-01-01", "2000-02-29", "2024-02-29", "2025-02-28", "2025-05-31", "9999-12-31"])("%s", (text) => {
    expect(writeDay(readDay(text))).toBe(text);
    expect(writeMonth(readMonth(text.slice(0, 7)))).toBe(text.slice(0, 7));
    expect(monthIndexOf(civilDate(text))).toBe(monthNumber(month(text.slice(0, 7))));
  });

  it("a month is the months since year 0", () => {
    // 2025 × 12 + 4 full months before May
    expect(monthIndexOf(civilDate("2025-05-31"))).toBe(24_304);
  });
});

const anniversary = (of: string, years: number): string => writeDay(packedAnniversary(readDay(of), years));

describe("leap years", () => {
  it("are those that 4 divides, of the centuries those that 400 divides", () => {
    const years = [1899, 1900, 2000, 2023, 2024, 2100, 2400];
    expect(years.filter(isLeapYear)).toEqual([2000, 2024, 2400]);
  });

  it("29 February has its anniversary on 1 March of a common year (民法143条2項)", () => {
    expect(anniversary("2004-02-29", 1)).toBe("2005-03-01");
    expect(anniversary("2004-02-29", 4)).toBe("2008-02-29");
    expect(anniversary("2004-01-31", 1)).toBe("2005-01-31");
  });
});

const open = (day: string, calendar: Calendar): unknown => {
  const answer = isOpenDay(civilDate(day), calendar);
  return answer.ok ? answer.value : answer.problem.code;
};

describe("the table of holidays", () => {
  const of2025 = createCalendar(new Set(["2025-01-01", "2025-05-05"]));

  it("an entry that is no day is named, also as the first one", () => {
    expect(() => createCalendar(new Set(["2025-02-30"]))).toThrow("祝日表に暦にない日付があります: 2025-02-30");
  });

  it("a year that is missing is named", () => {
    expect(() => createCalendar(new Set(["2024-01-01", "2026-01-01"]))).toThrow("祝日表に2025年がありません");
  });

  it("answers for the years it has, to the first and the last day of them", () => {
    expect(open("2024-12-27", of2025)).toBe("outsideCalendar");
    expect(open("2026-01-05", of2025)).toBe("outsideCalendar");
    expect(open("2025-01-01", of2025)).toBe(false);
    expect(open("2025-01-06", of2025)).toBe(true);
    expect(open("2025-05-05", of2025)).toBe(false);
    expect(open("2025-12-26", of2025)).toBe(true);
  });

  it("without an entry has no year at all", () => {
    expect(createCalendar(new Set())).toEqual({ firstYear: 0, lastYear: -1, holidays: new Set() });
  });
});

describe("regimes", () => {
  it("a month before the first and behind the last is refused", () => {
    expect(regimeOf(month("2010-03"))).toMatchObject({ ok: false, problem: { code: "outOfRange", path: "month" } });
    expect(regimeOf(month("2050-01"))).toMatchObject({ ok: false, problem: { code: "outOfRange", path: "month" } });
  });

  it.each([
    ["2010-04", "R1"],
    ["2011-09", "R1"],
    ["2011-10", "R2"],
    ["2012-03", "R2"],
    ["2012-04", "R3"],
    ["2012-05", "R3"],
    ["2012-06", "R4"],
    ["2022-05", "R4"],
    ["2022-06", "R5"],
    ["2024-09", "R5"],
    ["2024-10", "R6"],
    ["2049-12", "R6"],
  ])("%s is %s", (at, code) => {
    expect(regimeOf(month(at))).toEqual({ ok: true, value: code });
  });
});

const defect = (): never => {
  throw new TypeError("架空の不具合");
};

describe("defects", () => {
  it("are not taken for bad input", () => {
    expect(() => attempt(defect)).toThrow("架空の不具合");
    expect(() => {
      within("children", [], defect);
    }).toThrow("架空の不具合");
    expect(() => {
      checkList([1], "children", 1, defect);
    }).toThrow("架空の不具合");
    const refused = attempt(() => {
      throw new ProblemError("wrongValue", "from", "架空の誤り");
    });
    expect(refused).toEqual({ ok: false, problem: { code: "wrongValue", path: "from", message: "架空の誤り" } });
  });

  it("a value that has to be there and is not", () => {
    expect(() => defined<number>(undefined)).toThrow(RangeError);
    expect([defined(0), defined(""), defined(null), defined(false)]).toEqual([0, "", null, false]);
  });
});
