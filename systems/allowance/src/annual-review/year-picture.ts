/**
 * What stands decided for a recipient, month by month: the facts of the last decision, put to the law. The same source from which
 * a payment run takes its amounts, so a list made from it says what will be paid.
 */
import { assess, type Calendar, type ChildMonth, type Month, month, parseCase } from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

/** One recipient with the decided facts and the window of the right. */
export type Standing = {
  readonly recipientId: number;
  readonly number: number;
  readonly kind: "individual" | "corporateGuardian" | "institution";
  readonly wardCode: string;
  /** First day of the first month with the right, and of the first without */
  readonly firstMonth: string;
  readonly endedFrom: string | null;
  readonly claimedOn: string;
  readonly claimClass: "employee" | "nonEmployee" | null;
  readonly decisionSeq: number;
  readonly factsDigest: string;
  readonly facts: Readonly<Record<string, unknown>>;
};

const STANDING = `
  SELECT r.recipient_id AS "recipientId", r.addressee_number AS number, r.kind, r.ward_code AS "wardCode", w.first_month AS "firstMonth",
         w.ended_from AS "endedFrom", c.received_on AS "claimedOn", c.employee_class AS "claimClass", d.seq AS "decisionSeq",
         d.facts_digest AS "factsDigest", f.facts
  FROM allowance.recipient r JOIN allowance.recipient_window w USING (recipient_id)
  JOIN allowance.claim c ON c.claim_id = r.opened_by_claim
  JOIN LATERAL (SELECT x.seq, x.facts_digest FROM allowance.decision x WHERE x.recipient_id = r.recipient_id AND x.kind <> 'refuse'
                ORDER BY x.seq DESC LIMIT 1) d ON true
  JOIN allowance.facts f ON f.facts_digest = d.facts_digest
  WHERE r.recipient_id = ANY($1::bigint[]) AND w.first_month IS NOT NULL ORDER BY r.recipient_id`;

/** The named recipients; whoever was never certified is not in the answer. */
export async function standingOf(connection: Queryable, recipients: readonly number[]): Promise<readonly Standing[]> {
  return (await connection.query<Standing>(STANDING, [recipients])).rows;
}

/**
 * 認定番号 of everybody whose right lasts in the month, after `after`, in order: the population is always the state of the day,
 * never a list made before.
 *
 * @param first `YYYY-MM-01`
 */
export async function recipientsIn(
  connection: Queryable,
  first: string,
  after: number,
  limit: number,
): Promise<readonly number[]> {
  const { rows } = await connection.query<{ id: number }>(
    `SELECT recipient_id AS id FROM allowance.recipient_window
     WHERE recipient_id > $2 AND first_month <= $1 AND (ended_from IS NULL OR ended_from > $1) ORDER BY 1 LIMIT $3`,
    [first, after, limit],
  );
  return rows.map(({ id }) => id);
}

/** Amounts (yen) and children of one month; `children` is empty where the right has ended. */
export type MonthPicture = {
  readonly month: Month;
  readonly total: number;
  readonly children: readonly ChildMonth[];
};

/** The months `from` … `until` as decided; undefined where the decided facts can't be put to the law for them. */
export function monthsOf(
  standing: Standing,
  calendar: Calendar,
  from: Month,
  until: Month,
): readonly MonthPicture[] | undefined {
  const parsed = parseCase({ ...standing.facts, from, until });
  if (!parsed.ok) return undefined;
  const assessed = assess(parsed.value, { calendar, explain: false });
  if (!assessed.ok) return undefined;
  const ended = standing.endedFrom === null ? null : month(standing.endedFrom.slice(0, 7));
  return assessed.value.months.map((each) =>
    each.entitled && (ended === null || each.month < ended)
      ? { month: each.month, total: each.total, children: each.children }
      : { month: each.month, total: 0, children: [] },
  );
}
