import { createHash } from "node:crypto";
import { chmod, cp, mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbedded } from "@hagukumi/platform/database/embedded.ts";
import { createPool } from "@hagukumi/platform/database/pool.ts";
import { openRing, passphraseKeeper, readEnvelope, scanPaths } from "@hagukumi/vault/contract.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type CanaryCity, dump, liveThroughADay } from "../support/canary-city.ts";

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

  it("[THR92] of a stolen disk, restored and opened by its superuser on a machine without the keys, none can be read", async () => {
    if (city === undefined) throw new Error("no city");
    // The fourth was written in plain text by the test above.
    const numbers = city.numbers.filter((_, place) => place !== 3);
    await city.end();
    city = undefined;
    const elsewhere = await mkdtemp(join(tmpdir(), "hagukumi-thief-"));
    try {
      await cp(folder, elsewhere, { recursive: true });
      const server = await startEmbedded({ dir: join(elsewhere, "postgres") });
      const vaultUrl = new URL(server.url);
      vaultUrl.pathname = "/canary_vault";
      const [main, vault] = [server.url, vaultUrl.href].map((url) => createPool(url, { applicationName: "thief" }));
      if (main === undefined || vault === undefined) throw new Error("two databases were named");
      try {
        await dump(main, join(elsewhere, "restored-main.txt"));
        await dump(vault, join(elsewhere, "restored-vault.txt"));
        const restored = await readFile(join(elsewhere, "restored-vault.txt"), "utf8");
        // All of them lie there, sealed: the scan is of something. (The files of the copy are those that the test above looked through.)
        expect((await vault.query("SELECT FROM vault.person")).rowCount).toBeGreaterThan(100);
        const dumps = ["restored-main.txt", "restored-vault.txt"].map((name) => join(elsewhere, name));
        const { hits, bytes } = await scanPaths(numbers, dumps);
        expect(hits).toEqual([]);
        expect(bytes).toBeGreaterThan(100_000);
        // Nor can the index be turned round by computing the digests of all numbers: it hangs on a key.
        for (const digits of numbers) {
          for (const algorithm of ["md5", "sha1", "sha256", "sha512"])
            expect(restored.includes(createHash(algorithm).update(digits).digest("hex"))).toBe(false);
        }
        await chmod(join(elsewhere, "envelope.json"), 0o600);
        const envelope = (await readEnvelope(join(elsewhere, "envelope.json"))) ?? expect.unreachable();
        const guess = passphraseKeeper("盗んだ人が考えた長い合言葉です。二十文字より長い", {
          memory: 64,
          passes: 1,
          parallelism: 1,
        });
        await expect(openRing(vault, guess, envelope)).rejects.toMatchObject({ code: "masterUnreadable" });
      } finally {
        await main.end();
        await vault.end();
        await server.release();
      }
    } finally {
      await rm(elsewhere, { recursive: true, force: true });
    }
  });
});
