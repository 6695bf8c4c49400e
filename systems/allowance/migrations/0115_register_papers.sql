-- Up Migration
-- 書類・照会・資料の求め・年度ごとの審査。作りは 0111 の記載と同じ。
CREATE TABLE allowance.document (
  entry_id bigint NOT NULL,
  revision smallint NOT NULL CHECK (revision >= 1),
  addressee_number allowance.addressee_number NOT NULL REFERENCES allowance.addressee,
  claim_id bigint REFERENCES allowance.claim,
  kind text NOT NULL CHECK (kind <> ''),
  title text NOT NULL DEFAULT '' CHECK (length(title) <= 100),
  medium text NOT NULL CHECK (medium IN ('paper', 'electronic')),
  state text NOT NULL CHECK (state IN ('awaited', 'received', 'onHold', 'returned', 'stored', 'disposed')),
  requested_on date,
  due_on date,
  received_on date,
  returned_on date,
  storage_place text NOT NULL DEFAULT '' CHECK (length(storage_place) <= 100),
  valid_from date NOT NULL,
  valid_to date,
  withdrawn boolean NOT NULL DEFAULT false,
  reason text NOT NULL DEFAULT '' CHECK (length(reason) <= 200),
  entered_by allowance.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (entry_id, revision),
  CONSTRAINT document_period CHECK (valid_to >= valid_from),
  CONSTRAINT document_reason CHECK (revision = 1 OR reason <> ''),
  CONSTRAINT document_received CHECK ((state = 'awaited') = (received_on IS NULL)),
  CONSTRAINT document_awaited CHECK (state <> 'awaited' OR requested_on IS NOT NULL),
  CONSTRAINT document_returned CHECK ((state = 'returned') = (returned_on IS NOT NULL)),
  CONSTRAINT document_stored CHECK (state <> 'stored' OR storage_place <> '')
);
COMMENT ON TABLE allowance.document IS '受け取った書類と、求めている書類。いつ受け取り、返し、どこに保管しているか。';
COMMENT ON COLUMN allowance.document.claim_id IS 'どの請求の書類か';
COMMENT ON COLUMN allowance.document.kind IS '書類の種類（コード表 document）';
COMMENT ON COLUMN allowance.document.title IS '書類の名前の補い';
COMMENT ON COLUMN allowance.document.medium IS '紙か電子か';
COMMENT ON COLUMN allowance.document.state IS '求めている・受領・保留・返戻・保管・廃棄';
COMMENT ON COLUMN allowance.document.requested_on IS '提出を求めた日';
COMMENT ON COLUMN allowance.document.due_on IS '最終提出期限年月日';
COMMENT ON COLUMN allowance.document.received_on IS '受け取った日';
COMMENT ON COLUMN allowance.document.returned_on IS '返した日';
COMMENT ON COLUMN allowance.document.storage_place IS '保管場所（鍵のかかる書庫・棚・箱）';
CREATE INDEX document_addressee ON allowance.document (addressee_number);
CREATE INDEX document_claim ON allowance.document (claim_id);

CREATE TABLE allowance.former_inquiry (
  entry_id bigint NOT NULL,
  revision smallint NOT NULL CHECK (revision >= 1),
  addressee_number allowance.addressee_number NOT NULL REFERENCES allowance.addressee,
  municipality_code text NOT NULL CHECK (municipality_code ~ '^[0-9]{6}$'),
  municipality_name text NOT NULL CHECK (length(municipality_name) BETWEEN 1 AND 60),
  method text NOT NULL CHECK (method IN ('letter', 'phone', 'network')),
  asked_on date NOT NULL,
  due_on date NOT NULL,
  answered_on date,
  paid boolean,
  last_paid_month allowance.benefit_month,
  valid_from date NOT NULL,
  valid_to date,
  withdrawn boolean NOT NULL DEFAULT false,
  reason text NOT NULL DEFAULT '' CHECK (length(reason) <= 200),
  entered_by allowance.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (entry_id, revision),
  CONSTRAINT former_inquiry_period CHECK (valid_to >= valid_from),
  CONSTRAINT former_inquiry_reason CHECK (revision = 1 OR reason <> ''),
  CONSTRAINT former_inquiry_answer CHECK ((answered_on IS NULL) = (paid IS NULL) AND (paid IS TRUE) = (last_paid_month IS NOT NULL)),
  CONSTRAINT former_inquiry_due CHECK (due_on >= asked_on AND answered_on >= asked_on)
);
COMMENT ON TABLE allowance.former_inquiry IS '前住所地への支給終了年月の照会と回答。回答の月までは、この市の支給開始にできない。';
COMMENT ON COLUMN allowance.former_inquiry.municipality_code IS '前住所地の全国地方公共団体コード';
COMMENT ON COLUMN allowance.former_inquiry.municipality_name IS '前住所地の名前';
COMMENT ON COLUMN allowance.former_inquiry.method IS '照会の方法（文書・電話・情報提供ネットワークシステム）';
COMMENT ON COLUMN allowance.former_inquiry.asked_on IS '照会した日';
COMMENT ON COLUMN allowance.former_inquiry.due_on IS '回答の期限';
COMMENT ON COLUMN allowance.former_inquiry.answered_on IS '回答を受けた日';
COMMENT ON COLUMN allowance.former_inquiry.paid IS '前住所地で支給があったか';
COMMENT ON COLUMN allowance.former_inquiry.last_paid_month IS '前住所地の支給終了年月（最後の月分）';
CREATE INDEX former_inquiry_addressee ON allowance.former_inquiry (addressee_number);

CREATE TABLE allowance.material_request (
  entry_id bigint NOT NULL,
  revision smallint NOT NULL CHECK (revision >= 1),
  addressee_number allowance.addressee_number NOT NULL REFERENCES allowance.addressee,
  claim_id bigint REFERENCES allowance.claim,
  office_kind text NOT NULL CHECK (office_kind IN ('publicOffice', 'pensionOffice', 'bank', 'trust', 'employer', 'person', 'other')),
  office_name text NOT NULL CHECK (length(office_name) BETWEEN 1 AND 100),
  legal_basis text NOT NULL CHECK (legal_basis IN ('article27', 'article28')),
  items text NOT NULL CHECK (length(items) BETWEEN 1 AND 500),
  requested_on date NOT NULL,
  due_on date NOT NULL,
  answered_on date,
  answer text NOT NULL DEFAULT '' CHECK (length(answer) <= 1000),
  valid_from date NOT NULL,
  valid_to date,
  withdrawn boolean NOT NULL DEFAULT false,
  reason text NOT NULL DEFAULT '' CHECK (length(reason) <= 200),
  entered_by allowance.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (entry_id, revision),
  CONSTRAINT material_request_period CHECK (valid_to >= valid_from),
  CONSTRAINT material_request_reason CHECK (revision = 1 OR reason <> ''),
  CONSTRAINT material_request_answer CHECK ((answered_on IS NULL) = (answer = '')),
  CONSTRAINT material_request_due CHECK (due_on >= requested_on AND answered_on >= requested_on)
);
COMMENT ON TABLE allowance.material_request IS '資料の提供等の求め（児童手当法28条）と調査（27条）。求めた相手・根拠・期限・回答。';
COMMENT ON COLUMN allowance.material_request.claim_id IS 'どの請求の調査か';
COMMENT ON COLUMN allowance.material_request.office_kind IS '相手の種類（官公署・年金機構・銀行・信託会社・雇用主・本人・その他の関係者）';
COMMENT ON COLUMN allowance.material_request.office_name IS '相手の名前';
COMMENT ON COLUMN allowance.material_request.legal_basis IS '根拠（27条の調査・28条の資料の提供等）';
COMMENT ON COLUMN allowance.material_request.items IS '求めた事項';
COMMENT ON COLUMN allowance.material_request.requested_on IS '求めた日';
COMMENT ON COLUMN allowance.material_request.due_on IS '回答の期限';
COMMENT ON COLUMN allowance.material_request.answered_on IS '回答を受けた日';
COMMENT ON COLUMN allowance.material_request.answer IS '回答';
CREATE INDEX material_request_addressee ON allowance.material_request (addressee_number);

CREATE TABLE allowance.yearly_review (
  entry_id bigint NOT NULL,
  revision smallint NOT NULL CHECK (revision >= 1),
  addressee_number allowance.addressee_number NOT NULL REFERENCES allowance.addressee,
  recipient_id bigint NOT NULL REFERENCES allowance.recipient,
  fiscal_year smallint NOT NULL CHECK (fiscal_year BETWEEN 2010 AND 2100),
  health_insurance text,
  insured_on date,
  pension_kind text,
  pension_on date,
  employee_class text CHECK (employee_class IN ('employee', 'nonEmployee')),
  other_dependants smallint CHECK (other_dependants BETWEEN 0 AND 30),
  income_class text NOT NULL CHECK (income_class IN ('normal', 'special', 'over', 'notJudged')),
  income_number allowance.addressee_number,
  income_year smallint,
  income_history_no smallint,
  income_revision smallint,
  valid_from date NOT NULL,
  valid_to date,
  withdrawn boolean NOT NULL DEFAULT false,
  reason text NOT NULL DEFAULT '' CHECK (length(reason) <= 200),
  entered_by allowance.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (entry_id, revision),
  CONSTRAINT yearly_review_period CHECK (valid_to >= valid_from),
  CONSTRAINT yearly_review_reason CHECK (revision = 1 OR reason <> ''),
  CONSTRAINT yearly_review_judged CHECK ((income_class = 'notJudged') = (income_year IS NULL) AND (income_year IS NULL) = (income_number IS NULL) AND (income_year IS NULL) = (income_history_no IS NULL) AND (income_year IS NULL) = (income_revision IS NULL))
);
COMMENT ON TABLE allowance.yearly_review IS '年度別審査情報。認定番号と年度ごとに一つ。税の履歴のどの版で判定したかを指す。';
COMMENT ON COLUMN allowance.yearly_review.recipient_id IS '認定番号';
COMMENT ON COLUMN allowance.yearly_review.fiscal_year IS '対象年度（西暦）';
COMMENT ON COLUMN allowance.yearly_review.health_insurance IS '健康保険種別（コード表 healthInsurance）';
COMMENT ON COLUMN allowance.yearly_review.insured_on IS '資格取得年月日';
COMMENT ON COLUMN allowance.yearly_review.pension_kind IS '年金加入種別（コード表 pensionKind）';
COMMENT ON COLUMN allowance.yearly_review.pension_on IS '年金加入年月日';
COMMENT ON COLUMN allowance.yearly_review.employee_class IS '被用区分';
COMMENT ON COLUMN allowance.yearly_review.other_dependants IS '扶養親族等以外児童数（人）';
COMMENT ON COLUMN allowance.yearly_review.income_class IS '所得判定区分（限度額未満・限度額以上・上限限度額以上・判定しない）';
COMMENT ON COLUMN allowance.yearly_review.income_number IS '判定に使った所得の人（宛名番号）';
COMMENT ON COLUMN allowance.yearly_review.income_year IS '判定に使った所得の年（1月から12月まで）';
COMMENT ON COLUMN allowance.yearly_review.income_history_no IS '判定に使った税履歴の番号';
COMMENT ON COLUMN allowance.yearly_review.income_revision IS '判定に使った税履歴の版';
CREATE INDEX yearly_review_addressee ON allowance.yearly_review (addressee_number);
ALTER TABLE allowance.yearly_review ADD CONSTRAINT yearly_review_income FOREIGN KEY (income_number, income_year, income_history_no, income_revision)
  REFERENCES allowance.income_history (addressee_number, income_year, history_no, revision);
CREATE UNIQUE INDEX yearly_review_once ON allowance.yearly_review (recipient_id, fiscal_year) WHERE revision = 1;

CREATE TABLE allowance.annual_report (
  entry_id bigint NOT NULL,
  revision smallint NOT NULL CHECK (revision >= 1),
  addressee_number allowance.addressee_number NOT NULL REFERENCES allowance.addressee,
  recipient_id bigint NOT NULL REFERENCES allowance.recipient,
  fiscal_year smallint NOT NULL CHECK (fiscal_year BETWEEN 2010 AND 2100),
  received_on date,
  reception text NOT NULL CHECK (reception IN ('submitted', 'publicRecords', 'exempt', 'notSubmitted')),
  provisional_pension text,
  valid_from date NOT NULL,
  valid_to date,
  withdrawn boolean NOT NULL DEFAULT false,
  reason text NOT NULL DEFAULT '' CHECK (length(reason) <= 200),
  entered_by allowance.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (entry_id, revision),
  CONSTRAINT annual_report_period CHECK (valid_to >= valid_from),
  CONSTRAINT annual_report_reason CHECK (revision = 1 OR reason <> ''),
  CONSTRAINT annual_report_received CHECK ((reception = 'submitted') = (received_on IS NOT NULL))
);
COMMENT ON TABLE allowance.annual_report IS '現況届の受理（または職権で確かめたこと）。認定番号と年度ごとに一つ。';
COMMENT ON COLUMN allowance.annual_report.recipient_id IS '認定番号';
COMMENT ON COLUMN allowance.annual_report.fiscal_year IS '現況年度（西暦）';
COMMENT ON COLUMN allowance.annual_report.received_on IS '現況受理年月日';
COMMENT ON COLUMN allowance.annual_report.reception IS '現況受理区分（届出・公簿で確認・提出不要・未提出）';
COMMENT ON COLUMN allowance.annual_report.provisional_pension IS '現況仮更新年金種別（コード表 pensionKind）';
CREATE INDEX annual_report_addressee ON allowance.annual_report (addressee_number);
CREATE UNIQUE INDEX annual_report_once ON allowance.annual_report (recipient_id, fiscal_year) WHERE revision = 1;

CREATE TRIGGER entry_guard BEFORE INSERT ON allowance.document FOR EACH ROW EXECUTE FUNCTION allowance.entry_guard();
CREATE TRIGGER entry_guard BEFORE INSERT ON allowance.former_inquiry FOR EACH ROW EXECUTE FUNCTION allowance.entry_guard();
CREATE TRIGGER entry_guard BEFORE INSERT ON allowance.material_request FOR EACH ROW EXECUTE FUNCTION allowance.entry_guard();
CREATE TRIGGER entry_guard BEFORE INSERT ON allowance.yearly_review FOR EACH ROW EXECUTE FUNCTION allowance.entry_guard();
CREATE TRIGGER entry_guard BEFORE INSERT ON allowance.annual_report FOR EACH ROW EXECUTE FUNCTION allowance.entry_guard();

CREATE VIEW allowance.document_current WITH (security_invoker = true) AS
SELECT * FROM (SELECT DISTINCT ON (entry_id) * FROM allowance.document ORDER BY entry_id, revision DESC) x WHERE NOT withdrawn;
CREATE VIEW allowance.former_inquiry_current WITH (security_invoker = true) AS
SELECT * FROM (SELECT DISTINCT ON (entry_id) * FROM allowance.former_inquiry ORDER BY entry_id, revision DESC) x WHERE NOT withdrawn;
CREATE VIEW allowance.material_request_current WITH (security_invoker = true) AS
SELECT * FROM (SELECT DISTINCT ON (entry_id) * FROM allowance.material_request ORDER BY entry_id, revision DESC) x WHERE NOT withdrawn;
CREATE VIEW allowance.yearly_review_current WITH (security_invoker = true) AS
SELECT * FROM (SELECT DISTINCT ON (entry_id) * FROM allowance.yearly_review ORDER BY entry_id, revision DESC) x WHERE NOT withdrawn;
CREATE VIEW allowance.annual_report_current WITH (security_invoker = true) AS
SELECT * FROM (SELECT DISTINCT ON (entry_id) * FROM allowance.annual_report ORDER BY entry_id, revision DESC) x WHERE NOT withdrawn;

DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['document', 'former_inquiry', 'material_request', 'yearly_review', 'annual_report'] LOOP
    EXECUTE format('COMMENT ON COLUMN allowance.%I.entry_id IS %L', t, '記載の番号');
    EXECUTE format('COMMENT ON COLUMN allowance.%I.revision IS %L', t, '版（1から）');
    EXECUTE format('COMMENT ON COLUMN allowance.%I.addressee_number IS %L', t, 'だれの台帳か（宛名番号）');
    EXECUTE format('COMMENT ON COLUMN allowance.%I.valid_from IS %L', t, 'いつからの事か');
    EXECUTE format('COMMENT ON COLUMN allowance.%I.valid_to IS %L', t, 'いつまでの事か（その日を含む。空は続いている）');
    EXECUTE format('COMMENT ON COLUMN allowance.%I.withdrawn IS %L', t, 'この記載を誤りとして取り消したか');
    EXECUTE format('COMMENT ON COLUMN allowance.%I.reason IS %L', t, '直した・終えた・取り消した理由（2版からは必ず書く）');
    EXECUTE format('COMMENT ON COLUMN allowance.%I.entered_by IS %L', t, '入力した職員');
    EXECUTE format('COMMENT ON COLUMN allowance.%I.recorded_at IS %L', t, 'いつ知ったか（記録した時刻）');
    EXECUTE format('COMMENT ON VIEW allowance.%I IS %L', t || '_current', 'いまの記載（最後の版。取り消したものを除く）');
  END LOOP;
END $$;

-- 二人目の確認（評価書Ⅲ2②: 入力・削除・訂正をした者以外の者が必ず確認する）。
CREATE TABLE allowance.entry_confirmation (
  entry_id     bigint NOT NULL,
  revision     smallint NOT NULL,
  kind         text NOT NULL CHECK (kind IN ('contact', 'mailing_address', 'related_person', 'note', 'coverage', 'child_circumstance', 'counted_sibling', 'welfare_name', 'document', 'former_inquiry', 'material_request', 'yearly_review', 'annual_report')),
  confirmed_by allowance.operator NOT NULL,
  recorded_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (entry_id, revision)
);
COMMENT ON TABLE allowance.entry_confirmation IS '台帳の記載の二人目の確認。版ごとに一度。';
COMMENT ON COLUMN allowance.entry_confirmation.entry_id IS '記載の番号';
COMMENT ON COLUMN allowance.entry_confirmation.revision IS '確認した版';
COMMENT ON COLUMN allowance.entry_confirmation.kind IS '記載の表';
COMMENT ON COLUMN allowance.entry_confirmation.confirmed_by IS '確認した職員（入力した人とは別の人）';
COMMENT ON COLUMN allowance.entry_confirmation.recorded_at IS '確認した時刻';

CREATE FUNCTION allowance.entry_confirmation_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE entered record;
BEGIN
  IF current_user = 'hagukumi_allowance' THEN NEW.recorded_at := clock_timestamp(); END IF;
  EXECUTE format('SELECT entered_by, (SELECT max(revision) FROM allowance.%1$I x WHERE x.entry_id = $1) AS last FROM allowance.%1$I WHERE entry_id = $1 AND revision = $2', NEW.kind)
    INTO entered USING NEW.entry_id, NEW.revision;
  IF entered IS NULL OR entered.last <> NEW.revision THEN
    RAISE EXCEPTION '台帳の記載 % の版 % は、いまの版ではありません', NEW.entry_id, NEW.revision USING ERRCODE = 'HG030', CONSTRAINT = 'entry_revision_chain';
  END IF;
  IF entered.entered_by = NEW.confirmed_by THEN
    RAISE EXCEPTION '入力した人は、自分の入力を確認できません' USING ERRCODE = 'HG030', CONSTRAINT = 'entry_two_people';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER entry_confirmation_guard BEFORE INSERT ON allowance.entry_confirmation FOR EACH ROW EXECUTE FUNCTION allowance.entry_confirmation_guard();

-- 送付先: 期間の中の、確認済みの、いちばん新しい記載。なければ行がなく、住民票の住所を使う（送付先＞現住所）。
CREATE FUNCTION allowance.mailing_address_on(number bigint, day date) RETURNS SETOF allowance.mailing_address_current LANGUAGE sql STABLE AS $$
  SELECT m.* FROM allowance.mailing_address_current m
  JOIN allowance.entry_confirmation c ON c.entry_id = m.entry_id AND c.revision = m.revision
  WHERE m.addressee_number = number AND m.valid_from <= day AND (m.valid_to IS NULL OR m.valid_to >= day)
  ORDER BY m.valid_from DESC, m.entry_id DESC LIMIT 1
$$;
COMMENT ON FUNCTION allowance.mailing_address_on(bigint, date) IS 'その日に使う送付先（確認済みのものだけ）';

-- 前住所地が支給した月と重ねて認定しない。
CREATE FUNCTION allowance.decision_former_municipality() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE bad record;
BEGIN
  SELECT f.municipality_name, f.last_paid_month INTO bad
  FROM new_rows n JOIN allowance.recipient r USING (recipient_id)
  JOIN allowance.former_inquiry_current f ON f.addressee_number = r.addressee_number AND f.last_paid_month >= n.effective_month
  WHERE n.kind = 'certify' LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION '前住所地（%）が % 月分まで支給したと回答しています', bad.municipality_name, to_char(bad.last_paid_month, 'YYYY-MM')
      USING ERRCODE = 'HG031', CONSTRAINT = 'decision_former_municipality';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER decision_former_municipality AFTER INSERT ON allowance.decision
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION allowance.decision_former_municipality();

-- 職員の照会は、処理事由を示して開いている人の記載だけを見る。
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['document', 'former_inquiry', 'material_request', 'yearly_review', 'annual_report'] LOOP
    EXECUTE format('ALTER TABLE allowance.%I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE allowance.%I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY desk_open ON allowance.%I FOR SELECT TO hagukumi_desk USING (addressee_number = ANY ((SELECT access.open_numbers())::bigint[]))', t);
    EXECUTE format('GRANT SELECT ON allowance.%I, allowance.%I TO hagukumi_desk', t, t || '_current');
  END LOOP;
END $$;
GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA allowance TO hagukumi_allowance;
GRANT SELECT ON allowance.entry_confirmation TO hagukumi_desk;
