-- Up Migration
-- 人を開く。処理事由を示し、範囲（区・支援措置・閲覧禁止）の内の人だけが、本人と案件の人々について15分だけ開く。
-- 範囲の外の人も、いない人も、同じ答え（HGA06）で、同じところで終わる。

CREATE FUNCTION allowance.may_see(number bigint, protection boolean) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN NOT access.is_denied(number) AND (protection OR NOT allowance.is_protected(number));
END $$;
COMMENT ON FUNCTION allowance.may_see(bigint, boolean) IS '支援措置と閲覧禁止の上で、いまの職員が見てよい人か（protection: 支援措置の照会の権限）';

CREATE FUNCTION allowance.in_wards(number bigint, scope text[]) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF scope IS NULL THEN RETURN true; END IF;
  RETURN coalesce((SELECT h.ward_code FROM allowance.person_history h WHERE h.addressee_number = number ORDER BY h.history_no DESC, h.revision DESC LIMIT 1) = ANY (scope), false)
    OR coalesce((SELECT o.ward_code FROM allowance.organization_history o WHERE o.addressee_number = number ORDER BY o.revision DESC LIMIT 1) = ANY (scope), false)
    OR EXISTS (SELECT FROM allowance.recipient r WHERE r.addressee_number = number AND r.ward_code = ANY (scope))
    OR EXISTS (SELECT FROM allowance.claim k WHERE k.claimant_number = number AND k.ward_code = ANY (scope)
               AND NOT EXISTS (SELECT FROM allowance.approval a WHERE a.claim_id = k.claim_id)
               AND NOT EXISTS (SELECT FROM allowance.decision d WHERE d.claim_id = k.claim_id)
               AND NOT EXISTS (SELECT FROM allowance.claim_withdrawal w WHERE w.claim_id = k.claim_id))
    OR EXISTS (SELECT FROM allowance.filing_current f WHERE f.claimant_number = number AND f.ward_code = ANY (scope)
               AND f.state IN ('draft', 'submitted', 'returned', 'held', 'examined'));
END $$;
COMMENT ON FUNCTION allowance.in_wards(bigint, text[]) IS '職員の区の範囲か: 住所の区、受給者の所管区、終わっていない請求・届出の区（scope が NULL なら全区）';

-- 案件の人々: 本人、本人の請求・届出の児童、その児童を請求した他の人、本人を児童とする請求者、同じ世帯の人
CREATE FUNCTION allowance.case_members(subject bigint) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY
  WITH child AS (
    SELECT c.child_number::bigint AS n FROM allowance.claim k JOIN allowance.claim_child c USING (claim_id) WHERE k.claimant_number = subject
    UNION SELECT unnest(x.named_numbers) FROM allowance.filing_current f JOIN allowance.filing_content x ON x.filing_id = f.filing_id AND x.revision = f.revision
      WHERE f.claimant_number = subject AND f.state NOT IN ('draft', 'discarded')
    UNION SELECT subject),
  claimant AS (
    SELECT k.claimant_number::bigint AS n FROM child JOIN allowance.claim_child c ON c.child_number = child.n JOIN allowance.claim k USING (claim_id)
    UNION SELECT f.claimant_number FROM child JOIN allowance.filing_content x ON x.named_numbers @> ARRAY[child.n]
      JOIN allowance.filing_current f ON f.filing_id = x.filing_id AND f.revision = x.revision WHERE f.state NOT IN ('draft', 'discarded')),
  home AS (
    SELECT h.household_number, h.resident_state FROM allowance.person_history h WHERE h.addressee_number = subject
    ORDER BY h.history_no DESC, h.revision DESC LIMIT 1),
  household AS (
    SELECT DISTINCT p.addressee_number::bigint AS n FROM home JOIN allowance.person_history p USING (household_number)
    WHERE home.resident_state = 1 AND home.household_number = (
      SELECT q.household_number FROM allowance.person_history q WHERE q.addressee_number = p.addressee_number ORDER BY q.history_no DESC, q.revision DESC LIMIT 1))
  SELECT n FROM child UNION SELECT n FROM claimant UNION SELECT n FROM household;
END $$;
COMMENT ON FUNCTION allowance.case_members(bigint) IS '本人を開くと一緒に開く人々（支援措置の人を除く前）';

CREATE FUNCTION allowance.open_case(target_kind text, target text, purpose text, explanation text, source text)
RETURNS TABLE (opening_id bigint, subject_number bigint, recipient_ids bigint[], opened_numbers bigint[], expires_at timestamptz)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE s record; subject bigint; members bigint[]; protection boolean;
BEGIN
  SELECT * INTO s FROM identity.session_now();
  IF NOT FOUND THEN RAISE EXCEPTION 'no live session' USING ERRCODE = 'HGA01'; END IF;
  IF NOT ('case.open' = ANY (s.permissions)) THEN RAISE EXCEPTION 'permission case.open is missing' USING ERRCODE = 'HGA03'; END IF;
  protection := 'protection.view' = ANY (s.permissions);
  -- 番号の形をしていないものは、いない人と同じに扱う
  IF target !~ '^[0-9]{1,15}$' THEN target := '0'; END IF;
  subject := CASE target_kind
    WHEN 'addressee' THEN (SELECT a.addressee_number FROM allowance.addressee a WHERE a.addressee_number = target::bigint)
    WHEN 'recipient' THEN (SELECT r.addressee_number FROM allowance.recipient r WHERE r.recipient_id = target::bigint)
    WHEN 'reception' THEN coalesce(
      (SELECT f.claimant_number FROM allowance.filing f WHERE f.reception_number = target),
      (SELECT k.claimant_number FROM allowance.claim k WHERE k.reception_number = target)) END;
  IF subject IS NULL OR (allowance.may_see(subject, protection) AND allowance.in_wards(subject, s.wards)) IS NOT TRUE THEN
    RAISE EXCEPTION 'not found' USING ERRCODE = 'HGA06';
  END IF;
  members := ARRAY(SELECT m FROM allowance.case_members(subject) m WHERE m = subject OR allowance.may_see(m, protection) ORDER BY m);
  opening_id := access.open(members, purpose, explanation, source, target_kind || ':' || target);
  PERFORM set_config('hagukumi.desk_sight', '', true); -- 控えより多くが見えるようになった
  subject_number := subject;
  recipient_ids := ARRAY(SELECT r.recipient_id FROM allowance.recipient r WHERE r.addressee_number = subject ORDER BY r.recipient_id DESC);
  opened_numbers := members;
  expires_at := identity.clock() + interval '15 minutes';
  RETURN NEXT;
END $$;
COMMENT ON FUNCTION allowance.open_case(text, text, text, text, text) IS '認定番号（recipient）・受付番号（reception）・宛名番号（addressee）の人を、処理事由を示して開く';

GRANT EXECUTE ON FUNCTION access.open(bigint[], text, text, text, text) TO hagukumi_allowance;
DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['may_see(bigint, boolean)', 'in_wards(bigint, text[])', 'case_members(bigint)', 'open_case(text, text, text, text, text)'] LOOP
    EXECUTE format('ALTER FUNCTION allowance.%s OWNER TO hagukumi_allowance', name);
    EXECUTE format('REVOKE ALL ON FUNCTION allowance.%s FROM PUBLIC', name);
    EXECUTE format('GRANT EXECUTE ON FUNCTION allowance.%s TO hagukumi_allowance', name);
  END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION allowance.open_case(text, text, text, text, text) TO hagukumi_desk;
