/** 未払児童手当 (12条) from the death of the recipient to the decision, and what was paid too much. */
import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { approveFiling } from "../../src/filings/approve.ts";
import { overrideProposal } from "../../src/filings/examine.ts";
import { month } from "@hagukumi/law/contract.ts";
import { placeHold, releaseHold } from "../../src/holds/holds.ts";
import { sourceOf } from "../../src/notices/sources/list.ts";
import { openSources } from "../../src/notices/sources/source.ts";
import { closeRun } from "../../src/payments/close-run.ts";
import { cancelRun } from "../../src/payments/cancel-run.ts";
import { freezeRun } from "../../src/payments/freeze-run.ts";
import { importResults } from "../../src/payments/import-results.ts";
import { verifyMoney } from "../../src/verify/verify-money.ts";
import { testContext, testFolder } from "../support/context.ts";
import { resident } from "../support/feeds.ts";
import { certifiedFamily, countOf, decisionsOf, exOfficio, noticesTo, onDay } from "../support/families.ts";
import { bring, decided, examined, form, prepare } from "../support/filings.ts";
import { advance, create, resultCsv } from "../support/runs.ts";

const database = useDatabase();
const dir = testFolder();
const clerk = testContext(database, dir, "staff.ito");
const approver = testContext(database, dir, "staff.sato");
const clerks = { clerk, approver };

beforeAll(async () => await prepare(database.pool));

// Under three until 2028-06: 15,000 a month; the child of 2015: 10,000 a month; together 25,000.
const BORN = ["2025-06-05", "2015-07-01"] as const;

const account = (number: string) => ({
  bank: "0182",
  branch: "101",
  accountType: "1",
  accountNumber: number,
  holder: "カクウ　タロウ",
});

async function dies(number: number, on: string): Promise<void> {
  const row = resident(number, "1990-01-01", {
    世帯番号: String(number).padStart(15, "0"),
    履歴番号: "2",
    住民状態: "3",
    異動年月日: on,
    異動事由コード: "21",
  });
  await bring(clerk, { residents: [row] });
}

const claimOf = (children: readonly number[], recipientId: number, more: Record<string, unknown> = {}) =>
  form("unpaid", "2026-11-20", {
    claimant: children.at(-1) ?? 0,
    recipientId,
    children,
    account: account("7000001"),
    ...more,
  });

async function unpaidOf(recipientId: number): Promise<readonly unknown[]> {
  const { rows } = await database.pool.query(
    `SELECT child_number AS child, outcome, to_char(from_month, 'YYYY-MM') AS "from", to_char(to_month, 'YYYY-MM') AS "to", item_count AS items, total, holder_is AS holder
     FROM allowance.unpaid_decision WHERE recipient_id = $1 ORDER BY unpaid_id`,
    [recipientId],
  );
  return rows;
}

/** Yen on an account of the ledger for one recipient. */
async function balance(recipientId: number, ledgerAccount: string): Promise<number> {
  const { rows } = await database.pool.query<{ s: number }>(
    "SELECT coalesce(sum(amount), 0)::bigint AS s FROM allowance.ledger_leg WHERE recipient_id = $1 AND account = $2",
    [recipientId, ledgerAccount],
  );
  return rows[0]?.s ?? 0;
}

const violations = async () => (await verifyMoney(clerk)).filter(({ violations: found }) => found > 0);

describe("after the death of the recipient", () => {
  it("nothing is granted before the death is in the register, nor to another's child, nor to an account in another name", async () => {
    const recipient = await certifiedFamily(clerks, 50_000, BORN);
    const alive = await examined(clerk, claimOf([50_001, 50_002], recipient));
    expect(alive.proposal.outcome).toBe("impossible");
    await expect(approveFiling(approver, { filingId: alive.filingId, digest: alive.digest })).rejects.toMatchObject({
      code: "filingStopped",
    });

    await dies(50_000, "2026-11-10");
    await decided(
      clerk,
      approver,
      exOfficio("death", "2026-11-20", { claimant: 50_000, diedOn: "2026-11-10", evidence: "住民票" }),
    );
    const other = await examined(
      clerk,
      claimOf([50_001], recipient, { account: { ...account("7000002"), holder: "ベツ　ジン" } }),
    );
    expect(other.proposal.differences.map(({ item }) => item)).toContain("account.holder");
    await expect(approveFiling(approver, { filingId: other.filingId, digest: other.digest })).rejects.toMatchObject({
      code: "filingStopped",
    });

    await certifiedFamily(clerks, 50_010, ["2020-05-10"]);
    const stranger = await examined(clerk, claimOf([50_011], recipient));
    expect(stranger.proposal).toMatchObject({ outcome: "refuse" });
    await approveFiling(approver, { filingId: stranger.filingId, digest: stranger.digest });
    expect(await unpaidOf(recipient)).toEqual([
      { child: 50_011, outcome: "refuse", from: null, to: null, items: 0, total: 0, holder: null },
    ]);
    expect(await noticesTo(database.pool, 50_011)).toMatchObject([{ kind: "unpaidRefused" }]);
    expect(await countOf(database.pool, "unpaid_item", `recipient_id = ${recipient}`)).toBe(0);
  });

  it("[A117] [D4] [A214] each child is granted its own part up to the month of death, in its own account, by its own decision", async () => {
    const recipient = await certifiedFamily(clerks, 50_100, BORN);
    await dies(50_100, "2026-11-10");
    await decided(
      clerk,
      approver,
      exOfficio("death", "2026-11-20", { claimant: 50_100, diedOn: "2026-11-10", evidence: "住民票" }),
    );
    // The right ends with the month of death: no December.
    expect((await decisionsOf(database.pool, recipient)).at(-1)).toMatchObject({
      kind: "extinguish",
      month: "2026-12",
      cause: "recipientDeath",
    });
    // The eldest child is told, not the dead.
    expect(await noticesTo(database.pool, 50_102)).toContainEqual(
      expect.objectContaining({ kind: "decidedExOfficio", facts: expect.objectContaining({ recipientId: recipient }) }),
    );
    expect(await noticesTo(database.pool, 50_100)).toEqual([]);
    // Settled at once: October and November 2026 (opening month 2026-10) stand as due: 25,000 × 2 = 50,000.
    expect(await balance(recipient, "due")).toBe(50_000);

    const { filingId } = await decided(clerk, approver, claimOf([50_101, 50_102], recipient));
    // 50101: 15,000 × 2 = 30,000; 50102: 10,000 × 2 = 20,000.
    expect(await unpaidOf(recipient)).toEqual([
      { child: 50_101, outcome: "grant", from: "2026-10", to: "2026-11", items: 2, total: 30_000, holder: "child" },
      { child: 50_102, outcome: "grant", from: "2026-10", to: "2026-11", items: 2, total: 20_000, holder: "child" },
    ]);
    expect(await noticesTo(database.pool, 50_101)).toEqual(
      expect.arrayContaining([
        {
          kind: "unpaidGranted",
          facts: expect.objectContaining({ total: 30_000, fromMonth: "2026-10", toMonth: "2026-11" }),
        },
      ]),
    );
    const people = await database.pool.query(
      "SELECT DISTINCT examined_by, approved_by FROM allowance.unpaid_decision WHERE filing_id = $1",
      [filingId],
    );
    expect(people.rows).toEqual([{ examined_by: "staff.ito", approved_by: "staff.sato" }]);
    // The ledger balances: still 50,000 due, nothing booked twice.
    expect(await balance(recipient, "due")).toBe(50_000);
    expect(await violations()).toEqual([]);

    // Claimed again: nothing is left.
    const again = await examined(clerk, claimOf([50_101, 50_102], recipient));
    expect(again.proposal.outcome).toBe("refuse");
  });

  it("the December run pays nothing to the account of the dead, before the claim and after it", async () => {
    const dead = await certifiedFamily(clerks, 50_200, BORN);
    const living = await certifiedFamily(clerks, 50_210, ["2020-05-10"]);
    await dies(50_200, "2026-11-10");
    await decided(
      clerk,
      approver,
      exOfficio("death", "2026-11-20", { claimant: 50_200, diedOn: "2026-11-10", evidence: "住民票" }),
    );
    // Even with the hold lifted by mistake the months stay out.
    await database.pool.query(
      `INSERT INTO allowance.hold_release (hold_id, cause, released_by) SELECT hold_id, '誤り', 'staff.kato' FROM allowance.hold WHERE recipient_id = $1`,
      [dead],
    );
    const run = await create(database.pool);
    expect(run.lines.exclusions).toContainEqual({
      recipientId: dead,
      reason: "recipientDead",
      items: 4,
      amount: 50_000,
    });
    const paid = await database.pool.query<{ recipient_id: number; amount: number }>(
      "SELECT recipient_id, amount FROM allowance.run_line WHERE run_no = $1 AND recipient_id = ANY($2)",
      [run.runNo, [dead, living]],
    );
    // 10,000 × 2
    expect(paid.rows).toEqual([{ recipient_id: living, amount: 20_000 }]);

    await decided(clerk, approver, claimOf([50_201, 50_202], dead));
    // What was granted to the children can't enter a line of the dead recipient, whoever tries.
    const client = await database.pool.connect();
    try {
      await client.query("BEGIN; SET LOCAL ROLE hagukumi_allowance");
      await expect(
        client.query(
          `INSERT INTO allowance.unpaid_item SELECT child_number, benefit_month, generation, tranche, unpaid_id, recipient_id, amount
           FROM allowance.unpaid_item WHERE recipient_id = $1 LIMIT 1`,
          [dead],
        ),
      ).rejects.toMatchObject({ constraint: "unpaid_item_once" });
    } finally {
      await client.query("ROLLBACK");
      client.release();
    }
    expect(await violations()).toEqual([]);
    await advance(database.pool, run.runNo, "handedOver");
    const bytes = resultCsv({ count: run.lines.lineCount, amount: run.lines.total }, []);
    await importResults(clerk, { key: "results", runNo: run.runNo, bytes });
    await closeRun(clerk, { key: "close", runNo: run.runNo });
  });

  it("[A118] months that were paid after the month of death become a claim for repayment", async () => {
    // Run 1 (December, closed above) paid October and November to 50210; the death of 2026-10-20 becomes known in December.
    const recipient =
      (
        await database.pool.query<{ id: number }>(
          "SELECT recipient_id AS id FROM allowance.recipient WHERE addressee_number = 50210",
        )
      ).rows[0]?.id ?? 0;
    expect(await countOf(database.pool, "receivable", `recipient_id = ${recipient}`)).toBe(0);
    await dies(50_210, "2026-10-20");
    const later = { clerk: onDay(clerk, "2026-12-20"), approver: onDay(approver, "2026-12-21") };
    await decided(
      later.clerk,
      later.approver,
      exOfficio("death", "2026-12-20", { claimant: 50_210, diedOn: "2026-10-20", evidence: "住民票" }),
    );
    expect((await decisionsOf(database.pool, recipient)).at(-1)).toMatchObject({
      kind: "extinguish",
      month: "2026-11",
    });
    // Paid: October 10,000 + November 10,000. Due: October 10,000. Too much: November 10,000.
    const { rows } = await database.pool.query(
      `SELECT child_number AS child, to_char(benefit_month, 'YYYY-MM') AS month, amount FROM allowance.receivable WHERE recipient_id = $1`,
      [recipient],
    );
    expect(rows).toEqual([{ child: 50_211, month: "2026-11", amount: 10_000 }]);
    // Nothing is unpaid: October was paid to the recipient in life's due.
    const claim = await examined(later.clerk, claimOf([50_211], recipient));
    expect(claim.proposal.outcome).toBe("refuse");
    expect(await violations()).toEqual([]);
  });

  it("a run that was made before the death became known can't be filed any more", async () => {
    const recipient = await certifiedFamily(clerks, 50_500, ["2020-05-10"]);
    const run = await create(database.pool, "2026-12", "occasional");
    expect(await countOf(database.pool, "run_line", `run_no = ${run.runNo} AND recipient_id = ${recipient}`)).toBe(1);
    await advance(database.pool, run.runNo, "approved");
    await dies(50_500, "2026-11-15");
    // Reported by the family as an end of the right: the same protection as by the office.
    const report = form("extinction", "2026-11-20", {
      claimant: 50_500,
      recipientId: recipient,
      events: [{ cause: "recipientDeath", on: "2026-11-15" }],
    });
    await decided(clerk, approver, report);
    await expect(freezeRun(approver, { key: "freeze/dead", runNo: run.runNo })).rejects.toMatchObject({
      name: "Refusal",
    });
    expect(await countOf(database.pool, "transfer_file", `run_no = ${run.runNo}`)).toBe(0);
    await cancelRun(clerk, { key: "cancel/dead", runNo: run.runNo, reason: "受給者の死亡" });
  });

  it("is time-barred two years after the month of payment has passed, and not a day before", async () => {
    const recipient = await certifiedFamily(clerks, 50_600, ["2020-05-10"]);
    await dies(50_600, "2026-11-10");
    await decided(
      clerk,
      approver,
      exOfficio("death", "2026-11-20", { claimant: 50_600, diedOn: "2026-11-10", evidence: "住民票" }),
    );
    // October and November 2026 were payable in December 2026: two years from 2027-01-01 end with 2028-12-31 (23条1項).
    const late = claimOf([50_601], recipient);
    const last = await examined(onDay(clerk, "2028-12-31"), late);
    expect(last.proposal).toMatchObject({ outcome: "grant", effects: [{ kind: "unpaid", after: "児童に 20,000円" }] });
    const gone = await examined(onDay(clerk, "2029-01-01"), late);
    expect(gone.proposal.outcome).toBe("refuse");
    expect(gone.proposal.reasons.join()).toContain("時効");
  });

  it("[A117] a guardian claims for the child, with the proof of the power; the account in the guardian's name is looked at", async () => {
    const recipient = await certifiedFamily(clerks, 50_400, ["2020-05-10"]);
    await dies(50_400, "2026-10-31");
    await decided(
      clerk,
      approver,
      exOfficio("death", "2026-11-20", { claimant: 50_400, diedOn: "2026-10-31", evidence: "住民票" }),
    );
    const guardian = {
      kind: "statutory",
      name: "架空　後見子",
      relation: "未成年後見人",
      authority: "guardianCertificate",
    } as const;
    const typed = { account: { ...account("7000400"), holder: "カクウ　コウケンコ" }, holderIs: "guardianForChild" };
    const claim = { ...claimOf([50_401], recipient, typed), agent: guardian };
    const seen = await examined(clerk, claim);
    expect(seen.proposal.differences).toContainEqual(
      expect.objectContaining({ item: "account.holder", weight: "look" }),
    );
    await approveFiling(approver, { filingId: seen.filingId, digest: seen.digest });
    // Died in October: October alone, 10,000.
    expect(await unpaidOf(recipient)).toEqual([
      {
        child: 50_401,
        outcome: "grant",
        from: "2026-10",
        to: "2026-10",
        items: 1,
        total: 10_000,
        holder: "guardianForChild",
      },
    ]);
  });

  it("[A84] a run of 未支払 pays each child what it was granted, to its own account, although the dead recipient stays held", async () => {
    const recipient = await certifiedFamily(clerks, 50_700, BORN);
    await dies(50_700, "2026-11-10");
    await decided(
      clerk,
      approver,
      exOfficio("death", "2026-11-20", { claimant: 50_700, diedOn: "2026-11-10", evidence: "住民票" }),
    );
    await decided(clerk, approver, claimOf([50_701, 50_702], recipient));
    // Another hold on the recipient stops the children, too; it is released first.
    const hold = await placeHold(clerk, {
      recipientId: recipient,
      kind: "hold",
      fromMonth: month("2026-10"),
      cause: "受給資格の調査",
      key: "hold/unpaid",
    });
    const stopped = await create(database.pool, "2026-12", "unpaid");
    expect(stopped.lines.exclusions).toContainEqual({
      recipientId: recipient,
      reason: "held",
      items: 4,
      amount: 50_000,
    });
    await cancelRun(clerk, { key: "cancel/held", runNo: stopped.runNo, reason: "調査中" });
    await releaseHold(clerk, hold, "調査が終わった", "release/unpaid");

    const run = await create(database.pool, "2026-12", "unpaid");
    const { rows } = await database.pool.query(
      `SELECT payee_child AS child, account_id AS own, account_number AS account, amount FROM allowance.run_line WHERE run_no = $1 AND recipient_id = $2 ORDER BY 1`,
      [run.runNo, recipient],
    );
    // 15,000 × 2 and 10,000 × 2, both to the account of the claim (the younger child's).
    expect(rows).toEqual([
      { child: 50_701, own: null, account: "7000001", amount: 30_000 },
      { child: 50_702, own: null, account: "7000001", amount: 20_000 },
    ]);
    // A run of any other kind finds nothing of it, and while it is under way nothing is granted twice.
    await advance(database.pool, run.runNo, "handedOver");
    expect(await violations()).toEqual([]);
    await importResults(clerk, {
      key: "results/unpaid",
      runNo: run.runNo,
      bytes: resultCsv({ count: run.lines.lineCount, amount: run.lines.total }, []),
    });
    await closeRun(clerk, { key: "close/unpaid", runNo: run.runNo });
    expect(await balance(recipient, "due")).toBe(0);
    expect(await balance(recipient, "bank")).toBe(50_000);
    // Paid: a second run finds nothing, and the grant can't be taken back any more.
    await expect(create(database.pool, "2026-12", "unpaid")).rejects.toMatchObject({ code: "nothingToPay" });
    // The letter of the payment goes to the child, never to the dead.
    const client = await database.pool.connect();
    const told: number[] = [];
    try {
      await client.query("BEGIN");
      const question = { from: "2020-01-01", documentOn: "2030-01-01", paymentRunNo: run.runNo };
      for await (const slice of openSources(client, sourceOf("payment"), question, 100)) {
        told.push(...slice.flatMap((row) => (row.recipientId === recipient ? [row.addressee ?? 0] : [])));
      }
    } finally {
      await client.query("ROLLBACK");
      client.release();
    }
    expect(told.toSorted((one, other) => one - other)).toEqual([50_701, 50_702]);
    expect(await violations()).toEqual([]);
  });

  it("a person may refuse with a reason; the decision says that reason", async () => {
    const recipient = await certifiedFamily(clerks, 50_300, ["2020-05-10"]);
    await dies(50_300, "2026-11-01");
    await decided(
      clerk,
      approver,
      exOfficio("death", "2026-11-20", { claimant: 50_300, diedOn: "2026-11-01", evidence: "住民票" }),
    );
    const seen = await examined(clerk, claimOf([50_301], recipient));
    const changed = await overrideProposal(clerk, {
      filingId: seen.filingId,
      outcome: "refuse",
      reasonCode: "other",
      reason: "請求した児童は監護されていなかったため",
    });
    await approveFiling(approver, { filingId: seen.filingId, digest: changed.digest });
    const { rows } = await database.pool.query(
      "SELECT outcome, reason FROM allowance.unpaid_decision WHERE recipient_id = $1",
      [recipient],
    );
    expect(rows).toEqual([{ outcome: "refuse", reason: "請求した児童は監護されていなかったため" }]);
  });
});
