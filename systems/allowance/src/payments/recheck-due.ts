/**
 * ファイル確定の直前の見直し: a decision made after the extraction may give less than the run would pay. Such a file is not made; the
 * months are paid from a new extraction, at the amount of the new decision. More than the run pays is no reason to stop: the rest is
 * paid later (追給).
 */
import { type Calendar, type Month, month } from "@hagukumi/law/contract.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import type { PoolClient } from "pg";

import { computeDue } from "./compute-due.ts";
import type { PaymentRefusalCode } from "./refusals.ts";
import type { RunRecord } from "./run-record.ts";

/** A child-month of the run for which the law now gives less. Amounts in yen; `now` null where it can't be computed. */
export type LoweredMonth = {
  readonly recipientId: number;
  readonly lineNo: number;
  readonly childNumber: number;
  /** `YYYY-MM` */
  readonly benefitMonth: Month;
  readonly standing: number;
  readonly now: number | null;
};

/** Child-months of the run, transferred or taken out: recipient, line (0 where nothing is transferred), key. */
const USED = `(SELECT l.recipient_id, l.line_no, i.child_number, i.benefit_month, i.generation, i.tranche FROM allowance.run_item i
    JOIN allowance.run_line l USING (run_no, line_no) WHERE i.run_no = $1
  UNION ALL SELECT k.recipient_id, 0, i.child_number, i.benefit_month, i.generation, i.tranche FROM allowance.run_deduction_item i
    JOIN allowance.run_deduction k USING (run_no, deduction_no) WHERE i.run_no = $1)`;

/** Recipients of the run whose last decision is not the one that the run was computed from. */
const DECIDED_SINCE = `
SELECT l.recipient_id FROM (
  SELECT u.recipient_id, max(d.decision_id) AS decision_id FROM ${USED} u
  JOIN allowance.due_item d USING (child_number, benefit_month, generation, tranche) GROUP BY u.recipient_id) l
JOIN LATERAL (SELECT d.decision_id FROM allowance.decision d WHERE d.recipient_id = l.recipient_id AND d.kind <> 'refuse'
              ORDER BY d.seq DESC LIMIT 1) last ON last.decision_id <> l.decision_id`;

const LOWERED = `
SELECT s.recipient_id AS "recipientId", s.line_no AS "lineNo", s.child_number AS "childNumber", to_char(s.benefit_month, 'YYYY-MM') AS "benefitMonth",
       s.standing, CASE WHEN k.recipient_id IS NULL THEN NULL ELSE coalesce(c.amount, 0) END AS now
FROM (
  SELECT l.recipient_id, max(l.line_no) AS line_no, l.child_number, l.benefit_month,
         (SELECT coalesce(sum(d.amount), 0)::int FROM allowance.due_item d WHERE (d.recipient_id, d.child_number, d.benefit_month) = (l.recipient_id, l.child_number, l.benefit_month)
            AND NOT EXISTS (SELECT 1 FROM allowance.due_reversal r WHERE (r.child_number, r.benefit_month, r.generation, r.tranche) = (d.child_number, d.benefit_month, d.generation, d.tranche)))
         - (SELECT coalesce(sum(v.amount), 0)::int FROM allowance.receivable v WHERE (v.recipient_id, v.child_number, v.benefit_month) = (l.recipient_id, l.child_number, l.benefit_month)) AS standing
  FROM ${USED} l WHERE l.recipient_id = ANY ($2::bigint[]) GROUP BY l.recipient_id, l.child_number, l.benefit_month) s
LEFT JOIN computed_case k ON k.recipient_id = s.recipient_id
LEFT JOIN computed c ON (c.recipient_id, c.child_number, c.benefit_month) = (s.recipient_id, s.child_number, s.benefit_month)
WHERE k.recipient_id IS NULL OR coalesce(c.amount, 0) < s.standing
ORDER BY 2, 3, 4`;

/** Child-months of the run for which a decision since then gives less. */
export async function loweredMonths(
  client: PoolClient,
  run: RunRecord,
  calendar: Calendar,
): Promise<readonly LoweredMonth[]> {
  const { rows } = await client.query<{ recipient_id: number }>(DECIDED_SINCE, [run.runNo]);
  if (rows.length === 0) return [];
  const only = rows.map((row) => row.recipient_id);
  await computeDue(client, {
    calendar,
    from: month(run.monthsFrom.slice(0, 7)),
    until: month(run.monthsTo.slice(0, 7)),
    only,
  });
  return (await client.query<LoweredMonth>(LOWERED, [run.runNo, only])).rows;
}

/** @throws Refusal `dueLowered` with the lines, in words and as details */
export async function requireNothingLowered(client: PoolClient, run: RunRecord, calendar: Calendar): Promise<void> {
  const lowered = await loweredMonths(client, run, calendar);
  if (lowered.length === 0) return;
  const lines = new Set(lowered.map((each) => each.lineNo)).size;
  const words = lowered
    .slice(0, 5)
    .map(
      ({ lineNo, recipientId, benefitMonth, standing, now }) =>
        `明細${lineNo}（認定番号 ${recipientId}）${benefitMonth}月分 ${standing}円→${now === null ? "計算できません" : `${now}円`}`,
    );
  throw new Refusal<PaymentRefusalCode>(
    "dueLowered",
    `支払処理 ${run.runNo} を作ったあとの決定で、支払う額が ${lines}件 減っています: ${words.join("、")}${lowered.length > 5 ? "ほか" : ""}。ファイルは作っていません。この支払処理を取り消して作り直してください。作り直すと、いまの決定の額になります。`,
    {
      runNo: run.runNo,
      lines,
      lowered: lowered
        .slice(0, 200)
        .map((each) => `${each.lineNo}/${each.recipientId}/${each.benefitMonth}/${each.standing}/${each.now ?? "-"}`),
    },
  );
}
