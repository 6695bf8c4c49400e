/** What filings mean for the money: a run sees decisions only, and what is cancelled is taken back from the ledger. */
import { beforeEach, describe, expect, it } from "vitest";

import { freshDatabase, type TestDatabase } from "../../../../platform/test/support/cluster.ts";
import { approveFiling } from "../../src/filings/approve.ts";
import { cancelAndDecideAgain } from "../../src/filings/correct.ts";
import { overrideProposal } from "../../src/filings/examine.ts";
import { saveDraft } from "../../src/filings/receive.ts";
import { cancelRun } from "../../src/payments/cancel-run.ts";
import { verifyMoney } from "../../src/verify/verify-money.ts";
import { APPROVER, calendar, contextOf } from "../support/cases.ts";
import { testContext, testFolder } from "../support/context.ts";
import { number15, resident } from "../support/feeds.ts";
import { birthClaim, bring, decided, examined, form, prepare } from "../support/filings.ts";
import { create } from "../support/runs.ts";

const dir = testFolder();
let database: TestDatabase;
const current = {
  get pool() {
    return database.pool;
  },
};
const ito = testContext(current, dir, "staff.ito");
const sato = testContext(current, dir, "staff.sato");

beforeEach(async () => {
  database = await freshDatabase();
  await prepare(database.pool);
  await bring(ito, {
    residents: [
      resident(43_001, "1990-01-01"),
      resident(43_002, "2026-09-30"),
      resident(43_011, "1990-01-01"),
      resident(43_012, "2026-09-30"),
    ],
  });
  return async () => {
    const broken = (await verifyMoney({ pool: database.pool, calendar })).filter((one) => one.violations > 0);
    await database.drop();
    expect(broken).toEqual([]);
  };
});

/** Amounts that stand as due in the ledger, net of reversals, by month. */
async function due(): Promise<unknown> {
  const { rows } = await database.pool.query(
    `SELECT to_char(d.benefit_month, 'YYYY-MM') AS month, sum(d.amount)::int AS yen FROM allowance.due_item d
     LEFT JOIN allowance.due_reversal r USING (child_number, benefit_month, generation, tranche) WHERE r.tranche IS NULL GROUP BY 1 ORDER BY 1`,
  );
  return rows;
}

describe("a payment run", () => {
  it("[A33] sees neither a draft nor a registered or examined filing; after the approval it pays", async () => {
    const claim = birthClaim(43_001, 43_002, "2026-09-30", "2026-10-09");
    await saveDraft(ito, { form: birthClaim(43_011, 43_012, "2026-09-30", "2026-10-09") });
    const { filingId, digest } = await examined(ito, claim);
    await expect(create(database.pool)).rejects.toMatchObject({ code: "nothingToPay" });
    expect(await due()).toEqual([]);
    await approveFiling(sato, { filingId, digest });
    // Under three, from 2026-10: 15,000 × 2 months
    expect(await create(database.pool)).toMatchObject({ lines: { lineCount: 1, total: 30_000 } });
    expect(await due()).toEqual([
      { month: "2026-10", yen: 15_000 },
      { month: "2026-11", yen: 15_000 },
    ]);
  });

  it("takes back from the ledger what a cancelled grant had made due", async () => {
    const granted = await decided(ito, sato, birthClaim(43_001, 43_002, "2026-09-30", "2026-10-09"));
    const first = await create(database.pool);
    expect(first).toMatchObject({ lines: { lineCount: 1, total: 30_000 } });
    await cancelRun(contextOf(database.pool, APPROVER), {
      runNo: first.runNo,
      reason: "取消のため",
      key: "cancel-first",
    });
    const correction = await cancelAndDecideAgain(ito, {
      filingId: granted.filingId,
      reason: "配偶者が受給者であるべきだったため",
    });
    const refusal = await overrideProposal(ito, {
      filingId: correction.filingId,
      outcome: "refuse",
      reasonCode: "notMainEarner",
      reason: "配偶者が生計中心者のため",
    });
    await approveFiling(sato, { filingId: refusal.filingId, digest: refusal.digest });
    // The approval itself took the two months back: nothing waits for a run.
    expect(await due()).toEqual([]);
    await expect(create(database.pool)).rejects.toMatchObject({ code: "nothingToPay" });
  });

  it("pays more after a correction that moves the start back", async () => {
    const late = await decided(ito, sato, birthClaim(43_001, 43_002, "2026-09-30", "2026-10-20"));
    // Claimed 10-20, after day 15 (10-15): from 2026-11, 15,000.
    const first = await create(database.pool);
    expect(first).toMatchObject({ lines: { total: 15_000 } });
    await cancelRun(contextOf(database.pool, APPROVER), {
      runNo: first.runNo,
      reason: "訂正のため",
      key: "cancel-late",
    });
    const right = await cancelAndDecideAgain(ito, {
      filingId: late.filingId,
      reason: "受付日の誤り",
      form: birthClaim(43_001, 43_002, "2026-09-30", "2026-10-09"),
    });
    await approveFiling(sato, { filingId: right.filingId, digest: right.digest });
    expect(await create(database.pool)).toMatchObject({ lines: { total: 30_000 } });
  });
});

describe("the other kinds of claim", () => {
  it("an institution is certified by age alone, per child, from the month after the placement", async () => {
    await bring(ito, {
      organizations: [
        {
          宛名番号: number15(43_101),
          名称: "架空園",
          名称フリガナ: "カクウエン",
          区分: "institution",
          市区町村コード: "431010",
          設置者区分: "private",
        },
      ],
      residents: [resident(43_102, "2016-04-05"), resident(43_103, "2018-04-05"), resident(43_104, "2020-04-05")],
      statusPeriods: [43_102, 43_103, 43_104].map((child) => ({
        区分: "institution",
        宛名番号: number15(child),
        相手宛名番号: number15(43_101),
        開始年月日: "2026-10-05",
        短期: "0",
        留学: "0",
      })),
    });
    const claim = form("certificationInstitution", "2026-10-15", {
      claimant: 43_101,
      cause: "enteredInstitution",
      causeOn: "2026-10-05",
      account: { bank: "0182", branch: "101", accountType: "1", accountNumber: "43101", holder: "カクウエン" },
      children: [43_102, 43_103, 43_104].map((number) => ({ number, role: "child", relation: "入所児童" })),
    });
    const { filingId, digest, proposal } = await examined(ito, claim);
    // No third-child rate: 10,000 × 3 = 30,000
    expect(proposal.effects[0]).toMatchObject({ kind: "certify", fromMonth: "2026-11", yenAfter: 30_000 });
    await approveFiling(sato, { filingId, digest });
    expect(await create(database.pool)).toMatchObject({ lines: { lineCount: 1, total: 30_000 } });
  });

  it("a 確認書 for a student raises the amount of the third child, until the expected graduation", async () => {
    await bring(ito, {
      residents: [
        resident(43_201, "1975-01-01"),
        resident(43_202, "2006-05-05"),
        resident(43_203, "2014-05-05"),
        resident(43_204, "2016-05-05"),
      ],
    });
    await decided(ito, sato, {
      ...birthClaim(43_201, 43_203, "2014-05-05", "2026-09-10"),
      content: {
        ...birthClaim(43_201, 43_203, "2014-05-05", "2026-09-10").content,
        cause: "other",
        children: [43_203, 43_204].map((number) => ({ number, role: "child" })),
      },
    });
    const { rows } = await database.pool.query<{ id: number }>(
      "SELECT recipient_id AS id FROM allowance.recipient WHERE addressee_number = 43201",
    );
    const student = { number: 43_202, role: "counted", student: true, supportFrom: "2026-10-01" };
    const filed = (child: object) =>
      form("supportConfirmation", "2026-10-09", {
        claimant: 43_201,
        recipientId: rows[0]?.id,
        cause: "other",
        children: [child],
      });
    await expect(examined(ito, filed(student))).rejects.toMatchObject({
      code: "filingInvalid",
      details: { fields: ["content.children.0.graduationMonth"] },
    });
    const { filingId, digest, proposal } = await examined(ito, filed({ ...student, graduationMonth: "2029-03" }));
    // 10,000 + 10,000 = 20,000; with the student first in the order: second 10,000 + third 30,000 = 40,000
    expect(proposal.effects).toMatchObject([
      { kind: "increase", fromMonth: "2026-11", yenBefore: 20_000, yenAfter: 40_000 },
    ]);
    await approveFiling(sato, { filingId, digest });
  });
});
