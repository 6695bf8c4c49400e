/**
 * 15日の特例の根拠 (児童手当法8条3項・9条2項). The Act knows two grounds: a change of address, and a disaster or another unavoidable
 * reason. By the practice of the municipalities a birth, a death and the like are reasons of the second kind. Where the rule moves the
 * first month, the claim keeps which ground it was, which reason, and what showed it.
 */
import { addMonths, claimDeadline, type CivilDate, type Month, monthOf } from "@hagukumi/law/contract.ts";
import type { PoolClient } from "pg";
import { z } from "zod";

import { CAUSE_REASONS, UNAVOIDABLE_REASONS, type UnavoidableReason, unavoidableReasonLabels } from "./ground-codes.ts";
import type { Deciders, FilingOf, OfficeCalendar } from "../../filings/procedure.ts";
import { textShape } from "../../procedures/shapes.ts";
import type { Inherited } from "./protected-date.ts";
import type { CauseDays } from "./unstored-claim.ts";

/** As it is typed. */
export const groundShape = z
  .strictObject({
    kind: z.enum(["addressChange", "unavoidable"]),
    /** やむを得ない理由, of `unavoidable` alone */
    reason: z.enum(UNAVOIDABLE_REASONS).optional(),
    /** What showed it: 住民票の異動, 母子健康手帳, り災証明書 … */
    evidence: textShape(200),
  })
  .refine(({ kind, reason }) => (kind === "unavoidable") === (reason !== undefined), {
    error: "やむを得ない理由のときだけ、どの理由かを選んでください",
    path: ["reason"],
  });

export type TypedGround = z.output<typeof groundShape>;

/** The ground of a claim whose first month the 15-day rule gives. */
export type ClaimGround = {
  readonly ground: "addressChange" | "unavoidable";
  readonly reason: UnavoidableReason | null;
  readonly evidence: string;
  /** The day from which the 15 are counted */
  readonly baseOn: CivilDate;
  readonly lastDay: CivilDate;
};

const MOVES: readonly string[] = ["moveIn", "moveInFromAbroad"];

/** What shows a cause where nothing else was typed: the record that the examination reads, or the paper of the cause. */
const RECORDS: Readonly<Record<string, string>> = {
  moveIn: "住民基本台帳の転入の記載と転出証明書情報",
  moveInFromAbroad: "住民基本台帳の転入の記載",
  birth: "住民基本台帳の出生の記載",
  recipientDeath: "住民基本台帳の死亡の記載",
};

export type GroundQuestion = {
  readonly cause: string;
  readonly typed: TypedGround | undefined;
  readonly days: CauseDays;
  readonly inherited: Inherited | null;
  readonly start: Month;
};

/**
 * The ground, or null where the first month does not come from the 15-day rule: the claim came in the month of its cause, late, in
 * advance, or an amending Act gives the month.
 */
export function groundOf(
  filing: FilingOf<unknown>,
  question: GroundQuestion,
  { calendar, closedDays }: OfficeCalendar,
): ClaimGround | null {
  const { cause, typed, days, inherited, start } = question;
  const { causeOn, obstacleEndedOn } = days;
  const { receivedOn } = filing;
  if (causeOn === null || start >= addMonths(monthOf(receivedOn), 1)) return null;
  const last = claimDeadline({ on: causeOn, obstacleEndedOn }, calendar, closedDays);
  if (!last.ok || receivedOn > last.value) return null;
  const counted = { baseOn: obstacleEndedOn ?? causeOn, lastDay: last.value };
  if (inherited !== null) {
    const evidence = `受付番号 ${inherited.receptionNumber} の請求の却下（${inherited.refusedOn}）`;
    return { ground: "unavoidable", reason: "claimRefused", evidence, ...counted };
  }
  if (typed !== undefined) {
    return { ground: typed.kind, reason: typed.reason ?? null, evidence: typed.evidence, ...counted };
  }
  const { override } = filing;
  if (override !== null && Object.keys(override.adjust).length > 0) {
    return {
      ground: "unavoidable",
      reason: "other",
      evidence: `案の変更: ${override.reason}`.slice(0, 200),
      ...counted,
    };
  }
  const evidence = RECORDS[cause] ?? "受付で確かめた書類";
  if (MOVES.includes(cause)) return { ground: "addressChange", reason: null, evidence, ...counted };
  return { ground: "unavoidable", reason: CAUSE_REASONS[cause] ?? "other", evidence, ...counted };
}

/** The ground in words, with what showed it. */
export function groundText({ ground, reason, evidence }: ClaimGround): string {
  const which =
    ground === "addressChange" ? "住所の変更" : `やむを得ない理由（${unavoidableReasonLabels[reason ?? "other"]}）`;
  return `15日の特例の根拠は${which}です（児童手当法8条3項）。確かめた資料: ${evidence}`;
}

/** Whether what was typed can be the ground of the cause: a change of address is one of moving in alone. */
export const groundFits = (cause: string, typed: TypedGround | undefined): boolean =>
  typed?.kind !== "addressChange" || MOVES.includes(cause);

/** Stores the ground with its claim, in the approval's transaction. */
export async function storeGround(
  client: PoolClient,
  claimId: number,
  { ground, reason, evidence, baseOn, lastDay }: ClaimGround,
  { examinedBy, approvedBy }: Deciders,
): Promise<void> {
  await client.query(
    `INSERT INTO allowance.claim_ground (claim_id, ground, reason, evidence, base_on, last_day, entered_by, approved_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [claimId, ground, reason, evidence, baseOn, lastDay, examinedBy, approvedBy],
  );
}
