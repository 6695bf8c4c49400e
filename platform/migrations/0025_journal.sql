-- Up Migration
-- システムの記録（共通機能標準仕様 10.2 の、操作ログ以外のログ）: 認証・イベント・通信・印刷・設定変更・エラー。追記だけで、アクセスログと同じ仕組みで封をする。
CREATE TABLE access.journal_rule (
  action_prefix text PRIMARY KEY CHECK (action_prefix ~ '^[A-Za-z]+(\.[A-Za-z]+)*$'),
  kind          text NOT NULL CHECK (kind IN ('authentication', 'event', 'communication', 'print', 'setting', 'error'))
);
COMMENT ON TABLE access.journal_rule IS '処理の記録（audit.event）のうち、システムの記録にも写すものと、その種類。最も長く当たるものをとる。ここにない処理は写さない（事件の経過として audit.event に残る）。';
COMMENT ON COLUMN access.journal_rule.action_prefix IS '処理の種類の先頭（点で区切った単位で当てる）';
COMMENT ON COLUMN access.journal_rule.kind IS '種類: authentication 認証、event イベント、communication 通信、print 印刷、setting 設定変更、error エラー';
INSERT INTO access.journal_rule (action_prefix, kind) VALUES
  ('register.import', 'communication'), ('bank.import', 'communication'), ('personnel.import', 'communication'), ('recovery.import', 'communication'),
  ('payment.handOver', 'communication'), ('payment.handOverByHand', 'communication'), ('payment.recordReceipt', 'communication'), ('payment.settle', 'communication'),
  ('letter.handOut', 'communication'),
  ('setting', 'setting'), ('parameter', 'setting'), ('code', 'setting'), ('letterText', 'setting'), ('review.settings', 'setting'), ('exOfficioCause', 'setting'),
  ('creditor', 'setting'), ('right', 'setting'), ('staff', 'setting'), ('terminal', 'setting'), ('credential', 'setting'), ('restriction', 'setting'),
  ('retention', 'setting'), ('massWork', 'event'), ('logReview', 'event'), ('log', 'event');

CREATE TABLE access.journal (
  seq           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  recorded_at   timestamptz NOT NULL DEFAULT identity.clock(),
  kind          text NOT NULL CHECK (kind IN ('authentication', 'event', 'communication', 'print', 'setting', 'error')),
  actor         text NOT NULL CHECK (actor ~ '^[A-Za-z0-9._@-]{1,80}$'),
  terminal_code text NOT NULL DEFAULT '' CHECK (length(terminal_code) <= 40),
  action        text NOT NULL CHECK (action ~ '^[A-Za-z][A-Za-z.]{1,79}$'),
  outcome       text NOT NULL CHECK (outcome IN ('done', 'refused', 'failed')),
  object_kind   text NOT NULL DEFAULT '' CHECK (length(object_kind) <= 80),
  object_id     text NOT NULL DEFAULT '' CHECK (length(object_id) <= 300),
  detail        jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(detail) = 'object' AND length(detail::text) <= 8000)
);
COMMENT ON TABLE access.journal IS 'システムの記録（認証・イベント・通信・印刷・設定変更・エラー）。追記だけ。氏名・住所・生年月日・性別・個人番号・口座は書かない。';
COMMENT ON COLUMN access.journal.seq IS '番号（書いた順）';
COMMENT ON COLUMN access.journal.recorded_at IS '時刻（サーバーの時計）。時計が動いても、順は番号で分かる。';
COMMENT ON COLUMN access.journal.kind IS '種類: authentication 認証、event イベント、communication 通信、print 印刷、setting 設定変更、error エラー';
COMMENT ON COLUMN access.journal.actor IS 'だれが（職員番号。登録のない番号で認証を試みたときは unknown、プログラムなら system）';
COMMENT ON COLUMN access.journal.terminal_code IS 'どの端末から（分からなければ空）';
COMMENT ON COLUMN access.journal.action IS '何を';
COMMENT ON COLUMN access.journal.outcome IS '結果: done 行った、refused 断った、failed 失敗した';
COMMENT ON COLUMN access.journal.object_kind IS '対象の種類';
COMMENT ON COLUMN access.journal.object_id IS '対象の番号';
COMMENT ON COLUMN access.journal.detail IS '詳しいこと（頁数・公印・様式・件数・ファイルのハッシュなど。名前のついた値だけ）';
CREATE INDEX journal_kind ON access.journal (kind, seq);
CREATE INDEX journal_actor ON access.journal (actor, seq);
CREATE INDEX journal_recorded ON access.journal (recorded_at);

CREATE TABLE access.journal_seal (LIKE access.seal INCLUDING ALL);
COMMENT ON TABLE access.journal_seal IS 'システムの記録の封（アクセスログの封と同じ形。別の鎖）';
COMMENT ON CONSTRAINT seal_leaves ON access.journal_seal IS '行のハッシュの数は、行の数と同じです。';
COMMENT ON CONSTRAINT seal_not_empty ON access.journal_seal IS '何も封じない封は作れません。';
COMMENT ON CONSTRAINT seal_apart ON access.journal_seal IS '封じた番号・欠番・待っている番号は重なりません。';

CREATE FUNCTION access.write_journal(of_kind text, who text, terminal text, did text, result text, on_kind text, on_id text, more jsonb) RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO access.journal (kind, actor, terminal_code, action, outcome, object_kind, object_id, detail)
  VALUES (of_kind, who, coalesce(terminal, ''), did, result, coalesce(on_kind, ''), coalesce(on_id, ''), coalesce(more, '{}')) RETURNING seq
$$;
COMMENT ON FUNCTION access.write_journal IS 'システムの記録を1行書く';

-- 印刷の記録。画面の職員の処理では、職員と端末をセッションから取る（呼ぶ側の言い分を使わない）。
CREATE FUNCTION access.write_print(operator text, form text, pages integer, seal boolean, individual_number boolean, output text, on_kind text, on_id text) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE who text := operator; terminal text := '';
BEGIN
  IF form = '' OR pages < 0 OR output NOT IN ('pdf', 'csv', 'pdf, csv') OR seal IS NULL OR individual_number IS NULL THEN
    RAISE EXCEPTION 'a record of a print is incomplete' USING ERRCODE = '22023';
  END IF;
  IF coalesce(current_setting('hagukumi.session', true), '') <> '' THEN
    SELECT s.staff_id, s.terminal_code INTO who, terminal FROM identity.session_now() s;
    IF who IS NULL THEN RAISE EXCEPTION 'no live session' USING ERRCODE = 'HGA01'; END IF;
  END IF;
  RETURN access.write_journal('print', who, left(terminal, 40), 'print', 'done', on_kind, on_id, jsonb_build_object('form', form, 'pages', pages, 'seal', seal,
    'individualNumber', individual_number, 'output', output));
END $$;
COMMENT ON FUNCTION access.write_print IS '印刷の記録を書く（帳票・頁数・公印・個人番号の有無・出力の形）';

CREATE FUNCTION access.journal_kind_of(did text) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT r.kind FROM access.journal_rule r WHERE did = r.action_prefix OR starts_with(did, r.action_prefix || '.') ORDER BY length(r.action_prefix) DESC LIMIT 1
$$;
COMMENT ON FUNCTION access.journal_kind_of(text) IS '処理の種類が、システムの記録のどの種類に当たるか（当たらなければ空）';

-- 処理の記録から写す。同じトランザクションなので、行われた設定変更・通信・印刷が残らないことはない。
CREATE FUNCTION access.journal_of_event() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE found_kind text := access.journal_kind_of(NEW.action); terminal text := '';
BEGIN
  IF found_kind IS NULL THEN RETURN NULL; END IF;
  IF coalesce(current_setting('hagukumi.session', true), '') <> '' THEN
    SELECT s.terminal_code INTO terminal FROM identity.session_now() s;
  END IF;
  PERFORM access.write_journal(found_kind, left(regexp_replace(NEW.actor, '[^A-Za-z0-9._@-]', '_', 'g'), 80), left(terminal, 40), NEW.action, 'done',
    left(NEW.object_kind, 80), left(NEW.object_id, 300), CASE WHEN length(NEW.detail::text) <= 8000 THEN NEW.detail ELSE '{"shortened": true}' END);
  RETURN NULL;
END $$;
COMMENT ON FUNCTION access.journal_of_event() IS '処理の記録のうち、定めた種類のものをシステムの記録に写す';
CREATE TRIGGER journal_of_event AFTER INSERT ON audit.event FOR EACH ROW EXECUTE FUNCTION access.journal_of_event();

-- 認証の試み。登録のない職員番号は書かない（打ち間違えた人の名前やパスワードかもしれない）。
CREATE FUNCTION access.journal_of_attempt() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM access.write_journal('authentication', coalesce((SELECT s.staff_id FROM identity.staff s WHERE s.staff_id = NEW.staff_id), 'unknown'),
    NEW.terminal_code, NEW.kind, CASE WHEN NEW.outcome = 'success' THEN 'done' ELSE 'refused' END, 'attempt', NEW.attempt_id::text,
    jsonb_strip_nulls(jsonb_build_object('outcome', NEW.outcome, 'cause', NEW.cause, 'ownSection', NEW.bound)));
  RETURN NULL;
END $$;
COMMENT ON FUNCTION access.journal_of_attempt() IS '認証の試みの結果をシステムの記録に写す';
CREATE TRIGGER journal_of_attempt AFTER INSERT ON identity.attempt FOR EACH ROW WHEN (NEW.outcome <> 'pending') EXECUTE FUNCTION access.journal_of_attempt();
CREATE TRIGGER journal_of_attempt_end AFTER UPDATE OF outcome ON identity.attempt FOR EACH ROW
  WHEN (NEW.outcome <> 'pending' AND OLD.outcome IS DISTINCT FROM NEW.outcome) EXECUTE FUNCTION access.journal_of_attempt();

CREATE FUNCTION access.journal_of_session() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM access.write_journal('authentication', NEW.staff_id, NEW.terminal_code, CASE WHEN TG_OP = 'INSERT' THEN 'session.start' ELSE 'session.end' END, 'done',
    'session', NEW.session_id::text, CASE WHEN TG_OP = 'INSERT' THEN '{}' ELSE jsonb_strip_nulls(jsonb_build_object('reason', NEW.end_reason, 'by', NEW.ended_by)) END);
  RETURN NULL;
END $$;
COMMENT ON FUNCTION access.journal_of_session() IS 'セッションの始まりと終わりをシステムの記録に写す';
CREATE TRIGGER journal_of_session AFTER INSERT ON identity.session FOR EACH ROW EXECUTE FUNCTION access.journal_of_session();
CREATE TRIGGER journal_of_session_end AFTER UPDATE OF ended_at ON identity.session FOR EACH ROW
  WHEN (OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL) EXECUTE FUNCTION access.journal_of_session();

CREATE FUNCTION access.journal_of_alert() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM access.write_journal('event', coalesce((SELECT s.staff_id FROM identity.staff s WHERE s.staff_id = NEW.staff_id), 'unknown'), left(NEW.terminal_code, 40),
    'alert', 'done', 'alert', NEW.kind, '{}');
  RETURN NULL;
END $$;
COMMENT ON FUNCTION access.journal_of_alert() IS '認証の警告をシステムの記録に写す';
CREATE TRIGGER journal_of_alert AFTER INSERT ON identity.alert FOR EACH ROW EXECUTE FUNCTION access.journal_of_alert();

-- 照会（監査）。log.view の権限だけが読める。最新から。
CREATE FUNCTION access.read_journal(of_kind text, who text, of_action text, from_at timestamptz, to_at timestamptz, before_seq bigint, most integer)
RETURNS SETOF access.journal
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM FROM identity.session_now() s WHERE 'log.view' = ANY (s.permissions);
  IF NOT FOUND THEN RAISE EXCEPTION 'permission log.view is missing' USING ERRCODE = 'HGA03'; END IF;
  RETURN QUERY SELECT j.* FROM access.journal j
    WHERE (of_kind IS NULL OR j.kind = of_kind) AND (who IS NULL OR j.actor = who) AND (of_action IS NULL OR starts_with(j.action, of_action))
      AND (from_at IS NULL OR j.recorded_at >= from_at) AND (to_at IS NULL OR j.recorded_at < to_at) AND (before_seq IS NULL OR j.seq < before_seq)
    ORDER BY j.seq DESC LIMIT least(greatest(most, 1), 500);
END $$;
COMMENT ON FUNCTION access.read_journal IS 'システムの記録の照会（監査）';

REVOKE ALL ON FUNCTION access.write_journal, access.write_print, access.journal_kind_of, access.journal_of_event, access.journal_of_attempt, access.journal_of_session,
  access.journal_of_alert, access.read_journal FROM PUBLIC;
GRANT EXECUTE ON FUNCTION access.write_journal TO hagukumi_allowance, hagukumi_sealer;
GRANT EXECUTE ON FUNCTION access.write_print TO hagukumi_desk, hagukumi_allowance;
GRANT EXECUTE ON FUNCTION access.read_journal TO hagukumi_desk, hagukumi_allowance;
GRANT SELECT ON access.journal TO hagukumi_sealer;
GRANT USAGE ON SCHEMA identity TO hagukumi_sealer;
GRANT EXECUTE ON FUNCTION identity.clock() TO hagukumi_sealer;
GRANT SELECT, INSERT ON access.journal_seal TO hagukumi_sealer;
