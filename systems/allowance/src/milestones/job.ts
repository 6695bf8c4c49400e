/**
 * 年齢到達の減額・消滅: the decisions that time alone brings in one month, for all cases at once (R35: no report is needed for them,
 * but every one is a decision with a written notice).
 */
import { type Month, parseMonth } from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import type { PoolClient } from "pg";
import { z } from "zod";

import { storeFacts } from "../claims/examine.ts";
import { decisionsBack } from "../decisions/take-back.ts";
import { writeDecisions } from "../decisions/write-decisions.ts";
import { type Applied, defineMassJob, type MassItem, type MassWriting } from "../mass-work/mass-job.ts";
import { refuse } from "../refusal.ts";
import { milestonesIn, milestoneLabels } from "./events.ts";
import { linesOf } from "./lines.ts";
import { writeMassNotices } from "./notices.ts";
import { type CasePlan, plansFor } from "./plan.ts";

const monthShape = z
  .string()
  .refine((text) => parseMonth(text) !== undefined, { error: "YYYY-MM の正しい年月で指定してください" })
  .transform((text) => text as Month)
  .describe("年齢に到達する月（減額・消滅はその翌月分から）");

/** 対象の年月. */
export const milestoneParameters = z.strictObject({ month: monthShape });

type Parameters = z.infer<typeof milestoneParameters>;

async function recipientsOf(connection: Queryable, at: Month): Promise<readonly number[]> {
  return [...new Set((await milestonesIn(connection, at, at)).map(({ recipientId }) => recipientId))];
}

async function decisionsOf(client: PoolClient, recipients: readonly number[]): Promise<ReadonlyMap<string, number>> {
  const { rows } = await client.query<{ recipient_id: number; seq: number; decision_id: number }>(
    "SELECT recipient_id, seq, decision_id FROM allowance.decision WHERE recipient_id = ANY ($1)",
    [recipients],
  );
  return new Map(rows.map((row) => [`${row.recipient_id}/${row.seq}`, row.decision_id]));
}

function noticeOf(plan: CasePlan, decision: CasePlan["decisions"][number]) {
  return {
    kind: "decidedExOfficio" as const,
    to: plan.addresseeNumber,
    facts: {
      recipientId: plan.recipientId,
      decision: decision.kind,
      fromMonth: decision.effective,
      cause: decision.cause,
      monthlyTotal: decision.monthlyTotal,
    },
  };
}

async function apply(
  client: PoolClient,
  work: MassWriting<Parameters>,
  items: readonly MassItem[],
): Promise<readonly Applied[]> {
  const subjects = [...new Set(items.map(({ subject }) => subject))];
  const plans = await plansFor(client, work.context, work.parameters.month, subjects);
  const planned = plans.map((plan) => {
    const { episode, recipient } = plan;
    if (episode === null || recipient === null) {
      throw refuse("factsChanged", "事案の事実が変わりました。もう一度一覧を作ってください。何も変えていません。");
    }
    return { plan, episode, recipient };
  });
  await storeFacts(
    client,
    planned.map(({ episode }) => episode.facts),
  );
  await writeDecisions(
    client,
    planned.map(({ plan, episode, recipient }) => ({
      key: plan.key,
      opening: episode.opening,
      recipientId: plan.recipientId,
      ordinal: recipient.ordinal,
      lastSeq: recipient.decisions.at(-1)?.seq ?? 0,
      decisions: plan.decisions,
      facts: episode.facts,
      examinedBy: work.maker,
      accounts: [],
      origin: "batch" as const,
    })),
    [],
    { approvedBy: work.approver, decidedOn: work.decidedOn },
  );
  const notices = plans.flatMap((plan) => plan.decisions.map((decision) => noticeOf(plan, decision)));
  await writeMassNotices(client, work.runNo, { on: work.decidedOn, by: work.approver }, notices);
  const numbers = await decisionsOf(client, subjects);
  const last = new Map(planned.map(({ plan, recipient }) => [plan.recipientId, recipient.decisions.at(-1)?.seq ?? 0]));
  return items.map(({ subject, part }) => ({
    decision: numbers.get(`${subject}/${(last.get(subject) ?? 0) + part}`) ?? null,
  }));
}

export const ageMilestones = defineMassJob<Parameters>({
  code: "ageMilestones",
  name: "年齢到達の減額・消滅",
  description:
    "その月に3歳・18歳年度末・22歳年度末・卒業予定・留学の限度を迎える人のいる受給者について、翌月分からの減額・消滅を職権で決める",
  lane: "decisions",
  subjectKind: "recipient",
  kinds: milestoneLabels,
  parameters: milestoneParameters,
  periodOf: ({ month }) => month,
  count: async (connection, { parameters }) => (await recipientsOf(connection, parameters.month)).length,
  subjects: async (connection, { parameters }, after, limit) =>
    (await recipientsOf(connection, parameters.month)).filter((id) => id > after).slice(0, limit),
  judge: async (client, { parameters, context }, subjects) =>
    linesOf(await plansFor(client, context, parameters.month, subjects), parameters.month, context.calendar),
  apply,
  takeBack: decisionsBack,
  checks: async (client, { parameters }) => {
    const { rows } = await client.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM allowance.due_item i JOIN allowance.recipient_window w USING (recipient_id)
       LEFT JOIN allowance.due_reversal v USING (child_number, benefit_month, generation, tranche)
       WHERE v.tranche IS NULL AND i.benefit_month >= w.ended_from AND w.ended_from > $1`,
      [`${parameters.month}-01`],
    );
    return [{ name: "この月の後に終わった資格に、支払うべき額がない", faults: rows[0]?.n ?? 0, detail: "" }];
  },
});
