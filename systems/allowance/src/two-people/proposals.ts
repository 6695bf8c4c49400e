/**
 * 二人で決めること: somebody proposes, another person answers exactly that content (by its digest), and the database carries it out
 * from what was proposed. Used for restrictions of access, relations of staff, terms of retention and removals of records.
 */
import { createHash, randomUUID } from "node:crypto";

import { runCommand } from "@hagukumi/platform/database/command.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import { canonicalJson } from "@hagukumi/platform/text/canonical-json.ts";

import { refusing } from "../constraints.ts";
import { type Context, ROLE } from "../context.ts";
import { refuse } from "../refusal.ts";

/** What can be decided by two people, with the right words of it for the audit trail. */
export const PROPOSAL_ACTIONS = {
  denyPerson: "restriction.deny",
  endDenial: "restriction.endDenial",
  relatePerson: "restriction.relate",
  endRelation: "restriction.endRelation",
  retentionTerm: "retention.term",
  removeRecords: "retention.remove",
  releaseHold: "retention.releaseHold",
} as const;

export type ProposalKind = keyof typeof PROPOSAL_ACTIONS;

/** Numbers, codes and days alone. */
export type ProposalContent = Readonly<Record<string, string | number | null>>;

export type TwoPersonProposal = {
  readonly proposalId: number;
  readonly kind: ProposalKind;
  readonly content: ProposalContent;
  /** To be sent back with the answer */
  readonly digest: string;
  readonly reason: string;
  readonly proposedBy: string;
  readonly proposedAt: Date;
};

const digestOf = (kind: ProposalKind, content: ProposalContent): string =>
  createHash("sha256").update(canonicalJson({ kind, content })).digest("hex");

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

export type NewProposal = {
  readonly kind: ProposalKind;
  readonly content: ProposalContent;
  /** 5–300 characters */
  readonly reason: string;
  /** Idempotency key */
  readonly key?: string;
  /** Looks in the transaction whether it makes sense now; throws a refusal where not */
  readonly check?: (connection: Queryable) => Promise<void>;
};

/** Proposes. @returns the number of the proposal. @throws Refusal `proposalInvalid` */
export async function propose(context: Context, { kind, content, key, check, ...given }: NewProposal): Promise<number> {
  const reason = given.reason.trim();
  if (reason.length < 5 || reason.length > 300) {
    throw refuse("proposalInvalid", "理由を5文字から300文字で書いてください。何も変えていません。");
  }
  const action = PROPOSAL_ACTIONS[kind];
  const request = { kind, content, reason };
  const { response } = await refusing(() =>
    runCommand<number>(context.pool, command(context, `${action}.propose`, request, key), async (client) => {
      await check?.(client);
      const { rows } = await client.query<{ id: number }>(
        "INSERT INTO access.proposal (kind, content, digest, reason, proposed_by) VALUES ($1, $2, $3, $4, $5) RETURNING proposal_id AS id",
        [kind, JSON.stringify(content), digestOf(kind, content), reason, context.operator],
      );
      const proposalId = rows[0]?.id ?? 0;
      return {
        response: proposalId,
        audit: [{ action: `${action}.propose`, objectKind: "proposal", objectId: String(proposalId) }],
      };
    }),
  );
  return response;
}

export type ProposalAnswer = {
  readonly proposalId: number;
  readonly granted: boolean;
  /** Digest of the content as the second person saw it */
  readonly digest: string;
  readonly note?: string;
  /** Which kinds may be answered here */
  readonly kinds: readonly ProposalKind[];
  readonly key?: string;
};

/**
 * Answers; a granted one is carried out in the same transaction.
 *
 * @throws Refusal `proposalUnknown`, `proposalAnswered`, `samePerson`, `contentChanged`, `proposalMoot` (what it would end has ended)
 */
export async function answerProposal(context: Context, answer: ProposalAnswer): Promise<void> {
  const { proposalId, granted, digest, kinds, key } = answer;
  const note = (answer.note ?? "").trim();
  if (note.length > 300) throw refuse("proposalInvalid", "添え書きは300文字までで書いてください。何も変えていません。");
  const request = { proposalId, granted, digest, note };
  await refusing(() =>
    runCommand(context.pool, command(context, "proposal.answer", request, key), async (client) => {
      const { rows } = await client.query<{ kind: ProposalKind }>(
        "SELECT kind FROM access.proposal WHERE proposal_id = $1",
        [proposalId],
      );
      const kind = rows[0]?.kind;
      if (kind === undefined || !kinds.includes(kind)) {
        throw refuse(
          "proposalUnknown",
          `申請 ${proposalId} はありません。一覧を読み直してください。何も変えていません。`,
        );
      }
      await client.query(
        "INSERT INTO access.proposal_answer (proposal_id, granted, digest, note, answered_by) VALUES ($1, $2, $3, $4, $5)",
        [proposalId, granted, digest, note, context.operator],
      );
      if (granted) await client.query("SELECT access.carry_out($1)", [proposalId]);
      const action = `${PROPOSAL_ACTIONS[kind]}.${granted ? "grant" : "refuse"}`;
      return { response: null, audit: [{ action, objectKind: "proposal", objectId: String(proposalId) }] };
    }),
  );
}

/** Proposals that nobody has answered, the oldest first. */
export async function openProposals(
  connection: Queryable,
  kinds: readonly ProposalKind[],
): Promise<readonly TwoPersonProposal[]> {
  const { rows } = await connection.query<TwoPersonProposal>(
    `SELECT p.proposal_id AS "proposalId", p.kind, p.content, p.digest, p.reason, p.proposed_by AS "proposedBy", p.proposed_at AS "proposedAt"
     FROM access.proposal p WHERE p.kind = ANY ($1) AND NOT EXISTS (SELECT FROM access.proposal_answer a WHERE a.proposal_id = p.proposal_id)
     ORDER BY p.proposal_id`,
    [kinds],
  );
  return rows;
}
