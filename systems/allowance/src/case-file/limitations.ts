/** 時効の近い差止 (現況資格時効年月日): what a clerk must be warned of before the right to the held months is lost (児童手当法23条). */
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

export type Limitation = {
  readonly holdId: number;
  readonly recipientId: number;
  readonly wardCode: string;
  /** First held benefit month, `YYYY-MM` */
  readonly fromMonth: string;
  /** Day on which the right to that month's payment is lost */
  readonly lostOn: string;
  /** Days from `today`; 0 or less: lost already */
  readonly daysLeft: number;
};

/** Holds in force whose first month is lost within `withinDays` of `today`, the most urgent first. */
export async function listLimitations(
  connection: Queryable,
  { today, withinDays }: { readonly today: string; readonly withinDays: number },
): Promise<readonly Limitation[]> {
  const { rows } = await connection.query<Limitation>(
    `SELECT h.hold_id AS "holdId", h.recipient_id AS "recipientId", r.ward_code AS "wardCode", to_char(h.from_month, 'YYYY-MM') AS "fromMonth",
            allowance.limitation_day(h.from_month) AS "lostOn", allowance.limitation_day(h.from_month) - $1::date AS "daysLeft"
     FROM allowance.hold h JOIN allowance.recipient r USING (recipient_id)
     WHERE h.kind = 'hold' AND NOT EXISTS (SELECT FROM allowance.hold_release x WHERE x.hold_id = h.hold_id)
       AND allowance.limitation_day(h.from_month) <= $1::date + $2::int
     ORDER BY 5, h.hold_id`,
    [today, withinDays],
  );
  return rows;
}
