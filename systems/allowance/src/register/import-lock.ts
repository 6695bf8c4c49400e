/** One import at a time: a second one waits and then finds what the first has added. */
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import type { Pool } from "pg";

// Any number of ours; a session lock, so a crash frees it.
const LOCK = 4_310_001;

/** Whether an import runs just now, in any process. */
export async function importRuns(connection: Queryable): Promise<boolean> {
  const { rows } = await connection.query<{ runs: boolean }>(
    `SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database
       WHERE l.locktype = 'advisory' AND d.datname = current_database() AND (l.classid, l.objid, l.objsubid) = (0, $1::bigint, 1) AND l.granted) AS runs`,
    [LOCK],
  );
  return rows[0]?.runs === true;
}

/** Runs `work` while no other import runs. The lock is taken outside of its transactions: their snapshots must come after it. */
export async function withImportLock<T>(pool: Pool, work: () => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query("SELECT pg_advisory_lock($1)", [LOCK]);
    try {
      return await work();
    } finally {
      await client.query("SELECT pg_advisory_unlock($1)", [LOCK]).catch((error: unknown) => {
        broken = error instanceof Error ? error : new Error(String(error));
      });
    }
  } finally {
    client.release(broken);
  }
}
