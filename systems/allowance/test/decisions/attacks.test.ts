/** Direct SQL as the application's role: what the program would never do must be refused by the database. */
import { join } from "node:path";

import { installedSnapshot } from "@hagukumi/platform/bank/bank-master.ts";
import type { PoolClient } from "pg";
import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { importBankMaster } from "../../src/bank-master/import-master.ts";
import { examineClaims } from "../../src/claims/examine.ts";
import { approveClaims } from "../../src/decisions/decide.ts";
import { createRun } from "../../src/payments/create-run.ts";
import { importFeeds } from "../../src/register/import-feeds.ts";
import { seedDemoSettings } from "../../src/settings.ts";
import { testContext, testFolder } from "../support/context.ts";
import { approveLaw } from "../support/parameters.ts";
import { claim, claimChild, number15, resident, writeDelivery } from "../support/feeds.ts";

const database = useDatabase();
const dir = testFolder();
const ito = testContext(database, dir, "staff.ito");
const sato = testContext(database, dir, "staff.sato");

/** Runs one statement in a transaction of its own, as the application's role or as the owner. */
async function attack(sql: string, role: "application" | "owner" = "application"): Promise<unknown> {
  const client: PoolClient = await database.pool.connect();
  try {
    await client.query("BEGIN");
    if (role === "application") await client.query("SET LOCAL ROLE hagukumi_allowance");
    await client.query(sql);
    return await client.query("COMMIT");
  } finally {
    await client.query("ROLLBACK");
    client.release();
  }
}

beforeAll(async () => {
  await approveLaw(database.pool);
  const folder = await writeDelivery(join(dir, "city"), {
    residents: [
      resident(40_001, "1990-01-01"),
      resident(40_002, "2020-05-10"),
      // 40011 moves away on 2026-03-31: the right ends
      resident(40_011, "1990-01-01"),
      resident(40_011, "1990-01-01", { 履歴番号: "2", 住民状態: "2", 異動年月日: "2026-03-31", 異動事由コード: "20" }),
      resident(40_012, "2020-05-10"),
      resident(40_021, "1990-01-01"),
      resident(40_022, "2020-05-10"),
      resident(40_031, "1990-01-01"),
      resident(40_032, "2020-05-10"),
    ],
    statusPeriods: [
      { 区分: "publicServant", 宛名番号: number15(40_021), 開始年月日: "2020-04-01", 短期: "0", 留学: "0" },
    ],
    claims: [
      claim(41, 40_001, "2025-05-20"),
      claim(42, 40_011, "2025-05-20"),
      claim(43, 40_021, "2025-05-20"),
      claim(44, 40_031, "2025-05-20"),
    ],
    claimChildren: [
      claimChild(41, 40_002, 1),
      claimChild(42, 40_012, 1),
      claimChild(43, 40_022, 1),
      claimChild(44, 40_032, 1),
    ],
  });
  await importFeeds(ito, folder);
  await examineClaims(ito, ["41", "42", "43"]);
  await approveClaims(sato, ["41", "42", "43"]);
});

describe("the application's role", () => {
  const tables = [
    "addressee",
    "person_history",
    "organization_history",
    "status_period",
    "income_history",
    "import_batch",
    "setting",
    "claim",
    "claim_child",
    "claim_withdrawal",
    "facts",
    "examination",
    "approval",
    "recipient",
    "decision",
    "account",
    "hold",
    "hold_release",
    "branch",
    "branch_end",
    "bank_snapshot",
  ];

  it.each(tables)("can neither delete, empty nor update %s", async (table) => {
    const column = await database.pool.query<{ name: string }>(
      "SELECT column_name AS name FROM information_schema.columns WHERE table_schema = 'allowance' AND table_name = $1 ORDER BY is_identity, ordinal_position DESC LIMIT 1",
      [table],
    );
    const name = column.rows[0]?.name ?? "";
    await expect(attack(`DELETE FROM allowance.${table}`)).rejects.toMatchObject({ code: "42501" });
    await expect(attack(`TRUNCATE allowance.${table}`)).rejects.toMatchObject({ code: "42501" });
    await expect(attack(`UPDATE allowance.${table} SET ${name} = ${name}`)).rejects.toMatchObject({ code: "42501" });
  });

  it("can't switch triggers off, change the tables, or give itself rights", async () => {
    await expect(attack("ALTER TABLE allowance.decision DISABLE TRIGGER ALL")).rejects.toMatchObject({ code: "42501" });
    await expect(attack("DROP TABLE allowance.facts")).rejects.toMatchObject({ code: "42501" });
    await expect(attack("CREATE TABLE allowance.mine ()")).rejects.toMatchObject({ code: "42501" });
    await expect(attack("SET LOCAL session_replication_role = replica")).rejects.toMatchObject({ code: "42501" });
  });
});

const decision = (recipient: string, cells: string): string =>
  `INSERT INTO allowance.decision (recipient_id, seq, claim_id, kind, effective_month, cause, ex_officio, origin, monthly_total, facts_digest,
     rule_version, decided_on, examined_by, approved_by)
   SELECT ${recipient}, ${cells} FROM allowance.decision d JOIN allowance.claim c ON c.reception_number = '%' WHERE d.claim_id = c.claim_id LIMIT 1`;

const RECIPIENT = (number: number): string =>
  `(SELECT recipient_id FROM allowance.recipient WHERE addressee_number = ${number})`;

const made = (seq: number, rest: string): string =>
  decision(RECIPIENT(40_001), `${seq}, NULL, 'decrease', ${rest}`).replace("'%'", "'41'");

const account = (recipient: string, holder: string, approver: string): string =>
  `INSERT INTO allowance.account (recipient_id, bank, branch, account_type, account_number, holder, source, entered_by, approved_by)
     VALUES (${recipient}, '0182', '101', '1', '0000001', '${holder}', 'change', 'a', '${approver}')`;

describe("the database refuses", () => {
  it("an approval by the person who examined", async () => {
    await examineClaims(ito, ["44"]);
    const sql = `INSERT INTO allowance.approval (claim_id, seq, examined_by, outcome, approved_by, decided_on)
      SELECT claim_id, 1, 'staff.ito', 'grant', 'staff.ito', '2026-11-23' FROM allowance.claim WHERE reception_number = '44'`;
    await expect(attack(sql)).rejects.toMatchObject({ code: "23514", constraint: "approval_two_people" });
  });

  it("an approval that names another examiner than there was, or of what could not be assessed", async () => {
    const sql = `INSERT INTO allowance.approval (claim_id, seq, examined_by, outcome, approved_by, decided_on)
      SELECT claim_id, 1, 'staff.ito', 'impossible', 'staff.sato', '2026-11-23' FROM allowance.claim WHERE reception_number = '44'`;
    await expect(attack(sql)).rejects.toMatchObject({ code: "23514", constraint: "approval_of_answer" });
    const grant = sql.replace("staff.ito", "staff.suzuki").replace("impossible", "grant");
    await expect(attack(grant)).rejects.toMatchObject({ code: "23503" });
  });

  it("a second approval of one claim", async () => {
    const sql = "INSERT INTO allowance.approval SELECT * FROM allowance.approval LIMIT 1";
    await expect(attack(sql)).rejects.toMatchObject({ code: "23505", constraint: "approval_pkey" });
  });

  it("a decision that one person examined and approved", async () => {
    const sql = decision(
      RECIPIENT(40_001),
      "2, NULL, 'decrease', '2026-12-01', 'x', true, 'exOfficio', 0, d.facts_digest, 'x', '2026-11-23', 'a', 'a'",
    ).replace("%", "41");
    await expect(attack(sql)).rejects.toMatchObject({ code: "23514", constraint: "decision_two_people" });
  });

  it("a decision without facts, before its turn, or in the middle of a month", async () => {
    const cells = "'2026-12-01', 'x', true, 'exOfficio', 0, %d, 'x', '2026-11-23', 'a', 'b'";
    await expect(attack(made(2, cells.replace("%d", `'${"0".repeat(64)}'`)))).rejects.toMatchObject({ code: "23503" });
    await expect(attack(made(7, cells.replace("%d", "d.facts_digest")))).rejects.toMatchObject({ code: "HG026" });
    await expect(
      attack(made(2, cells.replace("%d", "d.facts_digest").replace("2026-12-01", "2026-12-15"))),
    ).rejects.toMatchObject({ code: "23514" });
  });

  it("[M25] a batch decision on a right that has ended, and on a claim that was refused or withdrawn", async () => {
    const revive = decision(
      RECIPIENT(40_011),
      "3, NULL, 'increase', '2026-12-01', 'reform', true, 'batch', 10000, d.facts_digest, 'x', '2026-11-23', 'a', 'b'",
    ).replace("%", "42");
    const { rows } = await database.pool.query(
      `SELECT kind FROM allowance.decision WHERE recipient_id = ${RECIPIENT(40_011)} ORDER BY seq`,
    );
    expect(rows).toEqual([{ kind: "certify" }, { kind: "extinguish" }]);
    await expect(attack(revive)).rejects.toMatchObject({ code: "HG025", constraint: "decision_terminal" });

    const refused = decision(
      "NULL",
      "2, c.claim_id, 'refuse', '2026-12-01', 'reform', true, 'batch', NULL, d.facts_digest, 'x', '2026-11-23', 'a', 'b'",
    ).replace("%", "43");
    await expect(attack(refused)).rejects.toMatchObject({ code: "HG025", constraint: "decision_terminal" });

    await database.pool.query(
      "INSERT INTO allowance.claim_withdrawal SELECT claim_id, '2026-11-23', 'a' FROM allowance.claim WHERE reception_number = '44'",
    );
    const withdrawn = decision(
      RECIPIENT(40_001),
      "2, (SELECT claim_id FROM allowance.claim WHERE reception_number = '44'), 'increase', '2026-12-01', 'reform', true, 'batch', 10000, d.facts_digest, 'x', '2026-11-23', 'a', 'b'",
    ).replace("%", "41");
    await expect(attack(withdrawn)).rejects.toMatchObject({ code: "HG025", constraint: "decision_terminal" });
  });

  it("a 認定番号 opened twice by one claim, and an account of nobody, of one person, or in full-width kana", async () => {
    const second = `INSERT INTO allowance.recipient (addressee_number, kind, ordinal, opened_by_claim, ward_code)
      SELECT addressee_number, kind, 2, opened_by_claim, ward_code FROM allowance.recipient WHERE addressee_number = 40001`;
    await expect(attack(second)).rejects.toMatchObject({ code: "23505" });
    await expect(attack(account("999999", "ｶｸｳ", "b"))).rejects.toMatchObject({ code: "23503" });
    await expect(attack(account(RECIPIENT(40_001), "ｶｸｳ", "a"))).rejects.toMatchObject({
      constraint: "account_two_people",
    });
    await expect(attack(account(RECIPIENT(40_001), "カクウ", "b"))).rejects.toMatchObject({ code: "23514" });
  });

  it("[M31] to remove a person with due money, recipient or child, even for the owner of the tables", async () => {
    await seedDemoSettings(database.pool, "staff.ito", "staff.sato");
    await importBankMaster(ito, installedSnapshot().snapshot, "zengin-code");
    await createRun(ito, { key: "run", paymentMonth: "2026-12", kind: "regular" });
    const { rows } = await database.pool.query<{ child: number; yen: number }>(
      `SELECT child_number AS child, sum(amount)::int AS yen FROM allowance.due_item WHERE recipient_id = ${RECIPIENT(40_001)} GROUP BY 1`,
    );
    // Opening month 2026-10; 2026-10 and 2026-11, 10,000 each
    expect(rows).toEqual([{ child: 40_002, yen: 20_000 }]);
    for (const number of [40_001, 40_002]) {
      const where = `WHERE addressee_number = ${number}`;
      await expect(attack(`DELETE FROM allowance.addressee ${where}`)).rejects.toMatchObject({ code: "42501" });
      await expect(attack(`DELETE FROM allowance.addressee ${where}`, "owner")).rejects.toMatchObject({
        code: "23503",
      });
      const renumber = `UPDATE allowance.addressee SET addressee_number = 49999 ${where}`;
      await expect(attack(renumber, "owner")).rejects.toMatchObject({ code: "23503" });
    }
  });
});
