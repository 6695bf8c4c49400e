/** Where each form's letters come from. Columns as in source.ts. */
import type { FormCode } from "../forms/form-codes.ts";
import type { Source } from "./source.ts";

const CHILDREN_OF = (facts: string): string =>
  `ARRAY(SELECT (c->>'id')::bigint FROM jsonb_array_elements(${facts}->'children') c)`;

/** Decisions about a recipient; who is told is the recipient, or whom the approved procedure names (after a death the eldest child). */
const decisions = (where: string): string => `
  SELECT 'decision:' || d.decision_id AS source_key,
         coalesce((SELECT n.addressee_number FROM allowance.case_notice n WHERE n.kind = 'decidedExOfficio' AND d.ex_officio
                   AND n.facts->>'recipientId' = d.recipient_id::text AND n.facts->>'decision' = d.kind
                   AND n.facts->>'fromMonth' = to_char(d.effective_month, 'YYYY-MM') ORDER BY n.notice_id DESC LIMIT 1), r.addressee_number)::bigint AS addressee,
         NULL::text AS outside_party, d.recipient_id, r.kind AS recipient_kind, d.decided_on, ${CHILDREN_OF("f.facts")} AS named,
         jsonb_build_object('kind', d.kind, 'month', to_char(d.effective_month, 'YYYY-MM'), 'cause', d.cause, 'claimedOn', k.received_on,
           'overpaid', CASE WHEN d.kind = 'extinguish' THEN (SELECT sum(v.amount) FROM allowance.receivable v WHERE v.recipient_id = d.recipient_id) END) AS facts,
         f.facts AS law_facts
  FROM allowance.decision d JOIN allowance.recipient r USING (recipient_id) JOIN allowance.facts f USING (facts_digest)
  LEFT JOIN allowance.claim k ON k.claim_id = d.claim_id
  WHERE ${where}`;

// Where a person refused, the letter says that person's reason; what the program had proposed instead is for the office alone.
// Whose the child is stays in the office, too: the claimant may be the very person from whom that family has fled.
const refusals = (kinds: string): string => `
  SELECT 'decision:' || d.decision_id AS source_key, k.claimant_number::bigint AS addressee, NULL::text AS outside_party, d.recipient_id,
         k.recipient_kind, d.decided_on, ARRAY(SELECT c.child_number::bigint FROM allowance.claim_child c WHERE c.claim_id = k.claim_id) AS named,
         jsonb_build_object('kind', d.kind, 'month', to_char(d.effective_month, 'YYYY-MM'), 'cause', k.cause, 'claimedOn', k.received_on,
           'reasons', CASE WHEN EXISTS (SELECT FROM allowance.refusal_reason y WHERE y.decision_id = d.decision_id AND y.reason_code = 'alreadyPaid')
             THEN jsonb_build_array('請求のあった児童については、すでにほかの人が手当の支給を受けています（児童手当法4条）。') ELSE coalesce((SELECT CASE WHEN e.override->>'outcome' = 'refuse'
                                    THEN jsonb_build_array(coalesce((SELECT v.label FROM allowance.code_last v WHERE v.domain = 'refusalCause'
                                           AND v.identifier = e.override->>'reasonCode' AND v.valid_from <= d.decided_on ORDER BY v.valid_from DESC LIMIT 1), 'その他'), e.override->>'reason')
                                    ELSE e.proposal->'reasons' END FROM allowance.filing_examination e JOIN allowance.filing_approval p
                                  ON p.filing_id = e.filing_id AND p.examination_seq = e.seq WHERE e.filing_id = k.filing_id),
                               (SELECT x.proposal->'reasons' FROM allowance.approval a JOIN allowance.examination x USING (claim_id, seq) WHERE a.claim_id = k.claim_id),
                               '[]'::jsonb) END) AS facts,
         NULL::jsonb AS law_facts
  FROM allowance.decision d JOIN allowance.claim k USING (claim_id)
  WHERE d.kind = 'refuse' AND k.kind IN (${kinds})`;

/** The states in which a run is confirmed: its file is fixed. A cancelled or voided one is none (I-26, I-37). */
const CONFIRMED = "('frozen', 'handingOver', 'unknown', 'handedOver', 'settled', 'closed')";

// What was taken before the transfer stands on the recipient's letter with the whole months: on the first of several lines (施設).
const ITS_LINE =
  "l.line_no = (SELECT min(o.line_no) FROM allowance.run_line o WHERE o.run_no = l.run_no AND o.recipient_id = l.recipient_id)";

// What is paid to the children of a recipient who died is told to the child, not to the dead (12条).
const payments = `
  SELECT 'runLine:' || l.run_no || '/' || l.line_no AS source_key,
         CASE WHEN l.unpaid_id IS NULL THEN r.addressee_number ELSE l.payee_child END::bigint AS addressee, NULL::text AS outside_party,
         l.recipient_id, CASE WHEN l.unpaid_id IS NULL THEN r.kind ELSE 'individual' END AS recipient_kind, t.frozen_on AS decided_on, i.named,
         jsonb_build_object('runNo', l.run_no, 'payOn', p.pay_on, 'paymentMonth', to_char(p.payment_month, 'YYYY-MM'), 'kind', p.kind, 'amount', l.amount,
           'account', b.bank_name || ' ' || b.branch_name || ' ' || CASE l.account_type WHEN '1' THEN '普通' WHEN '2' THEN '当座' ELSE '貯蓄' END
                      || ' ****' || right(l.account_number, 3),
           'counter', CASE WHEN l.fund_id IS NOT NULL THEN jsonb_build_object('place', w.place, 'hours', w.hours, 'opensOn', w.opens_on, 'closesOn', w.closes_on) END,
           'items', i.items, 'deductions', d.deductions) AS facts,
         NULL::jsonb AS law_facts
  FROM allowance.run_line l JOIN allowance.payment_run p USING (run_no) JOIN allowance.run_state s USING (run_no)
  JOIN allowance.recipient r USING (recipient_id)
  JOIN allowance.transfer_file t USING (run_no)
  LEFT JOIN allowance.counter_window w ON w.run_no = l.run_no
  JOIN allowance.branch_period b ON b.bank = l.bank AND b.branch = l.branch AND b.valid_from <= p.pay_on AND (b.last_day IS NULL OR b.last_day >= p.pay_on)
  CROSS JOIN LATERAL (SELECT array_agg(DISTINCT y.child_number) AS named,
      jsonb_agg(jsonb_build_object('child', y.child_number, 'month', to_char(y.benefit_month, 'YYYY-MM'), 'amount', y.amount, 'band', y.band, 'order', y.birth_order)
                ORDER BY y.child_number, y.benefit_month) AS items
    FROM (SELECT x.child_number::bigint, x.benefit_month, sum(x.amount)::int AS amount, max(d.band) AS band, max(d.birth_order) AS birth_order
          FROM (SELECT child_number, benefit_month, generation, tranche, amount FROM allowance.run_item WHERE run_no = l.run_no AND line_no = l.line_no
                UNION ALL
                SELECT i.child_number, i.benefit_month, i.generation, i.tranche, i.amount FROM allowance.run_deduction k
                JOIN allowance.run_deduction_item i USING (run_no, deduction_no) WHERE k.run_no = l.run_no AND k.recipient_id = l.recipient_id AND ${ITS_LINE}) x
          JOIN allowance.due_item d USING (child_number, benefit_month, generation, tranche)
          GROUP BY x.child_number, x.benefit_month, x.generation) y) i
  CROSS JOIN LATERAL (SELECT coalesce(jsonb_agg(jsonb_build_object('kind', k.kind, 'amount', k.amount) ORDER BY k.deduction_no), '[]') AS deductions
    FROM allowance.run_deduction k WHERE k.run_no = l.run_no AND k.recipient_id = l.recipient_id AND ${ITS_LINE}) d
  WHERE s.state IN ${CONFIRMED} AND ($3::integer IS NULL OR l.run_no = $3)`;

const holds = `
  SELECT 'hold:' || h.hold_id AS source_key, r.addressee_number::bigint AS addressee, NULL::text AS outside_party, h.recipient_id, r.kind AS recipient_kind,
         h.placed_on AS decided_on, '{}'::bigint[] AS named,
         jsonb_build_object('released', 'no', 'fromMonth', to_char(h.from_month, 'YYYY-MM'), 'cause', h.cause) AS facts, NULL::jsonb AS law_facts
  FROM allowance.hold h JOIN allowance.recipient r USING (recipient_id) WHERE h.kind = 'hold'
  UNION ALL
  SELECT 'holdRelease:' || h.hold_id, r.addressee_number, NULL, h.recipient_id, r.kind, x.released_on, '{}',
         jsonb_build_object('released', 'yes', 'fromMonth', to_char(h.from_month, 'YYYY-MM'), 'cause', x.cause), NULL
  FROM allowance.hold h JOIN allowance.hold_release x USING (hold_id) JOIN allowance.recipient r USING (recipient_id) WHERE h.kind = 'hold'`;

const unpaid = `
  SELECT 'unpaid:' || u.unpaid_id AS source_key, u.child_number::bigint AS addressee, NULL::text AS outside_party, u.recipient_id, r.kind AS recipient_kind,
         u.decided_on, ARRAY[u.child_number::bigint] AS named,
         jsonb_build_object('outcome', u.outcome, 'child', u.child_number, 'claimedOn', u.claimed_on, 'fromMonth', to_char(u.from_month, 'YYYY-MM'),
           'toMonth', to_char(u.to_month, 'YYYY-MM'), 'total', u.total, 'reason', u.reason) AS facts, NULL::jsonb AS law_facts
  FROM allowance.unpaid_decision u JOIN allowance.recipient r USING (recipient_id)
  WHERE NOT EXISTS (SELECT FROM allowance.filing_cancellation c WHERE c.filing_id = u.filing_id)`;

const documents = `
  SELECT 'filingEvent:' || e.filing_id || '/' || e.seq AS source_key, f.claimant_number::bigint AS addressee, NULL::text AS outside_party,
         c.recipient_id, f.recipient_kind, e.done_on AS decided_on, '{}'::bigint[] AS named,
         jsonb_build_object('kind', e.kind, 'reception', f.reception_number, 'procedure', f.procedure_code, 'receivedOn', c.received_on,
           'reason', e.reason, 'dueOn', e.due_on, 'content', c.content,
           'codes', (SELECT coalesce(jsonb_agg(d.code ORDER BY d.code), '[]') FROM (SELECT DISTINCT ON (code) code, state FROM allowance.filing_document
                     WHERE filing_id = e.filing_id AND noted_on <= e.done_on ORDER BY code, no DESC) d WHERE d.state = 'requested')) AS facts,
         NULL::jsonb AS law_facts
  FROM allowance.filing_event e JOIN allowance.filing f USING (filing_id)
  JOIN allowance.filing_content c ON c.filing_id = e.filing_id AND c.revision = e.revision
  WHERE e.kind IN ('returned', 'held')`;

/** 過払: told once two people have decided its cause; whether the city erred decides what the letter may ask for. */
const receivables = `
  SELECT 'receivable:' || v.journal_id || '/' || v.recipient_id AS source_key, r.addressee_number::bigint AS addressee, NULL::text AS outside_party,
         v.recipient_id, r.kind AS recipient_kind, e.decided_on,
         array_agg(DISTINCT v.child_number::bigint) AS named,
         jsonb_build_object('items', jsonb_agg(jsonb_build_object('child', v.child_number, 'month', to_char(v.benefit_month, 'YYYY-MM'), 'amount', v.amount)
             ORDER BY v.child_number, v.benefit_month), 'amount', sum(v.amount)) AS facts,
         NULL::jsonb AS law_facts
  FROM allowance.receivable v JOIN allowance.recipient r USING (recipient_id)
  JOIN allowance.recovery c ON (c.journal_id, c.recipient_id) = (v.journal_id, v.recipient_id)
  JOIN (SELECT recovery_id, min(happened_on) AS decided_on FROM allowance.recovery_event WHERE kind = 'causeDecided' GROUP BY recovery_id) e USING (recovery_id)
  GROUP BY v.journal_id, v.recipient_id, r.addressee_number, r.kind, e.decided_on`;

/** 内払 that a confirmed run took: how much of what was owed, and what is left of it after this run. */
const offsets = `
  SELECT 'offset:' || k.run_no || '/' || k.recipient_id AS source_key, r.addressee_number::bigint AS addressee, NULL::text AS outside_party, k.recipient_id,
         r.kind AS recipient_kind, t.frozen_on AS decided_on, '{}'::bigint[] AS named,
         jsonb_build_object('runNo', k.run_no, 'payOn', p.pay_on, 'offset', k.amount,
           'left', (SELECT coalesce(sum(b.outstanding), 0) FROM allowance.receivable_balance b WHERE b.recipient_id = k.recipient_id)
                   + coalesce((SELECT sum(l.amount) FROM allowance.run_deduction l JOIN allowance.run_state ls USING (run_no)
                               WHERE l.recipient_id = k.recipient_id AND l.kind = 'advanceOffset' AND l.run_no > k.run_no AND ls.state IN ${CONFIRMED}), 0)) AS facts,
         NULL::jsonb AS law_facts
  FROM (SELECT run_no, recipient_id, sum(amount) AS amount FROM allowance.run_deduction WHERE kind = 'advanceOffset' GROUP BY 1, 2) k
  JOIN allowance.payment_run p USING (run_no) JOIN allowance.run_state s USING (run_no) JOIN allowance.recipient r USING (recipient_id)
  JOIN allowance.transfer_file t USING (run_no)
  WHERE s.state IN ${CONFIRMED} AND ($3::integer IS NULL OR k.run_no = $3)`;

/** Rows of `case_notice` of some kinds; `facts` gets what the notice is about. A child of another person stands in `child` or `children`. */
const notices = (kinds: readonly string[]): string => `
  SELECT 'caseNotice:' || n.notice_id AS source_key, n.addressee_number::bigint AS addressee, n.outside_party,
         CASE WHEN jsonb_typeof(n.facts->'recipientId') = 'number' THEN (n.facts->>'recipientId')::bigint END AS recipient_id,
         coalesce((SELECT r.kind FROM allowance.recipient r WHERE r.addressee_number = n.addressee_number ORDER BY r.recipient_id DESC LIMIT 1), 'individual') AS recipient_kind,
         n.issued_on AS decided_on,
         ARRAY(SELECT v::bigint FROM jsonb_array_elements_text(CASE WHEN jsonb_typeof(n.facts->'children') = 'array' THEN n.facts->'children' ELSE '[]' END) v
               UNION SELECT (n.facts->>k)::bigint FROM unnest(ARRAY['child', 'claimant', 'person']) k WHERE jsonb_typeof(n.facts->k) = 'number') AS named,
         n.facts || jsonb_build_object('what', n.kind) || CASE WHEN jsonb_typeof(n.facts->'person') = 'string'
           THEN jsonb_build_object('personName', n.facts->'person', 'person', NULL) WHEN jsonb_typeof(n.facts->'claimant') = 'number'
           THEN jsonb_build_object('person', n.facts->'claimant') ELSE '{}'::jsonb END AS facts,
         NULL::jsonb AS law_facts
  FROM allowance.case_notice n WHERE n.kind IN (${kinds.map((kind) => `'${kind}'`).join(", ")})
    AND NOT EXISTS (SELECT FROM allowance.filing_cancellation c WHERE c.filing_id = n.filing_id)`;

const inquiries = `
  SELECT 'formerInquiry:' || q.entry_id || '/' || q.revision AS source_key, NULL::bigint AS addressee, q.municipality_name AS outside_party,
         NULL::bigint AS recipient_id, 'individual' AS recipient_kind, q.asked_on AS decided_on, ARRAY[q.addressee_number::bigint] AS named,
         jsonb_build_object('what', 'formerInquiry', 'person', q.addressee_number, 'dueOn', q.due_on) AS facts, NULL::jsonb AS law_facts
  FROM allowance.former_inquiry_current q WHERE q.method = 'letter' AND q.answered_on IS NULL
  UNION ALL
  SELECT 'materialRequest:' || q.entry_id || '/' || q.revision, NULL, q.office_name, NULL, 'individual', q.requested_on, ARRAY[q.addressee_number::bigint],
         jsonb_build_object('what', 'materialRequest', 'person', q.addressee_number, 'dueOn', q.due_on, 'items', q.items, 'basis', q.legal_basis), NULL
  FROM allowance.material_request_current q WHERE q.answered_on IS NULL
  UNION ALL ${notices(["informMunicipality", "informEmployer"])}`;

const fees = `
  SELECT 'specialNotice:' || s.special_id AS source_key, r.addressee_number::bigint AS addressee, NULL::text AS outside_party, s.recipient_id,
         r.kind AS recipient_kind, n.notified_on AS decided_on, ARRAY[s.child_number::bigint] AS named,
         jsonb_build_object('basis', 'special', 'child', s.child_number, 'feeKind', s.fee_kind, 'feeYear', s.fee_year, 'amount', n.amount,
           'payment', to_char(s.payment_month, 'YYYY-MM'), 'creditor', (SELECT c.name FROM allowance.creditor c WHERE c.creditor_id = s.creditor_id ORDER BY c.revision DESC LIMIT 1)) AS facts,
         NULL::jsonb AS law_facts
  FROM allowance.special_collection s JOIN allowance.special_collection_notice n USING (special_id) JOIN allowance.recipient r USING (recipient_id)
  WHERE NOT EXISTS (SELECT FROM allowance.special_collection_cancel x WHERE x.special_id = s.special_id)
  UNION ALL
  SELECT 'feeRequest:' || q.fee_request_id, r.addressee_number, NULL, q.recipient_id, r.kind, g.decided_on, ARRAY[q.child_number::bigint],
         jsonb_build_object('basis', 'request', 'kind', q.kind, 'child', q.child_number, 'feeKind', q.fee_kind, 'amount', q.cap, 'payment', to_char(q.from_payment, 'YYYY-MM'),
           'creditor', (SELECT c.name FROM allowance.creditor c WHERE c.creditor_id = q.creditor_id ORDER BY c.revision DESC LIMIT 1)), NULL
  FROM allowance.fee_request q JOIN allowance.filing_approval g USING (filing_id) JOIN allowance.recipient r USING (recipient_id)
  WHERE NOT EXISTS (SELECT FROM allowance.filing_cancellation c WHERE c.filing_id = q.filing_id)`;

/** 受給証明書 out of the ledger: what is due for each month, and when it was paid. */
const certificates = `
  SELECT 'request:' || o.request_id AS source_key, o.addressee_number::bigint AS addressee, NULL::text AS outside_party, o.recipient_id, r.kind AS recipient_kind,
         o.asked_on AS decided_on, ARRAY(SELECT DISTINCT d.child_number::bigint FROM allowance.due_item d WHERE d.recipient_id = o.recipient_id
                                         AND d.benefit_month BETWEEN o.from_month AND o.to_month) AS named,
         jsonb_build_object('from', to_char(o.from_month, 'YYYY-MM'), 'to', to_char(o.to_month, 'YYYY-MM'),
           'children', (SELECT coalesce(jsonb_agg(DISTINCT d.child_number), '[]') FROM allowance.due_item d WHERE d.recipient_id = o.recipient_id
                        AND d.benefit_month BETWEEN o.from_month AND o.to_month),
           'months', (SELECT coalesce(jsonb_agg(m ORDER BY m->>'month'), '[]') FROM (
             SELECT jsonb_build_object('month', to_char(d.benefit_month, 'YYYY-MM'), 'amount', sum(d.amount), 'children', count(DISTINCT d.child_number),
               'paidOn', coalesce(max(p.pay_on)::text, '')) AS m
             FROM allowance.due_item d LEFT JOIN allowance.due_reversal v USING (child_number, benefit_month, generation, tranche)
             LEFT JOIN LATERAL (SELECT x.run_no FROM allowance.run_item x LEFT JOIN allowance.item_release g USING (child_number, benefit_month, generation, tranche, attempt)
                WHERE (x.child_number, x.benefit_month, x.generation, x.tranche) = (d.child_number, d.benefit_month, d.generation, d.tranche) AND g.attempt IS NULL) i ON true
             LEFT JOIN allowance.payment_run p ON p.run_no = i.run_no AND p.pay_on <= $2::date
               AND EXISTS (SELECT FROM allowance.run_state s WHERE s.run_no = p.run_no AND s.state IN ('handedOver', 'settled', 'closed'))
             WHERE d.recipient_id = o.recipient_id AND d.benefit_month BETWEEN o.from_month AND o.to_month AND v.tranche IS NULL GROUP BY d.benefit_month) q)) AS facts,
         NULL::jsonb AS law_facts
  FROM allowance.letter_request o JOIN allowance.recipient r USING (recipient_id) WHERE o.form_code = 'certificate'`;

const covers = `
  SELECT 'request:' || o.request_id AS source_key, o.addressee_number::bigint AS addressee, NULL::text AS outside_party, o.recipient_id,
         coalesce((SELECT r.kind FROM allowance.recipient r WHERE r.recipient_id = o.recipient_id), 'individual') AS recipient_kind,
         o.asked_on AS decided_on, '{}'::bigint[] AS named, o.facts, NULL::jsonb AS law_facts
  FROM allowance.letter_request o WHERE o.form_code = 'cover'`;

/** 取消・再決定: the decision that corrects, with those that it takes back. */
const cancellations = `
  SELECT 'decision:' || d.decision_id AS source_key, r.addressee_number::bigint AS addressee, NULL::text AS outside_party, d.recipient_id, r.kind AS recipient_kind,
         d.decided_on, ${CHILDREN_OF("f.facts")} AS named,
         jsonb_build_object('kind', d.kind, 'month', to_char(d.effective_month, 'YYYY-MM'), 'cause', d.cause,
           'reason', coalesce((SELECT e.reason FROM allowance.claim_cancellation c JOIN allowance.claim k ON k.claim_id = c.claim_id
                                 JOIN allowance.filing_event e ON e.filing_id = k.filing_id AND e.kind = 'cancelled'
                               WHERE c.replaced_by = d.claim_id LIMIT 1),
                              (SELECT c.reason FROM allowance.filing_cancellation c JOIN allowance.case_notice n ON n.filing_id = c.replaced_by AND n.kind = 'decisionCancelled'
                               WHERE c.cancelled_on = d.decided_on AND n.facts->'recipients' @> to_jsonb(d.recipient_id) ORDER BY n.notice_id LIMIT 1),
                              '先の処分に誤りがあったため'),
           'decisions', (SELECT jsonb_agg(jsonb_build_object('kind', o.kind, 'month', to_char(o.effective_month, 'YYYY-MM'), 'decidedOn', o.decided_on) ORDER BY o.seq)
                         FROM allowance.decision o WHERE o.recipient_id = d.recipient_id AND o.seq < d.seq AND o.effective_month >= d.effective_month AND o.kind <> 'correct')) AS facts,
         f.facts AS law_facts
  FROM allowance.decision d JOIN allowance.recipient r USING (recipient_id) JOIN allowance.facts f USING (facts_digest) WHERE d.kind = 'correct'
    AND NOT EXISTS (SELECT FROM allowance.case_notice n WHERE n.kind = 'decisionCancelled' AND n.facts->'decisions' @> to_jsonb(d.decision_id))`;

/** 現況届: the material that the annual review has put together, the last of each year; a new one is a letter of its own. */
const reviewForms = `
  SELECT * FROM (SELECT DISTINCT ON (f.recipient_id, f.fiscal_year) 'reviewForm:' || f.recipient_id || '/' || f.fiscal_year || '/' || f.no AS source_key,
         r.addressee_number::bigint AS addressee, NULL::text AS outside_party, f.recipient_id, r.kind AS recipient_kind, f.made_on AS decided_on,
         ARRAY(SELECT (p->>'number')::bigint FROM jsonb_array_elements(f.material->'people') p WHERE p->>'role' <> 'recipient') AS named,
         jsonb_build_object('year', f.fiscal_year, 'dueOn', f.material->'dueOn', 'code', f.barcode, 'reasons', f.material->'reasons', 'tray', f.tray,
           'papers', (SELECT coalesce(jsonb_agg(p->'name'), '[]') FROM jsonb_array_elements(f.material->'papers') p),
           'separated', (SELECT coalesce(jsonb_agg(p->'number'), '[]') FROM jsonb_array_elements(f.material->'people') p WHERE p->>'role' <> 'recipient' AND p->>'address' <> ''),
           'children', (SELECT coalesce(jsonb_agg(p->'number'), '[]') FROM jsonb_array_elements(f.material->'people') p WHERE p->>'role' <> 'recipient')) AS facts,
         NULL::jsonb AS law_facts
  FROM allowance.review_form_standing f JOIN allowance.recipient r USING (recipient_id) ORDER BY f.recipient_id, f.fiscal_year, f.no DESC) newest`;

const reminders = `
  SELECT 'reviewNotice:' || n.notice_id AS source_key, n.addressee_number::bigint AS addressee, NULL::text AS outside_party, n.recipient_id,
         coalesce((SELECT r.kind FROM allowance.recipient r WHERE r.recipient_id = n.recipient_id), 'individual') AS recipient_kind, n.issued_on AS decided_on,
         '{}'::bigint[] AS named, n.facts || jsonb_build_object('year', n.fiscal_year, 'fromMonth', n.facts->'heldFrom') AS facts, NULL::jsonb AS law_facts
  FROM allowance.review_notice n WHERE n.kind = 'reminder'`;

/** 差止 of one child's part. */
const childHolds = `
  SELECT 'childHold:' || h.child_hold_id AS source_key, r.addressee_number::bigint AS addressee, NULL::text AS outside_party, h.recipient_id, r.kind AS recipient_kind,
         h.placed_on AS decided_on, ARRAY[h.child_number::bigint] AS named,
         jsonb_build_object('released', 'no', 'child', h.child_number, 'fromMonth', to_char(h.from_month, 'YYYY-MM'), 'cause', h.cause) AS facts, NULL::jsonb AS law_facts
  FROM allowance.child_hold h JOIN allowance.recipient r USING (recipient_id)
  UNION ALL
  SELECT 'childHoldRelease:' || h.child_hold_id, r.addressee_number, NULL, h.recipient_id, r.kind, x.released_on,
         ARRAY[h.child_number::bigint],
         jsonb_build_object('released', 'yes', 'child', h.child_number, 'fromMonth', to_char(h.from_month, 'YYYY-MM'), 'cause', x.cause), NULL
  FROM allowance.child_hold h JOIN allowance.child_hold_release x USING (child_hold_id) JOIN allowance.recipient r USING (recipient_id)`;

/** 時効による消滅 (23条) and its cancellation: decided by two people, never silent. */
const lapses = `
  SELECT 'lapse:' || l.lapse_id AS source_key, r.addressee_number::bigint AS addressee, NULL::text AS outside_party, l.recipient_id, r.kind AS recipient_kind,
         l.decided_on, '{}'::bigint[] AS named,
         jsonb_build_object('kind', 'lapse', 'fromMonth', to_char(l.from_month, 'YYYY-MM'), 'toMonth', to_char(l.to_month, 'YYYY-MM'), 'total', l.total, 'reason', l.reason) AS facts,
         NULL::jsonb AS law_facts
  FROM allowance.lapse l JOIN allowance.recipient r USING (recipient_id)
  UNION ALL
  SELECT 'lapseCancellation:' || l.lapse_id, r.addressee_number, NULL, l.recipient_id, r.kind, c.decided_on, '{}',
         jsonb_build_object('kind', 'lapseCancelled', 'fromMonth', to_char(l.from_month, 'YYYY-MM'), 'toMonth', to_char(l.to_month, 'YYYY-MM'), 'total', l.total,
           'decidedOn', l.decided_on, 'reason', c.reason), NULL
  FROM allowance.lapse l JOIN allowance.lapse_cancellation c USING (lapse_id) JOIN allowance.recipient r USING (recipient_id)`;

/** 支給制限 (10条): the decision, its end and its cancellation, each with its reason (理由の提示). */
const restrictions = `
  SELECT 'restriction:' || f.restriction_id AS source_key, r.addressee_number::bigint AS addressee, NULL::text AS outside_party, f.recipient_id, r.kind AS recipient_kind,
         f.decided_on, CASE WHEN f.child_number IS NULL THEN '{}' ELSE ARRAY[f.child_number::bigint] END AS named,
         jsonb_build_object('kind', 'restriction', 'step', 'placed', 'child', f.child_number, 'fromMonth', to_char(f.from_month, 'YYYY-MM'), 'causeCode', f.cause_code,
           'demandedOn', f.demanded_on, 'answerDueOn', f.answer_due_on, 'document', f.demand_document, 'reason', f.reason, 'monthly', m.total) AS facts, m.facts AS law_facts
  FROM allowance.benefit_restriction f JOIN allowance.recipient r USING (recipient_id)
  LEFT JOIN LATERAL (SELECT d.monthly_total AS total, k.facts FROM allowance.decision d JOIN allowance.facts k USING (facts_digest)
    WHERE d.recipient_id = f.recipient_id AND d.kind <> 'refuse' ORDER BY d.seq DESC LIMIT 1) m ON true
  UNION ALL
  SELECT 'restrictionEnd:' || f.restriction_id, r.addressee_number, NULL, f.recipient_id, r.kind, e.decided_on, CASE WHEN f.child_number IS NULL THEN '{}' ELSE ARRAY[f.child_number::bigint] END,
         jsonb_build_object('kind', 'restriction', 'step', 'ended', 'child', f.child_number, 'fromMonth', to_char(f.from_month, 'YYYY-MM'), 'payableFrom', to_char(e.payable_from, 'YYYY-MM'),
           'decidedOn', f.decided_on, 'compliedOn', e.complied_on, 'reason', e.reason), NULL
  FROM allowance.benefit_restriction f JOIN allowance.benefit_restriction_end e USING (restriction_id) JOIN allowance.recipient r USING (recipient_id)
  UNION ALL
  SELECT 'restrictionCancellation:' || f.restriction_id, r.addressee_number, NULL, f.recipient_id, r.kind, c.decided_on, CASE WHEN f.child_number IS NULL THEN '{}' ELSE ARRAY[f.child_number::bigint] END,
         jsonb_build_object('kind', 'restriction', 'step', 'cancelled', 'child', f.child_number, 'fromMonth', to_char(f.from_month, 'YYYY-MM'), 'decidedOn', f.decided_on, 'reason', c.reason), NULL
  FROM allowance.benefit_restriction f JOIN allowance.benefit_restriction_cancellation c USING (restriction_id) JOIN allowance.recipient r USING (recipient_id)`;

/** 処分取消 by a filing that decides again: the old decisions and the new ones. Who was only told of the old one learns that it is gone. */
const cancelledFilings = `
  SELECT 'caseNotice:' || n.notice_id AS source_key, n.addressee_number::bigint AS addressee, n.outside_party,
         (n.facts->'recipients'->>0)::bigint AS recipient_id,
         coalesce((SELECT r.kind FROM allowance.recipient r WHERE r.recipient_id = (n.facts->'recipients'->>0)::bigint), 'individual') AS recipient_kind,
         n.issued_on AS decided_on, '{}'::bigint[] AS named,
         jsonb_build_object('reason', coalesce(n.facts->>'reason', ''), 'reception', n.facts->>'cancelled', 'procedure', n.facts->>'procedure', 'decidedOn', n.facts->>'decidedOn',
           'decidedAgain', n.facts->>'decidedAgain', 'kind', d.kind, 'month', to_char(d.effective_month, 'YYYY-MM'), 'cause', d.cause,
           'decisions', (SELECT coalesce(jsonb_agg(jsonb_build_object('kind', o.kind, 'month', to_char(o.effective_month, 'YYYY-MM'), 'decidedOn', o.decided_on) ORDER BY o.decision_id), '[]')
                         FROM allowance.decision o WHERE to_jsonb(o.decision_id) <@ coalesce(n.facts->'decisionsBefore', '[]'))) AS facts,
         f.facts AS law_facts
  FROM allowance.case_notice n
  LEFT JOIN LATERAL (SELECT o.* FROM allowance.decision o WHERE to_jsonb(o.decision_id) <@ coalesce(n.facts->'decisions', '[]') AND o.recipient_id IS NOT NULL
                     ORDER BY o.decision_id DESC LIMIT 1) d ON true
  LEFT JOIN allowance.facts f ON f.facts_digest = d.facts_digest
  WHERE n.kind = 'decisionCancelled'`;

const SQL: Readonly<Record<FormCode, string>> = {
  certification: decisions("d.kind = 'certify'"),
  claimRefused: refusals("'certification'"),
  revision: decisions("d.kind IN ('increase', 'decrease') AND NOT d.ex_officio"),
  revisionRefused: refusals("'increase', 'supportConfirmation'"),
  extinction: `${decisions("d.kind = 'extinguish' AND NOT d.ex_officio")} UNION ALL ${lapses}`,
  exOfficio: `${decisions("d.kind IN ('increase', 'decrease', 'extinguish') AND d.ex_officio")} UNION ALL ${restrictions}`,
  payment: payments,
  annualReport: reviewForms,
  annualReportReminder: reminders,
  hold: `${holds} UNION ALL ${childHolds}`,
  unpaidBenefit: unpaid,
  documents,
  repayment: `${receivables} UNION ALL ${notices(["repaymentDemand", "repaymentReminder", "repaymentCall", "repaymentInstalments"])}`,
  advanceOffset: `${notices(["advanceOffset"])} UNION ALL ${offsets}`,
  donation: notices(["donationRegistered", "donationReceived"]),
  feeCollection: fees,
  certificate: certificates,
  inquiry: inquiries,
  milestoneGuide: notices(["supportConfirmationInvited"]),
  claimInvitation: notices(["claimInvited", "moveOutGuide"]),
  cancellation: `${cancellations} UNION ALL ${cancelledFilings}`,
  cover: covers,
  caseReport: notices(["designationReceived", "employeeClassChanged"]),
};

export const sourceOf = (form: FormCode): Source => ({ form, sql: SQL[form] });

/** Kinds of `case_notice` that another source tells already (decisions, 未支払, 特別徴収), so that nothing is told twice. */
export const TOLD_ELSEWHERE: readonly string[] = [
  "decidedExOfficio",
  "otherParentEnded",
  "unpaidGranted",
  "unpaidRefused",
  "specialCollectionNotice",
];

/** Every kind of `case_notice` with a form; a test finds a kind of the table that is in neither list. */
export const NOTICE_KINDS: readonly string[] = Object.values(SQL).flatMap((sql) =>
  [...sql.matchAll(/n\.kind (?:IN \(([^)]*)\)|= ('[a-zA-Z]+'))/g)].flatMap(([, list, one]) =>
    (list ?? one ?? "").replaceAll("'", "").split(", "),
  ),
);
