-- Up Migration
-- 現況管理（児童手当法26条、施行規則4条）。対象者の名簿は作らない: だれが残っているかは、いつも、その日の資格の状態から導く。
-- ここに残すのは、判定の結果とその根拠、様式、受領、7月分と8月分の違い、新年度の支払予定、差止の事由、通知書の材料。

INSERT INTO allowance.code (domain, code, identifier, label, valid_from, revision, entered_by, approved_by) VALUES
  ('holdCause', '06', 'incomeUndeclared', '所得が未申告', '2010-04-01', 1, 'initial.entry', 'initial.approval');

CREATE TABLE allowance.review_year (
  fiscal_year     smallint PRIMARY KEY CHECK (fiscal_year BETWEEN 2022 AND 2100),
  base_on         date NOT NULL,
  due_on          date NOT NULL CHECK (due_on > base_on),
  hold_from       allowance.benefit_month NOT NULL,
  opened_by       allowance.operator NOT NULL,
  recorded_at     timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE allowance.review_year IS '現況の年度';
COMMENT ON COLUMN allowance.review_year.fiscal_year IS '現況年度（西暦）';
COMMENT ON COLUMN allowance.review_year.base_on IS '基準日（6月1日）';
COMMENT ON COLUMN allowance.review_year.due_on IS '提出期限';
COMMENT ON COLUMN allowance.review_year.hold_from IS '提出がないときに差し止める最初の月分';
COMMENT ON COLUMN allowance.review_year.opened_by IS '始めた職員';
COMMENT ON COLUMN allowance.review_year.recorded_at IS '記録した時刻';

CREATE TABLE allowance.review_setting (
  fiscal_year smallint NOT NULL REFERENCES allowance.review_year,
  revision    smallint NOT NULL CHECK (revision >= 1),
  settings    jsonb NOT NULL,
  digest      allowance.digest NOT NULL,
  reason      text NOT NULL CHECK (length(reason) BETWEEN 1 AND 200),
  accepted_by allowance.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (fiscal_year, revision)
);
COMMENT ON TABLE allowance.review_setting IS '年度を始めたときに効力のあった市の設定（二人で決めたもの）の写し。切替えのときに設定が違っていれば、確かめて次の版を足すまで止まる。';
COMMENT ON COLUMN allowance.review_setting.fiscal_year IS '現況年度';
COMMENT ON COLUMN allowance.review_setting.revision IS '版';
COMMENT ON COLUMN allowance.review_setting.settings IS '設定 annualReview の値';
COMMENT ON COLUMN allowance.review_setting.digest IS '値のハッシュ';
COMMENT ON COLUMN allowance.review_setting.reason IS '確かめたこと（1版は「開始」）';
COMMENT ON COLUMN allowance.review_setting.accepted_by IS '確かめた職員';
COMMENT ON COLUMN allowance.review_setting.recorded_at IS '記録した時刻';

CREATE TABLE allowance.review_call (
  recipient_id bigint NOT NULL REFERENCES allowance.recipient,
  fiscal_year  smallint NOT NULL REFERENCES allowance.review_year,
  reason       text NOT NULL CHECK (length(reason) BETWEEN 1 AND 200),
  called_by    allowance.operator NOT NULL,
  recorded_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (recipient_id, fiscal_year)
);
COMMENT ON TABLE allowance.review_call IS '市が個別に現況届の提出を求めた受給者';
COMMENT ON COLUMN allowance.review_call.recipient_id IS '認定番号';
COMMENT ON COLUMN allowance.review_call.fiscal_year IS '現況年度';
COMMENT ON COLUMN allowance.review_call.reason IS '求める理由';
COMMENT ON COLUMN allowance.review_call.called_by IS '求めることにした職員';
COMMENT ON COLUMN allowance.review_call.recorded_at IS '記録した時刻';

CREATE TABLE allowance.review_result (
  recipient_id bigint NOT NULL REFERENCES allowance.recipient,
  fiscal_year  smallint NOT NULL REFERENCES allowance.review_year,
  no           smallint NOT NULL CHECK (no >= 1),
  outcome      text NOT NULL CHECK (outcome IN ('mustFile', 'confirmed', 'exempt', 'unclear')),
  reasons      text[] NOT NULL,
  checked_on   date NOT NULL,
  evidence     jsonb NOT NULL,
  digest       allowance.digest NOT NULL,
  judged_by    allowance.operator NOT NULL,
  approved_by  allowance.operator NOT NULL,
  recorded_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (recipient_id, fiscal_year, no),
  CONSTRAINT review_result_reasons CHECK ((outcome = 'confirmed') = (cardinality(reasons) = 0)),
  CONSTRAINT review_result_two_people CHECK (judged_by <> approved_by)
);
COMMENT ON TABLE allowance.review_result IS '現況の判定の結果。受給者と年度ごとに積み、最後の行がいまの結果。何を見て判定したか（台帳の版）と、最後に確かめた日を必ず持つ。';
COMMENT ON COLUMN allowance.review_result.recipient_id IS '認定番号';
COMMENT ON COLUMN allowance.review_result.fiscal_year IS '現況年度';
COMMENT ON COLUMN allowance.review_result.no IS '受給者と年度の中の順';
COMMENT ON COLUMN allowance.review_result.outcome IS 'mustFile 現況届が要る、confirmed 公簿で確認した、exempt 基準日より後の認定なので要らない、unclear 公簿で確かめられない';
COMMENT ON COLUMN allowance.review_result.reasons IS '提出が要る理由、確かめられない理由（符号）';
COMMENT ON COLUMN allowance.review_result.checked_on IS '確かめた日';
COMMENT ON COLUMN allowance.review_result.evidence IS '見た行（住民・児童・保険・所得・決定）の番号と版';
COMMENT ON COLUMN allowance.review_result.digest IS '判定の中身のハッシュ。同じ判定は二度書かない';
COMMENT ON COLUMN allowance.review_result.judged_by IS '判定した（一覧を作った）職員';
COMMENT ON COLUMN allowance.review_result.approved_by IS '承認した職員（判定した人とは別の人）';
COMMENT ON COLUMN allowance.review_result.recorded_at IS '記録した時刻';
CREATE INDEX review_result_year ON allowance.review_result (fiscal_year, recipient_id, no DESC);

CREATE VIEW allowance.review_result_current WITH (security_invoker = true) AS
SELECT DISTINCT ON (recipient_id, fiscal_year) * FROM allowance.review_result ORDER BY recipient_id, fiscal_year, no DESC;
COMMENT ON VIEW allowance.review_result_current IS '現況の判定のいまの結果（最後の行）';

CREATE TABLE allowance.review_form (
  recipient_id bigint NOT NULL REFERENCES allowance.recipient,
  fiscal_year  smallint NOT NULL REFERENCES allowance.review_year,
  no           smallint NOT NULL CHECK (no >= 1),
  barcode      text NOT NULL CHECK (barcode ~ '^R[0-9]{15}$'),
  tray         text NOT NULL CHECK (tray IN ('print', 'manual')),
  material     jsonb NOT NULL,
  proof        jsonb NOT NULL,
  made_by      allowance.operator NOT NULL,
  made_on      date NOT NULL,
  recorded_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (recipient_id, fiscal_year, no)
);
COMMENT ON TABLE allowance.review_form IS '現況届の様式に印字するもの（通知書の材料）。バーコードは受給者と年度に一つで、作り直しても変わらない。';
COMMENT ON COLUMN allowance.review_form.recipient_id IS '認定番号';
COMMENT ON COLUMN allowance.review_form.fiscal_year IS '現況年度';
COMMENT ON COLUMN allowance.review_form.no IS '作った順（2からは再発行）';
COMMENT ON COLUMN allowance.review_form.barcode IS 'バーコードの文字（R・年度4桁・認定番号10桁・検査数字）';
COMMENT ON COLUMN allowance.review_form.tray IS 'print そのまま印刷する、manual 支援措置の対象者がいるので人が確かめる';
COMMENT ON COLUMN allowance.review_form.material IS '印字する項目（支援措置の関門を通ったもの）';
COMMENT ON COLUMN allowance.review_form.proof IS '受給者の住所と違う、印字する住所の一覧（校正用）';
COMMENT ON COLUMN allowance.review_form.made_by IS '作った職員';
COMMENT ON COLUMN allowance.review_form.made_on IS '作った日';
COMMENT ON COLUMN allowance.review_form.recorded_at IS '記録した時刻';

CREATE TABLE allowance.review_receipt (
  filing_id    bigint PRIMARY KEY REFERENCES allowance.filing,
  recipient_id bigint NOT NULL REFERENCES allowance.recipient,
  fiscal_year  smallint NOT NULL REFERENCES allowance.review_year,
  barcode      text NOT NULL CHECK (barcode ~ '^R[0-9]{15}$'),
  scanned_by   allowance.operator NOT NULL,
  recorded_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE allowance.review_receipt IS 'バーコードで受け付けた現況届と、その受付';
COMMENT ON COLUMN allowance.review_receipt.filing_id IS '受付';
COMMENT ON COLUMN allowance.review_receipt.recipient_id IS '認定番号';
COMMENT ON COLUMN allowance.review_receipt.fiscal_year IS '現況年度';
COMMENT ON COLUMN allowance.review_receipt.barcode IS '読み取ったバーコード';
COMMENT ON COLUMN allowance.review_receipt.scanned_by IS '読み取った職員';
COMMENT ON COLUMN allowance.review_receipt.recorded_at IS '読み取った時刻';
CREATE INDEX review_receipt_recipient ON allowance.review_receipt (recipient_id, fiscal_year);

CREATE TABLE allowance.review_outside_check (
  filing_id   bigint NOT NULL REFERENCES allowance.filing,
  no          smallint NOT NULL CHECK (no >= 1),
  verdict     text NOT NULL CHECK (verdict IN ('complete', 'defect')),
  defects     text[] NOT NULL,
  note        text NOT NULL DEFAULT '' CHECK (length(note) <= 400),
  checked_on  date NOT NULL,
  checked_by  text NOT NULL CHECK (length(checked_by) BETWEEN 1 AND 60),
  entered_by  allowance.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (filing_id, no),
  CONSTRAINT review_outside_defects CHECK ((verdict = 'defect') = (cardinality(defects) > 0))
);
COMMENT ON TABLE allowance.review_outside_check IS '受託者（書類の点検）の結果。案であり、これだけでは受付の状態は動かない。職員が見て、返戻か審査をする。';
COMMENT ON COLUMN allowance.review_outside_check.filing_id IS '受付';
COMMENT ON COLUMN allowance.review_outside_check.no IS '受付の中の順';
COMMENT ON COLUMN allowance.review_outside_check.verdict IS 'complete そろっている、defect 不備がある';
COMMENT ON COLUMN allowance.review_outside_check.defects IS '足りない書類・項目';
COMMENT ON COLUMN allowance.review_outside_check.note IS '覚え';
COMMENT ON COLUMN allowance.review_outside_check.checked_on IS '点検した日';
COMMENT ON COLUMN allowance.review_outside_check.checked_by IS '点検した者（受託者の担当者の番号）';
COMMENT ON COLUMN allowance.review_outside_check.entered_by IS '取り込んだ職員';
COMMENT ON COLUMN allowance.review_outside_check.recorded_at IS '記録した時刻';

CREATE TABLE allowance.review_difference (
  difference_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  recipient_id  bigint NOT NULL REFERENCES allowance.recipient,
  fiscal_year   smallint NOT NULL REFERENCES allowance.review_year,
  no            smallint NOT NULL CHECK (no >= 1),
  kinds         text[] NOT NULL,
  yen_july      integer NOT NULL CHECK (yen_july >= 0),
  yen_august    integer NOT NULL CHECK (yen_august >= 0),
  detail        jsonb NOT NULL,
  digest        allowance.digest NOT NULL,
  made_by       allowance.operator NOT NULL,
  recorded_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (recipient_id, fiscal_year, no)
);
COMMENT ON TABLE allowance.review_difference IS '年度の切替えの前（7月分）と後（8月分）の違い。受給者ごとに積み、最後の行がいまの違い。違いがなくなったときは kinds が空の行を足す。';
COMMENT ON COLUMN allowance.review_difference.difference_id IS '違いの番号';
COMMENT ON COLUMN allowance.review_difference.recipient_id IS '認定番号';
COMMENT ON COLUMN allowance.review_difference.fiscal_year IS '現況年度';
COMMENT ON COLUMN allowance.review_difference.no IS '受給者と年度の中の順';
COMMENT ON COLUMN allowance.review_difference.kinds IS '何が違うか（符号）';
COMMENT ON COLUMN allowance.review_difference.yen_july IS '7月分の額（円）';
COMMENT ON COLUMN allowance.review_difference.yen_august IS '8月分の額（円）';
COMMENT ON COLUMN allowance.review_difference.detail IS '児童・兄姉等ごとの前と後、説明となる決定';
COMMENT ON COLUMN allowance.review_difference.digest IS '違いの中身のハッシュ';
COMMENT ON COLUMN allowance.review_difference.made_by IS '一覧を作った職員';
COMMENT ON COLUMN allowance.review_difference.recorded_at IS '記録した時刻';

CREATE TABLE allowance.review_clearance (
  difference_id bigint PRIMARY KEY REFERENCES allowance.review_difference,
  reason        text NOT NULL CHECK (length(reason) BETWEEN 1 AND 400),
  cleared_by    allowance.operator NOT NULL,
  recorded_at   timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE allowance.review_clearance IS '違いを一件ずつ確かめたこと';
COMMENT ON COLUMN allowance.review_clearance.difference_id IS '違いの番号';
COMMENT ON COLUMN allowance.review_clearance.reason IS '確かめたこと（理由）';
COMMENT ON COLUMN allowance.review_clearance.cleared_by IS '確かめた職員';
COMMENT ON COLUMN allowance.review_clearance.recorded_at IS '記録した時刻';

CREATE TABLE allowance.review_schedule (
  recipient_id    bigint NOT NULL REFERENCES allowance.recipient,
  fiscal_year     smallint NOT NULL REFERENCES allowance.review_year,
  revision        smallint NOT NULL CHECK (revision >= 1),
  amounts         integer[] NOT NULL,
  employee_class  text CHECK (employee_class IN ('employee', 'nonEmployee')),
  report_entry    bigint NOT NULL,
  report_revision smallint NOT NULL,
  facts_digest    allowance.digest NOT NULL REFERENCES allowance.facts,
  rule_version    text NOT NULL,
  digest          allowance.digest NOT NULL,
  made_by         allowance.operator NOT NULL,
  approved_by     allowance.operator NOT NULL,
  recorded_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (recipient_id, fiscal_year, revision),
  FOREIGN KEY (report_entry, report_revision) REFERENCES allowance.annual_report (entry_id, revision),
  CONSTRAINT review_schedule_months CHECK (array_length(amounts, 1) = 12 AND array_position(amounts, NULL) IS NULL AND 0 <= ALL (amounts)),
  CONSTRAINT review_schedule_two_people CHECK (made_by <> approved_by)
);
COMMENT ON TABLE allowance.review_schedule IS '新年度の支払予定（8月分から翌年7月分まで）。現況を確かめた受給者だけに作る。予定であり、支払うのは元帳にある額だけ。';
COMMENT ON COLUMN allowance.review_schedule.recipient_id IS '認定番号';
COMMENT ON COLUMN allowance.review_schedule.fiscal_year IS '現況年度';
COMMENT ON COLUMN allowance.review_schedule.revision IS '版（事実が変わって作り直すと増える）';
COMMENT ON COLUMN allowance.review_schedule.amounts IS '8月分から翌年7月分までの12か月の額（円）';
COMMENT ON COLUMN allowance.review_schedule.employee_class IS '被用区分（8月から翌年7月まで固定。児童手当法18条6項）';
COMMENT ON COLUMN allowance.review_schedule.report_entry IS '現況の受理の記載';
COMMENT ON COLUMN allowance.review_schedule.report_revision IS '現況の受理の版';
COMMENT ON COLUMN allowance.review_schedule.facts_digest IS '計算した事実';
COMMENT ON COLUMN allowance.review_schedule.rule_version IS '規則の版';
COMMENT ON COLUMN allowance.review_schedule.digest IS '予定の中身のハッシュ';
COMMENT ON COLUMN allowance.review_schedule.made_by IS '作った職員';
COMMENT ON COLUMN allowance.review_schedule.approved_by IS '承認した職員（作った人とは別の人）';
COMMENT ON COLUMN allowance.review_schedule.recorded_at IS '記録した時刻';

CREATE VIEW allowance.review_schedule_current WITH (security_invoker = true) AS
SELECT DISTINCT ON (recipient_id, fiscal_year) * FROM allowance.review_schedule ORDER BY recipient_id, fiscal_year, revision DESC;
COMMENT ON VIEW allowance.review_schedule_current IS '新年度の支払予定のいまの版';

-- 差止の事由（コード）と、どの年度の現況届によるものか。事由がなくなれば、解除の漏れとして見つけられる。
CREATE TABLE allowance.hold_ground (
  hold_id     bigint PRIMARY KEY REFERENCES allowance.hold,
  cause_code  text NOT NULL CHECK (cause_code ~ '^[a-z][A-Za-z0-9]{0,39}$'),
  fiscal_year smallint REFERENCES allowance.review_year,
  CONSTRAINT hold_ground_year CHECK ((cause_code = 'annualReportMissing') = (fiscal_year IS NOT NULL))
);
COMMENT ON TABLE allowance.hold_ground IS '差止・保留の事由のコードと、現況届による差止の年度';
COMMENT ON COLUMN allowance.hold_ground.hold_id IS '差止・保留';
COMMENT ON COLUMN allowance.hold_ground.cause_code IS '事由（コード表 holdCause の識別子）';
COMMENT ON COLUMN allowance.hold_ground.fiscal_year IS '現況年度（現況届が出ていないことによる差止だけ）';

CREATE TABLE allowance.review_notice (
  notice_id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind             text NOT NULL CHECK (kind IN ('reminder', 'holdPlaced', 'holdReleased', 'lapsed', 'taxInquiry')),
  addressee_number allowance.addressee_number NOT NULL REFERENCES allowance.addressee,
  recipient_id     bigint REFERENCES allowance.recipient,
  fiscal_year      smallint,
  facts            jsonb NOT NULL,
  issued_on        date NOT NULL,
  entered_by       allowance.operator NOT NULL,
  recorded_at      timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE allowance.review_notice IS '現況・差止・時効について、だれに何を知らせるか（通知書の材料）。1行は1人宛て。人の居所は facts に入れない。';
COMMENT ON COLUMN allowance.review_notice.notice_id IS '通知の番号';
COMMENT ON COLUMN allowance.review_notice.kind IS 'reminder 督促、holdPlaced 支払差止通知書、holdReleased 差止解除、lapsed 時効による消滅、taxInquiry 所得の照会';
COMMENT ON COLUMN allowance.review_notice.addressee_number IS 'だれに知らせるか（宛名番号）';
COMMENT ON COLUMN allowance.review_notice.recipient_id IS '認定番号';
COMMENT ON COLUMN allowance.review_notice.fiscal_year IS '現況年度';
COMMENT ON COLUMN allowance.review_notice.facts IS '知らせる事実（月・額・理由・期限）';
COMMENT ON COLUMN allowance.review_notice.issued_on IS '発出の日';
COMMENT ON COLUMN allowance.review_notice.entered_by IS '決めた職員';
COMMENT ON COLUMN allowance.review_notice.recorded_at IS '記録した時刻';
CREATE INDEX review_notice_recipient ON allowance.review_notice (recipient_id, fiscal_year, kind);

COMMENT ON CONSTRAINT review_result_two_people ON allowance.review_result IS '判定した人は、自分の判定を承認できません';
COMMENT ON CONSTRAINT review_result_reasons ON allowance.review_result IS '公簿で確認したもののほかは、理由が要ります';
COMMENT ON CONSTRAINT review_schedule_two_people ON allowance.review_schedule IS '支払予定を作った人は、自分で承認できません';
COMMENT ON CONSTRAINT review_schedule_months ON allowance.review_schedule IS '支払予定は12か月分で、額は0円以上です';
COMMENT ON CONSTRAINT review_outside_defects ON allowance.review_outside_check IS '不備のときは内容が要り、そろっているときは書きません';
COMMENT ON CONSTRAINT hold_ground_year ON allowance.hold_ground IS '現況届の未提出による差止めには、年度が要ります';

SELECT allowance.protect_rows(t::regclass, kind, key) FROM (VALUES
  ('allowance.review_call', 'recipient', 'recipient_id'),
  ('allowance.review_result', 'recipient', 'recipient_id'),
  ('allowance.review_form', 'recipient', 'recipient_id'),
  ('allowance.review_receipt', 'recipient', 'recipient_id'),
  ('allowance.review_outside_check', 'where', 'EXISTS (SELECT FROM allowance.review_receipt r WHERE r.filing_id = review_outside_check.filing_id)'),
  ('allowance.review_difference', 'recipient', 'recipient_id'),
  ('allowance.review_clearance', 'where', 'EXISTS (SELECT FROM allowance.review_difference d WHERE d.difference_id = review_clearance.difference_id)'),
  ('allowance.review_schedule', 'recipient', 'recipient_id'),
  ('allowance.hold_ground', 'where', 'EXISTS (SELECT FROM allowance.hold h WHERE h.hold_id = hold_ground.hold_id)'),
  ('allowance.review_notice', 'person', 'addressee_number')
) AS p (t, kind, key);
GRANT SELECT ON allowance.review_year, allowance.review_setting, allowance.review_result_current, allowance.review_schedule_current TO hagukumi_desk;
GRANT SELECT, INSERT ON allowance.review_year, allowance.review_setting, allowance.review_call, allowance.review_result, allowance.review_form, allowance.review_receipt,
  allowance.review_outside_check, allowance.review_difference, allowance.review_clearance, allowance.review_schedule, allowance.hold_ground,
  allowance.review_notice TO hagukumi_allowance;
GRANT SELECT ON allowance.review_result_current, allowance.review_schedule_current TO hagukumi_allowance;
