-- Up Migration
-- 並行計算: 法のパラメータ（とプログラムの更新）を登録するとき、元帳にあるすべての月分を新しい値で計算し直し、元の額と一件ずつ比べた結果。
-- 承認はこの結果を含む中身に結びつく（I-50）。

CREATE TABLE allowance.parallel_calculation (
  set_id        integer PRIMARY KEY REFERENCES allowance.parameter_set,
  from_month    allowance.benefit_month,
  to_month      allowance.benefit_month,
  recipients    integer NOT NULL CHECK (recipients >= 0),
  child_months  bigint NOT NULL CHECK (child_months >= 0),
  differing     bigint NOT NULL CHECK (differing BETWEEN 0 AND child_months),
  uncomputed    integer NOT NULL CHECK (uncomputed >= 0),
  amount_before bigint NOT NULL,
  amount_after  bigint NOT NULL,
  digest        allowance.digest NOT NULL,
  recorded_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT parallel_calculation_months CHECK ((from_month IS NULL) = (child_months = 0) AND (from_month IS NULL) = (to_month IS NULL) AND to_month >= from_month),
  CONSTRAINT parallel_calculation_same CHECK (differing > 0 OR amount_before = amount_after)
);
COMMENT ON TABLE allowance.parallel_calculation IS '並行計算の結果（登録ごとにひとつ）。全受給者の、元帳にある月分の額（前）と、登録する値で計算した額（後）の件数と合計。';
COMMENT ON COLUMN allowance.parallel_calculation.set_id IS '登録の番号';
COMMENT ON COLUMN allowance.parallel_calculation.from_month IS '初めの月分（元帳に何もなければ空）';
COMMENT ON COLUMN allowance.parallel_calculation.to_month IS '終わりの月分';
COMMENT ON COLUMN allowance.parallel_calculation.recipients IS '計算した受給者の数';
COMMENT ON COLUMN allowance.parallel_calculation.child_months IS '比べた児童×月の数';
COMMENT ON COLUMN allowance.parallel_calculation.differing IS '額の違う児童×月の数';
COMMENT ON COLUMN allowance.parallel_calculation.uncomputed IS '計算できなかった受給者の数';
COMMENT ON COLUMN allowance.parallel_calculation.amount_before IS '元帳の額の合計（円）';
COMMENT ON COLUMN allowance.parallel_calculation.amount_after IS '計算した額の合計（円）';
COMMENT ON COLUMN allowance.parallel_calculation.digest IS '違う児童×月の一覧のハッシュ';
COMMENT ON COLUMN allowance.parallel_calculation.recorded_at IS '記録の時刻';
COMMENT ON CONSTRAINT parallel_calculation_months ON allowance.parallel_calculation IS '比べた月分の範囲が正しくありません';
COMMENT ON CONSTRAINT parallel_calculation_same ON allowance.parallel_calculation IS '違いがないのに、合計が違います';

CREATE TABLE allowance.parallel_difference (
  set_id        integer NOT NULL REFERENCES allowance.parallel_calculation,
  recipient_id  bigint NOT NULL REFERENCES allowance.recipient,
  child_number  allowance.addressee_number NOT NULL,
  benefit_month allowance.benefit_month NOT NULL,
  amount_before integer NOT NULL CHECK (amount_before >= 0),
  amount_after  integer NOT NULL CHECK (amount_after >= 0 AND amount_after <> amount_before),
  PRIMARY KEY (set_id, recipient_id, child_number, benefit_month)
);
COMMENT ON TABLE allowance.parallel_difference IS '並行計算で額の違った児童×月。';
COMMENT ON COLUMN allowance.parallel_difference.set_id IS '登録の番号';
COMMENT ON COLUMN allowance.parallel_difference.recipient_id IS '認定番号';
COMMENT ON COLUMN allowance.parallel_difference.child_number IS '児童の宛名番号';
COMMENT ON COLUMN allowance.parallel_difference.benefit_month IS '月分';
COMMENT ON COLUMN allowance.parallel_difference.amount_before IS '元帳の額（円）';
COMMENT ON COLUMN allowance.parallel_difference.amount_after IS '登録する値で計算した額（円）';

-- 元帳に月分があるのに並行計算のない登録は、承認できない。
CREATE FUNCTION allowance.parameter_approval_parallel() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM allowance.due_item) AND NOT EXISTS (SELECT FROM allowance.parallel_calculation p WHERE p.set_id = NEW.set_id) THEN
    RAISE EXCEPTION '登録 % には、全件の並行計算がありません', NEW.set_id USING ERRCODE = 'HG427', CONSTRAINT = 'parameter_approval_parallel';
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION allowance.parameter_approval_parallel() IS '全件の並行計算のないパラメータを承認させない';
CREATE TRIGGER parameter_approval_parallel AFTER INSERT ON allowance.parameter_approval
  FOR EACH ROW EXECUTE FUNCTION allowance.parameter_approval_parallel();

SELECT allowance.protect_rows('allowance.parallel_difference'::regclass, 'recipient', 'recipient_id');
GRANT SELECT, INSERT ON allowance.parallel_calculation, allowance.parallel_difference TO hagukumi_allowance;
