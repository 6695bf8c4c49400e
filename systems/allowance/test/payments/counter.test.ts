/** 窓口払: through the account of the fund, out of a cash book whose balance always follows, to people who sign, by two. */

import { beforeEach, describe, expect, it } from "vitest";

import { freshDatabase } from "../../../../platform/test/support/cluster.ts";
import type { TestDatabase } from "../../../../platform/test/support/cluster.ts";
import { readPdfText } from "../../../../platform/test/support/read-pdf.ts";
import type { RequestContent } from "../../src/decision-requests/kinds.ts";
import { answerRequest, putRequest, waitingRequests } from "../../src/decision-requests/requests.ts";
import { letterText } from "../../src/notices/content/letter.ts";
import { sourceOf } from "../../src/notices/sources/list.ts";
import { readSources } from "../../src/notices/sources/source.ts";
import { counterSums, findCounterWindow, readCashBook, readCounterLines } from "../../src/payments/counter/read.ts";
import { counterList, readCounterList } from "../../src/payments/counter/list.ts";
import { printCounterReceipts } from "../../src/payments/counter/receipts.ts";
import { createRun } from "../../src/payments/create-run.ts";
import { readFrozenFile } from "../../src/payments/freeze-run.ts";
import { recordLateReturn } from "../../src/payments/late-return.ts";
import { verifyMoney } from "../../src/verify/verify-money.ts";
import { civilDate } from "@hagukumi/law/contract.ts";
import { composeSample, sampleSource } from "../notices/samples.ts";
import { APPROVER, calendar, contextOf, MAKER, seedCases, threeFamilies } from "../support/cases.ts";
import { advance, create, settleAndClose } from "../support/runs.ts";

let database: TestDatabase;
let ids: readonly number[];
const refusal = (code: string) => expect.objectContaining({ name: "Refusal", code });

/** One puts it, another approves it. */
async function decided(content: RequestContent, today = "2026-11-24", [first, second] = [MAKER, APPROVER]) {
  const requestId = await putRequest(contextOf(database.pool, first ?? "", today), { content });
  const contentDigest = (await waitingRequests(database.pool)).find(
    (one) => one.requestId === requestId,
  )?.contentDigest;
  const answer = { outcome: "approved", contentDigest: contentDigest ?? "" } as const;
  await answerRequest(contextOf(database.pool, second ?? "", today), { requestId, answer });
}

const FUND: RequestContent = {
  kind: "counterFund",
  keeper: "会計課 主査 架空 出納",
  bank: "0182",
  branch: "101",
  accountType: "1",
  accountNumber: "7000001",
  holder: "カクウシ シキンゼント",
  validFrom: "2026-10-01",
};
const atCounter = (recipientId: number, more: object = {}): RequestContent => ({
  kind: "counterPayment",
  recipientId,
  atCounter: true,
  fromPayOn: "2026-12-15",
  reason: "口座を開くことができない（架空の申立て）",
  ...more,
});
const payout = (lineNo: number, amount: number, more: object = {}): RequestContent => ({
  kind: "counterPayout",
  runNo: 1,
  lineNo,
  amount,
  receiver: "self",
  agentName: null,
  identityPaper: "運転免許証",
  receiptNumber: `0001-${String(lineNo).padStart(6, "0")}`,
  handedOutOn: "2026-12-16",
  ...more,
});
const giveBack = (lineNo: number, amount: number, more: object = {}): RequestContent => ({
  kind: "counterReturn",
  runNo: 1,
  lineNo,
  amount,
  returnedOn: "2027-01-05",
  evidence: "戻入通知書 架空第1号",
  ...more,
});

const linesOf = async (runNo = 1) => await readCounterLines(database.pool, runNo);
const lineOf = async (recipient: number, runNo = 1) =>
  (await linesOf(runNo)).find(({ recipientId }) => recipientId === recipient)?.lineNo ?? 0;

beforeEach(async () => {
  database = await freshDatabase();
  ids = await seedCases(database.pool, threeFamilies);
  return async () => {
    const broken = (await verifyMoney({ pool: database.pool, calendar })).filter((one) => one.violations > 0);
    await database.drop();
    expect(broken).toEqual([]);
  };
});

describe("payment at the counter", () => {
  it("is refused without a reason, from a past day, by one person, and for an account that is none", async () => {
    const [first = 0] = ids;
    for (const content of [
      atCounter(first, { reason: " " }),
      atCounter(first, { fromPayOn: "2026-11-23" }),
      atCounter(first, { atCounter: false }),
      { ...FUND, branch: "999" },
      { ...FUND, keeper: "" },
    ] as readonly RequestContent[]) {
      await expect(decided(content), JSON.stringify(content)).rejects.toEqual(refusal("counterInvalid"));
    }
    await expect(decided(atCounter(9_999_999))).rejects.toEqual(refusal("recipientUnknown"));
    await expect(decided(atCounter(first), "2026-11-24", [MAKER, MAKER])).rejects.toEqual(refusal("samePerson"));
    // Without the fund there is no account to send the money to: the recipient stays out of the run, named, with the months.
    await decided(atCounter(ids[1] ?? 0));
    const run = await create(database.pool);
    expect(run.lines.exclusions).toEqual([{ recipientId: ids[1], reason: "noAccount", items: 6, amount: 100_000 }]);
  });

  it("[A101] goes through the fund, is handed out once by two people against paper and receipt, and what nobody fetches is owed again: 前渡 = 渡した + 戻した + 手元 at every step", async () => {
    const [one = 0, two = 0, three = 0] = ids;
    await decided(FUND);
    await decided(atCounter(one));
    await decided(atCounter(two));
    const run = await create(database.pool);
    expect(run.lines).toMatchObject({ lineCount: 3, total: 150_000, exclusions: [] });
    // Family 1: 15,000 × 2 = 30,000; family 2: 50,000 × 2 = 100,000 → advance 130,000. Family 3 (20,000) has its own account.
    expect((await linesOf()).map(({ recipientId, amount, stage }) => [recipientId, amount, stage])).toEqual([
      [one, 30_000, "notYet"],
      [two, 100_000, "notYet"],
    ]);
    expect(await findCounterWindow(database.pool, 1)).toMatchObject({ opensOn: "2026-12-15", closesOn: "2027-01-04" });
    await advance(database.pool, 1, "handedOver");
    const file = (await readFrozenFile(database.pool, 1)).bytes.toString("latin1");
    expect(file.split("7000001").length - 1).toBe(2);
    const [lineOne, lineTwo] = [await lineOf(one), await lineOf(two)];
    // Nothing is handed out before the bank has said that the advance arrived.
    await expect(decided(payout(lineOne, 30_000), "2026-12-16")).rejects.toEqual(refusal("counterState"));
    await settleAndClose(database.pool, 1);
    expect(await counterSums(database.pool, null)).toEqual({
      advanced: 130_000,
      handedOut: 0,
      returned: 0,
      inHand: 130_000,
    });

    const wrong: readonly (readonly [RequestContent, string])[] = [
      [payout(lineOne, 29_999), "counterState"],
      [payout(99, 30_000), "counterState"],
      [payout(lineOne, 30_000, { receiptNumber: "0001-000099" }), "counterInvalid"],
      [payout(lineOne, 30_000, { identityPaper: "免許証 123456" }), "counterInvalid"],
      [payout(lineOne, 30_000, { receiver: "agent" }), "counterInvalid"],
      [payout(lineOne, 30_000, { handedOutOn: "2026-12-17" }), "counterInvalid"],
      [giveBack(lineOne, 30_000, { returnedOn: "2026-12-16" }), "counterState"],
    ];
    for (const [content, code] of wrong) {
      await expect(decided(content, "2026-12-16"), JSON.stringify(content)).rejects.toEqual(refusal(code));
    }
    await expect(decided(payout(lineOne, 30_000), "2026-12-16", [MAKER, MAKER])).rejects.toEqual(refusal("samePerson"));
    expect((await counterSums(database.pool, 1)).inHand).toBe(130_000);

    await decided(payout(lineOne, 30_000, { receiver: "agent", agentName: "架空 次郎" }), "2026-12-16");
    // A second handing out, or taking it back, is refused: each line leaves the fund once.
    await expect(decided(payout(lineOne, 30_000), "2026-12-17")).rejects.toEqual(refusal("counterState"));
    await expect(decided(giveBack(lineOne, 30_000), "2027-01-05")).rejects.toEqual(refusal("counterState"));
    expect(await counterSums(database.pool, 1)).toEqual({
      advanced: 130_000,
      handedOut: 30_000,
      returned: 0,
      inHand: 100_000,
    });
    // The cash is counted: 10,000 are missing, which is not kept quiet.
    const counted = {
      kind: "counterCount",
      entryNo: 3,
      expected: 100_000,
      counted: 90_000,
      countedOn: "2026-12-16",
    } as const;
    await expect(decided({ ...counted, explanation: null }, "2026-12-16")).rejects.toEqual(refusal("counterInvalid"));
    await expect(decided({ ...counted, expected: 90_000, explanation: null }, "2026-12-16")).rejects.toEqual(
      refusal("counterState"),
    );
    await decided({ ...counted, explanation: "1万円札1枚が金庫の別の段にあった" }, "2026-12-16");

    // Another way back than through the book is closed, too.
    const late = {
      key: "late",
      runNo: 1,
      lineNo: lineTwo,
      amount: 100_000,
      reason: "戻り",
      evidence: "架空",
      returnedOn: civilDate("2027-01-05"),
    };
    await expect(recordLateReturn(contextOf(database.pool, MAKER, "2027-01-06"), late)).rejects.toEqual(
      refusal("wrongState"),
    );
    await decided(giveBack(lineTwo, 100_000), "2027-01-06");
    expect(await counterSums(database.pool, 1)).toEqual({
      advanced: 130_000,
      handedOut: 30_000,
      returned: 100_000,
      inHand: 0,
    });
    expect((await readCashBook(database.pool, 9)).map(({ kind, balance }) => [kind, balance])).toEqual([
      ["returned", 0],
      ["handedOut", 100_000],
      ["advance", 130_000],
      ["advance", 30_000],
    ]);
    // Owed again, and paid by the next run, at the counter as before.
    const order = { key: "again", paymentMonth: "2027-01", kind: "retransfer" } as const;
    const again = (await createRun(contextOf(database.pool, MAKER, "2027-01-06"), order)).response;
    expect(again.lines).toMatchObject({ lineCount: 1, total: 100_000 });
    expect((await linesOf(2)).map(({ recipientId, stage }) => [recipientId, stage])).toEqual([[two, "notYet"]]);
    expect(three).toBeGreaterThan(0);
  });

  it("the database lets no row into the book that does not follow on the last, nor a line past the fund", async () => {
    const [one = 0] = ids;
    await decided(FUND);
    await decided(atCounter(one));
    await create(database.pool);
    await advance(database.pool, 1, "handedOver");
    await settleAndClose(database.pool, 1);
    const lineNo = await lineOf(one);
    const entry = async (values: string): Promise<unknown> => {
      const client = await database.pool.connect();
      try {
        await client.query("BEGIN; SET LOCAL ROLE hagukumi_allowance");
        return await client.query(
          `INSERT INTO allowance.counter_entry (entry_no, previous_balance, kind, run_no, line_no, amount, balance, happened_on, receiver, identity_paper, receipt_number, entered_by, approved_by) VALUES (${values})`,
        );
      } catch (error) {
        return (error as { constraint?: string }).constraint;
      } finally {
        await client.query("ROLLBACK");
        client.release();
      }
    };
    const out = `'handedOut', 1, ${String(lineNo)}`;
    const signed = "'2026-12-16', 'self', '旅券', '0001-000001'";
    expect(await entry(`2, 30000, ${out}, 30000, 1, ${signed}, 'a.a', 'b.b'`)).toBe("counter_entry_balance");
    expect(await entry(`2, 40000, ${out}, 30000, 10000, ${signed}, 'a.a', 'b.b'`)).toBe("counter_entry_chain");
    expect(await entry(`3, 30000, ${out}, 30000, 0, ${signed}, 'a.a', 'b.b'`)).toBe("counter_entry_chain");
    expect(await entry(`2, 30000, ${out}, 20000, 10000, ${signed}, 'a.a', 'b.b'`)).toBe("counter_entry_state");
    expect(await entry(`2, 30000, ${out}, 30000, 0, ${signed}, 'a.a', 'a.a'`)).toBe("counter_entry_two_people");
    expect(await entry(`2, 30000, ${out}, 30000, 0, '2026-12-16', 'self', NULL, '0001-000001', 'a.a', 'b.b'`)).toBe(
      "counter_entry_shape",
    );
    expect(await entry(`2, 30000, ${out}, 30000, 0, ${signed}, 'a.a', 'b.b'`)).toMatchObject({ rowCount: 1 });
  });

  it("is told in the letter with place and days instead of an account, listed with amounts, and signed for on a receipt", async () => {
    const [one = 0] = ids;
    await decided(FUND);
    await decided(atCounter(one));
    await create(database.pool);
    await advance(database.pool, 1, "frozen");
    const question = { from: "2026-01-01", documentOn: "2026-12-31", paymentRunNo: 1 };
    const letters = await readSources(database.pool, sourceOf("payment"), question, 10);
    const told = letters.find(({ recipientId }) => recipientId === one);
    expect(told?.facts["counter"]).toEqual({
      place: "架空市役所 2階 会計課の窓口",
      hours: "平日 午前9時から午後4時まで",
      opensOn: "2026-12-15",
      closesOn: "2027-01-04",
    });
    const { content } = composeSample({
      ...sampleSource("payment", "general"),
      facts: { ...sampleSource("payment", "general").facts, counter: told?.facts["counter"] },
    });
    const words = letterText(content).join("\n");
    for (const part of ["架空市役所 2階 会計課の窓口", "令和8年12月15日", "令和9年1月4日", "窓口で渡す額", "委任状"]) {
      expect(words).toContain(part);
    }
    expect(words).not.toContain("****");
    const rows = await readCounterList(database.pool, 1);
    expect(rows.map((row) => counterList.cells(row).slice(1))).toEqual([
      [
        String(one).padStart(10, "0"),
        "",
        "2026-10〜2026-11",
        30_000,
        `0001-${String(rows[0]?.lineNo).padStart(6, "0")}`,
        "資金に入る前",
        "",
      ],
    ]);
    const receipts = await printCounterReceipts(database.pool, 1, null);
    expect(receipts.pages).toBe(1);
    const printed = await readPdfText(receipts.content);
    expect(printed).toContain("金30,000円也");
    expect(printed).not.toContain("7000001");
  });
});
