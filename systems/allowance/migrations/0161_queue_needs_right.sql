-- Up Migration
-- 一覧は、人を開く権限のある職員だけに見せる。
CREATE OR REPLACE FUNCTION allowance.queued_filings_for_staff() RETURNS SETOF allowance.queued_filing
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE s record;
BEGIN
  SELECT * INTO s FROM identity.session_now();
  IF NOT FOUND THEN RAISE EXCEPTION 'no live session' USING ERRCODE = 'HGA01'; END IF;
  IF NOT ('case.open' = ANY (s.permissions)) THEN RAISE EXCEPTION 'permission case.open is missing' USING ERRCODE = 'HGA03'; END IF;
  RETURN QUERY SELECT q.* FROM allowance.queued_filings() q JOIN allowance.filing f USING (filing_id)
    WHERE (s.wards IS NULL OR q.ward_code = ANY (s.wards))
      AND (q.state <> 'draft' OR q.typed_by = s.staff_id)
      AND allowance.may_see(f.claimant_number, 'protection.view' = ANY (s.permissions));
END $$;
