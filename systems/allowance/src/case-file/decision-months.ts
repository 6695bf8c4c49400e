/** 内訳 of decisions out of the very facts that they rest on: read and calculated, nothing written. */
import {
  type AssessmentCase,
  assess,
  type Calendar,
  type CivilDate,
  type Month,
  monthOf,
  parseCase,
} from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import { type DecisionParts, decisionParts } from "./decision-parts.ts";

export type DecisionRow = {
  readonly decision_id: number;
  readonly effective_month: CivilDate;
  readonly monthly_total: number;
  readonly facts_digest: string;
};

/** The months of one set of facts, reaching at least over the months `of` the decisions. */
function monthsOf(facts: unknown, of: readonly Month[], calendar: Calendar): ReadonlyMap<Month, DecisionParts> {
  const parsed = parseCase(facts);
  if (!parsed.ok) return new Map();
  const { value } = parsed;
  // A decision may reach back before the months that were reported (所得の更正), or lie after them.
  const from = of.reduce((least, month) => (month < least ? month : least), value.from);
  const until = of.reduce((last, month) => (month > last ? month : last), value.until);
  const line: AssessmentCase = { ...value, from, until };
  const result = assess(line, { calendar, explain: false });
  return result.ok ? new Map(result.value.months.map((month) => [month.month, decisionParts(month)])) : new Map();
}

/** The parts of each decision whose amount the rules of today give again from its facts; the others are left out. */
export async function partsOfDecisions(
  client: Queryable,
  calendar: Calendar,
  rows: readonly DecisionRow[],
): Promise<readonly (readonly [DecisionRow, DecisionParts])[]> {
  const facts = await client.query<{ facts_digest: string; facts: unknown }>(
    "SELECT facts_digest, facts FROM allowance.facts WHERE facts_digest = ANY ($1)",
    [[...new Set(rows.map(({ facts_digest: digest }) => digest))]],
  );
  const byDigest = Map.groupBy(rows, ({ facts_digest: digest }) => digest);
  const found: (readonly [DecisionRow, DecisionParts])[] = [];
  for (const { facts_digest: digest, facts: text } of facts.rows) {
    const own = (byDigest.get(digest) ?? []).map((row) => ({ row, month: monthOf(row.effective_month) }));
    const months = monthsOf(
      text,
      own.map(({ month }) => month),
      calendar,
    );
    for (const { row, month } of own) {
      const parts = months.get(month);
      if (parts !== undefined && parts.total === row.monthly_total) found.push([row, parts]);
    }
  }
  return found;
}
