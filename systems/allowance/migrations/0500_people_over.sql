-- Up Migration
-- 保存期間を事案の終わりから数える。終わった人とは、その人の関わる事案（受給者・請求者として、児童として、関係者として）がすべて終わった人。
CREATE FUNCTION allowance.people_over() RETURNS TABLE (addressee_number bigint, last_day date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH party AS (
    SELECT r.addressee_number::bigint AS number FROM allowance.recipient r
    UNION SELECT c.claimant_number::bigint FROM allowance.claim c
    UNION SELECT f.claimant_number::bigint FROM allowance.filing f
  ), running AS (
    -- 資格が続いている、差止め・保留がある、返っていない過払がある、決まっていない受付がある: 終わっていない
    SELECT r.addressee_number::bigint AS number FROM allowance.recipient r JOIN allowance.recipient_window w USING (recipient_id) WHERE w.ended_from IS NULL
    UNION SELECT r.addressee_number FROM allowance.recipient r JOIN allowance.hold h USING (recipient_id)
      WHERE NOT EXISTS (SELECT FROM allowance.hold_release x WHERE x.hold_id = h.hold_id)
    UNION SELECT r.addressee_number FROM allowance.recipient r JOIN allowance.receivable_balance b USING (recipient_id) WHERE b.outstanding > 0
    UNION SELECT f.claimant_number FROM allowance.filing_current f WHERE f.state IN ('draft', 'submitted', 'returned', 'held', 'examined')
    UNION SELECT c.claimant_number FROM allowance.claim c WHERE c.filing_id IS NULL
      AND NOT EXISTS (SELECT FROM allowance.decision d WHERE d.claim_id = c.claim_id)
      AND NOT EXISTS (SELECT FROM allowance.claim_withdrawal x WHERE x.claim_id = c.claim_id)
  ), happened AS (
    SELECT r.addressee_number::bigint AS number, w.ended_from - 1 AS day FROM allowance.recipient r JOIN allowance.recipient_window w USING (recipient_id)
    UNION ALL SELECT r.addressee_number, d.decided_on FROM allowance.recipient r JOIN allowance.decision d USING (recipient_id)
    UNION ALL SELECT c.claimant_number, d.decided_on FROM allowance.claim c JOIN allowance.decision d USING (claim_id)
    UNION ALL SELECT r.addressee_number, p.pay_on FROM allowance.recipient r JOIN allowance.run_line l USING (recipient_id) JOIN allowance.payment_run p USING (run_no)
    UNION ALL SELECT r.addressee_number, e.happened_on FROM allowance.recipient r JOIN allowance.recovery v USING (recipient_id) JOIN allowance.recovery_event e USING (recovery_id)
    UNION ALL SELECT f.claimant_number, (f.last_at AT TIME ZONE 'Asia/Tokyo')::date FROM allowance.filing_current f
    UNION ALL SELECT c.claimant_number, c.received_on FROM allowance.claim c
  ), finished AS (
    SELECT p.number, (SELECT max(h.day) FROM happened h WHERE h.number = p.number) AS last_day, EXISTS (SELECT FROM running x WHERE x.number = p.number) AS running
    FROM party p
  ), tie AS (
    SELECT f.number, f.number AS party FROM finished f
    UNION SELECT k.child_number, c.claimant_number FROM allowance.claim_child k JOIN allowance.claim c USING (claim_id)
    UNION SELECT q.related_number, q.addressee_number FROM allowance.related_person q WHERE q.related_number IS NOT NULL
  )
  SELECT t.number::bigint, max(f.last_day) FROM tie t JOIN finished f ON f.number = t.party
  GROUP BY t.number HAVING NOT bool_or(f.running OR f.last_day IS NULL)
$$;
COMMENT ON FUNCTION allowance.people_over() IS '関わる事案がすべて終わった人と、その最後の日';
REVOKE ALL ON FUNCTION allowance.people_over() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION allowance.people_over() TO hagukumi_allowance;

INSERT INTO access.record_group (group_code, name, about) VALUES
  ('individualNumber', '個人番号', '関わる事案がすべて終わった日から数える。過ぎた人は「個人番号の消去」に載り、二人で消す。'),
  ('caseNotes', '対応記録・連絡先', '関わる事案がすべて終わった日から数える。対応記録・連絡先・送付先・照会・書類の所在。紙の書類が残る間は消さない。毎日、自動で消す。'),
  ('letterFiles', '通知書のファイル', '発送の日から数える。印刷した通知書のPDF。毎日、自動で消す。'),
  ('protectionLifts', '一時解除の記録', '一時解除の終わりから数える。支援措置の一時解除の申請・承認・表示。毎日、自動で消す。'),
  ('paperDocuments', '紙の書類', '関わる事案がすべて終わった日から数える。過ぎた紙の書類が、廃棄の一覧に載る。廃棄したら、書類の記録を「廃棄」に変える。');
