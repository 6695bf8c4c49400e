/** What can be asked for by one person and approved by another, each with its check and its effect. */
import { civilDate, type CivilDate, type Month, month } from "@hagukumi/law/contract.ts";
import type { PoolClient } from "pg";

import type { Context } from "../context.ts";
import {
  checkLapseCancellation,
  type LapseCancellationContent,
  writeLapseCancellation,
} from "../holds/lapse-cancellation.ts";
import { checkLimitationEvent, type LimitationEventKind, writeLimitationEvent } from "../holds/limitation.ts";
import { checkResolution, writeResolution } from "../income/corrections.ts";
import type { FormCode } from "../notices/forms/form-codes.ts";
import {
  checkCount,
  checkPayout,
  checkReturn,
  type CounterCountContent,
  type CounterPayoutContent,
  type CounterReturnContent,
  writeCount,
  writePayout,
  writeReturn,
} from "../payments/counter/cash-book.ts";
import {
  checkCounterFund,
  checkCounterPayment,
  type CounterFundContent,
  type CounterPaymentContent,
  writeCounterFund,
  writeCounterPayment,
} from "../payments/counter/choose.ts";
import {
  checkRestriction,
  checkRestrictionCancellation,
  checkRestrictionEnd,
  type RestrictionCancellationContent,
  type RestrictionContent,
  type RestrictionEndContent,
  writeRestriction,
  writeRestrictionCancellation,
  writeRestrictionEnd,
} from "../restrictions/restrictions.ts";
import { trayAddressee, writeWithheld } from "../notices/runs/waiting.ts";

/** Whom a request is about. */
export type About = { readonly addresseeNumber: number | null; readonly recipientId: number | null };

type LimitationContent = {
  readonly kind: "limitationEvent";
  readonly recipientId: number;
  readonly fromMonth: string;
  readonly toMonth: string;
  readonly event: LimitationEventKind;
  /** `YYYY-MM-DD` */
  readonly happenedOn: string;
  /** 根拠の文書, 1–200 characters */
  readonly evidence: string;
};

type WithheldContent = {
  readonly kind: "letterWithheld";
  readonly form: FormCode;
  readonly sourceKey: string;
  /** 1–200 characters */
  readonly reason: string;
};

type ResolutionContent = {
  readonly kind: "taxResolution";
  /** 宛名番号 of whose income it is */
  readonly number: number;
  readonly year: number;
  readonly historyNo: number;
  readonly revision: number;
  readonly outcome: "mainEarnerKept" | "recipientChanges";
  /** 1–400 characters */
  readonly reason: string;
};

export type RequestContent =
  | LimitationContent
  | WithheldContent
  | ResolutionContent
  | CounterFundContent
  | CounterPaymentContent
  | CounterPayoutContent
  | CounterReturnContent
  | CounterCountContent
  | RestrictionContent
  | RestrictionEndContent
  | RestrictionCancellationContent
  | LapseCancellationContent;

type Request<C extends RequestContent> = {
  readonly name: string;
  /** Refuses what can't be done; whom it is about */
  readonly check: (client: PoolClient, context: Context, content: C) => Promise<About>;
  /** Takes effect in the transaction of the approval; the context's operator approves. `key`: of the approving command */
  readonly apply: (client: PoolClient, context: Context, content: C, requestedBy: string, key: string) => Promise<void>;
};

export type AnyRequest = Request<RequestContent>;

const NOBODY: About = { addresseeNumber: null, recipientId: null };

const eventOf = (content: LimitationContent) => ({
  recipientId: content.recipientId,
  fromMonth: month(content.fromMonth) satisfies Month,
  toMonth: month(content.toMonth) satisfies Month,
  kind: content.event,
  happenedOn: civilDate(content.happenedOn) satisfies CivilDate,
  evidence: content.evidence,
});

export const requestKinds: { readonly [K in RequestContent["kind"]]: Request<Extract<RequestContent, { kind: K }>> } = {
  limitationEvent: {
    name: "時効に関わる出来事",
    check: async (client, context, content) => ({
      addresseeNumber: await checkLimitationEvent(client, context, eventOf(content)),
      recipientId: content.recipientId,
    }),
    apply: async (client, context, content, requestedBy) => {
      await writeLimitationEvent(client, eventOf(content), { enteredBy: requestedBy, approvedBy: context.operator });
    },
  },
  letterWithheld: {
    name: "通知書を送らない",
    check: async (client, _context, content) => ({
      addresseeNumber: await trayAddressee(client, content),
      recipientId: null,
    }),
    apply: async (client, context, content, requestedBy) => {
      await writeWithheld(client, content, { enteredBy: requestedBy, approvedBy: context.operator });
    },
  },
  taxResolution: {
    name: "生計中心者を確かめた結果",
    check: async (client, context, content) => {
      const recipientId = await checkResolution(client, context, content);
      return { addresseeNumber: content.number, recipientId };
    },
    apply: async (client, context, content, requestedBy) => {
      await writeResolution(client, content, { judgedBy: requestedBy, approvedBy: context.operator });
    },
  },
  counterFund: {
    name: "資金前渡の口座",
    check: async (client, _context, content) => {
      await checkCounterFund(client, content);
      return NOBODY;
    },
    apply: async (client, context, content, requestedBy) => {
      await writeCounterFund(client, content, { enteredBy: requestedBy, approvedBy: context.operator });
    },
  },
  counterPayment: {
    name: "窓口払",
    check: async (client, context, content) => ({
      addresseeNumber: await checkCounterPayment(client, context, content),
      recipientId: content.recipientId,
    }),
    apply: async (client, context, content, requestedBy) => {
      await writeCounterPayment(client, content, { enteredBy: requestedBy, approvedBy: context.operator });
    },
  },
  counterPayout: {
    name: "窓口で現金を渡した",
    // About a line of a run: who pays sees no case, and a protected person's line is handed out like any other.
    check: async (client, context, content) => {
      await checkPayout(client, context, content);
      return NOBODY;
    },
    apply: async (client, context, content, requestedBy) => {
      await writePayout(client, content, { enteredBy: requestedBy, approvedBy: context.operator });
    },
  },
  counterReturn: {
    name: "受け取られない現金の戻入",
    // About a line of a run: who pays sees no case, and a protected person's line is handed out like any other.
    check: async (client, context, content) => {
      await checkReturn(client, context, content);
      return NOBODY;
    },
    apply: async (client, context, content, requestedBy, key) => {
      await writeReturn(client, { ...context, commandKey: key }, content, {
        enteredBy: requestedBy,
        approvedBy: context.operator,
      });
    },
  },
  restriction: {
    name: "支給制限（10条）",
    check: async (client, context, content) => await checkRestriction(client, context, content),
    apply: async (client, context, content, requestedBy) => {
      await writeRestriction(client, context, content, { enteredBy: requestedBy, approvedBy: context.operator });
    },
  },
  restrictionEnd: {
    name: "支給制限の終わり",
    check: async (client, context, content) => await checkRestrictionEnd(client, context, content),
    apply: async (client, context, content, requestedBy) => {
      await writeRestrictionEnd(client, context, content, { enteredBy: requestedBy, approvedBy: context.operator });
    },
  },
  restrictionCancellation: {
    name: "支給制限の取消し",
    check: async (client, _context, content) => await checkRestrictionCancellation(client, content),
    apply: async (client, context, content, requestedBy) => {
      await writeRestrictionCancellation(client, context, content, {
        enteredBy: requestedBy,
        approvedBy: context.operator,
      });
    },
  },
  lapseCancellation: {
    name: "時効による消滅の取消し",
    check: async (client, _context, content) => await checkLapseCancellation(client, content),
    apply: async (client, context, content, requestedBy) => {
      await writeLapseCancellation(client, context, content, { enteredBy: requestedBy, approvedBy: context.operator });
    },
  },
  counterCount: {
    name: "窓口払の現金を数えた",
    check: async (client, context, content) => {
      await checkCount(client, context, content);
      return NOBODY;
    },
    apply: async (client, context, content, requestedBy) => {
      await writeCount(client, content, { enteredBy: requestedBy, approvedBy: context.operator });
    },
  },
};
