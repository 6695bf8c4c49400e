/** 定期の解析: the analysis of a month is made by itself once the month is over; a person reviews it and signs. */
import { addMonths, type Month, monthOf } from "@hagukumi/law/contract.ts";

import type { Context } from "../context.ts";
import { type LogReviewRun, reviewMonth } from "./review-log.ts";

/** Who ran it, where nobody did: the scheduler. */
export const SCHEDULER = "system";

/**
 * Analyses the month before that of `context.today`, unless all of it has been analysed. To be called every day: the second call of a
 * month does nothing.
 *
 * @returns what was found; undefined where it had been done
 */
export async function reviewLastMonth(context: Context): Promise<LogReviewRun | undefined> {
  const month: Month = addMonths(monthOf(context.today), -1);
  const { rows } = await context.pool.query<{ done: boolean }>(
    `SELECT EXISTS (SELECT FROM access.review_run r WHERE r.month = ($1 || '-01')::date
       AND r.to_at >= (($1 || '-01')::date + interval '1 month')::timestamp AT TIME ZONE 'Asia/Tokyo') AS done`,
    [month],
  );
  if (rows[0]?.done === true) return undefined;
  return await reviewMonth({ ...context, operator: SCHEDULER, purpose: "定期の解析" }, month);
}
