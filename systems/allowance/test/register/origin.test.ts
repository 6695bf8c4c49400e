/** 入手元・入手の方法 (評価書 II3①②): closed, dated lists; every fact names one of each. */
import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { submitFiling } from "../../src/filings/receive.ts";
import { originTotals } from "../../src/register/origin-totals.ts";
import { testContext, testFolder } from "../support/context.ts";
import { claim, claimChild, resident } from "../support/feeds.ts";
import { birthClaim, bring, prepare } from "../support/filings.ts";

const database = useDatabase();
const dir = testFolder();
const context = testContext(database, dir);
const [MOTHER, CHILD, HOME, INMATE] = [11_001, 11_002, 70_000_001, 11_102] as const;

beforeAll(async () => {
  await prepare(database.pool);
  await bring(context, {
    organizations: [
      {
        宛名番号: String(HOME).padStart(15, "0"),
        区分: "institution",
        名称: "架空園",
        市区町村コード: "431010",
        設置者区分: "private",
      },
    ],
    residents: [
      resident(MOTHER, "1990-04-05"),
      resident(CHILD, "2026-11-18", { 世帯番号: String(900_110).padStart(15, "0") }),
      resident(INMATE, "2015-05-05"),
    ],
    claims: [claim(7_000_001, HOME, "2026-10-05", { 受給者区分: "institution", 被用区分: "" })],
    claimChildren: [claimChild(7_000_001, INMATE, 1, { 同居別居区分: "", 生計関係: "" })],
  });
  await submitFiling(context, { form: birthClaim(MOTHER, CHILD, "2026-11-18", "2026-11-20") });
});

/** A take-in as the importer writes it. */
async function takeIn(source: string, channel: string): Promise<void> {
  await database.pool.query(
    `INSERT INTO allowance.import_batch (file_name, sha256, rows, added, unchanged, rejected, imported_by, source_code, channel_code)
     VALUES ('residents.csv', repeat('0', 64), 0, 0, 0, 0, 'staff.ito', $1, $2)`,
    [source, channel],
  );
}

describe("the lists", () => {
  it("know no e-mail, no flash memory and no carried medium; what is not on them, or no longer in force, can't be written", async () => {
    for (const channel of ["email", "flashMemory", "removableMedium", "fax"])
      await expect(takeIn("cityOffice", channel), channel).rejects.toMatchObject({
        constraint: "import_batch_channel",
      });
    await expect(takeIn("somebody", "paper")).rejects.toMatchObject({ constraint: "import_batch_source" });
    await database.pool.query(
      "UPDATE allowance.data_channel SET valid_to = '2020-03-31' WHERE channel_code = 'network'",
    );
    await expect(takeIn("administrativeOrgan", "network")).rejects.toMatchObject({ constraint: "origin_in_force" });
    await database.pool.query("UPDATE allowance.data_channel SET valid_to = NULL WHERE channel_code = 'network'");
    await takeIn("administrativeOrgan", "network");
    const { rows } = await database.pool.query<{ code: string }>(
      "SELECT channel_code AS code FROM allowance.data_channel ORDER BY 1",
    );
    expect(rows.map(({ code }) => code)).toEqual(["eApplication", "interchange", "network", "paper"]);
  });
});

describe("every fact", () => {
  it("[D92] [D96] [D98] names who it came from and by which way: the person on paper, the child welfare facility, the offices of the city", async () => {
    const totals = await originTotals(database.pool);
    const by = (fact: string) =>
      totals.filter((total) => total.fact === fact).map(({ source, channel, rows }) => [source, channel, rows]);
    expect(by("filing")).toEqual([["person", "paper", 1]]);
    expect(by("claim")).toEqual([["privateBody", "paper", 1]]);
    expect(by("organization")).toEqual([["privateBody", "paper", 1]]);
    expect(by("personHistory")).toEqual([["cityOffice", "interchange", 3]]);
    // None is left without: rows of the view and rows with a name of both lists are as many.
    const { rows } = await database.pool.query<{ n: number }>("SELECT count(*)::int AS n FROM allowance.fact_origin");
    expect(totals.reduce((sum, total) => sum + total.rows, 0)).toBe(rows[0]?.n);
  });
});
