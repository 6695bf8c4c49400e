import { describe, expect, it } from "vitest";

import { useDatabase } from "../../../platform/test/support/cluster.ts";
import { changeSetting, demoSettings, readSetting, seedDemoSettings } from "../src/settings.ts";
import { APPROVER, contextOf, MAKER } from "./support/cases.ts";

const database = useDatabase();
const refusal = (code: string) => expect.objectContaining({ name: "Refusal", code });

describe("settings of the city", () => {
  it("a missing setting stops the work; there is no default", async () => {
    await expect(readSetting(database.pool, "payDay", "2026-12-01")).rejects.toEqual(refusal("settingMissing"));
  });

  it("refuses one person, and a value of another shape", async () => {
    const value = { payDay: 15, rule: "previous" } as const;
    const context = contextOf(database.pool, MAKER);
    await expect(
      changeSetting(context, { name: "payDay", validFrom: "2010-04-01", value, approvedBy: MAKER }),
    ).rejects.toEqual(refusal("samePerson"));
    await expect(
      changeSetting(context, {
        name: "payDay",
        validFrom: "2010-04-01",
        value: { ...value, payDay: 31 },
        approvedBy: APPROVER,
      }),
    ).rejects.toEqual(refusal("settingInvalid"));
    expect(
      (await database.pool.query("SELECT 1 FROM allowance.setting WHERE entered_by <> 'hagukumi.initial'")).rowCount,
    ).toBe(0);
  });

  it("a value holds from its day on; the earlier one stays readable for earlier days; the same value adds nothing", async () => {
    await seedDemoSettings(database.pool, MAKER, APPROVER);
    expect(await seedDemoSettings(database.pool, MAKER, APPROVER)).toBe(0);
    const value = { payDay: 10, rule: "next" } as const;
    const change = { name: "payDay", validFrom: "2027-04-01", value, approvedBy: APPROVER } as const;
    expect(await changeSetting(contextOf(database.pool, MAKER), change)).toBe(true);
    expect(await changeSetting(contextOf(database.pool, MAKER), change)).toBe(false);
    expect(await readSetting(database.pool, "payDay", "2027-03-31")).toEqual(demoSettings.payDay);
    expect(await readSetting(database.pool, "payDay", "2027-04-01")).toEqual(value);
  });
});
