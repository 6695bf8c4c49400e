/** `hagukumi verify money`: the nightly check that no invariant of the money is broken. */
import { assess, parseCase } from "@hagukumi/law/contract.ts";
import type { Calendar, Month } from "@hagukumi/law/contract.ts";
import { encodeTransferFile } from "@hagukumi/platform/bank/encode.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import { readOnly, withRole } from "@hagukumi/platform/database/transaction.ts";
import { createHash } from "node:crypto";

import { ROLE } from "../context.ts";
import type { Context } from "../context.ts";
import { readTransferFile } from "../payments/freeze-run.ts";
import { cityPayDay } from "../payments/pay-day.ts";
import { listRuns } from "../payments/run-record.ts";
import { changedReports } from "../statistics/reports.ts";

import { moneyChecks } from "./money-checks.ts";

/** Result of one invariant: how many cases break it, and the first few of them. */
export type CheckResult = {
  readonly id: string;
  readonly title: string;
  readonly violations: number;
  readonly examples: readonly string[];
};

const EXAMPLES = 20;

function result(id: string, title: string, found: readonly string[]): CheckResult {
  return { id, title, violations: found.length, examples: found.slice(0, EXAMPLES) };
}

/** M13 once more, from the lines: the frozen bytes are what the same lines give today. */
async function regenerateFiles(connection: Queryable): Promise<CheckResult> {
  const found: string[] = [];
  const { rows } = await connection.query<{ run_no: number; sha256: string }>(
    "SELECT run_no, sha256 FROM allowance.transfer_file ORDER BY run_no",
  );
  const runs = new Map((await listRuns(connection)).map((run) => [run.runNo, run]));
  for (const row of rows) {
    const run = runs.get(row.run_no);
    if (run === undefined) continue;
    const { testBank, ...file } = await readTransferFile(connection, run);
    const encoded = encodeTransferFile(file, { allowTestBanks: testBank });
    const sha256 = encoded.ok ? createHash("sha256").update(encoded.value.bytes).digest("hex") : "";
    if (sha256 !== row.sha256) found.push(`支払処理 ${row.run_no}`);
  }
  return result("M13b", "同じ明細から、同じファイルができる", found);
}

/** M24: the pay day of each regular run is the legal day, moved by the calendar. */
async function checkPayDays(connection: Queryable, calendar: Calendar): Promise<CheckResult> {
  const found: string[] = [];
  for (const run of await listRuns(connection)) {
    if (run.kind !== "regular" || run.state === "cancelled" || run.state === "voided") continue;
    const legal = await cityPayDay(connection, calendar, run.paymentMonth.slice(0, 7) as Month);
    if (legal !== run.payOn) found.push(`支払処理 ${run.runNo}: ${run.payOn}`);
  }
  return result("M24", "支払日は、決められた日（銀行休業日なら前または後の営業日）", found);
}

type DueRow = {
  readonly recipient_id: number;
  readonly facts: Record<string, unknown>;
  readonly items: readonly { readonly child: number; readonly month: string; readonly net: number }[];
};

/** Recipients whose amounts are calculated again at a time. */
const PAGE = 2000;

/** The last recipient of the page that follows `$1`; null after the last one. */
const PAGE_END = `
SELECT max(recipient_id) AS last FROM (SELECT recipient_id FROM allowance.recipient WHERE recipient_id > $1 ORDER BY recipient_id LIMIT ${PAGE}) p`;

/**
 * Child-months that stand in the ledger, grouped by the facts of their last tranche. A page is bounded on both sides: with a limit on
 * the rows alone every page would go through all the rest of the ledger.
 */
const STANDING = `
WITH standing AS (
  SELECT d.recipient_id, d.child_number, d.benefit_month, d.generation, sum(d.amount) FILTER (WHERE r.tranche IS NULL) AS due,
         (array_agg(d.facts_digest ORDER BY d.tranche DESC))[1] AS facts_digest, bool_or(r.tranche IS NOT NULL) AS touched
  FROM allowance.due_item d LEFT JOIN allowance.due_reversal r USING (child_number, benefit_month, generation, tranche)
  WHERE d.recipient_id > $1 AND d.recipient_id <= $2
  GROUP BY 1, 2, 3, 4),
untouched AS (
  SELECT s.recipient_id, s.facts_digest, json_agg(json_build_object('child', s.child_number, 'month', to_char(s.benefit_month, 'YYYY-MM'), 'net', s.due)) AS items
  FROM standing s WHERE s.due > 0 AND NOT s.touched
    AND NOT EXISTS (SELECT 1 FROM allowance.receivable v WHERE (v.recipient_id, v.child_number, v.benefit_month) = (s.recipient_id, s.child_number, s.benefit_month))
  GROUP BY 1, 2)
SELECT u.recipient_id, f.facts, u.items FROM untouched u JOIN allowance.facts f USING (facts_digest) ORDER BY u.recipient_id`;

/** M4 once more, by the law: every standing amount is what the rule gives for the facts stored with it. */
async function recompute(connection: Queryable, calendar: Calendar): Promise<CheckResult> {
  const found: string[] = [];
  for (let after = 0; ;) {
    const { rows: ends } = await connection.query<{ last: number | null }>(PAGE_END, [after]);
    const last = ends[0]?.last ?? null;
    if (last === null) return result("M4b", "支払うべき額は、保存した事実から計算し直しても同じ", found);
    const { rows } = await connection.query<DueRow>(STANDING, [after, last]);
    for (const row of rows) found.push(...differences(row, calendar));
    after = last;
  }
}

function differences(row: DueRow, calendar: Calendar): string[] {
  const months = row.items.map((item) => item.month).sort();
  const parsed = parseCase({ ...row.facts, from: months[0], until: months.at(-1) });
  const assessed = parsed.ok ? assess(parsed.value, { calendar, explain: false }) : parsed;
  if (!assessed.ok) return [`認定番号 ${row.recipient_id}: ${assessed.problem.message}`];
  const amounts = new Map<string, number>();
  for (const month of assessed.value.months) {
    for (const child of month.children) amounts.set(`${month.month}/${Number(child.id)}`, child.amount ?? 0);
  }
  return row.items
    .filter((item) => amounts.get(`${item.month}/${item.child}`) !== item.net)
    .map(
      (item) =>
        `認定番号 ${row.recipient_id} 児童 ${item.child} ${item.month}月分: 元帳 ${item.net}円 計算 ${amounts.get(`${item.month}/${item.child}`) ?? "なし"}円`,
    );
}

/**
 * Asks every invariant on one snapshot of the database. Reads only.
 *
 * @returns one result per invariant, in their order; `violations` is 0 in all of them or something is badly wrong
 */
export async function verifyMoney(
  context: Pick<Context, "pool" | "calendar" | "onProgress">,
): Promise<readonly CheckResult[]> {
  return await readOnly(context.pool, async (client) => {
    await withRole(client, ROLE);
    const results: CheckResult[] = [];
    const total = moneyChecks.length + 4;
    for (const check of moneyChecks) {
      const { rows } = await client.query<{ found: string }>(check.sql);
      results.push(
        result(
          check.id,
          check.title,
          rows.map((row) => row.found),
        ),
      );
      context.onProgress?.("検査", results.length, total);
    }
    results.push(await recompute(client, context.calendar));
    results.push(await regenerateFiles(client));
    results.push(await checkPayDays(client, context.calendar));
    const reports = await changedReports(client);
    results.push(
      result("M30", "報告した交付金・年報の数字は、その時点の締めた支払処理と決定から作り直しても同じ", reports),
    );
    context.onProgress?.("検査", total, total);
    return results;
  });
}
