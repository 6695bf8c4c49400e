/**
 * One row for each constraint of the ledger and of the run's states: a row of the story's end, changed in the named columns, must be
 * refused by exactly that constraint. The empty name: it must be taken.
 */

/** Columns that change, and the constraint that must speak (empty: none). `from` picks the row. */
export type RowAttack = {
  readonly table: string;
  readonly from: string;
  readonly change: Readonly<Record<string, string | number>>;
  readonly constraint: string;
};

const of =
  (table: string, from = "true") =>
  (change: RowAttack["change"], constraint: string, other = from): RowAttack => ({
    table,
    from: other,
    change,
    constraint,
  });

const journal = of("journal", "kind = 'accrue'");
const entry = of("ledger_entry", "debit = 'entitlement'");
const due = of("due_item");
const reversal = of("due_reversal");
const receivable = of("receivable");
const title = of("title_release");
const release = of("item_release");
const run = of("payment_run", "run_no = 9");
const event = of("run_event", "run_no = 9 AND to_state = 'closed'");
const end = of("run_end", "run_no = 9");
const item = of("run_item");
/** A month that was neither reversed nor given back. */
const kept = { child_number: 900_000_000_000_203, benefit_month: "2026-10-01", generation: 1, tranche: 1 };
const NOWHERE = 999_999;

export const rowAttacks: readonly RowAttack[] = [
  journal({}, "journal_pkey"),
  journal({ journal_id: NOWHERE, entry_count: 0 }, "journal_entry_count_check"),
  journal({ journal_id: NOWHERE, total: 0 }, "journal_total_check"),
  journal({ journal_id: NOWHERE, kind: "gift" }, "journal_kind_check"),
  journal({ journal_id: NOWHERE, command_key: "none" }, "journal_command_key_fkey"),
  journal({ journal_id: NOWHERE }, "journal_balance"),
  entry({ amount: 0 }, "ledger_entry_amount_check"),
  entry({ debit: "pocket" }, "ledger_entry_debit_check"),
  entry({ credit: "pocket" }, "ledger_entry_credit_check"),
  entry({ debit: "due" }, "ledger_two_accounts"),
  entry({}, "ledger_closed_journal"),
  entry({ journal_id: NOWHERE }, "ledger_closed_journal"),
  due({}, "due_item_once"),
  due({ amount: 0 }, "due_item_amount_check"),
  due({ amount: 30_001 }, "due_item_amount_check"),
  due({ band: "UN" }, "due_item_band_check"),
  due({ generation: 0 }, "due_item_generation_check"),
  due({ tranche: 0 }, "due_item_tranche_check"),
  due(
    { tranche: 2, journal_id: NOWHERE },
    "ledger_closed_journal",
    "child_number = 900000000000203 AND benefit_month = '2026-10-01'",
  ),
  due(
    { tranche: 2, decision_id: NOWHERE },
    "due_item_decision",
    "child_number = 900000000000203 AND benefit_month = '2026-10-01'",
  ),
  reversal({}, "due_reversal_pkey"),
  reversal({ cause: "" }, "due_reversal_cause_check"),
  reversal({ tranche: 9 }, "due_reversal_child_number_benefit_month_generation_tranche_fkey"),
  reversal({ ...kept, journal_id: NOWHERE }, "due_reversal_journal_id_fkey"),
  reversal(kept, "due_reversal_paid"),
  receivable({}, "receivable_pkey"),
  receivable({ receivable_id: NOWHERE, amount: 0 }, "receivable_amount_check"),
  receivable({ receivable_id: NOWHERE, amount: 30_001 }, "receivable_amount_check"),
  receivable({ receivable_id: NOWHERE, decision_id: NOWHERE }, "receivable_decision_id_fkey"),
  receivable({ receivable_id: NOWHERE, journal_id: NOWHERE }, "receivable_journal_id_fkey"),
  receivable({ receivable_id: NOWHERE, recipient_id: NOWHERE }, "receivable_recipient_id_fkey"),
  title({}, "title_release_pkey"),
  title({ cause: "" }, "title_release_cause_check"),
  title({ approved_by: "kakari.a" }, "title_release_two_people"),
  // Paid and not owed back: another month of the child, another child of the recipient, another recipient of the month.
  title({ benefit_month: "2026-10-01" }, "title_release_balance"),
  title({ child_number: 900_000_000_000_203 }, "title_release_balance"),
  title({ generation: 2 }, "title_release_balance"),
  // 15,000 paid and 15,000 owed back
  title({ child_number: 900_000_000_000_204 }, ""),
  release({}, "item_release_pkey"),
  release({ cause: "lost" }, "item_release_cause_check"),
  release({ attempt: 99 }, "item_release_child_number_benefit_month_generation_tranche_fkey"),
  release({ ...kept, attempt: 6, journal_id: NOWHERE }, "item_release_journal_id_fkey"),
  release({ ...kept, attempt: 6 }, "item_release_evidence"),
  release({ ...kept, attempt: 6, cause: "cancelled" }, "item_release_evidence"),
  release({ ...kept, attempt: 6, cause: "returned" }, "item_release_evidence"),
  run({}, "payment_run_pkey"),
  run({ months_to: "2020-01-01" }, "payment_run_check"),
  run({ item_count: 0 }, "payment_run_check1"),
  run({ kind: "gift" }, "payment_run_kind_check"),
  run({ line_count: 0, item_count: 0 }, "payment_run_line_count_check"),
  run({ run_no: 0, previous_run_no: -1 }, "payment_run_run_no_check"),
  run({ run_no: 10_000, previous_run_no: 9999 }, "payment_run_run_no_check"),
  run({ total: 0 }, "payment_run_total_check"),
  run({ previous_run_no: 3 }, "run_chain"),
  run({ run_no: 12, previous_run_no: 11 }, "payment_run_previous_run_no_fkey"),
  run({ run_no: 10, previous_run_no: 9, command_key: "none" }, "payment_run_command_key_fkey"),
  run({ run_no: 10, previous_run_no: 9 }, "run_control"),
  event({}, "run_event_pkey"),
  event({ seq: 101, from_state: "closed", to_state: "cancelled" }, "run_event_seq_check"),
  event({ seq: 0, from_state: "closed", to_state: "cancelled" }, "run_event_seq_check"),
  event({ seq: 9, from_state: "none", to_state: "cancelled" }, "run_event_first"),
  event({ seq: 1, from_state: "frozen", to_state: "cancelled" }, "run_event_first"),
  event({ seq: 9, from_state: "closed", to_state: "frozen" }, "run_event_run_no_to_state_key"),
  event({ seq: 9, from_state: "closed", to_state: "cancelled" }, "run_event_from_state_to_state_fkey"),
  event(
    { run_no: 2, seq: 50, from_state: "frozen", to_state: "handingOver" },
    "run_event_run_no_prev_seq_from_state_fkey",
  ),
  event({ run_no: 77, seq: 1, from_state: "none", to_state: "created" }, "run_event_run_no_fkey"),
  end({}, "run_end_pkey"),
  end({ outcome: "lost" }, "run_end_outcome_check"),
  end({ run_no: 77 }, "run_end_run_no_fkey"),
  item({}, "run_item_once"),
  item({ amount: 0 }, "run_item_amount_check"),
  item({ amount: 30_001 }, "run_item_amount_check"),
  item({ attempt: 0 }, "run_item_attempt_check"),
  item({ attempt: 99 }, "run_line_sealed"),
];

/** The statement of an attack: all columns of the row as they are, but for those that change. */
export const rowAttackSql = ({ table, from, change }: RowAttack): string => `
DO $attack$
DECLARE columns text;
BEGIN
  SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO columns FROM pg_attribute
  WHERE attrelid = 'allowance.${table}'::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
  EXECUTE format('INSERT INTO allowance.${table} (%1$s) OVERRIDING SYSTEM VALUE SELECT %1$s FROM jsonb_populate_record(NULL::allowance.${table},
    (SELECT to_jsonb(x) FROM allowance.${table} x WHERE ${from.replaceAll("'", "''")} ORDER BY x LIMIT 1) || %2$L::jsonb)', columns, '${JSON.stringify(change)}');
END $attack$`;
