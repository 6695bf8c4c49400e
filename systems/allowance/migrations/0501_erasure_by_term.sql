-- Up Migration
-- 保存期間の過ぎたデータを、毎日、自動で判定して消す（評価書 III-7②）。期間は二人で決め、停止がかかれば消さない。判定と消去の数、何を消したかが残る。
CREATE TABLE allowance.term_erasure (
  erasure_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  judged_on   date NOT NULL,
  group_code  text NOT NULL REFERENCES access.record_group,
  years       smallint,
  before_on   date,
  held        boolean NOT NULL,
  subjects    integer NOT NULL CHECK (subjects >= 0),
  row_count   integer NOT NULL CHECK (row_count >= 0),
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT term_erasure_no_term CHECK (years IS NOT NULL OR subjects = 0)
);
COMMENT ON TABLE allowance.term_erasure IS '保存期間の判定と自動の消去の記録。関数だけが書く。';
COMMENT ON COLUMN allowance.term_erasure.erasure_id IS '番号';
COMMENT ON COLUMN allowance.term_erasure.judged_on IS '判定した日';
COMMENT ON COLUMN allowance.term_erasure.group_code IS '記録の区分';
COMMENT ON COLUMN allowance.term_erasure.years IS '保存期間（年）。空は、決めていない（消さない）';
COMMENT ON COLUMN allowance.term_erasure.before_on IS 'この日より前に終わったものを消した';
COMMENT ON COLUMN allowance.term_erasure.held IS '停止がかかっていたか';
COMMENT ON COLUMN allowance.term_erasure.subjects IS '消した相手の数（人・印刷処理・一時解除）';
COMMENT ON COLUMN allowance.term_erasure.row_count IS '消した行の数';
COMMENT ON COLUMN allowance.term_erasure.recorded_at IS '記録した時刻';
COMMENT ON CONSTRAINT term_erasure_no_term ON allowance.term_erasure IS '保存期間を決めていないデータは消しません。';
CREATE INDEX term_erasure_day ON allowance.term_erasure (group_code, judged_on);
CREATE TABLE allowance.term_erasure_item (
  erasure_id bigint NOT NULL REFERENCES allowance.term_erasure,
  subject    bigint NOT NULL,
  last_day   date NOT NULL,
  row_count  integer NOT NULL CHECK (row_count >= 1),
  PRIMARY KEY (erasure_id, subject)
);
COMMENT ON TABLE allowance.term_erasure_item IS '自動の消去で消したものの一覧（番号だけ）';
COMMENT ON COLUMN allowance.term_erasure_item.erasure_id IS '消去の番号';
COMMENT ON COLUMN allowance.term_erasure_item.subject IS '宛名番号・印刷処理の番号・一時解除の番号';
COMMENT ON COLUMN allowance.term_erasure_item.last_day IS 'いつ終わったものか';
COMMENT ON COLUMN allowance.term_erasure_item.row_count IS '消した行の数';
-- 宛名番号を持つので、職員の照会からは1行も見えない。一覧は、仕組みの権限で出す。
ALTER TABLE allowance.term_erasure_item ENABLE ROW LEVEL SECURITY;
ALTER TABLE allowance.term_erasure_item FORCE ROW LEVEL SECURITY;

-- 保存期間の過ぎたもの。行の数は、消すときに数える。
CREATE FUNCTION allowance.past_term(of_group text, before date) RETURNS TABLE (subject bigint, last_day date)
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
      AND EXISTS (SELECT FROM allowance.letter_file f WHERE f.run_no = s.run_no);
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
COMMENT ON FUNCTION allowance.past_term(text, date) IS 'この日より前に終わった、消すもの';

-- 紙がまだある書類
CREATE FUNCTION allowance.paper_kept() RETURNS TABLE (addressee_number bigint, entry_id bigint, kind text, title text, storage_place text, received_on date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT d.addressee_number::bigint, d.entry_id, d.kind, d.title, d.storage_place, d.received_on FROM allowance.document_current d
  WHERE d.medium = 'paper' AND d.state IN ('received', 'onHold', 'stored')
$$;
COMMENT ON FUNCTION allowance.paper_kept() IS 'まだ手元にある紙の書類';

-- 一つの区分をいま判定し、過ぎたものを消す。日は記録の時計（identity.today）で、だれも先へは動かせない。
CREATE FUNCTION allowance.erase_by_term(of_group text, at_most integer) RETURNS bigint
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
COMMENT ON FUNCTION allowance.erase_by_term(text, integer) IS '保存期間の過ぎたものを判定して消し、記録を残す（一度に at_most 件まで）';
REVOKE ALL ON FUNCTION allowance.past_term(text, date), allowance.paper_kept(), allowance.erase_by_term(text, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION allowance.past_term(text, date), allowance.paper_kept(), allowance.erase_by_term(text, integer) TO hagukumi_allowance;
GRANT SELECT ON allowance.term_erasure, allowance.term_erasure_item TO hagukumi_allowance;
