/** Two calculators that share no line of code must agree on every family, or one of them is wrong. */
import { describe, expect, it } from "vitest";
import { differenceOf, spread } from "./support/compare.ts";
import { familyOf } from "./support/families.ts";

/** Families compared; the mutation test takes a smaller sample. */
const FAMILIES = Number(process.env["HAGUKUMI_FAMILIES"] ?? 200_000);
const TWENTY_YEARS = Math.ceil(FAMILIES / 10);

describe("engine and plain calculator", () => {
  it("the comparison itself sees a difference of one yen, one month, one payment", () => {
    const family = familyOf(8);
    expect(differenceOf(family)).toBeUndefined();
    expect(differenceOf(family, (answer) => spread(answer, { yen: 1 }))).toMatch(/total/);
    expect(differenceOf(family, (answer) => spread(answer, { shift: true }))).toMatch(/start/);
    expect(differenceOf(family, (answer) => spread(answer, { drop: true }))).toMatch(/payment/);
  });

  it(`[M28] agree on ${String(FAMILIES)} random families, month by month, starts, ends and payments`, () => {
    let entitled = 0;
    for (let seed = 1; seed <= FAMILIES; seed += 1) {
      const family = familyOf(seed);
      const difference = differenceOf(family);
      if (difference !== undefined) {
        expect.fail(`seed ${String(seed)}: ${difference}\n${JSON.stringify(family)}`);
      }
      if ((family.claims ?? []).length > 0) entitled += 1;
    }
    // Not a comparison of empty families: more than half have claims.
    expect(entitled).toBeGreaterThan(FAMILIES / 2);
  });

  it(`[G22] agree on ${String(TWENTY_YEARS)} random families over twenty years of months`, () => {
    for (let seed = 1; seed <= TWENTY_YEARS; seed += 1) {
      const family = { ...familyOf(1_000_000 + seed), from: "2012-06", until: "2032-05" };
      const difference = differenceOf(family);
      if (difference !== undefined) {
        expect.fail(`seed ${String(1_000_000 + seed)}: ${difference}\n${JSON.stringify(family)}`);
      }
    }
  });
});
