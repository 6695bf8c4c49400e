-- Up Migration
-- identity.session_now() を、権限を1回だけ求める形に書き直す。答えは同じ。どの照会も何度か呼ぶので、1回の重さが画面の速さになる。
CREATE OR REPLACE FUNCTION identity.session_now()
  RETURNS TABLE (session_id bigint, staff_id text, staff_name text, section_code text, section_name text, terminal_code text, wards text[], permissions text[], stepped_up_at timestamptz)
  LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
  live record; held record; placed record; named text; section_named text;
  moment timestamptz; day date;
  hash text := current_setting('hagukumi.session', true);
BEGIN
  IF hash IS NULL OR hash = '' THEN RETURN; END IF;
  SELECT s.session_id, s.staff_id, s.terminal_code, s.credential_id, s.last_seen_at, s.started_at, s.stepped_up_at, y.idle_limit, y.absolute_limit
  INTO live FROM identity.session s CROSS JOIN identity.policy y WHERE s.token_hash = hash AND s.ended_at IS NULL;
  IF NOT FOUND THEN RETURN; END IF;
  moment := identity.clock();
  day := (moment AT TIME ZONE 'Asia/Tokyo')::date;
  IF live.last_seen_at + live.idle_limit <= moment OR live.started_at + live.absolute_limit <= moment
    OR EXISTS (SELECT FROM identity.credential_revocation v WHERE v.credential_id = live.credential_id)
    OR EXISTS (SELECT FROM identity.terminal_revocation v WHERE v.terminal_code = live.terminal_code)
    OR NOT identity.active_on(live.staff_id, day) OR NOT identity.trained_on(live.staff_id, day) THEN RETURN; END IF;
  SELECT p.section_code INTO placed FROM identity.assignment_period p
  WHERE p.staff_id = live.staff_id AND day >= p.starts_on AND (p.ends_on IS NULL OR day <= p.ends_on)
  ORDER BY p.main DESC, p.starts_on DESC, p.assignment_id DESC LIMIT 1;
  IF NOT FOUND THEN RETURN; END IF;
  SELECT m.name INTO named FROM identity.staff_name m
  WHERE m.staff_id = live.staff_id AND m.starts_on <= day ORDER BY m.starts_on DESC, m.recorded_at DESC LIMIT 1;
  IF NOT FOUND THEN RETURN; END IF;
  SELECT m.name INTO section_named FROM identity.section_name m
  WHERE m.section_code = placed.section_code AND m.starts_on <= day ORDER BY m.starts_on DESC LIMIT 1;
  IF NOT FOUND THEN RETURN; END IF;
  -- 範囲の違う権限が重なれば、狭い方をとる。権限が一つもなければ、どの区も見えない。
  WITH rights AS MATERIALIZED (SELECT r.wards, r.permissions FROM identity.rights_on(live.staff_id, day) r)
  SELECT (SELECT count(*) FROM rights) AS rights, (SELECT count(r.wards) FROM rights r) AS limited,
    ARRAY(SELECT DISTINCT p FROM rights r, unnest(r.permissions) p ORDER BY p) AS permissions,
    ARRAY(SELECT w FROM rights r, unnest(r.wards) w GROUP BY w HAVING count(*) = (SELECT count(x.wards) FROM rights x) ORDER BY w) AS wards
  INTO held;
  session_id := live.session_id;
  staff_id := live.staff_id;
  staff_name := named;
  section_code := placed.section_code;
  section_name := section_named;
  terminal_code := live.terminal_code;
  wards := CASE WHEN held.rights = 0 THEN '{}'::text[] WHEN held.limited = 0 THEN NULL ELSE held.wards END;
  permissions := held.permissions;
  stepped_up_at := live.stepped_up_at;
  RETURN NEXT;
END $$;
