import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { openBrowserDesk } from "../support/browser-desk.ts";
import type { BrowserDesk, Seat, StaffId } from "../support/browser-desk.ts";
import { seedBirthFamily } from "../support/browser-families.ts";
import type { BirthFamily } from "../support/browser-families.ts";
import {
  callFromPage,
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

const served = (): BrowserDesk => {
  if (desk === undefined) throw new Error("the desk is there only inside tests");
  return desk;
};

/** The screen of a person, who logs in at the first call. */
async function at(staffId: StaffId): Promise<Page> {
  const found = seats.get(staffId) ?? (await served().seat(staffId));
  seats.set(staffId, found);
  return found.page;
}

beforeAll(async () => {
  desk = await openBrowserDesk(database.pool);
});
afterAll(async () => await desk?.end());

let accounts = 1_000_000;

/** A claim for a birth at the counter, received on 13 November. @returns its 受付番号 */
async function claim(family: BirthFamily): Promise<string> {
  const page = await at("uke.tsuke");
  await toForm(page, served().url, family);
  await page.getByLabel("受付日（請求日）").fill("R8.11.13");
  accounts += 1;
  await fillBirthClaim(page, family, String(accounts));
  return await submit(page);
}

/** …examined by `who`, with all papers. */
async function examinedClaim(family: BirthFamily, who: StaffId): Promise<string> {
  const reception = await claim(family);
  await receivePapers(await at("uke.tsuke"));
  const page = await at(who);
  await openFromList(page, served().url, "toExamine", reception);
  await examine(page);
  return reception;
}

describe("a claim for a birth, from the search to the first payment", () => {
  it("[D197] whoever examined it cannot approve it: no key, no button, no call of the API", async () => {
    const family = await seedBirthFamily(database.pool, 1, "イチコ");
    await examinedClaim(family, "futa.ri");
    const page = await at("futa.ri");
    expect(await page.getByText("あなたは決裁できません").isVisible()).toBe(true);
    expect(await page.getByRole("button", { name: "この内容で決裁する" }).isDisabled()).toBe(true);
    await page.keyboard.press("Alt+a");
    const filingId = /\d+$/.exec(page.url())?.[0] ?? "";
    // With a check of both factors of just now, so that nothing else refuses.
    await database.pool.query(
      "UPDATE identity.session SET stepped_up_at = identity.clock() WHERE staff_id = 'futa.ri' AND ended_at IS NULL",
    );
    const filing = await callFromPage(page, "GET", `/filings/${filingId}`);
    const { examination, revision } = filing.json as { examination: { digest: string }; revision: number };
    const body = { digest: examination.digest, expectedRevision: revision };
    expect((await callFromPage(page, "POST", `/filings/${filingId}/approval`, body)).json["code"]).toBe("samePerson");
    expect((await callFromPage(page, "GET", `/filings/${filingId}`)).json["state"]).toBe("examined");
    const { rows } = await database.pool.query(
      "SELECT d.decision_id FROM allowance.decision d JOIN allowance.claim c USING (claim_id) WHERE c.claimant_number = $1",
      [family.parent],
    );
    expect(rows).toEqual([]);
  });

  it("another person approves after both factors were asked in place, and the case says first month, amount and why", async () => {
    const family = await seedBirthFamily(database.pool, 2, "フタコ");
    const reception = await examinedClaim(family, "shin.sa");
    const page = await at("kes.sai");
    await openFromList(page, served().url, "toApprove", reception);
    await page.keyboard.press("Alt+a");
    // First without an answer: nothing is decided and the page stays as it is.
    const dialog = page.getByRole("dialog", { name: "本人であることをもう一度確かめます" });
    await dialog.getByRole("button", { name: "やめる" }).click();
    await page.getByText("stepUpNeeded").waitFor();
    expect(await page.getByRole("heading", { level: 1 }).innerText()).toContain(reception);
    await page.keyboard.press("Alt+a");
    await confirmIdentity(page);
    await page.getByText("決裁しました").waitFor();
    await page.getByRole("link", { name: /受給者の1枚を見る/ }).click();
    const why = page.getByRole("tabpanel");
    await why.waitFor();
    expect(await page.getByRole("heading", { level: 1 }).innerText()).toContain(family.name);
    // Born 31 October, claimed 13 November: day 13 of 15, so the benefit begins with the month after the birth. One child
    // under three, the first: 15,000. Even months pay the two before: December pays November.
    await page.getByRole("tab", { name: /令和8年\s*11月\s*分/ }).click();
    const text = await why.innerText();
    expect(text).toContain("令和8年11月分");
    expect(text).toContain("15,000円");
    expect(text).toContain("三歳未満");
    expect(text).toContain("児童手当法6条1項1号");
    expect(text).toContain("児童手当法8条2項・3項");
    expect(text).toMatch(/支払期月\s*令和8年12月/);
    // October is the month of the birth: nothing is due for it.
    expect(await page.getByRole("tab", { name: /令和8年\s*10月\s*分/ }).count()).toBe(0);
  });
});

describe("departing from the proposal, and sending back", () => {
  it("the proposal is not changed without a reason; with one, the approver sees it beside the result", async () => {
    const family = await seedBirthFamily(database.pool, 3, "ミツコ");
    const reception = await examinedClaim(family, "shin.sa");
    const page = await at("shin.sa");
    await page.getByRole("button", { name: "案を変える" }).click();
    const dialog = page.getByRole("dialog", { name: "案の変更" });
    await dialog.getByLabel("却下する").check();
    await dialog.getByRole("button", { name: "案を変える" }).click();
    await dialog.getByText("理由を書いてください。").waitFor();
    await dialog.getByLabel(/^(?:却下事由|案を変える理由)/).selectOption({ label: "その他" });
    await dialog.getByRole("textbox", { name: /^理由\s*※必須/ }).fill("架空の理由: 監護の事実が確かめられない");
    await dialog.getByRole("button", { name: "案を変える" }).click();
    await dialog.waitFor({ state: "detached" });
    const approver = await at("kes.sai");
    await openFromList(approver, served().url, "toApprove", reception);
    await approver.getByText("案が変えられています").waitFor();
    expect(await approver.getByText("架空の理由: 監護の事実が確かめられない").first().isVisible()).toBe(true);
    expect(await approver.getByRole("main").innerText()).toContain("却下の案");
  });

  it("sent back without a reason: refused; with one, it waits for the examination again and says why", async () => {
    const family = await seedBirthFamily(database.pool, 4, "ヨツコ");
    const reception = await examinedClaim(family, "shin.sa");
    const page = await at("kes.sai");
    await openFromList(page, served().url, "toApprove", reception);
    await page.getByRole("button", { name: "差し戻す" }).click();
    const dialog = page.getByRole("dialog", { name: "差戻し" });
    await dialog.getByRole("button", { name: "差し戻す" }).click();
    await dialog.getByText("理由を書いてください。").waitFor();
    await dialog.getByRole("textbox").fill("架空の理由: 同居の確認をもう一度");
    await dialog.getByRole("button", { name: "差し戻す" }).click();
    await dialog.waitFor({ state: "detached" });
    const examiner = await at("shin.sa");
    await openFromList(examiner, served().url, "toExamine", reception);
    expect(await examiner.getByText("架空の理由: 同居の確認をもう一度").isVisible()).toBe(true);
  });
});

describe("papers and colleagues", () => {
  it("without its papers a claim cannot be approved; held with a day, received, it goes on", async () => {
    const family = await seedBirthFamily(database.pool, 5, "イツコ");
    const reception = await claim(family);
    const page = await at("uke.tsuke");
    expect(await page.getByText("このままでは決裁できません").isVisible()).toBe(true);
    await page.getByRole("button", { name: "返戻・保留にする" }).click();
    const dialog = page.getByRole("dialog", { name: "返戻・保留" });
    await dialog.getByRole("textbox", { name: /^理由/ }).fill("架空の理由: 通帳を忘れた");
    await dialog.getByRole("button", { name: "決める" }).click();
    // Without a day nothing is sent.
    expect(await dialog.isVisible()).toBe(true);
    await dialog.getByLabel("期限").fill("R8.12.8");
    await dialog.getByRole("button", { name: "決める" }).click();
    await dialog.waitFor({ state: "detached" });
    await page.getByText("提出を依頼中").waitFor();
    expect(await page.getByText("令和8年12月8日").first().isVisible()).toBe(true);
    await openFromList(page, served().url, "returned", reception);
    await receivePapers(page);
    const examiner = await at("shin.sa");
    await openFromList(examiner, served().url, "toExamine", reception);
    await examine(examiner);
    expect(await examiner.getByText("このままでは決裁できません").count()).toBe(0);
  });

  it("two on one filing: the slower is told who did what, keeps what was typed, reads the present state and goes on", async () => {
    const family = await seedBirthFamily(database.pool, 6, "ムツコ");
    const reception = await claim(family);
    const slow = await at("uke.tsuke");
    const fast = await at("shin.sa");
    await slow.getByRole("button", { name: "取下げ" }).click();
    const dialog = slow.getByRole("dialog", { name: "取下げ" });
    const typed = "架空の理由: 本人から取り下げたいと電話があった";
    await dialog.getByRole("textbox").fill(typed);
    await openFromList(fast, served().url, "toExamine", reception);
    // While one is at it the other is kept out; he takes over, with a reason, does his step and is done.
    await fast
      .getByRole("button", { name: /を受け取った$/ })
      .first()
      .click();
    await fast.getByText("コード personLocked").first().waitFor();
    await fast.getByRole("button", { name: "返戻・保留にする" }).click();
    const locked = fast.getByRole("alert").filter({ hasText: "ほかの職員が編集中です" });
    await locked.getByLabel("引き継ぐ理由").fill("架空: 受付の職員が離席しているため");
    await locked.getByRole("button", { name: "編集を引き継ぐ" }).click();
    await locked.waitFor({ state: "detached" });
    const ended = fast.waitForResponse((response) => response.url().endsWith("/edit-lock/release"));
    await fast.keyboard.press("Escape");
    await ended;
    await receivePapers(fast);
    await dialog.getByRole("button", { name: "取り下げる" }).click();
    await dialog.getByText(/shin\.sa が「書類の受領」をしました/).waitFor();
    expect(await dialog.getByRole("textbox").inputValue()).toBe(typed);
    await dialog.getByRole("button", { name: /いまの内容を読み込む/ }).click();
    await dialog.getByText("いまの内容を読み込みました").waitFor();
    expect(await dialog.getByRole("textbox").inputValue()).toBe(typed);
    // The page behind the dialog shows the other's step: what is sent now is about the present state.
    await slow.locator("main table").getByText("書類の受領").first().waitFor({ state: "attached" });
    await dialog.getByRole("button", { name: "取り下げる" }).click();
    await dialog.waitFor({ state: "detached" });
    expect(await slow.getByRole("main").innerText()).toContain("取下げ");
    expect(await slow.getByText(typed).isVisible()).toBe(true);
  });
});

describe("the browser itself", () => {
  it("complained of nothing and asked nobody else in all of this", () => {
    const all = [...seats.values()];
    expect(all.length).toBeGreaterThanOrEqual(4);
    expect(all.flatMap(({ complaints }) => complaints)).toEqual([]);
    expect(all.flatMap(({ outside }) => outside)).toEqual([]);
  });
});
