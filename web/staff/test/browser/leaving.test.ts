/** 持出し, in a browser with a profile on the disk: what is saved is sealed, what is printed is saved nowhere, and nothing else stays. */
import {
  approveLetterRun,
  createLetterRun,
  orderPrinting,
  printLetterRun,
  seedDemoTexts,
} from "@hagukumi/allowance/contract.ts";
import { checkContainer, openContainer } from "@hagukumi/platform/files/container.ts";
import { civilDate } from "@hagukumi/law/contract.ts";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { contextOf } from "../../../../systems/allowance/test/support/cases.ts";
import { advance, create } from "../../../../systems/allowance/test/support/runs.ts";
import { makeActor } from "../support/actors.ts";
import { openProfile } from "../support/browser.ts";
import { buildApp } from "../support/built-app.ts";
import { sitDown } from "../support/page-walk.ts";
import { serveDesk } from "../support/served-desk.ts";
import type { ServedDesk } from "../support/served-desk.ts";
import { expectAccessible } from "../support/terminal-browser.ts";

const database = useDatabase();
const TODAY = "2026-12-01";
const PICTURES = process.env["HAGUKUMI_PICTURES"];
const folder = mkdtempSync(join(tmpdir(), "hagukumi-terminal-"));
let desk: ServedDesk;
let context: BrowserContext;
let page: Page;
/** Every file that the browser saved: its name and its bytes */
const saved: { readonly name: string; readonly bytes: Promise<Buffer> }[] = [];

/** What a script of the page stumbled over */
const broken: string[] = [];

const as = (operator: string): ReturnType<typeof contextOf> => contextOf(database.pool, operator, TODAY);
const press = async (name: string | RegExp): Promise<void> =>
  await page.getByRole("button", { name, exact: true }).first().click();

beforeAll(async () => {
  buildApp();
  desk = await serveDesk(database.pool, { today: () => civilDate(TODAY) });
  await create(database.pool);
  await database.pool.query(
    "UPDATE allowance.person_history SET household_number = addressee_number, address = CASE WHEN protected THEN address ELSE '架空市東区架空台' || (addressee_number % 100) || '番地' END",
  );
  await seedDemoTexts(as("mongon.ichiro"), as("mongon.niro"));
  const letters = await createLetterRun(as("insatsu.ichiro"), {
    form: "certification",
    documentOn: TODAY,
    mailOn: TODAY,
  });
  await approveLetterRun(as("shonin.hanako"), { runNo: letters.runNo, listDigest: letters.listDigest });
  await orderPrinting(as("insatsu.ichiro"), { runNo: letters.runNo });
  await printLetterRun(as("insatsu.ichiro"), letters.runNo);
  const roles = ["treasurer", "paymentReleaser", "examiner"] as const;
  const actor = await makeActor(database.pool, "m.mochidashi", "treasurer", { roles });
  context = await openProfile(join(folder, "profile"), join(folder, "downloads"));
  await sitDown(context, desk.server.url, actor);
  // Every address by which a page of this browser could read what it once held.
  await context.addInitScript(`
    globalThis.liveBlobs = new Set();
    const { createObjectURL, revokeObjectURL } = URL;
    URL.createObjectURL = (content) => { const made = createObjectURL.call(URL, content); liveBlobs.add(made); return made; };
    URL.revokeObjectURL = (address) => { liveBlobs.delete(address); revokeObjectURL.call(URL, address); };
  `);
  page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.on("pageerror", ({ message }) => broken.push(message));
  page.on("download", (download) => {
    const bytes = download.path().then((path) => readFileSync(path));
    saved.push({ name: download.suggestedFilename(), bytes });
  });
}, 180_000);
afterAll(async () => {
  await context.close();
  await desk.end();
  rmSync(folder, { recursive: true, force: true });
});

/** The password in front of the page, and the file it belongs to. */
async function sealedFile(): Promise<{ readonly password: string; readonly content: Buffer }> {
  const dialog = page.getByRole("dialog", { name: "暗号化したファイルを保存しました" });
  await dialog.waitFor();
  const password = await dialog.getByRole("textbox", { name: "このファイルのパスワード" }).innerText();
  const bytes = await saved.at(-1)?.bytes;
  if (bytes === undefined) throw new Error("nothing was saved");
  return { password, content: await openContainer(bytes, password) };
}

/** Every byte of the browser's folder, as text that keeps each of them. */
const onDisk = (of: string): readonly (readonly [string, Buffer])[] =>
  readdirSync(of, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map((each) => [each.name, readFileSync(join(each.parentPath, each.name))] as const);

it(
  "[THR86][A198] nothing leaves before its approval; 0 plaintext files: lists of persons are saved sealed, letters are printed without being saved, an address by itself gives nothing; headers, cache, blob addresses and the profile on the disk hold nothing",
  { timeout: 180_000 },
  async () => {
    const { url } = desk.server;
    const headers = new Map<string, Readonly<Record<string, string>>>();
    page.on("response", (response) => {
      const { pathname } = new URL(response.url());
      if (pathname.startsWith("/api/")) headers.set(pathname, response.headers());
    });
    await page.goto(`${url}/runs/1`);
    await press("支払対象者一覧を作る");
    // Not approved yet: refused in words, and nothing is saved.
    const unapproved = page.getByRole("listitem").filter({ hasText: ".csv" });
    await unapproved.getByRole("button", { name: "取り出す" }).click();
    await page.getByText("コード leavingRefused").waitFor();
    await expectAccessible(page, "not approved");
    expect(saved).toEqual([]);
    await advance(database.pool, 1, "frozen");
    await page.reload();
    const list = page.getByRole("listitem").filter({ hasText: ".csv" });
    await list.getByRole("button", { name: "取り出す" }).click();
    const csv = await sealedFile();
    expect(csv.content.toString("utf8")).toContain("架空　花子");
    expect(csv.password).toMatch(/^(?:[2-9A-HJ-NP-Z]{4}-){5}[2-9A-HJ-NP-Z]{4}$/);
    await expectAccessible(page, "a password");
    if (PICTURES !== undefined) await page.screenshot({ path: join(PICTURES, "password.png") });
    // By keyboard: the password is reached, and copied by the button that stands first.
    await page.getByRole("textbox", { name: "このファイルのパスワード" }).focus();
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("パスワードを写す");
    await page.keyboard.press("Escape");
    expect(await page.getByText(csv.password).count()).toBe(0);
    await page
      .getByRole("listitem")
      .filter({ hasText: ".dat" })
      .getByRole("button", { name: "取り出す", exact: true })
      .click();
    const transfer = await sealedFile();
    expect(transfer.password).not.toBe(csv.password);
    expect(transfer.content.length % 120).toBe(0);
    await press("いま隠す");

    // Letters: shown, and gone with the page.
    await page.goto(`${url}/letters`);
    await page.getByRole("link", { name: "第1号" }).click();
    await press(/^見て印刷する/);
    const pages = page.getByRole("dialog", { name: "印刷処理 第1号 PDF 1" });
    const frame = pages.locator("iframe");
    await frame.waitFor();
    await page.waitForTimeout(500);
    const address = ((await frame.getAttribute("src")) ?? "").replace(/#.*/, "");
    expect(address).toMatch(/^blob:/);
    await expectAccessible(page, "pages for printing");
    if (PICTURES !== undefined) await page.screenshot({ path: join(PICTURES, "print.png") });
    expect(await page.evaluate("[...liveBlobs]")).toEqual([address]);
    // A browser without a window has no printer: that the viewer itself is asked to print is seen in its place.
    await page.evaluate("document.querySelector('iframe').contentWindow.print = () => { globalThis.asked = true; }");
    await press("印刷する");
    expect([await page.evaluate("globalThis.asked"), broken]).toEqual([true, []]);
    await press("閉じる");
    expect(await page.evaluate("[...liveBlobs]")).toEqual([]);
    // Left by the browser's own button instead of the dialog's: the same.
    await press(/^見て印刷する/);
    await frame.waitFor();
    await page.evaluate("history.back()");
    await page.getByRole("button", { name: "印刷する", exact: true }).waitFor({ state: "detached" });
    await expect.poll(async () => await page.evaluate("[...(globalThis.liveBlobs ?? [])]")).toEqual([]);

    // An address by itself, in the bar or in a window of its own: no file.
    const other = await context.newPage();
    const files = ["/runs/1/transfer", "/letter-runs/1/files/1", "/letter-runs/1/insert-list"];
    for (const path of files) {
      const answer = await other.goto(`${url}/api/v1${path}`);
      expect([path, answer?.status()]).toEqual([path, 403]);
    }
    await other.close();

    // The one kind that may be plain is of nobody, and is on the closed list.
    await page.goto(`${url}/statistics`);
    await press("すべての表を表計算ファイルで取り出す");
    await expect.poll(() => saved.length).toBe(3);
    for (const { name, bytes } of saved) {
      if (!name.startsWith("statistics-")) checkContainer(await bytes);
    }
    expect(saved.map(({ name }) => name.replaceAll(/\d+/g, "N"))).toEqual([
      "payee-list-N-MN.zip",
      "hagukumi-N-N-MN.zip",
      "statistics-month-N-N.xlsx",
    ]);

    // What the answers say, and what scripts of the page kept.
    expect(headers.size).toBeGreaterThan(5);
    for (const [path, each] of headers) expect([path, each["cache-control"]]).toEqual([path, "no-store"]);
    expect(headers.get("/api/v1/runs/1/transfer")).toMatchObject({ "hagukumi-leaving": "container" });
    expect(JSON.stringify([...headers.values()])).not.toContain(transfer.password);
    const kept = await page.evaluate(
      `(async () => JSON.stringify([await caches.keys(), (await indexedDB.databases()).length, Object.entries(localStorage), Object.entries(sessionStorage)]))()`,
    );
    expect(kept).not.toMatch(/花子|ﾊﾅｺ/);
    const { rows } = await database.pool.query<{ all: string }>(
      "SELECT coalesce(string_agg(l::text, ''), '') AS all FROM access.log l",
    );
    for (const { password } of [csv, transfer]) expect(rows[0]?.all).not.toContain(password);

    // 媒体: an encrypted container or paper, each by its listed way, approved by another than who took it.
    const { rows: taken } = await database.pool.query<{ route: string; channel: string; other: boolean }>(
      `SELECT l.route_code AS route, r.channel, l.approved_by <> l.taken_by AS other FROM interchange.leaving l JOIN interchange.leaving_route r USING (route_code) ORDER BY l.leaving_id`,
    );
    expect(taken.map(({ route, channel, other: byOther }) => [route, channel, byOther])).toEqual([
      ["takePayeeList", "medium", true],
      ["takeTransferFile", "medium", true],
      ["takeLetterFile", "paper", true],
      ["takeLetterFile", "paper", true],
    ]);

    // The terminal's disk, after the browser was closed as at the end of the day.
    await context.close();
    const left = onDisk(join(folder, "profile"));
    expect(left.length).toBeGreaterThan(20);
    const marks = ["架空　花子", "ｶｸｳ ﾊﾅｺ", csv.password, transfer.password, "%PDF-"].flatMap((mark) => [
      Buffer.from(mark, "utf8"),
      Buffer.from(mark, "utf16le"),
    ]);
    const found = left.flatMap(([name, bytes]) =>
      marks.flatMap((mark, at) => (bytes.includes(mark) ? [`${name}: ${String(at)}`] : [])),
    );
    expect(found).toEqual([]);
  },
);
