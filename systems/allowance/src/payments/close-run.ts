/** After the result: dealing with rows that fit no line, confirming returned money back to due, and closing. */
import { runCommand } from "@hagukumi/platform/database/command.ts";
import type { CommandRequest, CommandResult } from "@hagukumi/platform/database/command.ts";
import { Refusal, refusing } from "@hagukumi/platform/database/problem.ts";
import { crashPoint } from "@hagukumi/platform/faults/crash-points.ts";
import type { PoolClient } from "pg";

import { ROLE } from "../context.ts";
import type { Context } from "../context.ts";
import { openJournal } from "../ledger/journal.ts";
import { paymentConstraints } from "./refusals.ts";
import type { PaymentRefusalCode } from "./refusals.ts";
import { getRun } from "./run-record.ts";
import { runStage } from "./stage.ts";
import type { StageRequest } from "./stage.ts";

function commandOf(context: Context, name: string, key: string, request: unknown): CommandRequest {
  return {
    role: ROLE,
    key,
    name,
    actor: context.operator,
    guard: context.guard,
    purpose: context.purpose,
    request,
    signal: context.signal,
  };
}

/** 締め: refused while a result fits no line (M19). The next run may be created from here on (M8). */
export async function closeRun(context: Context, request: StageRequest): Promise<CommandResult<null>> {
  return await runStage(context, "close", request, "closed", async (client, run) => {
    await client.query("INSERT INTO allowance.run_end (run_no, outcome, ended_by) VALUES ($1, 'closed', $2)", [
      run.runNo,
      context.operator,
    ]);
    return { result: null };
  });
}

/** Who confirms: the first of the two people, and the other. */
type TwoPeople = { readonly first: string; readonly second: string };

type ReturnedLine = {
  readonly recipient_id: number;
  readonly amount: number;
  readonly child_months: number;
  readonly account_id: number | null;
  readonly child_account_id: number | null;
};

/** The returned line with the account that the recipient, or the child whom the line was for, has now. @throws Refusal `resultMismatch` */
export async function getReturnedLine(client: PoolClient, runNo: number, lineNo: number): Promise<ReturnedLine> {
  const { rows } = await client.query<ReturnedLine>(
    `SELECT l.recipient_id, l.amount, l.child_months,
            CASE WHEN l.payee_child IS NULL AND l.fund_id IS NULL THEN (SELECT max(account_id) FROM allowance.account a WHERE a.recipient_id = l.recipient_id) END AS account_id,
            (SELECT max(child_account_id) FROM allowance.child_account a WHERE a.recipient_id = l.recipient_id AND a.child_number = l.payee_child
               AND a.unpaid_id IS NOT DISTINCT FROM l.unpaid_id) AS child_account_id
     FROM allowance.run_line l JOIN allowance.result_row r USING (run_no, line_no) WHERE l.run_no = $1 AND l.line_no = $2`,
    [runNo, lineNo],
  );
  const line = rows[0];
  if (line !== undefined) return line;
  throw new Refusal<PaymentRefusalCode>(
    "resultMismatch",
    `支払処理 ${runNo} の明細 ${lineNo} は振込不能になっていません。番号を確かめてください。`,
    { runNo, lineNo },
  );
}

/** Confirms a return in the open transaction: the money stands in due again. @returns yen */
export async function confirmReturnIn(
  client: PoolClient,
  at: { readonly runNo: number; readonly lineNo: number; readonly key: string; readonly today: string },
  people: TwoPeople,
): Promise<number> {
  const run = await getRun(client, at.runNo);
  const line = await getReturnedLine(client, at.runNo, at.lineNo);
  await client.query(
    `INSERT INTO allowance.return_confirmation (run_no, line_no, account_id, child_account_id, confirmed_by, approved_by) VALUES ($1, $2, $3, $4, $5, $6)`,
    [at.runNo, at.lineNo, line.account_id, line.child_account_id, people.first, people.second],
  );
  const journal = await openJournal(client, {
    kind: "reinstate",
    runNo: run.runNo,
    commandKey: at.key,
    occurredOn: at.today,
    count: line.child_months,
    total: line.amount,
  });
  await client.query(
    `INSERT INTO allowance.ledger_entry (journal_id, debit, credit, recipient_id, child_number, benefit_month, run_no, line_no, amount)
     SELECT $1, 'returned', 'due', $2, child_number, benefit_month, run_no, line_no, amount FROM allowance.run_item WHERE run_no = $3 AND line_no = $4`,
    [journal, line.recipient_id, at.runNo, at.lineNo],
  );
  crashPoint("payment.confirmReturn.journal");
  await client.query(
    `INSERT INTO allowance.item_release (child_number, benefit_month, generation, tranche, attempt, cause, journal_id)
     SELECT child_number, benefit_month, generation, tranche, attempt, 'returned', $1 FROM allowance.run_item WHERE run_no = $2 AND line_no = $3`,
    [journal, at.runNo, at.lineNo],
  );
  return line.amount;
}

/** Records how a result that fits no line was dealt with, in the open transaction. @throws Refusal `resultMismatch` */
export async function resolveResultIn(
  client: PoolClient,
  at: { readonly runNo: number; readonly rowNo: number; readonly resolution: string },
  people: TwoPeople,
): Promise<void> {
  const { rowCount } = await client.query(
    `INSERT INTO allowance.result_resolution (result_id, row_no, resolution, entered_by, approved_by)
     SELECT result_id, row_no, $3, $4, $5 FROM allowance.result_row WHERE run_no = $1 AND row_no = $2 AND line_no IS NULL`,
    [at.runNo, at.rowNo, at.resolution, people.first, people.second],
  );
  if (rowCount === 1) return;
  throw new Refusal<PaymentRefusalCode>(
    "resultMismatch",
    `支払処理 ${at.runNo} の結果 ${at.rowNo} 行目は、明細に当たらない結果ではありません。番号を確かめてください。`,
    { runNo: at.runNo, rowNo: at.rowNo },
  );
}

export type ConfirmReturnRequest = {
  readonly key: string;
  readonly runNo: number;
  readonly lineNo: number;
  /** The other of the two people; the context's operator is the first */
  readonly approvedBy: string;
};

/**
 * 振込不能の確認: two people have made sure of the account; the money returns to due and the next run may take it (M20).
 * Until then it is neither lost nor paid: it stands in "returned".
 *
 * @throws Refusal `runMissing`, `resultMismatch` when the line was not returned, `samePerson`
 */
export async function confirmReturn(
  context: Context,
  request: ConfirmReturnRequest,
): Promise<CommandResult<{ readonly amount: number }>> {
  return await refusing(paymentConstraints, async () =>
    runCommand(context.pool, commandOf(context, "payment.confirmReturn", request.key, request), async (client) => {
      const { runNo, lineNo, key } = request;
      const people = { first: context.operator, second: request.approvedBy };
      const amount = await confirmReturnIn(client, { runNo, lineNo, key, today: context.today }, people);
      return {
        response: { amount },
        audit: [
          {
            action: "payment.confirmReturn",
            objectKind: "paymentLine",
            objectId: `${request.runNo}/${request.lineNo}`,
          },
        ],
      };
    }),
  );
}

export type ResolveResultRequest = {
  readonly key: string;
  readonly runNo: number;
  readonly rowNo: number;
  readonly resolution: string;
  readonly approvedBy: string;
};

/** 当たらなかった結果の始末, by two people; afterwards the run may be closed. @throws Refusal `resultMismatch` */
export async function resolveResult(context: Context, request: ResolveResultRequest): Promise<CommandResult<null>> {
  return await refusing(paymentConstraints, async () =>
    runCommand(context.pool, commandOf(context, "payment.resolveResult", request.key, request), async (client) => {
      await resolveResultIn(client, request, { first: context.operator, second: request.approvedBy });
      return {
        response: null,
        audit: [
          {
            action: "payment.resolveResult",
            objectKind: "paymentRun",
            objectId: String(request.runNo),
            detail: { rowNo: request.rowNo },
          },
        ],
      };
    }),
  );
}
