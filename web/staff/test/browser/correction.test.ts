/** 取消・再決定 at the screen: what will be taken back is there before anybody decides on it. */
import { join } from "node:path";

import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { expectAccessible } from "../support/terminal-browser.ts";
import { openBrowserDesk } from "../support/browser-desk.ts";
import type { BrowserDesk, Seat, StaffId } from "../support/browser-desk.ts";
import { seedBirthFamily } from "../support/browser-families.ts";
import {
  confirmIdentity,
  examine,
  fillBirthClaim,
  openFromList,
  receivePapers,
  submit,
  toForm,
} from "../support/browser-steps.ts";

const database = useDatabase();
let desk: BrowserDesk | undefined;
const seats = new Map<StaffId, Seat>();

async function at(staffId: StaffId): Promise<Page> {
  if (desk === undefined) throw new Error("the desk is there only inside tests");
  const found = seats.get(staffId) ?? (await desk.seat(staffId));
  seats.set(staffId, found);
  return found.page;
}

beforeAll(async () => {
  desk = await openBrowserDesk(database.pool);
});
afterAll(async () => await desk?.end());

/** Pictures for looking at, where `HAGUKUMI_PICTURES` names a folder. */
async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env["HAGUKUMI_PICTURES"];
  if (folder !== undefined) await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

describe("取り消して決め直す", () => {
  it("is prepared with a reason alone; the new filing shows what the cancellation gives back and what is decided; both stay", async () => {
    const url = desk?.url ?? "";
    const family = await seedBirthFamily(database.pool, 8, "ヤコ");
    const counter = await at("uke.tsuke");
    await toForm(counter, url, family);
    await counter.getByLabel("受付日（請求日）").fill("R8.11.20");
    await fillBirthClaim(counter, family, "1000801");
    const reception = await submit(counter);
    await receivePapers(counter);
    const page = await at("shin.sa");
    await openFromList(page, url, "toExamine", reception);
    await examine(page);
    const approver = await at("kes.sai");
    await openFromList(approver, url, "toApprove", reception);
    await approver.keyboard.press("Alt+a");
    await confirmIdentity(approver);
    await approver.getByText("決裁しました").waitFor();

    await page.reload();
    await page.getByRole("button", { name: "取り消して決め直す" }).click();
    const dialog = page.getByRole("dialog", { name: "取消しと再決定" });
    await dialog.getByRole("button", { name: "準備する" }).click();
    await dialog.getByText("理由を書いてください。").waitFor();
    await expectAccessible(page, "取消しと再決定");
    await picture(page, "correction-dialog");
    await dialog.getByLabel("何も置かない").check();
    await dialog.getByRole("textbox", { name: /^理由\s*※必須/ }).fill("架空の理由: 別の人の請求だったため");
    const old = page.url();
    await dialog.getByRole("button", { name: "準備する" }).click();
    await page.waitForURL((now) => now.href !== old && /\/filings\/\d+$/.test(now.pathname));
    await page.getByText("取り消すもとの受付を見る").waitFor();
    const text = await page.getByRole("main").innerText();
    expect(text).toContain(`受付番号 ${reception}（児童手当 認定請求書`);
    expect(text).toContain("の決定を取り消したうえで、決め直します");
    // 15,000 a month from December (claimed on day 20): what the cancelled grant had given is taken back.
    expect(text).toContain("取消: ");
    expect(text).toContain("15,000円");
    await expectAccessible(page, "取消・再決定の受付");
    await picture(page, "correction-filing");
    const again = /受付番号\s*(\d+)/.exec(await page.getByRole("heading", { level: 1 }).innerText())?.[1] ?? "";
    // Nothing is cancelled yet.
    expect((await database.pool.query("SELECT 1 FROM allowance.filing_cancellation")).rowCount).toBe(0);
    await openFromList(approver, url, "toApprove", again);
    await approver.keyboard.press("Alt+a");
    await confirmIdentity(approver).catch(() => undefined);
    await approver.getByText("決裁しました").waitFor();
    await picture(approver, "correction-decided");
    await approver.getByRole("link", { name: "取り消したもとの受付を見る" }).click();
    await approver.getByRole("heading", { level: 1, name: new RegExp(reception) }).waitFor();
    expect(await approver.getByRole("main").innerText()).toContain("架空の理由: 別の人の請求だったため");
    await picture(approver, "correction-old");
  });
});
