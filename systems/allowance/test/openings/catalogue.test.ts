/** What the catalogue of the database must look like, for every table there is: a new table without a decision fails here. */
import { describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { TABLE_CLASSES } from "../../src/verify/table-classes.ts";

const database = useDatabase();

/** Tables that need no row security, each with the reason. */
const REVIEWED: Readonly<Record<string, string>> = {
  bank_snapshot: "master of banks",
  branch: "master of banks",
  budget_order: "totals of a run by item of the budget, and the file of them",
  budget_order_approval: "who approved that file",
  branch_end: "master of banks",
  character_set: "characters and what they are: no person",
  character_set_approval: "who approved which characters",
  code: "master of codes",
  code_domain: "master of codes",
  collection_file: "count, sum and hash of a file of claims; the claims themselves are protected",
  collection_receipt: "which file of receipts came for which hand-over",
  cost_share_approval: "who approved shares of the cost",
  cost_share_entry: "shares of the cost by year",
  term_erasure: "counts of what was past its term",
  counter_count: "cash counted beside the balance of the book",
  counter_fund: "account of the city and who keeps it",
  counter_window: "one row a run: where and when",
  creditor: "offices that collect fees: no person",
  data_channel: "ways by which facts come in",
  data_source: "from whom facts come in",
  entry_confirmation: "number of an entry and who confirmed it; the entry itself is protected",
  ex_officio_increase_cause: "master of causes",
  feed_state: "days up to which the feeds were taken in",
  hand_over: "one row a file: hash and who",
  hand_over_by_hand: "one row a file",
  hand_over_outcome: "one row a file",
  hand_over_receipt: "one row a file",
  import_batch: "counts of an import",
  mass_approval: "hash of a list and who approved it",
  mass_booking: "when a list is made by itself",
  mass_booking_end: "bookings taken back",
  mass_booking_start: "what a booking started",
  mass_check: "counts of faults",
  mass_event: "states of a mass run",
  mass_letter_back:
    "numbers of decisions of which no letter is made; whose stands in letter_withheld, which is protected",
  mass_list: "totals of a list",
  mass_exclusion: "what is not done while what is half written",
  mass_order: "what is done before what",
  mass_run: "kind, period and parameters of a mass run",
  mass_schedule: "calendar of mass work",
  mass_slice: "how far a list is",
  mass_transition: "master of states",
  mass_undo: "which run takes back which",
  interface_origin: "from whom and by which way an interface comes",
  letter_edition: "forms and their fields: no person",
  letter_insertion: "counts of a run",
  letter_run: "totals of a run",
  letter_run_approval: "who approved a run",
  letter_run_event: "states of a run",
  letter_run_order: "who ordered which run",
  letter_run_order_result: "which run came of an order",
  letter_run_transition: "master of states",
  letter_text: "texts of the city's letters",
  letter_text_approval: "who approved a text",
  memo_secret: "the desk has no right to it",
  parameter_approval: "who approved the values of the law",
  parallel_calculation: "counts and sums over all cases",
  parameter_set: "values of the law",
  notice_kind: "master of kinds of notices",
  payment_run: "totals of a run",
  replica_check: "counts of a comparison; whom it differs for stands in a protected table",
  replica_check_request: "who asked for a comparison, and why",
  result_file: "totals of a result",
  review_setting: "settings that a year goes by",
  review_year: "days of a year",
  run_approval: "totals of a run",
  run_comparison: "totals of a run beside those of the one before",
  run_control_total: "totals of a run by band, bank, ward …",
  run_end: "state of a run",
  run_event: "states of a run",
  run_parameters: "run and approved set",
  run_recalculation: "how many lines were calculated again",
  run_transition: "master of states",
  setting: "settings of the city",
  statistics_report: "totals: no person",
  statistics_report_approval: "who approved totals",
  town: "master of towns",
  reconciliation: "counts of a comparison",
  receipt_file: "one row a file: hash, layout and counts",
  recovery_transition: "master of states",
};

/** Views that run with their owner's rights, because they show by right what the table may not show. */
const OWNER_VIEWS: readonly string[] = ["claim_account", "run_line_account"];

/** Functions that run with more rights than the desk has, each with what keeps them from telling more. */
const OWNER_FUNCTIONS: Readonly<Record<string, string>> = {
  case_history: "events of a case that the session has open",
  has_right: "tells the session its own right",
  is_draft_of_other: "whether a filing is a draft that somebody else types: it only takes rows away",
  note_closed: "writes that a person could not be opened; tells nothing",
  marks_of: "marks of people whom the session has open or might find, 支援措置 by right alone",
  open_case: "checks right, ward, protection, deny list and purpose",
  open_claims: "keys of what the session has open",
  open_facts: "keys of what the session has open",
  open_journals: "keys of what the session has open",
  open_lines: "keys of what the session has open",
  open_numbers: "keys of what the session has open",
  open_recipients: "keys of what the session has open",
  protected_address: "the address of one open person, under a lift that another person granted to the asker",
  queued_filings_for_staff:
    "reception number, procedure, ward and first kana of filings of the own wards, nobody protected",
  age_changes_for_staff: "年齢到達 that nothing has decided yet, of what the session may see",
  due_checks_for_staff: "filing, ward and first kana of checks that fall due, own wards, nobody protected",
  unreported_changes_for_staff:
    "certification number, ward and first kana of unreported changes, own wards, nobody protected",
  reconciliation_differences_for_staff: "row, items, ward and first kana of differences, own wards, nobody protected",
  register_changes_for_staff:
    "certification number, ward and first kana of changes by the feeds, own wards, nobody protected",
  sheltered_open: "which of the open people are protected without a lift for the asker: it only takes rows away",
  search_people: "at most 20 people, by right, ward, protection and deny list",
};

async function names(sql: string): Promise<readonly string[]> {
  return (await database.pool.query<{ name: string }>(sql)).rows.map(({ name }) => name);
}

const IN_SCHEMAS = "n.nspname IN ('allowance', 'annex1', 'lookup')";

describe("目録: row security of the allowance system", () => {
  it("every table has forced row security or stands in the reviewed list, and the list names no other table", async () => {
    const open = await names(
      `SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE ${IN_SCHEMAS} AND c.relkind IN ('r', 'p') AND NOT (c.relrowsecurity AND c.relforcerowsecurity) ORDER BY 1`,
    );
    expect(open).toStrictEqual(Object.keys(REVIEWED).toSorted());
  });

  it("no reviewed table names a person: neither by 宛名番号 nor by 認定番号, claim, filing or account", async () => {
    const telling = await names(
      `SELECT c.relname || '.' || a.attname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
       JOIN pg_type t ON t.oid = a.atttypid
       WHERE ${IN_SCHEMAS} AND c.relkind IN ('r', 'p') AND NOT c.relforcerowsecurity AND a.attnum > 0 AND NOT a.attisdropped
         AND (t.typname = 'addressee_number' OR a.attname IN ('recipient_id', 'claim_id', 'filing_id', 'account_id', 'named_numbers', 'kana', 'address'))`,
    );
    expect(telling).toStrictEqual([]);
  });

  /** Policies that take away from what the others allow: they can never show more. */
  const NARROWING = ["allowance.filing filing_own_drafts"];

  it("every policy is for reading by the desk alone; the desk bypasses none, the system's own role all", async () => {
    const odd = await names(
      `SELECT p.polrelid::regclass || ' ' || p.polname AS name FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE ${IN_SCHEMAS} AND (p.polcmd <> 'r' OR NOT p.polpermissive OR p.polroles <> ARRAY['hagukumi_desk'::regrole::oid])`,
    );
    expect(odd).toStrictEqual(NARROWING);
    const roles = await database.pool.query(
      "SELECT rolname, rolbypassrls, rolsuper FROM pg_roles WHERE rolname IN ('hagukumi_desk', 'hagukumi_allowance') ORDER BY 1",
    );
    expect(roles.rows).toStrictEqual([
      { rolname: "hagukumi_allowance", rolbypassrls: true, rolsuper: false },
      { rolname: "hagukumi_desk", rolbypassrls: false, rolsuper: false },
    ]);
  });

  it("the desk can write nowhere, and never gained the columns that hold accounts", async () => {
    const writable = await names(
      `SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE n.nspname IN ('allowance', 'annex1', 'lookup', 'audit', 'access', 'identity') AND c.relkind IN ('r', 'p', 'v')
         AND (has_table_privilege('hagukumi_desk', c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE') OR has_any_column_privilege('hagukumi_desk', c.oid, 'INSERT, UPDATE'))`,
    );
    expect(writable).toStrictEqual([]);
    const { rows } = await database.pool.query<{ seen: boolean }>(
      `SELECT bool_or(has_column_privilege('hagukumi_desk', a.attrelid, a.attnum, 'SELECT')) AS seen FROM pg_attribute a
       WHERE (a.attrelid = 'allowance.claim'::regclass AND a.attname = 'account')
          OR (a.attrelid = 'allowance.run_line'::regclass AND a.attname IN ('account_id', 'bank', 'branch', 'account_type', 'account_number', 'holder'))
          OR (a.attrelid = 'allowance.result_row'::regclass AND a.attname = 'raw')
          OR (a.attrelid = 'allowance.transfer_file'::regclass AND a.attname = 'bytes')
          OR (a.attrelid = 'allowance.memo_secret'::regclass AND a.attnum > 0)`,
    );
    expect(rows).toStrictEqual([{ seen: false }]);
  });

  it("every view that the desk reads asks with the desk's own rights, except the reviewed ones", async () => {
    const wide = await names(
      `SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE ${IN_SCHEMAS} AND c.relkind IN ('v', 'm') AND has_table_privilege('hagukumi_desk', c.oid, 'SELECT')
         AND NOT coalesce('security_invoker=true' = ANY (c.reloptions), false) ORDER BY 1`,
    );
    expect(wide).toStrictEqual([...OWNER_VIEWS]);
  });

  it("every function that lends the desk its owner's rights is reviewed", async () => {
    const lent = await names(
      `SELECT DISTINCT p.proname AS name FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
       WHERE ${IN_SCHEMAS} AND p.prosecdef AND p.prorettype <> 'trigger'::regtype AND has_function_privilege('hagukumi_desk', p.oid, 'EXECUTE') ORDER BY 1`,
    );
    expect(lent).toStrictEqual(Object.keys(OWNER_FUNCTIONS).toSorted());
  });

  it("what the session may see is worked out once a statement, not once a row", async () => {
    const client = await database.pool.connect();
    try {
      await client.query("BEGIN");
      await client.query("SET LOCAL ROLE hagukumi_desk");
      const tables = await client.query<{ name: string; kind: string }>(
        `SELECT p.polrelid::regclass::text AS name, pg_get_expr(p.polqual, p.polrelid) AS kind FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
         JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${IN_SCHEMAS} AND pg_get_expr(p.polqual, p.polrelid) !~ 'EXISTS'`,
      );
      expect(tables.rows.length).toBeGreaterThan(20);
      for (const { name } of tables.rows) {
        const { rows } = await client.query<{ "QUERY PLAN": string }>(`EXPLAIN SELECT count(*) FROM ${name}`);
        const plan = rows.map((row) => row["QUERY PLAN"]).join("\n");
        expect(plan, name).toContain("InitPlan");
        expect(plan, name).not.toMatch(/(?:Filter|Cond):.*(?:open_\w+|has_right)\(/);
      }
    } finally {
      await client.query("ROLLBACK");
      client.release();
    }
  });

  it("[THR23] [D205] files of another business are refused to the roles of the allowance, which reach their own schemas alone", async () => {
    await database.pool.query(
      "CREATE SCHEMA other_business; CREATE TABLE other_business.file (addressee_number bigint); INSERT INTO other_business.file VALUES (1)",
    );
    for (const role of ["hagukumi_allowance", "hagukumi_desk"]) {
      const client = await database.pool.connect();
      await client.query(`SET ROLE ${role}`);
      await expect(client.query("SELECT * FROM other_business.file"), role).rejects.toMatchObject({ code: "42501" });
      client.release(true);
    }
    const reached = await names(
      `SELECT DISTINCT n.nspname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       CROSS JOIN unnest(ARRAY['hagukumi_allowance', 'hagukumi_desk']) role
       WHERE c.relkind IN ('r', 'p', 'v', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND has_schema_privilege(role, n.oid, 'USAGE')
         AND (has_table_privilege(role, c.oid, 'SELECT') OR has_any_column_privilege(role, c.oid, 'SELECT')) ORDER BY 1`,
    );
    const own = ["access", "allowance", "annex1", "audit", "identity", "lookup"];
    expect(reached.filter((schema) => !own.includes(schema))).toStrictEqual([]);
    expect(reached).toContain("allowance");
  });
});

describe("目録: 表の種類", () => {
  it("every table is an event, follows from events, is a setting or a work area, and stands in one list alone", async () => {
    const tables = await names(
      "SELECT relname AS name FROM pg_class WHERE relnamespace = 'allowance'::regnamespace AND relkind IN ('r', 'p')",
    );
    expect(Object.values(TABLE_CLASSES).flat().toSorted()).toStrictEqual(tables.toSorted());
  });
});
