/** 閲覧の記録: a read of personal data and the row that says who read it are one transaction. */
import type { AccessEntry, StaffCall } from "@hagukumi/platform/access/log.ts";
import { type Need, staffRead } from "@hagukumi/platform/access/staff.ts";
import { onSnapshot, readOnly, withRole } from "@hagukumi/platform/database/transaction.ts";
import type { AuditEntry } from "@hagukumi/platform/database/command.ts";
import type { Pool, PoolClient } from "pg";

import { ROLE } from "../context.ts";
import { refuse } from "../refusal.ts";

/** A read by a signed-in member of staff: under the desk's role, with a row of the access log. */
export type StaffReader = {
  readonly call: StaffCall;
  readonly need: Need;
  /** The person whose record is read, who must be open to the session; null for lists and totals */
  readonly subject: { readonly recipientId: number } | { readonly addresseeNumber: number } | null;
  /** Which kinds of columns are shown, e.g. `name, account` */
  readonly columns?: string;
};

/** Who looks and why. */
export type Reader = {
  readonly pool: Pool;
  /** 処理した人 */
  readonly operator: string;
  /** 処理事由 */
  readonly purpose: string;
  /** Present where a member of staff looks on a screen; absent for the machine's own work (CLI, batch) */
  readonly staff?: StaffReader;
};

/** 宛名番号 of the subject, seen only where an open purpose allows it. @throws Refusal `purposeNeeded` */
async function subjectNumber(client: PoolClient, subject: NonNullable<StaffReader["subject"]>): Promise<number> {
  if ("addresseeNumber" in subject) return subject.addresseeNumber;
  const { rows } = await client.query<{ addressee_number: number }>(
    "SELECT addressee_number FROM allowance.recipient WHERE recipient_id = $1",
    [subject.recipientId],
  );
  if (rows[0] !== undefined) return rows[0].addressee_number;
  throw refuse(
    "purposeNeeded",
    "処理事由を示して開いていないか、15分が過ぎました。処理事由を選んで開き直してください。",
  );
}

async function readAsStaff<T>(
  pool: Pool,
  staff: StaffReader,
  entry: AuditEntry,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  return await staffRead(pool, staff.call, staff.need, async (client) => {
    const about = staff.subject === null ? undefined : await subjectNumber(client, staff.subject);
    const response = await work(client);
    const log: AccessEntry = {
      action: about === undefined ? "list" : "read",
      addresseeNumber: about,
      columns: staff.columns,
      rows: Array.isArray(response) ? response.length : 1,
      caseRef: entry.objectId,
    };
    return { response, log: [log] };
  });
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
  const { staff } = reader;
  if (staff !== undefined) return await readAsStaff(reader.pool, staff, entry, work);
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
