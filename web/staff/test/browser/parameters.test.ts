/** パラメータ on the screen: an update stops the work, one person registers the values, another approves them. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { approveEarlierLaw } from "../../../../systems/allowance/test/support/parameters.ts";
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
  return counter;
}

beforeAll(async () => {
  buildApp();
  browser = await openBrowser();
  desk = await serveDesk(database.pool);
  examiner = await makeActor(database.pool, "p.shinsa", "examiner");
  approver = await makeActor(database.pool, "p.kakaricho", "approver");
  await approveEarlierLaw(database.pool);
}, 180_000);
afterAll(async () => {
  await browser.close();
  await desk.end();
});

it("the page names what changed, registers with all examples answered, and lets another person approve exactly that", async () => {
  const { page } = await windowOf(examiner);
  await page.setViewportSize({ width: 1280, height: 1000 });
  await page.goto(`${desk.server.url}/parameters`);
  await page.getByText("プログラムの値が承認されていません。").waitFor();
  await page.getByText("月額15,000円（令和6年10月分から令和31年12月分まで）").first().waitFor();
  await expectAccessible(page, "parameters to approve");
  if (PICTURES !== undefined) await page.screenshot({ path: `${PICTURES}/parameters-1.png`, fullPage: true });
  await page.getByRole("button", { name: "プログラムの値を登録する" }).click();
  await page.getByLabel("根拠").fill("令和6年法律第47号（架空の更新）");
  await expectAccessible(page, "registration of parameters");
  await page.getByRole("button", { name: "登録する", exact: true }).click();
  await page.getByText("はすべて公表の答えと一致しました。別の人が承認してください。").waitFor();
  // Who may only register is not offered the approval.
  await page
    .getByRole("button", { name: /登録 \d+ を見る/u })
    .first()
    .click();
  expect(await page.getByRole("button", { name: "この内容で承認する" }).count()).toBe(0);
  await page.getByRole("button", { name: "閉じる" }).click();

  const other = await windowOf(approver);
  await other.page.setViewportSize({ width: 1280, height: 1000 });
  await other.page.goto(`${desk.server.url}/parameters`);
  await other.page
    .getByRole("button", { name: /登録 \d+ を見る/u })
    .first()
    .click();
  await expectAccessible(other.page, "approval of parameters");
  if (PICTURES !== undefined) await other.page.screenshot({ path: `${PICTURES}/parameters-2.png` });
  await other.page.getByRole("button", { name: "この内容で承認する" }).click();
  await other.page.getByText("を承認しました。決定と支払に、この値を使います。").waitFor();
  await other.page.getByText("プログラムの値は、二人で承認された値です。").waitFor();
  await other.page.getByLabel("種類").selectOption("paymentMonths");
  await other.page.getByText("2・4・6・8・10・12月").first().waitFor();
  await expectAccessible(other.page, "parameters in force");
  if (PICTURES !== undefined) await other.page.screenshot({ path: `${PICTURES}/parameters-3.png`, fullPage: true });
});
