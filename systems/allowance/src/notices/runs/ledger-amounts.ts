/** 元帳との照合 (M34, I-37): what the ledger says was paid in a line, beside what the notice is about to say. */
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import type { SourceRow } from "../content/source-row.ts";

/** Of payment notices: yen that the ledger paid to the bank for the line, by source key. Other forms announce no payment. */
export async function ledgerAmounts(
  connection: Queryable,
  sources: readonly SourceRow[],
): Promise<ReadonlyMap<string, number>> {
  const lines = sources.flatMap(({ form, sourceKey }) => {
    const found = form === "payment" ? /^runLine:(\d+)\/(\d+)$/.exec(sourceKey) : null;
    return found === null ? [] : [{ run: Number(found[1]), line: Number(found[2]) }];
  });
  if (lines.length === 0) return new Map();
  const { rows } = await connection.query<{ key: string; amount: number }>(
    `SELECT 'runLine:' || n.run_no || '/' || n.line_no AS key, coalesce(sum(e.amount), 0)::bigint AS amount
     FROM unnest($1::integer[], $2::integer[]) AS n (run_no, line_no)
     JOIN allowance.run_line l USING (run_no, line_no)
     LEFT JOIN allowance.ledger_entry e ON e.recipient_id = l.recipient_id AND e.run_no = n.run_no AND e.line_no = n.line_no AND e.credit = 'bank'
     GROUP BY n.run_no, n.line_no`,
    [lines.map(({ run }) => run), lines.map(({ line }) => line)],
  );
  return new Map(rows.map(({ key, amount }) => [key, amount]));
}
