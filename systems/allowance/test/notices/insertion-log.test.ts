/** 封入の記録: what the inserting machine read against what the run printed. No database: the comparison is pure. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { insertionFaults } from "../../src/notices/runs/insertion-log.ts";

const run = { runNo: 12, number: "F7", edition: "2026-11", fiscalYear: 2026 };
const letters = [
  { envelope: 100_000_001, pages: 2 },
  { envelope: 100_000_002, pages: 1 },
  { envelope: 100_000_003, pages: 2 },
];
const mark = (
  envelope: number,
  page: number,
  pages: number,
  more: { year?: number; run?: number; form?: string } = {},
) =>
  `HG1:${more.form ?? "F7"}:202611:${String(more.year ?? 2026)}:${String(more.run ?? 12)}:${String(envelope)}:${String(page)}:${String(pages)}`;
const right = letters.map(({ envelope, pages }) =>
  Array.from({ length: pages }, (_, index) => mark(envelope, index + 1, pages)),
);
const kinds = (log: readonly (readonly string[])[]) => insertionFaults(run, letters, log).map(({ kind }) => kind);

describe("the log of the inserting machine", () => {
  it("[I-30] 秋田市 2020: paper out of a box of last year is named by its year and place, before anything is mailed", () => {
    const old = [mark(100_000_002, 1, 1, { year: 2025, run: 3 })];
    const faults = insertionFaults(run, letters, [right[0] ?? [], old, right[2] ?? []]);
    expect(faults).toEqual([
      { place: 2, kind: "otherYear", text: "2通目: 2025年度の用紙です（この印刷処理は 2026年度）。" },
      { place: null, kind: "missing", text: "封筒 100000002 が、どの封筒にも入っていません。" },
    ]);
    // The same year, but paper of another form or run.
    expect(kinds([right[0] ?? [], [mark(100_000_002, 1, 1, { form: "F8" })], right[2] ?? []])).toContain("otherForm");
    expect(kinds([...right, [mark(100_000_009, 1, 1, { run: 11 })]])).toEqual(["otherRun"]);
  });

  it("[I-31] 大崎市 2023, 延岡市 2024, 岡山市 2023: papers of two people that changed envelopes are named, both of them", () => {
    const [one = [], , three = []] = right;
    const swapped = [[one[0] ?? "", three[1] ?? ""], right[1] ?? [], [three[0] ?? "", one[1] ?? ""]];
    expect(kinds(swapped)).toEqual(["mixed", "mixed", "missing", "missing"]);
    expect(kinds([...right, right[1] ?? []])).toEqual(["twice"]);
    expect(kinds([right[0] ?? [], right[1] ?? []])).toEqual(["missing"]);
    expect(kinds([[...one].toReversed(), right[1] ?? [], three])).toEqual(["incomplete"]);
    expect(kinds([one, ["???"], three])).toEqual(["unreadable", "missing"]);
  });

  it("of a pile in any order is without fault, and with any two pages exchanged never is", () => {
    expect(insertionFaults(run, letters, right)).toEqual([]);
    const pages = right.flatMap((marks, envelope) => marks.map((_, page) => ({ envelope, page })));
    fc.assert(
      fc.property(
        fc.shuffledSubarray(right, { minLength: right.length }),
        fc.constantFrom(...pages),
        fc.constantFrom(...pages),
        (order, a, b) => {
          expect(insertionFaults(run, letters, order)).toEqual([]);
          fc.pre(a.envelope !== b.envelope);
          // Two letters of one page each that change places are the same pile in another order.
          fc.pre((letters[a.envelope]?.pages ?? 0) > 1 || (letters[b.envelope]?.pages ?? 0) > 1);
          const log = right.map((marks) => [...marks]);
          const [x, y] = [log[a.envelope]?.[a.page] ?? "", log[b.envelope]?.[b.page] ?? ""];
          log[a.envelope]?.splice(a.page, 1, y);
          log[b.envelope]?.splice(b.page, 1, x);
          expect(insertionFaults(run, letters, log)).not.toEqual([]);
        },
      ),
    );
  });
});
