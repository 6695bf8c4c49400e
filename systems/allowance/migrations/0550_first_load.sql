-- Up Migration
-- 住民の全件を初めて取り込むとき（74万人で120万行）、番号でない索引は行を入れ終えてからまとめて作る。行ごとに索引の散らばった頁へ書くより速い。
-- 主キー・外部キー・検査・トリガーは、これまでどおり行ごとに働く。空の台帳のときだけで、同じ取引の中で索引は元どおりになる。
CREATE FUNCTION allowance.begin_first_load(staged integer) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF staged < 50000 THEN RETURN false; END IF;
  -- だれかが読んでいるなら待たず、これまでどおりに入れる。
  BEGIN
    LOCK TABLE lookup.person_key, allowance.person_history IN ACCESS EXCLUSIVE MODE NOWAIT;
  EXCEPTION WHEN lock_not_available THEN RETURN false;
  END;
  -- 行ごとの見える範囲によらず確かめる: 頁が一つもないこと。
  IF pg_relation_size('allowance.person_history') > 0 OR pg_relation_size('lookup.person_key') > 0 THEN RETURN false; END IF;
  DROP INDEX IF EXISTS allowance.person_history_household, allowance.person_history_kana, allowance.person_history_protected,
    lookup.person_key_kana_both, lookup.person_key_name_both, lookup.person_key_kana_given, lookup.person_key_name_given, lookup.person_key_birth;
  RETURN true;
END $$;
COMMENT ON FUNCTION allowance.begin_first_load(integer) IS '空の台帳への多い取り込みの前に、番号でない索引を外す。外したら true。行数は仮置きした行の数';

CREATE FUNCTION allowance.end_first_load() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET maintenance_work_mem = '128MB' AS $$
BEGIN
  CREATE INDEX IF NOT EXISTS person_history_household ON allowance.person_history (household_number);
  CREATE INDEX IF NOT EXISTS person_history_kana ON allowance.person_history (replace(kana, '　', '') text_pattern_ops);
  CREATE INDEX IF NOT EXISTS person_history_protected ON allowance.person_history (addressee_number) WHERE protected;
  CREATE INDEX IF NOT EXISTS person_key_kana_both ON lookup.person_key (kana, kana_given);
  CREATE INDEX IF NOT EXISTS person_key_name_both ON lookup.person_key (name, name_given);
  CREATE INDEX IF NOT EXISTS person_key_kana_given ON lookup.person_key (kana_given) WHERE kana_given <> '';
  CREATE INDEX IF NOT EXISTS person_key_name_given ON lookup.person_key (name_given) WHERE name_given <> '';
  CREATE INDEX IF NOT EXISTS person_key_birth ON lookup.person_key (birth_date);
END $$;
COMMENT ON FUNCTION allowance.end_first_load() IS '外した索引を作り直す。行を入れたのと同じ取引で呼ぶ';

REVOKE ALL ON FUNCTION allowance.begin_first_load(integer), allowance.end_first_load() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION allowance.begin_first_load(integer), allowance.end_first_load() TO hagukumi_allowance;
