/**
 * Migrations: plain SQL files, forward only, each applied once in one transaction, and never changed afterwards.
 *
 * A folder belongs to one room (the platform, a system) and is applied in the order given: the platform first. Files are
 * named `0001_what_it_does.sql` and name schemas in full.
 */
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Client } from "pg";

import { connectClient } from "./pool.ts";
import { Refusal, refusalFromDatabase } from "./problem.ts";

/** One room's migrations. `room` is a stable lower-case name: it is the key under which the files are remembered. */
export type MigrationFolder = { readonly room: string; readonly dir: string };

/** A file that was applied by this call. */
export type AppliedMigration = { readonly room: string; readonly name: string };

type MigrationFile = { readonly name: string; readonly sha256: string };

const FILE_NAME = /^\d{4}_[a-z0-9_]+\.sql$/;
const ROOM_NAME = /^[a-z][a-z0-9_]{0,40}$/;
// Any number of ours. A session lock, so that of two programs starting at once one migrates and the other finds it done.
const LOCK = 7_400_281_101;

// By code unit, so that the order is the same under every locale.
function byName(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** The migration folders of a checkout: `platform/migrations`, then `systems/<name>/migrations` by name. */
export async function migrationFolders(root: string): Promise<MigrationFolder[]> {
  const systems = await readdir(join(root, "systems")).catch(() => [] as string[]);
  const candidates = [
    { room: "platform", dir: join(root, "platform/migrations") },
    ...systems
      .toSorted(byName)
      .map((name) => ({ room: name.replaceAll("-", "_"), dir: join(root, "systems", name, "migrations") })),
  ];
  const present = await Promise.all(candidates.map(async ({ dir }) => (await readdir(dir).catch(() => [])).length > 0));
  return candidates.filter((_, index) => present[index]);
}

async function readFolder({ room, dir }: MigrationFolder): Promise<MigrationFile[]> {
  const names = (await readdir(dir)).toSorted(byName);
  const numbers = new Set<string>();
  const files: MigrationFile[] = [];
  for (const name of names) {
    const number = name.slice(0, 4);
    if (!ROOM_NAME.test(room) || !FILE_NAME.test(name) || numbers.has(number)) {
      throw new Refusal(
        "migrationNameInvalid",
        `データベースの更新ファイル ${join(dir, name)} の名前が決まりに合いません。番号は重ならない4桁とし、「0001_内容.sql」の形にしてください。`,
        { room, name },
      );
    }
    numbers.add(number);
    const sha256 = createHash("sha256")
      .update(await readFile(join(dir, name)))
      .digest("hex");
    files.push({ name: name.slice(0, -".sql".length), sha256 });
  }
  return files;
}

function quiet(): void {}

async function prepare(client: Client): Promise<void> {
  await client.query(`
    CREATE SCHEMA IF NOT EXISTS migration;
    CREATE TABLE IF NOT EXISTS migration.file_checksum (
      room text NOT NULL,
      name text NOT NULL,
      sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
      PRIMARY KEY (room, name)
    );
    COMMENT ON TABLE migration.file_checksum IS '更新ファイルの内容の控え。適用したファイルが後から変わったことを見つける';
  `);
}

async function appliedNames(client: Client, room: string): Promise<string[]> {
  const { rows } = await client.query<{ present: boolean }>("SELECT to_regclass($1) IS NOT NULL AS present", [
    `migration.${room}`,
  ]);
  if (rows[0]?.present !== true) return [];
  const names = await client.query<{ name: string }>(`SELECT name FROM migration.${room} ORDER BY id`);
  return names.rows.map(({ name }) => name);
}

/** Refuses a folder in which an applied file was changed or taken away. */
function checkApplied(
  room: string,
  applied: readonly string[],
  remembered: ReadonlyMap<string, string>,
  files: readonly MigrationFile[],
): void {
  const present = new Map(files.map(({ name, sha256 }) => [name, sha256]));
  for (const name of applied) {
    const now = present.get(name);
    if (now === undefined) {
      throw new Refusal(
        "migrationMissing",
        `適用済みのデータベース更新 ${room}/${name}.sql が見つかりません。このデータベースより古いプログラムを動かしている可能性があります。新しい版を使ってください。`,
        { room, name },
      );
    }
    if (remembered.get(name) !== now) {
      throw new Refusal(
        "migrationChanged",
        `適用済みのデータベース更新 ${room}/${name}.sql の内容が、適用した時から変わっています。元の内容に戻し、変更は新しい番号のファイルに書いてください。`,
        { room, name },
      );
    }
  }
}

/** What the surroundings do to a migration; every other failure has its place in the file. */
const SURROUNDINGS: ReadonlySet<string> = new Set(["databaseStorage", "databaseUnavailable", "databaseBusy"]);

async function migrateFolder(client: Client, folder: MigrationFolder): Promise<AppliedMigration[]> {
  const { room, dir } = folder;
  const files = await readFolder(folder);
  const applied = await appliedNames(client, room);
  const { rows } = await client.query<{ name: string; sha256: string }>(
    "SELECT name, sha256 FROM migration.file_checksum WHERE room = $1",
    [room],
  );
  checkApplied(room, applied, new Map(rows.map(({ name, sha256 }) => [name, sha256])), files);
  const done = new Set(applied);
  const pending = files.filter(({ name }) => !done.has(name));
  if (pending.length === 0) return [];
  // Remembered before they run: a crash between the two leaves a checksum without effect, not a migration without one.
  for (const { name, sha256 } of pending) {
    await client.query(
      "INSERT INTO migration.file_checksum VALUES ($1, $2, $3) ON CONFLICT (room, name) DO UPDATE SET sha256 = $3",
      [room, name, sha256],
    );
  }
  const { runner } = await import("node-pg-migrate"); // slow to load, and most starts have nothing to migrate
  const messages: string[] = [];
  const ran = await runner({
    dbClient: client,
    dir,
    direction: "up",
    migrationsSchema: "migration",
    migrationsTable: room,
    noLock: true,
    logger: { debug: quiet, info: quiet, warn: quiet, error: (message: string) => messages.push(message) },
  }).catch((error: unknown) => {
    // A full disk or a lost connection is no defect of the file.
    const refusal = refusalFromDatabase(error, {});
    if (refusal !== undefined && SURROUNDINGS.has(refusal.code)) throw refusal;
    // What failed outside of a statement (the connection, a file) is in no message of the runner.
    const why = [...messages, error instanceof Error ? error.message : String(error)].filter((each) => each !== "");
    throw new Error(`migration of ${room} failed: ${why.join("\n")}`, { cause: error });
  });
  return ran.map(({ name }) => ({ room, name }));
}

/**
 * Brings the database at `url` up to date; returns what was applied, in order. Each file is one transaction.
 * Several programs may call this at once: one works, the others wait.
 *
 * @throws Refusal `migrationChanged`, `migrationMissing` or `migrationNameInvalid`; nothing further is applied then
 * @throws Error with the place in the file when its SQL fails; that file leaves nothing
 */
export async function migrate(url: string, folders: readonly MigrationFolder[]): Promise<AppliedMigration[]> {
  const client = await connectClient(url, "hagukumi migration");
  try {
    await client.query("SELECT pg_advisory_lock($1)", [LOCK]);
    await prepare(client);
    const applied: AppliedMigration[] = [];
    for (const folder of folders) applied.push(...(await migrateFolder(client, folder)));
    return applied;
  } finally {
    await client.end(); // and with it the lock
  }
}
