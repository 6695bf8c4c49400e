import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { afterAll, beforeAll, expect, it } from "vitest";

import { freshDatabase, type TestDatabase } from "../../platform/test/support/cluster.ts";

const HAGUKUMI = fileURLToPath(new URL("../bin/hagukumi", import.meta.url));
let database: TestDatabase;
let dir: string;

beforeAll(async () => {
  database = await freshDatabase();
  dir = await mkdtemp(join(tmpdir(), "hagukumi-parameters-"));
});
afterAll(async () => {
  await database.drop();
  await rm(dir, { recursive: true, force: true });
});

type Ran = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** Runs the real process. */
async function parameters(operator: string, ...words: readonly string[]): Promise<Ran> {
  const env = { PATH: process.env["PATH"], DATABASE_URL: database.url, HAGUKUMI_DATA: join(dir, "data") };
  const flags = ["--operator", operator, "--today", "2026-11-23"];
  try {
    return { code: 0, ...(await promisify(execFile)(HAGUKUMI, ["parameters", ...words, ...flags], { env })) };
  } catch (error) {
    const { code, stdout, stderr } = error as Ran;
    return { code, stdout, stderr };
  }
}

it("the values of the law come into force by two people on the command line, and only as they were seen", async () => {
  const before = await parameters("staff.ito", "list");
  expect(before).toMatchObject({ code: 0, stderr: "" });
  expect(before.stdout).toMatch(/決定も支払もできません。\n登録はまだありません。/);
  expect(await parameters("staff.ito", "register", "--source", " ")).toMatchObject({ code: 1 });
  expect(await parameters("staff.ito", "register")).toMatchObject({ code: 2 });

  const registered = await parameters("staff.ito", "register", "--source", "架空の根拠", "--json");
  const { setId, contentDigest, failed } = JSON.parse(registered.stdout) as Record<string, unknown>;
  expect([setId, failed]).toEqual([1, 0]);
  const digest = String(contentDigest);
  // Not by the same person, not as something else, not another one.
  const own = await parameters("staff.ito", "approve", "1", "--digest", digest);
  expect([own.code, own.stderr]).toEqual([1, expect.stringContaining("別の")]);
  expect(await parameters("staff.sato", "approve", "1", "--digest", "0".repeat(64))).toMatchObject({ code: 1 });
  expect(await parameters("staff.sato", "approve", "2", "--digest", digest)).toMatchObject({ code: 1 });
  expect(await parameters("staff.sato", "approve", "1", "--digest", "x")).toMatchObject({ code: 2 });
  const waiting = JSON.parse((await parameters("staff.sato", "list", "--json")).stdout) as { inForce: boolean };
  expect(waiting).toMatchObject({ inForce: false, registrations: [{ setId: 1, open: true, enteredBy: "staff.ito" }] });

  const approved = await parameters("staff.sato", "approve", "1", "--digest", digest);
  expect(approved).toMatchObject({ code: 0, stdout: "登録 1 を承認しました。この値で決定と支払ができます。\n" });
  const after = await parameters("staff.sato", "list");
  expect(after.stdout).toContain("プログラムの値は、承認された値と同じです。");
  expect(after.stdout).toContain("登録 1: 承認済み（staff.sato、2026-11-23）");
}, 120_000);
