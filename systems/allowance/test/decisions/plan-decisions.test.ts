import { addMonths, month } from "@hagukumi/law/contract.ts";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { isEnded, type LawDecision, planDecisions, standing } from "../../src/decisions/plan-decisions.ts";
import type { RecordedDecision } from "../../src/decisions/recorded.ts";

const law = (kind: LawDecision["kind"], effective: string, monthlyTotal: number): LawDecision => ({
  kind,
  effective: month(effective),
  cause: "other",
  receivedOn: null,
  exOfficio: true,
  monthlyTotal,
  claimId: null,
});

/** What a plan becomes once it is recorded. */
function record(before: readonly RecordedDecision[], plan: ReturnType<typeof planDecisions>): RecordedDecision[] {
  const added = plan.map(({ kind, effective, cause, monthlyTotal }, index) => ({
    seq: before.length + index + 1,
    kind,
    effective,
    cause,
    monthlyTotal,
    factsDigest: "",
  }));
  return [...before, ...added];
}

/** A right as the law could decide it: certified, changed a few times, perhaps ended. */
const rights = fc
  .record({
    start: fc.integer({ min: 0, max: 24 }),
    steps: fc.array(fc.record({ gap: fc.integer({ min: 1, max: 6 }), total: fc.integer({ min: 1, max: 9 }) }), {
      maxLength: 5,
    }),
    ended: fc.boolean(),
  })
  .map(({ start, steps, ended }): LawDecision[] => {
    let at = addMonths(month("2024-10"), start);
    const decisions = [law("certify", at, 15_000)];
    for (const { gap, total } of steps) {
      at = addMonths(at, gap);
      decisions.push(law(total > 4 ? "increase" : "decrease", at, total * 5000));
    }
    if (ended) decisions.push(law("extinguish", addMonths(at, 1), 0));
    return decisions;
  });

const essence = (decisions: readonly { kind: string; effective: string; monthlyTotal: number | null }[]): unknown =>
  decisions.map(({ kind, effective, monthlyTotal }) => ({ kind, effective, monthlyTotal }));

describe("the plan of decisions", () => {
  it("is empty when what stands is what the law decides", () => {
    fc.assert(
      fc.property(rights, (right) => {
        const recorded = record([], planDecisions([], right, []));
        expect(planDecisions(recorded, right, [])).toEqual([]);
      }),
    );
  });

  it("makes what stands equal to what the law decides, whatever was decided before, and removes no row", () => {
    fc.assert(
      fc.property(fc.array(rights, { minLength: 1, maxLength: 4 }), (history) => {
        let recorded: RecordedDecision[] = [];
        for (const right of history) {
          const next = record(recorded, planDecisions(recorded, right, []));
          expect(next.slice(0, recorded.length)).toEqual(recorded);
          recorded = next;
          expect(essence(standing(recorded))).toEqual(essence(right));
        }
      }),
    );
  });

  it("corrects at most once at a time, and only from the first month in question", () => {
    const first = [law("certify", "2025-01", 15_000), law("decrease", "2025-06", 10_000)];
    const recorded = record([], planDecisions([], first, []));
    const now = [law("certify", "2025-01", 15_000), law("decrease", "2025-04", 10_000)];
    expect(essence(planDecisions(recorded, now, []))).toEqual([
      { kind: "correct", effective: "2025-04", monthlyTotal: null },
      { kind: "decrease", effective: "2025-04", monthlyTotal: 10_000 },
    ]);
  });

  it("keeps the cause of an end that another person's right brought, where a correction makes it anew", () => {
    const first = [
      law("certify", "2025-01", 15_000),
      { ...law("extinguish", "2025-06", 0), cause: "careEnded" as const },
    ];
    const [opened, ended] = planDecisions([], first, []);
    const recorded = record(
      [],
      opened === undefined || ended === undefined ? [] : [opened, { ...ended, cause: "otherRecipient" }],
    );
    const causes = (now: readonly LawDecision[]): unknown =>
      planDecisions(recorded, now, []).map(({ kind, effective, cause }) => [kind, effective, cause]);
    // The amount before the end was wrong: the end stands, and so does its cause.
    expect(causes([{ ...law("certify", "2025-01", 10_000) }, first[1] ?? law("extinguish", "2025-06", 0)])).toEqual([
      ["correct", "2025-01", "factsChanged"],
      ["certify", "2025-01", "other"],
      ["extinguish", "2025-06", "otherRecipient"],
    ]);
    // Another month is another end: what the law says of it stands.
    expect(
      causes([law("certify", "2025-01", 15_000), { ...law("extinguish", "2025-04", 0), cause: "careEnded" }]),
    ).toEqual([
      ["correct", "2025-04", "factsChanged"],
      ["extinguish", "2025-04", "careEnded"],
    ]);
  });

  it("takes an amount that was not reported for no difference", () => {
    const recorded = record([], planDecisions([], [{ ...law("certify", "2020-05", 0), monthlyTotal: null }], []));
    expect(planDecisions(recorded, [law("certify", "2020-05", 10_000)], [])).toEqual([]);
  });

  it("knows a right as ended until a correction takes the end back", () => {
    const ended = record(
      [],
      planDecisions([], [law("certify", "2025-01", 15_000), law("extinguish", "2025-05", 0)], []),
    );
    expect(isEnded(ended)).toBe(true);
    expect(isEnded(record(ended, planDecisions(ended, [law("certify", "2025-01", 15_000)], [])))).toBe(false);
  });
});
