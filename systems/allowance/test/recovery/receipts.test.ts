/** 収納: taken in whole, applied once, unknown lines by two people, a hundred at a time. */
import { civilDate } from "@hagukumi/law/contract.ts";
import { describe, expect, it } from "vitest";
import {
  approveUnknownReceipt,
  importReceipts,
  proposeUnknownReceipt,
  unknownReceipts,
} from "../../src/recovery/import-receipts.ts";
import { answerRecovery, proposeRecovery, waitingProposals } from "../../src/recovery/proposals.ts";
import { recordReceipt } from "../../src/recovery/receipts.ts";
import { eventsOf, getRecovery } from "../../src/recovery/record.ts";
import { KACHO, KAKARI, billed, by, database, pay, receipts, refusal, useRecoveries } from "../support/recoveries.ts";

useRecoveries();

describe("[A113] receipts from a file", () => {
  it("are taken in whole or not at all", async () => {
    const { recoveryId } = await billed();
    const bad: readonly Uint8Array[] = [
      new Uint8Array([0xff, 0xfe]),
      new TextEncoder().encode("収納番号,債権番号,納付日\r\n"),
      receipts(),
      receipts(`架空花子,S-1,${recoveryId},2027-02-30,1000`),
      receipts(`架空花子,S-1,${recoveryId},2027-12-01,1000`),
      receipts(`架空花子,S-1,${recoveryId},2027-02-01,0`),
      receipts(`架空花子,S-1,${recoveryId},2027-02-01,1000`, `架空花子,S-1,${recoveryId},2027-02-01,1000`),
      receipts(`架空花子,S-1,${recoveryId},2027-02-01`),
    ];
    for (const bytes of bad) {
      await expect(importReceipts(by(KAKARI, "2027-02-10"), { name: "s.csv", bytes })).rejects.toEqual(
        refusal("receiptFileInvalid"),
      );
    }
    expect(await getRecovery(database.pool, recoveryId)).toMatchObject({ outstanding: 60_000 });
  });

  it("find their claim and clear it; the unknown wait for two people; nothing is applied twice", async () => {
    const { recoveryId } = await billed();
    const bytes = receipts(
      `架空花子,S-1,${String(recoveryId).padStart(10, "0")},2027-02-01,20000`,
      "架空花子,S-2,77,2027-02-01,40000",
      "架空次郎,S-3,だれか,2027-02-01,500",
    );
    const request = { name: "収納.csv", bytes };
    expect(await importReceipts(by(KAKARI, "2027-02-10"), request)).toMatchObject({
      lines: 3,
      applied: 1,
      appliedAmount: 20_000,
      unknown: 2,
      repeated: 0,
    });
    await expect(importReceipts(by(KAKARI, "2027-02-10"), request)).rejects.toEqual(refusal("receiptRepeated"));
    const again = receipts(`架空花子,S-1,${recoveryId},2027-02-01,20000`);
    expect(await importReceipts(by(KAKARI, "2027-02-10"), { name: "b.csv", bytes: again })).toMatchObject({
      applied: 0,
      repeated: 1,
    });
    await expect(pay(recoveryId, "S-1", 100)).rejects.toEqual(refusal("receiptRepeated"));
    const [first, other] = await unknownReceipts(database.pool);
    expect([first?.reference, first?.amount, other?.claimText]).toEqual(["S-2", 40_000, "だれか"]);
    const line = { fileId: first?.fileId ?? 0, lineNo: first?.lineNo ?? 0 };
    await proposeUnknownReceipt(by(KAKARI), { ...line, recoveryId, reason: "納付者に電話で確かめた" });
    await expect(approveUnknownReceipt(by(KAKARI, "2027-02-10"), { ...line, seq: 1 })).rejects.toEqual(
      refusal("samePerson"),
    );
    await approveUnknownReceipt(by(KACHO, "2027-02-10"), { ...line, seq: 1 });
    await expect(approveUnknownReceipt(by(KACHO, "2027-02-10"), { ...line, seq: 1 })).rejects.toEqual(
      refusal("recoveryChanged"),
    );
    expect(await getRecovery(database.pool, recoveryId)).toMatchObject({ state: "cleared", received: 60_000 });
    const elsewhere = { fileId: other?.fileId ?? 0, lineNo: other?.lineNo ?? 0 };
    await proposeUnknownReceipt(by(KAKARI), { ...elsewhere, recoveryId: null, reason: "保育料の納付。所管課へ渡した" });
    await approveUnknownReceipt(by(KACHO, "2027-02-10"), { ...elsewhere, seq: 1 });
    expect(await unknownReceipts(database.pool)).toEqual([]);
    // No name of a payer is kept.
    const { rows } = await database.pool.query<{ row: string }>(
      "SELECT to_jsonb(l)::text AS row FROM allowance.receipt_line l",
    );
    expect(rows.filter(({ row }) => row.includes("架空"))).toEqual([]);
  });
});

describe("pressed together", () => {
  it("100 times the same receipt books once; 100 different keys with one number book once", async () => {
    const { recoveryId } = await billed();
    const request = { recoveryId, reference: "R-1", amount: 1_000, paidOn: civilDate("2027-02-10"), key: "same" };
    const same = await Promise.allSettled(
      Array.from({ length: 100 }, async () => await recordReceipt(by(KAKARI, "2027-02-10"), request)),
    );
    expect(same.filter(({ status }) => status === "fulfilled")).toHaveLength(100);
    const other = await Promise.allSettled(
      Array.from(
        { length: 100 },
        async (_, index) =>
          await recordReceipt(by(KAKARI, "2027-02-10"), { ...request, reference: "R-2", key: `k${index}` }),
      ),
    );
    expect(other.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect((await getRecovery(database.pool, recoveryId)).received).toBe(2_000);
  });

  it("100 approvals of one write-off write off once", async () => {
    const { recoveryId } = await billed();
    const proposalId = await proposeRecovery(by(KAKARI), {
      recoveryId,
      proposal: { kind: "writeOff", ground: "decision", reason: "架空" },
    });
    const contentDigest = (await waitingProposals(database.pool, recoveryId))[0]?.contentDigest ?? "";
    const answer = { outcome: "approved", contentDigest } as const;
    const all = await Promise.allSettled(
      Array.from({ length: 100 }, async () => await answerRecovery(by(KACHO), { proposalId, answer })),
    );
    expect(all.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect((await eventsOf(database.pool, [recoveryId])).filter(({ kind }) => kind === "wroteOff")).toHaveLength(1);
  });
});
