-- Up Migration
-- 送付から締めまで: 会計課への手渡しと受領（A90）、銀行間網の障害と明細ごとの状態（A93・I-22）、振込不能と当たらない結果を二人で始末する（M19・M20）。

CREATE TABLE allowance.hand_over_by_hand (
  run_no   integer PRIMARY KEY REFERENCES allowance.hand_over (run_no),
  receiver text NOT NULL CHECK (btrim(receiver) <> '' AND char_length(receiver) <= 100),
  medium   text NOT NULL CHECK (btrim(medium) <> '' AND char_length(medium) <= 100)
);
COMMENT ON TABLE allowance.hand_over_by_hand IS '会計課への手渡し。だれが・いつ・どのハッシュのファイルを渡したかは hand_over にあり、ここは受け取った相手と媒体。';
COMMENT ON COLUMN allowance.hand_over_by_hand.run_no IS '支払処理';
COMMENT ON COLUMN allowance.hand_over_by_hand.receiver IS '受け取った課と人';
COMMENT ON COLUMN allowance.hand_over_by_hand.medium IS '渡した媒体（媒体番号、共有フォルダなど）';

CREATE TABLE allowance.hand_over_receipt (
  run_no      integer PRIMARY KEY REFERENCES allowance.hand_over_by_hand,
  receipt     text NOT NULL CHECK (btrim(receipt) <> '' AND char_length(receipt) <= 100),
  line_count  integer NOT NULL CHECK (line_count >= 0),
  total       bigint NOT NULL CHECK (total >= 0),
  sha256      allowance.digest,
  recorded_by allowance.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE allowance.hand_over_receipt IS '会計課・金融機関からの受領書に書かれた件数と金額。ファイルと違えば、送付の結果は不明になる。';
COMMENT ON COLUMN allowance.hand_over_receipt.run_no IS '支払処理';
COMMENT ON COLUMN allowance.hand_over_receipt.receipt IS '受領書の番号または受領した人';
COMMENT ON COLUMN allowance.hand_over_receipt.line_count IS '受領書の件数';
COMMENT ON COLUMN allowance.hand_over_receipt.total IS '受領書の金額（円）';
COMMENT ON COLUMN allowance.hand_over_receipt.sha256 IS '受領書のハッシュ（書かれているとき）';
COMMENT ON COLUMN allowance.hand_over_receipt.recorded_by IS '登録した人';
COMMENT ON COLUMN allowance.hand_over_receipt.recorded_at IS '記録の時刻';

CREATE TABLE allowance.result_proposal (
  result_id   bigint NOT NULL,
  row_no      integer NOT NULL,
  seq         smallint NOT NULL CHECK (seq >= 1),
  account_id  bigint REFERENCES allowance.account,
  resolution  text NOT NULL CHECK (btrim(resolution) <> '' AND char_length(resolution) <= 400),
  proposed_by allowance.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT result_proposal_once PRIMARY KEY (result_id, row_no, seq),
  FOREIGN KEY (result_id, row_no) REFERENCES allowance.result_row
);
COMMENT ON TABLE allowance.result_proposal IS '振込不能（口座を確かめた）または当たらない結果の始末の案。別の人が自分の画面で認めたときに効く。';
COMMENT ON COLUMN allowance.result_proposal.result_id IS '振込結果';
COMMENT ON COLUMN allowance.result_proposal.row_no IS '結果の行';
COMMENT ON COLUMN allowance.result_proposal.seq IS '案の回';
COMMENT ON COLUMN allowance.result_proposal.account_id IS '振込不能のとき、確かめた口座（そのあと口座が変われば、案は使えない）';
COMMENT ON COLUMN allowance.result_proposal.resolution IS '確かめたこと、始末の内容';
COMMENT ON COLUMN allowance.result_proposal.proposed_by IS '案を入れた人';
COMMENT ON COLUMN allowance.result_proposal.recorded_at IS '記録の時刻';
COMMENT ON CONSTRAINT result_proposal_once ON allowance.result_proposal IS 'ほかの人が先に案を入れました';

CREATE TABLE allowance.line_delay (
  run_no      integer NOT NULL,
  line_no     integer NOT NULL,
  reason      text NOT NULL CHECK (btrim(reason) <> '' AND char_length(reason) <= 200),
  declared_by allowance.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT line_delay_once PRIMARY KEY (run_no, line_no),
  FOREIGN KEY (run_no, line_no) REFERENCES allowance.run_line
);
COMMENT ON TABLE allowance.line_delay IS '銀行間網の障害などで、支払日に入金されたか分からない明細。入金か返戻が分かるまで締められず、送り直せない（I-22）。';
COMMENT ON COLUMN allowance.line_delay.run_no IS '支払処理';
COMMENT ON COLUMN allowance.line_delay.line_no IS '明細';
COMMENT ON COLUMN allowance.line_delay.reason IS '障害の内容';
COMMENT ON COLUMN allowance.line_delay.declared_by IS '登録した人';
COMMENT ON COLUMN allowance.line_delay.recorded_at IS '記録の時刻';
COMMENT ON CONSTRAINT line_delay_once ON allowance.line_delay IS 'この金融機関の遅れは、もう登録されています';

CREATE TABLE allowance.line_delay_end (
  run_no      integer NOT NULL,
  line_no     integer NOT NULL,
  credited_on date NOT NULL,
  evidence    text NOT NULL CHECK (btrim(evidence) <> '' AND char_length(evidence) <= 400),
  recorded_by allowance.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT line_delay_end_once PRIMARY KEY (run_no, line_no),
  FOREIGN KEY (run_no, line_no) REFERENCES allowance.line_delay
);
COMMENT ON TABLE allowance.line_delay_end IS '遅れていた明細の入金が分かったこと。返戻は振込結果として取り込む。';
COMMENT ON COLUMN allowance.line_delay_end.run_no IS '支払処理';
COMMENT ON COLUMN allowance.line_delay_end.line_no IS '明細';
COMMENT ON COLUMN allowance.line_delay_end.credited_on IS '入金された日';
COMMENT ON COLUMN allowance.line_delay_end.evidence IS 'だれが、何で確かめたか';
COMMENT ON COLUMN allowance.line_delay_end.recorded_by IS '登録した人';
COMMENT ON COLUMN allowance.line_delay_end.recorded_at IS '記録の時刻';
COMMENT ON CONSTRAINT line_delay_end_once ON allowance.line_delay_end IS 'この明細の入金は、もう登録されています';

-- 遅れを言えるのは、銀行に渡したあとで締める前だけ。
CREATE FUNCTION allowance.line_delay_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM (SELECT DISTINCT run_no FROM new_rows) n JOIN allowance.run_state s USING (run_no) WHERE s.state NOT IN ('handedOver', 'settled')) THEN
    RAISE EXCEPTION '銀行に渡したあと、締める前の支払処理にだけ登録できます' USING ERRCODE = 'HG234', CONSTRAINT = 'line_delay_state';
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION allowance.line_delay_guard() IS '明細の遅れを登録できる状態を守る';
CREATE TRIGGER line_delay_guard AFTER INSERT ON allowance.line_delay
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION allowance.line_delay_guard();

CREATE FUNCTION allowance.run_close_complete() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE rest bigint;
BEGIN
  IF NEW.to_state <> 'closed' THEN RETURN NULL; END IF;
  SELECT count(*) INTO rest FROM allowance.line_delay d LEFT JOIN allowance.line_delay_end e USING (run_no, line_no)
  LEFT JOIN allowance.result_row w USING (run_no, line_no) WHERE d.run_no = NEW.run_no AND e.line_no IS NULL AND w.line_no IS NULL;
  IF rest > 0 THEN
    RAISE EXCEPTION '支払処理 % には、入金か返戻か分からない明細が % 件残っています', NEW.run_no, rest USING ERRCODE = 'HG234', CONSTRAINT = 'line_delay_open';
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION allowance.run_close_complete() IS '入金の分からない明細が残るうちは締めさせない';
CREATE TRIGGER run_close_complete AFTER INSERT ON allowance.run_event FOR EACH ROW EXECUTE FUNCTION allowance.run_close_complete();

-- 受領書の件数・金額がファイルと違うのに「受領」とはできない。
CREATE FUNCTION allowance.hand_over_receipt_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.outcome = 'acknowledged' AND EXISTS (SELECT FROM allowance.hand_over_by_hand h WHERE h.run_no = NEW.run_no) AND NOT EXISTS (
      SELECT FROM allowance.hand_over_receipt r JOIN allowance.transfer_file f USING (run_no)
      WHERE r.run_no = NEW.run_no AND (r.line_count, r.total) = (f.line_count, f.total) AND coalesce(r.sha256, f.sha256) = f.sha256) THEN
    RAISE EXCEPTION '支払処理 % の受領書がないか、ファイルと違います', NEW.run_no USING ERRCODE = 'HG235', CONSTRAINT = 'hand_over_receipt_differs';
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION allowance.hand_over_receipt_guard() IS '手渡しの受領を、受領書とファイルで照らし合わせる';
CREATE TRIGGER hand_over_receipt_guard AFTER INSERT ON allowance.hand_over_outcome FOR EACH ROW EXECUTE FUNCTION allowance.hand_over_receipt_guard();

SELECT allowance.protect_rows(t::regclass, 'where', key) FROM (VALUES
  ('allowance.result_proposal', 'EXISTS (SELECT FROM allowance.result_row w WHERE (w.result_id, w.row_no) = (result_proposal.result_id, result_proposal.row_no))'),
  ('allowance.line_delay', '(run_no::bigint * 1000000 + line_no) = ANY ((SELECT allowance.open_lines())::bigint[])'),
  ('allowance.line_delay_end', '(run_no::bigint * 1000000 + line_no) = ANY ((SELECT allowance.open_lines())::bigint[])')
) AS p(t, key);
GRANT SELECT ON allowance.hand_over_by_hand, allowance.hand_over_receipt TO hagukumi_desk;
GRANT SELECT, INSERT ON allowance.hand_over_by_hand, allowance.hand_over_receipt, allowance.result_proposal, allowance.line_delay,
  allowance.line_delay_end TO hagukumi_allowance;
