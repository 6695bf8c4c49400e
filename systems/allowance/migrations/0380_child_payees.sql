-- Up Migration
-- 受給者でなく児童に払う明細: 国・地方公共団体の設置する施設の児童の口座（児童手当法22条の2）と、未支払の請求による児童の口座（12条）。
-- 元帳の相手は受給者のまま、振込先だけを児童ごとの明細に分ける。ひとつの支払処理で、ひとつの相手（受給者、児童、未支払の決定）に明細はひとつ。

CREATE TABLE allowance.child_account (
  child_account_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  recipient_id   bigint NOT NULL REFERENCES allowance.recipient,
  child_number   allowance.addressee_number NOT NULL REFERENCES allowance.addressee,
  unpaid_id      bigint,
  bank           text NOT NULL CHECK (bank ~ '^[0-9]{4}$'),
  branch         text NOT NULL CHECK (branch ~ '^[0-9]{3}$'),
  account_type   text NOT NULL CHECK (account_type IN ('1', '2', '4')),
  account_number text NOT NULL CHECK (account_number ~ '^[0-9]{7}$' AND account_number <> '0000000'),
  holder         text NOT NULL CHECK (holder ~ '^[ ().0-9A-Z｢｣ｦ-ﾟ-]{1,30}$'),
  evidence       text NOT NULL CHECK (btrim(evidence) <> '' AND char_length(evidence) <= 200),
  filing_id      bigint REFERENCES allowance.filing,
  entered_by     allowance.operator NOT NULL,
  approved_by    allowance.operator NOT NULL,
  recorded_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  FOREIGN KEY (unpaid_id, recipient_id, child_number) REFERENCES allowance.unpaid_decision (unpaid_id, recipient_id, child_number),
  CONSTRAINT child_account_two_people CHECK (entered_by <> approved_by)
);
COMMENT ON TABLE allowance.child_account IS '児童の口座。国・地方公共団体の設置する施設の児童（22条の2、規則12条の12）と、振込不能などで改めた未支払の児童（12条）。変更は新しい行で、最後の行がいまの口座。';
COMMENT ON COLUMN allowance.child_account.child_account_id IS '児童の口座の番号';
COMMENT ON COLUMN allowance.child_account.recipient_id IS '認定番号（施設、または亡くなった受給者）';
COMMENT ON COLUMN allowance.child_account.child_number IS '児童の宛名番号';
COMMENT ON COLUMN allowance.child_account.unpaid_id IS '未支払の決定の口座を改めるとき、その決定（施設の児童では空）';
COMMENT ON COLUMN allowance.child_account.bank IS '金融機関コード';
COMMENT ON COLUMN allowance.child_account.branch IS '支店コード';
COMMENT ON COLUMN allowance.child_account.account_type IS '1 普通、2 当座、4 貯蓄';
COMMENT ON COLUMN allowance.child_account.account_number IS '口座番号7桁';
COMMENT ON COLUMN allowance.child_account.holder IS '名義（全銀の半角カナ30文字まで）';
COMMENT ON COLUMN allowance.child_account.evidence IS '確かめたもの（通帳の写し、施設の長の届など）。名義が児童でないときは、その理由';
COMMENT ON COLUMN allowance.child_account.filing_id IS 'この口座を書いた届';
COMMENT ON COLUMN allowance.child_account.entered_by IS '入力した人';
COMMENT ON COLUMN allowance.child_account.approved_by IS '承認した人';
COMMENT ON COLUMN allowance.child_account.recorded_at IS '記録の時刻';
COMMENT ON CONSTRAINT child_account_two_people ON allowance.child_account IS '児童の口座は、入力した人と別の人が確認します';
CREATE INDEX child_account_child ON allowance.child_account (recipient_id, child_number, child_account_id DESC);

CREATE VIEW allowance.public_institution WITH (security_invoker = true) AS
SELECT r.recipient_id FROM allowance.recipient r
JOIN (SELECT DISTINCT ON (addressee_number) addressee_number, founder FROM allowance.organization_history ORDER BY addressee_number, revision DESC) o USING (addressee_number)
WHERE r.kind = 'institution' AND o.founder = 'public';
COMMENT ON VIEW allowance.public_institution IS '国・地方公共団体の設置する施設の受給者。手当は児童ひとりずつの口座に払う（22条の2）。';

CREATE FUNCTION allowance.death_hold_cause() RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN '受給者の死亡（未支払の請求による支払を待つ）';
COMMENT ON FUNCTION allowance.death_hold_cause() IS '受給者の死亡による保留の理由。未支払の決定による児童への支払は、この保留では止まらない（ほかの保留では止まる）。';

ALTER TABLE allowance.payment_run DROP CONSTRAINT payment_run_kind_check;
ALTER TABLE allowance.payment_run ADD CONSTRAINT payment_run_kind_check
  CHECK (kind IN ('regular', 'occasional', 'retransfer', 'final', 'released', 'makeUp', 'unpaid'));
COMMENT ON COLUMN allowance.payment_run.kind IS '種別。regular 定時、occasional 随時、retransfer 再振込、final 最終払（資格の消滅した受給者）、released 差止解除、makeUp 追給、unpaid 未支払（12条）';

ALTER TABLE allowance.run_line ALTER COLUMN account_id DROP NOT NULL;
ALTER TABLE allowance.run_line ADD COLUMN payee_child allowance.addressee_number;
ALTER TABLE allowance.run_line ADD COLUMN child_account_id bigint REFERENCES allowance.child_account;
ALTER TABLE allowance.run_line ADD COLUMN unpaid_id bigint REFERENCES allowance.unpaid_decision;
COMMENT ON COLUMN allowance.run_line.account_id IS '受給者の口座（児童に払う明細では空）';
COMMENT ON COLUMN allowance.run_line.payee_child IS '児童に払う明細の、その児童（宛名番号）';
COMMENT ON COLUMN allowance.run_line.child_account_id IS '児童の口座の番号';
COMMENT ON COLUMN allowance.run_line.unpaid_id IS '未支払の決定（12条）';
ALTER TABLE allowance.run_line ADD CONSTRAINT run_line_payee CHECK (
  CASE WHEN payee_child IS NULL THEN account_id IS NOT NULL AND num_nonnulls(child_account_id, unpaid_id) = 0
       ELSE account_id IS NULL AND num_nonnulls(child_account_id, unpaid_id) >= 1 END);
ALTER TABLE allowance.run_line DROP CONSTRAINT run_line_run_no_recipient_id_key;
ALTER TABLE allowance.run_line ADD CONSTRAINT run_line_once UNIQUE NULLS NOT DISTINCT (run_no, recipient_id, payee_child, unpaid_id);
COMMENT ON CONSTRAINT run_line_payee ON allowance.run_line IS '明細の振込先は、受給者の口座か、児童の口座か、未支払の決定の口座のどれかです';
COMMENT ON CONSTRAINT run_line_once ON allowance.run_line IS '同じ相手への明細が、この支払処理に二つあります';

-- 明細のハッシュは、児童に払う明細ではその児童と決定も含む（受給者に払う明細の文字列は変わらない）。
CREATE FUNCTION allowance.payee_text(payee_child bigint, unpaid_id bigint) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN payee_child IS NULL THEN '' ELSE '|' || payee_child || '|' || coalesce(unpaid_id::text, '') END;
COMMENT ON FUNCTION allowance.payee_text(bigint, bigint) IS '明細の文字列のうち、児童に払う明細だけにある部分';
CREATE OR REPLACE FUNCTION allowance.line_set_digest(run integer) RETURNS text LANGUAGE sql STABLE
RETURN (SELECT encode(sha256(convert_to(string_agg(allowance.line_text(line_no, recipient_id, bank, branch, account_type, account_number, holder, amount, new_code, child_months)
          || allowance.payee_text(payee_child, unpaid_id), E'\n' ORDER BY line_no), 'UTF8')), 'hex')
        FROM allowance.run_line WHERE run_no = run);

-- 口座は相手のいまの口座で、支払日に生きている支店であること（M16）。公立の施設には施設の口座でなく児童の口座に払う（22条の2）。
CREATE OR REPLACE FUNCTION allowance.run_line_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE bad record;
BEGIN
  IF EXISTS (SELECT 1 FROM (SELECT DISTINCT run_no FROM new_rows) n LEFT JOIN allowance.payment_run r USING (run_no)
             WHERE r.run_no IS NULL OR r.xact <> pg_current_xact_id()) THEN
    RAISE EXCEPTION '作成の終わった支払処理に明細を足すことはできません' USING ERRCODE = 'HG012', CONSTRAINT = 'run_line_sealed';
  END IF;
  SELECT n.line_no INTO bad FROM new_rows n LEFT JOIN allowance.account a ON a.account_id = n.account_id
  WHERE n.payee_child IS NULL AND (a.account_id IS NULL OR (a.recipient_id, a.bank, a.branch, a.account_type, a.account_number, a.holder)
        IS DISTINCT FROM (n.recipient_id, n.bank, n.branch, n.account_type, n.account_number, n.holder)) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION '明細 % の口座が受給者の口座と一致しません', bad.line_no USING ERRCODE = 'HG016', CONSTRAINT = 'run_line_account';
  END IF;
  SELECT n.line_no INTO bad FROM new_rows n LEFT JOIN allowance.child_account a ON a.child_account_id = n.child_account_id
  LEFT JOIN allowance.unpaid_decision u ON u.unpaid_id = n.unpaid_id
  WHERE n.payee_child IS NOT NULL AND (
    (a.child_account_id IS NOT NULL AND (a.recipient_id, a.child_number, a.unpaid_id, a.bank, a.branch, a.account_type, a.account_number, a.holder)
        IS DISTINCT FROM (n.recipient_id, n.payee_child, n.unpaid_id, n.bank, n.branch, n.account_type, n.account_number, n.holder))
    OR (a.child_account_id IS NULL AND (u.recipient_id, u.child_number, u.bank, u.branch, u.account_type, u.account_number, u.holder)
        IS DISTINCT FROM (n.recipient_id, n.payee_child, n.bank, n.branch, n.account_type, n.account_number, n.holder))
    OR (u.unpaid_id IS NOT NULL AND (u.outcome <> 'grant' OR (u.recipient_id, u.child_number) IS DISTINCT FROM (n.recipient_id, n.payee_child)))) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION '明細 % の口座が、その児童の口座と一致しません', bad.line_no USING ERRCODE = 'HG016', CONSTRAINT = 'run_line_account';
  END IF;
  SELECT n.line_no INTO bad FROM new_rows n LEFT JOIN allowance.public_institution p USING (recipient_id)
  WHERE n.unpaid_id IS NULL AND (n.payee_child IS NOT NULL) <> (p.recipient_id IS NOT NULL) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION '明細 %: 国・地方公共団体の施設には児童の口座に、ほかの受給者には本人の口座に払います', bad.line_no USING ERRCODE = 'HG380', CONSTRAINT = 'run_line_public_institution';
  END IF;
  SELECT n.line_no INTO bad FROM new_rows n JOIN allowance.payment_run r USING (run_no) WHERE (n.unpaid_id IS NOT NULL) <> (r.kind = 'unpaid') LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION '明細 %: 未支払の決定による支払は、未支払の支払処理でだけ行います', bad.line_no USING ERRCODE = 'HG380', CONSTRAINT = 'run_line_unpaid_kind';
  END IF;
  SELECT n.line_no INTO bad FROM new_rows n JOIN allowance.payment_run r USING (run_no)
  LEFT JOIN allowance.branch_period b ON b.bank = n.bank AND b.branch = n.branch AND b.valid_from <= r.pay_on AND (b.last_day IS NULL OR b.last_day >= r.pay_on)
  WHERE b.bank IS NULL LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION '明細 % の支店は支払日に存在しません', bad.line_no USING ERRCODE = 'HG016', CONSTRAINT = 'run_line_branch';
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION allowance.run_item_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE bad record;
BEGIN
  IF EXISTS (SELECT 1 FROM (SELECT DISTINCT run_no FROM new_rows) n LEFT JOIN allowance.payment_run r USING (run_no)
             WHERE r.run_no IS NULL OR r.xact <> pg_current_xact_id()) THEN
    RAISE EXCEPTION '作成の終わった支払処理に月分を足すことはできません' USING ERRCODE = 'HG012', CONSTRAINT = 'run_line_sealed';
  END IF;
  -- 額と受給者は支払うべき額（due_item）そのもの（M5）
  SELECT n.child_number INTO bad FROM new_rows n
  LEFT JOIN allowance.due_item d USING (child_number, benefit_month, generation, tranche)
  LEFT JOIN allowance.run_line l ON l.run_no = n.run_no AND l.line_no = n.line_no
  WHERE d.amount IS DISTINCT FROM n.amount OR l.recipient_id IS DISTINCT FROM d.recipient_id LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION '支払う額または受給者が、支払うべき額と一致しません（児童 %）', bad.child_number USING ERRCODE = 'HG005', CONSTRAINT = 'run_item_due';
  END IF;
  -- 取り消した額は払わない（M5）
  IF EXISTS (SELECT 1 FROM new_rows n JOIN allowance.due_reversal r USING (child_number, benefit_month, generation, tranche)) THEN
    RAISE EXCEPTION '取り消した額を支払うことはできません' USING ERRCODE = 'HG005', CONSTRAINT = 'run_item_due';
  END IF;
  -- 再振込は、前の回が未払に戻っていること（M1・M9・M20）
  IF EXISTS (SELECT 1 FROM new_rows n WHERE n.attempt > 1 AND NOT EXISTS (
       SELECT 1 FROM allowance.item_release r WHERE r.child_number = n.child_number AND r.benefit_month = n.benefit_month
          AND r.generation = n.generation AND r.tranche = n.tranche AND r.attempt = n.attempt - 1)) THEN
    RAISE EXCEPTION '前の支払から戻っていない月分を、もう一度支払うことはできません' USING ERRCODE = 'HG009', CONSTRAINT = 'run_item_reserved';
  END IF;
  -- 差止・保留の月分は入れない（M7）
  SELECT l.recipient_id INTO bad FROM new_rows n JOIN allowance.run_line l ON l.run_no = n.run_no AND l.line_no = n.line_no
  JOIN allowance.hold h ON h.recipient_id = l.recipient_id AND h.from_month <= n.benefit_month
  WHERE NOT (l.unpaid_id IS NOT NULL AND h.cause = allowance.death_hold_cause()) AND NOT EXISTS (SELECT 1 FROM allowance.hold_release x WHERE x.hold_id = h.hold_id) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION '差止または保留の月分が入っています（認定番号 %）', bad.recipient_id USING ERRCODE = 'HG007', CONSTRAINT = 'run_item_hold';
  END IF;
  -- 児童に払う明細には、その児童の月分だけ。未支払の明細には、その決定の月分だけ（12条・22条の2）
  IF EXISTS (SELECT 1 FROM new_rows n JOIN allowance.run_line l ON l.run_no = n.run_no AND l.line_no = n.line_no WHERE l.payee_child IS NOT NULL AND l.payee_child <> n.child_number)
     OR EXISTS (SELECT 1 FROM new_rows n JOIN allowance.run_line l ON l.run_no = n.run_no AND l.line_no = n.line_no
                LEFT JOIN allowance.unpaid_standing u USING (child_number, benefit_month, generation, tranche)
                WHERE l.unpaid_id IS NOT NULL AND u.unpaid_id IS DISTINCT FROM l.unpaid_id) THEN
    RAISE EXCEPTION '児童に払う明細に、その児童の（または、その決定の）ものでない月分が入っています' USING ERRCODE = 'HG380', CONSTRAINT = 'run_item_payee';
  END IF;
  RETURN NULL;
END $$;

-- 児童に払うと決めた額は、その決定の明細でだけ払う。
CREATE OR REPLACE FUNCTION allowance.run_item_unpaid_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM new_rows n JOIN allowance.unpaid_standing u USING (child_number, benefit_month, generation, tranche)
             JOIN allowance.run_line l ON l.run_no = n.run_no AND l.line_no = n.line_no WHERE l.unpaid_id IS DISTINCT FROM u.unpaid_id) THEN
    RAISE EXCEPTION '未支払として児童に払うと決めた額を、前の受給者の口座に払うことはできません' USING ERRCODE = 'HG112', CONSTRAINT = 'run_item_unpaid';
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION allowance.transfer_file_control() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE r record; a record; pt bigint;
BEGIN
  SELECT line_count, total INTO r FROM allowance.payment_run WHERE run_no = NEW.run_no;
  SELECT line_count, total INTO a FROM allowance.run_approval WHERE run_no = NEW.run_no;
  SELECT coalesce(sum(total), 0) INTO pt FROM allowance.journal WHERE run_no = NEW.run_no AND kind = 'pay';
  IF (NEW.line_count, NEW.total, NEW.line_count, NEW.total, NEW.total) IS DISTINCT FROM (r.line_count, r.total, a.line_count, a.total, pt) THEN
    RAISE EXCEPTION '支払処理 % のファイル %件%円 が、明細 %件%円・承認 %件%円・元帳 %円 と合いません', NEW.run_no, NEW.line_count, NEW.total, r.line_count, r.total, a.line_count, a.total, pt
      USING ERRCODE = 'HG015', CONSTRAINT = 'run_control';
  END IF;
  -- 作成のあとで差止になった月分を、ファイルに入れない（M7）
  IF EXISTS (SELECT 1 FROM allowance.run_item i JOIN allowance.run_line l USING (run_no, line_no)
             JOIN allowance.hold h ON h.recipient_id = l.recipient_id AND h.from_month <= i.benefit_month
             WHERE i.run_no = NEW.run_no AND NOT (l.unpaid_id IS NOT NULL AND h.cause = allowance.death_hold_cause())
               AND NOT EXISTS (SELECT 1 FROM allowance.hold_release x WHERE x.hold_id = h.hold_id)) THEN
    RAISE EXCEPTION '作成のあとで差止・保留になった受給者がいます。支払処理 % を取り消して作り直してください', NEW.run_no USING ERRCODE = 'HG007', CONSTRAINT = 'run_item_hold';
  END IF;
  -- 作成のあとで消滅と決まった月分も入れない（M6）。両側を一度ずつ集めてから突き合わせる（1件ずつ引くと件数の2乗かかる）
  IF EXISTS (
    WITH paid AS MATERIALIZED (
      SELECT l.recipient_id, min(i.benefit_month) AS lo, max(i.benefit_month) AS hi
      FROM allowance.run_item i JOIN allowance.run_line l USING (run_no, line_no) WHERE i.run_no = NEW.run_no GROUP BY l.recipient_id),
    period AS MATERIALIZED (SELECT recipient_id, first_month, ended_from FROM allowance.recipient_window)
    SELECT 1 FROM paid JOIN period USING (recipient_id) WHERE paid.lo < period.first_month OR paid.hi >= period.ended_from) THEN
    RAISE EXCEPTION '作成のあとで受給資格が消滅した受給者がいます。支払処理 % を取り消して作り直してください', NEW.run_no USING ERRCODE = 'HG006', CONSTRAINT = 'run_item_window';
  END IF;
  RETURN NULL;
END $$;

-- 振込不能の確認は、児童に払った明細では児童の口座を確かめる。
ALTER TABLE allowance.return_confirmation ALTER COLUMN account_id DROP NOT NULL;
ALTER TABLE allowance.return_confirmation ADD COLUMN child_account_id bigint REFERENCES allowance.child_account;
COMMENT ON COLUMN allowance.return_confirmation.account_id IS '確かめた受給者の口座（児童に払った明細では空）';
COMMENT ON COLUMN allowance.return_confirmation.child_account_id IS '児童に払った明細で、確かめた児童の口座（未支払の決定の口座のままなら空）';
ALTER TABLE allowance.result_proposal ADD COLUMN child_account_id bigint REFERENCES allowance.child_account;
COMMENT ON COLUMN allowance.result_proposal.child_account_id IS '児童に払った明細の振込不能のとき、確かめた児童の口座';
CREATE FUNCTION allowance.return_confirmation_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM allowance.run_line l WHERE (l.run_no, l.line_no) = (NEW.run_no, NEW.line_no)
             AND CASE WHEN l.payee_child IS NULL THEN NEW.account_id IS NULL OR NEW.child_account_id IS NOT NULL
                      ELSE NEW.account_id IS NOT NULL OR (l.unpaid_id IS NULL AND NEW.child_account_id IS NULL) END) THEN
    RAISE EXCEPTION '振込不能の確認には、その明細の相手の口座が要ります' USING ERRCODE = 'HG380', CONSTRAINT = 'return_confirmation_account';
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION allowance.return_confirmation_account() IS '振込不能の確認が、明細の相手の口座についてのものであること';
CREATE TRIGGER return_confirmation_account AFTER INSERT ON allowance.return_confirmation FOR EACH ROW EXECUTE FUNCTION allowance.return_confirmation_account();

SELECT allowance.protect_rows('allowance.child_account'::regclass, 'account', 'recipient_id');
GRANT SELECT (payee_child, unpaid_id) ON allowance.run_line TO hagukumi_desk;
GRANT SELECT ON allowance.public_institution TO hagukumi_desk, hagukumi_allowance;
GRANT SELECT, INSERT ON allowance.child_account TO hagukumi_allowance;
