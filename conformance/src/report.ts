/**
 * `npm run conformance`: which requirement rows the last test runs show. `--json` for machines.
 *
 * Reads `reports/*.json`. A report without the state of the tree that it tested counts for nothing.
 */
import { readdir, readFile } from "node:fs/promises";
import { isAbsolute, join, relative, resolve } from "node:path";

import { createFindChanged } from "./freshness.ts";
import { makeLedger } from "./ledger.ts";
import type { StaleReason, SuiteReport } from "./ledger.ts";
import { readExceptions, readRows } from "./rows.ts";
import { formatTable } from "./table.ts";
import { changedSince, readTreeState } from "./tree-state.ts";

/** The reports of the folder, with paths from the root. Other JSON files (figures of a benchmark) are passed over. */
async function readReports(root: string): Promise<SuiteReport[]> {
  const folder = join(root, "reports");
  const names = (await readdir(folder).catch(() => [] as string[])).filter((name) => name.endsWith(".json"));
  const reports: SuiteReport[] = [];
  for (const name of names.toSorted((a, b) => (a < b ? -1 : 1))) {
    const report = JSON.parse(await readFile(join(folder, name), "utf8")) as Partial<SuiteReport>;
    if (report.testResults === undefined) continue;
    if (report.tested === undefined) {
      process.stderr.write(`reports/${name} does not say what it tested: passed over\n`);
      continue;
    }
    const testResults = report.testResults.map((file) => ({
      ...file,
      name: isAbsolute(file.name) ? relative(root, file.name) : file.name,
    }));
    reports.push({ tested: report.tested, testResults });
  }
  return reports;
}

/** For each report, what has changed since it was made. */
async function makeStaleReason(root: string, reports: readonly SuiteReport[]): Promise<StaleReason> {
  const findChanged = createFindChanged(root);
  const changes = new Map<SuiteReport, ReadonlySet<string> | undefined>();
  for (const report of reports) changes.set(report, await changedSince(root, report.tested));
  return (report, file) => {
    const changed = changes.get(report);
    if (changed === undefined)
      return `the commit that was tested (${report.tested.commit || "none"}) is not known here`;
    const found = findChanged(file, changed);
    return found === undefined ? undefined : `${found} changed since the last run of ${report.tested.suite}`;
  };
}

const ROOT = resolve(import.meta.dirname, "../..");
const rows = await readRows();
const reports = await readReports(ROOT);
const ledger = makeLedger(rows, await readExceptions(rows), reports, await makeStaleReason(ROOT, reports));
const { commit } = await readTreeState(ROOT);
const asJson = process.argv.includes("--json");
process.stdout.write(`${asJson ? JSON.stringify({ commit, rows: ledger }) : formatTable(commit, rows, ledger)}\n`);
