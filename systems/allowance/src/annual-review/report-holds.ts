/** 現況届の未提出による差止 (児童手当法11条): the holds of a year, and how the report lifts them all at once. */
import { type Month, month } from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import type { PoolClient } from "pg";

import type { Deciders } from "../filings/procedure.ts";
import { writeReviewNotices } from "./notices.ts";

export const REPORT_MISSING = "annualReportMissing";

export type ReportHold = { readonly holdId: number; readonly fromMonth: Month };

/** Holds in force because the report of the year is missing. */
export async function heldFor(
  connection: Queryable,
  recipientId: number,
  year: number,
): Promise<readonly ReportHold[]> {
  const { rows } = await connection.query<{ holdId: number; fromMonth: string }>(
    `SELECT h.hold_id AS "holdId", to_char(h.from_month, 'YYYY-MM') AS "fromMonth" FROM allowance.hold h JOIN allowance.hold_ground g USING (hold_id)
     WHERE h.recipient_id = $1 AND g.cause_code = $2 AND g.fiscal_year = $3
       AND NOT EXISTS (SELECT FROM allowance.hold_release x WHERE x.hold_id = h.hold_id) ORDER BY h.hold_id`,
    [recipientId, REPORT_MISSING, year],
  );
  return rows.map(({ holdId, fromMonth }) => ({ holdId, fromMonth: month(fromMonth) }));
}

/** What of the recipient is due, in no run and not reversed, from a month on: what a release lets be paid. Yen. */
export async function heldAmount(
  connection: Queryable,
  recipientId: number,
  from: Month,
): Promise<{
  readonly amount: number;
  readonly months: number;
  readonly first: string | null;
  readonly last: string | null;
}> {
  const { rows } = await connection.query<{
    amount: number;
    months: number;
    first: string | null;
    last: string | null;
  }>(
    `SELECT coalesce(sum(d.amount), 0)::int AS amount, count(DISTINCT d.benefit_month)::int AS months,
            to_char(min(d.benefit_month), 'YYYY-MM') AS first, to_char(max(d.benefit_month), 'YYYY-MM') AS last
     FROM allowance.due_open d WHERE d.recipient_id = $1 AND d.benefit_month >= $2`,
    [recipientId, `${from}-01`],
  );
  return rows[0] ?? { amount: 0, months: 0, first: null, last: null };
}

/** Lifts the holds of the year, with the notice of it. Called in the approval of the report. */
export async function releaseReportHolds(
  client: PoolClient,
  report: { readonly recipientId: number; readonly number: number; readonly year: number },
  receivedOn: string,
  { approvedBy, decidedOn }: { readonly approvedBy: string; readonly decidedOn: string },
): Promise<readonly number[]> {
  const { recipientId, number, year } = report;
  const held = await heldFor(client, recipientId, year);
  for (const { holdId, fromMonth } of held) {
    const due = await heldAmount(client, recipientId, fromMonth);
    await client.query(
      "INSERT INTO allowance.hold_release (hold_id, cause, released_by, released_on) VALUES ($1, $2, $3, $4)",
      [holdId, `${year} 年度の現況届を ${receivedOn} に受け付けた`, approvedBy, decidedOn],
    );
    await writeReviewNotices(
      client,
      [
        {
          kind: "holdReleased",
          to: number,
          recipientId,
          year,
          facts: {
            fromMonth,
            receivedOn,
            months: due.months,
            amount: due.amount,
            firstMonth: due.first,
            lastMonth: due.last,
          },
        },
      ],
      decidedOn,
      approvedBy,
    );
  }
  return held.map(({ holdId }) => holdId);
}

/**
 * 取消 of a report: holds that its receipt had lifted are placed again, each by a new row from the same month and on the same ground.
 *
 * @returns how many
 */
export async function holdAgain(
  client: PoolClient,
  released: readonly number[],
  { approvedBy, decidedOn }: Pick<Deciders, "approvedBy" | "decidedOn">,
): Promise<number> {
  for (const holdId of released) {
    await client.query(
      `WITH again AS (INSERT INTO allowance.hold (recipient_id, kind, from_month, cause, placed_by, placed_on)
         SELECT recipient_id, kind, from_month, cause, $2, $3::date FROM allowance.hold WHERE hold_id = $1 RETURNING hold_id)
       INSERT INTO allowance.hold_ground SELECT (jsonb_populate_record(g, jsonb_build_object('hold_id', again.hold_id))).*
       FROM allowance.hold_ground g, again WHERE g.hold_id = $1`,
      [holdId, approvedBy, decidedOn],
    );
  }
  return released.length;
}
