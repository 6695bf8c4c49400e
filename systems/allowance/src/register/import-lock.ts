/** One import at a time: a second one waits and then finds what the first has added. */
import type { Pool } from "pg";

// Any number of ours; a session lock, so a crash frees it.
const LOCK = 4_310_001;

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
