/** Transactions of identity: its own database role, READ COMMITTED, so that each statement sees what others committed. */
import type { Pool, PoolClient } from "pg";

import { readCommitted, withRole } from "../database/transaction.ts";
import { identityRefusing } from "./problem.ts";

export const IDENTITY_ROLE = "hagukumi_identity";

/**
 * Runs `work` as `hagukumi_identity`. Races are decided by unique indexes and advisory locks, not by repetition: a log-in
 * that met another must not be tried again by itself.
 */
export async function asIdentity<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  return await identityRefusing(async () => {
    return await readCommitted(pool, async (client) => {
      await withRole(client, IDENTITY_ROLE);
      return await work(client);
    });
  });
}
