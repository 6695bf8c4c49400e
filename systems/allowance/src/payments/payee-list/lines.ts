/** 支払対象者一覧の明細: the lines of a run as people read them, in file order, a slice at a time. */
import { toZenginKana } from "@hagukumi/platform/bank/kana.ts";
import type { KanaOptions } from "@hagukumi/platform/bank/kana.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";

import type { PaymentRefusalCode } from "../refusals.ts";

/** One line. Months as `YYYY-MM`, `amount` in yen. No address, for anybody: a list travels. */
export type PayeeLine = {
  readonly lineNo: number;
  readonly recipientId: number;
  /** 受給者氏名 as it was known when the run was made; of a line that goes to a child, the child's behind it */
  readonly name: string;
  /** カナ名義, half width, as in the file */
  readonly holder: string;
  readonly bank: string;
  readonly bankName: string;
  readonly branch: string;
  readonly branchName: string;
  readonly accountType: string;
  readonly accountNumber: string;
  /** 月分, first to last, each once */
  readonly months: readonly string[];
  /** 児童数 */
  readonly children: number;
  readonly amount: number;
  readonly wardCode: string;
  readonly employeeClass: string | null;
  /** 支援措置 of the recipient, or of the child that the line goes to: bank, branch and ward stay inside (`payeeList`) */
  readonly protected: boolean;
};

/** Lines read at a time; keyset paging, because a cursor would hold a second state beside the transaction. */
const SLICE = 5000;

// The name is the one known when the run was made: printed again in two years, the list is still the same.
const LINES = `
SELECT l.line_no AS "lineNo", l.recipient_id AS "recipientId", coalesce(p.name, o.name, '') || CASE WHEN l.fund_id IS NOT NULL THEN '（窓口払）' WHEN l.payee_child IS NULL THEN '' ELSE '（児童　' || coalesce(k.name, '') || '）' END AS name, l.holder,
       l.bank, b.bank_name AS "bankName", l.branch, b.branch_name AS "branchName",
       l.account_type AS "accountType", l.account_number AS "accountNumber", i.months, i.children, l.amount,
       l.ward_code AS "wardCode", l.employee_class AS "employeeClass", s.protected
FROM allowance.run_line l
JOIN allowance.payment_run r USING (run_no)
JOIN allowance.recipient c USING (recipient_id)
JOIN allowance.branch_period b ON b.bank = l.bank AND b.branch = l.branch AND b.valid_from <= r.pay_on AND (b.last_day IS NULL OR b.last_day >= r.pay_on)
LEFT JOIN LATERAL (SELECT h.protected FROM allowance.person_history h WHERE h.addressee_number = c.addressee_number
                   ORDER BY history_no DESC, revision DESC LIMIT 1) s0 ON true
LEFT JOIN LATERAL (SELECT h.protected FROM allowance.person_history h WHERE h.addressee_number = l.payee_child
                   ORDER BY history_no DESC, revision DESC LIMIT 1) s1 ON true
CROSS JOIN LATERAL (SELECT coalesce(s0.protected, false) OR coalesce(s1.protected, false) AS protected) s
LEFT JOIN LATERAL (SELECT name FROM allowance.person_history h WHERE h.addressee_number = l.payee_child AND h.recorded_at <= r.recorded_at
                   ORDER BY history_no DESC, revision DESC LIMIT 1) k ON true
LEFT JOIN LATERAL (SELECT name FROM allowance.person_history h WHERE h.addressee_number = c.addressee_number AND h.recorded_at <= r.recorded_at
                   ORDER BY history_no DESC, revision DESC LIMIT 1) p ON true
LEFT JOIN LATERAL (SELECT name FROM allowance.organization_history h WHERE h.addressee_number = c.addressee_number AND h.recorded_at <= r.recorded_at
                   ORDER BY revision DESC LIMIT 1) o ON true
CROSS JOIN LATERAL (SELECT array_agg(DISTINCT to_char(x.benefit_month, 'YYYY-MM')) AS months, count(DISTINCT x.child_number)::int AS children
                    FROM allowance.run_item x WHERE x.run_no = l.run_no AND x.line_no = l.line_no) i
WHERE l.run_no = $1 AND l.line_no > $2 AND l.line_no <= $2 + ${SLICE} ORDER BY l.line_no`;

/** The name as the file carries it: ｰ becomes -, small kana large. The list shows what the bank gets. */
function asInFile(holder: string, kind: KanaOptions["kind"]): string {
  const kana = toZenginKana(holder, { kind });
  return kana.ok ? kana.value.shown : holder;
}

/**
 * All lines of the run in the order of the transfer file, in arrays of at most 5,000. Read them in one transaction.
 *
 * @throws Refusal `cancelled` when the signal was aborted between two slices
 * @param kind 種別コード of the file (21 総合振込, 11 給与振込): it decides which characters a name may have
 */
export async function* readPayeeLines(
  connection: Queryable,
  runNo: number,
  kind: KanaOptions["kind"],
  signal?: AbortSignal,
): AsyncGenerator<readonly PayeeLine[]> {
  const read = async (after: number): Promise<readonly PayeeLine[]> =>
    (await connection.query<PayeeLine>(LINES, [runNo, after])).rows;
  // line_no runs from 1 without a gap (row_number() in the extraction), so a slice is a range.
  let next = read(0);
  for (let after = SLICE; ; after += SLICE) {
    const rows = await next;
    if (signal?.aborted === true)
      throw new Refusal<PaymentRefusalCode | "cancelled">(
        "cancelled",
        "一覧の作成を中止しました。ファイルは残していません。",
      );
    // The database reads the next slice while this one is printed.
    const more = rows.length === SLICE;
    if (more) next = read(after);
    next.catch(() => {}); // awaited in the next round; a reader that leaves before is not told
    if (rows.length > 0) yield rows.map((row) => ({ ...row, holder: asInFile(row.holder, kind) }));
    if (!more) return;
  }
}

/** 月分 in few characters: `2026-10〜2026-11`; a gap is shown: `2026-08、2026-10〜2026-11`. */
export function monthsText(months: readonly string[]): string {
  const parts: { first: string; last: string; index: number }[] = [];
  for (const month of months) {
    const index = Number(month.slice(0, 4)) * 12 + Number(month.slice(5));
    const open = parts.at(-1);
    if (open !== undefined && open.index + 1 === index) {
      open.last = month;
      open.index = index;
    } else {
      parts.push({ first: month, last: month, index });
    }
  }
  return parts.map(({ first, last }) => (first === last ? first : `${first}〜${last}`)).join("、");
}
