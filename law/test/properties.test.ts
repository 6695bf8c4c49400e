/** What must hold for every family, whatever the amounts are. */
import { array, assert, integer, nat, property, type Arbitrary } from "fast-check";
import { describe, expect, it } from "vitest";
import type { Assessment } from "../contract.ts";
import type { Case, Claim } from "../plain/case.ts";
import { monthNumber, monthText, plusDays } from "../plain/days.ts";
import { paidIn } from "../plain/payments.ts";
import { table2024 } from "../plain/tables.ts";
import { assessed } from "./support/engine.ts";
import { familyOf } from "./support/families.ts";

const RUNS = { numRuns: Number(process.env["HAGUKUMI_RUNS"] ?? 2000) };
const family = integer({ min: 1, max: 2_000_000_000 }).map(familyOf);
const fullFamily = family.filter((each) => each.mode === "full");
/** The same with everything known: a day of knowledge hides later facts from the property. */
const knownFamily = fullFamily.map((each): Case => ({ ...each, knownOn: null }));

const totals = (answer: Assessment): number[] => answer.months.map((each) => each.total);

/** Certifications that an amending Act may start earlier than the ordinary rule. */
function inTransition(claim: Claim): boolean {
  const { kind, receivedOn } = claim;
  if (kind !== "certification") return false;
  return receivedOn <= "2012-09-30" || (receivedOn >= "2024-06-12" && receivedOn <= "2025-03-31");
}

/** The same people and papers in another order. */
function shuffled(line: Case, order: readonly number[]): Case {
  const by = <T>(list: readonly T[]): T[] =>
    list
      .map((item, index) => ({ item, key: order[index % order.length] ?? 0 }))
      .toSorted((a, b) => a.key - b.key)
      .map(({ item }) => item);
  return {
    ...line,
    children: by(line.children),
    ...(line.claims === undefined ? {} : { claims: by(line.claims) }),
  };
}

const twins = (order: readonly string[]): Case => ({
  case: "twins",
  from: "2025-05",
  until: "2025-05",
  mode: "amountOnly",
  recipient: { kind: "individual" },
  children: order.map((id) => ({ id, birthDate: "2024-01-05", serial: "ABC".indexOf(id) + 1 })),
});

const newborn = (birthDate: string, receivedOn: string, closedDays: string[] = []): Case => ({
  case: "newborn",
  from: birthDate.slice(0, 7),
  until: monthText(monthNumber(birthDate) + 8),
  municipality: { closedDays },
  recipient: { kind: "individual" },
  children: [{ id: "A", birthDate }],
  claims: [{ kind: "certification", receivedOn, children: ["A"], cause: { kind: "birth", on: birthDate } }],
});

const startOf = (line: Case): string => assessed(line).decisions[0]?.effective ?? "never";

describe("amounts", () => {
  it("[A59] the order of children, claims and twins' serials changes no total", () => {
    const orders = array(integer(), { minLength: 7, maxLength: 7 });
    assert(
      property(family, orders, (line, order) => {
        const mixed = shuffled(line, order);
        const serials = mixed.children.map((each, index) => ({ ...each, serial: index + 1 }));
        expect(totals(assessed(mixed))).toEqual(totals(assessed(line)));
        expect(totals(assessed({ ...mixed, children: serials }))).toEqual(totals(assessed(line)));
      }),
      RUNS,
    );
  });

  it("[A59] twins take their places by serial, the same on every reading", () => {
    for (const order of [
      ["A", "B", "C"],
      ["C", "B", "A"],
      ["B", "C", "A"],
    ] as const) {
      const month = assessed(twins(order)).months[0];
      const byId = Object.fromEntries((month?.children ?? []).map((each) => [each.id, each.amount]));
      // 15,000 + 15,000 + 30,000
      expect(byId).toEqual({ A: 15_000, B: 15_000, C: 30_000 });
      expect(month?.total).toBe(60_000);
    }
  });

  it("every amount is one the Acts know, and the total is their sum", () => {
    const known = new Set([null, 0, 5_000, 10_000, 13_000, 15_000, 30_000]);
    assert(
      property(family, (line) => {
        for (const month of assessed(line).months) {
          for (const each of month.children) expect(known).toContain(each.amount);
          expect(month.total).toBe(month.children.reduce((sum, each) => sum + (each.amount ?? 0), 0));
          if (!month.entitled) expect(month.total).toBe(0);
        }
      }),
      RUNS,
    );
  });

  it("places run 1 … n without a gap, eldest first, and only the counted have one", () => {
    assert(
      property(family, (line) => {
        const births = new Map(line.children.map((each) => [each.id, each.birthDate]));
        for (const month of assessed(line).months) {
          for (const each of month.children) expect(each.position === null).toBe(!each.counted);
          const placed = month.children
            .filter((each) => each.position !== null)
            .toSorted((a, b) => (a.position ?? 0) - (b.position ?? 0));
          expect(placed.map((each) => each.position)).toEqual(placed.map((_, index) => index + 1));
          const order = placed.map((each) => births.get(each.id) ?? "");
          expect(order).toEqual(order.toSorted());
        }
      }),
      RUNS,
    );
  });

  it("from 2024-10 an individual's total is the Act's function of three counts", () => {
    assert(
      property(family, (line) => {
        if (line.recipient.kind !== "individual") return;
        for (const month of assessed(line).months) {
          if (month.regime !== "R6" || !month.entitled) continue;
          const counted = month.children.filter((each) => each.counted);
          const of = (test: (band: string) => boolean): number => counted.filter((each) => test(each.band)).length;
          const un = of((band) => band === "UN");
          const underThree = of((band) => band === "U3");
          expect(month.total).toBe(table2024(un, counted.length - un - underThree, underThree));
        }
      }),
      RUNS,
    );
  });
});

describe("claims", () => {
  const birth: Arbitrary<string> = integer({ min: 0, max: 1200 }).map((days) => plusDays("2024-10-02", days));

  it("a later claim never starts earlier, and no claim starts before the month after birth", () => {
    assert(
      property(birth, nat(60), nat(60), (day, a, b) => {
        const [early, late] = [Math.min(a, b), Math.max(a, b)].map((days) =>
          startOf(newborn(day, plusDays(day, days))),
        );
        expect(early ?? "").not.toBe("never");
        expect((early ?? "") <= (late ?? "")).toBe(true);
        expect((early ?? "") > day.slice(0, 7)).toBe(true);
      }),
      RUNS,
    );
  });

  it("one more closed day never makes a start later", () => {
    assert(
      property(birth, nat(40), nat(40), (day, delay, closed) => {
        const received = plusDays(day, delay);
        const start = startOf(newborn(day, received));
        expect(startOf(newborn(day, received, [plusDays(day, closed)])) <= start).toBe(true);
      }),
      RUNS,
    );
  });

  it("taking a claim away never raises a total", () => {
    assert(
      property(fullFamily, nat(20), (line, pick) => {
        // The amending Acts favour new claimants (令6法47 附則13条6項): there an earlier claim may well cost the later one its start.
        if ((line.claims ?? []).some((each) => inTransition(each))) return;
        // A report of graduation closes an earlier confirmation, so it may well lower an amount.
        const claims = (line.claims ?? []).filter((each) => each.cause.kind !== "graduated");
        const all: Case = { ...line, claims };
        const dropped: Claim[] = claims.filter((_, index) => index !== pick % Math.max(1, claims.length));
        const fewer = totals(assessed({ ...all, claims: dropped }));
        totals(assessed(all)).forEach((total, index) => expect(fewer[index]).toBeLessThanOrEqual(total));
      }),
      RUNS,
    );
  });
});

describe("ends", () => {
  it("moving away changes nothing up to the month of the move and leaves nothing after it", () => {
    assert(
      property(knownFamily, nat(900), (line, days) => {
        if (line.recipient.residence !== undefined) return;
        const out = plusDays(`${line.from}-01`, days);
        const stays = { ...line.recipient, residence: [{ from: "2000-01-01", to: null }] };
        const leaves = { ...line.recipient, residence: [{ from: "2000-01-01", to: out }] };
        const before = assessed({ ...line, recipient: stays }).months;
        const after = assessed({ ...line, recipient: leaves }).months;
        before.forEach((month, index) => {
          if (month.month <= out.slice(0, 7)) expect(after[index]?.total).toBe(month.total);
          else expect(after[index]).toMatchObject({ entitled: false, total: 0 });
        });
      }),
      RUNS,
    );
  });

  it("a child's death changes nothing up to its month and never raises anything after", () => {
    assert(
      property(knownFamily, nat(900), nat(4), (line, days, pick) => {
        const who = line.children[pick % line.children.length];
        const on = plusDays(`${line.from}-01`, days);
        if (who === undefined || who.birthDate >= on || (who.deathDate ?? null) !== null) return;
        const died = line.children.map((each) => (each === who ? { ...each, deathDate: on } : each));
        const after = assessed({ ...line, children: died }).months;
        assessed(line).months.forEach((month, index) => {
          const total = after[index]?.total;
          if (month.month <= on.slice(0, 7)) expect(total).toBe(month.total);
          else expect(total).toBeLessThanOrEqual(month.total);
        });
      }),
      RUNS,
    );
  });
});

describe("payments and decisions", () => {
  it("each month with an amount is in exactly one payment, and the money is the months' own", () => {
    assert(
      property(family, (line) => {
        const answer = assessed(line);
        const due = new Map(answer.months.filter((each) => each.total > 0).map((each) => [each.month, each.total]));
        const paid = answer.payments.flatMap((each) => each.months);
        expect(paid.toSorted()).toEqual([...due.keys()]);
        for (const payment of answer.payments) {
          expect(payment.amount).toBe(payment.months.reduce((sum, month) => sum + (due.get(month) ?? 0), 0));
          expect(payment.amount).toBeGreaterThan(0);
          for (const month of payment.months) expect(payment.paymentMonth > month).toBe(true);
          if (payment.kind === "regular") {
            for (const month of payment.months)
              expect(monthText(paidIn(monthNumber(month)))).toBe(payment.paymentMonth);
          }
        }
      }),
      RUNS,
    );
  });

  it("decisions stand in order, each with the total of its first month", () => {
    assert(
      property(fullFamily, (line) => {
        const answer = assessed(line);
        const totalIn = new Map(answer.months.map((each) => [each.month, each.total]));
        const effective = answer.decisions.map((each) => each.effective);
        expect(effective).toEqual(effective.toSorted());
        for (const decision of answer.decisions) {
          expect(decision.receivedOn === null).toBe(decision.exOfficio);
          const total = totalIn.get(decision.effective);
          // An end and a new certification may fall into one month (2011-10): then the end says 0 and the month has money.
          const speaksOfMonth = decision.kind !== "refuse" && decision.kind !== "extinguish";
          if (total !== undefined && speaksOfMonth) expect(decision.monthlyTotal).toBe(total);
          if (decision.kind === "extinguish") expect(decision.monthlyTotal).toBe(0);
        }
      }),
      RUNS,
    );
  });

  it("every change of a month's total is announced by a decision of that month", () => {
    assert(
      property(fullFamily, (line) => {
        const answer = assessed(line);
        const announced = new Set(
          answer.decisions.filter((each) => each.kind !== "refuse").map((each) => each.effective),
        );
        answer.months.forEach((month, index) => {
          const before = answer.months[index - 1];
          if (before !== undefined && before.total !== month.total) expect(announced).toContain(month.month);
        });
      }),
      RUNS,
    );
  });
});

describe("the question, not the answer", () => {
  it("a wider window changes no month of the narrower one", () => {
    assert(
      property(family, integer({ min: 0, max: 11 }), (line, cut) => {
        const from = monthText(monthNumber(line.from) + cut);
        const wide = assessed(line).months.filter((each) => each.month >= from);
        expect(assessed({ ...line, from }).months).toEqual(wide);
      }),
      RUNS,
    );
  });

  it("asking for reasons changes no figure, and every child in every month has one", () => {
    assert(
      property(family, (line) => {
        const plain = assessed(line);
        const explained = assessed(line, true);
        const bare = explained.months.map((month) => ({
          ...month,
          children: month.children.map(({ because, ...rest }) => {
            expect(because?.length ?? 0).toBeGreaterThan(0);
            for (const reason of because ?? []) {
              expect(reason.article).toMatch(/条|附則|施行/);
              expect(reason.text).toMatch(/。$/);
            }
            return rest;
          }),
        }));
        expect(bare).toEqual(plain.months);
        expect(explained.decisions).toEqual(plain.decisions);
        expect(explained.payments).toEqual(plain.payments);
      }),
      RUNS,
    );
  });

  it("known on a day after everything is the same as knowing everything; before the first claim nothing is due", () => {
    assert(
      property(knownFamily, (line) => {
        expect(assessed({ ...line, knownOn: "2049-12-31" }).months).toEqual(assessed(line).months);
        const none = assessed({ ...line, knownOn: "2001-01-01" });
        expect(none.months.every((each) => !each.entitled && each.total === 0)).toBe(true);
        expect(none.payments).toEqual([]);
      }),
      RUNS,
    );
  });
});
