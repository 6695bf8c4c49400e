-- Up Migration
-- 窓口払（資金前渡）: 口座を持てない受給者への支払は、資金前渡職員の口座に振り込み、窓口で本人を確かめて現金で渡す。明細は受給者ごとのまま、振込先だけが
-- 資金前渡の口座になる。現金は現金出納簿（counter_entry）に載り、残高は前の行から必ず続く: 前渡 = 渡した額 + 戻した額 + 手元の額。

CREATE TABLE allowance.counter_fund (
  fund_id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  keeper         text NOT NULL CHECK (btrim(keeper) <> '' AND char_length(keeper) <= 60),
  bank           text NOT NULL CHECK (bank ~ '^[0-9]{4}$'),
  branch         text NOT NULL CHECK (branch ~ '^[0-9]{3}$'),
  account_type   text NOT NULL CHECK (account_type IN ('1', '2', '4')),
  account_number text NOT NULL CHECK (account_number ~ '^[0-9]{7}$' AND account_number <> '0000000'),
  holder         text NOT NULL CHECK (holder ~ '^[ ().0-9A-Z｢｣ｦ-ﾟ-]{1,30}$'),
  valid_from     date NOT NULL,
  entered_by     allowance.operator NOT NULL,
  approved_by    allowance.operator NOT NULL,
  recorded_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT counter_fund_two_people CHECK (entered_by <> approved_by)
);
COMMENT ON TABLE allowance.counter_fund IS '窓口払の資金を預かる資金前渡職員とその口座（市の口座）。支払日に始まっている行のうち、いちばん新しいものを使う。';
COMMENT ON COLUMN allowance.counter_fund.fund_id IS '資金前渡の口座の番号';
COMMENT ON COLUMN allowance.counter_fund.keeper IS '資金前渡職員の職と氏名';
COMMENT ON COLUMN allowance.counter_fund.bank IS '金融機関コード';
COMMENT ON COLUMN allowance.counter_fund.branch IS '支店コード';
COMMENT ON COLUMN allowance.counter_fund.account_type IS '1 普通、2 当座、4 貯蓄';
COMMENT ON COLUMN allowance.counter_fund.account_number IS '口座番号7桁';
COMMENT ON COLUMN allowance.counter_fund.holder IS '名義（全銀の半角カナ30文字まで）';
COMMENT ON COLUMN allowance.counter_fund.valid_from IS 'この日以後の支払日から使う';
COMMENT ON COLUMN allowance.counter_fund.entered_by IS '入力した人';
COMMENT ON COLUMN allowance.counter_fund.approved_by IS '承認した人';
COMMENT ON COLUMN allowance.counter_fund.recorded_at IS '記録の時刻';
COMMENT ON CONSTRAINT counter_fund_two_people ON allowance.counter_fund IS '資金前渡の口座は、入力した人と別の人が確認します';

CREATE TABLE allowance.counter_payee (
  counter_payee_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  recipient_id     bigint NOT NULL REFERENCES allowance.recipient,
  at_counter       boolean NOT NULL,
  from_pay_on      date NOT NULL,
  reason           text NOT NULL CHECK (btrim(reason) <> '' AND char_length(reason) <= 200),
  entered_by       allowance.operator NOT NULL,
  approved_by      allowance.operator NOT NULL,
  recorded_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT counter_payee_two_people CHECK (entered_by <> approved_by)
);
COMMENT ON TABLE allowance.counter_payee IS '窓口払と決めた受給者、またはそれをやめたこと。支払日に始まっている最後の行がいまの扱い。';
COMMENT ON COLUMN allowance.counter_payee.counter_payee_id IS '番号';
COMMENT ON COLUMN allowance.counter_payee.recipient_id IS '認定番号';
COMMENT ON COLUMN allowance.counter_payee.at_counter IS '真: 窓口で払う、偽: 口座に払う';
COMMENT ON COLUMN allowance.counter_payee.from_pay_on IS 'この日以後の支払日から';
COMMENT ON COLUMN allowance.counter_payee.reason IS '理由（口座を開けないなど）';
COMMENT ON COLUMN allowance.counter_payee.entered_by IS '入力した人';
COMMENT ON COLUMN allowance.counter_payee.approved_by IS '承認した人';
COMMENT ON COLUMN allowance.counter_payee.recorded_at IS '記録の時刻';
COMMENT ON CONSTRAINT counter_payee_two_people ON allowance.counter_payee IS '窓口払は、入力した人と別の人が決めます';
CREATE INDEX counter_payee_recipient ON allowance.counter_payee (recipient_id, counter_payee_id DESC);

CREATE TABLE allowance.counter_window (
  run_no    integer PRIMARY KEY REFERENCES allowance.payment_run,
  place     text NOT NULL CHECK (btrim(place) <> '' AND char_length(place) <= 100),
  hours     text NOT NULL CHECK (btrim(hours) <> '' AND char_length(hours) <= 60),
  opens_on  date NOT NULL,
  closes_on date NOT NULL,
  CONSTRAINT counter_window_days CHECK (closes_on >= opens_on)
);
COMMENT ON TABLE allowance.counter_window IS '支払処理ごとの窓口払の場所と期間。作成のときの設定で決まり、支払通知書に載る。';
COMMENT ON COLUMN allowance.counter_window.run_no IS '支払処理';
COMMENT ON COLUMN allowance.counter_window.place IS '受け取る場所';
COMMENT ON COLUMN allowance.counter_window.hours IS '受け取れる時間';
COMMENT ON COLUMN allowance.counter_window.opens_on IS '初めの日（支払日）';
COMMENT ON COLUMN allowance.counter_window.closes_on IS '終わりの日。過ぎて受け取られない分は資金から戻し、未払になる';
COMMENT ON CONSTRAINT counter_window_days ON allowance.counter_window IS '受け取る期間の終わりが、初めの日より前です';

ALTER TABLE allowance.run_line ADD COLUMN fund_id bigint REFERENCES allowance.counter_fund;
COMMENT ON COLUMN allowance.run_line.fund_id IS '窓口払の明細の、資金前渡の口座';
ALTER TABLE allowance.run_line DROP CONSTRAINT run_line_payee;
ALTER TABLE allowance.run_line ADD CONSTRAINT run_line_payee CHECK (
  CASE WHEN payee_child IS NULL THEN num_nonnulls(account_id, fund_id) = 1 AND num_nonnulls(child_account_id, unpaid_id) = 0
       ELSE num_nonnulls(account_id, fund_id) = 0 AND num_nonnulls(child_account_id, unpaid_id) >= 1 END);
COMMENT ON CONSTRAINT run_line_payee ON allowance.run_line IS '明細の振込先は、受給者の口座か、資金前渡の口座か、児童の口座か、未支払の決定の口座のどれかです';

CREATE OR REPLACE FUNCTION allowance.run_line_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE bad record;
BEGIN
  IF EXISTS (SELECT 1 FROM (SELECT DISTINCT run_no FROM new_rows) n LEFT JOIN allowance.payment_run r USING (run_no)
             WHERE r.run_no IS NULL OR r.xact <> pg_current_xact_id()) THEN
    RAISE EXCEPTION '作成の終わった支払処理に明細を足すことはできません' USING ERRCODE = 'HG012', CONSTRAINT = 'run_line_sealed';
  END IF;
  SELECT n.line_no INTO bad FROM new_rows n LEFT JOIN allowance.account a ON a.account_id = n.account_id
  WHERE n.payee_child IS NULL AND n.fund_id IS NULL AND (a.account_id IS NULL OR (a.recipient_id, a.bank, a.branch, a.account_type, a.account_number, a.holder)
        IS DISTINCT FROM (n.recipient_id, n.bank, n.branch, n.account_type, n.account_number, n.holder)) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION '明細 % の口座が受給者の口座と一致しません', bad.line_no USING ERRCODE = 'HG016', CONSTRAINT = 'run_line_account';
  END IF;
  SELECT n.line_no INTO bad FROM new_rows n LEFT JOIN allowance.child_account a ON a.child_account_id = n.child_account_id
  LEFT JOIN allowance.unpaid_decision u ON u.unpaid_id = n.unpaid_id
  WHERE n.payee_child IS NOT NULL AND (
    (a.child_account_id IS NOT NULL AND (a.recipient_id, a.child_number, a.unpaid_id, a.bank, a.branch, a.account_type, a.account_number, a.holder)
        IS DISTINCT FROM (n.recipient_id, n.payee_child, n.unpaid_id, n.bank, n.branch, n.account_type, n.account_number, n.holder))
    OR (a.child_account_id IS NULL AND (u.recipient_id, u.child_number, u.bank, u.branch, u.account_type, u.account_number, u.holder)
        IS DISTINCT FROM (n.recipient_id, n.payee_child, n.bank, n.branch, n.account_type, n.account_number, n.holder))
    OR (u.unpaid_id IS NOT NULL AND (u.outcome <> 'grant' OR (u.recipient_id, u.child_number) IS DISTINCT FROM (n.recipient_id, n.payee_child)))) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION '明細 % の口座が、その児童の口座と一致しません', bad.line_no USING ERRCODE = 'HG016', CONSTRAINT = 'run_line_account';
  END IF;
  -- 窓口払の受給者の明細は、支払日に効力のある資金前渡の口座に、受取の場所と期間のある支払処理でだけ
  SELECT n.line_no INTO bad FROM new_rows n JOIN allowance.payment_run r USING (run_no) LEFT JOIN allowance.counter_fund f USING (fund_id)
  WHERE n.fund_id IS NOT NULL AND ((f.bank, f.branch, f.account_type, f.account_number, f.holder) IS DISTINCT FROM (n.bank, n.branch, n.account_type, n.account_number, n.holder)
    OR f.fund_id IS DISTINCT FROM (SELECT x.fund_id FROM allowance.counter_fund x WHERE x.valid_from <= r.pay_on ORDER BY x.valid_from DESC, x.fund_id DESC LIMIT 1)
    OR NOT EXISTS (SELECT FROM allowance.counter_window w WHERE w.run_no = n.run_no)) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION '明細 % の口座が、支払日の資金前渡の口座ではないか、受取の場所と期間が決まっていません', bad.line_no USING ERRCODE = 'HG425', CONSTRAINT = 'run_line_fund';
  END IF;
  WITH chosen AS MATERIALIZED (
    SELECT DISTINCT ON (c.recipient_id) c.recipient_id, c.at_counter FROM allowance.counter_payee c
    WHERE c.from_pay_on <= (SELECT r.pay_on FROM allowance.payment_run r WHERE r.run_no = (SELECT min(run_no) FROM new_rows))
    ORDER BY c.recipient_id, c.counter_payee_id DESC)
  SELECT n.line_no INTO bad FROM new_rows n LEFT JOIN chosen c USING (recipient_id)
  WHERE n.payee_child IS NULL AND (n.fund_id IS NOT NULL) <> coalesce(c.at_counter, false) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION '明細 %: 窓口払と決めた受給者には窓口で、ほかの受給者には本人の口座に払います', bad.line_no USING ERRCODE = 'HG425', CONSTRAINT = 'run_line_counter';
  END IF;
  SELECT n.line_no INTO bad FROM new_rows n LEFT JOIN allowance.public_institution p USING (recipient_id)
  WHERE n.unpaid_id IS NULL AND (n.payee_child IS NOT NULL) <> (p.recipient_id IS NOT NULL) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION '明細 %: 国・地方公共団体の施設には児童の口座に、ほかの受給者には本人の口座に払います', bad.line_no USING ERRCODE = 'HG380', CONSTRAINT = 'run_line_public_institution';
  END IF;
  SELECT n.line_no INTO bad FROM new_rows n JOIN allowance.payment_run r USING (run_no) WHERE (n.unpaid_id IS NOT NULL) <> (r.kind = 'unpaid') LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION '明細 %: 未支払の決定による支払は、未支払の支払処理でだけ行います', bad.line_no USING ERRCODE = 'HG380', CONSTRAINT = 'run_line_unpaid_kind';
  END IF;
  SELECT n.line_no INTO bad FROM new_rows n JOIN allowance.payment_run r USING (run_no)
  LEFT JOIN allowance.branch_period b ON b.bank = n.bank AND b.branch = n.branch AND b.valid_from <= r.pay_on AND (b.last_day IS NULL OR b.last_day >= r.pay_on)
  WHERE b.bank IS NULL LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION '明細 % の支店は支払日に存在しません', bad.line_no USING ERRCODE = 'HG016', CONSTRAINT = 'run_line_branch';
  END IF;
  RETURN NULL;
END $$;

-- 現金出納簿: 1行1件、番号は続き、前の残高は前の行の残高そのもの（外部キー）。手元の額は最後の残高であり、負にならない。
CREATE TABLE allowance.counter_entry (
  entry_no         bigint PRIMARY KEY CHECK (entry_no >= 1),
  previous_no      bigint GENERATED ALWAYS AS (nullif(entry_no - 1, 0)) STORED,
  previous_balance bigint NOT NULL,
  kind             text NOT NULL CHECK (kind IN ('advance', 'handedOut', 'returned')),
  run_no           integer NOT NULL,
  line_no          integer NOT NULL,
  amount           bigint NOT NULL CHECK (amount >= 1),
  balance          bigint NOT NULL,
  happened_on      date NOT NULL,
  receiver         text CHECK (receiver IN ('self', 'agent')),
  agent_name       text CHECK (btrim(agent_name) <> '' AND char_length(agent_name) <= 60),
  identity_paper   text CHECK (btrim(identity_paper) <> '' AND char_length(identity_paper) <= 100),
  receipt_number   text CHECK (receipt_number ~ '^[0-9]{4}-[0-9]{6}$'),
  evidence         text CHECK (btrim(evidence) <> '' AND char_length(evidence) <= 400),
  entered_by       allowance.operator NOT NULL,
  approved_by      allowance.operator,
  recorded_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  FOREIGN KEY (run_no, line_no) REFERENCES allowance.run_line,
  UNIQUE (entry_no, balance),
  CONSTRAINT counter_entry_chain FOREIGN KEY (previous_no, previous_balance) REFERENCES allowance.counter_entry (entry_no, balance),
  CONSTRAINT counter_entry_first CHECK (entry_no > 1 OR previous_balance = 0),
  CONSTRAINT counter_entry_balance CHECK (balance >= 0 AND balance = previous_balance + CASE kind WHEN 'advance' THEN amount ELSE -amount END),
  CONSTRAINT counter_entry_once UNIQUE (run_no, line_no, kind),
  CONSTRAINT counter_entry_two_people CHECK (kind = 'advance' OR (approved_by IS NOT NULL AND approved_by <> entered_by)),
  CONSTRAINT counter_entry_shape CHECK (CASE kind
    WHEN 'advance' THEN num_nonnulls(receiver, agent_name, identity_paper, receipt_number, evidence, approved_by) = 0
    WHEN 'handedOut' THEN num_nonnulls(receiver, identity_paper, receipt_number) = 3 AND evidence IS NULL AND (receiver = 'agent') = (agent_name IS NOT NULL)
    ELSE evidence IS NOT NULL AND num_nonnulls(receiver, agent_name, identity_paper, receipt_number) = 0 END)
);
COMMENT ON TABLE allowance.counter_entry IS '窓口払の現金出納簿。前渡（銀行の結果で入金と分かった分）、受給者に渡した分、受け取られず戻した分。前渡の合計 = 渡した額 + 戻した額 + 手元の額（最後の残高）が、行のつながりで必ず成り立つ。';
COMMENT ON COLUMN allowance.counter_entry.entry_no IS '出納簿の番号（1からの続き）';
COMMENT ON COLUMN allowance.counter_entry.previous_no IS '前の行';
COMMENT ON COLUMN allowance.counter_entry.previous_balance IS '前の残高（円）';
COMMENT ON COLUMN allowance.counter_entry.kind IS 'advance 前渡を受けた、handedOut 受給者に渡した、returned 受け取られず戻した';
COMMENT ON COLUMN allowance.counter_entry.run_no IS '支払処理';
COMMENT ON COLUMN allowance.counter_entry.line_no IS '明細';
COMMENT ON COLUMN allowance.counter_entry.amount IS '額（円）。明細の全額';
COMMENT ON COLUMN allowance.counter_entry.balance IS '残高（円）';
COMMENT ON COLUMN allowance.counter_entry.happened_on IS 'あった日';
COMMENT ON COLUMN allowance.counter_entry.receiver IS '受け取った人。self 本人、agent 代理人';
COMMENT ON COLUMN allowance.counter_entry.agent_name IS '代理人の氏名';
COMMENT ON COLUMN allowance.counter_entry.identity_paper IS '本人（代理人は委任状とあわせて）を確かめた書類。番号は書かない';
COMMENT ON COLUMN allowance.counter_entry.receipt_number IS '署名を受けた領収書の番号（支払処理4桁-明細6桁）';
COMMENT ON COLUMN allowance.counter_entry.evidence IS '戻した分の証拠（戻入の通知書など）';
COMMENT ON COLUMN allowance.counter_entry.entered_by IS '渡した人（前渡では結果を取り込んだ人、戻したものでは起案した人）';
COMMENT ON COLUMN allowance.counter_entry.approved_by IS '立ち会った人';
COMMENT ON COLUMN allowance.counter_entry.recorded_at IS '記録の時刻';
COMMENT ON CONSTRAINT counter_entry_chain ON allowance.counter_entry IS '現金出納簿の残高が前の行から続いていません';
COMMENT ON CONSTRAINT counter_entry_first ON allowance.counter_entry IS '現金出納簿は残高0円から始まります';
COMMENT ON CONSTRAINT counter_entry_balance ON allowance.counter_entry IS '現金出納簿の残高が合いません';
COMMENT ON CONSTRAINT counter_entry_once ON allowance.counter_entry IS 'この明細は、もう出納簿に載っています';
COMMENT ON CONSTRAINT counter_entry_two_people ON allowance.counter_entry IS '現金は、渡す人と立ち会う人の二人で渡します';
COMMENT ON CONSTRAINT counter_entry_shape ON allowance.counter_entry IS '渡した記録には受け取った人・確かめた書類・領収書が、戻した記録には証拠が要ります';
CREATE UNIQUE INDEX counter_entry_out ON allowance.counter_entry (run_no, line_no) WHERE kind <> 'advance';
COMMENT ON INDEX allowance.counter_entry_out IS 'ひとつの明細を渡すか戻すのは、合わせて一度だけ';

CREATE FUNCTION allowance.counter_entry_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE l record;
BEGIN
  SELECT x.fund_id, x.amount, r.pay_on, w.closes_on,
         EXISTS (SELECT FROM allowance.result_file f WHERE f.run_no = x.run_no) AS settled,
         EXISTS (SELECT FROM allowance.result_row y WHERE (y.run_no, y.line_no) = (x.run_no, x.line_no)) AS back,
         EXISTS (SELECT FROM allowance.counter_entry e WHERE (e.run_no, e.line_no, e.kind) = (x.run_no, x.line_no, 'advance')) AS advanced
    INTO l FROM allowance.run_line x JOIN allowance.payment_run r USING (run_no) LEFT JOIN allowance.counter_window w USING (run_no)
   WHERE (x.run_no, x.line_no) = (NEW.run_no, NEW.line_no);
  IF l.fund_id IS NULL OR l.amount <> NEW.amount OR NOT l.settled
     OR (NEW.kind = 'advance' AND l.back)
     OR (NEW.kind <> 'advance' AND NOT l.advanced)
     OR (NEW.kind = 'handedOut' AND (l.back OR NEW.happened_on < l.pay_on))
     OR (NEW.kind = 'returned' AND (NOT l.back OR NEW.happened_on <= l.closes_on)) THEN
    RAISE EXCEPTION '支払処理 % の明細 % は、この形では現金出納簿に載せられません', NEW.run_no, NEW.line_no USING ERRCODE = 'HG426', CONSTRAINT = 'counter_entry_state';
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION allowance.counter_entry_guard() IS '現金出納簿の行を、窓口払の明細の全額と、支払の進みに結びつける';
CREATE TRIGGER counter_entry_guard AFTER INSERT ON allowance.counter_entry FOR EACH ROW EXECUTE FUNCTION allowance.counter_entry_guard();

-- 結果を取り込んだ支払処理の窓口払の明細は、前渡として載っているか、銀行が戻したかのどちらか。締めたあとに戻ったものは、戻した記録がある。
CREATE FUNCTION allowance.counter_advance_complete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM allowance.run_line l WHERE l.run_no = NEW.run_no AND l.fund_id IS NOT NULL
             AND NOT EXISTS (SELECT FROM allowance.counter_entry e WHERE (e.run_no, e.line_no, e.kind) = (l.run_no, l.line_no, 'advance'))
             AND NOT EXISTS (SELECT FROM allowance.result_row w WHERE (w.run_no, w.line_no) = (l.run_no, l.line_no))) THEN
    RAISE EXCEPTION '支払処理 % の窓口払の前渡が、現金出納簿に載っていません', NEW.run_no USING ERRCODE = 'HG426', CONSTRAINT = 'counter_advance_complete';
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION allowance.counter_advance_complete() IS '前渡を出納簿に載せずに、結果を取り込ませない';
CREATE CONSTRAINT TRIGGER counter_advance_complete AFTER INSERT ON allowance.result_file
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION allowance.counter_advance_complete();
CREATE FUNCTION allowance.counter_back_booked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM allowance.counter_entry a WHERE (a.run_no, a.line_no, a.kind) = (NEW.run_no, NEW.line_no, 'advance')
             AND NOT EXISTS (SELECT FROM allowance.counter_entry e WHERE (e.run_no, e.line_no, e.kind) = (NEW.run_no, NEW.line_no, 'returned'))) THEN
    RAISE EXCEPTION '支払処理 % の明細 % は窓口払です。現金出納簿から戻したときにだけ、戻ったものになります', NEW.run_no, NEW.line_no USING ERRCODE = 'HG426', CONSTRAINT = 'counter_back_booked';
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION allowance.counter_back_booked() IS '資金に入った窓口払の明細を、出納簿に載せずに戻ったものとさせない';
CREATE CONSTRAINT TRIGGER counter_back_booked AFTER INSERT ON allowance.result_row
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.line_no IS NOT NULL) EXECUTE FUNCTION allowance.counter_back_booked();

CREATE TABLE allowance.counter_count (
  count_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  entry_no    bigint NOT NULL,
  expected    bigint NOT NULL,
  counted     bigint NOT NULL CHECK (counted >= 0),
  difference  bigint NOT NULL,
  explanation text CHECK (btrim(explanation) <> '' AND char_length(explanation) <= 400),
  counted_on  date NOT NULL,
  entered_by  allowance.operator NOT NULL,
  approved_by allowance.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT counter_count_expected FOREIGN KEY (entry_no, expected) REFERENCES allowance.counter_entry (entry_no, balance),
  CONSTRAINT counter_count_difference CHECK (difference = counted - expected AND (difference = 0 OR explanation IS NOT NULL)),
  CONSTRAINT counter_count_two_people CHECK (entered_by <> approved_by)
);
COMMENT ON TABLE allowance.counter_count IS '手元の現金を二人で数えた記録。出納簿の残高と違えば、差とその説明が残る（差を隠して合わせない）。';
COMMENT ON COLUMN allowance.counter_count.count_id IS '番号';
COMMENT ON COLUMN allowance.counter_count.entry_no IS '数えたときの、出納簿の最後の行';
COMMENT ON COLUMN allowance.counter_count.expected IS '出納簿の残高（円）';
COMMENT ON COLUMN allowance.counter_count.counted IS '数えた額（円）';
COMMENT ON COLUMN allowance.counter_count.difference IS '差（円）';
COMMENT ON COLUMN allowance.counter_count.explanation IS '差の説明（差があるときは必ず）';
COMMENT ON COLUMN allowance.counter_count.counted_on IS '数えた日';
COMMENT ON COLUMN allowance.counter_count.entered_by IS '数えた人';
COMMENT ON COLUMN allowance.counter_count.approved_by IS '立ち会った人';
COMMENT ON COLUMN allowance.counter_count.recorded_at IS '記録の時刻';
COMMENT ON CONSTRAINT counter_count_expected ON allowance.counter_count IS '出納簿の残高と違う額を、残高としています';
COMMENT ON CONSTRAINT counter_count_difference ON allowance.counter_count IS '差が合わないか、差の説明がありません';
COMMENT ON CONSTRAINT counter_count_two_people ON allowance.counter_count IS '現金は、二人で数えます';

-- 振込不能の確認は、窓口払の明細では口座を持たない。
CREATE OR REPLACE FUNCTION allowance.return_confirmation_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM allowance.run_line l WHERE (l.run_no, l.line_no) = (NEW.run_no, NEW.line_no)
             AND CASE WHEN l.fund_id IS NOT NULL THEN num_nonnulls(NEW.account_id, NEW.child_account_id) > 0
                      WHEN l.payee_child IS NULL THEN NEW.account_id IS NULL OR NEW.child_account_id IS NOT NULL
                      ELSE NEW.account_id IS NOT NULL OR (l.unpaid_id IS NULL AND NEW.child_account_id IS NULL) END) THEN
    RAISE EXCEPTION '振込不能の確認には、その明細の相手の口座が要ります' USING ERRCODE = 'HG380', CONSTRAINT = 'return_confirmation_account';
  END IF;
  RETURN NULL;
END $$;

-- 窓口払に関わる案も、二人で決めることに載る。
ALTER TABLE allowance.decision_request DROP CONSTRAINT decision_request_kind_check;
ALTER TABLE allowance.decision_request ADD CONSTRAINT decision_request_kind_check CHECK (kind IN (
  'limitationEvent', 'letterWithheld', 'taxResolution', 'counterFund', 'counterPayment', 'counterPayout', 'counterReturn', 'counterCount'));
COMMENT ON COLUMN allowance.decision_request.kind IS '種類。limitationEvent 時効に関わる出来事、letterWithheld 通知書を送らない、taxResolution 生計中心者を確かめた結果、counterFund 資金前渡の口座、counterPayment 窓口払にする・やめる、counterPayout 窓口で渡した、counterReturn 受け取られず戻した、counterCount 現金を数えた';
COMMENT ON COLUMN allowance.decision_request.addressee_number IS '関わる人の宛名番号（外の機関あての通知書と、資金そのものについての案では空）';

SELECT allowance.protect_rows('allowance.counter_payee'::regclass, 'recipient', 'recipient_id');
SELECT allowance.protect_rows('allowance.counter_entry'::regclass, 'where', '(run_no::bigint * 1000000 + line_no) = ANY ((SELECT allowance.open_lines())::bigint[])');
GRANT SELECT (fund_id) ON allowance.run_line TO hagukumi_desk;
GRANT SELECT ON allowance.counter_window TO hagukumi_desk;
GRANT SELECT, INSERT ON allowance.counter_fund, allowance.counter_payee, allowance.counter_window, allowance.counter_entry, allowance.counter_count TO hagukumi_allowance;
