/** Which files of a run of the tests may be run once more, and what the whole run says afterwards. */

/** What vitest's JSON report says of one file. */
export type FileResult = {
  /** Absolute path. */
  readonly name: string;
  readonly status: string;
  readonly assertionResults: readonly { readonly status: string }[];
};

/** Vitest's JSON report, as far as it is read here. */
export type VitestReport = {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly testResults: readonly FileResult[];
};

/** More than this at once is a defect, not a late page. */
const MOST = 3;

const BROWSER = /\/web\/[^/]+\/test\/browser\/[^/]+$/;

/** The failed files, where all of them are browser tests and few; none otherwise: a run that also failed elsewhere has failed. */
export function worthSecondRun(report: VitestReport): readonly string[] {
  const failed = report.testResults.filter(({ status }) => status === "failed").map(({ name }) => name);
  return failed.length <= MOST && failed.every((name) => BROWSER.test(name)) ? failed : [];
}

/** The first report with the results of the second run in place of those files' first ones, counted anew. */
export function afterSecondRun(first: VitestReport, second: VitestReport): VitestReport {
  const results = first.testResults.map((file) => second.testResults.find(({ name }) => name === file.name) ?? file);
  const count = (status: string): number =>
    results.reduce((sum, file) => sum + file.assertionResults.filter((test) => test.status === status).length, 0);
  const numPassedTests = count("passed");
  const numFailedTests = count("failed");
  return {
    ...first,
    numPassedTests,
    numFailedTests,
    // Whatever neither passed nor failed: skipped, to do, pending.
    numPendingTests:
      results.reduce((sum, file) => sum + file.assertionResults.length, 0) - numPassedTests - numFailedTests,
    testResults: results,
  };
}
