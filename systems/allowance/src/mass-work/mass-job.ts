/**
 * 一括処理の種類: what one kind of mass work knows. Everything else – list, approval, slices, resuming, cancelling, evidence –
 * is the same for all of them and lives beside this file.
 *
 * The rule that makes a mass run safe: `judge` says what would be written, and says it again in the transaction that writes.
 * Only an item that comes out letter by letter as it stands in the approved list is handed to `apply`.
 */
import { createHash } from "node:crypto";

import type { CivilDate, Month } from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import { canonicalJson } from "@hagukumi/platform/text/canonical-json.ts";
import type { PoolClient } from "pg";
import type { z } from "zod";

import type { Context } from "../context.ts";
import type { MassOutcome } from "./states.ts";
import type { TakeBack } from "./undo/take-back.ts";

/** JSON as it is stored; the content of an item must survive it unchanged. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** One line of the list (案の一覧): whose, what, from what to what, from when, why. */
export type MassItem = {
  /** 対象: 認定番号 or 宛名番号, as the job's `subjectKind` says */
  readonly subject: number;
  /** Order within the subject, 1–999 */
  readonly part: number;
  readonly addresseeNumber: number;
  readonly recipientId: number | null;
  /** What kind of line, one of the job's `kinds` */
  readonly kind: string;
  readonly outcome: MassOutcome;
  /** Why (理由), also why nothing changes or why it is impossible; Japanese, without names and addresses */
  readonly reason: string;
  readonly before: string | null;
  readonly after: string | null;
  /** Yen a month, whole and not negative, where the line is about an amount */
  readonly yenBefore: number | null;
  readonly yenAfter: number | null;
  /** First month of the new state */
  readonly effectiveMonth: Month | null;
  /** Everything `apply` writes, and everything the line rests on (digest of facts …): a difference here is a changed case */
  readonly content: Json;
};

/** What the mechanism gives to a job. */
export type MassWork<P> = {
  readonly parameters: P;
  /** `today` is the day as of which is judged (基準日), the same at the list and at the writing */
  readonly context: Context;
};

/** What writing needs beside: two different people, and the day of the decision. */
export type MassWriting<P> = MassWork<P> & {
  readonly runNo: number;
  readonly maker: string;
  readonly approver: string;
  readonly decidedOn: CivilDate;
};

/** A check after the run; 0 faults is a pass. */
export type MassCheck = { readonly name: string; readonly faults: number; readonly detail: string };

/** What was written for one item, as numbers for the evidence: `{ decisions: [12, 13] }`. */
export type Applied = Readonly<Record<string, Json>>;

export type MassJob<P> = {
  /** Identifier, e.g. `ageMilestones` */
  readonly code: string;
  /** Japanese name for menus, letters and the run book */
  readonly name: string;
  readonly description: string;
  /** 排他の組: of the jobs of one lane at most one is running. Jobs that decide about the same cases share a lane. */
  readonly lane: string;
  readonly subjectKind: "recipient" | "person";
  /** Kinds of lines with their names for the list's filter */
  readonly kinds: Readonly<Record<string, string>>;
  /** Strict shape of the parameters; the descriptions are the labels of the form */
  readonly parameters: z.ZodType<P>;
  /** 対象の期間: `YYYY-MM`, or the fiscal year `YYYY`; what predecessors must be done for */
  readonly periodOf: (parameters: P) => string;
  /** Subjects per slice, one transaction each; default 500 */
  readonly slice?: number;
  /** How many subjects there are, for the progress */
  readonly count: (connection: Queryable, work: MassWork<P>) => Promise<number>;
  /** The next subjects after the given one in ascending order, at most `limit`. Reads only. */
  readonly subjects: (
    connection: Queryable,
    work: MassWork<P>,
    after: number,
    limit: number,
  ) => Promise<readonly number[]>;
  /**
   * What would be written for the subjects, and about whom nothing can be. Reads only; the answer for one subject must not
   * depend on which others are asked for with it. A subject may have no line.
   */
  readonly judge: (client: PoolClient, work: MassWork<P>, subjects: readonly number[]) => Promise<readonly MassItem[]>;
  /** Writes items of the list that still stand. Returns what was written, in the order of the items. */
  readonly apply: (client: PoolClient, work: MassWriting<P>, items: readonly MassItem[]) => Promise<readonly Applied[]>;
  /** 戻し: how what was written is taken back; a text: why it is not, and what to do instead (a whole Japanese sentence) */
  readonly takeBack?: TakeBack | string;
  /** Code of the kind whose runs this one takes back */
  readonly undoes?: string;
  /** Invariants after the run */
  readonly checks?: (client: PoolClient, work: MassWork<P>) => Promise<readonly MassCheck[]>;
};

/** A job whose parameters are not known by type: how the register holds it. Its functions parse them first. */
export type AnyMassJob = MassJob<unknown>;

/** Declares a job: whatever its functions are given is parsed by its own shape first, so stored parameters can't surprise it. */
export function defineMassJob<P>(job: MassJob<P>): AnyMassJob {
  const typed = <W extends MassWork<unknown>>(work: W): W & MassWork<P> => ({
    ...work,
    parameters: job.parameters.parse(work.parameters),
  });
  const { checks, ...rest } = job;
  return {
    ...rest,
    periodOf: (parameters) => job.periodOf(job.parameters.parse(parameters)),
    count: async (connection, work) => await job.count(connection, typed(work)),
    subjects: async (connection, work, after, limit) => await job.subjects(connection, typed(work), after, limit),
    judge: async (client, work, subjects) => await job.judge(client, typed(work), subjects),
    apply: async (client, work, items) => await job.apply(client, typed(work), items),
    ...(checks === undefined ? {} : { checks: async (client, work) => await checks(client, typed(work)) }),
  };
}

/** Hash of one line as the approval binds it (SHA-256 of canonical JSON). */
export function itemDigest(item: MassItem): string {
  return createHash("sha256").update(canonicalJson(item)).digest("hex");
}
