/** The file of a run is a pure function of its stored lines: computed again a thousand times, elsewhere, it is the same. */
import { spawn } from "node:child_process";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { freshDatabase } from "../../../../platform/test/support/cluster.ts";
import { readFrozenFile } from "../../src/payments/freeze-run.ts";
import { seedCases } from "../support/cases.ts";
import type { Family } from "../support/cases.ts";
import { advance, create } from "../support/runs.ts";

const SCRIPT = join(import.meta.dirname, "../support/regenerate.ts");
const ZONES = ["Asia/Tokyo", "UTC", "Pacific/Kiritimati", "America/St_Johns"] as const;
const TIMES = 250;

/** Different heaps: the young generation from 1 to 32 MB, so that collections fall elsewhere. */
const heapOf = (index: number): string => `--max-semi-space-size=${[1, 4, 16, 32][index] ?? 8}`;

async function regenerate(url: string, timeZone: string, index: number): Promise<Readonly<Record<string, number>>> {
  return await new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [heapOf(index), SCRIPT, url, "1", String(TIMES)], {
      env: { ...process.env, TZ: timeZone, LANG: index % 2 === 0 ? "C" : "ja_JP.UTF-8" },
    });
    let output = "";
    let errors = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString("utf8")));
    child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString("utf8")));
    child.on("close", (status) => {
      if (status === 0) resolve(JSON.parse(output) as Readonly<Record<string, number>>);
      else reject(new Error(errors));
    });
  });
}

describe("the transfer file", () => {
  it("[G24] regenerated 1,000 times from the stored lines, on four heaps in four time zones, has one SHA-256", async () => {
    const database = await freshDatabase();
    try {
      const families: readonly Family[] = Array.from({ length: 60 }, (_, index) => ({
        recipient: 900_000_000_100_000 + index,
        children: [{ id: 900_000_000_200_000 + index, birthDate: `20${10 + (index % 14)}-0${1 + (index % 9)}-15` }],
      }));
      await seedCases(database.pool, families);
      await create(database.pool);
      await advance(database.pool, 1, "frozen");
      const frozen = await readFrozenFile(database.pool, 1);
      expect(frozen.count).toBe(60);
      for (const [index, zone] of ZONES.entries()) {
        expect(await regenerate(database.url, zone, index), zone).toEqual({ [frozen.sha256]: TIMES });
      }
    } finally {
      await database.drop();
    }
  });
});
