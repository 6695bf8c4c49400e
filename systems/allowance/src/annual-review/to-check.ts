/**
 * 現況届の書類の確認 (評価書 委託先6): what a contractor who compares papers is shown. Numbers of reports and names of papers – no person, no
 * address, no account, no amount: who it is stands on the paper in front of the contractor.
 */
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import { paperName } from "./papers.ts";

export type ReportToCheck = {
  readonly barcode: string;
  readonly year: number;
  readonly receptionNumber: string;
  readonly receivedOn: string;
  /** Papers that must be with it, by name */
  readonly papers: readonly string[];
  /** What was found last; null before the first check */
  readonly last: {
    readonly verdict: "complete" | "defect";
    readonly defects: readonly string[];
    readonly checkedOn: string;
  } | null;
};

/**
 * Reports that were received and not yet examined, the longest waiting first; at most 500. Those of protected people (支援措置) are
 * checked by the office itself and are not among them.
 */
export async function reportsToCheck(connection: Queryable): Promise<readonly ReportToCheck[]> {
  const { rows } = await connection.query<Omit<ReportToCheck, "papers"> & { papers: readonly string[] }>(
    `SELECT s.barcode, s.fiscal_year AS year, f.reception_number AS "receptionNumber", f.received_on AS "receivedOn",
            ARRAY(SELECT jsonb_array_elements_text(CASE WHEN jsonb_typeof(k.content->'papers') = 'array' THEN k.content->'papers' ELSE '[]' END)) AS papers,
            CASE WHEN o.verdict IS NOT NULL THEN jsonb_build_object('verdict', o.verdict, 'defects', o.defects, 'checkedOn', o.checked_on) END AS last
     FROM allowance.review_receipt s JOIN allowance.filing_current f USING (filing_id) JOIN allowance.recipient r ON r.recipient_id = s.recipient_id
     JOIN allowance.filing_content k ON k.filing_id = f.filing_id AND k.revision = f.revision
     LEFT JOIN LATERAL (SELECT c.verdict, c.defects, c.checked_on FROM allowance.review_outside_check c WHERE c.filing_id = s.filing_id ORDER BY c.no DESC LIMIT 1) o ON true
     WHERE f.state IN ('submitted', 'returned', 'held') AND NOT allowance.is_protected(r.addressee_number)
     ORDER BY f.received_on, f.filing_id LIMIT 500`,
  );
  return rows.map((row) => ({ ...row, papers: row.papers.map(paperName) }));
}
