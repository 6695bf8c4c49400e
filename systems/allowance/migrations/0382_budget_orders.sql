-- Up Migration
-- 財務会計連携: 支払処理ごとの支出負担行為・支出命令のデータ（予算科目別）。支払処理の合計と必ず一致し、ひとつの支払処理にひとつだけ、二人で作る。

CREATE TABLE allowance.budget_order (
  run_no    integer PRIMARY KEY REFERENCES allowance.transfer_file (run_no),
  layout    text NOT NULL CHECK (layout ~ '^[a-z][a-z0-9-]{0,29}$'),
  sha256    allowance.digest NOT NULL,
  bytes     bytea NOT NULL,
  items     integer NOT NULL CHECK (items >= 1),
  gross     bigint NOT NULL CHECK (gross >= 1),
  withheld  bigint NOT NULL CHECK (withheld >= 0),
  net       bigint NOT NULL,
  made_by   allowance.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (run_no, sha256, made_by),
  CONSTRAINT budget_order_sum CHECK (gross - withheld = net),
  CONSTRAINT budget_order_digest CHECK (sha256 = encode(sha256(bytes), 'hex'))
);
COMMENT ON TABLE allowance.budget_order IS '財務会計へ渡す支出負担行為・支出命令のデータ。ひとつの支払処理にひとつ。差引支払額は支払処理の合計に等しい。';
COMMENT ON COLUMN allowance.budget_order.run_no IS '支払処理';
COMMENT ON COLUMN allowance.budget_order.layout IS '様式の名前と版';
COMMENT ON COLUMN allowance.budget_order.sha256 IS 'ファイルのハッシュ';
COMMENT ON COLUMN allowance.budget_order.bytes IS 'ファイルそのもの（個人の情報を含まない）';
COMMENT ON COLUMN allowance.budget_order.items IS '予算科目の数';
COMMENT ON COLUMN allowance.budget_order.gross IS '支出命令の合計（円）';
COMMENT ON COLUMN allowance.budget_order.withheld IS '控除（徴収・寄附）の合計（円）';
COMMENT ON COLUMN allowance.budget_order.net IS '差引支払額（円）';
COMMENT ON COLUMN allowance.budget_order.made_by IS '作った人';
COMMENT ON COLUMN allowance.budget_order.recorded_at IS '記録の時刻';
COMMENT ON CONSTRAINT budget_order_sum ON allowance.budget_order IS '支出命令から控除を引いた額が、差引支払額と合いません';

CREATE TABLE allowance.budget_order_approval (
  run_no      integer PRIMARY KEY,
  sha256      allowance.digest NOT NULL,
  made_by     allowance.operator NOT NULL,
  approved_by allowance.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  FOREIGN KEY (run_no, sha256, made_by) REFERENCES allowance.budget_order (run_no, sha256, made_by),
  CONSTRAINT budget_order_two_people CHECK (made_by <> approved_by)
);
COMMENT ON TABLE allowance.budget_order_approval IS '財務会計へ渡すデータの承認。ファイルのハッシュに結びつき、作った人は承認できない。';
COMMENT ON COLUMN allowance.budget_order_approval.run_no IS '支払処理';
COMMENT ON COLUMN allowance.budget_order_approval.sha256 IS '承認したファイルのハッシュ';
COMMENT ON COLUMN allowance.budget_order_approval.made_by IS '作った人';
COMMENT ON COLUMN allowance.budget_order_approval.approved_by IS '承認した人';
COMMENT ON COLUMN allowance.budget_order_approval.recorded_at IS '記録の時刻';
COMMENT ON CONSTRAINT budget_order_two_people ON allowance.budget_order_approval IS '作った人は、自分で承認できません';

CREATE FUNCTION allowance.budget_order_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM allowance.run_end e WHERE e.run_no = NEW.run_no AND e.outcome IN ('cancelled', 'voided')) THEN
    RAISE EXCEPTION '取り消した支払処理 % の支出命令は作れません', NEW.run_no USING ERRCODE = 'HG382', CONSTRAINT = 'budget_order_run';
  END IF;
  IF TG_TABLE_NAME = 'budget_order' AND (to_jsonb(NEW)->>'net')::bigint IS DISTINCT FROM (SELECT total FROM allowance.payment_run WHERE run_no = NEW.run_no) THEN
    RAISE EXCEPTION '支出命令の差引支払額が、支払処理 % の合計と合いません', NEW.run_no USING ERRCODE = 'HG382', CONSTRAINT = 'budget_order_total';
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION allowance.budget_order_guard() IS '支出命令のデータを、取り消していない支払処理の合計に結びつける';
CREATE TRIGGER budget_order_guard AFTER INSERT ON allowance.budget_order FOR EACH ROW EXECUTE FUNCTION allowance.budget_order_guard();
CREATE TRIGGER budget_order_approval_guard AFTER INSERT ON allowance.budget_order_approval FOR EACH ROW EXECUTE FUNCTION allowance.budget_order_guard();

GRANT SELECT (run_no, layout, sha256, items, gross, withheld, net, made_by, recorded_at) ON allowance.budget_order TO hagukumi_desk;
GRANT SELECT ON allowance.budget_order_approval TO hagukumi_desk;
GRANT SELECT, INSERT ON allowance.budget_order, allowance.budget_order_approval TO hagukumi_allowance;
