-- Up Migration
-- 台帳の記載（entry）。どの表も同じ作りで、直すときは同じ entry_id の次の版（revision）を足す。
-- 「いつの事か」は valid_from と valid_to、「いつ知ったか」は recorded_at。取り消した記載も版として残る。
CREATE SEQUENCE allowance.entry_id_seq;
COMMENT ON SEQUENCE allowance.entry_id_seq IS '台帳の記載の番号（すべての記載の表で通し）';
GRANT USAGE ON SEQUENCE allowance.entry_id_seq TO hagukumi_allowance;

CREATE FUNCTION allowance.entry_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE previous record;
BEGIN
  -- 知った時刻は、業務の役割では選べない（後から知ったことを、前から知っていたことにできない）。
  IF current_user = 'hagukumi_allowance' THEN NEW.recorded_at := clock_timestamp(); END IF;
  EXECUTE format('SELECT addressee_number, revision, withdrawn, recorded_at FROM %s WHERE entry_id = $1 ORDER BY revision DESC LIMIT 1', TG_RELID::regclass)
    INTO previous USING NEW.entry_id;
  IF coalesce(previous.revision, 0) <> NEW.revision - 1 THEN
    RAISE EXCEPTION '台帳の記載 % の版の番号が続いていません', NEW.entry_id USING ERRCODE = 'HG030', CONSTRAINT = 'entry_revision_chain';
  END IF;
  IF previous.addressee_number <> NEW.addressee_number THEN
    RAISE EXCEPTION '台帳の記載 % を別の人に移すことはできません', NEW.entry_id USING ERRCODE = 'HG030', CONSTRAINT = 'entry_same_person';
  END IF;
  IF previous.withdrawn THEN
    RAISE EXCEPTION '台帳の記載 % は取り消されています', NEW.entry_id USING ERRCODE = 'HG030', CONSTRAINT = 'entry_withdrawn';
  END IF;
  IF previous.recorded_at > NEW.recorded_at THEN
    RAISE EXCEPTION '台帳の記載 % の新しい版は、前の版より後に記録します', NEW.entry_id USING ERRCODE = 'HG030', CONSTRAINT = 'entry_time_order';
  END IF;
  RETURN NEW;
END $$;
COMMENT ON FUNCTION allowance.entry_guard() IS '台帳の記載の版は一つずつ続き、人は変わらず、取り消した後には続かない';

-- 同じ時期に一つしかない記載（送付先・保険年金・児童ごとの状況・兄姉等ごとの算定）は、期間を重ねられない。
CREATE FUNCTION allowance.entry_overlap_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE other bigint; same text := '';
BEGIN
  IF NEW.withdrawn THEN RETURN NEW; END IF;
  IF TG_NARGS > 0 THEN same := format(' AND x.%1$I = $2.%1$I', TG_ARGV[0]); END IF;
  EXECUTE format('SELECT entry_id FROM %1$s x WHERE x.addressee_number = $2.addressee_number AND x.entry_id <> $1 AND NOT x.withdrawn'
    ' AND x.revision = (SELECT max(y.revision) FROM %1$s y WHERE y.entry_id = x.entry_id)'
    ' AND x.valid_from <= coalesce($2.valid_to, ''infinity'') AND coalesce(x.valid_to, ''infinity'') >= $2.valid_from' || same || ' LIMIT 1', TG_RELID::regclass)
    INTO other USING NEW.entry_id, NEW;
  IF other IS NOT NULL THEN
    RAISE EXCEPTION '台帳の記載 % と期間が重なります', other USING ERRCODE = 'HG030', CONSTRAINT = 'entry_overlap';
  END IF;
  RETURN NEW;
END $$;
COMMENT ON FUNCTION allowance.entry_overlap_guard() IS '同じ人（と児童・兄姉等）の記載の期間は重ならない';

CREATE TABLE allowance.contact (
  entry_id bigint NOT NULL,
  revision smallint NOT NULL CHECK (revision >= 1),
  addressee_number allowance.addressee_number NOT NULL REFERENCES allowance.addressee,
  kind text NOT NULL CHECK (kind IN ('homePhone', 'mobilePhone', 'workPhone', 'fax', 'email')),
  value text NOT NULL CHECK (length(value) BETWEEN 1 AND 120),
  folded text NOT NULL CHECK (folded <> ''),
  note text NOT NULL DEFAULT '' CHECK (length(note) <= 200),
  valid_from date NOT NULL,
  valid_to date,
  withdrawn boolean NOT NULL DEFAULT false,
  reason text NOT NULL DEFAULT '' CHECK (length(reason) <= 200),
  entered_by allowance.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (entry_id, revision),
  CONSTRAINT contact_period CHECK (valid_to >= valid_from),
  CONSTRAINT contact_reason CHECK (revision = 1 OR reason <> '')
);
COMMENT ON TABLE allowance.contact IS '連絡先（電話・メール・ファクシミリ）。期間を持ち、聞き取った順に積む。';
COMMENT ON COLUMN allowance.contact.kind IS '種類（自宅・携帯・勤務先・FAX・メール）';
COMMENT ON COLUMN allowance.contact.value IS '聞き取ったままの番号・アドレス';
COMMENT ON COLUMN allowance.contact.folded IS '検索用の形（電話は数字だけ、メールは小文字の半角）';
COMMENT ON COLUMN allowance.contact.note IS 'つながる時間帯などの覚え';
CREATE INDEX contact_addressee ON allowance.contact (addressee_number);
CREATE INDEX contact_folded ON allowance.contact (folded text_pattern_ops);

CREATE TABLE allowance.mailing_address (
  entry_id bigint NOT NULL,
  revision smallint NOT NULL CHECK (revision >= 1),
  addressee_number allowance.addressee_number NOT NULL REFERENCES allowance.addressee,
  postal_code text NOT NULL CHECK (postal_code ~ '^[0-9]{7}$'),
  address text NOT NULL CHECK (length(address) BETWEEN 1 AND 200),
  building text NOT NULL DEFAULT '' CHECK (length(building) <= 100),
  recipient_name text NOT NULL DEFAULT '' CHECK (length(recipient_name) <= 100),
  cause text NOT NULL CHECK (cause <> ''),
  valid_from date NOT NULL,
  valid_to date,
  withdrawn boolean NOT NULL DEFAULT false,
  reason text NOT NULL DEFAULT '' CHECK (length(reason) <= 200),
  entered_by allowance.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (entry_id, revision),
  CONSTRAINT mailing_address_period CHECK (valid_to >= valid_from),
  CONSTRAINT mailing_address_reason CHECK (revision = 1 OR reason <> '')
);
COMMENT ON TABLE allowance.mailing_address IS '送付先。期間の中では住民票の住所より先に使う。二人目の確認（entry_confirmation）が済むまで使わない。';
COMMENT ON COLUMN allowance.mailing_address.postal_code IS '郵便番号（7桁）';
COMMENT ON COLUMN allowance.mailing_address.address IS '送付先の住所';
COMMENT ON COLUMN allowance.mailing_address.building IS '方書';
COMMENT ON COLUMN allowance.mailing_address.recipient_name IS '宛名（本人と違うときだけ）';
COMMENT ON COLUMN allowance.mailing_address.cause IS '送付先を別にする理由（コード表 mailingCause）';
CREATE INDEX mailing_address_addressee ON allowance.mailing_address (addressee_number);

CREATE TABLE allowance.related_person (
  entry_id bigint NOT NULL,
  revision smallint NOT NULL CHECK (revision >= 1),
  addressee_number allowance.addressee_number NOT NULL REFERENCES allowance.addressee,
  related_number allowance.addressee_number REFERENCES allowance.addressee,
  role text NOT NULL CHECK (role IN ('spouse', 'otherParent', 'parentDesignee', 'minorGuardian', 'adultGuardian', 'agent', 'cohabitant', 'other')),
  relation text NOT NULL DEFAULT '' CHECK (relation ~ '^[0-9A-Z]{0,8}$'),
  name text NOT NULL DEFAULT '' CHECK (length(name) <= 100),
  kana text NOT NULL DEFAULT '' CHECK (length(kana) <= 100),
  evidence text NOT NULL DEFAULT '' CHECK (length(evidence) <= 200),
  valid_from date NOT NULL,
  valid_to date,
  withdrawn boolean NOT NULL DEFAULT false,
  reason text NOT NULL DEFAULT '' CHECK (length(reason) <= 200),
  entered_by allowance.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (entry_id, revision),
  CONSTRAINT related_person_period CHECK (valid_to >= valid_from),
  CONSTRAINT related_person_reason CHECK (revision = 1 OR reason <> ''),
  CONSTRAINT related_person_someone CHECK (related_number IS NOT NULL OR name <> ''),
  CONSTRAINT related_person_not_self CHECK (related_number <> addressee_number)
);
COMMENT ON TABLE allowance.related_person IS '関係者（配偶者・父母指定者・未成年後見人・代理人など）と、その関係の期間。';
COMMENT ON COLUMN allowance.related_person.related_number IS '関係者の宛名番号（市に宛名のない人は空）';
COMMENT ON COLUMN allowance.related_person.role IS '関係区分（配偶者・もう一方の父母・父母指定者・未成年後見人・成年後見人等・代理人・同居人・その他）';
COMMENT ON COLUMN allowance.related_person.relation IS '続柄コード（コード表 relation）';
COMMENT ON COLUMN allowance.related_person.name IS '氏名（宛名のない人だけ）';
COMMENT ON COLUMN allowance.related_person.kana IS '氏名カナ（宛名のない人だけ）';
COMMENT ON COLUMN allowance.related_person.evidence IS '確かめた書類（委任状・選任の審判書など）';
CREATE INDEX related_person_addressee ON allowance.related_person (addressee_number);
CREATE INDEX related_person_related ON allowance.related_person (related_number);

CREATE TABLE allowance.note (
  entry_id bigint NOT NULL,
  revision smallint NOT NULL CHECK (revision >= 1),
  addressee_number allowance.addressee_number NOT NULL REFERENCES allowance.addressee,
  body text NOT NULL CHECK (length(body) BETWEEN 1 AND 2000),
  pop_up boolean NOT NULL,
  valid_from date NOT NULL,
  valid_to date,
  withdrawn boolean NOT NULL DEFAULT false,
  reason text NOT NULL DEFAULT '' CHECK (length(reason) <= 200),
  entered_by allowance.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (entry_id, revision),
  CONSTRAINT note_period CHECK (valid_to >= valid_from),
  CONSTRAINT note_reason CHECK (revision = 1 OR reason <> '')
);
COMMENT ON TABLE allowance.note IS 'メモ。書き換えず、新しい版で置き換える。前の版はだれがいつ書いたかとともに残る。';
COMMENT ON COLUMN allowance.note.body IS '本文';
COMMENT ON COLUMN allowance.note.pop_up IS '開いたときに必ず目に入るように出すか';
CREATE INDEX note_addressee ON allowance.note (addressee_number);

CREATE TABLE allowance.coverage (
  entry_id bigint NOT NULL,
  revision smallint NOT NULL CHECK (revision >= 1),
  addressee_number allowance.addressee_number NOT NULL REFERENCES allowance.addressee,
  health_insurance text,
  insured_on date,
  insured_on_text text NOT NULL DEFAULT '' CHECK (length(insured_on_text) <= 60),
  pension_kind text,
  pension_on date,
  pension_on_text text NOT NULL DEFAULT '' CHECK (length(pension_on_text) <= 60),
  employee_class text NOT NULL CHECK (employee_class IN ('employee', 'nonEmployee')),
  evidence text NOT NULL CHECK (evidence IN ('claimForm', 'insuranceCard', 'insuranceInquiry', 'pensionInquiry', 'employerCertificate', 'other')),
  fallback_reason text NOT NULL DEFAULT '' CHECK (length(fallback_reason) <= 200),
  valid_from date NOT NULL,
  valid_to date,
  withdrawn boolean NOT NULL DEFAULT false,
  reason text NOT NULL DEFAULT '' CHECK (length(reason) <= 200),
  entered_by allowance.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (entry_id, revision),
  CONSTRAINT coverage_period CHECK (valid_to >= valid_from),
  CONSTRAINT coverage_reason CHECK (revision = 1 OR reason <> ''),
  CONSTRAINT coverage_fallback CHECK (evidence <> 'pensionInquiry' OR fallback_reason <> ''),
  CONSTRAINT coverage_insured_text CHECK (insured_on IS NULL OR insured_on_text = ''),
  CONSTRAINT coverage_pension_text CHECK (pension_on IS NULL OR pension_on_text = '')
);
COMMENT ON TABLE allowance.coverage IS '健康保険・年金と被用区分。何で確かめたかを必ず持つ。';
COMMENT ON COLUMN allowance.coverage.health_insurance IS '健康保険種別（コード表 healthInsurance）';
COMMENT ON COLUMN allowance.coverage.insured_on IS '健康保険の資格取得年月日';
COMMENT ON COLUMN allowance.coverage.insured_on_text IS '資格取得年月日が分からないときの、届書に書かれたままの文字';
COMMENT ON COLUMN allowance.coverage.pension_kind IS '年金加入種別（コード表 pensionKind）';
COMMENT ON COLUMN allowance.coverage.pension_on IS '年金加入年月日';
COMMENT ON COLUMN allowance.coverage.pension_on_text IS '年金加入年月日が分からないときの、届書に書かれたままの文字';
COMMENT ON COLUMN allowance.coverage.employee_class IS '被用区分';
COMMENT ON COLUMN allowance.coverage.evidence IS '被用区分を確かめた方法';
COMMENT ON COLUMN allowance.coverage.fallback_reason IS '保険で確かめられず年金で確かめた理由';
CREATE INDEX coverage_addressee ON allowance.coverage (addressee_number);

CREATE TABLE allowance.child_circumstance (
  entry_id bigint NOT NULL,
  revision smallint NOT NULL CHECK (revision >= 1),
  addressee_number allowance.addressee_number NOT NULL REFERENCES allowance.addressee,
  child_number allowance.addressee_number NOT NULL REFERENCES allowance.addressee,
  relation text NOT NULL CHECK (relation ~ '^[0-9A-Z]{1,8}$'),
  living text NOT NULL CHECK (living IN ('together', 'apart')),
  apart_reason text,
  care text NOT NULL CHECK (care IN ('custody', 'equivalent', 'none')),
  livelihood text NOT NULL CHECK (livelihood IN ('common', 'maintained', 'none')),
  study_abroad_from allowance.benefit_month,
  place_code text NOT NULL DEFAULT '' CHECK (place_code ~ '^[0-9A-Z]{0,8}$'),
  valid_from date NOT NULL,
  valid_to date,
  withdrawn boolean NOT NULL DEFAULT false,
  reason text NOT NULL DEFAULT '' CHECK (length(reason) <= 200),
  entered_by allowance.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (entry_id, revision),
  CONSTRAINT child_circumstance_period CHECK (valid_to >= valid_from),
  CONSTRAINT child_circumstance_reason CHECK (revision = 1 OR reason <> ''),
  CONSTRAINT child_circumstance_apart_reason CHECK ((living = 'apart') = (apart_reason IS NOT NULL)),
  CONSTRAINT child_circumstance_not_self CHECK (child_number <> addressee_number)
);
COMMENT ON TABLE allowance.child_circumstance IS '児童の状況（続柄・同居別居・監護・生計・留学・設置場所）。受給者の台帳に、児童ごとに期間を持って積む。';
COMMENT ON COLUMN allowance.child_circumstance.child_number IS '児童の宛名番号';
COMMENT ON COLUMN allowance.child_circumstance.relation IS '続柄コード（コード表 relation）';
COMMENT ON COLUMN allowance.child_circumstance.living IS '同居別居区分';
COMMENT ON COLUMN allowance.child_circumstance.apart_reason IS '別居理由（コード表 apartReason）。別居のときは必ず書く';
COMMENT ON COLUMN allowance.child_circumstance.care IS '監護区分（監護・監護相当・なし）';
COMMENT ON COLUMN allowance.child_circumstance.livelihood IS '生計関係（生計同一・生計維持・なし）';
COMMENT ON COLUMN allowance.child_circumstance.study_abroad_from IS '海外留学開始年月';
COMMENT ON COLUMN allowance.child_circumstance.place_code IS '設置場所コード（施設の所在地）';
CREATE INDEX child_circumstance_addressee ON allowance.child_circumstance (addressee_number);
CREATE INDEX child_circumstance_child ON allowance.child_circumstance (child_number);

CREATE TABLE allowance.counted_sibling (
  entry_id bigint NOT NULL,
  revision smallint NOT NULL CHECK (revision >= 1),
  addressee_number allowance.addressee_number NOT NULL REFERENCES allowance.addressee,
  sibling_number allowance.addressee_number NOT NULL REFERENCES allowance.addressee,
  relation text NOT NULL CHECK (relation ~ '^[0-9A-Z]{1,8}$'),
  statement_received_on date NOT NULL,
  claim_id bigint REFERENCES allowance.claim,
  care_from date NOT NULL,
  cost_from date NOT NULL,
  situation text NOT NULL CHECK (situation IN ('student', 'other')),
  school text NOT NULL DEFAULT '' CHECK (length(school) <= 100),
  graduation_month allowance.benefit_month,
  end_cause text,
  valid_from date NOT NULL,
  valid_to date,
  withdrawn boolean NOT NULL DEFAULT false,
  reason text NOT NULL DEFAULT '' CHECK (length(reason) <= 200),
  entered_by allowance.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (entry_id, revision),
  CONSTRAINT counted_sibling_period CHECK (valid_to >= valid_from),
  CONSTRAINT counted_sibling_reason CHECK (revision = 1 OR reason <> ''),
  CONSTRAINT counted_sibling_graduation CHECK (situation = 'other' OR graduation_month IS NOT NULL),
  CONSTRAINT counted_sibling_ended CHECK ((valid_to IS NULL) = (end_cause IS NULL)),
  CONSTRAINT counted_sibling_not_self CHECK (sibling_number <> addressee_number)
);
COMMENT ON TABLE allowance.counted_sibling IS '算定対象の兄姉等（18歳年度末の後から22歳年度末まで）。監護相当と生計費の負担の2つの日付を別に持つ。';
COMMENT ON COLUMN allowance.counted_sibling.sibling_number IS '兄姉等の宛名番号';
COMMENT ON COLUMN allowance.counted_sibling.relation IS '続柄コード（コード表 relation）';
COMMENT ON COLUMN allowance.counted_sibling.statement_received_on IS '監護相当・生計費の負担についての確認書の受理年月日';
COMMENT ON COLUMN allowance.counted_sibling.claim_id IS '確認書を受け付けた請求';
COMMENT ON COLUMN allowance.counted_sibling.care_from IS '監護に相当する世話を始めた日';
COMMENT ON COLUMN allowance.counted_sibling.cost_from IS '生計費の負担を始めた日';
COMMENT ON COLUMN allowance.counted_sibling.situation IS '学生か、その他か';
COMMENT ON COLUMN allowance.counted_sibling.school IS '学校の名前';
COMMENT ON COLUMN allowance.counted_sibling.graduation_month IS '卒業予定年月（学生のときは必ず書く）';
COMMENT ON COLUMN allowance.counted_sibling.end_cause IS '終わりの事由（コード表 siblingEnd）。終わりの日は valid_to';
CREATE INDEX counted_sibling_addressee ON allowance.counted_sibling (addressee_number);
CREATE INDEX counted_sibling_sibling ON allowance.counted_sibling (sibling_number);

CREATE TABLE allowance.welfare_name (
  entry_id bigint NOT NULL,
  revision smallint NOT NULL CHECK (revision >= 1),
  addressee_number allowance.addressee_number NOT NULL REFERENCES allowance.addressee,
  kind text NOT NULL CHECK (kind IN ('alias', 'former', 'real', 'other')),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  kana text NOT NULL CHECK (length(kana) BETWEEN 1 AND 100),
  valid_from date NOT NULL,
  valid_to date,
  withdrawn boolean NOT NULL DEFAULT false,
  reason text NOT NULL DEFAULT '' CHECK (length(reason) <= 200),
  entered_by allowance.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (entry_id, revision),
  CONSTRAINT welfare_name_period CHECK (valid_to >= valid_from),
  CONSTRAINT welfare_name_reason CHECK (revision = 1 OR reason <> '')
);
COMMENT ON TABLE allowance.welfare_name IS '福祉名（通称・旧氏・本名など、住民票の氏名のほかに福祉の事務で使う氏名）。';
COMMENT ON COLUMN allowance.welfare_name.kind IS '氏名区分（通称・旧氏・本名・その他）';
COMMENT ON COLUMN allowance.welfare_name.name IS '氏名';
COMMENT ON COLUMN allowance.welfare_name.kana IS '氏名カナ';
CREATE INDEX welfare_name_addressee ON allowance.welfare_name (addressee_number);

CREATE TRIGGER entry_guard BEFORE INSERT ON allowance.contact FOR EACH ROW EXECUTE FUNCTION allowance.entry_guard();
CREATE TRIGGER entry_guard BEFORE INSERT ON allowance.mailing_address FOR EACH ROW EXECUTE FUNCTION allowance.entry_guard();
CREATE TRIGGER entry_guard BEFORE INSERT ON allowance.related_person FOR EACH ROW EXECUTE FUNCTION allowance.entry_guard();
CREATE TRIGGER entry_guard BEFORE INSERT ON allowance.note FOR EACH ROW EXECUTE FUNCTION allowance.entry_guard();
CREATE TRIGGER entry_guard BEFORE INSERT ON allowance.coverage FOR EACH ROW EXECUTE FUNCTION allowance.entry_guard();
CREATE TRIGGER entry_guard BEFORE INSERT ON allowance.child_circumstance FOR EACH ROW EXECUTE FUNCTION allowance.entry_guard();
CREATE TRIGGER entry_guard BEFORE INSERT ON allowance.counted_sibling FOR EACH ROW EXECUTE FUNCTION allowance.entry_guard();
CREATE TRIGGER entry_guard BEFORE INSERT ON allowance.welfare_name FOR EACH ROW EXECUTE FUNCTION allowance.entry_guard();
CREATE TRIGGER entry_overlap BEFORE INSERT ON allowance.mailing_address FOR EACH ROW EXECUTE FUNCTION allowance.entry_overlap_guard();
CREATE TRIGGER entry_overlap BEFORE INSERT ON allowance.coverage FOR EACH ROW EXECUTE FUNCTION allowance.entry_overlap_guard();
CREATE TRIGGER entry_overlap BEFORE INSERT ON allowance.child_circumstance FOR EACH ROW EXECUTE FUNCTION allowance.entry_overlap_guard('child_number');
CREATE TRIGGER entry_overlap BEFORE INSERT ON allowance.counted_sibling FOR EACH ROW EXECUTE FUNCTION allowance.entry_overlap_guard('sibling_number');

CREATE VIEW allowance.contact_current WITH (security_invoker = true) AS
SELECT * FROM (SELECT DISTINCT ON (entry_id) * FROM allowance.contact ORDER BY entry_id, revision DESC) x WHERE NOT withdrawn;
CREATE VIEW allowance.mailing_address_current WITH (security_invoker = true) AS
SELECT * FROM (SELECT DISTINCT ON (entry_id) * FROM allowance.mailing_address ORDER BY entry_id, revision DESC) x WHERE NOT withdrawn;
CREATE VIEW allowance.related_person_current WITH (security_invoker = true) AS
SELECT * FROM (SELECT DISTINCT ON (entry_id) * FROM allowance.related_person ORDER BY entry_id, revision DESC) x WHERE NOT withdrawn;
CREATE VIEW allowance.note_current WITH (security_invoker = true) AS
SELECT * FROM (SELECT DISTINCT ON (entry_id) * FROM allowance.note ORDER BY entry_id, revision DESC) x WHERE NOT withdrawn;
CREATE VIEW allowance.coverage_current WITH (security_invoker = true) AS
SELECT * FROM (SELECT DISTINCT ON (entry_id) * FROM allowance.coverage ORDER BY entry_id, revision DESC) x WHERE NOT withdrawn;
CREATE VIEW allowance.child_circumstance_current WITH (security_invoker = true) AS
SELECT * FROM (SELECT DISTINCT ON (entry_id) * FROM allowance.child_circumstance ORDER BY entry_id, revision DESC) x WHERE NOT withdrawn;
CREATE VIEW allowance.counted_sibling_current WITH (security_invoker = true) AS
SELECT * FROM (SELECT DISTINCT ON (entry_id) * FROM allowance.counted_sibling ORDER BY entry_id, revision DESC) x WHERE NOT withdrawn;
CREATE VIEW allowance.welfare_name_current WITH (security_invoker = true) AS
SELECT * FROM (SELECT DISTINCT ON (entry_id) * FROM allowance.welfare_name ORDER BY entry_id, revision DESC) x WHERE NOT withdrawn;

DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['contact', 'mailing_address', 'related_person', 'note', 'coverage', 'child_circumstance', 'counted_sibling', 'welfare_name'] LOOP
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

-- 職員の照会は、処理事由を示して開いている人の記載だけを見る。
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['contact', 'mailing_address', 'related_person', 'note', 'coverage', 'child_circumstance', 'counted_sibling', 'welfare_name'] LOOP
    EXECUTE format('ALTER TABLE allowance.%I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE allowance.%I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY desk_open ON allowance.%I FOR SELECT TO hagukumi_desk USING (addressee_number = ANY ((SELECT access.open_numbers())::bigint[]))', t);
    EXECUTE format('GRANT SELECT ON allowance.%I, allowance.%I TO hagukumi_desk', t, t || '_current');
  END LOOP;
END $$;
GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA allowance TO hagukumi_allowance;
GRANT USAGE ON SCHEMA allowance TO hagukumi_desk;
