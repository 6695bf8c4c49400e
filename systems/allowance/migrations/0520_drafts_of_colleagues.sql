-- Up Migration
-- 仮受付の引継ぎ: 忘れられた仮受付は、同じ区の受付の権限のある同僚の一覧にも出す（引き継げる人が知らなければ、請求した人が待ち続ける）。
-- 出すのは受付番号・手続・区・受付日・入力した人だけ。中身は、引き継いだあと、引き継いだ人にだけ見える（0151 のまま）。
CREATE OR REPLACE FUNCTION allowance.queued_filings_for_staff() RETURNS SETOF allowance.queued_filing
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE s record;
BEGIN
  SELECT * INTO s FROM identity.session_now();
  IF NOT FOUND THEN RAISE EXCEPTION 'no live session' USING ERRCODE = 'HGA01'; END IF;
  IF NOT ('case.open' = ANY (s.permissions)) THEN RAISE EXCEPTION 'permission case.open is missing' USING ERRCODE = 'HGA03'; END IF;
  RETURN QUERY SELECT q.* FROM allowance.queued_filings() q JOIN allowance.filing f USING (filing_id)
    WHERE (s.wards IS NULL OR q.ward_code = ANY (s.wards))
      AND (q.state <> 'draft' OR q.typed_by = s.staff_id OR s.permissions && ARRAY['claim.approve', 'claim.receive'])
      AND allowance.may_see(f.claimant_number, 'protection.view' = ANY (s.permissions));
END $$;
COMMENT ON FUNCTION allowance.queued_filings_for_staff() IS '職員に見せる一覧: 自分の区だけ、支援措置の対象者は権限のある職員だけ、仮受付は入力した本人と、引き継げる職員（受付の権限）・引き継がせる職員（決裁の権限）だけ';

-- ホームの「引き継がれた仮受付」のため（仮受付の入力のうち、理由のあるものだけが引継ぎ）。
CREATE INDEX filing_event_handed_over ON allowance.filing_event (done_on) WHERE kind = 'drafted' AND reason IS NOT NULL;
