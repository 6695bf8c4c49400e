import { describe, expect, it } from "vitest";

import { makeLedger } from "../src/ledger.ts";
import type { SuiteReport } from "../src/ledger.ts";
import { readExceptions, readRows, tagsOf } from "../src/rows.ts";
import { formatTable } from "../src/table.ts";

const rows = [
  { id: "M1", area: "money-invariants", text: "one" },
  { id: "M2", area: "money-invariants", text: "two" },
  { id: "D1", area: "seed-checklist", text: "three" },
] as const;

const exceptions = new Map([["D1", { id: "D1", status: "notSoftware", reason: "市区町村の設備である" } as const]]);

function report(...tests: readonly (readonly [title: string, status: string])[]): SuiteReport {
  return {
    tested: { suite: "npm test", commit: "c", uncommitted: {} },
    testResults: [
      {
        name: "a/test/x.test.ts",
        assertionResults: tests.map(([title, status]) => ({ title, fullName: `group ${title}`, status })),
      },
    ],
  };
}

const fresh = (): undefined => undefined;
const statuses = (...reports: SuiteReport[]): string[] =>
  makeLedger(rows, exceptions, reports, fresh).map(({ status }) => status);

describe("tagsOf", () => {
  it.each(["M14", "[m14]", "[M14 and more]", "[M014]", "[X1]", "[M]", "array[1]", "[M14", "[]"])(
    "finds none in %j",
    (title) => {
      expect(tagsOf(title)).toEqual([]);
    },
  );

  it.each([
    ["[M14] a second hand-over is refused", ["M14"]],
    ["both [M28]/[G22] and [I-1, THR23]", ["M28", "G22", "I-1", "THR23"]],
  ])("%s", (title, ids) => {
    expect(tagsOf(title)).toEqual(ids);
  });
});

describe("makeLedger", () => {
  it("does not call a row shown that no test names, that was skipped, or whose group alone names it", () => {
    const grouped = report(["plain title", "passed"]);
    const inGroup = {
      ...grouped,
      testResults: grouped.testResults.map((file) => ({
        ...file,
        assertionResults: file.assertionResults.map((one) => ({ ...one, fullName: "[M1] group" })),
      })),
    };
    expect(statuses(inGroup, report(["[M2] later", "pending"], ["[M2] other", "skipped"]))).toEqual([
      "open",
      "open",
      "notSoftware",
    ]);
  });

  it("calls a row failed when one of its tests fails, however many pass", () => {
    expect(statuses(report(["[M1] a", "passed"], ["[M1] b", "failed"], ["[M1] c", "passed"]))[0]).toBe("failed");
  });

  it("does not count a test that passed before something it stands on was changed, and says what", () => {
    const [row] = makeLedger(rows, exceptions, [report(["[M1] a", "passed"])], () => "law/src/x.ts changed");
    expect(row).toEqual({ id: "M1", status: "open", tests: [], reason: "a/test/x.test.ts: law/src/x.ts changed" });
  });

  it("still counts a failure after a change: only a new run can clear it", () => {
    const [row] = makeLedger(rows, exceptions, [report(["[M1] a", "failed"])], () => "changed");
    expect(row?.status).toBe("failed");
  });

  it("shows a row by its passing tests, with file, title and suite", () => {
    const ledger = makeLedger(rows, exceptions, [report(["[M1] a", "passed"], ["[M2, D1] b", "passed"])], fresh);
    const tests = [{ file: "a/test/x.test.ts", title: "group [M2, D1] b", suite: "npm test" }];
    expect(ledger.map(({ status }) => status)).toEqual(["shown", "shown", "shown"]);
    expect(ledger[1]).toEqual({ id: "M2", status: "shown", tests, reason: null });
  });

  it("prints totals by area that add up", () => {
    const ledger = makeLedger(rows, exceptions, [report(["[M1] a", "passed"], ["[M2] b", "failed"])], fresh);
    const lines = formatTable("abc", rows, ledger).split("\n");
    const total = lines.find((line) => line.startsWith("合計"))?.match(/\d+/g);
    // shown 1 (M1) + failed 1 (M2) + open 0 + notSoftware 1 (D1) + notApplicable 0 = 3
    expect(total).toEqual(["1", "1", "0", "1", "0", "3"]);
    expect(lines).toContain("failed M2: a/test/x.test.ts: group [M2] b");
  });
});

describe("the rows", () => {
  it("are all there: 300 D, 223 A, 56 I, 34 M, 60 G, 109 THR = 782", async () => {
    const all = await readRows();
    const counts = Object.groupBy(all, ({ id }) => id.replace(/\d+$/, ""));
    expect(Object.fromEntries(Object.entries(counts).map(([prefix, list]) => [prefix, list?.length]))).toEqual({
      D: 300,
      A: 223,
      "I-": 56,
      M: 34,
      G: 60,
      THR: 109,
    });
    expect(all).toHaveLength(782);
  });

  it("have exceptions that each give a reason", async () => {
    expect((await readExceptions(await readRows())).size).toBeGreaterThan(0);
    await expect(readExceptions([])).rejects.toThrow("bad D");
  });
});
