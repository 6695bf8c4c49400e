-- Up Migration
-- 印（支援措置・抑止・差止・債権）を一つの照会に集める。一人を同時に二人が編集しないよう、編集中を記録する。

-- 見てよい人だけに答える: 開いている人か、職員の区の範囲にいて、支援措置・閲覧禁止にかからない人。
CREATE FUNCTION allowance.marks_of(numbers bigint[])
RETURNS TABLE (addressee_number bigint, protected boolean, attention boolean, suspended boolean, suppressed boolean, debt boolean, ended boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE s record; protection boolean; opened bigint[] := allowance.open_numbers();
BEGIN
  SELECT * INTO s FROM identity.session_now();
  IF NOT FOUND THEN RAISE EXCEPTION 'no live session' USING ERRCODE = 'HGA01'; END IF;
  IF NOT (s.permissions && ARRAY['case.search', 'case.open']) THEN RAISE EXCEPTION 'permission case.search is missing' USING ERRCODE = 'HGA03'; END IF;
  protection := 'protection.view' = ANY (s.permissions);
  RETURN QUERY
  SELECT n, protection AND allowance.is_protected(n),
    -- 要確認は理由を言わない: 必ず見るメモ、二人目の確認を待つ記載、請求の児童にこの職員には見えない人がいること、のどれか。
    EXISTS (SELECT FROM allowance.note_current t WHERE t.addressee_number = n AND t.pop_up
        AND t.valid_from <= identity.today() AND (t.valid_to IS NULL OR t.valid_to >= identity.today()))
      OR EXISTS (SELECT FROM allowance.mailing_address_current m WHERE m.addressee_number = n
           AND NOT EXISTS (SELECT FROM allowance.entry_confirmation c WHERE c.entry_id = m.entry_id AND c.revision = m.revision))
      OR EXISTS (SELECT FROM allowance.claim k JOIN allowance.claim_child c USING (claim_id)
           WHERE k.claimant_number = n AND NOT allowance.may_see(c.child_number, protection)),
    EXISTS (SELECT FROM allowance.recipient r JOIN allowance.hold h USING (recipient_id) WHERE r.addressee_number = n AND h.kind = 'hold'
      AND NOT EXISTS (SELECT FROM allowance.hold_release x WHERE x.hold_id = h.hold_id)),
    EXISTS (SELECT FROM allowance.recipient r JOIN allowance.hold h USING (recipient_id) WHERE r.addressee_number = n AND h.kind = 'pending'
      AND NOT EXISTS (SELECT FROM allowance.hold_release x WHERE x.hold_id = h.hold_id)),
    EXISTS (SELECT FROM allowance.recipient r JOIN allowance.receivable v USING (recipient_id) WHERE r.addressee_number = n),
    EXISTS (SELECT FROM allowance.recipient r WHERE r.addressee_number = n) AND NOT EXISTS (
      SELECT FROM allowance.recipient r WHERE r.addressee_number = n AND NOT EXISTS (
        SELECT FROM allowance.decision d WHERE d.recipient_id = r.recipient_id AND d.kind = 'extinguish' AND NOT EXISTS (
          SELECT FROM allowance.decision c WHERE c.recipient_id = d.recipient_id AND c.kind = 'correct' AND c.seq > d.seq)))
  FROM unnest(numbers) AS x (n)
  WHERE n = ANY (opened) OR (allowance.may_see(n, protection) AND allowance.in_wards(n, s.wards));
END $$;
COMMENT ON FUNCTION allowance.marks_of(bigint[]) IS '人に付く印: 支援措置（照会の権限のある職員だけ）、要確認（理由は言わない）、差止、抑止（保留）、債権、消滅';

CREATE TABLE allowance.edit_lock (
  lock_id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  addressee_number allowance.addressee_number NOT NULL REFERENCES allowance.addressee,
  held_by          allowance.operator NOT NULL,
  begun_at         timestamptz NOT NULL DEFAULT identity.clock(),
  renewed_at       timestamptz NOT NULL DEFAULT identity.clock(),
  ended_at         timestamptz,
  ended_how        text CHECK (ended_how IN ('released', 'expired', 'takenOver')),
  ended_by         allowance.operator,
  reason           text NOT NULL DEFAULT '' CHECK (length(reason) <= 200),
  CONSTRAINT edit_lock_end CHECK ((ended_at IS NULL) = (ended_how IS NULL) AND (ended_at IS NULL) = (ended_by IS NULL)),
  CONSTRAINT edit_lock_takeover CHECK (ended_how IS DISTINCT FROM 'takenOver' OR (ended_by <> held_by AND length(btrim(reason)) >= 10))
);
COMMENT ON TABLE allowance.edit_lock IS '編集中: 一人の記録を、いまだれがいつから編集しているか。10分のあいだ操作がなければ効かなくなる。終わった行は残す。';
COMMENT ON COLUMN allowance.edit_lock.held_by IS '編集している人';
COMMENT ON COLUMN allowance.edit_lock.begun_at IS '編集を始めた時';
COMMENT ON COLUMN allowance.edit_lock.renewed_at IS '最後に操作した時。これから10分のあいだ効く。';
COMMENT ON COLUMN allowance.edit_lock.ended_how IS '終わり方: released 本人が終えた、expired 時間が切れて次の人が始めた、takenOver ほかの職員が理由を書いて引き継いだ';
COMMENT ON COLUMN allowance.edit_lock.ended_by IS '終わらせた人';
COMMENT ON COLUMN allowance.edit_lock.reason IS '引き継いだ理由（10文字以上）';
COMMENT ON CONSTRAINT edit_lock_takeover ON allowance.edit_lock IS '引継ぎはほかの職員が、10文字以上の理由を書いて行う';
CREATE UNIQUE INDEX edit_lock_one ON allowance.edit_lock (addressee_number) WHERE ended_at IS NULL;
COMMENT ON INDEX allowance.edit_lock_one IS '一人を同時に編集できるのは一人だけ';

CREATE FUNCTION allowance.edit_lock_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.ended_at IS NOT NULL OR (NEW.lock_id, NEW.addressee_number, NEW.held_by, NEW.begun_at) IS DISTINCT FROM (OLD.lock_id, OLD.addressee_number, OLD.held_by, OLD.begun_at) THEN
    RAISE EXCEPTION '終わった編集中の記録は変えられません' USING ERRCODE = 'HG157', CONSTRAINT = 'edit_lock_kept';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER edit_lock_kept BEFORE UPDATE ON allowance.edit_lock FOR EACH ROW EXECUTE FUNCTION allowance.edit_lock_kept();

CREATE FUNCTION allowance.locked_by_other(number bigint, actor text) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (SELECT FROM allowance.edit_lock l WHERE l.addressee_number = number AND l.ended_at IS NULL AND l.held_by <> actor
    AND l.renewed_at > identity.clock() - interval '10 minutes')
$$;
COMMENT ON FUNCTION allowance.locked_by_other(bigint, text) IS 'ほかの職員がこの人を編集中か';

-- 窓口で書く表は、ほかの職員が編集中の人について1行も受け付けない。
CREATE FUNCTION allowance.refuse_locked() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE r jsonb := to_jsonb(NEW); number bigint;
BEGIN
  number := CASE TG_ARGV[0]
    WHEN 'filing' THEN (SELECT f.claimant_number FROM allowance.filing f WHERE f.filing_id = (r ->> 'filing_id')::bigint)
    WHEN 'recipient' THEN (SELECT x.addressee_number FROM allowance.recipient x WHERE x.recipient_id = (r ->> 'recipient_id')::bigint)
    WHEN 'hold' THEN (SELECT x.addressee_number FROM allowance.hold h JOIN allowance.recipient x USING (recipient_id) WHERE h.hold_id = (r ->> 'hold_id')::bigint)
    ELSE (r ->> 'addressee_number')::bigint END;
  IF allowance.locked_by_other(number, r ->> TG_ARGV[1]) THEN
    RAISE EXCEPTION 'ほかの職員が編集中です' USING ERRCODE = 'HG157', CONSTRAINT = 'edit_lock_held';
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION allowance.refuse_locked() IS 'ほかの職員が編集中の人の記録を断る（引数: 人の求め方、処理した人の列）';

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['contact', 'mailing_address', 'related_person', 'note', 'coverage', 'child_circumstance', 'counted_sibling',
    'welfare_name', 'document', 'former_inquiry', 'material_request', 'yearly_review', 'annual_report'] LOOP
    EXECUTE format('CREATE TRIGGER refuse_locked AFTER INSERT ON allowance.%I FOR EACH ROW EXECUTE FUNCTION allowance.refuse_locked(''person'', ''entered_by'')', name);
  END LOOP;
END $$;
CREATE TRIGGER refuse_locked AFTER INSERT ON allowance.filing_event FOR EACH ROW EXECUTE FUNCTION allowance.refuse_locked('filing', 'done_by');
CREATE TRIGGER refuse_locked AFTER INSERT ON allowance.hold FOR EACH ROW EXECUTE FUNCTION allowance.refuse_locked('recipient', 'placed_by');
CREATE TRIGGER refuse_locked AFTER INSERT ON allowance.hold_release FOR EACH ROW EXECUTE FUNCTION allowance.refuse_locked('hold', 'released_by');

SELECT allowance.protect_rows('allowance.edit_lock', 'person', 'addressee_number');
GRANT SELECT, INSERT, UPDATE (renewed_at, ended_at, ended_how, ended_by, reason) ON allowance.edit_lock TO hagukumi_allowance;
ALTER FUNCTION allowance.marks_of(bigint[]) OWNER TO hagukumi_allowance;
REVOKE ALL ON FUNCTION allowance.marks_of(bigint[]), allowance.locked_by_other(bigint, text), allowance.refuse_locked(), allowance.edit_lock_kept() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION allowance.marks_of(bigint[]) TO hagukumi_desk, hagukumi_allowance;
GRANT EXECUTE ON FUNCTION allowance.locked_by_other(bigint, text) TO hagukumi_allowance;
