/** 支払対象者一覧の1行を印字する形に: texts that the font has, each at a size at which it fits its column. */
import { printable, printedWidth } from "@hagukumi/platform/print/glyphs.ts";

import { accountTypeName, certificationNumberText } from "../../inquiry/names.ts";
import { shownBank } from "./columns.ts";
import { monthsText } from "./lines.ts";
import type { PayeeLine } from "./lines.ts";
import { COLUMNS, ROW } from "./template.typ.ts";

/** A character of a name that could not be printed as it stands. */
export type ListReduction = {
  readonly lineNo: number;
  readonly recipientId: number;
  readonly codePoints: string;
  readonly printed: string;
};

/** A text, with its size in points where it needs a smaller one than the others. */
export type Cell = string | readonly [text: string, size: number];

/** One line of the list, a cell per column, and what had to be shown in another form. */
export type PrintedLine = {
  readonly cells: readonly Cell[];
  readonly amount: number;
  readonly reductions: readonly ListReduction[];
};

/** Space at both sides of a cell, mm */
export const CELL_MARGIN = 0.8;
const MM_PER_POINT = 25.4 / 72;
const SMALLEST = 4;

/** The text at the size at which it fits its column; nothing is ever cut off. */
function fitted(text: string, column: number): Cell {
  const room = (COLUMNS[column]?.width ?? 0) - 2 * CELL_MARGIN;
  const needed = (printedWidth(text) / 1000) * ROW.size * MM_PER_POINT;
  if (needed <= room) return text;
  return [text, Math.max(SMALLEST, Math.floor(((ROW.size * room) / needed) * 10) / 10)];
}

/** 月分, or where they would be unreadably small: first, last and how many. */
function monthsCell(months: readonly string[], column: number): Cell {
  const text = monthsText(months);
  const cell = fitted(text, column);
  if (typeof cell === "string" || cell[1] > SMALLEST) return cell;
  return fitted(`${months[0] ?? ""}〜${months.at(-1) ?? ""}のうち${months.length}か月`, column);
}

/** Makes the cells of a line. What the printed list shows in another form is in `reductions`, never left to be found. */
export function printLine(line: PayeeLine): PrintedLine {
  const reductions: ListReduction[] = [];
  const shown = (text: string, column: number): Cell => {
    const made = printable(text);
    for (const { codePoints, printed } of made.reductions)
      reductions.push({ lineNo: line.lineNo, recipientId: line.recipientId, codePoints, printed });
    return fitted(made.text, column);
  };
  const where = shownBank(line);
  const cells = [
    String(line.lineNo),
    certificationNumberText(line.recipientId),
    shown(line.name, 2),
    shown(line.holder, 3),
    shown(where.bank, 4),
    shown(where.branch, 5),
    accountTypeName(line.accountType),
    line.accountNumber,
    monthsCell(line.months, 8),
    String(line.children),
    line.amount.toLocaleString("ja-JP"),
  ];
  return { cells, amount: line.amount, reductions };
}

/** What stands under the lines of a page. Amounts in yen. */
export function subtotalText(lines: number, sum: number, running: number): string {
  return `この頁 ${lines}件 ${sum.toLocaleString("ja-JP")}円　　ここまでの累計 ${running.toLocaleString("ja-JP")}円`;
}
