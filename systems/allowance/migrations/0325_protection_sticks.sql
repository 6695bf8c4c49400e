-- Up Migration
-- 支援措置は、どの順で何が届いても弱くならない。印は、住基の連携・市が自分で受けた申出・仮の支援措置のどれか一つで立ち、期限が過ぎても、連携で
-- 「対象でない」と届いても消えない。消すのは、二人の職員の確認（protection_release）だけ。
ALTER TABLE allowance.person_history ADD COLUMN sent_protected boolean;
COMMENT ON COLUMN allowance.person_history.sent_protected IS '連携で届いた支援措置の区分。空は protected と同じ。印を保つために市が足した版では、届いた値（偽）を残す。';

CREATE TABLE allowance.protection_measure (
  measure_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  addressee_number allowance.addressee_number NOT NULL REFERENCES allowance.addressee,
  kind             text NOT NULL CHECK (kind IN ('own', 'provisional')),
  starts_on        date NOT NULL,
  term_on          date CHECK (term_on >= starts_on),
  basis            text NOT NULL CHECK (length(btrim(basis, E' \t\n　')) BETWEEN 5 AND 500),
  entered_by       allowance.operator NOT NULL,
  recorded_at      timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE allowance.protection_measure IS '市が自分で受けた支援措置。住民票を移していない人の申出（own）と、仮支援措置（provisional）。入れた時から効く。';
COMMENT ON COLUMN allowance.protection_measure.measure_id IS '番号';
COMMENT ON COLUMN allowance.protection_measure.addressee_number IS '宛名番号';
COMMENT ON COLUMN allowance.protection_measure.kind IS '種類（own=児童手当で受けた申出、provisional=仮支援措置）';
COMMENT ON COLUMN allowance.protection_measure.starts_on IS '始まりの日';
COMMENT ON COLUMN allowance.protection_measure.term_on IS '期限。過ぎても印は消えず、確かめる仕事になる。';
COMMENT ON COLUMN allowance.protection_measure.basis IS '根拠（申出書・相談機関の意見など）。居所は書かない。';
COMMENT ON COLUMN allowance.protection_measure.entered_by IS '入力した職員';
COMMENT ON COLUMN allowance.protection_measure.recorded_at IS '記録した時刻';
CREATE INDEX protection_measure_addressee ON allowance.protection_measure (addressee_number);

CREATE TABLE allowance.protection_release_request (
  release_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  addressee_number allowance.addressee_number NOT NULL REFERENCES allowance.addressee,
  reason           text NOT NULL CHECK (length(btrim(reason, E' \t\n　')) BETWEEN 10 AND 500),
  history_no       integer NOT NULL,
  revision         smallint NOT NULL,
  last_measure     bigint NOT NULL,
  content_digest   allowance.digest NOT NULL,
  requested_by     allowance.operator NOT NULL,
  recorded_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (release_id, content_digest, requested_by)
);
COMMENT ON TABLE allowance.protection_release_request IS '支援措置の終わりの確認の申請。何を見て終わりとしたかを残す。';
COMMENT ON COLUMN allowance.protection_release_request.release_id IS '申請の番号';
COMMENT ON COLUMN allowance.protection_release_request.addressee_number IS '宛名番号';
COMMENT ON COLUMN allowance.protection_release_request.reason IS '終わりとするわけ';
COMMENT ON COLUMN allowance.protection_release_request.history_no IS '見た住民の履歴';
COMMENT ON COLUMN allowance.protection_release_request.revision IS '見た住民の履歴の版';
COMMENT ON COLUMN allowance.protection_release_request.last_measure IS '見た最後の申出（なければ0）';
COMMENT ON COLUMN allowance.protection_release_request.content_digest IS '申請の中身のハッシュ';
COMMENT ON COLUMN allowance.protection_release_request.requested_by IS '申請した職員';
COMMENT ON COLUMN allowance.protection_release_request.recorded_at IS '記録した時刻';

CREATE TABLE allowance.protection_release (
  release_id     bigint PRIMARY KEY,
  content_digest allowance.digest NOT NULL,
  requested_by   allowance.operator NOT NULL,
  approved_by    allowance.operator NOT NULL,
  recorded_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT protection_release_of_content FOREIGN KEY (release_id, content_digest, requested_by)
    REFERENCES allowance.protection_release_request (release_id, content_digest, requested_by),
  CONSTRAINT protection_release_two_people CHECK (approved_by <> requested_by)
);
COMMENT ON TABLE allowance.protection_release IS '支援措置の終わりの確認（別の人）。これだけが印を消す。';
COMMENT ON CONSTRAINT protection_release_two_people ON allowance.protection_release IS '支援措置の終わりは、申請した人と別の人が確かめます。';
COMMENT ON COLUMN allowance.protection_release.release_id IS '申請の番号';
COMMENT ON COLUMN allowance.protection_release.content_digest IS '確かめた人が見た中身のハッシュ';
COMMENT ON COLUMN allowance.protection_release.requested_by IS '申請した職員';
COMMENT ON COLUMN allowance.protection_release.approved_by IS '確かめた職員';
COMMENT ON COLUMN allowance.protection_release.recorded_at IS '確かめた時刻';

-- 見た履歴より新しいもの、または確かめたあとで届いたものだけが、消したあとにまた印を立てる。
CREATE FUNCTION allowance.protection_stands(number bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH released AS (
    SELECT r.history_no, r.revision, r.last_measure, l.recorded_at FROM allowance.protection_release l JOIN allowance.protection_release_request r USING (release_id)
    WHERE r.addressee_number = $1 ORDER BY l.recorded_at DESC LIMIT 1)
  SELECT EXISTS (SELECT FROM allowance.person_history h WHERE h.addressee_number = $1 AND h.protected AND h.sent_protected IS NOT FALSE
      AND NOT EXISTS (SELECT FROM released d WHERE (h.history_no, h.revision) <= (d.history_no, d.revision) AND h.recorded_at <= d.recorded_at))
    OR EXISTS (SELECT FROM allowance.protection_measure m WHERE m.addressee_number = $1
      AND NOT EXISTS (SELECT FROM released d WHERE m.measure_id <= d.last_measure))
$$;
COMMENT ON FUNCTION allowance.protection_stands(bigint) IS '支援措置の印が立っているべきか（届いたもの・申出のどれか一つでもあり、二人で終わりを確かめていない）';

-- 足した版は、中身も届いた行のハッシュも同じで、印だけが違う。同じ行がもう一度届いても、変わりなしのまま。
CREATE FUNCTION allowance.mark_protection(numbers bigint[], mark boolean) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE added integer;
BEGIN
  INSERT INTO allowance.person_history
  SELECT (jsonb_populate_record(last.h, jsonb_build_object('revision', (last.h).revision + 1, 'protected', mark,
    'sent_protected', CASE WHEN mark THEN false END, 'recorded_at', clock_timestamp()))).*
  FROM unnest(numbers) n CROSS JOIN LATERAL (SELECT x AS h FROM allowance.person_history x WHERE x.addressee_number = n
    ORDER BY x.history_no DESC, x.revision DESC LIMIT 1) last
  WHERE (last.h).protected <> mark;
  GET DIAGNOSTICS added = ROW_COUNT;
  RETURN added;
END $$;
COMMENT ON FUNCTION allowance.mark_protection(bigint[], boolean) IS '最後の履歴に、支援措置の印だけを変えた版を足す';

CREATE FUNCTION allowance.protection_sticks() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE numbers bigint[];
BEGIN
  SELECT array_agg(DISTINCT n.addressee_number) INTO numbers FROM new_rows n
  WHERE EXISTS (SELECT FROM allowance.person_history h WHERE h.addressee_number = n.addressee_number AND h.protected)
     OR EXISTS (SELECT FROM allowance.protection_measure m WHERE m.addressee_number = n.addressee_number);
  IF numbers IS NULL THEN RETURN NULL; END IF;
  SELECT array_agg(n) INTO numbers FROM unnest(numbers) n WHERE allowance.protection_stands(n) AND NOT allowance.is_protected(n);
  IF numbers IS NOT NULL THEN PERFORM allowance.mark_protection(numbers, true); END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION allowance.protection_sticks() IS '届いた行が印を弱めたら、同じ取引の中で印を立て直す';
CREATE TRIGGER protection_sticks AFTER INSERT ON allowance.person_history REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION allowance.protection_sticks();

CREATE FUNCTION allowance.protection_begins() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM allowance.person_history h WHERE h.addressee_number = NEW.addressee_number) THEN
    RAISE EXCEPTION '住民の履歴のない宛名です' USING ERRCODE = 'HG034', CONSTRAINT = 'protection_person';
  END IF;
  PERFORM allowance.mark_protection(ARRAY[NEW.addressee_number::bigint], true);
  RETURN NULL;
END $$;
COMMENT ON FUNCTION allowance.protection_begins() IS '申出を入れたその取引の中で印を立てる';
CREATE TRIGGER protection_begins AFTER INSERT ON allowance.protection_measure FOR EACH ROW EXECUTE FUNCTION allowance.protection_begins();

-- 確かめる時に、住基の最後の届けがまだ「対象」なら消せない。見たあとで届いたものがあっても消せない。
CREATE FUNCTION allowance.protection_ends() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE r record; last record;
BEGIN
  SELECT * INTO r FROM allowance.protection_release_request q WHERE q.release_id = NEW.release_id;
  SELECT h.history_no, h.revision, h.protected, h.sent_protected INTO last FROM allowance.person_history h
  WHERE h.addressee_number = r.addressee_number ORDER BY h.history_no DESC, h.revision DESC LIMIT 1;
  IF (last.history_no, last.revision) <> (r.history_no, r.revision)
    OR coalesce((SELECT max(m.measure_id) FROM allowance.protection_measure m WHERE m.addressee_number = r.addressee_number), 0) <> r.last_measure THEN
    RAISE EXCEPTION '申請のあとで、住民の履歴か申出が変わりました' USING ERRCODE = 'HG034', CONSTRAINT = 'protection_changed';
  END IF;
  IF last.protected AND last.sent_protected IS NOT FALSE THEN
    RAISE EXCEPTION '住民基本台帳では、まだ支援措置の対象です' USING ERRCODE = 'HG034', CONSTRAINT = 'protection_in_register';
  END IF;
  PERFORM allowance.mark_protection(ARRAY[r.addressee_number::bigint], false);
  RETURN NULL;
END $$;
COMMENT ON FUNCTION allowance.protection_ends() IS '二人の確認で印を消す';
CREATE TRIGGER protection_ends AFTER INSERT ON allowance.protection_release FOR EACH ROW EXECUTE FUNCTION allowance.protection_ends();

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['protection_stands(bigint)', 'mark_protection(bigint[], boolean)', 'protection_sticks()', 'protection_begins()', 'protection_ends()'] LOOP
    EXECUTE format('ALTER FUNCTION allowance.%s OWNER TO hagukumi_allowance', name);
    EXECUTE format('REVOKE ALL ON FUNCTION allowance.%s FROM PUBLIC', name);
    EXECUTE format('GRANT EXECUTE ON FUNCTION allowance.%s TO hagukumi_allowance', name);
  END LOOP;
END $$;
GRANT SELECT, INSERT ON allowance.protection_measure, allowance.protection_release_request, allowance.protection_release TO hagukumi_allowance;
SELECT allowance.protect_rows(t::regclass, kind, key) FROM (VALUES
  ('allowance.protection_measure', 'person', 'addressee_number'),
  ('allowance.protection_release_request', 'person', 'addressee_number'),
  ('allowance.protection_release', 'where', 'EXISTS (SELECT FROM allowance.protection_release_request r WHERE r.release_id = protection_release.release_id)')
) AS p (t, kind, key);
