/**
 * 年間の演習: a fiscal year of a small city on a real database, by the operations that people use. The money invariants are asked after
 * every step by `playYear` itself, which stops where one breaks.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Context } from "@hagukumi/allowance/contract.ts";
import { civilDate } from "@hagukumi/law/contract.ts";
import { japaneseCalendar } from "@hagukumi/platform/calendar/holidays.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../platform/test/support/cluster.ts";
import { planYear } from "../src/year/plan.ts";
import { type PlayedYear, playYear } from "../src/year/play.ts";
import { checksLine, yearTable } from "../src/year/table.ts";
import { tableDigests } from "./support/data-folder.ts";
import { hagukumi } from "./support/program.ts";

const database = useDatabase();
const dataDir = mkdtempSync(join(tmpdir(), "hagukumi-year-"));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

const steps = planYear(2026, japaneseCalendar);
/** In the middle of June: the year has begun, the review has not. */
const STOP_BEFORE = "2026-06/reports";

const context = (signal?: AbortSignal): Context => ({
  pool: database.pool,
  calendar: japaneseCalendar,
  operator: "demo.start",
  purpose: "試験",
  today: civilDate("2026-04-01"),
  reportsDir: join(dataDir, "reports"),
  ...(signal === undefined ? {} : { signal }),
});

async function play(options: { readonly seed?: string; readonly stopBefore?: string } = {}): Promise<PlayedYear> {
  const stop = new AbortController();
  return await playYear({
    context: context(stop.signal),
    dataDir,
    year: 2026,
    population: 600,
    seed: options.seed ?? "toshi",
    onStep: ({ id }) => {
      const next = steps[steps.findIndex((step) => step.id === id) + 1];
      if (options.stopBefore !== undefined && next?.id === options.stopBefore) stop.abort();
    },
  });
}

let stopped: unknown;
let played: PlayedYear;

beforeAll(async () => {
  stopped = await play({ stopBefore: STOP_BEFORE }).catch((error: unknown) => error);
  played = await play();
}, 600_000);

const rows = async <T extends object>(sql: string): Promise<readonly T[]> => (await database.pool.query<T>(sql)).rows;

describe("a fiscal year of the city", () => {
  it("is refused in production, and in a folder where another year was begun", async () => {
    const production = await hagukumi(["demo", "year"], { HAGUKUMI_DATA: dataDir, HAGUKUMI_ENV: "production" });
    expect(production.status).toBe(1);
    expect(production.stderr).toContain("本番の設定");
    await expect(play({ seed: "betsu" })).rejects.toMatchObject({ code: "yearOther" });
  });

  it("stops between two steps, says that what is done stays, and goes on where it stood", () => {
    expect(stopped).toMatchObject({ code: "cancelled" });
    expect(played.changed).toBe(true);
    // Every step once, in the order of the plan: what came before the stop was not done again.
    expect(played.journal.steps.map(({ id }) => id)).toEqual(steps.map(({ id }) => id));
    const journal = JSON.parse(readFileSync(join(dataDir, "year.json"), "utf8")) as PlayedYear["journal"];
    expect(journal.steps).toHaveLength(steps.length);
  });

  it("changes nothing when it is played again", async () => {
    const before = await tableDigests(database.pool);
    expect(await play()).toMatchObject({ changed: false });
    expect(await tableDigests(database.pool)).toEqual(before);
  });

  it("pays six times, closes every run, and ends with every invariant green", async () => {
    const runs = await rows<{ month: string; state: string }>(
      `SELECT to_char(r.payment_month, 'YYYY-MM') AS month, s.state FROM allowance.payment_run r JOIN allowance.run_state s USING (run_no)
       WHERE r.kind = 'regular' ORDER BY 1`,
    );
    const months = ["2026-04", "2026-06", "2026-08", "2026-10", "2026-12", "2027-02"];
    expect(runs).toEqual(months.map((month) => ({ month, state: "closed" })));
    expect(played.checks.filter(({ violations }) => violations > 0)).toEqual([]);
    expect(played.checks.length).toBeGreaterThan(25);
    // What came back was paid again, but for the one that the last run leaves to people.
    const [returned] = await rows<{ open: number }>(
      `SELECT count(*)::int AS open FROM allowance.result_row w WHERE NOT EXISTS (SELECT FROM allowance.return_confirmation c
         WHERE (c.run_no, c.line_no) = (w.run_no, w.line_no))`,
    );
    expect(returned).toEqual({ open: 1 });
  });

  it("does every job of the calendar in its season", async () => {
    const done = await rows<{ code: string; n: number }>(
      `SELECT r.job_code AS code, count(*)::int AS n FROM allowance.mass_run r WHERE EXISTS (SELECT FROM allowance.mass_event e
         WHERE e.mass_run_no = r.mass_run_no AND e.to_state = 'done') GROUP BY 1 ORDER BY 1`,
    );
    expect(Object.fromEntries(done.map(({ code, n }) => [code, n]))).toEqual({
      ageMilestones: 12,
      recoveryReminders: 12,
      reviewCheck: 4, // June, the switch of August, before the holds, after the late reports
      reviewForms: 1,
      reviewHold: 1,
      reviewReminder: 1,
      reviewSchedule: 2,
      supportInvitations: 1,
      taxRejudge: 12,
    });
  });

  it("was worked by different people: nobody approved what he or she had made", async () => {
    const [same] = await rows<{ n: number }>(
      `SELECT (SELECT count(*) FROM allowance.approval WHERE examined_by = approved_by)
            + (SELECT count(*) FROM allowance.mass_approval WHERE maker = approver)
            + (SELECT count(*) FROM allowance.run_approval a JOIN allowance.payment_run r USING (run_no) WHERE a.approver = r.maker) AS n`,
    );
    expect(Number(same?.n)).toBe(0);
  });

  it("is told month by month, with a last line that adds up", () => {
    const lines = yearTable(played.journal).split("\n");
    expect(lines).toHaveLength(1 + 12 + 1);
    const paid = played.journal.steps.reduce((sum, { figures }) => sum + (figures["yen"] ?? 0), 0);
    expect(lines.at(-1)).toContain(paid.toLocaleString("ja-JP"));
    expect(checksLine(played.checks)).toContain("すべて正常");
  });
});
