/** What can be asked for by one person and approved by another, each with its check and its effect. */
import { civilDate, type CivilDate, type Month, month } from "@hagukumi/law/contract.ts";
import type { PoolClient } from "pg";

import type { Context } from "../context.ts";
import { checkLimitationEvent, type LimitationEventKind, writeLimitationEvent } from "../holds/limitation.ts";
import { checkResolution, writeResolution } from "../income/corrections.ts";
import type { FormCode } from "../notices/forms/form-codes.ts";
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

export type RequestContent = LimitationContent | WithheldContent | ResolutionContent;

type Request<C extends RequestContent> = {
  readonly name: string;
  /** Refuses what can't be done; whom it is about */
  readonly check: (client: PoolClient, context: Context, content: C) => Promise<About>;
  /** Takes effect in the transaction of the approval; the context's operator approves */
  readonly apply: (client: PoolClient, context: Context, content: C, requestedBy: string) => Promise<void>;
};

export type AnyRequest = Request<RequestContent>;

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
};
