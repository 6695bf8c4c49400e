-- Up Migration
-- 連携の検証の記録。受け取る合意と渡す相手のそれぞれを、架空の人の1行で本物の道に通し、合意のとおりか、合意の外が断られるかを確かめた結果を残す。
CREATE TABLE interchange.contract_check (
  check_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  direction      text NOT NULL CHECK (direction IN ('in', 'out')),
  subject_code   interchange.code NOT NULL,
  version        text NOT NULL CHECK (length(version) BETWEEN 1 AND 20),
  content_digest interchange.digest NOT NULL,
  cases          jsonb NOT NULL,
  passed         smallint NOT NULL CHECK (passed >= 0),
  failed         smallint NOT NULL CHECK (failed >= 0),
  checked_by     interchange.operator NOT NULL,
  checked_on     date NOT NULL,
  recorded_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT contract_check_cases CHECK (jsonb_typeof(cases) = 'array' AND jsonb_array_length(cases) = passed + failed AND passed + failed > 0)
);
COMMENT ON TABLE interchange.contract_check IS '連携の検証の記録（評価書 III-5 その他②）。追記だけ。人の行はなく、値はどれも検証のための架空のもの。';
COMMENT ON COLUMN interchange.contract_check.check_id IS '検証の番号';
COMMENT ON COLUMN interchange.contract_check.direction IS 'in 受け取る合意、out 渡す相手';
COMMENT ON COLUMN interchange.contract_check.subject_code IS '連携、または提供先・移転先';
COMMENT ON COLUMN interchange.contract_check.version IS '合意の版（連携の版と改訂、または相手の改訂）';
COMMENT ON COLUMN interchange.contract_check.content_digest IS '検証した合意の中身のハッシュ。中身が変われば、検証はやり直す';
COMMENT ON COLUMN interchange.contract_check.cases IS '確かめたことと結果の一覧';
COMMENT ON COLUMN interchange.contract_check.passed IS '合意のとおりだったもの';
COMMENT ON COLUMN interchange.contract_check.failed IS '合意と違ったもの';
COMMENT ON COLUMN interchange.contract_check.checked_by IS '検証した職員・処理';
COMMENT ON COLUMN interchange.contract_check.checked_on IS '検証した日（業務の日）';
COMMENT ON COLUMN interchange.contract_check.recorded_at IS '記録した時刻';
COMMENT ON CONSTRAINT contract_check_cases ON interchange.contract_check IS '検証の記録には、確かめたことが一つずつ要ります。';
CREATE INDEX contract_check_subject ON interchange.contract_check (direction, subject_code, check_id DESC);
GRANT SELECT, INSERT ON interchange.contract_check TO hagukumi_interchange;
