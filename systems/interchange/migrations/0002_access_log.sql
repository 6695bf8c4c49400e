-- Up Migration
-- 画面から頼まれた処理と照会は、この役割のままでアクセスログを書く（書けなければ何も渡さない）。
GRANT EXECUTE ON FUNCTION access.write_log TO hagukumi_interchange;
