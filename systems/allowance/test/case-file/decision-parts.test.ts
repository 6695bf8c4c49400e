import { assess, type AssessmentCase, month, parseCase } from "@hagukumi/law/contract.ts";
import { assert as check, array, constantFrom, integer, property, record } from "fast-check";
import { describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { decisionParts } from "../../src/case-file/decision-parts.ts";
import { recordDecisionParts } from "../../src/case-file/record-parts.ts";
import { calendar, contextOf, seedCases } from "../support/cases.ts";

/** Parts of one month of a family, entitlement taken as given. */
function partsOf(birthDates: readonly string[], when: string, more: object = {}): ReturnType<typeof decisionParts> {
  const line: unknown = {
    case: "test",
    from: when,
    until: when,
    mode: "amountOnly",
    recipient: { kind: "individual", incomeClass: "normal", ...more },
    children: birthDates.map((birthDate, index) => ({
      id: String(index + 1),
      birthDate,
      serial: index + 1,
      supported: [{ from: "2000-01-01" }],
    })),
  };
  const parsed = parseCase(line);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problem));
  const value: AssessmentCase = parsed.value;
  const result = assess(value, { calendar, explain: false });
  if (!result.ok) throw new Error(JSON.stringify(result.problem));
  const first = result.value.months.find(({ month: each }) => each === month(when));
  if (first === undefined) throw new Error("no month");
  return decisionParts(first);
}

const flat = ({ slots }: ReturnType<typeof decisionParts>): number[] =>
  slots.flatMap(({ count, amount }) => [count, amount]);

describe("four slots of a decision", () => {
  it("from 2024-10: under 3, 3 and older, third under 3, third from 3; who is only counted is in no slot", () => {
    // 2005 (21, counted), 2012, 2018: 10,000; third and fourth place → 2018: 30,000, 2025: 30,000 → 70,000
    const parts = partsOf(["2005-05-01", "2012-05-01", "2018-05-01", "2025-05-01"], "2026-06");
    expect(flat(parts)).toEqual([0, 0, 1, 10_000, 1, 30_000, 1, 30_000]);
    expect(parts).toMatchObject({ baseChildren: 3, countedSiblings: 1, total: 70_000, incomeClass: "notJudged" });
    // One child of 8 months → 15,000
    expect(flat(partsOf(["2025-10-01"], "2026-06"))).toEqual([1, 15_000, 0, 0, 0, 0, 0, 0]);
  });

  it("before 2024-10: under 3, to primary school, the same from the third, junior high; senior high is counted alone", () => {
    // 2007-05 is 16 (高校生年代, counted), 2010-05 is 13: 10,000; 2014-05 third place: 15,000; 2022-05 under 3: 15,000 → 40,000
    const parts = partsOf(["2007-05-01", "2010-05-01", "2014-05-01", "2022-05-01"], "2023-06");
    expect(flat(parts)).toEqual([1, 15_000, 0, 0, 1, 15_000, 1, 10_000]);
    expect(parts).toMatchObject({ baseChildren: 3, countedSiblings: 1, total: 40_000, incomeClass: "normal" });
    // 特例給付: 5,000 a child, by age → 2 × 5,000 = 10,000
    expect(flat(partsOf(["2014-05-01", "2022-05-01"], "2023-06", { incomeClass: "special" }))).toEqual([
      1, 5000, 1, 5000, 0, 0, 0, 0,
    ]);
  });

  it("[D172] the parts of any family in any month add up to its month", () => {
    const birth = record({ year: integer({ min: 1999, max: 2026 }), of: integer({ min: 1, max: 12 }) }).map(
      ({ year, of }) => `${year}-${String(of).padStart(2, "0")}-15`,
    );
    const when = constantFrom("2012-06", "2015-10", "2022-05", "2022-06", "2024-09", "2024-10", "2026-11", "2030-04");
    const income = constantFrom("normal", "special", "over");
    let payable = 0;
    check(
      property(array(birth, { minLength: 1, maxLength: 7 }), when, income, (births, on, incomeClass) => {
        const parts = partsOf(births.toSorted(), on, { incomeClass });
        const amount = parts.slots.reduce((sum, slot) => sum + slot.amount, 0);
        const count = parts.slots.reduce((sum, slot) => sum + slot.count, 0);
        expect(amount).toBe(parts.total);
        expect(count).toBe(parts.baseChildren);
        expect(parts.children.reduce((sum, child) => sum + child.amount, 0)).toBe(parts.total);
        payable += parts.baseChildren;
      }),
      { numRuns: 2000 },
    );
    expect(payable).toBeGreaterThan(1000);
  });
});

describe("recording them", () => {
  const database = useDatabase();

  it("a decision whose amount the rules do not give again stays without parts and is counted; a second run adds nothing", async () => {
    const [first = 0, second = 0] = await seedCases(database.pool, [
      { recipient: 900000000004101, children: [{ id: 900000000004201, birthDate: "2024-06-01" }], account: null },
      { recipient: 900000000004102, children: [{ id: 900000000004202, birthDate: "2014-06-01" }], account: null },
    ]);
    // 2024-10: born 2024-06 → 15,000; born 2014-06 → 10,000, recorded as 12,345
    await database.pool.query("UPDATE allowance.decision SET monthly_total = 15000 WHERE recipient_id = $1", [first]);
    await database.pool.query("UPDATE allowance.decision SET monthly_total = 12345 WHERE recipient_id = $1", [second]);
    const context = contextOf(database.pool, "batch.parts");
    expect(await recordDecisionParts(context)).toEqual({ recorded: 1, differing: 1 });
    expect(await recordDecisionParts(context)).toEqual({ recorded: 0, differing: 1 });
    const { rows } = await database.pool.query(
      `SELECT d.recipient_id, b.base_children, b.count_1, b.amount_1, c.child_number, c.payable, c.band, c.amount FROM allowance.decision_breakdown b
       JOIN allowance.decision d USING (decision_id) JOIN allowance.decision_child c USING (decision_id)`,
    );
    expect(rows).toEqual([
      {
        recipient_id: first,
        base_children: 1,
        count_1: 1,
        amount_1: 15_000,
        child_number: 900000000004201,
        payable: true,
        band: "U3",
        amount: 15_000,
      },
    ]);
  });
});
