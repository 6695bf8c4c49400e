/** 寄附・申出徴収・特別徴収 from the filing (or the fee system) to what one payment would take. */
import { civilDate, month } from "@hagukumi/law/contract.ts";
import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { listCreditors, saveCreditor } from "../../src/deductions/creditors.ts";
import { plannedDeductions } from "../../src/deductions/planned.ts";
import { donationReceipt } from "../../src/deductions/receipt.ts";
import { donationIn, feeRequestsIn, wantedDeductions } from "../../src/deductions/register.ts";
import {
  addSpecialCollection,
  addSpecialCollections,
  cancelSpecialCollection,
  notifySpecialCollection,
} from "../../src/deductions/special-collection.ts";
import { approveFiling } from "../../src/filings/approve.ts";
import { testContext, testFolder } from "../support/context.ts";
import { certifiedFamily, countOf, noticesTo, onDay } from "../support/families.ts";
import { decided, examined, form, prepare } from "../support/filings.ts";

const database = useDatabase();
const dir = testFolder();
const clerk = testContext(database, dir, "staff.ito");
const approver = testContext(database, dir, "staff.sato");
const clerks = { clerk, approver };

const DECEMBER = month("2026-12");
const FEBRUARY = month("2027-02");
const PAY_DAY = civilDate("2026-12-15");

beforeAll(async () => await prepare(database.pool));

type Examination = Awaited<ReturnType<typeof examined>>;
const itemsOf = ({ proposal }: Examination, weight: string): string[] =>
  proposal.differences.filter((each) => each.weight === weight).map(({ item }) => item);

const donation = (
  procedure: "donation" | "donationChange" | "donationWithdrawal",
  claimant: number,
  recipientId: number,
  receivedOn: string,
  more: Record<string, unknown> = {},
) => form(procedure, receivedOn, { claimant, recipientId, ...more });

describe("寄附 (form 14)", () => {
  it("is stopped for an institution's part, a second request, a change or withdrawal of nothing; part and whole exclude each other", async () => {
    const recipient = await certifiedFamily(clerks, 54_000, ["2020-05-10"]);
    expect(
      itemsOf(
        await examined(clerk, donation("donationChange", 54_000, recipient, "2026-11-10", { scope: "all" })),
        "stop",
      ),
    ).toContain("donation.missing");
    expect(
      itemsOf(await examined(clerk, donation("donationWithdrawal", 54_000, recipient, "2026-11-10")), "stop"),
    ).toContain("donation.missing");
    await expect(
      examined(clerk, donation("donation", 54_000, recipient, "2026-11-10", { scope: "all", amount: 5000 })),
    ).rejects.toMatchObject({ code: "filingInvalid" });
    await expect(
      examined(clerk, donation("donation", 54_000, recipient, "2026-11-10", { scope: "amount" })),
    ).rejects.toMatchObject({ code: "filingInvalid" });
    await decided(
      clerk,
      approver,
      donation("donation", 54_000, recipient, "2026-11-10", { scope: "amount", amount: 5000 }),
    );
    expect(
      itemsOf(await examined(clerk, donation("donation", 54_000, recipient, "2026-11-12", { scope: "all" })), "stop"),
    ).toContain("donation.exists");
  });

  it("[A119] [A216] counts from the payment month of its cut-off; changed and withdrawn; the receipt has the four items", async () => {
    const recipient = await certifiedFamily(clerks, 54_010, ["2020-05-10"]);
    // Cut-off for December: 15 November. The 15th counts for December, the 16th for February.
    const inTime = await examined(
      clerk,
      donation("donation", 54_010, recipient, "2026-11-15", { scope: "amount", amount: 5000, fromPayment: "2026-12" }),
    );
    expect(itemsOf(inTime, "note")).toEqual([]);
    await approveFiling(approver, { filingId: inTime.filingId, digest: inTime.digest });
    expect(await noticesTo(database.pool, 54_010)).toMatchObject([
      { kind: "donationRegistered", facts: { amount: 5000, fromPayment: "2026-12" } },
    ]);

    const late = await examined(
      clerk,
      donation("donationChange", 54_010, recipient, "2026-11-16", { scope: "all", fromPayment: "2026-12" }),
    );
    expect(itemsOf(late, "note")).toContain("donation.cutOff");
    expect(late.proposal.reasons.join()).toContain("2027-02");
    await approveFiling(approver, { filingId: late.filingId, digest: late.digest });
    expect(await donationIn(database.pool, recipient, DECEMBER)).toMatchObject({ scope: "amount", amount: 5000 });
    expect(await donationIn(database.pool, recipient, FEBRUARY)).toMatchObject({ scope: "all", amount: null });

    // October and November: 10,000 × 2 = 20,000; 5,000 given in December.
    const due = ["2026-10", "2026-11"].map((of) => ({ child: 54_011, month: month(of), amount: 10_000 }));
    const plan = plannedDeductions(due, await wantedDeductions(database.pool, recipient, DECEMBER, PAY_DAY));
    expect(plan).toMatchObject({ gross: 20_000, net: 15_000, deductions: [{ kind: "donation", amount: 5000 }] });
    const receipt = donationReceipt({
      name: "架空　寄附子",
      address: "架空町１丁目",
      amount: plan.deductions[0]?.amount ?? 0,
      receivedOn: PAY_DAY,
    });
    expect(receipt).toMatchObject({
      donor: { name: "架空　寄附子", address: "架空町１丁目" },
      amount: 5000,
      receivedOn: "2026-12-15",
    });
    expect(Object.keys(receipt)).toEqual(["donor", "fact", "amount", "receivedOn"]);

    const january = { clerk: onDay(clerk, "2027-01-12"), approver: onDay(approver, "2027-01-12") };
    await decided(january.clerk, january.approver, donation("donationWithdrawal", 54_010, recipient, "2027-01-10"));
    expect(await donationIn(database.pool, recipient, FEBRUARY)).toMatchObject({ scope: "none" });
    expect(await wantedDeductions(database.pool, recipient, FEBRUARY, civilDate("2027-02-15"))).toEqual([]);
    // All three rows are kept.
    expect(await countOf(database.pool, "donation", `recipient_id = ${recipient}`)).toBe(3);
  });
});

const city = {
  name: "架空市学校給食課",
  kind: "city",
  feeKinds: ["schoolLunch", "nursery"],
  validFrom: civilDate("2026-04-01"),
  approvedBy: "staff.sato",
} as const;
const nursery = {
  name: "架空私立保育園",
  kind: "thirdParty",
  feeKinds: ["nursery"],
  validFrom: civilDate("2026-04-01"),
  approvedBy: "staff.sato",
  account: { bank: "0182", branch: "101", accountType: "1", accountNumber: "7540000", holder: "カクウホイクエン" },
} as const;

describe("creditors and 申出徴収 (form 15)", () => {
  it("a creditor needs two people, an account exactly where it is a third party, and a fee that it handles", async () => {
    await expect(saveCreditor(clerk, { ...city, approvedBy: "staff.ito" })).rejects.toMatchObject({
      code: "samePerson",
    });
    await expect(saveCreditor(clerk, { ...city, account: nursery.account })).rejects.toMatchObject({
      code: "creditorInvalid",
    });
    const { account: _, ...noAccount } = nursery;
    await expect(saveCreditor(clerk, noAccount)).rejects.toMatchObject({ code: "creditorInvalid" });
    await expect(
      saveCreditor(clerk, { ...nursery, account: { ...nursery.account, branch: "999" } }),
    ).rejects.toMatchObject({ code: "creditorInvalid" });
    await expect(saveCreditor(clerk, { ...city, feeKinds: [] })).rejects.toMatchObject({ code: "creditorInvalid" });
    await expect(saveCreditor(clerk, { ...city, creditorId: 999 })).rejects.toMatchObject({ code: "creditorInvalid" });
    expect(await listCreditors(database.pool)).toEqual([]);
  });

  it("[A120] is by child, creditor and fee, with a cap; changed and withdrawn; another's child and a fee that nobody handles are stopped", async () => {
    const school = await saveCreditor(clerk, city);
    const other = await saveCreditor(clerk, nursery);
    await saveCreditor(clerk, { ...city, creditorId: school, name: "架空市教育委員会" });
    expect(await listCreditors(database.pool)).toMatchObject([
      { creditorId: school, revision: 2, name: "架空市教育委員会" },
      { creditorId: other, revision: 1, kind: "thirdParty" },
    ]);

    const recipient = await certifiedFamily(clerks, 54_100, ["2025-06-05", "2015-07-01"]);
    await certifiedFamily(clerks, 54_110, ["2020-05-10"]);
    const wish = (
      child: number,
      creditorId: number,
      feeKind: string,
      cap: number,
      procedure: "feeCollection" | "feeCollectionChange" = "feeCollection",
    ) => form(procedure, "2026-11-10", { claimant: 54_100, recipientId: recipient, child, creditorId, feeKind, cap });
    expect(itemsOf(await examined(clerk, wish(54_111, school, "schoolLunch", 4000)), "stop")).toContain("child");
    expect(itemsOf(await examined(clerk, wish(54_102, school, "afterSchool", 4000)), "stop")).toContain(
      "creditor.feeKind",
    );
    expect(itemsOf(await examined(clerk, wish(54_102, 999, "schoolLunch", 4000)), "stop")).toContain("creditor");
    expect(
      itemsOf(await examined(clerk, wish(54_102, school, "schoolLunch", 4000, "feeCollectionChange")), "stop"),
    ).toContain("fee.missing");

    await decided(clerk, approver, wish(54_102, school, "schoolLunch", 4000));
    await decided(clerk, approver, wish(54_101, other, "nursery", 12_000));
    expect(itemsOf(await examined(clerk, wish(54_102, school, "schoolLunch", 9000)), "stop")).toContain("fee.exists");
    await decided(clerk, approver, wish(54_102, school, "schoolLunch", 6000, "feeCollectionChange"));
    expect(await feeRequestsIn(database.pool, recipient, DECEMBER)).toMatchObject([
      { child: 54_101, creditorKind: "thirdParty", cap: 12_000 },
      { child: 54_102, creditorKind: "city", cap: 6000 },
    ]);
    // 25,000 × 2 = 50,000 − 6,000 (市, 21条1項) − 12,000 (市以外, 21条2項) = 32,000
    const due = ["2026-10", "2026-11"].flatMap((of) => [
      { child: 54_101, month: month(of), amount: 15_000 },
      { child: 54_102, month: month(of), amount: 10_000 },
    ]);
    const plan = plannedDeductions(due, await wantedDeductions(database.pool, recipient, DECEMBER, PAY_DAY));
    expect(plan).toMatchObject({
      gross: 50_000,
      net: 32_000,
      deductions: [
        { kind: "requestedDeduction", amount: 6000 },
        { kind: "requestedToThirdParty", amount: 12_000 },
      ],
    });

    const { content } = wish(54_101, other, "nursery", 1);
    const { cap: _, ...without } = content;
    await decided(clerk, approver, form("feeCollectionWithdrawal", "2026-11-12", without));
    expect(await feeRequestsIn(database.pool, recipient, DECEMBER)).toMatchObject([{ child: 54_102 }]);
  });
});

describe("特別徴収 (22条)", () => {
  it("[A217] needs its notice before the pay day, months of the fee's own year, and two people; without the notice nothing is taken", async () => {
    const section = await saveCreditor(clerk, { ...city, name: "架空市保育課" });
    const private_ = await saveCreditor(clerk, nursery);
    const recipient = await certifiedFamily(clerks, 54_200, ["2025-06-05"]);
    const entry = {
      recipientId: recipient,
      child: 54_201,
      creditorId: section,
      feeKind: "nursery",
      feeYear: 2026,
      amount: 9000,
      paymentMonth: DECEMBER,
      reference: "H-2026-1",
      approvedBy: "staff.sato",
    } as const;
    await expect(addSpecialCollection(clerk, { ...entry, approvedBy: "staff.ito" })).rejects.toMatchObject({
      code: "samePerson",
    });
    await expect(addSpecialCollection(clerk, { ...entry, creditorId: private_ })).rejects.toMatchObject({
      code: "deductionInvalid",
    });
    await expect(addSpecialCollection(clerk, { ...entry, child: 54_101 })).rejects.toMatchObject({
      code: "deductionInvalid",
    });
    await expect(addSpecialCollection(clerk, { ...entry, paymentMonth: month("2026-11") })).rejects.toMatchObject({
      code: "deductionInvalid",
    });
    // October and November 2026 are of fiscal year 2026: a fee of 2025 can't be taken from them (令3条).
    await expect(addSpecialCollection(clerk, { ...entry, feeYear: 2025 })).rejects.toMatchObject({
      code: "deductionInvalid",
    });
    await expect(addSpecialCollection(clerk, { ...entry, amount: 0 })).rejects.toMatchObject({
      code: "deductionInvalid",
    });

    const specialId = await addSpecialCollection(clerk, entry);
    await expect(addSpecialCollection(clerk, entry)).rejects.toMatchObject({ code: "duplicate" });
    expect(await wantedDeductions(database.pool, recipient, DECEMBER, PAY_DAY)).toEqual([]);
    const notice = { notifiedOn: civilDate("2026-11-23"), payerName: "架空　納付子", payerAddress: "架空町１丁目" };
    await expect(notifySpecialCollection(clerk, specialId, { ...notice, notifiedOn: PAY_DAY })).rejects.toMatchObject({
      code: "deductionInvalid",
    });
    await expect(notifySpecialCollection(clerk, specialId, { ...notice, payerAddress: "" })).rejects.toMatchObject({
      code: "deductionInvalid",
    });
    await notifySpecialCollection(clerk, specialId, notice);
    expect(await wantedDeductions(database.pool, recipient, DECEMBER, PAY_DAY)).toEqual([
      { kind: "specialDeduction", id: specialId, wanted: 9000, feeYear: 2026 },
    ]);

    await cancelSpecialCollection(clerk, specialId, { cause: "納付された", approvedBy: "staff.sato" });
    expect(await wantedDeductions(database.pool, recipient, DECEMBER, PAY_DAY)).toEqual([]);
  });

  it("[A121] a list from the fee system is entered row by row, what is wrong is named, and nothing is taken before its notice", async () => {
    const section = await saveCreditor(clerk, { ...city, name: "架空市保育課第二" });
    const recipient = await certifiedFamily(clerks, 54_300, ["2025-06-05"]);
    const row = (reference: string, more: object = {}) => ({
      recipientId: recipient,
      child: 54_301,
      creditorId: section,
      feeKind: "nursery" as const,
      feeYear: 2026,
      amount: 9000,
      paymentMonth: DECEMBER,
      reference,
      ...more,
    });
    const list = [row("L-1"), row("L-2", { amount: 3000 }), row("L-3", { feeYear: 2025 }), row("L-1")];
    const first = await addSpecialCollections(clerk, list, "staff.sato");
    expect(first.added).toHaveLength(2);
    expect(first.refused.map(({ reference, code }) => [reference, code])).toEqual([
      ["L-3", "deductionInvalid"],
      ["L-1", "duplicate"],
    ]);
    expect((await addSpecialCollections(clerk, list, "staff.sato")).added).toEqual([]);
    expect(await wantedDeductions(database.pool, recipient, DECEMBER, PAY_DAY)).toEqual([]);
    const notice = { notifiedOn: civilDate("2026-11-23"), payerName: "架空　納付子", payerAddress: "架空町１丁目" };
    for (const specialId of first.added) await notifySpecialCollection(clerk, specialId, notice);
    // 15,000 × 2 = 30,000 − 9,000 − 3,000 = 18,000
    const due = ["2026-10", "2026-11"].map((of) => ({ child: 54_301, month: month(of), amount: 15_000 }));
    const plan = plannedDeductions(due, await wantedDeductions(database.pool, recipient, DECEMBER, PAY_DAY));
    expect(plan).toMatchObject({ net: 18_000, deductions: [{ amount: 9000 }, { amount: 3000 }] });
  });
});
