/**
 * 決裁: a second person approves what was examined. The approval is bound to the facts of the examination: the case is
 * judged again in the same transaction, and where anything differs nothing is decided and the case goes back.
 */
import { randomUUID } from "node:crypto";

import { addMonths, firstDayOfMonth, type Month, month, monthOf } from "@hagukumi/law/contract.ts";
import { runCommand } from "@hagukumi/platform/database/command.ts";
import { copyRows } from "@hagukumi/platform/database/copy.ts";
import { crashPoint } from "@hagukumi/platform/faults/crash-points.ts";
import type { PoolClient } from "pg";

import { type CaseKey, caseId, type CaseRows, type ClaimRow, loadCases } from "../claims/case-rows.ts";
import { casesOfClaims, countPendingCases, judgeCases, pendingCases, sameExamination } from "../claims/examine.ts";
import { firstShared, type MonthRange } from "../claims/held-months.ts";
import type { Answer, Judged } from "../claims/judge-case.ts";
import { refusing } from "../constraints.ts";
import { type Context, ROLE } from "../context.ts";
import { refuse, stopIfCancelled } from "../refusal.ts";
import { streamOf } from "../stream.ts";
import { planDecisions } from "./plan-decisions.ts";
import { loadRecorded, type Recorded } from "./recorded.ts";
import { type PlannedCase, type PlannedRefusal, writeDecisions } from "./write-decisions.ts";

/** Cases per transaction, as in an examination. */
const BATCH = 2000;

/** Why a case was left undecided; counted in cases. */
export type LeftOut = {
  /** No examination, or one that found the claim impossible to assess */
  readonly notExamined: number;
  /** Facts, rules or other recipients changed since the examination */
  readonly changed: number;
  /** Examined by the approver */
  readonly samePerson: number;
  /** A child belongs to another case approved in the same batch */
  readonly attached: number;
};

export type ApprovalCount = {
  readonly cases: number;
  /** Claims decided */
  readonly granted: number;
  readonly refused: number;
  /** Decisions written, those made ex officio with them included */
  readonly decisions: number;
  readonly leftOut: LeftOut;
};

const NOTHING: ApprovalCount = {
  cases: 0,
  granted: 0,
  refused: 0,
  decisions: 0,
  leftOut: { notExamined: 0, changed: 0, samePerson: 0, attached: 0 },
};

/** Up to which month the last examinations of the cases' claims were judged, for the claims that `counts` names. */
export async function examinedUntil(
  client: PoolClient,
  cases: readonly CaseRows[],
  counts: (claim: ClaimRow) => boolean,
): Promise<(rows: CaseRows) => Month> {
  const digests = cases.flatMap(({ claims }) =>
    claims.flatMap((claim) => (counts(claim) && claim.facts_digest !== null ? [claim.facts_digest] : [])),
  );
  const { rows } = await client.query<{ facts_digest: string; until: string }>(
    "SELECT facts_digest, facts->>'until' AS until FROM allowance.facts WHERE facts_digest = ANY($1)",
    [digests],
  );
  const untils = new Map(rows.map((row) => [row.facts_digest, month(row.until)]));
  return ({ claims }) => {
    const found = claims.flatMap((claim) => (counts(claim) ? [untils.get(claim.facts_digest ?? "")] : []));
    return found.reduce<Month>((last, each) => (each !== undefined && each > last ? each : last), month("2010-04"));
  };
}

type Verdict = keyof LeftOut | "decide";

function verdictOn({ answers, rows }: Judged, approver: string): Verdict {
  const pending = rows.claims.filter(({ approved }) => !approved);
  if (pending.some(({ seq, outcome }) => seq === null || outcome === "impossible")) return "notExamined";
  if (!answers.every(sameExamination)) return "changed";
  if (pending.some(({ examined_by }) => examined_by === approver)) return "samePerson";
  return "decide";
}

// Who claimed first keeps the child; the order of numbers plays no part.
const firstClaimed = (judged: Judged): string => judged.episodes[0]?.opening.received_on ?? "";

/** Cases whose child-months overlap with those of an earlier case in the same batch: they must be examined again. */
function overlapping(judged: readonly Judged[]): Set<Judged> {
  const late = new Set<Judged>();
  const owners = new Map<number, { readonly judged: Judged; readonly months: readonly MonthRange[] }[]>();
  for (const each of judged.toSorted((left, right) => (firstClaimed(left) < firstClaimed(right) ? -1 : 1))) {
    const held = each.episodes.flatMap((episode) => [...episode.held]);
    const collides = held.some(([child, months]) =>
      (owners.get(child) ?? []).some(
        (owner) => owner.judged !== each && firstShared(months, owner.months) !== undefined,
      ),
    );
    if (collides) {
      late.add(each);
      continue;
    }
    for (const [child, months] of held) owners.set(child, [...(owners.get(child) ?? []), { judged: each, months }]);
  }
  return late;
}

function planCase(judged: Judged, recorded: Recorded): PlannedCase[] {
  const { key } = judged.rows;
  const recipients = recorded.get(caseId(key)) ?? [];
  let ordinal = recipients.length;
  return judged.episodes.flatMap((episode) => {
    const recipient = recipients.find(({ openedByClaim }) => openedByClaim === episode.opening.root_claim_id);
    const decisions = planDecisions(recipient?.decisions ?? [], episode.decisions, episode.totals);
    const approvedNow = episode.claims.filter(({ approved }) => !approved);
    if (decisions.length === 0 && approvedNow.length === 0) return [];
    if (recipient === undefined) ordinal += 1;
    const examiner = approvedNow[0]?.examined_by;
    // Nothing was examined for this right now: its changes are re-decided by themselves, not in passing.
    if (examiner === undefined || examiner === null) return [];
    return [
      {
        key,
        opening: episode.opening,
        recipientId: recipient?.recipientId ?? null,
        ordinal: recipient?.ordinal ?? ordinal,
        lastSeq: recipient?.decisions.at(-1)?.seq ?? 0,
        decisions,
        facts: episode.facts,
        examinedBy: examiner,
        accounts: approvedNow.filter(({ account }) => account !== null),
        origin: "claim" as const,
      },
    ];
  });
}

function planRefusal({ claim, facts, refusal }: Answer): PlannedRefusal {
  if (facts === null || claim.examined_by === null) throw new Error(`claim ${claim.claim_id} was not examined`);
  return {
    claim,
    factsDigest: facts.digest,
    effectiveMonth: firstDayOfMonth(addMonths(monthOf(claim.received_on), 1)),
    examinedBy: claim.examined_by,
    reason: refusal ?? null,
  };
}

async function decideCases(client: PoolClient, context: Context, keys: readonly CaseKey[]): Promise<ApprovalCount> {
  const cases = await loadCases(client, keys);
  const judged = await judgeCases(
    client,
    context,
    cases,
    await examinedUntil(client, cases, (claim) => !claim.approved),
  );
  const recorded = await loadRecorded(client, keys);
  const leftOut: { -readonly [K in keyof LeftOut]: number } = { ...NOTHING.leftOut };
  const willing = judged.filter((each) => {
    const verdict = verdictOn(each, context.operator);
    if (verdict !== "decide") leftOut[verdict] += 1;
    return verdict === "decide";
  });
  const late = overlapping(willing);
  leftOut.attached = late.size;
  const decided = willing.filter((each) => !late.has(each));
  const answers = decided.flatMap((each) => each.answers);
  await copyRows(
    client,
    "allowance.approval",
    ["claim_id", "seq", "examined_by", "outcome", "approved_by", "decided_on"],
    streamOf(
      answers.map(({ claim, outcome }) => [
        claim.claim_id,
        claim.seq,
        claim.examined_by,
        outcome,
        context.operator,
        context.today,
      ]),
    ),
  );
  crashPoint("approve.approved");
  const decisions = await writeDecisions(
    client,
    decided.flatMap((each) => planCase(each, recorded)),
    answers.filter(({ outcome }) => outcome === "refuse").map(planRefusal),
    { approvedBy: context.operator, decidedOn: context.today },
  );
  crashPoint("approve.decided");
  const count = (outcome: Answer["outcome"]): number => answers.filter((each) => each.outcome === outcome).length;
  return { cases: decided.length, granted: count("grant"), refused: count("refuse"), decisions, leftOut };
}

async function approveBatch(
  context: Context,
  keys: readonly CaseKey[],
  key: string,
  strict: boolean,
): Promise<ApprovalCount> {
  const { response } = await refusing(() =>
    runCommand(
      context.pool,
      {
        role: ROLE,
        key,
        name: "claim.approve",
        actor: context.operator,
        guard: context.guard,
        purpose: context.purpose,
        request: { cases: keys.map(caseId) },
        signal: context.signal,
      },
      async (client) => {
        const result = await decideCases(client, context, keys);
        if (strict) refuseLeftOut(result.leftOut);
        const { leftOut, ...counts } = result;
        const objectId = keys.length === 1 && keys[0] !== undefined ? caseId(keys[0]) : `${keys.length}件`;
        const audit = [{ action: "claim.approve", objectKind: "case", objectId, detail: { ...counts, ...leftOut } }];
        return { response: result, audit };
      },
    ),
  );
  crashPoint("approve.committed");
  return response;
}

/** A named claim must be decided or refused with the reason; a mass approval counts what it leaves instead. */
function refuseLeftOut({ notExamined, changed, samePerson, attached }: LeftOut): void {
  if (notExamined > 0) {
    throw refuse(
      "examinationMissing",
      "決裁できません。この事案には、審査していないか、審査できなかった請求があります。先に審査してください。何も決めていません。",
    );
  }
  if (samePerson > 0) {
    throw refuse(
      "samePerson",
      "決裁できません。審査した人は、自分で決裁できません。別の職員が決裁してください。何も決めていません。",
    );
  }
  if (changed > 0) {
    throw refuse(
      "factsChanged",
      "決裁できません。審査のあとで、この事案の事実・請求・規則が変わりました。もう一度審査してから決裁してください。何も決めていません。",
    );
  }
  if (attached > 0) {
    throw refuse(
      "factsChanged",
      "決裁できません。児童が、一緒に決裁しようとした別の請求と重なっています。1件ずつ審査と決裁をしてください。何も決めていません。",
    );
  }
}

/**
 * Approves the cases of the given claims as they were examined: all undecided claims of these cases together.
 *
 * @param key idempotency key; a repeated call with the same key gets the first answer
 * @throws Refusal `claimUnknown`, `examinationMissing`, `samePerson`, `factsChanged`; nothing is decided then
 */
export async function approveClaims(
  context: Context,
  receptionNumbers: readonly string[],
  key: string = `approve/${randomUUID()}`,
): Promise<ApprovalCount> {
  const keys = await casesOfClaims(context.pool, receptionNumbers);
  return await approveBatch(context, keys, key, true);
}

const add = (left: ApprovalCount, right: ApprovalCount): ApprovalCount => ({
  cases: left.cases + right.cases,
  granted: left.granted + right.granted,
  refused: left.refused + right.refused,
  decisions: left.decisions + right.decisions,
  leftOut: {
    notExamined: left.leftOut.notExamined + right.leftOut.notExamined,
    changed: left.leftOut.changed + right.leftOut.changed,
    samePerson: left.leftOut.samePerson + right.leftOut.samePerson,
    attached: left.leftOut.attached + right.leftOut.attached,
  },
});

/**
 * Approves every examined case. Cases that can't be decided (see `LeftOut`) stay as they are and are counted. Each batch
 * is finished by itself; after a stop or a crash the next call goes on with what is still undecided.
 *
 * @throws Refusal `cancelled` between two batches
 */
export async function approveAll(context: Context): Promise<ApprovalCount> {
  const cases = await countPendingCases(context.pool);
  let total = NOTHING;
  let done = 0;
  let after: CaseKey | undefined;
  for (;;) {
    stopIfCancelled(context.signal, "決裁");
    context.onProgress?.("決裁", done, cases);
    const keys = await pendingCases(context.pool, after, BATCH);
    after = keys.at(-1);
    if (after === undefined) return total;
    total = add(total, await approveBatch(context, keys, `approve/${randomUUID()}`, false));
    done += keys.length;
  }
}
