/**
 * 二人で決めること: what is asked for on a screen takes effect when another person has seen exactly that and grants it. The
 * answer is bound to the digest of the content; the content cannot be changed, only refused and asked for anew.
 */
import type { Context } from "@hagukumi/allowance/contract.ts";
import { runCommand } from "@hagukumi/platform/database/command.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import { canonicalJson } from "@hagukumi/platform/text/canonical-json.ts";
import { createHash } from "node:crypto";

import { ROLE } from "../context.ts";
import { refuse, refusing } from "../refusal.ts";
import { carryOut, checkWish, isWishKind, type WishKind } from "./wishes.ts";
import type { Timing } from "./history.ts";

export type Wish = {
  readonly kind: WishKind;
  readonly content: unknown;
  readonly reason: string;
  /** 提出時期 of the assessment for it */
  readonly timing: Timing;
  /** Idempotency key */
  readonly key: string;
};

/** Digest that binds an answer to what was seen. */
export function digestOfWish(kind: WishKind, content: unknown): string {
  return createHash("sha256").update(canonicalJson({ kind, content })).digest("hex");
}

/**
 * Asks for something. It changes nothing before another person grants it.
 *
 * @throws Refusal of the kind (`agreementInvalid`, `outletInvalid`, `consignmentInvalid`, …) where it could never be granted
 */
export async function propose(
  context: Context,
  wish: Wish,
): Promise<{ readonly proposalId: number; readonly digest: string }> {
  const { kind, reason, timing, key } = wish;
  const content = checkWish(kind, wish.content);
  if (reason.trim() === "") throw refuse("proposalInvalid", "理由を書いてください。何も変えていません。");
  const digest = digestOfWish(kind, content);
  const command = {
    role: ROLE,
    key,
    name: "interchange.propose",
    actor: context.operator,
    guard: context.guard,
    purpose: context.purpose,
    request: { kind, digest, reason, timing },
  };
  const { response } = await refusing(
    async () =>
      await runCommand(context.pool, command, async (client) => {
        const { rows } = await client.query<{ id: number }>(
          `INSERT INTO interchange.proposal (kind, content, digest, reason, timing, proposed_by) VALUES ($1, $2, $3, $4, $5, $6) RETURNING proposal_id AS id`,
          [kind, JSON.stringify(content), digest, reason, timing, context.operator],
        );
        const proposalId = rows[0]?.id ?? 0;
        const event = { action: "interchange.propose", objectKind: "proposal", objectId: String(proposalId) };
        return { response: { proposalId, digest }, audit: [{ ...event, detail: { kind, digest } }] };
      }),
  );
  return response;
}

/**
 * Answers; what is granted takes effect in the same transaction, with the content of the asking and of nobody else.
 *
 * @throws Refusal `samePerson`, `contentChanged`, `proposalUnknown`, and those of the kind
 */
export async function answerWish(
  context: Context,
  answer: {
    readonly proposalId: number;
    readonly digest: string;
    readonly granted: boolean;
    readonly note?: string;
    /** The kinds that may be answered here; absent: all */
    readonly kinds?: readonly WishKind[];
    readonly key: string;
  },
): Promise<void> {
  const { proposalId, digest, granted, note = "", kinds, key } = answer;
  const command = {
    role: ROLE,
    key,
    name: "interchange.answer",
    actor: context.operator,
    guard: context.guard,
    purpose: context.purpose,
    request: { proposalId, digest, granted, note },
  };
  await refusing(
    async () =>
      await runCommand(context.pool, command, async (client) => {
        const { rows } = await client.query<{
          kind: string;
          content: unknown;
          proposed_by: string;
          reason: string;
          timing: Timing;
        }>(
          `INSERT INTO interchange.proposal_answer (proposal_id, digest, proposed_by, granted, note, answered_by)
           SELECT proposal_id, $2, proposed_by, $3, $4, $5 FROM interchange.proposal WHERE proposal_id = $1
           RETURNING (SELECT kind FROM interchange.proposal p WHERE p.proposal_id = $1), (SELECT content FROM interchange.proposal p WHERE p.proposal_id = $1),
             proposed_by, (SELECT reason FROM interchange.proposal p WHERE p.proposal_id = $1), (SELECT timing FROM interchange.proposal p WHERE p.proposal_id = $1)`,
          [proposalId, digest, granted, note, context.operator],
        );
        const [asked] = rows;
        if (asked === undefined || !isWishKind(asked.kind) || (kinds !== undefined && !kinds.includes(asked.kind))) {
          throw refuse("proposalUnknown", "この申請はありません。一覧を読み直してください。何も変えていません。");
        }
        if (granted) {
          await carryOut(client, asked.kind, asked.content, {
            enteredBy: asked.proposed_by,
            approvedBy: context.operator,
            today: context.today,
            reason: asked.reason,
            timing: asked.timing,
            proposalId,
          });
        }
        const action = granted ? "interchange.grant" : "interchange.refuse";
        const detail = { kind: asked.kind, digest };
        return {
          response: null,
          audit: [{ action, objectKind: "proposal", objectId: String(proposalId), detail }],
        };
      }),
  );
}

export type ListedWish = {
  readonly proposalId: number;
  readonly kind: WishKind;
  readonly content: unknown;
  readonly digest: string;
  readonly reason: string;
  readonly timing: Timing;
  readonly proposedBy: string;
  readonly proposedAt: Date;
};

/** What waits for an answer, of these kinds, oldest first. */
export async function waitingWishes(connection: Queryable, kinds: readonly WishKind[]): Promise<readonly ListedWish[]> {
  const { rows } = await connection.query<ListedWish>(
    `SELECT proposal_id AS "proposalId", kind, content, digest, reason, timing, proposed_by AS "proposedBy", proposed_at AS "proposedAt"
     FROM interchange.proposal p WHERE kind = ANY ($1::text[])
       AND NOT EXISTS (SELECT FROM interchange.proposal_answer a WHERE a.proposal_id = p.proposal_id) ORDER BY proposal_id`,
    [kinds],
  );
  return rows;
}
