-- Up Migration
-- 庁内連携から来た変更と、そこから生まれる仕事。変更は取り込みと同じトランザクションで仕事になり、扱うまで一覧に残る。

CREATE TABLE allowance.linked_period (
  kind                text NOT NULL CHECK (kind IN ('healthInsurance', 'pension', 'welfare', 'childRearingAllowance', 'residenceStatus')),
  addressee_number    allowance.addressee_number NOT NULL REFERENCES allowance.addressee,
  history_no          integer NOT NULL CHECK (history_no BETWEEN 1 AND 99999),
  revision            smallint NOT NULL CHECK (revision >= 1),
  starts_on           date NOT NULL,
  ends_on             date CHECK (ends_on >= starts_on),
  status_code         text NOT NULL CHECK (status_code <> ''),
  start_code          text NOT NULL,
  end_code            text NOT NULL,
  counterparty_number allowance.addressee_number REFERENCES allowance.addressee,
  deleted             boolean NOT NULL,
  row_digest          allowance.digest NOT NULL,
  batch_id            bigint NOT NULL,
  recorded_at         timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (kind, addressee_number, history_no, revision)
);
COMMENT ON TABLE allowance.linked_period IS '他の業務が持つ期間（健康保険・年金・生活保護・児童扶養手当・在留資格）。連携元が言うとおりに積み、書き換えない。額はこれだけでは変わらない。';
COMMENT ON COLUMN allowance.linked_period.kind IS '区分（健康保険・年金・生活保護・児童扶養手当・在留資格）';
COMMENT ON COLUMN allowance.linked_period.addressee_number IS '宛名番号';
COMMENT ON COLUMN allowance.linked_period.history_no IS '連携元の履歴番号';
COMMENT ON COLUMN allowance.linked_period.revision IS '版（同じ履歴番号が違う内容で届いたら増える）';
COMMENT ON COLUMN allowance.linked_period.starts_on IS '開始・取得の日';
COMMENT ON COLUMN allowance.linked_period.ends_on IS '終了・喪失の日（空は続いている）';
COMMENT ON COLUMN allowance.linked_period.status_code IS '資格区分（連携元のコード）';
COMMENT ON COLUMN allowance.linked_period.start_code IS '取得の事由（連携元のコード）';
COMMENT ON COLUMN allowance.linked_period.end_code IS '喪失の事由（連携元のコード）';
COMMENT ON COLUMN allowance.linked_period.counterparty_number IS '相手の宛名番号（児童扶養手当の児童など）';
COMMENT ON COLUMN allowance.linked_period.deleted IS '連携元が誤りとして削除したか';
COMMENT ON COLUMN allowance.linked_period.row_digest IS '行のハッシュ';
COMMENT ON COLUMN allowance.linked_period.batch_id IS '取り込み';
COMMENT ON COLUMN allowance.linked_period.recorded_at IS '記録した時刻';

CREATE TABLE allowance.move_endorsement (
  addressee_number allowance.addressee_number NOT NULL REFERENCES allowance.addressee,
  history_no       integer NOT NULL CHECK (history_no BETWEEN 1 AND 99999),
  revision         smallint NOT NULL CHECK (revision >= 1),
  reported_on      date NOT NULL,
  event_code       text NOT NULL CHECK (event_code ~ '^[0-9]{2}$'),
  row_digest       allowance.digest NOT NULL,
  batch_id         bigint NOT NULL,
  recorded_at      timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (addressee_number, history_no, revision)
);
COMMENT ON TABLE allowance.move_endorsement IS '児童手当の付記のある住民基本台帳の届出。変更届とみなす（施行規則8条）。';
COMMENT ON COLUMN allowance.move_endorsement.addressee_number IS '届け出た人の宛名番号';
COMMENT ON COLUMN allowance.move_endorsement.history_no IS 'その届出で始まる住民の履歴番号';
COMMENT ON COLUMN allowance.move_endorsement.revision IS '版';
COMMENT ON COLUMN allowance.move_endorsement.reported_on IS '異動届出の日（変更届の受付日になる）';
COMMENT ON COLUMN allowance.move_endorsement.event_code IS '異動事由コード';
COMMENT ON COLUMN allowance.move_endorsement.row_digest IS '行のハッシュ';
COMMENT ON COLUMN allowance.move_endorsement.batch_id IS '取り込み';
COMMENT ON COLUMN allowance.move_endorsement.recorded_at IS '記録した時刻';

CREATE TABLE allowance.register_change (
  change_id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind             text NOT NULL CHECK (kind IN ('birth', 'death', 'moveIn', 'moveOut', 'removed', 'moveWithin', 'nameChange', 'relation',
    'marriage', 'separation', 'household', 'protection', 'correction', 'taxCorrection', 'insurance', 'pension', 'welfare',
    'childRearingAllowance', 'residenceStatus', 'publicService')),
  addressee_number allowance.addressee_number NOT NULL REFERENCES allowance.addressee,
  source_key       text NOT NULL CHECK (source_key <> ''),
  recipient_id     bigint REFERENCES allowance.recipient,
  happened_on      date NOT NULL,
  ward_code        text NOT NULL CHECK (ward_code ~ '^[0-9]{6}$'),
  batch_id         bigint NOT NULL,
  recorded_at      timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT register_change_once UNIQUE NULLS NOT DISTINCT (kind, addressee_number, source_key, recipient_id)
);
COMMENT ON TABLE allowance.register_change IS '連携から来た変更で、だれかが見なければならないもの。取り込みと同じトランザクションで書く。';
COMMENT ON COLUMN allowance.register_change.change_id IS '変更の番号';
COMMENT ON COLUMN allowance.register_change.kind IS '何が変わったか';
COMMENT ON COLUMN allowance.register_change.addressee_number IS '変わった人の宛名番号';
COMMENT ON COLUMN allowance.register_change.source_key IS 'もとの行（履歴番号と版など）。同じ行からは一度だけ生まれる';
COMMENT ON COLUMN allowance.register_change.recipient_id IS '関わる認定番号（空は、まだ受給者がいない世帯）';
COMMENT ON COLUMN allowance.register_change.happened_on IS '変わった日';
COMMENT ON COLUMN allowance.register_change.ward_code IS '担当の区（受給者の所管区。受給者がいなければ住所の区）';
COMMENT ON COLUMN allowance.register_change.batch_id IS '取り込み';
COMMENT ON COLUMN allowance.register_change.recorded_at IS '知った時刻';
CREATE INDEX register_change_person ON allowance.register_change (addressee_number);
CREATE INDEX register_change_recipient ON allowance.register_change (recipient_id);

CREATE TABLE allowance.register_change_proposal (
  change_id   bigint NOT NULL REFERENCES allowance.register_change,
  seq         smallint NOT NULL CHECK (seq >= 1),
  judged_on   date NOT NULL,
  action      text NOT NULL CHECK (length(action) BETWEEN 1 AND 400),
  procedure_code text,
  effects     jsonb NOT NULL,
  stopped     text NOT NULL DEFAULT '',
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (change_id, seq)
);
COMMENT ON TABLE allowance.register_change_proposal IS '変更について計算機が出した案。何をすればよいか、決めたら額がいくらになるか。計算し直すたびに足す。';
COMMENT ON COLUMN allowance.register_change_proposal.change_id IS '変更の番号';
COMMENT ON COLUMN allowance.register_change_proposal.seq IS '案の番号（1から）';
COMMENT ON COLUMN allowance.register_change_proposal.judged_on IS '判定した日';
COMMENT ON COLUMN allowance.register_change_proposal.action IS '何をするか（日本語）';
COMMENT ON COLUMN allowance.register_change_proposal.procedure_code IS '使う手続（空は手続によらない）';
COMMENT ON COLUMN allowance.register_change_proposal.effects IS '決めたらどうなるか（月・前の額・後の額）';
COMMENT ON COLUMN allowance.register_change_proposal.stopped IS '計算できなかった理由（空は計算できた）';
COMMENT ON COLUMN allowance.register_change_proposal.recorded_at IS '記録した時刻';

CREATE TABLE allowance.register_change_owner (
  change_id   bigint NOT NULL REFERENCES allowance.register_change,
  seq         smallint NOT NULL CHECK (seq >= 1),
  owner       allowance.operator NOT NULL,
  assigned_by allowance.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (change_id, seq)
);
COMMENT ON TABLE allowance.register_change_owner IS '変更の担当。最後の行がいまの担当。';
COMMENT ON COLUMN allowance.register_change_owner.change_id IS '変更の番号';
COMMENT ON COLUMN allowance.register_change_owner.seq IS '順番（1から）';
COMMENT ON COLUMN allowance.register_change_owner.owner IS '担当の職員';
COMMENT ON COLUMN allowance.register_change_owner.assigned_by IS '決めた職員';
COMMENT ON COLUMN allowance.register_change_owner.recorded_at IS '記録した時刻';

CREATE TABLE allowance.register_change_handling (
  change_id   bigint PRIMARY KEY REFERENCES allowance.register_change,
  outcome     text NOT NULL CHECK (outcome IN ('filing', 'noEffect', 'report')),
  filing_id   bigint REFERENCES allowance.filing,
  reason      text NOT NULL DEFAULT '' CHECK (length(reason) <= 400),
  handled_by  allowance.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT register_change_handling_filing CHECK ((outcome = 'noEffect') = (filing_id IS NULL)),
  CONSTRAINT register_change_handling_reason CHECK (outcome <> 'noEffect' OR reason <> '')
);
COMMENT ON TABLE allowance.register_change_handling IS '変更の扱い。この行のない変更は、未処理として一覧に残る。';
COMMENT ON COLUMN allowance.register_change_handling.change_id IS '変更の番号';
COMMENT ON COLUMN allowance.register_change_handling.outcome IS 'filing 受付にした、report 付記から変更届を作った、noEffect することがない（理由を書く）';
COMMENT ON COLUMN allowance.register_change_handling.filing_id IS '受付（あとは受付の流れが担当する）';
COMMENT ON COLUMN allowance.register_change_handling.reason IS '理由';
COMMENT ON COLUMN allowance.register_change_handling.handled_by IS '扱った職員';
COMMENT ON COLUMN allowance.register_change_handling.recorded_at IS '記録した時刻';
COMMENT ON CONSTRAINT register_change_handling_filing ON allowance.register_change_handling IS '受付にしたときだけ、その受付を書く';
COMMENT ON CONSTRAINT register_change_handling_reason ON allowance.register_change_handling IS 'することがないときは、理由が要ります';
COMMENT ON CONSTRAINT register_change_handling_pkey ON allowance.register_change_handling IS '一つの変更を二度は扱えません';

-- 連携の新しさ: 庁内連携システムが、どの連携をいつの分まで渡したか。決裁のときに、古さを警告する。
CREATE TABLE allowance.feed_state (
  feed_state_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  interface_code text NOT NULL CHECK (interface_code ~ '^[a-zA-Z]{1,40}$'),
  name           text NOT NULL CHECK (name <> ''),
  as_of          date NOT NULL,
  stale_after    smallint NOT NULL CHECK (stale_after BETWEEN 0 AND 400),
  delayed        boolean NOT NULL,
  recorded_at    timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE allowance.feed_state IS '連携ごとに、いつの分まで取り込んだか。最後の行がいまの状態。';
COMMENT ON COLUMN allowance.feed_state.feed_state_id IS '番号';
COMMENT ON COLUMN allowance.feed_state.interface_code IS '連携';
COMMENT ON COLUMN allowance.feed_state.name IS '連携の名前';
COMMENT ON COLUMN allowance.feed_state.as_of IS 'この日の分まで取り込んだ';
COMMENT ON COLUMN allowance.feed_state.stale_after IS 'この日数を過ぎたら古い';
COMMENT ON COLUMN allowance.feed_state.delayed IS '届いたのに取り込めない分がある（欠番・不受理）';
COMMENT ON COLUMN allowance.feed_state.recorded_at IS '記録した時刻';
CREATE INDEX feed_state_interface ON allowance.feed_state (interface_code, feed_state_id);

-- 突合: 連携元の全件と、写して持っているものを比べた結果。
CREATE TABLE allowance.reconciliation (
  reconciliation_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  interface_code    text NOT NULL CHECK (interface_code ~ '^[a-zA-Z]{1,40}$'),
  sequence          integer NOT NULL CHECK (sequence >= 0),
  as_of             date NOT NULL,
  rows              integer NOT NULL CHECK (rows >= 0),
  refused           integer NOT NULL CHECK (refused BETWEEN 0 AND rows),
  missing           integer NOT NULL CHECK (missing >= 0),
  extra             integer NOT NULL CHECK (extra >= 0),
  different         integer NOT NULL CHECK (different >= 0),
  operator          allowance.operator NOT NULL,
  recorded_at       timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE allowance.reconciliation IS '突合の記録。連携元の全件と、写して持っている最新の行を比べた件数。';
COMMENT ON COLUMN allowance.reconciliation.reconciliation_id IS '突合の番号';
COMMENT ON COLUMN allowance.reconciliation.interface_code IS '連携';
COMMENT ON COLUMN allowance.reconciliation.sequence IS '全件が含む連番（ここまでの差分を含む）';
COMMENT ON COLUMN allowance.reconciliation.as_of IS '全件の日付';
COMMENT ON COLUMN allowance.reconciliation.rows IS '連携元の行';
COMMENT ON COLUMN allowance.reconciliation.refused IS '連携元の行のうち、比べられなかったもの（不受理）';
COMMENT ON COLUMN allowance.reconciliation.missing IS '連携元にあって、こちらにない';
COMMENT ON COLUMN allowance.reconciliation.extra IS 'こちらにあって、連携元にない';
COMMENT ON COLUMN allowance.reconciliation.different IS '両方にあって、内容が違う';
COMMENT ON COLUMN allowance.reconciliation.operator IS '突合した職員・処理';
COMMENT ON COLUMN allowance.reconciliation.recorded_at IS '記録した時刻';

CREATE TABLE allowance.reconciliation_difference (
  reconciliation_id bigint NOT NULL REFERENCES allowance.reconciliation,
  difference_no     integer NOT NULL CHECK (difference_no >= 1),
  addressee_number  allowance.addressee_number NOT NULL,
  row_key           text NOT NULL,
  kind              text NOT NULL CHECK (kind IN ('missing', 'extra', 'different')),
  items             text[] NOT NULL,
  PRIMARY KEY (reconciliation_id, difference_no)
);
COMMENT ON TABLE allowance.reconciliation_difference IS '突合の違い。どの人のどの行の、どの項目が違うか。値は書かない。';
COMMENT ON COLUMN allowance.reconciliation_difference.reconciliation_id IS '突合の番号';
COMMENT ON COLUMN allowance.reconciliation_difference.difference_no IS '違いの番号';
COMMENT ON COLUMN allowance.reconciliation_difference.addressee_number IS '宛名番号（こちらにない人のこともある）';
COMMENT ON COLUMN allowance.reconciliation_difference.row_key IS '行（履歴番号など）';
COMMENT ON COLUMN allowance.reconciliation_difference.kind IS 'missing こちらにない、extra 連携元にない、different 内容が違う';
COMMENT ON COLUMN allowance.reconciliation_difference.items IS '違う項目の名前';

CREATE TABLE allowance.reconciliation_explanation (
  reconciliation_id bigint NOT NULL,
  difference_no     integer NOT NULL,
  cause             text NOT NULL CHECK (cause IN ('resendAsked', 'sourceFault', 'ownRecord', 'other')),
  explanation       text NOT NULL CHECK (length(explanation) BETWEEN 1 AND 400),
  explained_by      allowance.operator NOT NULL,
  recorded_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (reconciliation_id, difference_no),
  FOREIGN KEY (reconciliation_id, difference_no) REFERENCES allowance.reconciliation_difference
);
COMMENT ON TABLE allowance.reconciliation_explanation IS '突合の違いの説明。説明のない違いは一覧に残る。';
COMMENT ON COLUMN allowance.reconciliation_explanation.reconciliation_id IS '突合の番号';
COMMENT ON COLUMN allowance.reconciliation_explanation.difference_no IS '違いの番号';
COMMENT ON COLUMN allowance.reconciliation_explanation.cause IS 'resendAsked 再送を頼んだ、sourceFault 連携元の誤り、ownRecord 職権で先に記録した、other その他';
COMMENT ON COLUMN allowance.reconciliation_explanation.explanation IS '説明';
COMMENT ON COLUMN allowance.reconciliation_explanation.explained_by IS '説明した職員';
COMMENT ON COLUMN allowance.reconciliation_explanation.recorded_at IS '記録した時刻';
COMMENT ON CONSTRAINT reconciliation_explanation_pkey ON allowance.reconciliation_explanation IS 'この違いは、もう説明されています';

SELECT allowance.protect_rows(t::regclass, kind, key) FROM (VALUES
  ('allowance.linked_period', 'person', 'addressee_number'),
  ('allowance.move_endorsement', 'person', 'addressee_number'),
  ('allowance.register_change', 'person', 'addressee_number'),
  ('allowance.register_change_proposal', 'where', 'EXISTS (SELECT FROM allowance.register_change c WHERE c.change_id = register_change_proposal.change_id)'),
  ('allowance.register_change_owner', 'where', 'EXISTS (SELECT FROM allowance.register_change c WHERE c.change_id = register_change_owner.change_id)'),
  ('allowance.register_change_handling', 'where', 'EXISTS (SELECT FROM allowance.register_change c WHERE c.change_id = register_change_handling.change_id)'),
  ('allowance.reconciliation_difference', 'person', 'addressee_number'),
  ('allowance.reconciliation_explanation', 'where', 'EXISTS (SELECT FROM allowance.reconciliation_difference d WHERE d.reconciliation_id = reconciliation_explanation.reconciliation_id AND d.difference_no = reconciliation_explanation.difference_no)')
) AS p (t, kind, key);
GRANT SELECT, INSERT ON allowance.linked_period, allowance.move_endorsement, allowance.register_change, allowance.register_change_proposal,
  allowance.register_change_owner, allowance.register_change_handling, allowance.feed_state, allowance.reconciliation,
  allowance.reconciliation_difference, allowance.reconciliation_explanation TO hagukumi_allowance;
GRANT SELECT ON allowance.feed_state, allowance.reconciliation TO hagukumi_desk;

-- 変更と、いまの担当・案・扱い。
CREATE VIEW allowance.register_change_state WITH (security_invoker = true) AS
SELECT c.*, o.owner, p.action, p.procedure_code, p.effects, p.stopped, p.judged_on, h.outcome, h.filing_id, h.reason, h.handled_by, h.recorded_at AS handled_at,
  EXISTS (SELECT FROM allowance.move_endorsement m WHERE m.addressee_number = c.addressee_number AND c.source_key LIKE m.history_no || '/%') AS endorsed
FROM allowance.register_change c
LEFT JOIN LATERAL (SELECT owner FROM allowance.register_change_owner o WHERE o.change_id = c.change_id ORDER BY seq DESC LIMIT 1) o ON true
LEFT JOIN LATERAL (SELECT action, procedure_code, effects, stopped, judged_on FROM allowance.register_change_proposal p WHERE p.change_id = c.change_id ORDER BY seq DESC LIMIT 1) p ON true
LEFT JOIN allowance.register_change_handling h ON h.change_id = c.change_id;
COMMENT ON VIEW allowance.register_change_state IS '連携から来た変更と、いまの担当・案・扱い';
GRANT SELECT ON allowance.register_change_state TO hagukumi_allowance;

CREATE TYPE allowance.listed_change AS (
  change_id bigint, kind text, happened_on date, recorded_at timestamptz, ward_code text, kana_initial text, recipient_id bigint,
  owner text, action text, procedure_code text, effects jsonb, stopped text, endorsed boolean
);
COMMENT ON TYPE allowance.listed_change IS '一覧に出す変更。氏名・住所・生年月日・宛名番号は出さない。';
CREATE FUNCTION allowance.register_changes_for_staff() RETURNS SETOF allowance.listed_change
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE s record; sees boolean;
BEGIN
  SELECT * INTO s FROM identity.session_now();
  IF NOT FOUND THEN RAISE EXCEPTION 'no live session' USING ERRCODE = 'HGA01'; END IF;
  IF NOT ('case.open' = ANY (s.permissions)) THEN RAISE EXCEPTION 'permission case.open is missing' USING ERRCODE = 'HGA03'; END IF;
  sees := 'protection.view' = ANY (s.permissions);
  RETURN QUERY SELECT c.change_id, c.kind, c.happened_on, c.recorded_at, c.ward_code, allowance.kana_initial_of(c.addressee_number), c.recipient_id,
      c.owner::text, c.action, c.procedure_code, c.effects, c.stopped, c.endorsed
    FROM allowance.register_change_state c LEFT JOIN allowance.recipient r USING (recipient_id)
    WHERE c.outcome IS NULL AND (s.wards IS NULL OR c.ward_code = ANY (s.wards)) AND (c.kind <> 'protection' OR sees)
      AND allowance.may_see(c.addressee_number, sees) AND (r.addressee_number IS NULL OR allowance.may_see(r.addressee_number, sees))
    ORDER BY c.happened_on, c.change_id;
END $$;
COMMENT ON FUNCTION allowance.register_changes_for_staff() IS '職員に見せる、まだ扱っていない変更: 自分の区だけ、支援措置の対象者は権限のある職員だけ';
ALTER FUNCTION allowance.register_changes_for_staff() OWNER TO hagukumi_allowance;
REVOKE EXECUTE ON FUNCTION allowance.register_changes_for_staff() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION allowance.register_changes_for_staff() TO hagukumi_desk;

CREATE TYPE allowance.listed_difference AS (difference_no integer, kind text, items text[], row_key text, ward_code text, kana_initial text, cause text, explanation text);
COMMENT ON TYPE allowance.listed_difference IS '一覧に出す突合の違い。氏名・住所・生年月日・宛名番号は出さない。';
CREATE FUNCTION allowance.reconciliation_differences_for_staff(wanted bigint) RETURNS SETOF allowance.listed_difference
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE s record; sees boolean;
BEGIN
  SELECT * INTO s FROM identity.session_now();
  IF NOT FOUND THEN RAISE EXCEPTION 'no live session' USING ERRCODE = 'HGA01'; END IF;
  IF NOT ('case.open' = ANY (s.permissions)) THEN RAISE EXCEPTION 'permission case.open is missing' USING ERRCODE = 'HGA03'; END IF;
  sees := 'protection.view' = ANY (s.permissions);
  RETURN QUERY SELECT d.difference_no, d.kind, d.items, d.row_key, coalesce(h.ward_code, ''), allowance.kana_initial_of(d.addressee_number), e.cause, e.explanation
    FROM allowance.reconciliation_difference d LEFT JOIN allowance.reconciliation_explanation e USING (reconciliation_id, difference_no)
    LEFT JOIN LATERAL (SELECT p.ward_code FROM allowance.person_history p WHERE p.addressee_number = d.addressee_number ORDER BY p.history_no DESC, p.revision DESC LIMIT 1) h ON true
    WHERE d.reconciliation_id = wanted AND (s.wards IS NULL OR h.ward_code IS NULL OR h.ward_code = ANY (s.wards))
      AND (sees OR NOT ('protected' = ANY (d.items))) AND allowance.may_see(d.addressee_number, sees)
    ORDER BY d.difference_no;
END $$;
COMMENT ON FUNCTION allowance.reconciliation_differences_for_staff(bigint) IS '職員に見せる突合の違い: 自分の区だけ、支援措置の対象者は権限のある職員だけ';
ALTER FUNCTION allowance.reconciliation_differences_for_staff(bigint) OWNER TO hagukumi_allowance;
REVOKE EXECUTE ON FUNCTION allowance.reconciliation_differences_for_staff(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION allowance.reconciliation_differences_for_staff(bigint) TO hagukumi_desk;
