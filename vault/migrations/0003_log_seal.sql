-- Up Migration
-- 金庫の記録の封。アクセスログと同じ形: 確定した行を後からまとめて封じ、前の封に鎖でつなぎ、データベースの外の鍵で署名する。
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hagukumi_vault_sealer') THEN
    BEGIN
      CREATE ROLE hagukumi_vault_sealer NOLOGIN;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END;
  END IF;
END
$$;

CREATE TABLE vault.log_seal (
  block_no      bigint PRIMARY KEY CHECK (block_no >= 1),
  format        smallint NOT NULL CHECK (format = 1),
  sealed_at     timestamptz NOT NULL,
  upto          bigint NOT NULL CHECK (upto >= 0),
  numbers       int8multirange NOT NULL,
  void          int8multirange NOT NULL,
  pending       int8multirange NOT NULL,
  row_count     integer NOT NULL CHECK (row_count >= 0),
  leaves        bytea NOT NULL,
  root          bytea NOT NULL CHECK (length(root) = 32),
  previous_hash bytea NOT NULL CHECK (length(previous_hash) = 32),
  block_hash    bytea NOT NULL UNIQUE CHECK (length(block_hash) = 32),
  key_id        text NOT NULL CHECK (key_id ~ '^[0-9a-f]{16}$'),
  signature     bytea NOT NULL CHECK (length(signature) = 64),
  CONSTRAINT seal_leaves CHECK (length(leaves) = 32 * row_count),
  CONSTRAINT seal_not_empty CHECK (NOT isempty(numbers) OR NOT isempty(void)),
  CONSTRAINT seal_apart CHECK (NOT numbers && void AND NOT numbers && pending AND NOT void && pending)
);
COMMENT ON TABLE vault.log_seal IS '金庫の記録の封。行のハッシュの木の根を、前の封のハッシュとつないで署名する。変更・削除・挿入・並べ替え・末尾の切取りは hagukumi vault log が見つける。';
COMMENT ON COLUMN vault.log_seal.block_no IS '封の番号（1から、抜けなし）';
COMMENT ON COLUMN vault.log_seal.format IS '行をハッシュにするときの並べ方の版';
COMMENT ON COLUMN vault.log_seal.sealed_at IS '封じた時刻（封じた機械の時計）';
COMMENT ON COLUMN vault.log_seal.upto IS 'この番号まで見た（封じた行・欠番・待っている番号のどれかになった）';
COMMENT ON COLUMN vault.log_seal.numbers IS '封じた行の番号（vault.log.seq）';
COMMENT ON COLUMN vault.log_seal.void IS 'この封で欠番と決めた番号（取り消された処理が使った番号）。後から行が現れれば、挿入されたもの。';
COMMENT ON COLUMN vault.log_seal.pending IS 'まだ行が現れていない番号。処理の途中かもしれないので、1時間は待つ。';
COMMENT ON COLUMN vault.log_seal.row_count IS '行の数';
COMMENT ON COLUMN vault.log_seal.leaves IS '行ごとのハッシュ（32バイト×行の数、番号の順）。どの行が変わったかを示すため。';
COMMENT ON COLUMN vault.log_seal.root IS '行のハッシュの木の根（RFC 9162）';
COMMENT ON COLUMN vault.log_seal.previous_hash IS '前の封のハッシュ（最初の封では0）';
COMMENT ON COLUMN vault.log_seal.block_hash IS 'この封のハッシュ（番号・時刻・範囲・根・前のハッシュから）';
COMMENT ON COLUMN vault.log_seal.key_id IS '署名した鍵の印（公開鍵のSHA-256の先頭）';
COMMENT ON COLUMN vault.log_seal.signature IS '封のハッシュへの署名（Ed25519）';
COMMENT ON CONSTRAINT seal_leaves ON vault.log_seal IS '行のハッシュの数は、行の数と同じです。';
COMMENT ON CONSTRAINT seal_not_empty ON vault.log_seal IS '何も封じない封は作れません。';
COMMENT ON CONSTRAINT seal_apart ON vault.log_seal IS '封じた番号・欠番・待っている番号は重なりません。';

CREATE TRIGGER log_seal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON vault.log_seal FOR EACH STATEMENT EXECUTE FUNCTION vault.append_only();

-- 封じる役割は、個人番号・鍵・権限のどの表も読めない。
GRANT USAGE ON SCHEMA vault TO hagukumi_vault_sealer;
GRANT SELECT ON vault.log TO hagukumi_vault_sealer;
GRANT SELECT, INSERT ON vault.log_seal TO hagukumi_vault_sealer;
