/**
 * Interchange bench: a whole register and a day of differences come in by file, with every check, against the floor of moving the
 * same bytes into PostgreSQL by COPY. `npm run bench:interchange -- [population] [--decide]`, default 740000; `--decide` has every
 * claim of the city decided first, so that the differences touch cases and become work with their proposals.
 */
import { createHash } from "node:crypto";
import { createReadStream, mkdtempSync, rmSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { cpus, loadavg, tmpdir, totalmem } from "node:os";
import { join, resolve } from "node:path";

import {
  approveAll,
  type Context,
  countOpenChanges,
  countPendingCases,
  examineAll,
  importBankMaster,
  importFeeds,
  proposeChanges,
  seedDemoSettings,
} from "@hagukumi/allowance/contract.ts";
import {
  applyDeliveries,
  folderStore,
  FORMAT,
  receiveDeliveries,
  seedAgreements,
} from "@hagukumi/interchange/contract.ts";
import { civilDate } from "@hagukumi/law/contract.ts";
import { writeCity } from "@hagukumi/outside-city/contract.ts";
import { layouts, parsePlain, writePlain } from "@hagukumi/outside-sources/contract.ts";
import { installedSnapshot } from "@hagukumi/platform/bank/bank-master.ts";
import { japaneseCalendar } from "@hagukumi/platform/calendar/holidays.ts";
import { openDatabase } from "@hagukumi/platform/database/connection.ts";
import { copyIn } from "@hagukumi/platform/database/copy.ts";
import { migrate, migrationFolders } from "@hagukumi/platform/database/migrate.ts";
import type { Pool } from "pg";

const ROOT = resolve(import.meta.dirname, "../..");
const AS_OF = "2026-11-20";
const DIFFERENCES = 20_000;
/** Goals on two cores: seconds for 740,000 residents, and for the differences of a day */
const GOAL = { full: 60, differences: 60 } as const;
const HEADER = layouts.residents["1.0"];

async function timed<T>(work: () => Promise<T>): Promise<readonly [seconds: number, value: T]> {
  const begun = performance.now();
  const value = await work();
  return [(performance.now() - begun) / 1000, value];
}

async function announce(
  folder: string,
  file: string,
  said: { readonly kind: "full" | "difference"; readonly sequence: number; readonly rows: number },
): Promise<number> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of createReadStream(join(folder, file))) {
    hash.update(chunk as Buffer);
    bytes += (chunk as Buffer).length;
  }
  const control = {
    format: FORMAT,
    municipality: "431001",
    interface: "residents",
    version: "1.0",
    ...said,
    attempt: 1,
    asOf: AS_OF,
    sentAt: `${AS_OF}T23:00:00+09:00`,
    file,
    bytes,
    sha256: hash.digest("hex"),
  };
  await writeFile(join(folder, file.replace(".csv", ".json")), JSON.stringify(control));
  return bytes;
}

/** The same bytes, copied into a table of text columns: no check, no history. */
async function floorOf(pool: Pool, path: string): Promise<number> {
  const client = await pool.connect();
  try {
    await client.query(`CREATE TABLE bench_floor (${HEADER.map((_, index) => `c${index} text`).join(", ")})`);
    const [seconds] = await timed(
      async () => await copyIn(client, "COPY bench_floor FROM STDIN (FORMAT csv, HEADER true)", createReadStream(path)),
    );
    await client.query("DROP TABLE bench_floor");
    return seconds;
  } finally {
    client.release();
  }
}

const at = (name: string): number => HEADER.findIndex((each) => each === name);

/** Moves of people who live in the city, the next row of each. */
async function differencesFrom(path: string, count: number): Promise<readonly (readonly string[])[]> {
  // The first part of the register is enough, cut at a line.
  const text = (await readFile(path, "utf8")).slice(0, 30_000_000);
  const [, ...rows] = parsePlain(text.slice(0, text.lastIndexOf("\r\n") + 2));
  const last = new Map(rows.map((row) => [row[0] ?? "", row]));
  const found: (readonly string[])[] = [];
  for (const row of last.values()) {
    if (row[at("住民状態")] !== "1") continue;
    const cells = [...row];
    cells[at("履歴番号")] = String(Number(row[at("履歴番号")]) + 1);
    cells[at("異動年月日")] = "2026-11-21";
    cells[at("異動届出年月日")] = "2026-11-21";
    cells[at("異動事由コード")] = "30";
    cells[at("住所")] = "架空町１丁目１番";
    found.push(cells);
    if (found.length === count) break;
  }
  return found;
}

async function main(): Promise<void> {
  const population = Number(process.argv.slice(2).find((word) => /^\d+$/.test(word)) ?? 740_000);
  const decide = process.argv.includes("--decide");
  const dir = mkdtempSync(join(tmpdir(), "hagukumi-bench-"));
  const database = await openDatabase({ dir, url: "" });
  try {
    const { pool } = database;
    await migrate(database.url, await migrationFolders(ROOT));
    const context: Context = {
      pool,
      calendar: japaneseCalendar,
      operator: "bench.renkei",
      purpose: "bench",
      today: civilDate("2026-11-21"),
      reportsDir: join(dir, "reports"),
    };
    await seedDemoSettings(pool, "bench.ichiro", "bench.niro");
    await seedAgreements(context, "bench.niro");
    const city = join(dir, "city");
    const manifest = await writeCity({ population, seed: "bench", asOf: AS_OF, directory: city });
    const rows = manifest.files.find(({ name }) => name === "residents.csv")?.rows ?? 0;
    const inbox = join(dir, "store", "in", "residents");
    await mkdir(inbox, { recursive: true });
    const [full, difference] = ["1.csv", "2.csv"];
    await rename(join(city, "residents.csv"), join(inbox, full));
    const bytes = await announce(inbox, full, { kind: "full", sequence: 1, rows });
    const store = folderStore(join(dir, "store"));
    const round = async (): Promise<void> => {
      await receiveDeliveries(context, store);
      const { applied, refused, rejectedRows } = await applyDeliveries(context, store);
      if (applied !== 1 || refused + rejectedRows > 0)
        throw new Error(`not taken in: ${applied} ${refused} ${rejectedRows}`);
    };
    const load = loadavg()[0] ?? 0;
    const floor = await floorOf(pool, join(inbox, full));
    const [seconds] = await timed(round);
    if (decide) {
      // The rest of the city's folder: claims and incomes, decided as in the demonstration.
      await importBankMaster(context, installedSnapshot().snapshot, "zengin-code");
      const rest = { ...manifest, files: manifest.files.filter(({ name }) => name !== "residents.csv") };
      await writeFile(join(city, "manifest.json"), JSON.stringify(rest));
      await importFeeds(context, city);
      while ((await countPendingCases(pool)) > 0) {
        await examineAll(context);
        const { decisions, granted, refused } = await approveAll({ ...context, operator: "bench.kessai" });
        if (decisions + granted + refused === 0) break;
      }
    }
    const moves = await differencesFrom(join(inbox, full), Math.min(DIFFERENCES, Math.trunc(population / 2)));
    await writeFile(join(inbox, difference), writePlain([HEADER, ...moves]));
    await announce(inbox, difference, { kind: "difference", sequence: 2, rows: moves.length });
    const [daily] = await timed(round);
    const { open } = await countOpenChanges(pool);
    const [proposing, { proposed }] = await timed(async () => await proposeChanges(context));
    const machine = `${cpus().length} × ${cpus()[0]?.model ?? ""}, ${Math.round(totalmem() / 2 ** 30)} GiB, load ${load.toFixed(1)} at the start`;
    process.stdout.write(
      `${[
        machine,
        `full: ${population} residents, ${rows} rows, ${(bytes / 2 ** 20).toFixed(0)} MiB: ${seconds.toFixed(1)} s (goal ${GOAL.full} s for 740,000), COPY of the same bytes ${floor.toFixed(1)} s, ratio ${(seconds / floor).toFixed(1)}`,
        `differences: ${moves.length} rows: ${daily.toFixed(1)} s (goal ${GOAL.differences} s for 20,000), ${open} open changes`,
        `proposals: ${proposed} in ${proposing.toFixed(1)} s`,
      ].join("\n")}\n`,
    );
    if (load < 0.5 && population >= 740_000 && (seconds > GOAL.full || daily > GOAL.differences)) process.exitCode = 1;
  } finally {
    await database.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

await main();
