-- Up Migration
-- データ使用承認願の保存期間（5年）と、過ぎたものの消去。消せるのは、承認された消去の行に書かれた日より前に終わり、写しがすべて返却・消去されたものだけ。
CREATE TABLE interchange.data_use_term (
  valid_from  date PRIMARY KEY,
  years       smallint NOT NULL CHECK (years BETWEEN 1 AND 100),
  entered_by  interchange.operator NOT NULL,
  approved_by interchange.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT data_use_term_two_people CHECK (entered_by <> approved_by)
);
COMMENT ON TABLE interchange.data_use_term IS 'データ使用承認願の保存期間（年）。日付つきで、二人で変える。';
COMMENT ON COLUMN interchange.data_use_term.valid_from IS 'いつから';
COMMENT ON COLUMN interchange.data_use_term.years IS '年数（使用期間の終わり、または承認しなかった日から）';
COMMENT ON COLUMN interchange.data_use_term.entered_by IS '入力した職員';
COMMENT ON COLUMN interchange.data_use_term.approved_by IS '承認した職員';
COMMENT ON COLUMN interchange.data_use_term.recorded_at IS '記録した時刻';
INSERT INTO interchange.data_use_term (valid_from, years, entered_by, approved_by) VALUES ('2016-01-01', 5, 'assessment', 'installation');

CREATE TABLE interchange.data_use_removal (
  removal_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  before_on   date NOT NULL,
  years       smallint NOT NULL,
  uses        integer NOT NULL CHECK (uses >= 1),
  transfers   integer NOT NULL CHECK (transfers >= 0),
  entered_by  interchange.operator NOT NULL,
  approved_by interchange.operator NOT NULL,
  removed_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT data_use_removal_two_people CHECK (entered_by <> approved_by)
);
COMMENT ON TABLE interchange.data_use_removal IS '保存期間を過ぎた承認願と移転の記録を消した記録。関数だけが書く。';
COMMENT ON COLUMN interchange.data_use_removal.removal_id IS '消去の番号';
COMMENT ON COLUMN interchange.data_use_removal.before_on IS 'この日より前に終わったもの';
COMMENT ON COLUMN interchange.data_use_removal.years IS '保存期間（年）';
COMMENT ON COLUMN interchange.data_use_removal.uses IS '消した承認願';
COMMENT ON COLUMN interchange.data_use_removal.transfers IS '消した移転の記録';
COMMENT ON COLUMN interchange.data_use_removal.entered_by IS '申請した職員';
COMMENT ON COLUMN interchange.data_use_removal.approved_by IS '承認した職員';
COMMENT ON COLUMN interchange.data_use_removal.removed_at IS '消した時刻';

CREATE FUNCTION interchange.data_uses_past_term(today date) RETURNS TABLE (data_use_id bigint, last_day date, before_on date, years smallint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT u.data_use_id, e.last_day, (today - make_interval(years => t.years))::date, t.years
  FROM (SELECT x.years FROM interchange.data_use_term x WHERE x.valid_from <= today ORDER BY x.valid_from DESC LIMIT 1) t
  CROSS JOIN interchange.data_use u LEFT JOIN interchange.data_use_decision d USING (data_use_id) LEFT JOIN interchange.data_use_end n USING (data_use_id)
  CROSS JOIN LATERAL (SELECT CASE WHEN d.granted THEN least(u.valid_to, n.ended_on) ELSE coalesce(d.decided_on, u.valid_to) END AS last_day) e
  WHERE e.last_day < (today - make_interval(years => t.years))::date
    AND NOT EXISTS (SELECT FROM interchange.transfer f WHERE f.data_use_id = u.data_use_id
      AND NOT EXISTS (SELECT FROM interchange.transfer_closure c WHERE c.transfer_id = f.transfer_id AND (c.done_at AT TIME ZONE 'Asia/Tokyo')::date < (today - make_interval(years => t.years))::date))
  ORDER BY u.data_use_id
$$;
COMMENT ON FUNCTION interchange.data_uses_past_term(date) IS '保存期間を過ぎた承認願（写しの残るものは入らない）';

CREATE FUNCTION interchange.remove_data_uses(today date, expected bigint[], entered text, approved text) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE ids bigint[]; gone bigint[]; moved integer; before_day date; term smallint; made bigint;
BEGIN
  SELECT array_agg(p.data_use_id ORDER BY p.data_use_id), min(p.before_on), min(p.years) INTO ids, before_day, term FROM interchange.data_uses_past_term(today) p;
  IF ids IS DISTINCT FROM expected OR ids IS NULL THEN
    RAISE EXCEPTION '消去の候補が申請の後に変わりました' USING ERRCODE = 'HGX05', CONSTRAINT = 'data_use_removal_same';
  END IF;
  SELECT coalesce(array_agg(f.transfer_id), '{}') INTO gone FROM interchange.transfer f WHERE f.data_use_id = ANY (ids);
  moved := cardinality(gone);
  DELETE FROM interchange.transfer_closure c WHERE c.transfer_id = ANY (gone);
  DELETE FROM interchange.transfer_receipt c WHERE c.transfer_id = ANY (gone);
  DELETE FROM interchange.transfer_subject c WHERE c.transfer_id = ANY (gone);
  DELETE FROM interchange.transfer c WHERE c.transfer_id = ANY (gone);
  DELETE FROM interchange.data_use_end c WHERE c.data_use_id = ANY (ids);
  DELETE FROM interchange.data_use_decision c WHERE c.data_use_id = ANY (ids);
  DELETE FROM interchange.data_use c WHERE c.data_use_id = ANY (ids);
  INSERT INTO interchange.data_use_removal (before_on, years, uses, transfers, entered_by, approved_by)
  VALUES (before_day, term, cardinality(ids), moved, entered, approved) RETURNING removal_id INTO made;
  RETURN made;
END $$;
COMMENT ON FUNCTION interchange.remove_data_uses(date, bigint[], text, text) IS '申請どおりの候補だけを消し、記録を残す';
REVOKE ALL ON FUNCTION interchange.data_uses_past_term, interchange.remove_data_uses FROM PUBLIC;
GRANT EXECUTE ON FUNCTION interchange.data_uses_past_term, interchange.remove_data_uses TO hagukumi_interchange;
GRANT SELECT, INSERT ON interchange.data_use_term TO hagukumi_interchange;
GRANT SELECT ON interchange.data_use_removal TO hagukumi_interchange;

-- 処理の記録が持つ指示の番号を先に見る（作業を終える処理そのものも、その指示の下の処理である）。
CREATE OR REPLACE FUNCTION interchange.contractor_work(code text, from_on date, to_on date)
RETURNS TABLE (staff_id text, operation text, action text, order_number text, times bigint, first_at timestamptz, last_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT l.staff_id, l.operation, l.action, coalesce(substring(l.approval_ref from '^order:(W-.*)$'), u.order_number), count(*), min(l.processed_at), max(l.processed_at)
  FROM access.log l JOIN interchange.contractor_account_period p ON p.staff_id = l.staff_id
    LEFT JOIN interchange.order_use u ON u.staff_id = l.staff_id AND l.processed_at >= u.started_at AND (u.ended_at IS NULL OR l.processed_at <= u.ended_at)
  WHERE p.consignment_code = code AND (l.processed_at AT TIME ZONE 'Asia/Tokyo')::date BETWEEN greatest(from_on, p.valid_from) AND least(to_on, p.valid_to)
  GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
$$;
