-- Up Migration
-- 一括処理。案の一覧（dry run）を作り、別の人が一覧のハッシュに結びつけて承認し、小分けにして書く。
-- 状態は出来事を積んだもので、許された移り方だけを mass_transition が持つ。
CREATE TABLE allowance.mass_transition (
  from_state text NOT NULL,
  to_state   text NOT NULL,
  label      text NOT NULL,
  PRIMARY KEY (from_state, to_state)
);
COMMENT ON TABLE allowance.mass_transition IS '一括処理の状態の移り方（ここに無い移り方はできない）';
COMMENT ON COLUMN allowance.mass_transition.from_state IS '移る前の状態';
COMMENT ON COLUMN allowance.mass_transition.to_state IS '移った後の状態';
COMMENT ON COLUMN allowance.mass_transition.label IS '移ることの名前';
INSERT INTO allowance.mass_transition VALUES
  ('none', 'collecting', '作成'), ('collecting', 'listed', '一覧の完成'), ('collecting', 'collectFailed', '異常終了'),
  ('collecting', 'cancelled', '取消'), ('collectFailed', 'collecting', '再開'), ('collectFailed', 'cancelled', '取消'),
  ('listed', 'approved', '承認'), ('listed', 'cancelled', '取消'),
  ('approved', 'running', '実行'), ('approved', 'cancelled', '取消'),
  ('running', 'done', '完了'), ('running', 'stopped', '中断'), ('running', 'runFailed', '異常終了'),
  ('stopped', 'running', '再開'), ('stopped', 'cancelled', '打切り'),
  ('runFailed', 'running', '再開'), ('runFailed', 'cancelled', '打切り');

CREATE TABLE allowance.mass_run (
  mass_run_no integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  job_code    text NOT NULL CHECK (job_code ~ '^[a-z][A-Za-z0-9]{2,39}$'),
  lane        text NOT NULL CHECK (lane ~ '^[a-z][A-Za-z0-9]{2,39}$'),
  period      text NOT NULL CHECK (period ~ '^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$'),
  parameters  jsonb NOT NULL,
  as_of       date NOT NULL,
  maker       allowance.operator NOT NULL,
  command_key text NOT NULL REFERENCES audit.command DEFERRABLE INITIALLY DEFERRED,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (mass_run_no, maker)
);
COMMENT ON TABLE allowance.mass_run IS '一括処理1回。何を、どの期間・引数で、いつの時点で判断するか。';
COMMENT ON COLUMN allowance.mass_run.mass_run_no IS '一括処理の番号';
COMMENT ON COLUMN allowance.mass_run.job_code IS '処理の種類';
COMMENT ON COLUMN allowance.mass_run.lane IS '排他の組。同じ組の処理は、同時に一つしか実行中にならない';
COMMENT ON COLUMN allowance.mass_run.period IS '対象の期間（月 YYYY-MM、年度 YYYY、日 YYYY-MM-DD）';
COMMENT ON COLUMN allowance.mass_run.parameters IS '引数';
COMMENT ON COLUMN allowance.mass_run.as_of IS '判断の基準とする日';
COMMENT ON COLUMN allowance.mass_run.maker IS '作った人';
COMMENT ON COLUMN allowance.mass_run.command_key IS '作った処理の鍵';
COMMENT ON COLUMN allowance.mass_run.recorded_at IS '作った時刻';
CREATE INDEX mass_run_job ON allowance.mass_run (job_code, period);

CREATE TABLE allowance.mass_event (
  mass_run_no integer NOT NULL REFERENCES allowance.mass_run,
  seq         smallint NOT NULL CHECK (seq BETWEEN 1 AND 1000),
  prev_seq    smallint GENERATED ALWAYS AS (nullif(seq - 1, 0)) STORED,
  from_state  text NOT NULL,
  to_state    text NOT NULL,
  actor       allowance.operator NOT NULL,
  terminal    text NOT NULL DEFAULT '',
  note        text NOT NULL DEFAULT '',
  error_code  text CHECK (error_code ~ '^[A-Za-z0-9]{1,60}$'),
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (mass_run_no, seq),
  UNIQUE (mass_run_no, seq, to_state),
  FOREIGN KEY (from_state, to_state) REFERENCES allowance.mass_transition,
  FOREIGN KEY (mass_run_no, prev_seq, from_state) REFERENCES allowance.mass_event (mass_run_no, seq, to_state),
  CONSTRAINT mass_event_first CHECK ((seq = 1) = (from_state = 'none')),
  CONSTRAINT mass_event_error CHECK ((to_state IN ('collectFailed', 'runFailed')) = (error_code IS NOT NULL))
);
COMMENT ON TABLE allowance.mass_event IS '一括処理の出来事（実行の記録）。前の出来事の状態からしか始まらない。';
COMMENT ON COLUMN allowance.mass_event.mass_run_no IS '一括処理の番号';
COMMENT ON COLUMN allowance.mass_event.seq IS '出来事の順';
COMMENT ON COLUMN allowance.mass_event.prev_seq IS '前の出来事の順';
COMMENT ON COLUMN allowance.mass_event.from_state IS '移る前の状態';
COMMENT ON COLUMN allowance.mass_event.to_state IS '移った後の状態';
COMMENT ON COLUMN allowance.mass_event.actor IS '行った人（機械が進めたときは、進めるよう指示した人）';
COMMENT ON COLUMN allowance.mass_event.terminal IS '端末（画面からのとき）または処理した計算機';
COMMENT ON COLUMN allowance.mass_event.note IS '件数・理由など';
COMMENT ON COLUMN allowance.mass_event.error_code IS '異常終了の符号';
COMMENT ON COLUMN allowance.mass_event.recorded_at IS '時刻';
COMMENT ON CONSTRAINT mass_event_mass_run_no_prev_seq_from_state_fkey ON allowance.mass_event IS 'ほかの職員か計算機が、先にこの一括処理を進めています';

CREATE VIEW allowance.mass_state WITH (security_invoker = true) AS
SELECT DISTINCT ON (mass_run_no) mass_run_no, to_state AS state, seq, actor, note, error_code, recorded_at
FROM allowance.mass_event ORDER BY mass_run_no, seq DESC;
COMMENT ON VIEW allowance.mass_state IS '一括処理のいまの状態（出来事から導く）';

CREATE TABLE allowance.mass_item (
  mass_run_no      integer NOT NULL REFERENCES allowance.mass_run,
  subject          bigint NOT NULL CHECK (subject >= 1),
  part             smallint NOT NULL CHECK (part BETWEEN 1 AND 999),
  addressee_number allowance.addressee_number NOT NULL REFERENCES allowance.addressee,
  recipient_id     bigint REFERENCES allowance.recipient,
  kind             text NOT NULL CHECK (kind ~ '^[a-z][A-Za-z0-9]{0,39}$'),
  outcome          text NOT NULL CHECK (outcome IN ('change', 'noChange', 'cannot')),
  reason           text NOT NULL CHECK (reason <> ''),
  before_text      text,
  after_text       text,
  yen_before       integer CHECK (yen_before >= 0),
  yen_after        integer CHECK (yen_after >= 0),
  effective_month  allowance.benefit_month,
  content          jsonb NOT NULL,
  digest           allowance.digest NOT NULL,
  PRIMARY KEY (mass_run_no, subject, part),
  UNIQUE (mass_run_no, subject, part, outcome)
);
COMMENT ON TABLE allowance.mass_item IS '案の一覧の1件: だれの、何が、いくらからいくらに、いつから、なぜ変わるか（変わらない・できない件も、理由とともに残す）。';
COMMENT ON COLUMN allowance.mass_item.mass_run_no IS '一括処理の番号';
COMMENT ON COLUMN allowance.mass_item.subject IS '対象（処理により認定番号か宛名番号）';
COMMENT ON COLUMN allowance.mass_item.part IS '対象の中の順';
COMMENT ON COLUMN allowance.mass_item.addressee_number IS '宛名番号';
COMMENT ON COLUMN allowance.mass_item.recipient_id IS '認定番号（受給者のとき）';
COMMENT ON COLUMN allowance.mass_item.kind IS '内容の種類（処理ごとに決める）';
COMMENT ON COLUMN allowance.mass_item.outcome IS 'change 変える、noChange 変わらない、cannot できない';
COMMENT ON COLUMN allowance.mass_item.reason IS '理由';
COMMENT ON COLUMN allowance.mass_item.before_text IS '前の状態';
COMMENT ON COLUMN allowance.mass_item.after_text IS '後の状態';
COMMENT ON COLUMN allowance.mass_item.yen_before IS '前の額（円・月額）';
COMMENT ON COLUMN allowance.mass_item.yen_after IS '後の額（円・月額）';
COMMENT ON COLUMN allowance.mass_item.effective_month IS '新しい状態になる最初の月分';
COMMENT ON COLUMN allowance.mass_item.content IS '書くものの全部（事実のハッシュ・決定など）';
COMMENT ON COLUMN allowance.mass_item.digest IS '1件のハッシュ。書く前に同じ判断をもう一度行い、一致した件だけを書く';
CREATE INDEX mass_item_recipient ON allowance.mass_item (recipient_id);

CREATE TABLE allowance.mass_slice (
  mass_run_no   integer NOT NULL REFERENCES allowance.mass_run,
  slice_no      integer NOT NULL CHECK (slice_no >= 1),
  prev_slice_no integer GENERATED ALWAYS AS (nullif(slice_no - 1, 0)) STORED,
  from_subject  bigint NOT NULL,
  last_subject  bigint NOT NULL CHECK (last_subject >= from_subject),
  subjects      integer NOT NULL CHECK (subjects >= 0),
  items         integer NOT NULL CHECK (items >= 0),
  total         integer NOT NULL CHECK (total >= 0),
  recorded_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (mass_run_no, slice_no),
  UNIQUE (mass_run_no, slice_no, last_subject),
  FOREIGN KEY (mass_run_no, prev_slice_no, from_subject) REFERENCES allowance.mass_slice (mass_run_no, slice_no, last_subject),
  CONSTRAINT mass_slice_first CHECK ((slice_no = 1) <= (from_subject = 0))
);
COMMENT ON TABLE allowance.mass_slice IS '一覧を作る小分け。前の小分けの終わりから始まるので、途中で止まっても、抜けも重なりもなく続けられる。';
COMMENT ON COLUMN allowance.mass_slice.mass_run_no IS '一括処理の番号';
COMMENT ON COLUMN allowance.mass_slice.slice_no IS '小分けの順';
COMMENT ON COLUMN allowance.mass_slice.prev_slice_no IS '前の小分けの順';
COMMENT ON COLUMN allowance.mass_slice.from_subject IS 'この対象より後から';
COMMENT ON COLUMN allowance.mass_slice.last_subject IS 'この対象まで';
COMMENT ON COLUMN allowance.mass_slice.subjects IS '調べた対象の数';
COMMENT ON COLUMN allowance.mass_slice.items IS '一覧に載せた件数';
COMMENT ON COLUMN allowance.mass_slice.total IS '対象の総数（進み具合を示すため）';
COMMENT ON COLUMN allowance.mass_slice.recorded_at IS '時刻';

CREATE TABLE allowance.mass_list (
  mass_run_no     integer PRIMARY KEY,
  digest          allowance.digest NOT NULL,
  subject_count   integer NOT NULL CHECK (subject_count >= 0),
  change_count    integer NOT NULL CHECK (change_count >= 0),
  no_change_count integer NOT NULL CHECK (no_change_count >= 0),
  cannot_count    integer NOT NULL CHECK (cannot_count >= 0),
  yen_before      bigint NOT NULL,
  yen_after       bigint NOT NULL,
  maker           allowance.operator NOT NULL,
  recorded_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
  FOREIGN KEY (mass_run_no, maker) REFERENCES allowance.mass_run (mass_run_no, maker),
  UNIQUE (mass_run_no, digest, maker)
);
COMMENT ON TABLE allowance.mass_list IS '完成した一覧の件数・金額・ハッシュ。表が自ら中身と照合する。完成した一覧には、もう何も足せない。';
COMMENT ON COLUMN allowance.mass_list.mass_run_no IS '一括処理の番号';
COMMENT ON COLUMN allowance.mass_list.digest IS '一覧のハッシュ（1件ずつのハッシュを対象の順につないだもののハッシュ）';
COMMENT ON COLUMN allowance.mass_list.subject_count IS '調べた対象の数';
COMMENT ON COLUMN allowance.mass_list.change_count IS '変える件数';
COMMENT ON COLUMN allowance.mass_list.no_change_count IS '変わらない件数';
COMMENT ON COLUMN allowance.mass_list.cannot_count IS 'できない件数';
COMMENT ON COLUMN allowance.mass_list.yen_before IS '変える件の前の額の合計（円・月額）';
COMMENT ON COLUMN allowance.mass_list.yen_after IS '変える件の後の額の合計（円・月額）';
COMMENT ON COLUMN allowance.mass_list.maker IS '作った人';
COMMENT ON COLUMN allowance.mass_list.recorded_at IS '時刻';

CREATE TABLE allowance.mass_approval (
  mass_run_no integer PRIMARY KEY,
  digest      allowance.digest NOT NULL,
  maker       allowance.operator NOT NULL,
  approver    allowance.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  FOREIGN KEY (mass_run_no, digest, maker) REFERENCES allowance.mass_list (mass_run_no, digest, maker),
  CONSTRAINT mass_approval_two_people CHECK (maker <> approver)
);
COMMENT ON TABLE allowance.mass_approval IS '承認。一覧のハッシュに結びつき、作った人は承認できない。';
COMMENT ON CONSTRAINT mass_approval_two_people ON allowance.mass_approval IS '一括処理を作った人は、自分で承認できません。別の職員が承認してください';
COMMENT ON COLUMN allowance.mass_approval.mass_run_no IS '一括処理の番号';
COMMENT ON COLUMN allowance.mass_approval.digest IS '承認した一覧のハッシュ';
COMMENT ON COLUMN allowance.mass_approval.maker IS '作った人';
COMMENT ON COLUMN allowance.mass_approval.approver IS '承認した人';
COMMENT ON COLUMN allowance.mass_approval.recorded_at IS '時刻';

CREATE TABLE allowance.mass_result (
  mass_run_no integer NOT NULL REFERENCES allowance.mass_approval,
  subject     bigint NOT NULL,
  part        smallint NOT NULL,
  outcome     text NOT NULL DEFAULT 'change' CHECK (outcome = 'change'),
  result      text NOT NULL CHECK (result IN ('written', 'changed', 'refused')),
  reason      text NOT NULL DEFAULT '',
  written     jsonb NOT NULL DEFAULT '{}',
  command_key text NOT NULL REFERENCES audit.command DEFERRABLE INITIALLY DEFERRED,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT mass_result_once PRIMARY KEY (mass_run_no, subject, part),
  FOREIGN KEY (mass_run_no, subject, part, outcome) REFERENCES allowance.mass_item (mass_run_no, subject, part, outcome),
  CONSTRAINT mass_result_reason CHECK (result = 'written' OR reason <> '')
);
COMMENT ON TABLE allowance.mass_result IS '1件の結果。書いた（written）、一覧のあとで事案が変わったので書かない（changed）、断られたので書かない（refused）。1件に1回だけ。承認のない一括処理には書けない。';
COMMENT ON CONSTRAINT mass_result_once ON allowance.mass_result IS 'この件は、もう処理しました';
COMMENT ON COLUMN allowance.mass_result.mass_run_no IS '一括処理の番号';
COMMENT ON COLUMN allowance.mass_result.subject IS '対象';
COMMENT ON COLUMN allowance.mass_result.part IS '対象の中の順';
COMMENT ON COLUMN allowance.mass_result.outcome IS '一覧で「変える」とした件だけに結果がある';
COMMENT ON COLUMN allowance.mass_result.result IS '結果';
COMMENT ON COLUMN allowance.mass_result.reason IS '書かなかった理由';
COMMENT ON COLUMN allowance.mass_result.written IS '書いたものの番号';
COMMENT ON COLUMN allowance.mass_result.command_key IS '書いた処理の鍵';
COMMENT ON COLUMN allowance.mass_result.recorded_at IS '時刻';

CREATE TABLE allowance.mass_check (
  mass_run_no integer NOT NULL REFERENCES allowance.mass_approval,
  check_no    smallint NOT NULL CHECK (check_no >= 1),
  name        text NOT NULL CHECK (name <> ''),
  faults      integer NOT NULL CHECK (faults >= 0),
  detail      text NOT NULL DEFAULT '',
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (mass_run_no, check_no)
);
COMMENT ON TABLE allowance.mass_check IS '終わったあとの検査と、その結果（faults が 0 なら合格）';
COMMENT ON COLUMN allowance.mass_check.mass_run_no IS '一括処理の番号';
COMMENT ON COLUMN allowance.mass_check.check_no IS '検査の順';
COMMENT ON COLUMN allowance.mass_check.name IS '検査の名前';
COMMENT ON COLUMN allowance.mass_check.faults IS '合わない件数';
COMMENT ON COLUMN allowance.mass_check.detail IS '合わないものの番号など';
COMMENT ON COLUMN allowance.mass_check.recorded_at IS '時刻';

-- 完成した一覧には、何も足せない。
CREATE FUNCTION allowance.mass_item_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM (SELECT DISTINCT mass_run_no FROM new_rows) n JOIN allowance.mass_list l USING (mass_run_no)) THEN
    RAISE EXCEPTION '完成した一覧には、何も足せません' USING ERRCODE = 'HG210', CONSTRAINT = 'mass_item_closed';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER mass_item_guard AFTER INSERT ON allowance.mass_item
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION allowance.mass_item_guard();

-- 一覧の件数・金額・ハッシュは、中身と一致する。
CREATE FUNCTION allowance.mass_list_control() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE c bigint; n bigint; x bigint; b bigint; a bigint; s bigint; h text;
BEGIN
  SELECT count(*) FILTER (WHERE outcome = 'change'), count(*) FILTER (WHERE outcome = 'noChange'), count(*) FILTER (WHERE outcome = 'cannot'),
         coalesce(sum(yen_before) FILTER (WHERE outcome = 'change'), 0), coalesce(sum(yen_after) FILTER (WHERE outcome = 'change'), 0),
         encode(sha256(convert_to(coalesce(string_agg(digest, '' ORDER BY subject, part), ''), 'UTF8')), 'hex')
  INTO c, n, x, b, a, h FROM allowance.mass_item WHERE mass_run_no = NEW.mass_run_no;
  SELECT coalesce(sum(subjects), 0) INTO s FROM allowance.mass_slice WHERE mass_run_no = NEW.mass_run_no;
  IF (c, n, x, b, a, s, h) IS DISTINCT FROM (NEW.change_count::bigint, NEW.no_change_count::bigint, NEW.cannot_count::bigint, NEW.yen_before, NEW.yen_after,
      NEW.subject_count::bigint, NEW.digest::text) THEN
    RAISE EXCEPTION '一括処理 % の一覧の件数・金額・ハッシュが中身と合いません', NEW.mass_run_no USING ERRCODE = 'HG210', CONSTRAINT = 'mass_list_control';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER mass_list_control AFTER INSERT ON allowance.mass_list FOR EACH ROW EXECUTE FUNCTION allowance.mass_list_control();

-- 状態には証拠が要る。同じ組の処理は、同時に一つしか実行中にならない。
CREATE FUNCTION allowance.mass_event_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE other integer; own_lane text;
BEGIN
  IF NEW.to_state = 'listed' AND NOT EXISTS (SELECT FROM allowance.mass_list WHERE mass_run_no = NEW.mass_run_no) THEN
    RAISE EXCEPTION '一覧が完成していません' USING ERRCODE = 'HG210', CONSTRAINT = 'mass_event_list';
  END IF;
  IF NEW.to_state IN ('approved', 'running', 'done') AND NOT EXISTS (SELECT FROM allowance.mass_approval WHERE mass_run_no = NEW.mass_run_no) THEN
    RAISE EXCEPTION '承認がありません' USING ERRCODE = 'HG210', CONSTRAINT = 'mass_event_approval';
  END IF;
  IF NEW.to_state = 'running' THEN
    SELECT lane INTO own_lane FROM allowance.mass_run WHERE mass_run_no = NEW.mass_run_no;
    SELECT r.mass_run_no INTO other FROM allowance.mass_run r JOIN allowance.mass_state s USING (mass_run_no)
    WHERE r.lane = own_lane AND s.state = 'running' AND r.mass_run_no <> NEW.mass_run_no LIMIT 1;
    IF other IS NOT NULL THEN
      RAISE EXCEPTION '同じ組の一括処理 % が実行中です', other USING ERRCODE = 'HG210', CONSTRAINT = 'mass_event_lane';
    END IF;
  END IF;
  IF NEW.to_state = 'done' AND EXISTS (
    SELECT FROM allowance.mass_item i LEFT JOIN allowance.mass_result r USING (mass_run_no, subject, part)
    WHERE i.mass_run_no = NEW.mass_run_no AND i.outcome = 'change' AND r.subject IS NULL) THEN
    RAISE EXCEPTION '結果のない件が残っています' USING ERRCODE = 'HG210', CONSTRAINT = 'mass_event_pending';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER mass_event_guard AFTER INSERT ON allowance.mass_event FOR EACH ROW EXECUTE FUNCTION allowance.mass_event_guard();

-- 書けるのは、実行中の一括処理だけ。
CREATE FUNCTION allowance.mass_result_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM (SELECT DISTINCT mass_run_no FROM new_rows) n JOIN allowance.mass_state s USING (mass_run_no) WHERE s.state <> 'running') THEN
    RAISE EXCEPTION '実行中でない一括処理には書けません' USING ERRCODE = 'HG210', CONSTRAINT = 'mass_result_running';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER mass_result_guard AFTER INSERT ON allowance.mass_result
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION allowance.mass_result_guard();

-- 暦と順番。行を足して変える（二人で）。months は対象の月（1〜12、期間が年度の処理では処理する月）。
CREATE TABLE allowance.mass_schedule (
  job_code    text NOT NULL CHECK (job_code ~ '^[a-z][A-Za-z0-9]{2,39}$'),
  valid_from  date NOT NULL,
  revision    smallint NOT NULL CHECK (revision >= 1),
  name        text NOT NULL CHECK (name <> ''),
  cycle       text NOT NULL CHECK (cycle IN ('byHand', 'daily', 'monthly', 'yearly')),
  months      smallint[] NOT NULL,
  day         smallint NOT NULL CHECK (day BETWEEN 1 AND 31),
  grace_days  smallint NOT NULL CHECK (grace_days BETWEEN 0 AND 90),
  after_jobs  text[] NOT NULL DEFAULT '{}',
  note        text NOT NULL DEFAULT '',
  entered_by  allowance.operator NOT NULL,
  approved_by allowance.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (job_code, valid_from, revision),
  CONSTRAINT mass_schedule_two_people CHECK (entered_by <> approved_by),
  CONSTRAINT mass_schedule_months CHECK (months <@ ARRAY[1,2,3,4,5,6,7,8,9,10,11,12]::smallint[] AND (cycle IN ('byHand', 'daily')) <= (months = '{}')
    AND (cycle IN ('monthly', 'yearly')) <= (cardinality(months) >= 1)),
  CONSTRAINT mass_schedule_after CHECK (NOT (job_code = ANY (after_jobs)))
);
COMMENT ON TABLE allowance.mass_schedule IS '一括処理の暦と順番（日付つき、二人で決める）。処理を行う月と日、どの処理の後か。';
COMMENT ON CONSTRAINT mass_schedule_two_people ON allowance.mass_schedule IS '一括処理の暦は、入力した人と別の職員の承認が要ります';
COMMENT ON COLUMN allowance.mass_schedule.job_code IS '処理の種類';
COMMENT ON COLUMN allowance.mass_schedule.valid_from IS 'いつから有効か';
COMMENT ON COLUMN allowance.mass_schedule.revision IS '版';
COMMENT ON COLUMN allowance.mass_schedule.name IS '暦に出す名前';
COMMENT ON COLUMN allowance.mass_schedule.cycle IS 'byHand 必要なとき、daily 毎日、monthly 毎月、yearly 毎年';
COMMENT ON COLUMN allowance.mass_schedule.months IS '処理を行う月';
COMMENT ON COLUMN allowance.mass_schedule.day IS '処理を行う日（月の日数を超えるときは末日）';
COMMENT ON COLUMN allowance.mass_schedule.grace_days IS 'この日数を過ぎても終わっていなければ、遅れとして知らせる';
COMMENT ON COLUMN allowance.mass_schedule.after_jobs IS '同じ期間について、先に終わっていなければならない処理';
COMMENT ON COLUMN allowance.mass_schedule.note IS '運用手順の説明';
COMMENT ON COLUMN allowance.mass_schedule.entered_by IS '入力した人';
COMMENT ON COLUMN allowance.mass_schedule.approved_by IS '承認した人';
COMMENT ON COLUMN allowance.mass_schedule.recorded_at IS '時刻';
CREATE VIEW allowance.mass_schedule_current WITH (security_invoker = true) AS
SELECT DISTINCT ON (job_code, valid_from) * FROM allowance.mass_schedule ORDER BY job_code, valid_from, revision DESC;
COMMENT ON VIEW allowance.mass_schedule_current IS '一括処理の暦（日付ごとに、最後の版）';

SELECT allowance.protect_rows('allowance.mass_item', 'person', 'addressee_number');
SELECT allowance.protect_rows('allowance.mass_result', 'where',
  'EXISTS (SELECT FROM allowance.mass_item i WHERE i.mass_run_no = mass_result.mass_run_no AND i.subject = mass_result.subject AND i.part = mass_result.part)');
GRANT SELECT ON allowance.mass_transition, allowance.mass_state, allowance.mass_schedule_current TO hagukumi_allowance;
GRANT SELECT, INSERT ON allowance.mass_run, allowance.mass_event, allowance.mass_item, allowance.mass_slice, allowance.mass_list, allowance.mass_approval,
  allowance.mass_result, allowance.mass_check, allowance.mass_schedule TO hagukumi_allowance;
