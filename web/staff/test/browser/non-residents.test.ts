/** 住登外者 and 項目の権限 in the browser: a number only after a search, and of a person only the items that somebody else granted. */
import { writeFile } from "node:fs/promises";
import { enterNumber, IndividualNumber, numberStatus } from "@hagukumi/unified-addressee/contract.ts";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { pdfText } from "../../../../platform/test/support/pdf-text.ts";
import { freshService } from "../../../../systems/unified-addressee/test/support/service.ts";
import type { TestService } from "../../../../systems/unified-addressee/test/support/service.ts";
import { type Actor, makeActor } from "../support/actors.ts";
import { openBrowser } from "../support/browser.ts";
import { buildApp } from "../support/built-app.ts";
import { sitDown } from "../support/page-walk.ts";
import { serveDesk } from "../support/served-desk.ts";
import type { ServedDesk } from "../support/served-desk.ts";
import { expectAccessible, openCounter } from "../support/terminal-browser.ts";

const database = useDatabase();
const PICTURES = process.env["HAGUKUMI_PICTURES"];
let browser: Browser;
let desk: ServedDesk;
let service: TestService;
const actors: Record<"examiner" | "approver" | "rightsApprover", Actor | undefined> = {
  examiner: undefined,
  approver: undefined,
  rightsApprover: undefined,
};

async function seat(role: keyof typeof actors, path: string): Promise<Page> {
  const { context, page } = await openCounter(browser, desk.server.url);
  const actor = actors[role];
  if (actor === undefined) throw new Error(role);
  await sitDown(context, desk.server.url, actor);
  await page.setViewportSize({ width: 1280, height: 1000 });
  await page.goto(`${desk.server.url}${path}`);
  await page.getByRole("heading", { level: 1 }).waitFor();
  return page;
}
const fill = async (page: Page, fields: Readonly<Record<string, string>>): Promise<void> => {
  for (const [label, value] of Object.entries(fields)) await page.getByRole("dialog").getByLabel(label).fill(value);
};
const press = async (page: Page, name: string): Promise<void> => {
  await page.getByRole("dialog").getByRole("button", { name, exact: true }).click();
};
const picture = async (page: Page, name: string): Promise<void> => {
  if (PICTURES !== undefined) await page.screenshot({ path: `${PICTURES}/office-${name}.png`, fullPage: true });
};

beforeAll(async () => {
  buildApp();
  browser = await openBrowser();
  service = await freshService();
  desk = await serveDesk(database.pool, { addressee: { vault: service.vault, signer: service.signer } });
  for (const role of ["examiner", "approver", "rightsApprover"] as const) {
    actors[role] = await makeActor(database.pool, `j.${role.toLowerCase()}`, role);
  }
}, 180_000);
afterAll(async () => {
  await browser.close();
  await desk.end();
  await service.drop();
});

it(
  "a person without residence: searched for, numbered, seen item by item as another grants it, with an agent, and ended into a 名寄せ",
  { timeout: 120_000 },
  async () => {
    const page = await seat("examiner", "/non-residents");
    expect(await page.getByRole("button", { name: "新しい番号" }).count()).toBe(0);
    await page.getByRole("button", { name: "候補を検索する" }).click();
    await fill(page, { フリガナ: "カクウ ヨソコ", 生年月日: "1990-02-03" });
    await press(page, "検索する");
    await page.getByText("この人らしい登録はありません。").waitFor();
    await page.getByRole("button", { name: "どれでもない。新しい番号をつける" }).click();
    await fill(page, { 氏名: "架空　余所子", 住所: "架空県架空市１番地", わけ: "架空の施設からの届出" });
    await page.getByRole("dialog").getByLabel("性別").selectOption("2");
    await page.getByRole("dialog").getByLabel("どこから得たか").selectOption("application");
    await expectAccessible(page, "a registration");
    await picture(page, "non-resident");
    await press(page, "登録する");
    const said = await page.getByText(/宛名番号 \d{15} です。$/).innerText();
    const number = /\d{15}/.exec(said)?.[0] ?? "";

    const show = async (): Promise<void> => {
      await page.getByRole("button", { name: "宛名番号で照会する" }).click();
      await fill(page, { 宛名番号: number });
      await page.getByRole("dialog").getByLabel("処理事由").selectOption({ index: 1 });
      await press(page, "照会する");
      await page.getByRole("heading", { name: `宛名番号 ${number}` }).waitFor();
    };
    await show();
    expect(await page.locator("main").innerText()).not.toContain("余所子");

    const head = await seat("approver", "/item-rights");
    const grantor = await seat("rightsApprover", "/item-rights");
    const { rows } = await database.pool.query<{ from: string; to: string }>(
      "SELECT '2026-01-01' AS from, '2026-12-31' AS to",
    );
    for (const item of ["氏名", "代理人・送付先・後見人"]) {
      await head.getByRole("button", { name: "項目の権限を申請する" }).click();
      await fill(head, { 職員の識別子: "j.examiner", いつから: rows[0]?.from ?? "", いつまで: rows[0]?.to ?? "" });
      await head.getByRole("dialog").getByLabel("項目").selectOption({ label: item });
      await press(head, "申請する");
      await head.getByText("申請しました。").waitFor();
      expect(await head.getByRole("button", { name: /を承認する$/ }).count()).toBe(0);
      // Asked for is not yet granted.
      await show();
      expect(await page.locator("main").innerText()).not.toContain(item === "氏名" ? "余所子" : "登録はありません");
      await grantor.reload();
      await grantor.getByRole("button", { name: `j.examinerの「${item}」を承認する` }).click();
      await grantor.getByText("承認しました。").waitFor();
    }
    await expectAccessible(grantor, "rights on items");
    await picture(grantor, "item-rights");
    await show();
    expect(await page.locator("main").innerText()).toContain("余所子");
    expect(await page.locator("main").innerText()).not.toContain("架空県架空市");

    await page.getByRole("button", { name: "代理人などを登録する" }).click();
    await page.getByRole("dialog").getByLabel("種類").selectOption("guardian");
    await fill(page, {
      その人の宛名番号: "900000000001101",
      いつから: "2026-04-01",
      根拠の書類: "架空の登記事項証明書",
    });
    await press(page, "登録する");
    await page.getByRole("rowheader", { name: "成年後見人" }).waitFor();
    await expectAccessible(page, "somebody without residence");
    await picture(page, "non-residents");

    await page.getByRole("button", { name: "住民になった・誤りとして終える" }).click();
    await page.getByRole("dialog").getByLabel("わけ").selectOption("becameResident");
    await fill(page, { 終わりの日: "2026-11-20", 住民としての宛名番号: "900000000001201" });
    await press(page, "終える");
    await page.getByText(/名寄せ \d+ を申し出ました/).waitFor();
    await show();
    await page.getByRole("table", { name: "名寄せの履歴" }).getByText("承認待ち").waitFor();
    // Every look is in the access log, with the purpose that was chosen.
    const { rows: logged } = await database.pool.query<{ operation: string; purposes: number }>(
      `SELECT operation, count(DISTINCT purpose_code)::int AS purposes FROM access.log WHERE addressee_number = $1 AND action = 'read' GROUP BY 1 ORDER BY 1`,
      [Number(number)],
    );
    expect(logged).toEqual([
      { operation: "openNonResident", purposes: 1 },
      { operation: "readNonResident", purposes: 1 },
    ]);
  },
);

it(
  "a number to be erased: asked for by one, erased by another, certified on paper; whoever asked cannot erase",
  { timeout: 120_000 },
  async () => {
    const [number, other] = [900000000001101, 900000000001201];
    const own = (operator: string) => ({
      pool: database.pool,
      vault: service.vault,
      signer: service.signer,
      operator,
      purpose: "試験",
      today: "2026-11-24",
    });
    const evidence = {
      numberPaper: "individualNumberCard",
      identityPaper: "passport",
      checkedOn: "2026-11-20",
    } as const;
    const digits = service.drawDigits();
    for (const actor of ["j.examiner", "j.approver", "uketsuke.ichi"]) await service.allow(actor);
    for (const [addresseeNumber, typed] of [
      [number, digits],
      [other, service.drawDigits()],
    ] as const) {
      await enterNumber(own("uketsuke.ichi"), {
        key: `enter/${String(addresseeNumber)}`,
        systemCode: "allowance",
        addresseeNumber,
        number: IndividualNumber.read(typed),
        evidence,
      });
    }
    const page = await seat("examiner", "/number-erasures");
    await page.getByText("決まっていません（だれも候補になりません）。").waitFor();
    await page.getByRole("button", { name: "命令・本人の求めによる消去を申し出る" }).click();
    await fill(page, { 宛名番号: String(number), わけ: "架空の本人の求めによる" });
    await press(page, "申し出る");
    await page.getByText("1人の消去を申し出ました。別の人が消します。").waitFor();
    await page.getByText("別の人が消すのを待っています").waitFor();
    // Who asked may confirm nothing here: the button is not there.
    expect(await page.getByRole("button", { name: /確かめて消す/ }).count()).toBe(0);
    await expectAccessible(page, "erasures that wait");

    const head = await seat("approver", "/number-erasures");
    await head.getByRole("button", { name: "待っている1人を確かめて消す" }).click();
    await expectAccessible(head, "an erasure");
    await picture(head, "erase");
    await press(head, "消す");
    await head.getByText("1人の個人番号 1件を消しました。").waitFor();
    await picture(head, "erasures");
    await head.getByRole("button", { name: /の証明書を出す$/ }).click();
    await head
      .getByRole("dialog", { name: /個人番号消去証明書/ })
      .getByRole("button", { name: "印刷する" })
      .waitFor();
    const answer = await fetch(`${desk.server.url}/api/v1/number-erasures/1/certificate`, {
      headers: { cookie: actors.approver?.cookie ?? "" },
    });
    const paper = Buffer.from(await answer.arrayBuffer());
    if (PICTURES !== undefined) await writeFile(`${PICTURES}/erasure.pdf`, paper);
    const text = pdfText(paper).replaceAll(/\s/g, "");
    for (const words of [
      "個人番号消去証明書",
      "000900000000001101".slice(-15),
      "j.examiner",
      "j.approver",
      "架空の本人の求めによる",
    ])
      expect(text).toContain(words);
    expect(text).not.toContain(digits);
    // Gone for good: nobody can show it, and the other's is still there.
    await expect(numberStatus(own("j.examiner"), "allowance", number).then(({ state }) => state)).resolves.toBe("none");
    await expect(numberStatus(own("j.examiner"), "allowance", other).then(({ state }) => state)).resolves.toBe(
      "unconfirmed",
    );
  },
);
