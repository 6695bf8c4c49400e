-- Up Migration
-- 行単位の制限。職員の照会（hagukumi_desk）には、いまのセッションが処理事由を示して開いている人の行だけが見える。
-- 表の所有者にも効かせる（FORCE）。業務処理（hagukumi_allowance）だけが全件を扱う。
-- 集合（open_…）は問い合わせごとに一度だけ求める: 方針の式に (SELECT …) で書くと、行ごとではなく最初に一度だけ計算される。

CREATE FUNCTION allowance.is_protected(number bigint) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN coalesce((SELECT h.protected FROM allowance.person_history h WHERE h.addressee_number = number
                   ORDER BY h.history_no DESC, h.revision DESC LIMIT 1), false);
END $$;
COMMENT ON FUNCTION allowance.is_protected(bigint) IS '支援措置の対象か。期間が過ぎても、住基の連携が外すまで対象のまま。';

-- いまのセッションに見えるもの。1回の処理（トランザクション）に何十回も聞かれるので、初めの答えを設定に控える。
-- 控えは、職員の役割が書き換えても使われないよう、業務処理だけが読める秘密で署名し、セッション・接続・トランザクションに結びつける。
CREATE TABLE allowance.memo_secret (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  secret   text NOT NULL DEFAULT replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '')
);
COMMENT ON TABLE allowance.memo_secret IS '見える範囲の控えに署名する秘密（データベースごとに作られる乱数）';
INSERT INTO allowance.memo_secret DEFAULT VALUES;
GRANT SELECT ON allowance.memo_secret TO hagukumi_allowance;

CREATE TYPE allowance.desk_sight AS (numbers bigint[], recipients bigint[], claims bigint[], permissions text[]);
COMMENT ON TYPE allowance.desk_sight IS 'いまのセッションに見える宛名番号・認定番号・請求と、いまの権限';

CREATE FUNCTION allowance.sight_seal(memo text) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE key text := (SELECT secret FROM allowance.memo_secret);
BEGIN
  RETURN encode(sha256(convert_to(concat_ws('|', key, current_setting('hagukumi.session', true), pg_backend_pid(), now(), memo, key), 'UTF8')), 'hex');
END $$;
COMMENT ON FUNCTION allowance.sight_seal(text) IS '控えの署名';

CREATE FUNCTION allowance.desk_sight() RETURNS allowance.desk_sight
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE kept text := coalesce(current_setting('hagukumi.desk_sight', true), ''); s record; sight allowance.desk_sight; day date;
BEGIN
  IF kept <> '' AND left(kept, 64) = allowance.sight_seal(substr(kept, 65)) THEN
    RETURN substr(kept, 65)::allowance.desk_sight;
  END IF;
  sight := ROW('{}', '{}', '{}', '{}');
  SELECT * INTO s FROM identity.session_now();
  IF FOUND THEN
    sight.permissions := s.permissions;
    day := identity.today();
    -- 開いたあとで支援措置の対象になった人、閲覧を禁じられた人は、その時から見えない。
    sight.numbers := ARRAY(
      SELECT n FROM unnest(access.open_numbers()) n
      WHERE NOT EXISTS (SELECT FROM access.denied_person d WHERE d.staff_id = s.staff_id AND d.addressee_number = n
                        AND d.valid_from <= day AND (d.valid_to IS NULL OR d.valid_to >= day))
        AND ('protection.view' = ANY (s.permissions) OR NOT allowance.is_protected(n)));
    IF cardinality(sight.numbers) > 0 THEN
      sight.recipients := ARRAY(SELECT r.recipient_id FROM allowance.recipient r WHERE r.addressee_number = ANY (sight.numbers));
      sight.claims := ARRAY(SELECT k.claim_id FROM allowance.claim k WHERE k.claimant_number = ANY (sight.numbers));
    END IF;
  END IF;
  kept := sight::text;
  PERFORM set_config('hagukumi.desk_sight', allowance.sight_seal(kept) || kept, true);
  RETURN sight;
END $$;
COMMENT ON FUNCTION allowance.desk_sight() IS 'いまのセッションに見えるもの。生きたセッションがなければ何も見えない。';

CREATE FUNCTION allowance.has_right(wanted text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE sight allowance.desk_sight := allowance.desk_sight();
BEGIN
  RETURN wanted = ANY (sight.permissions);
END $$;
COMMENT ON FUNCTION allowance.has_right(text) IS 'いまのセッションの職員が、いま持っている権限か';

CREATE FUNCTION allowance.open_numbers() RETURNS bigint[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE sight allowance.desk_sight := allowance.desk_sight();
BEGIN
  RETURN sight.numbers;
END $$;
COMMENT ON FUNCTION allowance.open_numbers() IS 'いま見てよい宛名番号';

CREATE FUNCTION allowance.open_recipients() RETURNS bigint[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE sight allowance.desk_sight := allowance.desk_sight();
BEGIN
  RETURN sight.recipients;
END $$;
COMMENT ON FUNCTION allowance.open_recipients() IS 'いま見てよい認定番号';

CREATE FUNCTION allowance.open_claims() RETURNS bigint[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE sight allowance.desk_sight := allowance.desk_sight();
BEGIN
  RETURN sight.claims;
END $$;
COMMENT ON FUNCTION allowance.open_claims() IS 'いま見てよい請求';

CREATE FUNCTION allowance.open_facts() RETURNS text[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE claims bigint[] := allowance.open_claims(); recipients bigint[] := allowance.open_recipients();
BEGIN
  RETURN ARRAY(SELECT e.facts_digest::text FROM allowance.examination e WHERE e.claim_id = ANY (claims) AND e.facts_digest IS NOT NULL
               UNION SELECT d.facts_digest::text FROM allowance.decision d WHERE d.claim_id = ANY (claims)
               UNION SELECT d.facts_digest::text FROM allowance.decision d WHERE d.recipient_id = ANY (recipients));
END $$;
COMMENT ON FUNCTION allowance.open_facts() IS 'いま見てよい事実（ハッシュ）';

CREATE INDEX run_line_recipient ON allowance.run_line (recipient_id);
CREATE FUNCTION allowance.open_lines() RETURNS bigint[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE recipients bigint[] := allowance.open_recipients();
BEGIN
  RETURN ARRAY(SELECT l.run_no::bigint * 1000000 + l.line_no FROM allowance.run_line l WHERE l.recipient_id = ANY (recipients));
END $$;
COMMENT ON FUNCTION allowance.open_lines() IS 'いま見てよい振込の明細（支払処理の番号×1,000,000＋明細の番号）';

CREATE FUNCTION allowance.open_journals() RETURNS bigint[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE recipients bigint[] := allowance.open_recipients();
BEGIN
  RETURN ARRAY(SELECT DISTINCT e.journal_id FROM allowance.ledger_entry e WHERE e.recipient_id = ANY (recipients));
END $$;
COMMENT ON FUNCTION allowance.open_journals() IS 'いま見てよい仕訳';

-- 表を守る。kind: person 宛名番号の列、recipient 認定番号の列、claim 請求の列、account 認定番号の列で口座の権限も要る、where 式そのもの。
-- 後の表もこの関数で守る。守られていない表は、目録の試験が見つける。
CREATE FUNCTION allowance.protect_rows(target regclass, kind text, key text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE condition text := CASE kind
    WHEN 'person' THEN format('%I = ANY ((SELECT allowance.open_numbers())::bigint[])', key)
    WHEN 'recipient' THEN format('%I = ANY ((SELECT allowance.open_recipients())::bigint[])', key)
    WHEN 'claim' THEN format('%I = ANY ((SELECT allowance.open_claims())::bigint[])', key)
    WHEN 'account' THEN format('%I = ANY ((SELECT allowance.open_recipients())::bigint[]) AND (SELECT allowance.has_right(''account.view''))', key)
    WHEN 'where' THEN key END;
  policy name;
BEGIN
  IF condition IS NULL THEN RAISE EXCEPTION 'unknown kind of protection: %', kind; END IF;
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
  FOR policy IN SELECT polname FROM pg_policy WHERE polrelid = target LOOP
    EXECUTE format('DROP POLICY %I ON %s', policy, target);
  END LOOP;
  EXECUTE format('CREATE POLICY desk_reads ON %s FOR SELECT TO hagukumi_desk USING (%s)', target, condition);
  EXECUTE format('GRANT SELECT ON %s TO hagukumi_desk', target);
END $$;
COMMENT ON FUNCTION allowance.protect_rows(regclass, text, text) IS '個人の行を持つ表に、行単位の制限をかける（更新ファイルが使う）';
REVOKE ALL ON FUNCTION allowance.protect_rows(regclass, text, text) FROM PUBLIC;

SELECT allowance.protect_rows(t::regclass, kind, key) FROM (VALUES
  ('allowance.addressee', 'person', 'addressee_number'),
  ('allowance.person_history', 'person', 'addressee_number'),
  ('allowance.organization_history', 'person', 'addressee_number'),
  ('allowance.status_period', 'person', 'addressee_number'),
  ('allowance.income_history', 'person', 'addressee_number'),
  ('allowance.recipient', 'person', 'addressee_number'),
  ('allowance.claim', 'person', 'claimant_number'),
  ('allowance.claim_child', 'claim', 'claim_id'),
  ('allowance.claim_withdrawal', 'claim', 'claim_id'),
  ('allowance.examination', 'claim', 'claim_id'),
  ('allowance.approval', 'claim', 'claim_id'),
  ('allowance.facts', 'where', 'facts_digest = ANY ((SELECT allowance.open_facts())::text[])'),
  ('allowance.decision', 'where', 'recipient_id = ANY ((SELECT allowance.open_recipients())::bigint[]) OR claim_id = ANY ((SELECT allowance.open_claims())::bigint[])'),
  ('allowance.account', 'account', 'recipient_id'),
  ('allowance.hold', 'recipient', 'recipient_id'),
  ('allowance.hold_release', 'where', 'EXISTS (SELECT FROM allowance.hold h WHERE h.hold_id = hold_release.hold_id)'),
  ('allowance.journal', 'where', 'journal_id = ANY ((SELECT allowance.open_journals())::bigint[])'),
  ('allowance.ledger_entry', 'recipient', 'recipient_id'),
  ('allowance.due_item', 'recipient', 'recipient_id'),
  ('allowance.receivable', 'recipient', 'recipient_id'),
  ('allowance.due_reversal', 'where', 'EXISTS (SELECT FROM allowance.due_item d WHERE d.child_number = due_reversal.child_number AND d.benefit_month = due_reversal.benefit_month AND d.generation = due_reversal.generation AND d.tranche = due_reversal.tranche)'),
  ('allowance.title_release', 'where', 'EXISTS (SELECT FROM allowance.due_item d WHERE d.child_number = title_release.child_number AND d.benefit_month = title_release.benefit_month AND d.generation = title_release.generation)'),
  ('allowance.run_line', 'recipient', 'recipient_id'),
  ('allowance.run_item', 'where', '(run_no::bigint * 1000000 + line_no) = ANY ((SELECT allowance.open_lines())::bigint[])'),
  ('allowance.item_release', 'where', 'EXISTS (SELECT FROM allowance.run_item i WHERE i.child_number = item_release.child_number AND i.benefit_month = item_release.benefit_month AND i.generation = item_release.generation AND i.tranche = item_release.tranche AND i.attempt = item_release.attempt)'),
  ('allowance.result_row', 'where', '(run_no::bigint * 1000000 + line_no) = ANY ((SELECT allowance.open_lines())::bigint[])'),
  ('allowance.result_resolution', 'where', 'EXISTS (SELECT FROM allowance.result_row w WHERE w.result_id = result_resolution.result_id AND w.row_no = result_resolution.row_no)'),
  ('allowance.return_confirmation', 'where', '(run_no::bigint * 1000000 + line_no) = ANY ((SELECT allowance.open_lines())::bigint[])')
) AS p (t, kind, key);

-- 振込ファイルは全員の口座を含むので、職員の照会からは1行も見えない。
ALTER TABLE allowance.transfer_file ENABLE ROW LEVEL SECURITY;
ALTER TABLE allowance.transfer_file FORCE ROW LEVEL SECURITY;

-- 口座の列（請求書に書かれた口座、振込の明細の口座、結果の原文）は、口座の権限のある人だけが下の二つの照会を通して見る。
REVOKE SELECT ON allowance.claim, allowance.run_line, allowance.result_row FROM hagukumi_desk;
GRANT SELECT (claim_id, reception_number, kind, received_on, channel, claimant_number, recipient_kind, cause, cause_on, obstacle_ended_on, employee_class,
  ward_code, content_digest, recorded_by, batch_id, recorded_at) ON allowance.claim TO hagukumi_desk;
GRANT SELECT (run_no, line_no, recipient_id, amount, child_months, new_code, ward_code, employee_class) ON allowance.run_line TO hagukumi_desk;
GRANT SELECT (result_id, row_no, run_no, line_no, amount, reason) ON allowance.result_row TO hagukumi_desk;

CREATE VIEW allowance.claim_account WITH (security_barrier = true) AS
SELECT claim_id, claimant_number, account FROM allowance.claim
WHERE claim_id = ANY ((SELECT allowance.open_claims())::bigint[]) AND (SELECT allowance.has_right('account.view'));
COMMENT ON VIEW allowance.claim_account IS '請求書に書かれた口座（開いている請求だけ、口座の権限のある人だけ）';
CREATE VIEW allowance.run_line_account WITH (security_barrier = true) AS
SELECT run_no, line_no, recipient_id, account_id, bank, branch, account_type, account_number, holder FROM allowance.run_line
WHERE recipient_id = ANY ((SELECT allowance.open_recipients())::bigint[]) AND (SELECT allowance.has_right('account.view'));
COMMENT ON VIEW allowance.run_line_account IS '振込の明細の口座（開いている受給者だけ、口座の権限のある人だけ）';

-- 個人の行を持たない表と、呼んだ人の権利で読む照会
GRANT USAGE ON SCHEMA allowance TO hagukumi_desk;
GRANT SELECT ON allowance.setting, allowance.bank_snapshot, allowance.branch, allowance.branch_end, allowance.run_transition, allowance.run_end,
  allowance.payment_run, allowance.run_event, allowance.run_approval, allowance.hand_over, allowance.hand_over_outcome, allowance.result_file,
  allowance.import_batch, allowance.branch_period, allowance.person_current, allowance.recipient_window, allowance.ledger_leg, allowance.run_state,
  allowance.claim_account, allowance.run_line_account TO hagukumi_desk;

-- 関数は業務処理の役割で動く（全件から、見てよい番号だけを求める）。
DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['is_protected(bigint)', 'sight_seal(text)', 'desk_sight()', 'has_right(text)', 'open_numbers()', 'open_recipients()', 'open_claims()', 'open_facts()', 'open_lines()', 'open_journals()'] LOOP
    EXECUTE format('ALTER FUNCTION allowance.%s OWNER TO hagukumi_allowance', name);
    EXECUTE format('REVOKE ALL ON FUNCTION allowance.%s FROM PUBLIC', name);
    EXECUTE format('GRANT EXECUTE ON FUNCTION allowance.%s TO hagukumi_allowance', name);
  END LOOP;
END $$;
ALTER TYPE allowance.desk_sight OWNER TO hagukumi_allowance;
ALTER VIEW allowance.claim_account OWNER TO hagukumi_allowance;
ALTER VIEW allowance.run_line_account OWNER TO hagukumi_allowance;
GRANT EXECUTE ON FUNCTION allowance.has_right(text), allowance.open_numbers(), allowance.open_recipients(), allowance.open_claims(),
  allowance.open_facts(), allowance.open_lines(), allowance.open_journals() TO hagukumi_desk;
