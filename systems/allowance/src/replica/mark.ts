/**
 * 自動応答不可フラグ at once: whoever comes under 支援措置 gets a marked version of the 副本 in the same transaction that brings the mark. It waits like every
 * version, goes out with the next run, and what waits unmarked is never sent any more: the newer version takes its place.
 */
import type { PoolClient } from "pg";

import { digestOf } from "./replica.ts";

// Of those named: whose newest version lacks the mark they have now.
const UNMARKED = (numbers: string): string => `
  SELECT r.addressee_number AS n, r.version, r.items, r.layout
  FROM (${numbers}) s(n) CROSS JOIN LATERAL (
    SELECT * FROM allowance.replica x WHERE x.addressee_number = s.n ORDER BY x.version DESC LIMIT 1) r
  WHERE NOT r.no_auto_answer AND allowance.is_protected(s.n)`;

const OF_BATCH = UNMARKED(`
  SELECT DISTINCT h.addressee_number FROM stage_residents s
  JOIN allowance.person_history h ON h.addressee_number = s.addressee_number AND h.history_no = s.history_no AND h.batch_id = $1 AND h.protected`);
const OF_NUMBERS = UNMARKED("SELECT DISTINCT unnest($1::bigint[])");

type Unmarked = {
  readonly n: number;
  readonly version: number;
  readonly items: Readonly<Record<string, string>>;
  readonly layout: string;
};

/**
 * Makes the marked versions, with the items of the versions before. Within the transaction that brought the mark.
 *
 * @param whom a batch of `residents.csv` whose staging table is still there, or 宛名番号
 * @returns how many versions were made
 */
export async function markReplicas(
  client: PoolClient,
  whom: { readonly batchId: number } | { readonly numbers: readonly number[] },
  operator: string,
): Promise<number> {
  const { rows } =
    "batchId" in whom
      ? await client.query<Unmarked>(OF_BATCH, [whom.batchId])
      : await client.query<Unmarked>(OF_NUMBERS, [whom.numbers]);
  if (rows.length === 0) return 0;
  const marked = rows.map((row) => ({ ...row, digest: digestOf(row.items, true) }));
  const { rowCount } = await client.query(
    `INSERT INTO allowance.replica (addressee_number, version, items, digest, no_auto_answer, made_by, layout)
     SELECT m.n, m.version + 1, m.items, m.digest, true, $2, m.layout
     FROM jsonb_to_recordset($1::jsonb) AS m(n bigint, version integer, items jsonb, digest text, layout text)`,
    [JSON.stringify(marked), operator],
  );
  return rowCount ?? 0;
}
