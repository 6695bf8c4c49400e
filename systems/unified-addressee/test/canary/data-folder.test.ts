import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { scanPaths } from "@hagukumi/vault/contract.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type CanaryCity, liveThroughADay } from "../support/canary-city.ts";

let folder = "";
let city: CanaryCity | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hagukumi-canary-"));
  city = await liveThroughADay(folder, 120);
});
afterAll(async () => {
  await city?.end();
  await rm(folder, { recursive: true, force: true });
});

/** Files that were written after a moment. */
async function writtenSince(dir: string, moment: number): Promise<readonly string[]> {
  const found: string[] = [];
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const changed = (await stat(path).catch(() => undefined))?.mtimeMs ?? 0;
    if (entry.isFile() && changed >= moment) found.push(path);
  }
  return found;
}

describe("whatever lies on the disk after a day with numbers", () => {
  it("holds none of them in any encoding: data files, WAL, the server's log of every statement, dumps, exports, printed results and errors", async () => {
    if (city === undefined) throw new Error("no city");
    const { numbers, pool } = city;
    const clean = await scanPaths(numbers, [folder]);
    expect(clean.hits).toEqual([]);
    expect(clean.files).toBeGreaterThan(500);
    expect(clean.bytes).toBeGreaterThan(30_000_000);
    // The scan would have seen it: one number written into a table is found in the table, in the WAL and in the server's log.
    const before = Date.now();
    await pool.query("CREATE TABLE public.careless (note text)");
    await pool.query(`INSERT INTO public.careless VALUES ('${numbers[3] ?? ""}')`);
    await pool.query("CHECKPOINT");
    const written = await writtenSince(folder, before);
    const { hits } = await scanPaths(numbers, written);
    const places = hits.map(({ file }) =>
      file.includes("pg_wal") ? "wal" : file.endsWith(".log") ? "log" : file.includes("/base/") ? "table" : file,
    );
    expect(new Set(places)).toEqual(new Set(["wal", "log", "table"]));
  });
});
