-- Up Migration
-- 統合収滞納（市の収納・滞納整理のシステム）への引渡しと、そこからの収納データ。ファイルごとに件数・合計・ハッシュを残し、戻る収納データは、引き渡した債権のものだけを、
-- 件数と合計が合うときだけ取り込む。
CREATE TABLE allowance.collection_file (
  file_no     integer PRIMARY KEY CHECK (file_no >= 1),
  made_on     date NOT NULL,
  claim_count integer NOT NULL CHECK (claim_count >= 1),
  total       bigint NOT NULL CHECK (total >= 1),
  sha256      allowance.digest NOT NULL,
  entered_by  allowance.operator NOT NULL,
  approved_by allowance.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT collection_file_two_people CHECK (entered_by <> approved_by)
);
COMMENT ON TABLE allowance.collection_file IS '統合収滞納へ引き渡した債権のファイル（全件）。二人が認める。';
COMMENT ON COLUMN allowance.collection_file.file_no IS '引渡しの番号（1から続く）';
COMMENT ON COLUMN allowance.collection_file.made_on IS '作った日';
COMMENT ON COLUMN allowance.collection_file.claim_count IS '債権の件数';
COMMENT ON COLUMN allowance.collection_file.total IS '残額の合計（円）';
COMMENT ON COLUMN allowance.collection_file.sha256 IS 'ファイルのハッシュ';
COMMENT ON COLUMN allowance.collection_file.entered_by IS '作った人';
COMMENT ON COLUMN allowance.collection_file.approved_by IS '認めた人（作った人とは別の人）';
COMMENT ON COLUMN allowance.collection_file.recorded_at IS '記録の時刻';
COMMENT ON CONSTRAINT collection_file_two_people ON allowance.collection_file IS '引渡しは、作った人と別の人が認めます';

CREATE TABLE allowance.collection_claim (
  file_no     integer NOT NULL REFERENCES allowance.collection_file,
  recovery_id bigint NOT NULL REFERENCES allowance.recovery,
  outstanding integer NOT NULL CHECK (outstanding >= 1),
  PRIMARY KEY (file_no, recovery_id)
);
COMMENT ON TABLE allowance.collection_claim IS '引き渡した債権と、そのときの残額';
COMMENT ON COLUMN allowance.collection_claim.file_no IS '引渡し';
COMMENT ON COLUMN allowance.collection_claim.recovery_id IS '債権番号';
COMMENT ON COLUMN allowance.collection_claim.outstanding IS '残額（円）';

CREATE TABLE allowance.collection_receipt (
  receipt_file_id bigint PRIMARY KEY REFERENCES allowance.receipt_file,
  file_no         integer NOT NULL REFERENCES allowance.collection_file,
  line_count      integer NOT NULL CHECK (line_count >= 1),
  total           bigint NOT NULL CHECK (total >= 1)
);
COMMENT ON TABLE allowance.collection_receipt IS '統合収滞納から戻った収納データと、その引渡し。件数と合計は、ファイルの末尾が言うもの。';
COMMENT ON COLUMN allowance.collection_receipt.receipt_file_id IS '取り込んだ収納データ';
COMMENT ON COLUMN allowance.collection_receipt.file_no IS 'どの引渡しへの収納か';
COMMENT ON COLUMN allowance.collection_receipt.line_count IS '件数';
COMMENT ON COLUMN allowance.collection_receipt.total IS '合計（円）';

-- 引渡しの件数と合計は、その明細に等しい。収納データの件数と合計は、取り込んだ行に等しく、行の債権はその引渡しにある。
CREATE FUNCTION allowance.collection_file_control() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE n bigint; t bigint;
BEGIN
  SELECT count(*), coalesce(sum(outstanding), 0) INTO n, t FROM allowance.collection_claim WHERE file_no = NEW.file_no;
  IF (n, t) IS DISTINCT FROM (NEW.claim_count::bigint, NEW.total) THEN
    RAISE EXCEPTION '引渡し % の明細（%件 %円）が件数・合計と合いません', NEW.file_no, n, t USING ERRCODE = 'HG482', CONSTRAINT = 'collection_file_control';
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION allowance.collection_file_control() IS '引渡しの件数と合計を明細と照合する';
CREATE CONSTRAINT TRIGGER collection_file_control AFTER INSERT ON allowance.collection_file
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION allowance.collection_file_control();
CREATE FUNCTION allowance.collection_receipt_control() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM allowance.receipt_file f WHERE f.file_id = NEW.receipt_file_id AND (f.line_count, f.total) = (NEW.line_count, NEW.total)) THEN
    RAISE EXCEPTION '収納データの件数・合計が、末尾の件数・合計と合いません' USING ERRCODE = 'HG482', CONSTRAINT = 'collection_receipt_control';
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION allowance.collection_receipt_control() IS '収納データの件数と合計を照合する';
CREATE CONSTRAINT TRIGGER collection_receipt_control AFTER INSERT ON allowance.collection_receipt
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION allowance.collection_receipt_control();

SELECT allowance.protect_rows('allowance.collection_claim'::regclass, 'where',
  'EXISTS (SELECT FROM allowance.recovery r WHERE r.recovery_id = collection_claim.recovery_id)');
GRANT SELECT ON allowance.collection_file, allowance.collection_receipt TO hagukumi_desk;
GRANT SELECT, INSERT ON allowance.collection_file, allowance.collection_claim, allowance.collection_receipt TO hagukumi_allowance;
