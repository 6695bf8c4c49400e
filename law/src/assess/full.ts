/**
 * `mode: "full"`: claims decide when entitlement starts and rises, facts decide when it falls and ends.
 *
 * One pass over the months. In each month first what the facts and the law end or change (ex officio), then the claims that
 * start with this month, in order of receipt; the month's amount is that of the state after all of it (法9条).
 */
import { recipientSpans } from "../articles/article4-eligibility.ts";
import { incomeYearOf, recordOf } from "../articles/article5-income.ts";
import { NO_TEST, OVER } from "../articles/article6-amounts.ts";
import { isInReform2024Window, standsForOctober2024 } from "../articles/transitions.ts";
import type { AssessmentCase } from "../case/types.ts";
import { toMonth, type CivilDate } from "../dates/civil.ts";
import { lastDayOf, readMonth, type MonthIndex } from "../dates/packed.ts";
import { lastMonthOf } from "../dates/spans.ts";
import { SCHEDULED_ENDS } from "../implicit.ts";
import { FIRST_R2, FIRST_R6, LAST_INDEX } from "../parameters/regimes.ts";
import type { AssessmentContext } from "./assess.ts";
import { prepareClaims, type ClaimPart, type PreparedClaim } from "./claim-parts.ts";
import {
  clearInclusions,
  include,
  includeReform2024,
  noEntitlement,
  partsByEntitlement,
  runOut,
  type Entitlement,
} from "./entitlement.ts";
import { emptyMonth, evaluateMonth, partsByFacts, prepareFamily, type Family, type MonthResult } from "./family.ts";
import { fullReasons } from "./full-reasons.ts";
import { incomeClassCode, missingIncome, UNKNOWN_CLASS } from "./incomes.ts";
import { monthAssessment } from "./months.ts";
import { paymentsOf, type DueMonth } from "./payments.ts";
import type { Assessment, Decision, DecisionKind, ExOfficioCause, MonthAssessment } from "./types.ts";

/** A part of a claim waiting for its month. */
interface Waiting {
  readonly claim: PreparedClaim;
  readonly part: ClaimPart;
  readonly start: MonthIndex;
}

/** A decision before the month's amount is final. */
export interface Decided {
  readonly month: MonthIndex;
  readonly kind: DecisionKind;
  readonly cause: Decision["cause"];
  readonly receivedOn: CivilDate | null;
}

/** Everything one pass over the months carries along. */
interface Run {
  readonly line: AssessmentCase;
  readonly family: Family;
  readonly claims: readonly PreparedClaim[];
  readonly state: Entitlement;
  readonly result: MonthResult;
  readonly decided: Decided[];
  readonly granted: Set<PreparedClaim>;
  readonly totals: Map<MonthIndex, number | null>;
  waiting: Waiting[];
  /** Yen of the month before and of this month so far; the class of both. */
  total: number;
  incomeClass: number;
  lastEnd: ExOfficioCause | undefined;
}

/** @throws ProblemError `unknownFact`, `outsideCalendar` */
export function assessFull(line: AssessmentCase, context: AssessmentContext): Assessment {
  const family = prepareFamily(line);
  const recipients = recipientSpans(line.recipient, family.knownBy);
  const claims = prepareClaims(line, family, recipients, context.calendar);
  const run: Run = {
    line,
    family,
    claims,
    state: noEntitlement(family),
    result: emptyMonth(family),
    decided: [],
    granted: new Set(),
    totals: new Map(),
    waiting: claims.flatMap((claim) => claim.parts.map((part) => ({ claim, part, start: part.start }))),
    total: 0,
    incomeClass: NO_TEST,
    lastEnd: undefined,
  };
  const from = readMonth(line.from);
  const until = readMonth(line.until);
  const first = run.waiting.reduce((least, { start }) => Math.min(least, start), from);
  const months: MonthAssessment[] = [];
  const due: DueMonth[] = [];
  // One month past the last one reported, to see whether the entitlement ends with it.
  const last = Math.min(until + 1, LAST_INDEX);
  for (let month = first; month <= last; month += 1) {
    passMonth(run, month, month >= from && month <= until);
    const isEnd =
      run.lastEnd !== undefined && !SCHEDULED_ENDS.has(run.lastEnd) && run.state.certification === undefined;
    const before = due.at(-1);
    if (isEnd && before !== undefined) due[due.length - 1] = { ...before, isLastBeforeEnd: true };
    if (month < from || month > until) continue;
    const isEntitled = run.state.certification !== undefined;
    const claimedOn = run.state.certification?.by.claim.received ?? 0;
    if (!isEntitled) showOver(run, month);
    const explain = context.explain ? fullReasons(line, family, month, run, run.state) : undefined;
    const outcome = { entitled: isEntitled, incomeClass: run.incomeClass, total: run.total };
    months.push(monthAssessment(family, month, outcome, run.result, explain));
    due.push({ month, total: run.total, isLastBeforeEnd: false, claimedOn });
  }
  return {
    case: line.case,
    months,
    decisions: orderedDecisions(run, until),
    payments: paymentsOf(due, line.municipality, context.calendar),
  };
}

function passMonth(run: Run, month: MonthIndex, isReported: boolean): void {
  const { state, family } = run;
  const before = run.total;
  const classBefore = run.incomeClass;
  const wasCertified = state.certification !== undefined;
  run.incomeClass = incomeClassCode(run.line.recipient, month, family.knownBy);
  run.lastEnd = undefined;
  // Also where nobody is certified: a 確認書 that waits for a certification may run out while it waits.
  const dropped = runOut(state, month);
  if (wasCertified) {
    run.lastEnd = endCause(run, month);
    if (run.lastEnd !== undefined) clearInclusions(state);
    else if (month === FIRST_R6) includeReform2024(state, family);
    run.total = evaluate(run, month);
    if (run.lastEnd === undefined && run.total === 0) {
      // The last child has gone, but an increase that starts with this month keeps the entitlement alive.
      startClaims(run, month, (claim) => claim.claim.kind !== "certification");
      if (evaluate(run, month) === 0) {
        run.lastEnd = dropped ?? "fiscalYearEnd15";
        clearInclusions(state);
      }
    }
    if (run.lastEnd !== undefined) decide(run, month, "extinguish", run.lastEnd, null);
    else decideChange(run, month, before, classBefore, dropped);
  }
  startClaims(run, month, () => true);
  run.total = evaluate(run, month);
  if (isReported && run.incomeClass === UNKNOWN_CLASS && run.total > 0) throw missingIncome(month);
  run.totals.set(month, run.incomeClass === UNKNOWN_CLASS && run.total > 0 ? null : run.total);
}

/** The total of the state as it stands, yen. A class that is not known (months before the report only) counts as untested. */
function evaluate(run: Run, month: MonthIndex): number {
  partsByEntitlement(run.state, run.family, month, run.result);
  return evaluateMonth(run.family, month, Math.max(run.incomeClass, NO_TEST), run.result);
}

/** 8条2項: what ends the whole entitlement with the month before, if anything. */
function endCause(run: Run, month: MonthIndex): ExOfficioCause | undefined {
  const { certification } = run.state;
  if (certification === undefined) return undefined;
  if (month === FIRST_R2) return "reform";
  if (certification.until < month) return certification.endCause;
  return isOver(run, month, certification.by) ? "income" : undefined;
}

/**
 * 所得上限 in this month, by the income as it stands now, or as it stood when the office had to look at it: a correction that
 * came later does not undo an extinction, only a new claim does.
 */
function isOver(run: Run, month: MonthIndex, by: PreparedClaim): boolean {
  if (run.incomeClass === OVER) return true;
  const then = Math.min(run.family.knownBy, Math.max(by.claim.received, lastDayOf(month)));
  return incomeClassCode(run.line.recipient, month, then) === OVER;
}

/** 9条3項 and the ex officio increases: what changed without a claim. */
function decideChange(
  run: Run,
  month: MonthIndex,
  before: number,
  classBefore: number,
  dropped: ExOfficioCause | undefined,
): void {
  if (run.total === before) return;
  const isUnknown = run.incomeClass === UNKNOWN_CLASS || classBefore === UNKNOWN_CLASS;
  const kind: DecisionKind = run.total > before ? "increase" : "decrease";
  if (isUnknown && (kind === "increase" ? month !== FIRST_R6 : dropped === undefined)) return;
  decide(run, month, kind, changeCause(run, month, kind, classBefore, dropped), null);
}

function changeCause(
  run: Run,
  month: MonthIndex,
  kind: DecisionKind,
  classBefore: number,
  dropped: ExOfficioCause | undefined,
): ExOfficioCause {
  if (kind === "increase" && month === FIRST_R6) return "reform";
  if (kind === "decrease" && dropped !== undefined) return dropped;
  if (run.incomeClass !== classBefore) {
    const record = recordOf(run.line.recipient.incomes ?? [], incomeYearOf(month), run.family.knownBy);
    return record?.knownOn === undefined || record.knownOn === null ? "income" : "taxCorrection";
  }
  const { children } = run.family;
  if (children.some((child) => child.lastU3 === month - 1)) return "turnedThree";
  if (children.some((child) => child.lastEL === month - 1)) return "fiscalYearEnd12";
  return children.some((child) => child.lastJH === month - 1) ? "fiscalYearEnd15" : (dropped ?? "reform");
}

/** The claims that start with this month, in order of receipt, each with all its parts of the month. */
function startClaims(run: Run, month: MonthIndex, isWanted: (claim: PreparedClaim) => boolean): void {
  const starting = run.waiting.filter((it) => it.start === month);
  for (;;) {
    const next = run.waiting.find((it) => it.start === month && isWanted(it.claim))?.claim;
    if (next === undefined) break;
    const parts = run.waiting.filter((it) => it.claim === next && it.start === month).map((it) => it.part);
    run.waiting = run.waiting.filter((it) => it.claim !== next || it.start !== month);
    if (run.state.certification === undefined) startFresh(run, month, next, parts);
    else addTo(run, month, next, parts);
  }
  if (month === FIRST_R6 && run.state.certification === undefined) dropReformSupport(run, starting);
}

/**
 * 附則13条4項・6項 count a person from October 2024 only with somebody who is entitled to October 2024. With anybody else a 確認書
 * of that time counts from the month that the Act itself gives.
 */
function dropReformSupport(run: Run, starting: readonly Waiting[]): void {
  for (const { claim, part } of starting) {
    const isOwn = run.state.asSupported[part.child]?.by === claim;
    if (part.asSupported && part.isTransitional && isOwn) run.state.asSupported[part.child] = undefined;
  }
}

/** Nobody is certified: a certification starts the entitlement; a 確認書 waits for one; an increase has nothing to increase. */
function startFresh(run: Run, month: MonthIndex, claim: PreparedClaim, parts: readonly ClaimPart[]): void {
  const { state, family } = run;
  if (claim.claim.kind === "increase") return;
  const waitingSupport = [...state.asSupported];
  for (const part of parts) include(state, family, part, month, claim, run.claims);
  if (claim.claim.kind === "supportConfirmation" || claim.recipient === undefined) return;
  state.certification = { by: claim, until: lastMonthOf(claim.recipient), endCause: claim.recipient.cause };
  run.total = isOver(run, month, claim) || state.certification.until < month ? 0 : evaluate(run, month);
  if (run.total > 0) {
    run.granted.add(claim);
    decide(run, month, "certify", claim.given.cause.kind, claim.given.receivedOn);
    return;
  }
  state.certification = undefined;
  state.asChild.fill(undefined);
  waitingSupport.forEach((inclusion, index) => {
    state.asSupported[index] = inclusion;
  });
  if (month < FIRST_R6 && standsForOctober2024(claim.claim)) {
    run.waiting = [...run.waiting, ...parts.map((part) => ({ claim, part, start: FIRST_R6 }))];
  }
}

/** Somebody is certified: whatever kind of claim it is, it can only add children or persons. */
function addTo(run: Run, month: MonthIndex, claim: PreparedClaim, parts: readonly ClaimPart[]): void {
  const { state, family } = run;
  const before = run.total;
  for (const part of parts) {
    // 附則13条6項 is for new claimants: what an existing recipient adds by a certification follows the ordinary rule.
    if (claim.claim.kind === "certification" && part.isTransitional && !run.granted.has(claim)) continue;
    include(state, family, part, month, claim, run.claims);
  }
  run.total = evaluate(run, month);
  if (run.total > before) {
    run.granted.add(claim);
    decide(run, month, "increase", claim.given.cause.kind, claim.given.receivedOn);
  }
}

function decide(
  run: Run,
  month: MonthIndex,
  kind: DecisionKind,
  cause: Decision["cause"],
  receivedOn: CivilDate | null,
): void {
  run.decided.push({ month, kind, cause, receivedOn });
}

/** Yen of a month that the pass has been through; 0 before it, null where the income that decides it is not known. */
function totalIn(run: Run, month: MonthIndex): number | null {
  const total = run.totals.get(month);
  return total === undefined ? 0 : total;
}

/** 却下: claims that gave nothing, dated with the first month they could have given, behind the other decisions of it. */
function orderedDecisions(run: Run, until: MonthIndex): readonly Decision[] {
  const refused = run.claims.filter(
    (it) => it.claim.kind !== "supportConfirmation" && !run.granted.has(it) && !isMetByReform(run, it),
  );
  const refusals = refused.map((it): Decision => ({
    kind: "refuse",
    effective: toMonth(it.nominalStart),
    cause: it.given.cause.kind,
    receivedOn: it.given.receivedOn,
    exOfficio: false,
    monthlyTotal: totalIn(run, it.nominalStart),
  }));
  const decisions = run.decided.map((it): Decision => ({
    kind: it.kind,
    effective: toMonth(it.month),
    cause: it.cause,
    receivedOn: it.receivedOn,
    exOfficio: it.receivedOn === null,
    // Several events of one month make one amount (法9条): each decision states the amount of the month after all of them.
    monthlyTotal: it.kind === "extinguish" ? 0 : totalIn(run, it.month),
  }));
  const last = toMonth(until);
  return [...decisions, ...refusals]
    .filter((decision) => decision.effective <= last)
    .sort((left, right) => (left.effective < right.effective ? -1 : left.effective > right.effective ? 1 : 0));
}

/** A claim for what 附則13条4項 already gave is a document sent in, neither granted nor refused. */
const isMetByReform = (run: Run, it: PreparedClaim): boolean =>
  isInReform2024Window(it.claim) &&
  run.decided.some((decision) => decision.cause === "reform" && decision.kind === "increase") &&
  it.parts.every((part) => part.start >= FIRST_R6 && (run.family.children[part.child]?.lastJH ?? FIRST_R6) < FIRST_R6);

/** Over the upper limit nobody is entitled; payable children are shown with 0, which is not the same as not payable. */
function showOver(run: Run, month: MonthIndex): void {
  if (run.incomeClass !== OVER) return;
  partsByFacts(run.family, month, run.result);
  evaluateMonth(run.family, month, OVER, run.result);
}
