/** `hagukumi batch book`, `bookings`, `unbook`: lists that are made by themselves (一括処理の予約). */
import { bookMassRun, endBooking, listBookings } from "@hagukumi/allowance/contract.ts";
import type { Booking, Moment, Timing } from "@hagukumi/allowance/contract.ts";
import { parseCivilDate } from "@hagukumi/law/contract.ts";
import type { CivilDate } from "@hagukumi/law/contract.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { InvalidArgumentError, Option } from "commander";
import type { Command } from "commander";
import { randomUUID } from "node:crypto";

import { perform, withActor } from "./context.ts";

const clock = new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Tokyo", hour: "2-digit", minute: "2-digit" });

/** The moment in Japan on the day of work: `2026-11-23 09:05`. */
export const momentOn = (today: CivilDate): Moment => `${today} ${clock.format(new Date())}`;

const WEEKDAYS = ["日", "月", "火", "水", "木", "金", "土"] as const;

function timingText(timing: Timing): string {
  const days: Readonly<Record<Timing["kind"], (of: Timing) => string>> = {
    once: (of) => (of.kind === "once" ? of.onDay : ""),
    daily: () => "毎日",
    weekly: (of) => (of.kind === "weekly" ? `毎週${WEEKDAYS[of.weekday] ?? ""}曜` : ""),
    monthly: (of) => (of.kind === "monthly" ? `毎月${of.day}日` : ""),
    monthEnd: () => "毎月末",
  };
  return `${days[timing.kind](timing)} ${timing.at}`;
}

function describe({ bookingId, jobCode, parameters, timing, bookedBy, last }: Booking): string {
  const before =
    last === null
      ? "まだ"
      : last.runNo === null
        ? `★作れませんでした: ${last.problem ?? ""}`
        : `一括処理 ${last.runNo}`;
  return `予約 ${bookingId}: ${jobCode} ${JSON.stringify(parameters)} ${timingText(timing)}（${bookedBy}） 前回 ${last?.dueAt ?? ""} ${before}`;
}

function whole(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d{1,9}$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`${least}〜${most} の整数を指定してください。`);
  };
}

type BookOptions = {
  readonly timing: Timing["kind"];
  readonly at: string;
  readonly onDay?: string;
  readonly weekday?: number;
  readonly day?: number;
  readonly set?: Readonly<Record<string, unknown>>;
};

/** @throws Refusal `invalidValue` naming the option that the timing needs */
function timingOf({ timing, at, onDay, weekday, day }: BookOptions): Timing {
  if (timing === "daily" || timing === "monthEnd") return { kind: timing, at };
  if (timing === "weekly" && weekday !== undefined) return { kind: timing, at, weekday };
  if (timing === "monthly" && day !== undefined) return { kind: timing, at, day };
  const on = onDay === undefined ? undefined : parseCivilDate(onDay);
  if (timing === "once" && on !== undefined) return { kind: timing, at, onDay: on };
  throw new Refusal(
    "invalidValue",
    "予約の決め方が足りません。once には --on-day YYYY-MM-DD、weekly には --weekday 0〜6（0が日曜）、monthly には --day 1〜31 を指定してください。何も予約していません。",
  );
}

/** Adds the three commands. `parameter` reads `name=value`. */
export function registerBookings(
  batch: Command,
  parameter: (text: string, before?: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>,
): void {
  withActor(
    batch.command("book").description("予約: 決まった日時に案の一覧を作る（承認と実行は人が行う）/ book a list"),
  )
    .argument("<job>", "処理の種類 / kind of work")
    .addOption(
      new Option("--timing <timing>", "once 日時・daily 毎日・weekly 毎週・monthly 毎月・monthEnd 月末")
        .choices(["once", "daily", "weekly", "monthly", "monthEnd"])
        .makeOptionMandatory(),
    )
    .requiredOption("--at <HH:MM>", "時刻（日本時間）/ time in Japan")
    .option("--on-day <date>", "日（once）/ day")
    .option("--weekday <n>", "曜日 0日〜6土（weekly）/ day of the week", whole(0, 6))
    .option("--day <n>", "日（monthly、月の日数を超えるときは末日）/ day of the month", whole(1, 31))
    .option(
      "--set <name=value...>",
      "引数。月は {{thisMonth}} {{lastMonth}} {{nextMonth}}、年は {{thisYear}} と書ける / parameter",
      (text: string, before?: Record<string, unknown>) => parameter(text, before),
    )
    .action(async (jobCode: string, options: BookOptions, command: Command) => {
      await perform(
        command,
        async ({ context }) => {
          const key = `massWork.book/${randomUUID()}`;
          const wish = { key, jobCode, parameters: options.set ?? {}, timing: timingOf(options) };
          return { bookingId: (await bookMassRun(context, { ...wish, from: momentOn(context.today) })).response };
        },
        ({ bookingId }) =>
          `予約 ${bookingId} を受けました。作業者（hagukumi serve か batch work）が動いている間に作られます。`,
      );
    });
  withActor(batch.command("bookings").description("予約の一覧 / bookings")).action(
    async (_options: unknown, command: Command) => {
      await perform(
        command,
        async ({ context }) => await listBookings(context.pool),
        (bookings) => bookings.map(describe).join("\n") || "予約はありません。",
      );
    },
  );
  withActor(batch.command("unbook").description("予約を取り消す / take a booking back"))
    .argument("<booking>", "予約の番号 / booking number", whole(1, 999_999_999))
    .action(async (bookingId: number, _options: unknown, command: Command) => {
      await perform(
        command,
        async ({ context }) => {
          await endBooking(context, bookingId, `massWork.unbook/${randomUUID()}`);
          return { bookingId };
        },
        () => `予約 ${bookingId} を取り消しました。作った一括処理はそのまま残ります。`,
      );
    });
}
