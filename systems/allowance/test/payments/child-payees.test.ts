/**
 * Payments that go to children and not to the recipient: homes of the state or a local government (22条の2), and 未支払 (12条). One line for
 * each payee, every invariant as before.
 */
import { beforeEach, describe, expect, it } from "vitest";

import { freshDatabase } from "../../../../platform/test/support/cluster.ts";
import type { TestDatabase } from "../../../../platform/test/support/cluster.ts";
import { cancelRun } from "../../src/payments/cancel-run.ts";
import { closeRun } from "../../src/payments/close-run.ts";
import { readFrozenFile } from "../../src/payments/freeze-run.ts";
import { WITHHELD } from "../../src/outputs/declared-list.ts";
import { homeListCells, readHomeChildren, readHomeTotals } from "../../src/payments/payee-list/home-list.ts";
import { importResults } from "../../src/payments/import-results.ts";
import { approveSettlement, proposeSettlement } from "../../src/payments/settle-results.ts";
import { verifyMoney } from "../../src/verify/verify-money.ts";
import { APPROVER, calendar, contextOf, MAKER, seedCases, threeFamilies, writeHome } from "../support/cases.ts";
import { advance, create, resultCsv } from "../support/runs.ts";
import { seedResident } from "../support/small-city.ts";

const HOME = 900_000_000_000_150;
const [ELDER, YOUNGER] = [900_000_000_000_251, 900_000_000_000_252];

let database: TestDatabase;
let ids: readonly number[];

beforeEach(async () => {
  database = await freshDatabase();
  ids = await seedCases(database.pool, [
    ...threeFamilies,
    {
      recipient: HOME,
      // A home is paid by age alone: 2015 → 10,000; 2024 → under three, 15,000 a month
      children: [
        { id: ELDER, birthDate: "2015-06-01" },
        { id: YOUNGER, birthDate: "2024-06-02" },
      ],
      home: "public",
    },
  ]);
  return async () => {
    const broken = (await verifyMoney({ pool: database.pool, calendar })).filter((one) => one.violations > 0);
    await database.drop();
    expect(broken).toEqual([]);
  };
});

const by = (operator: string) => contextOf(database.pool, operator);
const home = (): number => ids[3] ?? 0;

/** An account of a child, as two people have entered it. */
async function childAccount(child: number, number: string, unpaidId: number | null = null, recipient = home()) {
  await database.pool.query(
    `INSERT INTO allowance.child_account (recipient_id, child_number, unpaid_id, bank, branch, account_type, account_number, holder, evidence, entered_by, approved_by)
     VALUES ($1, $2, $3, '0182', '101', '1', $4, 'ｶｸｳ ｺﾄﾞﾓ', '通帳の写し', 'koza.ichiro', 'koza.niro')`,
    [recipient, child, unpaidId, number],
  );
}

type Line = {
  readonly line: number;
  readonly recipient: number;
  readonly child: number | null;
  readonly account: string;
  readonly amount: number;
  readonly code: string;
};

async function linesOf(runNo: number, recipient = home()): Promise<readonly Line[]> {
  const { rows } = await database.pool.query<Line>(
    `SELECT line_no AS line, recipient_id AS recipient, payee_child AS child, account_number AS account, amount, new_code AS code
     FROM allowance.run_line WHERE run_no = $1 AND recipient_id = $2 ORDER BY line_no`,
    [runNo, recipient],
  );
  return rows;
}

/** Tries to write as the role of the business code, inside the transaction that makes a run. */
async function tried(sql: string, values: readonly unknown[]): Promise<unknown> {
  const client = await database.pool.connect();
  try {
    await client.query("BEGIN; SET LOCAL ROLE hagukumi_allowance");
    return await client.query(sql, [...values]).then(
      () => "accepted",
      (error: unknown) => (error as { constraint?: string }).constraint,
    );
  } finally {
    await client.query("ROLLBACK");
    client.release();
  }
}

describe("国・地方公共団体の設置する施設 (22条の2)", () => {
  it("nothing goes to the home's own account: without the children's accounts the children stay out, and the run says so", async () => {
    const run = await create(database.pool);
    expect(await linesOf(run.runNo)).toEqual([]);
    // 2 children × 2 months: (10,000 + 15,000) × 2
    expect(run.lines.exclusions).toEqual([{ recipientId: home(), reason: "noAccount", items: 4, amount: 50_000 }]);
    // One child's account is not the other's.
    await cancelRun(by(MAKER), { key: "x", runNo: run.runNo, reason: "試験" });
    await childAccount(ELDER, "7000001");
    const half = await create(database.pool);
    expect((await linesOf(half.runNo)).map(({ child, amount }) => [child, amount])).toEqual([[ELDER, 20_000]]);
    expect(half.lines.exclusions).toEqual([{ recipientId: home(), reason: "noAccount", items: 2, amount: 30_000 }]);
  });

  it("[A215] the payment of a home of the city is made out child by child, each to its own account, and comes back child by child", async () => {
    await childAccount(ELDER, "7000001");
    await childAccount(YOUNGER, "7000002");
    const run = await create(database.pool);
    // ELDER 10,000 × 2, YOUNGER 15,000 × 2; nobody of them was paid before
    expect(
      (await linesOf(run.runNo)).map(({ child, account, amount, code }) => [child, account, amount, code]),
    ).toEqual([
      [ELDER, "7000001", 20_000, "1"],
      [YOUNGER, "7000002", 30_000, "1"],
    ]);
    // Three parents' lines and two for the home: 150,000 + 50,000
    expect([run.lines.lineCount, run.lines.total]).toEqual([5, 200_000]);
    await advance(database.pool, run.runNo, "handedOver");
    const { bytes } = await readFrozenFile(database.pool, run.runNo);
    const records = Array.from({ length: 5 }, (_, index) =>
      Buffer.from(bytes.subarray((index + 1) * 120, (index + 2) * 120)).toString("latin1"),
    );
    const lines = await linesOf(run.runNo);
    // 顧客コード: bytes 92–101 and 102–111 of the record. A child's line carries the line's number in place of the month.
    for (const { line } of lines) {
      expect(records[line - 1]?.slice(91, 111)).toBe(
        `${String(home()).padStart(10, "0")}${String(run.runNo).padStart(4, "0")}${String(line).padStart(6, "0")}`,
      );
    }
    const younger = lines.find(({ child }) => child === YOUNGER);
    const codes = records[(younger?.line ?? 0) - 1]?.slice(91, 111) ?? "";
    const returned = { customer1: codes.slice(0, 10), customer2: codes.slice(10), amount: 30_000, account: "7000002" };
    await importResults(by(MAKER), {
      key: "s",
      runNo: run.runNo,
      bytes: resultCsv({ count: 5, amount: 200_000 }, [returned]),
    });
    const { rows } = await database.pool.query("SELECT line_no FROM allowance.result_row");
    expect(rows).toEqual([{ line_no: younger?.line }]);
    // The account of the child is put right, two people confirm, and the next run pays this child alone again.
    const at = { runNo: run.runNo, rowNo: 1 };
    await proposeSettlement(by(MAKER), { key: "p1", ...at, resolution: "口座を確かめる" });
    await childAccount(YOUNGER, "7000003");
    await expect(approveSettlement(by(APPROVER), { key: "a1", ...at, seq: 1 })).rejects.toMatchObject({
      code: "accountChanged",
    });
    await proposeSettlement(by(MAKER), { key: "p2", ...at, resolution: "新しい口座の通帳を確かめた" });
    await approveSettlement(by(APPROVER), { key: "a2", ...at, seq: 2 });
    await closeRun(by(MAKER), { key: "c", runNo: run.runNo });
    const next = await create(database.pool, "2027-02");
    // Four recipients each time, although the home has two lines.
    const { rows: compared } = await database.pool.query(
      "SELECT recipients_before AS before, recipients_after AS after FROM allowance.run_comparison WHERE run_no = $1",
      [next.runNo],
    );
    expect(compared).toEqual([{ before: 4, after: 4 }]);
    await cancelRun(by(MAKER), { key: "x", runNo: next.runNo, reason: "試験" });
    const again = await create(database.pool, "2026-12", "retransfer");
    expect(
      (await linesOf(again.runNo)).map(({ child, account, amount, code }) => [child, account, amount, code]),
    ).toEqual([[YOUNGER, "7000003", 30_000, "2"]]);
    expect(again.lines.total).toBe(30_000);
  });

  it("the database refuses the home's account for a home of the city, a child's account for any other, and another child's months", async () => {
    await childAccount(ELDER, "7000001");
    await childAccount(YOUNGER, "7000002");
    // A run of today that the database has accepted, written again one row wrong at a time.
    const run = await create(database.pool);
    const [elder] = await linesOf(run.runNo);
    await cancelRun(by(MAKER), { key: "x", runNo: run.runNo, reason: "試験" });
    const next = `WITH run AS (INSERT INTO allowance.payment_run (run_no, previous_run_no, payment_month, kind, months_from, months_to, pay_on, cut_off_on, line_count, item_count, total, line_digest, maker, command_key)
        SELECT 2, 1, payment_month, kind, months_from, months_to, pay_on, cut_off_on, 1, 1, 1, line_digest, maker, 'x' FROM allowance.payment_run WHERE run_no = 1)`;
    const line = (change: Readonly<Record<string, string>>): string => {
      const columns =
        "line_no recipient_id account_id bank branch account_type account_number holder amount child_months new_code ward_code employee_class payee_child child_account_id unpaid_id".split(
          " ",
        );
      return `${next} INSERT INTO allowance.run_line (run_no, ${columns.join(", ")}) SELECT 2, ${columns.map((name) => change[name] ?? `l.${name}`).join(", ")}
        FROM allowance.run_line l WHERE l.run_no = 1 AND l.line_no = $1`;
    };
    const own = (
      await database.pool.query<{ id: number }>(
        "SELECT account_id AS id FROM allowance.account WHERE recipient_id = $1",
        [home()],
      )
    ).rows[0]?.id;
    const parent = (await linesOf(run.runNo, ids[0]))[0]?.line;
    expect(await tried(line({}), [elder?.line])).toBe("accepted");
    // No payee, two payees
    expect(await tried(line({ child_account_id: "NULL" }), [elder?.line])).toBe("run_line_payee");
    expect(await tried(line({ account_id: String(own) }), [elder?.line])).toBe("run_line_payee");
    // The home's own account
    const homes = {
      payee_child: "NULL",
      child_account_id: "NULL",
      account_id: String(own),
      account_number: "'0000004'",
      holder: "'ｶｸｳ ﾊﾅｺ'",
    };
    expect(await tried(line(homes), [elder?.line])).toBe("run_line_public_institution");
    // The other child's account number in this child's line, another child with this child's account
    expect(await tried(line({ account_number: "'7000002'" }), [elder?.line])).toBe("run_line_account");
    expect(await tried(line({ payee_child: String(YOUNGER) }), [elder?.line])).toBe("run_line_account");
    // A parent is not paid in the name of a child
    const child = threeFamilies[0]?.children[0]?.id ?? 0;
    await childAccount(child, "7000009", null, ids[0]);
    const { rows } = await database.pool.query<{ id: number }>(
      "SELECT max(child_account_id) AS id FROM allowance.child_account",
    );
    const asChild = {
      account_id: "NULL",
      payee_child: String(child),
      child_account_id: String(rows[0]?.id),
      account_number: "'7000009'",
      holder: "'ｶｸｳ ｺﾄﾞﾓ'",
    };
    expect(await tried(line(asChild), [parent])).toBe("run_line_public_institution");
    // One person alone enters no account
    expect(
      await tried(
        `INSERT INTO allowance.child_account (recipient_id, child_number, bank, branch, account_type, account_number, holder, evidence, entered_by, approved_by)
         VALUES ($1, $2, '0182', '101', '1', '7000004', 'ｶｸｳ', '通帳', 'koza.ichiro', 'koza.ichiro')`,
        [home(), ELDER],
      ),
    ).toBe("child_account_two_people");
  });

  it("a home that passes from the city to private hands is paid as one again", async () => {
    await writeHome(database.pool, HOME, "private");
    const run = await create(database.pool);
    expect((await linesOf(run.runNo)).map(({ child, amount }) => [child, amount])).toEqual([[null, 50_000]]);
  });
});

describe("施設等の児童の内訳", () => {
  it("[A97] a founder is paid in one line, with the list of the children, their months and amounts that adds up to it", async () => {
    const { pool } = database;
    await writeHome(pool, HOME, "private");
    const names = { name: "架空児　一", kana: "カクウジ　イチ" };
    await seedResident(pool, { number: ELDER, ...names, birthDate: "2015-06-01" });
    await seedResident(pool, { number: YOUNGER, ...names, name: "架空児　二", birthDate: "2024-06-02" });
    const run = await create(pool);
    const line = (await linesOf(run.runNo))[0];
    const children = await readHomeChildren(pool, run.runNo);
    const months = ["2026-10", "2026-11"];
    // By age alone: 10,000 × 2 and 15,000 × 2
    expect(children).toEqual([
      expect.objectContaining({
        home: "架空学園",
        lineNo: line?.line,
        childNumber: ELDER,
        childName: "架空児　一",
        months,
        amount: 20_000,
        payee: "home",
      }),
      expect.objectContaining({
        lineNo: line?.line,
        childNumber: YOUNGER,
        childName: "架空児　二",
        months,
        amount: 30_000,
        payee: "home",
      }),
    ]);
    expect(await readHomeTotals(pool, run.runNo)).toEqual([
      { recipientId: home(), home: "架空学園", payee: "home", children: 2, lines: 1, amount: line?.amount },
    ]);
    // The file: two children and their sum; no parent of the city is in it.
    const cells = homeListCells(children);
    expect(cells.map((row) => row.slice(4))).toEqual([
      ["900000000000251", "架空児　一", "2026-10〜2026-11", 20_000, "施設の口座"],
      ["900000000000252", "架空児　二", "2026-10〜2026-11", 30_000, "施設の口座"],
      ["", "計 2人", "", 50_000, ""],
    ]);
    // Of a child under 支援措置 neither who it is nor the home, and never in which home it is; then: a list that does not add up is not made.
    const client = await pool.connect();
    try {
      await client.query("BEGIN; SET LOCAL session_replication_role = replica");
      await client.query("UPDATE allowance.person_history SET protected = true WHERE addressee_number = $1", [ELDER]);
      const hidden = homeListCells(await readHomeChildren(client, run.runNo));
      expect(hidden.map((row) => [row[1], row[4], row[5], row[7]])).toEqual([
        [WITHHELD, WITHHELD, WITHHELD, 20_000],
        ["架空学園", "900000000000252", "架空児　二", 30_000],
        ["架空学園", "", "計 2人", 50_000],
      ]);
      await client.query("ROLLBACK");
      await client.query("BEGIN; SET LOCAL session_replication_role = replica");
      await client.query("UPDATE allowance.run_line SET amount = amount + 1 WHERE run_no = $1 AND line_no = $2", [
        run.runNo,
        line?.line,
      ]);
      await expect(readHomeChildren(client, run.runNo)).rejects.toMatchObject({ code: "totalsDiffer" });
    } finally {
      await client.query("ROLLBACK");
      client.release();
    }
  });

  it("[A215] of a home of the city it names each child with the account of its own", async () => {
    await childAccount(ELDER, "7000001");
    await childAccount(YOUNGER, "7000002");
    const run = await create(database.pool);
    expect(
      (await readHomeChildren(database.pool, run.runNo)).map((row) => [
        row.childNumber,
        row.amount,
        row.payee,
        row.founder,
      ]),
    ).toEqual([
      [ELDER, 20_000, "child", "public"],
      [YOUNGER, 30_000, "child", "public"],
    ]);
    expect(await readHomeTotals(database.pool, run.runNo)).toMatchObject([
      { payee: "child", children: 2, lines: 2, amount: 50_000 },
    ]);
  });
});
