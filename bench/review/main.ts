/**
 * 現況 bench: the June judgement of a whole city (list of what would change → another person's approval → writing), the list of the
 * differences of July and August, and the schedules of the new year, against the floor of moving the same rows out of and into PostgreSQL
 * by COPY. `npm run bench:review -- [recipients …]`, default 20000 80000.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir, totalmem } from "node:os";
import { join, resolve } from "node:path";

import {
  approveMassRun,
  clearDifference,
  type Context,
  createMassRun,
  getMassRun,
  listDifferences,
  openReviewYear,
  readDifferences,
  startMassRun,
  workOnRunNo,
  writeMassList,
} from "@hagukumi/allowance/contract.ts";
import { civilDate } from "@hagukumi/law/contract.ts";
import { japaneseCalendar } from "@hagukumi/platform/calendar/holidays.ts";
import { openDatabase } from "@hagukumi/platform/database/connection.ts";
import { migrate, migrationFolders } from "@hagukumi/platform/database/migrate.ts";
import type { Pool } from "pg";

import { copyFloor } from "../payments/floor.ts";
import { watchMemory } from "../payments/memory.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const YEAR = 2026;
/** What the review of 80,000 recipients may take, its lists included */
const GOAL = { recipients: 80_000, seconds: 300 } as const;

/** Every row that the review reads or writes. */
const TABLES = [
  "recipient",
  "person_history",
  "claim",
  "decision",
  "facts",
  "mass_item",
  "mass_result",
  "review_result",
  "annual_report",
  "yearly_review",
  "review_difference",
  "review_schedule",
] as const;

/** Fills the database in a process of its own: its memory is none of the review's. @returns the number of children */
async function seed(url: string, recipients: number): Promise<number> {
  const child = fork(new URL("./seed-main.ts", import.meta.url), [url, String(recipients)]);
  const failed = once(child, "exit").then(([code]) => {
    throw new Error(`the seed process ended (${String(code)})`);
  });
  const [children] = (await Promise.race([once(child, "message"), failed])) as [number];
  await failed.catch(() => {}); // its connections are closed
  return children;
}

async function timed<T>(work: () => Promise<T>): Promise<readonly [seconds: number, value: T]> {
  const begun = performance.now();
  const value = await work();
  return [(performance.now() - begun) / 1000, value];
}

type Office = (operator: string, today: string) => Context;

type MassTimes = { readonly list: number; readonly write: number; readonly file: number; readonly written: number };

/** One kind of mass work from its list to its end, and the list as a file. */
async function massWork(office: Office, jobCode: string, today: string, dir: string): Promise<MassTimes> {
  const maker = office("bench.maker", today);
  const approver = office("bench.approver", today);
  const [list, runNo] = await timed(async () => {
    const { response } = await createMassRun(maker, { key: jobCode, jobCode, parameters: { year: YEAR } });
    await workOnRunNo(maker, response.runNo, { terminal: "bench" });
    return response.runNo;
  });
  const [file] = await timed(async () => await writeMassList(maker, runNo, join(dir, "lists")));
  const [write] = await timed(async () => {
    const { list: listed } = await getMassRun(maker.pool, runNo);
    await approveMassRun(approver, { key: `${jobCode}/approve`, runNo, digest: listed?.digest ?? "" });
    await startMassRun(approver, { key: `${jobCode}/start`, runNo });
    await workOnRunNo(maker, runNo, { terminal: "bench" });
  });
  const { state, written } = await getMassRun(maker.pool, runNo);
  if (state !== "done") throw new Error(`${jobCode} ended as ${state}`);
  return { list, write, file, written };
}

async function measure(recipients: number): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), "hagukumi-bench-"));
  const database = await openDatabase({ dir, url: "" });
  try {
    await migrate(database.url, await migrationFolders(ROOT));
    const [setUp, children] = await timed(async () => await seed(database.url, recipients));
    const { pool }: { readonly pool: Pool } = database;
    const office: Office = (operator, today) => ({
      pool,
      calendar: japaneseCalendar,
      operator,
      purpose: "bench",
      today: civilDate(today),
      reportsDir: dir,
    });
    await openReviewYear(office("bench.maker", `${YEAR}-06-01`), YEAR);
    await pool.query("CHECKPOINT");
    const load = loadavg()[0] ?? 0;
    const memory = await watchMemory(join(dir, "postgres"));
    const check = await massWork(office, "reviewCheck", `${YEAR}-06-03`, dir);
    const [differences, found] = await timed(async () => {
      await listDifferences(office("bench.maker", `${YEAR}-06-03`), YEAR);
      return await readDifferences(pool, YEAR);
    });
    const decided = check.list + check.file + check.write + differences;
    // What people do between June and August, one difference after another, is none of the measured time.
    for (const { differenceId, cleared } of found) {
      if (cleared) continue;
      const reason = "bench";
      await clearDifference(office("bench.maker", `${YEAR}-08-03`), {
        differenceId,
        reason,
        key: `clear/${differenceId}`,
      });
    }
    const schedule = await massWork(office, "reviewSchedule", `${YEAR}-08-04`, dir);
    const all = decided + schedule.list + schedule.file + schedule.write;
    const { whole, node, postgres, print } = await memory.stop();
    const floor = await copyFloor(pool, TABLES);
    const row = [
      recipients,
      children,
      setUp.toFixed(1),
      check.list.toFixed(1),
      check.file.toFixed(1),
      `${check.write.toFixed(1)} (${check.written})`,
      `${differences.toFixed(1)} (${found.length})`,
      decided.toFixed(1),
      `${(schedule.list + schedule.file + schedule.write).toFixed(1)} (${schedule.written})`,
      all.toFixed(1),
      floor.seconds.toFixed(2),
      `${(decided / floor.seconds).toFixed(1)}×`,
      `${Math.round(whole)} = ${Math.round(node)} + ${Math.round(postgres)} + ${Math.round(print)}`,
      load.toFixed(1),
    ];
    process.stdout.write(`| ${row.join(" | ")} |\n`);
    if (recipients === GOAL.recipients && all > GOAL.seconds)
      process.stderr.write(`above the goal of ${GOAL.seconds} s\n`);
  } finally {
    await database.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

const cpu = cpus()[0]?.model ?? "unknown";
process.stdout.write(
  `${cpus().length} × ${cpu}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}, embedded PostgreSQL, fsync on\n\n`,
);
process.stdout.write(
  "| recipients | children | set-up s (not counted) | June list s | list as CSV+PDF s | approve+write s (written) | differences s (rows) | June in all s | schedules s (written) | all s | COPY floor s | ratio of June | memory MiB = Node + PostgreSQL + print | load before |\n|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n",
);
const sizes = process.argv
  .slice(2)
  .map(Number)
  .filter((size) => size > 0);
for (const size of sizes.length > 0 ? sizes : [20_000, 80_000]) await measure(size);
