/**
 * 前回との比較: every change of amount since the last closed regular run, child by child and month by month, each with exactly one
 * cause (M26), and what a person must look at before the approval (点検の件, A87).
 *
 * Works in the transaction that creates the run, on its temporary tables `candidate`, `excluded`, `line`, `computed`,
 * `computed_case` and `conflict`.
 */
import { addMonths, type Month } from "@hagukumi/law/contract.ts";
import type { PoolClient } from "pg";

import { findSetting } from "../../settings.ts";
import type { RunKind } from "../states.ts";

export type CompareOptions = {
  readonly runNo: number;
  readonly kind: RunKind;
  readonly paymentMonth: Month;
  readonly payOn: string;
  readonly cutOffOn: string;
  readonly maker: string;
};

/** A payment month pays the two months before it (8条4項); the first of them is slot 0. */
const PERIOD = 2;

const PREVIOUS = `
SELECT r.run_no AS "runNo", to_char(r.payment_month, 'YYYY-MM') AS "paymentMonth" FROM allowance.payment_run r JOIN allowance.run_end e USING (run_no)
WHERE r.kind = 'regular' AND e.outcome = 'closed' AND r.payment_month < $1 ORDER BY r.run_no DESC LIMIT 1`;

/**
 * One row per recipient, child and month of a run. `slot` pairs the months of the two periods (0 the first, 1 the second); a month
 * of an earlier period stands for itself.
 */
const part = (name: string, source: string, side: string): string => `
CREATE TEMP TABLE ${name} ON COMMIT DROP AS
SELECT x.recipient_id, x.child_number, x.benefit_month, sum(x.amount)::int AS amount, max(d.decision_id) AS decision_id,
       (array_agg(d.band ORDER BY d.generation DESC, d.tranche DESC))[1] AS band, max(d.birth_order) AS birth_order, max(d.rule_version) AS rule_version,
       max(j.recorded_at) AS accrued_at, max(x.attempt) AS attempt, x.benefit_month >= $1::date AS regular,
       CASE WHEN x.benefit_month >= $1::date
         THEN ((extract(year FROM x.benefit_month) - extract(year FROM $1::date)) * 12 + extract(month FROM x.benefit_month) - extract(month FROM $1::date))::int::text
         ELSE '${side}' || x.benefit_month END AS slot
FROM ${source} x JOIN allowance.due_item d USING (child_number, benefit_month, generation, tranche) JOIN allowance.journal j USING (journal_id)
GROUP BY x.recipient_id, x.child_number, x.benefit_month`;

/** 支給制限 (10条) in force for a child-month. */
const RESTRICTED = (of: string, month: string): string =>
  `EXISTS (SELECT 1 FROM allowance.benefit_restriction_in_force f WHERE f.recipient_id = ${of}.recipient_id AND ${month} >= f.from_month
     AND (f.payable_from IS NULL OR ${month} < f.payable_from) AND (f.child_number IS NULL OR f.child_number = ${of}.child_number))`;

const CAUSE = `
CREATE TEMP TABLE change_part ON COMMIT DROP AS
SELECT p.*, CASE WHEN p.cause = 'decision' THEN coalesce(p.now_decision, p.last_decision) END AS decision_id
FROM (
  SELECT coalesce(a.recipient_id, b.recipient_id) AS recipient_id, coalesce(a.child_number, b.child_number) AS child_number,
         coalesce(a.benefit_month, b.benefit_month) AS benefit_month, coalesce(a.amount, 0) - coalesce(b.amount, 0) AS amount,
         a.decision_id AS now_decision, l.decision_id AS last_decision,
         CASE
           WHEN b.amount IS NULL AND NOT a.regular AND EXISTS (SELECT 1 FROM allowance.benefit_restriction f JOIN allowance.benefit_restriction_cancellation x USING (restriction_id)
                WHERE f.recipient_id = a.recipient_id AND a.benefit_month >= f.from_month AND (f.child_number IS NULL OR f.child_number = a.child_number)) THEN 'restriction'
           WHEN b.amount IS NULL AND a.regular AND ${RESTRICTED("a", "(a.benefit_month - $1::interval)::date")} THEN 'restriction'
           WHEN a.amount IS NULL AND b.regular AND ${RESTRICTED("b", "(b.benefit_month + $1::interval)::date")} THEN 'restriction'
           WHEN b.amount IS NULL AND a.attempt > 1 AND NOT a.regular THEN 'returned'
           WHEN b.amount IS NULL AND NOT a.regular THEN CASE WHEN a.accrued_at > p.recorded_at THEN 'decision' ELSE 'heldBefore' END
           WHEN b.amount IS NULL THEN CASE WHEN EXISTS (SELECT 1 FROM allowance.due_item d WHERE d.child_number = a.child_number
                AND d.benefit_month = (a.benefit_month - $1::interval)::date AND d.recipient_id = a.recipient_id
                AND NOT EXISTS (SELECT 1 FROM allowance.due_reversal r WHERE (r.child_number, r.benefit_month, r.generation, r.tranche)
                  = (d.child_number, d.benefit_month, d.generation, d.tranche))) THEN 'heldBefore' ELSE 'decision' END
           WHEN a.amount IS NULL AND NOT b.regular THEN 'arrearsBefore'
           WHEN a.amount IS NULL THEN coalesce(
             (SELECT min(e.reason) FROM excluded e WHERE (e.recipient_id, e.child_number) = (b.recipient_id, b.child_number)
                AND e.benefit_month = (b.benefit_month + $1::interval)::date),
             (SELECT 'otherRecipient' FROM conflict c WHERE (c.recipient_id, c.child_number) = (b.recipient_id, b.child_number)
                AND c.benefit_month = (b.benefit_month + $1::interval)::date LIMIT 1),
             CASE
               WHEN l.kind = 'extinguish' THEN 'decision'
               WHEN NOT EXISTS (SELECT 1 FROM computed_case c WHERE c.recipient_id = b.recipient_id) THEN 'uncomputed'
               WHEN EXISTS (SELECT 1 FROM computed c WHERE (c.recipient_id, c.child_number) = (b.recipient_id, b.child_number)
                      AND c.benefit_month = (b.benefit_month + $1::interval)::date) THEN 'paidElsewhere'
               WHEN l.decision_id > b.decision_id OR between_them.decision_id IS NOT NULL THEN 'decision'
               WHEN b.band = 'HS' THEN 'age'
               WHEN b.slot = '0' AND NOT EXISTS (SELECT 1 FROM part_before x WHERE (x.recipient_id, x.child_number, x.slot)
                      = (b.recipient_id, b.child_number, '1')) THEN 'decision'
               ELSE 'unexplained' END)
           WHEN a.band <> b.band THEN 'age'
           WHEN a.decision_id <> b.decision_id OR between_them.decision_id IS NOT NULL THEN 'decision'
           WHEN a.birth_order IS DISTINCT FROM b.birth_order THEN 'siblings'
           WHEN EXISTS (SELECT 1 FROM allowance.run_item i WHERE (i.child_number, i.benefit_month) = (a.child_number, a.benefit_month)
                  AND NOT EXISTS (SELECT 1 FROM allowance.item_release x WHERE (x.child_number, x.benefit_month, x.generation, x.tranche, x.attempt)
                    = (i.child_number, i.benefit_month, i.generation, i.tranche, i.attempt))) THEN 'paidElsewhere'
           WHEN a.rule_version <> b.rule_version THEN 'rules'
           ELSE 'unexplained' END AS cause
  FROM part_now a
  FULL JOIN part_before b ON (b.recipient_id, b.child_number, b.slot) = (a.recipient_id, a.child_number, a.slot)
  CROSS JOIN (SELECT recorded_at FROM allowance.payment_run WHERE run_no = $2) p
  LEFT JOIN LATERAL (SELECT d.decision_id, d.kind FROM allowance.decision d WHERE d.recipient_id = coalesce(a.recipient_id, b.recipient_id)
                     AND d.kind <> 'refuse' ORDER BY d.seq DESC LIMIT 1) l ON true
  -- A change in the middle of the period before: its decision was known then, and took effect between the two months
  LEFT JOIN LATERAL (SELECT d.decision_id FROM allowance.decision d WHERE d.recipient_id = b.recipient_id AND d.kind <> 'refuse'
                     AND d.effective_month > b.benefit_month AND d.effective_month <= (b.benefit_month + $1::interval)::date
                     ORDER BY d.seq DESC LIMIT 1) between_them ON true
  WHERE coalesce(a.amount, 0) <> coalesce(b.amount, 0)
) p`;

/** More or less taken out of the payment than of the one before. */
const DEDUCTION_PARTS = `
INSERT INTO change_part (recipient_id, amount, cause)
SELECT recipient_id, (coalesce(b.amount, 0) - coalesce(a.amount, 0))::int, 'deduction'
FROM (SELECT recipient_id, sum(amount) AS amount FROM deducted GROUP BY 1) a
FULL JOIN (SELECT recipient_id, sum(amount) AS amount FROM allowance.run_deduction WHERE run_no = $1 GROUP BY 1) b USING (recipient_id)
WHERE coalesce(b.amount, 0) <> coalesce(a.amount, 0)`;

/** The two amounts of each recipient, and what of it must be looked at. */
const DIFFERENCE_ITEMS = `
SELECT k.kind, c.recipient_id, c.line_no, c.before, c.after, '' AS detail, k.barred
FROM (
  SELECT coalesce(a.recipient_id, b.recipient_id) AS recipient_id, a.line_no, b.amount AS before, a.amount AS after
  FROM (SELECT recipient_id, sum(amount)::bigint AS amount, min(line_no) AS line_no FROM line GROUP BY recipient_id) a
  FULL JOIN (SELECT recipient_id, sum(amount)::bigint AS amount FROM allowance.run_line WHERE run_no = $2 GROUP BY recipient_id) b USING (recipient_id)
) c
CROSS JOIN LATERAL (
  SELECT CASE WHEN c.before IS NULL THEN 'new' WHEN c.after IS NULL THEN 'stopped' WHEN c.after > c.before THEN 'raised' ELSE 'lowered' END AS kind,
         '{}'::text[] AS barred
  WHERE c.before IS NULL OR c.after IS NULL OR abs(c.after - c.before) > $3::int
  UNION ALL
  SELECT 'unexplained', ARRAY[$1::text] WHERE EXISTS (SELECT 1 FROM change_part p WHERE p.recipient_id = c.recipient_id AND p.cause = 'unexplained')
) k`;

/** More months than the period has: arrears, or somebody took the wrong months (I-38). */
const MANY_MONTHS = `
SELECT 'manyMonths' AS kind, l.recipient_id, min(l.line_no) AS line_no, NULL::bigint AS before, sum(c.amount)::bigint AS after,
       format('児童%s人に%s児童月分（支払期の月数は1人%s月）', count(DISTINCT c.child_number), count(DISTINCT (c.child_number, c.benefit_month)), ${PERIOD}) AS detail,
       '{}'::text[] AS barred
FROM candidate c JOIN line l USING (recipient_id, payee_key) GROUP BY l.recipient_id
HAVING count(DISTINCT (c.child_number, c.benefit_month)) > ${PERIOD} * count(DISTINCT c.child_number)`;

/** Entitled by decision in the period, and nothing to pay for any child (I-42). */
const ZERO = `
SELECT 'zero' AS kind, w.recipient_id, NULL::int AS line_no, NULL::bigint AS before, 0::bigint AS after, '受給資格はあるが、支払期の月分の額が0円' AS detail,
       '{}'::text[] AS barred
FROM computed_case c JOIN allowance.recipient_window w USING (recipient_id)
WHERE w.first_month <= $1 AND (w.ended_from IS NULL OR w.ended_from > $1)
  AND NOT EXISTS (SELECT 1 FROM computed x WHERE x.recipient_id = c.recipient_id AND x.benefit_month = $1)
  AND NOT EXISTS (SELECT 1 FROM allowance.benefit_restriction_in_force f WHERE f.recipient_id = c.recipient_id AND f.from_month <= $1
    AND (f.payable_from IS NULL OR f.payable_from > $1))`;

/** Accounts entered shortly before the pay day (THR81), after the cut-off (A104), or shared with somebody else (A106). */
const ACCOUNTS = `
SELECT CASE WHEN (a.recorded_at AT TIME ZONE 'Asia/Tokyo')::date > $2::date THEN 'lateAccount' ELSE 'recentAccount' END AS kind,
       l.recipient_id, l.line_no, NULL::bigint AS before, l.amount::bigint AS after,
       format('%s に口座を変更（入力 %s、承認 %s）', to_char(a.recorded_at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD'), a.entered_by, a.approved_by) AS detail,
       ARRAY[a.entered_by::text] AS barred
FROM line l JOIN allowance.account a USING (account_id)
WHERE EXISTS (SELECT 1 FROM allowance.account x WHERE x.recipient_id = l.recipient_id AND x.account_id < l.account_id)
  AND (a.recorded_at AT TIME ZONE 'Asia/Tokyo')::date >= least($1::date - $3::int, $2::date + 1)
UNION ALL
SELECT CASE WHEN (a.recorded_at AT TIME ZONE 'Asia/Tokyo')::date > $2::date THEN 'lateAccount' ELSE 'recentAccount' END,
       l.recipient_id, l.line_no, NULL::bigint, l.amount::bigint,
       format('%s に児童の口座を変更（入力 %s、承認 %s）', to_char(a.recorded_at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD'), a.entered_by, a.approved_by), ARRAY[a.entered_by::text]
FROM line l JOIN allowance.child_account a USING (child_account_id)
WHERE (a.unpaid_id IS NOT NULL OR EXISTS (SELECT 1 FROM allowance.child_account x WHERE (x.recipient_id, x.child_number) = (a.recipient_id, a.child_number)
         AND x.unpaid_id IS NULL AND x.child_account_id < a.child_account_id))
  AND (a.recorded_at AT TIME ZONE 'Asia/Tokyo')::date >= least($1::date - $3::int, $2::date + 1)
UNION ALL
SELECT 'sharedAccount', l.recipient_id, l.line_no, NULL, l.amount,
       format('認定番号 %s と同じ口座', string_agg(lpad(o.recipient_id::text, 10, '0'), '・' ORDER BY o.recipient_id)), '{}'
FROM line l JOIN allowance.recipient own ON own.recipient_id = l.recipient_id
JOIN line o ON (o.bank, o.branch, o.account_type, o.account_number) = (l.bank, l.branch, l.account_type, l.account_number) AND o.recipient_id <> l.recipient_id AND num_nonnulls(l.fund_id, o.fund_id) = 0
JOIN allowance.recipient other ON other.recipient_id = o.recipient_id AND other.addressee_number <> own.addressee_number
GROUP BY l.recipient_id, l.line_no, l.amount`;

/** A run that was not taken back has the same pay day and the same total (A91, I-1). */
const SAME_DATE_TOTAL = `
SELECT 'sameDateTotal' AS kind, NULL::bigint AS recipient_id, NULL::int AS line_no, NULL::bigint AS before, n.total AS after,
       format('支払処理 %s と、支払日（%s）も合計（%s円）も同じです', r.run_no, r.pay_on, r.total) AS detail, ARRAY[$3::text] AS barred
FROM allowance.payment_run r JOIN allowance.payment_run n ON n.run_no = $1
WHERE r.run_no < $1 AND r.pay_on = $2 AND r.total = n.total
  AND NOT EXISTS (SELECT 1 FROM allowance.run_end e WHERE e.run_no = r.run_no AND e.outcome IN ('cancelled', 'voided'))`;

async function addItems(client: PoolClient, runNo: number, sql: string, values: readonly unknown[]): Promise<number> {
  const { rowCount } = await client.query(
    `INSERT INTO allowance.run_review_item (run_no, item_no, kind, recipient_id, line_no, amount_before, amount_after, detail, barred)
     SELECT ${runNo}, coalesce((SELECT max(item_no) FROM allowance.run_review_item WHERE run_no = ${runNo}), 0)
              + row_number() OVER (ORDER BY x.kind, x.recipient_id), x.kind, x.recipient_id, x.line_no, x.before, x.after, left(x.detail, 400), x.barred
     FROM (${sql}) x`,
    [...values],
  );
  return rowCount ?? 0;
}

/** Yen by which a line may change before a person must look at it; a city that has set none looks at every change. */
async function thresholdOn(client: PoolClient, day: string): Promise<number> {
  return (await findSetting(client, "runReview", day))?.changeYen ?? 0;
}

async function comparePrevious(client: PoolClient, options: CompareOptions): Promise<void> {
  const { rows } = await client.query<{ runNo: number; paymentMonth: Month }>(PREVIOUS, [`${options.paymentMonth}-01`]);
  const previous = rows[0];
  if (previous === undefined) return;
  const { runNo } = options;
  const threshold = await thresholdOn(client, options.payOn);
  const [nowFrom, beforeFrom] = [options.paymentMonth, previous.paymentMonth].map((of) => addMonths(of, -PERIOD));
  // What the children are due is compared before anything is taken out of it; what is taken is a cause of its own.
  const columns = "child_number, benefit_month, generation, tranche, attempt, recipient_id, amount";
  const now = `(SELECT ${columns} FROM candidate UNION ALL SELECT ${columns} FROM deducted)`;
  await client.query(part("part_now", now, "n"), [`${nowFrom ?? ""}-01`]);
  const before = `(SELECT i.child_number, i.benefit_month, i.generation, i.tranche, i.attempt, l.recipient_id, i.amount
      FROM allowance.run_item i JOIN allowance.run_line l USING (run_no, line_no) WHERE i.run_no = ${previous.runNo}
    UNION ALL SELECT i.child_number, i.benefit_month, i.generation, i.tranche, i.attempt, k.recipient_id, i.amount
      FROM allowance.run_deduction_item i JOIN allowance.run_deduction k USING (run_no, deduction_no) WHERE i.run_no = ${previous.runNo})`;
  await client.query(part("part_before", before, "b"), [`${beforeFrom ?? ""}-01`]);
  await client.query("ANALYZE part_now; ANALYZE part_before");
  await client.query(CAUSE, [intervalBetween(previous.paymentMonth, options.paymentMonth), previous.runNo]);
  await client.query(DEDUCTION_PARTS, [previous.runNo]);
  await client.query(
    `INSERT INTO allowance.run_comparison (run_no, previous_run_no, threshold_yen, recipients_before, recipients_after, total_before, total_after)
     SELECT n.run_no, b.run_no, $3, (SELECT count(DISTINCT recipient_id) FROM allowance.run_line WHERE run_no = $2),
            (SELECT count(DISTINCT recipient_id) FROM allowance.run_line WHERE run_no = $1), b.total, n.total FROM allowance.payment_run n, allowance.payment_run b
     WHERE n.run_no = $1 AND b.run_no = $2`,
    [runNo, previous.runNo, threshold],
  );
  await client.query(
    `INSERT INTO allowance.run_change (run_no, change_no, recipient_id, child_number, benefit_month, cause, decision_id, amount)
     SELECT $1, row_number() OVER (ORDER BY recipient_id, child_number, benefit_month), recipient_id, child_number, benefit_month, cause, decision_id, amount
     FROM change_part`,
    [runNo],
  );
  await addItems(client, runNo, DIFFERENCE_ITEMS, [options.maker, previous.runNo, threshold]);
}

const monthIndex = (of: Month): number => Number(of.slice(0, 4)) * 12 + Number(of.slice(5));

const intervalBetween = (one: Month, other: Month): string => `${monthIndex(other) - monthIndex(one)} months`;

/** Writes the comparison, its causes and the items to look at. @returns nothing; read them with `readReview` */
export async function compareRun(client: PoolClient, options: CompareOptions): Promise<void> {
  const { runNo, payOn, cutOffOn, maker } = options;
  if (options.kind === "regular") {
    await comparePrevious(client, options);
    await addItems(client, runNo, MANY_MONTHS, []);
    await addItems(client, runNo, ZERO, [`${addMonths(options.paymentMonth, -1)}-01`]);
  }
  const days = (await findSetting(client, "accountCooling", payOn))?.days ?? 0;
  await addItems(client, runNo, ACCOUNTS, [payOn, cutOffOn, days]);
  await addItems(client, runNo, SAME_DATE_TOTAL, [runNo, payOn, maker]);
}
