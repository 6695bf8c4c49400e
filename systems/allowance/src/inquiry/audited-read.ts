/** 閲覧の記録: a read of personal data and the row that says who read it are one transaction. */
import { onSnapshot, readOnly, withRole } from "@hagukumi/platform/database/transaction.ts";
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
  return await onSnapshot(reader.pool, async (client) => {
    await withRole(client, ROLE);
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
  return await readOnly(pool, async (client) => {
    await withRole(client, ROLE);
    return await work(client);
  });
}
