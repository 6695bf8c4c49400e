/** Corrections of income until none is left, 未申告, and who is asked elsewhere. The arithmetic stands above each amount. */
import { civilDate, month } from "@hagukumi/law/contract.ts";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { addEntry, confirmEntry } from "../../src/case-file/write-entry.ts";
import { examineClaims } from "../../src/claims/examine.ts";
import { approveClaims } from "../../src/decisions/decide.ts";
import { approveReexamined, reexamine } from "../../src/decisions/re-decide.ts";
import { holdsWithoutCause } from "../../src/holds/cause-gone.ts";
import { placeHold } from "../../src/holds/holds.ts";
import { listTaxCorrections, resolveCorrection } from "../../src/income/corrections.ts";
import { answerInquiry, listMissingIncomes, requestIncomes } from "../../src/income/missing-incomes.ts";
import { reconcileIncomes } from "../../src/income/reconcile.ts";
import { massItems } from "../../src/mass-work/read-items.ts";
import { testContext, testFolder } from "../support/context.ts";
import { decisionsOf, onDay, recipientIdOf } from "../support/families.ts";
import { claim, claimChild, number15, resident } from "../support/feeds.ts";
import { bring, prepare } from "../support/filings.ts";
import { runMass } from "../support/reviews.ts";

const database = useDatabase();
const dir = testFolder();
const clerk = testContext(database, dir, "staff.ito");
const approver = testContext(database, dir, "staff.sato");
const TODAY = civilDate("2026-11-23");

const income = (
  number: number,
  year: number,
  historyNo: number,
  salary: number,
  more: Record<string, string> = {},
) => ({
  宛名番号: number15(number),
  所得年: String(year),
  履歴番号: String(historyNo),
  給与所得: String(salary),
  扶養親族等の数: "2",
  ...more,
});

/** A parent with one child of 2015, certified from 2022-08, with an income of 7,200,000 in each of the years that decide. */
async function certified(base: number): Promise<number> {
  await bring(clerk, {
    residents: [resident(base, "1985-01-01"), resident(base + 1, "2015-05-01")],
    incomes: [2021, 2022, 2023].map((year) => income(base, year, 1, 7_200_000)),
    claims: [claim(base, base, "2022-07-10")],
    claimChildren: [claimChild(base, base + 1, 1)],
  });
  await examineClaims(clerk, [String(base)]);
  await approveClaims(approver, [String(base)]);
  return await recipientIdOf(database.pool, base);
}

const item = (code: string, amount: number) => ({
  宛名番号: number15(62_100),
  所得年: "2022",
  履歴番号: "2",
  項目: code,
  金額: String(amount),
});

const open = async () => await listTaxCorrections(database.pool, TODAY);
const parent = async (recipient: number, other: number): Promise<void> => {
  await bring(clerk, { residents: [resident(other, "1986-01-01")] });
  const entry = await addEntry(clerk, "relatedPerson", {
    addresseeNumber: recipient,
    validFrom: "2020-01-01",
    content: { relatedNumber: other, role: "spouse" },
  });
  await confirmEntry(approver, "relatedPerson", entry);
};

beforeAll(async () => await prepare(database.pool));

describe("小諸市 2017 (I-13), 大阪市 2025 (I-51)", () => {
  let recipient = 0;

  it("[A69] [I-51] the figures come by delivery alone, and every version stays: the first, the correction, the correction of the same notice", async () => {
    recipient = await certified(62_100);
    // 7,200,000 − 100,000 − 80,000 = 7,020,000 ≥ 6,980,000 (two dependants): 特例給付 5,000
    expect((await decisionsOf(database.pool, recipient))[0]).toMatchObject({
      kind: "certify",
      month: "2022-08",
      total: 5_000,
    });
    expect(await open()).toEqual([]);
    // The medical deduction that had been forgotten: 350,000 → 6,670,000 < 6,980,000
    await bring(clerk, { incomes: [income(62_100, 2022, 2, 7_200_000, { 控除額計: "340000" })] });
    await bring(clerk, { incomes: [income(62_100, 2022, 2, 7_200_000, { 控除額計: "350000" })] });
    const { rows } = await database.pool.query(
      "SELECT history_no, revision, deductions FROM allowance.income_history WHERE addressee_number = 62100 AND income_year = 2022 ORDER BY 1, 2",
    );
    expect(rows).toEqual([
      { history_no: 1, revision: 1, deductions: 0 },
      { history_no: 2, revision: 1, deductions: 340_000 },
      { history_no: 2, revision: 2, deductions: 350_000 },
    ]);
    // Nobody at a desk can type one: neither the figures nor an answer with figures.
    const typed = await database.pool.query(
      `SELECT has_table_privilege('hagukumi_desk', 'allowance.income_history', 'INSERT') AS income,
              count(*) FILTER (WHERE data_type IN ('bigint', 'integer', 'numeric') AND column_name <> 'inquiry_id')::int AS figures
       FROM information_schema.columns WHERE table_schema = 'allowance' AND table_name = 'tax_inquiry_answer'`,
    );
    expect(typed.rows).toEqual([{ income: false, figures: 0 }]);
  });

  it("[A71] [I-13] a correction stands in the list with what it decides until two people have judged the months of its year again; then the list is empty", async () => {
    expect(await open()).toMatchObject([
      {
        number: 62_100,
        year: 2022,
        historyNo: 2,
        revision: 2,
        before: 7_020_000 - 340_000,
        after: 6_670_000,
        decides: [recipient],
        compared: [],
      },
    ]);
    const done = await runMass({ clerk, approver }, "taxRejudge", { month: "2026-11" });
    expect(done).toMatchObject({ state: "done", list: { change: 1, cannot: 0 } });
    expect(await open()).toEqual([]);
    // June 2023 to May 2024 are judged by the income of 2022: 10,000; the months around them stay at 5,000.
    const decided = await decisionsOf(database.pool, recipient);
    expect(decided).toContainEqual(expect.objectContaining({ month: "2023-06", total: 10_000 }));
    expect(decided).toContainEqual(expect.objectContaining({ month: "2024-06", total: 5_000 }));
    const { rows } = await database.pool.query(
      "SELECT outcome, cardinality(decisions) > 0 AS decided, entered_by <> approved_by AS two FROM allowance.tax_correction",
    );
    expect(rows).toEqual([{ outcome: "redecided", decided: true, two: true }]);
    expect((await runMass({ clerk, approver }, "taxRejudge", { month: "2026-12" })).list).toMatchObject({ change: 0 });
  });

  it("a correction by which the right never came to be takes the certification back from its first month, and says that a new claim is needed", async () => {
    const early = await certified(62_800);
    // 12,000,000 − 100,000 − 80,000 = 11,820,000 ≥ 9,340,000 (two dependants), the limit above which nothing is paid from June 2022 on
    await bring(clerk, { incomes: [income(62_800, 2021, 2, 12_000_000)] });
    const [correction] = (await open()).filter(({ number }) => number === 62_800);
    expect(correction).toMatchObject({ year: 2021, decides: [early] });
    const done = await runMass({ clerk, approver }, "taxRejudge", { month: "2027-03" });
    expect(done).toMatchObject({ state: "done", list: { change: 1, cannot: 0 } });
    expect((await open()).filter(({ number }) => number === 62_800)).toEqual([]);
    expect((await decisionsOf(database.pool, early)).slice(-2)).toMatchObject([
      { kind: "correct", month: "2022-08", total: 0 },
      { kind: "extinguish", month: "2022-08", total: 0 },
    ]);
    const { rows } = await database.pool.query<{ reason: string }>(
      "SELECT reason FROM allowance.tax_correction WHERE addressee_number = 62800",
    );
    expect(rows[0]?.reason).toContain("認定を取り消す。いま受けられるかを確かめ、認定請求を案内する");
    // The end stands: to judge once more finds nothing.
    expect(await reexamine(clerk, { recipients: [early] })).toMatchObject({ cases: 1, changed: 0, impossible: 0 });
    // Corrected back: the right stands again as it was (7,020,000 ≥ 6,980,000: 5,000), by two people, never by mass work (M25).
    await bring(clerk, { incomes: [income(62_800, 2021, 3, 7_200_000)] });
    const again = await runMass({ clerk, approver }, "taxRejudge", { month: "2027-04" });
    expect(again.list).toMatchObject({ change: 0, cannot: 1 });
    await reexamine(clerk, { recipients: [early] });
    await approveReexamined(approver, { recipients: [early] });
    const all = await decisionsOf(database.pool, early);
    const end = all.findLastIndex((each) => z.object({ kind: z.string() }).parse(each).kind === "extinguish");
    expect(all.slice(end + 1)).toContainEqual(
      expect.objectContaining({ kind: "certify", month: "2022-08", total: 5_000 }),
    );
    expect((await runMass({ clerk, approver }, "taxRejudge", { month: "2027-05" })).list).toMatchObject({ change: 1 });
  });

  it("what the law cannot judge is not closed as of no effect: it stays in the list with what to do", async () => {
    const unjudged = await certified(62_850);
    await bring(clerk, { incomes: [income(62_850, 2022, 2, 7_100_000)] });
    // As after a faulty migration: the only child is not in the register any more, so nothing can be computed.
    const client = await database.pool.connect();
    try {
      await client.query("BEGIN; SET LOCAL session_replication_role = replica");
      await client.query("DELETE FROM allowance.person_history WHERE addressee_number = 62851");
      await client.query("COMMIT");
    } finally {
      client.release();
    }
    expect((await open()).map(({ decides }) => decides)).toEqual([[unjudged]]);
    const run = await runMass({ clerk, approver }, "taxRejudge", { month: "2027-06" });
    const [line] = await massItems(database.pool, run.runNo, { limit: 10 });
    expect(line).toMatchObject({ kind: "unjudged", outcome: "cannot" });
    expect(await open()).toHaveLength(1);
    const { number, year, historyNo, revision } = (await open())[0] ?? {
      number: 0,
      year: 0,
      historyNo: 0,
      revision: 0,
    };
    await resolveCorrection(approver, {
      number,
      year,
      historyNo,
      revision,
      outcome: "mainEarnerKept",
      reason: "戸籍で生年月日を確かめた",
      judgedBy: "staff.ito",
    });
  });

  it("a correction that moves no amount is closed with that word, and nothing is decided", async () => {
    const before = await decisionsOf(database.pool, recipient);
    await bring(clerk, { incomes: [income(62_100, 2023, 2, 7_300_000)] });
    expect(await open()).toHaveLength(1);
    expect((await runMass({ clerk, approver }, "taxRejudge", { month: "2027-01" })).list).toMatchObject({ change: 1 });
    expect(await open()).toEqual([]);
    expect(await decisionsOf(database.pool, recipient)).toEqual(before);
  });

  it("[A71] a correction that makes the other parent the higher earner stays until two people have said who keeps the children up", async () => {
    const living = await certified(62_200);
    await parent(62_200, 62_209);
    await bring(clerk, { incomes: [income(62_200, 2025, 1, 5_000_000), income(62_209, 2025, 1, 4_000_000)] });
    await bring(clerk, { incomes: [income(62_209, 2025, 2, 6_000_000)] });
    expect(await open()).toMatchObject([{ number: 62_209, year: 2025, decides: [], compared: [living] }]);
    const run = await runMass({ clerk, approver }, "taxRejudge", { month: "2027-02" }).catch(() => undefined);
    expect(run?.list ?? { cannot: 1 }).toMatchObject({ cannot: 1 });
    const key = { number: 62_209, year: 2025, historyNo: 2, revision: 1 };
    const resolve = {
      ...key,
      outcome: "mainEarnerKept",
      reason: "健康保険の扶養と世帯の状況から、受給者が生計中心者",
      judgedBy: "staff.ito",
    } as const;
    await expect(resolveCorrection(clerk, resolve)).rejects.toMatchObject({ code: "samePerson" });
    await expect(resolveCorrection(approver, { ...resolve, reason: "" })).rejects.toMatchObject({
      code: "reviewInvalid",
    });
    await resolveCorrection(approver, resolve);
    await expect(resolveCorrection(approver, { ...resolve, reason: "もう一度" })).rejects.toMatchObject({
      code: "reviewChanged",
    });
    expect(await open()).toEqual([]);
  });
});

describe("茅ヶ崎市 2017 (I-39): both sides of the interface", () => {
  it("[I-39] sample people whose items come to the sums are silent; a wrong item or formula on either side is named with both figures", async () => {
    await bring(clerk, {
      taxItems: [
        item("employment", 7_200_000),
        item("medical", 350_000),
        item("dependants", 2),
        item("separateDividend", 900_000),
      ],
    });
    expect(await reconcileIncomes(database.pool)).toEqual([]);
    // The sender counts the separate dividends as income: not what the Act adds up.
    await bring(clerk, { incomes: [income(62_100, 2022, 3, 7_200_000, { 控除額計: "350000", その他所得: "900000" })] });
    await bring(clerk, {
      taxItems: [
        item("employment", 7_200_000),
        item("medical", 350_000),
        item("dependants", 2),
        item("separateDividend", 900_000),
      ].map((row) => ({ ...row, 履歴番号: "3" })),
    });
    expect(await reconcileIncomes(database.pool)).toEqual([
      {
        number: 62_100,
        year: 2022,
        historyNo: 3,
        differences: [{ figure: "other", sent: 900_000, folded: 0 }],
        unknown: [],
      },
    ]);
  });
});

describe("未申告 and 所得の照会", () => {
  it("[A74] who has declared nothing is listed, is held for that reason, and the hold is named as soon as the income is there", async () => {
    const recipient = await certified(62_300);
    await parent(62_300, 62_309);
    await bring(clerk, { incomes: [income(62_300, 2025, 1, 3_000_000)] });
    const missing = async () =>
      (await listMissingIncomes(database.pool, { year: 2025, today: TODAY })).filter(
        (each) => each.recipientId === recipient,
      );
    expect(await missing()).toMatchObject([{ number: 62_309, why: "undeclared", office: null, answer: null }]);
    await bring(clerk, { incomes: [income(62_309, 2025, 1, 1_000_000)] });
    expect(await missing()).toEqual([]);

    const own = await certified(62_400);
    await parent(62_400, 62_409);
    await bring(clerk, { incomes: [income(62_409, 2025, 1, 1_000_000)] });
    const holdId = await placeHold(onDay(clerk, "2026-11-23"), {
      recipientId: own,
      kind: "pending",
      fromMonth: month("2026-12"),
      cause: "所得が未申告（生計中心者を確かめられない）",
      causeCode: "incomeUndeclared",
    });
    expect((await holdsWithoutCause(database.pool)).some((each) => each.holdId === holdId)).toBe(false);
    await bring(clerk, { incomes: [income(62_400, 2025, 1, 3_000_000)] });
    expect((await holdsWithoutCause(database.pool)).find((each) => each.holdId === holdId)).toMatchObject({
      causeCode: "incomeUndeclared",
      gone: "所得が届いている",
    });
  });

  it("[A72] [D109] whoever was taxed elsewhere on 1 January is asked for once, at the municipality that taxes; the answer is on record, the figures come by delivery", async () => {
    const recipient = await certified(62_500);
    await parent(62_500, 62_509);
    // Moved in on 2026-03-20 from another city: the tax on the income of 2025 is levied there.
    await bring(clerk, {
      residents: [
        resident(62_510, "1986-01-01", {
          異動年月日: "2026-03-20",
          異動事由コード: "10",
          前住所市区町村コード: "401307",
        }),
      ],
      incomes: [income(62_500, 2025, 1, 3_000_000), income(62_509, 2025, 1, 1_000_000)],
    });
    const entry = await addEntry(clerk, "relatedPerson", {
      addresseeNumber: 62_500,
      validFrom: "2026-04-01",
      content: { relatedNumber: 62_510, role: "otherParent" },
    });
    await confirmEntry(approver, "relatedPerson", entry);
    const missing = async () =>
      (await listMissingIncomes(database.pool, { year: 2025, today: TODAY })).filter(
        (each) => each.recipientId === recipient,
      );
    expect(await missing()).toMatchObject([{ number: 62_510, why: "elsewhere", office: "401307", inquiryId: null }]);
    expect(await requestIncomes(clerk, { year: 2025 })).toEqual({ asked: 1, unknownOffice: [] });
    expect(await requestIncomes(clerk, { year: 2025 })).toEqual({ asked: 0, unknownOffice: [] });
    const [asked] = await missing();
    const inquiryId = asked?.inquiryId ?? 0;
    const answer = { inquiryId, outcome: "sent", answeredOn: "2026-11-20", reference: "架空市税 123 号" } as const;
    await expect(answerInquiry(clerk, { ...answer, answeredOn: "2026-12-20" })).rejects.toMatchObject({
      code: "reviewInvalid",
    });
    await expect(answerInquiry(clerk, { ...answer, inquiryId: 999 })).rejects.toMatchObject({ code: "reviewUnknown" });
    await answerInquiry(clerk, answer);
    await expect(answerInquiry(clerk, answer)).rejects.toMatchObject({ code: "reviewChanged" });
    expect(await missing()).toMatchObject([{ number: 62_510, inquiryId, answer: "sent" }]);
    const { rows } = await database.pool.query(
      "SELECT office, basis, purpose, requested_on, due_on FROM allowance.tax_inquiry WHERE inquiry_id = $1",
      [inquiryId],
    );
    expect(rows).toEqual([
      { office: "401307", basis: "network", purpose: "annualReview", requested_on: "2026-11-23", due_on: "2026-12-23" },
    ]);
    await bring(clerk, { incomes: [income(62_510, 2025, 1, 2_000_000)] });
    expect(await missing()).toEqual([]);
  });
});
