/**
 * 順番と排他 as dated rows: what has to be done before what, and what is not begun while something else is half written. Mass work, the
 * intake of changes (異動の取込) and payment runs (支払処理) stand in one order: 異動取込 → 年齢到達 → 支払.
 */
import { addMonths, type CivilDate, type Month, parseMonth } from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import { refuse } from "../refusal.ts";
import { importRuns } from "../register/import-lock.ts";
import { knownWork, type KnownWork, openingMonth } from "./known-work.ts";
import { fiscalYearOf, type MassScheduleRow, massScheduleOn } from "./schedule-rows.ts";

/** One row of the order in force. */
export type MassOrder = {
  readonly jobCode: string;
  readonly afterJob: string;
  /** The period of the predecessor lies so many months before, 0–12 */
  readonly monthsBefore: number;
  /** Only for periods in these months, 1–12; empty: always */
  readonly inMonths: readonly number[];
  /** false: shown in the calendar, but nothing is refused */
  readonly required: boolean;
  readonly note: string;
};

/** The order in force on a day: that of the calendar's rows (same period) and that of its own table. */
export async function massOrderOn(
  connection: Queryable,
  on: CivilDate,
  schedule: readonly MassScheduleRow[],
): Promise<readonly MassOrder[]> {
  const { rows } = await connection.query<MassOrder & { readonly withdrawn: boolean }>(
    `SELECT DISTINCT ON (job_code, after_job, months_before) job_code AS "jobCode", after_job AS "afterJob", months_before AS "monthsBefore",
            in_months AS "inMonths", required, withdrawn, note
     FROM allowance.mass_order WHERE valid_from <= $1 ORDER BY job_code, after_job, months_before, valid_from DESC, revision DESC`,
    [on],
  );
  const own = rows.filter(({ withdrawn }) => !withdrawn).map(({ withdrawn: _withdrawn, ...order }) => order);
  const same = schedule.flatMap(({ jobCode, afterJobs }) =>
    afterJobs.map((afterJob) => ({
      jobCode,
      afterJob,
      monthsBefore: 0,
      inMonths: [],
      required: true,
      note: "",
    })),
  );
  return [...same, ...own];
}

/** A predecessor that is not done, with the period for which it would have to be. */
export type Unmet = { readonly order: MassOrder; readonly name: string; readonly period: string };

/** The period of the predecessor; undefined where the order says nothing of this period. */
function periodBefore(order: MassOrder, after: MassScheduleRow | undefined, period: string): string | undefined {
  const at: Month | undefined = parseMonth(period);
  // A yearly job waits for the same year of another.
  if (at === undefined) return order.inMonths.length === 0 && order.monthsBefore === 0 ? period : undefined;
  if (order.inMonths.length > 0 && !order.inMonths.includes(Number(period.slice(5)))) return undefined;
  const of = addMonths(at, -order.monthsBefore);
  return after?.cycle === "yearly" ? fiscalYearOf(of) : of;
}

/** Which predecessors of a job are not done for its period. What lay before the opening was done elsewhere. */
export function unmetOf(
  jobCode: string,
  period: string,
  orders: readonly MassOrder[],
  schedule: readonly MassScheduleRow[],
  known: KnownWork,
): readonly Unmet[] {
  return orders.flatMap((order) => {
    if (order.jobCode !== jobCode) return [];
    const after = schedule.find((row) => row.jobCode === order.afterJob);
    const needed = periodBefore(order, after, period);
    if (needed === undefined || known.doneElsewhere(order.afterJob, needed)) return [];
    if (known.of(order.afterJob, needed)?.done === true) return [];
    return [{ order, name: after?.name ?? order.afterJob, period: needed }];
  });
}

/** @throws Refusal `massPredecessor` naming what has to be done first, and for which period */
export async function requirePredecessors(
  connection: Queryable,
  on: CivilDate,
  jobCode: string,
  period: string,
): Promise<void> {
  const schedule = await massScheduleOn(connection, on);
  const orders = (await massOrderOn(connection, on, schedule)).filter(
    (order) => order.jobCode === jobCode && order.required,
  );
  if (orders.length === 0) return;
  const known = await knownWork(connection, await openingMonth(connection, on));
  const missing = unmetOf(jobCode, period, orders, schedule, known);
  if (missing.length === 0) return;
  const name = schedule.find((row) => row.jobCode === jobCode)?.name ?? jobCode;
  const names = missing.map((each) => `「${each.name}」（${each.period}）`).join("と");
  throw refuse(
    "massPredecessor",
    `「${name}」（${period}）は、先に${names}を終えてから行います。先の処理を完了させてから、もう一度行ってください。何も変えていません。`,
    { missing: missing.map(({ order }) => order.afterJob) },
  );
}

/** Of which lanes no mass work may be half written while the job begins. */
export type MassExclusion = { readonly jobCode: string; readonly lane: string; readonly note: string };

export async function massExclusionsOn(connection: Queryable, on: CivilDate): Promise<readonly MassExclusion[]> {
  const { rows } = await connection.query<MassExclusion & { readonly withdrawn: boolean }>(
    `SELECT DISTINCT ON (job_code, lane) job_code AS "jobCode", lane, withdrawn, note
     FROM allowance.mass_exclusion WHERE valid_from <= $1 ORDER BY job_code, lane, valid_from DESC, revision DESC`,
    [on],
  );
  return rows.filter(({ withdrawn }) => !withdrawn).map(({ withdrawn: _withdrawn, ...exclusion }) => exclusion);
}

/**
 * Asked when an intake or a payment run begins: while mass work of an excluded lane is half written (running, stopped, ended
 * abnormally), it does not.
 *
 * @param what what was tried, for the message
 * @throws Refusal `massLaneBusy` naming the run
 */
export async function requireNothingHalfWritten(
  connection: Queryable,
  on: CivilDate,
  jobCode: string,
  what: string,
): Promise<void> {
  const lanes = (await massExclusionsOn(connection, on)).filter((each) => each.jobCode === jobCode);
  const { rows } = await connection.query<{ no: number }>(
    `SELECT r.mass_run_no AS no FROM allowance.mass_run r JOIN allowance.mass_state s USING (mass_run_no)
     WHERE r.lane = ANY ($1) AND s.state IN ('running', 'stopped', 'runFailed') ORDER BY 1 LIMIT 1`,
    [lanes.map(({ lane }) => lane)],
  );
  const found = rows[0];
  if (found === undefined) return;
  throw refuse(
    "massLaneBusy",
    `${what}を始めようとしましたが、同じ事案を扱う一括処理 ${found.no} が書きかけです。完了させるか打ち切ってから、もう一度行ってください。何も変えていません。`,
    { running: found.no },
  );
}

/** Asked when mass work of a lane begins to write. @throws Refusal `massLaneBusy` while an intake that excludes the lane runs */
export async function requireNoIntake(connection: Queryable, on: CivilDate, lane: string): Promise<void> {
  const excluded = (await massExclusionsOn(connection, on)).some(
    (each) => each.jobCode === "feedIntake" && each.lane === lane,
  );
  if (!excluded || !(await importRuns(connection))) return;
  throw refuse(
    "massLaneBusy",
    "一括処理を実行しようとしましたが、異動の取込みが進んでいます。終わってから実行してください。何も変えていません。",
  );
}

/** Calendar, order and exclusions in force on a day: what the run book is written from. */
export async function massBookOn(
  connection: Queryable,
  on: CivilDate,
): Promise<{
  readonly schedule: readonly MassScheduleRow[];
  readonly orders: readonly MassOrder[];
  readonly exclusions: readonly MassExclusion[];
}> {
  const schedule = await massScheduleOn(connection, on);
  return {
    schedule,
    orders: await massOrderOn(connection, on, schedule),
    exclusions: await massExclusionsOn(connection, on),
  };
}
