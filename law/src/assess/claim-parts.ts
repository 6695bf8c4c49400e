/** Claims turned into parts: from which month each child of a claim could be paid, if the rest of the law lets it. */
import { deemedClaimDay, stateBegins, type ReadClaim, type StartFacts } from "../articles/article8-start.ts";
import { HS, UN } from "../articles/article6-amounts.ts";
import { REFORM_2024_DAY, transitionalStart } from "../articles/transitions.ts";
import type { AssessmentCase, Claim, IncomeRecord } from "../case/types.ts";
import { bandCode } from "../dates/age.ts";
import type { Calendar } from "../dates/calendar.ts";
import { packClosedDays } from "../dates/calendar.ts";
import { monthNumberOf, monthOfDay, readDay, yearOf, type MonthIndex, type PackedDay } from "../dates/packed.ts";
import { lastMonthOf, type Span } from "../dates/spans.ts";
import { defined } from "../defined.ts";
import { FIRST_INDEX, FIRST_R2, FIRST_R6 } from "../parameters/regimes.ts";
import type { Family, PreparedChild } from "./family.ts";

/**
 * One child of one claim. A transition and the Act itself may each give a part for the same child; where the transition holds,
 * the other finds the child already in.
 */
export interface ClaimPart {
  readonly child: number;
  readonly asSupported: boolean;
  readonly span: Span;
  readonly start: MonthIndex;
  readonly isTransitional: boolean;
}

/** `nominalStart`: the first month the claim could give, used to date a refusal. `recipient`: the span claimed in. */
export interface PreparedClaim {
  readonly claim: ReadClaim;
  readonly given: Claim;
  readonly recipient: Span | undefined;
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

/** The income year that a correction changed: the record notified on the day of the cause, else the latest before the claim. */
function correctedYear(claim: ReadClaim, incomes: readonly IncomeRecord[]): number {
  let found: IncomeRecord | undefined;
  for (const record of incomes) {
    if (record.knownOn === undefined || record.knownOn === null) continue;
    const known = readDay(record.knownOn);
    if (known === claim.on) return record.year;
    if (known <= claim.received && (found?.knownOn ?? "") < record.knownOn) found = record;
  }
  const month = monthOfDay(claim.on);
  return found?.year ?? yearOf(month) - (monthNumberOf(month) >= 6 ? 1 : 2);
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
    correctedYear: (claim) => correctedYear(claim, line.recipient.incomes ?? []),
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
  const deemed = deemedClaimDay(claim, facts);
  const needsRecipient = claim.kind === "certification";
  const recipient = needsRecipient ? recipients.find((of) => fitsRecipient(of, claim, deemed)) : undefined;
  // A transition reaches back inside the span claimed in; only where the Act itself gives none, a span that has ended.
  const reachable = recipient === undefined ? recipients : [recipient];
  const from = recipient === undefined ? deemed : recipientFrom(recipient, claim, deemed);
  const parts: ClaimPart[] = [];
  for (const index of claim.children) {
    const child = defined(family.children[index]);
    const ordinary =
      needsRecipient && recipient === undefined ? undefined : ordinaryPart(claim, index, child, from, recipient);
    const transitional = transitionalPart(line, claim, index, child, needsRecipient ? reachable : undefined, ordinary);
    for (const part of [transitional, ordinary]) {
      if (part === undefined || isSpent(claim, part)) continue;
      // 平22法19 附則3条: claims of before are deemed made for the first month of the first law.
      parts.push({ ...part, start: Math.max(part.start, FIRST_INDEX) });
    }
  }
  const starts = parts.map((part) => part.start);
  const nominal = starts.length > 0 ? Math.min(...starts) : monthOfDay(from) + 1;
  const certifiedIn = recipient ?? recipients.find((of) => lastMonthOf(of) >= nominal);
  return {
    claim,
    given,
    recipient: needsRecipient ? certifiedIn : undefined,
    nominalStart: Math.max(nominal, FIRST_INDEX),
    parts,
  };
}

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
    if (start <= child.lastHS) return { child: index, asSupported: false, span: asChild, start, isTransitional: false };
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
  return { child: index, asSupported: true, span: found, start, isTransitional: false };
}

/** The start that an amending Act fixes. `recipients` is undefined where the claim rests on a certification already made. */
function transitionalPart(
  line: AssessmentCase,
  claim: ReadClaim,
  index: number,
  child: PreparedChild,
  recipients: readonly Span[] | undefined,
  ordinary: ClaimPart | undefined,
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
        if (ordinary !== undefined && start === FIRST_R6 && ordinary.start <= start) return undefined;
        const band = bandCode(child, start);
        const isInBand = asSupported ? band === UN : band <= HS;
        if (isInBand) return { child: index, asSupported, span: of, start, isTransitional: true };
      }
    }
  }
  return undefined;
}
