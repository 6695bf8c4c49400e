/** 請求の手続: a claim is judged before it is stored, and its approval stores and decides it in one transaction. */
import { claimDeadline } from "@hagukumi/law/contract.ts";
import { crashPoint } from "@hagukumi/platform/faults/crash-points.ts";
import type { PoolClient } from "pg";
import type { z } from "zod";

import { findingsOf, insertAccountCheck } from "../../accounts/account-checks.ts";
import type { Context } from "../../context.ts";
import { decideClaimIn } from "../../decisions/decide-in.ts";
import {
  type AnyProcedure,
  type Applied,
  type Deciders,
  defineProcedure,
  type FilingOf,
  type Procedure,
  type Proposal,
} from "../../filings/procedure.ts";
import { addEntry } from "../../procedures/entries.ts";
import { NOTHING_BACK, takeEntriesBack } from "../../procedures/take-back.ts";
import { settleEnded } from "../../unpaid/settle.ts";
import type { ClaimContent } from "./content.ts";
import { storeGround } from "./ground.ts";
import { judgeClaim, keyOf, type Replaced, residencesOf } from "./judge-claim.ts";
import { papersOf } from "./papers.ts";
import { claimGround, DECLARED_PUBLIC_SERVANT, proposeClaim } from "./propose-claim.ts";
import { storeClaim } from "./unstored-claim.ts";

/** Cancels the replaced claims in favour of the new one. */
async function cancelClaims(
  client: PoolClient,
  filing: FilingOf<unknown>,
  replaced: readonly Replaced[],
  claimId: number,
  deciders: Deciders,
): Promise<void> {
  for (const [index, { claimId: old, root, granted }] of replaced.entries()) {
    await client.query(
      `INSERT INTO allowance.claim_cancellation (claim_id, replaced_by, root_claim, filing_id, cancelled_by, approved_by) VALUES ($1, $2, $3, $4, $5, $6)`,
      [
        old,
        index === 0 ? claimId : null,
        granted ? root : claimId,
        filing.filingId,
        deciders.examinedBy,
        deciders.approvedBy,
      ],
    );
  }
}

/** 口座の確認: what the examination found out about the account on the claim, beside the account it has become. */
async function recordChecks(
  client: PoolClient,
  content: ClaimContent,
  filing: FilingOf<unknown>,
  proposal: Proposal,
  claimId: number,
  deciders: Deciders,
): Promise<void> {
  const { account } = content;
  if (account === null || "publicAccount" in account) return;
  const { rows } = await client.query<{ account_id: number }>(
    "SELECT account_id FROM allowance.account WHERE claim_id = $1",
    [claimId],
  );
  const exception = proposal.differences.some(({ item }) => item === "account.holder")
    ? (account.exception ?? "")
    : undefined;
  const how = { preCheck: "bankMaster", holder: "registerKana" } as const;
  for (const { account_id } of rows) {
    for (const finding of findingsOf(filing.judgedOn, how, exception)) {
      await insertAccountCheck(client, account_id, finding, deciders.examinedBy);
    }
  }
}

async function apply(
  client: PoolClient,
  context: Context,
  content: ClaimContent,
  filing: FilingOf<unknown>,
  proposal: Proposal,
  deciders: Deciders,
): Promise<Applied> {
  const judged = await judgeClaim(client, context, content, filing);
  const { claim, answer, replaced, inherited } = judged;
  const outcome = proposal.outcome === "grant" ? "grant" : "refuse";
  const residence = content.declared?.residence;
  if (residence !== undefined && outcome === "grant") {
    const columns = { ground: residence.ground, evidence: residence.evidence, valid_from: residence.since };
    await addEntry(client, "residence_exception", content.subject.claimant, columns, deciders);
  }
  const claimId = await storeClaim(client, content, filing, claim, deciders.typedBy);
  const ground = outcome === "grant" ? claimGround(context, content, filing, judged) : null;
  if (ground !== null) await storeGround(client, claimId, ground, deciders);
  crashPoint("claim.stored");
  const factsDigest = answer.facts?.digest ?? null;
  // A refusal takes back the rights of the cancelled claims, so it must still see them; a grant carries them on.
  if (outcome === "grant") await cancelClaims(client, filing, replaced, claimId, deciders);
  const withoutClaims = replaced.map((each) => each.claimId);
  const written = await decideClaimIn(client, context, keyOf(content), claimId, deciders, {
    outcome,
    factsDigest,
    withoutClaims,
    residences: residencesOf(content, filing),
    // Refused although the law would grant, and by nobody's change of the proposal: the claimant's own declaration.
    ...(content.declared?.publicServant === true && filing.override?.outcome !== "refuse"
      ? { refusal: DECLARED_PUBLIC_SERVANT }
      : {}),
  });
  await recordChecks(client, content, filing, proposal, claimId, deciders);
  if (outcome === "refuse") await cancelClaims(client, filing, replaced, claimId, deciders);
  // A right that this decision ends, or opens and ends, is settled at once: what is still due, what was paid too much.
  const settled = await settleEnded(client, context, filing.filingId ?? 0, written.recipients, deciders);
  return {
    ...written,
    detail: {
      claimId,
      inheritedFrom: inherited?.receptionNumber ?? null,
      cancelled: withoutClaims,
      settled: settled.map((each) => ({ ...each })),
    },
  };
}

/** A procedure from its form and the way in which its content is read as a claim. */
export function claimProcedure<C>(
  form: Pick<Procedure<C>, "code" | "name" | "form" | "rule"> & {
    readonly shape: z.ZodType<C>;
    readonly read: (content: C) => ClaimContent;
  },
): AnyProcedure {
  const { code, name, rule, shape, read } = form;
  return defineProcedure<C>({
    code,
    name,
    form: form.form,
    rule,
    shape,
    subjectOf: (content) => {
      const { subject, children } = read(content);
      return { ...subject, children: children.map(({ number }) => number) };
    },
    documents: (content) => papersOf(read(content)),
    // The last of the 15 days: the same reading as in the reasons of the start month.
    dueDate: (content, { calendar, closedDays }) => {
      const { causeOn, obstacleEndedOn } = read(content);
      if (causeOn === undefined) return null;
      const last = claimDeadline({ on: causeOn, obstacleEndedOn: obstacleEndedOn ?? null }, calendar, closedDays);
      return last.ok ? last.value : null;
    },
    propose: async (client, context, filing) => await proposeClaim(client, context, read(filing.content), filing),
    apply: async (client, context, filing, proposal, deciders) =>
      await apply(client, context, read(filing.content), filing, proposal, deciders),
    // The replacing claim cancels the old one when it is stored: it carries the old one's right on, and shows what changes. What the
    // old one wrote into the case file (居住の特例) goes with it.
    undo: async (client, _context, filing, _applied, deciders) => {
      await takeEntriesBack(client, filing, deciders);
      return NOTHING_BACK;
    },
  });
}
