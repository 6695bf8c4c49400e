/**
 * 決裁: another person approves exactly what was examined. The proposal is made again in the same SERIALIZABLE transaction;
 * where a single character of it differs from what the approver saw, nothing is decided.
 */
import { canonicalJson } from "@hagukumi/platform/text/canonical-json.ts";
import { crashPoint } from "@hagukumi/platform/faults/crash-points.ts";
import type { PoolClient } from "pg";

import type { Context } from "../context.ts";
import { refuse } from "../refusal.ts";
import {
  addEvent,
  checkReason,
  checkRevision,
  checkState,
  filingCommand,
  type FilingHead,
  headOf,
  type OnFiling,
} from "./command.ts";
import { checkAlerts } from "./alerts.ts";
import { afterCancellation, cancelReplaced, ownProposal } from "./cancel.ts";
import type { Applied, Deciders, Proposal } from "./procedure.ts";
import { proposalDigest, proposalFor, stopsOf } from "./proposal.ts";
import { type ExaminationRecord, filingOf, type FilingRecord, loadFiling } from "./record.ts";
import { procedureOf } from "./registry.ts";

/** A filing after its approval. */
export type Approved = FilingHead & { readonly outcome: Proposal["outcome"]; readonly applied: Applied };

const changedPart = (seen: Proposal, now: Proposal): string[] =>
  (["outcome", "reasons", "differences", "effects", "basis"] as const).filter(
    (part) => canonicalJson(seen[part]) !== canonicalJson(now[part]),
  );

/** @throws Refusal `samePerson` before the database would say it */
async function checkOtherPerson(client: PoolClient, record: FilingRecord, approver: string): Promise<void> {
  const { rows } = await client.query<{ took_part: boolean }>(
    `SELECT EXISTS (SELECT FROM allowance.filing_content WHERE filing_id = $1 AND typed_by = $2)
         OR EXISTS (SELECT FROM allowance.filing_examination WHERE filing_id = $1 AND examined_by = $2)
         OR EXISTS (SELECT FROM allowance.filing_document WHERE filing_id = $1 AND recorded_by = $2) AS took_part`,
    [record.filingId, approver],
  );
  if (rows[0]?.took_part !== true) return;
  throw refuse(
    "samePerson",
    `受付番号 ${record.receptionNumber} を決裁できません。この受付を入力・審査した人は、自分で決裁できません。別の職員が決裁してください。何も決めていません。`,
  );
}

/** The examination that the approver saw, made again. @throws Refusal `contentChanged`, `examinationMissing`, `filingStopped` */
async function sameProposal(
  client: PoolClient,
  context: Context,
  record: FilingRecord,
  digest: string,
): Promise<{ examination: ExaminationRecord; proposal: Proposal }> {
  const { examination } = record;
  if (examination === null || examination.seq !== record.revision) {
    throw refuse(
      "examinationMissing",
      "決裁できません。いまの内容は審査されていません。先に審査してください。何も決めていません。",
    );
  }
  const { override, judgedOn } = examination;
  const proposal = await proposalFor(client, context, record, judgedOn, override);
  const now = proposalDigest(record, judgedOn, override, proposal);
  if (digest !== examination.digest || now !== examination.digest) {
    throw refuse(
      "contentChanged",
      `受付番号 ${record.receptionNumber} を決裁できません。表示された審査の内容と、いまの事実・台帳・入力が違います。もう一度審査してから決裁してください。何も決めていません。`,
      { changed: changedPart(examination.proposal, proposal), seen: digest, examined: examination.digest },
    );
  }
  if (proposal.outcome === "impossible") {
    throw refuse(
      "filingStopped",
      `受付番号 ${record.receptionNumber} を決裁できません。判定できない受付です（${proposal.reasons.join(" ")}）。何も決めていません。`,
    );
  }
  const stops = stopsOf(proposal);
  if (stops.length > 0) {
    throw refuse(
      "filingStopped",
      `受付番号 ${record.receptionNumber} を決裁できません。${stops.map(({ text }) => text).join(" ")} 何も決めていません。`,
      { stops: stops.map(({ item }) => item) },
    );
  }
  return { examination, proposal };
}

export type ApproveFiling = OnFiling & {
  /** The digest of the examination that the approver saw */
  readonly digest: string;
};

/**
 * Approves. Nobody who typed, examined or recorded a paper of the filing may do it.
 *
 * @throws Refusal `samePerson`, `contentChanged`, `filingStopped`, `examinationMissing`, `filingState`, `filingEnded`,
 *   `caseChanged`, `filingUnknown`, for a person at the desk `alertsOpen`; nothing is decided then
 */
export async function approveFiling(context: Context, approve: ApproveFiling): Promise<Approved> {
  const { filingId, digest } = approve;
  const approved = await filingCommand(context, {
    name: "filing.approve",
    key: approve.key,
    request: { filingId, digest, expectedRevision: approve.expectedRevision ?? null },
    work: async (client) => {
      const record = await loadFiling(client, filingId);
      checkRevision(record, approve.expectedRevision);
      checkState(record, "決裁", ["examined"]);
      await checkOtherPerson(client, record, context.operator);
      const { examination, proposal } = await sameProposal(client, context, record, digest);
      // A person at the desk answers for each alert. Work without a session (takeover, command line) has its lists instead.
      if (context.guard !== undefined) await checkAlerts(client, filingId, proposal);
      const deciders: Deciders = {
        filingId,
        typedBy: record.typedBy,
        examinedBy: examination.examinedBy,
        approvedBy: context.operator,
        decidedOn: context.today,
      };
      const event = { filingId, after: record.revision, contentRevision: record.contentRevision };
      const seq = await addEvent(client, context, event, { kind: "approved" });
      crashPoint("filing.approve.event");
      // Decided is what was judged on the day of the examination, whatever day the approval falls on.
      const judging = { ...context, today: examination.judgedOn };
      const cancelled = record.replaces === null ? null : await cancelReplaced(client, judging, record, deciders);
      const filing = filingOf(record, examination.judgedOn, examination.override);
      const applied = await procedureOf(record.procedure).apply(
        client,
        judging,
        filing,
        ownProposal(record, proposal),
        deciders,
      );
      if (cancelled !== null)
        await afterCancellation(client, judging, { record, cancelled, applied, proposal, deciders });
      crashPoint("filing.approve.applied");
      await client.query(
        `INSERT INTO allowance.filing_approval (filing_id, seq, examination_seq, revision, digest, outcome, examined_by, approved_by, decided_on, applied)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
        [
          filingId,
          seq,
          examination.seq,
          record.contentRevision,
          examination.digest,
          proposal.outcome,
          examination.examinedBy,
          context.operator,
          context.today,
          JSON.stringify(applied),
        ],
      );
      return { ...headOf(record, "decided", seq), outcome: proposal.outcome, applied };
    },
  });
  crashPoint("filing.approve.committed");
  return approved;
}

/**
 * 差戻し: the approver sends a filing back to the examination, with the reason.
 *
 * @throws Refusal `filingInvalid`, `filingState`, `filingEnded`, `caseChanged`, `filingUnknown`
 */
export async function sendBack(context: Context, send: OnFiling & { readonly reason: string }): Promise<FilingHead> {
  const reason = checkReason(send.reason, "差戻し");
  return await filingCommand(context, {
    name: "filing.sendBack",
    key: send.key,
    request: { filingId: send.filingId, reason, expectedRevision: send.expectedRevision ?? null },
    work: async (client) => {
      const record = await loadFiling(client, send.filingId);
      checkRevision(record, send.expectedRevision);
      checkState(record, "差戻し", ["examined"]);
      const event = { filingId: record.filingId, after: record.revision, contentRevision: record.contentRevision };
      return headOf(record, "submitted", await addEvent(client, context, event, { kind: "sentBack", reason }));
    },
  });
}
