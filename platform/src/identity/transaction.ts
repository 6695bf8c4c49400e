/** Transactions of identity: its own database role, READ COMMITTED, so that each statement sees what others committed. */
import type { Pool, PoolClient } from "pg";

import { withRole } from "../database/transaction.ts";
import { identityRefusing } from "./problem.ts";

export const IDENTITY_ROLE = "hagukumi_identity";

/**
 * Runs `work` as `hagukumi_identity`. Races are decided by unique indexes and advisory locks, not by repetition: a log-in
 * that met another must not be tried again by itself.
 */
export async function asIdentity<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  return await identityRefusing(async () => {
    const client = await pool.connect();
    let broken: Error | undefined;
    try {
      await client.query("BEGIN ISOLATION LEVEL READ COMMITTED");
      await withRole(client, IDENTITY_ROLE);
      const result = await work(client);
      await client.query("COMMIT");
      return result;
    } catch (error) {
      await client.query("ROLLBACK").catch((rollbackError: unknown) => {
        broken = rollbackError instanceof Error ? rollbackError : new Error(String(rollbackError));
      });
      throw error;
    } finally {
      client.release(broken);
    }
  });
}
