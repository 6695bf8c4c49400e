-- Up Migration
-- シングルサインオン（OpenID Connect）。庁内の認証基盤の確認は、パスワードの代わりだけになる。職員証はいつも要る。
-- 使うかどうかと相手は、二人で決める。既定は使わない。
CREATE TABLE identity.sign_on_setting (
  setting_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  enabled          boolean NOT NULL,
  provider_name    text NOT NULL CHECK (length(btrim(provider_name, E' \t\n　')) BETWEEN 1 AND 40),
  issuer           text NOT NULL CHECK (length(issuer) <= 300 AND issuer ~ '^https?://[^\s?#]+$'),
  client_id        text NOT NULL CHECK (length(client_id) BETWEEN 1 AND 200 AND client_id ~ '^[\x21-\x7e]+$'),
  algorithm        text NOT NULL CHECK (algorithm IN ('RS256', 'PS256', 'ES256')),
  required_methods text[] NOT NULL CHECK (cardinality(required_methods) <= 10 AND array_position(required_methods, NULL) IS NULL),
  max_age_minutes  integer NOT NULL,
  digest           text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
  reason           text NOT NULL,
  proposed_by      text NOT NULL CHECK (proposed_by <> ''),
  proposed_at      timestamptz NOT NULL DEFAULT identity.clock(),
  CONSTRAINT sign_on_max_age CHECK (max_age_minutes BETWEEN 5 AND 540),
  CONSTRAINT sign_on_reason CHECK (length(btrim(reason, E' \t\n　')) BETWEEN 5 AND 500)
);
COMMENT ON TABLE identity.sign_on_setting IS 'シングルサインオンの設定の申請。内容は変えられない。承認された最後の行が効く。';
COMMENT ON COLUMN identity.sign_on_setting.setting_id IS '番号';
COMMENT ON COLUMN identity.sign_on_setting.enabled IS '使うか';
COMMENT ON COLUMN identity.sign_on_setting.provider_name IS '認証基盤の名称（ログインの画面に出す）';
COMMENT ON COLUMN identity.sign_on_setting.issuer IS '発行者（OpenID Connect の issuer）';
COMMENT ON COLUMN identity.sign_on_setting.client_id IS '認証基盤に登録した、このシステムの識別子';
COMMENT ON COLUMN identity.sign_on_setting.algorithm IS 'IDトークンの署名の方式。ほかの方式は受け付けない。';
COMMENT ON COLUMN identity.sign_on_setting.required_methods IS '認証基盤が示すべき認証の方法（amr、RFC 8176）。すべて要る。空は求めない。';
COMMENT ON COLUMN identity.sign_on_setting.max_age_minutes IS '認証基盤で本人が確かめられてから、ログインに使える時間（分）';
COMMENT ON COLUMN identity.sign_on_setting.digest IS '内容のハッシュ';
COMMENT ON COLUMN identity.sign_on_setting.reason IS '理由';
COMMENT ON COLUMN identity.sign_on_setting.proposed_by IS '申請した人';
COMMENT ON COLUMN identity.sign_on_setting.proposed_at IS '申請の時刻';
COMMENT ON CONSTRAINT sign_on_max_age ON identity.sign_on_setting IS '認証基盤の確認を使える時間は、5〜540分で指定してください。';
COMMENT ON CONSTRAINT sign_on_reason ON identity.sign_on_setting IS '理由を5文字以上で書いてください。';

CREATE TABLE identity.sign_on_setting_answer (
  setting_id   bigint PRIMARY KEY REFERENCES identity.sign_on_setting,
  approved     boolean NOT NULL,
  digest       text NOT NULL,
  reason       text NOT NULL CHECK (reason <> ''),
  answered_by  text NOT NULL CHECK (answered_by <> ''),
  answered_at  timestamptz NOT NULL DEFAULT identity.clock()
);
COMMENT ON TABLE identity.sign_on_setting_answer IS 'シングルサインオンの設定への承認または不承認。申請した人とは別の人が、見た内容のハッシュを添えて答える。';
COMMENT ON COLUMN identity.sign_on_setting_answer.setting_id IS '申請';
COMMENT ON COLUMN identity.sign_on_setting_answer.approved IS '承認したか';
COMMENT ON COLUMN identity.sign_on_setting_answer.digest IS '答えた人が見た内容のハッシュ';
COMMENT ON COLUMN identity.sign_on_setting_answer.reason IS '理由';
COMMENT ON COLUMN identity.sign_on_setting_answer.answered_by IS '答えた人';
COMMENT ON COLUMN identity.sign_on_setting_answer.answered_at IS '答えた時刻';

CREATE FUNCTION identity.sign_on_answer_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE asked identity.sign_on_setting;
BEGIN
  SELECT * INTO asked FROM identity.sign_on_setting s WHERE s.setting_id = NEW.setting_id;
  IF NEW.approved AND NEW.answered_by = asked.proposed_by THEN
    RAISE EXCEPTION 'the same person' USING ERRCODE = 'HG130', CONSTRAINT = 'sign_on_two_people';
  END IF;
  IF NEW.digest <> asked.digest THEN
    RAISE EXCEPTION 'another content' USING ERRCODE = 'HG131', CONSTRAINT = 'sign_on_same_content';
  END IF;
  -- 後から出た設定が効いた後で、古い申請を生き返らせない。
  IF NEW.approved AND EXISTS (SELECT FROM identity.sign_on_setting_answer a WHERE a.approved AND a.setting_id > NEW.setting_id) THEN
    RAISE EXCEPTION 'a later one counts' USING ERRCODE = 'HG132', CONSTRAINT = 'sign_on_superseded';
  END IF;
  RETURN NEW;
END $$;
COMMENT ON FUNCTION identity.sign_on_answer_guard() IS '承認は、申請した人とは別の人が、申請どおりの内容に対して行う';
CREATE TRIGGER sign_on_answer_guard BEFORE INSERT ON identity.sign_on_setting_answer FOR EACH ROW EXECUTE FUNCTION identity.sign_on_answer_guard();

CREATE VIEW identity.sign_on_now AS
SELECT s.* FROM identity.sign_on_setting s JOIN identity.sign_on_setting_answer a USING (setting_id)
WHERE a.approved ORDER BY s.setting_id DESC LIMIT 1;
COMMENT ON VIEW identity.sign_on_now IS '効いているシングルサインオンの設定（承認された最後のもの）';

CREATE TABLE identity.sign_on_subject (
  link_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  issuer       text NOT NULL CHECK (issuer <> ''),
  subject      text NOT NULL CHECK (length(subject) BETWEEN 1 AND 255 AND subject ~ '^[\x21-\x7e]+$'),
  staff_id     text NOT NULL REFERENCES identity.staff,
  reason       text NOT NULL CHECK (reason <> ''),
  linked_by    text NOT NULL CHECK (linked_by <> ''),
  linked_at    timestamptz NOT NULL DEFAULT identity.clock(),
  ended_at     timestamptz,
  ended_by     text,
  end_reason   text,
  CONSTRAINT sign_on_not_own CHECK (linked_by <> staff_id),
  CHECK (num_nulls(ended_at, ended_by, end_reason) IN (0, 3))
);
COMMENT ON TABLE identity.sign_on_subject IS '認証基盤の利用者（sub）と職員の結び付け。情報政策課が行い、終わりも記録する。';
COMMENT ON COLUMN identity.sign_on_subject.link_id IS '番号';
COMMENT ON COLUMN identity.sign_on_subject.issuer IS '発行者';
COMMENT ON COLUMN identity.sign_on_subject.subject IS '認証基盤での利用者の識別子（sub）';
COMMENT ON COLUMN identity.sign_on_subject.staff_id IS '職員';
COMMENT ON COLUMN identity.sign_on_subject.reason IS '理由';
COMMENT ON COLUMN identity.sign_on_subject.linked_by IS '結び付けた人。本人は結び付けられない。';
COMMENT ON COLUMN identity.sign_on_subject.linked_at IS '結び付けた時刻';
COMMENT ON COLUMN identity.sign_on_subject.ended_at IS '終わりの時刻';
COMMENT ON COLUMN identity.sign_on_subject.ended_by IS '終わらせた人';
COMMENT ON COLUMN identity.sign_on_subject.end_reason IS '終わりの理由';
COMMENT ON CONSTRAINT sign_on_not_own ON identity.sign_on_subject IS '自分の職員番号は結び付けられません。';
CREATE UNIQUE INDEX sign_on_subject_one_staff ON identity.sign_on_subject (issuer, subject) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX sign_on_staff_one_subject ON identity.sign_on_subject (issuer, staff_id) WHERE ended_at IS NULL;

CREATE TABLE identity.sign_on_request (
  state_hash     text PRIMARY KEY CHECK (state_hash ~ '^[0-9a-f]{64}$'),
  browser_hash   text NOT NULL CHECK (browser_hash ~ '^[0-9a-f]{64}$'),
  kind           text NOT NULL CHECK (kind IN ('logIn', 'stepUp')),
  setting_id     bigint NOT NULL REFERENCES identity.sign_on_setting,
  terminal_code  text NOT NULL REFERENCES identity.terminal,
  session_id     bigint REFERENCES identity.session,
  issued_at      timestamptz NOT NULL DEFAULT identity.clock(),
  expires_at     timestamptz NOT NULL,
  answered_at    timestamptz,
  link_id        bigint REFERENCES identity.sign_on_subject,
  used_at        timestamptz,
  CHECK ((kind = 'stepUp') = (session_id IS NOT NULL)),
  CHECK (link_id IS NULL OR answered_at IS NOT NULL),
  CHECK (used_at IS NULL OR link_id IS NOT NULL)
);
COMMENT ON TABLE identity.sign_on_request IS '認証基盤への問い。5分だけ有効で、答えは一度だけ受け取り、その答えは2分のうちに一度だけログインに使える。秘密は端末のブラウザーだけが持つ。';
COMMENT ON COLUMN identity.sign_on_request.state_hash IS '問いの符号（state）のハッシュ';
COMMENT ON COLUMN identity.sign_on_request.browser_hash IS '問いを始めたブラウザーの秘密のハッシュ。別のブラウザーの答えは受け取らない。';
COMMENT ON COLUMN identity.sign_on_request.kind IS 'ログインか再認証か';
COMMENT ON COLUMN identity.sign_on_request.setting_id IS '問いを始めた時の設定';
COMMENT ON COLUMN identity.sign_on_request.terminal_code IS '端末';
COMMENT ON COLUMN identity.sign_on_request.session_id IS '再認証のセッション';
COMMENT ON COLUMN identity.sign_on_request.issued_at IS '始めた時刻';
COMMENT ON COLUMN identity.sign_on_request.expires_at IS '期限';
COMMENT ON COLUMN identity.sign_on_request.answered_at IS '答えを受け取った時刻（断った時も入る）';
COMMENT ON COLUMN identity.sign_on_request.link_id IS '確かめられた利用者。断った時は空。';
COMMENT ON COLUMN identity.sign_on_request.used_at IS 'ログインに使った時刻';
CREATE INDEX sign_on_request_browser ON identity.sign_on_request (browser_hash);
CREATE INDEX sign_on_request_expiry ON identity.sign_on_request (expires_at);

ALTER TABLE identity.session ADD COLUMN sign_on_link_id bigint REFERENCES identity.sign_on_subject;
COMMENT ON COLUMN identity.session.sign_on_link_id IS 'パスワードの代わりになった認証基盤の利用者。空は、パスワードでのログイン。';

-- 終わった結び付けと、答えを受け取った問いは、変わらない。
CREATE FUNCTION identity.sign_on_kept() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_TABLE_NAME = 'sign_on_subject' THEN
    IF OLD.ended_at IS NOT NULL THEN RAISE EXCEPTION 'an ended link' USING ERRCODE = 'HG133', CONSTRAINT = 'sign_on_ended'; END IF;
  ELSIF OLD.used_at IS NOT NULL OR (OLD.link_id IS NOT NULL AND NEW.link_id IS DISTINCT FROM OLD.link_id)
    OR (OLD.answered_at IS NOT NULL AND NEW.answered_at IS NULL) THEN
    RAISE EXCEPTION 'an answered question' USING ERRCODE = 'HG134', CONSTRAINT = 'sign_on_answered';
  END IF;
  RETURN NEW;
END $$;
COMMENT ON FUNCTION identity.sign_on_kept() IS '終わった結び付けを生き返らせず、認証基盤への問いの答えを取り替えない';
CREATE TRIGGER sign_on_kept BEFORE UPDATE ON identity.sign_on_subject FOR EACH ROW EXECUTE FUNCTION identity.sign_on_kept();
CREATE TRIGGER sign_on_kept BEFORE UPDATE ON identity.sign_on_request FOR EACH ROW EXECUTE FUNCTION identity.sign_on_kept();

-- 結び付けを終えると、それで始まったセッションは同じトランザクションで終わる。
CREATE FUNCTION identity.sign_on_end_ends_sessions() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NEW.ended_at IS NOT NULL AND OLD.ended_at IS NULL THEN
    UPDATE identity.session s SET ended_at = identity.clock(), end_reason = 'revoked', ended_by = NEW.ended_by
    WHERE s.ended_at IS NULL AND s.sign_on_link_id = NEW.link_id;
  END IF;
  RETURN NEW;
END $$;
COMMENT ON FUNCTION identity.sign_on_end_ends_sessions() IS '認証基盤の利用者との結び付けの終わりは、それによるセッションを終わらせる';
CREATE TRIGGER ends_sessions AFTER UPDATE ON identity.sign_on_subject FOR EACH ROW EXECUTE FUNCTION identity.sign_on_end_ends_sessions();

CREATE OR REPLACE FUNCTION identity.tidy() RETURNS TABLE (challenges integer, sessions integer)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE moment timestamptz := identity.clock();
BEGIN
  DELETE FROM identity.challenge c WHERE c.expires_at < moment - interval '1 day';
  GET DIAGNOSTICS challenges = ROW_COUNT;
  DELETE FROM identity.sign_on_request r WHERE r.expires_at < moment - interval '1 day';
  UPDATE identity.session s SET
    ended_at = least(s.started_at + y.absolute_limit, s.last_seen_at + y.idle_limit),
    end_reason = CASE WHEN s.started_at + y.absolute_limit <= s.last_seen_at + y.idle_limit THEN 'absolute' ELSE 'idle' END
  FROM identity.policy y
  WHERE s.ended_at IS NULL AND least(s.started_at + y.absolute_limit, s.last_seen_at + y.idle_limit) <= moment;
  GET DIAGNOSTICS sessions = ROW_COUNT;
  RETURN NEXT;
END $$;
COMMENT ON FUNCTION identity.tidy() IS '古い認証の問い（職員証・認証基盤）を消し、期限の過ぎたセッションを閉じる。何度行ってもよい。';

REVOKE ALL ON FUNCTION identity.sign_on_answer_guard, identity.sign_on_end_ends_sessions, identity.sign_on_kept FROM PUBLIC;
GRANT SELECT, INSERT ON identity.sign_on_setting, identity.sign_on_setting_answer, identity.sign_on_subject, identity.sign_on_request TO hagukumi_identity;
GRANT SELECT ON identity.sign_on_now TO hagukumi_identity;
GRANT UPDATE (ended_at, ended_by, end_reason) ON identity.sign_on_subject TO hagukumi_identity;
GRANT UPDATE (answered_at, link_id, used_at) ON identity.sign_on_request TO hagukumi_identity;
