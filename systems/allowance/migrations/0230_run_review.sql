-- Up Migration
-- 支払処理の点検。前回との比較（増減の原因）、検算、口座の変わった明細、同じ日・同じ額の重なりを一件ずつ確かめ、
-- 確かめ終わるまで承認できない（A87・A91・A104・M26、I-1・I-38・I-41・I-42）。

CREATE TABLE allowance.run_comparison (
  run_no            integer PRIMARY KEY REFERENCES allowance.payment_run,
  previous_run_no   integer NOT NULL REFERENCES allowance.payment_run CHECK (previous_run_no < run_no),
  threshold_yen     integer NOT NULL CHECK (threshold_yen >= 0),
  recipients_before integer NOT NULL CHECK (recipients_before >= 0),
  recipients_after  integer NOT NULL CHECK (recipients_after >= 0),
  total_before      bigint NOT NULL CHECK (total_before >= 0),
  total_after       bigint NOT NULL CHECK (total_after >= 0)
);
COMMENT ON TABLE allowance.run_comparison IS '定時の支払処理と、その前に締めた定時の支払処理との比較。比べる相手のない初めの支払処理には行がない。';
COMMENT ON COLUMN allowance.run_comparison.run_no IS '支払処理';
COMMENT ON COLUMN allowance.run_comparison.previous_run_no IS '比べた相手（前に締めた定時の支払処理）';
COMMENT ON COLUMN allowance.run_comparison.threshold_yen IS 'この額（円）を超えて増減した受給者を点検の対象にした';
COMMENT ON COLUMN allowance.run_comparison.recipients_before IS '前回の受給者の数';
COMMENT ON COLUMN allowance.run_comparison.recipients_after IS '今回の受給者の数';
COMMENT ON COLUMN allowance.run_comparison.total_before IS '前回の合計（円）';
COMMENT ON COLUMN allowance.run_comparison.total_after IS '今回の合計（円）';

CREATE TABLE allowance.run_change (
  run_no        integer NOT NULL REFERENCES allowance.run_comparison,
  change_no     integer NOT NULL CHECK (change_no >= 1),
  recipient_id  bigint NOT NULL REFERENCES allowance.recipient,
  child_number  allowance.addressee_number,
  benefit_month allowance.benefit_month,
  cause         text NOT NULL CHECK (cause IN ('decision', 'age', 'siblings', 'rules', 'arrears', 'arrearsBefore', 'returned', 'heldBefore', 'held',
                  'recipientDead', 'noAccount', 'branchClosed', 'limitation', 'paidElsewhere', 'otherRecipient', 'uncomputed', 'deduction', 'unexplained')),
  decision_id   bigint REFERENCES allowance.decision,
  amount        integer NOT NULL CHECK (amount <> 0),
  PRIMARY KEY (run_no, change_no),
  CONSTRAINT run_change_decision CHECK ((cause = 'decision') = (decision_id IS NOT NULL))
);
COMMENT ON TABLE allowance.run_change IS '前回からの増減を、児童×月分ごとに、ちょうど1つの原因に分けたもの。受給者ごとの合計は、前回と今回の振込額の差に等しい（M26）。';
COMMENT ON COLUMN allowance.run_change.run_no IS '支払処理';
COMMENT ON COLUMN allowance.run_change.change_no IS '支払処理の中の番号';
COMMENT ON COLUMN allowance.run_change.recipient_id IS '認定番号';
COMMENT ON COLUMN allowance.run_change.child_number IS '児童の宛名番号（差引による増減では空）';
COMMENT ON COLUMN allowance.run_change.benefit_month IS '今回の月分（今回にない月分は、前回の月分）';
COMMENT ON COLUMN allowance.run_change.cause IS '増減の原因';
COMMENT ON COLUMN allowance.run_change.decision_id IS '原因が決定のとき、その決定';
COMMENT ON COLUMN allowance.run_change.amount IS '増減（円）。増えたら正、減ったら負';
CREATE INDEX run_change_recipient ON allowance.run_change (recipient_id, run_no);

CREATE TABLE allowance.run_review_item (
  run_no        integer NOT NULL REFERENCES allowance.payment_run,
  item_no       integer NOT NULL CHECK (item_no >= 1),
  kind          text NOT NULL CHECK (kind IN ('new', 'stopped', 'raised', 'lowered', 'zero', 'manyMonths', 'unexplained', 'recentAccount',
                  'lateAccount', 'sharedAccount', 'sameDateTotal', 'recalculation')),
  recipient_id  bigint REFERENCES allowance.recipient,
  line_no       integer,
  amount_before bigint,
  amount_after  bigint,
  detail        text NOT NULL DEFAULT '' CHECK (char_length(detail) <= 400),
  barred        text[] NOT NULL DEFAULT '{}',
  PRIMARY KEY (run_no, item_no),
  FOREIGN KEY (run_no, line_no) REFERENCES allowance.run_line,
  CONSTRAINT run_review_item_subject CHECK ((kind = 'sameDateTotal') = (recipient_id IS NULL))
);
COMMENT ON TABLE allowance.run_review_item IS '点検で確かめること1件。支払処理を作るとき（検算の食い違いは確認のとき）に機械が挙げ、人は足すことも消すこともできない。';
COMMENT ON COLUMN allowance.run_review_item.run_no IS '支払処理';
COMMENT ON COLUMN allowance.run_review_item.item_no IS '支払処理の中の番号';
COMMENT ON COLUMN allowance.run_review_item.kind IS '種類。new 新規、stopped 止まった、raised・lowered しきい値を超えた増減、zero 額が0円、manyMonths 支払期の月数を超える、unexplained 原因の分からない増減、recentAccount 直前の口座変更、lateAccount 締切後の口座、sharedAccount 別の人と同じ口座、sameDateTotal 同じ日・同じ合計の支払処理がある、recalculation 検算と合わない';
COMMENT ON COLUMN allowance.run_review_item.recipient_id IS '認定番号（支払処理全体のことなら空）';
COMMENT ON COLUMN allowance.run_review_item.line_no IS '今回の明細（今回の明細にいない受給者なら空）';
COMMENT ON COLUMN allowance.run_review_item.amount_before IS '前回の振込額（円）。検算では検算の額';
COMMENT ON COLUMN allowance.run_review_item.amount_after IS '今回の振込額（円）';
COMMENT ON COLUMN allowance.run_review_item.detail IS '職員に示す説明。氏名・住所・口座番号は書かない。';
COMMENT ON COLUMN allowance.run_review_item.barred IS 'この件を確かめたことにできない人（作った人、口座を入力した人など）';
CREATE INDEX run_review_item_recipient ON allowance.run_review_item (recipient_id);

CREATE TABLE allowance.run_review_clearance (
  run_no      integer NOT NULL,
  item_no     integer NOT NULL,
  reason      text NOT NULL CHECK (btrim(reason) <> '' AND char_length(reason) <= 400),
  cleared_by  allowance.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT run_review_clearance_once PRIMARY KEY (run_no, item_no),
  FOREIGN KEY (run_no, item_no) REFERENCES allowance.run_review_item
);
COMMENT ON TABLE allowance.run_review_clearance IS '点検の1件を、だれが、いつ、何を確かめて済みとしたか。一件ずつ残る。';
COMMENT ON COLUMN allowance.run_review_clearance.run_no IS '支払処理';
COMMENT ON COLUMN allowance.run_review_clearance.item_no IS '点検の番号';
COMMENT ON COLUMN allowance.run_review_clearance.reason IS '確かめたこと';
COMMENT ON COLUMN allowance.run_review_clearance.cleared_by IS '確かめた人';
COMMENT ON COLUMN allowance.run_review_clearance.recorded_at IS '記録の時刻';
COMMENT ON CONSTRAINT run_review_clearance_once ON allowance.run_review_clearance IS 'この件は、もう確かめ済みです';

CREATE TABLE allowance.run_recalculation (
  run_no      integer PRIMARY KEY,
  line_digest allowance.digest NOT NULL,
  recipients  integer NOT NULL CHECK (recipients >= 0),
  months      integer NOT NULL CHECK (months >= recipients),
  differing   integer NOT NULL CHECK (differing BETWEEN 0 AND recipients),
  checked_by  allowance.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  FOREIGN KEY (run_no, line_digest) REFERENCES allowance.payment_run (run_no, line_digest)
);
COMMENT ON TABLE allowance.run_recalculation IS '検算。支払処理の明細を、計算とは別に書かれた第二の計算で、すべて計算し直した結果（M28・I-41）。これがないと確認に進めない。';
COMMENT ON COLUMN allowance.run_recalculation.run_no IS '支払処理';
COMMENT ON COLUMN allowance.run_recalculation.line_digest IS '検算した明細のハッシュ';
COMMENT ON COLUMN allowance.run_recalculation.recipients IS '検算した受給者の数';
COMMENT ON COLUMN allowance.run_recalculation.months IS '検算した受給者×月の数';
COMMENT ON COLUMN allowance.run_recalculation.differing IS '食い違った受給者の数（点検の件になる）';
COMMENT ON COLUMN allowance.run_recalculation.checked_by IS '検算をかけた人';
COMMENT ON COLUMN allowance.run_recalculation.recorded_at IS '記録の時刻';

CREATE TABLE allowance.run_control_total (
  run_no       integer NOT NULL REFERENCES allowance.run_approval,
  grouped_by     text NOT NULL CHECK (grouped_by IN ('band', 'order', 'bank', 'ward', 'class')),
  code         text NOT NULL,
  label        text NOT NULL,
  line_count   integer CHECK (line_count >= 1),
  child_months integer NOT NULL CHECK (child_months >= 1),
  amount       bigint NOT NULL CHECK (amount >= 1),
  PRIMARY KEY (run_no, grouped_by, code)
);
COMMENT ON TABLE allowance.run_control_total IS '承認した人が見た合計表（A88）。どの分け方でも、合計は承認した件数・金額に等しい。';
COMMENT ON COLUMN allowance.run_control_total.run_no IS '支払処理';
COMMENT ON COLUMN allowance.run_control_total.grouped_by IS '分け方。band 年齢区分、order 出生順位、bank 金融機関、ward 区、class 被用区分';
COMMENT ON COLUMN allowance.run_control_total.code IS '区分の符号';
COMMENT ON COLUMN allowance.run_control_total.label IS '区分の名前';
COMMENT ON COLUMN allowance.run_control_total.line_count IS '明細の数（ひとつの明細が複数の区分にわたる分け方では空）';
COMMENT ON COLUMN allowance.run_control_total.child_months IS '児童×月の数';
COMMENT ON COLUMN allowance.run_control_total.amount IS '合計（円）';

-- 比較と点検の件は、支払処理と同じトランザクションの中でだけ書ける。検算の件は、確認より前にだけ足せる。
CREATE FUNCTION allowance.run_review_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM allowance.payment_run r WHERE r.run_no = NEW.run_no AND r.xact = pg_current_xact_id()) THEN RETURN NULL; END IF;
  IF TG_TABLE_NAME = 'run_review_item' AND NOT EXISTS (SELECT FROM allowance.run_event e WHERE e.run_no = NEW.run_no AND e.to_state = 'inspected') THEN
    IF to_jsonb(NEW)->>'kind' = 'recalculation' THEN RETURN NULL; END IF;
  END IF;
  RAISE EXCEPTION '作成の終わった支払処理 % の比較や点検の件は変えられません', NEW.run_no USING ERRCODE = 'HG230', CONSTRAINT = 'run_review_sealed';
END $$;
COMMENT ON FUNCTION allowance.run_review_guard() IS '比較・点検の件を後から足させない';
CREATE TRIGGER run_review_guard AFTER INSERT ON allowance.run_review_item FOR EACH ROW EXECUTE FUNCTION allowance.run_review_guard();
CREATE TRIGGER run_comparison_guard AFTER INSERT ON allowance.run_comparison FOR EACH ROW EXECUTE FUNCTION allowance.run_review_guard();

CREATE FUNCTION allowance.run_change_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM (SELECT DISTINCT run_no FROM new_rows) n JOIN allowance.payment_run r USING (run_no) WHERE r.xact <> pg_current_xact_id()) THEN
    RAISE EXCEPTION '作成の終わった支払処理の増減の原因は変えられません' USING ERRCODE = 'HG230', CONSTRAINT = 'run_review_sealed';
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION allowance.run_change_guard() IS '増減の原因を後から足させない';
CREATE TRIGGER run_change_guard AFTER INSERT ON allowance.run_change
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION allowance.run_change_guard();

CREATE FUNCTION allowance.run_control_total_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM (SELECT DISTINCT run_no FROM new_rows) n JOIN allowance.run_event e USING (run_no) WHERE e.to_state = 'approved') THEN
    RAISE EXCEPTION '承認の終わった支払処理の合計表は変えられません' USING ERRCODE = 'HG230', CONSTRAINT = 'run_review_sealed';
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION allowance.run_control_total_guard() IS '承認した合計表を後から足させない';
CREATE TRIGGER run_control_total_guard AFTER INSERT ON allowance.run_control_total
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION allowance.run_control_total_guard();

-- 増減の合計は、前回と今回の振込額の差（コミットの時）。M26
CREATE FUNCTION allowance.run_comparison_control() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE off bigint;
BEGIN
  SELECT count(*) INTO off FROM (
    SELECT recipient_id, sum(amount) AS amount FROM allowance.run_line WHERE run_no = NEW.run_no GROUP BY 1) a
  FULL JOIN (SELECT recipient_id, sum(amount) AS amount FROM allowance.run_line WHERE run_no = NEW.previous_run_no GROUP BY 1) b USING (recipient_id)
  FULL JOIN (SELECT recipient_id, sum(amount) AS amount FROM allowance.run_change WHERE run_no = NEW.run_no GROUP BY 1) c USING (recipient_id)
  WHERE coalesce(a.amount, 0) - coalesce(b.amount, 0) <> coalesce(c.amount, 0);
  IF off <> 0 THEN
    RAISE EXCEPTION '支払処理 % の増減の原因が、% 人で前回との差と合いません', NEW.run_no, off USING ERRCODE = 'HG231', CONSTRAINT = 'run_change_sum';
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION allowance.run_comparison_control() IS '増減の原因の合計を、前回と今回の差と照らし合わせる';
CREATE CONSTRAINT TRIGGER run_comparison_control AFTER INSERT ON allowance.run_comparison
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION allowance.run_comparison_control();

-- 自分の入力した口座や、自分の作った支払処理の説明のつかない増減は、自分では済みにできない。承認のあとは足せない。
CREATE FUNCTION allowance.run_review_clearance_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM allowance.run_review_item i WHERE (i.run_no, i.item_no) = (NEW.run_no, NEW.item_no) AND NEW.cleared_by = ANY (i.barred)) THEN
    RAISE EXCEPTION 'この件は、ほかの人が確かめます' USING ERRCODE = 'HG232', CONSTRAINT = 'run_review_other_person';
  END IF;
  IF EXISTS (SELECT FROM allowance.run_event e WHERE e.run_no = NEW.run_no AND e.to_state NOT IN ('created', 'inspected')) THEN
    RAISE EXCEPTION '点検は、承認より前に済ませます' USING ERRCODE = 'HG230', CONSTRAINT = 'run_review_sealed';
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION allowance.run_review_clearance_guard() IS '点検の件を済みにしてよい人と時期を守る';
CREATE TRIGGER run_review_clearance_guard AFTER INSERT ON allowance.run_review_clearance
  FOR EACH ROW EXECUTE FUNCTION allowance.run_review_clearance_guard();

-- 確認には検算が、承認には点検の済みと合計表が要る。
CREATE FUNCTION allowance.run_review_complete() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE rest bigint; off bigint;
BEGIN
  IF NEW.to_state = 'inspected' AND NOT EXISTS (SELECT FROM allowance.run_recalculation WHERE run_no = NEW.run_no) THEN
    RAISE EXCEPTION '支払処理 % の検算がまだです', NEW.run_no USING ERRCODE = 'HG230', CONSTRAINT = 'run_recalculation_missing';
  END IF;
  IF NEW.to_state = 'approved' THEN
    SELECT count(*) INTO rest FROM allowance.run_review_item i LEFT JOIN allowance.run_review_clearance c USING (run_no, item_no)
    WHERE i.run_no = NEW.run_no AND c.item_no IS NULL;
    IF rest > 0 THEN
      RAISE EXCEPTION '支払処理 % には、確かめていない点検の件が % 件残っています', NEW.run_no, rest USING ERRCODE = 'HG230', CONSTRAINT = 'run_review_open';
    END IF;
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION allowance.run_review_complete() IS '検算と点検が済むまで、確認・承認に進ませない';
CREATE TRIGGER run_review_complete AFTER INSERT ON allowance.run_event FOR EACH ROW EXECUTE FUNCTION allowance.run_review_complete();

CREATE FUNCTION allowance.run_control_total_control() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE good bigint;
BEGIN
  SELECT count(*) INTO good FROM (
    SELECT grouped_by FROM allowance.run_control_total WHERE run_no = NEW.run_no GROUP BY grouped_by
    HAVING sum(amount) = NEW.total AND coalesce(sum(line_count), NEW.line_count) = NEW.line_count) g;
  IF good <> 5 THEN
    RAISE EXCEPTION '支払処理 % の合計表が、承認した件数・金額と合いません', NEW.run_no USING ERRCODE = 'HG233', CONSTRAINT = 'run_control_total_sum';
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION allowance.run_control_total_control() IS '承認と一緒に残す合計表の合計を、承認の件数・金額と照らし合わせる';
CREATE CONSTRAINT TRIGGER run_control_total_control AFTER INSERT ON allowance.run_approval
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION allowance.run_control_total_control();

SELECT allowance.protect_rows(t::regclass, kind, key) FROM (VALUES
  ('allowance.run_change', 'recipient', 'recipient_id'),
  ('allowance.run_review_item', 'recipient', 'recipient_id'),
  ('allowance.run_review_clearance', 'where', 'EXISTS (SELECT FROM allowance.run_review_item i WHERE i.run_no = run_review_clearance.run_no AND i.item_no = run_review_clearance.item_no)')
) AS p(t, kind, key);
GRANT SELECT ON allowance.run_comparison, allowance.run_recalculation, allowance.run_control_total TO hagukumi_desk;
GRANT SELECT, INSERT ON allowance.run_comparison, allowance.run_change, allowance.run_review_item, allowance.run_review_clearance,
  allowance.run_recalculation, allowance.run_control_total TO hagukumi_allowance;
