/**
 * 対象者抽出: which due months go into the run, to which account, and which stay out and why.
 *
 * Works set-based in the open transaction: temporary tables `candidate` (one row per due month that is free), `excluded`
 * (why one stays out) and `line` (one row per payee in file order). A payee is the recipient, or a child: of a home that the state or a
 * local government runs (22条の2), or by a decision of 未支払 (12条). Who is paid at the counter (窓口払) has the account of the office's
 * fund. `payee_key` tells them apart: 0 the recipient, the child's number,
 * the decision's number below zero.
 */
import type { PoolClient } from "pg";

import type { TakenDeduction } from "../deductions/take.ts";
import type { RunKind } from "./states.ts";

/** Why a recipient's months stay out of the run. */
export type ExclusionReason = "held" | "recipientDead" | "noAccount" | "branchClosed" | "limitation";

export const exclusionLabels = {
  held: "差止または保留",
  recipientDead: "受給者が死亡（未支払の請求による）",
  noAccount: "口座が未登録（国・地方公共団体の施設では児童の口座、窓口払では資金前渡の口座が未登録）",
  branchClosed: "支払日に支店が存在しない",
  limitation: "時効（2年）を過ぎた月分",
} as const satisfies Readonly<Record<ExclusionReason, string>>;

export type Exclusion = {
  readonly recipientId: number;
  readonly reason: ExclusionReason;
  readonly items: number;
  readonly amount: number;
};

export type LineSet = {
  readonly lineCount: number;
  readonly itemCount: number;
  readonly total: number;
  readonly lineDigest: string;
  readonly exclusions: readonly Exclusion[];
  /** What is taken out before the transfer (差引) */
  readonly deductions: readonly TakenDeduction[];
};

export type SelectOptions = {
  /** First and last benefit month, `YYYY-MM-01` */
  readonly from: string;
  readonly to: string;
  readonly payOn: string;
  /** Benefit months from this one on are not time-barred on the pay day, `YYYY-MM-01` */
  readonly notBarredFrom: string;
  /** Which months the kind of run takes */
  readonly kind: RunKind;
  /** occasional: months before this one are arrears (their regular payment month has passed), `YYYY-MM-01` */
  readonly arrearsBefore: string;
  /** 差引: takes out of `candidate` what is not transferred, into `deducted` */
  readonly deduct: (client: PoolClient) => Promise<readonly TakenDeduction[]>;
};

/** A hold that reached the month and has been released since. */
const HELD_ONCE = `EXISTS (SELECT 1 FROM allowance.hold h JOIN allowance.hold_release hr USING (hold_id)
      WHERE h.recipient_id = d.recipient_id AND h.from_month <= d.benefit_month)`;

/** Free due months: not reversed, not granted to the child itself (12条; a run of 未支払 takes only these), not lapsed (23条), and not in any run unless that run gave them back. */
const CANDIDATE = `
CREATE TEMP TABLE candidate ON COMMIT DROP AS
SELECT d.child_number, d.benefit_month, d.generation, d.tranche, coalesce(i.attempt, 0)::smallint + 1::smallint AS attempt,
       d.recipient_id, d.amount, CASE WHEN u.unpaid_id IS NOT NULL THEN -u.unpaid_id WHEN pi.recipient_id IS NOT NULL THEN d.child_number ELSE 0 END::bigint AS payee_key
FROM allowance.due_item d
LEFT JOIN allowance.public_institution pi USING (recipient_id)
LEFT JOIN allowance.due_reversal r USING (child_number, benefit_month, generation, tranche)
LEFT JOIN LATERAL (SELECT max(attempt) AS attempt FROM allowance.run_item x
  WHERE (x.child_number, x.benefit_month, x.generation, x.tranche) = (d.child_number, d.benefit_month, d.generation, d.tranche)) i ON true
LEFT JOIN allowance.unpaid_standing u USING (child_number, benefit_month, generation, tranche)
LEFT JOIN allowance.lapse_standing v USING (child_number, benefit_month, generation, tranche)
LEFT JOIN allowance.deduction_standing k USING (child_number, benefit_month, generation, tranche)
WHERE d.benefit_month BETWEEN $1 AND $2 AND r.tranche IS NULL AND (u.unpaid_id IS NOT NULL) = ($3 = 'unpaid') AND v.lapse_id IS NULL AND k.run_no IS NULL
  AND (i.attempt IS NULL OR EXISTS (SELECT 1 FROM allowance.item_release g WHERE (g.child_number, g.benefit_month, g.generation, g.tranche, g.attempt)
        = (d.child_number, d.benefit_month, d.generation, d.tranche, i.attempt)))
  AND ($3 IN ('regular', 'unpaid')
    OR ($3 = 'retransfer' AND EXISTS (SELECT 1 FROM allowance.item_release g WHERE (g.child_number, g.benefit_month, g.generation, g.tranche)
        = (d.child_number, d.benefit_month, d.generation, d.tranche) AND g.cause = 'returned'))
    OR ($3 = 'occasional' AND d.benefit_month < $4)
    OR ($3 IN ('occasional', 'final') AND EXISTS (SELECT 1 FROM allowance.recipient_window w WHERE w.recipient_id = d.recipient_id AND w.ended_from IS NOT NULL))
    OR ($3 = 'released' AND d.benefit_month < $4 AND ${HELD_ONCE})
    OR ($3 = 'makeUp' AND d.benefit_month < $4 AND i.attempt IS NULL AND NOT ${HELD_ONCE}))`;

/**
 * The account on the pay day: the last one that is in use by then (a change after the cut-off waits for the next pay day). The
 * money of a recipient who has died goes to the children on their claim (12条), never to this account.
 */
const ACCOUNT = `
CREATE TEMP TABLE payee ON COMMIT DROP AS
SELECT p.recipient_id, 0::bigint AS payee_key, NULL::bigint AS payee_child, NULL::bigint AS unpaid_id, a.account_id, NULL::bigint AS child_account_id, a.bank, a.branch, a.account_type, a.account_number, a.holder, c.ward_code, k.employee_class,
       b.bank IS NOT NULL AS branch_open, x.recipient_id IS NOT NULL AS dead, a.fund_id
FROM (SELECT DISTINCT recipient_id FROM candidate WHERE payee_key = 0) p
JOIN allowance.recipient c USING (recipient_id)
LEFT JOIN allowance.claim k ON k.claim_id = c.opened_by_claim
LEFT JOIN LATERAL (SELECT at_counter FROM allowance.counter_payee x WHERE x.recipient_id = p.recipient_id AND x.from_pay_on <= $1
  ORDER BY x.counter_payee_id DESC LIMIT 1) w ON true
LEFT JOIN LATERAL (
  (SELECT x.account_id, NULL::bigint AS fund_id, x.bank, x.branch, x.account_type, x.account_number, x.holder FROM allowance.account x
   WHERE x.recipient_id = p.recipient_id AND w.at_counter IS NOT TRUE
     AND NOT EXISTS (SELECT 1 FROM allowance.account_start s WHERE s.account_id = x.account_id AND s.after_pay_on >= $1) ORDER BY x.account_id DESC LIMIT 1)
  UNION ALL
  (SELECT NULL, f.fund_id, f.bank, f.branch, f.account_type, f.account_number, f.holder FROM allowance.counter_fund f
   WHERE w.at_counter AND f.valid_from <= $1 ORDER BY f.valid_from DESC, f.fund_id DESC LIMIT 1)) a ON true
LEFT JOIN (SELECT DISTINCT d.recipient_id FROM allowance.decision d WHERE d.kind = 'extinguish' AND d.cause = 'recipientDeath'
  AND NOT EXISTS (SELECT 1 FROM allowance.decision r WHERE r.recipient_id = d.recipient_id AND r.kind = 'correct' AND r.seq > d.seq)) x ON x.recipient_id = p.recipient_id
LEFT JOIN allowance.branch_period b ON b.bank = a.bank AND b.branch = a.branch AND b.valid_from <= $1 AND (b.last_day IS NULL OR b.last_day >= $1)`;

/** The child's account: the last one entered, else the one of the decision of 未支払. */
const CHILD_ACCOUNT = `
INSERT INTO payee
SELECT p.recipient_id, p.payee_key, coalesce(u.child_number, p.payee_key), u.unpaid_id, NULL, a.child_account_id, coalesce(a.bank, u.bank),
       coalesce(a.branch, u.branch), coalesce(a.account_type, u.account_type), coalesce(a.account_number, u.account_number),
       coalesce(a.holder, u.holder), c.ward_code, k.employee_class, b.bank IS NOT NULL, false, NULL
FROM (SELECT DISTINCT recipient_id, payee_key FROM candidate WHERE payee_key <> 0) p
JOIN allowance.recipient c USING (recipient_id)
LEFT JOIN allowance.claim k ON k.claim_id = c.opened_by_claim
LEFT JOIN allowance.unpaid_decision u ON u.unpaid_id = -p.payee_key
LEFT JOIN LATERAL (SELECT * FROM allowance.child_account x WHERE x.recipient_id = p.recipient_id AND x.child_number = coalesce(u.child_number, p.payee_key)
  AND x.unpaid_id IS NOT DISTINCT FROM u.unpaid_id ORDER BY x.child_account_id DESC LIMIT 1) a ON true
LEFT JOIN allowance.branch_period b ON b.bank = coalesce(a.bank, u.bank) AND b.branch = coalesce(a.branch, u.branch)
  AND b.valid_from <= $1 AND (b.last_day IS NULL OR b.last_day >= $1)`;

// A decision of 未支払 takes up the time bar (承認) and is what the hold for the recipient's death waits for; any other hold stops it, too.
const EXCLUDED = `
CREATE TEMP TABLE excluded ON COMMIT DROP AS
SELECT c.child_number, c.benefit_month, c.generation, c.tranche, c.recipient_id, c.amount, x.reason
FROM candidate c JOIN payee p USING (recipient_id, payee_key)
CROSS JOIN LATERAL (SELECT CASE
  WHEN EXISTS (SELECT 1 FROM allowance.hold h WHERE h.recipient_id = c.recipient_id AND h.from_month <= c.benefit_month
                 AND NOT (c.payee_key < 0 AND h.cause = allowance.death_hold_cause())
                 AND NOT EXISTS (SELECT 1 FROM allowance.hold_release r WHERE r.hold_id = h.hold_id))
    OR EXISTS (SELECT 1 FROM allowance.child_hold_in_force h WHERE h.recipient_id = c.recipient_id AND h.child_number = c.child_number
                 AND h.from_month <= c.benefit_month) THEN 'held'
  WHEN c.payee_key >= 0 AND c.benefit_month < $1 AND allowance.limitation_day_of(c.recipient_id, c.benefit_month) <= $2 THEN 'limitation'
  WHEN p.dead THEN 'recipientDead'
  WHEN p.bank IS NULL THEN 'noAccount'
  WHEN NOT p.branch_open THEN 'branchClosed' END AS reason) x
WHERE x.reason IS NOT NULL`;

/**
 * File order: bank, branch, kind, account, certification number. 新規コード: 1 = never paid before, 2 = another account than
 * the last time, 0 = the same.
 */
const LINE = `
CREATE TEMP TABLE line ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY p.bank, p.branch, p.account_type, p.account_number, p.recipient_id, p.payee_key)::int AS line_no, p.*,
       s.amount, s.child_months,
       CASE WHEN l.run_no IS NULL THEN '1' WHEN (l.account_id, l.child_account_id) IS NOT DISTINCT FROM (p.account_id, p.child_account_id) THEN '0' ELSE '2' END AS new_code
FROM payee p
JOIN (SELECT recipient_id, payee_key, sum(amount)::bigint AS amount, count(*)::int AS child_months FROM candidate GROUP BY recipient_id, payee_key) s
  USING (recipient_id, payee_key)
LEFT JOIN LATERAL (SELECT run_no, account_id, child_account_id FROM allowance.run_line r JOIN allowance.transfer_file f USING (run_no)
                   WHERE r.recipient_id = p.recipient_id AND r.payee_child IS NOT DISTINCT FROM p.payee_child AND r.unpaid_id IS NOT DISTINCT FROM p.unpaid_id ORDER BY r.run_no DESC LIMIT 1) l ON true`;

const TOTALS = `
SELECT count(*)::int AS "lineCount", coalesce(sum(child_months), 0)::int AS "itemCount", coalesce(sum(amount), 0)::bigint AS total,
       encode(sha256(convert_to(coalesce(string_agg(allowance.line_text(line_no, recipient_id, bank, branch, account_type, account_number,
         holder, amount, new_code, child_months) || allowance.payee_text(payee_child, unpaid_id), E'\\n' ORDER BY line_no), ''), 'UTF8')), 'hex') AS "lineDigest"
FROM line`;

/** Fills `candidate` and `line`; `lineCount` may be 0. Amounts in yen. */
export async function selectLines(client: PoolClient, options: SelectOptions): Promise<LineSet> {
  await client.query(CANDIDATE, [options.from, options.to, options.kind, options.arrearsBefore]);
  await client.query("CREATE INDEX ON candidate (recipient_id); ANALYZE candidate");
  await client.query(ACCOUNT, [options.payOn]);
  await client.query(CHILD_ACCOUNT, [options.payOn]);
  await client.query(EXCLUDED, [options.notBarredFrom, options.payOn]);
  const { rows: exclusions } = await client.query<Exclusion>(
    `SELECT recipient_id AS "recipientId", reason, count(*)::int AS items, sum(amount)::bigint AS amount
     FROM excluded GROUP BY recipient_id, reason ORDER BY recipient_id, reason`,
  );
  if (exclusions.length > 0) {
    await client.query(
      `DELETE FROM candidate c USING excluded e WHERE (e.child_number, e.benefit_month, e.generation, e.tranche)
         = (c.child_number, c.benefit_month, c.generation, c.tranche)`,
    );
  }
  const deductions = await options.deduct(client);
  await client.query(LINE);
  await client.query("CREATE INDEX ON line (recipient_id, payee_key); ANALYZE line");
  const { rows } = await client.query<Omit<LineSet, "exclusions" | "deductions">>(TOTALS);
  const totals = rows[0];
  if (totals === undefined) throw new Error("an aggregate gave no row");
  return { ...totals, exclusions, deductions };
}
