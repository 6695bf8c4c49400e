-- Up Migration
-- 0111〜0119 の表も、0110 と同じ決まりで守る（支援措置・閲覧禁止を開いたあとにも効かせる）。
SELECT allowance.protect_rows(c.oid::regclass, 'person', 'addressee_number')
FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid
WHERE c.relnamespace = 'allowance'::regnamespace AND p.polname = 'desk_open'
  AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'addressee_number' AND NOT a.attisdropped);
SELECT allowance.protect_rows('allowance.decision_breakdown', 'where',
  'EXISTS (SELECT FROM allowance.decision d WHERE d.decision_id = decision_breakdown.decision_id)');

SELECT allowance.protect_rows('allowance.filing', 'person', 'claimant_number');
SELECT allowance.protect_rows(('allowance.' || t)::regclass, 'where', format('EXISTS (SELECT FROM allowance.filing f WHERE f.filing_id = %I.filing_id)', t))
FROM unnest(ARRAY['filing_content', 'filing_event', 'filing_document', 'filing_examination', 'filing_approval']) t;
GRANT SELECT ON allowance.filing_current TO hagukumi_desk;
SELECT allowance.protect_rows('allowance.claim_cancellation', 'claim', 'claim_id');
GRANT SELECT (filing_id) ON allowance.claim TO hagukumi_desk;
