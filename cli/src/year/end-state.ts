/** What the office has decided, owes, holds and will tell, without the numbers and moments that differ from one playing to the next. */
import { createHash } from "node:crypto";
import type { Pool } from "pg";

const QUERIES = {
  decisions: `SELECT recipient_id, kind, cause, effective_month, monthly_total, origin FROM allowance.decision`,
  ledger: `SELECT d.recipient_id, d.child_number, d.benefit_month, sum(d.amount) FROM allowance.due_item d
    LEFT JOIN allowance.due_reversal v USING (child_number, benefit_month, generation, tranche) WHERE v.tranche IS NULL GROUP BY 1, 2, 3`,
  payments: `SELECT run_no, recipient_id, amount FROM allowance.run_line`,
  holds: `SELECT h.recipient_id, h.kind, h.from_month, EXISTS (SELECT FROM allowance.hold_release x WHERE x.hold_id = h.hold_id) FROM allowance.hold h`,
  review: `SELECT recipient_id, fiscal_year, outcome, reasons FROM allowance.review_result_current`,
  schedules: `SELECT recipient_id, fiscal_year, amounts FROM allowance.review_schedule_current`,
  notices: `SELECT kind, addressee_number, facts FROM allowance.case_notice`,
  reviewNotices: `SELECT kind, recipient_id, fiscal_year, facts FROM allowance.review_notice`,
  corrections: `SELECT addressee_number, income_year, history_no, outcome FROM allowance.tax_correction`,
  recoveries: `SELECT recipient_id, state, outstanding FROM allowance.recovery_state`,
} as const;

export type EndState = Readonly<Record<keyof typeof QUERIES, string>>;

/** Per part: number of rows, and a digest of them in an order of their own. */
export async function endState(pool: Pool): Promise<EndState> {
  const found: Record<string, string> = {};
  for (const [name, sql] of Object.entries(QUERIES)) {
    const { rows } = await pool.query<{ row: string }>(`SELECT to_jsonb(x)::text AS row FROM (${sql}) x ORDER BY 1`);
    const hash = createHash("sha256");
    for (const { row } of rows) hash.update(`${row}\n`);
    found[name] = `${rows.length} ${hash.digest("hex").slice(0, 16)}`;
  }
  return found as EndState;
}
