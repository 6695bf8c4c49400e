/**
 * 児童手当法8条2項・3項, 9条1項・2項, 24条 (民法140条): on which day a claim counts as made.
 * Payment and increases start with the month after that day.
 */
import type { ClaimCauseKind, ClaimKind } from "../case/types.ts";
import { CLAIM_DAYS, packedDeadline, type Calendar } from "../dates/calendar.ts";
import {
  addPackedDays,
  dayOfMonth,
  firstDayOf,
  monthIndex,
  monthNumberOf,
  monthOfDay,
  packDay,
  previousDay,
  yearOf,
  type PackedDay,
} from "../dates/packed.ts";
import { LONGEST_CLOSURE, OPENS_15_DAYS, OPENS_15_DAYS_FOR_SUPPORT } from "../implicit.ts";
import { FIRST_R4 } from "../parameters/regimes.ts";
import { benefitYearOf } from "./article5-income.ts";

/** A claim, packed. `on` and `obstacleEnd` are 0 where the case gives none; `children` are places in the birth order. */
export interface ReadClaim {
  readonly kind: ClaimKind;
  readonly cause: ClaimCauseKind;
  readonly on: PackedDay;
  readonly obstacleEnd: PackedDay;
  readonly received: PackedDay;
  readonly children: readonly number[];
}

/** What the 15-day rule has to know beside the claim. `correctedYears`: the income years a tax correction changed, ascending. */
export interface StartFacts {
  readonly calendar: Calendar;
  readonly closedDays: ReadonlySet<PackedDay>;
  readonly correctedYears: (claim: ReadClaim) => readonly number[];
}

/** Claims before the first law of this engine need no deadline: 平22法19 附則3条 deems them made. */
const FIRST_DEADLINE = packDay(2010, 4, 1);

/**
 * The day on which the claim counts as made; the month after it is the first month. One day, except that a claim for tax
 * corrections of several years counts as made for the benefit year of each; ascending.
 *
 * - before the event: the event (in advance);
 * - not later than day 15 after the event, or after the end of the obstacle: the event;
 * - later, or where the cause does not open the rule: the day of receipt.
 */
export function deemedClaimDays(claim: ReadClaim, facts: StartFacts): readonly PackedDay[] {
  if (claim.received < FIRST_DEADLINE) return [Math.max(claim.received, claim.on)];
  if (claim.cause === "becameUniversityAge" || claim.cause === "graduated") return [universityAge(claim, facts)];
  if (!opensRule(claim)) return [claim.received];
  const lastingObstacle = claim.cause === "disaster" && claim.obstacleEnd === 0;
  const base = claim.obstacleEnd === 0 ? claim.on : claim.obstacleEnd;
  const isTimely = lastingObstacle || isWithin15Days(base, claim, facts);
  return isTimely ? deemedEvents(claim, facts) : [claim.received];
}

function isWithin15Days(base: PackedDay, claim: ReadClaim, facts: StartFacts): boolean {
  if (claim.received <= addPackedDays(base, CLAIM_DAYS)) return true;
  const beyond = CLAIM_DAYS + LONGEST_CLOSURE * (1 + facts.closedDays.size);
  if (claim.received > addPackedDays(base, beyond)) return false;
  return claim.received <= packedDeadline(base, facts.calendar, facts.closedDays);
}

function opensRule(claim: ReadClaim): boolean {
  if (claim.on === 0) return false;
  if (claim.obstacleEnd !== 0) return true;
  return claim.kind === "supportConfirmation"
    ? OPENS_15_DAYS_FOR_SUPPORT.has(claim.cause)
    : OPENS_15_DAYS.has(claim.cause);
}

/**
 * The event itself, with two exceptions in the years of the income test: income that fell below the upper limit starts with
 * June, and a tax correction with the first month of each benefit year that it corrects: whether that year then gives
 * anything, its own income decides.
 */
function deemedEvents(claim: ReadClaim, facts: StartFacts): readonly PackedDay[] {
  if (claim.cause === "incomeBelowUpperLimit") {
    const month = monthOfDay(claim.on);
    // Notices go out from April (employers: May); one in January to March belongs to the benefit year begun last June.
    const year = yearOf(month) - (monthNumberOf(month) >= 4 ? 0 : 1);
    return [previousDay(firstDayOf(monthIndex(year, 6)))];
  }
  if (claim.cause === "taxCorrection") {
    // The income test begins with 2012-06: nothing before it could be corrected.
    const junes = facts.correctedYears(claim).map((year) => Math.max(benefitYearOf(year).first, FIRST_R4));
    return junes.map((june) => previousDay(firstDayOf(june)));
  }
  return [claim.on];
}

/**
 * HS → UN on 1 April, or early graduation: the new state begins on the 1st of the month after the event, and a 確認書 within 15
 * days of that 1st leaves no gap. `on` may name that 1st or the day of the event before it.
 */
function universityAge(claim: ReadClaim, facts: StartFacts): PackedDay {
  const base = stateBegins(claim);
  return isWithin15Days(base, claim, facts) ? previousDay(base) : claim.received;
}

/** The 1st of the month in which the state after `becameUniversityAge` or `graduated` begins. */
export const stateBegins = (claim: ReadClaim): PackedDay =>
  dayOfMonth(claim.on) === 1 ? claim.on : firstDayOf(monthOfDay(claim.on) + 1);
