/**
 * 差止（児童手当法11条）と保留: from a benefit month on, nothing of the recipient enters a payment (M7). The right and the
 * months stay as they are; a release lets them be paid.
 */
import { randomUUID } from "node:crypto";

import { firstDayOfMonth, type Month } from "@hagukumi/law/contract.ts";
import { runCommand } from "@hagukumi/platform/database/command.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import { refusing } from "../constraints.ts";
import { type Context, ROLE } from "../context.ts";
import { refuse } from "../refusal.ts";

/** 差止 is the 11条 disposition, 保留 waits for something the office itself must do. */
export type HoldKind = "hold" | "pending";

export const holdLabels: Readonly<Record<HoldKind, string>> = { hold: "差止", pending: "保留" };

export type NewHold = {
  readonly recipientId: number;
  readonly kind: HoldKind;
  readonly fromMonth: Month;
  /** Why, 1–200 characters */
  readonly cause: string;
  /** 差止事由 (identifier of the code table `holdCause`); with it the lists can see when the cause has gone (`cause-gone.ts`) */
  readonly causeCode?: string;
  /** Idempotency key */
  readonly key?: string;
};

const command = (
  context: Context,
  name: string,
  request: unknown,
  key: string | undefined,
): Parameters<typeof runCommand>[1] => ({
  role: ROLE,
  key: key ?? `${name}/${randomUUID()}`,
  name,
  actor: context.operator,
  guard: context.guard,
  purpose: context.purpose,
  request,
});

function checkCause(cause: string): void {
  if (cause.trim() !== "" && cause.length <= 200) return;
  throw refuse("holdInvalid", "差止・保留の理由は、1文字から200文字で書いてください。何も変えていません。");
}

/** @throws Refusal `codeUnknown` unless the table of 差止事由 has the code on the day */
export async function checkCauseCode(connection: Queryable, code: string, day: string): Promise<void> {
  const { rows } = await connection.query<{ known: boolean }>(
    `SELECT EXISTS (SELECT FROM allowance.code WHERE domain = 'holdCause' AND identifier = $1 AND valid_from <= $2 AND (valid_to IS NULL OR valid_to >= $2)) AS known`,
    [code, day],
  );
  if (rows[0]?.known === true) return;
  throw refuse(
    "codeUnknown",
    "差止事由のコードが、コード表にありません。コード表から選んでください。何も変えていません。",
  );
}

/**
 * Places a hold. @returns its number
 *
 * @throws Refusal `recipientUnknown`, `holdInvalid`, `codeUnknown`
 */
export async function placeHold(context: Context, hold: NewHold): Promise<number> {
  checkCause(hold.cause);
  const { recipientId, kind, fromMonth, cause, causeCode, key } = hold;
  const request = { recipientId, kind, fromMonth, cause, ...(causeCode === undefined ? {} : { causeCode }) };
  const { response } = await refusing(() =>
    runCommand<number>(context.pool, command(context, "hold.place", request, key), async (client) => {
      const found = await client.query("SELECT FROM allowance.recipient WHERE recipient_id = $1", [recipientId]);
      if (found.rowCount !== 1) {
        throw refuse("recipientUnknown", `認定番号 ${recipientId} の受給者はいません。番号を確認してください。`, {
          recipientId,
        });
      }
      const { rows } = await client.query<{ hold_id: number }>(
        "INSERT INTO allowance.hold (recipient_id, kind, from_month, cause, placed_by, placed_on) VALUES ($1, $2, $3, $4, $5, $6) RETURNING hold_id",
        [recipientId, kind, firstDayOfMonth(fromMonth), cause, context.operator, context.today],
      );
      const holdId = rows[0]?.hold_id ?? 0;
      if (causeCode !== undefined) {
        await checkCauseCode(client, causeCode, context.today);
        await client.query("INSERT INTO allowance.hold_ground (hold_id, cause_code) VALUES ($1, $2)", [
          holdId,
          causeCode,
        ]);
      }
      const detail = { holdId, kind, fromMonth };
      return {
        response: holdId,
        audit: [{ action: "hold.place", objectKind: "recipient", objectId: String(recipientId), detail }],
      };
    }),
  );
  return response;
}

/**
 * Releases a hold: the held months can be paid again.
 *
 * @throws Refusal `holdUnknown`, `holdReleased`, `holdInvalid`
 */
export async function releaseHold(context: Context, holdId: number, cause: string, key?: string): Promise<void> {
  checkCause(cause);
  await refusing(() =>
    runCommand(context.pool, command(context, "hold.release", { holdId, cause }, key), async (client) => {
      const { rows } = await client.query<{ recipient_id: number }>(
        "SELECT recipient_id FROM allowance.hold WHERE hold_id = $1",
        [holdId],
      );
      const found = rows[0];
      if (found === undefined)
        throw refuse("holdUnknown", `番号 ${holdId} の差止・保留はありません。番号を確認してください。`, { holdId });
      await client.query(
        "INSERT INTO allowance.hold_release (hold_id, cause, released_by, released_on) VALUES ($1, $2, $3, $4)",
        [holdId, cause, context.operator, context.today],
      );
      const objectId = String(found.recipient_id);
      return {
        response: null,
        audit: [{ action: "hold.release", objectKind: "recipient", objectId, detail: { holdId } }],
      };
    }),
  );
}

export type ListedHold = {
  readonly holdId: number;
  readonly recipientId: number;
  readonly kind: HoldKind;
  readonly fromMonth: string;
  readonly cause: string;
  readonly placedBy: string;
};

/** Holds that are in force, oldest first. */
export async function listHolds(connection: Queryable): Promise<readonly ListedHold[]> {
  const { rows } = await connection.query<ListedHold>(
    `SELECT h.hold_id AS "holdId", h.recipient_id AS "recipientId", h.kind, to_char(h.from_month, 'YYYY-MM') AS "fromMonth",
            h.cause, h.placed_by AS "placedBy"
     FROM allowance.hold h WHERE NOT EXISTS (SELECT FROM allowance.hold_release r WHERE r.hold_id = h.hold_id) ORDER BY h.hold_id`,
  );
  return rows;
}
