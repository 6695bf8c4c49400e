/** Every published answer of the law, put to the engine through its door. The sum stands in each title. */
import { describe, expect, it } from "vitest";
import { addMonths, attainmentDay, bandOf, civilDate, fiscalYearEnd, month } from "../contract.ts";
import { spokenOf } from "./support/answer.ts";
import { engineAnswer } from "./support/engine.ts";
import { ageVectors, caseVectors, vectorsOf, yearEnds } from "./support/vectors.ts";

describe.each(caseVectors)("vectors: %s", (name) => {
  const titled = vectorsOf(name).map((vector) => ({
    vector,
    title: [...(vector.tags ?? []).map((tag) => `[${tag}]`), `${vector.id}: ${vector.why}`].join(" "),
  }));
  it.each(titled)("$title", ({ vector }) => {
    expect(spokenOf(engineAnswer(vector.case), vector.expect)).toEqual(vector.expect);
  });
});

describe("vectors: ages", () => {
  it.each(ageVectors())("born $birth: third birthday and the ends of the school years", (row) => {
    const birth = civilDate(row.birth);
    if (row.attainsThree !== undefined) expect(attainmentDay(birth, 3)).toBe(row.attainsThree);
    if (row.lastUnderThree !== undefined) expect(bandOf(birth, month(row.lastUnderThree))).toBe("U3");
    if (row.firstThree !== undefined) expect(bandOf(birth, month(row.firstThree))).toBe("EL");
    for (const [age, key, band, next] of yearEnds) {
      const end = row[key];
      if (end === undefined) continue;
      expect(fiscalYearEnd(birth, age)).toBe(end);
      // The year's last March still belongs to the younger class, April to the next.
      const march = month(end.slice(0, 7));
      expect(bandOf(birth, march)).toBe(band);
      expect(bandOf(birth, addMonths(march, 1))).toBe(next);
    }
  });

  it.each([
    ["2020-02-29", 1, "2021-02-28"], // no 29 February: the anniversary is 1 March, the day before it the 28th
    ["2020-02-29", 4, "2024-02-28"],
    ["2020-03-01", 4, "2024-02-29"],
    ["2020-12-31", 1, "2021-12-30"],
    ["2020-01-01", 1, "2020-12-31"],
  ] as const)("born %s attains %i on %s, the day before the anniversary", (birth, age, day) => {
    expect(attainmentDay(civilDate(birth), age)).toBe(day);
  });
});
