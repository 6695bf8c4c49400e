/**
 * 経過措置: starts that the amending Acts fix themselves.
 *
 * - 平22法19 附則3条・4条・5条 (子ども手当 from 2010-04)
 * - 平23法107 附則3条 (特別措置法 from 2011-10: everyone claims again)
 * - 令6法47 附則13条 (from 2024-10)
 */
import type { RecipientKind } from "../case/types.ts";
import { bandCode, type BandEnds } from "../dates/age.ts";
import { monthOfDay, packDay, type MonthIndex, type PackedDay } from "../dates/packed.ts";
import { contains, type Span } from "../dates/spans.ts";
import { FIRST_INDEX, FIRST_R2, FIRST_R6 } from "../parameters/regimes.ts";
import { JH } from "./article6-amounts.ts";
import type { ReadClaim } from "./article8-start.ts";

/** One reform: who met the requirements on `day` and claims in `first … last` is paid from `month`. */
interface Transition {
  readonly day: PackedDay;
  readonly first: PackedDay;
  readonly last: PackedDay;
  readonly month: MonthIndex;
}

/** 平22法19 附則4条; earlier claims are deemed made (附則3条). */
const APRIL_2010: Transition = { day: packDay(2010, 4, 1), first: 0, last: packDay(2010, 9, 30), month: FIRST_INDEX };
/** 平23法107 附則3条. */
const OCTOBER_2011: Transition = {
  day: packDay(2011, 10, 1),
  first: packDay(2011, 10, 1),
  last: packDay(2012, 9, 30),
  month: FIRST_R2,
};
/** 令6法47 附則13条5項・6項. */
const OCTOBER_2024: Transition = {
  day: packDay(2024, 10, 1),
  first: packDay(2024, 10, 1),
  last: packDay(2025, 3, 31),
  month: FIRST_R6,
};
/** 令6法47 was promulgated on this day: claims made from now on for October 2024 were taken in advance. */
const OCTOBER_2024_ADVANCE: PackedDay = packDay(2024, 6, 12);

/**
 * The month from which an amending Act pays this child by this claim, or undefined where the ordinary rule applies.
 */
export function transitionalStart(
  claim: ReadClaim,
  kind: RecipientKind,
  recipient: Span | undefined,
  child: Span,
  of: BandEnds,
): MonthIndex | undefined {
  if (isIn(APRIL_2010, claim)) {
    if (meets(APRIL_2010, recipient, child)) return FIRST_INDEX;
    return juniorHighOnly2010(claim, recipient, child, of);
  }
  if (isIn(OCTOBER_2011, claim) && meets(OCTOBER_2011, recipient, child)) return FIRST_R2;
  if (!isIn(OCTOBER_2024, claim) || !meets(OCTOBER_2024, recipient, child)) return undefined;
  // An increase is deemed made for individuals (4項); institutions must claim it, for the children that the reform adds (5項).
  if (claim.kind === "increase" && (kind !== "institution" || bandCode(of, FIRST_R6) <= JH)) return undefined;
  return FIRST_R6;
}

/** May a certification that gave nothing under the old law stand for October 2024 (令6法47 附則13条2項・6項)? */
export const standsForOctober2024 = (claim: ReadClaim): boolean =>
  claim.received >= OCTOBER_2024_ADVANCE && claim.received < OCTOBER_2024.first;

/** The day on which 令6法47 took effect. */
export const REFORM_2024_DAY: PackedDay = OCTOBER_2024.day;

/** Was the claim made in the window in which October 2024 could still be had? */
export const isInReform2024Window = (claim: ReadClaim): boolean =>
  claim.received >= OCTOBER_2024_ADVANCE && claim.received <= OCTOBER_2024.last;

const isIn = (of: Transition, claim: ReadClaim): boolean => of.first <= claim.received && claim.received <= of.last;

function meets(of: Transition, recipient: Span | undefined, child: Span): boolean {
  if (!contains(child, of.day)) return false;
  return recipient === undefined || contains(recipient, of.day);
}

/** 平22法19 附則5条: eligible only by a junior-high child since a day after 2010-04-01: from the month after that day. */
function juniorHighOnly2010(
  claim: ReadClaim,
  recipient: Span | undefined,
  child: Span,
  of: BandEnds,
): MonthIndex | undefined {
  const since = Math.max(child.from, recipient?.from ?? 0);
  const isJuniorHigh = bandCode(of, FIRST_INDEX) === JH;
  if (recipient !== undefined && recipient.to < since) return undefined;
  if (!isJuniorHigh || since <= APRIL_2010.day || since > claim.received) return undefined;
  return monthOfDay(since) + 1;
}
