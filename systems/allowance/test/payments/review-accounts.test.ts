/** 点検: accounts that changed, accounts of two people, and runs that look like one already sent. */
import { civilDate } from "@hagukumi/law/contract.ts";
import { beforeEach, describe, expect, it } from "vitest";

import { freshDatabase } from "../../../../platform/test/support/cluster.ts";
import type { TestDatabase } from "../../../../platform/test/support/cluster.ts";
import { waitingAccountChanges } from "../../src/accounts/recent-changes.ts";
import { approveRun, inspectRun } from "../../src/payments/approve-run.ts";
import { createRun } from "../../src/payments/create-run.ts";
import { freezeRun } from "../../src/payments/freeze-run.ts";
import { handOverRun } from "../../src/payments/hand-over.ts";
import { clearReviewItems, listReviewItems } from "../../src/payments/review/items.ts";
import { verifyMoney } from "../../src/verify/verify-money.ts";
import { APPROVER, calendar, contextOf, MAKER, RELEASER, seedCases, threeFamilies } from "../support/cases.ts";
import { decideFacts, endCare } from "../support/decide-facts.ts";
import { advance, CHECKER, clearAll, create, memoryBank, settleAndClose } from "../support/runs.ts";

let database: TestDatabase;
let ids: readonly number[];

beforeEach(async () => {
  database = await freshDatabase();
  ids = await seedCases(database.pool, threeFamilies);
  return async () => {
    const broken = (await verifyMoney({ pool: database.pool, calendar })).filter((one) => one.violations > 0);
    await database.drop();
    expect(broken).toEqual([]);
  };
});

const refusal = (code: string) => expect.objectContaining({ name: "Refusal", code });
const by = (operator: string) => contextOf(database.pool, operator);
const idOf = (family: number): number => ids[family] ?? 0;

/** What the machine found in a run: kind, family (position), yen before, yen after. */
async function found(
  runNo: number,
): Promise<readonly (readonly [string, number | null, number | null, number | null])[]> {
  const items = await listReviewItems(database.pool, { runNo });
  return items.map(({ kind, recipientId, amountBefore, amountAfter }) => [
    kind,
    recipientId === null ? null : ids.indexOf(recipientId),
    amountBefore,
    amountAfter,
  ]);
}

/** The December run, paid and closed: 30,000 + 100,000 + 20,000. */
async function december(): Promise<void> {
  await create(database.pool);
  await advance(database.pool, 1, "handedOver");
  await settleAndClose(database.pool, 1);
}

/** The same three families once more, certified late: their first two months are paid by an occasional run. */
async function sameAgain(payOn: string): Promise<number> {
  const others = threeFamilies.map((family) => ({
    recipient: family.recipient + 300,
    children: family.children.map((child) => ({ ...child, id: child.id + 300 })),
  }));
  await seedCases(database.pool, others);
  const request = {
    key: `again/${payOn}`,
    paymentMonth: "2026-12",
    kind: "occasional" as const,
    payOn: civilDate(payOn),
  };
  return (await createRun(by(MAKER), request)).response.runNo;
}

const account = async (recipientId: number, recordedOn: string, enteredBy: string): Promise<number> => {
  const { rows } = await database.pool.query<{ account_id: number }>(
    `INSERT INTO allowance.account (recipient_id, bank, branch, account_type, account_number, holder, source, entered_by, approved_by, recorded_at)
     VALUES ($1, '9900', '718', '1', '7654321', 'ｶｸｳ ﾊﾅｺ', 'change', $2, 'koza.niro', $3) RETURNING account_id`,
    [recipientId, enteredBy, `${recordedOn} 10:00:00+09`],
  );
  return rows[0]?.account_id ?? 0;
};

async function advanceFrom(runNo: number): Promise<void> {
  await freezeRun(by(APPROVER), { key: `f/${runNo}`, runNo });
  await handOverRun(by(RELEASER), { key: `h/${runNo}`, runNo }, memoryBank());
  await settleAndClose(database.pool, runNo);
}

describe("口座と重なり", () => {
  it("[I-1] [A91] the same pay day and the same total as a run already sent: an alarm that stops the approval until another person has cleared it", async () => {
    await december();
    const runNo = await sameAgain("2026-12-15");
    const [item, ...rest] = await listReviewItems(database.pool, { runNo });
    expect([item?.kind, item?.amountAfter, item?.barred, rest]).toEqual(["sameDateTotal", 150_000, [MAKER], []]);
    const { response } = await inspectRun(by(MAKER), { key: "i", runNo });
    await expect(approveRun(by(APPROVER), { key: "a", runNo, lineDigest: response.lineDigest })).rejects.toEqual(
      refusal("reviewOpen"),
    );
    await expect(clearReviewItems(by(MAKER), { key: "c", runNo, itemNos: [1], reason: "別の人たち" })).rejects.toEqual(
      refusal("reviewOtherPerson"),
    );
    await clearReviewItems(by(CHECKER), { key: "c2", runNo, itemNos: [1], reason: "別の受給者への随時払と確認" });
    await approveRun(by(APPROVER), { key: "a2", runNo, lineDigest: response.lineDigest });
    // The same hash can't be sent at all: the run number stands in every record, and the digest is single-use (hand_over_pkey).
  });

  it("another pay day, or a run that was taken back, is no alarm", async () => {
    await december();
    const runNo = await sameAgain("2026-12-16");
    expect(await listReviewItems(database.pool, { runNo })).toEqual([]);
  });

  it("[THR81] a change shortly before the pay day is listed for the approver and needs clearing, not by who entered it", async () => {
    // Pay day 2026-12-15, 30 days before: 2026-11-15
    await account(idOf(0), "2026-11-16", "koza.ichiro");
    await account(idOf(1), "2026-11-14", "koza.ichiro");
    await create(database.pool);
    expect(await found(1)).toEqual([
      ["recentAccount", 0, null, 30_000],
      ["sharedAccount", 0, null, 30_000],
      ["sharedAccount", 1, null, 100_000],
    ]);
    const { response } = await inspectRun(by(MAKER), { key: "i", runNo: 1 });
    await expect(
      clearReviewItems(by("koza.ichiro"), { key: "c", runNo: 1, itemNos: [1], reason: "私の入力" }),
    ).rejects.toEqual(refusal("reviewOtherPerson"));
    await expect(approveRun(by(APPROVER), { key: "a", runNo: 1, lineDigest: response.lineDigest })).rejects.toEqual(
      refusal("reviewOpen"),
    );
    await clearAll(database.pool, 1);
    await approveRun(by(APPROVER), { key: "a2", runNo: 1, lineDigest: response.lineDigest });
  });

  it("[M18] [A104] a change after the cut-off is not used by the run and is shown as waiting; one that must be used needs a second person", async () => {
    // Cut-off of the December payment: 2026-11-25
    const late = await account(idOf(0), "2026-11-26", "koza.ichiro");
    await database.pool.query("INSERT INTO allowance.account_start VALUES ($1, '2026-12-15')", [late]);
    await account(idOf(1), "2026-11-26", "koza.ichiro"); // no usable account before it: counts at once
    const run = await create(database.pool);
    expect(run.cutOffOn).toBe("2026-11-25");
    const { rows } = await database.pool.query(
      "SELECT bank FROM allowance.run_line WHERE run_no = 1 AND recipient_id = ANY ($1) ORDER BY recipient_id",
      [[idOf(0), idOf(1)]],
    );
    expect(rows).toEqual([{ bank: "0182" }, { bank: "9900" }]);
    const waiting = await waitingAccountChanges(database.pool, 1);
    expect(waiting.map((each) => [each.recipientId, each.changedOn, each.afterPayOn])).toEqual([
      [idOf(0), "2026-11-26", "2026-12-15"],
    ]);
    expect(await found(1)).toEqual([["lateAccount", 1, null, 100_000]]);
    const { response } = await inspectRun(by(MAKER), { key: "i", runNo: 1 });
    const approve = async (key: string) =>
      await approveRun(by(APPROVER), { key, runNo: 1, lineDigest: response.lineDigest });
    await expect(approve("a")).rejects.toEqual(refusal("reviewOpen"));
    await expect(
      clearReviewItems(by("koza.ichiro"), { key: "c", runNo: 1, itemNos: [1], reason: "私の入力" }),
    ).rejects.toEqual(refusal("reviewOtherPerson"));
    await clearReviewItems(by(CHECKER), { key: "c2", runNo: 1, itemNos: [1], reason: "前の支店の廃止を確認" });
    await approve("a2");
    await advanceFrom(1);
    // The next payment goes to the new account.
    await create(database.pool, "2027-02");
    const next = await database.pool.query(
      "SELECT bank FROM allowance.run_line WHERE run_no = 2 AND recipient_id = $1",
      [idOf(0)],
    );
    expect(next.rows).toEqual([{ bank: "9900" }]);
  });

  it("every item is cleared once, whoever presses first (100 presses)", async () => {
    await december();
    await decideFacts(database.pool, idOf(1), "decrease", "2027-01", endCare(2, "2026-12-20"));
    await create(database.pool, "2027-02");
    const presses = await Promise.allSettled(
      Array.from({ length: 100 }, async (_, index) =>
        clearReviewItems(by(CHECKER), { key: `c/${index % 50}`, runNo: 2, itemNos: [1], reason: "確認" }),
      ),
    );
    const done = presses.filter((press) => press.status === "fulfilled" && !press.value.repeated);
    expect(done).toHaveLength(1);
    expect((await database.pool.query("SELECT 1 FROM allowance.run_review_clearance")).rowCount).toBe(1);
    expect(await clearAll(database.pool, 2)).toBe(0);
  });
});
