-- Up Migration
-- 生きたセッションと権限は、一つの処理（トランザクション）の中で何十回も聞かれる。画面の要求1件に平均7回、1回 0.5 ms で、
-- 照会の重さの半分を超えていた。スナップショットが動かない処理では答えも動かないので、初めの答えを設定に控える。
-- セッションの行（終わったか、時間切れか、再認証の時刻）は控えず、毎回読む: 同じ処理の中で終わらせたセッションは、そこから使えない。
-- 控えは、所有者だけが読める秘密で署名し、セッション・接続・トランザクションに結びつける。書き換えた控えは使われない。

CREATE TABLE identity.memo_secret (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  secret   text NOT NULL DEFAULT replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '')
);
COMMENT ON TABLE identity.memo_secret IS 'セッションの控えに署名する秘密（データベースごとに作られる乱数）。どの役割にも読ませない。';
COMMENT ON COLUMN identity.memo_secret.only_row IS '1行だけ';
COMMENT ON COLUMN identity.memo_secret.secret IS '署名の秘密';
INSERT INTO identity.memo_secret DEFAULT VALUES;

CREATE TYPE identity.session_memo AS (
  session_id bigint, staff_id text, staff_name text, section_code text, section_name text, terminal_code text, wards text[], permissions text[]
);
COMMENT ON TYPE identity.session_memo IS 'セッションの控え（再認証の時刻は控えない）';

CREATE FUNCTION identity.session_checked()
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
COMMENT ON FUNCTION identity.session_checked() IS '設定 hagukumi.session が指す生きたセッションと、今の権限を、控えによらず調べる。なければ行がない。';
REVOKE EXECUTE ON FUNCTION identity.session_checked() FROM PUBLIC;

CREATE OR REPLACE FUNCTION identity.session_now()
  RETURNS TABLE (session_id bigint, staff_id text, staff_name text, section_code text, section_name text, terminal_code text, wards text[], permissions text[], stepped_up_at timestamptz)
  LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
  kept text := coalesce(current_setting('hagukumi.session_memo', true), '');
  hash text := current_setting('hagukumi.session', true);
  fixed boolean := current_setting('transaction_isolation') <> 'read committed';
  memo identity.session_memo; key text; seal text; live record; moment timestamptz;
BEGIN
  IF hash IS NULL OR hash = '' THEN RETURN; END IF;
  IF fixed THEN
    SELECT m.secret INTO key FROM identity.memo_secret m;
    key := concat_ws('|', key, hash, pg_backend_pid(), now());
  END IF;
  IF fixed AND kept <> '' THEN
    seal := encode(sha256(convert_to(concat_ws('|', key, substr(kept, 65), key), 'UTF8')), 'hex');
    IF left(kept, 64) = seal THEN
      memo := substr(kept, 65)::identity.session_memo;
      SELECT s.session_id, s.last_seen_at, s.started_at, s.stepped_up_at, y.idle_limit, y.absolute_limit
      INTO live FROM identity.session s CROSS JOIN identity.policy y WHERE s.token_hash = hash AND s.ended_at IS NULL;
      IF NOT FOUND THEN RETURN; END IF;
      moment := identity.clock();
      IF live.last_seen_at + live.idle_limit <= moment OR live.started_at + live.absolute_limit <= moment THEN RETURN; END IF;
      IF live.session_id = memo.session_id THEN
        session_id := memo.session_id; staff_id := memo.staff_id; staff_name := memo.staff_name; section_code := memo.section_code;
        section_name := memo.section_name; terminal_code := memo.terminal_code; wards := memo.wards; permissions := memo.permissions;
        stepped_up_at := live.stepped_up_at;
        RETURN NEXT;
        RETURN;
      END IF;
    END IF;
  END IF;
  SELECT c.* INTO live FROM identity.session_checked() c;
  IF NOT FOUND THEN RETURN; END IF;
  IF fixed THEN
    memo := ROW(live.session_id, live.staff_id, live.staff_name, live.section_code, live.section_name, live.terminal_code, live.wards, live.permissions);
    PERFORM set_config('hagukumi.session_memo',
      encode(sha256(convert_to(concat_ws('|', key, memo::text, key), 'UTF8')), 'hex') || memo::text, true);
  END IF;
  session_id := live.session_id; staff_id := live.staff_id; staff_name := live.staff_name; section_code := live.section_code;
  section_name := live.section_name; terminal_code := live.terminal_code; wards := live.wards; permissions := live.permissions;
  stepped_up_at := live.stepped_up_at;
  RETURN NEXT;
END $$;
COMMENT ON FUNCTION identity.session_now() IS '設定 hagukumi.session（符号のSHA-256）が指す生きたセッションと、今の権限。なければ行がない。同じスナップショットの中では、権限は初めの答えの控え。';
