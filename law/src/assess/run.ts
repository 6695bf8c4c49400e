/** What one pass over the months of a case carries along, and the questions that every step of it asks. */
import { OVER } from "../articles/article6-amounts.ts";
import type { AssessmentCase } from "../case/types.ts";
import type { CivilDate } from "../dates/civil.ts";
import { lastDayOf, type MonthIndex } from "../dates/packed.ts";
import type { ClaimPart, PreparedClaim } from "./claim-parts.ts";
import { partsByEntitlement, type Entitlement } from "./entitlement.ts";
import { evaluateMonth, type Family, type MonthResult } from "./family.ts";
import { incomeClassCode } from "./incomes.ts";
import type { Decision, DecisionKind, ExOfficioCause } from "./types.ts";

/** A part of a claim waiting for its month. */
export interface Waiting {
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
export interface Run {
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

/** The total of the state as it stands, yen. */
export function evaluate(run: Run, month: MonthIndex): number {
  partsByEntitlement(run.state, run.family, month, run.result);
  return evaluateMonth(run.family, month, run.incomeClass, run.result);
}

/**
 * 所得上限 in this month, by the income as it stands now, or as it stood when the office had to look at it: a correction that
 * came later does not undo an extinction, only a new claim does.
 */
export function isOver(run: Run, month: MonthIndex, by: PreparedClaim): boolean {
  if (run.incomeClass === OVER) return true;
  const then = Math.min(run.family.knownBy, Math.max(by.claim.received, lastDayOf(month)));
  return incomeClassCode(run.line.recipient, month, then) === OVER;
}

/** Writes a decision down; its amount follows when the month is done. */
export function decide(
  run: Run,
  month: MonthIndex,
  kind: DecisionKind,
  cause: Decision["cause"],
  receivedOn: CivilDate | null,
): void {
  run.decided.push({ month, kind, cause, receivedOn });
}
