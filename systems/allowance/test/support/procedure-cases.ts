/** One decidable filing of each procedure, for tests that are about all of them. */
import { civilDate } from "@hagukumi/law/contract.ts";

import type { Context } from "../../src/context.ts";
import { saveCreditor } from "../../src/deductions/creditors.ts";
import type { FilingForm } from "../../src/filings/form.ts";
import { certifiedFamily, type Clerks, exOfficio } from "./families.ts";
import { resident } from "./feeds.ts";
import { bring, form } from "./filings.ts";

/** The creditor of the fees below. */
export const saveSchool = async (clerk: Context): Promise<number> =>
  await saveCreditor(clerk, {
    name: "架空市教育委員会",
    kind: "city",
    feeKinds: ["schoolLunch"],
    validFrom: civilDate("2010-04-01"),
    approvedBy: "staff.sato",
  });

/** A family for the cases below; 15,000 and 10,000 yen a month. @returns the 認定番号 */
export async function caseFamily(clerks: Clerks, base: number): Promise<number> {
  await bring(clerks.clerk, { residents: [resident(base + 3, "1991-01-01")] });
  return await certifiedFamily(clerks, base, ["2025-06-05", "2015-07-01"]);
}

const bank = (accountNumber: string) => ({
  bank: "0182",
  branch: "101",
  accountType: "1",
  accountNumber,
  holder: "カクウ　タロウ",
});

export type ProcedureCase = {
  /** What was decided before and stays */
  readonly before?: (base: number, recipientId: number) => readonly FilingForm[];
  readonly decide: (base: number, recipientId: number) => FilingForm;
};

const wish = (procedure: FilingForm["procedure"], base: number, recipientId: number, more: object = {}): FilingForm =>
  form(procedure, "2026-11-10", { claimant: base, recipientId, ...more });

const feeOf = (
  creditorId: number,
  procedure: FilingForm["procedure"],
  base: number,
  recipientId: number,
  cap?: number,
): FilingForm =>
  wish(procedure, base, recipientId, {
    child: base + 1,
    creditorId,
    feeKind: "schoolLunch",
    ...(cap === undefined ? {} : { cap }),
  });

const changeOf = (base: number, recipientId: number, more: object): FilingForm =>
  form("change", "2026-11-18", { claimant: base, recipientId, on: "2026-11-10", ...more });

/**
 * Every procedure but the claims, those about homes and deaths, and the 取下書. A family is `base` with the children `base + 1` (under
 * three) and `base + 2` (2015), and `base + 3`, somebody else.
 */
export const procedureCases = (school: () => number): Readonly<Record<string, ProcedureCase>> => {
  const fee = (procedure: FilingForm["procedure"], base: number, recipientId: number, cap?: number): FilingForm =>
    feeOf(school(), procedure, base, recipientId, cap);
  return {
    accountChange: {
      decide: (base, recipientId) =>
        form("accountChange", "2026-11-20", { claimant: base, recipientId, account: bank("7100001") }),
    },
    publicAccountChoice: {
      decide: (base, recipientId) =>
        form("publicAccountChoice", "2026-11-20", {
          claimant: base,
          recipientId,
          choice: "publicAccount",
          signedOn: "2026-11-18",
          answer: { answeredOn: "2026-11-19", account: bank("7100002") },
        }),
    },
    donation: { decide: (base, recipientId) => wish("donation", base, recipientId, { scope: "all" }) },
    donationChange: {
      before: (base, recipientId) => [wish("donation", base, recipientId, { scope: "amount", amount: 3000 })],
      decide: (base, recipientId) => wish("donationChange", base, recipientId, { scope: "all" }),
    },
    donationWithdrawal: {
      before: (base, recipientId) => [wish("donation", base, recipientId, { scope: "amount", amount: 3000 })],
      decide: (base, recipientId) => wish("donationWithdrawal", base, recipientId),
    },
    feeCollection: { decide: (base, recipientId) => fee("feeCollection", base, recipientId, 4000) },
    feeCollectionChange: {
      before: (base, recipientId) => [fee("feeCollection", base, recipientId, 4000)],
      decide: (base, recipientId) => fee("feeCollectionChange", base, recipientId, 2000),
    },
    feeCollectionWithdrawal: {
      before: (base, recipientId) => [fee("feeCollection", base, recipientId, 4000)],
      decide: (base, recipientId) => fee("feeCollectionWithdrawal", base, recipientId),
    },
    change: {
      decide: (base, recipientId) =>
        changeOf(base, recipientId, {
          name: { name: "架空　改子", kana: "カクウ　カイコ" },
          coverage: { employeeClass: "nonEmployee", evidence: "insuranceCard" },
          spouse: { now: { name: "架空　配子", kana: "カクウ　ハイコ" }, cause: "婚姻" },
          children: [{ child: base + 1, living: "apart", apartReason: "schooling" }],
        }),
    },
    "change, a second time": {
      before: (base, recipientId) => [
        changeOf(base, recipientId, {
          coverage: { employeeClass: "nonEmployee", evidence: "insuranceCard" },
          spouse: { now: { name: "架空　配子", kana: "カクウ　ハイコ" }, cause: "婚姻" },
          children: [{ child: base + 1, living: "apart", apartReason: "schooling" }],
        }),
      ],
      decide: (base, recipientId) =>
        changeOf(base, recipientId, {
          on: "2026-11-15",
          coverage: { employeeClass: "employee", evidence: "insuranceCard" },
          spouse: { now: null, cause: "離婚" },
          children: [{ child: base + 1, living: "together" }],
        }),
    },
    annualReview: {
      decide: (base, recipientId) =>
        form("annualReview", "2026-11-18", { claimant: base, recipientId, year: 2026, unchanged: true }),
    },
    separateCare: {
      decide: (base, recipientId) =>
        form("separateCare", "2026-11-18", {
          claimant: base,
          recipientId,
          children: [{ child: base + 1, since: "2026-11-01", reason: "workPosting", care: "毎月の送金" }],
        }),
    },
    studyAbroad: {
      decide: (base, recipientId) =>
        form("studyAbroad", "2026-11-18", {
          claimant: base,
          recipientId,
          child: base + 2,
          leftOn: "2026-10-01",
          livedInJapanSince: "2015-07-01",
          school: "架空学校",
          country: "架空国",
          withParents: true,
        }),
    },
    parentDesignation: {
      decide: (base) =>
        form("parentDesignation", "2026-11-16", {
          action: "designate",
          claimant: base + 3,
          children: [base + 1],
          parentNames: ["架空　父"],
          signedOn: "2026-11-10",
          validFrom: "2026-11-16",
        }),
    },
    "parentDesignation, its end": {
      before: (base) => [
        form("parentDesignation", "2026-11-16", {
          action: "designate",
          claimant: base,
          children: [base + 1],
          parentNames: ["架空　父"],
          signedOn: "2026-11-10",
          validFrom: "2026-11-01",
        }),
      ],
      decide: (base) =>
        form("parentDesignation", "2026-11-20", {
          action: "end",
          claimant: base,
          children: [base + 1],
          endedOn: "2026-11-10",
          cause: "parentReturned",
        }),
    },
    guardian: {
      decide: (base) =>
        form("guardian", "2026-11-18", {
          claimant: base + 3,
          recipientKind: "individual",
          child: base + 1,
          action: "appointed",
          on: "2026-11-05",
          evidence: "審判書の謄本",
        }),
    },
    livingTogetherPriority: {
      decide: (base) =>
        form("livingTogetherPriority", "2026-11-18", {
          claimant: base + 3,
          children: [{ child: base + 1, livesHereSince: "2026-10-20" }],
          other: { number: base, name: "架空　他親" },
          otherPaidBy: "city",
          evidence: { kind: "courtSummons", on: "2026-11-06" },
          apartSince: "2026-10-15",
        }),
    },
    placement: {
      decide: (base) =>
        exOfficio("placement", "2026-11-20", {
          claimant: base + 1,
          institution: base + 3,
          placeKind: "fosterParent",
          placeName: "架空里親",
          placedOn: "2026-10-10",
          authority: "架空児童相談所",
        }),
    },
    publicService: {
      decide: (base) => form("publicService", "2026-11-18", { claimant: base, employer: "架空省", from: "2026-11-01" }),
    },
    detention: { decide: (base) => exOfficio("detention", "2026-11-18", { claimant: base, from: "2026-10-31" }) },
    "detention, its end reported later": {
      before: (base) => [exOfficio("detention", "2026-11-18", { claimant: base, from: "2026-10-31" })],
      decide: (base) => exOfficio("detention", "2026-11-18", { claimant: base, from: "2026-10-31", to: "2026-11-12" }),
    },
    decrease: {
      decide: (base, recipientId) =>
        form("decrease", "2026-11-18", {
          claimant: base,
          recipientId,
          events: [{ cause: "careEnded", child: base + 1, on: "2026-10-20" }],
        }),
    },
    extinction: {
      decide: (base, recipientId) =>
        form("extinction", "2026-11-18", {
          claimant: base,
          recipientId,
          events: [{ cause: "detained", on: "2026-10-20" }],
        }),
    },
    numberChange: {
      decide: (base) =>
        form("numberChange", "2026-11-18", { claimant: base, person: base, changedOn: "2026-11-10", cause: "leaked" }),
    },
  };
};
