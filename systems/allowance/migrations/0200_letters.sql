-- Up Migration
-- 通知書。様式の版・文言・印刷処理・通知書（封筒ごとに1行）・封入・廃棄・発送。行は追記だけで、送ったものは中身もファイルもそのまま残る。

-- 文言（教示・問合せ先・差出人・職名と公印・添え書き）。日付つき、二人で決める。
CREATE TABLE allowance.letter_text (
  text_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind        text NOT NULL CHECK (kind ~ '^[a-zA-Z.]{1,40}$'),
  scope       text NOT NULL DEFAULT '' CHECK (scope ~ '^[0-9a-zA-Z]{0,40}$'),
  valid_from  date NOT NULL,
  content     jsonb NOT NULL,
  digest      allowance.digest NOT NULL,
  entered_by  allowance.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (text_id, digest, entered_by)
);
COMMENT ON TABLE allowance.letter_text IS '通知書の文言（教示・問合せ先・差出人・職名と電子公印・添え書き）の案。別の人の承認（letter_text_approval）があって初めて使う。';
COMMENT ON COLUMN allowance.letter_text.text_id IS '文言の番号';
COMMENT ON COLUMN allowance.letter_text.kind IS '文言の種類';
COMMENT ON COLUMN allowance.letter_text.scope IS '行政区コードまたは帳票の符号。空は市の全体';
COMMENT ON COLUMN allowance.letter_text.valid_from IS 'この日からの文書に使う';
COMMENT ON COLUMN allowance.letter_text.content IS '中身（職名・電子公印の画像を含む）';
COMMENT ON COLUMN allowance.letter_text.digest IS '中身のハッシュ。承認はこの中身に結びつく';
COMMENT ON COLUMN allowance.letter_text.entered_by IS '入力した人';
COMMENT ON COLUMN allowance.letter_text.recorded_at IS '記録した時刻';

CREATE TABLE allowance.letter_text_approval (
  text_id     bigint PRIMARY KEY,
  digest      allowance.digest NOT NULL,
  entered_by  allowance.operator NOT NULL,
  approved_by allowance.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  FOREIGN KEY (text_id, digest, entered_by) REFERENCES allowance.letter_text (text_id, digest, entered_by),
  CONSTRAINT letter_text_two_people CHECK (entered_by <> approved_by)
);
COMMENT ON TABLE allowance.letter_text_approval IS '文言の承認。入力した人は承認できない。';
COMMENT ON CONSTRAINT letter_text_two_people ON allowance.letter_text_approval IS '文言は、入力した人と別の人が承認する';
COMMENT ON COLUMN allowance.letter_text_approval.text_id IS '文言の番号';
COMMENT ON COLUMN allowance.letter_text_approval.digest IS '承認した中身のハッシュ';
COMMENT ON COLUMN allowance.letter_text_approval.entered_by IS '入力した人';
COMMENT ON COLUMN allowance.letter_text_approval.approved_by IS '承認した人';
COMMENT ON COLUMN allowance.letter_text_approval.recorded_at IS '承認した時刻';

-- 様式の版。印字する項目の一覧（fields）のない様式は登録できない。
CREATE TABLE allowance.letter_edition (
  edition_digest allowance.digest PRIMARY KEY,
  form_code      text NOT NULL CHECK (form_code ~ '^[a-zA-Z]{1,40}$'),
  form_number    text NOT NULL CHECK (form_number ~ '^F[0-9]{1,2}$'),
  edition        text NOT NULL CHECK (edition ~ '^[0-9]{4}-[0-9]{2}$'),
  fields         jsonb NOT NULL,
  recorded_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT letter_edition_fields CHECK (jsonb_typeof(fields) = 'object' AND fields <> '{}'::jsonb)
);
COMMENT ON TABLE allowance.letter_edition IS '使った様式の版と、その版が印字する項目の一覧（項目名・種類・だれのものか）。';
COMMENT ON CONSTRAINT letter_edition_fields ON allowance.letter_edition IS '印字する項目を挙げていない様式は登録できない';
COMMENT ON COLUMN allowance.letter_edition.edition_digest IS '様式の版のハッシュ';
COMMENT ON COLUMN allowance.letter_edition.form_code IS '帳票の符号';
COMMENT ON COLUMN allowance.letter_edition.form_number IS '帳票の番号（F1〜F22）';
COMMENT ON COLUMN allowance.letter_edition.edition IS '様式の版（年-月）';
COMMENT ON COLUMN allowance.letter_edition.fields IS '印字する項目の一覧';
COMMENT ON COLUMN allowance.letter_edition.recorded_at IS '初めて使った時刻';

-- 印刷処理（1回の印刷。再発行と手作業の分は別の処理にする）
CREATE TABLE allowance.letter_run (
  run_no         integer PRIMARY KEY CHECK (run_no BETWEEN 1 AND 999999),
  kind           text NOT NULL CHECK (kind IN ('first', 'manual', 'reissue')),
  form_code      text NOT NULL CHECK (form_code ~ '^[a-zA-Z]{1,40}$'),
  edition_digest allowance.digest NOT NULL REFERENCES allowance.letter_edition,
  document_on    date NOT NULL,
  mail_on        date NOT NULL,
  fiscal_year    smallint NOT NULL,
  letter_count   integer NOT NULL CHECK (letter_count BETWEEN 1 AND 999999),
  page_count     integer NOT NULL CHECK (page_count >= letter_count),
  amount         bigint NOT NULL CHECK (amount >= 0),
  list_digest    allowance.digest NOT NULL,
  reason         text NOT NULL DEFAULT '' CHECK (length(reason) <= 200),
  maker          allowance.operator NOT NULL,
  command_key    text NOT NULL REFERENCES audit.command DEFERRABLE INITIALLY DEFERRED,
  recorded_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (run_no, document_on),
  UNIQUE (run_no, list_digest, maker),
  CONSTRAINT letter_run_mail_day CHECK (mail_on >= document_on),
  CONSTRAINT letter_run_year CHECK (fiscal_year = extract(year FROM document_on) - CASE WHEN extract(month FROM document_on) < 4 THEN 1 ELSE 0 END),
  CONSTRAINT letter_run_reason CHECK (kind = 'first' OR reason <> '')
);
COMMENT ON TABLE allowance.letter_run IS '通知書の印刷処理。ひとつの様式の版・文書の日付・発送日でまとめて印刷する単位。状態は出来事（letter_run_event）から導く。';
COMMENT ON CONSTRAINT letter_run_mail_day ON allowance.letter_run IS '文書の日付は、発送日より後にできない（A127）';
COMMENT ON CONSTRAINT letter_run_year ON allowance.letter_run IS '年度は、文書の日付の年度と一致する（A127・I-30）';
COMMENT ON CONSTRAINT letter_run_reason ON allowance.letter_run IS '再発行と手作業の印刷には理由が要る';
COMMENT ON COLUMN allowance.letter_run.run_no IS '印刷処理の番号';
COMMENT ON COLUMN allowance.letter_run.kind IS 'first 初めての発行・manual 手作業トレイから・reissue 再発行';
COMMENT ON COLUMN allowance.letter_run.form_code IS '帳票の符号';
COMMENT ON COLUMN allowance.letter_run.edition_digest IS '様式の版のハッシュ';
COMMENT ON COLUMN allowance.letter_run.document_on IS '文書の日付';
COMMENT ON COLUMN allowance.letter_run.mail_on IS '発送日';
COMMENT ON COLUMN allowance.letter_run.fiscal_year IS '年度';
COMMENT ON COLUMN allowance.letter_run.letter_count IS '通知書（封筒）の数';
COMMENT ON COLUMN allowance.letter_run.page_count IS '頁の数';
COMMENT ON COLUMN allowance.letter_run.amount IS '通知書に書かれた額の合計（円）';
COMMENT ON COLUMN allowance.letter_run.list_digest IS 'すべての通知書の中身のハッシュ。承認はこれに結びつく';
COMMENT ON COLUMN allowance.letter_run.reason IS '再発行・手作業の理由';
COMMENT ON COLUMN allowance.letter_run.maker IS '作成した人';
COMMENT ON COLUMN allowance.letter_run.command_key IS '処理の鍵';
COMMENT ON COLUMN allowance.letter_run.recorded_at IS '作成した時刻';

CREATE TABLE allowance.letter_run_transition (
  from_state text NOT NULL,
  to_state   text NOT NULL,
  label      text NOT NULL,
  PRIMARY KEY (from_state, to_state)
);
COMMENT ON TABLE allowance.letter_run_transition IS '印刷処理の許された移り方';
COMMENT ON COLUMN allowance.letter_run_transition.from_state IS '前の状態';
COMMENT ON COLUMN allowance.letter_run_transition.to_state IS '後の状態';
COMMENT ON COLUMN allowance.letter_run_transition.label IS '画面の名前';
INSERT INTO allowance.letter_run_transition VALUES
  ('none', 'created', '作成'), ('created', 'approved', '見本の承認'), ('approved', 'printing', '印刷の指示'), ('printing', 'printed', '印刷'), ('printed', 'mailed', '発送'),
  ('created', 'discarded', '破棄'), ('approved', 'discarded', '破棄'), ('printing', 'discarded', '破棄'), ('printed', 'discarded', '破棄');

CREATE TABLE allowance.letter_run_event (
  run_no      integer NOT NULL REFERENCES allowance.letter_run,
  seq         smallint NOT NULL CHECK (seq BETWEEN 1 AND 20),
  prev_seq    smallint GENERATED ALWAYS AS (nullif(seq - 1, 0)) STORED,
  from_state  text NOT NULL,
  to_state    text NOT NULL,
  actor       allowance.operator NOT NULL,
  terminal    text,
  note        text NOT NULL DEFAULT '',
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (run_no, seq),
  UNIQUE (run_no, seq, to_state),
  CONSTRAINT letter_run_event_once UNIQUE (run_no, to_state),
  FOREIGN KEY (from_state, to_state) REFERENCES allowance.letter_run_transition,
  FOREIGN KEY (run_no, prev_seq, from_state) REFERENCES allowance.letter_run_event (run_no, seq, to_state),
  CONSTRAINT letter_run_event_first CHECK ((seq = 1) = (from_state = 'none'))
);
COMMENT ON TABLE allowance.letter_run_event IS '印刷処理に起きたこと（だれが・いつ・どの端末で）。同じ状態には一度しかならない。';
COMMENT ON CONSTRAINT letter_run_event_once ON allowance.letter_run_event IS '承認・印刷・発送・破棄は、それぞれ一度だけ';
COMMENT ON COLUMN allowance.letter_run_event.run_no IS '印刷処理の番号';
COMMENT ON COLUMN allowance.letter_run_event.seq IS '出来事の番号';
COMMENT ON COLUMN allowance.letter_run_event.prev_seq IS '前の出来事';
COMMENT ON COLUMN allowance.letter_run_event.from_state IS '前の状態';
COMMENT ON COLUMN allowance.letter_run_event.to_state IS '後の状態';
COMMENT ON COLUMN allowance.letter_run_event.actor IS '処理した人';
COMMENT ON COLUMN allowance.letter_run_event.terminal IS '端末（画面から処理したとき）';
COMMENT ON COLUMN allowance.letter_run_event.note IS '破棄の理由など';
COMMENT ON COLUMN allowance.letter_run_event.recorded_at IS '時刻';

CREATE VIEW allowance.letter_run_state WITH (security_invoker = true) AS
SELECT DISTINCT ON (run_no) run_no, to_state AS state, seq, actor, recorded_at FROM allowance.letter_run_event ORDER BY run_no, seq DESC;
COMMENT ON VIEW allowance.letter_run_state IS '印刷処理のいまの状態';

CREATE TABLE allowance.letter_run_approval (
  run_no      integer PRIMARY KEY,
  list_digest allowance.digest NOT NULL,
  maker       allowance.operator NOT NULL,
  approver    allowance.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  FOREIGN KEY (run_no, list_digest, maker) REFERENCES allowance.letter_run (run_no, list_digest, maker),
  CONSTRAINT letter_run_two_people CHECK (maker <> approver)
);
COMMENT ON TABLE allowance.letter_run_approval IS '見本の承認。承認は、作成のときの中身（list_digest）に結びつく。作成した人は承認できない。';
COMMENT ON CONSTRAINT letter_run_two_people ON allowance.letter_run_approval IS '印刷は、作成した人と別の人が見本を見て承認する';
COMMENT ON COLUMN allowance.letter_run_approval.run_no IS '印刷処理の番号';
COMMENT ON COLUMN allowance.letter_run_approval.list_digest IS '承認した中身のハッシュ';
COMMENT ON COLUMN allowance.letter_run_approval.maker IS '作成した人';
COMMENT ON COLUMN allowance.letter_run_approval.approver IS '承認した人';
COMMENT ON COLUMN allowance.letter_run_approval.recorded_at IS '承認した時刻';

-- 通知書。1行が1つの封筒で、宛名は必ず1人（A128）。
CREATE TABLE allowance.letter (
  letter_id        bigint GENERATED ALWAYS AS IDENTITY (START WITH 100000001) PRIMARY KEY CHECK (letter_id BETWEEN 100000001 AND 9999999999),
  run_no           integer NOT NULL,
  seq              integer NOT NULL CHECK (seq BETWEEN 1 AND 999999),
  form_code        text NOT NULL CHECK (form_code ~ '^[a-zA-Z]{1,40}$'),
  version          text NOT NULL CHECK (version IN ('general', 'institution')),
  source_key       text NOT NULL CHECK (source_key ~ '^[a-zA-Z]{1,40}:[0-9A-Za-z/-]{1,80}$'),
  attempt          smallint NOT NULL CHECK (attempt >= 1),
  addressee_number allowance.addressee_number REFERENCES allowance.addressee,
  outside_party    text CHECK (outside_party <> ''),
  recipient_id     bigint REFERENCES allowance.recipient,
  named_numbers    bigint[] NOT NULL,
  decided_on       date NOT NULL,
  document_on      date NOT NULL,
  content          jsonb NOT NULL,
  content_digest   allowance.digest NOT NULL,
  pages            smallint NOT NULL CHECK (pages BETWEEN 1 AND 99),
  amount           bigint CHECK (amount >= 0),
  reissue_of       bigint REFERENCES allowance.letter,
  UNIQUE (run_no, seq),
  FOREIGN KEY (run_no, document_on) REFERENCES allowance.letter_run (run_no, document_on) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT letter_once UNIQUE (form_code, source_key, attempt),
  CONSTRAINT letter_one_party CHECK ((addressee_number IS NULL) <> (outside_party IS NULL)),
  CONSTRAINT letter_document_day CHECK (document_on >= decided_on)
);
COMMENT ON TABLE allowance.letter IS '通知書。1行が1つの封筒で、中身（content）は印刷したとおりの文面。もとになった決定など（source_key）ごとに、初めての発行は一度だけ。';
COMMENT ON CONSTRAINT letter_once ON allowance.letter IS '同じ決定などの同じ通知書は、前の通知書を廃棄したか再発行のときだけ、もう一度作れる';
COMMENT ON CONSTRAINT letter_one_party ON allowance.letter IS '宛名は、住民・法人か、外の機関のどちらか一つ';
COMMENT ON CONSTRAINT letter_document_day ON allowance.letter IS '文書の日付は、決定などの日より前にできない（A127・I-26）';
COMMENT ON COLUMN allowance.letter.letter_id IS '通知書（封筒）の番号。頁の印に入る';
COMMENT ON COLUMN allowance.letter.run_no IS '印刷処理の番号';
COMMENT ON COLUMN allowance.letter.seq IS '印刷処理の中の順番';
COMMENT ON COLUMN allowance.letter.form_code IS '帳票の符号';
COMMENT ON COLUMN allowance.letter.version IS '一般受給者用・施設等受給者用';
COMMENT ON COLUMN allowance.letter.source_key IS 'もとになった決定・支払の明細など';
COMMENT ON COLUMN allowance.letter.attempt IS '何回目の発行か（廃棄・再発行で増える）';
COMMENT ON COLUMN allowance.letter.addressee_number IS '宛名の人の宛名番号';
COMMENT ON COLUMN allowance.letter.outside_party IS '宛名の外の機関';
COMMENT ON COLUMN allowance.letter.recipient_id IS '認定番号';
COMMENT ON COLUMN allowance.letter.named_numbers IS '文面に載る人の宛名番号';
COMMENT ON COLUMN allowance.letter.decided_on IS '決定などの日';
COMMENT ON COLUMN allowance.letter.document_on IS '文書の日付';
COMMENT ON COLUMN allowance.letter.content IS '文面';
COMMENT ON COLUMN allowance.letter.content_digest IS '文面のハッシュ';
COMMENT ON COLUMN allowance.letter.pages IS '頁の数';
COMMENT ON COLUMN allowance.letter.amount IS '文面の額（円）。元帳と照合する（M34）';
COMMENT ON COLUMN allowance.letter.reissue_of IS '再発行のもとの通知書';
CREATE INDEX letter_addressee ON allowance.letter (addressee_number);
CREATE INDEX letter_recipient ON allowance.letter (recipient_id);

CREATE TABLE allowance.letter_discard (
  letter_id    bigint PRIMARY KEY REFERENCES allowance.letter,
  kind         text NOT NULL CHECK (kind IN ('takenOut', 'damaged', 'runDiscarded', 'returned')),
  reason       text NOT NULL CHECK (length(reason) BETWEEN 1 AND 200),
  discarded_by allowance.operator NOT NULL,
  recorded_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE allowance.letter_discard IS '廃棄・抜取り・返戻。takenOut 発送の前に抜いた・damaged 汚れた・runDiscarded 印刷処理の破棄・returned 宛先不明で戻った';
COMMENT ON COLUMN allowance.letter_discard.letter_id IS '通知書の番号';
COMMENT ON COLUMN allowance.letter_discard.kind IS '廃棄の種類';
COMMENT ON COLUMN allowance.letter_discard.reason IS '理由';
COMMENT ON COLUMN allowance.letter_discard.discarded_by IS '廃棄した人';
COMMENT ON COLUMN allowance.letter_discard.recorded_at IS '時刻';

-- 同じもとの通知書をもう一度作れるのは、前のものを廃棄したか、その再発行のときだけ。
CREATE FUNCTION allowance.letter_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM new_rows n WHERE n.attempt > 1 AND NOT EXISTS (
      SELECT FROM allowance.letter p LEFT JOIN allowance.letter_discard d USING (letter_id)
      WHERE p.form_code = n.form_code AND p.source_key = n.source_key AND p.attempt = n.attempt - 1
        AND (d.letter_id IS NOT NULL OR n.reissue_of = p.letter_id)))
     OR EXISTS (SELECT FROM new_rows n JOIN allowance.letter p ON p.letter_id = n.reissue_of
                WHERE (p.form_code, p.source_key) <> (n.form_code, n.source_key) OR p.addressee_number IS DISTINCT FROM n.addressee_number) THEN
    RAISE EXCEPTION 'この通知書は、もう作られています' USING ERRCODE = 'HG200', CONSTRAINT = 'letter_once';
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION allowance.letter_guard() IS '同じもとの通知書は一度だけ。廃棄の後と再発行だけが例外';
CREATE TRIGGER letter_guard AFTER INSERT ON allowance.letter REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION allowance.letter_guard();

-- 印刷処理から外したもの（理由ごと。A129）
CREATE TABLE allowance.letter_left_out (
  run_no           integer NOT NULL REFERENCES allowance.letter_run DEFERRABLE INITIALLY DEFERRED,
  source_key       text NOT NULL,
  addressee_number allowance.addressee_number,
  route            text NOT NULL CHECK (route IN ('tray', 'leftOut')),
  reason           text NOT NULL CHECK (reason ~ '^[a-zA-Z]{1,40}$'),
  PRIMARY KEY (run_no, source_key)
);
COMMENT ON TABLE allowance.letter_left_out IS '印刷処理に入らなかった通知書とその理由。tray は手作業トレイに残る。';
COMMENT ON COLUMN allowance.letter_left_out.run_no IS '印刷処理の番号';
COMMENT ON COLUMN allowance.letter_left_out.source_key IS 'もとになった決定など';
COMMENT ON COLUMN allowance.letter_left_out.addressee_number IS '宛名の人';
COMMENT ON COLUMN allowance.letter_left_out.route IS 'tray 手作業トレイ・leftOut 送らない';
COMMENT ON COLUMN allowance.letter_left_out.reason IS '理由（死亡・支援措置・転出・年齢超過など）';

CREATE TABLE allowance.letter_print_issue (
  letter_id   bigint NOT NULL REFERENCES allowance.letter,
  no          smallint NOT NULL CHECK (no >= 1),
  kind        text NOT NULL CHECK (kind IN ('character', 'overflow')),
  code_points text NOT NULL,
  printed     text NOT NULL,
  PRIMARY KEY (letter_id, no)
);
COMMENT ON TABLE allowance.letter_print_issue IS '印刷処理ごとの文字の一覧（A125）。character 書体にない字形を別の字形で印字した・overflow 枠に入らない';
COMMENT ON COLUMN allowance.letter_print_issue.letter_id IS '通知書の番号';
COMMENT ON COLUMN allowance.letter_print_issue.no IS '通知書の中の番号';
COMMENT ON COLUMN allowance.letter_print_issue.kind IS '文字か、枠か';
COMMENT ON COLUMN allowance.letter_print_issue.code_points IS '文字コード、または長さ';
COMMENT ON COLUMN allowance.letter_print_issue.printed IS '印字した字形';

-- 印刷したファイルそのもの（送ったものの写し。A130）
CREATE TABLE allowance.letter_file (
  run_no      integer NOT NULL REFERENCES allowance.letter_run_approval,
  file_no     smallint NOT NULL CHECK (file_no >= 1),
  first_seq   integer NOT NULL,
  last_seq    integer NOT NULL,
  letters     integer NOT NULL CHECK (letters >= 1),
  pages       integer NOT NULL CHECK (pages >= letters),
  bytes       bytea NOT NULL,
  sha256      allowance.digest NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (run_no, file_no),
  CONSTRAINT letter_file_order CHECK (last_seq >= first_seq AND last_seq - first_seq + 1 >= letters),
  CONSTRAINT letter_file_digest CHECK (sha256 = encode(sha256(bytes), 'hex'))
);
COMMENT ON TABLE allowance.letter_file IS '印刷したPDFそのもの。ハッシュが中身と合わない行は書けない。同じ文面からは同じファイルになる。';
COMMENT ON CONSTRAINT letter_file_digest ON allowance.letter_file IS 'ハッシュは中身のもの';
COMMENT ON CONSTRAINT letter_file_order ON allowance.letter_file IS '通知書は順番どおりに並ぶ';
COMMENT ON COLUMN allowance.letter_file.run_no IS '印刷処理の番号';
COMMENT ON COLUMN allowance.letter_file.file_no IS 'ファイルの番号';
COMMENT ON COLUMN allowance.letter_file.first_seq IS '初めの通知書の順番';
COMMENT ON COLUMN allowance.letter_file.last_seq IS '終わりの通知書の順番';
COMMENT ON COLUMN allowance.letter_file.letters IS '通知書の数';
COMMENT ON COLUMN allowance.letter_file.pages IS '頁の数';
COMMENT ON COLUMN allowance.letter_file.bytes IS 'PDF';
COMMENT ON COLUMN allowance.letter_file.sha256 IS 'SHA-256';
COMMENT ON COLUMN allowance.letter_file.recorded_at IS '印刷した時刻';

-- 封入の照合: 印刷した数＝封入した数＋抜いた数（A128・I-28）
CREATE TABLE allowance.letter_insertion (
  run_no      integer PRIMARY KEY REFERENCES allowance.letter_run,
  printed     integer NOT NULL CHECK (printed >= 0),
  inserted    integer NOT NULL CHECK (inserted >= 0),
  taken_out   integer NOT NULL CHECK (taken_out >= 0),
  counted_by  allowance.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT letter_count_in_out CHECK (printed = inserted + taken_out)
);
COMMENT ON TABLE allowance.letter_insertion IS '封入の照合。印刷した通知書の数は、封入した数と抜いた数の和。';
COMMENT ON CONSTRAINT letter_count_in_out ON allowance.letter_insertion IS '印刷した数と、封入した数＋抜いた数が合わないものは発送できない';
COMMENT ON COLUMN allowance.letter_insertion.run_no IS '印刷処理の番号';
COMMENT ON COLUMN allowance.letter_insertion.printed IS '印刷した数';
COMMENT ON COLUMN allowance.letter_insertion.inserted IS '封入した数（数えた人が入力）';
COMMENT ON COLUMN allowance.letter_insertion.taken_out IS '抜いた数';
COMMENT ON COLUMN allowance.letter_insertion.counted_by IS '数えた人';
COMMENT ON COLUMN allowance.letter_insertion.recorded_at IS '時刻';

-- 送らないと決めたもの（手作業トレイから。二人）
CREATE TABLE allowance.letter_withheld (
  form_code        text NOT NULL CHECK (form_code ~ '^[a-zA-Z]{1,40}$'),
  source_key       text NOT NULL CHECK (source_key ~ '^[a-zA-Z]{1,40}:[0-9A-Za-z/-]{1,80}$'),
  addressee_number allowance.addressee_number,
  reason           text NOT NULL CHECK (length(reason) BETWEEN 1 AND 200),
  entered_by       allowance.operator NOT NULL,
  approved_by      allowance.operator NOT NULL,
  recorded_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (form_code, source_key),
  CONSTRAINT letter_withheld_two_people CHECK (entered_by <> approved_by)
);
COMMENT ON TABLE allowance.letter_withheld IS '送らないと二人で決めた通知書とその理由（手渡しした、支援措置のため送らないなど）';
COMMENT ON CONSTRAINT letter_withheld_two_people ON allowance.letter_withheld IS '送らないことは、二人で決める';
COMMENT ON COLUMN allowance.letter_withheld.form_code IS '帳票の符号';
COMMENT ON COLUMN allowance.letter_withheld.source_key IS 'もとになった決定など';
COMMENT ON COLUMN allowance.letter_withheld.addressee_number IS '宛名の人';
COMMENT ON COLUMN allowance.letter_withheld.reason IS '理由';
COMMENT ON COLUMN allowance.letter_withheld.entered_by IS '入力した人';
COMMENT ON COLUMN allowance.letter_withheld.approved_by IS '承認した人';
COMMENT ON COLUMN allowance.letter_withheld.recorded_at IS '時刻';

-- 求めによる通知書（受給証明書・送付状）
CREATE TABLE allowance.letter_request (
  request_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  form_code        text NOT NULL CHECK (form_code IN ('certificate', 'cover')),
  addressee_number allowance.addressee_number NOT NULL REFERENCES allowance.addressee,
  recipient_id     bigint REFERENCES allowance.recipient,
  from_month       allowance.benefit_month,
  to_month         allowance.benefit_month CHECK (to_month >= from_month),
  facts            jsonb NOT NULL,
  asked_on         date NOT NULL,
  asked_by         allowance.operator NOT NULL,
  recorded_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT letter_request_months CHECK (form_code <> 'certificate' OR (recipient_id IS NOT NULL AND from_month IS NOT NULL AND to_month IS NOT NULL))
);
COMMENT ON TABLE allowance.letter_request IS '求めによる通知書（受給証明書・書類の送付状）の受付';
COMMENT ON CONSTRAINT letter_request_months ON allowance.letter_request IS '受給証明書には、認定番号と証明する期間が要る';
COMMENT ON COLUMN allowance.letter_request.request_id IS '番号';
COMMENT ON COLUMN allowance.letter_request.form_code IS '帳票の符号';
COMMENT ON COLUMN allowance.letter_request.addressee_number IS '宛名の人';
COMMENT ON COLUMN allowance.letter_request.recipient_id IS '認定番号';
COMMENT ON COLUMN allowance.letter_request.from_month IS '証明する初めの月分';
COMMENT ON COLUMN allowance.letter_request.to_month IS '証明する終わりの月分';
COMMENT ON COLUMN allowance.letter_request.facts IS '同封の書類と添え書き';
COMMENT ON COLUMN allowance.letter_request.asked_on IS '求めの日';
COMMENT ON COLUMN allowance.letter_request.asked_by IS '受け付けた人';
COMMENT ON COLUMN allowance.letter_request.recorded_at IS '時刻';

-- 印刷処理の作成の指示。作るのは画面とは別のプロセス。
CREATE TABLE allowance.letter_run_order (
  order_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  form_code      text NOT NULL CHECK (form_code ~ '^[a-zA-Z]{1,40}$'),
  document_on    date NOT NULL,
  mail_on        date NOT NULL,
  payment_run_no integer,
  ordered_by     allowance.operator NOT NULL,
  purpose        text NOT NULL CHECK (purpose <> ''),
  recorded_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT letter_run_order_mail_day CHECK (mail_on >= document_on)
);
COMMENT ON TABLE allowance.letter_run_order IS '印刷処理の作成の指示（画面から）。結果（letter_run_order_result）のない行が待ち行列。';
COMMENT ON CONSTRAINT letter_run_order_mail_day ON allowance.letter_run_order IS '文書の日付は、発送日より後にできない（A127）';
COMMENT ON COLUMN allowance.letter_run_order.order_id IS '指示の番号';
COMMENT ON COLUMN allowance.letter_run_order.form_code IS '帳票の符号';
COMMENT ON COLUMN allowance.letter_run_order.document_on IS '文書の日付';
COMMENT ON COLUMN allowance.letter_run_order.mail_on IS '発送日';
COMMENT ON COLUMN allowance.letter_run_order.payment_run_no IS '支払通知書のときの支払処理の番号';
COMMENT ON COLUMN allowance.letter_run_order.ordered_by IS '指示した人';
COMMENT ON COLUMN allowance.letter_run_order.purpose IS '処理事由';
COMMENT ON COLUMN allowance.letter_run_order.recorded_at IS '指示した時刻';

CREATE TABLE allowance.letter_run_order_result (
  order_id    bigint PRIMARY KEY REFERENCES allowance.letter_run_order,
  run_no      integer REFERENCES allowance.letter_run,
  problem     text CHECK (problem <> ''),
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT letter_run_order_answer CHECK ((run_no IS NULL) <> (problem IS NULL))
);
COMMENT ON TABLE allowance.letter_run_order_result IS '作成の指示の結果（できた印刷処理か、できなかったわけ）';
COMMENT ON CONSTRAINT letter_run_order_answer ON allowance.letter_run_order_result IS '結果は、できた印刷処理か、わけのどちらか一つ';
COMMENT ON COLUMN allowance.letter_run_order_result.order_id IS '指示の番号';
COMMENT ON COLUMN allowance.letter_run_order_result.run_no IS 'できた印刷処理';
COMMENT ON COLUMN allowance.letter_run_order_result.problem IS 'できなかったわけ';
COMMENT ON COLUMN allowance.letter_run_order_result.recorded_at IS '時刻';

-- 支援措置の対象者を、全員を読まずに見つける
CREATE INDEX person_history_protected ON allowance.person_history (addressee_number) WHERE protected;

GRANT SELECT, INSERT ON allowance.letter_text, allowance.letter_text_approval, allowance.letter_edition, allowance.letter_run, allowance.letter_run_event,
  allowance.letter_run_approval, allowance.letter, allowance.letter_discard, allowance.letter_left_out, allowance.letter_print_issue, allowance.letter_file,
  allowance.letter_insertion, allowance.letter_withheld, allowance.letter_request, allowance.letter_run_order,
  allowance.letter_run_order_result TO hagukumi_allowance;
GRANT SELECT ON allowance.letter_run_transition, allowance.letter_run_state TO hagukumi_allowance;

-- 宛名の人を開いた職員にだけ見える。支援措置の対象者あては、その照会の権限のある人にだけ開く。
SELECT allowance.protect_rows('allowance.letter', 'person', 'addressee_number');
SELECT allowance.protect_rows('allowance.letter_left_out', 'person', 'addressee_number');
SELECT allowance.protect_rows('allowance.letter_withheld', 'person', 'addressee_number');
SELECT allowance.protect_rows('allowance.letter_request', 'person', 'addressee_number');
SELECT allowance.protect_rows('allowance.letter_discard', 'where', 'EXISTS (SELECT FROM allowance.letter l WHERE l.letter_id = letter_discard.letter_id)');
SELECT allowance.protect_rows('allowance.letter_print_issue', 'where', 'EXISTS (SELECT FROM allowance.letter l WHERE l.letter_id = letter_print_issue.letter_id)');
-- ファイルは多くの人の文面を含むので、職員の照会からは1行も見えない。
ALTER TABLE allowance.letter_file ENABLE ROW LEVEL SECURITY;
ALTER TABLE allowance.letter_file FORCE ROW LEVEL SECURITY;
GRANT SELECT ON allowance.letter_text, allowance.letter_text_approval, allowance.letter_edition, allowance.letter_run, allowance.letter_run_event,
  allowance.letter_run_approval, allowance.letter_run_transition, allowance.letter_run_state, allowance.letter_insertion,
  allowance.letter_run_order, allowance.letter_run_order_result TO hagukumi_desk;

-- 権限
INSERT INTO identity.permission (permission_code, name, case_access) VALUES
  ('letter.print', '通知書の作成と印刷', true),
  ('letter.approve', '通知書の見本の承認と発送', true);
INSERT INTO identity.role_permission (role_code, permission_code, starts_on) VALUES
  ('examiner', 'letter.print', '2026-04-01'), ('approver', 'letter.approve', '2026-04-01');
