/** 保存データの検査: bits of data files are turned on the disk, as a failing disk does it. */
import { open } from "node:fs/promises";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { checkStorage } from "@hagukumi/platform/database/check-storage.ts";
import { startEmbedded } from "@hagukumi/platform/database/embedded.ts";
import { migrate, migrationFolders } from "@hagukumi/platform/database/migrate.ts";
import { createPool } from "@hagukumi/platform/database/pool.ts";
import { refusing } from "@hagukumi/platform/database/problem.ts";
import * as fc from "fast-check";
import type { Pool } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { verifyMoney } from "../../src/verify/verify-money.ts";
import { calendar, seedCases, threeFamilies } from "../support/cases.ts";
import { advance, create } from "../support/runs.ts";

const ROOT = resolve(import.meta.dirname, "../../../..");
const dir = join(mkdtempSync(join(tmpdir(), "hagukumi-storage-")), "postgres");
const shared = useDatabase();

type Stored = { readonly name: string; readonly kind: string; readonly path: string; readonly bytes: number };

/** Starts the server anew, so that everything is read from the disk, and leaves it in order. */
async function withServer<T>(work: (pool: Pool, url: string) => Promise<T>): Promise<T> {
  const server = await startEmbedded({ dir });
  const pool = createPool(server.url, { applicationName: "storage" });
  try {
    return await work(pool, server.url);
  } finally {
    await pool.end();
    await server.release();
  }
}

/** Turns one bit; turned again it is as before. */
async function turn(path: string, bit: number): Promise<void> {
  const file = await open(join(dir, "data", path), "r+");
  try {
    const byte = Buffer.alloc(1);
    await file.read(byte, 0, 1, bit >> 3);
    byte[0] = (byte[0] ?? 0) ^ (1 << (bit & 7));
    await file.write(byte, 0, 1, bit >> 3);
  } finally {
    await file.close();
  }
}

let files: readonly Stored[] = [];

beforeAll(async () => {
  files = await withServer(async (pool, url) => {
    await migrate(url, await migrationFolders(ROOT));
    await seedCases(pool, threeFamilies);
    await create(pool);
    await advance(pool, 1, "handedOver");
    await pool.query("CHECKPOINT");
    const { rows } = await pool.query<Stored>(
      // Tables of the program, what lies beside them, and the indexes of both; not those that the server needs to let anybody in.
      `WITH own AS (SELECT oid, reltoastrelid FROM pg_class WHERE relkind = 'r' AND relnamespace IN
         (SELECT oid FROM pg_namespace WHERE nspname IN ('allowance', 'access', 'identity', 'parameters', 'lookup'))),
       stored AS (SELECT oid FROM own UNION SELECT reltoastrelid FROM own)
       SELECT c.oid::regclass::text AS name, c.relkind::text AS kind, pg_relation_filepath(c.oid) AS path, pg_relation_size(c.oid)::int AS bytes
       FROM pg_class c LEFT JOIN pg_index i ON i.indexrelid = c.oid
       WHERE coalesce(i.indrelid, c.oid) IN (SELECT oid FROM stored) AND pg_relation_size(c.oid) > 0 ORDER BY 1`,
    );
    return rows;
  });
}, 120_000);

afterAll(() => rmSync(resolve(dir, ".."), { recursive: true, force: true }));

describe("保存データの検査", () => {
  it("[THR98] one bit turned anywhere in any table or index: every one is found by name, no damaged page is ever used, and turned back all is well", async () => {
    expect(files.length).toBeGreaterThan(80);
    const before = await withServer(
      async (pool) => await pool.query("SELECT * FROM allowance.due_item ORDER BY child_number, benefit_month"),
    );
    const bits = fc.sample(fc.nat(2 ** 30), { numRuns: files.length, seed: 20_261_124 });
    const places = files.map(({ path, bytes }, index) => [path, (bits[index] ?? 0) % (bytes * 8)] as const);
    for (const [path, bit] of places) await turn(path, bit);
    await withServer(async (pool) => {
      const { findings, checksums, relations } = await checkStorage(pool);
      expect(checksums).toBe(true);
      expect(relations).toBeGreaterThan(files.length);
      const found = new Set(findings.map(({ relation }) => relation));
      expect(files.filter(({ name }) => !found.has(name)).map(({ name }) => name)).toEqual([]);
      // Before its use: a table whose page is damaged gives no row back, and the whole recount of the ledger stops there.
      for (const { name } of files.filter(({ kind }) => kind === "r")) {
        await expect(
          refusing({}, async () => await pool.query(`SELECT * FROM ${name}`)),
          name,
        ).rejects.toMatchObject({ code: "dataDamaged" });
      }
      await expect(refusing({}, async () => await verifyMoney({ pool, calendar }))).rejects.toMatchObject({
        code: "dataDamaged",
      });
    });
    for (const [path, bit] of places) await turn(path, bit);
    await withServer(async (pool) => {
      expect((await checkStorage(pool)).findings).toEqual([]);
      const after = await pool.query("SELECT * FROM allowance.due_item ORDER BY child_number, benefit_month");
      expect(after.rows).toEqual(before.rows);
      expect((await verifyMoney({ pool, calendar })).filter(({ violations }) => violations > 0)).toEqual([]);
      // What no checksum sees, because the server itself wrote it: amounts of the ledger that somebody with every right made lower.
      // One statement of its own in one transaction: whoever may do this passes by every trigger.
      await pool.query(
        "SET session_replication_role = replica; UPDATE allowance.due_item SET amount = amount - 5000 WHERE benefit_month = '2026-10-01' AND amount > 5000",
      );
      expect((await checkStorage(pool)).findings).toEqual([]);
      const broken = (await verifyMoney({ pool, calendar })).filter(({ violations }) => violations > 0);
      expect(broken.map(({ id }) => id)).toContain("M4b");
    });
  }, 120_000);

  it("an index that no longer agrees with its rows is found, though every page has its checksum; a cancelled check says so", async () => {
    const { pool } = shared;
    // The order of the index is that of a function, and the function changes afterwards.
    await pool.query(`CREATE FUNCTION public.turned(n int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN n; END';
      CREATE TABLE public.leaning (n int); INSERT INTO public.leaning SELECT generate_series(1, 500); CREATE INDEX leaning_turned ON public.leaning (public.turned(n))`);
    expect((await checkStorage(pool)).findings).toEqual([]);
    await pool.query(
      "CREATE OR REPLACE FUNCTION public.turned(n int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN -n; END'",
    );
    const { findings } = await checkStorage(pool);
    expect(findings).toMatchObject([{ relation: "leaning_turned" }]);
    const abort = new AbortController();
    abort.abort();
    await expect(checkStorage(pool, { signal: abort.signal })).rejects.toMatchObject({ code: "cancelled" });
  });
});
