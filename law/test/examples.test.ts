/** The published examples as the product runs them, and the clock of study abroad beside the law that uses it. */
import { describe, expect, it } from "vitest";
import {
  assess,
  civilDate,
  monthOf,
  addMonths,
  parameterEntries,
  parameters,
  parseCase,
  runPublishedExamples,
  studyAbroadClock,
} from "../contract.ts";
import { examples, vectorsOf } from "./support/vectors.ts";
import { calendar } from "./support/engine.ts";

describe("published examples", () => {
  it("every example is answered, each with what was published", () => {
    const answers = runPublishedExamples(calendar());
    const known = examples.flatMap((name) => vectorsOf(name));
    expect(answers.map(({ id }) => id).toSorted()).toEqual(known.map(({ id }) => id).toSorted());
    expect(answers.filter(({ ok }) => !ok)).toEqual([]);
    expect(answers.length).toBeGreaterThan(150);
  });

  it("every dated value has one name, its months and its source", () => {
    const entries = parameterEntries();
    expect(new Set(entries.map(({ set, id }) => `${set}/${id}`)).size).toBe(entries.length);
    // one for the version of the rules, one for each row of each set
    expect(entries).toHaveLength(1 + parameters.reduce((sum, { rows }) => sum + rows.length, 0));
    for (const { months, source, title } of entries) {
      expect(months[0] <= months[1]).toBe(true);
      expect(`${source}${title}`).not.toBe("");
    }
  });
});

/** The last month that the Act pays for a child of 2010 who left on the day and stays abroad for study. */
function lastPaid(leftOn: string, livedSince: string): string | undefined {
  const parsed = parseCase({
    case: "study",
    from: "2023-01",
    until: "2028-03",
    recipient: { kind: "individual", incomeClass: "normal" },
    children: [
      {
        id: "A",
        birthDate: "2010-06-01",
        abroad: [{ from: leftOn, to: null, study: true, livedInJapanSince: livedSince }],
      },
    ],
    claims: [
      { kind: "certification", receivedOn: "2011-10-05", children: ["A"], cause: { kind: "other", on: "2011-10-01" } },
    ],
  });
  if (!parsed.ok) throw new Error(parsed.problem.message);
  const result = assess(parsed.value, { calendar: calendar(), explain: false });
  if (!result.ok) throw new Error(result.problem.message);
  return result.value.months.filter(({ total }) => total > 0).at(-1)?.month;
}

describe("study abroad: the clock that the counter shows is the law's own", () => {
  it.each([
    // The day the address ended is the first of the three years: up on the eve of its third anniversary, that month is paid.
    ["2023-09-10", "2026-09-09", "2026-09"],
    ["2023-09-02", "2026-09-01", "2026-09"],
    ["2023-09-01", "2026-08-31", "2026-08"],
    ["2024-02-29", "2027-02-28", "2027-02"],
    ["2024-03-01", "2027-02-28", "2027-02"],
  ])("left %s: up on %s, last month %s", (leftOn, limitOn, lastMonth) => {
    const clock = studyAbroadClock(civilDate(leftOn), civilDate("2010-06-01"), "child");
    expect(clock).toEqual({ longEnough: true, limitOn, lastMonth });
    expect(lastPaid(leftOn, "2010-06-01")).toBe(lastMonth);
  });

  it("a counted person has four years; three years in Japan to the day are not more than three", () => {
    const left = civilDate("2023-09-01");
    expect(studyAbroadClock(left, civilDate("2010-06-01"), "counted").limitOn).toBe("2027-08-31");
    expect(studyAbroadClock(left, civilDate("2020-09-01"), "child").longEnough).toBe(false);
    expect(studyAbroadClock(left, civilDate("2020-08-31"), "child").longEnough).toBe(true);
    // Not long enough: the child counts to the month of leaving only. Left on the 1st, that is the month before the stay abroad.
    expect(lastPaid("2023-09-10", "2020-09-10")).toBe("2023-09");
    expect(lastPaid("2023-09-10", "2020-09-09")).toBe("2026-09");
    expect(addMonths(monthOf(left), -1)).toBe("2023-08");
  });
});
