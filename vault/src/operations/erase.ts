/** 暗号消去: two people; data key, numbers and index go in one transaction, a record without number and HMAC stays. */
import type { PoolClient } from "pg";

import { refusal } from "../refusal.ts";
import type { Call, Done } from "./enter.ts";
import type { VaultInput, VaultOutput } from "./shapes.ts";

/** @throws Refusal `personUnknown` */
export async function requestErasure(
  client: PoolClient,
  { personRef, rule, reason }: VaultInput<"requestErasure">,
  { actor, now }: Call,
): Promise<Done<VaultOutput<"requestErasure">>> {
  const { rows } = await client.query<{ request_id: number }>(
    `INSERT INTO vault.erasure_request (person_ref, rule, reason, requested_by, requested_at)
     SELECT person_ref, $2, $3, $4, $5 FROM vault.person WHERE person_ref = $1 RETURNING request_id`,
    [personRef, rule, reason, actor, now],
  );
  const [row] = rows;
  if (row === undefined) throw refusal("personUnknown");
  return { response: { requestId: row.request_id }, personRef, rows: 1 };
}

/** Asked again by who has done it, it gives its first answer: the caller may have been broken off. @throws Refusal `erasureUnknown`, `samePerson` */
export async function erase(
  client: PoolClient,
  { requestId }: VaultInput<"erase">,
  { actor, now }: Call,
): Promise<Done<VaultOutput<"erase">>> {
  const asked = await client.query<{ person_ref: string; requested_by: string }>(
    `SELECT q.person_ref, q.requested_by FROM vault.erasure_request q JOIN vault.person p USING (person_ref)
     WHERE q.request_id = $1 AND NOT EXISTS (SELECT FROM vault.erasure e WHERE e.request_id = q.request_id)`,
    [requestId],
  );
  const [request] = asked.rows;
  if (request === undefined) {
    const done = await client.query<{ records: number; day: string }>(
      "SELECT records, backups_expire_on::text AS day FROM vault.erasure WHERE request_id = $1 AND erased_by = $2",
      [requestId, actor],
    );
    const [first] = done.rows;
    if (first === undefined) throw refusal("erasureUnknown");
    return { response: { records: first.records, backupsExpireOn: first.day }, rows: 0 };
  }
  if (request.requested_by === actor) throw refusal("samePerson");
  const personRef = request.person_ref;
  const gone = await client.query("DELETE FROM vault.record WHERE person_ref = $1", [personRef]);
  await client.query("DELETE FROM vault.person WHERE person_ref = $1", [personRef]);
  const { rows } = await client.query<{ day: string }>(
    `INSERT INTO vault.erasure (request_id, records, erased_by, erased_at, backups_expire_on)
     SELECT $1, $2, $3, $4, ($4::timestamptz AT TIME ZONE 'Asia/Tokyo')::date + backup_days FROM vault.policy
     RETURNING backups_expire_on::text AS day`,
    [requestId, gone.rowCount ?? 0, actor, now],
  );
  return {
    response: { records: gone.rowCount ?? 0, backupsExpireOn: rows[0]?.day ?? "" },
    personRef,
    rows: gone.rowCount ?? 0,
  };
}
