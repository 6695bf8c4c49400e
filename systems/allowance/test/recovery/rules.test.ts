/** 債権の状態・按分・時効: pure rules, and that the database knows the same moves. */
import { addDays, civilDate } from "@hagukumi/law/contract.ts";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { type ClockEvent, limitationClock, monthsLater } from "../../src/recovery/limitation-clock.ts";
import { clockOf, type RecoveryEvent, sentEvents } from "../../src/recovery/record.ts";
import { shareOut } from "../../src/recovery/receipts.ts";
import { collectionRule, demoRecoverySetting, recoverySettingShape } from "../../src/recovery/settings.ts";
import { isOpen, nextStates, RECOVERY_EVENTS, type RecoveryState, recoveryMoves } from "../../src/recovery/states.ts";

const database = useDatabase();
const day = civilDate;

describe("the states", () => {
  it("are the same in the program and in the database", async () => {
    const { rows } = await database.pool.query<{ move: string }>(
      "SELECT kind || ' ' || from_state || ' ' || to_state AS move FROM allowance.recovery_transition",
    );
    expect(rows.map(({ move }) => move).toSorted()).toEqual(recoveryMoves.map((move) => move.join(" ")).toSorted());
  });

  it("never leave a write-off, leave 完納 only when an offset comes back, and ask for a cause before any demand", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...RECOVERY_EVENTS), { maxLength: 40 }), (events) => {
        let state: RecoveryState | "" = "";
        let assessed = false;
        for (const kind of events) {
          const next: RecoveryState | undefined = nextStates(kind, state)[0];
          if (next === undefined) continue;
          if (state === "writtenOff") expect(next).toBe("writtenOff");
          if (state === "cleared" && next !== "cleared") expect(kind).toBe("reopened");
          if (kind === "causeDecided") assessed = true;
          if (kind === "planned") expect(assessed).toBe(true);
          if (kind === "called") expect(["reminded", "called"]).toContain(state);
          state = next;
        }
        expect(state === "" || typeof isOpen(state) === "boolean").toBe(true);
      }),
    );
  });
});

describe("a reminder or call that was not sent", () => {
  it("is as if it had never been, in any history: for the clock, for the next call, and for the state", () => {
    const kinds = fc.constantFrom(...RECOVERY_EVENTS.filter((kind) => kind !== "unsent"));
    fc.assert(
      fc.property(fc.array(fc.record({ kind: kinds, back: fc.boolean() }), { maxLength: 30 }), (wishes) => {
        const none = { dueOn: null, amount: null, note: null, actor: null, recoveryId: 1 };
        const history: RecoveryEvent[] = [];
        const asIfNever: RecoveryEvent[] = [];
        let state: RecoveryState | "" = "";
        let at = day("2027-01-04");
        for (const { kind, back } of wishes) {
          const from: RecoveryState | "" = state;
          const to: RecoveryState | undefined = nextStates(kind, from)[0];
          if (to === undefined) continue;
          at = addDays(at, 17);
          const event = { ...none, seq: history.length + 1, kind, happenedOn: at };
          history.push(event);
          if (back && from !== "" && (kind === "reminded" || kind === "called")) {
            // The way back leads to where the claim stood, and is one of the moves that both sides know.
            expect(nextStates("unsent", to)).toContain(from);
            history.push({ ...none, seq: history.length + 1, kind: "unsent", happenedOn: at });
          } else {
            asIfNever.push(event);
            state = to;
          }
        }
        expect(sentEvents(history).map(({ kind, happenedOn }) => [kind, happenedOn])).toEqual(
          asIfNever.map(({ kind, happenedOn }) => [kind, happenedOn]),
        );
        const claim = { cause: null, foundOn: "2027-01-04" } as const;
        expect(clockOf(claim, [], history, demoRecoverySetting)).toEqual(
          clockOf(claim, [], asIfNever, demoRecoverySetting),
        );
      }),
    );
  });
});

describe("the division of a receipt", () => {
  it("refuses no yen and parts of a yen", () => {
    for (const amount of [0, -1, 0.5, Number.NaN]) expect(() => shareOut(amount, [])).toThrow(RangeError);
  });

  it("fills the months in their order, never more than is outstanding, and loses no yen", () => {
    const months = fc.array(fc.integer({ min: 0, max: 30_000 }), { maxLength: 24 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500_000 }), months, (amount, list) => {
        const owed = list.map((outstanding, index) => ({ receivableId: index + 1, outstanding }));
        const { parts, excess } = shareOut(amount, owed);
        expect(parts.reduce((sum, part) => sum + part.amount, 0) + excess).toBe(amount);
        for (const part of parts) expect(part.amount).toBeLessThanOrEqual(list[part.receivableId - 1] ?? 0);
        const left = list.map(
          (yen, index) => yen - (parts.find(({ receivableId }) => receivableId === index + 1)?.amount ?? 0),
        );
        // A later month is touched only when every earlier one is paid; what is over only when all are.
        const lastPaid = parts.at(-1)?.receivableId ?? 0;
        expect(left.slice(0, Math.max(lastPaid - 1, 0)).every((yen) => yen === 0)).toBe(true);
        if (excess > 0) expect(left.every((yen) => yen === 0)).toBe(true);
      }),
    );
  });
});

describe("who erred", () => {
  it("[A114] decides limitation, interest and levy", () => {
    // The legal office's choice is open between 5 and 10 years; the two years of 23条 are not.
    const { limitation } = demoRecoverySetting;
    expect(
      recoverySettingShape.safeParse({ ...demoRecoverySetting, limitation: { ...limitation, fraud: 5 } }).success,
    ).toBe(false);
    expect(
      recoverySettingShape.safeParse({ ...demoRecoverySetting, limitation: { ...limitation, city: 3 } }).success,
    ).toBe(false);
    const setting = recoverySettingShape.parse({
      ...demoRecoverySetting,
      limitation: { ...limitation, recipient: 10 },
    });
    expect(collectionRule("city", setting)).toMatchObject({ limitationYears: 5, interest: false, levy: false });
    expect(collectionRule("recipient", setting)).toMatchObject({ limitationYears: 10, interest: false, levy: false });
    expect(collectionRule("fraud", setting)).toMatchObject({ limitationYears: 2, interest: true, levy: true });
    const asked = { ...setting, interest: { recipient: true, fraud: true } };
    expect(collectionRule("city", asked).interest).toBe(false);
    expect(collectionRule("recipient", asked)).toMatchObject({ interest: true, basis: "民法703条・704条" });
  });
});

describe("[R43][A221] the limitation clock", () => {
  const start = day("2026-12-15");
  const at = (...events: readonly (readonly [ClockEvent["kind"], string])[]): string | null =>
    limitationClock(
      start,
      2,
      events.map(([kind, on]) => ({ kind, on: day(on) })),
    ).completeOn;

  it("runs two years from the day, the day itself not counted", () => {
    // 2026-12-15 is not counted: the two years end with 2028-12-15, complete on 2028-12-16.
    expect(at()).toBe("2028-12-16");
    expect(limitationClock(day("2024-02-29"), 5, []).completeOn).toBe("2029-03-01");
    expect(monthsLater(day("2026-08-31"), 6)).toBe("2027-02-28");
  });

  it("is renewed by a demand and a reminder once each, and by every payment", () => {
    expect(at(["demand", "2027-02-01"])).toBe("2029-02-02");
    expect(at(["demand", "2027-02-01"], ["demand", "2027-06-01"])).toBe("2029-02-02");
    expect(at(["demand", "2027-02-01"], ["reminder", "2027-04-01"])).toBe("2029-04-02");
    expect(at(["acknowledged", "2027-02-01"], ["acknowledged", "2028-01-31"])).toBe("2030-02-01");
  });

  it("is only put off by a further call, and not again within the six months", () => {
    expect(at(["call", "2028-12-01"])).toBe("2029-06-02");
    expect(at(["call", "2028-12-01"], ["call", "2029-05-01"])).toBe("2029-06-02");
    expect(at(["call", "2027-01-10"])).toBe("2028-12-16");
  });

  it("stands still during a review, and begins anew with its ruling", () => {
    expect(at(["suspended", "2028-11-01"])).toBeNull();
    expect(at(["suspended", "2028-11-01"], ["resumedRuled", "2029-07-01"])).toBe("2031-07-02");
    expect(at(["suspended", "2028-11-01"], ["resumedUnruled", "2029-07-01"])).toBe("2030-01-02");
  });

  it("does not come back once it is complete, whatever follows", () => {
    expect(at(["acknowledged", "2028-12-16"])).toBe("2028-12-16");
    const kinds = fc.constantFrom<ClockEvent["kind"]>(
      "demand",
      "reminder",
      "call",
      "acknowledged",
      "suspended",
      "resumedRuled",
    );
    const events = fc.array(fc.record({ kind: kinds, after: fc.integer({ min: 0, max: 4000 }) }), { maxLength: 12 });
    fc.assert(
      fc.property(events, (list) => {
        const dated = list.map(({ kind, after }) => ({ kind, on: addDays(start, after) }));
        const { completeOn } = limitationClock(start, 2, dated);
        // Nothing shortens it; and what comes after the day on which it is complete changes nothing.
        if (completeOn === null) return;
        expect(completeOn >= "2028-12-16").toBe(true);
        const before = dated.filter(({ on }) => on < completeOn);
        expect(limitationClock(start, 2, before).completeOn).toBe(completeOn);
      }),
    );
  });
});
