-- Up Migration
-- 受付の一覧（審査待ち・決裁待ち・返戻・保留・仮受付）。氏名・住所・生年月日は出さず、カナの頭文字だけを出す。
CREATE INDEX filing_event_ended ON allowance.filing_event (filing_id) WHERE kind IN ('approved', 'withdrawn', 'discarded');

CREATE TYPE allowance.queued_filing AS (
  filing_id bigint, reception_number text, procedure_code text, ward_code text, state text, revision integer, received_on date, channel text,
  due_on date, final_due_on date, last_kind text, last_on date, kana_initial text, outcome text, overridden boolean, replaces bigint, typed_by text
);

CREATE FUNCTION allowance.queued_filings() RETURNS SETOF allowance.queued_filing LANGUAGE sql STABLE AS $$
  SELECT f.filing_id, f.reception_number, f.procedure_code, f.ward_code, f.state, f.last_seq, f.received_on, f.channel, f.due_on, f.final_due_on,
         f.last_kind, f.last_on,
         left(normalize(coalesce(
           (SELECT p.kana FROM allowance.person_history p WHERE p.addressee_number = f.claimant_number ORDER BY p.history_no DESC, p.revision DESC LIMIT 1),
           (SELECT o.kana FROM allowance.organization_history o WHERE o.addressee_number = f.claimant_number ORDER BY o.revision DESC LIMIT 1), ''), NFKC), 1),
         x.outcome, coalesce(x.override IS NOT NULL, false), f.replaces, f.typed_by
  FROM allowance.filing_current f
  LEFT JOIN allowance.filing_examination x ON x.filing_id = f.filing_id AND x.seq = f.last_seq
  WHERE NOT EXISTS (SELECT FROM allowance.filing_event e WHERE e.filing_id = f.filing_id AND e.kind IN ('approved', 'withdrawn', 'discarded'))
$$;
COMMENT ON FUNCTION allowance.queued_filings() IS '終わっていない受付のすべて（一括・監督用）';

CREATE FUNCTION allowance.queued_filings_for_staff() RETURNS SETOF allowance.queued_filing
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE s record;
BEGIN
  SELECT * INTO s FROM identity.session_now();
  IF NOT FOUND THEN RAISE EXCEPTION 'no live session' USING ERRCODE = 'HGA01'; END IF;
  RETURN QUERY SELECT q.* FROM allowance.queued_filings() q JOIN allowance.filing f USING (filing_id)
    WHERE (s.wards IS NULL OR q.ward_code = ANY (s.wards))
      AND (q.state <> 'draft' OR q.typed_by = s.staff_id)
      AND allowance.may_see(f.claimant_number, 'protection.view' = ANY (s.permissions));
END $$;
COMMENT ON FUNCTION allowance.queued_filings_for_staff() IS '職員に見せる一覧: 自分の区だけ、支援措置の対象者は権限のある職員だけ、仮受付は入力した本人だけ';
ALTER FUNCTION allowance.queued_filings_for_staff() OWNER TO hagukumi_allowance;
REVOKE EXECUTE ON FUNCTION allowance.queued_filings(), allowance.queued_filings_for_staff() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION allowance.queued_filings() TO hagukumi_allowance;
GRANT EXECUTE ON FUNCTION allowance.queued_filings_for_staff() TO hagukumi_desk;
