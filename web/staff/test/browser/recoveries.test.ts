/** 債権 on the screen: cause and plan by two people, the payments to come before the plan, and the debt wherever something new is paid. */
import { findOverpayments, recoveriesOf, submitFiling } from "@hagukumi/allowance/contract.ts";
import { civilDate } from "@hagukumi/law/contract.ts";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { contextOf, MAKER } from "../../../../systems/allowance/test/support/cases.ts";
import { decideFacts, endCare } from "../../../../systems/allowance/test/support/decide-facts.ts";
import { birthClaim } from "../../../../systems/allowance/test/support/filings.ts";
import { advance, create, settleAndClose } from "../../../../systems/allowance/test/support/runs.ts";
import { makeActor } from "../support/actors.ts";
import type { Actor } from "../support/actors.ts";
import { openBrowser } from "../support/browser.ts";
import { buildApp } from "../support/built-app.ts";
import { openDialogsByKeyboard, operateByKeyboard, tabStops } from "../support/keyboard.ts";
import { sitDown } from "../support/page-walk.ts";
import { call, serveDesk } from "../support/served-desk.ts";
import type { ServedDesk } from "../support/served-desk.ts";
import { expectAccessible, openCounter } from "../support/terminal-browser.ts";

const database = useDatabase();
const PICTURES = process.env["HAGUKUMI_PICTURES"];
const TODAY = "2027-01-20";
let browser: Browser;
let desk: ServedDesk;
let examiner: Actor;
let approver: Actor;
let recoveryId = 0;

async function windowOf(actor: Actor): Promise<Page> {
  const counter = await openCounter(browser, desk.server.url);
  await sitDown(counter.context, desk.server.url, actor);
  await counter.page.setViewportSize({ width: 1280, height: 1000 });
  return counter.page;
}

const claimAddress = (): string => `${desk.server.url}/cases/${String(desk.tsuji)}/recoveries/${String(recoveryId)}`;

async function openTsuji(actor: Actor): Promise<void> {
  const { status } = await call(desk.server, actor, { method: "POST", path: "/openings" } as const, {
    body: { target: { kind: "recipient", number: String(desk.tsuji) }, purpose: "certification", origin: "search" },
  });
  expect(status).toBe(200);
}

async function picture(page: Page, name: string): Promise<void> {
  if (PICTURES !== undefined) await page.screenshot({ path: `${PICTURES}/${name}.png`, fullPage: true });
}

beforeAll(async () => {
  buildApp();
  browser = await openBrowser();
  desk = await serveDesk(database.pool, { today: () => civilDate(TODAY) });
  examiner = await makeActor(database.pool, "r.shinsa", "examiner");
  approver = await makeActor(database.pool, "r.kakaricho", "approver");
  // 30,000 yen a month for the third child were paid for October and November; care had ended on 2026-09-20: 60,000 too much.
  await create(database.pool);
  await advance(database.pool, 1, "handedOver");
  await settleAndClose(database.pool, 1);
  await decideFacts(database.pool, desk.tsuji, "decrease", "2026-10", endCare(2, "2026-09-20"));
  await findOverpayments(contextOf(database.pool, MAKER, TODAY));
  recoveryId = (await recoveriesOf(database.pool, desk.tsuji))[0]?.recoveryId ?? 0;
}, 180_000);
afterAll(async () => {
  await browser.close();
  await desk.end();
});

it("a claim goes its way: cause and offset proposed by one, approved by another, and the payments to come are shown before", async () => {
  const page = await windowOf(examiner);
  await page.goto(`${desk.server.url}/recoveries`);
  await page.getByRole("cell", { name: "発生（原因を確かめていない）" }).last().waitFor();
  await expectAccessible(page, "recoveries");
  await picture(page, "recoveries");
  await page.getByRole("link", { name: String(recoveryId), exact: true }).click();
  // One claim is the record of one person: it opens with a 処理事由.
  await page.getByRole("button", { name: "処理事由を選ぶ" }).waitFor();
  await openTsuji(examiner);
  await page.reload();
  await page.getByText("はじめに、過払の原因を決めます").waitFor();
  // Nothing can be asked for before the cause is decided.
  expect(await page.getByRole("button", { name: "計画の案を入れる" }).count()).toBe(0);
  await page.getByRole("button", { name: "原因の案を入れる" }).click();
  await page.getByLabel("理由").fill("届出が遅れたことを本人に確かめた（架空）");
  await expectAccessible(page, "cause");
  await page.getByRole("button", { name: "案を入れる", exact: true }).click();
  await page.getByText("別の担当者が決裁します").waitFor();

  const other = await windowOf(approver);
  await other.goto(`${desk.server.url}/recoveries`);
  await other.getByRole("heading", { name: "決裁を待つ案" }).waitFor();
  await openTsuji(approver);
  await other.goto(claimAddress());
  await other.getByRole("button", { name: /^承認する/ }).click();
  await other.getByText("原因を決めた").waitFor();

  await page.reload();
  await page.getByRole("button", { name: "計画の案を入れる" }).click();
  await page.getByLabel("内払（13条）").check();
  await page.getByLabel("1回の支払から差し引く額").fill("15,000");
  await page.getByLabel("差し引いた後に必ず支払う額").fill("30000");
  await page.getByLabel("初めの支払期月").fill("2027-03");
  await page.getByText("偶数の月で入力してください").waitFor();
  await page.getByLabel("初めの支払期月").fill("2027-02");
  await page.getByRole("button", { name: "これからの支払を確かめる" }).click();
  // 20,000 × 2 months = 40,000, of which 30,000 must stay: 10,000 a payment, six payments.
  await page.getByRole("row", { name: /令和9年2月 40,000円 10,000円 0円 30,000円 50,000円/ }).waitFor();
  await page.getByRole("row", { name: /令和9年12月 40,000円 10,000円 0円 30,000円 0円/ }).waitFor();
  await expectAccessible(page, "plan");
  await picture(page, "recovery-plan");
  await page.getByLabel("理由").fill("分割で返したいとの申出（架空）");
  await page.getByRole("button", { name: "案を入れる", exact: true }).click();
  await page.getByText("1回の支払から 15,000円 まで差し引き、30,000円 は必ず支払う").waitFor();
  await other.reload();
  await other.getByText("1回の支払から 15,000円 まで差し引き").waitFor();
  await picture(other, "recovery-waiting");
  await other.getByRole("button", { name: /^承認する/ }).click();
  await other.getByText("納入通知済").first().waitFor();
  await expectAccessible(other, "claim");
  await picture(other, "recovery-claim");
}, 120_000);

it("[A115] the debt stands on the case, on the examination of a new claim and on the run, before anything is paid", async () => {
  const { filingId } = await submitFiling(contextOf(database.pool, "uketsuke.hanako", TODAY), {
    form: birthClaim(900000000001102, 900000000001203, "2027-01-10", "2027-01-20"),
  });
  const { runNo } = await create(database.pool, "2027-02");
  await openTsuji(examiner);
  const page = await windowOf(examiner);
  // The run takes 10,000 of the 60,000.
  for (const [path, text] of [
    [`/cases/${String(desk.tsuji)}`, "返納の残りが 50,000円 あります"],
    [`/filings/${String(filingId)}`, "返納の残りが 50,000円 あります"],
    [`/runs/${String(runNo)}`, "返納の残りがある受給者"],
  ] as const) {
    await page.goto(`${desk.server.url}${path}`);
    await page.getByText(text).first().waitFor();
    await expectAccessible(page, path);
    await picture(page, `debt-${path.split("/")[1] ?? ""}`);
  }
  await page.getByRole("row", { name: /50,000円 1件 10,000円 30,000円 あり/ }).waitFor();
  // Somebody who owes nothing has no such notice.
  await call(desk.server, examiner, { method: "POST", path: "/openings" } as const, {
    body: { target: { kind: "recipient", number: String(desk.hanako) }, purpose: "certification", origin: "search" },
  });
  await page.goto(`${desk.server.url}/cases/${String(desk.hanako)}`);
  await page.getByRole("heading", { name: "家族" }).waitFor();
  expect(await page.getByText("返納の残りが").count()).toBe(0);
}, 120_000);

it("a receipt at the counter, and every dialog of a claim by keyboard alone", async () => {
  const page = await windowOf(examiner);
  const at = async (): Promise<void> => {
    await page.goto(claimAddress());
    await page.getByRole("heading", { name: "次にすること" }).waitFor();
  };
  await at();
  await page.getByRole("button", { name: "収納を登録する" }).click();
  await page.getByLabel("収納の番号").fill("R-100");
  await page.getByLabel("納付の日").fill("R9.1.19");
  await page.getByLabel("額（円）").fill("5,000");
  await page.getByRole("button", { name: "登録する", exact: true }).click();
  await page.getByRole("rowheader", { name: "1", exact: true }).first().waitFor();
  // 60,000 − 10,000 by the run − 5,000.
  await page.getByText("45,000円").first().waitFor();
  const walked = await tabStops(page);
  expect(walked).toMatchObject({ trapped: [], unreached: [], unseen: [] });
  expect((await operateByKeyboard(page)).dumb).toEqual([]);
  expect(await openDialogsByKeyboard(page, at)).toEqual([]);
}, 120_000);
