import { civilDate, month, paymentMonthOf } from "@hagukumi/law/contract.ts";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { cutOffOf, firstPaymentMonth } from "../../src/deductions/cut-off.ts";
import {
  DEDUCTION_ORDER,
  feeYearOf,
  type PayableMonth,
  plannedDeductions,
  type WantedDeduction,
} from "../../src/deductions/planned.ts";
import { donationReceipt } from "../../src/deductions/receipt.ts";

const months: readonly PayableMonth[] = [
  { child: 1, month: month("2026-10"), amount: 15_000 },
  { child: 1, month: month("2026-11"), amount: 15_000 },
  { child: 2, month: month("2026-10"), amount: 10_000 },
  { child: 2, month: month("2026-11"), amount: 10_000 },
];

const payable = fc.array(
  fc.record({
    child: fc.integer({ min: 1, max: 5 }),
    month: fc
      .tuple(fc.integer({ min: 2025, max: 2027 }), fc.integer({ min: 1, max: 12 }))
      .map(([year, of]) => month(`${year}-${String(of).padStart(2, "0")}`)),
    amount: fc.integer({ min: 1, max: 30_000 }),
    institutional: fc.boolean(),
  }),
  { maxLength: 12 },
);
const wanted = fc
  .array(
    fc.record({
      kind: fc.constantFrom(...DEDUCTION_ORDER),
      id: fc.integer({ min: 1, max: 1000 }),
      amount: fc.oneof(fc.integer({ min: 1, max: 100_000 }), fc.constant("all" as const)),
      feeYear: fc.integer({ min: 2024, max: 2027 }),
    }),
    { maxLength: 10 },
  )
  .map((each): WantedDeduction[] =>
    each.map(({ kind, id, amount, feeYear }) => ({
      kind,
      id,
      wanted: kind === "donation" || amount !== "all" ? amount : 5000,
      ...(kind === "specialDeduction" ? { feeYear } : {}),
    })),
  );

describe("what is taken out of a payment", () => {
  it("refuses amounts that are no whole yen above zero", () => {
    expect(() => plannedDeductions(months, [{ kind: "donation", id: 1, wanted: 0 }])).toThrow(RangeError);
    expect(() => plannedDeductions(months, [{ kind: "donation", id: 1, wanted: 0.5 }])).toThrow(RangeError);
    expect(() => plannedDeductions([{ child: 1, month: month("2026-10"), amount: -1 }], [])).toThrow(RangeError);
  });

  it("takes 内払 → 22条 → 21条1項 → 21条2項 → 20条, in whatever order they were written", () => {
    // 50,000 − 20,000 (内払) − 12,000 (22条) − 8,000 (21条1項) − 5,000 (21条2項) = 5,000; 20条 wants 6,000 and gets the 5,000.
    const plan = plannedDeductions(months, [
      { kind: "donation", id: 5, wanted: 6_000 },
      { kind: "requestedToThirdParty", id: 4, wanted: 5_000 },
      { kind: "requestedDeduction", id: 3, wanted: 8_000 },
      { kind: "specialDeduction", id: 2, wanted: 12_000, feeYear: 2026 },
      { kind: "advanceOffset", id: 1, wanted: 20_000 },
    ]);
    expect(plan.deductions.map(({ kind, amount, short }) => [kind, amount, short])).toEqual([
      ["advanceOffset", 20_000, 0],
      ["specialDeduction", 12_000, 0],
      ["requestedDeduction", 8_000, 0],
      ["requestedToThirdParty", 5_000, 0],
      ["donation", 5_000, 1_000],
    ]);
    expect(plan.net).toBe(0);
  });

  it("takes a fee only from months of its own fiscal year", () => {
    // Paid in April 2027: February and March 2027 belong to fiscal year 2026 (令3条). A fee of 2027 gets nothing of them.
    const spring = [
      { child: 1, month: month("2027-02"), amount: 10_000 },
      { child: 1, month: month("2027-03"), amount: 10_000 },
    ];
    const none = plannedDeductions(spring, [{ kind: "specialDeduction", id: 1, wanted: 9_000, feeYear: 2027 }]);
    expect(none).toMatchObject({ net: 20_000, deductions: [{ amount: 0, short: 9_000 }] });
    const all = plannedDeductions(spring, [{ kind: "specialDeduction", id: 1, wanted: 9_000, feeYear: 2026 }]);
    expect(all).toMatchObject({ net: 11_000, deductions: [{ amount: 9_000, short: 0 }] });
  });

  it("never donates the part of a child in an institution", () => {
    const mixed = [
      { child: 1, month: month("2026-10"), amount: 10_000, institutional: true },
      { child: 2, month: month("2026-10"), amount: 15_000 },
    ];
    expect(plannedDeductions(mixed, [{ kind: "donation", id: 1, wanted: "all" }])).toMatchObject({
      net: 10_000,
      deductions: [{ amount: 15_000 }],
    });
  });

  it("gross = net + deductions, nothing below zero, no more than wanted, no month more than it has, nothing lower before higher", () => {
    fc.assert(
      fc.property(payable, wanted, (due, asked) => {
        const plan = plannedDeductions(due, asked);
        const taken = plan.deductions.reduce((sum, { amount }) => sum + amount, 0);
        expect(plan.gross).toBe(due.reduce((sum, { amount }) => sum + amount, 0));
        expect(plan.net + taken).toBe(plan.gross);
        expect(plan.net).toBeGreaterThanOrEqual(0);
        expect(plan.deductions).toHaveLength(asked.length);
        for (const each of plan.deductions) {
          expect(each.amount).toBeGreaterThanOrEqual(0);
          expect(each.parts.reduce((sum, { amount }) => sum + amount, 0)).toBe(each.amount);
        }
        const sorted = asked.toSorted(
          (one, other) => DEDUCTION_ORDER.indexOf(one.kind) - DEDUCTION_ORDER.indexOf(other.kind),
        );
        for (const [index, each] of plan.deductions.entries()) {
          const ask = sorted[index];
          expect(each.kind).toBe(ask?.kind);
          if (ask !== undefined && ask.wanted !== "all") expect(each.amount + each.short).toBe(ask.wanted);
          if (ask?.feeYear !== undefined) {
            for (const part of each.parts) expect(feeYearOf(part.month)).toBe(ask.feeYear);
          }
          // What may take any month leaves nothing owed while something is left.
          if (each.kind === "advanceOffset" && each.short > 0) expect(plan.net).toBe(0);
        }
        const used = new Map<string, number>();
        for (const { child, month: of, amount } of plan.deductions.flatMap(({ parts }) => parts)) {
          used.set(`${child}/${of}`, (used.get(`${child}/${of}`) ?? 0) + amount);
        }
        for (const [key, amount] of used) {
          const have = due
            .filter((each) => `${each.child}/${each.month}` === key)
            .reduce((sum, each) => sum + each.amount, 0);
          expect(amount).toBeLessThanOrEqual(have);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("[A217] the fee year of a benefit month is that of its payment month, and for February and March the one before it", () => {
    for (let year = 2025; year <= 2030; year += 1) {
      for (let of = 1; of <= 12; of += 1) {
        const benefit = month(`${year}-${String(of).padStart(2, "0")}`);
        const paid = paymentMonthOf(benefit);
        const [paidYear = 0, paidMonth = 0] = paid.split("-").map(Number);
        const fiscalOfPayment = paidMonth >= 4 ? paidYear : paidYear - 1;
        expect(feeYearOf(benefit)).toBe(of === 2 || of === 3 ? fiscalOfPayment - 1 : fiscalOfPayment);
      }
    }
  });
});

describe("the cut-off of a payment month", () => {
  it("counts the day itself and not the day after; odd months are no payment months", () => {
    const rule = { monthsBefore: 1, day: 25 };
    expect(cutOffOf(month("2026-12"), rule)).toBe("2026-11-25");
    expect(firstPaymentMonth(civilDate("2026-11-25"), rule)).toBe("2026-12");
    expect(firstPaymentMonth(civilDate("2026-11-26"), rule)).toBe("2027-02");
    expect(firstPaymentMonth(civilDate("2026-12-31"), rule)).toBe("2027-02");
  });
});

describe("the receipt of a donation", () => {
  const given = {
    name: "架空　花子",
    address: "架空市架空町１丁目",
    amount: 30_000,
    receivedOn: civilDate("2026-12-15"),
  };

  it("is refused when one of the four items is missing", () => {
    for (const hole of [{ name: " " }, { address: "" }, { amount: 0 }]) {
      expect(() => donationReceipt({ ...given, ...hole })).toThrow(
        expect.objectContaining({ code: "donationIncomplete" }),
      );
    }
  });

  it("says donor with address, the fact, the amount and the day, and nothing else", () => {
    expect(donationReceipt(given)).toEqual({
      donor: { name: "架空　花子", address: "架空市架空町１丁目" },
      fact: expect.stringContaining("受領しました"),
      amount: 30_000,
      receivedOn: "2026-12-15",
    });
  });
});
