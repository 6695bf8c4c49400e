/** 現況・差止と時効・所得の更正, and what two people decide there: by eyes, by axe and by keyboard, with something in every table. */
import { addEntry, barcodeOf, confirmEntry, openReviewYear, placeHold } from "@hagukumi/allowance/contract.ts";
import { civilDate, month } from "@hagukumi/law/contract.ts";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { contextOf } from "../../../../systems/allowance/test/support/cases.ts";
import { seedResident } from "../../../../systems/allowance/test/support/small-city.ts";
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
const TODAY = "2028-01-10";
const HANAKO = 900_000_000_001_101;
const SPOUSE = 900_000_000_001_111;
let browser: Browser;
let desk: ServedDesk;
let examiner: Actor;
let approver: Actor;

async function windowOf(actor: Actor): Promise<Page> {
  const counter = await openCounter(browser, desk.server.url);
  await sitDown(counter.context, desk.server.url, actor);
  await counter.page.setViewportSize({ width: 1280, height: 1000 });
  return counter.page;
}

async function picture(page: Page, name: string): Promise<void> {
  if (PICTURES !== undefined) await page.screenshot({ path: `${PICTURES}/${name}.png`, fullPage: true });
}

/** A version of Hanako's income of 2026, in yen. */
async function income(revision: number, employment: number): Promise<void> {
  await database.pool.query(
    `INSERT INTO allowance.income_history (addressee_number, income_year, history_no, revision, employment, pension, other, deductions, dependants,
       elderly_dependants, known_on, row_digest, batch_id) VALUES ($1, 2026, 1, $2, $3, 0, 0, 0, 1, 0, '2027-06-01', repeat('d', 64), 1)`,
    [HANAKO, revision, employment],
  );
}

beforeAll(async () => {
  buildApp();
  browser = await openBrowser();
  desk = await serveDesk(database.pool, { today: () => civilDate(TODAY) });
  examiner = await makeActor(database.pool, "p.shinsa", "examiner");
  approver = await makeActor(database.pool, "p.kakaricho", "approver");
  const clerk = contextOf(database.pool, "staff.ito", "2027-06-01");
  const other = contextOf(database.pool, "staff.sato", "2027-06-01");
  await openReviewYear(clerk, 2027);
  // Held from 2026-10: paid in December 2026, so the clock began on 2027-01-01 and twelve months are over.
  const recipientId = desk.hanako;
  await placeHold(clerk, { recipientId, kind: "hold", fromMonth: month("2026-10"), cause: "現況届（架空）" });
  await seedResident(database.pool, {
    number: SPOUSE,
    name: "架空　一郎",
    kana: "カクウ　イチロウ",
    birthDate: "1989-03-03",
  });
  const entry = await addEntry(clerk, "relatedPerson", {
    addresseeNumber: HANAKO,
    validFrom: "2020-01-01",
    content: { relatedNumber: SPOUSE, role: "spouse" },
  });
  await confirmEntry(other, "relatedPerson", entry);
  await income(1, 3_000_000);
  await income(2, 2_500_000);
}, 180_000);
afterAll(async () => {
  await browser.close();
  await desk.end();
});

it("[A35] a scanner types the code of a 現況届 that came back, and Enter: at home and at the counter the case is open, for the reason of the paper", async () => {
  const page = await windowOf(examiner);
  const field = page.getByLabel("帳票のコード", { exact: true });
  const code = barcodeOf({ year: 2027, recipientId: desk.hanako });
  await page.goto(`${desk.server.url}/`);
  await field.fill(`${code.slice(0, -1)}${code.endsWith("0") ? "1" : "0"}`);
  await field.press("Enter");
  await page.getByText("正しく読み取れていません").waitFor();
  // What was misread is marked: the next reading takes its place.
  await page.keyboard.type(code);
  await page.keyboard.press("Enter");
  await page.waitForURL(`${desk.server.url}/cases/${String(desk.hanako)}`);
  await page.getByRole("heading", { level: 1, name: /架空/ }).waitFor();
  const { rows } = await database.pool.query(
    "SELECT purpose_code AS purpose, screen FROM access.log WHERE staff_id = 'p.shinsa' AND operation = 'openCase' AND action = 'read' AND addressee_number = $1",
    [HANAKO],
  );
  expect(rows).toEqual([{ purpose: "annualReview", screen: "/" }]);
  // The same field at the counter and at the search: a letter asks for the reason first.
  for (const path of ["/counter", "/search"]) {
    await page.goto(`${desk.server.url}${path}`);
    await page.getByLabel("帳票のコード", { exact: true }).fill("HG1:F1:202611:2026:1:100000001:1:1");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "処理事由を選んで開く" }).waitFor();
    await expectAccessible(page, `${path}: 開く理由をたずねる`);
  }
  await page.context().close();
});

it("each page with its tables filled: axe 0, every stop by keyboard, every dialog opens and closes by key", async () => {
  const page = await windowOf(examiner);
  const pages: readonly (readonly [string, string])[] = [
    ["/reviews", "現況の状況"],
    ["/holds", "時効が近い月分"],
    ["/taxes", "更正"],
    ["/requests", "二人で決めること"],
    ["/mass-work", "予約"],
    ["/unknown-receipts", "不明の収納"],
  ];
  for (const [path, heading] of pages) {
    const at = async (): Promise<void> => {
      await page.goto(`${desk.server.url}${path}`);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await page.getByText("読み込んでいます").first().waitFor({ state: "detached" });
      if (path !== "/reviews") await page.getByRole("heading", { name: heading, exact: true }).first().waitFor();
    };
    await at();
    await expectAccessible(page, path);
    await picture(page, `page${path.replaceAll("/", "-")}`);
    const walked = await tabStops(page);
    expect(walked, path).toMatchObject({ trapped: [], unreached: [], unseen: [] });
    expect((await operateByKeyboard(page)).dumb, path).toEqual([]);
    if (path !== "/mass-work") expect(await openDialogsByKeyboard(page, at), path).toEqual([]);
  }
}, 180_000);

it("what stops the clock, and what was found about the parents, are put by one and approved by another", async () => {
  const page = await windowOf(examiner);
  await page.goto(`${desk.server.url}/holds`);
  await page.getByRole("button", { name: /^出来事を記録する/ }).click();
  await page.getByLabel("あった日").fill("R9.12.20");
  await page.getByLabel("根拠の文書").fill("審査請求書（架空第1号）");
  await expectAccessible(page, "limitation event");
  await picture(page, "limitation-dialog");
  await page.getByRole("button", { name: "案を入れる", exact: true }).click();
  await page.getByText("案を入れました。別の人が承認すると効きます。").waitFor();
  await page.goto(`${desk.server.url}/taxes`);
  await page.getByRole("button", { name: /^確かめた結果を入れる/ }).click();
  await page.getByLabel("理由").fill("健康保険と扶養の状況を確かめた（架空）");
  await page.getByRole("button", { name: "案を入れる", exact: true }).click();
  await page.getByText("案を入れました。別の人が承認すると効きます。").waitFor();
  await page.goto(`${desk.server.url}/requests`);
  expect(await page.getByRole("button", { name: /^承認する/ }).count()).toBe(0);
  const second = await windowOf(approver);
  await second.goto(`${desk.server.url}/requests`);
  await second.getByText("審査請求があった（時効は停止）").waitFor();
  await expectAccessible(second, "requests");
  await picture(second, "requests");
  for (const left of [1, 0]) {
    await second
      .getByRole("button", { name: /^承認する/ })
      .first()
      .click();
    await expect.poll(async () => await second.getByRole("button", { name: /^承認する/ }).count()).toBe(left);
  }
  const { rows } = await database.pool.query(
    `SELECT (SELECT json_agg(json_build_array(kind, entered_by, approved_by)) FROM allowance.limitation_event) AS events,
            (SELECT json_agg(json_build_array(outcome, entered_by, approved_by)) FROM allowance.tax_correction) AS corrections`,
  );
  expect(rows).toEqual([
    {
      events: [["requestFiled", "p.shinsa", "p.kakaricho"]],
      corrections: [["mainEarnerKept", "p.shinsa", "p.kakaricho"]],
    },
  ]);
}, 120_000);

it("one child's part is held and released on the case; a list of mass work is booked for each month's end and taken back", async () => {
  for (const actor of [examiner, approver]) {
    await call(desk.server, actor, { method: "POST", path: "/openings" } as const, {
      body: { target: { kind: "recipient", number: String(desk.tsuji) }, purpose: "certification", origin: "search" },
    });
  }
  const page = await windowOf(examiner);
  const address = `${desk.server.url}/cases/${String(desk.tsuji)}`;
  await page.goto(address);
  await page.getByRole("button", { name: "児童一人の分を差し止める" }).click();
  await page.getByLabel("児童", { exact: true }).selectOption("900000000001204");
  await page.getByRole("textbox", { name: /^理由/ }).fill("監護の確認を待つ（架空）");
  await expectAccessible(page, "hold of a child");
  await page.getByRole("button", { name: "差し止める", exact: true }).click();
  await page.getByRole("row", { name: /継続中 架空児.三/ }).waitFor();
  const second = await windowOf(approver);
  await second.goto(address);
  await second.getByRole("button", { name: /^解除する: 架空児.三の分/ }).click();
  await second.getByRole("textbox", { name: /^理由/ }).fill("監護を確かめた（架空）");
  await second.getByRole("button", { name: "解除する", exact: true }).click();
  await second.getByRole("row", { name: /解除済み 架空児.三/ }).waitFor();
  await picture(second, "child-hold");

  await page.goto(`${desk.server.url}/mass-work`);
  await page.getByRole("button", { name: "予約を入れる" }).click();
  await page.getByLabel("いつ").selectOption({ label: "毎月末" });
  await page.getByLabel("時刻").fill("25:00");
  expect(await page.getByRole("button", { name: "予約する" }).isDisabled()).toBe(true);
  await page.getByLabel("時刻").fill("18:30");
  await expectAccessible(page, "booking");
  await picture(page, "booking");
  await page.getByRole("button", { name: "予約する" }).click();
  await page.getByRole("cell", { name: "毎月末 18:30" }).waitFor();
  await page.getByRole("button", { name: /^予約を取り消す/ }).click();
  await page.getByText("予約はありません。").waitFor();
}, 120_000);
