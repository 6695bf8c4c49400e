-- Up Migration
-- 個人番号を使い始めた日と、特定個人情報ファイルを持ち始めた日。評価書は平成28年1月1日と平成28年12月とを挙げ、二つは合わないので、どちらも市の設定とし、
-- 早いほうの日より前の確認日では入力できない。設定がないあいだは、法の日（平成28年1月1日、entry_since_2016）だけで断る。
CREATE TABLE unified.number_period (
  period_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  system_code text NOT NULL REFERENCES unified.system,
  used_from   date NOT NULL,
  held_from   date NOT NULL,
  reason      text NOT NULL CHECK (length(btrim(reason, E' \t\n　')) BETWEEN 5 AND 500),
  entered_by  unified.operator NOT NULL,
  approved_by unified.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT number_period_since_2016 CHECK (least(used_from, held_from) >= DATE '2016-01-01'),
  CONSTRAINT number_period_two_people CHECK (approved_by <> entered_by)
);
COMMENT ON TABLE unified.number_period IS '個人番号の利用の開始日と、ファイルの保有の開始日（業務システムごと）。書き換えず、最後の行が効く。';
COMMENT ON COLUMN unified.number_period.period_id IS '番号';
COMMENT ON COLUMN unified.number_period.system_code IS '業務システム';
COMMENT ON COLUMN unified.number_period.used_from IS '利用の開始日（評価書 II3⑥）';
COMMENT ON COLUMN unified.number_period.held_from IS '保有の開始日（評価書 II2⑤）';
COMMENT ON COLUMN unified.number_period.reason IS 'わけ（もとにした文書など）';
COMMENT ON COLUMN unified.number_period.entered_by IS '入力した人';
COMMENT ON COLUMN unified.number_period.approved_by IS '確かめた人（別の人）';
COMMENT ON COLUMN unified.number_period.recorded_at IS '記録した時刻';
COMMENT ON CONSTRAINT number_period_since_2016 ON unified.number_period IS '個人番号の利用は平成28年1月1日からです。';
COMMENT ON CONSTRAINT number_period_two_people ON unified.number_period IS '開始日は、入力した人と別の人が確かめます。';

CREATE FUNCTION unified.number_period_fits() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM unified.entry e WHERE e.system_code = NEW.system_code AND e.checked_on < least(NEW.used_from, NEW.held_from)) THEN
    RAISE EXCEPTION 'entries are earlier' USING ERRCODE = 'HG140', CONSTRAINT = 'number_period_entries';
  END IF;
  RETURN NEW;
END $$;
COMMENT ON FUNCTION unified.number_period_fits() IS 'すでにある入力より後の開始日にはできない';
CREATE TRIGGER number_period_fits BEFORE INSERT ON unified.number_period FOR EACH ROW EXECUTE FUNCTION unified.number_period_fits();

CREATE FUNCTION unified.entry_in_period() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE earlier date;
BEGIN
  SELECT least(p.used_from, p.held_from) INTO earlier FROM unified.number_period p WHERE p.system_code = NEW.system_code ORDER BY p.period_id DESC LIMIT 1;
  IF NEW.checked_on < earlier THEN
    RAISE EXCEPTION 'before the numbers were used' USING ERRCODE = 'HG141', CONSTRAINT = 'entry_before_period';
  END IF;
  RETURN NEW;
END $$;
COMMENT ON FUNCTION unified.entry_in_period() IS '個人番号の確認日は、利用と保有の開始日の早いほうから';
CREATE TRIGGER entry_in_period BEFORE INSERT ON unified.entry FOR EACH ROW EXECUTE FUNCTION unified.entry_in_period();

REVOKE ALL ON FUNCTION unified.number_period_fits(), unified.entry_in_period() FROM PUBLIC;
GRANT SELECT, INSERT ON unified.number_period TO hagukumi_addressee;
