/**
 * The nightly check must see what the constraints would have refused: here the owner switches triggers and foreign keys
 * off and damages the stored rows by hand, one invariant at a time, as a bad restore or a mistake in a trigger might.
 */
import { describe, expect, it } from "vitest";

import { freshDatabase } from "../../../../platform/test/support/cluster.ts";
import { closeRun } from "../../src/payments/close-run.ts";
import { importResults } from "../../src/payments/import-results.ts";
import { makeReport } from "../../src/statistics/reports.ts";
import { moneyChecks } from "../../src/verify/money-checks.ts";
import { verifyMoney } from "../../src/verify/verify-money.ts";
import { calendar, contextOf, MAKER, seedCases, threeFamilies } from "../support/cases.ts";
import { advance, create, resultCsv } from "../support/runs.ts";

const ENDED = {
  recipient: 900000000000104,
  children: [{ id: 900000000000206, birthDate: "2020-06-01" }],
  endedFrom: "2026-12",
};

/** Run 1 paid, one line returned, closed; run 2 open. */
async function paidCity(): Promise<Awaited<ReturnType<typeof freshDatabase>>> {
  const database = await freshDatabase();
  await seedCases(database.pool, [...threeFamilies, ENDED]);
  const run = await create(database.pool);
  await advance(database.pool, 1, "handedOver");
  const { rows } = await database.pool.query<{ recipient_id: number; amount: number; account_number: string }>(
    "SELECT recipient_id, amount, account_number FROM allowance.run_line ORDER BY line_no LIMIT 1",
  );
  const returned = rows.map((row) => ({
    customer1: String(row.recipient_id).padStart(10, "0"),
    customer2: "0001202612",
    amount: row.amount,
    account: row.account_number,
  }));
  const bytes = resultCsv({ count: run.lines.lineCount, amount: run.lines.total }, returned);
  await importResults(contextOf(database.pool, MAKER), { key: "s", runNo: 1, bytes });
  await closeRun(contextOf(database.pool, MAKER), { key: "c", runNo: 1 });
  await makeReport(contextOf(database.pool, MAKER), { kind: "grant", fiscalYear: 2026, note: "交付申請" });
  await create(database.pool, "2027-02");
  return database;
}

/** Damage that each check must name. */
const damage: Readonly<Record<string, string>> = {
  M1: "INSERT INTO allowance.run_item SELECT child_number, benefit_month, 2, 1, 1, 2, (SELECT line_no FROM allowance.run_line WHERE run_no = 2 AND recipient_id = 2), amount FROM allowance.run_item i WHERE run_no = 1 AND child_number = 900000000000201 LIMIT 1",
  M2: "UPDATE allowance.ledger_entry SET amount = amount + 1 WHERE ctid = (SELECT min(ctid) FROM allowance.ledger_entry)",
  M3: "GRANT UPDATE ON allowance.due_item TO hagukumi_allowance",
  M4: "UPDATE allowance.due_item SET decision_id = (SELECT decision_id FROM allowance.decision WHERE recipient_id = 2 LIMIT 1) WHERE recipient_id = 1",
  M4b: "UPDATE allowance.due_item SET amount = amount + 5000 WHERE child_number = 900000000000205",
  M5: "UPDATE allowance.due_item SET amount = amount - 1 WHERE child_number = 900000000000205 AND benefit_month = '2026-10-01'",
  M6: "INSERT INTO allowance.decision (recipient_id, seq, kind, effective_month, cause, ex_officio, origin, facts_digest, rule_version, decided_on, examined_by, approved_by, recorded_at) SELECT recipient_id, 2, 'extinguish', '2026-11-01', 'movedOut', true, 'exOfficio', facts_digest, 'x', '2026-11-01', 'a', 'b', '2026-01-01' FROM allowance.decision WHERE recipient_id = 3",
  M7: "INSERT INTO allowance.hold (recipient_id, kind, from_month, cause, placed_by, recorded_at) VALUES (1, 'hold', '2026-10-01', 'x', 'y', '2026-01-01')",
  M8: "DELETE FROM allowance.run_end",
  M9: "INSERT INTO allowance.run_item SELECT child_number, benefit_month, generation, tranche, 2, 2, 1, amount FROM allowance.run_item WHERE run_no = 1 LIMIT 1",
  M10: "UPDATE allowance.run_event SET from_state = 'created' WHERE run_no = 1 AND to_state = 'frozen'",
  M11: "ALTER TABLE allowance.run_approval DROP CONSTRAINT run_approval_two_people; UPDATE allowance.run_approval SET approver = maker",
  M12: "UPDATE allowance.run_line SET holder = 'ﾍﾞﾂｼﾞﾝ' WHERE run_no = 1 AND line_no = 1",
  M13: "ALTER TABLE allowance.transfer_file DROP CONSTRAINT transfer_file_digest; UPDATE allowance.transfer_file SET bytes = set_byte(bytes, 200, 65)",
  M13b: "UPDATE allowance.branch SET branch_kana = 'ﾍﾞﾂﾃﾝ'",
  M14: "ALTER TABLE allowance.hand_over DROP CONSTRAINT hand_over_run_no_sha256_fkey; UPDATE allowance.hand_over SET sha256 = repeat('1', 64)",
  M15: "UPDATE allowance.payment_run SET total = total + 1 WHERE run_no = 1",
  M16: "INSERT INTO allowance.branch_end SELECT bank, branch, valid_from, '2026-12-01', NULL, NULL, snapshot_id FROM allowance.branch WHERE bank = '0182'",
  窓口払:
    "INSERT INTO allowance.counter_entry (entry_no, previous_balance, kind, run_no, line_no, amount, balance, happened_on, entered_by) VALUES (1, 0, 'advance', 1, 1, 5, 5, '2026-12-15', 'a')",
  M17: "ALTER TABLE allowance.run_line DROP CONSTRAINT run_line_cap; UPDATE allowance.run_line SET amount = 60001 WHERE run_no = 1 AND child_months = 2",
  M18: "WITH a AS (INSERT INTO allowance.account (recipient_id, bank, branch, account_type, account_number, holder, source, entered_by, approved_by, recorded_at) SELECT recipient_id, bank, branch, account_type, '7654321', holder, 'change', 'a', 'b', '2026-12-01' FROM allowance.account WHERE recipient_id = 1 LIMIT 1 RETURNING account_id) UPDATE allowance.run_line SET account_id = a.account_id FROM a WHERE run_no = 1 AND recipient_id = 1",
  M19: "UPDATE allowance.result_row SET line_no = NULL",
  M20: "DELETE FROM allowance.ledger_entry WHERE credit = 'returned'",
  M21: "DELETE FROM audit.command WHERE command_key LIKE 'create/%'",
  M22: "DELETE FROM allowance.run_event WHERE run_no = 1 AND to_state IN ('frozen', 'handingOver', 'handedOver', 'settled', 'closed')",
  M24: "UPDATE allowance.payment_run SET pay_on = '2026-12-14' WHERE run_no = 1",
  M25: "INSERT INTO allowance.decision (recipient_id, seq, kind, effective_month, cause, ex_officio, origin, facts_digest, rule_version, decided_on, examined_by, approved_by) SELECT recipient_id, 3, 'increase', '2027-01-01', 'reform', true, 'batch', facts_digest, 'x', '2027-01-01', 'a', 'b' FROM allowance.decision WHERE recipient_id = 4 AND kind = 'extinguish'",
  M26: "UPDATE allowance.run_change SET amount = amount - 1 WHERE run_no = 2 AND recipient_id = 4",
  M29: "UPDATE allowance.run_line SET ward_code = '431028' WHERE run_no = 1 AND line_no = (SELECT max(line_no) FROM allowance.run_line WHERE run_no = 1); UPDATE allowance.due_item SET amount = amount + 1 WHERE child_number = 900000000000201",
  M30: "UPDATE allowance.run_end SET outcome = 'cancelled' WHERE run_no = 1",
  M31: "DELETE FROM allowance.addressee WHERE addressee_number = 900000000000205",
};

async function brokenIds(pool: Parameters<typeof verifyMoney>[0]["pool"]): Promise<readonly string[]> {
  return (await verifyMoney({ pool, calendar })).filter((one) => one.violations > 0).map((one) => one.id);
}

describe("hagukumi verify money", () => {
  it("finds nothing in a city that only used the product's own operations", async () => {
    const database = await paidCity();
    try {
      expect(await brokenIds(database.pool)).toEqual([]);
    } finally {
      await database.drop();
    }
  });

  it.each(Object.entries(damage))("[G21] %s is named when its rows are damaged", async (id, sql) => {
    const database = await paidCity();
    const client = await database.pool.connect();
    try {
      await client.query("SET session_replication_role = replica");
      await client.query(sql);
      await client.query("RESET session_replication_role");
    } finally {
      client.release();
    }
    try {
      expect(await brokenIds(database.pool)).toContain(id);
    } finally {
      await database.pool.query("REVOKE UPDATE ON allowance.due_item FROM hagukumi_allowance");
      await database.drop();
    }
  });

  it("asks nothing again for every line but one row by its key: a year of a city is many lines", async () => {
    const database = await paidCity();
    try {
      const asking: string[] = [];
      for (const { id, sql } of moneyChecks) {
        const { rows } = await database.pool.query<{ "QUERY PLAN": string }>(`EXPLAIN ${sql}`);
        // A question that is hashed is asked once; this is one that is asked with each row it stands beside.
        if (rows.some((row) => /(?<!hashed )SubPlan \d+\)/.test(row["QUERY PLAN"]))) asking.push(id);
      }
      // M1: the claim of a child-month, by its unique index; M16: the branch of the line's day.
      expect(asking).toEqual(["M1", "M16"]);
    } finally {
      await database.drop();
    }
  });

  it("every check has a damage that it must find", () => {
    expect(moneyChecks.map((check) => check.id).filter((id) => damage[id] === undefined)).toEqual([]);
  });
});
