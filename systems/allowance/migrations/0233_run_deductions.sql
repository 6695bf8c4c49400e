-- Up Migration
-- 支払からの差引: 内払（13条）→ 特別徴収（22条）→ 申出徴収（21条）→ 寄附（20条）。差し引いた額は、児童×月分の「支払うべき額」のまとまり（tranche）に
-- 切り分けて、振込の月分とは別の鍵で一度だけ使う。振込の明細は、差し引いた残りだけになる（A95・A96）。

ALTER TABLE allowance.journal DROP CONSTRAINT journal_kind_check;
ALTER TABLE allowance.journal ADD CONSTRAINT journal_kind_check CHECK (kind IN
  ('accrue', 'reverse', 'reserve', 'unreserve', 'pay', 'unpay', 'return', 'reinstate', 'overpay', 'forfeit', 'deduct', 'undeduct'));
ALTER TABLE allowance.ledger_entry DROP CONSTRAINT ledger_entry_debit_check, DROP CONSTRAINT ledger_entry_credit_check;
ALTER TABLE allowance.ledger_entry ADD CONSTRAINT ledger_entry_debit_check
  CHECK (debit IN ('entitlement', 'due', 'clearing', 'bank', 'returned', 'receivable', 'forfeited', 'deducted'));
ALTER TABLE allowance.ledger_entry ADD CONSTRAINT ledger_entry_credit_check
  CHECK (credit IN ('entitlement', 'due', 'clearing', 'bank', 'returned', 'receivable', 'forfeited', 'deducted'));

CREATE TABLE allowance.advance_offset (
  offset_id    integer NOT NULL CHECK (offset_id >= 1),
  revision     smallint NOT NULL CHECK (revision >= 1),
  recipient_id bigint NOT NULL REFERENCES allowance.recipient,
  per_payment  integer NOT NULL CHECK (per_payment >= 1),
  keep         integer NOT NULL CHECK (keep >= 0),
  from_payment allowance.benefit_month NOT NULL CHECK (extract(month FROM from_payment)::int % 2 = 0),
  to_payment   allowance.benefit_month CHECK (to_payment >= from_payment),
  consent_on   date,
  consent      text NOT NULL CHECK (btrim(consent) <> '' AND char_length(consent) <= 400),
  entered_by   allowance.operator NOT NULL,
  approved_by  allowance.operator NOT NULL,
  recorded_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT advance_offset_once PRIMARY KEY (offset_id, revision),
  CONSTRAINT advance_offset_two_people CHECK (entered_by <> approved_by)
);
COMMENT ON TABLE allowance.advance_offset IS '内払調整の計画（児童手当法13条）。受給者の過払を、次からの支払で差し引く。変更は次の版で、最後の版が有効。';
COMMENT ON COLUMN allowance.advance_offset.offset_id IS '計画の番号';
COMMENT ON COLUMN allowance.advance_offset.revision IS '版';
COMMENT ON COLUMN allowance.advance_offset.recipient_id IS '認定番号';
COMMENT ON COLUMN allowance.advance_offset.per_payment IS '1回の支払で差し引く上限（円）';
COMMENT ON COLUMN allowance.advance_offset.keep IS '1回の支払で受給者に必ず残す額（円）';
COMMENT ON COLUMN allowance.advance_offset.from_payment IS 'はじめの支払期月';
COMMENT ON COLUMN allowance.advance_offset.to_payment IS 'おわりの支払期月（空なら、なくなるまで）';
COMMENT ON COLUMN allowance.advance_offset.consent_on IS '受給者が同意した日（同意によらないなら空）';
COMMENT ON COLUMN allowance.advance_offset.consent IS '同意の記録（だれが、何で）、または同意によらない理由';
COMMENT ON COLUMN allowance.advance_offset.entered_by IS '入力した人';
COMMENT ON COLUMN allowance.advance_offset.approved_by IS '承認した人';
COMMENT ON COLUMN allowance.advance_offset.recorded_at IS '記録の時刻';
COMMENT ON CONSTRAINT advance_offset_two_people ON allowance.advance_offset IS '内払調整の計画は二人で決めます';
CREATE INDEX advance_offset_recipient ON allowance.advance_offset (recipient_id);

CREATE TABLE allowance.run_deduction (
  run_no       integer NOT NULL REFERENCES allowance.payment_run,
  deduction_no integer NOT NULL CHECK (deduction_no >= 1),
  recipient_id bigint NOT NULL REFERENCES allowance.recipient,
  kind         text NOT NULL CHECK (kind IN ('advanceOffset', 'specialDeduction', 'requestedDeduction', 'requestedToThirdParty', 'donation')),
  source_id    bigint NOT NULL,
  creditor_id  integer,
  fee_kind     text,
  fee_child    allowance.addressee_number,
  amount       integer NOT NULL CHECK (amount >= 1),
  short        integer NOT NULL CHECK (short >= 0),
  PRIMARY KEY (run_no, deduction_no),
  UNIQUE (run_no, kind, source_id),
  CONSTRAINT run_deduction_creditor CHECK ((kind IN ('specialDeduction', 'requestedDeduction', 'requestedToThirdParty')) = (creditor_id IS NOT NULL))
);
COMMENT ON TABLE allowance.run_deduction IS '支払処理での差引1件。どの届け・決定によるか（source_id）と、どこへ納めるか。';
COMMENT ON COLUMN allowance.run_deduction.run_no IS '支払処理';
COMMENT ON COLUMN allowance.run_deduction.deduction_no IS '支払処理の中の番号';
COMMENT ON COLUMN allowance.run_deduction.recipient_id IS '認定番号';
COMMENT ON COLUMN allowance.run_deduction.kind IS '種類。advanceOffset 内払、specialDeduction 22条、requestedDeduction 21条1項、requestedToThirdParty 21条2項、donation 20条';
COMMENT ON COLUMN allowance.run_deduction.source_id IS '内払の計画・特別徴収・申出徴収・寄附の番号';
COMMENT ON COLUMN allowance.run_deduction.creditor_id IS '納める先（債権者台帳の番号）';
COMMENT ON COLUMN allowance.run_deduction.fee_kind IS '費目';
COMMENT ON COLUMN allowance.run_deduction.fee_child IS '費用のかかった児童の宛名番号';
COMMENT ON COLUMN allowance.run_deduction.amount IS '差し引いた額（円）';
COMMENT ON COLUMN allowance.run_deduction.short IS '差し引ききれなかった額（円）';
CREATE INDEX run_deduction_recipient ON allowance.run_deduction (recipient_id);

CREATE TABLE allowance.run_deduction_item (
  child_number  allowance.addressee_number NOT NULL,
  benefit_month allowance.benefit_month NOT NULL,
  generation    smallint NOT NULL,
  tranche       smallint NOT NULL,
  attempt       smallint NOT NULL CHECK (attempt >= 1),
  run_no        integer NOT NULL,
  deduction_no  integer NOT NULL,
  amount        integer NOT NULL CHECK (amount BETWEEN 1 AND 30000),
  CONSTRAINT run_deduction_item_once PRIMARY KEY (child_number, benefit_month, generation, tranche, attempt),
  FOREIGN KEY (child_number, benefit_month, generation, tranche) REFERENCES allowance.due_item,
  FOREIGN KEY (run_no, deduction_no) REFERENCES allowance.run_deduction
);
COMMENT ON TABLE allowance.run_deduction_item IS '差引に使った月分。鍵により、ひとつの額は差引か振込のどちらかに一度だけ使う（M1・M9）。';
COMMENT ON COLUMN allowance.run_deduction_item.child_number IS '児童の宛名番号';
COMMENT ON COLUMN allowance.run_deduction_item.benefit_month IS '月分';
COMMENT ON COLUMN allowance.run_deduction_item.generation IS '受給者が改まった回';
COMMENT ON COLUMN allowance.run_deduction_item.tranche IS '支払うべき額のまとまり';
COMMENT ON COLUMN allowance.run_deduction_item.attempt IS '取消しのあとで、もう一度差し引いた回';
COMMENT ON COLUMN allowance.run_deduction_item.run_no IS '支払処理';
COMMENT ON COLUMN allowance.run_deduction_item.deduction_no IS '差引の番号';
COMMENT ON COLUMN allowance.run_deduction_item.amount IS '額（円）';
CREATE INDEX run_deduction_item_run ON allowance.run_deduction_item (run_no, deduction_no);

CREATE TABLE allowance.deduction_release (
  child_number  allowance.addressee_number NOT NULL,
  benefit_month allowance.benefit_month NOT NULL,
  generation    smallint NOT NULL,
  tranche       smallint NOT NULL,
  attempt       smallint NOT NULL,
  journal_id    bigint NOT NULL REFERENCES allowance.journal,
  PRIMARY KEY (child_number, benefit_month, generation, tranche, attempt),
  FOREIGN KEY (child_number, benefit_month, generation, tranche, attempt) REFERENCES allowance.run_deduction_item
);
COMMENT ON TABLE allowance.deduction_release IS '取り消した支払処理の差引で、未払に戻った月分';
COMMENT ON COLUMN allowance.deduction_release.child_number IS '児童の宛名番号';
COMMENT ON COLUMN allowance.deduction_release.benefit_month IS '月分';
COMMENT ON COLUMN allowance.deduction_release.generation IS '受給者が改まった回';
COMMENT ON COLUMN allowance.deduction_release.tranche IS '支払うべき額のまとまり';
COMMENT ON COLUMN allowance.deduction_release.attempt IS '差引の回';
COMMENT ON COLUMN allowance.deduction_release.journal_id IS '戻した仕訳';

CREATE TABLE allowance.run_offset_claim (
  run_no        integer NOT NULL,
  deduction_no  integer NOT NULL,
  receivable_id bigint NOT NULL REFERENCES allowance.receivable,
  amount        integer NOT NULL CHECK (amount BETWEEN 1 AND 30000),
  PRIMARY KEY (run_no, deduction_no, receivable_id),
  FOREIGN KEY (run_no, deduction_no) REFERENCES allowance.run_deduction
);
COMMENT ON TABLE allowance.run_offset_claim IS '内払の差引が、どの過払（返納すべき額）をいくら減らしたか';
COMMENT ON COLUMN allowance.run_offset_claim.run_no IS '支払処理';
COMMENT ON COLUMN allowance.run_offset_claim.deduction_no IS '差引の番号';
COMMENT ON COLUMN allowance.run_offset_claim.receivable_id IS '過払の番号';
COMMENT ON COLUMN allowance.run_offset_claim.amount IS '減らした額（円）';
CREATE INDEX run_offset_claim_receivable ON allowance.run_offset_claim (receivable_id);

CREATE VIEW allowance.deduction_standing WITH (security_invoker = true) AS
SELECT i.* FROM allowance.run_deduction_item i LEFT JOIN allowance.deduction_release x USING (child_number, benefit_month, generation, tranche, attempt)
WHERE x.attempt IS NULL;
COMMENT ON VIEW allowance.deduction_standing IS '差引に使ったままの月分（取り消した支払処理のものを除く）';

CREATE VIEW allowance.receivable_balance WITH (security_invoker = true) AS
SELECT v.receivable_id, v.recipient_id, v.child_number, v.benefit_month, v.amount, coalesce(o.amount, 0)::integer AS recovered,
       (v.amount - coalesce(o.amount, 0))::integer AS outstanding
FROM allowance.receivable v
LEFT JOIN (SELECT c.receivable_id, sum(c.amount) AS amount FROM allowance.run_offset_claim c
           LEFT JOIN allowance.run_end e ON e.run_no = c.run_no AND e.outcome IN ('cancelled', 'voided') WHERE e.run_no IS NULL GROUP BY 1) o USING (receivable_id);
COMMENT ON VIEW allowance.receivable_balance IS '過払の残り。recovered は差引で減った額（取り消した支払処理を除く）、outstanding はまだ返っていない額。';

CREATE FUNCTION allowance.run_deduction_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM (SELECT DISTINCT run_no FROM new_rows) n JOIN allowance.payment_run r USING (run_no) WHERE r.xact <> pg_current_xact_id()) THEN
    RAISE EXCEPTION '作成の終わった支払処理に差引を足すことはできません' USING ERRCODE = 'HG236', CONSTRAINT = 'run_line_sealed';
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION allowance.run_deduction_guard() IS '差引を後から足させない';
CREATE TRIGGER run_deduction_guard AFTER INSERT ON allowance.run_deduction
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION allowance.run_deduction_guard();
CREATE TRIGGER run_offset_claim_guard AFTER INSERT ON allowance.run_offset_claim
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION allowance.run_deduction_guard();

CREATE FUNCTION allowance.run_deduction_item_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM (SELECT DISTINCT run_no FROM new_rows) n JOIN allowance.payment_run r USING (run_no) WHERE r.xact <> pg_current_xact_id()) THEN
    RAISE EXCEPTION '作成の終わった支払処理に差引を足すことはできません' USING ERRCODE = 'HG236', CONSTRAINT = 'run_line_sealed';
  END IF;
  IF EXISTS (SELECT FROM new_rows n JOIN allowance.run_deduction k USING (run_no, deduction_no)
             LEFT JOIN allowance.due_item d USING (child_number, benefit_month, generation, tranche)
             LEFT JOIN allowance.due_reversal r USING (child_number, benefit_month, generation, tranche)
             WHERE d.amount IS DISTINCT FROM n.amount OR d.recipient_id IS DISTINCT FROM k.recipient_id OR r.tranche IS NOT NULL) THEN
    RAISE EXCEPTION '差し引く額が、その受給者に支払うべき額と一致しません' USING ERRCODE = 'HG236', CONSTRAINT = 'run_item_due';
  END IF;
  IF EXISTS (SELECT FROM new_rows n JOIN allowance.run_item i USING (child_number, benefit_month, generation, tranche)
             LEFT JOIN allowance.item_release x ON (x.child_number, x.benefit_month, x.generation, x.tranche, x.attempt)
               = (i.child_number, i.benefit_month, i.generation, i.tranche, i.attempt) WHERE x.attempt IS NULL)
     OR EXISTS (SELECT FROM new_rows n JOIN allowance.unpaid_standing u USING (child_number, benefit_month, generation, tranche))
     OR EXISTS (SELECT FROM new_rows n JOIN allowance.lapse_item l USING (child_number, benefit_month, generation, tranche))
     OR EXISTS (SELECT FROM new_rows n JOIN allowance.deduction_standing s USING (child_number, benefit_month, generation, tranche) WHERE s.attempt <> n.attempt) THEN
    RAISE EXCEPTION 'この月分は、支払・未払の決定・時効・差引のどれかに使われています' USING ERRCODE = 'HG236', CONSTRAINT = 'run_item_once';
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION allowance.run_deduction_item_guard() IS '差引に使う額が、支払うべき額そのもので、ほかに使われていないこと';
CREATE TRIGGER run_deduction_item_guard AFTER INSERT ON allowance.run_deduction_item
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION allowance.run_deduction_item_guard();

-- 逆に、差し引いた額を振り込まない・取り消さない・未払として決めない・時効にしない。
CREATE FUNCTION allowance.not_deducted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM new_rows n JOIN allowance.deduction_standing s USING (child_number, benefit_month, generation, tranche)) THEN
    RAISE EXCEPTION '差し引いた額を、ほかに使うことはできません' USING ERRCODE = 'HG236', CONSTRAINT = 'run_item_once';
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION allowance.not_deducted() IS '差し引いた額を二度使わせない';
CREATE TRIGGER run_item_not_deducted AFTER INSERT ON allowance.run_item REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION allowance.not_deducted();
CREATE TRIGGER due_reversal_not_deducted AFTER INSERT ON allowance.due_reversal REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION allowance.not_deducted();
CREATE TRIGGER unpaid_item_not_deducted AFTER INSERT ON allowance.unpaid_item REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION allowance.not_deducted();
CREATE TRIGGER lapse_item_not_deducted AFTER INSERT ON allowance.lapse_item REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION allowance.not_deducted();

-- コミットの時: 差引＝その月分の合計＝元帳。内払は、減らした過払の合計と同じで、過払を超えない。
CREATE FUNCTION allowance.run_deduction_control() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE items bigint; claims bigint;
BEGIN
  SELECT coalesce(sum(amount), 0) INTO items FROM allowance.run_deduction_item WHERE (run_no, deduction_no) = (NEW.run_no, NEW.deduction_no);
  SELECT coalesce(sum(amount), 0) INTO claims FROM allowance.run_offset_claim WHERE (run_no, deduction_no) = (NEW.run_no, NEW.deduction_no);
  IF items <> NEW.amount OR claims <> (CASE WHEN NEW.kind = 'advanceOffset' THEN NEW.amount ELSE 0 END)
     OR EXISTS (SELECT FROM allowance.run_offset_claim c JOIN allowance.receivable_balance b USING (receivable_id)
                WHERE (c.run_no, c.deduction_no) = (NEW.run_no, NEW.deduction_no) AND (b.outstanding < 0 OR b.recipient_id <> NEW.recipient_id)) THEN
    RAISE EXCEPTION '差引 %-% の額が、月分または過払と合いません', NEW.run_no, NEW.deduction_no USING ERRCODE = 'HG237', CONSTRAINT = 'run_deduction_sum';
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION allowance.run_deduction_control() IS '差引と月分・過払を照らし合わせる';
CREATE CONSTRAINT TRIGGER run_deduction_control AFTER INSERT ON allowance.run_deduction
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION allowance.run_deduction_control();

CREATE FUNCTION allowance.run_deduction_ledger() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE taken bigint; booked bigint;
BEGIN
  SELECT coalesce(sum(amount), 0) INTO taken FROM allowance.run_deduction WHERE run_no = NEW.run_no;
  SELECT coalesce(sum(CASE kind WHEN 'deduct' THEN total ELSE -total END), 0) INTO booked FROM allowance.journal WHERE run_no = NEW.run_no AND kind IN ('deduct', 'undeduct');
  IF booked <> (CASE WHEN TG_TABLE_NAME = 'run_end' AND to_jsonb(NEW)->>'outcome' IN ('cancelled', 'voided') THEN 0 ELSE taken END) THEN
    RAISE EXCEPTION '支払処理 % の差引 %円 が、元帳 %円 と合いません', NEW.run_no, taken, booked USING ERRCODE = 'HG237', CONSTRAINT = 'run_deduction_sum';
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION allowance.run_deduction_ledger() IS '差引の合計と元帳を照らし合わせる';
CREATE CONSTRAINT TRIGGER run_deduction_ledger AFTER INSERT ON allowance.payment_run DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION allowance.run_deduction_ledger();
CREATE CONSTRAINT TRIGGER run_end_deduction_ledger AFTER INSERT ON allowance.run_end DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION allowance.run_deduction_ledger();

CREATE FUNCTION allowance.deduction_release_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM new_rows n JOIN allowance.run_deduction_item i USING (child_number, benefit_month, generation, tranche, attempt)
             LEFT JOIN allowance.run_end e USING (run_no) WHERE e.outcome IS NULL OR e.outcome = 'closed') THEN
    RAISE EXCEPTION '取り消していない支払処理の差引を戻すことはできません' USING ERRCODE = 'HG236', CONSTRAINT = 'item_release_evidence';
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION allowance.deduction_release_guard() IS '取り消した支払処理の差引だけを戻す';
CREATE TRIGGER deduction_release_guard AFTER INSERT ON allowance.deduction_release
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION allowance.deduction_release_guard();

SELECT allowance.protect_rows(t::regclass, kind, key) FROM (VALUES
  ('allowance.advance_offset', 'recipient', 'recipient_id'),
  ('allowance.run_deduction', 'recipient', 'recipient_id'),
  ('allowance.run_deduction_item', 'where', 'EXISTS (SELECT FROM allowance.run_deduction k WHERE (k.run_no, k.deduction_no) = (run_deduction_item.run_no, run_deduction_item.deduction_no))'),
  ('allowance.deduction_release', 'where', 'EXISTS (SELECT FROM allowance.run_deduction_item i WHERE (i.child_number, i.benefit_month, i.generation, i.tranche, i.attempt) = (deduction_release.child_number, deduction_release.benefit_month, deduction_release.generation, deduction_release.tranche, deduction_release.attempt))'),
  ('allowance.run_offset_claim', 'where', 'EXISTS (SELECT FROM allowance.run_deduction k WHERE (k.run_no, k.deduction_no) = (run_offset_claim.run_no, run_offset_claim.deduction_no))')
) AS p(t, kind, key);
GRANT SELECT ON allowance.deduction_standing, allowance.receivable_balance TO hagukumi_desk, hagukumi_allowance;
GRANT SELECT, INSERT ON allowance.advance_offset, allowance.run_deduction, allowance.run_deduction_item, allowance.deduction_release,
  allowance.run_offset_claim TO hagukumi_allowance;
