/**
 * 職権の決定: the register has changed (death, move, end of care, placement, age), so what the law decides may differ from
 * what is recorded. One person proposes the difference, another approves it; claims play no part.
 *
 * A mass run (origin `batch`) never touches a right that has ended: such cases are counted for a person to look at, and
 * the database would refuse them anyway (M25).
 */
import { randomUUID } from "node:crypto";

import { type Month, ruleVersion } from "@hagukumi/law/contract.ts";
import { runCommand } from "@hagukumi/platform/database/command.ts";
import { crashPoint } from "@hagukumi/platform/faults/crash-points.ts";
import type { PoolClient } from "pg";

import { type CaseKey, caseId, type CaseRows, loadCases } from "../claims/case-rows.ts";
import { horizonOf, judgeCases, writeExaminations } from "../claims/examine.ts";
import type { Answer, Episode } from "../claims/judge-case.ts";
import { refusing } from "../constraints.ts";
import { type Context, ROLE } from "../context.ts";
import { refuse, stopIfCancelled } from "../refusal.ts";
import { examinedUntil } from "./decide.ts";
import { missingDecisions } from "./missing-decisions.ts";
import { isEnded, type PlannedDecision } from "./plan-decisions.ts";
import { lastDecidedMonth, loadRecorded, type RecordedRecipient } from "./recorded.ts";
import { type PlannedCase, writeDecisions } from "./write-decisions.ts";

const BATCH = 2000;

/** Which recipients: 認定番号, or everyone. */
export type Scope = { readonly recipients: readonly number[] } | "all";

export type ReexaminationCount = {
  readonly cases: number;
  /** Recipients for whom the law decides something that is not recorded */
  readonly changed: number;
  /** Changed recipients whose right has ended: only named, never changed by a mass run */
  readonly ended: readonly number[];
  /** Proposals written (first step) or decisions written (second step) */
  readonly written: number;
  /** Cases that can't be assessed now */
  readonly impossible: number;
};

const NOTHING: ReexaminationCount = { cases: 0, changed: 0, ended: [], written: 0, impossible: 0 };

/** Decisions that are missing from the record of one recipient. */
export type Change = {
  readonly key: CaseKey;
  readonly recipient: RecordedRecipient;
  readonly episode: Episode;
  readonly decisions: readonly PlannedDecision[];
};

type Found = {
  readonly cases: number;
  readonly changes: readonly Change[];
  readonly impossible: number;
  /** 認定番号 of standing rights of which the law says nothing: facts are missing, or another right has taken the claim in */
  readonly unjudged: readonly number[];
};

/** The differences of the given cases between law and record. Cases with an undecided claim wait for its examination. */
async function findChanges(client: PoolClient, context: Context, keys: readonly CaseKey[], step: Step): Promise<Found> {
  const loaded = await loadCases(client, keys);
  const cases = loaded.map((rows) => ({ ...rows, claims: rows.claims.filter(({ approved }) => approved) }));
  const live = cases.filter(({ claims }) => claims.length > 0);
  const judged = await judgeCases(client, context, live, await step.untilOf(client, live));
  const recorded = await loadRecorded(client, keys);
  const changes: Change[] = [];
  const unjudged: number[] = [];
  let impossible = 0;
  for (const { rows, episodes, voids } of judged) {
    const recipients = recorded.get(caseId(rows.key)) ?? [];
    if (episodes.length + voids.length === 0 && recipients.length > 0) impossible += 1;
    for (const recipient of recipients) {
      const missing = missingDecisions({ episodes, voids }, recipient);
      if (missing === undefined) {
        if (!isEnded(recipient.decisions)) unjudged.push(recipient.recipientId);
      } else if (missing.decisions.length > 0) changes.push({ key: rows.key, recipient, ...missing });
    }
  }
  return { cases: live.length, changes, impossible, unjudged };
}

const endedOf = (changes: readonly Change[]): readonly Change[] =>
  changes.filter(({ recipient }) => isEnded(recipient.decisions));

function proposalOf({ episode, decisions }: Change): Answer {
  const proposed = decisions.map((decision) => ({ ...decision }));
  return {
    claim: episode.opening,
    outcome: "grant",
    facts: episode.facts,
    proposal: {
      decisions: episode.decisions,
      reasons: proposed.map(({ kind, effective, cause }) => `職権: ${effective} から ${kind}（${cause}）`),
      warnings: [],
    },
  };
}

type Step = {
  /** Up to which month each case is judged: a proposal looks ahead, its approval looks no further than the proposal did */
  readonly untilOf: (client: PoolClient, cases: readonly CaseRows[]) => Promise<(rows: CaseRows) => Month>;
  /** Writes; returns how many rows */
  readonly write: (client: PoolClient, changes: readonly Change[], batch: boolean) => Promise<number>;
};

/** Whether the last examination of the right rests on exactly these facts and rules. */
function isProposed({ opening, facts }: Episode): boolean {
  return opening.facts_digest === facts.digest && opening.rule_version === ruleVersion;
}

function planned({ key, recipient, episode, decisions }: Change, batch: boolean): PlannedCase {
  return {
    key,
    opening: episode.opening,
    recipientId: recipient.recipientId,
    ordinal: recipient.ordinal,
    lastSeq: recipient.decisions.at(-1)?.seq ?? 0,
    decisions,
    facts: episode.facts,
    examinedBy: episode.opening.examined_by ?? "",
    accounts: [],
    origin: batch ? "batch" : "exOfficio",
  };
}

/** First step: writes the proposal as a further examination of the claim that opened the right. */
function propose(context: Context): Step {
  return {
    untilOf: async (client, cases) => await horizonOf(client, context, cases),
    write: async (client, changes) => {
      const fresh = changes.filter(({ episode }) => !isProposed(episode));
      await writeExaminations(client, context.operator, fresh.map(proposalOf));
      return fresh.length;
    },
  };
}

/**
 * Up to which month a proposal is judged once more: where it looked, and never short of what has been decided since (a mass run
 * decides about the month to come). Judged short of it, that decision would look like one that the law does not make.
 */
async function proposedUntil(client: PoolClient, cases: readonly CaseRows[]): Promise<(rows: CaseRows) => Month> {
  const examined = await examinedUntil(client, cases, () => true);
  const recorded = await loadRecorded(
    client,
    cases.map(({ key }) => key),
  );
  return (rows) => {
    const decided = lastDecidedMonth(recorded.get(caseId(rows.key)) ?? []);
    const until = examined(rows);
    return decided !== undefined && decided > until ? decided : until;
  };
}

/** Second step: decides what was proposed with exactly these facts, by another person. */
function decide(context: Context): Step {
  return {
    untilOf: proposedUntil,
    write: async (client, changes, batch) => {
      const proposed = changes.filter(({ episode }) => isProposed(episode));
      if (!batch && proposed.length < changes.length) {
        throw refuse(
          "examinationMissing",
          "職権の決定ができません。いまの事実による審査がありません。先に再審査をしてください。何も決めていません。",
        );
      }
      const written = await writeDecisions(
        client,
        proposed.map((change) => planned(change, batch)),
        [],
        { approvedBy: context.operator, decidedOn: context.today },
      );
      crashPoint("reexamine.decided");
      return written;
    },
  };
}

async function runBatch(
  context: Context,
  name: string,
  keys: readonly CaseKey[],
  step: Step,
  only: ReadonlySet<number> | undefined,
): Promise<ReexaminationCount> {
  const { response } = await refusing(() =>
    runCommand(
      context.pool,
      {
        role: ROLE,
        key: `${name}/${randomUUID()}`,
        name,
        actor: context.operator,
        guard: context.guard,
        purpose: context.purpose,
        request: { cases: keys.map(caseId) },
        signal: context.signal,
      },
      async (client) => {
        const found = await findChanges(client, context, keys, step);
        const batch = only === undefined;
        const asked = batch ? found.changes : found.changes.filter(({ recipient }) => only.has(recipient.recipientId));
        const ended = batch ? endedOf(asked) : [];
        const written = await step.write(
          client,
          asked.filter((change) => !ended.includes(change)),
          batch,
        );
        const result: ReexaminationCount = {
          cases: found.cases,
          changed: asked.length,
          ended: ended.map(({ recipient }) => recipient.recipientId),
          written,
          impossible: found.impossible,
        };
        const detail = { ...result, ended: ended.length };
        const objectId = keys.length === 1 && keys[0] !== undefined ? caseId(keys[0]) : `${keys.length}件`;
        return { response: result, audit: [{ action: name, objectKind: "case", objectId, detail }] };
      },
    ),
  );
  return response;
}

/**
 * What the law decides now and nobody has recorded, and the rights that cannot be judged. Reads only; the lists that must reach zero,
 * and their mass work, ask it.
 */
export async function findUndecided(
  client: PoolClient,
  context: Context,
  keys: readonly CaseKey[],
): Promise<Pick<Found, "changes" | "unjudged">> {
  const looking: Step = {
    untilOf: async (connection, cases) => await horizonOf(connection, context, cases),
    write: async () => await Promise.resolve(0),
  };
  const { changes, unjudged } = await findChanges(client, context, keys, looking);
  return { changes, unjudged };
}

/** The same, recipient by recipient (認定番号). */
export async function undecidedChanges(
  client: PoolClient,
  context: Context,
  keys: readonly CaseKey[],
): Promise<ReadonlyMap<number, readonly PlannedDecision[]>> {
  const { changes } = await findUndecided(client, context, keys);
  return new Map(changes.map(({ recipient, decisions }) => [recipient.recipientId, decisions]));
}

async function casesOfRecipients(context: Context, recipients: readonly number[]): Promise<readonly CaseKey[]> {
  const { rows } = await context.pool.query<{ recipient_id: number; claimant: number; kind: CaseKey["kind"] }>(
    "SELECT recipient_id, addressee_number AS claimant, kind FROM allowance.recipient WHERE recipient_id = ANY($1)",
    [recipients],
  );
  const unknown = recipients.find((id) => !rows.some((row) => row.recipient_id === id));
  if (unknown !== undefined) {
    throw refuse("recipientUnknown", `認定番号 ${unknown} の受給者はいません。番号を確認してください。`, {
      recipientId: unknown,
    });
  }
  return [...new Map(rows.map(({ claimant, kind }) => [caseId({ claimant, kind }), { claimant, kind }])).values()];
}

async function allCases(context: Context, after: CaseKey | undefined): Promise<readonly CaseKey[]> {
  const { rows } = await context.pool.query<CaseKey>(
    `SELECT DISTINCT addressee_number AS claimant, kind FROM allowance.recipient
     WHERE (addressee_number, kind) > ($1, $2) ORDER BY claimant, kind LIMIT $3`,
    [after?.claimant ?? 0, after?.kind ?? "", BATCH],
  );
  return rows;
}

async function over(context: Context, name: string, scope: Scope, step: Step): Promise<ReexaminationCount> {
  if (scope !== "all") {
    const keys = await casesOfRecipients(context, scope.recipients);
    return await runBatch(context, name, keys, step, new Set(scope.recipients));
  }
  let total = NOTHING;
  let after: CaseKey | undefined;
  for (;;) {
    stopIfCancelled(context.signal, "再審査");
    const keys = await allCases(context, after);
    after = keys.at(-1);
    if (after === undefined) return total;
    const part = await runBatch(context, name, keys, step, undefined);
    total = {
      cases: total.cases + part.cases,
      changed: total.changed + part.changed,
      ended: [...total.ended, ...part.ended],
      written: total.written + part.written,
      impossible: total.impossible + part.impossible,
    };
    context.onProgress?.(name === "decision.reexamine" ? "再審査" : "職権決定", total.cases, total.cases);
  }
}

/**
 * First step: proposes what the law decides now and nobody has recorded.
 *
 * @throws Refusal `recipientUnknown`, `cancelled`
 */
export async function reexamine(context: Context, scope: Scope): Promise<ReexaminationCount> {
  return await over(context, "decision.reexamine", scope, propose(context));
}

/**
 * Second step, by another person: records the proposed decisions, provided that the facts are still those of the
 * proposal. Named recipients are decided `exOfficio` one by one; "all" is a `batch`.
 *
 * @throws Refusal `recipientUnknown`, `examinationMissing`, `samePerson`, `caseTerminal`, `cancelled`
 */
export async function approveReexamined(context: Context, scope: Scope): Promise<ReexaminationCount> {
  return await over(context, "decision.exOfficio", scope, decide(context));
}
