-- Up Migration
-- 個人番号と宛名の仕事の権限。入力する人・確かめる人・名寄せを決める人を分ける。
INSERT INTO identity.permission (permission_code, name, case_access) VALUES
  ('number.enter', '個人番号の入力', true), ('number.confirm', '個人番号の紐付けの確認', true),
  ('addressee.consolidate', '名寄せの申出・解除', true), ('addressee.approve', '名寄せの承認・確認リストへの回答', true);
INSERT INTO identity.role_permission (role_code, permission_code, starts_on) VALUES
  ('clerk', 'number.enter', '2026-04-01'), ('wardClerk', 'number.enter', '2026-04-01'), ('examiner', 'number.enter', '2026-04-01'),
  ('examiner', 'number.confirm', '2026-04-01'), ('approver', 'number.confirm', '2026-04-01'),
  ('examiner', 'addressee.consolidate', '2026-04-01'), ('approver', 'addressee.approve', '2026-04-01');
