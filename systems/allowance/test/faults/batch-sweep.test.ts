/**
 * A sample of the sweep over every numbered point of every batch (`npm run sweep:batches` does all of them, which takes long): the program
 * alone and the program with the database server die in a batch of 債権, and it ends as if nothing had been.
 */
import { expect, it } from "vitest";

import { runSweep } from "./sweep/engine.ts";
import { recovery } from "./sweep/scenes/recovery.ts";

it("[M22] a batch that dies with or without its database server ends as one that never died", async () => {
  const { points, deaths, failures } = await runSweep({ scenes: [recovery], deaths: ["program", "both"], every: 20 });
  expect(failures).toEqual([]);
  // Two of the points, two deaths each
  expect(points["recovery"]).toBeGreaterThan(20);
  expect(deaths).toEqual({ recovery: 4 });
}, 180_000);
