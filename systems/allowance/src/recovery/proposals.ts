/**
 * 案と決裁: cause, plan, write-off, refund and suspension are proposed by one person and take effect when another approves exactly
 * that content with exactly that balance. What changed in between is refused, never silently taken along.
 */
import { createHash } from "node:crypto";

import { type CivilDate, civilDate, parseCivilDate } from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import { crashPoint } from "@hagukumi/platform/faults/crash-points.ts";
import { canonicalJson } from "@hagukumi/platform/text/canonical-json.ts";
import type { PoolClient } from "pg";
import { z } from "zod";

import type { Context } from "../context.ts";
import { openJournal } from "../ledger/journal.ts";
import { refuse } from "../refusal.ts";
import { applyPlan, checkPlan, invalid, planShape } from "./plans.ts";
import {
  addEvent,
  auditOf,
  clockOf,
  eventsOf,
  getRecovery,
  partsOf,
  type Recovery,
  recoveryCommand,
  recoverySetting,
} from "./record.ts";
import { RECOVERY_CAUSES } from "./settings.ts";
import { nextStates } from "./states.ts";

const text = z.string().trim().min(1).max(400);
const day = z.string().refine((value) => parseCivilDate(value) !== undefined, "存在しない日付です。");

/** What can be proposed. Days are `YYYY-MM-DD`, amounts whole yen. */
export const proposalShape = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("cause"), cause: z.enum(RECOVERY_CAUSES), basis: text }),
  planShape,
  z.strictObject({ kind: z.literal("writeOff"), ground: z.enum(["limitation", "decision"]), reason: text }),
  z.strictObject({ kind: z.literal("refund"), receiptId: z.int().min(1), reason: text }),
  z.strictObject({
    kind: z.literal("suspension"),
    what: z.enum(["suspended", "ruled", "unruled"]),
    on: day,
    reason: text,
  }),
]);

export type RecoveryProposal = z.infer<typeof proposalShape>;
export type ProposalKind = RecoveryProposal["kind"];

export const proposalLabels = {
  cause: "原因の決定",
  plan: "徴収の計画",
  writeOff: "不納欠損",
  refund: "過納の還付",
  suspension: "時効の停止と再開",
} as const satisfies Readonly<Record<ProposalKind, string>>;

const EVENTS = { cause: "causeDecided", plan: "planned", writeOff: "wroteOff", refund: "refunded" } as const;
const eventOf = (proposal: RecoveryProposal) =>
  proposal.kind === "suspension" ? (proposal.what === "suspended" ? "suspended" : "resumed") : EVENTS[proposal.kind];

function digestOf(recovery: Recovery, proposal: RecoveryProposal): string {
  const { recoveryId, outstanding, state } = recovery;
  return createHash("sha256").update(canonicalJson({ recoveryId, outstanding, state, proposal })).digest("hex");
}

/** Whether the proposal can take effect on the claim as it stands. @throws Refusal `recoveryState`, `recoveryInvalid` */
async function check(
  client: PoolClient,
  context: Context,
  recovery: Recovery,
  proposal: RecoveryProposal,
): Promise<void> {
  if (nextStates(eventOf(proposal), recovery.state).length === 0) {
    throw refuse(
      "recoveryState",
      `債権 ${recovery.recoveryId} は、いまの状態では「${proposalLabels[proposal.kind]}」ができません。何も変えていません。`,
      {
        recoveryId: recovery.recoveryId,
        state: recovery.state,
      },
    );
  }
  if (proposal.kind === "plan") checkPlan(context.today, recovery, proposal);
  if (proposal.kind === "suspension" && proposal.on > context.today) invalid("あった日が今日より後です。");
  if (proposal.kind === "suspension") {
    const last = (await eventsOf(client, [recovery.recoveryId])).findLast(
      ({ kind }) => kind === "suspended" || kind === "resumed",
    );
    if ((last?.kind === "suspended") === (proposal.what === "suspended")) {
      invalid(proposal.what === "suspended" ? "時効は、もう停止しています。" : "時効は、停止していません。");
    }
  }
  if (proposal.kind === "writeOff" && proposal.ground === "limitation") {
    const parts = await partsOf(client, recovery.recoveryId);
    const events = await eventsOf(client, [recovery.recoveryId]);
    const { completeOn } = clockOf(recovery, parts, events, await recoverySetting(client, context));
    if (completeOn === null) invalid("時効は停止しています。時効による不納欠損はできません。");
    if (completeOn > context.today) invalid(`時効が完成するのは ${completeOn} です。まだ不納欠損にできません。`);
  }
  if (proposal.kind === "refund" && (await openExcess(client, recovery.recoveryId, proposal.receiptId)) === 0) {
    invalid(`収納 ${proposal.receiptId} に、還付していない過納はありません。`);
  }
}

/** 過納 of one receipt that has not been refunded, yen. */
async function openExcess(connection: Queryable, recoveryId: number, receiptId: number): Promise<number> {
  const { rows } = await connection.query<{ excess: number }>(
    `SELECT r.excess FROM allowance.recovery_receipt r LEFT JOIN allowance.recovery_refund f USING (receipt_id)
     WHERE r.recovery_id = $1 AND r.receipt_id = $2 AND f.receipt_id IS NULL`,
    [recoveryId, receiptId],
  );
  return rows[0]?.excess ?? 0;
}

/**
 * Enters a proposal. @returns its number
 *
 * @throws Refusal `recoveryUnknown`, `recoveryState`, `recoveryInvalid`
 */
export async function proposeRecovery(
  context: Context,
  request: { readonly recoveryId: number; readonly proposal: RecoveryProposal; readonly key?: string },
): Promise<number> {
  const parsed = proposalShape.safeParse(request.proposal);
  if (!parsed.success) invalid(`${z.prettifyError(parsed.error)} `);
  const proposal = parsed.data;
  return await recoveryCommand<number>(context, "recovery.propose", { ...request, proposal }, async (client) => {
    const recovery = await getRecovery(client, request.recoveryId);
    await check(client, context, recovery, proposal);
    const waiting = await client.query(
      `SELECT FROM allowance.recovery_proposal p LEFT JOIN allowance.recovery_answer a USING (proposal_id)
       WHERE p.recovery_id = $1 AND p.kind = $2 AND a.proposal_id IS NULL`,
      [recovery.recoveryId, proposal.kind],
    );
    if (waiting.rowCount !== 0) invalid("同じ種類の案が、決裁を待っています。先に決裁か差戻しをしてください。");
    const { rows } = await client.query<{ id: number }>(
      `INSERT INTO allowance.recovery_proposal (recovery_id, kind, content, content_digest, proposed_on, proposed_by)
       VALUES ($1, $2, $3, $4, $5, $6) RETURNING proposal_id AS id`,
      [
        recovery.recoveryId,
        proposal.kind,
        JSON.stringify(proposal),
        digestOf(recovery, proposal),
        context.today,
        context.operator,
      ],
    );
    const proposalId = rows[0]?.id ?? 0;
    return {
      response: proposalId,
      audit: [auditOf("recovery.propose", recovery, { proposalId, kind: proposal.kind })],
    };
  });
}

export type WaitingProposal = {
  readonly proposalId: number;
  readonly recoveryId: number;
  readonly recipientId: number;
  readonly content: RecoveryProposal;
  readonly contentDigest: string;
  readonly proposedOn: string;
  readonly proposedBy: string;
};

/** Proposals that wait for their answer: of one claim, or all. */
export async function waitingProposals(
  connection: Queryable,
  recoveryId: number | null,
): Promise<readonly WaitingProposal[]> {
  const { rows } = await connection.query<WaitingProposal>(
    `SELECT p.proposal_id AS "proposalId", p.recovery_id AS "recoveryId", r.recipient_id AS "recipientId", p.content, p.content_digest AS "contentDigest",
            p.proposed_on AS "proposedOn", p.proposed_by AS "proposedBy"
     FROM allowance.recovery_proposal p JOIN allowance.recovery r USING (recovery_id) LEFT JOIN allowance.recovery_answer a USING (proposal_id)
     WHERE a.proposal_id IS NULL AND ($1::bigint IS NULL OR p.recovery_id = $1) ORDER BY p.proposal_id LIMIT 500`,
    [recoveryId],
  );
  return rows.map((row) => ({ ...row, content: proposalShape.parse(row.content) }));
}

type Effect = {
  readonly client: PoolClient;
  readonly context: Context;
  readonly key: string;
  readonly proposalId: number;
  readonly proposedBy: string;
};

async function applyWriteOff(effect: Effect, recovery: Recovery, ground: string): Promise<void> {
  const { client, context, key, proposalId } = effect;
  const parts = (await partsOf(client, recovery.recoveryId)).filter(({ outstanding }) => outstanding > 0);
  const journal = await openJournal(client, {
    kind: "writeOff",
    runNo: null,
    commandKey: key,
    occurredOn: context.today,
    count: parts.length,
    total: recovery.outstanding,
  });
  const values = [journal, parts.map(({ receivableId }) => receivableId), parts.map(({ outstanding }) => outstanding)];
  await client.query(
    `INSERT INTO allowance.ledger_entry (journal_id, debit, credit, recipient_id, child_number, benefit_month, amount)
     SELECT $1, 'writtenOff', 'receivable', v.recipient_id, v.child_number, v.benefit_month, x.amount
     FROM unnest($2::bigint[], $3::int[]) x(id, amount) JOIN allowance.receivable v ON v.receivable_id = x.id`,
    values,
  );
  crashPoint("recovery.writeOff.ledger");
  await client.query(
    `INSERT INTO allowance.recovery_movement (receivable_id, journal_id, kind, amount, proposal_id)
     SELECT x.id, $1, 'writeOff', x.amount, $4 FROM unnest($2::bigint[], $3::int[]) x(id, amount)`,
    [...values, proposalId],
  );
  const event = {
    kind: "wroteOff",
    on: context.today,
    proposalId,
    amount: recovery.outstanding,
    note: ground,
  } as const;
  await addEvent(client, recovery, event, context.operator);
}

async function applyRefund(effect: Effect, recovery: Recovery, receiptId: number): Promise<void> {
  const { client, context, key, proposalId } = effect;
  const amount = await openExcess(client, recovery.recoveryId, receiptId);
  const journal = await openJournal(client, {
    kind: "refund",
    runNo: null,
    commandKey: key,
    occurredOn: context.today,
    count: 1,
    total: amount,
  });
  await client.query(
    "INSERT INTO allowance.ledger_entry (journal_id, debit, credit, recipient_id, amount) VALUES ($1, 'overReceipt', 'collected', $2, $3)",
    [journal, recovery.recipientId, amount],
  );
  await client.query("INSERT INTO allowance.recovery_refund VALUES ($1, $2, $3, $4, $5)", [
    receiptId,
    proposalId,
    amount,
    context.today,
    journal,
  ]);
  await addEvent(client, recovery, { kind: "refunded", on: context.today, proposalId, amount }, context.operator);
}

async function apply(effect: Effect, recovery: Recovery, proposal: RecoveryProposal): Promise<void> {
  const { client, context, proposalId, proposedBy } = effect;
  if (proposal.kind === "plan") {
    return await applyPlan(client, context, recovery, { proposalId, proposedBy, plan: proposal });
  }
  if (proposal.kind === "writeOff") return await applyWriteOff(effect, recovery, proposal.ground);
  if (proposal.kind === "refund") return await applyRefund(effect, recovery, proposal.receiptId);
  if (proposal.kind === "cause") {
    const event = { kind: "causeDecided", on: context.today, proposalId, note: proposal.cause } as const;
    await addEvent(client, recovery, event, context.operator);
    return;
  }
  const on: CivilDate = civilDate(proposal.on);
  const kind = proposal.what === "suspended" ? "suspended" : "resumed";
  await addEvent(client, recovery, { kind, on, proposalId, note: proposal.what }, context.operator);
}

export type RecoveryAnswer =
  | { readonly outcome: "approved"; readonly contentDigest: string }
  | { readonly outcome: "returned"; readonly contentDigest: string; readonly reason: string };

/**
 * Approves a proposal, which takes effect at once, or returns it.
 *
 * @throws Refusal `recoveryUnknown`, `samePerson`, `recoveryChanged` (another content, another balance, answered before),
 *   `recoveryState`, `recoveryInvalid`
 */
export async function answerRecovery(
  context: Context,
  request: { readonly proposalId: number; readonly answer: RecoveryAnswer; readonly key?: string },
): Promise<void> {
  const { proposalId, answer } = request;
  if (answer.outcome === "returned" && answer.reason.trim() === "") {
    throw refuse("recoveryInvalid", "差戻しの理由を書いてください。何も変えていません。");
  }
  await recoveryCommand<null>(context, "recovery.answer", { ...request }, async (client, key) => {
    const { rows } = await client.query<{
      recoveryId: number;
      content: unknown;
      digest: string;
      by: string;
      answered: boolean;
    }>(
      `SELECT p.recovery_id AS "recoveryId", p.content, p.content_digest AS digest, p.proposed_by AS by, a.proposal_id IS NOT NULL AS answered
       FROM allowance.recovery_proposal p LEFT JOIN allowance.recovery_answer a USING (proposal_id) WHERE p.proposal_id = $1`,
      [proposalId],
    );
    const found = rows[0];
    if (found === undefined)
      throw refuse("recoveryUnknown", `番号 ${proposalId} の案はありません。一覧を読み直してください。`);
    const changed = (message: string): never => {
      throw refuse("recoveryChanged", `案 ${proposalId} を決裁できません。${message}何も変えていません。`, {
        proposalId,
      });
    };
    if (found.answered) changed("もう決裁されています。");
    if (found.digest !== answer.contentDigest) changed("見ていた案と内容が違います。読み直してください。");
    const recovery = await getRecovery(client, found.recoveryId);
    const proposal = proposalShape.parse(found.content);
    if (answer.outcome === "approved" && digestOf(recovery, proposal) !== found.digest) {
      changed("起案のあとで、残りか状態が変わりました。差し戻して、案を作り直してください。");
    }
    await client.query(
      `INSERT INTO allowance.recovery_answer (proposal_id, outcome, content_digest, proposed_by, reason, answered_on, answered_by)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [
        proposalId,
        answer.outcome,
        found.digest,
        found.by,
        answer.outcome === "returned" ? answer.reason.trim() : null,
        context.today,
        context.operator,
      ],
    );
    crashPoint("recovery.answer.recorded");
    if (answer.outcome === "approved") {
      await check(client, context, recovery, proposal);
      await apply({ client, context, key, proposalId, proposedBy: found.by }, recovery, proposal);
    }
    crashPoint("recovery.answer.applied");
    return {
      response: null,
      audit: [auditOf("recovery.answer", recovery, { proposalId, kind: proposal.kind, outcome: answer.outcome })],
    };
  });
}
