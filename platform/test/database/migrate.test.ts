import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { migrate, migrationFolders } from "../../src/database/migrate.ts";
import type { MigrationFolder } from "../../src/database/migrate.ts";
import { freshDatabase } from "../support/cluster.ts";
import type { TestDatabase } from "../support/cluster.ts";

let db: TestDatabase;
let root: string;
let folders: MigrationFolder[];

const first = "CREATE SCHEMA room; CREATE TABLE room.thing (n int);";
const second = "CREATE FUNCTION room.one() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$; -- ends in a comment";

async function put(path: string, text: string): Promise<void> {
  await mkdir(join(root, path, ".."), { recursive: true });
  await writeFile(join(root, path), text);
}

beforeEach(async () => {
  db = await freshDatabase({ empty: true });
  root = await mkdtemp(join(tmpdir(), "hagukumi-migrate-"));
  await put("platform/migrations/0001_room.sql", first);
  await put("systems/unified-addressee/migrations/0001_function.sql", second);
  folders = await migrationFolders(root);
});
afterEach(async () => {
  await db.drop();
  await rm(root, { recursive: true });
});

describe("migrate", () => {
  it("refuses an applied file that was changed afterwards, and applies nothing more", async () => {
    await migrate(db.url, folders);
    await put("platform/migrations/0001_room.sql", `${first} -- harmless?`);
    await put("platform/migrations/0002_more.sql", "CREATE TABLE room.more (n int)");
    await expect(migrate(db.url, folders)).rejects.toMatchObject({ code: "migrationChanged" });
    await expect(db.pool.query("SELECT FROM room.more")).rejects.toMatchObject({ code: "42P01" });
  });

  it("refuses to go on when an applied file is gone", async () => {
    await put("platform/migrations/0002_more.sql", "CREATE TABLE room.more (n int)");
    await migrate(db.url, folders);
    await rm(join(root, "platform/migrations/0002_more.sql"));
    await expect(migrate(db.url, folders)).rejects.toMatchObject({ code: "migrationMissing" });
  });

  it.each(["0002-dash.sql", "2_short.sql", "0002_Upper.sql", "0001_again.sql", "0002_down.js"])(
    "refuses the file name %s",
    async (name) => {
      await put(`platform/migrations/${name}`, "SELECT 1");
      await expect(migrate(db.url, folders)).rejects.toMatchObject({ code: "migrationNameInvalid" });
    },
  );

  it("leaves nothing of a file that fails, names the place, and applies it once it is mended", async () => {
    await put("platform/migrations/0002_half.sql", "CREATE TABLE room.half (n int);\nSELECT nonsense;");
    await expect(migrate(db.url, folders)).rejects.toThrow("SELECT nonsense");
    await expect(db.pool.query("SELECT FROM room.half")).rejects.toMatchObject({ code: "42P01" });
    await put("platform/migrations/0002_half.sql", "CREATE TABLE room.half (n int);");
    await expect(migrate(db.url, folders)).resolves.toEqual([
      { room: "platform", name: "0002_half" },
      { room: "unified_addressee", name: "0001_function" },
    ]);
  });

  it("applies the platform first and each file once", async () => {
    expect(await migrate(db.url, folders)).toEqual([
      { room: "platform", name: "0001_room" },
      { room: "unified_addressee", name: "0001_function" },
    ]);
    expect(await migrate(db.url, folders)).toEqual([]);
    expect((await db.pool.query("SELECT room.one() AS one")).rows).toEqual([{ one: 1 }]);
  });

  it("lets several programs start at once: each file is still applied once", async () => {
    const applied = await Promise.all([1, 2, 3, 4].map(async () => await migrate(db.url, folders)));
    expect(applied.flat()).toHaveLength(2);
  });
});
