/** 窓口払・締めたあとの返戻・支出命令 on the command line: by two people, once, and to the yen. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { freshDatabase, type TestDatabase } from "../../platform/test/support/cluster.ts";
import { seedCases, threeFamilies } from "../../systems/allowance/test/support/cases.ts";
import { advance, create, settleAndClose } from "../../systems/allowance/test/support/runs.ts";

const HAGUKUMI = fileURLToPath(new URL("../bin/hagukumi", import.meta.url));
let database: TestDatabase;
let dir: string;
let ids: readonly number[];

beforeAll(async () => {
  database = await freshDatabase();
  dir = await mkdtemp(join(tmpdir(), "hagukumi-payout-"));
  ids = await seedCases(database.pool, threeFamilies);
});
afterAll(async () => {
  await database.drop();
  await rm(dir, { recursive: true, force: true });
});

type Answer = { readonly code: number; readonly stdout: string; readonly stderr: string };

async function payment(who: string, today: string, ...words: readonly string[]): Promise<Answer> {
  const env = { PATH: process.env["PATH"], DATABASE_URL: database.url, HAGUKUMI_DATA: join(dir, "data") };
  const flags = ["--operator", who, "--today", today];
  try {
    return { code: 0, ...(await promisify(execFile)(HAGUKUMI, ["payment", ...words, ...flags], { env })) };
  } catch (error) {
    return error as Answer;
  }
}

const FUND = ["--keeper", "会計課 主査 架空 出納", "--bank", "0182", "--branch", "101", "--number", "7000001"];
const MORE = ["--holder", "カクウシ シキンゼント", "--from", "2026-10-01"];
const payee = (...by: readonly string[]): readonly string[] => [
  "counter",
  "payee",
  String(ids[0]),
  "--from",
  "2026-12-15",
  "--reason",
  "口座を開くことができない（架空の申立て）",
  ...by,
];

describe("hagukumi payment", () => {
  it("counter: fund and payee by two people; the line is shown, handed out once against paper, and the sums follow", async () => {
    const alone = await payment("staff.ito", "2026-11-24", ...payee("--approved-by", "staff.ito"));
    expect([alone.code, alone.stdout]).toEqual([1, ""]);
    expect(alone.stderr).toContain("samePerson");
    expect(
      (await payment("staff.ito", "2026-11-24", "counter", "fund", ...FUND, ...MORE, "--approved-by", "staff.sato"))
        .stdout,
    ).toContain("資金前渡の口座を決めました");
    expect((await payment("staff.ito", "2026-11-24", ...payee("--approved-by", "staff.sato"))).code).toBe(0);
    await create(database.pool);
    await advance(database.pool, 1, "handedOver");
    await settleAndClose(database.pool, 1);
    // Family 1: 15,000 × 2 = 30,000 yen in cash.
    const shown = (await payment("staff.ito", "2026-12-16", "counter", "show", "1")).stdout;
    expect(shown).toContain("前渡 30,000円 = 渡した 0円 + 戻した 0円 + 手元 30,000円");
    const line = /明細 (\d+) /.exec(shown)?.[1] ?? "0";
    const pay = (amount: string): Promise<Answer> =>
      payment(
        "staff.ito",
        "2026-12-16",
        "counter",
        "pay",
        "1",
        line,
        "--amount",
        amount,
        "--on",
        "2026-12-16",
        "--paper",
        "運転免許証",
        "--approved-by",
        "staff.sato",
      );
    expect((await pay("29999")).code).toBe(1);
    expect((await pay("30000")).stdout).toContain("現金出納簿");
    expect((await pay("30000")).code).toBe(1);
    expect((await payment("staff.ito", "2026-12-16", "counter", "show", "1")).stdout).toContain(
      "前渡 30,000円 = 渡した 30,000円 + 戻した 0円 + 手元 0円",
    );
  }, 60_000);

  it("late-return: the whole line, once, after the closing; budget-order: made once, approved by another person for exactly that file", async () => {
    const { rows } = await database.pool.query<{ line: string; amount: string }>(
      "SELECT line_no::text AS line, amount::text AS amount FROM allowance.run_line WHERE run_no = 1 AND recipient_id = $1",
      [ids[2]],
    );
    const { line = "", amount = "" } = rows[0] ?? {};
    const back = (yen: string): Promise<Answer> =>
      payment(
        "staff.ito",
        "2027-01-20",
        "late-return",
        "1",
        line,
        "--amount",
        yen,
        "--on",
        "2027-01-12",
        "--reason",
        "口座解約済",
        "--evidence",
        "肥後銀行 架空第8号",
      );
    const wrong = await back(String(Number(amount) - 1));
    expect([wrong.code, wrong.stdout]).toEqual([1, ""]);
    expect(wrong.stderr).toContain("明細の額");
    expect((await back(amount)).stdout).toContain("返戻を登録しました");
    expect((await back(amount)).stderr).toContain("もう登録されています");

    expect((await payment("staff.ito", "2027-01-20", "budget-order", "show", "1")).stdout).toContain(
      "まだ作っていません",
    );
    const made = await payment("staff.ito", "2027-01-20", "budget-order", "make", "1", "--json");
    const order = JSON.parse(made.stdout) as { sha256: string; net: number };
    // 30,000 + 100,000 + 20,000
    expect(order.net).toBe(150_000);
    const approve = (who: string, sha256: string): Promise<Answer> =>
      payment(who, "2027-01-20", "budget-order", "approve", "1", "--sha256", sha256);
    expect((await approve("staff.ito", order.sha256)).stderr).toContain("samePerson");
    expect((await approve("staff.sato", "0".repeat(64))).stderr).toContain("approvalNotBound");
    const out = join(dir, "order.csv");
    expect((await payment("staff.sato", "2027-01-20", "budget-order", "file", "1", "--out", out)).code).toBe(1);
    expect((await approve("staff.sato", order.sha256)).stdout).toContain("承認 staff.sato");
    await payment("staff.sato", "2027-01-20", "budget-order", "file", "1", "--out", out);
    expect((await readFile(out, "utf8")).split("\r\n")[0]).toContain("伝票区分");
  }, 60_000);
});
