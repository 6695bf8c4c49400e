-- Up Migration
-- 年齢到達を、ほかの課から来た変更と同じ一覧に並べる。職員には、自分の区の、見てよい人のものだけを、まだ決まっていない間だけ見せる。
CREATE TYPE allowance.listed_age_change AS (place integer, ward_code text, kana_initial text, run_no integer, run_state text);
COMMENT ON TYPE allowance.listed_age_change IS '変更の一覧に出す年齢到達。氏名・住所・生年月日・宛名番号は出さない。run_no と run_state は、その月の一括処理とその状態。';

CREATE FUNCTION allowance.age_changes_for_staff(recipients bigint[], people bigint[], days date[]) RETURNS SETOF allowance.listed_age_change
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE s record; sees boolean;
BEGIN
  SELECT * INTO s FROM identity.session_now();
  IF NOT FOUND THEN RAISE EXCEPTION 'no live session' USING ERRCODE = 'HGA01'; END IF;
  IF NOT ('case.open' = ANY (s.permissions)) THEN RAISE EXCEPTION 'permission case.open is missing' USING ERRCODE = 'HGA03'; END IF;
  sees := 'protection.view' = ANY (s.permissions);
  RETURN QUERY
    WITH event AS (
      SELECT e.place::integer AS place, e.recipient_id, e.person, date_trunc('month', e.happened)::date AS month
      FROM unnest(recipients, people, days) WITH ORDINALITY AS e(recipient_id, person, happened, place)),
    run AS (
      SELECT DISTINCT ON (m.period) m.period, m.mass_run_no, t.state FROM allowance.mass_run m JOIN allowance.mass_state t USING (mass_run_no)
      WHERE m.job_code = 'ageMilestones' AND t.state <> 'cancelled'
        AND m.period IN (SELECT to_char(e.month, 'YYYY-MM') FROM event e)
      ORDER BY m.period, m.mass_run_no DESC)
    SELECT e.place, r.ward_code::text, allowance.kana_initial_of(r.addressee_number), run.mass_run_no, run.state
    FROM event e JOIN allowance.recipient r USING (recipient_id) JOIN allowance.recipient_window w USING (recipient_id)
    LEFT JOIN run ON run.period = to_char(e.month, 'YYYY-MM')
    WHERE (s.wards IS NULL OR r.ward_code = ANY (s.wards))
      AND allowance.may_see(r.addressee_number, sees) AND allowance.may_see(e.person, sees)
      -- 終わった資格・まだ始まっていない資格には、変わるものがない。
      AND w.first_month <= e.month AND (w.ended_from IS NULL OR w.ended_from > e.month)
      -- 翌月分からの決定があれば、その額は年齢到達も入れて決めたものである。
      AND NOT EXISTS (SELECT FROM allowance.decision d WHERE d.recipient_id = e.recipient_id AND d.effective_month = (e.month + interval '1 month')::date)
      -- 一括処理が、額は変わらないと確かめて終わったもの。
      AND NOT (coalesce(run.state, '') = 'done' AND EXISTS (SELECT FROM allowance.mass_item i
        WHERE i.mass_run_no = run.mass_run_no AND i.recipient_id = e.recipient_id AND i.outcome = 'noChange'))
    ORDER BY e.place;
END $$;
COMMENT ON FUNCTION allowance.age_changes_for_staff(bigint[], bigint[], date[]) IS
  '職員に見せる、まだ決まっていない年齢到達: 与えた出来事のうち、自分の区の、見てよい人のもの。支援措置の対象者は権限のある職員だけ';
ALTER FUNCTION allowance.age_changes_for_staff(bigint[], bigint[], date[]) OWNER TO hagukumi_allowance;
REVOKE EXECUTE ON FUNCTION allowance.age_changes_for_staff(bigint[], bigint[], date[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION allowance.age_changes_for_staff(bigint[], bigint[], date[]) TO hagukumi_desk;
