/** The state that the statements of `attack-list.ts` are tried on, and how one is tried: brought to COMMIT, as the application role. */
import type { Pool } from "pg";

import { closeRun } from "../../src/payments/close-run.ts";
import { importResults } from "../../src/payments/import-results.ts";
import { contextOf, MAKER, seedCases, threeFamilies } from "../support/cases.ts";
import { advance, create, resultCsv } from "../support/runs.ts";

/** Run 1: paid, one line returned, closed. Run 2: opened for the next period and left in its first state. */
export async function reachAttackState(pool: Pool): Promise<void> {
  await seedCases(pool, [
    ...threeFamilies,
    { recipient: 900000000000104, children: [{ id: 900000000000206, birthDate: "2020-06-01" }], endedFrom: "2026-11" },
  ]);
  await create(pool);
  await advance(pool, 1, "handedOver");
  const { rows } = await pool.query<{
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
  await importResults(contextOf(pool, MAKER), {
    key: "s",
    runNo: 1,
    bytes: resultCsv({ count: line.n, amount: line.total }, returned),
  });
  await closeRun(contextOf(pool, MAKER), { key: "c", runNo: 1 });
  await create(pool, "2027-02");
}

export type Answer = { readonly state: string; readonly constraint: string };

/** SQLSTATE and constraint with which the database refused, or "committed"; `keep: false` takes it back all the same. */
export async function attack(pool: Pool, sql: string, keep = true): Promise<Answer> {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    await client.query("SET LOCAL ROLE hagukumi_allowance");
    await client.query(sql);
    if (keep) await client.query("COMMIT");
    else {
      await client.query("SET CONSTRAINTS ALL IMMEDIATE");
      await client.query("ROLLBACK");
    }
    return { state: "committed", constraint: "" };
  } catch (error) {
    await client.query("ROLLBACK").catch(() => {});
    const { code, constraint } = error as { code?: string; constraint?: string };
    return { state: code ?? String(error), constraint: constraint ?? "" };
  } finally {
    client.release();
  }
}
