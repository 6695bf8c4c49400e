/** 審査と案の変更: what the office would answer is written down, so that another person can approve exactly that. */
import type { CivilDate } from "@hagukumi/law/contract.ts";
import type { PoolClient } from "pg";
import { z } from "zod";

import { codesOn } from "../case-file/codes.ts";
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
import type { Json, Override, Proposal } from "./procedure.ts";
import { proposalDigest, proposalFor } from "./proposal.ts";
import { type FilingRecord, loadFiling } from "./record.ts";

/** A filing after an examination: the proposal, and the digest that the approver sends back. */
export type Examined = FilingHead & { readonly digest: string; readonly proposal: Proposal };

async function write(
  client: PoolClient,
  context: Context,
  record: FilingRecord,
  judgedOn: CivilDate,
  override: Override | null,
): Promise<Examined> {
  const proposal = await proposalFor(client, context, record, judgedOn, override);
  const digest = proposalDigest(record, judgedOn, override, proposal);
  const event = { filingId: record.filingId, after: record.revision, contentRevision: record.contentRevision };
  const kind =
    override === null ? { kind: "examined" as const } : { kind: "overridden" as const, reason: override.reason };
  const seq = await addEvent(client, context, event, kind);
  await client.query(
    `INSERT INTO allowance.filing_examination (filing_id, seq, revision, outcome, digest, proposal, override, judged_on, examined_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      record.filingId,
      seq,
      record.contentRevision,
      proposal.outcome,
      digest,
      JSON.stringify(proposal),
      override === null ? null : JSON.stringify(override),
      judgedOn,
      context.operator,
    ],
  );
  return { ...headOf(record, "examined", seq), digest, proposal };
}

/** Examines a filing inside an open transaction, with a change of the proposal where one is given. */
export async function examineIn(
  client: PoolClient,
  context: Context,
  record: FilingRecord,
  override: Override | null = null,
): Promise<Examined> {
  if (override === null) return await write(client, context, record, context.today, null);
  const examined = await write(client, context, record, context.today, null);
  return await write(client, context, { ...record, revision: examined.revision }, context.today, override);
}

/**
 * 審査: writes what the rules and the registers say today. A filing may be examined again at any time before the approval.
 *
 * @throws Refusal `filingState`, `filingEnded`, `caseChanged`, `filingUnknown`
 */
export async function examineFiling(context: Context, filing: OnFiling): Promise<Examined> {
  return await filingCommand(context, {
    name: "filing.examine",
    key: filing.key,
    request: { filingId: filing.filingId, expectedRevision: filing.expectedRevision ?? null },
    work: async (client) => {
      const record = await loadFiling(client, filing.filingId);
      checkRevision(record, filing.expectedRevision);
      checkState(record, "審査", ["submitted", "returned", "held", "examined"]);
      return await examineIn(client, context, record);
    },
  });
}

const overrideShape = z.strictObject({
  outcome: z.enum(["grant", "refuse", "acknowledge"]).nullable(),
  reasonCode: z.string().regex(/^[a-zA-Z0-9]{1,40}$/),
  reason: z.string(),
  adjust: z.record(z.string(), z.json()),
});

/** 理由コード: of a refusal a 却下事由, else a 案の変更理由. */
export const reasonDomainOf = (outcome: Override["outcome"]): "refusalCause" | "overrideReason" =>
  outcome === "refuse" ? "refusalCause" : "overrideReason";

/**
 * The reason is chosen from the code table; words only add to it. A refusal needs its 却下事由 wherever it is made, another change only at
 * the desk.
 *
 * @throws Refusal `codeUnknown`
 */
async function checkReasonCode(
  client: PoolClient,
  context: Context,
  outcome: Override["outcome"],
  reasonCode: string,
): Promise<void> {
  const domain = reasonDomainOf(outcome);
  const codes = await codesOn(client, domain, context.today);
  if (codes.some(({ identifier }) => identifier === reasonCode)) return;
  throw refuse(
    "codeUnknown",
    "案を変えられません。理由コードが、いま使えるコード表にありません。一覧から選び直してください。何も変えていません。",
    { domain },
  );
}

export type OverrideFiling = OnFiling & {
  readonly outcome?: Override["outcome"];
  readonly reasonCode: string;
  readonly reason: string;
  readonly adjust?: Readonly<Record<string, Json>>;
};

/**
 * 案の変更: the examiner departs from the proposal, always with a reason; the approver sees both. What can be changed is the
 * answer (`outcome`), or facts that the procedure names (`adjust`, e.g. the day of the cause).
 *
 * @throws Refusal `overrideInvalid` (nothing changed, no reason), `examinationMissing`, `filingState`, `caseChanged`,
 *   `codeUnknown` (a refusal without a 却下事由 of the table; at the desk any reason that is not in its table)
 */
export async function overrideProposal(context: Context, change: OverrideFiling): Promise<Examined> {
  const reason = checkReason(change.reason, "案の変更");
  const parsed = overrideShape.safeParse({
    outcome: change.outcome ?? null,
    reasonCode: change.reasonCode,
    reason,
    adjust: change.adjust ?? {},
  });
  if (!parsed.success || (parsed.data.outcome === null && Object.keys(parsed.data.adjust).length === 0)) {
    throw refuse(
      "overrideInvalid",
      "案を変えられません。変える内容（結果または日付など）と理由コードを確かめてください。何も変えていません。",
    );
  }
  const override: Override = parsed.data;
  const { outcome, reasonCode } = override;
  return await filingCommand(context, {
    name: "filing.override",
    key: change.key,
    request: { filingId: change.filingId, expectedRevision: change.expectedRevision ?? null, override },
    work: async (client) => {
      const record = await loadFiling(client, change.filingId);
      if (context.guard !== undefined || outcome === "refuse")
        await checkReasonCode(client, context, outcome, reasonCode);
      checkRevision(record, change.expectedRevision);
      checkState(record, "案の変更", ["examined"]);
      if (record.examination === null) {
        throw refuse("examinationMissing", "案を変えられません。先に審査してください。何も変えていません。");
      }
      return await write(client, context, record, record.examination.judgedOn, override);
    },
  });
}
