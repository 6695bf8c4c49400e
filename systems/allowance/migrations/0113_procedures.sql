-- Up Migration
-- 請求ではない手続（届出・申出・職権）が残すもの。どの表も追記だけで、filing_id が受付（0112）を指す。関係者・児童の状況・被用区分・現況は 0111・0115 の記載に書く。
-- entered_by は入力した人、approved_by は決裁した人で、必ず別。

CREATE TABLE allowance.recipient_history (
  recipient_id    bigint NOT NULL REFERENCES allowance.recipient,
  history_no      integer NOT NULL CHECK (history_no >= 1),
  valid_from      date NOT NULL,
  name            text NOT NULL CHECK (name <> ''),
  kana            text NOT NULL,
  postal_code     text NOT NULL CHECK (postal_code ~ '^([0-9]{7})?$'),
  address         text NOT NULL,
  ward_code       text NOT NULL CHECK (ward_code ~ '^[0-9]{6}$'),
  employee_class  text CHECK (employee_class IN ('employee', 'nonEmployee')),
  cause           text NOT NULL CHECK (cause IN ('certified', 'name', 'address', 'ward', 'employeeClass', 'several')),
  filing_id       bigint REFERENCES allowance.filing,
  entered_by      allowance.operator,
  approved_by     allowance.operator,
  recorded_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (recipient_id, history_no),
  CONSTRAINT recipient_history_origin CHECK ((cause = 'certified') = (filing_id IS NULL)),
  CONSTRAINT recipient_history_two_people CHECK (entered_by <> approved_by)
);
COMMENT ON TABLE allowance.recipient_history IS '受給者情報の履歴（D17）。変更届のたびに、変更の前の姿（無ければ認定の時の姿）を残したまま、新しい姿を1行足す。';
COMMENT ON COLUMN allowance.recipient_history.ward_code IS '所管区。区間の転居は住所の変更にすぎず、認定はそのまま続く。';
COMMENT ON COLUMN allowance.recipient_history.employee_class IS '被用区分（費用負担の区分。手当の額は変わらない）';

CREATE TABLE allowance.parent_designation (
  designation_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  designee_number  allowance.addressee_number NOT NULL REFERENCES allowance.addressee,
  child_number     allowance.addressee_number NOT NULL REFERENCES allowance.addressee,
  parent_names     text[] NOT NULL CHECK (cardinality(parent_names) BETWEEN 1 AND 2),
  signed_on        date NOT NULL,
  valid_from       date NOT NULL,
  expires_on       date NOT NULL CHECK (expires_on >= valid_from),
  filing_id        bigint NOT NULL REFERENCES allowance.filing,
  entered_by       allowance.operator NOT NULL,
  approved_by      allowance.operator NOT NULL,
  recorded_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (filing_id, child_number),
  CONSTRAINT parent_designation_two_people CHECK (entered_by <> approved_by)
);
COMMENT ON TABLE allowance.parent_designation IS '父母指定者の台帳（児童手当法4条1項2号、施行規則1条の3）。expires_on は指定が切れる日で、遅くとも18歳に達する日以後の最初の3月31日。';
CREATE TABLE allowance.parent_designation_end (
  designation_id bigint PRIMARY KEY REFERENCES allowance.parent_designation,
  ended_on       date NOT NULL,
  cause          text NOT NULL CHECK (cause IN ('parentReturned', 'withdrawn', 'replaced', 'designeeLeft', 'other')),
  filing_id      bigint NOT NULL REFERENCES allowance.filing,
  entered_by     allowance.operator NOT NULL,
  approved_by    allowance.operator NOT NULL,
  recorded_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT parent_designation_end_two_people CHECK (entered_by <> approved_by)
);
COMMENT ON TABLE allowance.parent_designation_end IS '父母の指定の終わり（父母の帰国、撤回、別の人への変更など）';

CREATE TABLE allowance.placement_report (
  child_number       allowance.addressee_number NOT NULL REFERENCES allowance.addressee,
  institution_number allowance.addressee_number NOT NULL REFERENCES allowance.addressee,
  place_kind         text NOT NULL CHECK (place_kind IN ('fosterParent', 'familyHome', 'independenceHome', 'disabilityFacility', 'medicalInstitution',
                       'infantHome', 'childrenHome', 'psychologicalFacility', 'selfRelianceFacility', 'childrenOnlyHousehold')),
  place_name         text NOT NULL CHECK (place_name <> ''),
  placed_on          date NOT NULL,
  planned_until      date,
  ended_on           date CHECK (ended_on >= placed_on),
  commuting          boolean NOT NULL,
  short_stay         boolean NOT NULL,
  authority          text NOT NULL CHECK (authority <> ''),
  revision           smallint NOT NULL CHECK (revision >= 1),
  filing_id          bigint NOT NULL REFERENCES allowance.filing,
  entered_by         allowance.operator NOT NULL,
  approved_by        allowance.operator NOT NULL,
  recorded_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (child_number, institution_number, placed_on, revision),
  CONSTRAINT placement_two_people CHECK (entered_by <> approved_by)
);
COMMENT ON TABLE allowance.placement_report IS '措置・委託の通知（施設・里親ごと）。2か月以内の期間を定めたものと通所は short_stay で、父母の受給は続く（施行規則1条の2）。';
COMMENT ON COLUMN allowance.placement_report.authority IS '措置の権者（児童相談所など）';

CREATE TABLE allowance.separate_care (
  recipient_id   bigint NOT NULL REFERENCES allowance.recipient,
  child_number   allowance.addressee_number NOT NULL REFERENCES allowance.addressee,
  since_on       date NOT NULL,
  reason         text NOT NULL CHECK (reason IN ('workPosting', 'schooling', 'medical', 'divorceTalks', 'other')),
  reason_text    text NOT NULL,
  care           text NOT NULL CHECK (care <> ''),
  review_on      date NOT NULL CHECK (review_on > since_on),
  filing_id      bigint NOT NULL REFERENCES allowance.filing,
  entered_by     allowance.operator NOT NULL,
  approved_by    allowance.operator NOT NULL,
  recorded_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (recipient_id, child_number, filing_id),
  CONSTRAINT separate_care_two_people CHECK (entered_by <> approved_by)
);
COMMENT ON TABLE allowance.separate_care IS '別居監護申立書。review_on は次に確かめる日。';
COMMENT ON COLUMN allowance.separate_care.care IS '監護の内容（送金・面会・連絡など、申立てのとおり）';

CREATE TABLE allowance.study_abroad (
  child_number     allowance.addressee_number NOT NULL REFERENCES allowance.addressee,
  recipient_id     bigint NOT NULL REFERENCES allowance.recipient,
  role             text NOT NULL CHECK (role IN ('child', 'counted')),
  left_on          date NOT NULL,
  lived_in_japan_since date NOT NULL,
  returned_on      date CHECK (returned_on > left_on),
  limit_on         date NOT NULL,
  next_check_on    date NOT NULL,
  school           text NOT NULL CHECK (school <> ''),
  country          text NOT NULL CHECK (country <> ''),
  filing_id        bigint NOT NULL REFERENCES allowance.filing,
  entered_by       allowance.operator NOT NULL,
  approved_by      allowance.operator NOT NULL,
  recorded_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (child_number, recipient_id, filing_id),
  CONSTRAINT study_abroad_two_people CHECK (entered_by <> approved_by)
);
COMMENT ON TABLE allowance.study_abroad IS '海外留学申立書。limit_on は留学として数える最後の日（児童3年・算定対象者4年。施行規則1条・1条の3の2）、next_check_on は年に一度の確認の日。';

CREATE TABLE allowance.living_priority (
  child_number     allowance.addressee_number NOT NULL REFERENCES allowance.addressee,
  parent_number    allowance.addressee_number NOT NULL REFERENCES allowance.addressee,
  other_number     allowance.addressee_number REFERENCES allowance.addressee,
  other_name       text CHECK (other_name <> ''),
  other_paid_by    text NOT NULL CHECK (other_paid_by IN ('city', 'otherMunicipality', 'office', 'nobody')),
  evidence_kind    text NOT NULL CHECK (evidence_kind IN ('servedProposal', 'courtSummons', 'pendingCase', 'failedMediation', 'lawyerPaper', 'protectionOrder',
                     'consultationCentre', 'supportMeasures')),
  evidence_on      date NOT NULL,
  apart_since      date NOT NULL,
  child_since      date NOT NULL,
  event_on         date NOT NULL CHECK (event_on = greatest(evidence_on, apart_since, child_since)),
  filing_id        bigint NOT NULL REFERENCES allowance.filing,
  entered_by       allowance.operator NOT NULL,
  approved_by      allowance.operator NOT NULL,
  recorded_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (child_number, parent_number, filing_id),
  CONSTRAINT living_priority_not_self CHECK (other_number IS DISTINCT FROM parent_number),
  CONSTRAINT living_priority_two_people CHECK (entered_by <> approved_by)
);
COMMENT ON TABLE allowance.living_priority IS '同居父母申立書（児童手当法4条4項）。event_on は条件がすべて揃った日。';

CREATE TABLE allowance.case_notice (
  notice_id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  filing_id        bigint NOT NULL REFERENCES allowance.filing,
  kind             text NOT NULL CHECK (kind IN ('designationReceived', 'otherParentEnded', 'informMunicipality', 'informEmployer', 'claimInvited', 'decidedExOfficio',
                     'unpaidGranted', 'unpaidRefused', 'donationRegistered', 'specialCollectionNotice', 'moveOutGuide', 'employeeClassChanged')),
  addressee_number allowance.addressee_number REFERENCES allowance.addressee,
  outside_party    text CHECK (outside_party <> ''),
  facts            jsonb NOT NULL,
  issued_on        date NOT NULL,
  entered_by       allowance.operator NOT NULL,
  recorded_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT case_notice_one_party CHECK ((addressee_number IS NULL) <> (outside_party IS NULL))
);
COMMENT ON TABLE allowance.case_notice IS '手続の結果として、だれに何を知らせるか（通知書の材料）。1行は1人宛て。別の人の住所・所管区・口座は facts に入れない。';

CREATE TABLE allowance.number_change_report (
  filing_id        bigint PRIMARY KEY REFERENCES allowance.filing,
  addressee_number allowance.addressee_number NOT NULL REFERENCES allowance.addressee,
  changed_on       date NOT NULL,
  cause            text NOT NULL CHECK (cause IN ('leaked', 'misuse', 'wrong', 'exOfficio')),
  entered_by       allowance.operator NOT NULL,
  approved_by      allowance.operator NOT NULL,
  recorded_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT number_change_two_people CHECK (entered_by <> approved_by)
);
COMMENT ON TABLE allowance.number_change_report IS '個人番号変更届があったことだけの記録。番号そのものはここに置かない（番号は保管庫だけが扱う）。';

CREATE TABLE allowance.employer_report (
  filing_id        bigint PRIMARY KEY REFERENCES allowance.filing,
  addressee_number allowance.addressee_number NOT NULL REFERENCES allowance.addressee,
  employer         text NOT NULL CHECK (employer <> ''),
  from_on          date NOT NULL,
  to_on            date CHECK (to_on >= from_on),
  entered_by       allowance.operator NOT NULL,
  approved_by      allowance.operator NOT NULL,
  recorded_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT employer_report_two_people CHECK (entered_by <> approved_by)
);
COMMENT ON TABLE allowance.employer_report IS '公務員の勤務先（所属庁）。認定と支給は所属庁がする（児童手当法17条）。';

-- 口座 ------------------------------------------------------------------------------------------------
CREATE TABLE allowance.account_start (
  account_id   bigint PRIMARY KEY REFERENCES allowance.account,
  after_pay_on date NOT NULL,
  recorded_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE allowance.account_start IS '締切日を過ぎた口座変更。after_pay_on までの支払日の支払には前の口座を使い、その後から新しい口座を使う。';

CREATE VIEW allowance.account_in_force WITH (security_invoker = true) AS
SELECT a.*, s.after_pay_on FROM allowance.account a LEFT JOIN allowance.account_start s USING (account_id);
COMMENT ON VIEW allowance.account_in_force IS '口座と、使い始める前の最後の支払日（NULL はすぐに使う）。支払日 d の口座は、after_pay_on が無いか d より前の最後の行。';

CREATE TABLE allowance.account_choice (
  choice_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  recipient_id bigint NOT NULL REFERENCES allowance.recipient,
  choice       text NOT NULL CHECK (choice IN ('typed', 'publicAccount')),
  chosen_on    date NOT NULL,
  filing_id    bigint NOT NULL REFERENCES allowance.filing,
  entered_by   allowance.operator NOT NULL,
  approved_by  allowance.operator NOT NULL,
  recorded_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT account_choice_two_people CHECK (entered_by <> approved_by)
);
COMMENT ON TABLE allowance.account_choice IS '受給者が選んだ受取口座の種類（届け出た口座・公金受取口座）。最後の行がいまの選択。';
CREATE INDEX account_choice_recipient ON allowance.account_choice (recipient_id, choice_id DESC);

-- 公金受取口座は、受給者が選んでいるときだけ口座になれる（A105・I-44）。取り込みが届け出た口座を置き換えることはない。
CREATE FUNCTION allowance.account_choice_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM new_rows n WHERE n.source = 'publicAccount' AND coalesce(
       (SELECT c.choice FROM allowance.account_choice c WHERE c.recipient_id = n.recipient_id ORDER BY c.choice_id DESC LIMIT 1), 'typed') <> 'publicAccount') THEN
    RAISE EXCEPTION '受給者が公金受取口座を選んでいません' USING ERRCODE = 'HG105', CONSTRAINT = 'account_public_choice';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER account_choice_guard AFTER INSERT ON allowance.account
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION allowance.account_choice_guard();

-- 寄附・徴収 -------------------------------------------------------------------------------------------
CREATE TABLE allowance.donation (
  donation_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  recipient_id   bigint NOT NULL REFERENCES allowance.recipient,
  kind           text NOT NULL CHECK (kind IN ('request', 'change', 'withdrawal')),
  scope          text NOT NULL CHECK (scope IN ('all', 'amount', 'none')),
  amount         integer CHECK (amount > 0),
  from_payment   allowance.benefit_month NOT NULL CHECK (extract(month FROM from_payment)::int % 2 = 0),
  to_payment     allowance.benefit_month CHECK (to_payment >= from_payment AND extract(month FROM to_payment)::int % 2 = 0),
  received_on    date NOT NULL,
  filing_id      bigint NOT NULL UNIQUE REFERENCES allowance.filing,
  entered_by     allowance.operator NOT NULL,
  approved_by    allowance.operator NOT NULL,
  recorded_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT donation_amount CHECK ((scope = 'amount') = (amount IS NOT NULL)),
  CONSTRAINT donation_withdrawn CHECK ((kind = 'withdrawal') = (scope = 'none')),
  CONSTRAINT donation_two_people CHECK (entered_by <> approved_by)
);
COMMENT ON TABLE allowance.donation IS '寄附の申出・変更・撤回（児童手当法20条、様式第14号）。支払期月ごとに、その期に効く最後の行が有効。';
COMMENT ON COLUMN allowance.donation.from_payment IS '最初に効く支払期月（締切日を過ぎた申出は次の支払期月から）';
COMMENT ON COLUMN allowance.donation.amount IS '1回の支払ごとの寄附額（円）';
CREATE INDEX donation_recipient ON allowance.donation (recipient_id, donation_id DESC);

CREATE TABLE allowance.creditor (
  creditor_id  integer NOT NULL CHECK (creditor_id >= 1),
  revision     smallint NOT NULL CHECK (revision >= 1),
  name         text NOT NULL CHECK (name <> ''),
  kind         text NOT NULL CHECK (kind IN ('city', 'thirdParty')),
  fee_kinds    text[] NOT NULL CHECK (cardinality(fee_kinds) > 0),
  bank         text CHECK (bank ~ '^[0-9]{4}$'),
  branch       text CHECK (branch ~ '^[0-9]{3}$'),
  account_type text CHECK (account_type IN ('1', '2', '4')),
  account_number text CHECK (account_number ~ '^[0-9]{7}$' AND account_number <> '0000000'),
  holder       text CHECK (holder ~ '^[ ().0-9A-Z｢｣ｦ-ﾟ-]{1,30}$'),
  valid_from   date NOT NULL,
  valid_to     date CHECK (valid_to >= valid_from),
  entered_by   allowance.operator NOT NULL,
  approved_by  allowance.operator NOT NULL,
  recorded_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (creditor_id, revision),
  CONSTRAINT creditor_account CHECK ((kind = 'thirdParty') = (num_nonnulls(bank, branch, account_type, account_number, holder) = 5)
                                     AND num_nonnulls(bank, branch, account_type, account_number, holder) IN (0, 5)),
  CONSTRAINT creditor_two_people CHECK (entered_by <> approved_by)
);
COMMENT ON TABLE allowance.creditor IS '徴収の債権者（市の各課＝21条1項、市以外の保育所等＝21条2項）。変更は revision を増やす。市以外は振込先の口座をもつ。';

CREATE TABLE allowance.fee_request (
  fee_request_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  recipient_id   bigint NOT NULL REFERENCES allowance.recipient,
  child_number   allowance.addressee_number NOT NULL REFERENCES allowance.addressee,
  creditor_id    integer NOT NULL CHECK (creditor_id >= 1),
  fee_kind       text NOT NULL CHECK (fee_kind IN ('schoolLunch', 'schoolFees', 'afterSchool', 'nursery', 'nurseryLunch', 'other')),
  kind           text NOT NULL CHECK (kind IN ('request', 'change', 'withdrawal')),
  cap            integer CHECK (cap > 0),
  from_payment   allowance.benefit_month NOT NULL CHECK (extract(month FROM from_payment)::int % 2 = 0),
  to_payment     allowance.benefit_month CHECK (to_payment >= from_payment AND extract(month FROM to_payment)::int % 2 = 0),
  received_on    date NOT NULL,
  filing_id      bigint NOT NULL UNIQUE REFERENCES allowance.filing,
  entered_by     allowance.operator NOT NULL,
  approved_by    allowance.operator NOT NULL,
  recorded_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT fee_request_cap CHECK ((kind = 'withdrawal') = (cap IS NULL)),
  CONSTRAINT fee_request_two_people CHECK (entered_by <> approved_by)
);
COMMENT ON TABLE allowance.fee_request IS '申出徴収（児童手当法21条、様式第15号）。受給者×児童×債権者×費目ごとに、その期に効く最後の行が有効。cap は1回の支払で差し引く上限（円）。';
CREATE INDEX fee_request_recipient ON allowance.fee_request (recipient_id, fee_request_id DESC);

CREATE TABLE allowance.special_collection (
  special_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  recipient_id   bigint NOT NULL REFERENCES allowance.recipient,
  child_number   allowance.addressee_number NOT NULL REFERENCES allowance.addressee,
  creditor_id    integer NOT NULL CHECK (creditor_id >= 1),
  fee_kind       text NOT NULL CHECK (fee_kind IN ('nursery', 'nurseryLunch')),
  fee_year       smallint NOT NULL CHECK (fee_year BETWEEN 2012 AND 2100),
  amount         integer NOT NULL CHECK (amount > 0),
  payment_month  allowance.benefit_month NOT NULL CHECK (extract(month FROM payment_month)::int % 2 = 0),
  reference      text NOT NULL CHECK (reference ~ '^[0-9A-Za-z-]{1,40}$'),
  entered_by     allowance.operator NOT NULL,
  approved_by    allowance.operator NOT NULL,
  recorded_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (creditor_id, reference),
  CONSTRAINT special_collection_two_people CHECK (entered_by <> approved_by)
);
COMMENT ON TABLE allowance.special_collection IS '特別徴収（児童手当法22条）。同意は要らないが、事前の通知（special_collection_notice）がなければ差し引けない。fee_year は費用の年度。';
COMMENT ON COLUMN allowance.special_collection.reference IS '費用を管理する側の番号。同じものを二度登録できない。';
CREATE TABLE allowance.special_collection_notice (
  special_id    bigint PRIMARY KEY REFERENCES allowance.special_collection,
  notified_on   date NOT NULL,
  payer_name    text NOT NULL CHECK (payer_name <> ''),
  payer_address text NOT NULL CHECK (payer_address <> ''),
  amount        integer NOT NULL CHECK (amount > 0),
  notified_by   allowance.operator NOT NULL,
  recorded_at   timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE allowance.special_collection_notice IS '特別徴収の事前の通知（施行規則12条の11: 徴収する旨・額・支払う人の氏名と住所）';
CREATE TABLE allowance.special_collection_cancel (
  special_id   bigint PRIMARY KEY REFERENCES allowance.special_collection,
  cause        text NOT NULL CHECK (cause <> ''),
  entered_by   allowance.operator NOT NULL,
  approved_by  allowance.operator NOT NULL,
  recorded_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT special_collection_cancel_two_people CHECK (entered_by <> approved_by)
);
COMMENT ON TABLE allowance.special_collection_cancel IS '特別徴収の取消し（納付された、誤りだったなど）';

-- 通知の内容は、登録した額と同じであること
CREATE FUNCTION allowance.special_notice_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM new_rows n JOIN allowance.special_collection s USING (special_id) WHERE s.amount <> n.amount) THEN
    RAISE EXCEPTION '通知した額が、特別徴収の額と違います' USING ERRCODE = 'HG122', CONSTRAINT = 'special_notice_amount';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER special_notice_guard AFTER INSERT ON allowance.special_collection_notice
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION allowance.special_notice_guard();

-- 未支払（12条） ----------------------------------------------------------------------------------------
CREATE TABLE allowance.unpaid_decision (
  unpaid_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  filing_id      bigint NOT NULL REFERENCES allowance.filing,
  kind           text NOT NULL CHECK (kind IN ('recipientDeath', 'leftInstitution')),
  recipient_id   bigint NOT NULL REFERENCES allowance.recipient,
  child_number   allowance.addressee_number NOT NULL REFERENCES allowance.addressee,
  claimant_number allowance.addressee_number NOT NULL REFERENCES allowance.addressee,
  claimed_on     date NOT NULL,
  outcome        text NOT NULL CHECK (outcome IN ('grant', 'refuse')),
  reason         text NOT NULL CHECK (reason <> ''),
  from_month     allowance.benefit_month,
  to_month       allowance.benefit_month CHECK (to_month >= from_month),
  item_count     integer NOT NULL CHECK (item_count >= 0),
  total          bigint NOT NULL CHECK (total >= 0),
  bank           text CHECK (bank ~ '^[0-9]{4}$'),
  branch         text CHECK (branch ~ '^[0-9]{3}$'),
  account_type   text CHECK (account_type IN ('1', '2', '4')),
  account_number text CHECK (account_number ~ '^[0-9]{7}$' AND account_number <> '0000000'),
  holder         text CHECK (holder ~ '^[ ().0-9A-Z｢｣ｦ-ﾟ-]{1,30}$'),
  holder_is      text CHECK (holder_is IN ('child', 'guardianForChild')),
  decided_on     date NOT NULL,
  examined_by    allowance.operator NOT NULL,
  approved_by    allowance.operator NOT NULL,
  recorded_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (filing_id, child_number),
  UNIQUE (unpaid_id, recipient_id, child_number),
  CONSTRAINT unpaid_grant CHECK ((outcome = 'grant') = (total > 0 AND item_count > 0 AND from_month IS NOT NULL AND to_month IS NOT NULL
    AND num_nonnulls(bank, branch, account_type, account_number, holder, holder_is) = 6)),
  CONSTRAINT unpaid_refuse CHECK (outcome = 'grant' OR (total = 0 AND item_count = 0)),
  CONSTRAINT unpaid_two_people CHECK (examined_by <> approved_by)
);
COMMENT ON TABLE allowance.unpaid_decision IS '未支払児童手当の支給決定・却下（児童手当法12条）。児童ごとに1行。支給先はその児童の口座（児童のために受け取る人の口座は holder_is で区別）。';

CREATE TABLE allowance.unpaid_item (
  child_number   allowance.addressee_number NOT NULL,
  benefit_month  allowance.benefit_month NOT NULL,
  generation     smallint NOT NULL,
  tranche        smallint NOT NULL,
  unpaid_id      bigint NOT NULL,
  recipient_id   bigint NOT NULL,
  amount         integer NOT NULL CHECK (amount BETWEEN 1 AND 30000),
  CONSTRAINT unpaid_item_once PRIMARY KEY (child_number, benefit_month, generation, tranche),
  FOREIGN KEY (child_number, benefit_month, generation, tranche) REFERENCES allowance.due_item,
  FOREIGN KEY (unpaid_id, recipient_id, child_number) REFERENCES allowance.unpaid_decision (unpaid_id, recipient_id, child_number)
);
COMMENT ON TABLE allowance.unpaid_item IS '未支払として児童に払うと決めた月分。元帳では前の受給者の未払（due）のままで、払う相手だけが変わる。鍵により、ひとつの額を二度決めることはできない。';
CREATE INDEX unpaid_item_decision ON allowance.unpaid_item (unpaid_id);

-- 児童に払うと決められるのは、取り消されておらず、どの支払にも入っていない額だけ。
CREATE FUNCTION allowance.unpaid_item_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM new_rows n LEFT JOIN allowance.due_item d USING (child_number, benefit_month, generation, tranche)
             LEFT JOIN allowance.due_reversal r USING (child_number, benefit_month, generation, tranche)
             WHERE (d.recipient_id, d.amount) IS DISTINCT FROM (n.recipient_id, n.amount) OR r.tranche IS NOT NULL) THEN
    RAISE EXCEPTION '未支払の額が、支払うべき額と一致しません' USING ERRCODE = 'HG112', CONSTRAINT = 'unpaid_item_due';
  END IF;
  IF EXISTS (SELECT FROM new_rows n JOIN allowance.run_item i USING (child_number, benefit_month, generation, tranche)
             LEFT JOIN allowance.item_release x USING (child_number, benefit_month, generation, tranche, attempt) WHERE x.attempt IS NULL) THEN
    RAISE EXCEPTION '支払に入っている額を、未支払として決めることはできません' USING ERRCODE = 'HG112', CONSTRAINT = 'unpaid_item_paid';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER unpaid_item_guard AFTER INSERT ON allowance.unpaid_item
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION allowance.unpaid_item_guard();

-- 逆に、児童に払うと決めた額を前の受給者の口座に払わない。
CREATE FUNCTION allowance.run_item_unpaid_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM new_rows n JOIN allowance.unpaid_item u USING (child_number, benefit_month, generation, tranche)) THEN
    RAISE EXCEPTION '未支払として児童に払うと決めた額を、前の受給者の口座に払うことはできません' USING ERRCODE = 'HG112', CONSTRAINT = 'run_item_unpaid';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER run_item_unpaid_guard AFTER INSERT ON allowance.run_item
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION allowance.run_item_unpaid_guard();

-- 決定の件数と合計は、月分と一致する（コミットの時）
CREATE FUNCTION allowance.unpaid_decision_control() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE n bigint; t bigint; lo date; hi date;
BEGIN
  SELECT count(*), coalesce(sum(amount), 0), min(benefit_month), max(benefit_month) INTO n, t, lo, hi FROM allowance.unpaid_item WHERE unpaid_id = NEW.unpaid_id;
  IF (n, t, lo, hi) IS DISTINCT FROM (NEW.item_count::bigint, NEW.total, NEW.from_month::date, NEW.to_month::date) THEN
    RAISE EXCEPTION '未支払の決定 % の月分（%件 %円）が決定（%件 %円）と合いません', NEW.unpaid_id, n, t, NEW.item_count, NEW.total
      USING ERRCODE = 'HG112', CONSTRAINT = 'unpaid_decision_control';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER unpaid_decision_control AFTER INSERT ON allowance.unpaid_decision
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION allowance.unpaid_decision_control();

-- 職員の照会は、処理事由を示して開いている人の行だけを見る。口座のある行には口座の権限も要る。
SELECT allowance.protect_rows(t::regclass, kind, key) FROM (VALUES
  ('allowance.recipient_history', 'recipient', 'recipient_id'),
  ('allowance.parent_designation', 'person', 'designee_number'),
  ('allowance.parent_designation_end', 'where', 'EXISTS (SELECT FROM allowance.parent_designation d WHERE d.designation_id = parent_designation_end.designation_id)'),
  ('allowance.placement_report', 'person', 'child_number'),
  ('allowance.separate_care', 'recipient', 'recipient_id'),
  ('allowance.study_abroad', 'recipient', 'recipient_id'),
  ('allowance.living_priority', 'person', 'parent_number'),
  ('allowance.case_notice', 'person', 'addressee_number'),
  ('allowance.number_change_report', 'person', 'addressee_number'),
  ('allowance.employer_report', 'person', 'addressee_number'),
  ('allowance.account_start', 'where', 'EXISTS (SELECT FROM allowance.account a WHERE a.account_id = account_start.account_id)'),
  ('allowance.account_choice', 'recipient', 'recipient_id'),
  ('allowance.donation', 'recipient', 'recipient_id'),
  ('allowance.fee_request', 'recipient', 'recipient_id'),
  ('allowance.special_collection', 'recipient', 'recipient_id'),
  ('allowance.special_collection_notice', 'where', 'EXISTS (SELECT FROM allowance.special_collection s WHERE s.special_id = special_collection_notice.special_id)'),
  ('allowance.special_collection_cancel', 'where', 'EXISTS (SELECT FROM allowance.special_collection s WHERE s.special_id = special_collection_cancel.special_id)'),
  ('allowance.unpaid_decision', 'account', 'recipient_id'),
  ('allowance.unpaid_item', 'recipient', 'recipient_id')
) AS p (t, kind, key);
GRANT SELECT ON allowance.creditor TO hagukumi_desk;
GRANT SELECT, INSERT ON allowance.recipient_history,
  allowance.parent_designation,
  allowance.parent_designation_end,
  allowance.placement_report,
  allowance.separate_care,
  allowance.study_abroad,
  allowance.living_priority,
  allowance.case_notice,
  allowance.number_change_report,
  allowance.employer_report,
  allowance.account_start,
  allowance.account_choice,
  allowance.donation,
  allowance.creditor,
  allowance.fee_request,
  allowance.special_collection,
  allowance.special_collection_notice,
  allowance.special_collection_cancel,
  allowance.unpaid_decision,
  allowance.unpaid_item TO hagukumi_allowance;
GRANT SELECT ON allowance.account_in_force TO hagukumi_allowance, hagukumi_desk;
