/** Writes what was decided: recipients, decisions and accounts. Only ever adds rows. */
import { ruleVersion } from "@hagukumi/law/contract.ts";
import { copyRows } from "@hagukumi/platform/database/copy.ts";
import type { PoolClient } from "pg";

import type { Facts } from "../claims/assemble-case.ts";
import type { CaseKey, ClaimRow } from "../claims/case-rows.ts";
import type { RefusalReason } from "../claims/judge-case.ts";
import { requireApprovedParameters } from "../parameters/approved-set.ts";
import { streamOf } from "../stream.ts";
import type { PlannedDecision } from "./plan-decisions.ts";

/** Decisions of one recipient that are to be written. */
export type PlannedCase = {
  readonly key: CaseKey;
  /** The claim that opened the right; null together with `recipientId` known */
  readonly opening: ClaimRow;
  readonly recipientId: number | null;
  readonly ordinal: number;
  /** Decisions recorded so far */
  readonly lastSeq: number;
  readonly decisions: readonly PlannedDecision[];
  readonly facts: Facts;
  readonly examinedBy: string;
  /** Claims that are approved with it and bring an account */
  readonly accounts: readonly ClaimRow[];
  readonly origin: "claim" | "exOfficio" | "batch";
};

/** 却下 of a claim. */
export type PlannedRefusal = {
  readonly claim: ClaimRow;
  readonly factsDigest: string;
  readonly effectiveMonth: string;
  readonly examinedBy: string;
  /** Where the law refuses; a refusal by a person has its reason in the examination of the filing */
  readonly reason: RefusalReason | null;
};

export type Deciders = { readonly approvedBy: string; readonly decidedOn: string };

/** Gives a 認定番号 to every planned case that has none. */
async function openRecipients(client: PoolClient, plans: readonly PlannedCase[]): Promise<Map<number, number>> {
  const fresh = plans.filter(({ recipientId }) => recipientId === null);
  if (fresh.length === 0) return new Map();
  const { rows } = await client.query<{ recipient_id: number; opened_by_claim: number }>(
    `INSERT INTO allowance.recipient (addressee_number, kind, ordinal, opened_by_claim, ward_code)
     SELECT * FROM unnest($1::bigint[], $2::text[], $3::smallint[], $4::bigint[], $5::text[])
     RETURNING recipient_id, opened_by_claim`,
    [
      fresh.map(({ key }) => key.claimant),
      fresh.map(({ key }) => key.kind),
      fresh.map(({ ordinal }) => ordinal),
      fresh.map(({ opening }) => opening.claim_id),
      fresh.map(({ opening }) => opening.ward_code),
    ],
  );
  return new Map(rows.map((row) => [row.opened_by_claim, row.recipient_id]));
}

const DECISION_COLUMNS = [
  "recipient_id",
  "seq",
  "claim_id",
  "kind",
  "effective_month",
  "cause",
  "ex_officio",
  "origin",
  "monthly_total",
  "facts_digest",
  "rule_version",
  "decided_on",
  "examined_by",
  "approved_by",
] as const;

/** 却下事由 of the refusals that the law made. A claim is refused once, so its decision is found by it. */
async function writeReasons(client: PoolClient, refusals: readonly PlannedRefusal[]): Promise<void> {
  const reasons = refusals.flatMap(({ claim, reason }) => (reason === null ? [] : [{ claim, reason }]));
  if (reasons.length === 0) return;
  await client.query(
    `INSERT INTO allowance.refusal_reason (decision_id, reason_code, reason_text)
     SELECT d.decision_id, x.code, x.reason FROM unnest($1::bigint[], $2::text[], $3::text[]) x(claim_id, code, reason)
     JOIN allowance.decision d ON d.claim_id = x.claim_id AND d.kind = 'refuse'`,
    [
      reasons.map(({ claim }) => claim.claim_id),
      reasons.map(({ reason }) => reason.code),
      reasons.map(({ reason }) => reason.text),
    ],
  );
}

/**
 * Writes everything of one batch in the open transaction. Returns how many decisions were written.
 *
 * @throws Refusal `parametersNotApproved`: no decision by values that two people have not approved
 */
export async function writeDecisions(
  client: PoolClient,
  plans: readonly PlannedCase[],
  refusals: readonly PlannedRefusal[],
  { approvedBy, decidedOn }: Deciders,
): Promise<number> {
  if (plans.length + refusals.length > 0) await requireApprovedParameters(client);
  const opened = await openRecipients(client, plans);
  const decisions: (readonly unknown[])[] = [];
  const accounts: (readonly unknown[])[] = [];
  for (const plan of plans) {
    const recipientId = plan.recipientId ?? opened.get(plan.opening.claim_id);
    if (recipientId === undefined) throw new Error(`claim ${plan.opening.claim_id} has no recipient`);
    let seq = plan.lastSeq;
    for (const decision of plan.decisions) {
      seq += 1;
      decisions.push([
        recipientId,
        seq,
        decision.claimId,
        decision.kind,
        `${decision.effective}-01`,
        decision.cause,
        decision.exOfficio,
        decision.claimId !== null && plan.origin === "claim"
          ? "claim"
          : plan.origin === "batch"
            ? "batch"
            : "exOfficio",
        decision.monthlyTotal,
        plan.facts.digest,
        ruleVersion,
        decidedOn,
        plan.examinedBy,
        approvedBy,
      ]);
    }
    for (const { account, claim_id } of plan.accounts) {
      if (account === null) continue;
      const { bank, branch, accountType, accountNumber, holder } = account;
      accounts.push([
        recipientId,
        bank,
        branch,
        accountType,
        accountNumber,
        holder,
        "claim",
        claim_id,
        plan.examinedBy,
        approvedBy,
      ]);
    }
  }
  for (const { claim, factsDigest, effectiveMonth, examinedBy } of refusals) {
    const common = [null, 1, claim.claim_id, "refuse", effectiveMonth, claim.cause, false, "claim", null];
    decisions.push([...common, factsDigest, ruleVersion, decidedOn, examinedBy, approvedBy]);
  }
  await copyRows(client, "allowance.decision", DECISION_COLUMNS, streamOf(decisions));
  await writeReasons(client, refusals);
  await copyRows(
    client,
    "allowance.account",
    [
      "recipient_id",
      "bank",
      "branch",
      "account_type",
      "account_number",
      "holder",
      "source",
      "claim_id",
      "entered_by",
      "approved_by",
    ],
    streamOf(accounts),
  );
  return decisions.length;
}
