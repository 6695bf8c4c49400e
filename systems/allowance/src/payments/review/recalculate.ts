/**
 * 検算: every recipient and month of a run once more, by the second calculator (`plainAssess`), which shares no line of code with
 * the one that computed the run (M28, I-41). What it reads was fixed when the run was made, so it needs no transaction of its own.
 */
import { plainAssess, type PlainCase, type PlainWithheld } from "@hagukumi/law/contract.ts";
import { nationalHolidays } from "@hagukumi/platform/calendar/holidays.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";

/** A recipient for whom the two calculators differ. Amounts in yen, over the months of the run. */
export type RecalculationDifference = {
  readonly recipientId: number;
  readonly ledger: number;
  readonly plain: number | null;
  readonly detail: string;
};

export type Recalculation = {
  readonly recipients: number;
  /** Recipients × months */
  readonly months: number;
  readonly differences: readonly RecalculationDifference[];
};

type Row = {
  readonly recipient_id: number;
  readonly facts: Record<string, unknown>;
  readonly months: readonly { readonly month: string; readonly amount: number }[];
  readonly withheld: readonly PlainWithheld[];
};

/** Recipients at a time: the plain calculator is slow, and whoever else uses this process must get a turn in between. */
const PAGE = 200;

/**
 * What stands in the ledger for the months of a run, with the facts of the last decision behind each. The lines of a run are new, and
 * the statistics of the server know none of them yet: where it may choose, it goes through the whole run for each line. Asked by
 * recipient and by line, it cannot (OFFSET 0 keeps the question as it is written).
 */
const PAGE_OF = `
WITH page AS MATERIALIZED (SELECT recipient_id FROM (SELECT recipient_id FROM allowance.run_line WHERE run_no = $1 AND recipient_id > $2
          UNION SELECT recipient_id FROM allowance.run_deduction WHERE run_no = $1 AND recipient_id > $2) x ORDER BY recipient_id LIMIT ${PAGE}),
  m AS MATERIALIZED (
        SELECT page.recipient_id, i.benefit_month FROM page
        CROSS JOIN LATERAL (SELECT l.line_no FROM allowance.run_line l WHERE l.run_no = $1 AND l.recipient_id = page.recipient_id OFFSET 0) l
        CROSS JOIN LATERAL (SELECT i.benefit_month FROM allowance.run_item i WHERE i.run_no = $1 AND i.line_no = l.line_no OFFSET 0) i
        UNION SELECT k.recipient_id, i.benefit_month FROM allowance.run_deduction k JOIN allowance.run_deduction_item i USING (run_no, deduction_no)
        WHERE k.run_no = $1 AND k.recipient_id IN (SELECT recipient_id FROM page)),
  due AS (SELECT d.recipient_id, d.benefit_month, sum(d.amount)::int AS amount,
                 (array_agg(d.facts_digest ORDER BY d.decision_id DESC, d.tranche DESC))[1] AS facts_digest
          FROM m JOIN allowance.due_item d USING (recipient_id, benefit_month)
          LEFT JOIN allowance.due_reversal r USING (child_number, benefit_month, generation, tranche) WHERE r.tranche IS NULL GROUP BY 1, 2),
  claimed AS (SELECT v.recipient_id, v.benefit_month, sum(v.amount)::int AS amount FROM m JOIN allowance.receivable v USING (recipient_id, benefit_month) GROUP BY 1, 2)
SELECT due.recipient_id, f.facts, json_agg(json_build_object('month', to_char(due.benefit_month, 'YYYY-MM'),
         'amount', due.amount - coalesce(claimed.amount, 0)) ORDER BY due.benefit_month) AS months,
       coalesce((SELECT json_agg(json_build_object('child', f.child_number::text, 'from', to_char(f.from_month, 'YYYY-MM'), 'until', to_char(f.payable_from, 'YYYY-MM')))
         FROM allowance.benefit_restriction_in_force f WHERE f.recipient_id = due.recipient_id), '[]') AS withheld
FROM due JOIN allowance.facts f USING (facts_digest) LEFT JOIN claimed USING (recipient_id, benefit_month)
GROUP BY due.recipient_id, f.facts_digest, f.facts ORDER BY due.recipient_id`;

function compareOne(row: Row): RecalculationDifference | undefined {
  const ledger = row.months.reduce((sum, { amount }) => sum + amount, 0);
  const differs = (plain: number | null, detail: string): RecalculationDifference => ({
    recipientId: row.recipient_id,
    ledger,
    plain,
    detail: detail.slice(0, 400),
  });
  const line = { ...row.facts, from: row.months[0]?.month, until: row.months.at(-1)?.month } as unknown as PlainCase;
  let totals: ReadonlyMap<string, number>;
  try {
    totals = new Map(
      plainAssess(line, nationalHolidays, row.withheld).months.map(({ month, total }) => [month, total]),
    );
  } catch (error) {
    return differs(null, `検算できません: ${error instanceof Error ? error.message : "原因不明"}`);
  }
  const off = row.months.filter(({ month, amount }) => totals.get(month) !== amount);
  if (off.length === 0) return undefined;
  const plain = row.months.reduce((sum, { month }) => sum + (totals.get(month) ?? 0), 0);
  const words = off.map(({ month, amount }) => `${month}月分 台帳${amount}円・検算${totals.get(month) ?? 0}円`);
  return differs(plain, words.join("、"));
}

export type RecalculateOptions = {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number) => void) | undefined;
};

/**
 * Calculates all lines of the run again. Reads only.
 *
 * @throws Refusal `cancelled`
 */
export async function recalculateRun(
  connection: Queryable,
  runNo: number,
  options: RecalculateOptions = {},
): Promise<Recalculation> {
  const differences: RecalculationDifference[] = [];
  const recipients = new Set<number>();
  let months = 0;
  for (let after = 0; ;) {
    if (options.signal?.aborted === true) throw new Refusal("cancelled", "検算を中止しました。何も変えていません。");
    const { rows } = await connection.query<Row>(PAGE_OF, [runNo, after]);
    const last = rows.at(-1);
    if (last === undefined) return { recipients: recipients.size, months, differences };
    for (const row of rows) {
      recipients.add(row.recipient_id);
      months += row.months.length;
      const difference = compareOne(row);
      if (difference !== undefined) differences.push(difference);
    }
    after = last.recipient_id;
    options.onProgress?.(recipients.size);
  }
}
