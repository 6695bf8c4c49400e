-- Up Migration
-- 仮受付は、入力した本人の照会にしか現れない（人を開いていても、ほかの職員には見えない）。
CREATE FUNCTION allowance.is_draft_of_other(filing bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce((
    SELECT e.kind IN ('drafted', 'discarded') AND c.typed_by IS DISTINCT FROM (SELECT s.staff_id FROM identity.session_now() s)
    FROM allowance.filing_event e JOIN allowance.filing_content c ON c.filing_id = e.filing_id AND c.revision = e.revision
    WHERE e.filing_id = filing ORDER BY e.seq DESC LIMIT 1), false)
$$;
COMMENT ON FUNCTION allowance.is_draft_of_other(bigint) IS 'ほかの職員の仮受付か（破棄したものを含む）';
ALTER FUNCTION allowance.is_draft_of_other(bigint) OWNER TO hagukumi_allowance;
REVOKE EXECUTE ON FUNCTION allowance.is_draft_of_other(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION allowance.is_draft_of_other(bigint) TO hagukumi_desk;

-- The other tables of a filing are seen only where their filing is.
CREATE POLICY filing_own_drafts ON allowance.filing AS RESTRICTIVE FOR SELECT TO hagukumi_desk USING (NOT allowance.is_draft_of_other(filing_id));
