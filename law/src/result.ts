/**
 * Closed set of error codes of the law room. A machine branches on the code, a person reads the message.
 *
 * - `notJson` the line is not JSON; `tooLong` the line exceeds the documented size
 * - `wrongType`, `missingKey`, `unknownKey`, `wrongValue` the shape of the case
 * - `impossibleDate`, `impossibleMonth`, `reversedPeriod` civil dates and months
 * - `duplicateChild`, `unknownChild`, `duplicateIncome` references inside the case
 * - `outOfRange` a month outside every regime; `outsideCalendar` a day outside the table of national holidays
 * - `unknownFact` a fact that the law needs for a reported month is not in the case
 * - `missingShare` a cost share that no published text fixes yet
 */
export type ProblemCode =
  | "notJson"
  | "tooLong"
  | "wrongType"
  | "missingKey"
  | "unknownKey"
  | "wrongValue"
  | "impossibleDate"
  | "impossibleMonth"
  | "reversedPeriod"
  | "duplicateChild"
  | "unknownChild"
  | "duplicateIncome"
  | "outOfRange"
  | "outsideCalendar"
  | "unknownFact"
  | "missingShare";

/** What was wrong, where (`path` into the case, e.g. `children[0].birthDate`), and what to do, in Japanese. */
export interface Problem {
  readonly code: ProblemCode;
  readonly path: string;
  readonly message: string;
}

/** Either a value or one problem. Nothing in the law throws for bad input. */
export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: Problem };

export const ok = <T>(value: T): Result<T> => ({ ok: true, value });

export const fail = (code: ProblemCode, path: string, message: string): { ok: false; problem: Problem } => ({
  ok: false,
  problem: { code, path, message },
});

/** Carries a `Problem` through code that would be unreadable with a check after every call. Never leaves the law room. */
export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(code: ProblemCode, path: string, message: string) {
    super(message);
    this.name = "ProblemError";
    this.problem = { code, path, message };
  }
}

/** Runs `work`, turning a thrown `ProblemError` into a result. Any other error is a defect and goes on. */
export function attempt<T>(work: () => T): Result<T> {
  try {
    return ok(work());
  } catch (error) {
    if (error instanceof ProblemError) return { ok: false, problem: error.problem };
    throw error;
  }
}
