-- Up Migration
-- 熊本市 特定個人情報保護評価書 別添1「特定個人情報ファイル記録項目」を、項目の名前のとおりに見せる。台帳（allowance）から作り、何も持たない。
-- 読む人の権利で読む（security_invoker）ので、開いていない人の行は出ない。
CREATE SCHEMA annex1;
COMMENT ON SCHEMA annex1 IS '別添1 特定個人情報ファイル記録項目。記録項目の群ごとに一つの照会。';

CREATE VIEW annex1."新児童手当資格情報" WITH (security_invoker = true) AS
SELECT s.addressee_number AS "福祉台帳番号",
       m.map ->> ('program.' || (s.recipient_kind)) AS "事業コード",
       coalesce(a.reception_number, a2.reception_number) AS "申請番号",
       s.history_no AS "履歴番号",
       CASE WHEN s.taken_back THEN '1' ELSE '0' END AS "削除フラグ",
       CASE WHEN s.latest THEN '1' ELSE '0' END AS "最新フラグ",
       (s.state ->> '取消')::date AS "取消年月日",
       s.certified_id AS "認定番号",
       s.state ->> '所管区' AS "所管区コード",
       m.map ->> ('caseState.' || (CASE WHEN s.state ->> '認定' IS NULL AND s.state ->> '取下' IS NOT NULL THEN 'withdrawn' WHEN s.state ->> '認定' IS NULL AND s.state ->> '却下' IS NOT NULL THEN 'refused' WHEN s.state ->> '認定' IS NULL THEN 'requested' WHEN s.state ->> '消滅年月' IS NOT NULL THEN 'extinguished' WHEN s.state ->> '差止' IS NOT NULL THEN 'held' ELSE 'receiving' END)) AS "状態コード",
       coalesce(m.map ->> ('processing.' || (CASE s.kind WHEN 'document' THEN 'report' WHEN 'change' THEN 'report' ELSE s.kind END)), CASE WHEN (CASE s.kind WHEN 'document' THEN 'report' WHEN 'change' THEN 'report' ELSE s.kind END) IS NOT NULL THEN '18' END) AS "処理選択コード",
       m.map ->> ('movement.' || (CASE s.kind WHEN 'receive' THEN 'new' WHEN 'certify' THEN 'new' WHEN 'increase' THEN 'increase' WHEN 'receiveIncrease' THEN 'increase' WHEN 'decrease' THEN 'decrease' WHEN 'extinguish' THEN 'end' WHEN 'hold' THEN 'hold' WHEN 'release' THEN 'hold' WHEN 'correct' THEN 'correct' WHEN 'refuse' THEN 'refuse' WHEN 'withdraw' THEN 'refuse' ELSE 'change' END)) AS "異動コード",
       (s.at AT TIME ZONE 'Asia/Tokyo')::date AS "処理年月日",
       (s.state ->> '請求受理')::date AS "認定請求受理年月日",
       (s.state ->> '認定')::date AS "認定年月日",
       coalesce(m.map ->> ('cause.' || (s.state ->> '請求事由')), CASE WHEN (s.state ->> '請求事由') IS NOT NULL THEN '99' END) AS "請求事由コード",
       to_char((s.state ->> '支給開始')::date, 'YYYY-MM') AS "支給開始年月",
       to_char((s.state ->> '消滅年月')::date, 'YYYY-MM') AS "支給終了年月",
       m.map ->> ('reception.' || (s.state ->> '受理区分')) AS "受理区分コード",
       (s.state ->> '提出期限')::date AS "最終提出期限年月日",
       (s.state ->> '取下')::date AS "取下年月日",
       (s.state ->> '却下')::date AS "却下年月日",
       coalesce(m.map ->> ('refusalCause.' || (s.state ->> '却下事由')), CASE WHEN (s.state ->> '却下事由') IS NOT NULL THEN '99' END) AS "却下事由コード",
       (s.state ->> '消滅届受理')::date AS "消滅届受理年月日",
       (s.state ->> '消滅')::date AS "消滅年月日",
       to_char((s.state ->> '消滅年月')::date, 'YYYY-MM') AS "消滅年月",
       coalesce(m.map ->> ('cause.' || (s.state ->> '消滅事由')), CASE WHEN (s.state ->> '消滅事由') IS NOT NULL THEN '99' END) AS "消滅事由コード",
       CASE (s.state ->> '消滅職権')::boolean WHEN true THEN '1' WHEN false THEN '0' END AS "消滅職権フラグ",
       CASE WHEN s.state ->> '差止' IS NOT NULL THEN allowance.limitation_day((s.state ->> '差止開始')::date) END AS "現況資格時効年月日",
       (s.state ->> '差止')::date AS "差止年月日",
       coalesce(m.map ->> ('holdCause.' || (s.state ->> '差止事由')), CASE WHEN (s.state ->> '差止事由') IS NOT NULL THEN '99' END) AS "差止事由コード",
       to_char((s.state ->> '差止開始')::date, 'YYYY-MM') AS "差止開始年月",
       (s.state ->> '額改定請求受理')::date AS "額改定請求受理年月日",
       (s.state ->> '額改定')::date AS "額改定年月日",
       coalesce(m.map ->> ('cause.' || (s.state ->> '額改定事由')), CASE WHEN (s.state ->> '額改定事由') IS NOT NULL THEN '99' END) AS "額改定事由コード",
       (s.state ->> '額改定請求却下')::date AS "額改定請求却下年月日",
       (s.state ->> '額改定請求取下')::date AS "額改定請求取下年月日",
       (s.state ->> '消滅減額届受理')::date AS "消滅減額届受理年月日",
       CASE (s.state ->> '消滅減額職権')::boolean WHEN true THEN '1' WHEN false THEN '0' END AS "消滅減額職権フラグ",
       (s.state ->> '変更届受理')::date AS "変更届受理年月日",
       (s.state ->> '変更')::date AS "変更年月日",
       CASE (s.state ->> '変更職権')::boolean WHEN true THEN '1' WHEN false THEN '0' END AS "変更職権フラグ",
       (s.state ->> '未支払受理')::date AS "未支払請求受理年月日",
       m.map ->> ('paymentMethod.' || (CASE WHEN s.state ->> '認定' IS NOT NULL THEN 'transfer' END)) AS "支払方法区分",
       m.map ->> ('healthInsurance.' || (s.state ->> '健康保険')) AS "健康保険種別コード",
       (s.state ->> '資格取得')::date AS "資格取得年月日",
       m.map ->> ('pensionKind.' || (s.state ->> '年金')) AS "年金加入種別コード",
       (s.state ->> '年金加入')::date AS "年金加入年月日",
       m.map ->> ('employeeClass.' || (s.state ->> '被用')) AS "被用区分コード",
       s.children_no AS "児童情報履歴番号",
       s.related_no AS "関係者情報履歴番号",
       s.decision_no AS "改定履歴履歴番号",
       s.report_no AS "現況情報履歴番号",
       s.review_no AS "年度別審査情報履歴番号"
FROM allowance.case_state s
LEFT JOIN allowance.claim a ON a.claim_id = s.root_claim_id
LEFT JOIN allowance.filing a2 ON a2.filing_id = -s.root_claim_id
CROSS JOIN allowance.code_map m;
COMMENT ON VIEW annex1."新児童手当資格情報" IS '資格情報。認定請求（申請番号）ごとに、起きたことひとつにつき1行（履歴番号）。';
COMMENT ON COLUMN annex1."新児童手当資格情報"."福祉台帳番号" IS '請求者・受給者の宛名番号（15桁）';
COMMENT ON COLUMN annex1."新児童手当資格情報"."事業コード" IS 'コード表 program';
COMMENT ON COLUMN annex1."新児童手当資格情報"."申請番号" IS '認定請求の受付番号';
COMMENT ON COLUMN annex1."新児童手当資格情報"."履歴番号" IS 'この申請の中で起きた順の番号（1から）';
COMMENT ON COLUMN annex1."新児童手当資格情報"."削除フラグ" IS '1=あとの訂正で取り消された行';
COMMENT ON COLUMN annex1."新児童手当資格情報"."最新フラグ" IS '1=この申請の最後の行（申請ごとにちょうど1行）';
COMMENT ON COLUMN annex1."新児童手当資格情報"."取消年月日" IS '訂正（取消・再決定）をした日';
COMMENT ON COLUMN annex1."新児童手当資格情報"."認定番号" IS '認定番号（認定までは空）';
COMMENT ON COLUMN annex1."新児童手当資格情報"."所管区コード" IS '所管区（全国地方公共団体コード）';
COMMENT ON COLUMN annex1."新児童手当資格情報"."状態コード" IS 'コード表 caseState';
COMMENT ON COLUMN annex1."新児童手当資格情報"."処理選択コード" IS 'コード表 processing';
COMMENT ON COLUMN annex1."新児童手当資格情報"."異動コード" IS 'コード表 movement';
COMMENT ON COLUMN annex1."新児童手当資格情報"."処理年月日" IS 'この行を記録した日（日本時間）';
COMMENT ON COLUMN annex1."新児童手当資格情報"."認定請求受理年月日" IS '受付日（入力した日とは別）';
COMMENT ON COLUMN annex1."新児童手当資格情報"."認定年月日" IS '認定を決定した日';
COMMENT ON COLUMN annex1."新児童手当資格情報"."請求事由コード" IS 'コード表 cause';
COMMENT ON COLUMN annex1."新児童手当資格情報"."支給開始年月" IS '支給を始める月分（YYYY-MM）';
COMMENT ON COLUMN annex1."新児童手当資格情報"."支給終了年月" IS '支給する最後の月分（YYYY-MM。続いているときは空）';
COMMENT ON COLUMN annex1."新児童手当資格情報"."受理区分コード" IS 'コード表 reception（窓口・郵送・電子申請）';
COMMENT ON COLUMN annex1."新児童手当資格情報"."最終提出期限年月日" IS '求めている・保留している書類の提出期限';
COMMENT ON COLUMN annex1."新児童手当資格情報"."取下年月日" IS '認定請求を取り下げた日';
COMMENT ON COLUMN annex1."新児童手当資格情報"."却下年月日" IS '認定請求を却下した日';
COMMENT ON COLUMN annex1."新児童手当資格情報"."却下事由コード" IS 'コード表 refusalCause';
COMMENT ON COLUMN annex1."新児童手当資格情報"."消滅届受理年月日" IS '受給事由消滅届を受理した日';
COMMENT ON COLUMN annex1."新児童手当資格情報"."消滅年月日" IS '消滅を決定した日';
COMMENT ON COLUMN annex1."新児童手当資格情報"."消滅年月" IS '支給する最後の月分（YYYY-MM）';
COMMENT ON COLUMN annex1."新児童手当資格情報"."消滅事由コード" IS 'コード表 cause';
COMMENT ON COLUMN annex1."新児童手当資格情報"."消滅職権フラグ" IS '1=職権による消滅';
COMMENT ON COLUMN annex1."新児童手当資格情報"."現況資格時効年月日" IS '差し止めている最初の月分の支払を受ける権利が時効（児童手当法23条、2年）で消える日';
COMMENT ON COLUMN annex1."新児童手当資格情報"."差止年月日" IS '差し止めた日';
COMMENT ON COLUMN annex1."新児童手当資格情報"."差止事由コード" IS 'コード表 holdCause';
COMMENT ON COLUMN annex1."新児童手当資格情報"."差止開始年月" IS '差し止める最初の月分（YYYY-MM）';
COMMENT ON COLUMN annex1."新児童手当資格情報"."額改定請求受理年月日" IS '額改定認定請求を受理した日';
COMMENT ON COLUMN annex1."新児童手当資格情報"."額改定年月日" IS '額改定を決定した日';
COMMENT ON COLUMN annex1."新児童手当資格情報"."額改定事由コード" IS 'コード表 cause';
COMMENT ON COLUMN annex1."新児童手当資格情報"."額改定請求却下年月日" IS '額改定認定請求を却下した日';
COMMENT ON COLUMN annex1."新児童手当資格情報"."額改定請求取下年月日" IS '額改定認定請求を取り下げた日';
COMMENT ON COLUMN annex1."新児童手当資格情報"."消滅減額届受理年月日" IS '額改定届（減額）を受理した日';
COMMENT ON COLUMN annex1."新児童手当資格情報"."消滅減額職権フラグ" IS '1=職権による減額';
COMMENT ON COLUMN annex1."新児童手当資格情報"."変更届受理年月日" IS '変更届（算定対象者の確認書を含む）を受理した日';
COMMENT ON COLUMN annex1."新児童手当資格情報"."変更年月日" IS '変更があった日';
COMMENT ON COLUMN annex1."新児童手当資格情報"."変更職権フラグ" IS '1=職権による変更';
COMMENT ON COLUMN annex1."新児童手当資格情報"."未支払請求受理年月日" IS '未支払の請求を受理した日';
COMMENT ON COLUMN annex1."新児童手当資格情報"."支払方法区分" IS 'コード表 paymentMethod（この市の支払は口座振込だけ。認定までは空）';
COMMENT ON COLUMN annex1."新児童手当資格情報"."健康保険種別コード" IS 'コード表 healthInsurance';
COMMENT ON COLUMN annex1."新児童手当資格情報"."資格取得年月日" IS '健康保険の資格取得年月日';
COMMENT ON COLUMN annex1."新児童手当資格情報"."年金加入種別コード" IS 'コード表 pensionKind';
COMMENT ON COLUMN annex1."新児童手当資格情報"."年金加入年月日" IS '年金加入年月日';
COMMENT ON COLUMN annex1."新児童手当資格情報"."被用区分コード" IS 'コード表 employeeClass';
COMMENT ON COLUMN annex1."新児童手当資格情報"."児童情報履歴番号" IS 'この行の時の児童情報の履歴番号';
COMMENT ON COLUMN annex1."新児童手当資格情報"."関係者情報履歴番号" IS 'この行の時の関係者情報の履歴番号';
COMMENT ON COLUMN annex1."新児童手当資格情報"."改定履歴履歴番号" IS 'この行の時の改定情報の履歴番号';
COMMENT ON COLUMN annex1."新児童手当資格情報"."現況情報履歴番号" IS 'この行の時の現況届の受理の履歴番号';
COMMENT ON COLUMN annex1."新児童手当資格情報"."年度別審査情報履歴番号" IS 'この行の時の年度別審査情報の履歴番号';

CREATE VIEW annex1."新児童手当児童情報" WITH (security_invoker = true) AS
SELECT s.addressee_number AS "福祉台帳番号",
       m.map ->> ('program.' || (s.recipient_kind)) AS "事業コード",
       coalesce(a.reception_number, a2.reception_number) AS "申請番号",
       s.children_no AS "履歴番号",
       k.serial AS "児童連番",
       CASE WHEN coalesce(c.withdrawn, false) OR k.withdrawn THEN '1' ELSE '0' END AS "削除フラグ",
       k.child_number AS "児童福祉台帳番号",
       coalesce(m.map ->> ('relation.' || (coalesce(c.relation, g.relation, k.relation))), CASE WHEN (coalesce(c.relation, g.relation, k.relation)) IS NOT NULL THEN '99' END) AS "続柄コード",
       m.map ->> ('relatedRole.' || (k.role)) AS "関係区分コード",
       m.map ->> ('living.' || (coalesce(c.living, k.living))) AS "同居別居区分コード",
       coalesce(m.map ->> ('apartReason.' || (c.apart_reason)), CASE WHEN (c.apart_reason) IS NOT NULL THEN '99' END) AS "別居理由コード",
       to_char(coalesce(c.study_abroad_from, y.since), 'YYYY-MM') AS "海外留学開始年月",
       m.map ->> ('care.' || (coalesce(c.care, CASE k.role WHEN 'child' THEN 'custody' WHEN 'counted' THEN 'equivalent' END))) AS "監護区分コード",
       m.map ->> ('livelihood.' || (coalesce(c.livelihood, k.livelihood))) AS "生計関係コード",
       to_char(f.first_month, 'YYYY-MM') AS "支給開始年月",
       coalesce(m.map ->> ('cause.' || (k.cause)), CASE WHEN (k.cause) IS NOT NULL THEN '99' END) AS "請求事由コード",
       to_char(e.effective_month - interval '1 month', 'YYYY-MM') AS "消滅年月",
       coalesce(m.map ->> ('cause.' || (e.cause)), CASE WHEN (e.cause) IS NOT NULL THEN '99' END) AS "消滅事由コード",
       m.map ->> ('unpaidClaim.' || (CASE WHEN EXISTS (SELECT FROM allowance.unpaid_decision u WHERE u.recipient_id = s.certified_id AND u.child_number = k.child_number AND u.recorded_at <= s.at) THEN 'claimed' ELSE 'none' END)) AS "未支払請求区分コード",
       p.birth_date AS "児童生年月日",
       m.map ->> ('childChange.' || (CASE WHEN s.rank <> 4 OR now.decision_id IS DISTINCT FROM s.ref THEN 'same' WHEN now.payable AND before.payable IS NOT TRUE THEN 'added' WHEN NOT now.payable AND before.payable THEN 'removed' ELSE 'same' END)) AS "児童増減区分",
       coalesce(nullif(c.place_code, ''), i.ward_code) AS "設置場所コード"
FROM allowance.case_state s
LEFT JOIN allowance.claim a ON a.claim_id = s.root_claim_id
LEFT JOIN allowance.filing a2 ON a2.filing_id = -s.root_claim_id
CROSS JOIN allowance.code_map m
CROSS JOIN LATERAL (
  SELECT DISTINCT ON (x.child_number) x.child_number, x.role, x.relation, x.serial, x.living, x.livelihood, x.cause,
    EXISTS (SELECT FROM allowance.claim_withdrawal w WHERE w.claim_id = k.claim_id AND (w.recorded_at < s.at OR w.recorded_at = s.at AND (s.rank > 2 OR s.rank = 2 AND w.claim_id <= s.ref)))
      OR EXISTS (SELECT FROM allowance.filing_event w WHERE w.filing_id = -k.claim_id AND w.kind = 'withdrawn' AND w.recorded_at <= s.at) AS withdrawn
  FROM allowance.case_claim k
  CROSS JOIN LATERAL (
    SELECT y.child_number::bigint, y.role, y.relation, y.serial::int, y.living, y.livelihood, c.cause FROM allowance.claim c JOIN allowance.claim_child y USING (claim_id) WHERE c.claim_id = k.claim_id
    UNION ALL
    SELECT (y ->> 'number')::bigint, y ->> 'role', y ->> 'relation', coalesce((y ->> 'serial')::int, place::int), y ->> 'living', y ->> 'livelihood', f.content ->> 'cause'
    FROM allowance.filed_claim f, jsonb_array_elements(f.content -> 'children') WITH ORDINALITY z(y, place) WHERE f.filing_id = -k.claim_id) x
  WHERE k.addressee_number = s.addressee_number AND k.root_claim_id = s.root_claim_id AND (k.recorded_at < s.at OR k.recorded_at = s.at AND (s.rank > 1 OR k.claim_id <= s.ref))
  ORDER BY x.child_number, k.recorded_at DESC, k.claim_id DESC) k
LEFT JOIN LATERAL (
  SELECT c.* FROM allowance.child_circumstance c WHERE c.addressee_number = s.addressee_number AND c.child_number = k.child_number AND c.recorded_at <= s.at
  ORDER BY c.entry_id DESC, c.revision DESC LIMIT 1) c ON true
LEFT JOIN LATERAL (
  SELECT g.graduation_month, g.relation FROM allowance.counted_sibling g WHERE g.addressee_number = s.addressee_number AND g.sibling_number = k.child_number AND g.recorded_at <= s.at
  ORDER BY g.entry_id DESC, g.revision DESC LIMIT 1) g ON true
LEFT JOIN LATERAL (
  SELECT min(d.effective_month) AS first_month FROM allowance.decision d JOIN allowance.claim_child x USING (claim_id)
  WHERE d.recipient_id = s.certified_id AND x.child_number = k.child_number AND d.kind IN ('certify', 'increase')
    AND (d.recorded_at < s.at OR d.recorded_at = s.at AND (s.rank > 4 OR s.rank = 4 AND d.decision_id <= s.ref))
    AND NOT EXISTS (SELECT FROM allowance.decision o WHERE o.recipient_id = d.recipient_id AND o.kind = 'correct' AND o.seq > d.seq AND o.effective_month <= d.effective_month
      AND (o.recorded_at < s.at OR o.recorded_at = s.at AND (s.rank > 4 OR s.rank = 4 AND o.decision_id <= s.ref)))) f ON true
LEFT JOIN LATERAL (
  SELECT d.decision_id, d.effective_month, d.cause, b.payable FROM allowance.decision d JOIN allowance.decision_child b ON b.decision_id = d.decision_id AND b.child_number = k.child_number
  WHERE d.recipient_id = s.certified_id AND (d.recorded_at < s.at OR d.recorded_at = s.at AND (s.rank > 4 OR s.rank = 4 AND d.decision_id <= s.ref)) ORDER BY d.seq DESC LIMIT 1) now ON true
LEFT JOIN LATERAL (
  SELECT b.payable FROM allowance.decision d JOIN allowance.decision_child b ON b.decision_id = d.decision_id AND b.child_number = k.child_number
  WHERE d.recipient_id = s.certified_id AND d.decision_id < now.decision_id ORDER BY d.seq DESC LIMIT 1) before ON true
LEFT JOIN LATERAL (
  SELECT d.effective_month, d.cause FROM allowance.decision d JOIN allowance.decision_child b ON b.decision_id = d.decision_id AND b.child_number = k.child_number
  WHERE d.recipient_id = s.certified_id AND NOT b.payable AND now.payable IS FALSE AND d.decision_id <= now.decision_id
    AND NOT EXISTS (SELECT FROM allowance.decision o JOIN allowance.decision_child p ON p.decision_id = o.decision_id AND p.child_number = k.child_number
                    WHERE o.recipient_id = s.certified_id AND p.payable AND o.seq > d.seq AND o.decision_id <= now.decision_id)
    AND EXISTS (SELECT FROM allowance.decision o JOIN allowance.decision_child p ON p.decision_id = o.decision_id AND p.child_number = k.child_number
                WHERE o.recipient_id = s.certified_id AND p.payable AND o.seq < d.seq)
  ORDER BY d.seq LIMIT 1) e ON true
LEFT JOIN LATERAL (
  SELECT date_trunc('month', y.starts_on)::date AS since FROM (
    SELECT DISTINCT ON (starts_on) * FROM allowance.status_period p WHERE p.kind = 'abroad' AND p.addressee_number = k.child_number AND p.recorded_at <= s.at ORDER BY starts_on, revision DESC) y
  WHERE y.study AND NOT y.voided ORDER BY y.starts_on DESC LIMIT 1) y ON true
LEFT JOIN LATERAL (
  SELECT o.ward_code FROM (
    SELECT DISTINCT ON (starts_on) * FROM allowance.status_period p WHERE p.kind = 'institution' AND p.addressee_number = k.child_number AND p.recorded_at <= s.at ORDER BY starts_on, revision DESC) p
  JOIN allowance.organization_history o ON o.addressee_number = p.counterparty_number WHERE NOT p.voided AND p.ends_on IS NULL ORDER BY p.starts_on DESC, o.revision DESC LIMIT 1) i ON true
LEFT JOIN LATERAL (SELECT CASE WHEN p.birth_date_unknown THEN NULL ELSE p.birth_date END AS birth_date FROM allowance.person_history p
  WHERE p.addressee_number = k.child_number AND p.recorded_at <= s.at ORDER BY p.history_no DESC, p.revision DESC LIMIT 1) p ON true
WHERE s.children;
COMMENT ON VIEW annex1."新児童手当児童情報" IS '児童情報。児童の組が変わりうることが起きるごと（児童情報の履歴番号）に、その申請の児童と算定対象者を1行ずつ。';
COMMENT ON COLUMN annex1."新児童手当児童情報"."福祉台帳番号" IS '請求者・受給者の宛名番号（15桁）';
COMMENT ON COLUMN annex1."新児童手当児童情報"."事業コード" IS 'コード表 program';
COMMENT ON COLUMN annex1."新児童手当児童情報"."申請番号" IS '認定請求の受付番号';
COMMENT ON COLUMN annex1."新児童手当児童情報"."履歴番号" IS '児童情報の履歴番号（資格情報の児童情報履歴番号が指す）';
COMMENT ON COLUMN annex1."新児童手当児童情報"."児童連番" IS '請求書の中の順';
COMMENT ON COLUMN annex1."新児童手当児童情報"."削除フラグ" IS '1=児童の状況の記載が取り消された、または、その請求が取り下げられた';
COMMENT ON COLUMN annex1."新児童手当児童情報"."児童福祉台帳番号" IS '児童・兄姉等の宛名番号（15桁）';
COMMENT ON COLUMN annex1."新児童手当児童情報"."続柄コード" IS 'コード表 relation';
COMMENT ON COLUMN annex1."新児童手当児童情報"."関係区分コード" IS 'コード表 relatedRole（児童・算定対象の兄姉等）';
COMMENT ON COLUMN annex1."新児童手当児童情報"."同居別居区分コード" IS 'コード表 living';
COMMENT ON COLUMN annex1."新児童手当児童情報"."別居理由コード" IS 'コード表 apartReason';
COMMENT ON COLUMN annex1."新児童手当児童情報"."海外留学開始年月" IS '留学のため国外に出た月（YYYY-MM）';
COMMENT ON COLUMN annex1."新児童手当児童情報"."監護区分コード" IS 'コード表 care（状況の記載がなければ請求書の区分による）';
COMMENT ON COLUMN annex1."新児童手当児童情報"."生計関係コード" IS 'コード表 livelihood';
COMMENT ON COLUMN annex1."新児童手当児童情報"."支給開始年月" IS 'この児童を請求した認定・増額の最初の月分（YYYY-MM）';
COMMENT ON COLUMN annex1."新児童手当児童情報"."請求事由コード" IS 'コード表 cause';
COMMENT ON COLUMN annex1."新児童手当児童情報"."消滅年月" IS 'この児童が手当の対象である最後の月分（YYYY-MM）';
COMMENT ON COLUMN annex1."新児童手当児童情報"."消滅事由コード" IS 'コード表 cause';
COMMENT ON COLUMN annex1."新児童手当児童情報"."未支払請求区分コード" IS 'コード表 unpaidClaim';
COMMENT ON COLUMN annex1."新児童手当児童情報"."児童生年月日" IS '生年月日（不詳は空）';
COMMENT ON COLUMN annex1."新児童手当児童情報"."児童増減区分" IS 'コード表 childChange（この決定で手当の対象に加わった・外れた）';
COMMENT ON COLUMN annex1."新児童手当児童情報"."設置場所コード" IS '入所している施設などの所在地（全国地方公共団体コード）';

CREATE VIEW annex1."新児童手当関係者情報" WITH (security_invoker = true) AS
SELECT s.addressee_number AS "福祉台帳番号",
       m.map ->> ('program.' || (s.recipient_kind)) AS "事業コード",
       coalesce(a.reception_number, a2.reception_number) AS "申請番号",
       s.related_no AS "履歴番号",
       r.serial AS "関係者連番",
       CASE WHEN r.withdrawn THEN '1' ELSE '0' END AS "削除フラグ",
       r.related_number AS "関係者福祉台帳番号",
       coalesce(m.map ->> ('relation.' || (nullif(r.relation, ''))), CASE WHEN (nullif(r.relation, '')) IS NOT NULL THEN '99' END) AS "続柄コード",
       m.map ->> ('relatedRole.' || (r.role)) AS "関係区分コード",
       r.valid_from AS "対象開始年月日",
       r.valid_to AS "対象終了年月日"
FROM allowance.case_state s
LEFT JOIN allowance.claim a ON a.claim_id = s.root_claim_id
LEFT JOIN allowance.filing a2 ON a2.filing_id = -s.root_claim_id
CROSS JOIN allowance.code_map m
CROSS JOIN LATERAL (
  SELECT *, row_number() OVER (ORDER BY entry_id) AS serial FROM (
    SELECT DISTINCT ON (entry_id) * FROM allowance.related_person x WHERE x.addressee_number = s.addressee_number
      AND (x.recorded_at < s.at OR x.recorded_at = s.at AND (x.entry_id, x.revision::int) <= (s.ref, s.ref_revision))
    ORDER BY entry_id, revision DESC) x) r
WHERE s.kind = 'related';
COMMENT ON VIEW annex1."新児童手当関係者情報" IS '関係者情報。関係者の記載が変わるごと（関係者情報の履歴番号）に、その時の関係者を1行ずつ。';
COMMENT ON COLUMN annex1."新児童手当関係者情報"."福祉台帳番号" IS '請求者・受給者の宛名番号（15桁）';
COMMENT ON COLUMN annex1."新児童手当関係者情報"."事業コード" IS 'コード表 program';
COMMENT ON COLUMN annex1."新児童手当関係者情報"."申請番号" IS '認定請求の受付番号';
COMMENT ON COLUMN annex1."新児童手当関係者情報"."履歴番号" IS '関係者情報の履歴番号（資格情報の関係者情報履歴番号が指す）';
COMMENT ON COLUMN annex1."新児童手当関係者情報"."関係者連番" IS '関係者の順（登録した順）';
COMMENT ON COLUMN annex1."新児童手当関係者情報"."削除フラグ" IS '1=誤りとして取り消した関係者';
COMMENT ON COLUMN annex1."新児童手当関係者情報"."関係者福祉台帳番号" IS '関係者の宛名番号（15桁。市に宛名のない人は空）';
COMMENT ON COLUMN annex1."新児童手当関係者情報"."続柄コード" IS 'コード表 relation';
COMMENT ON COLUMN annex1."新児童手当関係者情報"."関係区分コード" IS 'コード表 relatedRole';
COMMENT ON COLUMN annex1."新児童手当関係者情報"."対象開始年月日" IS '関係の始まりの日';
COMMENT ON COLUMN annex1."新児童手当関係者情報"."対象終了年月日" IS '関係の終わりの日（続いているときは空）';

CREATE VIEW annex1."新児童手当改定情報" WITH (security_invoker = true) AS
SELECT s.addressee_number AS "福祉台帳番号",
       m.map ->> ('program.' || (s.recipient_kind)) AS "事業コード",
       coalesce(a.reception_number, a2.reception_number) AS "申請番号",
       s.decision_no AS "履歴番号",
       CASE WHEN s.taken_back THEN '1' ELSE '0' END AS "削除フラグ",
       to_char(d.effective_month, 'YYYY-MM') AS "改定年月",
       m.map ->> ('processing.' || (d.kind)) AS "処理選択コード",
       (s.at AT TIME ZONE 'Asia/Tokyo')::date AS "処理年月日",
       d.decided_on AS "判定年月日",
       m.map ->> ('verdict.' || (d.kind)) AS "判定区分コード",
       coalesce(m.map ->> ('cause.' || (CASE WHEN d.kind IN ('certify', 'increase', 'decrease', 'correct') THEN d.cause END)), CASE WHEN (CASE WHEN d.kind IN ('certify', 'increase', 'decrease', 'correct') THEN d.cause END) IS NOT NULL THEN '99' END) AS "改定事由コード",
       coalesce(m.map ->> ('refusalCause.' || (CASE WHEN d.kind = 'refuse' THEN s.state ->> '却下事由' END)), CASE WHEN (CASE WHEN d.kind = 'refuse' THEN s.state ->> '却下事由' END) IS NOT NULL THEN '99' END) AS "却下事由コード",
       coalesce(m.map ->> ('cause.' || (CASE WHEN d.kind = 'extinguish' THEN d.cause END)), CASE WHEN (CASE WHEN d.kind = 'extinguish' THEN d.cause END) IS NOT NULL THEN '99' END) AS "消滅事由コード",
       CASE WHEN coalesce((s.state ->> '職権')::boolean, false) AND d.kind <> 'refuse' THEN '1' ELSE '0' END AS "職権フラグ",
       m.map ->> ('employeeClass.' || (s.state ->> '被用')) AS "被用区分コード",
       m.map ->> ('pensionKind.' || (s.state ->> '年金')) AS "年金種別コード",
       (s.state ->> '年金加入')::date AS "年金加入年月日",
       b.base_children AS "算定基礎児童数",
       (s.state ->> '扶養外')::smallint AS "扶養親族等以外児童数",
       m.map ->> ('incomeClass.' || (b.income_class)) AS "所得判定区分コード",
       d.monthly_total AS "手当月額",
       b.count_1 AS "算定基礎児童数内訳1",
       b.amount_1 AS "手当月額内訳1",
       b.count_2 AS "算定基礎児童数内訳2",
       b.amount_2 AS "手当月額内訳2",
       b.count_3 AS "算定基礎児童数内訳3",
       b.amount_3 AS "手当月額内訳3",
       b.count_4 AS "算定基礎児童数内訳4",
       b.amount_4 AS "手当月額内訳4",
       i.income_year || '-' || i.history_no || '-' || i.revision AS "税履歴管理履歴番号",
       (s.state ->> '現況年度')::smallint AS "現況年度",
       (s.state ->> '現況受理')::date AS "現況受理年月日",
       m.map ->> ('annualReception.' || (s.state ->> '現況受理区分')) AS "現況受理区分コード",
       m.map ->> ('pensionKind.' || (s.state ->> '現況仮年金')) AS "現況仮更新年金種別コード",
       CASE WHEN coalesce((s.state ->> '保留')::boolean, false) THEN '1' ELSE '0' END AS "保留フラグ",
       q.received_on AS "請求年月日",
       to_char((s.state ->> '支給開始')::date, 'YYYY-MM') AS "支給開始年月",
       to_char((s.state ->> '消滅年月')::date, 'YYYY-MM') AS "消滅年月",
       s.history_no AS "資格履歴番号"
FROM allowance.case_state s
LEFT JOIN allowance.claim a ON a.claim_id = s.root_claim_id
LEFT JOIN allowance.filing a2 ON a2.filing_id = -s.root_claim_id
JOIN allowance.decision d ON d.decision_id = s.ref
LEFT JOIN allowance.decision_breakdown b ON b.decision_id = d.decision_id
LEFT JOIN allowance.claim q ON q.claim_id = d.claim_id
LEFT JOIN LATERAL (
  SELECT i.income_year, i.history_no, i.revision FROM allowance.income_history i
  WHERE i.addressee_number = s.addressee_number AND i.recorded_at <= s.at AND d.effective_month < date '2024-10-01' AND d.effective_month >= date '2012-06-01'
    AND i.income_year = extract(year FROM d.effective_month) - CASE WHEN extract(month FROM d.effective_month) >= 6 THEN 1 ELSE 2 END
  ORDER BY i.history_no DESC, i.revision DESC LIMIT 1) i ON true
CROSS JOIN allowance.code_map m
WHERE s.rank = 4;
COMMENT ON VIEW annex1."新児童手当改定情報" IS '改定情報。決定ひとつにつき1行。';
COMMENT ON COLUMN annex1."新児童手当改定情報"."福祉台帳番号" IS '請求者・受給者の宛名番号（15桁）';
COMMENT ON COLUMN annex1."新児童手当改定情報"."事業コード" IS 'コード表 program';
COMMENT ON COLUMN annex1."新児童手当改定情報"."申請番号" IS '認定請求の受付番号';
COMMENT ON COLUMN annex1."新児童手当改定情報"."履歴番号" IS '改定情報の履歴番号（資格情報の改定履歴履歴番号が指す）';
COMMENT ON COLUMN annex1."新児童手当改定情報"."削除フラグ" IS '1=あとの訂正で取り消された決定';
COMMENT ON COLUMN annex1."新児童手当改定情報"."改定年月" IS '新しい状態になる最初の月分（YYYY-MM）';
COMMENT ON COLUMN annex1."新児童手当改定情報"."処理選択コード" IS 'コード表 processing';
COMMENT ON COLUMN annex1."新児童手当改定情報"."処理年月日" IS '記録した日（日本時間）';
COMMENT ON COLUMN annex1."新児童手当改定情報"."判定年月日" IS '決定した日';
COMMENT ON COLUMN annex1."新児童手当改定情報"."判定区分コード" IS 'コード表 verdict';
COMMENT ON COLUMN annex1."新児童手当改定情報"."改定事由コード" IS 'コード表 cause';
COMMENT ON COLUMN annex1."新児童手当改定情報"."却下事由コード" IS 'コード表 refusalCause';
COMMENT ON COLUMN annex1."新児童手当改定情報"."消滅事由コード" IS 'コード表 cause';
COMMENT ON COLUMN annex1."新児童手当改定情報"."職権フラグ" IS '1=職権による決定（届出による減額・消滅は0）';
COMMENT ON COLUMN annex1."新児童手当改定情報"."被用区分コード" IS '決定した時の被用区分（コード表 employeeClass）';
COMMENT ON COLUMN annex1."新児童手当改定情報"."年金種別コード" IS '決定した時の年金種別（コード表 pensionKind）';
COMMENT ON COLUMN annex1."新児童手当改定情報"."年金加入年月日" IS '決定した時の年金加入年月日';
COMMENT ON COLUMN annex1."新児童手当改定情報"."算定基礎児童数" IS '手当の対象になる児童の数（人）';
COMMENT ON COLUMN annex1."新児童手当改定情報"."扶養親族等以外児童数" IS '所得の判定で扶養親族等に入らない児童の数（人。年度別審査による）';
COMMENT ON COLUMN annex1."新児童手当改定情報"."所得判定区分コード" IS 'コード表 incomeClass';
COMMENT ON COLUMN annex1."新児童手当改定情報"."手当月額" IS '手当月額（円）';
COMMENT ON COLUMN annex1."新児童手当改定情報"."算定基礎児童数内訳1" IS '内訳1の児童数（人）';
COMMENT ON COLUMN annex1."新児童手当改定情報"."手当月額内訳1" IS '内訳1の月額（円）';
COMMENT ON COLUMN annex1."新児童手当改定情報"."算定基礎児童数内訳2" IS '内訳2の児童数（人）';
COMMENT ON COLUMN annex1."新児童手当改定情報"."手当月額内訳2" IS '内訳2の月額（円）';
COMMENT ON COLUMN annex1."新児童手当改定情報"."算定基礎児童数内訳3" IS '内訳3の児童数（人）';
COMMENT ON COLUMN annex1."新児童手当改定情報"."手当月額内訳3" IS '内訳3の月額（円）';
COMMENT ON COLUMN annex1."新児童手当改定情報"."算定基礎児童数内訳4" IS '内訳4の児童数（人）';
COMMENT ON COLUMN annex1."新児童手当改定情報"."手当月額内訳4" IS '内訳4の月額（円）';
COMMENT ON COLUMN annex1."新児童手当改定情報"."税履歴管理履歴番号" IS '判定に使った所得の年-履歴番号-版（所得を判定しない月分は空）';
COMMENT ON COLUMN annex1."新児童手当改定情報"."現況年度" IS '決定した時の最後の現況届の年度（西暦）';
COMMENT ON COLUMN annex1."新児童手当改定情報"."現況受理年月日" IS 'その現況届を受理した日';
COMMENT ON COLUMN annex1."新児童手当改定情報"."現況受理区分コード" IS 'コード表 annualReception';
COMMENT ON COLUMN annex1."新児童手当改定情報"."現況仮更新年金種別コード" IS 'コード表 pensionKind';
COMMENT ON COLUMN annex1."新児童手当改定情報"."保留フラグ" IS '1=保留中（支払に入らない）';
COMMENT ON COLUMN annex1."新児童手当改定情報"."請求年月日" IS 'この決定の請求の受付日（職権は空）';
COMMENT ON COLUMN annex1."新児童手当改定情報"."支給開始年月" IS '支給開始年月（YYYY-MM）';
COMMENT ON COLUMN annex1."新児童手当改定情報"."消滅年月" IS '支給する最後の月分（YYYY-MM）';
COMMENT ON COLUMN annex1."新児童手当改定情報"."資格履歴番号" IS 'この決定をした時の資格情報の履歴番号';

CREATE VIEW annex1."新児童手当年度別審査情報" WITH (security_invoker = true) AS
SELECT s.addressee_number AS "福祉台帳番号",
       m.map ->> ('program.' || (s.recipient_kind)) AS "事業コード",
       coalesce(a.reception_number, a2.reception_number) AS "申請番号",
       s.review_no AS "履歴番号",
       r.fiscal_year AS "対象年度",
       CASE WHEN r.withdrawn THEN '1' ELSE '0' END AS "削除フラグ",
       m.map ->> ('healthInsurance.' || (r.health_insurance)) AS "健康保険種別コード",
       r.insured_on AS "資格取得年月日",
       m.map ->> ('pensionKind.' || (r.pension_kind)) AS "年金加入種別コード",
       r.pension_on AS "年金加入年月日",
       m.map ->> ('employeeClass.' || (r.employee_class)) AS "被用区分コード",
       r.other_dependants AS "扶養親族等以外児童数",
       m.map ->> ('incomeClass.' || (r.income_class)) AS "所得判定区分コード",
       r.income_year || '-' || r.income_history_no || '-' || r.income_revision AS "税履歴管理履歴番号"
FROM allowance.case_state s
LEFT JOIN allowance.claim a ON a.claim_id = s.root_claim_id
LEFT JOIN allowance.filing a2 ON a2.filing_id = -s.root_claim_id
JOIN allowance.yearly_review r ON r.entry_id = s.ref AND r.revision = s.ref_revision
CROSS JOIN allowance.code_map m
WHERE s.kind = 'yearlyReview';
COMMENT ON VIEW annex1."新児童手当年度別審査情報" IS '年度別審査情報。認定番号と年度ごとに一つで、直すごとに履歴番号が進む。';
COMMENT ON COLUMN annex1."新児童手当年度別審査情報"."福祉台帳番号" IS '請求者・受給者の宛名番号（15桁）';
COMMENT ON COLUMN annex1."新児童手当年度別審査情報"."事業コード" IS 'コード表 program';
COMMENT ON COLUMN annex1."新児童手当年度別審査情報"."申請番号" IS '認定請求の受付番号';
COMMENT ON COLUMN annex1."新児童手当年度別審査情報"."履歴番号" IS '年度別審査情報の履歴番号（資格情報の年度別審査情報履歴番号が指す）';
COMMENT ON COLUMN annex1."新児童手当年度別審査情報"."対象年度" IS '対象年度（西暦）';
COMMENT ON COLUMN annex1."新児童手当年度別審査情報"."削除フラグ" IS '1=誤りとして取り消した審査';
COMMENT ON COLUMN annex1."新児童手当年度別審査情報"."健康保険種別コード" IS 'コード表 healthInsurance';
COMMENT ON COLUMN annex1."新児童手当年度別審査情報"."資格取得年月日" IS '健康保険の資格取得年月日';
COMMENT ON COLUMN annex1."新児童手当年度別審査情報"."年金加入種別コード" IS 'コード表 pensionKind';
COMMENT ON COLUMN annex1."新児童手当年度別審査情報"."年金加入年月日" IS '年金加入年月日';
COMMENT ON COLUMN annex1."新児童手当年度別審査情報"."被用区分コード" IS 'コード表 employeeClass';
COMMENT ON COLUMN annex1."新児童手当年度別審査情報"."扶養親族等以外児童数" IS '扶養親族等に入らない児童の数（人）';
COMMENT ON COLUMN annex1."新児童手当年度別審査情報"."所得判定区分コード" IS 'コード表 incomeClass';
COMMENT ON COLUMN annex1."新児童手当年度別審査情報"."税履歴管理履歴番号" IS '判定に使った所得の年-履歴番号-版（判定しない年度は空）';

CREATE VIEW annex1."宛名管理" WITH (security_invoker = true) AS
SELECT h.addressee_number AS "福祉台帳番号",
       row_number() OVER w AS "宛名履歴番号",
       '01'::text AS "事業コード",
       CASE WHEN h.rank = 3 THEN '1' ELSE '0' END AS "福祉名フラグ",
       CASE WHEN row_number() OVER newest = 1 AND NOT h.deleted THEN '1' ELSE '0' END AS "事業最新フラグ",
       CASE WHEN h.deleted THEN '1' ELSE '0' END AS "削除フラグ",
       m.map ->> ('nameKind.' || (h.name_kind)) AS "氏名区分",
       h.kana AS "氏名カナ",
       h.name AS "氏名漢字",
       m.map ->> ('era.' || (CASE WHEN h.birth_date >= date '2019-05-01' THEN 'reiwa' WHEN h.birth_date >= date '1989-01-08' THEN 'heisei' WHEN h.birth_date >= date '1926-12-25' THEN 'showa' WHEN h.birth_date >= date '1912-07-30' THEN 'taisho' WHEN h.birth_date IS NOT NULL THEN 'meiji' END)) AS "生年月日元号区分",
       h.birth_date AS "生年月日",
       h.sex AS "性別コード",
       h.ward_code AS "住所区コード",
       g.code AS "住所自治体コード",
       t.town_code AS "住所町丁目コード",
       nullif(t.block, '') AS "住所番",
       nullif(t.house, '') AS "住所号",
       nullif(t.branch, '') AS "住所枝",
       m.map ->> ('lotForm.' || (t.lot_form)) AS "住所地番編集コード",
       t.municipality_name AS "住所自治体漢字",
       n.town_name AS "住所町丁目漢字",
       h.postal_code AS "住所郵便番号",
       nullif(CASE WHEN t.lot_form IS NULL THEN h.address ELSE t.building END, '') AS "住所方書",
       (h.recorded_at AT TIME ZONE 'Asia/Tokyo')::date AS "登録年月日"
FROM (
  SELECT h.addressee_number, h.recorded_at, 1 AS rank, h.history_no AS no, h.revision, h.deleted, h.name, h.kana, 'register' AS name_kind,
         CASE WHEN h.birth_date_unknown THEN NULL ELSE h.birth_date END AS birth_date, h.sex, h.ward_code, h.postal_code, h.address, h.history_no AS part_no, h.revision AS part_revision
  FROM allowance.person_history h
  UNION ALL
  SELECT o.addressee_number, o.recorded_at, 2, 1, o.revision, false, o.name, o.kana, 'organization', NULL, NULL, o.ward_code, o.postal_code, o.address, NULL, NULL
  FROM allowance.organization_history o
  UNION ALL
  SELECT w.addressee_number, w.recorded_at, 3, w.entry_id::int, w.revision, w.withdrawn, w.name, w.kana, w.kind, h.birth_date, h.sex, h.ward_code, h.postal_code, h.address, h.history_no, h.revision
  FROM allowance.welfare_name w
  LEFT JOIN LATERAL (SELECT CASE WHEN p.birth_date_unknown THEN NULL ELSE p.birth_date END AS birth_date, p.sex, p.ward_code, p.postal_code, p.address, p.history_no, p.revision
    FROM allowance.person_history p WHERE p.addressee_number = w.addressee_number AND p.recorded_at <= w.recorded_at ORDER BY p.history_no DESC, p.revision DESC LIMIT 1) h ON true
) h
LEFT JOIN allowance.address_part t ON t.addressee_number = h.addressee_number AND t.history_no = h.part_no AND t.revision = h.part_revision
LEFT JOIN allowance.town n ON n.ward_code = t.town_ward_code AND n.town_code = t.town_code
CROSS JOIN allowance.code_map m
LEFT JOIN LATERAL (SELECT value ->> 'code' AS code FROM allowance.setting WHERE name = 'municipality' ORDER BY valid_from DESC, revision DESC LIMIT 1) g ON true
WINDOW w AS (PARTITION BY h.addressee_number ORDER BY h.recorded_at, h.rank, h.no, h.revision ROWS UNBOUNDED PRECEDING),
       newest AS (PARTITION BY h.addressee_number ORDER BY h.deleted, h.rank = 3, h.no DESC, h.revision DESC);
COMMENT ON VIEW annex1."宛名管理" IS '宛名管理。住民・法人の履歴の版ごと、福祉名の版ごとに1行。';
COMMENT ON COLUMN annex1."宛名管理"."福祉台帳番号" IS '宛名番号（15桁）';
COMMENT ON COLUMN annex1."宛名管理"."宛名履歴番号" IS 'この人の履歴が届いた順の番号（1から）';
COMMENT ON COLUMN annex1."宛名管理"."事業コード" IS 'コード表 program（宛名は児童手当のすべての事業に共通で、01で表す）';
COMMENT ON COLUMN annex1."宛名管理"."福祉名フラグ" IS '1=福祉名（通称・旧氏・本名など）の行';
COMMENT ON COLUMN annex1."宛名管理"."事業最新フラグ" IS '1=いまの姿（住民票・法人の最後の行）';
COMMENT ON COLUMN annex1."宛名管理"."削除フラグ" IS '1=取り消された履歴';
COMMENT ON COLUMN annex1."宛名管理"."氏名区分" IS 'コード表 nameKind';
COMMENT ON COLUMN annex1."宛名管理"."氏名カナ" IS '氏名・名称のカナ';
COMMENT ON COLUMN annex1."宛名管理"."氏名漢字" IS '氏名・名称';
COMMENT ON COLUMN annex1."宛名管理"."生年月日元号区分" IS 'コード表 era（西暦の生年月日とともに持つ）';
COMMENT ON COLUMN annex1."宛名管理"."生年月日" IS '生年月日（西暦。不詳は空）';
COMMENT ON COLUMN annex1."宛名管理"."性別コード" IS '性別（1男 2女 0不明 9適用不能）';
COMMENT ON COLUMN annex1."宛名管理"."住所区コード" IS '行政区（全国地方公共団体コード）';
COMMENT ON COLUMN annex1."宛名管理"."住所自治体コード" IS '市（全国地方公共団体コード）';
COMMENT ON COLUMN annex1."宛名管理"."住所町丁目コード" IS '町丁目（市の中の番号）';
COMMENT ON COLUMN annex1."宛名管理"."住所番" IS '番・番地';
COMMENT ON COLUMN annex1."宛名管理"."住所号" IS '号';
COMMENT ON COLUMN annex1."宛名管理"."住所枝" IS '枝番';
COMMENT ON COLUMN annex1."宛名管理"."住所地番編集コード" IS 'コード表 lotForm（番・号・枝のつなぎ方）';
COMMENT ON COLUMN annex1."宛名管理"."住所自治体漢字" IS '市と区の名前';
COMMENT ON COLUMN annex1."宛名管理"."住所町丁目漢字" IS '町丁目の名前';
COMMENT ON COLUMN annex1."宛名管理"."住所郵便番号" IS '郵便番号';
COMMENT ON COLUMN annex1."宛名管理"."住所方書" IS '方書（部分に分けていない住所は、全文がここにある）';
COMMENT ON COLUMN annex1."宛名管理"."登録年月日" IS 'この市の台帳に載せた日';

GRANT USAGE ON SCHEMA annex1 TO hagukumi_desk, hagukumi_allowance;
GRANT SELECT ON ALL TABLES IN SCHEMA annex1 TO hagukumi_desk, hagukumi_allowance;
