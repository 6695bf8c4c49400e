/**
 * What was written as JSON and is read back: proposals, changes of them, what an approval wrote. JSON in a table can be older than
 * the program, so it is read by a shape; what does not fit is refused with a code, never taken on trust.
 */
import type { Month } from "@hagukumi/law/contract.ts";
import { parseMonth } from "@hagukumi/law/contract.ts";
import { z } from "zod";

import { refuse } from "../refusal.ts";
import type { Applied, Difference, Effect, Json, Override, Proposal } from "./procedure.ts";

const jsonShape: z.ZodType<Json> = z.json();

const monthShape = z.custom<Month>((value) => typeof value === "string" && parseMonth(value) !== undefined);

const differenceShape: z.ZodType<Difference> = z.strictObject({
  item: z.string(),
  child: z.int().nullable(),
  filed: z.string().nullable(),
  registered: z.string().nullable(),
  weight: z.enum(["stop", "look", "note"]),
  text: z.string(),
});

const yenShape = z.int().nullable();

const effectShape: z.ZodType<Effect> = z.strictObject({
  kind: z.string(),
  what: z.string(),
  recipientId: z.int().nullable(),
  fromMonth: monthShape.nullable(),
  before: z.string().nullable(),
  after: z.string().nullable(),
  yenBefore: yenShape,
  yenAfter: yenShape,
  children: z.array(z.strictObject({ child: z.int(), before: yenShape, after: yenShape })),
});

const proposalShape: z.ZodType<Proposal> = z.strictObject({
  outcome: z.enum(["grant", "refuse", "acknowledge", "impossible"]),
  reasons: z.array(z.string()),
  differences: z.array(differenceShape),
  effects: z.array(effectShape),
  basis: jsonShape,
});

const overrideShape: z.ZodType<Override> = z.strictObject({
  outcome: z.enum(["grant", "refuse", "acknowledge"]).nullable(),
  reasonCode: z.string(),
  reason: z.string(),
  adjust: z.record(z.string(), jsonShape),
});

const appliedShape: z.ZodType<Applied> = z.strictObject({
  recipients: z.array(z.int()),
  decisions: z.array(z.int()),
  detail: jsonShape,
});

/** @throws Refusal `storedUnreadable` */
function read<T>(shape: z.ZodType<T>, stored: unknown, receptionNumber: string, what: string): T {
  const parsed = shape.safeParse(stored);
  if (parsed.success) return parsed.data;
  throw refuse(
    "storedUnreadable",
    `受付番号 ${receptionNumber} の${what}の記録が、いまのプログラムでは読めません。決裁の前なら、もう一度審査してください。決裁の後なら、この受付番号をシステムの担当者に知らせてください。何も変えていません。`,
    { fields: parsed.error.issues.map(({ path }) => path.join(".")).slice(0, 5) },
  );
}

/** A stored proposal (案). @throws Refusal `storedUnreadable` */
export const readProposal = (stored: unknown, receptionNumber: string): Proposal =>
  read(proposalShape, stored, receptionNumber, "審査");

/** A stored change of the proposal (案の変更). @throws Refusal `storedUnreadable` */
export const readOverride = (stored: unknown, receptionNumber: string): Override | null =>
  read(overrideShape.nullable(), stored, receptionNumber, "案の変更");

/** What an approval wrote. @throws Refusal `storedUnreadable` */
export const readApplied = (stored: unknown, receptionNumber: string): Applied =>
  read(appliedShape, stored, receptionNumber, "決裁");

/**
 * What the procedure's own proposal rests on: the approval writes exactly that. Months in it: `monthOfBasis`.
 *
 * @throws Refusal `storedUnreadable`
 */
export const readBasis = <T>(shape: z.ZodType<T>, proposal: Proposal, receptionNumber: string | null): T =>
  read(shape, proposal.basis, receptionNumber ?? "", "審査");

/** A month inside a basis. */
export const monthOfBasis = monthShape;
