-- Up Migration
-- 委託先6（評価書 II-4-6）: 現況届の書類の確認だけをする受託者。事案・氏名・住所・口座・額を見る権限も、決定や支払の権限も持たない。
INSERT INTO identity.permission (permission_code, name, case_access) VALUES ('review.check', '現況届の書類の確認', false);
INSERT INTO identity.role (role_code, name) VALUES ('reviewChecker', '現況届の確認の受託者');
INSERT INTO identity.role_permission (role_code, permission_code, starts_on) VALUES ('reviewChecker', 'review.check', '2026-04-01');
