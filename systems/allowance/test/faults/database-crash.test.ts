/**
 * The database server dies together with the program (F2): a cluster of its own, with fsync on, is killed by SIGKILL at
 * points around every COMMIT of a run. After its recovery all money invariants hold, and a careful operator brings the run
 * to its end with one file at the bank, or none where the bank never got it.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { startEmbedded, stopEmbedded } from "@hagukumi/platform/database/embedded.ts";
import type { EmbeddedServer } from "@hagukumi/platform/database/embedded.ts";
import { migrate, migrationFolders } from "@hagukumi/platform/database/migrate.ts";
import { connectClient, createPool } from "@hagukumi/platform/database/pool.ts";
import type { Pool } from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import { findRun } from "../../src/payments/run-record.ts";
import { verifyMoney } from "../../src/verify/verify-money.ts";
import { calendar, seedCases, threeFamilies, threeFamiliesTotal } from "../support/cases.ts";

const ROOT = resolve(import.meta.dirname, "../../../..");
const SCRIPT = join(import.meta.dirname, "../support/drive-run.ts");
const TEMPLATE = "seeded";

/** `…audited` is the last moment before COMMIT; `handOver.intended` is the first one after one. */
const points = [
  "payment.create.audited",
  "payment.freeze.paid",
  "payment.freeze.audited",
  "payment.handOver.audited",
  "payment.handOver.intended",
  "payment.handOver.sent",
  "payment.settle.audited",
  "payment.close.audited",
] as const;

/** Once the run has passed this point the server alone is killed, wherever the run is by then. */
const passed = ["payment.create.start", "payment.freeze.encoded"] as const;

const root = mkdtempSync(join(tmpdir(), "hagukumi-database-crash-"));
const dir = join(root, "postgres");
let server: EmbeddedServer;

type Ended = { readonly code: number | null; readonly signal: NodeJS.Signals | null; readonly errors: string };

/** Drives the run; with `killServerAfter` the server alone is killed when the run has passed that point. */
async function drive(
  name: string,
  environment: Readonly<Record<string, string>> = {},
  killServerAfter?: string,
): Promise<Ended> {
  const log = join(bankOf(name), "points.txt");
  const child = spawn(process.execPath, [SCRIPT, urlOf(name), bankOf(name)], {
    env: { ...process.env, HAGUKUMI_CRASH_LOG: log, ...environment },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = new Promise<Ended>((done) => {
    let errors = "";
    child.stderr.on("data", (chunk: Buffer) => {
      errors += chunk.toString("utf8");
    });
    child.on("close", (code, signal) => done({ code, signal, errors }));
  });
  if (killServerAfter !== undefined) {
    const reached = (): boolean => existsSync(log) && readFileSync(log, "utf8").includes(killServerAfter);
    await vi.waitUntil(reached, { timeout: 30_000, interval: 2 });
    process.kill(server.pid, "SIGKILL");
  }
  return await ended;
}

function urlOf(name: string): string {
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  return url.href;
}

const bankOf = (name: string): string => join(root, name);

function filesAtBank(name: string): number {
  const inbox = join(bankOf(name), "inbox.txt");
  return existsSync(inbox) ? readFileSync(inbox, "utf8").split("\n").filter(Boolean).length : 0;
}

async function withPool<T>(name: string, work: (pool: Pool) => Promise<T>): Promise<T> {
  const pool = createPool(urlOf(name), { applicationName: "database crash" });
  try {
    return await work(pool);
  } finally {
    await pool.end();
  }
}

async function makeDatabase(name: string, template?: string): Promise<void> {
  const admin = await connectClient(server.url, "database crash");
  await admin.query(`CREATE DATABASE ${name} ${template === undefined ? "" : `TEMPLATE ${template}`}`);
  await admin.end();
  mkdirSync(bankOf(name));
}

/** Whether the process is dead: gone, or waiting to be buried by whoever started it. */
function isDead(pid: number): boolean {
  if (!existsSync(`/proc/${pid}/stat`)) return true;
  return / Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\)/s, ""));
}

/** No `release` before it: the server that this process had joined is dead, and there is nothing to stop. */
async function restart(): Promise<void> {
  // SIGKILL is sent, not yet done, when the program that sent it has ended.
  await vi.waitUntil(() => isDead(server.pid), { timeout: 10_000, interval: 10 });
  server = await startEmbedded({ dir });
}

async function brokenInvariants(name: string): Promise<readonly string[]> {
  const results = await withPool(name, async (pool) => await verifyMoney({ pool, calendar }));
  return results.filter((one) => one.violations > 0).map((one) => `${one.id} ${one.examples.join(" ")}`);
}

/** After the crash and the server's recovery: invariants, the way to the end, one file at the bank or none. */
async function recoveryProblems(name: string): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const broken of await brokenInvariants(name)) problems.push(`after the crash ${broken}`);
  const again = await drive(name);
  if (again.code !== 0) problems.push(`not finished: ${again.errors.slice(0, 500)}`);
  for (const broken of await brokenInvariants(name)) problems.push(`at the end ${broken}`);
  const run = await withPool(name, async (pool) => await findRun(pool, 1));
  if (run?.total !== threeFamiliesTotal.total) problems.push(`total ${run?.total}`);
  const expected = run?.state === "voided" ? 0 : 1;
  if (filesAtBank(name) !== expected) problems.push(`${filesAtBank(name)} files at the bank in state ${run?.state}`);
  return problems;
}

beforeAll(async () => {
  server = await startEmbedded({ dir });
  await makeDatabase(TEMPLATE);
  await migrate(urlOf(TEMPLATE), await migrationFolders(ROOT));
  await withPool(TEMPLATE, async (pool) => await seedCases(pool, threeFamilies));
});

afterAll(async () => {
  await server.release().catch(() => false);
  await stopEmbedded(dir).catch(() => false);
  rmSync(root, { recursive: true, force: true });
});

describe("kill -9 of the database server in a payment run", () => {
  it("[M22] together with the program, before and after the COMMITs that move money: old or new state, invariants, and the run's end", async () => {
    const failures: string[] = [];
    for (const [index, point] of points.entries()) {
      const name = `point_${index}`;
      await makeDatabase(name, TEMPLATE);
      const crashed = await drive(name, {
        HAGUKUMI_CRASH_POINT: point,
        HAGUKUMI_CRASH_ALSO: String(server.pid),
      });
      if (crashed.signal !== "SIGKILL") failures.push(`${point}: not reached ${crashed.errors.slice(0, 300)}`);
      await restart();
      for (const problem of await recoveryProblems(name)) failures.push(`${point}: ${problem}`);
    }
    expect(failures).toEqual([]);
  }, 240_000);

  it("[M22] alone, at moments that the run does not choose: the program ends by itself, and the next one goes on", async () => {
    const failures: string[] = [];
    for (const [index, point] of passed.entries()) {
      const name = `moment_${index}`;
      await makeDatabase(name, TEMPLATE);
      const met = await drive(name, {}, point);
      if (met.signal !== null) failures.push(`${point}: ended by ${met.signal}`);
      await restart();
      for (const problem of await recoveryProblems(name)) failures.push(`after ${point}: ${problem}`);
    }
    expect(failures).toEqual([]);
  }, 120_000);
});
