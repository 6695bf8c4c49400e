-- Up Migration
-- 政令が毎年度定め、プログラムに値のない負担割合（2026年度から2028年度）。市が政令を確かめて入力し、別の人が同じ内容を承認したときに使う。
CREATE FUNCTION allowance.shares_whole(content jsonb) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE line jsonb; share record; top numeric; bottom numeric;
BEGIN
  IF jsonb_typeof(content) <> 'array' OR jsonb_array_length(content) = 0 THEN RETURN false; END IF;
  FOR line IN SELECT value FROM jsonb_array_elements(content) LOOP
    top := 0; bottom := 1;
    FOR share IN SELECT (value->>'numerator')::numeric AS n, (value->>'denominator')::numeric AS d FROM jsonb_each(line->'shares') LOOP
      IF coalesce(share.n, 0) <= 0 OR coalesce(share.d, 0) <= 0 THEN RETURN false; END IF;
      top := top * share.d + share.n * bottom;
      bottom := bottom * share.d;
    END LOOP;
    IF top <> bottom THEN RETURN false; END IF;
  END LOOP;
  RETURN true;
END $$;
COMMENT ON FUNCTION allowance.shares_whole(jsonb) IS 'どの区分の負担割合も、足すとちょうど1になるか';

CREATE TABLE allowance.cost_share_entry (
  entry_id       integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  fiscal_year    integer NOT NULL CHECK (fiscal_year BETWEEN 2024 AND 2049),
  content        jsonb NOT NULL,
  source         text NOT NULL CHECK (btrim(source) <> '' AND char_length(source) <= 500),
  content_digest allowance.digest NOT NULL,
  entered_by     allowance.operator NOT NULL,
  recorded_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (entry_id, content_digest, entered_by),
  CONSTRAINT cost_share_entry_whole CHECK (allowance.shares_whole(content))
);
COMMENT ON TABLE allowance.cost_share_entry IS '負担割合の入力（案）。年度ごとに、費用負担の区分のすべてを一度に入れる。';
COMMENT ON COLUMN allowance.cost_share_entry.entry_id IS '入力の番号';
COMMENT ON COLUMN allowance.cost_share_entry.fiscal_year IS '支払の属する年度（西暦）';
COMMENT ON COLUMN allowance.cost_share_entry.content IS '区分（part）・被用者区分・負担する人ごとの割合（分子と分母）';
COMMENT ON COLUMN allowance.cost_share_entry.source IS '根拠（政令・通知の名前と日付）';
COMMENT ON COLUMN allowance.cost_share_entry.content_digest IS '年度・割合・根拠のハッシュ（承認はこれに結びつく）';
COMMENT ON COLUMN allowance.cost_share_entry.entered_by IS '入力した職員';
COMMENT ON COLUMN allowance.cost_share_entry.recorded_at IS '記録した時刻';
COMMENT ON CONSTRAINT cost_share_entry_whole ON allowance.cost_share_entry IS '負担割合は、区分ごとに足してちょうど1にしてください';

CREATE TABLE allowance.cost_share_approval (
  entry_id       integer NOT NULL,
  content_digest allowance.digest NOT NULL,
  entered_by     allowance.operator NOT NULL,
  approved_by    allowance.operator NOT NULL,
  recorded_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT cost_share_approval_once PRIMARY KEY (entry_id),
  CONSTRAINT cost_share_approval_of_content FOREIGN KEY (entry_id, content_digest, entered_by)
    REFERENCES allowance.cost_share_entry (entry_id, content_digest, entered_by),
  CONSTRAINT cost_share_approval_two_people CHECK (entered_by <> approved_by)
);
COMMENT ON TABLE allowance.cost_share_approval IS '負担割合の承認。年度ごとに、最後に承認したものが使われる。';
COMMENT ON COLUMN allowance.cost_share_approval.entry_id IS '承認した入力';
COMMENT ON COLUMN allowance.cost_share_approval.content_digest IS '承認した人が見た内容のハッシュ';
COMMENT ON COLUMN allowance.cost_share_approval.entered_by IS '入力した職員';
COMMENT ON COLUMN allowance.cost_share_approval.approved_by IS '承認した職員（入力した人とは別の人）';
COMMENT ON COLUMN allowance.cost_share_approval.recorded_at IS '記録した時刻';
COMMENT ON CONSTRAINT cost_share_approval_once ON allowance.cost_share_approval IS 'この入力は、もう承認されています';
COMMENT ON CONSTRAINT cost_share_approval_of_content ON allowance.cost_share_approval IS '承認は、見た内容に結びつきます';
COMMENT ON CONSTRAINT cost_share_approval_two_people ON allowance.cost_share_approval IS '負担割合は、入力した人とは別の人が承認します';

GRANT SELECT, INSERT ON allowance.cost_share_entry, allowance.cost_share_approval TO hagukumi_allowance;
