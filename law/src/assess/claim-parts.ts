/** Claims turned into parts: from which month each child of a claim could be paid, if the rest of the law lets it. */
import { incomeYearOf } from "../articles/article5-income.ts";
import { HS, UN } from "../articles/article6-amounts.ts";
import { deemedClaimDays, stateBegins, type ReadClaim, type StartFacts } from "../articles/article8-start.ts";
import { REFORM_2024_DAY, transitionalStart } from "../articles/transitions.ts";
import type { AssessmentCase, Claim, IncomeRecord } from "../case/types.ts";
import { bandCode } from "../dates/age.ts";
import type { Calendar } from "../dates/calendar.ts";
import { packClosedDays } from "../dates/calendar.ts";
import { monthOfDay, readDay, type MonthIndex, type PackedDay } from "../dates/packed.ts";
import { lastMonthOf, type Span } from "../dates/spans.ts";
import { defined } from "../defined.ts";
import { FIRST_INDEX, FIRST_R2, FIRST_R6 } from "../parameters/regimes.ts";
import type { Family, PreparedChild } from "./family.ts";

/**
 * One child of one claim. A transition and the Act itself may each give a part for the same child, and so may each year of a
 * tax correction; what an earlier one has given, a later one finds already in. `recipient`: the span that a certification
 * claims in, undefined for what rests on one.
 */
export interface ClaimPart {
  readonly child: number;
  readonly asSupported: boolean;
  readonly span: Span;
  readonly recipient: Span | undefined;
  readonly start: MonthIndex;
  readonly isTransitional: boolean;
}

/** `nominalStart`: the first month the claim could give, used to date a refusal. */
export interface PreparedClaim {
  readonly claim: ReadClaim;
  readonly given: Claim;
  readonly nominalStart: MonthIndex;
  readonly parts: readonly ClaimPart[];
}

function readClaim(claim: Claim, family: Family): ReadClaim {
  const { on, obstacleEndedOn } = claim.cause;
  return {
    kind: claim.kind,
    cause: claim.cause.kind,
    on: on === undefined || on === null ? 0 : readDay(on),
    obstacleEnd: obstacleEndedOn === undefined || obstacleEndedOn === null ? 0 : readDay(obstacleEndedOn),
    received: readDay(claim.receivedOn),
    children: claim.children.map((id) => family.children.findIndex((child) => child.id === id)),
  };
}

/**
 * The income years that a correction changed, ascending: all those notified on the day of the cause, else on the latest day up
 * to the claim. One notice may correct several years, so nothing may hang on which of them the case names first.
 */
function correctedYears(claim: ReadClaim, incomes: readonly IncomeRecord[]): readonly number[] {
  const notified = incomes.map(({ year, knownOn }) => ({
    year,
    on: typeof knownOn === "string" ? readDay(knownOn) : 0,
  }));
  const earlier = notified.reduce((last, { on }) => (on <= claim.received ? Math.max(last, on) : last), 0);
  const day = notified.some(({ on }) => on === claim.on) ? claim.on : earlier;
  if (day === 0) return [incomeYearOf(monthOfDay(claim.on))];
  return notified
    .filter(({ on }) => on === day)
    .map(({ year }) => year)
    .sort((left, right) => left - right);
}

/** The claims known by the case's day, in order of receipt (a certification before what rests on it), with their parts. */
export function prepareClaims(
  line: AssessmentCase,
  family: Family,
  recipients: readonly Span[],
  calendar: Calendar,
): readonly PreparedClaim[] {
  const facts: StartFacts = {
    calendar,
    closedDays: packClosedDays(line.municipality?.closedDays),
    correctedYears: (claim) => correctedYears(claim, line.recipient.incomes ?? []),
  };
  return defined(line.claims)
    .map((given) => ({ given, claim: readClaim(given, family) }))
    .filter(({ claim }) => claim.received <= family.knownBy)
    .sort((left, right) => left.claim.received - right.claim.received || order(left.claim) - order(right.claim))
    .map(({ given, claim }) => prepareClaim(line, family, recipients, facts, given, claim));
}

const order = (claim: ReadClaim): number => ["certification", "increase", "supportConfirmation"].indexOf(claim.kind);

function prepareClaim(
  line: AssessmentCase,
  family: Family,
  recipients: readonly Span[],
  facts: StartFacts,
  given: Claim,
  claim: ReadClaim,
): PreparedClaim {
  const needsRecipient = claim.kind === "certification";
  const openings = daysOf(claim, deemedClaimDays(claim, facts)).map((deemed) => {
    const recipient = needsRecipient ? recipients.find((of) => fitsRecipient(of, claim, deemed)) : undefined;
    return { recipient, from: recipient === undefined ? deemed : recipientFrom(recipient, claim, deemed) };
  });
  // A transition reaches back inside the span claimed in; only where the Act itself gives none, a span that has ended.
  const claimedIn = recipients.filter((of) => openings.some(({ recipient }) => recipient === of));
  const reachable = claimedIn.length === 0 ? recipients : claimedIn;
  const parts: ClaimPart[] = [];
  for (const index of claim.children) {
    const child = defined(family.children[index]);
    const ordinary = openings.flatMap(({ from, recipient }) =>
      needsRecipient && recipient === undefined ? [] : (ordinaryPart(claim, index, child, from, recipient) ?? []),
    );
    const transitional = transitionalPart(line, claim, index, child, needsRecipient ? reachable : undefined, ordinary);
    for (const part of [transitional, ...ordinary]) {
      if (part === undefined || isSpent(claim, part)) continue;
      // 平22法19 附則3条: claims of before are deemed made for the first month of the first law.
      parts.push({ ...part, start: Math.max(part.start, FIRST_INDEX) });
    }
  }
  const starts = parts.map((part) => part.start);
  const nominal =
    starts.length > 0 ? Math.min(...starts) : Math.min(...openings.map(({ from }) => monthOfDay(from) + 1));
  return { claim, given, nominalStart: Math.max(nominal, FIRST_INDEX), parts };
}

/**
 * 8条3項 dates a claim back for the claimant's good. Where that leads into the law before 2024-10, which may have had nothing for
 * it, the claim stands by its receipt as well (8条2項): whoever claims today and meets the requirements is certified.
 */
const daysOf = (claim: ReadClaim, deemed: readonly PackedDay[]): readonly PackedDay[] =>
  claim.received >= REFORM_2024_DAY && deemed.some((day) => monthOfDay(day) + 1 < FIRST_R6)
    ? [...deemed, claim.received]
    : deemed;

/** 平23法107 附則: claims under the law of 2010 end with it, so they start nothing from 2011-10 on. */
const isSpent = (claim: ReadClaim, part: ClaimPart): boolean =>
  part.start >= FIRST_R2 && monthOfDay(claim.received) < FIRST_R2;

/** The base day of a move is the 転出予定日 named in the claim, even where the residence here begins some days later. */
const recipientFrom = (of: Span, claim: ReadClaim, deemed: PackedDay): PackedDay =>
  claim.cause === "moveIn" || claim.cause === "moveInFromAbroad" ? deemed : Math.max(deemed, of.from);

/**
 * Does the span hold for a claim that would start after `from`? It must have begun when the claim or its cause came (the same
 * month is near enough: nothing could start earlier), and must last into the first month.
 */
function fits(of: Span, claim: ReadClaim, from: PackedDay): boolean {
  return hasBegun(of.from, claim) && lastMonthOf(of) >= monthOfDay(from) + 1;
}

const hasBegun = (from: PackedDay, claim: ReadClaim): boolean =>
  monthOfDay(from) <= monthOfDay(Math.max(claim.received, claim.on));

function fitsRecipient(of: Span, claim: ReadClaim, deemed: PackedDay): boolean {
  const from = recipientFrom(of, claim, deemed);
  const opens = monthOfDay(from) + 1;
  // Living here may begin after the 転出予定日, yet not after the first month that it opens.
  return hasBegun(Math.min(from, of.from), claim) && monthOfDay(of.from) <= opens && opens <= lastMonthOf(of);
}

function ordinaryPart(
  claim: ReadClaim,
  index: number,
  child: PreparedChild,
  from: PackedDay,
  recipient: Span | undefined,
): ClaimPart | undefined {
  const asChild =
    claim.kind === "supportConfirmation"
      ? undefined
      : child.spans.find((of) => fits(of, claim, Math.max(from, of.from)));
  if (asChild !== undefined) {
    const start = monthOfDay(Math.max(from, asChild.from)) + 1;
    if (start <= child.lastHS)
      return { child: index, asSupported: false, span: asChild, recipient, start, isTransitional: false };
  }
  return supportPart(claim, index, child, from, recipient);
}

const isBoundary = (claim: ReadClaim): boolean => claim.cause === "becameUniversityAge" || claim.cause === "graduated";

/** A 確認書 counts a person from the month after it, or without a gap where it came in time; never before the 18-year end. */
function supportPart(
  claim: ReadClaim,
  index: number,
  child: PreparedChild,
  from: PackedDay,
  recipient: Span | undefined,
): ClaimPart | undefined {
  // Without a gap only where support goes on from the 1st itself; support that begins later counts from the month after (9条1項).
  const isSeamless = (of: Span): boolean => isBoundary(claim) && of.from <= stateBegins(claim);
  const startIn = (of: Span): MonthIndex =>
    Math.max(monthOfDay(isSeamless(of) ? from : Math.max(from, of.from)) + 1, child.lastHS + 1);
  const found = child.support.find(
    (of) =>
      hasBegun(of.from, claim) &&
      startIn(of) <= Math.min(lastMonthOf(of), child.lastUN) &&
      (recipient === undefined || startIn(of) <= lastMonthOf(recipient)),
  );
  if (found === undefined) return undefined;
  const start = startIn(found);
  return { child: index, asSupported: true, span: found, recipient, start, isTransitional: false };
}

/** The start that an amending Act fixes. `recipients` is undefined where the claim rests on a certification already made. */
function transitionalPart(
  line: AssessmentCase,
  claim: ReadClaim,
  index: number,
  child: PreparedChild,
  recipients: readonly Span[] | undefined,
  ordinary: readonly ClaimPart[],
): ClaimPart | undefined {
  const { kind } = line.recipient;
  for (const asSupported of [false, true]) {
    if (!asSupported && claim.kind === "supportConfirmation") continue;
    // A 確認書 for a state that begins after the reform says nothing about October 2024.
    if (asSupported && isBoundary(claim) && stateBegins(claim) > REFORM_2024_DAY) continue;
    for (const of of asSupported ? child.support : child.spans) {
      for (const recipient of recipients ?? [undefined]) {
        const start = transitionalStart(claim, kind, recipient, of, child);
        if (start === undefined || lastMonthOf(of) < start || (asSupported && start < FIRST_R6)) continue;
        if (start === FIRST_R6 && ordinary.some((part) => part.start === start)) return undefined;
        const band = bandCode(child, start);
        const isInBand = asSupported ? band === UN : band <= HS;
        const isTransitional = !standsOnceMore(start, ordinary);
        if (isInBand) return { child: index, asSupported, span: of, recipient, start, isTransitional };
      }
    }
  }
  return undefined;
}

/**
 * A claim that the Act itself dates back before October 2024 (an obstacle, a correction) may have given nothing under the old
 * law: over the upper limit, or for a child of high-school age only. 令6法47 附則13条5項・6項 ask for two things alone, the
 * requirements on 2024-10-01 and a claim in the window, so it stands once more for October; and, being dated before, it also
 * adds to the entitlement of somebody certified by then.
 */
const standsOnceMore = (start: MonthIndex, ordinary: readonly ClaimPart[]): boolean =>
  start === FIRST_R6 && ordinary.some((part) => part.start < start);
