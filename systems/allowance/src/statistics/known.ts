/** いつまでに記録されたことで作るか: a statistic is a function of what was recorded up to one moment, so that it can be made again. */
import { parseCivilDate } from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import { refuse } from "../refusal.ts";

/** The moment as it is shown and kept: ISO 8601 in UTC, to the microsecond of the database. */
export type KnownAt = string;

const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})$/;

/**
 * The moment up to which records count: `undefined` now, a day `YYYY-MM-DD` its end in Japan (today: now), or a moment of ISO 8601 with
 * its zone. "Now" is never later than the beginning of a transaction that is still writing: what it records will not turn up before it.
 *
 * @throws Refusal `statisticsInvalid` for anything else, and for a moment that has not come yet (its figures could still change)
 */
export async function knownMoment(connection: Queryable, at: string | undefined): Promise<KnownAt> {
  const day = at === undefined ? undefined : parseCivilDate(at);
  if (at !== undefined && day === undefined && !(MOMENT.test(at) && !Number.isNaN(Date.parse(at)))) throw invalid(at);
  const { rows } = await connection.query<{ at: string; future: boolean }>(
    `SELECT to_char(least(wanted, settled) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at,
            CASE WHEN $1::date IS NULL THEN wanted > now() ELSE $1 > (now() AT TIME ZONE 'Asia/Tokyo')::date END AS future
     FROM (SELECT coalesce(($1::date + 1)::timestamp AT TIME ZONE 'Asia/Tokyo' - interval '1 microsecond', $2::timestamptz, now()) AS wanted,
                  allowance.settled_moment() AS settled) x`,
    [day ?? null, day === undefined ? (at ?? null) : null],
  );
  const [row] = rows;
  if (row === undefined || row.future) throw invalid(at ?? "");
  return row.at;
}

function invalid(at: string): Error {
  return refuse(
    "statisticsInvalid",
    `「${at.slice(0, 40)}」は、統計を作る時点にできません。今日までの日（YYYY-MM-DD）か、過ぎた時刻（例 2026-12-01T09:00:00+09:00）を指定してください。`,
  );
}
