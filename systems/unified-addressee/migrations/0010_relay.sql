-- Up Migration
-- 中間サーバーとの中継（システム3②③）。業務システムは宛名番号で頼み、ここで団体内統合宛名番号に替えて渡す。個人番号は通らない。
CREATE TABLE unified.relay_request (
  request_id       text PRIMARY KEY CHECK (request_id ~ '^[A-Za-z0-9][A-Za-z0-9/._-]{0,119}$'),
  kind             text NOT NULL CHECK (kind IN ('replica', 'inquiry')),
  system_code      text NOT NULL REFERENCES unified.system,
  addressee_number unified.addressee_number NOT NULL,
  content          jsonb NOT NULL CHECK (jsonb_typeof(content) = 'object'),
  digest           text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
  no_auto_answer   boolean NOT NULL,
  requested_by     unified.operator NOT NULL,
  requested_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
  relay_no         bigint GENERATED ALWAYS AS IDENTITY
);
CREATE INDEX relay_request_person ON unified.relay_request (system_code, addressee_number, relay_no) WHERE kind = 'replica';
COMMENT ON COLUMN unified.relay_request.relay_no IS '受け付けた順。同じ人の副本は、あとのものが前のものに替わる';
COMMENT ON TABLE unified.relay_request IS '中間サーバーに渡すもの（副本の登録）と尋ねるもの（情報照会）。依頼の番号ごとに1つで、書き換えない。';
COMMENT ON COLUMN unified.relay_request.request_id IS '依頼の番号（業務システムが付ける。同じ番号の同じ中身は同じ依頼）';
COMMENT ON COLUMN unified.relay_request.kind IS 'replica 副本の登録、inquiry 情報照会';
COMMENT ON COLUMN unified.relay_request.system_code IS '頼んだ業務システム';
COMMENT ON COLUMN unified.relay_request.addressee_number IS '宛名番号';
COMMENT ON COLUMN unified.relay_request.content IS '中身（氏名・住所・口座・個人番号は入らない）';
COMMENT ON COLUMN unified.relay_request.digest IS '依頼の全体のハッシュ（SHA-256）';
COMMENT ON COLUMN unified.relay_request.no_auto_answer IS '自動応答不可フラグと不開示の印';
COMMENT ON COLUMN unified.relay_request.requested_by IS '頼んだ人・処理';
COMMENT ON COLUMN unified.relay_request.requested_at IS '頼んだ日時';

CREATE TABLE unified.relay_attempt (
  attempt_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  request_id text NOT NULL REFERENCES unified.relay_request,
  code       text NOT NULL CHECK (code ~ '^[a-z][A-Za-z]{2,39}$'),
  message    text NOT NULL CHECK (length(message) BETWEEN 1 AND 400),
  tried_at   timestamptz NOT NULL
);
COMMENT ON TABLE unified.relay_attempt IS 'できなかった試み。時間をおいて、またやってみる。';
COMMENT ON COLUMN unified.relay_attempt.attempt_id IS '番号';
COMMENT ON COLUMN unified.relay_attempt.request_id IS '依頼の番号';
COMMENT ON COLUMN unified.relay_attempt.code IS 'わけの符号（numberMissing 番号がまだない、crossedLink 紐付けが食い違う、unreachable つながらない、noCode 符号が未取得 など）';
COMMENT ON COLUMN unified.relay_attempt.message IS 'わけ';
COMMENT ON COLUMN unified.relay_attempt.tried_at IS '試みた日時';
CREATE INDEX relay_attempt_request ON unified.relay_attempt (request_id, attempt_id);

CREATE TABLE unified.relay_receipt (
  request_id     text PRIMARY KEY REFERENCES unified.relay_request,
  unified_number unified.unified_number NOT NULL REFERENCES unified.person,
  receipt        text NOT NULL CHECK (length(receipt) BETWEEN 1 AND 40),
  accepted_at    timestamptz NOT NULL
);
COMMENT ON TABLE unified.relay_receipt IS '中間サーバーが受け付けたもの。だれの番号で渡したかを残す。';
COMMENT ON COLUMN unified.relay_receipt.request_id IS '依頼の番号';
COMMENT ON COLUMN unified.relay_receipt.unified_number IS '渡した団体内統合宛名番号';
COMMENT ON COLUMN unified.relay_receipt.receipt IS '処理通番';
COMMENT ON COLUMN unified.relay_receipt.accepted_at IS '受け付けられた日時';

CREATE TABLE unified.relay_outcome (
  request_id text PRIMARY KEY REFERENCES unified.relay_request,
  state      text NOT NULL CHECK (state IN ('registered', 'answered', 'refused', 'superseded')),
  code       text CHECK (code ~ '^[a-z][A-Za-z]{2,39}$'),
  message    text NOT NULL DEFAULT '' CHECK (length(message) <= 400),
  content    jsonb,
  settled_at timestamptz NOT NULL,
  CONSTRAINT relay_outcome_reason CHECK ((state = 'refused') = (code IS NOT NULL)),
  CONSTRAINT relay_outcome_answer CHECK ((state = 'answered') = (content IS NOT NULL))
);
COMMENT ON TABLE unified.relay_outcome IS '依頼の終わり。一つの依頼に一つだけで、頼んだ業務システムがその番号で受け取る。';
COMMENT ON COLUMN unified.relay_outcome.request_id IS '依頼の番号';
COMMENT ON COLUMN unified.relay_outcome.state IS 'registered 副本が登録された、answered 回答が届いた、refused 断られた、superseded 同じ人の新しい副本に替わった';
COMMENT ON COLUMN unified.relay_outcome.code IS '断られたわけの符号';
COMMENT ON COLUMN unified.relay_outcome.message IS '断られたわけ';
COMMENT ON COLUMN unified.relay_outcome.content IS '回答';
COMMENT ON COLUMN unified.relay_outcome.settled_at IS '終わった日時';
COMMENT ON CONSTRAINT relay_outcome_reason ON unified.relay_outcome IS '断られたときは、わけが要ります';
COMMENT ON CONSTRAINT relay_outcome_answer ON unified.relay_outcome IS '回答は、届いたときだけあります';

ALTER TABLE unified.finding DROP CONSTRAINT finding_kind_check;
ALTER TABLE unified.finding ADD CONSTRAINT finding_kind_check CHECK (kind IN ('vaultMissing', 'numberMissing', 'noCurrent', 'unreadable', 'checkDigit', 'indexMissing',
  'indexMismatch', 'sourceDiffers', 'duplicateAddressee', 'consolidatedTwoNumbers', 'unconfirmed', 'crossedLink'));

GRANT SELECT, INSERT ON unified.relay_request, unified.relay_attempt, unified.relay_receipt, unified.relay_outcome TO hagukumi_addressee;
-- 職員の処理では、処理事由を示して開いている人の行だけが見える（0001 と同じ）。
ALTER TABLE unified.relay_request ENABLE ROW LEVEL SECURITY;
ALTER TABLE unified.relay_request FORCE ROW LEVEL SECURITY;
DO $$
BEGIN
  CREATE POLICY open_rows ON unified.relay_request FOR SELECT
    USING ((SELECT coalesce(current_setting('hagukumi.session', true), '') = '') OR addressee_number = ANY ((SELECT access.open_numbers())::bigint[]));
  EXECUTE format('CREATE POLICY owner_rows ON unified.relay_request FOR SELECT TO %I USING (true)', current_user);
  CREATE POLICY new_rows ON unified.relay_request FOR INSERT WITH CHECK (true);
END
$$;
