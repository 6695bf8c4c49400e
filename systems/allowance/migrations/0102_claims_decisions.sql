-- Up Migration
CREATE TABLE allowance.claim (
  claim_id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  reception_number  text NOT NULL UNIQUE CHECK (reception_number ~ '^[0-9]{1,10}$'),
  kind              text NOT NULL CHECK (kind IN ('certification', 'increase', 'supportConfirmation')),
  received_on       date NOT NULL,
  channel           text NOT NULL CHECK (channel IN ('counter', 'post', 'online')),
  claimant_number   allowance.addressee_number NOT NULL REFERENCES allowance.addressee,
  recipient_kind    text NOT NULL CHECK (recipient_kind IN ('individual', 'corporateGuardian', 'institution')),
  cause             text NOT NULL,
  cause_on          date,
  obstacle_ended_on date,
  employee_class    text CHECK (employee_class IN ('employee', 'nonEmployee')),
  ward_code         text NOT NULL CHECK (ward_code ~ '^[0-9]{6}$'),
  account           jsonb,
  content_digest    allowance.digest NOT NULL,
  recorded_by       allowance.operator NOT NULL,
  batch_id          bigint,
  recorded_at       timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE allowance.claim IS '受付簿。受付日（請求日）と入力した時刻は別に持つ。同じ受付番号で違う内容は受け付けない。';
CREATE INDEX claim_claimant ON allowance.claim (claimant_number);

CREATE TABLE allowance.claim_child (
  claim_id         bigint NOT NULL REFERENCES allowance.claim,
  child_number     allowance.addressee_number NOT NULL REFERENCES allowance.addressee,
  role             text NOT NULL CHECK (role IN ('child', 'counted')),
  relation         text NOT NULL,
  serial           smallint NOT NULL CHECK (serial BETWEEN 1 AND 99),
  care_from        date,
  care_to          date,
  support_from     date,
  support_to       date,
  graduation_month allowance.benefit_month,
  living           text CHECK (living IN ('together', 'apart')),
  livelihood       text CHECK (livelihood IN ('common', 'maintained')),
  PRIMARY KEY (claim_id, child_number)
);
COMMENT ON TABLE allowance.claim_child IS '請求に書かれた児童と算定対象者';
CREATE INDEX claim_child_child ON allowance.claim_child (child_number);

CREATE TABLE allowance.claim_withdrawal (
  claim_id     bigint PRIMARY KEY REFERENCES allowance.claim,
  withdrawn_on date NOT NULL,
  recorded_by  allowance.operator NOT NULL,
  recorded_at  timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE allowance.claim_withdrawal IS '取下げ。取り下げた請求は審査も決定もしない。';

CREATE TABLE allowance.facts (
  facts_digest allowance.digest PRIMARY KEY,
  facts        jsonb NOT NULL
);
COMMENT ON TABLE allowance.facts IS '決定に使った事実のすべて（法の計算に渡す形そのもの）。中身のハッシュが鍵で、書き換わらない（M4）。';

CREATE TABLE allowance.examination (
  claim_id      bigint NOT NULL REFERENCES allowance.claim,
  seq           smallint NOT NULL CHECK (seq >= 1),
  outcome       text NOT NULL CHECK (outcome IN ('grant', 'refuse', 'impossible')),
  facts_digest  allowance.digest REFERENCES allowance.facts,
  rule_version  text NOT NULL,
  proposal      jsonb NOT NULL,
  examined_by   allowance.operator NOT NULL,
  recorded_at   timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (claim_id, seq),
  UNIQUE (claim_id, seq, examined_by, outcome),
  CHECK (outcome = 'impossible' OR facts_digest IS NOT NULL)
);
COMMENT ON TABLE allowance.examination IS '審査（案）。支払からは見えない。決裁は審査の中身（facts_digest）に結びつく。';

CREATE TABLE allowance.approval (
  claim_id    bigint PRIMARY KEY REFERENCES allowance.claim,
  seq         smallint NOT NULL,
  examined_by allowance.operator NOT NULL,
  outcome     text NOT NULL,
  approved_by allowance.operator NOT NULL,
  decided_on  date NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  FOREIGN KEY (claim_id, seq, examined_by, outcome) REFERENCES allowance.examination (claim_id, seq, examined_by, outcome),
  CONSTRAINT approval_two_people CHECK (examined_by <> approved_by),
  CONSTRAINT approval_of_answer CHECK (outcome <> 'impossible')
);
COMMENT ON TABLE allowance.approval IS '決裁。どの審査（claim_id・seq）を決めたかを指す。審査した人は決裁できない。請求1件につき1回だけ。';

CREATE TABLE allowance.recipient (
  recipient_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY CHECK (recipient_id BETWEEN 1 AND 9999999999),
  addressee_number  allowance.addressee_number NOT NULL REFERENCES allowance.addressee,
  kind              text NOT NULL CHECK (kind IN ('individual', 'corporateGuardian', 'institution')),
  ordinal           smallint NOT NULL CHECK (ordinal >= 1),
  opened_by_claim   bigint NOT NULL UNIQUE REFERENCES allowance.claim,
  ward_code         text NOT NULL CHECK (ward_code ~ '^[0-9]{6}$'),
  recorded_at       timestamptz NOT NULL DEFAULT now(),
  UNIQUE (addressee_number, kind, ordinal)
);
COMMENT ON TABLE allowance.recipient IS '受給者（認定番号ごとに1行）。消滅したあと改めて認定されたら ordinal を増やした新しい行になる。';

CREATE TABLE allowance.decision (
  decision_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  recipient_id    bigint REFERENCES allowance.recipient,
  seq             integer NOT NULL CHECK (seq >= 1),
  claim_id        bigint REFERENCES allowance.claim,
  kind            text NOT NULL CHECK (kind IN ('certify', 'refuse', 'increase', 'decrease', 'extinguish', 'correct')),
  effective_month allowance.benefit_month NOT NULL,
  cause           text NOT NULL,
  ex_officio      boolean NOT NULL,
  origin          text NOT NULL CHECK (origin IN ('claim', 'exOfficio', 'batch')),
  monthly_total   integer CHECK (monthly_total >= 0),
  facts_digest    allowance.digest NOT NULL REFERENCES allowance.facts,
  rule_version    text NOT NULL,
  decided_on      date NOT NULL,
  examined_by     allowance.operator NOT NULL,
  approved_by     allowance.operator NOT NULL,
  recorded_at     timestamptz NOT NULL DEFAULT now(),
  UNIQUE (recipient_id, seq),
  CONSTRAINT decision_needs_case CHECK (kind = 'refuse' OR recipient_id IS NOT NULL),
  CONSTRAINT decision_two_people CHECK (examined_by <> approved_by)
);
COMMENT ON TABLE allowance.decision IS '決定（認定・却下・増額・減額・消滅・訂正）。effective_month は新しい状態になる最初の月分。審査した人と決裁した人は必ず別。';
CREATE INDEX decision_claim ON allowance.decision (claim_id);

-- M25: 一括処理は、終わった受給者（消滅）や終わった請求（却下）に触れない。
CREATE FUNCTION allowance.decision_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE bad bigint;
BEGIN
  SELECT n.recipient_id INTO bad FROM new_rows n
  JOIN allowance.decision d ON d.recipient_id = n.recipient_id AND d.seq < n.seq AND d.kind = 'extinguish'
  WHERE n.origin = 'batch'
    AND NOT EXISTS (SELECT 1 FROM allowance.decision r WHERE r.recipient_id = n.recipient_id AND r.kind = 'correct' AND r.seq > d.seq AND r.seq < n.seq)
  LIMIT 1;
  IF bad IS NOT NULL THEN
    RAISE EXCEPTION '消滅した受給者 % を一括処理で変えることはできません', bad USING ERRCODE = 'HG025', CONSTRAINT = 'decision_terminal';
  END IF;
  SELECT n.decision_id INTO bad FROM new_rows n
  JOIN allowance.decision d ON d.claim_id = n.claim_id AND d.kind = 'refuse' AND d.decision_id <> n.decision_id
  WHERE n.origin = 'batch' LIMIT 1;
  IF bad IS NOT NULL THEN
    RAISE EXCEPTION '却下した請求を一括処理で変えることはできません' USING ERRCODE = 'HG025', CONSTRAINT = 'decision_terminal';
  END IF;
  SELECT n.claim_id INTO bad FROM new_rows n JOIN allowance.claim_withdrawal w USING (claim_id) LIMIT 1;
  IF bad IS NOT NULL THEN
    RAISE EXCEPTION '取り下げた請求 % は決定できません', bad USING ERRCODE = 'HG025', CONSTRAINT = 'decision_terminal';
  END IF;
  SELECT n.recipient_id INTO bad FROM new_rows n
  WHERE n.recipient_id IS NOT NULL AND n.seq > 1
    AND NOT EXISTS (SELECT 1 FROM allowance.decision d WHERE d.recipient_id = n.recipient_id AND d.seq = n.seq - 1)
  LIMIT 1;
  IF bad IS NOT NULL THEN
    RAISE EXCEPTION '受給者 % の決定の番号が飛んでいます', bad USING ERRCODE = 'HG026', CONSTRAINT = 'decision_sequence';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER decision_guard AFTER INSERT ON allowance.decision
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION allowance.decision_guard();

CREATE VIEW allowance.recipient_window WITH (security_invoker = true) AS
SELECT d.recipient_id,
       min(d.effective_month) FILTER (WHERE d.kind = 'certify')                  AS first_month,
       (max(d.effective_month) FILTER (WHERE d.kind = 'extinguish' AND NOT EXISTS (
          SELECT 1 FROM allowance.decision r WHERE r.recipient_id = d.recipient_id AND r.kind = 'correct' AND r.seq > d.seq)))::date
                                                                                  AS ended_from
FROM allowance.decision d
WHERE d.recipient_id IS NOT NULL
GROUP BY d.recipient_id;
COMMENT ON VIEW allowance.recipient_window IS '支給開始年月と、支給されない最初の月（消滅の翌月）。NULL は継続中。';

CREATE TABLE allowance.account (
  account_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  recipient_id   bigint NOT NULL REFERENCES allowance.recipient,
  bank           text NOT NULL CHECK (bank ~ '^[0-9]{4}$'),
  branch         text NOT NULL CHECK (branch ~ '^[0-9]{3}$'),
  account_type   text NOT NULL CHECK (account_type IN ('1', '2', '4')),
  account_number text NOT NULL CHECK (account_number ~ '^[0-9]{7}$' AND account_number <> '0000000'),
  holder         text NOT NULL CHECK (holder ~ '^[ ().0-9A-Z｢｣ｦ-ﾟ-]{1,30}$'),
  source         text NOT NULL CHECK (source IN ('claim', 'change', 'publicAccount')),
  claim_id       bigint REFERENCES allowance.claim,
  entered_by     allowance.operator NOT NULL,
  approved_by    allowance.operator NOT NULL,
  recorded_at    timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT account_two_people CHECK (entered_by <> approved_by)
);
COMMENT ON TABLE allowance.account IS '振込先口座。変更は新しい行で、最後の行がいまの口座。holder は全銀の半角カナ（30文字まで）。';
CREATE INDEX account_recipient ON allowance.account (recipient_id, account_id DESC);
CREATE INDEX account_same ON allowance.account (bank, branch, account_type, account_number);

CREATE TABLE allowance.hold (
  hold_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  recipient_id bigint NOT NULL REFERENCES allowance.recipient,
  kind         text NOT NULL CHECK (kind IN ('hold', 'pending')),
  from_month   allowance.benefit_month NOT NULL,
  cause        text NOT NULL CHECK (cause <> ''),
  placed_by    allowance.operator NOT NULL,
  recorded_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE allowance.hold IS '差止（11条）と保留。この月分から先は支払に入らない（M7）。';
CREATE TABLE allowance.hold_release (
  hold_id     bigint PRIMARY KEY REFERENCES allowance.hold,
  cause       text NOT NULL CHECK (cause <> ''),
  released_by allowance.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE allowance.hold_release IS '差止・保留の解除';

GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA allowance TO hagukumi_allowance;
