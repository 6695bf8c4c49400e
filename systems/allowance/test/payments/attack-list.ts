/** The statements of `attacks.test.ts`: invariant → what is tried, the SQL, and the SQLSTATE that must answer. */

const JOURNAL = (kind: string, count: number, total: number): string =>
  `WITH k AS (INSERT INTO audit.command (command_key, name, request_digest, actor, response) VALUES (gen_random_uuid()::text, 'attack', repeat('0', 64), 'x', 'null') RETURNING command_key),
        j AS (INSERT INTO allowance.journal (kind, command_key, occurred_on, entry_count, total) SELECT '${kind}', command_key, '2026-12-15', ${count}, ${total} FROM k RETURNING journal_id)`;
const ITEM =
  "(child_number, benefit_month, generation, tranche, recipient_id, amount, band, decision_id, facts_digest, rule_version, journal_id)";
const LINE =
  "run_no, line_no, recipient_id, account_id, bank, branch, account_type, account_number, holder, amount, child_months, new_code, ward_code";

/** Every table of the system with one of its columns: none can be changed, emptied or rewritten. */
const tables: Readonly<Record<string, string>> = {
  journal: "total",
  ledger_entry: "amount",
  due_item: "amount",
  due_reversal: "cause",
  receivable: "amount",
  title_release: "cause",
  payment_run: "total",
  run_line: "amount",
  run_item: "amount",
  item_release: "cause",
  run_event: "to_state",
  run_end: "outcome",
  run_approval: "approver",
  transfer_file: "bytes",
  hand_over: "releaser",
  hand_over_outcome: "outcome",
  run_change: "amount",
  run_comparison: "threshold_yen",
  run_control_total: "amount",
  run_recalculation: "differing",
  run_review_clearance: "reason",
  run_review_item: "kind",
  result_file: "returned_amount",
  result_row: "line_no",
  decision: "kind",
  facts: "facts",
  recipient: "addressee_number",
  claim: "received_on",
  person_history: "address",
  account: "account_number",
  addressee: "kind",
  hold: "from_month",
};

export const attacks: Readonly<Record<string, readonly (readonly [what: string, sql: string, state: string])[]>> = {
  M1: [
    [
      "the same child-month for another recipient",
      `${JOURNAL("accrue", 1, 15000)}, e AS (INSERT INTO allowance.ledger_entry (journal_id, debit, credit, recipient_id, amount) SELECT journal_id, 'entitlement', 'due', 2, 15000 FROM j)
      INSERT INTO allowance.due_item ${ITEM} SELECT d.child_number, d.benefit_month, 1, 1, o.recipient_id, 15000, 'U3', o.decision_id, o.facts_digest, 'x', j.journal_id FROM allowance.due_item d, allowance.decision o, j WHERE d.recipient_id = 1 AND o.recipient_id = 2 LIMIT 1`,
      "23505",
    ],
    [
      "a further tranche for another recipient",
      `${JOURNAL("accrue", 1, 15000)}, e AS (INSERT INTO allowance.ledger_entry (journal_id, debit, credit, recipient_id, amount) SELECT journal_id, 'entitlement', 'due', 2, 15000 FROM j)
      INSERT INTO allowance.due_item ${ITEM} SELECT d.child_number, d.benefit_month, 1, 2, o.recipient_id, 15000, 'U3', o.decision_id, o.facts_digest, 'x', j.journal_id FROM allowance.due_item d, allowance.decision o, j WHERE d.recipient_id = 1 AND o.recipient_id = 2 LIMIT 1`,
      "HG001",
    ],
    [
      "a new generation without release",
      `${JOURNAL("accrue", 1, 15000)}, e AS (INSERT INTO allowance.ledger_entry (journal_id, debit, credit, recipient_id, amount) SELECT journal_id, 'entitlement', 'due', 2, 15000 FROM j)
      INSERT INTO allowance.due_item ${ITEM} SELECT d.child_number, d.benefit_month, 2, 1, o.recipient_id, 15000, 'U3', o.decision_id, o.facts_digest, 'x', j.journal_id FROM allowance.due_item d, allowance.decision o, j WHERE d.recipient_id = 1 AND o.recipient_id = 2 LIMIT 1`,
      "HG001",
    ],
    [
      "releasing a month that was paid",
      "INSERT INTO allowance.title_release SELECT child_number, benefit_month, 1, 'x', 'a', 'b' FROM allowance.due_item WHERE benefit_month = '2026-10-01' LIMIT 1",
      "HG001",
    ],
    [
      "releasing a month alone",
      "INSERT INTO allowance.title_release SELECT child_number, benefit_month, 1, 'x', 'a', 'a' FROM allowance.due_item LIMIT 1",
      "23514",
    ],
  ],
  M2: [
    ["a heading without entries", `${JOURNAL("accrue", 1, 100)} SELECT 1 FROM j`, "HG002"],
    [
      "fewer yen than declared",
      `${JOURNAL("accrue", 1, 100)} INSERT INTO allowance.ledger_entry (journal_id, debit, credit, recipient_id, amount) SELECT journal_id, 'entitlement', 'due', 1, 99 FROM j`,
      "HG002",
    ],
    [
      "more entries than declared",
      `${JOURNAL("accrue", 1, 100)} INSERT INTO allowance.ledger_entry (journal_id, debit, credit, recipient_id, amount) SELECT journal_id, 'entitlement', 'due', 1, 50 FROM j, generate_series(1, 2)`,
      "HG002",
    ],
    [
      "one-sided entry",
      `${JOURNAL("accrue", 1, 100)} INSERT INTO allowance.ledger_entry (journal_id, debit, credit, recipient_id, amount) SELECT journal_id, 'due', 'due', 1, 100 FROM j`,
      "23514",
    ],
    [
      "negative entry",
      `${JOURNAL("accrue", 1, 100)} INSERT INTO allowance.ledger_entry (journal_id, debit, credit, recipient_id, amount) SELECT journal_id, 'entitlement', 'due', 1, -100 FROM j`,
      "23514",
    ],
    [
      "unknown account",
      `${JOURNAL("accrue", 1, 100)} INSERT INTO allowance.ledger_entry (journal_id, debit, credit, recipient_id, amount) SELECT journal_id, 'pocket', 'due', 1, 100 FROM j`,
      "23514",
    ],
  ],
  M3: [
    ...Object.entries(tables).flatMap(([table, column]) => [
      [`update ${table}`, `UPDATE allowance.${table} SET ${column} = ${column}`, "42501"] as const,
      [`delete from ${table}`, `DELETE FROM allowance.${table}`, "42501"] as const,
      [`truncate ${table}`, `TRUNCATE allowance.${table} CASCADE`, "42501"] as const,
    ]),
    ["raise an amount due", "UPDATE allowance.due_item SET amount = 30000", "42501"],
    ["change an entry", "UPDATE allowance.ledger_entry SET amount = 1", "42501"],
    [
      "add to a closed journal",
      "INSERT INTO allowance.ledger_entry (journal_id, debit, credit, recipient_id, amount) SELECT min(journal_id), 'due', 'bank', 1, 1 FROM allowance.journal",
      "HG003",
    ],
    [
      "pretend a closed journal is of this transaction",
      `${JOURNAL("accrue", 1, 1)} SELECT 1 FROM j; INSERT INTO allowance.ledger_entry (journal_id, debit, credit, recipient_id, amount) SELECT min(journal_id), 'due', 'bank', 1, 1 FROM allowance.journal`,
      "HG003",
    ],
    ["drop a trigger", "ALTER TABLE allowance.run_line DISABLE TRIGGER ALL", "42501"],
    ["erase the audit trail", "DELETE FROM audit.event", "42501"],
    ["rewrite an answer", "UPDATE audit.command SET response = 'null'", "42501"],
  ],
  M4: [
    [
      "an amount without a decision of this recipient",
      `${JOURNAL("accrue", 1, 15000)}, e AS (INSERT INTO allowance.ledger_entry (journal_id, debit, credit, recipient_id, amount) SELECT journal_id, 'entitlement', 'due', 1, 15000 FROM j)
      INSERT INTO allowance.due_item ${ITEM} SELECT 900000000000201, '2027-03-01', 1, 1, 1, 15000, 'U3', o.decision_id, o.facts_digest, 'x', j.journal_id FROM allowance.decision o, j WHERE o.recipient_id = 2 LIMIT 1`,
      "HG004",
    ],
    [
      "an amount with other facts than the decision's",
      `${JOURNAL("accrue", 1, 15000)}, e AS (INSERT INTO allowance.ledger_entry (journal_id, debit, credit, recipient_id, amount) SELECT journal_id, 'entitlement', 'due', 1, 15000 FROM j)
      INSERT INTO allowance.due_item ${ITEM} SELECT 900000000000201, '2027-03-01', 1, 1, 1, 15000, 'U3', o.decision_id, p.facts_digest, 'x', j.journal_id FROM allowance.decision o, allowance.decision p, j WHERE o.recipient_id = 1 AND p.recipient_id = 2 LIMIT 1`,
      "HG004",
    ],
    [
      "an amount without its entry in the ledger",
      `INSERT INTO allowance.due_item ${ITEM} SELECT 900000000000201, '2027-03-01', 1, 1, 1, 15000, 'U3', o.decision_id, o.facts_digest, 'x', (SELECT min(journal_id) FROM allowance.journal) FROM allowance.decision o WHERE o.recipient_id = 1 LIMIT 1`,
      "HG003",
    ],
  ],
  M5: [
    [
      "more than due, for an existing run",
      `INSERT INTO allowance.run_item SELECT child_number, benefit_month, 1, 1, 2, 1, 1, 30000 FROM allowance.run_item WHERE run_no = 1 LIMIT 1`,
      "HG012",
    ],
    [
      "cancelling an amount that was paid",
      `${JOURNAL("reverse", 1, 15000)} INSERT INTO allowance.due_reversal SELECT i.child_number, i.benefit_month, 1, 1, 'x', j.journal_id FROM allowance.run_item i, j WHERE i.run_no = 1 AND i.line_no = 2 LIMIT 1`,
      "HG005",
    ],
    [
      "a claim for repayment of more than the law can give",
      `${JOURNAL("overpay", 1, 30001)} INSERT INTO allowance.receivable (recipient_id, child_number, benefit_month, amount, journal_id) SELECT 1, 900000000000201, '2026-10-01', 30001, journal_id FROM j`,
      "23514",
    ],
  ],
  M6: [
    [
      "a month before the entitlement began",
      `${JOURNAL("accrue", 1, 15000)}, e AS (INSERT INTO allowance.ledger_entry (journal_id, debit, credit, recipient_id, amount) SELECT journal_id, 'entitlement', 'due', 1, 15000 FROM j)
      INSERT INTO allowance.due_item ${ITEM} SELECT 900000000000201, '2024-09-01', 1, 1, 1, 15000, 'U3', o.decision_id, o.facts_digest, 'x', j.journal_id FROM allowance.decision o, j WHERE o.recipient_id = 1 LIMIT 1`,
      "HG006",
    ],
    [
      "a month after the extinction",
      `${JOURNAL("accrue", 1, 10000)}, e AS (INSERT INTO allowance.ledger_entry (journal_id, debit, credit, recipient_id, amount) SELECT journal_id, 'entitlement', 'due', 4, 10000 FROM j)
      INSERT INTO allowance.due_item ${ITEM} SELECT 900000000000206, '2026-11-01', 1, 1, 4, 10000, 'EL', o.decision_id, o.facts_digest, 'x', j.journal_id FROM allowance.decision o, j WHERE o.recipient_id = 4 AND o.kind = 'certify'`,
      "HG006",
    ],
  ],
  M8: [
    [
      "a second open run",
      "INSERT INTO allowance.payment_run (run_no, previous_run_no, payment_month, kind, months_from, months_to, pay_on, cut_off_on, line_count, item_count, total, line_digest, maker, command_key) SELECT 3, 2, payment_month, kind, months_from, months_to, pay_on, cut_off_on, line_count, item_count, total, line_digest, maker, command_key FROM allowance.payment_run WHERE run_no = 2",
      "23503",
    ],
    [
      "a run beside the chain",
      "INSERT INTO allowance.payment_run (run_no, previous_run_no, payment_month, kind, months_from, months_to, pay_on, cut_off_on, line_count, item_count, total, line_digest, maker, command_key) SELECT 7, NULL, payment_month, kind, months_from, months_to, pay_on, cut_off_on, line_count, item_count, total, line_digest, maker, command_key FROM allowance.payment_run WHERE run_no = 2",
      "23514",
    ],
    [
      "two successors of one run",
      "INSERT INTO allowance.payment_run (run_no, previous_run_no, payment_month, kind, months_from, months_to, pay_on, cut_off_on, line_count, item_count, total, line_digest, maker, command_key) SELECT 3, 1, payment_month, kind, months_from, months_to, pay_on, cut_off_on, line_count, item_count, total, line_digest, maker, command_key FROM allowance.payment_run WHERE run_no = 2",
      "23514",
    ],
    [
      "ending an open run on paper",
      "INSERT INTO allowance.run_end (run_no, outcome, ended_by) VALUES (2, 'closed', 'x')",
      "HG022",
    ],
    [
      "ending an open run as cancelled, keeping its money",
      "INSERT INTO allowance.run_end (run_no, outcome, ended_by) VALUES (2, 'cancelled', 'x'); INSERT INTO allowance.run_event (run_no, seq, from_state, to_state, actor) VALUES (2, 2, 'created', 'cancelled', 'x')",
      "HG022",
    ],
  ],
  M9: [
    [
      "a paid month into the open run",
      "INSERT INTO allowance.run_item SELECT child_number, benefit_month, generation, tranche, attempt, 2, 1, amount FROM allowance.run_item WHERE run_no = 1 LIMIT 1",
      "23505",
    ],
    [
      "a paid month as a second attempt",
      "INSERT INTO allowance.run_item SELECT child_number, benefit_month, generation, tranche, 2, 2, 1, amount FROM allowance.run_item WHERE run_no = 1 AND line_no = 2 LIMIT 1",
      "HG012",
    ],
    [
      "giving a paid month back by hand",
      `${JOURNAL("unreserve", 1, 15000)} INSERT INTO allowance.item_release SELECT child_number, benefit_month, generation, tranche, attempt, 'cancelled', journal_id FROM allowance.run_item, j WHERE run_no = 1 LIMIT 1`,
      "HG020",
    ],
  ],
  M10: [
    [
      "created → approved",
      "INSERT INTO allowance.run_event (run_no, seq, from_state, to_state, actor) VALUES (2, 2, 'created', 'approved', 'x')",
      "23503",
    ],
    [
      "created → closed",
      "INSERT INTO allowance.run_event (run_no, seq, from_state, to_state, actor) VALUES (2, 2, 'created', 'closed', 'x')",
      "23503",
    ],
    [
      "an event that does not follow the last",
      "INSERT INTO allowance.run_event (run_no, seq, from_state, to_state, actor) VALUES (2, 2, 'approved', 'frozen', 'x')",
      "23503",
    ],
    [
      "an event out of sequence",
      "INSERT INTO allowance.run_event (run_no, seq, from_state, to_state, actor) VALUES (2, 5, 'created', 'inspected', 'x')",
      "23503",
    ],
    [
      "a second beginning",
      "INSERT INTO allowance.run_event (run_no, seq, from_state, to_state, actor) VALUES (2, 2, 'none', 'created', 'x')",
      "23514",
    ],
    [
      "re-opening a closed run",
      "INSERT INTO allowance.run_event (run_no, seq, from_state, to_state, actor) VALUES (1, 9, 'closed', 'cancelled', 'x')",
      "23503",
    ],
    ["a transition of one's own", "INSERT INTO allowance.run_transition VALUES ('created', 'frozen', 'x')", "42501"],
    [
      "approved without an approval",
      "INSERT INTO allowance.run_event (run_no, seq, from_state, to_state, actor) VALUES (2, 2, 'created', 'inspected', 'x'), (2, 3, 'inspected', 'approved', 'x')",
      "HG230",
    ],
    [
      "approved without an approval, after a calculation made up",
      "INSERT INTO allowance.run_recalculation (run_no, line_digest, recipients, months, differing, checked_by) SELECT 2, line_digest, 1, 1, 0, 'x' FROM allowance.payment_run WHERE run_no = 2; INSERT INTO allowance.run_event (run_no, seq, from_state, to_state, actor) VALUES (2, 2, 'created', 'inspected', 'x'), (2, 3, 'inspected', 'approved', 'x')",
      "HG010",
    ],
    [
      "an approval without the event",
      "INSERT INTO allowance.run_approval (run_no, line_digest, line_count, total, maker, approver) SELECT run_no, line_digest, line_count, total, maker, 'x' FROM allowance.payment_run WHERE run_no = 2",
      "HG022",
    ],
  ],
  M11: [
    [
      "approving one's own run",
      "INSERT INTO allowance.run_approval (run_no, line_digest, line_count, total, maker, approver) SELECT run_no, line_digest, line_count, total, maker, maker FROM allowance.payment_run WHERE run_no = 2",
      "23514",
    ],
    [
      "approving in the name of another maker",
      "INSERT INTO allowance.run_approval (run_no, line_digest, line_count, total, maker, approver) SELECT run_no, line_digest, line_count, total, 'somebody', maker FROM allowance.payment_run WHERE run_no = 2",
      "23503",
    ],
    [
      "the approver releases",
      "INSERT INTO allowance.hand_over SELECT sha256, 1, maker, approver, approver, 'x' FROM allowance.transfer_file JOIN allowance.run_approval USING (run_no)",
      "23514",
    ],
    [
      "the maker releases",
      "INSERT INTO allowance.hand_over SELECT sha256, 1, maker, approver, maker, 'x' FROM allowance.transfer_file JOIN allowance.run_approval USING (run_no)",
      "23514",
    ],
  ],
  M12: [
    [
      "approving other lines",
      "INSERT INTO allowance.run_approval (run_no, line_digest, line_count, total, maker, approver) SELECT run_no, repeat('0', 64), line_count, total, maker, 'x' FROM allowance.payment_run WHERE run_no = 2",
      "23503",
    ],
    [
      "a line after the creation",
      `INSERT INTO allowance.run_line (${LINE}) SELECT 2, 99, recipient_id + 100, account_id, bank, branch, account_type, account_number, holder, amount, child_months, new_code, ward_code FROM allowance.run_line WHERE run_no = 2 LIMIT 1`,
      "HG012",
    ],
  ],
  M13: [
    [
      "a file whose digest is not that of its bytes",
      "INSERT INTO allowance.transfer_file (run_no, line_digest, sha256, bytes, line_count, total, frozen_by) SELECT 2, line_digest, repeat('0', 64), bytes, line_count, total, 'x' FROM allowance.transfer_file",
      "23514",
    ],
    [
      "a file for lines that nobody approved",
      "INSERT INTO allowance.transfer_file (run_no, line_digest, sha256, bytes, line_count, total, frozen_by) SELECT 2, line_digest, encode(sha256(bytes || ''), 'hex'), bytes, line_count, total, 'x' FROM allowance.transfer_file",
      "23505",
    ],
  ],
  M14: [
    [
      "the same file again",
      "INSERT INTO allowance.hand_over SELECT sha256, run_no, maker, approver, 'another', 'x' FROM allowance.hand_over",
      "23505",
    ],
    [
      "the same bytes as the file of another run",
      "INSERT INTO allowance.transfer_file (run_no, line_digest, sha256, bytes, line_count, total, frozen_by) SELECT 2, line_digest, sha256, bytes, line_count, total, 'x' FROM allowance.transfer_file",
      "23505",
    ],
    [
      "a file that was never frozen",
      "INSERT INTO allowance.hand_over SELECT repeat('1', 64), 2, maker, 'x', 'y', 'x' FROM allowance.payment_run WHERE run_no = 2",
      "23503",
    ],
    [
      "unsaying the outcome",
      "INSERT INTO allowance.hand_over_outcome (run_no, seq, outcome, evidence, recorded_by) VALUES (1, 1, 'unknown', 'x', 'x')",
      "23505",
    ],
  ],
  M17: [
    [
      "an amount of zero",
      `INSERT INTO allowance.run_line (${LINE}) SELECT 2, 99, 99, account_id, bank, branch, account_type, account_number, holder, 0, 1, new_code, ward_code FROM allowance.run_line LIMIT 1`,
      "23514",
    ],
    [
      "a negative amount",
      `INSERT INTO allowance.run_line (${LINE}) SELECT 2, 99, 99, account_id, bank, branch, account_type, account_number, holder, -1, 1, new_code, ward_code FROM allowance.run_line LIMIT 1`,
      "23514",
    ],
    [
      "eleven digits",
      `INSERT INTO allowance.run_line (${LINE}) SELECT 2, 99, 99, account_id, bank, branch, account_type, account_number, holder, 10000000000, 999999, new_code, ward_code FROM allowance.run_line LIMIT 1`,
      "23514",
    ],
    [
      "one yen above months × 30,000",
      `INSERT INTO allowance.run_line (${LINE}) SELECT 2, 99, 99, account_id, bank, branch, account_type, account_number, holder, 60001, 2, new_code, ward_code FROM allowance.run_line LIMIT 1`,
      "23514",
    ],
  ],
  M16: [
    [
      "a kana letter that no bank takes",
      `INSERT INTO allowance.run_line (${LINE}) SELECT 2, 99, 99, account_id, bank, branch, account_type, account_number, '架空', amount, child_months, new_code, ward_code FROM allowance.run_line LIMIT 1`,
      "23514",
    ],
    [
      "31 letters",
      `INSERT INTO allowance.run_line (${LINE}) SELECT 2, 99, 99, account_id, bank, branch, account_type, account_number, repeat('ｱ', 31), amount, child_months, new_code, ward_code FROM allowance.run_line LIMIT 1`,
      "23514",
    ],
    [
      "account number of zeros",
      `INSERT INTO allowance.run_line (${LINE}) SELECT 2, 99, 99, account_id, bank, branch, account_type, '0000000', holder, amount, child_months, new_code, ward_code FROM allowance.run_line LIMIT 1`,
      "23514",
    ],
  ],
  M19: [
    [
      "a second result for one line",
      "INSERT INTO allowance.result_row SELECT result_id, 2, run_no, line_no, amount, reason, raw FROM allowance.result_row",
      "23505",
    ],
    [
      "a result for a line that does not exist",
      "INSERT INTO allowance.result_row SELECT result_id, 2, run_no, 4711, amount, reason, raw FROM allowance.result_row",
      "23503",
    ],
    [
      "a second result file for one run",
      "INSERT INTO allowance.result_file (run_no, sha256, accepted_count, accepted_amount, returned_count, returned_amount, unmatched_count, imported_by) VALUES (1, repeat('2', 64), 1, 1, 0, 0, 0, 'x')",
      "23505",
    ],
    [
      "a result for a run that was not handed over",
      "INSERT INTO allowance.result_file (run_no, sha256, accepted_count, accepted_amount, returned_count, returned_amount, unmatched_count, imported_by) VALUES (2, repeat('2', 64), 1, 1, 0, 0, 0, 'x')",
      "23503",
    ],
  ],
  M20: [
    [
      "paying returned money again without confirmation",
      `${JOURNAL("reinstate", 1, 15000)} INSERT INTO allowance.item_release SELECT i.child_number, i.benefit_month, i.generation, i.tranche, i.attempt, 'returned', j.journal_id FROM allowance.run_item i JOIN allowance.result_row r USING (run_no, line_no), j LIMIT 1`,
      "HG020",
    ],
    [
      "confirming alone",
      "INSERT INTO allowance.return_confirmation (run_no, line_no, account_id, confirmed_by, approved_by) SELECT run_no, line_no, 1, 'x', 'x' FROM allowance.result_row",
      "23514",
    ],
    [
      "confirming a line that was not returned",
      "INSERT INTO allowance.return_confirmation (run_no, line_no, account_id, confirmed_by, approved_by) VALUES (1, 2, 1, 'x', 'y')",
      "23503",
    ],
  ],
  M21: [
    [
      "a second answer for one key",
      "INSERT INTO audit.command SELECT command_key, name, request_digest, actor, now(), response FROM audit.command LIMIT 1",
      "23505",
    ],
    [
      "a journal without a command",
      "INSERT INTO allowance.journal (kind, command_key, occurred_on, entry_count, total) VALUES ('accrue', 'none', '2026-12-15', 1, 1)",
      "23503",
    ],
    [
      "a run without a command",
      "INSERT INTO allowance.payment_run (run_no, previous_run_no, payment_month, kind, months_from, months_to, pay_on, cut_off_on, line_count, item_count, total, line_digest, maker, command_key) SELECT 2, 1, payment_month, kind, months_from, months_to, pay_on, cut_off_on, line_count, item_count, total, line_digest, maker, 'none' FROM allowance.payment_run WHERE run_no = 1",
      "23505",
    ],
  ],
  M25: [
    [
      "a batch revives an ended case",
      "INSERT INTO allowance.decision (recipient_id, seq, kind, effective_month, cause, ex_officio, origin, facts_digest, rule_version, decided_on, examined_by, approved_by) SELECT recipient_id, 3, 'increase', '2026-12-01', 'reform', true, 'batch', facts_digest, 'x', '2026-12-01', 'a', 'b' FROM allowance.decision WHERE recipient_id = 4 AND kind = 'extinguish'",
      "HG025",
    ],
    [
      "one person decides",
      "INSERT INTO allowance.decision (recipient_id, seq, kind, effective_month, cause, ex_officio, origin, facts_digest, rule_version, decided_on, examined_by, approved_by) SELECT recipient_id, 2, 'increase', '2026-12-01', 'reform', true, 'batch', facts_digest, 'x', '2026-12-01', 'a', 'a' FROM allowance.decision WHERE recipient_id = 1",
      "23514",
    ],
    [
      "a gap in the history",
      "INSERT INTO allowance.decision (recipient_id, seq, kind, effective_month, cause, ex_officio, origin, facts_digest, rule_version, decided_on, examined_by, approved_by) SELECT recipient_id, 7, 'increase', '2026-12-01', 'reform', true, 'batch', facts_digest, 'x', '2026-12-01', 'a', 'b' FROM allowance.decision WHERE recipient_id = 1",
      "HG026",
    ],
  ],
  M26: [
    [
      "a difference without a cause",
      "INSERT INTO allowance.run_change (run_no, change_no, recipient_id, cause, amount) SELECT 2, 99, 1, '', 1",
      "23514",
    ],
    [
      "a cause added after the run was made",
      "INSERT INTO allowance.run_change (run_no, change_no, recipient_id, cause, amount) SELECT 2, 99, 1, 'age', 1",
      "HG230",
    ],
    [
      "a decision as cause that is not named",
      "INSERT INTO allowance.run_change (run_no, change_no, recipient_id, cause, amount) SELECT 2, 99, 1, 'decision', 1",
      "23514",
    ],
    [
      "an item of the review made up afterwards",
      "INSERT INTO allowance.run_review_item (run_no, item_no, kind, recipient_id) VALUES (2, 99, 'new', 1)",
      "HG230",
    ],
    [
      "a clearance of nothing",
      "INSERT INTO allowance.run_review_clearance (run_no, item_no, reason, cleared_by) VALUES (2, 99, 'x', 'y')",
      "23503",
    ],
    [
      "an approval without the totals that were seen",
      "INSERT INTO allowance.run_recalculation (run_no, line_digest, recipients, months, differing, checked_by) SELECT 2, line_digest, 1, 1, 0, 'x' FROM allowance.payment_run WHERE run_no = 2; INSERT INTO allowance.run_review_clearance SELECT run_no, item_no, 'x', 'y' FROM allowance.run_review_item WHERE run_no = 2; INSERT INTO allowance.run_approval (run_no, line_digest, line_count, total, maker, approver) SELECT run_no, line_digest, line_count, total, maker, 'x' FROM allowance.payment_run WHERE run_no = 2; INSERT INTO allowance.run_event (run_no, seq, from_state, to_state, actor) VALUES (2, 2, 'created', 'inspected', 'x'), (2, 3, 'inspected', 'approved', 'x')",
      "HG233",
    ],
  ],
  M31: [
    [
      "a person with due money is deleted",
      "DELETE FROM allowance.addressee WHERE addressee_number = 900000000000201",
      "42501",
    ],
    ["a case is deleted", "DELETE FROM allowance.recipient WHERE recipient_id = 1", "42501"],
    [
      "a case is moved to another person",
      "UPDATE allowance.recipient SET addressee_number = 900000000000102 WHERE recipient_id = 1",
      "42501",
    ],
  ],
};
