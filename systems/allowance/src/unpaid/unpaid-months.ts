/**
 * 未払の月分: what a recipient was due and nobody was paid, child by child. From the law and the ledger together: what the last decision
 * gives, less what has been paid and not come back. Reads only.
 */
import { addMonths, assess, type Month, month, parseCase } from "@hagukumi/law/contract.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import type { Context } from "../context.ts";
import { firstMonthNotBarred } from "../payments/create-run.ts";
import { readSetting } from "../settings.ts";

export type UnpaidMonth = {
  readonly child: number;
  readonly month: Month;
  /** Yen still to be paid, > 0 */
  readonly amount: number;
};

export type UnpaidMonths = {
  readonly months: readonly UnpaidMonth[];
  /** Months (of any child) that are in a payment run which has not ended: nobody can say yet whether they are paid */
  readonly underway: readonly UnpaidMonth[];
  /** Due, but time-barred (23条: two years) */
  readonly barred: readonly UnpaidMonth[];
};

type Last = { readonly facts: Readonly<Record<string, unknown>>; readonly ended: string | null };

const PAID = `
  SELECT d.child_number AS child, to_char(d.benefit_month, 'YYYY-MM') AS month,
         coalesce(sum(d.amount) FILTER (WHERE i.run_no IS NOT NULL AND e.run_no IS NOT NULL), 0)::int
           - coalesce((SELECT sum(v.amount) FROM allowance.receivable v WHERE (v.recipient_id, v.child_number, v.benefit_month) = ($1, d.child_number, d.benefit_month)), 0)::int AS paid,
         coalesce(sum(d.amount) FILTER (WHERE i.run_no IS NOT NULL AND e.run_no IS NULL), 0)::int AS underway,
         coalesce(sum(d.amount) FILTER (WHERE u.unpaid_id IS NOT NULL), 0)::int AS assigned
  FROM allowance.due_item d
  LEFT JOIN allowance.due_reversal r USING (child_number, benefit_month, generation, tranche)
  LEFT JOIN LATERAL (SELECT x.run_no FROM allowance.run_item x LEFT JOIN allowance.item_release y USING (child_number, benefit_month, generation, tranche, attempt)
    WHERE (x.child_number, x.benefit_month, x.generation, x.tranche) = (d.child_number, d.benefit_month, d.generation, d.tranche) AND y.attempt IS NULL LIMIT 1) i ON true
  LEFT JOIN allowance.run_end e ON e.run_no = i.run_no
  LEFT JOIN allowance.unpaid_standing u USING (child_number, benefit_month, generation, tranche)
  WHERE d.recipient_id = $1 AND r.tranche IS NULL GROUP BY d.child_number, d.benefit_month`;

/** Months from the opening of this system on; what came before was paid by the system before it. */
async function opening(connection: Queryable, context: Context): Promise<Month | null> {
  try {
    return month(await readSetting(connection, "openingMonth", context.today));
  } catch (error) {
    if (error instanceof Refusal && error.code === "settingMissing") return null;
    throw error;
  }
}

/**
 * What is due and unpaid up to and including `until`, as of a day.
 *
 * @param until last benefit month looked at: the month of death, or of leaving the institution
 */
export async function unpaidMonths(
  connection: Queryable,
  context: Context,
  recipientId: number,
  until: Month,
): Promise<UnpaidMonths> {
  const nothing: UnpaidMonths = { months: [], underway: [], barred: [] };
  const from = await opening(connection, context);
  const { rows } = await connection.query<Last>(
    `SELECT f.facts, w.ended_from AS ended FROM allowance.decision d JOIN allowance.facts f USING (facts_digest)
     JOIN allowance.recipient_window w USING (recipient_id) WHERE d.recipient_id = $1 AND d.kind <> 'refuse' ORDER BY d.seq DESC LIMIT 1`,
    [recipientId],
  );
  const last = rows[0];
  if (from === null || last === undefined || until < from) return nothing;
  const ended = last.ended === null ? until : addMonths(month(last.ended.slice(0, 7)), -1);
  const to = ended < until ? ended : until;
  if (to < from) return nothing;
  const parsed = parseCase({ ...last.facts, from, until: to });
  const assessed = parsed.ok ? assess(parsed.value, { calendar: context.calendar, explain: false }) : parsed;
  if (!assessed.ok) throw new Error(`recorded facts of ${recipientId}: ${assessed.problem.message}`);
  const paid = await connection.query<{
    child: number;
    month: Month;
    paid: number;
    underway: number;
    assigned: number;
  }>(PAID, [recipientId]);
  const standing = new Map(paid.rows.map((row) => [`${row.child}/${row.month}`, row]));
  const notBarred = firstMonthNotBarred(context.today);
  const result = { months: [] as UnpaidMonth[], underway: [] as UnpaidMonth[], barred: [] as UnpaidMonth[] };
  for (const of of assessed.value.months.filter(({ entitled }) => entitled)) {
    for (const { id, amount } of of.children) {
      const child = Number(id);
      const row = standing.get(`${child}/${of.month}`);
      const rest = (amount ?? 0) - (row?.paid ?? 0) - (row?.underway ?? 0) - (row?.assigned ?? 0);
      if (row !== undefined && row.underway > 0) result.underway.push({ child, month: of.month, amount: row.underway });
      if (rest <= 0) continue;
      (of.month < notBarred ? result.barred : result.months).push({ child, month: of.month, amount: rest });
    }
  }
  return result;
}

/** Sum in yen. */
export const sumOf = (months: readonly UnpaidMonth[]): number => months.reduce((sum, { amount }) => sum + amount, 0);
