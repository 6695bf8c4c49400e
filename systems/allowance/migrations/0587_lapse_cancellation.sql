-- Up Migration
-- 時効による消滅の決定を誤りとして取り消す（二人で、理由を残して）。消滅の記録も取消しの記録も残り、月分は支払うべき額に戻る。

CREATE TABLE allowance.lapse_cancellation (
  lapse_id    bigint NOT NULL REFERENCES allowance.lapse,
  reason      text NOT NULL CHECK (length(reason) BETWEEN 1 AND 400),
  decided_on  date NOT NULL,
  entered_by  allowance.operator NOT NULL,
  approved_by allowance.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT lapse_cancellation_once PRIMARY KEY (lapse_id),
  CONSTRAINT lapse_cancellation_two_people CHECK (entered_by <> approved_by)
);
COMMENT ON TABLE allowance.lapse_cancellation IS '時効による消滅の決定の取消し（時効が完成していなかったのに消滅とした誤り）。もとの決定は残り、月分は支払うべき額に戻る。';
COMMENT ON COLUMN allowance.lapse_cancellation.lapse_id IS '取り消す消滅の決定';
COMMENT ON COLUMN allowance.lapse_cancellation.reason IS '取消しの理由';
COMMENT ON COLUMN allowance.lapse_cancellation.decided_on IS '決定の日';
COMMENT ON COLUMN allowance.lapse_cancellation.entered_by IS '案を入れた人';
COMMENT ON COLUMN allowance.lapse_cancellation.approved_by IS '決裁した人（案を入れた人とは別の人）';
COMMENT ON COLUMN allowance.lapse_cancellation.recorded_at IS '記録の時刻';
COMMENT ON CONSTRAINT lapse_cancellation_once ON allowance.lapse_cancellation IS '一つの消滅の決定は、一度だけ取り消せます';
COMMENT ON CONSTRAINT lapse_cancellation_two_people ON allowance.lapse_cancellation IS '案を入れた人は、自分の案を決裁できません';

CREATE FUNCTION allowance.lapse_cancellation_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- 法律により消えた権利は、決定では戻らない。取り消せるのは、時効が完成していなかった月分のある決定だけ。
  IF NOT EXISTS (SELECT FROM allowance.lapse l JOIN allowance.lapse_item i USING (lapse_id)
                 WHERE l.lapse_id = NEW.lapse_id AND allowance.limitation_day_of(i.recipient_id, i.benefit_month::date) > l.decided_on) THEN
    RAISE EXCEPTION '消滅の決定 % の月分は、みな時効が完成しています。取り消せません', NEW.lapse_id USING ERRCODE = 'HG114', CONSTRAINT = 'lapse_cancellation_by_law';
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION allowance.lapse_cancellation_guard() IS '取り消せる消滅は、時効が完成していなかった月分のあるものだけ';
CREATE TRIGGER lapse_cancellation_guard AFTER INSERT ON allowance.lapse_cancellation
  FOR EACH ROW EXECUTE FUNCTION allowance.lapse_cancellation_guard();

CREATE VIEW allowance.lapse_standing WITH (security_invoker = true) AS
SELECT i.* FROM allowance.lapse_item i WHERE NOT EXISTS (SELECT FROM allowance.lapse_cancellation c WHERE c.lapse_id = i.lapse_id);
COMMENT ON VIEW allowance.lapse_standing IS '取り消されていない、時効による消滅の月分';

-- 取り消したあと、あらためて時効が来れば、もう一度消滅と決められる。効いている消滅は、月分に一つだけ。
ALTER TABLE allowance.lapse_item DROP CONSTRAINT lapse_item_once;
ALTER TABLE allowance.lapse_item ADD CONSTRAINT lapse_item_once PRIMARY KEY (child_number, benefit_month, generation, tranche, lapse_id);
CREATE FUNCTION allowance.lapse_item_standing_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM new_rows n JOIN allowance.lapse_standing s USING (child_number, benefit_month, generation, tranche) WHERE s.lapse_id <> n.lapse_id) THEN
    RAISE EXCEPTION 'この月分は、もう時効による消滅と決めてあります' USING ERRCODE = 'HG114', CONSTRAINT = 'lapse_item_once';
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION allowance.lapse_item_standing_once() IS '効いている消滅は、月分に一つだけ';
CREATE TRIGGER lapse_item_standing_once AFTER INSERT ON allowance.lapse_item
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION allowance.lapse_item_standing_once();

CREATE OR REPLACE FUNCTION allowance.run_item_lapse_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM new_rows n JOIN allowance.lapse_standing u USING (child_number, benefit_month, generation, tranche)) THEN
    RAISE EXCEPTION '時効で消滅と決めた額を支払うことはできません' USING ERRCODE = 'HG114', CONSTRAINT = 'run_item_lapsed';
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION allowance.run_deduction_item_guard() RETURNS trigger LANGUAGE plpgsql AS $$
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
     OR EXISTS (SELECT FROM new_rows n JOIN allowance.lapse_standing l USING (child_number, benefit_month, generation, tranche))
     OR EXISTS (SELECT FROM new_rows n JOIN allowance.deduction_standing s USING (child_number, benefit_month, generation, tranche) WHERE s.attempt <> n.attempt) THEN
    RAISE EXCEPTION 'この月分は、支払・未払の決定・時効・差引のどれかに使われています' USING ERRCODE = 'HG236', CONSTRAINT = 'run_item_once';
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE VIEW allowance.due_open WITH (security_invoker = true) AS
SELECT d.* FROM allowance.due_item d
LEFT JOIN allowance.due_reversal r USING (child_number, benefit_month, generation, tranche)
LEFT JOIN allowance.lapse_standing l USING (child_number, benefit_month, generation, tranche)
LEFT JOIN allowance.unpaid_standing u USING (child_number, benefit_month, generation, tranche)
WHERE r.tranche IS NULL AND l.lapse_id IS NULL AND u.unpaid_id IS NULL AND NOT EXISTS (
  SELECT FROM allowance.run_item i LEFT JOIN allowance.item_release g USING (child_number, benefit_month, generation, tranche, attempt)
  WHERE (i.child_number, i.benefit_month, i.generation, i.tranche) = (d.child_number, d.benefit_month, d.generation, d.tranche) AND g.attempt IS NULL);

ALTER TABLE allowance.decision_request DROP CONSTRAINT decision_request_kind_check;
ALTER TABLE allowance.decision_request ADD CONSTRAINT decision_request_kind_check CHECK (kind IN (
  'limitationEvent', 'letterWithheld', 'taxResolution', 'counterFund', 'counterPayment', 'counterPayout', 'counterReturn', 'counterCount',
  'restriction', 'restrictionEnd', 'restrictionCancellation', 'lapseCancellation'));
COMMENT ON COLUMN allowance.decision_request.kind IS '種類。limitationEvent 時効に関わる出来事、letterWithheld 通知書を送らない、taxResolution 生計中心者を確かめた結果、counterFund 資金前渡の口座、counterPayment 窓口払にする・やめる、counterPayout 窓口で渡した、counterReturn 受け取られず戻した、counterCount 現金を数えた、restriction 支給制限、restrictionEnd 支給制限の終わり、restrictionCancellation 支給制限の取消し、lapseCancellation 時効による消滅の取消し';

SELECT allowance.protect_rows('allowance.lapse_cancellation'::regclass, 'where',
  'EXISTS (SELECT FROM allowance.lapse l WHERE l.lapse_id = lapse_cancellation.lapse_id)');
GRANT SELECT ON allowance.lapse_standing TO hagukumi_desk, hagukumi_allowance;
GRANT SELECT, INSERT ON allowance.lapse_cancellation TO hagukumi_allowance;
