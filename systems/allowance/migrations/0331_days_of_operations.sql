-- Up Migration
-- 差止・解除・ファイルの確定の日: 通知書の日付のもとになる。機械が記録した時刻ではなく、業務の日付を持つ。
DO $$
DECLARE t record;
BEGIN
  FOR t IN SELECT * FROM (VALUES
    ('hold', 'placed_on', '差し止めた日（業務の日付）'), ('hold_release', 'released_on', '解除した日（業務の日付）'),
    ('child_hold', 'placed_on', '差し止めた日（業務の日付）'), ('child_hold_release', 'released_on', '解除した日（業務の日付）'),
    ('transfer_file', 'frozen_on', 'ファイルを確定した日（業務の日付）')) x(name, col, said)
  LOOP
    EXECUTE format('ALTER TABLE allowance.%I ADD COLUMN %I date', t.name, t.col);
    EXECUTE format($q$UPDATE allowance.%I SET %I = (recorded_at AT TIME ZONE 'Asia/Tokyo')::date$q$, t.name, t.col);
    EXECUTE format($q$ALTER TABLE allowance.%1$I ALTER COLUMN %2$I SET NOT NULL,
                        ALTER COLUMN %2$I SET DEFAULT (clock_timestamp() AT TIME ZONE 'Asia/Tokyo')::date$q$, t.name, t.col);
    EXECUTE format('COMMENT ON COLUMN allowance.%I.%I IS %L', t.name, t.col, t.said);
  END LOOP;
END $$;
