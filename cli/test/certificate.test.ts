/** `hagukumi certificate`: as the person at the console uses it. */
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, it } from "vitest";

import { hagukumi } from "./support/program.ts";

it("makes the authority once, issues into a folder, lists what it issued, and says what is wrong", async () => {
  const dir = await mkdtemp(join(tmpdir(), "hagukumi-certificate-"));
  const run = async (...args: readonly string[]) => await hagukumi(["certificate", ...args], { HAGUKUMI_DATA: dir });
  expect((await run("issue", join(dir, "vault"), "localhost")).stderr).toContain("hagukumi certificate init");
  expect(await run("init")).toMatchObject({ status: 0, stdout: expect.stringContaining("内部認証局を") as string });
  expect((await run("issue", join(dir, "vault"), "vault.example", "--use", "server")).stdout).toContain(
    "vault.example",
  );
  expect((await readdir(join(dir, "vault"))).toSorted()).toEqual(["ca.pem", "certificate.pem", "crl.pem", "key.pem"]);
  expect((await run("list")).stdout).toMatch(/server {2}vault\.example/);
  await rm(dir, { recursive: true, force: true });
});
