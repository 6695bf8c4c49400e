/**
 * Letters bench: 支払通知書 for a city's recipients, made (sources, addresses, words, page counts) and printed (pages, marks,
 * archive), against pages of the same words by the bare Typst library in the same run. `npm run bench:letters -- [recipients …]`,
 * default 20000 80000.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir, totalmem } from "node:os";
import { join, resolve } from "node:path";

import {
  approveLetterRun,
  approveRun,
  createLetterRun,
  createRun,
  freezeRun,
  inspectRun,
  orderPrinting,
  printLetterRun,
  seedDemoTexts,
} from "@hagukumi/allowance/contract.ts";
import type { Context } from "@hagukumi/allowance/contract.ts";
import { civilDate } from "@hagukumi/law/contract.ts";
import { japaneseCalendar } from "@hagukumi/platform/calendar/holidays.ts";
import { openDatabase } from "@hagukumi/platform/database/connection.ts";
import { migrate, migrationFolders } from "@hagukumi/platform/database/migrate.ts";

import { watchMemory } from "../payments/memory.ts";
import { typstRate } from "./typst-floor.ts";

const ROOT = resolve(import.meta.dirname, "../..");
/** What 80,000 letters may take on two cores */
const GOAL = { recipients: 80_000, seconds: 180 } as const;

async function seed(url: string, recipients: number): Promise<void> {
  const child = fork(new URL("../payments/seed-main.ts", import.meta.url), [url, String(recipients)]);
  const [first] = (await Promise.race([once(child, "message"), once(child, "exit")])) as [number];
  if (child.exitCode !== null && child.exitCode !== 0) throw new Error(`the seed process ended (${first})`);
  if (child.exitCode === null) await once(child, "exit");
}

async function timed<T>(work: () => Promise<T>): Promise<readonly [seconds: number, value: T]> {
  const begun = performance.now();
  const value = await work();
  return [(performance.now() - begun) / 1000, value];
}

async function measure(recipients: number): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), "hagukumi-bench-"));
  const database = await openDatabase({ dir, url: "" });
  try {
    await migrate(database.url, await migrationFolders(ROOT));
    await seed(database.url, recipients);
    const { pool } = database;
    // Documents begin with the day on which the payment run was fixed by the database's clock.
    const { rows } = await pool.query<{ day: string }>(
      "SELECT to_char(now() AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD') AS day",
    );
    const today = civilDate(rows[0]?.day ?? "");
    const as = (operator: string, on = today): Context => ({
      pool,
      calendar: japaneseCalendar,
      operator,
      purpose: "bench",
      today: on,
      reportsDir: dir,
    });
    const then = civilDate("2026-11-24");
    const { response } = await createRun(as("bench.maker", then), {
      key: "c",
      paymentMonth: "2026-12",
      kind: "regular",
    });
    await inspectRun(as("bench.maker", then), { key: "i", runNo: 1 });
    await approveRun(as("bench.approver", then), { key: "a", runNo: 1, lineDigest: response.lines.lineDigest });
    await freezeRun(as("bench.approver", then), { key: "f", runNo: 1 });
    await seedDemoTexts(as("bench.words"), as("bench.checker"));
    await pool.query("CHECKPOINT");

    const load = loadavg()[0] ?? 0;
    const memory = await watchMemory(join(dir, "postgres"));
    const [create, run] = await timed(
      async () => await createLetterRun(as("bench.maker"), { form: "payment", documentOn: today, mailOn: today }),
    );
    await approveLetterRun(as("bench.approver"), { runNo: run.runNo, listDigest: run.listDigest });
    await orderPrinting(as("bench.maker"), { runNo: run.runNo });
    const [print] = await timed(async () => await printLetterRun(as("bench.maker"), run.runNo));
    const { whole, node, postgres, print: drawing } = await memory.stop();
    const rate = await typstRate(dir);
    const floor = run.letters / rate;
    const total = create + print;
    const row = [
      recipients,
      run.letters,
      create.toFixed(1),
      print.toFixed(1),
      total.toFixed(1),
      Math.round(run.letters / total),
      floor.toFixed(1),
      `${(total / floor).toFixed(2)}×`,
      `${Math.round(whole)} = ${Math.round(node)} + ${Math.round(postgres)} + ${Math.round(drawing)}`,
      load.toFixed(1),
    ];
    process.stdout.write(`| ${row.join(" | ")} |\n`);
    if (recipients === GOAL.recipients && total > GOAL.seconds) {
      process.stderr.write(`above the goal of ${GOAL.seconds} s\n`);
    }
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
  "| recipients | letters | make s | print s | all s | letters a second | bare Typst s | ratio | memory MiB = Node + PostgreSQL + print | load before |\n|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n",
);
const sizes = process.argv
  .slice(2)
  .map(Number)
  .filter((size) => size > 0);
for (const size of sizes.length > 0 ? sizes : [20_000, 80_000]) await measure(size);
