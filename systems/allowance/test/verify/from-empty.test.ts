/**
 * 空からの組み直し: every table of ledger and cases that follows from events comes out of them once more, byte by byte: runs and settlements
 * by the product's own code on the world as it was known then, decisions by the law on their facts. One wrong byte is found and named.
 */
import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { approveReexamined, reexamine } from "../../src/decisions/re-decide.ts";
import { cancelRun } from "../../src/payments/cancel-run.ts";
import { replayFromEmpty } from "../../src/verify/from-empty/replay-from-empty.ts";
import { replayRecords } from "../../src/verify/replay.ts";
import { TABLE_CLASSES } from "../../src/verify/table-classes.ts";
import { calendar, contextOf, MAKER } from "../support/cases.ts";
import { claimedFamily } from "../support/claimed-families.ts";
import { testContext, testFolder } from "../support/context.ts";
import { onDay } from "../support/families.ts";
import { resident } from "../support/feeds.ts";
import { bring, decided, form, prepare } from "../support/filings.ts";
import { differing } from "../support/replays.ts";
import { advance, create, settleAndClose } from "../support/runs.ts";

const database = useDatabase();
const dir = testFolder();
const at = (operator: string, day: string) => onDay(testContext(database, dir, operator), day);

/** Certified, paid and closed; one has died meanwhile, one gives 1,000 yen: taken back, claimed back, split and paid. */
beforeAll(async () => {
  const { pool } = database;
  await prepare(pool);
  const people = { maker: at("staff.ito", "2026-05-10"), approver: at("staff.sato", "2026-05-10") };
  await claimedFamily(people, 640_100, [["2015-06-06"], ["2024-06-06"]]);
  const dead = await claimedFamily(people, 640_200, [["2016-01-15"]]);
  const giver = await claimedFamily(people, 640_300, [["2010-03-03"], ["2020-08-08"]]);
  await create(pool);
  await cancelRun(contextOf(pool, MAKER), { key: "cancel/1", runNo: 1, reason: "作り直す" });
  await create(pool);
  await advance(pool, 2, "handedOver");
  await settleAndClose(pool, 2);
  await bring(at("staff.ito", "2027-01-10"), {
    residents: [
      resident(640_200, "1985-01-01", { 履歴番号: "2", 住民状態: "3", 異動年月日: "2026-10-15", 異動事由コード: "21" }),
    ],
  });
  await reexamine(at("staff.ito", "2027-01-10"), { recipients: [dead] });
  await approveReexamined(at("staff.sato", "2027-01-11"), { recipients: [dead] });
  const wish = form("donation", "2027-01-05", { claimant: 640_300, recipientId: giver, scope: "amount", amount: 1000 });
  await decided(at("staff.ito", "2027-01-10"), at("staff.sato", "2027-01-11"), wish);
  await create(pool, "2027-02");
}, 60_000);

const replayed = async () => await replayFromEmpty({ pool: database.pool, calendar });

/** Past every trigger and foreign key, as a bad restore would; `look` sees it, nothing of it stays. */
async function damaged(sql: string): Promise<readonly string[]> {
  const { pool } = database;
  const client = await pool.connect();
  const copy = /(?:UPDATE|DELETE FROM) (allowance\.\w+)/.exec(sql)?.[1] ?? "";
  try {
    await client.query("SET session_replication_role = replica");
    await client.query(`CREATE TABLE kept AS SELECT * FROM ${copy}`);
    await client.query(sql);
    const tables = await replayed();
    return tables.filter(({ stored, rebuilt }) => stored !== rebuilt).map(({ table }) => table);
  } finally {
    const { rows } = await client.query<{ columns: string }>(
      "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) AS columns FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''",
      [copy],
    );
    const columns = rows[0]?.columns ?? "";
    await client.query(`DELETE FROM ${copy}`);
    await client.query(
      `INSERT INTO ${copy} (${columns}) OVERRIDING SYSTEM VALUE SELECT ${columns} FROM kept; DROP TABLE kept; RESET session_replication_role`,
    );
    client.release();
  }
}

describe("空からの組み直し", () => {
  it("ledger, runs, recipients and decisions come out of their events byte by byte, and the replay leaves nothing behind", async () => {
    const tables = await replayed();
    expect(differing(tables)).toEqual([]);
    const rows = new Map(tables.map((one) => [one.table, one.rows]));
    // Reversals of the split, the claim for repayment, the months given back by the cancelled run: none of it was empty.
    for (const name of ["due_reversal", "receivable", "item_release", "run_deduction_item", "run_change", "recipient"])
      expect(rows.get(`allowance.${name}`), name).toBeGreaterThan(0);
    expect(await replayed()).toEqual(tables);
  });

  it("what the list calls replayed is what the two replays report, and nothing else", async () => {
    const tables = [...(await replayed()), ...(await replayRecords({ pool: database.pool, calendar }))];
    const names = tables.map(({ table }) => table.replace("allowance.", "").replace(/（.*/u, ""));
    const own = new Set(names.filter((name) => name !== "audit.command" && name !== "facts"));
    expect([...own].toSorted()).toEqual([...TABLE_CLASSES.replayed]);
  });

  it.each([
    ["due_item", "UPDATE allowance.due_item SET birth_order = birth_order + 1 WHERE recipient_id = 1 AND band = 'U3'"],
    ["due_reversal", "UPDATE allowance.due_reversal SET cause = cause || '。'"],
    ["receivable", "UPDATE allowance.receivable SET amount = amount - 1"],
    ["journal", "UPDATE allowance.journal SET occurred_on = occurred_on + 1 WHERE kind = 'reserve' AND run_no = 2"],
    ["ledger_entry", "UPDATE allowance.ledger_entry SET line_no = line_no + 1 WHERE debit = 'due' AND run_no = 3"],
    ["payment_run", "UPDATE allowance.payment_run SET months_from = '2026-11-01' WHERE run_no = 3"],
    ["run_line", "UPDATE allowance.run_line SET new_code = '2' WHERE (run_no, line_no) = (3, 1)"],
    ["run_deduction", "UPDATE allowance.run_deduction SET short = short + 1"],
    ["run_change", "UPDATE allowance.run_change SET amount = amount + 1 WHERE change_no = 1"],
    ["run_comparison", "UPDATE allowance.run_comparison SET recipients_after = recipients_after + 1"],
    ["recipient", "UPDATE allowance.recipient SET ordinal = 2 WHERE recipient_id = 3"],
    ["account（請求）", "UPDATE allowance.account SET holder = 'ｶｸｳ' WHERE account_id = 1"],
    ["run_end", "DELETE FROM allowance.run_end WHERE run_no = 1"],
    ["item_release", "UPDATE allowance.item_release SET cause = 'returned' WHERE attempt = 1"],
    ["recovery_part", "UPDATE allowance.recovery_part SET paid_on = paid_on + 1"],
    ["decision", "UPDATE allowance.decision SET cause = 'movedOut' WHERE kind = 'extinguish'"],
    [
      "facts",
      `UPDATE allowance.facts SET facts = facts || '{"case": "x"}' WHERE facts_digest = (SELECT min(facts_digest) FROM allowance.decision)`,
    ],
  ])("a wrong byte in %s is found and named", async (table, change) => {
    expect(await damaged(change)).toContain(`allowance.${table}`);
  });

  it("a month that no event explains, and a run of which a line is gone, are named with their rows", async () => {
    const { pool } = database;
    const gone = await damaged("DELETE FROM allowance.run_item WHERE run_no = 3 AND line_no = 1");
    expect(gone).toContain("allowance.run_item");
    expect(differing(await replayFromEmpty({ pool, calendar }))).toEqual([]);
  });
});
