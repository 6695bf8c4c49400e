import { decodeTransferFile } from "@hagukumi/platform/bank/decode.ts";
import { beforeEach, describe, expect, it } from "vitest";

import { freshDatabase } from "../../../../platform/test/support/cluster.ts";
import type { TestDatabase } from "../../../../platform/test/support/cluster.ts";
import { approveRun, inspectRun } from "../../src/payments/approve-run.ts";
import { cancelRun } from "../../src/payments/cancel-run.ts";
import { closeRun, confirmReturn, resolveResult } from "../../src/payments/close-run.ts";
import { createRun } from "../../src/payments/create-run.ts";
import { freezeRun, readFrozenFile } from "../../src/payments/freeze-run.ts";
import { handOverRun, resolveHandOver } from "../../src/payments/hand-over.ts";
import { importResults } from "../../src/payments/import-results.ts";
import { getRun } from "../../src/payments/run-record.ts";
import { verifyMoney } from "../../src/verify/verify-money.ts";
import {
  APPROVER,
  calendar,
  contextOf,
  MAKER,
  RELEASER,
  seedCases,
  threeFamilies,
  threeFamiliesTotal,
} from "../support/cases.ts";
import { advance, create, memoryBank, resultCsv } from "../support/runs.ts";

let database: TestDatabase;
let recipients: readonly number[];

beforeEach(async () => {
  database = await freshDatabase();
  recipients = await seedCases(database.pool, threeFamilies);
  return async () => {
    const broken = (await verifyMoney({ pool: database.pool, calendar })).filter((one) => one.violations > 0);
    await database.drop();
    // Every test of this file ends with all money invariants green.
    expect(broken).toEqual([]);
  };
});

const refusal = (code: string) => expect.objectContaining({ name: "Refusal", code });
const codesOf = (recipientId: number, runNo = 1) => ({
  customer1: String(recipientId).padStart(10, "0"),
  customer2: `${String(runNo).padStart(4, "0")}202612`,
});

async function settle(returnedFamily?: number): Promise<void> {
  const id = returnedFamily === undefined ? undefined : recipients[returnedFamily];
  const { rows } = await database.pool.query<{ amount: number; account_number: string }>(
    "SELECT amount, account_number FROM allowance.run_line WHERE run_no = 1 AND recipient_id = $1",
    [id ?? 0],
  );
  const returned = rows.map((row) => ({ ...codesOf(id ?? 0), amount: row.amount, account: row.account_number }));
  const bytes = resultCsv({ count: threeFamiliesTotal.lines, amount: threeFamiliesTotal.total }, returned);
  await importResults(contextOf(database.pool, MAKER), { key: `settle/${returnedFamily ?? "none"}`, runNo: 1, bytes });
}

describe("creating a run", () => {
  it("refuses a month that is no payment month, and makes nothing", async () => {
    await expect(create(database.pool, "2026-11")).rejects.toEqual(refusal("notPayMonth"));
    expect((await database.pool.query("SELECT 1 FROM allowance.due_item")).rowCount).toBe(0);
  });

  it("[M8] [A85] [I-4] refuses the next extraction while a run is open, in every open state", async () => {
    await create(database.pool);
    await expect(create(database.pool)).rejects.toEqual(refusal("runOpen"));
    await advance(database.pool, 1, "handedOver");
    await expect(create(database.pool, "2027-02")).rejects.toEqual(refusal("runOpen"));
    await expect(create(database.pool, "2026-12", "occasional")).rejects.toEqual(refusal("runOpen"));
    await settle();
    await expect(create(database.pool, "2027-02")).rejects.toEqual(refusal("runOpen"));
    await closeRun(contextOf(database.pool, MAKER), { key: "close", runNo: 1 });
    expect((await create(database.pool, "2027-02")).runNo).toBe(2);
  });

  it("[D24] takes every due month of the period: three families, 150,000 yen", async () => {
    const run = await create(database.pool);
    // Oct + Nov 2026: 15,000×2 + (10,000 + 10,000 + 30,000)×2 + 10,000×2 = 30,000 + 100,000 + 20,000
    expect([run.lines.lineCount, run.lines.itemCount, run.lines.total]).toEqual([3, 10, 150_000]);
    expect(run.payOn).toBe("2026-12-15");
    expect(run.accrual).toEqual({ accrued: 150_000, reversed: 0, overpaid: 0, conflicts: [] });
  });

  it("[M21] the same key returns the first answer; the same key for something else is refused", async () => {
    const request = { key: "create/once", paymentMonth: "2026-12", kind: "regular" as const };
    const first = await createRun(contextOf(database.pool, MAKER), request);
    const again = await createRun(contextOf(database.pool, MAKER), request);
    expect([first.repeated, again.repeated, again.response.runNo]).toEqual([false, true, first.response.runNo]);
    await expect(createRun(contextOf(database.pool, MAKER), { ...request, kind: "occasional" })).rejects.toEqual(
      refusal("commandKeyReused"),
    );
    expect((await database.pool.query("SELECT 1 FROM allowance.payment_run")).rowCount).toBe(1);
  });

  it("[M7] a held recipient's months stay out and are named; after the release they are paid", async () => {
    await database.pool.query(
      "INSERT INTO allowance.hold (recipient_id, kind, from_month, cause, placed_by) VALUES ($1, 'hold', '2026-10-01', '現況届未提出', 'kakari')",
      [recipients[1]],
    );
    const run = await create(database.pool);
    expect(run.lines.total).toBe(50_000); // 150,000 − 100,000
    expect(run.lines.exclusions).toEqual([{ recipientId: recipients[1], reason: "held", items: 6, amount: 100_000 }]);
    await advance(database.pool, 1, "handedOver");
    await importResults(contextOf(database.pool, MAKER), {
      key: "s",
      runNo: 1,
      bytes: resultCsv({ count: 2, amount: 50_000 }, []),
    });
    await closeRun(contextOf(database.pool, MAKER), { key: "c", runNo: 1 });
    await database.pool.query(
      "INSERT INTO allowance.hold_release (hold_id, cause, released_by) SELECT hold_id, '提出', 'kakari' FROM allowance.hold",
    );
    expect((await create(database.pool, "2026-12", "occasional")).lines.total).toBe(0 + 100_000);
  });

  it("[M7] a hold placed after the extraction stops the file", async () => {
    await create(database.pool);
    await database.pool.query(
      "INSERT INTO allowance.hold (recipient_id, kind, from_month, cause, placed_by) VALUES ($1, 'hold', '2026-11-01', '現況届未提出', 'kakari')",
      [recipients[0]],
    );
    await expect(advance(database.pool, 1, "frozen")).rejects.toEqual(refusal("monthHeld"));
    expect((await getRun(database.pool, 1)).state).toBe("approved");
  });

  it("[M6] a right that ended after the extraction stops the file", async () => {
    await create(database.pool);
    await database.pool.query(
      `INSERT INTO allowance.decision (recipient_id, seq, kind, effective_month, cause, ex_officio, origin, facts_digest, rule_version, decided_on, examined_by, approved_by)
       SELECT recipient_id, 2, 'extinguish', '2026-11-01', 'movedOut', true, 'exOfficio', facts_digest, rule_version, '2026-11-24', 'shinsa.ichiro', 'kessai.hanako'
       FROM allowance.decision WHERE recipient_id = $1 AND seq = 1`,
      [recipients[0]],
    );
    await expect(advance(database.pool, 1, "frozen")).rejects.toEqual(refusal("monthOutsideEntitlement"));
    expect((await getRun(database.pool, 1)).state).toBe("approved");
    await cancelRun(contextOf(database.pool, MAKER), { key: "x", runNo: 1, reason: "資格の消滅" });
  });

  it("[I-2] [A86] what was paid is not taken again, with no step after the file that could be forgotten", async () => {
    await create(database.pool);
    await advance(database.pool, 1, "handedOver");
    await settle();
    await closeRun(contextOf(database.pool, MAKER), { key: "c", runNo: 1 });
    await expect(create(database.pool, "2026-12", "occasional")).rejects.toEqual(refusal("nothingToPay"));
  });
});

describe("stages", () => {
  beforeEach(async () => {
    await create(database.pool);
  });

  it("[M10] refuses to skip a stage or to repeat one", async () => {
    await expect(freezeRun(contextOf(database.pool, APPROVER), { key: "f", runNo: 1 })).rejects.toEqual(
      refusal("wrongState"),
    );
    await expect(handOverRun(contextOf(database.pool, RELEASER), { key: "h", runNo: 1 }, memoryBank())).rejects.toEqual(
      refusal("wrongState"),
    );
    await inspectRun(contextOf(database.pool, MAKER), { key: "i", runNo: 1 });
    await expect(inspectRun(contextOf(database.pool, MAKER), { key: "i2", runNo: 1 })).rejects.toEqual(
      refusal("wrongState"),
    );
  });

  it("[M11] refuses the maker's own approval and a release by maker or approver", async () => {
    const { response } = await inspectRun(contextOf(database.pool, MAKER), { key: "i", runNo: 1 });
    const seen = { runNo: 1, lineDigest: response.lineDigest };
    await expect(approveRun(contextOf(database.pool, MAKER), { key: "a", ...seen })).rejects.toEqual(
      refusal("samePerson"),
    );
    await approveRun(contextOf(database.pool, APPROVER), { key: "a2", ...seen });
    await freezeRun(contextOf(database.pool, MAKER), { key: "f", runNo: 1 });
    const bank = memoryBank();
    for (const person of [MAKER, APPROVER]) {
      await expect(
        handOverRun(contextOf(database.pool, person), { key: `h/${person}`, runNo: 1 }, bank),
      ).rejects.toEqual(refusal("samePerson"));
    }
    expect(bank.received).toHaveLength(0);
    expect((await handOverRun(contextOf(database.pool, RELEASER), { key: "h", runNo: 1 }, bank)).state).toBe(
      "handedOver",
    );
  });

  it("[M12] refuses an approval of other lines than those of the run", async () => {
    await inspectRun(contextOf(database.pool, MAKER), { key: "i", runNo: 1 });
    await expect(
      approveRun(contextOf(database.pool, APPROVER), { key: "a", runNo: 1, lineDigest: "0".repeat(64) }),
    ).rejects.toEqual(refusal("approvalNotBound"));
  });

  it("[M13] [M15] the file decodes to the run's lines, and its trailer is the run's total", async () => {
    await advance(database.pool, 1, "frozen");
    const file = await readFrozenFile(database.pool, 1);
    const decoded = decodeTransferFile(file.bytes, { allowTestBanks: true });
    if (!decoded.ok) throw new Error(decoded.problem.message);
    expect(decoded.value.items.map((item) => [item.customer1, item.customer2, item.amount])).toEqual(
      [30_000, 100_000, 20_000].map((amount, index) => [
        codesOf(recipients[index] ?? 0).customer1,
        "0001202612",
        amount,
      ]),
    );
    expect([file.count, file.amount, file.length]).toEqual([3, 150_000, 6 * 120]);
  });

  it("[M22] a cancelled run gives every month back, and the next run pays the same with another file", async () => {
    await advance(database.pool, 1, "frozen");
    const first = await readFrozenFile(database.pool, 1);
    await cancelRun(contextOf(database.pool, MAKER), { key: "x", runNo: 1, reason: "口座の訂正" });
    await create(database.pool);
    await advance(database.pool, 2, "handedOver");
    const second = await readFrozenFile(database.pool, 2);
    expect([second.amount, second.sha256 === first.sha256]).toEqual([150_000, false]);
  });
});

describe("hand-over", () => {
  beforeEach(async () => {
    await create(database.pool);
    await advance(database.pool, 1, "frozen");
  });

  it("[M14] [I-1] [A89] a second hand-over is refused and sends nothing, whatever key it carries", async () => {
    const bank = memoryBank();
    await handOverRun(contextOf(database.pool, RELEASER), { key: "h", runNo: 1 }, bank);
    await expect(handOverRun(contextOf(database.pool, RELEASER), { key: "h2", runNo: 1 }, bank)).rejects.toEqual(
      refusal("wrongState"),
    );
    expect((await handOverRun(contextOf(database.pool, RELEASER), { key: "h", runNo: 1 }, bank)).message).toContain(
      "もう一度送ってはいません",
    );
    expect(bank.received).toHaveLength(1);
  });

  it("[I-1] [G27] a lost answer becomes unknown: nothing more is sent until the bank has answered", async () => {
    const bank = memoryBank("losesAnswer");
    expect((await handOverRun(contextOf(database.pool, RELEASER), { key: "h", runNo: 1 }, bank)).state).toBe("unknown");
    for (const key of ["h", "h2"]) {
      await expect(handOverRun(contextOf(database.pool, RELEASER), { key, runNo: 1 }, bank)).rejects.toEqual(
        refusal("handOverUnknown"),
      );
    }
    expect(bank.received).toHaveLength(1);
    await expect(
      cancelRun(contextOf(database.pool, MAKER), { key: "x", runNo: 1, reason: "送れない" }),
    ).rejects.toEqual(refusal("wrongState"));
    await resolveHandOver(contextOf(database.pool, RELEASER), {
      key: "r",
      runNo: 1,
      received: true,
      evidence: "11/24 電話 為替係",
    });
    expect((await getRun(database.pool, 1)).state).toBe("handedOver");
  });

  it("[M22] a file that the bank never got is void: the money returns to due and another run pays it", async () => {
    await handOverRun(contextOf(database.pool, RELEASER), { key: "h", runNo: 1 }, memoryBank("losesAnswer"));
    await resolveHandOver(contextOf(database.pool, RELEASER), {
      key: "r",
      runNo: 1,
      received: false,
      evidence: "11/24 書面 未着",
    });
    const run = await create(database.pool);
    expect([run.runNo, run.lines.total, run.accrual.accrued]).toEqual([2, 150_000, 0]);
  });

  it("[G26] one hundred presses of each button at once have one effect", async () => {
    const bank = memoryBank();
    const press = Array.from({ length: 100 }, (_, index) => index);
    const hand = await Promise.allSettled(
      press.map(
        async (index) =>
          await handOverRun(contextOf(database.pool, RELEASER), { key: `h/${index % 2}`, runNo: 1 }, bank),
      ),
    );
    expect(bank.received).toHaveLength(1);
    expect(hand.some((one) => one.status === "fulfilled")).toBe(true);
    expect((await database.pool.query("SELECT 1 FROM allowance.hand_over")).rowCount).toBe(1);
  });
});

describe("results", () => {
  beforeEach(async () => {
    await create(database.pool);
    await advance(database.pool, 1, "handedOver");
  });

  it("refuses a result of another total, a truncated file and another encoding, and imports nothing", async () => {
    const good = resultCsv({ count: 3, amount: 150_000 }, []);
    const bad = [
      resultCsv({ count: 3, amount: 149_999 }, []),
      good.subarray(0, good.length - 20),
      Buffer.concat([Buffer.from([0x82, 0xa0]), good]),
      Buffer.from("a,b\n1,2"),
      Buffer.from(""),
    ];
    for (const [index, bytes] of bad.entries()) {
      await expect(
        importResults(contextOf(database.pool, MAKER), { key: `b/${index}`, runNo: 1, bytes }),
      ).rejects.toEqual(refusal("resultMismatch"));
    }
    expect((await getRun(database.pool, 1)).state).toBe("handedOver");
  });

  it("[M19] a result that fits no line stops the closing until two people have dealt with it", async () => {
    const bytes = resultCsv({ count: 3, amount: 150_000 }, [
      { ...codesOf(recipients[0] ?? 0), amount: 29_999, account: "0000001" },
    ]);
    const imported = await importResults(contextOf(database.pool, MAKER), { key: "s", runNo: 1, bytes });
    expect(imported.response).toMatchObject({ unmatched: 1, returned: 0 });
    await expect(closeRun(contextOf(database.pool, MAKER), { key: "c", runNo: 1 })).rejects.toEqual(
      refusal("resultUnmatched"),
    );
    const resolve = { key: "z", runNo: 1, rowNo: 1, resolution: "銀行の誤り（電話で確認）" };
    await expect(resolveResult(contextOf(database.pool, MAKER), { ...resolve, approvedBy: MAKER })).rejects.toEqual(
      refusal("samePerson"),
    );
    await resolveResult(contextOf(database.pool, MAKER), { ...resolve, approvedBy: APPROVER });
    await closeRun(contextOf(database.pool, MAKER), { key: "c", runNo: 1 });
  });

  it("[M20] [A92] returned money is neither lost nor paid again before two people confirmed it", async () => {
    await settle(1);
    await closeRun(contextOf(database.pool, MAKER), { key: "c", runNo: 1 });
    await expect(create(database.pool, "2026-12", "retransfer")).rejects.toEqual(refusal("nothingToPay"));
    const line = await database.pool.query<{ line_no: number }>("SELECT line_no FROM allowance.result_row");
    const confirm = { key: "k", runNo: 1, lineNo: line.rows[0]?.line_no ?? 0 };
    await expect(confirmReturn(contextOf(database.pool, MAKER), { ...confirm, approvedBy: MAKER })).rejects.toEqual(
      refusal("samePerson"),
    );
    await confirmReturn(contextOf(database.pool, MAKER), { ...confirm, approvedBy: APPROVER });
    const again = await create(database.pool, "2026-12", "retransfer");
    expect([again.lines.lineCount, again.lines.total]).toEqual([1, 100_000]);
    await advance(database.pool, 2, "frozen");
  });

  it("the same result file twice, or one line twice in a file, is refused", async () => {
    const row = { ...codesOf(recipients[0] ?? 0), amount: 30_000, account: "0000001" };
    const twice = resultCsv({ count: 3, amount: 150_000 }, [row, row]);
    await expect(importResults(contextOf(database.pool, MAKER), { key: "t", runNo: 1, bytes: twice })).rejects.toEqual(
      refusal("resultMismatch"),
    );
    await settle(0);
    await expect(
      importResults(contextOf(database.pool, MAKER), {
        key: "t2",
        runNo: 1,
        bytes: resultCsv({ count: 3, amount: 150_000 }, [row]),
      }),
    ).rejects.toEqual(refusal("wrongState"));
  });
});
