import { mkdirSync, mkdtempSync, readdirSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

import { afterEach, expect, inject, it, vi } from "vitest";

import { startEmbedded } from "../../src/database/embedded.ts";
import { connectClient } from "../../src/database/pool.ts";
import { makeScratch } from "../support/scratch.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

it("every test writes into the folder of the run", () => {
  expect(tmpdir()).toBe(inject("scratchDir"));
});

it("a living run's folder stays and a young one too; a dead run's goes, with the servers that still run in it", async () => {
  const base = mkdtempSync(join(tmpdir(), "bases-"));
  vi.stubEnv("HAGUKUMI_TEST_SCRATCH", base);
  const living = await makeScratch();
  const [young, dead] = [join(base, "hagukumi-run-young"), join(base, "hagukumi-run-dead")];
  mkdirSync(young);
  const server = await startEmbedded({ dir: join(dead, "some/data/postgres") });
  const anHourAgo = new Date(Date.now() - 3_600_000);
  for (const dir of [living.dir, dead]) utimesSync(dir, anHourAgo, anHourAgo);
  const next = await makeScratch();
  expect(readdirSync(base).toSorted()).toEqual([living.dir, young, next.dir].map((dir) => basename(dir)).toSorted());
  await expect(connectClient(server.url, "gone")).rejects.toThrow();
  await living.remove();
  await next.remove();
  expect(readdirSync(base)).toEqual(["hagukumi-run-young"]);
  await server.release();
});
