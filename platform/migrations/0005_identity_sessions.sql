-- Up Migration
-- セッションを一往復で確かめる。端末の違う符号はその場で終わらせて知らせ、期限を過ぎたものは閉じる。
CREATE FUNCTION identity.session_of(hash text)
  RETURNS TABLE (session_id bigint, staff_id text, staff_name text, section_code text, section_name text, terminal_code text, wards text[], permissions text[], stepped_up_at timestamptz)
  LANGUAGE plpgsql SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM set_config('hagukumi.session', hash, true);
  RETURN QUERY SELECT * FROM identity.session_now();
END $$;
COMMENT ON FUNCTION identity.session_of(text) IS '符号のハッシュを設定し（トランザクションの間）、そのセッションを返す';

CREATE FUNCTION identity.terminal_of(secret_hash text, certificate text) RETURNS text
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT t.terminal_code FROM identity.terminal t LEFT JOIN identity.terminal_revocation v USING (terminal_code)
  WHERE v.terminal_code IS NULL AND coalesce($1, $2) IS NOT NULL
    AND ($1 IS NULL OR t.secret_hash = $1) AND ($2 IS NULL OR t.certificate_sha256 = $2)
$$;
COMMENT ON FUNCTION identity.terminal_of(text, text) IS '秘密または証明書の指紋が示す、登録された端末。両方あれば同じ端末でなければならない。';

CREATE FUNCTION identity.use_session(hash text, terminal_secret_hash text, certificate text)
  RETURNS TABLE (state text, session_id bigint, staff_id text, staff_name text, section_code text, section_name text, terminal_code text, wards text[], permissions text[], stepped_up_at timestamptz, idle_ends_at timestamptz, ends_at timestamptz)
  LANGUAGE plpgsql SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s identity.session;
  y identity.policy;
  at timestamptz := identity.clock();
  terminal text := identity.terminal_of(terminal_secret_hash, certificate);
  ending text;
BEGIN
  SELECT * INTO s FROM identity.session x WHERE x.token_hash = hash;
  IF NOT FOUND THEN state := 'none'; RETURN NEXT; RETURN; END IF;
  IF s.ended_at IS NOT NULL THEN state := s.end_reason; RETURN NEXT; RETURN; END IF;
  SELECT * INTO y FROM identity.policy;
  ending := CASE WHEN terminal IS DISTINCT FROM s.terminal_code THEN 'otherTerminal'
    WHEN s.started_at + y.absolute_limit <= at THEN 'absolute' WHEN s.last_seen_at + y.idle_limit <= at THEN 'idle' END;
  IF ending IS NOT NULL THEN
    UPDATE identity.session x SET ended_at = at, end_reason = ending WHERE x.session_id = s.session_id AND x.ended_at IS NULL;
    IF FOUND AND ending = 'otherTerminal' THEN
      INSERT INTO identity.alert (kind, staff_id, terminal_code, session_id)
      VALUES ('otherTerminal', s.staff_id, coalesce(terminal, '(未登録)'), s.session_id);
    END IF;
    state := ending; RETURN NEXT; RETURN;
  END IF;
  IF s.last_seen_at < at - interval '30 s' THEN
    UPDATE identity.session x SET last_seen_at = at WHERE x.session_id = s.session_id AND x.ended_at IS NULL AND x.last_seen_at < at;
    s.last_seen_at := at;
  END IF;
  PERFORM set_config('hagukumi.session', hash, true);
  RETURN QUERY SELECT 'live', n.*, s.last_seen_at + y.idle_limit, s.started_at + y.absolute_limit FROM identity.session_now() n;
  IF NOT FOUND THEN state := 'inactive'; RETURN NEXT; END IF;
END $$;
COMMENT ON FUNCTION identity.use_session(text, text, text) IS '画面からの要求ごとに呼ぶ。state が live の時だけ使える。最終利用の時刻は30秒に1回まで書く。';

REVOKE EXECUTE ON FUNCTION identity.session_of(text), identity.terminal_of(text, text), identity.use_session(text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION identity.session_of(text) TO hagukumi_desk, hagukumi_allowance, hagukumi_identity;
GRANT EXECUTE ON FUNCTION identity.terminal_of(text, text), identity.use_session(text, text, text) TO hagukumi_identity;
