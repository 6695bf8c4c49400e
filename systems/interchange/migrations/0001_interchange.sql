-- Up Migration
-- 庁内連携システム（システム2）。連携元から届くものを、決めた相手・人・項目・順番のとおりにだけ通す。
-- どの表にも個人の行はない: 届いたものの記録（件数・ハッシュ・番号）だけを持ち、値は連携先の台帳にだけ書く。
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hagukumi_interchange') THEN
    BEGIN
      CREATE ROLE hagukumi_interchange NOLOGIN;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END;
  END IF;
END
$$;
CREATE SCHEMA interchange;
COMMENT ON SCHEMA interchange IS '庁内連携システム（システム2）。連携の合意・届いたものの記録・再送の依頼。追記だけ。';
CREATE DOMAIN interchange.operator AS text CHECK (VALUE ~ '^[A-Za-z0-9._@-]{1,64}$');
COMMENT ON DOMAIN interchange.operator IS '職員・処理の識別子';
CREATE DOMAIN interchange.code AS text CHECK (VALUE ~ '^[a-zA-Z][a-zA-Z0-9]{0,39}$');
COMMENT ON DOMAIN interchange.code IS '連携・連携元の符号';
CREATE DOMAIN interchange.digest AS text CHECK (VALUE ~ '^[0-9a-f]{64}$');
COMMENT ON DOMAIN interchange.digest IS 'SHA-256（16進64桁）';

CREATE TABLE interchange.agreement (
  interface_code interchange.code NOT NULL,
  version        text NOT NULL CHECK (version ~ '^[0-9]{1,3}(\.[0-9]{1,3})?$'),
  revision       smallint NOT NULL CHECK (revision >= 1),
  name           text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  source         text NOT NULL CHECK (length(source) BETWEEN 1 AND 100),
  system_id      text NOT NULL CHECK (system_id ~ '^[A-Z0-9]{3}$'),
  resource       text NOT NULL CHECK (resource ~ '^[a-z][a-z0-9-]{0,60}$'),
  ground         text NOT NULL CHECK (length(ground) BETWEEN 1 AND 200),
  people         text NOT NULL CHECK (people IN ('everyone', 'listed')),
  consumer       interchange.code NOT NULL,
  layout         jsonb NOT NULL,
  stale_days     smallint NOT NULL CHECK (stale_days BETWEEN 0 AND 400),
  valid_from     date NOT NULL,
  valid_to       date,
  entered_by     interchange.operator NOT NULL,
  approved_by    interchange.operator NOT NULL,
  recorded_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (interface_code, version, revision),
  CONSTRAINT agreement_two_people CHECK (entered_by <> approved_by),
  CONSTRAINT agreement_period CHECK (valid_to >= valid_from)
);
COMMENT ON TABLE interchange.agreement IS '連携の合意（データ使用の承認）。だれから、どの項目を、どの人について、いつからいつまで受け取るか。二人で決める。';
COMMENT ON COLUMN interchange.agreement.interface_code IS '連携';
COMMENT ON COLUMN interchange.agreement.version IS 'インタフェースの版。違う版は並べて使える';
COMMENT ON COLUMN interchange.agreement.revision IS '合意の版（直すたびに増える。最後の版が効く）';
COMMENT ON COLUMN interchange.agreement.name IS '連携の名前';
COMMENT ON COLUMN interchange.agreement.source IS '連携元の課・業務';
COMMENT ON COLUMN interchange.agreement.system_id IS '業務システムID（独自施策システム等IDを含む3桁）';
COMMENT ON COLUMN interchange.agreement.resource IS 'REST のリソース名';
COMMENT ON COLUMN interchange.agreement.ground IS '根拠（法令・条例・承認願の番号）';
COMMENT ON COLUMN interchange.agreement.people IS '受け取る人の範囲。everyone その業務の全員（理由を根拠に書く）、listed 児童手当の対象者の一覧にある人だけ';
COMMENT ON COLUMN interchange.agreement.consumer IS '渡す先の業務システム';
COMMENT ON COLUMN interchange.agreement.layout IS '項目の並びと、連携先の項目への対応（決めた項目だけ）';
COMMENT ON COLUMN interchange.agreement.stale_days IS 'この日数を過ぎたら古いとみなす';
COMMENT ON COLUMN interchange.agreement.valid_from IS 'いつから';
COMMENT ON COLUMN interchange.agreement.valid_to IS 'いつまで（空は続いている）';
COMMENT ON COLUMN interchange.agreement.entered_by IS '入力した職員';
COMMENT ON COLUMN interchange.agreement.approved_by IS '承認した職員';
COMMENT ON COLUMN interchange.agreement.recorded_at IS '記録した時刻';
COMMENT ON CONSTRAINT agreement_two_people ON interchange.agreement IS '入力した人は承認できません';
COMMENT ON CONSTRAINT agreement_period ON interchange.agreement IS '終わりの日は始まりの日より後です';

CREATE TABLE interchange.delivery (
  delivery_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  interface_code interchange.code NOT NULL,
  version        text NOT NULL,
  kind           text NOT NULL CHECK (kind IN ('full', 'difference', 'reconciliation')),
  sequence       integer NOT NULL CHECK (sequence >= 0),
  attempt        smallint NOT NULL CHECK (attempt >= 1),
  transport      text NOT NULL CHECK (transport IN ('file', 'rest')),
  object_key     text NOT NULL CHECK (length(object_key) BETWEEN 1 AND 300),
  as_of          date NOT NULL,
  rows           integer NOT NULL CHECK (rows >= 0),
  bytes          bigint NOT NULL CHECK (bytes >= 0),
  sha256         interchange.digest NOT NULL,
  sent_at        timestamptz NOT NULL,
  received_by    interchange.operator NOT NULL,
  received_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT delivery_once UNIQUE (object_key, sha256)
);
COMMENT ON TABLE interchange.delivery IS '届いたもの。連携元が添えた制御ファイル（件数・ハッシュ・連番）のとおりに記録する。';
COMMENT ON COLUMN interchange.delivery.delivery_id IS '届いたものの番号';
COMMENT ON COLUMN interchange.delivery.interface_code IS '連携';
COMMENT ON COLUMN interchange.delivery.version IS 'インタフェースの版';
COMMENT ON COLUMN interchange.delivery.kind IS 'full 全件、difference 差分、reconciliation 照合のための全件（取り込まずに比べる）';
COMMENT ON COLUMN interchange.delivery.sequence IS '連番（全件と差分で通し。照合は、どの連番までを含むか）';
COMMENT ON COLUMN interchange.delivery.attempt IS '何回目の送付か（再送で増える）';
COMMENT ON COLUMN interchange.delivery.transport IS 'file ファイル、rest REST';
COMMENT ON COLUMN interchange.delivery.object_key IS '置き場所の名前';
COMMENT ON COLUMN interchange.delivery.as_of IS 'いつの分までか';
COMMENT ON COLUMN interchange.delivery.rows IS '連携元が言う件数（見出しを除く）';
COMMENT ON COLUMN interchange.delivery.bytes IS '連携元が言う大きさ（バイト）';
COMMENT ON COLUMN interchange.delivery.sha256 IS '連携元が言うハッシュ';
COMMENT ON COLUMN interchange.delivery.sent_at IS '連携元が送った時刻';
COMMENT ON COLUMN interchange.delivery.received_by IS '受け取った職員・処理';
COMMENT ON COLUMN interchange.delivery.received_at IS '受け取った時刻';
COMMENT ON CONSTRAINT delivery_once ON interchange.delivery IS '同じものを二度は記録しません';
CREATE INDEX delivery_interface ON interchange.delivery (interface_code, sequence);

CREATE TABLE interchange.outcome (
  delivery_id bigint PRIMARY KEY REFERENCES interchange.delivery,
  state       text NOT NULL CHECK (state IN ('applied', 'reconciled', 'duplicate', 'superseded', 'refused')),
  reason_code interchange.code,
  reason      text NOT NULL DEFAULT '' CHECK (length(reason) <= 1000),
  added       integer NOT NULL DEFAULT 0 CHECK (added >= 0),
  unchanged   integer NOT NULL DEFAULT 0 CHECK (unchanged >= 0),
  rejected    integer NOT NULL DEFAULT 0 CHECK (rejected >= 0),
  list_path   text,
  decided_by  interchange.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT outcome_reason CHECK ((state IN ('refused', 'superseded', 'duplicate')) = (reason_code IS NOT NULL))
);
COMMENT ON TABLE interchange.outcome IS '届いたものがどうなったか。この行のないものは、前の連番を待っている。';
COMMENT ON COLUMN interchange.outcome.delivery_id IS '届いたものの番号';
COMMENT ON COLUMN interchange.outcome.state IS 'applied 取り込んだ、reconciled 突き合わせた、duplicate 同じものがもう届いていた、superseded 新しい全件に含まれた、refused 受け付けなかった';
COMMENT ON COLUMN interchange.outcome.reason_code IS '理由の符号';
COMMENT ON COLUMN interchange.outcome.reason IS '理由（日本語）';
COMMENT ON COLUMN interchange.outcome.added IS '追加した行';
COMMENT ON COLUMN interchange.outcome.unchanged IS '変わらなかった行';
COMMENT ON COLUMN interchange.outcome.rejected IS '不受理の行';
COMMENT ON COLUMN interchange.outcome.list_path IS '不受理の一覧の場所';
COMMENT ON COLUMN interchange.outcome.decided_by IS '処理した職員・処理';
COMMENT ON COLUMN interchange.outcome.recorded_at IS '記録した時刻';
COMMENT ON CONSTRAINT outcome_reason ON interchange.outcome IS '取り込まなかったときは、理由が要ります';
COMMENT ON CONSTRAINT outcome_pkey ON interchange.outcome IS '届いたものの結果は一度だけ決まります';

CREATE TABLE interchange.applied (
  interface_code interchange.code NOT NULL,
  sequence       integer NOT NULL CHECK (sequence >= 1),
  delivery_id    bigint NOT NULL UNIQUE REFERENCES interchange.delivery,
  PRIMARY KEY (interface_code, sequence)
);
COMMENT ON TABLE interchange.applied IS '取り込んだ連番。差分は前の連番の次だけ、全件は前より後だけ。一つの連番は一度だけ。';
COMMENT ON COLUMN interchange.applied.interface_code IS '連携';
COMMENT ON COLUMN interchange.applied.sequence IS '連番';
COMMENT ON COLUMN interchange.applied.delivery_id IS '届いたものの番号';
COMMENT ON CONSTRAINT applied_pkey ON interchange.applied IS '一つの連番は一度だけ取り込みます';

CREATE FUNCTION interchange.applied_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE d interchange.delivery; last integer;
BEGIN
  SELECT * INTO d FROM interchange.delivery WHERE delivery_id = NEW.delivery_id;
  SELECT coalesce(max(sequence), 0) INTO last FROM interchange.applied WHERE interface_code = NEW.interface_code;
  IF d.interface_code <> NEW.interface_code OR d.sequence <> NEW.sequence THEN
    RAISE EXCEPTION '連携 % の連番 % は、届いたものと合いません', NEW.interface_code, NEW.sequence USING ERRCODE = 'HGX01', CONSTRAINT = 'applied_of_delivery';
  END IF;
  IF (d.kind = 'difference' AND NEW.sequence <> last + 1) OR (d.kind = 'full' AND NEW.sequence <= last) OR d.kind = 'reconciliation' THEN
    RAISE EXCEPTION '連携 % は連番 % まで取り込んであり、% は順番ではありません', NEW.interface_code, last, NEW.sequence USING ERRCODE = 'HGX01', CONSTRAINT = 'applied_in_order';
  END IF;
  RETURN NEW;
END $$;
COMMENT ON FUNCTION interchange.applied_guard() IS '差分は前の連番の次だけ、全件は前より後だけを取り込む';
CREATE TRIGGER applied_guard BEFORE INSERT ON interchange.applied FOR EACH ROW EXECUTE FUNCTION interchange.applied_guard();

CREATE TABLE interchange.rejected_line (
  delivery_id bigint NOT NULL REFERENCES interchange.delivery,
  line        integer NOT NULL CHECK (line >= 1),
  column_name text NOT NULL CHECK (length(column_name) <= 100),
  code        interchange.code NOT NULL,
  PRIMARY KEY (delivery_id, line, column_name, code)
);
COMMENT ON TABLE interchange.rejected_line IS '不受理の行（初めの千件）。どこが何のために受け取れないか。値は書かない。';
COMMENT ON COLUMN interchange.rejected_line.delivery_id IS '届いたものの番号';
COMMENT ON COLUMN interchange.rejected_line.line IS 'ファイルの行番号（見出しが1）';
COMMENT ON COLUMN interchange.rejected_line.column_name IS '項目';
COMMENT ON COLUMN interchange.rejected_line.code IS '理由の符号';

CREATE TABLE interchange.reject_clearance (
  delivery_id bigint PRIMARY KEY REFERENCES interchange.outcome,
  reason      text NOT NULL CHECK (length(reason) BETWEEN 1 AND 400),
  cleared_by  interchange.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE interchange.reject_clearance IS '不受理の行の始末（連携元が直した行が届いた、受け取らないでよいと確かめた など）。';
COMMENT ON COLUMN interchange.reject_clearance.delivery_id IS '届いたものの番号';
COMMENT ON COLUMN interchange.reject_clearance.reason IS 'どう始末したか';
COMMENT ON COLUMN interchange.reject_clearance.cleared_by IS '始末した職員';
COMMENT ON COLUMN interchange.reject_clearance.recorded_at IS '記録した時刻';
COMMENT ON CONSTRAINT reject_clearance_pkey ON interchange.reject_clearance IS 'この不受理は、もう始末しています';

CREATE TABLE interchange.resend_request (
  request_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  interface_code interchange.code NOT NULL,
  from_sequence  integer NOT NULL CHECK (from_sequence >= 1),
  to_sequence    integer NOT NULL,
  reason         text NOT NULL CHECK (length(reason) BETWEEN 1 AND 400),
  requested_by   interchange.operator NOT NULL,
  recorded_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT resend_range CHECK (to_sequence BETWEEN from_sequence AND from_sequence + 999)
);
COMMENT ON TABLE interchange.resend_request IS '連携元への再送の依頼';
COMMENT ON COLUMN interchange.resend_request.request_id IS '依頼の番号';
COMMENT ON COLUMN interchange.resend_request.interface_code IS '連携';
COMMENT ON COLUMN interchange.resend_request.from_sequence IS 'どの連番から';
COMMENT ON COLUMN interchange.resend_request.to_sequence IS 'どの連番まで';
COMMENT ON COLUMN interchange.resend_request.reason IS '理由';
COMMENT ON COLUMN interchange.resend_request.requested_by IS '頼んだ職員・処理';
COMMENT ON COLUMN interchange.resend_request.recorded_at IS '頼んだ時刻';
COMMENT ON CONSTRAINT resend_range ON interchange.resend_request IS '再送は、続いた千件までを一度に頼みます';

CREATE VIEW interchange.agreement_now WITH (security_invoker = true) AS
SELECT DISTINCT ON (interface_code, version) * FROM interchange.agreement ORDER BY interface_code, version, revision DESC;
COMMENT ON VIEW interchange.agreement_now IS '連携の合意の、いまの版';
CREATE VIEW interchange.delivery_state WITH (security_invoker = true) AS
SELECT d.*, coalesce(o.state, 'waiting') AS state, o.reason_code, o.reason, coalesce(o.added, 0) AS added, coalesce(o.unchanged, 0) AS unchanged,
  coalesce(o.rejected, 0) AS rejected, o.list_path, o.recorded_at AS decided_at, c.reason AS clearance, c.cleared_by
FROM interchange.delivery d LEFT JOIN interchange.outcome o USING (delivery_id) LEFT JOIN interchange.reject_clearance c USING (delivery_id);
COMMENT ON VIEW interchange.delivery_state IS '届いたものと、そのいまの状態（waiting は前の連番を待っている）';

GRANT USAGE ON SCHEMA interchange TO hagukumi_interchange;
GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA interchange TO hagukumi_interchange;
GRANT USAGE ON SCHEMA audit TO hagukumi_interchange;
GRANT SELECT, INSERT ON audit.event, audit.command TO hagukumi_interchange;
-- 画面から頼まれた処理は、番人（guard）が職員の権利を確かめ、その後でこの役割になる。
GRANT USAGE ON SCHEMA access, identity TO hagukumi_interchange;
GRANT EXECUTE ON FUNCTION identity.session_now(), identity.clock(), identity.today(), identity.session_of(text), access.write_log_rows, access.close_all()
  TO hagukumi_interchange;
