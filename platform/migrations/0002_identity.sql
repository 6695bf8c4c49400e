-- Up Migration
-- 職員・部署・権限・認証。書けるのは hagukumi_identity だけ。他の役割は session_now() を通してだけ見る。
DO $$
DECLARE role_name text;
BEGIN
  FOREACH role_name IN ARRAY ARRAY['hagukumi_identity', 'hagukumi_desk'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I NOLOGIN', role_name);
      EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
      END;
    END IF;
  END LOOP;
  -- 業務処理と一括処理は全件を扱う。職員の照会（hagukumi_desk）だけが行単位の制限を受ける。
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'hagukumi_allowance' AND NOT rolbypassrls) THEN
    BEGIN
      ALTER ROLE hagukumi_allowance BYPASSRLS;
    EXCEPTION WHEN insufficient_privilege THEN
      RAISE EXCEPTION 'データベースの更新を行う利用者「%」には、役割 hagukumi_allowance に BYPASSRLS を与える権限がありません。データベースの管理者が ALTER ROLE hagukumi_allowance BYPASSRLS; を実行してから、もう一度更新してください。', current_user
        USING ERRCODE = '42501';
    END;
  END IF;
END
$$;

CREATE SCHEMA identity;
COMMENT ON SCHEMA identity IS '職員・部署・権限・端末・認証・セッション';

-- ---- 設置と時計 ----------------------------------------------------------------------------------------------
CREATE TABLE identity.installation (
  only_row   boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  kind       text NOT NULL CHECK (kind IN ('production', 'demo')),
  city_name  text NOT NULL CHECK (city_name <> ''),
  marked_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE identity.installation IS 'このデータベースの用途。demo の印があるものだけに、デモの職員とソフトウェアの鍵を作れる。';

CREATE TABLE identity.clock_shift (only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row), shift interval NOT NULL);
COMMENT ON TABLE identity.clock_shift IS '試験のための時計のずらし。本番の印があるデータベースでは入れられず、入っていても効かない。';

CREATE FUNCTION identity.clock_shift_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM identity.installation WHERE kind = 'production') THEN
    RAISE EXCEPTION '本番のデータベースの時計はずらせません' USING ERRCODE = 'HG101', CONSTRAINT = 'clock_shift_production';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER clock_shift_guard BEFORE INSERT OR UPDATE ON identity.clock_shift
  FOR EACH ROW EXECUTE FUNCTION identity.clock_shift_guard();

CREATE FUNCTION identity.clock() RETURNS timestamptz
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT statement_timestamp() + coalesce(
    (SELECT s.shift FROM identity.clock_shift s
     WHERE NOT EXISTS (SELECT FROM identity.installation i WHERE i.kind = 'production')), interval '0')
$$;
COMMENT ON FUNCTION identity.clock() IS '認証と権限の判断に使う現在時刻';

CREATE FUNCTION identity.today() RETURNS date LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT (identity.clock() AT TIME ZONE 'Asia/Tokyo')::date
$$;
COMMENT ON FUNCTION identity.today() IS '日本標準時の今日。権限の期間はこの日で判断する。';

CREATE TABLE identity.policy (
  only_row         boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  idle_limit       interval NOT NULL DEFAULT '15 min' CHECK (idle_limit BETWEEN '1 min' AND '15 min'),
  absolute_limit   interval NOT NULL DEFAULT '9 h' CHECK (absolute_limit BETWEEN '1 min' AND '9 h'),
  step_up_limit    interval NOT NULL DEFAULT '5 min' CHECK (step_up_limit BETWEEN '10 s' AND '5 min'),
  password_days    integer NOT NULL DEFAULT 180,
  password_notice_days integer NOT NULL DEFAULT 14 CHECK (password_notice_days BETWEEN 0 AND 60),
  training_limit   interval NOT NULL DEFAULT '1 year' CHECK (training_limit BETWEEN '1 day' AND '1 year'),
  CONSTRAINT policy_password_days CHECK (password_days BETWEEN 1 AND 180)
);
COMMENT ON TABLE identity.policy IS '認証の決まり。短くはできるが、上限（無操作15分、連続9時間、パスワード180日、研修1年）を超えては設定できない。';
COMMENT ON CONSTRAINT policy_password_days ON identity.policy IS 'パスワードの有効期間は1〜180日で設定してください（180日を超える設定はできません）。';
INSERT INTO identity.policy DEFAULT VALUES;

-- ---- 部署と職員 ----------------------------------------------------------------------------------------------
CREATE TABLE identity.section (
  section_code  text PRIMARY KEY CHECK (section_code ~ '^[A-Za-z0-9_-]{1,20}$'),
  kind          text NOT NULL CHECK (kind IN ('headquarters', 'ward', 'branch', 'informationPolicy', 'transferOffice', 'accounting', 'audit', 'contractor', 'other')),
  ward_code     text CHECK (ward_code ~ '^[0-9]{6}$'),
  in_charge     boolean NOT NULL,
  starts_on     date NOT NULL,
  ends_on       date,
  CONSTRAINT section_period CHECK (ends_on >= starts_on),
  CONSTRAINT section_in_charge CHECK (NOT in_charge OR kind IN ('headquarters', 'ward', 'branch'))
);
COMMENT ON TABLE identity.section IS '部署。in_charge は児童手当の使用部署（こども支援課・各区保健こども課・各総合出張所）。';
COMMENT ON CONSTRAINT section_in_charge ON identity.section IS '児童手当の使用部署にできるのは、主管課・区・総合出張所だけです。';

CREATE TABLE identity.section_name (section_code text NOT NULL REFERENCES identity.section, starts_on date NOT NULL, name text NOT NULL CHECK (name <> ''), PRIMARY KEY (section_code, starts_on));
COMMENT ON TABLE identity.section_name IS '部署の名称の履歴';

CREATE TABLE identity.personnel_import (
  import_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  sha256       text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  as_of        date NOT NULL,
  full_list    boolean NOT NULL,
  accepted     integer NOT NULL,
  refused      integer NOT NULL,
  switched_off integer NOT NULL,
  imported_by  text NOT NULL,
  imported_at  timestamptz NOT NULL DEFAULT identity.clock()
);
COMMENT ON TABLE identity.personnel_import IS '人事異動データの取込み。full_list は全職員の一覧で、載っていない職員をその場で止める。';

CREATE TABLE identity.staff (
  staff_id    text PRIMARY KEY CHECK (staff_id ~ '^[A-Za-z0-9._-]{3,32}$'),
  kind        text NOT NULL CHECK (kind IN ('employee', 'contractor')),
  consent_id  text CHECK (consent_id <> ''),
  created_at  timestamptz NOT NULL DEFAULT identity.clock(),
  CONSTRAINT staff_contractor_consent CHECK (kind <> 'contractor' OR consent_id IS NOT NULL)
);
COMMENT ON TABLE identity.staff IS '職員。識別子は一人に一つで、使い回さない。';
COMMENT ON CONSTRAINT staff_contractor_consent ON identity.staff IS '受託者の利用者には、市の（再委託の）承諾番号が必要です。';

CREATE TABLE identity.staff_name (
  staff_id     text NOT NULL REFERENCES identity.staff,
  starts_on    date NOT NULL,
  name         text NOT NULL CHECK (name <> ''),
  kana         text,
  recorded_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (staff_id, starts_on, recorded_at)
);
COMMENT ON TABLE identity.staff_name IS '職員の氏名（公の場で使う氏名）の履歴';

CREATE TABLE identity.assignment (
  assignment_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  staff_id       text NOT NULL REFERENCES identity.staff,
  section_code   text NOT NULL REFERENCES identity.section,
  main           boolean NOT NULL DEFAULT true,
  starts_on      date NOT NULL,
  ends_on        date,
  move_kind      text NOT NULL CHECK (move_kind IN ('hire', 'transfer', 'concurrent', 'return', 'contract')),
  import_id      bigint REFERENCES identity.personnel_import,
  recorded_by    text NOT NULL,
  recorded_at    timestamptz NOT NULL DEFAULT identity.clock(),
  CONSTRAINT assignment_period CHECK (ends_on >= starts_on)
);
COMMENT ON TABLE identity.assignment IS '所属（発令の日から）。main は本務、それ以外は兼務。';
CREATE INDEX assignment_staff ON identity.assignment (staff_id);

CREATE TABLE identity.assignment_end (
  assignment_id  bigint PRIMARY KEY REFERENCES identity.assignment,
  last_day       date NOT NULL,
  reason         text NOT NULL CHECK (reason <> ''),
  recorded_by    text NOT NULL,
  recorded_at    timestamptz NOT NULL DEFAULT identity.clock()
);
COMMENT ON TABLE identity.assignment_end IS '所属の終わり（異動・退職）。last_day まで在籍し、翌日の0時に終わる。';

CREATE VIEW identity.assignment_period AS
SELECT a.assignment_id, a.staff_id, a.section_code, a.main, a.starts_on, least(a.ends_on, e.last_day) AS ends_on
FROM identity.assignment a LEFT JOIN identity.assignment_end e USING (assignment_id);
COMMENT ON VIEW identity.assignment_period IS '所属の実際の期間';

CREATE TABLE identity.staff_stop (
  stop_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  staff_id    text NOT NULL REFERENCES identity.staff,
  reason      text NOT NULL CHECK (reason <> ''),
  import_id   bigint REFERENCES identity.personnel_import,
  stopped_by  text NOT NULL,
  stopped_at  timestamptz NOT NULL DEFAULT identity.clock()
);
COMMENT ON TABLE identity.staff_stop IS '利用の停止（退職、人事の一覧に無い、職員証の紛失など）';
CREATE INDEX staff_stop_staff ON identity.staff_stop (staff_id);
CREATE TABLE identity.staff_resume (
  stop_id     bigint PRIMARY KEY REFERENCES identity.staff_stop,
  reason      text NOT NULL CHECK (reason <> ''),
  resumed_by  text NOT NULL,
  resumed_at  timestamptz NOT NULL DEFAULT identity.clock()
);
COMMENT ON TABLE identity.staff_resume IS '利用の停止の解除';

CREATE TABLE identity.training (
  training_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  staff_id     text NOT NULL REFERENCES identity.staff,
  trained_on   date NOT NULL,
  course       text NOT NULL CHECK (course <> ''),
  recorded_by  text NOT NULL,
  recorded_at  timestamptz NOT NULL DEFAULT identity.clock()
);
COMMENT ON TABLE identity.training IS '個人情報の取扱いの研修。1年を過ぎた職員は業務を行えない。';
CREATE INDEX training_staff ON identity.training (staff_id, trained_on);

-- ---- 権限 ----------------------------------------------------------------------------------------------------
CREATE TABLE identity.permission (permission_code text PRIMARY KEY, name text NOT NULL, case_access boolean NOT NULL);
COMMENT ON TABLE identity.permission IS '権限。case_access は特定個人情報を扱う権限で、使用部署の職員だけが行使できる。';
CREATE TABLE identity.role (role_code text PRIMARY KEY, name text NOT NULL);
COMMENT ON TABLE identity.role IS '役割（権限のまとまり）';
CREATE TABLE identity.role_permission (
  role_code        text NOT NULL REFERENCES identity.role,
  permission_code  text NOT NULL REFERENCES identity.permission,
  starts_on        date NOT NULL,
  ends_on          date,
  PRIMARY KEY (role_code, permission_code, starts_on),
  CHECK (ends_on >= starts_on)
);
COMMENT ON TABLE identity.role_permission IS '権限表。役割ごとの権限を期間つきで持つ。';

CREATE TABLE identity.right_request (
  right_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  staff_id      text NOT NULL REFERENCES identity.staff,
  section_code  text NOT NULL REFERENCES identity.section,
  role_code     text NOT NULL REFERENCES identity.role,
  wards         text[] CHECK (cardinality(wards) > 0 AND array_position(wards, NULL) IS NULL),
  starts_on     date NOT NULL,
  ends_on       date NOT NULL,
  reason        text NOT NULL CHECK (reason <> ''),
  origin        text NOT NULL CHECK (origin IN ('application', 'bootstrap')),
  requested_by  text NOT NULL,
  requested_at  timestamptz NOT NULL DEFAULT identity.clock(),
  CONSTRAINT right_period CHECK (ends_on >= starts_on),
  CONSTRAINT right_at_most_a_year CHECK (ends_on <= starts_on + interval '1 year')
);
COMMENT ON TABLE identity.right_request IS '権限の発行申請（業務担当課）。終わりの日は指定がなければ次の3月31日。wards は区の範囲、空は全区。';
COMMENT ON CONSTRAINT right_at_most_a_year ON identity.right_request IS '権限の期間は1年以内です。続ける場合は改めて申請してください。';
CREATE INDEX right_request_staff ON identity.right_request (staff_id);

CREATE TABLE identity.right_approval (
  right_id     bigint PRIMARY KEY REFERENCES identity.right_request,
  approved     boolean NOT NULL,
  reason       text NOT NULL CHECK (reason <> ''),
  approved_by  text NOT NULL,
  approved_at  timestamptz NOT NULL DEFAULT identity.clock()
);
COMMENT ON TABLE identity.right_approval IS '権限の発行申請の承認または不承認';

CREATE TABLE identity.right_issue (
  right_id   bigint PRIMARY KEY REFERENCES identity.right_approval,
  issued_by  text NOT NULL,
  issued_at  timestamptz NOT NULL DEFAULT identity.clock()
);
COMMENT ON TABLE identity.right_issue IS '権限の発行（情報政策課）';

CREATE TABLE identity.right_revocation_request (
  right_id      bigint PRIMARY KEY REFERENCES identity.right_issue,
  reason        text NOT NULL CHECK (reason <> ''),
  requested_by  text NOT NULL,
  requested_at  timestamptz NOT NULL DEFAULT identity.clock()
);
COMMENT ON TABLE identity.right_revocation_request IS '権限の失効申請（業務担当課）';

CREATE TABLE identity.right_revocation (
  right_id    bigint PRIMARY KEY REFERENCES identity.right_issue,
  reason      text NOT NULL CHECK (reason <> ''),
  revoked_by  text NOT NULL,
  revoked_at  timestamptz NOT NULL DEFAULT identity.clock()
);
COMMENT ON TABLE identity.right_revocation IS '権限の失効。申請からの時間は requested_at との差で分かる。';

-- 申請・承認・発行は三人、本人は承認も発行もできない。例外は設置の時（申請が一つもないうち）とデモだけ。
CREATE FUNCTION identity.right_guard() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE r identity.right_request; a identity.right_approval;
BEGIN
  IF TG_TABLE_NAME = 'right_request' THEN
    IF NEW.origin = 'bootstrap' AND EXISTS (SELECT FROM identity.right_request q WHERE q.origin = 'application')
       AND NOT EXISTS (SELECT FROM identity.installation i WHERE i.kind = 'demo') THEN
      RAISE EXCEPTION '設置の後に、申請のない権限は作れません' USING ERRCODE = 'HG102', CONSTRAINT = 'right_bootstrap_once';
    END IF;
    RETURN NEW;
  END IF;
  SELECT * INTO r FROM identity.right_request q WHERE q.right_id = NEW.right_id;
  IF r.origin = 'bootstrap' THEN RETURN NEW; END IF;
  IF TG_TABLE_NAME = 'right_approval' THEN
    IF NEW.approved_by IN (r.requested_by, r.staff_id) THEN
      RAISE EXCEPTION '申請した人と本人は、権限の申請を承認できません' USING ERRCODE = 'HG103', CONSTRAINT = 'right_other_person';
    END IF;
    RETURN NEW;
  END IF;
  SELECT * INTO a FROM identity.right_approval q WHERE q.right_id = NEW.right_id;
  IF NOT a.approved THEN
    RAISE EXCEPTION '承認されていない権限は発行できません' USING ERRCODE = 'HG104', CONSTRAINT = 'right_not_approved';
  END IF;
  IF NEW.issued_by IN (r.requested_by, r.staff_id, a.approved_by) THEN
    RAISE EXCEPTION '申請した人・承認した人・本人は、権限を発行できません' USING ERRCODE = 'HG103', CONSTRAINT = 'right_other_person';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER right_guard BEFORE INSERT ON identity.right_request FOR EACH ROW EXECUTE FUNCTION identity.right_guard();
CREATE TRIGGER right_guard BEFORE INSERT ON identity.right_approval FOR EACH ROW EXECUTE FUNCTION identity.right_guard();
CREATE TRIGGER right_guard BEFORE INSERT ON identity.right_issue FOR EACH ROW EXECUTE FUNCTION identity.right_guard();

-- ---- 認証の要素と端末 ------------------------------------------------------------------------------------------
CREATE TABLE identity.terminal (
  terminal_code  text PRIMARY KEY CHECK (terminal_code ~ '^[A-Za-z0-9_-]{1,32}$'),
  name           text NOT NULL CHECK (name <> ''),
  section_code   text NOT NULL REFERENCES identity.section,
  secret_hash    text NOT NULL UNIQUE CHECK (secret_hash ~ '^[0-9a-f]{64}$'),
  certificate_sha256 text UNIQUE CHECK (certificate_sha256 ~ '^[0-9a-f]{64}$'),
  registered_by  text NOT NULL,
  registered_at  timestamptz NOT NULL DEFAULT identity.clock()
);
COMMENT ON TABLE identity.terminal IS '登録された端末。秘密（256ビットの乱数）またはクライアント証明書の指紋で確かめる。';
CREATE TABLE identity.terminal_revocation (
  terminal_code  text PRIMARY KEY REFERENCES identity.terminal,
  reason         text NOT NULL CHECK (reason <> ''),
  revoked_by     text NOT NULL,
  revoked_at     timestamptz NOT NULL DEFAULT identity.clock()
);
COMMENT ON TABLE identity.terminal_revocation IS '端末の登録の取消し';

CREATE TABLE identity.enrolment_code (
  code_hash   text PRIMARY KEY CHECK (code_hash ~ '^[0-9a-f]{64}$'),
  staff_id    text NOT NULL REFERENCES identity.staff,
  issued_by   text NOT NULL,
  issued_at   timestamptz NOT NULL DEFAULT identity.clock(),
  expires_at  timestamptz NOT NULL
);
COMMENT ON TABLE identity.enrolment_code IS '職員証とパスワードを登録するための一回限りの符号（ハッシュだけを持つ）';
CREATE INDEX enrolment_code_staff ON identity.enrolment_code (staff_id);
CREATE TABLE identity.enrolment_use (code_hash text PRIMARY KEY REFERENCES identity.enrolment_code, used_at timestamptz NOT NULL DEFAULT identity.clock());
COMMENT ON TABLE identity.enrolment_use IS '登録の符号を使った記録。一つの符号は一度だけ使える。';

CREATE TABLE identity.credential (
  credential_id  text PRIMARY KEY CHECK (length(credential_id) BETWEEN 16 AND 1400),
  staff_id       text NOT NULL REFERENCES identity.staff,
  public_key     bytea NOT NULL,
  counter        bigint NOT NULL CHECK (counter >= 0),
  registered_at  timestamptz NOT NULL DEFAULT identity.clock()
);
COMMENT ON TABLE identity.credential IS '職員証（WebAuthnの鍵）の公開鍵。counter は複製の発見に使い、減らない。';
CREATE INDEX credential_staff ON identity.credential (staff_id);
CREATE TABLE identity.credential_revocation (
  credential_id  text PRIMARY KEY REFERENCES identity.credential,
  reason         text NOT NULL CHECK (reason <> ''),
  revoked_by     text NOT NULL,
  revoked_at     timestamptz NOT NULL DEFAULT identity.clock()
);
COMMENT ON TABLE identity.credential_revocation IS '職員証の失効（紛失・返却・複製の疑い）';

CREATE TABLE identity.password (
  password_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  staff_id     text NOT NULL REFERENCES identity.staff,
  hash         text NOT NULL CHECK (hash LIKE '$argon2id$%'),
  set_at       timestamptz NOT NULL DEFAULT identity.clock()
);
COMMENT ON TABLE identity.password IS 'パスワードのハッシュ（argon2id）の履歴。最後の行が有効。計算に使う秘密（ペッパー）はデータベースの外にある。';
CREATE INDEX password_staff ON identity.password (staff_id, password_id DESC);

CREATE TABLE identity.challenge (
  challenge      text PRIMARY KEY CHECK (length(challenge) BETWEEN 43 AND 86),
  kind           text NOT NULL CHECK (kind IN ('logIn', 'stepUp', 'enrol')),
  staff_id       text NOT NULL CHECK (length(staff_id) <= 64),
  terminal_code  text NOT NULL REFERENCES identity.terminal,
  session_id     bigint,
  issued_at      timestamptz NOT NULL DEFAULT identity.clock(),
  expires_at     timestamptz NOT NULL,
  used_at        timestamptz
);
COMMENT ON TABLE identity.challenge IS '認証の問い。2分だけ有効で、一度だけ使える。staff_id は入力されたままで、実在するとは限らない。';
CREATE INDEX challenge_expiry ON identity.challenge (expires_at);

CREATE TABLE identity.attempt (
  attempt_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  staff_id       text NOT NULL CHECK (length(staff_id) <= 64),
  terminal_code  text NOT NULL REFERENCES identity.terminal,
  kind           text NOT NULL CHECK (kind IN ('logIn', 'stepUp', 'enrol')),
  outcome        text NOT NULL CHECK (outcome IN ('pending', 'success', 'refused', 'throttled')),
  cause          text,
  bound          boolean NOT NULL,
  attempted_at   timestamptz NOT NULL DEFAULT identity.clock()
);
COMMENT ON TABLE identity.attempt IS '認証の試み。pending は照合の途中で、失敗と同じに数える（並行して試しても回数の制限を超えられない）。bound は所属の部署の端末から。';
CREATE INDEX attempt_staff ON identity.attempt (staff_id, terminal_code, attempt_id DESC);
CREATE INDEX attempt_terminal ON identity.attempt (terminal_code, attempt_id DESC);

-- ---- セッションと知らせ ----------------------------------------------------------------------------------------
CREATE TABLE identity.session (
  session_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  token_hash     text NOT NULL UNIQUE CHECK (token_hash ~ '^[0-9a-f]{64}$'),
  staff_id       text NOT NULL REFERENCES identity.staff,
  terminal_code  text NOT NULL REFERENCES identity.terminal,
  credential_id  text NOT NULL REFERENCES identity.credential,
  started_at     timestamptz NOT NULL DEFAULT identity.clock(),
  last_seen_at   timestamptz NOT NULL DEFAULT identity.clock(),
  stepped_up_at  timestamptz,
  ended_at       timestamptz,
  end_reason     text CHECK (end_reason IN ('logOut', 'idle', 'absolute', 'otherTerminal', 'takenOver', 'revoked', 'ended')),
  ended_by       text,
  CHECK ((ended_at IS NULL) = (end_reason IS NULL))
);
COMMENT ON TABLE identity.session IS 'セッション。符号はハッシュだけを持つ。作れるのは hagukumi_identity だけ。';
CREATE UNIQUE INDEX session_one_per_staff ON identity.session (staff_id) WHERE ended_at IS NULL;
CREATE INDEX session_staff ON identity.session (staff_id, session_id DESC);

CREATE TABLE identity.alert (
  alert_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind           text NOT NULL CHECK (kind IN ('secondLogIn', 'otherTerminal', 'keyCloned', 'takenOver', 'repeatedFailure')),
  staff_id       text NOT NULL,
  terminal_code  text NOT NULL,
  session_id     bigint,
  detail         jsonb NOT NULL DEFAULT '{}',
  raised_at      timestamptz NOT NULL DEFAULT identity.clock()
);
COMMENT ON TABLE identity.alert IS '認証の警告。本人の画面と、監査の一覧に出す。';
CREATE INDEX alert_staff ON identity.alert (staff_id, alert_id DESC);

-- 失効は、同じトランザクションで開いているセッションを終わらせる。
CREATE FUNCTION identity.revocation_ends_sessions() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_TABLE_NAME = 'assignment_end' AND (to_jsonb(NEW) ->> 'last_day')::date >= identity.today() THEN RETURN NEW; END IF;
  UPDATE identity.session s
  SET ended_at = identity.clock(), end_reason = 'revoked',
      ended_by = coalesce(to_jsonb(NEW) ->> 'revoked_by', to_jsonb(NEW) ->> 'stopped_by', to_jsonb(NEW) ->> 'recorded_by')
  WHERE s.ended_at IS NULL AND CASE TG_TABLE_NAME
    WHEN 'staff_stop' THEN s.staff_id = to_jsonb(NEW) ->> 'staff_id'
    WHEN 'terminal_revocation' THEN s.terminal_code = to_jsonb(NEW) ->> 'terminal_code'
    WHEN 'credential_revocation' THEN s.credential_id = to_jsonb(NEW) ->> 'credential_id'
    WHEN 'right_revocation' THEN s.staff_id = (SELECT r.staff_id FROM identity.right_request r WHERE r.right_id = (to_jsonb(NEW) ->> 'right_id')::bigint)
    WHEN 'assignment_end' THEN s.staff_id = (SELECT a.staff_id FROM identity.assignment a WHERE a.assignment_id = (to_jsonb(NEW) ->> 'assignment_id')::bigint)
    END;
  RETURN NEW;
END $$;
CREATE TRIGGER ends_sessions AFTER INSERT ON identity.staff_stop FOR EACH ROW EXECUTE FUNCTION identity.revocation_ends_sessions();
CREATE TRIGGER ends_sessions AFTER INSERT ON identity.terminal_revocation FOR EACH ROW EXECUTE FUNCTION identity.revocation_ends_sessions();
CREATE TRIGGER ends_sessions AFTER INSERT ON identity.credential_revocation FOR EACH ROW EXECUTE FUNCTION identity.revocation_ends_sessions();
CREATE TRIGGER ends_sessions AFTER INSERT ON identity.right_revocation FOR EACH ROW EXECUTE FUNCTION identity.revocation_ends_sessions();
CREATE TRIGGER ends_sessions AFTER INSERT ON identity.assignment_end FOR EACH ROW EXECUTE FUNCTION identity.revocation_ends_sessions();

CREATE FUNCTION identity.active_on(staff text, day date) RETURNS boolean
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (SELECT FROM identity.assignment_period a WHERE a.staff_id = staff AND day >= a.starts_on AND (a.ends_on IS NULL OR day <= a.ends_on))
    AND NOT EXISTS (SELECT FROM identity.staff_stop s LEFT JOIN identity.staff_resume r USING (stop_id) WHERE s.staff_id = staff AND r.stop_id IS NULL)
$$;
COMMENT ON FUNCTION identity.active_on(text, date) IS '在籍していて、利用が止められていないか';

CREATE FUNCTION identity.trained_on(staff text, day date) RETURNS boolean
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (SELECT FROM identity.training t, identity.policy p WHERE t.staff_id = staff AND t.trained_on <= day AND day <= t.trained_on + p.training_limit)
$$;
COMMENT ON FUNCTION identity.trained_on(text, date) IS '研修を受けてから1年以内か';

CREATE FUNCTION identity.rights_on(staff text, day date)
  RETURNS TABLE (right_id bigint, section_code text, role_code text, wards text[], permissions text[])
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT r.right_id, r.section_code, r.role_code, r.wards, ARRAY(
      SELECT p.permission_code FROM identity.role_permission rp JOIN identity.permission p USING (permission_code)
      WHERE rp.role_code = r.role_code AND day >= rp.starts_on AND (rp.ends_on IS NULL OR day <= rp.ends_on) AND (s.in_charge OR NOT p.case_access))
  FROM identity.right_request r
  JOIN identity.right_issue USING (right_id)
  JOIN identity.section s ON s.section_code = r.section_code AND day >= s.starts_on AND (s.ends_on IS NULL OR day <= s.ends_on)
  LEFT JOIN identity.right_revocation v USING (right_id)
  WHERE r.staff_id = staff AND day BETWEEN r.starts_on AND r.ends_on AND v.right_id IS NULL
    AND EXISTS (SELECT FROM identity.assignment_period a WHERE a.staff_id = staff AND a.section_code = r.section_code
                AND day >= a.starts_on AND (a.ends_on IS NULL OR day <= a.ends_on))
$$;
COMMENT ON FUNCTION identity.rights_on(text, date) IS 'その日に有効な権限。所属が変われば、その部署で得た権限は効かない。';

CREATE FUNCTION identity.session_now()
  RETURNS TABLE (session_id bigint, staff_id text, staff_name text, section_code text, section_name text, terminal_code text, wards text[], permissions text[], stepped_up_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, pg_temp AS $$
  SELECT s.session_id, s.staff_id, n.name, a.section_code, sn.name, s.terminal_code,
    -- 範囲の違う権限が重なれば、狭い方をとる。権限が一つもなければ、どの区も見えない。
    CASE WHEN g.rights = 0 THEN '{}' WHEN g.limited = 0 THEN NULL ELSE ARRAY(
      SELECT w FROM identity.rights_on(s.staff_id, c.day) x, unnest(x.wards) w GROUP BY w HAVING count(*) = g.limited ORDER BY w) END,
    ARRAY(SELECT DISTINCT p FROM identity.rights_on(s.staff_id, c.day) x, unnest(x.permissions) p ORDER BY p),
    s.stepped_up_at
  FROM identity.session s
  CROSS JOIN identity.policy y
  CROSS JOIN (SELECT identity.clock() AS at, identity.today() AS day) c
  CROSS JOIN LATERAL (SELECT count(*) AS rights, count(x.wards) AS limited FROM identity.rights_on(s.staff_id, c.day) x) g
  CROSS JOIN LATERAL (SELECT p.section_code FROM identity.assignment_period p WHERE p.staff_id = s.staff_id AND c.day >= p.starts_on
                      AND (p.ends_on IS NULL OR c.day <= p.ends_on) ORDER BY p.main DESC, p.starts_on DESC, p.assignment_id DESC LIMIT 1) a
  CROSS JOIN LATERAL (SELECT m.name FROM identity.staff_name m WHERE m.staff_id = s.staff_id AND m.starts_on <= c.day ORDER BY m.starts_on DESC, m.recorded_at DESC LIMIT 1) n
  CROSS JOIN LATERAL (SELECT m.name FROM identity.section_name m WHERE m.section_code = a.section_code AND m.starts_on <= c.day ORDER BY m.starts_on DESC LIMIT 1) sn
  WHERE s.token_hash = current_setting('hagukumi.session', true) AND s.ended_at IS NULL
    AND s.last_seen_at + y.idle_limit > c.at AND s.started_at + y.absolute_limit > c.at
    AND NOT EXISTS (SELECT FROM identity.credential_revocation v WHERE v.credential_id = s.credential_id)
    AND NOT EXISTS (SELECT FROM identity.terminal_revocation v WHERE v.terminal_code = s.terminal_code)
    AND identity.active_on(s.staff_id, c.day) AND identity.trained_on(s.staff_id, c.day)
$$;
COMMENT ON FUNCTION identity.session_now() IS '設定 hagukumi.session（符号のSHA-256）が指す生きたセッションと、今の権限。呼ぶたびに調べる。なければ行がない。';

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA identity FROM PUBLIC;
GRANT USAGE ON SCHEMA identity TO hagukumi_identity, hagukumi_desk, hagukumi_allowance;
GRANT EXECUTE ON FUNCTION identity.session_now(), identity.clock(), identity.today() TO hagukumi_desk, hagukumi_allowance;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA identity TO hagukumi_identity;
GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA identity TO hagukumi_identity;
REVOKE INSERT ON identity.clock_shift, identity.policy FROM hagukumi_identity;
GRANT UPDATE (idle_limit, absolute_limit, step_up_limit, password_days, password_notice_days, training_limit) ON identity.policy TO hagukumi_identity;
GRANT UPDATE (used_at) ON identity.challenge TO hagukumi_identity;
GRANT UPDATE (outcome, cause) ON identity.attempt TO hagukumi_identity;
GRANT UPDATE (counter) ON identity.credential TO hagukumi_identity;
GRANT UPDATE (ends_on) ON identity.role_permission TO hagukumi_identity;
GRANT UPDATE (token_hash, last_seen_at, stepped_up_at, ended_at, end_reason, ended_by) ON identity.session TO hagukumi_identity;
GRANT USAGE ON SCHEMA audit TO hagukumi_identity;
GRANT SELECT, INSERT ON audit.event, audit.command TO hagukumi_identity;
