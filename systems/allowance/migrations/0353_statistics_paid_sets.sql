-- Up Migration
-- 支払の明細を、児童×月分ごとの問合せでなく、集めてから突き合わせる（1件ずつ引くと、月分の数だけ問合せが要る）。返すものは変わらない。
CREATE OR REPLACE FUNCTION allowance.statistics_paid(first date, last date, known timestamptz)
RETURNS TABLE (run_no integer, payment_month date, via text, recipient_id bigint, child_number bigint, benefit_month date, ward_code text, recipient_kind text,
               employee_class text, band text, birth_order integer, rate bigint, amount bigint, part text) LANGUAGE sql STABLE AS $$
  WITH run AS (
    SELECT p.run_no, p.payment_month::date AS payment_month FROM allowance.payment_run p JOIN allowance.run_end e USING (run_no)
    WHERE e.outcome = 'closed' AND e.recorded_at <= $3 AND p.payment_month BETWEEN $1 AND $2),
  used AS MATERIALIZED (
    SELECT p.run_no, p.payment_month, 'transfer' AS via, l.recipient_id, l.ward_code, i.child_number::bigint AS child_number, i.benefit_month::date AS benefit_month,
           d.band, d.birth_order::int AS birth_order, i.amount::bigint AS amount
    FROM run p JOIN allowance.run_item i USING (run_no) JOIN allowance.run_line l USING (run_no, line_no)
    JOIN allowance.due_item d USING (child_number, benefit_month, generation, tranche)
    LEFT JOIN allowance.result_row w ON w.run_no = i.run_no AND w.line_no = i.line_no WHERE w.run_no IS NULL
    UNION ALL
    SELECT p.run_no, p.payment_month, k.kind, k.recipient_id, r.ward_code, i.child_number::bigint, i.benefit_month::date, d.band, d.birth_order::int, i.amount::bigint
    FROM run p JOIN allowance.run_deduction_item i USING (run_no) JOIN allowance.run_deduction k USING (run_no, deduction_no)
    JOIN allowance.due_item d USING (child_number, benefit_month, generation, tranche) JOIN allowance.recipient r ON r.recipient_id = k.recipient_id),
  span AS MATERIALIZED (SELECT min(u.benefit_month) AS lo, max(u.benefit_month) AS hi FROM used u),
  due AS (
    SELECT d.recipient_id, d.child_number::bigint AS child_number, d.benefit_month::date AS benefit_month, sum(d.amount)::bigint AS amount
    FROM allowance.due_item d JOIN allowance.journal j ON j.journal_id = d.journal_id AND j.recorded_at <= $3
    LEFT JOIN (SELECT r.child_number, r.benefit_month, r.generation, r.tranche FROM allowance.due_reversal r
               JOIN allowance.journal x ON x.journal_id = r.journal_id AND x.recorded_at <= $3) r USING (child_number, benefit_month, generation, tranche)
    WHERE d.benefit_month BETWEEN (SELECT lo FROM span) AND (SELECT hi FROM span) AND r.tranche IS NULL GROUP BY 1, 2, 3),
  back AS (
    SELECT v.recipient_id, v.child_number::bigint AS child_number, v.benefit_month::date AS benefit_month, sum(v.amount)::bigint AS amount FROM allowance.receivable v
    WHERE v.recorded_at <= $3 GROUP BY 1, 2, 3),
  class AS MATERIALIZED (
    SELECT c.recipient_id, c.day, c.employee_class AS class
    FROM (SELECT array_agg(k.recipient_id) AS recipients, array_agg(k.day) AS days FROM (
            SELECT DISTINCT u.recipient_id, allowance.class_day(u.benefit_month) AS day FROM used u) k) q,
         allowance.cost_classes_known(q.recipients, q.days, $3) c)
  SELECT u.run_no, u.payment_month, u.via, u.recipient_id, u.child_number, u.benefit_month, u.ward_code, r.kind,
         coalesce(c.class, CASE WHEN r.kind = 'individual' THEN 'unknown' ELSE 'nonEmployee' END), u.band, u.birth_order,
         coalesce(d.amount, 0) - coalesce(b.amount, 0), u.amount,
         allowance.cost_part(u.benefit_month, u.band, u.birth_order, coalesce(d.amount, 0) - coalesce(b.amount, 0), r.kind)
  FROM used u JOIN allowance.recipient r ON r.recipient_id = u.recipient_id
  LEFT JOIN due d ON (d.recipient_id, d.child_number, d.benefit_month) = (u.recipient_id, u.child_number, u.benefit_month)
  LEFT JOIN back b ON (b.recipient_id, b.child_number, b.benefit_month) = (u.recipient_id, u.child_number, u.benefit_month)
  LEFT JOIN class c ON c.recipient_id = u.recipient_id AND c.day = allowance.class_day(u.benefit_month)
$$;
