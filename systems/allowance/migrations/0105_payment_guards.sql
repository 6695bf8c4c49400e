-- Up Migration
-- 支払処理の見張り。行の組合せとして正しくないものを、書くとき（またはコミットのとき）に断る。
CREATE FUNCTION allowance.line_text(line_no integer, recipient_id bigint, bank text, branch text, account_type text, account_number text, holder text, amount bigint, new_code text, child_months integer)
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN line_no || '|' || recipient_id || '|' || bank || '|' || branch || '|' || account_type || '|' || account_number || '|' || holder || '|' || amount || '|' || new_code || '|' || child_months;
COMMENT ON FUNCTION allowance.line_text IS '明細1行の正準な文字列（ハッシュの材料）';

CREATE FUNCTION allowance.line_set_digest(run integer) RETURNS text LANGUAGE sql STABLE
RETURN (SELECT encode(sha256(convert_to(string_agg(allowance.line_text(line_no, recipient_id, bank, branch, account_type, account_number, holder, amount, new_code, child_months), E'\n' ORDER BY line_no), 'UTF8')), 'hex')
        FROM allowance.run_line WHERE run_no = run);
COMMENT ON FUNCTION allowance.line_set_digest IS '支払処理の明細全体のハッシュ';

-- 明細は、見出しと同じトランザクションの中でだけ書ける。口座は受給者のいまの口座で、支払日に生きている支店であること（M16）。
CREATE FUNCTION allowance.run_line_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE bad record;
BEGIN
  IF EXISTS (SELECT 1 FROM (SELECT DISTINCT run_no FROM new_rows) n LEFT JOIN allowance.payment_run r USING (run_no)
             WHERE r.run_no IS NULL OR r.xact <> pg_current_xact_id()) THEN
    RAISE EXCEPTION '作成の終わった支払処理に明細を足すことはできません' USING ERRCODE = 'HG012', CONSTRAINT = 'run_line_sealed';
  END IF;
  SELECT n.line_no INTO bad FROM new_rows n LEFT JOIN allowance.account a ON a.account_id = n.account_id
  WHERE a.account_id IS NULL OR (a.recipient_id, a.bank, a.branch, a.account_type, a.account_number, a.holder)
        IS DISTINCT FROM (n.recipient_id, n.bank, n.branch, n.account_type, n.account_number, n.holder) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION '明細 % の口座が受給者の口座と一致しません', bad.line_no USING ERRCODE = 'HG016', CONSTRAINT = 'run_line_account';
  END IF;
  SELECT n.line_no INTO bad FROM new_rows n JOIN allowance.payment_run r USING (run_no)
  LEFT JOIN allowance.branch_period b ON b.bank = n.bank AND b.branch = n.branch AND b.valid_from <= r.pay_on AND (b.last_day IS NULL OR b.last_day >= r.pay_on)
  WHERE b.bank IS NULL LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION '明細 % の支店は支払日に存在しません', bad.line_no USING ERRCODE = 'HG016', CONSTRAINT = 'run_line_branch';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER run_line_guard AFTER INSERT ON allowance.run_line
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION allowance.run_line_guard();

CREATE FUNCTION allowance.run_item_guard() RETURNS trigger LANGUAGE plpgsql AS $$
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
  WHERE NOT EXISTS (SELECT 1 FROM allowance.hold_release x WHERE x.hold_id = h.hold_id) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION '差止または保留の月分が入っています（認定番号 %）', bad.recipient_id USING ERRCODE = 'HG007', CONSTRAINT = 'run_item_hold';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER run_item_guard AFTER INSERT ON allowance.run_item
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION allowance.run_item_guard();

-- 作成の照合（コミットの時）: 見出し=明細=月分=元帳の予約（M12・M15・M22）
CREATE FUNCTION allowance.payment_run_control() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE n bigint; t bigint; i bigint; it bigint; lt bigint; off bigint;
BEGIN
  SELECT count(*), coalesce(sum(amount), 0) INTO n, t FROM allowance.run_line WHERE run_no = NEW.run_no;
  SELECT count(*), coalesce(sum(amount), 0) INTO i, it FROM allowance.run_item WHERE run_no = NEW.run_no;
  SELECT coalesce(sum(total), 0) INTO lt FROM allowance.journal WHERE run_no = NEW.run_no AND kind = 'reserve';
  IF (n, t, i, it, lt) IS DISTINCT FROM (NEW.line_count::bigint, NEW.total, NEW.item_count::bigint, NEW.total, NEW.total) THEN
    RAISE EXCEPTION '支払処理 % の合計が合いません: 見出し %件%円 明細 %件%円 月分 %件%円 元帳 %円', NEW.run_no, NEW.line_count, NEW.total, n, t, i, it, lt
      USING ERRCODE = 'HG015', CONSTRAINT = 'run_control';
  END IF;
  SELECT count(*) INTO off FROM allowance.run_line l LEFT JOIN (
      SELECT line_no, sum(amount) AS s, count(*) AS c FROM allowance.run_item WHERE run_no = NEW.run_no GROUP BY line_no) x USING (line_no)
   WHERE l.run_no = NEW.run_no AND (x.s IS DISTINCT FROM l.amount OR x.c <> l.child_months);
  IF off <> 0 THEN
    RAISE EXCEPTION '支払処理 % の明細と月分の合計が % 件で合いません', NEW.run_no, off USING ERRCODE = 'HG015', CONSTRAINT = 'run_control';
  END IF;
  IF allowance.line_set_digest(NEW.run_no) IS DISTINCT FROM NEW.line_digest THEN
    RAISE EXCEPTION '支払処理 % の明細のハッシュが合いません', NEW.run_no USING ERRCODE = 'HG012', CONSTRAINT = 'run_digest';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM allowance.run_event WHERE run_no = NEW.run_no AND to_state = 'created') THEN
    RAISE EXCEPTION '支払処理 % に作成の記録がありません', NEW.run_no USING ERRCODE = 'HG022', CONSTRAINT = 'run_control';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER payment_run_control AFTER INSERT ON allowance.payment_run
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION allowance.payment_run_control();

-- ファイル確定の照合（コミットの時）: ファイル=承認=見出し=元帳の支払（M15）
CREATE FUNCTION allowance.transfer_file_control() RETURNS trigger LANGUAGE plpgsql AS $$
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
             WHERE i.run_no = NEW.run_no AND NOT EXISTS (SELECT 1 FROM allowance.hold_release x WHERE x.hold_id = h.hold_id)) THEN
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
CREATE CONSTRAINT TRIGGER transfer_file_control AFTER INSERT ON allowance.transfer_file
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION allowance.transfer_file_control();

-- 決定・差止とファイル確定が同時のとき、必ずどちらかが先になる: 読み合うので、直列化の検査が片方をやり直させる
CREATE FUNCTION allowance.before_or_after_freeze() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM allowance.transfer_file ORDER BY run_no DESC LIMIT 1;
  RETURN NULL;
END $$;
CREATE TRIGGER decision_or_freeze AFTER INSERT ON allowance.decision FOR EACH STATEMENT EXECUTE FUNCTION allowance.before_or_after_freeze();
CREATE TRIGGER hold_or_freeze AFTER INSERT ON allowance.hold FOR EACH STATEMENT EXECUTE FUNCTION allowance.before_or_after_freeze();

-- 状態は、その裏づけがあるときだけ進む（M10・M19・M22）
CREATE FUNCTION allowance.run_event_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ok boolean;
BEGIN
  ok := CASE NEW.to_state
    WHEN 'approved'    THEN EXISTS (SELECT 1 FROM allowance.run_approval WHERE run_no = NEW.run_no AND approver = NEW.actor)
    WHEN 'frozen'      THEN EXISTS (SELECT 1 FROM allowance.transfer_file WHERE run_no = NEW.run_no)
    WHEN 'handingOver' THEN EXISTS (SELECT 1 FROM allowance.hand_over WHERE run_no = NEW.run_no AND releaser = NEW.actor)
    WHEN 'handedOver'  THEN EXISTS (SELECT 1 FROM allowance.hand_over_outcome WHERE run_no = NEW.run_no AND outcome IN ('acknowledged', 'confirmedReceived'))
    WHEN 'unknown'     THEN EXISTS (SELECT 1 FROM allowance.hand_over_outcome WHERE run_no = NEW.run_no AND outcome = 'unknown')
    WHEN 'voided'      THEN EXISTS (SELECT 1 FROM allowance.hand_over_outcome WHERE run_no = NEW.run_no AND outcome = 'confirmedNotReceived')
                            AND EXISTS (SELECT 1 FROM allowance.run_end WHERE run_no = NEW.run_no AND outcome = 'voided')
    WHEN 'settled'     THEN EXISTS (SELECT 1 FROM allowance.result_file WHERE run_no = NEW.run_no)
    WHEN 'closed'      THEN EXISTS (SELECT 1 FROM allowance.run_end WHERE run_no = NEW.run_no AND outcome = 'closed')
                            AND NOT EXISTS (SELECT 1 FROM allowance.result_row w WHERE w.run_no = NEW.run_no AND w.line_no IS NULL
                                 AND NOT EXISTS (SELECT 1 FROM allowance.result_resolution s WHERE s.result_id = w.result_id AND s.row_no = w.row_no))
    WHEN 'cancelled'   THEN EXISTS (SELECT 1 FROM allowance.run_end WHERE run_no = NEW.run_no AND outcome = 'cancelled')
    ELSE true END;
  IF NOT ok THEN
    RAISE EXCEPTION '支払処理 % を「%」に進める裏づけ（承認・ファイル・送付・結果）がありません', NEW.run_no,
      (SELECT label FROM allowance.run_transition WHERE from_state = NEW.from_state AND to_state = NEW.to_state)
      USING ERRCODE = 'HG010', CONSTRAINT = CASE WHEN NEW.to_state = 'closed' THEN 'run_unmatched_results' ELSE 'run_event_evidence' END;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER run_event_guard AFTER INSERT ON allowance.run_event FOR EACH ROW EXECUTE FUNCTION allowance.run_event_guard();

-- 裏づけの行は、対応する状態の記録なしには残らない（コミットの時）: ファイルだけ・承認だけが宙に浮かない（M10・M22）
CREATE FUNCTION allowance.run_evidence_has_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM allowance.run_event WHERE run_no = NEW.run_no AND to_state = ANY (TG_ARGV)) THEN
    RAISE EXCEPTION '支払処理 % の状態の記録がないまま % を残すことはできません', NEW.run_no, TG_TABLE_NAME USING ERRCODE = 'HG022', CONSTRAINT = 'run_evidence_event';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER run_approval_event AFTER INSERT ON allowance.run_approval DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION allowance.run_evidence_has_event('approved');
CREATE CONSTRAINT TRIGGER transfer_file_event AFTER INSERT ON allowance.transfer_file DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION allowance.run_evidence_has_event('frozen');
CREATE CONSTRAINT TRIGGER hand_over_event AFTER INSERT ON allowance.hand_over DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION allowance.run_evidence_has_event('handingOver');
CREATE CONSTRAINT TRIGGER result_file_event AFTER INSERT ON allowance.result_file DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION allowance.run_evidence_has_event('settled');
CREATE CONSTRAINT TRIGGER run_end_event AFTER INSERT ON allowance.run_end DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION allowance.run_evidence_has_event('closed', 'cancelled', 'voided');

-- 終わりの照合: 支払処理中（clearing）の残高は0になっていること
CREATE FUNCTION allowance.run_end_control() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE rest bigint;
BEGIN
  SELECT coalesce(sum(amount), 0) INTO rest FROM allowance.ledger_leg WHERE run_no = NEW.run_no AND account = 'clearing';
  IF rest <> 0 THEN
    RAISE EXCEPTION '支払処理 % に処理中の額 %円 が残っています', NEW.run_no, rest USING ERRCODE = 'HG022', CONSTRAINT = 'run_end_balance';
  END IF;
  IF NEW.outcome IN ('cancelled', 'voided') AND EXISTS (
      SELECT 1 FROM allowance.run_item i LEFT JOIN allowance.item_release x USING (child_number, benefit_month, generation, tranche, attempt)
      WHERE i.run_no = NEW.run_no AND x.attempt IS NULL) THEN
    RAISE EXCEPTION '取り消した支払処理 % の月分が未払に戻っていません', NEW.run_no USING ERRCODE = 'HG022', CONSTRAINT = 'run_end_balance';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER run_end_control AFTER INSERT ON allowance.run_end
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION allowance.run_end_control();
CREATE INDEX ledger_entry_run ON allowance.ledger_entry (run_no) WHERE run_no IS NOT NULL;

-- 未払に戻せるのは、取り消した支払処理の月分か、振込不能を二人で確かめた明細だけ（M1・M20）
CREATE FUNCTION allowance.item_release_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM new_rows n JOIN allowance.run_item i USING (child_number, benefit_month, generation, tranche, attempt)
    LEFT JOIN allowance.run_end e ON e.run_no = i.run_no
    LEFT JOIN allowance.return_confirmation c ON c.run_no = i.run_no AND c.line_no = i.line_no
    WHERE NOT ((n.cause = 'returned' AND c.run_no IS NOT NULL) OR (n.cause IN ('cancelled', 'voided') AND e.outcome = n.cause))) THEN
    RAISE EXCEPTION '取消しも振込不能の確認もない月分を、未払に戻すことはできません' USING ERRCODE = 'HG020', CONSTRAINT = 'item_release_evidence';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER item_release_guard AFTER INSERT ON allowance.item_release
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION allowance.item_release_guard();

-- 支払に入っている額は取り消せない（過払として立てる）。M5
CREATE FUNCTION allowance.due_reversal_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM allowance.run_item i LEFT JOIN allowance.item_release x USING (child_number, benefit_month, generation, tranche, attempt)
             WHERE (i.child_number, i.benefit_month, i.generation, i.tranche) = (NEW.child_number, NEW.benefit_month, NEW.generation, NEW.tranche) AND x.attempt IS NULL) THEN
    RAISE EXCEPTION '支払に入っている額は取り消せません。過払として返納の手続をしてください' USING ERRCODE = 'HG005', CONSTRAINT = 'due_reversal_paid';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER due_reversal_guard AFTER INSERT ON allowance.due_reversal FOR EACH ROW EXECUTE FUNCTION allowance.due_reversal_guard();

-- 月分を手放せるのは、前の受給者への支払と未払が残っていないときだけ（M1）
CREATE FUNCTION allowance.title_release_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- 払い過ぎとして返納を求めた額は差し引いて数える
  IF (SELECT coalesce(sum(d.amount), 0) FROM allowance.due_item d LEFT JOIN allowance.due_reversal r USING (child_number, benefit_month, generation, tranche)
       WHERE (d.child_number, d.benefit_month, d.generation) = (NEW.child_number, NEW.benefit_month, NEW.generation) AND r.tranche IS NULL)
     > (SELECT coalesce(sum(v.amount), 0) FROM allowance.receivable v
         WHERE v.child_number = NEW.child_number AND v.benefit_month = NEW.benefit_month
           AND v.recipient_id = (SELECT recipient_id FROM allowance.due_item d WHERE (d.child_number, d.benefit_month, d.generation, d.tranche)
                                  = (NEW.child_number, NEW.benefit_month, NEW.generation, 1))) THEN
    RAISE EXCEPTION '前の受給者への支払または未払が残っている月分は手放せません' USING ERRCODE = 'HG001', CONSTRAINT = 'title_release_balance';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER title_release_guard AFTER INSERT ON allowance.title_release FOR EACH ROW EXECUTE FUNCTION allowance.title_release_guard();


-- 「いつ・どのトランザクションで書いたか」は書く人が決められない
CREATE FUNCTION allowance.stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.xact := pg_current_xact_id();
  NEW.recorded_at := clock_timestamp();
  RETURN NEW;
END $$;
CREATE TRIGGER journal_stamp BEFORE INSERT ON allowance.journal FOR EACH ROW EXECUTE FUNCTION allowance.stamp();
CREATE TRIGGER payment_run_stamp BEFORE INSERT ON allowance.payment_run FOR EACH ROW EXECUTE FUNCTION allowance.stamp();
