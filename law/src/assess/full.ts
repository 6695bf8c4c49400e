/**
 * `mode: "full"`: claims decide when entitlement starts and rises, facts decide when it falls and ends.
 *
 * One pass over the months. In each month first what the facts and the law end or change (ex officio), then the claims that
 * start with this month, in order of receipt; the month's amount is that of the state after all of it (法9条).
 */
import { recipientSpans } from "../articles/article4-eligibility.ts";
import { incomeYearOf, recordOf } from "../articles/article5-income.ts";
import { NO_TEST, NORMAL, OVER } from "../articles/article6-amounts.ts";
import type { AssessmentCase } from "../case/types.ts";
import { readMonth, type MonthIndex } from "../dates/packed.ts";
import { SCHEDULED_ENDS } from "../implicit.ts";
import { FIRST_R2, FIRST_R6, LAST_INDEX } from "../parameters/regimes.ts";
import { prepareClaims } from "./claim-parts.ts";
import { orderedDecisions } from "./decisions.ts";
import { clearInclusions, includeReform2024, noEntitlement, runOut, type Certification } from "./entitlement.ts";
import { emptyMonth, evaluateMonth, partsByFacts, prepareFamily } from "./family.ts";
import { fullReasons } from "./full-reasons.ts";
import { incomeClassCode, missingIncome, UNKNOWN_CLASS } from "./incomes.ts";
import { monthAssessment } from "./months.ts";
import { paymentsOf, type DueMonth } from "./payments.ts";
import { decide, evaluate, isOver, type Run } from "./run.ts";
import { startClaims } from "./start-claims.ts";
import type { AssessmentContext, Assessment, DecisionKind, ExOfficioCause, MonthAssessment } from "./types.ts";

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
    const isEnd = run.state.certification === undefined && !SCHEDULED_ENDS.has(run.lastEnd);
    const before = due.at(-1);
    if (isEnd && before !== undefined) due[due.length - 1] = { ...before, isLastBeforeEnd: true };
    if (month < from || month > until) continue;
    const isEntitled = run.state.certification !== undefined;
    const claimedOn = run.state.certification?.by.claim.received ?? 0;
    showOver(run, month);
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
  const { certification } = state;
  run.incomeClass = incomeClassCode(run.line.recipient, month, family.knownBy);
  run.lastEnd = undefined;
  // Also where nobody is certified: a 確認書 that waits for a certification may run out while it waits.
  const dropped = runOut(state, month);
  if (certification !== undefined) {
    run.lastEnd = endCause(run, month, certification);
    if (run.lastEnd !== undefined) clearInclusions(state);
    else if (month === FIRST_R6) includeReform2024(state, family);
    run.total = evaluate(run, month);
    const exOfficio = run.total;
    const earlier = run.decided.length;
    if (run.lastEnd === undefined && exOfficio === 0) {
      // The last child has gone, but an increase that starts with this month keeps the entitlement alive.
      startClaims(run, month, (claim) => claim.claim.kind !== "certification");
      if (evaluate(run, month) === 0) {
        run.lastEnd = dropped ?? "fiscalYearEnd15";
        clearInclusions(state);
      }
    }
    // What the facts did comes before what was claimed, and is told by itself: a child that left never raised an amount.
    const claimed = run.decided.splice(earlier);
    if (run.lastEnd !== undefined) decide(run, month, "extinguish", run.lastEnd, null);
    else decideChange(run, month, { before, after: exOfficio }, classBefore, dropped);
    run.decided.push(...claimed);
  }
  startClaims(run, month, () => true);
  run.total = evaluate(run, month);
  if (isReported && run.incomeClass === UNKNOWN_CLASS && run.total > 0) throw missingIncome(month);
  run.totals.set(month, run.incomeClass === UNKNOWN_CLASS && run.total > 0 ? null : run.total);
}

/** 8条2項: what ends the whole entitlement with the month before, if anything. */
function endCause(run: Run, month: MonthIndex, certification: Certification): ExOfficioCause | undefined {
  if (month === FIRST_R2) return "reform";
  if (certification.until < month) return certification.endCause;
  return isOver(run, month, certification.by) ? "income" : undefined;
}

/** 9条3項 and the ex officio increases: what changed without a claim. */
function decideChange(
  run: Run,
  month: MonthIndex,
  { before, after }: { readonly before: number; readonly after: number },
  classBefore: number,
  dropped: ExOfficioCause | undefined,
): void {
  if (after === before) return;
  const isUnknown = run.incomeClass === UNKNOWN_CLASS || classBefore === UNKNOWN_CLASS;
  const kind: DecisionKind = after > before ? "increase" : "decrease";
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
  if (paidAs(run.incomeClass) !== paidAs(classBefore)) {
    const record = recordOf(run.line.recipient.incomes, incomeYearOf(month), run.family.knownBy);
    return record?.knownOn === undefined || record.knownOn === null ? "income" : "taxCorrection";
  }
  const { children } = run.family;
  if (children.some((child) => child.lastU3 === month - 1)) return "turnedThree";
  if (children.some((child) => child.lastEL === month - 1)) return "fiscalYearEnd12";
  return children.some((child) => child.lastJH === month - 1) ? "fiscalYearEnd15" : (dropped ?? "reform");
}

/** Where there is no test the amounts are those of income below the limit: its first and its last month change nothing there. */
const paidAs = (incomeClass: number): number => (incomeClass === NO_TEST ? NORMAL : incomeClass);

/** Over the upper limit nobody is entitled; payable children are shown with 0, which is not the same as not payable. */
function showOver(run: Run, month: MonthIndex): void {
  if (run.incomeClass !== OVER) return;
  partsByFacts(run.family, month, run.result);
  evaluateMonth(run.family, month, OVER, run.result);
}
