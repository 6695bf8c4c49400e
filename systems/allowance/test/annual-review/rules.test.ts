/** Who must file, who is confirmed, who is not: rule by rule, and against a second reading of the same text. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { barcodeOf, checkDigit, parseBarcode } from "../../src/annual-review/barcode.ts";
import { discloseAddresses, type OnForm } from "../../src/annual-review/disclosure.ts";
import {
  judgeReview,
  MANDATORY_RULES,
  REVIEW_RULES,
  type ReviewChild,
  type ReviewFacts,
  type ReviewIncome,
  type ReviewRule,
} from "../../src/annual-review/rules.ts";
import { settingShapes } from "../../src/settings.ts";

const BASE = "2026-06-01";
const child = (more: Partial<ReviewChild> = {}): ReviewChild => ({
  number: 1,
  payable: true,
  underThree: false,
  registered: true,
  resident: true,
  dead: false,
  sameHousehold: true,
  living: null,
  apartReason: null,
  situation: null,
  ...more,
});
const facts = (more: Partial<ReviewFacts> = {}): ReviewFacts => ({
  kind: "individual",
  claimedOn: "2024-11-05",
  resident: true,
  hidden: false,
  publicServant: false,
  coverageKnown: true,
  children: [child()],
  own: { kind: "known", judged: 3_000_000 },
  other: { kind: "known", judged: 2_000_000 },
  earlierMissing: false,
  called: false,
  claimOpen: false,
  ...more,
});
const judged = (more: Partial<ReviewFacts>, rules: readonly ReviewRule[] = REVIEW_RULES) =>
  judgeReview(facts(more), rules, BASE);
const counted = (situation: "student" | "other" | null): ReviewChild => child({ number: 2, payable: false, situation });

/** One case for each rule: what brings it about, and what looks like it and does not. */
const CASES: readonly (readonly [ReviewRule, Partial<ReviewFacts>, Partial<ReviewFacts>])[] = [
  ["institution", { kind: "institution" }, { kind: "individual" }],
  ["corporateGuardian", { kind: "corporateGuardian" }, { kind: "individual" }],
  ["violence", { hidden: true }, { hidden: false }],
  [
    "violence",
    { children: [child({ living: "apart", apartReason: "violence" })] },
    { children: [child({ living: "together", apartReason: null })] },
  ],
  [
    "divorceTalks",
    { children: [child({ living: "apart", apartReason: "divorceTalks" })] },
    { children: [child({ living: "apart", apartReason: "work" })] },
  ],
  ["unregisteredChild", { children: [child({ registered: false })] }, { children: [counted("student")] }],
  ["countedNotStudent", { children: [child(), counted("other")] }, { children: [child(), counted("student")] }],
  ["countedNotStudent", { children: [child(), counted(null)] }, { children: [child()] }],
  [
    "apart",
    { children: [child({ living: "apart", apartReason: "work" })] },
    { children: [child({ living: "together" })] },
  ],
  ["earlierMissing", { earlierMissing: true }, { earlierMissing: false }],
  ["called", { called: true }, { called: false }],
];

describe("現況届の提出区分", () => {
  it.each(CASES)(
    "[A75] [D27] rule %s: who falls under it must file for that reason, who does not need not",
    (rule, under, not) => {
      expect(judged(not).reasons).not.toContain(rule);
      expect(judged(under)).toMatchObject({ outcome: "mustFile" });
      expect(judged(under).reasons).toContain(rule);
    },
  );

  it("has a case for every rule", () => {
    expect([...new Set(CASES.map(([rule]) => rule))].toSorted()).toEqual([...REVIEW_RULES].toSorted());
  });

  it("the city can leave out the optional rules alone: the setting refuses to leave out what the law asks", () => {
    const shape = settingShapes.annualReview;
    const rest = { holdFromMonth: 8, reminderAfterDays: 20, printSeparatedAddress: false };
    expect(shape.safeParse({ rules: REVIEW_RULES.filter((rule) => rule !== "institution"), ...rest }).success).toBe(
      false,
    );
    expect(shape.safeParse({ rules: MANDATORY_RULES, ...rest }).success).toBe(true);
    const apart = { children: [child({ living: "apart", apartReason: "work" })] };
    expect(judged(apart, MANDATORY_RULES)).toEqual({ outcome: "confirmed", reasons: [] });
    expect(judged({ kind: "institution" }, [])).toEqual({ outcome: "mustFile", reasons: ["institution"] });
  });

  it("a claim received after the base day has shown the facts; one received on it has not", () => {
    expect(judged({ claimedOn: "2026-06-02", kind: "institution" }).outcome).toBe("exempt");
    expect(judged({ claimedOn: "2026-06-01", kind: "institution" }).outcome).toBe("mustFile");
    expect(judged({ claimedOn: "2026-06-02", called: true }).outcome).toBe("mustFile");
  });

  it.each([
    ["recipientLeft", { resident: false }],
    ["publicServant", { publicServant: true }],
    ["childLeft", { children: [child({ resident: false, sameHousehold: false })] }],
    ["childLeft", { children: [child({ dead: true, resident: false })] }],
    ["childElsewhere", { children: [child({ sameHousehold: false })] }],
    ["coverageUnknown", { coverageKnown: false, children: [child({ underThree: true })] }],
    ["incomeUndeclared", { own: { kind: "undeclared" } }],
    ["incomeUndeclared", { other: { kind: "undeclared" } }],
    ["taxElsewhere", { other: { kind: "elsewhere" } }],
    ["otherEarnsMore", { other: { kind: "known", judged: 3_000_001 } }],
    ["claimOpen", { claimOpen: true }],
  ] as const)("the registers don't confirm: %s", (finding, more) => {
    expect(judged(more as Partial<ReviewFacts>)).toMatchObject({ outcome: "unclear" });
    expect(judged(more as Partial<ReviewFacts>).reasons).toContain(finding);
  });

  it("no more is asked than the law asks: insurance of a child of three, income of a parent alone, equal incomes", () => {
    expect(judged({ coverageKnown: false }).outcome).toBe("confirmed");
    expect(judged({ own: { kind: "undeclared" }, other: null }).outcome).toBe("confirmed");
    expect(judged({ other: { kind: "known", judged: 3_000_000 } }).outcome).toBe("confirmed");
  });
});

/** The second reading: the sentences of the Act's rule and of the city's practice, one after the other, with nothing shared. */
function plainReading(given: ReviewFacts, inUse: readonly string[]): string {
  if (given.claimedOn > BASE && !given.called) return "exempt";
  const paid = given.children.filter((each) => each.payable);
  let must = given.kind !== "individual" || given.called;
  if (given.kind === "individual") {
    if (given.hidden) must = true;
    for (const each of given.children) {
      if (each.apartReason === "violence" || each.apartReason === "divorceTalks") must = true;
      if (!each.payable && each.situation !== "student") must = true;
      if (each.payable && each.living === "apart" && inUse.includes("apart")) must = true;
    }
  }
  if (paid.some((each) => !each.registered)) must = true;
  if (given.earlierMissing && inUse.includes("earlierMissing")) must = true;
  if (must) return "mustFile";
  const incomes = given.other === null ? [] : [given.own, given.other];
  const doubt =
    !given.resident ||
    given.publicServant ||
    given.claimOpen ||
    (!given.coverageKnown && paid.some((each) => each.underThree)) ||
    paid.some((each) => each.dead || (!each.resident && each.living !== "apart")) ||
    paid.some((each) => each.resident && !each.sameHousehold && each.living !== "apart") ||
    incomes.some((each) => each.kind !== "known") ||
    (given.own.kind === "known" && given.other?.kind === "known" && given.other.judged > given.own.judged);
  return doubt ? "unclear" : "confirmed";
}

describe("the second reading", () => {
  const income: fc.Arbitrary<ReviewIncome> = fc.oneof(
    fc.record({ kind: fc.constant("known" as const), judged: fc.nat(5) }),
    fc.constant({ kind: "undeclared" as const }),
    fc.constant({ kind: "elsewhere" as const }),
  );
  const anyChild: fc.Arbitrary<ReviewChild> = fc.record({
    number: fc.nat(9),
    payable: fc.boolean(),
    underThree: fc.boolean(),
    registered: fc.boolean(),
    resident: fc.boolean(),
    dead: fc.boolean(),
    sameHousehold: fc.boolean(),
    living: fc.constantFrom("together", "apart", null),
    apartReason: fc.constantFrom(null, "work", "violence", "divorceTalks"),
    situation: fc.constantFrom("student", "other", null),
  });
  const anyFacts: fc.Arbitrary<ReviewFacts> = fc.record({
    kind: fc.constantFrom("individual", "individual", "individual", "institution", "corporateGuardian"),
    claimedOn: fc.constantFrom("2020-01-01", BASE, "2026-06-02"),
    resident: fc.boolean(),
    hidden: fc.boolean(),
    publicServant: fc.boolean(),
    coverageKnown: fc.boolean(),
    children: fc.array(anyChild, { maxLength: 3 }),
    own: income,
    other: fc.option(income, { nil: null }),
    earlierMissing: fc.boolean(),
    called: fc.boolean(),
    claimOpen: fc.boolean(),
  });

  it("agrees on every family, and a judgement other than confirmed always says why", () => {
    // Children that exist say they are registered when they are resident; the plain reading asks only for registered ones.
    fc.assert(
      fc.property(anyFacts, fc.subarray(["apart", "earlierMissing"] as ReviewRule[]), (given, optional) => {
        const consistent = {
          ...given,
          children: given.children.map((each) => ({
            ...each,
            registered: each.registered || each.resident || each.dead,
          })),
        };
        const answer = judgeReview(consistent, [...MANDATORY_RULES, ...optional], BASE);
        expect(answer.outcome).toBe(plainReading(consistent, optional));
        expect(answer.reasons.length === 0).toBe(answer.outcome === "confirmed");
      }),
      { numRuns: 3000 },
    );
  });
});

describe("the barcode", () => {
  it("is one for each recipient and year; blanks, small and full-width letters don't matter", () => {
    // From the right, weights 2 and 1: 1·2 + … + 6·2 (12 → 1 + 2 = 3) + 2·1 + 0·2 + 2·1 = 9; 10 − 9 = 1
    expect(checkDigit("20260000000001")).toBe(1);
    const barcode = barcodeOf({ year: 2026, recipientId: 1 });
    expect(barcode).toBe("R202600000000011");
    expect(parseBarcode(` ${barcode.toLowerCase()}\n`)).toEqual({ year: 2026, recipientId: 1 });
    const wide = Array.from(barcode)
      .map((character) => String.fromCodePoint((character.codePointAt(0) ?? 0) + 0xfee0))
      .join("");
    expect(parseBarcode(wide)).toEqual({ year: 2026, recipientId: 1 });
    expect(parseBarcode("R20260000000001")).toBeUndefined();
    expect(parseBarcode(`*${barcode.slice(0, 5)}-${barcode.slice(5)}*`)).toEqual({ year: 2026, recipientId: 1 });
  });

  it("survives the way out and back, and one wrong digit is never somebody else's barcode", () => {
    const key = fc.record({
      year: fc.integer({ min: 2022, max: 2100 }),
      recipientId: fc.integer({ min: 1, max: 9_999_999_999 }),
    });
    fc.assert(
      fc.property(key, fc.integer({ min: 1, max: 15 }), fc.integer({ min: 1, max: 9 }), (given, at, shift) => {
        const barcode = barcodeOf(given);
        expect(parseBarcode(barcode)).toEqual(given);
        const digit = (Number(barcode[at]) + shift) % 10;
        expect(parseBarcode(`${barcode.slice(0, at)}${digit}${barcode.slice(at + 1)}`)).toBeUndefined();
      }),
    );
  });
});

const person = (number: number, role: OnForm["role"], address: string | null, guarded = false): OnForm => ({
  number,
  role,
  address,
  protected: guarded,
});

describe("支援措置の関門", () => {
  it("prints no address at all where anybody on the form is protected, also the other parent, whatever the setting", () => {
    fc.assert(
      fc.property(fc.nat(3), fc.boolean(), (which, printSeparated) => {
        const people = [
          person(1, "recipient", "架空町１丁目", which === 0),
          person(2, "child", "架空町１丁目", which === 1),
          person(3, "child", "隠里２丁目", which === 2),
          person(4, "otherParent", "隠里２丁目", which === 3),
        ];
        const { tray, places, proof } = discloseAddresses(people, printSeparated);
        expect(tray).toBe("manual");
        expect([...places.values()]).toEqual([null, null, null, null]);
        expect(proof).toEqual([]);
      }),
    );
  });

  it("prints the recipient's own address, `same` for who lives there, and a place apart only by setting – then it stands in the proof list", () => {
    const people = [
      person(1, "recipient", "架空町１丁目"),
      person(2, "child", "架空町１丁目"),
      person(3, "child", "別市３丁目"),
      person(4, "otherParent", "別市３丁目"),
    ];
    const shut = discloseAddresses(people, false);
    expect([...shut.places.values()]).toEqual([
      { kind: "address", text: "架空町１丁目" },
      { kind: "same" },
      null,
      null,
    ]);
    expect(shut.proof).toEqual([]);
    const open = discloseAddresses(people, true);
    expect(open.places.get(3)).toEqual({ kind: "address", text: "別市３丁目" });
    expect(open.places.get(4)).toBeNull();
    expect(open.proof).toEqual([{ number: 3, address: "別市３丁目" }]);
  });
});
