-- Up Migration
-- 確認する人が誤りとした番号の変更は、前の番号に戻す。
UPDATE vault.purpose SET operations = '{register,entries,match,change,undoChange}' WHERE code = 'numberEntry';
INSERT INTO vault.purpose (code, name, operations) VALUES ('numberRejection', '誤った入力の取消し', '{undoChange,requestErasure}');
ALTER TABLE vault.entry ADD COLUMN record_id uuid;
COMMENT ON COLUMN vault.entry.record_id IS '番号の変更で入った行（取消しのため）';
