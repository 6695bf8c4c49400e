/** 確認 and 承認: the maker (or another) looks at the totals, a different person approves exactly these lines. */
import type { CommandResult } from "@hagukumi/platform/database/command.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";

import type { Context } from "../context.ts";
import type { PaymentRefusalCode } from "./refusals.ts";
import { runStage } from "./stage.ts";
import type { StageRequest } from "./stage.ts";

/** What the person saw: the approval holds for these lines and no others (M12). */
export type SeenLines = { readonly lineDigest: string };

/** 確認: the control totals were looked at. Returns the digest that an approval must name. */
export async function inspectRun(context: Context, request: StageRequest): Promise<CommandResult<SeenLines>> {
  return await runStage(context, "inspect", request, "inspected", async (_client, run) => ({
    result: { lineDigest: run.lineDigest },
    note: `${run.lineCount}件 ${run.total}円`,
  }));
}

/**
 * 承認 of the lines whose digest the approver saw.
 *
 * @throws Refusal `approvalNotBound` when the digest is not that of the run; `samePerson` when the approver made the run
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
    return { result: { lineDigest: run.lineDigest } };
  });
}
