/** What every bench of a database needs: the line about the machine, sizes from the command line, a clock, a folder that is gone afterwards. */
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir, totalmem } from "node:os";
import { join, resolve } from "node:path";

import { openDatabase, type Database } from "@hagukumi/platform/database/connection.ts";
import { migrate, migrationFolders } from "@hagukumi/platform/database/migrate.ts";

const ROOT = resolve(import.meta.dirname, "../..");

/** Above this load of a minute a time says nothing about the product: a goal is not judged. */
const IDLE = 0.7;

/** Processors, memory, Node: the head of every table of figures. */
export function machine(): string {
  const cpu = cpus()[0]?.model ?? "unknown";
  return `${cpus().length} × ${cpu}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}, embedded PostgreSQL, fsync on`;
}

/** Load of the last minute, and whether it is low enough to judge a time by. */
export function loadNow(): { readonly load: number; readonly idle: boolean } {
  const load = loadavg()[0] ?? 0;
  return { load, idle: load < IDLE };
}

/** Numbers on the command line, else `fallback`. */
export function sizesOr(fallback: readonly number[]): readonly number[] {
  const sizes = process.argv.slice(2).filter((word) => /^[1-9]\d*$/.test(word));
  return sizes.length > 0 ? sizes.map(Number) : fallback;
}

/** The word after `--name` on the command line. */
export function optionOf(name: string): string | undefined {
  const place = process.argv.indexOf(`--${name}`);
  return place < 0 ? undefined : process.argv[place + 1];
}

export async function timed<T>(work: () => Promise<T>): Promise<readonly [seconds: number, value: T]> {
  const begun = performance.now();
  const value = await work();
  return [(performance.now() - begun) / 1000, value];
}

/** A line of result on standard output. */
export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Where the bench is, on standard error: the table of results stays clean. */
export function progress(what: string): void {
  process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${what}\n`);
}

/** A migrated database of its own in a new folder; both are gone afterwards, also where the bench is interrupted. */
export async function withFreshDatabase(work: (database: Database, dir: string) => Promise<void>): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), "hagukumi-bench-"));
  const database = await openDatabase({ dir, url: "" });
  const leave = async (): Promise<void> => {
    await database.close();
    rmSync(dir, { recursive: true, force: true });
  };
  const interrupted = (): void => void leave().finally(() => process.exit(130));
  process.once("SIGINT", interrupted).once("SIGTERM", interrupted);
  try {
    await migrate(database.url, await migrationFolders(ROOT));
    await work(database, dir);
  } finally {
    process.off("SIGINT", interrupted).off("SIGTERM", interrupted);
    await leave();
  }
}
