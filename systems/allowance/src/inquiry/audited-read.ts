/** 閲覧の記録: a read of personal data and the row that says who read it are one transaction. */
import { withRole } from "@hagukumi/platform/database/transaction.ts";
import type { AuditEntry } from "@hagukumi/platform/database/command.ts";
import type { Pool, PoolClient } from "pg";

import { ROLE } from "../context.ts";

/** Who looks and why. */
export type Reader = {
  readonly pool: Pool;
  /** 処理した人 */
  readonly operator: string;
  /** 処理事由 */
  readonly purpose: string;
};

async function inTransaction<T>(pool: Pool, begin: string, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query(begin);
    await withRole(client, ROLE);
    const result = await work(client);
    const { command } = await client.query("COMMIT");
    // PostgreSQL answers a COMMIT of a failed transaction with ROLLBACK and no error.
    if (command !== "COMMIT") throw new Error("the record of the read was rolled back");
    return result;
  } catch (error) {
    await client.query("ROLLBACK").catch((rollbackError: unknown) => {
      broken = rollbackError instanceof Error ? rollbackError : new Error(String(rollbackError));
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

/**
 * Records the read, then reads on one snapshot. The result is handed out only after COMMIT: where the record cannot be
 * written, nothing is shown.
 *
 * @param entry must not hold name, address, birth date, sex or 個人番号
 * @throws what the database or `work` throws
 */
export async function auditedRead<T>(
  reader: Reader,
  entry: AuditEntry,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  return await inTransaction(reader.pool, "BEGIN ISOLATION LEVEL REPEATABLE READ", async (client) => {
    await client.query(
      "INSERT INTO audit.event (actor, purpose, action, object_kind, object_id, detail) VALUES ($1, $2, $3, $4, $5, $6)",
      [
        reader.operator,
        reader.purpose,
        entry.action,
        entry.objectKind,
        entry.objectId,
        JSON.stringify(entry.detail ?? {}),
      ],
    );
    return await work(client);
  });
}

/** Reads what is about no person (totals, states) on one snapshot, with the rights of the system. */
export async function snapshotRead<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  return await inTransaction(pool, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", work);
}
