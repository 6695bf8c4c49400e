/** A context for tests: fixed day, fixed people, a calendar of its own. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { civilDate, createCalendar } from "@hagukumi/law/contract.ts";
import { nationalHolidays } from "@hagukumi/platform/calendar/holidays.ts";
import type { Pool } from "pg";
import { afterAll } from "vitest";

import type { Context } from "../../src/context.ts";

export const TODAY = civilDate("2026-11-23");

const CALENDAR = createCalendar(nationalHolidays);

/** A folder that is gone after the test file. */
export function testFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), "hagukumi-allowance-"));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** The context of one operator; `pool` is asked for at each use, because it exists only once the tests run. */
export function testContext(database: { readonly pool: Pool }, dir: string, operator = "staff.ito"): Context {
  return {
    get pool() {
      return database.pool;
    },
    calendar: CALENDAR,
    operator,
    purpose: "試験",
    today: TODAY,
    reportsDir: join(dir, "reports"),
  };
}
