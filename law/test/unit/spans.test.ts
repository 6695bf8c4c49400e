/** Spans of facts, day by day: joining, cutting holes, clipping. */
import { describe, expect, it } from "vitest";
import { civilDate } from "../../src/dates/civil.ts";
import { monthOfDay, NEVER, readDay, readMonth, writeDay, writeMonth } from "../../src/dates/packed.ts";
import { clipped, contains, covers, joined, span, spansOf, without, type Span } from "../../src/dates/spans.ts";

const day = (text: string): number => (text === "…" ? NEVER : readDay(text));
const of = (from: string, to: string, cause: Span["cause"] = "careEnded"): Span => span(day(from), day(to), cause);
const told = (spans: readonly Span[]): string[] =>
  spans.map(
    (each) =>
      `${writeDay(each.from)} ${each.to === NEVER ? "…" : writeDay(each.to)} ${writeMonth(each.firstMonth)} ${each.cause}`,
  );

describe("span", () => {
  it("is paid from the month after its first day through the month of its last", () => {
    const found = of("2025-03-31", "2025-06-01");
    expect(["2025-03", "2025-04", "2025-06", "2025-07"].map((month) => covers(found, readMonth(month)))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect(["2025-03-30", "2025-03-31", "2025-06-01", "2025-06-02"].map((at) => contains(found, day(at)))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });
});

describe("spansOf", () => {
  const periods = [{ from: civilDate("2025-05-10"), to: civilDate("2025-07-20") }, { from: civilDate("2025-09-01") }];
  it.each([
    ["2025-05-09", []],
    ["2025-05-10", ["2025-05-10 … 2025-06 detained"]],
    ["2025-07-19", ["2025-05-10 … 2025-06 detained"]],
    ["2025-07-20", ["2025-05-10 2025-07-20 2025-06 detained"]],
    ["2025-08-31", ["2025-05-10 2025-07-20 2025-06 detained"]],
    ["2025-09-01", ["2025-05-10 2025-07-20 2025-06 detained", "2025-09-01 … 2025-10 detained"]],
  ])("known on %s: %j", (knownOn, wanted) => {
    expect(told(spansOf(periods, day(knownOn), "detained"))).toEqual(wanted);
  });

  it("an end that is null is open", () => {
    expect(told(spansOf([{ from: civilDate("2025-05-10"), to: null }], NEVER, "movedOut"))).toEqual([
      "2025-05-10 … 2025-06 movedOut",
    ]);
  });
});

describe("joined", () => {
  it("a day between keeps spans apart; day on day and overlapping they are one, with the cause of the later end", () => {
    expect(told(joined([of("2025-01-10", "2025-01-31"), of("2025-02-02", "2025-03-05")]))).toEqual([
      "2025-01-10 2025-01-31 2025-02 careEnded",
      "2025-02-02 2025-03-05 2025-03 careEnded",
    ]);
    expect(told(joined([of("2025-02-01", "2025-03-05", "movedOut"), of("2025-01-10", "2025-01-31")]))).toEqual([
      "2025-01-10 2025-03-05 2025-02 movedOut",
    ]);
    expect(told(joined([of("2025-01-10", "2025-05-31"), of("2025-02-01", "2025-03-05", "movedOut")]))).toEqual([
      "2025-01-10 2025-05-31 2025-02 careEnded",
    ]);
    // Equal ends: the first keeps its cause.
    expect(told(joined([of("2025-01-10", "2025-05-31"), of("2025-02-01", "2025-05-31", "movedOut")]))).toEqual([
      "2025-01-10 2025-05-31 2025-02 careEnded",
    ]);
    expect(told(joined([of("2025-01-10", "…"), of("2026-02-01", "2026-03-05", "movedOut")]))).toEqual([
      "2025-01-10 … 2025-02 careEnded",
    ]);
  });
});

const whole = [of("2025-01-10", "2025-12-20")];
const hole = (from: string, to: string): Span[] => [of(from, to, "enteredInstitution")];

describe("without", () => {
  it.each([
    ["before", "2024-12-01", "2025-01-09", ["2025-01-10 2025-12-20 2025-02 careEnded"]],
    ["up to the first day", "2024-12-01", "2025-01-10", ["2025-01-10 2025-12-20 2025-02 careEnded"]],
    ["past the first day", "2024-12-01", "2025-01-11", ["2025-01-11 2025-12-20 2025-02 careEnded"]],
    [
      "from the first day",
      "2025-01-10",
      "2025-03-05",
      ["2025-01-10 2025-01-10 2025-02 enteredInstitution", "2025-03-05 2025-12-20 2025-04 careEnded"],
    ],
    [
      "within",
      "2025-06-25",
      "2025-08-31",
      ["2025-01-10 2025-06-25 2025-02 enteredInstitution", "2025-08-31 2025-12-20 2025-09 careEnded"],
    ],
    [
      "to the last day",
      "2025-06-25",
      "2025-12-20",
      ["2025-01-10 2025-06-25 2025-02 enteredInstitution", "2025-12-20 2025-12-20 2026-01 careEnded"],
    ],
    ["past the last day", "2025-06-25", "2025-12-21", ["2025-01-10 2025-06-25 2025-02 enteredInstitution"]],
    ["open", "2025-06-25", "…", ["2025-01-10 2025-06-25 2025-02 enteredInstitution"]],
    ["on the last day", "2025-12-20", "…", ["2025-01-10 2025-12-20 2025-02 careEnded"]],
    ["over all of it", "2024-06-25", "…", []],
  ])("a hole %s: %s … %s", (_, from, to, wanted) => {
    expect(told(without(whole, hole(from, to)))).toEqual(wanted);
  });

  it("a hole that ends where a span of support begins leaves its first month", () => {
    // Support counts in every month it touches, so its first month is that of its first day.
    const support = { ...of("2025-03-20", "…", "supportEnded"), firstMonth: readMonth("2025-03") };
    expect(told(without([support], hole("2025-01-10", "2025-03-20")))).toEqual(["2025-03-20 … 2025-03 supportEnded"]);
    expect(told(without([support], hole("2025-01-10", "2025-03-21")))).toEqual(["2025-03-21 … 2025-04 supportEnded"]);
  });

  it("an open hole leaves nothing of an open span behind it", () => {
    expect(told(without([of("2025-01-10", "…")], hole("2025-06-25", "…")))).toEqual([
      "2025-01-10 2025-06-25 2025-02 enteredInstitution",
    ]);
  });

  it("cuts only the span it touches, one hole after the other", () => {
    const two = [of("2025-01-10", "2025-03-20"), of("2025-05-10", "2025-12-20")];
    expect(told(without(two, [...hole("2025-02-10", "2025-02-20"), ...hole("2025-06-25", "2025-08-31")]))).toEqual([
      "2025-01-10 2025-02-10 2025-02 enteredInstitution",
      "2025-02-20 2025-03-20 2025-03 careEnded",
      "2025-05-10 2025-06-25 2025-06 enteredInstitution",
      "2025-08-31 2025-12-20 2025-09 careEnded",
    ]);
  });
});

describe("clipped", () => {
  it.each([
    ["2026-01-01", "…", []],
    ["2024-01-01", "2025-01-09", []],
    ["2025-12-20", "…", ["2025-12-20 2025-12-20 2026-01 careEnded"]],
    ["2025-03-05", "…", ["2025-03-05 2025-12-20 2025-04 careEnded"]],
    ["2025-01-10", "…", ["2025-01-10 2025-12-20 2025-02 careEnded"]],
    ["2024-01-01", "2025-01-10", ["2025-01-10 2025-01-10 2025-02 childDeath"]],
    ["2024-01-01", "2025-12-19", ["2025-01-10 2025-12-19 2025-02 childDeath"]],
    ["2024-01-01", "2025-12-20", ["2025-01-10 2025-12-20 2025-02 childDeath"]],
    ["2024-01-01", "2025-12-21", ["2025-01-10 2025-12-20 2025-02 careEnded"]],
  ])("%s … %s", (from, to, wanted) => {
    expect(told(clipped(whole, day(from), day(to), "childDeath"))).toEqual(wanted);
  });

  it("an open span clipped at no day keeps its own cause; a first month given stays", () => {
    const open = { ...of("2025-01-10", "…"), firstMonth: monthOfDay(day("2025-01-10")) };
    expect(told(clipped([open], day("2024-01-01"), NEVER, "childDeath"))).toEqual(["2025-01-10 … 2025-01 careEnded"]);
    expect(told(clipped([open], day("2025-01-10"), NEVER, "childDeath"))).toEqual(["2025-01-10 … 2025-01 careEnded"]);
  });
});
