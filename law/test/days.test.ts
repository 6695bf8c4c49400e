/** Pay days, deadlines and payment months at the door of the law room. */
import { describe, expect, it } from "vitest";
import { benefitMonthsOf, civilDate, claimDeadline, month, payDay, paymentMonthOf } from "../contract.ts";
import { fifteenthDay } from "../plain/claims.ts";
import { monthNumber, monthText, plusDays } from "../plain/days.ts";
import { paidIn, payDayOf } from "../plain/payments.ts";
import { calendar } from "./support/engine.ts";
import { holidays } from "./support/holidays.ts";

const payDayIn = (paymentMonth: string, day: number, rule: "previous" | "next"): string => {
  const result = payDay(month(paymentMonth), { payDay: day, payDayRule: rule }, calendar());
  return result.ok ? result.value : result.problem.code;
};

const published = [
  ["2024-12", "2024-12-13"],
  ["2025-02", "2025-02-14"],
  ["2025-04", "2025-04-15"],
  ["2025-06", "2025-06-13"],
  ["2025-08", "2025-08-15"],
  ["2025-10", "2025-10-15"],
  ["2025-12", "2025-12-15"],
  ["2026-02", "2026-02-13"],
  ["2026-04", "2026-04-15"],
  ["2026-06", "2026-06-15"],
  ["2026-08", "2026-08-14"],
  ["2026-10", "2026-10-15"],
  ["2026-12", "2026-12-15"],
] as const;

describe("pay days", () => {
  it.each(published)("[M24] %s, the 15th or the bank business day before it: %s", (paymentMonth, day) => {
    expect(payDayIn(paymentMonth, 15, "previous")).toBe(day);
  });

  it("[M24] ten years of months and days 1 to 28 agree with a second calendar, both rules", () => {
    for (let at = monthNumber("2020-01"); at <= monthNumber("2029-12"); at += 1) {
      for (let day = 1; day <= 28; day += 1) {
        for (const rule of ["previous", "next"] as const) {
          expect(payDayIn(monthText(at), day, rule)).toBe(payDayOf(at, day, rule, holidays()));
        }
      }
    }
  });

  it("a year beyond the table of holidays is refused", () => {
    expect(payDayIn("2051-01", 15, "previous")).toBe("outsideCalendar");
  });
});

describe("fifteen days", () => {
  it("2,000 days in a row agree with a second calendar, with and without the city's own closed days", () => {
    for (let index = 0; index < 2000; index += 1) {
      const event = plusDays("2022-06-01", index);
      for (const closedDays of [[], [plusDays(event, 15), plusDays(event, 16)]]) {
        const result = claimDeadline(civilDate(event), calendar(), closedDays.map(civilDate));
        const wanted = fifteenthDay(event, { holidays: holidays(), closedDays });
        expect(result).toEqual({ ok: true, value: wanted });
      }
    }
  });
});

describe("payment months", () => {
  it("every benefit month is paid in one later payment month, and that month knows it", () => {
    for (let at = monthNumber("2010-04"); at <= monthNumber("2035-12"); at += 1) {
      const paid = paymentMonthOf(month(monthText(at)));
      expect(paid).toBe(monthText(paidIn(at)));
      expect(benefitMonthsOf(paid)).toContain(monthText(at));
    }
  });

  it("the payment of 2024-10 covers June to September, that of 2024-12 October and November", () => {
    expect(benefitMonthsOf(month("2024-10"))).toEqual(["2024-06", "2024-07", "2024-08", "2024-09"]);
    expect(benefitMonthsOf(month("2024-12"))).toEqual(["2024-10", "2024-11"]);
    expect(benefitMonthsOf(month("2025-01"))).toEqual([]);
  });
});
