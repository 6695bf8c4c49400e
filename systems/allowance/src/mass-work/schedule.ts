/**
 * 暦と順番: what is done when, and after what, as dated rows. A job whose predecessor is not 完了 for the same period is refused;
 * what should have been done by now and is not is named (遅れ).
 */
import {
  addDays,
  addMonths,
  type CivilDate,
  civilDate,
  compareDates,
  lastDayOfMonth,
  type Month,
  month,
  monthOf,
  monthsFrom,
} from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";

import { refuse } from "../refusal.ts";
import { readSetting } from "../settings.ts";

/** 周期. */
export type MassCycle = "byHand" | "daily" | "monthly" | "yearly";

/** One row of the calendar in force on a day. */
export type MassScheduleRow = {
  readonly jobCode: string;
  readonly name: string;
  readonly cycle: MassCycle;
  /** Months in which it is done, 1–12; empty for byHand and daily */
  readonly months: readonly number[];
  /** Day of the month on which it is due; past the end of a month: its last day */
  readonly day: number;
  readonly graceDays: number;
  readonly afterJobs: readonly string[];
  readonly note: string;
};

/** The calendar in force on a day, by job. */
export async function massScheduleOn(connection: Queryable, on: CivilDate): Promise<readonly MassScheduleRow[]> {
  const { rows } = await connection.query<MassScheduleRow>(
    `SELECT DISTINCT ON (job_code) job_code AS "jobCode", name, cycle, months, day, grace_days AS "graceDays", after_jobs AS "afterJobs", note
     FROM allowance.mass_schedule_current WHERE valid_from <= $1 ORDER BY job_code, valid_from DESC`,
    [on],
  );
  return rows;
}

/** @throws Refusal `massPredecessor` naming what has to be done first */
export async function requirePredecessors(
  connection: Queryable,
  on: CivilDate,
  jobCode: string,
  period: string,
): Promise<void> {
  const schedule = await massScheduleOn(connection, on);
  const own = schedule.find((row) => row.jobCode === jobCode);
  if (own === undefined || own.afterJobs.length === 0) return;
  const { rows } = await connection.query<{ job_code: string }>(
    `SELECT DISTINCT r.job_code FROM allowance.mass_run r JOIN allowance.mass_state s USING (mass_run_no)
     WHERE r.job_code = ANY ($1) AND r.period = $2 AND s.state = 'done'
       AND NOT EXISTS (SELECT FROM allowance.mass_undone u WHERE u.undoes_run_no = r.mass_run_no)`,
    [own.afterJobs, period],
  );
  const missing = own.afterJobs.filter((code) => !rows.some((row) => row.job_code === code));
  if (missing.length === 0) return;
  const names = missing.map((code) => `「${schedule.find((row) => row.jobCode === code)?.name ?? code}」`).join("と");
  throw refuse(
    "massPredecessor",
    `「${own.name}」（${period}）は、先に${names}（${period}）を終えてから行います。先の処理を完了させてから、もう一度行ってください。何も変えていません。`,
    { missing },
  );
}

/** One place of the calendar: what is due on which day, and how far it is. */
export type MassDue = {
  readonly jobCode: string;
  readonly name: string;
  readonly dueOn: CivilDate;
  /** 対象の期間: of a monthly job the month `YYYY-MM`, of a yearly one the fiscal year `YYYY` */
  readonly period: string;
  /** done 完了, open 作成から実行まで, overdue 遅れ, waiting これから */
  readonly state: "done" | "open" | "overdue" | "waiting";
  /** The run that did it, or the newest one under way */
  readonly runNo: number | null;
  /** What has to be done first and is not, by name */
  readonly waitsFor: readonly string[];
};

const dueDay = (row: MassScheduleRow, of: Month): CivilDate => {
  const last = lastDayOfMonth(of);
  const wanted = `${of}-${String(row.day).padStart(2, "0")}`;
  return wanted > last ? last : civilDate(wanted);
};

/** 年度: April to March. */
const fiscalYearOf = (of: Month): string => addMonths(of, -3).slice(0, 4);

/** 対象の期間 of a job due in a month. */
export const periodDueIn = (row: Pick<MassScheduleRow, "cycle">, of: Month): string =>
  row.cycle === "yearly" ? fiscalYearOf(of) : of;

/** 稼働開始月, before which nothing was due here; null before the city has set one. */
async function openingMonth(connection: Queryable, today: CivilDate): Promise<Month | null> {
  try {
    return month(await readSetting(connection, "openingMonth", today));
  } catch (error) {
    if (error instanceof Refusal && error.code === "settingMissing") return null;
    throw error;
  }
}

type Known = { readonly job_code: string; readonly period: string; readonly run_no: number; readonly done: boolean };

/**
 * The calendar of the months from `from` to `until`, in order of day: each monthly and yearly job with its state as of `today`.
 * 遅れ: the day and the days of grace are over and no run of the period is 完了.
 */
export async function massCalendar(
  connection: Queryable,
  today: CivilDate,
  from: Month,
  until: Month,
): Promise<readonly MassDue[]> {
  const { rows } = await connection.query<Known>(
    `SELECT DISTINCT ON (r.job_code, r.period) r.job_code, r.period, r.mass_run_no AS run_no, s.state = 'done' AS done
     FROM allowance.mass_run r JOIN allowance.mass_state s USING (mass_run_no) WHERE s.state <> 'cancelled'
       AND NOT EXISTS (SELECT FROM allowance.mass_undone u WHERE u.undoes_run_no = r.mass_run_no)
     ORDER BY r.job_code, r.period, s.state = 'done' DESC, r.mass_run_no DESC`,
  );
  const runOf = (code: string, period: string): Known | undefined =>
    rows.find((row) => row.job_code === code && row.period === period);
  const opening = await openingMonth(connection, today);
  const due: MassDue[] = [];
  for (const at of monthsFrom(opening !== null && opening > from ? opening : from, until)) {
    const schedule = await massScheduleOn(connection, lastDayOfMonth(at));
    for (const row of schedule.filter(({ months }) => months.includes(Number(at.slice(5))))) {
      const period = periodDueIn(row, at);
      const run = runOf(row.jobCode, period);
      const dueOn = dueDay(row, at);
      const late = addDays(dueOn, row.graceDays) < today;
      due.push({
        jobCode: row.jobCode,
        name: row.name,
        dueOn,
        period,
        state: run?.done === true ? "done" : late ? "overdue" : run === undefined ? "waiting" : "open",
        runNo: run?.run_no ?? null,
        waitsFor: row.afterJobs
          .filter((code) => runOf(code, period)?.done !== true)
          .map((code) => schedule.find(({ jobCode }) => jobCode === code)?.name ?? code),
      });
    }
  }
  return due.toSorted((left, right) => compareDates(left.dueOn, right.dueOn));
}

/** 遅れ: what should be 完了 by `today` and is not, of the last twelve months since the calendar began. */
export async function overdueMassJobs(connection: Queryable, today: CivilDate): Promise<readonly MassDue[]> {
  const until = monthOf(today);
  return (await massCalendar(connection, today, addMonths(until, -11), until)).filter(
    ({ state }) => state === "overdue",
  );
}
