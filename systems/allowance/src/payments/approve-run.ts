/** 確認 and 承認: the maker (or another) looks at the totals, a different person approves exactly these lines. */
import type { CommandResult } from "@hagukumi/platform/database/command.ts";
import { crashPoint } from "@hagukumi/platform/faults/crash-points.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";

import type { PoolClient } from "pg";

import type { Context } from "../context.ts";
import { readControlTotals, storeControlTotals } from "./payee-list/totals.ts";
import type { PaymentRefusalCode } from "./refusals.ts";
import { recalculateRun } from "./review/recalculate.ts";
import type { Recalculation } from "./review/recalculate.ts";
import { findRun } from "./run-record.ts";
import type { RunRecord } from "./run-record.ts";
import { runStage } from "./stage.ts";
import type { StageRequest } from "./stage.ts";

/** What the person saw: the approval holds for these lines and no others (M12). */
export type SeenLines = { readonly lineDigest: string };

async function writeRecalculation(
  client: PoolClient,
  run: RunRecord,
  { recipients, months, differences }: Recalculation,
  actor: string,
): Promise<void> {
  await client.query(
    `INSERT INTO allowance.run_recalculation (run_no, line_digest, recipients, months, differing, checked_by) VALUES ($1, $2, $3, $4, $5, $6)`,
    [run.runNo, run.lineDigest, recipients, months, new Set(differences.map((each) => each.recipientId)).size, actor],
  );
  await client.query(
    `INSERT INTO allowance.run_review_item (run_no, item_no, kind, recipient_id, line_no, amount_before, amount_after, detail, barred)
     SELECT $1, coalesce((SELECT max(item_no) FROM allowance.run_review_item WHERE run_no = $1), 0) + row_number() OVER (ORDER BY d."recipientId"),
            'recalculation', d."recipientId", (SELECT min(line_no) FROM allowance.run_line l WHERE l.run_no = $1 AND l.recipient_id = d."recipientId"),
            d.plain, d.ledger, d.detail, ARRAY[$3::text]
     FROM jsonb_to_recordset($2::jsonb) AS d("recipientId" bigint, ledger bigint, plain bigint, detail text)`,
    [run.runNo, JSON.stringify(differences), run.maker],
  );
}

/**
 * 確認: every line is calculated once more by the second calculator, and the control totals were looked at. Returns the digest that
 * an approval must name. Where the calculators differ the run goes on only after another person has looked at each case.
 */
export async function inspectRun(context: Context, request: StageRequest): Promise<CommandResult<SeenLines>> {
  // Before the transaction: it takes long, reads only what can't change any more, and is bound to the lines by their digest.
  const seen = await findRun(context.pool, request.runNo);
  const recalculation =
    seen?.state === "created"
      ? await recalculateRun(context.pool, request.runNo, {
          signal: context.signal,
          onProgress: (done) => context.onProgress?.("検算", done, seen.lineCount),
        })
      : undefined;
  return await runStage(context, "inspect", request, "inspected", async (client, run) => {
    if (recalculation !== undefined) await writeRecalculation(client, run, recalculation, context.operator);
    crashPoint("payment.inspect.recalculated");
    return { result: { lineDigest: run.lineDigest }, note: `${run.lineCount}件 ${run.total}円` };
  });
}

/**
 * 承認 of the lines whose digest the approver saw.
 *
 * @throws Refusal `approvalNotBound` when the digest is not that of the run; `samePerson` when the approver made the run;
 *   `reviewOpen` while an item of the 点検 is not cleared
 */
export async function approveRun(
  context: Context,
  request: StageRequest & SeenLines,
): Promise<CommandResult<SeenLines>> {
  return await runStage(context, "approve", request, "approved", async (client, run) => {
    if (request.lineDigest !== run.lineDigest) {
      throw new Refusal<PaymentRefusalCode>(
        "approvalNotBound",
        `支払処理 ${run.runNo} の明細は、見て確かめた明細と違います。内容をもう一度確かめてから承認してください。`,
        { runNo: run.runNo },
      );
    }
    await client.query(
      `INSERT INTO allowance.run_approval (run_no, line_digest, line_count, total, maker, approver) VALUES ($1, $2, $3, $4, $5, $6)`,
      [run.runNo, request.lineDigest, run.lineCount, run.total, run.maker, context.operator],
    );
    crashPoint("payment.approve.recorded");
    await storeControlTotals(client, await readControlTotals(client, run.runNo));
    return { result: { lineDigest: run.lineDigest } };
  });
}
