import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { makeTerminal, testIdentity } from "../../../../platform/test/support/identity.ts";
import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { openBrowser } from "../support/browser.ts";
import { buildApp } from "../support/built-app.ts";
import { register } from "../support/people.ts";
import { serveDesk } from "../support/served-desk.ts";
import type { ServedDesk } from "../support/served-desk.ts";
import { expectAccessible, openCounter } from "../support/terminal-browser.ts";
import type { Counter } from "../support/terminal-browser.ts";

const database = useDatabase();
const STAFF = "b.shiharai";
const PASSWORD = "mizu-umi.Kaze7-tori";
let browser: Browser;
let desk: ServedDesk;
let counter: Counter;
let code = "";
let secrets: readonly string[] = [];

beforeAll(async () => {
  buildApp();
  browser = await openBrowser();
  desk = await serveDesk(database.pool);
  code = await register(database.pool, STAFF, ["clerk", "treasurer"]);
  const identity = testIdentity(database.pool);
  const proofs = [await makeTerminal(identity, "MADO-1"), await makeTerminal(identity, "MADO-2")];
  secrets = proofs.map(({ secret = "" }) => secret);
  counter = await openCounter(browser, desk.server.url);
}, 180_000);
afterAll(async () => {
  await browser.close();
  await desk.end();
});

const button = (name: string) => counter.page.getByRole("button", { name, exact: true });

async function sessions(): Promise<number> {
  const { rows } = await database.pool.query("SELECT 1 FROM identity.session WHERE ended_at IS NULL");
  return rows.length;
}

/** From the log-in page to the first page, by mouse. */
async function logIn({ page }: Counter, password = PASSWORD): Promise<void> {
  await page.getByLabel("職員番号").fill(STAFF);
  await page.getByRole("button", { name: "職員証を確かめる" }).click();
  await page.getByLabel("パスワード").fill(password);
  await page.getByRole("button", { name: "ログイン", exact: true }).click();
}

async function endSessionElsewhere(): Promise<void> {
  await database.pool.query(
    "UPDATE identity.session SET ended_at = identity.clock(), end_reason = 'idle' WHERE ended_at IS NULL",
  );
}

describe("coming in", () => {
  it("a browser that is no registered terminal gets no further; with a wrong secret neither", async () => {
    const { page } = counter;
    await page.goto(desk.server.url);
    await page.getByText("この端末は登録されていません").waitFor();
    await expectAccessible(page, "terminal");
    await page.getByLabel("端末の秘密").fill("x".repeat(43));
    await button("この端末を使えるようにする").click();
    await page.getByText("この秘密の端末はありません").waitFor();
    expect(await page.getByLabel("職員番号").count()).toBe(0);
    await page.getByLabel("端末の秘密").fill(secrets[0] ?? "");
    await button("この端末を使えるようにする").click();
    await page.getByLabel("職員番号").waitFor();
    await expectAccessible(page, "log-in");
  });

  it("key and password are enrolled with the one-time code; a wrong code enrols nothing", async () => {
    const { page } = counter;
    await button("はじめて使う（職員証の登録）").click();
    await expectAccessible(page, "enrolment");
    const fill = async (typed: string): Promise<void> => {
      await page.getByLabel("職員番号").fill(STAFF);
      await page.getByLabel("登録の符号").fill(typed);
      await page.locator('input[name="password"]').fill(PASSWORD);
      await page.locator('input[name="again"]').fill(PASSWORD);
      await button("職員証を登録する").click();
    };
    await fill("AAAAA-AAAAA-AAAAA-AAAAA-AAAAA");
    await page.getByText("コード enrolmentRefused").waitFor();
    expect((await database.pool.query("SELECT 1 FROM identity.credential")).rows.length).toBe(0);
    await fill(code.toLowerCase());
    await page.getByText("職員証とパスワードを登録しました").waitFor();
    expect(await sessions()).toBe(0);
  });

  it("without the PIN of the key, and with a wrong password: refused, no session", async () => {
    const { page } = counter;
    await counter.setVerified(false);
    await page.getByLabel("職員番号").fill(STAFF);
    await button("職員証を確かめる").click();
    await page.getByText("コード keyFailed").waitFor();
    await expectAccessible(page, "log-in, key refused");
    await counter.setVerified(true);
    await logIn(counter, "chigau.pasuwado-1");
    await page.getByText("コード logInRefused").waitFor();
    expect(await sessions()).toBe(0);
  });

  it("with both: the first page, who one is, and only what one may do in the menu", async () => {
    const { page } = counter;
    await logIn(counter);
    await page.getByRole("heading", { level: 1, name: "わたしの仕事" }).waitFor();
    await page.getByText("30日間の受付と処理").first().waitFor();
    expect(await page.getByRole("banner").textContent()).toContain(`架空 ${STAFF}`);
    const menu = await page.getByRole("navigation", { name: "メニュー" }).textContent();
    expect(menu).toContain("支払処理");
    for (const hidden of ["アクセスログ", "権限", "端末", "決裁待ち"]) expect(menu).not.toContain(hidden);
    await expectAccessible(page, "home");
    expect(await page.evaluate("document.cookie")).toBe("");
    expect(await page.evaluate("JSON.stringify({ ...localStorage, ...sessionStorage })")).toBe("{}");
  });

  it("a second terminal with the same card is refused, and the first is told", async () => {
    const second = await openCounter(browser, desk.server.url);
    try {
      await second.putCard(await counter.credentials());
      await second.page.goto(desk.server.url);
      await second.page.getByLabel("端末の秘密").fill(secrets[1] ?? "");
      await second.page.getByRole("button", { name: "この端末を使えるようにする" }).click();
      await logIn(second);
      await second.page.getByText("コード alreadyLoggedIn").waitFor();
      expect(await sessions()).toBe(1);
    } finally {
      await counter.putCard(await second.credentials());
      await second.context.close();
    }
    await counter.page.reload();
    await counter.page.getByText("ほかの端末から、あなたの職員番号でログインしようとしました").waitFor();
    await expectAccessible(counter.page, "home with an alert");
  });

  it("a page that the person may not use is not there, nor does it say what it would be", async () => {
    await counter.page.goto(`${desk.server.url}/audit/access-log`);
    await counter.page.getByRole("heading", { name: "この画面はありません" }).waitFor();
    expect(await counter.page.getByRole("main").textContent()).not.toContain("アクセスログ");
    await expectAccessible(counter.page, "no such page");
  });
});

describe("working", () => {
  it("by keyboard alone: command line, page, new payment run, help", async () => {
    const { page } = counter;
    await page.goto(desk.server.url);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("しはらい");
    await page.getByRole("option", { name: "支払処理" }).waitFor();
    await expectAccessible(page, "command line");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "支払処理" }).waitFor();
    await page.keyboard.press("n");
    await page.getByRole("dialog", { name: "支払処理を作る" }).waitFor();
    await expectAccessible(page, "new run");
    await page.keyboard.press("Tab");
    await page.keyboard.type("2026-12");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: /第1号/ }).waitFor();
    await page.getByText("ここまでの件数と金額は一致しています").waitFor();
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: /説明/ }).waitFor();
    await expectAccessible(page, "help");
    await page.keyboard.press("Escape");
    expect(await page.getByRole("dialog").count()).toBe(0);
    await expectAccessible(page, "a run");
  });

  it("a session that ends in the middle of a form: the page is taken away, and after the log-in the words are there", async () => {
    const { page } = counter;
    const reason = "架空の理由: 件数を確かめ直すため";
    await button("この支払処理を取り消す").click();
    await page.getByLabel("取り消す理由").fill(reason);
    await endSessionElsewhere();
    await button("取り消す").click();
    await page.getByRole("heading", { name: "もう一度ログインしてください" }).waitFor();
    await expectAccessible(page, "locked");
    const left = await page.content();
    expect(left).not.toContain(reason);
    expect(left).not.toContain("190,000");
    await button("職員証を確かめる").click();
    await page.getByLabel("パスワード").fill(PASSWORD);
    await button("ログイン").click();
    await page.getByRole("heading", { level: 1, name: /第1号/ }).waitFor();
    await button("この支払処理を取り消す").click();
    expect(await page.getByLabel("取り消す理由").inputValue()).toBe(reason);
    await page.keyboard.press("Escape");
  });

  it("[THR13] fifteen minutes without a touch: the page is emptied by itself, and going back shows nothing", async () => {
    const { page } = counter;
    await page.clock.install();
    await page.goto(`${desk.server.url}/runs/1`);
    await page.getByText("ここまでの件数と金額は一致しています").waitFor();
    // An answer that came after the clock has been moved would be a use of the session at the moved time.
    await page.waitForLoadState("networkidle");
    await page.clock.fastForward(13 * 60 * 1000 + 30_000);
    await page.getByRole("dialog", { name: "まもなくログインが終わります" }).waitFor();
    await expectAccessible(page, "time is nearly up");
    await page.clock.fastForward(2 * 60 * 1000);
    await page.getByRole("heading", { name: "もう一度ログインしてください" }).waitFor();
    expect(await page.content()).not.toContain("190,000");
    // The server's own clock, moved by 16 minutes: the session is over there as well, and so is the way back.
    await database.pool.query("INSERT INTO identity.clock_shift (shift) VALUES ('16 minutes')");
    await page.goto(`${desk.server.url}/runs`);
    await page.goBack();
    await page.getByLabel("職員番号").waitFor();
    expect(await page.content()).not.toContain("190,000");
    await database.pool.query("DELETE FROM identity.clock_shift");
    await endSessionElsewhere();
  });

  it("the connection drops while a step is sent: it is said, nothing is lost, and the step is done once", async () => {
    const fresh = await openCounter(browser, desk.server.url);
    const { page } = fresh;
    try {
      await fresh.putCard(await counter.credentials());
      await page.goto(`${desk.server.url}/runs/1`);
      await page.getByLabel("端末の秘密").fill(secrets[0] ?? "");
      await page.getByRole("button", { name: "この端末を使えるようにする" }).click();
      await logIn(fresh);
      await page.getByRole("button", { name: "確認した" }).waitFor();
      await fresh.context.setOffline(true);
      await page.getByRole("button", { name: "確認した" }).click();
      await page.getByText("サーバーとつながりません").first().waitFor();
      await expectAccessible(page, "offline");
      await fresh.context.setOffline(false);
      await page.getByText("合計を確かめたことを記録しました").waitFor({ timeout: 20_000 });
      const { rows } = await database.pool.query("SELECT 1 FROM audit.command WHERE name = 'payment.inspect'");
      expect(rows.length).toBe(1);
      await page.getByText("あなたが作った支払処理です").waitFor();
      expect(fresh.complaints).toEqual([]);
    } finally {
      await counter.putCard(await fresh.credentials());
      await endSessionElsewhere();
      await fresh.context.close();
    }
  });

  it("at 320 px and at 200 % of 1280 px: everything within the window, and reachable", async () => {
    const fresh = await openCounter(browser, desk.server.url);
    const { page } = fresh;
    try {
      await fresh.putCard(await counter.credentials());
      await page.setViewportSize({ width: 320, height: 800 });
      await page.goto(desk.server.url);
      await page.getByLabel("端末の秘密").fill(secrets[0] ?? "");
      await page.getByRole("button", { name: "この端末を使えるようにする" }).click();
      await page.getByLabel("職員番号").waitFor();
      await expectAccessible(page, "log-in at 320 px");
      await logIn(fresh);
      await page.getByRole("heading", { level: 1, name: "わたしの仕事" }).waitFor();
      for (const width of [640, 320]) {
        await page.setViewportSize({ width, height: 800 });
        for (const path of ["/", "/runs", "/runs/1"]) {
          await page.goto(`${desk.server.url}${path}`);
          await page.getByRole("heading", { level: 1 }).waitFor();
          await page.waitForLoadState("networkidle");
          await expectAccessible(page, `${path} at ${String(width)} px`);
        }
      }
    } finally {
      await fresh.context.close();
    }
  });

  it("nothing was asked of another host, nothing was blocked by the policy, no script failed", () => {
    expect(counter.complaints).toEqual([]);
  });
});
