import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { SECRET_ADDRESS } from "../../../../systems/allowance/test/support/small-city.ts";
import { openBrowser } from "../support/browser.ts";
import { serveCity } from "../support/old-served-city.ts";
import type { ServedCity } from "../support/old-served-city.ts";

const database = useDatabase();
let browser: Browser;
let city: ServedCity;
let context: BrowserContext;
let view: Page;
let outside: string[] = [];
let complaints: string[] = [];
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  browser = await openBrowser();
  closing.push(async () => await browser.close());
  city = await serveCity(database.pool);
  closing.push(city.end);
  context = await browser.newContext({ locale: "ja-JP" });
});
afterAll(async () => {
  for (const close of closing.toReversed()) await close();
});

/** Each test has a page of its own that notes every request elsewhere and every complaint (blocked by the policy, script). */
beforeEach(async () => {
  view = await context.newPage();
  await view.setViewportSize({ width: 1280, height: 900 });
  outside = [];
  complaints = [];
  view.on("request", (request) => {
    if (!request.url().startsWith(city.server.url)) outside.push(request.url());
  });
  view.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  view.on("pageerror", (error) => complaints.push(error.message));
  view.on("dialog", (dialog) => complaints.push(`dialog: ${dialog.message()}`));
});
afterEach(async () => await view.close());

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

const number = (recipientId: number): string => String(recipientId).padStart(10, "0");

/** Every page and state, by name: how to get there. */
const states: Readonly<Record<string, (page: Page) => Promise<unknown>>> = {
  "first page": async (page) => await page.goto(`${city.server.url}/`),
  "first page, exclusions open": async (page) => {
    await page.goto(`${city.server.url}/`);
    await page.locator("details > summary").first().click();
  },
  "a run by number": async (page) => await page.goto(`${city.server.url}/runs/1`),
  "search, empty": async (page) => await page.goto(`${city.server.url}/search`),
  "search, nothing typed": async (page) => await searchFor(page, "　"),
  "search, found": async (page) => await searchFor(page, "かくう"),
  "search, none": async (page) => await searchFor(page, "いない"),
  "recipient with three children, months open": async (page) => {
    await page.goto(`${city.server.url}/recipients/${number(city.tsuji)}`);
    for (const summary of (await page.locator(".months summary").all()).slice(0, 3)) await summary.click();
  },
  "recipient with a returned transfer": async (page) =>
    await page.goto(`${city.server.url}/recipients/${number(city.yoshida)}`),
  "protected recipient": async (page) =>
    await page.goto(`${city.server.url}/recipients/${number(city.protectedPerson)}`),
  "recipient without account": async (page) =>
    await page.goto(`${city.server.url}/recipients/${number(city.noAccount)}`),
  "hostile name, on hold": async (page) => await page.goto(`${city.server.url}/recipients/${number(city.hostile)}`),
  "page not there": async (page) => await page.goto(`${city.server.url}/nowhere`),
  "recipient not there": async (page) => await page.goto(`${city.server.url}/recipients/9999999999`),
  "bad number": async (page) => await page.goto(`${city.server.url}/recipients/abc`),
};

async function searchFor(page: Page, typed: string): Promise<void> {
  await page.goto(`${city.server.url}/search`);
  await page.getByLabel("認定番号・宛名番号・カナ・氏名").fill(typed);
  await page.getByRole("button", { name: "検索" }).click();
}

describe("every page and state", () => {
  it.each(Object.entries(states))("%s", async (_, go) => {
    await go(view);
    const { violations } = await new AxeBuilder({ page: view }).withTags(TAGS).analyze();
    const found = violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 120)).join(" | ")}`,
    );
    expect(found, "WCAG 2.2 AA").toStrictEqual([]);
    // 200 % of 1280 is a window of 640 CSS pixels; 400 % is 320.
    for (const width of [640, 320]) {
      await view.setViewportSize({ width, height: 640 });
      const overflow = await view.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth",
      );
      expect(overflow, `scrolls sideways at ${width} px`).toBeLessThanOrEqual(0);
    }
    const content = await view.content();
    expect(content).not.toContain(SECRET_ADDRESS);
    expect(content).not.toContain("架空町");
    expect(await view.getByRole("note").innerText()).toContain("デモ");
    expect(await view.title()).toContain("【デモ】");
    expect(outside, "requests to elsewhere").toStrictEqual([]);
    // The browser reports a page that is not there as an error of its own; anything else is a blocked resource or a script.
    expect(complaints.filter((text) => !/status of 40[04]/.test(text))).toStrictEqual([]);
  });
});

describe("what a page says", () => {
  it("a protected person is marked in words", async () => {
    await states["protected recipient"]?.(view);
    expect(await view.getByText("支援措置の対象です").isVisible()).toBe(true);
    await searchFor(view, "まもり");
    expect(await view.locator("main table").count()).toBe(0);
    await searchFor(view, "かくうまもり");
    expect(await view.locator("main table").innerText()).toContain("保護");
  });

  it("a name that looks like markup is shown as text and runs nothing", async () => {
    await states["hostile name, on hold"]?.(view);
    expect(await view.getByRole("heading", { level: 1 }).innerText()).toContain('<script>alert("架空")</script>');
    expect(await view.locator("main script").count()).toBe(0);
    await searchFor(view, '"><img src=x onerror=alert(1)>');
    expect(await view.locator("main img").count()).toBe(0);
    expect(await view.getByLabel("認定番号・宛名番号・カナ・氏名").inputValue()).toBe('"><img src=x onerror=alert(1)>');
    expect(complaints).toStrictEqual([]);
  });

  it("by keyboard alone: search, result, a month's reasons with the sum", async () => {
    await view.goto(`${city.server.url}/`);
    const focused = async (): Promise<string> =>
      String(
        await view.evaluate(`(() => {
          const at = document.activeElement;
          return at.id || (["A", "SUMMARY", "BUTTON"].includes(at.tagName) ? at.textContent.trim() : "");
        })()`),
      );
    const tabTo = async (wanted: string): Promise<void> => {
      for (let presses = 0; presses < 60; presses += 1) {
        await view.keyboard.press("Tab");
        const at = await focused();
        if (at === wanted || (wanted.length > 1 && at.includes(wanted))) return;
      }
      throw new Error(`the keyboard does not reach ${wanted}`);
    };
    await view.keyboard.press("Tab");
    expect(await focused()).toBe("本文へ移動");
    await tabTo("q");
    await view.keyboard.type("ﾂｼﾞ");
    await view.keyboard.press("Enter");
    await view.waitForURL(/\/search$/);
    await tabTo("辻\u{E0100}");
    await view.keyboard.press("Enter");
    await view.waitForURL(/\/recipients\//);
    await tabTo("なぜ？");
    await view.keyboard.press("Enter");
    const month = view.locator(".months details[open]").first();
    // December 2026: 10,000 + 10,000 + 30,000
    expect(await month.locator(".sum-line").innerText()).toBe("10,000 ＋ 10,000 ＋ 30,000 ＝ 50,000円");
    expect(await month.locator(".article").first().innerText()).toContain("児童手当法6条");
    // Names never stand in addresses.
    expect(decodeURIComponent(view.url())).not.toMatch(/[\u3040-\u30ff\u4e00-\u9fff]/);
  });

  it("the first page shows the track, the equation and who is not in the run", async () => {
    await states["first page"]?.(view);
    const track = await view.locator(".track").innerText();
    for (const words of [
      "作成",
      "sakusei.hanako",
      "承認済",
      "shonin.taro",
      "suito.jiro",
      "結果反映済",
      "締め済",
      "次の段階",
    ]) {
      expect(track).toContain(words);
    }
    // (15,000 + 50,000 + 10,000 + 10,000) × 2 + 10,000 (hostile: October alone) = 180,000
    expect((await view.locator(".equation").innerText()).match(/180,000円/g)).toHaveLength(4);
    const out = await view.locator("section[aria-labelledby=exclusions]").innerText();
    expect(out).toContain("口座が未登録");
    expect(out).toContain("差止または保留");
    expect(await view.locator("section[aria-labelledby=returned]").innerText()).toContain(number(city.yoshida));
  });

  it("states of money: returned, held, without account, paid", async () => {
    const verdict = async (recipientId: number): Promise<string> => {
      await view.goto(`${city.server.url}/recipients/${number(recipientId)}`);
      return await view.locator(".verdict").innerText();
    };
    expect(await verdict(city.yoshida)).toBe("計上した額 20,000円 ＝ 振込不能（確認待ち） 20,000円");
    expect(await verdict(city.hostile)).toBe("計上した額 20,000円 ＝ 差止・保留 10,000円 ＋ 支払済 10,000円");
    expect(await verdict(city.noAccount)).toBe("計上した額 20,000円 ＝ 未払 20,000円");
    expect(await verdict(city.tsuji)).toBe("計上した額 100,000円 ＝ 支払済 100,000円");
    expect(await view.content()).not.toContain("0123456"); // the account number is masked
    expect(await view.content()).toContain("••••456");
  });
});
