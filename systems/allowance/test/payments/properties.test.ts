/**
 * Random sequences of everything that people can do to payments, against a model that knows just one thing: which months
 * of which recipient are free, in a run, or sent back. What the product does, what it refuses, what the bank's files say
 * byte by byte, and what the nightly check finds must all agree with the model.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { Step } from "../support/payment-model.ts";
import { playSequence } from "../support/payment-sequences.ts";

const step: fc.Arbitrary<Step> = fc.record({
  // "next" is what a careful office would do now; it is frequent so that sequences come far.
  kind: fc.oneof(
    { weight: 9, arbitrary: fc.constant("next" as const) },
    { weight: 2, arbitrary: fc.constant("create" as const) },
    { weight: 2, arbitrary: fc.constant("confirmReturn" as const) },
    { weight: 3, arbitrary: fc.constantFrom("hold" as const, "hold" as const, "release" as const) },
    { weight: 1, arbitrary: fc.constant("endRight" as const) },
    {
      weight: 4,
      arbitrary: fc.constantFrom(
        "inspect" as const,
        "approve" as const,
        "freeze" as const,
        "handOver" as const,
        "resolve" as const,
        "results" as const,
        "close" as const,
        "cancel" as const,
      ),
    },
  ),
  one: fc.nat({ max: 11 }),
  two: fc.nat({ max: 11 }),
});

const SEQUENCES = 30;

async function check(seed: number): Promise<{ readonly sent: number; readonly refused: number }> {
  let sent = 0;
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 14, maxLength: 24 }), async (steps) => {
      const bankDir = mkdtempSync(join(tmpdir(), "hagukumi-bank-"));
      try {
        const played = await playSequence(steps, bankDir);
        sent += played.filesSent;
        refused += played.refused;
        expect(played.problems).toEqual([]);
      } finally {
        rmSync(bankDir, { recursive: true, force: true });
      }
    }),
    { numRuns: SEQUENCES, seed, endOnFailure: true },
  );
  return { sent, refused };
}

describe("any sequence of what people can do to payments", () => {
  it("[M1] [M5] pays each child-month at most once net of what came back, never above the law's amount, and keeps every invariant", async () => {
    // Two at a time: as many as the smallest machine has cores.
    const played = await Promise.all([check(1), check(2)]);
    // The sequences were no idle ones.
    expect(played[0].sent + played[1].sent).toBeGreaterThan(SEQUENCES / 2);
    expect(played[0].refused + played[1].refused).toBeGreaterThan(SEQUENCES);
  }, 240_000);
});
