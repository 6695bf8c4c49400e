-- Up Migration
-- 操作ログ（共通機能標準仕様 10.2）: 操作の種類（参照・印刷・追加・変更・削除・バッチ・ハードコピー・EUC）、画面、ファイル、個人番号へのアクセスの有無。
-- 前の版のプログラムが書いた行では空のまま。封の並べ方の版1はこの4列を持たない行、版2は持つ行に使う。
ALTER TABLE access.log
  ADD COLUMN deed text,
  ADD COLUMN screen text,
  ADD COLUMN file text,
  ADD COLUMN individual_number boolean;
COMMENT ON COLUMN access.log.deed IS '操作の種類: view 参照、print 印刷、add 追加、change 変更、delete 削除、batch バッチ、hardCopy ハードコピー、euc データの出力（EUC）、refused 断った操作';
COMMENT ON COLUMN access.log.screen IS '操作した画面。番号は : に置き換えてある。画面のほかから呼ばれたときは空文字';
COMMENT ON COLUMN access.log.file IS '操作したファイル（台帳）。データを出力したときは、出したファイルの名前';
COMMENT ON COLUMN access.log.individual_number IS '個人番号を見た、または書いた操作か';

-- 前からある行は、もとの決まりで正しいことが分かっている。調べ直して長く止めることはしない。
ALTER TABLE access.log DROP CONSTRAINT log_action_check, DROP CONSTRAINT log_names_person;
ALTER TABLE access.log
  ADD CONSTRAINT log_action CHECK (action IN ('read', 'update', 'export', 'print', 'search', 'list', 'hardCopy', 'refused')) NOT VALID,
  ADD CONSTRAINT log_names_person CHECK (addressee_number IS NOT NULL OR action IN ('search', 'list', 'refused', 'export', 'print', 'update', 'hardCopy')) NOT VALID,
  ADD CONSTRAINT log_operation_said CHECK (deed IS NOT NULL AND screen IS NOT NULL AND file IS NOT NULL AND individual_number IS NOT NULL) NOT VALID,
  ADD CONSTRAINT log_deed CHECK (deed IN ('view', 'print', 'add', 'change', 'delete', 'batch', 'hardCopy', 'euc', 'refused') AND (deed = 'refused') = (action = 'refused')) NOT VALID,
  ADD CONSTRAINT log_screen CHECK (screen ~ '^(/|(/([a-z][a-z-]*|:))+)?$' AND length(screen) <= 80) NOT VALID,
  ADD CONSTRAINT log_file CHECK (file ~ '^[A-Za-z0-9._-]{0,100}$') NOT VALID;
COMMENT ON CONSTRAINT log_action ON access.log IS 'アクセスログの種別は、決められたものだけです。';
COMMENT ON CONSTRAINT log_names_person ON access.log IS '人を開いた記録には、宛名番号が要ります。';
COMMENT ON CONSTRAINT log_operation_said ON access.log IS 'アクセスログの新しい行には、操作の種類・画面・ファイル・個人番号へのアクセスの有無が要ります。';
COMMENT ON CONSTRAINT log_deed ON access.log IS 'アクセスログの操作の種類は、決められたものだけです。断った操作は refused です。';
COMMENT ON CONSTRAINT log_screen ON access.log IS '画面は、番号を : に置き換えた80文字までの所です。';
COMMENT ON CONSTRAINT log_file ON access.log IS 'ファイルの名前は、半角の英数字と . _ - の100文字までです。';

-- どの関数が書いても同じになるよう、行が入るところで決める。何を操作しているかは、取引の初めにプログラムが hagukumi.log に
-- 「画面|更新の種類|台帳|個人番号（1か空）」の形で置き、出すファイルの名前は、その行を書く前に hagukumi.log_file に置く。
CREATE FUNCTION access.say_operation() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE said text := coalesce(current_setting('hagukumi.log', true), '');
BEGIN
  NEW.deed := coalesce(NEW.deed, CASE NEW.action
    WHEN 'refused' THEN 'refused' WHEN 'print' THEN 'print' WHEN 'export' THEN 'euc' WHEN 'hardCopy' THEN 'hardCopy'
    WHEN 'update' THEN coalesce(nullif(split_part(said, '|', 2), ''), 'change')
    -- 一枚の通知書を紙にする操作は、読むことで行う。
    WHEN 'read' THEN CASE WHEN split_part(said, '|', 2) = 'print' THEN 'print' ELSE 'view' END ELSE 'view' END);
  NEW.screen := coalesce(NEW.screen, split_part(said, '|', 1));
  NEW.file := coalesce(NEW.file, nullif(current_setting('hagukumi.log_file', true), ''), split_part(said, '|', 3));
  NEW.individual_number := coalesce(NEW.individual_number,
    NEW.action <> 'refused' AND (split_part(said, '|', 4) = '1' OR NEW.columns_class ~ '\mindividualNumber\M'));
  RETURN NEW;
END $$;
COMMENT ON FUNCTION access.say_operation() IS 'アクセスログの行に、操作の種類・画面・ファイル・個人番号へのアクセスの有無を入れる';
REVOKE ALL ON FUNCTION access.say_operation() FROM PUBLIC;
CREATE TRIGGER say_operation BEFORE INSERT ON access.log FOR EACH ROW EXECUTE FUNCTION access.say_operation();

-- これから封をする版は2だけ。前の版のサーバーがまだ動いている間、その封は断られ、行は新しいサーバーが封をするまで待つ。
ALTER TABLE access.seal DROP CONSTRAINT seal_format_check;
ALTER TABLE access.seal
  ADD CONSTRAINT seal_format CHECK (format IN (1, 2)),
  ADD CONSTRAINT seal_format_now CHECK (format = 2) NOT VALID;
COMMENT ON CONSTRAINT seal_format ON access.seal IS '封の並べ方の版は1か2です。';
COMMENT ON CONSTRAINT seal_format_now ON access.seal IS '新しい封の並べ方の版は2です。古い版のプログラムは封をできません。';
