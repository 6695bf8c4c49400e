import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { openBrowser } from "../support/browser.ts";
import { buildApp } from "../support/built-app.ts";
import { operateByKeyboard, openDialogsByKeyboard, skipsToMain, tabStops } from "../support/keyboard.ts";
import { loadPages, prepareWalk, sitDown } from "../support/page-walk.ts";
import type { Walk } from "../support/page-walk.ts";
import { serveDesk } from "../support/served-desk.ts";
import type { ServedDesk } from "../support/served-desk.ts";

const database = useDatabase();
let browser: Browser | undefined;
let desk: ServedDesk | undefined;
let walk: Walk | undefined;
let page: Page | undefined;
let underway = 0;

beforeAll(async () => {
  buildApp();
  browser = await openBrowser();
  desk = await serveDesk(database.pool);
  walk = await prepareWalk(database.pool, desk);
  const context = await browser.newContext({ locale: "ja-JP", viewport: { width: 1280, height: 900 } });
  await sitDown(context, desk.server.url, walk.actor);
  // What changes something is answered with a refusal: every button can be pressed, and nothing happens to the city.
  await context.route(`${desk.server.url}/api/v1/**`, async (route) => {
    const request = route.request();
    if (request.method() === "GET" || /\/(?:filings\/preview|searches|session)/.test(request.url())) {
      return await route.continue().catch(() => {});
    }
    const body = JSON.stringify({ code: "tested", title: "試験のため、行いませんでした。", status: 409 });
    return await route.fulfill({ status: 409, contentType: "application/problem+json", body }).catch(() => {});
  });
  page = await context.newPage();
  page.on("request", () => (underway += 1));
  for (const end of ["requestfinished", "requestfailed"] as const)
    page.on(end as "requestfinished", () => (underway -= 1));
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await desk?.end();
});

/** Opens the page and waits until it has read what it shows. */
async function at(path: string): Promise<Page> {
  if (page === undefined || desk === undefined || walk === undefined) throw new Error("not served");
  await page.goto(`${desk.server.url}${walk.addressOf(path)}`);
  await page.getByRole("heading", { level: 1 }).waitFor();
  for (let quiet = 0; quiet < 3; quiet = underway === 0 ? quiet + 1 : 0) await page.waitForTimeout(25);
  return page;
}

const pages = (await loadPages()).map((each) => [`${each.title}（${each.path}）`, each] as const);

/** A page with each fault that the walk is for. */
const FAULTY = `<!doctype html><html lang="ja"><head><style>:focus-visible { outline: 3px solid } .unseen:focus { outline: none }</style></head><body>
  <a href="#x">初め</a><button class="unseen">見えない</button><div id="mouse">マウスだけ</div><span id="dumb" role="button" tabindex="0">動かない</span>
  <button id="trap">離さない</button><a href="#y">終わり</a></body></html>`;

describe("the walk itself", () => {
  it("finds what only a mouse can press, what does not answer, what cannot be seen, and what does not let go", async () => {
    if (browser === undefined) throw new Error("not served");
    const faulty = await browser.newPage();
    await faulty.setContent(FAULTY);
    // As React keeps its handlers.
    await faulty.evaluate("document.getElementById('mouse').__reactProps$x = { onClick() {} }");
    const walked = await tabStops(faulty);
    expect(walked.unreached).toEqual(["div マウスだけ"]);
    expect(walked.unseen).toEqual(["button 見えない"]);
    expect(walked.trapped).toEqual([]);
    expect((await operateByKeyboard(faulty)).dumb).toEqual(["enter span 動かない"]);
    expect(await skipsToMain(faulty)).toBe(false);
    await faulty.evaluate(
      "document.getElementById('trap').addEventListener('keydown', (event) => { if (event.key === 'Tab') event.preventDefault(); })",
    );
    expect((await tabStops(faulty)).trapped.join()).toContain("離さない");
    await faulty.close();
  });
});

describe("every page that there is", () => {
  it.each(pages)("[A24] %s: F1 and ? show what this page is for; Esc closes it", async (_name, descriptor) => {
    const shown = await at(descriptor.path);
    expect(descriptor.help.join("").length).toBeGreaterThan(20);
    for (const key of ["F1", "?"]) {
      // In a text field ? is a letter; F1 is the help there as well.
      if (key === "?") await shown.evaluate("document.activeElement?.blur?.()");
      await shown.keyboard.press(key);
      const dialog = shown.getByRole("dialog", { name: `説明: ${descriptor.title}` });
      await dialog.waitFor();
      const text = await dialog.innerText();
      for (const sentence of descriptor.help) expect(text).toContain(sentence);
      await shown.keyboard.press("Escape");
      await dialog.waitFor({ state: "detached" });
    }
  });

  it.each(pages)("[A23] %s: all of it by keyboard alone", async (_name, descriptor) => {
    const shown = await at(descriptor.path);
    // Where a page takes the focus by itself, the way begins at the top all the same.
    const walked = await tabStops(shown);
    expect(walked.trapped, "Tab leads out of everything, forwards and backwards").toEqual([]);
    expect(walked.unreached, "everything that a mouse can press is reached").toEqual([]);
    expect(walked.unseen, "the focus can be seen").toEqual([]);
    const operated = await operateByKeyboard(shown);
    expect(operated.dumb, "everything that is reached does its work").toEqual([]);
    expect(operated.count).toBe(walked.count);
    expect(walked.first).toBe("本文へ移動");
    expect(await skipsToMain(shown), "the first stop leads over bar and menu").toBe(true);
    expect(await openDialogsByKeyboard(shown, async () => await at(descriptor.path))).toEqual([]);
  });
});
