/** 控えを開く: pieces against the catalogue, both parts with the shares of two people, into an empty folder; and the drill that starts what came of it. */
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Pool } from "pg";

import { verifyMoney } from "@hagukumi/allowance/contract.ts";
import { createCalendar } from "@hagukumi/law/contract.ts";
import type { ObjectStore } from "@hagukumi/interchange/contract.ts";
import { parseHead, type SealHead } from "@hagukumi/platform/access/seal/head.ts";
import { LOG_STREAMS } from "@hagukumi/platform/access/seal/rows.ts";
import { readSealKey } from "@hagukumi/platform/access/seal/seal-key.ts";
import { verifyLog } from "@hagukumi/platform/access/seal/verify-log.ts";
import { openSealed, type SealedPart } from "@hagukumi/platform/backup/sealed.ts";
import { tarUnpacker } from "@hagukumi/platform/backup/tar.ts";
import { nationalHolidays } from "@hagukumi/platform/calendar/holidays.ts";
import { todayInJapan } from "@hagukumi/platform/calendar/today.ts";
import { startEmbedded } from "@hagukumi/platform/database/embedded.ts";
import { createPool } from "@hagukumi/platform/database/pool.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { vaultUrl, verifyVaultLog } from "@hagukumi/vault/contract.ts";

import { type Catalog, catalogKey, type Piece, readCatalog } from "@hagukumi/platform/backup/catalog.ts";
import { type OpenedKeys, PARTS } from "./keys.ts";
import { countRows } from "./take.ts";

const damaged = (what: string): Refusal =>
  new Refusal(
    "backupDamaged",
    `控えの ${what} が、目録と違います（欠けている・短い・変わっている）。使っていません。別の控えを使い、この控えのことを管理者に知らせてください。`,
  );

async function whole(store: ObjectStore, key: string): Promise<Buffer> {
  if ((await store.size(key)) === undefined) throw damaged(key);
  const parts: Uint8Array[] = [];
  for await (const part of store.read(key)) parts.push(part);
  return Buffer.concat(parts);
}

/** The pieces of one part, each compared with the catalogue before any byte of it is used. @throws Refusal `backupDamaged` */
export async function* pieceBytes(store: ObjectStore, pieces: readonly Piece[]): AsyncGenerator<Uint8Array> {
  for (const { key, bytes, sha256 } of pieces) {
    const read = await whole(store, key);
    if (read.length !== bytes || createHash("sha256").update(read).digest("hex") !== sha256) throw damaged(key);
    yield read;
  }
}

/** The catalogue of a copy. @throws Refusal `backupDamaged` where it is missing or not as it was signed */
export async function catalogOf(store: ObjectStore, dataDir: string, copyId: string): Promise<Catalog> {
  const catalog = readCatalog(await whole(store, catalogKey(copyId)), await readSealKey(dataDir));
  if (catalog.copyId !== copyId) throw damaged(catalogKey(copyId));
  return catalog;
}

/** Compares every piece with the catalogue: what can be checked without opening anything. @returns pieces */
export async function verifyCopy(store: ObjectStore, dataDir: string, copyId: string): Promise<number> {
  const catalog = await catalogOf(store, dataDir, copyId);
  let pieces = 0;
  for await (const _ of pieceBytes(store, [...catalog.main, ...catalog.vault])) pieces += 1;
  return pieces;
}

/**
 * Opens a copy into an empty folder, which is afterwards a data folder (without the keys, which are in no copy).
 *
 * @throws Refusal `backupDamaged`, `backupKey`, `fileExists` where the folder isn't empty
 */
export async function restoreInto(store: ObjectStore, catalog: Catalog, keys: OpenedKeys, into: string): Promise<void> {
  if ((await readdir(into).catch(() => [])).length > 0)
    throw new Refusal("fileExists", `${into} は空ではありません。復元は空のフォルダにだけ行います。何もしていません。`);
  const data = join(into, "postgres/data");
  await mkdir(data, { recursive: true, mode: 0o700 });
  try {
    for (const part of PARTS) {
      const unpacker = tarUnpacker(data);
      const pieces = catalog[part satisfies SealedPart];
      for await (const plain of openSealed(pieceBytes(store, pieces), { copyId: catalog.copyId, part }, keys[part]))
        await unpacker.take(plain);
      unpacker.end();
    }
    const files = join(data, "files");
    const names = JSON.parse(await readFile(join(files, "list.json"), "utf8")) as readonly string[];
    for (const [place, name] of names.entries()) {
      const to = join(into, name);
      if (!to.startsWith(`${into}/`)) throw damaged(name);
      await mkdir(dirname(to), { recursive: true, mode: 0o700 });
      await rename(join(files, String(place + 1)), to);
    }
    await rename(join(files, "superuser.pw"), join(into, "postgres/superuser.pw")).catch(() => {});
    await rm(files, { recursive: true, force: true });
    // An empty database holds no file of these, and the server wants the folders.
    for (const folder of [
      "pg_notify",
      "pg_dynshmem",
      "pg_replslot",
      "pg_serial",
      "pg_snapshots",
      "pg_stat_tmp",
      "pg_subtrans",
      "pg_tblspc",
      "pg_twophase",
      "pg_commit_ts",
      "pg_stat",
    ])
      await mkdir(join(data, folder), { recursive: true, mode: 0o700 });
  } catch (error) {
    // Nothing half restored is left that somebody could take for a whole.
    await rm(into, { recursive: true, force: true });
    throw error;
  }
}

export type DrillResult = {
  readonly tables: number;
  readonly rows: number;
  /** Tables whose rows don't lie between those of before and after the copy */
  readonly differing: readonly string[];
  readonly brokenInvariants: readonly string[];
  readonly logFindings: number;
  readonly files: number;
  readonly seconds: number;
};

async function compare(
  pool: Pool,
  counts: Catalog["counts"],
): Promise<{ readonly rows: number; readonly differing: readonly string[] }> {
  const found = await countRows(pool);
  const differing = Object.entries(counts).flatMap(([name, [least, most]]) => {
    const n = found[name];
    return n !== undefined && n >= least && n <= most ? [] : [name];
  });
  return { rows: Object.values(found).reduce((sum, n) => sum + n, 0), differing };
}

/** 復元訓練: starts the restored server and holds what is in it against what was there: rows, money invariants, seals of the logs. */
export async function drill(catalog: Catalog, restored: string, keysDir: string): Promise<DrillResult> {
  const begun = performance.now();
  const server = await startEmbedded({ dir: join(restored, "postgres"), settings: { shared_buffers: "64MB" } });
  const pool = createPool(server.url, { applicationName: "hagukumi drill", max: 4 });
  const hasVault = Object.keys(catalog.vaultCounts).length > 0;
  const vault = hasVault
    ? createPool(vaultUrl(server.url, {}), { applicationName: "hagukumi drill", max: 2 })
    : undefined;
  try {
    const main = await compare(pool, catalog.counts);
    const other = vault === undefined ? { rows: 0, differing: [] } : await compare(vault, catalog.vaultCounts);
    const context = {
      pool,
      calendar: createCalendar(nationalHolidays),
      operator: "system.drill",
      purpose: "復元訓練",
      today: todayInJapan(),
      reportsDir: join(restored, "reports"),
    };
    const money = await verifyMoney(context);
    const key = await readSealKey(keysDir);
    let logFindings = 0;
    for (const stream of LOG_STREAMS) {
      const kept = catalog.heads[stream.name];
      const heads: SealHead[] = kept === undefined ? [] : [parseHead(JSON.stringify(kept))];
      logFindings += (await verifyLog(pool, key, heads, undefined, stream)).found;
    }
    if (vault !== undefined) logFindings += (await verifyVaultLog(vault, keysDir)).found;
    return {
      tables: Object.keys(catalog.counts).length + Object.keys(catalog.vaultCounts).length,
      rows: main.rows + other.rows,
      differing: [...main.differing, ...other.differing],
      brokenInvariants: money.filter(({ violations }) => violations > 0).map(({ id }) => id),
      logFindings,
      files: (await readdir(restored, { recursive: true, withFileTypes: true })).filter(
        (file) => file.isFile() && !file.parentPath.startsWith(join(restored, "postgres")),
      ).length,
      seconds: Math.round((performance.now() - begun) / 100) / 10,
    };
  } finally {
    await vault?.end();
    await pool.end();
    await server.release();
  }
}

/** Copies a copy to a medium for a remote place, comparing each piece on both sides. @returns bytes */
export async function toMedium(
  store: ObjectStore,
  catalog: Catalog,
  dir: string,
  catalogBytes: Buffer,
): Promise<number> {
  let bytes = 0;
  for (const piece of [...catalog.main, ...catalog.vault]) {
    for await (const read of pieceBytes(store, [piece])) {
      const to = join(dir, piece.key);
      await mkdir(dirname(to), { recursive: true, mode: 0o700 });
      await writeFile(to, read, { mode: 0o400, flag: "wx" });
      const again = createHash("sha256")
        .update(await readFile(to))
        .digest("hex");
      if (again !== piece.sha256) throw damaged(to);
      bytes += read.length;
    }
  }
  await writeFile(join(dir, catalogKey(catalog.copyId)), catalogBytes, { mode: 0o400, flag: "wx" });
  return bytes;
}
