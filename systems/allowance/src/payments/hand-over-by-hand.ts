/**
 * 会計課への手渡し (A90): who gave which file (by its hash) to whom and when, and what the receipt says. Where it says anything else than
 * the file, the hand-over is in doubt, and no second one is possible (I-1).
 */
import type { CommandResult } from "@hagukumi/platform/database/command.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { crashPoint } from "@hagukumi/platform/faults/crash-points.ts";

import type { Context } from "../context.ts";
import { readFrozenFile } from "./freeze-run.ts";
import { refuseSecondHandOver } from "./hand-over.ts";
import type { PaymentRefusalCode } from "./refusals.ts";
import { runStage } from "./stage.ts";
import type { StageRequest } from "./stage.ts";

export const BY_HAND = "会計課へ手渡し";

export type HandedOver = { readonly sha256: string; readonly count: number; readonly amount: number };

/**
 * Records the giving, by a person who neither made nor approved the run. The run waits for the receipt.
 *
 * @throws Refusal `handOverUnknown`, `handOverTwice`, `samePerson`, `wrongState`
 */
export async function handOverByHand(
  context: Context,
  request: StageRequest & { readonly receiver: string; readonly medium: string },
): Promise<CommandResult<HandedOver>> {
  await refuseSecondHandOver(context, request.runNo);
  return await runStage(context, "handOverByHand", request, "handingOver", async (client, run) => {
    const { sha256, count, amount } = await readFrozenFile(client, run.runNo);
    const { rows } = await client.query<{ approver: string }>(
      "SELECT approver FROM allowance.run_approval WHERE run_no = $1",
      [run.runNo],
    );
    await client.query(
      `INSERT INTO allowance.hand_over (sha256, run_no, maker, approver, releaser, channel) VALUES ($1, $2, $3, $4, $5, $6)`,
      [sha256, run.runNo, run.maker, rows[0]?.approver ?? "", context.operator, BY_HAND],
    );
    await client.query("INSERT INTO allowance.hand_over_by_hand (run_no, receiver, medium) VALUES ($1, $2, $3)", [
      run.runNo,
      request.receiver.trim(),
      request.medium.trim(),
    ]);
    crashPoint("payment.handOverByHand.recorded");
    return { result: { sha256, count, amount }, note: `${BY_HAND}（${request.receiver.trim()}）` };
  });
}

export type Receipt = {
  /** Number of the receipt, or who received it */
  readonly receipt: string;
  readonly count: number;
  /** Yen */
  readonly amount: number;
  /** Where the receipt names it */
  readonly sha256?: string;
};

/**
 * 受領書の登録. The same count, total and hash: the run is handed over. Anything else: the hand-over is in doubt until the bank has
 * said what it has.
 *
 * @throws Refusal `wrongState` where nothing was handed over by hand
 */
export async function recordReceipt(
  context: Context,
  request: StageRequest & Receipt,
): Promise<CommandResult<{ readonly state: "handedOver" | "unknown" }>> {
  const file = await readFrozenFile(context.pool, request.runNo);
  const agrees =
    request.count === file.count && request.amount === file.amount && (request.sha256 ?? file.sha256) === file.sha256;
  const state = agrees ? ("handedOver" as const) : ("unknown" as const);
  return await runStage(context, "recordReceipt", request, state, async (client, run) => {
    const { rowCount } = await client.query(
      `INSERT INTO allowance.hand_over_receipt (run_no, receipt, line_count, total, sha256, recorded_by)
       SELECT run_no, $2, $3, $4, $5, $6 FROM allowance.hand_over_by_hand WHERE run_no = $1`,
      [run.runNo, request.receipt.trim(), request.count, request.amount, request.sha256 ?? null, context.operator],
    );
    if (rowCount !== 1) {
      throw new Refusal<PaymentRefusalCode>(
        "wrongState",
        `支払処理 ${run.runNo} は会計課へ手渡ししていません。受領書は登録していません。`,
        { runNo: run.runNo },
      );
    }
    crashPoint("payment.recordReceipt.receipt");
    const evidence = agrees ? "" : `受領書 ${request.count}件 ${request.amount}円 がファイルと違う`;
    await client.query(
      `INSERT INTO allowance.hand_over_outcome (run_no, seq, outcome, receipt_number, evidence, recorded_by) VALUES ($1, 1, $2, $3, $4, $5)`,
      [run.runNo, agrees ? "acknowledged" : "unknown", request.receipt.trim(), evidence, context.operator],
    );
    return { result: { state }, note: agrees ? request.receipt.trim() : evidence };
  });
}
