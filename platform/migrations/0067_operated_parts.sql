-- Up Migration
-- 運転状況: 画面のそばで動くもの（庁内連携の受取り、付番、中間サーバーとの中継、毎日の消去、夜の検査など）の、いまの状態。
-- 起きたこと（始まり・失敗・再開・終わり）はシステムの記録（access.journal）に残り、ここには最後の状態だけがある。人の情報は入らない。
CREATE TABLE access.operated_part (
  part_code     text PRIMARY KEY CHECK (part_code ~ '^[a-z][A-Za-z]{1,39}$'),
  name          text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
  rhythm        text NOT NULL CHECK (length(rhythm) BETWEEN 1 AND 60),
  place         text NOT NULL CHECK (length(place) BETWEEN 1 AND 120),
  display_order integer NOT NULL,
  state         text NOT NULL,
  said          text NOT NULL DEFAULT '' CHECK (length(said) <= 400),
  problem       text NOT NULL DEFAULT '' CHECK (length(problem) <= 400),
  turns         bigint NOT NULL DEFAULT 0 CHECK (turns >= 0),
  failures      integer NOT NULL DEFAULT 0 CHECK (failures >= 0),
  begun_at      timestamptz,
  succeeded_at  timestamptz,
  failed_at     timestamptz,
  next_at       timestamptz,
  beat_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
  wanted_at     timestamptz,
  wanted_by     text CHECK (wanted_by ~ '^[A-Za-z0-9._@-]{1,64}$'),
  CONSTRAINT operated_part_state CHECK (state IN ('waiting', 'running', 'failed', 'stopped')),
  CONSTRAINT operated_part_wanted CHECK ((wanted_at IS NULL) = (wanted_by IS NULL)),
  CONSTRAINT operated_part_problem CHECK ((state = 'failed') = (problem <> ''))
);
COMMENT ON TABLE access.operated_part IS '運転状況: 動いているものの、いまの状態。一つに一行。';
COMMENT ON COLUMN access.operated_part.part_code IS '動いているものの符号';
COMMENT ON COLUMN access.operated_part.name IS '名前';
COMMENT ON COLUMN access.operated_part.rhythm IS 'いつ動くか';
COMMENT ON COLUMN access.operated_part.place IS 'どの計算機のどの処理で動いているか';
COMMENT ON COLUMN access.operated_part.display_order IS '並び順';
COMMENT ON COLUMN access.operated_part.state IS 'waiting 次の時刻を待っている、running 動いている、failed うまくいかなかった（またやってみる）、stopped 止めた';
COMMENT ON COLUMN access.operated_part.said IS '最後にしたこと（件数だけ）';
COMMENT ON COLUMN access.operated_part.problem IS 'うまくいかないわけ';
COMMENT ON COLUMN access.operated_part.turns IS 'うまくいった回数（始めてから）';
COMMENT ON COLUMN access.operated_part.failures IS '続けてうまくいかなかった回数';
COMMENT ON COLUMN access.operated_part.begun_at IS '最後に始めた日時';
COMMENT ON COLUMN access.operated_part.succeeded_at IS '最後にうまくいった日時';
COMMENT ON COLUMN access.operated_part.failed_at IS '最後にうまくいかなかった日時';
COMMENT ON COLUMN access.operated_part.next_at IS '次に動く日時。空のものは動きつづけている';
COMMENT ON COLUMN access.operated_part.beat_at IS '最後の合図。古ければ、動かしている処理が止まっている';
COMMENT ON COLUMN access.operated_part.wanted_at IS '画面で「いま動かす」を押した日時。動かすと空になる';
COMMENT ON COLUMN access.operated_part.wanted_by IS 'それを押した職員';
COMMENT ON CONSTRAINT operated_part_state ON access.operated_part IS '運転の状態は、待っている・動いている・うまくいかない・止めた、のどれかです';
COMMENT ON CONSTRAINT operated_part_wanted ON access.operated_part IS '「いま動かす」には、押した職員が要ります';
COMMENT ON CONSTRAINT operated_part_problem ON access.operated_part IS 'うまくいかないときは、わけが要ります';
GRANT SELECT, INSERT, UPDATE ON access.operated_part TO hagukumi_allowance;
