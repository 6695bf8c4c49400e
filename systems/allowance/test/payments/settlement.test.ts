/** 送付から締めまで: by hand and by receipt, an outage between the banks, and results that two people deal with in two sessions. */
import { civilDate } from "@hagukumi/law/contract.ts";
import { beforeEach, describe, expect, it } from "vitest";

import { freshDatabase } from "../../../../platform/test/support/cluster.ts";
import type { TestDatabase } from "../../../../platform/test/support/cluster.ts";
import { declareOutage, endOutage, linesInStatus, outageNotice, statusByBank } from "../../src/payments/bank-outage.ts";
import { closeRun } from "../../src/payments/close-run.ts";
import { handOverByHand, recordReceipt } from "../../src/payments/hand-over-by-hand.ts";
import { handOverRun, resolveHandOver } from "../../src/payments/hand-over.ts";
import { importResults } from "../../src/payments/import-results.ts";
import { getRun } from "../../src/payments/run-record.ts";
import { approveSettlement, proposeSettlement } from "../../src/payments/settle-results.ts";
import { verifyMoney } from "../../src/verify/verify-money.ts";
import { APPROVER, calendar, contextOf, MAKER, RELEASER, seedCases, threeFamilies } from "../support/cases.ts";
import { advance, create, memoryBank, resultCsv } from "../support/runs.ts";

let database: TestDatabase;
let ids: readonly number[];

beforeEach(async () => {
  database = await freshDatabase();
  const [first, second, third] = threeFamilies;
  if (first === undefined || second === undefined || third === undefined) throw new Error("three families");
  // The third family is paid at another bank.
  const account = { bank: "9900", branch: "718", number: "1234567", holder: "ｶｸｳ ﾊﾅｺ" };
  ids = await seedCases(database.pool, [first, second, { ...third, account }]);
  await create(database.pool);
  return async () => {
    const broken = (await verifyMoney({ pool: database.pool, calendar })).filter((one) => one.violations > 0);
    await database.drop();
    expect(broken).toEqual([]);
  };
});

const refusal = (code: string) => expect.objectContaining({ name: "Refusal", code });
const by = (operator: string) => contextOf(database.pool, operator);
const stateOf = async (): Promise<string> => (await getRun(database.pool, 1)).state;
const file = { count: 3, amount: 150_000 };

/** The bank's answer: everything accepted, family 1 returned, and perhaps a row that belongs to no line. */
async function settle(stranger = false): Promise<void> {
  const row = { customer2: "0001202612", amount: 30_000, account: "0000001" };
  const returned = [
    { ...row, customer1: String(ids[0]).padStart(10, "0") },
    ...(stranger ? [{ ...row, customer1: "0000009999", amount: 777, account: "0000777" }] : []),
  ];
  await importResults(by(MAKER), { key: `settle/${stranger}`, runNo: 1, bytes: resultCsv(file, returned) });
}

const give = async (operator: string, key: string) =>
  await handOverByHand(by(operator), { key, runNo: 1, receiver: "会計課 架空花子", medium: "媒体 3" });

const hundred = async (press: (key: string) => Promise<{ readonly repeated: boolean }>): Promise<number> => {
  const all = await Promise.allSettled(Array.from({ length: 100 }, async (_, index) => await press(`${index}`)));
  return all.filter((one) => one.status === "fulfilled" && !one.value.repeated).length;
};

const declare = async (key = "d") =>
  await declareOutage(by(MAKER), { key, runNo: 1, banks: ["9900"], reason: "全銀システムの障害（架空）" });

const end = async (key = "e") =>
  await endOutage(by(MAKER), {
    key,
    runNo: 1,
    banks: ["9900"],
    creditedOn: civilDate("2026-12-17"),
    evidence: "架空銀行に電話",
  });

const propose = async (operator: string, rowNo: number, key: string) =>
  await proposeSettlement(by(operator), { key, runNo: 1, rowNo, resolution: "名義の届け直しを確かめた" });

const approve = async (operator: string, rowNo: number, seq: number, key: string) =>
  await approveSettlement(by(operator), { key, runNo: 1, rowNo, seq });

describe("会計課への手渡し", () => {
  it("[A90] who, to whom, when and which hash are recorded by a third person; the receipt that agrees makes it handed over", async () => {
    await advance(database.pool, 1, "frozen");
    await expect(give(MAKER, "g1")).rejects.toEqual(refusal("samePerson"));
    await expect(give(APPROVER, "g2")).rejects.toEqual(refusal("samePerson"));
    const { response } = await give(RELEASER, "g3");
    const { rows } = await database.pool.query(
      "SELECT h.sha256, h.releaser, b.receiver, b.medium, h.recorded_at IS NOT NULL AS at FROM allowance.hand_over h JOIN allowance.hand_over_by_hand b USING (run_no)",
    );
    expect(rows).toEqual([
      { sha256: response.sha256, releaser: RELEASER, receiver: "会計課 架空花子", medium: "媒体 3", at: true },
    ]);
    expect(await stateOf()).toBe("handingOver");
    const { response: received } = await recordReceipt(by(RELEASER), { key: "r", runNo: 1, receipt: "会-12", ...file });
    expect([received.state, await stateOf()]).toEqual(["handedOver", "handedOver"]);
  });

  it("[I-1] nobody knows whether the first giving worked: a second one is refused, by hand or by wire, until the bank has answered", async () => {
    await advance(database.pool, 1, "frozen");
    await give(RELEASER, "g");
    await expect(give(RELEASER, "again")).rejects.toEqual(refusal("handOverUnknown"));
    const bank = memoryBank();
    await expect(handOverRun(by(RELEASER), { key: "wire", runNo: 1 }, bank)).rejects.toEqual(
      refusal("handOverUnknown"),
    );
    expect(bank.received).toEqual([]);
    // The receipt names another total: still in doubt, still no second giving.
    const { response } = await recordReceipt(by(RELEASER), {
      key: "r",
      runNo: 1,
      receipt: "会-12",
      count: 3,
      amount: 149_999,
    });
    expect([response.state, await stateOf()]).toEqual(["unknown", "unknown"]);
    await expect(give(RELEASER, "third")).rejects.toEqual(refusal("handOverUnknown"));
    await expect(create(database.pool, "2027-02")).rejects.toEqual(refusal("runOpen"));
    await resolveHandOver(by(RELEASER), { key: "yes", runNo: 1, received: true, evidence: "銀行に電話で確認" });
    expect(await stateOf()).toBe("handedOver");
    await expect(give(RELEASER, "fourth")).rejects.toEqual(refusal("wrongState"));
  });

  it("a receipt without a giving, and a receipt of another file's hash, are no hand-over", async () => {
    await advance(database.pool, 1, "frozen");
    await expect(recordReceipt(by(RELEASER), { key: "r0", runNo: 1, receipt: "x", ...file })).rejects.toEqual(
      refusal("wrongState"),
    );
    await give(RELEASER, "g");
    const other = { receipt: "x", ...file, sha256: "0".repeat(64) };
    const { response } = await recordReceipt(by(RELEASER), { key: "r1", runNo: 1, ...other });
    expect(response.state).toBe("unknown");
  });

  it("100 presses of the giving and of the receipt: one of each", async () => {
    await advance(database.pool, 1, "frozen");
    expect(await hundred(async (key) => await give(RELEASER, `g/${key}`))).toBe(1);
    expect(
      await hundred(
        async (key) => await recordReceipt(by(RELEASER), { key: `r/${key}`, runNo: 1, receipt: "x", ...file }),
      ),
    ).toBe(1);
    expect((await database.pool.query("SELECT 1 FROM allowance.hand_over")).rowCount).toBe(1);
  });
});

describe("銀行間網の障害", () => {
  it("[A93] [I-22] lines of the banks that are down are unclear one by one, nothing is sent again, the run stays open until each is known", async () => {
    await expect(declare("early")).rejects.toEqual(refusal("wrongState"));
    await advance(database.pool, 1, "handedOver");
    expect((await declare()).response).toEqual({ lines: 1, amount: 20_000 });
    await expect(declare("twice")).rejects.toEqual(refusal("resultMismatch"));
    const banks = await statusByBank(database.pool, 1);
    expect(banks.map(({ bank, status, lines, amount }) => [bank, status, lines, amount])).toEqual([
      ["0182", "sent", 2, 130_000],
      ["9900", "delayed", 1, 20_000],
    ]);
    expect((await linesInStatus(database.pool, 1, "delayed")).map((line) => line.recipientId)).toEqual([ids[2]]);
    const notice = outageNotice(civilDate("2026-12-15"), banks);
    expect(notice).toContain("ゆうちょ");
    expect(notice).toContain("1件（20,000円）");
    // Sending again is impossible, and so is a new run that would take the same months.
    const bank = memoryBank();
    await expect(handOverRun(by(RELEASER), { key: "again", runNo: 1 }, bank)).rejects.toEqual(refusal("wrongState"));
    await expect(create(database.pool, "2026-12", "occasional")).rejects.toEqual(refusal("runOpen"));
    await settle();
    await expect(closeRun(by(MAKER), { key: "c", runNo: 1 })).rejects.toEqual(refusal("resultUnmatched"));
    expect((await end()).response).toEqual({ lines: 1, amount: 20_000 });
    await expect(end("twice")).rejects.toEqual(refusal("resultMismatch"));
    expect((await statusByBank(database.pool, 1)).map(({ bank: of, status, lines }) => [of, status, lines])).toEqual([
      ["0182", "accepted", 1],
      ["0182", "returned", 1],
      ["9900", "creditedLate", 1],
    ]);
    await closeRun(by(MAKER), { key: "c2", runNo: 1 });
  });

  it("a delayed line that comes back is a result like any other, and no longer delayed", async () => {
    await advance(database.pool, 1, "handedOver");
    await declareOutage(by(MAKER), { key: "d", runNo: 1, banks: ["0182", "9900"], reason: "障害" });
    await settle();
    await endOutage(by(MAKER), {
      key: "e",
      runNo: 1,
      banks: ["0182", "9900"],
      creditedOn: civilDate("2026-12-17"),
      evidence: "確認",
    });
    expect((await statusByBank(database.pool, 1)).map(({ bank, status, lines }) => [bank, status, lines])).toEqual([
      ["0182", "creditedLate", 1],
      ["0182", "returned", 1],
      ["9900", "creditedLate", 1],
    ]);
    await closeRun(by(MAKER), { key: "c", runNo: 1 });
  });
});

describe("振込不能と当たらない結果", () => {
  beforeEach(async () => {
    await advance(database.pool, 1, "handedOver");
    await settle(true);
  });

  it("[A92] a returned transfer goes back to due only after a second person's own session, and a re-transfer pays it to the account put right", async () => {
    await expect(approve(APPROVER, 1, 1, "a0")).rejects.toEqual(refusal("wrongState"));
    await propose(MAKER, 1, "p1");
    await expect(approve(MAKER, 1, 1, "a1")).rejects.toEqual(refusal("samePerson"));
    // The account is put right after the proposal: what was looked at is no longer what would be paid to.
    await database.pool.query(
      `INSERT INTO allowance.account (recipient_id, bank, branch, account_type, account_number, holder, source, entered_by, approved_by)
       VALUES ($1, '9900', '718', '1', '7654321', 'ｶｸｳ ﾊﾅｺ', 'change', 'koza.ichiro', 'koza.niro')`,
      [ids[0]],
    );
    await expect(approve(APPROVER, 1, 1, "a2")).rejects.toEqual(refusal("accountChanged"));
    await propose(MAKER, 1, "p2");
    await expect(approve(APPROVER, 1, 1, "a3")).rejects.toEqual(refusal("wrongState"));
    expect((await approve(APPROVER, 1, 2, "a4")).response).toEqual({ amount: 30_000 });
    await expect(propose(MAKER, 1, "p3")).rejects.toEqual(refusal("wrongState"));
    // The row that fits no line stops the closing until two people have dealt with it.
    await expect(closeRun(by(MAKER), { key: "c0", runNo: 1 })).rejects.toEqual(refusal("resultUnmatched"));
    await propose(MAKER, 2, "q1");
    expect((await approve(APPROVER, 2, 1, "q2")).response).toEqual({ amount: 0 });
    await closeRun(by(MAKER), { key: "c1", runNo: 1 });
    const again = await create(database.pool, "2026-12", "retransfer");
    expect([again.lines.lineCount, again.lines.total]).toEqual([1, 30_000]);
    const { rows } = await database.pool.query(
      "SELECT bank, account_number, new_code FROM allowance.run_line WHERE run_no = 2",
    );
    expect(rows).toEqual([{ bank: "9900", account_number: "7654321", new_code: "2" }]);
  });

  it("100 approvals of one proposal: the money comes back once", async () => {
    await propose(MAKER, 1, "p");
    const all = await Promise.allSettled(
      Array.from({ length: 100 }, async (_, index) => await approve(APPROVER, 1, 1, `a/${index}`)),
    );
    expect(all.filter((one) => one.status === "fulfilled")).toHaveLength(1);
    const { rows } = await database.pool.query(
      "SELECT sum(amount)::int AS yen FROM allowance.ledger_entry WHERE debit = 'returned'",
    );
    expect(rows).toEqual([{ yen: 30_000 }]);
  });
});
