/**
 * 支援措置の住所の一時解除: the mark is never taken away. Somebody asks, another person grants, and for at most 15 minutes the
 * one who asked may look; each look is recorded. When the time is over nothing has to be set back, also after a crash.
 */
import { createHash, randomUUID } from "node:crypto";

import { type StaffCall } from "@hagukumi/platform/access/log.ts";
import { staffRead } from "@hagukumi/platform/access/staff.ts";
import { runCommand } from "@hagukumi/platform/database/command.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import { canonicalJson } from "@hagukumi/platform/text/canonical-json.ts";
import type { Pool } from "pg";

import { refusing } from "../constraints.ts";
import { type Context, ROLE } from "../context.ts";
import { refuse } from "../refusal.ts";

/** Longest term of a lift, in minutes. */
export const LIFT_MINUTES = 15;

/** How long a screen shows the address before it hides it, in seconds. */
export const ADDRESS_SECONDS = 60;

/** Where a lift is: waiting for the second person, in force, over (by time or by hand), refused. */
export type LiftState = "requested" | "granted" | "over" | "refused";

export const liftStateLabels: Readonly<Record<LiftState, string>> = {
  requested: "承認待ち",
  granted: "解除中",
  over: "終わり",
  refused: "不承認",
};

export type NewLift = {
  readonly addresseeNumber: number;
  /** Why the address is needed, 10–500 characters */
  readonly reason: string;
  /** 1–15 */
  readonly minutes: number;
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

/** Digest of what is asked for; the second person sends it back. */
function digestOf(lift: Omit<NewLift, "key">, requestedBy: string): string {
  const { addresseeNumber, reason, minutes } = lift;
  return createHash("sha256").update(canonicalJson({ addresseeNumber, reason, minutes, requestedBy })).digest("hex");
}

/**
 * Asks for the address of a person under 支援措置. @returns the number of the request
 *
 * @throws Refusal `liftInvalid` (reason, minutes, or the person is not under 支援措置)
 */
export async function requestLift(context: Context, lift: NewLift): Promise<number> {
  const { addresseeNumber, minutes, key } = lift;
  const reason = lift.reason.trim();
  if (
    reason.length < 10 ||
    reason.length > 500 ||
    !Number.isInteger(minutes) ||
    minutes < 1 ||
    minutes > LIFT_MINUTES
  ) {
    throw refuse(
      "liftInvalid",
      "一時解除には、住所が要るわけ（10文字から500文字）と、1分から15分の時間が要ります。何も変えていません。",
    );
  }
  const request = { addresseeNumber, reason, minutes };
  const { response } = await refusing(() =>
    runCommand<number>(context.pool, command(context, "protection.requestLift", request, key), async (client) => {
      const marked = await client.query<{ marked: boolean }>("SELECT allowance.is_protected($1) AS marked", [
        addresseeNumber,
      ]);
      if (marked.rows[0]?.marked !== true) {
        throw refuse(
          "liftInvalid",
          "この人は支援措置の対象ではありません。住所は人の画面で見られます。何も変えていません。",
        );
      }
      const { rows } = await client.query<{ lift_id: number }>(
        `INSERT INTO allowance.protection_lift (addressee_number, reason, minutes, content_digest, requested_by)
         VALUES ($1, $2, $3, $4, $5) RETURNING lift_id`,
        [addresseeNumber, reason, minutes, digestOf(request, context.operator), context.operator],
      );
      const liftId = rows[0]?.lift_id ?? 0;
      const detail = { minutes };
      return {
        response: liftId,
        audit: [{ action: "protection.requestLift", objectKind: "protectionLift", objectId: String(liftId), detail }],
      };
    }),
  );
  return response;
}

export type LiftAnswer = {
  readonly liftId: number;
  readonly granted: boolean;
  /** Digest of the request as the second person saw it */
  readonly digest: string;
  readonly key?: string;
};

/**
 * The second person grants or refuses. The term begins now.
 *
 * @throws Refusal `liftUnknown`, `samePerson`, `contentChanged`, `liftAnswered`
 */
export async function answerLift(context: Context, answer: LiftAnswer): Promise<void> {
  const { liftId, granted, digest, key } = answer;
  await refusing(() =>
    runCommand(
      context.pool,
      command(context, "protection.answerLift", { liftId, granted, digest }, key),
      async (client) => {
        const { rowCount } = await client.query(
          `INSERT INTO allowance.protection_lift_answer (lift_id, granted, content_digest, requested_by, answered_by, answered_at, ends_at)
         SELECT lift_id, $2, $3, requested_by, $4, identity.clock(),
                CASE WHEN $2 THEN identity.clock() + make_interval(mins => minutes) END
         FROM allowance.protection_lift WHERE lift_id = $1`,
          [liftId, granted, digest, context.operator],
        );
        if (rowCount !== 1)
          throw refuse("liftUnknown", "この一時解除の申請はありません。一覧を読み直してください。何も変えていません。");
        const action = granted ? "protection.grantLift" : "protection.refuseLift";
        return { response: null, audit: [{ action, objectKind: "protectionLift", objectId: String(liftId) }] };
      },
    ),
  );
}

/**
 * Ends a lift before its time.
 *
 * @throws Refusal `liftUnknown` where it was never granted, `liftEnded`
 */
export async function endLift(context: Context, liftId: number, key?: string): Promise<void> {
  await refusing(() =>
    runCommand(context.pool, command(context, "protection.endLift", { liftId }, key), async (client) => {
      const { rowCount } = await client.query(
        `INSERT INTO allowance.protection_lift_end (lift_id, ended_by)
         SELECT lift_id, $2 FROM allowance.protection_lift_answer WHERE lift_id = $1 AND granted`,
        [liftId, context.operator],
      );
      if (rowCount !== 1)
        throw refuse("liftUnknown", "この一時解除は承認されていません。一覧を読み直してください。何も変えていません。");
      return {
        response: null,
        audit: [{ action: "protection.endLift", objectKind: "protectionLift", objectId: String(liftId) }],
      };
    }),
  );
}

export type Lift = {
  readonly liftId: number;
  readonly addresseeNumber: number;
  readonly reason: string;
  readonly minutes: number;
  /** For `answerLift` */
  readonly digest: string;
  readonly requestedBy: string;
  readonly requestedAt: Date;
  readonly answeredBy: string | null;
  readonly endsAt: Date | null;
  readonly state: LiftState;
  /** How often the address was shown */
  readonly uses: number;
};

/** The newest 200 lifts, those that wait for an answer first. By 宛名番号 alone: no name, no address. */
export async function listLifts(connection: Queryable): Promise<readonly Lift[]> {
  const { rows } = await connection.query<Lift>(
    `SELECT l.lift_id AS "liftId", l.addressee_number AS "addresseeNumber", l.reason, l.minutes, l.content_digest AS digest,
            l.requested_by AS "requestedBy", l.requested_at AS "requestedAt", a.answered_by AS "answeredBy",
            least(a.ends_at, e.ended_at) AS "endsAt",
            CASE WHEN a.lift_id IS NULL THEN 'requested' WHEN NOT a.granted THEN 'refused'
                 WHEN e.lift_id IS NULL AND a.ends_at > identity.clock() THEN 'granted' ELSE 'over' END AS state,
            (SELECT count(*)::int FROM allowance.protection_lift_use u WHERE u.lift_id = l.lift_id) AS uses
     FROM allowance.protection_lift l LEFT JOIN allowance.protection_lift_answer a USING (lift_id) LEFT JOIN allowance.protection_lift_end e USING (lift_id)
     ORDER BY a.lift_id IS NOT NULL, l.lift_id DESC LIMIT 200`,
  );
  return rows;
}

/** An address that may be shown now. */
export type ReleasedAddress = {
  readonly address: string;
  /** End of the lift */
  readonly endsAt: Date;
  /** Seconds after which the screen hides it again */
  readonly seconds: number;
};

/**
 * Hands out the address of a protected person to the one who asked for it, while the lift is in force. The look and the row
 * of the access log are written in the same transaction.
 *
 * @throws Refusal `sessionNeeded`, `permissionMissing`, `purposeNeeded`, `liftNeeded`
 */
export async function releasedAddress(
  desk: { readonly pool: Pool; readonly call: StaffCall },
  addresseeNumber: number,
): Promise<ReleasedAddress> {
  return await staffRead(desk.pool, desk.call, { permission: "protection.lift" }, async (client) => {
    const { rows } = await client.query<{ lift_id: number; address: string; ends_at: Date }>(
      "SELECT * FROM allowance.protected_address($1)",
      [addresseeNumber],
    );
    const found = rows[0];
    if (found === undefined) {
      throw refuse(
        "liftNeeded",
        "この人の住所の一時解除がないか、時間が過ぎました。住所が要るときは一時解除を申請し、別の人の承認を受けてください。",
      );
    }
    return {
      response: { address: found.address, endsAt: found.ends_at, seconds: ADDRESS_SECONDS },
      log: [{ action: "read", addresseeNumber, columns: "address", rows: 1, approvalRef: `lift:${found.lift_id}` }],
    };
  });
}
