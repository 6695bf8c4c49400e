/**
 * 中継 (システム3②): what the business systems hand over to the 中間サーバー (副本) and ask it (情報照会), and what comes back under the number of the request. They
 * name people by 宛名番号; what leaves names them by 団体内統合宛名番号, and only where two keys agree on the person. Nothing here can hold a 個人番号: the
 * contents are of codes and of items that are declared.
 */
import { createHash } from "node:crypto";

import { canonicalJson } from "@hagukumi/platform/text/canonical-json.ts";
import { readOnly, withRole } from "@hagukumi/platform/database/transaction.ts";
import type { PoolClient } from "pg";
import { z } from "zod";

import { type AddresseeContext, command, ROLE, stopIfCancelled } from "../context.ts";
import { fifteenDigits } from "../numbers.ts";
import { refuse } from "../refusal.ts";
import { requireBases } from "../basis/basis.ts";
import { agreedNumbers, agreementOf, type Linked } from "./agreed-number.ts";
import type { IntermediaryReply, IntermediaryServer } from "./intermediary.ts";

export type RelayRequest = {
  /** Given by the business system, `system/…`; the same number with the same content is the same request */
  readonly requestId: string;
  readonly addresseeNumber: number;
  /** 自動応答不可フラグ and 不開示: goes along with whatever leaves about this person */
  readonly noAutomaticAnswer: boolean;
} & (
  | { readonly kind: "replica"; readonly information: string; readonly items: Readonly<Record<string, string>> }
  | {
      readonly kind: "inquiry";
      readonly office: string;
      readonly procedure: string;
      readonly information: string;
      /** Kind of provider in the table of 番号法 (`municipality`, `pensionService`) */
      readonly party: string;
      /** 機関コード or 団体コード of the provider */
      readonly provider: string;
    }
);

export type RelayState = {
  readonly requestId: string;
  readonly state: "waiting" | "registered" | "answered" | "refused" | "superseded";
  /** Why it waits or was refused; null where nothing is in the way */
  readonly code: string | null;
  readonly message: string;
  /** 処理通番, from when it was accepted */
  readonly receipt: string | null;
  readonly content: Readonly<Record<string, string>> | null;
  readonly requestedAt: Date;
  /** When the state was reached; null while it waits */
  readonly settledAt: Date | null;
  readonly attempts: number;
};

const code = z.string().regex(/^[A-Za-z0-9]{1,40}$/);
const shape = z.intersection(
  z.object({
    requestId: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9/._-]{0,119}$/),
    addresseeNumber: z.int().min(1).max(999_999_999_999_999),
    noAutomaticAnswer: z.boolean(),
  }),
  z.discriminatedUnion("kind", [
    z.object({
      kind: z.literal("replica"),
      information: code,
      items: z.record(z.string().regex(/^[a-z][A-Za-z]{1,39}$/), z.string().max(60)),
    }),
    z.object({
      kind: z.literal("inquiry"),
      office: code,
      procedure: code,
      information: code,
      party: code,
      provider: code,
    }),
  ]),
);

/** Looks like a 個人番号: twelve digits on their own. 認定番号 have ten, 宛名番号 fifteen. */
const TWELVE = /(?<![0-9])[0-9]{12}(?![0-9])/;

function checkRequest(systemCode: string, request: RelayRequest): void {
  const read = shape.safeParse(request);
  const own = request.requestId.startsWith(`${systemCode}/`);
  if (read.success && own && !TWELVE.test(JSON.stringify(contentOf(request)))) return;
  throw refuse(
    "requestInvalid",
    `中間サーバーへの依頼 ${request.requestId.slice(0, 60)} を受け付けられません。依頼の番号・符号・項目の形を確かめてください。12桁の番号は送れません。何も渡していません。`,
  );
}

function contentOf(request: RelayRequest): Readonly<Record<string, unknown>> {
  if (request.kind === "replica") return { information: request.information, items: request.items };
  const { office, procedure, information, provider } = request;
  return { office, procedure, information, provider };
}

/**
 * Takes requests of a business system into the queue. A number that is known with the same content changes nothing.
 *
 * @throws Refusal `requestInvalid`, `basisMissing` (an inquiry that no row of 番号法 allows today), `requestChanged` (a number that is known with other content; nothing of the call is taken), `systemUnknown`
 */
export async function relayRequests(
  context: AddresseeContext,
  {
    key,
    systemCode,
    requests,
  }: { readonly key: string; readonly systemCode: string; readonly requests: readonly RelayRequest[] },
): Promise<{ readonly taken: number }> {
  for (const request of requests) checkRequest(systemCode, request);
  await requireBases(
    context,
    requests.flatMap((request) => {
      if (request.kind !== "inquiry") return [];
      const { requestId, party, office, information } = request;
      return [{ requestId, role: "inquire", party, office, information, on: context.today }] as const;
    }),
  );
  const rows = requests.map((request) => ({
    request_id: request.requestId,
    kind: request.kind,
    addressee_number: request.addresseeNumber,
    content: contentOf(request),
    digest: createHash("sha256")
      .update(canonicalJson({ ...request, systemCode }))
      .digest("hex"),
    no_auto_answer: request.noAutomaticAnswer,
  }));
  const digests = rows.map(({ digest }) => digest);
  return await command(context, "relay.request", key, { systemCode, digests }, async (client) => {
    const system = await client.query("SELECT FROM unified.system WHERE system_code = $1", [systemCode]);
    if (system.rows.length === 0)
      throw refuse("systemUnknown", `業務システム「${systemCode.slice(0, 40)}」は登録されていません。`);
    const { rowCount } = await client.query(
      `INSERT INTO unified.relay_request (request_id, kind, system_code, addressee_number, content, digest, no_auto_answer, requested_by)
       SELECT n.request_id, n.kind, $2, n.addressee_number, n.content, n.digest, n.no_auto_answer, $3
       FROM jsonb_to_recordset($1::jsonb) AS n(request_id text, kind text, addressee_number bigint, content jsonb, digest text, no_auto_answer boolean)
       ON CONFLICT (request_id) DO NOTHING`,
      [JSON.stringify(rows), systemCode, context.operator],
    );
    const other = await client.query<{ id: string }>(
      `SELECT r.request_id AS id FROM unified.relay_request r JOIN unnest($1::text[], $2::text[]) AS n(id, digest) ON n.id = r.request_id AND n.digest <> r.digest LIMIT 1`,
      [rows.map(({ request_id }) => request_id), digests],
    );
    if (other.rows[0] !== undefined)
      throw refuse(
        "requestChanged",
        `依頼 ${other.rows[0].id} は、別の中身でもう受け付けています。新しい番号で頼んでください。何も受け付けていません。`,
      );
    const taken = rowCount ?? 0;
    const detail = { taken, repeated: rows.length - taken };
    return {
      response: { taken },
      audit: [{ action: "relay.request", objectKind: "relay", objectId: systemCode, detail }],
    };
  });
}

const STATES = `
  SELECT r.request_id AS "requestId", coalesce(o.state, 'waiting') AS state, CASE WHEN o.state IS NULL THEN a.code ELSE o.code END AS code,
    CASE WHEN o.state IS NULL THEN coalesce(a.message, '') ELSE o.message END AS message, c.receipt, o.content, r.requested_at AS "requestedAt",
    o.settled_at AS "settledAt", coalesce(n.attempts, 0)::int AS attempts
  FROM unified.relay_request r LEFT JOIN unified.relay_outcome o USING (request_id) LEFT JOIN unified.relay_receipt c USING (request_id)
  LEFT JOIN LATERAL (SELECT x.code, x.message FROM unified.relay_attempt x WHERE x.request_id = r.request_id ORDER BY x.attempt_id DESC LIMIT 1) a ON true
  LEFT JOIN LATERAL (SELECT count(*) AS attempts FROM unified.relay_attempt x WHERE x.request_id = r.request_id) n ON true
  WHERE r.system_code = $1 AND ($2::text[] IS NULL OR r.request_id = ANY ($2)) ORDER BY r.relay_no LIMIT 20000`;

/** What became of a system's requests; of all where none are named. The number of the person is not in it. */
export async function relayStates(
  context: Pick<AddresseeContext, "pool">,
  systemCode: string,
  requestIds?: readonly string[],
): Promise<readonly RelayState[]> {
  return await readOnly(context.pool, async (client) => {
    await withRole(client, ROLE);
    return (await client.query<RelayState>(STATES, [systemCode, requestIds ?? null])).rows;
  });
}

type Waiting = Linked & {
  readonly requestId: string;
  readonly kind: "replica" | "inquiry";
  readonly content: Readonly<Record<string, unknown>>;
  readonly noAutomaticAnswer: boolean;
  /** Number under which it was accepted already */
  readonly sentAs: number | null;
  readonly sequence: number;
};

// Minutes 1, 2, 4 … to a day after each attempt.
const DUE = `
  SELECT r.request_id AS "requestId", r.kind, r.system_code AS "systemCode", r.addressee_number AS "addresseeNumber", r.content, r.no_auto_answer AS "noAutomaticAnswer",
    c.unified_number AS "sentAs", r.relay_no AS sequence
  FROM unified.relay_request r LEFT JOIN unified.relay_outcome o USING (request_id) LEFT JOIN unified.relay_receipt c USING (request_id)
  LEFT JOIN LATERAL (SELECT count(*) AS n, max(x.tried_at) AS last FROM unified.relay_attempt x WHERE x.request_id = r.request_id) a ON true
  WHERE o.request_id IS NULL AND (a.n = 0 OR a.last + least(interval '1 day', interval '1 minute' * 2 ^ least(a.n - 1, 11)) <= $1)
  ORDER BY r.relay_no LIMIT $2`;

// What a newer replica of the same person follows is never sent any more.
const SUPERSEDED = `
  INSERT INTO unified.relay_outcome (request_id, state, settled_at)
  SELECT r.request_id, 'superseded', $1 FROM unified.relay_request r
  WHERE r.kind = 'replica' AND NOT EXISTS (SELECT FROM unified.relay_outcome o WHERE o.request_id = r.request_id)
    AND EXISTS (SELECT FROM unified.relay_request n WHERE n.kind = 'replica' AND n.system_code = r.system_code AND n.addressee_number = r.addressee_number AND n.relay_no > r.relay_no)
  ON CONFLICT (request_id) DO NOTHING`;

const SLICE = 500;

export type Relayed = {
  readonly registered: number;
  readonly answered: number;
  readonly refused: number;
  /** Accepted, and no answer yet */
  readonly accepted: number;
  /** Tried, and to be tried again: by code */
  readonly later: Readonly<Record<string, number>>;
};

type Written = {
  readonly request: Waiting;
  readonly unifiedNumber: number | null;
  readonly reply: IntermediaryReply;
};

async function write(client: PoolClient, { request, unifiedNumber, reply }: Written, now: Date): Promise<void> {
  const { requestId } = request;
  if ("receipt" in reply && unifiedNumber !== null) {
    await client.query(
      "INSERT INTO unified.relay_receipt (request_id, unified_number, receipt, accepted_at) VALUES ($1, $2, $3, $4) ON CONFLICT (request_id) DO NOTHING",
      [requestId, unifiedNumber, reply.receipt, now],
    );
  }
  if (reply.state === "later") {
    await client.query(
      "INSERT INTO unified.relay_attempt (request_id, code, message, tried_at) VALUES ($1, $2, $3, $4)",
      [requestId, reply.code, reply.message, now],
    );
  } else if (reply.state !== "accepted") {
    const failed = reply.state === "refused" ? reply : undefined;
    await client.query(
      "INSERT INTO unified.relay_outcome (request_id, state, code, message, content, settled_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (request_id) DO NOTHING",
      [
        requestId,
        reply.state,
        failed?.code ?? null,
        failed?.message ?? "",
        reply.state === "answered" ? JSON.stringify(reply.content) : null,
        now,
      ],
    );
  }
}

const held = (requestId: string, heldBy: string, message: string): IntermediaryReply => ({
  requestId,
  state: "later",
  code: heldBy,
  message,
});

async function ask(server: IntermediaryServer, request: Waiting, unifiedNumber: number): Promise<IntermediaryReply> {
  const { requestId, content, noAutomaticAnswer } = request;
  const number = fifteenDigits(unifiedNumber);
  if (request.kind === "replica") {
    const { information, items } = content as { information: string; items: Record<string, string> };
    return await server.register(requestId, {
      unifiedNumber: number,
      sequence: request.sequence,
      information,
      items,
      noAutomaticAnswer,
    });
  }
  if (request.sentAs !== null) return await server.fetch(requestId);
  const codes = content as { office: string; procedure: string; information: string; provider: string };
  return await server.inquire(requestId, { unifiedNumber: number, ...codes, undisclosed: noAutomaticAnswer });
}

/** An answer counts only for the request that was made, and only about the person it was made about. */
function checked(request: Waiting, unifiedNumber: number, reply: IntermediaryReply): IntermediaryReply {
  const other = reply.state === "answered" && reply.unifiedNumber !== fifteenDigits(unifiedNumber);
  const fits =
    reply.state === "later" ||
    reply.state === "refused" ||
    (request.kind === "replica" ? reply.state === "registered" : reply.state !== "registered");
  if (reply.requestId === request.requestId && fits && !other) return reply;
  return held(
    request.requestId,
    "answerMismatch",
    "中間サーバーの応答が、頼んだものと違う依頼か違う人のものです。使っていません。",
  );
}

/**
 * Relays what is due: hands over, asks, fetches. Safe to run at any time and again: the 中間サーバー knows each request by its number.
 *
 * @param limit the most requests of one run
 * @throws Refusal `cancelled` between two slices; those of the vault and of the database
 */
export async function runRelay(
  context: AddresseeContext,
  server: IntermediaryServer,
  { limit = 20_000 }: { readonly limit?: number } = {},
): Promise<Relayed> {
  const count = { registered: 0, answered: 0, refused: 0, accepted: 0 };
  const later: Record<string, number> = {};
  const now = context.now?.() ?? new Date();
  await command(context, "relay.supersede", `relay/${crypto.randomUUID()}`, {}, async (client) => {
    const { rowCount } = await client.query(SUPERSEDED, [now]);
    const detail = { superseded: rowCount ?? 0 };
    return { response: {}, audit: [{ action: "relay.supersede", objectKind: "relay", objectId: "run", detail }] };
  });
  const due = await readOnly(context.pool, async (client) => {
    await withRole(client, ROLE);
    return (await client.query<Waiting>(DUE, [now, limit])).rows;
  });
  for (let from = 0; from < due.length; from += SLICE) {
    stopIfCancelled(context, "中間サーバーとの中継");
    const slice = due.slice(from, from + SLICE);
    const agreed = await agreedNumbers(context, slice);
    const written: Written[] = [];
    for (const request of slice) {
      const found = agreementOf(agreed, request);
      let reply: IntermediaryReply;
      if (found.state === "missing")
        reply = held(request.requestId, "numberMissing", "この人の個人番号がまだ入力されていません。");
      else if (found.state === "crossed" || (request.sentAs !== null && request.sentAs !== found.unifiedNumber))
        reply = held(
          request.requestId,
          "crossedLink",
          "宛名番号と団体内統合宛名番号の紐付けが食い違っています。確認リストを直すまで渡しません。",
        );
      else reply = checked(request, found.unifiedNumber, await ask(server, request, found.unifiedNumber));
      written.push({ request, unifiedNumber: found.state === "agreed" ? found.unifiedNumber : null, reply });
      if (reply.state === "later") later[reply.code] = (later[reply.code] ?? 0) + 1;
      else count[reply.state] += 1;
    }
    const ids = slice.map(({ requestId }) => requestId);
    await command(context, "relay.run", `relay/${crypto.randomUUID()}`, { ids }, async (client) => {
      for (const each of written) await write(client, each, now);
      const detail = { tried: slice.length, ...count };
      return { response: {}, audit: [{ action: "relay.run", objectKind: "relay", objectId: "run", detail }] };
    });
    context.onProgress?.("中間サーバーとの中継", Math.min(from + SLICE, due.length), due.length);
  }
  return { ...count, later };
}
