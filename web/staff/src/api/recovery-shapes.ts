/** What the pages of 債権 are made of. Amounts in yen, days `YYYY-MM-DD`, months `YYYY-MM`; children and recipients by number alone. */
import {
  ageLabels,
  isOpenRecovery,
  planLabels,
  proposalLabels,
  RECOVERY_STATES,
  recoveryCauseLabels,
  recoveryEventLabels,
  recoveryStateLabels,
} from "@hagukumi/allowance/contract.ts";
import type { Debt, ListedRecovery, RecoveryClaim, RecoveryProposal } from "@hagukumi/allowance/contract.ts";
import { z } from "zod";

export const recoveryState = z.enum(RECOVERY_STATES);

export const claimRow = z
  .object({
    recoveryId: z.int(),
    recipientId: z.int(),
    foundOn: z.string(),
    state: recoveryState,
    stateName: z.string(),
    open: z.boolean(),
    causeName: z.string().nullable(),
    amount: z.int(),
    offset: z.int(),
    received: z.int(),
    writtenOff: z.int(),
    outstanding: z.int(),
    /** 時効の完成する日; null: stopped */
    completeOn: z.string().nullable(),
    clockReasons: z.array(z.string()),
    warned: z.boolean(),
    late: z.int(),
    nextDueOn: z.string().nullable(),
  })
  .meta({ id: "RecoveryRow", description: "債権の1行" });

export function rowOf(each: ListedRecovery): z.input<typeof claimRow> {
  return {
    ...each,
    stateName: recoveryStateLabels[each.state],
    open: isOpenRecovery(each.state),
    causeName: each.cause === null ? null : recoveryCauseLabels[each.cause],
    completeOn: each.clock.completeOn,
    clockReasons: [...each.clock.reasons],
  };
}

export const debtShape = z
  .object({
    recoveryId: z.int(),
    recipientId: z.int(),
    state: recoveryState,
    stateName: z.string(),
    foundOn: z.string(),
    outstanding: z.int(),
    offset: z.boolean(),
  })
  .meta({ id: "Debt", description: "返納の残り" });

export const debtView = (each: Debt): z.input<typeof debtShape> => ({
  ...each,
  stateName: recoveryStateLabels[each.state],
});

export const count = z.object({ code: z.string(), name: z.string(), count: z.int(), outstanding: z.int() });
export const ageName = (age: keyof typeof ageLabels): string => ageLabels[age];

const offsetTerms = z.object({
  perPayment: z.int(),
  keep: z.int(),
  fromPayment: z.string(),
  toPayment: z.string().nullable(),
});

export const waitingProposal = z.object({
  proposalId: z.int(),
  recoveryId: z.int(),
  recipientId: z.int(),
  kind: z.string(),
  kindName: z.string(),
  /** What would be decided, in words */
  lines: z.array(z.string()),
  contentDigest: z.string(),
  proposedOn: z.string(),
  proposedBy: z.string(),
});

export const claimShape = claimRow
  .extend({
    parts: z.array(
      z.object({
        child: z.int(),
        month: z.string(),
        amount: z.int(),
        recovered: z.int(),
        outstanding: z.int(),
        employeeClass: z.string().nullable(),
        band: z.string().nullable(),
        paidOn: z.string().nullable(),
      }),
    ),
    events: z.array(
      z.object({
        seq: z.int(),
        kindName: z.string(),
        happenedOn: z.string(),
        dueOn: z.string().nullable(),
        amount: z.int().nullable(),
        actor: z.string().nullable(),
      }),
    ),
    rule: z
      .object({ basis: z.string(), limitationYears: z.int(), interest: z.boolean(), levy: z.boolean() })
      .nullable(),
    plan: z
      .object({
        method: z.enum(["lumpSum", "instalments", "offset"]),
        methodName: z.string(),
        total: z.int(),
        pledgedOn: z.string().nullable(),
        offset: offsetTerms.nullable(),
      })
      .nullable(),
    instalments: z.array(z.object({ no: z.int(), dueOn: z.string(), amount: z.int(), paid: z.int() })),
    receipts: z.array(
      z.object({
        receiptId: z.int(),
        reference: z.string(),
        paidOn: z.string(),
        amount: z.int(),
        excess: z.int(),
        refundedOn: z.string().nullable(),
        enteredBy: z.string(),
      }),
    ),
    waiting: z.array(waitingProposal),
  })
  .meta({ id: "RecoveryClaim", description: "債権の1件: 残り・月分・計画・時効・収納・案" });

const yen = (amount: number): string => `${amount.toLocaleString("ja-JP")}円`;
const SUSPENSIONS = {
  suspended: "審査請求などで停止した",
  ruled: "裁決・判決で終わった（更新）",
  unruled: "裁決なく終わった",
} as const;

/** A proposal in the words of its approver. */
export function proposalLines(proposal: RecoveryProposal): string[] {
  if (proposal.kind === "cause")
    return [`原因: ${recoveryCauseLabels[proposal.cause]}`, `確かめたこと: ${proposal.basis}`];
  const reason = `理由: ${proposal.reason}`;
  if (proposal.kind === "writeOff") {
    return [`根拠: ${proposal.ground === "limitation" ? "時効の完成" : "決裁（債権の放棄など）"}`, reason];
  }
  if (proposal.kind === "refund") return [`収納 ${String(proposal.receiptId)} の過納を還付する`, reason];
  if (proposal.kind === "suspension") return [`${SUSPENSIONS[proposal.what]}（${proposal.on}）`, reason];
  const { method, offset, instalments = [], pledgedOn } = proposal;
  return [
    `方法: ${planLabels[method]}`,
    ...(offset === undefined
      ? []
      : [
          `1回の支払から ${yen(offset.perPayment)} まで差し引き、${yen(offset.keep)} は必ず支払う。${offset.fromPayment} の支払期から${offset.toPayment === undefined ? "、なくなるまで" : ` ${offset.toPayment} まで`}`,
        ]),
    ...instalments.map(({ dueOn, amount }, index) => `第${String(index + 1)}回 ${dueOn} まで ${yen(amount)}`),
    ...(pledgedOn === undefined ? [] : [`${method === "offset" ? "同意" : "分納誓約"}の日: ${pledgedOn}`]),
    reason,
  ];
}

export function waitingOf(waiting: RecoveryClaim["waiting"]): z.input<typeof waitingProposal>[] {
  return waiting.map(({ content, ...rest }) => ({
    ...rest,
    kind: content.kind,
    kindName: proposalLabels[content.kind],
    lines: proposalLines(content),
  }));
}

export function claimOf(found: RecoveryClaim): z.input<typeof claimShape> {
  return {
    ...rowOf(found.claim),
    parts: [...found.parts],
    events: found.events.map((event) => ({ ...event, kindName: recoveryEventLabels[event.kind] })),
    rule: found.rule,
    plan: found.plan === null ? null : { ...found.plan, methodName: planLabels[found.plan.method] },
    instalments: [...found.instalments],
    receipts: [...found.receipts],
    waiting: waitingOf(found.waiting),
  };
}
