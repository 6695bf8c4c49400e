import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { encodeTransferFile } from "../../src/bank/encode.ts";
import { longFile, sha256, TEST, valueOf } from "./support/fixtures.ts";

const run = promisify(execFile);
const SCRIPT = fileURLToPath(new URL("support/regenerate.ts", import.meta.url));

/** Time zones with summer time, half hours and the date line, and heaps from cramped to wide. */
const PLACES = [
  ["Asia/Tokyo", "--max-old-space-size=64"],
  ["UTC", "--max-semi-space-size=1"],
  ["America/New_York", "--max-old-space-size=512"],
  ["Asia/Kolkata", "--max-semi-space-size=16"],
  ["Pacific/Kiritimati", "--max-old-space-size=128"],
  ["Pacific/Pago_Pago", "--max-semi-space-size=2"],
  ["Europe/London", "--max-old-space-size=256"],
  ["Australia/Lord_Howe", "--max-semi-space-size=8"],
] as const;

describe("the same payments give the same bytes", () => {
  it("[G24] a file written 1,000 times on different heaps and in different time zones has one SHA-256", async () => {
    const digests = new Set([sha256(valueOf(encodeTransferFile(longFile(200), TEST)).bytes)]);
    const zones = new Set<number>();
    let rounds = 0;
    for (const [zone, heap] of PLACES) {
      const { stdout } = await run(process.execPath, [heap, SCRIPT, "125"], { env: { ...process.env, TZ: zone } });
      const answer = JSON.parse(stdout) as { rounds: number; zone: number; digests: string[] };
      rounds += answer.rounds;
      zones.add(answer.zone);
      for (const digest of answer.digests) digests.add(digest);
    }
    // 8 places × 125 = 1,000
    expect(rounds).toBe(1000);
    expect(zones.size).toBe(8);
    expect(digests.size).toBe(1);
  });
});
