/**
 * 徴収の計画: 一括, 分納 (分納誓約), 内払 (児童手当法13条). A plan takes effect with its letter: what must be paid and until when, or what
 * is taken out of the next payments. A new plan takes the place of the one before; an offset under way ends with it.
 */
import { civilDate, type CivilDate, month, parseCivilDate, parseMonth } from "@hagukumi/law/contract.ts";
import type { PoolClient } from "pg";
import { z } from "zod";

import type { Context } from "../context.ts";
import { checkOffsetTerms, writeAdvanceOffset } from "../deductions/advance-offset.ts";
import { refuse } from "../refusal.ts";
import {
  addEvent,
  dueDay,
  OFFSET_AGREED,
  OFFSET_NOTIFIED,
  type Recovery,
  recoverySetting,
  writeOffsetNotice,
  writeRecoveryNotice,
} from "./record.ts";

const day = z.string().refine((value) => parseCivilDate(value) !== undefined, "存在しない日付です。");
const yen = z.int().min(1).max(99_999_999);
const paymentMonth = z
  .string()
  .refine((value) => parseMonth(value) !== undefined && Number(value.slice(5)) % 2 === 0, "偶数月（支払期月）です。");

/** A plan as it is proposed. Days `YYYY-MM-DD`, payment months `YYYY-MM` (even), whole yen. */
export const planShape = z.strictObject({
  kind: z.literal("plan"),
  method: z.enum(["lumpSum", "instalments", "offset"]),
  /** 分納誓約の日 (instalments), 内払への同意の日 (offset; absent: without consent, and `reason` says why) */
  pledgedOn: day.optional(),
  instalments: z
    .array(z.strictObject({ dueOn: day, amount: yen }))
    .max(120)
    .optional(),
  /** 内払: the most that one payment is lessened by, what each payment leaves at least, and from which payment */
  offset: z
    .strictObject({
      perPayment: yen,
      keep: z.int().min(0).max(99_999_999),
      fromPayment: paymentMonth,
      toPayment: paymentMonth.optional(),
    })
    .optional(),
  reason: z.string().trim().min(1).max(400),
});

export type RecoveryPlan = z.infer<typeof planShape>;

export const planLabels = { lumpSum: "一括", instalments: "分納", offset: "内払（13条）" } as const;

export function invalid(message: string): never {
  throw refuse("recoveryInvalid", `債権の案を受け付けられません。${message}何も変えていません。`);
}

function checkOffset(today: CivilDate, { method, offset, pledgedOn, reason }: RecoveryPlan): void {
  if (method !== "offset") {
    if (offset !== undefined) invalid("支払から差し引く額を書くのは、内払だけです。");
    return;
  }
  if (offset === undefined) invalid("内払には、1回の額・残す額・初めの支払期月が要ります。");
  if (offset.fromPayment < today.slice(0, 7)) invalid("初めの支払期月が過ぎています。");
  checkOffsetTerms({ ...termsOf(offset), consent: pledgedOn ?? reason });
}

const termsOf = ({ perPayment, keep, fromPayment, toPayment }: NonNullable<RecoveryPlan["offset"]>) => ({
  perPayment,
  keep,
  fromPayment: month(fromPayment),
  toPayment: toPayment === undefined ? undefined : month(toPayment),
});

/** Whether the plan fits the claim. @throws Refusal `recoveryInvalid`, `deductionInvalid` */
export function checkPlan(today: CivilDate, recovery: Recovery, plan: RecoveryPlan): void {
  const { method, instalments = [], pledgedOn } = plan;
  if (pledgedOn !== undefined && pledgedOn > today) invalid("同意・誓約の日が今日より後です。");
  checkOffset(today, plan);
  if (method !== "instalments") {
    if (instalments.length > 0) invalid("各回の額を書くのは、分納だけです。");
    return;
  }
  if (pledgedOn === undefined) invalid("分納には、分納誓約の日が要ります。");
  if (instalments.length < 2) invalid("分納は2回以上です。");
  const total = instalments.reduce((sum, { amount }) => sum + amount, 0);
  if (total !== recovery.outstanding) {
    invalid(
      `各回の合計 ${total.toLocaleString("ja-JP")}円 が、残り ${recovery.outstanding.toLocaleString("ja-JP")}円 と違います。`,
    );
  }
  let before: string = today;
  for (const { dueOn } of instalments) {
    if (dueOn <= before) invalid("納期限は、今日より後で、回の順に並べてください。");
    before = dueOn;
  }
}

/** Ends the offset of the plan before, so that a claim is never asked for in two ways. */
async function endOffsets(
  client: PoolClient,
  recovery: Recovery,
  proposalId: number,
  endedOn: CivilDate,
): Promise<void> {
  await client.query(
    `INSERT INTO allowance.advance_offset_end (offset_id, revision, proposal_id, ended_on)
     SELECT o.offset_id, max(o.revision), $2, $3 FROM allowance.recovery_plan p JOIN allowance.advance_offset o USING (offset_id)
     WHERE p.recovery_id = $1 AND p.proposal_id <> $2 AND NOT EXISTS (SELECT FROM allowance.advance_offset_end e WHERE e.offset_id = o.offset_id)
     GROUP BY o.offset_id`,
    [recovery.recoveryId, proposalId, endedOn],
  );
}

/** The plan takes effect in the open transaction: record, event, letter, and for an offset what the payment runs take. */
export async function applyPlan(
  client: PoolClient,
  context: Context,
  recovery: Recovery,
  decided: { readonly proposalId: number; readonly proposedBy: string; readonly plan: RecoveryPlan },
): Promise<void> {
  const { proposalId, proposedBy, plan } = decided;
  const { dueDays } = await recoverySetting(client, context);
  const single = await dueDay(client, context, context.today, dueDays);
  const instalments =
    plan.method === "lumpSum" ? [{ dueOn: single, amount: recovery.outstanding }] : (plan.instalments ?? []);
  await endOffsets(client, recovery, proposalId, context.today);
  const offsetId =
    plan.offset === undefined
      ? null
      : await writeAdvanceOffset(
          client,
          {
            ...termsOf(plan.offset),
            recipientId: recovery.recipientId,
            consentOn: plan.pledgedOn === undefined ? undefined : civilDate(plan.pledgedOn),
            consent: plan.reason,
          },
          { enteredBy: proposedBy, approvedBy: context.operator },
        );
  await client.query(
    "INSERT INTO allowance.recovery_plan (proposal_id, recovery_id, method, total, pledged_on, offset_id) VALUES ($1, $2, $3, $4, $5, $6)",
    [proposalId, recovery.recoveryId, plan.method, recovery.outstanding, plan.pledgedOn ?? null, offsetId],
  );
  await client.query(
    `INSERT INTO allowance.recovery_instalment SELECT $1, row_number() OVER (ORDER BY x.due_on), x.due_on, x.amount
     FROM unnest($2::date[], $3::int[]) x(due_on, amount)`,
    [proposalId, instalments.map(({ dueOn }) => dueOn), instalments.map(({ amount }) => amount)],
  );
  const event = { kind: "planned", on: context.today, proposalId, amount: recovery.outstanding } as const;
  if (plan.offset !== undefined) {
    // No demand goes out: only the debtor's consent moves the limitation, as an acknowledgement.
    const note = plan.pledgedOn === undefined ? OFFSET_NOTIFIED : OFFSET_AGREED;
    const agreed = await addEvent(client, recovery, { ...event, note }, context.operator);
    return await writeOffsetNotice(client, context, agreed, plan.offset, plan.reason);
  }
  const dueOn = civilDate(instalments[0]?.dueOn ?? single);
  const billed = await addEvent(client, recovery, { ...event, dueOn, note: plan.method }, context.operator);
  const stage = plan.method === "instalments" ? "instalments" : "demand";
  await writeRecoveryNotice(client, context, billed, {
    stage,
    dueOn,
    amount: recovery.outstanding,
    reason: plan.reason,
  });
}
