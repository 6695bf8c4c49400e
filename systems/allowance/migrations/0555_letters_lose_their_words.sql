-- Up Migration
-- 通知書の保存期間が過ぎたら、印刷したPDFとともに、データベースの中の文面（宛先・氏名・本文）と字形の記録も消す。行（番号・様式・日付・額・文面のハッシュ）は残り、何を、いつ、だれに出したかは分かる。
UPDATE access.record_group SET name = '通知書の文面とファイル', about = '発送の日から数える。印刷した通知書のPDFと、データベースの中の文面。毎日、自動で消す。' WHERE group_code = 'letterFiles';

CREATE FUNCTION allowance.letter_without_words(content jsonb, erased_on date) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT jsonb_strip_nulls(jsonb_build_object('form', content->'form', 'number', content->'number', 'edition', content->'edition', 'version', content->'version',
    'title', content->'title', 'documentOn', content->'documentOn', 'fiscalYear', content->'fiscalYear', 'erasedOn', to_jsonb(erased_on)))
$$;
COMMENT ON FUNCTION allowance.letter_without_words(jsonb, date) IS '文面から人のことを言うものを除いた、様式・標題・日付だけの中身';
REVOKE ALL ON FUNCTION allowance.letter_without_words(jsonb, date) FROM PUBLIC;

-- 保存期間の過ぎたもの。文面の残っている印刷処理も数える。
CREATE OR REPLACE FUNCTION allowance.past_term(of_group text, before date) RETURNS TABLE (subject bigint, last_day date)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF of_group = 'caseNotes' THEN
    RETURN QUERY
    WITH noted AS (
      -- 記載の最後の日: 事案が終わった後の記載があれば、その日から数える
      SELECT x.number, max(x.day) AS day FROM (
        SELECT n.addressee_number::bigint AS number, (n.recorded_at AT TIME ZONE 'Asia/Tokyo')::date AS day FROM allowance.note n
        UNION ALL SELECT n.addressee_number, (n.recorded_at AT TIME ZONE 'Asia/Tokyo')::date FROM allowance.contact n
        UNION ALL SELECT n.addressee_number, (n.recorded_at AT TIME ZONE 'Asia/Tokyo')::date FROM allowance.mailing_address n
        UNION ALL SELECT n.addressee_number, (n.recorded_at AT TIME ZONE 'Asia/Tokyo')::date FROM allowance.material_request n
        UNION ALL SELECT n.addressee_number, (n.recorded_at AT TIME ZONE 'Asia/Tokyo')::date FROM allowance.document n) x GROUP BY 1)
    SELECT n.number, greatest(o.last_day, n.day) FROM noted n JOIN allowance.people_over() o ON o.addressee_number = n.number
    WHERE greatest(o.last_day, n.day) < before AND NOT EXISTS (SELECT FROM allowance.paper_kept() p WHERE p.addressee_number = n.number);
  ELSIF of_group = 'letterFiles' THEN
    RETURN QUERY
    SELECT s.run_no::bigint, (s.recorded_at AT TIME ZONE 'Asia/Tokyo')::date FROM allowance.letter_run_state s
    WHERE s.state IN ('mailed', 'discarded') AND (s.recorded_at AT TIME ZONE 'Asia/Tokyo')::date < before
      AND (EXISTS (SELECT FROM allowance.letter_file f WHERE f.run_no = s.run_no)
        OR EXISTS (SELECT FROM allowance.letter l WHERE l.run_no = s.run_no AND NOT l.content ? 'erasedOn'));
  ELSIF of_group = 'protectionLifts' THEN
    RETURN QUERY
    SELECT x.lift_id, x.day FROM (
      SELECT l.lift_id, (greatest(l.requested_at, a.answered_at, a.ends_at, e.ended_at) AT TIME ZONE 'Asia/Tokyo')::date AS day
      FROM allowance.protection_lift l LEFT JOIN allowance.protection_lift_answer a USING (lift_id) LEFT JOIN allowance.protection_lift_end e USING (lift_id)) x
    WHERE x.day < before;
  ELSE
    RAISE EXCEPTION 'no automatic erasure of %', of_group USING ERRCODE = '22023';
  END IF;
END $$;

-- 判定と消去。通知書は、ファイル・字形の記録・文面を消す。
CREATE OR REPLACE FUNCTION allowance.erase_by_term(of_group text, at_most integer) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  today date := identity.today(); before date := access.removable_before(of_group, today); made bigint; s record; n integer; part integer;
  many integer := 0; total integer := 0;
  stopped boolean := EXISTS (SELECT FROM access.retention_hold h WHERE h.group_code = of_group
    AND NOT EXISTS (SELECT FROM access.retention_hold_end e WHERE e.hold_id = h.hold_id));
BEGIN
  INSERT INTO allowance.term_erasure (judged_on, group_code, years, before_on, held, subjects, row_count)
  VALUES (today, of_group, access.retention_years(of_group, today), nullif(before, '-infinity'), stopped, 0, 0) RETURNING erasure_id INTO made;
  IF before IS NULL OR before = '-infinity' THEN RETURN made; END IF;
  FOR s IN SELECT p.subject, p.last_day FROM allowance.past_term(of_group, before) p ORDER BY p.last_day, p.subject LIMIT at_most LOOP
    n := 0;
    IF of_group = 'caseNotes' THEN
      DELETE FROM allowance.note_reading r USING allowance.note x WHERE x.addressee_number = s.subject AND (r.entry_id, r.revision) = (x.entry_id, x.revision);
      GET DIAGNOSTICS part = ROW_COUNT; n := n + part;
      WITH gone AS (
        SELECT x.entry_id, x.revision FROM allowance.note x WHERE x.addressee_number = s.subject
        UNION SELECT x.entry_id, x.revision FROM allowance.contact x WHERE x.addressee_number = s.subject
        UNION SELECT x.entry_id, x.revision FROM allowance.mailing_address x WHERE x.addressee_number = s.subject
        UNION SELECT x.entry_id, x.revision FROM allowance.material_request x WHERE x.addressee_number = s.subject
        UNION SELECT x.entry_id, x.revision FROM allowance.document x WHERE x.addressee_number = s.subject
      ), origins AS (DELETE FROM allowance.entry_origin o USING gone g WHERE (o.entry_id, o.revision) = (g.entry_id, g.revision))
      DELETE FROM allowance.entry_confirmation c USING gone g WHERE (c.entry_id, c.revision) = (g.entry_id, g.revision);
      GET DIAGNOSTICS part = ROW_COUNT; n := n + part;
      DELETE FROM allowance.note x WHERE x.addressee_number = s.subject; GET DIAGNOSTICS part = ROW_COUNT; n := n + part;
      DELETE FROM allowance.contact x WHERE x.addressee_number = s.subject; GET DIAGNOSTICS part = ROW_COUNT; n := n + part;
      DELETE FROM allowance.mailing_address x WHERE x.addressee_number = s.subject; GET DIAGNOSTICS part = ROW_COUNT; n := n + part;
      DELETE FROM allowance.material_request x WHERE x.addressee_number = s.subject; GET DIAGNOSTICS part = ROW_COUNT; n := n + part;
      DELETE FROM allowance.document x WHERE x.addressee_number = s.subject; GET DIAGNOSTICS part = ROW_COUNT; n := n + part;
    ELSIF of_group = 'letterFiles' THEN
      DELETE FROM allowance.letter_file f WHERE f.run_no = s.subject; GET DIAGNOSTICS part = ROW_COUNT; n := n + part;
      DELETE FROM allowance.letter_print_issue i USING allowance.letter l WHERE l.run_no = s.subject AND i.letter_id = l.letter_id;
      GET DIAGNOSTICS part = ROW_COUNT; n := n + part;
      UPDATE allowance.letter l SET content = allowance.letter_without_words(l.content, today) WHERE l.run_no = s.subject AND NOT l.content ? 'erasedOn';
      GET DIAGNOSTICS part = ROW_COUNT; n := n + part;
    ELSE
      DELETE FROM allowance.protection_lift_use u WHERE u.lift_id = s.subject; GET DIAGNOSTICS part = ROW_COUNT; n := n + part;
      DELETE FROM allowance.protection_lift_end u WHERE u.lift_id = s.subject; GET DIAGNOSTICS part = ROW_COUNT; n := n + part;
      DELETE FROM allowance.protection_lift_answer u WHERE u.lift_id = s.subject; GET DIAGNOSTICS part = ROW_COUNT; n := n + part;
      DELETE FROM allowance.protection_lift u WHERE u.lift_id = s.subject; GET DIAGNOSTICS part = ROW_COUNT; n := n + part;
    END IF;
    INSERT INTO allowance.term_erasure_item (erasure_id, subject, last_day, row_count) VALUES (made, s.subject, s.last_day, n);
    many := many + 1; total := total + n;
  END LOOP;
  UPDATE allowance.term_erasure t SET subjects = many, row_count = total WHERE t.erasure_id = made;
  RETURN made;
END $$;
