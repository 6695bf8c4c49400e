/** Kill -9 at every numbered point of a mass run: the next worker goes on, and everything is there once. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, it } from "vitest";

import { freshDatabase } from "../../../../platform/test/support/cluster.ts";
import { createMassRun } from "../../src/mass-work/create-run.ts";
import { getMassRun } from "../../src/mass-work/run-record.ts";
import { contextOf, seedCases } from "../support/cases.ts";
import { testFolder } from "../support/context.ts";
import { approvedAndStarted, holdsBy, massHolds } from "../support/mass-holds.ts";

const CHILD = join(import.meta.dirname, "../support/work-mass.ts");
const dir = testFolder();
const JOBS = [massHolds()];

const FAMILIES = [1, 2, 3, 4, 5].map((index) => ({
  recipient: 900000000002000 + index * 10,
  children: [{ id: 900000000002001 + index * 10, birthDate: "2015-06-01" }],
}));

function work(
  url: string,
  environment: Readonly<Record<string, string>> = {},
): { signal: string | null; stderr: string } {
  const { signal, stderr } = spawnSync(process.execPath, [CHILD, url], {
    env: {
      PATH: process.env["PATH"] ?? "",
      NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"] ?? "",
      ...environment,
    },
    encoding: "utf8",
  });
  return { signal, stderr };
}

type City = Awaited<ReturnType<typeof freshDatabase>>;

/** A run that waits for its list, or (`approved`) for its writing. */
async function prepared(database: City, approved: boolean): Promise<readonly number[]> {
  const ids = await seedCases(database.pool, FAMILIES);
  const maker = contextOf(database.pool, "sakusei.hanako");
  await createMassRun(maker, { key: "k", jobCode: "testHolds", parameters: { month: "2026-11" } }, JOBS);
  if (!approved) return ids;
  expect(work(database.url).stderr).toBe("");
  const run = await getMassRun(database.pool, 1);
  await approvedAndStarted({ maker, approver: contextOf(database.pool, "shonin.taro") }, run);
  return ids;
}

async function inCity<T>(approved: boolean, check: (city: City, ids: readonly number[]) => Promise<T>): Promise<T> {
  const database = await freshDatabase();
  try {
    return await check(database, await prepared(database, approved));
  } finally {
    await database.drop();
  }
}

/** Every point that the work passes, each once. */
async function pointsOf(approved: boolean): Promise<readonly string[]> {
  const log = join(dir, `points-${String(approved)}`);
  await inCity(approved, async ({ url }) => {
    expect(work(url, { HAGUKUMI_CRASH_LOG: log }).stderr).toBe("");
  });
  return existsSync(log) ? [...new Set(readFileSync(log, "utf8").trim().split("\n"))] : [];
}

it(
  "[A140] a mass run killed at any point goes on where it stood: the list is whole, and every line is written once",
  { timeout: 300_000 },
  async () => {
    let killed = 0;
    for (const approved of [false, true]) {
      for (const point of await pointsOf(approved)) {
        await inCity(approved, async (database, ids) => {
          expect(work(database.url, { HAGUKUMI_CRASH_POINT: point }), point).toMatchObject({ signal: "SIGKILL" });
          killed += 1;
          expect(work(database.url), point).toEqual({ signal: null, stderr: "" });
          const run = await getMassRun(database.pool, 1);
          expect(run.list, point).toMatchObject({ subjects: 5, change: 5, yenBefore: 50_000 });
          if (approved) {
            expect(run, point).toMatchObject({ state: "done", written: 5, changed: 0, refused: 0 });
            expect(await holdsBy(database.pool), point).toEqual(Object.fromEntries(ids.map((id) => [String(id), 1])));
          } else {
            expect(run, point).toMatchObject({ state: "listed" });
            expect(await holdsBy(database.pool), point).toEqual({});
          }
        });
      }
    }
    // Three slices of two and the list: written, audited and committed of each kind of step, in both phases.
    expect(killed).toBeGreaterThanOrEqual(13);
  },
);
