/**
 * 新年度の支払予定 (8月分から翌年7月分まで): made at once for everybody whose 現況 is confirmed. It says what will be paid if nothing
 * changes; what is paid is only ever what the ledger holds. Nobody with a difference that nobody has looked at gets one.
 */
import { month, ruleVersion } from "@hagukumi/law/contract.ts";
import type { PoolClient } from "pg";

import type { Context } from "../context.ts";
import { findDifferences } from "./differences.ts";
import type { ReviewDeciders } from "./results.ts";
import { checkSettings, digestOf, type ReviewYear } from "./year.ts";
import { monthsOf, standingOf } from "./year-picture.ts";

export const scheduleObstacles = {
  notConfirmed: "現況を確かめていない",
  difference: "7月分との違いを確かめていない",
  notComputed: "額を計算できない",
} as const satisfies Readonly<Record<string, string>>;
export type ScheduleObstacle = keyof typeof scheduleObstacles;

export type ProposedSchedule = {
  readonly recipientId: number;
  readonly number: number;
  /** Yen for each of the twelve months from August */
  readonly amounts: readonly number[];
  readonly obstacle: ScheduleObstacle | null;
  /** The same schedule stands already */
  readonly known: boolean;
  readonly digest: string;
  readonly row: {
    readonly class: "employee" | "nonEmployee" | null;
    readonly entry: number;
    readonly revision: number;
    readonly facts: string;
  };
};

type ReportRow = {
  readonly id: number;
  readonly entry: number;
  readonly revision: number;
  readonly class: "employee" | "nonEmployee" | null;
};

const REPORTS = `
  SELECT a.recipient_id AS id, a.entry_id AS entry, a.revision, y.employee_class AS class
  FROM allowance.annual_report_current a
  LEFT JOIN LATERAL (SELECT employee_class FROM allowance.yearly_review_current y
                     WHERE y.recipient_id = a.recipient_id AND y.fiscal_year = a.fiscal_year LIMIT 1) y ON true
  WHERE a.fiscal_year = $2 AND a.recipient_id = ANY($1::bigint[]) AND a.reception IN ('submitted', 'publicRecords', 'exempt')`;
const CLEARED = `
  SELECT DISTINCT ON (d.recipient_id) d.recipient_id AS id, d.digest, c.difference_id IS NOT NULL AS cleared
  FROM allowance.review_difference d LEFT JOIN allowance.review_clearance c USING (difference_id)
  WHERE d.fiscal_year = $2 AND d.recipient_id = ANY($1::bigint[]) ORDER BY d.recipient_id, d.no DESC`;
const KNOWN = `
  SELECT recipient_id AS id, digest FROM allowance.review_schedule_current WHERE fiscal_year = $2 AND recipient_id = ANY($1::bigint[])`;

/** What the schedule of each of the given recipients would be. Reads only. @throws Refusal `reviewChanged` (settings) */
export async function proposeSchedules(
  client: PoolClient,
  context: Context,
  opened: ReviewYear,
  recipients: readonly number[],
): Promise<readonly ProposedSchedule[]> {
  const { year } = opened;
  await checkSettings(client, opened, context.today);
  const standings = (await standingOf(client, recipients)).filter(
    ({ firstMonth, endedFrom }) => firstMonth <= `${year}-08-01` && (endedFrom === null || endedFrom > `${year}-08-01`),
  );
  const reports = new Map(
    (await client.query<ReportRow>(REPORTS, [recipients, year])).rows.map((row) => [row.id, row]),
  );
  const cleared = new Map(
    (await client.query<{ id: number; digest: string; cleared: boolean }>(CLEARED, [recipients, year])).rows.map(
      (row) => [row.id, row],
    ),
  );
  const known = new Map(
    (await client.query<{ id: number; digest: string }>(KNOWN, [recipients, year])).rows.map(({ id, digest }) => [
      id,
      digest,
    ]),
  );
  const differences = new Map(
    (await findDifferences(client, context, year, recipients)).map((each) => [each.recipientId, each]),
  );
  return standings.map((standing): ProposedSchedule => {
    const { recipientId, number, factsDigest } = standing;
    const report = reports.get(recipientId);
    const difference = differences.get(recipientId);
    const looked = cleared.get(recipientId);
    const months = monthsOf(standing, context.calendar, month(`${year}-08`), month(`${year + 1}-07`));
    const open =
      difference !== undefined &&
      difference.kinds.length > 0 &&
      !(looked?.cleared === true && looked.digest === difference.digest);
    const obstacle =
      report === undefined ? "notConfirmed" : open ? "difference" : months === undefined ? "notComputed" : null;
    const amounts = (months ?? []).map(({ total }) => total);
    const row = {
      class: report?.class ?? standing.claimClass,
      entry: report?.entry ?? 0,
      revision: report?.revision ?? 0,
      facts: factsDigest,
    };
    const digest = digestOf({ amounts, row, ruleVersion, obstacle });
    return { recipientId, number, amounts, obstacle, known: known.get(recipientId) === digest, digest, row };
  });
}

/** What is written of a schedule. */
export type MadeSchedule = Pick<ProposedSchedule, "recipientId" | "amounts" | "row" | "digest">;

/** Writes the schedules in the open transaction: the first of the year, or the next revision. */
export async function writeSchedules(
  client: PoolClient,
  { year }: ReviewYear,
  schedules: readonly MadeSchedule[],
  { judgedBy, approvedBy }: ReviewDeciders,
): Promise<void> {
  const rows = schedules.map(({ recipientId, amounts, row, digest }) => ({
    recipient: recipientId,
    amounts,
    ...row,
    digest,
  }));
  await client.query(
    `INSERT INTO allowance.review_schedule (recipient_id, fiscal_year, revision, amounts, employee_class, report_entry, report_revision,
       facts_digest, rule_version, digest, made_by, approved_by)
     SELECT x.recipient, $2, coalesce((SELECT max(s.revision) FROM allowance.review_schedule s WHERE s.recipient_id = x.recipient AND s.fiscal_year = $2), 0) + 1,
            ARRAY(SELECT a::int FROM jsonb_array_elements_text(x.amounts) a), x.class, x.entry, x.revision, x.facts, $3, x.digest, $4, $5
     FROM jsonb_to_recordset($1) AS x (recipient bigint, amounts jsonb, class text, entry bigint, revision smallint, facts text, digest text)`,
    [JSON.stringify(rows), year, ruleVersion, judgedBy, approvedBy],
  );
}
