/**
 * `npm test`: format, lint, types, then all tests. The last line is `N passed, N failed`; a check counts as one.
 *
 * A file of the browser tests that fails is run once more, alone, and named as unsteady where it passes then: these files
 * work a real browser beside two others on two cores, and a page that was late is no defect of the product. Nothing else
 * gets a second run: a race, a property or a fault that shows itself once in a hundred runs is what those tests are for.
 *
 * The tests' results go to `reports/unit.json` together with the commit they belong to (read by the conformance report).
 */
import { spawn } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";

import { afterSecondRun, type VitestReport, worthSecondRun } from "./second-run.ts";
import { stampReport } from "./stamp-report.ts";

const ROOT = resolve(import.meta.dirname, "..");
const REPORT = join(ROOT, "reports/unit.json");
const SECOND = join(ROOT, "reports/second-run.json");

type Totals = { passed: number; failed: number; skipped: number };

/** Runs a program of the project in the checkout; its exit status, 1 where it was killed or could not start. */
async function run(
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<number> {
  return await new Promise((done) => {
    const child = spawn(join(ROOT, "node_modules/.bin", command), args, {
      cwd: ROOT,
      stdio: "inherit",
      env: { ...process.env, ...environment, PATH: `${join(ROOT, "node_modules/.bin")}:${process.env["PATH"] ?? ""}` },
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

/** The tests; its exit status. The report is at `REPORT`. */
async function tests(): Promise<number> {
  const status = await run("vitest", ["run"], { HAGUKUMI_TEST_REPORT: REPORT });
  if (status === 0) return status;
  try {
    const first = JSON.parse(await readFile(REPORT, "utf8")) as VitestReport;
    const unhandled = Number(await readFile(`${REPORT}.unhandled`, "utf8"));
    const again = unhandled === 0 ? worthSecondRun(first) : [];
    if (again.length === 0) return status;
    console.log(`もう一度だけ動かします（ほかの試験を止めて）: ${again.join(" ")}`);
    const second = await run("vitest", ["run", ...again], { HAGUKUMI_TEST_REPORT: SECOND });
    const merged = afterSecondRun(first, JSON.parse(await readFile(SECOND, "utf8")) as VitestReport);
    await writeFile(REPORT, JSON.stringify(merged));
    if (second === 0) console.log(`不安定 unsteady: ${again.join(" ")}`);
    return second;
  } catch (error) {
    console.error("二度目の試験の結果を読めませんでした。", error);
    return status;
  }
}

/** What vitest counted, plus one failure for each file that could not even be read, and for a broken end of the run. */
async function addResults(totals: Totals, status: number): Promise<void> {
  let report: VitestReport;
  try {
    report = (await stampReport(ROOT, REPORT, "npm test")) as VitestReport;
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
}

const totals: Totals = { passed: 0, failed: 0, skipped: 0 };
await mkdir(join(ROOT, "reports"), { recursive: true });
for (const path of [REPORT, SECOND]) {
  await rm(path, { force: true });
  await rm(`${path}.unhandled`, { force: true });
}
await checks(totals);
await addResults(totals, await tests());
if (totals.skipped > 0) console.log(`${totals.skipped} skipped（この機械では動かせなかった試験）`);
console.log(`${totals.passed} passed, ${totals.failed} failed`);
process.exitCode = totals.failed === 0 ? 0 : 1;
