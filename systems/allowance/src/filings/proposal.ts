/** 案: the procedure's proposal, what the workflow adds to it, and the digest that an approval is bound to. */
import { createHash } from "node:crypto";

import type { CivilDate } from "@hagukumi/law/contract.ts";
import { canonicalJson } from "@hagukumi/platform/text/canonical-json.ts";
import type { PoolClient } from "pg";

import type { Context } from "../context.ts";
import { look, stop } from "../procedures/answers.ts";
import { staleFeeds } from "../register-changes/feed-state.ts";
import { proposeInstead } from "./cancel.ts";
import type { Difference, Override, Proposal, RequiredDocument } from "./procedure.ts";
import { type DocumentState, filingOf, type FilingRecord } from "./record.ts";
import { isClaim, procedureOf } from "./registry.ts";

/** Papers that are neither there nor waived. */
export function missingDocuments(
  required: readonly RequiredDocument[],
  documents: readonly DocumentState[],
): RequiredDocument[] {
  return required.filter(
    ({ code }) =>
      !documents.some((each) => each.code === code && (each.state === "received" || each.state === "waived")),
  );
}

const missing = ({ code, name, why, waivable }: RequiredDocument): Difference =>
  stop(
    `document.${code}`,
    `「${name}」がありません（${why}）。返戻・保留にするか${waivable ? "、台帳で確かめて省略の理由を記録" : "、受領を記録"}してください。`,
  );

/** Other filings of the same procedure for the same person that nobody has decided: a re-application or a mistake (A28). A home files one for each child. */
async function sameFilings(client: PoolClient, record: FilingRecord): Promise<Difference[]> {
  const { rows } = await client.query<{ reception_number: string; received_on: CivilDate }>(
    `SELECT reception_number, received_on FROM allowance.filing_current
     WHERE claimant_number = $1 AND procedure_code = $2 AND filing_id <> $3 AND state IN ('submitted', 'returned', 'held', 'examined')
       AND (procedure_code <> 'childAccount' OR named_numbers && $4::bigint[]) ORDER BY filing_id`,
    [record.subject.claimant, record.procedure, record.filingId, record.subject.children],
  );
  return rows.map(({ reception_number, received_on }) =>
    look(
      "filing.same",
      `同じ人の同じ手続が、受付番号 ${reception_number}（受付日 ${received_on}）にもあります。出し直しなら、古い方を取下げてください。`,
      { filed: record.receptionNumber, registered: reception_number },
    ),
  );
}

function overridden(proposal: Proposal, override: Override | null, cancels: boolean): Proposal {
  if (override === null || override.outcome === null) return proposal;
  const { outcome } = override;
  // A report that can't be decided again as it is can still be cancelled with nothing in its place.
  if (proposal.outcome === "impossible" && !(cancels && outcome === "refuse")) return proposal;
  const changed = outcome !== proposal.outcome;
  return {
    ...proposal,
    outcome,
    reasons: [
      override.reason,
      ...proposal.reasons.map((reason) => (changed ? `（システムの案の理由）${reason}` : reason)),
    ],
    // A refusal changes nothing of what stands.
    effects: outcome === "refuse" ? [] : proposal.effects,
  };
}

/** The proposal for a stored filing, judged on the given day. Reads only. */
export async function proposalFor(
  client: PoolClient,
  context: Context,
  record: FilingRecord,
  judgedOn: CivilDate,
  override: Override | null,
): Promise<Proposal> {
  const procedure = procedureOf(record.procedure);
  const filing = filingOf(record, judgedOn, override);
  const judging = { ...context, today: judgedOn };
  const cancels = record.replaces !== null && !isClaim(record.procedure);
  const own = async (): Promise<Proposal> =>
    overridden(await procedure.propose(client, judging, filing), override, cancels);
  const proposal = record.replaces === null ? await own() : await proposeInstead(client, judging, record, own);
  const papers =
    record.channel === "exOfficio" ? [] : missingDocuments(procedure.documents(record.content), record.documents);
  const more = [
    ...papers.map(missing),
    ...(await sameFilings(client, record)),
    ...(await staleFeeds(client, judgedOn)),
  ];
  const whole = { ...proposal, differences: [...more, ...proposal.differences] };
  // What is stored comes back from JSON: the digest must not depend on members that JSON leaves out.
  return JSON.parse(canonicalJson(whole)) as Proposal;
}

/** SHA-256 of all that the approver sees: the typed version, the day, the change of the proposal and the proposal. */
export function proposalDigest(
  record: FilingRecord,
  judgedOn: CivilDate,
  override: Override | null,
  proposal: Proposal,
): string {
  const seen = { content: record.contentDigest, version: record.contentRevision, judgedOn, override, proposal };
  return createHash("sha256").update(canonicalJson(seen)).digest("hex");
}

/** Whether the answer can be approved: a stop stands against everything except a refusal. */
export function stopsOf({ outcome, differences }: Proposal): readonly Difference[] {
  return outcome === "refuse" ? [] : differences.filter(({ weight }) => weight === "stop");
}
