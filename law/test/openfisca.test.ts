/** Families and amounts of an independent project's tests (facts only; see vectors/README.md). */
import { describe, expect, it } from "vitest";
import { engineAnswer } from "./support/engine.ts";
import { openfiscaCase, openfiscaVectors } from "./support/vectors.ts";

describe("families of OpenFisca-Japan", () => {
  it("all 69 are here", () => {
    expect(openfiscaVectors()).toHaveLength(69);
  });

  it.each(openfiscaVectors())("$id: $lawMonthlyTotal yen as of $asOf. $notes", (vector) => {
    const total = engineAnswer(openfiscaCase(vector)).months[vector.asOf.slice(0, 7)]?.total;
    expect(total).toBe(vector.lawMonthlyTotal);
    // Where that project and the law part ways, the note says why; today they agree on all 69.
    if (vector.expectedMonthlyTotal === vector.lawMonthlyTotal) expect(total).toBe(vector.expectedMonthlyTotal);
  });
});
