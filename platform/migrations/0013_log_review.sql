-- Up Migration
-- アクセスログの点検。規則で見つけたもの（指摘）と、無作為に選んだ行（標本）を人が見て、結果を記録し、月ごとに終える。
CREATE TABLE access.staff_relation (
  relation_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  staff_id         text,
  addressee_number bigint NOT NULL CHECK (addressee_number BETWEEN 1 AND 999999999999999),
  relation         text NOT NULL CHECK (relation IN ('self', 'family', 'neighbour', 'watched')),
  valid_from       date NOT NULL,
  valid_to         date CHECK (valid_to >= valid_from),
  entered_by       text NOT NULL,
  approved_by      text NOT NULL,
  recorded_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT staff_relation_two_people CHECK (entered_by <> approved_by),
  CONSTRAINT staff_relation_whose CHECK ((relation = 'watched') = (staff_id IS NULL))
);
COMMENT ON TABLE access.staff_relation IS '点検のための関係（職員本人の宛名番号、親族、近隣、だれが見ても点検する人）。閲覧は止めない。止めるのは access.denied_person。';
COMMENT ON COLUMN access.staff_relation.relation_id IS '番号';
COMMENT ON COLUMN access.staff_relation.staff_id IS '職員（watched では空）';
COMMENT ON COLUMN access.staff_relation.addressee_number IS '宛名番号';
COMMENT ON COLUMN access.staff_relation.relation IS '関係: self 本人、family 親族、neighbour 近隣、watched だれが見ても点検する人（報道された事案など）';
COMMENT ON COLUMN access.staff_relation.valid_from IS 'いつから';
COMMENT ON COLUMN access.staff_relation.valid_to IS 'いつまで';
COMMENT ON COLUMN access.staff_relation.entered_by IS '入力した人';
COMMENT ON COLUMN access.staff_relation.approved_by IS '承認した人';
COMMENT ON COLUMN access.staff_relation.recorded_at IS '記録の時刻';
COMMENT ON CONSTRAINT staff_relation_two_people ON access.staff_relation IS '関係は、入力した人とは別の人が承認します。';
COMMENT ON CONSTRAINT staff_relation_whose ON access.staff_relation IS 'だれが見ても点検する人には、職員を書きません。';
CREATE INDEX staff_relation_number ON access.staff_relation (addressee_number);

CREATE TABLE access.review_run (
  run_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  month    date NOT NULL CHECK (extract(day FROM month) = 1),
  from_at  timestamptz NOT NULL,
  to_at    timestamptz NOT NULL,
  rules    text NOT NULL CHECK (rules <> ''),
  found    integer NOT NULL CHECK (found >= 0),
  ran_by   text NOT NULL CHECK (ran_by <> ''),
  ran_at   timestamptz NOT NULL DEFAULT identity.clock(),
  CHECK (to_at > from_at)
);
COMMENT ON TABLE access.review_run IS 'アクセスログの解析を行った記録';
COMMENT ON COLUMN access.review_run.run_id IS '番号';
COMMENT ON COLUMN access.review_run.month IS '対象の月（1日）';
COMMENT ON COLUMN access.review_run.from_at IS '対象の始まり';
COMMENT ON COLUMN access.review_run.to_at IS '対象の終わり（この時刻は含まない）。月の途中で行えば、その時まで。';
COMMENT ON COLUMN access.review_run.rules IS '規則の版';
COMMENT ON COLUMN access.review_run.found IS '新しく見つかった指摘の数';
COMMENT ON COLUMN access.review_run.ran_by IS '行った人';
COMMENT ON COLUMN access.review_run.ran_at IS '行った時刻';

CREATE TABLE access.finding (
  finding_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  rule             text NOT NULL CHECK (rule ~ '^[a-z][A-Za-z]{2,39}$'),
  staff_id         text,
  addressee_number bigint CHECK (addressee_number BETWEEN 1 AND 999999999999999),
  first_at         timestamptz NOT NULL,
  last_at          timestamptz NOT NULL,
  occurrences      integer NOT NULL CHECK (occurrences >= 1),
  evidence         bigint[] NOT NULL CHECK (cardinality(evidence) <= 100),
  fingerprint      text NOT NULL CONSTRAINT finding_once UNIQUE CHECK (fingerprint ~ '^[0-9a-f]{64}$'),
  raised_at        timestamptz NOT NULL DEFAULT identity.clock(),
  CHECK (last_at >= first_at)
);
COMMENT ON TABLE access.finding IS '点検の指摘。規則が見つけた、人が見るべきもの。同じことは一度だけ。';
COMMENT ON COLUMN access.finding.finding_id IS '番号';
COMMENT ON COLUMN access.finding.rule IS '規則';
COMMENT ON COLUMN access.finding.staff_id IS '職員（何人もの職員についての指摘では空）';
COMMENT ON COLUMN access.finding.addressee_number IS '宛名番号（特定の人についてでなければ空）';
COMMENT ON COLUMN access.finding.first_at IS '初めの時刻';
COMMENT ON COLUMN access.finding.last_at IS '終わりの時刻';
COMMENT ON COLUMN access.finding.occurrences IS '回数';
COMMENT ON COLUMN access.finding.evidence IS '根拠のアクセスログの番号（100まで）';
COMMENT ON COLUMN access.finding.fingerprint IS '同じことを二度挙げないための印（規則・職員・人・期間のハッシュ）';
COMMENT ON COLUMN access.finding.raised_at IS '挙げた時刻';
CREATE INDEX finding_last ON access.finding (last_at);

CREATE TABLE access.finding_sight (
  finding_id bigint NOT NULL REFERENCES access.finding,
  staff_id   text NOT NULL CHECK (staff_id <> ''),
  seen_at    timestamptz NOT NULL DEFAULT identity.clock(),
  PRIMARY KEY (finding_id, staff_id)
);
COMMENT ON TABLE access.finding_sight IS '指摘を開いて根拠を見た記録。見ていない人は結果を書けない。';
COMMENT ON COLUMN access.finding_sight.finding_id IS '指摘';
COMMENT ON COLUMN access.finding_sight.staff_id IS '見た人';
COMMENT ON COLUMN access.finding_sight.seen_at IS '初めに見た時刻';

CREATE TABLE access.finding_outcome (
  finding_id bigint PRIMARY KEY,
  outcome    text NOT NULL CHECK (outcome IN ('justified', 'misuse', 'unclear')),
  note       text NOT NULL CHECK (length(btrim(note, E' \t\n　')) BETWEEN 5 AND 500),
  decided_by text NOT NULL CHECK (decided_by <> ''),
  decided_at timestamptz NOT NULL DEFAULT identity.clock(),
  CONSTRAINT finding_outcome_seen FOREIGN KEY (finding_id, decided_by) REFERENCES access.finding_sight (finding_id, staff_id)
);
COMMENT ON TABLE access.finding_outcome IS '指摘の結果。根拠を見た人だけが書け、指摘された本人は書けない。';
COMMENT ON COLUMN access.finding_outcome.finding_id IS '指摘';
COMMENT ON COLUMN access.finding_outcome.outcome IS '結果: justified 業務による、misuse 目的外、unclear 確認中のまま引き継ぐ';
COMMENT ON COLUMN access.finding_outcome.note IS '確かめたこと';
COMMENT ON COLUMN access.finding_outcome.decided_by IS '確かめた人';
COMMENT ON COLUMN access.finding_outcome.decided_at IS '時刻';
COMMENT ON CONSTRAINT finding_outcome_seen ON access.finding_outcome IS '指摘の根拠を開いて見てから、結果を書いてください。';

CREATE TABLE access.sample (
  sample_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  month     date NOT NULL CONSTRAINT sample_once UNIQUE CHECK (extract(day FROM month) = 1),
  drawn_by  text NOT NULL CHECK (drawn_by <> ''),
  drawn_at  timestamptz NOT NULL DEFAULT identity.clock()
);
COMMENT ON TABLE access.sample IS '標本。月のアクセスログから無作為に選んだ行。月に一度だけ引く（引き直して選ぶことはできない）。';
COMMENT ON COLUMN access.sample.sample_id IS '番号';
COMMENT ON COLUMN access.sample.month IS '対象の月（1日）';
COMMENT ON COLUMN access.sample.drawn_by IS '引いた人';
COMMENT ON COLUMN access.sample.drawn_at IS '引いた時刻';
COMMENT ON CONSTRAINT sample_once ON access.sample IS 'この月の標本は、もう引いてあります。引き直すことはできません。';
CREATE TABLE access.sample_row (
  sample_id bigint NOT NULL REFERENCES access.sample,
  seq       bigint NOT NULL,
  PRIMARY KEY (sample_id, seq)
);
COMMENT ON TABLE access.sample_row IS '標本の行';
COMMENT ON COLUMN access.sample_row.sample_id IS '標本';
COMMENT ON COLUMN access.sample_row.seq IS 'アクセスログの番号';
CREATE TABLE access.sample_result (
  sample_id  bigint NOT NULL,
  seq        bigint NOT NULL,
  outcome    text NOT NULL CHECK (outcome IN ('justified', 'misuse', 'unclear')),
  note       text NOT NULL CHECK (length(note) <= 500),
  decided_by text NOT NULL CHECK (decided_by <> ''),
  decided_at timestamptz NOT NULL DEFAULT identity.clock(),
  PRIMARY KEY (sample_id, seq),
  FOREIGN KEY (sample_id, seq) REFERENCES access.sample_row
);
COMMENT ON TABLE access.sample_result IS '標本の行を確かめた結果';
COMMENT ON COLUMN access.sample_result.sample_id IS '標本';
COMMENT ON COLUMN access.sample_result.seq IS 'アクセスログの番号';
COMMENT ON COLUMN access.sample_result.outcome IS '結果（指摘と同じ）';
COMMENT ON COLUMN access.sample_result.note IS '確かめたこと';
COMMENT ON COLUMN access.sample_result.decided_by IS '確かめた人';
COMMENT ON COLUMN access.sample_result.decided_at IS '時刻';

CREATE TABLE access.month_review (
  month     date PRIMARY KEY CHECK (extract(day FROM month) = 1),
  note      text NOT NULL CHECK (length(note) <= 500),
  signed_by text NOT NULL CHECK (signed_by <> ''),
  signed_at timestamptz NOT NULL DEFAULT identity.clock()
);
COMMENT ON TABLE access.month_review IS '月の点検を終えた記録。解析・指摘・標本がすべて済んでいなければ書けない。';
COMMENT ON COLUMN access.month_review.month IS '対象の月（1日）';
COMMENT ON COLUMN access.month_review.note IS '所見';
COMMENT ON COLUMN access.month_review.signed_by IS '終えた人';
COMMENT ON COLUMN access.month_review.signed_at IS '時刻';

CREATE FUNCTION access.review_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE begins timestamptz; ends timestamptz;
BEGIN
  IF TG_TABLE_NAME = 'finding_outcome' THEN
    IF EXISTS (SELECT FROM access.finding f WHERE f.finding_id = NEW.finding_id AND f.staff_id = NEW.decided_by) THEN
      RAISE EXCEPTION 'a finding is not decided by whom it is about' USING ERRCODE = 'HG210', CONSTRAINT = 'finding_outcome_own';
    END IF;
  ELSIF TG_TABLE_NAME = 'sample_result' THEN
    IF EXISTS (SELECT FROM access.log l WHERE l.seq = NEW.seq AND l.staff_id = NEW.decided_by) THEN
      RAISE EXCEPTION 'a row is not reviewed by whom it is about' USING ERRCODE = 'HG210', CONSTRAINT = 'finding_outcome_own';
    END IF;
  ELSE
    begins := NEW.month::timestamp AT TIME ZONE 'Asia/Tokyo';
    ends := (NEW.month + interval '1 month')::timestamp AT TIME ZONE 'Asia/Tokyo';
    IF ends > identity.clock() THEN
      RAISE EXCEPTION 'the month is not over' USING ERRCODE = 'HG211', CONSTRAINT = 'month_review_over';
    END IF;
    IF NOT EXISTS (SELECT FROM access.review_run r WHERE r.month = NEW.month AND r.from_at <= begins AND r.to_at >= ends) THEN
      RAISE EXCEPTION 'the month was not analysed' USING ERRCODE = 'HG211', CONSTRAINT = 'month_review_run';
    END IF;
    IF EXISTS (SELECT FROM access.finding f WHERE f.last_at >= begins AND f.last_at < ends
               AND NOT EXISTS (SELECT FROM access.finding_outcome o WHERE o.finding_id = f.finding_id)) THEN
      RAISE EXCEPTION 'findings are open' USING ERRCODE = 'HG211', CONSTRAINT = 'month_review_findings';
    END IF;
    IF NOT EXISTS (SELECT FROM access.sample s WHERE s.month = NEW.month)
       OR EXISTS (SELECT FROM access.sample s JOIN access.sample_row w USING (sample_id) WHERE s.month = NEW.month
                  AND NOT EXISTS (SELECT FROM access.sample_result x WHERE x.sample_id = w.sample_id AND x.seq = w.seq)) THEN
      RAISE EXCEPTION 'the sample is not reviewed' USING ERRCODE = 'HG211', CONSTRAINT = 'month_review_sample';
    END IF;
  END IF;
  RETURN NEW;
END $$;
COMMENT ON FUNCTION access.review_guard() IS '点検の決まり: 本人は自分を点検しない。月は、終わって、解析し、指摘と標本が済んでから終える。';
REVOKE ALL ON FUNCTION access.review_guard() FROM PUBLIC;
CREATE TRIGGER review_guard BEFORE INSERT ON access.finding_outcome FOR EACH ROW EXECUTE FUNCTION access.review_guard();
CREATE TRIGGER review_guard BEFORE INSERT ON access.sample_result FOR EACH ROW EXECUTE FUNCTION access.review_guard();
CREATE TRIGGER review_guard BEFORE INSERT ON access.month_review FOR EACH ROW EXECUTE FUNCTION access.review_guard();

-- 業務の役割は認証の表を読めないので、回数だけを渡す。
CREATE FUNCTION access.log_in_failures(begins timestamptz, ends timestamptz, least_count integer)
RETURNS TABLE (staff_id text, day date, failures integer, first_at timestamptz, last_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT a.staff_id, (a.attempted_at AT TIME ZONE 'Asia/Tokyo')::date, count(*)::integer, min(a.attempted_at), max(a.attempted_at)
  FROM identity.attempt a WHERE a.attempted_at >= begins AND a.attempted_at < ends AND a.outcome IN ('refused', 'throttled')
  GROUP BY 1, 2 HAVING count(*) >= least_count
$$;
COMMENT ON FUNCTION access.log_in_failures(timestamptz, timestamptz, integer) IS 'ログインの失敗が多かった職員番号と日（点検のため）';
CREATE FUNCTION access.log_ins(begins timestamptz, ends timestamptz)
RETURNS TABLE (staff_id text, log_ins integer, failures integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT a.staff_id, count(*) FILTER (WHERE a.outcome = 'success')::integer, count(*) FILTER (WHERE a.outcome IN ('refused', 'throttled'))::integer
  FROM identity.attempt a WHERE a.attempted_at >= begins AND a.attempted_at < ends AND a.kind = 'logIn' GROUP BY 1
$$;
COMMENT ON FUNCTION access.log_ins(timestamptz, timestamptz) IS '職員番号ごとのログインの回数（点検のため）';
REVOKE ALL ON FUNCTION access.log_in_failures(timestamptz, timestamptz, integer), access.log_ins(timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION access.log_in_failures(timestamptz, timestamptz, integer), access.log_ins(timestamptz, timestamptz) TO hagukumi_allowance;
GRANT SELECT, INSERT ON access.staff_relation, access.review_run, access.finding, access.finding_sight, access.finding_outcome, access.sample, access.sample_row,
  access.sample_result, access.month_review TO hagukumi_allowance;
CREATE INDEX log_processed ON access.log (processed_at);
