-- Up Migration
-- 確かめる仕事は、稼働開始から。それより前の変更は、前のシステムで届出を受け付けている。
CREATE OR REPLACE VIEW allowance.unreported_change WITH (security_invoker = true) AS
SELECT c.recipient_id, c.addressee_number AS number, c.item, c.history_no, c.changed_on, c.due_on FROM allowance.recipient_change c
WHERE c.changed_on >= coalesce((SELECT ((s.value #>> '{}') || '-01')::date FROM allowance.setting s WHERE s.name = 'openingMonth'
                                ORDER BY s.valid_from DESC, s.revision DESC LIMIT 1), '-infinity'::date)
  AND NOT EXISTS (SELECT FROM allowance.report_omission o WHERE (o.recipient_id, o.item, o.history_no) = (c.recipient_id, c.item, c.history_no))
  AND NOT EXISTS (
    SELECT FROM allowance.filing f JOIN allowance.filing_approval a USING (filing_id)
    JOIN allowance.filing_content x ON x.filing_id = f.filing_id AND x.revision = a.revision
    WHERE f.procedure_code = 'change' AND x.recipient_id = c.recipient_id AND x.content ? c.item AND x.content ->> 'on' = c.changed_on::text
      AND NOT EXISTS (SELECT FROM allowance.filing_cancellation k WHERE k.filing_id = f.filing_id));
COMMENT ON VIEW allowance.unreported_change IS '稼働開始月の初日から後に住民基本台帳で変わり、届出も省略の記録もない氏名・住所';
