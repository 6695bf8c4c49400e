-- Up Migration
CREATE SCHEMA allowance;
COMMENT ON SCHEMA allowance IS '児童手当システム（システム1）。台帳・請求・決定・元帳・支払。行は追記だけで、書き換えも削除もしない。';

CREATE DOMAIN allowance.addressee_number AS bigint CHECK (VALUE BETWEEN 1 AND 999999999999999);
COMMENT ON DOMAIN allowance.addressee_number IS '宛名番号（15桁。画面と連携では左を0で埋める）';
CREATE DOMAIN allowance.benefit_month AS date CHECK (extract(day FROM VALUE) = 1);
COMMENT ON DOMAIN allowance.benefit_month IS '月分（その月の1日で表す）';
CREATE DOMAIN allowance.operator AS text CHECK (VALUE ~ '^[A-Za-z0-9._@-]{1,64}$');
COMMENT ON DOMAIN allowance.operator IS '職員の識別子';
CREATE DOMAIN allowance.digest AS text CHECK (VALUE ~ '^[0-9a-f]{64}$');
COMMENT ON DOMAIN allowance.digest IS 'SHA-256（16進64桁）';

CREATE TABLE allowance.import_batch (
  batch_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  file_name   text NOT NULL,
  sha256      allowance.digest NOT NULL,
  rows        integer NOT NULL CHECK (rows >= 0),
  added       integer NOT NULL CHECK (added >= 0),
  unchanged   integer NOT NULL CHECK (unchanged >= 0),
  rejected    integer NOT NULL CHECK (rejected >= 0),
  imported_by allowance.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CHECK (rows = added + unchanged + rejected)
);
COMMENT ON TABLE allowance.import_batch IS '取り込みの記録。件数は必ず 読んだ行=追加+変更なし+不受理 になる。';

CREATE TABLE allowance.addressee (
  addressee_number allowance.addressee_number PRIMARY KEY,
  kind             text NOT NULL CHECK (kind IN ('person', 'organization')),
  UNIQUE (addressee_number, kind)
);
COMMENT ON TABLE allowance.addressee IS '宛名。住民と法人・施設は同じ番号空間を使う。消さない（未払の手当を宙に浮かせないため。M31）。';

CREATE TABLE allowance.person_history (
  addressee_number     allowance.addressee_number NOT NULL REFERENCES allowance.addressee,
  history_no           integer NOT NULL CHECK (history_no BETWEEN 1 AND 99999),
  revision             smallint NOT NULL CHECK (revision >= 1),
  valid_from           date NOT NULL,
  valid_from_unknown   boolean NOT NULL,
  reported_on          date,
  event_code           text NOT NULL,
  household_number     bigint NOT NULL,
  resident_kind        smallint NOT NULL CHECK (resident_kind IN (1, 2)),
  resident_state       smallint NOT NULL CHECK (resident_state IN (1, 2, 3, 9)),
  name                 text NOT NULL,
  kana                 text NOT NULL,
  sex                  smallint NOT NULL CHECK (sex IN (0, 1, 2, 9)),
  birth_date           date NOT NULL,
  birth_date_unknown   boolean NOT NULL,
  relation_code        text NOT NULL,
  ward_code            text NOT NULL CHECK (ward_code ~ '^[0-9]{6}$'),
  postal_code          text NOT NULL,
  address              text NOT NULL,
  planned_move_out_on  date,
  previous_municipality text,
  next_municipality    text,
  protected            boolean NOT NULL,
  protected_from       date,
  protected_to         date,
  deleted              boolean NOT NULL,
  row_digest           allowance.digest NOT NULL,
  batch_id             bigint NOT NULL,
  recorded_at          timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (addressee_number, history_no, revision)
);
COMMENT ON TABLE allowance.person_history IS '住民の履歴。同じ履歴番号が違う内容で届いたら、古い行を残して revision を増やす。';
CREATE INDEX person_history_household ON allowance.person_history (household_number);
CREATE INDEX person_history_kana ON allowance.person_history (replace(kana, '　', '') text_pattern_ops);

CREATE VIEW allowance.person_current WITH (security_invoker = true) AS
SELECT DISTINCT ON (addressee_number) *
FROM allowance.person_history
ORDER BY addressee_number, history_no DESC, revision DESC;
COMMENT ON VIEW allowance.person_current IS '住民のいまの姿（最後の履歴の最後の版）';

CREATE TABLE allowance.organization_history (
  addressee_number allowance.addressee_number NOT NULL REFERENCES allowance.addressee,
  revision         smallint NOT NULL CHECK (revision >= 1),
  name             text NOT NULL,
  kana             text NOT NULL,
  kind             text NOT NULL CHECK (kind IN ('institution', 'corporateGuardian')),
  ward_code        text NOT NULL CHECK (ward_code ~ '^[0-9]{6}$'),
  postal_code      text NOT NULL,
  address          text NOT NULL,
  founder          text NOT NULL CHECK (founder IN ('private', 'public')),
  row_digest       allowance.digest NOT NULL,
  batch_id         bigint NOT NULL,
  recorded_at      timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (addressee_number, revision)
);
COMMENT ON TABLE allowance.organization_history IS '施設等受給者・法人の履歴';

CREATE TABLE allowance.status_period (
  kind                 text NOT NULL CHECK (kind IN ('publicServant', 'detained', 'abroad', 'institution', 'careEnd', 'supportEnd')),
  addressee_number     allowance.addressee_number NOT NULL REFERENCES allowance.addressee,
  counterparty_number  allowance.addressee_number REFERENCES allowance.addressee,
  starts_on            date NOT NULL,
  ends_on              date CHECK (ends_on >= starts_on),
  revision             smallint NOT NULL CHECK (revision >= 1),
  short_stay           boolean NOT NULL,
  study                boolean NOT NULL,
  lived_in_japan_since date,
  row_digest           allowance.digest NOT NULL,
  batch_id             bigint NOT NULL,
  recorded_at          timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (kind, addressee_number, starts_on, revision)
);
COMMENT ON TABLE allowance.status_period IS '期間のある事実（公務員・身柄拘束・国外・施設入所・監護の終了・負担の終了）';
CREATE INDEX status_period_person ON allowance.status_period (addressee_number);
CREATE INDEX status_period_counterparty ON allowance.status_period (counterparty_number);

CREATE TABLE allowance.income_history (
  addressee_number    allowance.addressee_number NOT NULL REFERENCES allowance.addressee,
  income_year         smallint NOT NULL CHECK (income_year BETWEEN 2008 AND 2100),
  history_no          smallint NOT NULL CHECK (history_no >= 1),
  revision            smallint NOT NULL CHECK (revision >= 1),
  employment          bigint NOT NULL,
  pension             bigint NOT NULL,
  other               bigint NOT NULL,
  deductions          bigint NOT NULL CHECK (deductions >= 0),
  dependants          smallint NOT NULL CHECK (dependants >= 0),
  elderly_dependants  smallint NOT NULL CHECK (elderly_dependants BETWEEN 0 AND dependants),
  known_on            date,
  row_digest          allowance.digest NOT NULL,
  batch_id            bigint NOT NULL,
  recorded_at         timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (addressee_number, income_year, history_no, revision)
);
COMMENT ON TABLE allowance.income_history IS '所得（円、1月1日から12月31日まで）。令和6年9月分までの判定と生計中心者の判定に使う。';

CREATE TABLE allowance.setting (
  name        text NOT NULL,
  valid_from  date NOT NULL,
  revision    smallint NOT NULL CHECK (revision >= 1),
  value       jsonb NOT NULL,
  entered_by  allowance.operator NOT NULL,
  approved_by allowance.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (name, valid_from, revision),
  CONSTRAINT setting_two_people CHECK (entered_by <> approved_by)
);
COMMENT ON TABLE allowance.setting IS '市の設定（支払日の規則・委託者・稼働開始月など）。日付つき、二人で決める。';

-- 金融機関・支店。改廃は行を足して表す（終わりは *_end に書く）。
CREATE TABLE allowance.bank_snapshot (
  snapshot_id   integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  source        text NOT NULL,
  snapshot_date date NOT NULL,
  sha256        allowance.digest NOT NULL UNIQUE,
  loaded_by     allowance.operator NOT NULL,
  recorded_at   timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE allowance.bank_snapshot IS '金融機関マスタの取り込み';
CREATE TABLE allowance.branch (
  bank        text NOT NULL CHECK (bank ~ '^[0-9]{4}$'),
  branch      text NOT NULL CHECK (branch ~ '^[0-9]{3}$'),
  valid_from  date NOT NULL,
  bank_name   text NOT NULL,
  bank_kana   text NOT NULL,
  branch_name text NOT NULL,
  branch_kana text NOT NULL,
  snapshot_id integer NOT NULL REFERENCES allowance.bank_snapshot,
  PRIMARY KEY (bank, branch, valid_from)
);
COMMENT ON TABLE allowance.branch IS '支店（金融機関名と支店名の変更は、終わりの行と新しい行で表す）。カナは全銀の半角カナ。';
CREATE TABLE allowance.branch_end (
  bank             text NOT NULL,
  branch           text NOT NULL,
  valid_from       date NOT NULL,
  last_day         date NOT NULL,
  successor_bank   text,
  successor_branch text,
  snapshot_id      integer NOT NULL REFERENCES allowance.bank_snapshot,
  PRIMARY KEY (bank, branch, valid_from),
  FOREIGN KEY (bank, branch, valid_from) REFERENCES allowance.branch
);
COMMENT ON TABLE allowance.branch_end IS '支店の廃止・名称変更（最後に使える日）';
CREATE VIEW allowance.branch_period WITH (security_invoker = true) AS
SELECT b.*, e.last_day, e.successor_bank, e.successor_branch
FROM allowance.branch b LEFT JOIN allowance.branch_end e USING (bank, branch, valid_from);
COMMENT ON VIEW allowance.branch_period IS '支店と有効期間';

GRANT USAGE ON SCHEMA allowance TO hagukumi_allowance;
GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA allowance TO hagukumi_allowance;

-- 取り込みの番号は、その行々に書いてから最後に記録そのものを書くので、先に取る。
GRANT USAGE ON SEQUENCE allowance.import_batch_batch_id_seq TO hagukumi_allowance;
