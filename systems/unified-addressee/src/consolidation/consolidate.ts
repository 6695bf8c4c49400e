/** 名寄せ: two 宛名番号 of one person are joined by two people, and may be parted again. No number is ever changed. */
import { readOnly, withRole } from "@hagukumi/platform/database/transaction.ts";

import { type AddresseeContext, command, ROLE } from "../context.ts";
import { refuse } from "../refusal.ts";

export type Consolidation = {
  readonly consolidationId: number;
  readonly keptNumber: number;
  readonly otherNumber: number;
  readonly reason: string;
  readonly proposedBy: string;
  readonly proposedAt: Date;
  readonly approvedBy: string | null;
  readonly state: "proposed" | "joined" | "ended";
};

export const consolidationStateLabels = { proposed: "承認待ち", joined: "名寄せ中", ended: "解除・取りやめ" } as const;

/** @throws Refusal `duplicate`, `invalidValue` (itself, a chain) */
export async function proposeConsolidation(
  context: AddresseeContext,
  request: { readonly key: string; readonly keptNumber: number; readonly otherNumber: number; readonly reason: string },
): Promise<{ readonly consolidationId: number }> {
  const { key, keptNumber, otherNumber, reason } = request;
  return await command(context, "consolidation.propose", key, { keptNumber, otherNumber, reason }, async (client) => {
    const { rows } = await client.query<{ id: number }>(
      "INSERT INTO unified.consolidation (kept_number, other_number, reason, proposed_by) VALUES ($1, $2, $3, $4) RETURNING consolidation_id AS id",
      [keptNumber, otherNumber, reason, context.operator],
    );
    const id = rows[0]?.id ?? 0;
    return {
      response: { consolidationId: id },
      audit: [
        {
          action: "consolidation.propose",
          objectKind: "consolidation",
          objectId: String(id),
          detail: { keptNumber, otherNumber },
        },
      ],
    };
  });
}

/**
 * The second person. Two addressees with different 団体内統合宛名番号 are two people as long as their 個人番号 differ: refused.
 *
 * @throws Refusal `samePerson`, `consolidationUnknown`, `consolidationTwoNumbers`
 */
export async function approveConsolidation(
  context: AddresseeContext,
  request: { readonly key: string; readonly consolidationId: number },
): Promise<void> {
  const { key, consolidationId } = request;
  await command(context, "consolidation.approve", key, { consolidationId }, async (client) => {
    const two = await client.query<{ numbers: number }>(
      `SELECT count(DISTINCT l.unified_number) AS numbers FROM unified.consolidation c JOIN unified.link l ON l.addressee_number IN (c.kept_number, c.other_number) AND l.ended_at IS NULL
       WHERE c.consolidation_id = $1`,
      [consolidationId],
    );
    if ((two.rows[0]?.numbers ?? 0) > 1) {
      throw refuse(
        "consolidationTwoNumbers",
        "2つの宛名番号には別々の個人番号が登録されています。別の人であるか、番号の誤りです。名寄せしていません。番号を確かめてください。",
      );
    }
    const { rowCount } = await client.query(
      "UPDATE unified.consolidation SET approved_by = $2, approved_at = clock_timestamp() WHERE consolidation_id = $1 AND approved_at IS NULL AND ended_at IS NULL",
      [consolidationId, context.operator],
    );
    if (rowCount === 0)
      throw refuse("consolidationUnknown", "承認を待つ名寄せが見つかりません。画面を読み直してください。");
    return {
      response: {},
      audit: [{ action: "consolidation.approve", objectKind: "consolidation", objectId: String(consolidationId) }],
    };
  });
}

/** 名寄せ解除, or 取りやめ of a proposal. @throws Refusal `consolidationUnknown` */
export async function endConsolidation(
  context: AddresseeContext,
  request: { readonly key: string; readonly consolidationId: number; readonly reason: string },
): Promise<void> {
  const { key, consolidationId, reason } = request;
  await command(context, "consolidation.end", key, { consolidationId, reason }, async (client) => {
    const { rowCount } = await client.query(
      "UPDATE unified.consolidation SET ended_by = $2, ended_at = clock_timestamp(), end_reason = $3 WHERE consolidation_id = $1 AND ended_at IS NULL",
      [consolidationId, context.operator, reason],
    );
    if (rowCount === 0)
      throw refuse("consolidationUnknown", "解除する名寄せが見つかりません。画面を読み直してください。");
    return {
      response: {},
      audit: [{ action: "consolidation.end", objectKind: "consolidation", objectId: String(consolidationId) }],
    };
  });
}

/** 名寄せ履歴, newest first; of one addressee, or of all that wait. */
export async function listConsolidations(
  context: Pick<AddresseeContext, "pool">,
  addresseeNumber?: number,
): Promise<readonly Consolidation[]> {
  return await readOnly(context.pool, async (client) => {
    await withRole(client, ROLE);
    const { rows } = await client.query<Consolidation>(
      `SELECT consolidation_id AS "consolidationId", kept_number AS "keptNumber", other_number AS "otherNumber", reason, proposed_by AS "proposedBy", proposed_at AS "proposedAt",
         approved_by AS "approvedBy", CASE WHEN ended_at IS NOT NULL THEN 'ended' WHEN approved_at IS NULL THEN 'proposed' ELSE 'joined' END AS state
       FROM unified.consolidation WHERE ($1::bigint IS NULL AND ended_at IS NULL AND approved_at IS NULL) OR $1 IN (kept_number, other_number) ORDER BY 1 DESC`,
      [addresseeNumber ?? null],
    );
    return rows;
  });
}
