/**
 * 支払うべき額の計上: the difference between what the law gives now and what the ledger already stands for.
 *
 * Nothing recorded is changed. More than before becomes a further tranche; less than before reverses what is not yet
 * paid, and what is already paid becomes an explicit claim for repayment (過払, M5). A month that belongs to another
 * recipient is never accrued a second time: it is reported (M1).
 */
import type { PoolClient } from "pg";

import { openJournal } from "./journal.ts";

/** A child-month that two recipients would get: left with the first, reported. */
export type TitleConflict = {
  readonly recipientId: number;
  readonly otherRecipientId: number;
  readonly childNumber: number;
  readonly benefitMonth: string;
};

export type AccrualResult = {
  readonly accrued: number;
  readonly reversed: number;
  readonly overpaid: number;
  readonly conflicts: readonly TitleConflict[];
};

export type AccrualOptions = {
  readonly commandKey: string;
  readonly occurredOn: string;
  /** First and last benefit month, `YYYY-MM-01` */
  readonly from: string;
  readonly to: string;
  /** Version of the rule set that computed the amounts (M4) */
  readonly ruleVersion: string;
  /** Number of the run for which it is computed; null outside a run (清算) */
  readonly runNo: number | null;
  /** Only these children (宛名番号): all that the computed cases could concern. Absent: everyone */
  readonly only?: readonly number[];
};

/** What stands in the ledger for each child-month of the period: its present title, net of reversals and 過払. */
const STANDING = (only: boolean): string => `
CREATE TEMP TABLE standing ON COMMIT DROP AS
WITH item AS (
  SELECT d.child_number, d.benefit_month, d.generation, d.tranche, d.recipient_id, d.amount,
         r.tranche IS NOT NULL AS reversed,
         EXISTS (SELECT 1 FROM allowance.run_item i WHERE (i.child_number, i.benefit_month, i.generation, i.tranche)
                   = (d.child_number, d.benefit_month, d.generation, d.tranche)
                   AND NOT EXISTS (SELECT 1 FROM allowance.item_release x WHERE (x.child_number, x.benefit_month, x.generation, x.tranche, x.attempt)
                   = (i.child_number, i.benefit_month, i.generation, i.tranche, i.attempt)))
           OR EXISTS (SELECT 1 FROM allowance.deduction_standing k WHERE (k.child_number, k.benefit_month, k.generation, k.tranche)
                   = (d.child_number, d.benefit_month, d.generation, d.tranche)) AS live
  FROM allowance.due_item d
  LEFT JOIN allowance.due_reversal r USING (child_number, benefit_month, generation, tranche)
  WHERE d.benefit_month BETWEEN $1 AND $2${only ? " AND d.child_number = ANY($3::bigint[])" : ""}
), title AS (
  SELECT child_number, benefit_month, generation, min(recipient_id) AS recipient_id, max(tranche) AS last_tranche,
         coalesce(sum(amount) FILTER (WHERE NOT reversed), 0)::int AS standing,
         coalesce(sum(amount) FILTER (WHERE NOT reversed AND NOT live), 0)::int AS unpaid
  FROM item GROUP BY child_number, benefit_month, generation
)
SELECT DISTINCT ON (t.child_number, t.benefit_month) t.child_number, t.benefit_month, t.generation, t.recipient_id, t.last_tranche, t.unpaid,
       t.standing - coalesce((SELECT sum(v.amount) FROM allowance.receivable v WHERE v.child_number = t.child_number
                               AND v.benefit_month = t.benefit_month AND v.recipient_id = t.recipient_id), 0)::int AS net,
       EXISTS (SELECT 1 FROM allowance.title_release x WHERE (x.child_number, x.benefit_month, x.generation)
               = (t.child_number, t.benefit_month, t.generation)) AS released
FROM title t ORDER BY t.child_number, t.benefit_month, t.generation DESC`;

/**
 * One row per recipient and child-month in which something must be done. `due` is what the law gives this recipient now,
 * yen; `holder` is the other recipient to whom the month belongs, where it does.
 */
const DIFFERENCE = `
CREATE TEMP TABLE difference ON COMMIT DROP AS
SELECT coalesce(c.recipient_id, s.recipient_id) AS recipient_id, coalesce(c.child_number, s.child_number) AS child_number,
       coalesce(c.benefit_month, s.benefit_month) AS benefit_month, coalesce(c.amount, 0) AS due, c.band, c.birth_order, c.decision_id,
       coalesce(s.generation, h.generation + 1, 1) AS generation, coalesce(s.last_tranche, 0) AS last_tranche,
       coalesce(s.net, 0) AS net, coalesce(s.unpaid, 0) AS unpaid, s.recipient_id IS NULL AS untitled,
       CASE WHEN s.recipient_id IS NULL AND NOT h.released THEN h.recipient_id END AS holder
FROM computed c
FULL JOIN (SELECT * FROM standing WHERE NOT released) s
  ON s.child_number = c.child_number AND s.benefit_month = c.benefit_month AND s.recipient_id = c.recipient_id
LEFT JOIN standing h ON h.child_number = c.child_number AND h.benefit_month = c.benefit_month AND s.recipient_id IS NULL
WHERE (c.recipient_id IS NOT NULL OR s.recipient_id IN (SELECT recipient_id FROM computed_case))
  AND coalesce(c.amount, 0) <> coalesce(s.net, 0)`;

async function countAndSum(client: PoolClient, from: string): Promise<{ count: number; total: number }> {
  const { rows } = await client.query<{ count: number; total: number }>(
    `SELECT count(*)::int AS count, coalesce(sum(amount), 0)::bigint AS total FROM ${from}`,
  );
  return rows[0] ?? { count: 0, total: 0 };
}

/**
 * Months that belong to another recipient, or that two cases of this extraction claim at once: they stay out and are named.
 * What the holder itself no longer gets is still taken back or claimed for repayment.
 */
async function setConflictsAside(client: PoolClient): Promise<readonly TitleConflict[]> {
  await client.query(`
    CREATE TEMP TABLE conflict ON COMMIT DROP AS
    SELECT recipient_id, holder AS other, child_number, benefit_month FROM difference WHERE holder IS NOT NULL
    UNION
    SELECT a.recipient_id, b.recipient_id, a.child_number, a.benefit_month FROM difference a
    JOIN difference b USING (child_number, benefit_month) JOIN (
      SELECT child_number, benefit_month FROM difference WHERE untitled GROUP BY 1, 2 HAVING count(*) > 1) twice USING (child_number, benefit_month)
    WHERE a.untitled AND b.untitled AND a.recipient_id <> b.recipient_id;
    DELETE FROM difference d USING conflict c
    WHERE (c.recipient_id, c.child_number, c.benefit_month) = (d.recipient_id, d.child_number, d.benefit_month)`);
  const { rows } = await client.query<TitleConflict>(
    `SELECT recipient_id AS "recipientId", other AS "otherRecipientId", child_number AS "childNumber", benefit_month AS "benefitMonth"
     FROM conflict ORDER BY 1, 3, 4`,
  );
  return rows;
}

/** Reverses what is due but not in any run, where the law now gives less than stands. */
async function reverseUnpaid(client: PoolClient, options: AccrualOptions): Promise<number> {
  await client.query(`
    CREATE TEMP TABLE reversal ON COMMIT DROP AS
    SELECT d.child_number, d.benefit_month, d.generation, d.tranche, d.recipient_id, d.amount
    FROM difference f JOIN allowance.due_item d USING (child_number, benefit_month, generation)
    LEFT JOIN allowance.due_reversal r USING (child_number, benefit_month, generation, tranche)
    WHERE f.due < f.net AND f.unpaid > 0 AND r.tranche IS NULL
      AND NOT EXISTS (SELECT 1 FROM allowance.run_item i WHERE (i.child_number, i.benefit_month, i.generation, i.tranche)
          = (d.child_number, d.benefit_month, d.generation, d.tranche)
          AND NOT EXISTS (SELECT 1 FROM allowance.item_release x WHERE (x.child_number, x.benefit_month, x.generation, x.tranche, x.attempt)
          = (i.child_number, i.benefit_month, i.generation, i.tranche, i.attempt)))
      AND NOT EXISTS (SELECT 1 FROM allowance.deduction_standing k WHERE (k.child_number, k.benefit_month, k.generation, k.tranche)
          = (d.child_number, d.benefit_month, d.generation, d.tranche))`);
  const { count, total } = await countAndSum(client, "reversal");
  if (count === 0) return 0;
  const journal = await openJournal(client, { ...options, kind: "reverse", count, total });
  await client.query(
    `INSERT INTO allowance.ledger_entry (journal_id, debit, credit, recipient_id, child_number, benefit_month, run_no, amount)
     SELECT $1, 'due', 'entitlement', recipient_id, child_number, benefit_month, NULL, amount FROM reversal`,
    [journal],
  );
  await client.query(
    `INSERT INTO allowance.due_reversal (child_number, benefit_month, generation, tranche, cause, journal_id)
     SELECT child_number, benefit_month, generation, tranche, '額または資格の変更', $1 FROM reversal`,
    [journal],
  );
  // A month whose unpaid part was taken back may need a smaller amount again: the rest below accrues it.
  await client.query(`UPDATE difference SET net = net - unpaid WHERE due < net AND unpaid > 0`);
  return total;
}

/** Paid more than the law gives now: an explicit claim for repayment. */
async function claimOverpayment(client: PoolClient, options: AccrualOptions): Promise<number> {
  const { count, total } = await countAndSum(client, "(SELECT net - due AS amount FROM difference WHERE net > due) x");
  if (count === 0) return 0;
  const journal = await openJournal(client, { ...options, kind: "overpay", count, total });
  await client.query(
    `INSERT INTO allowance.ledger_entry (journal_id, debit, credit, recipient_id, child_number, benefit_month, amount)
     SELECT $1, 'receivable', 'entitlement', recipient_id, child_number, benefit_month, net - due FROM difference WHERE net > due`,
    [journal],
  );
  await client.query(
    `INSERT INTO allowance.receivable (recipient_id, child_number, benefit_month, amount, decision_id, journal_id)
     SELECT recipient_id, child_number, benefit_month, net - due, decision_id, $1 FROM difference WHERE net > due`,
    [journal],
  );
  return total;
}

async function accrueMore(client: PoolClient, options: AccrualOptions): Promise<number> {
  const { count, total } = await countAndSum(client, "(SELECT due - net AS amount FROM difference WHERE due > net) x");
  if (count === 0) return 0;
  const journal = await openJournal(client, { ...options, kind: "accrue", count, total });
  await client.query(
    `INSERT INTO allowance.ledger_entry (journal_id, debit, credit, recipient_id, child_number, benefit_month, amount)
     SELECT $1, 'entitlement', 'due', recipient_id, child_number, benefit_month, due - net FROM difference WHERE due > net`,
    [journal],
  );
  await client.query(
    `INSERT INTO allowance.due_item (child_number, benefit_month, generation, tranche, recipient_id, amount, band, birth_order,
                                     decision_id, facts_digest, rule_version, journal_id)
     SELECT f.child_number, f.benefit_month, f.generation, f.last_tranche + 1, f.recipient_id, f.due - f.net, f.band, f.birth_order,
            f.decision_id, c.facts_digest, $2, $1
     FROM difference f JOIN allowance.decision c USING (decision_id) WHERE f.due > f.net`,
    [journal, options.ruleVersion],
  );
  return total;
}

/**
 * Brings the ledger to what `computed` says (see `computeDue`), in the open transaction. Amounts in yen.
 *
 * @throws database errors of the guards (`due_item_window`, `due_item_one_recipient`, `journal_balance` …)
 */
export async function accrueDue(client: PoolClient, options: AccrualOptions): Promise<AccrualResult> {
  await client.query("ANALYZE computed; ANALYZE computed_case");
  const { from, to, only } = options;
  await client.query(STANDING(only !== undefined), only === undefined ? [from, to] : [from, to, only]);
  await client.query("CREATE INDEX ON standing (child_number, benefit_month); ANALYZE standing");
  await client.query(DIFFERENCE);
  await client.query("ANALYZE difference");
  const conflicts = await setConflictsAside(client);
  const reversed = await reverseUnpaid(client, options);
  const overpaid = await claimOverpayment(client, options);
  const accrued = await accrueMore(client, options);
  return { accrued, reversed, overpaid, conflicts };
}
