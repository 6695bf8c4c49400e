/**
 * 銀行間網の障害 (A93, I-22): the lines of some banks are neither credited nor returned on the pay day. They are marked one by one, nothing
 * of them is sent again, and the run can't be closed before each of them is known to be credited or returned.
 */
import type { CivilDate } from "@hagukumi/law/contract.ts";
import { runCommand } from "@hagukumi/platform/database/command.ts";
import type { CommandRequest, CommandResult } from "@hagukumi/platform/database/command.ts";
import { Refusal, refusing } from "@hagukumi/platform/database/problem.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import { crashPoint } from "@hagukumi/platform/faults/crash-points.ts";

import { ROLE } from "../context.ts";
import type { Context } from "../context.ts";
import { dayText, yenText } from "../inquiry/dates.ts";
import { paymentConstraints } from "./refusals.ts";
import type { PaymentRefusalCode } from "./refusals.ts";
import { getRun } from "./run-record.ts";

type OnBanks = {
  readonly key: string;
  readonly runNo: number;
  /** Codes of banks, four digits each */
  readonly banks: readonly string[];
};

const commandOf = (context: Context, name: string, { key, ...request }: OnBanks): CommandRequest => ({
  role: ROLE,
  key,
  name,
  actor: context.operator,
  guard: context.guard,
  purpose: context.purpose,
  request,
  signal: context.signal,
});

type Counted = { readonly lines: number; readonly amount: number };

function requireLines(lines: number, { runNo, banks }: OnBanks, what: string): void {
  if (lines > 0) return;
  throw new Refusal<PaymentRefusalCode>(
    "resultMismatch",
    `支払処理 ${runNo} に、${what}がありません（金融機関 ${banks.slice(0, 10).join("・")}）。何も変えていません。`,
    { runNo },
  );
}

/**
 * 遅れの登録: every line of the run at these banks that has no result yet is unclear from now on.
 *
 * @throws Refusal `runMissing`, `resultMismatch` (no such line), `wrongState` (not at the bank, or closed)
 */
export async function declareOutage(
  context: Context,
  request: OnBanks & { readonly reason: string },
): Promise<CommandResult<Counted>> {
  return await refusing(paymentConstraints, async () =>
    runCommand(context.pool, commandOf(context, "payment.declareOutage", request), async (client) => {
      const run = await getRun(client, request.runNo);
      const { rows } = await client.query<{ amount: number }>(
        `WITH marked AS (
           INSERT INTO allowance.line_delay (run_no, line_no, reason, declared_by)
           SELECT l.run_no, l.line_no, $3, $4 FROM allowance.run_line l LEFT JOIN allowance.result_row w USING (run_no, line_no)
           LEFT JOIN allowance.line_delay d USING (run_no, line_no)
           WHERE l.run_no = $1 AND l.bank = ANY ($2::text[]) AND w.line_no IS NULL AND d.line_no IS NULL RETURNING run_no, line_no)
         SELECT l.amount FROM marked JOIN allowance.run_line l USING (run_no, line_no)`,
        [run.runNo, request.banks, request.reason.trim(), context.operator],
      );
      requireLines(rows.length, request, "まだ遅れを登録していない明細");
      crashPoint("payment.declareOutage.marked");
      const detail = { lines: rows.length, banks: request.banks.length };
      return {
        response: { lines: rows.length, amount: rows.reduce((sum, { amount }) => sum + amount, 0) },
        audit: [{ action: "payment.declareOutage", objectKind: "paymentRun", objectId: String(run.runNo), detail }],
      };
    }),
  );
}

/**
 * 入金の確認: the unclear lines at these banks were credited on a day. A line that came back is a bank result and is imported as one.
 *
 * @throws Refusal `runMissing`, `resultMismatch` (no unclear line there)
 */
export async function endOutage(
  context: Context,
  request: OnBanks & { readonly creditedOn: CivilDate; readonly evidence: string },
): Promise<CommandResult<Counted>> {
  return await refusing(paymentConstraints, async () =>
    runCommand(context.pool, commandOf(context, "payment.endOutage", request), async (client) => {
      const run = await getRun(client, request.runNo);
      const { rows } = await client.query<{ amount: number }>(
        `WITH ended AS (
           INSERT INTO allowance.line_delay_end (run_no, line_no, credited_on, evidence, recorded_by)
           SELECT d.run_no, d.line_no, $3, $4, $5 FROM allowance.line_delay d JOIN allowance.run_line l USING (run_no, line_no)
           LEFT JOIN allowance.result_row w USING (run_no, line_no) LEFT JOIN allowance.line_delay_end e USING (run_no, line_no)
           WHERE d.run_no = $1 AND l.bank = ANY ($2::text[]) AND w.line_no IS NULL AND e.line_no IS NULL RETURNING run_no, line_no)
         SELECT l.amount FROM ended JOIN allowance.run_line l USING (run_no, line_no)`,
        [run.runNo, request.banks, request.creditedOn, request.evidence.trim(), context.operator],
      );
      requireLines(rows.length, request, "入金の分からない明細");
      crashPoint("payment.endOutage.marked");
      return {
        response: { lines: rows.length, amount: rows.reduce((sum, { amount }) => sum + amount, 0) },
        audit: [
          {
            action: "payment.endOutage",
            objectKind: "paymentRun",
            objectId: String(run.runNo),
            detail: { lines: rows.length, creditedOn: request.creditedOn },
          },
        ],
      };
    }),
  );
}

/** State of a line: not sent, sent, unclear (障害), credited late, accepted by the bank, returned, returned and back in due. */
export type LineStatus = "notSent" | "sent" | "delayed" | "creditedLate" | "accepted" | "returned" | "reinstated";

export const lineStatusLabels = {
  notSent: "未送付",
  sent: "送付済（結果待ち）",
  delayed: "入金不明（障害）",
  creditedLate: "遅れて入金",
  accepted: "入金済",
  returned: "振込不能（確認待ち）",
  reinstated: "振込不能（未払に戻した）",
} as const satisfies Readonly<Record<LineStatus, string>>;

/** SQL: the state of each line of a run, from what is recorded about it. */
const STATUS = `
SELECT l.line_no, l.recipient_id, l.bank, l.amount, CASE
    WHEN c.line_no IS NOT NULL THEN 'reinstated' WHEN w.line_no IS NOT NULL THEN 'returned' WHEN e.line_no IS NOT NULL THEN 'creditedLate'
    WHEN d.line_no IS NOT NULL THEN 'delayed' WHEN f.run_no IS NOT NULL THEN 'accepted' WHEN s.state IN ('handedOver', 'handingOver', 'unknown') THEN 'sent'
    ELSE 'notSent' END AS status
FROM allowance.run_line l JOIN allowance.run_state s USING (run_no)
LEFT JOIN allowance.result_row w USING (run_no, line_no) LEFT JOIN allowance.return_confirmation c USING (run_no, line_no)
LEFT JOIN allowance.line_delay d USING (run_no, line_no) LEFT JOIN allowance.line_delay_end e USING (run_no, line_no)
LEFT JOIN allowance.result_file f ON f.run_no = l.run_no
WHERE l.run_no = $1`;

export type BankStatus = {
  readonly bank: string;
  readonly bankName: string;
  readonly status: LineStatus;
  readonly lines: number;
  readonly amount: number;
};

/** Lines of a run by bank and state: what stands where when the network is down. */
export async function statusByBank(connection: Queryable, runNo: number): Promise<readonly BankStatus[]> {
  const { rows } = await connection.query<BankStatus>(
    `SELECT x.bank, coalesce((SELECT min(b.bank_name) FROM allowance.branch_period b WHERE b.bank = x.bank), '名称不明') AS "bankName", x.status,
            count(*)::int AS lines, sum(x.amount)::bigint AS amount
     FROM (${STATUS}) x GROUP BY x.bank, x.status ORDER BY x.bank, x.status`,
    [runNo],
  );
  return rows;
}

/** Lines in one state, by certification number: the list that people are told from. At most 1,000. */
export async function linesInStatus(
  connection: Queryable,
  runNo: number,
  status: LineStatus,
): Promise<
  readonly { readonly lineNo: number; readonly recipientId: number; readonly bank: string; readonly amount: number }[]
> {
  const { rows } = await connection.query<{ lineNo: number; recipientId: number; bank: string; amount: number }>(
    `SELECT x.line_no AS "lineNo", x.recipient_id AS "recipientId", x.bank, x.amount FROM (${STATUS}) x WHERE x.status = $2 ORDER BY x.line_no LIMIT 1000`,
    [runNo, status],
  );
  return rows;
}

/** 住民への知らせの文: what happened, which banks, that nobody needs to do anything. For the web page and for the telephone. */
export function outageNotice(payOn: CivilDate, banks: readonly BankStatus[]): string {
  const delayed = banks.filter(({ status }) => status === "delayed");
  const names = [...new Set(delayed.map(({ bankName }) => bankName))].join("、");
  const lines = delayed.reduce((sum, each) => sum + each.lines, 0);
  const amount = delayed.reduce((sum, each) => sum + each.amount, 0);
  return [
    `${dayText(payOn)}にお支払いする児童手当について、金融機関どうしを結ぶシステムの障害により、${names}の口座への入金が遅れています。`,
    `対象は ${lines.toLocaleString("ja-JP")}件（${yenText(amount)}）です。ほかの金融機関への振込に影響はありません。`,
    "手続は要りません。入金が確かめられしだい、お知らせします。市から電話で口座番号や暗証番号をお聞きすることはありません。",
  ].join("\n");
}
