/** What each role meets: the menu as written here, no page beyond it by any address, and 個人番号 by right alone. */
import { roleCodes } from "@hagukumi/platform/identity/permissions.ts";
import type { Role } from "@hagukumi/platform/identity/permissions.ts";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { freshService } from "../../../../systems/unified-addressee/test/support/service.ts";
import type { TestService } from "../../../../systems/unified-addressee/test/support/service.ts";
import { makeActor } from "../support/actors.ts";
import { openBrowser } from "../support/browser.ts";
import { callFromPage } from "../support/browser-steps.ts";
import { buildApp } from "../support/built-app.ts";
import { loadPages, sitDown } from "../support/page-walk.ts";
import { menusIn, roleMayOpen } from "../support/role-menu.ts";
import { serveDesk } from "../support/served-desk.ts";
import type { ServedDesk } from "../support/served-desk.ts";

const database = useDatabase();
const HANAKO = 900_000_000_001_101;

/** メニュー of each role, from top to bottom, as it was looked at and published (docs/役割と画面.md). */
const MENUS = menusIn(readFileSync(resolve(import.meta.dirname, "../../../../docs/役割と画面.md"), "utf8"));

/** What a role sees of a number that is there: the twelve marks, the button that shows it, or not even whether there is one. */
const NUMBER: Readonly<Partial<Record<Role, "marks" | "marks and the button" | "nothing">>> = {
  clerk: "marks",
  examiner: "marks and the button",
  approver: "marks",
  protectionOfficer: "nothing",
};

/** Inside the page: goes to each address as a link would; the addresses at which something else than "no such page" stands. */
const WALK = `async (addresses) => {
  const found = [];
  const said = (address) => (document.querySelector("main")?.textContent ?? "").includes("アドレス " + address + " に当たる画面がないか");
  for (const address of addresses) {
    history.pushState(null, "", address);
    dispatchEvent(new PopStateEvent("popstate"));
    const until = performance.now() + 5000;
    while (!said(address) && performance.now() < until) await new Promise((done) => setTimeout(done, 4));
    if (!said(address)) found.push(address);
  }
  return found;
}`;

let browser: Browser;
let desk: ServedDesk;
let service: TestService;
let context: BrowserContext;
let page: Page;
let digits = "";
/** What a page asked for and was not allowed: a closed page must not come so far */
const refused: string[] = [];
const answers: string[] = [];

/** Sits down as somebody of the role alone, at the first page. */
async function as(role: Role, staffId = `m.${role.toLowerCase()}`): Promise<void> {
  const actor = await makeActor(database.pool, staffId, role);
  await context.clearCookies();
  await sitDown(context, desk.server.url, actor);
  await page.goto(desk.server.url);
  await page.getByRole("heading", { level: 1 }).waitFor();
}

beforeAll(async () => {
  buildApp();
  browser = await openBrowser();
  service = await freshService();
  desk = await serveDesk(database.pool, { addressee: { vault: service.vault, signer: service.signer } });
  context = await browser.newContext({ locale: "ja-JP", viewport: { width: 1280, height: 900 } });
  page = await context.newPage();
  page.on("response", (response) => {
    if (response.status() === 403) refused.push(response.url());
  });
}, 180_000);
afterAll(async () => {
  await browser.close();
  await desk.end();
  await service.drop();
});

describe("操作権限 on screen", () => {
  it.each(roleCodes)(
    "[A155] [D227] %s: the menu is exactly what is written for this role, and every other page is not there by its address either",
    async (role) => {
      await as(role);
      const menu = page.getByRole("navigation", { name: "メニュー" });
      await menu.waitFor();
      // The title is the first text of each link; a number of waiting things may stand behind it.
      const shown = await page.evaluate<readonly string[]>(
        "[...document.querySelectorAll('nav[aria-label=メニュー] a')].map((link) => (link.firstChild?.textContent ?? '').trim())",
      );
      expect(shown.join("、")).toBe(MENUS.get(role));
      const closed = (await loadPages()).filter((each) => !roleMayOpen(role, each));
      expect(closed.length).toBeGreaterThan(10);
      const paths = closed.map(({ path }) => path.replaceAll(/\$\w+/g, "1"));
      // By the address, inside the application: each must say that there is no such page.
      const open = await page.evaluate<readonly string[]>(`(${WALK})(${JSON.stringify(paths)})`);
      expect(open).toEqual([]);
      expect(refused).toEqual([]);
    },
  );

  it("[A155] 個人番号 is masked by right: twelve marks for those who handle it, the button for those who may show it, nothing for the others", async () => {
    await as("clerk", "n.uketsuke");
    await service.allow("n.uketsuke");
    digits = service.drawDigits();
    const open = async (): Promise<number> => {
      const answer = await callFromPage(page, "POST", "/openings", {
        target: { kind: "addressee", number: String(HANAKO) },
        purpose: "certification",
        origin: "search",
      });
      return answer.status;
    };
    expect(await open()).toBe(200);
    const entered = await callFromPage(page, "POST", `/persons/${HANAKO}/individual-number`, {
      number: digits,
      numberPaper: "individualNumberCard",
      identityPaper: "individualNumberCard",
      checkedOn: "2026-11-20",
      changed: false,
    });
    expect(entered.status).toBe(200);
    page.on("response", (response) => {
      void response.text().then(
        (text) => answers.push(text),
        () => {},
      );
    });
    const found: Partial<Record<Role, string>> = {};
    for (const role of Object.keys(NUMBER) as Role[]) {
      await as(role, `n.${role.toLowerCase()}`);
      expect(await open()).toBe(200);
      await page.goto(`${desk.server.url}/cases/${String(desk.hanako).padStart(10, "0")}`);
      await page.getByRole("heading", { level: 1, name: /花子/ }).waitFor();
      const section = page.getByRole("region", { name: "個人番号" });
      if (role !== "protectionOfficer") await section.getByText("●●●●　●●●●　●●●●").waitFor();
      const marks = await section.getByText("●●●●　●●●●　●●●●").count();
      const button = await section.getByRole("button", { name: "60秒表示する" }).count();
      found[role] =
        (await section.count()) === 0 ? "nothing" : marks === 1 && button === 0 ? "marks" : "marks and the button";
      expect(await page.content()).not.toContain(digits);
    }
    expect(found).toEqual(NUMBER);
    expect(answers.length).toBeGreaterThan(20);
    expect(answers.filter((text) => text.includes(digits))).toEqual([]);
  });
});
