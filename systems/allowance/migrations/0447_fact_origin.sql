-- Up Migration
-- 入手元と方法を、事実の行ごとに一つの見え方で言う（評価書 II3①②）。台帳の行は取り込みから、請求・届出は受け付けた経路と人から決まる。
CREATE VIEW allowance.fact_origin WITH (security_invoker = true) AS
WITH register AS (
  SELECT 'personHistory' AS fact, batch_id FROM allowance.person_history
  UNION ALL SELECT 'organization', batch_id FROM allowance.organization_history
  UNION ALL SELECT 'statusPeriod', batch_id FROM allowance.status_period
  UNION ALL SELECT 'income', batch_id FROM allowance.income_history
  UNION ALL SELECT 'taxItem', batch_id FROM allowance.tax_item
  UNION ALL SELECT 'linkedPeriod', batch_id FROM allowance.linked_period
  UNION ALL SELECT 'endorsement', batch_id FROM allowance.move_endorsement)
SELECT r.fact, b.source_code, b.channel_code, b.interface_code FROM register r LEFT JOIN allowance.import_batch b USING (batch_id)
UNION ALL
SELECT 'claim', CASE c.recipient_kind WHEN 'institution' THEN 'privateBody' ELSE 'person' END,
  CASE c.channel WHEN 'online' THEN 'eApplication' ELSE 'paper' END, NULL FROM allowance.claim c
UNION ALL
SELECT 'filing', CASE WHEN x.channel = 'exOfficio' THEN 'cityOffice' WHEN f.recipient_kind = 'institution' THEN 'privateBody' ELSE 'person' END,
  CASE x.channel WHEN 'online' THEN 'eApplication' WHEN 'exOfficio' THEN 'interchange' ELSE 'paper' END, NULL
FROM allowance.filing_content x JOIN allowance.filing f USING (filing_id)
UNION ALL
SELECT 'protectionMeasure', 'person', 'paper', NULL FROM allowance.protection_measure
UNION ALL
SELECT 'protectionNotice', 'cityOffice', 'interchange', n.interface_code FROM allowance.protection_notice n;
COMMENT ON VIEW allowance.fact_origin IS '事実の行ごとの入手元・方法・連携。だれの、は言わない。';
GRANT SELECT ON allowance.fact_origin TO hagukumi_allowance;
