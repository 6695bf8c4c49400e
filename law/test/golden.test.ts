/** 黄金集: how many families were worked out by hand, and that every public incident with an amount is among them. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

import {
  ageVectors,
  benefitVectors,
  caseVectors,
  examples,
  handMade,
  incidentList,
  shareVectors,
  vectorsOf,
} from "./support/vectors.ts";

const text = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const all = caseVectors.flatMap((name) => vectorsOf(name));
/** What a family is asked, without its name. */
const asked = (family: (typeof all)[number]): string => JSON.stringify({ ...family.case, case: "" });

describe("黄金集", () => {
  it("holds more than 500 families worked out by hand, each of them other facts, beside ages, shares and benefits", () => {
    expect(all.length).toBeGreaterThan(500);
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    const made = handMade.flatMap((name) => vectorsOf(name));
    const published = examples.flatMap((name) => vectorsOf(name));
    expect(made.length + published.length).toBe(all.length);
    // Some facts are asked twice, for a published example and for what else they show: without those there are more than 500 still.
    expect(new Set(all.map(asked)).size).toBeGreaterThan(500);
    expect([ageVectors().length, shareVectors().length, benefitVectors().length].every((many) => many > 0)).toBe(true);
  });

  it("every family says its arithmetic or its rule, and asserts yen, months or days", () => {
    for (const { id, why, expect: wanted } of all) {
      expect(why.length, id).toBeGreaterThan(10);
      expect(Object.keys(wanted).length, id).toBeGreaterThan(0);
    }
  });

  it("every public incident is a family here, or says why it has no amount and which test shows its behaviour", () => {
    const rows = JSON.parse(text("conformance/rows/incidents.json")) as readonly { readonly id: string }[];
    const list = incidentList();
    expect(list.map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
    const tagged = new Map(all.map(({ id, tags }) => [id, tags ?? []]));
    for (const entry of list) {
      if ("vectors" in entry) {
        expect(entry.vectors.length, entry.id).toBeGreaterThan(0);
        for (const id of entry.vectors) expect(tagged.get(id), id).toContain(entry.id);
      } else {
        expect(entry.reason.length, entry.id).toBeGreaterThan(10);
        expect(text(entry.test), entry.id).toContain(`[${entry.id}]`);
      }
    }
  });
});
