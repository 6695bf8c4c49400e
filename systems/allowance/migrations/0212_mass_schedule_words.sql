-- Up Migration
-- 暦の説明の直し（行は足すだけ）: 確認書の様式の番号は市の様式によるので書かない。
INSERT INTO allowance.mass_schedule (job_code, valid_from, revision, name, cycle, months, day, grace_days, after_jobs, note, entered_by, approved_by) VALUES
  ('supportInvitations', '2024-10-01', 2, '18歳年度末の確認書の案内', 'yearly', '{3}', 5, 10, '{}',
   '4月1日に15日の期限が始まるので、3月のうちに届くように送る。返ってきた確認書は、窓口の受付から登録する。', 'hagukumi.initial', 'hagukumi.review'),
  ('ageMilestones', '2024-10-01', 2, '年齢到達の減額・消滅', 'monthly', '{1,2,3,4,5,6,7,8,9,10,11,12}', 20, 10, '{}',
   '異動の取込を済ませてから行う。「できない」件（未決裁の受付、年齢のほかの食い違い）は、事案を開いて直し、同じ月でもう一度行う。', 'hagukumi.initial', 'hagukumi.review');
