/** A case made ready for month-by-month evaluation: integers, spans, and the children in birth order. */
import { bandCode, bandEndsOf, type BandEnds } from "../dates/age.ts";
import { NEVER, readDay, type MonthIndex, type PackedDay } from "../dates/packed.ts";
import { covers, type Span } from "../dates/spans.ts";
import { defined } from "../defined.ts";
import type { AssessmentCase, ChildFacts } from "../case/types.ts";
import { childSpans, supportSpans } from "../articles/article4-eligibility.ts";
import {
  ABSENT,
  amountRule,
  AS_CHILD,
  AS_SUPPORTED,
  CORPORATE,
  INDIVIDUAL,
  INSTITUTION,
  isCounted,
} from "../articles/article6-amounts.ts";
import { YEN_BY_RULE } from "../parameters/amounts.ts";

/** One child; spans are what `article4-eligibility.ts` found. */
export interface PreparedChild extends BandEnds {
  readonly id: string;
  readonly serial: number;
  readonly birth: PackedDay;
  readonly spans: readonly Span[];
  readonly support: readonly Span[];
}

/** `children` is in birth order; `inputOrder[i]` is where the i-th child of the case stands in it. */
export interface Family {
  readonly kind: number;
  readonly children: readonly PreparedChild[];
  readonly inputOrder: readonly number[];
  readonly knownBy: PackedDay;
}

/** The result of one month, in birth order, written over at each evaluation so that the loop allocates nothing. */
export interface MonthResult {
  readonly part: number[];
  readonly band: number[];
  readonly position: number[];
  readonly rule: number[];
}

const KIND_CODES = { individual: INDIVIDUAL, corporateGuardian: CORPORATE, institution: INSTITUTION } as const;

function prepareChild(child: ChildFacts, index: number, line: AssessmentCase, knownBy: PackedDay): PreparedChild {
  const birth = readDay(child.birthDate);
  return {
    id: child.id,
    serial: child.serial ?? index + 1,
    birth,
    ...bandEndsOf(birth),
    spans: childSpans(child, line.recipient.kind, knownBy),
    support: supportSpans(child, knownBy),
  };
}

/** 出生順: by birth date, then by 児童連番, then by id, so that no order of input changes an answer. */
function inBirthOrder(left: PreparedChild, right: PreparedChild): number {
  if (left.birth !== right.birth) return left.birth - right.birth;
  if (left.serial !== right.serial) return left.serial - right.serial;
  return left.id < right.id ? -1 : 1;
}

/** @param line a case that `parseCase` accepted */
export function prepareFamily(line: AssessmentCase): Family {
  const knownBy = line.knownOn === undefined || line.knownOn === null ? NEVER : readDay(line.knownOn);
  const given = line.children.map((child, index) => prepareChild(child, index, line, knownBy));
  const children = given.toSorted(inBirthOrder);
  return {
    kind: KIND_CODES[line.recipient.kind],
    children,
    inputOrder: given.map((child) => children.indexOf(child)),
    knownBy,
  };
}

export function emptyMonth(family: Family): MonthResult {
  const zeros = (): number[] => family.children.map(() => 0);
  return { part: zeros(), band: zeros(), position: zeros(), rule: zeros() };
}

function coveredBy(spans: readonly Span[], month: MonthIndex): boolean {
  for (const of of spans) if (covers(of, month)) return true;
  return false;
}

/** Who takes part by the facts alone, entitlement being taken as given. Fills `into.band` and `into.part`. */
export function partsByFacts(family: Family, month: MonthIndex, into: MonthResult): void {
  for (let index = 0; index < family.children.length; index += 1) {
    const child = defined(family.children[index]);
    const band = bandCode(child, month);
    into.band[index] = band;
    into.part[index] =
      band <= 3
        ? coveredBy(child.spans, month)
          ? AS_CHILD
          : ABSENT
        : band === 4 && coveredBy(child.support, month)
          ? AS_SUPPORTED
          : ABSENT;
  }
}

/**
 * 手当月額: places and rules for everyone whose band and part are filled in.
 *
 * @param incomeClass code of the income class; one that is not known counts as untested
 * @returns the total, yen
 */
export function evaluateMonth(family: Family, month: MonthIndex, incomeClass: number, into: MonthResult): number {
  let total = 0;
  let place = 0;
  for (let index = 0; index < family.children.length; index += 1) {
    const band = defined(into.band[index]);
    const part = defined(into.part[index]);
    const position = isCounted(month, family.kind, part) ? (place += 1) : 0;
    const rule = amountRule(month, family.kind, incomeClass, band, part, position);
    into.position[index] = position;
    into.rule[index] = rule;
    total += defined(YEN_BY_RULE[rule]);
  }
  return total;
}
