/**
 * 手続: what a kind of filing must say, which papers it needs, by when it is due, what the office proposes and what its
 * approval changes. The workflow 受付→審査→決裁 (`filings/*.ts`) is the same for all of them and knows only this.
 *
 * A procedure never commits, never opens a transaction and never checks people: it is called on the client of the
 * workflow's transaction. `propose` only reads; it must be a function of the filing, of `filing.judgedOn` and of the
 * database, because the approval calls it again and decides only where the answer is the same to the last character.
 */
import type { Calendar, CivilDate, Month, RecipientKind } from "@hagukumi/law/contract.ts";
import type { PoolClient } from "pg";
import type { z } from "zod";

import type { Context } from "../context.ts";
import type { ProcedureCode } from "./procedure-codes.ts";

/** What JSON can hold; `undefined` members are left out. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json | undefined };

/** How a filing came: 窓口, 郵送, オンライン; `exOfficio`: nobody filed, the office acts on what it knows (職権). */
export type Channel = "counter" | "post" | "online" | "exOfficio";

/** Whom a filing is about. Numbers are 宛名番号. */
export type Subject = {
  /** Who files, or about whom the office acts */
  readonly claimant: number;
  readonly recipientKind: RecipientKind;
  /** 認定番号 that the filing names, where it names one */
  readonly recipientId: number | null;
  /** Children and counted persons that it names */
  readonly children: readonly number[];
};

/** A paper that belongs to a filing (施行規則1条の4第2項 and so on). */
export type RequiredDocument = {
  /** Stable code within the procedure, `[a-zA-Z0-9]{1,40}` */
  readonly code: string;
  /** Japanese name */
  readonly name: string;
  /** Why it is needed in this case, Japanese, with the article */
  readonly why: string;
  /** Whether the office may see the fact in its registers instead (施行規則11条); a waiver is recorded with its reason */
  readonly waivable: boolean;
};

/** `stop`: can't be granted as it is. `look`: a person must judge. `note`: good to know. */
export type Weight = "stop" | "look" | "note";

/** One item side by side: what the filing says, what the registers say. Texts are for people, in Japanese. */
export type Difference = {
  /** Stable code of the item, e.g. `claimant.name`, `child.attached`; with `child` where it concerns one child */
  readonly item: string;
  readonly child: number | null;
  readonly filed: string | null;
  readonly registered: string | null;
  readonly weight: Weight;
  /** What it means and what to do, Japanese */
  readonly text: string;
};

/** A change that an approval would make. */
export type Effect = {
  /** Stable code, e.g. `certify`, `increase`, `extinguish`, `account`, `address` */
  readonly kind: string;
  /** What changes, Japanese */
  readonly what: string;
  /** 認定番号; null where it is given only by the approval, or where no recipient is concerned */
  readonly recipientId: number | null;
  /** First benefit month with the new state; null where no month is concerned */
  readonly fromMonth: Month | null;
  readonly before: string | null;
  readonly after: string | null;
  /** Yen a month, of the whole recipient; null where no amount is concerned */
  readonly yenBefore: number | null;
  readonly yenAfter: number | null;
  /** Yen a month by child (宛名番号), in birth order: null = not payable */
  readonly children: readonly {
    readonly child: number;
    readonly before: number | null;
    readonly after: number | null;
  }[];
};

/** `acknowledge`: a report that is only recorded. `impossible`: can't be judged yet, and can't be approved. */
export type Outcome = "grant" | "refuse" | "acknowledge" | "impossible";

/** What the office would answer. Everything in it is shown to the approver, and the approval is bound to all of it. */
export type Proposal = {
  readonly outcome: Outcome;
  /** Why, Japanese sentences with the article */
  readonly reasons: readonly string[];
  readonly differences: readonly Difference[];
  readonly effects: readonly Effect[];
  /** What the answer rests on beyond what is shown (digests of facts, last decision seen, rule version …) */
  readonly basis: Json;
};

/** 案の変更: a person departs from the proposal, always with a reason; the approver sees it. */
export type Override = {
  /** Answer instead of the proposed one; null: only `adjust` */
  readonly outcome: "grant" | "refuse" | "acknowledge" | null;
  /** Reason code, e.g. 却下事由; `[a-zA-Z0-9]{1,40}` */
  readonly reasonCode: string;
  /** 1–400 characters */
  readonly reason: string;
  /** Facts taken otherwise than typed (e.g. `{ causeOn, obstacleEndedOn }`); a procedure documents which it knows */
  readonly adjust: Readonly<Record<string, Json>>;
};

/** A filing as a procedure sees it. */
export type FilingOf<C> = {
  /** null in a preview: nothing is stored yet */
  readonly filingId: number | null;
  readonly receptionNumber: string | null;
  readonly procedure: ProcedureCode;
  readonly content: C;
  /** 受付日 = 請求日: the day that the rules count from; never the day of typing */
  readonly receivedOn: CivilDate;
  readonly channel: Channel;
  readonly wardCode: string;
  readonly subject: Subject;
  /** The filing (decided before) that this one takes the place of (取消・再決定) */
  readonly replaces: number | null;
  readonly override: Override | null;
  /**
   * The day of the examination. Use it wherever the proposal depends on "now": at the approval, which may come days later,
   * it is still the day of the examination, so that an unchanged case gives an unchanged proposal.
   */
  readonly judgedOn: CivilDate;
};

/** Who acts in an approval. All of them differ from each other where the law of this house demands it. */
export type Deciders = {
  /** The filing whose rows are written: the one that is approved, or (while it is taken back) the one that is cancelled */
  readonly filingId: number;
  /** Who typed the content last */
  readonly typedBy: string;
  /** Who examined */
  readonly examinedBy: string;
  /** Who approves: never one of the others */
  readonly approvedBy: string;
  readonly decidedOn: CivilDate;
};

/** What an approval wrote. */
export type Applied = {
  /** 認定番号 of the recipients it concerns */
  readonly recipients: readonly number[];
  /** Decisions (決定) that it wrote */
  readonly decisions: readonly number[];
  /** What `undo` needs, and what the case page shows */
  readonly detail: Json;
};

/** What the cancellation of a decided filing gives back (取消). The approver sees it, and the approval is bound to it. */
export type TakenBack = {
  /** What changes by the cancellation alone, before anything new is decided */
  readonly effects: readonly Effect[];
  /** What the approver must know: notes and things to look at */
  readonly differences: readonly Difference[];
  /** 認定番号 of the recipients whose decisions change by it: their ledger is settled */
  readonly recipients: readonly number[];
  readonly basis: Json;
};

/** 閉庁日: national holidays and what the city has closed besides */
export type OfficeCalendar = { readonly calendar: Calendar; readonly closedDays: readonly CivilDate[] };

/** One kind of filing. Write it with `defineProcedure`, add it to `procedures/list.ts` (or `claims/…` for claims). */
export type Procedure<C> = {
  readonly code: ProcedureCode;
  /** Japanese name as printed on the form */
  readonly name: string;
  /** 様式番号, e.g. "様式第2号"; null for a local form */
  readonly form: string | null;
  /** 根拠, e.g. "児童手当法施行規則1条の4第1項" */
  readonly rule: string;
  /** The typed content. Keys and limits are what the screens build their fields from. */
  readonly shape: z.ZodType<C>;
  readonly subjectOf: (content: C) => Subject;
  /** Papers for this content, in the order in which a clerk asks for them */
  readonly documents: (content: C) => readonly RequiredDocument[];
  /** 届出・請求の期限: legal deadline of the claimant for this filing, by the city's calendar; null where there is none */
  readonly dueDate: (content: C, calendar: OfficeCalendar) => CivilDate | null;
  /** Reads only. Throws nothing for content that fits the shape: what is wrong is said in the proposal. */
  readonly propose: (client: PoolClient, context: Context, filing: FilingOf<C>) => Promise<Proposal>;
  /**
   * Writes what was proposed, in the approval's transaction. Called for `grant`, `refuse` and `acknowledge`, only with the
   * very proposal that the approver saw.
   */
  readonly apply: (
    client: PoolClient,
    context: Context,
    filing: FilingOf<C>,
    proposal: Proposal,
    deciders: Deciders,
  ) => Promise<Applied>;
  /**
   * Takes back what `apply` wrote by further rows, before a replacing filing is judged and applied (取消・再決定): nothing is
   * edited. Rows of tables that carry `filing_id` need nothing here where their readers leave out cancelled filings
   * (`allowance.filing_cancellation`). `context.today` is the day of the examination. It is also called in a savepoint that is
   * rolled back, to show what it would do: numbers that a sequence gives to rows written here must not appear in a proposal.
   *
   * @throws Refusal `filingStopped` where it can't be taken back, with what to do instead
   */
  readonly undo: (
    client: PoolClient,
    context: Context,
    filing: FilingOf<C>,
    applied: Applied,
    deciders: Deciders,
  ) => Promise<TakenBack>;
};

/** A procedure whose content type is closed in: every function checks the content against the shape first. */
export type AnyProcedure = Omit<Procedure<never>, "shape" | keyof Procedures> & Procedures;

type Procedures = {
  readonly shape: z.ZodType;
  readonly subjectOf: (content: unknown) => Subject;
  readonly documents: (content: unknown) => readonly RequiredDocument[];
  readonly dueDate: (content: unknown, calendar: OfficeCalendar) => CivilDate | null;
  readonly propose: (client: PoolClient, context: Context, filing: FilingOf<unknown>) => Promise<Proposal>;
  readonly apply: (
    client: PoolClient,
    context: Context,
    filing: FilingOf<unknown>,
    proposal: Proposal,
    deciders: Deciders,
  ) => Promise<Applied>;
  readonly undo: (
    client: PoolClient,
    context: Context,
    filing: FilingOf<unknown>,
    applied: Applied,
    deciders: Deciders,
  ) => Promise<TakenBack>;
};

/** Closes a procedure for the registry. */
export function defineProcedure<C>(procedure: Procedure<C>): AnyProcedure {
  const { shape } = procedure;
  const typed = (filing: FilingOf<unknown>): FilingOf<C> => ({ ...filing, content: shape.parse(filing.content) });
  return {
    code: procedure.code,
    name: procedure.name,
    form: procedure.form,
    rule: procedure.rule,
    shape,
    subjectOf: (content) => procedure.subjectOf(shape.parse(content)),
    documents: (content) => procedure.documents(shape.parse(content)),
    dueDate: (content, calendar) => procedure.dueDate(shape.parse(content), calendar),
    propose: async (client, context, filing) => await procedure.propose(client, context, typed(filing)),
    apply: async (client, context, filing, proposal, deciders) =>
      await procedure.apply(client, context, typed(filing), proposal, deciders),
    undo: async (client, context, filing, applied, deciders) =>
      await procedure.undo(client, context, typed(filing), applied, deciders),
  };
}
