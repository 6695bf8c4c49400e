import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { afterAll, beforeAll, expect, it } from "vitest";

import { freshDatabase, type TestDatabase } from "../../platform/test/support/cluster.ts";
import { advance, create, settleAndClose } from "../../systems/allowance/test/support/runs.ts";
import { seedStatisticsCity } from "../../systems/allowance/test/support/statistics-city.ts";

const HAGUKUMI = fileURLToPath(new URL("../bin/hagukumi", import.meta.url));
let database: TestDatabase;
let dir: string;

beforeAll(async () => {
  database = await freshDatabase();
  dir = await mkdtemp(join(tmpdir(), "hagukumi-statistics-"));
  await seedStatisticsCity(database.pool);
  const { runNo } = await create(database.pool);
  await advance(database.pool, runNo, "handedOver");
  await settleAndClose(database.pool, runNo);
});
afterAll(async () => {
  await database.drop();
  await rm(dir, { recursive: true, force: true });
});

type Ran = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** Runs the real process. */
async function statistics(operator: string, ...words: readonly string[]): Promise<Ran> {
  const env = { PATH: process.env["PATH"], DATABASE_URL: database.url, HAGUKUMI_DATA: join(dir, "data") };
  const flags = ["--operator", operator, "--today", "2026-12-20"];
  try {
    return { code: 0, ...(await promisify(execFile)(HAGUKUMI, ["statistics", ...words, ...flags], { env })) };
  } catch (error) {
    const { code, stdout, stderr } = error as Ran;
    return { code, stdout, stderr };
  }
}

it("figures on the command line: refused where they cannot be, as text, as files; a report by two people", async () => {
  const refused = await statistics("staff.ito", "month", "2026-13");
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("月分「2026-13」は指定できません。")]);
  // 105,000 yen, 7 children
  const month = await statistics("staff.ito", "month", "2026-10");
  expect(month.stdout).toContain("合計\t7\t105,000");
  const out = join(dir, "out");
  const grant = await statistics("staff.ito", "grant", "2026", "--out", out, "--json");
  expect((JSON.parse(grant.stdout) as { files: readonly string[] }).files).toHaveLength(5);
  const names = (await readdir(out)).toSorted();
  expect(names).toEqual(
    ["grant", "repayments", "runs", "sources"]
      .map((key) => `statistics-grant-2026-${key}.csv`)
      .concat("statistics-grant-2026.xlsx"),
  );
  expect(await readFile(join(out, "statistics-grant-2026-runs.csv"), "utf8")).toContain(
    "支払処理 1,令和8年12月（2026年）,210000",
  );

  const note = ["--note", "架空の交付申請"] as const;
  const made = await statistics("staff.ito", "report", "make", "grant", "2026", ...note, "--json");
  const { reportNo, figuresDigest } = JSON.parse(made.stdout) as { reportNo: number; figuresDigest: string };
  const approval = ["report", "approve", String(reportNo), "--digest", figuresDigest] as const;
  expect(await statistics("staff.sato", ...approval)).toMatchObject({ code: 0, stdout: "報告 1 を承認しました。\n" });
});
