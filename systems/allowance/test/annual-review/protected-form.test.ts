/** A protected family through the forms of the year: no trace of where they live, before and after the protection begins. */
import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { pdfText } from "../../../../platform/test/support/pdf-text.ts";
import { readForms } from "../../src/annual-review/forms.ts";
import { openReviewYear } from "../../src/annual-review/year.ts";
import { addEntry, confirmEntry } from "../../src/case-file/write-entry.ts";
import { approveLetterRun, orderPrinting } from "../../src/notices/runs/approve-run.ts";
import { createLetterRun } from "../../src/notices/runs/create-run.ts";
import { printLetterRun } from "../../src/notices/runs/print-run.ts";
import { trayLetters } from "../../src/notices/runs/waiting.ts";
import { seedDemoTexts } from "../../src/notices/texts/change-text.ts";
import { changeSetting, demoSettings } from "../../src/settings.ts";
import { testContext, testFolder } from "../support/context.ts";
import { certifiedFamily, onDay } from "../support/families.ts";
import { number15, resident } from "../support/feeds.ts";
import { bring, prepare } from "../support/filings.ts";
import { linesOf, runJob } from "../support/reviews.ts";

const database = useDatabase();
const dir = testFolder();
const clerk = testContext(database, dir, "staff.ito");
const approver = testContext(database, dir, "staff.sato");
const clerks = { clerk, approver };
const SHELTER = "隠里区避難町７丁目７番７号";
const id: Record<string, number> = {};

/** A father who receives, with one child at home and one apart at `place`; the mother is recorded there too. */
async function apart(base: number, place: string, guarded: boolean): Promise<number> {
  const recipient = await certifiedFamily(clerks, base, ["2018-05-10", "2015-06-10"]);
  const away = (number: number, birth: string, historyNo: string) =>
    resident(number, birth, {
      履歴番号: historyNo,
      世帯番号: number15(base + 50),
      異動年月日: "2026-05-01",
      異動事由コード: "10",
      住所: place,
      支援措置区分: guarded ? "1" : "0",
    });
  await bring(clerk, { residents: [away(base + 2, "2015-06-10", "2"), away(base + 9, "1991-03-03", "1")] });
  const child = await addEntry(onDay(clerk, "2026-05-27"), "childCircumstance", {
    addresseeNumber: base,
    validFrom: "2026-05-20",
    content: {
      childNumber: base + 2,
      relation: "20",
      living: "apart",
      apartReason: "divorceTalks",
      care: "custody",
      livelihood: "maintained",
    },
  });
  await confirmEntry(onDay(approver, "2026-05-28"), "childCircumstance", child);
  const mother = await addEntry(onDay(clerk, "2026-05-27"), "relatedPerson", {
    addresseeNumber: base,
    validFrom: "2020-01-01",
    content: { relatedNumber: base + 9, role: "spouse" },
  });
  await confirmEntry(onDay(approver, "2026-05-28"), "relatedPerson", mother);
  return recipient;
}

beforeAll(async () => {
  await prepare(database.pool);
  // The city that prints addresses of children apart: what the gate holds back, it holds back also there.
  const value = { ...demoSettings.annualReview, printSeparatedAddress: true };
  await changeSetting(clerk, { name: "annualReview", validFrom: "2026-04-01", value, approvedBy: "staff.sato" });
  id["open"] = await apart(63_100, "別区公開町３丁目", false);
  id["hidden"] = await apart(63_200, SHELTER, true);
  id["later"] = await apart(63_300, `${SHELTER}２号室`, false);
  await openReviewYear(onDay(clerk, "2026-06-01"), 2026);
  await runJob(clerks, "reviewCheck", 2026, "2026-06-03");
});

const everyByte = async (recipient: number): Promise<string> => {
  const { rows } = await database.pool.query<{ text: string }>(
    `SELECT (SELECT string_agg(to_jsonb(f)::text, '') FROM allowance.review_form f WHERE f.recipient_id = $1)
         || (SELECT string_agg(to_jsonb(i)::text, '') FROM allowance.mass_item i WHERE i.recipient_id = $1)
         || coalesce((SELECT string_agg(to_jsonb(n)::text, '') FROM allowance.review_notice n WHERE n.recipient_id = $1), '') AS text`,
    [recipient],
  );
  return rows[0]?.text ?? "";
};
const formOf = async (name: string) =>
  (await readForms(database.pool, 2026)).find(({ recipientId }) => recipientId === id[name]);

describe("日野市 2023 (I-3)", () => {
  it("[A78] the form of a family with a protected member shows no address and waits in the manual tray; nothing that was stored, listed or told holds a byte of it", async () => {
    const run = await runJob(clerks, "reviewForms", 2026, "2026-06-05");
    await runJob(clerks, "reviewReminder", 2026, "2026-07-25");
    expect((await linesOf(database.pool, run)).get(id["hidden"] ?? 0)).toMatchObject({ kind: "manual" });
    const form = await formOf("hidden");
    expect(form?.tray).toBe("manual");
    expect(form?.material.people.map(({ address, sameAddress }) => [address, sameAddress])).toEqual([
      [null, false],
      [null, false],
      [null, false],
    ]);
    expect(form?.proof).toEqual([]);
    const bytes = await everyByte(id["hidden"] ?? 0);
    expect(bytes.length).toBeGreaterThan(500);
    for (const part of [SHELTER, "避難町", "隠里区"]) expect(bytes).not.toContain(part);
    // The mother herself is no part of the father's form.
    expect(form?.material.people.map(({ number }) => number)).not.toContain(63_209);
  });

  it("[A78] every printed address that is not the recipient's stands in the proof list, and no other", async () => {
    const form = await formOf("open");
    expect(form?.tray).toBe("print");
    expect(form?.proof).toEqual([{ number: 63_102, address: "別区公開町３丁目" }]);
    const printed = form?.material.people.filter(({ role, address }) => role !== "recipient" && address !== null);
    expect(printed?.map(({ number }) => number)).toEqual([63_102]);
  });

  it("who comes under protection after the form was made goes to the manual tray, blank, when it is read for printing", async () => {
    expect((await formOf("later"))?.tray).toBe("print");
    await bring(clerk, {
      residents: [
        resident(63_302, "2015-06-10", {
          履歴番号: "3",
          世帯番号: number15(63_350),
          異動年月日: "2026-06-08",
          異動事由コード: "10",
          住所: `${SHELTER}２号室`,
          支援措置区分: "1",
        }),
      ],
    });
    const form = await formOf("later");
    expect(form?.tray).toBe("manual");
    expect(JSON.stringify(form)).not.toContain("避難町");
  });

  it("[D28] 現況届 on paper: the words of the form as they should stand, letter by letter; the protected family's waits in the tray and, printed from there, shows no address", async () => {
    const day = "2026-06-09";
    await seedDemoTexts(
      onDay(testContext(database, dir, "mongon.ichiro"), day),
      onDay(testContext(database, dir, "mongon.niro"), day),
    );
    const printed = async (manual?: { readonly sourceKeys: readonly string[]; readonly reason: string }) => {
      const asked = { form: "annualReport", documentOn: day, mailOn: day } as const;
      const made = await createLetterRun(onDay(clerk, day), manual === undefined ? asked : { ...asked, manual });
      await approveLetterRun(onDay(approver, day), { runNo: made.runNo, listDigest: made.listDigest });
      await orderPrinting(onDay(clerk, day), { runNo: made.runNo });
      await printLetterRun(onDay(clerk, day), made.runNo);
      const { rows } = await database.pool.query<{ bytes: Buffer }>(
        "SELECT bytes FROM allowance.letter_file WHERE run_no = $1",
        [made.runNo],
      );
      return { made, text: pdfText(rows[0]?.bytes ?? Buffer.alloc(0)).replaceAll(/\s+/g, "") };
    };
    const { text } = await printed();
    // The family with nobody to protect, in a city that prints where a child apart lives: 2018-05-10 is 平成30年, 2015-06-10 is 平成27年; the due day is 30 June.
    expect(text).toBe(
      [
        "〒860-8601架空熊本市中央区架空町1番1号架空熊本市役所こども支援課（返還先）架こ支第1号令和8年6月9日架空熊本市長架空市長児童手当現況届デモ（架空のデータ）",
        "〒860-0000架空町１丁目架空63100子様印刷1-1封筒1000000011/2頁F72026-11版2026年度",
        "令和8年度の児童手当の現況届です。6月1日の状況を確かめ、違うところを直し、空いているところに書いて、提出してください（児童手当法26条、施行規則4条）。",
        "提出がないと、8月分からの手当の支払を差し止めることがあります（児童手当法11条）。",
        "認定番号0000000001提出期限令和8年6月30日氏名架空63100子生年月日平成2年1月1日住所架空町１丁目",
        "提出をお願いする理由1離婚協議中で、配偶者と別居している2児童と別居して監護している",
        "児童と、算定の対象になる兄姉等氏名生年月日同居・別居別居のときの住所（書いてください）",
        "架空63101子平成30年5月10日同居・別居架空63102子平成27年6月10日同居・別居別区公開町３丁目",
        "受給者が書くところ加入している年金厚生年金・国民年金・その他（）配偶者あり・なし氏名電話番号記入した日令和年月日",
        "いっしょに提出する書類1別居監護申立書2離婚協議中であることを明らかにする書類",
        "受付コード（市で読み取ります）R202600000000011",
        "印刷1-1封筒1000000012/2頁F72026-11版2026年度児童手当現況届（つづき）お問い合わせ先架空熊本市こども局こども支援課児童手当係電話000-000-0000（開庁日の8時30分から17時15分まで）",
      ].join(""),
    );
    const waiting = (await trayLetters(database.pool, true)).map(({ sourceKey }) => sourceKey);
    expect(waiting).toHaveLength(2);
    const hidden = await printed({ sourceKeys: waiting, reason: "支援措置: 手で確かめた" });
    expect(hidden.text).toContain("現況届");
    for (const part of [SHELTER, "避難町", "隠里区", "７丁目"]) {
      expect(text).not.toContain(part);
      expect(hidden.text).not.toContain(part);
    }
  });
});
