/** 年度切替: what the city has set stays set when the fiscal year turns, and what a release changes or needs stands in its notes. */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { ruleVersion } from "@hagukumi/law/contract.ts";
import { describe, expect, it } from "vitest";

import { useDatabase } from "../../../platform/test/support/cluster.ts";
import { openReviewYear } from "../src/annual-review/year.ts";
import type { Context } from "../src/context.ts";
import { importFeeds } from "../src/register/import-feeds.ts";
import { changeSetting, readSetting, type SettingName, settingShapes } from "../src/settings.ts";
import { claimedFamily } from "./support/claimed-families.ts";
import { testContext, testFolder } from "./support/context.ts";
import { onDay } from "./support/families.ts";
import { resident, writeDelivery } from "./support/feeds.ts";
import { prepare } from "./support/filings.ts";
import { listOf, write } from "./support/mass-runs.ts";

const ROOT = resolve(import.meta.dirname, "../../..");
const database = useDatabase();
const dir = testFolder();
const at = (operator: string, today: string): Context => onDay(testContext(database, dir, operator), today);
const crew = (today: string) => ({ maker: at("staff.ito", today), approver: at("staff.sato", today) });
const names = Object.keys(settingShapes) as SettingName[];

async function storedSettings(): Promise<readonly string[]> {
  const { rows } = await database.pool.query<{ row: string }>(
    "SELECT to_jsonb(s)::text AS row FROM allowance.setting s ORDER BY 1",
  );
  return rows.map(({ row }) => row);
}

const inForce = async (day: string): Promise<Readonly<Record<string, unknown>>> =>
  Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readSetting(database.pool, name, day)] as const)),
  );

type Release = {
  readonly behaviour: readonly string[];
  readonly settings: Readonly<Record<string, { readonly required: boolean; readonly text: string }>>;
  readonly rules: Readonly<Record<string, string>>;
  readonly migrations: Readonly<Record<string, string>>;
};

const releases = (
  JSON.parse(readFileSync(join(ROOT, "docs/リリースノート.json"), "utf8")) as { readonly releases: readonly Release[] }
).releases;

/** What is new in the database says so in the notes, or, before it is given out, at the head of its file. */
function untold(): readonly string[] {
  const folder = join(ROOT, "systems/allowance/migrations");
  return readdirSync(folder).filter((file) => {
    const told = releases.some(({ migrations }) => `systems/allowance/${file.slice(0, -4)}` in migrations);
    return !told && !/^-- Up Migration\n-- .*[ぁ-ん]/.test(readFileSync(join(folder, file), "utf8"));
  });
}

describe("the turn of the fiscal year", () => {
  it("[A203] every change and every setting stands in the release notes; the city's settings are after 31 March what they were before", async () => {
    // 法律・設定・データベース: each change by its name (the rule of the house checks the other rooms), and what the office must set
    expect(releases.flatMap(({ rules }) => Object.keys(rules))).toContain(ruleVersion);
    expect(releases.flatMap(({ settings }) => Object.keys(settings)).toSorted()).toEqual(names.toSorted());
    expect(untold()).toEqual([]);
    expect(releases.every(({ behaviour }) => behaviour.length > 0)).toBe(true);

    await prepare(database.pool);
    // The only child leaves the school year of 18 with March 2027; the other family's is three in April.
    await claimedFamily(crew("2026-05-10"), 640_100, [["2008-05-05"]]);
    await claimedFamily(crew("2026-05-10"), 640_200, [["2024-04-20"]]);
    const before = await storedSettings();
    const march = await inForce("2027-03-31");
    expect(Object.keys(march)).toHaveLength(names.length);

    // The work of the turn: what ends with March, what is three in April, the review of the new year.
    expect(
      await write(crew("2027-03-20"), (await listOf(crew("2027-03-20"), "ageMilestones", { month: "2027-03" })).run),
    ).toMatchObject({ state: "done", written: 1 });
    // What the registers knew on 1 April comes first.
    const delivery = { residents: [resident(640_300, "1990-01-01")] };
    await importFeeds(at("staff.ito", "2027-04-01"), await writeDelivery(join(dir, "april"), delivery, "2027-04-01"));
    expect(
      await write(crew("2027-04-05"), (await listOf(crew("2027-04-05"), "ageMilestones", { month: "2027-04" })).run),
    ).toMatchObject({ state: "done", written: 1 });
    await openReviewYear(at("staff.ito", "2027-06-01"), 2027);
    await listOf(crew("2027-06-03"), "reviewCheck", { year: 2027 });

    expect(await storedSettings()).toEqual(before);
    for (const day of ["2027-04-01", "2027-06-01", "2028-03-31", "2028-04-01"]) {
      expect(await inForce(day), day).toEqual(march);
    }
    // What two people put in force from 1 April is in force from that day; the day before keeps what it had.
    const changed = { payDay: 10, rule: "next" } as const;
    await changeSetting(at("staff.ito", "2027-03-01"), {
      name: "payDay",
      validFrom: "2027-04-01",
      value: changed,
      approvedBy: "staff.sato",
    });
    expect(await inForce("2027-03-31")).toEqual(march);
    expect(await inForce("2027-04-01")).toEqual({ ...march, payDay: changed });
  });
});
