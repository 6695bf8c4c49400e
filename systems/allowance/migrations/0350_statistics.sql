-- Up Migration
-- 統計の元になる明細。個人の行から、ある時刻までに記録されたことだけで作る（いつ作り直しても同じになる）。集計は行わず、月分・児童ごとの1行を返す。
-- 支給の決定（元帳の支払うべき額）と、締めた支払処理だけを元にする。作成中・送付前の支払処理は、交付金の数字に入らない（M30）。

-- 費用負担の区分（18条・附則2条）。令和6年10月分からは、3歳未満の児童の数から計算した額（第3子の3万円を含む）が三歳未満分。
CREATE FUNCTION allowance.cost_part(month date, band text, birth_order integer, rate bigint, recipient_kind text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
  WHEN month < date '2012-04-01' THEN CASE
    WHEN month >= date '2011-10-01' AND recipient_kind = 'institution' THEN 'parentlessInstitution'
    WHEN band = 'U3' THEN 'underThree'
    WHEN band = 'EL' AND birth_order >= 3 THEN 'elementaryThird'
    WHEN band = 'EL' THEN 'elementaryFirstSecond'
    ELSE 'juniorHigh' END
  WHEN month BETWEEN date '2012-06-01' AND date '2024-09-01' AND rate = 5000 THEN 'specialBenefit'
  WHEN band = 'U3' THEN 'underThree'
  ELSE 'threeAndOver' END;
COMMENT ON FUNCTION allowance.cost_part(date, text, integer, bigint, text) IS '児童1人の1か月分が入る、費用負担の区分（18条1項から3項、改正前の法律）。特例給付は月額5,000円の月分';

-- 6月1日の状態で区分が決まる年度の初めの日。同じ日を持つ月分は、同じ被用者区分になる。
CREATE FUNCTION allowance.class_day(month date) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN make_date(extract(year FROM month)::int - CASE WHEN extract(month FROM month) >= CASE WHEN month >= date '2024-10-01' THEN 8 ELSE 6 END THEN 0 ELSE 1 END, 6, 1);
COMMENT ON FUNCTION allowance.class_day(date) IS '被用者区分を見る6月1日（令和6年9月分までは6月分から、そのあとは8月分から1年）';

-- 全員の区分を一度に決める。1人ずつ allowance.cost_class を呼ぶと、人数分の問合せになる。
CREATE FUNCTION allowance.cost_classes_known(recipients bigint[], days date[], known timestamptz)
RETURNS TABLE (recipient_id bigint, day date, employee_class text) LANGUAGE sql STABLE AS $$
  WITH asked AS MATERIALIZED (SELECT k.recipient_id, k.day FROM unnest($1, $2) AS k(recipient_id, day)),
  claimed AS MATERIALIZED (
    SELECT k.recipient_id, r.addressee_number AS number, c.employee_class AS class, c.received_on
    FROM (SELECT DISTINCT a.recipient_id FROM asked a) k JOIN allowance.recipient r USING (recipient_id)
    LEFT JOIN (SELECT DISTINCT ON (z.root_claim) z.root_claim, z.replaced_by FROM allowance.claim_cancellation z
               WHERE z.replaced_by IS NOT NULL AND z.recorded_at <= $3 ORDER BY z.root_claim, z.replaced_by DESC) z ON z.root_claim = r.opened_by_claim
    JOIN allowance.claim c ON c.claim_id = coalesce(z.replaced_by, r.opened_by_claim)),
  found AS (
    -- 1 その年の審査で確かめた区分  2 6月1日に効力のある、確認済みの保険・年金の記載
    SELECT k.recipient_id, k.day, 1 AS rank, y.entry_id, y.employee_class AS class FROM asked k JOIN (
      SELECT DISTINCT ON (e.entry_id) e.* FROM allowance.yearly_review e
      JOIN allowance.entry_confirmation c ON c.entry_id = e.entry_id AND c.revision = e.revision AND c.recorded_at <= $3
      ORDER BY e.entry_id, e.revision DESC) y ON y.recipient_id = k.recipient_id AND y.fiscal_year = extract(year FROM k.day)::int
    WHERE NOT y.withdrawn AND y.employee_class IS NOT NULL
    UNION ALL
    SELECT k.recipient_id, k.day, 2, v.entry_id, v.employee_class FROM asked k JOIN claimed m USING (recipient_id) JOIN (
      SELECT DISTINCT ON (e.entry_id) e.* FROM allowance.coverage e
      JOIN allowance.entry_confirmation c ON c.entry_id = e.entry_id AND c.revision = e.revision AND c.recorded_at <= $3
      ORDER BY e.entry_id, e.revision DESC) v ON v.addressee_number = m.number
    WHERE NOT v.withdrawn AND v.valid_from <= k.day AND (v.valid_to IS NULL OR v.valid_to >= k.day)),
  best AS (SELECT DISTINCT ON (f.recipient_id, f.day) f.recipient_id, f.day, f.class FROM found f ORDER BY f.recipient_id, f.day, f.rank, f.entry_id DESC)
  SELECT k.recipient_id, k.day, CASE WHEN k.day > m.received_on AND b.class IS NOT NULL THEN b.class ELSE m.class END
  FROM asked k JOIN claimed m USING (recipient_id) LEFT JOIN best b USING (recipient_id, day)
$$;
COMMENT ON FUNCTION allowance.cost_classes_known(bigint[], date[], timestamptz) IS '受給者と6月1日（class_day）の組ごとの被用者区分。allowance.cost_class と同じ決め方を、その時刻までに確認されていた記載だけで行う';

CREATE FUNCTION allowance.statistics_due(first date, last date, known timestamptz)
RETURNS TABLE (recipient_id bigint, child_number bigint, benefit_month date, ward_code text, recipient_kind text, employee_class text, band text,
               birth_order integer, rate bigint, part text) LANGUAGE sql STABLE AS $$
  WITH item AS (
    SELECT d.recipient_id, d.child_number::bigint AS child_number, d.benefit_month::date AS benefit_month, sum(d.amount) AS amount,
           (array_agg(d.band ORDER BY d.generation DESC, d.tranche DESC))[1] AS band,
           (array_agg(d.birth_order ORDER BY d.generation DESC, d.tranche DESC))[1]::int AS birth_order
    FROM allowance.due_item d JOIN allowance.journal j ON j.journal_id = d.journal_id AND j.recorded_at <= $3
    WHERE d.benefit_month BETWEEN $1 AND $2
      AND NOT EXISTS (SELECT FROM allowance.due_reversal r JOIN allowance.journal x ON x.journal_id = r.journal_id AND x.recorded_at <= $3
        WHERE (r.child_number, r.benefit_month, r.generation, r.tranche) = (d.child_number, d.benefit_month, d.generation, d.tranche))
    GROUP BY 1, 2, 3),
  back AS (
    SELECT v.recipient_id, v.child_number::bigint AS child_number, v.benefit_month::date AS benefit_month, sum(v.amount) AS amount FROM allowance.receivable v
    WHERE v.benefit_month BETWEEN $1 AND $2 AND v.recorded_at <= $3 GROUP BY 1, 2, 3),
  net AS MATERIALIZED (
    SELECT i.recipient_id, i.child_number, i.benefit_month, i.band, i.birth_order, (i.amount - coalesce(b.amount, 0))::bigint AS rate
    FROM item i LEFT JOIN back b USING (recipient_id, child_number, benefit_month) WHERE i.amount > coalesce(b.amount, 0)),
  class AS MATERIALIZED (
    SELECT c.recipient_id, c.day, c.employee_class AS class
    FROM (SELECT array_agg(k.recipient_id) AS recipients, array_agg(k.day) AS days FROM (
            SELECT DISTINCT n.recipient_id, allowance.class_day(n.benefit_month) AS day FROM net n) k) q,
         allowance.cost_classes_known(q.recipients, q.days, $3) c)
  SELECT n.recipient_id, n.child_number, n.benefit_month, r.ward_code, r.kind,
         coalesce(c.class, CASE WHEN r.kind = 'individual' THEN 'unknown' ELSE 'nonEmployee' END), n.band, n.birth_order, n.rate,
         allowance.cost_part(n.benefit_month, n.band, n.birth_order, n.rate, r.kind)
  FROM net n JOIN allowance.recipient r USING (recipient_id)
  LEFT JOIN class c ON c.recipient_id = n.recipient_id AND c.day = allowance.class_day(n.benefit_month)
$$;
COMMENT ON FUNCTION allowance.statistics_due(date, date, timestamptz) IS '支給の決定による月分（first から last）。児童×月分に1行。rate は過払を除いた月額。known までに記録された元帳だけを見る。施設・法人は被用者等でない者、個人の区分が分からないものは unknown';

CREATE FUNCTION allowance.statistics_paid(first date, last date, known timestamptz)
RETURNS TABLE (run_no integer, payment_month date, via text, recipient_id bigint, child_number bigint, benefit_month date, ward_code text, recipient_kind text,
               employee_class text, band text, birth_order integer, rate bigint, amount bigint, part text) LANGUAGE sql STABLE AS $$
  WITH run AS (
    SELECT p.run_no, p.payment_month::date AS payment_month FROM allowance.payment_run p JOIN allowance.run_end e USING (run_no)
    WHERE e.outcome = 'closed' AND e.recorded_at <= $3 AND p.payment_month BETWEEN $1 AND $2),
  used AS MATERIALIZED (
    SELECT p.run_no, p.payment_month, 'transfer' AS via, l.recipient_id, l.ward_code, i.child_number, i.benefit_month, i.generation, i.tranche, i.amount
    FROM run p JOIN allowance.run_item i USING (run_no) JOIN allowance.run_line l USING (run_no, line_no)
    WHERE NOT EXISTS (SELECT FROM allowance.result_row w WHERE (w.run_no, w.line_no) = (i.run_no, i.line_no))
    UNION ALL
    SELECT p.run_no, p.payment_month, k.kind, k.recipient_id, r.ward_code, i.child_number, i.benefit_month, i.generation, i.tranche, i.amount
    FROM run p JOIN allowance.run_deduction_item i USING (run_no) JOIN allowance.run_deduction k USING (run_no, deduction_no)
    JOIN allowance.recipient r USING (recipient_id)),
  rate AS MATERIALIZED (
    SELECT u.recipient_id, u.child_number, u.benefit_month, coalesce((
        SELECT sum(d.amount) FROM allowance.due_item d JOIN allowance.journal j ON j.journal_id = d.journal_id AND j.recorded_at <= $3
        WHERE (d.child_number, d.benefit_month, d.recipient_id) = (u.child_number, u.benefit_month, u.recipient_id)
          AND NOT EXISTS (SELECT FROM allowance.due_reversal r JOIN allowance.journal x ON x.journal_id = r.journal_id AND x.recorded_at <= $3
            WHERE (r.child_number, r.benefit_month, r.generation, r.tranche) = (d.child_number, d.benefit_month, d.generation, d.tranche))), 0)
      - coalesce((SELECT sum(v.amount) FROM allowance.receivable v WHERE (v.child_number, v.benefit_month, v.recipient_id)
          = (u.child_number, u.benefit_month, u.recipient_id) AND v.recorded_at <= $3), 0) AS rate
    FROM (SELECT DISTINCT recipient_id, child_number, benefit_month FROM used) u),
  class AS MATERIALIZED (
    SELECT c.recipient_id, c.day, c.employee_class AS class
    FROM (SELECT array_agg(k.recipient_id) AS recipients, array_agg(k.day) AS days FROM (
            SELECT DISTINCT u.recipient_id, allowance.class_day(u.benefit_month::date) AS day FROM used u) k) q,
         allowance.cost_classes_known(q.recipients, q.days, $3) c)
  SELECT u.run_no, u.payment_month, u.via, u.recipient_id, u.child_number::bigint, u.benefit_month::date, u.ward_code, r.kind,
         coalesce(c.class, CASE WHEN r.kind = 'individual' THEN 'unknown' ELSE 'nonEmployee' END), d.band, d.birth_order::int, t.rate::bigint, u.amount::bigint,
         allowance.cost_part(u.benefit_month::date, d.band, d.birth_order::int, t.rate::bigint, r.kind)
  FROM used u JOIN allowance.due_item d USING (child_number, benefit_month, generation, tranche) JOIN allowance.recipient r ON r.recipient_id = u.recipient_id
  JOIN rate t ON (t.recipient_id, t.child_number, t.benefit_month) = (u.recipient_id, u.child_number, u.benefit_month)
  LEFT JOIN class c ON c.recipient_id = u.recipient_id AND c.day = allowance.class_day(u.benefit_month::date)
$$;
COMMENT ON FUNCTION allowance.statistics_paid(date, date, timestamptz) IS '締めた支払処理（支払期月が first から last、known までに締めたもの）で支払った額。振込不能で戻った明細は入らない。via は transfer 振込、または差引の種類（支払ったものとして数える）';

-- ここまでに記録されたことは、もう増えない時刻。書きかけのトランザクションがあれば、その始まり（あとで同じ時点で作り直しても、同じになる）。
CREATE FUNCTION allowance.settled_moment() RETURNS timestamptz LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
RETURN least(now(), (SELECT min(xact_start) FROM pg_stat_activity WHERE datname = current_database() AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()));
COMMENT ON FUNCTION allowance.settled_moment() IS 'いまの統計を作る時点。書きかけの記録がこれより前の時刻で後から現れることはない';
REVOKE ALL ON FUNCTION allowance.settled_moment() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION allowance.settled_moment(), allowance.cost_part(date, text, integer, bigint, text), allowance.class_day(date), allowance.cost_classes_known(bigint[], date[], timestamptz),
  allowance.statistics_due(date, date, timestamptz), allowance.statistics_paid(date, date, timestamptz) TO hagukumi_allowance;
