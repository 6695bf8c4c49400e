-- Up Migration
-- 支援措置に関わる通知書は、その照会の権限をもつ二人が確かめて送る。
INSERT INTO identity.role_permission (role_code, permission_code, starts_on) VALUES
  ('protectionOfficer', 'letter.print', '2026-04-01'), ('protectionOfficer', 'letter.approve', '2026-04-01');
