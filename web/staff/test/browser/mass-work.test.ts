/** 一括処理 on the screen: one person makes the list, another approves and starts it; what changed meanwhile is named. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { workAll, workUntilStopped } from "@hagukumi/allowance/contract.ts";
import { contextOf } from "../../../../systems/allowance/test/support/cases.ts";
import { claimedFamily, COUNTED } from "../../../../systems/allowance/test/support/claimed-families.ts";
import { makeActor } from "../support/actors.ts";
import type { Actor } from "../support/actors.ts";
import { openBrowser } from "../support/browser.ts";
import { buildApp } from "../support/built-app.ts";
import { sitDown } from "../support/page-walk.ts";
import { serveDesk } from "../support/served-desk.ts";
import type { ServedDesk } from "../support/served-desk.ts";
import { expectAccessible, openCounter } from "../support/terminal-browser.ts";
import type { Counter } from "../support/terminal-browser.ts";

const database = useDatabase();
let browser: Browser;
let desk: ServedDesk;
let examiner: Actor;
let approver: Actor;
let contractor: Actor;
const PICTURES = process.env["HAGUKUMI_PICTURES"];

async function windowOf(actor: Actor): Promise<Counter> {
  const counter = await openCounter(browser, desk.server.url);
  await sitDown(counter.context, desk.server.url, actor);
  await counter.page.setViewportSize({ width: 1280, height: 1000 });
  return counter;
}

/** The worker beside the pages, as far as there is something to do. */
async function machine(): Promise<void> {
  await workAll(contextOf(database.pool, "hagukumi.batch", "2026-11-24"));
}

/** The machine at a moment: what is booked is started, what waits is done. */
const work = async (now: `${string} ${string}`): Promise<void> => {
  const stop = new AbortController();
  const context = contextOf(database.pool, "hagukumi.batch", now.slice(0, 10));
  const told: string[] = [];
  await workUntilStopped(context, {
    today: () => context.today,
    now: () => now,
    signal: stop.signal,
    onProblem: (line) => told.push(line),
    onIdle: () => stop.abort(),
  });
  expect(told).toEqual([]);
};

/** The runs that bookings have started. */
const made = async () =>
  (
    await database.pool.query<{ kind: string; job_code: string; period: string }>(
      `SELECT b.timing AS kind, r.job_code, r.period FROM allowance.mass_booking b JOIN allowance.mass_booking_start s USING (booking_id)
       JOIN allowance.mass_run r USING (mass_run_no) WHERE r.maker = 'm.shinsa' ORDER BY b.booking_id`,
    )
  ).rows;

beforeAll(async () => {
  buildApp();
  browser = await openBrowser();
  desk = await serveDesk(database.pool);
  examiner = await makeActor(database.pool, "m.shinsa", "examiner");
  approver = await makeActor(database.pool, "m.kakaricho", "approver");
  contractor = await makeActor(database.pool, "m.jutaku", "contractor");
  const crew = {
    maker: contextOf(database.pool, "staff.ito", "2026-11-10"),
    approver: contextOf(database.pool, "staff.sato", "2026-11-10"),
  };
  // Third birthday in November: 15,000 → 10,000
  await claimedFamily(crew, 700_100, [["2023-11-20"]]);
  // Third child: 30,000 at any age
  await claimedFamily(crew, 700_200, [["2012-05-05"], ["2014-05-05"], ["2023-11-01"]]);
  // Two students and a child of 12: the second student's graduation was planned for November. 30,000 → 10,000
  await claimedFamily(crew, 700_300, [
    ["2005-05-05", COUNTED],
    ["2006-05-05", { ...COUNTED, 卒業予定年月: "2026-11" }],
    ["2014-05-05"],
  ]);
}, 180_000);
afterAll(async () => {
  await browser.close();
  await desk.end();
});

it(
  "the way of a run on the screen: made, listed, approved by another, started, done",
  { timeout: 120_000 },
  async () => {
    const { page } = await windowOf(examiner);
    const at = desk.server.url;
    await page.goto(`${at}/mass-work`);
    await page.getByRole("heading", { name: "暦（これから1年）" }).waitFor();
    await page.getByRole("heading", { name: "年齢到達の見通し（これから1年）" }).waitFor();
    await page.getByRole("cell", { name: "卒業予定" }).waitFor();
    await expectAccessible(page, "mass work");
    if (PICTURES !== undefined) await page.screenshot({ path: `${PICTURES}/mass-1.png`, fullPage: true });
    // The year's calendar is longer than a page: it has pages, and words narrow it.
    const turning = page.getByRole("navigation", { name: "暦（行う日の順）のページ" });
    const coming = page.getByRole("region", { name: "暦（行う日の順）の表" }).locator("tbody tr");
    await coming.nth(11).waitFor();
    expect(await coming.count()).toBe(12);
    const firstOfAll = await coming.first().innerText();
    await turning.getByRole("button", { name: "次の12件" }).press("Enter");
    await turning.getByText(/^13〜24件目（全\d+件）$/).waitFor();
    expect(await coming.first().innerText()).not.toBe(firstOfAll);
    await page.getByLabel("暦（行う日の順）を絞り込む").fill("現況　督促");
    await turning.getByText(/^1〜1件目（絞り込み1件、全\d+件）$/).waitFor();
    expect(await coming.allInnerTexts()).toEqual([expect.stringContaining("現況届の督促")]);
    await page.getByLabel("暦（行う日の順）を絞り込む").fill("ない仕事");
    await turning.getByText("当たる行はありません").waitFor();
    await expectAccessible(page, "mass work, narrowed");
    await page.getByLabel("暦（行う日の順）を絞り込む").fill("");

    await page.getByRole("button", { name: "一括処理を作る" }).click();
    await page.getByLabel("年齢に到達する月").fill("2026-13");
    await page.getByText("この年月は読めないか、存在しません。").waitFor();
    expect(await page.getByRole("button", { name: "一覧を作る" }).isDisabled()).toBe(true);
    await page.getByLabel("年齢に到達する月").fill("2026-11");
    await expectAccessible(page, "making mass work");
    if (PICTURES !== undefined) await page.screenshot({ path: `${PICTURES}/mass-2.png` });
    await page.getByRole("button", { name: "一覧を作る" }).click();
    await page.getByText("作業者が進めています").waitFor();
    await machine();
    await page.getByRole("button", { name: "読み直す" }).click();
    await page.getByRole("heading", { name: "案の一覧" }).waitFor();
    await page.getByText("変える", { exact: true }).first().waitFor();
    // 15,000 + 30,000 before, 10,000 + 10,000 after
    await page.getByText("45,000円").first().waitFor();
    await expectAccessible(page, "list of mass work");
    if (PICTURES !== undefined) await page.screenshot({ path: `${PICTURES}/mass-3.png`, fullPage: true });
    // Who made it is not offered the approval.
    expect(await page.getByRole("button", { name: "一覧を承認する" }).count()).toBe(0);
    await page.getByLabel("区分", { exact: true }).selectOption("noChange");
    await page.getByText("額は変わりません。").waitFor();
    expect(await page.getByText("額改定（減額）").count()).toBe(0);
    const address = page.url();

    // The contractor may start and stop, but sees nobody.
    const outside = await windowOf(contractor);
    await outside.page.goto(address);
    await outside.page.getByText("次の処理は、ほかの担当者が行います。").waitFor();
    expect(await outside.page.getByRole("heading", { name: "案の一覧" }).count()).toBe(0);

    const other = await windowOf(approver);
    await other.page.goto(address);
    await other.page.getByRole("button", { name: "一覧を承認する" }).click();
    await other.page.getByRole("button", { name: "実行する（2件）" }).click();
    await other.page.getByText("実行を始めました。画面を閉じても続きます。").waitFor();
    await machine();
    await other.page.getByRole("button", { name: "読み直す" }).click();
    await other.page.getByText("この一括処理は終わっています。").waitFor();
    await other.page.getByText("この月の後に終わった資格に、支払うべき額がない").waitFor();
    await other.page.getByText("書いた", { exact: true }).first().waitFor();
    await expectAccessible(other.page, "mass work done");
    if (PICTURES !== undefined) await other.page.screenshot({ path: `${PICTURES}/mass-4.png`, fullPage: true });
    const { rows } = await database.pool.query(
      "SELECT examined_by, approved_by, count(*)::int AS n FROM allowance.decision WHERE origin = 'batch' GROUP BY 1, 2",
    );
    expect(rows).toEqual([{ examined_by: "m.shinsa", approved_by: "m.kakaricho", n: 2 }]);

    // 戻し: from the page of the run, the same way – a list, another person, the writing.
    await page.goto(address);
    await page.getByRole("button", { name: "戻しの一覧を作る" }).click();
    await page.getByRole("heading", { name: "年齢到達の減額・消滅の戻し" }).waitFor();
    await machine();
    await page.getByRole("button", { name: "読み直す" }).click();
    await page.getByText("で書いた「").first().waitFor();
    await expectAccessible(page, "list of what is taken back");
    if (PICTURES !== undefined) await page.screenshot({ path: `${PICTURES}/mass-5.png`, fullPage: true });
    await other.page.goto(page.url());
    await other.page.getByRole("button", { name: "一覧を承認する" }).click();
    await other.page.getByRole("button", { name: "実行する（2件）" }).click();
    await other.page.getByText("実行を始めました。画面を閉じても続きます。").waitFor();
    await machine();
    await page.goto(address);
    await page.getByText("書いた件は、みな戻してあります。").waitFor();
    if (PICTURES !== undefined) await page.screenshot({ path: `${PICTURES}/mass-6.png`, fullPage: true });
    const { rowCount } = await database.pool.query("SELECT FROM allowance.decision WHERE origin = 'undo'");
    expect(rowCount).toBe(2);
  },
);

it(
  "[A135] starts by hand, at a date and time, daily, weekly, monthly and at the end of the month; the last parameters stand in the form, and a changed one is marked",
  { timeout: 180_000 },
  async () => {
    const { page } = await windowOf(examiner);
    await page.goto(`${desk.server.url}/mass-work`);
    await page.getByRole("button", { name: "一括処理を作る" }).click();
    const form = page.getByRole("dialog", { name: "一括処理を作る" });
    await form.getByLabel("種類").selectOption({ label: "年齢到達の減額・消滅" });
    const asked = form.getByLabel("年齢に到達する月");
    // The last run of this kind was of November.
    await form.getByText("前回と同じです（2026-11）").waitFor();
    expect(await asked.inputValue()).toBe("2026-11");
    await asked.fill("2026-09");
    await form.getByText("前回は 2026-11 でした").waitFor();
    await form.getByText("変更", { exact: true }).waitFor();
    await expectAccessible(page, "a changed parameter");
    if (PICTURES !== undefined) await page.screenshot({ path: `${PICTURES}/mass-7.png` });
    await form.getByRole("button", { name: "一覧を作る" }).click();
    await page.getByText("作業者が進めています").waitFor();
    await machine();

    // Monday, 30 November 2026: the last day of the month
    const bookings = [
      { timing: "日時を決めて1回", job: "年齢到達の減額・消滅", month: "前の月", field: "日", value: "2026-11-30" },
      { timing: "毎日", job: "所得の更正の判定し直し", month: "その月" },
      { timing: "毎週", job: "債権の督促・催告", month: "その月", weekday: "月曜" },
      {
        timing: "毎月",
        job: "時効による消滅の決定",
        month: "その月",
        field: "日（1〜31。月の日数を超えるときは末日）",
        value: "31",
      },
      { timing: "毎月末", job: "年齢到達の減額・消滅", month: "その月" },
    ] as const;
    await page.goto(`${desk.server.url}/mass-work`);
    for (const booking of bookings) {
      await page.getByRole("button", { name: "予約を入れる" }).click();
      const dialog = page.getByRole("dialog", { name: "一括処理の予約" });
      await dialog.getByLabel("種類").selectOption({ label: booking.job });
      await dialog
        .getByLabel(/月$|年齢に到達する月|対象の月/)
        .first()
        .selectOption({ label: booking.month });
      await dialog.getByLabel("いつ").selectOption({ label: booking.timing });
      if ("weekday" in booking) await dialog.getByLabel("曜日").selectOption({ label: booking.weekday });
      if ("field" in booking) await dialog.getByRole("textbox", { name: booking.field }).first().fill(booking.value);
      await dialog.getByLabel("時刻").fill("18:30");
      await dialog.getByRole("button", { name: "予約する" }).click();
      await dialog.waitFor({ state: "detached" });
    }
    if (PICTURES !== undefined) await page.screenshot({ path: `${PICTURES}/mass-8.png`, fullPage: true });
    await work("2026-11-25 18:30");
    expect((await made()).map(({ kind }) => kind)).toEqual(["daily"]);
    await page.getByRole("button", { name: "予約を取り消す: 所得の更正の判定し直し" }).click();
    await page.getByText(/を取り消しました/).waitFor();
    await work("2026-11-30 18:29");
    expect(await made()).toHaveLength(1);
    await work("2026-11-30 18:30");
    expect((await made()).filter(({ kind }) => kind !== "daily")).toEqual([
      { kind: "once", job_code: "ageMilestones", period: "2026-10" },
      { kind: "weekly", job_code: "recoveryReminders", period: "2026-11" },
      { kind: "monthly", job_code: "limitationLapse", period: "2026-11" },
      { kind: "monthEnd", job_code: "ageMilestones", period: "2026-11" },
    ]);
    await page.goto(`${desk.server.url}/mass-work`);
    await page
      .getByText(/一括処理 \d+$/)
      .first()
      .waitFor();
    await expectAccessible(page, "bookings");
    if (PICTURES !== undefined) await page.screenshot({ path: `${PICTURES}/mass-9.png`, fullPage: true });
  },
);
