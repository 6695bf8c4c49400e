/** 処理の流れ: day by day, how many filings came in and how many were done. Counts alone, nobody is named. */
import type { CivilDate } from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

export type FlowDay = {
  readonly day: CivilDate;
  /** 受付: registered on that day */
  readonly received: number;
  /** 決裁・取下げ: finished on that day */
  readonly done: number;
};

export type FlowQuestion = {
  /** First and last day, both included */
  readonly from: CivilDate;
  readonly to: CivilDate;
  /** 行政区 codes; null for the whole city */
  readonly wards: readonly string[] | null;
};

const FLOW = `
SELECT d::date AS day,
       count(e.*) FILTER (WHERE e.kind = 'submitted')::int AS received,
       count(e.*) FILTER (WHERE e.kind IN ('approved', 'withdrawn'))::int AS done
FROM generate_series($1::date, $2::date, interval '1 day') d
LEFT JOIN (SELECT x.done_on, x.kind FROM allowance.filing_event x JOIN allowance.filing f USING (filing_id)
           WHERE x.kind IN ('submitted', 'approved', 'withdrawn') AND x.done_on BETWEEN $1 AND $2
             AND ($3::text[] IS NULL OR f.ward_code = ANY ($3))) e ON e.done_on = d::date
GROUP BY d ORDER BY d`;

/** One row for each day of the span, also for those on which nothing happened. */
export async function workFlow(connection: Queryable, question: FlowQuestion): Promise<readonly FlowDay[]> {
  const { rows } = await connection.query<FlowDay>(FLOW, [question.from, question.to, question.wards]);
  return rows;
}

/** 受付から入力まで: whole days between the 受付日 and the day of the registration, of what was registered in the span. */
export type EntryDelays = {
  readonly sameDay: number;
  /** 1 to 3 days */
  readonly withinThree: number;
  /** 4 to 7 days */
  readonly withinSeven: number;
  readonly later: number;
  /** In days; null where nothing was registered */
  readonly longest: number | null;
  /** 仮受付: received up to the last day and not registered yet */
  readonly notEntered: number;
  /** Days that the oldest of these has lain; null where there is none */
  readonly oldest: number | null;
};

const DELAYS = `
WITH entered AS (
  SELECT greatest(0, min(e.done_on) - f.received_on) AS days
  FROM allowance.filing_event e JOIN allowance.filing_current f USING (filing_id)
  WHERE e.kind = 'submitted' AND f.channel <> 'exOfficio' AND ($3::text[] IS NULL OR f.ward_code = ANY ($3))
  GROUP BY e.filing_id, f.received_on HAVING min(e.done_on) BETWEEN $1 AND $2
), lying AS (
  SELECT $2::date - f.received_on AS days FROM allowance.filing_current f
  WHERE f.state = 'draft' AND f.received_on <= $2 AND ($3::text[] IS NULL OR f.ward_code = ANY ($3))
)
SELECT count(*) FILTER (WHERE days = 0)::int AS "sameDay", count(*) FILTER (WHERE days BETWEEN 1 AND 3)::int AS "withinThree",
       count(*) FILTER (WHERE days BETWEEN 4 AND 7)::int AS "withinSeven", count(*) FILTER (WHERE days > 7)::int AS later, max(days)::int AS longest,
       (SELECT count(*) FROM lying)::int AS "notEntered", (SELECT max(days) FROM lying)::int AS oldest
FROM entered`;

/**
 * How soon what people hand in is entered (評価書 III7 他①: 届出等は遅滞なく入力・訂正・削除する). What the office does 職権で has no
 * 受付 by anybody else and is left out. Counts alone, nobody is named.
 */
export async function entryDelays(connection: Queryable, question: FlowQuestion): Promise<EntryDelays> {
  const { rows } = await connection.query<EntryDelays>(DELAYS, [question.from, question.to, question.wards]);
  const [found] = rows;
  if (found === undefined) throw new Error("an aggregate without a row");
  return found;
}
