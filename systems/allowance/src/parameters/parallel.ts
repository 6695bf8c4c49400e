/**
 * 並行計算 (I-50): before other values are approved, every month that is in the ledger is computed with them, for all cases, and laid
 * beside what was decided and paid, child by child. The approver sees what would change, and the approval binds to it.
 */
import { type assess, month, type Calendar } from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import { createHash } from "node:crypto";
import type { PoolClient } from "pg";

import { computeDue } from "../payments/compute-due.ts";

/** What the calculation found. Amounts in yen; months as `YYYY-MM-01`, null where the ledger is empty. */
export type ParallelResult = {
  readonly fromMonth: string | null;
  readonly toMonth: string | null;
  readonly recipients: number;
  readonly childMonths: number;
  readonly differing: number;
  /** Cases that the new program cannot compute */
  readonly uncomputed: number;
  readonly amountBefore: number;
  readonly amountAfter: number;
  /** SHA-256 of the list of differences */
  readonly digest: string;
};

/** A month of a child that would be another amount. */
export type ParallelDifference = {
  readonly recipientId: number;
  readonly childNumber: number;
  readonly benefitMonth: string;
  readonly amountBefore: number;
  readonly amountAfter: number;
};

const EMPTY = {
  fromMonth: null,
  toMonth: null,
  recipients: 0,
  childMonths: 0,
  differing: 0,
  uncomputed: 0,
  amountBefore: 0,
  amountAfter: 0,
} as const;

const digestOf = (text: string): string => createHash("sha256").update(text).digest("hex");

// What stands in the ledger, beside what the law gives between a recipient's first and last month there.
const BESIDE = `
CREATE TEMP TABLE parallel ON COMMIT DROP AS
WITH held AS MATERIALIZED (
  SELECT d.recipient_id, d.child_number::bigint AS child_number, d.benefit_month::date AS benefit_month, sum(d.amount)::int AS amount
  FROM allowance.due_item d LEFT JOIN allowance.due_reversal r USING (child_number, benefit_month, generation, tranche)
  WHERE r.tranche IS NULL GROUP BY 1, 2, 3),
     span AS MATERIALIZED (SELECT recipient_id, min(benefit_month) AS lo, max(benefit_month) AS hi FROM held GROUP BY 1),
     now AS MATERIALIZED (
  SELECT c.recipient_id, c.child_number::bigint AS child_number, c.benefit_month::date AS benefit_month, sum(c.amount)::int AS amount
  FROM computed c JOIN span s USING (recipient_id) WHERE c.benefit_month BETWEEN s.lo AND s.hi GROUP BY 1, 2, 3)
SELECT recipient_id, child_number, benefit_month, coalesce(held.amount, 0) AS before, coalesce(now.amount, 0) AS after
FROM held FULL JOIN now USING (recipient_id, child_number, benefit_month)`;

/**
 * Computes and compares, in the caller's transaction (temporary tables `computed`, `parallel`).
 *
 * @param judge the law of the program to be approved; this program's where it is left out
 */
export async function calculateParallel(
  client: PoolClient,
  calendar: Calendar,
  judge?: typeof assess,
): Promise<ParallelResult> {
  const { rows: spans } = await client.query<{ from: string | null; to: string | null }>(
    `SELECT to_char(min(benefit_month), 'YYYY-MM') AS "from", to_char(max(benefit_month), 'YYYY-MM') AS "to" FROM allowance.due_item`,
  );
  const { from = null, to = null } = spans[0] ?? {};
  if (from === null || to === null) return { ...EMPTY, digest: digestOf("") };
  const uncomputed = await computeDue(client, { calendar, from: month(from), until: month(to), judge });
  await client.query(BESIDE);
  const { rows } = await client.query<Omit<ParallelResult, "uncomputed" | "fromMonth" | "toMonth">>(
    `SELECT (SELECT count(*)::int FROM computed_case) AS recipients, count(*)::int AS "childMonths", (count(*) FILTER (WHERE before <> after))::int AS differing,
            coalesce(sum(before), 0)::bigint AS "amountBefore", coalesce(sum(after), 0)::bigint AS "amountAfter",
            encode(sha256(convert_to(coalesce(string_agg(concat_ws('|', recipient_id, child_number, benefit_month, before, after), E'\\n'
              ORDER BY recipient_id, child_number, benefit_month) FILTER (WHERE before <> after), ''), 'UTF8')), 'hex') AS digest
     FROM parallel`,
  );
  const found = rows[0];
  if (found === undefined) throw new Error("an aggregate gave no row");
  if (found.childMonths === 0) return { ...EMPTY, uncomputed: uncomputed.length, digest: found.digest };
  return { fromMonth: `${from}-01`, toMonth: `${to}-01`, uncomputed: uncomputed.length, ...found };
}

/** Keeps the result with the registration, and the differences of the table `parallel`, in the same transaction. */
export async function storeParallel(client: PoolClient, setId: number, result: ParallelResult): Promise<void> {
  await client.query(
    `INSERT INTO allowance.parallel_calculation (set_id, from_month, to_month, recipients, child_months, differing, uncomputed, amount_before, amount_after, digest)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      setId,
      result.fromMonth,
      result.toMonth,
      result.recipients,
      result.childMonths,
      result.differing,
      result.uncomputed,
      result.amountBefore,
      result.amountAfter,
      result.digest,
    ],
  );
  if (result.differing === 0) return;
  await client.query(
    `INSERT INTO allowance.parallel_difference (set_id, recipient_id, child_number, benefit_month, amount_before, amount_after)
     SELECT $1, recipient_id, child_number, benefit_month, before, after FROM parallel WHERE before <> after`,
    [setId],
  );
}

/** The differences of a registration, the largest first; at most `limit`. */
export async function parallelDifferences(
  connection: Queryable,
  setId: number,
  limit: number,
): Promise<readonly ParallelDifference[]> {
  const { rows } = await connection.query<ParallelDifference>(
    `SELECT recipient_id AS "recipientId", child_number::bigint AS "childNumber", to_char(benefit_month, 'YYYY-MM') AS "benefitMonth",
            amount_before AS "amountBefore", amount_after AS "amountAfter"
     FROM allowance.parallel_difference WHERE set_id = $1
     ORDER BY abs(amount_after - amount_before) DESC, recipient_id, child_number, benefit_month LIMIT $2`,
    [setId, limit],
  );
  return rows;
}
