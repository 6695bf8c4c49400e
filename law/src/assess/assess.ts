/** The engine: one case in, one assessment out. Pure: no clock, no I/O, no memory of earlier cases. */
import type { AssessmentCase } from "../case/types.ts";
import { attempt, type Result } from "../result.ts";
import { assessAmountOnly } from "./amount-only.ts";
import { assessFull } from "./full.ts";
import type { Assessment, AssessmentContext } from "./types.ts";

/**
 * Assesses a case that `parseCase` accepted.
 *
 * @returns months, decisions and payments; or one problem: `unknownFact` where a reported month needs a fact that the case does
 *   not have, `outsideCalendar` where a deadline or pay day lies outside the table of national holidays
 */
export const assess = (line: AssessmentCase, context: AssessmentContext): Result<Assessment> =>
  attempt(() => (line.mode === "amountOnly" ? assessAmountOnly(line, context) : assessFull(line, context)));
