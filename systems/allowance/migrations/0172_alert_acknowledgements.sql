-- Up Migration
-- 警告（要確認）の確認。だれが・なぜ進めてよいとしたかを残し、残っていない警告があるうちは画面から決裁できない。
CREATE TABLE allowance.alert_acknowledgement (
  filing_id       bigint NOT NULL REFERENCES allowance.filing,
  alert_digest    allowance.digest NOT NULL,
  item            text NOT NULL CHECK (item <> ''),
  reason          text NOT NULL,
  acknowledged_by allowance.operator NOT NULL,
  acknowledged_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (filing_id, alert_digest),
  CONSTRAINT alert_acknowledgement_reason CHECK (length(btrim(reason)) BETWEEN 1 AND 400)
);
COMMENT ON TABLE allowance.alert_acknowledgement IS '警告の確認。1つの警告に1度。変えることも消すこともできない。';
COMMENT ON COLUMN allowance.alert_acknowledgement.alert_digest IS '確認した警告そのもの（項目・児童・文）のSHA-256。文が変われば、別の警告として確認し直す。';
COMMENT ON COLUMN allowance.alert_acknowledgement.item IS '検査の符号（docs/検査一覧.md）';
COMMENT ON COLUMN allowance.alert_acknowledgement.reason IS '進めてよいとした理由';
COMMENT ON COLUMN allowance.alert_acknowledgement.acknowledged_by IS '確認した人';
COMMENT ON CONSTRAINT alert_acknowledgement_reason ON allowance.alert_acknowledgement IS '理由を1文字から400文字で書く';
SELECT allowance.protect_rows('allowance.alert_acknowledgement', 'where', 'EXISTS (SELECT FROM allowance.filing f WHERE f.filing_id = alert_acknowledgement.filing_id)');
GRANT SELECT, INSERT ON allowance.alert_acknowledgement TO hagukumi_allowance;

-- 案を変える理由。却下にするときの理由は、却下事由（refusalCause）から選ぶ。
INSERT INTO allowance.code_domain VALUES ('overrideReason', '案の変更理由');
INSERT INTO allowance.code (domain, code, identifier, label, valid_from, revision, entered_by, approved_by)
SELECT 'overrideReason', code, identifier, label, '2010-04-01', 1, 'initial.entry', 'initial.approval' FROM (VALUES
  ('01', 'factsConfirmed', '台帳にない事実を書類で確かめた'),
  ('02', 'causeDate', '事由の発生日が届出と違う'),
  ('03', 'obstacle', 'やむを得ない理由で請求が遅れた'),
  ('04', 'mainEarner', '生計を維持する程度の判断'),
  ('05', 'registerError', '台帳の記載に誤りがある'),
  ('99', 'other', 'その他')) AS v (code, identifier, label);
