-- Up Migration
-- 仮受付は入力した本人だけのものだが、忘れられると請求した人が待ち続ける。決裁の権限のある職員（監督する人）には、一覧に
-- 受付番号・手続・区・受付日・入力した人だけを見せる。中身は本人が登録するか引き継がれるまで、本人にしか見えない（0151 のまま）。
CREATE OR REPLACE FUNCTION allowance.queued_filings_for_staff() RETURNS SETOF allowance.queued_filing
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE s record;
BEGIN
  SELECT * INTO s FROM identity.session_now();
  IF NOT FOUND THEN RAISE EXCEPTION 'no live session' USING ERRCODE = 'HGA01'; END IF;
  IF NOT ('case.open' = ANY (s.permissions)) THEN RAISE EXCEPTION 'permission case.open is missing' USING ERRCODE = 'HGA03'; END IF;
  RETURN QUERY SELECT q.* FROM allowance.queued_filings() q JOIN allowance.filing f USING (filing_id)
    WHERE (s.wards IS NULL OR q.ward_code = ANY (s.wards))
      AND (q.state <> 'draft' OR q.typed_by = s.staff_id OR 'claim.approve' = ANY (s.permissions))
      AND allowance.may_see(f.claimant_number, 'protection.view' = ANY (s.permissions));
END $$;
COMMENT ON FUNCTION allowance.queued_filings_for_staff() IS '職員に見せる一覧: 自分の区だけ、支援措置の対象者は権限のある職員だけ、仮受付は入力した本人と、決裁の権限のある職員（滞留の監督）だけ';
