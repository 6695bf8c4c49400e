-- Up Migration
-- 児童一人分の差止（一部の差止）、時効の進み方、時効による消滅の決定。

CREATE TABLE allowance.child_hold (
  child_hold_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  recipient_id  bigint NOT NULL REFERENCES allowance.recipient,
  child_number  allowance.addressee_number NOT NULL REFERENCES allowance.addressee,
  from_month    allowance.benefit_month NOT NULL,
  cause_code    text NOT NULL CHECK (cause_code ~ '^[a-z][A-Za-z0-9]{0,39}$'),
  cause         text NOT NULL CHECK (length(cause) BETWEEN 1 AND 200),
  placed_by     allowance.operator NOT NULL,
  recorded_at   timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE allowance.child_hold IS '差止（11条）のうち、児童一人の分だけのもの。この月分から先は、その児童の分だけが支払に入らない（M7）。';
COMMENT ON COLUMN allowance.child_hold.child_hold_id IS '一部の差止の番号';
COMMENT ON COLUMN allowance.child_hold.recipient_id IS '認定番号';
COMMENT ON COLUMN allowance.child_hold.child_number IS '児童（宛名番号）';
COMMENT ON COLUMN allowance.child_hold.from_month IS '差し止める最初の月分';
COMMENT ON COLUMN allowance.child_hold.cause_code IS '事由（コード表 holdCause の識別子）';
COMMENT ON COLUMN allowance.child_hold.cause IS '事由の説明';
COMMENT ON COLUMN allowance.child_hold.placed_by IS '差し止めた職員';
COMMENT ON COLUMN allowance.child_hold.recorded_at IS '記録した時刻';
CREATE INDEX child_hold_recipient ON allowance.child_hold (recipient_id);

CREATE TABLE allowance.child_hold_release (
  child_hold_id bigint PRIMARY KEY REFERENCES allowance.child_hold,
  cause         text NOT NULL CHECK (length(cause) BETWEEN 1 AND 200),
  released_by   allowance.operator NOT NULL,
  recorded_at   timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE allowance.child_hold_release IS '児童一人分の差止の解除';
COMMENT ON COLUMN allowance.child_hold_release.child_hold_id IS '一部の差止の番号';
COMMENT ON COLUMN allowance.child_hold_release.cause IS '解除の理由';
COMMENT ON COLUMN allowance.child_hold_release.released_by IS '解除した職員';
COMMENT ON COLUMN allowance.child_hold_release.recorded_at IS '記録した時刻';

CREATE VIEW allowance.child_hold_in_force WITH (security_invoker = true) AS
SELECT * FROM allowance.child_hold h WHERE NOT EXISTS (SELECT FROM allowance.child_hold_release r WHERE r.child_hold_id = h.child_hold_id);
COMMENT ON VIEW allowance.child_hold_in_force IS 'いま効いている、児童一人分の差止';

-- 差し止めた児童の月分は、支払処理にもファイルにも入れない（M7）
CREATE FUNCTION allowance.run_item_child_hold() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE bad record;
BEGIN
  SELECT h.recipient_id INTO bad FROM new_rows n JOIN allowance.run_line l ON l.run_no = n.run_no AND l.line_no = n.line_no
  JOIN allowance.child_hold_in_force h ON h.recipient_id = l.recipient_id AND h.child_number = n.child_number AND h.from_month <= n.benefit_month LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION '差し止めた児童の月分が入っています（認定番号 %）', bad.recipient_id USING ERRCODE = 'HG007', CONSTRAINT = 'run_item_hold';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER run_item_child_hold AFTER INSERT ON allowance.run_item
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION allowance.run_item_child_hold();
CREATE FUNCTION allowance.transfer_file_child_hold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM allowance.child_hold_in_force h JOIN allowance.run_line l ON l.recipient_id = h.recipient_id AND l.run_no = NEW.run_no
             JOIN allowance.run_item i ON i.run_no = l.run_no AND i.line_no = l.line_no AND i.child_number = h.child_number AND i.benefit_month >= h.from_month) THEN
    RAISE EXCEPTION '作成のあとで差し止めた児童がいます。支払処理 % を取り消して作り直してください', NEW.run_no USING ERRCODE = 'HG007', CONSTRAINT = 'run_item_hold';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER transfer_file_child_hold AFTER INSERT ON allowance.transfer_file
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION allowance.transfer_file_child_hold();
CREATE TRIGGER child_hold_or_freeze AFTER INSERT ON allowance.child_hold FOR EACH STATEMENT EXECUTE FUNCTION allowance.before_or_after_freeze();

-- 時効（23条）。期間の計算は月分だけで決まる（limitation_day）が、審査請求と承認で進み方が変わる。
CREATE TABLE allowance.limitation_event (
  event_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  recipient_id bigint NOT NULL REFERENCES allowance.recipient,
  from_month   allowance.benefit_month NOT NULL,
  to_month     allowance.benefit_month NOT NULL CHECK (to_month >= from_month),
  kind         text NOT NULL CHECK (kind IN ('requestFiled', 'requestDecided', 'requestWithdrawn', 'acknowledged')),
  happened_on  date NOT NULL,
  evidence     text NOT NULL CHECK (length(evidence) BETWEEN 1 AND 200),
  entered_by   allowance.operator NOT NULL,
  approved_by  allowance.operator NOT NULL,
  recorded_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT limitation_event_two_people CHECK (entered_by <> approved_by)
);
COMMENT ON TABLE allowance.limitation_event IS '時効の完成猶予・更新（児童手当法23条2項、民法147条・152条）';
COMMENT ON COLUMN allowance.limitation_event.event_id IS '番号';
COMMENT ON COLUMN allowance.limitation_event.recipient_id IS '認定番号';
COMMENT ON COLUMN allowance.limitation_event.from_month IS 'この月分から';
COMMENT ON COLUMN allowance.limitation_event.to_month IS 'この月分まで';
COMMENT ON COLUMN allowance.limitation_event.kind IS 'requestFiled 審査請求（終わるまで完成しない）、requestDecided 権利が確定（その日から2年）、requestWithdrawn 確定せずに終わった（その日から6か月は完成しない）、acknowledged 市の承認（その日から2年）';
COMMENT ON COLUMN allowance.limitation_event.happened_on IS 'あった日';
COMMENT ON COLUMN allowance.limitation_event.evidence IS '根拠の文書';
COMMENT ON COLUMN allowance.limitation_event.entered_by IS '入力した職員';
COMMENT ON COLUMN allowance.limitation_event.approved_by IS '確認した職員（入力した人とは別の人）';
COMMENT ON COLUMN allowance.limitation_event.recorded_at IS '記録した時刻';
CREATE INDEX limitation_event_recipient ON allowance.limitation_event (recipient_id);

CREATE FUNCTION allowance.limitation_day_of(recipient bigint, month date) RETURNS date LANGUAGE plpgsql STABLE AS $$
DECLARE day date := allowance.limitation_day(month); open boolean := false; e record;
BEGIN
  FOR e IN SELECT kind, happened_on FROM allowance.limitation_event x
           WHERE x.recipient_id = recipient AND month BETWEEN x.from_month AND x.to_month ORDER BY happened_on, event_id LOOP
    -- 完成したあとの出来事では、もう戻らない
    CONTINUE WHEN NOT open AND e.happened_on >= day;
    IF e.kind = 'requestFiled' THEN open := true;
    ELSIF e.kind = 'requestDecided' THEN open := false; day := greatest(day, (e.happened_on + interval '2 years')::date);
    ELSIF e.kind = 'requestWithdrawn' THEN open := false; day := greatest(day, (e.happened_on + interval '6 months')::date);
    ELSE day := greatest(day, (e.happened_on + interval '2 years')::date); END IF;
  END LOOP;
  RETURN CASE WHEN open THEN 'infinity'::date ELSE day END;
END $$;
COMMENT ON FUNCTION allowance.limitation_day_of(bigint, date) IS '受給者の月分の、支払を受ける権利が時効で消える日（完成猶予・更新のあと。審査請求が続いている間は infinity）';

CREATE TABLE allowance.lapse (
  lapse_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  recipient_id bigint NOT NULL REFERENCES allowance.recipient,
  from_month   allowance.benefit_month NOT NULL,
  to_month     allowance.benefit_month NOT NULL CHECK (to_month >= from_month),
  item_count   integer NOT NULL CHECK (item_count > 0),
  total        bigint NOT NULL CHECK (total > 0),
  reason       text NOT NULL CHECK (length(reason) BETWEEN 1 AND 200),
  decided_on   date NOT NULL,
  entered_by   allowance.operator NOT NULL,
  approved_by  allowance.operator NOT NULL,
  recorded_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (lapse_id, recipient_id),
  CONSTRAINT lapse_two_people CHECK (entered_by <> approved_by)
);
COMMENT ON TABLE allowance.lapse IS '時効による消滅の決定（児童手当法23条）。黙って消えることはなく、必ず二人の決定と通知がある。';
COMMENT ON COLUMN allowance.lapse.lapse_id IS '番号';
COMMENT ON COLUMN allowance.lapse.recipient_id IS '認定番号';
COMMENT ON COLUMN allowance.lapse.from_month IS '消滅した最初の月分';
COMMENT ON COLUMN allowance.lapse.to_month IS '消滅した最後の月分';
COMMENT ON COLUMN allowance.lapse.item_count IS '件数（児童×月分）';
COMMENT ON COLUMN allowance.lapse.total IS '額（円）';
COMMENT ON COLUMN allowance.lapse.reason IS '支払えなかった理由';
COMMENT ON COLUMN allowance.lapse.decided_on IS '決定の日';
COMMENT ON COLUMN allowance.lapse.entered_by IS '起案した職員';
COMMENT ON COLUMN allowance.lapse.approved_by IS '決裁した職員（起案した人とは別の人）';
COMMENT ON COLUMN allowance.lapse.recorded_at IS '記録した時刻';
COMMENT ON CONSTRAINT lapse_two_people ON allowance.lapse IS '起案した人は、自分で決裁できません';
COMMENT ON CONSTRAINT limitation_event_two_people ON allowance.limitation_event IS '入力した人は、自分の入力を確認できません';

CREATE TABLE allowance.lapse_item (
  child_number  allowance.addressee_number NOT NULL,
  benefit_month allowance.benefit_month NOT NULL,
  generation    smallint NOT NULL,
  tranche       smallint NOT NULL,
  lapse_id      bigint NOT NULL,
  recipient_id  bigint NOT NULL,
  amount        integer NOT NULL CHECK (amount BETWEEN 1 AND 30000),
  CONSTRAINT lapse_item_once PRIMARY KEY (child_number, benefit_month, generation, tranche),
  FOREIGN KEY (child_number, benefit_month, generation, tranche) REFERENCES allowance.due_item,
  FOREIGN KEY (lapse_id, recipient_id) REFERENCES allowance.lapse (lapse_id, recipient_id)
);
COMMENT ON TABLE allowance.lapse_item IS '時効により消滅した、支払うべき額。資格と月分の記録は消えない。';
COMMENT ON COLUMN allowance.lapse_item.child_number IS '児童（宛名番号）';
COMMENT ON COLUMN allowance.lapse_item.benefit_month IS '月分';
COMMENT ON COLUMN allowance.lapse_item.generation IS '受給者が改まった回';
COMMENT ON COLUMN allowance.lapse_item.tranche IS '追加の回';
COMMENT ON COLUMN allowance.lapse_item.lapse_id IS '消滅の決定';
COMMENT ON COLUMN allowance.lapse_item.recipient_id IS '認定番号';
COMMENT ON COLUMN allowance.lapse_item.amount IS '額（円）';
CREATE INDEX lapse_item_lapse ON allowance.lapse_item (lapse_id);

-- 消滅と決められるのは、時効の日が過ぎ、取り消されておらず、どの支払にも入っていない額だけ。
CREATE FUNCTION allowance.lapse_item_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM new_rows n LEFT JOIN allowance.due_item d USING (child_number, benefit_month, generation, tranche)
             LEFT JOIN allowance.due_reversal r USING (child_number, benefit_month, generation, tranche)
             WHERE (d.recipient_id, d.amount) IS DISTINCT FROM (n.recipient_id, n.amount) OR r.tranche IS NOT NULL) THEN
    RAISE EXCEPTION '消滅とする額が、支払うべき額と一致しません' USING ERRCODE = 'HG114', CONSTRAINT = 'lapse_item_due';
  END IF;
  IF EXISTS (SELECT FROM new_rows n JOIN allowance.run_item i USING (child_number, benefit_month, generation, tranche)
             LEFT JOIN allowance.item_release x USING (child_number, benefit_month, generation, tranche, attempt) WHERE x.attempt IS NULL) THEN
    RAISE EXCEPTION '支払に入っている額を、時効で消滅とすることはできません' USING ERRCODE = 'HG114', CONSTRAINT = 'lapse_item_paid';
  END IF;
  IF EXISTS (SELECT FROM new_rows n JOIN allowance.lapse l USING (lapse_id) WHERE allowance.limitation_day_of(n.recipient_id, n.benefit_month) > l.decided_on) THEN
    RAISE EXCEPTION '時効の日が来ていない月分を、消滅とすることはできません' USING ERRCODE = 'HG114', CONSTRAINT = 'lapse_item_early';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER lapse_item_guard AFTER INSERT ON allowance.lapse_item
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION allowance.lapse_item_guard();
CREATE FUNCTION allowance.run_item_lapse_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM new_rows n JOIN allowance.lapse_item u USING (child_number, benefit_month, generation, tranche)) THEN
    RAISE EXCEPTION '時効で消滅と決めた額を支払うことはできません' USING ERRCODE = 'HG114', CONSTRAINT = 'run_item_lapsed';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER run_item_lapse_guard AFTER INSERT ON allowance.run_item
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION allowance.run_item_lapse_guard();
CREATE FUNCTION allowance.lapse_control() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE n bigint; t bigint; lo date; hi date;
BEGIN
  SELECT count(*), coalesce(sum(amount), 0), min(benefit_month), max(benefit_month) INTO n, t, lo, hi FROM allowance.lapse_item WHERE lapse_id = NEW.lapse_id;
  IF (n, t, lo, hi) IS DISTINCT FROM (NEW.item_count::bigint, NEW.total, NEW.from_month::date, NEW.to_month::date) THEN
    RAISE EXCEPTION '消滅の決定 % の月分（%件 %円）が決定（%件 %円）と合いません', NEW.lapse_id, n, t, NEW.item_count, NEW.total USING ERRCODE = 'HG114', CONSTRAINT = 'lapse_control';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER lapse_control AFTER INSERT ON allowance.lapse
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION allowance.lapse_control();

-- どの支払にも入っておらず、取り消されてもいない、支払うべき額
CREATE VIEW allowance.due_open WITH (security_invoker = true) AS
SELECT d.* FROM allowance.due_item d
LEFT JOIN allowance.due_reversal r USING (child_number, benefit_month, generation, tranche)
LEFT JOIN allowance.lapse_item l USING (child_number, benefit_month, generation, tranche)
LEFT JOIN allowance.unpaid_standing u USING (child_number, benefit_month, generation, tranche)
WHERE r.tranche IS NULL AND l.lapse_id IS NULL AND u.unpaid_id IS NULL AND NOT EXISTS (
  SELECT FROM allowance.run_item i LEFT JOIN allowance.item_release g USING (child_number, benefit_month, generation, tranche, attempt)
  WHERE (i.child_number, i.benefit_month, i.generation, i.tranche) = (d.child_number, d.benefit_month, d.generation, d.tranche) AND g.attempt IS NULL);
COMMENT ON VIEW allowance.due_open IS '支払うべき額のうち、支払にも、取消しにも、12条の決定にも、時効の消滅にもなっていないもの';

INSERT INTO allowance.mass_schedule (job_code, valid_from, revision, name, cycle, months, day, grace_days, after_jobs, note, entered_by, approved_by) VALUES
  ('limitationLapse', '2026-10-01', 1, '時効による消滅の決定', 'byHand', '{}', 1, 0, '{}', '支払えなかった理由を確かめてから', 'initial.entry', 'initial.approval');

SELECT allowance.protect_rows(t::regclass, kind, key) FROM (VALUES
  ('allowance.child_hold', 'recipient', 'recipient_id'),
  ('allowance.child_hold_release', 'where', 'EXISTS (SELECT FROM allowance.child_hold h WHERE h.child_hold_id = child_hold_release.child_hold_id)'),
  ('allowance.limitation_event', 'recipient', 'recipient_id'),
  ('allowance.lapse', 'recipient', 'recipient_id'),
  ('allowance.lapse_item', 'recipient', 'recipient_id')
) AS p (t, kind, key);
GRANT SELECT ON allowance.child_hold_in_force TO hagukumi_desk, hagukumi_allowance;
GRANT SELECT ON allowance.due_open TO hagukumi_allowance;
GRANT SELECT, INSERT ON allowance.child_hold, allowance.child_hold_release, allowance.limitation_event, allowance.lapse, allowance.lapse_item TO hagukumi_allowance;
