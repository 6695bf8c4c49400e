/**
 * Payment run bench: extract → compute → ledger → file → list for a city's recipients, against the floor of moving the same
 * rows out of and into PostgreSQL by COPY. `npm run bench:payments -- [recipients …]`, default 20000 80000 240000.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir, totalmem } from "node:os";
import { join, resolve } from "node:path";

import { approveRun, createRun, freezeRun, inspectRun, writePayeeList } from "@hagukumi/allowance/contract.ts";
import type { Context } from "@hagukumi/allowance/contract.ts";
import { civilDate } from "@hagukumi/law/contract.ts";
import { japaneseCalendar } from "@hagukumi/platform/calendar/holidays.ts";
import { openDatabase } from "@hagukumi/platform/database/connection.ts";
import { migrate, migrationFolders } from "@hagukumi/platform/database/migrate.ts";
import type { Pool } from "pg";

import { copyFloor } from "./floor.ts";
import { watchMemory } from "./memory.ts";

const ROOT = resolve(import.meta.dirname, "../..");
/** What a run of 80,000 recipients may take */
const GOAL = { recipients: 80_000, seconds: 30, memoryMiB: 1024, ratio: 4 } as const;

/** @returns the number of children */
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

function contextOf(pool: Pool, operator: string, reportsDir: string): Context {
  return { pool, calendar: japaneseCalendar, operator, purpose: "bench", today: civilDate("2026-11-24"), reportsDir };
}

async function measure(recipients: number): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), "hagukumi-bench-"));
  const database = await openDatabase({ dir, url: "" });
  try {
    await migrate(database.url, await migrationFolders(ROOT));
    const children = await seed(database.url, recipients);
    const { pool } = database;
    await pool.query("CHECKPOINT");
    const load = loadavg()[0] ?? 0;
    const memory = await watchMemory(join(dir, "postgres"));
    const maker = contextOf(pool, "bench.maker", dir);
    const [create, run] = await timed(
      async () => (await createRun(maker, { key: "c", paymentMonth: "2026-12", kind: "regular" })).response,
    );
    const [freeze] = await timed(async () => {
      await inspectRun(maker, { key: "i", runNo: 1 });
      const approver = contextOf(pool, "bench.approver", dir);
      await approveRun(approver, { key: "a", runNo: 1, lineDigest: run.lines.lineDigest });
      await freezeRun(approver, { key: "f", runNo: 1 });
    });
    const [list] = await timed(async () => await writePayeeList(maker, { runNo: 1, outDir: join(dir, "list") }));
    const { whole, node, postgres, print } = await memory.stop();
    const floor = await copyFloor(pool);
    const total = create + freeze + list;
    const ratio = total / floor.seconds;
    const row = [
      recipients,
      children,
      run.lines.itemCount,
      create.toFixed(1),
      freeze.toFixed(1),
      list.toFixed(1),
      total.toFixed(1),
      floor.seconds.toFixed(2),
      `${((create + freeze) / floor.seconds).toFixed(1)}×`,
      `${ratio.toFixed(1)}×`,
      `${Math.round(whole)} = ${Math.round(node)} + ${Math.round(postgres)} + ${Math.round(print)}`,
      load.toFixed(1),
    ];
    process.stdout.write(`| ${row.join(" | ")} |\n`);
    if (recipients !== GOAL.recipients) return;
    if (total > GOAL.seconds) process.stderr.write(`above the goal of ${GOAL.seconds} s\n`);
    if (ratio > GOAL.ratio) process.stderr.write(`above the goal of ${GOAL.ratio} times the floor\n`);
    if (whole > GOAL.memoryMiB) process.stderr.write(`above the goal of ${GOAL.memoryMiB} MiB\n`);
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
  "| recipients | children | child-months | extract+compute+ledger s | approve+file s | list (CSV+PDF) s | all s | COPY floor s | ratio to the file | ratio with list | memory MiB = Node + PostgreSQL + print | load before |\n|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n",
);
const sizes = process.argv
  .slice(2)
  .map(Number)
  .filter((size) => size > 0);
for (const size of sizes.length > 0 ? sizes : [20_000, 80_000, 240_000]) await measure(size);
