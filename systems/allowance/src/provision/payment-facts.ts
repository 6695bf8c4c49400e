/**
 * 児童手当の支給に関する情報: what other offices may be told about a recipient, item by item. No name, no address, no account:
 * the receiver knows the person by 宛名番号, and where somebody is does not leave this way.
 *
 * Source: 熊本市 特定個人情報保護評価書 II-5 提供先1–4・移転先1 (③ 提供・移転する情報).
 */
import type { CivilDate } from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import type { Context } from "../context.ts";
import { auditedRead } from "../inquiry/audited-read.ts";

/** Items that can be agreed on, with their names. */
export const paymentItems = {
  recipientNumber: "認定番号",
  state: "支給の状態",
  firstMonth: "支給開始年月",
  lastMonth: "支給終了年月",
  monthlyAmount: "月額",
  children: "支給対象児童数",
  lastPaidOn: "最終支払年月日",
  lastPaidAmount: "最終支払額",
  held: "差止の有無",
  undisclosed: "不開示の印",
} as const;

export type PaymentItem = keyof typeof paymentItems;

export const PAYMENT_ITEMS = Object.keys(paymentItems) as readonly PaymentItem[];

/** One line: the person's number and every item as text; empty where there is none. */
export type PaymentFacts = { readonly addresseeNumber: number } & Readonly<Record<PaymentItem, string>>;

/** Every item of these people ($1) as of a day ($2). Until the parts of a decision or a due month say how many children it is for, nothing is said. */
export const PAYMENT_FACTS = `
SELECT n AS "addresseeNumber", coalesce(lpad(r.recipient_id::text, 10, '0'), '') AS "recipientNumber",
  CASE WHEN r.recipient_id IS NULL OR w.first_month IS NULL THEN 'なし' WHEN w.ended_from <= $2::date THEN '消滅' ELSE '受給中' END AS state,
  coalesce(to_char(w.first_month, 'YYYY-MM'), '') AS "firstMonth",
  coalesce(to_char(w.ended_from - interval '1 month', 'YYYY-MM'), '') AS "lastMonth",
  CASE WHEN w.ended_from <= $2::date THEN '0' ELSE coalesce(d.monthly_total::text, '') END AS "monthlyAmount",
  CASE WHEN r.recipient_id IS NULL THEN '' WHEN w.ended_from <= $2::date THEN '0'
    WHEN b.base_children IS NOT NULL THEN b.base_children::text ELSE (SELECT coalesce(nullif(count(DISTINCT i.child_number), 0)::text, '') FROM allowance.due_item i WHERE i.recipient_id = r.recipient_id
    AND i.benefit_month = (SELECT max(x.benefit_month) FROM allowance.due_item x WHERE x.recipient_id = r.recipient_id AND x.benefit_month <= $2::date)) END AS children,
  coalesce(p.pay_on::text, '') AS "lastPaidOn", coalesce(p.amount::text, '') AS "lastPaidAmount",
  CASE WHEN r.recipient_id IS NULL THEN '' WHEN EXISTS (SELECT FROM allowance.hold h WHERE h.recipient_id = r.recipient_id AND h.kind = 'hold'
    AND NOT EXISTS (SELECT FROM allowance.hold_release x WHERE x.hold_id = h.hold_id)) THEN '1' ELSE '0' END AS held,
  CASE WHEN allowance.is_protected(n) THEN '1' ELSE '0' END AS undisclosed
FROM unnest($1::bigint[]) n
LEFT JOIN LATERAL (SELECT * FROM allowance.recipient x WHERE x.addressee_number = n ORDER BY x.recipient_id DESC LIMIT 1) r ON true
LEFT JOIN allowance.recipient_window w ON w.recipient_id = r.recipient_id
LEFT JOIN LATERAL (SELECT x.decision_id, x.monthly_total FROM allowance.decision x WHERE x.recipient_id = r.recipient_id AND x.kind <> 'refuse' AND x.monthly_total IS NOT NULL
  AND x.effective_month <= date_trunc('month', $2::date) ORDER BY x.seq DESC LIMIT 1) d ON true
LEFT JOIN allowance.decision_breakdown b ON b.decision_id = d.decision_id
LEFT JOIN LATERAL (SELECT q.pay_on, sum(l.amount) AS amount FROM allowance.run_line l JOIN allowance.payment_run q USING (run_no) JOIN allowance.run_end e USING (run_no)
  WHERE l.recipient_id = r.recipient_id AND e.outcome = 'closed' AND q.pay_on <= $2::date GROUP BY q.run_no, q.pay_on ORDER BY q.pay_on DESC, q.run_no DESC LIMIT 1) p ON true
ORDER BY n`;

/**
 * Reads the items about these people for an office that has asked, and records the reading.
 *
 * @param about why, to be kept with the record: approval and inquiry
 */
export async function providePaymentFacts(
  context: Context,
  numbers: readonly number[],
  about: { readonly dataUseId: number; readonly inquiry: string },
): Promise<readonly PaymentFacts[]> {
  const entry = {
    action: "provision.read",
    objectKind: "dataUse",
    objectId: String(about.dataUseId),
    detail: { inquiry: about.inquiry, numbers: numbers.length },
  };
  return await auditedRead(context, entry, async (client) => {
    const { rows } = await client.query<PaymentFacts>(PAYMENT_FACTS, [[...new Set(numbers)], context.today]);
    return rows;
  });
}

/** 宛名番号 of the recipients about whom something was decided from `from` to `to` (both included), in order. */
export async function changedRecipients(
  connection: Queryable,
  from: CivilDate,
  to: CivilDate,
): Promise<readonly number[]> {
  const { rows } = await connection.query<{ number: number }>(
    `SELECT DISTINCT r.addressee_number AS number FROM allowance.decision d JOIN allowance.recipient r USING (recipient_id)
     WHERE d.kind <> 'refuse' AND d.decided_on BETWEEN $1 AND $2 ORDER BY 1`,
    [from, to],
  );
  return rows.map(({ number }) => number);
}
