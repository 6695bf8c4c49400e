-- Up Migration
-- 全件を取り込むときの検索の鍵。途中の集まりを表にして数えてから結ぶ。一つの文では件数の見積もりが外れ、同じ氏名の人の数だけ索引を読み返した
-- （74万人で数分）。少ない件数では、表を作るほうが高いので、これまでどおり一つの文で写す。
CREATE OR REPLACE FUNCTION lookup.take(numbers bigint[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE many CONSTANT boolean := cardinality(numbers) > 5000;
BEGIN
  IF many THEN
    PERFORM lookup.latest_of_many(numbers);
  ELSE
    CREATE TEMP TABLE lookup_now ON COMMIT DROP AS
    SELECT n.number, l.birth_date, l.ward_code, l.protected,
      CASE WHEN l.protected THEN '' ELSE lookup.fold_address(l.address) END AS address
    FROM unnest(numbers) AS n (number)
    CROSS JOIN LATERAL (
      SELECT * FROM (
        SELECT CASE WHEN h.birth_date_unknown THEN NULL ELSE h.birth_date END AS birth_date, h.ward_code, h.protected, h.address
        FROM allowance.person_history h WHERE h.addressee_number = n.number ORDER BY h.history_no DESC, h.revision DESC LIMIT 1) p
      UNION ALL SELECT * FROM (
        SELECT NULL::date, o.ward_code, false, o.address FROM allowance.organization_history o WHERE o.addressee_number = n.number ORDER BY o.revision DESC LIMIT 1) q
      LIMIT 1) l;
  END IF;
  ANALYZE pg_temp.lookup_now;
  UPDATE lookup.person_key k SET birth_date = n.birth_date, ward_code = n.ward_code, protected = n.protected, address = n.address,
    wards = CASE WHEN n.ward_code = ANY (k.wards) THEN k.wards ELSE k.wards || n.ward_code END
  FROM pg_temp.lookup_now n
  WHERE k.addressee_number = n.number AND (k.birth_date, k.ward_code, k.protected, k.address) IS DISTINCT FROM (n.birth_date, n.ward_code, n.protected, n.address);
  IF many THEN
    PERFORM lookup.add_many_spellings();
  ELSE
    PERFORM lookup.add_spellings();
  END IF;
  DROP TABLE pg_temp.lookup_now;
END $$;

-- 全件では、一人ずつ索引を引くより並べて読むほうが速く、同じ住所は一度だけたたむ。
CREATE FUNCTION lookup.latest_of_many(numbers bigint[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  CREATE TEMP TABLE lookup_latest ON COMMIT DROP AS
  WITH wanted AS MATERIALIZED (SELECT DISTINCT u AS number FROM unnest(numbers) u)
  SELECT * FROM (
    SELECT DISTINCT ON (h.addressee_number) h.addressee_number::bigint AS number, CASE WHEN h.birth_date_unknown THEN NULL ELSE h.birth_date END AS birth_date,
      h.ward_code::text AS ward_code, h.protected, CASE WHEN h.protected THEN '' ELSE h.address END AS address
    FROM wanted w JOIN allowance.person_history h ON h.addressee_number = w.number ORDER BY h.addressee_number, h.history_no DESC, h.revision DESC) p
  UNION ALL SELECT * FROM (
    SELECT DISTINCT ON (o.addressee_number) o.addressee_number::bigint, NULL::date, o.ward_code::text, false, o.address
    FROM wanted w JOIN allowance.organization_history o ON o.addressee_number = w.number
    WHERE NOT EXISTS (SELECT FROM allowance.person_history h WHERE h.addressee_number = w.number) ORDER BY o.addressee_number, o.revision DESC) q;
  CREATE TEMP TABLE lookup_address ON COMMIT DROP AS
  SELECT a.address AS typed, lookup.fold_address(a.address) AS folded FROM (SELECT DISTINCT l.address FROM pg_temp.lookup_latest l) a;
  ANALYZE pg_temp.lookup_latest, pg_temp.lookup_address;
  CREATE TEMP TABLE lookup_now ON COMMIT DROP AS
  SELECT l.number, l.birth_date, l.ward_code, l.protected, a.folded AS address
  FROM pg_temp.lookup_latest l JOIN pg_temp.lookup_address a ON a.typed = l.address;
  DROP TABLE pg_temp.lookup_latest, pg_temp.lookup_address;
END $$;
COMMENT ON FUNCTION lookup.latest_of_many(bigint[]) IS '写す人のいまの生年月日・区・住所を lookup_now に集める（全件の取り込み）';

-- どの区がかかわるか（受給者の所管区・請求や届出の区）。lookup_now の人について。
CREATE FUNCTION lookup.wards_of_now() RETURNS TABLE (number bigint, wards text[])
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT w.number, array_agg(DISTINCT w.ward_code) FROM (
    SELECT r.addressee_number::bigint AS number, r.ward_code::text AS ward_code FROM allowance.recipient r JOIN pg_temp.lookup_now n ON n.number = r.addressee_number
    UNION ALL SELECT k.claimant_number, k.ward_code::text FROM allowance.claim k JOIN pg_temp.lookup_now n ON n.number = k.claimant_number
    UNION ALL SELECT f.claimant_number, f.ward_code::text FROM allowance.filing f JOIN pg_temp.lookup_now n ON n.number = f.claimant_number) w
  GROUP BY w.number;
END $$;
COMMENT ON FUNCTION lookup.wards_of_now() IS '写している人（lookup_now）ごとの、かかわりのある区';

CREATE FUNCTION lookup.add_spellings() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO lookup.person_key (addressee_number, kana, kana_given, name, name_given, birth_date, ward_code, wards, protected, address)
  WITH spelling AS (
    SELECT h.addressee_number AS number, translate(h.kana, '　', ' ') AS kana, translate(h.name, '　', ' ') AS name
    FROM pg_temp.lookup_now n JOIN allowance.person_history h ON h.addressee_number = n.number
    UNION SELECT o.addressee_number, translate(o.kana, '　', ' '), translate(o.name, '　', ' ')
    FROM pg_temp.lookup_now n JOIN allowance.organization_history o ON o.addressee_number = n.number),
  part AS MATERIALIZED (
    SELECT number, replace(lookup.fold_kana(split_part(kana, ' ', 1)), ' ', '') AS kana_family, replace(lookup.fold_kana(lookup.after_space(kana)), ' ', '') AS kana_given,
           replace(lookup.fold_name(split_part(name, ' ', 1)), ' ', '') AS name_family, replace(lookup.fold_name(lookup.after_space(name)), ' ', '') AS name_given FROM spelling),
  folded AS (SELECT DISTINCT p.number, p.kana_family || p.kana_given AS kana, p.kana_given, p.name_family || p.name_given AS name, p.name_given FROM part p)
  SELECT f.number, f.kana, f.kana_given, f.name, f.name_given, n.birth_date, n.ward_code,
    CASE WHEN n.ward_code = ANY (e.wards) THEN e.wards ELSE coalesce(e.wards, '{}') || n.ward_code END, n.protected, n.address
  FROM folded f JOIN pg_temp.lookup_now n ON n.number = f.number LEFT JOIN lookup.wards_of_now() e ON e.number = f.number
  -- 人の番号の索引だけで確かめる（氏名の索引では、同じ氏名の人をすべて読む）。
  WHERE NOT EXISTS (SELECT FROM lookup.person_key k WHERE k.addressee_number = f.number AND k.kana || '' = f.kana AND k.name || '' = f.name);
END $$;
COMMENT ON FUNCTION lookup.add_spellings() IS '写している人の、まだ鍵のない書き方を足す（少ない件数）';

CREATE FUNCTION lookup.add_many_spellings() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  CREATE TEMP TABLE lookup_part ON COMMIT DROP AS
  SELECT s.number, split_part(s.kana, ' ', 1) AS kana_family, lookup.after_space(s.kana) AS kana_given,
         split_part(s.name, ' ', 1) AS name_family, lookup.after_space(s.name) AS name_given
  FROM (
    SELECT h.addressee_number::bigint AS number, translate(h.kana, '　', ' ') AS kana, translate(h.name, '　', ' ') AS name
    FROM pg_temp.lookup_now n JOIN allowance.person_history h ON h.addressee_number = n.number
    UNION SELECT o.addressee_number::bigint, translate(o.kana, '　', ' '), translate(o.name, '　', ' ')
    FROM pg_temp.lookup_now n JOIN allowance.organization_history o ON o.addressee_number = n.number) s;
  ANALYZE pg_temp.lookup_part;
  -- 同じ姓や名は一度だけたたむ。
  CREATE TEMP TABLE lookup_kana ON COMMIT DROP AS
  SELECT t AS typed, replace(lookup.fold_kana(t), ' ', '') AS folded FROM (SELECT kana_family AS t FROM pg_temp.lookup_part UNION SELECT kana_given FROM pg_temp.lookup_part) x;
  CREATE TEMP TABLE lookup_name ON COMMIT DROP AS
  SELECT t AS typed, replace(lookup.fold_name(t), ' ', '') AS folded FROM (SELECT name_family AS t FROM pg_temp.lookup_part UNION SELECT name_given FROM pg_temp.lookup_part) x;
  CREATE TEMP TABLE lookup_known ON COMMIT DROP AS
  SELECT k.addressee_number AS number, k.kana, k.name FROM lookup.person_key k JOIN pg_temp.lookup_now n ON n.number = k.addressee_number;
  CREATE TEMP TABLE lookup_wards ON COMMIT DROP AS SELECT * FROM lookup.wards_of_now();
  ANALYZE pg_temp.lookup_kana, pg_temp.lookup_name, pg_temp.lookup_known, pg_temp.lookup_wards;
  CREATE TEMP TABLE lookup_folded ON COMMIT DROP AS
  SELECT DISTINCT p.number, kf.folded || kg.folded AS kana, kg.folded AS kana_given, nf.folded || ng.folded AS name, ng.folded AS name_given
  FROM pg_temp.lookup_part p JOIN pg_temp.lookup_kana kf ON kf.typed = p.kana_family JOIN pg_temp.lookup_kana kg ON kg.typed = p.kana_given
  JOIN pg_temp.lookup_name nf ON nf.typed = p.name_family JOIN pg_temp.lookup_name ng ON ng.typed = p.name_given;
  ANALYZE pg_temp.lookup_folded;
  INSERT INTO lookup.person_key (addressee_number, kana, kana_given, name, name_given, birth_date, ward_code, wards, protected, address)
  SELECT f.number, f.kana, f.kana_given, f.name, f.name_given, n.birth_date, n.ward_code,
    CASE WHEN n.ward_code = ANY (e.wards) THEN e.wards ELSE coalesce(e.wards, '{}') || n.ward_code END, n.protected, n.address
  FROM pg_temp.lookup_folded f JOIN pg_temp.lookup_now n ON n.number = f.number LEFT JOIN pg_temp.lookup_wards e ON e.number = f.number
  WHERE NOT EXISTS (SELECT FROM pg_temp.lookup_known k WHERE k.number = f.number AND k.kana = f.kana AND k.name = f.name)
  ORDER BY f.kana; -- 並べて入れると、索引の同じ頁に続けて書ける
  DROP TABLE pg_temp.lookup_part, pg_temp.lookup_kana, pg_temp.lookup_name, pg_temp.lookup_known, pg_temp.lookup_wards, pg_temp.lookup_folded;
END $$;
COMMENT ON FUNCTION lookup.add_many_spellings() IS '写している人の、まだ鍵のない書き方を足す（全件の取り込み）';

REVOKE ALL ON FUNCTION lookup.latest_of_many(bigint[]), lookup.wards_of_now(), lookup.add_spellings(), lookup.add_many_spellings() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION lookup.latest_of_many(bigint[]), lookup.wards_of_now(), lookup.add_spellings(), lookup.add_many_spellings() TO hagukumi_allowance;
