/**
 * 二人で決めること: one person puts a request, another approves exactly that content, and only then it takes effect – in the transaction
 * of the approval. What the request is about is checked when it is put and again when it is approved.
 */
import { createHash, randomUUID } from "node:crypto";

import { runCommand } from "@hagukumi/platform/database/command.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import { crashPoint } from "@hagukumi/platform/faults/crash-points.ts";
import { canonicalJson } from "@hagukumi/platform/text/canonical-json.ts";

import { refusing } from "../constraints.ts";
import { type Context, ROLE } from "../context.ts";
import { refuse } from "../refusal.ts";
import { type AnyRequest, type RequestContent, requestKinds } from "./kinds.ts";

export type RequestKind = keyof typeof requestKinds;

/** A request that waits for its answer. */
export type WaitingRequest = {
  readonly requestId: number;
  readonly kind: RequestKind;
  readonly addresseeNumber: number | null;
  readonly recipientId: number | null;
  readonly content: RequestContent;
  readonly contentDigest: string;
  readonly requestedOn: string;
  readonly requestedBy: string;
};

const digestOf = (content: RequestContent): string => createHash("sha256").update(canonicalJson(content)).digest("hex");

const kindOf = (content: RequestContent): AnyRequest => requestKinds[content.kind] as AnyRequest;

/** Requests without an answer, the oldest first; at most 500. */
export async function waitingRequests(connection: Queryable): Promise<readonly WaitingRequest[]> {
  const { rows } = await connection.query<WaitingRequest>(
    `SELECT r.request_id AS "requestId", r.kind, r.addressee_number::bigint AS "addresseeNumber", r.recipient_id AS "recipientId", r.content,
            r.content_digest AS "contentDigest", r.requested_on AS "requestedOn", r.requested_by AS "requestedBy"
     FROM allowance.decision_request r LEFT JOIN allowance.decision_request_answer a USING (request_id)
     WHERE a.request_id IS NULL ORDER BY r.request_id LIMIT 500`,
  );
  return rows;
}

/**
 * Puts a request. @returns its number
 *
 * @throws Refusal `requestInvalid` (the same one waits already), and what its kind refuses
 */
export async function putRequest(
  context: Context,
  request: { readonly content: RequestContent; readonly key?: string },
): Promise<number> {
  const { content, key = `request/${randomUUID()}` } = request;
  const kind = kindOf(content);
  const command = {
    role: ROLE,
    key,
    name: "request.put",
    actor: context.operator,
    purpose: context.purpose,
    request: content,
    guard: context.guard,
  };
  const { response } = await refusing(() =>
    runCommand<number>(context.pool, command, async (client) => {
      const about = await kind.check(client, context, content);
      const digest = digestOf(content);
      if ((await waitingRequests(client)).some(({ contentDigest }) => contentDigest === digest)) {
        throw refuse(
          "requestInvalid",
          "同じ案が、もう決裁を待っています。先に決裁か差戻しをしてください。何も変えていません。",
        );
      }
      const { rows } = await client.query<{ id: number }>(
        `INSERT INTO allowance.decision_request (kind, addressee_number, recipient_id, content, content_digest, requested_on, requested_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING request_id AS id`,
        [
          content.kind,
          about.addresseeNumber,
          about.recipientId,
          JSON.stringify(content),
          digest,
          context.today,
          context.operator,
        ],
      );
      const id = rows[0]?.id ?? 0;
      const detail = { kind: content.kind };
      return {
        response: id,
        audit: [{ action: "request.put", objectKind: "decisionRequest", objectId: String(id), detail }],
      };
    }),
  );
  return response;
}

export type RequestAnswer =
  | { readonly outcome: "approved"; readonly contentDigest: string }
  | { readonly outcome: "returned"; readonly contentDigest: string; readonly reason: string };

/**
 * Approves a request, which takes effect at once, or returns it.
 *
 * @throws Refusal `requestInvalid` (answered, another content, no reason), `samePerson`, and what its kind refuses
 */
export async function answerRequest(
  context: Context,
  request: { readonly requestId: number; readonly answer: RequestAnswer; readonly key?: string },
): Promise<void> {
  const { requestId, answer, key = `request.answer/${randomUUID()}` } = request;
  const stale = (): never => {
    throw refuse(
      "requestInvalid",
      "この案は、もう決裁されたか、見ていたものと内容が違います。一覧を読み直してください。何も変えていません。",
      { requestId },
    );
  };
  if (answer.outcome === "returned" && answer.reason.trim() === "") {
    throw refuse("requestInvalid", "差戻しの理由を書いてください。何も変えていません。");
  }
  const command = {
    role: ROLE,
    key,
    name: "request.answer",
    actor: context.operator,
    purpose: context.purpose,
    request: { requestId, answer },
    guard: context.guard,
  };
  await refusing(() =>
    runCommand<null>(context.pool, command, async (client) => {
      const found = (await waitingRequests(client)).find((each) => each.requestId === requestId);
      if (found?.contentDigest !== answer.contentDigest) stale();
      if (found === undefined) return stale();
      await client.query(
        `INSERT INTO allowance.decision_request_answer (request_id, outcome, content_digest, requested_by, reason, answered_on, answered_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7)`,
        [
          requestId,
          answer.outcome,
          found.contentDigest,
          found.requestedBy,
          answer.outcome === "returned" ? answer.reason.trim() : null,
          context.today,
          context.operator,
        ],
      );
      crashPoint("request.answer.recorded");
      if (answer.outcome === "approved") {
        const kind = kindOf(found.content);
        await kind.check(client, context, found.content);
        await kind.apply(client, context, found.content, found.requestedBy, key);
      }
      crashPoint("request.answer.applied");
      const detail = { kind: found.kind, outcome: answer.outcome };
      return {
        response: null,
        audit: [{ action: "request.answer", objectKind: "decisionRequest", objectId: String(requestId), detail }],
      };
    }),
  );
}
