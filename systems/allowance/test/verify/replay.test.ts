/** 組み直し: what was changed by hand behind the back of every constraint differs from what the events give, and is named row by row. */
import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { recordDecisionParts } from "../../src/case-file/record-parts.ts";
import { replayRecords } from "../../src/verify/replay.ts";
import { calendar, contextOf, MAKER, seedCases, threeFamilies } from "../support/cases.ts";
import { claimedFamily } from "../support/claimed-families.ts";
import { testContext, testFolder } from "../support/context.ts";
import { onDay } from "../support/families.ts";
import { prepare } from "../support/filings.ts";
import { advance, create, settleAndClose } from "../support/runs.ts";

const database = useDatabase();
const dir = testFolder();

beforeAll(async () => {
  const { pool } = database;
  await prepare(pool);
  const at = (operator: string) => onDay(testContext(database, dir, operator), "2026-05-10");
  // Two children: 10,000 and 15,000 a month
  await claimedFamily({ maker: at("staff.ito"), approver: at("staff.sato") }, 640_100, [
    ["2015-06-06"],
    ["2024-06-06"],
  ]);
  await recordDecisionParts(contextOf(pool, MAKER));
  await seedCases(pool, threeFamilies);
  await create(pool);
  await advance(pool, 1, "handedOver");
  await settleAndClose(pool, 1);
  // 15,000 of November for the only child are owed back: its care had ended in October
  await pool.query(
    `WITH d AS (SELECT d.*, jsonb_set(f.facts::jsonb, '{children,0,care}', '[{"from": "2024-06-01", "to": "2026-10-20"}]') AS changed
                FROM allowance.decision d JOIN allowance.facts f USING (facts_digest) JOIN allowance.recipient r USING (recipient_id)
                WHERE r.addressee_number = 900000000000101),
          f AS (INSERT INTO allowance.facts SELECT encode(sha256(convert_to(changed::text, 'UTF8')), 'hex'), changed FROM d RETURNING facts_digest)
     INSERT INTO allowance.decision (recipient_id, seq, kind, effective_month, cause, ex_officio, origin, facts_digest, rule_version, decided_on, examined_by, approved_by)
     SELECT recipient_id, seq + 1, 'extinguish', '2026-11-01', 'careEnded', true, 'exOfficio', f.facts_digest, rule_version, '2027-01-10', 'a', 'b' FROM d, f`,
  );
  await create(pool, "2027-02");
}, 60_000);

/** Past every trigger and foreign key, as a bad restore would. */
async function byHand(sql: string): Promise<void> {
  const client = await database.pool.connect();
  try {
    await client.query("SET session_replication_role = replica");
    await client.query(sql);
  } finally {
    await client.query("RESET session_replication_role");
    client.release();
  }
}

/** Tables that differ, with their rows. */
async function differing(): Promise<Readonly<Record<string, readonly string[]>>> {
  const tables = await replayRecords({ pool: database.pool, calendar });
  return Object.fromEntries(
    tables.filter((one) => one.stored !== one.rebuilt).map(({ table, examples }) => [table, examples]),
  );
}

const PAID = "ctid = (SELECT min(ctid) FROM allowance.ledger_entry WHERE credit = 'bank')";

describe("hagukumi verify replay", () => {
  it("built again from empty, ledger, runs, debts and parts of decisions are the stored ones byte by byte", async () => {
    const tables = await replayRecords({ pool: database.pool, calendar });
    expect(
      tables.map(({ table, rows, rebuiltRows, stored, rebuilt }) => [table, rows === rebuiltRows, stored === rebuilt]),
    ).toEqual([
      ["allowance.journal", true, true],
      ["allowance.ledger_entry", true, true],
      ["allowance.run_line", true, true],
      ["allowance.payment_run", true, true],
      ["allowance.transfer_file", true, true],
      ["allowance.recovery", true, true],
      ["allowance.decision_breakdown", true, true],
      ["allowance.decision_child", true, true],
    ]);
    expect(tables.filter(({ rows }) => rows === 0).map(({ table }) => table)).toEqual([]);
    // One family with parts: a breakdown, and a row for each of its two children
    expect(tables.map(({ rows }) => rows).slice(6)).toEqual([1, 2]);
  });

  it("one yen in one entry, an entry that is gone, another child's part: each is named, with what it should be", async () => {
    await byHand(`UPDATE allowance.ledger_entry SET amount = amount + 1 WHERE ${PAID}`);
    const [changed] = Object.entries(await differing());
    expect(changed?.[0]).toBe("allowance.ledger_entry");
    expect(changed?.[1].map((line) => line.slice(0, 2))).toEqual(["- ", "+ "]);
    await byHand(`UPDATE allowance.ledger_entry SET amount = amount - 1 WHERE amount % 10 = 1`);

    await byHand("CREATE TABLE kept AS SELECT * FROM allowance.ledger_entry WHERE credit = 'clearing' LIMIT 1");
    await byHand(
      "DELETE FROM allowance.ledger_entry e USING kept k WHERE (e.journal_id, e.child_number, e.benefit_month) = (k.journal_id, k.child_number, k.benefit_month)",
    );
    expect((await differing())["allowance.ledger_entry"]).toEqual([expect.stringMatching(/^\+ .*due,clearing/)]);
    await byHand("INSERT INTO allowance.ledger_entry SELECT * FROM kept; DROP TABLE kept");

    await byHand("UPDATE allowance.decision_child SET band = 'JH' WHERE band = 'U3'");
    expect(Object.keys(await differing())).toEqual(["allowance.decision_child"]);
    await byHand("UPDATE allowance.decision_child SET band = 'U3' WHERE band = 'JH'");
    await byHand("UPDATE allowance.journal SET total = total + 1 WHERE kind = 'accrue'");
    expect(Object.keys(await differing())).toEqual(["allowance.journal"]);
    await byHand("UPDATE allowance.journal SET total = total - 1 WHERE kind = 'accrue'");
    expect(await differing()).toEqual({});
  });

  it.each([
    [
      "allowance.run_line",
      "UPDATE allowance.run_line SET child_months = child_months + 1 WHERE (run_no, line_no) = (1, 1)",
    ],
    ["allowance.payment_run", "UPDATE allowance.payment_run SET line_digest = repeat('0', 64) WHERE run_no = 1"],
    ["allowance.transfer_file", "UPDATE allowance.transfer_file SET line_digest = repeat('0', 64)"],
    ["allowance.recovery", "UPDATE allowance.recovery SET found_on = found_on + 1"],
  ])("%s: one changed byte is found and named", async (table, change) => {
    const copy = `kept_${table.replace("allowance.", "")}`;
    await byHand(`CREATE TABLE ${copy} AS SELECT * FROM ${table}`);
    await byHand(change);
    expect(Object.keys(await differing())).toEqual([table]);
    await byHand(`DELETE FROM ${table}`);
    const { rows } = await database.pool.query<{ columns: string }>(
      "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) AS columns FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''",
      [table],
    );
    const columns = rows[0]?.columns ?? "";
    await byHand(
      `INSERT INTO ${table} (${columns}) OVERRIDING SYSTEM VALUE SELECT ${columns} FROM ${copy}; DROP TABLE ${copy}`,
    );
    expect(await differing()).toEqual({});
  });
});
