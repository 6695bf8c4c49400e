-- Up Migration
-- 口座の確認（事前照合・名義の確認）の結果と、必ず見るメモを読んだ記録。どちらも足すだけで、変えない。

CREATE TABLE allowance.account_check (
  check_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  account_id  bigint NOT NULL REFERENCES allowance.account,
  kind        text NOT NULL CHECK (kind IN ('preCheck', 'holder')),
  method      text NOT NULL CHECK (method IN ('bankMaster', 'bankInquiry', 'registerKana', 'passbook', 'publicAccountInquiry')),
  result      text NOT NULL CHECK (result IN ('match', 'mismatch', 'exception', 'unknown')),
  checked_on  date NOT NULL,
  note        text NOT NULL DEFAULT '' CHECK (length(note) <= 200),
  recorded_by allowance.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT account_check_method CHECK (
    (kind = 'preCheck' AND method IN ('bankMaster', 'bankInquiry', 'publicAccountInquiry')) OR (kind = 'holder' AND method <> 'bankMaster')),
  CONSTRAINT account_check_exception CHECK (result <> 'exception' OR kind = 'holder'),
  CONSTRAINT account_check_note CHECK (result = 'match' OR note <> '')
);
COMMENT ON TABLE allowance.account_check IS '口座ごとの確認の記録。確かめるたびに1行で、最後の行がいまの結果。';
COMMENT ON COLUMN allowance.account_check.kind IS '確認の種類: preCheck 事前照合（その口座に振り込めるか）、holder 名義の確認';
COMMENT ON COLUMN allowance.account_check.method IS '方法: bankMaster 金融機関マスタ、bankInquiry 金融機関への照会、registerKana 台帳のカナとの照合、passbook 通帳の写し、publicAccountInquiry 公金受取口座の照会';
COMMENT ON COLUMN allowance.account_check.result IS '結果: match 一致、mismatch 不一致、exception 例外として認めた、unknown 分からなかった';
COMMENT ON COLUMN allowance.account_check.checked_on IS '確かめた日';
COMMENT ON COLUMN allowance.account_check.note IS '説明。一致でないときは必ず書く。';
COMMENT ON COLUMN allowance.account_check.recorded_by IS '記録した人';
COMMENT ON CONSTRAINT account_check_method ON allowance.account_check IS '金融機関マスタで分かるのは振り込めるかどうかで、名義は分からない';
COMMENT ON CONSTRAINT account_check_exception ON allowance.account_check IS '例外として認めるのは名義だけ';
COMMENT ON CONSTRAINT account_check_note ON allowance.account_check IS '一致でない結果には説明が要る';
CREATE INDEX account_check_account ON allowance.account_check (account_id, check_id);

CREATE TABLE allowance.note_reading (
  entry_id bigint NOT NULL,
  revision smallint NOT NULL,
  read_by  allowance.operator NOT NULL,
  read_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (entry_id, revision, read_by),
  FOREIGN KEY (entry_id, revision) REFERENCES allowance.note
);
COMMENT ON TABLE allowance.note_reading IS '必ず見るメモを、だれがいつ読んだか。メモの版ごと、人ごとに1行。';

SELECT allowance.protect_rows(t::regclass, 'where', condition) FROM (VALUES
  ('allowance.account_check', 'EXISTS (SELECT FROM allowance.account a WHERE a.account_id = account_check.account_id)'),
  ('allowance.note_reading', 'EXISTS (SELECT FROM allowance.note n WHERE n.entry_id = note_reading.entry_id AND n.revision = note_reading.revision)')
) AS p (t, condition);
GRANT SELECT, INSERT ON allowance.account_check, allowance.note_reading TO hagukumi_allowance;
