/** Looking into a data folder from outside: rows of every table, digests of every file, the server's process. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import { startEmbedded } from "@hagukumi/platform/database/embedded.ts";
import { sha256File } from "@hagukumi/platform/files/atomic.ts";
import { createPool } from "@hagukumi/platform/database/pool.ts";
import type { Pool } from "pg";

/** Works on the folder's embedded database while no program runs, and stops it again. */
export async function withDatabase<T>(dataDir: string, work: (pool: Pool) => Promise<T>): Promise<T> {
  const server = await startEmbedded({ dir: join(dataDir, "postgres") });
  const pool = createPool(server.url, { applicationName: "start test" });
  try {
    return await work(pool);
  } finally {
    await pool.end();
    await server.release();
  }
}

/** `schema.table` → number of rows and a digest of all of them. */
export async function tableDigests(pool: Pool): Promise<Readonly<Record<string, string>>> {
  const { rows: tables } = await pool.query<{ name: string }>(
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
     WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`,
  );
  const found: Record<string, string> = {};
  for (const { name } of tables) {
    const { rows } = await pool.query<{ digest: string }>(
      `SELECT count(*) || ' rows ' || coalesce(md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))), '-') AS digest FROM ${name} t`,
    );
    found[name] = rows[0]?.digest ?? "";
  }
  return found;
}

/** What belongs to the database: its own files, and the record of its statements, in which each start of it stands. */
const OF_DATABASE = ["postgres/", "statement-log/"];

/** Path below the folder → SHA-256, without what belongs to the database. */
export async function fileDigests(dataDir: string): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(dataDir, { recursive: true, withFileTypes: true });
  const found: Record<string, string> = {};
  for (const entry of entries.toSorted((a, b) => (join(a.parentPath, a.name) < join(b.parentPath, b.name) ? -1 : 1))) {
    const path = join(entry.parentPath, entry.name);
    const below = path.slice(dataDir.length + 1);
    if (entry.isFile() && !OF_DATABASE.some((folder) => below.startsWith(folder)))
      found[below] = (await sha256File(path)).sha256;
  }
  return found;
}

/** SHA-256 of the files that the bank holds. */
export async function filesAtBank(dataDir: string): Promise<readonly string[]> {
  const receipts = await readdir(join(dataDir, "outside-bank/receipts")).catch(() => []);
  return receipts.map((name) => name.replace(/\.json$/, ""));
}

/**
 * Every transfer of the files that the bank holds: bank, branch, account, payee and yen, sorted. Read from the bytes by
 * position in the published layout, with nothing of the product's reader.
 */
export async function transfersAtBank(dataDir: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const sha256 of await filesAtBank(dataDir)) {
    const bytes = await readFile(join(dataDir, `outside-bank/inbox/${sha256}.dat`), "latin1");
    for (const record of bytes.match(/[^]{120}/g) ?? []) {
      if (!record.startsWith("2")) continue;
      found.push(
        [
          [1, 5],
          [20, 23],
          [43, 50],
          [50, 80],
          [80, 90],
        ]
          .map(([from, to]) => record.slice(from, to))
          .join(" "),
      );
    }
  }
  return found.toSorted();
}

/** Process number of the folder's PostgreSQL, where it lives. */
export async function serverPid(dataDir: string): Promise<number | undefined> {
  const text = await readFile(join(dataDir, "postgres/data/postmaster.pid"), "utf8").catch(() => "");
  const pid = Number(text.split("\n")[0]);
  if (!(pid > 0)) return undefined;
  const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
  return command.includes("postgres") ? pid : undefined;
}
