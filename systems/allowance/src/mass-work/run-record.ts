/** Reading and advancing one mass run: its heading, state, list, progress. */
import type { CivilDate } from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import { refuse } from "../refusal.ts";
import { type MassState, massStateLabels, massTransitions } from "./states.ts";

/** 件数・金額 of a complete list; yen a month, of the lines that change. */
export type MassTotals = {
  readonly digest: string;
  readonly subjects: number;
  readonly change: number;
  readonly noChange: number;
  readonly cannot: number;
  readonly yenBefore: number;
  readonly yenAfter: number;
};

export type MassRunRecord = {
  readonly runNo: number;
  readonly jobCode: string;
  readonly lane: string;
  readonly period: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly asOf: CivilDate;
  readonly maker: string;
  readonly approver: string | null;
  readonly createdAt: string;
  readonly state: MassState;
  readonly seq: number;
  /** Who made the last step, and what was noted with it */
  readonly actor: string;
  readonly note: string;
  readonly errorCode: string | null;
  readonly changedAt: string;
  /** Complete list, once there is one */
  readonly list: MassTotals | null;
  /** Progress: of the list subjects looked at, of the writing lines with a result */
  readonly done: number;
  readonly total: number;
  readonly written: number;
  readonly changed: number;
  readonly refused: number;
};

const RUN = `
  SELECT r.mass_run_no AS "runNo", r.job_code AS "jobCode", r.lane, r.period, r.parameters, r.as_of AS "asOf", r.maker,
         a.approver, to_char(r.recorded_at, 'YYYY-MM-DD"T"HH24:MI:SSTZH:TZM') AS "createdAt", s.state, s.seq, s.actor, s.note,
         s.error_code AS "errorCode", to_char(s.recorded_at, 'YYYY-MM-DD"T"HH24:MI:SSTZH:TZM') AS "changedAt",
         CASE WHEN l.mass_run_no IS NOT NULL THEN json_build_object('digest', l.digest, 'subjects', l.subject_count, 'change', l.change_count,
           'noChange', l.no_change_count, 'cannot', l.cannot_count, 'yenBefore', l.yen_before, 'yenAfter', l.yen_after) END AS list,
         CASE WHEN a.mass_run_no IS NULL THEN coalesce(p.subjects, 0) ELSE coalesce(x.results, 0) END::int AS done,
         CASE WHEN a.mass_run_no IS NULL THEN coalesce(p.total, 0) ELSE l.change_count END::int AS total,
         coalesce(x.written, 0)::int AS written, coalesce(x.changed, 0)::int AS changed, coalesce(x.refused, 0)::int AS refused
  FROM allowance.mass_run r
  JOIN LATERAL (SELECT e.to_state AS state, e.seq, e.actor, e.note, e.error_code, e.recorded_at FROM allowance.mass_event e
                WHERE e.mass_run_no = r.mass_run_no ORDER BY e.seq DESC LIMIT 1) s ON true
  LEFT JOIN allowance.mass_list l ON l.mass_run_no = r.mass_run_no
  LEFT JOIN allowance.mass_approval a ON a.mass_run_no = r.mass_run_no
  LEFT JOIN LATERAL (SELECT sum(m.subjects) AS subjects, max(m.total) AS total FROM allowance.mass_slice m WHERE m.mass_run_no = r.mass_run_no) p ON true
  LEFT JOIN LATERAL (SELECT count(*) AS results, count(*) FILTER (WHERE m.result = 'written') AS written,
                       count(*) FILTER (WHERE m.result = 'changed') AS changed, count(*) FILTER (WHERE m.result = 'refused') AS refused
                     FROM allowance.mass_result m WHERE m.mass_run_no = r.mass_run_no) x ON a.mass_run_no IS NOT NULL`;

/** The run, or undefined. */
export async function findMassRun(connection: Queryable, runNo: number): Promise<MassRunRecord | undefined> {
  const { rows } = await connection.query<MassRunRecord>(`${RUN} WHERE r.mass_run_no = $1`, [runNo]);
  return rows[0];
}

/** The run. @throws Refusal `massRunUnknown` */
export async function getMassRun(connection: Queryable, runNo: number): Promise<MassRunRecord> {
  const run = await findMassRun(connection, runNo);
  if (run !== undefined) return run;
  throw refuse("massRunUnknown", `一括処理 ${runNo} はありません。番号を一覧で確かめてください。`, { runNo });
}

/** Which runs: of one kind, of one period, in some states. */
export type MassRunFilter = {
  readonly jobCode?: string | undefined;
  readonly period?: string | undefined;
  readonly states?: readonly MassState[] | undefined;
  /** At most this many, 1–500; default 100 */
  readonly limit?: number | undefined;
};

/** Runs, newest first. */
export async function listMassRuns(
  connection: Queryable,
  filter: MassRunFilter = {},
): Promise<readonly MassRunRecord[]> {
  const { rows } = await connection.query<MassRunRecord>(
    `${RUN} WHERE ($1::text IS NULL OR r.job_code = $1) AND ($2::text IS NULL OR r.period = $2) AND ($3::text[] IS NULL OR s.state = ANY ($3))
     ORDER BY r.mass_run_no DESC LIMIT $4`,
    [filter.jobCode ?? null, filter.period ?? null, filter.states ?? null, Math.min(filter.limit ?? 100, 500)],
  );
  return rows;
}

/** One step of a run: who, when, on which machine, with what outcome (実行の記録). */
export type MassEvent = {
  readonly seq: number;
  readonly state: MassState;
  readonly actor: string;
  readonly terminal: string;
  readonly note: string;
  readonly errorCode: string | null;
  readonly at: string;
};

/** The steps of a run, oldest first. */
export async function massEvents(connection: Queryable, runNo: number): Promise<readonly MassEvent[]> {
  const { rows } = await connection.query<MassEvent>(
    `SELECT seq, to_state AS state, actor, terminal, note, error_code AS "errorCode", to_char(recorded_at, 'YYYY-MM-DD"T"HH24:MI:SSTZH:TZM') AS at
     FROM allowance.mass_event WHERE mass_run_no = $1 ORDER BY seq`,
    [runNo],
  );
  return rows;
}

/** @throws Refusal `massRunState`: what was tried, the present state, what is possible */
export function requireMassTransition(run: MassRunRecord, to: MassState): void {
  const possible = massTransitions[run.state];
  if (possible.includes(to)) return;
  const next = possible.map((state) => `「${massStateLabels[state]}」`).join("または") || "なし（終わっています）";
  throw refuse(
    "massRunState",
    `一括処理 ${run.runNo} を「${massStateLabels[to]}」にしようとしましたが、いまは「${massStateLabels[run.state]}」です。進めるのは${next}です。何も変えていません。`,
    { runNo: run.runNo, state: run.state, wanted: to },
  );
}

export type NextEvent = {
  readonly to: MassState;
  readonly actor: string;
  readonly terminal?: string | undefined;
  readonly note?: string | undefined;
  readonly errorCode?: string | undefined;
};

/** Adds the next event; the database checks that it follows the last one and that its evidence is there. */
export async function recordMassEvent(
  connection: Queryable,
  run: { readonly runNo: number; readonly seq: number; readonly state: MassState | "none" },
  event: NextEvent,
): Promise<void> {
  await connection.query(
    `INSERT INTO allowance.mass_event (mass_run_no, seq, from_state, to_state, actor, terminal, note, error_code)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      run.runNo,
      run.seq + 1,
      run.state,
      event.to,
      event.actor,
      event.terminal ?? "",
      event.note ?? "",
      event.errorCode ?? null,
    ],
  );
}
