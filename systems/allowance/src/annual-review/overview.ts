/**
 * 現況の状況: everybody whose right lasts in the month of the switch stands in exactly one state, worked out from what is there today –
 * so nobody who became a recipient after some list was made can be forgotten (I-20, I-21). The list of leftovers is done at zero.
 */
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import { REPORT_MISSING } from "./report-holds.ts";

/** States in the order of the work. The last two are done. */
export const reviewStates = {
  unjudged: "まだ判定していない",
  unclear: "公簿で確かめられない",
  notFiled: "現況届が出ていない",
  defect: "現況届に不備がある",
  undecided: "現況届の審査・決裁待ち",
  difference: "7月分との違いを確かめていない",
  unscheduled: "支払予定を作っていない",
  held: "未提出のため差止中",
  scheduled: "支払予定を作った",
} as const satisfies Readonly<Record<string, string>>;

export type ReviewState = keyof typeof reviewStates;
/** States in which somebody still has to do something before the October payment */
export const LEFTOVER_STATES = (Object.keys(reviewStates) as ReviewState[]).filter(
  (state) => state !== "held" && state !== "scheduled",
);

/** $1 year, $2 first day of the month of the switch. One row for each recipient in force. */
const STATES = `
  SELECT w.recipient_id AS id, p.ward_code AS ward, coalesce(r.reasons, '{}') AS reasons, r.outcome, r.checked_on AS checked,
    CASE WHEN EXISTS (SELECT FROM allowance.hold h JOIN allowance.hold_ground g USING (hold_id) WHERE h.recipient_id = w.recipient_id
                      AND g.cause_code = '${REPORT_MISSING}' AND g.fiscal_year = $1 AND NOT EXISTS (SELECT FROM allowance.hold_release x WHERE x.hold_id = h.hold_id)) THEN 'held'
         WHEN a.entry_id IS NOT NULL AND s.recipient_id IS NOT NULL THEN 'scheduled'
         WHEN a.entry_id IS NOT NULL AND d.open THEN 'difference'
         WHEN a.entry_id IS NOT NULL THEN 'unscheduled'
         WHEN f.state IN ('returned', 'held') THEN 'defect'
         WHEN f.state IS NOT NULL THEN 'undecided'
         WHEN r.outcome = 'mustFile' THEN 'notFiled'
         WHEN r.outcome = 'unclear' THEN 'unclear'
         ELSE 'unjudged' END AS state
  FROM allowance.recipient_window w JOIN allowance.recipient p USING (recipient_id)
  LEFT JOIN allowance.review_result_current r ON r.recipient_id = w.recipient_id AND r.fiscal_year = $1
  LEFT JOIN LATERAL (SELECT entry_id FROM allowance.annual_report_current a WHERE a.recipient_id = w.recipient_id AND a.fiscal_year = $1
                     AND a.reception IN ('submitted', 'publicRecords', 'exempt') LIMIT 1) a ON true
  LEFT JOIN LATERAL (SELECT recipient_id FROM allowance.review_schedule_current s WHERE s.recipient_id = w.recipient_id AND s.fiscal_year = $1 LIMIT 1) s ON true
  LEFT JOIN LATERAL (SELECT cardinality(d.kinds) > 0 AND NOT EXISTS (SELECT FROM allowance.review_clearance c WHERE c.difference_id = d.difference_id) AS open
                     FROM allowance.review_difference d WHERE d.recipient_id = w.recipient_id AND d.fiscal_year = $1 ORDER BY d.no DESC LIMIT 1) d ON true
  LEFT JOIN LATERAL (SELECT f.state FROM allowance.filing_current f JOIN allowance.filing_content c ON c.filing_id = f.filing_id AND c.revision = f.revision
                     WHERE f.recipient_id = w.recipient_id AND f.procedure_code IN ('annualReview', 'institutionAnnualReview')
                       AND f.state IN ('submitted', 'returned', 'held', 'examined') AND (c.content ->> 'year')::int = $1 ORDER BY f.filing_id DESC LIMIT 1) f ON true
  WHERE w.first_month <= $2 AND (w.ended_from IS NULL OR w.ended_from > $2)`;

export type ReviewCounts = {
  /** Recipients whose right lasts in August: the sum of `states`, always */
  readonly population: number;
  readonly states: Readonly<Record<ReviewState, number>>;
  /** By outcome of the judgement and reason; one recipient may have several reasons */
  readonly reasons: readonly { readonly outcome: string; readonly reason: string; readonly count: number }[];
  readonly leftovers: number;
};

const switchDay = (year: number): string => `${year}-08-01`;

/** Counts of the year, by the state of now. */
export async function readReviewCounts(connection: Queryable, year: number): Promise<ReviewCounts> {
  const { rows } = await connection.query<{ state: ReviewState; n: number }>(
    `SELECT state, count(*)::int AS n FROM (${STATES}) x GROUP BY state`,
    [year, switchDay(year)],
  );
  const found = new Map(rows.map(({ state, n }) => [state, n]));
  const count = (state: ReviewState): number => found.get(state) ?? 0;
  const reasons = await connection.query<{ outcome: string; reason: string; count: number }>(
    `SELECT outcome, unnest(reasons) AS reason, count(*)::int AS count FROM (${STATES}) x WHERE outcome IS NOT NULL
     GROUP BY 1, 2 ORDER BY 1, 3 DESC, 2`,
    [year, switchDay(year)],
  );
  const states: Record<ReviewState, number> = {
    unjudged: count("unjudged"),
    unclear: count("unclear"),
    notFiled: count("notFiled"),
    defect: count("defect"),
    undecided: count("undecided"),
    difference: count("difference"),
    unscheduled: count("unscheduled"),
    held: count("held"),
    scheduled: count("scheduled"),
  };
  return {
    population: rows.reduce((sum, { n }) => sum + n, 0),
    states,
    reasons: reasons.rows,
    leftovers: LEFTOVER_STATES.reduce((sum, state) => sum + states[state], 0),
  };
}

export type Leftover = {
  readonly recipientId: number;
  readonly wardCode: string;
  readonly state: ReviewState;
  readonly reasons: readonly string[];
  /** Day of the last check against the registers; null: never */
  readonly checkedOn: string | null;
};

/** Those of the state (or of every unfinished state), in order of 認定番号. */
export async function listLeftovers(
  connection: Queryable,
  {
    year,
    state,
    after = 0,
    limit = 200,
  }: { readonly year: number; readonly state?: ReviewState; readonly after?: number; readonly limit?: number },
): Promise<readonly Leftover[]> {
  const { rows } = await connection.query<Leftover>(
    `SELECT id AS "recipientId", ward AS "wardCode", state, reasons, checked AS "checkedOn" FROM (${STATES}) x
     WHERE id > $3 AND state = ANY($4::text[]) ORDER BY id LIMIT $5`,
    [year, switchDay(year), after, state === undefined ? LEFTOVER_STATES : [state], limit],
  );
  return rows;
}

export type ExpectedUnpaid = {
  readonly recipientId: number;
  /** Yen of August and September by the schedule; null: there is none */
  readonly expected: number | null;
  /** Yen of the two months in runs that were not cancelled */
  readonly inRun: number;
  readonly state: ReviewState;
};

/**
 * 10月に支払われるはずなのに入っていない人: whose August and September are not, or not wholly, in a payment run. Asked after the October
 * run was made, and before it is approved; done at zero, or at those alone who are held for a reason.
 */
export async function expectedButUnpaid(connection: Queryable, year: number): Promise<readonly ExpectedUnpaid[]> {
  const { rows } = await connection.query<ExpectedUnpaid>(
    `SELECT x.id AS "recipientId", s.amounts[1] + s.amounts[2] AS expected, coalesce(i.paid, 0)::int AS "inRun", x.state
     FROM (${STATES}) x
     LEFT JOIN allowance.review_schedule_current s ON s.recipient_id = x.id AND s.fiscal_year = $1
     LEFT JOIN LATERAL (SELECT sum(i.amount) AS paid FROM allowance.run_item i JOIN allowance.run_line l USING (run_no, line_no)
       LEFT JOIN allowance.item_release g USING (child_number, benefit_month, generation, tranche, attempt)
       WHERE l.recipient_id = x.id AND g.attempt IS NULL AND i.benefit_month BETWEEN $2 AND $2::date + interval '1 month') i ON true
     WHERE CASE WHEN s.recipient_id IS NULL THEN coalesce(i.paid, 0) = 0 ELSE coalesce(i.paid, 0) < s.amounts[1] + s.amounts[2] END
     ORDER BY 1`,
    [year, switchDay(year)],
  );
  return rows;
}
