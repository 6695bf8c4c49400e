-- Up Migration
-- 読み終えた制御ファイル。置き場所には一年分が残るので、回ごとにすべてを読み直さず、名前と版（ETag など）の同じものは読まない。
CREATE TABLE interchange.announcement_read (
  object_key  text NOT NULL CHECK (length(object_key) BETWEEN 1 AND 300),
  version     text NOT NULL CHECK (length(version) BETWEEN 1 AND 200),
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (object_key, version)
);
COMMENT ON TABLE interchange.announcement_read IS '読み終えて、届いたものとして記録した制御ファイル。読めなかったものは入れず、次の回にまた読む。';
COMMENT ON COLUMN interchange.announcement_read.object_key IS '置き場所の名前';
COMMENT ON COLUMN interchange.announcement_read.version IS '置き場所が言う版（ETag、または更新時刻と大きさ）。中身が替われば変わる';
COMMENT ON COLUMN interchange.announcement_read.recorded_at IS '記録した時刻';
GRANT SELECT, INSERT ON interchange.announcement_read TO hagukumi_interchange;
