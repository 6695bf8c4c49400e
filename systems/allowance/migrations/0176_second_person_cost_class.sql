-- Up Migration
-- 二人目の確認が要る記載の、確認済みの姿。入力も、訂正も、取消しも、別の人が確認した版から効く。それまでは前の確認済みの版のまま。
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['mailing_address', 'related_person', 'coverage', 'child_circumstance', 'counted_sibling', 'welfare_name', 'former_inquiry', 'yearly_review', 'annual_report'] LOOP
    EXECUTE format('CREATE VIEW allowance.%I WITH (security_invoker = true) AS SELECT * FROM (
      SELECT DISTINCT ON (e.entry_id) e.* FROM allowance.%I e JOIN allowance.entry_confirmation c ON c.entry_id = e.entry_id AND c.revision = e.revision
      ORDER BY e.entry_id, e.revision DESC) x WHERE NOT x.withdrawn', t || '_confirmed', t);
    EXECUTE format('COMMENT ON VIEW allowance.%I IS %L', t || '_confirmed', '二人目の確認が済んだ最後の版（取消しも、確認が済んで初めて効く）');
    EXECUTE format('GRANT SELECT ON allowance.%I TO hagukumi_allowance, hagukumi_desk', t || '_confirmed');
  END LOOP;
END $$;

-- 被用者区分（費用負担の区分。18条1項・2項）。請求のときの区分が次の7月分まで、8月分から翌年7月分までは6月1日の状態による（18条6項）。
-- 令和6年9月分までは、6月分から翌年5月分までが6月1日の状態による。いまの保険・年金の記載とは別で、あとから変わっても、決まった月の区分は動かない。
CREATE FUNCTION allowance.cost_class(recipient bigint, month date)
RETURNS TABLE (employee_class text, basis text, basis_on date, pension_kind text, pension_on date) LANGUAGE sql STABLE AS $$
  WITH claimed AS (
    SELECT r.addressee_number AS number, c.employee_class AS class, c.received_on
    FROM allowance.recipient r JOIN allowance.claim c ON c.claim_id = coalesce(
      (SELECT z.replaced_by FROM allowance.claim_cancellation z WHERE z.root_claim = r.opened_by_claim AND z.replaced_by IS NOT NULL ORDER BY z.replaced_by DESC LIMIT 1),
      r.opened_by_claim)
    WHERE r.recipient_id = $1),
  june AS (
    SELECT make_date(extract(year FROM $2)::int - CASE WHEN extract(month FROM $2) >= CASE WHEN $2 >= date '2024-10-01' THEN 8 ELSE 6 END THEN 0 ELSE 1 END, 6, 1) AS day),
  found AS (
    -- 1 その年の審査で確かめた区分  2 6月1日に効力のある、確認済みの保険・年金の記載
    SELECT 1 AS rank, y.employee_class AS class, y.pension_kind, y.pension_on, y.entry_id FROM june, allowance.yearly_review_confirmed y
    WHERE y.recipient_id = $1 AND y.fiscal_year = extract(year FROM june.day)::int AND y.employee_class IS NOT NULL
    UNION ALL
    SELECT 2, v.employee_class, v.pension_kind, v.pension_on, v.entry_id FROM june, claimed, allowance.coverage_confirmed v
    WHERE v.addressee_number = claimed.number AND v.valid_from <= june.day AND (v.valid_to IS NULL OR v.valid_to >= june.day)
    ORDER BY 1, entry_id DESC LIMIT 1)
  SELECT CASE WHEN june.day > claimed.received_on AND found.class IS NOT NULL THEN found.class ELSE claimed.class END,
         CASE WHEN june.day > claimed.received_on AND found.class IS NOT NULL THEN 'june' ELSE 'claim' END,
         CASE WHEN june.day > claimed.received_on AND found.class IS NOT NULL THEN june.day ELSE claimed.received_on END,
         CASE WHEN june.day > claimed.received_on THEN found.pension_kind END,
         CASE WHEN june.day > claimed.received_on THEN found.pension_on END
  FROM claimed CROSS JOIN june LEFT JOIN found ON true
$$;
COMMENT ON FUNCTION allowance.cost_class(bigint, date) IS '受給者のその月分の被用者区分と、その根拠（claim=請求のとき、june=6月1日の状態）・年金の種別・加入の日';

CREATE VIEW allowance.cost_class_month WITH (security_invoker = true) AS
SELECT m.recipient_id, m.benefit_month, c.employee_class, c.basis, c.basis_on, c.pension_kind, c.pension_on
FROM (SELECT DISTINCT recipient_id, benefit_month FROM allowance.due_item) m
CROSS JOIN LATERAL allowance.cost_class(m.recipient_id, m.benefit_month) c;
COMMENT ON VIEW allowance.cost_class_month IS '支払うべき額のある受給者と月分ごとの被用者区分（費用負担の統計の元）';
GRANT SELECT ON allowance.cost_class_month TO hagukumi_allowance;
GRANT EXECUTE ON FUNCTION allowance.cost_class(bigint, date) TO hagukumi_allowance;
