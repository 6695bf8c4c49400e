/**
 * Any content that fits a form's shape – persons who are not what they are said to be, days of other centuries, numbers of other
 * cases – goes through the whole way to the decision: the only exception that may come out is a refusal, and whatever was decided
 * keeps every money check.
 */
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import * as fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { saveCreditor } from "../../src/deductions/creditors.ts";
import type { ProcedureCode } from "../../src/filings/procedure-codes.ts";
import { otherProcedures } from "../../src/procedures/list.ts";
import { verifyMoney } from "../../src/verify/verify-money.ts";
import { testContext, testFolder } from "../support/context.ts";
import { certifiedFamily } from "../support/families.ts";
import { number15, resident } from "../support/feeds.ts";
import { bring, decided, form, prepare } from "../support/filings.ts";
import { advance, create } from "../support/runs.ts";

const database = useDatabase();
const dir = testFolder();
const clerk = testContext(database, dir, "staff.ito");
const approver = testContext(database, dir, "staff.sato");

// Two families, a person without a case, a home, a person who has died, a number that nobody has.
const PEOPLE = [55_000, 55_001, 55_002, 55_010, 55_011, 55_020, 55_021, 55_029, 55_030, 55_999] as const;

beforeAll(async () => {
  await prepare(database.pool);
  await certifiedFamily({ clerk, approver }, 55_000, ["2025-06-05", "2015-07-01"]);
  await certifiedFamily({ clerk, approver }, 55_010, ["2020-05-10"]);
  await certifiedFamily({ clerk, approver }, 55_020, ["2010-05-10"]);
  await bring(clerk, {
    organizations: [
      {
        宛名番号: number15(55_029),
        名称: "架空園",
        名称フリガナ: "カクウエン",
        区分: "institution",
        市区町村コード: "431010",
        住所: "架空町２丁目",
        設置者区分: "public",
      },
    ],
    residents: [
      resident(55_030, "1970-01-01"),
      resident(55_020, "1990-01-01", {
        世帯番号: number15(55_020),
        履歴番号: "2",
        住民状態: "3",
        異動年月日: "2026-11-02",
        異動事由コード: "21",
      }),
    ],
  });
  await saveCreditor(clerk, {
    name: "架空市給食課",
    kind: "city",
    feeKinds: ["schoolLunch"],
    validFrom: clerk.today,
    approvedBy: "staff.sato",
  });
  const run = await create(database.pool);
  await advance(database.pool, run.runNo, "approved");
});

const person = fc.constantFrom(...PEOPLE);
const recipientId = fc.constantFrom(1, 2, 3, 9);
const day = fc.constantFrom(
  "1900-01-01",
  "2009-12-31",
  "2024-02-29",
  "2026-09-30",
  "2026-10-31",
  "2026-11-02",
  "2026-11-23",
  "2026-12-31",
  "2027-04-01",
  "2100-12-31",
);
const month = fc.constantFrom("2026-10", "2026-12", "2027-02");
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined });
const holder = fc.constantFrom("カクウ　タロウ", "ベツ　ジン", "架空太郎", "ｶｸｳ ﾀﾛｳ");
const account = fc.oneof(
  fc.record({
    bank: fc.constantFrom("0182", "9999"),
    branch: fc.constantFrom("101", "999"),
    accountType: fc.constantFrom("1", "2", "4"),
    accountNumber: fc.constantFrom("1", "0000000", "7550001", "12345678"),
    holder,
  }),
  fc.record({
    yuchoSymbol: fc.constantFrom("17180", "27180", "00000"),
    yuchoNumber: fc.constantFrom("11", "12345671"),
    holder,
  }),
);
const own = { claimant: person, recipientId };
const children = fc.uniqueArray(person, { minLength: 1, maxLength: 3 });

const contents = {
  parentDesignation: fc.oneof(
    fc.record({
      action: fc.constant("designate"),
      claimant: person,
      children,
      parentNames: fc.constant(["架空　父"]),
      signedOn: day,
      validFrom: day,
      until: maybe(day),
    }),
    fc.record({
      action: fc.constant("end"),
      claimant: person,
      children,
      endedOn: day,
      cause: fc.constant("withdrawn"),
    }),
  ),
  annualReview: fc.record({ ...own, year: fc.constantFrom(2022, 2026, 2100), unchanged: fc.boolean() }),
  institutionAnnualReview: fc.record({ ...own, year: fc.constant(2026), unchanged: fc.boolean() }),
  change: fc.record({
    ...own,
    on: day,
    name: maybe(fc.constant({ name: "架空　改", kana: "カクウ　カイ" })),
    address: maybe(
      fc.record({
        postalCode: fc.constant("8600000"),
        address: fc.constant("架空町"),
        wardCode: fc.constantFrom("431010", "131016"),
      }),
    ),
    coverage: maybe(
      fc.record({ employeeClass: fc.constantFrom("employee", "nonEmployee"), evidence: fc.constant("insuranceCard") }),
    ),
    spouse: maybe(
      fc.record({
        now: fc.option(fc.record({ number: person, name: fc.constant("架空"), kana: fc.constant("カクウ") })),
        cause: fc.constant("婚姻"),
      }),
    ),
    children: fc.array(fc.record({ child: person, living: fc.constantFrom("together", "apart") }), { maxLength: 2 }),
  }),
  institutionChange: fc.record({ ...own, on: day, name: fc.constant({ name: "新園", kana: "シンエン" }) }),
  unpaid: fc.record({ ...own, children, account, holderIs: fc.constantFrom("child", "guardianForChild") }),
  institutionUnpaid: fc.record({ ...own, account }),
  donation: fc.record({
    ...own,
    scope: fc.constant("all"),
    fromPayment: maybe(fc.constantFrom("2026-10", "2026-12", "2027-02")),
  }),
  donationChange: fc.record({ ...own, scope: fc.constant("amount"), amount: fc.integer({ min: 1, max: 9_999_999 }) }),
  donationWithdrawal: fc.record(own),
  feeCollection: fc.record({
    ...own,
    child: person,
    creditorId: fc.constantFrom(1, 7),
    feeKind: fc.constantFrom("schoolLunch", "nursery"),
    cap: fc.integer({ min: 1, max: 9_999_999 }),
    toPayment: maybe(fc.constantFrom("2026-10", "2027-02")),
  }),
  feeCollectionChange: fc.record({
    ...own,
    child: person,
    creditorId: fc.constantFrom(1, 7),
    feeKind: fc.constant("schoolLunch"),
    cap: fc.constant(5000),
  }),
  feeCollectionWithdrawal: fc.record({
    ...own,
    child: person,
    creditorId: fc.constantFrom(1, 7),
    feeKind: fc.constant("schoolLunch"),
  }),
  separateCare: fc.record({
    ...own,
    children: fc.array(
      fc.record({ child: person, since: day, reason: fc.constant("schooling"), care: fc.constant("送金") }),
      { minLength: 1, maxLength: 2 },
    ),
    reviewOn: maybe(day),
  }),
  studyAbroad: fc.record({
    ...own,
    child: person,
    leftOn: day,
    livedInJapanSince: day,
    school: fc.constant("架空校"),
    country: fc.constant("架空国"),
    withParents: fc.boolean(),
    returnedOn: maybe(day),
  }),
  livingTogetherPriority: fc.record({
    claimant: person,
    children: fc.array(fc.record({ child: person, livesHereSince: day }), { minLength: 1, maxLength: 2 }),
    other: fc.record({ number: person, name: fc.constant("架空　相手") }),
    otherPaidBy: fc.constantFrom("city", "nobody"),
    evidence: fc.record({ kind: fc.constantFrom("courtSummons", "maintenance"), on: day }),
    apartSince: day,
  }),
  guardian: fc.record({
    claimant: person,
    recipientKind: fc.constantFrom("individual", "corporateGuardian"),
    child: person,
    action: fc.constantFrom("appointed", "ended"),
    on: day,
    evidence: fc.constant("審判書"),
  }),
  placement: fc.record({
    claimant: person,
    institution: person,
    placeKind: fc.constantFrom("childrenHome", "fosterParent"),
    placeName: fc.constant("架空園"),
    placedOn: day,
    plannedUntil: maybe(day),
    endedOn: maybe(day),
    commuting: fc.boolean(),
    authority: fc.constant("架空児童相談所"),
  }),
  publicService: fc.record({ claimant: person, employer: fc.constant("架空県"), from: day, to: maybe(day) }),
  death: fc.record({ claimant: person, diedOn: day, evidence: fc.constant("住民票") }),
  detention: fc.record({ claimant: person, from: day, to: maybe(day) }),
  moveOut: fc.oneof(
    fc.record({ claimant: person, state: fc.constantFrom("planned", "removed", "cancelled"), plannedOn: day }),
    fc.record({ claimant: person, state: fc.constant("moved"), plannedOn: day, movedInOn: day }),
  ),
  accountChange: fc.record({ ...own, account, exception: maybe(fc.constant("例外の理由")) }),
  childAccount: fc.record({
    ...own,
    ground: fc.constantFrom("publicInstitution", "unpaid"),
    child: person,
    account,
    keptBy: maybe(fc.constant("施設の長が預かる")),
  }),
  publicAccountChoice: fc.oneof(
    fc.record({
      ...own,
      choice: fc.constant("publicAccount"),
      signedOn: day,
      answer: fc.record({ answeredOn: day, account }),
    }),
    fc.record({ ...own, choice: fc.constant("typed"), signedOn: day, account }),
  ),
  numberChange: fc.record({ claimant: person, person, changedOn: day, cause: fc.constant("leaked") }),
} satisfies Partial<Record<ProcedureCode, fc.Arbitrary<Record<string, unknown>>>>;

const plain = (content: Record<string, unknown>): Record<string, unknown> =>
  JSON.parse(JSON.stringify(content)) as Record<string, unknown>;

const UNFORESEEN: ReadonlySet<string> = new Set([
  "referenceMissing",
  "constraintViolated",
  "invalidValue",
  "duplicate",
]);

describe("any content that fits the shape", () => {
  it("is drawn for every procedure of the list", () => {
    expect(Object.keys(contents).toSorted()).toEqual(otherProcedures.map(({ code }) => code).toSorted());
  });

  it("ends in a decision or in a refusal, never in a crash, and the money checks hold afterwards", async () => {
    const outcomes = new Map<string, number>();
    // What the database alone refused: the proposal should have said it before.
    const unforeseen: string[] = [];
    const any = fc.oneof(
      ...Object.entries(contents).map(([code, arbitrary]) =>
        (arbitrary as fc.Arbitrary<Record<string, unknown>>).map((content) => ({
          code: code as ProcedureCode,
          content: plain(content),
        })),
      ),
    );
    await fc.assert(
      fc.asyncProperty(any, month, async ({ code, content }, received) => {
        const filed = form(code, received > "2026-11" ? "2026-11-20" : `${received}-20`, content);
        let outcome = "decided";
        try {
          await decided(clerk, approver, filed);
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
          outcome = error.code;
          if (UNFORESEEN.has(outcome)) unforeseen.push(`${code} ${error.code} ${JSON.stringify(error.details)}`);
        }
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      }),
      { numRuns: 250, endOnFailure: true },
    );
    // Not everything was refused: the way to the decision was really gone.
    expect(outcomes.get("decided") ?? 0).toBeGreaterThan(20);
    expect(unforeseen).toEqual([]);
    expect((await verifyMoney(clerk)).filter(({ violations }) => violations > 0)).toEqual([]);
  }, 240_000);
});
