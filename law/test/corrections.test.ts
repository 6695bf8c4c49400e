/** 所得の更正 of several income years at once: what a claim opens, whatever order the figures stand in. */
import { array, assert, integer, property } from "fast-check";
import { describe, expect, it } from "vitest";
import type { Case, Claim, Income } from "../plain/case.ts";
import { monthNumber, plusDays } from "../plain/days.ts";
import { plainAnswer } from "./support/answer.ts";
import { differenceOf } from "./support/compare.ts";
import { assessed } from "./support/engine.ts";
import { familyOf } from "./support/families.ts";
import { randomOf } from "./support/random.ts";

const RUNS = { numRuns: Number(process.env["HAGUKUMI_RUNS"] ?? 2000) };
const NOTIFIED = "2023-12-11";
/** 20,000,000 − 180,000 is far above the upper limit of 8,580,000, 3,000,000 − 180,000 far below 6,220,000. */
const OVER = 20_000_000;
const NORMAL = 3_000_000;

const corrected = (year: number, employment: number, knownOn = NOTIFIED): Income => ({ year, employment, knownOn });

function line(incomes: readonly Income[], claims: readonly Claim[]): Case {
  return {
    case: "corrected",
    from: "2022-04",
    until: "2024-05",
    recipient: { kind: "individual", incomes },
    children: [{ id: "A", birthDate: "2015-05-05" }],
    claims,
  };
}

const paper = (receivedOn: string, on = NOTIFIED): Claim => ({
  kind: "certification",
  receivedOn,
  children: ["A"],
  cause: { kind: "taxCorrection", on },
});
const since2018: Claim = { kind: "certification", receivedOn: "2018-05-07", children: ["A"], cause: { kind: "other" } };

/** `kind month` of the decisions, which must be the same for both orders of the incomes and for both calculators. */
function told(incomes: readonly Income[], claims: readonly Claim[]): string[] {
  const orders = [incomes, incomes.toReversed()].map((each) => {
    const asked = line(each, claims);
    const { decisions, months } = assessed(asked);
    const plain = plainAnswer(asked);
    for (const { month, total } of months) expect(total, month).toBe(plain.months[month]?.total);
    return decisions.map(({ kind, effective }) => `${kind} ${effective}`);
  });
  expect(orders[0]).toEqual(orders[1]);
  return orders[0] ?? [];
}

describe("two income years corrected on one day", () => {
  const over = [2020, 2021, 2022].map((year): Income => ({ year, employment: OVER }));
  const both = [...over, corrected(2021, NORMAL), corrected(2022, NORMAL)];

  it("a claim after the fifteen days opens neither", () => {
    // 11 December + 15 = 26 December (Tuesday).
    expect(told(both, [paper("2023-12-27")])).toEqual(["certify 2024-01"]);
  });

  it("a claim in time opens the benefit year of the earlier: 2021 decides from 2022-06", () => {
    expect(told(both, [paper("2023-12-26")])).toEqual(["certify 2022-06"]);
  });

  it("the later where the earlier stays over the limit", () => {
    const incomes = [...over, corrected(2021, OVER - 1), corrected(2022, NORMAL)];
    expect(told(incomes, [paper("2023-12-26")])).toEqual(["certify 2023-06"]);
  });

  it("the earlier alone where the later stays over it", () => {
    const incomes = [...over, corrected(2021, NORMAL), corrected(2022, OVER - 1)];
    expect(told(incomes, [paper("2023-12-26")])).toEqual(["certify 2022-06", "extinguish 2023-06"]);
  });

  it("the later where the recipient was paid for the earlier all along", () => {
    const known: Income[] = [2016, 2017, 2018, 2019, 2020, 2021].map((year) => ({ year, employment: NORMAL }));
    const incomes = [...known, { year: 2022, employment: OVER }, corrected(2021, NORMAL + 1), corrected(2022, NORMAL)];
    expect(told(incomes, [since2018, paper("2023-12-26")])).toEqual([
      "certify 2018-06",
      "extinguish 2023-06",
      "certify 2023-06",
    ]);
  });

  it("also where the claim names another day: the corrections notified last before it", () => {
    const incomes = [...over, corrected(2020, NORMAL, "2023-10-02"), corrected(2021, NORMAL), corrected(2022, NORMAL)];
    expect(told(incomes, [paper("2023-12-26", "2023-12-15")])).toEqual(["certify 2022-06"]);
  });
});

/** A family with two to four years corrected on one day, one to two claims, and a recipient who may have come and gone. */
function correctedFamily(seed: number): Case {
  const random = randomOf(seed);
  const family = familyOf(6_000_000 + seed);
  const { incomeClass: _, ...recipient } = family.recipient;
  const day = plusDays("2014-01-10", random.int(0, 3600));
  const last = Number(day.slice(0, 4)) - 1;
  const yen = (): number => random.pick([NORMAL, OVER, OVER, 8_000_000]);
  const incomes: Income[] = [];
  for (let year = 2010; year <= 2023; year += 1) {
    incomes.push({ year, employment: yen() });
    const isCorrected = year <= last && year > last - 4 && random.chance(70);
    if (isCorrected) incomes.push(corrected(year, yen(), random.chance(85) ? day : plusDays(day, -random.int(1, 300))));
  }
  const receivedOn = plusDays(day, random.int(0, 20));
  const children = family.children.filter((each) => each.birthDate <= receivedOn).map((each) => each.id);
  const cause = { kind: "taxCorrection", on: random.chance(85) ? day : plusDays(day, random.int(1, 5)) };
  const claimed: Claim = { kind: random.chance(85) ? "certification" : "increase", receivedOn, children, cause };
  return {
    ...family,
    mode: "full",
    from: "2012-06",
    until: "2024-12",
    recipient: { ...recipient, kind: "individual", incomes },
    claims: [...(random.chance(60) ? (family.claims ?? []) : []), ...(children.length === 0 ? [] : [claimed])],
  };
}

const families = integer({ min: 1, max: 2_000_000_000 }).map(correctedFamily);

describe("corrections of a random family", () => {
  it("the order of the incomes changes nothing, to the letter", () => {
    assert(
      property(families, array(integer(), { minLength: 31, maxLength: 31 }), (asked, order) => {
        const incomes = (asked.recipient.incomes ?? [])
          .map((item, index) => ({ item, key: order[index % order.length] ?? 0 }))
          .toSorted((a, b) => a.key - b.key)
          .map(({ item }) => item);
        const mixed = { ...asked, recipient: { ...asked.recipient, incomes } };
        expect(JSON.stringify(assessed(mixed, true))).toBe(JSON.stringify(assessed(asked, true)));
      }),
      { numRuns: RUNS.numRuns / 2 },
    );
  });

  it("both calculators agree", () => {
    let reached = 0;
    for (let seed = 1; seed <= RUNS.numRuns; seed += 1) {
      const asked = correctedFamily(seed);
      const difference = differenceOf(asked);
      if (difference !== undefined) expect.fail(`seed ${String(seed)}: ${difference}\n${JSON.stringify(asked)}`);
      const found = assessed(asked).decisions.filter((each) => each.cause === "taxCorrection" && !each.exOfficio);
      // Months that only the correction could give: at least half a year before the claim.
      const gives = found.some(
        (each) => each.kind !== "refuse" && monthNumber(each.effective) < monthNumber(each.receivedOn ?? "") - 5,
      );
      if (gives) reached += 1;
    }
    expect(reached).toBeGreaterThan(RUNS.numRuns / 20);
  });
});
