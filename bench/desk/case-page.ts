/**
 * Case page bench: from the address to the first meaningful paint of a recipient's page (family, months and the reasons of one
 * month are there), in Chromium, against a running demonstration. The floor is the same page's static shell: the same
 * document, scripts and styles, until the application has drawn its first element, with every answer of the API held back.
 *
 * `node bench/desk/case-page.ts URL [kana] [staff] [times]` while `hagukumi start` serves at URL. `staff` is a person of the
 * demonstration who may open cases and is logged in nowhere else; `kana` a part of the reading of a recipient in their charge.
 */
import { cpus, loadavg } from "node:os";
import type { Browser, BrowserContext, Page } from "playwright-core";

import { openBrowser } from "../../web/staff/test/support/browser.ts";

const GOAL_MS = 1000;
const LIMIT_MS = 60_000;

/** Notes, in milliseconds since the navigation began, the first frame after each of the two is there. */
const WATCH = `(() => {
  const seen = (globalThis.__seen = {});
  const note = (name) => { if (seen[name] === undefined) { seen[name] = null; requestAnimationFrame(() => setTimeout(() => { seen[name] = performance.now(); }, 0)); } };
  const look = () => {
    if (document.querySelector("#app > *") !== null) note("shell");
    if (document.querySelector("[role=tabpanel] li") !== null) note("case");
  };
  new MutationObserver(look).observe(document, { childList: true, subtree: true });
})()`;

async function logIn(browser: Browser, url: string, staff: string): Promise<BrowserContext> {
  const context = await browser.newContext({ locale: "ja-JP", viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  await page.goto(url);
  await page.getByRole("button", { name: staff }).click();
  await page.getByRole("button", { name: "ログイン", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "わたしの仕事" }).waitFor();
  await page.close();
  return context;
}

/** Finds the first recipient of that reading and opens the case. @returns its address */
async function openCase(context: BrowserContext, url: string, kana: string): Promise<string> {
  const page = await context.newPage();
  await page.goto(`${url}/search`);
  await page.getByLabel("カナ・氏名・認定番号・宛名番号・電話番号").fill(kana);
  await page.keyboard.press("Enter");
  await page
    .getByRole("row", { name: /\d{10}/ })
    .first()
    .getByRole("button")
    .click();
  await page.getByRole("dialog").getByRole("radio").first().check();
  await page.getByRole("dialog").getByRole("button", { name: /^開く/ }).click();
  await page.getByRole("tabpanel").waitFor();
  const address = page.url();
  await page.close();
  return address;
}

async function measure(page: Page, address: string, what: "shell" | "case"): Promise<number> {
  await page.goto(address, { waitUntil: "commit" });
  // Asked for now and then; the moment itself was noted in the page.
  for (const until = Date.now() + LIMIT_MS; Date.now() < until;) {
    const noted = await page.evaluate(`globalThis.__seen?.${what} ?? 0`);
    if (typeof noted === "number" && noted > 0) return noted;
    await new Promise((resume) => {
      setTimeout(resume, 20);
    });
  }
  throw new Error(`${what} was not there within ${String(LIMIT_MS)} ms`);
}

type Round = { readonly what: "shell" | "case"; readonly cached: boolean; readonly times: number };

async function round(context: BrowserContext, address: string, { what, cached, times }: Round): Promise<number[]> {
  const took: number[] = [];
  for (let run = 0; run <= times; run += 1) {
    const page = await context.newPage();
    await page.addInitScript(WATCH);
    if (what === "shell") await page.route("**/api/**", async () => await new Promise(() => {}));
    if (!cached) {
      const session = await context.newCDPSession(page);
      await session.send("Network.setCacheDisabled", { cacheDisabled: true });
    }
    const ms = await measure(page, address, what);
    // The first one fills the cache and warms the server.
    if (run > 0) took.push(ms);
    await page.close();
  }
  return took.toSorted((a, b) => a - b);
}

const at = (sorted: readonly number[], share: number): number =>
  Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN);

async function main(): Promise<void> {
  const [, , url = "http://localhost:8080", kana = "シケン", staff = "架空 支払美", timesText = "30"] = process.argv;
  const times = Number(timesText);
  const browser = await openBrowser();
  try {
    const context = await logIn(browser, url, staff);
    const address = await openCase(context, url, kana);
    const [first, last] = [loadavg()[0] ?? 0, cpus().length];
    console.log(`${String(times)} loads each, ${String(last)} cores, load average ${first.toFixed(1)} at the start`);
    for (const cached of [false, true]) {
      const shell = await round(context, address, { what: "shell", cached, times });
      const page = await round(context, address, { what: "case", cached, times });
      const name = cached ? "with the browser's cache" : "without any cache      ";
      console.log(
        `${name}  shell (floor) p50 ${String(at(shell, 0.5))} ms p95 ${String(at(shell, 0.95))} ms | case p50 ${String(at(page, 0.5))} ms p95 ${String(at(page, 0.95))} ms | ${(at(page, 0.5) / at(shell, 0.5)).toFixed(2)} × floor | goal ${String(GOAL_MS)} ms ${at(page, 0.95) <= GOAL_MS ? "kept" : "missed"} at p95`,
      );
    }
    const page = await context.newPage();
    await page.goto(url);
    await page.getByRole("button", { name: "ログアウト" }).click();
    await page.getByText("ログアウトしました").waitFor();
  } finally {
    await browser.close();
  }
}

await main();
