-- Up Migration
-- 支援措置の先読み（A185・THR47）: 届いたことを確かめた配信に支援措置の印があれば、前の連番を待っているあいだも、その行がほかの理由で受け取れなくても、
-- 印だけはすぐに立てる。先読みは強めるだけで、弱めることはない。終わりは、ほかの印と同じく二人の確認（protection_release）だけ。
ALTER TABLE allowance.person_history ADD COLUMN protection_provisional boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN allowance.person_history.protection_provisional IS '届いた支援措置区分が仮支援措置（2）だったか';

CREATE TABLE allowance.protection_notice (
  notice_id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  addressee_number allowance.addressee_number NOT NULL,
  interface_code   text NOT NULL CHECK (interface_code ~ '^[a-zA-Z][a-zA-Z0-9]{0,39}$'),
  sequence         integer NOT NULL CHECK (sequence >= 0),
  history_no       integer NOT NULL CHECK (history_no >= 0),
  provisional      boolean NOT NULL,
  starts_on        date,
  term_on          date,
  noted_by         allowance.operator NOT NULL,
  recorded_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT protection_notice_once UNIQUE (addressee_number, interface_code, sequence, history_no)
);
COMMENT ON TABLE allowance.protection_notice IS '支援措置の先読み。まだ取り込めない配信・行にあった印。まだ台帳にいない人のものは、その人の行が届いた時に効く。';
COMMENT ON CONSTRAINT protection_notice_once ON allowance.protection_notice IS '一つの配信の同じ行の印は一度だけ記録します';
COMMENT ON COLUMN allowance.protection_notice.notice_id IS '番号';
COMMENT ON COLUMN allowance.protection_notice.addressee_number IS '宛名番号（まだ台帳にいないこともある）';
COMMENT ON COLUMN allowance.protection_notice.interface_code IS '連携';
COMMENT ON COLUMN allowance.protection_notice.sequence IS '配信の連番';
COMMENT ON COLUMN allowance.protection_notice.history_no IS '住民の履歴番号（読めないときは0）';
COMMENT ON COLUMN allowance.protection_notice.provisional IS '仮支援措置か';
COMMENT ON COLUMN allowance.protection_notice.starts_on IS '始まりの日（読めれば）';
COMMENT ON COLUMN allowance.protection_notice.term_on IS '期限（読めれば）';
COMMENT ON COLUMN allowance.protection_notice.noted_by IS '読んだ職員・処理';
COMMENT ON COLUMN allowance.protection_notice.recorded_at IS '記録した時刻';
GRANT SELECT, INSERT ON allowance.protection_notice TO hagukumi_allowance;
SELECT allowance.protect_rows('allowance.protection_notice', 'person', 'addressee_number');

CREATE OR REPLACE FUNCTION allowance.protection_stands(number bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH released AS (
    SELECT r.history_no, r.revision, r.last_measure, l.recorded_at FROM allowance.protection_release l JOIN allowance.protection_release_request r USING (release_id)
    WHERE r.addressee_number = $1 ORDER BY l.recorded_at DESC LIMIT 1)
  SELECT EXISTS (SELECT FROM allowance.person_history h WHERE h.addressee_number = $1 AND h.protected AND h.sent_protected IS NOT FALSE
      AND NOT EXISTS (SELECT FROM released d WHERE (h.history_no, h.revision) <= (d.history_no, d.revision) AND h.recorded_at <= d.recorded_at))
    OR EXISTS (SELECT FROM allowance.protection_measure m WHERE m.addressee_number = $1
      AND NOT EXISTS (SELECT FROM released d WHERE m.measure_id <= d.last_measure))
    OR EXISTS (SELECT FROM allowance.protection_notice n WHERE n.addressee_number = $1
      AND NOT EXISTS (SELECT FROM released d WHERE n.recorded_at <= d.recorded_at))
$$;

CREATE OR REPLACE FUNCTION allowance.protection_sticks() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE numbers bigint[];
BEGIN
  SELECT array_agg(DISTINCT n.addressee_number) INTO numbers FROM new_rows n
  WHERE EXISTS (SELECT FROM allowance.person_history h WHERE h.addressee_number = n.addressee_number AND h.protected)
     OR EXISTS (SELECT FROM allowance.protection_measure m WHERE m.addressee_number = n.addressee_number)
     OR EXISTS (SELECT FROM allowance.protection_notice p WHERE p.addressee_number = n.addressee_number);
  IF numbers IS NULL THEN RETURN NULL; END IF;
  SELECT array_agg(n) INTO numbers FROM unnest(numbers) n WHERE allowance.protection_stands(n) AND NOT allowance.is_protected(n);
  IF numbers IS NOT NULL THEN PERFORM allowance.mark_protection(numbers, true); END IF;
  RETURN NULL;
END $$;

-- 読んだその取引の中で印を立てる。終わりを確かめたあとに読んだ印も、また立てる。
CREATE FUNCTION allowance.protection_noticed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE numbers bigint[];
BEGIN
  SELECT array_agg(DISTINCT n.addressee_number) INTO numbers FROM new_rows n
  WHERE EXISTS (SELECT FROM allowance.person_history h WHERE h.addressee_number = n.addressee_number) AND NOT allowance.is_protected(n.addressee_number);
  IF numbers IS NOT NULL THEN PERFORM allowance.mark_protection(numbers, true); END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION allowance.protection_noticed() IS '先読みした印を、読んだその取引の中で立てる';
ALTER FUNCTION allowance.protection_noticed() OWNER TO hagukumi_allowance;
REVOKE ALL ON FUNCTION allowance.protection_noticed() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION allowance.protection_noticed() TO hagukumi_allowance;
CREATE TRIGGER protection_noticed AFTER INSERT ON allowance.protection_notice REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION allowance.protection_noticed();

-- 申請のあとで先読みした印があれば、見たものが変わっている。
CREATE OR REPLACE FUNCTION allowance.protection_ends() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE r record; last record;
BEGIN
  SELECT * INTO r FROM allowance.protection_release_request q WHERE q.release_id = NEW.release_id;
  SELECT h.history_no, h.revision, h.protected, h.sent_protected INTO last FROM allowance.person_history h
  WHERE h.addressee_number = r.addressee_number ORDER BY h.history_no DESC, h.revision DESC LIMIT 1;
  IF (last.history_no, last.revision) <> (r.history_no, r.revision)
    OR coalesce((SELECT max(m.measure_id) FROM allowance.protection_measure m WHERE m.addressee_number = r.addressee_number), 0) <> r.last_measure
    OR EXISTS (SELECT FROM allowance.protection_notice n WHERE n.addressee_number = r.addressee_number AND n.recorded_at > r.recorded_at) THEN
    RAISE EXCEPTION '申請のあとで、住民の履歴か申出が変わりました' USING ERRCODE = 'HG034', CONSTRAINT = 'protection_changed';
  END IF;
  IF last.protected AND last.sent_protected IS NOT FALSE THEN
    RAISE EXCEPTION '住民基本台帳では、まだ支援措置の対象です' USING ERRCODE = 'HG034', CONSTRAINT = 'protection_in_register';
  END IF;
  PERFORM allowance.mark_protection(ARRAY[r.addressee_number::bigint], false);
  RETURN NULL;
END $$;
