-- Up Migration
-- 受付→審査→決裁. Rows are only ever added; the state of a filing is derived from its last event.
CREATE TABLE allowance.filing (
  filing_id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  reception_number  text NOT NULL CONSTRAINT filing_reception_number UNIQUE CHECK (reception_number ~ '^[0-9]{1,10}$'),
  procedure_code    text NOT NULL CHECK (procedure_code ~ '^[a-zA-Z]{1,40}$'),
  claimant_number   allowance.addressee_number NOT NULL REFERENCES allowance.addressee,
  recipient_kind    text NOT NULL CHECK (recipient_kind IN ('individual', 'corporateGuardian', 'institution')),
  ward_code         text NOT NULL CHECK (ward_code ~ '^[0-9]{6}$'),
  replaces          bigint REFERENCES allowance.filing,
  opened_by         allowance.operator NOT NULL,
  recorded_at       timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE allowance.filing IS '受付簿（手続ごとに1行）。受け付けた人・手続・区は変わらない。状態は持たず、最後の出来事から導く（filing_current）。';
COMMENT ON COLUMN allowance.filing.reception_number IS '受付番号。システムが採るか、紙の受付簿の番号を入力する。二度は使わない。';
COMMENT ON COLUMN allowance.filing.procedure_code IS '手続の種類（様式第1号〜第15号と市の様式）';
COMMENT ON COLUMN allowance.filing.claimant_number IS '請求・届出をした人の宛名番号';
COMMENT ON COLUMN allowance.filing.ward_code IS '受け付けた区';
COMMENT ON COLUMN allowance.filing.replaces IS '取消・再決定のとき、取り消す受付';
COMMENT ON COLUMN allowance.filing.opened_by IS '最初に入力した職員';
CREATE INDEX filing_claimant ON allowance.filing (claimant_number);
CREATE SEQUENCE allowance.reception_number AS bigint MINVALUE 6000000000 MAXVALUE 9999999999 START 6000000000;
COMMENT ON SEQUENCE allowance.reception_number IS '受付番号を採る番号。使わずに終わった番号は欠番になる。';

CREATE TABLE allowance.filing_content (
  filing_id          bigint NOT NULL REFERENCES allowance.filing,
  revision           smallint NOT NULL CHECK (revision >= 1),
  received_on        date NOT NULL,
  channel            text NOT NULL CHECK (channel IN ('counter', 'post', 'online', 'exOfficio')),
  content            jsonb NOT NULL,
  recipient_id       bigint REFERENCES allowance.recipient,
  named_numbers      bigint[] NOT NULL,
  agent_kind         text CHECK (agent_kind IN ('statutory', 'voluntary')),
  agent_name         text CHECK (length(agent_name) BETWEEN 1 AND 100),
  agent_relation     text CHECK (length(agent_relation) BETWEEN 1 AND 40),
  agent_authority    text CHECK (agent_authority IN ('powerOfAttorney', 'familyRegister', 'guardianCertificate')),
  identity_kind      smallint CHECK (identity_kind IN (1, 2, 3)),
  identity_documents text[] NOT NULL DEFAULT '{}',
  final_due_on       date,
  content_digest     allowance.digest NOT NULL,
  typed_by           allowance.operator NOT NULL,
  recorded_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (filing_id, revision),
  CONSTRAINT filing_agent_complete CHECK (num_nulls(agent_kind, agent_name, agent_relation, agent_authority) IN (0, 4)),
  CONSTRAINT filing_agent_authority CHECK (agent_kind IS NULL OR (agent_kind = 'voluntary') = (agent_authority = 'powerOfAttorney')),
  CONSTRAINT filing_identity_documents CHECK (
    identity_kind IS NULL AND cardinality(identity_documents) = 0
    OR identity_kind IN (1, 2) AND cardinality(identity_documents) >= 1
    OR identity_kind = 3 AND cardinality(identity_documents) >= 2 AND identity_documents[1] <> identity_documents[2])
);
COMMENT ON TABLE allowance.filing_content IS '受付の内容（版）。直すときは新しい版を足し、古い版は残す。古い版は決裁できない。';
COMMENT ON COLUMN allowance.filing_content.revision IS '版';
COMMENT ON COLUMN allowance.filing_content.received_on IS '受付日（請求日）。入力した日時 recorded_at とは別。';
COMMENT ON COLUMN allowance.filing_content.channel IS '経路（窓口・郵送・オンライン・職権）';
COMMENT ON COLUMN allowance.filing_content.recipient_id IS '届出が指す認定番号';
COMMENT ON COLUMN allowance.filing_content.named_numbers IS '内容に出てくる児童・算定対象者・関係者の宛名番号';
COMMENT ON COLUMN allowance.filing_content.agent_kind IS '代理人（法定・任意）。代理人のときは氏名・間柄・代理権の確認が必ず要る。';
COMMENT ON COLUMN allowance.filing_content.agent_authority IS '代理権の確認（委任状・戸籍・登記事項証明書など）';
COMMENT ON COLUMN allowance.filing_content.identity_kind IS '本人確認（1 個人番号カード・通知カード、2 官公署の写真付き、3 写真なし2点）。代理人が来たときは代理人のもの。';
COMMENT ON COLUMN allowance.filing_content.identity_documents IS '確認した書類の名';
COMMENT ON COLUMN allowance.filing_content.final_due_on IS '最終提出期限年月日（仮受付で足りない書類を待つ最後の日）';
COMMENT ON COLUMN allowance.filing_content.content_digest IS 'この版に入力したすべてのハッシュ';
COMMENT ON COLUMN allowance.filing_content.typed_by IS 'この版を入力した職員。決裁できない。';
CREATE INDEX filing_content_named ON allowance.filing_content USING gin (named_numbers);

CREATE TABLE allowance.filing_event (
  filing_id   bigint NOT NULL REFERENCES allowance.filing,
  seq         integer NOT NULL CHECK (seq >= 1),
  kind        text NOT NULL CHECK (kind IN ('drafted', 'submitted', 'amended', 'returned', 'held', 'documentsReceived', 'examined', 'overridden',
                                            'sentBack', 'approved', 'withdrawn', 'discarded', 'cancelled')),
  revision    smallint NOT NULL,
  done_on     date NOT NULL,
  due_on      date CHECK (due_on >= done_on),
  reason      text CHECK (length(reason) BETWEEN 1 AND 400),
  other_filing bigint REFERENCES allowance.filing,
  done_by     allowance.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (filing_id, seq),
  FOREIGN KEY (filing_id, revision) REFERENCES allowance.filing_content,
  CONSTRAINT filing_event_due CHECK ((kind IN ('returned', 'held')) = (due_on IS NOT NULL)),
  CONSTRAINT filing_event_reason CHECK (kind NOT IN ('returned', 'held', 'overridden', 'sentBack', 'cancelled') OR reason IS NOT NULL),
  CONSTRAINT filing_event_other CHECK ((kind = 'cancelled') = (other_filing IS NOT NULL))
);
COMMENT ON TABLE allowance.filing_event IS '受付に起きたこと。番号 seq が版の役をし、同時に変えた二人のうち後の人は断られる。';
COMMENT ON COLUMN allowance.filing_event.kind IS '仮受付・受付・補正・返戻・保留・書類受領・審査・案の変更・差戻し・決裁・取下げ・破棄・取消';
COMMENT ON COLUMN allowance.filing_event.done_on IS '処理した日（取下げは取下げ年月日）';
COMMENT ON COLUMN allowance.filing_event.due_on IS '返戻・保留の期限';
COMMENT ON COLUMN allowance.filing_event.other_filing IS '取消のとき、代わりに決めた受付';

CREATE TABLE allowance.filing_document (
  filing_id   bigint NOT NULL REFERENCES allowance.filing,
  code        text NOT NULL CHECK (code ~ '^[a-zA-Z0-9]{1,40}$'),
  no          smallint NOT NULL CHECK (no >= 1),
  state       text NOT NULL CHECK (state IN ('received', 'waived', 'requested', 'returned')),
  noted_on    date NOT NULL,
  reason      text CHECK (length(reason) BETWEEN 1 AND 400),
  recorded_by allowance.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (filing_id, code, no),
  CONSTRAINT filing_document_waiver CHECK (state <> 'waived' OR reason IS NOT NULL)
);
COMMENT ON TABLE allowance.filing_document IS '受付の書類（受領・省略・提出依頼・返却）。最後の no がいまの姿。省略には理由が要る（施行規則11条）。';

CREATE TABLE allowance.filing_examination (
  filing_id   bigint NOT NULL,
  seq         integer NOT NULL,
  revision    smallint NOT NULL,
  outcome     text NOT NULL CHECK (outcome IN ('grant', 'refuse', 'acknowledge', 'impossible')),
  digest      allowance.digest NOT NULL,
  proposal    jsonb NOT NULL,
  override    jsonb,
  judged_on   date NOT NULL,
  examined_by allowance.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (filing_id, seq),
  FOREIGN KEY (filing_id, seq) REFERENCES allowance.filing_event,
  FOREIGN KEY (filing_id, revision) REFERENCES allowance.filing_content,
  UNIQUE (filing_id, seq, revision, digest, outcome, examined_by),
  CONSTRAINT filing_override_reason CHECK (override IS NULL OR coalesce(btrim(override->>'reason'), '') <> '' AND coalesce(override->>'reasonCode', '') <> '')
);
COMMENT ON TABLE allowance.filing_examination IS '審査（案）。digest は、入力した内容・案・理由・台帳との違い・案の変更のすべてのハッシュ。';
COMMENT ON COLUMN allowance.filing_examination.proposal IS '案（結果・理由・台帳との違い・変わること・根拠）';
COMMENT ON COLUMN allowance.filing_examination.override IS '職員が案を変えたときの内容。理由が必ず要る。';
COMMENT ON COLUMN allowance.filing_examination.judged_on IS '判定した日（基準日）';

CREATE TABLE allowance.filing_approval (
  filing_id       bigint PRIMARY KEY,
  seq             integer NOT NULL,
  examination_seq integer NOT NULL,
  revision        smallint NOT NULL,
  digest          allowance.digest NOT NULL,
  outcome         text NOT NULL,
  examined_by     allowance.operator NOT NULL,
  approved_by     allowance.operator NOT NULL,
  decided_on      date NOT NULL,
  applied         jsonb NOT NULL,
  recorded_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
  FOREIGN KEY (filing_id, seq) REFERENCES allowance.filing_event,
  FOREIGN KEY (filing_id, examination_seq, revision, digest, outcome, examined_by)
    REFERENCES allowance.filing_examination (filing_id, seq, revision, digest, outcome, examined_by),
  CONSTRAINT filing_approval_two_people CHECK (examined_by <> approved_by),
  CONSTRAINT filing_approval_of_answer CHECK (outcome <> 'impossible'),
  CONSTRAINT filing_approval_next CHECK (seq = examination_seq + 1)
);
COMMENT ON TABLE allowance.filing_approval IS '決裁。どの審査（seq と digest）を見て決めたかを指す。審査と決裁の間に何も起きていないこと、入力・審査した人でないことをデータベースが確かめる。';
COMMENT ON COLUMN allowance.filing_approval.applied IS '決裁で書いたもの（認定番号・決定）';

CREATE FUNCTION allowance.filing_state_of(kind text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE kind WHEN 'drafted' THEN 'draft' WHEN 'submitted' THEN 'submitted' WHEN 'amended' THEN 'submitted'
    WHEN 'documentsReceived' THEN 'submitted' WHEN 'sentBack' THEN 'submitted' WHEN 'returned' THEN 'returned' WHEN 'held' THEN 'held'
    WHEN 'examined' THEN 'examined' WHEN 'overridden' THEN 'examined' WHEN 'approved' THEN 'decided' WHEN 'withdrawn' THEN 'withdrawn'
    WHEN 'discarded' THEN 'discarded' WHEN 'cancelled' THEN 'cancelled' END
$$;
COMMENT ON FUNCTION allowance.filing_state_of IS '最後の出来事 → 受付の状態';

CREATE FUNCTION allowance.filing_may(state text, kind text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(CASE state
    WHEN '' THEN kind = 'drafted'
    WHEN 'draft' THEN kind IN ('drafted', 'submitted', 'discarded')
    WHEN 'submitted' THEN kind IN ('amended', 'returned', 'held', 'documentsReceived', 'examined', 'withdrawn')
    WHEN 'returned' THEN kind IN ('amended', 'documentsReceived', 'returned', 'held', 'examined', 'withdrawn')
    WHEN 'held' THEN kind IN ('amended', 'documentsReceived', 'returned', 'held', 'examined', 'withdrawn')
    WHEN 'examined' THEN kind IN ('amended', 'returned', 'held', 'documentsReceived', 'examined', 'overridden', 'sentBack', 'approved', 'withdrawn')
    WHEN 'decided' THEN kind = 'cancelled' END, false)
$$;
COMMENT ON FUNCTION allowance.filing_may IS 'この状態で、この出来事が起きてよいか';

-- One filing is changed by one transaction at a time, whatever isolation the other one uses.
CREATE FUNCTION allowance.filing_lock(filing bigint) RETURNS void LANGUAGE sql AS $$
  SELECT pg_advisory_xact_lock(hashtextextended('allowance.filing/' || filing, 0))
$$;

CREATE FUNCTION allowance.filing_content_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE last_kind text; last_revision smallint;
BEGIN
  PERFORM allowance.filing_lock(NEW.filing_id);
  SELECT kind INTO last_kind FROM allowance.filing_event WHERE filing_id = NEW.filing_id ORDER BY seq DESC LIMIT 1;
  IF last_kind IN ('approved', 'withdrawn', 'discarded', 'cancelled') THEN
    RAISE EXCEPTION '終わった受付の内容は変えられません' USING ERRCODE = 'HG112', CONSTRAINT = 'filing_ended';
  END IF;
  SELECT coalesce(max(revision), 0) INTO last_revision FROM allowance.filing_content WHERE filing_id = NEW.filing_id;
  IF NEW.revision <> last_revision + 1 THEN
    RAISE EXCEPTION '版の番号が続いていません' USING ERRCODE = 'HG112', CONSTRAINT = 'filing_changed';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER filing_content_guard BEFORE INSERT ON allowance.filing_content FOR EACH ROW EXECUTE FUNCTION allowance.filing_content_guard();

CREATE FUNCTION allowance.filing_event_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE last allowance.filing_event; newest allowance.filing_content;
BEGIN
  PERFORM allowance.filing_lock(NEW.filing_id);
  SELECT * INTO last FROM allowance.filing_event WHERE filing_id = NEW.filing_id ORDER BY seq DESC LIMIT 1;
  IF NEW.seq <> coalesce(last.seq, 0) + 1 THEN
    RAISE EXCEPTION '出来事の番号が続いていません' USING ERRCODE = 'HG112', CONSTRAINT = 'filing_changed';
  END IF;
  IF NOT allowance.filing_may(coalesce(allowance.filing_state_of(last.kind), ''), NEW.kind) THEN
    RAISE EXCEPTION 'いまの状態（%）では % はできません', coalesce(allowance.filing_state_of(last.kind), ''), NEW.kind
      USING ERRCODE = 'HG112', CONSTRAINT = 'filing_transition';
  END IF;
  SELECT * INTO newest FROM allowance.filing_content WHERE filing_id = NEW.filing_id ORDER BY revision DESC LIMIT 1;
  IF NEW.revision <> newest.revision THEN
    RAISE EXCEPTION '古い版についての処理です' USING ERRCODE = 'HG112', CONSTRAINT = 'filing_changed';
  END IF;
  IF NEW.kind NOT IN ('drafted', 'discarded') AND newest.channel <> 'exOfficio' AND newest.identity_kind IS NULL THEN
    RAISE EXCEPTION '本人確認の記録がない受付です' USING ERRCODE = 'HG112', CONSTRAINT = 'filing_identity_needed';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER filing_event_guard BEFORE INSERT ON allowance.filing_event FOR EACH ROW EXECUTE FUNCTION allowance.filing_event_guard();

CREATE FUNCTION allowance.filing_examination_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM allowance.filing_event e WHERE e.filing_id = NEW.filing_id AND e.seq = NEW.seq AND e.revision = NEW.revision AND e.done_by = NEW.examined_by
    AND e.kind = CASE WHEN NEW.override IS NULL THEN 'examined' ELSE 'overridden' END;
  IF NOT FOUND THEN
    RAISE EXCEPTION '審査の出来事と合いません' USING ERRCODE = 'HG112', CONSTRAINT = 'filing_transition';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER filing_examination_guard BEFORE INSERT ON allowance.filing_examination FOR EACH ROW EXECUTE FUNCTION allowance.filing_examination_guard();

-- THR31: who typed, examined, changed the proposal or recorded a document never approves.
CREATE FUNCTION allowance.filing_approval_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM allowance.filing_lock(NEW.filing_id);
  IF EXISTS (SELECT FROM allowance.filing_content WHERE filing_id = NEW.filing_id AND typed_by = NEW.approved_by)
     OR EXISTS (SELECT FROM allowance.filing_examination WHERE filing_id = NEW.filing_id AND examined_by = NEW.approved_by)
     OR EXISTS (SELECT FROM allowance.filing_document WHERE filing_id = NEW.filing_id AND recorded_by = NEW.approved_by) THEN
    RAISE EXCEPTION '入力・審査した人は決裁できません' USING ERRCODE = 'HG112', CONSTRAINT = 'filing_approval_two_people';
  END IF;
  PERFORM FROM allowance.filing_event e WHERE e.filing_id = NEW.filing_id AND e.seq = NEW.seq AND e.kind = 'approved' AND e.revision = NEW.revision
    AND e.done_by = NEW.approved_by;
  IF NOT FOUND THEN
    RAISE EXCEPTION '決裁の出来事と合いません' USING ERRCODE = 'HG112', CONSTRAINT = 'filing_transition';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER filing_approval_guard BEFORE INSERT ON allowance.filing_approval FOR EACH ROW EXECUTE FUNCTION allowance.filing_approval_guard();

-- A document can't be slipped under a decision that was made without it.
CREATE FUNCTION allowance.filing_document_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE last_kind text;
BEGIN
  PERFORM allowance.filing_lock(NEW.filing_id);
  SELECT kind INTO last_kind FROM allowance.filing_event WHERE filing_id = NEW.filing_id ORDER BY seq DESC LIMIT 1;
  IF last_kind IN ('approved', 'withdrawn', 'discarded', 'cancelled') AND NEW.state <> 'returned' THEN
    RAISE EXCEPTION '終わった受付です' USING ERRCODE = 'HG112', CONSTRAINT = 'filing_ended';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER filing_document_guard BEFORE INSERT ON allowance.filing_document FOR EACH ROW EXECUTE FUNCTION allowance.filing_document_guard();

-- What an event announces must be there when the transaction ends.
CREATE FUNCTION allowance.filing_event_complete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.kind = 'approved' AND NOT EXISTS (SELECT FROM allowance.filing_approval a WHERE a.filing_id = NEW.filing_id AND a.seq = NEW.seq)
     OR NEW.kind IN ('examined', 'overridden') AND NOT EXISTS (SELECT FROM allowance.filing_examination x WHERE x.filing_id = NEW.filing_id AND x.seq = NEW.seq)
     OR NEW.kind = 'cancelled' AND NOT EXISTS (SELECT FROM allowance.filing_approval a JOIN allowance.filing f USING (filing_id)
                                              WHERE a.filing_id = NEW.other_filing AND f.replaces = NEW.filing_id) THEN
    RAISE EXCEPTION '出来事の中身がありません' USING ERRCODE = 'HG112', CONSTRAINT = 'filing_transition';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER filing_event_complete AFTER INSERT ON allowance.filing_event DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION allowance.filing_event_complete();

CREATE VIEW allowance.filing_current WITH (security_invoker = true) AS
SELECT f.filing_id, f.reception_number, f.procedure_code, f.claimant_number, f.recipient_kind, f.ward_code, f.replaces, f.opened_by,
       allowance.filing_state_of(e.kind) AS state, e.seq AS last_seq, e.kind AS last_kind, e.done_on AS last_on, e.done_by AS last_by,
       e.recorded_at AS last_at, e.due_on, e.reason AS last_reason,
       c.revision, c.received_on, c.channel, c.recipient_id, c.named_numbers, c.final_due_on, c.typed_by, c.recorded_at AS typed_at
FROM allowance.filing f
CROSS JOIN LATERAL (SELECT * FROM allowance.filing_event x WHERE x.filing_id = f.filing_id ORDER BY x.seq DESC LIMIT 1) e
JOIN allowance.filing_content c ON c.filing_id = f.filing_id AND c.revision = e.revision;
COMMENT ON VIEW allowance.filing_current IS '受付のいまの姿。state: draft 仮受付・submitted 審査待ち・returned 返戻・held 保留・examined 決裁待ち・decided 決裁済み・withdrawn 取下げ・discarded 破棄・cancelled 取消';

-- A claim that came through a filing, and one whose decision was cancelled by a later filing.
ALTER TABLE allowance.claim ADD COLUMN filing_id bigint UNIQUE REFERENCES allowance.filing;
COMMENT ON COLUMN allowance.claim.filing_id IS '受付（受付→審査→決裁を通った請求）。連携で入った請求は空。';
CREATE TABLE allowance.claim_cancellation (
  claim_id     bigint PRIMARY KEY REFERENCES allowance.claim,
  replaced_by  bigint UNIQUE REFERENCES allowance.claim,
  root_claim   bigint NOT NULL REFERENCES allowance.claim,
  filing_id    bigint NOT NULL REFERENCES allowance.filing_approval DEFERRABLE INITIALLY DEFERRED,
  cancelled_by allowance.operator NOT NULL,
  approved_by  allowance.operator NOT NULL,
  recorded_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT claim_cancellation_two_people CHECK (cancelled_by <> approved_by),
  CHECK (replaced_by <> claim_id)
);
COMMENT ON TABLE allowance.claim_cancellation IS '決裁した請求の取消（児発230号の取消・再決定）。取り消した請求は残り、代わりの請求が受給者を引き継ぐ。';
COMMENT ON COLUMN allowance.claim_cancellation.root_claim IS '取消と再決定を重ねたときの、いちばん初めの請求（認定番号を開いた請求）';

-- Facts that the office records itself, beside those that the registers deliver.
ALTER TABLE allowance.status_period ALTER COLUMN batch_id DROP NOT NULL;
ALTER TABLE allowance.status_period ADD COLUMN filing_id bigint REFERENCES allowance.filing;
ALTER TABLE allowance.status_period ADD COLUMN voided boolean NOT NULL DEFAULT false;
ALTER TABLE allowance.status_period ADD CONSTRAINT status_period_source CHECK (num_nonnulls(batch_id, filing_id) = 1);
COMMENT ON COLUMN allowance.status_period.filing_id IS 'この事実を決めた受付（連携で届いた事実は空）';
COMMENT ON COLUMN allowance.status_period.voided IS '取り消した事実（最後の版が true なら、なかったものとして扱う）';

GRANT SELECT, INSERT ON allowance.filing, allowance.filing_content, allowance.filing_event, allowance.filing_document, allowance.filing_examination,
  allowance.filing_approval, allowance.filing_current, allowance.claim_cancellation TO hagukumi_allowance;
GRANT USAGE ON SEQUENCE allowance.reception_number TO hagukumi_allowance;
