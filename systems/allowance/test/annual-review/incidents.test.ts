/** What went wrong in other cities around the yearly review, replayed. Each test is named after its incident; sums stand above. */
import { month } from "@hagukumi/law/contract.ts";
import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { barcodeOf } from "../../src/annual-review/barcode.ts";
import { clearDifference, listDifferences, readDifferences } from "../../src/annual-review/differences.ts";
import { expectedButUnpaid, listLeftovers } from "../../src/annual-review/overview.ts";
import { receiveReport } from "../../src/annual-review/receive.ts";
import { acceptReviewSettings, openReviewYear } from "../../src/annual-review/year.ts";
import { addEntry, confirmEntry } from "../../src/case-file/write-entry.ts";
import { approveReexamined, reexamine } from "../../src/decisions/re-decide.ts";
import { approveFiling } from "../../src/filings/approve.ts";
import { receiveDocuments, requestDocuments } from "../../src/filings/documents.ts";
import { examineFiling } from "../../src/filings/examine.ts";
import { holdsWithoutCause } from "../../src/holds/cause-gone.ts";
import { placeHold, releaseHold } from "../../src/holds/holds.ts";
import { cancelMassRun } from "../../src/mass-work/steps.ts";
import { listMassRuns } from "../../src/mass-work/run-record.ts";
import { closeRun } from "../../src/payments/close-run.ts";
import { createRun } from "../../src/payments/create-run.ts";
import { importResults } from "../../src/payments/import-results.ts";
import { changeSetting, demoSettings } from "../../src/settings.ts";
import { verifyMoney } from "../../src/verify/verify-money.ts";
import { calendar, contextOf, MAKER } from "../support/cases.ts";
import { testContext, testFolder } from "../support/context.ts";
import { certifiedFamily, countOf, onDay } from "../support/families.ts";
import { number15, resident } from "../support/feeds.ts";
import { bring, prepare } from "../support/filings.ts";
import { linesOf, runJob } from "../support/reviews.ts";
import { advance, resultCsv } from "../support/runs.ts";

const database = useDatabase();
const dir = testFolder();
const clerk = testContext(database, dir, "staff.ito");
const approver = testContext(database, dir, "staff.sato");
const clerks = { clerk, approver };
const id: Record<string, number> = {};
const of = (name: string): number => id[name] ?? 0;

/** A family that must file: a child apart for work. */
async function apart(base: number, born: readonly string[]): Promise<number> {
  const recipient = await certifiedFamily(clerks, base, born);
  const entry = await addEntry(onDay(clerk, "2026-05-27"), "childCircumstance", {
    addresseeNumber: base,
    validFrom: "2026-05-20",
    content: {
      childNumber: base + 1,
      relation: "20",
      living: "apart",
      apartReason: "work",
      care: "custody",
      livelihood: "maintained",
    },
  });
  await confirmEntry(onDay(approver, "2026-05-28"), "childCircumstance", entry);
  return recipient;
}

beforeAll(async () => {
  await prepare(database.pool);
  id["late"] = await apart(61_100, ["2018-05-10", "2015-06-10"]);
  id["defect"] = await apart(61_200, ["2018-05-10"]);
  // One counted who is no student and two children: 10,000 + 30,000 (third) = 40,000
  id["sibling"] = await certifiedFamily(clerks, 61_300, ["2018-05-10", "2015-06-10"], [{ born: "2006-06-10" }]);
  id["plain"] = await certifiedFamily(clerks, 61_400, ["2016-05-10"]);
  await openReviewYear(onDay(clerk, "2026-06-01"), 2026);
  await runJob(clerks, "reviewCheck", 2026, "2026-06-03");
  await runJob(clerks, "reviewForms", 2026, "2026-06-05");
});

/** A payment run from its making to its closing, with nothing returned. @returns exclusions by reason, and the total */
async function pay(paymentMonth: string, kind: "regular" | "occasional", today: string) {
  const { response } = await createRun(contextOf(database.pool, MAKER, today), {
    key: `${paymentMonth}/${kind}/${today}`,
    paymentMonth,
    kind,
  });
  const { runNo, lines } = response;
  await advance(database.pool, runNo, "handedOver");
  const bytes = resultCsv({ count: lines.lineCount, amount: lines.total }, []);
  await importResults(contextOf(database.pool, MAKER, today), { key: `result/${runNo}`, runNo, bytes });
  await closeRun(contextOf(database.pool, MAKER, today), { key: `close/${runNo}`, runNo });
  const { rows } = await database.pool.query<{ recipient: number; amount: number; months: number }>(
    `SELECT l.recipient_id AS recipient, l.amount::int AS amount, count(DISTINCT i.benefit_month)::int AS months
     FROM allowance.run_line l JOIN allowance.run_item i USING (run_no, line_no) WHERE l.run_no = $1 GROUP BY 1, 2 ORDER BY 1`,
    [runNo],
  );
  return { paid: rows, exclusions: lines.exclusions };
}

const everything = async (): Promise<unknown> =>
  (
    await database.pool.query(
      `SELECT (SELECT jsonb_agg(to_jsonb(d) ORDER BY decision_id) FROM allowance.decision d) AS decisions,
              (SELECT jsonb_agg(to_jsonb(d) ORDER BY child_number, benefit_month, generation, tranche) FROM allowance.due_item d) AS due,
              (SELECT jsonb_agg(to_jsonb(a) ORDER BY account_id) FROM allowance.account a) AS accounts,
              (SELECT jsonb_agg(to_jsonb(c) ORDER BY claim_id, child_number) FROM allowance.claim_child c) AS children,
              (SELECT jsonb_agg(to_jsonb(s) ORDER BY entry_id, revision) FROM allowance.counted_sibling s) AS siblings`,
    )
  ).rows[0];

const leftOf = async (name: string) =>
  (await listLeftovers(database.pool, { year: 2026 })).filter((each) => each.recipientId === of(name));
const differences = async () => await readDifferences(database.pool, 2026);

describe("飯山市 2025 (I-8), 猪名川町 2025 (I-9): the switch of the year", () => {
  it("[A58] [I-8] [M27] a counted sibling who is no student lives through the switch: nothing is decided, nothing is due otherwise, and no difference is listed", async () => {
    const before = await everything();
    await listDifferences(onDay(clerk, "2026-08-01"), 2026);
    await runJob(clerks, "reviewSchedule", 2026, "2026-08-01");
    expect(await everything()).toEqual(before);
    expect(await differences()).toEqual([]);
    // 2018, 2015 with the counted one before them: 10,000 + 30,000 = 40,000, in July and in August alike
    const sums = await database.pool.query<{ total: number }>(
      "SELECT monthly_total AS total FROM allowance.decision WHERE recipient_id = $1",
      [of("sibling")],
    );
    expect(sums.rows).toEqual([{ total: 40_000 }]);
  });

  it("[A58] [I-8] the end of the support without a decision, and with it, stands in the list of July and August until somebody has cleared it; no schedule before", async () => {
    await bring(clerk, {
      statusPeriods: [
        {
          区分: "supportEnd",
          宛名番号: number15(61_303),
          相手宛名番号: number15(61_300),
          開始年月日: "2026-07-15",
          短期: "0",
          留学: "0",
        },
      ],
    });
    const august = onDay(clerk, "2026-08-05");
    await listDifferences(august, 2026);
    expect(await differences()).toMatchObject([
      { recipientId: of("sibling"), kinds: ["undecided"], july: 40_000, august: 40_000 },
    ]);
    await reexamine(august, { recipients: [of("sibling")] });
    await approveReexamined(onDay(approver, "2026-08-06"), { recipients: [of("sibling")] });
    await listDifferences(onDay(clerk, "2026-08-06"), 2026);
    // Without the counted one: 10,000 + 10,000 = 20,000
    const [found, ...others] = await differences();
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      recipientId: of("sibling"),
      kinds: ["amount", "countedGone"],
      july: 40_000,
      august: 20_000,
      decisions: ["decrease:supportEnded"],
      cleared: false,
    });
    expect(found?.people).toContainEqual({ number: 61_303, july: null, august: null, counted: [true, false] });
    await expect(
      clearDifference(approver, { differenceId: found?.differenceId ?? 0, reason: " " }),
    ).rejects.toMatchObject({
      code: "reviewInvalid",
    });
    // The one that stood before can't be cleared any more: yes is said to what is there now.
    await expect(
      clearDifference(approver, { differenceId: (found?.differenceId ?? 0) - 1, reason: "確認" }),
    ).rejects.toMatchObject({
      code: "reviewChanged",
    });
    await clearDifference(approver, {
      differenceId: found?.differenceId ?? 0,
      reason: "7月15日で負担が終わった届出のとおり",
    });
    await expect(
      clearDifference(approver, { differenceId: found?.differenceId ?? 0, reason: "もう一度" }),
    ).rejects.toMatchObject({
      code: "reviewChanged",
    });
    expect((await differences())[0]).toMatchObject({ cleared: true, clearedBy: "staff.sato" });
    // A second list of the same state adds nothing and asks nobody again.
    expect(await listDifferences(onDay(clerk, "2026-08-07"), 2026)).toMatchObject({ noted: 0 });
  });

  it("[A58] [I-9] a setting that is another one at the switch than when the year began stops it, by name, until somebody has looked", async () => {
    const changed = { ...demoSettings.annualReview, holdFromMonth: 6 };
    await changeSetting(clerk, {
      name: "annualReview",
      validFrom: "2026-08-08",
      value: changed,
      approvedBy: "staff.sato",
    });
    await expect(runJob(clerks, "reviewSchedule", 2026, "2026-08-08")).rejects.toMatchObject({
      code: "reviewChanged",
      details: { changed: ["holdFromMonth"] },
    });
    for (const { runNo } of await listMassRuns(database.pool, { states: ["collectFailed"], limit: 10 })) {
      await cancelMassRun(clerk, { key: `c/${runNo}`, runNo, reason: "設定を確かめるため" });
    }
    await expect(acceptReviewSettings(clerk, 2026, "")).rejects.toMatchObject({ code: "reviewInvalid" });
    // Put back, by two people: the year goes on as it began.
    await changeSetting(clerk, {
      name: "annualReview",
      validFrom: "2026-08-08",
      value: demoSettings.annualReview,
      approvedBy: "staff.sato",
    });
    expect(await runJob(clerks, "reviewSchedule", 2026, "2026-08-08")).toMatchObject({ state: "done" });
  });
});

describe("the held report: 神戸市 2019 (I-5), 大阪市 2025 (I-43, I-53)", () => {
  it("[A81] who has not filed by the due day is held from the parameterised month with the notice; [A110] months and right stay as they are", async () => {
    const decisions = await countOf(database.pool, "decision");
    const held = await runJob(clerks, "reviewHold", 2026, "2026-09-10");
    const lines = await linesOf(database.pool, held);
    expect(lines.get(of("late"))).toMatchObject({ kind: "hold", effectiveMonth: "2026-08" });
    expect(lines.get(of("plain"))).toBeUndefined();
    const { rows } = await database.pool.query(
      "SELECT facts ->> 'fromMonth' AS month, facts ->> 'article' AS article FROM allowance.review_notice WHERE kind = 'holdPlaced' AND recipient_id = $1",
      [of("late")],
    );
    expect(rows).toEqual([{ month: "2026-08", article: "児童手当法11条" }]);
    expect((await runJob(clerks, "reviewHold", 2026, "2026-09-11")).list).toMatchObject({ change: 0 });

    const december = await pay("2026-12", "regular", "2026-11-24");
    // 10,000 × 2 children × 2 months are due and wait; the plain family gets 10,000 × 2
    expect(december.exclusions).toContainEqual({ recipientId: of("late"), reason: "held", items: 4, amount: 40_000 });
    expect(december.paid).toContainEqual({ recipient: of("plain"), amount: 20_000, months: 2 });
    expect(await countOf(database.pool, "decision")).toBe(decisions);
    expect(await countOf(database.pool, "due_open", `recipient_id = ${of("late")}`)).toBe(4);
    expect(await expectedButUnpaid(database.pool, 2026)).toContainEqual(
      expect.objectContaining({ recipientId: of("late"), state: "held" }),
    );
  });

  it("[A109] [I-5] a late report that lies unhandled is named with the money that waits; [A81] its decision lifts the hold, and all held months go into one occasional run", async () => {
    const february = await pay("2027-02", "regular", "2027-01-25");
    expect(february.exclusions).toContainEqual({ recipientId: of("late"), reason: "held", items: 8, amount: 80_000 });
    expect((await holdsWithoutCause(database.pool)).map(({ recipientId }) => recipientId)).not.toContain(of("late"));

    const at = onDay(clerk, "2027-02-16");
    const barcode = barcodeOf({ year: 2026, recipientId: of("late") });
    const { filingId } = await receiveReport(at, {
      barcode,
      receivedOn: "2027-02-16",
      channel: "post",
      unchanged: true,
    });
    // October to January, 20,000 a month: 80,000 yen wait for somebody to look.
    expect(await holdsWithoutCause(database.pool)).toContainEqual(
      expect.objectContaining({
        recipientId: of("late"),
        causeCode: "annualReportMissing",
        goneOn: "2027-02-16",
        amount: 80_000,
      }),
    );
    await receiveDocuments(at, { filingId, received: [{ code: "separateCareStatement" }] });
    const seen = await examineFiling(at, { filingId });
    expect(seen.proposal.effects).toContainEqual(
      expect.objectContaining({ kind: "holdReleased", fromMonth: "2026-08" }),
    );
    await approveFiling(onDay(approver, "2027-02-18"), { filingId, digest: seen.digest });
    expect((await holdsWithoutCause(database.pool)).map(({ recipientId }) => recipientId)).not.toContain(of("late"));
    const { rows } = await database.pool.query(
      "SELECT (facts ->> 'amount')::int AS amount, facts ->> 'firstMonth' AS first, facts ->> 'lastMonth' AS last FROM allowance.review_notice WHERE kind = 'holdReleased'",
    );
    expect(rows).toEqual([{ amount: 80_000, first: "2026-10", last: "2027-01" }]);

    const arrears = await pay("2027-03", "occasional", "2027-02-22");
    expect(arrears.paid).toEqual([{ recipient: of("late"), amount: 80_000, months: 4 }]);
    expect((await verifyMoney({ pool: database.pool, calendar })).filter(({ violations }) => violations > 0)).toEqual(
      [],
    );
  });

  it("[I-53] the paper that was missing closes the defect, and the decision closes the hold: nobody has to type that it is cured", async () => {
    const at = onDay(clerk, "2027-02-16");
    const barcode = barcodeOf({ year: 2026, recipientId: of("defect") });
    const { filingId } = await receiveReport(at, {
      barcode,
      receivedOn: "2027-02-16",
      channel: "post",
      unchanged: true,
    });
    await requestDocuments(at, {
      filingId,
      how: "returned",
      documents: ["separateCareStatement"],
      reason: "申立書がない",
      dueOn: "2027-03-01",
    });
    const { rows } = await database.pool.query<{ state: string }>(
      "SELECT state FROM allowance.filing_current WHERE filing_id = $1",
      [filingId],
    );
    expect(rows).toEqual([{ state: "returned" }]);
    await receiveDocuments(onDay(clerk, "2027-02-25"), { filingId, received: [{ code: "separateCareStatement" }] });
    expect(await holdsWithoutCause(database.pool)).toContainEqual(
      // October to February, 10,000 a month
      expect.objectContaining({ recipientId: of("defect"), amount: 50_000 }),
    );
    const { digest } = await examineFiling(onDay(clerk, "2027-02-25"), { filingId });
    await approveFiling(onDay(approver, "2027-02-26"), { filingId, digest });
    expect(await countOf(database.pool, "hold_release")).toBe(2);
    // What is in arrears, October to January, 10,000 a month; February is due with the regular payment of April.
    const paid = await pay("2027-03", "occasional", "2027-02-27");
    expect(paid.paid).toEqual([{ recipient: of("defect"), amount: 40_000, months: 4 }]);
  });

  it("[A109] [I-43] a hold for an unknown whereabouts is named as soon as the register has a new address, and not before", async () => {
    const holdId = await placeHold(onDay(clerk, "2026-11-02"), {
      recipientId: of("plain"),
      kind: "hold",
      fromMonth: month("2026-12"),
      cause: "通知が宛先不明で戻った",
      causeCode: "whereaboutsUnknown",
    });
    const listed = async () => (await holdsWithoutCause(database.pool)).filter((each) => each.holdId === holdId);
    expect(await listed()).toEqual([]);
    await bring(clerk, {
      residents: [
        resident(61_400, "1990-01-01", {
          履歴番号: "2",
          世帯番号: number15(61_400),
          異動年月日: "2026-11-10",
          異動事由コード: "10",
          住所: "架空町９丁目",
        }),
      ],
    });
    expect(await listed()).toMatchObject([
      { recipientId: of("plain"), gone: "新しい住所が住民基本台帳にある", goneOn: "2026-11-10" },
    ]);
    await releaseHold(approver, holdId, "新しい住所が分かった");
    expect(await listed()).toEqual([]);
  });
});

describe("宮崎県 2021 (I-56): a fact that disqualifies", () => {
  it("[I-56] is found by the next periodic check of the registers, and the list shows when the last check was", async () => {
    await runJob(clerks, "reviewCheck", 2026, "2026-11-12");
    expect(await leftOf("plain")).toEqual([]);
    // Appointed on 1 December; the appointment reaches the register, and nobody has reported it.
    await bring(clerk, {
      statusPeriods: [
        { 区分: "publicServant", 宛名番号: number15(61_400), 開始年月日: "2026-12-01", 短期: "0", 留学: "0" },
      ],
    });
    await runJob(clerks, "reviewCheck", 2026, "2026-12-10");
    expect(await leftOf("plain")).toMatchObject([
      { state: "unclear", reasons: ["publicServant"], checkedOn: "2026-12-10" },
    ]);
  });
});
