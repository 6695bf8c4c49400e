/** 庁内連携 on the screen: what changed is dealt with from the list; gaps, refused rows and differences have their way to the end. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { folderStore, runRound, seedAgreements } from "@hagukumi/interchange/contract.ts";
import { createSender, layouts } from "@hagukumi/outside-sources/contract.ts";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { contextOf } from "../../../../systems/allowance/test/support/cases.ts";
import { claimedFamily } from "../../../../systems/allowance/test/support/claimed-families.ts";
import { number15, resident } from "../../../../systems/allowance/test/support/feeds.ts";
import { certificationText } from "../../app/ui/format.ts";
import { makeActor } from "../support/actors.ts";
import { openBrowser } from "../support/browser.ts";
import { buildApp } from "../support/built-app.ts";
import { sitDown } from "../support/page-walk.ts";
import { call, serveDesk } from "../support/served-desk.ts";
import type { ServedDesk } from "../support/served-desk.ts";
import { expectAccessible, openCounter } from "../support/terminal-browser.ts";

const database = useDatabase();
const PICTURES = process.env["HAGUKUMI_PICTURES"];
const FAMILY = 700_900;
const HEADER = layouts.residents["1.0"];
const cells = (row: Readonly<Record<string, string>>): string[] => HEADER.map((name) => row[name] ?? "");
let browser: Browser;
let desk: ServedDesk;
let recipientId = 0;

const parent = (more: Readonly<Record<string, string>> = {}): string[] => cells(resident(FAMILY, "1985-01-01", more));

beforeAll(async () => {
  buildApp();
  browser = await openBrowser();
  desk = await serveDesk(database.pool);
  const clerk = contextOf(database.pool, "renkei.batch", "2026-11-21");
  const approver = contextOf(database.pool, "staff.sato", "2026-11-21");
  recipientId = await claimedFamily({ maker: clerk, approver }, FAMILY, [["2020-05-10"]]);
  await seedAgreements(clerk, "kakunin.hanako");
  const dir = join(desk.dataDir, "interchange");
  const sender = createSender(dir);
  const store = folderStore(dir);
  await sender.send("residents", [parent()], { kind: "full", asOf: "2026-11-20" });
  await runRound(clerk, store);
  const moved = {
    履歴番号: "2",
    異動年月日: "2026-11-21",
    異動届出年月日: "2026-11-21",
    異動事由コード: "30",
    住所: "架空町３丁目",
  };
  const born = cells(resident(FAMILY + 50, "2026-11-21", { 世帯番号: parent()[4] ?? "", 続柄コード: "20" }));
  const bad = cells(resident(FAMILY + 51, "2026-11-21", { 生年月日: "2026-02-30" }));
  await sender.send("residents", [parent(moved), born, bad], { asOf: "2026-11-21" });
  await runRound(clerk, store);
  // The office's full set says another address: a difference to be explained.
  await sender.send("residents", [parent({ ...moved, 住所: "架空町９９丁目" })], {
    kind: "reconciliation",
    asOf: "2026-11-21",
  });
  await runRound(clerk, store);
  await sender.send("residents", [], { asOf: "2026-11-22", fault: "lost" });
  await sender.send("residents", [parent({ ...moved, 履歴番号: "3" })], { asOf: "2026-11-23" });
  await runRound(clerk, store);
}, 180_000);
afterAll(async () => {
  await browser.close();
  await desk.end();
});

it(
  "the clerk deals with changes from the list, asks for what is missing, ends refused rows and explains differences",
  { timeout: 180_000 },
  async () => {
    const examiner = await makeActor(database.pool, "t.shinsa", "examiner");
    const { context, page } = await openCounter(browser, desk.server.url);
    await sitDown(context, desk.server.url, examiner);
    await page.setViewportSize({ width: 1280, height: 1000 });
    const picture = async (name: string): Promise<void> => {
      if (PICTURES !== undefined)
        await page.screenshot({ path: `${PICTURES}/interchange-${name}.png`, fullPage: true });
    };
    const number = certificationText(recipientId);
    await page.goto(`${desk.server.url}/register-changes`);
    await page.getByRole("rowheader", { name: "転居" }).waitFor();
    // The children who were claimed for meanwhile are no work any more: the one birth is the new child.
    await page.getByRole("rowheader", { name: "出生" }).waitFor();
    await expectAccessible(page, "changes");
    await picture("changes");
    // A birth can't be made a filing by the office; a move can.
    expect(await page.getByRole("button", { name: `認定番号 ${number} の出生を受付にする` }).count()).toBe(0);
    await page.getByRole("button", { name: `認定番号 ${number} の出生の担当になる` }).click();
    await page.getByText("担当になりました。").waitFor();
    await page.getByRole("cell", { name: "t.shinsa" }).waitFor();
    const close = page.getByRole("button", { name: `認定番号 ${number} の出生を閉じる` });
    await close.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "することがないものとして閉じる" }).waitFor();
    await expectAccessible(page, "closing a change");
    await picture("close");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: `認定番号 ${number} の転居を受付にする` }).click();
    await page.waitForURL(/\/filings\/\d+$/);
    const { rows } = await database.pool.query<{ procedure: string; address: string; by: string }>(
      `SELECT f.procedure_code AS procedure, x.content->'address'->>'address' AS address, h.handled_by AS by FROM allowance.register_change_handling h
       JOIN allowance.filing_current f USING (filing_id) JOIN allowance.filing_content x ON x.filing_id = f.filing_id`,
    );
    expect(rows).toEqual([{ procedure: "change", address: "架空町３丁目", by: "t.shinsa" }]);

    await page.goto(`${desk.server.url}/interchange`);
    await page.getByRole("heading", { name: "連携ごとの状態" }).waitFor();
    await expectAccessible(page, "interchange");
    await picture("overview");
    await page.getByRole("button", { name: /連番 3の再送を頼む/ }).click();
    await page.getByRole("dialog", { name: "再送を頼む" }).getByLabel("理由").fill("連番 3 が届いていない");
    await picture("resend");
    await page.getByRole("dialog").getByRole("button", { name: "再送を頼む" }).click();
    await page.getByText("再送を頼みました。").waitFor();
    expect(readdirSync(join(desk.dataDir, "interchange", "out"))).toHaveLength(1);
    await page.getByRole("button", { name: /連番2の不受理の始末を書く/ }).click();
    await page.getByRole("dialog").getByLabel("理由").fill("住民記録に直しを頼んだ");
    await page.getByRole("dialog").getByRole("button", { name: "始末を記録する" }).click();
    await page.getByText("不受理の始末を記録しました。").waitFor();

    await page
      .getByRole("link", { name: /^\d+件$/ })
      .first()
      .click();
    await page.waitForURL(/\/reconciliations\/\d+$/);
    await page.getByRole("heading", { name: "説明を書く" }).waitFor();
    await expectAccessible(page, "differences");
    await picture("differences");
    await page.getByRole("button", { name: /をすべて選ぶ$/ }).click();
    await page.getByRole("textbox", { name: "説明" }).fill("住民記録の抽出の誤り。抽出のやり直しを頼んだ");
    await page.getByRole("button", { name: /件に説明を書く$/ }).click();
    await page.getByText(/件の違いを説明しました/).waitFor();
    const open = await database.pool.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM allowance.reconciliation_explanation WHERE explained_by = 't.shinsa'`,
    );
    expect(open.rows[0]?.n).toBeGreaterThan(0);
    // Not a name, an address or a birthday stands on any of these pages.
    for (const path of ["/register-changes", "/interchange"]) {
      await page.goto(`${desk.server.url}${path}`);
      await page.getByRole("heading", { level: 1 }).waitFor();
      const text = await page.locator("main").innerText();
      for (const secret of [`架空　${String(FAMILY)}子`, "架空町", number15(FAMILY)])
        expect(text).not.toContain(secret);
    }
  },
);

it("a change at a protected family is on nobody's list but that of 支援措置担当, who takes it over and closes it", async () => {
  const clerk = contextOf(database.pool, "renkei.batch", "2026-11-24");
  const dir = join(desk.dataDir, "interchange");
  // Behind the gap nothing is taken in but the mark, and with it the work that it makes.
  const sender = createSender(dir, { residents: 4 });
  const flagged = { 履歴番号: "4", 支援措置区分: "1", 支援措置開始年月日: "2026-11-23" };
  await sender.send("residents", [parent(flagged)], { asOf: "2026-11-24" });
  await runRound(clerk, folderStore(dir));
  const [examiner, officer] = await Promise.all([
    makeActor(database.pool, "t.shinsa2", "examiner"),
    makeActor(database.pool, "t.sochi", "protectionOfficer"),
  ]);
  const list = { method: "GET", path: "/register-changes" } as const;
  const take = { method: "POST", path: "/register-changes/{changeId}/owner" } as const;
  const close = { method: "POST", path: "/register-changes/{changeId}/closing" } as const;
  const changesOf = async (actor: typeof examiner) =>
    (await call(desk.server, actor, list)).json["changes"] as readonly {
      readonly changeId: number;
      readonly recipientId: number | null;
      readonly owner: string | null;
    }[];
  const mine = (await changesOf(officer)).filter((each) => each.recipientId === recipientId);
  expect(mine.length).toBeGreaterThan(0);
  expect((await changesOf(examiner)).filter((each) => each.recipientId === recipientId)).toEqual([]);
  for (const { changeId } of mine) {
    const path = { changeId };
    const unseen = await call(desk.server, examiner, take, { path });
    expect(unseen.json).toMatchObject({ code: "changeUnknown" });
    expect((await call(desk.server, officer, take, { path })).status).toBe(200);
  }
  const owned = (await changesOf(officer)).filter((each) => each.recipientId === recipientId);
  expect(owned.map(({ owner }) => owner)).toEqual(mine.map(() => "t.sochi"));
  const [first] = owned;
  const path = { changeId: first?.changeId ?? 0 };
  expect((await call(desk.server, officer, close, { path, body: { reason: "本人に確かめた" } })).status).toBe(200);
  expect((await changesOf(officer)).map(({ changeId }) => changeId)).not.toContain(first?.changeId);
});
