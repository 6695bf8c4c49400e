/** 暦 as dated rows: what is done in which months, until which day. */
import { addMonths, type CivilDate, type Month } from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

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

/** 年度: April to March. */
export const fiscalYearOf = (of: Month): string => addMonths(of, -3).slice(0, 4);

/** 対象の期間 of a job due in a month. */
export const periodDueIn = (row: Pick<MassScheduleRow, "cycle">, of: Month): string =>
  row.cycle === "yearly" ? fiscalYearOf(of) : of;
