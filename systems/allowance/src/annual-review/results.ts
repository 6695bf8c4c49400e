/**
 * The judgement of a year, recipient by recipient: first as a list that changes nothing, then – approved by another person – as rows
 * that say what was found, when, and in which rows of the registers. Whoever is confirmed has the 現況の受理 (公簿で確認) and the
 * 年度別審査情報 of the year with it.
 */
import type { PoolClient } from "pg";

import type { Context } from "../context.ts";
import { type Evidence, type LoadedReview, loadReviews } from "./load-facts.ts";
import { judgeReview, type ReviewOutcome } from "./rules.ts";
import { digestOf, type ReviewYear } from "./year.ts";

/** What would be written about one recipient. */
export type ProposedResult = {
  readonly recipientId: number;
  readonly number: number;
  readonly outcome: ReviewOutcome;
  readonly reasons: readonly string[];
  readonly evidence: Evidence;
  /** 年度別審査情報: insurance, pension and 被用区分 on the day */
  readonly insurance: Insurance;
  readonly digest: string;
  /** The same judgement is recorded already, of this day or a later one */
  readonly known: boolean;
  /** The last outcome on record; null: never judged */
  readonly before: ReviewOutcome | null;
};

export type Insurance = {
  readonly health: string | null;
  readonly insured: string | null;
  readonly pension: string | null;
  readonly pensioned: string | null;
  readonly class: "employee" | "nonEmployee" | null;
};

type Known = {
  readonly id: number;
  readonly outcome: ReviewOutcome;
  readonly digest: string;
  readonly checkedOn: string;
};

async function knownOf(
  client: PoolClient,
  year: number,
  recipients: readonly number[],
): Promise<ReadonlyMap<number, Known>> {
  const { rows } = await client.query<Known>(
    `SELECT recipient_id AS id, outcome, digest, checked_on AS "checkedOn" FROM allowance.review_result_current
     WHERE fiscal_year = $1 AND recipient_id = ANY($2::bigint[])`,
    [year, recipients],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

const insuranceOf = ({ coverage, employeeClass }: LoadedReview): Insurance => ({
  health: coverage?.healthInsurance ?? null,
  insured: coverage?.insuredOn ?? null,
  pension: coverage?.pensionKind ?? null,
  pensioned: coverage?.pensionOn ?? null,
  class: employeeClass,
});

/** The judgement of the given recipients on the context's day. Reads only. */
export async function proposeResults(
  client: PoolClient,
  { today, calendar }: Context,
  opened: ReviewYear,
  recipients: readonly number[],
): Promise<readonly ProposedResult[]> {
  const day = today > opened.baseOn ? today : opened.baseOn;
  const loaded = await loadReviews(client, recipients, { year: opened.year, day, calendar });
  const known = await knownOf(client, opened.year, recipients);
  return loaded.map((each) => {
    const { standing, facts, evidence } = each;
    const { outcome, reasons } = judgeReview(facts, opened.settings.rules, opened.baseOn);
    const last = known.get(standing.recipientId);
    const digest = digestOf({ outcome, reasons, evidence });
    return {
      recipientId: standing.recipientId,
      number: standing.number,
      outcome,
      reasons,
      evidence,
      insurance: insuranceOf(each),
      digest,
      known: last !== undefined && last.digest === digest && last.checkedOn >= today,
      before: last?.outcome ?? null,
    };
  });
}

export type ReviewDeciders = { readonly judgedBy: string; readonly approvedBy: string };

type ReportRow = {
  readonly id: number;
  readonly entry: number;
  readonly reception: "submitted" | "publicRecords" | "exempt" | "notSubmitted";
};

/** 現況の受理 of the year as recorded, by 認定番号. */
export async function reportsOf(
  client: Pick<PoolClient, "query">,
  year: number,
  recipients: readonly number[],
): Promise<ReadonlyMap<number, ReportRow>> {
  const { rows } = await client.query<ReportRow>(
    `SELECT recipient_id AS id, entry_id AS entry, reception FROM allowance.annual_report_current
     WHERE fiscal_year = $1 AND recipient_id = ANY($2::bigint[])`,
    [year, recipients],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

type NewReport = { readonly recipientId: number; readonly number: number; readonly reception: ReportRow["reception"] };

/** New 現況の受理, entered by one person and confirmed by the other. */
export async function addReports(
  client: PoolClient,
  year: number,
  from: string,
  reports: readonly NewReport[],
  { judgedBy, approvedBy }: ReviewDeciders,
): Promise<void> {
  await client.query(
    `WITH added AS (
       INSERT INTO allowance.annual_report (entry_id, revision, addressee_number, recipient_id, fiscal_year, reception, valid_from, entered_by)
       SELECT nextval('allowance.entry_id_seq'), 1, x.number, x.recipient, $4, x.reception, $5::date, $6
       FROM unnest($1::bigint[], $2::bigint[], $3::text[]) AS x (number, recipient, reception) RETURNING entry_id)
     INSERT INTO allowance.entry_confirmation (entry_id, revision, kind, confirmed_by) SELECT entry_id, 1, 'annual_report', $7 FROM added`,
    [
      reports.map(({ number }) => number),
      reports.map(({ recipientId }) => recipientId),
      reports.map(({ reception }) => reception),
      year,
      from,
      judgedBy,
      approvedBy,
    ],
  );
}

/** The next revision of 現況の受理, with a reason. A report that was handed in (`submitted`) is never touched by the office's own work. */
export async function reviseReports(
  client: PoolClient,
  entries: readonly number[],
  reception: ReportRow["reception"],
  reason: string,
  { judgedBy, approvedBy }: ReviewDeciders,
): Promise<void> {
  await client.query(
    `WITH added AS (
       INSERT INTO allowance.annual_report (entry_id, revision, addressee_number, recipient_id, fiscal_year, received_on, reception,
         provisional_pension, valid_from, valid_to, withdrawn, reason, entered_by)
       SELECT entry_id, revision + 1, addressee_number, recipient_id, fiscal_year, NULL, $2, provisional_pension, valid_from, valid_to, false, $3, $4
       FROM allowance.annual_report_current WHERE entry_id = ANY($1::bigint[]) AND reception <> 'submitted' RETURNING entry_id, revision)
     INSERT INTO allowance.entry_confirmation (entry_id, revision, kind, confirmed_by) SELECT entry_id, revision, 'annual_report', $5 FROM added`,
    [entries, reception, reason, judgedBy, approvedBy],
  );
}

/** 年度別審査情報 of recipients who have none of the year yet: insurance, pension and 被用区分 as they are on the base day. */
async function addYearlyReviews(
  client: PoolClient,
  { year, baseOn }: ReviewYear,
  shown: readonly JudgedResult[],
  { judgedBy, approvedBy }: ReviewDeciders,
): Promise<void> {
  const rows = shown.map(({ recipientId, number, insurance }) => ({ recipient: recipientId, number, ...insurance }));
  await client.query(
    `WITH added AS (
       INSERT INTO allowance.yearly_review (entry_id, revision, addressee_number, recipient_id, fiscal_year, health_insurance, insured_on,
         pension_kind, pension_on, employee_class, income_class, valid_from, entered_by)
       SELECT nextval('allowance.entry_id_seq'), 1, x.number, x.recipient, $2, x.health, x.insured, x.pension, x.pensioned, x.class, 'notJudged', $3::date, $4
       FROM jsonb_to_recordset($1) AS x (recipient bigint, number bigint, health text, insured date, pension text, pensioned date, class text)
       WHERE NOT EXISTS (SELECT FROM allowance.yearly_review y WHERE y.recipient_id = x.recipient AND y.fiscal_year = $2)
       RETURNING entry_id)
     INSERT INTO allowance.entry_confirmation (entry_id, revision, kind, confirmed_by) SELECT entry_id, 1, 'yearly_review', $5 FROM added`,
    [JSON.stringify(rows), year, baseOn, judgedBy, approvedBy],
  );
}

/** What is written of a judgement. */
export type JudgedResult = Pick<
  ProposedResult,
  "recipientId" | "number" | "outcome" | "reasons" | "evidence" | "insurance" | "digest"
>;

async function addResults(
  client: PoolClient,
  year: number,
  results: readonly JudgedResult[],
  checkedOn: string,
  { judgedBy, approvedBy }: ReviewDeciders,
): Promise<void> {
  const rows = results.map(({ recipientId, outcome, reasons, evidence, digest }) => ({
    recipient: recipientId,
    outcome,
    reasons,
    evidence,
    digest,
  }));
  await client.query(
    `INSERT INTO allowance.review_result (recipient_id, fiscal_year, no, outcome, reasons, checked_on, evidence, digest, judged_by, approved_by)
     SELECT x.recipient, $2, coalesce((SELECT max(r.no) FROM allowance.review_result r WHERE r.recipient_id = x.recipient AND r.fiscal_year = $2), 0) + 1,
            x.outcome, ARRAY(SELECT jsonb_array_elements_text(x.reasons)), $3, x.evidence, x.digest, $4, $5
     FROM jsonb_to_recordset($1) AS x (recipient bigint, outcome text, reasons jsonb, evidence jsonb, digest text)`,
    [JSON.stringify(rows), year, checkedOn, judgedBy, approvedBy],
  );
}

/**
 * Writes the judgements in the open transaction, and brings the 現況の受理 of the year to them: a report that somebody handed in is
 * never touched; one that the office had confirmed itself is taken back where the registers don't show it any more.
 *
 * @param checkedOn the day as of which was judged
 */
export async function writeResults(
  client: PoolClient,
  opened: ReviewYear,
  results: readonly JudgedResult[],
  checkedOn: string,
  deciders: ReviewDeciders,
): Promise<void> {
  const { year, baseOn } = opened;
  await addResults(client, year, results, checkedOn, deciders);
  const reports = await reportsOf(
    client,
    year,
    results.map(({ recipientId }) => recipientId),
  );
  const shown = results.filter(({ outcome }) => outcome === "confirmed" || outcome === "exempt");
  const receptionOf = ({ outcome }: JudgedResult): "publicRecords" | "exempt" =>
    outcome === "exempt" ? "exempt" : "publicRecords";
  const fresh = shown.filter(({ recipientId }) => !reports.has(recipientId));
  await addReports(
    client,
    year,
    baseOn,
    fresh.map((each) => ({ recipientId: each.recipientId, number: each.number, reception: receptionOf(each) })),
    deciders,
  );
  for (const reception of ["publicRecords", "exempt"] as const) {
    const again = shown.flatMap((each) => {
      const report = reports.get(each.recipientId);
      return report?.reception === "notSubmitted" && receptionOf(each) === reception ? [report.entry] : [];
    });
    if (again.length > 0) await reviseReports(client, again, reception, "公簿で確認した", deciders);
  }
  const lost = results.flatMap(({ recipientId, outcome }) => {
    const report = reports.get(recipientId);
    const without = outcome === "mustFile" || outcome === "unclear";
    return without && (report?.reception === "publicRecords" || report?.reception === "exempt") ? [report.entry] : [];
  });
  if (lost.length > 0) {
    await reviseReports(client, lost, "notSubmitted", "公簿で確かめられなくなった", deciders);
  }
  await addYearlyReviews(client, opened, shown, deciders);
}
