/**
 * The money invariants M1–M31 as questions to the database: each query lists what breaks its invariant, one row a case.
 * They run nightly (`hagukumi verify money`) and after every test that touches money; no row may ever appear.
 *
 * The constraints and triggers of the migrations refuse such rows when they are written. These queries ask again, in
 * other words, over everything that is stored, so that neither a mistake in a trigger nor a restored backup stays unseen.
 */

/** One invariant. `sql` gives one row per violation with a text column `found`. */
export type MoneyCheck = { readonly id: string; readonly title: string; readonly sql: string };

/** Run items whose money has not come back. */
const LIVE = `(SELECT i.* FROM allowance.run_item i LEFT JOIN allowance.item_release x USING (child_number, benefit_month, generation, tranche, attempt)
               WHERE x.attempt IS NULL)`;
const STANDING_DUE = `(SELECT d.* FROM allowance.due_item d LEFT JOIN allowance.due_reversal r USING (child_number, benefit_month, generation, tranche)
                       WHERE r.tranche IS NULL)`;

export const moneyChecks: readonly MoneyCheck[] = [
  {
    id: "M1",
    title: "ひとりの児童の1か月分は、ひとりの受給者に一度だけ支払われる",
    sql: `WITH net AS (
        SELECT i.child_number, i.benefit_month, l.recipient_id,
               sum(i.amount) - coalesce((SELECT sum(v.amount) FROM allowance.receivable v WHERE (v.child_number, v.benefit_month, v.recipient_id)
                 = (i.child_number, i.benefit_month, l.recipient_id)), 0) AS amount
        FROM ${LIVE} i JOIN allowance.run_line l USING (run_no, line_no) GROUP BY 1, 2, 3)
      SELECT format('児童 %s %s月分: 受給者 %s 人', child_number, to_char(benefit_month, 'YYYY-MM'), count(*)) AS found
      FROM net WHERE amount > 0 GROUP BY child_number, benefit_month HAVING count(*) > 1`,
  },
  {
    id: "M2",
    title: "元帳の合計は0円で、仕訳の見出しと明細が一致する",
    sql: `SELECT format('合計 %s円', sum(amount)) AS found FROM allowance.ledger_leg HAVING sum(amount) <> 0
      UNION ALL
      SELECT format('仕訳 %s', j.journal_id) FROM allowance.journal j
      LEFT JOIN (SELECT journal_id, count(*) AS n, sum(amount) AS t FROM allowance.ledger_entry GROUP BY 1) e USING (journal_id)
      WHERE (e.n, e.t) IS DISTINCT FROM (j.entry_count::bigint, j.total::numeric)
      UNION ALL
      SELECT format('見出しのない明細 %s', e.journal_id) FROM allowance.ledger_entry e LEFT JOIN allowance.journal j USING (journal_id) WHERE j.journal_id IS NULL`,
  },
  {
    id: "M3",
    title: "記録を書き換える・消す権限がない",
    sql: `SELECT format('%s.%s に %s の権限', n.nspname, c.relname, p) AS found
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE']) p
      WHERE n.nspname IN ('allowance', 'audit') AND c.relkind IN ('r', 'p') AND has_table_privilege('hagukumi_allowance', c.oid, p)`,
  },
  {
    id: "M4",
    title: "支払うべき額は、決定と事実と規則の版に結びついている",
    sql: `SELECT format('児童 %s %s月分', i.child_number, to_char(i.benefit_month, 'YYYY-MM')) AS found FROM allowance.due_item i
      LEFT JOIN allowance.decision d USING (decision_id) LEFT JOIN allowance.facts f ON f.facts_digest = i.facts_digest
      WHERE d.recipient_id IS DISTINCT FROM i.recipient_id OR d.facts_digest IS DISTINCT FROM i.facts_digest OR f.facts_digest IS NULL OR i.rule_version = ''`,
  },
  {
    id: "M5",
    title: "支払った額は、支払うべき額を超えない",
    sql: `WITH due AS (SELECT recipient_id, child_number, benefit_month, sum(amount) AS a FROM ${STANDING_DUE} d GROUP BY 1, 2, 3),
           paid AS (SELECT l.recipient_id, i.child_number, i.benefit_month, sum(i.amount) AS a FROM ${LIVE} i JOIN allowance.run_line l USING (run_no, line_no) GROUP BY 1, 2, 3)
      SELECT format('認定番号 %s 児童 %s %s月分: 支払 %s円 決定 %s円', recipient_id, child_number, to_char(benefit_month, 'YYYY-MM'), paid.a, coalesce(due.a, 0)) AS found
      FROM paid LEFT JOIN due USING (recipient_id, child_number, benefit_month) WHERE paid.a > coalesce(due.a, 0)`,
  },
  {
    id: "M6",
    title: "支給開始年月より前、またはファイル確定の前に消滅と決まった月分がファイルに入っていない",
    sql: `SELECT format('認定番号 %s %s月分', l.recipient_id, to_char(i.benefit_month, 'YYYY-MM')) AS found
      FROM ${LIVE} i JOIN allowance.run_line l USING (run_no, line_no) JOIN allowance.recipient_window w USING (recipient_id)
      WHERE w.first_month IS NULL OR i.benefit_month < w.first_month
      UNION ALL
      SELECT format('支払処理 %s 認定番号 %s %s月分', i.run_no, l.recipient_id, to_char(i.benefit_month, 'YYYY-MM'))
      FROM allowance.decision d JOIN allowance.run_line l USING (recipient_id) JOIN allowance.transfer_file t USING (run_no)
      JOIN ${LIVE} i USING (run_no, line_no)
      WHERE d.kind = 'extinguish' AND d.recorded_at < t.recorded_at AND i.benefit_month >= d.effective_month
        AND NOT EXISTS (SELECT 1 FROM allowance.decision c WHERE c.recipient_id = d.recipient_id AND c.kind = 'correct' AND c.seq > d.seq)`,
  },
  {
    id: "M7",
    title: "差止・保留・時効の月分がファイルに入っておらず、支給制限の月分は元帳にも立っていない",
    sql: `SELECT format('支払処理 %s 認定番号 %s', i.run_no, l.recipient_id) AS found FROM allowance.run_item i JOIN allowance.run_line l USING (run_no, line_no)
      JOIN allowance.transfer_file t USING (run_no)
      JOIN allowance.hold h ON h.recipient_id = l.recipient_id AND h.from_month <= i.benefit_month AND h.recorded_at < t.recorded_at
      WHERE NOT (l.unpaid_id IS NOT NULL AND h.cause = allowance.death_hold_cause()) AND NOT EXISTS (SELECT 1 FROM allowance.hold_release x WHERE x.hold_id = h.hold_id AND x.recorded_at < t.recorded_at)
      UNION ALL
      SELECT format('支払処理 %s 認定番号 %s（児童の差止）', i.run_no, l.recipient_id) FROM allowance.run_item i JOIN allowance.run_line l USING (run_no, line_no)
      JOIN allowance.transfer_file t USING (run_no)
      JOIN allowance.child_hold h ON h.recipient_id = l.recipient_id AND h.child_number = i.child_number AND h.from_month <= i.benefit_month AND h.recorded_at < t.recorded_at
      WHERE NOT EXISTS (SELECT 1 FROM allowance.child_hold_release x WHERE x.child_hold_id = h.child_hold_id AND x.recorded_at < t.recorded_at)
      UNION ALL
      SELECT format('支払処理 %s 児童 %s %s月分（時効で消滅）', i.run_no, i.child_number, to_char(i.benefit_month, 'YYYY-MM')) FROM allowance.run_item i
      JOIN allowance.transfer_file t USING (run_no) JOIN allowance.lapse_standing p USING (child_number, benefit_month, generation, tranche)
      LEFT JOIN allowance.item_release g USING (child_number, benefit_month, generation, tranche, attempt) WHERE g.attempt IS NULL
      UNION ALL
      SELECT format('認定番号 %s 児童 %s %s月分（支給制限 %s）', d.recipient_id, d.child_number, to_char(d.benefit_month, 'YYYY-MM'), f.restriction_id)
      FROM allowance.benefit_restriction_in_force f JOIN allowance.due_item d ON d.recipient_id = f.recipient_id AND d.benefit_month >= f.from_month
        AND (f.payable_from IS NULL OR d.benefit_month < f.payable_from) AND (f.child_number IS NULL OR d.child_number = f.child_number)
      LEFT JOIN allowance.due_reversal v ON (v.child_number, v.benefit_month, v.generation, v.tranche) = (d.child_number, d.benefit_month, d.generation, d.tranche)
      WHERE v.tranche IS NULL`,
  },
  {
    id: "M8",
    title: "終わっていない支払処理は、あっても1つ",
    sql: `SELECT format('終わっていない支払処理が %s 個', count(*)) AS found FROM allowance.payment_run r
      WHERE NOT EXISTS (SELECT 1 FROM allowance.run_end e WHERE e.run_no = r.run_no) HAVING count(*) > 1`,
  },
  {
    id: "M9",
    title: "ひとつの月分が二つの支払処理に入っていない",
    sql: `SELECT format('児童 %s %s月分', child_number, to_char(benefit_month, 'YYYY-MM')) AS found FROM ${LIVE} i
      GROUP BY child_number, benefit_month, generation, tranche HAVING count(*) > 1`,
  },
  {
    id: "M10",
    title: "支払処理の状態は、許された順にだけ進んでいる",
    sql: `SELECT format('支払処理 %s の %s 番目', e.run_no, e.seq) AS found FROM allowance.run_event e
      LEFT JOIN allowance.run_event p ON p.run_no = e.run_no AND p.seq = e.seq - 1
      LEFT JOIN allowance.run_transition t ON (t.from_state, t.to_state) = (e.from_state, e.to_state)
      WHERE t.to_state IS NULL OR coalesce(p.to_state, 'none') <> e.from_state
      UNION ALL SELECT format('支払処理 %s に作成の記録がない', r.run_no) FROM allowance.payment_run r
      WHERE NOT EXISTS (SELECT 1 FROM allowance.run_event e WHERE e.run_no = r.run_no AND e.seq = 1)`,
  },
  {
    id: "M11",
    title: "作った人・承認した人・送付した人はみな違う",
    sql: `SELECT format('支払処理 %s', a.run_no) AS found FROM allowance.run_approval a JOIN allowance.payment_run r USING (run_no)
      LEFT JOIN allowance.hand_over h USING (run_no)
      WHERE a.approver = r.maker OR a.maker <> r.maker OR h.releaser IN (r.maker, a.approver)`,
  },
  {
    id: "M12",
    title: "承認は明細そのもののハッシュに結びついている",
    sql: `SELECT format('支払処理 %s', r.run_no) AS found FROM allowance.payment_run r LEFT JOIN allowance.run_approval a USING (run_no)
      WHERE allowance.line_set_digest(r.run_no) IS DISTINCT FROM r.line_digest OR (a.run_no IS NOT NULL AND a.line_digest <> r.line_digest)`,
  },
  {
    id: "M13",
    title: "振込ファイルの中身とハッシュが一致する",
    sql: `SELECT format('支払処理 %s', run_no) AS found FROM allowance.transfer_file WHERE encode(sha256(bytes), 'hex') <> sha256`,
  },
  {
    id: "M14",
    title: "ひとつのファイルの送付は一度だけ",
    sql: `SELECT format('ファイル %s', t.sha256) AS found FROM allowance.hand_over h JOIN allowance.transfer_file t USING (run_no)
      WHERE h.sha256 <> t.sha256 UNION ALL
      SELECT format('ファイル %s を %s 回', sha256, count(*)) FROM allowance.hand_over GROUP BY sha256 HAVING count(*) > 1`,
  },
  {
    id: "M15",
    title: "件数と合計が、明細・元帳・承認・ファイルで一致する",
    sql: `SELECT format('支払処理 %s', r.run_no) AS found FROM allowance.payment_run r
      LEFT JOIN allowance.run_approval a USING (run_no) LEFT JOIN allowance.transfer_file t USING (run_no)
      LEFT JOIN (SELECT run_no, count(*) AS n, sum(amount) AS s FROM allowance.run_line GROUP BY 1) l USING (run_no)
      LEFT JOIN (SELECT run_no, count(*) AS n, sum(amount) AS s FROM allowance.run_item GROUP BY 1) i USING (run_no)
      LEFT JOIN (SELECT run_no, sum(amount) AS s FROM allowance.ledger_entry WHERE credit = 'clearing' AND debit = 'due' GROUP BY 1) c USING (run_no)
      LEFT JOIN (SELECT run_no, sum(amount) AS s FROM allowance.ledger_entry WHERE credit = 'bank' GROUP BY 1) b USING (run_no)
      WHERE (l.n, l.s, i.n, i.s, c.s) IS DISTINCT FROM (r.line_count::bigint, r.total::numeric, r.item_count::bigint, r.total::numeric, r.total::numeric)
         OR (a.run_no IS NOT NULL AND (a.line_count, a.total) <> (r.line_count, r.total))
         OR (t.run_no IS NOT NULL AND ((t.line_count, t.total) <> (r.line_count, r.total) OR b.s IS DISTINCT FROM r.total::numeric
             OR convert_from(substring(t.bytes FROM (t.line_count + 1) * 120 + 1 FOR 19), 'SQL_ASCII') <> '8' || lpad(r.line_count::text, 6, '0') || lpad(r.total::text, 12, '0')))`,
  },
  {
    id: "M16",
    title: "どの明細も、受給者（児童に払うものは児童）の口座で、支払日にある支店で、使える文字の名義",
    sql: `SELECT format('支払処理 %s 明細 %s', l.run_no, l.line_no) AS found FROM allowance.run_line l JOIN allowance.payment_run r USING (run_no)
      LEFT JOIN allowance.account a USING (account_id) LEFT JOIN allowance.child_account k ON k.child_account_id = l.child_account_id
      LEFT JOIN allowance.unpaid_decision u ON u.unpaid_id = l.unpaid_id LEFT JOIN allowance.counter_fund f ON f.fund_id = l.fund_id
      WHERE CASE WHEN l.fund_id IS NOT NULL THEN (f.bank, f.branch, f.account_type, f.account_number, f.holder)
              IS DISTINCT FROM (l.bank, l.branch, l.account_type, l.account_number, l.holder)
            WHEN l.payee_child IS NULL THEN (a.recipient_id, a.bank, a.branch, a.account_type, a.account_number, a.holder)
              IS DISTINCT FROM (l.recipient_id, l.bank, l.branch, l.account_type, l.account_number, l.holder)
            WHEN k.child_account_id IS NOT NULL THEN (k.recipient_id, k.child_number, k.bank, k.branch, k.account_type, k.account_number, k.holder)
              IS DISTINCT FROM (l.recipient_id, l.payee_child, l.bank, l.branch, l.account_type, l.account_number, l.holder)
            ELSE (u.recipient_id, u.child_number, u.bank, u.branch, u.account_type, u.account_number, u.holder)
              IS DISTINCT FROM (l.recipient_id, l.payee_child, l.bank, l.branch, l.account_type, l.account_number, l.holder) END
         OR char_length(l.holder) NOT BETWEEN 1 AND 30 OR l.holder ~ '[^ ().0-9A-Z｢｣ｦ-ﾟ-]'
         OR NOT EXISTS (SELECT 1 FROM allowance.branch_period b WHERE b.bank = l.bank AND b.branch = l.branch
              AND b.valid_from <= r.pay_on AND (b.last_day IS NULL OR b.last_day >= r.pay_on))`,
  },
  {
    id: "窓口払",
    title: "窓口払の前渡は、渡した額と戻した額と手元の額を足したもので、手元の額は渡しても戻してもいない明細の合計",
    sql: `WITH lines AS (
        SELECT l.run_no, l.line_no, l.amount, EXISTS (SELECT FROM allowance.result_row w JOIN allowance.result_file f USING (result_id) WHERE (w.run_no, w.line_no) = (l.run_no, l.line_no)
                 AND NOT EXISTS (SELECT FROM allowance.late_result t WHERE (t.result_id, t.row_no) = (w.result_id, w.row_no))) AS bounced
        FROM allowance.run_line l JOIN allowance.result_file x USING (run_no) WHERE l.fund_id IS NOT NULL),
           book AS (SELECT run_no, line_no, sum(amount) FILTER (WHERE kind = 'advance') AS came, count(*) FILTER (WHERE kind = 'advance') AS n,
                           sum(amount) FILTER (WHERE kind <> 'advance') AS went, count(*) FILTER (WHERE kind <> 'advance') AS m FROM allowance.counter_entry GROUP BY 1, 2)
      SELECT format('支払処理 %s 明細 %s', run_no, line_no) AS found FROM lines FULL JOIN book USING (run_no, line_no)
      WHERE CASE WHEN lines.amount IS NULL THEN true WHEN bounced THEN book.n IS NOT NULL
                 ELSE (coalesce(book.came, 0), coalesce(book.n, 0)) <> (lines.amount, 1) OR coalesce(book.m, 0) > 1 OR coalesce(book.went, lines.amount) <> lines.amount END
      UNION ALL
      SELECT format('手元 %s円 のはずが、出納簿は %s円', open, book) FROM (
        SELECT (SELECT coalesce(sum(l.amount), 0) FROM lines l LEFT JOIN book b USING (run_no, line_no) WHERE NOT bounced AND coalesce(b.m, 0) = 0) AS open,
               coalesce((SELECT balance FROM allowance.counter_entry ORDER BY entry_no DESC LIMIT 1), 0) AS book) x WHERE open <> book
      UNION ALL
      SELECT format('出納簿 %s 行目の残高', e.entry_no) FROM allowance.counter_entry e LEFT JOIN allowance.counter_entry p ON p.entry_no = e.entry_no - 1
      WHERE e.previous_balance <> coalesce(p.balance, 0) OR e.balance <> e.previous_balance + CASE e.kind WHEN 'advance' THEN e.amount ELSE -e.amount END
         OR (p.entry_no IS NULL AND e.entry_no <> 1)`,
  },
  {
    id: "M17",
    title: "0円以下・11桁以上・法律上の最大を超える明細がない",
    sql: `SELECT format('支払処理 %s 明細 %s: %s円', l.run_no, l.line_no, l.amount) AS found FROM allowance.run_line l
      JOIN (SELECT run_no, line_no, count(*) AS n FROM allowance.run_item GROUP BY 1, 2) i USING (run_no, line_no)
      WHERE l.amount NOT BETWEEN 1 AND 9999999999 OR l.amount > i.n * 30000`,
  },
  {
    id: "M18",
    title: "締切後に変わった口座は、入力した人と別の人が確かめた明細にだけ使われている",
    // The few late changes first: asked line by line, each line would search through all items of its run.
    sql: `WITH late AS MATERIALIZED (
        SELECT l.run_no, l.line_no, a.entered_by, a.approved_by FROM allowance.run_line l JOIN allowance.payment_run r USING (run_no)
        JOIN allowance.run_approval p USING (run_no) JOIN allowance.account a USING (account_id)
        WHERE (a.recorded_at AT TIME ZONE 'Asia/Tokyo')::date > r.cut_off_on
          AND EXISTS (SELECT 1 FROM allowance.account x WHERE x.recipient_id = l.recipient_id AND x.account_id < l.account_id))
      SELECT format('支払処理 %s 明細 %s', run_no, line_no) AS found FROM late WHERE entered_by = approved_by
      UNION ALL
      SELECT format('支払処理 %s 明細 %s', late.run_no, late.line_no) FROM late WHERE entered_by <> approved_by
        AND NOT EXISTS (SELECT 1 FROM allowance.run_review_item i JOIN allowance.run_review_clearance c USING (run_no, item_no)
             WHERE i.run_no = late.run_no AND i.line_no = late.line_no AND i.kind = 'lateAccount' AND c.cleared_by <> late.entered_by)`,
  },
  {
    id: "M19",
    title: "銀行の結果は、ちょうど1つの明細に当たる（当たらない結果が残る支払処理は締まっていない）",
    sql: `SELECT format('支払処理 %s 結果 %s行目', w.run_no, w.row_no) AS found FROM allowance.result_row w JOIN allowance.run_end e USING (run_no)
      WHERE w.line_no IS NULL AND e.outcome = 'closed' AND NOT EXISTS (SELECT 1 FROM allowance.result_resolution s WHERE (s.result_id, s.row_no) = (w.result_id, w.row_no))
      UNION ALL
      SELECT format('支払処理 %s 明細 %s に結果 %s 件', run_no, line_no, count(*)) FROM allowance.result_row WHERE line_no IS NOT NULL GROUP BY run_no, line_no HAVING count(*) > 1`,
  },
  {
    id: "M20",
    title: "振込不能の額は、失われず、確認なしに払われない",
    sql: `WITH back AS (SELECT run_no, line_no, sum(amount) AS a FROM allowance.ledger_entry WHERE credit = 'returned' GROUP BY 1, 2),
           again AS (SELECT run_no, line_no, sum(amount) AS a FROM allowance.ledger_entry WHERE debit = 'returned' GROUP BY 1, 2)
      SELECT format('支払処理 %s 明細 %s', w.run_no, w.line_no) AS found FROM allowance.result_row w JOIN allowance.run_line l USING (run_no, line_no)
      LEFT JOIN back USING (run_no, line_no) LEFT JOIN again USING (run_no, line_no)
      LEFT JOIN allowance.return_confirmation c USING (run_no, line_no)
      WHERE back.a IS DISTINCT FROM l.amount OR (c.run_no IS NULL AND again.a IS NOT NULL) OR (c.run_no IS NOT NULL AND again.a IS DISTINCT FROM l.amount)`,
  },
  {
    id: "M21",
    title: "仕訳と支払処理には、必ず処理の鍵と答えがある",
    sql: `SELECT format('仕訳 %s', j.journal_id) AS found FROM allowance.journal j LEFT JOIN audit.command c USING (command_key) WHERE c.command_key IS NULL
      UNION ALL SELECT format('支払処理 %s', r.run_no) FROM allowance.payment_run r LEFT JOIN audit.command c USING (command_key) WHERE c.command_key IS NULL`,
  },
  {
    id: "M22",
    title: "予約のないファイルも、支払処理のない予約もない",
    sql: `SELECT format('支払処理 %s: 処理中の残り %s円', r.run_no, b.rest) AS found FROM allowance.payment_run r
      JOIN allowance.run_state s USING (run_no)
      LEFT JOIN LATERAL (SELECT coalesce(sum(amount), 0) AS rest FROM allowance.ledger_leg g WHERE g.run_no = r.run_no AND g.account = 'clearing') b ON true
      WHERE b.rest <> CASE WHEN s.state IN ('created', 'inspected', 'approved') THEN r.total ELSE 0 END
         OR (EXISTS (SELECT 1 FROM allowance.transfer_file t WHERE t.run_no = r.run_no)
             <> EXISTS (SELECT 1 FROM allowance.run_event e WHERE e.run_no = r.run_no AND e.to_state = 'frozen'))
         OR (EXISTS (SELECT 1 FROM allowance.run_end e WHERE e.run_no = r.run_no) <> (s.state IN ('closed', 'cancelled', 'voided')))
      UNION ALL
      SELECT format('支払処理のない予約 %s', e.run_no) FROM allowance.ledger_entry e LEFT JOIN allowance.payment_run r USING (run_no)
      WHERE e.run_no IS NOT NULL AND r.run_no IS NULL
      UNION ALL
      SELECT format('支払処理のない月分 %s', i.run_no) FROM allowance.run_item i LEFT JOIN allowance.payment_run r USING (run_no) WHERE r.run_no IS NULL`,
  },
  {
    id: "M25",
    title: "一括処理が、終わった受給者・請求を変えていない",
    sql: `SELECT format('認定番号 %s 決定 %s', b.recipient_id, b.seq) AS found FROM allowance.decision b
      JOIN allowance.decision x ON x.recipient_id = b.recipient_id AND x.seq < b.seq AND x.kind = 'extinguish'
      WHERE b.origin = 'batch' AND NOT EXISTS (SELECT 1 FROM allowance.decision r WHERE r.recipient_id = b.recipient_id AND r.kind = 'correct' AND r.seq > x.seq AND r.seq < b.seq)
      UNION ALL SELECT format('認定番号 %s 戻し %s', u.recipient_id, u.seq) FROM allowance.decision u
      WHERE u.origin = 'undo' AND NOT EXISTS (SELECT 1 FROM allowance.decision b WHERE b.recipient_id = u.recipient_id AND b.seq = u.seq - 1 AND b.origin = 'batch')
      UNION ALL SELECT format('取り下げた請求 %s', d.claim_id) FROM allowance.decision d JOIN allowance.claim_withdrawal w USING (claim_id)`,
  },
  {
    id: "M26",
    title: "支払処理の間の増減には、ちょうど1つの原因があり、足すと差になる",
    sql: `WITH diff AS (
        SELECT c.run_no, l.recipient_id, sum(CASE WHEN l.run_no = c.run_no THEN l.amount ELSE -l.amount END) AS amount
        FROM allowance.run_comparison c JOIN allowance.run_line l ON l.run_no IN (c.run_no, c.previous_run_no) GROUP BY 1, 2),
           why AS (SELECT run_no, recipient_id, sum(amount) AS amount FROM allowance.run_change GROUP BY 1, 2)
      SELECT format('支払処理 %s 認定番号 %s: 差 %s円 原因 %s円', run_no, recipient_id, coalesce(diff.amount, 0), coalesce(why.amount, 0)) AS found
      FROM diff FULL JOIN why USING (run_no, recipient_id) WHERE coalesce(diff.amount, 0) <> coalesce(why.amount, 0)
      UNION ALL
      SELECT format('支払処理 %s 認定番号 %s: 原因の分からない増減が確かめられていない', x.run_no, x.recipient_id) FROM allowance.run_change x
      JOIN allowance.run_approval p USING (run_no)
      WHERE x.cause = 'unexplained' AND NOT EXISTS (SELECT 1 FROM allowance.run_review_item i JOIN allowance.run_review_clearance c USING (run_no, item_no)
        WHERE (i.run_no, i.recipient_id, i.kind) = (x.run_no, x.recipient_id, 'unexplained'))`,
  },
  {
    id: "M29",
    title: "統計は、区・被用者区分・年齢区分・財源のどれで足しても、元帳の合計と同じ",
    sql: `WITH paid AS MATERIALIZED (SELECT * FROM allowance.statistics_paid('2010-04-01', '2050-03-01', 'infinity')),
           counted AS (SELECT run_no, ward_code, sum(amount) AS amount FROM paid GROUP BY 1, 2),
           closed AS (SELECT run_no FROM allowance.run_end WHERE outcome = 'closed'),
           lines AS (
             SELECT run_no, ward_code, sum(amount) AS amount FROM (
               SELECT l.run_no, l.ward_code, l.amount FROM allowance.run_line l JOIN closed USING (run_no)
               WHERE NOT EXISTS (SELECT 1 FROM allowance.result_row w WHERE (w.run_no, w.line_no) = (l.run_no, l.line_no))
               UNION ALL
               SELECT k.run_no, r.ward_code, k.amount FROM allowance.run_deduction k JOIN closed USING (run_no) JOIN allowance.recipient r USING (recipient_id)) x
             GROUP BY 1, 2),
           books AS (SELECT run_no, sum(CASE WHEN credit IN ('bank', 'deducted') OR (credit = 'receivable' AND debit = 'due') THEN amount ELSE -amount END) AS amount
             FROM allowance.ledger_entry JOIN closed USING (run_no)
             WHERE 'bank' IN (debit, credit) OR (debit = 'due' AND credit IN ('deducted', 'receivable')) OR (credit = 'due' AND debit IN ('deducted', 'receivable'))
             GROUP BY 1),
           months AS (SELECT benefit_month, sum(rate) AS amount FROM allowance.statistics_due('2010-04-01', '2050-03-01', 'infinity') GROUP BY 1),
           entitled AS (SELECT benefit_month, -sum(amount) AS amount FROM allowance.ledger_leg WHERE account = 'entitlement' GROUP BY 1)
      SELECT format('支払処理 %s %s: 統計 %s円 明細 %s円', run_no, ward_code, coalesce(counted.amount, 0), coalesce(lines.amount, 0)) AS found
      FROM counted FULL JOIN lines USING (run_no, ward_code) WHERE coalesce(counted.amount, 0) <> coalesce(lines.amount, 0)
      UNION ALL
      SELECT format('支払処理 %s: 統計 %s円 元帳 %s円', run_no, coalesce(c.amount, 0), coalesce(books.amount, 0))
      FROM (SELECT run_no, sum(amount) AS amount FROM counted GROUP BY 1) c FULL JOIN books USING (run_no) WHERE coalesce(c.amount, 0) <> coalesce(books.amount, 0)
      UNION ALL
      SELECT format('%s月分: 統計 %s円 元帳 %s円', to_char(benefit_month, 'YYYY-MM'), coalesce(months.amount, 0), coalesce(entitled.amount, 0))
      FROM months FULL JOIN entitled USING (benefit_month) WHERE coalesce(months.amount, 0) <> coalesce(entitled.amount, 0)
      UNION ALL
      SELECT format('支払処理 %s 認定番号 %s: 区分のない額 %s円', run_no, recipient_id, amount) FROM paid
      WHERE num_nulls(ward_code, recipient_kind, employee_class, band, part) > 0`,
  },
  {
    id: "M31",
    title: "支払うべき額の受給者と児童は、必ず台帳にある",
    sql: `SELECT format('児童 %s', d.child_number) AS found FROM allowance.due_item d LEFT JOIN allowance.addressee a ON a.addressee_number = d.child_number WHERE a.addressee_number IS NULL
      UNION ALL SELECT format('認定番号 %s', d.recipient_id) FROM allowance.due_item d LEFT JOIN allowance.recipient r USING (recipient_id) WHERE r.recipient_id IS NULL`,
  },
];
