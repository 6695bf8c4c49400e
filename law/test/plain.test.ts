/** The plain calculator must itself know every published answer before it may judge the engine. */
import { describe, expect, it } from "vitest";
import { ageIn, schoolYearEnd } from "../plain/ages.ts";
import { monthNumber, monthText } from "../plain/days.ts";
import { plainAnswer, spokenOf, withoutDetails } from "./support/answer.ts";
import { ageVectors, caseVectors, openfiscaCase, openfiscaVectors, vectorsOf, yearEnds } from "./support/vectors.ts";

describe.each(caseVectors)("plain calculator: %s", (name) => {
  it.each(vectorsOf(name))("$id: $why", (vector) => {
    const wanted = withoutDetails(vector.expect);
    expect(spokenOf(plainAnswer(vector.case), wanted)).toEqual(wanted);
  });
});

describe("plain calculator: ages", () => {
  it.each(ageVectors())("born $birth", (row) => {
    if (row.lastUnderThree !== undefined) expect(ageIn(row.birth, monthNumber(row.lastUnderThree))).toBe("U3");
    if (row.firstThree !== undefined) expect(ageIn(row.birth, monthNumber(row.firstThree))).not.toBe("U3");
    for (const [age, key] of yearEnds) {
      const end = row[key];
      if (end !== undefined) expect(`${monthText(schoolYearEnd(row.birth, age))}-31`).toBe(end);
    }
  });
});

describe("plain calculator: families of OpenFisca-Japan", () => {
  it.each(openfiscaVectors())("$id", (vector) => {
    const answer = plainAnswer(openfiscaCase(vector));
    expect(answer.months[vector.asOf.slice(0, 7)]?.total).toBe(vector.lawMonthlyTotal);
  });
});
