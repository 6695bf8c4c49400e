-- Up Migration
-- 検索。見せるのは、選ぶのに要るものだけ（氏名・カナ・生まれた年・区・印）を20人まで。何人いたかは答えない。
-- 見てよくない人は、絞り込みの中で除く: 件数にも、続きの有無にも、時間にも現れない。
-- HGS01: 鍵が足りない、または広すぎる。

CREATE TYPE allowance.found_person AS (
  addressee_number bigint, kind text, name text, kana text, birth_year integer, ward_code text, recipients jsonb,
  protected boolean, held boolean, debt boolean, more boolean
);
COMMENT ON TYPE allowance.found_person IS '検索で見つかった人（more: ほかにもいる）';

CREATE FUNCTION allowance.search_numbers(keys jsonb) RETURNS bigint[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN CASE
    WHEN keys ? 'addresseeNumber' THEN ARRAY(SELECT a.addressee_number::bigint FROM allowance.addressee a WHERE a.addressee_number = (keys ->> 'addresseeNumber')::bigint)
    WHEN keys ? 'recipientId' THEN ARRAY(SELECT r.addressee_number::bigint FROM allowance.recipient r WHERE r.recipient_id = (keys ->> 'recipientId')::bigint)
    WHEN keys ? 'receptionNumber' THEN ARRAY(
      SELECT f.claimant_number::bigint FROM allowance.filing f WHERE f.reception_number = keys ->> 'receptionNumber'
      UNION SELECT k.claimant_number FROM allowance.claim k WHERE k.reception_number = keys ->> 'receptionNumber')
    WHEN keys ? 'phone' THEN ARRAY(SELECT DISTINCT c.addressee_number::bigint FROM allowance.contact c
      WHERE c.folded = keys ->> 'phone' AND c.kind IN ('homePhone', 'mobilePhone', 'workPhone', 'fax') AND NOT c.withdrawn
        AND c.revision = (SELECT max(x.revision) FROM allowance.contact x WHERE x.entry_id = c.entry_id) LIMIT 500)
    WHEN keys ? 'account' THEN ARRAY(SELECT DISTINCT r.addressee_number::bigint FROM allowance.account a JOIN allowance.recipient r USING (recipient_id)
      WHERE a.bank = keys #>> '{account,bank}' AND a.branch = keys #>> '{account,branch}' AND a.account_number = keys #>> '{account,number}' LIMIT 500) END;
END $$;
COMMENT ON FUNCTION allowance.search_numbers(jsonb) IS '番号・電話・口座から宛名番号を求める。番号でない鍵なら NULL。';

CREATE FUNCTION allowance.search_people(keys jsonb) RETURNS SETOF allowance.found_person
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s record; protection boolean; denied bigint[]; numbers bigint[]; hits bigint[]; most constant integer := 20;
  kana text; kana_given text; name text; name_given text; born date; address text; filters text; condition text; ordered text; branches text[] := '{}';
  last constant text := U&'\+10FFFF';
BEGIN
  SELECT * INTO s FROM identity.session_now();
  IF NOT FOUND THEN RAISE EXCEPTION 'no live session' USING ERRCODE = 'HGA01'; END IF;
  IF NOT ('case.search' = ANY (s.permissions)) THEN RAISE EXCEPTION 'permission case.search is missing' USING ERRCODE = 'HGA03'; END IF;
  IF keys ? 'account' AND NOT ('account.view' = ANY (s.permissions)) THEN RAISE EXCEPTION 'permission account.view is missing' USING ERRCODE = 'HGA03'; END IF;
  protection := 'protection.view' = ANY (s.permissions);
  denied := ARRAY(SELECT d.addressee_number FROM access.denied_person d
    WHERE d.staff_id = s.staff_id AND d.valid_from <= identity.today() AND (d.valid_to IS NULL OR d.valid_to >= identity.today()));
  kana := lookup.fold_kana(coalesce(keys ->> 'kana', ''));
  name := lookup.fold_name(coalesce(keys ->> 'name', ''));
  kana_given := lookup.after_space(kana);
  name_given := lookup.after_space(name);
  kana := split_part(kana, ' ', 1);
  name := split_part(name, ' ', 1);
  born := (keys ->> 'birthDate')::date;
  address := lookup.fold_address(coalesce(keys ->> 'address', ''));
  numbers := allowance.search_numbers(keys);
  IF numbers IS NULL AND greatest(length(kana || kana_given), length(name || name_given)) < (CASE WHEN born IS NULL THEN 2 ELSE 1 END) THEN
    RAISE EXCEPTION 'too few keys' USING ERRCODE = 'HGS01';
  END IF;
  filters := 'NOT k.addressee_number = ANY ($1) AND ($2 OR NOT k.protected)
    AND ($3::text[] IS NULL OR (k.wards && $3 AND (k.ward_code = ANY ($3) OR allowance.in_wards(k.addressee_number, $3))))';
  IF numbers IS NOT NULL THEN filters := filters || ' AND k.addressee_number = ANY ($4)'; END IF;
  IF born IS NOT NULL THEN filters := filters || ' AND k.birth_date = $5'; END IF;
  -- 住所は、ほかの鍵に添えるだけ。支援措置の人は住所では見つからない。
  IF address <> '' THEN
    filters := filters || ' AND NOT k.protected AND position($6 IN k.address) > 0';
  END IF;
  -- 二語なら「姓 名」の初めから。一語なら、姓（姓名を続けたもの）の初めからと、名の初めから。
  FOR rank IN 1..2 LOOP
    condition := '';
    ordered := 'kana';
    IF name <> '' THEN
      ordered := CASE WHEN rank = 2 AND name_given = '' THEN 'name_given' ELSE 'name' END;
      condition := condition || format(' AND k.%1$I >= $9 AND k.%1$I < $9 || $11', ordered);
      IF name_given <> '' THEN condition := condition || ' AND k.name_given >= $10 AND k.name_given < $10 || $11'; END IF;
    END IF;
    IF kana <> '' THEN
      ordered := CASE WHEN rank = 2 AND kana_given = '' THEN 'kana_given' ELSE 'kana' END;
      condition := condition || format(' AND k.%1$I >= $7 AND k.%1$I < $7 || $11', ordered);
      IF kana_given <> '' THEN condition := condition || ' AND k.kana_given >= $8 AND k.kana_given < $8 || $11'; END IF;
    END IF;
    branches := branches || format('(SELECT k.addressee_number, %s AS rank, k.kana FROM lookup.person_key k WHERE %s%s ORDER BY k.%I LIMIT 84)',
      rank, filters, condition, ordered);
    EXIT WHEN (kana = '' OR kana_given <> '') AND (name = '' OR name_given <> '');
  END LOOP;
  EXECUTE format('SELECT array_agg(x.addressee_number ORDER BY x.rank, x.kana, x.addressee_number) FROM (
      SELECT y.addressee_number, min(y.rank) AS rank, min(y.kana) AS kana FROM (%s) y GROUP BY y.addressee_number ORDER BY 2, 3, 1 LIMIT %s) x',
      array_to_string(branches, ' UNION ALL '), most + 1)
    INTO hits USING denied, protection, s.wards, numbers, born, address, kana, kana_given, name, name_given, last;
  RETURN QUERY SELECT f.n, a.kind, coalesce(p.name, o.name, '（氏名なし）'), coalesce(p.kana, o.kana, ''),
    CASE WHEN p.birth_date_unknown THEN NULL ELSE extract(year FROM p.birth_date)::integer END,
    CASE WHEN p.protected THEN NULL ELSE coalesce(p.ward_code, o.ward_code) END,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('recipientId', r.recipient_id, 'kind', r.kind, 'ended', EXISTS (
        SELECT FROM allowance.decision d WHERE d.recipient_id = r.recipient_id AND d.kind = 'extinguish' AND NOT EXISTS (
          SELECT FROM allowance.decision c WHERE c.recipient_id = d.recipient_id AND c.kind = 'correct' AND c.seq > d.seq))) ORDER BY r.recipient_id DESC), '[]')
     FROM allowance.recipient r WHERE r.addressee_number = f.n),
    protection AND coalesce(p.protected, false),
    EXISTS (SELECT FROM allowance.recipient r JOIN allowance.hold h USING (recipient_id) WHERE r.addressee_number = f.n
            AND NOT EXISTS (SELECT FROM allowance.hold_release x WHERE x.hold_id = h.hold_id)),
    EXISTS (SELECT FROM allowance.recipient r JOIN allowance.receivable v USING (recipient_id) WHERE r.addressee_number = f.n),
    cardinality(hits) > most
  FROM unnest(hits) WITH ORDINALITY AS f (n, place)
  JOIN allowance.addressee a ON a.addressee_number = f.n
  LEFT JOIN LATERAL (SELECT * FROM allowance.person_history h WHERE h.addressee_number = f.n ORDER BY h.history_no DESC, h.revision DESC LIMIT 1) p ON true
  LEFT JOIN LATERAL (SELECT * FROM allowance.organization_history h WHERE h.addressee_number = f.n ORDER BY h.revision DESC LIMIT 1) o ON true
  WHERE f.place <= most ORDER BY f.place;
END $$;
COMMENT ON FUNCTION allowance.search_people(jsonb) IS '人を検索する。鍵: addresseeNumber, recipientId, receptionNumber, phone, account{bank,branch,number}, kana, name と、添える birthDate, address。';

CREATE INDEX IF NOT EXISTS receivable_recipient ON allowance.receivable (recipient_id);
CREATE INDEX IF NOT EXISTS hold_recipient ON allowance.hold (recipient_id);
DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['search_numbers(jsonb)', 'search_people(jsonb)'] LOOP
    EXECUTE format('ALTER FUNCTION allowance.%s OWNER TO hagukumi_allowance', name);
    EXECUTE format('REVOKE ALL ON FUNCTION allowance.%s FROM PUBLIC', name);
    EXECUTE format('GRANT EXECUTE ON FUNCTION allowance.%s TO hagukumi_allowance', name);
  END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION allowance.search_people(jsonb) TO hagukumi_desk;
