/** The state machine of a stream: whatever the order, the doubles and the resends, each number is taken in once, in order. */
import { array, assert, infiniteStream, integer, nat, property } from "fast-check";
import { describe, expect, it } from "vitest";

import { nextOf, type Waiting } from "../../src/deliveries/settle.ts";

const difference = (sequence: number, more: Partial<Waiting> = {}): Waiting => ({
  deliveryId: sequence,
  kind: "difference",
  sequence,
  attempt: 1,
  sha256: `hash-${sequence}`,
  transport: "file",
  ...more,
});

/** Takes in what can be taken in; the numbers in the order in which they were. */
function drain(waiting: Waiting[], applied: Map<number, Waiting>): { order: number[]; left: Waiting[] } {
  const order: number[] = [];
  let left = waiting;
  for (;;) {
    const verdict = nextOf(left, applied);
    if (verdict === undefined) return { order, left };
    left = left.filter((each) => each !== verdict.delivery);
    if (verdict.what !== "apply") continue;
    applied.set(verdict.delivery.sequence, verdict.delivery);
    order.push(verdict.delivery.sequence);
  }
}

describe("the order of a stream", () => {
  it("never goes on over a gap, nor back", () => {
    expect(nextOf([difference(2)], new Map())).toBeUndefined();
    const applied = new Map([[1, difference(1)]]);
    expect(nextOf([difference(1, { deliveryId: 9 })], applied)).toMatchObject({ what: "duplicate" });
    expect(nextOf([difference(1, { deliveryId: 9, sha256: "other" })], applied)).toMatchObject({
      what: "refused",
      code: "sequenceConflict",
    });
    expect(nextOf([difference(2)], applied)).toMatchObject({ what: "apply", delivery: { sequence: 2 } });
  });

  it("lets a full set jump over what is missing, and drops the differences that it holds", () => {
    const full = difference(5, { kind: "full", deliveryId: 50 });
    const applied = new Map([[1, difference(1)]]);
    const { order, left } = drain([difference(3), full, difference(4), difference(6)], applied);
    // 2 never came. The full set holds everything up to 5, so 3 and 4 are not wanted any more; 6 comes after it.
    expect(order).toEqual([5, 6]);
    expect(left).toEqual([]);
  });

  it("prefers the resend to the sending before it", () => {
    const verdict = nextOf([difference(1), difference(1, { attempt: 2, sha256: "again", deliveryId: 2 })], new Map());
    expect(verdict).toMatchObject({ what: "superseded", code: "resent", delivery: { attempt: 1 } });
  });

  it("compares a full set only where exactly its differences were taken in", () => {
    const compare = difference(2, { kind: "reconciliation", deliveryId: 99 });
    const one = new Map([[1, difference(1)]]);
    expect(nextOf([compare], one)).toBeUndefined();
    const two = new Map([...one, [2, difference(2)]]);
    expect(nextOf([compare], two)).toMatchObject({ what: "reconcile" });
    expect(nextOf([compare], new Map([...two, [3, difference(3)]]))).toMatchObject({ what: "superseded" });
  });

  it("takes in every number once and in order, however the deliveries are mixed, doubled and split over rounds", () => {
    assert(
      property(
        integer({ min: 1, max: 12 }),
        array(integer({ min: 0, max: 11 }), { maxLength: 12 }),
        infiniteStream(nat({ max: 1000 })),
        integer({ min: 1, max: 5 }),
        (count, doubles, random, rounds) => {
          const all = Array.from({ length: count }, (_, index) => difference(index + 1));
          for (const [index, double] of doubles.entries()) {
            all.push(difference((double % count) + 1, { deliveryId: 100 + index }));
          }
          const mixed = all
            .map((each) => ({ each, rank: random.next().value ?? 0, round: (random.next().value ?? 0) % rounds }))
            .toSorted((left, right) => left.rank - right.rank);
          const applied = new Map<number, Waiting>();
          let left: Waiting[] = [];
          const order: number[] = [];
          for (let round = 0; round < rounds; round += 1) {
            left = [...left, ...mixed.filter((each) => each.round === round).map(({ each }) => each)];
            const done = drain(left, applied);
            left = done.left;
            order.push(...done.order);
          }
          expect(order).toEqual(Array.from({ length: count }, (_, index) => index + 1));
          expect(left).toEqual([]);
        },
      ),
      { numRuns: 300 },
    );
  });
});
