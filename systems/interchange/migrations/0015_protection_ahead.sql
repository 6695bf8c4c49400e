-- Up Migration
-- 支援措置の先読み: 取り込めていない配信のうち、印をもう読んだもの。
CREATE TABLE interchange.protection_read (
  delivery_id bigint PRIMARY KEY REFERENCES interchange.delivery,
  marks       integer NOT NULL CHECK (marks >= 0),
  read_by     interchange.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE interchange.protection_read IS '支援措置の印を先に読んだ配信。連番の欠けを待つあいだも、印は待たない。';
COMMENT ON COLUMN interchange.protection_read.delivery_id IS '届いたものの番号';
COMMENT ON COLUMN interchange.protection_read.marks IS '印のあった行';
COMMENT ON COLUMN interchange.protection_read.read_by IS '読んだ職員・処理';
COMMENT ON COLUMN interchange.protection_read.recorded_at IS '読んだ時刻';
COMMENT ON CONSTRAINT protection_read_pkey ON interchange.protection_read IS '一つの配信の印は一度だけ読みます';
GRANT SELECT, INSERT ON interchange.protection_read TO hagukumi_interchange;
