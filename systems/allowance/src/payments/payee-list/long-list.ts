/**
 * 支払対象者一覧の頁, where the list is long: the look of template.typ.ts, drawn page by page while the lines are read. The
 * print engine would lay out 880,000 cells one by one, which took longer than the payment run itself.
 */
import { printable } from "@hagukumi/platform/print/glyphs.ts";
import { writePdfPages } from "@hagukumi/platform/print/pdf-pages.ts";
import type { Colour, Drawing, PdfPages, PlacedText, SharedDrawing } from "@hagukumi/platform/print/pdf-pages.ts";

import { CELL_MARGIN, subtotalText } from "./cells.ts";
import type { Cell, PrintedLine } from "./cells.ts";
import { COLUMNS, LINES_PER_PAGE, ROW } from "./template.typ.ts";
import type { ListHead } from "./pdf.ts";

const INK: Colour = [0.102, 0.102, 0.102];
const RED: Colour = [0.663, 0, 0];
const EVERY_FIFTH: Colour = [0.4, 0.4, 0.4];
const LINE: Colour = [0.702, 0.702, 0.702];

const MM_PER_POINT = 25.4 / 72;
/** A4 on its side, mm */
const PAGE = { width: 297, height: 210, left: 10, right: 287, top: 28 } as const;
/** Height of a capital letter in the print font, in em: texts stand in the middle of their row by it, as the engine sets them. */
const CAPITAL = 0.729;

const baseline = (row: number, size: number): number =>
  PAGE.top + ROW.height * (row + 0.5) + (CAPITAL * size * MM_PER_POINT) / 2;

/** The left edge of every column, mm. */
const EDGES = COLUMNS.map((_, index) =>
  COLUMNS.slice(0, index).reduce<number>((sum, { width }) => sum + width, PAGE.left),
);

function placed(text: string, column: number, row: number, size: number = ROW.size): PlacedText {
  const { width = 0, align = "left" } = COLUMNS[column] ?? {};
  const edge = EDGES[column] ?? 0;
  return {
    text,
    align,
    x: align === "right" ? edge + width - CELL_MARGIN : edge + CELL_MARGIN,
    y: baseline(row, size),
    size,
  };
}

/** Heading of the page, headings of the columns, and the rules of a page with so many lines. */
function frameOf(pdf: PdfPages, head: ListHead, lines: number): Drawing {
  const gap = 4;
  const [title, run, mark, summary, people] = [head.title, head.run, head.mark, head.summary, head.people].map(
    (text) => printable(text).text,
  ) as [string, string, string, string, string];
  const runAt = PAGE.left + pdf.widthOf(title, 14, true) + gap;
  const markAt = runAt + pdf.widthOf(run, 10, true) + gap;
  const rule = (y: number, weight: number, colour: Colour): Drawing["rules"][number] => ({
    x1: PAGE.left,
    x2: PAGE.right,
    y,
    weight,
    colour,
  });
  const rowRule = (row: number): Drawing["rules"][number] => {
    const y = PAGE.top + ROW.height * (row + 1);
    if (row === 0) return rule(y, 0.8, INK);
    return row % 5 === 0 ? rule(y, 0.5, EVERY_FIFTH) : rule(y, 0.3, LINE);
  };
  return {
    texts: [
      { text: title, x: PAGE.left, y: 14.54, size: 14, bold: true },
      { text: run, x: runAt, y: 14.54, size: 10, bold: true },
      { text: mark, x: markAt, y: 14.54, size: 10, bold: true, colour: RED },
      { text: summary, x: PAGE.left, y: 18.8, size: 8 },
      { text: people, x: PAGE.left, y: 22.8, size: 7 },
      ...COLUMNS.map((column, index) => ({ ...placed(column.title, index, 0), bold: true })),
    ],
    rules: [rule(25, 0.8, INK), ...Array.from({ length: lines + 1 }, (_, row) => rowRule(row))],
  };
}

const cellText = (cell: Cell, column: number, row: number): PlacedText =>
  typeof cell === "string" ? placed(cell, column, row) : placed(cell[0], column, row, cell[1]);

const totalText = (pages: number): string => ` / ${pages.toLocaleString("ja-JP")} 頁`;
const TOTAL_AT = { y: 14.54, size: 9 } as const;

export type LongList = {
  /** The next line of the list */
  readonly add: (line: PrintedLine) => Promise<void>;
  /** After the last line: draws on every page how many there are, with those of the totals. */
  readonly finish: (totalPages: number) => Promise<void>;
};

/** Begins the pages of a list. */
function openLongList(pdf: PdfPages, head: ListHead, linePages: number, onPage: (page: number) => void): LongList {
  const frames = new Map<number, SharedDrawing>();
  const total = pdf.reserve();
  // The number of all pages is known last and drawn once. It is a little above that of the lines, so its width is known now.
  const totalWidth = pdf.widthOf(totalText(linePages + 2), TOTAL_AT.size);
  let page = 0;
  let running = 0;
  let rows: PrintedLine[] = [];
  const close = async (): Promise<void> => {
    const sum = rows.reduce((yen, row) => yen + row.amount, 0);
    running += sum;
    page += 1;
    const frame = frames.get(rows.length) ?? pdf.share(frameOf(pdf, head, rows.length));
    frames.set(rows.length, frame);
    const texts = rows.flatMap(({ cells }, index) => cells.map((cell, column) => cellText(cell, column, index + 1)));
    const number = { text: String(page), x: PAGE.right - totalWidth, align: "right", ...TOTAL_AT } as const;
    const under = PAGE.top + ROW.height * (rows.length + 1) + 3.69;
    const subtotal = {
      text: subtotalText(rows.length, sum, running),
      x: PAGE.right,
      y: under,
      size: 8.5,
      align: "right",
    } as const;
    await pdf.page({ texts: [number, ...texts, subtotal], rules: [] }, [frame, total]);
    rows = [];
    onPage(page);
  };
  return {
    add: async (line) => {
      rows.push(line);
      if (rows.length === LINES_PER_PAGE) await close();
    },
    finish: async (totalPages) => {
      if (rows.length > 0) await close();
      const text = totalText(totalPages);
      pdf.fill(total, { texts: [{ text, x: PAGE.right - totalWidth, ...TOTAL_AT }], rules: [] });
    },
  };
}

/**
 * Writes the pages of a long list into `path`; `work` adds the lines and finishes.
 *
 * @param linePages how many pages the lines take
 * @param onPage told after each page
 * @throws what `work` throws, and errors of the file system; no file then
 */
export async function writeLongList(
  path: string,
  head: ListHead,
  linePages: number,
  work: (list: LongList) => Promise<void>,
  onPage: (page: number) => void = () => {},
): Promise<{ readonly pages: number }> {
  const title = printable(`${head.title} ${head.run}`).text;
  const options = { title, width: PAGE.width, height: PAGE.height, ink: INK };
  return await writePdfPages(path, options, async (pdf) => await work(openLongList(pdf, head, linePages, onPage)));
}
