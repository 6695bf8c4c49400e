/**
 * Payment run bench: extract → compute → ledger → file → list for a city's recipients, against the floor of moving the same
 * rows out of and into PostgreSQL by COPY. `npm run bench:payments -- [recipients …]`, default 20000 80000 240000.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir, totalmem } from "node:os";
import { join, resolve } from "node:path";

import { approveRun, createRun, freezeRun, inspectRun, writePayeeList } from "@hagukumi/allowance/contract.ts";
import type { Context } from "@hagukumi/allowance/contract.ts";
import { civilDate } from "@hagukumi/law/contract.ts";
import { japaneseCalendar } from "@hagukumi/platform/calendar/holidays.ts";
import { openDatabase } from "@hagukumi/platform/database/connection.ts";
import { migrate, migrationFolders } from "@hagukumi/platform/database/migrate.ts";
import type { Pool } from "pg";

import { copyFloor } from "./floor.ts";
import { postgresMemory } from "./memory.ts";
import { seedRecipients } from "./seed.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const GOAL_SECONDS = 30;

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
    const { pool } = database;
    const children = await seedRecipients(pool, recipients);
    await pool.query("CHECKPOINT");
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
    const postgres = postgresMemory(join(dir, "postgres"));
    const node = process.resourceUsage().maxRSS / 1024;
    const floor = await copyFloor(pool);
    const total = create + freeze + list;
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
      `${(total / floor.seconds).toFixed(1)}×`,
      Math.round(node),
      Math.round(postgres),
    ];
    process.stdout.write(`| ${row.join(" | ")} |\n`);
    if (recipients === 80_000 && total > GOAL_SECONDS) process.stderr.write(`above the goal of ${GOAL_SECONDS} s\n`);
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
  "| recipients | children | child-months | extract+compute+ledger s | approve+file s | list (CSV+PDF) s | all s | COPY floor s | ratio to the file | ratio with list | Node MiB | PostgreSQL MiB |\n|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n",
);
const sizes = process.argv
  .slice(2)
  .map(Number)
  .filter((size) => size > 0);
for (const size of sizes.length > 0 ? sizes : [20_000, 80_000, 240_000]) await measure(size);
