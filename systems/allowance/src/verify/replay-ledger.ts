/**
 * 元帳の組み直し: what the ledger must hold, journal by journal, from the events alone – amounts that came due and were taken back, months
 * and lines of runs, results of the bank, deductions, repayments. None of these statements reads an entry of the ledger.
 */

const KEY = "child_number, benefit_month, generation, tranche";

/** The parts of one kind of journal: heading `j`, columns as {@link COLUMNS} names them after the journal. */
const FROM_EVENTS: Readonly<Record<string, string>> = {
  accrue: `
    SELECT j.journal_id, 'entitlement', 'due', d.recipient_id, d.child_number, d.benefit_month, NULL::int, NULL::int, d.amount
    FROM allowance.journal j JOIN allowance.due_item d USING (journal_id) WHERE j.kind = 'accrue'`,
  reverse: `
    SELECT j.journal_id, 'due', 'entitlement', d.recipient_id, d.child_number, d.benefit_month, NULL, NULL, d.amount
    FROM allowance.journal j JOIN allowance.due_reversal v USING (journal_id) JOIN allowance.due_item d USING (${KEY}) WHERE j.kind = 'reverse'`,
  overpay: `
    SELECT j.journal_id, 'receivable', 'entitlement', v.recipient_id, v.child_number, v.benefit_month, NULL, NULL, v.amount
    FROM allowance.journal j JOIN allowance.receivable v USING (journal_id) WHERE j.kind = 'overpay'`,
  reserve: `
    SELECT j.journal_id, 'due', 'clearing', l.recipient_id, i.child_number, i.benefit_month, i.run_no, i.line_no, i.amount
    FROM allowance.journal j JOIN allowance.run_item i USING (run_no) JOIN allowance.run_line l USING (run_no, line_no) WHERE j.kind = 'reserve'`,
  unreserve: `
    SELECT j.journal_id, 'clearing', 'due', l.recipient_id, i.child_number, i.benefit_month, i.run_no, i.line_no, i.amount
    FROM allowance.journal j JOIN allowance.item_release x USING (journal_id) JOIN allowance.run_item i USING (${KEY}, attempt)
    JOIN allowance.run_line l ON (l.run_no, l.line_no) = (i.run_no, i.line_no) WHERE j.kind = 'unreserve' AND x.cause <> 'returned'`,
  pay: `
    SELECT j.journal_id, 'clearing', 'bank', l.recipient_id, NULL, NULL, l.run_no, l.line_no, l.amount::int
    FROM allowance.journal j JOIN allowance.run_line l USING (run_no) WHERE j.kind = 'pay'`,
  unpay: `
    SELECT j.journal_id, 'bank', 'clearing', l.recipient_id, NULL, NULL, l.run_no, l.line_no, l.amount::int
    FROM allowance.journal j JOIN allowance.run_line l USING (run_no) WHERE j.kind = 'unpay'`,
  // The rows of the result file have one journal; each late return has its own, in the order of their rows.
  return: `
    SELECT j.journal_id, 'bank', 'returned', l.recipient_id, NULL, NULL, l.run_no, l.line_no, l.amount::int
    FROM (SELECT g.journal_id, g.run_no, c.name = 'payment.settle' AS from_file,
                 row_number() OVER (PARTITION BY g.run_no, c.name = 'payment.settle' ORDER BY g.journal_id) AS nth
          FROM allowance.journal g JOIN audit.command c USING (command_key) WHERE g.kind = 'return') j
    JOIN (SELECT r.run_no, r.line_no, t.result_id IS NULL AS from_file,
                 row_number() OVER (PARTITION BY r.run_no, t.result_id IS NULL ORDER BY r.result_id, r.row_no) AS nth
          FROM allowance.result_row r LEFT JOIN allowance.late_result t USING (result_id, row_no) WHERE r.line_no IS NOT NULL) r
      ON r.run_no = j.run_no AND r.from_file = j.from_file AND (r.from_file OR r.nth = j.nth)
    JOIN allowance.run_line l ON (l.run_no, l.line_no) = (r.run_no, r.line_no)`,
  reinstate: `
    SELECT j.journal_id, 'returned', 'due', l.recipient_id, i.child_number, i.benefit_month, i.run_no, i.line_no, i.amount
    FROM allowance.journal j JOIN allowance.item_release x USING (journal_id) JOIN allowance.run_item i USING (${KEY}, attempt)
    JOIN allowance.run_line l ON (l.run_no, l.line_no) = (i.run_no, i.line_no) WHERE j.kind = 'reinstate' AND x.cause = 'returned'`,
  deduct: `
    SELECT j.journal_id, 'due', CASE k.kind WHEN 'advanceOffset' THEN 'receivable' ELSE 'deducted' END, k.recipient_id, i.child_number, i.benefit_month, i.run_no, NULL, i.amount
    FROM allowance.journal j JOIN allowance.run_deduction_item i USING (run_no) JOIN allowance.run_deduction k USING (run_no, deduction_no) WHERE j.kind = 'deduct'`,
  undeduct: `
    SELECT j.journal_id, CASE k.kind WHEN 'advanceOffset' THEN 'receivable' ELSE 'deducted' END, 'due', k.recipient_id, i.child_number, i.benefit_month, i.run_no, NULL, i.amount
    FROM allowance.journal j JOIN allowance.deduction_release x USING (journal_id) JOIN allowance.run_deduction_item i USING (${KEY}, attempt)
    JOIN allowance.run_deduction k ON (k.run_no, k.deduction_no) = (i.run_no, i.deduction_no) WHERE j.kind = 'undeduct'`,
  collect: `
    SELECT j.journal_id, 'collected', 'receivable', v.recipient_id, v.child_number, v.benefit_month, NULL, NULL, m.amount
    FROM allowance.journal j JOIN allowance.recovery_movement m USING (journal_id) JOIN allowance.receivable v USING (receivable_id) WHERE j.kind = 'collect'`,
  collectedTooMuch: `
    SELECT j.journal_id, 'collected', 'overReceipt', r.recipient_id, NULL, NULL, NULL, NULL, t.excess
    FROM allowance.journal j JOIN allowance.recovery_receipt t USING (journal_id) JOIN allowance.recovery r USING (recovery_id)
    WHERE j.kind = 'collect' AND t.excess > 0`,
  writeOff: `
    SELECT j.journal_id, 'writtenOff', 'receivable', v.recipient_id, v.child_number, v.benefit_month, NULL, NULL, m.amount
    FROM allowance.journal j JOIN allowance.recovery_movement m USING (journal_id) JOIN allowance.receivable v USING (receivable_id) WHERE j.kind = 'writeOff'`,
  refund: `
    SELECT j.journal_id, 'overReceipt', 'collected', r.recipient_id, NULL, NULL, NULL, NULL, f.amount
    FROM allowance.journal j JOIN allowance.recovery_refund f USING (journal_id) JOIN allowance.recovery_receipt t USING (receipt_id)
    JOIN allowance.recovery r USING (recovery_id) WHERE j.kind = 'refund'`,
};

const COLUMNS = "journal_id, debit, credit, recipient_id, child_number, benefit_month, run_no, line_no, amount";

/** Entries as the events give them (`COLUMNS`), in no order. */
export const REBUILT_ENTRIES = `SELECT * FROM (${Object.values(FROM_EVENTS).join("\n    UNION ALL")}\n) e (${COLUMNS})`;

/** Entries as they are stored. */
export const STORED_ENTRIES = `SELECT ${COLUMNS} FROM allowance.ledger_entry`;

/** Number and sum that each heading declares, and those of the rebuilt entries. */
export const STORED_HEADINGS =
  "SELECT journal_id, entry_count::bigint AS entries, total::bigint AS yen FROM allowance.journal";
export const REBUILT_HEADINGS = `SELECT journal_id, count(*)::bigint AS entries, sum(amount)::bigint AS yen FROM (${REBUILT_ENTRIES}) r GROUP BY 1`;
