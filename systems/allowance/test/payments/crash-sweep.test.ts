/**
 * Kill -9 between any two steps of a run (F1): for every numbered point that the run passes, a child process is killed
 * exactly there; then all money invariants must hold, and a careful operator must be able to bring the run to its end with
 * one file at the bank, or none.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { beforeAll, describe, expect, it } from "vitest";

import { freshDatabase } from "../../../../platform/test/support/cluster.ts";
import { findRun } from "../../src/payments/run-record.ts";
import { verifyMoney } from "../../src/verify/verify-money.ts";
import { calendar, seedCases, threeFamilies, threeFamiliesTotal } from "../support/cases.ts";

const SCRIPT = join(import.meta.dirname, "../support/drive-run.ts");

type Ended = { readonly code: number | null; readonly signal: NodeJS.Signals | null; readonly errors: string };

async function drive(url: string, bankDir: string, environment: Readonly<Record<string, string>> = {}): Promise<Ended> {
  return await new Promise((resolve) => {
    const child = spawn(process.execPath, [SCRIPT, url, bankDir], {
      env: { ...process.env, ...environment },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let errors = "";
    child.stderr.on("data", (chunk: Buffer) => {
      errors += chunk.toString("utf8");
    });
    child.on("close", (code, signal) => resolve({ code, signal, errors }));
  });
}

async function inCity<T>(
  work: (city: {
    readonly url: string;
    readonly pool: Awaited<ReturnType<typeof freshDatabase>>["pool"];
    readonly bankDir: string;
  }) => Promise<T>,
): Promise<T> {
  const database = await freshDatabase();
  const bankDir = mkdtempSync(join(tmpdir(), "hagukumi-bank-"));
  try {
    await seedCases(database.pool, threeFamilies);
    return await work({ url: database.url, pool: database.pool, bankDir });
  } finally {
    rmSync(bankDir, { recursive: true, force: true });
    await database.drop();
  }
}

function sentFiles(bankDir: string): readonly string[] {
  const inbox = join(bankDir, "inbox.txt");
  return existsSync(inbox)
    ? readFileSync(inbox, "utf8")
        .split("\n")
        .filter((line) => line !== "")
    : [];
}

async function brokenInvariants(pool: Parameters<typeof verifyMoney>[0]["pool"]): Promise<readonly string[]> {
  const results = await verifyMoney({ pool, calendar });
  return results.filter((one) => one.violations > 0).map((one) => `${one.id} ${one.examples.join(" ")}`);
}

let points: readonly string[] = [];

beforeAll(async () => {
  // A run without any crash tells which points there are.
  points = await inCity(async ({ url, bankDir }) => {
    const log = join(bankDir, "points.txt");
    const ended = await drive(url, bankDir, { HAGUKUMI_CRASH_LOG: log });
    if (ended.code !== 0) throw new Error(ended.errors);
    return [
      ...new Set(
        readFileSync(log, "utf8")
          .split("\n")
          .filter((line) => line !== ""),
      ),
    ];
  });
});

describe("kill -9 in a payment run", () => {
  it("[M22] [THR80] at every numbered point: the old or the new state, all invariants, and the run still reaches its end", async () => {
    expect(points.length).toBeGreaterThanOrEqual(30);
    const failures: string[] = [];
    // Two at a time: as many as the smallest machine has cores.
    const queue = [...points];
    const worker = async (): Promise<void> => {
      for (let point = queue.shift(); point !== undefined; point = queue.shift()) {
        const at = point;
        await inCity(async ({ url, pool, bankDir }) => {
          const crashed = await drive(url, bankDir, { HAGUKUMI_CRASH_POINT: at });
          if (crashed.signal !== "SIGKILL")
            failures.push(`${at}: not reached (${crashed.code}) ${crashed.errors.slice(0, 300)}`);
          for (const broken of await brokenInvariants(pool)) failures.push(`${at}: after the crash ${broken}`);
          const again = await drive(url, bankDir);
          if (again.code !== 0) failures.push(`${at}: not finished ${again.errors.slice(0, 500)}`);
          for (const broken of await brokenInvariants(pool)) failures.push(`${at}: at the end ${broken}`);
          const run = await findRun(pool, 1);
          if (run?.total !== threeFamiliesTotal.total) failures.push(`${at}: total ${run?.total}`);
          const sent = sentFiles(bankDir);
          const expected = run?.state === "voided" ? 0 : 1;
          if (sent.length !== expected) failures.push(`${at}: ${sent.length} files at the bank in state ${run?.state}`);
        });
      }
    };
    await Promise.all([worker(), worker()]);
    expect(failures).toEqual([]);
  }, 300_000);
});
