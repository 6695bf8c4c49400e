/** The unhandled changes as lists: for staff without personal data beyond the first kana, for the machine with 認定番号. */
import type { CivilDate } from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import { auditedRead, type Reader } from "../inquiry/audited-read.ts";
import type { ChangeKind } from "./kinds.ts";
import type { ShownEffect } from "./propose-changes.ts";

export type ListedRegisterChange = {
  readonly changeId: number;
  readonly kind: ChangeKind;
  readonly happenedOn: CivilDate;
  readonly knownAt: Date;
  readonly wardCode: string;
  readonly kanaInitial: string;
  /** 認定番号 of the case it touches; null where nobody has a right yet */
  readonly recipientId: number | null;
  readonly owner: string | null;
  /** What to do, Japanese; null before it was judged */
  readonly action: string | null;
  readonly procedureCode: string | null;
  readonly effects: readonly ShownEffect[];
  /** Why no amount can be said */
  readonly stopped: string;
  /** 児童手当の付記 */
  readonly endorsed: boolean;
};

/**
 * Changes nobody has dealt with, the oldest first: of the reader's wards and of people whom the reader may see.
 *
 * @throws Refusal `sessionNeeded`, `permissionMissing`
 */
export async function listRegisterChanges(reader: Reader): Promise<readonly ListedRegisterChange[]> {
  const entry = { action: "registerChange.list", objectKind: "registerChange", objectId: "open" };
  return await auditedRead(reader, entry, async (client) => {
    const { rows } = await client.query<ListedRegisterChange>(
      `SELECT change_id AS "changeId", kind, happened_on AS "happenedOn", recorded_at AS "knownAt", ward_code AS "wardCode",
              kana_initial AS "kanaInitial", recipient_id AS "recipientId", owner, action, procedure_code AS "procedureCode",
              coalesce(effects, '[]') AS effects, coalesce(stopped, '') AS stopped, endorsed
       FROM allowance.register_changes_for_staff()`,
    );
    return rows;
  });
}

/** Totals of the unhandled changes: the list ends at zero, or every one has an owner. */
export async function countOpenChanges(
  connection: Queryable,
): Promise<{ readonly open: number; readonly withoutOwner: number; readonly withoutProposal: number }> {
  const { rows } = await connection.query<{ open: number; withoutOwner: number; withoutProposal: number }>(
    `SELECT count(*)::int AS open, count(*) FILTER (WHERE owner IS NULL)::int AS "withoutOwner",
            count(*) FILTER (WHERE action IS NULL)::int AS "withoutProposal"
     FROM allowance.register_change_state WHERE outcome IS NULL`,
  );
  return rows[0] ?? { open: 0, withoutOwner: 0, withoutProposal: 0 };
}
