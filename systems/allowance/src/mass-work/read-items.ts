/** 案の一覧 as people read it: filtered, page by page, with the result of each line. */
import type { Month } from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import type { MassOutcome, MassResult } from "./states.ts";

/** One line with its result. Months as `YYYY-MM`, yen a month. */
export type MassItemRow = {
  readonly subject: number;
  readonly part: number;
  readonly addresseeNumber: number;
  readonly recipientId: number | null;
  readonly kind: string;
  readonly outcome: MassOutcome;
  readonly reason: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly yenBefore: number | null;
  readonly yenAfter: number | null;
  readonly effectiveMonth: Month | null;
  readonly result: MassResult | null;
  readonly resultReason: string | null;
  /** Under 支援措置: shown apart, and only to who may see them */
  readonly protected: boolean;
};

export type MassItemFilter = {
  readonly outcome?: MassOutcome | undefined;
  readonly kind?: string | undefined;
  /** `pending`: to be written, without a result yet */
  readonly result?: MassResult | "pending" | undefined;
  /** 所管区 that the reader may see; null or absent: all */
  readonly wards?: readonly string[] | null | undefined;
  /** After this line */
  readonly after?: { readonly subject: number; readonly part: number } | undefined;
  /** 1–10,000; default 100 */
  readonly limit?: number | undefined;
};

const WHERE = `i.mass_run_no = $1 AND ($2::text IS NULL OR i.outcome = $2) AND ($3::text IS NULL OR i.kind = $3)
  AND CASE WHEN $4::text IS NULL THEN true WHEN $4 = 'pending' THEN i.outcome = 'change' AND r.subject IS NULL ELSE r.result = $4 END`;

const FROM = `FROM allowance.mass_item i LEFT JOIN allowance.mass_result r USING (mass_run_no, subject, part)`;

const wanted = (runNo: number, filter: MassItemFilter): unknown[] => [
  runNo,
  filter.outcome ?? null,
  filter.kind ?? null,
  filter.result ?? null,
];

/** A page of lines, in order of subject. */
export async function massItems(
  connection: Queryable,
  runNo: number,
  filter: MassItemFilter = {},
): Promise<readonly MassItemRow[]> {
  const { rows } = await connection.query<MassItemRow>(
    `SELECT i.subject, i.part, i.addressee_number AS "addresseeNumber", i.recipient_id AS "recipientId", i.kind, i.outcome, i.reason,
            i.before_text AS before, i.after_text AS after, i.yen_before AS "yenBefore", i.yen_after AS "yenAfter",
            to_char(i.effective_month, 'YYYY-MM') AS "effectiveMonth", r.result, r.reason AS "resultReason",
            allowance.is_protected(i.addressee_number) AS protected
     ${FROM} WHERE ${WHERE} AND (i.subject, i.part) > ($5::bigint, $6::int)
       AND ($7::text[] IS NULL OR allowance.in_wards(i.addressee_number, $7)) ORDER BY i.subject, i.part LIMIT $8`,
    [
      ...wanted(runNo, filter),
      filter.after?.subject ?? 0,
      filter.after?.part ?? 0,
      filter.wards ?? null,
      Math.min(filter.limit ?? 100, 10_000),
    ],
  );
  return rows;
}

/** Lines by outcome, kind and result, with their yen: what the page shows above the list, and the way into it. */
export type MassItemCount = {
  readonly outcome: MassOutcome;
  readonly kind: string;
  readonly result: MassResult | null;
  readonly items: number;
  readonly yenBefore: number;
  readonly yenAfter: number;
};

/** 件数 of a run's lines. */
export async function massItemCounts(connection: Queryable, runNo: number): Promise<readonly MassItemCount[]> {
  const { rows } = await connection.query<MassItemCount>(
    `SELECT i.outcome, i.kind, r.result, count(*)::int AS items, coalesce(sum(i.yen_before), 0)::bigint AS "yenBefore",
            coalesce(sum(i.yen_after), 0)::bigint AS "yenAfter"
     ${FROM} WHERE i.mass_run_no = $1 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
    [runNo],
  );
  return rows;
}

/** Whether anybody under 支援措置 stands in the list. */
export async function massListProtects(connection: Queryable, runNo: number): Promise<boolean> {
  const { rows } = await connection.query<{ found: boolean }>(
    "SELECT EXISTS (SELECT FROM allowance.mass_item i WHERE i.mass_run_no = $1 AND allowance.is_protected(i.addressee_number)) AS found",
    [runNo],
  );
  return rows[0]?.found === true;
}
