-- Up Migration
-- 締めたあとの返戻: 銀行が何週間もあとに戻してきた振込。締めた支払処理の結果に、証拠と一緒に足す。額は支払済から「振込不能で戻った額」に移り、
-- ふつうの振込不能と同じように、二人で口座を確かめて未払に戻す（M20）。締めた支払処理のほかのことは変わらない（A99）。

CREATE TABLE allowance.late_result (
  result_id   bigint NOT NULL,
  row_no      integer NOT NULL,
  returned_on date NOT NULL,
  evidence    text NOT NULL CHECK (btrim(evidence) <> '' AND char_length(evidence) <= 400),
  entered_by  allowance.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT late_result_once PRIMARY KEY (result_id, row_no),
  FOREIGN KEY (result_id, row_no) REFERENCES allowance.result_row
);
COMMENT ON TABLE allowance.late_result IS '締めたあとの返戻1件。どの明細の、いくらが戻ったかは result_row にあり、ここは戻った日と証拠。';
COMMENT ON COLUMN allowance.late_result.result_id IS '振込結果';
COMMENT ON COLUMN allowance.late_result.row_no IS '結果の行';
COMMENT ON COLUMN allowance.late_result.returned_on IS '市の口座に戻った日';
COMMENT ON COLUMN allowance.late_result.evidence IS '銀行の通知など、確かめたもの';
COMMENT ON COLUMN allowance.late_result.entered_by IS '登録した人';
COMMENT ON COLUMN allowance.late_result.recorded_at IS '記録の時刻';
COMMENT ON CONSTRAINT late_result_once ON allowance.late_result IS 'この返戻は、もう登録されています';

-- 締めたあとの結果の行は、戻った日と証拠があり、明細の全額が戻ったものだけ。締める前には書けない。
CREATE FUNCTION allowance.late_result_row() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE line_amount bigint; closed boolean;
BEGIN
  SELECT e.outcome = 'closed' INTO closed FROM allowance.run_end e WHERE e.run_no = NEW.run_no;
  IF coalesce(closed, false) IS NOT TRUE THEN RETURN NULL; END IF;
  SELECT amount INTO line_amount FROM allowance.run_line l WHERE (l.run_no, l.line_no) = (NEW.run_no, NEW.line_no);
  IF line_amount IS DISTINCT FROM NEW.amount OR NOT EXISTS (SELECT FROM allowance.late_result x WHERE (x.result_id, x.row_no) = (NEW.result_id, NEW.row_no)) THEN
    RAISE EXCEPTION '締めた支払処理 % の結果は、証拠のある返戻としてだけ足せます', NEW.run_no USING ERRCODE = 'HG381', CONSTRAINT = 'late_result_evidence';
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION allowance.late_result_row() IS '締めた支払処理の結果に、証拠のない行を足させない';
CREATE CONSTRAINT TRIGGER late_result_row AFTER INSERT ON allowance.result_row
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION allowance.late_result_row();

CREATE FUNCTION allowance.late_result_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM allowance.result_row w JOIN allowance.run_end e USING (run_no) JOIN allowance.payment_run r USING (run_no)
                 WHERE (w.result_id, w.row_no) = (NEW.result_id, NEW.row_no) AND e.outcome = 'closed' AND w.line_no IS NOT NULL AND NEW.returned_on >= r.pay_on) THEN
    RAISE EXCEPTION '締めたあとの返戻は、締めた支払処理の明細の、支払日からあとに戻ったものです' USING ERRCODE = 'HG381', CONSTRAINT = 'late_result_state';
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION allowance.late_result_guard() IS '締める前の返戻を、締めたあとの返戻として書かせない';
CREATE TRIGGER late_result_guard AFTER INSERT ON allowance.late_result FOR EACH ROW EXECUTE FUNCTION allowance.late_result_guard();

SELECT allowance.protect_rows('allowance.late_result'::regclass, 'where',
  'EXISTS (SELECT FROM allowance.result_row w WHERE (w.result_id, w.row_no) = (late_result.result_id, late_result.row_no))');
GRANT SELECT, INSERT ON allowance.late_result TO hagukumi_allowance;
