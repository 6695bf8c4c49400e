/** Rows of the decisions: what a line of 改定情報 holds, that it can be worked out again, and what changes an amount. */
import { month } from "@hagukumi/law/contract.ts";
import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { recordDecisionParts } from "../../src/case-file/record-parts.ts";
import { addEntry } from "../../src/case-file/write-entry.ts";
import { examineClaims } from "../../src/claims/examine.ts";
import { approveClaims } from "../../src/decisions/decide.ts";
import { approveReexamined, reexamine } from "../../src/decisions/re-decide.ts";
import { approveFiling } from "../../src/filings/approve.ts";
import { placeHold, releaseHold } from "../../src/holds/holds.ts";
import { snapshotRead } from "../../src/inquiry/audited-read.ts";
import { readRunSummary } from "../../src/inquiry/run-summary.ts";
import { cancelRun } from "../../src/payments/cancel-run.ts";
import { type Line, pick } from "../annex1/families.ts";
import { contextOf, MAKER } from "../support/cases.ts";
import { testContext, testFolder } from "../support/context.ts";
import { certifiedFamily, decisionsOf, recipientIdOf } from "../support/families.ts";
import { claim, claimChild, number15, resident } from "../support/feeds.ts";
import { bring, decided, examined, form, prepare } from "../support/filings.ts";
import { create } from "../support/runs.ts";

const database = useDatabase();
const dir = testFolder();
const clerk = testContext(database, dir, "staff.ito");
const approver = testContext(database, dir, "staff.sato");
const clerks = { clerk, approver };

beforeAll(async () => await prepare(database.pool));

async function lines(number: number, view = "新児童手当改定情報"): Promise<Line[]> {
  const { rows } = await database.pool.query<Line>(
    `SELECT * FROM annex1."${view}" WHERE "福祉台帳番号" = $1 ORDER BY "申請番号"::bigint, "履歴番号"`,
    [number],
  );
  return rows;
}

/** Runs one statement as the system's role; nothing of it stays. */
async function asSystem(sql: string): Promise<void> {
  const client = await database.pool.connect();
  try {
    await client.query("BEGIN; SET LOCAL ROLE hagukumi_allowance");
    await client.query(sql);
  } finally {
    await client.query("ROLLBACK");
    client.release();
  }
}

const report = (procedure: "decrease" | "extinction", claimant: number, recipientId: number, child: number) =>
  form(procedure, "2026-11-20", {
    claimant,
    recipientId,
    events: [{ cause: "careEnded", child, on: "2026-10-15" }],
  });

const increase = (claimant: number, recipientId: number, child: number, bornOn: string) =>
  form("increase", "2026-11-13", {
    claimant,
    recipientId,
    cause: "birth",
    causeOn: bornOn,
    children: [{ number: child, role: "child" }],
  });

const tax = (number: number, year: string, historyNo: string, employment: string) => ({
  宛名番号: number15(number),
  所得年: year,
  履歴番号: historyNo,
  給与所得: employment,
  公的年金等雑所得: "0",
  その他所得: "0",
  控除額計: "0",
  扶養親族等の数: "1",
  うち老人: "0",
});

/** A parent with children who claimed before the reform; certified by today's two people. */
async function certifiedBefore(
  base: number,
  receivedOn: string,
  born: readonly string[],
  employment: string,
  later2023 = employment,
) {
  await bring(clerk, {
    residents: [resident(base, "1985-01-01"), ...born.map((each, index) => resident(base + 1 + index, each))],
    incomes: ["2021", "2022", "2023"].map((year) => tax(base, year, "1", year === "2023" ? later2023 : employment)),
    claims: [claim(base, base, receivedOn)],
    claimChildren: born.map((_, index) => claimChild(base, base + 1 + index, index + 1)),
  });
  await examineClaims(clerk, [String(base)]);
  await approveClaims(approver, [String(base)]);
  await recordDecisionParts(approver);
  return await recipientIdOf(database.pool, base);
}

const careEnd = (child: number, parent: number, on: string) => ({
  区分: "careEnd",
  宛名番号: number15(child),
  相手宛名番号: number15(parent),
  開始年月日: on,
  短期: "0",
  留学: "0",
});

async function decideAgain(recipientId: number): Promise<void> {
  await reexamine(clerk, { recipients: [recipientId] });
  await approveReexamined(approver, { recipients: [recipientId] });
}

const withoutTime = (rows: readonly Record<string, unknown>[]) => rows.map((row) => ({ ...row, recorded_at: null }));

describe("改定情報", () => {
  it("each decision has one line: its month, kind, days, verdict, the cause of its kind alone and the mark of 職権", async () => {
    const born = ["2016-05-10", "2018-05-10"];
    const reported = await certifiedFamily(clerks, 61_000, born);
    const office = await certifiedFamily(clerks, 61_010, born);
    await decided(clerk, approver, report("decrease", 61_000, reported, 61_001));
    const { identity, ...unsigned } = report("decrease", 61_010, office, 61_011);
    expect(identity).toBeDefined();
    const content = { ...unsigned.content, evidence: "住民票" };
    await decided(clerk, approver, { ...unsigned, content, channel: "exOfficio" });
    // 02 認定 and 05 減額 of processing; 1 認定 and 4 減額 of verdict; 99 other, 22 care ended
    const items = ["改定年月", "処理選択コード", "判定年月日", "判定区分コード", "改定事由コード", "職権フラグ"];
    expect((await lines(61_000)).map((line) => pick(line, ...items, "却下事由コード", "消滅事由コード"))).toEqual([
      ["2026-06", "02", "2026-05-26", "1", "99", "0", null, null],
      ["2026-11", "05", "2026-11-23", "4", "22", "0", null, null],
    ]);
    expect((await lines(61_010)).map((line) => pick(line, ...items)).at(-1)).toEqual([
      "2026-11",
      "05",
      "2026-11-23",
      "4",
      "22",
      "1",
    ]);
  });

  it("[D171] number of children, dependants, income class and monthly amount: worked out again from what is kept, all are the same", async () => {
    // 2023-06: income of 2022 below the limit; child of 2015 in school: 10,000. Above the limit: 特例給付 5,000.
    const normal = await certifiedBefore(61_100, "2023-05-10", ["2015-04-02"], "3200000");
    await certifiedBefore(61_110, "2023-05-10", ["2015-04-02"], "8500000");
    // Since the reform: 10,000 and, third, 30,000
    await certifiedFamily(clerks, 61_120, ["2014-05-10", "2020-05-10"], [{ born: "2007-06-01" }]);
    await recordDecisionParts(approver);
    const review = {
      fiscalYear: 2024,
      otherDependants: 1,
      incomeClass: "normal",
      incomeNumber: 61_100,
      incomeYear: 2023,
      incomeHistoryNo: 1,
      incomeRevision: 1,
    } as const;
    await addEntry(clerk, "yearlyReview", {
      addresseeNumber: 61_100,
      validFrom: "2024-06-01",
      content: { recipientId: normal, ...review },
    });
    await bring(clerk, { statusPeriods: [careEnd(61_101, 61_100, "2026-10-10")] });
    await decideAgain(normal);
    await recordDecisionParts(approver);
    const items = ["改定年月", "算定基礎児童数", "扶養親族等以外児童数", "所得判定区分コード", "手当月額"];
    const before = new Map<number, Line[]>();
    for (const number of [61_100, 61_110, 61_120]) before.set(number, await lines(number));
    const seenOf = (number: number) => (before.get(number) ?? []).map((line) => pick(line, ...items));
    // The right of 61100 ends after the review of 2024, which names one child beside the dependants.
    expect(seenOf(61_100)).toEqual([
      ["2023-06", 1, null, "1", 10_000],
      ["2026-11", 0, 1, "0", 0],
    ]);
    expect(seenOf(61_110)).toEqual([
      ["2023-06", 1, null, "2", 5000],
      ["2024-10", 1, null, "0", 10_000],
    ]);
    expect(seenOf(61_120)).toEqual([["2026-06", 2, null, "0", 40_000]]);

    const kept = "SELECT * FROM allowance.decision_breakdown ORDER BY decision_id";
    const stored = withoutTime((await database.pool.query(kept)).rows);
    // The system itself can't touch what is recorded; the owner takes it all away.
    await expect(asSystem("DELETE FROM allowance.decision_breakdown")).rejects.toMatchObject({ code: "42501" });
    await expect(asSystem("UPDATE allowance.decision SET monthly_total = 1")).rejects.toMatchObject({ code: "42501" });
    await database.pool.query("DELETE FROM allowance.decision_child; DELETE FROM allowance.decision_breakdown");
    expect((await lines(61_120)).map((line) => pick(line, "算定基礎児童数", "所得判定区分コード"))).toEqual([
      [null, null],
    ]);
    expect(await recordDecisionParts(approver)).toMatchObject({ recorded: stored.length });
    expect(withoutTime((await database.pool.query(kept)).rows)).toEqual(stored);
    for (const [number, seen] of before) expect(await lines(number)).toEqual(seen);
  });

  it("[D174] a decision made under 保留 is marked and not paid until it is released; it has the day of claim, both months and its line of 資格情報", async () => {
    const recipientId = await certifiedFamily(clerks, 61_200, ["2016-05-10"]);
    const holdId = await placeHold(clerk, {
      recipientId,
      kind: "pending",
      fromMonth: month("2026-10"),
      cause: "書類の確認",
    });
    await bring(clerk, { residents: [resident(61_203, "2026-10-31")] });
    await decided(clerk, approver, increase(61_200, recipientId, 61_203, "2026-10-31"));
    const linesOf = async (runNo: number) =>
      (
        await database.pool.query<{ amount: number }>(
          "SELECT amount FROM allowance.run_line WHERE run_no = $1 AND recipient_id = $2",
          [runNo, recipientId],
        )
      ).rows;
    const first = await create(database.pool);
    expect(await linesOf(first.runNo)).toEqual([]);
    const summary = await snapshotRead(database.pool, async (client) => await readRunSummary(client, first.runNo));
    // October 10,000; November 10,000 + 15,000 = 25,000; together 35,000
    expect(summary.exclusions).toMatchObject([{ reason: "held", recipients: 1, amount: 35_000 }]);
    const items = ["改定年月", "保留フラグ", "請求年月日", "支給開始年月", "消滅年月"];
    expect((await lines(61_200)).map((line) => pick(line, ...items))).toEqual([
      ["2026-06", "0", "2026-05-20", "2026-06", null],
      ["2026-11", "1", "2026-11-13", "2026-06", null],
    ]);

    await cancelRun(contextOf(database.pool, MAKER), { key: "cancel/held", runNo: first.runNo, reason: "試験" });
    await releaseHold(approver, holdId, "確認した");
    const second = await create(database.pool);
    expect(await linesOf(second.runNo)).toEqual([{ amount: 35_000 }]);
    await cancelRun(contextOf(database.pool, MAKER), { key: "cancel/held2", runNo: second.runNo, reason: "試験" });

    const ended = await certifiedFamily(clerks, 61_210, ["2016-05-10"]);
    await decided(clerk, approver, report("extinction", 61_210, ended, 61_211));
    const all = await lines(61_210);
    // Care ended on 2026-10-15: the last month is October. An end by report answers no claim.
    expect(all.map((line) => pick(line, ...items))).toEqual([
      ["2026-06", "0", "2026-05-20", "2026-06", null],
      ["2026-11", "0", null, "2026-06", "2026-10"],
    ]);
    const status = await lines(61_210, "新児童手当資格情報");
    for (const line of all) {
      const own = status.find((each) => each["履歴番号"] === line["資格履歴番号"]);
      expect(pick(own, "改定履歴履歴番号", "支給開始年月", "消滅年月")).toEqual(
        pick(line, "履歴番号", "支給開始年月", "消滅年月"),
      );
    }
  });
});

describe("income", () => {
  it("[D86] tax information is used at the recognition, for the next year and in the yearly review; each names the very row it used", async () => {
    // Employment income 8,500,000 − 100,000 − 80,000 = 8,320,000: above 6,600,000 and below 8,960,000 for one dependant → 5,000
    const recipientId = await certifiedBefore(61_300, "2023-05-10", ["2015-04-02"], "8500000");
    await certifiedBefore(61_310, "2023-05-10", ["2015-04-02"], "3200000");
    const items = ["改定年月", "所得判定区分コード", "手当月額", "税履歴管理履歴番号"];
    expect(pick((await lines(61_300))[0], ...items)).toEqual(["2023-06", "2", 5000, "2022-1-1"]);
    expect(pick((await lines(61_310))[0], ...items)).toEqual(["2023-06", "1", 10_000, "2022-1-1"]);

    // Income of 2023 counts from June 2024: above the limit, 5,000 until the reform
    await certifiedBefore(61_320, "2023-05-10", ["2015-04-02"], "3200000", "8500000");
    expect((await lines(61_320)).map((line) => pick(line, ...items))).toEqual([
      ["2023-06", "1", 10_000, "2022-1-1"],
      ["2024-06", "2", 5000, "2023-1-1"],
      ["2024-10", "0", 10_000, null],
    ]);

    const review = { recipientId, fiscalYear: 2023, otherDependants: 0, incomeClass: "special" } as const;
    const judged = { incomeNumber: 61_300, incomeYear: 2022, incomeHistoryNo: 1, incomeRevision: 1 };
    const entry = { addresseeNumber: 61_300, validFrom: "2023-06-01" };
    // Without the tax row, with one that does not exist
    for (const content of [review, { ...review, ...judged, incomeHistoryNo: 7 }])
      await expect(addEntry(clerk, "yearlyReview", { ...entry, content })).rejects.toMatchObject({
        code: "entryInvalid",
      });
    await addEntry(clerk, "yearlyReview", { ...entry, content: { ...review, ...judged } });
    const reviews = await lines(61_300, "新児童手当年度別審査情報");
    expect(reviews.map((line) => pick(line, "対象年度", "所得判定区分コード", "税履歴管理履歴番号"))).toEqual([
      [2023, "2", "2022-1-1"],
    ]);
  });
});

/** 児童手当法6条1項 from 2024-10 on, by the three counts alone: who is older has the earlier place. */
function amountOf({ counted, older, younger }: { counted: number; older: number; younger: number }): number {
  let yen = 0;
  for (let place = counted + 1; place <= counted + older + younger; place += 1)
    yen += place >= 3 ? 30_000 : place <= counted + older ? 10_000 : 15_000;
  return yen;
}

it("[A208] the decision keeps the numbers of counted siblings, of children from 3 and under 3; the amount follows from these three alone", async () => {
  await certifiedFamily(clerks, 61_400, ["2014-05-10", "2020-05-10", "2025-05-10"], [{ born: "2007-06-01" }]);
  await certifiedFamily(clerks, 61_410, ["2024-05-10", "2025-05-10"]);
  await certifiedFamily(clerks, 61_420, ["2025-05-10"], [{ born: "2006-06-01" }, { born: "2007-06-01" }]);
  await certifiedFamily(clerks, 61_430, ["2016-05-10", "2018-05-10", "2020-05-10", "2025-06-10"]);
  await recordDecisionParts(approver);
  // Counts that do not add up to the number of children are refused.
  await expect(
    database.pool.query(
      `UPDATE allowance.decision_breakdown SET count_1 = count_1 + 1 WHERE decision_id = (SELECT max(decision_id) FROM allowance.decision_breakdown)`,
    ),
  ).rejects.toMatchObject({ constraint: "decision_breakdown_count" });
  const { rows } = await database.pool.query<{
    parent: number;
    counted: number;
    older: number;
    younger: number;
    total: number;
  }>(
    `SELECT r.addressee_number AS parent, b.counted_siblings AS counted, b.count_2 + b.count_4 AS older, b.count_1 + b.count_3 AS younger, d.monthly_total AS total
     FROM allowance.decision d JOIN allowance.decision_breakdown b USING (decision_id) JOIN allowance.recipient r USING (recipient_id)
     WHERE d.effective_month >= '2024-10-01' ORDER BY r.addressee_number, d.seq`,
  );
  // 61400: 10,000 + 30,000 + 30,000; 61410: 15,000 + 15,000; 61420: third 30,000; 61430: 10,000 + 10,000 + 30,000 + 30,000
  expect(rows.filter(({ parent }) => parent >= 61_400 && parent < 61_440)).toEqual([
    { parent: 61_400, counted: 1, older: 2, younger: 1, total: 70_000 },
    { parent: 61_410, counted: 0, older: 0, younger: 2, total: 30_000 },
    { parent: 61_420, counted: 2, older: 0, younger: 1, total: 30_000 },
    { parent: 61_430, counted: 0, older: 3, younger: 1, total: 80_000 },
  ]);
  for (const row of rows) expect(amountOf(row), JSON.stringify(row)).toBe(row.total);
});

it("[A51] a decision back in time leaves the months before it alone and goes by the rules of each month after it", async () => {
  // 2023-06: 2008 in junior high 10,000, 2014 10,000, third in primary school 15,000 = 35,000. From 2024-04 the eldest is
  // counted and not paid: 25,000. Since the reform 10,000 + 10,000 + 30,000 = 50,000.
  const recipientId = await certifiedBefore(
    61_500,
    "2023-05-10",
    ["2008-06-01", "2014-06-01", "2018-06-01"],
    "3200000",
  );
  const before = await decisionsOf(database.pool, recipientId);
  expect(before).toMatchObject([
    { kind: "certify", month: "2023-06", total: 35_000 },
    { kind: "decrease", month: "2024-04", total: 25_000 },
    { kind: "increase", month: "2024-10", total: 50_000 },
  ]);
  // In 2026 it becomes known that the care of the second child ended on 2024-07-10.
  await bring(clerk, { statusPeriods: [careEnd(61_502, 61_500, "2024-07-10")] });
  await reexamine(clerk, { recipients: [recipientId] });
  await expect(approveReexamined(clerk, { recipients: [recipientId] })).rejects.toMatchObject({ code: "samePerson" });
  expect(await decisionsOf(database.pool, recipientId)).toEqual(before);
  await approveReexamined(approver, { recipients: [recipientId] });
  const after = await decisionsOf(database.pool, recipientId);
  // August and September 2024 by the old rules: the eldest is counted, the youngest second, in primary school: 10,000.
  // From October 2024 by the new ones: 10,000 + 10,000 = 20,000. July 2024 and before: nothing is decided again.
  expect(after.slice(0, before.length)).toEqual(before);
  expect(after.slice(before.length)).toEqual([
    { kind: "correct", month: "2024-08", total: 10_000, cause: "factsChanged" },
    { kind: "decrease", month: "2024-08", total: 10_000, cause: "careEnded" },
    { kind: "increase", month: "2024-10", total: 20_000, cause: "reform" },
  ]);

  // In the ledger too: October and November 2026 are due, then the care of the youngest turns out to have ended on 2026-10-20.
  const first = await create(database.pool);
  await cancelRun(contextOf(database.pool, MAKER), { key: "cancel/a51", runNo: first.runNo, reason: "試験" });
  await bring(clerk, { statusPeriods: [careEnd(61_503, 61_500, "2026-10-20")] });
  await decideAgain(recipientId);
  const second = await create(database.pool);
  await cancelRun(contextOf(database.pool, MAKER), { key: "cancel/a51b", runNo: second.runNo, reason: "試験" });
  const { rows } = await database.pool.query(
    `SELECT d.child_number AS child, to_char(d.benefit_month, 'YYYY-MM') AS month, d.amount, r.tranche IS NOT NULL AS reversed FROM allowance.due_item d
     LEFT JOIN allowance.due_reversal r USING (child_number, benefit_month, generation, tranche) WHERE d.recipient_id = $1 ORDER BY 2, 1`,
    [recipientId],
  );
  expect(rows).toEqual([
    { child: 61_501, month: "2026-10", amount: 10_000, reversed: false },
    { child: 61_503, month: "2026-10", amount: 10_000, reversed: false },
    { child: 61_501, month: "2026-11", amount: 10_000, reversed: false },
    { child: 61_503, month: "2026-11", amount: 10_000, reversed: true },
  ]);
});

const later = async (recipientId: number) => (await decisionsOf(database.pool, recipientId)).slice(1);

const dies = (number: number, household: number, birth: string) =>
  resident(number, birth, {
    世帯番号: number15(household),
    履歴番号: "2",
    住民状態: "3",
    異動年月日: "2026-10-10",
    異動事由コード: "21",
  });

describe("sibling count", () => {
  // Counted sibling of 2007, children of 2014 and 2020: 10,000 + third 30,000 = 40,000. With one elder less: 10,000 + 10,000 = 20,000.
  const BORN = ["2014-05-10", "2020-05-10"];
  const COUNTED = [{ born: "2007-06-01" }];
  it("[A57] is made anew when a child or counted sibling dies, is adopted away, is no longer supported, or joins", async () => {
    const stranger = await certifiedFamily(clerks, 61_690, BORN, COUNTED);
    const counted = await certifiedFamily(clerks, 61_600, BORN, COUNTED);
    // Somebody else's child changes no count.
    const foreign = await examined(clerk, report("decrease", 61_690, stranger, 61_601));
    await expect(approveFiling(approver, { filingId: foreign.filingId, digest: foreign.digest })).rejects.toMatchObject(
      {
        code: "filingStopped",
      },
    );
    await bring(clerk, { residents: [dies(61_603, 61_600, "2007-06-01")] });
    await decideAgain(counted);
    const child = await certifiedFamily(clerks, 61_610, BORN, COUNTED);
    await bring(clerk, { residents: [dies(61_611, 61_610, "2014-05-10")] });
    await decideAgain(child);
    // Adopted by others on 2026-10-15: care of the eldest child ends.
    const adopted = await certifiedFamily(clerks, 61_620, ["2014-05-10", "2016-05-10", "2020-05-10"]);
    await decided(clerk, approver, report("decrease", 61_620, adopted, 61_621));
    const unsupported = await certifiedFamily(clerks, 61_630, BORN, COUNTED);
    await decided(
      clerk,
      approver,
      form("decrease", "2026-11-20", {
        claimant: 61_630,
        recipientId: unsupported,
        events: [{ cause: "supportEnded", child: 61_633, on: "2026-10-15" }],
      }),
    );
    // Adopted by this family on 2026-10-31, younger than the two: third, 30,000.
    const joined = await certifiedFamily(clerks, 61_640, BORN);
    await bring(clerk, { residents: [resident(61_645, "2021-05-10")] });
    const claimed = await examined(
      clerk,
      form("increase", "2026-11-13", {
        claimant: 61_640,
        recipientId: joined,
        cause: "other",
        children: [{ number: 61_645, role: "child", careFrom: "2026-10-31" }],
      }),
    );
    await approveFiling(approver, { filingId: claimed.filingId, digest: claimed.digest });
    expect(await later(stranger)).toEqual([]);
    // 2014 and 2020: 10,000 + 10,000
    const lower = { kind: "decrease", month: "2026-11", total: 20_000 };
    expect(await later(counted)).toEqual([{ ...lower, cause: "childDeath" }]);
    // 2020 alone is paid, second after the counted sibling: 10,000
    expect(await later(child)).toEqual([{ ...lower, total: 10_000, cause: "childDeath" }]);
    // 10,000 + 10,000 + 30,000 = 50,000 before; 2016 and 2020: 10,000 + 10,000
    expect(await later(adopted)).toEqual([{ ...lower, cause: "careEnded" }]);
    expect(await later(unsupported)).toEqual([{ ...lower, cause: "supportEnded" }]);
    // 10,000 + 10,000 + 30,000 from the month after the claim
    expect(await later(joined)).toEqual([{ kind: "increase", month: "2026-12", total: 50_000, cause: "other" }]);
  });
});
