-- Up Migration
-- 出ていくもの。相手は許可の一覧（outlet）にあるものだけで、データ使用の承認（data_use）のある間、承認した用途・項目・方法でだけ出す。
-- 出したものは、いつ・だれが・だれについて・何の根拠で・どの写しを・だれの鍵で、をすべて残す。写しそのものは相手の鍵でだけ開く。
CREATE TABLE interchange.outlet (
  outlet_code interchange.code NOT NULL,
  revision    smallint NOT NULL CHECK (revision >= 1),
  kind        text NOT NULL CHECK (kind IN ('provision', 'transfer')),
  name        text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  ground      text NOT NULL CHECK (length(ground) BETWEEN 1 AND 200),
  uses        jsonb NOT NULL CHECK (jsonb_typeof(uses) = 'object'),
  channels    text[] NOT NULL CHECK (channels <@ ARRAY['network', 'linkage', 'paper', 'medium'] AND cardinality(channels) >= 1),
  items       text[] NOT NULL CHECK (cardinality(items) >= 1),
  valid_from  date NOT NULL,
  valid_to    date CHECK (valid_to >= valid_from),
  entered_by  interchange.operator NOT NULL,
  approved_by interchange.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (outlet_code, revision),
  CONSTRAINT outlet_two_people CHECK (entered_by <> approved_by)
);
COMMENT ON TABLE interchange.outlet IS '提供先・移転先の許可の一覧。ここにない相手には何も出ない。相手を加えるのは設定と二人の承認で、プログラムの変更ではない。';
COMMENT ON COLUMN interchange.outlet.outlet_code IS '相手の符号';
COMMENT ON COLUMN interchange.outlet.revision IS '版（最後の版が効く）';
COMMENT ON COLUMN interchange.outlet.kind IS 'provision 提供（情報提供ネットワークシステム）、transfer 移転（市の中）';
COMMENT ON COLUMN interchange.outlet.name IS '相手の名前';
COMMENT ON COLUMN interchange.outlet.ground IS '根拠（番号法の項、条例）';
COMMENT ON COLUMN interchange.outlet.uses IS '用途の符号と言葉';
COMMENT ON COLUMN interchange.outlet.channels IS '方法（network 情報提供ネットワークシステム、linkage 庁内連携、paper 紙、medium 電子記録媒体）';
COMMENT ON COLUMN interchange.outlet.items IS '出してよい項目';
COMMENT ON COLUMN interchange.outlet.valid_from IS 'いつから';
COMMENT ON COLUMN interchange.outlet.valid_to IS 'いつまで（空は続いている）';
COMMENT ON COLUMN interchange.outlet.entered_by IS '入力した職員';
COMMENT ON COLUMN interchange.outlet.approved_by IS '承認した職員';
COMMENT ON COLUMN interchange.outlet.recorded_at IS '記録した時刻';
CREATE VIEW interchange.outlet_now WITH (security_invoker = true) AS
SELECT DISTINCT ON (outlet_code) * FROM interchange.outlet ORDER BY outlet_code, revision DESC;
COMMENT ON VIEW interchange.outlet_now IS '許可の一覧の、いまの版';

CREATE TABLE interchange.data_use (
  data_use_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  outlet_code    interchange.code NOT NULL,
  applicant      text NOT NULL CHECK (length(btrim(applicant)) BETWEEN 1 AND 100),
  ground         text NOT NULL CHECK (length(btrim(ground)) BETWEEN 1 AND 200),
  purpose        text NOT NULL CHECK (length(btrim(purpose)) BETWEEN 1 AND 40),
  conditions     text NOT NULL CHECK (length(btrim(conditions)) BETWEEN 1 AND 500),
  valid_from     date NOT NULL,
  valid_to       date NOT NULL,
  items          text[] NOT NULL CHECK (cardinality(items) >= 1),
  channels       text[] NOT NULL CHECK (channels <@ ARRAY['linkage', 'paper', 'medium'] AND cardinality(channels) >= 1),
  receiver_key   text NOT NULL CHECK (receiver_key ~ '^age1[0-9a-z]+$' AND length(receiver_key) BETWEEN 24 AND 5004),
  received_on    date NOT NULL,
  content_digest interchange.digest NOT NULL,
  entered_by     interchange.operator NOT NULL,
  recorded_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (data_use_id, content_digest, entered_by),
  CONSTRAINT data_use_period CHECK (valid_to >= valid_from AND valid_to < valid_from + interval '1 year')
);
COMMENT ON TABLE interchange.data_use IS 'データ使用承認願。使用根拠・使用目的・使用条件・使用期間・使用データの五つを必ず持つ。5年間残す。';
COMMENT ON COLUMN interchange.data_use.data_use_id IS '承認願の番号';
COMMENT ON COLUMN interchange.data_use.outlet_code IS '移転先';
COMMENT ON COLUMN interchange.data_use.applicant IS '願い出た課・職員';
COMMENT ON COLUMN interchange.data_use.ground IS '使用根拠（条例の条項）';
COMMENT ON COLUMN interchange.data_use.purpose IS '使用目的（用途の符号）';
COMMENT ON COLUMN interchange.data_use.conditions IS '使用条件';
COMMENT ON COLUMN interchange.data_use.valid_from IS '使用期間の初め';
COMMENT ON COLUMN interchange.data_use.valid_to IS '使用期間の終わり（1年まで）';
COMMENT ON COLUMN interchange.data_use.items IS '使用データ（項目）';
COMMENT ON COLUMN interchange.data_use.channels IS '方法';
COMMENT ON COLUMN interchange.data_use.receiver_key IS '相手の公開鍵（age）。写しはこの鍵でだけ開く';
COMMENT ON COLUMN interchange.data_use.received_on IS '受け付けた日';
COMMENT ON COLUMN interchange.data_use.content_digest IS '中身のハッシュ。承認はこれに結びつく';
COMMENT ON COLUMN interchange.data_use.entered_by IS '入力した職員';
COMMENT ON COLUMN interchange.data_use.recorded_at IS '記録した時刻';

CREATE TABLE interchange.data_use_decision (
  data_use_id    bigint PRIMARY KEY,
  content_digest interchange.digest NOT NULL,
  entered_by     interchange.operator NOT NULL,
  granted        boolean NOT NULL,
  reason         text NOT NULL DEFAULT '' CHECK (length(reason) <= 400 AND (granted OR reason <> '')),
  decided_by     interchange.operator NOT NULL,
  decided_on     date NOT NULL,
  recorded_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT data_use_of_content FOREIGN KEY (data_use_id, content_digest, entered_by) REFERENCES interchange.data_use (data_use_id, content_digest, entered_by),
  CONSTRAINT data_use_two_people CHECK (decided_by <> entered_by)
);
COMMENT ON TABLE interchange.data_use_decision IS 'データ使用の承認・不承認（こども支援課の別の職員）';
COMMENT ON COLUMN interchange.data_use_decision.data_use_id IS '承認願の番号';
COMMENT ON COLUMN interchange.data_use_decision.content_digest IS '見た中身のハッシュ';
COMMENT ON COLUMN interchange.data_use_decision.entered_by IS '入力した職員';
COMMENT ON COLUMN interchange.data_use_decision.granted IS '承認したか';
COMMENT ON COLUMN interchange.data_use_decision.reason IS '不承認のわけ';
COMMENT ON COLUMN interchange.data_use_decision.decided_by IS '決めた職員';
COMMENT ON COLUMN interchange.data_use_decision.decided_on IS '決めた日';
COMMENT ON COLUMN interchange.data_use_decision.recorded_at IS '記録した時刻';

CREATE TABLE interchange.data_use_end (
  data_use_id bigint PRIMARY KEY REFERENCES interchange.data_use_decision,
  ended_on    date NOT NULL,
  reason      text NOT NULL CHECK (length(btrim(reason)) BETWEEN 1 AND 400),
  ended_by    interchange.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE interchange.data_use_end IS '期間の前の、承認の終わり';
COMMENT ON COLUMN interchange.data_use_end.data_use_id IS '承認願の番号';
COMMENT ON COLUMN interchange.data_use_end.ended_on IS 'この日から使えない';
COMMENT ON COLUMN interchange.data_use_end.reason IS 'わけ';
COMMENT ON COLUMN interchange.data_use_end.ended_by IS '終えた職員';
COMMENT ON COLUMN interchange.data_use_end.recorded_at IS '記録した時刻';

CREATE TABLE interchange.transfer (
  transfer_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  data_use_id    bigint NOT NULL REFERENCES interchange.data_use_decision,
  outlet_code    interchange.code NOT NULL,
  outlet_revision smallint NOT NULL,
  channel        text NOT NULL CHECK (channel IN ('linkage', 'paper', 'medium')),
  inquiry_ref    text NOT NULL CHECK (length(btrim(inquiry_ref)) BETWEEN 1 AND 100),
  items          text[] NOT NULL,
  as_of          date NOT NULL,
  rows           integer NOT NULL CHECK (rows BETWEEN 1 AND 20000),
  container      bytea,
  sha256         interchange.digest NOT NULL,
  watermark      text NOT NULL CHECK (watermark ~ '^[0-9a-f]{32}$'),
  due_on         date NOT NULL,
  made_by        interchange.operator NOT NULL,
  made_on        date NOT NULL,
  sent_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
  FOREIGN KEY (outlet_code, outlet_revision) REFERENCES interchange.outlet (outlet_code, revision),
  CONSTRAINT transfer_container CHECK ((channel = 'paper') = (container IS NULL)),
  CONSTRAINT transfer_due CHECK (due_on > made_on)
);
COMMENT ON TABLE interchange.transfer IS '移転の記録。照会のあった都度。写しは相手の鍵で暗号化したものだけを持つ（紙は控えのハッシュだけ）。';
COMMENT ON COLUMN interchange.transfer.transfer_id IS '移転の番号';
COMMENT ON COLUMN interchange.transfer.data_use_id IS 'よりどころの承認';
COMMENT ON COLUMN interchange.transfer.outlet_code IS '移転先';
COMMENT ON COLUMN interchange.transfer.outlet_revision IS '移転先の版';
COMMENT ON COLUMN interchange.transfer.channel IS '方法';
COMMENT ON COLUMN interchange.transfer.inquiry_ref IS '相手の照会の番号・日付';
COMMENT ON COLUMN interchange.transfer.items IS '出した項目';
COMMENT ON COLUMN interchange.transfer.as_of IS 'いつの時点の内容か';
COMMENT ON COLUMN interchange.transfer.rows IS '行数';
COMMENT ON COLUMN interchange.transfer.container IS '暗号化した写し（age）';
COMMENT ON COLUMN interchange.transfer.sha256 IS '渡したもののハッシュ（紙は印刷した中身）';
COMMENT ON COLUMN interchange.transfer.watermark IS '写しの透かしのもと。どの写しから漏れたかが、1行からでも分かる';
COMMENT ON COLUMN interchange.transfer.due_on IS '返却・消去の期限';
COMMENT ON COLUMN interchange.transfer.made_by IS '出した職員';
COMMENT ON COLUMN interchange.transfer.made_on IS '出した日';
COMMENT ON COLUMN interchange.transfer.sent_at IS '出した時刻（こちらの時計）';

CREATE TABLE interchange.transfer_subject (
  transfer_id      bigint NOT NULL REFERENCES interchange.transfer,
  addressee_number bigint NOT NULL CHECK (addressee_number BETWEEN 1 AND 999999999999999),
  PRIMARY KEY (transfer_id, addressee_number)
);
COMMENT ON TABLE interchange.transfer_subject IS 'だれについて移転したか（宛名番号だけ）';
COMMENT ON COLUMN interchange.transfer_subject.transfer_id IS '移転の番号';
COMMENT ON COLUMN interchange.transfer_subject.addressee_number IS '宛名番号';
CREATE INDEX transfer_subject_person ON interchange.transfer_subject (addressee_number);

CREATE TABLE interchange.transfer_receipt (
  transfer_id bigint PRIMARY KEY REFERENCES interchange.transfer,
  received_at timestamptz NOT NULL,
  sha256      interchange.digest NOT NULL,
  received_by text NOT NULL CHECK (length(btrim(received_by)) BETWEEN 1 AND 100),
  recorded_by interchange.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE interchange.transfer_receipt IS '相手の受領（預り証）。相手の時計と、相手が計算したハッシュ。';
COMMENT ON COLUMN interchange.transfer_receipt.transfer_id IS '移転の番号';
COMMENT ON COLUMN interchange.transfer_receipt.received_at IS '受け取った時刻（相手の時計）';
COMMENT ON COLUMN interchange.transfer_receipt.sha256 IS '相手が計算したハッシュ';
COMMENT ON COLUMN interchange.transfer_receipt.received_by IS '受け取った人';
COMMENT ON COLUMN interchange.transfer_receipt.recorded_by IS '記録した職員';
COMMENT ON COLUMN interchange.transfer_receipt.recorded_at IS '記録した時刻';

CREATE TABLE interchange.transfer_closure (
  transfer_id bigint PRIMARY KEY REFERENCES interchange.transfer_receipt,
  how         text NOT NULL CHECK (how IN ('returned', 'erased')),
  medium      text NOT NULL CHECK (length(btrim(medium)) BETWEEN 1 AND 100),
  quantity    integer NOT NULL CHECK (quantity BETWEEN 1 AND 1000),
  method      text NOT NULL CHECK (length(btrim(method)) BETWEEN 1 AND 200),
  done_at     timestamptz NOT NULL,
  done_by     text NOT NULL CHECK (length(btrim(done_by)) BETWEEN 1 AND 100),
  witness     text NOT NULL DEFAULT '' CHECK (length(witness) <= 100),
  recorded_by interchange.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE interchange.transfer_closure IS '返却・消去の報告（媒体・数量・方法・日時・人・立会い）';
COMMENT ON COLUMN interchange.transfer_closure.transfer_id IS '移転の番号';
COMMENT ON COLUMN interchange.transfer_closure.how IS 'returned 返却、erased 消去';
COMMENT ON COLUMN interchange.transfer_closure.medium IS '媒体';
COMMENT ON COLUMN interchange.transfer_closure.quantity IS '数量';
COMMENT ON COLUMN interchange.transfer_closure.method IS '方法（読めなくする方法）';
COMMENT ON COLUMN interchange.transfer_closure.done_at IS '日時';
COMMENT ON COLUMN interchange.transfer_closure.done_by IS '行った人';
COMMENT ON COLUMN interchange.transfer_closure.witness IS '立ち会った人（求めたとき）';
COMMENT ON COLUMN interchange.transfer_closure.recorded_by IS '記録した職員';
COMMENT ON COLUMN interchange.transfer_closure.recorded_at IS '記録した時刻';

-- 相手・用途・項目・方法・期間のどれか一つでも承認と違えば、記録も写しもできない。承認の終わった後も、返却の遅れた写しのある間も。
CREATE FUNCTION interchange.transfer_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE u interchange.data_use; o interchange.outlet; wrong text;
BEGIN
  SELECT x.* INTO u FROM interchange.data_use x JOIN interchange.data_use_decision d USING (data_use_id) WHERE x.data_use_id = NEW.data_use_id AND d.granted;
  SELECT * INTO o FROM interchange.outlet_now n WHERE n.outlet_code = NEW.outlet_code AND n.valid_from <= NEW.made_on AND (n.valid_to IS NULL OR n.valid_to >= NEW.made_on);
  wrong := CASE
    WHEN u.data_use_id IS NULL THEN 'approval'
    WHEN o.outlet_code IS NULL OR o.kind <> 'transfer' OR o.revision <> NEW.outlet_revision OR u.outlet_code <> NEW.outlet_code THEN 'outlet'
    WHEN NOT o.uses ? u.purpose THEN 'purpose'
    WHEN NEW.made_on < u.valid_from OR NEW.made_on > u.valid_to
      OR EXISTS (SELECT FROM interchange.data_use_end e WHERE e.data_use_id = u.data_use_id AND e.ended_on <= NEW.made_on) THEN 'period'
    WHEN NOT (NEW.items <@ u.items AND NEW.items <@ o.items) THEN 'items'
    WHEN NOT (NEW.channel = ANY (u.channels) AND NEW.channel = ANY (o.channels)) THEN 'channel'
    WHEN EXISTS (SELECT FROM interchange.transfer t WHERE t.outlet_code = NEW.outlet_code AND t.transfer_id <> NEW.transfer_id AND t.due_on < NEW.made_on
      AND NOT EXISTS (SELECT FROM interchange.transfer_closure c WHERE c.transfer_id = t.transfer_id)) THEN 'overdue' END;
  IF wrong IS NOT NULL THEN
    RAISE EXCEPTION '移転が承認と合いません（%）', wrong USING ERRCODE = 'HGX02', CONSTRAINT = 'transfer_' || wrong;
  END IF;
  RETURN NEW;
END $$;
COMMENT ON FUNCTION interchange.transfer_guard() IS '承認のとおりの移転だけを通す';
CREATE TRIGGER transfer_guard BEFORE INSERT ON interchange.transfer FOR EACH ROW EXECUTE FUNCTION interchange.transfer_guard();

CREATE FUNCTION interchange.receipt_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.sha256 <> (SELECT t.sha256 FROM interchange.transfer t WHERE t.transfer_id = NEW.transfer_id) THEN
    RAISE EXCEPTION '受け取ったもののハッシュが、渡したものと違います' USING ERRCODE = 'HGX02', CONSTRAINT = 'transfer_altered';
  END IF;
  RETURN NEW;
END $$;
COMMENT ON FUNCTION interchange.receipt_guard() IS '途中で変わった写しは受領にならない';
CREATE TRIGGER receipt_guard BEFORE INSERT ON interchange.transfer_receipt FOR EACH ROW EXECUTE FUNCTION interchange.receipt_guard();
GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA interchange TO hagukumi_interchange;
