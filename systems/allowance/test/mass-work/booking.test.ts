/** 予約 of mass work: when it is due, what it starts, and that it starts once. */
import { civilDate } from "@hagukumi/law/contract.ts";
import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import {
  bookMassRun,
  endBooking,
  lastDue,
  listBookings,
  type Moment,
  parametersOn,
  startBookings,
  type Timing,
} from "../../src/mass-work/booking.ts";
import { listMassRuns } from "../../src/mass-work/run-record.ts";
import { cancelMassRun } from "../../src/mass-work/steps.ts";
import { contextOf, seedCases, threeFamilies } from "../support/cases.ts";
import { massHolds } from "../support/mass-holds.ts";

const database = useDatabase();
const JOBS = [massHolds()];
const clerk = () => contextOf(database.pool, "yoyaku.hanako", "2026-11-24");

beforeAll(async () => {
  await seedCases(database.pool, threeFamilies);
});

describe("when a booking is due", () => {
  const at = "21:30";
  // 2026-11-23 is a Monday.
  const cases: readonly (readonly [Timing, Moment, Moment | undefined])[] = [
    [{ kind: "once", onDay: civilDate("2026-11-23"), at }, "2026-11-23 21:29", undefined],
    [{ kind: "once", onDay: civilDate("2026-11-23"), at }, "2026-12-01 00:00", "2026-11-23 21:30"],
    [{ kind: "daily", at }, "2026-11-23 21:30", "2026-11-23 21:30"],
    [{ kind: "daily", at }, "2026-11-23 08:00", "2026-11-22 21:30"],
    [{ kind: "weekly", weekday: 1, at }, "2026-11-23 21:29", "2026-11-16 21:30"],
    [{ kind: "weekly", weekday: 1, at }, "2026-11-29 12:00", "2026-11-23 21:30"],
    [{ kind: "monthly", day: 31, at }, "2026-11-30 22:00", "2026-11-30 21:30"],
    [{ kind: "monthly", day: 5, at }, "2026-11-04 22:00", "2026-10-05 21:30"],
    [{ kind: "monthEnd", at }, "2027-02-28 21:30", "2027-02-28 21:30"],
    [{ kind: "monthEnd", at }, "2027-02-28 21:29", "2027-01-31 21:30"],
  ];

  it.each(cases)("%o at %s: %s", (timing, now, due) => {
    expect(lastDue(timing, now)).toBe(due);
  });

  it("puts the day of work into the parameters", () => {
    const given = {
      month: "{{nextMonth}}",
      before: "{{lastMonth}}",
      now: "{{thisMonth}}",
      year: "{{thisYear}}",
      text: "x",
    };
    expect(parametersOn(given, civilDate("2026-12-15"))).toEqual({
      month: "2027-01",
      before: "2026-11",
      now: "2026-12",
      year: 2026,
      text: "x",
    });
  });
});

describe("a booking", () => {
  const wish = { jobCode: "testHolds", timing: { kind: "monthly", day: 24, at: "06:00" } } as const;
  const from = "2026-11-24 00:00";
  const told: string[] = [];
  const look = async (now: Moment): Promise<number> => {
    const context = { ...clerk(), pool: database.pool, operator: "hagukumi.batch", today: civilDate(now.slice(0, 10)) };
    return await startBookings(context, now, (line) => told.push(line), JOBS);
  };

  it("is refused with wrong parameters or a time that there is not", async () => {
    const wrong = { ...wish, key: "b1", parameters: { month: "13" }, from } as const;
    await expect(bookMassRun(clerk(), wrong, JOBS)).rejects.toMatchObject({ code: "massParametersInvalid" });
    const never = {
      ...wish,
      timing: { kind: "daily", at: "24:00" },
      key: "b2",
      parameters: { month: "2026-11" },
      from,
    } as const;
    await expect(bookMassRun(clerk(), never, JOBS)).rejects.toMatchObject({ code: "massParametersInvalid" });
    expect(await listBookings(database.pool)).toEqual([]);
  });

  it("makes one list at its moment, in the name of who booked; never before, never twice; no approval by itself", async () => {
    const { response: id } = await bookMassRun(
      clerk(),
      { ...wish, key: "b3", parameters: { month: "{{thisMonth}}" }, from },
      JOBS,
    );
    expect(await look("2026-11-24 05:59")).toBe(0);
    expect(await look("2026-11-24 06:00")).toBe(1);
    expect(await look("2026-11-24 06:01")).toBe(0);
    expect(await listMassRuns(database.pool)).toMatchObject([
      { state: "collecting", maker: "yoyaku.hanako", approver: null, period: "2026-11" },
    ]);
    // Also where the row of the start was lost with the machine: the key of the run finds it again.
    await database.pool.query("DELETE FROM allowance.mass_booking_start");
    await look("2026-11-24 07:00");
    expect(await listMassRuns(database.pool)).toHaveLength(1);

    // The next month comes while the first run is open, for another period: both stand.
    expect(await look("2026-12-24 06:00")).toBe(1);
    expect((await listMassRuns(database.pool)).map(({ period }) => period)).toEqual(["2026-12", "2026-11"]);

    await endBooking(clerk(), id, "b4");
    await expect(endBooking(clerk(), id, "b5")).rejects.toMatchObject({ code: "massBookingUnknown" });
    expect(await look("2027-01-24 06:00")).toBe(0);
    expect(told).toEqual([]);
  });

  it("that is refused keeps the reason and tells it", async () => {
    // A run of the same kind and period is open: that of December.
    const parameters = { month: "2026-12" };
    await bookMassRun(clerk(), { ...wish, timing: { kind: "daily", at: "06:00" }, key: "b6", parameters, from }, JOBS);
    expect(await look("2026-12-25 06:00")).toBe(0);
    expect(told.join()).toContain("massRunOpen");
    const [booking] = await listBookings(database.pool);
    expect(booking?.last).toMatchObject({ dueAt: "2026-12-25 06:00", runNo: null });
    // Once that one is out of the way, the next day's list is made.
    const [open] = await listMassRuns(database.pool, { period: "2026-12" });
    await cancelMassRun(clerk(), { key: "c", runNo: open?.runNo ?? 0, reason: "試験" });
    expect(await look("2026-12-26 06:00")).toBe(1);
  });
});
