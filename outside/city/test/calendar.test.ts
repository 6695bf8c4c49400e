import { createRequire } from "node:module";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { isClosed, openDayFrom } from "../src/base/closed-days.ts";
import { ageOn, civilOf, dayOf, fiscalYearEndOf, findDay, isoOf, weekdayOf } from "../src/base/day.ts";
import { createNumbering, resemblesIndividualNumber } from "../src/base/numbers.ts";
import { createRandom } from "../src/base/random.ts";
import { deadlineOf, fileFor } from "../src/claims/filing.ts";

const days = fc.integer({ min: dayOf(1900, 1, 1), max: dayOf(2100, 12, 31) });
const day = (text: string): number => findDay(text) ?? Number.NaN;

describe("civil days", () => {
  it("knows no date that the calendar lacks", () => {
    for (const text of ["2025-02-29", "2026-13-01", "2026-04-31", "2026-4-1", "", "20260401"])
      expect(findDay(text)).toBeUndefined();
  });

  it("agrees with the proleptic calendar of the platform, forth and back", () => {
    fc.assert(
      fc.property(days, (value) => {
        const date = new Date(value * 86_400_000);
        expect(isoOf(value)).toBe(date.toISOString().slice(0, 10));
        expect(weekdayOf(value)).toBe(date.getUTCDay());
        const { year, month, dayOfMonth } = civilOf(value);
        expect(dayOf(year, month, dayOfMonth)).toBe(value);
      }),
    );
  });

  it("ends the fiscal year of an age as the law counts it", () => {
    // Born 1 April: 18 attained on 31 March, which is itself the end; born 2 April: a year later. Leap day: 28 February.
    expect(isoOf(fiscalYearEndOf(day("2007-04-01"), 18))).toBe("2025-03-31");
    expect(isoOf(fiscalYearEndOf(day("2007-04-02"), 18))).toBe("2026-03-31");
    expect(isoOf(fiscalYearEndOf(day("2008-02-29"), 18))).toBe("2026-03-31");
    expect(isoOf(fiscalYearEndOf(day("2003-04-02"), 22))).toBe("2026-03-31");
    expect([ageOn(day("2008-02-29"), day("2026-02-28")), ageOn(day("2008-02-29"), day("2026-03-01"))]).toEqual([
      17, 18,
    ]);
  });
});

describe("closed days", () => {
  it("agrees with an independent list of holidays on every day of 2011–2027", () => {
    const calendar = createRequire(import.meta.url)("japanese-holidays") as {
      isHoliday(date: Date): string | undefined;
    };
    for (let value = dayOf(2011, 1, 1); value <= dayOf(2027, 12, 31); value++) {
      const { year, month, dayOfMonth } = civilOf(value);
      const date = new Date(year, month - 1, dayOfMonth);
      const weekend = [0, 6].includes(date.getDay());
      const newYear = (month === 12 && dayOfMonth >= 29) || (month === 1 && dayOfMonth <= 3);
      expect(isClosed(value), isoOf(value)).toBe(weekend || newYear || calendar.isHoliday(date) !== undefined);
    }
  });

  it("moves day 15 to the next open day", () => {
    // Born 12 April 2019: day 15 is Saturday 27 April, closed until 6 May → 7 May (児童手当法8条3項, 自治法4条の2第4項).
    expect(isoOf(deadlineOf(day("2019-04-12")))).toBe("2019-05-07");
    expect(isoOf(deadlineOf(day("2026-04-30")))).toBe("2026-05-15");
    expect(isoOf(openDayFrom(day("2026-12-29")))).toBe("2027-01-04");
  });

  it("never lets a paper arrive before the event or, except electronically, on a closed day", () => {
    fc.assert(
      fc.property(days, fc.string(), (event, seed) => {
        const { received, channel } = fileFor(createRandom(seed, "filing"), event);
        expect(received).toBeGreaterThanOrEqual(event);
        if (channel !== "online") expect(isClosed(received)).toBe(false);
      }),
    );
  });
});

describe("numbers", () => {
  it("sees a 個人番号 anywhere in a run of digits, and leaves such numbers out", () => {
    // 12345678901 → 212, 212 mod 11 = 3, 11 − 3 = 8.
    expect(resemblesIndividualNumber(["123456789", "018"].join(""))).toBe(true);
    expect(resemblesIndividualNumber(["000123456789", "018"].join(""))).toBe(true);
    expect(resemblesIndividualNumber("123456789017")).toBe(false);
    expect(resemblesIndividualNumber("000000000000")).toBe(false);
    const next = createNumbering(100_000_001);
    const drawn = Array.from({ length: 2000 }, () => next());
    expect(drawn.some((number) => resemblesIndividualNumber(number))).toBe(false);
    expect(new Set(drawn).size).toBe(2000);
    expect(drawn).toEqual(drawn.toSorted());
  });
});
