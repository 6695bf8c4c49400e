/** 再送の依頼 and the end of refused rows: what a person does when a delivery was bad. */
import { randomUUID } from "node:crypto";

import { runCommand } from "@hagukumi/platform/database/command.ts";

import type { Context } from "@hagukumi/allowance/contract.ts";
import { ROLE } from "../context.ts";
import { refuse, refusing } from "../refusal.ts";
import type { ObjectStore } from "../transports/object-store.ts";

/** Where requests to the offices are put in the store. */
export const OUTBOX = "out";

export type ResendRequest = {
  readonly interfaceCode: string;
  readonly from: number;
  readonly to: number;
  /** 1–400 characters */
  readonly reason: string;
  readonly key?: string;
};

/**
 * Asks an office to send numbers again: the request is written down and put into the store, where the office fetches it. Asking
 * twice with the same key asks once.
 *
 * @throws Refusal `resendInvalid` (unknown interface, no range, no reason)
 */
export async function requestResend(
  context: Context,
  store: ObjectStore,
  request: ResendRequest,
): Promise<{ readonly requestId: number; readonly objectKey: string }> {
  const { interfaceCode, from, to, key } = request;
  const reason = request.reason.trim();
  const command = {
    role: ROLE,
    key: key ?? `interchange.resend/${randomUUID()}`,
    name: "interchange.resend",
    actor: context.operator,
    guard: context.guard,
    purpose: context.purpose,
    request: { interfaceCode, from, to, reason },
  };
  const { response } = await refusing(() =>
    runCommand(context.pool, command, async (client) => {
      const { rowCount: known } = await client.query(
        "SELECT FROM interchange.agreement WHERE interface_code = $1 LIMIT 1",
        [interfaceCode],
      );
      const whole =
        Number.isSafeInteger(from) && Number.isSafeInteger(to) && from >= 1 && to >= from && to < from + 1000;
      if (known === 0 || !whole || reason === "" || reason.length > 400) {
        throw refuse(
          "resendInvalid",
          "再送を頼めません。連携・連番の範囲（千件まで）・理由（400文字まで）を確かめてください。何も頼んでいません。",
        );
      }
      const { rows } = await client.query<{ id: number }>(
        `INSERT INTO interchange.resend_request (interface_code, from_sequence, to_sequence, reason, requested_by) VALUES ($1, $2, $3, $4, $5)
         RETURNING request_id AS id`,
        [interfaceCode, from, to, reason, context.operator],
      );
      const requestId = rows[0]?.id ?? 0;
      const detail = { interface: interfaceCode, from, to };
      const audit = [
        { action: "interchange.resend", objectKind: "resendRequest", objectId: String(requestId), detail },
      ];
      return { response: { requestId }, audit };
    }),
  );
  const { requestId } = response;
  const objectKey = `${OUTBOX}/resend-${String(requestId).padStart(8, "0")}.json`;
  // After the commit, and the same content for the same request: a crash in between is made good by asking again with the key.
  await store.put(
    objectKey,
    `${JSON.stringify({ format: "hagukumi-resend/1", requestId, interface: interfaceCode, from, to }, null, 2)}\n`,
  );
  return { requestId, objectKey };
}

/**
 * Ends the refused rows of a delivery, or a refused delivery, with what was done about it.
 *
 * @throws Refusal `deliveryUnknown` (no such delivery, nothing refused in it, no reason), `rejectsCleared`
 */
export async function clearRejects(
  context: Context,
  clear: { readonly deliveryId: number; readonly reason: string; readonly key?: string },
): Promise<void> {
  const { deliveryId, key } = clear;
  const reason = clear.reason.trim();
  const command = {
    role: ROLE,
    key: key ?? `interchange.clear/${randomUUID()}`,
    name: "interchange.clear",
    actor: context.operator,
    guard: context.guard,
    purpose: context.purpose,
    request: { deliveryId, reason },
  };
  await refusing(() =>
    runCommand(context.pool, command, async (client) => {
      const valid = reason !== "" && reason.length <= 400;
      const { rowCount } = valid
        ? await client.query(
            `INSERT INTO interchange.reject_clearance (delivery_id, reason, cleared_by)
             SELECT delivery_id, $2, $3 FROM interchange.outcome WHERE delivery_id = $1 AND (rejected > 0 OR state = 'refused')`,
            [deliveryId, reason, context.operator],
          )
        : { rowCount: 0 };
      if (rowCount !== 1) {
        throw refuse(
          "deliveryUnknown",
          "始末を記録できません。その番号に不受理の行がないか、理由（400文字まで）がありません。一覧を読み直してください。何も変えていません。",
          { deliveryId },
        );
      }
      const audit = [{ action: "interchange.clear", objectKind: "delivery", objectId: String(deliveryId) }];
      return { response: null, audit };
    }),
  );
}
