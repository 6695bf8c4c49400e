import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

import type { Pool } from "pg";
import { expect, it } from "vitest";

import { freshDatabase } from "../../../../platform/test/support/cluster.ts";
import { testFolder } from "../support/context.ts";
import { claim, claimChild, number15, resident, writeDelivery } from "../support/feeds.ts";

const dir = testFolder();
const CHILD = resolve(import.meta.dirname, "../support/take-in.ts");
const NODE = resolve(import.meta.dirname, "../../../../node_modules/.bin/node");

function takeIn(
  url: string,
  delivery: string,
  reports: string,
  env: Record<string, string>,
): { signal: string | null; status: number | null } {
  const { signal, status, stderr } = spawnSync(NODE, [CHILD, url, delivery, reports], {
    env: { PATH: process.env["PATH"] ?? "", NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"] ?? "", ...env },
    encoding: "utf8",
  });
  if (signal === null && status !== 0) throw new Error(stderr);
  return { signal, status };
}

async function writeCity(): Promise<string> {
  return await writeDelivery(join(dir, "delivery"), {
    organizations: [
      {
        宛名番号: number15(59_001),
        名称: "架空園",
        区分: "institution",
        市区町村コード: "431010",
        設置者区分: "private",
      },
    ],
    residents: [
      resident(50_001, "1990-01-01"),
      resident(50_002, "2024-11-05"),
      resident(50_011, "1990-01-01"),
      resident(50_012, "2020-06-06"),
      resident(50_013, "2025-02-29"),
    ],
    statusPeriods: [
      { 区分: "publicServant", 宛名番号: number15(50_011), 開始年月日: "2020-04-01", 短期: "0", 留学: "0" },
    ],
    incomes: [{ 宛名番号: number15(50_001), 所得年: "2022", 履歴番号: "1", 給与所得: "5000000" }],
    claims: [claim(501, 50_001, "2024-11-10"), claim(502, 50_011, "2025-06-10")],
    claimChildren: [claimChild(501, 50_002, 1), claimChild(502, 50_012, 1)],
  });
}

/** The whole recorded state without what differs by nature between two runs: times and generated numbers. */
async function state(pool: Pool): Promise<Record<string, unknown>> {
  const queries: Record<string, string> = {
    organizations: "SELECT addressee_number, revision, name FROM allowance.organization_history ORDER BY 1, 2",
    residents:
      "SELECT addressee_number, history_no, revision, row_digest FROM allowance.person_history ORDER BY 1, 2, 3",
    status: "SELECT kind, addressee_number, revision FROM allowance.status_period ORDER BY 1, 2, 3",
    incomes: "SELECT addressee_number, income_year, revision FROM allowance.income_history ORDER BY 1, 2, 3",
    claims:
      "SELECT reception_number, child_number FROM allowance.claim LEFT JOIN allowance.claim_child USING (claim_id) ORDER BY 1, 2",
    examinations:
      "SELECT reception_number, seq, outcome, facts_digest FROM allowance.examination JOIN allowance.claim USING (claim_id) ORDER BY 1, 2",
    approvals:
      "SELECT reception_number, seq, outcome, approved_by FROM allowance.approval JOIN allowance.claim USING (claim_id) ORDER BY 1",
    recipients: "SELECT addressee_number, kind, ordinal FROM allowance.recipient ORDER BY 1, 2, 3",
    decisions:
      "SELECT addressee_number, seq, d.kind, effective_month, monthly_total, facts_digest FROM allowance.decision d LEFT JOIN allowance.recipient USING (recipient_id) ORDER BY 1, 2, 3",
    accounts:
      "SELECT addressee_number, bank, branch, account_number, holder FROM allowance.account JOIN allowance.recipient USING (recipient_id) ORDER BY 1",
  };
  const found: Record<string, unknown> = {};
  for (const [name, sql] of Object.entries(queries)) found[name] = (await pool.query(sql)).rows;
  return found;
}

it("killed at every third point of import, examination and approval: each step is there whole or not at all, and a second run ends as one without a crash", async () => {
  const path = await writeCity();
  const log = join(dir, "points.log");
  const reference = await freshDatabase();
  let wanted: Record<string, unknown>;
  try {
    takeIn(reference.url, path, join(dir, "reports"), { HAGUKUMI_CRASH_LOG: log });
    wanted = await state(reference.pool);
  } finally {
    await reference.drop();
  }
  expect(wanted["decisions"]).toHaveLength(2);
  const points = [...new Set(readFileSync(log, "utf8").trim().split("\n"))];
  // 6 files × 2, 5 groups × 3, three commands × 2, and the steps of examination and approval
  expect(points.length).toBeGreaterThan(30);

  // Each third point here; `npm run sweep:batches` dies at every one of every batch.
  for (const [index, point] of points.entries()) {
    if (index % 3 !== 0) continue;
    const database = await freshDatabase();
    const reports = join(dir, `reports-${index}`);
    try {
      expect(takeIn(database.url, path, reports, { HAGUKUMI_CRASH_POINT: point }).signal, point).toBe("SIGKILL");
      // Old or new: every table is empty or as in the end, never in between.
      for (const [table, rows] of Object.entries(await state(database.pool))) {
        if ((rows as unknown[]).length > 0) expect(rows, `${point}: ${table}`).toEqual(wanted[table]);
      }
      takeIn(database.url, path, reports, {});
      expect(await state(database.pool), point).toEqual(wanted);
      expect(existsSync(join(reports, "residents.rejects.csv")), point).toBe(true);
      const drafts = readdirSync(reports).filter((name) => name.endsWith(".rejects.csv"));
      expect(drafts, point).toEqual(["residents.rejects.csv"]);
    } finally {
      await database.drop();
    }
  }
}, 300_000);
