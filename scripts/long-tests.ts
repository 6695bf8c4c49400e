/**
 * Tests at full numbers: each part is one test file whose numbers the environment sets, run alone and for as long as it takes. What passed is
 * counted by the conformance report (`reports/sweep-*.json`): a title that names a requirement does so at the full number only.
 */
import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";

import { stampReport } from "./stamp-report.ts";

const ROOT = resolve(import.meta.dirname, "..");

export type LongTest = {
  /** Path of the test file below the root */
  readonly file: string;
  /** Variable that sets its number, unless the environment has it already, and the full number */
  readonly setting: readonly [string, string];
};

/** Runs the parts named on the command line, or all, and sets the exit status: 0 passed, 1 failed, 2 an unknown part. */
export async function runLongTests(sweep: string, parts: Readonly<Record<string, LongTest>>): Promise<void> {
  const wanted = process.argv.slice(2);
  const unknown = wanted.filter((part) => parts[part] === undefined);
  if (unknown.length > 0) {
    process.stderr.write(
      `知らない部分です: ${unknown.join(" ")}（${Object.keys(parts).join("、")} から選んでください）\n`,
    );
    process.exit(2);
  }
  let failed = 0;
  for (const [name, { file, setting }] of Object.entries(parts)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const [variable, full] = setting;
    const number = process.env[variable] ?? full;
    const begun = performance.now();
    const vitest = join(ROOT, "node_modules/vitest/vitest.mjs");
    const report = join(ROOT, `reports/sweep-${sweep}-${name}.json`);
    const { status } = spawnSync(
      process.execPath,
      [
        vitest,
        "run",
        "--testTimeout=28800000",
        "--hookTimeout=3600000",
        "--reporter=default",
        "--reporter=json",
        `--outputFile.json=${report}`,
        file,
      ],
      { cwd: ROOT, stdio: "inherit", env: { ...process.env, [variable]: number } },
    );
    await stampReport(ROOT, report, `sweep:${sweep} ${name}`).catch((error: unknown) => {
      process.stderr.write(`結果の記録がありません（${String(error)}）\n`);
    });
    process.stdout.write(
      `${name}: ${variable}=${number}, ${((performance.now() - begun) / 1000).toFixed(0)} s, ${status === 0 ? "passed" : "FAILED"}\n`,
    );
    if (status !== 0) failed += 1;
  }
  process.exitCode = failed === 0 ? 0 : 1;
}
