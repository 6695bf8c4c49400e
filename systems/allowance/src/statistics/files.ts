/** 統計のファイル: the tables of a statistic as CSV (one file a table) and as one spreadsheet, to be used without typing again (A134). */
import { csvLine } from "@hagukumi/platform/csv/write.ts";
import { workbook } from "@hagukumi/platform/spreadsheet/workbook.ts";

import { type FigureColumn, type FigureTable, knownText } from "./tables.ts";

/** What the files say above their tables. */
export type StatisticHead = { readonly title: string; readonly knownAt: string };

const headOf = ({ head, unit }: FigureColumn): string =>
  unit === "text" || head.includes(unit) ? head : `${head}（${unit}）`;

/** One table as CSV for people: BOM, CRLF, no text that acts as a formula, numbers bare. The total is the last row. */
export function tableCsv(table: FigureTable): Buffer {
  const lines = [
    csvLine(table.columns.map(headOf), true),
    ...table.rows.map(({ cells }) => csvLine(cells, true)),
    ...(table.total === null ? [] : [csvLine(table.total, true)]),
  ];
  return Buffer.from(`\uFEFF${lines.join("")}`, "utf8");
}

/** All tables as a spreadsheet, one sheet a table. */
export function tablesWorkbook(head: StatisticHead, tables: readonly FigureTable[]): Buffer {
  return workbook(
    tables.map((table) => ({
      name: table.title,
      head: [`${head.title}　${table.title}`, knownText(head.knownAt), ...(table.note === "" ? [] : [table.note])],
      columns: table.columns.map(headOf),
      rows: table.rows.map(({ cells }) => cells),
      total: table.total,
    })),
  );
}
