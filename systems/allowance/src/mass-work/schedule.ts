/** 暦: what is done when and how far it is; what should have been done by now and is not is named (遅れ). */
import {
  addDays,
  addMonths,
  type CivilDate,
  civilDate,
  compareDates,
  lastDayOfMonth,
  type Month,
  monthOf,
  monthsFrom,
} from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import { isOuterWork, knownWork, openingMonth, type OuterWork } from "./known-work.ts";
import { massOrderOn, unmetOf } from "./order.ts";
import { type MassScheduleRow, massScheduleOn, periodDueIn } from "./schedule-rows.ts";

/** One place of the calendar: what is due on which day, and how far it is. */
export type MassDue = {
  readonly jobCode: string;
  readonly name: string;
  readonly dueOn: CivilDate;
  /** 対象の期間: of a monthly job the month `YYYY-MM`, of a yearly one the fiscal year `YYYY` */
  readonly period: string;
  /** done 完了, open 作成から実行まで, overdue 遅れ, waiting これから */
  readonly state: "done" | "open" | "overdue" | "waiting";
  /** Which work it is: `runNo` is the number of a mass run or of a payment run */
  readonly work: "massWork" | OuterWork;
  /** The run that did it, or the newest one under way */
  readonly runNo: number | null;
  /** What has to be done first and is not: name and period */
  readonly waitsFor: readonly string[];
};

const dueDay = (row: MassScheduleRow, of: Month): CivilDate => {
  const last = lastDayOfMonth(of);
  const wanted = `${of}-${String(row.day).padStart(2, "0")}`;
  return wanted > last ? last : civilDate(wanted);
};

/**
 * The calendar of the months from `from` to `until`, in order of day: each monthly and yearly job with its state as of `today`.
 * 遅れ: the day and the days of grace are over and the work of the period is not 完了.
 */
export async function massCalendar(
  connection: Queryable,
  today: CivilDate,
  from: Month,
  until: Month,
): Promise<readonly MassDue[]> {
  const opening = await openingMonth(connection, today);
  const known = await knownWork(connection, opening);
  const due: MassDue[] = [];
  for (const at of monthsFrom(opening !== null && opening > from ? opening : from, until)) {
    const day = lastDayOfMonth(at);
    const schedule = await massScheduleOn(connection, day);
    const orders = await massOrderOn(connection, day, schedule);
    for (const row of schedule.filter(({ months }) => months.includes(Number(at.slice(5))))) {
      const { jobCode, name } = row;
      const period = periodDueIn(row, at);
      if (isOuterWork(jobCode) && known.doneElsewhere(jobCode, period)) continue;
      const run = known.of(jobCode, period);
      const dueOn = dueDay(row, at);
      const late = addDays(dueOn, row.graceDays) < today;
      due.push({
        jobCode,
        name,
        dueOn,
        period,
        state: run?.done === true ? "done" : late ? "overdue" : run === undefined ? "waiting" : "open",
        work: isOuterWork(jobCode) ? jobCode : "massWork",
        runNo: run?.runNo ?? null,
        waitsFor: unmetOf(jobCode, period, orders, schedule, known).map((each) =>
          each.period === period ? each.name : `${each.name}（${each.period}）`,
        ),
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
