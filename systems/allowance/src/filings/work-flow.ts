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
