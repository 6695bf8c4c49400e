-- Up Migration
-- 開けない人を開こうとした記録。画面の答えは「見つかりません」で同じだが、閲覧を禁じた人・支援措置の人への試みは警告になる。
-- どの試みでも1行を書く（いない番号でも）。書くか書かないかで時間が変わり、その人がいると分かることを避けるため。
CREATE TABLE access.closed_attempt (
  attempt_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  attempted_at     timestamptz NOT NULL,
  staff_id         text NOT NULL CHECK (staff_id <> ''),
  section_code     text NOT NULL,
  terminal_code    text NOT NULL,
  session_id       bigint NOT NULL,
  request_id       text NOT NULL CHECK (request_id ~ '^[A-Za-z0-9_-]{1,64}$'),
  operation        text NOT NULL CHECK (operation <> ''),
  kind             text NOT NULL CHECK (kind IN ('denied', 'protected', 'outside', 'unknown')),
  addressee_number bigint CHECK (addressee_number BETWEEN 1 AND 999999999999999),
  CONSTRAINT closed_attempt_person CHECK ((kind = 'unknown') = (addressee_number IS NULL))
);
COMMENT ON TABLE access.closed_attempt IS '開けない人を開こうとした記録（閲覧禁止・支援措置・区の範囲外・いない番号）。職員への答えはどれも同じ。';
COMMENT ON COLUMN access.closed_attempt.attempt_id IS '番号';
COMMENT ON COLUMN access.closed_attempt.attempted_at IS '処理日時';
COMMENT ON COLUMN access.closed_attempt.staff_id IS '職員';
COMMENT ON COLUMN access.closed_attempt.section_code IS '部署';
COMMENT ON COLUMN access.closed_attempt.terminal_code IS '端末';
COMMENT ON COLUMN access.closed_attempt.session_id IS 'セッション';
COMMENT ON COLUMN access.closed_attempt.request_id IS '要求の番号。アクセスログの拒否の行と同じ';
COMMENT ON COLUMN access.closed_attempt.operation IS '操作';
COMMENT ON COLUMN access.closed_attempt.kind IS '開けなかったわけ: denied 閲覧禁止、protected 支援措置、outside 区の範囲外、unknown いない番号';
COMMENT ON COLUMN access.closed_attempt.addressee_number IS '宛名番号（いない番号では空）';
COMMENT ON CONSTRAINT closed_attempt_person ON access.closed_attempt IS 'いる人への試みは、宛名番号を持ちます。';
CREATE INDEX closed_attempt_at ON access.closed_attempt (attempted_at);
GRANT SELECT, INSERT ON access.closed_attempt TO hagukumi_allowance;
