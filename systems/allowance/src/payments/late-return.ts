/**
 * 締めたあとの返戻: a transfer that the bank sends back weeks after the run was closed. The money leaves "paid" and waits, as any returned
 * transfer does: two people look into the account (始末), and then it stands in due again, for the re-transfer or under a hold.
 */
import type { CivilDate } from "@hagukumi/law/contract.ts";
import { runCommand } from "@hagukumi/platform/database/command.ts";
import type { CommandResult } from "@hagukumi/platform/database/command.ts";
import { Refusal, refusing } from "@hagukumi/platform/database/problem.ts";
import { crashPoint } from "@hagukumi/platform/faults/crash-points.ts";
import type { PoolClient } from "pg";

import { ROLE } from "../context.ts";
import type { Context } from "../context.ts";
import { openJournal } from "../ledger/journal.ts";
import { paymentConstraints } from "./refusals.ts";
import type { PaymentRefusalCode } from "./refusals.ts";
import { getRun } from "./run-record.ts";
import type { RunRecord } from "./run-record.ts";
import { stateLabels } from "./states.ts";

export type LateReturnRequest = {
  /** Idempotency key */
  readonly key: string;
  readonly runNo: number;
  readonly lineNo: number;
  /** Yen that came back: the whole line */
  readonly amount: number;
  /** The bank's reason, 1–40 characters */
  readonly reason: string;
  /** Day on which the city's account got it back, from the pay day to today */
  readonly returnedOn: CivilDate;
  /** The bank's paper, 1–400 characters */
  readonly evidence: string;
};

type Line = {
  readonly recipient_id: number;
  readonly amount: number;
  readonly result_id: number;
  readonly next_row: number;
  readonly returned: boolean;
};

const LINE = `
SELECT l.recipient_id, l.amount, f.result_id, (SELECT coalesce(max(row_no), 0) + 1 FROM allowance.result_row w WHERE w.result_id = f.result_id)::int AS next_row,
       EXISTS (SELECT FROM allowance.result_row w WHERE (w.run_no, w.line_no) = (l.run_no, l.line_no)) AS returned
FROM allowance.run_line l JOIN allowance.result_file f USING (run_no) WHERE l.run_no = $1 AND l.line_no = $2`;

function refuse(code: PaymentRefusalCode, message: string, at: Pick<LateReturnRequest, "runNo" | "lineNo">): never {
  throw new Refusal<PaymentRefusalCode>(
    code,
    `支払処理 ${at.runNo} の明細 ${at.lineNo} の返戻を登録できません。${message}何も変えていません。`,
    { runNo: at.runNo, lineNo: at.lineNo },
  );
}

/** The line, if the bank's notice can be about it. */
async function lineOf(client: PoolClient, context: Context, run: RunRecord, request: LateReturnRequest): Promise<Line> {
  if (run.state !== "closed") {
    refuse(
      "wrongState",
      `いまは「${stateLabels[run.state]}」です。締める前の返戻は、振込結果として取り込んでください。`,
      request,
    );
  }
  const { rows } = await client.query<Line>(LINE, [request.runNo, request.lineNo]);
  const line = rows[0] ?? refuse("resultMismatch", "その明細はありません。番号を確かめてください。", request);
  if (line.returned) refuse("resultMismatch", "この明細の返戻は、もう登録されています。", request);
  if (line.amount !== request.amount) {
    refuse(
      "resultMismatch",
      `戻った額 ${request.amount}円 が、明細の額 ${line.amount}円 と違います。銀行に確かめてください。`,
      request,
    );
  }
  if (request.returnedOn < run.payOn || request.returnedOn > context.today) {
    refuse(
      "resultMismatch",
      `戻った日 ${request.returnedOn} が、支払日 ${run.payOn} から今日までの日ではありません。`,
      request,
    );
  }
  return line;
}

/**
 * Records the return in the open transaction. @returns the row of the results
 *
 * @throws Refusal as {@link recordLateReturn}
 */
export async function recordLateReturnIn(
  client: PoolClient,
  context: Context,
  request: LateReturnRequest,
): Promise<number> {
  const run = await getRun(client, request.runNo);
  const line = await lineOf(client, context, run, request);
  const raw = { 理由: request.reason.trim(), 戻った日: request.returnedOn };
  await client.query(
    "INSERT INTO allowance.result_row (result_id, row_no, run_no, line_no, amount, reason, raw) VALUES ($1, $2, $3, $4, $5, $6, $7)",
    [line.result_id, line.next_row, run.runNo, request.lineNo, line.amount, request.reason.trim(), JSON.stringify(raw)],
  );
  await client.query(
    "INSERT INTO allowance.late_result (result_id, row_no, returned_on, evidence, entered_by) VALUES ($1, $2, $3, $4, $5)",
    [line.result_id, line.next_row, request.returnedOn, request.evidence.trim(), context.operator],
  );
  crashPoint("payment.lateReturn.row");
  const journal = await openJournal(client, {
    kind: "return",
    runNo: run.runNo,
    commandKey: request.key,
    occurredOn: request.returnedOn,
    count: 1,
    total: line.amount,
  });
  await client.query(
    `INSERT INTO allowance.ledger_entry (journal_id, debit, credit, recipient_id, run_no, line_no, amount)
     VALUES ($1, 'bank', 'returned', $2, $3, $4, $5)`,
    [journal, line.recipient_id, run.runNo, request.lineNo, line.amount],
  );
  return line.next_row;
}

/**
 * Records the return. Afterwards the row is dealt with by two people like any other (`proposeSettlement`, `approveSettlement`).
 *
 * @throws Refusal `runMissing`, `wrongState` (not closed), `resultMismatch` (no such line, another amount or day, or recorded before)
 */
export async function recordLateReturn(
  context: Context,
  request: LateReturnRequest,
): Promise<CommandResult<{ readonly rowNo: number }>> {
  const { key, ...content } = request;
  const command = {
    role: ROLE,
    key,
    name: "payment.recordLateReturn",
    actor: context.operator,
    guard: context.guard,
    purpose: context.purpose,
    request: content,
    signal: context.signal,
  };
  return await refusing(paymentConstraints, async () =>
    runCommand(context.pool, command, async (client) => {
      const rowNo = await recordLateReturnIn(client, context, request);
      const objectId = `${request.runNo}/${request.lineNo}`;
      return {
        response: { rowNo },
        audit: [{ action: "payment.recordLateReturn", objectKind: "paymentLine", objectId }],
      };
    }),
  );
}
