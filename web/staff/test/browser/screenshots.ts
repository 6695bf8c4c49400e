/**
 * Pictures of the clerk's day for docs/操作手引き.md: `node web/staff/test/browser/screenshots.ts <url> <folder>` while
 * `hagukumi start` serves the demonstration of a new data folder. It works as three people of the demonstration do: it
 * takes a claim for a birth, examines and approves it, and so leaves one decision behind. A third argument is the kana of
 * a parent whose child was born within the last three months and who has no certification yet.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";

import { openBrowser } from "../support/browser.ts";

type Shot = { readonly name: string; readonly height?: number; readonly at?: string };

const SEARCH = "カナ・氏名・認定番号・宛名番号・電話番号";

class Photographer {
  readonly page: Page;
  readonly folder: string;
  readonly url: string;

  constructor(page: Page, folder: string, url: string) {
    this.page = page;
    this.folder = folder;
    this.url = url;
  }

  /** What is on the screen; `at` is scrolled to the top first. */
  async take({ name, height = 900, at }: Shot): Promise<void> {
    const { page } = this;
    await page.setViewportSize({ width: 1280, height });
    await page.waitForLoadState("networkidle");
    await page.evaluate("document.fonts.ready");
    await page.evaluate(
      at === undefined
        ? "scrollTo(0, 0)"
        : `[...document.querySelectorAll("h2")].find((each) => each.textContent.startsWith(${JSON.stringify(at)}))?.scrollIntoView()`,
    );
    if (at !== undefined) await page.evaluate("scrollBy(0, -120)");
    await page.screenshot({ path: join(this.folder, `desk-${name}.png`) });
  }

  async logIn(name: string): Promise<void> {
    const { page } = this;
    await page.goto(this.url);
    await page.getByRole("button", { name }).click();
    await page.getByLabel("パスワード").waitFor();
    await this.take({ name: "password", height: 700 });
    await page.getByRole("button", { name: "ログイン", exact: true }).click();
    await page.getByRole("heading", { level: 1, name: "わたしの仕事" }).waitFor();
  }

  async logOut(): Promise<void> {
    await this.page.getByRole("button", { name: "ログアウト" }).click();
    await this.page.getByText("ログアウトしました").waitFor();
  }

  async find(path: string, kana: string): Promise<void> {
    await this.page.goto(`${this.url}${path}`);
    await this.page.getByLabel(SEARCH).fill(kana);
    await this.page.keyboard.press("Enter");
    await this.page.locator("main table").waitFor();
  }
}

/** Before anybody is there: enrolment and log-in. */
/** Up to the moment before the card: the demonstration's own 認証基盤 is beside it. */
async function signOn(camera: Photographer): Promise<void> {
  const { page } = camera;
  await page.goto(camera.url);
  const opened = page.context().waitForEvent("page");
  await page.getByRole("button", { name: /でログインする$/ }).click();
  const popup = await opened;
  await popup.getByRole("button", { name: "架空 審査子" }).click();
  await page.getByRole("button", { name: "職員証を確かめてログインする" }).waitFor();
  await camera.take({ name: "sign-on", height: 420 });
}

async function entrance(camera: Photographer): Promise<void> {
  const { page } = camera;
  await page.goto(camera.url);
  await page.getByRole("button", { name: "はじめて使う（職員証の登録）" }).waitFor();
  await camera.take({ name: "entrance", height: 1240 });
  await page.getByRole("button", { name: "はじめて使う（職員証の登録）" }).click();
  await page.getByLabel("登録の符号").waitFor();
  await camera.take({ name: "enrol" });
}

/** 受付. @returns 受付番号 */
async function receive(camera: Photographer, kana: string): Promise<string> {
  const { page } = camera;
  await camera.logIn("架空 中央花");
  await camera.take({ name: "home" });
  await camera.find("/counter", kana);
  await camera.take({ name: "search", height: 640 });
  await page
    .getByRole("button", { name: /を受け付ける$/ })
    .first()
    .click();
  await page.getByRole("button", { name: "入力へ" }).waitFor();
  await camera.take({ name: "procedure", height: 640 });
  await page.getByRole("button", { name: "入力へ" }).click();
  await page.getByLabel("確かめた書類の区分").selectOption("1");
  await page.getByLabel("被用区分").selectOption("employee");
  await page.getByLabel("振込先口座の種類").selectOption({ label: "銀行などの口座" });
  await page.getByLabel("金融機関コード").fill("0182");
  await page.getByLabel("支店コード").fill("101");
  await page.getByLabel("種目").selectOption({ label: "普通" });
  await page.getByLabel("口座番号").fill("1234567");
  await page.getByLabel("番号をもう一度").fill("1234567");
  await page.getByLabel("口座名義").fill(await claimantKana(page));
  await page.getByText("初回の支払は").waitFor();
  await camera.take({ name: "entry", height: 1500 });
  await page.keyboard.press("Control+Enter");
  await page.waitForURL(/\/filings\/\d+$/);
  await page.getByText("未提出").first().waitFor();
  await camera.take({ name: "filing", height: 1300 });
  await page.getByRole("button", { name: "返戻・保留にする" }).click();
  await page.getByRole("dialog").getByLabel("期限").fill("R8.12.18");
  await page.getByRole("dialog").getByRole("textbox", { name: /^理由/ }).fill("通帳の写しを後日持参");
  await camera.take({ name: "papers" });
  await page.keyboard.press("Escape");
  const buttons = page.getByRole("button", { name: /を受け取った$/ });
  for (let left = await buttons.count(); left > 0; left -= 1) {
    await buttons.first().click();
    await buttons.nth(left - 1).waitFor({ state: "detached" });
  }
  const head = await page.getByRole("heading", { level: 1 }).innerText();
  await camera.logOut();
  return /受付番号\s*(\d+)/.exec(head)?.[1] ?? "";
}

/** The kana in the fold above the form. */
async function claimantKana(page: Page): Promise<string> {
  const line = await page.locator("main details > summary").first().innerText();
  return /（(.+?)）/.exec(line)?.[1] ?? "";
}

async function openFiling(camera: Photographer, list: string, reception: string): Promise<void> {
  const { page } = camera;
  await page.goto(`${camera.url}/lists/${list}`);
  await page.getByRole("button", { name: `受付番号 ${reception} を開く` }).waitFor();
  await camera.take({ name: list === "toExamine" ? "to-examine" : "to-approve", height: 640 });
  await page.getByRole("button", { name: `受付番号 ${reception} を開く` }).click();
  await page.getByRole("heading", { level: 1, name: /受付番号/ }).waitFor();
}

async function examine(camera: Photographer, reception: string): Promise<void> {
  const { page } = camera;
  await camera.logIn("架空 審査子");
  await openFiling(camera, "toExamine", reception);
  await page.getByRole("button", { name: /^審査する/ }).click();
  await page.getByRole("button", { name: "もう一度審査する" }).waitFor();
  await camera.take({ name: "examined", height: 1200 });
  await page.getByRole("button", { name: "案を変える" }).click();
  await page.getByRole("dialog").waitFor();
  await camera.take({ name: "override", height: 1000 });
  await page.keyboard.press("Escape");
  await camera.logOut();
}

async function approve(camera: Photographer, reception: string): Promise<void> {
  const { page } = camera;
  await camera.logIn("架空 決裁太");
  await openFiling(camera, "toApprove", reception);
  await page.getByRole("button", { name: /^この内容で決裁する/ }).click();
  await page.getByRole("button", { name: "職員証をかざして確かめる" }).waitFor();
  await camera.take({ name: "step-up" });
  await page.getByRole("button", { name: "職員証をかざして確かめる" }).click();
  await page.getByText("決裁しました").waitFor();
  await camera.take({ name: "approved" });
  await page.getByRole("link", { name: /受給者の1枚を見る/ }).click();
  await page.getByRole("tabpanel").waitFor();
  await camera.take({ name: "case", height: 1000 });
  await camera.take({ name: "case-account", at: "振込先口座", height: 700 });
  await camera.logOut();
}

/** A person is opened with a purpose; the ways to an account change and to a hold; the log. */
async function more(camera: Photographer, kana: string): Promise<void> {
  const { page } = camera;
  await camera.logIn("架空 支払美");
  await camera.find("/search", kana);
  await page
    .getByRole("button", { name: /を開く$/ })
    .first()
    .click();
  await page.getByRole("dialog").getByRole("radio").first().check();
  await camera.take({ name: "purpose", height: 1000 });
  await page.getByRole("dialog").getByRole("button", { name: /^開く/ }).click();
  await page.getByRole("tabpanel").waitFor();
  await page.getByRole("button", { name: "差し止める・保留する" }).click();
  await page.getByRole("dialog").waitFor();
  await camera.take({ name: "hold" });
  await page.keyboard.press("Escape");
  await camera.find("/counter", kana);
  await page
    .getByRole("button", { name: /を受け付ける$/ })
    .first()
    .click();
  await page.getByRole("combobox", { name: /^手続/ }).selectOption("accountChange");
  await page.getByRole("button", { name: "入力へ" }).click();
  await page.getByLabel("確かめた書類の区分").waitFor();
  await camera.take({ name: "account-change", height: 1000 });
  await page.keyboard.press("Control+Enter");
  await page.getByText("入力してください。").first().waitFor();
  await camera.take({ name: "refused", height: 1000 });
  await camera.logOut();
  await camera.logIn("架空 監査生");
  await page.goto(`${camera.url}/audit/access-log`);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.getByRole("button", { name: "照会する" }).click();
  await page.locator("main table").waitFor();
  await camera.take({ name: "access-log" });
  await camera.logOut();
}

/** One more screen: who looks, its address, its name in the folder; `at` is a heading to be scrolled to, `press` a button before. */
type Screen = Shot & { readonly who: string; readonly path: string; readonly press?: string };

const SCREENS: readonly Screen[] = [
  { who: "架空 審査子", path: "/tasks", name: "tasks", height: 560 },
  { who: "架空 審査子", path: "/register-changes", name: "register-changes", height: 560 },
  { who: "架空 審査子", path: "/interchange", name: "interchange", height: 700 },
  { who: "架空 審査子", path: "/replicas", name: "replicas", height: 640 },
  { who: "架空 審査子", path: "/extractions", name: "extractions", height: 480 },
  { who: "架空 審査子", path: "/numbers", name: "numbers", height: 480 },
  { who: "架空 審査子", path: "/requests", name: "requests", height: 560 },
  { who: "架空 審査子", path: "/recoveries", name: "recoveries", height: 900 },
  { who: "架空 審査子", path: "/statistics", name: "statistics", height: 900 },
  { who: "架空 審査子", path: "/characters", name: "characters", height: 700 },
  { who: "架空 審査子", path: "/audit/retention", name: "retention", height: 700 },
  { who: "架空 決裁太", path: "/administration/restrictions", name: "restrictions", height: 640 },
  { who: "架空 決裁太", path: "/operation", name: "operation", height: 900 },
  { who: "架空 確認実", path: "/own-order", name: "own-order", height: 480 },
  { who: "架空 措置郎", path: "/protection/standing", name: "standing", height: 640 },
  { who: "架空 情報人", path: "/interchange/evidence", name: "evidence", height: 900 },
  { who: "架空 援護実", path: "/transfers", name: "transfers", height: 560 },
  { who: "架空 監査生", path: "/audit/journal", name: "journal", height: 800, press: "照会する" },
];

/** The screens that a guide needs and no claim passes through. */
async function others(camera: Photographer): Promise<void> {
  const { page } = camera;
  for (const [who, screens] of Map.groupBy(SCREENS, (screen) => screen.who)) {
    await camera.logIn(who);
    for (const { path, press, ...shot } of screens) {
      await page.goto(`${camera.url}${path}`);
      await page.getByRole("heading", { level: 1 }).waitFor();
      if (press !== undefined) {
        await page.locator("main").getByRole("button", { name: press }).click();
        await page.locator("main table").waitFor();
      }
      await camera.take(shot);
    }
    await camera.logOut();
  }
}

/** Writes the pictures desk-*.png into `folder`. */
export async function takeScreenshots(browser: Browser, url: string, folder: string, kana: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const context = await browser.newContext({ locale: "ja-JP", viewport: { width: 1280, height: 900 } });
  const camera = new Photographer(await context.newPage(), folder, url);
  await signOn(camera);
  await entrance(camera);
  const reception = await receive(camera, kana);
  await examine(camera, reception);
  await approve(camera, reception);
  await more(camera, kana);
  await others(camera);
  await context.close();
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const browser = await openBrowser();
  try {
    const [, , url = "http://localhost:8080", folder = "docs/images", kana = ""] = process.argv;
    await takeScreenshots(browser, url, folder, kana);
  } finally {
    await browser.close();
  }
}
