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

    // Its log was sealed by every one of these steps; what is changed in it is named by both checks.
    const sealed = await run("keys.one", "vault", "log");
    expect([sealed.status, JSON.parse(sealed.stdout)]).toMatchObject([0, { check: { found: 0 } }]);
    const kept = join(folder, "vault-kept.json");
    expect(JSON.parse((await run("keys.one", "vault", "witness", kept)).stdout)).toMatchObject({
      blockNo: expect.any(Number) as number,
    });
    const own = new URL(database.url);
    own.pathname += "_vault";
    const client = await connectClient(own.href, "test");
    await client.query("SET session_replication_role = replica; UPDATE vault.log SET actor = 'keys.two' WHERE seq = 1");
    await client.end();
    const changed = { findings: [{ kind: "changed", seq: 1, blockNo: 1 }] };
    const tampered = await run("keys.one", "vault", "log", "--head", kept);
    expect([tampered.status, JSON.parse(tampered.stdout)]).toMatchObject([1, { check: changed }]);
    const verified = await run("keys.one", "verify", "log");
    expect([verified.status, JSON.parse(verified.stdout)]).toMatchObject([1, { found: 0, vault: changed }]);
  });
});
