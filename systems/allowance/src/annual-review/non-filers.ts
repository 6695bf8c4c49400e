/**
 * 差止 of those who must file and have not (児童手当法11条), from the month that the city has set (8月分), with the notice (F9). A hold
 * delays the payment; the months and the right stay as they are.
 */
import type { CivilDate } from "@hagukumi/law/contract.ts";
import type { PoolClient } from "pg";

import type { Context } from "../context.ts";
import { writeReviewNotices } from "./notices.ts";
import { REPORT_MISSING } from "./report-holds.ts";
import { addReports, type ReviewDeciders, reportsOf } from "./results.ts";
import type { ReviewYear } from "./year.ts";

export type ProposedHold = {
  readonly recipientId: number;
  readonly number: number;
  /** `hold`: will be held; `waits`: a report is there but not decided; `held`: is held already */
  readonly what: "hold" | "waits" | "held";
  /** 受付番号 of the report that waits */
  readonly filed: string | null;
};

type Row = { readonly id: number; readonly number: number; readonly held: boolean; readonly filed: string | null };

/** Of the given recipients those who must file, have no accepted report and whose right lasts in the first held month. */
const CANDIDATES = `
  SELECT r.recipient_id AS id, p.addressee_number AS number,
         EXISTS (SELECT FROM allowance.hold h JOIN allowance.hold_ground g USING (hold_id) WHERE h.recipient_id = r.recipient_id
                 AND g.cause_code = $4 AND g.fiscal_year = $2 AND NOT EXISTS (SELECT FROM allowance.hold_release x WHERE x.hold_id = h.hold_id)) AS held,
         x.reception AS filed
  FROM allowance.review_result_current r JOIN allowance.recipient p USING (recipient_id) JOIN allowance.recipient_window w USING (recipient_id)
  LEFT JOIN LATERAL (SELECT f.reception_number AS reception FROM allowance.filing_current f
    JOIN allowance.filing_content c ON c.filing_id = f.filing_id AND c.revision = f.revision
    WHERE f.recipient_id = r.recipient_id AND f.procedure_code IN ('annualReview', 'institutionAnnualReview')
      AND f.state IN ('submitted', 'returned', 'held', 'examined') AND (c.content ->> 'year')::int = $2 ORDER BY f.filing_id DESC LIMIT 1) x ON true
  WHERE r.recipient_id = ANY($1::bigint[]) AND r.fiscal_year = $2 AND r.outcome = 'mustFile' AND (w.ended_from IS NULL OR w.ended_from > $3)
    AND NOT EXISTS (SELECT FROM allowance.annual_report_current a WHERE a.recipient_id = r.recipient_id AND a.fiscal_year = $2
                    AND a.reception IN ('submitted', 'publicRecords', 'exempt'))
  ORDER BY 1`;

/** Reads only. Nobody is proposed on or before the due day. */
export async function proposeHolds(
  client: PoolClient,
  { today }: Pick<Context, "today">,
  opened: ReviewYear,
  recipients: readonly number[],
): Promise<readonly ProposedHold[]> {
  if (today <= opened.dueOn) return [];
  const { rows } = await client.query<Row>(CANDIDATES, [
    recipients,
    opened.year,
    `${opened.holdFrom}-01`,
    REPORT_MISSING,
  ]);
  return rows.map(({ id, number, held, filed }) => {
    const what = held ? "held" : filed === null ? "hold" : "waits";
    return { recipientId: id, number, what, filed };
  });
}

type Person = { readonly recipientId: number; readonly number: number };

/** Places the holds in the open transaction, notes the report as not handed in, and the notice. Returns the numbers of the holds. */
export async function writeHolds(
  client: PoolClient,
  opened: ReviewYear,
  people: readonly Person[],
  decidedOn: string,
  deciders: ReviewDeciders,
): Promise<ReadonlyMap<number, number>> {
  const cause = `${opened.year} 年度の現況届が、提出期限（${opened.dueOn}）までに出ていない`;
  const numbers = people.map(({ recipientId }) => recipientId);
  const { rows } = await client.query<{ hold: number; recipient: number }>(
    `WITH placed AS (
       INSERT INTO allowance.hold (recipient_id, kind, from_month, cause, placed_by, placed_on)
       SELECT x, 'hold', $2::date, $3, $4, $7::date FROM unnest($1::bigint[]) x RETURNING hold_id, recipient_id),
     ground AS (INSERT INTO allowance.hold_ground (hold_id, cause_code, fiscal_year) SELECT hold_id, $5, $6 FROM placed)
     SELECT hold_id AS hold, recipient_id AS recipient FROM placed`,
    [numbers, `${opened.holdFrom}-01`, cause, deciders.approvedBy, REPORT_MISSING, opened.year, decidedOn],
  );
  const reports = await reportsOf(client, opened.year, numbers);
  const none = people.filter(({ recipientId }) => !reports.has(recipientId));
  await addReports(
    client,
    opened.year,
    opened.baseOn,
    none.map(({ recipientId, number }) => ({ recipientId, number, reception: "notSubmitted" as const })),
    deciders,
  );
  await writeReviewNotices(
    client,
    people.map(({ recipientId, number }) => ({
      kind: "holdPlaced" as const,
      to: number,
      recipientId,
      year: opened.year,
      facts: { fromMonth: opened.holdFrom, dueOn: opened.dueOn, cause, article: "児童手当法11条" },
    })),
    decidedOn,
    deciders.approvedBy,
  );
  return new Map(rows.map(({ hold, recipient }) => [recipient, hold]));
}

/** Those to be reminded on the day: must file, nothing has come, and not reminded in the year. */
export async function proposeReminders(
  client: PoolClient,
  day: Pick<Context, "today">,
  opened: ReviewYear,
  recipients: readonly number[],
): Promise<readonly ProposedHold[]> {
  const missing = (await proposeHolds(client, day, opened, recipients)).filter(({ what }) => what === "hold");
  const { rows } = await client.query<{ id: number }>(
    "SELECT recipient_id AS id FROM allowance.review_notice WHERE kind = 'reminder' AND fiscal_year = $1 AND recipient_id = ANY($2::bigint[]) AND NOT EXISTS (SELECT FROM allowance.mass_letter_back b WHERE b.source_key = 'reviewNotice:' || notice_id)",
    [opened.year, missing.map(({ recipientId }) => recipientId)],
  );
  const done = new Set(rows.map(({ id }) => id));
  return missing.filter(({ recipientId }) => !done.has(recipientId));
}

/** Notes the reminders (督促). */
export async function writeReminders(
  client: PoolClient,
  opened: ReviewYear,
  people: readonly Person[],
  decidedOn: CivilDate,
  approvedBy: string,
): Promise<void> {
  await writeReviewNotices(
    client,
    people.map(({ recipientId, number }) => ({
      kind: "reminder" as const,
      to: number,
      recipientId,
      year: opened.year,
      facts: { dueOn: opened.dueOn, heldFrom: opened.holdFrom },
    })),
    decidedOn,
    approvedBy,
  );
}
