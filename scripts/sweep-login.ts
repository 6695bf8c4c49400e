/**
 * `npm run sweep:login`: what guards the log-in, at the numbers that the catalogue of threats and goals asks for: 500 rounds of
 * 200 log-ins at 200 terminals, 5,000 timed tries, 5,000 random sequences against the model. Single: `-- race`, `-- timing`,
 * `-- model`. The whole takes about an hour on two idle cores.
 */
import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "..");
const PARTS: Readonly<Record<string, { readonly file: string; readonly setting: readonly [string, string] }>> = {
  race: { file: "race", setting: ["HAGUKUMI_RACE_ROUNDS", "500"] },
  timing: { file: "timing", setting: ["HAGUKUMI_TIMING_TRIES", "5000"] },
  model: { file: "session-model", setting: ["HAGUKUMI_SESSION_SEQUENCES", "5000"] },
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((part) => PARTS[part] === undefined);
if (unknown.length > 0) {
  process.stderr.write(
    `知らない部分です: ${unknown.join(" ")}（${Object.keys(PARTS).join("、")} から選んでください）\n`,
  );
  process.exit(2);
}
let failed = 0;
for (const [name, { file, setting }] of Object.entries(PARTS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const [variable, full] = setting;
  const number = process.env[variable] ?? full;
  const begun = performance.now();
  const { status } = spawnSync(
    process.execPath,
    [
      join(ROOT, "node_modules/vitest/vitest.mjs"),
      "run",
      "--testTimeout=14400000",
      `platform/test/identity/${file}.test.ts`,
    ],
    { cwd: ROOT, stdio: "inherit", env: { ...process.env, [variable]: number } },
  );
  process.stdout.write(
    `${name}: ${variable}=${number}, ${((performance.now() - begun) / 1000).toFixed(0)} s, ${status === 0 ? "passed" : "FAILED"}\n`,
  );
  if (status !== 0) failed += 1;
}
process.exitCode = failed === 0 ? 0 : 1;
