/**
 * Writes 内訳 and the children's parts of every decision that has none yet, from the very facts that the decision rests on. A
 * batch that can be stopped and goes on where it was; the database refuses parts that do not add up to the decision.
 */
import { randomUUID } from "node:crypto";

import { ruleVersion } from "@hagukumi/law/contract.ts";
import { runCommand } from "@hagukumi/platform/database/command.ts";
import { copyRows } from "@hagukumi/platform/database/copy.ts";
import type { PoolClient } from "pg";

import { refusing } from "../constraints.ts";
import { type Context, ROLE } from "../context.ts";
import { stopIfCancelled } from "../refusal.ts";
import { streamOf } from "../stream.ts";
import { type DecisionRow, partsOfDecisions } from "./decision-months.ts";
import type { DecisionParts } from "./decision-parts.ts";

/** Decisions per transaction */
const BATCH = 4000;

export type PartsCount = {
  /** Decisions whose parts were written */
  readonly recorded: number;
  /** Decisions whose amount today's rules do not give again from their facts: they stay without parts, for a person to look at */
  readonly differing: number;
};

const PENDING = `
  SELECT d.decision_id, d.effective_month, d.monthly_total, d.facts_digest
  FROM allowance.decision d
  WHERE d.decision_id > $1 AND d.monthly_total IS NOT NULL AND d.kind <> 'refuse'
    AND NOT EXISTS (SELECT FROM allowance.decision_breakdown b WHERE b.decision_id = d.decision_id)
  ORDER BY d.decision_id LIMIT ${BATCH}`;

async function writeParts(
  client: PoolClient,
  found: readonly (readonly [DecisionRow, DecisionParts])[],
): Promise<void> {
  await copyRows(
    client,
    "allowance.decision_breakdown",
    [
      "decision_id",
      "base_children",
      "counted_siblings",
      "count_1",
      "amount_1",
      "count_2",
      "amount_2",
      "count_3",
      "amount_3",
      "count_4",
      "amount_4",
      "income_class",
      "rule_version",
    ],
    streamOf(
      found.map(([row, parts]) => [
        row.decision_id,
        parts.baseChildren,
        parts.countedSiblings,
        ...parts.slots.flatMap(({ count, amount }) => [count, amount]),
        parts.incomeClass,
        ruleVersion,
      ]),
    ),
  );
  await copyRows(
    client,
    "allowance.decision_child",
    ["decision_id", "child_number", "counted", "payable", "position", "band", "amount"],
    streamOf(
      found.flatMap(([row, { children }]) =>
        children.map((part) => [
          row.decision_id,
          part.child,
          part.counted,
          part.payable,
          part.position,
          part.band,
          part.amount,
        ]),
      ),
    ),
  );
}

type Slice = { readonly rows: number; readonly recorded: number; readonly last: number | null };

async function slice(context: Context, after: number): Promise<Slice> {
  const command = {
    role: ROLE,
    key: `decision.parts/${randomUUID()}`,
    name: "decision.parts",
    actor: context.operator,
    guard: context.guard,
    purpose: context.purpose,
    request: { after },
    signal: context.signal,
  };
  const { response } = await refusing(() =>
    runCommand<Slice>(context.pool, command, async (client) => {
      const { rows } = await client.query<DecisionRow>(PENDING, [after]);
      const found = await partsOfDecisions(client, context.calendar, rows);
      await writeParts(client, found);
      const detail = { rows: rows.length, recorded: found.length };
      return {
        response: {
          rows: rows.length,
          recorded: found.length,
          last: rows.length < BATCH ? null : (rows.at(-1)?.decision_id ?? null),
        },
        audit: [{ action: "decision.parts", objectKind: "batch", objectId: "decision", detail }],
      };
    }),
  );
  return response;
}

/**
 * Records the parts of all decisions that have none.
 *
 * @throws Refusal `cancelled` between two slices; what is done stays done
 */
export async function recordDecisionParts(context: Context): Promise<PartsCount> {
  let recorded = 0;
  let seen = 0;
  let after: number | null = 0;
  while (after !== null) {
    stopIfCancelled(context.signal, "決定の内訳の記録");
    const done: Slice = await slice(context, after);
    recorded += done.recorded;
    seen += done.rows;
    after = done.last;
    context.onProgress?.("決定の内訳", seen, seen);
  }
  return { recorded, differing: seen - recorded };
}
