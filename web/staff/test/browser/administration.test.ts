import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { makeActor } from "../support/actors.ts";
import type { Actor } from "../support/actors.ts";
import { openBrowser } from "../support/browser.ts";
import { buildApp } from "../support/built-app.ts";
import { serveDesk } from "../support/served-desk.ts";
import type { ServedDesk } from "../support/served-desk.ts";
import { expectAccessible, openCounter } from "../support/terminal-browser.ts";
import type { Counter } from "../support/terminal-browser.ts";

const database = useDatabase();
let browser: Browser;
let desk: ServedDesk;
let people: Readonly<Record<"applicant" | "approver" | "officer" | "auditor" | "newcomer", Actor>>;
const open: Counter[] = [];

beforeAll(async () => {
  buildApp();
  browser = await openBrowser();
  desk = await serveDesk(database.pool);
  const { pool } = database;
  people = {
    applicant: await makeActor(pool, "a.kacho", "approver"),
    approver: await makeActor(pool, "a.shonin", "rightsApprover"),
    officer: await makeActor(pool, "a.joho", "itOfficer"),
    auditor: await makeActor(pool, "a.kansa", "auditor"),
    newcomer: await makeActor(pool, "a.shinjin", undefined),
  };
}, 180_000);
afterAll(async () => {
  await browser.close();
  await desk.end();
});

/** A window in which the person is signed in already; the log-in itself is tested in desk.test.ts. */
async function windowOf(actor: Actor): Promise<Counter> {
  const counter = await openCounter(browser, desk.server.url);
  const cookies = actor.cookie.split("; ").map((pair) => {
    const [name = "", value = ""] = pair.split("=");
    return { name, value, url: desk.server.url.replace("http:", "https:"), secure: true, sameSite: "Strict" } as const;
  });
  await counter.context.addCookies([...cookies]);
  open.push(counter);
  return counter;
}

/** The right of the newcomer, as the ledger says. */
async function state(): Promise<string> {
  const { rows } = await database.pool.query<{ state: string }>(
    `SELECT CASE WHEN v.right_id IS NOT NULL THEN 'revoked' WHEN i.right_id IS NOT NULL THEN 'issued' WHEN a.approved THEN 'approved' ELSE 'requested' END AS state
     FROM identity.right_request r LEFT JOIN identity.right_approval a USING (right_id) LEFT JOIN identity.right_issue i USING (right_id)
     LEFT JOIN identity.right_revocation v USING (right_id) WHERE r.staff_id = 'a.shinjin'`,
  );
  return rows[0]?.state ?? "none";
}

describe("a right: applied for, approved, issued and taken away on the screen, each by another person", () => {
  it("業務担当課 applies; who applies is offered neither approval nor issue", async () => {
    const { page } = await windowOf(people.applicant);
    await page.goto(`${desk.server.url}/administration/rights`);
    await page.getByRole("button", { name: "権限を申請する" }).click();
    const dialog = page.getByRole("dialog", { name: "権限の発行申請" });
    await dialog.getByLabel("職員", { exact: false }).first().selectOption("a.shinjin");
    await dialog.getByLabel("部署").selectOption("t-kodomo");
    await dialog.getByLabel("役割").selectOption("clerk");
    await dialog.getByLabel("終わりの日").fill("R9.3.31");
    await dialog.getByText("令和9年3月31日（2027-03-31 水）").waitFor();
    await dialog.getByLabel("理由").fill("架空の異動に伴う申請");
    await expectAccessible(page, "application for a right");
    await dialog.getByRole("button", { name: "申請する" }).click();
    await page.getByText("申請しました（令和9年3月31日まで）").waitFor();
    expect(await page.getByRole("button", { name: "承認", exact: true }).count()).toBe(0);
    expect(await state()).toBe("requested");
    await expectAccessible(page, "rights");
  });

  it("another approves, with a reason; 情報政策課 issues", async () => {
    const approver = await windowOf(people.approver);
    await approver.page.goto(`${desk.server.url}/administration/rights`);
    await approver.page.getByRole("button", { name: "承認", exact: true }).click();
    await approver.page.getByLabel("理由").fill("架空の確認をした");
    await expectAccessible(approver.page, "approval of a right");
    await approver.page.getByRole("button", { name: "承認する" }).click();
    await approver.page.getByText("承認しました。").waitFor();
    expect(await state()).toBe("approved");
    const officer = await windowOf(people.officer);
    await officer.page.goto(`${desk.server.url}/administration/rights`);
    await officer.page.getByRole("button", { name: "発行", exact: true }).click();
    await officer.page.getByText("発行しました。").waitFor();
    expect(await state()).toBe("issued");
  });

  it("the newcomer has it at the next look, without logging in again; taken away, the page is locked at the next step", async () => {
    const newcomer = await windowOf(people.newcomer);
    await newcomer.page.goto(desk.server.url);
    await newcomer.page.getByRole("link", { name: "支払処理" }).waitFor();
    const officer = await windowOf(people.officer);
    await officer.page.goto(`${desk.server.url}/administration/rights`);
    const row = officer.page.getByRole("row", { name: /a\.shinjin/ });
    await row.getByRole("button", { name: "失効", exact: true }).click();
    await officer.page.getByLabel("理由").fill("架空の退職");
    await officer.page.getByRole("button", { name: "失効させる" }).click();
    await officer.page.getByText("失効させました。").waitFor();
    expect(await state()).toBe("revoked");
    await newcomer.page.getByRole("link", { name: "支払処理" }).click();
    await newcomer.page.getByRole("heading", { name: "もう一度ログインしてください" }).waitFor();
    expect(await newcomer.page.content()).not.toContain("わたしの仕事");
  });
});

describe("the other pages of the administration", () => {
  it("staff, sessions and terminals: a code is shown once, a terminal's secret is shown once", async () => {
    const { page } = await windowOf(people.officer);
    await page.goto(`${desk.server.url}/administration/staff`);
    const row = page.getByRole("row", { name: /a\.shinjin/ });
    await row.getByRole("button", { name: "登録の符号" }).click();
    await page.getByText(/登録の符号 [A-Z0-9]{5}(?:-[A-Z0-9]{5}){4}/).waitFor();
    await expectAccessible(page, "staff");
    await page.goto(`${desk.server.url}/administration/accounts`);
    await page.getByText("を下回っています").waitFor();
    await page.getByRole("row", { name: /a\.shinjin/ }).waitFor();
    await expectAccessible(page, "report of the accounts");
    // More users than the assessment declares: an alarm where the officer begins the day, and in the report.
    await database.pool.query("UPDATE identity.policy SET users_least = 0, users_most = 1");
    await page.goto(desk.server.url);
    await page.getByRole("link", { name: "利用者の報告へ" }).click();
    await page.getByText(/利用者が \d+人で、評価書で宣言した 0〜1人を超えています/).waitFor();
    await expectAccessible(page, "report of the accounts, above the band");
    await page.goto(`${desk.server.url}/administration/sessions`);
    await page.getByRole("row", { name: /a\.kansa/ }).waitFor();
    await expectAccessible(page, "sessions");
    await page.goto(`${desk.server.url}/administration/terminals`);
    await page.getByRole("button", { name: "端末を登録する" }).click();
    await page.getByLabel("端末の番号").fill("MADO-9");
    await page.getByLabel("端末の名前").fill("架空の窓口9");
    await page.getByLabel("部署").selectOption("t-kodomo");
    await page.getByRole("button", { name: "登録する", exact: true }).click();
    await page.getByText(/端末の秘密 [A-Za-z0-9_-]{43}/).waitFor();
    await expectAccessible(page, "terminals");
    await page.reload();
    await page.getByRole("row", { name: /MADO-9/ }).waitFor();
    expect(await page.getByText(/端末の秘密 [A-Za-z0-9_-]{43}/).count()).toBe(0);
  });

  it("the auditor sees who did what, by member of staff, and nothing of any person", async () => {
    const { page } = await windowOf(people.auditor);
    await page.goto(`${desk.server.url}/audit/access-log`);
    await page.getByLabel("職員番号（この職員が見た人）").fill("a.joho");
    await page.getByRole("button", { name: "照会する" }).click();
    await page.getByRole("cell", { name: "職員の一覧" }).first().waitFor();
    await expectAccessible(page, "access log");
    const text = await page.getByRole("main").textContent();
    expect(text).toContain("架空 職員 a.joho");
    expect(text).not.toContain("架空　花子");
  });

  it("nothing was asked of another host, nothing was blocked by the policy, no script failed", () => {
    expect(open.flatMap(({ complaints }) => complaints)).toEqual([]);
  });
});
