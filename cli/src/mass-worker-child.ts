/** The process of the worker (see mass-worker.ts). Ends after its slice when the process that started it is gone. */
import type { Context } from "@hagukumi/allowance/contract.ts";
import { workLettersUntilStopped, workUntilStopped } from "@hagukumi/allowance/contract.ts";
import { type CivilDate, civilDate, createCalendar, parseCivilDate } from "@hagukumi/law/contract.ts";
import { nationalHolidays } from "@hagukumi/platform/calendar/holidays.ts";
import { todayInJapan } from "@hagukumi/platform/calendar/today.ts";
import { createPool } from "@hagukumi/platform/database/pool.ts";
import { hostname, setPriority } from "node:os";

import { momentOn } from "./mass-bookings.ts";

/** Lower than the pages and the database: on a busy machine mass work waits. */
const NICE = 10;

const abort = new AbortController();
process.on("disconnect", () => abort.abort());
// Ctrl-C reaches the whole group of processes; the one that serves the pages says when this one may go.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => {});

const fixed = process.env["HAGUKUMI_TODAY"];
const today = (): CivilDate => civilDate((fixed === undefined ? undefined : parseCivilDate(fixed)) ?? todayInJapan());

const onProblem = (line: string): void => void process.stderr.write(`${line}\n`);

setPriority(NICE);
const pool = createPool(process.env["HAGUKUMI_WORKER_URL"] ?? "", { max: 6, applicationName: "hagukumi-batch" });
try {
  const context: Context = {
    pool,
    calendar: createCalendar(nationalHolidays),
    operator: "hagukumi.batch",
    purpose: "一括処理",
    today: today(),
    reportsDir: process.env["HAGUKUMI_WORKER_REPORTS"] ?? "",
  };
  await Promise.all([
    workUntilStopped(context, {
      today,
      now: () => momentOn(today()),
      signal: abort.signal,
      terminal: `${hostname()}:${process.pid}`,
      onProblem,
    }),
    workLettersUntilStopped(context, { today, signal: abort.signal, onProblem }),
  ]);
} finally {
  await pool.end();
}
