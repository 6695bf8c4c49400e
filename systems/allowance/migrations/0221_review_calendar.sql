-- Up Migration
-- 現況の一括処理を暦に載せる。稼働の次の年度から。
INSERT INTO allowance.mass_schedule (job_code, valid_from, revision, name, cycle, months, day, grace_days, after_jobs, note, entered_by, approved_by) VALUES
  ('reviewCheck', '2027-04-01', 1, '現況の判定（提出区分・公簿による確認）', 'yearly', '{6}', 3, 7, '{}', '6月1日の状況。8月の切替えまでに、資格の始まった人も含めて何度でも行う', 'initial.entry', 'initial.approval'),
  ('reviewForms', '2027-04-01', 1, '現況届の様式（印字の材料）の作成', 'yearly', '{6}', 5, 7, '{reviewCheck}', '', 'initial.entry', 'initial.approval'),
  ('reviewReminder', '2027-04-01', 1, '現況届の督促', 'yearly', '{7}', 21, 10, '{reviewForms}', '', 'initial.entry', 'initial.approval'),
  ('reviewSchedule', '2027-04-01', 1, '新年度の支払予定の作成（8月分から翌年7月分まで）', 'yearly', '{8}', 10, 20, '{reviewCheck}', '7月分との違いを一件ずつ確かめてから', 'initial.entry', 'initial.approval'),
  ('reviewHold', '2027-04-01', 1, '現況届の未提出による差止め', 'yearly', '{9}', 10, 10, '{reviewReminder}', '10月の支払処理より前に', 'initial.entry', 'initial.approval');
