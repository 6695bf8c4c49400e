/**
 * 支払処理と債権の組み直し: what a run, its lines and its file say of themselves – counts, sums, digests – from the months that are in it,
 * and which debts the ledger's claims for repayment made. None of the statements reads a column that it builds.
 */

/** A table: its columns as they are stored, and the same from the records before them. */
export type Rebuilding = { readonly table: string; readonly stored: string; readonly rebuilt: string };

const LINES = `
  SELECT run_no, line_no, sum(amount)::bigint AS amount, count(*)::int AS child_months FROM allowance.run_item GROUP BY run_no, line_no`;

/** Digest of the lines as an approver sees them: payee and account as stored, amounts and numbers of months from the months. */
const HEADINGS = `
  SELECT run_no, count(*)::int AS line_count, sum(i.child_months)::int AS item_count, sum(i.amount)::bigint AS total,
         encode(sha256(convert_to(string_agg(allowance.line_text(line_no, l.recipient_id, l.bank, l.branch, l.account_type, l.account_number, l.holder,
           i.amount, l.new_code, i.child_months) || allowance.payee_text(l.payee_child, l.unpaid_id), E'\\n' ORDER BY line_no), 'UTF8')), 'hex') AS line_digest
  FROM (${LINES}) i JOIN allowance.run_line l USING (run_no, line_no) GROUP BY run_no`;

export const RUN_REBUILDINGS: readonly Rebuilding[] = [
  {
    table: "allowance.run_line",
    stored: "SELECT run_no, line_no, amount, child_months FROM allowance.run_line",
    rebuilt: LINES,
  },
  {
    table: "allowance.payment_run",
    stored: "SELECT run_no, line_count, item_count, total, line_digest::text FROM allowance.payment_run",
    rebuilt: HEADINGS,
  },
  {
    table: "allowance.transfer_file",
    stored: "SELECT run_no, line_count, total, line_digest::text, sha256::text FROM allowance.transfer_file",
    rebuilt: `SELECT run_no, h.line_count, h.total, h.line_digest, encode(sha256(f.bytes), 'hex') FROM allowance.transfer_file f JOIN (${HEADINGS}) h USING (run_no)`,
  },
  {
    // Each claim for repayment of the ledger is a debt of its recipient from the day of its journal, in its first state over its whole sum.
    table: "allowance.recovery",
    stored: `SELECT r.recipient_id, r.journal_id, r.found_on, e.from_state, e.to_state, e.happened_on, (e.detail->>'amount')::bigint AS amount
      FROM allowance.recovery r LEFT JOIN allowance.recovery_event e ON e.recovery_id = r.recovery_id AND e.seq = 1`,
    rebuilt: `SELECT v.recipient_id, v.journal_id, j.occurred_on, '', 'found', j.occurred_on, sum(v.amount)::bigint
      FROM allowance.receivable v JOIN allowance.journal j USING (journal_id) GROUP BY v.recipient_id, v.journal_id, j.occurred_on`,
  },
];
