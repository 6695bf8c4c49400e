/**
 * Decisions inside a transaction that somebody else opened: the approval of a filing writes its claim, its decisions
 * and its own record as one (決裁の中の決定).
 */
import { addMonths, firstDayOfMonth, monthOf } from "@hagukumi/law/contract.ts";
import type { PoolClient } from "pg";

import type { CaseKey, ClaimRow, ResidenceRow } from "../claims/case-rows.ts";
import { storeFacts, writeExaminations } from "../claims/examine.ts";
import type { RefusalReason } from "../claims/judge-case.ts";
import type { Context } from "../context.ts";
import type { Deciders } from "../filings/procedure.ts";
import { requireApprovedParameters } from "../parameters/approved-set.ts";
import { refuse } from "../refusal.ts";
import { foresee, type Foresight, type ForeseenChange } from "./foresee.ts";
import { type PlannedCase, writeDecisions } from "./write-decisions.ts";

/** What was written. */
export type Written = { readonly recipients: readonly number[]; readonly decisions: readonly number[] };

async function newestDecision(client: PoolClient): Promise<number> {
  const { rows } = await client.query<{ newest: number }>(
    "SELECT coalesce(max(decision_id), 0) AS newest FROM allowance.decision",
  );
  return rows[0]?.newest ?? 0;
}

/** The decisions of the case that are newer than the given one. */
async function writtenAfter(
  client: PoolClient,
  key: CaseKey,
  before: number,
  claimId: number | null,
): Promise<Written> {
  const { rows } = await client.query<{ decision_id: number; recipient_id: number | null }>(
    `SELECT d.decision_id, d.recipient_id FROM allowance.decision d LEFT JOIN allowance.recipient r USING (recipient_id)
     WHERE d.decision_id > $1 AND (r.addressee_number = $2 AND r.kind = $3 OR d.claim_id = $4) ORDER BY d.decision_id`,
    [before, key.claimant, key.kind, claimId],
  );
  const recipients = new Set(rows.flatMap(({ recipient_id }) => (recipient_id === null ? [] : [recipient_id])));
  return { recipients: [...recipients], decisions: rows.map(({ decision_id }) => decision_id) };
}

function planned(
  key: CaseKey,
  { recipient, ordinal, episode, decisions }: ForeseenChange,
  deciders: Deciders,
  more: Pick<PlannedCase, "accounts" | "origin">,
): PlannedCase {
  return {
    key,
    opening: episode.opening,
    recipientId: recipient?.recipientId ?? null,
    ordinal,
    lastSeq: recipient?.decisions.at(-1)?.seq ?? 0,
    decisions,
    facts: episode.facts,
    examinedBy: deciders.examinedBy,
    ...more,
  };
}

/** Takes back recipients whose claims are all cancelled. The opening claim is only asked for its number here. */
async function writeLost(client: PoolClient, foresight: Foresight, deciders: Deciders): Promise<void> {
  if (foresight.lost.length === 0) return;
  await requireApprovedParameters(client);
  await storeFacts(
    client,
    foresight.lost.map(({ facts }) => facts),
  );
  for (const { recipient, facts, decisions } of foresight.lost) {
    let seq = recipient.decisions.at(-1)?.seq ?? 0;
    for (const decision of decisions) {
      seq += 1;
      await client.query(
        `INSERT INTO allowance.decision (recipient_id, seq, kind, effective_month, cause, ex_officio, origin, monthly_total, facts_digest,
                                         rule_version, decided_on, examined_by, approved_by)
         SELECT $1, $2, $3, $4, $5, true, 'exOfficio', 0, $6, rule_version, $7, $8, $9 FROM allowance.decision WHERE recipient_id = $1 AND seq = 1`,
        [
          recipient.recipientId,
          seq,
          decision.kind,
          firstDayOfMonth(decision.effective),
          decision.cause,
          facts.digest,
          deciders.decidedOn,
          deciders.examinedBy,
          deciders.approvedBy,
        ],
      );
    }
  }
}

export type DecideClaimOptions = {
  readonly outcome: "grant" | "refuse";
  /** The digest of facts on which the proposal rests; null where only the refusal by a person does */
  readonly factsDigest: string | null;
  /** Claims (by claim_id) that this one takes the place of */
  readonly withoutClaims: readonly number[];
  /** 居住の特例 that the claim says; a refusal records none, but was judged by them */
  readonly residences?: readonly ResidenceRow[];
  /** 却下事由 of a refusal that rests on the claimant's own words, which the law engine is not asked about */
  readonly refusal?: RefusalReason;
};

/**
 * Decides one stored claim that nobody has approved, with the right it opens or changes. Other undecided claims of the case
 * play no part.
 *
 * @throws Refusal `contentChanged` where the facts are not those of the proposal
 */
export async function decideClaimIn(
  client: PoolClient,
  context: Context,
  key: CaseKey,
  claimId: number,
  deciders: Deciders,
  options: DecideClaimOptions,
): Promise<Written> {
  const before = await newestDecision(client);
  const { withoutClaims, residences = [] } = options;
  const withClaim = await foresee(client, context, key, { counting: [claimId], withoutClaims, residences });
  const answer = withClaim.answers.find(({ claim }) => claim.claim_id === claimId);
  const facts = answer?.facts ?? null;
  if (
    answer === undefined ||
    facts === null ||
    (options.factsDigest !== null && facts.digest !== options.factsDigest)
  ) {
    throw refuse(
      "contentChanged",
      "決裁できません。審査のあとで、この事案の事実が変わりました。もう一度審査してください。何も決めていません。",
    );
  }
  const { outcome } = options;
  // The answer of the law, or a refusal by a person; never a grant that the law does not give.
  if (outcome === "grant" && answer.outcome !== "grant") {
    throw refuse(
      "contentChanged",
      "決裁できません。法の判定は却下です。もう一度審査してください。何も決めていません。",
    );
  }
  const claim: ClaimRow = { ...answer.claim, seq: (answer.claim.seq ?? 0) + 1, examined_by: deciders.examinedBy };
  await writeExaminations(client, deciders.examinedBy, [{ ...answer, outcome }]);
  await client.query(
    "INSERT INTO allowance.approval (claim_id, seq, examined_by, outcome, approved_by, decided_on) VALUES ($1, $2, $3, $4, $5, $6)",
    [claimId, claim.seq, deciders.examinedBy, outcome, deciders.approvedBy, deciders.decidedOn],
  );
  const foresight = outcome === "grant" ? withClaim : await foresee(client, context, key, { withoutClaims });
  const concerned = (change: ForeseenChange): boolean =>
    change.episode.claims.some(({ claim_id }) => claim_id === claimId) || withoutClaims.length > 0;
  const plans = foresight.changes.filter(concerned).map((change) => {
    const opening = change.episode.opening.claim_id === claimId ? claim : change.episode.opening;
    const accounts =
      change.episode.claims.some(({ claim_id }) => claim_id === claimId) && claim.account !== null ? [claim] : [];
    return { ...planned(key, change, deciders, { accounts, origin: "claim" }), opening };
  });
  await storeFacts(
    client,
    plans.map((plan) => plan.facts),
  );
  const refusals =
    outcome === "refuse"
      ? [
          {
            claim,
            factsDigest: facts.digest,
            effectiveMonth: firstDayOfMonth(addMonths(monthOf(claim.received_on), 1)),
            examinedBy: deciders.examinedBy,
            reason: answer.refusal ?? options.refusal ?? null,
          },
        ]
      : [];
  const { approvedBy, decidedOn } = deciders;
  await writeDecisions(client, plans, refusals, { approvedBy, decidedOn });
  await writeLost(client, foresight, deciders);
  return await writtenAfter(client, key, before, claimId);
}
