-- Up Migration
-- 支払処理の種別を増やす: 最終払・差止解除・追給。どの種別でも、児童と月分の鍵は同じ1つで、二度は入らない（A84）。
ALTER TABLE allowance.payment_run DROP CONSTRAINT payment_run_kind_check;
ALTER TABLE allowance.payment_run ADD CONSTRAINT payment_run_kind_check
  CHECK (kind IN ('regular', 'occasional', 'retransfer', 'final', 'released', 'makeUp'));
COMMENT ON COLUMN allowance.payment_run.kind IS '種別。regular 定時、occasional 随時、retransfer 再振込、final 最終払（資格の消滅した受給者）、released 差止解除、makeUp 追給';
COMMENT ON COLUMN allowance.payment_run.cut_off_on IS '口座変更の締切日。あとの変更は次回からになるか、別の人が確かめる（A104）。';
