/**
 * What is tried on a run in each of its states, and on the ledger at the end of the story, by whole statements: evidence without its
 * event, an event without its evidence, sums that do not fit, and amounts due where they may not be. The empty name: it must be taken.
 */
export type StateAttack = readonly [what: string, sql: string, constraint: string];

const event = (seq: number, from: string, to: string, actor = "x"): string =>
  `INSERT INTO allowance.run_event (run_no, seq, from_state, to_state, actor) VALUES (1, ${seq}, '${from}', '${to}', '${actor}');`;
const end = (outcome: string): string =>
  `INSERT INTO allowance.run_end (run_no, outcome, ended_by) VALUES (1, '${outcome}', 'x');`;
const outcome = (seq: number, what: string): string =>
  `INSERT INTO allowance.hand_over_outcome (run_no, seq, outcome, receipt_number, evidence, recorded_by) VALUES (1, ${seq}, '${what}', 'R1', 'x', 'x');`;
const journal = (kind: string, count: number, total: number, run = "NULL"): string =>
  `INSERT INTO audit.command (command_key, name, request_digest, actor, response) VALUES ('attack', 'attack', repeat('0', 64), 'x', 'null') ON CONFLICT DO NOTHING;
   INSERT INTO allowance.journal (kind, run_no, command_key, occurred_on, entry_count, total) VALUES ('${kind}', ${run}, 'attack', '2026-12-15', ${count}, ${total});`;
const NEWEST = "(SELECT max(journal_id) FROM allowance.journal)";

/** The months of the open run back to due, with the journal that belongs to it. */
const GIVEN_BACK = `${journal("unreserve", 10, 150_000, "1")}
  INSERT INTO allowance.ledger_entry (journal_id, debit, credit, recipient_id, child_number, benefit_month, run_no, line_no, amount)
  SELECT ${NEWEST}, 'clearing', 'due', l.recipient_id, i.child_number, i.benefit_month, 1, i.line_no, i.amount FROM allowance.run_item i JOIN allowance.run_line l USING (run_no, line_no);
  INSERT INTO allowance.item_release SELECT child_number, benefit_month, generation, tranche, attempt, 'cancelled', ${NEWEST} FROM allowance.run_item`;

const APPROVAL = `INSERT INTO allowance.run_approval (run_no, line_digest, line_count, total, maker, approver)
  SELECT run_no, line_digest, line_count, total, maker, 'shonin.taro' FROM allowance.payment_run;`;
/** A file of nothing but blanks and the right trailer. */
const file = (
  extra = "",
): string => `WITH b AS (SELECT run_no, line_digest, line_count, total, convert_to(repeat(' ', 120 * (line_count + 1))
    || rpad('8' || lpad(line_count::text, 6, '0') || lpad(total::text, 12, '0'), 120) || repeat(' ', 120), 'SQL_ASCII') AS bytes FROM allowance.run_approval)
  INSERT INTO allowance.transfer_file (run_no, line_digest, sha256, bytes, line_count, total, frozen_by, frozen_on)
  SELECT run_no, line_digest, encode(sha256(bytes), 'hex'), bytes, line_count, total, 'x', '2026-12-01' FROM b; ${extra}`;
const PAY = `${journal("pay", 3, 150_000, "1")}
  INSERT INTO allowance.ledger_entry (journal_id, debit, credit, recipient_id, run_no, line_no, amount)
  SELECT ${NEWEST}, 'clearing', 'bank', recipient_id, run_no, line_no, amount FROM allowance.run_line WHERE run_no = 1;`;
const HAND_OVER = `INSERT INTO allowance.hand_over SELECT sha256, 1, maker, approver, 'suito.jiro', 'x' FROM allowance.transfer_file JOIN allowance.run_approval USING (run_no);`;
const RESULT = `INSERT INTO allowance.result_file (run_no, sha256, accepted_count, accepted_amount, returned_count, returned_amount, unmatched_count, imported_by)
  VALUES (1, repeat('2', 64), 3, 150000, 0, 0, 0, 'x');`;
const UNMATCHED = `INSERT INTO allowance.result_row (result_id, row_no, run_no, line_no, amount, reason, raw) SELECT result_id, 1, 1, NULL, 1, 'x', '{}' FROM allowance.result_file;`;

/** In the order of the states; `then` is how the run goes on afterwards. */
export const stateAttacks: Readonly<
  Record<"created" | "inspected" | "approved" | "frozen" | "handedOver" | "settled", readonly StateAttack[]>
> = {
  created: [
    ["cancelled without an end", event(2, "created", "cancelled"), "run_event_evidence"],
    ["cancelled with another end", `${end("closed")} ${event(2, "created", "cancelled")}`, "run_event_evidence"],
    ["inspected without the second calculation", event(2, "created", "inspected"), "run_recalculation_missing"],
    ["the months of an open run given back as cancelled", GIVEN_BACK, "item_release_evidence"],
    ["the same as void", GIVEN_BACK.replace("'cancelled'", "'voided'"), "item_release_evidence"],
    [
      "a second calculation of other lines",
      "INSERT INTO allowance.run_recalculation (run_no, line_digest, recipients, months, differing, checked_by) VALUES (1, repeat('0', 64), 1, 1, 0, 'x')",
      "run_recalculation_run_no_line_digest_fkey",
    ],
  ],
  inspected: [
    ["approved without an approval", event(3, "inspected", "approved"), "run_event_evidence"],
    [
      "approved by another than the approval says",
      `${APPROVAL} ${event(3, "inspected", "approved")}`,
      "run_event_evidence",
    ],
  ],
  approved: [
    ["frozen without a file", event(4, "approved", "frozen"), "run_event_evidence"],
    ["a file without the payment in the ledger", file(event(4, "approved", "frozen")), "run_control"],
    ["a file without its event", `${PAY} ${file()}`, "run_evidence_event"],
    ["cancelled without an end", event(4, "approved", "cancelled"), "run_event_evidence"],
    [
      "ended as cancelled with its money",
      `${end("cancelled")} ${event(4, "approved", "cancelled")}`,
      "run_end_balance",
    ],
    [
      "ended as cancelled, the money back and the months not",
      `${end("cancelled")} ${event(4, "approved", "cancelled")} ${journal("unreserve", 3, 150_000, "1")}
       INSERT INTO allowance.ledger_entry (journal_id, debit, credit, recipient_id, run_no, line_no, amount)
       SELECT ${NEWEST}, 'clearing', 'due', recipient_id, run_no, line_no, amount FROM allowance.run_line WHERE run_no = 1`,
      "run_end_balance",
    ],
  ],
  frozen: [
    ["handed over without the intention", event(5, "frozen", "handingOver"), "run_event_evidence"],
    [
      "handed over by another than the intention says",
      `${HAND_OVER} ${event(5, "frozen", "handingOver")}`,
      "run_event_evidence",
    ],
    ["an intention without its event", HAND_OVER, "run_evidence_event"],
    ...(
      [
        ["received without an answer", "handedOver", ""],
        ["received, where the answer is lost", "handedOver", outcome(1, "unknown")],
        ["unknown without an answer", "unknown", ""],
        ["unknown, where the bank acknowledged", "unknown", outcome(1, "acknowledged")],
      ] as const
    ).map(([what, state, answer]): StateAttack => [
      what,
      `${HAND_OVER} ${event(5, "frozen", "handingOver", "suito.jiro")} ${answer} ${event(6, "handingOver", state)}`,
      "run_event_evidence",
    ]),
    ...(
      [
        ["void without the bank's word", end("voided")],
        ["void, where the bank has it", `${outcome(2, "confirmedReceived")} ${end("voided")}`],
        ["void without an end", outcome(2, "confirmedNotReceived")],
        ["void with another end", `${outcome(2, "confirmedNotReceived")} ${end("cancelled")}`],
      ] as const
    ).map(([what, evidence]): StateAttack => [
      what,
      `${HAND_OVER} ${event(5, "frozen", "handingOver", "suito.jiro")} ${outcome(1, "unknown")} ${event(6, "handingOver", "unknown")} ${evidence} ${event(7, "unknown", "voided")}`,
      "run_event_evidence",
    ]),
    [
      "received after all, as the bank confirms",
      `${HAND_OVER} ${event(5, "frozen", "handingOver", "suito.jiro")} ${outcome(1, "unknown")} ${event(6, "handingOver", "unknown")} ${outcome(2, "confirmedReceived")} ${event(7, "unknown", "handedOver")}`,
      "",
    ],
  ],
  handedOver: [
    ["settled without a result", event(7, "handedOver", "settled"), "run_event_evidence"],
    ["a result without its event", RESULT, "run_evidence_event"],
  ],
  settled: [
    ["closed without an end", event(8, "settled", "closed"), "run_unmatched_results"],
    ["closed with another end", `${end("voided")} ${event(8, "settled", "closed")}`, "run_unmatched_results"],
    ["an end without its event", end("closed"), "run_evidence_event"],
    [
      "closed over a result that fits no line",
      `${UNMATCHED} ${end("closed")} ${event(8, "settled", "closed")}`,
      "run_unmatched_results",
    ],
    [
      "closed over a result, where another was dealt with",
      `${UNMATCHED} ${UNMATCHED.replace("1, 1, NULL", "2, 1, NULL")}
       INSERT INTO allowance.result_resolution (result_id, row_no, resolution, entered_by, approved_by) SELECT result_id, 2, 'x', 'x', 'y' FROM allowance.result_file;
       ${end("closed")} ${event(8, "settled", "closed")}`,
      "run_unmatched_results",
    ],
  ],
};

type Due = {
  readonly child: number;
  readonly month: string;
  readonly recipient: number;
  readonly generation?: number;
  readonly tranche?: number;
};

/** Amounts due of 1,000 yen with their journal, from the last decision of the recipient. */
function due(...items: readonly Due[]): string {
  const entries = items.map(
    ({ child, month, recipient }) =>
      `INSERT INTO allowance.ledger_entry (journal_id, debit, credit, recipient_id, child_number, benefit_month, amount)
         VALUES (${NEWEST}, 'entitlement', 'due', ${recipient}, 900000000000${child}, '${month}-01', 1000);`,
  );
  const rows = items.map(
    ({ child, month, recipient, generation = 1, tranche = 1 }) =>
      `SELECT 900000000000${child}, '${month}-01'::date, ${generation}, ${tranche}, recipient_id, 1000, 'EL', NULL::smallint, decision_id, facts_digest, 'x', ${NEWEST}
       FROM (SELECT * FROM allowance.decision WHERE recipient_id = ${recipient} ORDER BY seq DESC LIMIT 1) d`,
  );
  return `${journal("accrue", items.length, 1000 * items.length)} ${entries.join(" ")} INSERT INTO allowance.due_item ${rows.join(" UNION ALL ")};`;
}

const decision = (recipient: number, kind: string, month: string): string =>
  `INSERT INTO allowance.decision (recipient_id, seq, kind, effective_month, cause, ex_officio, origin, facts_digest, rule_version, decided_on, examined_by, approved_by)
   SELECT recipient_id, seq + 1, '${kind}', '${month}-01', 'careEnded', true, 'exOfficio', facts_digest, 'test', '2027-01-10', 'a', 'b'
   FROM allowance.decision WHERE recipient_id = ${recipient} ORDER BY seq DESC LIMIT 1;`;

/** Tried at the end of the story: recipients 1 (ended from 2026-11), 2 (corrected once), 3, 4 and 5; children 201 to 205. */
export const endAttacks: readonly StateAttack[] = [
  ["one more tranche of a month that stands", due({ child: 203, month: "2026-10", recipient: 2, tranche: 2 }), ""],
  ["a restricted child-month", due({ child: 203, month: "2026-12", recipient: 2 }), "due_item_restricted"],
  ["the month before the restriction", due({ child: 203, month: "2026-11", recipient: 2, tranche: 2 }), ""],
  ["the month in which the restriction has ended", due({ child: 203, month: "2027-01", recipient: 2, tranche: 2 }), ""],
  ["another child of the restricted recipient", due({ child: 202, month: "2026-12", recipient: 2, tranche: 2 }), ""],
  ["any child where all are restricted", due({ child: 201, month: "2027-01", recipient: 4 }), "due_item_restricted"],
  ["the month before all are restricted", due({ child: 201, month: "2026-12", recipient: 4, tranche: 2 }), ""],
  [
    "long after all were restricted without an end",
    due({ child: 201, month: "2027-03", recipient: 4 }),
    "due_item_restricted",
  ],
  [
    "a second tranche without a first",
    due({ child: 203, month: "2027-02", recipient: 2, tranche: 2 }),
    "due_item_one_recipient",
  ],
  [
    "a third tranche without a second",
    due({ child: 203, month: "2026-10", recipient: 2, tranche: 3 }),
    "due_item_one_recipient",
  ],
  [
    "a second tranche of another recipient",
    due({ child: 203, month: "2026-10", recipient: 3, tranche: 2 }),
    "due_item_one_recipient",
  ],
  [
    "a second tranche of a child that has none",
    due({ child: 209, month: "2026-10", recipient: 2, tranche: 2 }),
    "due_item_one_recipient",
  ],
  [
    "a second generation where another month was given up",
    due({ child: 201, month: "2026-12", recipient: 4, generation: 2 }),
    "due_item_one_recipient",
  ],
  [
    "a second generation where another child's month was",
    due({ child: 203, month: "2026-11", recipient: 2, generation: 2 }),
    "due_item_one_recipient",
  ],
  [
    "a third generation where the first was given up",
    due({ child: 201, month: "2026-11", recipient: 4, generation: 3 }),
    "due_item_one_recipient",
  ],
  [
    "more for a month that was given up",
    `INSERT INTO allowance.title_release (child_number, benefit_month, generation, cause, released_by, approved_by) VALUES (900000000000204, '2026-11-01', 1, 'x', 'a', 'b');
     ${due({ child: 204, month: "2026-11", recipient: 2, tranche: 4 })}`,
    "due_item_one_recipient",
  ],
  ["a month before the first", due({ child: 203, month: "2024-09", recipient: 2 }), "due_item_window"],
  ["the first month", due({ child: 203, month: "2024-10", recipient: 2 }), ""],
  [
    "a month before the first beside a good one",
    due({ child: 203, month: "2027-02", recipient: 2 }, { child: 203, month: "2024-09", recipient: 2 }),
    "due_item_window",
  ],
  [
    "a month after the end beside a good one",
    due(
      { child: 201, month: "2026-10", recipient: 1, tranche: 2 },
      { child: 201, month: "2026-11", recipient: 1, tranche: 2 },
    ),
    "due_item_window",
  ],
  ["the last month before the end", due({ child: 201, month: "2026-10", recipient: 1, tranche: 2 }), ""],
  [
    "a month after an end that was decided after a correction",
    `${decision(2, "extinguish", "2027-02")} ${due({ child: 203, month: "2027-02", recipient: 2 })}`,
    "due_item_window",
  ],
  [
    "a month after an end that was corrected",
    `${decision(2, "extinguish", "2027-02")} ${decision(2, "correct", "2027-02")} ${due({ child: 203, month: "2027-02", recipient: 2 })}`,
    "",
  ],
  [
    "a month after an end that only another recipient's correction follows",
    `${decision(3, "extinguish", "2027-02")} ${decision(2, "correct", "2027-02")} ${due({ child: 205, month: "2027-02", recipient: 3 })}`,
    "due_item_window",
  ],
  [
    "a month of the first certification, after a correction and a later one",
    `${decision(2, "correct", "2026-12")} ${decision(2, "certify", "2026-12")} ${due({ child: 203, month: "2026-10", recipient: 2, tranche: 2 })}`,
    "",
  ],
  [
    "a month between two ends that stand",
    `${decision(2, "extinguish", "2027-02")} ${decision(2, "extinguish", "2027-04")} ${due({ child: 203, month: "2027-03", recipient: 2 })}`,
    "",
  ],
  [
    "by the facts of an earlier decision than the one named",
    `${journal("accrue", 1, 1000)} INSERT INTO allowance.ledger_entry (journal_id, debit, credit, recipient_id, amount) VALUES (${NEWEST}, 'entitlement', 'due', 2, 1000);
     INSERT INTO allowance.due_item SELECT 900000000000203, '2027-02-01', 1, 1, 2, 1000, 'EL', NULL, d.decision_id, e.facts_digest, 'x', ${NEWEST}
     FROM allowance.decision d, allowance.decision e WHERE (d.recipient_id, d.seq, e.recipient_id, e.seq) = (2, 4, 2, 1)`,
    "due_item_decision",
  ],
  [
    "by the decision of another recipient",
    `${journal("accrue", 1, 1000)} INSERT INTO allowance.ledger_entry (journal_id, debit, credit, recipient_id, amount) VALUES (${NEWEST}, 'entitlement', 'due', 2, 1000);
     INSERT INTO allowance.due_item SELECT 900000000000203, '2027-02-01', 1, 1, 2, 1000, 'EL', NULL, d.decision_id, d.facts_digest, 'x', ${NEWEST}
     FROM allowance.decision d WHERE (d.recipient_id, d.seq) = (3, 1)`,
    "due_item_decision",
  ],
  [
    "under a journal of another kind",
    due({ child: 203, month: "2027-02", recipient: 2 }).replace("VALUES ('accrue'", "VALUES ('reserve'"),
    "ledger_closed_journal",
  ],
  [
    "under a journal that is closed",
    due({ child: 203, month: "2027-02", recipient: 2 }).replaceAll(
      NEWEST,
      "(SELECT min(journal_id) FROM allowance.journal WHERE kind = 'accrue')",
    ),
    "ledger_closed_journal",
  ],
  [
    "a journal of fewer entries than it says",
    `${journal("accrue", 2, 1000)} INSERT INTO allowance.ledger_entry (journal_id, debit, credit, recipient_id, amount) VALUES (${NEWEST}, 'entitlement', 'due', 2, 1000)`,
    "journal_balance",
  ],
  [
    "a journal of fewer yen than it says",
    `${journal("accrue", 1, 1001)} INSERT INTO allowance.ledger_entry (journal_id, debit, credit, recipient_id, amount) VALUES (${NEWEST}, 'entitlement', 'due', 2, 1000)`,
    "journal_balance",
  ],
];

/** A run made by hand out of the months of run 1, which was cancelled: right, and wrong in one place. */
function forged({
  shift = 0,
  item = "amount",
  digest = "",
  created = true,
  total = 150_000,
}: {
  shift?: number;
  item?: string;
  digest?: string;
  created?: boolean;
  total?: number;
}): string {
  const amount = `CASE line_no WHEN 1 THEN amount + ${shift} WHEN 2 THEN amount - ${shift} ELSE amount END`;
  const columns = "recipient_id, account_id, bank, branch, account_type, account_number, holder";
  return `${journal("reserve", 10, total, "2")}
    INSERT INTO allowance.payment_run (run_no, previous_run_no, payment_month, kind, months_from, months_to, pay_on, cut_off_on, line_count, item_count, total, line_digest, maker, command_key)
    SELECT 2, 1, payment_month, kind, months_from, months_to, pay_on, cut_off_on, line_count, item_count, ${total}, ${
      digest === ""
        ? `(SELECT encode(sha256(convert_to(string_agg(allowance.line_text(line_no, recipient_id, bank, branch, account_type, account_number, holder, ${amount}, new_code, child_months)
             || allowance.payee_text(payee_child, unpaid_id), E'\\n' ORDER BY line_no), 'UTF8')), 'hex') FROM allowance.run_line WHERE run_no = 1)`
        : `'${digest}'`
    }, maker, 'attack' FROM allowance.payment_run WHERE run_no = 1;
    INSERT INTO allowance.run_parameters SELECT 2, set_id FROM allowance.run_parameters WHERE run_no = 1;
    INSERT INTO allowance.run_line (run_no, line_no, ${columns}, amount, child_months, new_code, ward_code, employee_class)
    SELECT 2, line_no, ${columns}, ${amount}, child_months, new_code, ward_code, employee_class FROM allowance.run_line WHERE run_no = 1;
    INSERT INTO allowance.run_item SELECT child_number, benefit_month, generation, tranche, 2, 2, line_no, ${item} FROM allowance.run_item WHERE run_no = 1;
    INSERT INTO allowance.ledger_entry (journal_id, debit, credit, recipient_id, child_number, benefit_month, run_no, line_no, amount)
    SELECT ${NEWEST}, 'due', 'clearing', l.recipient_id, i.child_number, i.benefit_month, 2, i.line_no, i.amount FROM allowance.run_item i JOIN allowance.run_line l USING (run_no, line_no) WHERE i.run_no = 2;
    ${created ? "INSERT INTO allowance.run_event (run_no, seq, from_state, to_state, actor) VALUES (2, 1, 'none', 'created', 'x');" : ""}`;
}

/** Tried after run 1 was cancelled. */
export const forgedRuns: readonly StateAttack[] = [
  ["a run made by hand, right in everything", forged({}), ""],
  ["lines that are not the sums of their months", forged({ shift: 10 }), "run_control"],
  ["a digest of other lines", forged({ digest: "0".repeat(64) }), "run_digest"],
  ["a run without its beginning", forged({ created: false }), "run_control"],
  ["another total than its lines", forged({ total: 149_999 }).replace("10, 149999", "10, 150000"), "run_control"],
];
