-- Up Migration
-- 移転先（保護管理援護課）の職員が、自分の課へのデータの使用を願い出て、受け取った写しの預り証と返却・消去を自分で記録する権限。手当の情報は見えない。
INSERT INTO identity.permission (permission_code, name, case_access) VALUES ('transfer.receive', '移転の願い出・受領・返却の記録', false);
INSERT INTO identity.role_permission (role_code, permission_code, starts_on) VALUES ('transferOffice', 'transfer.receive', '2026-04-01');
