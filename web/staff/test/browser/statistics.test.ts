/** 統計 on the screen: figures, their cases by keyboard, the gap in the shares filled by two people, a report kept and approved. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { advance, create, settleAndClose } from "../../../../systems/allowance/test/support/runs.ts";
import { makeActor } from "../support/actors.ts";
import type { Actor } from "../support/actors.ts";
import { openBrowser } from "../support/browser.ts";
import { buildApp } from "../support/built-app.ts";
import { serveDesk } from "../support/served-desk.ts";
import type { ServedDesk } from "../support/served-desk.ts";
import { expectAccessible, openCounter } from "../support/terminal-browser.ts";
import type { Counter } from "../support/terminal-browser.ts";

const database = useDatabase();
let browser: Browser;
let desk: ServedDesk;
let examiner: Actor;
let approver: Actor;
const PICTURES = process.env["HAGUKUMI_PICTURES"];

async function windowOf(actor: Actor): Promise<Counter> {
  const counter = await openCounter(browser, desk.server.url);
  const cookies = actor.cookie.split("; ").map((pair) => {
    const [name = "", value = ""] = pair.split("=");
    return { name, value, url: desk.server.url.replace("http:", "https:"), secure: true, sameSite: "Strict" } as const;
  });
  await counter.context.addCookies([...cookies]);
  await counter.page.setViewportSize({ width: 1280, height: 1000 });
  return counter;
}

async function picture({ page }: Counter, name: string): Promise<void> {
  if (PICTURES !== undefined) await page.screenshot({ path: `${PICTURES}/statistics-${name}.png`, fullPage: true });
}

beforeAll(async () => {
  buildApp();
  browser = await openBrowser();
  desk = await serveDesk(database.pool);
  const { runNo } = await create(database.pool);
  await advance(database.pool, runNo, "handedOver");
  await settleAndClose(database.pool, runNo);
  // The office works in November: the payment month is December.
  examiner = await makeActor(database.pool, "t.shinsa", "examiner");
  approver = await makeActor(database.pool, "t.kakaricho", "approver");
}, 180_000);
afterAll(async () => {
  await browser.close();
  await desk.end();
});

/** What each share is typed as; 18条 as it is from 2029, for a made-up order of 2026. */
const SHARES = [
  ["3歳未満分（被用者）", { 拠出金: "2/5", 支援納付金: "３／５" }],
  ["3歳未満分（非被用者）", { 国庫: "4/15", 支援納付金: "9/15", 都道府県: "1/15", 市町村: "1/15" }],
  ["3歳以上分", { 国庫: "4/9", 支援納付金: "3/9", 都道府県: "1/9", 市町村: "1/9" }],
] as const;

it("a month in tables with bars; behind a figure its cases, by keyboard, with a purpose; the file is a spreadsheet", async () => {
  const counter = await windowOf(examiner);
  const { page } = counter;
  await page.goto(`${desk.server.url}/statistics`);
  await page.getByRole("heading", { name: "令和8年9月（2026年）分の人数と額" }).waitFor();
  await page.getByText("この月分の定時の支払処理はまだありません。").waitFor();
  await page.getByLabel("月分").fill("2026-13");
  await page.getByText("この年月は読めないか、存在しません。").waitFor();
  await page.getByLabel("月分").fill("2026-10");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "令和8年10月（2026年）分の人数と額" }).waitFor();
  const funds = page.getByRole("region", { name: "財源ごとの児童数と額の表" });
  // 15,000 + 30,000; 10,000 × 6
  await funds.getByRole("row", { name: /3歳未満分（被用者） 2 45,000円/ }).waitFor();
  await funds.getByRole("row", { name: /合計 8 105,000円/ }).waitFor();
  await expectAccessible(page, "statistics of a month");
  await picture(counter, "1-month");
  await funds.getByRole("button", { name: /内訳.*3歳未満分（被用者）/ }).focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "数字の内訳" });
  await dialog.waitFor();
  expect(await dialog.getByRole("button", { name: "内訳を見る" }).isDisabled()).toBe(true);
  await dialog.getByLabel("処理事由").selectOption({ label: "数字を確かめる" });
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await dialog.getByText("受給者 2人、児童数（人） 2、額 45,000円。").waitFor();
  await expectAccessible(page, "cases of a figure");
  await picture(counter, "2-cases");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "すべての表を表計算ファイルで取り出す" }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("statistics-month-2026-10.xlsx");
  if (PICTURES !== undefined) await download.saveAs(`${PICTURES}/statistics.xlsx`);
  await counter.context.close();
});

it("the year without shares says what is missing; one enters the order, another approves; the report is kept and approved likewise", async () => {
  const counter = await windowOf(examiner);
  const { page } = counter;
  await page.goto(`${desk.server.url}/statistics`);
  await page.getByLabel("統計", { exact: true }).selectOption("grant");
  await page.getByLabel("年度").selectOption("2026");
  await page.getByRole("button", { name: "表示する" }).click();
  // (105,000 − 10,000 of the family without an account) × 2 months
  await page.getByText("負担割合のない支払額が 190,000円あります。").waitFor();
  await page.getByRole("heading", { name: "2026年度の負担割合の入力" }).waitFor();
  for (const [cell, shares] of SHARES) {
    const group = page.getByRole("group", { name: cell, exact: true });
    for (const [bearer, text] of Object.entries(shares)) await group.getByLabel(bearer, { exact: true }).fill(text);
  }
  const over = page.getByRole("group", { name: "3歳以上分", exact: true });
  await over.getByLabel("特例公債", { exact: true }).fill("九分の一");
  await over.getByText("分子/分母 の形で入れてください。").waitFor();
  await expectAccessible(page, "shares that are no fractions");
  await over.getByLabel("特例公債", { exact: true }).fill("1/9");
  await page.getByRole("textbox", { name: "根拠" }).fill("架空の政令第1号");
  await page.getByRole("button", { name: "入力する（別の人が承認）" }).click();
  await page.getByText("負担割合を足してちょうど1にならない区分があります。").waitFor();
  await over.getByLabel("特例公債", { exact: true }).fill("");
  await page.getByRole("button", { name: "入力する（別の人が承認）" }).click();
  await page.getByText("承認待ち").first().waitFor();
  await picture(counter, "3-shares");

  const other = await windowOf(approver);
  await other.page.goto(`${desk.server.url}/statistics`);
  await other.page.getByLabel("統計", { exact: true }).selectOption("grant");
  await other.page.getByRole("button", { name: "表示する" }).click();
  await other.page.getByRole("button", { name: /この内容で承認する/ }).click();
  await other.page.getByText("負担割合を承認しました。").waitFor();
  // 90,000 × 2/5 = 36,000 and 54,000; 100,000 × 4/9 = 44,444.4, 3/9 = 33,333.3, 1/9 = 11,111.1 each: 99,999, the yen to the first
  const account = other.page.getByRole("region", { name: "費用負担の区分ごとの支払額と負担の表" });
  await account.getByText("36,000円").first().waitFor();
  await account.getByText("44,445円").first().waitFor();
  await expectAccessible(other.page, "account of the grant");
  await picture(other, "4-grant");
  expect(await other.page.getByRole("button", { name: "この数字を報告として残す" }).count()).toBe(0);

  await page.reload();
  await page.getByLabel("統計", { exact: true }).selectOption("grant");
  await page.getByRole("button", { name: "表示する" }).click();
  await page.getByRole("button", { name: "この数字を報告として残す" }).click();
  await page.getByLabel("何のための報告か").fill("令和8年度 実績報告（架空）");
  await page.getByRole("button", { name: "残す", exact: true }).click();
  await page.getByText("報告 1 として残しました。別の人が承認してください。").waitFor();
  await other.page.reload();
  await other.page.getByRole("button", { name: /承認する.*報告 1/ }).click();
  await other.page.getByText("報告 1 を承認しました。").waitFor();
  await other.page.getByRole("button", { name: /数字を見る.*報告 1/ }).click();
  await other.page.getByRole("heading", { name: "2026年度の交付金の計算" }).waitFor();
  await expectAccessible(other.page, "reports");
  await picture(other, "5-report");
  await other.page.getByLabel("統計", { exact: true }).selectOption("annual");
  await other.page.getByRole("button", { name: "表示する" }).click();
  await other.page.getByRole("heading", { name: /2026年度の事業年報/ }).waitFor();
  await expectAccessible(other.page, "annual return");
  await picture(other, "6-annual");
  await counter.context.close();
  await other.context.close();
});
