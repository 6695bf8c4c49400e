/** 支払処理の一日 on the screen, by three people: the review line by line, the hand-over by hand, an outage, a returned transfer. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { decideFacts, endCare } from "../../../../systems/allowance/test/support/decide-facts.ts";
import { advance, create, resultCsv, settleAndClose } from "../../../../systems/allowance/test/support/runs.ts";
import { makeActor } from "../support/actors.ts";
import type { Actor } from "../support/actors.ts";
import { openBrowser } from "../support/browser.ts";
import { buildApp } from "../support/built-app.ts";
import { serveDesk } from "../support/served-desk.ts";
import type { ServedDesk } from "../support/served-desk.ts";
import { expectAccessible, openCounter } from "../support/terminal-browser.ts";

const database = useDatabase();
const PICTURES = process.env["HAGUKUMI_PICTURES"];
let browser: Browser;
let desk: ServedDesk;
const pages = new Map<string, Page>();

async function seat(actor: Actor): Promise<Page> {
  const { context, page } = await openCounter(browser, desk.server.url);
  const cookies = actor.cookie.split("; ").map((pair) => {
    const [name = "", value = ""] = pair.split("=");
    return { name, value, url: desk.server.url.replace("http:", "https:"), secure: true, sameSite: "Strict" } as const;
  });
  await context.addCookies([...cookies]);
  await page.setViewportSize({ width: 1280, height: 1000 });
  return page;
}

/** The run's page of a person, read anew. */
async function at(who: "maker" | "approver" | "releaser"): Promise<Page> {
  const page = pages.get(who);
  if (page === undefined) throw new Error(`nobody sits there: ${who}`);
  await page.goto(`${desk.server.url}/runs/2`);
  await page.getByRole("heading", { level: 1, name: "支払処理 第2号（定時）" }).waitFor();
  return page;
}

async function look(page: Page, name: string): Promise<void> {
  await expectAccessible(page, name);
  if (PICTURES !== undefined) await page.screenshot({ path: `${PICTURES}/run-${name}.png`, fullPage: true });
}

/** A request for school lunch of 7,000 yen, as its filing would have left it. */
async function requestFee(recipientId: number): Promise<void> {
  const client = await database.pool.connect();
  try {
    await client.query("SET session_replication_role = replica");
    await client.query(
      `INSERT INTO allowance.creditor (creditor_id, revision, name, kind, fee_kinds, valid_from, entered_by, approved_by)
       VALUES (1, 1, '架空市教育委員会', 'city', '{schoolLunch}', '2020-04-01', 'a', 'b')`,
    );
    await client.query(
      `INSERT INTO allowance.fee_request (recipient_id, child_number, creditor_id, fee_kind, kind, cap, from_payment, received_on, filing_id, entered_by, approved_by)
       SELECT $1, min(child_number), 1, 'schoolLunch', 'request', 7000, '2027-02-01', '2027-01-05', 901, 'a', 'b' FROM allowance.due_item WHERE recipient_id = $1`,
      [recipientId],
    );
    await client.query("RESET session_replication_role");
  } finally {
    client.release();
  }
}

beforeAll(async () => {
  buildApp();
  browser = await openBrowser();
  desk = await serveDesk(database.pool);
  pages.set("maker", await seat(await makeActor(database.pool, "r.maker", "treasurer")));
  pages.set("approver", await seat(await makeActor(database.pool, "r.approver", "treasurer")));
  pages.set("releaser", await seat(await makeActor(database.pool, "r.releaser", "paymentReleaser")));
  const { pool } = database;
  await create(pool);
  await advance(pool, 1, "handedOver");
  await settleAndClose(pool, 1);
  // Two recipients whose child left in December: one is paid less, one nothing any more.
  const { rows } = await pool.query<{ recipient_id: number; n: number }>(
    "SELECT recipient_id, count(DISTINCT child_number)::int AS n FROM allowance.due_item GROUP BY 1 ORDER BY 2 DESC, 1",
  );
  await decideFacts(pool, rows[0]?.recipient_id ?? 0, "decrease", "2027-01", endCare(0, "2026-12-20"));
  await requestFee(rows[0]?.recipient_id ?? 0);
  await decideFacts(pool, rows.at(-1)?.recipient_id ?? 0, "extinguish", "2026-12", endCare(0, "2026-11-20"));
}, 180_000);
afterAll(async () => {
  await browser.close();
  await desk.end();
});

it("a run is made, looked at line by line, and cannot be approved before", async () => {
  const page = pages.get("maker");
  if (page === undefined) throw new Error("nobody");
  await page.goto(`${desk.server.url}/runs`);
  await page.getByRole("button", { name: "支払処理を作る" }).click();
  await page.getByLabel("支払期月").fill("2027-02");
  await page.getByRole("button", { name: "作る", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "支払処理 第2号（定時）" }).waitFor();
  await page.getByText("すべて済むまで承認できません").waitFor();
  await page.getByText("から 7,000円 を差し引き").waitFor();
  await look(page, "review");
  await page.getByRole("button", { name: "確認した" }).click();
  await page.getByText("合計を確かめたことを記録しました。").waitFor();
  const other = await at("approver");
  await other.getByText("一件ずつ確かめてから承認します").waitFor();
  expect(await other.getByRole("button", { name: "承認する" }).count()).toBe(0);
  const back = await at("maker");
  await back.getByRole("button", { name: "見えている件をすべて選ぶ" }).click();
  await back.getByLabel("確かめたこと").fill("減額と消滅の決定書を確かめた（架空）");
  await back.getByRole("button", { name: "確かめて済みにする" }).click();
  await back.getByText("点検はすべて済みました。").waitFor();
  await back.getByText("すべて一致しました。").waitFor();
  await look(back, "cleared");
});

it("approved and frozen by another person, given by hand by a third, and the receipt says the same", async () => {
  const approver = await at("approver");
  await approver.getByRole("button", { name: "承認する" }).click();
  await approver.getByText("承認しました。").waitFor();
  await approver.getByRole("button", { name: "振込ファイルを確定する" }).click();
  await approver.getByText("振込ファイルを確定しました。").waitFor();
  const page = await at("releaser");
  await look(page, "by-hand");
  await page.getByLabel("受け取った課と人").fill("会計課 架空花子");
  await page.getByLabel("媒体", { exact: false }).last().fill("共有フォルダ A");
  await page.getByRole("button", { name: "渡したことを記録する" }).click();
  await page.getByText("受領書が届いたら登録してください。").waitFor();
  const { rows } = await database.pool.query<{ line_count: number; total: number }>(
    "SELECT line_count, total FROM allowance.payment_run WHERE run_no = 2",
  );
  await page.getByLabel("受領書の番号または受領した人").fill("会計 8-12");
  await page.getByLabel("受領書の件数").fill(String(rows[0]?.line_count ?? 0));
  await page.getByLabel("受領書の金額（円）").fill((rows[0]?.total ?? 0).toLocaleString("ja-JP"));
  await look(page, "receipt");
  await page.getByRole("button", { name: "受領書を登録する" }).click();
  await page.getByText("送付済みになりました。").waitFor();
});

it("an outage of a bank is declared and ended, a returned transfer goes back to due by two sessions, and the run is closed", async () => {
  const page = await at("maker");
  await page.getByRole("button", { name: "入金の遅れを登録する" }).click();
  await page.getByRole("dialog").getByRole("checkbox").first().check();
  await page.getByLabel("障害の内容").fill("全銀システムの障害（架空）");
  await page.getByRole("button", { name: "登録する", exact: true }).click();
  await page.getByText("送り直しはできません。").waitFor();
  await page.getByText("住民への知らせの文").waitFor();
  await look(page, "outage");
  await page.getByRole("button", { name: "入金を確かめた" }).click();
  await page.getByRole("dialog").getByRole("checkbox").first().check();
  await page.getByLabel("入金された日").fill("2027-02-17");
  await page.getByLabel("だれが、何で確かめたか").fill("架空銀行に電話で確認");
  await page.getByRole("button", { name: "登録する", exact: true }).click();
  await page.getByText("の入金を記録しました。").waitFor();
  const { rows } = await database.pool.query<{
    recipient_id: number;
    amount: number;
    bank: string;
    branch: string;
    account_number: string;
    n: number;
    total: number;
  }>(
    "SELECT l.recipient_id, l.amount, l.bank, l.branch, l.account_number, r.line_count AS n, r.total FROM allowance.run_line l JOIN allowance.payment_run r USING (run_no) WHERE run_no = 2 ORDER BY line_no LIMIT 1",
  );
  const line = rows[0];
  if (line === undefined) throw new Error("no line");
  const returned = {
    customer1: String(line.recipient_id).padStart(10, "0"),
    customer2: "0002202702",
    amount: line.amount,
    bank: line.bank,
    branch: line.branch,
    account: line.account_number,
  };
  await page.getByLabel("銀行の結果ファイル").setInputFiles({
    name: "results.csv",
    mimeType: "text/csv",
    buffer: resultCsv({ count: line.n, amount: line.total }, [returned]),
  });
  await page.getByRole("button", { name: "結果を取り込む" }).click();
  await page.getByText("振込不能 1件").first().waitFor();
  await page.getByRole("button", { name: "確かめたことを入れる" }).click();
  await page.getByLabel("確かめたこと").fill("名義の届け直しを確かめた（架空）");
  await look(page, "propose");
  await page.getByRole("button", { name: "案として残す" }).click();
  await page.getByText("ほかの人が認めると効きます。").waitFor();
  await page.getByText("ほかの人が認めます。").waitFor();
  const approver = await at("approver");
  await approver.getByRole("button", { name: "認める" }).click();
  await approver.getByText("円を未払に戻しました。").waitFor();
  await look(approver, "settled");
  const back = await at("maker");
  await back.getByRole("button", { name: "締める" }).click();
  await back.getByText("支払処理を締めました。").waitFor();
});

it("orders for the accounting system are made by one and approved by another; a late return is asked for with the bank's paper", async () => {
  const page = await at("maker");
  await page.getByRole("button", { name: "支出命令のデータを作る" }).click();
  await page.getByText("ほかの人が承認すると取り出せます。").waitFor();
  await page.getByText("ほかの人が承認します。").waitFor();
  expect(await page.getByRole("button", { name: "財務会計へ渡すファイルを取り出す" }).count()).toBe(0);
  const approver = await at("approver");
  await approver.getByRole("button", { name: "支出命令を承認する" }).click();
  await approver.getByText("財務会計へ渡すファイルを取り出せます。").waitFor();
  await look(approver, "budget-order");
  const back = await at("maker");
  await back.getByRole("button", { name: "財務会計へ渡すファイルを取り出す" }).waitFor();
  await back.getByRole("button", { name: "締めたあとの返戻を登録する" }).click();
  await back.getByLabel("明細の番号").fill("2");
  await back.getByLabel("戻った額（円）").fill("1");
  await back.getByLabel("銀行の理由").fill("口座解約");
  await back.getByLabel("戻った日").fill("2027-03-01");
  await back.getByLabel("確かめたもの").fill("架空銀行の通知（架空）");
  await look(back, "late-return");
  // One yen is not the line: refused, with what to do.
  await back.getByRole("button", { name: "登録する", exact: true }).click();
  await back.getByText("銀行に確かめてください。").waitFor();
});
