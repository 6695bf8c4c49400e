import { describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { FORM_CODES } from "../../src/notices/forms/form-codes.ts";
import { NOTICE_KINDS, sourceOf, TOLD_ELSEWHERE } from "../../src/notices/sources/list.ts";
import { readSources } from "../../src/notices/sources/source.ts";
import { certifiedFamily, exOfficio, onDay } from "../support/families.ts";
import { testContext, testFolder } from "../support/context.ts";
import { decided, prepare } from "../support/filings.ts";
import { answerRequest, putRequest, waitingRequests } from "../../src/decision-requests/requests.ts";
import { placeHold, releaseHold } from "../../src/holds/holds.ts";
import { createLetterRun } from "../../src/notices/runs/create-run.ts";
import { requestCover } from "../../src/notices/runs/requests.ts";
import { seedDemoTexts } from "../../src/notices/texts/change-text.ts";
import { requestDocuments } from "../../src/filings/documents.ts";
import { submitFiling } from "../../src/filings/receive.ts";
import { formOf } from "../../src/notices/forms/list.ts";
import { letterText, type LetterContent } from "../../src/notices/content/letter.ts";
import { birthClaim, bring } from "../support/filings.ts";
import { resident } from "../support/feeds.ts";
import { month } from "@hagukumi/law/contract.ts";

const database = useDatabase();
const folder = testFolder();
const clerk = testContext(database, folder, "staff.ito");
const approver = testContext(database, folder, "staff.kato");
const FAMILY = 700_100_000;

describe("通知書のもと", () => {
  it("every statement runs, and gives nothing where nothing was decided", async () => {
    for (const code of FORM_CODES) {
      const question = { from: "2010-04-01", documentOn: "2027-03-31", paymentRunNo: null };
      expect(await readSources(database.pool, sourceOf(code), question, 10), code).toStrictEqual([]);
    }
  });

  it("every kind of notice that a procedure or a mass job leaves has its form, or is told by another one", async () => {
    const { rows } = await database.pool.query<{ kind: string }>(
      "SELECT kind FROM allowance.notice_kind ORDER BY kind",
    );
    const told = new Set([...NOTICE_KINDS, ...TOLD_ELSEWHERE]);
    expect(rows.map(({ kind }) => kind).filter((kind) => !told.has(kind))).toStrictEqual([]);
  });

  it("what was decided is told once, each decision in the form of its kind: claims, ex officio, refusals, holds, papers, ends", async () => {
    await prepare(database.pool);
    await seedDemoTexts(testContext(database, folder, "mongon.ichiro"), testContext(database, folder, "mongon.niro"));
    const recipientId = await certifiedFamily({ clerk, approver }, FAMILY, ["2015-05-01", "2024-06-02"]);
    const holdId = await placeHold(clerk, {
      recipientId,
      kind: "hold",
      fromMonth: month("2026-10"),
      cause: "現況届の提出がないため",
    });
    await releaseHold(clerk, holdId, "現況届が出されたため");
    // A claim whose papers are sent back
    await bring(clerk, { residents: [resident(FAMILY + 50, "1991-01-01"), resident(FAMILY + 51, "2026-11-01")] });
    const sent = await submitFiling(clerk, { form: birthClaim(FAMILY + 50, FAMILY + 51, "2026-11-01", "2026-11-10") });
    await requestDocuments(clerk, {
      filingId: sent.filingId,
      how: "returned",
      documents: [],
      reason: "口座の写しがないため",
      dueOn: "2026-12-15",
    });
    await requestCover(clerk, { recipientId, enclosures: ["認定請求書"], note: "" });
    // Detained: the office ends the right by itself
    await decided(
      onDay(clerk, "2026-11-23"),
      onDay(approver, "2026-11-23"),
      exOfficio("detention", "2026-11-20", { claimant: FAMILY, from: "2026-11-05" }),
    );
    // 支給制限 (10条): decided, ended, and in the end taken back; each is told
    for (const content of [
      {
        kind: "restriction",
        recipientId,
        childNumber: null,
        fromMonth: "2026-10",
        causeCode: "questionUnanswered",
        demandedOn: "2026-10-01",
        answerDueOn: "2026-10-31",
        demandDocument: "架空第9号",
        reason: "訪問と質問に三度応じない",
      },
      {
        kind: "restrictionEnd",
        restrictionId: 1,
        compliedOn: "2026-11-10",
        payableFrom: "2026-11",
        reason: "質問に応じた",
      },
      { kind: "restrictionCancellation", restrictionId: 1, reason: "入院していたことが分かった" },
    ] as const) {
      const requestId = await putRequest(onDay(clerk, "2026-11-24"), { content });
      const contentDigest = (await waitingRequests(database.pool))[0]?.contentDigest ?? "";
      const answer = { outcome: "approved", contentDigest } as const;
      await answerRequest(onDay(approver, "2026-11-24"), { requestId, answer });
    }
    const made = new Map<string, readonly string[]>();
    const day = "2026-11-30";
    for (const code of FORM_CODES) {
      const run = await createLetterRun(onDay(clerk, day), { form: code, documentOn: day, mailOn: day }).catch(
        () => undefined,
      );
      if (run === undefined) continue;
      const { rows } = await database.pool.query<{ content: LetterContent }>(
        "SELECT content FROM allowance.letter WHERE run_no = $1 ORDER BY seq",
        [run.runNo],
      );
      made.set(
        formOf(code).number,
        rows.map(({ content }) => letterText(content).join("\n")),
      );
    }
    expect([...made.keys()].toSorted()).toStrictEqual(["F1", "F11", "F21", "F22", "F9"]);
    // Under 3: 15,000; born 2015: 10,000 → 25,000
    expect(made.get("F1")?.[0]).toContain("25,000円");
    expect(made.get("F1")?.[0]).toContain("令和8年6月分から");
    expect(made.get("F21")?.[0]).toContain("令和8年11月分まで");
    expect(made.get("F21")?.[0]).toContain("拘禁");
    const [, ...restriction] = made.get("F21") ?? [];
    const of = (title: string): string => restriction.find((each) => each.includes(title)) ?? "";
    // 15,000 + 10,000 of October are not granted; why, and where to appeal
    for (const words of [
      "架空第9号",
      "三度応じない",
      "25,000円",
      "令和8年10月分から",
      "審査請求",
      "さかのぼって支給されません",
    ]) {
      expect(of("児童手当支給制限通知書"), words).toContain(words);
    }
    expect(of("児童手当支給制限終了通知書")).toMatch(/令和8年10月分から令和8年10月分まで[\s\S]*令和8年11月分から/);
    expect(of("児童手当支給制限取消通知書")).toMatch(/入院していた[\s\S]*まとめて支払います/);
    expect(made.get("F9")?.join("\n")).toMatch(/一時差し止めます[\s\S]*解除しました/);
    expect(made.get("F11")?.[0]).toContain("口座の写しがないため");
    for (const code of FORM_CODES) {
      await expect(
        createLetterRun(onDay(clerk, day), { form: code, documentOn: day, mailOn: day }),
        code,
      ).rejects.toMatchObject({ code: "letterNothing" });
    }
  });
});
