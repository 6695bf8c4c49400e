-- Up Migration
-- 一括処理の予約: 日時・毎日・毎週・毎月・月末に、案の一覧を自動で作る。承認と実行は人が行う。
CREATE TABLE allowance.mass_booking (
  booking_id  integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  job_code    text NOT NULL CHECK (job_code ~ '^[a-z][A-Za-z0-9]{2,39}$'),
  parameters  jsonb NOT NULL,
  timing      text NOT NULL CHECK (timing IN ('once', 'daily', 'weekly', 'monthly', 'monthEnd')),
  at_time     time NOT NULL,
  on_day      date,
  weekday     smallint CHECK (weekday BETWEEN 0 AND 6),
  day         smallint CHECK (day BETWEEN 1 AND 31),
  booked_by   allowance.operator NOT NULL,
  booked_from timestamp NOT NULL,
  command_key text NOT NULL REFERENCES audit.command DEFERRABLE INITIALLY DEFERRED,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT mass_booking_timing CHECK ((timing = 'once') = (on_day IS NOT NULL) AND (timing = 'weekly') = (weekday IS NOT NULL) AND (timing = 'monthly') = (day IS NOT NULL))
);
COMMENT ON TABLE allowance.mass_booking IS '一括処理の予約（案の一覧を作る日時の決まり）';
COMMENT ON COLUMN allowance.mass_booking.booking_id IS '予約の番号';
COMMENT ON COLUMN allowance.mass_booking.job_code IS '処理の種類';
COMMENT ON COLUMN allowance.mass_booking.parameters IS '引数。{{thisMonth}}・{{lastMonth}}・{{nextMonth}}・{{thisYear}} は、作る日から決める';
COMMENT ON COLUMN allowance.mass_booking.timing IS 'once 日時、daily 毎日、weekly 毎週、monthly 毎月、monthEnd 月末';
COMMENT ON COLUMN allowance.mass_booking.at_time IS '時刻（日本時間）';
COMMENT ON COLUMN allowance.mass_booking.on_day IS '日（日時の予約のとき）';
COMMENT ON COLUMN allowance.mass_booking.weekday IS '曜日 0日〜6土（毎週のとき）';
COMMENT ON COLUMN allowance.mass_booking.day IS '日（毎月のとき。月の日数を超えるときは末日）';
COMMENT ON COLUMN allowance.mass_booking.booked_by IS '予約した人。作られる一括処理の作成者になる';
COMMENT ON COLUMN allowance.mass_booking.booked_from IS 'いつからの分か（日本時間）';
COMMENT ON COLUMN allowance.mass_booking.command_key IS '予約した処理の鍵';
COMMENT ON COLUMN allowance.mass_booking.recorded_at IS '時刻';

CREATE TABLE allowance.mass_booking_end (
  booking_id  integer PRIMARY KEY REFERENCES allowance.mass_booking,
  ended_by    allowance.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE allowance.mass_booking_end IS '予約の取消';
COMMENT ON COLUMN allowance.mass_booking_end.booking_id IS '予約の番号';
COMMENT ON COLUMN allowance.mass_booking_end.ended_by IS '取り消した人';
COMMENT ON COLUMN allowance.mass_booking_end.recorded_at IS '時刻';

CREATE TABLE allowance.mass_booking_start (
  booking_id  integer NOT NULL REFERENCES allowance.mass_booking,
  due_at      timestamp NOT NULL,
  mass_run_no integer REFERENCES allowance.mass_run,
  problem     text,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT mass_booking_once PRIMARY KEY (booking_id, due_at),
  CONSTRAINT mass_booking_outcome CHECK ((mass_run_no IS NULL) = (problem IS NOT NULL))
);
COMMENT ON TABLE allowance.mass_booking_start IS '予約による開始。ひとつの予約の一つの日時につき一度だけ。断られたときは理由を残す。';
COMMENT ON COLUMN allowance.mass_booking_start.booking_id IS '予約の番号';
COMMENT ON COLUMN allowance.mass_booking_start.due_at IS '予約の日時（日本時間）';
COMMENT ON COLUMN allowance.mass_booking_start.mass_run_no IS '作った一括処理';
COMMENT ON COLUMN allowance.mass_booking_start.problem IS '作れなかった理由';
COMMENT ON COLUMN allowance.mass_booking_start.recorded_at IS '時刻';
GRANT SELECT, INSERT ON allowance.mass_booking, allowance.mass_booking_end, allowance.mass_booking_start TO hagukumi_allowance;
