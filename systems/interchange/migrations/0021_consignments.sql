-- Up Migration
-- 委託の台帳（評価書 II-4、III-4）。だれに何を委託し、だれの利用者か、どの作業指示で働いたか、何を渡し、何が返り、何を消したか。
CREATE TABLE interchange.consignment (
  consignment_code interchange.code NOT NULL,
  revision         smallint NOT NULL CHECK (revision >= 1),
  name             text NOT NULL CHECK (length(btrim(name)) BETWEEN 1 AND 100),
  scope            text NOT NULL CHECK (length(btrim(scope)) BETWEEN 1 AND 500),
  contractor       text NOT NULL CHECK (length(btrim(contractor)) BETWEEN 1 AND 100),
  handlers_from    smallint NOT NULL CHECK (handlers_from >= 0),
  handlers_to      smallint NOT NULL,
  sub_consignment    boolean NOT NULL,
  core_access      boolean NOT NULL,
  valid_from       date NOT NULL,
  valid_to         date,
  entered_by       interchange.operator NOT NULL,
  approved_by      interchange.operator NOT NULL,
  recorded_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (consignment_code, revision),
  CONSTRAINT consignment_two_people CHECK (entered_by <> approved_by),
  CONSTRAINT consignment_period CHECK (valid_to >= valid_from),
  CONSTRAINT consignment_handlers CHECK (handlers_to >= handlers_from)
);
COMMENT ON TABLE interchange.consignment IS '委託。名前・範囲・委託先・取り扱う人数・再委託。二人で決める。';
COMMENT ON COLUMN interchange.consignment.consignment_code IS '委託の符号';
COMMENT ON COLUMN interchange.consignment.revision IS '版（最後の版が効く）';
COMMENT ON COLUMN interchange.consignment.name IS '委託の名前';
COMMENT ON COLUMN interchange.consignment.scope IS '委託する事務の範囲';
COMMENT ON COLUMN interchange.consignment.contractor IS '委託先';
COMMENT ON COLUMN interchange.consignment.handlers_from IS '取り扱う人数（から）';
COMMENT ON COLUMN interchange.consignment.handlers_to IS '取り扱う人数（まで）。利用者はこれを超えない';
COMMENT ON COLUMN interchange.consignment.sub_consignment IS '再委託を認めることがあるか（認めるときは一件ずつ承認する）';
COMMENT ON COLUMN interchange.consignment.core_access IS '児童手当システムの権限を持ちうる委託か。いいえの委託の利用者には権限を発行できない';
COMMENT ON COLUMN interchange.consignment.valid_from IS '契約の初め';
COMMENT ON COLUMN interchange.consignment.valid_to IS '契約の終わり（空は続いている）';
COMMENT ON COLUMN interchange.consignment.entered_by IS '入力した職員';
COMMENT ON COLUMN interchange.consignment.approved_by IS '承認した職員';
COMMENT ON COLUMN interchange.consignment.recorded_at IS '記録した時刻';
CREATE VIEW interchange.consignment_now WITH (security_invoker = true) AS
SELECT DISTINCT ON (consignment_code) * FROM interchange.consignment ORDER BY consignment_code, revision DESC;
COMMENT ON VIEW interchange.consignment_now IS '委託の、いまの版';

CREATE TABLE interchange.sub_consignment (
  approval_number  text PRIMARY KEY CHECK (length(btrim(approval_number)) BETWEEN 1 AND 40),
  consignment_code interchange.code NOT NULL,
  company          text NOT NULL CHECK (length(btrim(company)) BETWEEN 1 AND 100),
  scope            text NOT NULL CHECK (length(btrim(scope)) BETWEEN 1 AND 500),
  measures         text NOT NULL CHECK (length(btrim(measures)) BETWEEN 1 AND 500),
  applied_on       date NOT NULL,
  valid_from       date NOT NULL,
  valid_to         date NOT NULL,
  entered_by       interchange.operator NOT NULL,
  approved_by      interchange.operator NOT NULL,
  recorded_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT sub_consignment_two_people CHECK (entered_by <> approved_by),
  CONSTRAINT sub_consignment_period CHECK (valid_to >= valid_from AND applied_on <= valid_from)
);
COMMENT ON TABLE interchange.sub_consignment IS '再委託の承認。書面の申請があり、市が承認したものだけ。';
COMMENT ON COLUMN interchange.sub_consignment.approval_number IS '承認番号（市の文書番号）';
COMMENT ON COLUMN interchange.sub_consignment.consignment_code IS '委託';
COMMENT ON COLUMN interchange.sub_consignment.company IS '再委託先';
COMMENT ON COLUMN interchange.sub_consignment.scope IS '再委託する範囲';
COMMENT ON COLUMN interchange.sub_consignment.measures IS '再委託先の安全管理の措置（委託先と同じ措置の確かめ方）';
COMMENT ON COLUMN interchange.sub_consignment.applied_on IS '書面の申請の日';
COMMENT ON COLUMN interchange.sub_consignment.valid_from IS '承認の初め';
COMMENT ON COLUMN interchange.sub_consignment.valid_to IS '承認の終わり';
COMMENT ON COLUMN interchange.sub_consignment.entered_by IS '入力した職員';
COMMENT ON COLUMN interchange.sub_consignment.approved_by IS '承認した職員';
COMMENT ON COLUMN interchange.sub_consignment.recorded_at IS '記録した時刻';

CREATE TABLE interchange.contractor_account (
  account_id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  staff_id            interchange.operator NOT NULL,
  consignment_code    interchange.code NOT NULL,
  sub_consignment_number text REFERENCES interchange.sub_consignment,
  valid_from          date NOT NULL,
  valid_to            date NOT NULL,
  entered_by          interchange.operator NOT NULL,
  approved_by         interchange.operator NOT NULL,
  recorded_at         timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT contractor_account_two_people CHECK (entered_by <> approved_by),
  CONSTRAINT contractor_account_period CHECK (valid_to >= valid_from)
);
COMMENT ON TABLE interchange.contractor_account IS '受託者の利用者と委託の結び付け。一人は一つの委託だけ。';
COMMENT ON COLUMN interchange.contractor_account.account_id IS '番号';
COMMENT ON COLUMN interchange.contractor_account.staff_id IS '利用者の識別子';
COMMENT ON COLUMN interchange.contractor_account.consignment_code IS '委託';
COMMENT ON COLUMN interchange.contractor_account.sub_consignment_number IS '再委託先の利用者なら、再委託の承認番号';
COMMENT ON COLUMN interchange.contractor_account.valid_from IS 'いつから';
COMMENT ON COLUMN interchange.contractor_account.valid_to IS 'いつまで';
COMMENT ON COLUMN interchange.contractor_account.entered_by IS '入力した職員';
COMMENT ON COLUMN interchange.contractor_account.approved_by IS '承認した職員';
COMMENT ON COLUMN interchange.contractor_account.recorded_at IS '記録した時刻';
CREATE TABLE interchange.contractor_account_end (
  account_id  bigint PRIMARY KEY REFERENCES interchange.contractor_account,
  ended_on    date NOT NULL,
  reason      text NOT NULL CHECK (length(btrim(reason)) BETWEEN 1 AND 400),
  ended_by    interchange.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE interchange.contractor_account_end IS '結び付けの、期間の前の終わり（担当を外れた）';
COMMENT ON COLUMN interchange.contractor_account_end.account_id IS '番号';
COMMENT ON COLUMN interchange.contractor_account_end.ended_on IS 'この日から結び付いていない';
COMMENT ON COLUMN interchange.contractor_account_end.reason IS 'わけ';
COMMENT ON COLUMN interchange.contractor_account_end.ended_by IS '終えた職員';
COMMENT ON COLUMN interchange.contractor_account_end.recorded_at IS '記録した時刻';
CREATE VIEW interchange.contractor_account_period WITH (security_invoker = true) AS
SELECT a.account_id, a.staff_id, a.consignment_code, a.sub_consignment_number, a.valid_from, least(a.valid_to, e.ended_on - 1) AS valid_to, a.entered_by, a.approved_by
FROM interchange.contractor_account a LEFT JOIN interchange.contractor_account_end e USING (account_id);
COMMENT ON VIEW interchange.contractor_account_period IS '結び付けの実際の期間';

CREATE FUNCTION interchange.contractor_account_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE c interchange.consignment; wrong text;
BEGIN
  SELECT * INTO c FROM interchange.consignment_now n WHERE n.consignment_code = NEW.consignment_code;
  wrong := CASE
    WHEN NOT EXISTS (SELECT FROM identity.staff s WHERE s.staff_id = NEW.staff_id AND s.kind = 'contractor') THEN 'contractor_account_kind'
    WHEN c.consignment_code IS NULL OR NEW.valid_from < c.valid_from OR NEW.valid_to > coalesce(c.valid_to, NEW.valid_to) THEN 'contractor_account_consignment'
    WHEN NEW.sub_consignment_number IS NOT NULL AND NOT EXISTS (SELECT FROM interchange.sub_consignment r WHERE r.approval_number = NEW.sub_consignment_number
      AND r.consignment_code = NEW.consignment_code AND r.valid_from <= NEW.valid_from AND r.valid_to >= NEW.valid_to) THEN 'contractor_account_sub_consignment'
    WHEN EXISTS (SELECT FROM interchange.contractor_account_period p WHERE p.staff_id = NEW.staff_id AND p.account_id <> NEW.account_id
      AND p.valid_from <= NEW.valid_to AND p.valid_to >= NEW.valid_from) THEN 'contractor_account_once'
    WHEN NOT c.core_access AND EXISTS (SELECT FROM identity.right_request q JOIN identity.right_issue USING (right_id) LEFT JOIN identity.right_revocation v USING (right_id)
      WHERE q.staff_id = NEW.staff_id AND v.right_id IS NULL AND q.ends_on >= NEW.valid_from
      AND EXISTS (SELECT FROM identity.role_permission p WHERE p.role_code = q.role_code)) THEN 'contractor_account_core'
    WHEN c.handlers_to <= (SELECT count(*) FROM interchange.contractor_account_period p WHERE p.consignment_code = NEW.consignment_code AND p.account_id <> NEW.account_id
      AND p.valid_from <= NEW.valid_to AND p.valid_to >= NEW.valid_from) THEN 'contractor_account_handlers' END;
  IF wrong IS NOT NULL THEN
    RAISE EXCEPTION '委託の利用者にできません（%）', wrong USING ERRCODE = 'HGX03', CONSTRAINT = wrong;
  END IF;
  RETURN NEW;
END $$;
COMMENT ON FUNCTION interchange.contractor_account_guard() IS '受託者の利用者だけを、契約・再委託の承認・人数の範囲で結び付ける';
CREATE TRIGGER contractor_account_guard BEFORE INSERT ON interchange.contractor_account FOR EACH ROW EXECUTE FUNCTION interchange.contractor_account_guard();

-- 受託者の利用者への権限の発行（申請・承認・発行の手順によるもの）は、委託に結び付いた後だけ。児童手当システムを使わない委託には出せない。
CREATE FUNCTION interchange.contractor_right_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE r identity.right_request; core boolean;
BEGIN
  SELECT q.* INTO r FROM identity.right_request q JOIN identity.staff s USING (staff_id) WHERE q.right_id = NEW.right_id AND s.kind = 'contractor' AND q.origin = 'application';
  IF r.right_id IS NULL THEN RETURN NEW; END IF;
  SELECT c.core_access INTO core FROM interchange.contractor_account_period p JOIN interchange.consignment_now c USING (consignment_code)
  WHERE p.staff_id = r.staff_id AND p.valid_from <= r.starts_on AND p.valid_to >= r.ends_on;
  IF core IS NULL THEN
    RAISE EXCEPTION '受託者の利用者が委託に結び付いていません' USING ERRCODE = 'HGX04', CONSTRAINT = 'right_contractor_tied';
  END IF;
  IF NOT core AND EXISTS (SELECT FROM identity.role_permission p WHERE p.role_code = r.role_code) THEN
    RAISE EXCEPTION 'この委託の利用者は、児童手当システムの権限を持てません' USING ERRCODE = 'HGX04', CONSTRAINT = 'right_contractor_core';
  END IF;
  RETURN NEW;
END $$;
COMMENT ON FUNCTION interchange.contractor_right_guard() IS '受託者の利用者への権限は、委託の範囲と期間の中でだけ発行できる';
CREATE TRIGGER contractor_right_guard BEFORE INSERT ON identity.right_issue FOR EACH ROW EXECUTE FUNCTION interchange.contractor_right_guard();

CREATE TABLE interchange.work_order (
  order_number     text PRIMARY KEY CHECK (order_number ~ '^W-[0-9]{4}-[0-9]{4,}$'),
  consignment_code interchange.code NOT NULL,
  kind             text NOT NULL CHECK (kind IN ('maintenance', 'operation', 'inquiry', 'extraction', 'repair')),
  work             text NOT NULL CHECK (length(btrim(work)) BETWEEN 1 AND 500),
  valid_from       date NOT NULL,
  valid_to         date NOT NULL,
  entered_by       interchange.operator NOT NULL,
  approved_by      interchange.operator NOT NULL,
  recorded_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT work_order_two_people CHECK (entered_by <> approved_by),
  CONSTRAINT work_order_period CHECK (valid_to >= valid_from AND valid_to < valid_from + interval '1 year')
);
COMMENT ON TABLE interchange.work_order IS '受託者への作業指示（データの抽出・修復を含む）。受託者の処理は、どれかの指示の番号のもとでだけできる。';
COMMENT ON COLUMN interchange.work_order.order_number IS '指示の番号';
COMMENT ON COLUMN interchange.work_order.consignment_code IS '委託';
COMMENT ON COLUMN interchange.work_order.kind IS 'maintenance 保守、operation 運用、inquiry 問合せの調べ、extraction データの抽出、repair データの修復';
COMMENT ON COLUMN interchange.work_order.work IS '作業の内容';
COMMENT ON COLUMN interchange.work_order.valid_from IS 'いつから';
COMMENT ON COLUMN interchange.work_order.valid_to IS 'いつまで（1年まで）';
COMMENT ON COLUMN interchange.work_order.entered_by IS '入力した職員';
COMMENT ON COLUMN interchange.work_order.approved_by IS '承認した職員';
COMMENT ON COLUMN interchange.work_order.recorded_at IS '記録した時刻';

CREATE TABLE interchange.order_use (
  use_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  staff_id     interchange.operator NOT NULL,
  order_number text NOT NULL REFERENCES interchange.work_order,
  started_at   timestamptz NOT NULL DEFAULT identity.clock(),
  ended_at     timestamptz,
  result       text NOT NULL DEFAULT '' CHECK (length(result) <= 500),
  CONSTRAINT order_use_result CHECK ((ended_at IS NULL) = (btrim(result) = ''))
);
COMMENT ON TABLE interchange.order_use IS '作業の記録: どの受託者が、どの指示で、いつからいつまで働き、結果はどうだったか。';
COMMENT ON COLUMN interchange.order_use.use_id IS '番号';
COMMENT ON COLUMN interchange.order_use.staff_id IS '利用者の識別子';
COMMENT ON COLUMN interchange.order_use.order_number IS '指示の番号';
COMMENT ON COLUMN interchange.order_use.started_at IS '始めた時刻';
COMMENT ON COLUMN interchange.order_use.ended_at IS '終えた時刻';
COMMENT ON COLUMN interchange.order_use.result IS '作業の結果';
CREATE UNIQUE INDEX order_use_one ON interchange.order_use (staff_id) WHERE ended_at IS NULL;
CREATE FUNCTION interchange.order_use_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM interchange.work_order w JOIN interchange.contractor_account_period p USING (consignment_code)
    WHERE w.order_number = NEW.order_number AND p.staff_id = NEW.staff_id AND identity.today() BETWEEN w.valid_from AND w.valid_to
    AND identity.today() BETWEEN p.valid_from AND p.valid_to) THEN
    RAISE EXCEPTION 'この作業指示では働けません' USING ERRCODE = 'HGX03', CONSTRAINT = 'order_use_of_own';
  END IF;
  RETURN NEW;
END $$;
COMMENT ON FUNCTION interchange.order_use_guard() IS '指示の期間の中で、結び付いた委託の指示だけを始められる';
CREATE TRIGGER order_use_guard BEFORE INSERT ON interchange.order_use FOR EACH ROW EXECUTE FUNCTION interchange.order_use_guard();

CREATE FUNCTION interchange.order_in_hand(staff text) RETURNS TABLE (tied boolean, order_number text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (SELECT FROM interchange.contractor_account_period p WHERE p.staff_id = staff AND identity.today() BETWEEN p.valid_from AND p.valid_to)
      OR EXISTS (SELECT FROM interchange.contractor_account_period p WHERE p.staff_id = staff) AND EXISTS (SELECT FROM identity.staff s WHERE s.staff_id = staff AND s.kind = 'contractor'),
    (SELECT u.order_number FROM interchange.order_use u JOIN interchange.work_order w USING (order_number)
     WHERE u.staff_id = staff AND u.ended_at IS NULL AND identity.today() BETWEEN w.valid_from AND w.valid_to)
$$;
COMMENT ON FUNCTION interchange.order_in_hand(text) IS '委託に結び付いた利用者か、いまどの作業指示で働いているか';

CREATE TABLE interchange.hand_over (
  hand_over_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  consignment_code interchange.code NOT NULL,
  order_number     text NOT NULL REFERENCES interchange.work_order,
  what             text NOT NULL CHECK (length(btrim(what)) BETWEEN 1 AND 300),
  medium           text NOT NULL CHECK (length(btrim(medium)) BETWEEN 1 AND 100),
  quantity         integer NOT NULL CHECK (quantity BETWEEN 1 AND 1000),
  means            text NOT NULL CHECK (length(btrim(means)) BETWEEN 1 AND 100),
  place            text NOT NULL CHECK (length(btrim(place)) BETWEEN 1 AND 100),
  handed_at        timestamptz NOT NULL,
  due_on           date NOT NULL,
  receipt_number   text NOT NULL CHECK (length(btrim(receipt_number)) BETWEEN 1 AND 40),
  received_by      text NOT NULL CHECK (length(btrim(received_by)) BETWEEN 1 AND 100),
  recorded_by      interchange.operator NOT NULL,
  recorded_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT hand_over_receipt UNIQUE (receipt_number)
);
COMMENT ON TABLE interchange.hand_over IS '受託者へのデータの引渡し。市が決めた手段・日時・場所で、預り証と引き換えに。';
COMMENT ON COLUMN interchange.hand_over.hand_over_id IS '引渡しの番号';
COMMENT ON COLUMN interchange.hand_over.consignment_code IS '委託';
COMMENT ON COLUMN interchange.hand_over.order_number IS '作業指示の番号';
COMMENT ON COLUMN interchange.hand_over.what IS '渡したもの（項目・範囲。個人の値は書かない）';
COMMENT ON COLUMN interchange.hand_over.medium IS '媒体';
COMMENT ON COLUMN interchange.hand_over.quantity IS '数量';
COMMENT ON COLUMN interchange.hand_over.means IS '手段';
COMMENT ON COLUMN interchange.hand_over.place IS '場所';
COMMENT ON COLUMN interchange.hand_over.handed_at IS '日時';
COMMENT ON COLUMN interchange.hand_over.due_on IS '返却・消去の期限';
COMMENT ON COLUMN interchange.hand_over.receipt_number IS '預り証の番号';
COMMENT ON COLUMN interchange.hand_over.received_by IS '受け取った人';
COMMENT ON COLUMN interchange.hand_over.recorded_by IS '記録した職員';
COMMENT ON COLUMN interchange.hand_over.recorded_at IS '記録した時刻';

CREATE TABLE interchange.erasure (
  erasure_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  consignment_code interchange.code,
  hand_over_id     bigint REFERENCES interchange.hand_over,
  items            text NOT NULL CHECK (length(btrim(items)) BETWEEN 1 AND 500),
  medium           text NOT NULL CHECK (length(btrim(medium)) BETWEEN 1 AND 100),
  quantity         integer NOT NULL CHECK (quantity BETWEEN 1 AND 1000),
  method           text NOT NULL CHECK (method IN ('overwrite', 'cryptoErase', 'degauss', 'destroy', 'shred')),
  planned_on       date NOT NULL,
  witness_wanted   boolean NOT NULL,
  approved_on      date NOT NULL,
  entered_by       interchange.operator NOT NULL,
  approved_by      interchange.operator NOT NULL,
  recorded_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT erasure_two_people CHECK (entered_by <> approved_by)
);
COMMENT ON TABLE interchange.erasure IS '消去・廃棄の申請で、承認されたもの（項目・媒体・数量・方法・処理予定日）。機器の更改の消去では委託は空。';
COMMENT ON COLUMN interchange.erasure.erasure_id IS '消去の番号';
COMMENT ON COLUMN interchange.erasure.consignment_code IS '委託（市が自ら消すときは空）';
COMMENT ON COLUMN interchange.erasure.hand_over_id IS 'どの引渡しの消去か';
COMMENT ON COLUMN interchange.erasure.items IS '消す情報の項目';
COMMENT ON COLUMN interchange.erasure.medium IS '媒体';
COMMENT ON COLUMN interchange.erasure.quantity IS '数量';
COMMENT ON COLUMN interchange.erasure.method IS '方法: overwrite 上書き、cryptoErase 暗号消去、degauss 消磁、destroy 物理的な破壊、shred 裁断・溶解';
COMMENT ON COLUMN interchange.erasure.planned_on IS '処理予定日';
COMMENT ON COLUMN interchange.erasure.witness_wanted IS '市の立会いを求めるか';
COMMENT ON COLUMN interchange.erasure.approved_on IS '承認した日';
COMMENT ON COLUMN interchange.erasure.entered_by IS '入力した職員';
COMMENT ON COLUMN interchange.erasure.approved_by IS '承認した職員';
COMMENT ON COLUMN interchange.erasure.recorded_at IS '記録した時刻';

CREATE TABLE interchange.erasure_report (
  erasure_id  bigint PRIMARY KEY REFERENCES interchange.erasure,
  done_at     timestamptz NOT NULL,
  done_by     text NOT NULL CHECK (length(btrim(done_by)) BETWEEN 1 AND 100),
  witness     text NOT NULL DEFAULT '' CHECK (length(witness) <= 100),
  content     text NOT NULL CHECK (length(btrim(content)) BETWEEN 1 AND 500),
  reported_on date NOT NULL,
  recorded_by interchange.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE interchange.erasure_report IS '消去・廃棄の報告（日時・担当者・内容）。証明書はこれから印刷する。';
COMMENT ON COLUMN interchange.erasure_report.erasure_id IS '消去の番号';
COMMENT ON COLUMN interchange.erasure_report.done_at IS '消した日時';
COMMENT ON COLUMN interchange.erasure_report.done_by IS '消した人';
COMMENT ON COLUMN interchange.erasure_report.witness IS '立ち会った職員';
COMMENT ON COLUMN interchange.erasure_report.content IS '処理の内容';
COMMENT ON COLUMN interchange.erasure_report.reported_on IS '書面の報告の日';
COMMENT ON COLUMN interchange.erasure_report.recorded_by IS '記録した職員';
COMMENT ON COLUMN interchange.erasure_report.recorded_at IS '記録した時刻';
CREATE FUNCTION interchange.erasure_report_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE e interchange.erasure;
BEGIN
  SELECT * INTO e FROM interchange.erasure x WHERE x.erasure_id = NEW.erasure_id;
  IF e.witness_wanted AND btrim(NEW.witness) = '' THEN
    RAISE EXCEPTION '立会いを求めた消去です' USING ERRCODE = 'HGX03', CONSTRAINT = 'erasure_witness';
  END IF;
  IF (NEW.done_at AT TIME ZONE 'Asia/Tokyo')::date < e.approved_on OR NEW.reported_on < (NEW.done_at AT TIME ZONE 'Asia/Tokyo')::date THEN
    RAISE EXCEPTION '承認の前の消去か、消去の前の報告です' USING ERRCODE = 'HGX03', CONSTRAINT = 'erasure_after_approval';
  END IF;
  RETURN NEW;
END $$;
COMMENT ON FUNCTION interchange.erasure_report_guard() IS '求めた立会いと、承認→消去→報告の順を確かめる';
CREATE TRIGGER erasure_report_guard BEFORE INSERT ON interchange.erasure_report FOR EACH ROW EXECUTE FUNCTION interchange.erasure_report_guard();

CREATE TABLE interchange.hand_over_return (
  hand_over_id bigint PRIMARY KEY REFERENCES interchange.hand_over,
  returned_on  date NOT NULL,
  received_by  text NOT NULL CHECK (length(btrim(received_by)) BETWEEN 1 AND 100),
  recorded_by  interchange.operator NOT NULL,
  recorded_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE interchange.hand_over_return IS '引き渡したものの返却（消去したときは erasure_report が終わり）';
COMMENT ON COLUMN interchange.hand_over_return.hand_over_id IS '引渡しの番号';
COMMENT ON COLUMN interchange.hand_over_return.returned_on IS '返った日';
COMMENT ON COLUMN interchange.hand_over_return.received_by IS '受け取った職員';
COMMENT ON COLUMN interchange.hand_over_return.recorded_by IS '記録した職員';
COMMENT ON COLUMN interchange.hand_over_return.recorded_at IS '記録した時刻';

CREATE FUNCTION interchange.contractor_people(day date)
RETURNS TABLE (staff_id text, name text, consent_id text, consignment_code text, sub_consignment_number text, valid_from date, valid_to date, roles text[],
  permissions text[], last_seen_at timestamptz, account_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT s.staff_id, (SELECT n.name FROM identity.staff_name n WHERE n.staff_id = s.staff_id AND n.starts_on <= day ORDER BY n.starts_on DESC, n.recorded_at DESC LIMIT 1),
    s.consent_id, p.consignment_code, p.sub_consignment_number, p.valid_from, p.valid_to,
    ARRAY(SELECT DISTINCT r.name FROM identity.rights_on(s.staff_id, day) x JOIN identity.role r USING (role_code) ORDER BY 1),
    ARRAY(SELECT DISTINCT q.name FROM identity.rights_on(s.staff_id, day) x, unnest(x.permissions) c JOIN identity.permission q ON q.permission_code = c ORDER BY 1),
    (SELECT max(e.last_seen_at) FROM identity.session e WHERE e.staff_id = s.staff_id), p.account_id
  FROM identity.staff s LEFT JOIN interchange.contractor_account_period p ON p.staff_id = s.staff_id AND day BETWEEN p.valid_from AND p.valid_to
  WHERE s.kind = 'contractor' ORDER BY s.staff_id
$$;
COMMENT ON FUNCTION interchange.contractor_people(date) IS 'その日の受託者の利用者: 委託、再委託の承認、役割と権限、最後に使った時刻';
CREATE FUNCTION interchange.contractor_sessions(code text, from_on date, to_on date)
RETURNS TABLE (staff_id text, terminal_code text, started_at timestamptz, ended_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT e.staff_id, e.terminal_code, e.started_at, coalesce(e.ended_at, e.last_seen_at) FROM identity.session e JOIN interchange.contractor_account_period p ON p.staff_id = e.staff_id
  WHERE p.consignment_code = code AND (e.started_at AT TIME ZONE 'Asia/Tokyo')::date BETWEEN greatest(from_on, p.valid_from) AND least(to_on, p.valid_to) ORDER BY e.started_at DESC
$$;
COMMENT ON FUNCTION interchange.contractor_sessions(text, date, date) IS '委託の利用者のログインの記録';
CREATE FUNCTION interchange.contractor_work(code text, from_on date, to_on date)
RETURNS TABLE (staff_id text, operation text, action text, order_number text, times bigint, first_at timestamptz, last_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT l.staff_id, l.operation, l.action, u.order_number, count(*), min(l.processed_at), max(l.processed_at)
  FROM access.log l JOIN interchange.contractor_account_period p ON p.staff_id = l.staff_id
    LEFT JOIN interchange.order_use u ON u.staff_id = l.staff_id AND l.processed_at >= u.started_at AND (u.ended_at IS NULL OR l.processed_at <= u.ended_at)
  WHERE p.consignment_code = code AND (l.processed_at AT TIME ZONE 'Asia/Tokyo')::date BETWEEN greatest(from_on, p.valid_from) AND least(to_on, p.valid_to)
  GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
$$;
COMMENT ON FUNCTION interchange.contractor_work(text, date, date) IS '委託の利用者の処理と、その時の作業指示の番号（アクセスログから）';

REVOKE ALL ON FUNCTION interchange.contractor_people, interchange.contractor_sessions, interchange.contractor_work, interchange.order_in_hand,
  interchange.contractor_account_guard, interchange.contractor_right_guard, interchange.order_use_guard FROM PUBLIC;
GRANT EXECUTE ON FUNCTION interchange.contractor_people, interchange.contractor_sessions, interchange.contractor_work, interchange.order_in_hand TO hagukumi_interchange;
GRANT SELECT, INSERT ON interchange.consignment, interchange.sub_consignment, interchange.contractor_account, interchange.contractor_account_end, interchange.work_order,
  interchange.order_use, interchange.hand_over, interchange.hand_over_return, interchange.erasure, interchange.erasure_report TO hagukumi_interchange;
GRANT UPDATE (ended_at, result) ON interchange.order_use TO hagukumi_interchange;
GRANT SELECT ON interchange.consignment_now, interchange.contractor_account_period TO hagukumi_interchange;
