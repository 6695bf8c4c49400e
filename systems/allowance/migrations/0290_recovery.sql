-- Up Migration
-- 債権（過払の返納）。過払は元帳だけが見つけ（手で打てない）、その仕訳ごとに債権が1件、自動で立つ（A111・A118）。
-- 原因・計画・不納欠損・還付は、案と別の人の承認で効く。収納も不納欠損も還付も元帳の仕訳で、残りは月分ごとにいつでも合う。

ALTER TABLE allowance.journal DROP CONSTRAINT journal_kind_check;
ALTER TABLE allowance.journal ADD CONSTRAINT journal_kind_check CHECK (kind IN
  ('accrue', 'reverse', 'reserve', 'unreserve', 'pay', 'unpay', 'return', 'reinstate', 'overpay', 'forfeit', 'deduct', 'undeduct',
   'collect', 'writeOff', 'refund'));
ALTER TABLE allowance.ledger_entry DROP CONSTRAINT ledger_entry_debit_check, DROP CONSTRAINT ledger_entry_credit_check;
ALTER TABLE allowance.ledger_entry ADD CONSTRAINT ledger_entry_debit_check CHECK (debit IN
  ('entitlement', 'due', 'clearing', 'bank', 'returned', 'receivable', 'forfeited', 'deducted', 'collected', 'writtenOff', 'overReceipt'));
ALTER TABLE allowance.ledger_entry ADD CONSTRAINT ledger_entry_credit_check CHECK (credit IN
  ('entitlement', 'due', 'clearing', 'bank', 'returned', 'receivable', 'forfeited', 'deducted', 'collected', 'writtenOff', 'overReceipt'));
COMMENT ON TABLE allowance.ledger_entry IS '仕訳の明細。debit から credit へ amount 円が動く。entitlement 支給決定 / due 未払（受給者×児童×月分） / clearing 支払処理中（支払処理ごと） / bank 支払済 / returned 振込不能で戻った額 / receivable 過払（返納） / forfeited 時効 / deducted 差引 / collected 返納の収納 / writtenOff 不納欠損 / overReceipt 過納（還付すべき額）';

CREATE TABLE allowance.recovery (
  recovery_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  recipient_id bigint NOT NULL REFERENCES allowance.recipient,
  journal_id   bigint NOT NULL REFERENCES allowance.journal,
  found_on     date NOT NULL,
  recorded_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT recovery_once UNIQUE (recipient_id, journal_id)
);
COMMENT ON TABLE allowance.recovery IS '債権。元帳が過払を立てた仕訳と受給者の組に1件で、元帳の記録と同時に自動で立つ。';
COMMENT ON COLUMN allowance.recovery.recovery_id IS '債権番号（納入通知書・収納データに載る番号）';
COMMENT ON COLUMN allowance.recovery.recipient_id IS '認定番号';
COMMENT ON COLUMN allowance.recovery.journal_id IS '過払を立てた仕訳';
COMMENT ON COLUMN allowance.recovery.found_on IS '過払が分かった日';
COMMENT ON COLUMN allowance.recovery.recorded_at IS '記録の時刻';
COMMENT ON CONSTRAINT recovery_once ON allowance.recovery IS 'この過払の債権は、もう立っています';

CREATE TABLE allowance.recovery_part (
  receivable_id  bigint PRIMARY KEY REFERENCES allowance.receivable,
  recovery_id    bigint NOT NULL REFERENCES allowance.recovery,
  employee_class text,
  band           text CHECK (band IN ('U3', 'EL', 'JH', 'HS')),
  paid_on        date
);
COMMENT ON TABLE allowance.recovery_part IS '債権の内訳。月分・児童・額は過払（receivable）のとおり。財源（費用負担）の区分を、立ったときのまま残す。';
COMMENT ON COLUMN allowance.recovery_part.receivable_id IS '過払の番号';
COMMENT ON COLUMN allowance.recovery_part.recovery_id IS '債権番号';
COMMENT ON COLUMN allowance.recovery_part.employee_class IS '被用者区分（費用負担。18条）。分からないときは空';
COMMENT ON COLUMN allowance.recovery_part.band IS '児童の年齢の区分（U3 3歳未満、EL 小学校修了前、JH 中学生、HS 高校生年代）';
COMMENT ON COLUMN allowance.recovery_part.paid_on IS 'この月分を支払った日（時効の起算に使う）。振込でないときは空';
CREATE INDEX recovery_part_recovery ON allowance.recovery_part (recovery_id);

CREATE TABLE allowance.recovery_proposal (
  proposal_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  recovery_id    bigint NOT NULL REFERENCES allowance.recovery,
  kind           text NOT NULL CHECK (kind IN ('cause', 'plan', 'writeOff', 'refund', 'suspension')),
  content        jsonb NOT NULL,
  content_digest allowance.digest NOT NULL,
  proposed_on    date NOT NULL,
  proposed_by    allowance.operator NOT NULL,
  recorded_at    timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE allowance.recovery_proposal IS '債権についての案（原因、徴収の計画、不納欠損、過納の還付、時効の停止）。別の人が同じ内容のまま承認したときに効く。';
COMMENT ON COLUMN allowance.recovery_proposal.proposal_id IS '案の番号';
COMMENT ON COLUMN allowance.recovery_proposal.recovery_id IS '債権番号';
COMMENT ON COLUMN allowance.recovery_proposal.kind IS '種類。cause 原因、plan 徴収の計画、writeOff 不納欠損、refund 過納の還付、suspension 審査請求などによる時効の停止と再開';
COMMENT ON COLUMN allowance.recovery_proposal.content IS '内容';
COMMENT ON COLUMN allowance.recovery_proposal.content_digest IS '内容と、そのときの残りのハッシュ。承認はこれに結び付く';
COMMENT ON COLUMN allowance.recovery_proposal.proposed_on IS '起案の日';
COMMENT ON COLUMN allowance.recovery_proposal.proposed_by IS '起案した人';
COMMENT ON COLUMN allowance.recovery_proposal.recorded_at IS '記録の時刻';
CREATE INDEX recovery_proposal_recovery ON allowance.recovery_proposal (recovery_id);

CREATE TABLE allowance.recovery_answer (
  proposal_id    bigint PRIMARY KEY REFERENCES allowance.recovery_proposal,
  outcome        text NOT NULL CHECK (outcome IN ('approved', 'returned')),
  content_digest allowance.digest NOT NULL,
  proposed_by    allowance.operator NOT NULL,
  reason         text CHECK (btrim(reason) <> '' AND char_length(reason) <= 400),
  answered_on    date NOT NULL,
  answered_by    allowance.operator NOT NULL,
  recorded_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT recovery_answer_two_people CHECK (answered_by <> proposed_by),
  CONSTRAINT recovery_answer_reason CHECK (outcome = 'approved' OR reason IS NOT NULL)
);
COMMENT ON TABLE allowance.recovery_answer IS '案への決裁。起案した人とは別の人が、同じ内容（ハッシュ）を承認するか、理由を書いて差し戻す。';
COMMENT ON COLUMN allowance.recovery_answer.proposal_id IS '案の番号';
COMMENT ON COLUMN allowance.recovery_answer.outcome IS 'approved 承認、returned 差戻し';
COMMENT ON COLUMN allowance.recovery_answer.content_digest IS '承認した内容のハッシュ（案のものと同じ）';
COMMENT ON COLUMN allowance.recovery_answer.proposed_by IS '起案した人（案のものと同じ）';
COMMENT ON COLUMN allowance.recovery_answer.reason IS '差戻しの理由';
COMMENT ON COLUMN allowance.recovery_answer.answered_on IS '決裁の日';
COMMENT ON COLUMN allowance.recovery_answer.answered_by IS '決裁した人';
COMMENT ON COLUMN allowance.recovery_answer.recorded_at IS '記録の時刻';
COMMENT ON CONSTRAINT recovery_answer_two_people ON allowance.recovery_answer IS '起案した人は、自分の案を決裁できません';

CREATE FUNCTION allowance.recovery_answer_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM allowance.recovery_proposal p WHERE p.proposal_id = NEW.proposal_id
                 AND (p.content_digest, p.proposed_by) = (NEW.content_digest, NEW.proposed_by)) THEN
    RAISE EXCEPTION '案 % の内容が、決裁しようとした内容と違います', NEW.proposal_id USING ERRCODE = 'HG290', CONSTRAINT = 'recovery_answer_content';
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION allowance.recovery_answer_guard() IS '決裁は、案の内容そのものに結び付く';
CREATE TRIGGER recovery_answer_guard AFTER INSERT ON allowance.recovery_answer FOR EACH ROW EXECUTE FUNCTION allowance.recovery_answer_guard();

-- 債権の状態の移り変わり。ここに無い動きは書けない。
CREATE TABLE allowance.recovery_transition (
  kind       text NOT NULL,
  from_state text NOT NULL,
  to_state   text NOT NULL,
  PRIMARY KEY (kind, from_state, to_state)
);
COMMENT ON TABLE allowance.recovery_transition IS '債権に起きることと、状態の移り変わり';
COMMENT ON COLUMN allowance.recovery_transition.kind IS '起きたこと';
COMMENT ON COLUMN allowance.recovery_transition.from_state IS 'その前の状態（空文字は、立つ前）';
COMMENT ON COLUMN allowance.recovery_transition.to_state IS 'その後の状態。found 発生、assessed 原因確認済、billed 納入通知済、reminded 督促済、called 催告済、cleared 完納、writtenOff 不納欠損';
INSERT INTO allowance.recovery_transition VALUES
  ('found', '', 'found'),
  ('causeDecided', 'found', 'assessed'), ('causeDecided', 'assessed', 'assessed'), ('causeDecided', 'billed', 'billed'),
  ('causeDecided', 'reminded', 'reminded'), ('causeDecided', 'called', 'called'),
  ('planned', 'assessed', 'billed'), ('planned', 'billed', 'billed'), ('planned', 'reminded', 'billed'), ('planned', 'called', 'billed'),
  ('reminded', 'billed', 'reminded'), ('called', 'reminded', 'called'), ('called', 'called', 'called'),
  ('cleared', 'found', 'cleared'), ('cleared', 'assessed', 'cleared'), ('cleared', 'billed', 'cleared'), ('cleared', 'reminded', 'cleared'),
  ('cleared', 'called', 'cleared'),
  ('reopened', 'cleared', 'found'), ('reopened', 'cleared', 'assessed'), ('reopened', 'cleared', 'billed'),
  ('wroteOff', 'assessed', 'writtenOff'), ('wroteOff', 'billed', 'writtenOff'), ('wroteOff', 'reminded', 'writtenOff'), ('wroteOff', 'called', 'writtenOff'),
  ('refunded', 'cleared', 'cleared'), ('refunded', 'writtenOff', 'writtenOff');
INSERT INTO allowance.recovery_transition
SELECT k, s, s FROM unnest(ARRAY['received', 'suspended', 'resumed']) k, unnest(ARRAY['found', 'assessed', 'billed', 'reminded', 'called']) s
UNION ALL SELECT 'received', s, s FROM unnest(ARRAY['cleared', 'writtenOff']) s;

CREATE TABLE allowance.recovery_event (
  recovery_id bigint NOT NULL REFERENCES allowance.recovery,
  seq         integer NOT NULL CHECK (seq >= 1),
  kind        text NOT NULL,
  from_state  text NOT NULL,
  to_state    text NOT NULL,
  happened_on date NOT NULL,
  due_on      date CHECK (due_on > happened_on),
  proposal_id bigint REFERENCES allowance.recovery_answer,
  detail      jsonb NOT NULL DEFAULT '{}',
  actor       allowance.operator,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT recovery_event_order PRIMARY KEY (recovery_id, seq),
  CONSTRAINT recovery_event_transition FOREIGN KEY (kind, from_state, to_state) REFERENCES allowance.recovery_transition,
  CONSTRAINT recovery_event_decided CHECK ((kind IN ('causeDecided', 'planned', 'wroteOff', 'refunded', 'suspended', 'resumed')) = (proposal_id IS NOT NULL)),
  CONSTRAINT recovery_event_actor CHECK (kind = 'found' OR actor IS NOT NULL)
);
COMMENT ON TABLE allowance.recovery_event IS '債権に起きたこと（順番どおり）。最後の行の to_state が、いまの状態。';
COMMENT ON COLUMN allowance.recovery_event.recovery_id IS '債権番号';
COMMENT ON COLUMN allowance.recovery_event.seq IS '順番（1から続く）';
COMMENT ON COLUMN allowance.recovery_event.kind IS '起きたこと。found 発生、causeDecided 原因の決定、planned 計画と納入通知、reminded 督促、called 催告、received 収納、cleared 完納、reopened 完納の取消し（差引の取消し）、wroteOff 不納欠損、refunded 過納の還付、suspended 時効の停止、resumed 停止の終わり';
COMMENT ON COLUMN allowance.recovery_event.from_state IS 'その前の状態';
COMMENT ON COLUMN allowance.recovery_event.to_state IS 'その後の状態';
COMMENT ON COLUMN allowance.recovery_event.happened_on IS 'あった日（収納は納付の日）';
COMMENT ON COLUMN allowance.recovery_event.due_on IS '納期限（納入通知・督促・催告）';
COMMENT ON COLUMN allowance.recovery_event.proposal_id IS '決裁された案';
COMMENT ON COLUMN allowance.recovery_event.detail IS '額など';
COMMENT ON COLUMN allowance.recovery_event.actor IS '処理した人（発生は元帳が記録するので空）';
COMMENT ON COLUMN allowance.recovery_event.recorded_at IS '記録の時刻';
COMMENT ON CONSTRAINT recovery_event_order ON allowance.recovery_event IS 'ほかの人が先にこの債権を処理しました';
COMMENT ON CONSTRAINT recovery_event_transition ON allowance.recovery_event IS 'いまの状態では、この処理はできません';

CREATE TABLE allowance.recovery_plan (
  proposal_id bigint PRIMARY KEY REFERENCES allowance.recovery_answer,
  recovery_id bigint NOT NULL REFERENCES allowance.recovery,
  method      text NOT NULL CHECK (method IN ('lumpSum', 'instalments', 'offset')),
  total       integer NOT NULL CHECK (total >= 1),
  pledged_on  date,
  CONSTRAINT recovery_plan_pledge CHECK (method <> 'instalments' OR pledged_on IS NOT NULL)
);
COMMENT ON TABLE allowance.recovery_plan IS '徴収の計画。最後の行が有効。';
COMMENT ON COLUMN allowance.recovery_plan.proposal_id IS '決裁された案';
COMMENT ON COLUMN allowance.recovery_plan.recovery_id IS '債権番号';
COMMENT ON COLUMN allowance.recovery_plan.method IS '方法。lumpSum 一括、instalments 分納（分納誓約）、offset 内払（13条）';
COMMENT ON COLUMN allowance.recovery_plan.total IS '計画したときの残り（円）';
COMMENT ON COLUMN allowance.recovery_plan.pledged_on IS '分納誓約の日（債務の承認として時効が更新する）';
CREATE INDEX recovery_plan_recovery ON allowance.recovery_plan (recovery_id);

CREATE TABLE allowance.recovery_instalment (
  proposal_id   bigint NOT NULL REFERENCES allowance.recovery_plan,
  instalment_no smallint NOT NULL CHECK (instalment_no >= 1),
  due_on        date NOT NULL,
  amount        integer NOT NULL CHECK (amount >= 1),
  PRIMARY KEY (proposal_id, instalment_no)
);
COMMENT ON TABLE allowance.recovery_instalment IS '納める日と額。一括は1行、分納は回ごとに1行、内払には無い。合計は計画の額。';
COMMENT ON COLUMN allowance.recovery_instalment.proposal_id IS '計画';
COMMENT ON COLUMN allowance.recovery_instalment.instalment_no IS '回';
COMMENT ON COLUMN allowance.recovery_instalment.due_on IS '納期限';
COMMENT ON COLUMN allowance.recovery_instalment.amount IS '額（円）';

CREATE TABLE allowance.receipt_file (
  file_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name        text NOT NULL CHECK (name <> '' AND char_length(name) <= 200),
  sha256      allowance.digest NOT NULL,
  line_count  integer NOT NULL CHECK (line_count >= 1),
  total       bigint NOT NULL CHECK (total >= 0),
  imported_by allowance.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT receipt_file_once UNIQUE (sha256)
);
COMMENT ON TABLE allowance.receipt_file IS '取り込んだ収納データ（納付済通知）。同じ中身のファイルは二度取り込めない。';
COMMENT ON COLUMN allowance.receipt_file.file_id IS '番号';
COMMENT ON COLUMN allowance.receipt_file.name IS 'ファイルの名前';
COMMENT ON COLUMN allowance.receipt_file.sha256 IS '中身のハッシュ';
COMMENT ON COLUMN allowance.receipt_file.line_count IS '件数';
COMMENT ON COLUMN allowance.receipt_file.total IS '合計（円）';
COMMENT ON COLUMN allowance.receipt_file.imported_by IS '取り込んだ人';
COMMENT ON COLUMN allowance.receipt_file.recorded_at IS '記録の時刻';
COMMENT ON CONSTRAINT receipt_file_once ON allowance.receipt_file IS 'このファイルは、もう取り込まれています';

CREATE TABLE allowance.receipt_line (
  file_id     bigint NOT NULL REFERENCES allowance.receipt_file,
  line_no     integer NOT NULL CHECK (line_no >= 1),
  reference   text NOT NULL CHECK (reference ~ '^[0-9A-Za-z-]{1,40}$'),
  claim_text  text NOT NULL CHECK (char_length(claim_text) <= 40),
  paid_on     date NOT NULL,
  amount      integer NOT NULL CHECK (amount >= 1),
  outcome     text NOT NULL CHECK (outcome IN ('applied', 'unknown', 'repeated')),
  PRIMARY KEY (file_id, line_no)
);
COMMENT ON TABLE allowance.receipt_line IS '収納データの1行。債権に当たれば収納になり、当たらなければ不明の一覧に残る。氏名は持たない。';
COMMENT ON COLUMN allowance.receipt_line.file_id IS 'ファイル';
COMMENT ON COLUMN allowance.receipt_line.line_no IS '行';
COMMENT ON COLUMN allowance.receipt_line.reference IS '収納の番号（領収番号・納付番号）';
COMMENT ON COLUMN allowance.receipt_line.claim_text IS '行に書かれた債権番号（そのまま）';
COMMENT ON COLUMN allowance.receipt_line.paid_on IS '納付の日';
COMMENT ON COLUMN allowance.receipt_line.amount IS '額（円）';
COMMENT ON COLUMN allowance.receipt_line.outcome IS 'applied 収納した、unknown 債権に当たらない、repeated もう収納済みの番号で、何もしていない';
CREATE UNIQUE INDEX receipt_line_reference ON allowance.receipt_line (reference) WHERE outcome <> 'repeated';

CREATE TABLE allowance.receipt_line_proposal (
  file_id     bigint NOT NULL,
  line_no     integer NOT NULL,
  seq         smallint NOT NULL CHECK (seq >= 1),
  recovery_id bigint REFERENCES allowance.recovery,
  reason      text NOT NULL CHECK (btrim(reason) <> '' AND char_length(reason) <= 400),
  proposed_by allowance.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT receipt_line_proposal_once PRIMARY KEY (file_id, line_no, seq),
  FOREIGN KEY (file_id, line_no) REFERENCES allowance.receipt_line
);
COMMENT ON TABLE allowance.receipt_line_proposal IS '当たらない収納の始末の案: どの債権の収納か、または、この債権ではない（別の会計へ渡す・返す）。';
COMMENT ON COLUMN allowance.receipt_line_proposal.file_id IS 'ファイル';
COMMENT ON COLUMN allowance.receipt_line_proposal.line_no IS '行';
COMMENT ON COLUMN allowance.receipt_line_proposal.seq IS '案の回';
COMMENT ON COLUMN allowance.receipt_line_proposal.recovery_id IS '収納する債権（この債権でないときは空）';
COMMENT ON COLUMN allowance.receipt_line_proposal.reason IS '確かめたこと';
COMMENT ON COLUMN allowance.receipt_line_proposal.proposed_by IS '案を入れた人';
COMMENT ON COLUMN allowance.receipt_line_proposal.recorded_at IS '記録の時刻';
COMMENT ON CONSTRAINT receipt_line_proposal_once ON allowance.receipt_line_proposal IS 'ほかの人が先に案を入れました';

CREATE TABLE allowance.receipt_line_answer (
  file_id     bigint NOT NULL,
  line_no     integer NOT NULL,
  seq         smallint NOT NULL,
  proposed_by allowance.operator NOT NULL,
  answered_by allowance.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT receipt_line_answer_once PRIMARY KEY (file_id, line_no),
  FOREIGN KEY (file_id, line_no, seq) REFERENCES allowance.receipt_line_proposal,
  CONSTRAINT receipt_line_answer_two_people CHECK (answered_by <> proposed_by)
);
COMMENT ON TABLE allowance.receipt_line_answer IS '当たらない収納の始末の承認（案を入れた人とは別の人）。';
COMMENT ON COLUMN allowance.receipt_line_answer.file_id IS 'ファイル';
COMMENT ON COLUMN allowance.receipt_line_answer.line_no IS '行';
COMMENT ON COLUMN allowance.receipt_line_answer.seq IS '承認した案の回';
COMMENT ON COLUMN allowance.receipt_line_answer.proposed_by IS '案を入れた人';
COMMENT ON COLUMN allowance.receipt_line_answer.answered_by IS '承認した人';
COMMENT ON COLUMN allowance.receipt_line_answer.recorded_at IS '記録の時刻';
COMMENT ON CONSTRAINT receipt_line_answer_two_people ON allowance.receipt_line_answer IS '案を入れた人は、自分の案を承認できません';

CREATE TABLE allowance.recovery_receipt (
  receipt_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  recovery_id bigint NOT NULL REFERENCES allowance.recovery,
  reference   text NOT NULL CHECK (reference ~ '^[0-9A-Za-z-]{1,40}$'),
  paid_on     date NOT NULL,
  amount      integer NOT NULL CHECK (amount >= 1),
  excess      integer NOT NULL CHECK (excess BETWEEN 0 AND amount),
  file_id     bigint,
  line_no     integer,
  journal_id  bigint NOT NULL REFERENCES allowance.journal,
  entered_by  allowance.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT recovery_receipt_once UNIQUE (reference),
  CONSTRAINT recovery_receipt_line UNIQUE (file_id, line_no),
  FOREIGN KEY (file_id, line_no) REFERENCES allowance.receipt_line
);
COMMENT ON TABLE allowance.recovery_receipt IS '返納の収納。収納の番号は一度だけ使える。残りより多い分は過納（excess）で、二人で還付する。';
COMMENT ON COLUMN allowance.recovery_receipt.receipt_id IS '収納';
COMMENT ON COLUMN allowance.recovery_receipt.recovery_id IS '債権番号';
COMMENT ON COLUMN allowance.recovery_receipt.reference IS '収納の番号';
COMMENT ON COLUMN allowance.recovery_receipt.paid_on IS '納付の日';
COMMENT ON COLUMN allowance.recovery_receipt.amount IS '納付された額（円）';
COMMENT ON COLUMN allowance.recovery_receipt.excess IS 'そのうち、残りを超えた額（円）';
COMMENT ON COLUMN allowance.recovery_receipt.file_id IS '収納データ（窓口で登録したときは空）';
COMMENT ON COLUMN allowance.recovery_receipt.line_no IS 'その行';
COMMENT ON COLUMN allowance.recovery_receipt.journal_id IS '仕訳';
COMMENT ON COLUMN allowance.recovery_receipt.entered_by IS '登録した人';
COMMENT ON COLUMN allowance.recovery_receipt.recorded_at IS '記録の時刻';
COMMENT ON CONSTRAINT recovery_receipt_once ON allowance.recovery_receipt IS 'この収納の番号は、もう登録されています';
CREATE INDEX recovery_receipt_recovery ON allowance.recovery_receipt (recovery_id);

CREATE TABLE allowance.recovery_movement (
  receivable_id bigint NOT NULL REFERENCES allowance.recovery_part,
  journal_id    bigint NOT NULL REFERENCES allowance.journal,
  kind          text NOT NULL CHECK (kind IN ('receipt', 'writeOff')),
  amount        integer NOT NULL CHECK (amount BETWEEN 1 AND 30000),
  receipt_id    bigint REFERENCES allowance.recovery_receipt,
  proposal_id   bigint REFERENCES allowance.recovery_answer,
  PRIMARY KEY (receivable_id, journal_id),
  CONSTRAINT recovery_movement_ground CHECK ((kind = 'receipt') = (receipt_id IS NOT NULL) AND (kind = 'writeOff') = (proposal_id IS NOT NULL))
);
COMMENT ON TABLE allowance.recovery_movement IS '収納または不納欠損が、どの月分の過払をいくら減らしたか';
COMMENT ON COLUMN allowance.recovery_movement.receivable_id IS '過払の番号';
COMMENT ON COLUMN allowance.recovery_movement.journal_id IS '仕訳';
COMMENT ON COLUMN allowance.recovery_movement.kind IS 'receipt 収納、writeOff 不納欠損';
COMMENT ON COLUMN allowance.recovery_movement.amount IS '額（円）';
COMMENT ON COLUMN allowance.recovery_movement.receipt_id IS '収納';
COMMENT ON COLUMN allowance.recovery_movement.proposal_id IS '不納欠損の決裁';
CREATE INDEX recovery_movement_receipt ON allowance.recovery_movement (receipt_id);

CREATE TABLE allowance.recovery_refund (
  receipt_id  bigint PRIMARY KEY REFERENCES allowance.recovery_receipt,
  proposal_id bigint NOT NULL REFERENCES allowance.recovery_answer,
  amount      integer NOT NULL CHECK (amount >= 1),
  refunded_on date NOT NULL,
  journal_id  bigint NOT NULL REFERENCES allowance.journal
);
COMMENT ON TABLE allowance.recovery_refund IS '過納の還付。1つの収納の過納は、その全額を一度だけ返す。';
COMMENT ON COLUMN allowance.recovery_refund.receipt_id IS '収納';
COMMENT ON COLUMN allowance.recovery_refund.proposal_id IS '還付の決裁';
COMMENT ON COLUMN allowance.recovery_refund.amount IS '額（円）';
COMMENT ON COLUMN allowance.recovery_refund.refunded_on IS '還付の日';
COMMENT ON COLUMN allowance.recovery_refund.journal_id IS '仕訳';

-- 過払の残り: 差引（内払）、収納、不納欠損を引いた額。
CREATE OR REPLACE VIEW allowance.receivable_balance WITH (security_invoker = true) AS
SELECT v.receivable_id, v.recipient_id, v.child_number, v.benefit_month, v.amount,
       (coalesce(o.amount, 0) + coalesce(m.received, 0))::integer AS recovered,
       (v.amount - coalesce(o.amount, 0) - coalesce(m.received, 0) - coalesce(m.written, 0))::integer AS outstanding,
       coalesce(o.amount, 0)::integer AS offset_amount, coalesce(m.received, 0)::integer AS received, coalesce(m.written, 0)::integer AS written_off
FROM allowance.receivable v
LEFT JOIN (SELECT c.receivable_id, sum(c.amount) AS amount FROM allowance.run_offset_claim c
           LEFT JOIN allowance.run_end e ON e.run_no = c.run_no AND e.outcome IN ('cancelled', 'voided') WHERE e.run_no IS NULL GROUP BY 1) o USING (receivable_id)
LEFT JOIN (SELECT receivable_id, sum(amount) FILTER (WHERE kind = 'receipt') AS received, sum(amount) FILTER (WHERE kind = 'writeOff') AS written
           FROM allowance.recovery_movement GROUP BY 1) m USING (receivable_id);
COMMENT ON VIEW allowance.receivable_balance IS '過払の残り。recovered は差引と収納で返った額、outstanding はまだ返っていない額（不納欠損を除く）。';

CREATE VIEW allowance.recovery_state WITH (security_invoker = true) AS
SELECT r.recovery_id, r.recipient_id, r.journal_id, r.found_on, e.to_state AS state, e.seq,
       b.amount, b.recovered, b.offset_amount, b.received, b.written_off, b.outstanding
FROM allowance.recovery r
JOIN LATERAL (SELECT to_state, seq FROM allowance.recovery_event x WHERE x.recovery_id = r.recovery_id ORDER BY seq DESC LIMIT 1) e ON true
JOIN LATERAL (SELECT sum(y.amount)::int AS amount, sum(y.recovered)::int AS recovered, sum(y.offset_amount)::int AS offset_amount, sum(y.received)::int AS received,
                     sum(y.written_off)::int AS written_off, sum(y.outstanding)::int AS outstanding
              FROM allowance.recovery_part p JOIN allowance.receivable_balance y USING (receivable_id) WHERE p.recovery_id = r.recovery_id) b ON true;
COMMENT ON VIEW allowance.recovery_state IS '債権のいまの状態と残り';

-- 過払が立てば、債権も立つ。
CREATE FUNCTION allowance.recovery_found() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO allowance.recovery (recipient_id, journal_id, found_on)
  SELECT DISTINCT n.recipient_id, n.journal_id, j.occurred_on FROM new_rows n JOIN allowance.journal j USING (journal_id)
  ON CONFLICT ON CONSTRAINT recovery_once DO NOTHING;
  INSERT INTO allowance.recovery_part (receivable_id, recovery_id, employee_class, band, paid_on)
  SELECT n.receivable_id, r.recovery_id, k.employee_class,
         (SELECT d.band FROM allowance.due_item d WHERE (d.recipient_id, d.child_number, d.benefit_month) = (n.recipient_id, n.child_number, n.benefit_month) ORDER BY d.generation DESC, d.tranche DESC LIMIT 1),
         (SELECT max(p.pay_on) FROM allowance.run_item i JOIN allowance.run_line l USING (run_no, line_no) JOIN allowance.payment_run p USING (run_no)
          WHERE (l.recipient_id, i.child_number, i.benefit_month) = (n.recipient_id, n.child_number, n.benefit_month))
  FROM new_rows n JOIN allowance.recovery r USING (recipient_id, journal_id)
  LEFT JOIN LATERAL allowance.cost_class(n.recipient_id, n.benefit_month::date) k ON true;
  INSERT INTO allowance.recovery_event (recovery_id, seq, kind, from_state, to_state, happened_on, detail)
  SELECT r.recovery_id, 1, 'found', '', 'found', r.found_on, jsonb_build_object('amount', n.amount)
  FROM (SELECT recipient_id, journal_id, sum(amount) AS amount FROM new_rows GROUP BY 1, 2) n JOIN allowance.recovery r USING (recipient_id, journal_id)
  ON CONFLICT ON CONSTRAINT recovery_event_order DO NOTHING;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION allowance.recovery_found() IS '元帳が過払を立てたとき、同じトランザクションで債権を立てる';
CREATE TRIGGER recovery_found AFTER INSERT ON allowance.receivable
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION allowance.recovery_found();
CREATE FUNCTION allowance.recovery_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM allowance.receivable v WHERE (v.recipient_id, v.journal_id) = (NEW.recipient_id, NEW.journal_id)) THEN
    RAISE EXCEPTION '元帳に過払のない債権を立てることはできません' USING ERRCODE = 'HG291', CONSTRAINT = 'recovery_found';
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION allowance.recovery_guard() IS '債権は、元帳の過払からだけ立つ';
CREATE TRIGGER recovery_guard AFTER INSERT ON allowance.recovery FOR EACH ROW EXECUTE FUNCTION allowance.recovery_guard();

-- 順番と状態: 前の行の続きだけ。完納は残り0円のときだけ。
CREATE FUNCTION allowance.recovery_event_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE previous record;
BEGIN
  SELECT seq, to_state INTO previous FROM allowance.recovery_event WHERE recovery_id = NEW.recovery_id AND seq < NEW.seq ORDER BY seq DESC LIMIT 1;
  IF coalesce(previous.seq, 0) <> NEW.seq - 1 OR coalesce(previous.to_state, '') <> NEW.from_state THEN
    RAISE EXCEPTION '債権 % の順番または状態が続いていません', NEW.recovery_id USING ERRCODE = 'HG292', CONSTRAINT = 'recovery_event_order';
  END IF;
  IF NEW.proposal_id IS NOT NULL AND NOT EXISTS (SELECT FROM allowance.recovery_answer a JOIN allowance.recovery_proposal p USING (proposal_id)
      WHERE a.proposal_id = NEW.proposal_id AND a.outcome = 'approved' AND p.recovery_id = NEW.recovery_id
        AND p.kind = CASE NEW.kind WHEN 'causeDecided' THEN 'cause' WHEN 'planned' THEN 'plan' WHEN 'wroteOff' THEN 'writeOff' WHEN 'refunded' THEN 'refund' ELSE 'suspension' END) THEN
    RAISE EXCEPTION '債権 % の決裁された案がありません', NEW.recovery_id USING ERRCODE = 'HG292', CONSTRAINT = 'recovery_event_decided';
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION allowance.recovery_event_guard() IS '債権の出来事の順番と、決裁の裏づけを守る';
CREATE TRIGGER recovery_event_guard AFTER INSERT ON allowance.recovery_event FOR EACH ROW EXECUTE FUNCTION allowance.recovery_event_guard();

CREATE FUNCTION allowance.recovery_closed_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE rest bigint;
BEGIN
  SELECT outstanding INTO rest FROM allowance.recovery_state WHERE recovery_id = NEW.recovery_id;
  IF (NEW.kind IN ('cleared', 'wroteOff') AND rest <> 0) OR (NEW.kind = 'reopened' AND rest = 0) THEN
    RAISE EXCEPTION '債権 % の残りは %円 です', NEW.recovery_id, rest USING ERRCODE = 'HG293', CONSTRAINT = 'recovery_balance';
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION allowance.recovery_closed_balance() IS '完納・不納欠損は、残りが0円になったときだけ';
CREATE CONSTRAINT TRIGGER recovery_closed_balance AFTER INSERT ON allowance.recovery_event DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION allowance.recovery_closed_balance();

-- コミットの時: 残りは0円を下回らない。収納＝減らした月分＋過納＝仕訳。
CREATE FUNCTION allowance.recovery_movement_control() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT outstanding FROM allowance.receivable_balance WHERE receivable_id = NEW.receivable_id) < 0 THEN
    RAISE EXCEPTION '過払 % の残りより多く減らすことはできません', NEW.receivable_id USING ERRCODE = 'HG293', CONSTRAINT = 'recovery_balance';
  END IF;
  IF NOT EXISTS (SELECT FROM allowance.receivable v JOIN allowance.ledger_entry e ON e.journal_id = NEW.journal_id
       AND (e.recipient_id, e.child_number, e.benefit_month, e.credit, e.debit) = (v.recipient_id, v.child_number, v.benefit_month, 'receivable',
            CASE NEW.kind WHEN 'receipt' THEN 'collected' ELSE 'writtenOff' END)
       WHERE v.receivable_id = NEW.receivable_id) THEN
    RAISE EXCEPTION '過払 % を減らした仕訳がありません', NEW.receivable_id USING ERRCODE = 'HG293', CONSTRAINT = 'recovery_ledger';
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION allowance.recovery_movement_control() IS '過払の残りと仕訳を照らし合わせる';
CREATE CONSTRAINT TRIGGER recovery_movement_control AFTER INSERT ON allowance.recovery_movement DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION allowance.recovery_movement_control();

CREATE FUNCTION allowance.recovery_receipt_control() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE parts bigint; booked bigint;
BEGIN
  SELECT coalesce(sum(m.amount), 0) INTO parts FROM allowance.recovery_movement m JOIN allowance.recovery_part p USING (receivable_id)
  WHERE m.receipt_id = NEW.receipt_id AND p.recovery_id = NEW.recovery_id;
  SELECT total INTO booked FROM allowance.journal WHERE journal_id = NEW.journal_id AND kind = 'collect';
  IF parts + NEW.excess <> NEW.amount OR booked IS DISTINCT FROM NEW.amount THEN
    RAISE EXCEPTION '収納 % の額が、月分と過納、または仕訳と合いません', NEW.receipt_id USING ERRCODE = 'HG293', CONSTRAINT = 'recovery_ledger';
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION allowance.recovery_receipt_control() IS '収納と、減らした月分・過納・仕訳を照らし合わせる';
CREATE CONSTRAINT TRIGGER recovery_receipt_control AFTER INSERT ON allowance.recovery_receipt DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION allowance.recovery_receipt_control();

CREATE FUNCTION allowance.recovery_refund_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM allowance.recovery_receipt r WHERE r.receipt_id = NEW.receipt_id AND r.excess = NEW.amount) THEN
    RAISE EXCEPTION '還付の額が、過納の額と違います' USING ERRCODE = 'HG293', CONSTRAINT = 'recovery_ledger';
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION allowance.recovery_refund_guard() IS '還付は過納の額そのもの';
CREATE TRIGGER recovery_refund_guard AFTER INSERT ON allowance.recovery_refund FOR EACH ROW EXECUTE FUNCTION allowance.recovery_refund_guard();

CREATE FUNCTION allowance.recovery_plan_control() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE planned bigint;
BEGIN
  SELECT coalesce(sum(amount), 0) INTO planned FROM allowance.recovery_instalment WHERE proposal_id = NEW.proposal_id;
  IF planned <> (CASE WHEN NEW.method = 'offset' THEN 0 ELSE NEW.total END) THEN
    RAISE EXCEPTION '計画の各回の合計 %円 が、残り %円 と違います', planned, NEW.total USING ERRCODE = 'HG293', CONSTRAINT = 'recovery_plan_sum';
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION allowance.recovery_plan_control() IS '分納の各回の合計は、残りと同じ';
CREATE CONSTRAINT TRIGGER recovery_plan_control AFTER INSERT ON allowance.recovery_plan DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION allowance.recovery_plan_control();

-- 通知の材料は、債権からも生まれる。
ALTER TABLE allowance.case_notice ADD COLUMN recovery_id bigint REFERENCES allowance.recovery;
COMMENT ON COLUMN allowance.case_notice.recovery_id IS '債権についての通知のとき、その債権番号';
ALTER TABLE allowance.case_notice DROP CONSTRAINT case_notice_one_origin;
ALTER TABLE allowance.case_notice ADD CONSTRAINT case_notice_one_origin CHECK (num_nonnulls(filing_id, mass_run_no, recovery_id) = 1);
COMMENT ON CONSTRAINT case_notice_one_origin ON allowance.case_notice IS '通知の材料は、受付・一括処理・債権の、どれか一つから生まれます';
CREATE INDEX case_notice_recovery ON allowance.case_notice (recovery_id) WHERE recovery_id IS NOT NULL;
INSERT INTO allowance.notice_kind VALUES
  ('repaymentDemand', '過払金納入通知書'), ('repaymentReminder', '過払金督促状'), ('repaymentCall', '過払金催告書'),
  ('repaymentInstalments', '過払金分納計画通知書') ON CONFLICT DO NOTHING;

-- これまでに立った過払にも、債権を立てる。
INSERT INTO allowance.recovery (recipient_id, journal_id, found_on)
SELECT DISTINCT v.recipient_id, v.journal_id, j.occurred_on FROM allowance.receivable v JOIN allowance.journal j USING (journal_id);
INSERT INTO allowance.recovery_part (receivable_id, recovery_id, employee_class, band, paid_on)
SELECT v.receivable_id, r.recovery_id, k.employee_class,
       (SELECT d.band FROM allowance.due_item d WHERE (d.recipient_id, d.child_number, d.benefit_month) = (v.recipient_id, v.child_number, v.benefit_month) ORDER BY d.generation DESC, d.tranche DESC LIMIT 1),
       (SELECT max(p.pay_on) FROM allowance.run_item i JOIN allowance.run_line l USING (run_no, line_no) JOIN allowance.payment_run p USING (run_no)
        WHERE (l.recipient_id, i.child_number, i.benefit_month) = (v.recipient_id, v.child_number, v.benefit_month))
FROM allowance.receivable v JOIN allowance.recovery r USING (recipient_id, journal_id)
LEFT JOIN LATERAL allowance.cost_class(v.recipient_id, v.benefit_month::date) k ON true;
INSERT INTO allowance.recovery_event (recovery_id, seq, kind, from_state, to_state, happened_on)
SELECT recovery_id, 1, 'found', '', 'found', found_on FROM allowance.recovery;

SELECT allowance.protect_rows(t::regclass, kind, key) FROM (VALUES
  ('allowance.recovery', 'recipient', 'recipient_id'),
  ('allowance.recovery_part', 'where', 'EXISTS (SELECT FROM allowance.recovery r WHERE r.recovery_id = recovery_part.recovery_id)'),
  ('allowance.recovery_proposal', 'where', 'EXISTS (SELECT FROM allowance.recovery r WHERE r.recovery_id = recovery_proposal.recovery_id)'),
  ('allowance.recovery_answer', 'where', 'EXISTS (SELECT FROM allowance.recovery_proposal p WHERE p.proposal_id = recovery_answer.proposal_id)'),
  ('allowance.recovery_event', 'where', 'EXISTS (SELECT FROM allowance.recovery r WHERE r.recovery_id = recovery_event.recovery_id)'),
  ('allowance.recovery_plan', 'where', 'EXISTS (SELECT FROM allowance.recovery r WHERE r.recovery_id = recovery_plan.recovery_id)'),
  ('allowance.recovery_instalment', 'where', 'EXISTS (SELECT FROM allowance.recovery_plan p WHERE p.proposal_id = recovery_instalment.proposal_id)'),
  ('allowance.recovery_receipt', 'where', 'EXISTS (SELECT FROM allowance.recovery r WHERE r.recovery_id = recovery_receipt.recovery_id)'),
  ('allowance.recovery_movement', 'where', 'EXISTS (SELECT FROM allowance.recovery_part p WHERE p.receivable_id = recovery_movement.receivable_id)'),
  ('allowance.recovery_refund', 'where', 'EXISTS (SELECT FROM allowance.recovery_receipt r WHERE r.receipt_id = recovery_refund.receipt_id)'),
  ('allowance.receipt_line_proposal', 'where', 'EXISTS (SELECT FROM allowance.recovery r WHERE r.recovery_id = receipt_line_proposal.recovery_id)'),
  ('allowance.receipt_line', 'where', 'EXISTS (SELECT FROM allowance.recovery_receipt r WHERE (r.file_id, r.line_no) = (receipt_line.file_id, receipt_line.line_no))'),
  ('allowance.receipt_line_answer', 'where', 'EXISTS (SELECT FROM allowance.receipt_line l WHERE (l.file_id, l.line_no) = (receipt_line_answer.file_id, receipt_line_answer.line_no))')
) AS p(t, kind, key);
GRANT SELECT ON allowance.recovery_transition, allowance.receivable_balance, allowance.recovery_state, allowance.receipt_file TO hagukumi_desk;
GRANT SELECT ON allowance.recovery_transition, allowance.receivable_balance, allowance.recovery_state TO hagukumi_allowance;
GRANT SELECT, INSERT ON allowance.recovery, allowance.recovery_part, allowance.recovery_proposal, allowance.recovery_answer, allowance.recovery_event,
  allowance.recovery_plan, allowance.recovery_instalment, allowance.receipt_file, allowance.receipt_line, allowance.receipt_line_proposal,
  allowance.receipt_line_answer, allowance.recovery_receipt, allowance.recovery_movement, allowance.recovery_refund TO hagukumi_allowance;
