-- Up Migration
-- 支援措置の人の住所の一時解除。対象の印は外さない。解除は「申請→別の人の承認→15分までの貸出し」で、時刻が過ぎれば何もしなくても元に戻る。
-- 住所を出す所は allowance.protected_address だけで、出すたびに記録する。

CREATE TABLE allowance.protection_lift (
  lift_id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  addressee_number allowance.addressee_number NOT NULL REFERENCES allowance.addressee,
  reason           text NOT NULL CHECK (length(btrim(reason, E' \t\n　')) BETWEEN 10 AND 500),
  minutes          smallint NOT NULL,
  content_digest   allowance.digest NOT NULL,
  requested_by     text NOT NULL CHECK (requested_by <> ''),
  requested_at     timestamptz NOT NULL DEFAULT identity.clock(),
  CONSTRAINT protection_lift_minutes CHECK (minutes BETWEEN 1 AND 15)
);
COMMENT ON TABLE allowance.protection_lift IS '支援措置の人の住所の一時解除の申請';
COMMENT ON COLUMN allowance.protection_lift.lift_id IS '申請の番号';
COMMENT ON COLUMN allowance.protection_lift.addressee_number IS '宛名番号';
COMMENT ON COLUMN allowance.protection_lift.reason IS '住所が要るわけ';
COMMENT ON COLUMN allowance.protection_lift.minutes IS '貸し出す時間（分、1〜15）';
COMMENT ON COLUMN allowance.protection_lift.content_digest IS '申請の内容のハッシュ。承認する人が見た内容と同じであることを確かめる。';
COMMENT ON COLUMN allowance.protection_lift.requested_by IS '申請した職員。住所を見られるのはこの職員だけ。';
COMMENT ON COLUMN allowance.protection_lift.requested_at IS '申請の時刻';
COMMENT ON CONSTRAINT protection_lift_minutes ON allowance.protection_lift IS '一時解除の時間は1〜15分です。';

CREATE TABLE allowance.protection_lift_answer (
  lift_id        bigint PRIMARY KEY REFERENCES allowance.protection_lift,
  granted        boolean NOT NULL,
  content_digest allowance.digest NOT NULL,
  requested_by   text NOT NULL,
  answered_by    text NOT NULL CHECK (answered_by <> ''),
  answered_at    timestamptz NOT NULL DEFAULT identity.clock(),
  ends_at        timestamptz,
  CONSTRAINT protection_lift_two_people CHECK (answered_by <> requested_by),
  CONSTRAINT protection_lift_term CHECK ((granted AND ends_at > answered_at AND ends_at <= answered_at + interval '15 minutes') OR (NOT granted AND ends_at IS NULL))
);
COMMENT ON TABLE allowance.protection_lift_answer IS '一時解除の承認（別の人）。承認の時刻から数えて、申請の分数で終わる。';
COMMENT ON COLUMN allowance.protection_lift_answer.lift_id IS '申請の番号';
COMMENT ON COLUMN allowance.protection_lift_answer.granted IS '承認したか';
COMMENT ON COLUMN allowance.protection_lift_answer.content_digest IS '承認した人が見た申請の内容のハッシュ';
COMMENT ON COLUMN allowance.protection_lift_answer.requested_by IS '申請した職員';
COMMENT ON COLUMN allowance.protection_lift_answer.answered_by IS '承認した職員';
COMMENT ON COLUMN allowance.protection_lift_answer.answered_at IS '承認の時刻';
COMMENT ON COLUMN allowance.protection_lift_answer.ends_at IS '終わりの時刻。過ぎれば、何もしなくても元に戻る。';
COMMENT ON CONSTRAINT protection_lift_two_people ON allowance.protection_lift_answer IS '一時解除は、申請した人とは別の人が承認します。';
COMMENT ON CONSTRAINT protection_lift_term ON allowance.protection_lift_answer IS '一時解除は、承認から15分までです。';

CREATE TABLE allowance.protection_lift_end (
  lift_id  bigint PRIMARY KEY REFERENCES allowance.protection_lift_answer,
  ended_by text NOT NULL CHECK (ended_by <> ''),
  ended_at timestamptz NOT NULL DEFAULT identity.clock()
);
COMMENT ON TABLE allowance.protection_lift_end IS '時刻の前に終えた一時解除';
COMMENT ON COLUMN allowance.protection_lift_end.lift_id IS '申請の番号';
COMMENT ON COLUMN allowance.protection_lift_end.ended_by IS '終えた職員';
COMMENT ON COLUMN allowance.protection_lift_end.ended_at IS '終えた時刻';

CREATE TABLE allowance.protection_lift_use (
  use_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  lift_id  bigint NOT NULL REFERENCES allowance.protection_lift_answer,
  used_by  text NOT NULL CHECK (used_by <> ''),
  used_at  timestamptz NOT NULL
);
COMMENT ON TABLE allowance.protection_lift_use IS '一時解除で住所を表示した記録（表示のたびに1行）';
COMMENT ON COLUMN allowance.protection_lift_use.use_id IS '番号';
COMMENT ON COLUMN allowance.protection_lift_use.lift_id IS '申請の番号';
COMMENT ON COLUMN allowance.protection_lift_use.used_by IS '表示した職員';
COMMENT ON COLUMN allowance.protection_lift_use.used_at IS '表示の時刻';

CREATE FUNCTION allowance.protection_lift_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE asked allowance.protection_lift;
BEGIN
  SELECT * INTO asked FROM allowance.protection_lift l WHERE l.lift_id = NEW.lift_id;
  IF asked.requested_by IS DISTINCT FROM NEW.requested_by OR asked.content_digest IS DISTINCT FROM NEW.content_digest THEN
    RAISE EXCEPTION 'the answer is about another content' USING ERRCODE = 'HG190', CONSTRAINT = 'protection_lift_content';
  END IF;
  IF NEW.granted AND NEW.ends_at <> NEW.answered_at + make_interval(mins => asked.minutes) THEN
    RAISE EXCEPTION 'the term is not the one that was asked for' USING ERRCODE = 'HG190', CONSTRAINT = 'protection_lift_content';
  END IF;
  RETURN NEW;
END $$;
COMMENT ON FUNCTION allowance.protection_lift_guard() IS '承認が、申請の内容そのものについてであることを確かめる';
CREATE TRIGGER protection_lift_guard BEFORE INSERT ON allowance.protection_lift_answer FOR EACH ROW EXECUTE FUNCTION allowance.protection_lift_guard();

-- 住所を出すただ一つの所。申請した本人が、その人を開いていて、承認された時間の内で、まだ支援措置の対象である時だけ。表示の記録を同じ処理で書く。
CREATE FUNCTION allowance.protected_address(number bigint) RETURNS TABLE (lift_id bigint, address text, ends_at timestamptz)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE s record; live record; moment timestamptz := identity.clock();
BEGIN
  SELECT * INTO s FROM identity.session_now();
  IF NOT FOUND THEN RAISE EXCEPTION 'no live session' USING ERRCODE = 'HGA01'; END IF;
  IF NOT ('protection.lift' = ANY (s.permissions)) OR NOT ('protection.view' = ANY (s.permissions)) THEN
    RAISE EXCEPTION 'permission protection.lift is missing' USING ERRCODE = 'HGA03';
  END IF;
  IF NOT (number = ANY (allowance.open_numbers())) THEN RAISE EXCEPTION 'person is not open' USING ERRCODE = 'HGA05'; END IF;
  SELECT l.lift_id, a.ends_at INTO live FROM allowance.protection_lift l JOIN allowance.protection_lift_answer a USING (lift_id)
  WHERE l.addressee_number = number AND l.requested_by = s.staff_id AND a.granted AND a.answered_at <= moment AND a.ends_at > moment
    AND NOT EXISTS (SELECT FROM allowance.protection_lift_end e WHERE e.lift_id = l.lift_id)
  ORDER BY a.ends_at DESC LIMIT 1;
  IF NOT FOUND THEN RETURN; END IF;
  INSERT INTO allowance.protection_lift_use (lift_id, used_by, used_at) VALUES (live.lift_id, s.staff_id, moment);
  RETURN QUERY SELECT live.lift_id, h.address::text, live.ends_at FROM allowance.person_history h WHERE h.addressee_number = number
    ORDER BY h.history_no DESC, h.revision DESC LIMIT 1;
END $$;
COMMENT ON FUNCTION allowance.protected_address(bigint) IS '一時解除の間だけ、申請した職員に住所を返し、表示を記録する。一時解除がなければ行がない。';

-- 開けなかった試みを、わけと一緒に残す。いない番号でも、同じ照会をして1行を書く。
CREATE FUNCTION allowance.note_closed(target_kind text, target text, of_operation text, of_request text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE s record; subject bigint; denied boolean; sheltered boolean;
BEGIN
  SELECT * INTO s FROM identity.session_now();
  IF NOT FOUND THEN RETURN; END IF;
  IF target !~ '^[0-9]{1,15}$' THEN target := '0'; END IF;
  subject := CASE target_kind
    WHEN 'addressee' THEN (SELECT a.addressee_number FROM allowance.addressee a WHERE a.addressee_number = target::bigint)
    WHEN 'recipient' THEN (SELECT r.addressee_number FROM allowance.recipient r WHERE r.recipient_id = target::bigint)
    WHEN 'reception' THEN coalesce(
      (SELECT f.claimant_number FROM allowance.filing f WHERE f.reception_number = target),
      (SELECT k.claimant_number FROM allowance.claim k WHERE k.reception_number = target)) END;
  denied := access.is_denied(coalesce(subject, 0));
  sheltered := allowance.is_protected(coalesce(subject, 0)) AND NOT ('protection.view' = ANY (s.permissions));
  INSERT INTO access.closed_attempt (attempted_at, staff_id, section_code, terminal_code, session_id, request_id, operation, kind, addressee_number)
  VALUES (identity.clock(), s.staff_id, s.section_code, s.terminal_code, s.session_id, of_request, of_operation,
    CASE WHEN subject IS NULL THEN 'unknown' WHEN denied THEN 'denied' WHEN sheltered THEN 'protected' ELSE 'outside' END, subject);
END $$;
COMMENT ON FUNCTION allowance.note_closed(text, text, text, text) IS '開けなかった試みを残す（答えは何も返さない）';

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['protected_address(bigint)', 'note_closed(text, text, text, text)', 'protection_lift_guard()'] LOOP
    EXECUTE format('ALTER FUNCTION allowance.%s OWNER TO hagukumi_allowance', name);
    EXECUTE format('REVOKE ALL ON FUNCTION allowance.%s FROM PUBLIC', name);
    EXECUTE format('GRANT EXECUTE ON FUNCTION allowance.%s TO hagukumi_allowance', name);
  END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION allowance.protected_address(bigint), allowance.note_closed(text, text, text, text) TO hagukumi_desk;
GRANT SELECT, INSERT ON allowance.protection_lift, allowance.protection_lift_answer, allowance.protection_lift_end, allowance.protection_lift_use TO hagukumi_allowance;
SELECT allowance.protect_rows(t::regclass, kind, key) FROM (VALUES
  ('allowance.protection_lift', 'person', 'addressee_number'),
  ('allowance.protection_lift_answer', 'where', 'EXISTS (SELECT FROM allowance.protection_lift l WHERE l.lift_id = protection_lift_answer.lift_id)'),
  ('allowance.protection_lift_end', 'where', 'EXISTS (SELECT FROM allowance.protection_lift l WHERE l.lift_id = protection_lift_end.lift_id)'),
  ('allowance.protection_lift_use', 'where', 'EXISTS (SELECT FROM allowance.protection_lift l WHERE l.lift_id = protection_lift_use.lift_id)')
) AS p (t, kind, key);
