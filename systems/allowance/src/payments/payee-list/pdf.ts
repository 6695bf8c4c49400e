/** 支払対象者一覧のPDF: pages of 32 lines in files of at most 125 pages, then the totals and the boxes to sign. */
import { printable } from "@hagukumi/platform/print/glyphs.ts";
import type { Printer } from "@hagukumi/platform/print/printer.ts";
import { join } from "node:path";

import { accountTypeName, certificationNumberText } from "../../inquiry/names.ts";
import { monthsText } from "./lines.ts";
import type { PayeeLine } from "./lines.ts";
import { SUMMARY_TEMPLATE } from "./summary.typ.ts";
import { COLUMNS, LINES_PER_PAGE, PAYEE_LIST_TEMPLATE, ROW } from "./template.typ.ts";
import type { ControlTotals, EquationSide, TotalRow } from "./totals.ts";

/** A character of a name that could not be printed as it stands. */
export type ListReduction = {
  readonly lineNo: number;
  readonly recipientId: number;
  readonly codePoints: string;
  readonly printed: string;
};

/** The heading that stands on every page. */
export type ListHead = {
  readonly title: string;
  readonly run: string;
  /** Red mark: draft, demonstration; empty for the real thing */
  readonly mark: string;
  readonly summary: string;
  readonly people: string;
};

type Cell = string | readonly [text: string, size: number];

/** Pages in one file: bounds the memory of the print process and the size of a file (measured: about 1 MB). */
const PAGES_PER_FILE = 125;
/** Parts printed side by side */
export const PRINT_PROCESSES = 2;
/** Up to here the list carries structure tags for screen readers; beyond, the CSV is what a reader is given. */
const TAGGED_PAGES = 60;
const MM_PER_POINT = 25.4 / 72;
const SMALLEST = 4;

/** Width of a text in em: half-width kana, digits and Latin letters are half as wide, wide capitals a little more. */
function widthOf(text: string): number {
  let width = 0;
  for (const character of text) {
    if (/[\uFE00-\uFE0F\u{E0100}-\u{E01EF}]/u.test(character)) continue;
    width += /[ -~｡-ﾟ]/.test(character) ? 0.62 : 1;
  }
  return width;
}

/** The text at the size at which it fits its column; nothing is ever cut off. */
function fitted(text: string, column: number): Cell {
  const room = (COLUMNS[column]?.width ?? 0) - 1.6;
  const needed = widthOf(text) * ROW.size * MM_PER_POINT;
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

/** Characters of a line that the printed list shows in another form: collected before the first page is printed. */
export function reductionsOf(line: PayeeLine): readonly ListReduction[] {
  const texts = [line.name, line.holder, line.bankName, line.branchName];
  return texts.flatMap((text) =>
    printable(text).reductions.map(({ codePoints, printed }) => ({
      lineNo: line.lineNo,
      recipientId: line.recipientId,
      codePoints,
      printed,
    })),
  );
}

const shown = (text: string, column: number): Cell => fitted(printable(text).text, column);

function cellsOf(line: PayeeLine): readonly Cell[] {
  return [
    String(line.lineNo),
    certificationNumberText(line.recipientId),
    shown(line.name, 2),
    shown(line.holder, 3),
    shown(`${line.bank} ${line.bankName}`, 4),
    shown(`${line.branch} ${line.branchName}`, 5),
    accountTypeName(line.accountType),
    line.accountNumber,
    monthsCell(line.months, 8),
    String(line.children),
    line.amount.toLocaleString("ja-JP"),
  ];
}

const figures = (lines: number | null, months: number, amount: number): readonly string[] => [
  lines === null ? "" : lines.toLocaleString("ja-JP"),
  months.toLocaleString("ja-JP"),
  amount.toLocaleString("ja-JP"),
];

/** `codes`: banks and wards have numbers that people know; the codes of bands and classes are ours alone. */
function totalCells(rows: readonly TotalRow[], totals: ControlTotals, codes: boolean): readonly (readonly string[])[] {
  return [
    ...rows.map((row) => [
      codes ? row.code : "",
      printable(row.label).text,
      ...figures(row.lines, row.childMonths, row.amount),
    ]),
    ["", "合計", ...figures(rows[0]?.lines === null ? null : totals.lines, totals.childMonths, totals.amount)],
  ];
}

const side = (name: string, value: EquationSide | null): readonly [string, string, string] =>
  value === null
    ? [name, "未", "—"]
    : [name, `${value.lines.toLocaleString("ja-JP")}件`, `${value.amount.toLocaleString("ja-JP")}円`];

function equationCells(totals: ControlTotals): readonly (readonly [string, string, string])[] {
  const { selected, ledger, approved, file } = totals.equation;
  return [side("対象（明細）", selected), side("台帳", ledger), side("承認", approved), side("ファイル", file)];
}

function summaryOf(totals: ControlTotals, reductions: readonly ListReduction[]): Readonly<Record<string, unknown>> {
  const complete = totals.equation.approved !== null && totals.equation.file !== null;
  return {
    byBank: totalCells(totals.byBank, totals, true),
    byWard: totalCells(totals.byWard, totals, true),
    byBand: totalCells(totals.byBand, totals, false),
    byClass: totalCells(totals.byClass, totals, false),
    equation: equationCells(totals),
    verdict: complete
      ? "4つの件数と金額が一致しています。"
      : "ここまでの件数と金額が一致しています。「未」は、まだその段階に進んでいません。",
    reductions: reductions.map((each) => [
      String(each.lineNo),
      certificationNumberText(each.recipientId),
      each.printed,
      each.codePoints,
    ]),
  };
}

type Page = { readonly rows: readonly (readonly Cell[])[]; readonly subtotal: string };

function pageOf(lines: readonly PayeeLine[], before: number): Page {
  const sum = lines.reduce((total, line) => total + line.amount, 0);
  const running = (before + sum).toLocaleString("ja-JP");
  return {
    rows: lines.map((line) => cellsOf(line)),
    subtotal: `この頁 ${lines.length}件 ${sum.toLocaleString("ja-JP")}円　　ここまでの累計 ${running}円`,
  };
}

/** Pages of the list, at most 125 at a time. */
async function* readPages(lines: AsyncIterable<readonly PayeeLine[]>): AsyncGenerator<readonly Page[]> {
  let pages: Page[] = [];
  let open: PayeeLine[] = [];
  let cumulated = 0;
  const close = (): void => {
    pages.push(pageOf(open, cumulated));
    cumulated += open.reduce((sum, line) => sum + line.amount, 0);
    open = [];
  };
  for await (const slice of lines) {
    for (const line of slice) {
      open.push(line);
      if (open.length < LINES_PER_PAGE) continue;
      // A full part waits for one more line, so that the last part is never empty.
      if (pages.length === PAGES_PER_FILE) {
        yield pages;
        pages = [];
      }
      close();
    }
  }
  if (open.length > 0) {
    if (pages.length === PAGES_PER_FILE) {
      yield pages;
      pages = [];
    }
    close();
  }
  if (pages.length > 0) yield pages;
}

export type PayeeList = {
  readonly head: ListHead;
  readonly totals: ControlTotals;
  /** Of all lines, see {@link reductionsOf} */
  readonly reductions: readonly ListReduction[];
  /** All lines of the run in file order */
  readonly lines: AsyncIterable<readonly PayeeLine[]>;
};

/** Names of the files in their order, and all their pages. */
export type PayeePdf = { readonly files: readonly string[]; readonly pages: number };

/**
 * Prints the list into `folder` as `<baseName>.pdf`, or `<baseName>-1of6.pdf` … where it is longer than 125 pages.
 *
 * @throws Refusal of the printer; files that were finished before it stay in `folder`
 */
export async function printPayeePdf(
  printer: Printer,
  target: { readonly folder: string; readonly baseName: string },
  list: PayeeList,
  onPage: (done: number, total: number) => void = () => {},
): Promise<PayeePdf> {
  const template = PAYEE_LIST_TEMPLATE + SUMMARY_TEMPLATE;
  const listPages = Math.ceil(list.totals.lines / LINES_PER_PAGE);
  const fileCount = Math.ceil(listPages / PAGES_PER_FILE);
  const tagged = listPages <= TAGGED_PAGES;
  const summary = summaryOf(list.totals, list.reductions);
  // Only the engine knows how many pages the totals take: they are laid out once without being printed.
  const counting = { head: list.head, first: 1, total: "9,999", pages: [], summary };
  const counted = await printer.print({ template, data: counting, path: null, tagged: false });
  const pages = listPages + counted.pages;
  const files: string[] = [];
  // Parts in the making, no more than the printer has processes for: the reader waits, so memory stays bounded.
  const open = new Set<Promise<unknown>>();
  let first = 1;
  let done = 0;
  for await (const part of readPages(list.lines)) {
    const last = first + part.length > listPages;
    const name =
      fileCount === 1
        ? `${target.baseName}.pdf`
        : `${target.baseName}-${String(files.length + 1).padStart(String(fileCount).length, "0")}of${fileCount}.pdf`;
    const data = {
      head: list.head,
      first,
      total: pages.toLocaleString("ja-JP"),
      pages: part,
      summary: last ? summary : null,
    };
    const expected = part.length + (last ? counted.pages : 0);
    const printPart = async (): Promise<void> => {
      const { pages: made } = await printer.print({ template, data, path: join(target.folder, name), tagged });
      if (made !== expected) throw new Error(`the list has ${made} pages where ${expected} were numbered`);
      done += part.length;
      onPage(done, listPages);
    };
    const printing = printPart().finally(() => open.delete(printing));
    printing.catch(() => {}); // awaited below; until then a failure is not unhandled
    open.add(printing);
    files.push(name);
    first += part.length;
    if (open.size >= PRINT_PROCESSES) await Promise.race(open);
  }
  await Promise.all(open);
  return { files, pages };
}
