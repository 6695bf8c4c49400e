import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { addLogRows } from "../../platform/test/support/log-rows.ts";
import { useDatabase } from "../../platform/test/support/cluster.ts";
import { endAll, hagukumi } from "./support/program.ts";
import type { Ended } from "./support/program.ts";

describe("hagukumi log", () => {
  const database = useDatabase();
  let folder = "";

  const run = async (...args: readonly string[]): Promise<Ended> =>
    await hagukumi([...args, "--json"], { HAGUKUMI_DATA: folder, DATABASE_URL: database.url });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "cli-log-"));
  });
  afterAll(async () => {
    endAll();
    await rm(folder, { recursive: true, force: true });
  });

  it("seals, checks, keeps the head elsewhere; says what was tampered with and ends with status 1", async () => {
    const kept = join(folder, "kept.json");
    expect((await run("verify", "log", "--head", kept)).stderr).toContain("invalidValue");
    await addLogRows(database.pool, 30);
    expect(JSON.parse((await run("verify", "log")).stdout)).toMatchObject({ blocks: 0, unsealed: 30, found: 0 });
    expect(JSON.parse((await run("log", "seal")).stdout)).toEqual({
      rows: 30,
      blocks: 1,
      journal: { rows: 0, blocks: 0 },
    });
    const head = JSON.parse((await run("log", "head")).stdout) as { blockHash: string };
    expect(JSON.parse((await run("log", "witness", kept)).stdout)).toEqual(head);
    expect(JSON.parse(await readFile(kept, "utf8"))).toEqual(head);
    const whole = await run("verify", "log", "--head", kept);
    expect([whole.status, JSON.parse(whole.stdout)]).toMatchObject([0, { rows: 30, comparedHead: true, found: 0 }]);

    await database.pool.query("DELETE FROM access.log WHERE seq = 7");
    const without = await run("verify", "log");
    expect([without.status, JSON.parse(without.stdout)]).toMatchObject([
      1,
      { found: 1, findings: [{ kind: "deleted", seq: 7, blockNo: 1 }] },
    ]);

    // Another history than the one that was kept: the witness does not move.
    await writeFile(kept, JSON.stringify({ ...head, blockHash: "0".repeat(64) }));
    const forked = await run("log", "witness", kept);
    expect([forked.status, JSON.parse(forked.stderr)]).toMatchObject([1, { code: "historyForked" }]);
    expect((await run("verify", "log", "--head", kept)).status).toBe(1);
  });

  it("reviews a month from a scheduler, and says with status 1 which month nobody has finished", async () => {
    expect(await run("log", "review", "2026-13")).toMatchObject({ status: 2, stdout: "" });
    const nobody = await run("log", "review", "2026-10");
    expect([nobody.status, JSON.parse(nobody.stderr)]).toMatchObject([1, { code: "operatorInvalid" }]);
    await database.pool.query("UPDATE access.log SET processed_at = '2026-10-06 22:30+09'");
    const reviewed = await run("log", "review", "2026-10", "--operator", "kansa.a");
    // All rows of the test are of one member of staff, at half past ten in the evening.
    expect(JSON.parse(reviewed.stdout)).toMatchObject({
      month: "2026-10",
      whole: true,
      total: 1,
      found: { offHours: 1 },
    });
    const late = await run("log", "overdue");
    expect([late.status, JSON.parse(late.stdout)]).toMatchObject([
      1,
      [{ month: "2026-10", findings: 1, open: 1, overdue: true }],
    ]);
  });
});
