-- Up Migration
-- 一括処理の戻しのつづき: 発送していない現況届の様式と、債権の督促・催告を、反対の行を足して戻す。もとの行は変えない。
CREATE TABLE allowance.review_form_withdrawal (
  recipient_id bigint NOT NULL,
  fiscal_year  smallint NOT NULL,
  no           smallint NOT NULL,
  mass_run_no  integer NOT NULL REFERENCES allowance.mass_undo,
  PRIMARY KEY (recipient_id, fiscal_year, no),
  FOREIGN KEY (recipient_id, fiscal_year, no) REFERENCES allowance.review_form
);
COMMENT ON TABLE allowance.review_form_withdrawal IS '一括処理の戻しで取り下げた、現況届の様式の材料。次の作成は、次の番号で作る。';
COMMENT ON COLUMN allowance.review_form_withdrawal.recipient_id IS '認定番号';
COMMENT ON COLUMN allowance.review_form_withdrawal.fiscal_year IS '現況年度';
COMMENT ON COLUMN allowance.review_form_withdrawal.no IS '取り下げた様式の、作った順';
COMMENT ON COLUMN allowance.review_form_withdrawal.mass_run_no IS '戻した一括処理';
SELECT allowance.protect_rows('allowance.review_form_withdrawal', 'recipient', 'recipient_id');
GRANT SELECT, INSERT ON allowance.review_form_withdrawal TO hagukumi_allowance;
GRANT SELECT ON allowance.review_form_withdrawal TO hagukumi_desk;

CREATE VIEW allowance.review_form_standing WITH (security_invoker = true) AS
SELECT f.* FROM allowance.review_form f
WHERE NOT EXISTS (SELECT FROM allowance.review_form_withdrawal w WHERE (w.recipient_id, w.fiscal_year, w.no) = (f.recipient_id, f.fiscal_year, f.no));
COMMENT ON VIEW allowance.review_form_standing IS '現況届の様式の材料のうち、取り下げていないもの';
GRANT SELECT ON allowance.review_form_standing TO hagukumi_allowance, hagukumi_desk;

-- 督促・催告の取りやめ: 直前の出来事が督促・催告のときだけ、その前の状態に戻る（催告のあとの催告は催告済のまま）。時効にも、次の督促・催告の時期にも数えない。
INSERT INTO allowance.recovery_transition VALUES
  ('unsent', 'reminded', 'billed'), ('unsent', 'called', 'reminded'), ('unsent', 'called', 'called');
CREATE FUNCTION allowance.recovery_unsent_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.kind = 'unsent' AND NOT EXISTS (
    SELECT FROM allowance.recovery_event p WHERE p.recovery_id = NEW.recovery_id AND p.seq = NEW.seq - 1
      AND p.kind IN ('reminded', 'called') AND p.to_state = NEW.from_state AND p.from_state = NEW.to_state) THEN
    RAISE EXCEPTION '債権 % の最後の出来事は、取りやめられる督促・催告ではありません', NEW.recovery_id USING ERRCODE = 'HG292', CONSTRAINT = 'recovery_event_transition';
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION allowance.recovery_unsent_guard() IS '取りやめるのは、最後の出来事である督促・催告だけ。その前の状態に戻る';
CREATE TRIGGER recovery_unsent_guard AFTER INSERT ON allowance.recovery_event FOR EACH ROW EXECUTE FUNCTION allowance.recovery_unsent_guard();
COMMENT ON COLUMN allowance.recovery_event.kind IS '起きたこと。found 発生、causeDecided 原因の決定、planned 計画と納入通知、reminded 督促、called 催告、unsent 発送前の督促・催告の取りやめ、received 収納、cleared 完納、reopened 完納の取消し（差引の取消し）、wroteOff 不納欠損、refunded 過納の還付、suspended 時効の停止、resumed 停止の終わり';
