-- Up Migration
-- 二人で決めること（閲覧の制限、職員との関係、記録の保存期間、記録の消去、消去の停止の解除）。申請した内容のハッシュに、別の人の承認が結びつく。
-- 承認された内容だけを、データベースの関数が書く。業務の役割は、結果の表に直接は書けない。
CREATE TABLE access.proposal (
  proposal_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind        text NOT NULL CHECK (kind IN ('denyPerson', 'endDenial', 'relatePerson', 'endRelation', 'retentionTerm', 'removeRecords', 'releaseHold')),
  content     jsonb NOT NULL CHECK (jsonb_typeof(content) = 'object' AND length(content::text) <= 2000),
  digest      text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
  reason      text NOT NULL CHECK (length(btrim(reason, E' \t\n　')) BETWEEN 5 AND 300),
  proposed_by text NOT NULL CHECK (proposed_by <> ''),
  proposed_at timestamptz NOT NULL DEFAULT identity.clock()
);
COMMENT ON TABLE access.proposal IS '二人で決めることの申請。内容は変えられない（直すなら断って、新しく申請する）。';
COMMENT ON COLUMN access.proposal.proposal_id IS '番号';
COMMENT ON COLUMN access.proposal.kind IS '種類: denyPerson 閲覧の禁止、endDenial その終わり、relatePerson 職員との関係、endRelation その終わり、retentionTerm 保存期間、removeRecords 記録の消去、releaseHold 消去の停止の解除';
COMMENT ON COLUMN access.proposal.content IS '内容（番号・日付・符号だけ）';
COMMENT ON COLUMN access.proposal.digest IS '内容のハッシュ（種類と内容から）';
COMMENT ON COLUMN access.proposal.reason IS '理由';
COMMENT ON COLUMN access.proposal.proposed_by IS '申請した人';
COMMENT ON COLUMN access.proposal.proposed_at IS '申請の時刻';

CREATE TABLE access.proposal_answer (
  proposal_id bigint PRIMARY KEY REFERENCES access.proposal,
  granted     boolean NOT NULL,
  digest      text NOT NULL,
  note        text NOT NULL DEFAULT '' CHECK (length(note) <= 300),
  answered_by text NOT NULL CHECK (answered_by <> ''),
  answered_at timestamptz NOT NULL DEFAULT identity.clock()
);
COMMENT ON TABLE access.proposal_answer IS '申請への答え（承認または不承認）。申請した人とは別の人が、見た内容のハッシュを添えて答える。';
COMMENT ON COLUMN access.proposal_answer.proposal_id IS '申請';
COMMENT ON COLUMN access.proposal_answer.granted IS '承認したか';
COMMENT ON COLUMN access.proposal_answer.digest IS '答えた人が見た内容のハッシュ';
COMMENT ON COLUMN access.proposal_answer.note IS '添え書き';
COMMENT ON COLUMN access.proposal_answer.answered_by IS '答えた人';
COMMENT ON COLUMN access.proposal_answer.answered_at IS '答えた時刻';

CREATE FUNCTION access.proposal_answer_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE p access.proposal;
BEGIN
  SELECT * INTO p FROM access.proposal x WHERE x.proposal_id = NEW.proposal_id;
  IF NEW.granted AND NEW.answered_by = p.proposed_by THEN
    RAISE EXCEPTION 'the same person' USING ERRCODE = 'HG220', CONSTRAINT = 'proposal_two_people';
  END IF;
  -- 閲覧を禁じられる本人、関係を届けられる本人は、自分のことを承認できない。
  IF NEW.granted AND p.content->>'staffId' = NEW.answered_by THEN
    RAISE EXCEPTION 'about oneself' USING ERRCODE = 'HG221', CONSTRAINT = 'proposal_not_own';
  END IF;
  IF NEW.digest <> p.digest THEN
    RAISE EXCEPTION 'another content' USING ERRCODE = 'HG222', CONSTRAINT = 'proposal_same_content';
  END IF;
  RETURN NEW;
END $$;
COMMENT ON FUNCTION access.proposal_answer_guard() IS '承認は、申請した人とも対象の職員とも別の人が、申請どおりの内容に対して行う';
CREATE TRIGGER proposal_answer_guard BEFORE INSERT ON access.proposal_answer FOR EACH ROW EXECUTE FUNCTION access.proposal_answer_guard();

ALTER TABLE access.denied_person ADD COLUMN proposal_id bigint REFERENCES access.proposal, ADD COLUMN end_proposal_id bigint REFERENCES access.proposal;
COMMENT ON COLUMN access.denied_person.denied_id IS '番号';
COMMENT ON COLUMN access.denied_person.staff_id IS '職員';
COMMENT ON COLUMN access.denied_person.addressee_number IS '閲覧を禁じた人の宛名番号';
COMMENT ON COLUMN access.denied_person.reason IS '理由';
COMMENT ON COLUMN access.denied_person.valid_from IS 'いつから';
COMMENT ON COLUMN access.denied_person.valid_to IS 'いつまで（空は、終わりを決めていない）';
COMMENT ON COLUMN access.denied_person.entered_by IS '申請した人';
COMMENT ON COLUMN access.denied_person.approved_by IS '承認した人';
COMMENT ON COLUMN access.denied_person.recorded_at IS '記録の時刻';
COMMENT ON COLUMN access.denied_person.proposal_id IS 'もとになった申請';
COMMENT ON COLUMN access.denied_person.end_proposal_id IS '終わりを決めた申請';
ALTER TABLE access.staff_relation ADD COLUMN proposal_id bigint REFERENCES access.proposal, ADD COLUMN end_proposal_id bigint REFERENCES access.proposal;
COMMENT ON COLUMN access.staff_relation.proposal_id IS 'もとになった申請';
COMMENT ON COLUMN access.staff_relation.end_proposal_id IS '終わりを決めた申請';
CREATE UNIQUE INDEX denied_person_proposal ON access.denied_person (proposal_id);
CREATE UNIQUE INDEX staff_relation_proposal ON access.staff_relation (proposal_id);
REVOKE INSERT ON access.denied_person, access.staff_relation FROM hagukumi_allowance;

-- 承認された申請を行う。内容は申請の行から取り、呼ぶ側からは受け取らない。二度目は何もしない。
CREATE FUNCTION access.carry_out(proposal bigint) RETURNS text
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
  ELSE
    RAISE EXCEPTION 'no way to carry out %', p.kind USING ERRCODE = '0A000';
  END IF;
  IF changed <> 1 THEN RAISE EXCEPTION 'nothing to end' USING ERRCODE = 'HG224', CONSTRAINT = 'proposal_still_true'; END IF;
  RETURN p.kind;
END $$;
COMMENT ON FUNCTION access.carry_out(bigint) IS '承認された申請を、申請どおりの内容で行う';

CREATE FUNCTION access.staff_known(staff text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (SELECT FROM identity.staff s WHERE s.staff_id = staff)
$$;
COMMENT ON FUNCTION access.staff_known(text) IS 'その職員番号が登録されているか（業務の役割は職員の表を読めない）';

REVOKE ALL ON FUNCTION access.proposal_answer_guard, access.carry_out, access.staff_known FROM PUBLIC;
GRANT EXECUTE ON FUNCTION access.carry_out, access.staff_known TO hagukumi_allowance;
GRANT SELECT, INSERT ON access.proposal, access.proposal_answer TO hagukumi_allowance;
