/** The floor: every row that the run reads or writes, out of PostgreSQL and into it again by COPY, and nothing else. */
import { copyIn, copyOut } from "@hagukumi/platform/database/copy.ts";
import type { Pool } from "pg";

/** Of a payment run */
const PAYMENTS = [
  "recipient",
  "person_history",
  "decision",
  "facts",
  "account",
  "due_item",
  "ledger_entry",
  "run_line",
  "run_item",
  "transfer_file",
] as const;

/** Seconds and bytes of one pass over the tables of `allowance`. The copies have the same columns, no index and no trigger. */
export async function copyFloor(
  pool: Pool,
  tables: readonly string[] = PAYMENTS,
): Promise<{ readonly seconds: number; readonly bytes: number }> {
  const client = await pool.connect();
  try {
    for (const table of tables)
      await client.query(`CREATE TABLE floor_${table} AS SELECT * FROM allowance.${table} WITH NO DATA`);
    await client.query("CHECKPOINT");
    let bytes = 0;
    const begun = performance.now();
    for (const table of tables) {
      const chunks: Buffer[] = [];
      for await (const chunk of copyOut(client, `COPY allowance.${table} TO STDOUT`)) chunks.push(chunk);
      bytes += chunks.reduce((sum, chunk) => sum + chunk.length, 0);
      await copyIn(client, `COPY floor_${table} FROM STDIN`, iterate(chunks));
    }
    return { seconds: (performance.now() - begun) / 1000, bytes };
  } finally {
    client.release();
  }
}

async function* iterate<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}
