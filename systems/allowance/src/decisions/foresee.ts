/**
 * What the law would decide about a case with one claim more (a filing that is being examined) or one less (a decision that is
 * taken back). Reads only; the same code runs in a preview, in an examination and, on the rows
 * that were written, inside the transaction of the approval.
 */
import { type Month, monthOf } from "@hagukumi/law/contract.ts";
import type { PoolClient } from "pg";

import { assembleCase, type Facts, firstMonthOf, sealFacts } from "../claims/assemble-case.ts";
import {
  type CaseKey,
  caseId,
  type CaseRows,
  type ClaimChildRow,
  type ClaimRow,
  loadCases,
  type ResidenceRow,
} from "../claims/case-rows.ts";
import { closedDays, judgeCases } from "../claims/examine.ts";
import { type Answer, type Episode, lastMonthFor } from "../claims/judge-case.ts";
import type { Context } from "../context.ts";
import { planDecisions, type PlannedDecision, takeBack } from "./plan-decisions.ts";
import { lastDecidedMonth, loadRecorded, type RecordedRecipient } from "./recorded.ts";

/** A claim that is not stored (`claim_id` < 0) with its children. */
export type UnstoredClaim = { readonly claim: ClaimRow; readonly children: readonly ClaimChildRow[] };

/** What is taken as true beside what is recorded. */
export type Overlay = {
  readonly claims?: readonly UnstoredClaim[];
  /** Claims (by claim_id) that count although nobody has approved them yet */
  readonly counting?: readonly number[];
  /** Claims (by claim_id) taken as cancelled */
  readonly withoutClaims?: readonly number[];
  /** 居住の特例 that the approval would record */
  readonly residences?: readonly ResidenceRow[];
};

/** Decisions that would be added to one recipient; `recipient` is null where a new right would open. */
export type ForeseenChange = {
  readonly recipient: RecordedRecipient | null;
  /** Ordinal of the 認定番号 among those of the case */
  readonly ordinal: number;
  readonly episode: Episode;
  readonly decisions: readonly PlannedDecision[];
};

export type Foresight = {
  readonly key: CaseKey;
  readonly rows: CaseRows;
  /** Answers to the claims that nobody has approved (those of the overlay among them) */
  readonly answers: readonly Answer[];
  readonly episodes: readonly Episode[];
  readonly changes: readonly ForeseenChange[];
  /** Recipients whose opening claim would be gone, with the decisions that take back what stands of them */
  readonly lost: readonly {
    readonly recipient: RecordedRecipient;
    readonly facts: Facts;
    readonly decisions: readonly PlannedDecision[];
  }[];
  readonly recorded: readonly RecordedRecipient[];
  /** Last month that was judged */
  readonly until: Month;
};

/** The rows of the case as they would be. Claims that nobody approved are left out, except those that count. */
export function overlaid(rows: CaseRows, overlay: Overlay): CaseRows {
  const counting = overlay.counting ?? [];
  const gone = overlay.withoutClaims ?? [];
  const unstored = overlay.claims ?? [];
  const claims = [
    ...rows.claims.filter(
      ({ claim_id, approved }) => (approved || counting.includes(claim_id)) && !gone.includes(claim_id),
    ),
    ...unstored.map(({ claim }) => claim),
    // A claim gets the highest number when it is stored, so it stands last among those of its day.
  ].toSorted((left, right) =>
    left.received_on < right.received_on ? -1 : left.received_on > right.received_on ? 1 : 0,
  );
  const children = new Map(rows.children);
  for (const { claim, children: own } of unstored) children.set(claim.claim_id, own);
  return { ...rows, claims, children, residences: [...rows.residences, ...(overlay.residences ?? [])] };
}

/** Facts in which nobody has claimed: what is left of a right whose only claims are cancelled. */
async function factsWithoutClaims(client: PoolClient, rows: CaseRows, until: Month): Promise<Facts | null> {
  if (rows.claims.length === 0) return null;
  const first = firstMonthOf(rows.claims);
  const assembled = assembleCase(rows, rows.claims, {
    from: first < until ? first : until,
    until,
    closedDays: await closedDays(client),
  });
  return "missing" in assembled ? null : sealFacts({ ...assembled, claims: [] });
}

/**
 * Judges the case with the overlay.
 *
 * @param context `today` is the day of judgement: settings of that day, months up to its month (or `horizon`)
 */
export async function foresee(
  client: PoolClient,
  context: Context,
  key: CaseKey,
  overlay: Overlay = {},
): Promise<Foresight> {
  const named = (overlay.claims ?? []).flatMap(({ children }) => children.map(({ child_number }) => child_number));
  const [loaded] = await loadCases(client, [key], [key.claimant, ...named]);
  if (loaded === undefined) throw new Error(`case ${caseId(key)} was not loaded`);
  const rows = overlaid(loaded, overlay);
  const recorded = (await loadRecorded(client, [key])).get(caseId(key)) ?? [];
  const horizon = lastMonthFor(rows.claims, context.horizon ?? monthOf(context.today));
  const decided = lastDecidedMonth(recorded);
  const until = decided !== undefined && decided > horizon ? decided : horizon;

  const [judged] = rows.claims.length === 0 ? [] : await judgeCases(client, context, [rows], () => until, true);
  const episodes = judged?.episodes ?? [];
  let ordinal = recorded.length;
  const changes: ForeseenChange[] = [];
  for (const episode of episodes) {
    const recipient = recorded.find(({ openedByClaim }) => openedByClaim === episode.opening.root_claim_id) ?? null;
    const decisions = planDecisions(recipient?.decisions ?? [], episode.decisions, episode.totals);
    if (recipient === null) ordinal += 1;
    if (decisions.length > 0 || episode.claims.some(({ approved }) => !approved)) {
      changes.push({ recipient, ordinal: recipient?.ordinal ?? ordinal, episode, decisions });
    }
  }
  const gone = overlay.withoutClaims ?? [];
  const orphaned = recorded.filter(({ openedByClaim }) =>
    loaded.claims.some(
      (claim) =>
        gone.includes(claim.claim_id) &&
        claim.root_claim_id === openedByClaim &&
        !episodes.some(({ opening }) => opening.root_claim_id === openedByClaim),
    ),
  );
  const lost: Foresight["lost"][number][] = [];
  for (const recipient of orphaned) {
    const cancelled = { ...loaded, claims: loaded.claims.filter(({ claim_id }) => gone.includes(claim_id)) };
    const facts = await factsWithoutClaims(client, cancelled, until);
    if (facts !== null) lost.push({ recipient, facts, decisions: takeBack(recipient.decisions) });
  }
  return { key, rows, answers: judged?.answers ?? [], episodes, changes, lost, recorded, until };
}
