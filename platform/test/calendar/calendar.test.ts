import { createRequire } from "node:module";
import {
  addDays,
  civilDate,
  createCalendar,
  isBankBusinessDay,
  isOpenDay,
  month,
  payDay,
} from "@hagukumi/law/contract.ts";
import { describe, expect, it } from "vitest";
import { japaneseCalendar, NATIONAL_HOLIDAYS, nationalHolidays } from "../../src/calendar/holidays.ts";
import {
  formatBenefitMonth,
  formatFiscalYear,
  formatWareki,
  formatWarekiMonth,
  parseWareki,
} from "../../src/calendar/wareki.ts";

interface SecondComputation {
  getHolidaysOf: (
    year: number,
    withSubstitutes?: boolean,
  ) => readonly { readonly month: number; readonly date: number }[];
}

const computed = createRequire(import.meta.url)("japanese-holidays") as SecondComputation;
const pad = (value: number): string => String(value).padStart(2, "0");

const counterAndBank = (date: string) =>
  [isOpenDay(civilDate(date), japaneseCalendar), isBankBusinessDay(civilDate(date), japaneseCalendar)].map(
    (each) => each.ok && each.value,
  );

describe("国民の祝日", () => {
  it("every year of the table agrees with a second, independent computation", () => {
    for (let year = 1974; year <= 2050; year += 1) {
      const other = computed
        .getHolidaysOf(year, true)
        .map((day) => `${String(year)}-${pad(day.month)}-${pad(day.date)}`);
      const ours = [...nationalHolidays].filter((date) => date.startsWith(String(year)));
      expect([...ours].sort(), String(year)).toEqual([...new Set(other)].sort());
    }
  });

  it("covers 1970 to 2050 and names its days", () => {
    expect([japaneseCalendar.firstYear, japaneseCalendar.lastYear]).toEqual([1970, 2050]);
    expect(NATIONAL_HOLIDAYS.get("2026-09-21")).toBe("敬老の日");
  });

  it("a year outside the table is refused, not taken for a year without holidays", () => {
    expect(isOpenDay(civilDate("2051-01-04"), japaneseCalendar)).toMatchObject({
      ok: false,
      problem: { code: "outsideCalendar" },
    });
    expect(isOpenDay(civilDate("1969-12-01"), japaneseCalendar)).toMatchObject({ ok: false });
    expect(isOpenDay(civilDate("2025-06-02"), createCalendar(new Set()))).toMatchObject({ ok: false });
  });

  it("a table with a hole or an impossible day is no calendar", () => {
    expect(() => createCalendar(new Set(["2024-01-01", "2026-01-01"]))).toThrow(/2025年/);
    expect(() => createCalendar(new Set(["2024-02-30"]))).toThrow(/2024-02-30/);
  });
});

describe("business days", () => {
  it.each([
    ["2026-05-06", false],
    ["2026-09-22", false],
    ["2026-10-12", false],
    ["2026-12-31", false],
    ["2027-01-02", false],
    ["2027-01-04", true],
  ])("T66: %s → %s", (date, expected) => {
    expect(isBankBusinessDay(civilDate(date), japaneseCalendar)).toEqual({ ok: true, value: expected });
  });

  it.each([
    ["2026-10", "2026-10-09"],
    ["2027-04", "2027-04-09"],
    ["2027-10", "2027-10-08"],
    ["2028-06", "2028-06-09"],
    ["2028-12", "2028-12-08"],
  ])("[M24] T67: the 10th of %s, else the business day before → %s", (paymentMonth, expected) => {
    const rule = { payDay: 10, payDayRule: "previous" } as const;
    expect(payDay(month(paymentMonth), rule, japaneseCalendar)).toEqual({ ok: true, value: expected });
  });

  it("the 29th and 30th of December: closed counter, open banks; the 31st both closed", () => {
    expect(counterAndBank("2026-12-29")).toEqual([false, true]);
    expect(counterAndBank("2026-12-31")).toEqual([false, false]);
    expect(counterAndBank("2026-12-28")).toEqual([true, true]);
  });
});

describe("和暦", () => {
  it.each([
    "令和8年2月29日",
    "昭和64年1月8日",
    "平成31年5月1日",
    "令和1年4月30日",
    "大正15年12月25日",
    "明治45年7月30日",
    "明治5年12月31日",
    "令和0年5月1日",
    "令和7年13月1日",
    "令和 7年4月1日",
    "R7.4",
    "2025-04-01",
    "",
  ])("T65: %s is no date", (text) => {
    expect(parseWareki(text)).toBeUndefined();
  });

  it.each([
    ["2019-04-30", "平成31年4月30日"],
    ["2019-05-01", "令和元年5月1日"],
    ["1989-01-07", "昭和64年1月7日"],
    ["1989-01-08", "平成元年1月8日"],
    ["1926-12-24", "大正15年12月24日"],
    ["1926-12-25", "昭和元年12月25日"],
    ["1912-07-29", "明治45年7月29日"],
    ["1912-07-30", "大正元年7月30日"],
    ["2024-02-29", "令和6年2月29日"],
  ])("T64: %s = %s, both ways", (date, text) => {
    expect(formatWareki(civilDate(date))).toBe(text);
    expect(parseWareki(text)).toBe(date);
  });

  it("every day from 1873 to 2100 comes back", () => {
    for (let date = civilDate("1873-01-01"); date < "2100-01-01"; date = addDays(date, 1)) {
      expect(parseWareki(formatWareki(date))).toBe(date);
    }
  });

  it("元年, 1年, letters and full-width digits", () => {
    expect(parseWareki("令和1年5月1日")).toBe("2019-05-01");
    expect(parseWareki("R7.4.1")).toBe("2025-04-01");
    expect(parseWareki("令和７年４月１日")).toBe("2025-04-01");
  });

  it("months, benefit months and fiscal years for pages", () => {
    expect(formatWarekiMonth(month("2019-04"))).toBe("平成31年4月");
    expect(formatWarekiMonth(month("2019-05"))).toBe("令和元年5月");
    expect(formatBenefitMonth(month("2025-08"))).toBe("令和7年8月分");
    expect(formatFiscalYear(month("2026-03"))).toBe("令和7年度");
    expect(formatFiscalYear(month("2019-04"))).toBe("令和元年度");
  });
});
