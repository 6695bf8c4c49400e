/** The second run of a browser file: who gets one, and what is counted then. */
import { describe, expect, it } from "vitest";

import { afterSecondRun, type VitestReport, worthSecondRun } from "../second-run.ts";

function report(files: Readonly<Record<string, readonly string[]>>): VitestReport {
  const testResults = Object.entries(files).map(([name, tests]) => ({
    name: `/imaginary/${name}`,
    status: tests.includes("failed") || tests.length === 0 ? "failed" : "passed",
    assertionResults: tests.map((status) => ({ status })),
  }));
  const count = (status: string): number =>
    testResults.flatMap((file) => file.assertionResults).filter((test) => test.status === status).length;
  return {
    numPassedTests: count("passed"),
    numFailedTests: count("failed"),
    numPendingTests: count("skipped"),
    testResults,
  };
}

const PAGE = "web/staff/test/browser/office.test.ts";
const RACE = "systems/allowance/test/payments/interleaving.test.ts";

describe("the second run of a file", () => {
  it("is not given to a race, a property or a fault, nor to a browser file beside one of them, nor to many files", () => {
    expect(worthSecondRun(report({ [RACE]: ["failed"] }))).toEqual([]);
    expect(worthSecondRun(report({ [RACE]: ["failed"], [PAGE]: ["failed"] }))).toEqual([]);
    expect(worthSecondRun(report({ "web/staff/test/api/x.test.ts": ["failed"] }))).toEqual([]);
    const many = Object.fromEntries(
      [1, 2, 3, 4].map((n) => [`web/staff/test/browser/${String(n)}.test.ts`, ["failed"]]),
    );
    expect(worthSecondRun(report(many))).toEqual([]);
  });

  it("is given to a browser file that failed, alone or before its first test", () => {
    expect(worthSecondRun(report({ [RACE]: ["passed"], [PAGE]: ["passed", "failed"] }))).toEqual([
      `/imaginary/${PAGE}`,
    ]);
    expect(worthSecondRun(report({ [RACE]: ["passed"], [PAGE]: [] }))).toEqual([`/imaginary/${PAGE}`]);
  });

  it("counts what the second run says of the file, and a second failure stays one", () => {
    const first = report({ [RACE]: ["passed", "skipped"], [PAGE]: ["passed", "failed", "skipped"] });
    // 1 of the race + 3 of the page passed; the race's skipped one stays.
    expect(afterSecondRun(first, report({ [PAGE]: ["passed", "passed", "passed"] }))).toMatchObject({
      numPassedTests: 1 + 3,
      numFailedTests: 0,
      numPendingTests: 1,
    });
    expect(afterSecondRun(first, report({ [PAGE]: ["passed", "failed", "passed"] }))).toMatchObject({
      numPassedTests: 1 + 2,
      numFailedTests: 1,
      numPendingTests: 1,
    });
  });
});
