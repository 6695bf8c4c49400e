-- Up Migration
-- 住登外者を職員の画面で扱う: 人を開いてから見る・直す。番号は、使われていないものを引く。
CREATE FUNCTION unified.draw_non_resident_number() RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE drawn bigint;
BEGIN
  -- 行の制限のもとにある職員の処理からは、ほかの人の番号が見えない。ここで全体を見る。
  LOOP
    drawn := nextval('unified.non_resident_number');
    EXIT WHEN NOT EXISTS (SELECT FROM unified.link l WHERE l.addressee_number = drawn)
      AND NOT EXISTS (SELECT FROM unified.non_resident n WHERE n.addressee_number = drawn);
  END LOOP;
  RETURN drawn;
END $$;
COMMENT ON FUNCTION unified.draw_non_resident_number() IS '使われていない住登外者宛名番号';

-- 処理事由を示して、住登外者を15分だけ開く。見えない人（閲覧の禁止・支援措置・他業務参照不可）と、いない人は、同じ答え（空）になる。
CREATE FUNCTION unified.open_non_resident(number bigint, of_system text, purpose text, explanation text) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE s record;
BEGIN
  SELECT * INTO s FROM identity.session_now();
  IF access.is_denied(number) OR NOT EXISTS (
    SELECT FROM unified.non_resident n CROSS JOIN LATERAL (
      SELECT h.barred FROM unified.non_resident_history h WHERE h.addressee_number = n.addressee_number ORDER BY h.history_no DESC LIMIT 1) now
    WHERE n.addressee_number = number AND (n.system_code = of_system OR NOT now.barred)
      AND ('protection.view' = ANY (s.permissions)
        OR NOT EXISTS (SELECT FROM unified.non_resident_history p WHERE p.addressee_number = number AND p.protected))) THEN
    RETURN NULL;
  END IF;
  RETURN access.open(ARRAY[number], purpose, explanation, 'search', '');
END $$;
COMMENT ON FUNCTION unified.open_non_resident(bigint, text, text, text) IS '処理事由を確かめて、住登外者を開く';
REVOKE ALL ON FUNCTION unified.draw_non_resident_number(), unified.open_non_resident(bigint, text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION unified.draw_non_resident_number(), unified.open_non_resident(bigint, text, text, text) TO hagukumi_addressee;

-- ---- 個人番号の消去 ------------------------------------------------------------------------------------------
-- 番号そのものと鍵は金庫にある。ここには、だれの番号を、だれが申し出て、だれが消したかだけが残る。
CREATE TABLE unified.erasure_request (
  request_id       bigint PRIMARY KEY,
  addressee_number unified.addressee_number NOT NULL,
  system_code      text NOT NULL REFERENCES unified.system,
  unified_number   unified.unified_number NOT NULL REFERENCES unified.person,
  rule             text NOT NULL CHECK (rule IN ('retentionOver', 'wrongEntry', 'order')),
  reason           text NOT NULL CHECK (length(btrim(reason, E' \t\n　')) BETWEEN 5 AND 200),
  requested_by     unified.operator NOT NULL,
  requested_at     timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE unified.erasure_request IS '個人番号の消去の申出。番号は金庫の申出の番号と同じ。';
COMMENT ON COLUMN unified.erasure_request.request_id IS '金庫の申出の番号';
COMMENT ON COLUMN unified.erasure_request.addressee_number IS 'だれの（宛名番号）';
COMMENT ON COLUMN unified.erasure_request.system_code IS '業務システム';
COMMENT ON COLUMN unified.erasure_request.unified_number IS '団体内統合宛名番号';
COMMENT ON COLUMN unified.erasure_request.rule IS '保存期間の経過・誤入力・命令';
COMMENT ON COLUMN unified.erasure_request.reason IS 'わけ';
COMMENT ON COLUMN unified.erasure_request.requested_by IS '申し出た人';
COMMENT ON COLUMN unified.erasure_request.requested_at IS '申出の日時';
CREATE TABLE unified.erasure (
  request_id        bigint PRIMARY KEY REFERENCES unified.erasure_request,
  records           integer NOT NULL CHECK (records >= 0),
  backups_expire_on date NOT NULL,
  erased_by         unified.operator NOT NULL,
  erased_at         timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE unified.erasure IS '個人番号の消去の記録（消去証明書のもと）';
COMMENT ON COLUMN unified.erasure.request_id IS '申出の番号';
COMMENT ON COLUMN unified.erasure.records IS '金庫で消した番号の件数（前の番号を含む）';
COMMENT ON COLUMN unified.erasure.backups_expire_on IS 'バックアップからも無くなる日';
COMMENT ON COLUMN unified.erasure.erased_by IS '消した人';
COMMENT ON COLUMN unified.erasure.erased_at IS '消した日時';
CREATE FUNCTION unified.two_people_erase() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM unified.erasure_request q WHERE q.request_id = NEW.request_id AND q.requested_by = NEW.erased_by) THEN
    RAISE EXCEPTION 'the same person' USING ERRCODE = '23514', CONSTRAINT = 'erasure_two_people', SCHEMA = 'unified', TABLE = 'erasure';
  END IF;
  RETURN NEW;
END $$;
COMMENT ON FUNCTION unified.two_people_erase() IS '申し出た人は消せない';
CREATE TRIGGER erasure_two_people BEFORE INSERT ON unified.erasure FOR EACH ROW EXECUTE FUNCTION unified.two_people_erase();

ALTER TABLE unified.link DROP CONSTRAINT link_end_reason_check;
ALTER TABLE unified.link ADD CONSTRAINT link_end_reason_check CHECK (end_reason IN ('wrongNumber', 'correction', 'erased'));

-- 消去の相手: この業務の紐付けだけがあるとき、金庫の参照を返す。ほかの業務でまだ使われていれば alone は偽。
CREATE FUNCTION unified.erasure_subject(number bigint, of_system text)
  RETURNS TABLE (unified_number bigint, person_ref uuid, alone boolean, waiting boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT l.unified_number::bigint, p.person_ref,
    NOT EXISTS (SELECT FROM unified.link o WHERE o.unified_number = l.unified_number AND o.ended_at IS NULL AND o.link_id <> l.link_id),
    EXISTS (SELECT FROM unified.erasure_request q WHERE q.unified_number = l.unified_number
      AND NOT EXISTS (SELECT FROM unified.erasure e WHERE e.request_id = q.request_id))
  FROM unified.link l JOIN unified.person p USING (unified_number)
  WHERE l.addressee_number = number AND l.system_code = of_system AND l.ended_at IS NULL
$$;
COMMENT ON FUNCTION unified.erasure_subject(bigint, text) IS 'この宛名番号の個人番号（金庫の参照）と、ほかで使われていないか';
CREATE FUNCTION unified.end_erased_link(of_number bigint, by_whom text) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  UPDATE unified.link SET ended_at = clock_timestamp(), ended_by = by_whom, end_reason = 'erased' WHERE unified_number = of_number AND ended_at IS NULL
$$;
COMMENT ON FUNCTION unified.end_erased_link(bigint, text) IS '消した番号の紐付けを終える';
-- 紐付けは行の制限のもとにある。持ち主の関数が終えられるようにする。
DO $$
BEGIN
  EXECUTE format('CREATE POLICY owner_changes ON unified.link FOR UPDATE TO %I USING (true)', current_user);
END
$$;
-- 個人番号がいまもある宛名（消去の候補を選ぶ）。
CREATE FUNCTION unified.linked_numbers(numbers bigint[], of_system text) RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(array_agg(l.addressee_number::bigint ORDER BY l.addressee_number), '{}') FROM unified.link l
  WHERE l.addressee_number = ANY (numbers) AND l.system_code = of_system AND l.ended_at IS NULL
$$;
COMMENT ON FUNCTION unified.linked_numbers(bigint[], text) IS 'このうち、個人番号を登録してある宛名番号';
REVOKE ALL ON FUNCTION unified.two_people_erase(), unified.erasure_subject(bigint, text), unified.end_erased_link(bigint, text), unified.linked_numbers(bigint[], text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION unified.erasure_subject(bigint, text), unified.end_erased_link(bigint, text), unified.linked_numbers(bigint[], text) TO hagukumi_addressee;
GRANT SELECT, INSERT ON unified.erasure_request, unified.erasure TO hagukumi_addressee;
