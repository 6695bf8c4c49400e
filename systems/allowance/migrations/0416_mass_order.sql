-- Up Migration
-- 順番と排他をデータに: 一括処理のほか、異動の取込と支払処理も暦に載せ、どれが先か、どれとどれを同時に行わないかを、日付つきで二人で決める。
ALTER TABLE allowance.import_batch ADD COLUMN as_of date;
COMMENT ON COLUMN allowance.import_batch.as_of IS 'この日の分までの連携（連携元の manifest による）。庁内連携の分は feed_state が持つ';

CREATE TABLE allowance.mass_order (
  job_code      text NOT NULL CHECK (job_code ~ '^[a-z][A-Za-z0-9]{2,39}$'),
  after_job     text NOT NULL CHECK (after_job ~ '^[a-z][A-Za-z0-9]{2,39}$'),
  months_before smallint NOT NULL CHECK (months_before BETWEEN 0 AND 12),
  valid_from    date NOT NULL,
  revision      smallint NOT NULL CHECK (revision >= 1),
  in_months     smallint[] NOT NULL DEFAULT '{}',
  required      boolean NOT NULL,
  withdrawn     boolean NOT NULL DEFAULT false,
  note          text NOT NULL DEFAULT '',
  entered_by    allowance.operator NOT NULL,
  approved_by   allowance.operator NOT NULL,
  recorded_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (job_code, after_job, months_before, valid_from, revision),
  CONSTRAINT mass_order_two_people CHECK (entered_by <> approved_by),
  CONSTRAINT mass_order_other CHECK (job_code <> after_job),
  CONSTRAINT mass_order_months CHECK (in_months <@ ARRAY[1,2,3,4,5,6,7,8,9,10,11,12]::smallint[])
);
COMMENT ON TABLE allowance.mass_order IS '処理の順番（日付つき、二人で決める）。対象の期間から何か月前の、どの処理が先に終わっていなければならないか。';
COMMENT ON COLUMN allowance.mass_order.job_code IS '後の処理';
COMMENT ON COLUMN allowance.mass_order.after_job IS '先の処理';
COMMENT ON COLUMN allowance.mass_order.months_before IS '後の処理の期間の、何か月前の分か（年度の処理では、その月の年度）';
COMMENT ON COLUMN allowance.mass_order.valid_from IS 'いつから有効か';
COMMENT ON COLUMN allowance.mass_order.revision IS '版';
COMMENT ON COLUMN allowance.mass_order.in_months IS 'この月の分だけの順番（空なら、いつも）';
COMMENT ON COLUMN allowance.mass_order.required IS 'true なら、先の処理が終わるまで断る。false なら、暦に出すだけ';
COMMENT ON COLUMN allowance.mass_order.withdrawn IS '取り下げた順番か';
COMMENT ON COLUMN allowance.mass_order.note IS '理由';
COMMENT ON COLUMN allowance.mass_order.entered_by IS '入力した人';
COMMENT ON COLUMN allowance.mass_order.approved_by IS '承認した人';
COMMENT ON COLUMN allowance.mass_order.recorded_at IS '時刻';
COMMENT ON CONSTRAINT mass_order_two_people ON allowance.mass_order IS '処理の順番は、入力した人と別の職員の承認が要ります';

CREATE TABLE allowance.mass_exclusion (
  job_code    text NOT NULL CHECK (job_code ~ '^[a-z][A-Za-z0-9]{2,39}$'),
  lane        text NOT NULL CHECK (lane ~ '^[a-z][A-Za-z0-9]{2,39}$'),
  valid_from  date NOT NULL,
  revision    smallint NOT NULL CHECK (revision >= 1),
  withdrawn   boolean NOT NULL DEFAULT false,
  note        text NOT NULL DEFAULT '',
  entered_by  allowance.operator NOT NULL,
  approved_by allowance.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (job_code, lane, valid_from, revision),
  CONSTRAINT mass_exclusion_two_people CHECK (entered_by <> approved_by)
);
COMMENT ON TABLE allowance.mass_exclusion IS '排他（日付つき、二人で決める）。この組の一括処理が書きかけの間は、この処理を始めない。';
COMMENT ON COLUMN allowance.mass_exclusion.job_code IS '始めない処理（feedIntake 異動の取込、paymentRun 支払処理）';
COMMENT ON COLUMN allowance.mass_exclusion.lane IS '一括処理の組';
COMMENT ON COLUMN allowance.mass_exclusion.valid_from IS 'いつから有効か';
COMMENT ON COLUMN allowance.mass_exclusion.revision IS '版';
COMMENT ON COLUMN allowance.mass_exclusion.withdrawn IS '取り下げた排他か';
COMMENT ON COLUMN allowance.mass_exclusion.note IS '理由';
COMMENT ON COLUMN allowance.mass_exclusion.entered_by IS '入力した人';
COMMENT ON COLUMN allowance.mass_exclusion.approved_by IS '承認した人';
COMMENT ON COLUMN allowance.mass_exclusion.recorded_at IS '時刻';
COMMENT ON CONSTRAINT mass_exclusion_two_people ON allowance.mass_exclusion IS '処理の排他は、入力した人と別の職員の承認が要ります';

INSERT INTO allowance.mass_schedule (job_code, valid_from, revision, name, cycle, months, day, grace_days, after_jobs, note, entered_by, approved_by) VALUES
  ('feedIntake', '2024-10-01', 1, '異動の取込', 'monthly', '{1,2,3,4,5,6,7,8,9,10,11,12}', 5, 5, '{}',
   '前の月の末日までの異動を取り込む。毎日取り込むときも、月の初めに、前の月の分までそろったかを確かめる。', 'initial.entry', 'initial.approval'),
  ('paymentRun', '2024-10-01', 1, '定時払の支払処理', 'monthly', '{2,4,6,8,10,12}', 5, 10, '{}',
   '支払日より前に、作成から送付まで済ませる。', 'initial.entry', 'initial.approval');
-- 稼働の次の年度から必ず守る。それまでは暦に出す。
INSERT INTO allowance.mass_order (job_code, after_job, months_before, valid_from, revision, in_months, required, note, entered_by, approved_by)
SELECT o.job_code, o.after_job, o.months_before, v.valid_from, 1, o.in_months, v.required, o.note, 'initial.entry', 'initial.approval'
FROM (VALUES
  ('ageMilestones', 'feedIntake', 0, '{}'::smallint[], '転出・死亡・出生を知らずに、年齢だけで決めない'),
  ('paymentRun', 'feedIntake', 0, '{}', '前の月の末日までの異動を知ったうえで支払う'),
  ('paymentRun', 'ageMilestones', 2, '{}', '支払う月分の額は、その前の月までの年齢到達を済ませて決まる'),
  ('paymentRun', 'ageMilestones', 3, '{}', '支払う月分の額は、その前の月までの年齢到達を済ませて決まる'),
  ('paymentRun', 'reviewHold', 0, '{10}', '現況届の出ていない人の8月分からは、10月の支払に入れない')
) o(job_code, after_job, months_before, in_months, note)
CROSS JOIN (VALUES (date '2024-10-01', false), (date '2027-04-01', true)) v(valid_from, required);
INSERT INTO allowance.mass_exclusion (job_code, lane, valid_from, revision, note, entered_by, approved_by) VALUES
  ('feedIntake', 'decisions', '2024-10-01', 1, '決定を書いている間に、もとの事実を動かさない', 'initial.entry', 'initial.approval'),
  ('paymentRun', 'decisions', '2024-10-01', 1, '書きかけの決定で支払わない', 'initial.entry', 'initial.approval'),
  ('paymentRun', 'annualReview', '2024-10-01', 1, '差止めを書いている間に支払わない', 'initial.entry', 'initial.approval'),
  ('paymentRun', 'limitation', '2024-10-01', 1, '消滅を書いている間に支払わない', 'initial.entry', 'initial.approval');
GRANT SELECT, INSERT ON allowance.mass_order, allowance.mass_exclusion TO hagukumi_allowance;
