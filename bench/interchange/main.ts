/**
 * Interchange bench: a whole register and a day of differences come in by file, with every check, against the floor of moving the
 * same bytes into PostgreSQL by COPY.
 *
 *     npm run bench:interchange -- [population] [--data FOLDER] [--decide] [--under-load] [--clerks 16] [--pause 500]
 *
 * Default 740000. `--data` keeps the files of the city there for the next time. `--decide` has every claim of the city decided first, so that the
 * differences touch cases and become work with their proposals. `--under-load` (with `--decide`) lets so many clerks search, open, read and write over HTTP
 * before and while the differences come in, each waiting about `pause` milliseconds after each round of twelve requests.
 */
import { fork, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createReadStream, existsSync } from "node:fs";
import { copyFile, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

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
import { copyIn } from "@hagukumi/platform/database/copy.ts";
import type { Pool } from "pg";

import type { LoadReport } from "../desk/mixed-load.ts";
import { cpuNow, cpuSince } from "../shared/cpu.ts";
import { loadNow, machine, optionOf, progress, say, sizesOr, timed, withFreshDatabase } from "../shared/bench.ts";

const AS_OF = "2026-11-20";
const TODAY = "2026-11-21";
const DIFFERENCES = 20_000;
/** Goals on two cores: seconds for 740,000 residents, for the differences of a day, and milliseconds of a request meanwhile */
const GOAL = { population: 740_000, full: 60, differences: 60, p99: 250 } as const;
/** Seconds of load alone before the differences come, for comparison */
const ALONE = 20;
const HEADER = layouts.residents["1.0"];

type Manifest = Awaited<ReturnType<typeof writeCity>>;

/** The files of the city: those of an earlier time where there are some, else made. A copy, since the bench moves them. */
async function cityIn(folder: string | undefined, population: number, dir: string): Promise<Manifest> {
  const kept = folder === undefined ? join(dir, "made") : join(resolve(folder), `city-${population}`);
  if (!existsSync(join(kept, "manifest.json"))) {
    progress(`a city of ${population.toLocaleString("en")} is made (not counted)`);
    await writeCity({ population, seed: "bench", asOf: AS_OF, directory: `${kept}.new` });
    await rename(`${kept}.new`, kept);
  }
  const manifest = JSON.parse(await readFile(join(kept, "manifest.json"), "utf8")) as Manifest;
  await mkdir(join(dir, "city"));
  for (const { name } of manifest.files) await copyFile(join(kept, name), join(dir, "city", name));
  return manifest;
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

/** The rest of the city's folder: claims and incomes, decided as in the demonstration. */
async function decideAll(context: Context, city: string, manifest: Manifest): Promise<void> {
  await importBankMaster(context, installedSnapshot().snapshot, "zengin-code");
  const rest = { ...manifest, files: manifest.files.filter(({ name }) => name !== "residents.csv") };
  await writeFile(join(city, "manifest.json"), JSON.stringify(rest));
  await importFeeds(context, city);
  while ((await countPendingCases(context.pool)) > 0) {
    await examineAll(context);
    const { decisions, granted, refused } = await approveAll({ ...context, operator: "bench.kessai" });
    if (decisions + granted + refused === 0) break;
  }
}

const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

type Measured = { readonly perSecond: number; readonly p50: number; readonly p99: number; readonly errors: string };

function measured({ times, errors, seconds }: LoadReport): Measured {
  const all = Object.values(times)
    .flat()
    .toSorted((left, right) => left - right);
  return {
    perSecond: all.length / seconds,
    p50: percentile(all, 0.5),
    p99: percentile(all, 0.99),
    errors: JSON.stringify(errors),
  };
}

const told = ({ perSecond, p50, p99, errors }: Measured): string =>
  `${perSecond.toFixed(0)} requests/s, p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms, errors ${errors}`;

type Clerks = {
  /** Starts the load. The answer ends it and tells how it went. */
  readonly begin: (seconds: number) => () => Promise<Measured>;
  readonly leave: () => Promise<void>;
};

/** The staff application and its clerks, each in a process of its own. */
async function startClerks(url: string, dir: string): Promise<Clerks> {
  const clerks = optionOf("clerks") ?? "16";
  const pause = Number(optionOf("pause") ?? 500);
  const server = fork(new URL("../shared/staff-server.ts", import.meta.url), [url, dir, clerks, TODAY]);
  const [order] = (await once(server, "message")) as [object];
  return {
    begin: (seconds) => {
      const load: ChildProcess = fork(new URL("../desk/mixed-load.ts", import.meta.url));
      const answered = once(load, "message");
      load.send({ ...order, seconds, pause });
      return async () => {
        if (load.connected) load.send("end");
        const [report] = (await answered) as [LoadReport];
        return measured(report);
      };
    },
    leave: async () => {
      const gone = once(server, "exit");
      server.disconnect();
      await gone;
    },
  };
}

await withFreshDatabase(async ({ pool, url }, dir) => {
  const [population = 0] = sizesOr([GOAL.population]);
  const underLoad = process.argv.includes("--under-load");
  const server = join(dir, "postgres");
  const context: Context = {
    pool,
    calendar: japaneseCalendar,
    operator: "bench.renkei",
    purpose: "bench",
    today: civilDate(TODAY),
    reportsDir: join(dir, "reports"),
  };
  await seedDemoSettings(pool, "bench.ichiro", "bench.niro");
  await seedAgreements(context, "bench.niro");
  const manifest = await cityIn(optionOf("data"), population, dir);
  const city = join(dir, "city");
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
  const { load, idle } = loadNow();
  say(`${machine()}, load ${load.toFixed(1)} at the start`);
  const beforeFloor = cpuNow(server);
  const floor = await floorOf(pool, join(inbox, full));
  const floorCpu = cpuSince(beforeFloor, server);
  await pool.query("CHECKPOINT");
  const beforeFull = cpuNow(server);
  const [seconds] = await timed(round);
  say(
    `full: ${population} residents, ${rows} rows, ${(bytes / 2 ** 20).toFixed(0)} MiB: ${seconds.toFixed(1)} s (goal ${GOAL.full} s for 740,000), ${cpuSince(beforeFull, server)}; COPY of the same bytes ${floor.toFixed(1)} s, ${floorCpu}; ratio ${(seconds / floor).toFixed(1)}`,
  );
  if (underLoad || process.argv.includes("--decide")) {
    progress("every claim of the city is decided (not counted)");
    await decideAll(context, city, manifest);
  }
  const moves = await differencesFrom(join(inbox, full), Math.min(DIFFERENCES, Math.trunc(population / 2)));
  await writeFile(join(inbox, difference), writePlain([HEADER, ...moves]));
  await announce(inbox, difference, { kind: "difference", sequence: 2, rows: moves.length });
  const clerks = underLoad ? await startClerks(url, dir) : undefined;
  if (clerks !== undefined) {
    const alone = clerks.begin(ALONE);
    await sleep(ALONE * 1000);
    say(`staff load alone: ${told(await alone())}`);
  }
  const end = clerks?.begin(600);
  if (end !== undefined) await sleep(2000);
  const beforeDaily = cpuNow(server);
  const [daily] = await timed(round);
  const meanwhile = await end?.();
  const { open } = await countOpenChanges(pool);
  say(
    `differences: ${moves.length} rows: ${daily.toFixed(1)} s (goal ${GOAL.differences} s for 20,000), ${open} open changes, ${cpuSince(beforeDaily, server)}`,
  );
  if (meanwhile !== undefined) say(`staff load meanwhile: ${told(meanwhile)} (goal p99 ${GOAL.p99} ms)`);
  await clerks?.leave();
  const [proposing, { proposed }] = await timed(async () => await proposeChanges(context));
  say(`proposals: ${proposed} in ${proposing.toFixed(1)} s`);
  if (!idle || population < GOAL.population) return;
  if (seconds > GOAL.full || daily > GOAL.differences || (meanwhile?.p99 ?? 0) > GOAL.p99) process.exitCode = 1;
});
