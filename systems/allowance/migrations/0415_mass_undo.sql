-- Up Migration
-- 一括処理の戻し: 書いたものを、二人の一つの処理として、反対の行を足して戻す。もとの行は変えない。
CREATE TABLE allowance.mass_undo (
  mass_run_no   integer PRIMARY KEY REFERENCES allowance.mass_run,
  undoes_run_no integer NOT NULL REFERENCES allowance.mass_run,
  CONSTRAINT mass_undo_earlier CHECK (undoes_run_no < mass_run_no)
);
COMMENT ON TABLE allowance.mass_undo IS '一括処理の戻し: どの一括処理が、どの一括処理で書いたものを戻すか';
COMMENT ON COLUMN allowance.mass_undo.mass_run_no IS '戻す一括処理の番号';
COMMENT ON COLUMN allowance.mass_undo.undoes_run_no IS '戻される一括処理の番号';
COMMENT ON CONSTRAINT mass_undo_earlier ON allowance.mass_undo IS '戻せるのは、前に行った一括処理だけです';
CREATE INDEX mass_undo_of ON allowance.mass_undo (undoes_run_no);

CREATE FUNCTION allowance.mass_undo_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM allowance.mass_run u JOIN allowance.mass_run r ON r.mass_run_no = NEW.undoes_run_no JOIN allowance.mass_state s ON s.mass_run_no = r.mass_run_no
    WHERE u.mass_run_no = NEW.mass_run_no AND u.lane = r.lane AND u.period = r.period AND s.state IN ('done', 'cancelled')
      AND NOT EXISTS (SELECT FROM allowance.mass_undo x WHERE x.mass_run_no = r.mass_run_no)) THEN
    RAISE EXCEPTION '一括処理 % は、終わっていないか、戻せない種類です', NEW.undoes_run_no USING ERRCODE = 'HG215', CONSTRAINT = 'mass_undo_of_ended';
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION allowance.mass_undo_guard() IS '戻せるのは、終わった、同じ組・同じ期間の一括処理だけ。戻しは戻せない';
CREATE TRIGGER mass_undo_guard AFTER INSERT ON allowance.mass_undo FOR EACH ROW EXECUTE FUNCTION allowance.mass_undo_guard();

-- 戻した件は、どの戻しでも1回だけ。
CREATE VIEW allowance.mass_taken_back WITH (security_invoker = true) AS
SELECT u.undoes_run_no, r.subject, r.part, u.mass_run_no FROM allowance.mass_undo u
JOIN allowance.mass_result r ON r.mass_run_no = u.mass_run_no AND r.result = 'written';
COMMENT ON VIEW allowance.mass_taken_back IS '戻した件: もとの一括処理の対象と枝番、戻した一括処理';
CREATE VIEW allowance.mass_undone WITH (security_invoker = true) AS
SELECT DISTINCT u.undoes_run_no FROM allowance.mass_undo u
WHERE EXISTS (SELECT FROM allowance.mass_result r WHERE r.mass_run_no = u.mass_run_no AND r.result = 'written');
COMMENT ON VIEW allowance.mass_undone IS '一件でも戻した一括処理。順番と暦では、終わっていないものと同じに扱う';

-- 出さないことにした通知書（戻しによる）。理由は letter_withheld にある。
CREATE TABLE allowance.mass_letter_back (
  form_code   text NOT NULL,
  source_key  text NOT NULL,
  mass_run_no integer NOT NULL REFERENCES allowance.mass_undo,
  PRIMARY KEY (form_code, source_key),
  FOREIGN KEY (form_code, source_key) REFERENCES allowance.letter_withheld
);
COMMENT ON TABLE allowance.mass_letter_back IS '一括処理の戻しにより、出さないことにした通知書';
COMMENT ON COLUMN allowance.mass_letter_back.form_code IS '帳票の符号';
COMMENT ON COLUMN allowance.mass_letter_back.source_key IS 'もとになった決定など';
COMMENT ON COLUMN allowance.mass_letter_back.mass_run_no IS '戻した一括処理';
CREATE INDEX mass_letter_back_run ON allowance.mass_letter_back (mass_run_no);
CREATE INDEX mass_letter_back_key ON allowance.mass_letter_back (source_key);

-- 決定の戻し: 訂正を一つ足す。消滅した受給者にも、その消滅を書いた一括処理の戻しだけが触れる（M25 は batch について変わらない）。
ALTER TABLE allowance.decision DROP CONSTRAINT decision_origin_check;
ALTER TABLE allowance.decision ADD CONSTRAINT decision_origin_check CHECK (origin IN ('claim', 'exOfficio', 'batch', 'undo'));
CREATE FUNCTION allowance.decision_undo_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE bad bigint;
BEGIN
  IF NOT EXISTS (SELECT FROM new_rows WHERE origin = 'undo') THEN RETURN NULL; END IF;
  SELECT n.recipient_id INTO bad FROM new_rows n
  WHERE n.origin = 'undo' AND (n.kind <> 'correct'
    OR NOT EXISTS (SELECT FROM allowance.decision d WHERE d.recipient_id = n.recipient_id AND d.seq = n.seq - 1 AND d.origin = 'batch' AND d.kind <> 'correct'
                   AND d.effective_month >= n.effective_month)
    OR EXISTS (SELECT FROM allowance.decision d WHERE d.recipient_id = n.recipient_id AND d.seq < n.seq AND d.kind <> 'correct' AND d.origin <> 'batch'
               AND d.effective_month >= n.effective_month AND NOT EXISTS (
                 SELECT FROM allowance.decision r WHERE r.recipient_id = d.recipient_id AND r.kind = 'correct' AND r.seq > d.seq AND r.seq < n.seq
                   AND r.effective_month <= d.effective_month)))
  LIMIT 1;
  IF bad IS NOT NULL THEN
    RAISE EXCEPTION '受給者 % には、一括処理のほかの決定があるので、まとめて戻すことはできません', bad USING ERRCODE = 'HG215', CONSTRAINT = 'decision_undo_batch';
  END IF;
  SELECT n.recipient_id INTO bad FROM new_rows n
  JOIN allowance.decision d ON d.recipient_id = n.recipient_id AND d.seq = n.seq - 1
  WHERE n.origin = 'undo' AND EXISTS (SELECT FROM allowance.payment_run p LEFT JOIN allowance.run_end e USING (run_no)
    WHERE p.recorded_at > d.recorded_at AND p.months_to >= n.effective_month AND e.outcome IS DISTINCT FROM 'cancelled' AND e.outcome IS DISTINCT FROM 'voided')
  LIMIT 1;
  IF bad IS NOT NULL THEN
    RAISE EXCEPTION '受給者 % の決定は、もう支払処理に使われています', bad USING ERRCODE = 'HG215', CONSTRAINT = 'decision_undo_paid';
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION allowance.decision_undo_guard() IS '一括処理の戻しの訂正は、一括処理の決定だけを、支払処理に使われていない間だけ戻す';
CREATE TRIGGER decision_undo_guard AFTER INSERT ON allowance.decision
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION allowance.decision_undo_guard();

-- 新年度の支払予定の戻し。
CREATE TABLE allowance.review_schedule_withdrawal (
  recipient_id bigint NOT NULL,
  fiscal_year  smallint NOT NULL,
  revision     smallint NOT NULL,
  mass_run_no  integer NOT NULL REFERENCES allowance.mass_undo,
  PRIMARY KEY (recipient_id, fiscal_year, revision),
  FOREIGN KEY (recipient_id, fiscal_year, revision) REFERENCES allowance.review_schedule
);
COMMENT ON TABLE allowance.review_schedule_withdrawal IS '一括処理の戻しで取り下げた、新年度の支払予定の版。前の版があれば、それがいまの予定になる。';
COMMENT ON COLUMN allowance.review_schedule_withdrawal.recipient_id IS '認定番号';
COMMENT ON COLUMN allowance.review_schedule_withdrawal.fiscal_year IS '現況年度';
COMMENT ON COLUMN allowance.review_schedule_withdrawal.revision IS '版';
COMMENT ON COLUMN allowance.review_schedule_withdrawal.mass_run_no IS '戻した一括処理';
CREATE OR REPLACE VIEW allowance.review_schedule_current WITH (security_invoker = true) AS
SELECT DISTINCT ON (s.recipient_id, s.fiscal_year) s.* FROM allowance.review_schedule s
WHERE NOT EXISTS (SELECT FROM allowance.review_schedule_withdrawal w WHERE (w.recipient_id, w.fiscal_year, w.revision) = (s.recipient_id, s.fiscal_year, s.revision))
ORDER BY s.recipient_id, s.fiscal_year, s.revision DESC;

SELECT allowance.protect_rows('allowance.review_schedule_withdrawal', 'recipient', 'recipient_id');
GRANT SELECT ON allowance.mass_taken_back, allowance.mass_undone TO hagukumi_allowance;
GRANT SELECT, INSERT ON allowance.mass_undo, allowance.mass_letter_back, allowance.review_schedule_withdrawal TO hagukumi_allowance;
GRANT SELECT ON allowance.review_schedule_withdrawal TO hagukumi_desk;
