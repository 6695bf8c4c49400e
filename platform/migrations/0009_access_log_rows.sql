-- Up Migration
-- 何人分かのアクセスログを一度に書く（セッションと権限を調べるのは1回）。一人でも開いていなければ、全部が失敗する。
CREATE FUNCTION access.write_log_rows(numbers bigint[], of_system text, of_operation text, did text, classes text, rows_shown integer,
  of_request text, reference text, approval text, rules text) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE s record; moment timestamptz := identity.clock(); written integer;
BEGIN
  SELECT * INTO s FROM identity.session_now();
  IF NOT FOUND THEN RAISE EXCEPTION 'no live session' USING ERRCODE = 'HGA01'; END IF;
  INSERT INTO access.log (processed_at, staff_id, staff_name, section_code, section_name, terminal_code, purpose_code, purpose_text,
    addressee_number, system, operation, action, columns_class, row_count, session_id, request_id, case_ref, approval_ref, rule_version)
  SELECT moment, s.staff_id, s.staff_name, s.section_code, s.section_name, s.terminal_code, o.purpose_code, o.purpose_text,
    n.number, of_system, of_operation, did, coalesce(classes, ''), rows_shown, s.session_id, of_request, coalesce(reference, ''),
    coalesce(approval, ''), coalesce(rules, '')
  FROM unnest(numbers) WITH ORDINALITY n(number, place)
  CROSS JOIN LATERAL (
    SELECT x.purpose_code, x.purpose_text FROM access.opening x JOIN access.opening_person p USING (opening_id)
    WHERE x.session_id = s.session_id AND p.addressee_number = n.number AND x.expires_at > moment
      AND NOT EXISTS (SELECT FROM access.opening_end e WHERE e.opening_id = x.opening_id)
    ORDER BY x.opening_id DESC LIMIT 1) o
  ORDER BY n.place;
  GET DIAGNOSTICS written = ROW_COUNT;
  IF written <> coalesce(cardinality(numbers), 0) THEN RAISE EXCEPTION 'a person is not open' USING ERRCODE = 'HGA05'; END IF;
  RETURN written;
END $$;
COMMENT ON FUNCTION access.write_log_rows IS '同じ処理で見た何人分かのアクセスログを書く';
REVOKE ALL ON FUNCTION access.write_log_rows FROM PUBLIC;
GRANT EXECUTE ON FUNCTION access.write_log_rows TO hagukumi_desk, hagukumi_allowance;
