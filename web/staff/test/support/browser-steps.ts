/** The steps of the clerk's day as a person takes them: by labels and buttons, never by anything that is not on the page. */
import type { Page } from "playwright-core";

import type { BirthFamily } from "./browser-families.ts";

const SEARCH = "カナ・氏名・認定番号・宛名番号・電話番号";

/** A row of the answer is picked by the button that names the person. */
export async function findPerson(page: Page, kana: string): Promise<void> {
  await page.getByLabel(SEARCH).fill(kana);
  const answered = page.waitForResponse((response) => response.url().endsWith("/api/v1/searches"));
  await page.keyboard.press("Enter");
  await answered;
  await page.getByRole("button", { name: /^探す/, disabled: false }).waitFor();
  await page
    .getByRole("status")
    .getByText(/で \d+人|見つかりません/)
    .waitFor();
}

/** From the counter to the form of the procedure that is offered first. */
export async function toForm(page: Page, url: string, family: BirthFamily): Promise<void> {
  await page.goto(`${url}/counter`);
  await findPerson(page, family.kana);
  await page.getByRole("button", { name: `${family.name}を受け付ける` }).click();
  await page.getByRole("button", { name: "入力へ" }).click();
  await page.getByLabel("確かめた書類の区分").waitFor();
}

/** What stands on the paper and not in the register: the identity check, the insurance, the account. */
export async function fillBirthClaim(page: Page, family: BirthFamily, account: string): Promise<void> {
  await page.getByLabel("確かめた書類の区分").selectOption("1");
  await page.getByLabel("被用区分").selectOption("employee");
  await page.getByLabel("振込先口座の種類").selectOption({ label: "銀行などの口座" });
  await page.getByLabel("金融機関コード").fill("0182");
  await page.getByLabel("支店コード").fill("101");
  await page.getByLabel("種目").selectOption({ label: "普通" });
  await page.getByLabel("口座番号").fill(account);
  await page.getByLabel("番号をもう一度").fill(account);
  await page.getByLabel("口座名義").fill(family.kana);
}

/** Submits, and waits for the page of the filing. @returns its 受付番号 */
export async function submit(page: Page): Promise<string> {
  await page.keyboard.press("Control+Enter");
  await page.waitForURL(/\/filings\/\d+$/);
  return await receptionNumber(page);
}

/** 受付番号 in the head of the page of a filing. */
export async function receptionNumber(page: Page): Promise<string> {
  const head = await page.getByRole("heading", { level: 1, name: /受付番号/ }).innerText();
  return /受付番号\s*(\d+)/.exec(head)?.[1] ?? "";
}

/** Opens a filing from a work list; the list carries the purpose. */
export async function openFromList(page: Page, url: string, list: string, reception: string): Promise<void> {
  await page.goto(`${url}/lists/${list}`);
  await page.getByRole("button", { name: `受付番号 ${reception} を開く` }).click();
  await page.waitForURL(/\/filings\/\d+$/);
  await page.getByRole("heading", { level: 1, name: /受付番号/ }).waitFor();
}

/** 再認証: the dialog has the demonstration's password in it. */
export async function confirmIdentity(page: Page): Promise<void> {
  const dialog = page.getByRole("dialog", { name: "本人であることをもう一度確かめます" });
  await dialog.getByRole("button", { name: "職員証をかざして確かめる" }).click();
  await dialog.waitFor({ state: "detached" });
}

/** Every paper that is still missing has come. */
export async function receivePapers(page: Page): Promise<void> {
  const buttons = page.getByRole("button", { name: /を受け取った$/ });
  await page.getByRole("table", { name: "この手続に要る書類" }).waitFor();
  for (let left = await buttons.count(); left > 0; left -= 1) {
    await buttons.first().click();
    await buttons.nth(left - 1).waitFor({ state: "detached" });
  }
}

/** 審査する, by its key. */
export async function examine(page: Page): Promise<void> {
  await page.getByRole("button", { name: /^審査する/ }).waitFor();
  await page.keyboard.press("Alt+e");
  await page.getByRole("button", { name: "もう一度審査する" }).waitFor();
}

export type PageAnswer = {
  readonly status: number;
  readonly text: string;
  readonly json: Readonly<Record<string, unknown>>;
};

/** A call of the API by somebody who knows it, with the cookies of this browser and nothing of the page's own care. */
export async function callFromPage(
  page: Page,
  method: "GET" | "POST",
  path: string,
  body?: unknown,
): Promise<PageAnswer> {
  const { origin } = new URL(page.url());
  const answer = await page.request.fetch(`${origin}/api/v1${path}`, {
    method,
    failOnStatusCode: false,
    headers: {
      origin,
      "sec-fetch-site": "same-origin",
      ...(method === "GET" ? {} : { "content-type": "application/json", "idempotency-key": crypto.randomUUID() }),
    },
    ...(body === undefined ? {} : { data: body }),
  });
  const text = await answer.text();
  return { status: answer.status(), text, json: JSON.parse(text) as Record<string, unknown> };
}

/** Opens a case by its page, with the 処理事由 that stands first; nothing to do where it is open. */
export async function openCaseOf(page: Page, url: string, recipientId: number): Promise<void> {
  await page.goto(`${url}/cases/${String(recipientId).padStart(10, "0")}`);
  const ask = page.getByRole("button", { name: "処理事由を選ぶ" });
  await ask.or(page.getByRole("tabpanel")).waitFor();
  if (!(await ask.isVisible())) return;
  await ask.click();
  const dialog = page.getByRole("dialog", { name: "処理事由を選んで開く" });
  await dialog.getByRole("radio").first().check();
  await dialog.getByRole("button", { name: /^開く/ }).click();
  await dialog.waitFor({ state: "detached" });
  await page.getByRole("tabpanel").waitFor();
}
