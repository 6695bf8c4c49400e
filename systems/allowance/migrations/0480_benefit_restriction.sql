-- Up Migration
-- 支給制限（児童手当法10条）。一時差止（11条）とは別の状態: 差止の月分は解除すればまとめて支払われるが、支給制限の月分は「支給しない」のであって、終わったあとも
-- 支払われない。月分が再び支払うべき額になるのは、制限の決定そのものが取り消されたときだけ。決定・終わり・取消しは、それぞれ二人が決める。

CREATE TABLE allowance.benefit_restriction (
  restriction_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  recipient_id    bigint NOT NULL REFERENCES allowance.recipient,
  child_number    allowance.addressee_number REFERENCES allowance.addressee,
  from_month      allowance.benefit_month NOT NULL,
  cause_code      text NOT NULL CHECK (cause_code IN ('orderDisobeyed', 'questionUnanswered')),
  demanded_on     date NOT NULL,
  answer_due_on   date NOT NULL CHECK (answer_due_on >= demanded_on),
  demand_document text NOT NULL CHECK (btrim(demand_document) <> '' AND char_length(demand_document) <= 100),
  reason          text NOT NULL CHECK (btrim(reason) <> '' AND char_length(reason) <= 400),
  decided_on      date NOT NULL,
  entered_by      allowance.operator NOT NULL,
  approved_by     allowance.operator NOT NULL,
  recorded_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT benefit_restriction_two_people CHECK (entered_by <> approved_by),
  CONSTRAINT benefit_restriction_after_due CHECK (decided_on > answer_due_on),
  CONSTRAINT benefit_restriction_not_before_demand CHECK (from_month >= date_trunc('month', demanded_on::timestamp)::date)
);
COMMENT ON TABLE allowance.benefit_restriction IS '支給制限の決定（児童手当法10条: 正当な理由がなく、27条1項の命令に従わず、または質問に応じないとき、手当の全部または一部を支給しない）。';
COMMENT ON COLUMN allowance.benefit_restriction.restriction_id IS '支給制限の番号';
COMMENT ON COLUMN allowance.benefit_restriction.recipient_id IS '認定番号';
COMMENT ON COLUMN allowance.benefit_restriction.child_number IS '一部の制限のとき、その児童（宛名番号）。空なら全部';
COMMENT ON COLUMN allowance.benefit_restriction.from_month IS '支給しない最初の月分（命令・質問の月より前にはできない）';
COMMENT ON COLUMN allowance.benefit_restriction.cause_code IS 'orderDisobeyed 書類の提出の命令に従わない、questionUnanswered 職員の質問に応じない';
COMMENT ON COLUMN allowance.benefit_restriction.demanded_on IS '命令・質問をした日';
COMMENT ON COLUMN allowance.benefit_restriction.answer_due_on IS '命令・質問の期限';
COMMENT ON COLUMN allowance.benefit_restriction.demand_document IS '命令・質問の文書';
COMMENT ON COLUMN allowance.benefit_restriction.reason IS '理由（通知書に示す。正当な理由がないと判断した事情）';
COMMENT ON COLUMN allowance.benefit_restriction.decided_on IS '決定の日（期限を過ぎたあと）';
COMMENT ON COLUMN allowance.benefit_restriction.entered_by IS '案を入れた人';
COMMENT ON COLUMN allowance.benefit_restriction.approved_by IS '決裁した人（案を入れた人とは別の人）';
COMMENT ON COLUMN allowance.benefit_restriction.recorded_at IS '記録の時刻';
COMMENT ON CONSTRAINT benefit_restriction_two_people ON allowance.benefit_restriction IS '案を入れた人は、自分で決裁できません';
COMMENT ON CONSTRAINT benefit_restriction_after_due ON allowance.benefit_restriction IS '支給制限は、命令・質問の期限が過ぎるまで決められません';
COMMENT ON CONSTRAINT benefit_restriction_not_before_demand ON allowance.benefit_restriction IS '命令・質問をした月より前の月分は制限できません';
CREATE INDEX benefit_restriction_recipient ON allowance.benefit_restriction (recipient_id);

CREATE TABLE allowance.benefit_restriction_end (
  restriction_id bigint NOT NULL REFERENCES allowance.benefit_restriction,
  complied_on    date NOT NULL,
  payable_from   allowance.benefit_month NOT NULL,
  reason         text NOT NULL CHECK (btrim(reason) <> '' AND char_length(reason) <= 400),
  decided_on     date NOT NULL CHECK (decided_on >= complied_on),
  entered_by     allowance.operator NOT NULL,
  approved_by    allowance.operator NOT NULL,
  recorded_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT benefit_restriction_end_once PRIMARY KEY (restriction_id),
  CONSTRAINT benefit_restriction_end_two_people CHECK (entered_by <> approved_by),
  CONSTRAINT benefit_restriction_end_no_arrears CHECK (payable_from >= date_trunc('month', complied_on::timestamp)::date)
);
COMMENT ON TABLE allowance.benefit_restriction_end IS '支給制限の終わり。命令に従い、または質問に応じた月から先だけが、ふたたび支給される。それまでの月分は支給されないまま。';
COMMENT ON COLUMN allowance.benefit_restriction_end.restriction_id IS '支給制限の番号';
COMMENT ON COLUMN allowance.benefit_restriction_end.complied_on IS '命令に従った日、質問に応じた日';
COMMENT ON COLUMN allowance.benefit_restriction_end.payable_from IS 'ふたたび支給する最初の月分';
COMMENT ON COLUMN allowance.benefit_restriction_end.reason IS '理由';
COMMENT ON COLUMN allowance.benefit_restriction_end.decided_on IS '決定の日';
COMMENT ON COLUMN allowance.benefit_restriction_end.entered_by IS '案を入れた人';
COMMENT ON COLUMN allowance.benefit_restriction_end.approved_by IS '決裁した人（案を入れた人とは別の人）';
COMMENT ON COLUMN allowance.benefit_restriction_end.recorded_at IS '記録の時刻';
COMMENT ON CONSTRAINT benefit_restriction_end_once ON allowance.benefit_restriction_end IS 'この支給制限は、もう終わっています';
COMMENT ON CONSTRAINT benefit_restriction_end_two_people ON allowance.benefit_restriction_end IS '案を入れた人は、自分で決裁できません';
COMMENT ON CONSTRAINT benefit_restriction_end_no_arrears ON allowance.benefit_restriction_end IS '命令に従った月より前の月分は、終わりの決定では支給できません';

CREATE TABLE allowance.benefit_restriction_cancellation (
  restriction_id bigint NOT NULL REFERENCES allowance.benefit_restriction,
  reason         text NOT NULL CHECK (btrim(reason) <> '' AND char_length(reason) <= 400),
  decided_on     date NOT NULL,
  entered_by     allowance.operator NOT NULL,
  approved_by    allowance.operator NOT NULL,
  recorded_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT benefit_restriction_cancellation_once PRIMARY KEY (restriction_id),
  CONSTRAINT benefit_restriction_cancellation_two_people CHECK (entered_by <> approved_by)
);
COMMENT ON TABLE allowance.benefit_restriction_cancellation IS '支給制限の決定の取消し（初めから誤り、正当な理由があった、裁決など）。制限した月分は、すべて支払うべき額に戻る。改めて決めるときは、新しい決定をする。';
COMMENT ON COLUMN allowance.benefit_restriction_cancellation.restriction_id IS '支給制限の番号';
COMMENT ON COLUMN allowance.benefit_restriction_cancellation.reason IS '取消しの理由';
COMMENT ON COLUMN allowance.benefit_restriction_cancellation.decided_on IS '決定の日';
COMMENT ON COLUMN allowance.benefit_restriction_cancellation.entered_by IS '案を入れた人';
COMMENT ON COLUMN allowance.benefit_restriction_cancellation.approved_by IS '決裁した人（案を入れた人とは別の人）';
COMMENT ON COLUMN allowance.benefit_restriction_cancellation.recorded_at IS '記録の時刻';
COMMENT ON CONSTRAINT benefit_restriction_cancellation_once ON allowance.benefit_restriction_cancellation IS 'この支給制限は、もう取り消されています';
COMMENT ON CONSTRAINT benefit_restriction_cancellation_two_people ON allowance.benefit_restriction_cancellation IS '案を入れた人は、自分で決裁できません';

-- 効いている支給制限の月分の範囲。取り消したものは、初めからなかったものとして扱う。
CREATE VIEW allowance.benefit_restriction_in_force WITH (security_invoker = true) AS
SELECT r.restriction_id, r.recipient_id, r.child_number, r.from_month, e.payable_from
FROM allowance.benefit_restriction r LEFT JOIN allowance.benefit_restriction_end e USING (restriction_id)
WHERE NOT EXISTS (SELECT FROM allowance.benefit_restriction_cancellation c WHERE c.restriction_id = r.restriction_id);
COMMENT ON VIEW allowance.benefit_restriction_in_force IS '取り消されていない支給制限と、支給しない月分の範囲（from_month から payable_from の前月まで。空なら続いている）';

-- 同じ児童の同じ月分に、二つの支給制限は効かない
CREATE FUNCTION allowance.benefit_restriction_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM allowance.benefit_restriction_in_force f WHERE f.recipient_id = NEW.recipient_id AND f.restriction_id <> NEW.restriction_id
             AND (f.child_number IS NULL OR NEW.child_number IS NULL OR f.child_number = NEW.child_number)
             AND (f.payable_from IS NULL OR f.payable_from > NEW.from_month)) THEN
    RAISE EXCEPTION '認定番号 % には、重なる月分の支給制限が効いています', NEW.recipient_id USING ERRCODE = 'HG480', CONSTRAINT = 'benefit_restriction_overlap';
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION allowance.benefit_restriction_guard() IS '支給制限は重ならない';
CREATE TRIGGER benefit_restriction_guard AFTER INSERT ON allowance.benefit_restriction FOR EACH ROW EXECUTE FUNCTION allowance.benefit_restriction_guard();

CREATE FUNCTION allowance.benefit_restriction_end_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM allowance.benefit_restriction_in_force f WHERE f.restriction_id = NEW.restriction_id AND NEW.payable_from > f.from_month) THEN
    RAISE EXCEPTION '支給制限 % は取り消されているか、終わりの月が始まりより後ではありません', NEW.restriction_id USING ERRCODE = 'HG480', CONSTRAINT = 'benefit_restriction_end_later';
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION allowance.benefit_restriction_end_guard() IS '終わりは、効いている支給制限の始まりより後の月分から';
CREATE TRIGGER benefit_restriction_end_guard AFTER INSERT ON allowance.benefit_restriction_end FOR EACH ROW EXECUTE FUNCTION allowance.benefit_restriction_end_guard();

-- 決定と同じ取引で、制限した月分の未払を元帳から落とす。支払った（支払に入っている）月分は制限できない。
CREATE FUNCTION allowance.benefit_restriction_standing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM allowance.benefit_restriction_in_force f
             JOIN allowance.due_item d ON d.recipient_id = f.recipient_id AND d.benefit_month >= f.from_month AND (f.payable_from IS NULL OR d.benefit_month < f.payable_from)
               AND (f.child_number IS NULL OR d.child_number = f.child_number)
             LEFT JOIN allowance.due_reversal v ON (v.child_number, v.benefit_month, v.generation, v.tranche) = (d.child_number, d.benefit_month, d.generation, d.tranche)
             WHERE f.restriction_id = NEW.restriction_id AND v.tranche IS NULL) THEN
    RAISE EXCEPTION '支給制限 % の月分が、支払うべき額として元帳に残っています', NEW.restriction_id USING ERRCODE = 'HG480', CONSTRAINT = 'benefit_restriction_standing';
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION allowance.benefit_restriction_standing() IS '支給制限の月分は、支払うべき額として元帳に立っていない';
CREATE CONSTRAINT TRIGGER benefit_restriction_standing AFTER INSERT ON allowance.benefit_restriction
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION allowance.benefit_restriction_standing();

-- 制限した月分を、支払うべき額として計上することはできない（どの支払処理・清算からも）
CREATE FUNCTION allowance.due_item_restricted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM new_rows n JOIN allowance.benefit_restriction_in_force f ON f.recipient_id = n.recipient_id AND n.benefit_month >= f.from_month
             AND (f.payable_from IS NULL OR n.benefit_month < f.payable_from) AND (f.child_number IS NULL OR n.child_number = f.child_number)) THEN
    RAISE EXCEPTION '支給制限の月分を、支払うべき額にすることはできません' USING ERRCODE = 'HG480', CONSTRAINT = 'due_item_restricted';
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION allowance.due_item_restricted() IS '支給制限（10条）の月分は計上できない';
CREATE TRIGGER due_item_restricted AFTER INSERT ON allowance.due_item
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION allowance.due_item_restricted();

-- 前回からの増減の原因に、支給制限を足す
ALTER TABLE allowance.run_change DROP CONSTRAINT run_change_cause_check;
ALTER TABLE allowance.run_change ADD CONSTRAINT run_change_cause_check CHECK (cause IN ('decision', 'age', 'siblings', 'rules', 'arrears', 'arrearsBefore', 'returned',
  'heldBefore', 'held', 'recipientDead', 'noAccount', 'branchClosed', 'limitation', 'paidElsewhere', 'otherRecipient', 'uncomputed', 'deduction', 'restriction', 'unexplained'));

ALTER TABLE allowance.decision_request DROP CONSTRAINT decision_request_kind_check;
ALTER TABLE allowance.decision_request ADD CONSTRAINT decision_request_kind_check CHECK (kind IN (
  'limitationEvent', 'letterWithheld', 'taxResolution', 'counterFund', 'counterPayment', 'counterPayout', 'counterReturn', 'counterCount',
  'restriction', 'restrictionEnd', 'restrictionCancellation'));
COMMENT ON COLUMN allowance.decision_request.kind IS '種類。limitationEvent 時効に関わる出来事、letterWithheld 通知書を送らない、taxResolution 生計中心者を確かめた結果、counterFund 資金前渡の口座、counterPayment 窓口払にする・やめる、counterPayout 窓口で渡した、counterReturn 受け取られず戻した、counterCount 現金を数えた、restriction 支給制限、restrictionEnd 支給制限の終わり、restrictionCancellation 支給制限の取消し';

SELECT allowance.protect_rows('allowance.benefit_restriction'::regclass, 'recipient', 'recipient_id');
SELECT allowance.protect_rows('allowance.benefit_restriction_end'::regclass, 'where',
  'EXISTS (SELECT FROM allowance.benefit_restriction r WHERE r.restriction_id = benefit_restriction_end.restriction_id)');
SELECT allowance.protect_rows('allowance.benefit_restriction_cancellation'::regclass, 'where',
  'EXISTS (SELECT FROM allowance.benefit_restriction r WHERE r.restriction_id = benefit_restriction_cancellation.restriction_id)');
GRANT SELECT ON allowance.benefit_restriction_in_force TO hagukumi_desk, hagukumi_allowance;
GRANT SELECT, INSERT ON allowance.benefit_restriction, allowance.benefit_restriction_end, allowance.benefit_restriction_cancellation TO hagukumi_allowance;
