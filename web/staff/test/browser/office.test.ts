/** 移転・連携の合意・委託 in the browser: asked for by one, granted by another, done, received, and seen by the auditor. */
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { seedAgreements, seedOutlets, standardConsignments } from "@hagukumi/interchange/contract.ts";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { openByHand } from "../../../../platform/test/support/container.ts";
import { pdfText } from "../../../../platform/test/support/pdf-text.ts";
import { contextOf } from "../../../../systems/allowance/test/support/cases.ts";
import { claimedFamily } from "../../../../systems/allowance/test/support/claimed-families.ts";
import { type Actor, makeActor } from "../support/actors.ts";
import { openBrowser } from "../support/browser.ts";
import { buildApp } from "../support/built-app.ts";
import { sitDown } from "../support/page-walk.ts";
import { call, serveDesk } from "../support/served-desk.ts";
import type { ServedDesk } from "../support/served-desk.ts";
import { expectAccessible, openCounter } from "../support/terminal-browser.ts";

const database = useDatabase();
const PICTURES = process.env["HAGUKUMI_PICTURES"];
const FAMILY = 700_950;
let browser: Browser;
let desk: ServedDesk;
let examiner: Actor;
let approver: Actor;
let officer: Actor;
let auditor: Actor;
let contractor: Actor;

async function seat(actor: Actor): Promise<Page> {
  const { context, page } = await openCounter(browser, desk.server.url);
  await sitDown(context, desk.server.url, actor);
  await page.setViewportSize({ width: 1280, height: 1000 });
  return page;
}
const at = async (page: Page, path: string): Promise<void> => {
  await page.goto(`${desk.server.url}${path}`);
  await page.getByRole("heading", { level: 1 }).waitFor();
};
const picture = async (page: Page, name: string): Promise<void> => {
  if (PICTURES !== undefined) await page.screenshot({ path: `${PICTURES}/office-${name}.png`, fullPage: true });
};
const fill = async (page: Page, fields: Readonly<Record<string, string>>): Promise<void> => {
  for (const [label, value] of Object.entries(fields)) await page.getByRole("dialog").getByLabel(label).fill(value);
};
const press = async (page: Page, name: string): Promise<void> => {
  await page.getByRole("dialog").getByRole("button", { name, exact: true }).click();
};

beforeAll(async () => {
  buildApp();
  browser = await openBrowser();
  desk = await serveDesk(database.pool);
  const clerk = contextOf(database.pool, "settei.ichiro", "2026-11-21");
  const other = contextOf(database.pool, "settei.niro", "2026-11-21");
  await claimedFamily({ maker: clerk, approver: other }, FAMILY, [["2020-05-10"]]);
  await seedAgreements(clerk, "settei.niro");
  await seedOutlets(clerk, "settei.niro");
  examiner = await makeActor(database.pool, "t.shinsa", "examiner");
  approver = await makeActor(database.pool, "t.kessai", "approver");
  officer = await makeActor(database.pool, "t.joho", "itOfficer");
  auditor = await makeActor(database.pool, "t.kansa", "auditor");
  contractor = await makeActor(database.pool, "t.jutaku", "contractor");
  await database.pool.query(
    "UPDATE identity.staff SET kind = 'contractor', consent_id = '架空承諾-1' WHERE staff_id = 't.jutaku'",
  );
}, 180_000);
afterAll(async () => {
  await browser.close();
  await desk.end();
});

it(
  "a transfer on paper: applied for, granted by another, printed once with its marks, received by its code, due until it is reported; its line is traced",
  { timeout: 120_000 },
  async () => {
    const page = await seat(examiner);
    await at(page, "/transfers");
    await page.getByRole("button", { name: "承認願を受け付ける" }).click();
    await page.getByRole("dialog", { name: /データ使用承認願の受付/ }).waitFor();
    await fill(page, {
      "願い出た課・職員": "保護管理援護課 架空太郎",
      "使用根拠（条例の条項）": "架空条例 別表第1",
      使用条件: "照会の都度。課の外に出さない。",
      使用期間の初め: "2026-11-01",
      使用期間の終わり: "2027-03-31",
      相手の公開鍵: `age1${"q".repeat(58)}`,
      受け付けた日: "2026-11-01",
    });
    await page.getByRole("dialog").getByLabel("使用目的").selectOption("publicAssistance");
    for (const tick of ["支給の状態", "月額", "最終支払年月日", "紙"]) {
      await page.getByRole("dialog").getByLabel(tick, { exact: true }).check();
    }
    await expectAccessible(page, "an application");
    await picture(page, "apply");
    await press(page, "受け付ける");
    await page.getByText("別の人が決めます。").waitFor();
    // Who typed it in can't grant office.
    expect(await page.getByRole("button", { name: /見て決める/ }).count()).toBe(0);

    const head = await seat(approver);
    await at(head, "/transfers");
    await head.getByRole("button", { name: /見て決める/ }).click();
    await expectAccessible(head, "a decision");
    await picture(head, "decide");
    await press(head, "承認する");
    await head.getByText("承認しました。").waitFor();

    await at(page, "/transfers");
    await page.getByRole("button", { name: "承認願 1 で移転する" }).click();
    await fill(page, { 照会の番号と日付: "援護照会 第12号", 照会のあった人の宛名番号: String(FAMILY) });
    await page.getByRole("dialog").getByLabel("方法").selectOption("paper");
    await expectAccessible(page, "a transfer");
    await picture(page, "make");
    const [made] = await Promise.all([
      page.waitForResponse((response) => response.url().endsWith("/uses/1/transfers")),
      press(page, "移転する"),
    ]);
    const print = page.getByRole("dialog", { name: "移転 T00000001 の紙" });
    await print.getByText("この紙は、もう一度は作れません。").waitFor();
    await picture(page, "paper");
    // It can't be had again: the Escape key does not put it away.
    await page.keyboard.press("Escape");
    await print.getByRole("button", { name: "閉じる" }).click();
    const { paper } = (await made.json()) as { readonly paper: string };
    const pdf = Buffer.from(paper, "base64");
    if (PICTURES !== undefined) await writeFile(join(PICTURES, "transfer.pdf"), pdf);
    const text = pdfText(pdf);
    for (const part of ["T00000001", "援護照会 第12号", "000000000700950", "受給中", "預り証", "複写禁止"]) {
      expect(text).toContain(part);
    }
    const { rows } = await database.pool.query<{ sha256: string; name: string; address: string }>(
      `SELECT t.sha256, p.name, p.address FROM interchange.transfer t, allowance.person_current p WHERE p.addressee_number = $1`,
      [FAMILY],
    );
    const { sha256 = "", name = "?", address = "?" } = rows[0] ?? {};
    expect(text).not.toContain(name);
    expect(text).not.toContain(address);
    expect(text.replaceAll(" ", "")).toContain(sha256.slice(0, 16));
    const mark = /700950[^]*?([0-9a-f]{16})/.exec(text)?.[1] ?? "";

    await page.getByRole("button", { name: "移転 T00000001 の受領を記録する" }).click();
    await fill(page, {
      "受け取った日（相手の時計）": "2026-11-24",
      受け取った時刻: "10:30",
      受け取った人: "架空 花子",
    });
    await page.getByRole("dialog").getByLabel("預り証の確認符号").fill("0123456789abcdef");
    await press(page, "記録する");
    await page.getByText(/途中で変わったおそれがあります/).waitFor();
    await page.getByRole("dialog").getByLabel("預り証の確認符号").fill(sha256.slice(0, 16));
    await press(page, "記録する");
    await page.getByText("渡したものと同じであることを確かめました。").waitFor();
    await picture(page, "transfers");
    await expectAccessible(page, "transfers");

    const look = await seat(auditor);
    await at(look, "/transfers");
    expect(await look.getByRole("button", { name: "承認願を受け付ける" }).count()).toBe(0);
    await look.getByLabel("漏れた1行、または写しの印").fill(`架空の行,${mark}`);
    await look.getByRole("button", { name: "調べる" }).click();
    await look.getByText("移転 T00000001 の写しです。").waitFor();
    await page.getByRole("button", { name: "移転 T00000001 の返却・消去を記録する" }).click();
    await page.getByRole("dialog").getByLabel("どう終わったか").selectOption("erased");
    await fill(page, {
      媒体: "紙",
      "方法（読めなくした方法、または返った方法）": "裁断",
      行った日: "2026-11-25",
      行った時刻: "9:00",
      行った人: "架空 花子",
    });
    await press(page, "記録する");
    await page.getByText("返却・消去を記録しました。").waitFor();
  },
);

/** What an actor may, past the page. */
const sendAs = async (actor: Actor, operation: { method: "GET" | "POST"; path: string }, sent = {}) =>
  await call(desk.server, actor, operation, sent);

it("the receiving office asks, acknowledges and gives back for itself alone: no other receiver's, and never for who is of another office", async () => {
  const { rows: sections } = await database.pool.query<{ name: string }>(
    "SELECT name FROM interchange.outlet_now WHERE outlet_code = 'transfer1'",
  );
  const [own, stranger] = await Promise.all([
    makeActor(database.pool, "t.engo", "transferOffice"),
    makeActor(database.pool, "t.betsu", "transferOffice", {
      section: { code: "t-betsu", kind: "transferOffice", inCharge: false },
    }),
  ]);
  await database.pool.query("UPDATE identity.section_name SET name = $1 WHERE section_code = 't-hogo'", [
    sections[0]?.name,
  ]);
  const read = { method: "GET", path: "/transfers" } as const;
  const applying = { method: "POST", path: "/transfers/uses" } as const;
  const wish = {
    applicant: "保護管理援護課 架空次郎",
    ground: "架空条例 別表第1",
    purpose: "publicAssistance",
    conditions: "照会の都度",
    validFrom: "2026-11-01",
    validTo: "2027-03-31",
    items: ["state"],
    channels: ["linkage"],
    receiverKey: `age1${"q".repeat(58)}`,
    receivedOn: "2026-11-01",
  };
  for (const [actor, outletCode] of [
    [own, "provision1"],
    [stranger, "transfer1"],
  ] as const) {
    const refused = await sendAs(actor, applying, { body: { ...wish, outletCode } });
    expect([refused.status, refused.json]).toMatchObject([409, { code: "transferUnknown" }]);
  }
  const receipt = { method: "POST", path: "/transfers/{transferId}/receipt" } as const;
  const body = { receivedAt: "2026-11-24T10:30:00+09:00", sha256: "0".repeat(64), receivedBy: "架空" };
  const refused = await sendAs(stranger, receipt, { path: { transferId: 1 }, body });
  expect(refused.json).toMatchObject({ code: "transferUnknown" });
  expect((await sendAs(stranger, read)).json).toMatchObject({ outlets: [], uses: [], transfers: [] });
  // Deciding, making and extracting are not theirs at all.
  for (const path of ["/transfers/uses/1/decision", "/transfers/uses/1/transfers", "/extractions"]) {
    expect((await sendAs(own, { method: "POST", path }, { body: {} })).status).toBe(403);
  }
  const page = await seat(own);
  await at(page, "/transfers");
  await page.getByRole("button", { name: "データの使用を願い出る" }).waitFor();
  await page.getByText("T00000001").first().waitFor();
  expect(await page.getByRole("button", { name: /移転する|見て決める|終える/ }).count()).toBe(0);
  await expectAccessible(page, "the receiver's page");
  await picture(page, "receiver");
  const asked = await sendAs(own, applying, { body: { ...wish, outletCode: "transfer1" } });
  expect(asked.status).toBe(200);
});

it("連携の検証 and 運転状況: the IT office tries every agreement from the page, and sees on its first page what does not run", async () => {
  const page = await seat(officer);
  await at(page, "/");
  await page.getByRole("heading", { name: "運転状況" }).waitFor();
  await page.getByText("うまくいかないもの").waitFor();
  await database.pool.query(
    `INSERT INTO access.operated_part (part_code, name, rhythm, place, display_order, state, problem)
     VALUES ('imaginary', '架空の夜の検査', '毎日 02:00', '架空', 1, 'failed', '架空のわけです。')`,
  );
  await at(page, "/");
  await page.getByText("うまくいかないものが 1件あります").waitFor();
  await page.getByText("架空のわけです。").waitFor();
  await expectAccessible(page, "the first page with something that fails");
  await picture(page, "operation-home");

  await at(page, "/interchange/evidence");
  await page.getByRole("button", { name: "いま検証する" }).waitFor();
  await page.getByText("検証していない", { exact: true }).nth(10).waitFor();
  const untried = await page.getByText("検証していない", { exact: true }).count();
  // The heading of the figure, and one of each agreement and receiver.
  expect(untried).toBeGreaterThan(10);
  await page.getByRole("button", { name: "いま検証する" }).click();
  await page.getByText(/件を試しました。すべて合意のとおりです。/).waitFor();
  await page
    .getByRole("button", { name: /で試したことを見る/ })
    .first()
    .click();
  await page.getByRole("dialog").getByText("合意していない人の行は、値を残さずに断る").waitFor();
  await expectAccessible(page, "the evidence of an agreement");
  await picture(page, "evidence");
});

it(
  "an extraction: applied for, granted by another, taken once in a container with its password, traced by a line of it",
  { timeout: 120_000 },
  async () => {
    const page = await seat(examiner);
    await at(page, "/extractions");
    await page.getByRole("button", { name: "承認願を受け付ける" }).click();
    await page.getByRole("dialog", { name: /データ使用承認願の受付/ }).waitFor();
    await fill(page, {
      "願い出た課・職員": "こども支援課 架空太郎",
      "使用根拠（法令・規則の条項）": "児童手当法施行規則の事務",
      使用条件: "課の外に出さない。12月15日までに消す。",
      使用期間の初め: "2026-11-20",
      使用期間の終わり: "2026-12-15",
      使用データ: "受給者1人の支給の状態",
      行数の上限: "1",
    });
    await expectAccessible(page, "an application for an extraction");
    await picture(page, "extraction-apply");
    await press(page, "受け付ける");
    await page.getByText("別の人が決めます。").waitFor();
    expect(await page.getByRole("button", { name: /見て決める|取り出す/ }).count()).toBe(0);

    const head = await seat(approver);
    await at(head, "/extractions");
    await head.getByRole("button", { name: "承認願 1 を見て決める" }).click();
    await expectAccessible(head, "the decision of an extraction");
    await picture(head, "extraction-decide");
    await press(head, "承認する");
    await head.getByText("承認しました。").waitFor();

    await at(page, "/extractions");
    await page.getByRole("button", { name: "承認願 1 で取り出す" }).click();
    // More people than granted: nothing, and the approval is still there.
    await fill(page, { 宛名番号: `${String(FAMILY)} 1` });
    await press(page, "取り出す");
    await page.getByRole("dialog").getByText("何も渡していません。").waitFor();
    await expectAccessible(page, "a refused extraction");
    await fill(page, { 宛名番号: String(FAMILY) });
    await picture(page, "extraction-take");
    const [answer, download] = await Promise.all([
      page.waitForResponse((response) => response.url().endsWith("/extractions/1/file") && response.status() === 200),
      page.waitForEvent("download"),
      press(page, "取り出す"),
    ]);
    expect(answer.headers()["cache-control"]).toContain("no-store");
    expect(download.suggestedFilename()).toMatch(/^extraction-M\d{8}\.zip$/);
    const password = (await page.getByLabel("このファイルのパスワード").textContent()) ?? "";
    const lines = openByHand(readFileSync(await download.path()), password.trim())
      .toString("utf8")
      .trimEnd()
      .split("\r\n");
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatch(/^000000000700950,.*,E00000001,[0-9a-f]{16}$/);
    await picture(page, "extraction-password");
    await page.getByRole("button", { name: "いま隠す" }).click();
    await page.getByText("使用済").waitFor();
    await expectAccessible(page, "extractions");
    await picture(page, "extractions");
    expect(await page.getByRole("button", { name: /取り出す/ }).count()).toBe(0);

    const look = await seat(auditor);
    await at(look, "/transfers");
    await look.getByLabel("漏れた1行、または写しの印").fill(lines[1] ?? "");
    await look.getByRole("button", { name: "調べる" }).click();
    await look.getByText(/抽出 M\d{8}（承認願 1）の写しです。2026-11-24 に t\.shinsa が取り出しました。/).waitFor();
  },
);

it(
  "agreements, receivers and the assessment: asked for, seen by another as before and after, in force, in the history",
  { timeout: 120_000 },
  async () => {
    const page = await seat(examiner);
    await at(page, "/interchange/settings");
    await expectAccessible(page, "settings");
    await picture(page, "settings");
    await page.getByRole("button", { name: "保護管理援護課を変える申請" }).click();
    await page.getByRole("dialog").getByLabel("最終支払額").uncheck();
    await fill(page, { 理由: "架空の条例改正で要らなくなった" });
    await expectAccessible(page, "a receiver");
    await picture(page, "outlet");
    await press(page, "申請する");
    await page.getByText("申請しました。").waitFor();
    await page
      .getByRole("button", { name: /所得・控除・扶養.*を変える申請$/ })
      .first()
      .click();
    await picture(page, "agreement");
    await fill(page, { 古いとみなす日数: "12", 理由: "架空の定例の間隔" });
    await press(page, "申請する");
    await page.getByRole("dialog").waitFor({ state: "detached" });

    const head = await seat(approver);
    await at(head, "/interchange/settings");
    await head.getByRole("button", { name: /^提供先・移転先の申請/ }).click();
    await head.getByRole("dialog").getByRole("rowheader", { name: "項目" }).waitFor();
    await expectAccessible(head, "an answer");
    await picture(head, "answer");
    await press(head, "承認する");
    await head.getByText("承認しました。").waitFor();
    await head.getByText("架空の条例改正で要らなくなった").waitFor();
    await picture(head, "history");
    await head
      .getByText(/最初の評価を記録してください/)
      .first()
      .waitFor();
    expect(await head.getByText(/最初の評価を記録してください/).count()).toBe(1);
  },
);

it(
  "[D115] [D235] a contractor does nothing before the work under an order has begun; then the log and the contractor's report name the order",
  { timeout: 120_000 },
  async () => {
    const { rows } = await database.pool.query<{ from: string; to: string }>(
      "SELECT (identity.today() - 1)::text AS from, (identity.today() + 100)::text AS to",
    );
    const { from = "", to = "" } = rows[0] ?? {};
    const office = await seat(officer);
    const head = await seat(approver);
    const ask = async (kind: string, content: Readonly<Record<string, unknown>>): Promise<void> => {
      const done = await call(desk.server, officer, { method: "POST", path: "/consignments/proposals" } as const, {
        body: { kind, content, reason: "架空の契約による", timing: "before" },
      });
      expect(done.status).toBe(200);
    };
    const grant = async (): Promise<void> => {
      await at(head, "/consignments");
      await head
        .getByRole("button", { name: /の申請 .* を見て答える$/ })
        .first()
        .click();
      await press(head, "承認する");
      await head.getByText("承認しました。").waitFor();
    };
    await ask("consignment", { ...standardConsignments(from)[0] });
    await grant();
    await ask("contractorAccount", {
      staffId: "t.jutaku",
      consignmentCode: "consignment1",
      subConsignmentNumber: null,
      validFrom: from,
      validTo: to,
    });
    await grant();
    await at(office, "/consignments");
    await office.getByRole("button", { name: "作業指示を申請する" }).click();
    await office.getByRole("dialog").getByLabel("委託").selectOption("consignment1");
    await office.getByRole("dialog").getByLabel("種類").selectOption("operation");
    await fill(office, { 作業の内容: "架空の夜間処理", いつから: from, いつまで: to, 理由: "架空の夜間処理のため" });
    await expectAccessible(office, "an order");
    await picture(office, "order");
    await press(office, "申請する");
    await office.getByText("申請しました。").waitFor();
    await grant();

    const work = { method: "POST", path: "/interchange/resends" } as const;
    const body = { body: { interfaceCode: "nothing", from: 1, to: 2, reason: "架空の欠番" } };
    const path = await resendPath();
    expect((await call(desk.server, contractor, { ...work, path }, body)).json).toMatchObject({ code: "orderNeeded" });
    const page = await seat(contractor);
    await at(page, "/own-order");
    await page.getByRole("button", { name: "作業を始める" }).click();
    await fill(page, { 作業指示の番号: "W-2026-0001" });
    await picture(page, "own-order");
    await press(page, "始める");
    await page.getByText("作業を始めました。").waitFor();
    // Past the order: refused because nobody agreed on that interface.
    expect((await call(desk.server, contractor, { ...work, path }, body)).json).not.toMatchObject({
      code: "orderNeeded",
    });
    await page.getByRole("button", { name: "作業を終える" }).click();
    await fill(page, { 作業の結果: "架空の処理を終えた" });
    await press(page, "終える");
    await page.getByText("作業を終え、結果を残しました。").waitFor();

    await at(office, "/consignments");
    await expectAccessible(office, "consignments");
    await picture(office, "consignments");
    await office.getByRole("link", { name: "報告", exact: true }).first().click();
    await office.getByLabel("いつから").fill(from);
    await office.getByLabel("いつまで").fill(to);
    await office.getByRole("button", { name: "報告を出す" }).click();
    await office.getByRole("cell", { name: "W-2026-0001" }).first().waitFor();
    await office.getByText("架空の処理を終えた").waitFor();
    await expectAccessible(office, "a report");
    await picture(office, "report");
    const { rows: logged } = await database.pool.query<{ ref: string }>(
      "SELECT DISTINCT approval_ref AS ref FROM access.log WHERE staff_id = 't.jutaku' AND operation = 'endOrder' AND action = 'update'",
    );
    expect(logged).toEqual([{ ref: "order:W-2026-0001" }]);
  },
);

/** The address of `requestResend`, as the list of operations has office. */
async function resendPath(): Promise<`/${string}`> {
  const { operations } = await import("../../src/api/operations.ts");
  return (operations.find(({ id }) => id === "requestResend")?.path ?? "/") as `/${string}`;
}
