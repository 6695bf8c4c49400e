-- Up Migration
-- 持出し（人のことを言うファイル・紙）の道。道は閉じた一覧で、一つ一つの持出しは、ほかの人が承認した対象（支払処理・一括処理・印刷処理）か、
-- 一件かぎりのデータ使用承認願（抽出）のどちらかに結びつく。どちらもなければ、持出しの記録ができず、ファイルも渡らない。
CREATE TABLE interchange.leaving_route (
  route_code text PRIMARY KEY CHECK (route_code ~ '^[a-zA-Z][a-zA-Z0-9]{0,59}$'),
  name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  basis      text NOT NULL CHECK (basis IN ('object', 'extraction')),
  channel    text NOT NULL,
  purpose    text NOT NULL,
  row_cap    integer NOT NULL CHECK (row_cap BETWEEN 1 AND 1000000),
  CONSTRAINT leaving_route_channel CHECK (channel IN ('linkage', 'screen', 'medium', 'paper')),
  CONSTRAINT leaving_route_purpose CHECK (purpose IN ('examination', 'recognition', 'payment'))
);
COMMENT ON TABLE interchange.leaving_route IS '持出しの道の閉じた一覧。加えるのは移行（プログラムの変更）だけ。';
COMMENT ON COLUMN interchange.leaving_route.route_code IS '道の符号（画面の操作、またはコマンド）';
COMMENT ON COLUMN interchange.leaving_route.name IS '何が出るか';
COMMENT ON COLUMN interchange.leaving_route.basis IS 'よりどころ（object 承認された対象、extraction 一件かぎりの承認願だけ）';
COMMENT ON COLUMN interchange.leaving_route.channel IS '方法（linkage 庁内連携、screen 画面、medium 電子記録媒体、paper 紙）';
COMMENT ON COLUMN interchange.leaving_route.purpose IS '目的（examination 審査、recognition 認定、payment 支払）';
COMMENT ON COLUMN interchange.leaving_route.row_cap IS '一度に出してよい行の数';
COMMENT ON CONSTRAINT leaving_route_channel ON interchange.leaving_route IS '方法は、庁内連携・画面・媒体・紙だけである。';
COMMENT ON CONSTRAINT leaving_route_purpose ON interchange.leaving_route IS '目的は、審査・認定・支払だけである。';
INSERT INTO interchange.leaving_route (route_code, name, basis, channel, purpose, row_cap) VALUES
  ('takeTransferFile', '振込ファイル（画面）', 'object', 'medium', 'payment', 200000),
  ('takePayeeList', '支払対象者一覧（画面）', 'object', 'medium', 'payment', 200000),
  ('takeRemittanceList', '納付・送金一覧（画面）', 'object', 'medium', 'payment', 200000),
  ('takeHomeList', '施設等の児童の内訳（画面）', 'object', 'medium', 'payment', 200000),
  ('takeCounterList', '窓口払の一覧（画面）', 'object', 'medium', 'payment', 20000),
  ('takeCounterReceipts', '窓口払の領収書（画面からの印刷）', 'object', 'paper', 'payment', 20000),
  ('takeMassList', '一括処理の対象者一覧（画面）', 'object', 'medium', 'examination', 200000),
  ('takeMassEvidence', '一括処理の証拠書類（画面）', 'object', 'medium', 'examination', 200000),
  ('takeLetterFile', '印刷した通知書（画面からの印刷）', 'object', 'paper', 'recognition', 200000),
  ('takeInsertList', '封入表（画面）', 'object', 'medium', 'recognition', 200000),
  ('takeCaseLetter', '通知書1通（画面からの印刷）', 'object', 'paper', 'recognition', 1),
  ('takeErasureCertificate', '個人番号の消去証明書（画面からの印刷）', 'object', 'paper', 'recognition', 1),
  ('takeConsignmentErasureCertificate', '委託の消去・廃棄の証明書（画面からの印刷）', 'object', 'paper', 'examination', 1),
  ('paymentPayeeList', '支払対象者一覧（payment payee-list）', 'object', 'medium', 'payment', 200000),
  ('counterList', '窓口払の一覧（payment counter list）', 'object', 'medium', 'payment', 20000),
  ('counterReceipts', '窓口払の領収書（payment counter receipts）', 'object', 'paper', 'payment', 20000),
  ('batchExport', '一括処理の対象者一覧（batch export）', 'object', 'medium', 'examination', 200000),
  ('batchEvidence', '一括処理の証拠書類（batch evidence）', 'object', 'medium', 'examination', 200000),
  ('letterHandOut', '通知書と封入表（letter hand-out、印刷の委託先へ）', 'object', 'medium', 'recognition', 200000),
  ('addresseeFindings', '宛名の整合の確認リスト（addressee check --csv）', 'extraction', 'medium', 'examination', 20000),
  ('extractPayments', '支給の状態と支払の抽出（extract run）', 'extraction', 'medium', 'payment', 20000);

CREATE TABLE interchange.extraction (
  extraction_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  route_code     text NOT NULL REFERENCES interchange.leaving_route,
  applicant      text NOT NULL CHECK (length(btrim(applicant)) BETWEEN 1 AND 100),
  ground         text NOT NULL CHECK (length(btrim(ground)) BETWEEN 1 AND 200),
  purpose        text NOT NULL CONSTRAINT extraction_purpose CHECK (purpose IN ('examination', 'recognition', 'payment')),
  conditions     text NOT NULL CHECK (length(btrim(conditions)) BETWEEN 1 AND 500),
  valid_from     date NOT NULL,
  valid_to       date NOT NULL,
  data           text NOT NULL CHECK (length(btrim(data)) BETWEEN 1 AND 500),
  row_cap        integer NOT NULL CHECK (row_cap BETWEEN 1 AND 200000),
  content_digest interchange.digest NOT NULL,
  entered_by     interchange.operator NOT NULL,
  recorded_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (extraction_id, content_digest, entered_by),
  CONSTRAINT extraction_period CHECK (valid_to >= valid_from AND valid_to <= valid_from + 31)
);
COMMENT ON TABLE interchange.extraction IS 'データ使用承認願（抽出）。使用根拠・使用目的・使用条件・使用期間・使用データの五つと行数の上限を持ち、一度だけ使える。';
COMMENT ON COLUMN interchange.extraction.extraction_id IS '承認願の番号';
COMMENT ON COLUMN interchange.extraction.route_code IS 'どの道で出すか';
COMMENT ON COLUMN interchange.extraction.applicant IS '願い出た課・職員';
COMMENT ON COLUMN interchange.extraction.ground IS '使用根拠';
COMMENT ON COLUMN interchange.extraction.purpose IS '使用目的（審査・認定・支払のどれか）';
COMMENT ON COLUMN interchange.extraction.conditions IS '使用条件';
COMMENT ON COLUMN interchange.extraction.valid_from IS '使用期間の初め';
COMMENT ON COLUMN interchange.extraction.valid_to IS '使用期間の終わり（31日まで）';
COMMENT ON COLUMN interchange.extraction.data IS '使用データ（何を、どの範囲で）';
COMMENT ON COLUMN interchange.extraction.row_cap IS '行数の上限';
COMMENT ON COLUMN interchange.extraction.content_digest IS '中身のハッシュ。承認はこれに結びつく';
COMMENT ON COLUMN interchange.extraction.entered_by IS '入力した職員';
COMMENT ON COLUMN interchange.extraction.recorded_at IS '記録した時刻';

CREATE TABLE interchange.extraction_decision (
  extraction_id  bigint PRIMARY KEY,
  content_digest interchange.digest NOT NULL,
  entered_by     interchange.operator NOT NULL,
  granted        boolean NOT NULL,
  reason         text NOT NULL DEFAULT '' CHECK (length(reason) <= 400 AND (granted OR reason <> '')),
  decided_by     interchange.operator NOT NULL,
  decided_on     date NOT NULL,
  recorded_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT extraction_of_content FOREIGN KEY (extraction_id, content_digest, entered_by) REFERENCES interchange.extraction (extraction_id, content_digest, entered_by),
  CONSTRAINT extraction_two_people CHECK (decided_by <> entered_by)
);
COMMENT ON TABLE interchange.extraction_decision IS '抽出の承認・不承認（こども支援課の別の職員）';
COMMENT ON COLUMN interchange.extraction_decision.extraction_id IS '承認願の番号';
COMMENT ON COLUMN interchange.extraction_decision.content_digest IS '見た中身のハッシュ';
COMMENT ON COLUMN interchange.extraction_decision.entered_by IS '入力した職員';
COMMENT ON COLUMN interchange.extraction_decision.granted IS '承認したか';
COMMENT ON COLUMN interchange.extraction_decision.reason IS '不承認のわけ';
COMMENT ON COLUMN interchange.extraction_decision.decided_by IS '決めた職員';
COMMENT ON COLUMN interchange.extraction_decision.decided_on IS '決めた日';
COMMENT ON COLUMN interchange.extraction_decision.recorded_at IS '記録した時刻';

CREATE TABLE interchange.leaving (
  leaving_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  route_code    text NOT NULL,
  purpose       text NOT NULL,
  object_kind   text CHECK (object_kind IN ('paymentRun', 'massRun', 'letterRun', 'numberErasure', 'erasure')),
  object_ref    text CHECK (length(object_ref) BETWEEN 1 AND 40),
  approved_by   interchange.operator,
  extraction_id bigint,
  rows          integer NOT NULL CHECK (rows >= 0),
  sha256        interchange.digest NOT NULL,
  watermark     text NOT NULL CHECK (watermark ~ '^[0-9a-f]{32}$'),
  taken_by      interchange.operator NOT NULL,
  taken_on      date NOT NULL,
  recorded_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT leaving_route_listed FOREIGN KEY (route_code) REFERENCES interchange.leaving_route,
  CONSTRAINT leaving_granted FOREIGN KEY (extraction_id) REFERENCES interchange.extraction_decision,
  CONSTRAINT leaving_once UNIQUE (extraction_id),
  CONSTRAINT leaving_basis CHECK (
    (extraction_id IS NULL) = (object_kind IS NOT NULL AND object_ref IS NOT NULL AND approved_by IS NOT NULL)
    AND (object_kind IS NULL) = (object_ref IS NULL) AND (object_kind IS NULL) = (approved_by IS NULL))
);
COMMENT ON TABLE interchange.leaving IS '持出しの記録。ファイルが渡る前に書く。書けなければ渡らない。';
COMMENT ON COLUMN interchange.leaving.leaving_id IS '持出しの番号';
COMMENT ON COLUMN interchange.leaving.route_code IS '道';
COMMENT ON COLUMN interchange.leaving.purpose IS '目的（審査・認定・支払）';
COMMENT ON COLUMN interchange.leaving.object_kind IS '承認された対象の種類（支払処理・一括処理・印刷処理・番号の消去・委託の消去）';
COMMENT ON COLUMN interchange.leaving.object_ref IS '対象の番号';
COMMENT ON COLUMN interchange.leaving.approved_by IS '対象を承認した職員';
COMMENT ON COLUMN interchange.leaving.extraction_id IS 'よりどころの承認願（抽出）。一度だけ';
COMMENT ON COLUMN interchange.leaving.rows IS '行数';
COMMENT ON COLUMN interchange.leaving.sha256 IS '出たもの（暗号化する前）のハッシュ';
COMMENT ON COLUMN interchange.leaving.watermark IS '写しの透かしのもと';
COMMENT ON COLUMN interchange.leaving.taken_by IS '取り出した職員';
COMMENT ON COLUMN interchange.leaving.taken_on IS '取り出した日（業務の日）';
COMMENT ON COLUMN interchange.leaving.recorded_at IS '記録した時刻';

CREATE FUNCTION interchange.leaving_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE r interchange.leaving_route; x interchange.extraction; wrong text;
BEGIN
  SELECT * INTO r FROM interchange.leaving_route WHERE route_code = NEW.route_code;
  SELECT e.* INTO x FROM interchange.extraction e JOIN interchange.extraction_decision d USING (extraction_id) WHERE e.extraction_id = NEW.extraction_id AND d.granted;
  wrong := CASE
    WHEN r.route_code IS NULL THEN 'route_listed'
    WHEN r.basis = 'extraction' AND NEW.extraction_id IS NULL THEN 'approval'
    WHEN NEW.extraction_id IS NOT NULL AND (x.extraction_id IS NULL OR x.route_code <> NEW.route_code) THEN 'approval'
    WHEN NEW.purpose <> r.purpose OR x.purpose <> NEW.purpose THEN 'purpose'
    WHEN NEW.taken_on < x.valid_from OR NEW.taken_on > x.valid_to THEN 'period'
    WHEN NEW.rows > least(r.row_cap, coalesce(x.row_cap, r.row_cap)) THEN 'rows' END;
  IF wrong IS NOT NULL THEN
    RAISE EXCEPTION '持出しが承認と合いません（%）', wrong USING ERRCODE = 'HGX02', CONSTRAINT = 'leaving_' || wrong;
  END IF;
  RETURN NEW;
END $$;
COMMENT ON FUNCTION interchange.leaving_guard() IS '道・目的・期間・行数が承認のとおりの持出しだけを通す';
CREATE TRIGGER leaving_guard BEFORE INSERT ON interchange.leaving FOR EACH ROW EXECUTE FUNCTION interchange.leaving_guard();
GRANT SELECT ON interchange.leaving_route TO hagukumi_interchange;
GRANT SELECT, INSERT ON interchange.extraction, interchange.extraction_decision, interchange.leaving TO hagukumi_interchange;
