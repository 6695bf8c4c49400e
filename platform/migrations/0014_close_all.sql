-- Up Migration
-- 窓口の次の人へ移るとき、前の人のために開いたものを、全部閉じる。
CREATE FUNCTION access.close_all() RETURNS integer
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH own AS (SELECT o.opening_id FROM access.opening o JOIN identity.session_now() s ON s.session_id = o.session_id WHERE o.expires_at > identity.clock()),
  ended AS (INSERT INTO access.opening_end (opening_id, ended_at) SELECT opening_id, identity.clock() FROM own ON CONFLICT DO NOTHING RETURNING 1)
  SELECT count(*)::integer FROM ended
$$;
COMMENT ON FUNCTION access.close_all() IS '自分のセッションが開いたものを、全部閉じる。閉じた数を返す。';
REVOKE ALL ON FUNCTION access.close_all() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION access.close_all() TO hagukumi_desk, hagukumi_allowance;
