/**
 * What the law decides because of the events of one month: for each case its decisions up to the month after, or why there is
 * none. Reads only; the list and the writing ask the same function.
 */
import { addMonths, type Month, month as monthFrom } from "@hagukumi/law/contract.ts";
import type { PoolClient } from "pg";

import { caseId, type CaseKey, loadCases } from "../claims/case-rows.ts";
import { judgeCases } from "../claims/examine.ts";
import { type Episode, lastMonthFor } from "../claims/judge-case.ts";
import type { Context } from "../context.ts";
import { isEnded, planDecisions, type PlannedDecision, standing } from "../decisions/plan-decisions.ts";
import { lastDecidedMonth, loadRecorded, type RecordedRecipient } from "../decisions/recorded.ts";
import { type Milestone, milestonesIn } from "./events.ts";

/** 未決裁の受付: what waits for a decision about the same case. */
type Pending = { readonly recipientId: number; readonly receptions: readonly string[] };

export type CasePlan = {
  readonly recipientId: number;
  readonly addresseeNumber: number;
  readonly key: CaseKey;
  readonly events: readonly Milestone[];
  /** What the law decides up to the month after the events, and nobody has recorded */
  readonly decisions: readonly PlannedDecision[];
  readonly recipient: RecordedRecipient | null;
  readonly episode: Episode | null;
  /** First month without the right, where it has ended */
  readonly endedFrom: Month | null;
  /** 差止・保留中 */
  readonly held: boolean;
  /** 受付番号 of what is undecided */
  readonly pending: readonly string[];
};

async function pendingOf(client: PoolClient, recipients: readonly number[]): Promise<ReadonlyMap<number, Pending>> {
  const { rows } = await client.query<Pending>(
    `SELECT recipient_id AS "recipientId", array_agg(reception_number ORDER BY reception_number) AS receptions FROM (
       SELECT r.recipient_id, f.reception_number FROM allowance.recipient r
       JOIN allowance.filing f ON f.claimant_number = r.addressee_number
       JOIN allowance.filing_current n USING (filing_id) WHERE r.recipient_id = ANY ($1) AND n.state IN ('submitted', 'returned', 'held', 'examined')
       UNION
       SELECT r.recipient_id, c.reception_number FROM allowance.recipient r
       JOIN allowance.claim c ON c.claimant_number = r.addressee_number AND c.recipient_kind = r.kind
       WHERE r.recipient_id = ANY ($1) AND NOT EXISTS (SELECT FROM allowance.approval a WHERE a.claim_id = c.claim_id)
         AND NOT EXISTS (SELECT FROM allowance.claim_withdrawal w WHERE w.claim_id = c.claim_id)
         AND NOT EXISTS (SELECT FROM allowance.decision d WHERE d.claim_id = c.claim_id)) x GROUP BY 1`,
    [recipients],
  );
  return new Map(rows.map((row) => [row.recipientId, row]));
}

type Head = {
  readonly recipient_id: number;
  readonly claimant: number;
  readonly kind: CaseKey["kind"];
  readonly ended_from: string | null;
  readonly held: boolean;
};

async function headsOf(client: PoolClient, recipients: readonly number[]): Promise<readonly Head[]> {
  const { rows } = await client.query<Head>(
    `SELECT r.recipient_id, r.addressee_number AS claimant, r.kind, w.ended_from, EXISTS (
       SELECT FROM allowance.hold h WHERE h.recipient_id = r.recipient_id
         AND NOT EXISTS (SELECT FROM allowance.hold_release x WHERE x.hold_id = h.hold_id)) AS held
     FROM allowance.recipient r JOIN allowance.recipient_window w USING (recipient_id) WHERE r.recipient_id = ANY ($1) ORDER BY 1`,
    [recipients],
  );
  return rows;
}

/** The plans of the recipients for the events of `at`, in order of 認定番号. */
export async function plansFor(
  client: PoolClient,
  context: Context,
  at: Month,
  recipients: readonly number[],
): Promise<readonly CasePlan[]> {
  const events = await milestonesIn(client, at, at, recipients);
  const heads = await headsOf(client, recipients);
  const keys = [
    ...new Map(heads.map(({ claimant, kind }) => [caseId({ claimant, kind }), { claimant, kind }])).values(),
  ];
  const effective = addMonths(at, 1);
  const loaded = await loadCases(client, keys);
  // As in every decision ex officio: claims that nobody has decided on play no part.
  const cases = loaded
    .map((rows) => ({ ...rows, claims: rows.claims.filter(({ approved }) => approved) }))
    .filter(({ claims }) => claims.length > 0);
  const recorded = await loadRecorded(client, keys);
  const judged = await judgeCases(client, context, cases, (rows) => {
    const horizon = lastMonthFor(rows.claims, effective);
    const decided = lastDecidedMonth(recorded.get(caseId(rows.key)) ?? []);
    return decided !== undefined && decided > horizon ? decided : horizon;
  });
  const episodes = new Map(judged.map((each) => [caseId(each.rows.key), each.episodes]));
  const pending = await pendingOf(client, recipients);
  return heads.map(({ recipient_id: recipientId, claimant, kind, ended_from, held }) => {
    const key = { claimant, kind };
    const recipient = (recorded.get(caseId(key)) ?? []).find((each) => each.recipientId === recipientId) ?? null;
    const episode =
      (episodes.get(caseId(key)) ?? []).find(({ opening }) => opening.root_claim_id === recipient?.openedByClaim) ??
      null;
    const decisions =
      recipient === null || episode === null
        ? []
        : planDecisions(recipient.decisions, episode.decisions, episode.totals).filter(
            (decision) => decision.effective <= effective,
          );
    return {
      recipientId,
      addresseeNumber: claimant,
      key,
      events: events.filter((event) => event.recipientId === recipientId),
      decisions,
      recipient,
      episode,
      endedFrom: ended_from === null ? null : monthFrom(ended_from.slice(0, 7)),
      held,
      pending: pending.get(recipientId)?.receptions ?? [],
    };
  });
}

/** Whether what is recorded of the case already ends the right or changes it in the month, with the number of that decision. */
export function recordedIn(plan: CasePlan, effective: Month): RecordedRecipient["decisions"][number] | undefined {
  return standing(plan.recipient?.decisions ?? []).find((decision) => decision.effective === effective);
}

/** Whether the right has ended by what is recorded. */
export const hasEnded = (plan: CasePlan): boolean => plan.recipient !== null && isEnded(plan.recipient.decisions);
