-- Up Migration
-- 法のパラメータ（額・年齢・数え方・支払期月・所得の表・期間）の登録と承認。値は計算プログラムが持ち、市は、その値の一式を二人で承認する。
-- 承認した一式といまのプログラムの一式が違えば、決定も支払もできない。
CREATE TABLE allowance.parameter_set (
  set_id        integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  set_digest    allowance.digest NOT NULL,
  rule_version  text NOT NULL,
  entries       jsonb NOT NULL,
  compared_with integer REFERENCES allowance.parameter_set,
  differences   jsonb NOT NULL,
  examples      jsonb NOT NULL,
  example_count integer NOT NULL CHECK (example_count > 0),
  failed_count  integer NOT NULL CHECK (failed_count BETWEEN 0 AND example_count),
  content_digest allowance.digest NOT NULL,
  source        text NOT NULL CHECK (length(source) BETWEEN 1 AND 500),
  entered_by    allowance.operator NOT NULL,
  entered_on    date NOT NULL,
  recorded_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (set_id, content_digest, entered_by, failed_count)
);
COMMENT ON TABLE allowance.parameter_set IS '法のパラメータの一式の登録（案）。値の一つひとつ、承認済みの一式との違い、公表された計算例をその値で計算し直した結果を持つ。';
COMMENT ON COLUMN allowance.parameter_set.set_id IS '登録の番号';
COMMENT ON COLUMN allowance.parameter_set.set_digest IS '値の一式のハッシュ（すべての値のハッシュから作る）';
COMMENT ON COLUMN allowance.parameter_set.rule_version IS '法の規則の版';
COMMENT ON COLUMN allowance.parameter_set.entries IS '値の一つひとつ（種類・識別子・名前・月分の期間・値・根拠・ハッシュ）';
COMMENT ON COLUMN allowance.parameter_set.compared_with IS '比べた承認済みの一式（空は初めての登録）';
COMMENT ON COLUMN allowance.parameter_set.differences IS '承認済みの一式との違い（追加・変更・なくなったもの。前後の値）';
COMMENT ON COLUMN allowance.parameter_set.examples IS '公表された計算例ごとの結果（識別子・説明・一致したか・公表の答え・計算の答え）';
COMMENT ON COLUMN allowance.parameter_set.example_count IS '計算例の数';
COMMENT ON COLUMN allowance.parameter_set.failed_count IS '答えが公表と違う計算例の数';
COMMENT ON COLUMN allowance.parameter_set.content_digest IS '登録の中身のハッシュ（承認はこれに結びつく）';
COMMENT ON COLUMN allowance.parameter_set.source IS '登録の根拠（法令・通知・プログラムの版の文書）';
COMMENT ON COLUMN allowance.parameter_set.entered_by IS '登録した職員';
COMMENT ON COLUMN allowance.parameter_set.entered_on IS '登録した日';
COMMENT ON COLUMN allowance.parameter_set.recorded_at IS '記録した時刻';

CREATE TABLE allowance.parameter_approval (
  approval_no    integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  set_id         integer NOT NULL,
  content_digest allowance.digest NOT NULL,
  entered_by     allowance.operator NOT NULL,
  failed_count   integer NOT NULL,
  approved_by    allowance.operator NOT NULL,
  approved_on    date NOT NULL,
  recorded_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT parameter_approval_once UNIQUE (set_id),
  CONSTRAINT parameter_approval_of_content FOREIGN KEY (set_id, content_digest, entered_by, failed_count)
    REFERENCES allowance.parameter_set (set_id, content_digest, entered_by, failed_count),
  CONSTRAINT parameter_approval_two_people CHECK (entered_by <> approved_by),
  CONSTRAINT parameter_approval_examples CHECK (failed_count = 0)
);
COMMENT ON TABLE allowance.parameter_approval IS '法のパラメータの承認。最後の承認が効力を持つ。';
COMMENT ON CONSTRAINT parameter_approval_two_people ON allowance.parameter_approval IS '登録した人は承認できません。';
COMMENT ON CONSTRAINT parameter_approval_examples ON allowance.parameter_approval IS '公表された計算例と答えの違うものがあるパラメータは承認できません。';
COMMENT ON CONSTRAINT parameter_approval_once ON allowance.parameter_approval IS 'この登録は、もう承認されています。';
COMMENT ON CONSTRAINT parameter_approval_of_content ON allowance.parameter_approval IS '承認は、見た登録の中身に結びつきます。';
COMMENT ON COLUMN allowance.parameter_approval.approval_no IS '承認の番号（大きいものほど新しい）';
COMMENT ON COLUMN allowance.parameter_approval.set_id IS '承認した登録';
COMMENT ON COLUMN allowance.parameter_approval.content_digest IS '承認した人が見た中身のハッシュ';
COMMENT ON COLUMN allowance.parameter_approval.entered_by IS '登録した職員';
COMMENT ON COLUMN allowance.parameter_approval.failed_count IS '答えが公表と違う計算例の数（必ず0）';
COMMENT ON COLUMN allowance.parameter_approval.approved_by IS '承認した職員（登録した人とは別の人）';
COMMENT ON COLUMN allowance.parameter_approval.approved_on IS '承認した日';
COMMENT ON COLUMN allowance.parameter_approval.recorded_at IS '記録した時刻';

-- 承認は、登録のときに比べた一式がいまも最後の承認であるときだけできる（違いの一覧が古くなっていないこと）。
CREATE FUNCTION allowance.parameter_approval_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE standing integer; compared integer;
BEGIN
  SELECT a.set_id INTO standing FROM allowance.parameter_approval a WHERE a.approval_no < NEW.approval_no ORDER BY a.approval_no DESC LIMIT 1;
  SELECT s.compared_with INTO compared FROM allowance.parameter_set s WHERE s.set_id = NEW.set_id;
  IF standing IS DISTINCT FROM compared THEN
    RAISE EXCEPTION '登録のあとで別の一式が承認されました。違いの一覧を作り直してください' USING ERRCODE = 'HG051', CONSTRAINT = 'parameter_approval_compared';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER parameter_approval_guard AFTER INSERT ON allowance.parameter_approval
  FOR EACH ROW EXECUTE FUNCTION allowance.parameter_approval_guard();

-- 支払処理がどの承認の値で作られたか。支払処理は、これなしには残らない（コミットの時）。
CREATE TABLE allowance.run_parameters (
  run_no integer PRIMARY KEY REFERENCES allowance.payment_run,
  set_id integer NOT NULL REFERENCES allowance.parameter_approval (set_id)
);
COMMENT ON TABLE allowance.run_parameters IS '支払処理が使った、承認済みのパラメータの一式';
COMMENT ON COLUMN allowance.run_parameters.run_no IS '支払処理の番号';
COMMENT ON COLUMN allowance.run_parameters.set_id IS '承認した一式';
CREATE FUNCTION allowance.payment_run_parameters() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT p.set_id FROM allowance.run_parameters p WHERE p.run_no = NEW.run_no)
     IS DISTINCT FROM (SELECT a.set_id FROM allowance.parameter_approval a ORDER BY a.approval_no DESC LIMIT 1) THEN
    RAISE EXCEPTION '支払処理 % に、承認済みのパラメータの記録がありません', NEW.run_no USING ERRCODE = 'HG051', CONSTRAINT = 'run_parameters_approved';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER payment_run_parameters AFTER INSERT ON allowance.payment_run
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION allowance.payment_run_parameters();

GRANT SELECT, INSERT ON allowance.parameter_set, allowance.parameter_approval, allowance.run_parameters TO hagukumi_allowance;
