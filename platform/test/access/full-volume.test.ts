/** A volume that runs full under the access log (THR40): a real one, which only root can mount. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { open, rm, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { afterAll, expect, it } from "vitest";

import { staffRead } from "../../src/access/staff.ts";
import { startEmbedded, stopEmbedded } from "../../src/database/embedded.ts";
import { migrate, migrationFolders } from "../../src/database/migrate.ts";
import { createPool } from "../../src/database/pool.ts";
import { callOf, signIn } from "../support/staff.ts";

const ROOT = resolve(import.meta.dirname, "../../..");
const volume = mkdtempSync(join(tmpdir(), "hagukumi-volume-"));
const canMount =
  process.getuid?.() === 0 && spawnSync("mount", ["-t", "tmpfs", "-o", "size=300m", "tmpfs", volume]).status === 0;

afterAll(async () => {
  if (canMount) {
    await stopEmbedded(join(volume, "postgres")).catch(() => false);
    spawnSync("umount", ["--lazy", volume]);
  }
  rmSync(volume, { recursive: true, force: true });
});

/** Writes until nothing goes on the volume any more. */
async function fill(path: string): Promise<void> {
  const file = await open(path, "w");
  try {
    for (const size of [1 << 20, 4096]) {
      const block = Buffer.alloc(size, 1);
      for (;;) await file.write(block);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
  } finally {
    await file.close();
  }
}

it.skipIf(!canMount)(
  "[THR40] with the volume of the log at 100 % nothing is handed out, no row of what was handed out is lost, and with room again it goes on",
  async () => {
    const server = await startEmbedded({ dir: join(volume, "postgres"), settings: { shared_buffers: "32MB" } });
    const pool = createPool(server.url, { max: 4 });
    try {
      const folders = (await migrationFolders(ROOT)).filter(({ room }) => room === "platform");
      await migrate(server.url, folders);
      const session = await signIn(pool, { staffId: "clerk.a", roles: ["clerk"] });
      const read = async (): Promise<unknown> =>
        await staffRead(pool, callOf(session), {}, async () => ({
          response: "shown",
          log: [{ action: "list", rows: 1, purpose: "workList" }],
        }));
      const logged = async (): Promise<number> =>
        (await pool.query<{ n: number }>("SELECT count(*)::int AS n FROM access.log WHERE action = 'list'")).rows[0]
          ?.n ?? -1;
      let handedOut = 0;
      const tries = async (times: number): Promise<number> => {
        let refused = 0;
        for (let at = 0; at < times; at += 1) {
          await read().then(
            () => (handedOut += 1),
            (error: unknown) => {
              expect(error).toMatchObject({ code: "53100" });
              refused += 1;
            },
          );
        }
        return refused;
      };
      expect(await tries(20)).toBe(0);
      const ballast = join(volume, "ballast");
      await fill(ballast);
      expect((await statfs(volume)).bavail).toBe(0);
      // What is left of the pages that the log had already takes a few rows more; then every access is refused.
      let refused = 0;
      for (let round = 0; round < 100 && refused < 10; round += 1) refused = await tries(10);
      expect(await tries(50)).toBe(50);
      expect(await logged()).toBe(handedOut);
      await rm(ballast);
      expect(await tries(20)).toBe(0);
      expect(await logged()).toBe(handedOut);
    } finally {
      await pool.end();
      await server.release();
    }
  },
  120_000,
);
