/** Approves one filing in a process of its own, which a test may kill at a crash point: url, filing, digest, key. */
import { civilDate, createCalendar } from "@hagukumi/law/contract.ts";
import { nationalHolidays } from "@hagukumi/platform/calendar/holidays.ts";
import { createPool } from "@hagukumi/platform/database/pool.ts";

import { approveFiling } from "../../src/filings/approve.ts";

const [url = "", filingId = "", digest = "", key = ""] = process.argv.slice(2);
const pool = createPool(url, { max: 1 });
const context = {
  pool,
  calendar: createCalendar(nationalHolidays),
  operator: "staff.sato",
  purpose: "試験",
  today: civilDate("2026-11-23"),
  reportsDir: "reports",
};
await approveFiling(context, { filingId: Number(filingId), digest, key });
await pool.end();
