/** 一括処理の予約: lists that are made by themselves at a date and time, daily, weekly, monthly or at the end of the month (A135). */
import { bookMassRun, endBooking, listBookings, massJobs } from "@hagukumi/allowance/contract.ts";
import type { Booking, Timing } from "@hagukumi/allowance/contract.ts";
import { civilDate, parseCivilDate } from "@hagukumi/law/contract.ts";
import { z } from "zod";

import { dateText } from "./inputs.ts";
import { MASS_VIEW } from "./mass-reads.ts";
import { fieldsOf } from "./mass-shapes.ts";
import { operation } from "./operation.ts";

const at = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, "時刻は HH:MM（00:00〜23:59）です。");
const timing = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("once"),
    at,
    onDay: dateText.refine((text) => parseCivilDate(text) !== undefined, "存在しない日付です。"),
  }),
  z.strictObject({ kind: z.literal("daily"), at }),
  z.strictObject({ kind: z.literal("weekly"), at, weekday: z.int().min(0).max(6) }),
  z.strictObject({ kind: z.literal("monthly"), at, day: z.int().min(1).max(31) }),
  z.strictObject({ kind: z.literal("monthEnd"), at }),
]);

const WEEKDAYS = ["日", "月", "火", "水", "木", "金", "土"] as const;

function timingText(of: Timing): string {
  if (of.kind === "once") return `${of.onDay} ${of.at}`;
  if (of.kind === "weekly") return `毎週${WEEKDAYS[of.weekday] ?? ""}曜 ${of.at}`;
  if (of.kind === "monthly") return `毎月${String(of.day)}日 ${of.at}`;
  return `${of.kind === "daily" ? "毎日" : "毎月末"} ${of.at}`;
}

const PLACES: Readonly<Record<string, string>> = {
  "{{thisMonth}}": "その月",
  "{{lastMonth}}": "前の月",
  "{{nextMonth}}": "次の月",
  "{{thisYear}}": "その年",
};

const text = (value: unknown): string =>
  typeof value === "string" || typeof value === "number" ? (PLACES[value] ?? String(value)) : JSON.stringify(value);

const shape = z.object({
  bookingId: z.int(),
  jobName: z.string(),
  parameters: z.array(z.object({ label: z.string(), value: z.string() })),
  timing: z.string(),
  bookedBy: z.string(),
  last: z.object({ dueAt: z.string(), runNo: z.int().nullable(), problem: z.string().nullable() }).nullable(),
});

function shown({ bookingId, jobCode, parameters, timing: of, bookedBy, last }: Booking): z.input<typeof shape> {
  const fields = fieldsOf(jobCode);
  return {
    bookingId,
    jobName: massJobs.find(({ code }) => code === jobCode)?.name ?? jobCode,
    parameters: Object.entries(parameters).map(([name, value]) => ({
      label: fields.find((field) => field.name === name)?.label ?? name,
      value: text(value),
    })),
    timing: timingText(of),
    bookedBy,
    last,
  };
}

const list = operation({
  id: "listMassBookings",
  method: "GET",
  path: "/mass-work/bookings",
  summary: "一括処理の予約の一覧",
  access: { permission: [...MASS_VIEW], relation: "none" },
  response: z.object({ bookings: z.array(shape) }),
  handler: async (_input, desk) => ({
    bookings: await desk.readTotals(async (client) => (await listBookings(client)).map(shown)),
  }),
});

const clock = new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Tokyo", hour: "2-digit", minute: "2-digit" });

const book = operation({
  id: "bookMassRun",
  method: "POST",
  path: "/mass-work/bookings",
  summary: "一括処理の予約",
  access: { permission: "decision.exOfficio", relation: "none" },
  command: true,
  body: z.strictObject({
    jobCode: z.string().max(40),
    parameters: z.record(z.string().max(40), z.union([z.string().max(200), z.number()])),
    timing,
  }),
  response: z.object({ bookingId: z.int(), message: z.string() }),
  handler: async ({ body }, desk) => {
    const of: Timing =
      body.timing.kind === "once" ? { ...body.timing, onDay: civilDate(body.timing.onDay) } : body.timing;
    const from = `${desk.options.today()} ${clock.format(new Date())}` as const;
    const { response } = await desk.command({}, async (context, key) =>
      bookMassRun(context, { key, jobCode: body.jobCode, parameters: body.parameters, timing: of, from }),
    );
    return {
      bookingId: response,
      message: `予約 ${String(response)} を受けました。案の一覧は、その日時に作られます。`,
    };
  },
});

const end = operation({
  id: "endMassBooking",
  method: "POST",
  path: "/mass-work/bookings/{bookingId}/end",
  summary: "一括処理の予約の取消し",
  access: { permission: "decision.exOfficio", relation: "none" },
  command: true,
  params: z.strictObject({
    bookingId: z
      .string()
      .regex(/^[1-9]\d{0,8}$/, "予約の番号を指定してください。")
      .transform(Number),
  }),
  response: z.object({ message: z.string() }),
  handler: async ({ params: { bookingId } }, desk) => {
    await desk.command({}, async (context, key) => {
      await endBooking(context, bookingId, key);
    });
    return { message: `予約 ${String(bookingId)} を取り消しました。作った一括処理はそのまま残ります。` };
  },
});

export const massBookingOperations = [list, book, end];
