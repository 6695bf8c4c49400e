/** 債権 on the command line: the ledger finds, a file of receipts is taken in, what is unknown is listed. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { freshDatabase, type TestDatabase } from "../../platform/test/support/cluster.ts";
import { seedCases, threeFamilies } from "../../systems/allowance/test/support/cases.ts";
import { decideFacts, endCare } from "../../systems/allowance/test/support/decide-facts.ts";
import { advance, create, settleAndClose } from "../../systems/allowance/test/support/runs.ts";

const HAGUKUMI = fileURLToPath(new URL("../bin/hagukumi", import.meta.url));
let database: TestDatabase;
let dir: string;

beforeAll(async () => {
  database = await freshDatabase();
  dir = await mkdtemp(join(tmpdir(), "hagukumi-recovery-"));
  const ids = await seedCases(database.pool, threeFamilies);
  await create(database.pool);
  await advance(database.pool, 1, "handedOver");
  await settleAndClose(database.pool, 1);
  await decideFacts(database.pool, ids[1] ?? 0, "decrease", "2026-11", endCare(2, "2026-10-20"));
});
afterAll(async () => {
  await database.drop();
  await rm(dir, { recursive: true, force: true });
});

async function hagukumi(...words: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = { PATH: process.env["PATH"], DATABASE_URL: database.url, HAGUKUMI_DATA: join(dir, "data") };
  const flags = ["--operator", "staff.ito", "--today", "2027-01-20"];
  try {
    return { code: 0, ...(await promisify(execFile)(HAGUKUMI, ["recovery", ...words, ...flags], { env })) };
  } catch (error) {
    return error as { code: number; stdout: string; stderr: string };
  }
}

describe("hagukumi recovery", () => {
  it("says what it would find, finds it once, takes a file of receipts in once, and lists what is unknown", async () => {
    expect(JSON.parse((await hagukumi("find", "--dry-run", "--json")).stdout)).toMatchObject({
      overpaid: 30_000,
      dryRun: true,
    });
    expect((await hagukumi("find")).stdout).toContain("債権 1件 30,000円 を立てました");
    expect((await hagukumi("find")).stdout).toContain("債権 0件");
    const { rows } = await database.pool.query<{ id: number }>("SELECT recovery_id AS id FROM allowance.recovery");
    const file = join(dir, "収納.csv");
    await writeFile(
      file,
      `収納番号,債権番号,納付日,納付額\nS-1,${rows[0]?.id},2027-01-15,10000\nS-2,99,2027-01-15,500\n`,
    );
    expect((await hagukumi("import", file)).stdout).toContain("1件 10,000円 を収納しました。不明 1件");
    const again = await hagukumi("import", file);
    expect([again.code, again.stdout]).toEqual([1, ""]);
    expect(again.stderr).toContain("もう取り込んでいます");
    expect((await hagukumi("import", dir)).code).toBe(1);
    expect((await hagukumi("unknown")).stdout).toContain("S-2 債権番号「99」");
  });
});
