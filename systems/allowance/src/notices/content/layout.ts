/**
 * 頁に組む: the blocks of a letter on A4 pages, every text measured with the print font, so that the number of pages is known before
 * the first is written and nothing runs out of its place unseen. Pure.
 */
import { printable, printedWidth } from "@hagukumi/platform/print/glyphs.ts";
import type { Colour, Pattern, PlacedText, Rule } from "@hagukumi/platform/print/pdf-pages.ts";
import { twoDCode } from "@hagukumi/platform/print/two-d-code.ts";
import { charactersOf } from "@hagukumi/platform/print/typeface.ts";
import { brokenLines } from "@hagukumi/platform/text/line-break.ts";

import type { Block, LetterContent } from "./letter.ts";

/** A4, mm. The body stands between `left` and `right`; page 1 begins under the head. */
export const PAGE = { width: 210, height: 297, left: 20, right: 190, first: 92, next: 30, bottom: 287 } as const;

const MM_PER_POINT = 25.4 / 72;
const BODY = 10;
const LEADING = 5.4;
const CELL = 9;
const CELL_LEADING = 4.4;
const CELL_MARGIN = 1.2;
const LINE: Colour = [0.6, 0.6, 0.6];
const INK: Colour = [0.102, 0.102, 0.102];

/** What one page shows beside head and marks. */
export type PageBody = {
  readonly texts: readonly PlacedText[];
  readonly rules: readonly Rule[];
  readonly patterns: readonly Pattern[];
};

/** A character that the page shows in another form (縮退), or a text that found no room. */
export type PrintIssue = {
  readonly kind: "character" | "overflow";
  readonly codePoints: string;
  readonly printed: string;
};

export type LaidOut = { readonly pages: readonly PageBody[]; readonly issues: readonly PrintIssue[] };

/** Width in mm of a text at a size. */
export const widthOf = (text: string, size: number): number => (printedWidth(text) / 1000) * size * MM_PER_POINT;

/** Collects what is drawn, page after page. */
class Sheet {
  readonly pages: { texts: PlacedText[]; rules: Rule[]; patterns: Pattern[] }[] = [];
  readonly issues: PrintIssue[] = [];
  y: number;

  constructor(first: number) {
    this.y = first;
    this.pages.push({ texts: [], rules: [], patterns: [] });
  }

  get page(): { texts: PlacedText[]; rules: Rule[]; patterns: Pattern[] } {
    const last = this.pages.at(-1);
    if (last === undefined) throw new Error("a letter has a page");
    return last;
  }

  /** Begins a new page where so many mm do not fit any more. */
  need(height: number): void {
    if (this.y + height <= PAGE.bottom) return;
    this.pages.push({ texts: [], rules: [], patterns: [] });
    this.y = PAGE.next;
  }

  shown(text: string): string {
    // A line feed breaks the line and is no character to print.
    const parts = text.split("\n").map((part) => printable(part));
    for (const { codePoints, printed } of parts.flatMap(({ reductions }) => reductions))
      this.issues.push({ kind: "character", codePoints, printed });
    return parts.map((part) => part.text).join("\n");
  }

  lines(text: string, size: number, room: number): readonly string[] {
    const units = room / (size * MM_PER_POINT);
    return brokenLines(charactersOf(this.shown(text)), (each) => printedWidth(each) / 1000, units);
  }

  write(text: string, x: number, y: number, size: number, more: Partial<PlacedText> = {}): void {
    this.page.texts.push({ text, x, y, size, ...more });
  }

  rule(x1: number, x2: number, y: number, weight = 0.4): void {
    this.page.rules.push({ x1, x2, y, weight, colour: weight > 0.5 ? INK : LINE });
  }
}

function drawText(sheet: Sheet, text: string): void {
  for (const line of sheet.lines(`　${text}`, BODY, PAGE.right - PAGE.left)) {
    sheet.need(LEADING);
    sheet.y += LEADING;
    sheet.write(line, PAGE.left, sheet.y - 1.4, BODY);
  }
  sheet.y += 1.6;
}

type Cell = {
  readonly text: string;
  readonly width: number;
  readonly align: "left" | "right";
  readonly bold?: boolean;
};

/** One row of cells; as high as its highest cell. */
function drawRow(sheet: Sheet, cells: readonly Cell[], weight = 0.4, least = 1): void {
  const broken = cells.map(({ text, width }) => sheet.lines(text, CELL, width - 2 * CELL_MARGIN));
  const high = Math.max(least, ...broken.map((lines) => lines.length)) * CELL_LEADING + 1.4;
  sheet.need(high);
  let x: number = PAGE.left;
  cells.forEach(({ width, align, bold = false }, index) => {
    (broken[index] ?? []).forEach((line, at) => {
      const y = sheet.y + CELL_LEADING * (at + 1) - 0.7;
      const where = align === "right" ? x + width - CELL_MARGIN : x + CELL_MARGIN;
      sheet.write(line, where, y, CELL, { align, bold });
    });
    x += width;
  });
  sheet.y += high;
  sheet.rule(PAGE.left, x, sheet.y, weight);
}

function heading(sheet: Sheet, title: string, keep: number): void {
  if (title === "") return;
  sheet.need(LEADING + keep);
  sheet.y += LEADING;
  sheet.write(sheet.shown(title), PAGE.left, sheet.y - 1.4, BODY, { bold: true });
}

const LABEL = 46;

function drawPairs(sheet: Sheet, rows: readonly (readonly [string, string])[], high = 1): void {
  sheet.rule(PAGE.left, PAGE.right, sheet.y, 0.8);
  for (const [label, value] of rows) {
    drawRow(
      sheet,
      [
        { text: label, width: LABEL, align: "left", bold: true },
        { text: value, width: PAGE.right - PAGE.left - LABEL, align: "left" },
      ],
      0.4,
      high,
    );
  }
  sheet.y += 2.4;
}

function drawTable(sheet: Sheet, block: Extract<Block, { kind: "table" }>): void {
  heading(sheet, block.title, 16);
  const cell = (text: string, index: number, bold: boolean): Cell => ({
    text,
    width: block.columns[index]?.width ?? 20,
    align: block.columns[index]?.align ?? "left",
    bold,
  });
  sheet.rule(PAGE.left, PAGE.right, sheet.y, 0.8);
  drawRow(
    sheet,
    block.columns.map(({ title }, index) => cell(title, index, true)),
    0.8,
  );
  for (const row of block.rows)
    drawRow(
      sheet,
      row.map((text, index) => cell(text, index, false)),
    );
  if (block.foot !== null)
    drawRow(
      sheet,
      block.foot.map((text, index) => cell(text, index, true)),
      0.8,
    );
  sheet.y += 2.4;
}

function drawBox(sheet: Sheet, title: string, lines: readonly string[], size: number, leading: number): void {
  const room = PAGE.right - PAGE.left - 6;
  const all = lines.map((line) => sheet.lines(line, size, room));
  // Exactly what it takes: a box that ends a letter and found no room by a hair would be a sheet of its own.
  const high = leading * (all.flat().length + 1) + 2.4;
  sheet.need(high > PAGE.bottom - PAGE.next ? leading * 4 : high);
  sheet.rule(PAGE.left, PAGE.right, sheet.y, 0.4);
  sheet.y += leading + 0.8;
  sheet.write(sheet.shown(title), PAGE.left + 3, sheet.y - 1, size, { bold: true });
  for (const line of all.flat()) {
    sheet.need(leading);
    sheet.y += leading;
    sheet.write(line, PAGE.left + 3, sheet.y - 1, size);
  }
  sheet.y += 1.6;
  sheet.rule(PAGE.left, PAGE.right, sheet.y, 0.4);
  sheet.y += 2.4;
}

function drawCode(sheet: Sheet, code: string, caption: string): void {
  const { size, runs } = twoDCode(code);
  const unit = 20 / size;
  sheet.need(24);
  sheet.page.patterns.push({ x: PAGE.left + 4, y: sheet.y + 1, unit, runs });
  sheet.write(sheet.shown(caption), PAGE.left + 34, sheet.y + 9, CELL);
  sheet.write(code, PAGE.left + 34, sheet.y + 15, CELL);
  sheet.y += 24;
}

function drawBlock(sheet: Sheet, block: Block): void {
  switch (block.kind) {
    case "text":
      return drawText(sheet, block.text);
    case "facts":
      return drawPairs(sheet, block.rows);
    case "table":
      return drawTable(sheet, block);
    case "list":
      heading(sheet, block.title, LEADING);
      for (const [index, item] of block.items.entries()) drawText(sheet, `${index + 1}　${item}`.slice(0));
      return undefined;
    case "box":
      return drawBox(sheet, block.title, block.lines, 8.5, 4.2);
    case "write":
      heading(sheet, block.title, 16);
      return drawPairs(sheet, block.rows, 2);
    case "code":
      return drawCode(sheet, block.code, block.caption);
    default:
      return block satisfies never;
  }
}

/** Lays a letter out. The same content gives the same pages. */
export function layOut(content: LetterContent): LaidOut {
  const sheet = new Sheet(PAGE.first);
  for (const block of content.blocks) drawBlock(sheet, block);
  const head = [
    content.envelope.name,
    ...content.envelope.lines,
    content.title,
    content.issuer.title,
    content.issuer.name,
  ];
  for (const text of head) sheet.shown(text);
  for (const line of [...content.envelope.lines, `${content.envelope.name}　${content.envelope.honorific}`]) {
    if (envelopeLines(line).length > ENVELOPE.linesEach) {
      sheet.issues.push({
        kind: "overflow",
        codePoints: `${charactersOf(line).length}文字`,
        printed: "宛名の枠に入りません",
      });
    }
  }
  return { pages: sheet.pages, issues: sheet.issues };
}

/** The window of the envelope (長形3号・窓あき), mm. */
export const ENVELOPE = { x: 24, y: 24, width: 82, size: 10.5, leading: 5, linesEach: 2 } as const;

/** Lines of a text in the window, at most `linesEach` of them fit. */
export function envelopeLines(text: string): readonly string[] {
  const units = ENVELOPE.width / (ENVELOPE.size * MM_PER_POINT);
  return brokenLines(charactersOf(printable(text).text), (each) => printedWidth(each) / 1000, units);
}
