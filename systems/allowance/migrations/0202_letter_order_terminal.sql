-- Up Migration
-- 作成は画面の外で進むので、指示した端末は指示に残す。
ALTER TABLE allowance.letter_run_order ADD COLUMN terminal text;
COMMENT ON COLUMN allowance.letter_run_order.terminal IS '端末（画面から指示したとき）';
