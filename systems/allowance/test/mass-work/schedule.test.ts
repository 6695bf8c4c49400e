/** 暦と順番 of mass work: what has to come first, what is due, what is late. */
import { civilDate, month } from "@hagukumi/law/contract.ts";
import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { createMassRun } from "../../src/mass-work/create-run.ts";
import { massCalendar, overdueMassJobs } from "../../src/mass-work/schedule.ts";
import { massScheduleOn } from "../../src/mass-work/schedule-rows.ts";
import { contextOf, seedCases, threeFamilies } from "../support/cases.ts";
import { massHolds, wholeRun } from "../support/mass-holds.ts";

const database = useDatabase();
const FIRST = massHolds("testFirst");
const SECOND = massHolds("testSecond");
const JOBS = [FIRST, SECOND];
const maker = () => contextOf(database.pool, "sakusei.hanako");
const crew = () => ({ maker: maker(), approver: contextOf(database.pool, "shonin.taro") });

async function schedule(row: string, enteredBy = "unyo.ichiro"): Promise<void> {
  await database.pool.query(
    `INSERT INTO allowance.mass_schedule (job_code, valid_from, revision, name, cycle, months, day, grace_days, after_jobs, entered_by, approved_by)
     VALUES (${row}, '${enteredBy}', 'unyo.jiro')`,
  );
}

const EVERY_MONTH = "'{1,2,3,4,5,6,7,8,9,10,11,12}'";
const own = <T extends { readonly jobCode: string }>(rows: readonly T[]): readonly T[] =>
  rows.filter(({ jobCode }) => jobCode.startsWith("test"));

beforeAll(async () => {
  await seedCases(database.pool, threeFamilies);
  await schedule(`'testFirst', '2026-04-01', 1, '先の処理', 'monthly', ${EVERY_MONTH}, 10, 5, '{}'`);
  await schedule(`'testSecond', '2026-04-01', 1, '後の処理', 'monthly', ${EVERY_MONTH}, 31, 5, '{testFirst}'`);
  await schedule(`'testYearly', '2026-04-01', 1, '年の処理', 'yearly', '{8}', 1, 0, '{}'`);
});

const dayOn = async (on: string): Promise<number | undefined> =>
  (await massScheduleOn(database.pool, civilDate(on))).find(({ jobCode }) => jobCode === "testFirst")?.day;

describe("the calendar", () => {
  it("is not changed by one person, and knows no job that waits for itself and no yearly job without a month", async () => {
    await expect(
      schedule(`'testThird', '2026-04-01', 1, 'x', 'monthly', ${EVERY_MONTH}, 1, 0, '{}'`, "unyo.jiro"),
    ).rejects.toMatchObject({ constraint: "mass_schedule_two_people" });
    await expect(
      schedule(`'testThird', '2026-04-01', 1, 'x', 'monthly', ${EVERY_MONTH}, 1, 0, '{testThird}'`),
    ).rejects.toMatchObject({ constraint: "mass_schedule_after" });
    await expect(schedule(`'testThird', '2026-04-01', 1, 'x', 'yearly', '{}', 1, 0, '{}'`)).rejects.toMatchObject({
      constraint: "mass_schedule_months",
    });
  });

  it("is dated: a later row counts from its day, and the last version of a day", async () => {
    await schedule(`'testFirst', '2027-04-01', 1, '先の処理', 'monthly', ${EVERY_MONTH}, 20, 5, '{}'`);
    await schedule(`'testFirst', '2027-04-01', 2, '先の処理', 'monthly', ${EVERY_MONTH}, 21, 5, '{}'`);
    expect(await dayOn("2026-03-31")).toBeUndefined();
    expect(await dayOn("2027-03-31")).toBe(10);
    expect(await dayOn("2027-04-01")).toBe(21);
  });

  it("refuses a job before its predecessor of the same period is done, and names what is late", async () => {
    const ask = (key: string) =>
      createMassRun(maker(), { key, jobCode: "testSecond", parameters: { month: "2026-11" } }, JOBS);
    await expect(ask("p1")).rejects.toMatchObject({
      code: "massPredecessor",
      message: expect.stringContaining("「先の処理」（2026-11）"),
    });
    // Done for October is not done for November.
    await wholeRun(crew(), "testFirst", JOBS, { month: "2026-10" });
    await expect(ask("p2")).rejects.toMatchObject({ code: "massPredecessor" });
    await wholeRun(crew(), "testFirst", JOBS, { month: "2026-11" });
    expect((await ask("p3")).response).toMatchObject({ state: "collecting", period: "2026-11" });

    // 10 and 31 (in November: 30) of the month; five days of grace.
    const november = own(
      await massCalendar(database.pool, civilDate("2026-12-05"), month("2026-11"), month("2026-11")),
    );
    expect(november).toMatchObject([
      { jobCode: "testFirst", dueOn: "2026-11-10", period: "2026-11", state: "done", waitsFor: [] },
      { jobCode: "testSecond", dueOn: "2026-11-30", period: "2026-11", state: "open", waitsFor: [] },
    ]);
    const late = async (today: string): Promise<readonly string[]> =>
      own(await overdueMassJobs(database.pool, civilDate(today))).map(({ jobCode, period }) => `${jobCode} ${period}`);
    // The city opened in 2026-10: nothing was due before, not even 年の処理 of August.
    expect(await late("2026-12-05")).toEqual(["testSecond 2026-10"]);
    expect(await late("2026-12-06")).toEqual(["testSecond 2026-10", "testSecond 2026-11"]);
  });
});
