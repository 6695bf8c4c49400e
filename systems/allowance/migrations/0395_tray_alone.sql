-- Up Migration
-- 印刷するものが一つもなく、手作業トレイに入るものだけがあるときも、トレイには残す。印刷処理は作ったその場で破棄になる（0通）。
ALTER TABLE allowance.letter_run DROP CONSTRAINT letter_run_letter_count_check;
ALTER TABLE allowance.letter_run ADD CONSTRAINT letter_run_letter_count_check CHECK (letter_count BETWEEN 0 AND 999999);
COMMENT ON COLUMN allowance.letter_run.letter_count IS '通知書（封筒）の数。0は、手作業トレイに入れただけの処理';
