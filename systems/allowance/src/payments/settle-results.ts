/**
 * 振込不能と当たらない結果の始末, in two sessions: one person looks into it and enters what was found, another approves it in a session
 * of his or her own. Only then the money returns to due (M20), or the row no longer stops the closing (M19).
 */
import { runCommand } from "@hagukumi/platform/database/command.ts";
import type { CommandRequest, CommandResult } from "@hagukumi/platform/database/command.ts";
import { Refusal, refusing } from "@hagukumi/platform/database/problem.ts";
import { crashPoint } from "@hagukumi/platform/faults/crash-points.ts";
import type { PoolClient } from "pg";

import { ROLE } from "../context.ts";
import type { Context } from "../context.ts";
import { confirmReturnIn, getReturnedLine, resolveResultIn } from "./close-run.ts";
import { paymentConstraints } from "./refusals.ts";
import type { PaymentRefusalCode } from "./refusals.ts";

type OnRow = { readonly key: string; readonly runNo: number; readonly rowNo: number };

const commandOf = (context: Context, name: string, { key, ...request }: OnRow): CommandRequest => ({
  role: ROLE,
  key,
  name,
  actor: context.operator,
  guard: context.guard,
  purpose: context.purpose,
  request,
  signal: context.signal,
});

type Row = {
  readonly result_id: number;
  readonly line_no: number | null;
  readonly seq: number | null;
  readonly account_id: number | null;
  readonly child_account_id: number | null;
  readonly resolution: string | null;
  readonly proposed_by: string | null;
  readonly settled: boolean;
};

function refuse(code: PaymentRefusalCode, message: string, { runNo, rowNo }: OnRow): never {
  throw new Refusal<PaymentRefusalCode>(
    code,
    `支払処理 ${runNo} の結果 ${rowNo} 行目: ${message}何も変えていません。`,
    {
      runNo,
      rowNo,
    },
  );
}

/** The row with its last proposal. @throws Refusal `resultMismatch` */
async function rowOf(client: PoolClient, at: OnRow): Promise<Row> {
  const { rows } = await client.query<Row>(
    `SELECT w.result_id, w.line_no, p.seq, p.account_id, p.child_account_id, p.resolution, p.proposed_by,
            EXISTS (SELECT FROM allowance.return_confirmation c WHERE (c.run_no, c.line_no) = (w.run_no, w.line_no))
            OR EXISTS (SELECT FROM allowance.result_resolution s WHERE (s.result_id, s.row_no) = (w.result_id, w.row_no)) AS settled
     FROM allowance.result_row w LEFT JOIN LATERAL (SELECT * FROM allowance.result_proposal p WHERE (p.result_id, p.row_no) = (w.result_id, w.row_no)
       ORDER BY p.seq DESC LIMIT 1) p ON true WHERE w.run_no = $1 AND w.row_no = $2`,
    [at.runNo, at.rowNo],
  );
  const row = rows[0] ?? refuse("resultMismatch", "この行はありません。番号を確かめてください。", at);
  if (row.settled) refuse("wrongState", "始末は済んでいます。", at);
  return row;
}

/**
 * 案: what was found out about a returned transfer (the account was checked or put right) or about a row that fits no line.
 *
 * @throws Refusal `resultMismatch`, `wrongState`, `reviewInvalid` without words, `accountMissing` where the recipient has no account
 */
export async function proposeSettlement(
  context: Context,
  request: OnRow & { readonly resolution: string },
): Promise<CommandResult<{ readonly seq: number }>> {
  return await refusing(paymentConstraints, async () =>
    runCommand(context.pool, commandOf(context, "payment.proposeSettlement", request), async (client) => {
      const resolution = request.resolution.trim();
      if (resolution === "" || resolution.length > 400) {
        refuse("reviewInvalid", "確かめたことを1文字から400文字で書いてください。", request);
      }
      const row = await rowOf(client, request);
      const line = row.line_no === null ? null : await getReturnedLine(client, request.runNo, row.line_no);
      const seq = (row.seq ?? 0) + 1;
      await client.query(
        `INSERT INTO allowance.result_proposal (result_id, row_no, seq, account_id, child_account_id, resolution, proposed_by) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
        [
          row.result_id,
          request.rowNo,
          seq,
          line?.account_id ?? null,
          line?.child_account_id ?? null,
          resolution,
          context.operator,
        ],
      );
      const objectId = `${request.runNo}/${request.rowNo}`;
      return {
        response: { seq },
        audit: [{ action: "payment.proposeSettlement", objectKind: "paymentResult", objectId, detail: { seq } }],
      };
    }),
  );
}

/**
 * Approves the last proposal of a row, by another person than who entered it; holds for exactly the account that was looked at.
 *
 * @throws Refusal `resultMismatch`, `wrongState` (settled, or no such proposal), `accountChanged`, `samePerson`
 */
export async function approveSettlement(
  context: Context,
  request: OnRow & { readonly seq: number },
): Promise<CommandResult<{ readonly amount: number }>> {
  return await refusing(paymentConstraints, async () =>
    runCommand(context.pool, commandOf(context, "payment.approveSettlement", request), async (client) => {
      const row = await rowOf(client, request);
      if (row.seq !== request.seq || row.proposed_by === null) {
        refuse("wrongState", "見て確かめた案ではありません。画面を読み直してください。", request);
      }
      const people = { first: row.proposed_by, second: context.operator };
      let amount = 0;
      if (row.line_no === null) {
        await resolveResultIn(client, { ...request, resolution: row.resolution ?? "" }, people);
      } else {
        const now = await getReturnedLine(client, request.runNo, row.line_no);
        if (now.account_id !== row.account_id || now.child_account_id !== row.child_account_id) {
          refuse("accountChanged", "案のあとで口座が変わっています。もう一度確かめて案を入れてください。", request);
        }
        const at = { runNo: request.runNo, lineNo: row.line_no, key: request.key, today: context.today };
        amount = await confirmReturnIn(client, at, people);
      }
      crashPoint("payment.approveSettlement.done");
      const objectId = `${request.runNo}/${request.rowNo}`;
      return {
        response: { amount },
        audit: [
          { action: "payment.approveSettlement", objectKind: "paymentResult", objectId, detail: { seq: request.seq } },
        ],
      };
    }),
  );
}
