/** A batch of the crash sweep: a city that waits for it, the work as a careful operator does it, and what must stand at the end. */
import type { Pool } from "pg";

import type { Context } from "../../../src/context.ts";
import { contextOf } from "../../support/cases.ts";

export type Scene = {
  readonly name: string;
  /** Writes the city into a fresh database; `folder` is its own and is copied with it */
  readonly prepare: (pool: Pool, folder: string) => Promise<void>;
  /** From wherever it stands to the end. Called again after every crash, with the same keys */
  readonly work: (pool: Pool, folder: string) => Promise<void>;
  /** What must be the same with and without a crash */
  readonly end: (pool: Pool, folder: string) => Promise<unknown>;
};

/** A context whose reports lie in the folder of the scene. */
export const contextIn = (pool: Pool, folder: string, operator: string, today?: string): Context => ({
  ...contextOf(pool, operator, today),
  reportsDir: `${folder}/reports`,
});

/** The rows of a statement as plain values. */
export async function rowsOf(pool: Pool, sql: string): Promise<readonly unknown[]> {
  return (await pool.query(sql)).rows;
}

/** Rows of each of the tables: an effect that came twice, or not at all, changes a number. */
export async function countsOf(pool: Pool, tables: readonly string[]): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  for (const table of tables) {
    const { rows } = await pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`);
    counts[table] = rows[0]?.n ?? 0;
  }
  return counts;
}

/** Yen on each account of the ledger, person by person. */
export const LEDGER =
  "SELECT account, recipient_id, sum(amount)::bigint AS yen FROM allowance.ledger_leg GROUP BY 1, 2 HAVING sum(amount) <> 0 ORDER BY 1, 2";
