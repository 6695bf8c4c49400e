/**
 * 事案の組み直し: heads of cases, refusals, accounts and the way back of months, from claims, approvals and states. None of the statements
 * reads a column that it builds.
 */
import type { Rebuilding } from "./replay-runs.ts";

/** A claim belongs to the right whose opening claim, or that which took its place, is the root. */
export const CASE_REBUILDINGS: readonly Rebuilding[] = [
  {
    table: "allowance.recipient",
    stored: `SELECT recipient_id, addressee_number, kind, ordinal::bigint, opened_by_claim, ward_code FROM allowance.recipient`,
    rebuilt: `SELECT d.recipient_id, c.claimant_number, c.recipient_kind,
        row_number() OVER (PARTITION BY c.claimant_number, c.recipient_kind ORDER BY d.recipient_id), c.claim_id, c.ward_code
      FROM allowance.decision d JOIN allowance.claim c USING (claim_id) WHERE d.seq = 1 AND d.kind = 'certify'`,
  },
  {
    table: "allowance.decision（却下）",
    stored: `SELECT claim_id, recipient_id, seq, effective_month::date, cause, ex_officio, origin, monthly_total, facts_digest::text, decided_on, examined_by::text, approved_by::text
      FROM allowance.decision WHERE kind = 'refuse'`,
    rebuilt: `SELECT a.claim_id, NULL::bigint, 1, (date_trunc('month', c.received_on) + interval '1 month')::date, c.cause, false, 'claim', NULL::int,
        e.facts_digest::text, a.decided_on, a.examined_by::text, a.approved_by::text
      FROM allowance.approval a JOIN allowance.claim c USING (claim_id) JOIN allowance.examination e USING (claim_id, seq) WHERE a.outcome = 'refuse'`,
  },
  {
    table: "allowance.account（請求）",
    stored: `SELECT recipient_id, bank, branch, account_type, account_number, holder, claim_id, entered_by::text, approved_by::text
      FROM allowance.account WHERE source = 'claim'`,
    rebuilt: `SELECT k.recipient_id, c.account->>'bank', c.account->>'branch', c.account->>'accountType', c.account->>'accountNumber', c.account->>'holder',
        c.claim_id, a.examined_by::text, a.approved_by::text
      FROM allowance.claim c JOIN allowance.approval a USING (claim_id) JOIN allowance.case_claim k USING (claim_id)
      WHERE a.outcome = 'grant' AND c.account IS NOT NULL AND jsonb_typeof(c.account) = 'object'`,
  },
  {
    table: "allowance.run_end",
    stored: "SELECT run_no, outcome, ended_by::text FROM allowance.run_end",
    rebuilt:
      "SELECT run_no, to_state, actor::text FROM allowance.run_event WHERE to_state IN ('closed', 'cancelled', 'voided')",
  },
  {
    // The band of the amount that stood last when it was claimed back, and the last day on which the month had been paid by then. 被用者
    // 区分 of the month is read as it is known today by the share of the cost (`cost_class`), and is no part of this comparison.
    table: "allowance.recovery_part",
    stored: `SELECT receivable_id, recovery_id, band, paid_on FROM allowance.recovery_part`,
    rebuilt: `SELECT v.receivable_id, r.recovery_id,
        (SELECT d.band FROM allowance.due_item d WHERE (d.recipient_id, d.child_number, d.benefit_month) = (v.recipient_id, v.child_number, v.benefit_month)
           AND d.journal_id < v.journal_id ORDER BY d.generation DESC, d.tranche DESC LIMIT 1),
        (SELECT max(p.pay_on) FROM allowance.run_item i JOIN allowance.run_line l USING (run_no, line_no) JOIN allowance.payment_run p USING (run_no)
           WHERE (l.recipient_id, i.child_number, i.benefit_month) = (v.recipient_id, v.child_number, v.benefit_month) AND p.recorded_at < v.recorded_at)
      FROM allowance.receivable v JOIN allowance.recovery r USING (recipient_id, journal_id)`,
  },
  {
    // A run that is taken back gives back every month; one that is closed those of its returned lines.
    table: "allowance.item_release",
    stored: `SELECT x.child_number::bigint, x.benefit_month::date, x.generation, x.tranche, x.attempt, x.cause = 'returned' AS returned, j.run_no
      FROM allowance.item_release x JOIN allowance.journal j USING (journal_id)`,
    rebuilt: `SELECT i.child_number::bigint, i.benefit_month::date, i.generation, i.tranche, i.attempt, false, i.run_no FROM allowance.run_item i
        JOIN allowance.run_event e USING (run_no) WHERE e.to_state IN ('cancelled', 'voided')
      UNION ALL
      SELECT i.child_number::bigint, i.benefit_month::date, i.generation, i.tranche, i.attempt, true, i.run_no FROM allowance.run_item i
        JOIN allowance.return_confirmation c USING (run_no, line_no)`,
  },
  {
    table: "allowance.deduction_release",
    stored: `SELECT x.child_number::bigint, x.benefit_month::date, x.generation, x.tranche, x.attempt, j.run_no
      FROM allowance.deduction_release x JOIN allowance.journal j USING (journal_id)`,
    rebuilt: `SELECT i.child_number::bigint, i.benefit_month::date, i.generation, i.tranche, i.attempt, i.run_no FROM allowance.run_deduction_item i
        JOIN allowance.run_event e USING (run_no) WHERE e.to_state IN ('cancelled', 'voided')`,
  },
];
