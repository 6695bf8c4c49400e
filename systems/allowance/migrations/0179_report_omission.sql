-- Up Migration
-- 変更届の省略（施行規則5条・6条・11条）: 受給者の氏名・住所の変更を公簿（住民基本台帳）で確かめ、届出を求めないことにした記録。
CREATE TABLE allowance.report_omission (
  recipient_id     bigint NOT NULL REFERENCES allowance.recipient,
  item             text NOT NULL CHECK (item IN ('name', 'address')),
  addressee_number allowance.addressee_number NOT NULL,
  history_no       integer NOT NULL,
  revision         smallint NOT NULL,
  changed_on       date NOT NULL,
  due_on           date NOT NULL,
  confirmed_on     date NOT NULL,
  confirmed_by     allowance.operator NOT NULL,
  recorded_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT report_omission_once PRIMARY KEY (recipient_id, item, history_no),
  CONSTRAINT report_omission_record FOREIGN KEY (addressee_number, history_no, revision) REFERENCES allowance.person_history,
  CONSTRAINT report_omission_due CHECK (due_on = changed_on + 14)
);
COMMENT ON TABLE allowance.report_omission IS '変更届の省略。どの公簿の行で確かめたかを必ず持つ。';
COMMENT ON COLUMN allowance.report_omission.recipient_id IS '認定番号';
COMMENT ON COLUMN allowance.report_omission.item IS '変わった項目（氏名・住所）';
COMMENT ON COLUMN allowance.report_omission.addressee_number IS '受給者の宛名番号';
COMMENT ON COLUMN allowance.report_omission.history_no IS '確かめた住民の履歴番号';
COMMENT ON COLUMN allowance.report_omission.revision IS '確かめた住民の履歴の版';
COMMENT ON COLUMN allowance.report_omission.changed_on IS '変わった日';
COMMENT ON COLUMN allowance.report_omission.due_on IS '届出の期限（14日以内。施行規則5条1項・6条1項）';
COMMENT ON COLUMN allowance.report_omission.confirmed_on IS '公簿で確かめた日';
COMMENT ON COLUMN allowance.report_omission.confirmed_by IS '確かめた職員';
COMMENT ON COLUMN allowance.report_omission.recorded_at IS '記録した時刻';
COMMENT ON CONSTRAINT report_omission_once ON allowance.report_omission IS 'この変更の届出の省略は、もう記録されています。';

-- 受給者の、住民の履歴のうち、前の行と氏名か住所が違うもの（受給中に変わったもの）。
CREATE VIEW allowance.recipient_change WITH (security_invoker = true) AS
WITH last AS (
  SELECT * FROM (SELECT DISTINCT ON (addressee_number, history_no) * FROM allowance.person_history
                 WHERE addressee_number IN (SELECT addressee_number FROM allowance.recipient WHERE kind = 'individual')
                 ORDER BY addressee_number, history_no, revision DESC) h WHERE NOT h.deleted),
moved AS (
  SELECT l.*, lag(name) OVER w AS name_before, lag(address) OVER w AS address_before FROM last l
  WINDOW w AS (PARTITION BY addressee_number ORDER BY history_no))
SELECT r.recipient_id, m.addressee_number, i.item, m.history_no, m.revision, m.valid_from AS changed_on, m.valid_from + 14 AS due_on
FROM moved m JOIN allowance.recipient r USING (addressee_number) JOIN allowance.recipient_window w USING (recipient_id)
CROSS JOIN LATERAL (SELECT 'name' AS item WHERE m.name <> m.name_before UNION ALL SELECT 'address' WHERE m.address <> m.address_before) i
WHERE r.kind = 'individual' AND m.resident_state = 1 AND m.valid_from >= w.first_month AND (w.ended_from IS NULL OR m.valid_from < w.ended_from);
COMMENT ON VIEW allowance.recipient_change IS '受給中に住民基本台帳で変わった氏名・住所と、その届出の期限';

CREATE FUNCTION allowance.report_omission_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM allowance.recipient_change c WHERE (c.recipient_id, c.addressee_number, c.item, c.history_no, c.revision, c.changed_on)
                   = (NEW.recipient_id, NEW.addressee_number::bigint, NEW.item, NEW.history_no, NEW.revision, NEW.changed_on)) THEN
    RAISE EXCEPTION '住民基本台帳に、この受給者のこの変更がありません' USING ERRCODE = 'HG058', CONSTRAINT = 'report_omission_unseen';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER report_omission_guard AFTER INSERT ON allowance.report_omission FOR EACH ROW EXECUTE FUNCTION allowance.report_omission_guard();
SELECT allowance.protect_rows('allowance.report_omission', 'person', 'addressee_number');
GRANT SELECT, INSERT ON allowance.report_omission TO hagukumi_allowance;
GRANT SELECT ON allowance.recipient_change TO hagukumi_allowance;
