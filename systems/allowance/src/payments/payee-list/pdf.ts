/** 支払対象者一覧のうち印刷エンジンが組むもの: a whole short list, and the totals with the boxes to sign. */
import { printable } from "@hagukumi/platform/print/glyphs.ts";
import type { PrintedFile } from "@hagukumi/platform/print/jobs.ts";
import type { Printer } from "@hagukumi/platform/print/printer.ts";

import { certificationNumberText } from "../../inquiry/names.ts";
import { subtotalText } from "./cells.ts";
import type { ListReduction, PrintedLine } from "./cells.ts";
import { SUMMARY_TEMPLATE } from "./summary.typ.ts";
import { LINES_PER_PAGE, PAYEE_LIST_TEMPLATE } from "./template.typ.ts";
import type { ControlTotals, EquationSide, TotalRow } from "./totals.ts";

/** The heading that stands on every page. */
export type ListHead = {
  readonly title: string;
  readonly run: string;
  /** Red mark: draft, demonstration; empty for the real thing */
  readonly mark: string;
  readonly summary: string;
  readonly people: string;
};

const TEMPLATE = PAYEE_LIST_TEMPLATE + SUMMARY_TEMPLATE;

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

type Page = { readonly rows: readonly PrintedLine["cells"][]; readonly subtotal: string };

function pagesOf(lines: readonly PrintedLine[]): readonly Page[] {
  const pages: Page[] = [];
  let running = 0;
  for (let at = 0; at < lines.length; at += LINES_PER_PAGE) {
    const open = lines.slice(at, at + LINES_PER_PAGE);
    const sum = open.reduce((yen, line) => yen + line.amount, 0);
    running += sum;
    pages.push({ rows: open.map(({ cells }) => cells), subtotal: subtotalText(open.length, sum, running) });
  }
  return pages;
}

/** What the engine puts behind the lines, or into a file of its own. */
export type ListEnd = {
  readonly head: ListHead;
  readonly totals: ControlTotals;
  /** Of all lines */
  readonly reductions: readonly ListReduction[];
};

/**
 * Prints `lines` (none for the totals of a long list) and the totals, with structure tags for screen readers.
 *
 * @param before pages that stand before these, in another file
 * @param numbered told the number of all pages before anything is printed
 * @throws Refusal of the printer; no file then
 */
export async function printWithTotals(
  printer: Printer,
  path: string,
  list: ListEnd & { readonly lines: readonly PrintedLine[] },
  before: number,
  numbered: (total: number) => Promise<void> = async () => {},
): Promise<PrintedFile> {
  const summary = summaryOf(list.totals, list.reductions);
  // Only the engine knows how many pages the totals take: they are laid out once without being printed.
  const counting = { head: list.head, first: 1, total: "9,999", pages: [], summary };
  const counted = await printer.print({ template: TEMPLATE, data: counting, path: null, tagged: false });
  const pages = pagesOf(list.lines);
  const total = before + pages.length + counted.pages;
  await numbered(total);
  const data = { head: list.head, first: before + 1, total: total.toLocaleString("ja-JP"), pages, summary };
  const file = await printer.print({ template: TEMPLATE, data, path, tagged: true });
  if (file.pages !== total - before)
    throw new Error(`the list has ${before + file.pages} pages where ${total} were numbered`);
  return file;
}
