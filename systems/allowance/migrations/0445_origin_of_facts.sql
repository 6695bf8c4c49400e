-- Up Migration
-- 入手元と入手の方法（評価書 II3①②）。閉じた一覧で、いつから使えるかを持つ。どの取り込みも、その事実がだれから、どの方法で来たかを言う。
CREATE TABLE allowance.data_source (
  source_code text PRIMARY KEY CHECK (source_code ~ '^[a-z][A-Za-z]{2,39}$'),
  name        text NOT NULL CHECK (name <> ''),
  examples    text NOT NULL CHECK (examples <> ''),
  valid_from  date NOT NULL,
  valid_to    date,
  CONSTRAINT data_source_period CHECK (valid_to >= valid_from)
);
COMMENT ON TABLE allowance.data_source IS '入手元の一覧（評価書 II3①）。ここにない相手からは、何も取り込めない。';
COMMENT ON COLUMN allowance.data_source.source_code IS '入手元の符号';
COMMENT ON COLUMN allowance.data_source.name IS '入手元';
COMMENT ON COLUMN allowance.data_source.examples IS '評価書が挙げる相手';
COMMENT ON COLUMN allowance.data_source.valid_from IS 'いつから';
COMMENT ON COLUMN allowance.data_source.valid_to IS 'いつまで（空は続いている）';
COMMENT ON CONSTRAINT data_source_period ON allowance.data_source IS '終わりの日は始まりの日より後です';
INSERT INTO allowance.data_source (source_code, name, examples, valid_from) VALUES
  ('person', '本人又は本人の代理人', '請求者・受給者、その代理人', '2010-04-01'),
  ('cityOffice', '評価実施機関内の他部署', '地域政策課（住民）、市民税課（税）、国保年金課', '2010-04-01'),
  ('administrativeOrgan', '行政機関・独立行政法人等', 'デジタル庁（公金受取口座）、日本年金機構', '2010-04-01'),
  ('otherMunicipality', '地方公共団体・地方独立行政法人', '都道府県、他の市区町村', '2010-04-01'),
  ('privateBody', '民間事業者', '児童福祉施設', '2010-04-01'),
  ('applicationCouncil', 'その他', '県の電子自治体共同運営協議会', '2010-04-01');

CREATE TABLE allowance.data_channel (
  channel_code text PRIMARY KEY CHECK (channel_code ~ '^[a-z][A-Za-z]{2,39}$'),
  name         text NOT NULL CHECK (name <> ''),
  valid_from   date NOT NULL,
  valid_to     date,
  CONSTRAINT data_channel_period CHECK (valid_to >= valid_from)
);
COMMENT ON TABLE allowance.data_channel IS '入手の方法の一覧（評価書 II3②）。電子メール・フラッシュメモリ・持ち運ぶ媒体は、ここにない。';
COMMENT ON COLUMN allowance.data_channel.channel_code IS '方法の符号';
COMMENT ON COLUMN allowance.data_channel.name IS '方法';
COMMENT ON COLUMN allowance.data_channel.valid_from IS 'いつから';
COMMENT ON COLUMN allowance.data_channel.valid_to IS 'いつまで（空は続いている）';
COMMENT ON CONSTRAINT data_channel_period ON allowance.data_channel IS '終わりの日は始まりの日より後です';
INSERT INTO allowance.data_channel (channel_code, name, valid_from) VALUES
  ('paper', '紙', '2010-04-01'),
  ('interchange', '庁内連携システム', '2010-04-01'),
  ('network', '情報提供ネットワークシステム', '2017-11-13'),
  ('eApplication', '電子申請機能・申請管理システム', '2017-07-01');
GRANT SELECT ON allowance.data_source, allowance.data_channel TO hagukumi_allowance, hagukumi_desk;

-- 取り込みの版は行ごとに batch_id を持つ。だから取り込みに入手元・方法を書けば、台帳のすべての行がそれを言う。
ALTER TABLE allowance.import_batch
  ADD COLUMN source_code text NOT NULL DEFAULT 'cityOffice',
  ADD COLUMN channel_code text NOT NULL DEFAULT 'interchange',
  ADD COLUMN interface_code text CHECK (interface_code ~ '^[a-zA-Z][a-zA-Z0-9]{0,39}$'),
  ADD CONSTRAINT import_batch_source FOREIGN KEY (source_code) REFERENCES allowance.data_source,
  ADD CONSTRAINT import_batch_channel FOREIGN KEY (channel_code) REFERENCES allowance.data_channel;
-- これまでの取り込みは、庁内連携のファイルだけだった。これからは、言わない取り込みは書けない。
ALTER TABLE allowance.import_batch ALTER COLUMN source_code DROP DEFAULT, ALTER COLUMN channel_code DROP DEFAULT;
COMMENT ON COLUMN allowance.import_batch.source_code IS '入手元';
COMMENT ON COLUMN allowance.import_batch.channel_code IS '入手の方法';
COMMENT ON COLUMN allowance.import_batch.interface_code IS '庁内連携の連携（初めの移行のフォルダからは空）';
COMMENT ON CONSTRAINT import_batch_source ON allowance.import_batch IS '一覧にない相手からは取り込めません';
COMMENT ON CONSTRAINT import_batch_channel ON allowance.import_batch IS '一覧にない方法では取り込めません';

CREATE FUNCTION allowance.origin_in_force() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE today date := (clock_timestamp() AT TIME ZONE 'Asia/Tokyo')::date;
BEGIN
  IF EXISTS (SELECT FROM allowance.data_source s WHERE s.source_code = NEW.source_code AND NOT today BETWEEN s.valid_from AND coalesce(s.valid_to, today))
    OR EXISTS (SELECT FROM allowance.data_channel c WHERE c.channel_code = NEW.channel_code AND NOT today BETWEEN c.valid_from AND coalesce(c.valid_to, today)) THEN
    RAISE EXCEPTION '入手元 % か方法 % は、いま使えません', NEW.source_code, NEW.channel_code USING ERRCODE = 'HG445', CONSTRAINT = 'origin_in_force';
  END IF;
  RETURN NEW;
END $$;
COMMENT ON FUNCTION allowance.origin_in_force() IS '入手元・方法の一覧で、いま使えるものだけを通す';
ALTER FUNCTION allowance.origin_in_force() OWNER TO hagukumi_allowance;
REVOKE ALL ON FUNCTION allowance.origin_in_force() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION allowance.origin_in_force() TO hagukumi_allowance;
CREATE TRIGGER origin_in_force BEFORE INSERT ON allowance.import_batch FOR EACH ROW EXECUTE FUNCTION allowance.origin_in_force();
