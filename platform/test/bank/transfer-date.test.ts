import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { resolveTransferDate } from "../../src/bank/transfer-date.ts";
import { codeOf } from "./support/fixtures.ts";

describe("the year of 振込指定日", () => {
  it.each([
    ["T36 0229 whose next leap day is a year and more ahead", "0229", "2027-01-15"],
    ["0229 after the leap day", "0229", "2028-03-01"],
    ["0230", "0230", "2026-01-01"],
    ["1131", "1131", "2026-01-01"],
    ["letters", "12A0", "2026-01-01"],
    ["creation day that is none", "1210", "2026-13-01"],
    ["creation day in another form", "1210", "20261125"],
  ])("%s is refused", (_name, mmdd, createdOn) => {
    expect(codeOf(resolveTransferDate(mmdd, createdOn))).toBe("date");
  });

  it.each([
    ["T35", "1210", "2026-11-25", "2026-12-10"],
    ["T35", "0210", "2026-12-28", "2027-02-10"],
    ["T35", "1231", "2026-12-31", "2026-12-31"],
    ["T36", "0229", "2028-01-15", "2028-02-29"],
    ["across the year", "0229", "2027-12-01", "2028-02-29"],
    ["the day before is next year", "1230", "2026-12-31", "2027-12-30"],
  ])("%s %s seen on %s is %s", (_id, mmdd, createdOn, date) => {
    expect(resolveTransferDate(mmdd, createdOn)).toEqual({ ok: true, value: date });
  });

  it("is always on or after the creation day and less than a year and a day ahead", () => {
    const day = fc.date({ min: new Date("2020-01-01"), max: new Date("2099-12-31"), noInvalidDate: true });
    fc.assert(
      fc.property(day, day, (created, target) => {
        const createdOn = created.toISOString().slice(0, 10);
        const mmdd = target.toISOString().slice(5, 10).replace("-", "");
        const result = resolveTransferDate(mmdd, createdOn);
        if (!result.ok) {
          expect(mmdd).toBe("0229");
          return;
        }
        const days = (Date.parse(result.value) - Date.parse(createdOn)) / 86_400_000;
        expect(days).toBeGreaterThanOrEqual(0);
        expect(days).toBeLessThanOrEqual(365);
      }),
    );
  });
});
