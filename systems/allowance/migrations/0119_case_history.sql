-- Up Migration
-- 経過: 1つの事案に起きた処理。開いている受給者の分だけを、いまのセッションに返す。
CREATE FUNCTION allowance.case_history(recipient bigint, most integer)
RETURNS TABLE (event_id bigint, recorded_at timestamptz, actor text, action text, object_kind text, object_id text, purpose text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH own AS (
    SELECT r.recipient_id, r.addressee_number, r.kind FROM allowance.recipient r
    WHERE r.recipient_id = recipient AND r.addressee_number = ANY (allowance.open_numbers())),
  objects(kind, id) AS (
    SELECT 'recipient', recipient_id::text FROM own
    UNION SELECT 'case', kind || '/' || addressee_number FROM own
    UNION SELECT 'claim', c.reception_number FROM own o JOIN allowance.claim c ON c.claimant_number = o.addressee_number
    UNION SELECT 'filing', c.reception_number FROM own o JOIN allowance.claim c ON c.claimant_number = o.addressee_number
    UNION SELECT 'hold', h.hold_id::text FROM own o JOIN allowance.hold h USING (recipient_id))
  SELECT e.event_id, e.recorded_at, e.actor, e.action, e.object_kind, e.object_id, e.purpose
  FROM objects o JOIN audit.event e ON e.object_kind = o.kind AND e.object_id = o.id
  WHERE e.action NOT LIKE 'inquiry.%'
  ORDER BY e.event_id DESC LIMIT least(greatest(most, 1), 500)
$$;
COMMENT ON FUNCTION allowance.case_history(bigint, integer) IS '事案の経過（新しい順）。照会の記録はアクセスログにあり、ここには出さない。';
ALTER FUNCTION allowance.case_history(bigint, integer) OWNER TO hagukumi_allowance;
REVOKE ALL ON FUNCTION allowance.case_history(bigint, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION allowance.case_history(bigint, integer) TO hagukumi_desk;
