-- Up Migration
-- 所得・税: 税の項目の明細、更正の処理、所得の照会。所得そのもの（income_history）は取り込むだけで、入力しない。

CREATE TABLE allowance.tax_item (
  addressee_number allowance.addressee_number NOT NULL REFERENCES allowance.addressee,
  income_year      smallint NOT NULL CHECK (income_year BETWEEN 2008 AND 2100),
  history_no       smallint NOT NULL CHECK (history_no >= 1),
  item_code        text NOT NULL CHECK (item_code ~ '^[a-z][A-Za-z0-9]{1,39}$'),
  revision         smallint NOT NULL CHECK (revision >= 1),
  amount           bigint NOT NULL,
  row_digest       allowance.digest NOT NULL,
  batch_id         bigint NOT NULL,
  recorded_at      timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (addressee_number, income_year, history_no, item_code, revision)
);
COMMENT ON TABLE allowance.tax_item IS '個人住民税の項目ごとの明細。項目の対応表（income/tax-item-map.ts）で畳んだ額が、income_history の額と合うことを突き合わせる。';
COMMENT ON COLUMN allowance.tax_item.addressee_number IS '宛名番号';
COMMENT ON COLUMN allowance.tax_item.income_year IS '所得の年（1月から12月まで）';
COMMENT ON COLUMN allowance.tax_item.history_no IS '税履歴の番号（更正のたびに増える）';
COMMENT ON COLUMN allowance.tax_item.item_code IS '項目';
COMMENT ON COLUMN allowance.tax_item.revision IS '版';
COMMENT ON COLUMN allowance.tax_item.amount IS '額（円）または人数';
COMMENT ON COLUMN allowance.tax_item.row_digest IS '行のハッシュ';
COMMENT ON COLUMN allowance.tax_item.batch_id IS '取り込み';
COMMENT ON COLUMN allowance.tax_item.recorded_at IS '記録した時刻';

CREATE TABLE allowance.tax_correction (
  addressee_number allowance.addressee_number NOT NULL,
  income_year      smallint NOT NULL,
  history_no       smallint NOT NULL,
  revision         smallint NOT NULL,
  outcome          text NOT NULL CHECK (outcome IN ('noEffect', 'redecided', 'mainEarnerKept', 'recipientChanges')),
  reason           text NOT NULL CHECK (length(reason) BETWEEN 1 AND 400),
  decisions        bigint[] NOT NULL DEFAULT '{}',
  entered_by       allowance.operator NOT NULL,
  approved_by      allowance.operator NOT NULL,
  recorded_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (addressee_number, income_year, history_no, revision),
  FOREIGN KEY (addressee_number, income_year, history_no, revision) REFERENCES allowance.income_history (addressee_number, income_year, history_no, revision),
  CONSTRAINT tax_correction_two_people CHECK (entered_by <> approved_by),
  CONSTRAINT tax_correction_decisions CHECK ((outcome = 'redecided') = (cardinality(decisions) > 0))
);
COMMENT ON TABLE allowance.tax_correction IS '所得の更正を判定し直した結果。更正の一覧は、この行のない版がなくなるまで残る。';
COMMENT ON COLUMN allowance.tax_correction.addressee_number IS '宛名番号';
COMMENT ON COLUMN allowance.tax_correction.income_year IS '所得の年';
COMMENT ON COLUMN allowance.tax_correction.history_no IS '税履歴の番号';
COMMENT ON COLUMN allowance.tax_correction.revision IS '版';
COMMENT ON COLUMN allowance.tax_correction.outcome IS 'noEffect 額は変わらない、redecided 決定し直した、mainEarnerKept 生計中心者は変わらない、recipientChanges 受給者が変わる（請求を求めた）';
COMMENT ON COLUMN allowance.tax_correction.reason IS '理由';
COMMENT ON COLUMN allowance.tax_correction.decisions IS '書いた決定';
COMMENT ON COLUMN allowance.tax_correction.entered_by IS '判定した職員';
COMMENT ON COLUMN allowance.tax_correction.approved_by IS '承認した職員（判定した人とは別の人）';
COMMENT ON COLUMN allowance.tax_correction.recorded_at IS '記録した時刻';
COMMENT ON CONSTRAINT tax_correction_two_people ON allowance.tax_correction IS '判定した人は、自分の判定を承認できません';

CREATE TABLE allowance.tax_inquiry (
  inquiry_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  addressee_number allowance.addressee_number NOT NULL REFERENCES allowance.addressee,
  income_year      smallint NOT NULL CHECK (income_year BETWEEN 2008 AND 2100),
  office           text NOT NULL CHECK (length(office) BETWEEN 1 AND 100),
  basis            text NOT NULL CHECK (basis IN ('network', 'article28')),
  purpose          text NOT NULL CHECK (purpose IN ('annualReview', 'taxCorrection', 'certification')),
  requested_on     date NOT NULL,
  due_on           date NOT NULL CHECK (due_on >= requested_on),
  requested_by     allowance.operator NOT NULL,
  recorded_at      timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE allowance.tax_inquiry IS '所得の照会。1月1日の住所が別の市区町村にある人（情報提供ネットワークシステム）と、市の他の課への資料の求め（28条）。';
COMMENT ON COLUMN allowance.tax_inquiry.inquiry_id IS '照会の番号';
COMMENT ON COLUMN allowance.tax_inquiry.addressee_number IS 'だれの所得か（宛名番号）';
COMMENT ON COLUMN allowance.tax_inquiry.income_year IS '所得の年';
COMMENT ON COLUMN allowance.tax_inquiry.office IS '照会先（課税している市区町村、市民税課など）';
COMMENT ON COLUMN allowance.tax_inquiry.basis IS 'network 情報提供ネットワークシステム、article28 児童手当法28条';
COMMENT ON COLUMN allowance.tax_inquiry.purpose IS '使う目的（現況・更正・認定）';
COMMENT ON COLUMN allowance.tax_inquiry.requested_on IS '求めた日';
COMMENT ON COLUMN allowance.tax_inquiry.due_on IS '回答の期限';
COMMENT ON COLUMN allowance.tax_inquiry.requested_by IS '求めた職員';
COMMENT ON COLUMN allowance.tax_inquiry.recorded_at IS '記録した時刻';
CREATE UNIQUE INDEX tax_inquiry_once ON allowance.tax_inquiry (addressee_number, income_year, purpose);

CREATE TABLE allowance.tax_inquiry_answer (
  inquiry_id  bigint PRIMARY KEY REFERENCES allowance.tax_inquiry,
  outcome     text NOT NULL CHECK (outcome IN ('sent', 'undeclared', 'noRecord')),
  answered_on date NOT NULL,
  reference   text NOT NULL CHECK (length(reference) BETWEEN 1 AND 200),
  entered_by  allowance.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE allowance.tax_inquiry_answer IS '所得の照会の回答。所得の額はここに入力せず、連携ファイルで取り込む。';
COMMENT ON COLUMN allowance.tax_inquiry_answer.inquiry_id IS '照会の番号';
COMMENT ON COLUMN allowance.tax_inquiry_answer.outcome IS 'sent 所得が送られた、undeclared 未申告、noRecord 課税の記録がない';
COMMENT ON COLUMN allowance.tax_inquiry_answer.answered_on IS '回答の日';
COMMENT ON COLUMN allowance.tax_inquiry_answer.reference IS '回答の文書・通番';
COMMENT ON COLUMN allowance.tax_inquiry_answer.entered_by IS '記録した職員';
COMMENT ON COLUMN allowance.tax_inquiry_answer.recorded_at IS '記録した時刻';

INSERT INTO allowance.mass_schedule (job_code, valid_from, revision, name, cycle, months, day, grace_days, after_jobs, note, entered_by, approved_by) VALUES
  ('taxRejudge', '2026-12-01', 1, '所得の更正の判定し直し', 'monthly', '{1,2,3,4,5,6,7,8,9,10,11,12}', 25, 10, '{}', '税の取込のあとに。一覧が0件になるまで', 'initial.entry', 'initial.approval');

SELECT allowance.protect_rows(t::regclass, kind, key) FROM (VALUES
  ('allowance.tax_item', 'person', 'addressee_number'),
  ('allowance.tax_correction', 'person', 'addressee_number'),
  ('allowance.tax_inquiry', 'person', 'addressee_number'),
  ('allowance.tax_inquiry_answer', 'where', 'EXISTS (SELECT FROM allowance.tax_inquiry q WHERE q.inquiry_id = tax_inquiry_answer.inquiry_id)')
) AS p (t, kind, key);
GRANT SELECT, INSERT ON allowance.tax_item, allowance.tax_correction, allowance.tax_inquiry, allowance.tax_inquiry_answer TO hagukumi_allowance;
