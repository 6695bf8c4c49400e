-- Up Migration
-- 出生・転入は、その児童の請求が認められたら片づく（claimed）。請求の案内だけが残り続けないようにする。
CREATE OR REPLACE VIEW allowance.register_change_state WITH (security_invoker = true) AS
SELECT c.*, o.owner, p.action, p.procedure_code, p.effects, p.stopped, p.judged_on,
  coalesce(h.outcome, CASE WHEN c.kind IN ('birth', 'moveIn') AND EXISTS (
    SELECT FROM allowance.claim_child k JOIN allowance.approval a ON a.claim_id = k.claim_id AND a.outcome = 'grant'
    WHERE k.child_number = c.addressee_number AND k.role = 'child') THEN 'claimed' END) AS outcome,
  h.filing_id, h.reason, h.handled_by, h.recorded_at AS handled_at,
  EXISTS (SELECT FROM allowance.move_endorsement m WHERE m.addressee_number = c.addressee_number AND c.source_key LIKE m.history_no || '/%') AS endorsed
FROM allowance.register_change c
LEFT JOIN LATERAL (SELECT owner FROM allowance.register_change_owner o WHERE o.change_id = c.change_id ORDER BY seq DESC LIMIT 1) o ON true
LEFT JOIN LATERAL (SELECT action, procedure_code, effects, stopped, judged_on FROM allowance.register_change_proposal p WHERE p.change_id = c.change_id ORDER BY seq DESC LIMIT 1) p ON true
LEFT JOIN allowance.register_change_handling h ON h.change_id = c.change_id;
COMMENT ON VIEW allowance.register_change_state IS '連携から来た変更と、いまの担当・案・扱い（claimed: その児童の請求が認められて片づいた）';
