/**
 * 事業年報: the year from March to February, recipients as of the end of February (児童手当事業年報). Everything is made of what was
 * decided and of closed runs, as known at one moment (A132).
 */
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import { decisionName, causeName } from "../inquiry/labels.ts";
import type { StatisticsCell } from "./dimensions.ts";
import { fiscalYear } from "./grant-account.ts";
import { type KnownAt, knownMoment } from "./known.ts";
import { restrictedMonths } from "./restricted-months.ts";
import { dueCells, type MonthlyCounts, monthlyCounts } from "./monthly-counts.ts";

/** Decisions of one kind for one cause, decided within the year. */
export type DecisionCount = {
  readonly kind: string;
  readonly kindName: string;
  readonly cause: string;
  readonly causeName: string;
  readonly count: number;
};

/** What else the return asks for: how many and yen. */
export const RETURN_ITEMS = [
  "held",
  "restricted",
  "lapsed",
  "repaid",
  "advanceOffset",
  "writtenOff",
  "donation",
  "requestedDeduction",
  "requestedToThirdParty",
  "specialDeduction",
  "unpaidBenefit",
] as const;
export type ReturnItem = (typeof RETURN_ITEMS)[number];

export const returnItemLabels = {
  held: "差止・保留（2月末。人、2月分の額）",
  restricted: "支給制限（10条。支給しない月分の月、額）",
  lapsed: "時効による消滅（決定の件、額）",
  repaid: "返納の収納（件、額）",
  advanceOffset: "内払による調整（件、額）",
  writtenOff: "不納欠損（件、額）",
  donation: "寄附（20条。件、額）",
  requestedDeduction: "申出徴収（21条1項。件、額）",
  requestedToThirdParty: "申出による支払（21条2項。件、額）",
  specialDeduction: "特別徴収（22条。件、額）",
  unpaidBenefit: "未支払の手当の決定（12条。件、額）",
} as const satisfies Readonly<Record<ReturnItem, string>>;

export type ReturnCount = { readonly item: ReturnItem; readonly count: number; readonly amount: number };

export type AnnualReturn = {
  readonly fiscalYear: number;
  readonly knownAt: KnownAt;
  /** First and last benefit month, `YYYY-MM` */
  readonly months: readonly [first: string, last: string];
  /** February: recipients and children */
  readonly february: MonthlyCounts;
  /** 延児童数 and yen of the twelve benefit months */
  readonly cells: readonly StatisticsCell[];
  readonly decisions: readonly DecisionCount[];
  readonly items: readonly ReturnCount[];
};

const DECISIONS = `
  SELECT kind, cause, count(*)::int AS count FROM allowance.decision
  WHERE decided_on >= $1 AND decided_on < $2::date + interval '1 month' AND recorded_at <= $3 GROUP BY 1, 2 ORDER BY 1, 2`;

/** $1 first month, $2 last month, $3 known. */
const ITEMS = `
  SELECT 'held' AS item, count(DISTINCT d.recipient_id)::int AS count, coalesce(sum(d.rate), 0)::bigint AS amount
  FROM allowance.statistics_due($2, $2, $3) d
  WHERE EXISTS (SELECT FROM allowance.hold h LEFT JOIN allowance.hold_release r ON r.hold_id = h.hold_id AND r.recorded_at <= $3
                WHERE h.recipient_id = d.recipient_id AND h.from_month <= $2 AND h.recorded_at <= $3 AND r.hold_id IS NULL)
     OR EXISTS (SELECT FROM allowance.child_hold h LEFT JOIN allowance.child_hold_release r ON r.child_hold_id = h.child_hold_id AND r.recorded_at <= $3
                WHERE h.recipient_id = d.recipient_id AND h.child_number = d.child_number AND h.from_month <= $2 AND h.recorded_at <= $3 AND r.child_hold_id IS NULL)
  UNION ALL
  SELECT 'lapsed', count(*)::int, coalesce(sum(total), 0)::bigint FROM allowance.lapse
  WHERE decided_on >= $1 AND decided_on < $2::date + interval '1 month' AND recorded_at <= $3
    AND NOT EXISTS (SELECT FROM allowance.lapse_cancellation c WHERE c.lapse_id = lapse.lapse_id AND c.recorded_at <= $3)
  UNION ALL
  SELECT 'repaid', count(DISTINCT t.receipt_id)::int, coalesce(sum(m.amount), 0)::bigint
  FROM allowance.recovery_receipt t JOIN allowance.recovery_movement m USING (receipt_id)
  WHERE t.paid_on >= $1 AND t.paid_on < $2::date + interval '1 month' AND t.recorded_at <= $3
  UNION ALL
  SELECT 'writtenOff', count(DISTINCT m.proposal_id)::int, coalesce(sum(m.amount), 0)::bigint
  FROM allowance.recovery_movement m JOIN allowance.recovery_answer a USING (proposal_id)
  WHERE m.kind = 'writeOff' AND a.answered_on >= $1 AND a.answered_on < $2::date + interval '1 month' AND a.recorded_at <= $3
  UNION ALL
  SELECT 'unpaidBenefit', count(*)::int, coalesce(sum(total), 0)::bigint FROM allowance.unpaid_decision
  WHERE outcome = 'grant' AND decided_on >= $1 AND decided_on < $2::date + interval '1 month' AND recorded_at <= $3
  UNION ALL
  SELECT k.kind, count(*)::int, coalesce(sum(k.amount), 0)::bigint
  FROM allowance.run_deduction k JOIN allowance.payment_run p USING (run_no) JOIN allowance.run_end e USING (run_no)
  WHERE e.outcome = 'closed' AND e.recorded_at <= $3 AND p.payment_month BETWEEN $1 AND $2 GROUP BY 1`;

/**
 * The return of a fiscal year.
 *
 * @throws Refusal `statisticsInvalid`
 */
export async function annualReturn(
  connection: Queryable,
  request: { readonly fiscalYear: number; readonly knownAt?: string | undefined },
): Promise<AnnualReturn> {
  const year = fiscalYear(request.fiscalYear);
  const knownAt = await knownMoment(connection, request.knownAt);
  const months = [`${String(year)}-${year === 2010 ? "04" : "03"}`, `${String(year + 1)}-02`] as const;
  const [first, last] = months;
  const bounds = [`${first}-01`, `${last}-01`, knownAt];
  const { rows: decisions } = await connection.query<Pick<DecisionCount, "kind" | "cause" | "count">>(
    DECISIONS,
    bounds,
  );
  const { rows: items } = await connection.query<ReturnCount>(ITEMS, bounds);
  items.push({ item: "restricted", ...(await restrictedMonths(connection, months, knownAt)) });
  return {
    fiscalYear: year,
    knownAt,
    months,
    february: await monthlyCounts(connection, { month: last, knownAt }),
    cells: await dueCells(connection, first, last, knownAt),
    decisions: decisions.map(({ kind, cause, count }) => ({
      kind,
      kindName: decisionName(kind),
      cause,
      causeName: causeName(cause),
      count,
    })),
    items: RETURN_ITEMS.map((item) => items.find((each) => each.item === item) ?? { item, count: 0, amount: 0 }),
  };
}
