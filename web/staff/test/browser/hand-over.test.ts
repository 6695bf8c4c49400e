/** 仮受付: kept, taken over by a colleague or handed over by a supervisor, typed on to its end; corrected afterwards; a paper goes back. */
import { saveDraft } from "@hagukumi/allowance/contract.ts";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { contextOf } from "../../../../systems/allowance/test/support/cases.ts";
import { birthClaim } from "../../../../systems/allowance/test/support/filings.ts";
import { openBrowserDesk, TODAY } from "../support/browser-desk.ts";
import type { BrowserDesk, Seat, StaffId } from "../support/browser-desk.ts";
import { seedBirthFamily } from "../support/browser-families.ts";
import { fillBirthClaim, openFromList, receptionNumber, toForm } from "../support/browser-steps.ts";
import { expectAccessible } from "../support/terminal-browser.ts";

const database = useDatabase();
const PICTURES = process.env["HAGUKUMI_PICTURES"];
let desk: BrowserDesk | undefined;
const seats = new Map<StaffId, Seat>();

const served = (): BrowserDesk => {
  if (desk === undefined) throw new Error("the desk is there only inside tests");
  return desk;
};
async function at(staffId: StaffId): Promise<Page> {
  const found = seats.get(staffId) ?? (await served().seat(staffId));
  seats.set(staffId, found);
  return found.page;
}
async function picture(page: Page, name: string): Promise<void> {
  if (PICTURES !== undefined) await page.screenshot({ path: `${PICTURES}/${name}.png` });
}

beforeAll(async () => {
  desk = await openBrowserDesk(database.pool);
});
afterAll(async () => await desk?.end());

it("a draft of somebody who is away is taken over with a reason, typed on and registered; who had it is told at home", async () => {
  const { url } = served();
  const family = await seedBirthFamily(database.pool, 61, "ヒキツギ");
  const owner = await at("uke.tsuke");
  await toForm(owner, url, family);
  await owner.getByLabel("受付日（請求日）").fill("R8.11.13");
  await owner.getByLabel("被用区分").selectOption("employee");
  await owner.keyboard.press("Control+s");
  await owner.waitForURL(/\/filings\/\d+$/);
  const number = await receptionNumber(owner);
  await owner.getByRole("button", { name: "入力を続ける" }).waitFor();

  const colleague = await at("uke.tonari");
  await colleague.goto(`${url}/lists/drafts`);
  await colleague.getByText("いまはありません。").waitFor();
  await colleague.getByLabel("受付番号").fill(number);
  await colleague.getByRole("button", { name: "引き継ぐ", exact: true }).click();
  const dialog = colleague.getByRole("dialog", { name: `受付番号 ${number} の引継ぎ` });
  await dialog.getByRole("button", { name: "引き継ぐ" }).click();
  await dialog.getByText("理由を書いてください。").waitFor();
  await expectAccessible(colleague, "引継ぎ");
  await picture(colleague, "hand-over-dialog");
  await dialog.getByRole("textbox", { name: /^理由/ }).fill("担当者が休みのため");
  await dialog.getByRole("button", { name: "引き継ぐ" }).click();
  await colleague.getByText(`受付番号 ${number} を引き継ぎました`).waitFor();

  await openFromList(colleague, url, "drafts", number);
  await colleague.keyboard.press("Alt+i");
  // What the owner had typed is there, and only the rest is typed.
  await colleague.getByLabel("確かめた書類の区分").waitFor();
  expect(await colleague.getByLabel("受付日（請求日）").inputValue()).toBe("2026-11-13");
  expect(await colleague.getByLabel("被用区分").inputValue()).toBe("employee");
  await expectAccessible(colleague, "入力の続き");
  await fillBirthClaim(colleague, family, "1000061");
  await picture(colleague, "draft-going-on");
  await colleague.keyboard.press("Control+Enter");
  await colleague.waitForURL(/\/filings\/\d+$/);
  expect(await receptionNumber(colleague)).toBe(number);

  // The owner is told, and the number is the owner's no more.
  await owner.goto(url);
  await owner.getByText("あなたの仮受付 1件は、ほかの人が引き継ぎました").waitFor();
  await owner.getByText("担当者が休みのため").waitFor();
  await expectAccessible(owner, "home, told");
  await picture(owner, "hand-over-home");

  // 補正: not without a reason; what was there before stays in the story.
  await colleague.keyboard.press("Alt+i");
  await colleague.getByLabel("被用区分").selectOption("nonEmployee");
  await colleague.keyboard.press("Control+Enter");
  await colleague.getByText("理由を書いてください。").waitFor();
  // The proposal for what was changed has come: nothing on the page is being drawn any more.
  await colleague.waitForLoadState("networkidle");
  await colleague.getByRole("heading", { name: "要る書類" }).waitFor();
  await expectAccessible(colleague, "補正");
  await colleague.getByRole("textbox", { name: /^補正の理由/ }).fill("被用区分の聞き違い");
  await colleague.keyboard.press("Control+Enter");
  await colleague.waitForURL(/\/filings\/\d+$/);
  await colleague.getByRole("row", { name: /補正.*被用区分の聞き違い/ }).waitFor();

  // 返却: what is not needed goes back, on record.
  await colleague.getByRole("button", { name: "要らない書類を返した" }).click();
  const back = colleague.getByRole("dialog", { name: "要らない書類を返した" });
  await back.getByLabel("書類の名").fill("架空の源泉徴収票");
  await expectAccessible(colleague, "返却");
  await picture(colleague, "hand-back-dialog");
  await back.getByRole("textbox", { name: /^理由/ }).fill("所得は見ないため");
  await back.getByRole("button", { name: "記録する" }).click();
  await colleague
    .getByRole("table", { name: "返した書類" })
    .getByRole("row", { name: /架空の源泉徴収票 窓口/ })
    .waitFor();
  await expectAccessible(colleague, "返した書類");
  await picture(colleague, "handed-back");
});

it("a forgotten draft stands on the supervisor's list; the supervisor chooses who goes on with it, and sees nothing of it", async () => {
  const { url } = served();
  const family = await seedBirthFamily(database.pool, 62, "ワスレ");
  const { identity: _none, ...form } = birthClaim(family.parent, family.child, "2026-10-31", "2026-11-02");
  const { receptionNumber: number, filingId } = await saveDraft(contextOf(database.pool, "uke.tsuke", TODAY), { form });
  const supervisor = await at("kes.sai");
  await supervisor.goto(`${url}/filings/${String(filingId)}`);
  await supervisor
    .getByText(/見つかりません|処理事由/)
    .first()
    .waitFor();
  await supervisor.goto(`${url}/lists/ageing`);
  await supervisor.getByRole("button", { name: `受付番号 ${number} を引き継がせる` }).click();
  const dialog = supervisor.getByRole("dialog", { name: `受付番号 ${number} の引継ぎ` });
  await dialog.getByRole("option", { name: /uke\.tonari/ }).waitFor({ state: "attached" });
  // Of those who may receive claims here, and of nobody else.
  await dialog.getByRole("option").nth(4).waitFor({ state: "attached" });
  expect(await dialog.getByRole("option").count()).toBe(1 + 4);
  expect(await dialog.getByRole("option", { name: /kes\.sai/ }).count()).toBe(0);
  await dialog.getByLabel("引き継ぐ職員").selectOption("uke.tonari");
  await dialog.getByRole("textbox", { name: /^理由/ }).fill("長く入力されていないため");
  await expectAccessible(supervisor, "引き継がせる");
  await picture(supervisor, "hand-over-supervisor");
  await dialog.getByRole("button", { name: "引き継がせる" }).click();
  await supervisor.getByText(`受付番号 ${number} は、uke.tonari の「仮受付」の一覧に移りました。`).waitFor();

  const colleague = await at("uke.tonari");
  await colleague.goto(url);
  await colleague.getByText("仮受付を 1件、引き継ぎました").waitFor();
  await openFromList(colleague, url, "drafts", number);
  await colleague.getByRole("button", { name: "入力を続ける" }).waitFor();
});
