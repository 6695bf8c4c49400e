-- Up Migration
-- 期限の切れた認証の問いを消し、期限の過ぎたセッションを、過ぎた時刻で閉じる。問いは使い捨ての乱数で、記録ではない（試みの記録は identity.attempt に残る）。
CREATE FUNCTION identity.tidy() RETURNS TABLE (challenges integer, sessions integer)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE moment timestamptz := identity.clock();
BEGIN
  DELETE FROM identity.challenge c WHERE c.expires_at < moment - interval '1 day';
  GET DIAGNOSTICS challenges = ROW_COUNT;
  UPDATE identity.session s SET
    ended_at = least(s.started_at + y.absolute_limit, s.last_seen_at + y.idle_limit),
    end_reason = CASE WHEN s.started_at + y.absolute_limit <= s.last_seen_at + y.idle_limit THEN 'absolute' ELSE 'idle' END
  FROM identity.policy y
  WHERE s.ended_at IS NULL AND least(s.started_at + y.absolute_limit, s.last_seen_at + y.idle_limit) <= moment;
  GET DIAGNOSTICS sessions = ROW_COUNT;
  RETURN NEXT;
END $$;
COMMENT ON FUNCTION identity.tidy() IS '古い認証の問いを消し、期限の過ぎたセッションを閉じる。何度行ってもよい。';
REVOKE ALL ON FUNCTION identity.tidy() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION identity.tidy() TO hagukumi_identity;
