/** 存在の秘匿 (THR52, G38): whoever may not see a person under 支援措置 cannot tell that person from nobody, neither by words nor by time. */
import { afterAll, beforeAll, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { makeActor } from "../support/actors.ts";
import type { Actor } from "../support/actors.ts";
import { probeHidden } from "../support/hidden-probes.ts";
import { serveDesk } from "../support/served-desk.ts";
import type { ServedDesk } from "../support/served-desk.ts";

/** Probes of one measurement, half of them about a hidden person; `npm run sweep:taint` sets 10,000. */
const PROBES = Number(process.env["HAGUKUMI_HIDDEN_PROBES"] ?? "200");
const database = useDatabase();
let desk: ServedDesk;
let clerk: Actor;

beforeAll(async () => {
  desk = await serveDesk(database.pool);
  clerk = await makeActor(database.pool, "k.mado", "clerk");
});
afterAll(async () => await desk.end());

it(
  `a hidden person and nobody are answered in the same words and in the same time: ${String(PROBES)} probes, Kolmogorov–Smirnov p > 0.01`,
  { timeout: 14_400_000 },
  async () => {
    const { answers, p } = await probeHidden(desk, clerk, PROBES);
    if (process.env["HAGUKUMI_HIDDEN_PROBES"] !== undefined) process.stdout.write(`p = ${p.join(", ")}\n`);
    expect(answers.length, answers.join("\n")).toBe(1);
    expect(answers[0]).toMatch(/^404 notFound/);
    expect(p.at(-1)).toBeGreaterThan(0.01);
  },
);
