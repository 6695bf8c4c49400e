-- Up Migration
-- 入手元・方法は、プログラムではなく表の行として増やせる（平成30年に電子申請が加わったように）。二人で決める。
-- 連携ごとに、だれから・どの方法で来るかも日付つきの行で持つ。行のない連携は、庁内の課から庁内連携で来る。
ALTER TABLE allowance.data_source
  ADD COLUMN entered_by allowance.operator NOT NULL DEFAULT 'assessment',
  ADD COLUMN approved_by allowance.operator NOT NULL DEFAULT 'installation',
  ADD CONSTRAINT data_source_two_people CHECK (entered_by <> approved_by);
ALTER TABLE allowance.data_source ALTER COLUMN entered_by DROP DEFAULT, ALTER COLUMN approved_by DROP DEFAULT;
ALTER TABLE allowance.data_channel
  ADD COLUMN entered_by allowance.operator NOT NULL DEFAULT 'assessment',
  ADD COLUMN approved_by allowance.operator NOT NULL DEFAULT 'installation',
  ADD CONSTRAINT data_channel_two_people CHECK (entered_by <> approved_by);
ALTER TABLE allowance.data_channel ALTER COLUMN entered_by DROP DEFAULT, ALTER COLUMN approved_by DROP DEFAULT;
COMMENT ON COLUMN allowance.data_source.entered_by IS '入力した職員';
COMMENT ON COLUMN allowance.data_source.approved_by IS '確かめた職員';
COMMENT ON COLUMN allowance.data_channel.entered_by IS '入力した職員';
COMMENT ON COLUMN allowance.data_channel.approved_by IS '確かめた職員';
COMMENT ON CONSTRAINT data_source_two_people ON allowance.data_source IS '入力した人は確かめられません';
COMMENT ON CONSTRAINT data_channel_two_people ON allowance.data_channel IS '入力した人は確かめられません';

CREATE TABLE allowance.interface_origin (
  interface_code text NOT NULL CHECK (interface_code ~ '^[a-zA-Z][a-zA-Z0-9]{0,39}$'),
  valid_from     date NOT NULL,
  source_code    text NOT NULL REFERENCES allowance.data_source,
  channel_code   text NOT NULL REFERENCES allowance.data_channel,
  entered_by     allowance.operator NOT NULL,
  approved_by    allowance.operator NOT NULL,
  recorded_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (interface_code, valid_from),
  CONSTRAINT interface_origin_two_people CHECK (entered_by <> approved_by)
);
COMMENT ON TABLE allowance.interface_origin IS '連携ごとの入手元と方法。その日から、次の行の前の日まで効く。';
COMMENT ON COLUMN allowance.interface_origin.interface_code IS '連携';
COMMENT ON COLUMN allowance.interface_origin.valid_from IS 'いつの分から';
COMMENT ON COLUMN allowance.interface_origin.source_code IS '入手元';
COMMENT ON COLUMN allowance.interface_origin.channel_code IS '方法';
COMMENT ON COLUMN allowance.interface_origin.entered_by IS '入力した職員';
COMMENT ON COLUMN allowance.interface_origin.approved_by IS '確かめた職員';
COMMENT ON COLUMN allowance.interface_origin.recorded_at IS '記録した時刻';
COMMENT ON CONSTRAINT interface_origin_two_people ON allowance.interface_origin IS '入力した人は確かめられません';
COMMENT ON CONSTRAINT interface_origin_pkey ON allowance.interface_origin IS 'その日からの行は、もうあります';
GRANT SELECT, INSERT ON allowance.interface_origin TO hagukumi_allowance;
GRANT SELECT ON allowance.interface_origin TO hagukumi_desk;
GRANT INSERT ON allowance.data_source, allowance.data_channel TO hagukumi_allowance;
GRANT UPDATE (valid_to) ON allowance.data_source, allowance.data_channel TO hagukumi_allowance;
