/** A process of its own for the crash sweep: imports a delivery, examines and approves everything, ends. */
import { civilDate, createCalendar } from "@hagukumi/law/contract.ts";
import { nationalHolidays } from "@hagukumi/platform/calendar/holidays.ts";
import { createPool } from "@hagukumi/platform/database/pool.ts";

import { examineAll } from "../../src/claims/examine.ts";
import type { Context } from "../../src/context.ts";
import { approveAll } from "../../src/decisions/decide.ts";
import { importFeeds } from "../../src/register/import-feeds.ts";
import { approveLaw } from "./parameters.ts";

const [url = "", delivery = "", reportsDir = ""] = process.argv.slice(2);
const pool = createPool(url, { max: 3 });
const context: Context = {
  pool,
  calendar: createCalendar(nationalHolidays),
  operator: "staff.ito",
  purpose: "試験",
  today: civilDate("2026-11-23"),
  reportsDir,
};
await approveLaw(pool);
await importFeeds(context, delivery);
await examineAll(context);
await approveAll({ ...context, operator: "staff.sato" });
await pool.end();
