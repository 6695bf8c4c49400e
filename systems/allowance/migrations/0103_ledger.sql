-- Up Migration
-- 元帳。1行が「借方から貸方へ amount 円」の複式の仕訳で、行の形そのものが貸借の一致を保証する（M2）。
-- 見出し（journal）は件数と合計を先に宣言し、コミットの時に中身と照合する。
CREATE TABLE allowance.journal (
  journal_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind         text NOT NULL CHECK (kind IN ('accrue', 'reverse', 'reserve', 'unreserve', 'pay', 'unpay', 'return', 'reinstate', 'overpay')),
  run_no       integer,
  command_key  text NOT NULL REFERENCES audit.command DEFERRABLE INITIALLY DEFERRED,
  occurred_on  date NOT NULL,
  entry_count  integer NOT NULL CHECK (entry_count > 0),
  total        bigint NOT NULL CHECK (total > 0),
  xact         xid8 NOT NULL DEFAULT pg_current_xact_id(),
  recorded_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE allowance.journal IS '仕訳の見出し。entry_count と total は、コミットの時に明細と一致しなければならない。';

CREATE TABLE allowance.ledger_entry (
  journal_id     bigint NOT NULL,
  debit          text NOT NULL CHECK (debit  IN ('entitlement', 'due', 'clearing', 'bank', 'returned', 'receivable', 'forfeited')),
  credit         text NOT NULL CHECK (credit IN ('entitlement', 'due', 'clearing', 'bank', 'returned', 'receivable', 'forfeited')),
  recipient_id   bigint NOT NULL,
  child_number   allowance.addressee_number,
  benefit_month  allowance.benefit_month,
  run_no         integer,
  line_no        integer,
  amount         integer NOT NULL CHECK (amount > 0),
  CONSTRAINT ledger_two_accounts CHECK (debit <> credit)
);
COMMENT ON TABLE allowance.ledger_entry IS '仕訳の明細。debit から credit へ amount 円が動く。entitlement 支給決定 / due 未払（受給者×児童×月分） / clearing 支払処理中（支払処理ごと） / bank 支払済 / returned 振込不能で戻った額 / receivable 過払（返納） / forfeited 時効';
CREATE INDEX ledger_entry_recipient ON allowance.ledger_entry (recipient_id);
CREATE INDEX ledger_entry_journal ON allowance.ledger_entry (journal_id);

CREATE VIEW allowance.ledger_leg WITH (security_invoker = true) AS
SELECT journal_id, debit AS account, recipient_id, child_number, benefit_month, run_no, line_no, -amount AS amount FROM allowance.ledger_entry
UNION ALL
SELECT journal_id, credit, recipient_id, child_number, benefit_month, run_no, line_no, amount FROM allowance.ledger_entry;
COMMENT ON VIEW allowance.ledger_leg IS '勘定ごとの増減。合計はいつでも0。';

-- 明細は、見出しと同じトランザクションの中でだけ足せる（閉じた仕訳に後から足せない）。
CREATE FUNCTION allowance.ledger_entry_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM (SELECT DISTINCT journal_id FROM new_rows) n
             LEFT JOIN allowance.journal j USING (journal_id)
             WHERE j.journal_id IS NULL OR j.xact <> pg_current_xact_id()) THEN
    RAISE EXCEPTION '閉じた仕訳、または無い仕訳に明細を足すことはできません' USING ERRCODE = 'HG003', CONSTRAINT = 'ledger_closed_journal';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER ledger_entry_guard AFTER INSERT ON allowance.ledger_entry
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION allowance.ledger_entry_guard();

CREATE FUNCTION allowance.journal_balances() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE n bigint; t bigint; legs bigint;
BEGIN
  SELECT count(*), coalesce(sum(amount), 0) INTO n, t FROM allowance.ledger_entry WHERE journal_id = NEW.journal_id;
  IF n <> NEW.entry_count OR t <> NEW.total THEN
    RAISE EXCEPTION '仕訳 % の明細（%件 %円）が見出し（%件 %円）と合いません', NEW.journal_id, n, t, NEW.entry_count, NEW.total
      USING ERRCODE = 'HG002', CONSTRAINT = 'journal_balance';
  END IF;
  SELECT coalesce(sum(amount), 0) INTO legs FROM allowance.ledger_leg WHERE journal_id = NEW.journal_id;
  IF legs <> 0 THEN
    RAISE EXCEPTION '仕訳 % の貸借が合いません（差 %円）', NEW.journal_id, legs USING ERRCODE = 'HG002', CONSTRAINT = 'journal_balance';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER journal_balances AFTER INSERT ON allowance.journal
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION allowance.journal_balances();

-- 支払うべき額。児童×月分ごとに1件（後の決定による増額は tranche を足す）。
CREATE TABLE allowance.due_item (
  child_number   allowance.addressee_number NOT NULL,
  benefit_month  allowance.benefit_month NOT NULL,
  generation     smallint NOT NULL CHECK (generation >= 1),
  tranche        smallint NOT NULL CHECK (tranche >= 1),
  recipient_id   bigint NOT NULL,
  amount         integer NOT NULL CHECK (amount BETWEEN 1 AND 30000),
  band           text NOT NULL CHECK (band IN ('U3', 'EL', 'JH', 'HS')),
  birth_order    smallint,
  decision_id    bigint NOT NULL,
  facts_digest   allowance.digest NOT NULL,
  rule_version   text NOT NULL,
  journal_id     bigint NOT NULL,
  CONSTRAINT due_item_once PRIMARY KEY (child_number, benefit_month, generation, tranche)
);
COMMENT ON TABLE allowance.due_item IS '支払うべき額（未払）。鍵により、ひとりの児童の1か月分はひとりの受給者にだけ一度生じる（M1）。generation は受給者が改まった回、tranche は追加の回。rule_version と facts_digest が額の根拠（M4）。';
CREATE INDEX due_item_recipient ON allowance.due_item (recipient_id, benefit_month);

CREATE TABLE allowance.due_reversal (
  child_number  allowance.addressee_number NOT NULL,
  benefit_month allowance.benefit_month NOT NULL,
  generation    smallint NOT NULL,
  tranche       smallint NOT NULL,
  cause         text NOT NULL CHECK (cause <> ''),
  journal_id    bigint NOT NULL REFERENCES allowance.journal,
  PRIMARY KEY (child_number, benefit_month, generation, tranche),
  FOREIGN KEY (child_number, benefit_month, generation, tranche) REFERENCES allowance.due_item
);
COMMENT ON TABLE allowance.due_reversal IS 'まだ支払っていない額の取消し。支払った額は取り消せず、過払（receivable）になる。';

CREATE TABLE allowance.receivable (
  receivable_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  recipient_id  bigint NOT NULL REFERENCES allowance.recipient,
  child_number  allowance.addressee_number NOT NULL,
  benefit_month allowance.benefit_month NOT NULL,
  amount        integer NOT NULL CHECK (amount BETWEEN 1 AND 30000),
  decision_id   bigint REFERENCES allowance.decision,
  journal_id    bigint NOT NULL REFERENCES allowance.journal,
  recorded_at   timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE allowance.receivable IS '過払（返納すべき額）。払い過ぎはこの形でだけ現れる（M5）。';
CREATE INDEX receivable_month ON allowance.receivable (child_number, benefit_month);

-- 受給者が改まった月分を手放す（もう支払が残っていないときだけ）。
CREATE TABLE allowance.title_release (
  child_number  allowance.addressee_number NOT NULL,
  benefit_month allowance.benefit_month NOT NULL,
  generation    smallint NOT NULL,
  cause         text NOT NULL CHECK (cause <> ''),
  released_by   allowance.operator NOT NULL,
  approved_by   allowance.operator NOT NULL,
  recorded_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (child_number, benefit_month, generation),
  CONSTRAINT title_release_two_people CHECK (released_by <> approved_by)
);
COMMENT ON TABLE allowance.title_release IS '月分の受給者の交代。前の受給者への支払が0円に戻っているときだけ書ける（M1）。';

CREATE FUNCTION allowance.due_item_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- 決定と受給者が一致すること（M4）、支給開始年月より前・消滅後の月分でないこと（M6）
  IF EXISTS (SELECT 1 FROM (SELECT DISTINCT recipient_id, decision_id, facts_digest, rule_version FROM new_rows) n
             LEFT JOIN allowance.decision d ON d.decision_id = n.decision_id
             WHERE d.recipient_id IS DISTINCT FROM n.recipient_id OR d.facts_digest IS DISTINCT FROM n.facts_digest) THEN
    RAISE EXCEPTION '支払うべき額の根拠（決定と事実）が受給者の決定と一致しません' USING ERRCODE = 'HG004', CONSTRAINT = 'due_item_decision';
  END IF;
  IF EXISTS (SELECT 1 FROM (SELECT recipient_id, min(benefit_month) AS lo, max(benefit_month) AS hi FROM new_rows GROUP BY recipient_id) n
             LEFT JOIN (SELECT d.recipient_id, min(d.effective_month) FILTER (WHERE d.kind = 'certify') AS first_month,
                               max(d.effective_month) FILTER (WHERE d.kind = 'extinguish' AND NOT EXISTS (
                                 SELECT 1 FROM allowance.decision r WHERE r.recipient_id = d.recipient_id AND r.kind = 'correct' AND r.seq > d.seq)) AS ended_from
                        FROM allowance.decision d WHERE d.recipient_id IN (SELECT recipient_id FROM new_rows) GROUP BY d.recipient_id) w USING (recipient_id)
             WHERE w.first_month IS NULL OR n.lo < w.first_month OR n.hi >= w.ended_from) THEN
    RAISE EXCEPTION '支給開始年月より前、または消滅した後の月分は支払えません' USING ERRCODE = 'HG006', CONSTRAINT = 'due_item_window';
  END IF;
  -- 追加の回は同じ受給者で、番号が続いていること。受給者の交代は前の回が手放されていること（M1）
  IF EXISTS (SELECT 1 FROM new_rows n WHERE n.tranche > 1 AND NOT EXISTS (
               SELECT 1 FROM allowance.due_item p WHERE p.child_number = n.child_number AND p.benefit_month = n.benefit_month
                  AND p.generation = n.generation AND p.tranche = n.tranche - 1 AND p.recipient_id = n.recipient_id)) THEN
    RAISE EXCEPTION 'この児童のこの月分は、別の受給者に決まっています' USING ERRCODE = 'HG001', CONSTRAINT = 'due_item_one_recipient';
  END IF;
  IF EXISTS (SELECT 1 FROM new_rows n WHERE n.generation > 1 AND NOT EXISTS (
               SELECT 1 FROM allowance.title_release t WHERE t.child_number = n.child_number AND t.benefit_month = n.benefit_month AND t.generation = n.generation - 1)) THEN
    RAISE EXCEPTION 'この児童のこの月分は、前の受給者から手放されていません' USING ERRCODE = 'HG001', CONSTRAINT = 'due_item_one_recipient';
  END IF;
  -- 手放した回に後から足すことはできない
  IF EXISTS (SELECT 1 FROM new_rows n JOIN allowance.title_release t USING (child_number, benefit_month, generation)) THEN
    RAISE EXCEPTION '手放した月分に額を足すことはできません' USING ERRCODE = 'HG001', CONSTRAINT = 'due_item_one_recipient';
  END IF;
  -- 仕訳と同じトランザクションであること
  IF EXISTS (SELECT 1 FROM (SELECT DISTINCT journal_id FROM new_rows) n LEFT JOIN allowance.journal j USING (journal_id)
             WHERE j.journal_id IS NULL OR j.xact <> pg_current_xact_id() OR j.kind <> 'accrue') THEN
    RAISE EXCEPTION '支払うべき額は、その仕訳と一緒にだけ書けます' USING ERRCODE = 'HG003', CONSTRAINT = 'ledger_closed_journal';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER due_item_guard AFTER INSERT ON allowance.due_item
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION allowance.due_item_guard();

GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA allowance TO hagukumi_allowance;
