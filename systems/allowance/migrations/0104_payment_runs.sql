-- Up Migration
-- 支払処理。状態は出来事（run_event）を積んだもので、許された移り方だけを表 run_transition が持つ。
CREATE TABLE allowance.run_transition (
  from_state text NOT NULL,
  to_state   text NOT NULL,
  label      text NOT NULL,
  PRIMARY KEY (from_state, to_state)
);
COMMENT ON TABLE allowance.run_transition IS '支払処理の状態の移り方（ここに無い移り方はできない。M10）';
INSERT INTO allowance.run_transition VALUES
  ('none', 'created', '作成'), ('created', 'inspected', '確認'), ('inspected', 'approved', '承認'),
  ('approved', 'frozen', 'ファイル確定'), ('frozen', 'handingOver', '送付開始'),
  ('handingOver', 'handedOver', '受領'), ('handingOver', 'unknown', '送付の結果不明'),
  ('unknown', 'handedOver', '受領を銀行に確認'), ('unknown', 'voided', '未着を銀行に確認し取消'),
  ('handedOver', 'settled', '結果反映'), ('settled', 'closed', '締め'),
  ('created', 'cancelled', '取消'), ('inspected', 'cancelled', '取消'), ('approved', 'cancelled', '取消'), ('frozen', 'cancelled', '取消');

CREATE TABLE allowance.run_end (
  run_no      integer PRIMARY KEY,
  outcome     text NOT NULL CHECK (outcome IN ('closed', 'cancelled', 'voided')),
  ended_by    allowance.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE allowance.run_end IS '支払処理の終わり。次の支払処理は、前の支払処理が終わっていなければ作れない（M8）。';

CREATE TABLE allowance.payment_run (
  run_no          integer PRIMARY KEY CHECK (run_no BETWEEN 1 AND 9999),
  previous_run_no integer UNIQUE REFERENCES allowance.run_end,
  payment_month   allowance.benefit_month NOT NULL,
  kind            text NOT NULL CHECK (kind IN ('regular', 'occasional', 'retransfer')),
  months_from     allowance.benefit_month NOT NULL,
  months_to       allowance.benefit_month NOT NULL CHECK (months_to >= months_from),
  pay_on          date NOT NULL,
  cut_off_on      date NOT NULL,
  line_count      integer NOT NULL CHECK (line_count BETWEEN 1 AND 999999),
  item_count      integer NOT NULL CHECK (item_count >= line_count),
  total           bigint NOT NULL CHECK (total BETWEEN 1 AND 999999999999),
  line_digest     allowance.digest NOT NULL,
  maker           allowance.operator NOT NULL,
  command_key     text NOT NULL REFERENCES audit.command DEFERRABLE INITIALLY DEFERRED,
  xact            xid8 NOT NULL DEFAULT pg_current_xact_id(),
  recorded_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (run_no, maker),
  UNIQUE (run_no, line_digest),
  UNIQUE (run_no, line_digest, maker),
  CONSTRAINT run_chain CHECK ((run_no = 1) = (previous_run_no IS NULL) AND coalesce(previous_run_no, run_no - 1) = run_no - 1)
);
ALTER TABLE allowance.run_end ADD FOREIGN KEY (run_no) REFERENCES allowance.payment_run;
COMMENT ON TABLE allowance.payment_run IS '支払処理（支払期月・種別ごと）。一本の鎖につながり、前が終わるまで次は作れない。件数・合計・明細のハッシュはコミットの時に明細と照合する。';
COMMENT ON CONSTRAINT payment_run_previous_run_no_fkey ON allowance.payment_run IS '前の支払処理が終わっていません';

CREATE TABLE allowance.run_line (
  run_no         integer NOT NULL,
  line_no        integer NOT NULL CHECK (line_no BETWEEN 1 AND 999999),
  recipient_id   bigint NOT NULL,
  account_id     bigint NOT NULL,
  bank           text NOT NULL,
  branch         text NOT NULL,
  account_type   text NOT NULL CHECK (account_type IN ('1', '2', '4')),
  account_number text NOT NULL CHECK (account_number ~ '^[0-9]{7}$' AND account_number <> '0000000'),
  holder         text NOT NULL CHECK (holder ~ '^[ ().0-9A-Z｢｣ｦ-ﾟ-]{1,30}$'),
  amount         bigint NOT NULL,
  child_months   integer NOT NULL CHECK (child_months >= 1),
  new_code       text NOT NULL CHECK (new_code IN ('0', '1', '2')),
  ward_code      text NOT NULL,
  employee_class text,
  PRIMARY KEY (run_no, line_no),
  UNIQUE (run_no, recipient_id),
  CONSTRAINT run_line_amount CHECK (amount BETWEEN 1 AND 9999999999),
  CONSTRAINT run_line_cap CHECK (amount <= child_months::bigint * 30000)
);
COMMENT ON TABLE allowance.run_line IS '振込の明細。amount は円。上限は 児童×月数×30,000円（M17）。';

CREATE TABLE allowance.run_item (
  child_number  allowance.addressee_number NOT NULL,
  benefit_month allowance.benefit_month NOT NULL,
  generation    smallint NOT NULL,
  tranche       smallint NOT NULL,
  attempt       smallint NOT NULL CHECK (attempt >= 1),
  run_no        integer NOT NULL,
  line_no       integer NOT NULL,
  amount        integer NOT NULL CHECK (amount BETWEEN 1 AND 30000),
  CONSTRAINT run_item_once PRIMARY KEY (child_number, benefit_month, generation, tranche, attempt)
);
COMMENT ON TABLE allowance.run_item IS '支払処理に取り込んだ月分。鍵により、同じ額が二つの支払に入ることはない（M1・M9）。attempt は振込不能のあとの再振込の回。';
CREATE INDEX run_item_line ON allowance.run_item (run_no, line_no);

CREATE TABLE allowance.item_release (
  child_number  allowance.addressee_number NOT NULL,
  benefit_month allowance.benefit_month NOT NULL,
  generation    smallint NOT NULL,
  tranche       smallint NOT NULL,
  attempt       smallint NOT NULL,
  cause         text NOT NULL CHECK (cause IN ('cancelled', 'voided', 'returned')),
  journal_id    bigint NOT NULL REFERENCES allowance.journal,
  PRIMARY KEY (child_number, benefit_month, generation, tranche, attempt),
  FOREIGN KEY (child_number, benefit_month, generation, tranche, attempt) REFERENCES allowance.run_item
);
COMMENT ON TABLE allowance.item_release IS '取消しまたは振込不能で未払に戻った月分（戻してよいと確かめたもの）';

CREATE TABLE allowance.run_event (
  run_no      integer NOT NULL REFERENCES allowance.payment_run,
  seq         smallint NOT NULL CHECK (seq BETWEEN 1 AND 100),
  prev_seq    smallint GENERATED ALWAYS AS (nullif(seq - 1, 0)) STORED,
  from_state  text NOT NULL,
  to_state    text NOT NULL,
  actor       allowance.operator NOT NULL,
  note        text NOT NULL DEFAULT '',
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (run_no, seq),
  UNIQUE (run_no, seq, to_state),
  UNIQUE (run_no, to_state),
  FOREIGN KEY (from_state, to_state) REFERENCES allowance.run_transition,
  FOREIGN KEY (run_no, prev_seq, from_state) REFERENCES allowance.run_event (run_no, seq, to_state),
  CONSTRAINT run_event_first CHECK ((seq = 1) = (from_state = 'none'))
);
COMMENT ON TABLE allowance.run_event IS '支払処理の出来事。前の出来事の状態からしか始まらない（M10）。';

CREATE VIEW allowance.run_state WITH (security_invoker = true) AS
SELECT DISTINCT ON (run_no) run_no, to_state AS state, seq, actor, recorded_at FROM allowance.run_event ORDER BY run_no, seq DESC;
COMMENT ON VIEW allowance.run_state IS '支払処理のいまの状態（出来事から導く）';

CREATE TABLE allowance.run_approval (
  run_no      integer PRIMARY KEY,
  line_digest allowance.digest NOT NULL,
  line_count  integer NOT NULL,
  total       bigint NOT NULL,
  maker       allowance.operator NOT NULL,
  approver    allowance.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  FOREIGN KEY (run_no, line_digest, maker) REFERENCES allowance.payment_run (run_no, line_digest, maker),
  UNIQUE (run_no, line_digest),
  UNIQUE (run_no, maker, approver),
  CONSTRAINT run_approval_two_people CHECK (maker <> approver)
);
COMMENT ON TABLE allowance.run_approval IS '承認。明細のハッシュに結びつき（M12）、作った人は承認できない（M11）。';

CREATE TABLE allowance.transfer_file (
  run_no      integer PRIMARY KEY,
  line_digest allowance.digest NOT NULL,
  sha256      allowance.digest NOT NULL UNIQUE,
  bytes       bytea NOT NULL,
  line_count  integer NOT NULL,
  total       bigint NOT NULL,
  frozen_by   allowance.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  FOREIGN KEY (run_no, line_digest) REFERENCES allowance.run_approval (run_no, line_digest),
  UNIQUE (run_no, sha256),
  CONSTRAINT transfer_file_digest CHECK (sha256 = encode(sha256(bytes), 'hex')),
  CONSTRAINT transfer_file_length CHECK (octet_length(bytes) = (line_count + 3) * 120),
  CONSTRAINT transfer_file_trailer CHECK (
    convert_from(substring(bytes FROM (line_count + 1) * 120 + 1 FOR 19), 'SQL_ASCII') = '8' || lpad(line_count::text, 6, '0') || lpad(total::text, 12, '0'))
);
COMMENT ON TABLE allowance.transfer_file IS '確定した振込ファイル（全銀120バイト）。ハッシュ・長さ・トレーラの件数と合計を表そのものが確かめる（M13・M15）。';

CREATE TABLE allowance.hand_over (
  sha256      allowance.digest PRIMARY KEY,
  run_no      integer NOT NULL UNIQUE,
  maker       allowance.operator NOT NULL,
  approver    allowance.operator NOT NULL,
  releaser    allowance.operator NOT NULL,
  channel     text NOT NULL CHECK (channel <> ''),
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  FOREIGN KEY (run_no, sha256) REFERENCES allowance.transfer_file (run_no, sha256),
  FOREIGN KEY (run_no, maker, approver) REFERENCES allowance.run_approval (run_no, maker, approver),
  CONSTRAINT hand_over_three_people CHECK (releaser <> maker AND releaser <> approver)
);
COMMENT ON TABLE allowance.hand_over IS '送付の意思。送る前に書き、ひとつのファイルにつき一度だけ（M14）。送る人は作った人・承認した人と別（M11）。';

CREATE TABLE allowance.hand_over_outcome (
  run_no         integer NOT NULL REFERENCES allowance.hand_over (run_no),
  seq            smallint NOT NULL CHECK (seq IN (1, 2)),
  outcome        text NOT NULL CHECK (outcome IN ('acknowledged', 'unknown', 'confirmedReceived', 'confirmedNotReceived')),
  receipt_number text,
  evidence       text NOT NULL DEFAULT '',
  recorded_by    allowance.operator NOT NULL,
  recorded_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (run_no, seq),
  CHECK ((outcome = 'acknowledged') <= (receipt_number IS NOT NULL)),
  CHECK ((seq = 1) = (outcome IN ('acknowledged', 'unknown'))),
  CHECK ((outcome LIKE 'confirmed%') <= (evidence <> ''))
);
COMMENT ON TABLE allowance.hand_over_outcome IS '送付の結果。不明（unknown）は銀行の確認があるまで不明のままで、二度目の送付はできない。';

CREATE TABLE allowance.result_file (
  result_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run_no          integer NOT NULL UNIQUE REFERENCES allowance.hand_over (run_no),
  sha256          allowance.digest NOT NULL,
  accepted_count  integer NOT NULL,
  accepted_amount bigint NOT NULL,
  returned_count  integer NOT NULL CHECK (returned_count BETWEEN 0 AND accepted_count),
  returned_amount bigint NOT NULL CHECK (returned_amount BETWEEN 0 AND accepted_amount),
  unmatched_count integer NOT NULL CHECK (unmatched_count >= 0),
  imported_by     allowance.operator NOT NULL,
  recorded_at     timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE allowance.result_file IS '振込結果。1つの支払処理に1つ。';

CREATE TABLE allowance.result_row (
  result_id   bigint NOT NULL REFERENCES allowance.result_file,
  row_no      integer NOT NULL CHECK (row_no >= 1),
  run_no      integer NOT NULL,
  line_no     integer,
  amount      bigint NOT NULL,
  reason      text NOT NULL,
  raw         jsonb NOT NULL,
  PRIMARY KEY (result_id, row_no),
  CONSTRAINT result_row_one_line UNIQUE (run_no, line_no),
  FOREIGN KEY (run_no, line_no) REFERENCES allowance.run_line
);
COMMENT ON TABLE allowance.result_row IS '振込不能の1件。ちょうど1つの明細に当たる。当たらない件（line_no が空）が残るうちは締められない（M19）。';

CREATE TABLE allowance.result_resolution (
  result_id   bigint NOT NULL,
  row_no      integer NOT NULL,
  resolution  text NOT NULL CHECK (resolution <> ''),
  entered_by  allowance.operator NOT NULL,
  approved_by allowance.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (result_id, row_no),
  FOREIGN KEY (result_id, row_no) REFERENCES allowance.result_row,
  CONSTRAINT result_resolution_two_people CHECK (entered_by <> approved_by)
);
COMMENT ON TABLE allowance.result_resolution IS '当たらなかった結果の始末（別の支払処理のものだった、など）。二人で決める。';

CREATE TABLE allowance.return_confirmation (
  run_no       integer NOT NULL,
  line_no      integer NOT NULL,
  account_id   bigint NOT NULL REFERENCES allowance.account,
  confirmed_by allowance.operator NOT NULL,
  approved_by  allowance.operator NOT NULL,
  recorded_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (run_no, line_no),
  FOREIGN KEY (run_no, line_no) REFERENCES allowance.result_row (run_no, line_no),
  CONSTRAINT return_confirmation_two_people CHECK (confirmed_by <> approved_by)
);
COMMENT ON TABLE allowance.return_confirmation IS '振込不能の額を未払に戻す確認（口座を確かめてから）。確認なしに再び払うことはない（M20）。';

GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA allowance TO hagukumi_allowance;
REVOKE INSERT ON allowance.run_transition FROM hagukumi_allowance;
