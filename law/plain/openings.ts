/** What each claim opens: for whom, from which month, to which month at the latest. */
import { ageIn, payableAge, regimeIn } from "./ages.ts";
import type { Case, Child, Claim } from "./case.ts";
import { baseOf, effectsOf, type Effect, type Offices } from "./claims.ts";
import { FOREVER, later, monthNumber } from "./days.ts";
import { childStretches, recipientStretches, supportStretches, type Stretch } from "./stretches.ts";

export const REFORM = monthNumber("2024-10");
export const REFORM_DAY = "2024-10-01";

export interface Opening {
  readonly claim: Claim;
  readonly child: Child;
  readonly as: "child" | "support";
  readonly start: number;
  /** The last month the facts allow. */
  readonly end: number;
  /** Whether an amending Act fixed the start. The ordinary rule's own opening stands beside it. */
  readonly transitional: boolean;
  /** The last month of the recipient's stretch that a certification takes hold of. */
  readonly certifiedUntil: number;
}

/** Claims of people who already met the requirements on the first day of a new Act start with it. */
const TRANSITIONS = [
  { day: "2010-04-01", since: "0000-01-01", until: "2010-09-30" },
  { day: "2011-10-01", since: "2011-10-01", until: "2012-09-30" },
  { day: REFORM_DAY, since: REFORM_DAY, until: "2025-03-31" },
] as const;

export const covers = (stretch: Stretch, day: string): boolean => stretch.start <= day && day <= stretch.end;

/** The day by which a stretch must have begun for a claim to reach it; its own month is near enough. */
function begunFor(claim: Claim, stretch: Stretch): boolean {
  const latest = later(claim.receivedOn, claim.cause.on ?? "");
  return stretch.start <= latest || stretch.start.slice(0, 7) === latest.slice(0, 7);
}

interface Reach {
  readonly stretch: Stretch;
  readonly start: number;
}

/** The first stretch a claim reaches: begun in time and lasting into the first month it would open. */
function reach(
  stretches: readonly Stretch[],
  claim: Claim,
  deemed: string,
  least: number,
  since = "",
): Reach | undefined {
  for (const stretch of stretches) {
    // One who came after the claim's day (born, taken in, moved in) follows in the month after.
    const start = stretch.start > deemed && stretch.start > since ? monthNumber(stretch.start) + 1 : least;
    if (begunFor(claim, stretch) && Math.max(start, least) <= monthNumber(stretch.end)) {
      return { stretch, start: Math.max(start, least) };
    }
  }
  return undefined;
}

function isMove(claim: Claim): boolean {
  return claim.cause.kind === "moveIn" || claim.cause.kind === "moveInFromAbroad";
}

/** The recipient's stretch of a certification. A move counts from the 転出予定日, though living here began days later. */
function recipientReach(days: readonly Stretch[], claim: Claim, deemed: string, start: number): Reach | undefined {
  for (const stretch of days) {
    const moved = isMove(claim) && (claim.cause.on ?? "9999") <= deemed && monthNumber(stretch.start) <= start;
    const from = moved || stretch.start <= deemed ? start : monthNumber(stretch.start) + 1;
    if ((moved || begunFor(claim, stretch)) && from <= monthNumber(stretch.end)) return { stretch, start: from };
  }
  return undefined;
}

function openingOf(
  input: Case,
  claim: Claim,
  child: Child,
  own: Reach | undefined,
  { deemed, start }: Effect,
): Opening | undefined {
  if (claim.kind === "certification" && own === undefined) return undefined;
  const least = Math.max(own?.start ?? start, monthNumber("2010-04"));
  const certifiedUntil = own === undefined ? Infinity : monthNumber(own.stretch.end);
  const inOldLaw = regimeIn(least) === "R1";
  if (claim.kind !== "supportConfirmation") {
    const people = childStretches(child, input.recipient, !inOldLaw);
    const held = reach(people, claim, deemed, least);
    if (held !== undefined && ["U3", "EL", "JH", "HS"].includes(ageIn(child.birthDate, held.start))) {
      const end = monthNumber(held.stretch.end);
      return {
        claim,
        child,
        as: "child",
        start: held.start,
        end,
        transitional: false,
        certifiedUntil,
      };
    }
  }
  // A claim that names a person past 18 carries the 確認書 for that person.
  const held = reach(supportStretches(child), claim, deemed, least);
  if (held === undefined) return undefined;
  const end = monthNumber(held.stretch.end);
  const from = Math.max(held.start, firstAfter18(child));
  if (from > end || from > certifiedUntil) return undefined;
  return { claim, child, as: "support", start: from, end, transitional: false, certifiedUntil };
}

function firstAfter18(child: Child): number {
  let month = monthNumber(child.birthDate) + 12 * 18;
  while (ageIn(child.birthDate, month) !== "UN") month += 1;
  return month;
}

function transitionOf(
  input: Case,
  claim: Claim,
  child: Child,
  days: readonly Stretch[],
  ordinary: readonly Opening[],
): Opening | undefined {
  for (const transition of TRANSITIONS) {
    const first = monthNumber(transition.day);
    if (claim.receivedOn < transition.since || claim.receivedOn > transition.until) continue;
    // 附則13条6項 asks when the claim was made, not from when it counts: what it opened under the old law may have been nothing.
    if (first === REFORM && ordinary.some((each) => each.start === first)) continue;
    const age = ageIn(child.birthDate, first);
    // 附則13条5項: an institution claims the revision for the children whom the reform adds.
    const revises = claim.kind === "increase" && input.recipient.kind === "institution" && age === "HS";
    if (claim.kind === "increase" && first === REFORM && !revises) continue;
    const here = days.find((each) => covers(each, transition.day));
    if (claim.kind === "certification" && here === undefined) {
      if (first !== monthNumber("2010-04")) continue;
      return juniorHigh2010(claim, child, childStretches(child, input.recipient, false), days);
    }
    // A paper about a state that begins after the reform says nothing about October 2024.
    const laterState =
      ["graduated", "becameUniversityAge"].includes(claim.cause.kind) && baseOf(claim.cause) > REFORM_DAY;
    const asSupport = age === "UN" && first === REFORM && !laterState;
    if (!asSupport && (claim.kind === "supportConfirmation" || age === "UN" || age === "OUT")) continue;
    const people = asSupport
      ? supportStretches(child)
      : childStretches(child, input.recipient, first !== monthNumber("2010-04"));
    const held = people.find((each) => covers(each, transition.day));
    if (held === undefined && first === monthNumber("2010-04")) return juniorHigh2010(claim, child, people, days);
    if (held === undefined) continue;
    return {
      claim,
      child,
      as: asSupport ? "support" : "child",
      start: first,
      end: monthNumber(held.end),
      // What counts from before October adds to whoever is entitled in October, like any claim of before.
      transitional: first !== REFORM || !ordinary.some((each) => each.start < first),
      certifiedUntil: here === undefined ? Infinity : monthNumber(here.end),
    };
  }
  return undefined;
}

/** 平22法19 附則5条: entitled only since a later day by a child in junior high school, claimed by 2010-09-30: from the month after. */
function juniorHigh2010(
  claim: Claim,
  child: Child,
  people: readonly Stretch[],
  days: readonly Stretch[],
): Opening | undefined {
  if (claim.receivedOn > "2010-09-30" || ageIn(child.birthDate, monthNumber("2010-04")) !== "JH") return undefined;
  for (const person of people) {
    for (const here of claim.kind === "certification" ? days : [{ start: "", end: FOREVER }]) {
      const since = later(person.start, here.start);
      if (since <= "2010-04-01" || since > "2010-09-30" || since > claim.receivedOn) continue;
      const start = monthNumber(since) + 1;
      const end = monthNumber(person.end);
      if (start > end) continue;
      return { claim, child, as: "child", start, end, transitional: true, certifiedUntil: monthNumber(here.end) };
    }
  }
  return undefined;
}

const KINDS = ["certification", "increase", "supportConfirmation"];

/** All openings, in the order the papers came in (a certification before what rests on it). */
export function openingsOf(input: Case, offices: Offices): Opening[] {
  const days = recipientStretches(input.recipient);
  const claims = [...(input.claims ?? [])].toSorted(
    (a, b) =>
      (a.receivedOn < b.receivedOn ? -1 : a.receivedOn > b.receivedOn ? 1 : 0) ||
      KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind),
  );
  const openings: Opening[] = [];
  for (const claim of claims) {
    for (const child of input.children.filter((each) => claim.children.includes(each.id))) {
      const own: Stretch[] = [];
      const ordinary: Opening[] = [];
      const effects = effectsOf(claim, offices);
      // Dated back into the old law it may give nothing; made under the new law it is a claim of the day it came in as well.
      const late = { deemed: claim.receivedOn, start: monthNumber(claim.receivedOn) + 1 };
      const isOfBothLaws = claim.receivedOn >= REFORM_DAY && effects.some((each) => each.start < REFORM);
      for (const effect of isOfBothLaws ? [...effects, late] : effects) {
        const { deemed, start } = effect;
        const here = claim.kind === "certification" ? recipientReach(days, claim, deemed, start) : undefined;
        if (here !== undefined) own.push(here.stretch);
        const opening = openingOf(input, claim, child, here, effect);
        if (opening !== undefined) ordinary.push(opening);
      }
      // An amending Act reaches back inside the stretch claimed in, else into any that held on its day.
      const fixed = transitionOf(input, claim, child, own.length === 0 ? days : own, ordinary);
      for (const opening of [fixed, ...ordinary]) {
        // 平23法107: everyone claimed anew, so an older claim opens nothing from 2011-10 on.
        const spent =
          opening !== undefined && opening.start >= monthNumber("2011-10") && claim.receivedOn < "2011-10-01";
        if (opening !== undefined && !spent) openings.push(opening);
      }
    }
  }
  return openings;
}

/** The last month a support may count, with what was confirmed only until a graduation ending before the new state. */
export function supportEnd(input: Case, child: Child, start: number, end: number): number {
  let last = end;
  for (const claim of input.claims ?? []) {
    if (claim.cause.kind !== "graduated" || !claim.children.includes(child.id)) continue;
    const before = monthNumber(baseOf(claim.cause)) - 1;
    if (before >= start) last = Math.min(last, before);
  }
  return last;
}

export function payableIn(child: Child, month: number): boolean {
  return payableAge(ageIn(child.birthDate, month), regimeIn(month));
}
