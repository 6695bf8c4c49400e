/** What a clerk must see over every page of a person, and what is kept beside it: marks, memos, who is editing, checks of accounts. */
import { addEntry, placeHold, submitFiling } from "@hagukumi/allowance/contract.ts";
import { month } from "@hagukumi/law/contract.ts";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { contextOf } from "../../../../systems/allowance/test/support/cases.ts";
import { birthClaim } from "../../../../systems/allowance/test/support/filings.ts";
import { makeActor } from "../support/actors.ts";
import type { Actor } from "../support/actors.ts";
import { openBrowser } from "../support/browser.ts";
import { callFromPage, findPerson, openCaseOf } from "../support/browser-steps.ts";
import { buildApp } from "../support/built-app.ts";
import { sitDown } from "../support/page-walk.ts";
import { serveDesk } from "../support/served-desk.ts";
import type { ServedDesk } from "../support/served-desk.ts";
import { expectAccessible } from "../support/terminal-browser.ts";

const database = useDatabase();
const HANAKO = 900_000_000_001_101;
const PROTECTED = 900_000_000_001_104;
let browser: Browser | undefined;
let desk: ServedDesk | undefined;
let filingId = 0;
const pages = new Map<string, Page>();

async function sit(name: string, actor: Actor): Promise<void> {
  if (browser === undefined || desk === undefined) throw new Error("not served");
  const context = await browser.newContext({ locale: "ja-JP", viewport: { width: 1280, height: 900 } });
  await sitDown(context, desk.server.url, actor);
  const page = await context.newPage();
  await page.goto(desk.server.url);
  await page.getByRole("heading", { level: 1 }).waitFor();
  pages.set(name, page);
}

beforeAll(async () => {
  buildApp();
  browser = await openBrowser();
  desk = await serveDesk(database.pool);
  const { pool } = database;
  const form = birthClaim(HANAKO, 900_000_000_001_201, "2026-11-01", "2026-11-20");
  filingId = (await submitFiling(contextOf(pool, "uketsuke.hanako"), { form })).filingId;
  await sit("clerk", await makeActor(pool, "c.clerk", "examiner"));
  await sit("second", await makeActor(pool, "c.second", "examiner"));
  await sit("officer", await makeActor(pool, "c.hogo", "protectionOfficer"));
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await desk?.end();
});

function of(name: string): { readonly page: Page; readonly url: string } {
  const page = pages.get(name);
  if (page === undefined || desk === undefined) throw new Error(`no ${name}`);
  return { page, url: desk.server.url };
}

/** How many people the second clerk is editing now. */
const editing = async (): Promise<number> =>
  (await database.pool.query("SELECT FROM allowance.edit_lock WHERE ended_at IS NULL AND held_by = 'c.second'"))
    .rowCount ?? 0;

async function openPerson(page: Page, number: number): Promise<void> {
  const target = { kind: "addressee", number: String(number) };
  const body = { target, purpose: "certification", origin: "search" };
  expect((await callFromPage(page, "POST", "/openings", body)).status).toBe(200);
}

describe("memos that must be seen", () => {
  it("[A9] telephone, mail address and memo with author and time; the memo stands on top when the case is opened, is read out, and each reads it for himself", async () => {
    const context = contextOf(database.pool, "memo.taro");
    const recipientId = desk?.hanako ?? 0;
    const about = { addresseeNumber: HANAKO, validFrom: "2026-11-01" } as const;
    await addEntry(context, "contact", { ...about, content: { kind: "mobilePhone", value: "090-0000-0000" } });
    await addEntry(context, "contact", { ...about, content: { kind: "email", value: "kakuu@example.jp" } });
    await addEntry(context, "note", { ...about, content: { body: "架空: 来庁のときは係長へ", popUp: true } });
    await addEntry(context, "note", { ...about, content: { body: "架空: ふつうの覚え", popUp: false } });

    const { page, url } = of("clerk");
    await openCaseOf(page, url, recipientId);
    const alert = page.getByRole("alert").filter({ hasText: "必ず見るメモがあります" });
    await alert.waitFor();
    const text = await alert.innerText();
    expect(text).toContain("まだ読んでいないもの 1件");
    expect(text).toContain("架空: 来庁のときは係長へ");
    expect(text).toMatch(/書いた人 memo\.taro \d{4}\/\d+\/\d+ \d+:\d+/);
    expect(text).not.toContain("ふつうの覚え");
    // Above everything else of the case.
    const top = (await alert.boundingBox())?.y ?? Infinity;
    const family = (await page.getByRole("heading", { name: "家族", exact: true }).boundingBox())?.y ?? 0;
    expect(top).toBeLessThan(family);
    await expectAccessible(page, "case with an unread memo");
    const entries = await page.getByRole("table", { name: "台帳の記載" }).innerText();
    for (const kept of ["090-0000-0000", "kakuu@example.jp", "ふつうの覚え", "memo.taro"]) {
      expect(entries).toContain(kept);
    }

    await alert.getByRole("button", { name: "読みました" }).click();
    await alert.waitFor({ state: "detached" });
    const read = page.getByRole("region", { name: "必ず見るメモ" });
    await read.getByText(/読んだ人 c\.clerk/).waitFor();
    await expectAccessible(page, "case with a memo that was read");
    // The other has not read it; he sees who has.
    const second = of("second");
    await openCaseOf(second.page, second.url, recipientId);
    const again = second.page.getByRole("alert").filter({ hasText: "必ず見るメモがあります" });
    await again.waitFor();
    expect(await again.innerText()).toMatch(/読んだ人 c\.clerk/);
  });
});

describe("marks", () => {
  it("[A17] 支援措置・抑止・差止・債権 stand in the search and on every page of a person, 支援措置 for those alone who may see it", async () => {
    const context = contextOf(database.pool, "sashitome.a");
    const hold = { fromMonth: month("2027-02"), cause: "架空の理由" } as const;
    await placeHold(context, { ...hold, recipientId: desk?.hanako ?? 0, kind: "hold" });
    await placeHold(context, { ...hold, recipientId: desk?.hanako ?? 0, kind: "pending" });
    const client = await database.pool.connect();
    await client.query("BEGIN; SET LOCAL session_replication_role = replica");
    await client.query(
      "INSERT INTO allowance.receivable (recipient_id, child_number, benefit_month, amount, journal_id) VALUES ($1, $2, '2026-01-01', 15000, 1)",
      [desk?.hanako, 900_000_000_001_201],
    );
    await client.query("COMMIT");
    client.release();

    const clerk = of("clerk");
    const wanted = ["■ 差止", "▲ 抑止（保留）", "債権", "！ 要確認"];
    await clerk.page.goto(`${clerk.url}/search`);
    await findPerson(clerk.page, String(HANAKO));
    const row = await clerk.page.getByRole("row", { name: /花子/ }).innerText();
    for (const mark of wanted) expect(row).toContain(mark);
    await expectAccessible(clerk.page, "search with marks");
    await openPerson(clerk.page, HANAKO);
    const number = String(HANAKO);
    for (const path of [
      `/cases/${String(desk?.hanako)}`,
      `/filings/${String(filingId)}`,
      `/counter/${number}/increase`,
      `/counter/${number}`,
      `/persons/${number}`,
    ]) {
      await clerk.page.goto(`${clerk.url}${path}`);
      await clerk.page.getByRole("heading", { level: 1 }).waitFor();
      const main = clerk.page.getByRole("main");
      await main.getByText("▲ 抑止（保留）").waitFor();
      await clerk.page.waitForLoadState("networkidle");
      const shown = await main.innerText();
      for (const mark of wanted) expect(shown, path).toContain(mark);
      expect(shown, path).not.toContain("⚠ 支援措置");
      await expectAccessible(clerk.page, `${path} with marks`);
    }

    // Who is protected is there for the officer, with the mark; for the clerk there is nobody.
    const officer = of("officer");
    await officer.page.goto(`${officer.url}/search`);
    await findPerson(officer.page, String(PROTECTED));
    expect(await officer.page.getByRole("row", { name: /幸子/ }).innerText()).toContain("⚠ 支援措置");
    await openCaseOf(officer.page, officer.url, desk?.protectedPerson ?? 0);
    await officer.page.getByRole("main").getByText("⚠ 支援措置").first().waitFor();
    await clerk.page.goto(`${clerk.url}/search`);
    await findPerson(clerk.page, String(PROTECTED));
    await clerk.page.getByText("見つかりません").waitFor();
  });
});

describe("search history", () => {
  it("[A22] a person's own last searches are there to run again, each once and the newest first, and nowhere but in this browser's memory", async () => {
    const clerk = of("clerk");
    await clerk.page.goto(`${clerk.url}/search`);
    expect(await clerk.page.getByText("さきほどの検索").count()).toBe(0);
    for (const typed of [String(HANAKO), "ソンザイシナイ", String(HANAKO)]) await findPerson(clerk.page, typed);
    await clerk.page.getByText("さきほどの検索（ログアウトで消えます）").click();
    const history = clerk.page.getByRole("list", { name: "さきほどの検索" });
    expect(await history.getByRole("button").allInnerTexts()).toEqual([String(HANAKO), "ソンザイシナイ"]);
    await expectAccessible(clerk.page, "search history");
    // Run again by the keyboard: the same answer as typed.
    await history.getByRole("button", { name: "もう一度探す: ソンザイシナイ" }).focus();
    await clerk.page.keyboard.press("Enter");
    await clerk.page.getByText("見つかりません").waitFor();
    await history.getByRole("button", { name: `もう一度探す: ${String(HANAKO)}` }).click();
    await clerk.page.getByRole("row", { name: /花子/ }).waitFor();
    // What was typed is in no storage of the browser and in no table of the log; another member of staff has a history of her own.
    const kept = await clerk.page.evaluate(() =>
      JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage)]),
    );
    expect(kept).not.toMatch(/ソンザイシナイ|900000000001101/);
    const logged = await database.pool.query("SELECT FROM access.log l WHERE l::text LIKE '%ソンザイシナイ%'");
    expect(logged.rowCount).toBe(0);
    const officer = of("officer");
    await officer.page.goto(`${officer.url}/search`);
    await officer.page.getByRole("search").waitFor();
    expect(await officer.page.getByText("さきほどの検索").count()).toBe(0);
  });
});

describe("one editor", () => {
  it("who is editing since when stands on the case, the filing and the counter; another form says so and takes over with a reason", async () => {
    const clerk = of("clerk");
    const second = of("second");
    const recipientId = desk?.hanako ?? 0;
    await openCaseOf(clerk.page, clerk.url, recipientId);
    await openPerson(second.page, HANAKO);
    await clerk.page.getByRole("button", { name: "メモ", exact: true }).click();
    await clerk.page.getByRole("dialog", { name: "メモを加える" }).waitFor();
    await clerk.page.getByText("編集中: あなた").waitFor();
    for (const path of [`/cases/${String(recipientId)}`, `/filings/${String(filingId)}`]) {
      await second.page.goto(`${second.url}${path}`);
      await second.page.getByText(/編集中: c\.clerk（\d{4}\/\d+\/\d+ \d+:\d+ から/).waitFor();
      await expectAccessible(second.page, `${path} that somebody else edits`);
    }
    await second.page.goto(`${second.url}/counter/${String(HANAKO)}/increase`);
    const notice = second.page.getByRole("alert").filter({ hasText: "ほかの職員が編集中です" });
    await notice.getByText(/c\.clerk が \d+:\d+ から/).waitFor();
    await expectAccessible(second.page, "counter of a person whom somebody else edits");
    await notice.getByLabel("引き継ぐ理由").fill("短い");
    await notice.getByRole("button", { name: "編集を引き継ぐ" }).click();
    await notice.getByText(/あと\d+文字以上/).waitFor();
    await notice.getByLabel("引き継ぐ理由").fill("架空: 本人に確かめたうえで引き継ぐ");
    await notice.getByRole("button", { name: "編集を引き継ぐ" }).click();
    await notice.waitFor({ state: "detached" });
    await second.page.getByText("編集中: あなた").waitFor();
    // The first one's memo is refused, and stays on the screen.
    const dialog = clerk.page.getByRole("dialog", { name: "メモを加える" });
    await dialog.getByLabel("メモ").fill("架空の覚え書き");
    await dialog.getByRole("button", { name: "記録する" }).click();
    await dialog.getByText("コード personLocked").waitFor();
    expect(await dialog.getByLabel("メモ").inputValue()).toBe("架空の覚え書き");
    // Going away ends it, and so does logging out with the form still open: nobody waits for a lease of somebody who went home.
    await second.page.goto(`${second.url}/`);
    await second.page.getByRole("heading", { level: 1, name: "わたしの仕事" }).waitFor();
    await second.page.goto(`${second.url}/counter/${String(HANAKO)}/increase`);
    await second.page.getByText("編集中: あなた").waitFor();
    expect(await editing()).toBe(1);
    await second.page.getByRole("button", { name: "ログアウト" }).click();
    await second.page.getByText("ログアウトしました").waitFor();
    expect(await editing()).toBe(0);
  });
});

describe("checks of an account", () => {
  it("the result of a check is typed in and stands beside the account with day, method and who", async () => {
    const { page, url } = of("clerk");
    await database.pool.query(
      "UPDATE allowance.edit_lock SET ended_at = identity.clock(), ended_how = 'released', ended_by = held_by WHERE ended_at IS NULL",
    );
    await openCaseOf(page, url, desk?.hanako ?? 0);
    await page
      .getByRole("button", { name: /の確認を記録$/ })
      .first()
      .click();
    const dialog = page.getByRole("dialog", { name: /の確認を記録する$/ });
    await dialog.getByRole("radio", { name: "不一致" }).check();
    await dialog.getByRole("button", { name: "記録する" }).click();
    await dialog.getByText("一致しなかったときは、説明を書いてください。").waitFor();
    await expectAccessible(page, "check of an account");
    await dialog.getByLabel("説明").fill("架空銀行の回答: 該当なし");
    await dialog.getByRole("button", { name: "記録する" }).click();
    await dialog.waitFor({ state: "detached" });
    const accounts = page.getByRole("table", { name: /振込先口座/ });
    await accounts.getByText("事前照合: 不一致").waitFor();
    expect(await accounts.innerText()).toMatch(/令和8年11月24日 金融機関への照会（c\.clerk） 架空銀行の回答: 該当なし/);
  });
});

describe("the fifteen minutes of an opening", () => {
  it("a filing counts them down, tells it at five minutes without asking the server, closes, and goes on after the purpose was stated anew", async () => {
    const { page, url } = of("clerk");
    await openPerson(page, HANAKO);
    await page.clock.install();
    const asked: string[] = [];
    page.on("request", (request) => {
      if (request.url().includes("/api/")) asked.push(request.url());
    });
    await page.goto(`${url}/filings/${String(filingId)}`);
    const timer = page.getByRole("timer").filter({ hasText: "残り 15分" });
    await timer.waitFor();
    await expectAccessible(page, "filing with its time");
    await page.waitForLoadState("networkidle");
    asked.length = 0;
    await page.clock.fastForward(10 * 60_000);
    await page.getByText("あと5分で閉じます。").waitFor({ state: "attached" });
    expect(asked).toEqual([]);
    // Somebody who works lengthens the session; the opening ends all the same.
    const extended = page.waitForResponse((response) => response.request().method() === "POST");
    await page.keyboard.press("Shift");
    await extended;
    await page.waitForTimeout(200);
    await page.clock.fastForward(5 * 60_000);
    await page.getByText("15分が過ぎたため、閉じました").waitFor();
    expect(await page.getByText("受け付けた内容").count()).toBe(0);
    expect(asked.filter((each) => each.includes("/filings/"))).toEqual([]);
    await page.getByRole("button", { name: "処理事由を選ぶ" }).click();
    const dialog = page.getByRole("dialog", { name: "処理事由を選んで開く" });
    await dialog.getByRole("radio").first().check();
    await dialog.getByRole("button", { name: /^開く/ }).click();
    await dialog.waitFor({ state: "detached" });
    await page.clock.setFixedTime(new Date());
    await page.reload();
    await page.getByText("受け付けた内容").waitFor();
  });
});
