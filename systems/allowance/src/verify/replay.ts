/**
 * `hagukumi verify replay` (組み直し): the ledger, what runs say of themselves, debts and the parts of every decision are built again from
 * what came before them – from empty, without a look at what is stored – and compared with it byte by byte.
 *
 * Rebuilt are the entries and headings of the ledger (from amounts due, months and lines of runs, results of the bank, deductions and
 * repayments), lines, headings and files of runs (from their months), debts (from the claims of the ledger) and 内訳 with the children's parts (from the facts of each decision, by the rules of today). Amounts due themselves are
 * recalculated by `verify money` (M4b). Commands are kept as digests, so their requests are not played again: which decisions were made and
 * which months a run took is taken from their own rows.
 */
import type { Calendar } from "@hagukumi/law/contract.ts";
import { readOnly, withRole } from "@hagukumi/platform/database/transaction.ts";
import type { PoolClient } from "pg";

import { type DecisionRow, partsOfDecisions } from "../case-file/decision-months.ts";
import { type Context, ROLE } from "../context.ts";
import { Pair } from "./compare-pair.ts";
import { compareTable, type ReplayedTable } from "./compare-table.ts";
import { REBUILT_ENTRIES, REBUILT_HEADINGS, STORED_ENTRIES, STORED_HEADINGS } from "./replay-ledger.ts";
import { RUN_REBUILDINGS } from "./replay-runs.ts";

/** Decisions judged at a time. */
const PAGE = 2000;

const DECISIONS = `
  SELECT d.decision_id, d.effective_month, d.monthly_total, d.facts_digest
  FROM allowance.decision d JOIN allowance.decision_breakdown b USING (decision_id)
  WHERE d.decision_id > $1 ORDER BY d.decision_id LIMIT ${PAGE}`;

const STORED_PARTS = {
  breakdown: `SELECT decision_id, base_children, counted_siblings, count_1, amount_1, count_2, amount_2, count_3, amount_3, count_4, amount_4, income_class
    FROM allowance.decision_breakdown WHERE decision_id = ANY ($1) ORDER BY decision_id`,
  child: `SELECT decision_id, child_number, counted, payable, position, band, amount
    FROM allowance.decision_child WHERE decision_id = ANY ($1) ORDER BY decision_id, child_number`,
} as const;

const rowMode = async (client: PoolClient, text: string, ids: readonly number[]): Promise<readonly unknown[][]> =>
  (await client.query<unknown[]>({ text, values: [ids], rowMode: "array" })).rows;

/** 内訳 and the children's parts of every decision that has them. */
async function replayParts(client: PoolClient, calendar: Calendar): Promise<readonly ReplayedTable[]> {
  const breakdown = new Pair("allowance.decision_breakdown");
  const child = new Pair("allowance.decision_child");
  for (let after = 0; ;) {
    const { rows } = await client.query<DecisionRow>(DECISIONS, [after]);
    const last = rows.at(-1);
    if (last === undefined) return [breakdown.end(), child.end()];
    after = last.decision_id;
    const ids = rows.map(({ decision_id: id }) => id);
    const found = (await partsOfDecisions(client, calendar, rows)).toSorted(
      ([left], [right]) => left.decision_id - right.decision_id,
    );
    breakdown.add(
      await rowMode(client, STORED_PARTS.breakdown, ids),
      found.map(([{ decision_id: id }, parts]) => [
        id,
        parts.baseChildren,
        parts.countedSiblings,
        ...parts.slots.flatMap(({ count, amount }) => [count, amount]),
        parts.incomeClass,
      ]),
    );
    child.add(
      await rowMode(client, STORED_PARTS.child, ids),
      found.flatMap(([{ decision_id: id }, { children }]) =>
        children
          .toSorted((left, right) => left.child - right.child)
          .map((one) => [id, one.child, one.counted, one.payable, one.position, one.band, one.amount]),
      ),
    );
  }
}

/**
 * Builds the tables again on one snapshot and compares them. Nothing is written.
 *
 * @returns one row for each table; bytes that differ have two different sums and examples
 */
export async function replayRecords({
  pool,
  calendar,
}: Pick<Context, "pool" | "calendar">): Promise<readonly ReplayedTable[]> {
  return await readOnly(pool, async (client) => {
    await withRole(client, ROLE);
    const runs: ReplayedTable[] = [];
    for (const { table, stored, rebuilt } of RUN_REBUILDINGS)
      runs.push(await compareTable(client, table, stored, rebuilt));
    return [
      await compareTable(client, "allowance.journal", STORED_HEADINGS, REBUILT_HEADINGS),
      await compareTable(client, "allowance.ledger_entry", STORED_ENTRIES, REBUILT_ENTRIES),
      ...runs,
      ...(await replayParts(client, calendar)),
    ];
  });
}
