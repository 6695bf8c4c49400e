/** 表とファイル: the same figures on the screen, in CSV and in the spreadsheet; nothing that acts as a formula. */
import { beforeAll, describe, expect, it } from "vitest";
import { inflateRawSync } from "node:zlib";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { annualReturn } from "../../src/statistics/annual-return.ts";
import { casesOfFigure } from "../../src/statistics/cases.ts";
import { tableCsv, tablesWorkbook } from "../../src/statistics/files.ts";
import { grantAccount } from "../../src/statistics/grant-account.ts";
import { monthlyCounts } from "../../src/statistics/monthly-counts.ts";
import { type FigureTable, grantTables, monthlyTables, returnTables } from "../../src/statistics/tables.ts";
import { advance, create, settleAndClose } from "../support/runs.ts";
import { seedStatisticsCity } from "../support/statistics-city.ts";

const database = useDatabase();
let tables: readonly FigureTable[] = [];
let monthly: readonly FigureTable[] = [];

beforeAll(async () => {
  await seedStatisticsCity(database.pool);
  const { runNo } = await create(database.pool);
  await advance(database.pool, runNo, "handedOver");
  await settleAndClose(database.pool, runNo);
  monthly = monthlyTables(await monthlyCounts(database.pool, { month: "2026-10" }));
  tables = [
    ...monthly,
    ...grantTables(await grantAccount(database.pool, { fiscalYear: 2026 })),
    ...returnTables(await annualReturn(database.pool, { fiscalYear: 2026 })),
  ];
});

const named = (key: string): FigureTable => {
  const found = tables.find((table) => table.key === key);
  if (found === undefined) throw new Error(`no table ${key}`);
  return found;
};

describe("表", () => {
  it("every row has a value for each column, and every foot is the sum of its column", () => {
    expect(tables.length).toBeGreaterThan(20);
    for (const { key, columns, rows, total } of tables) {
      for (const row of rows) expect(row.cells.length, key).toBe(columns.length);
      if (total === null) continue;
      expect(total.length, key).toBe(columns.length);
      for (const [index, foot] of total.entries()) {
        if (typeof foot !== "number") continue;
        const sum = rows.reduce((all, { cells }) => all + Number(cells[index] ?? 0), 0);
        expect(foot, `${key} ${columns[index]?.head ?? ""}`).toBe(sum);
      }
    }
  });

  it("a table of the recipients and one of the account, as they are read", () => {
    expect(named("recipients").rows.map(({ cells }) => cells)).toEqual([
      // Families 1 and 3 with one child, family 2 with three; family 5; family 4
      ["中央区", "一般", "被用者", 2, 0, 1, 0, 3, 5, 75_000],
      ["中央区", "一般", "区分なし", 1, 0, 0, 0, 1, 1, 15_000],
      ["東区", "一般", "非被用者", 1, 0, 0, 0, 1, 1, 15_000],
    ]);
    const [first] = named("grant").rows;
    expect(first?.cells.slice(0, 5)).toEqual([
      "11月交付（12月・2月払）",
      "令和6年10月分から",
      "3歳未満分（被用者）",
      4,
      90_000,
    ]);
    // No share, no grant: neither a column of a bearer nor a figure
    expect(first?.cells.slice(5)).toEqual([null, null]);
    expect(named("sources").rows[0]?.cells.at(-1)).toContain("2026年度の三歳未満分の負担割合が登録されていません");
  });

  it("every row that leads to cases has exactly their children and yen", async () => {
    for (const { key, rows, columns } of [...monthly, named("grant")]) {
      const yen = columns.findIndex(({ head }) => head === "額" || head === "支払額");
      for (const { ref, cells } of rows) {
        if (ref === undefined) continue;
        const cases = await casesOfFigure(database.pool, ref);
        expect(
          cases.reduce((sum, { amount }) => sum + amount, 0),
          `${key} ${String(cells[0])}`,
        ).toBe(cells[yen]);
      }
    }
  });

  it("[A134] the spreadsheet and the CSV hold every figure as a number in its own cell, with its heading, unit, moment and total", () => {
    for (const table of tables) {
      const lines = tableCsv(table).toString("utf8").trimEnd().split("\r\n");
      expect(lines[0]?.startsWith("\uFEFF")).toBe(true);
      expect(lines.length).toBe(1 + table.rows.length + (table.total === null ? 0 : 1));
      for (const [index, { cells }] of table.rows.entries()) {
        for (const value of cells)
          if (typeof value === "number") expect(lines[index + 1]?.split(",")).toContain(String(value));
      }
    }
    const bytes = tablesWorkbook({ title: "統計 令和8年10月分", knownAt: "2026-12-20T00:00:00.000000Z" }, monthly);
    const sheets = [...contents(bytes)].filter(([name]) => name.startsWith("xl/worksheets/"));
    expect(sheets.length).toBe(monthly.length);
    for (const [index, [, xml]] of sheets.entries()) {
      const table = monthly[index];
      expect(xml).toContain("令和8年12月20日");
      expect(xml).not.toMatch(/<f[ >]/);
      const written = [...xml.matchAll(/<v>(\d+)<\/v>/g)].map(([, digits]) => Number(digits));
      const all = [...(table?.rows.map(({ cells }) => cells) ?? []), table?.total ?? []].flat();
      expect(written).toEqual(all.filter((value) => typeof value === "number"));
    }
  });
});

/** Entries of the ZIP by their local headings. */
function contents(bytes: Buffer): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (let at = 0; bytes.readUInt32LE(at) === 0x04034b50;) {
    const [packed, label] = [bytes.readUInt32LE(at + 18), bytes.readUInt16LE(at + 26)];
    const start = at + 30 + label;
    const name = bytes.toString("latin1", at + 30, start);
    found.set(name, inflateRawSync(bytes.subarray(start, start + packed)).toString("utf8"));
    at = start + packed;
  }
  return found;
}
