-- Up Migration
-- 団体内統合宛名システム（システム3）。業務システムの役割からは、このスキーマに届かない。
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hagukumi_addressee') THEN
    BEGIN
      CREATE ROLE hagukumi_addressee NOLOGIN;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END;
  END IF;
END
$$;

CREATE SCHEMA unified;
COMMENT ON SCHEMA unified IS '団体内統合宛名システム。団体内統合宛名番号と、業務システムの宛名番号との紐付け。個人番号は持たない（金庫の参照だけ）。';

CREATE DOMAIN unified.unified_number AS bigint CHECK (VALUE BETWEEN 100000000000000 AND 999999999999999);
COMMENT ON DOMAIN unified.unified_number IS '団体内統合宛名番号（15桁。個人番号とも宛名番号とも関わりのない乱数）';
CREATE DOMAIN unified.addressee_number AS bigint CHECK (VALUE BETWEEN 1 AND 999999999999999);
COMMENT ON DOMAIN unified.addressee_number IS '業務システムの宛名番号（15桁）';
CREATE DOMAIN unified.operator AS text CHECK (VALUE ~ '^[A-Za-z0-9._@-]{1,64}$');
COMMENT ON DOMAIN unified.operator IS '処理した人の識別子';

CREATE TABLE unified.system (
  system_code text PRIMARY KEY CHECK (system_code ~ '^[a-z][A-Za-z]{2,39}$'),
  name        text NOT NULL CHECK (name <> ''),
  authority   boolean NOT NULL
);
COMMENT ON TABLE unified.system IS '業務システム。authority は、個人番号の正しさの拠りどころ（住民記録）。';
COMMENT ON COLUMN unified.system.system_code IS '業務システムの符号';
COMMENT ON COLUMN unified.system.name IS '名前';
COMMENT ON COLUMN unified.system.authority IS 'ここから来た番号は職員の確認を要しない';
INSERT INTO unified.system (system_code, name, authority) VALUES
  ('residentRegister', '住民記録システム', true), ('allowance', '児童手当システム', false), ('residentTax', '個人住民税システム', false),
  ('healthInsurance', '国民健康保険システム', false), ('pension', '国民年金システム', false), ('welfare', '福祉系システム', false);

-- ---- 番号の入力と付番 ---------------------------------------------------------------------------------------
CREATE TABLE unified.entry (
  entry_id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  entry_key        text NOT NULL UNIQUE CHECK (length(entry_key) BETWEEN 1 AND 120),
  kind             text NOT NULL CHECK (kind IN ('first', 'change')),
  system_code      text NOT NULL REFERENCES unified.system,
  addressee_number unified.addressee_number NOT NULL,
  number_paper     text NOT NULL CHECK (number_paper IN ('individualNumberCard', 'residentCertificate', 'notificationCard', 'register')),
  identity_paper   text NOT NULL CHECK (identity_paper IN ('individualNumberCard', 'driversLicence', 'passport', 'residenceCard', 'twoPapers', 'knownPerson', 'register')),
  checked_on       date NOT NULL,
  entered_by       unified.operator NOT NULL,
  entered_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT entry_since_2016 CHECK (checked_on >= DATE '2016-01-01')
);
COMMENT ON TABLE unified.entry IS '個人番号の入力。番号そのものは金庫だけにある。番号確認と身元確認に使った書類を残す（番号法16条）。';
COMMENT ON CONSTRAINT entry_since_2016 ON unified.entry IS '個人番号の利用は平成28年1月1日からです。それより前の確認日では登録できません。';
COMMENT ON COLUMN unified.entry.entry_id IS '入力の番号';
COMMENT ON COLUMN unified.entry.entry_key IS '金庫に渡す入力の鍵';
COMMENT ON COLUMN unified.entry.kind IS '初めての入力か、番号の変更か';
COMMENT ON COLUMN unified.entry.system_code IS '入力した業務システム';
COMMENT ON COLUMN unified.entry.addressee_number IS '宛名番号';
COMMENT ON COLUMN unified.entry.number_paper IS '番号確認の書類';
COMMENT ON COLUMN unified.entry.identity_paper IS '身元確認の書類';
COMMENT ON COLUMN unified.entry.checked_on IS '確認した日';
COMMENT ON COLUMN unified.entry.entered_by IS '入力した人';
COMMENT ON COLUMN unified.entry.entered_at IS '入力した日時';
CREATE INDEX entry_addressee ON unified.entry (system_code, addressee_number);

CREATE TABLE unified.person (
  unified_number unified.unified_number PRIMARY KEY,
  person_ref     uuid NOT NULL,
  entry_id       bigint NOT NULL REFERENCES unified.entry,
  issued_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT person_one_number UNIQUE (person_ref)
);
COMMENT ON TABLE unified.person IS '団体内統合宛名番号。個人番号が初めて入力された時に1人に1つ付け、変えず、使い回さない。';
COMMENT ON CONSTRAINT person_one_number ON unified.person IS '1人に付ける団体内統合宛名番号は1つだけです。';
COMMENT ON COLUMN unified.person.unified_number IS '団体内統合宛名番号';
COMMENT ON COLUMN unified.person.person_ref IS '金庫の参照';
COMMENT ON COLUMN unified.person.entry_id IS '付番のもとになった入力';
COMMENT ON COLUMN unified.person.issued_at IS '付番の日時';

CREATE TABLE unified.entry_result (
  entry_id       bigint PRIMARY KEY REFERENCES unified.entry,
  unified_number unified.unified_number REFERENCES unified.person,
  outcome        text NOT NULL CHECK (outcome IN ('new', 'known', 'changed', 'same', 'differs', 'refused', 'lost', 'duplicate')),
  settled_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT result_number CHECK ((unified_number IS NULL) = (outcome NOT IN ('new', 'known', 'changed')))
);
COMMENT ON TABLE unified.entry_result IS '入力の結果。行がない間は待ち行列にあり、付番をやり直す。lost は番号が金庫に届かなかったもの、refused は金庫が断ったもの、same と differs は登録済みの番号と照らしただけのもの、duplicate は同じ業務の別の宛名の番号だったもの。';
COMMENT ON COLUMN unified.entry_result.entry_id IS '入力の番号';
COMMENT ON COLUMN unified.entry_result.unified_number IS '団体内統合宛名番号';
COMMENT ON COLUMN unified.entry_result.outcome IS '結果';
COMMENT ON COLUMN unified.entry_result.settled_at IS '結果の日時';

CREATE TABLE unified.confirmation (
  entry_id     bigint PRIMARY KEY REFERENCES unified.entry_result,
  confirmed    boolean NOT NULL,
  reason       text NOT NULL DEFAULT '' CHECK (length(reason) <= 200),
  confirmed_by unified.operator NOT NULL,
  confirmed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT confirmation_reason CHECK (confirmed OR length(reason) >= 5)
);
COMMENT ON TABLE unified.confirmation IS '別の人による、個人番号と人の紐付けの確認（特定個人情報ガイドライン別添1 B）。書類から番号を打ち直して照らす。';
COMMENT ON CONSTRAINT confirmation_reason ON unified.confirmation IS '確認できないときは、わけを5文字以上で書いてください。';
COMMENT ON COLUMN unified.confirmation.entry_id IS '入力の番号';
COMMENT ON COLUMN unified.confirmation.confirmed IS '確かめた（true）か、誤りだった（false）か';
COMMENT ON COLUMN unified.confirmation.reason IS '誤りだったわけ';
COMMENT ON COLUMN unified.confirmation.confirmed_by IS '確認した人';
COMMENT ON COLUMN unified.confirmation.confirmed_at IS '確認の日時';

CREATE FUNCTION unified.two_people() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE who text;
BEGIN
  SELECT e.entered_by INTO who FROM unified.entry e WHERE e.entry_id = NEW.entry_id;
  -- 見えない入力（開いていない人）も断る。
  IF NOT FOUND OR who = NEW.confirmed_by THEN
    RAISE EXCEPTION 'the same person' USING ERRCODE = '23514', CONSTRAINT = 'confirmation_two_people', SCHEMA = 'unified', TABLE = 'confirmation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER confirmation_two_people BEFORE INSERT ON unified.confirmation FOR EACH ROW EXECUTE FUNCTION unified.two_people();

CREATE TABLE unified.link (
  link_id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  system_code      text NOT NULL REFERENCES unified.system,
  addressee_number unified.addressee_number NOT NULL,
  unified_number   unified.unified_number NOT NULL REFERENCES unified.person,
  entry_id         bigint NOT NULL REFERENCES unified.entry,
  linked_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
  ended_at         timestamptz,
  ended_by         unified.operator,
  end_reason       text CHECK (end_reason IN ('wrongNumber', 'correction')),
  CONSTRAINT link_end CHECK ((ended_at IS NULL) = (ended_by IS NULL) AND (ended_at IS NULL) = (end_reason IS NULL))
);
COMMENT ON TABLE unified.link IS '団体内統合宛名番号と業務システムの宛名番号の紐付け';
COMMENT ON COLUMN unified.link.link_id IS '紐付けの番号';
COMMENT ON COLUMN unified.link.system_code IS '業務システム';
COMMENT ON COLUMN unified.link.addressee_number IS '宛名番号';
COMMENT ON COLUMN unified.link.unified_number IS '団体内統合宛名番号';
COMMENT ON COLUMN unified.link.entry_id IS 'もとになった入力';
COMMENT ON COLUMN unified.link.linked_at IS '紐付けた日時';
COMMENT ON COLUMN unified.link.ended_at IS '紐付けを外した日時';
COMMENT ON COLUMN unified.link.ended_by IS '外した人';
COMMENT ON COLUMN unified.link.end_reason IS '外したわけ';
CREATE UNIQUE INDEX link_one_of_addressee ON unified.link (system_code, addressee_number) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX link_one_of_person ON unified.link (system_code, unified_number) WHERE ended_at IS NULL;
COMMENT ON INDEX unified.link_one_of_addressee IS '1つの宛名番号に紐付く団体内統合宛名番号は1つだけです。';
COMMENT ON INDEX unified.link_one_of_person IS '同じ個人番号が、同じ業務の別の宛名番号に登録されています。書き誤りでなければ、名寄せをしてください。';

-- ---- 住登外者 ------------------------------------------------------------------------------------------------
CREATE TABLE unified.numbering (
  only_row          boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  non_resident_from unified.addressee_number NOT NULL DEFAULT 900000000000001,
  non_resident_to   unified.addressee_number NOT NULL DEFAULT 999999999999999,
  CHECK (non_resident_to > non_resident_from)
);
COMMENT ON TABLE unified.numbering IS '住登外者宛名番号の範囲。住民の宛名番号と同じ番号の並びの中で、重ならないように分ける。';
COMMENT ON COLUMN unified.numbering.only_row IS '1行だけ';
COMMENT ON COLUMN unified.numbering.non_resident_from IS '初めの番号';
COMMENT ON COLUMN unified.numbering.non_resident_to IS '終わりの番号';
INSERT INTO unified.numbering DEFAULT VALUES;
CREATE SEQUENCE unified.non_resident_number START 900000000000001 MAXVALUE 999999999999999;

CREATE TABLE unified.search (
  search_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  system_code text NOT NULL REFERENCES unified.system,
  key_hmac    text NOT NULL CHECK (key_hmac ~ '^[0-9a-f]{64}$'),
  candidates  bigint[] NOT NULL,
  searched_by unified.operator NOT NULL,
  searched_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE unified.search IS '付番の前の候補者の検索。検索した文字は残さない。付番は、この検索の結果を見てから行う。';
COMMENT ON COLUMN unified.search.search_id IS '検索の番号';
COMMENT ON COLUMN unified.search.system_code IS '検索した業務システム';
COMMENT ON COLUMN unified.search.key_hmac IS '検索した項目の HMAC';
COMMENT ON COLUMN unified.search.candidates IS '候補の宛名番号';
COMMENT ON COLUMN unified.search.searched_by IS '検索した人';
COMMENT ON COLUMN unified.search.searched_at IS '検索の日時';

CREATE TABLE unified.non_resident (
  addressee_number unified.addressee_number PRIMARY KEY,
  origin           text NOT NULL CHECK (origin IN ('issued', 'movedOut')),
  system_code      text NOT NULL REFERENCES unified.system,
  search_id        bigint REFERENCES unified.search,
  created_by       unified.operator NOT NULL,
  created_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT issued_after_search CHECK ((origin = 'issued') = (search_id IS NOT NULL))
);
COMMENT ON TABLE unified.non_resident IS '住登外者。転出などで住民でなくなった人は、住民の時の宛名番号をそのまま使う（movedOut）。番号は変えない。';
COMMENT ON CONSTRAINT issued_after_search ON unified.non_resident IS '住登外者宛名番号は、候補者を検索してから付けます。';
COMMENT ON COLUMN unified.non_resident.addressee_number IS '住登外者宛名番号';
COMMENT ON COLUMN unified.non_resident.origin IS '新しく付けたか、住民の番号を引き継いだか';
COMMENT ON COLUMN unified.non_resident.system_code IS '付番を頼んだ業務システム';
COMMENT ON COLUMN unified.non_resident.search_id IS '付番の前の検索';
COMMENT ON COLUMN unified.non_resident.created_by IS '登録した人';
COMMENT ON COLUMN unified.non_resident.created_at IS '登録した日時';

CREATE TABLE unified.non_resident_history (
  addressee_number unified.addressee_number NOT NULL REFERENCES unified.non_resident,
  history_no       integer NOT NULL CHECK (history_no >= 1),
  name             text NOT NULL CHECK (name <> ''),
  kana             text NOT NULL,
  name_key         text NOT NULL,
  birth_date       date,
  sex              smallint NOT NULL CHECK (sex IN (0, 1, 2, 9)),
  postal_code      text NOT NULL CHECK (postal_code ~ '^([0-9]{7})?$'),
  address          text NOT NULL,
  source           text NOT NULL CHECK (source IN ('application', 'jukiNet', 'otherOffice', 'resident')),
  barred           boolean NOT NULL,
  protected        boolean NOT NULL,
  reason           text NOT NULL CHECK (reason <> ''),
  changed_by       unified.operator NOT NULL,
  changed_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (addressee_number, history_no),
  CONSTRAINT juki_net_is_barred CHECK (source <> 'jukiNet' OR barred)
);
COMMENT ON TABLE unified.non_resident_history IS '住登外者の基本情報の履歴。直すたびに行を足し、前の氏名と住所でも検索できる。';
COMMENT ON CONSTRAINT juki_net_is_barred ON unified.non_resident_history IS '住基ネットから得た情報には、他業務参照不可フラグが要ります。';
COMMENT ON COLUMN unified.non_resident_history.addressee_number IS '住登外者宛名番号';
COMMENT ON COLUMN unified.non_resident_history.history_no IS '履歴番号';
COMMENT ON COLUMN unified.non_resident_history.name IS '氏名';
COMMENT ON COLUMN unified.non_resident_history.kana IS '氏名のフリガナ';
COMMENT ON COLUMN unified.non_resident_history.name_key IS '検索用のフリガナ（清音・空白なし）';
COMMENT ON COLUMN unified.non_resident_history.birth_date IS '生年月日（不詳は空）';
COMMENT ON COLUMN unified.non_resident_history.sex IS '性別';
COMMENT ON COLUMN unified.non_resident_history.postal_code IS '郵便番号';
COMMENT ON COLUMN unified.non_resident_history.address IS '住所';
COMMENT ON COLUMN unified.non_resident_history.source IS '情報の出どころ';
COMMENT ON COLUMN unified.non_resident_history.barred IS '他業務参照不可フラグ';
COMMENT ON COLUMN unified.non_resident_history.protected IS '支援措置の対象';
COMMENT ON COLUMN unified.non_resident_history.reason IS '登録・変更のわけ';
COMMENT ON COLUMN unified.non_resident_history.changed_by IS '登録・変更した人';
COMMENT ON COLUMN unified.non_resident_history.changed_at IS '登録・変更の日時';
CREATE INDEX non_resident_name ON unified.non_resident_history (name_key text_pattern_ops, birth_date);

CREATE TABLE unified.non_resident_end (
  addressee_number unified.addressee_number NOT NULL REFERENCES unified.non_resident,
  ended_on         date NOT NULL,
  cause            text NOT NULL CHECK (cause IN ('becameResident', 'deleted')),
  ended_by         unified.operator NOT NULL,
  recorded_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (addressee_number, ended_on, cause)
);
COMMENT ON TABLE unified.non_resident_end IS '住登外者としての終わり（転入して住民になった、誤って登録した）。行は消さない。';
COMMENT ON COLUMN unified.non_resident_end.addressee_number IS '住登外者宛名番号';
COMMENT ON COLUMN unified.non_resident_end.ended_on IS '終わりの日';
COMMENT ON COLUMN unified.non_resident_end.cause IS 'わけ';
COMMENT ON COLUMN unified.non_resident_end.ended_by IS '処理した人';
COMMENT ON COLUMN unified.non_resident_end.recorded_at IS '処理の日時';

CREATE TABLE unified.related (
  related_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  subject_number unified.addressee_number NOT NULL,
  kind           text NOT NULL CHECK (kind IN ('agent', 'mailing', 'guardian')),
  other_number   unified.addressee_number NOT NULL,
  starts_on      date NOT NULL,
  ends_on        date CHECK (ends_on >= starts_on),
  basis          text NOT NULL CHECK (basis <> ''),
  recorded_by    unified.operator NOT NULL,
  recorded_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT related_not_self CHECK (subject_number <> other_number),
  CONSTRAINT related_one_at_a_time EXCLUDE USING gist (int8range(subject_number::bigint, subject_number::bigint, '[]') WITH &&,
    int4range(CASE kind WHEN 'agent' THEN 1 WHEN 'mailing' THEN 2 ELSE 3 END, CASE kind WHEN 'agent' THEN 1 WHEN 'mailing' THEN 2 ELSE 3 END, '[]') WITH &&,
    daterange(starts_on, ends_on, '[]') WITH &&)
);
COMMENT ON TABLE unified.related IS '代理人・送付先・成年後見人の宛名。種類ごとに、ある日の宛名は1つだけ。';
COMMENT ON CONSTRAINT related_one_at_a_time ON unified.related IS '同じ種類の宛名の期間が重なっています。前の期間を終えてから登録してください。';
COMMENT ON CONSTRAINT related_not_self ON unified.related IS '本人を自分の代理人・送付先・後見人にはできません。';
COMMENT ON COLUMN unified.related.related_id IS '番号';
COMMENT ON COLUMN unified.related.subject_number IS '本人の宛名番号';
COMMENT ON COLUMN unified.related.kind IS '種類';
COMMENT ON COLUMN unified.related.other_number IS '代理人・送付先・後見人の宛名番号';
COMMENT ON COLUMN unified.related.starts_on IS '初めの日';
COMMENT ON COLUMN unified.related.ends_on IS '終わりの日';
COMMENT ON COLUMN unified.related.basis IS '根拠（委任状、登記事項証明書など）';
COMMENT ON COLUMN unified.related.recorded_by IS '登録した人';
COMMENT ON COLUMN unified.related.recorded_at IS '登録の日時';

-- ---- 名寄せ --------------------------------------------------------------------------------------------------
CREATE TABLE unified.consolidation (
  consolidation_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kept_number      unified.addressee_number NOT NULL,
  other_number     unified.addressee_number NOT NULL,
  reason           text NOT NULL CHECK (length(reason) >= 5),
  proposed_by      unified.operator NOT NULL,
  proposed_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  approved_by      unified.operator,
  approved_at      timestamptz,
  ended_by         unified.operator,
  ended_at         timestamptz,
  end_reason       text,
  CONSTRAINT consolidation_two CHECK (kept_number <> other_number),
  CONSTRAINT consolidation_two_people CHECK (approved_by <> proposed_by),
  CONSTRAINT consolidation_approved CHECK ((approved_by IS NULL) = (approved_at IS NULL)),
  CONSTRAINT consolidation_ended CHECK ((ended_by IS NULL) = (ended_at IS NULL) AND (ended_by IS NULL) = (end_reason IS NULL))
);
COMMENT ON TABLE unified.consolidation IS '名寄せ。同じ人の2つの宛名番号を結ぶ。番号は付け替えない。解除すると元に戻る。';
COMMENT ON CONSTRAINT consolidation_two_people ON unified.consolidation IS '名寄せを申し出た人とは別の人が承認します。';
COMMENT ON CONSTRAINT consolidation_two ON unified.consolidation IS '同じ宛名番号どうしの名寄せはできません。';
COMMENT ON COLUMN unified.consolidation.consolidation_id IS '名寄せの番号';
COMMENT ON COLUMN unified.consolidation.kept_number IS '主とする宛名番号';
COMMENT ON COLUMN unified.consolidation.other_number IS '従とする宛名番号';
COMMENT ON COLUMN unified.consolidation.reason IS 'わけ';
COMMENT ON COLUMN unified.consolidation.proposed_by IS '申し出た人';
COMMENT ON COLUMN unified.consolidation.proposed_at IS '申出の日時';
COMMENT ON COLUMN unified.consolidation.approved_by IS '承認した人';
COMMENT ON COLUMN unified.consolidation.approved_at IS '承認の日時';
COMMENT ON COLUMN unified.consolidation.ended_by IS '取りやめた、または解除した人';
COMMENT ON COLUMN unified.consolidation.ended_at IS '取りやめ・解除の日時';
COMMENT ON COLUMN unified.consolidation.end_reason IS '取りやめ・解除のわけ';
CREATE UNIQUE INDEX consolidation_one ON unified.consolidation (other_number) WHERE ended_at IS NULL;
COMMENT ON INDEX unified.consolidation_one IS 'この宛名番号は、すでに名寄せされているか、名寄せの承認を待っています。';

-- 主が別の名寄せの従になる連なりを作らない。
CREATE FUNCTION unified.no_chain() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(7400281203);
  IF NEW.ended_at IS NULL AND EXISTS (SELECT FROM unified.consolidation c WHERE c.ended_at IS NULL AND c.consolidation_id <> NEW.consolidation_id
             AND (c.other_number = NEW.kept_number OR c.kept_number = NEW.other_number)) THEN
    RAISE EXCEPTION 'a chain' USING ERRCODE = '23514', CONSTRAINT = 'consolidation_no_chain', SCHEMA = 'unified', TABLE = 'consolidation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER consolidation_no_chain BEFORE INSERT OR UPDATE ON unified.consolidation FOR EACH ROW EXECUTE FUNCTION unified.no_chain();

-- ---- 利用者ごと・項目ごとの権限 ---------------------------------------------------------------------------------
CREATE TABLE unified.item (
  item_code text PRIMARY KEY,
  name      text NOT NULL,
  place     smallint NOT NULL UNIQUE
);
COMMENT ON TABLE unified.item IS '宛名の項目';
COMMENT ON COLUMN unified.item.item_code IS '項目の符号';
COMMENT ON COLUMN unified.item.name IS '名前';
COMMENT ON COLUMN unified.item.place IS '順';
INSERT INTO unified.item (item_code, name, place) VALUES
  ('name', '氏名', 1), ('kana', 'フリガナ', 2), ('birthDate', '生年月日', 3), ('sex', '性別', 4), ('address', '住所', 5),
  ('numberState', '個人番号の登録の有無', 6), ('links', '業務システムの宛名番号', 7), ('history', '履歴', 8), ('related', '代理人・送付先・後見人', 9);

CREATE TABLE unified.item_right (
  right_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  staff_id     unified.operator NOT NULL,
  item_code    text NOT NULL REFERENCES unified.item,
  starts_on    date NOT NULL,
  ends_on      date NOT NULL,
  requested_by unified.operator NOT NULL,
  approved_by  unified.operator,
  CONSTRAINT item_right_period CHECK (ends_on >= starts_on AND ends_on <= starts_on + interval '1 year'),
  CONSTRAINT item_right_two_people CHECK (approved_by <> requested_by AND approved_by <> staff_id)
);
COMMENT ON TABLE unified.item_right IS '利用者ごと・項目ごとの閲覧の権限。二人で決め、1年以内。行がない項目は見えない。';
COMMENT ON CONSTRAINT item_right_period ON unified.item_right IS '項目の権限の期間は1年以内です。';
COMMENT ON CONSTRAINT item_right_two_people ON unified.item_right IS '申請した人と本人は承認できません。';
COMMENT ON COLUMN unified.item_right.right_id IS '番号';
COMMENT ON COLUMN unified.item_right.staff_id IS '職員';
COMMENT ON COLUMN unified.item_right.item_code IS '項目';
COMMENT ON COLUMN unified.item_right.starts_on IS '初めの日';
COMMENT ON COLUMN unified.item_right.ends_on IS '終わりの日';
COMMENT ON COLUMN unified.item_right.requested_by IS '申請した人';
COMMENT ON COLUMN unified.item_right.approved_by IS '承認した人';
CREATE INDEX item_right_staff ON unified.item_right (staff_id);

-- ---- 整合の確認 ----------------------------------------------------------------------------------------------
CREATE TABLE unified.check_run (
  run_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  started_at timestamptz NOT NULL,
  ended_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  numbers    integer NOT NULL CHECK (numbers >= 0),
  persons    integer NOT NULL CHECK (persons >= 0),
  findings   integer NOT NULL CHECK (findings >= 0),
  checked_by unified.operator NOT NULL
);
COMMENT ON TABLE unified.check_run IS '団体内統合宛名番号と個人番号の整合の確認（定期）';
COMMENT ON COLUMN unified.check_run.run_id IS '確認の番号';
COMMENT ON COLUMN unified.check_run.started_at IS '始めた日時';
COMMENT ON COLUMN unified.check_run.ended_at IS '終えた日時';
COMMENT ON COLUMN unified.check_run.numbers IS '確かめた団体内統合宛名番号の数';
COMMENT ON COLUMN unified.check_run.persons IS '確かめた個人番号の人数';
COMMENT ON COLUMN unified.check_run.findings IS '見つかった不整合の数';
COMMENT ON COLUMN unified.check_run.checked_by IS '行った人';

CREATE TABLE unified.finding (
  finding_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run_id           bigint REFERENCES unified.check_run,
  kind             text NOT NULL CHECK (kind IN ('vaultMissing', 'numberMissing', 'noCurrent', 'unreadable', 'checkDigit', 'indexMissing', 'indexMismatch',
                     'sourceDiffers', 'duplicateAddressee', 'consolidatedTwoNumbers', 'unconfirmed')),
  unified_number   unified.unified_number,
  system_code      text REFERENCES unified.system,
  addressee_number unified.addressee_number,
  person_ref       uuid,
  found_at         timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE unified.finding IS '確認リスト。個人番号は載せない。';
COMMENT ON COLUMN unified.finding.finding_id IS '番号';
COMMENT ON COLUMN unified.finding.run_id IS '見つけた確認（連携の取り込み・入力で見つけたものは空）';
COMMENT ON COLUMN unified.finding.kind IS '不整合の種類';
COMMENT ON COLUMN unified.finding.unified_number IS '団体内統合宛名番号';
COMMENT ON COLUMN unified.finding.system_code IS '業務システム';
COMMENT ON COLUMN unified.finding.addressee_number IS '宛名番号';
COMMENT ON COLUMN unified.finding.person_ref IS '金庫の参照';
COMMENT ON COLUMN unified.finding.found_at IS '見つけた日時';
CREATE INDEX finding_run ON unified.finding (run_id);

CREATE TABLE unified.finding_answer (
  finding_id  bigint PRIMARY KEY REFERENCES unified.finding,
  result      text NOT NULL CHECK (result IN ('corrected', 'noFault')),
  note        text NOT NULL CHECK (length(note) BETWEEN 5 AND 200),
  answered_by unified.operator NOT NULL,
  answered_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE unified.finding_answer IS '確認リストに人が答えたこと';
COMMENT ON COLUMN unified.finding_answer.finding_id IS '番号';
COMMENT ON COLUMN unified.finding_answer.result IS '直したか、誤りでなかったか';
COMMENT ON COLUMN unified.finding_answer.note IS '調べたこと';
COMMENT ON COLUMN unified.finding_answer.answered_by IS '答えた人';
COMMENT ON COLUMN unified.finding_answer.answered_at IS '答えた日時';

-- ---- 中間サーバーとの媒体 --------------------------------------------------------------------------------------
CREATE TABLE unified.medium (
  medium_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  receiver   text NOT NULL CHECK (receiver <> ''),
  numbers    bigint[] NOT NULL,
  created_by unified.operator NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE unified.medium IS '中間サーバーとのオフライン連携の媒体（どの団体内統合宛名番号を渡したか）';
COMMENT ON COLUMN unified.medium.medium_id IS '媒体の番号';
COMMENT ON COLUMN unified.medium.receiver IS '受け取る側の鍵の指紋';
COMMENT ON COLUMN unified.medium.numbers IS '載せた団体内統合宛名番号';
COMMENT ON COLUMN unified.medium.created_by IS '作った人';
COMMENT ON COLUMN unified.medium.created_at IS '作った日時';
CREATE TABLE unified.medium_copy (
  medium_id bigint NOT NULL REFERENCES unified.medium,
  copy_no   smallint NOT NULL CHECK (copy_no >= 1),
  reason    text NOT NULL DEFAULT '',
  sha256    text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  made_by   unified.operator NOT NULL,
  made_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (medium_id, copy_no),
  CONSTRAINT copy_reason CHECK (copy_no = 1 OR length(reason) >= 10)
);
COMMENT ON TABLE unified.medium_copy IS '作ったファイル。作り直しには、わけが要る。';
COMMENT ON CONSTRAINT copy_reason ON unified.medium_copy IS '媒体を作り直すわけを、10文字以上で書いてください。';
COMMENT ON COLUMN unified.medium_copy.medium_id IS '媒体の番号';
COMMENT ON COLUMN unified.medium_copy.copy_no IS '何回目か';
COMMENT ON COLUMN unified.medium_copy.reason IS '作り直すわけ';
COMMENT ON COLUMN unified.medium_copy.sha256 IS '暗号化したファイルの SHA-256';
COMMENT ON COLUMN unified.medium_copy.made_by IS '作った人';
COMMENT ON COLUMN unified.medium_copy.made_at IS '作った日時';

-- ---- 接続元 --------------------------------------------------------------------------------------------------
CREATE TABLE unified.client (
  client_id     text PRIMARY KEY CHECK (client_id ~ '^[a-z][a-z0-9-]{1,39}$'),
  system_code   text REFERENCES unified.system,
  public_key    bytea NOT NULL CHECK (length(public_key) = 32),
  operations    text[] NOT NULL,
  valid_from    timestamptz NOT NULL,
  valid_to      timestamptz NOT NULL CHECK (valid_to >= valid_from),
  registered_by unified.operator NOT NULL,
  CONSTRAINT business_gets_no_number CHECK (system_code IS NULL OR NOT operations && ARRAY['toUnified', 'toAddressee'])
);
COMMENT ON TABLE unified.client IS '接続してよい相手と、その操作。業務システムは変換を頼めない（団体内統合宛名番号を持たない）。';
COMMENT ON CONSTRAINT business_gets_no_number ON unified.client IS '業務システムには、団体内統合宛名番号への変換を許せません。';
COMMENT ON COLUMN unified.client.client_id IS '接続元';
COMMENT ON COLUMN unified.client.system_code IS '業務システム（中間サーバーとの接続では空）';
COMMENT ON COLUMN unified.client.public_key IS 'Ed25519 の公開鍵';
COMMENT ON COLUMN unified.client.operations IS 'できる操作';
COMMENT ON COLUMN unified.client.valid_from IS '有効期間の初め';
COMMENT ON COLUMN unified.client.valid_to IS '有効期間の終わり';
COMMENT ON COLUMN unified.client.registered_by IS '登録した人';
CREATE TABLE unified.used_statement (
  statement_id uuid PRIMARY KEY,
  expires_at   timestamptz NOT NULL
);
COMMENT ON TABLE unified.used_statement IS '使った申立て';
COMMENT ON COLUMN unified.used_statement.statement_id IS '申立ての番号';
COMMENT ON COLUMN unified.used_statement.expires_at IS '期限';
CREATE TABLE unified.connection_log (
  seq          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  processed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  client_id    text NOT NULL,
  actor        text NOT NULL,
  purpose      text NOT NULL,
  operation    text NOT NULL,
  subject      text NOT NULL,
  rows         integer NOT NULL,
  refusal_code text
);
COMMENT ON TABLE unified.connection_log IS '接続の記録。断ったものも残す。';
COMMENT ON COLUMN unified.connection_log.seq IS '通し番号';
COMMENT ON COLUMN unified.connection_log.processed_at IS '処理日時';
COMMENT ON COLUMN unified.connection_log.client_id IS '接続元';
COMMENT ON COLUMN unified.connection_log.actor IS '処理した人';
COMMENT ON COLUMN unified.connection_log.purpose IS '目的';
COMMENT ON COLUMN unified.connection_log.operation IS '操作';
COMMENT ON COLUMN unified.connection_log.subject IS '何について';
COMMENT ON COLUMN unified.connection_log.rows IS '件数';
COMMENT ON COLUMN unified.connection_log.refusal_code IS '断ったわけの符号';

-- ---- 権限 ----------------------------------------------------------------------------------------------------
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA unified FROM PUBLIC;
GRANT USAGE ON SCHEMA unified, access, audit TO hagukumi_addressee;
GRANT SELECT ON ALL TABLES IN SCHEMA unified TO hagukumi_addressee;
GRANT INSERT ON unified.entry, unified.person, unified.entry_result, unified.confirmation, unified.link, unified.search, unified.non_resident,
  unified.non_resident_history, unified.non_resident_end, unified.related, unified.consolidation, unified.item_right, unified.check_run, unified.finding,
  unified.finding_answer, unified.medium, unified.medium_copy, unified.client, unified.used_statement, unified.connection_log TO hagukumi_addressee;
GRANT UPDATE (ended_at, ended_by, end_reason) ON unified.link TO hagukumi_addressee;
GRANT UPDATE (approved_by, approved_at, ended_by, ended_at, end_reason) ON unified.consolidation TO hagukumi_addressee;
GRANT UPDATE (approved_by) ON unified.item_right TO hagukumi_addressee;
GRANT UPDATE (ends_on) ON unified.related TO hagukumi_addressee;
GRANT UPDATE (valid_to) ON unified.client TO hagukumi_addressee;
GRANT DELETE ON unified.used_statement TO hagukumi_addressee;
GRANT USAGE ON SEQUENCE unified.non_resident_number TO hagukumi_addressee;
GRANT SELECT, INSERT ON audit.event, audit.command TO hagukumi_addressee;
GRANT EXECUTE ON FUNCTION access.open_numbers(), access.write_log(bigint, text, text, text, text, integer, text, text, text, text, text, text) TO hagukumi_addressee;
DO $$
DECLARE f record;
BEGIN
  FOR f IN SELECT p.oid::regprocedure AS name FROM pg_proc p WHERE p.pronamespace = 'access'::regnamespace AND p.proname = 'write_log_rows' LOOP
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO hagukumi_addressee', f.name);
  END LOOP;
END
$$;

-- 職員の処理では、処理事由を示して開いている人の行だけが見える。仕組みそのものの処理（連携・定期の確認）ではすべて。
DO $$
DECLARE t record;
BEGIN
  FOR t IN SELECT * FROM (VALUES ('entry', 'addressee_number'), ('link', 'addressee_number'), ('non_resident', 'addressee_number'),
      ('non_resident_history', 'addressee_number'), ('non_resident_end', 'addressee_number'), ('related', 'subject_number')) AS x (name, number) LOOP
    EXECUTE format('ALTER TABLE unified.%I ENABLE ROW LEVEL SECURITY', t.name);
    EXECUTE format('ALTER TABLE unified.%I FORCE ROW LEVEL SECURITY', t.name);
    EXECUTE format('CREATE POLICY open_rows ON unified.%I FOR SELECT USING ((SELECT coalesce(current_setting(''hagukumi.session'', true), '''') = '''') OR %I = ANY ((SELECT access.open_numbers())::bigint[]))', t.name, t.number);
    -- 表の持ち主の関数（候補者の検索）は、職員の処理の中でも全体を探す。
    EXECUTE format('CREATE POLICY owner_rows ON unified.%I FOR SELECT TO %I USING (true)', t.name, current_user);
    EXECUTE format('CREATE POLICY new_rows ON unified.%I FOR INSERT WITH CHECK (true)', t.name);
    EXECUTE format('CREATE POLICY changed_rows ON unified.%I FOR UPDATE USING ((SELECT coalesce(current_setting(''hagukumi.session'', true), '''') = '''') OR %I = ANY ((SELECT access.open_numbers())::bigint[]))', t.name, t.number);
  END LOOP;
END
$$;

-- 候補者の検索: 選ぶのに要るものだけを、20人まで。支援措置の人と、他業務参照不可の人は、見てよい相手にだけ。
CREATE FUNCTION unified.candidates(key text, born date, of_system text, see_protected boolean)
  RETURNS TABLE (addressee_number bigint, kana text, birth_year integer, history_no integer, newest boolean, ended boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT h.addressee_number::bigint, h.kana, extract(year FROM h.birth_date)::int, h.history_no,
    h.history_no = (SELECT max(m.history_no) FROM unified.non_resident_history m WHERE m.addressee_number = h.addressee_number),
    EXISTS (SELECT FROM unified.non_resident_end e WHERE e.addressee_number = h.addressee_number)
  FROM unified.non_resident_history h JOIN unified.non_resident n ON n.addressee_number = h.addressee_number
  WHERE h.name_key LIKE replace(replace(key, '%', ''), '_', '') || '%' AND length(key) >= 3 AND (born IS NULL OR h.birth_date = born)
    AND (n.system_code = of_system OR NOT EXISTS (SELECT FROM unified.non_resident_history b WHERE b.addressee_number = h.addressee_number AND b.barred
          AND b.history_no = (SELECT max(m.history_no) FROM unified.non_resident_history m WHERE m.addressee_number = h.addressee_number)))
    AND (see_protected OR NOT EXISTS (SELECT FROM unified.non_resident_history b WHERE b.addressee_number = h.addressee_number AND b.protected))
    AND NOT access.is_denied(h.addressee_number)
  ORDER BY h.addressee_number, h.history_no DESC LIMIT 20
$$;
COMMENT ON FUNCTION unified.candidates(text, date, text, boolean) IS '住登外者の候補（前の氏名も含む）。氏名・住所は返さない。';
REVOKE ALL ON FUNCTION unified.candidates(text, date, text, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION unified.candidates(text, date, text, boolean) TO hagukumi_addressee;
