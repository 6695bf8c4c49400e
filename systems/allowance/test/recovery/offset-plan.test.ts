/** 内払 (13条): seen before it is proposed, decided by two people, taken by the runs as foreseen, told by letter, ended by another plan. */
import { month } from "@hagukumi/law/contract.ts";
import { describe, expect, it } from "vitest";

import { advanceOffsets } from "../../src/deductions/advance-offset.ts";
import { sourceOf } from "../../src/notices/sources/list.ts";
import { readSources } from "../../src/notices/sources/source.ts";
import { debtsInRun, debtsOf } from "../../src/recovery/debts.ts";
import { previewOffset } from "../../src/recovery/preview-offset.ts";
import { proposeRecovery, type RecoveryProposal } from "../../src/recovery/proposals.ts";
import { readClaim } from "../../src/recovery/read-claim.ts";
import { getRecovery } from "../../src/recovery/record.ts";
import { calendar } from "../support/cases.ts";
import {
  by,
  cause,
  database,
  decided,
  first,
  KAKARI,
  lumpSum,
  overpaid,
  refusal,
  second,
  useRecoveries,
} from "../support/recoveries.ts";
import { advance, create } from "../support/runs.ts";

useRecoveries();

const terms = { perPayment: 15_000, keep: 30_000, fromPayment: "2027-02" };
const offset: RecoveryProposal = {
  kind: "plan",
  method: "offset",
  offset: terms,
  pledgedOn: "2027-01-18",
  reason: "窓口で同意書（架空）",
};

const open = async (form: "advanceOffset" | "payment" | "repayment", documentOn: string) =>
  await readSources(database.pool, sourceOf(form), { from: "2026-01-01", documentOn, paymentRunNo: null }, 100);

describe("an offset plan", () => {
  it("is refused without its terms, from a payment that is over, in an odd month, and terms are refused elsewhere", async () => {
    const { recoveryId } = await overpaid();
    await decided(recoveryId, cause("recipient"));
    const { offset: _none, ...bare } = { ...offset };
    const wrong: readonly [unknown, string][] = [
      [bare, "recoveryInvalid"],
      [{ ...offset, offset: { ...terms, fromPayment: "2026-12" } }, "recoveryInvalid"],
      [{ ...offset, offset: { ...terms, fromPayment: "2027-03" } }, "recoveryInvalid"],
      [{ ...offset, offset: { ...terms, toPayment: "2026-12" } }, "deductionInvalid"],
      [{ ...offset, pledgedOn: "2027-01-21" }, "recoveryInvalid"],
      [{ ...lumpSum, offset: terms }, "recoveryInvalid"],
    ];
    for (const [proposal, code] of wrong) {
      await expect(
        proposeRecovery(by(KAKARI), { recoveryId, proposal: proposal as RecoveryProposal }),
        JSON.stringify(proposal),
      ).rejects.toEqual(refusal(code));
    }
    expect(await advanceOffsets(database.pool, second())).toEqual([]);
  });

  it("shows the payments to come, and the run takes exactly what was shown; another plan ends it", async () => {
    const { recoveryId } = await overpaid();
    const question = { recipientId: second(), owed: 60_000, ...terms, fromPayment: month("2027-02") };
    const preview = await previewOffset(database.pool, calendar, question);
    // (10,000 + 10,000) × 2 months = 40,000 a payment; it leaves at least 30,000, so 10,000 at most is taken: six payments for 60,000.
    expect(preview.left).toBe(0);
    expect(
      preview.payments.map(({ paymentMonth, gross, offset: taken, net, left }) => [
        paymentMonth,
        gross,
        taken,
        net,
        left,
      ]),
    ).toEqual([
      ["2027-02", 40_000, 10_000, 30_000, 50_000],
      ["2027-04", 40_000, 10_000, 30_000, 40_000],
      ["2027-06", 40_000, 10_000, 30_000, 30_000],
      ["2027-08", 40_000, 10_000, 30_000, 20_000],
      ["2027-10", 40_000, 10_000, 30_000, 10_000],
      ["2027-12", 40_000, 10_000, 30_000, 0],
    ]);
    // Nothing is left to take where every yen must be paid.
    expect((await previewOffset(database.pool, calendar, { ...question, keep: 40_000 })).left).toBe(60_000);
    await decided(recoveryId, cause("recipient"));
    await decided(recoveryId, offset);
    expect(await advanceOffsets(database.pool, second())).toMatchObject([
      { perPayment: 15_000, keep: 30_000, fromPayment: "2027-02", consentOn: "2027-01-18" },
    ]);
    // No demand went out; the consent is an acknowledgement and renews the five years on the day of the decision.
    expect((await readClaim(database.pool, by(KAKARI), recoveryId)).claim.clock).toEqual({
      completeOn: "2032-01-21",
      reasons: ["2026-12-15 から 5年", "2027-01-20 承認（納付・分納誓約・内払への同意）で更新"],
    });
    const { runNo } = await create(database.pool, "2027-02");
    expect(await getRecovery(database.pool, recoveryId)).toMatchObject({ offset: 10_000, outstanding: 50_000 });
    expect(await debtsInRun(database.pool, runNo)).toEqual([
      { recipientId: second(), outstanding: 50_000, claims: 1, paid: 30_000, taken: 10_000, offset: true },
    ]);
    // One claim, one way: a demand for the rest ends the offset in the same approval.
    await decided(recoveryId, lumpSum);
    expect(await advanceOffsets(database.pool, second())).toEqual([]);
    const { plan, instalments } = await readClaim(database.pool, by(KAKARI), recoveryId);
    expect(plan).toMatchObject({ method: "lumpSum", total: 50_000, offset: null });
    expect(instalments).toMatchObject([{ amount: 50_000, paid: 0 }]);
  });
});

describe("what is told", () => {
  it("the plan and each payment by 内払調整通知書, no demand beside it; the 支払通知書 shows the whole months and what was taken", async () => {
    const { recoveryId } = await overpaid();
    // Found, but nobody has decided why: no letter asks anybody for anything.
    expect(await open("repayment", "2027-01-20")).toEqual([]);
    await decided(recoveryId, cause("recipient"));
    await decided(recoveryId, offset);
    expect((await open("advanceOffset", "2027-01-20")).map(({ facts }) => facts)).toMatchObject([
      { overpaid: 60_000, perPayment: 15_000, keep: 30_000, fromPayment: "2027-02" },
    ]);
    expect((await open("repayment", "2027-01-20")).map(({ facts }) => facts["stage"] ?? "")).toEqual([""]);
    const { runNo } = await create(database.pool, "2027-02");
    // Not before the file is fixed: a run that may still be cancelled tells nobody anything (I-26, I-37).
    expect((await open("advanceOffset", "2027-02-15")).map(({ sourceKey }) => sourceKey)).toHaveLength(1);
    await advance(database.pool, runNo, "handedOver");
    const told = (await open("advanceOffset", "2027-02-15")).find(({ sourceKey }) => sourceKey.startsWith("offset:"));
    expect(told?.facts).toMatchObject({ payOn: "2027-02-15", offset: 10_000, left: 50_000 });
    const letter = (await open("payment", "2027-02-15")).find(
      ({ recipientId, facts }) => recipientId === second() && facts["runNo"] === runNo,
    );
    // Two children of 10,000 for December and January each: 40,000, less 10,000, is the 30,000 that the bank transfers.
    expect(letter?.facts).toMatchObject({
      amount: 30_000,
      deductions: [{ kind: "advanceOffset", amount: 10_000 }],
      items: [
        { month: "2026-12", amount: 10_000 },
        { month: "2027-01", amount: 10_000 },
        { month: "2026-12", amount: 10_000 },
        { month: "2027-01", amount: 10_000 },
      ],
    });
  });
});

describe("[A115] a debt is seen before anything new is paid", () => {
  it("by person, over every 認定番号, and in the run that is about to pay; whoever owes nothing is not named", async () => {
    const { recoveryId, addresseeNumber } = await overpaid();
    expect(await debtsOf(database.pool, addresseeNumber)).toMatchObject([
      { recoveryId, recipientId: second(), outstanding: 60_000, state: "found", offset: false },
    ]);
    const { rows } = await database.pool.query<{ number: number }>(
      "SELECT addressee_number AS number FROM allowance.recipient WHERE recipient_id = $1",
      [first()],
    );
    expect(await debtsOf(database.pool, rows[0]?.number ?? 0)).toEqual([]);
    const { runNo } = await create(database.pool, "2027-02");
    // No plan: the whole 40,000 goes out, and the run says so before anybody approves it.
    expect(await debtsInRun(database.pool, runNo)).toEqual([
      { recipientId: second(), outstanding: 60_000, claims: 1, paid: 40_000, taken: 0, offset: false },
    ]);
  });
});
