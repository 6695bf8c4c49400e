/** 差引 in a run: 内払 → 22条 → 21条 → 20条, never below zero, each amount used once, and back again when the run is cancelled. */
import { civilDate, month } from "@hagukumi/law/contract.ts";
import { beforeEach, describe, expect, it } from "vitest";

import { freshDatabase } from "../../../../platform/test/support/cluster.ts";
import type { TestDatabase } from "../../../../platform/test/support/cluster.ts";
import { outstandingClaims, planAdvanceOffset } from "../../src/deductions/advance-offset.ts";
import { deductionTotals, paymentSlip, readRemittances, remittanceList } from "../../src/deductions/remittances.ts";
import { certificationNumberText } from "../../src/inquiry/names.ts";
import { WITHHELD } from "../../src/outputs/declared-list.ts";
import { readMonths } from "../../src/inquiry/recipient-months.ts";
import { cancelRun } from "../../src/payments/cancel-run.ts";
import { readFrozenFile } from "../../src/payments/freeze-run.ts";
import { readReview } from "../../src/payments/review/items.ts";
import { verifyMoney } from "../../src/verify/verify-money.ts";
import { calendar, contextOf, MAKER, seedCases, threeFamilies } from "../support/cases.ts";
import { decideFacts, endCare } from "../support/decide-facts.ts";
import { advance, create, settleAndClose } from "../support/runs.ts";
import { seedResident } from "../support/small-city.ts";

let database: TestDatabase;
let ids: readonly number[];

const refusal = (code: string) => expect.objectContaining({ name: "Refusal", code });
const by = (operator: string) => contextOf(database.pool, operator);
const second = (): number => ids[1] ?? 0;

/** Rows that filings would have left, written by the owner without the filings. */
async function registered(...statements: readonly string[]): Promise<void> {
  const client = await database.pool.connect();
  try {
    await client.query("SET session_replication_role = replica");
    for (const sql of statements) await client.query(sql);
    await client.query("RESET session_replication_role");
  } finally {
    client.release();
  }
}

const CREDITORS = `INSERT INTO allowance.creditor (creditor_id, revision, name, kind, fee_kinds, bank, branch, account_type, account_number, holder, valid_from, entered_by, approved_by) VALUES
  (1, 1, '架空市教育委員会', 'city', '{schoolLunch,nursery}', NULL, NULL, NULL, NULL, NULL, '2020-04-01', 'a', 'b'),
  (2, 1, '架空こども園', 'thirdParty', '{nurseryLunch}', '0182', '101', '1', '7654321', 'ｶｸｳ ｺﾄﾞﾓｴﾝ', '2020-04-01', 'a', 'b')`;
const donation = (amount: number | null): string =>
  `INSERT INTO allowance.donation (recipient_id, kind, scope, amount, from_payment, received_on, filing_id, entered_by, approved_by)
   VALUES (${second()}, 'request', '${amount === null ? "all" : "amount"}', ${amount ?? "NULL"}, '2027-02-01', '2027-01-05', 901, 'a', 'b')`;
const fee = (creditor: number, kind: string, cap: number): string =>
  `INSERT INTO allowance.fee_request (recipient_id, child_number, creditor_id, fee_kind, kind, cap, from_payment, received_on, filing_id, entered_by, approved_by)
   VALUES (${second()}, 900000000000202, ${creditor}, '${kind}', 'request', ${cap}, '2027-02-01', '2027-01-05', ${910 + creditor}, 'a', 'b')`;
const special = (amount: number): string =>
  `WITH s AS (INSERT INTO allowance.special_collection (recipient_id, child_number, creditor_id, fee_kind, fee_year, amount, payment_month, reference, entered_by, approved_by)
     VALUES (${second()}, 900000000000203, 1, 'nursery', 2026, ${amount}, '2027-02-01', 'H-1', 'a', 'b') RETURNING special_id)
   INSERT INTO allowance.special_collection_notice (special_id, notified_on, payer_name, payer_address, amount, notified_by)
   SELECT special_id, '2027-01-20', '架空花子', '架空町', ${amount}, 'a' FROM s`;

/** November of the third child (30,000) was paid, though it had left in October: a claim of 30,000 yen. February pays 10,000 × 2 × 2 = 40,000. */
async function overpaid(): Promise<void> {
  await create(database.pool);
  await advance(database.pool, 1, "handedOver");
  await settleAndClose(database.pool, 1);
  await decideFacts(database.pool, second(), "decrease", "2026-11", endCare(2, "2026-10-20"));
  const { runNo } = await create(database.pool, "2027-02");
  await cancelRun(by(MAKER), { key: "found", runNo, reason: "過払の計上だけ" });
}

const plan = async (perPayment: number, keep: number, approvedBy = "kessai.hanako"): Promise<number> =>
  await planAdvanceOffset(by(MAKER), {
    recipientId: second(),
    perPayment,
    keep,
    fromPayment: month("2027-02"),
    consent: "窓口で同意書（架空）",
    approvedBy,
  });

const lineOf = async (runNo: number): Promise<number | undefined> => {
  const { rows } = await database.pool.query<{ amount: number }>(
    "SELECT amount FROM allowance.run_line WHERE run_no = $1 AND recipient_id = $2",
    [runNo, second()],
  );
  return rows[0]?.amount;
};
const owed = async (): Promise<number> =>
  (await outstandingClaims(database.pool, second())).reduce((sum, { outstanding }) => sum + outstanding, 0);

beforeEach(async () => {
  database = await freshDatabase();
  ids = await seedCases(database.pool, threeFamilies);
  return async () => {
    const broken = (await verifyMoney({ pool: database.pool, calendar })).filter((one) => one.violations > 0);
    await database.drop();
    expect(broken).toEqual([]);
  };
});

describe("差引", () => {
  it("[A95] the plan of an offset needs two people, words, something that is owed, and leaves the recipient what it says", async () => {
    await expect(plan(20_000, 10_000)).rejects.toEqual(refusal("deductionInvalid"));
    await overpaid();
    await expect(plan(20_000, 10_000, MAKER)).rejects.toEqual(refusal("samePerson"));
    await plan(40_000, 25_000);
    const { runNo } = await create(database.pool, "2027-02");
    // 40,000 − 25,000 to be left = 15,000 taken; 30,000 − 15,000 still owed
    expect([await lineOf(runNo), await owed()]).toEqual([25_000, 15_000]);
    await advance(database.pool, runNo, "handedOver");
    await settleAndClose(database.pool, runNo);
    // April: again 15,000, and then nothing is owed any more
    const april = await create(database.pool, "2027-04");
    expect([await lineOf(april.runNo), await owed()]).toEqual([25_000, 0]);
    await advance(database.pool, april.runNo, "handedOver");
    await settleAndClose(database.pool, april.runNo);
    const june = await create(database.pool, "2027-06");
    expect(await lineOf(june.runNo)).toBe(40_000);
  });

  it("[A96] [A218] 内払, 22条, 21条 to the city, 21条 to others, 20条, in this order; the list of each creditor is what was taken for it", async () => {
    await overpaid();
    await plan(20_000, 0);
    await registered(
      CREDITORS,
      donation(1000),
      fee(2, "nurseryLunch", 3000),
      fee(1, "schoolLunch", 4000),
      special(10_000),
    );
    const run = await create(database.pool, "2027-02");
    expect(run.lines.deductions.map(({ planned }) => [planned.kind, planned.amount])).toEqual([
      ["advanceOffset", 20_000],
      ["specialDeduction", 10_000],
      ["requestedDeduction", 4000],
      ["requestedToThirdParty", 3000],
      ["donation", 1000],
    ]);
    // 40,000 − 20,000 − 10,000 − 4,000 − 3,000 − 1,000
    expect([await lineOf(run.runNo), run.lines.total]).toEqual([2000, 30_000 + 2000 + 20_000]);
    const remittances = await readRemittances(database.pool, run.runNo);
    expect(
      remittances.map(({ creditorName, feeKind, feeChild, amount }) => [creditorName, feeKind, feeChild, amount]),
    ).toEqual([
      ["架空市教育委員会", "nursery", 900000000000203, 10_000],
      ["架空市教育委員会", "schoolLunch", 900000000000202, 4000],
      ["架空こども園", "nurseryLunch", 900000000000202, 3000],
    ]);
    // A child under 支援措置: which school or nursery it goes to is not said; the creditor still gets its sums.
    const child = { name: "架空児　二", kana: "カクウジ　ニ", birthDate: "2018-05-05", protected: true };
    await seedResident(database.pool, { number: 900000000000202, ...child });
    const hidden = (await readRemittances(database.pool, run.runNo)).map(remittanceList.cells);
    expect(hidden.map((cells) => [cells[1], cells[4], cells[5], cells[6]])).toEqual([
      ["架空市教育委員会", certificationNumberText(second()), "900000000000203", 10_000],
      ["架空市教育委員会", WITHHELD, WITHHELD, 4000],
      ["架空こども園", WITHHELD, WITHHELD, 3000],
    ]);
    const slip = await paymentSlip(database.pool, run.runNo, second());
    expect([slip.gross, slip.deductions.length, slip.net]).toEqual([40_000, 5, 2000]);
    await advance(database.pool, run.runNo, "frozen");
    expect((await readFrozenFile(database.pool, run.runNo)).amount).toBe(52_000);
    const { rows } = await database.pool.query(
      "SELECT account, sum(amount)::int AS yen FROM allowance.ledger_leg WHERE account IN ('deducted', 'receivable') GROUP BY 1 ORDER BY 1",
    );
    // Taken for others 18,000; owed 30,000 − 20,000
    expect(rows).toEqual([
      { account: "deducted", yen: 18_000 },
      { account: "receivable", yen: -10_000 },
    ]);
  });

  it("never below zero: what is not there is not taken, and the record says how much was short", async () => {
    await overpaid();
    await registered(CREDITORS, donation(null), fee(1, "schoolLunch", 36_000), special(10_000));
    const run = await create(database.pool, "2027-02");
    // 40,000 − 10,000 (22条) = 30,000; 36,000 wanted, 30,000 taken; nothing is left to give away
    expect(await lineOf(run.runNo)).toBeUndefined();
    const totals = await deductionTotals(database.pool, run.runNo);
    expect(totals.map(({ kind, amount, short }) => [kind, amount, short])).toEqual([
      ["specialDeduction", 10_000, 0],
      ["requestedDeduction", 30_000, 6000],
    ]);
    expect(run.lines.total).toBe(50_000);
    await advance(database.pool, run.runNo, "handedOver");
    await settleAndClose(database.pool, run.runNo);
  });

  it("a cancelled run gives everything back: the months are due, the claim stands, and the next run takes the same again", async () => {
    await overpaid();
    await plan(20_000, 0);
    await registered(CREDITORS, fee(1, "schoolLunch", 3000));
    const first = await create(database.pool, "2027-02");
    expect([await lineOf(first.runNo), await owed()]).toEqual([17_000, 10_000]);
    await advance(database.pool, first.runNo, "frozen");
    await cancelRun(by(MAKER), { key: "x", runNo: first.runNo, reason: "試験" });
    expect(await owed()).toBe(30_000);
    expect(await readRemittances(database.pool, first.runNo)).toEqual([]);
    const again = await create(database.pool, "2027-02");
    expect([await lineOf(again.runNo), await owed(), again.lines.total]).toEqual([17_000, 10_000, 67_000]);
    await advance(database.pool, again.runNo, "handedOver");
    await settleAndClose(database.pool, again.runNo);
    expect((await create(database.pool, "2027-04")).lines.total).toBe(30_000 + 27_000 + 20_000);
  });

  it("[M26] what is taken more or less than the time before is a cause of its own", async () => {
    await overpaid();
    await plan(20_000, 0);
    const run = await create(database.pool, "2027-02");
    const { comparison } = await readReview(database.pool, run.runNo);
    // December 100,000 → 20,000: the third child − 60,000, the offset − 20,000
    expect(comparison?.byCause).toEqual([
      { cause: "decision", parts: 2, amount: -60_000 },
      { cause: "deduction", parts: 1, amount: -20_000 },
    ]);
  });

  it("[A20] the months of a recipient: entitled, paid, unpaid and recovered, child by child", async () => {
    await overpaid();
    await plan(15_000, 0);
    const { runNo } = await create(database.pool, "2027-02");
    await advance(database.pool, runNo, "handedOver");
    await settleAndClose(database.pool, runNo);
    const client = await database.pool.connect();
    try {
      const question = {
        recipientId: second(),
        calendar,
        today: civilDate("2027-03-10"),
        firstMonth: "2024-10-01",
        endedFrom: null,
      };
      const months = new Map((await readMonths(client, question)).map((each) => [each.month as string, each]));
      const shown = (of: string) => {
        const view = months.get(of);
        return [view?.due, view?.receivable, view?.recovered, view?.parts.map(({ amount, state }) => [amount, state])];
      };
      // November: 50,000 paid, of which 30,000 was too much; 15,000 of it has come back
      expect(shown("2026-11")).toEqual([
        50_000,
        30_000,
        15_000,
        [
          [10_000, "paid"],
          [10_000, "paid"],
          [30_000, "paid"],
        ],
      ]);
      // December: 10,000 taken whole for the first child, 5,000 of the second, 5,000 of it transferred
      expect(shown("2026-12")).toEqual([
        20_000,
        0,
        0,
        [
          [10_000, "deducted"],
          [5000, "deducted"],
          [5000, "paid"],
        ],
      ]);
      expect(shown("2027-01")).toEqual([
        20_000,
        0,
        0,
        [
          [10_000, "paid"],
          [10_000, "paid"],
        ],
      ]);
      // February is due by law; no run has taken it in yet
      expect(months.get("2027-02")).toMatchObject({ due: 0, lawTotal: 20_000 });
    } finally {
      client.release();
    }
  });

  it("what was taken can't be transferred as well, taken back or taken twice: the database refuses", async () => {
    await overpaid();
    await plan(20_000, 0);
    const { runNo } = await create(database.pool, "2027-02");
    const attacks = [
      `INSERT INTO allowance.run_item SELECT i.child_number, i.benefit_month, i.generation, i.tranche, 9, i.run_no, (SELECT line_no FROM allowance.run_line WHERE run_no = ${runNo} AND recipient_id = ${second()}), i.amount FROM allowance.run_deduction_item i LIMIT 1`,
      "INSERT INTO allowance.due_reversal SELECT child_number, benefit_month, generation, tranche, 'x', (SELECT max(journal_id) FROM allowance.journal) FROM allowance.run_deduction_item LIMIT 1",
      "INSERT INTO allowance.run_deduction_item SELECT child_number, benefit_month, generation, tranche, attempt + 1, run_no, deduction_no, amount FROM allowance.run_deduction_item LIMIT 1",
      "INSERT INTO allowance.deduction_release SELECT child_number, benefit_month, generation, tranche, attempt, (SELECT max(journal_id) FROM allowance.journal) FROM allowance.run_deduction_item LIMIT 1",
      `INSERT INTO allowance.run_deduction VALUES (${runNo}, 99, ${second()}, 'donation', 1, NULL, NULL, NULL, 1, 0)`,
    ];
    for (const sql of attacks) {
      await expect(database.pool.query(sql), sql).rejects.toMatchObject({
        code: expect.stringMatching(/^HG\d{3}$/) as unknown,
      });
    }
  });
});
