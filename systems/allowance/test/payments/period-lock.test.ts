/** 期間の固定: what was paid for a month stands; only a decision adds to it or turns a part of it into a claim. */
import { expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { verifyMoney } from "../../src/verify/verify-money.ts";
import { calendar, seedCases, threeFamilies } from "../support/cases.ts";
import { addChild, decideFacts, endCare } from "../support/decide-facts.ts";
import { advance, create, settleAndClose } from "../support/runs.ts";

const database = useDatabase();

const paidMonths = async (): Promise<readonly unknown[]> =>
  (
    await database.pool.query(
      "SELECT i.* FROM allowance.run_item i WHERE run_no = 1 ORDER BY child_number, benefit_month, generation, tranche",
    )
  ).rows;

it("[A99] a paid month can't be taken back, changed or paid again; a correction leaves it and adds an amount or a claim", async () => {
  const ids = await seedCases(database.pool, threeFamilies);
  await create(database.pool);
  await advance(database.pool, 1, "handedOver");
  await settleAndClose(database.pool, 1);
  const before = await paidMonths();
  const attack = async (sql: string): Promise<string> => {
    const client = await database.pool.connect();
    try {
      await client.query("BEGIN");
      await client.query("SET LOCAL ROLE hagukumi_allowance");
      await client.query(sql);
      await client.query("COMMIT");
      return "committed";
    } catch (error) {
      await client.query("ROLLBACK");
      return (error as { code?: string }).code ?? "";
    } finally {
      client.release();
    }
  };
  const key = "child_number, benefit_month, generation, tranche";
  // Taken back
  expect(
    await attack(
      `INSERT INTO allowance.due_reversal SELECT ${key}, 'x', journal_id FROM allowance.due_item WHERE benefit_month = '2026-10-01' LIMIT 1`,
    ),
  ).toBe("HG005");
  // Changed
  expect(await attack("UPDATE allowance.due_item SET amount = 1")).toBe("42501");
  expect(await attack("DELETE FROM allowance.run_item")).toBe("42501");
  // Paid again
  expect(
    await attack(
      `INSERT INTO allowance.run_item SELECT ${key}, attempt + 1, run_no, line_no, amount FROM allowance.run_item LIMIT 1`,
    ),
  ).toMatch(/^HG/);
  // Set free again without a result of the bank
  expect(
    await attack(
      `INSERT INTO allowance.item_release SELECT ${key}, attempt, 'returned', (SELECT max(journal_id) FROM allowance.journal) FROM allowance.run_item LIMIT 1`,
    ),
  ).toBe("HG020");
  // By decision: family 1 gets a second child for November (+15,000), family 2 loses the third (−30,000)
  await decideFacts(database.pool, ids[0] ?? 0, "increase", "2026-11", addChild(900000000000501, "2026-10-10"));
  await decideFacts(database.pool, ids[1] ?? 0, "decrease", "2026-11", endCare(2, "2026-10-20"));
  const run = await create(database.pool, "2027-02");
  expect(run.accrual.overpaid).toBe(30_000);
  expect(await paidMonths()).toEqual(before);
  const { rows } = await database.pool.query(
    "SELECT sum(amount)::int AS yen FROM allowance.run_item WHERE run_no = 2 AND benefit_month = '2026-11-01'",
  );
  expect(rows).toEqual([{ yen: 15_000 }]);
  expect((await verifyMoney({ pool: database.pool, calendar })).filter((one) => one.violations > 0)).toEqual([]);
});
