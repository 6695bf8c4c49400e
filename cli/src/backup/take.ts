/** 控えをとる: the server as a stream, cut into the business's part and the vault's, each closed with its own key, brought away piece by piece. */
import { createHash, randomBytes } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Pool } from "pg";

import { readHead } from "@hagukumi/platform/access/seal/head.ts";
import { LOG_STREAMS } from "@hagukumi/platform/access/seal/rows.ts";
import { headPath } from "@hagukumi/platform/access/seal/seal-log.ts";
import { readSealKey } from "@hagukumi/platform/access/seal/seal-key.ts";
import { baseBackup } from "@hagukumi/platform/backup/base-backup.ts";
import { type SealedPart, SealedWriter } from "@hagukumi/platform/backup/sealed.ts";
import { TAR_END, tarHeader, tarSplitter } from "@hagukumi/platform/backup/tar.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { asUpkeep, hasRight } from "@hagukumi/platform/upkeep/orders.ts";

import { noteAccess } from "./access.ts";
import {
  type Catalog,
  catalogDigest,
  catalogKey,
  type Piece,
  writeCatalog,
} from "@hagukumi/platform/backup/catalog.ts";
import { PARTS, readBackupKeys } from "./keys.ts";
import type { BackupPlace } from "./place.ts";

/** Bytes of one object: an object store takes it in one request. */
const PIECE = 8 * 1024 * 1024;
/** Not in a copy: the keys, what is itself a copy, and what is already at another place. */
const LEFT_OUT = ["postgres", "secrets", "backups", "statement-log"];

export type TakeOptions = {
  readonly pool: Pool;
  readonly vault: Pool | undefined;
  readonly url: string;
  readonly dataDir: string;
  readonly operator: string;
  readonly place: BackupPlace;
  /** Days until it may be deleted, and nobody can before; 1… */
  readonly days: number;
  readonly now: Date;
  readonly onProgress?: ((done: number) => void) | undefined;
};

/** Rows of every table of a database. */
export async function countRows(pool: Pool): Promise<Readonly<Record<string, number>>> {
  const { rows } = await pool.query<{ name: string }>(
    "SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND n.nspname !~ '^(pg_|information_schema)' ORDER BY 1",
  );
  const counts: Record<string, number> = {};
  for (const { name } of rows)
    counts[name] = (await pool.query<{ n: number }>(`SELECT count(*) AS n FROM ${name}`)).rows[0]?.n ?? 0;
  return counts;
}

const between = (
  before: Readonly<Record<string, number>>,
  after: Readonly<Record<string, number>>,
): Catalog["counts"] =>
  Object.fromEntries(
    Object.entries(after).map(([name, n]) => [
      name,
      [Math.min(before[name] ?? 0, n), Math.max(before[name] ?? 0, n)] as [number, number],
    ]),
  );

/** Cuts sealed bytes into pieces and brings each away when it is full. */
class Pieces {
  readonly list: Piece[] = [];
  #held: Buffer[] = [];
  #size = 0;
  readonly #put: (name: string, bytes: Buffer) => Promise<void>;
  readonly #prefix: string;

  constructor(prefix: string, put: (name: string, bytes: Buffer) => Promise<void>) {
    this.#prefix = prefix;
    this.#put = put;
  }

  async write(bytes: Buffer): Promise<void> {
    this.#held.push(bytes);
    this.#size += bytes.length;
    while (this.#size >= PIECE) {
      const all = Buffer.concat(this.#held);
      await this.#bring(all.subarray(0, PIECE));
      const rest = all.subarray(PIECE);
      this.#held = [rest];
      this.#size = rest.length;
    }
  }

  async #bring(bytes: Buffer): Promise<void> {
    const key = `${this.#prefix}-${String(this.list.length + 1).padStart(6, "0")}.hgb`;
    await this.#put(key, bytes);
    this.list.push({ key, bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") });
  }

  async end(): Promise<void> {
    if (this.#size > 0) await this.#bring(Buffer.concat(this.#held));
  }
}

async function* filesOf(dataDir: string): AsyncGenerator<readonly [path: string, bytes: Buffer]> {
  for (const entry of await readdir(dataDir, { withFileTypes: true })) {
    if (LEFT_OUT.includes(entry.name)) continue;
    const all = entry.isDirectory()
      ? await readdir(join(dataDir, entry.name), { recursive: true, withFileTypes: true })
      : [entry];
    for (const file of all) {
      const path = join(file.parentPath, file.name);
      if (!file.isFile() || file.name.endsWith(".tmp")) continue;
      const bytes = await readFile(path).catch(() => undefined);
      if (bytes !== undefined) yield [path.slice(dataDir.length + 1), bytes];
    }
  }
}

const stamp = (now: Date): string => now.toISOString().replaceAll(/[-:]|\.\d+/g, "");

/**
 * Takes a copy.
 *
 * @throws Refusal `upkeepRight` without the right `backup.take`; `backupKey`; what the place refuses. What was brought before a failure has no
 *   catalogue and is no copy
 */
export async function takeBackup(options: TakeOptions): Promise<{
  readonly copyId: string;
  readonly bytes: number;
  readonly pieces: number;
  readonly lockedUntil: string | null;
  readonly expiresOn: string;
}> {
  const { pool, vault, dataDir, operator, place, now } = options;
  const upkeep = { pool, operator };
  const copyId = `${stamp(now)}-${randomBytes(4).toString("hex")}`;
  if (!(await hasRight(upkeep, "backup.take"))) {
    await noteAccess(upkeep, copyId, "take", "refused", { code: "upkeepRight" });
    throw new Refusal(
      "upkeepRight",
      "控えをとる権限が、いまありません。何もとっていません。権限は、別の二人が決めます（hagukumi upkeep right）。",
    );
  }
  const keys = await readBackupKeys(dataDir);
  await noteAccess(upkeep, copyId, "take", "begun", { place: place.name });
  try {
    const until = new Date(now.getTime() + options.days * 86_400_000);
    const put = async (name: string, bytes: Buffer): Promise<void> =>
      await place.store.put(name, bytes, { once: true, until });
    const counted = async () => ({
      main: await countRows(pool),
      vault: vault === undefined ? {} : await countRows(vault),
    });
    const heads: Record<string, unknown> = {};
    for (const stream of LOG_STREAMS) {
      const head = await readHead(headPath(dataDir, stream));
      if (head !== undefined) heads[stream.name] = head;
    }
    const before = await counted();
    const { rows } =
      vault === undefined
        ? { rows: [] }
        : await vault.query<{ oid: string }>("SELECT oid::text FROM pg_database WHERE datname = current_database()");
    const vaultFolder = `base/${rows[0]?.oid ?? "none"}/`;
    const pieces: Readonly<Record<SealedPart, Pieces>> = {
      main: new Pieces(`${copyId}/main`, put),
      vault: new Pieces(`${copyId}/vault`, put),
    };
    const writers: Readonly<Record<SealedPart, SealedWriter>> = {
      main: new SealedWriter(copyId, "main", keys.main, async (bytes) => await pieces.main.write(bytes)),
      vault: new SealedWriter(copyId, "vault", keys.vault, async (bytes) => await pieces.vault.write(bytes)),
    };
    let seen = 0;
    const splitter = tarSplitter((path) => {
      const writer = writers[path.startsWith(vaultFolder) ? "vault" : "main"];
      return async (data) => await writer.write(data);
    });
    await baseBackup(options.url, copyId, async (data) => {
      seen += data.length;
      options.onProgress?.(seen);
      await splitter.take(data);
    });
    splitter.end();
    const add = async (path: string, bytes: Buffer): Promise<void> => {
      await writers.main.write(
        Buffer.concat([tarHeader(path, bytes.length), bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]),
      );
    };
    const names: string[] = [];
    for await (const [path, bytes] of filesOf(dataDir)) {
      names.push(path);
      await add(`files/${names.length}`, bytes);
    }
    await add("files/list.json", Buffer.from(JSON.stringify(names)));
    const password = await readFile(join(dataDir, "postgres/superuser.pw")).catch(() => undefined);
    if (password !== undefined) await add("files/superuser.pw", password);
    for (const part of PARTS) {
      await writers[part].write(TAR_END);
      await writers[part].end();
      await pieces[part].end();
    }
    const after = await counted();
    const catalog: Catalog = {
      version: 1,
      copyId,
      begunAt: now.toISOString(),
      endedAt: new Date().toISOString(),
      main: pieces.main.list,
      vault: pieces.vault.list,
      counts: between(before.main, after.main),
      vaultCounts: between(before.vault, after.vault),
      heads,
    };
    await put(catalogKey(copyId), writeCatalog(catalog, await readSealKey(dataDir)));
    const all = [...catalog.main, ...catalog.vault];
    const bytes = all.reduce((sum, piece) => sum + piece.bytes, 0);
    const lockedUntil = place.medium === "objectStorage" ? until.toISOString() : null;
    const expiresOn = until.toISOString().slice(0, 10);
    await asUpkeep(pool, async (client) => {
      await client.query(
        `INSERT INTO upkeep.copy (copy_id, place, medium, pieces, bytes, catalog, digest, locked_until, expires_on, taken_by, begun_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
        [
          copyId,
          place.name,
          place.medium,
          all.length,
          bytes,
          JSON.stringify(catalog),
          catalogDigest(catalog),
          lockedUntil,
          expiresOn,
          operator,
          now.toISOString(),
        ],
      );
    });
    await noteAccess(upkeep, copyId, "take", "done", { bytes, pieces: all.length });
    return { copyId, bytes, pieces: all.length, lockedUntil, expiresOn };
  } catch (error) {
    await noteAccess(upkeep, copyId, "take", "failed", { code: error instanceof Refusal ? error.code : "defect" });
    throw error;
  }
}
