-- Up Migration
-- 確かめる仕事: 確認の日が来る申立て・措置と、届出のない変更。職員には、自分の区の、見てよい人のものだけを出す。
CREATE VIEW allowance.due_check WITH (security_invoker = true) AS
SELECT 'separateCare' AS kind, s.recipient_id, r.addressee_number AS number, s.child_number AS child, s.review_on AS due_on, s.filing_id FROM (
  SELECT DISTINCT ON (recipient_id, child_number) * FROM allowance.separate_care t
  WHERE NOT EXISTS (SELECT FROM allowance.filing_cancellation c WHERE c.filing_id = t.filing_id) ORDER BY recipient_id, child_number, recorded_at DESC) s
JOIN allowance.recipient r USING (recipient_id) JOIN allowance.recipient_window w USING (recipient_id) WHERE w.ended_from IS NULL
UNION ALL
SELECT 'studyAbroad', a.recipient_id, r.addressee_number, a.child_number, a.next_check_on, a.filing_id FROM (
  SELECT DISTINCT ON (recipient_id, child_number) * FROM allowance.study_abroad t
  WHERE NOT EXISTS (SELECT FROM allowance.filing_cancellation c WHERE c.filing_id = t.filing_id) ORDER BY recipient_id, child_number, recorded_at DESC) a
JOIN allowance.recipient r USING (recipient_id) JOIN allowance.recipient_window w USING (recipient_id)
WHERE a.returned_on IS NULL AND w.ended_from IS NULL
UNION ALL
SELECT 'parentDesignation', NULL, d.designee_number, d.child_number, d.expires_on, d.filing_id FROM allowance.parent_designation d
WHERE NOT EXISTS (SELECT FROM allowance.filing_cancellation c WHERE c.filing_id = d.filing_id)
  AND NOT EXISTS (SELECT FROM allowance.parent_designation_end e WHERE e.designation_id = d.designation_id
                  AND NOT EXISTS (SELECT FROM allowance.filing_cancellation c WHERE c.filing_id = e.filing_id))
UNION ALL
-- 2か月以内の期間を定めた措置（施行規則1条の2）: 期間の終わりに、退所したか、延長したかを確かめる。
-- 延長して2か月を超えたら、施設等の請求が来るまで、延長を決めた日からの仕事になる。
SELECT CASE WHEN p.short_stay THEN 'shortStay' ELSE 'stayExtended' END, NULL, p.child_number, p.child_number,
       CASE WHEN p.short_stay THEN p.planned_until ELSE a.decided_on END, p.filing_id FROM (
  SELECT DISTINCT ON (child_number, institution_number, placed_on) * FROM allowance.placement_report t
  WHERE NOT EXISTS (SELECT FROM allowance.filing_cancellation c WHERE c.filing_id = t.filing_id)
  ORDER BY child_number, institution_number, placed_on, revision DESC) p
JOIN allowance.filing_approval a USING (filing_id)
WHERE p.ended_on IS NULL AND NOT p.commuting AND CASE WHEN p.short_stay THEN p.planned_until IS NOT NULL ELSE
  EXISTS (SELECT FROM allowance.placement_report b WHERE (b.child_number, b.institution_number, b.placed_on) = (p.child_number, p.institution_number, p.placed_on)
          AND b.revision < p.revision AND b.short_stay AND NOT b.commuting AND NOT EXISTS (SELECT FROM allowance.filing_cancellation c WHERE c.filing_id = b.filing_id))
  AND NOT EXISTS (SELECT FROM allowance.claim_child k JOIN allowance.claim c USING (claim_id) JOIN allowance.approval g USING (claim_id)
                  WHERE k.child_number = p.child_number AND c.claimant_number = p.institution_number AND c.recipient_kind = 'institution'
                    AND c.received_on >= p.placed_on AND g.outcome = 'grant') END;
COMMENT ON VIEW allowance.due_check IS '確かめる日のある申立て・措置。number は確かめる人（措置では児童）、filing_id はもとの受付。';

CREATE VIEW allowance.unreported_change WITH (security_invoker = true) AS
SELECT c.recipient_id, c.addressee_number AS number, c.item, c.history_no, c.changed_on, c.due_on FROM allowance.recipient_change c
WHERE NOT EXISTS (SELECT FROM allowance.report_omission o WHERE (o.recipient_id, o.item, o.history_no) = (c.recipient_id, c.item, c.history_no))
  AND NOT EXISTS (
    SELECT FROM allowance.filing f JOIN allowance.filing_approval a USING (filing_id)
    JOIN allowance.filing_content x ON x.filing_id = f.filing_id AND x.revision = a.revision
    WHERE f.procedure_code = 'change' AND x.recipient_id = c.recipient_id AND x.content ? c.item AND x.content ->> 'on' = c.changed_on::text
      AND NOT EXISTS (SELECT FROM allowance.filing_cancellation k WHERE k.filing_id = f.filing_id));
COMMENT ON VIEW allowance.unreported_change IS '住民基本台帳で変わり、届出も省略の記録もない氏名・住所';
GRANT SELECT ON allowance.due_check, allowance.unreported_change TO hagukumi_allowance;

CREATE TYPE allowance.case_task AS (
  kind text, due_on date, since_on date, recipient_id bigint, ward_code text, kana_initial text, filing_id bigint, reception_number text, item text, history_no integer
);
COMMENT ON TYPE allowance.case_task IS '一覧に出す確かめる仕事。氏名・住所・生年月日・宛名番号は出さない。';

CREATE FUNCTION allowance.kana_initial_of(number bigint) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT left(normalize(coalesce(
    (SELECT p.kana FROM allowance.person_history p WHERE p.addressee_number = $1 ORDER BY p.history_no DESC, p.revision DESC LIMIT 1),
    (SELECT o.kana FROM allowance.organization_history o WHERE o.addressee_number = $1 ORDER BY o.revision DESC LIMIT 1), ''), NFKC), 1)
$$;
COMMENT ON FUNCTION allowance.kana_initial_of(bigint) IS 'カナの頭文字（一覧に出す、ただ一つの人の手がかり）';

CREATE FUNCTION allowance.due_checks_for_staff(until date) RETURNS SETOF allowance.case_task
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE s record;
BEGIN
  SELECT * INTO s FROM identity.session_now();
  IF NOT FOUND THEN RAISE EXCEPTION 'no live session' USING ERRCODE = 'HGA01'; END IF;
  IF NOT ('case.open' = ANY (s.permissions)) THEN RAISE EXCEPTION 'permission case.open is missing' USING ERRCODE = 'HGA03'; END IF;
  RETURN QUERY SELECT d.kind, d.due_on, NULL::date, d.recipient_id, f.ward_code, allowance.kana_initial_of(d.number), d.filing_id, f.reception_number, NULL::text, NULL::integer
    FROM allowance.due_check d JOIN allowance.filing f USING (filing_id)
    WHERE d.due_on <= until AND (s.wards IS NULL OR f.ward_code = ANY (s.wards))
      AND allowance.may_see(d.number, 'protection.view' = ANY (s.permissions)) AND allowance.may_see(d.child, 'protection.view' = ANY (s.permissions))
    ORDER BY d.due_on, f.reception_number;
END $$;
COMMENT ON FUNCTION allowance.due_checks_for_staff(date) IS '職員に見せる、その日までに確かめるもの: 自分の区だけ、支援措置の対象者は権限のある職員だけ';

CREATE FUNCTION allowance.unreported_changes_for_staff(until date) RETURNS SETOF allowance.case_task
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE s record;
BEGIN
  SELECT * INTO s FROM identity.session_now();
  IF NOT FOUND THEN RAISE EXCEPTION 'no live session' USING ERRCODE = 'HGA01'; END IF;
  IF NOT ('case.open' = ANY (s.permissions)) THEN RAISE EXCEPTION 'permission case.open is missing' USING ERRCODE = 'HGA03'; END IF;
  RETURN QUERY SELECT 'unreportedChange', u.due_on, u.changed_on, u.recipient_id, r.ward_code, allowance.kana_initial_of(u.number), NULL::bigint, NULL::text, u.item, u.history_no
    FROM allowance.unreported_change u JOIN allowance.recipient r USING (recipient_id)
    WHERE u.changed_on <= until AND (s.wards IS NULL OR r.ward_code = ANY (s.wards)) AND allowance.may_see(u.number, 'protection.view' = ANY (s.permissions))
    ORDER BY u.due_on, u.recipient_id, u.item;
END $$;
COMMENT ON FUNCTION allowance.unreported_changes_for_staff(date) IS '職員に見せる、その日までに変わって届出のないもの: 自分の区だけ、支援措置の対象者は権限のある職員だけ';

ALTER FUNCTION allowance.due_checks_for_staff(date) OWNER TO hagukumi_allowance;
ALTER FUNCTION allowance.unreported_changes_for_staff(date) OWNER TO hagukumi_allowance;
REVOKE EXECUTE ON FUNCTION allowance.kana_initial_of(bigint), allowance.due_checks_for_staff(date), allowance.unreported_changes_for_staff(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION allowance.kana_initial_of(bigint) TO hagukumi_allowance;
GRANT EXECUTE ON FUNCTION allowance.due_checks_for_staff(date), allowance.unreported_changes_for_staff(date) TO hagukumi_desk;
