-- Up Migration
-- 副本: 中間サーバーに登録する、児童手当の支給に関する情報の写し（評価書 II5 提供先1〜4）。決定や支払で中身が変わるたびに、新しい版を作る。
-- 持てる項目はここで閉じている。受給者（評価書 II2③ の範囲）でない人の副本は作れない。
CREATE TABLE allowance.replica (
  replica_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  addressee_number allowance.addressee_number NOT NULL REFERENCES allowance.addressee,
  version          integer NOT NULL CHECK (version >= 1),
  items            jsonb NOT NULL,
  digest           text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
  no_auto_answer   boolean NOT NULL,
  made_by          allowance.operator NOT NULL,
  made_at          timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT replica_version UNIQUE (addressee_number, version),
  CONSTRAINT replica_items CHECK (jsonb_typeof(items) = 'object' AND items - ARRAY['recipientNumber', 'state', 'firstMonth', 'lastMonth', 'monthlyAmount', 'children',
    'lastPaidOn', 'lastPaidAmount', 'held'] = '{}'::jsonb)
);
COMMENT ON TABLE allowance.replica IS '副本の版。受給者ごとに、中身が変わるたびに1つ。書き換えない。';
COMMENT ON CONSTRAINT replica_version ON allowance.replica IS '同じ人の同じ版は1つだけです';
COMMENT ON CONSTRAINT replica_items ON allowance.replica IS '副本の項目は、児童手当の支給に関する情報だけです';
COMMENT ON COLUMN allowance.replica.replica_id IS '副本の番号';
COMMENT ON COLUMN allowance.replica.addressee_number IS '宛名番号';
COMMENT ON COLUMN allowance.replica.version IS '何番目の版か';
COMMENT ON COLUMN allowance.replica.items IS '項目（氏名・住所・口座・児童の名は入らない）';
COMMENT ON COLUMN allowance.replica.digest IS '項目と印のハッシュ（SHA-256）';
COMMENT ON COLUMN allowance.replica.no_auto_answer IS '自動応答不可フラグ（支援措置の印から）';
COMMENT ON COLUMN allowance.replica.made_by IS '作った人・処理';
COMMENT ON COLUMN allowance.replica.made_at IS '作った日時';

CREATE TABLE allowance.replica_result (
  replica_id  bigint PRIMARY KEY REFERENCES allowance.replica,
  state       text NOT NULL CHECK (state IN ('registered', 'refused', 'superseded')),
  code        text CHECK (code ~ '^[a-z][A-Za-z]{2,39}$'),
  message     text NOT NULL DEFAULT '' CHECK (length(message) <= 400),
  receipt     text CHECK (length(receipt) BETWEEN 1 AND 40),
  settled_at  timestamptz NOT NULL,
  recorded_by allowance.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT replica_result_reason CHECK ((state = 'refused') = (code IS NOT NULL))
);
COMMENT ON TABLE allowance.replica_result IS '副本の版がどうなったか。行のない最新の版は、登録がまだ確かめられていない。';
COMMENT ON CONSTRAINT replica_result_reason ON allowance.replica_result IS '断られたときは、わけが要ります';
COMMENT ON COLUMN allowance.replica_result.replica_id IS '副本の番号';
COMMENT ON COLUMN allowance.replica_result.state IS 'registered 登録が確かめられた、refused 断られた、superseded 新しい版に替わった';
COMMENT ON COLUMN allowance.replica_result.code IS '断られたわけの符号';
COMMENT ON COLUMN allowance.replica_result.message IS '断られたわけ';
COMMENT ON COLUMN allowance.replica_result.receipt IS '処理通番';
COMMENT ON COLUMN allowance.replica_result.settled_at IS '中間サーバーで決まった日時';
COMMENT ON COLUMN allowance.replica_result.recorded_by IS '受け取った人・処理';
COMMENT ON COLUMN allowance.replica_result.recorded_at IS '受け取った日時';

CREATE FUNCTION allowance.replica_of_recipient() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM allowance.recipient r WHERE r.addressee_number = NEW.addressee_number) THEN
    RAISE EXCEPTION 'no recipient' USING ERRCODE = 'HG510', CONSTRAINT = 'replica_of_recipient';
  END IF;
  IF NOT NEW.no_auto_answer AND allowance.is_protected(NEW.addressee_number) THEN
    RAISE EXCEPTION 'the mark is missing' USING ERRCODE = 'HG511', CONSTRAINT = 'replica_marked';
  END IF;
  RETURN NEW;
END $$;
COMMENT ON FUNCTION allowance.replica_of_recipient() IS '受給者（受給者だった人を含む）の副本だけを、支援措置の人には自動応答不可フラグを付けて通す';
REVOKE ALL ON FUNCTION allowance.replica_of_recipient() FROM PUBLIC;
CREATE TRIGGER replica_of_recipient BEFORE INSERT ON allowance.replica FOR EACH ROW EXECUTE FUNCTION allowance.replica_of_recipient();

GRANT SELECT, INSERT ON allowance.replica, allowance.replica_result TO hagukumi_allowance;
SELECT allowance.protect_rows('allowance.replica', 'person', 'addressee_number');
SELECT allowance.protect_rows('allowance.replica_result', 'where', 'EXISTS (SELECT FROM allowance.replica r WHERE r.replica_id = replica_result.replica_id)');
