/** 年度切替の予行: each difference has its reason in the registers; one without is found before anybody is paid another amount. */
import { month } from "@hagukumi/law/contract.ts";
import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { rehearseTurn } from "../../src/annual-review/rehearse.ts";
import type { Context } from "../../src/context.ts";
import { changeSetting } from "../../src/settings.ts";
import { claimedFamily, COUNTED } from "../support/claimed-families.ts";
import { testContext, testFolder } from "../support/context.ts";
import { onDay } from "../support/families.ts";
import { prepare } from "../support/filings.ts";

const database = useDatabase();
const dir = testFolder();
const at = (operator: string, today: string): Context => onDay(testContext(database, dir, operator), today);
const id: Record<string, number> = {};

beforeAll(async () => {
  await prepare(database.pool);
  const people = { maker: at("staff.ito", "2026-05-10"), approver: at("staff.sato", "2026-05-10") };
  // Three in March: 15,000 until March, 10,000 from April.
  id["three"] = await claimedFamily(people, 640_100, [["2024-03-20"]]);
  // The only child leaves the school year of 18: 10,000 until March, then nothing.
  id["leaves"] = await claimedFamily(people, 640_200, [["2008-05-05"]]);
  // 22 at the end of March: counted no more; the third child (30,000) becomes the second (10,000), the second the first.
  id["counted"] = await claimedFamily(people, 640_300, [["2004-06-01", COUNTED], ["2012-06-01"], ["2016-06-01"]]);
  id["same"] = await claimedFamily(people, 640_400, [["2015-05-05"]]);
}, 60_000);

const reasonsOf = (found: Awaited<ReturnType<typeof rehearseTurn>>) =>
  found.differences.map(({ recipientId, person, before, after, reason }) => [
    recipientId,
    person,
    before,
    after,
    reason,
  ]);

describe("the rehearsal of the turn of the year", () => {
  it("April: every difference with its reason, the sum of the city, the settings and the pay days of the year to come", async () => {
    const found = await rehearseTurn(at("staff.ito", "2027-03-01"), month("2027-04"));
    expect(reasonsOf(found)).toEqual([
      [id["three"], 640_101, 15_000, 10_000, "turnedThree"],
      [id["leaves"], 640_201, 10_000, null, "fiscalYearEnd18"],
      [id["counted"], 640_301, null, null, "fiscalYearEnd22"],
      [id["counted"], 640_303, 30_000, 10_000, "siblings"],
    ]);
    // 15,000 + 10,000 + (10,000 + 30,000) + 10,000 = 75,000; 10,000 + 0 + (10,000 + 10,000) + 10,000 = 40,000
    expect(found).toMatchObject({ recipients: 4, yenBefore: 75_000, yenAfter: 40_000, notComputed: [], settings: [] });
    expect(found.reasons).toEqual({ turnedThree: 1, fiscalYearEnd18: 1, fiscalYearEnd22: 1, siblings: 1 });
    // 15th, or the bank business day before it: 2027-08-15 is a Sunday, 2027-10-15 a Friday, 2028-02-15 a Tuesday.
    expect(found.payDays.map(({ payOn }) => payOn)).toEqual([
      "2027-04-15",
      "2027-06-15",
      "2027-08-13",
      "2027-10-15",
      "2027-12-15",
      "2028-02-15",
    ]);
  });

  it("August: nothing is different, but for a setting that two people have put in force", async () => {
    const before = await rehearseTurn(at("staff.ito", "2027-07-01"), month("2027-08"));
    expect(before.reasons).toEqual({});
    const value = { payDay: 10, rule: "next" } as const;
    await changeSetting(at("staff.ito", "2027-07-01"), {
      name: "payDay",
      validFrom: "2027-08-01",
      value,
      approvedBy: "staff.sato",
    });
    const found = await rehearseTurn(at("staff.ito", "2027-07-01"), month("2027-08"));
    expect(found.settings).toEqual([{ name: "payDay", reason: "setting" }]);
    expect(found.reasons).toEqual({ setting: 1 });
  });

  it("a child whose birth date in the register is another than the decided one: the difference has no reason, and is named", async () => {
    await database.pool.query(
      "UPDATE allowance.person_history SET birth_date = '2024-08-20' WHERE addressee_number = 640101",
    );
    const found = await rehearseTurn(at("staff.ito", "2027-03-01"), month("2027-04"));
    expect(reasonsOf(found)[0]).toEqual([id["three"], 640_101, 15_000, 10_000, "unexplained"]);
    expect(found.reasons.unexplained).toBe(1);
  });
});
