/** The process of the 運転 (see operation.ts). Ends after its turns when the process that started it is gone. */
import type { Context } from "@hagukumi/allowance/contract.ts";
import { civilDate, createCalendar } from "@hagukumi/law/contract.ts";
import { nationalHolidays } from "@hagukumi/platform/calendar/holidays.ts";
import { todayInJapan } from "@hagukumi/platform/calendar/today.ts";
import { createPool } from "@hagukumi/platform/database/pool.ts";
import { startSupervisor } from "@hagukumi/platform/supervision/supervisor.ts";
import { once } from "node:events";
import { setPriority } from "node:os";

import { type DayTold, ENVIRONMENT_NAME, OPERATION_ACTOR, type OperationOptions } from "./options.ts";
import { operationParts } from "./parts.ts";

/** Lower than the pages and the database. */
const NICE = 5;

// Ctrl-C reaches the whole group of processes; the one that serves the pages says when this one may go.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => {});
const ended = once(process, "disconnect");
const options = JSON.parse(process.env[ENVIRONMENT_NAME] ?? "{}") as OperationOptions;
const onLine = (line: string): void => void process.stderr.write(`${line}\n`);

const tellDay = (day: string): void => {
  process.send?.({ day } satisfies DayTold);
};

setPriority(NICE);
const pool = createPool(options.databaseUrl, { max: 6, applicationName: "hagukumi-operation" });
try {
  const context: Context = {
    pool,
    calendar: createCalendar(nationalHolidays),
    operator: OPERATION_ACTOR,
    purpose: "運転",
    today: civilDate(options.demo?.today ?? todayInJapan()),
    reportsDir: options.reportsDir,
  };
  const { parts, close } = operationParts(context, options, tellDay, onLine);
  const supervisor = await startSupervisor({ pool, parts, onLine });
  await ended;
  await supervisor.close();
  await close();
} finally {
  await pool.end();
}
