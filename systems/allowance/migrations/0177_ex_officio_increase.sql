-- Up Migration
-- 職権による増額は、法律がそう定める事由だけ（請求なしに額を上げない。児童手当法9条）。一覧は日付つきで、二人で変える。
CREATE TABLE allowance.ex_officio_increase_cause (
  cause       text NOT NULL CHECK (cause ~ '^[a-z][A-Za-z0-9]{0,39}$'),
  valid_from  allowance.benefit_month NOT NULL,
  valid_to    allowance.benefit_month,
  revision    smallint NOT NULL CHECK (revision >= 1),
  source      text NOT NULL CHECK (length(source) BETWEEN 1 AND 200),
  entered_by  allowance.operator NOT NULL,
  approved_by allowance.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (cause, valid_from, revision),
  CONSTRAINT ex_officio_increase_period CHECK (valid_to >= valid_from),
  CONSTRAINT ex_officio_increase_two_people CHECK (entered_by <> approved_by)
);
COMMENT ON TABLE allowance.ex_officio_increase_cause IS '請求なしに職権で増額できる事由（法改正など）。効力の月分の期間ごと。ここにない事由の増額は、請求がなければ決定できない。';
COMMENT ON COLUMN allowance.ex_officio_increase_cause.cause IS '事由（コード表 cause の識別子）';
COMMENT ON COLUMN allowance.ex_officio_increase_cause.valid_from IS '増額の効力の月分の始め';
COMMENT ON COLUMN allowance.ex_officio_increase_cause.valid_to IS '増額の効力の月分の終わり（空は続いている）';
COMMENT ON COLUMN allowance.ex_officio_increase_cause.revision IS '版';
COMMENT ON COLUMN allowance.ex_officio_increase_cause.source IS '根拠';
COMMENT ON COLUMN allowance.ex_officio_increase_cause.entered_by IS '入力した職員';
COMMENT ON COLUMN allowance.ex_officio_increase_cause.approved_by IS '承認した職員（入力した人とは別の人）';
COMMENT ON COLUMN allowance.ex_officio_increase_cause.recorded_at IS '記録した時刻';
COMMENT ON CONSTRAINT ex_officio_increase_two_people ON allowance.ex_officio_increase_cause IS '職権で増額できる事由は、入力した人と別の職員の承認が要ります。';
INSERT INTO allowance.ex_officio_increase_cause (cause, valid_from, valid_to, revision, source, entered_by, approved_by) VALUES
  ('reform', '2010-04-01', NULL, 1, '令6法47 附則13条4項（改正前の各法の経過措置を含む）', 'initial.entry', 'initial.approval'),
  ('income', '2012-06-01', '2024-09-01', 1, '旧児童手当法5条・附則2条（毎年6月分の所得の判定）', 'initial.entry', 'initial.approval'),
  ('taxCorrection', '2012-06-01', '2024-09-01', 1, '旧児童手当法5条・附則2条（所得の更正）', 'initial.entry', 'initial.approval');

CREATE FUNCTION allowance.decision_ex_officio_increase() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE bad record;
BEGIN
  SELECT n.recipient_id, n.cause, n.effective_month INTO bad FROM new_rows n
  WHERE n.kind = 'increase' AND n.ex_officio AND NOT EXISTS (
    SELECT FROM (SELECT DISTINCT ON (e.cause, e.valid_from) * FROM allowance.ex_officio_increase_cause e
                 WHERE e.cause = n.cause ORDER BY e.cause, e.valid_from, e.revision DESC) x
    WHERE x.valid_from <= n.effective_month AND (x.valid_to IS NULL OR x.valid_to >= n.effective_month)) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION '認定番号 % の % 分からの職権の増額（%）は、職権で増額できる事由の一覧にありません', bad.recipient_id, bad.effective_month, bad.cause
      USING ERRCODE = 'HG056', CONSTRAINT = 'decision_ex_officio_increase';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER decision_ex_officio_increase AFTER INSERT ON allowance.decision
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION allowance.decision_ex_officio_increase();

GRANT SELECT, INSERT ON allowance.ex_officio_increase_cause TO hagukumi_allowance;
