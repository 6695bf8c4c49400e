-- Up Migration
-- 徴収の計画（内払）と、支払から実際に差し引く計画を一つの決裁で結ぶ。計画を作り直したときは、前の差引が同じ決裁で終わる。

ALTER TABLE allowance.recovery_plan ADD COLUMN offset_id integer;
ALTER TABLE allowance.recovery_plan ADD CONSTRAINT recovery_plan_offset CHECK (offset_id IS NULL OR method = 'offset');
COMMENT ON COLUMN allowance.recovery_plan.offset_id IS '内払のとき、支払から差し引く計画（advance_offset）の番号';
COMMENT ON CONSTRAINT recovery_plan_offset ON allowance.recovery_plan IS '支払から差し引く計画を持てるのは、内払の計画だけです';

CREATE TABLE allowance.advance_offset_end (
  offset_id   integer NOT NULL,
  revision    smallint NOT NULL,
  proposal_id bigint NOT NULL REFERENCES allowance.recovery_answer,
  ended_on    date NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT advance_offset_end_once PRIMARY KEY (offset_id),
  FOREIGN KEY (offset_id, revision) REFERENCES allowance.advance_offset
);
COMMENT ON TABLE allowance.advance_offset_end IS '内払調整の計画の終わり。別の方法に計画を作り直した決裁で終わり、その後の支払からは差し引かない。';
COMMENT ON COLUMN allowance.advance_offset_end.offset_id IS '計画の番号';
COMMENT ON COLUMN allowance.advance_offset_end.revision IS '終わったときの版';
COMMENT ON COLUMN allowance.advance_offset_end.proposal_id IS '終わらせた決裁（新しい徴収の計画）';
COMMENT ON COLUMN allowance.advance_offset_end.ended_on IS '終わった日';
COMMENT ON COLUMN allowance.advance_offset_end.recorded_at IS '記録の時刻';
COMMENT ON CONSTRAINT advance_offset_end_once ON allowance.advance_offset_end IS 'この内払調整の計画は、もう終わっています';
SELECT allowance.protect_rows('allowance.advance_offset_end'::regclass, 'where',
  'EXISTS (SELECT FROM allowance.advance_offset o WHERE o.offset_id = advance_offset_end.offset_id)');
GRANT SELECT, INSERT ON allowance.advance_offset_end TO hagukumi_allowance;

INSERT INTO allowance.notice_kind VALUES ('advanceOffset', '内払調整通知書') ON CONFLICT DO NOTHING;
