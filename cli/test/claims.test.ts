import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { reformStarts } from "@hagukumi/allowance/contract.ts";
import { writeCity } from "@hagukumi/outside-city/contract.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { freshDatabase, type TestDatabase } from "../../platform/test/support/cluster.ts";
import { approveLaw } from "../../systems/allowance/test/support/parameters.ts";

const HAGUKUMI = fileURLToPath(new URL("../bin/hagukumi", import.meta.url));
let database: TestDatabase;
let dir: string;

beforeAll(async () => {
  database = await freshDatabase();
  await approveLaw(database.pool);
  dir = await mkdtemp(join(tmpdir(), "hagukumi-claims-"));
  await writeCity({ population: 1000, seed: "7", asOf: "2026-11-20", directory: join(dir, "city") });
});
afterAll(async () => {
  await database.drop();
  await rm(dir, { recursive: true, force: true });
});

type Ran = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** Runs the real process. */
async function hagukumi(operator: string, ...words: readonly string[]): Promise<Ran> {
  const env = { PATH: process.env["PATH"], DATABASE_URL: database.url, HAGUKUMI_DATA: join(dir, "data") };
  const flags = ["--operator", operator, "--today", "2026-11-23"];
  try {
    return { code: 0, ...(await promisify(execFile)(HAGUKUMI, [...words, ...flags], { env })) };
  } catch (error) {
    const { code, stdout, stderr } = error as Ran;
    return { code, stdout, stderr };
  }
}

describe("a city on the command line", () => {
  it("is refused without a manifest, with the reason in Japanese and status 1", async () => {
    const { code, stdout, stderr } = await hagukumi("staff.ito", "import", dir);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain("manifest.json がありません");
  });

  it("goes from the delivery to decisions by two people", async () => {
    const bank = await hagukumi("staff.ito", "bank", "import", "--json");
    expect(JSON.parse(bank.stdout)).toMatchObject({ loaded: true });
    const imported = JSON.parse((await hagukumi("staff.ito", "import", join(dir, "city"), "--json")).stdout) as {
      files: { refused: number }[];
    };
    expect(imported.files.map(({ refused }) => refused)).toEqual([0, 0, 0, 0, 0, 0]);
    const examined = JSON.parse((await hagukumi("staff.ito", "claim", "examine", "--all", "--json")).stdout) as {
      cases: number;
      impossible: number;
    };
    expect(examined.cases).toBeGreaterThan(50);
    expect(examined.impossible).toBe(0);
    // The examiner finds nothing to approve …
    const own = JSON.parse((await hagukumi("staff.ito", "claim", "approve", "--all", "--json")).stdout) as object;
    expect(own).toMatchObject({ cases: 0, leftOut: { samePerson: examined.cases } });
    // … another person does.
    const approved = JSON.parse((await hagukumi("staff.sato", "claim", "approve", "--all", "--json")).stdout) as {
      cases: number;
      leftOut: { attached: number };
    };
    expect(approved.cases + approved.leftOut.attached).toBe(examined.cases);
    const held = await hagukumi("staff.ito", "hold", "place", "1", "--from", "2026-12", "--cause", "書類の確認");
    expect(held.stdout).toContain("認定番号 1 を差止にしました");
    expect((await hagukumi("staff.ito", "hold", "list")).stdout).toContain("2026-12月分から");
    expect((await hagukumi("staff.ito", "claim", "list", "--state", "approvedGrant", "--limit", "1")).stdout).toContain(
      "認定番号",
    );
    // Starts in the window of the reform of 2024: the command says what the register says.
    const starts = JSON.parse((await hagukumi("staff.ito", "claim", "reform-starts", "--json")).stdout) as unknown;
    expect(starts).toEqual(await reformStarts(database.pool));
  }, 120_000);

  it("asks for claims or --all before it examines or approves anything", async () => {
    const { code, stderr } = await hagukumi("staff.sato", "claim", "approve");
    expect(code).toBe(1);
    expect(stderr).toContain("--all");
  });
});
