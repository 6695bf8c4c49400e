/** 月の点検: the sample that is drawn once, its results, and the end of the month's review. A month that nobody reviews is overdue. */
import { randomInt } from "node:crypto";

import { addMonths, type CivilDate, firstDayOfMonth, type Month, monthOf } from "@hagukumi/law/contract.ts";
import { runCommand } from "@hagukumi/platform/database/command.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import { refusing } from "../constraints.ts";
import type { Context } from "../context.ts";
import { refuse } from "../refusal.ts";
import { EVIDENCE_COLUMNS, type EvidenceRow, type LogOutcome } from "./findings.ts";
import { reviewCommand } from "./review-log.ts";

/** Rows of a sample, unless the month has fewer. */
export const SAMPLE_SIZE = 20;

/** The day of the following month up to which a month's review must be finished. */
export const REVIEW_DUE_DAY = 10;

const MONTH_ROWS = `FROM access.log l WHERE l.addressee_number IS NOT NULL AND l.processed_at >= $1::date::timestamp AT TIME ZONE 'Asia/Tokyo'
  AND l.processed_at < ($1::date + interval '1 month')::timestamp AT TIME ZONE 'Asia/Tokyo'`;

/**
 * Draws the sample of a month: rows about single people, each with the same chance, by the operating system's generator.
 * Once a month; it cannot be drawn again until it pleases.
 *
 * @throws Refusal `monthOpen` before the end of the month, `sampleDrawn`
 */
export async function drawSample(context: Context, month: Month, key?: string): Promise<number> {
  const first = firstDayOfMonth(month);
  const { response } = await refusing(() =>
    runCommand<number>(context.pool, reviewCommand(context, "logReview.draw", { month }, key), async (client) => {
      const over = await client.query<{ over: boolean }>(
        "SELECT ($1::date + interval '1 month')::timestamp AT TIME ZONE 'Asia/Tokyo' <= identity.clock() AS over",
        [first],
      );
      if (over.rows[0]?.over !== true) {
        throw refuse("monthOpen", "標本は、月が終わってから引きます。何も変えていません。");
      }
      const { rows: counted } = await client.query<{ n: number }>(`SELECT count(*)::int AS n ${MONTH_ROWS}`, [first]);
      const count = counted[0]?.n ?? 0;
      const places = new Set<number>();
      while (places.size < Math.min(SAMPLE_SIZE, count)) places.add(randomInt(count));
      const sample = await client.query<{ id: number }>(
        "INSERT INTO access.sample (month, drawn_by) VALUES ($1, $2) RETURNING sample_id AS id",
        [first, context.operator],
      );
      await client.query(
        `INSERT INTO access.sample_row (sample_id, seq)
         SELECT $2, x.seq FROM (SELECT l.seq, row_number() OVER (ORDER BY l.seq) - 1 AS place ${MONTH_ROWS}) x WHERE x.place = ANY ($3::bigint[])`,
        [first, sample.rows[0]?.id, [...places]],
      );
      const detail = { rows: places.size, of: count };
      return {
        response: places.size,
        audit: [{ action: "logReview.draw", objectKind: "month", objectId: month, detail }],
      };
    }),
  );
  return response;
}

export type SampleRow = EvidenceRow & {
  readonly outcome: LogOutcome | null;
  readonly note: string | null;
  readonly decidedBy: string | null;
};

/** The sample of a month; empty where none was drawn. */
export async function readSample(connection: Queryable, month: Month): Promise<readonly SampleRow[]> {
  const { rows } = await connection.query<SampleRow>(
    `SELECT ${EVIDENCE_COLUMNS}, x.outcome, x.note, x.decided_by AS "decidedBy"
     FROM access.sample s JOIN access.sample_row w USING (sample_id) JOIN access.log l ON l.seq = w.seq
     LEFT JOIN access.sample_result x ON x.sample_id = w.sample_id AND x.seq = w.seq WHERE s.month = $1 ORDER BY l.seq`,
    [firstDayOfMonth(month)],
  );
  return rows;
}

/**
 * Records the result of one row of a sample.
 *
 * @throws Refusal `sampleUnknown`, `findingDecided`, `samePerson` (the own row)
 */
export async function recordSampleResult(
  context: Context,
  row: {
    readonly month: Month;
    readonly seq: number;
    readonly outcome: LogOutcome;
    readonly note: string;
    readonly key?: string;
  },
): Promise<void> {
  const { key, ...request } = row;
  await refusing(() =>
    runCommand(context.pool, reviewCommand(context, "logReview.sampleResult", request, key), async (client) => {
      const { rowCount } = await client.query(
        `INSERT INTO access.sample_result (sample_id, seq, outcome, note, decided_by)
         SELECT s.sample_id, w.seq, $3, $4, $5 FROM access.sample s JOIN access.sample_row w USING (sample_id) WHERE s.month = $1 AND w.seq = $2`,
        [firstDayOfMonth(row.month), row.seq, row.outcome, row.note.trim().slice(0, 500), context.operator],
      );
      if (rowCount !== 1)
        throw refuse("sampleUnknown", "この行は標本にありません。一覧を読み直してください。何も変えていません。");
      const audit = [
        {
          action: "logReview.sampleResult",
          objectKind: "accessLog",
          objectId: String(row.seq),
          detail: { outcome: row.outcome },
        },
      ];
      return { response: null, audit };
    }),
  );
}

export type MonthState = {
  readonly month: string;
  /** Last analysis that covers the whole month */
  readonly analysedAt: Date | null;
  readonly findings: number;
  readonly open: number;
  readonly sampled: number;
  readonly sampleOpen: number;
  readonly signedBy: string | null;
  readonly signedAt: Date | null;
  /** Not signed although its day has passed */
  readonly overdue: boolean;
};

/** The months with rows in the log, newest first, at most 13, with the state of their review on `today`. */
export async function monthStates(connection: Queryable, today: CivilDate): Promise<readonly MonthState[]> {
  const { rows } = await connection.query<Omit<MonthState, "overdue">>(
    `WITH bounds AS (SELECT date_trunc('month', min(processed_at) AT TIME ZONE 'Asia/Tokyo')::date AS first FROM access.log),
     months AS (SELECT m::date AS first FROM bounds, generate_series(greatest(bounds.first, ($1::date - interval '12 months')::date), $1::date, interval '1 month') m)
     SELECT to_char(m.first, 'YYYY-MM') AS month,
       (SELECT max(r.ran_at) FROM access.review_run r WHERE r.month = m.first AND r.to_at >= e.ends) AS "analysedAt",
       (SELECT count(*)::int FROM access.finding f WHERE f.last_at >= e.begins AND f.last_at < e.ends) AS findings,
       (SELECT count(*)::int FROM access.finding f WHERE f.last_at >= e.begins AND f.last_at < e.ends
          AND NOT EXISTS (SELECT FROM access.finding_outcome o WHERE o.finding_id = f.finding_id)) AS open,
       (SELECT count(*)::int FROM access.sample s JOIN access.sample_row w USING (sample_id) WHERE s.month = m.first) AS sampled,
       (SELECT count(*)::int FROM access.sample s JOIN access.sample_row w USING (sample_id) WHERE s.month = m.first
          AND NOT EXISTS (SELECT FROM access.sample_result x WHERE x.sample_id = w.sample_id AND x.seq = w.seq)) AS "sampleOpen",
       v.signed_by AS "signedBy", v.signed_at AS "signedAt"
     FROM months m CROSS JOIN LATERAL (SELECT m.first::timestamp AT TIME ZONE 'Asia/Tokyo' AS begins, (m.first + interval '1 month')::timestamp AT TIME ZONE 'Asia/Tokyo' AS ends) e
     LEFT JOIN access.month_review v ON v.month = m.first ORDER BY m.first DESC`,
    [firstDayOfMonth(monthOf(today))],
  );
  return rows.map((row) => {
    const due = `${addMonths(row.month as Month, 1)}-${String(REVIEW_DUE_DAY).padStart(2, "0")}`;
    return { ...row, overdue: row.signedBy === null && today > due };
  });
}

/**
 * Ends the review of a month: everything analysed, every finding and every row of the sample with a result.
 *
 * @throws Refusal `monthOpen` with what is missing
 */
export async function signMonth(context: Context, month: Month, note: string, key?: string): Promise<void> {
  await refusing(() =>
    runCommand(context.pool, reviewCommand(context, "logReview.sign", { month, note }, key), async (client) => {
      await client.query("INSERT INTO access.month_review (month, note, signed_by) VALUES ($1, $2, $3)", [
        firstDayOfMonth(month),
        note.trim().slice(0, 500),
        context.operator,
      ]);
      return { response: null, audit: [{ action: "logReview.sign", objectKind: "month", objectId: month }] };
    }),
  );
}

/** Who logged in how often in a month, and how often in vain. */
export async function logInCounts(
  connection: Queryable,
  month: Month,
): Promise<readonly { readonly staffId: string; readonly logIns: number; readonly failures: number }[]> {
  const { rows } = await connection.query<{ staffId: string; logIns: number; failures: number }>(
    `SELECT staff_id AS "staffId", log_ins AS "logIns", failures FROM access.log_ins($1::date::timestamp AT TIME ZONE 'Asia/Tokyo',
       ($1::date + interval '1 month')::timestamp AT TIME ZONE 'Asia/Tokyo') ORDER BY failures DESC, log_ins DESC, staff_id LIMIT 500`,
    [firstDayOfMonth(month)],
  );
  return rows;
}
