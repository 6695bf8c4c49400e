import { decodeTransferFile } from "@hagukumi/platform/bank/decode.ts";
import { parse } from "csv-parse/sync";
import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { pdfText } from "../../../../platform/test/support/pdf-text.ts";
import { readFrozenFile } from "../../src/payments/freeze-run.ts";
import { monthsText } from "../../src/payments/payee-list/lines.ts";
import { readControlTotals } from "../../src/payments/payee-list/totals.ts";
import { writePayeeList } from "../../src/payments/payee-list/write-payee-list.ts";
import type { WrittenPayeeList } from "../../src/payments/payee-list/write-payee-list.ts";
import { APPROVER, contextOf, MAKER, RELEASER } from "../support/cases.ts";
import { testFolder } from "../support/context.ts";
import { advance, create } from "../support/runs.ts";
import { SECRET_ADDRESS, seedSmallCity, smallCityTotal } from "../support/small-city.ts";

const database = useDatabase();
const folder = testFolder();

async function csvOf(path: string): Promise<{ text: string; rows: readonly Record<string, string>[] }> {
  const text = await readFile(path, "utf8");
  return { text, rows: parse(text, { bom: true, columns: true }) };
}

let finished: Promise<WrittenPayeeList> | undefined;

/** The list of run 1 after its hand-over, made once. */
async function finalList(): Promise<WrittenPayeeList> {
  finished ??= advance(database.pool, 1, "handedOver").then(
    async () =>
      await writePayeeList(contextOf(database.pool, RELEASER), {
        runNo: 1,
        outDir: join(folder, "final"),
      }),
  );
  return await finished;
}

/** Code and name stand in one cell of the print; what is kept back is said once. */
const asPrinted = (code = "", name = ""): string => (name === "（表示しません）" ? name : `${code} ${name}`.trim());

describe("支払対象者一覧 (payee list)", () => {
  it("a run that does not exist is refused, and no file is left", async () => {
    await seedSmallCity(database.pool);
    const outDir = join(folder, "missing");
    await expect(writePayeeList(contextOf(database.pool, MAKER), { runNo: 99, outDir })).rejects.toMatchObject({
      code: "runMissing",
    });
    expect(await readdir(outDir)).toStrictEqual([]);
  });

  it("before the file is fixed the list is marked 案, with no hash", async () => {
    const { runNo } = await create(database.pool);
    const list = await writePayeeList(contextOf(database.pool, MAKER), { runNo, outDir: join(folder, "draft") });
    const text = pdfText(await readFile(list.pdf[0] ?? ""));
    expect(text).toContain("案（ファイル確定前）");
    expect(text).toContain("（未確定）");
    expect(list.totals.equation).toMatchObject({ approved: null, file: null, agrees: true });
  });

  // Of the protected recipient (支援措置) the list keeps bank and branch back (THR46, the stricter of the two rules); the account and all else stands there as in the file.
  it("[D25] the list says the same as the transfer file, line by line, in CSV and in print", async () => {
    const list = await finalList();
    const file = await readFrozenFile(database.pool, 1);
    const decoded = decodeTransferFile(file.bytes, { allowTestBanks: true });
    if (!decoded.ok) throw new Error(decoded.problem.message);
    const { rows } = await csvOf(list.csv);
    const types = { "1": "普通", "2": "当座", "4": "貯蓄" };
    expect(rows.filter((row) => row["支店"] === "（表示しません）").map((row) => row["認定番号"])).toStrictEqual([
      "0000000004",
    ]);
    expect(
      rows.map((row) => [
        row["金融機関コード"],
        row["支店コード"],
        row["預金種目"],
        row["口座番号"],
        row["カナ名義"],
        Number(row["金額"]),
        row["認定番号"],
      ]),
    ).toStrictEqual(
      decoded.value.items.map((item) => [
        Number(item.customer1) === 4 ? "（表示しません）" : item.bank,
        Number(item.customer1) === 4 ? "（表示しません）" : item.branch,
        types[item.accountType as keyof typeof types],
        item.account,
        item.holder,
        item.amount,
        item.customer1,
      ]),
    );
    expect(rows).toHaveLength(smallCityTotal.lines);
    const text = pdfText(await readFile(list.pdf[0] ?? ""));
    expect(text).toContain(file.sha256);
    for (const item of decoded.value.items) {
      expect(text).toContain(item.account);
      expect(text).toContain(item.holder);
      expect(text).toContain(item.customer1);
      expect(text).toContain(item.amount.toLocaleString("ja-JP"));
    }
    for (const person of [MAKER, APPROVER, RELEASER]) expect(text).toContain(person);
  });

  it("the totals by bank, ward, band with order, and class each add up to the run, and are printed", async () => {
    const list = await finalList();
    const { totals } = list;
    // 0182: (15,000 + 10,000 + 10,000 + 10,000) × 2 = 90,000; 9900: 50,000 × 2 = 100,000
    expect(totals.byBank.map(({ code, lines, amount }) => [code, lines, amount])).toStrictEqual([
      ["0182", 4, 90_000],
      ["9900", 1, 100_000],
    ]);
    // U3 第1子 15,000 × 2; U3 第3子 30,000 × 2; EL first/second: born 2014-06 is 12 (小6: until 2027-03), 2017, 2018, 2016 → 4 × 10,000 × 2; HS 10,000 × 2
    expect(totals.byBand.map(({ code, childMonths, amount }) => [code, childMonths, amount])).toStrictEqual([
      ["U31", 2, 30_000],
      ["U33", 2, 60_000],
      ["EL1", 8, 80_000],
      ["HS1", 2, 20_000],
    ]);
    for (const rows of [totals.byBank, totals.byWard, totals.byBand, totals.byClass]) {
      expect(rows.reduce((sum, row) => sum + row.amount, 0)).toBe(smallCityTotal.amount);
      expect(rows.reduce((sum, row) => sum + row.childMonths, 0)).toBe(smallCityTotal.childMonths);
    }
    const same = { lines: smallCityTotal.lines, amount: smallCityTotal.amount };
    expect(totals.equation).toStrictEqual({ selected: same, ledger: same, approved: same, file: same, agrees: true });
    const text = pdfText(await readFile(list.pdf[0] ?? ""));
    for (const expected of [
      "190,000円",
      "4つの件数と金額が一致",
      "3歳未満 第3子以降",
      "60,000",
      "中央区",
      "被用者",
      "出納",
    ]) {
      expect(text).toContain(expected);
    }
  });

  it("names with variants are printed and can be read back; one that cannot be printed is listed, never an empty box", async () => {
    const list = await finalList();
    const text = pdfText(await readFile(list.pdf[0] ?? ""));
    for (const name of ["辻\u{E0100}", "葛\u{E0100}太郎", "𠮷田", "髙﨑"]) expect(text).toContain(name);
    expect(text).not.toContain("𰻞");
    expect(text).toContain("印字できない文字");
    expect(text).toContain("U+30EDE");
    expect(list.reductions).toMatchObject([{ codePoints: "U+30EDE", printed: "〓" }]);
    // The CSV keeps the character as recorded.
    expect((await csvOf(list.csv)).text).toContain("𰻞");
  });

  it("carries no address of anybody, and a name that looks like markup stays text", async () => {
    const list = await finalList();
    const text = pdfText(await readFile(list.pdf[0] ?? ""));
    const { text: csv } = await csvOf(list.csv);
    for (const out of [text, csv]) {
      expect(out).not.toContain(SECRET_ADDRESS);
      expect(out).not.toContain("root:");
      expect(out.replaceAll('""', '"')).toContain('#read("/etc/passwd")');
    }
  });

  it("a long list: the lines and the totals in two files, numbered through, saying the same as the short one", async () => {
    const short = await finalList();
    const context = contextOf(database.pool, RELEASER);
    const request = { runNo: 1, outDir: join(folder, "long"), taggedPages: 0 };
    const progress: [string, number, number][] = [];
    const long = await writePayeeList({ ...context, onProgress: (...step) => void progress.push(step) }, request);
    expect(long.pdf.map((path) => basename(path))).toStrictEqual([
      "payee-list-0001-1of2.pdf",
      "payee-list-0001-2of2.pdf",
    ]);
    const [lines = "", totals = ""] = await Promise.all(long.pdf.map(async (path) => pdfText(await readFile(path))));
    const { rows, text: csv } = await csvOf(long.csv);
    expect(csv).toBe((await csvOf(short.csv)).text);
    expect(rows).toHaveLength(smallCityTotal.lines);
    const { reductions, pages } = long;
    expect(reductions).toStrictEqual(short.reductions);
    // The name that the font does not have is shown with 〓, as in the short list.
    const shown = new Map(rows.map((row) => [row["行"], (row["受給者氏名"] ?? "").replaceAll("𰻞", "〓")]));
    for (const row of rows) {
      const cells = [
        row["認定番号"],
        shown.get(row["行"]),
        row["カナ名義"],
        asPrinted(row["金融機関コード"], row["金融機関"]),
        asPrinted(row["支店コード"], row["支店"]),
        row["預金種目"],
        row["口座番号"],
        row["月分"],
        row["児童数"],
        Number(row["金額"]).toLocaleString("ja-JP"),
      ];
      expect(lines).toContain(cells.join(""));
    }
    // 5 lines: one page of them, then the pages of the totals, which count on
    expect(pages).toBe(short.pages);
    expect(lines).toContain(`/ ${pages} 頁`);
    expect(totals).toContain(`2 / ${pages} 頁`);
    expect(lines).toContain("この頁 5件 190,000円　　ここまでの累計 190,000円");
    for (const expected of ["金融機関別", "区別", "年齢区分・出生順位別", "被用区分別", "出納", "U+30EDE"])
      expect(totals).toContain(expected);
    expect(progress).toContainEqual(["一覧の印刷", 1, 1]);
  });

  it("a long list that is stopped leaves no file", async () => {
    const abort = new AbortController();
    abort.abort();
    const context = { ...contextOf(database.pool, RELEASER), signal: abort.signal };
    const outDir = join(folder, "stopped");
    await expect(writePayeeList(context, { runNo: 1, outDir, taggedPages: 0 })).rejects.toMatchObject({
      code: "cancelled",
    });
    expect(await readdir(outDir)).toStrictEqual([]);
  });

  it("each making of a list leaves one audit row; where it cannot be written there is no list", async () => {
    const count = async (): Promise<number> =>
      (
        await database.pool.query<{ n: number }>(
          "SELECT count(*)::int AS n FROM audit.event WHERE action = 'payment.payeeList'",
        )
      ).rows[0]?.n ?? 0;
    const before = await count();
    const outDir = join(folder, "audited");
    const nobody = { ...contextOf(database.pool, MAKER), purpose: "" };
    await expect(writePayeeList(nobody, { runNo: 1, outDir })).rejects.toThrow();
    expect(await readdir(outDir)).toStrictEqual([]);
    expect(await count()).toBe(before);
    await writePayeeList(contextOf(database.pool, MAKER), { runNo: 1, outDir });
    expect(await count()).toBe(before + 1);
    expect((await readdir(outDir)).toSorted()).toStrictEqual(["payee-list-0001.csv", "payee-list-0001.pdf"]);
  });

  it("figures that do not agree are not printed", async () => {
    const client = await database.pool.connect();
    try {
      await client.query("BEGIN");
      // Only someone who switches the guards off can do this; the list still notices.
      await client.query("SET LOCAL session_replication_role = replica");
      await client.query("UPDATE allowance.run_line SET amount = amount + 1 WHERE run_no = 1 AND line_no = 1");
      await expect(readControlTotals(client, 1)).rejects.toMatchObject({ code: "totalsDiffer" });
    } finally {
      await client.query("ROLLBACK");
      client.release();
    }
    await expect(readControlTotals(database.pool, 1)).resolves.toMatchObject({ amount: smallCityTotal.amount });
  });
});

describe("月分 in few characters", () => {
  it("shows gaps and joins what follows on", () => {
    expect(monthsText(["2026-08", "2026-10", "2026-11", "2026-12", "2027-01"])).toBe("2026-08、2026-10〜2027-01");
    expect(monthsText(["2026-10"])).toBe("2026-10");
    expect(monthsText([])).toBe("");
  });
});
