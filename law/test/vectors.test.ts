/** Every published answer of the law, put to the engine through its door. The sum stands in each title. */
import { describe, expect, it } from "vitest";
import { attainmentDay, bandOf, civilDate, fiscalYearEnd, month } from "../contract.ts";
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
    for (const [age, key] of yearEnds) {
      const end = row[key];
      if (end !== undefined) expect(fiscalYearEnd(birth, age)).toBe(end);
    }
  });
});
