/**
 * Direct SQL as the application role (F22): every statement below tries to break one invariant by hand, each in a
 * transaction of its own that is brought to COMMIT, so that deferred constraints speak too. None may succeed.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { freshDatabase } from "../../../../platform/test/support/cluster.ts";
import type { TestDatabase } from "../../../../platform/test/support/cluster.ts";
import { closeRun } from "../../src/payments/close-run.ts";
import { importResults } from "../../src/payments/import-results.ts";
import { verifyMoney } from "../../src/verify/verify-money.ts";
import { calendar, contextOf, MAKER, seedCases, threeFamilies } from "../support/cases.ts";
import { advance, create, resultCsv } from "../support/runs.ts";
import { attacks } from "./attack-list.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await freshDatabase();
  await seedCases(database.pool, [
    ...threeFamilies,
    { recipient: 900000000000104, children: [{ id: 900000000000206, birthDate: "2020-06-01" }], endedFrom: "2026-11" },
  ]);
  // Run 1: paid, two lines returned, closed. Run 2: re-opened for the next period and left in its first state.
  await create(database.pool);
  await advance(database.pool, 1, "handedOver");
  const { rows } = await database.pool.query<{
    recipient_id: number;
    amount: number;
    account_number: string;
    total: number;
    n: number;
  }>(
    "SELECT recipient_id, amount, account_number, (SELECT total FROM allowance.payment_run) AS total, (SELECT line_count FROM allowance.payment_run) AS n FROM allowance.run_line ORDER BY line_no LIMIT 1",
  );
  const line = rows[0];
  if (line === undefined) throw new Error("no line");
  const returned = [
    {
      customer1: String(line.recipient_id).padStart(10, "0"),
      customer2: "0001202612",
      amount: line.amount,
      account: line.account_number,
    },
  ];
  await importResults(contextOf(database.pool, MAKER), {
    key: "s",
    runNo: 1,
    bytes: resultCsv({ count: line.n, amount: line.total }, returned),
  });
  await closeRun(contextOf(database.pool, MAKER), { key: "c", runNo: 1 });
  await create(database.pool, "2027-02");
});

afterAll(async () => {
  await database.drop();
});

/** SQLSTATE with which the database refused, or "committed". */
async function attack(sql: string): Promise<string> {
  const client = await database.pool.connect();
  try {
    await client.query("BEGIN");
    await client.query("SET LOCAL ROLE hagukumi_allowance");
    await client.query(sql);
    await client.query("COMMIT");
    return "committed";
  } catch (error) {
    await client.query("ROLLBACK").catch(() => {});
    return (error as { code?: string }).code ?? String(error);
  } finally {
    client.release();
  }
}

describe.each(Object.entries(attacks))("[%s] [G29] by direct SQL as the application role", (id, list) => {
  it.each(list)(`[${id}] %s is refused`, async (_what, sql, state) => {
    expect(await attack(sql)).toBe(state);
  });
});

it("[M31] also the owner cannot delete a person with due money", async () => {
  await expect(
    database.pool.query("DELETE FROM allowance.addressee WHERE addressee_number = 900000000000101"),
  ).rejects.toMatchObject({ code: "23503" });
});

it("[G21] after all attacks every invariant still holds", async () => {
  const broken = (await verifyMoney({ pool: database.pool, calendar })).filter((one) => one.violations > 0);
  expect(broken).toEqual([]);
});

it("there are at least 150 attacks", () => {
  expect(Object.values(attacks).flat().length).toBeGreaterThanOrEqual(150);
});
