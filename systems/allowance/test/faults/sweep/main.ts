/**
 * `npm run sweep:batches [-- scene … --every N --deaths program|both]`: the whole crash sweep, which takes long. Prints every point, and
 * at the end how many points were reached and how many deaths the batches survived. Status 1 where one did not.
 */
import { parseArgs } from "node:util";

import { type Death, runSweep } from "./engine.ts";
import { sceneOf, scenes } from "./scenes.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { every: { type: "string", default: "1" }, deaths: { type: "string", default: "program,both" } },
});
const chosen = positionals.length === 0 ? scenes : positionals.map((name) => sceneOf(name));
const deaths = values.deaths.split(",").filter((death): death is Death => death === "program" || death === "both");
const started = Date.now();
const result = await runSweep({
  scenes: chosen,
  deaths,
  every: Math.max(1, Number(values.every)),
  onPoint: (line) => process.stderr.write(`${line}\n`),
});
const sum = (of: Readonly<Record<string, number>>): number =>
  Object.values(of).reduce((total, each) => total + each, 0);
for (const [name, points] of Object.entries(result.points)) {
  process.stdout.write(`${name}: ${points} points, ${result.deaths[name] ?? 0} deaths\n`);
}
process.stdout.write(
  `${sum(result.points)} numbered points, ${sum(result.deaths)} deaths, ${result.failures.length} failures, ${Math.round((Date.now() - started) / 1000)} s\n`,
);
for (const failure of result.failures) process.stdout.write(`${failure}\n`);
process.exitCode = result.failures.length === 0 ? 0 : 1;
