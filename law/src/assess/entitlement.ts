/**
 * The standing of a certification month by month: until when the recipient is certified, until when each child is included,
 * until when each person after 18 is counted. Claims write into it; facts run it out.
 */
import { stateBegins } from "../articles/article8-start.ts";
import { REFORM_2024_DAY } from "../articles/transitions.ts";
import { ABSENT, AS_CHILD, AS_SUPPORTED, HS, INSTITUTION, JH } from "../articles/article6-amounts.ts";
import { bandCode } from "../dates/age.ts";
import { monthOfDay, type MonthIndex } from "../dates/packed.ts";
import { contains, lastMonthOf, type Span } from "../dates/spans.ts";
import { defined } from "../defined.ts";
import { FIRST_R6 } from "../parameters/regimes.ts";
import type { ClaimPart, PreparedClaim } from "./claim-parts.ts";
import type { Family, MonthResult, PreparedChild } from "./family.ts";
import type { ExOfficioCause } from "./types.ts";

/** By what a child or person came in: a claim, or 令6法47 附則13条4項. `since` is the first month. */
export interface Inclusion {
  readonly since: MonthIndex;
  readonly until: MonthIndex;
  readonly endCause: ExOfficioCause;
  readonly by: PreparedClaim | "reform2024";
}

export interface Certification {
  readonly by: PreparedClaim;
  readonly until: MonthIndex;
  readonly endCause: ExOfficioCause;
}

export interface Entitlement {
  certification: Certification | undefined;
  readonly asChild: (Inclusion | undefined)[];
  readonly asSupported: (Inclusion | undefined)[];
}

export const noEntitlement = (family: Family): Entitlement => ({
  certification: undefined,
  asChild: family.children.map(() => undefined),
  asSupported: family.children.map(() => undefined),
});

export function clearInclusions(state: Entitlement): void {
  state.certification = undefined;
  state.asChild.fill(undefined);
  state.asSupported.fill(undefined);
}

/** The earlier of the span's end and the band's end, and which of the two it was. */
function endOf(of: Span, lastOfBand: MonthIndex, bandCause: ExOfficioCause): Pick<Inclusion, "until" | "endCause"> {
  const last = lastMonthOf(of);
  return last <= lastOfBand ? { until: last, endCause: of.cause } : { until: lastOfBand, endCause: bandCause };
}

/**
 * Until when a child belongs. Institutions have no children past the 15-year end before 2024-10 (旧3条), and have to claim them
 * anew afterwards; with parents such a child goes on counting.
 */
function childEnd(
  family: Family,
  child: PreparedChild,
  of: Span,
  since: MonthIndex,
): Pick<Inclusion, "until" | "endCause"> {
  return family.kind === INSTITUTION && since < FIRST_R6 && bandCode(child, FIRST_R6) > JH
    ? endOf(of, child.lastJH, "fiscalYearEnd15")
    : endOf(of, child.lastHS, "fiscalYearEnd18");
}

/** Writes one part of a claim in, unless its child is in already. A person counted until an expected graduation is counted to the month before the new state. */
export function include(
  state: Entitlement,
  family: Family,
  part: ClaimPart,
  since: MonthIndex,
  by: PreparedClaim,
  claims: readonly PreparedClaim[],
): void {
  const child = defined(family.children[part.child]);
  const list = part.asSupported ? state.asSupported : state.asChild;
  if (list[part.child] !== undefined) return;
  if (!part.asSupported) {
    state.asChild[part.child] = { since, by, ...childEnd(family, child, part.span, since) };
    return;
  }
  state.asSupported[part.child] = { since, by, ...supportEnd(child, part.child, part.span, since, claims) };
}

function supportEnd(
  child: PreparedChild,
  index: number,
  of: Span,
  since: MonthIndex,
  claims: readonly PreparedClaim[],
): Pick<Inclusion, "until" | "endCause"> {
  let end = endOf(of, child.lastUN, "fiscalYearEnd22");
  for (const { claim } of claims) {
    if (claim.cause !== "graduated" || !claim.children.includes(index)) continue;
    const last = monthOfDay(stateBegins(claim)) - 1;
    if (last >= since && last < end.until) end = { until: last, endCause: "graduated" };
  }
  return end;
}

/**
 * 令6法47 附則13条4項: for a recipient certified for 2024-09, the children of high-school age who meet the requirements on
 * 2024-10-01 are taken in without a claim. Persons after 18 have to be proven first: their 確認書 reaches back to 2024-10 by
 * `transitionalStart`. Institutions have to claim the revision (5項).
 */
export function includeReform2024(state: Entitlement, family: Family): void {
  if (family.kind === INSTITUTION) return;
  family.children.forEach((child, index) => {
    if (state.asChild[index] === undefined && bandCode(child, FIRST_R6) === HS) {
      const found = child.spans.find((of) => contains(of, REFORM_2024_DAY));
      if (found !== undefined) {
        state.asChild[index] = { since: FIRST_R6, by: "reform2024", ...childEnd(family, child, found, FIRST_R6) };
      }
    }
  });
}

/** Drops what has run out before `month`. @returns the cause of the first one dropped */
export function runOut(state: Entitlement, month: MonthIndex): ExOfficioCause | undefined {
  let cause: ExOfficioCause | undefined;
  for (const list of [state.asChild, state.asSupported]) {
    for (const [index, inclusion] of list.entries()) {
      if (inclusion === undefined || inclusion.until >= month) continue;
      cause ??= inclusion.endCause;
      list[index] = undefined;
    }
  }
  return cause;
}

/** Who takes part this month by what is included. Fills `into.band` and `into.part`. */
export function partsByEntitlement(state: Entitlement, family: Family, month: MonthIndex, into: MonthResult): void {
  const isCertified = state.certification !== undefined;
  family.children.forEach((child, index) => {
    const asChild = isCertified && holds(state.asChild[index], month);
    const asSupported = isCertified && holds(state.asSupported[index], month);
    into.band[index] = bandCode(child, month);
    into.part[index] = asChild ? AS_CHILD : asSupported ? AS_SUPPORTED : ABSENT;
  });
}

/** An inclusion is written in its first month, and never reaches past the band it was made for. */
const holds = (of: Inclusion | undefined, month: MonthIndex): boolean => of !== undefined && month <= of.until;
