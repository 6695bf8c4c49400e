/** 締めたあとの返戻: nothing of it is lost, and nothing of it is paid again before two people have looked at the account. */
import { civilDate, month } from "@hagukumi/law/contract.ts";
import { beforeEach, describe, expect, it } from "vitest";

import { freshDatabase } from "../../../../platform/test/support/cluster.ts";
import type { TestDatabase } from "../../../../platform/test/support/cluster.ts";
import { placeHold } from "../../src/holds/holds.ts";
import { recordLateReturn } from "../../src/payments/late-return.ts";
import { listReturns } from "../../src/payments/run-record.ts";
import { approveSettlement, proposeSettlement } from "../../src/payments/settle-results.ts";
import { verifyMoney } from "../../src/verify/verify-money.ts";
import { APPROVER, calendar, contextOf, MAKER, seedCases, threeFamilies } from "../support/cases.ts";
import { advance, create, settleAndClose } from "../support/runs.ts";

let database: TestDatabase;
let ids: readonly number[];

beforeEach(async () => {
  database = await freshDatabase();
  ids = await seedCases(database.pool, threeFamilies);
  await create(database.pool);
  await advance(database.pool, 1, "handedOver");
  return async () => {
    const broken = (await verifyMoney({ pool: database.pool, calendar })).filter((one) => one.violations > 0);
    await database.drop();
    expect(broken).toEqual([]);
  };
});

/** Three weeks after the pay day of 2026-12-15. */
const LATER = "2027-01-06";
const by = (operator: string) => contextOf(database.pool, operator, LATER);
const refusal = (code: string) => expect.objectContaining({ name: "Refusal", code });

async function lineOf(recipient: number): Promise<number> {
  const { rows } = await database.pool.query<{ line_no: number }>(
    "SELECT line_no FROM allowance.run_line WHERE run_no = 1 AND recipient_id = $1",
    [recipient],
  );
  return rows[0]?.line_no ?? 0;
}

/** Yen of a recipient on an account of the ledger. */
async function balance(recipient: number, account: string): Promise<number> {
  const { rows } = await database.pool.query<{ yen: number }>(
    "SELECT coalesce(sum(amount), 0)::bigint AS yen FROM allowance.ledger_leg WHERE recipient_id = $1 AND account = $2",
    [recipient, account],
  );
  return rows[0]?.yen ?? 0;
}

/** The bank's notice about the line of family 1: 15,000 × 2 = 30,000 yen. */
async function notice(more: Partial<Parameters<typeof recordLateReturn>[1]> = {}) {
  return await recordLateReturn(by(MAKER), {
    key: "late",
    runNo: 1,
    lineNo: await lineOf(ids[0] ?? 0),
    amount: 30_000,
    reason: "口座解約",
    returnedOn: civilDate("2027-01-05"),
    evidence: "架空銀行の通知 2027-01-05",
    ...more,
  });
}

describe("a transfer that comes back after the run was closed", () => {
  it("is refused before the closing, for another sum, day or line, and a second time", async () => {
    await expect(notice()).rejects.toEqual(refusal("wrongState"));
    await settleAndClose(database.pool, 1);
    await expect(notice({ key: "a", amount: 29_999 })).rejects.toEqual(refusal("resultMismatch"));
    await expect(notice({ key: "b", returnedOn: civilDate("2026-12-14") })).rejects.toEqual(refusal("resultMismatch"));
    await expect(notice({ key: "c", returnedOn: civilDate("2027-01-07") })).rejects.toEqual(refusal("resultMismatch"));
    await expect(notice({ key: "d", lineNo: 9 })).rejects.toEqual(refusal("resultMismatch"));
    expect(await balance(ids[0] ?? 0, "returned")).toBe(0);
    await notice();
    // Pressed again: one effect. Entered again by somebody else: refused.
    expect((await notice()).repeated).toBe(true);
    await expect(notice({ key: "e" })).rejects.toEqual(refusal("resultMismatch"));
    expect(await balance(ids[0] ?? 0, "returned")).toBe(30_000);
  });

  it("the database takes no result of a closed run without its evidence", async () => {
    await settleAndClose(database.pool, 1);
    const client = await database.pool.connect();
    try {
      await client.query("BEGIN; SET LOCAL ROLE hagukumi_allowance");
      await client.query(
        `INSERT INTO allowance.result_row (result_id, row_no, run_no, line_no, amount, reason, raw)
         SELECT result_id, 1, 1, $1, 30000, '口座解約', '{}' FROM allowance.result_file`,
        [await lineOf(ids[0] ?? 0)],
      );
      await expect(client.query("COMMIT")).rejects.toMatchObject({ constraint: "late_result_evidence" });
    } finally {
      await client.query("ROLLBACK");
      client.release();
    }
  });

  it("one hundred people press at once: one return; then two people confirm it and the re-transfer pays it, or a hold keeps it", async () => {
    await settleAndClose(database.pool, 1);
    const pressed = await Promise.allSettled(
      Array.from({ length: 100 }, async (_, index) => await notice({ key: `late/${index % 10}` })),
    );
    const effects = pressed.filter((one) => one.status === "fulfilled" && !one.value.repeated);
    expect(effects).toHaveLength(1);
    expect(await listReturns(database.pool)).toEqual([{ runNo: 1, lines: 1, amount: 30_000 }]);
    // It waits: no run takes it before two people have looked at the account.
    await expect(create(database.pool, "2026-12", "retransfer")).rejects.toEqual(refusal("nothingToPay"));
    const row = { runNo: 1, rowNo: 1 };
    await proposeSettlement(by(MAKER), { key: "p", ...row, resolution: "新しい口座の届を待つ" });
    await expect(approveSettlement(by(MAKER), { key: "a1", ...row, seq: 1 })).rejects.toEqual(refusal("samePerson"));
    await approveSettlement(by(APPROVER), { key: "a2", ...row, seq: 1 });
    expect([await balance(ids[0] ?? 0, "returned"), await balance(ids[0] ?? 0, "due")]).toEqual([0, 30_000]);
    // Nobody answers: the months are held and stay out of the re-transfer.
    await placeHold(by(MAKER), {
      recipientId: ids[0] ?? 0,
      kind: "pending",
      fromMonth: month("2026-10"),
      cause: "返戻のあと連絡が取れない",
      key: "hold",
    });
    await expect(create(database.pool, "2026-12", "retransfer")).rejects.toEqual(refusal("nothingToPay"));
    await database.pool.query(
      "INSERT INTO allowance.hold_release (hold_id, cause, released_by) SELECT hold_id, '口座の届', 'staff.kato' FROM allowance.hold",
    );
    const again = await create(database.pool, "2026-12", "retransfer");
    expect([again.lines.lineCount, again.lines.total]).toEqual([1, 30_000]);
    await advance(database.pool, again.runNo, "handedOver");
    await settleAndClose(database.pool, again.runNo);
    expect([await balance(ids[0] ?? 0, "due"), await balance(ids[0] ?? 0, "bank")]).toEqual([0, 30_000]);
  });
});
