/** The engine behind its door, answering in the examiners' shape. */
import { assess, createCalendar, parseCase, type Assessment, type Calendar, type Problem } from "../../contract.ts";
import type { Case } from "../../plain/case.ts";
import type { Answer } from "./answer.ts";
import { holidays } from "./holidays.ts";

let shared: Calendar | undefined;

export function calendar(): Calendar {
  shared ??= createCalendar(holidays());
  return shared;
}

export class Refusal extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(`${problem.code} ${problem.path} ${problem.message}`);
    this.problem = problem;
  }
}

/** The engine's assessment of a case line; throws a `Refusal` where it refuses. */
export function assessed(line: unknown, explain = false): Assessment {
  const parsed = parseCase(line);
  if (!parsed.ok) throw new Refusal(parsed.problem);
  const result = assess(parsed.value, { calendar: calendar(), explain });
  if (!result.ok) throw new Refusal(result.problem);
  return result.value;
}

export function problemOf(line: unknown): Problem | undefined {
  try {
    assessed(line);
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error.problem;
    throw error;
  }
}

export function engineAnswer(line: Case): Answer {
  const answer = assessed(line);
  return {
    months: Object.fromEntries(
      answer.months.map((each) => [
        each.month,
        {
          total: each.total,
          entitled: each.entitled,
          incomeClass: each.incomeClass,
          amounts: Object.fromEntries(each.children.map((child) => [child.id, child.amount])),
        },
      ]),
    ),
    starts: answer.decisions.filter((each) => each.kind === "certify").map((each) => each.effective),
    ends: answer.decisions.filter((each) => each.kind === "extinguish").map((each) => each.effective),
    payments: answer.payments,
  };
}
