/** 期間のある事実 written by a filing: the same table, key and digest as the feed's, so that the feed repeating it adds nothing. */
import type { PoolClient } from "pg";
import { z } from "zod";

import type { StatusRow } from "../claims/case-rows.ts";
import { rowDigest } from "../register/feed.ts";
import type { SupposedFact } from "./consequences.ts";

export type NewStatus = Pick<StatusRow, "kind" | "addressee_number" | "starts_on"> & Partial<StatusRow>;

/** A whole row from the parts that a procedure knows. */
export function statusRow(part: NewStatus): StatusRow {
  return {
    counterparty_number: null,
    ends_on: null,
    short_stay: false,
    study: false,
    lived_in_japan_since: null,
    ...part,
  };
}

/** The row as a fact that is not stored yet. */
export const supposedStatus = (part: NewStatus): SupposedFact => ({ status: statusRow(part) });

const text = (number: number | null): string | null => (number === null ? null : String(number));

/** Key of a written row, for taking it back. */
export type StatusKey = { readonly kind: string; readonly number: number; readonly startsOn: string };

/** Adds rows (a further revision where the key is known already). */
export async function writeStatuses(
  client: PoolClient,
  filingId: number,
  rows: readonly NewStatus[],
): Promise<readonly StatusKey[]> {
  for (const row of rows.map(statusRow)) {
    const { kind, addressee_number, counterparty_number, starts_on, ends_on, short_stay, study } = row;
    const since = row.lived_in_japan_since;
    const stored = [
      kind,
      text(addressee_number),
      text(counterparty_number),
      starts_on,
      ends_on,
      short_stay,
      study,
      since,
    ];
    await client.query(
      `INSERT INTO allowance.status_period (kind, addressee_number, counterparty_number, starts_on, ends_on, short_stay, study, lived_in_japan_since,
         revision, row_digest, filing_id)
       SELECT $1::text, $2::bigint, $3::bigint, $4::date, $5::date, $6::boolean, $7::boolean, $8::date, coalesce(max(revision), 0) + 1, $9::text, $10::bigint
       FROM allowance.status_period WHERE kind = $1 AND addressee_number = $2 AND starts_on = $4`,
      [...stored, rowDigest(stored), filingId],
    );
  }
  return rows.map(({ kind, addressee_number, starts_on }) => ({ kind, number: addressee_number, startsOn: starts_on }));
}

/**
 * Takes rows back (取消・再決定): a further revision that says what stood before the filing, or that the fact never was.
 *
 * @returns keys that something later has changed; then nothing was written for them
 */
export async function voidStatuses(
  client: PoolClient,
  filingId: number,
  keys: readonly StatusKey[],
): Promise<readonly StatusKey[]> {
  const later: StatusKey[] = [];
  for (const key of keys) {
    const { kind, number, startsOn } = key;
    const written = await client.query(
      `INSERT INTO allowance.status_period (kind, addressee_number, counterparty_number, starts_on, ends_on, short_stay, study, lived_in_japan_since,
         revision, row_digest, filing_id, voided)
       SELECT o.kind, o.addressee_number, o.counterparty_number, o.starts_on, o.ends_on, o.short_stay, o.study, o.lived_in_japan_since, l.revision + 1, o.row_digest, $4,
         o.voided OR b.revision IS NULL
       FROM (SELECT * FROM allowance.status_period WHERE kind = $1 AND addressee_number = $2 AND starts_on = $3 ORDER BY revision DESC LIMIT 1) l
       LEFT JOIN LATERAL (SELECT * FROM allowance.status_period p WHERE p.kind = $1 AND p.addressee_number = $2 AND p.starts_on = $3
         AND p.revision < (SELECT min(f.revision) FROM allowance.status_period f WHERE f.kind = $1 AND f.addressee_number = $2 AND f.starts_on = $3 AND f.filing_id = $4)
         ORDER BY revision DESC LIMIT 1) b ON true
       JOIN allowance.status_period o ON (o.kind, o.addressee_number, o.starts_on, o.revision) = (l.kind, l.addressee_number, l.starts_on, coalesce(b.revision, l.revision))
       WHERE EXISTS (SELECT FROM allowance.filing_cancellation c WHERE c.filing_id = l.filing_id)`,
      [kind, number, startsOn, filingId],
    );
    if (written.rowCount !== 1) later.push(key);
  }
  return later;
}

const writtenShape = z.object({
  statuses: z.array(z.object({ kind: z.string(), number: z.number(), startsOn: z.string() })),
});

/** The rows that an `apply` says it wrote (`detail.statuses`); none where it wrote nothing. */
export function statusKeysOf(detail: unknown): readonly StatusKey[] {
  const written = writtenShape.safeParse(detail);
  return written.success ? written.data.statuses : [];
}
