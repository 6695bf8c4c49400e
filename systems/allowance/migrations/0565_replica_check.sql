-- Up Migration
-- 副本の様式の版、全件照合（年1回と、様式が変わったとき、頼まれたとき）、もう一度送ること。
ALTER TABLE allowance.replica ADD COLUMN layout text NOT NULL DEFAULT 'childAllowancePayment1' CHECK (layout ~ '^[A-Za-z0-9]{1,40}$');
ALTER TABLE allowance.replica ADD COLUMN resend_reason text CHECK (length(resend_reason) BETWEEN 1 AND 400);
COMMENT ON COLUMN allowance.replica.layout IS '特定個人情報とその様式の版。変われば、全員の新しい版を作る';
COMMENT ON COLUMN allowance.replica.resend_reason IS '中身は同じで、もう一度送るために作った版の、そのわけ';

CREATE TABLE allowance.replica_check_request (
  request_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  reason       text NOT NULL CHECK (length(reason) BETWEEN 1 AND 400),
  requested_by allowance.operator NOT NULL,
  requested_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE allowance.replica_check_request IS '副本の全件照合の頼み。次の照合で答える。';
COMMENT ON COLUMN allowance.replica_check_request.request_id IS '番号';
COMMENT ON COLUMN allowance.replica_check_request.reason IS '理由';
COMMENT ON COLUMN allowance.replica_check_request.requested_by IS '頼んだ職員';
COMMENT ON COLUMN allowance.replica_check_request.requested_at IS '頼んだ日時';

CREATE TABLE allowance.replica_check (
  check_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  checked_on date NOT NULL,
  reason     text NOT NULL CHECK (reason IN ('yearly', 'layout', 'asked')),
  layout     text NOT NULL CHECK (layout ~ '^[A-Za-z0-9]{1,40}$'),
  held       integer NOT NULL CHECK (held >= 0),
  matched    integer NOT NULL CHECK (matched >= 0),
  missing    integer NOT NULL CHECK (missing >= 0),
  extra      integer NOT NULL CHECK (extra >= 0),
  different  integer NOT NULL CHECK (different >= 0),
  under_way  integer NOT NULL CHECK (under_way >= 0),
  checked_by allowance.operator NOT NULL,
  checked_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE allowance.replica_check IS '副本の全件照合: 中間サーバーにあるすべての副本と、登録を確かめた副本との比べ。';
COMMENT ON COLUMN allowance.replica_check.check_id IS '番号';
COMMENT ON COLUMN allowance.replica_check.checked_on IS '照合した業務日';
COMMENT ON COLUMN allowance.replica_check.reason IS 'yearly 年1回、layout 様式が変わった、asked 頼まれた';
COMMENT ON COLUMN allowance.replica_check.layout IS '照合した様式の版';
COMMENT ON COLUMN allowance.replica_check.held IS '中間サーバーにある件数';
COMMENT ON COLUMN allowance.replica_check.matched IS '同じだった件数';
COMMENT ON COLUMN allowance.replica_check.missing IS '登録を確かめたのに、中間サーバーにない件数';
COMMENT ON COLUMN allowance.replica_check.extra IS '中間サーバーにだけある件数';
COMMENT ON COLUMN allowance.replica_check.different IS '中身か様式が違う件数';
COMMENT ON COLUMN allowance.replica_check.under_way IS '新しい版を送っているところで、比べていない件数';
COMMENT ON COLUMN allowance.replica_check.checked_by IS '照合した人・処理';
COMMENT ON COLUMN allowance.replica_check.checked_at IS '照合した日時';

CREATE TABLE allowance.replica_check_difference (
  check_id         bigint NOT NULL REFERENCES allowance.replica_check,
  difference_no    integer NOT NULL CHECK (difference_no >= 1),
  kind             text NOT NULL CHECK (kind IN ('missing', 'extra', 'different')),
  addressee_number allowance.addressee_number,
  PRIMARY KEY (check_id, difference_no),
  CONSTRAINT replica_difference_person CHECK (kind = 'extra' OR addressee_number IS NOT NULL)
);
COMMENT ON TABLE allowance.replica_check_difference IS '全件照合で見つかった違い。もう一度送った版の登録が確かめられれば、直ったことになる。';
COMMENT ON CONSTRAINT replica_difference_person ON allowance.replica_check_difference IS '相手にない・中身が違う副本には、だれのものかが要ります';
COMMENT ON COLUMN allowance.replica_check_difference.check_id IS '照合の番号';
COMMENT ON COLUMN allowance.replica_check_difference.difference_no IS '違いの番号';
COMMENT ON COLUMN allowance.replica_check_difference.kind IS 'missing 相手にない、extra 相手にだけある、different 中身か様式が違う';
COMMENT ON COLUMN allowance.replica_check_difference.addressee_number IS '宛名番号。相手にだけあって、ここでは知らない人のときは空';

GRANT SELECT, INSERT ON allowance.replica_check_request, allowance.replica_check, allowance.replica_check_difference TO hagukumi_allowance;
SELECT allowance.protect_rows('allowance.replica_check_difference', 'person', 'addressee_number');
