/** Every combination of head counts against the Acts' own tables of counts. */
import { describe, expect, it } from "vitest";
import type { Case, Child, RecipientKind } from "../plain/case.ts";
import { monthTotal, table2011, table2024, type Counts } from "../plain/tables.ts";
import { engineAnswer } from "./support/engine.ts";

/** Birth dates that stand in one age class in 2023-07 and another that do in 2025-05. */
const births = {
  "2023-07": { UN: "2004-06-10", HS: "2006-06-10", JH: "2009-06-10", EL: "2014-06-10", U3: "2022-06-10" },
  "2025-05": { UN: "2005-06-10", HS: "2008-06-10", JH: "2011-06-10", EL: "2016-06-10", U3: "2023-06-10" },
} as const;

const upTo = (count: number): number[] => Array.from({ length: count + 1 }, (_, index) => index);

function siblings(count: number, birthDate: string, supported: boolean): Omit<Child, "id">[] {
  return Array.from({ length: count }, () =>
    supported ? { birthDate, supported: [{ from: "2020-01-01", to: null }] } : { birthDate },
  );
}

function people(month: keyof typeof births, n: Counts): Child[] {
  const ages = births[month];
  return [
    ...siblings(n.underThree, ages.U3, false),
    ...siblings(n.counted, ages.UN, true),
    ...siblings(n.elementary, ages.EL, false),
    ...siblings(n.highSchool, ages.HS, false),
    ...siblings(n.juniorHigh, ages.JH, false),
  ].map((each, index) => ({ id: String(index + 1), serial: index + 1, ...each }));
}

function totalOf(
  month: keyof typeof births,
  kind: RecipientKind,
  income: "normal" | "special" | "over",
  n: Counts,
): number | undefined {
  const line: Case = {
    case: "grid",
    from: month,
    until: month,
    mode: "amountOnly",
    recipient: { kind, ...(kind === "individual" ? { incomeClass: income } : {}) },
    children: people(month, n),
  };
  return engineAnswer(line).months[month]?.total;
}

const none: Counts = { underThree: 0, elementary: 0, juniorHigh: 0, highSchool: 0, counted: 0 };

describe("児童手当法6条1項1号 from 2024-10: three counts", () => {
  it.each(upTo(3))("with %i counted persons: 0–4 of three and over, 0–4 under three", (counted) => {
    for (const three of upTo(4)) {
      for (const underThree of upTo(4)) {
        const wanted = table2024(counted, three, underThree);
        // Whichever school the three-and-overs go to, the Act counts them alike.
        for (const school of ["elementary", "juniorHigh", "highSchool"] as const) {
          const n = { ...none, counted, underThree, [school]: three };
          expect(totalOf("2025-05", "individual", "normal", n), JSON.stringify(n)).toBe(wanted);
        }
      }
    }
  });

  it("spot checks of the table by hand", () => {
    expect(table2024(0, 2, 1)).toBe(50_000); // 10,000 + 10,000 + 30,000
    expect(table2024(0, 0, 3)).toBe(60_000); // 15,000 + 15,000 + 30,000
    expect(table2024(1, 1, 1)).toBe(40_000); // 10,000 + 30,000
    expect(table2024(1, 0, 2)).toBe(45_000); // 15,000 + 30,000
    expect(table2024(2, 2, 0)).toBe(60_000); // 30,000 + 30,000
  });
});

describe("旧児童手当法6条1項1号イ・ロ to 2024-09: four counts", () => {
  it.each(upTo(3))(
    "with %i of high-school age: 0–3 in junior high, 0–4 in elementary school, 0–3 under three",
    (highSchool) => {
      for (const juniorHigh of upTo(3)) {
        for (const elementary of upTo(4)) {
          for (const underThree of upTo(3)) {
            const n = { ...none, highSchool, juniorHigh, elementary, underThree };
            const payable = juniorHigh + elementary + underThree;
            expect(totalOf("2023-07", "individual", "normal", n), JSON.stringify(n)).toBe(table2011(n));
            expect(totalOf("2023-07", "individual", "special", n), JSON.stringify(n)).toBe(5_000 * payable);
            expect(totalOf("2023-07", "individual", "over", n), JSON.stringify(n)).toBe(0);
          }
        }
      }
    },
  );

  it("spot checks of the table by hand", () => {
    expect(table2011({ ...none, elementary: 3 })).toBe(35_000); // 10,000 + 10,000 + 15,000
    expect(table2011({ ...none, highSchool: 1, elementary: 2 })).toBe(25_000); // 10,000 + 15,000
    expect(table2011({ ...none, highSchool: 2, juniorHigh: 1 })).toBe(10_000); // junior high is 10,000 always
    expect(table2011({ ...none, juniorHigh: 2, elementary: 1, underThree: 1 })).toBe(50_000); // 10,000×2 + 15,000 + 15,000
  });
});

describe("recipient kinds have their own tables", () => {
  it.each(["institution", "corporateGuardian"] as const)(
    "[A207] %s: by age alone, no third-child rate, no income test",
    (kind) => {
      for (const three of upTo(4)) {
        for (const underThree of upTo(4)) {
          for (const counted of upTo(2)) {
            const n = { ...none, counted, elementary: three, underThree };
            const wanted = 15_000 * underThree + 10_000 * three;
            expect(totalOf("2025-05", kind, "normal", n), JSON.stringify(n)).toBe(wanted);
            expect(totalOf("2023-07", kind, "normal", n), JSON.stringify(n)).toBe(wanted);
            expect(monthTotal("R6", kind, "normal", n)).toBe(wanted);
          }
        }
      }
    },
  );
});
