-- Up Migration
-- 個人番号の金庫。業務のデータベースとは別のデータベースに置き、鍵はここに平文では置かない。
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hagukumi_vault') THEN
    BEGIN
      CREATE ROLE hagukumi_vault NOLOGIN;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END;
  END IF;
END
$$;

-- 業務の役割は、このデータベースにつなぐことも、何かを作ることもできない。
DO $$
BEGIN
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO hagukumi_vault', current_database());
END
$$;
REVOKE ALL ON SCHEMA public FROM PUBLIC;

CREATE SCHEMA vault;
COMMENT ON SCHEMA vault IS '個人番号の金庫（封筒暗号・検索索引・権限・記録）。平文の個人番号を置く列はない。';

CREATE DOMAIN vault.actor AS text CHECK (VALUE ~ '^[A-Za-z0-9._@-]{1,64}$');
COMMENT ON DOMAIN vault.actor IS '処理した人の識別子';

-- ---- 鍵 ------------------------------------------------------------------------------------------------------
CREATE TABLE vault.key_version (
  kind       text NOT NULL CHECK (kind IN ('encryption', 'index')),
  version    integer NOT NULL CHECK (version >= 1),
  wrapped    bytea NOT NULL CHECK (length(wrapped) = 60),
  active     boolean NOT NULL,
  created_by vault.actor NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (kind, version)
);
COMMENT ON TABLE vault.key_version IS '鍵暗号鍵（encryption）と検索索引の鍵（index）。親鍵で包んだ形だけを置く。親鍵はデータベースの外にある。';
COMMENT ON COLUMN vault.key_version.kind IS '鍵の種類';
COMMENT ON COLUMN vault.key_version.version IS '版';
COMMENT ON COLUMN vault.key_version.wrapped IS '親鍵で包んだ鍵（AES-256-GCM）';
COMMENT ON COLUMN vault.key_version.active IS '新しい書き込みに使う版か（種類ごとに1つ）';
COMMENT ON COLUMN vault.key_version.created_by IS '作った人';
COMMENT ON COLUMN vault.key_version.created_at IS '作った日時';
CREATE UNIQUE INDEX key_version_active ON vault.key_version (kind) WHERE active;

-- ---- 個人番号 ----------------------------------------------------------------------------------------------
CREATE TABLE vault.person (
  person_ref  uuid PRIMARY KEY,
  wrapped_dek bytea NOT NULL CHECK (length(wrapped_dek) = 60),
  key_version integer NOT NULL,
  created_at  timestamptz NOT NULL
);
COMMENT ON TABLE vault.person IS '人ごとのデータ鍵。消すとその人の個人番号は二度と読めない（暗号消去）。';
COMMENT ON COLUMN vault.person.person_ref IS '金庫の外で使う、意味のない参照';
COMMENT ON COLUMN vault.person.wrapped_dek IS '鍵暗号鍵で包んだデータ鍵';
COMMENT ON COLUMN vault.person.key_version IS '包んだ鍵暗号鍵の版';
COMMENT ON COLUMN vault.person.created_at IS '初めて入力された日時';
CREATE INDEX person_key_version ON vault.person (key_version, person_ref);

CREATE TABLE vault.record (
  record_id  uuid PRIMARY KEY,
  person_ref uuid NOT NULL REFERENCES vault.person ON DELETE CASCADE,
  state      text NOT NULL CHECK (state IN ('current', 'former')),
  sealed     bytea NOT NULL CHECK (length(sealed) = 40),
  entered_at timestamptz NOT NULL,
  ended_at   timestamptz,
  CONSTRAINT record_ended CHECK ((state = 'former') = (ended_at IS NOT NULL))
);
COMMENT ON TABLE vault.record IS '個人番号（人のデータ鍵で暗号化したもの）。番号が変わると前のものは former になる。';
COMMENT ON COLUMN vault.record.record_id IS '行の識別子（暗号の文脈に結びつく）';
COMMENT ON COLUMN vault.record.person_ref IS '人の参照';
COMMENT ON COLUMN vault.record.state IS '今の番号か、前の番号か';
COMMENT ON COLUMN vault.record.sealed IS '暗号文（AES-256-GCM。文脈は表・列・行・鍵の版）';
COMMENT ON COLUMN vault.record.entered_at IS '入力の日時';
COMMENT ON COLUMN vault.record.ended_at IS '前の番号になった日時';
CREATE UNIQUE INDEX record_one_current ON vault.record (person_ref) WHERE state = 'current';
CREATE INDEX record_person ON vault.record (person_ref);

CREATE TABLE vault.number_index (
  index_version integer NOT NULL,
  digest        bytea NOT NULL CHECK (length(digest) = 32),
  record_id     uuid NOT NULL REFERENCES vault.record ON DELETE CASCADE,
  CONSTRAINT number_index_one_person PRIMARY KEY (index_version, digest)
);
COMMENT ON TABLE vault.number_index IS '検索索引（個人番号の HMAC-SHA-256）。1つの個人番号は1人にだけ属する。鍵は親鍵で包んである。';
COMMENT ON COLUMN vault.number_index.index_version IS '索引の鍵の版';
COMMENT ON COLUMN vault.number_index.digest IS 'HMAC';
COMMENT ON COLUMN vault.number_index.record_id IS '個人番号の行';
CREATE UNIQUE INDEX number_index_record ON vault.number_index (record_id, index_version);

CREATE TABLE vault.entry (
  entry_key  text PRIMARY KEY CHECK (entry_key ~ '^[A-Za-z0-9:._/-]{1,120}$'),
  person_ref uuid NOT NULL,
  outcome    text NOT NULL CHECK (outcome IN ('new', 'known', 'changed')),
  entered_at timestamptz NOT NULL
);
COMMENT ON TABLE vault.entry IS '入力の鍵。同じ入力の再送には最初の答えを返す。';
COMMENT ON COLUMN vault.entry.entry_key IS '呼ぶ側が決める入力の鍵';
COMMENT ON COLUMN vault.entry.person_ref IS '人の参照';
COMMENT ON COLUMN vault.entry.outcome IS '新しい人か、すでにいた人か、番号の変更か';
COMMENT ON COLUMN vault.entry.entered_at IS '入力の日時';
CREATE INDEX entry_person ON vault.entry (person_ref);

-- ---- だれが何をしてよいか（金庫が自分で決める） -----------------------------------------------------------------
CREATE TABLE vault.client (
  client_id  text PRIMARY KEY CHECK (client_id ~ '^[a-z][a-z0-9-]{1,39}$'),
  name       text NOT NULL CHECK (name <> ''),
  public_key bytea NOT NULL CHECK (length(public_key) = 32),
  valid_from timestamptz NOT NULL,
  valid_to   timestamptz NOT NULL CHECK (valid_to >= valid_from),
  registered_by vault.actor NOT NULL
);
COMMENT ON TABLE vault.client IS '金庫を呼んでよい接続元。署名（Ed25519）の公開鍵を登録する。';
COMMENT ON COLUMN vault.client.client_id IS '接続元の識別子';
COMMENT ON COLUMN vault.client.name IS '名前';
COMMENT ON COLUMN vault.client.public_key IS 'Ed25519 の公開鍵（32バイト）';
COMMENT ON COLUMN vault.client.valid_from IS '有効期間の初め';
COMMENT ON COLUMN vault.client.valid_to IS '有効期間の終わり';
COMMENT ON COLUMN vault.client.registered_by IS '登録した人';

CREATE TABLE vault.purpose (
  code       text PRIMARY KEY CHECK (code ~ '^[a-z][A-Za-z]{2,39}$'),
  name       text NOT NULL CHECK (name <> ''),
  operations text[] NOT NULL CHECK (cardinality(operations) > 0)
);
COMMENT ON TABLE vault.purpose IS '金庫を使う目的と、その目的でできる操作';
COMMENT ON COLUMN vault.purpose.code IS '目的の符号';
COMMENT ON COLUMN vault.purpose.name IS '目的の名前';
COMMENT ON COLUMN vault.purpose.operations IS 'できる操作';
INSERT INTO vault.purpose (code, name, operations) VALUES
  ('numberEntry', '個人番号の入力と付番', '{register,entries,match,change}'),
  ('numberConfirmation', '個人番号と人の紐付けの確認', '{match}'),
  ('identification', '番号による本人の特定', '{find,match}'),
  ('identityCheck', '窓口での番号確認', '{reveal,match}'),
  ('disclosure', '本人の開示請求', '{reveal}'),
  ('consistencyCheck', '団体内統合宛名番号との整合の確認', '{inspect,match}'),
  ('erasure', '保存期間を過ぎた個人番号・誤った個人番号の消去', '{requestErasure,erase}');

CREATE TABLE vault.right_request (
  right_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  client_id    text NOT NULL REFERENCES vault.client,
  actor        vault.actor NOT NULL,
  operations   text[] NOT NULL CHECK (cardinality(operations) > 0),
  starts_on    date NOT NULL,
  ends_on      date NOT NULL,
  reason       text NOT NULL CHECK (reason <> ''),
  requested_by vault.actor NOT NULL,
  requested_at timestamptz NOT NULL,
  CONSTRAINT right_at_most_a_year CHECK (ends_on >= starts_on AND ends_on <= starts_on + interval '1 year')
);
COMMENT ON TABLE vault.right_request IS '金庫の権限の申請。人（または業務の仕組み）ごと、操作ごと、1年以内。';
COMMENT ON CONSTRAINT right_at_most_a_year ON vault.right_request IS '金庫の権限の期間は1年以内です。続ける場合は改めて申請してください。';
COMMENT ON COLUMN vault.right_request.right_id IS '権限の番号';
COMMENT ON COLUMN vault.right_request.client_id IS '接続元';
COMMENT ON COLUMN vault.right_request.actor IS '権限を受ける人';
COMMENT ON COLUMN vault.right_request.operations IS '操作';
COMMENT ON COLUMN vault.right_request.starts_on IS '初めの日';
COMMENT ON COLUMN vault.right_request.ends_on IS '終わりの日';
COMMENT ON COLUMN vault.right_request.reason IS 'わけ';
COMMENT ON COLUMN vault.right_request.requested_by IS '申請した人';
COMMENT ON COLUMN vault.right_request.requested_at IS '申請の日時';
CREATE INDEX right_request_actor ON vault.right_request (client_id, actor);

CREATE TABLE vault.right_approval (
  right_id    bigint PRIMARY KEY REFERENCES vault.right_request,
  approved_by vault.actor NOT NULL,
  approved_at timestamptz NOT NULL
);
COMMENT ON TABLE vault.right_approval IS '金庫の権限の承認。申請した人と本人は承認できない。';
COMMENT ON COLUMN vault.right_approval.right_id IS '権限の番号';
COMMENT ON COLUMN vault.right_approval.approved_by IS '承認した人';
COMMENT ON COLUMN vault.right_approval.approved_at IS '承認の日時';

CREATE TABLE vault.right_end (
  right_id bigint PRIMARY KEY REFERENCES vault.right_approval,
  ended_by vault.actor NOT NULL,
  reason   text NOT NULL CHECK (reason <> ''),
  ended_at timestamptz NOT NULL
);
COMMENT ON TABLE vault.right_end IS '金庫の権限の失効。次の呼び出しから効く。';
COMMENT ON COLUMN vault.right_end.right_id IS '権限の番号';
COMMENT ON COLUMN vault.right_end.ended_by IS '失効させた人';
COMMENT ON COLUMN vault.right_end.reason IS 'わけ';
COMMENT ON COLUMN vault.right_end.ended_at IS '失効の日時';

CREATE FUNCTION vault.two_people() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE asked record;
BEGIN
  SELECT * INTO asked FROM vault.right_request WHERE right_id = NEW.right_id;
  IF NEW.approved_by = asked.requested_by OR NEW.approved_by = asked.actor THEN
    RAISE EXCEPTION 'the same person' USING ERRCODE = '23514', CONSTRAINT = 'right_two_people', SCHEMA = 'vault', TABLE = 'right_approval';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER right_two_people BEFORE INSERT ON vault.right_approval FOR EACH ROW EXECUTE FUNCTION vault.two_people();

CREATE TABLE vault.policy (
  only_row        boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  step_up_limit   interval NOT NULL DEFAULT '5 minutes' CHECK (step_up_limit <= interval '5 minutes'),
  reveals_an_hour integer NOT NULL DEFAULT 30 CHECK (reveals_an_hour BETWEEN 1 AND 1000),
  backup_days     integer NOT NULL DEFAULT 90 CHECK (backup_days BETWEEN 1 AND 3650)
);
COMMENT ON TABLE vault.policy IS '金庫の決まり';
COMMENT ON COLUMN vault.policy.only_row IS '1行だけ';
COMMENT ON COLUMN vault.policy.step_up_limit IS '表示の前の再認証の有効な時間（5分以内）';
COMMENT ON COLUMN vault.policy.reveals_an_hour IS '1人が1時間に表示できる件数';
COMMENT ON COLUMN vault.policy.backup_days IS 'バックアップを残す日数（消去の記録に、読めなくなる日を書く）';
INSERT INTO vault.policy DEFAULT VALUES;

CREATE TABLE vault.used_statement (
  statement_id uuid PRIMARY KEY,
  expires_at   timestamptz NOT NULL
);
COMMENT ON TABLE vault.used_statement IS '使った申立て（署名つき・60秒以内・1回だけ）。期限を過ぎたら消す。';
COMMENT ON COLUMN vault.used_statement.statement_id IS '申立ての番号';
COMMENT ON COLUMN vault.used_statement.expires_at IS '申立ての期限';
CREATE INDEX used_statement_expires ON vault.used_statement (expires_at);

-- ---- 記録 ----------------------------------------------------------------------------------------------------
CREATE TABLE vault.log (
  seq          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  processed_at timestamptz NOT NULL,
  client_id    text NOT NULL CHECK (client_id <> ''),
  actor        text NOT NULL CHECK (actor <> ''),
  purpose      text NOT NULL CHECK (purpose <> ''),
  operation    text NOT NULL CHECK (operation <> ''),
  subject      text NOT NULL CHECK (subject ~ '^[A-Za-z0-9:._/-]{1,120}$'),
  person_ref   uuid,
  rows         integer NOT NULL CHECK (rows >= 0),
  refusal_code text,
  statement_id uuid
);
COMMENT ON TABLE vault.log IS '金庫の記録。呼び出し（断ったものも）1回につき1行を、同じトランザクションで書く。書けなければ呼び出しは失敗する。';
COMMENT ON COLUMN vault.log.seq IS '通し番号';
COMMENT ON COLUMN vault.log.processed_at IS '処理日時';
COMMENT ON COLUMN vault.log.client_id IS '接続元';
COMMENT ON COLUMN vault.log.actor IS '処理した人';
COMMENT ON COLUMN vault.log.purpose IS '目的';
COMMENT ON COLUMN vault.log.operation IS '操作';
COMMENT ON COLUMN vault.log.subject IS '何について（宛名番号・事件など、呼ぶ側の参照）';
COMMENT ON COLUMN vault.log.person_ref IS '人の参照（1人についての操作のとき）';
COMMENT ON COLUMN vault.log.rows IS '件数';
COMMENT ON COLUMN vault.log.refusal_code IS '断ったわけの符号';
COMMENT ON COLUMN vault.log.statement_id IS '申立ての番号';
CREATE INDEX log_actor ON vault.log (actor, processed_at) WHERE operation = 'reveal' AND refusal_code IS NULL;

-- ---- 消去 ----------------------------------------------------------------------------------------------------
CREATE TABLE vault.erasure_request (
  request_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  person_ref   uuid NOT NULL,
  rule         text NOT NULL CHECK (rule IN ('retentionOver', 'wrongEntry', 'order')),
  reason       text NOT NULL CHECK (reason <> ''),
  requested_by vault.actor NOT NULL,
  requested_at timestamptz NOT NULL
);
COMMENT ON TABLE vault.erasure_request IS '消去の申出。別の人が確かめて消す。';
COMMENT ON COLUMN vault.erasure_request.request_id IS '申出の番号';
COMMENT ON COLUMN vault.erasure_request.person_ref IS '人の参照';
COMMENT ON COLUMN vault.erasure_request.rule IS '保存期間の経過・誤入力・命令';
COMMENT ON COLUMN vault.erasure_request.reason IS 'わけ';
COMMENT ON COLUMN vault.erasure_request.requested_by IS '申し出た人';
COMMENT ON COLUMN vault.erasure_request.requested_at IS '申出の日時';

CREATE TABLE vault.erasure (
  request_id        bigint PRIMARY KEY REFERENCES vault.erasure_request,
  records           integer NOT NULL CHECK (records >= 0),
  erased_by         vault.actor NOT NULL,
  erased_at         timestamptz NOT NULL,
  backups_expire_on date NOT NULL
);
COMMENT ON TABLE vault.erasure IS '削除の記録。個人番号も索引（HMAC）も持たない。';
COMMENT ON COLUMN vault.erasure.request_id IS '申出の番号';
COMMENT ON COLUMN vault.erasure.records IS '消した行の数';
COMMENT ON COLUMN vault.erasure.erased_by IS '消した人';
COMMENT ON COLUMN vault.erasure.erased_at IS '消した日時';
COMMENT ON COLUMN vault.erasure.backups_expire_on IS 'バックアップからも無くなる日';

CREATE FUNCTION vault.two_people_erase() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM vault.erasure_request q WHERE q.request_id = NEW.request_id AND q.requested_by = NEW.erased_by) THEN
    RAISE EXCEPTION 'the same person' USING ERRCODE = '23514', CONSTRAINT = 'erasure_two_people', SCHEMA = 'vault', TABLE = 'erasure';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER erasure_two_people BEFORE INSERT ON vault.erasure FOR EACH ROW EXECUTE FUNCTION vault.two_people_erase();

-- ---- 預けた鍵のかけら -------------------------------------------------------------------------------------------
CREATE TABLE vault.escrow (
  set_id    text PRIMARY KEY CHECK (set_id ~ '^[0-9A-F]{8}$'),
  threshold smallint NOT NULL CHECK (threshold >= 2),
  shares    smallint NOT NULL CHECK (shares >= threshold),
  made_by   vault.actor NOT NULL,
  made_at   timestamptz NOT NULL
);
COMMENT ON TABLE vault.escrow IS '親鍵を分けて預けた記録（分け方と人数。かけらそのものは置かない）';
COMMENT ON COLUMN vault.escrow.set_id IS '組の番号';
COMMENT ON COLUMN vault.escrow.threshold IS '復元に要る数';
COMMENT ON COLUMN vault.escrow.shares IS '配った数';
COMMENT ON COLUMN vault.escrow.made_by IS '分けた人';
COMMENT ON COLUMN vault.escrow.made_at IS '分けた日時';

CREATE TABLE vault.drill (
  drill_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  set_id    text NOT NULL,
  readable  integer NOT NULL CHECK (readable >= 0),
  damaged   integer NOT NULL CHECK (damaged >= 0),
  done_by   vault.actor NOT NULL,
  done_at   timestamptz NOT NULL
);
COMMENT ON TABLE vault.drill IS '復元訓練の記録（かけらから親鍵を戻し、全件を読めるか）';
COMMENT ON COLUMN vault.drill.drill_id IS '訓練の番号';
COMMENT ON COLUMN vault.drill.set_id IS '使ったかけらの組';
COMMENT ON COLUMN vault.drill.readable IS '読めた件数';
COMMENT ON COLUMN vault.drill.damaged IS '読めなかった件数';
COMMENT ON COLUMN vault.drill.done_by IS '行った人';
COMMENT ON COLUMN vault.drill.done_at IS '行った日時';

-- 追記だけの表は、誰の権限でも書き換えられない。
CREATE FUNCTION vault.append_only() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '42501';
END $$;
CREATE TRIGGER log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON vault.log FOR EACH STATEMENT EXECUTE FUNCTION vault.append_only();
CREATE TRIGGER erasure_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON vault.erasure FOR EACH STATEMENT EXECUTE FUNCTION vault.append_only();

-- 金庫の判断。空の文字なら進んでよい。申立てはここで使い切る。
CREATE FUNCTION vault.decide(statement uuid, expires timestamptz, of_client text, of_actor text, of_operation text, of_purpose text,
  stepped_up timestamptz, moment timestamptz) RETURNS text
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE p vault.policy; fresh integer; day date := (moment AT TIME ZONE 'Asia/Tokyo')::date;
BEGIN
  INSERT INTO vault.used_statement (statement_id, expires_at) VALUES (statement, expires) ON CONFLICT DO NOTHING;
  GET DIAGNOSTICS fresh = ROW_COUNT;
  IF fresh = 0 THEN RETURN 'statementUsed'; END IF;
  IF NOT EXISTS (SELECT FROM vault.purpose x WHERE x.code = of_purpose AND of_operation = ANY (x.operations)) THEN RETURN 'purposeRefused'; END IF;
  IF NOT EXISTS (SELECT FROM vault.right_request r JOIN vault.right_approval a USING (right_id) LEFT JOIN vault.right_end e USING (right_id)
                 WHERE r.client_id = of_client AND r.actor = of_actor AND of_operation = ANY (r.operations) AND day BETWEEN r.starts_on AND r.ends_on
                   AND e.right_id IS NULL) THEN RETURN 'rightMissing'; END IF;
  IF of_operation = 'reveal' THEN
    SELECT * INTO STRICT p FROM vault.policy;
    IF stepped_up IS NULL OR stepped_up + p.step_up_limit < moment OR stepped_up > moment + interval '5 seconds' THEN RETURN 'stepUpNeeded'; END IF;
    IF (SELECT count(*) FROM vault.log l WHERE l.actor = of_actor AND l.operation = 'reveal' AND l.refusal_code IS NULL
          AND l.processed_at > moment - interval '1 hour') >= p.reveals_an_hour THEN RETURN 'revealLimit'; END IF;
  END IF;
  RETURN '';
END $$;
COMMENT ON FUNCTION vault.decide IS '目的・権限・再認証・件数を金庫の表だけで確かめ、申立てを使い切る';

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA vault FROM PUBLIC;
GRANT USAGE ON SCHEMA vault TO hagukumi_vault;
GRANT EXECUTE ON FUNCTION vault.decide TO hagukumi_vault;
GRANT SELECT ON ALL TABLES IN SCHEMA vault TO hagukumi_vault;
GRANT INSERT ON vault.person, vault.record, vault.number_index, vault.entry, vault.used_statement, vault.log, vault.erasure_request, vault.erasure TO hagukumi_vault;
GRANT UPDATE (state, ended_at) ON vault.record TO hagukumi_vault;
GRANT DELETE ON vault.person, vault.record, vault.number_index, vault.used_statement TO hagukumi_vault;

-- 鍵・接続元・権限の管理は、業務の呼び出しとは別の役割で行う。
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hagukumi_vault_keys') THEN
    BEGIN
      CREATE ROLE hagukumi_vault_keys NOLOGIN;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END;
  END IF;
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO hagukumi_vault_keys', current_database());
END
$$;
GRANT USAGE ON SCHEMA vault TO hagukumi_vault_keys;
GRANT SELECT ON ALL TABLES IN SCHEMA vault TO hagukumi_vault_keys;
GRANT INSERT ON vault.key_version, vault.number_index, vault.client, vault.right_request, vault.right_approval, vault.right_end, vault.escrow, vault.drill, vault.log TO hagukumi_vault_keys;
GRANT UPDATE (active, wrapped) ON vault.key_version TO hagukumi_vault_keys;
GRANT UPDATE (wrapped_dek, key_version) ON vault.person TO hagukumi_vault_keys;
GRANT UPDATE (valid_to) ON vault.client TO hagukumi_vault_keys;
GRANT UPDATE (step_up_limit, reveals_an_hour, backup_days) ON vault.policy TO hagukumi_vault_keys;
GRANT DELETE ON vault.key_version, vault.number_index TO hagukumi_vault_keys;
