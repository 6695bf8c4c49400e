/** 通知書の材料 of the review: one row, one addressee; months, amounts, days and reasons – never where anybody is. */
import type { PoolClient } from "pg";

export type ReviewNoticeKind = "reminder" | "holdPlaced" | "holdReleased" | "lapsed" | "taxInquiry";

export type NewReviewNotice = {
  readonly kind: ReviewNoticeKind;
  readonly to: number;
  readonly recipientId: number;
  readonly year: number | null;
  readonly facts: Readonly<Record<string, string | number | null>>;
};

/** Notes the notices in the transaction of what they tell. @param issuedOn day of the decision, `YYYY-MM-DD` */
export async function writeReviewNotices(
  client: PoolClient,
  notices: readonly NewReviewNotice[],
  issuedOn: string,
  enteredBy: string,
): Promise<void> {
  if (notices.length === 0) return;
  await client.query(
    `INSERT INTO allowance.review_notice (kind, addressee_number, recipient_id, fiscal_year, facts, issued_on, entered_by)
     SELECT x.kind, x.number, x.recipient, x.year, x.facts, $2::date, $3
     FROM jsonb_to_recordset($1) AS x (kind text, number bigint, recipient bigint, year smallint, facts jsonb)`,
    [
      JSON.stringify(
        notices.map(({ kind, to, recipientId, year, facts }) => ({
          kind,
          number: to,
          recipient: recipientId,
          year,
          facts,
        })),
      ),
      issuedOn,
      enteredBy,
    ],
  );
}
