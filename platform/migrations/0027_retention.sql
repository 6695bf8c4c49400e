-- Up Migration
-- 記録の保存期間と消去（特定個人情報ガイドライン 別添1、ASVS 14.2.7）。期間は市が決める値で、二人で変える。空なら消さずに知らせる。
-- 毎日判定し、候補を示し、申請した人とは別の人が承認したものだけを、封の鍵で署名した消去の記録とともに消す。停止（訴訟・調査など）がかかれば消さない。
CREATE TABLE access.record_group (
  group_code text PRIMARY KEY CHECK (group_code ~ '^[a-z][A-Za-z]{2,39}$'),
  name       text NOT NULL CHECK (name <> ''),
  about      text NOT NULL CHECK (about <> '')
);
COMMENT ON TABLE access.record_group IS '保存期間を決める記録の区分';
COMMENT ON COLUMN access.record_group.group_code IS '区分';
COMMENT ON COLUMN access.record_group.name IS '名前';
COMMENT ON COLUMN access.record_group.about IS '何が入り、何が一緒に消えるか';
INSERT INTO access.record_group (group_code, name, about) VALUES
  ('accessLog', 'アクセスログ', 'だれの情報を見た・変えた・断られた記録。その時に処理事由で開いた許しと、開けない人を開こうとした記録も一緒に消す。'),
  ('journal', 'システムの記録', '認証・イベント・通信・印刷・設定変更・エラーの記録。認証の試みも一緒に消す。');

CREATE TABLE access.retention_term (
  term_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  group_code  text NOT NULL REFERENCES access.record_group,
  years       smallint CHECK (years BETWEEN 1 AND 100),
  valid_from  date NOT NULL,
  entered_by  text NOT NULL,
  approved_by text NOT NULL,
  proposal_id bigint NOT NULL UNIQUE REFERENCES access.proposal,
  recorded_at timestamptz NOT NULL DEFAULT identity.clock(),
  CONSTRAINT retention_term_two_people CHECK (entered_by <> approved_by)
);
COMMENT ON TABLE access.retention_term IS '保存期間（年）。その日に有効なもののうち、始まりが最も新しく、最も後に決めたものが効く。years が空なら消さない。';
COMMENT ON COLUMN access.retention_term.term_id IS '番号';
COMMENT ON COLUMN access.retention_term.group_code IS '記録の区分';
COMMENT ON COLUMN access.retention_term.years IS '年数。空は「決めていない」で、消去を止める';
COMMENT ON COLUMN access.retention_term.valid_from IS 'いつから';
COMMENT ON COLUMN access.retention_term.entered_by IS '申請した人';
COMMENT ON COLUMN access.retention_term.approved_by IS '承認した人';
COMMENT ON COLUMN access.retention_term.proposal_id IS 'もとになった申請';
COMMENT ON COLUMN access.retention_term.recorded_at IS '記録の時刻';
COMMENT ON CONSTRAINT retention_term_two_people ON access.retention_term IS '保存期間は、申請した人とは別の人が承認します。';

CREATE TABLE access.retention_hold (
  hold_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  group_code  text NOT NULL REFERENCES access.record_group,
  from_on     date,
  reason      text NOT NULL CHECK (length(btrim(reason, E' \t\n　')) BETWEEN 5 AND 300),
  placed_by   text NOT NULL CHECK (placed_by <> ''),
  placed_at   timestamptz NOT NULL DEFAULT identity.clock()
);
COMMENT ON TABLE access.retention_hold IS '消去の停止（訴訟・調査・開示の求めなど）。かけるのは一人でよく、解くには二人が要る。';
COMMENT ON COLUMN access.retention_hold.hold_id IS '番号';
COMMENT ON COLUMN access.retention_hold.group_code IS '記録の区分';
COMMENT ON COLUMN access.retention_hold.from_on IS 'この日からの記録を止める（それより前は消せる）。空は全部';
COMMENT ON COLUMN access.retention_hold.reason IS '理由';
COMMENT ON COLUMN access.retention_hold.placed_by IS 'かけた人';
COMMENT ON COLUMN access.retention_hold.placed_at IS '時刻';
CREATE TABLE access.retention_hold_end (
  hold_id     bigint PRIMARY KEY REFERENCES access.retention_hold,
  proposal_id bigint NOT NULL UNIQUE REFERENCES access.proposal,
  ended_at    timestamptz NOT NULL DEFAULT identity.clock()
);
COMMENT ON TABLE access.retention_hold_end IS '消去の停止の解除（二人で決めたもの）';
COMMENT ON COLUMN access.retention_hold_end.hold_id IS '停止';
COMMENT ON COLUMN access.retention_hold_end.proposal_id IS '解除を決めた申請';
COMMENT ON COLUMN access.retention_hold_end.ended_at IS '時刻';

CREATE FUNCTION access.retention_years(of_group text, day date) RETURNS smallint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT t.years FROM access.retention_term t WHERE t.group_code = of_group AND t.valid_from <= day ORDER BY t.valid_from DESC, t.term_id DESC LIMIT 1
$$;
COMMENT ON FUNCTION access.retention_years(text, date) IS 'その日に有効な保存期間（年）。決めていなければ空';

-- この日より前の記録だけを消してよい。期間が空なら空（消せない）。停止があれば、停止の始まりまで。
CREATE FUNCTION access.removable_before(of_group text, day date) RETURNS date
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT least((day - make_interval(years => access.retention_years(of_group, day)::integer))::date,
    (SELECT min(coalesce(h.from_on, '-infinity'::date)) FROM access.retention_hold h WHERE h.group_code = of_group
     AND NOT EXISTS (SELECT FROM access.retention_hold_end e WHERE e.hold_id = h.hold_id)))
  WHERE access.retention_years(of_group, day) IS NOT NULL
$$;
COMMENT ON FUNCTION access.removable_before(text, date) IS 'その日に消してよい記録の、終わりの日（この日は含まない）。空なら消せない';

CREATE TABLE access.retention_judgement (
  judged_on     date NOT NULL,
  group_code    text NOT NULL REFERENCES access.record_group,
  years         smallint,
  before_on     date,
  through_block bigint NOT NULL CHECK (through_block >= 0),
  block_hash    bytea CHECK (length(block_hash) = 32),
  row_count     bigint NOT NULL CHECK (row_count >= 0),
  held          boolean NOT NULL,
  judged_at     timestamptz NOT NULL DEFAULT identity.clock(),
  PRIMARY KEY (group_code, judged_on),
  CONSTRAINT judgement_no_term CHECK (years IS NOT NULL OR row_count = 0)
);
COMMENT ON TABLE access.retention_judgement IS '毎日の判定。保存期間の過ぎた記録を、封の単位で数える。';
COMMENT ON COLUMN access.retention_judgement.judged_on IS '判定の日';
COMMENT ON COLUMN access.retention_judgement.group_code IS '記録の区分';
COMMENT ON COLUMN access.retention_judgement.years IS '保存期間（年）。空は、決めていない（消さずに知らせる）';
COMMENT ON COLUMN access.retention_judgement.before_on IS 'この日より前の記録が候補';
COMMENT ON COLUMN access.retention_judgement.through_block IS '候補の最後の封（0は候補なし）';
COMMENT ON COLUMN access.retention_judgement.block_hash IS 'その封のハッシュ（候補の中身は、これで一つに決まる）';
COMMENT ON COLUMN access.retention_judgement.row_count IS '候補の行の数';
COMMENT ON COLUMN access.retention_judgement.held IS '停止がかかっているか';
COMMENT ON COLUMN access.retention_judgement.judged_at IS '判定の時刻';
COMMENT ON CONSTRAINT judgement_no_term ON access.retention_judgement IS '保存期間を決めていない記録に、消去の候補はありません。';

CREATE TABLE access.removal_order (
  proposal_id   bigint PRIMARY KEY REFERENCES access.proposal,
  group_code    text NOT NULL REFERENCES access.record_group,
  through_block bigint NOT NULL CHECK (through_block >= 1),
  block_hash    bytea NOT NULL CHECK (length(block_hash) = 32),
  proposed_by   text NOT NULL,
  approved_by   text NOT NULL,
  ordered_at    timestamptz NOT NULL DEFAULT identity.clock(),
  CONSTRAINT removal_order_two_people CHECK (proposed_by <> approved_by)
);
COMMENT ON TABLE access.removal_order IS '承認された消去。封の鍵を持つサーバーが、次の回りで行う。';
COMMENT ON COLUMN access.removal_order.proposal_id IS 'もとになった申請';
COMMENT ON COLUMN access.removal_order.group_code IS '記録の区分';
COMMENT ON COLUMN access.removal_order.through_block IS 'この封まで';
COMMENT ON COLUMN access.removal_order.block_hash IS 'その封のハッシュ';
COMMENT ON COLUMN access.removal_order.proposed_by IS '申請した人';
COMMENT ON COLUMN access.removal_order.approved_by IS '承認した人';
COMMENT ON COLUMN access.removal_order.ordered_at IS '承認の時刻';
COMMENT ON CONSTRAINT removal_order_two_people ON access.removal_order IS '消去は、申請した人とは別の人が承認します。';

CREATE TABLE access.removal (
  removal_no    bigint NOT NULL CHECK (removal_no >= 1),
  group_code    text NOT NULL REFERENCES access.record_group,
  proposal_id   bigint NOT NULL REFERENCES access.removal_order,
  from_block    bigint NOT NULL CHECK (from_block >= 1),
  through_block bigint NOT NULL,
  numbers       int8multirange NOT NULL,
  row_count     bigint NOT NULL CHECK (row_count >= 0),
  also_removed  bigint NOT NULL CHECK (also_removed >= 0),
  years         smallint NOT NULL,
  before_on     date NOT NULL,
  proposed_by   text NOT NULL,
  approved_by   text NOT NULL,
  removed_at    timestamptz NOT NULL,
  blocks_root   bytea NOT NULL CHECK (length(blocks_root) = 32),
  previous_hash bytea NOT NULL CHECK (length(previous_hash) = 32),
  removal_hash  bytea NOT NULL UNIQUE CHECK (length(removal_hash) = 32),
  key_id        text NOT NULL CHECK (key_id ~ '^[0-9a-f]{16}$'),
  signature     bytea NOT NULL CHECK (length(signature) = 64),
  PRIMARY KEY (group_code, removal_no),
  CONSTRAINT removal_blocks CHECK (through_block >= from_block),
  CONSTRAINT removal_two_people CHECK (proposed_by <> approved_by)
);
COMMENT ON TABLE access.removal IS '消去の記録。何を・いつ・だれの承認で・どの決まりで消したかに、封の鍵で署名し、前の消去の記録につなぐ。行のハッシュは封に残る。';
COMMENT ON COLUMN access.removal.removal_no IS '番号（区分ごとに1から、抜けなし）';
COMMENT ON COLUMN access.removal.group_code IS '記録の区分';
COMMENT ON COLUMN access.removal.proposal_id IS '承認された申請';
COMMENT ON COLUMN access.removal.from_block IS '消した初めの封';
COMMENT ON COLUMN access.removal.through_block IS '消した終わりの封';
COMMENT ON COLUMN access.removal.numbers IS '消した行の番号';
COMMENT ON COLUMN access.removal.row_count IS '消した行の数';
COMMENT ON COLUMN access.removal.also_removed IS '一緒に消した行の数（開いた許し・開けない人への試み・認証の試み）';
COMMENT ON COLUMN access.removal.years IS '当てはめた保存期間（年）';
COMMENT ON COLUMN access.removal.before_on IS 'この日より前の記録を消した';
COMMENT ON COLUMN access.removal.proposed_by IS '申請した人';
COMMENT ON COLUMN access.removal.approved_by IS '承認した人';
COMMENT ON COLUMN access.removal.removed_at IS '消した時刻';
COMMENT ON COLUMN access.removal.blocks_root IS '消した封のハッシュの木の根';
COMMENT ON COLUMN access.removal.previous_hash IS '前の消去の記録のハッシュ（最初は0）';
COMMENT ON COLUMN access.removal.removal_hash IS 'この記録のハッシュ';
COMMENT ON COLUMN access.removal.key_id IS '署名した鍵の印';
COMMENT ON COLUMN access.removal.signature IS '署名（Ed25519）';
COMMENT ON CONSTRAINT removal_blocks ON access.removal IS '消す封の範囲は、初めから終わりへ進みます。';
COMMENT ON CONSTRAINT removal_two_people ON access.removal IS '消去は、申請した人とは別の人が承認します。';

-- 消してよいものだけを消す: 承認された範囲の中で、いまの保存期間を過ぎ、停止がなく、前の消去から続いている。
CREATE FUNCTION access.removal_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE o access.removal_order; last bigint; late bigint;
BEGIN
  SELECT * INTO o FROM access.removal_order x WHERE x.proposal_id = NEW.proposal_id;
  SELECT coalesce(max(r.through_block), 0) INTO last FROM access.removal r WHERE r.group_code = NEW.group_code;
  IF o.group_code <> NEW.group_code OR o.proposed_by <> NEW.proposed_by OR o.approved_by <> NEW.approved_by
     OR NEW.through_block > o.through_block OR NEW.from_block <> last + 1 THEN
    RAISE EXCEPTION 'not what was approved' USING ERRCODE = 'HG225', CONSTRAINT = 'removal_as_approved';
  END IF;
  IF access.removable_before(NEW.group_code, identity.today()) IS NULL OR NEW.before_on > access.removable_before(NEW.group_code, identity.today()) THEN
    RAISE EXCEPTION 'the term is not over, or a hold stands' USING ERRCODE = 'HG226', CONSTRAINT = 'removal_after_term';
  END IF;
  IF NEW.group_code = 'accessLog' THEN
    SELECT count(*) INTO late FROM unnest(NEW.numbers) x(r) JOIN access.log l ON l.seq >= lower(x.r) AND l.seq < upper(x.r)
    WHERE l.processed_at >= NEW.before_on::timestamp AT TIME ZONE 'Asia/Tokyo';
  ELSE
    SELECT count(*) INTO late FROM unnest(NEW.numbers) x(r) JOIN access.journal l ON l.seq >= lower(x.r) AND l.seq < upper(x.r)
    WHERE l.recorded_at >= NEW.before_on::timestamp AT TIME ZONE 'Asia/Tokyo';
  END IF;
  IF late > 0 THEN
    RAISE EXCEPTION 'a record is younger than its term' USING ERRCODE = 'HG226', CONSTRAINT = 'removal_after_term';
  END IF;
  RETURN NEW;
END $$;
COMMENT ON FUNCTION access.removal_guard() IS '消去の記録は、承認どおりで、保存期間を過ぎ、停止のないものだけ';
CREATE TRIGGER removal_guard BEFORE INSERT ON access.removal FOR EACH ROW EXECUTE FUNCTION access.removal_guard();

-- どの役割にも削除の権限はない。消せるのは、署名した消去の記録にある行だけで、この関数だけが消す。
CREATE FUNCTION access.remove_rows(of_group text, removal bigint) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE gone int8multirange; total bigint;
BEGIN
  SELECT r.numbers INTO gone FROM access.removal r WHERE r.group_code = of_group AND r.removal_no = removal;
  IF gone IS NULL THEN RAISE EXCEPTION 'a removal needs its signed record' USING ERRCODE = 'HG227', CONSTRAINT = 'removal_recorded'; END IF;
  IF of_group = 'accessLog' THEN
    DELETE FROM access.log l USING unnest(gone) x(r) WHERE l.seq >= lower(x.r) AND l.seq < upper(x.r);
  ELSE
    DELETE FROM access.journal l USING unnest(gone) x(r) WHERE l.seq >= lower(x.r) AND l.seq < upper(x.r);
  END IF;
  GET DIAGNOSTICS total = ROW_COUNT;
  RETURN total;
END $$;
COMMENT ON FUNCTION access.remove_rows(text, bigint) IS '消去の記録にある行を消す';

-- 一緒に消すもの。数を返す。
CREATE FUNCTION access.remove_beside(of_group text, removal bigint) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE moment timestamptz; part bigint; total bigint := 0;
BEGIN
  SELECT r.before_on::timestamp AT TIME ZONE 'Asia/Tokyo' INTO moment FROM access.removal r WHERE r.group_code = of_group AND r.removal_no = removal;
  IF moment IS NULL THEN RAISE EXCEPTION 'a removal needs its signed record' USING ERRCODE = 'HG227', CONSTRAINT = 'removal_recorded'; END IF;
  IF of_group = 'accessLog' THEN
    DELETE FROM access.opening_end e USING access.opening o WHERE o.opening_id = e.opening_id AND o.expires_at < moment;
    GET DIAGNOSTICS part = ROW_COUNT; total := total + part;
    DELETE FROM access.opening_person e USING access.opening o WHERE o.opening_id = e.opening_id AND o.expires_at < moment;
    GET DIAGNOSTICS part = ROW_COUNT; total := total + part;
    DELETE FROM access.opening o WHERE o.expires_at < moment;
    GET DIAGNOSTICS part = ROW_COUNT; total := total + part;
    DELETE FROM access.closed_attempt c WHERE c.attempted_at < moment;
    GET DIAGNOSTICS part = ROW_COUNT; total := total + part;
  ELSE
    DELETE FROM identity.attempt a WHERE a.attempted_at < moment;
    GET DIAGNOSTICS part = ROW_COUNT; total := total + part;
  END IF;
  RETURN total;
END $$;
COMMENT ON FUNCTION access.remove_beside(text, bigint) IS '記録と一緒に消すものを消す（消去の記録があるときだけ）';

CREATE FUNCTION access.count_beside(of_group text, before_on date) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE of_group WHEN 'accessLog' THEN
      (SELECT count(*) FROM access.opening o WHERE o.expires_at < m.at)
      + (SELECT count(*) FROM access.opening_end e JOIN access.opening o USING (opening_id) WHERE o.expires_at < m.at)
      + (SELECT count(*) FROM access.opening_person e JOIN access.opening o USING (opening_id) WHERE o.expires_at < m.at)
      + (SELECT count(*) FROM access.closed_attempt c WHERE c.attempted_at < m.at)
    ELSE (SELECT count(*) FROM identity.attempt a WHERE a.attempted_at < m.at) END
  FROM (SELECT before_on::timestamp AT TIME ZONE 'Asia/Tokyo' AS at) m
$$;
COMMENT ON FUNCTION access.count_beside(text, date) IS '記録と一緒に消すものの数';

CREATE OR REPLACE FUNCTION access.carry_out(proposal bigint) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE p access.proposal; a access.proposal_answer; c jsonb; changed integer := 1;
BEGIN
  SELECT * INTO p FROM access.proposal x WHERE x.proposal_id = proposal;
  SELECT * INTO a FROM access.proposal_answer x WHERE x.proposal_id = proposal;
  IF a.granted IS DISTINCT FROM true THEN RAISE EXCEPTION 'not granted' USING ERRCODE = 'HG223', CONSTRAINT = 'proposal_granted'; END IF;
  c := p.content;
  IF p.kind = 'denyPerson' THEN
    INSERT INTO access.denied_person (staff_id, addressee_number, reason, valid_from, valid_to, entered_by, approved_by, proposal_id)
    VALUES (c->>'staffId', (c->>'addresseeNumber')::bigint, p.reason, (c->>'from')::date, (c->>'to')::date, p.proposed_by, a.answered_by, proposal)
    ON CONFLICT (proposal_id) DO NOTHING;
  ELSIF p.kind = 'relatePerson' THEN
    INSERT INTO access.staff_relation (staff_id, addressee_number, relation, valid_from, valid_to, entered_by, approved_by, proposal_id)
    VALUES (c->>'staffId', (c->>'addresseeNumber')::bigint, c->>'relation', (c->>'from')::date, (c->>'to')::date, p.proposed_by, a.answered_by, proposal)
    ON CONFLICT (proposal_id) DO NOTHING;
  ELSIF p.kind = 'endDenial' THEN
    UPDATE access.denied_person d SET valid_to = (c->>'to')::date, end_proposal_id = proposal
    WHERE d.denied_id = (c->>'restrictionId')::bigint AND (d.valid_to IS NULL OR d.valid_to > (c->>'to')::date) AND (c->>'to')::date >= d.valid_from;
    GET DIAGNOSTICS changed = ROW_COUNT;
  ELSIF p.kind = 'endRelation' THEN
    UPDATE access.staff_relation d SET valid_to = (c->>'to')::date, end_proposal_id = proposal
    WHERE d.relation_id = (c->>'restrictionId')::bigint AND (d.valid_to IS NULL OR d.valid_to > (c->>'to')::date) AND (c->>'to')::date >= d.valid_from;
    GET DIAGNOSTICS changed = ROW_COUNT;
  ELSIF p.kind = 'retentionTerm' THEN
    INSERT INTO access.retention_term (group_code, years, valid_from, entered_by, approved_by, proposal_id)
    VALUES (c->>'group', (c->>'years')::smallint, (c->>'from')::date, p.proposed_by, a.answered_by, proposal);
  ELSIF p.kind = 'releaseHold' THEN
    INSERT INTO access.retention_hold_end (hold_id, proposal_id) SELECT h.hold_id, proposal FROM access.retention_hold h
    WHERE h.hold_id = (c->>'holdId')::bigint ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS changed = ROW_COUNT;
  ELSIF p.kind = 'removeRecords' THEN
    INSERT INTO access.removal_order (proposal_id, group_code, through_block, block_hash, proposed_by, approved_by)
    VALUES (proposal, c->>'group', (c->>'throughBlock')::bigint, decode(c->>'blockHash', 'hex'), p.proposed_by, a.answered_by);
  ELSE
    RAISE EXCEPTION 'no way to carry out %', p.kind USING ERRCODE = '0A000';
  END IF;
  IF changed <> 1 THEN RAISE EXCEPTION 'nothing to end' USING ERRCODE = 'HG224', CONSTRAINT = 'proposal_still_true'; END IF;
  RETURN p.kind;
END $$;

REVOKE ALL ON FUNCTION access.retention_years, access.removable_before, access.removal_guard, access.remove_rows, access.remove_beside, access.count_beside FROM PUBLIC;
GRANT EXECUTE ON FUNCTION access.retention_years, access.removable_before TO hagukumi_allowance, hagukumi_sealer;
GRANT EXECUTE ON FUNCTION access.remove_rows, access.remove_beside, access.count_beside TO hagukumi_sealer;
GRANT EXECUTE ON FUNCTION identity.today() TO hagukumi_sealer;
GRANT SELECT ON access.record_group, access.retention_term, access.retention_hold, access.retention_hold_end, access.retention_judgement, access.removal_order, access.removal
  TO hagukumi_allowance, hagukumi_sealer;
GRANT SELECT ON access.seal, access.journal_seal TO hagukumi_allowance;
GRANT INSERT ON access.retention_hold TO hagukumi_allowance;
GRANT INSERT ON access.retention_judgement, access.removal TO hagukumi_sealer;
