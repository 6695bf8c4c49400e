-- Up Migration
-- 取消・再決定（児発230号）をすべての手続に。決定は書き換えず、取り消したことを1行足す。取り消した受付の行は「効いていない」として読む。

CREATE TABLE allowance.filing_cancellation (
  filing_id    bigint PRIMARY KEY REFERENCES allowance.filing_approval,
  replaced_by  bigint NOT NULL UNIQUE REFERENCES allowance.filing,
  reason       text NOT NULL CHECK (length(reason) BETWEEN 1 AND 400),
  decided_on   date NOT NULL,
  cancelled_on date NOT NULL,
  prepared_by  allowance.operator NOT NULL,
  approved_by  allowance.operator NOT NULL,
  recorded_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT filing_cancellation_two_people CHECK (prepared_by <> approved_by),
  CONSTRAINT filing_cancellation_other CHECK (replaced_by <> filing_id),
  CONSTRAINT filing_cancellation_order CHECK (cancelled_on >= decided_on)
);
COMMENT ON TABLE allowance.filing_cancellation IS '決裁した受付の取消（取消・再決定の前半）。取り消した決定も新しい決定も残る。この行のある受付が書いた行は、いまは効いていない。戻したものは、代わりの受付の審査（filing_examination）に、決裁した人が見たとおり残る。';
COMMENT ON COLUMN allowance.filing_cancellation.filing_id IS '取り消した受付';
COMMENT ON COLUMN allowance.filing_cancellation.replaced_by IS '代わりの受付（再決定）。決めるのは、この受付の決裁と同じ取引の中だけ。';
COMMENT ON COLUMN allowance.filing_cancellation.reason IS '取消の理由（処分取消通知書に書く）';
COMMENT ON COLUMN allowance.filing_cancellation.decided_on IS '取り消した決定の日';
COMMENT ON COLUMN allowance.filing_cancellation.cancelled_on IS '取り消した日';
COMMENT ON COLUMN allowance.filing_cancellation.prepared_by IS '取消を審査した職員';
COMMENT ON COLUMN allowance.filing_cancellation.approved_by IS '取消を決裁した職員（審査した人とは別の人）';
COMMENT ON COLUMN allowance.filing_cancellation.recorded_at IS '記録した時刻';
COMMENT ON CONSTRAINT filing_cancellation_two_people ON allowance.filing_cancellation IS '取消も、審査した人と別の人が決裁する。';
COMMENT ON CONSTRAINT filing_cancellation_other ON allowance.filing_cancellation IS '受付は、自分自身の代わりにはならない。';
COMMENT ON CONSTRAINT filing_cancellation_order ON allowance.filing_cancellation IS '取消は、決定より前の日にはならない。';

-- 取消は、代わりの受付の決裁と一緒にだけ成り立つ（コミットの時）。
CREATE FUNCTION allowance.filing_cancellation_complete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM allowance.filing f JOIN allowance.filing_approval a USING (filing_id)
                 WHERE f.filing_id = NEW.replaced_by AND f.replaces = NEW.filing_id AND a.approved_by = NEW.approved_by)
     OR NOT EXISTS (SELECT FROM allowance.filing_event e WHERE e.filing_id = NEW.filing_id AND e.kind = 'cancelled' AND e.other_filing = NEW.replaced_by) THEN
    RAISE EXCEPTION '取消の相手になる再決定がありません' USING ERRCODE = 'HG112', CONSTRAINT = 'filing_transition';
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION allowance.filing_cancellation_complete() IS '取消が、代わりの受付の決裁と受付の出来事を伴っているか';
CREATE CONSTRAINT TRIGGER filing_cancellation_complete AFTER INSERT ON allowance.filing_cancellation DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION allowance.filing_cancellation_complete();

SELECT allowance.protect_rows('allowance.filing_cancellation', 'where',
  'EXISTS (SELECT FROM allowance.filing f WHERE f.filing_id = filing_cancellation.filing_id)');
GRANT SELECT, INSERT ON allowance.filing_cancellation TO hagukumi_allowance;

-- 台帳の記載のどの版を、どの受付の決裁が書いたか。取消はこれをたどって、前の版の内容を新しい版として書く。
CREATE TABLE allowance.entry_origin (
  entry_id   bigint NOT NULL,
  revision   smallint NOT NULL,
  filing_id  bigint NOT NULL REFERENCES allowance.filing,
  PRIMARY KEY (entry_id, revision),
  FOREIGN KEY (entry_id, revision) REFERENCES allowance.entry_confirmation
);
COMMENT ON TABLE allowance.entry_origin IS '台帳の記載の版を書いた受付。台帳の画面で書いた版には、行がない。';
COMMENT ON COLUMN allowance.entry_origin.entry_id IS '記載の番号';
COMMENT ON COLUMN allowance.entry_origin.revision IS '版';
COMMENT ON COLUMN allowance.entry_origin.filing_id IS 'この版を書いた（または取消で書き戻した）受付';
CREATE INDEX entry_origin_filing ON allowance.entry_origin (filing_id);
SELECT allowance.protect_rows('allowance.entry_origin', 'where', 'EXISTS (SELECT FROM allowance.filing f WHERE f.filing_id = entry_origin.filing_id)');
GRANT SELECT, INSERT ON allowance.entry_origin TO hagukumi_allowance;

-- 父母指定の終わりは、取り消したあとでもう一度決めることができる。効いている終わりは、指定ごとに1つだけ。
ALTER TABLE allowance.parent_designation_end DROP CONSTRAINT parent_designation_end_pkey;
ALTER TABLE allowance.parent_designation_end ADD PRIMARY KEY (designation_id, filing_id);
CREATE FUNCTION allowance.parent_designation_end_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('allowance.parent_designation/' || NEW.designation_id, 0));
  IF EXISTS (SELECT FROM allowance.parent_designation_end e WHERE e.designation_id = NEW.designation_id
               AND NOT EXISTS (SELECT FROM allowance.filing_cancellation c WHERE c.filing_id = e.filing_id)) THEN
    RAISE EXCEPTION 'この父母指定は、もう終わっています' USING ERRCODE = 'HG112', CONSTRAINT = 'parent_designation_end_once';
  END IF;
  RETURN NEW;
END $$;
COMMENT ON FUNCTION allowance.parent_designation_end_guard() IS '効いている終わりが、指定ごとに1つだけか';
CREATE TRIGGER parent_designation_end_guard BEFORE INSERT ON allowance.parent_designation_end
  FOR EACH ROW EXECUTE FUNCTION allowance.parent_designation_end_guard();

-- 未支払の決定も取り消して決め直せる。ひとつの額に効いている決定は、いつも1つだけ（unpaid_attempt は決め直した回数）。
ALTER TABLE allowance.unpaid_item ADD COLUMN unpaid_attempt smallint NOT NULL DEFAULT 1 CHECK (unpaid_attempt >= 1);
COMMENT ON COLUMN allowance.unpaid_item.unpaid_attempt IS '同じ額について何回めの決定か。前の決定が取り消されていなければ、次はない。';
ALTER TABLE allowance.unpaid_item DROP CONSTRAINT unpaid_item_once;
ALTER TABLE allowance.unpaid_item ADD CONSTRAINT unpaid_item_once PRIMARY KEY (child_number, benefit_month, generation, tranche, unpaid_attempt);
COMMENT ON CONSTRAINT unpaid_item_once ON allowance.unpaid_item IS 'ひとつの額を、同時に二度決めることはできない。';

CREATE VIEW allowance.unpaid_standing WITH (security_invoker = true) AS
SELECT u.* FROM allowance.unpaid_item u JOIN allowance.unpaid_decision d USING (unpaid_id)
WHERE NOT EXISTS (SELECT FROM allowance.filing_cancellation c WHERE c.filing_id = d.filing_id);
COMMENT ON VIEW allowance.unpaid_standing IS '未支払として児童に払うと決めた月分のうち、決定が取り消されていないもの';
GRANT SELECT ON allowance.unpaid_standing TO hagukumi_allowance;

CREATE FUNCTION allowance.unpaid_item_again_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM new_rows n JOIN allowance.unpaid_standing s USING (child_number, benefit_month, generation, tranche) WHERE s.unpaid_attempt <> n.unpaid_attempt)
     OR EXISTS (SELECT FROM new_rows n WHERE n.unpaid_attempt > 1 AND NOT EXISTS (
       SELECT FROM allowance.unpaid_item u WHERE (u.child_number, u.benefit_month, u.generation, u.tranche) = (n.child_number, n.benefit_month, n.generation, n.tranche)
         AND u.unpaid_attempt = n.unpaid_attempt - 1)) THEN
    RAISE EXCEPTION 'この月分の未支払は、もう決定されています' USING ERRCODE = 'HG112', CONSTRAINT = 'unpaid_item_once';
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION allowance.unpaid_item_again_guard() IS '前の決定が取り消された額だけを、もう一度決める';
CREATE TRIGGER unpaid_item_again_guard AFTER INSERT ON allowance.unpaid_item
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION allowance.unpaid_item_again_guard();

CREATE OR REPLACE FUNCTION allowance.run_item_unpaid_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM new_rows n JOIN allowance.unpaid_standing u USING (child_number, benefit_month, generation, tranche)) THEN
    RAISE EXCEPTION '未支払として児童に払うと決めた額を、前の受給者の口座に払うことはできません' USING ERRCODE = 'HG112', CONSTRAINT = 'run_item_unpaid';
  END IF;
  RETURN NULL;
END $$;
