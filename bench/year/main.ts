/**
 * Simulation of whole years: `npm run sim:year -- [--population n] [--orders n]`, default 100,000 residents and a sample of 1,500.
 *
 * 1. The twelve months from September 2024, over the reform of October 2024, and the fiscal year 2026 (April to March), with every job in
 *    its season. The payment of October 2024 pays four months of the old law, with its income test.
 *    After every step the money invariants (M1–M34) are asked; at the end of every month what is decided and what stands in the ledger is
 *    compared with the second calculator on facts read a second time from the files. The first fault stops the year.
 * 2. On the sample, for each of the years: for every day on which the calendar leaves the order of jobs open, every order, each on a copy
 *    of the database; the end states must be the same. `--population 0` does this alone.
 *
 * City, late reports, closed accounts and payments by instalment follow from the seed alone (`--seed word`, `random` for another one). A
 * year that stops says the one command that plays the same year again. `--data folder` keeps the databases and goes on where a stopped
 * year stood; without it they are kept only where a year failed.
 */
import { planYear } from "hagukumi/contract.ts";
import { month } from "@hagukumi/law/contract.ts";
import { japaneseCalendar } from "@hagukumi/platform/calendar/holidays.ts";
import { cpus, loadavg } from "node:os";
import { resolve } from "node:path";
import { parseArgs } from "node:util";

import { permuteOrders } from "./orders.ts";
import { seedOf } from "./replay.ts";
import { simulateYear } from "./simulate.ts";

const ROOT = resolve(import.meta.dirname, "../..");
/** The first month of each: four payments of the old law, then the reform; and 令和8年度. */
const STARTS = ["2024-09", "2026-04"] as const;

const { values } = parseArgs({
  options: {
    population: { type: "string", default: "100000" },
    orders: { type: "string", default: "1500" },
    starts: { type: "string", default: STARTS.join(",") },
    seed: { type: "string", default: "hagukumi" },
    data: { type: "string" },
  },
});

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());

const [processor] = cpus();
const seed = seedOf(values.seed);
const population = Number(values.population);
const { data } = values;
say(`${cpus().length} × ${processor?.model ?? "?"}, Node ${process.version}, load ${(loadavg()[0] ?? 0).toFixed(2)}`);
const starts = values.starts.split(",").flatMap((word) => (word === "" ? [] : [month(word)]));
if (population > 0) {
  for (const start of starts) {
    await simulateYear({ root: ROOT, start, population, seed, data, say, signal: stop.signal });
  }
}
const sample = Number(values.orders);
if (sample > 0) {
  for (const start of starts) {
    const all = planYear(start, japaneseCalendar);
    const { groups, orders } = await permuteOrders({ root: ROOT, start, all, population: sample, seed, say });
    say(
      `Open orders of the year from ${start} on ${sample.toLocaleString("en")} residents: ${groups} days, ${orders} orders, the same end state in each`,
    );
  }
}
