-- Up Migration
-- Roles are cluster-wide; several databases of one cluster (the tests) share them.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hagukumi_allowance') THEN
    BEGIN
      CREATE ROLE hagukumi_allowance NOLOGIN;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END;
  END IF;
END
$$;

CREATE SCHEMA audit;
COMMENT ON SCHEMA audit IS '監査証跡。追記だけができる。';

CREATE TABLE audit.event (
  event_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  recorded_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  actor        text NOT NULL CHECK (actor <> ''),
  purpose      text NOT NULL CHECK (purpose <> ''),
  action       text NOT NULL CHECK (action <> ''),
  object_kind  text NOT NULL,
  object_id    text NOT NULL,
  command_key  text,
  detail       jsonb NOT NULL DEFAULT '{}'
);
COMMENT ON TABLE audit.event IS '処理の記録。1つの処理につき1行を、処理と同じトランザクションで書く。氏名・住所・生年月日・性別・個人番号は書かない。';
COMMENT ON COLUMN audit.event.actor IS '処理した人（職員の識別子）';
COMMENT ON COLUMN audit.event.purpose IS '処理事由';
COMMENT ON COLUMN audit.event.action IS '処理の種類';

CREATE TABLE audit.command (
  command_key     text PRIMARY KEY CHECK (length(command_key) BETWEEN 1 AND 200),
  name            text NOT NULL,
  request_digest  text NOT NULL CHECK (request_digest ~ '^[0-9a-f]{64}$'),
  actor           text NOT NULL,
  recorded_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
  response        jsonb NOT NULL
);
COMMENT ON TABLE audit.command IS '処理の鍵（冪等キー）。同じ鍵の再送には最初の答えを返し、同じ鍵で内容が違えば断る（M21）。';

GRANT USAGE ON SCHEMA audit TO hagukumi_allowance;
GRANT SELECT, INSERT ON audit.event, audit.command TO hagukumi_allowance;
