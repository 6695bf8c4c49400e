/** Rows + reports of the last test runs → what is shown, by which test. Pure: reads nothing itself. */
import { tagsOf } from "./rows.ts";
import type { Exception, Row } from "./rows.ts";
import type { TreeState } from "./tree-state.ts";

export type Status = "shown" | "failed" | "open" | "notSoftware" | "notApplicable";

/** One test that carries a row's id. `suite` is the command that ran it. */
export type TestName = { readonly file: string; readonly title: string; readonly suite: string };

export type LedgerRow = {
  readonly id: string;
  readonly status: Status;
  readonly tests: readonly TestName[];
  readonly reason: string | null;
};

/** The part of vitest's JSON report that is read here, with what was tested added by the project's own runner. */
export type SuiteReport = {
  readonly tested: TreeState & { readonly suite: string };
  readonly testResults: readonly {
    /** Path from the root of the checkout */
    readonly name: string;
    readonly assertionResults: readonly {
      readonly title: string;
      readonly fullName: string;
      readonly status: string;
    }[];
  }[];
};

/** Why results of this file in this report no longer count, or undefined where they do. */
export type StaleReason = (report: SuiteReport, file: string) => string | undefined;

type Evidence = { passed: TestName[]; failed: TestName[]; stale: string[] };

function collect(reports: readonly SuiteReport[], staleReason: StaleReason): Map<string, Evidence> {
  const byId = new Map<string, Evidence>();
  for (const report of reports) {
    for (const { name: file, assertionResults } of report.testResults) {
      for (const { title, fullName, status } of assertionResults) {
        const tags = tagsOf(title);
        if (tags.length === 0 || (status !== "passed" && status !== "failed")) continue; // a skipped test shows nothing
        const stale = status === "passed" ? staleReason(report, file) : undefined;
        for (const id of tags) {
          const evidence = byId.get(id) ?? { passed: [], failed: [], stale: [] };
          byId.set(id, evidence);
          const test = { file, title: fullName, suite: report.tested.suite };
          if (stale === undefined) evidence[status].push(test);
          else evidence.stale.push(`${file}: ${stale}`);
        }
      }
    }
  }
  return byId;
}

function ledgerRow(id: string, exception: Exception | undefined, evidence: Evidence | undefined): LedgerRow {
  const { passed, failed, stale } = evidence ?? { passed: [], failed: [], stale: [] };
  // One failing test outweighs any number of passing ones.
  if (failed.length > 0) return { id, status: "failed", tests: failed, reason: null };
  if (passed.length > 0) return { id, status: "shown", tests: passed, reason: null };
  if (exception !== undefined) return { id, status: exception.status, tests: [], reason: exception.reason };
  return { id, status: "open", tests: [], reason: stale[0] ?? null };
}

/** The state of every row, in the order of `rows`. */
export function makeLedger(
  rows: readonly Row[],
  exceptions: ReadonlyMap<string, Exception>,
  reports: readonly SuiteReport[],
  staleReason: StaleReason,
): LedgerRow[] {
  const evidence = collect(reports, staleReason);
  return rows.map(({ id }) => ledgerRow(id, exceptions.get(id), evidence.get(id)));
}
