-- Up Migration
CREATE SCHEMA access;
COMMENT ON SCHEMA access IS '処理事由・開く許し・アクセスログ。行は追記だけで、書き換えも削除もしない。';

CREATE TABLE access.purpose (
  code       text NOT NULL CHECK (code ~ '^[a-z][A-Za-z]{2,39}$'),
  name       text NOT NULL CHECK (name <> ''),
  needs_text boolean NOT NULL,
  place      smallint NOT NULL DEFAULT 500,
  valid_from date NOT NULL DEFAULT '2010-04-01',
  valid_to   date CHECK (valid_to >= valid_from),
  PRIMARY KEY (code, valid_from)
);
COMMENT ON TABLE access.purpose IS '処理事由。人を開く前に選ぶ。needs_text の事由は10文字以上の説明を添える。place は画面での順。';
INSERT INTO access.purpose (code, name, needs_text, place)
SELECT code, name, needs_text, 10 * row_number() OVER () FROM (VALUES
  ('certification', '認定請求の受付・審査・決裁', false),
  ('amountChange', '額改定の請求・届の受付・審査・決裁', false),
  ('extinction', '受給事由消滅の受付・審査・決裁', false),
  ('annualReview', '現況届・現況の確認', false),
  ('changeReport', '氏名・住所等の変更の受付・審査・決裁', false),
  ('unpaid', '未支払の児童手当', false),
  ('account', '振込先口座の変更・確認', false),
  ('payment', '支払・差止・振込不能への対応', false),
  ('recovery', '過払・返納への対応', false),
  ('deduction', '寄附・徴収の申出', false),
  ('residentChange', '住民異動への対応', false),
  ('enquiry', '本人からの問い合わせ', false),
  ('officeEnquiry', '官公署からの照会への回答', false),
  ('disclosure', '開示・訂正・利用停止の請求', false),
  ('auditCheck', '点検・監査', true),
  ('other', 'その他', true)) AS p (code, name, needs_text);

CREATE TABLE access.opening (
  opening_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  session_id   bigint NOT NULL,
  purpose_code text NOT NULL,
  purpose_text text NOT NULL DEFAULT '' CHECK (length(purpose_text) <= 200),
  origin       text NOT NULL CHECK (origin IN ('search', 'list', 'case')),
  case_ref     text NOT NULL DEFAULT '' CHECK (length(case_ref) <= 80),
  opened_at    timestamptz NOT NULL,
  expires_at   timestamptz NOT NULL,
  CHECK (expires_at > opened_at AND expires_at <= opened_at + interval '15 minutes')
);
COMMENT ON TABLE access.opening IS '開く許し。処理事由・人・セッションに結びつき、15分で終わる。';
CREATE INDEX opening_session ON access.opening (session_id, expires_at);
CREATE TABLE access.opening_person (
  opening_id       bigint NOT NULL REFERENCES access.opening,
  addressee_number bigint NOT NULL CHECK (addressee_number BETWEEN 1 AND 999999999999999),
  PRIMARY KEY (opening_id, addressee_number)
);
COMMENT ON TABLE access.opening_person IS '開く許しが及ぶ宛名番号（本人・受給者・児童・同じ世帯）';
CREATE TABLE access.opening_end (
  opening_id bigint PRIMARY KEY REFERENCES access.opening,
  ended_at   timestamptz NOT NULL
);
COMMENT ON TABLE access.opening_end IS '開く許しの終わり（画面を閉じた、事件を終えた）';

-- 職員が見てはならない人（本人・親族・利害関係）。その職員には「いない」と答える。
CREATE TABLE access.denied_person (
  denied_id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  staff_id         text NOT NULL,
  addressee_number bigint NOT NULL,
  reason           text NOT NULL CHECK (reason <> ''),
  valid_from       date NOT NULL,
  valid_to         date CHECK (valid_to >= valid_from),
  entered_by       text NOT NULL,
  approved_by      text NOT NULL,
  recorded_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT denied_two_people CHECK (entered_by <> approved_by)
);
COMMENT ON TABLE access.denied_person IS '閲覧を禁じた組（職員・宛名番号）。二人で決める。';
CREATE INDEX denied_person_staff ON access.denied_person (staff_id);

CREATE TABLE access.log (
  seq              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  processed_at     timestamptz NOT NULL,
  staff_id         text NOT NULL CHECK (staff_id <> ''),
  staff_name       text NOT NULL CHECK (staff_name <> ''),
  section_code     text NOT NULL CHECK (section_code <> ''),
  section_name     text NOT NULL CHECK (section_name <> ''),
  terminal_code    text NOT NULL CHECK (terminal_code <> ''),
  purpose_code     text NOT NULL CHECK (purpose_code <> ''),
  purpose_text     text NOT NULL,
  addressee_number bigint CHECK (addressee_number BETWEEN 1 AND 999999999999999),
  system           text NOT NULL CHECK (system <> ''),
  operation        text NOT NULL CHECK (operation <> ''),
  action           text NOT NULL CHECK (action IN ('read', 'update', 'export', 'print', 'search', 'list', 'refused')),
  refusal_code     text,
  columns_class    text NOT NULL DEFAULT '' CHECK (columns_class ~ '^[a-zA-Z, ]{0,80}$'),
  row_count        integer NOT NULL CHECK (row_count >= 0),
  session_id       bigint NOT NULL,
  request_id       text NOT NULL CHECK (request_id ~ '^[A-Za-z0-9_-]{1,64}$'),
  case_ref         text NOT NULL DEFAULT '' CHECK (case_ref ~ '^[A-Za-z0-9:._/-]{0,80}$'),
  approval_ref     text NOT NULL DEFAULT '' CHECK (approval_ref ~ '^[A-Za-z0-9:._/-]{0,80}$'),
  rule_version     text NOT NULL DEFAULT '' CHECK (rule_version ~ '^[0-9A-Za-z.-]{0,40}$'),
  search_key_hmac  text CHECK (search_key_hmac ~ '^[0-9a-f]{64}$'),
  CONSTRAINT log_names_person CHECK (addressee_number IS NOT NULL OR action IN ('search', 'list', 'refused', 'export', 'print', 'update')),
  CONSTRAINT log_refusal_code CHECK ((action = 'refused') = (refusal_code IS NOT NULL))
);
COMMENT ON TABLE access.log IS 'アクセスログ。処理日時・職員・部署・端末・処理事由・宛名番号を必ず持つ。4情報・個人番号・口座・検索した文字は入らない（入る列がない）。';
COMMENT ON COLUMN access.log.processed_at IS '処理日時';
COMMENT ON COLUMN access.log.staff_id IS '職員情報（識別子）';
COMMENT ON COLUMN access.log.staff_name IS '職員情報（その時の氏名）';
COMMENT ON COLUMN access.log.section_code IS '部署情報（番号）';
COMMENT ON COLUMN access.log.section_name IS '部署情報（その時の名前）';
COMMENT ON COLUMN access.log.terminal_code IS '端末情報';
COMMENT ON COLUMN access.log.purpose_code IS '処理事由';
COMMENT ON COLUMN access.log.purpose_text IS '処理事由の説明';
COMMENT ON COLUMN access.log.addressee_number IS '宛名番号（特定の人を開かない一覧・検索では空）';
CREATE INDEX log_addressee ON access.log (addressee_number, seq) WHERE addressee_number IS NOT NULL;
CREATE INDEX log_staff ON access.log (staff_id, seq);

-- 誤りの番号: HGA01 セッションがない、HGA03 権限がない、HGA04 再認証が要る、HGA05 処理事由で開いていない、HGA06 見つからない、HGA07 処理事由が足りない
CREATE FUNCTION access.require(wanted text, fresh_seconds integer) RETURNS SETOF record
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE s record;
BEGIN
  SELECT * INTO s FROM identity.session_now();
  IF NOT FOUND THEN
    RAISE EXCEPTION 'no live session' USING ERRCODE = 'HGA01';
  END IF;
  IF wanted <> '' AND NOT (wanted = ANY (s.permissions)) THEN
    RAISE EXCEPTION 'permission % is missing', wanted USING ERRCODE = 'HGA03';
  END IF;
  IF fresh_seconds > 0 AND (s.stepped_up_at IS NULL OR s.stepped_up_at < identity.clock() - make_interval(secs => fresh_seconds)) THEN
    RAISE EXCEPTION 'step-up is needed' USING ERRCODE = 'HGA04';
  END IF;
  RETURN NEXT s;
END $$;
COMMENT ON FUNCTION access.require(text, integer) IS '生きたセッション・権限・再認証を確かめ、だれの処理かを返す。足りなければ処理全体が失敗する。';

CREATE FUNCTION access.open_numbers() RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(array_agg(DISTINCT p.addressee_number), '{}')
  FROM identity.session_now() s
  JOIN access.opening o ON o.session_id = s.session_id AND o.expires_at > identity.clock()
  JOIN access.opening_person p USING (opening_id)
  WHERE 'case.open' = ANY (s.permissions)
    AND NOT EXISTS (SELECT FROM access.opening_end e WHERE e.opening_id = o.opening_id)
$$;
COMMENT ON FUNCTION access.open_numbers() IS 'いまのセッションが処理事由を示して開いている宛名番号';

CREATE FUNCTION access.is_denied(number bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (SELECT FROM identity.session_now() s JOIN access.denied_person d ON d.staff_id = s.staff_id
                 WHERE d.addressee_number = number AND d.valid_from <= (identity.clock() AT TIME ZONE 'Asia/Tokyo')::date
                   AND (d.valid_to IS NULL OR d.valid_to >= (identity.clock() AT TIME ZONE 'Asia/Tokyo')::date))
$$;
COMMENT ON FUNCTION access.is_denied(bigint) IS 'この職員に閲覧を禁じた人か';

-- 範囲（区・支援措置・担当部署）を確かめたあとで、業務システムの関数だけが呼ぶ。職員の役割からは呼べない。
CREATE FUNCTION access.open(numbers bigint[], purpose_wanted text, explanation text, source text, reference text) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE s record; p record; id bigint; moment timestamptz := identity.clock();
BEGIN
  SELECT * INTO s FROM identity.session_now();
  IF NOT FOUND THEN RAISE EXCEPTION 'no live session' USING ERRCODE = 'HGA01'; END IF;
  IF NOT ('case.open' = ANY (s.permissions)) THEN RAISE EXCEPTION 'permission case.open is missing' USING ERRCODE = 'HGA03'; END IF;
  SELECT * INTO p FROM access.purpose WHERE code = purpose_wanted AND valid_from <= (moment AT TIME ZONE 'Asia/Tokyo')::date
    AND (valid_to IS NULL OR valid_to >= (moment AT TIME ZONE 'Asia/Tokyo')::date);
  IF NOT FOUND OR (p.needs_text AND length(btrim(coalesce(explanation, ''), E' \t\n　')) < 10) THEN
    RAISE EXCEPTION 'purpose is missing or unexplained' USING ERRCODE = 'HGA07';
  END IF;
  INSERT INTO access.opening (session_id, purpose_code, purpose_text, origin, case_ref, opened_at, expires_at)
  VALUES (s.session_id, purpose_wanted, coalesce(explanation, ''), source, coalesce(reference, ''), moment, moment + interval '15 minutes')
  RETURNING opening_id INTO id;
  INSERT INTO access.opening_person (opening_id, addressee_number) SELECT id, n FROM (SELECT DISTINCT unnest(numbers) AS n) x;
  RETURN id;
END $$;
COMMENT ON FUNCTION access.open(bigint[], text, text, text, text) IS '処理事由を確かめて、宛名番号を15分だけ開く';

CREATE FUNCTION access.close(opening bigint) RETURNS boolean
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH own AS (SELECT o.opening_id FROM access.opening o JOIN identity.session_now() s ON s.session_id = o.session_id WHERE o.opening_id = opening),
  ended AS (INSERT INTO access.opening_end (opening_id, ended_at) SELECT opening_id, identity.clock() FROM own ON CONFLICT DO NOTHING RETURNING 1)
  SELECT EXISTS (SELECT FROM ended)
$$;
COMMENT ON FUNCTION access.close(bigint) IS '自分のセッションが開いたものを閉じる';

-- いまのセッションの職員・部署・端末で1行を書く。事由は、その人を開いている許しから取る。
CREATE FUNCTION access.write_log(number bigint, of_system text, of_operation text, did text, classes text, rows_shown integer,
  of_request text, reference text, approval text, rules text, key_hmac text, default_purpose text) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE s record; o record; line bigint;
BEGIN
  SELECT * INTO s FROM identity.session_now();
  IF NOT FOUND THEN RAISE EXCEPTION 'no live session' USING ERRCODE = 'HGA01'; END IF;
  SELECT NULL::text AS purpose_code, NULL::text AS purpose_text INTO o;
  IF number IS NOT NULL THEN
    SELECT x.purpose_code, x.purpose_text INTO o FROM access.opening x JOIN access.opening_person p USING (opening_id)
    WHERE x.session_id = s.session_id AND p.addressee_number = number AND x.expires_at > identity.clock()
      AND NOT EXISTS (SELECT FROM access.opening_end e WHERE e.opening_id = x.opening_id)
    ORDER BY x.opening_id DESC LIMIT 1;
    IF NOT FOUND THEN RAISE EXCEPTION 'person is not open' USING ERRCODE = 'HGA05'; END IF;
  END IF;
  INSERT INTO access.log (processed_at, staff_id, staff_name, section_code, section_name, terminal_code, purpose_code, purpose_text,
    addressee_number, system, operation, action, columns_class, row_count, session_id, request_id, case_ref, approval_ref, rule_version, search_key_hmac)
  VALUES (identity.clock(), s.staff_id, s.staff_name, s.section_code, s.section_name, s.terminal_code,
    CASE WHEN number IS NULL THEN default_purpose ELSE o.purpose_code END, CASE WHEN number IS NULL THEN '' ELSE o.purpose_text END,
    number, of_system, of_operation, did, coalesce(classes, ''), rows_shown, s.session_id, of_request, coalesce(reference, ''),
    coalesce(approval, ''), coalesce(rules, ''), key_hmac)
  RETURNING seq INTO line;
  RETURN line;
END $$;
COMMENT ON FUNCTION access.write_log IS 'アクセスログを1行書く。書けなければ処理全体が失敗する。';

-- 断った処理も残す。断ったトランザクションとは別に書く。
CREATE FUNCTION access.write_refusal(of_system text, of_operation text, code text, of_request text) RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO access.log (processed_at, staff_id, staff_name, section_code, section_name, terminal_code, purpose_code, purpose_text,
    system, operation, action, refusal_code, row_count, session_id, request_id)
  SELECT identity.clock(), s.staff_id, s.staff_name, s.section_code, s.section_name, s.terminal_code, 'refused', '', of_system, of_operation, 'refused', code, 0, s.session_id, of_request
  FROM identity.session_now() s
  RETURNING seq
$$;
COMMENT ON FUNCTION access.write_refusal(text, text, text, text) IS '断った処理をアクセスログに残す';

CREATE FUNCTION access.opening_of(number bigint) RETURNS TABLE (opening_id bigint, purpose_code text, purpose_text text, expires_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT o.opening_id, o.purpose_code, o.purpose_text, o.expires_at
  FROM identity.session_now() s JOIN access.opening o ON o.session_id = s.session_id AND o.expires_at > identity.clock()
  JOIN access.opening_person p ON p.opening_id = o.opening_id AND p.addressee_number = number
  WHERE NOT EXISTS (SELECT FROM access.opening_end e WHERE e.opening_id = o.opening_id)
  ORDER BY o.opening_id DESC LIMIT 1
$$;
COMMENT ON FUNCTION access.opening_of(bigint) IS '自分のセッションがその人を開いている許し（処理事由と終わりの時刻）';

-- だれが見たか（宛名番号から）、何を見たか（職員から）。log.view の権限だけが読める。最新から。
CREATE FUNCTION access.read_log(number bigint, of_staff text, before_seq bigint, most integer) RETURNS SETOF access.log
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM FROM identity.session_now() s WHERE 'log.view' = ANY (s.permissions);
  IF NOT FOUND THEN RAISE EXCEPTION 'permission log.view is missing' USING ERRCODE = 'HGA03'; END IF;
  RETURN QUERY SELECT l.* FROM access.log l
    WHERE (number IS NULL OR l.addressee_number = number) AND (of_staff IS NULL OR l.staff_id = of_staff) AND (before_seq IS NULL OR l.seq < before_seq)
    ORDER BY l.seq DESC LIMIT least(greatest(most, 1), 500);
END $$;
COMMENT ON FUNCTION access.read_log(bigint, text, bigint, integer) IS 'アクセスログの照会（監査）';

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA access FROM PUBLIC;
GRANT USAGE ON SCHEMA access TO hagukumi_desk, hagukumi_allowance;
GRANT EXECUTE ON FUNCTION access.require(text, integer), access.open_numbers(), access.close(bigint), access.is_denied(bigint), access.read_log(bigint, text, bigint, integer), access.opening_of(bigint),
  access.write_log(bigint, text, text, text, text, integer, text, text, text, text, text, text), access.write_refusal(text, text, text, text) TO hagukumi_desk, hagukumi_allowance;
GRANT SELECT ON access.purpose TO hagukumi_desk, hagukumi_allowance;
GRANT SELECT, INSERT ON access.denied_person TO hagukumi_allowance;
GRANT SELECT ON access.log TO hagukumi_allowance;
