-- Up Migration
-- 画面で二人が決めること: 入れる人が案を置き、別の人が同じ内容のまま承認したときに、一つの取引で効く。

CREATE TABLE allowance.decision_request (
  request_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind             text NOT NULL CHECK (kind IN ('limitationEvent', 'letterWithheld', 'taxResolution')),
  addressee_number allowance.addressee_number REFERENCES allowance.addressee,
  recipient_id     bigint REFERENCES allowance.recipient,
  content          jsonb NOT NULL,
  content_digest   allowance.digest NOT NULL,
  requested_on     date NOT NULL,
  requested_by     allowance.operator NOT NULL,
  recorded_at      timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE allowance.decision_request IS '二人で決めることの案（時効に関わる出来事、通知書を送らないこと、生計中心者を確かめた結果）。';
COMMENT ON COLUMN allowance.decision_request.request_id IS '案の番号';
COMMENT ON COLUMN allowance.decision_request.kind IS '種類。limitationEvent 時効に関わる出来事、letterWithheld 通知書を送らない、taxResolution 生計中心者を確かめた結果';
COMMENT ON COLUMN allowance.decision_request.addressee_number IS '関わる人の宛名番号（外の機関あての通知書では空）';
COMMENT ON COLUMN allowance.decision_request.recipient_id IS '認定番号（あるとき）';
COMMENT ON COLUMN allowance.decision_request.content IS '内容';
COMMENT ON COLUMN allowance.decision_request.content_digest IS '内容のハッシュ。承認はこれに結び付く';
COMMENT ON COLUMN allowance.decision_request.requested_on IS '案を入れた日';
COMMENT ON COLUMN allowance.decision_request.requested_by IS '案を入れた人';
COMMENT ON COLUMN allowance.decision_request.recorded_at IS '記録の時刻';

CREATE TABLE allowance.decision_request_answer (
  request_id     bigint NOT NULL REFERENCES allowance.decision_request,
  outcome        text NOT NULL CHECK (outcome IN ('approved', 'returned')),
  content_digest allowance.digest NOT NULL,
  requested_by   allowance.operator NOT NULL,
  reason         text CHECK (btrim(reason) <> '' AND char_length(reason) <= 400),
  answered_on    date NOT NULL,
  answered_by    allowance.operator NOT NULL,
  recorded_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT decision_request_answer_once PRIMARY KEY (request_id),
  CONSTRAINT decision_request_two_people CHECK (answered_by <> requested_by),
  CONSTRAINT decision_request_reason CHECK (outcome = 'approved' OR reason IS NOT NULL)
);
COMMENT ON TABLE allowance.decision_request_answer IS '案への決裁。入れた人とは別の人が、同じ内容（ハッシュ）を承認するか、理由を書いて差し戻す。';
COMMENT ON COLUMN allowance.decision_request_answer.request_id IS '案の番号';
COMMENT ON COLUMN allowance.decision_request_answer.outcome IS 'approved 承認、returned 差戻し';
COMMENT ON COLUMN allowance.decision_request_answer.content_digest IS '決裁した内容のハッシュ（案のものと同じ）';
COMMENT ON COLUMN allowance.decision_request_answer.requested_by IS '案を入れた人（案のものと同じ）';
COMMENT ON COLUMN allowance.decision_request_answer.reason IS '差戻しの理由';
COMMENT ON COLUMN allowance.decision_request_answer.answered_on IS '決裁の日';
COMMENT ON COLUMN allowance.decision_request_answer.answered_by IS '決裁した人';
COMMENT ON COLUMN allowance.decision_request_answer.recorded_at IS '記録の時刻';
COMMENT ON CONSTRAINT decision_request_answer_once ON allowance.decision_request_answer IS 'この案は、もう決裁されています';
COMMENT ON CONSTRAINT decision_request_two_people ON allowance.decision_request_answer IS '案を入れた人は、自分の案を決裁できません';

CREATE FUNCTION allowance.decision_request_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM allowance.decision_request r WHERE r.request_id = NEW.request_id
                 AND (r.content_digest, r.requested_by) = (NEW.content_digest, NEW.requested_by)) THEN
    RAISE EXCEPTION '案 % の内容が、決裁しようとした内容と違います', NEW.request_id USING ERRCODE = 'HG371', CONSTRAINT = 'decision_request_content';
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION allowance.decision_request_guard() IS '決裁は、案の内容そのものに結び付く';
CREATE TRIGGER decision_request_guard AFTER INSERT ON allowance.decision_request_answer FOR EACH ROW EXECUTE FUNCTION allowance.decision_request_guard();

SELECT allowance.protect_rows('allowance.decision_request'::regclass, 'person', 'addressee_number');
SELECT allowance.protect_rows('allowance.decision_request_answer'::regclass, 'where',
  'EXISTS (SELECT FROM allowance.decision_request r WHERE r.request_id = decision_request_answer.request_id)');
GRANT SELECT, INSERT ON allowance.decision_request, allowance.decision_request_answer TO hagukumi_allowance;
