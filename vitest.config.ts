import { writeFileSync } from "node:fs";
import { resolve } from "node:path";

import { defineConfig } from "vitest/config";
import { BaseSequencer, type Reporter, type TestModule, type TestSpecification } from "vitest/node";

/** Files that take longest, longest first: begun last, each would be waited for alone. One that is gone or missing here only costs time. */
const LONGEST = [
  "cli/test/start.test.ts",
  "systems/allowance/test/filings/random.test.ts",
  "cli/test/year.test.ts",
  "systems/allowance/test/payments/interleaving.test.ts",
  "systems/allowance/test/payments/properties.test.ts",
  "web/staff/test/browser/clerk-day-keyboard.test.ts",
  "web/staff/test/browser/all-pages.test.ts",
  "cli/test/malformed.test.ts",
  "web/staff/test/browser/masking.test.ts",
  "web/staff/test/browser/review-pages.test.ts",
  "systems/allowance/test/mass-work/crash.test.ts",
  "web/staff/test/browser/guard.test.ts",
  "web/staff/test/browser/clerk-day-privacy.test.ts",
  "web/staff/test/browser/sign-on.test.ts",
  "web/staff/test/browser/desk.test.ts",
  "web/staff/test/browser/office.test.ts",
  "web/staff/test/browser/clerk-day.test.ts",
  "systems/allowance/test/ledger/accrue.test.ts",
  "web/staff/test/browser/payment-run.test.ts",
  "systems/allowance/test/procedures/any-content.test.ts",
].map((path) => resolve(import.meta.dirname, path));

function place({ moduleId }: TestSpecification): number {
  const at = LONGEST.indexOf(moduleId);
  return at < 0 ? LONGEST.length : at;
}

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // The others as vitest has them: by what they took the last time, else by size.
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b));
  }
}

/** Where `npm test` wants the results; a run by hand writes none. */
const REPORT = process.env["HAGUKUMI_TEST_REPORT"];

/** How many errors belonged to no test: the JSON report does not say. */
class UnhandledErrors implements Reporter {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  onTestRunEnd(_modules: readonly TestModule[], errors: readonly unknown[]): void {
    writeFileSync(this.#path, String(errors.length));
  }
}

export default defineConfig({
  test: {
    reporters:
      REPORT === undefined
        ? ["default"]
        : ["default", ["json", { outputFile: REPORT }], new UnhandledErrors(`${REPORT}.unhandled`)],
    include: ["**/test/**/*.test.ts"],
    exclude: ["**/node_modules/**", "data/**", ".stryker-tmp/**"],
    globalSetup: ["platform/test/support/cluster.ts"],
    setupFiles: ["vitest.setup.ts"],
    // Generous: a slow or busy machine is no defect. What must be fast is measured in bench/.
    testTimeout: 300_000,
    hookTimeout: 120_000,
    // One more than the two cores of the machine that judges: a file waits often, for a browser, a process or a clock.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
  },
});
