/** 確かめる仕事 on the screen: what falls due is on the home page and in the list; a report is left out, on record, from the list. */
import { beforeAll, afterAll, expect, it } from "vitest";
import type { Browser } from "playwright-core";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { contextOf } from "../../../../systems/allowance/test/support/cases.ts";
import { claimedFamily } from "../../../../systems/allowance/test/support/claimed-families.ts";
import { resident } from "../../../../systems/allowance/test/support/feeds.ts";
import { bring, decided, form } from "../../../../systems/allowance/test/support/filings.ts";
import { certificationText } from "../../app/ui/format.ts";
import { makeActor } from "../support/actors.ts";
import { openBrowser } from "../support/browser.ts";
import { buildApp } from "../support/built-app.ts";
import { sitDown } from "../support/page-walk.ts";
import { serveDesk } from "../support/served-desk.ts";
import type { ServedDesk } from "../support/served-desk.ts";
import { expectAccessible, openCounter } from "../support/terminal-browser.ts";

const database = useDatabase();
const PICTURES = process.env["HAGUKUMI_PICTURES"];
const FAMILY = 700_500;
let browser: Browser;
let desk: ServedDesk;
let recipientId = 0;

beforeAll(async () => {
  buildApp();
  browser = await openBrowser();
  desk = await serveDesk(database.pool);
  const clerk = contextOf(database.pool, "staff.ito", "2026-11-10");
  const approver = contextOf(database.pool, "staff.sato", "2026-11-10");
  recipientId = await claimedFamily({ maker: clerk, approver }, FAMILY, [["2020-05-10"]]);
  const apart = { child: FAMILY + 1, since: "2026-10-01", reason: "schooling", care: "毎月の送金" };
  const statement = { claimant: FAMILY, recipientId, children: [apart], reviewOn: "2026-11-20" };
  await decided(clerk, approver, form("separateCare", "2026-11-10", statement));
  const row = { 履歴番号: "2", 異動年月日: "2026-11-08", 異動事由コード: "22", 住所: "架空町９丁目" };
  await bring(clerk, { residents: [resident(FAMILY, "1985-01-01", row)] });
}, 180_000);
afterAll(async () => {
  await browser.close();
  await desk.end();
});

it(
  "a check that is overdue and a change without a report are shown, opened, and the report is left out on record",
  { timeout: 120_000 },
  async () => {
    const examiner = await makeActor(database.pool, "t.shinsa", "examiner");
    const { context, page } = await openCounter(browser, desk.server.url);
    await sitDown(context, desk.server.url, examiner);
    await page.setViewportSize({ width: 1280, height: 1000 });
    await page.goto(desk.server.url);
    await page.getByRole("heading", { name: "確かめる日が来るもの" }).waitFor();
    await page.getByRole("rowheader", { name: "別居監護の確認" }).waitFor();
    await expectAccessible(page, "home");
    if (PICTURES !== undefined) await page.screenshot({ path: `${PICTURES}/tasks-home.png`, fullPage: true });

    await page.getByRole("link", { name: "一覧へ" }).last().click();
    await page.getByRole("heading", { name: "届出のない変更" }).waitFor();
    await page.getByRole("rowheader", { name: certificationText(recipientId) }).waitFor();
    await expectAccessible(page, "tasks");
    if (PICTURES !== undefined) await page.screenshot({ path: `${PICTURES}/tasks.png`, fullPage: true });

    const act = page.getByRole("button", {
      name: `認定番号 ${certificationText(recipientId)} の住所の変更の届出の省略を記録`,
    });
    await act.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "変更届の省略を記録する" }).waitFor();
    await expectAccessible(page, "leaving a report out");
    if (PICTURES !== undefined) await page.screenshot({ path: `${PICTURES}/tasks-omit.png` });
    await page.keyboard.press("Escape");
    expect((await database.pool.query("SELECT FROM allowance.report_omission")).rowCount).toBe(0);
    await act.click();
    await page.getByRole("button", { name: "省略を記録する", exact: true }).click();
    await page.getByText("省略を記録しました。").waitFor();
    await page.getByText("届出のない変更").first().waitFor();
    expect(await page.getByRole("rowheader", { name: certificationText(recipientId) }).count()).toBe(0);
    const { rows } = await database.pool.query(
      "SELECT recipient_id, item, history_no, confirmed_by FROM allowance.report_omission",
    );
    expect(rows).toEqual([{ recipient_id: recipientId, item: "address", history_no: 2, confirmed_by: "t.shinsa" }]);

    await page.getByRole("button", { name: /^別居監護の確認（受付番号 .*）を開く$/ }).click();
    await page.waitForURL(new RegExp(`/cases/${String(recipientId)}$`));
  },
);
