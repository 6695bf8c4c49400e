/** シングルサインオン as people meet it: decided on screen by two, linked, used at the log-in in a window of its own. */
import { startIdentityProvider } from "@hagukumi/outside-identity-provider/contract.ts";
import type { IdentityProvider } from "@hagukumi/outside-identity-provider/contract.ts";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { makeTerminal, testIdentity } from "../../../../platform/test/support/identity.ts";
import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { makeActor } from "../support/actors.ts";
import type { Actor } from "../support/actors.ts";
import { openBrowser } from "../support/browser.ts";
import { buildApp } from "../support/built-app.ts";
import { sitDown } from "../support/page-walk.ts";
import { register } from "../support/people.ts";
import { serveDesk } from "../support/served-desk.ts";
import type { ServedDesk } from "../support/served-desk.ts";
import { expectAccessible, openCounter } from "../support/terminal-browser.ts";
import type { Counter } from "../support/terminal-browser.ts";

const database = useDatabase();
const STAFF = "b.tantou";
const PASSWORD = "mizu-umi.Kaze7-tori";
const NAME = "架空市認証基盤";
let browser: Browser;
let desk: ServedDesk;
let provider: IdentityProvider;
let counter: Counter;
let secret = "";

const user = {
  subject: "sub-0001",
  userName: "tantou",
  name: "架空 担当",
  password: "kakuu-no-kotoba",
  methods: ["pwd"],
};

async function windowOf(actor: Actor): Promise<Page> {
  const context = await browser.newContext({ locale: "ja-JP", viewport: { width: 1280, height: 900 } });
  await sitDown(context, desk.server.url, actor);
  const page = await context.newPage();
  await page.goto(`${desk.server.url}/administration/sign-on`);
  await page.getByRole("heading", { level: 1, name: "シングルサインオン" }).waitFor();
  return page;
}

/** In the window of the provider: log in, unless it remembers. */
async function atProvider(press: () => Promise<void>, remembered: boolean): Promise<Page> {
  const opened = counter.context.waitForEvent("page");
  await press();
  const popup = await opened;
  if (!remembered) {
    await popup.getByLabel("利用者名").fill(user.userName);
    await popup.getByLabel("パスワード").fill(user.password);
    await popup.getByRole("button", { name: "確かめる" }).click();
  }
  return popup;
}

beforeAll(async () => {
  buildApp();
  browser = await openBrowser();
  desk = await serveDesk(database.pool);
  const { url } = desk.server;
  provider = await startIdentityProvider({
    port: 0,
    clients: [{ clientId: "hagukumi", redirectUris: [`${url}/sign-on`], postLogoutRedirectUris: [`${url}/`] }],
    users: [user],
  });
  const code = await register(database.pool, STAFF, ["approver"]);
  secret = (await makeTerminal(testIdentity(database.pool), "MADO-1")).secret ?? "";
  counter = await openCounter(browser, url);
  const { page } = counter;
  await page.goto(url);
  await page.getByLabel("端末の秘密").fill(secret);
  await page.getByRole("button", { name: "この端末を使えるようにする" }).click();
  await page.getByRole("button", { name: "はじめて使う（職員証の登録）" }).click();
  await page.getByLabel("職員番号").fill(STAFF);
  await page.getByLabel("登録の符号").fill(code);
  await page.locator('input[name="password"]').fill(PASSWORD);
  await page.locator('input[name="again"]').fill(PASSWORD);
  await page.getByRole("button", { name: "職員証を登録する" }).click();
  await page.getByText("職員証とパスワードを登録しました").waitFor();
}, 180_000);
afterAll(async () => {
  await browser.close();
  await desk.end();
  await provider.close();
});

describe("シングルサインオン on screen", () => {
  it(
    "is applied for by one, approved by another, and offered at the log-in only then",
    { timeout: 60_000 },
    async () => {
      expect(await counter.page.getByText("でログインする").count()).toBe(0);
      const officer = await windowOf(await makeActor(database.pool, "b.joho", "itOfficer"));
      await officer.getByRole("button", { name: "設定を申請する" }).click();
      await officer.getByLabel("認証基盤の名称").fill(NAME);
      await officer.getByLabel("発行者（issuer）").fill("http://evil.example");
      await officer.getByLabel("識別子（client_id）").fill("hagukumi");
      await officer.getByLabel("理由（5文字以上）").fill("庁内の認証基盤に合わせるため");
      await expectAccessible(officer, "form of the setting");
      await officer.getByRole("button", { name: "申請する", exact: true }).click();
      await officer.getByText("コード signOnSettingInvalid").waitFor();
      await officer.getByLabel("発行者（issuer）").fill(provider.issuer);
      await officer.getByRole("button", { name: "申請する", exact: true }).click();
      await officer.getByText("申請しました。別の人が承認すると効きます。").waitFor();
      await officer.getByText("別の人の承認を待っています").waitFor();
      expect(await officer.getByRole("button", { name: "承認する" }).count()).toBe(0);
      const approver = await windowOf(await makeActor(database.pool, "b.shonin", "rightsApprover"));
      expect(await approver.getByRole("button", { name: "設定を申請する" }).count()).toBe(0);
      await approver.getByRole("button", { name: "承認する", exact: true }).click();
      await approver.getByRole("dialog").getByLabel("理由").fill("発行者を確かめた");
      await expectAccessible(approver, "approval of the setting");
      await approver.getByRole("dialog").getByRole("button", { name: "承認する", exact: true }).click();
      await approver.getByText("承認しました。この設定が効いています。").waitFor();

      await officer.reload();
      await officer.getByRole("button", { name: "職員を結び付ける" }).click();
      await officer.getByLabel("職員番号").fill(STAFF);
      await officer.getByLabel("認証基盤の利用者の識別子（sub）").fill(user.subject);
      await officer.getByRole("dialog").getByLabel("理由").fill("本人の申出を確かめた");
      await expectAccessible(officer, "form of the link");
      await officer.getByRole("button", { name: "結び付ける", exact: true }).click();
      await officer.getByText(`${STAFF} を結び付けました。`).waitFor();
      await expectAccessible(officer, "page of the single sign-on");
    },
  );

  it(
    "[A158] logs in with the provider and the card, without a password; the code is in no address that stays, and log-out leads to the provider's",
    { timeout: 60_000 },
    async () => {
      const { page } = counter;
      await page.goto(desk.server.url);
      const enter = page.getByRole("button", { name: `${NAME}でログインする` });
      await enter.waitFor();
      await expectAccessible(page, "log-in with single sign-on");
      // An answer that this browser never asked for: nothing comes of it.
      const stray = await counter.context.newPage();
      await stray.goto(`${desk.server.url}/sign-on?code=x&state=y&next=https://evil.example`);
      await stray.getByText("コード signOnRefused").waitFor();
      expect(stray.url()).toBe(`${desk.server.url}/sign-on`);
      await expectAccessible(stray, "window of a refused answer");
      await stray.close();

      const popup = await atProvider(async () => await enter.click(), false);
      const closed = popup.waitForEvent("close", { timeout: 20_000 });
      const go = page.getByRole("button", { name: "職員証を確かめてログインする" });
      await go.waitFor();
      await closed;
      await expectAccessible(page, "after the provider");
      expect((await database.pool.query("SELECT 1 FROM identity.session WHERE staff_id = $1", [STAFF])).rows).toEqual(
        [],
      );
      await go.click();
      await page.getByRole("heading", { level: 1, name: "わたしの仕事" }).waitFor();
      expect(await page.evaluate("document.cookie")).toBe("");

      await page.getByRole("button", { name: "ログアウト" }).click();
      const out = page.getByRole("link", { name: "認証基盤からもログアウト" });
      await out.waitFor();
      expect(await out.getAttribute("href")).toContain(`${provider.issuer}/log-out?`);
      await expectAccessible(page, "logged out");
    },
  );

  it("the second time nobody types anything; a confirmation wants the person anew", { timeout: 60_000 }, async () => {
    const { page } = counter;
    await page.goto(desk.server.url);
    await atProvider(async () => await page.getByRole("button", { name: `${NAME}でログインする` }).click(), true);
    await page.getByRole("button", { name: "職員証を確かめてログインする" }).click();
    await page.getByRole("heading", { level: 1, name: "わたしの仕事" }).waitFor();
    await page.goto(`${desk.server.url}/administration/rights`);
    await page.getByRole("button", { name: "権限を申請する" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("職員").selectOption(STAFF);
    await dialog.getByLabel("部署").selectOption({ index: 1 });
    await dialog.getByLabel("役割").selectOption("clerk");
    await dialog.getByLabel("理由").fill("架空の理由を書いておく");
    await dialog.getByRole("button", { name: "申請する", exact: true }).click();
    const again = page.getByRole("button", { name: `パスワードの代わりに${NAME}で確かめる` });
    await again.waitFor();
    await expectAccessible(page, "confirmation with single sign-on");
    await atProvider(async () => await again.click(), false);
    await page.getByText(`✓ ${NAME}で確かめました。続けて職員証を確かめます。`).waitFor();
    await page.getByRole("button", { name: "職員証をかざして確かめる" }).click();
    await page.getByText(/申請しました|コード rightNotApplicable/).waitFor();
    const { rows } = await database.pool.query(
      "SELECT stepped_up_at IS NOT NULL AS confirmed FROM identity.session WHERE staff_id = $1 AND ended_at IS NULL",
      [STAFF],
    );
    expect(rows).toEqual([{ confirmed: true }]);
    expect(counter.complaints.filter((each) => !each.startsWith(provider.issuer))).toEqual([]);
  });
});
