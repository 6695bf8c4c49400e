import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { openDatabase } from "../../src/database/connection.ts";
import { nativeFolder } from "../../src/database/embedded-binaries.ts";
import { startEmbedded, stopEmbedded } from "../../src/database/embedded.ts";
import { acquireInstanceLock } from "../../src/database/instance-lock.ts";
import { connectClient } from "../../src/database/pool.ts";

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "hagukumi-embedded-"));
});
afterEach(async () => {
  await stopEmbedded(dir);
  await rm(dir, { recursive: true, force: true });
});

const source = resolve(import.meta.dirname, "../../src/database");

/** Runs a small program in a process of its own; resolves with what it printed, when it ended. */
async function program(text: string): Promise<string> {
  const child = spawn(process.execPath, ["--input-type=module", "-e", text], { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (output += chunk));
  await once(child, "close");
  return output;
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = await connectClient(url, "embedded test");
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

describe("acquireInstanceLock", () => {
  it("refuses a second holder in Japanese, also from another process, until the first lets go", async () => {
    const lock = await acquireInstanceLock(dir);
    await expect(acquireInstanceLock(dir)).rejects.toMatchObject({
      code: "alreadyRunning",
      message: expect.stringContaining("すでに はぐくみ が動いています"),
    });
    const text = `import { acquireInstanceLock } from "${source}/instance-lock.ts";
      await acquireInstanceLock(${JSON.stringify(dir)}).then(() => console.log("held"), (e) => console.log(e.code));`;
    expect(await program(text)).toBe("alreadyRunning\n");
    await lock.release();
    expect(await program(text)).toBe("held\n");
  });

  it("is free again when its holder was killed", async () => {
    const text = `import { acquireInstanceLock } from "${source}/instance-lock.ts";
      await acquireInstanceLock(${JSON.stringify(dir)}); process.kill(process.pid, "SIGKILL");`;
    await program(text);
    await (await acquireInstanceLock(dir)).release();
  });
});

describe("startEmbedded", () => {
  it("says in Japanese why a server cannot start", async () => {
    const start = startEmbedded({ dir, settings: { shared_buffers: "nonsense" } });
    await expect(start).rejects.toMatchObject({ code: "databaseStart", message: expect.stringContaining("nonsense") });
  });

  it("makes a durable, checksummed UTF-8 server on the loopback address with a password that only the owner reads", async () => {
    const server = await startEmbedded({ dir });
    expect(server).toMatchObject({ fresh: true, started: true });
    const settings = await query(
      server.url,
      `SELECT name, setting FROM pg_settings
       WHERE name IN ('fsync', 'data_checksums', 'server_encoding', 'listen_addresses', 'full_page_writes') ORDER BY name`,
    );
    expect(settings).toEqual([
      { name: "data_checksums", setting: "on" },
      { name: "fsync", setting: "on" },
      { name: "full_page_writes", setting: "on" },
      { name: "listen_addresses", setting: "127.0.0.1" },
      { name: "server_encoding", setting: "UTF8" },
    ]);
    const wrong = server.url.replace(/:[^:@]+@/, ":wrong@");
    await expect(query(wrong, "SELECT 1")).rejects.toMatchObject({ code: "28P01" });
    expect(await server.release()).toBe(true);
    expect(await stopEmbedded(dir)).toBe(false);
  });

  it("is stopped by the last process that leaves, not by the first", async () => {
    const first = await startEmbedded({ dir });
    const second = await startEmbedded({ dir });
    expect(second).toMatchObject({ fresh: false, started: false, pid: first.pid });
    expect(await first.release()).toBe(false);
    expect(await query(second.url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
    expect(await second.release()).toBe(true);
  });

  it("is started once by three processes at once, and keeps its rows over a kill -9", async () => {
    const text = `import { startEmbedded } from "${source}/embedded.ts";
      const s = await startEmbedded({ dir: ${JSON.stringify(dir)} }); console.log(s.pid, s.started);
      await new Promise((r) => setTimeout(r, 3000)); process.kill(process.pid, "SIGKILL");`;
    const lines = await Promise.all([program(text), program(text), program(text)]);
    expect(lines.filter((line) => line.includes("true"))).toHaveLength(1);
    expect(new Set(lines.map((line) => line.split(" ")[0])).size).toBe(1);
    // all three were killed; the server lives on and is joined
    const server = await startEmbedded({ dir });
    expect(server.started).toBe(false);
    await query(server.url, "CREATE TABLE kept AS SELECT generate_series(1, 200) AS n");
    process.kill(server.pid, "SIGKILL");
    await server.release();
    const again = await startEmbedded({ dir });
    expect(again).toMatchObject({ started: true, fresh: false });
    expect(await query(again.url, "SELECT count(*) AS count FROM kept")).toEqual([{ count: 200 }]);
    await again.release();
  });
});

/** Whether an account without any rights can reach this checkout (not so under /root). */
async function openToAll(): Promise<boolean> {
  const path = await nativeFolder();
  const folders = path.split("/").map((_, index, parts) => parts.slice(0, index + 1).join("/") || "/");
  const modes = await Promise.all(folders.map(async (folder) => (await stat(folder)).mode));
  return modes.every((mode) => (mode & 0o001) !== 0);
}

describe.runIf(process.getuid?.() === 0)("startEmbedded as root where user namespaces are not to be had", () => {
  const path = process.env["PATH"];
  beforeEach(() => {
    process.env["PATH"] = dir; // no `unshare` in here
  });
  afterEach(() => {
    process.env["PATH"] = path;
  });

  it("runs as nobody, and the folder stays usable afterwards; refuses plainly where nobody cannot reach it", async () => {
    if (!(await openToAll())) {
      await expect(startEmbedded({ dir })).rejects.toMatchObject({ message: expect.stringContaining("nobody") });
      return;
    }
    const server = await startEmbedded({ dir });
    expect((await stat(join(dir, "data"))).uid).toBe(65_534);
    expect(await query(server.url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
    expect(await server.release()).toBe(true);
    process.env["PATH"] = path;
    const again = await startEmbedded({ dir });
    expect(again).toMatchObject({ fresh: false, started: true });
    expect(await again.release()).toBe(true);
  });
});

describe("openDatabase", () => {
  it("refuses an address where no server answers", async () => {
    const open = openDatabase({ url: "postgres://x:y@127.0.0.1:1/none", dir });
    await expect(open).rejects.toMatchObject({ code: "databaseUnavailable" });
  });

  it("uses the embedded server of the data folder where no address is given", async () => {
    const database = await openDatabase({ url: "", dir });
    expect(database.embedded).toBe(true);
    expect(database.serverVersion).toBeGreaterThanOrEqual(180_000);
    await database.close();
    await database.close();
    await expect(readFile(join(dir, "postgres/data/postmaster.pid"))).rejects.toMatchObject({ code: "ENOENT" });
  });
});
