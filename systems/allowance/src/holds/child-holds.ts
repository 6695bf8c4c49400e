/** 一部の差止: the hold of one child's part of the allowance (児童手当法11条). The other children's part is paid as ever. */
import { firstDayOfMonth, type Month } from "@hagukumi/law/contract.ts";
import { runCommand } from "@hagukumi/platform/database/command.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import { reviewCommand } from "../annual-review/year.ts";
import { refusing } from "../constraints.ts";
import type { Context } from "../context.ts";
import { refuse } from "../refusal.ts";
import { checkCauseCode } from "./holds.ts";

export type NewChildHold = {
  readonly recipientId: number;
  readonly childNumber: number;
  readonly fromMonth: Month;
  /** 差止事由 (code table `holdCause`) */
  readonly causeCode: string;
  /** Why, 1–200 characters */
  readonly cause: string;
  readonly key?: string;
};

function checkCause(cause: string): void {
  if (cause.trim() !== "" && cause.length <= 200) return;
  throw refuse("holdInvalid", "差止の理由は、1文字から200文字で書いてください。何も変えていません。");
}

/**
 * Holds one child's part. @returns its number
 *
 * @throws Refusal `holdInvalid` (no reason, or not a child of the recipient), `codeUnknown`
 */
export async function placeChildHold(context: Context, hold: NewChildHold): Promise<number> {
  checkCause(hold.cause);
  const { recipientId, childNumber, fromMonth, causeCode, cause, key } = hold;
  const request = { recipientId, childNumber, fromMonth, causeCode, cause };
  const { response } = await refusing(() =>
    runCommand<number>(context.pool, reviewCommand(context, "hold.placeChild", request, key), async (client) => {
      await checkCauseCode(client, causeCode, context.today);
      const known = await client.query(
        `SELECT FROM allowance.recipient r JOIN allowance.claim c ON c.claimant_number = r.addressee_number AND c.recipient_kind = r.kind
         JOIN allowance.approval a ON a.claim_id = c.claim_id AND a.outcome = 'grant'
         JOIN allowance.claim_child k ON k.claim_id = c.claim_id AND k.role = 'child' AND k.child_number = $2 WHERE r.recipient_id = $1
         UNION ALL
         SELECT FROM (SELECT facts_digest FROM allowance.decision WHERE recipient_id = $1 AND kind <> 'refuse' ORDER BY seq DESC LIMIT 1) d
         JOIN allowance.facts f USING (facts_digest) CROSS JOIN LATERAL jsonb_array_elements(f.facts->'children') c
         WHERE (c->>'id')::bigint = $2 LIMIT 1`,
        [recipientId, childNumber],
      );
      if (known.rowCount !== 1) {
        throw refuse(
          "holdInvalid",
          `認定番号 ${recipientId} の支給の対象に、この児童はいません。児童を確かめてください。何も変えていません。`,
          { recipientId },
        );
      }
      const { rows } = await client.query<{ id: number }>(
        `INSERT INTO allowance.child_hold (recipient_id, child_number, from_month, cause_code, cause, placed_by, placed_on)
         VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING child_hold_id AS id`,
        [
          recipientId,
          childNumber,
          firstDayOfMonth(fromMonth),
          causeCode,
          cause.trim(),
          context.operator,
          context.today,
        ],
      );
      const id = rows[0]?.id ?? 0;
      const detail = { childHoldId: id, fromMonth };
      return {
        response: id,
        audit: [{ action: "hold.placeChild", objectKind: "recipient", objectId: String(recipientId), detail }],
      };
    }),
  );
  return response;
}

/** Releases the hold of a child's part. @throws Refusal `holdUnknown`, `holdReleased`, `holdInvalid` */
export async function releaseChildHold(
  context: Context,
  childHoldId: number,
  cause: string,
  key?: string,
): Promise<void> {
  checkCause(cause);
  await refusing(() =>
    runCommand(
      context.pool,
      reviewCommand(context, "hold.releaseChild", { childHoldId, cause }, key),
      async (client) => {
        const { rows } = await client.query<{ recipient: number }>(
          "SELECT recipient_id AS recipient FROM allowance.child_hold WHERE child_hold_id = $1",
          [childHoldId],
        );
        const found = rows[0];
        if (found === undefined) {
          throw refuse("holdUnknown", `番号 ${childHoldId} の差止はありません。番号を確認してください。`);
        }
        await client.query(
          "INSERT INTO allowance.child_hold_release (child_hold_id, cause, released_by, released_on) VALUES ($1, $2, $3, $4)",
          [childHoldId, cause.trim(), context.operator, context.today],
        );
        const objectId = String(found.recipient);
        return {
          response: null,
          audit: [{ action: "hold.releaseChild", objectKind: "recipient", objectId, detail: { childHoldId } }],
        };
      },
    ),
  );
}

export type ListedChildHold = {
  readonly childHoldId: number;
  readonly recipientId: number;
  readonly childNumber: number;
  readonly fromMonth: string;
  readonly causeCode: string;
  readonly cause: string;
};

/** Holds of single children of one recipient, also released ones, the newest first. */
export async function childHoldsOf(
  connection: Queryable,
  recipientId: number,
): Promise<readonly (Omit<ListedChildHold, "recipientId"> & { readonly released: boolean })[]> {
  const { rows } = await connection.query<Omit<ListedChildHold, "recipientId"> & { released: boolean }>(
    `SELECT h.child_hold_id AS "childHoldId", h.child_number::bigint AS "childNumber", to_char(h.from_month, 'YYYY-MM') AS "fromMonth",
            h.cause_code AS "causeCode", h.cause, r.child_hold_id IS NOT NULL AS released
     FROM allowance.child_hold h LEFT JOIN allowance.child_hold_release r USING (child_hold_id)
     WHERE h.recipient_id = $1 ORDER BY h.child_hold_id DESC`,
    [recipientId],
  );
  return rows;
}

/** Holds of single children in force, oldest first. */
export async function listChildHolds(connection: Queryable): Promise<readonly ListedChildHold[]> {
  const { rows } = await connection.query<ListedChildHold>(
    `SELECT child_hold_id AS "childHoldId", recipient_id AS "recipientId", child_number AS "childNumber",
            to_char(from_month, 'YYYY-MM') AS "fromMonth", cause_code AS "causeCode", cause
     FROM allowance.child_hold_in_force ORDER BY child_hold_id`,
  );
  return rows;
}
