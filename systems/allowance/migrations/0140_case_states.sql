-- Up Migration
-- 事案の経過（資格情報の履歴）。台帳の行を起きた順に並べ、ひとつ起きるごとに項目を上書きしていく。状態は行に持たず、ここで導く。
-- 別添1の各表（annex1）は、この上に作る。新しい行はいつも後ろに付くので、一度付いた履歴番号は変わらない。

-- 決定のときの児童ごとの結果。1件の決定の合計は、その手当月額と必ず合う。
CREATE TABLE allowance.decision_child (
  decision_id  bigint NOT NULL REFERENCES allowance.decision_breakdown,
  child_number allowance.addressee_number NOT NULL,
  counted      boolean NOT NULL,
  payable      boolean NOT NULL,
  position     smallint CHECK (position >= 1),
  band         text NOT NULL CHECK (band IN ('U3', 'EL', 'JH', 'HS', 'UN', 'OUT')),
  amount       integer NOT NULL CHECK (amount BETWEEN 0 AND 30000),
  PRIMARY KEY (decision_id, child_number),
  CONSTRAINT decision_child_amount CHECK (payable OR amount = 0)
);
COMMENT ON TABLE allowance.decision_child IS '決定のときの児童ごとの結果（手当の対象か、第何子か、年齢の区分、月額）';
COMMENT ON COLUMN allowance.decision_child.decision_id IS '決定';
COMMENT ON COLUMN allowance.decision_child.child_number IS '児童・兄姉等の宛名番号';
COMMENT ON COLUMN allowance.decision_child.counted IS '算定の順位に数えるか';
COMMENT ON COLUMN allowance.decision_child.payable IS '手当の対象か';
COMMENT ON COLUMN allowance.decision_child.position IS '第何子か';
COMMENT ON COLUMN allowance.decision_child.band IS '年齢の区分';
COMMENT ON COLUMN allowance.decision_child.amount IS '月額（円）';
CREATE INDEX decision_child_child ON allowance.decision_child (child_number);
CREATE FUNCTION allowance.decision_child_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE bad bigint;
BEGIN
  SELECT b.decision_id INTO bad FROM (SELECT DISTINCT decision_id FROM new_rows) n JOIN allowance.decision_breakdown b USING (decision_id)
  WHERE (SELECT coalesce(sum(c.amount), 0) FROM allowance.decision_child c WHERE c.decision_id = b.decision_id) <> b.amount_1 + b.amount_2 + b.amount_3 + b.amount_4
     OR (SELECT count(*) FROM allowance.decision_child c WHERE c.decision_id = b.decision_id AND c.payable) <> b.base_children LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION '決定 % の児童ごとの額が内訳と合いません', bad USING ERRCODE = 'HG033', CONSTRAINT = 'decision_child_total';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER decision_child_guard AFTER INSERT ON allowance.decision_child
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION allowance.decision_child_guard();
SELECT allowance.protect_rows('allowance.decision_child', 'where', 'EXISTS (SELECT FROM allowance.decision d WHERE d.decision_id = decision_child.decision_id)');

CREATE AGGREGATE allowance.fold(jsonb) (SFUNC = jsonb_concat, STYPE = jsonb, INITCOND = '{}');
COMMENT ON AGGREGATE allowance.fold(jsonb) IS '項目を順に上書きする（後のものが勝つ。null は消す）';

CREATE VIEW allowance.code_map WITH (security_invoker = true) AS
SELECT jsonb_object_agg(k, code ORDER BY valid_from, rank) AS map FROM (
  SELECT domain || '.' || code AS k, code, valid_from, 1 AS rank FROM allowance.code_last
  UNION ALL SELECT domain || '.' || label, code, valid_from, 2 FROM allowance.code_last
  UNION ALL SELECT domain || '.' || identifier, code, valid_from, 3 FROM allowance.code_last) x;
COMMENT ON VIEW allowance.code_map IS '識別子・名前・コードから、いまのコードを引く表（種類.識別子 → コード）';

-- 支払期月（児童手当法8条4項）と、支払を受ける権利の時効の日（23条: 支払期月の翌月の初日から2年）
CREATE FUNCTION allowance.limitation_day(month date) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT ((CASE WHEN month >= date '2024-10-01' THEN month + CASE WHEN extract(month FROM month)::int % 2 = 0 THEN interval '2 months' ELSE interval '1 month' END
                ELSE month + (4 - (extract(month FROM month)::int + 2) % 4) * interval '1 month' END) + interval '2 years 1 month')::date
$$;
COMMENT ON FUNCTION allowance.limitation_day(date) IS '月分の支払を受ける権利が時効で消える日';

-- 受付（0112）を通った請求は、決裁で初めて claim になる。それまでも事案なので、受付番号のまま、負の番号（-filing_id）で並べる。
CREATE VIEW allowance.case_claim WITH (security_invoker = true) AS
SELECT c.claim_id, c.claimant_number AS addressee_number, c.recipient_kind, c.reception_number, c.kind,
       coalesce((SELECT min(e.recorded_at) FROM allowance.filing_event e WHERE e.filing_id = c.filing_id AND e.kind = 'submitted'), c.recorded_at) AS recorded_at,
       coalesce(o.recipient_id, d.recipient_id, l.recipient_id) AS recipient_id,
       coalesce(o.opened_by_claim, d.opened_by_claim, l.opened_by_claim, c.claim_id) AS root_claim_id
FROM allowance.claim c
LEFT JOIN allowance.recipient o ON o.opened_by_claim = c.claim_id
LEFT JOIN LATERAL (SELECT r.recipient_id, r.opened_by_claim FROM allowance.decision x JOIN allowance.recipient r USING (recipient_id)
                   WHERE x.claim_id = c.claim_id AND o.recipient_id IS NULL ORDER BY x.decision_id LIMIT 1) d ON true
LEFT JOIN LATERAL (SELECT r.recipient_id, r.opened_by_claim FROM allowance.recipient r
                   WHERE r.addressee_number = c.claimant_number AND r.kind = c.recipient_kind AND c.kind <> 'certification'
                     AND o.recipient_id IS NULL AND d.recipient_id IS NULL ORDER BY r.ordinal DESC LIMIT 1) l ON true
UNION ALL
SELECT -f.filing_id, f.claimant_number, f.recipient_kind, f.reception_number,
       CASE WHEN f.procedure_code LIKE 'certification%' THEN 'certification' WHEN f.procedure_code = 'supportConfirmation' THEN 'supportConfirmation' ELSE 'increase' END,
       s.recorded_at, l.recipient_id, coalesce(l.opened_by_claim, -f.filing_id)
FROM allowance.filing f
JOIN LATERAL (SELECT min(e.recorded_at) AS recorded_at FROM allowance.filing_event e WHERE e.filing_id = f.filing_id AND e.kind = 'submitted') s ON s.recorded_at IS NOT NULL
LEFT JOIN LATERAL (SELECT r.recipient_id, r.opened_by_claim FROM allowance.recipient r
                   WHERE r.addressee_number = f.claimant_number AND r.kind = f.recipient_kind AND f.procedure_code NOT LIKE 'certification%'
                   ORDER BY r.ordinal DESC LIMIT 1) l ON true
WHERE f.procedure_code IN ('certificationIndividual', 'certificationInstitution', 'increase', 'institutionIncrease', 'supportConfirmation')
  AND NOT EXISTS (SELECT FROM allowance.claim c WHERE c.filing_id = f.filing_id);
COMMENT ON VIEW allowance.case_claim IS '請求と、それが属する事案（認定請求 root_claim_id）';

-- 受け付けた時の内容（請求になる前の受付）
CREATE VIEW allowance.filed_claim WITH (security_invoker = true) AS
SELECT f.filing_id, c.received_on, c.channel, f.ward_code, c.content, c.final_due_on
FROM allowance.filing f
CROSS JOIN LATERAL (SELECT e.revision FROM allowance.filing_event e WHERE e.filing_id = f.filing_id AND e.kind = 'submitted' ORDER BY e.seq LIMIT 1) e
JOIN allowance.filing_content c ON c.filing_id = f.filing_id AND c.revision = e.revision;
COMMENT ON VIEW allowance.filed_claim IS '受付の、初めに受け付けた時の内容';

CREATE VIEW allowance.case_root WITH (security_invoker = true) AS
SELECT k.claim_id AS root_claim_id, k.addressee_number, k.recipient_kind, k.recipient_id, k.reception_number, k.recorded_at,
       lead(k.recorded_at) OVER (PARTITION BY k.addressee_number ORDER BY k.recorded_at, k.claim_id) AS until,
       row_number() OVER (PARTITION BY k.addressee_number ORDER BY k.recorded_at, k.claim_id) AS ordinal
FROM allowance.case_claim k WHERE k.claim_id = k.root_claim_id;
COMMENT ON VIEW allowance.case_root IS '事案（人ごとの認定請求の順）と、その次の事案が始まるまでの間';

-- 人に付く記載は、記録した時に最も新しかった事案に付ける。
CREATE VIEW allowance.case_entry WITH (security_invoker = true) AS
SELECT r.root_claim_id, r.addressee_number, r.recipient_kind, r.recipient_id, e.kind, e.entry_id, e.revision, e.recorded_at, e.patch
FROM allowance.case_root r
JOIN (
  SELECT addressee_number, 'coverage' AS kind, entry_id, revision, recorded_at, CASE WHEN withdrawn THEN '{}' ELSE jsonb_build_object(
    '健康保険', health_insurance, '資格取得', insured_on, '年金', pension_kind, '年金加入', pension_on, '被用', employee_class) END AS patch
  FROM allowance.coverage
  UNION ALL SELECT addressee_number, 'related', entry_id, revision, recorded_at, '{}' FROM allowance.related_person
  UNION ALL SELECT addressee_number, 'child', entry_id, revision, recorded_at, '{}' FROM allowance.child_circumstance
  UNION ALL SELECT addressee_number, 'child', entry_id, revision, recorded_at, '{}' FROM allowance.counted_sibling
  UNION ALL SELECT addressee_number, 'document', entry_id, revision, recorded_at, jsonb_build_object('提出期限', CASE WHEN state IN ('awaited', 'onHold') AND NOT withdrawn THEN due_on END)
    FROM allowance.document WHERE due_on IS NOT NULL
) e ON e.addressee_number = r.addressee_number AND (e.recorded_at >= r.recorded_at OR r.ordinal = 1) AND (e.recorded_at < r.until OR r.until IS NULL)
UNION ALL
SELECT r.opened_by_claim, r.addressee_number, r.kind, r.recipient_id, e.kind, e.entry_id, e.revision, e.recorded_at, e.patch
FROM allowance.recipient r
JOIN (
  SELECT recipient_id, 'annualReport' AS kind, entry_id, revision, recorded_at, CASE WHEN withdrawn THEN '{"現況年度": null, "現況受理": null, "現況受理区分": null, "現況仮年金": null}' ELSE
    jsonb_build_object('現況年度', fiscal_year, '現況受理', received_on, '現況受理区分', reception, '現況仮年金', provisional_pension) END AS patch
  FROM allowance.annual_report
  UNION ALL SELECT recipient_id, 'yearlyReview', entry_id, revision, recorded_at, CASE WHEN withdrawn THEN '{}' ELSE jsonb_build_object('判定年度', fiscal_year, '扶養外', other_dependants) END
  FROM allowance.yearly_review
) e USING (recipient_id);
COMMENT ON VIEW allowance.case_entry IS '台帳の記載と、それが付く事案';

-- 届出（請求でない受付）と、それが付く事案
CREATE VIEW allowance.case_report WITH (security_invoker = true) AS
-- 認定番号を指す届出
SELECT p.opened_by_claim AS root_claim_id, p.addressee_number, p.kind AS recipient_kind, p.recipient_id,
       f.filing_id, f.procedure_code, c.received_on, c.channel, s.recorded_at AS submitted_at, a.recorded_at AS approved_at, a.outcome,
       CASE WHEN c.content ->> 'on' ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' THEN (c.content ->> 'on')::date END AS changed_on
FROM allowance.recipient p
JOIN allowance.filing_content c ON c.recipient_id = p.recipient_id
JOIN allowance.filing f ON f.filing_id = c.filing_id AND f.procedure_code NOT IN ('certificationIndividual', 'certificationInstitution', 'increase', 'institutionIncrease', 'supportConfirmation')
JOIN LATERAL (SELECT x.recorded_at, x.revision FROM allowance.filing_event x WHERE x.filing_id = f.filing_id AND x.kind = 'submitted' ORDER BY x.seq LIMIT 1) s
  ON s.revision = c.revision
LEFT JOIN allowance.filing_approval a ON a.filing_id = f.filing_id
UNION ALL
-- 認定番号を指さない届出は、その時の事案に付ける
SELECT r.root_claim_id, r.addressee_number, r.recipient_kind, r.recipient_id,
       f.filing_id, f.procedure_code, c.received_on, c.channel, s.recorded_at, a.recorded_at, a.outcome,
       CASE WHEN c.content ->> 'on' ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' THEN (c.content ->> 'on')::date END
FROM allowance.case_root r
JOIN allowance.filing f ON f.claimant_number = r.addressee_number AND f.procedure_code NOT IN ('certificationIndividual', 'certificationInstitution', 'increase', 'institutionIncrease', 'supportConfirmation')
JOIN LATERAL (SELECT x.recorded_at, x.revision FROM allowance.filing_event x WHERE x.filing_id = f.filing_id AND x.kind = 'submitted' ORDER BY x.seq LIMIT 1) s
  ON (s.recorded_at >= r.recorded_at OR r.ordinal = 1) AND (s.recorded_at < r.until OR r.until IS NULL)
JOIN allowance.filing_content c ON c.filing_id = f.filing_id AND c.revision = s.revision AND c.recipient_id IS NULL
LEFT JOIN allowance.filing_approval a ON a.filing_id = f.filing_id;
COMMENT ON VIEW allowance.case_report IS '請求でない受付（届出・申出・職権）と、それが付く事案';

CREATE VIEW allowance.case_event WITH (security_invoker = true) AS
-- 請求の受付
SELECT k.addressee_number, k.recipient_kind, k.root_claim_id, k.recipient_id, k.recorded_at AS at, 1 AS rank, c.claim_id AS ref, 0 AS ref_revision,
       CASE WHEN c.claim_id = k.root_claim_id THEN 'receive' WHEN c.kind = 'supportConfirmation' THEN 'report' ELSE 'receiveIncrease' END AS kind,
       NULL::date AS effective, true AS children,
       CASE WHEN c.claim_id = k.root_claim_id THEN jsonb_build_object('請求受理', c.received_on, '請求事由', c.cause, '受理区分', c.channel, '所管区', c.ward_code, '被用', c.employee_class,
              '提出期限', (SELECT max(f.final_due_on) FROM allowance.filing_content f WHERE f.filing_id = c.filing_id))
            WHEN c.kind = 'supportConfirmation' THEN jsonb_build_object('変更届受理', c.received_on)
            ELSE jsonb_build_object('額改定請求受理', c.received_on, '額改定請求却下', NULL, '額改定請求取下', NULL) END AS patch
FROM allowance.case_claim k JOIN allowance.claim c USING (claim_id)
UNION ALL
SELECT k.addressee_number, k.recipient_kind, k.root_claim_id, k.recipient_id, k.recorded_at, 1, k.claim_id, 0,
       CASE WHEN k.claim_id = k.root_claim_id THEN 'receive' WHEN k.kind = 'supportConfirmation' THEN 'report' ELSE 'receiveIncrease' END, NULL, true,
       CASE WHEN k.claim_id = k.root_claim_id THEN jsonb_build_object('請求受理', f.received_on, '請求事由', f.content ->> 'cause', '受理区分', f.channel, '所管区', f.ward_code,
              '被用', f.content ->> 'employeeClass', '提出期限', f.final_due_on)
            WHEN k.kind = 'supportConfirmation' THEN jsonb_build_object('変更届受理', f.received_on)
            ELSE jsonb_build_object('額改定請求受理', f.received_on, '額改定請求却下', NULL, '額改定請求取下', NULL) END
FROM allowance.case_claim k JOIN allowance.filed_claim f ON f.filing_id = -k.claim_id
UNION ALL
-- 取下げ
SELECT k.addressee_number, k.recipient_kind, k.root_claim_id, k.recipient_id, w.recorded_at, 2, w.claim_id, 0, 'withdraw', NULL, true,
       jsonb_build_object(CASE WHEN w.claim_id = k.root_claim_id THEN '取下' ELSE '額改定請求取下' END, w.withdrawn_on)
FROM allowance.case_claim k JOIN allowance.claim_withdrawal w USING (claim_id)
UNION ALL
SELECT k.addressee_number, k.recipient_kind, k.root_claim_id, k.recipient_id, w.recorded_at, 2, k.claim_id, 0, 'withdraw', NULL, true,
       jsonb_build_object(CASE WHEN k.claim_id = k.root_claim_id THEN '取下' ELSE '額改定請求取下' END, w.done_on)
FROM allowance.case_claim k JOIN allowance.filing_event w ON w.filing_id = -k.claim_id AND w.kind = 'withdrawn'
UNION ALL
-- 却下（受給者のない決定）
SELECT k.addressee_number, k.recipient_kind, k.root_claim_id, k.recipient_id, d.recorded_at, 4, d.decision_id, 0, 'refuse', d.effective_month, true,
       CASE WHEN d.claim_id = k.root_claim_id THEN jsonb_build_object('却下', d.decided_on) ELSE jsonb_build_object('額改定請求却下', d.decided_on) END
         || jsonb_build_object('却下事由', (SELECT x.override ->> 'reasonCode' FROM allowance.claim c JOIN allowance.filing_approval a USING (filing_id)
              JOIN allowance.filing_examination x ON x.filing_id = a.filing_id AND x.seq = a.examination_seq WHERE c.claim_id = d.claim_id))
FROM allowance.case_claim k JOIN allowance.decision d USING (claim_id) WHERE d.kind = 'refuse'
UNION ALL
-- 決定
-- 届出の決裁が書いた減額・消滅（applied）は、職権ではない。
SELECT r.addressee_number, r.kind, r.opened_by_claim, r.recipient_id, d.recorded_at, 4, d.decision_id, 0, d.kind, d.effective_month, true,
       CASE d.kind
         WHEN 'certify' THEN jsonb_build_object('認定', d.decided_on, '支給開始', d.effective_month, '消滅', NULL, '消滅年月', NULL, '消滅事由', NULL, '消滅職権', NULL)
         WHEN 'increase' THEN jsonb_build_object('額改定', d.decided_on, '額改定事由', d.cause)
         WHEN 'decrease' THEN jsonb_build_object('額改定', d.decided_on, '額改定事由', d.cause, '消滅減額職権', o.ex_officio)
         WHEN 'extinguish' THEN jsonb_build_object('消滅', d.decided_on, '消滅年月', (d.effective_month - interval '1 month')::date, '消滅事由', d.cause, '消滅職権', o.ex_officio)
         ELSE jsonb_build_object('取消', d.decided_on, '消滅', NULL, '消滅年月', NULL, '消滅事由', NULL, '消滅職権', NULL) END
         || jsonb_build_object('職権', o.ex_officio)
FROM allowance.recipient r JOIN allowance.decision d USING (recipient_id)
CROSS JOIN LATERAL (SELECT d.ex_officio AND NOT EXISTS (
  SELECT FROM allowance.filing_content c JOIN allowance.filing_approval a ON a.filing_id = c.filing_id AND a.revision = c.revision
  WHERE c.recipient_id = r.recipient_id AND c.channel <> 'exOfficio' AND a.applied -> 'decisions' @> to_jsonb(d.decision_id)) AS ex_officio) o
WHERE d.kind <> 'refuse'
UNION ALL
-- 差止・保留とその解除
SELECT r.addressee_number, r.kind, r.opened_by_claim, r.recipient_id, h.recorded_at, 5, h.hold_id, 0, 'hold', h.from_month, false,
       CASE h.kind WHEN 'hold' THEN jsonb_build_object('差止', (h.recorded_at AT TIME ZONE 'Asia/Tokyo')::date, '差止事由', h.cause, '差止開始', h.from_month)
                   ELSE jsonb_build_object('保留', true) END
FROM allowance.recipient r JOIN allowance.hold h USING (recipient_id)
UNION ALL
SELECT r.addressee_number, r.kind, r.opened_by_claim, r.recipient_id, x.recorded_at, 6, x.hold_id, 0, 'release', NULL, false,
       CASE WHEN EXISTS (SELECT FROM allowance.hold o LEFT JOIN allowance.hold_release y USING (hold_id)
                         WHERE o.recipient_id = h.recipient_id AND o.kind = h.kind AND o.hold_id <> h.hold_id AND o.recorded_at <= x.recorded_at
                           AND (y.recorded_at IS NULL OR y.recorded_at > x.recorded_at)) THEN '{}'
            WHEN h.kind = 'hold' THEN '{"差止": null, "差止事由": null, "差止開始": null}' ELSE '{"保留": false}' END::jsonb
FROM allowance.recipient r JOIN allowance.hold h USING (recipient_id) JOIN allowance.hold_release x USING (hold_id)
UNION ALL
-- 台帳の記載
SELECT addressee_number, recipient_kind, root_claim_id, recipient_id, recorded_at, 7, entry_id, revision, kind, NULL, kind = 'child', patch FROM allowance.case_entry
UNION ALL
-- 受給者情報の履歴（変更届・職権）
SELECT r.addressee_number, r.kind, r.opened_by_claim, r.recipient_id, c.recorded_at, 8, c.history_no, 0, 'change', NULL, false,
       jsonb_strip_nulls(jsonb_build_object('所管区', c.ward_code, '被用', c.employee_class)) || CASE WHEN c.cause = 'certified' THEN '{}' ELSE jsonb_build_object('変更', c.valid_from) END
FROM allowance.recipient r JOIN allowance.recipient_history c USING (recipient_id)
UNION ALL
-- 届出の受付と決裁
SELECT addressee_number, recipient_kind, root_claim_id, recipient_id, submitted_at, 3, filing_id, 0, CASE WHEN procedure_code IN ('unpaid', 'institutionUnpaid') THEN 'unpaid' ELSE 'report' END, NULL, false,
       CASE WHEN channel = 'exOfficio' THEN '{}'
            WHEN procedure_code IN ('extinction', 'institutionExtinction') THEN jsonb_build_object('消滅届受理', received_on)
            WHEN procedure_code IN ('decrease', 'institutionDecrease') THEN jsonb_build_object('消滅減額届受理', received_on)
            WHEN procedure_code IN ('unpaid', 'institutionUnpaid') THEN jsonb_build_object('未支払受理', received_on)
            WHEN procedure_code IN ('change', 'institutionChange', 'accountChange', 'publicAccountChoice', 'separateCare', 'studyAbroad', 'livingTogetherPriority', 'guardian')
              THEN jsonb_build_object('変更届受理', received_on)
            ELSE '{}' END
FROM allowance.case_report
UNION ALL
SELECT addressee_number, recipient_kind, root_claim_id, recipient_id, approved_at, 9, filing_id, 0, 'report', NULL, false,
       CASE WHEN procedure_code IN ('change', 'institutionChange') THEN jsonb_strip_nulls(jsonb_build_object('変更', changed_on)) || jsonb_build_object('変更職権', channel = 'exOfficio') ELSE '{}' END
FROM allowance.case_report WHERE approved_at IS NOT NULL AND outcome <> 'refuse';
COMMENT ON VIEW allowance.case_event IS '事案に起きたこと（起きた順は at, rank, ref, ref_revision）と、それが書きかえる項目';

CREATE VIEW allowance.case_state WITH (security_invoker = true) AS
SELECT e.addressee_number, e.recipient_kind, e.root_claim_id, e.recipient_id, e.at, e.rank, e.ref, e.ref_revision, e.kind, e.effective, e.children,
       row_number() OVER w AS history_no,
       allowance.fold(e.patch) OVER w AS state,
       lead(1) OVER w IS NULL AS latest,
       coalesce(min(e.effective) FILTER (WHERE e.kind = 'correct') OVER (PARTITION BY e.addressee_number, e.recipient_kind, e.root_claim_id
         ORDER BY e.at, e.rank, e.ref, e.ref_revision ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) <= e.effective AND e.rank = 4 AND e.kind NOT IN ('correct', 'refuse'), false) AS taken_back,
       max(e.recipient_id) FILTER (WHERE e.kind = 'certify') OVER w AS certified_id,
       nullif(count(*) FILTER (WHERE e.rank = 4) OVER w, 0) AS decision_no,
       nullif(count(*) FILTER (WHERE e.kind = 'annualReport') OVER w, 0) AS report_no,
       nullif(count(*) FILTER (WHERE e.kind = 'yearlyReview') OVER w, 0) AS review_no,
       nullif(count(*) FILTER (WHERE e.kind = 'related') OVER w, 0) AS related_no,
       nullif(count(*) FILTER (WHERE e.children) OVER w, 0) AS children_no
FROM allowance.case_event e
WINDOW w AS (PARTITION BY e.addressee_number, e.recipient_kind, e.root_claim_id ORDER BY e.at, e.rank, e.ref, e.ref_revision ROWS UNBOUNDED PRECEDING);
COMMENT ON VIEW allowance.case_state IS '事案の履歴（履歴番号ごとの、その時までに知られた項目）';

CREATE INDEX IF NOT EXISTS filing_content_recipient ON allowance.filing_content (recipient_id);
CREATE INDEX IF NOT EXISTS hold_recipient ON allowance.hold (recipient_id);
CREATE INDEX yearly_review_recipient ON allowance.yearly_review (recipient_id);
CREATE INDEX annual_report_recipient ON allowance.annual_report (recipient_id);
GRANT SELECT ON allowance.code_map, allowance.case_claim, allowance.filed_claim, allowance.case_root, allowance.case_entry, allowance.case_report, allowance.case_event, allowance.case_state TO hagukumi_desk;
GRANT SELECT, INSERT ON allowance.decision_child TO hagukumi_allowance;
GRANT SELECT ON allowance.code_map, allowance.case_claim, allowance.filed_claim, allowance.case_root, allowance.case_entry, allowance.case_report, allowance.case_event, allowance.case_state TO hagukumi_allowance;
