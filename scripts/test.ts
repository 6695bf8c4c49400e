/**
 * `npm test`: format, lint, types, then all tests. The last line is `N passed, N failed`; a check counts as one.
 * The tests' results go to `reports/unit.json` together with the commit they belong to (read by the conformance report).
 */
import { spawn } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";

import { readTreeState } from "../conformance/src/tree-state.ts";

const ROOT = resolve(import.meta.dirname, "..");
const REPORT = join(ROOT, "reports/unit.json");

type Totals = { passed: number; failed: number; skipped: number };
type VitestReport = {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[];
};

/** Runs a program of the project in the checkout; its exit status, 1 where it was killed or could not start. */
async function run(command: string, args: readonly string[]): Promise<number> {
  return await new Promise((done) => {
    const child = spawn(join(ROOT, "node_modules/.bin", command), args, {
      cwd: ROOT,
      stdio: "inherit",
      env: { ...process.env, PATH: `${join(ROOT, "node_modules/.bin")}:${process.env["PATH"] ?? ""}` },
    });
    child.once("error", () => done(1));
    child.once("close", (code) => done(code ?? 1));
  });
}

async function checks(totals: Totals): Promise<void> {
  const all = [
    ["書式 format", "oxfmt", ["--check", "."]],
    ["静的検査 lint", "oxlint", ["--type-aware", "--deny-warnings"]],
    ["型 types", "tsc", ["--noEmit", "-p", "tsconfig.json"]],
    ["画面の型 types of the application", "tsc", ["--noEmit", "-p", "web/staff/app/tsconfig.json"]],
  ] as const;
  for (const [title, command, args] of all) {
    const passed = (await run(command, args)) === 0;
    totals[passed ? "passed" : "failed"] += 1;
    console.log(`${passed ? "✓" : "✗"} ${title}`);
  }
}

/** What vitest counted, plus one failure for each file that could not even be read, and for a broken end of the run. */
async function addResults(totals: Totals, status: number): Promise<void> {
  let report: VitestReport;
  try {
    report = JSON.parse(await readFile(REPORT, "utf8")) as VitestReport;
  } catch {
    totals.failed += 1;
    return;
  }
  const unreadable = report.testResults.filter(
    (file) => file.status === "failed" && file.assertionResults.length === 0,
  ).length;
  totals.passed += report.numPassedTests;
  totals.skipped += report.numPendingTests;
  const failed = report.numFailedTests + unreadable;
  // Tests that all passed and still a bad status: something was left open, or an error came after its test.
  totals.failed += failed === 0 && status !== 0 ? 1 : failed;
  const tested = { suite: "npm test", ...(await readTreeState(ROOT)) };
  await writeFile(REPORT, JSON.stringify({ tested, ...report }));
}

const totals: Totals = { passed: 0, failed: 0, skipped: 0 };
await mkdir(join(ROOT, "reports"), { recursive: true });
await rm(REPORT, { force: true });
await checks(totals);
await addResults(
  totals,
  await run("vitest", ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${REPORT}`]),
);
if (totals.skipped > 0) console.log(`${totals.skipped} skipped（この機械では動かせなかった試験）`);
console.log(`${totals.passed} passed, ${totals.failed} failed`);
process.exitCode = totals.failed === 0 ? 0 : 1;
