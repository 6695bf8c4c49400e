/** What decisions change in yen, month and child: for the clerk who examines, for the one who approves, for the notice. */
import {
  addMonths,
  assess,
  type AssessmentCase,
  type Calendar,
  type ChildMonth,
  type Month,
  parseCase,
} from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import type { Effect } from "../filings/procedure.ts";
import { causeName, decisionName } from "../inquiry/labels.ts";
import type { ForeseenChange, Foresight } from "./foresee.ts";
import type { PlannedDecision } from "./plan-decisions.ts";

/** One month of a right: yen in all, and each child with its amount and the sentences of the law behind it. */
export type MonthAmounts = { readonly total: number; readonly children: readonly ChildMonth[] };

/** What the facts give in one month; null where the law can't say (a month without its income facts). */
export function amountsIn(
  facts: AssessmentCase,
  month: Month,
  calendar: Calendar,
  explain = false,
): MonthAmounts | null {
  const parsed = parseCase({ ...facts, from: month, until: month });
  const result = parsed.ok ? assess(parsed.value, { calendar, explain }) : parsed;
  if (!result.ok) return null;
  const [found] = result.value.months;
  if (found === undefined || !found.entitled) return { total: 0, children: [] };
  return { total: found.total, children: found.children };
}

const yenOf = (amounts: MonthAmounts | null, child: number): number | null =>
  amounts?.children.find(({ id }) => Number(id) === child)?.amount ?? null;

function childrenOf(before: MonthAmounts | null, after: MonthAmounts | null): Effect["children"] {
  const payable = (amounts: MonthAmounts | null): ChildMonth[] =>
    (amounts?.children ?? []).filter(({ amount }) => amount !== null);
  const numbers = new Set([...payable(after), ...payable(before)].map(({ id }) => Number(id)));
  return [...numbers].map((child) => ({ child, before: yenOf(before, child), after: yenOf(after, child) }));
}

const text = (yen: number | null): string | null => (yen === null ? null : `月額${yen.toLocaleString("ja-JP")}円`);

function effectOf(
  decision: PlannedDecision,
  recipientId: number | null,
  before: MonthAmounts | null,
  after: MonthAmounts | null,
): Effect {
  const { kind, effective, cause } = decision;
  const opens = kind === "certify";
  const yenBefore = opens ? null : (before?.total ?? null);
  const yenAfter = kind === "extinguish" ? 0 : (after?.total ?? null);
  return {
    kind,
    what: `${decisionName(kind)}（${causeName(cause)}）`,
    recipientId,
    fromMonth: effective,
    before: text(yenBefore),
    after: kind === "extinguish" ? "支給しない" : text(yenAfter),
    yenBefore,
    yenAfter,
    children: childrenOf(opens ? null : before, kind === "extinguish" ? null : after),
  };
}

/** The facts on which the last recorded decision of a change rests: what stood before. */
async function recordedFacts(connection: Queryable, change: ForeseenChange): Promise<AssessmentCase | null> {
  const digest = change.recipient?.decisions.at(-1)?.factsDigest;
  if (digest === undefined) return null;
  const { rows } = await connection.query<{ facts: Readonly<Record<string, unknown>> }>(
    "SELECT facts FROM allowance.facts WHERE facts_digest = $1",
    [digest],
  );
  const parsed = parseCase(rows[0]?.facts ?? {});
  return parsed.ok ? parsed.value : null;
}

/**
 * Effects of everything that would be decided, in the order of the decisions. 訂正 compares its month before and after; any
 * other decision compares the month before it with its own.
 */
export async function effectsOf(connection: Queryable, foresight: Foresight, calendar: Calendar): Promise<Effect[]> {
  const effects: Effect[] = [];
  for (const change of foresight.changes) {
    const recipientId = change.recipient?.recipientId ?? null;
    const facts = change.episode.facts.json;
    const old = change.decisions.some(({ kind }) => kind === "correct")
      ? await recordedFacts(connection, change)
      : null;
    for (const decision of change.decisions) {
      const after = amountsIn(facts, decision.effective, calendar);
      const before =
        decision.kind === "correct"
          ? old === null
            ? null
            : amountsIn(old, decision.effective, calendar)
          : amountsIn(facts, addMonths(decision.effective, -1), calendar);
      effects.push(effectOf(decision, recipientId, before, after));
    }
  }
  for (const { recipient, decisions } of foresight.lost) {
    for (const decision of decisions) {
      const standing = recipient.decisions.at(-1)?.monthlyTotal ?? null;
      const before = standing === null ? null : { total: standing, children: [] };
      effects.push(effectOf(decision, recipient.recipientId, before, { total: 0, children: [] }));
    }
  }
  return effects;
}
