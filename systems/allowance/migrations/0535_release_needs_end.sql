-- Up Migration
-- まだ終わっていない支払処理の月分は、未払に戻せない。これまでの見張りは、支払処理の終わり（run_end）がないとき「分からない」を「よい」と読み、
-- 取消しの記録のない「取消しによる戻し」を断らなかった。プログラムはそのような戻しを書かないが、データベースも断る（M1・M9・M20）。
CREATE OR REPLACE FUNCTION allowance.item_release_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM new_rows n JOIN allowance.run_item i USING (child_number, benefit_month, generation, tranche, attempt)
    LEFT JOIN allowance.run_end e ON e.run_no = i.run_no
    LEFT JOIN allowance.return_confirmation c ON c.run_no = i.run_no AND c.line_no = i.line_no
    WHERE ((n.cause = 'returned' AND c.run_no IS NOT NULL) OR (n.cause IN ('cancelled', 'voided') AND e.outcome = n.cause)) IS NOT TRUE) THEN
    RAISE EXCEPTION '取消しも振込不能の確認もない月分を、未払に戻すことはできません' USING ERRCODE = 'HG020', CONSTRAINT = 'item_release_evidence';
  END IF;
  RETURN NULL;
END $$;
