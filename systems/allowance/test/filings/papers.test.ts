/** 書類: the checklist of each kind of claim, 返戻・保留 with its notice on paper, the due date and the reminder. */
import { beforeAll, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { pdfText } from "../../../../platform/test/support/pdf-text.ts";
import { handBackDocument, requestDocuments, receiveDocuments } from "../../src/filings/documents.ts";
import { examineFiling } from "../../src/filings/examine.ts";
import { examinePanel } from "../../src/filings/panel.ts";
import { submitFiling } from "../../src/filings/receive.ts";
import { procedureOf } from "../../src/filings/registry.ts";
import { workList } from "../../src/filings/work-list.ts";
import { approveLetterRun, orderPrinting } from "../../src/notices/runs/approve-run.ts";
import { createLetterRun } from "../../src/notices/runs/create-run.ts";
import { printLetterRun } from "../../src/notices/runs/print-run.ts";
import { seedDemoTexts } from "../../src/notices/texts/change-text.ts";
import { testContext, testFolder, TODAY } from "../support/context.ts";
import { onDay } from "../support/families.ts";
import { resident } from "../support/feeds.ts";
import { birthClaim, bring, prepare } from "../support/filings.ts";

const database = useDatabase();
const folder = testFolder();
const clerk = testContext(database, folder, "staff.ito");
const approver = testContext(database, folder, "staff.sato");

beforeAll(async () => {
  await prepare(database.pool);
  await seedDemoTexts(testContext(database, folder, "mongon.ichiro"), testContext(database, folder, "mongon.niro"));
});

/** Codes on the checklist of a claim. */
function checklist(code: Parameters<typeof procedureOf>[0], content: Readonly<Record<string, unknown>>): string[] {
  const procedure = procedureOf(code);
  return procedure.documents(procedure.shape.parse(content)).map((each) => each.code);
}

/** The notices (F11) that wait, made, approved by another person and printed; the words of the pages. */
async function printed(day: string): Promise<string> {
  const made = await createLetterRun(onDay(clerk, day), { form: "documents", documentOn: day, mailOn: day });
  await approveLetterRun(onDay(approver, day), { runNo: made.runNo, listDigest: made.listDigest });
  await orderPrinting(onDay(clerk, day), { runNo: made.runNo });
  await printLetterRun(onDay(clerk, day), made.runNo);
  const { rows } = await database.pool.query<{ bytes: Buffer }>(
    "SELECT bytes FROM allowance.letter_file WHERE run_no = $1",
    [made.runNo],
  );
  return pdfText(rows[0]?.bytes ?? Buffer.alloc(0));
}

it("[A30] each kind of claim has its checklist; what is missing is asked for on paper with a due date, is late after it, and is asked for again", async () => {
  const { content } = birthClaim(77_801, 77_802, "2026-10-20", "2026-11-02");
  const child = { number: 77_802, role: "child" };
  const certification = (more: object) => checklist("certificationIndividual", { ...(content as object), ...more });
  expect(certification({})).toEqual(["passbook"]);
  expect(certification({ children: [{ ...child, living: "apart" }] })).toEqual([
    "careApart",
    "childResidence",
    "passbook",
  ]);
  expect(certification({ capacity: "guardian" })).toEqual(["guardian", "passbook"]);
  expect(certification({ cause: "livingTogetherPriority" })).toEqual(["livingTogether", "passbook"]);
  expect(certification({ account: { publicAccount: true } })).toEqual([]);
  const more = { claimant: 77_801, recipientId: 1, cause: "other" };
  expect(checklist("increase", { ...more, children: [child] })).toEqual([]);
  expect(checklist("increase", { ...more, children: [{ ...child, studyAbroad: true }] })).toEqual(["studyAbroad"]);
  expect(checklist("increase", { ...more, children: [{ ...child, role: "counted" }] })).toEqual(["support"]);

  await bring(clerk, { residents: [resident(77_801, "1990-01-01"), resident(77_802, "2026-10-20")] });
  const filed = birthClaim(77_801, 77_802, "2026-10-20", "2026-11-02", { children: [{ ...child, living: "apart" }] });
  const { filingId, receptionNumber } = await submitFiling(clerk, { form: filed });
  // Not without a reason, not due in the past, no paper that this claim does not need
  const ask = {
    filingId,
    how: "returned" as const,
    documents: ["careApart", "passbook"],
    reason: "申立書と口座の写しがないため",
    dueOn: "2026-11-25",
  };
  for (const wrong of [{ reason: " " }, { dueOn: "2026-11-22" }, { documents: ["guardian"] }])
    await expect(requestDocuments(clerk, { ...ask, ...wrong })).rejects.toMatchObject({ code: "filingInvalid" });
  await expect(printed(TODAY)).rejects.toMatchObject({ code: "letterNothing" });

  await requestDocuments(clerk, ask);
  const first = await printed(TODAY);
  for (const words of [
    "関係書類返戻通知書",
    receptionNumber,
    "別居監護申立書",
    "口座の分かるもの",
    "令和8年11月25日",
    ask.reason,
  ])
    expect(first).toContain(words);
  expect(first).not.toContain("児童の住民票");
  await expect(printed(TODAY)).rejects.toMatchObject({ code: "letterNothing" });

  const alarm = async (today: string): Promise<unknown> => {
    const reader = { pool: database.pool, operator: "staff.ito", purpose: "一覧" };
    const { filings } = await workList(reader, { kind: "returned", today: onDay(clerk, today).today });
    return filings.map((each) => [each.filingId, each.dueOn, each.alarm]);
  };
  // Received on 2 November: 18, 20 and 24 days, the processing period is 30 and warns after 20. Three days before the due date it is
  // near, the day after it is past.
  expect(await alarm("2026-11-20")).toEqual([[filingId, "2026-11-25", null]]);
  expect(await alarm("2026-11-22")).toEqual([[filingId, "2026-11-25", "soon"]]);
  expect(await alarm("2026-11-26")).toEqual([[filingId, "2026-11-25", "late"]]);

  // Asked again with another day: a second notice, of 保留; the claim keeps its day.
  const again = onDay(clerk, "2026-11-26");
  await receiveDocuments(again, { filingId, received: [{ code: "passbook" }] });
  await requestDocuments(again, {
    ...ask,
    how: "held",
    documents: ["careApart"],
    reason: "再度のお願い",
    dueOn: "2026-12-10",
  });
  const second = await printed("2026-11-26");
  for (const words of ["関係書類保留通知書", "令和8年12月10日", "別居監護申立書", "令和8年11月2日"])
    expect(second).toContain(words);
  expect(second).not.toContain("口座の分かるもの");

  await receiveDocuments(again, {
    filingId,
    received: [{ code: "careApart" }],
    waived: [{ code: "childResidence", reason: "住民基本台帳で確認" }],
  });
  expect(await alarm("2026-11-26")).toEqual([]);
  expect((await examineFiling(again, { filingId })).proposal).toMatchObject({ outcome: "grant" });
});

it("[D184] a paper that is not needed goes back, and how, when and why is on record; never without a reason, and nothing else changes", async () => {
  await bring(clerk, { residents: [resident(77_811, "1991-01-01"), resident(77_812, "2026-10-20")] });
  const { filingId } = await submitFiling(clerk, { form: birthClaim(77_811, 77_812, "2026-10-20", "2026-11-02") });
  await receiveDocuments(clerk, { filingId, received: [{ code: "passbook" }] });
  const { digest, revision } = await examineFiling(clerk, { filingId });
  const paper = "架空の源泉徴収票";
  for (const wrong of [
    { paper, reason: " " },
    { paper: "", reason: "不要" },
    { paper, reason: "不要", on: "2026-11-01" },
  ]) {
    await expect(handBackDocument(clerk, { filingId, how: "counter", ...wrong })).rejects.toMatchObject({
      code: "filingInvalid",
    });
  }
  const bare = database.pool.query(
    `SET ROLE hagukumi_allowance; INSERT INTO allowance.filing_document (filing_id, code, no, state, noted_on, recorded_by, paper)
     VALUES (${filingId}, 'handedBack', 1, 'returned', '2026-11-20', 'staff.ito', '架空の証明書')`,
  );
  await expect(bare).rejects.toMatchObject({ constraint: "filing_document_handed_back" });
  expect((await examinePanel(clerk, filingId)).handedBack).toEqual([]);
  await handBackDocument(clerk, { filingId, paper, how: "counter", reason: "所得は見ないため" });
  await handBackDocument(clerk, { filingId, paper: "架空の戸籍", how: "post", reason: "住民票で分かるため" });
  const panel = await examinePanel(clerk, filingId);
  expect(panel.handedBack).toEqual([
    { paper, how: "counter", on: TODAY, reason: "所得は見ないため", by: "staff.ito" },
    { paper: "架空の戸籍", how: "post", on: TODAY, reason: "住民票で分かるため", by: "staff.ito" },
  ]);
  // What was examined is as good as before: state, version and digest are the same.
  expect(panel.filing).toMatchObject({ state: "examined", revision });
  expect(panel).toMatchObject({ upToDate: true });
  expect(panel.filing.examination?.digest).toBe(digest);
});
