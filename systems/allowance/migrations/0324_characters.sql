-- Up Migration
-- 文字の同定。市の外字・私用領域の文字が、行政事務標準文字のどの文字かの一覧。道具の結果の取込みも、人の判断も、別の人の承認で効く。
CREATE TABLE allowance.character_set (
  set_id         integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  lines          jsonb NOT NULL CHECK (jsonb_typeof(lines) = 'array' AND jsonb_array_length(lines) BETWEEN 1 AND 20000),
  source         text NOT NULL CHECK (length(source) BETWEEN 1 AND 200),
  content_digest allowance.digest NOT NULL,
  entered_by     allowance.operator NOT NULL,
  recorded_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (set_id, content_digest, entered_by)
);
COMMENT ON TABLE allowance.character_set IS '文字の同定の案（一組）。別の人の承認（character_set_approval）があって初めて使う。';
COMMENT ON COLUMN allowance.character_set.set_id IS '組の番号（大きいものほど新しい。同じ文字は新しい承認済みの組による）';
COMMENT ON COLUMN allowance.character_set.lines IS '文字・同定先・根拠の並び';
COMMENT ON COLUMN allowance.character_set.source IS '出どころ（同定の道具と版、または判断の資料）';
COMMENT ON COLUMN allowance.character_set.content_digest IS '中身のハッシュ。承認はこの中身に結びつく';
COMMENT ON COLUMN allowance.character_set.entered_by IS '入力した人';
COMMENT ON COLUMN allowance.character_set.recorded_at IS '記録した時刻';

CREATE TABLE allowance.character_set_approval (
  set_id         integer PRIMARY KEY,
  content_digest allowance.digest NOT NULL,
  entered_by     allowance.operator NOT NULL,
  approved_by    allowance.operator NOT NULL,
  recorded_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  FOREIGN KEY (set_id, content_digest, entered_by) REFERENCES allowance.character_set (set_id, content_digest, entered_by),
  CONSTRAINT character_set_two_people CHECK (entered_by <> approved_by)
);
COMMENT ON TABLE allowance.character_set_approval IS '文字の同定の承認。入力した人は承認できない。';
COMMENT ON CONSTRAINT character_set_two_people ON allowance.character_set_approval IS '文字の同定は、入力した人と別の人が承認する';
COMMENT ON COLUMN allowance.character_set_approval.set_id IS '組の番号';
COMMENT ON COLUMN allowance.character_set_approval.content_digest IS '承認した中身のハッシュ';
COMMENT ON COLUMN allowance.character_set_approval.entered_by IS '入力した人';
COMMENT ON COLUMN allowance.character_set_approval.approved_by IS '承認した人';
COMMENT ON COLUMN allowance.character_set_approval.recorded_at IS '承認した時刻';
GRANT SELECT, INSERT ON allowance.character_set, allowance.character_set_approval TO hagukumi_allowance;

-- 福祉名: どの書類に使うか。外国人住民のローマ字・カナ・通称などを、書類ごとに選ぶ。
ALTER TABLE allowance.welfare_name ADD COLUMN used_for text NOT NULL DEFAULT 'none' CHECK (used_for IN ('none', 'letter', 'reviewForm', 'all'));
ALTER TABLE allowance.welfare_name DROP CONSTRAINT welfare_name_kind_check;
ALTER TABLE allowance.welfare_name ADD CONSTRAINT welfare_name_kind_check CHECK (kind IN ('alias', 'former', 'real', 'roman', 'kana', 'other'));
COMMENT ON COLUMN allowance.welfare_name.kind IS '氏名区分（通称・旧氏・本名・ローマ字・カナ・その他）';
COMMENT ON COLUMN allowance.welfare_name.used_for IS '使う書類（none=記録だけ、letter=通知書、reviewForm=現況届の用紙と催促、all=どちらも）';
CREATE OR REPLACE VIEW allowance.welfare_name_current WITH (security_invoker = true) AS SELECT e.* FROM allowance.welfare_name e
  WHERE NOT e.withdrawn AND NOT EXISTS (SELECT FROM allowance.welfare_name later WHERE later.entry_id = e.entry_id AND later.revision > e.revision);
CREATE OR REPLACE VIEW allowance.welfare_name_confirmed WITH (security_invoker = true) AS SELECT e.* FROM allowance.welfare_name e
  WHERE NOT e.withdrawn
    AND EXISTS (SELECT FROM allowance.entry_confirmation c WHERE c.entry_id = e.entry_id AND c.revision = e.revision)
    AND NOT EXISTS (SELECT FROM allowance.welfare_name later JOIN allowance.entry_confirmation c ON c.entry_id = later.entry_id AND c.revision = later.revision
      WHERE later.entry_id = e.entry_id AND later.revision > e.revision);

-- 一つの書類に使う名前は、同じ時期に一つ。
CREATE FUNCTION allowance.welfare_name_one_use() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE other bigint;
BEGIN
  IF NEW.withdrawn OR NEW.used_for = 'none' THEN RETURN NEW; END IF;
  SELECT x.entry_id INTO other FROM allowance.welfare_name_current x
  WHERE x.addressee_number = NEW.addressee_number AND x.entry_id <> NEW.entry_id AND x.used_for <> 'none'
    AND (x.used_for = NEW.used_for OR 'all' IN (x.used_for, NEW.used_for))
    AND x.valid_from <= coalesce(NEW.valid_to, 'infinity') AND coalesce(x.valid_to, 'infinity') >= NEW.valid_from LIMIT 1;
  IF other IS NOT NULL THEN
    RAISE EXCEPTION '同じ書類に使う福祉名 % と期間が重なります', other USING ERRCODE = 'HG030', CONSTRAINT = 'entry_overlap';
  END IF;
  RETURN NEW;
END $$;
COMMENT ON FUNCTION allowance.welfare_name_one_use() IS '一つの書類に使う福祉名は、同じ時期に一つ';
CREATE TRIGGER one_use BEFORE INSERT ON allowance.welfare_name FOR EACH ROW EXECUTE FUNCTION allowance.welfare_name_one_use();

-- 書類の上の氏名: 確認済みの福祉名でその書類に使うもの。なければ空で、住民票の氏名を使う。
CREATE FUNCTION allowance.document_name(number bigint, document text, day date) RETURNS text
LANGUAGE sql STABLE AS $$
  SELECT w.name FROM allowance.welfare_name_confirmed w
  WHERE w.addressee_number = $1 AND w.used_for IN ($2, 'all') AND w.valid_from <= $3 AND (w.valid_to IS NULL OR w.valid_to >= $3)
  ORDER BY w.entry_id DESC LIMIT 1
$$;
COMMENT ON FUNCTION allowance.document_name(bigint, text, date) IS '書類に使う福祉名（通知書・用紙ごと）。なければ空';
REVOKE ALL ON FUNCTION allowance.document_name(bigint, text, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION allowance.document_name(bigint, text, date) TO hagukumi_allowance, hagukumi_desk;
INSERT INTO allowance.code (domain, code, identifier, label, valid_from, revision, entered_by, approved_by)
SELECT 'nameKind', v.code, v.identifier, v.label, c.valid_from, 1, c.entered_by, c.approved_by
FROM (VALUES ('6', 'roman', 'ローマ字'), ('7', 'kana', 'カナ')) v (code, identifier, label),
     (SELECT valid_from, entered_by, approved_by FROM allowance.code WHERE domain = 'nameKind' AND identifier = 'alias' AND revision = 1 ORDER BY valid_from LIMIT 1) c;
