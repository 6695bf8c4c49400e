/** 通知書 on the screen: ordered, approved by another, printed, checked, mailed; on the case its words, its way, and again. */
import { seedDemoTexts, workLetters } from "@hagukumi/allowance/contract.ts";
import type { Context } from "@hagukumi/allowance/contract.ts";
import { civilDate } from "@hagukumi/law/contract.ts";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { contextOf } from "../../../../systems/allowance/test/support/cases.ts";
import { makeActor } from "../support/actors.ts";
import type { Actor } from "../support/actors.ts";
import { openBrowser } from "../support/browser.ts";
import { callFromPage } from "../support/browser-steps.ts";
import { buildApp } from "../support/built-app.ts";
import { sitDown } from "../support/page-walk.ts";
import { serveDesk } from "../support/served-desk.ts";
import type { ServedDesk } from "../support/served-desk.ts";
import { expectAccessible } from "../support/terminal-browser.ts";

const database = useDatabase();
const TODAY = "2026-12-01";
const HANAKO = 900_000_000_001_101;
const PICTURES = process.env["HAGUKUMI_PICTURES"];
let browser: Browser;
let desk: ServedDesk;
const pages = new Map<string, Page>();

const as = (operator: string): Context => contextOf(database.pool, operator, TODAY);

async function sit(name: string, actor: Actor): Promise<void> {
  const context = await browser.newContext({ locale: "ja-JP", viewport: { width: 1280, height: 1000 } });
  await sitDown(context, desk.server.url, actor);
  const page = await context.newPage();
  await page.goto(desk.server.url);
  await page.getByRole("heading", { level: 1 }).waitFor();
  page.setDefaultTimeout(15_000);
  pages.set(name, page);
}

function of(name: string): Page {
  const page = pages.get(name);
  if (page === undefined) throw new Error(`no ${name}`);
  return page;
}

/** axe finds nothing; a picture where somebody wants to look. */
async function seen(page: Page, name: string): Promise<void> {
  await expectAccessible(page, name);
  if (PICTURES !== undefined) await page.screenshot({ path: `${PICTURES}/${name}.png`, fullPage: true });
}

const press = async (page: Page, name: string | RegExp): Promise<void> =>
  await page.getByRole("button", { name, exact: true }).first().click();

beforeAll(async () => {
  buildApp();
  browser = await openBrowser();
  desk = await serveDesk(database.pool, { today: () => civilDate(TODAY) });
  // Each person a household of their own: in one household with the protected person every letter would be hers.
  await database.pool.query(
    "UPDATE allowance.person_history SET household_number = addressee_number, address = CASE WHEN protected THEN address ELSE '架空市東区架空台' || (addressee_number % 100) || '番地' END",
  );
  await seedDemoTexts(as("mongon.ichiro"), as("mongon.niro"));
  await sit("examiner", await makeActor(database.pool, "l.shinsa", "examiner"));
  await sit("approver", await makeActor(database.pool, "l.kakaricho", "approver"));
  await sit("officer", await makeActor(database.pool, "l.hogo", "protectionOfficer"));
}, 180_000);
afterAll(async () => {
  await browser.close();
  await desk.end();
});

it(
  "a run on the screen: ordered, made, its samples seen and approved by another, printed, checked, mailed",
  { timeout: 120_000 },
  async () => {
    const page = of("examiner");
    const at = desk.server.url;
    await page.goto(`${at}/letters`);
    await page.getByRole("heading", { name: "印刷を待つ通知書" }).waitFor();
    await seen(page, "letters");
    await press(page, /^作成を指示\s*（児童手当認定通知書）$/);
    await expectAccessible(page, "ordering letters");
    await press(page, "作成を指示する");
    await page.getByText("作成中").waitFor();
    await workLetters(as("hagukumi.batch"));
    await press(page, "最新の状態にする");
    await page.getByRole("link", { name: "第1号" }).click();
    await page.getByRole("heading", { level: 1, name: "印刷処理 第1号" }).waitFor();
    await page.getByText("あなたが作った印刷処理です。").waitFor();
    await press(page, "見本を見る");
    await page.getByRole("region", { name: /見本 順番1の文面/ }).waitFor();
    await seen(page, "letter-run-created");
    expect(await page.getByRole("button", { name: "見本を見て承認する" }).count()).toBe(0);

    const other = of("approver");
    await other.goto(`${at}/letters/1`);
    await press(other, "見本を見て承認する");
    await other.getByText("印刷の指示を待っています。").waitFor();

    await page.reload();
    await press(page, "印刷を指示する");
    await page.getByText("印刷しています。").waitFor();
    await workLetters(as("hagukumi.batch"));
    await page.reload();
    await press(page, "発送の前の点検をする");
    await page.getByText("抜き取るものはありません。").waitFor();
    await seen(page, "letter-run-printed");
    await page.getByLabel("封入した封筒の数").fill("1");
    await press(page, "発送を登録する");
    await page.getByText(/数が合いません|合いません/).waitFor();
    const { rows } = await database.pool.query<{ n: number }>("SELECT count(*)::int AS n FROM allowance.letter");
    await page.getByLabel("封入した封筒の数").fill(String(rows[0]?.n));
    await press(page, "発送を登録する");
    await page.getByText("この印刷処理は終わっています。").waitFor();
    await seen(page, "letter-run-mailed");
  },
);

it("what needs a person's eyes stands in the tray of who may see it, with the addresses side by side", async () => {
  const page = of("officer");
  await page.goto(`${desk.server.url}/letters`);
  await press(page, "トレイを開く");
  await page.getByRole("table", { name: "手作業トレイの通知書" }).waitFor();
  await press(page, /^確かめる/);
  await page.getByRole("table", { name: "印字する住所（校正表）" }).waitFor();
  await seen(page, "letter-tray");
  await press(page, "閉じる");
});

it(
  "[A124] a letter that was sent: its words, its pages, who made it when at which terminal; again with its mark",
  { timeout: 60_000 },
  async () => {
    const page = of("examiner");
    const body = { target: { kind: "addressee", number: String(HANAKO) }, purpose: "certification", origin: "search" };
    expect((await callFromPage(page, "POST", "/openings", body)).status).toBe(200);
    await page.goto(`${desk.server.url}/cases/${String(desk.hanako)}`);
    await press(page, /^文面\s*（封筒 \d+）$/);
    const words = page.getByRole("region", { name: "文面" });
    await words.waitFor();
    expect(await words.innerText()).toContain("認定");
    const way = page.getByRole("table", { name: /経過/ });
    await way.getByText(/発送/).last().waitFor();
    const steps = await way.getByRole("row").allInnerTexts();
    expect(steps[1]).toMatch(/l\.shinsa\t.*T-t-kodomo/);
    expect(steps[2]).toMatch(/l\.kakaricho\t.*T-t-kodomo/);
    expect(steps.at(-1)).toMatch(/発送.*l\.shinsa\t.*T-t-kodomo/);
    await seen(page, "letter-words");
    await press(page, "頁を見る・印刷する");
    const print = page.getByRole("dialog", { name: /児童手当認定通知書（封筒 \d+）/ }).last();
    await print.getByRole("button", { name: "印刷する" }).waitFor();
    await print.locator("iframe").waitFor();
    if (PICTURES !== undefined) await page.screenshot({ path: `${PICTURES}/letter-pages.png` });
    await print.getByRole("button", { name: "閉じる" }).click();
    await press(page, "閉じる");

    await press(page, /^再発行\s*（封筒 \d+）$/);
    await page.getByRole("textbox", { name: /^理由/ }).fill("架空: 届かなかったとの申出");
    await press(page, "再発行の印刷処理を作る");
    await page.getByRole("button", { name: /^文面/ }).nth(1).waitFor();
    await press(page, /^文面\s*（封筒 \d+）$/);
    await words.waitFor();
    expect(await words.innerText()).toContain("再発行");
    await press(page, "閉じる");
    await seen(page, "letter-case");
  },
);

it("a text of the letters is written by one and approved by another; who may not order letters is offered nothing of it", async () => {
  const page = of("examiner");
  const other = of("approver");
  for (const each of [page, other]) await each.goto(`${desk.server.url}/letter-texts`);
  await page
    .getByRole("row")
    .filter({ hasText: "問合せ先" })
    .getByRole("button", { name: /^改める/ })
    .first()
    .click();
  await page.getByLabel("この日からの文書に使う").fill("2027-01-01");
  await page.getByLabel("文（1行に一つの段落）").fill("架空: 新しい問合せ先");
  await expectAccessible(page, "changing a text");
  await press(page, "案を入力する");
  const row = page.getByRole("row").filter({ hasText: "架空: 新しい問合せ先" });
  await row.getByText("承認待ち").waitFor();
  await seen(page, "letter-texts");
  await other.reload();
  await press(other, /^承認する\s*（問合せ先）$/);
  await other.getByText("承認 l.kakaricho").waitFor();
  await other.goto(`${desk.server.url}/letters`);
  await other.getByRole("heading", { name: "印刷処理" }).waitFor();
  expect(await other.getByRole("button", { name: /^作成を指示/ }).count()).toBe(0);
});
