/**
 * 公表された計算例: families and amounts that the Act, the ministry and municipalities have published or that were worked out by hand
 * from the text. Whoever approves changed parameters sees all of them answered by the program that will use the values.
 */
import amounts from "../examples/amounts.json" with { type: "json" };
import ends from "../examples/ends.json" with { type: "json" };
import incomes from "../examples/incomes.json" with { type: "json" };
import payments from "../examples/payments.json" with { type: "json" };
import starts from "../examples/starts.json" with { type: "json" };
import { assess } from "./assess/assess.ts";
import type { Assessment } from "./assess/types.ts";
import { parseCase } from "./case/read.ts";
import type { Calendar } from "./dates/calendar.ts";

type Expected = {
  readonly months?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly starts?: readonly string[];
  readonly ends?: readonly string[];
  readonly payments?: readonly Readonly<Record<string, unknown>>[];
  readonly paid?: { readonly months: readonly string[]; readonly amount: number };
};

/** One example: an input line, what it must give, and the arithmetic in words (`why`). */
type Example = {
  readonly id: string;
  readonly why: string;
  readonly case: Readonly<Record<string, unknown>>;
  readonly expect: Expected;
};

/** What an example gave. `expected` and `got` are JSON texts of the same shape. */
export interface ExampleAnswer {
  readonly id: string;
  readonly why: string;
  readonly ok: boolean;
  readonly expected: string;
  readonly got: string;
}

const lists: unknown = [amounts, starts, ends, payments, incomes];
const EXAMPLES = (lists as readonly (readonly Example[])[]).flat();

const firstMonths = (answer: Assessment, kind: "certify" | "extinguish"): string[] =>
  answer.decisions.filter((each) => each.kind === kind).map(({ effective }) => effective);

function monthOfAnswer(answer: Assessment, month: string): Readonly<Record<string, unknown>> {
  const found = answer.months.find((each) => each.month === month);
  if (found === undefined) return {};
  const { total, entitled, incomeClass } = found;
  return {
    total,
    entitled,
    incomeClass,
    amounts: Object.fromEntries(found.children.map(({ id, amount }) => [id, amount])),
  };
}

const part = (wanted: Readonly<Record<string, unknown>>, got: Readonly<Record<string, unknown>>): unknown =>
  Object.fromEntries(Object.keys(wanted).map((key) => [key, got[key]]));

/** The part of the answer that the example speaks about, in the same shape and order. */
function spoken(answer: Assessment, wanted: Expected): unknown {
  const of: { readonly [K in keyof Expected]-?: () => unknown } = {
    months: () =>
      Object.fromEntries(
        Object.entries(wanted.months ?? {}).map(([month, each]) => [month, part(each, monthOfAnswer(answer, month))]),
      ),
    starts: () => firstMonths(answer, "certify"),
    ends: () => firstMonths(answer, "extinguish"),
    payments: () => (wanted.payments ?? []).map((each, index) => part(each, { ...answer.payments[index] })),
    paid: () => ({
      months: answer.payments.flatMap(({ months }) => months).toSorted(),
      amount: answer.payments.reduce((sum, { amount }) => sum + amount, 0),
    }),
  };
  return Object.fromEntries((Object.keys(wanted) as (keyof Expected)[]).map((key) => [key, of[key]()]));
}

/** A refusal or a defect is an answer too: tables that do not fit together must not keep the others from being read. */
function answerOf(example: Example, calendar: Calendar): unknown {
  const parsed = parseCase(example.case);
  if (!parsed.ok) return { refused: parsed.problem.code };
  try {
    const result = assess(parsed.value, { calendar, explain: false });
    return result.ok ? spoken(result.value, example.expect) : { refused: result.problem.code };
  } catch (error) {
    return { defect: String(error) };
  }
}

/** Answers every published example anew. `calendar` must know the national holidays from 2010 on. */
export function runPublishedExamples(calendar: Calendar): readonly ExampleAnswer[] {
  return EXAMPLES.map((example) => {
    const expected = JSON.stringify(example.expect);
    const got = JSON.stringify(answerOf(example, calendar));
    return { id: example.id, why: example.why, ok: got === expected, expected, got };
  });
}
