/**
 * 検算 of a run that was made a moment ago: the server's statistics know only the runs before it. On them it once chose to go through
 * every item of the run for every line (10,000 lines: 15 s for each page of 200; a city of 740,000: hours).
 */
import { expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { recalculateRun } from "../../src/payments/review/recalculate.ts";

const database = useDatabase();

const LINES = 1000;
const ITEMS_A_LINE = 2;
/** Lines that one page of the recalculation takes */
const PAGE = 200;

const FILL_LINES = `
  INSERT INTO allowance.run_line (run_no, line_no, recipient_id, account_id, bank, branch, account_type, account_number, holder, amount, child_months, new_code, ward_code)
  SELECT $1, n, n, n, '0182', '101', '1', '1234567', 'ｶｸｳ', 20000, 2, '0', '431010' FROM generate_series(1, $2::int) n`;
const FILL_ITEMS = `
  INSERT INTO allowance.run_item (child_number, benefit_month, generation, tranche, attempt, run_no, line_no, amount)
  SELECT n, date '2026-01-01' + make_interval(months => 2 * $1 + m), 1, 1, 1, $1, n, 10000 FROM generate_series(1, $2::int) n, generate_series(1, $3::int) m`;
const READ = `
  SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::int AS read FROM pg_stat_xact_all_tables WHERE schemaname = 'allowance' AND relname = 'run_item'`;

it("reads each item of the page's lines once, although no statistics know the run", async () => {
  const client = await database.pool.connect();
  try {
    await client.query("BEGIN");
    await client.query("SET LOCAL session_replication_role = replica"); // Lines without cases: only the reading is looked at
    for (const runNo of [1, 2, 3]) {
      await client.query(FILL_LINES, [runNo, LINES]);
      await client.query(FILL_ITEMS, [runNo, LINES, ITEMS_A_LINE]);
      // As autovacuum does in the weeks between two payments; the last run is new.
      if (runNo < 3) await client.query("ANALYZE allowance.run_line; ANALYZE allowance.run_item");
    }
    const read = async (): Promise<number> => (await client.query<{ read: number }>(READ)).rows[0]?.read ?? 0;
    const before = await read();
    await recalculateRun(client, 3);
    // 200 lines × 2 items; with every item for every line it would be 200 × 2,000.
    expect((await read()) - before).toBe(PAGE * ITEMS_A_LINE);
  } finally {
    await client.query("ROLLBACK");
    client.release();
  }
});
