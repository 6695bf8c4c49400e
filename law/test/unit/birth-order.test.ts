/** 出生順: who is the first, the second, the third child, also where two were born on one day. */
import { describe, expect, it } from "vitest";
import { assessed, child, full, type Json } from "./support.ts";

/** Places by id, of children as they are listed. */
const places = (children: Json[]): Record<string, number | null> =>
  Object.fromEntries(
    assessed({ ...full("2025-05", "2025-05", children, []), mode: "amountOnly" }).months[0]?.children.map((each) => [
      each.id,
      each.position,
    ]) ?? [],
  );

const born = (id: string, serial?: number, birthDate = "2020-01-05"): Json =>
  child(id, birthDate, serial === undefined ? {} : { serial });

/** The same places in both orders of listing. */
function placesOf(one: Json, other: Json): Record<string, number | null> {
  const found = places([one, other]);
  expect(places([other, one])).toEqual(found);
  return found;
}

describe("children of one day", () => {
  it("take their places by 児童連番, whatever their ids", () => {
    expect(placesOf(born("B", 1), born("A", 2))).toEqual({ B: 1, A: 2 });
    expect(placesOf(born("A", 1), born("B", 2))).toEqual({ A: 1, B: 2 });
  });

  it("with one serial for both, by id", () => {
    expect(placesOf(born("B", 1), born("A", 1))).toEqual({ A: 1, B: 2 });
  });

  it("without a serial it is the place in the list", () => {
    expect(places([born("B"), born("A", 1)])).toEqual({ A: 1, B: 2 });
    expect(places([born("B"), born("A", 2)])).toEqual({ B: 1, A: 2 });
    expect(places([born("B", 1), born("A")])).toEqual({ B: 1, A: 2 });
  });
});

it("the elder comes first, whatever the serials", () => {
  expect(placesOf(born("A", 1, "2020-01-06"), born("B", 2, "2020-01-05"))).toEqual({ B: 1, A: 2 });
});
