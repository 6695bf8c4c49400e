/** 代理人・送付先・成年後見人: whose address is used instead of, or beside, one's own, for how long and on what basis. */
import { readOnly, withRole } from "@hagukumi/platform/database/transaction.ts";
import type { PoolClient } from "pg";

import { type AddresseeContext, command, ROLE } from "../context.ts";
import { refuse } from "../refusal.ts";

export const relatedKindLabels = { agent: "代理人", mailing: "送付先", guardian: "成年後見人" } as const;

export type RelatedKind = keyof typeof relatedKindLabels;

export type Related = {
  readonly relatedId: number;
  readonly kind: RelatedKind;
  readonly otherNumber: number;
  readonly startsOn: string;
  readonly endsOn: string | null;
  readonly basis: string;
};

/** @throws Refusal `relatedInvalid` (oneself, overlapping periods of one kind) */
export async function addRelated(
  context: AddresseeContext,
  request: {
    readonly key: string;
    readonly subjectNumber: number;
    readonly kind: RelatedKind;
    readonly otherNumber: number;
    readonly startsOn: string;
    readonly endsOn: string | null;
    readonly basis: string;
  },
): Promise<{ readonly relatedId: number }> {
  const { key, ...related } = request;
  return await command(context, "related.add", key, related, async (client) => {
    const { rows } = await client.query<{ id: number }>(
      `INSERT INTO unified.related (subject_number, kind, other_number, starts_on, ends_on, basis, recorded_by) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING related_id AS id`,
      [
        related.subjectNumber,
        related.kind,
        related.otherNumber,
        related.startsOn,
        related.endsOn,
        related.basis,
        context.operator,
      ],
    );
    return {
      response: { relatedId: rows[0]?.id ?? 0 },
      audit: [
        {
          action: "related.add",
          objectKind: "addressee",
          objectId: String(related.subjectNumber),
          detail: { kind: related.kind },
        },
      ],
    };
  });
}

/** Ends it on a day. @throws Refusal `relatedInvalid` where it is not there or has an earlier end */
export async function endRelated(
  context: AddresseeContext,
  request: { readonly key: string; readonly relatedId: number; readonly endsOn: string },
): Promise<void> {
  const { key, relatedId, endsOn } = request;
  await command(context, "related.end", key, { relatedId, endsOn }, async (client) => {
    const { rowCount } = await client.query(
      "UPDATE unified.related SET ends_on = $2 WHERE related_id = $1 AND (ends_on IS NULL OR ends_on > $2) AND starts_on <= $2",
      [relatedId, endsOn],
    );
    if (rowCount === 0)
      throw refuse("relatedInvalid", "終える宛名が見つからないか、その日より前に終わっています。何も変えていません。");
    return { response: {}, audit: [{ action: "related.end", objectKind: "related", objectId: String(relatedId) }] };
  });
}

/** Those in force on a day, on a connection that has the role of this system. */
export async function relatedNow(client: PoolClient, subjectNumber: number, day: string): Promise<readonly Related[]> {
  const { rows } = await client.query<Related>(
    `SELECT related_id AS "relatedId", kind, other_number AS "otherNumber", starts_on::text AS "startsOn", ends_on::text AS "endsOn", basis
     FROM unified.related WHERE subject_number = $1 AND daterange(starts_on, ends_on, '[]') @> $2::date ORDER BY kind`,
    [subjectNumber, day],
  );
  return rows;
}

/** The same for work of the system itself. */
export async function relatedOn(
  context: AddresseeContext,
  subjectNumber: number,
  day: string,
): Promise<readonly Related[]> {
  return await readOnly(context.pool, async (client) => {
    await withRole(client, ROLE);
    return await relatedNow(client, subjectNumber, day);
  });
}
