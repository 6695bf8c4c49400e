/**
 * Where tests write: one folder per run, in memory where the machine has room for it. Measured on two busy cores: a copy
 * of the migrated template takes 0.1 s there and 1 to 5 s in a folder on a disk (other work running), and a whole run makes some hundreds of them.
 */
import { spawnSync } from "node:child_process";
import { chmod, mkdtemp, readdir, readFile, rm, stat, statfs, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { stopEmbedded } from "../../src/database/embedded.ts";
import { acquireInstanceLock } from "../../src/database/instance-lock.ts";

const MEMORY = "/dev/shm";
const TMPFS = 0x01_02_19_94;
/**
 * Bytes. Measured: the server of the tests takes 0.1 GiB with one file at a time, a data folder 0.1 GiB, and the file with most of them
 * makes about ten. The rest is for more of them at once and for whatever else the machine does.
 */
const ROOM = 6 * 2 ** 30;
const PREFIX = "hagukumi-run-";

export type Scratch = {
  readonly dir: string;
  /** Stops every database server that a test left in the folder, and removes it */
  readonly remove: () => Promise<void>;
};

async function availableMemory(): Promise<number> {
  const found = /^MemAvailable:\s+(\d+) kB/m.exec(await readFile("/proc/meminfo", "utf8").catch(() => ""));
  return Number(found?.[1] ?? 0) * 1024;
}

/** Programs that tests write there must run: containers mount it `noexec` as a rule. */
async function mayRunPrograms(dir: string): Promise<boolean> {
  const program = join(dir, "probe");
  await writeFile(program, "#!/bin/sh\nexit 0\n", { mode: 0o700 });
  const { status } = spawnSync(program);
  await rm(program);
  return status === 0;
}

/** A new folder below `base` as open to every account as `/tmp` (a test becomes `nobody`). */
async function makeFolder(base: string): Promise<string> {
  const dir = await mkdtemp(join(base, PREFIX));
  await chmod(dir, 0o1777);
  return dir;
}

async function makeInMemory(): Promise<string | undefined> {
  const found = await statfs(MEMORY).catch(() => undefined);
  if (found?.type !== TMPFS || found.bavail * found.bsize < ROOM || (await availableMemory()) < ROOM) return undefined;
  const dir = await makeFolder(MEMORY).catch(() => undefined);
  if (dir === undefined || (await mayRunPrograms(dir))) return dir;
  await rm(dir, { recursive: true, force: true });
  return undefined;
}

async function clear(dir: string): Promise<void> {
  const names = await readdir(dir, { recursive: true }).catch(() => []);
  for (const name of names.filter((each) => each.endsWith("/data/postmaster.pid"))) {
    await stopEmbedded(dirname(dirname(join(dir, name)))).catch(() => false);
  }
  await rm(dir, { recursive: true, force: true });
}

/** Removes what runs left that were killed before they could do it. A run that lives holds the lock of its folder. */
async function sweep(base: string): Promise<void> {
  const names = await readdir(base).catch(() => []);
  for (const dir of names.filter((name) => name.startsWith(PREFIX)).map((name) => join(base, name))) {
    const age = Date.now() - (await stat(dir).catch(() => ({ mtimeMs: Date.now() }))).mtimeMs;
    if (age < 60_000) continue; // a run that is just starting may not have taken its lock yet
    const lock = await acquireInstanceLock(dir).catch(() => undefined); // held, or another account's folder
    if (lock === undefined) continue;
    await clear(dir).catch(() => {}); // a folder that cannot be removed is no reason not to test
    await lock.release();
  }
}

/** The folder of this run; `HAGUKUMI_TEST_SCRATCH` names another place for it. */
export async function makeScratch(): Promise<Scratch> {
  const named = process.env["HAGUKUMI_TEST_SCRATCH"];
  for (const base of new Set([MEMORY, tmpdir(), named ?? MEMORY])) await sweep(base);
  const dir = named === undefined ? ((await makeInMemory()) ?? (await makeFolder(tmpdir()))) : await makeFolder(named);
  const lock = await acquireInstanceLock(dir);
  return {
    dir,
    remove: async () => {
      await clear(dir);
      await lock.release();
    },
  };
}
