/**
 * 予約: a list is made by itself at a date and time, every day, week or month, or at the end of the month. It is made in the name of
 * who booked it; approval and writing stay with people. Each moment of a booking starts once, whatever happens to the machine.
 */
import {
  addDays,
  addMonths,
  type CivilDate,
  civilDate,
  lastDayOfMonth,
  type Month,
  monthOf,
} from "@hagukumi/law/contract.ts";
import { runCommand, type CommandResult } from "@hagukumi/platform/database/command.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";

import { refusing } from "../constraints.ts";
import { type Context, ROLE } from "../context.ts";
import { refuse } from "../refusal.ts";
import { createMassRun, parseMassParameters } from "./create-run.ts";
import { massJobOf, type MassJobs } from "./jobs.ts";

/** When: the time is `HH:MM` in Japan. */
export type Timing =
  | { readonly kind: "once"; readonly onDay: CivilDate; readonly at: string }
  | { readonly kind: "daily" | "monthEnd"; readonly at: string }
  /** 0 日曜 … 6 土曜 */
  | { readonly kind: "weekly"; readonly weekday: number; readonly at: string }
  /** Past the end of a month: its last day */
  | { readonly kind: "monthly"; readonly day: number; readonly at: string };

/** A moment in Japan: `2026-11-23 09:00`; compares as text. */
export type Moment = `${string} ${string}`;

const weekdayOf = (day: CivilDate): number => new Date(`${day}T00:00:00Z`).getUTCDay();

const dayIn = (of: Month, day: number): CivilDate => {
  const last = lastDayOfMonth(of);
  const wanted = `${of}-${String(day).padStart(2, "0")}`;
  return wanted > last ? last : civilDate(wanted);
};

/** The days on which the timing falls, newest first, of the month of `day` and the one before. */
function daysUpTo(timing: Timing, day: CivilDate): readonly CivilDate[] {
  const here = monthOf(day);
  if (timing.kind === "once") return [timing.onDay];
  if (timing.kind === "daily") return [day, addDays(day, -1)];
  if (timing.kind === "weekly") {
    const week = Array.from({ length: 8 }, (_, back) => addDays(day, -back));
    return week.filter((each) => weekdayOf(each) === timing.weekday);
  }
  const wanted = timing.kind === "monthly" ? timing.day : 31;
  return [dayIn(here, wanted), dayIn(addMonths(here, -1), wanted)];
}

/** The last moment of the timing that is not after `now`, or undefined. What the machine slept through is started once, not often. */
export function lastDue(timing: Timing, now: Moment): Moment | undefined {
  const day = civilDate(now.slice(0, 10));
  return daysUpTo(timing, day)
    .map((each): Moment => `${each} ${timing.at}`)
    .find((moment) => moment <= now);
}

const PLACES = { thisMonth: 0, lastMonth: -1, nextMonth: 1 } as const;

/** Puts the day of work into the parameters: `{{thisMonth}}`, `{{lastMonth}}`, `{{nextMonth}}`, `{{thisYear}}`. */
export function parametersOn(
  parameters: Readonly<Record<string, unknown>>,
  today: CivilDate,
): Readonly<Record<string, unknown>> {
  const value = (given: unknown): unknown => {
    if (given === "{{thisYear}}") return Number(today.slice(0, 4));
    const place = typeof given === "string" ? /^\{\{(thisMonth|lastMonth|nextMonth)\}\}$/.exec(given)?.[1] : undefined;
    return place === undefined ? given : addMonths(monthOf(today), PLACES[place as keyof typeof PLACES]);
  };
  return Object.fromEntries(Object.entries(parameters).map(([name, given]) => [name, value(given)]));
}

export type NewBooking = {
  /** Idempotency key */
  readonly key: string;
  readonly jobCode: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly timing: Timing;
  /** Moments before this one are not made up for */
  readonly from: Moment;
};

/**
 * Books. @returns the number of the booking
 *
 * @throws Refusal `massJobUnknown`, `massParametersInvalid`
 */
export async function bookMassRun(
  context: Context,
  booking: NewBooking,
  jobs?: MassJobs,
): Promise<CommandResult<number>> {
  const job = massJobOf(booking.jobCode, jobs);
  parseMassParameters(job, parametersOn(booking.parameters, context.today));
  const { key, timing, ...request } = booking;
  if (!/^(?:[01]\d|2[0-3]):[0-5]\d$/.test(timing.at)) {
    throw refuse(
      "massParametersInvalid",
      "予約の時刻は HH:MM（00:00〜23:59）で指定してください。何も予約していません。",
    );
  }
  const command = {
    role: ROLE,
    key,
    name: "massWork.book",
    actor: context.operator,
    guard: context.guard,
    purpose: context.purpose,
    request: { ...request, timing },
  };
  return await refusing(() =>
    runCommand(context.pool, command, async (client) => {
      const { rows } = await client.query<{ id: number }>(
        `INSERT INTO allowance.mass_booking (job_code, parameters, timing, at_time, on_day, weekday, day, booked_by, booked_from, command_key)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING booking_id AS id`,
        [
          job.code,
          JSON.stringify(booking.parameters),
          timing.kind,
          timing.at,
          timing.kind === "once" ? timing.onDay : null,
          timing.kind === "weekly" ? timing.weekday : null,
          timing.kind === "monthly" ? timing.day : null,
          context.operator,
          booking.from,
          key,
        ],
      );
      const id = rows[0]?.id ?? 0;
      const detail = { job: job.code, timing: timing.kind };
      return {
        response: id,
        audit: [{ action: "massWork.book", objectKind: "massBooking", objectId: String(id), detail }],
      };
    }),
  );
}

/** Takes a booking back. @throws Refusal `massBookingUnknown` */
export async function endBooking(context: Context, bookingId: number, key: string): Promise<void> {
  const command = {
    role: ROLE,
    key,
    name: "massWork.unbook",
    actor: context.operator,
    guard: context.guard,
    purpose: context.purpose,
    request: { bookingId },
  };
  await refusing(() =>
    runCommand(context.pool, command, async (client) => {
      const { rowCount } = await client.query(
        `INSERT INTO allowance.mass_booking_end (booking_id, ended_by) SELECT booking_id, $2 FROM allowance.mass_booking b
         WHERE booking_id = $1 AND NOT EXISTS (SELECT FROM allowance.mass_booking_end e WHERE e.booking_id = b.booking_id)`,
        [bookingId, context.operator],
      );
      if (rowCount !== 1) {
        throw refuse("massBookingUnknown", `予約 ${bookingId} はないか、もう取り消されています。何も変えていません。`);
      }
      const entry = { action: "massWork.unbook", objectKind: "massBooking", objectId: String(bookingId) };
      return { response: null, audit: [entry] };
    }),
  );
}

/** One booking with what it did last. */
export type Booking = {
  readonly bookingId: number;
  readonly jobCode: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly timing: Timing;
  readonly bookedBy: string;
  readonly from: Moment;
  readonly last: { readonly dueAt: string; readonly runNo: number | null; readonly problem: string | null } | null;
};

type Row = Omit<Booking, "timing"> & {
  readonly kind: Timing["kind"];
  readonly at: string;
  readonly onDay: CivilDate | null;
  readonly weekday: number | null;
  readonly day: number | null;
};

function timingOf({ kind, at, onDay, weekday, day }: Row): Timing {
  if (kind === "once") return { kind, at, onDay: onDay ?? civilDate("2000-01-01") };
  if (kind === "weekly") return { kind, at, weekday: weekday ?? 0 };
  return kind === "monthly" ? { kind, at, day: day ?? 1 } : { kind, at };
}

/** The bookings in force. */
export async function listBookings(connection: Queryable): Promise<readonly Booking[]> {
  const { rows } = await connection.query<Row>(
    `SELECT b.booking_id AS "bookingId", b.job_code AS "jobCode", b.parameters, b.timing AS kind, to_char(b.at_time, 'HH24:MI') AS at, b.on_day AS "onDay",
            b.weekday, b.day, b.booked_by AS "bookedBy", to_char(b.booked_from, 'YYYY-MM-DD HH24:MI') AS "from",
            (SELECT json_build_object('dueAt', to_char(s.due_at, 'YYYY-MM-DD HH24:MI'), 'runNo', s.mass_run_no, 'problem', s.problem)
             FROM allowance.mass_booking_start s WHERE s.booking_id = b.booking_id ORDER BY s.due_at DESC LIMIT 1) AS last
     FROM allowance.mass_booking b WHERE NOT EXISTS (SELECT FROM allowance.mass_booking_end e WHERE e.booking_id = b.booking_id) ORDER BY 1`,
  );
  return rows.map((row) => {
    const { kind: _kind, at: _at, onDay: _onDay, weekday: _weekday, day: _day, ...rest } = row;
    return { ...rest, timing: timingOf(row) };
  });
}

/**
 * Starts what is due and has not been started: the worker asks between two looks.
 *
 * @param onProblem told of a booking whose list could not be made; the reason is kept with it
 */
export async function startBookings(
  context: Context,
  now: Moment,
  onProblem: (line: string) => void,
  jobs?: MassJobs,
): Promise<number> {
  let started = 0;
  for (const booking of await listBookings(context.pool)) {
    const due = lastDue(booking.timing, now);
    if (due === undefined || due < booking.from || (booking.last !== null && booking.last.dueAt >= due)) continue;
    const own: Context = {
      ...context,
      pool: context.pool,
      operator: booking.bookedBy,
      purpose: `一括処理の予約 ${booking.bookingId}`,
    };
    const key = `massWork.booked/${booking.bookingId}/${due}`;
    let runNo: number | null = null;
    let problem: string | null = null;
    try {
      const request = { key, jobCode: booking.jobCode, parameters: parametersOn(booking.parameters, context.today) };
      runNo = (await createMassRun(own, request, jobs)).response.runNo;
      started += 1;
    } catch (error) {
      if (!(error instanceof Refusal) || error.code === "databaseBusy" || error.code === "databaseUnavailable")
        throw error;
      problem = error.message;
      onProblem(`一括処理の予約 ${booking.bookingId}（${due}）: ${error.code}: ${error.message}`);
    }
    // Should the machine die before this row, the key of the run finds the run again: nothing is made twice.
    await runCommand(
      context.pool,
      {
        role: ROLE,
        key: `${key}/started`,
        name: "massWork.booked",
        actor: booking.bookedBy,
        purpose: own.purpose,
        request: { due },
      },
      async (client) => {
        await client.query(
          "INSERT INTO allowance.mass_booking_start (booking_id, due_at, mass_run_no, problem) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
          [booking.bookingId, due, runNo, problem],
        );
        const entry = { action: "massWork.booked", objectKind: "massBooking", objectId: String(booking.bookingId) };
        return { response: null, audit: [entry] };
      },
    );
  }
  return started;
}
