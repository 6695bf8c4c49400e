-- Up Migration
-- 却下の事由。職員が案を変えた却下は受付の審査（override）に事由コードがある。法の判定による却下は、ここに事由コードと理由の文を持つ。
CREATE TABLE allowance.refusal_reason (
  decision_id bigint PRIMARY KEY REFERENCES allowance.decision,
  reason_code text NOT NULL CHECK (reason_code ~ '^[a-z][A-Za-z0-9]{0,39}$'),
  reason_text text NOT NULL CHECK (length(reason_text) BETWEEN 1 AND 1000),
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE allowance.refusal_reason IS '法の判定による却下の事由（却下の決定ごと）';
COMMENT ON COLUMN allowance.refusal_reason.decision_id IS '却下の決定';
COMMENT ON COLUMN allowance.refusal_reason.reason_code IS '却下事由（コード表 refusalCause の識別子）';
COMMENT ON COLUMN allowance.refusal_reason.reason_text IS '理由の文（根拠の条文を含む）';
COMMENT ON COLUMN allowance.refusal_reason.recorded_at IS '記録した時刻';
CREATE FUNCTION allowance.refusal_reason_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE d record;
BEGIN
  SELECT kind, decided_on INTO d FROM allowance.decision WHERE decision_id = NEW.decision_id;
  IF d.kind IS DISTINCT FROM 'refuse' OR NOT EXISTS (SELECT FROM allowance.code_last c WHERE c.domain = 'refusalCause' AND c.identifier = NEW.reason_code
       AND c.valid_from <= d.decided_on AND (c.valid_to IS NULL OR c.valid_to >= d.decided_on)) THEN
    RAISE EXCEPTION '決定 % の却下の事由 % は、その日に使えるコードではありません', NEW.decision_id, NEW.reason_code USING ERRCODE = 'HG057', CONSTRAINT = 'refusal_reason_code';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER refusal_reason_guard AFTER INSERT ON allowance.refusal_reason FOR EACH ROW EXECUTE FUNCTION allowance.refusal_reason_guard();
SELECT allowance.protect_rows('allowance.refusal_reason', 'where', 'EXISTS (SELECT FROM allowance.decision d WHERE d.decision_id = refusal_reason.decision_id)');
GRANT SELECT, INSERT ON allowance.refusal_reason TO hagukumi_allowance;

-- 事案の経過に、法の判定による却下の事由も出す（0140 の同じ見方に、事由の出どころを一つ足す）。
CREATE OR REPLACE VIEW allowance.case_event WITH (security_invoker = true) AS
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
         || jsonb_build_object('却下事由', coalesce((SELECT x.override ->> 'reasonCode' FROM allowance.claim c JOIN allowance.filing_approval a USING (filing_id)
              JOIN allowance.filing_examination x ON x.filing_id = a.filing_id AND x.seq = a.examination_seq WHERE c.claim_id = d.claim_id),
              (SELECT e.reason_code FROM allowance.refusal_reason e WHERE e.decision_id = d.decision_id)))
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
