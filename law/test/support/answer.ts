/** One shape for the answers of both calculators, so that a vector is checked the same way against either. */
import { holidays } from "./holidays.ts";
import type { Case } from "../../plain/case.ts";
import { plainAssess } from "../../plain/plain.ts";

export interface AnswerMonth {
  readonly total: number;
  readonly entitled: boolean;
  /** Only the engine tells these; `undefined` from the plain calculator. */
  readonly incomeClass?: string | null;
  readonly amounts?: Readonly<Record<string, number | null>>;
}

export interface AnswerPayment {
  readonly paymentMonth: string;
  readonly payOn: string;
  readonly months: readonly string[];
  readonly amount: number;
}

export interface Answer {
  readonly months: Readonly<Record<string, AnswerMonth>>;
  /** First months of entitlement, and the first months without it. */
  readonly starts: readonly string[];
  readonly ends: readonly string[];
  readonly payments: readonly AnswerPayment[];
}

/** What a vector expects; what it leaves out is not asserted. `paid` is the sum over all payments. */
export interface Expectation {
  readonly months?: Readonly<Record<string, Partial<AnswerMonth>>>;
  readonly starts?: readonly string[];
  readonly ends?: readonly string[];
  readonly payments?: readonly Partial<AnswerPayment>[];
  readonly paid?: { readonly months: readonly string[]; readonly amount: number };
}

export interface Vector {
  /** Requirement rows that this vector shows. */
  readonly tags?: readonly string[];
  readonly id: string;
  readonly why: string;
  readonly case: Case;
  readonly expect: Expectation;
}

export function plainAnswer(line: Case): Answer {
  const answer = plainAssess(line, holidays());
  return {
    months: Object.fromEntries(answer.months.map(({ month, total, entitled }) => [month, { total, entitled }])),
    starts: answer.starts,
    ends: answer.ends,
    payments: answer.payments,
  };
}

/** The part of an answer that an expectation speaks about, in the same shape, ready for `toEqual`. */
export function spokenOf(answer: Answer, expectation: Expectation): Expectation {
  const months = Object.entries(expectation.months ?? {}).map(([month, wanted]) => {
    const got = answer.months[month];
    const entries = Object.keys(wanted).map((key) => [key, got?.[key as keyof AnswerMonth]]);
    return [month, Object.fromEntries(entries)];
  });
  const payments = (expectation.payments ?? []).map((wanted, index) => {
    const got = answer.payments[index];
    return Object.fromEntries(Object.keys(wanted).map((key) => [key, got?.[key as keyof AnswerPayment]]));
  });
  return {
    ...(expectation.months === undefined ? {} : { months: Object.fromEntries(months) }),
    ...(expectation.starts === undefined ? {} : { starts: answer.starts }),
    ...(expectation.ends === undefined ? {} : { ends: answer.ends }),
    ...(expectation.payments === undefined ? {} : { payments }),
    ...(expectation.paid === undefined ? {} : { paid: paidBy(answer.payments) }),
  };
}

function paidBy(payments: readonly AnswerPayment[]): { months: readonly string[]; amount: number } {
  return {
    months: payments.flatMap((each) => each.months).toSorted(),
    amount: payments.reduce((sum, each) => sum + each.amount, 0),
  };
}

/** The same expectation without what the plain calculator does not tell. */
export function withoutDetails(expectation: Expectation): Expectation {
  if (expectation.months === undefined) return expectation;
  const months = Object.entries(expectation.months).map(([month, { total }]) => [month, { total }]);
  return { ...expectation, months: Object.fromEntries(months) };
}
