/** 消し残しの始末: after an erasure no byte of the server, its log or a copy holds what was erased. */
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { baseBackup } from "@hagukumi/platform/backup/base-backup.ts";
import { newBackupKey, openSealed, SealedWriter } from "@hagukumi/platform/backup/sealed.ts";
import { type EmbeddedServer, startEmbedded } from "@hagukumi/platform/database/embedded.ts";
import { createPool } from "@hagukumi/platform/database/pool.ts";
import { scrubTables, scrubWal } from "@hagukumi/platform/database/scrub.ts";
import type { Pool } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { scanPaths } from "../../src/canary/scan.ts";
import { drawDigits } from "../support/vault.ts";

const erased = Array.from({ length: 40 }, drawDigits);
const kept = Array.from({ length: 20 }, drawDigits);
let folder = "";
let server: EmbeddedServer;
let pool: Pool;

/** How many of the numbers stand in a folder's files as plain digits: a first look without the other forms. */
async function plainly(numbers: readonly string[], dir: string): Promise<number> {
  const files = (await readdir(dir, { recursive: true, withFileTypes: true })).filter((file) => file.isFile());
  const seen = new Set<string>();
  for (const file of files) {
    const bytes = await readFile(join(file.parentPath, file.name)).catch(() => Buffer.alloc(0));
    for (const digits of numbers) if (!seen.has(digits) && bytes.includes(digits)) seen.add(digits);
  }
  return seen.size;
}

describe("what an erasure leaves behind", () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "scrub-"));
    server = await startEmbedded({
      dir: join(folder, "postgres"),
      settings: { shared_buffers: "16MB", min_wal_size: "80MB", max_wal_size: "96MB", autovacuum: "off" },
    });
    pool = createPool(server.url, { max: 3 });
    await pool.query(
      "CREATE TABLE person (id bigint PRIMARY KEY, digits text, story text); CREATE INDEX person_digits ON person (digits); CREATE INDEX person_json ON person USING gin (to_tsvector('simple', digits))",
    );
    const fill = async (numbers: readonly string[], from: number): Promise<void> => {
      // Long texts lie beside the table; the same value many times is one that the statistics remember.
      await pool.query(
        "INSERT INTO person SELECT $2 + n, d, d || ':' || (SELECT string_agg(md5(n::text || i::text), '') FROM generate_series(1, 90) i) FROM unnest($1::text[]) WITH ORDINALITY x (d, n)",
        [numbers, from],
      );
      await pool.query("UPDATE person SET digits = digits || ' ' WHERE id > $1", [from]);
      await pool.query("UPDATE person SET digits = btrim(digits) WHERE id > $1", [from]);
    };
    await fill(erased, 0);
    await fill(kept, 1_000);
    await pool.query("INSERT INTO person SELECT 2000 + i, $1, '' FROM generate_series(1, 400) i", [erased[0]]);
    await pool.query("ANALYZE person");
    // Segments are filled and recycled: those ahead still hold their old bytes.
    for (let round = 0; round < 4; round += 1) {
      await pool.query(
        "INSERT INTO person SELECT 10000 + $1 * 1000 + i, $2, repeat('x', 5) || (SELECT string_agg(md5(random()::text), '') FROM generate_series(1, 300)) FROM generate_series(1, 300) i",
        [round, erased[round]],
      );
      await pool.query("SELECT pg_switch_wal()");
      await pool.query("CHECKPOINT");
    }
  }, 180_000);
  afterAll(async () => {
    await pool.end();
    await server.release();
    await rm(folder, { recursive: true, force: true });
  });

  it("[THR96] is in tables, indexes, statistics and the write-ahead log until the scrub, and in no byte of data folder, log or dump after it; a copy of before is ciphertext", async () => {
    const key = newBackupKey();
    const sealed: Buffer[] = [];
    const writer = new SealedWriter("before", "main", key.publicKey, async (bytes) => {
      sealed.push(bytes);
      await Promise.resolve();
    });
    await baseBackup(server.url, "before", async (data) => await writer.write(data));
    await writer.end();
    await pool.query("DELETE FROM person WHERE id <= 1000 OR id > 2000");
    await pool.query("CHECKPOINT");
    const data = join(folder, "postgres/data");
    // Gone for every statement, and still on the disk: in the tables and in the log of what was written.
    expect(await plainly(erased, join(data, "base"))).toBe(erased.length);
    expect(await plainly(erased, join(data, "pg_wal"))).toBe(erased.length);
    expect(await scrubTables(pool)).toMatchObject({ left: [] });
    await scrubWal(pool);
    const { rows } = await pool.query<{ row: string }>("SELECT to_jsonb(p)::text AS row FROM person p");
    await writeFile(join(folder, "dump.txt"), rows.map(({ row }) => row).join("\n"));
    await writeFile(join(folder, "copy.hgb"), Buffer.concat(sealed));
    await pool.query("CHECKPOINT");
    expect((await scanPaths(erased, [folder])).hits).toEqual([]);
    // The scan does see what is still there, and the copy does hold what was erased, for two people with its key.
    expect(await plainly(kept, join(data, "base"))).toBe(kept.length);
    const opened: Buffer[] = [];
    const source = (async function* pieces() {
      yield* sealed;
      await Promise.resolve();
    })();
    for await (const plain of openSealed(source, { copyId: "before", part: "main" }, key.privateKey))
      opened.push(plain);
    expect(Buffer.concat(opened).includes(erased[5] ?? "")).toBe(true);
    expect((await pool.query<{ n: number }>("SELECT count(*)::int AS n FROM person")).rows).toEqual([
      { n: kept.length },
    ]);
    expect((await pool.query("SHOW wal_recycle")).rows).toEqual([{ wal_recycle: "on" }]);
  }, 180_000);

  it("a table that somebody holds is left and named, to be done again", async () => {
    const holder = await pool.connect();
    await holder.query("BEGIN; LOCK TABLE person IN ACCESS SHARE MODE");
    expect((await scrubTables(pool, { waitMs: 200 })).left).toEqual(["person"]);
    await holder.query("ROLLBACK");
    holder.release();
    expect((await scrubTables(pool)).left).toEqual([]);
  }, 180_000);
});
