import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectClient } from "@hagukumi/platform/database/pool.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../platform/test/support/cluster.ts";
import { endAll, hagukumi } from "./support/program.ts";
import type { Ended } from "./support/program.ts";

describe("hagukumi vault", () => {
  const database = useDatabase();
  let folder = "";

  const run = async (operator: string, ...args: readonly string[]): Promise<Ended> =>
    await hagukumi([...args, "--json"], {
      HAGUKUMI_DATA: folder,
      DATABASE_URL: database.url,
      HAGUKUMI_OPERATOR: operator,
    });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "cli-vault-"));
  });
  afterAll(async () => {
    endAll();
    await rm(folder, { recursive: true, force: true });
    // The vault's own database, beside the one of the test
    const name = new URL(database.url).pathname.slice(1);
    const client = await connectClient(database.url, "test");
    await client.query(`DROP DATABASE IF EXISTS "${name}_vault" WITH (FORCE)`);
    await client.end();
  });

  it("makes the vault, splits its key, refuses two shares, reads everything back from three, and lets nobody approve alone", async () => {
    expect((await run("", "vault", "init")).stderr).toContain("operatorInvalid");
    expect((await run("keys.one", "vault", "init")).status).toBe(0);
    const shares = join(folder, "shares");
    expect(JSON.parse((await run("keys.one", "vault", "escrow", shares)).stdout)).toMatchObject({ threshold: 3 });
    const files = (await readdir(shares)).map((name) => join(shares, name));
    expect(files).toHaveLength(5);
    const few = await run("keys.two", "vault", "rebuild", ...files.slice(0, 2));
    expect([few.status, few.stderr]).toEqual([1, expect.stringContaining("sharesInvalid")]);
    const rebuilt = await run("keys.two", "vault", "rebuild", ...files.slice(2));
    expect(JSON.parse(rebuilt.stdout)).toEqual({ readable: 0, damaged: 0, kept: false });
    const period = ["--from", "2026-11-01", "--to", "2027-03-31", "--reason", "試験"];
    const asked = await run("keys.one", "vault", "right", "request", "clerk.one", "inspect", ...period);
    expect(JSON.parse(asked.stdout)).toEqual({ rightId: 1 });
    const alone = await run("keys.one", "vault", "right", "approve", "1");
    expect([alone.status, alone.stderr]).toEqual([1, expect.stringContaining("samePerson")]);
  });
});
