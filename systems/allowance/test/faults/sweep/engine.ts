/**
 * The sweep itself: every numbered point that a batch passes is a place where the program dies by SIGKILL, alone or together with the
 * database server. Afterwards every invariant of the money must hold, the batch is worked on again with the same keys, and its end must
 * be the end of a batch that never died.
 */
import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { isDeepStrictEqual } from "node:util";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { startEmbedded, stopEmbedded } from "@hagukumi/platform/database/embedded.ts";
import type { EmbeddedServer } from "@hagukumi/platform/database/embedded.ts";
import { migrate, migrationFolders } from "@hagukumi/platform/database/migrate.ts";
import { connectClient, createPool } from "@hagukumi/platform/database/pool.ts";
import type { Pool } from "pg";

import { verifyMoney } from "../../../src/verify/verify-money.ts";
import { calendar } from "../../support/cases.ts";
import type { Scene } from "./scene.ts";

const ROOT = resolve(import.meta.dirname, "../../../../..");
const CHILD = join(import.meta.dirname, "child.ts");

/**
 * A killed server keeps what it gave to the operating system, so nothing waits for the disk here; that a COMMIT is in the log file before
 * it is answered stays as it is. (What a power cut does to the disk is another question: `database-crash.test.ts` works with fsync.)
 */
const SETTINGS = { fsync: "off" } as const;

/** Who dies: the program alone, or the database server a moment before it. */
export type Death = "program" | "both";

export type SweepOptions = {
  readonly scenes: readonly Scene[];
  readonly deaths: readonly Death[];
  /** Every n-th point of a scene; 1: all of them */
  readonly every: number;
  readonly onPoint?: (line: string) => void;
};

export type SweepResult = {
  /** Points that a batch without a crash passes, by scene */
  readonly points: Readonly<Record<string, number>>;
  /** Deaths that took place, by scene */
  readonly deaths: Readonly<Record<string, number>>;
  readonly failures: readonly string[];
};

type Ended = { readonly code: number | null; readonly signal: NodeJS.Signals | null; readonly errors: string };

type City = { readonly name: string; readonly url: string; readonly folder: string };

/** Whether the process is dead: gone, or waiting to be buried by whoever started it. */
function isDead(pid: number): boolean {
  if (!existsSync(`/proc/${pid}/stat`)) return true;
  return / Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\)/s, ""));
}

async function runChild(
  scene: Scene,
  { url, folder }: City,
  environment: Readonly<Record<string, string>>,
): Promise<Ended> {
  const child = spawn(process.execPath, [CHILD, scene.name, url, folder], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "ignore", "pipe"],
  });
  return await new Promise((done) => {
    let errors = "";
    child.stderr.on("data", (chunk: Buffer) => {
      errors += chunk.toString("utf8");
    });
    child.on("close", (code, signal) => done({ code, signal, errors }));
  });
}

/** A database server of its own, whose databases are copies of prepared cities. */
class Sweep {
  readonly root = mkdtempSync(join(tmpdir(), "hagukumi-sweep-"));
  readonly #dir = join(this.root, "postgres");
  #server: EmbeddedServer | undefined;

  get server(): EmbeddedServer {
    if (this.#server === undefined) throw new Error("the server was not started");
    return this.#server;
  }

  async start(): Promise<void> {
    this.#server = await startEmbedded({ dir: this.#dir, settings: SETTINGS });
  }

  /** After a crash: no `release`, for there is nothing left to stop. */
  async restart(): Promise<void> {
    for (let tries = 0; !isDead(this.server.pid); tries += 1) {
      if (tries > 1000) throw new Error("the server does not die");
      await sleep(10);
    }
    await this.start();
  }

  async stop(): Promise<void> {
    await this.#server?.release().catch(() => false);
    await stopEmbedded(this.#dir).catch(() => false);
    rmSync(this.root, { recursive: true, force: true });
  }

  async #admin(sql: string): Promise<void> {
    const admin = await connectClient(this.server.url, "batch sweep");
    try {
      await admin.query(sql);
    } finally {
      await admin.end();
    }
  }

  async make(name: string, of?: City): Promise<City> {
    // FILE_COPY ends with a checkpoint. Copied through the log, a sequence would give numbers that a crash of the server makes it give again.
    await this.#admin(`CREATE DATABASE ${name}${of === undefined ? "" : ` TEMPLATE ${of.name} STRATEGY file_copy`}`);
    const folder = join(this.root, name);
    if (of === undefined) mkdirSync(folder);
    else cpSync(of.folder, folder, { recursive: true });
    const url = new URL(this.server.url);
    url.pathname = `/${name}`;
    return { name, url: url.href, folder };
  }

  async drop(city: City): Promise<void> {
    await this.#admin(`DROP DATABASE ${city.name} WITH (FORCE)`);
    rmSync(city.folder, { recursive: true, force: true });
  }

  async within<T>(city: City, work: (pool: Pool) => Promise<T>): Promise<T> {
    // The port of the server may be another one after its crash.
    const url = new URL(this.server.url);
    url.pathname = `/${city.name}`;
    const pool = createPool(url.href, { applicationName: "batch sweep", max: 3 });
    try {
      return await work(pool);
    } finally {
      await pool.end();
    }
  }
}

async function brokenInvariants(pool: Pool): Promise<readonly string[]> {
  const results = await verifyMoney({ pool, calendar });
  return results.filter((one) => one.violations > 0).map((one) => `${one.id} ${one.examples.join(" ")}`);
}

/** A batch without a crash: the names of the points that it passes, and its end. */
async function reference(
  sweep: Sweep,
  scene: Scene,
  city: City,
): Promise<{ readonly points: readonly string[]; readonly end: unknown }> {
  const copy = await sweep.make(`${scene.name.toLowerCase()}_reference`, city);
  const log = join(copy.folder, "points.txt");
  const ended = await runChild(scene, copy, { HAGUKUMI_CRASH_LOG: log });
  if (ended.code !== 0) throw new Error(`${scene.name} does not end by itself: ${ended.errors}`);
  const points = readFileSync(log, "utf8").split("\n").filter(Boolean);
  const end = await sweep.within(copy, async (pool) => {
    const broken = await brokenInvariants(pool);
    if (broken.length > 0) throw new Error(`${scene.name}: ${broken.join("; ")}`);
    return await scene.end(pool, copy.folder);
  });
  await sweep.drop(copy);
  return { points, end };
}

/** One death and the way on. @returns what is wrong */
async function dieAt(
  sweep: Sweep,
  scene: Scene,
  city: City,
  at: number,
  death: Death,
  wanted: unknown,
): Promise<readonly string[]> {
  const copy = await sweep.make(`${scene.name.toLowerCase()}_${at}_${death}`, city);
  const problems: string[] = [];
  const also = death === "both" ? { HAGUKUMI_CRASH_ALSO: String(sweep.server.pid) } : {};
  const ended = await runChild(scene, copy, { HAGUKUMI_CRASH_AT: String(at), ...also });
  if (ended.signal !== "SIGKILL") problems.push(`not reached ${ended.errors.slice(0, 300)}`);
  if (death === "both") await sweep.restart();
  await sweep.within(copy, async (pool) => {
    for (const broken of await brokenInvariants(pool)) problems.push(`after the crash ${broken}`);
    try {
      await scene.work(pool, copy.folder);
      const end = await scene.end(pool, copy.folder);
      if (!isDeepStrictEqual(end, wanted))
        problems.push(`another end: ${JSON.stringify(end)} instead of ${JSON.stringify(wanted)}`);
    } catch (error) {
      problems.push(`does not go on: ${String(error)}`);
    }
    for (const broken of await brokenInvariants(pool)) problems.push(`at the end ${broken}`);
  });
  await sweep.drop(copy);
  return problems;
}

/** Sweeps the scenes, one death after another. */
export async function runSweep({ scenes, deaths, every, onPoint }: SweepOptions): Promise<SweepResult> {
  const sweep = new Sweep();
  const points: Record<string, number> = {};
  const died: Record<string, number> = {};
  const failures: string[] = [];
  try {
    await sweep.start();
    const empty = await sweep.make("empty");
    await migrate(empty.url, await migrationFolders(ROOT));
    for (const scene of scenes) {
      const city = await sweep.make(scene.name.toLowerCase(), empty);
      await sweep.within(city, async (pool) => await scene.prepare(pool, city.folder));
      const without = await reference(sweep, scene, city);
      points[scene.name] = without.points.length;
      died[scene.name] = 0;
      for (let at = 1; at <= without.points.length; at += every) {
        for (const death of deaths) {
          const problems = await dieAt(sweep, scene, city, at, death, without.end);
          died[scene.name] = (died[scene.name] ?? 0) + 1;
          const line = `${scene.name} ${at}/${without.points.length} ${without.points[at - 1] ?? ""} (${death})`;
          failures.push(...problems.map((problem) => `${line}: ${problem}`));
          onPoint?.(
            `${problems.length === 0 ? "ok" : "FAILED"} ${line}${problems.length === 0 ? "" : `: ${problems.join("; ")}`}`,
          );
        }
      }
    }
  } finally {
    await sweep.stop();
  }
  return { points, deaths: died, failures };
}
