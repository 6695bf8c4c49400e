-- Up Migration
-- 保守（控え・復元・データの補修・警報の宛先）。指示と承認は別の人が行い、承認は内容のハッシュに結びつき、指示は一度だけ使える。
DO $$
DECLARE role_name text;
BEGIN
  FOREACH role_name IN ARRAY ARRAY['hagukumi_upkeep', 'hagukumi_repair'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I NOLOGIN', role_name);
      EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
      END;
    END IF;
  END LOOP;
END
$$;
-- 補修は、行の見える範囲の制限を受けない。書けるのは、指示にある表だけ（その取引の中だけで権限を与える）。
-- 与えられない設置では、補修の指示は断られる（管理者が ALTER ROLE hagukumi_repair BYPASSRLS; を一度行う）。
DO $$
BEGIN
  IF NOT (SELECT rolbypassrls FROM pg_roles WHERE rolname = 'hagukumi_repair') THEN ALTER ROLE hagukumi_repair BYPASSRLS; END IF;
EXCEPTION WHEN insufficient_privilege THEN NULL;
END
$$;

CREATE SCHEMA upkeep;
COMMENT ON SCHEMA upkeep IS '保守の記録: 指示と承認、控え、補修。追記だけ。';

CREATE TABLE upkeep.work_order (
  order_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind       text NOT NULL CONSTRAINT work_order_kind CHECK (kind IN ('right', 'alarmRoute', 'restore', 'repair')),
  content    jsonb NOT NULL CONSTRAINT work_order_content CHECK (jsonb_typeof(content) = 'object' AND length(content::text) <= 100000),
  digest     text NOT NULL CONSTRAINT work_order_digest CHECK (digest ~ '^[0-9a-f]{64}$'),
  reason     text NOT NULL CONSTRAINT work_order_reason CHECK (length(btrim(reason, E' \t\n　')) BETWEEN 5 AND 300),
  valid_from timestamptz NOT NULL,
  valid_to   timestamptz NOT NULL,
  ordered_by text NOT NULL CONSTRAINT work_order_by CHECK (ordered_by <> ''),
  ordered_at timestamptz NOT NULL DEFAULT identity.clock(),
  CONSTRAINT work_order_window CHECK (valid_from < valid_to)
);
COMMENT ON TABLE upkeep.work_order IS '指示。保守の権限、警報の宛先、控えからの復元、データの補修。内容は変えられない。';
COMMENT ON COLUMN upkeep.work_order.order_id IS '指示の番号';
COMMENT ON COLUMN upkeep.work_order.kind IS '種類: right 保守の権限、alarmRoute 警報の宛先、restore 復元、repair データの補修';
COMMENT ON COLUMN upkeep.work_order.content IS '内容';
COMMENT ON COLUMN upkeep.work_order.digest IS '内容・期間のハッシュ（SHA-256）';
COMMENT ON COLUMN upkeep.work_order.reason IS '理由（委託の指示書の番号など）';
COMMENT ON COLUMN upkeep.work_order.valid_from IS 'いつから使えるか';
COMMENT ON COLUMN upkeep.work_order.valid_to IS 'いつまで使えるか（この時刻を含まない）';
COMMENT ON COLUMN upkeep.work_order.ordered_by IS '指示した人';
COMMENT ON COLUMN upkeep.work_order.ordered_at IS '指示の時刻';
COMMENT ON CONSTRAINT work_order_kind ON upkeep.work_order IS '指示の種類は、決められたものだけです。';
COMMENT ON CONSTRAINT work_order_content ON upkeep.work_order IS '指示の内容の形が正しくないか、長すぎます。';
COMMENT ON CONSTRAINT work_order_digest ON upkeep.work_order IS '指示の内容のハッシュの形が正しくありません。';
COMMENT ON CONSTRAINT work_order_reason ON upkeep.work_order IS '指示の理由は、5文字から300文字までです。';
COMMENT ON CONSTRAINT work_order_by ON upkeep.work_order IS '指示した人が要ります。';
COMMENT ON CONSTRAINT work_order_window ON upkeep.work_order IS '指示の期間の終わりは、始まりより後です。';

CREATE TABLE upkeep.work_answer (
  order_id    bigint PRIMARY KEY REFERENCES upkeep.work_order,
  granted     boolean NOT NULL,
  digest      text NOT NULL,
  answered_by text NOT NULL CONSTRAINT work_answer_by CHECK (answered_by <> ''),
  answered_at timestamptz NOT NULL DEFAULT identity.clock()
);
COMMENT ON TABLE upkeep.work_answer IS '指示への答え（承認または不承認）。指示した人とも、権限を受ける人とも別の人が、見た内容のハッシュを添えて答える。';
COMMENT ON COLUMN upkeep.work_answer.order_id IS '指示';
COMMENT ON COLUMN upkeep.work_answer.granted IS '承認したか';
COMMENT ON COLUMN upkeep.work_answer.digest IS '答えた人が見た内容のハッシュ';
COMMENT ON COLUMN upkeep.work_answer.answered_by IS '答えた人';
COMMENT ON COLUMN upkeep.work_answer.answered_at IS '答えた時刻';
COMMENT ON CONSTRAINT work_answer_by ON upkeep.work_answer IS '答えた人が要ります。';

CREATE TABLE upkeep.work_use (
  order_id   bigint PRIMARY KEY REFERENCES upkeep.work_order,
  used_by    text NOT NULL CONSTRAINT work_use_by CHECK (used_by <> ''),
  used_at    timestamptz NOT NULL DEFAULT identity.clock(),
  detail     jsonb NOT NULL DEFAULT '{}'
);
COMMENT ON TABLE upkeep.work_use IS '指示を使った記録。一つの指示は一度だけ使える。';
COMMENT ON COLUMN upkeep.work_use.order_id IS '指示';
COMMENT ON COLUMN upkeep.work_use.used_by IS '行った人';
COMMENT ON COLUMN upkeep.work_use.used_at IS '行った時刻';
COMMENT ON COLUMN upkeep.work_use.detail IS '結果（件数・ハッシュなど）';
COMMENT ON CONSTRAINT work_use_by ON upkeep.work_use IS '指示を使った人が要ります。';

CREATE FUNCTION upkeep.has_right(who text, of_right text, at timestamptz) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (SELECT FROM upkeep.work_order o JOIN upkeep.work_answer a USING (order_id)
    WHERE o.kind = 'right' AND a.granted AND o.content->>'staff' = who AND o.content->>'right' = of_right AND o.valid_from <= at AND at < o.valid_to)
$$;
COMMENT ON FUNCTION upkeep.has_right IS 'その人が、その時刻に、保守の権限（backup.take、backup.read、backup.restore、repair.order、repair.approve）を持つか';

CREATE FUNCTION upkeep.work_order_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF (NEW.kind = 'restore' AND NOT upkeep.has_right(NEW.ordered_by, 'backup.restore', identity.clock()))
     OR (NEW.kind = 'repair' AND NOT upkeep.has_right(NEW.ordered_by, 'repair.order', identity.clock())) THEN
    RAISE EXCEPTION 'no right' USING ERRCODE = 'HGU01', CONSTRAINT = 'upkeep_right_needed';
  END IF;
  RETURN NEW;
END $$;
COMMENT ON FUNCTION upkeep.work_order_guard() IS '復元と補修は、その権限を持つ人だけが指示できる';
CREATE TRIGGER work_order_guard BEFORE INSERT ON upkeep.work_order FOR EACH ROW EXECUTE FUNCTION upkeep.work_order_guard();

CREATE FUNCTION upkeep.work_answer_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE o upkeep.work_order;
BEGIN
  SELECT * INTO o FROM upkeep.work_order x WHERE x.order_id = NEW.order_id;
  IF NEW.granted AND (NEW.answered_by = o.ordered_by OR NEW.answered_by = o.content->>'staff') THEN
    RAISE EXCEPTION 'the same person' USING ERRCODE = 'HGU02', CONSTRAINT = 'upkeep_two_people';
  END IF;
  IF NEW.digest <> o.digest THEN RAISE EXCEPTION 'another content' USING ERRCODE = 'HGU03', CONSTRAINT = 'upkeep_same_content'; END IF;
  IF NEW.granted AND ((o.kind = 'restore' AND NOT upkeep.has_right(NEW.answered_by, 'backup.restore', identity.clock()))
     OR (o.kind = 'repair' AND NOT upkeep.has_right(NEW.answered_by, 'repair.approve', identity.clock()))) THEN
    RAISE EXCEPTION 'no right' USING ERRCODE = 'HGU01', CONSTRAINT = 'upkeep_right_needed';
  END IF;
  RETURN NEW;
END $$;
COMMENT ON FUNCTION upkeep.work_answer_guard() IS '承認は、指示した人とも権限を受ける人とも別の、権限を持つ人が、指示どおりの内容に対して行う';
CREATE TRIGGER work_answer_guard BEFORE INSERT ON upkeep.work_answer FOR EACH ROW EXECUTE FUNCTION upkeep.work_answer_guard();

CREATE FUNCTION upkeep.work_use_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE o upkeep.work_order;
BEGIN
  SELECT * INTO o FROM upkeep.work_order x WHERE x.order_id = NEW.order_id;
  IF NOT EXISTS (SELECT FROM upkeep.work_answer a WHERE a.order_id = NEW.order_id AND a.granted) THEN
    RAISE EXCEPTION 'not granted' USING ERRCODE = 'HGU04', CONSTRAINT = 'upkeep_granted';
  END IF;
  IF identity.clock() < o.valid_from OR identity.clock() >= o.valid_to THEN
    RAISE EXCEPTION 'outside the window' USING ERRCODE = 'HGU05', CONSTRAINT = 'upkeep_window';
  END IF;
  RETURN NEW;
END $$;
COMMENT ON FUNCTION upkeep.work_use_guard() IS '承認された指示だけを、その期間の中で使える';
CREATE TRIGGER work_use_guard BEFORE INSERT ON upkeep.work_use FOR EACH ROW EXECUTE FUNCTION upkeep.work_use_guard();

CREATE TABLE upkeep.copy (
  copy_id      text PRIMARY KEY CONSTRAINT copy_id_shape CHECK (copy_id ~ '^[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}$'),
  place        text NOT NULL,
  medium       text NOT NULL CONSTRAINT copy_medium CHECK (medium IN ('folder', 'objectStorage', 'fileServer')),
  pieces       integer NOT NULL CONSTRAINT copy_pieces CHECK (pieces > 0),
  bytes        bigint NOT NULL CONSTRAINT copy_bytes CHECK (bytes > 0),
  catalog      jsonb NOT NULL,
  digest       text NOT NULL CONSTRAINT copy_digest CHECK (digest ~ '^[0-9a-f]{64}$'),
  locked_until timestamptz,
  expires_on   date NOT NULL,
  taken_by     text NOT NULL CONSTRAINT copy_by CHECK (taken_by <> ''),
  begun_at     timestamptz NOT NULL,
  taken_at     timestamptz NOT NULL DEFAULT identity.clock()
);
COMMENT ON TABLE upkeep.copy IS '控え（暗号化したデータベースの写し）の一覧。どこに、何の媒体で、いつまであるか。';
COMMENT ON COLUMN upkeep.copy.copy_id IS '控えの番号';
COMMENT ON COLUMN upkeep.copy.place IS '置いた場所';
COMMENT ON COLUMN upkeep.copy.medium IS '媒体: folder フォルダ、objectStorage オブジェクトストレージ、fileServer ファイルサーバー';
COMMENT ON COLUMN upkeep.copy.pieces IS '分けた数';
COMMENT ON COLUMN upkeep.copy.bytes IS '大きさ（バイト、暗号化した後）';
COMMENT ON COLUMN upkeep.copy.catalog IS '目録（部分・分けたものごとの大きさとハッシュ、とったときの行数と封の控え）';
COMMENT ON COLUMN upkeep.copy.digest IS '目録のハッシュ';
COMMENT ON COLUMN upkeep.copy.locked_until IS 'この時刻まで、だれも消せない（場所が保証する。保証のない場所では空）';
COMMENT ON COLUMN upkeep.copy.expires_on IS '保存期限（この日より後に消す。消去したデータも、この日まで暗号化されたまま控えに残る）';
COMMENT ON COLUMN upkeep.copy.taken_by IS 'とった人';
COMMENT ON COLUMN upkeep.copy.begun_at IS 'とり始めた時刻（控えに入っているのは、この時刻より後の状態）';
COMMENT ON COLUMN upkeep.copy.taken_at IS 'とり終えた時刻';
COMMENT ON CONSTRAINT copy_id_shape ON upkeep.copy IS '控えの番号の形が正しくありません。';
COMMENT ON CONSTRAINT copy_medium ON upkeep.copy IS '控えの媒体は、決められたものだけです。';
COMMENT ON CONSTRAINT copy_pieces ON upkeep.copy IS '控えは一つ以上に分かれています。';
COMMENT ON CONSTRAINT copy_bytes ON upkeep.copy IS '控えの大きさが0です。';
COMMENT ON CONSTRAINT copy_digest ON upkeep.copy IS '目録のハッシュの形が正しくありません。';
COMMENT ON CONSTRAINT copy_by ON upkeep.copy IS '控えをとった人が要ります。';

CREATE FUNCTION upkeep.copy_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT upkeep.has_right(NEW.taken_by, 'backup.take', identity.clock()) THEN
    RAISE EXCEPTION 'no right' USING ERRCODE = 'HGU01', CONSTRAINT = 'upkeep_right_needed';
  END IF;
  RETURN NEW;
END $$;
COMMENT ON FUNCTION upkeep.copy_guard() IS '控えは、その権限を持つ人だけがとれる';
CREATE TRIGGER copy_guard BEFORE INSERT ON upkeep.copy FOR EACH ROW EXECUTE FUNCTION upkeep.copy_guard();

CREATE TABLE upkeep.copy_access (
  access_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  copy_id     text NOT NULL,
  action      text NOT NULL CONSTRAINT copy_access_action CHECK (action IN ('take', 'list', 'verify', 'medium', 'restore')),
  outcome     text NOT NULL CONSTRAINT copy_access_outcome CHECK (outcome IN ('begun', 'done', 'refused', 'failed')),
  actor       text NOT NULL CONSTRAINT copy_access_by CHECK (actor <> ''),
  recorded_at timestamptz NOT NULL DEFAULT identity.clock(),
  detail      jsonb NOT NULL DEFAULT '{}'
);
COMMENT ON TABLE upkeep.copy_access IS '控えに触れた記録（断ったものも）。とった、一覧を見た、確かめた、遠隔地に置く媒体に写した、復元した。';
COMMENT ON COLUMN upkeep.copy_access.access_id IS '番号';
COMMENT ON COLUMN upkeep.copy_access.copy_id IS '控え（一覧では空文字）';
COMMENT ON COLUMN upkeep.copy_access.action IS '何をしたか: take とった、list 一覧、verify 確かめた、medium 媒体に写した、restore 復元した';
COMMENT ON COLUMN upkeep.copy_access.outcome IS '結果: begun 始めた、done 終えた、refused 断った、failed 失敗した';
COMMENT ON COLUMN upkeep.copy_access.actor IS 'だれが';
COMMENT ON COLUMN upkeep.copy_access.recorded_at IS '時刻';
COMMENT ON COLUMN upkeep.copy_access.detail IS '詳しいこと（媒体の番号・保管先・指示の番号・誤りの符号）';
COMMENT ON CONSTRAINT copy_access_action ON upkeep.copy_access IS '控えに触れた種類は、決められたものだけです。';
COMMENT ON CONSTRAINT copy_access_outcome ON upkeep.copy_access IS '控えに触れた結果は、決められたものだけです。';
COMMENT ON CONSTRAINT copy_access_by ON upkeep.copy_access IS '控えに触れた人が要ります。';

CREATE TABLE upkeep.repair_image (
  order_id   bigint NOT NULL REFERENCES upkeep.work_order,
  seq        integer NOT NULL CONSTRAINT repair_image_seq CHECK (seq > 0),
  statement  integer NOT NULL,
  table_name text NOT NULL,
  deed       text NOT NULL CONSTRAINT repair_image_deed CHECK (deed IN ('INSERT', 'UPDATE', 'DELETE')),
  before     jsonb,
  after      jsonb,
  hash       text NOT NULL CONSTRAINT repair_image_hash CHECK (hash ~ '^[0-9a-f]{64}$'),
  PRIMARY KEY (order_id, seq),
  CONSTRAINT repair_image_sides CHECK ((before IS NULL) = (deed = 'INSERT') AND (after IS NULL) = (deed = 'DELETE'))
);
COMMENT ON TABLE upkeep.repair_image IS '補修で触れた行の、前と後。1行ずつ前の行のハッシュにつなぎ、最後のハッシュを指示の使用に書く。';
COMMENT ON COLUMN upkeep.repair_image.order_id IS '指示';
COMMENT ON COLUMN upkeep.repair_image.seq IS '触れた順（1から）';
COMMENT ON COLUMN upkeep.repair_image.statement IS '何番目の文か（1から）';
COMMENT ON COLUMN upkeep.repair_image.table_name IS '表';
COMMENT ON COLUMN upkeep.repair_image.deed IS '追加・変更・削除';
COMMENT ON COLUMN upkeep.repair_image.before IS '前の行';
COMMENT ON COLUMN upkeep.repair_image.after IS '後の行';
COMMENT ON COLUMN upkeep.repair_image.hash IS '前のハッシュとこの行の内容のハッシュ（SHA-256）';
COMMENT ON CONSTRAINT repair_image_seq ON upkeep.repair_image IS '触れた順は1からです。';
COMMENT ON CONSTRAINT repair_image_deed ON upkeep.repair_image IS '補修は、追加・変更・削除だけです。';
COMMENT ON CONSTRAINT repair_image_hash ON upkeep.repair_image IS 'ハッシュの形が正しくありません。';
COMMENT ON CONSTRAINT repair_image_sides ON upkeep.repair_image IS '追加には後、削除には前、変更には両方の行が要ります。';

CREATE TABLE upkeep.repairable (table_name text PRIMARY KEY CONSTRAINT repairable_table CHECK (table_name ~ '^allowance\.[a-z][a-z0-9_]{0,62}$'));
COMMENT ON TABLE upkeep.repairable IS '補修の指示に挙げてよい表: ほかから受けた事実と、コードの類。元帳・決定・支払・経過・承認・記録の表はない（誤りは、行を足して直す）。';
COMMENT ON COLUMN upkeep.repairable.table_name IS '表';
COMMENT ON CONSTRAINT repairable_table ON upkeep.repairable IS '補修できるのは、児童手当の表だけです。';
INSERT INTO upkeep.repairable (table_name) VALUES
  ('allowance.account'),
  ('allowance.child_account'),
  ('allowance.child_circumstance'),
  ('allowance.code'),
  ('allowance.contact'),
  ('allowance.coverage'),
  ('allowance.creditor'),
  ('allowance.branch'),
  ('allowance.income_history'),
  ('allowance.linked_period'),
  ('allowance.living_priority'),
  ('allowance.mailing_address'),
  ('allowance.organization_history'),
  ('allowance.person_history'),
  ('allowance.placement_report'),
  ('allowance.recipient_history'),
  ('allowance.related_person'),
  ('allowance.residence_exception'),
  ('allowance.separate_care'),
  ('allowance.status_period'),
  ('allowance.study_abroad'),
  ('allowance.town'),
  ('allowance.welfare_name');

CREATE FUNCTION upkeep.keep_image() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  of_order bigint := current_setting('hagukumi.repair_order')::bigint; no integer; last text;
  was jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END; is_now jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
  said text := format('%I.%I', TG_TABLE_SCHEMA, TG_TABLE_NAME); of_statement integer := current_setting('hagukumi.repair_statement')::integer;
BEGIN
  SELECT i.seq, i.hash INTO no, last FROM upkeep.repair_image i WHERE i.order_id = of_order ORDER BY i.seq DESC LIMIT 1;
  no := coalesce(no, 0) + 1;
  INSERT INTO upkeep.repair_image (order_id, seq, statement, table_name, deed, before, after, hash)
  VALUES (of_order, no, of_statement, said, TG_OP, was, is_now,
    encode(sha256(convert_to(coalesce(last, '') || jsonb_build_array(of_order, no, of_statement, said, TG_OP, was, is_now)::text, 'UTF8')), 'hex'));
  RETURN NULL;
END $$;
COMMENT ON FUNCTION upkeep.keep_image() IS '補修で触れた行の前と後を残す（補修の取引の中だけ、指示にある表に付く）';

CREATE FUNCTION upkeep.image_chain(of_order bigint) RETURNS TABLE (rows integer, last text, right_order boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH linked AS (
    SELECT i.seq, i.hash, encode(sha256(convert_to(coalesce(lag(i.hash) OVER (ORDER BY i.seq), '') ||
      jsonb_build_array(i.order_id, i.seq, i.statement, i.table_name, i.deed, i.before, i.after)::text, 'UTF8')), 'hex') AS again
    FROM upkeep.repair_image i WHERE i.order_id = of_order)
  SELECT count(*)::integer, coalesce((SELECT l.hash FROM linked l ORDER BY l.seq DESC LIMIT 1), ''), coalesce(bool_and(l.hash = l.again) AND max(l.seq) = count(*), true) FROM linked l
$$;
COMMENT ON FUNCTION upkeep.image_chain(bigint) IS '補修で触れた行の鎖を計算し直す（行数・最後のハッシュ・つながっているか）';

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA upkeep FROM PUBLIC;
GRANT USAGE ON SCHEMA upkeep, identity, audit TO hagukumi_upkeep;
GRANT EXECUTE ON FUNCTION upkeep.has_right, upkeep.image_chain TO hagukumi_upkeep;
GRANT EXECUTE ON FUNCTION identity.clock() TO hagukumi_upkeep;
GRANT SELECT, INSERT ON upkeep.work_order, upkeep.work_answer, upkeep.work_use, upkeep.copy, upkeep.copy_access TO hagukumi_upkeep;
GRANT SELECT ON upkeep.repair_image, upkeep.repairable TO hagukumi_upkeep;
GRANT SELECT, INSERT ON audit.event TO hagukumi_upkeep;
INSERT INTO access.journal_rule (action_prefix, kind) VALUES ('upkeep', 'event'), ('backup', 'event'), ('repair', 'event');
