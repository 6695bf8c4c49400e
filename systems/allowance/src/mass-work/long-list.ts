/**
 * 対象者一覧の頁, where the list is long: the look of list-template.typ.ts, drawn page by page while the lines are read. The print
 * engine lays a whole document out before it writes: for 20,000 lines it took 2.2 GiB, and four times that for a large city.
 */
import { printable, printedWidth } from "@hagukumi/platform/print/glyphs.ts";
import {
  type Colour,
  type Drawing,
  type PdfPages,
  type PlacedText,
  type Rule,
  type SharedDrawing,
  writePdfPages,
} from "@hagukumi/platform/print/pdf-pages.ts";

import { MASS_LIST_COLUMNS } from "./list-template.typ.ts";

/** What stands over the lines of every page. */
export type MassListHead = {
  readonly title: string;
  readonly run: string;
  /** デモ, 案 */
  readonly mark: string;
  readonly summary: string;
  readonly people: string;
};

const INK: Colour = [0.102, 0.102, 0.102];
const RED: Colour = [0.663, 0, 0];
const LINE: Colour = [0.702, 0.702, 0.702];

const MM_PER_POINT = 25.4 / 72;
/** A4 on its side, mm; lines of the table from `top` to `bottom`, the total of the last page below */
const PAGE = { width: 297, height: 210, left: 10, right: 287, top: 26, bottom: 196 } as const;
const SIZE = 7.5;
/** Space at the sides of a cell, above its first line to the base line, between base lines, below the last; mm */
const CELL = { side: 1.2, first: 2.95, pitch: 3.2, last: 1.05 } as const;

/** The left edge of every column, mm. */
const EDGES = MASS_LIST_COLUMNS.map((_, index) =>
  MASS_LIST_COLUMNS.slice(0, index).reduce<number>((sum, { width }) => sum + width, PAGE.left),
);

// A number is not broken, a variant selector stays with its character, and no line begins with what closes one.
const PIECE = /(?:[0-9A-Za-z,./:-]+|\P{M}[\uFE00-\uFE0F\u{E0100}-\u{E01EF}\p{M}]*)[、。，．）」』〕：；ー]*|[^]/gu;

const widths = new Map<string, number>();

/** Width of a piece in mm; there are few different ones in a whole list. */
function widthOf(piece: string): number {
  let width = widths.get(piece);
  if (width === undefined) {
    width = (printedWidth(piece) / 1000) * SIZE * MM_PER_POINT;
    if (widths.size < 50_000) widths.set(piece, width);
  }
  return width;
}

/** The text in lines that fit into `room` mm. A piece that is wider than that (a long code) is broken inside. */
export function brokenInto(text: string, room: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  let used = 0;
  const put = (piece: string): void => {
    const width = widthOf(piece);
    if (used > 0 && used + width > room) {
      lines.push(line);
      line = "";
      used = 0;
    }
    line += piece;
    used += width;
  };
  for (const [piece] of text.matchAll(PIECE)) {
    if (widthOf(piece) <= room) put(piece);
    else
      for (const [character] of piece.matchAll(/\P{M}[\uFE00-\uFE0F\u{E0100}-\u{E01EF}\p{M}]*|[^]/gu)) put(character);
  }
  return [...lines, line];
}

type Row = { readonly cells: readonly (readonly string[])[]; readonly height: number };

function rowOf(texts: readonly string[]): Row {
  const cells = texts.map((text, column) => brokenInto(text, (MASS_LIST_COLUMNS[column]?.width ?? 0) - 2 * CELL.side));
  const lines = Math.max(...cells.map(({ length }) => length));
  return { cells, height: CELL.first + (lines - 1) * CELL.pitch + CELL.last };
}

function placed({ cells }: Row, top: number, bold = false): PlacedText[] {
  return cells.flatMap((lines, column) => {
    const { width = 0, align = "left" } = MASS_LIST_COLUMNS[column] ?? {};
    const edge = EDGES[column] ?? 0;
    const x = align === "right" ? edge + width - CELL.side : edge + CELL.side;
    return lines.map((text, index) => ({
      text,
      x,
      y: top + CELL.first + index * CELL.pitch,
      size: SIZE,
      align,
      bold,
    }));
  });
}

const rule = (y: number, weight: number, colour: Colour): Rule => ({
  x1: PAGE.left,
  x2: PAGE.right,
  y,
  weight,
  colour,
});

const HEADINGS = rowOf(MASS_LIST_COLUMNS.map(({ title }) => title));

/** Head of the page and headings of the columns: the same on every page. */
function frameOf(pdf: PdfPages, head: MassListHead): Drawing {
  const gap = 4;
  const text = (key: keyof MassListHead): string => printable(head[key]).text;
  const runAt = PAGE.left + pdf.widthOf(text("title"), 14, true) + gap;
  const markAt = runAt + pdf.widthOf(text("run"), 10, true) + gap;
  return {
    texts: [
      { text: text("title"), x: PAGE.left, y: 12.5, size: 14, bold: true },
      { text: text("run"), x: runAt, y: 12.5, size: 10, bold: true },
      { text: text("mark"), x: markAt, y: 12.5, size: 10, bold: true, colour: RED },
      { text: text("summary"), x: PAGE.left, y: 17.2, size: 8 },
      { text: text("people"), x: PAGE.left, y: 21, size: 7 },
      ...placed(HEADINGS, PAGE.top, true),
    ],
    rules: [rule(23, 0.8, INK), rule(PAGE.top + HEADINGS.height, 0.8, INK)],
  };
}

const NUMBER_AT = { y: 12.5, size: 9 } as const;

export type LongMassList = {
  /** The next line: a text for each column */
  readonly add: (texts: readonly string[]) => Promise<void>;
  readonly lines: () => number;
};

function openList(pdf: PdfPages, head: MassListHead) {
  const frame: SharedDrawing = pdf.share(frameOf(pdf, head));
  // How many pages there are is known last, and drawn once for all of them.
  const total = pdf.reserve();
  const totalRoom = pdf.widthOf(" / 00,000 頁", NUMBER_AT.size);
  const first = PAGE.top + HEADINGS.height;
  let top = first;
  let texts: PlacedText[] = [];
  let rules: Rule[] = [];
  let page = 0;
  let lines = 0;
  const close = async (last: readonly PlacedText[] = []): Promise<void> => {
    page += 1;
    const number = {
      text: page.toLocaleString("ja-JP"),
      x: PAGE.right - totalRoom,
      align: "right",
      ...NUMBER_AT,
    } as const;
    await pdf.page({ texts: [number, ...texts, ...last], rules }, [frame, total]);
    top = first;
    texts = [];
    rules = [];
  };
  const add = async (row: readonly string[]): Promise<void> => {
    const made = rowOf(row);
    if (top + made.height > PAGE.bottom && texts.length > 0) await close();
    texts.push(...placed(made, top));
    top += made.height;
    rules.push(rule(top, 0.3, LINE));
    lines += 1;
  };
  const finish = async (): Promise<void> => {
    const sum = `計 ${lines}件`;
    await close([{ text: sum, x: PAGE.right, y: top + 5, size: 9, bold: true, align: "right" }]);
    const text = ` / ${page.toLocaleString("ja-JP")} 頁`;
    pdf.fill(total, { texts: [{ text, x: PAGE.right - totalRoom, ...NUMBER_AT }], rules: [] });
  };
  return { list: { add, lines: () => lines } satisfies LongMassList, finish };
}

/**
 * Writes the pages of a long list into `path`; `work` adds the lines. One page is held at a time.
 *
 * @throws what `work` throws, and errors of the file system; no file then
 */
export async function writeLongMassList(
  path: string,
  head: MassListHead,
  work: (list: LongMassList) => Promise<void>,
): Promise<{ readonly pages: number }> {
  const title = printable(`${head.title} ${head.run}`).text;
  const options = { title, width: PAGE.width, height: PAGE.height, ink: INK };
  return await writePdfPages(path, options, async (pdf) => {
    const { list, finish } = openList(pdf, head);
    await work(list);
    await finish();
  });
}
