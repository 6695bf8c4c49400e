/** The year's review from the base day to the new year's schedule, on a small city. The arithmetic stands above each amount. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { pdfText } from "../../../../platform/test/support/pdf-text.ts";
import { barcodeOf } from "../../src/annual-review/barcode.ts";
import { clearDifference, listDifferences, readDifferences } from "../../src/annual-review/differences.ts";
import { makeFormAgain, readForms } from "../../src/annual-review/forms.ts";
import { listLeftovers, readReviewCounts } from "../../src/annual-review/overview.ts";
import { listReceptions, receiveReport, recordOutsideChecks } from "../../src/annual-review/receive.ts";
import { callForReport, openReviewYear } from "../../src/annual-review/year.ts";
import { examineClaims } from "../../src/claims/examine.ts";
import { approveClaims } from "../../src/decisions/decide.ts";
import { addEntry, confirmEntry } from "../../src/case-file/write-entry.ts";
import { approveFiling } from "../../src/filings/approve.ts";
import { receiveDocuments, requestDocuments } from "../../src/filings/documents.ts";
import { examineFiling } from "../../src/filings/examine.ts";
import { getMassRun, listMassRuns } from "../../src/mass-work/run-record.ts";
import { cancelMassRun } from "../../src/mass-work/steps.ts";
import { undoMassRun } from "../../src/mass-work/undo/create-undo.ts";
import { workAll } from "../../src/mass-work/worker.ts";
import { writeMassList } from "../../src/mass-work/write-list.ts";
import { testContext, testFolder } from "../support/context.ts";
import { certifiedFamily, countOf, onDay, recipientIdOf } from "../support/families.ts";
import { claim, claimChild, number15, resident } from "../support/feeds.ts";
import { bring, prepare } from "../support/filings.ts";
import { linesOf, listJob, reportOf, runJob, writeJob } from "../support/reviews.ts";

const database = useDatabase();
const dir = testFolder();
const clerk = testContext(database, dir, "staff.ito");
const approver = testContext(database, dir, "staff.sato");
const clerks = { clerk, approver };
const id: Record<string, number> = {};

let formsRun = 0;

const of = (name: string): number => id[name] ?? 0;

beforeAll(async () => {
  await prepare(database.pool);
  // 2020, 2015, 2012: 10,000 + 10,000 + 30,000 (third) = 50,000 a month
  id["plain"] = await certifiedFamily(clerks, 60_100, ["2020-05-10", "2015-06-10", "2012-07-10"]);
  // A child apart: the statement says so
  id["apart"] = await certifiedFamily(clerks, 60_200, ["2018-05-10", "2015-06-10"]);
  const apart = await addEntry(onDay(clerk, "2026-05-27"), "childCircumstance", {
    addresseeNumber: 60_200,
    validFrom: "2026-05-20",
    content: {
      childNumber: 60_202,
      relation: "20",
      living: "apart",
      apartReason: "work",
      care: "custody",
      livelihood: "maintained",
    },
  });
  await confirmEntry(approver, "childCircumstance", apart);
  // Nobody says that the counted person is a student: one counted, two children: 10,000 + 30,000 (third) = 40,000
  id["counted"] = await certifiedFamily(clerks, 60_300, ["2018-05-10", "2015-06-10"], [{ born: "2006-06-10" }]);
  // Somebody else is at home where the other parent earns more
  id["earner"] = await certifiedFamily(clerks, 60_400, ["2018-05-10"]);
  await bring(clerk, {
    residents: [resident(60_409, "1990-02-02")],
    incomes: [
      { 宛名番号: number15(60_400), 所得年: "2025", 履歴番号: "1", 給与所得: "3000000" },
      { 宛名番号: number15(60_409), 所得年: "2025", 履歴番号: "1", 給与所得: "5000000" },
    ],
  });
  const spouse = await addEntry(onDay(clerk, "2026-05-27"), "relatedPerson", {
    addresseeNumber: 60_400,
    validFrom: "2020-01-01",
    content: { relatedNumber: 60_409, role: "spouse" },
  });
  await confirmEntry(approver, "relatedPerson", spouse);
  // An institution
  await bring(clerk, {
    organizations: [
      {
        宛名番号: number15(69_001),
        名称: "架空園",
        区分: "institution",
        市区町村コード: "431010",
        設置者区分: "private",
      },
    ],
    residents: [resident(60_501, "2016-04-10")],
    statusPeriods: [
      {
        区分: "institution",
        宛名番号: number15(60_501),
        相手宛名番号: number15(69_001),
        開始年月日: "2026-01-10",
        短期: "0",
        留学: "0",
      },
    ],
    claims: [
      claim(6_901, 69_001, "2026-01-15", {
        受給者区分: "institution",
        請求事由: "enteredInstitution",
        事由発生年月日: "2026-01-10",
        被用区分: "",
      }),
    ],
    claimChildren: [claimChild(6_901, 60_501, 1)],
  });
  await examineClaims(clerk, ["6901"]);
  await approveClaims(approver, ["6901"]);
  id["institution"] = await recipientIdOf(database.pool, 69_001);
});

/** Runs that only showed a list, or failed, are given up: one list of a kind at a time. */
async function cancelOpen(): Promise<void> {
  const runs = await listMassRuns(database.pool, { states: ["listed", "collectFailed"], limit: 100 });
  for (const { runNo } of runs) {
    await cancelMassRun(clerk, { key: `cancel/${runNo}`, runNo, reason: "試験のため" });
  }
}

describe("the year", () => {
  it("is not worked on before it is opened, and opens once, with the settings of its base day", async () => {
    await expect(listJob(clerk, "reviewCheck", 2026, "2026-06-01")).rejects.toMatchObject({ code: "reviewUnknown" });
    await cancelOpen();
    await expect(openReviewYear(clerk, 2019)).rejects.toMatchObject({ code: "reviewInvalid" });
    const opened = await openReviewYear(onDay(clerk, "2026-06-01"), 2026);
    expect(opened).toMatchObject({ baseOn: "2026-06-01", dueOn: "2026-06-30", holdFrom: "2026-08" });
    expect(await openReviewYear(approver, 2026)).toEqual(opened);
    expect(await countOf(database.pool, "review_year")).toBe(1);
  });

  it("[A75] the list names for everybody in force what is asked and why; nothing is written before a second person agrees", async () => {
    const listed = await listJob(clerk, "reviewCheck", 2026, "2026-06-03");
    expect(await countOf(database.pool, "review_result")).toBe(0);
    const lines = await linesOf(database.pool, listed);
    expect(lines.get(of("plain"))).toMatchObject({ kind: "confirmed", outcome: "change" });
    expect(lines.get(of("apart"))).toMatchObject({ kind: "mustFile", reason: "児童と別居して監護している" });
    expect(lines.get(of("counted"))).toMatchObject({
      kind: "mustFile",
      reason: "学生でない大学生年代の子を数えている",
    });
    expect(lines.get(of("earner"))).toMatchObject({ kind: "unclear" });
    expect(lines.get(of("institution"))).toMatchObject({ kind: "mustFile", reason: "施設等・里親" });
    expect(await writeJob(clerks, listed, "2026-06-04")).toMatchObject({ state: "done" });
    expect(await reportOf(database.pool, of("plain"), 2026)).toBe("publicRecords");
    expect(await reportOf(database.pool, of("earner"), 2026)).toBeUndefined();
  });

  it("the result keeps the day of the check and the very rows that were looked at; the same day again writes nothing, a later day the new day", async () => {
    const { rows } = await database.pool.query<{ evidence: Record<string, unknown[]> }>(
      "SELECT evidence FROM allowance.review_result WHERE recipient_id = $1",
      [of("earner")],
    );
    expect(rows[0]?.evidence).toMatchObject({
      persons: [
        [60_400, 1, 1],
        [60_409, 1, 1],
        [60_401, 1, 1],
      ],
      incomes: [
        [60_400, 2025, 1, 1],
        [60_409, 2025, 1, 1],
      ],
    });
    const before = await countOf(database.pool, "review_result");
    expect((await runJob(clerks, "reviewCheck", 2026, "2026-06-03")).list).toMatchObject({ change: 0, noChange: 5 });
    expect(await countOf(database.pool, "review_result")).toBe(before);
    // I-56: a fact that may have changed is looked at again, and the day of the last look is on record.
    await runJob(clerks, "reviewCheck", 2026, "2026-06-10");
    expect(await countOf(database.pool, "review_result", `checked_on = '2026-06-10'`)).toBe(5);
    expect(await countOf(database.pool, "annual_report")).toBe(1);
  });

  it("[D29] forms are made once for those who must file, with one barcode a year that a further copy keeps; the printed list has as many people as must file", async () => {
    const made = await runJob(clerks, "reviewForms", 2026, "2026-06-11");
    expect(made.list).toMatchObject({ change: 3, cannot: 0 });
    formsRun = made.runNo;
    // The list on paper and as a file, beside whoever must file by the judgement itself.
    const mustFile = await countOf(
      database.pool,
      "review_result_current",
      "fiscal_year = 2026 AND outcome = 'mustFile'",
    );
    const list = await writeMassList(clerk, made.runNo, join(dir, "lists"));
    expect(list.lines).toBe(mustFile);
    const lines = readFileSync(list.csv, "utf8").trim().split("\r\n");
    expect(lines).toHaveLength(1 + mustFile);
    expect(pdfText(readFileSync(list.pdf)).replaceAll(/\s/g, "")).toContain(`計${mustFile}件`);
    for (const name of ["apart", "counted", "institution"]) {
      expect(lines.filter((line) => line.includes(String(of(name)).padStart(10, "0")))).toHaveLength(1);
    }
    expect((await runJob(clerks, "reviewForms", 2026, "2026-06-11")).list).toMatchObject({ change: 0, noChange: 3 });
    const forms = await readForms(database.pool, 2026);
    expect(forms.map(({ recipientId }) => recipientId)).toEqual(
      [of("apart"), of("counted"), of("institution")].toSorted((left, right) => left - right),
    );
    const apart = forms.find(({ recipientId }) => recipientId === of("apart"));
    expect(apart?.material.papers).toEqual([{ code: "separateCareStatement", name: "別居監護申立書" }]);
    expect(await makeFormAgain(clerk, 2026, of("apart"))).toBe(1);
    const again = (await readForms(database.pool, 2026)).find(({ recipientId }) => recipientId === of("apart"));
    expect(again).toMatchObject({ no: 2, barcode: apart?.barcode });
  });

  it("forms that are not in print are taken back by two people and made again under the same barcode; one that was made once more since stays", async () => {
    const { response } = await undoMassRun(onDay(clerk, "2026-06-11"), { key: "forms/undo", runNo: formsRun });
    await workAll(onDay(clerk, "2026-06-11"));
    const list = await getMassRun(database.pool, response.runNo);
    expect(list.list).toMatchObject({ change: 2, cannot: 1 });
    const lines = await linesOf(database.pool, list);
    expect(lines.get(of("apart"))).toMatchObject({ outcome: "cannot" });
    expect(lines.get(of("apart"))?.reason).toContain("あとで再発行");
    const before = await countOf(database.pool, "review_form");
    expect(await writeJob(clerks, list, "2026-06-11")).toMatchObject({ written: 2, changed: 0, refused: 0 });
    // Nothing goes: the rows stay, and nobody waits for a letter or scans them any more.
    expect(await countOf(database.pool, "review_form")).toBe(before);
    expect((await readForms(database.pool, 2026)).map(({ recipientId }) => recipientId)).toEqual([of("apart")]);
    const gone = barcodeOf({ year: 2026, recipientId: of("counted") });
    const scan = { barcode: gone, receivedOn: "2026-06-11", channel: "post", unchanged: true } as const;
    await expect(receiveReport(onDay(clerk, "2026-06-11"), scan)).rejects.toMatchObject({ code: "reviewUnknown" });
    expect((await runJob(clerks, "reviewForms", 2026, "2026-06-12")).list).toMatchObject({ change: 2, noChange: 1 });
    const forms = await readForms(database.pool, 2026);
    expect(forms.map(({ no }) => no)).toEqual([2, 2, 2]);
    expect(forms.some(({ barcode }) => barcode === gone)).toBe(true);
  });

  it("[A79] [D123] a report is received by its barcode, once; what an outside checker says is a proposal, accepted only by the city; a defect waits for its paper with a due day, and the paper closes it", async () => {
    const june = onDay(clerk, "2026-06-20");
    const barcode =
      (await readForms(database.pool, 2026)).find(({ recipientId }) => recipientId === of("apart"))?.barcode ?? "";
    const scan = { barcode, receivedOn: "2026-06-19", channel: "post", unchanged: true } as const;
    await expect(receiveReport(june, { ...scan, barcode: "R202600000000010" })).rejects.toMatchObject({
      code: "barcodeInvalid",
    });
    const stranger = barcodeOf({ year: 2026, recipientId: of("plain") });
    await expect(receiveReport(june, { ...scan, barcode: stranger })).rejects.toMatchObject({ code: "reviewUnknown" });
    await expect(receiveReport(june, { ...scan, receivedOn: "2026-06-21" })).rejects.toMatchObject({
      code: "filingInvalid",
    });
    expect(await countOf(database.pool, "review_receipt")).toBe(0);

    const { filingId } = await receiveReport(june, scan);
    await expect(receiveReport(june, scan)).rejects.toMatchObject({ code: "reviewReceived" });
    const receptions = async (today: string) => await listReceptions(database.pool, { year: 2026, today });
    expect(await receptions("2026-06-20")).toMatchObject([
      { recipientId: of("apart"), reception: "received", outside: null },
    ]);

    // The outside checker proposes; the report stays where it is.
    const check = {
      barcode,
      verdict: "defect",
      defects: ["別居監護申立書がない"],
      checkedOn: "2026-06-20",
      checkedBy: "K-07",
    } as const;
    await expect(recordOutsideChecks(june, [{ ...check, defects: [] }])).rejects.toMatchObject({
      code: "reviewInvalid",
    });
    expect(await recordOutsideChecks(june, [check, { ...check, barcode: stranger }])).toEqual({
      taken: 1,
      unknown: [stranger],
    });
    expect(await receptions("2026-06-20")).toMatchObject([{ reception: "received", outside: { verdict: "defect" } }]);

    await requestDocuments(june, {
      filingId,
      how: "held",
      documents: ["separateCareStatement"],
      reason: "別居監護申立書がない",
      dueOn: "2026-07-10",
    });
    expect(await receptions("2026-07-11")).toMatchObject([{ reception: "defect", dueOn: "2026-07-10", overdue: true }]);
    const july = onDay(clerk, "2026-07-09");
    await receiveDocuments(july, { filingId, received: [{ code: "separateCareStatement" }] });
    expect(await receptions("2026-07-11")).toMatchObject([{ reception: "received", dueOn: null, overdue: false }]);

    const { digest } = await examineFiling(july, { filingId });
    await approveFiling(onDay(approver, "2026-07-10"), { filingId, digest });
    expect(await receptions("2026-07-11")).toMatchObject([{ reception: "accepted" }]);
    expect(await reportOf(database.pool, of("apart"), 2026)).toBe("submitted");
  });

  it("who has not filed is reminded once, and held from August only after the due day; who has filed is not", async () => {
    expect((await listJob(clerk, "reviewHold", 2026, "2026-06-30")).list).toMatchObject({ change: 0, cannot: 0 });
    await cancelOpen();
    expect((await runJob(clerks, "reviewReminder", 2026, "2026-07-20")).list).toMatchObject({ change: 2 });
    expect((await runJob(clerks, "reviewReminder", 2026, "2026-07-25")).list).toMatchObject({ change: 0 });
    expect(await countOf(database.pool, "review_notice", "kind = 'reminder'")).toBe(2);
  });

  it("[A77] [I-21] who became a recipient after the base day, even after the lists were made, is in the switch: the state of the day selects", async () => {
    // Claimed on 10 July, from August: on no list of June.
    await bring(clerk, {
      residents: [resident(60_600, "1991-01-01"), resident(60_601, "2019-03-03")],
      claims: [claim(6_060, 60_600, "2026-07-10")],
      claimChildren: [claimChild(6_060, 60_601, 1)],
    });
    await examineClaims(clerk, ["6060"]);
    await approveClaims(approver, ["6060"]);
    id["late"] = await recipientIdOf(database.pool, 60_600);
    const counts = await readReviewCounts(database.pool, 2026);
    expect(counts).toMatchObject({ population: 6, states: { unjudged: 1 } });
    expect(await listLeftovers(database.pool, { year: 2026, state: "unjudged" })).toMatchObject([
      { recipientId: of("late") },
    ]);
    const done = await runJob(clerks, "reviewCheck", 2026, "2026-08-01");
    expect((await linesOf(database.pool, done)).get(of("late"))).toMatchObject({ kind: "exempt" });
    expect(await reportOf(database.pool, of("late"), 2026)).toBe("exempt");
    expect((await readReviewCounts(database.pool, 2026)).states.unjudged).toBe(0);
  });

  it("[A80] the schedule of the new year is made for the confirmed alone, after the switch day, and says what each month will be", async () => {
    await expect(listJob(clerk, "reviewSchedule", 2026, "2026-07-31")).rejects.toMatchObject({ code: "reviewInvalid" });
    await cancelOpen();
    await listDifferences(onDay(clerk, "2026-08-03"), 2026);
    // Whoever began in August differs from July and is looked at first.
    const differences = await readDifferences(database.pool, 2026);
    expect(differences).toMatchObject([
      { recipientId: of("late"), kinds: ["amount", "started", "childNew"], july: 0, august: 10_000 },
    ]);
    const first = await runJob(clerks, "reviewSchedule", 2026, "2026-08-03");
    expect(first.list).toMatchObject({ change: 2, cannot: 4 });
    const lines = await linesOf(database.pool, first);
    expect(lines.get(of("late"))).toMatchObject({ kind: "difference" });
    expect(lines.get(of("counted"))).toMatchObject({ kind: "notConfirmed" });
    await clearDifference(approver, { differenceId: differences[0]?.differenceId ?? 0, reason: "8月分からの新規認定" });
    expect((await runJob(clerks, "reviewSchedule", 2026, "2026-08-04")).list).toMatchObject({
      change: 1,
      noChange: 2,
      cannot: 3,
    });
    const { rows } = await database.pool.query<{ amounts: number[] }>(
      "SELECT amounts FROM allowance.review_schedule_current WHERE recipient_id = $1",
      [of("plain")],
    );
    // 2012-07-10, 2015, 2020: 10,000 + 10,000 + 30,000 = 50,000 in each of the twelve months (nobody reaches 18 before 2031-03)
    expect(rows[0]?.amounts).toEqual(Array.from({ length: 12 }, () => 50_000));
  });

  it("reminders and schedules are taken back by two people: the reminder is not sent, the schedule is withdrawn, and both can be done again", async () => {
    const runOf = async (jobCode: string): Promise<number> =>
      (await listMassRuns(database.pool, { jobCode, states: ["done"] })).at(-1)?.runNo ?? 0;
    const takeBack = async (runNo: number, day: string) => {
      const maker = onDay(clerk, day);
      const { response } = await undoMassRun(maker, { key: `undo/${runNo}`, runNo });
      await workAll(maker);
      return await writeJob(clerks, await getMassRun(database.pool, response.runNo), day);
    };
    const current = async () => await countOf(database.pool, "review_schedule_current");
    const whole = await database.pool.query("SELECT * FROM allowance.review_schedule ORDER BY 1, 2, 3");
    expect(await current()).toBe(3);
    // The first list made two schedules, the second one more.
    expect(await takeBack(await runOf("reviewSchedule"), "2026-08-04")).toMatchObject({ state: "done", written: 2 });
    expect(await current()).toBe(1);
    expect((await runJob(clerks, "reviewSchedule", 2026, "2026-08-04")).list).toMatchObject({ change: 2, noChange: 1 });
    expect(await current()).toBe(3);
    const { rows } = await database.pool.query(
      "SELECT * FROM allowance.review_schedule WHERE revision = 1 ORDER BY 1, 2, 3",
    );
    expect(rows).toEqual(whole.rows);

    expect(await takeBack(await runOf("reviewReminder"), "2026-08-04")).toMatchObject({ state: "done", written: 2 });
    expect((await runJob(clerks, "reviewReminder", 2026, "2026-08-04")).list).toMatchObject({ change: 2 });
  });

  it("[A76] [I-20] the leftovers are listed by what is missing until there are none: each is brought to its end", async () => {
    const states = async () => (await readReviewCounts(database.pool, 2026)).states;
    expect(await states()).toMatchObject({ unclear: 1, notFiled: 2, scheduled: 3 });
    // The one that the registers don't confirm is asked for a report …
    await callForReport(clerk, { recipientId: of("earner"), year: 2026, reason: "生計中心者の確認" });
    await runJob(clerks, "reviewCheck", 2026, "2026-08-05");
    await runJob(clerks, "reviewForms", 2026, "2026-08-05");
    expect(await states()).toMatchObject({ unclear: 0, notFiled: 3 });
    // … hands it in, and so does the institution; the third does not, and is held.
    for (const name of ["earner", "institution"]) {
      const barcode = barcodeOf({ year: 2026, recipientId: of(name) });
      const august = onDay(clerk, "2026-08-20");
      const { filingId } = await receiveReport(august, {
        barcode,
        receivedOn: "2026-08-19",
        channel: "post",
        unchanged: true,
      });
      if (name === "institution") await receiveDocuments(august, { filingId, received: [{ code: "placementProof" }] });
      const { digest } = await examineFiling(august, { filingId });
      await approveFiling(onDay(approver, "2026-08-21"), { filingId, digest });
    }
    // Held, taken back, held again.
    const { runNo } = await runJob(clerks, "reviewHold", 2026, "2026-09-10");
    const september = onDay(clerk, "2026-09-10");
    const { response: undo } = await undoMassRun(september, { key: "undo/hold", runNo });
    await workAll(september);
    const back = await writeJob(clerks, await getMassRun(database.pool, undo.runNo), "2026-09-10");
    expect(back).toMatchObject({ written: 1 });
    expect((await readReviewCounts(database.pool, 2026)).states).toMatchObject({ held: 0, notFiled: 1 });
    await runJob(clerks, "reviewHold", 2026, "2026-09-10");
    await runJob(clerks, "reviewSchedule", 2026, "2026-09-11");
    const counts = await readReviewCounts(database.pool, 2026);
    expect(counts).toMatchObject({ population: 6, leftovers: 0, states: { held: 1, scheduled: 5 } });
    expect(Object.values(counts.states).reduce((sum, each) => sum + each, 0)).toBe(counts.population);
    expect(await listLeftovers(database.pool, { year: 2026 })).toEqual([]);
  });

  it("[D30] everybody who filed, or is confirmed, has the twelve months from August to July, made in bulk; nobody else has", async () => {
    const { rows } = await database.pool.query<{ id: number; filed: boolean; months: number | null }>(
      `SELECT w.recipient_id AS id, a.reception IN ('submitted', 'publicRecords', 'exempt') AS filed, array_length(s.amounts, 1) AS months
       FROM allowance.recipient_window w JOIN allowance.annual_report_current a ON a.recipient_id = w.recipient_id AND a.fiscal_year = 2026
       LEFT JOIN allowance.review_schedule_current s ON s.recipient_id = w.recipient_id AND s.fiscal_year = 2026 ORDER BY 1`,
    );
    expect(rows.filter(({ filed }) => filed)).toHaveLength(5);
    expect(rows.filter(({ filed }) => filed).map(({ months }) => months)).toEqual([12, 12, 12, 12, 12]);
    expect(rows.filter(({ filed }) => !filed)).toMatchObject([{ id: of("counted"), months: null }]);
  });
});
