/**
 * 通知書の頁を描く: head, window address with カスタマバーコード, signature and seal, marks, body. A file of many letters has each font and each
 * seal once. The bytes are a function of the contents: the archive can be made again and compared.
 */
import { barRuns, customerBarcode } from "@hagukumi/platform/postal/customer-barcode.ts";
import { formatWareki } from "@hagukumi/platform/calendar/wareki.ts";
import { printable } from "@hagukumi/platform/print/glyphs.ts";
import type { PrintedFile } from "@hagukumi/platform/print/jobs.ts";
import {
  type Colour,
  type PdfPages,
  type PlacedImage,
  type PlacedText,
  type Pattern,
  type SharedDrawing,
  writePdfPages,
} from "@hagukumi/platform/print/pdf-pages.ts";
import { readPng } from "@hagukumi/platform/print/png-picture.ts";
import { twoDCode } from "@hagukumi/platform/print/two-d-code.ts";

import { ENVELOPE, envelopeLines, layOut, PAGE } from "../content/layout.ts";
import type { LetterContent } from "../content/letter.ts";
import { type EnvelopeId, pageMark, pageMarkText } from "./page-mark.ts";

const RED: Colour = [0.663, 0, 0];
const INK: Colour = [0.102, 0.102, 0.102];
/** カスタマバーコード at 9 points */
const BAR_UNIT = 0.54;
const SEAL = { x: 166, y: 54, side: 20 } as const;
const MARK = { right: 190, y: 8, side: 11 } as const;

export type LetterToPrint = { readonly id: EnvelopeId; readonly content: LetterContent };

const shown = (text: string): string => printable(text).text;

function address(content: LetterContent): { texts: PlacedText[]; patterns: Pattern[] } {
  const { envelope } = content;
  const texts: PlacedText[] = [];
  let y: number = ENVELOPE.y;
  const put = (text: string, size: number): void => {
    texts.push({ text, x: ENVELOPE.x, y, size });
    y += size > 11 ? 6 : ENVELOPE.leading;
  };
  if (envelope.postalCode !== "")
    put(`〒${envelope.postalCode.slice(0, 3)}-${envelope.postalCode.slice(3)}`, ENVELOPE.size);
  for (const line of envelope.lines) for (const part of envelopeLines(line)) put(part, ENVELOPE.size);
  y += 1.5;
  for (const part of envelopeLines(`${envelope.name}　${envelope.honorific}`)) put(part, 11.5);
  const codes = customerBarcode(envelope.postalCode, envelope.lines.join("　"));
  if (codes === undefined) return { texts, patterns: [] };
  return { texts, patterns: [{ x: ENVELOPE.x, y: Math.max(y - 2, 55), unit: BAR_UNIT, runs: barRuns(codes) }] };
}

function firstHead(
  pdf: PdfPages,
  content: LetterContent,
  seal: SharedDrawing | undefined,
): { texts: PlacedText[]; images: PlacedImage[] } {
  const title = shown(content.title);
  const room = PAGE.right - PAGE.left;
  const size = Math.min(14, (14 * room) / pdf.widthOf(title, 14, true));
  const { issuer, reissue } = content;
  const texts: PlacedText[] = [
    ...content.sender.map((line, index) => ({ text: shown(line), x: ENVELOPE.x, y: 12 + index * 3.4, size: 7 })),
    { text: shown(content.documentNumber), x: PAGE.right, y: 38, size: 9.5, align: "right" },
    { text: formatWareki(content.documentOn), x: PAGE.right, y: 43.5, size: 9.5, align: "right" },
    { text: shown(issuer.title), x: 124, y: 60, size: 10.5 },
    { text: shown(issuer.name), x: 130, y: 67, size: 10.5 },
    { text: title, x: PAGE.left + (room - pdf.widthOf(title, size, true)) / 2, y: 85, size, bold: true },
  ];
  if (seal === undefined) texts.push({ text: "（公印省略）", x: PAGE.right, y: 67, size: 8.5, align: "right" });
  if (content.mark !== "") texts.push({ text: shown(content.mark), x: 124, y: 30, size: 9, bold: true, colour: RED });
  if (reissue !== null) {
    const text = `再発行（${formatWareki(reissue.on)}、${reissue.times}回目）`;
    texts.push({ text, x: PAGE.right, y: 77, size: 10, bold: true, align: "right", colour: RED });
  }
  const images = seal === undefined ? [] : [{ image: seal, x: SEAL.x, y: SEAL.y, width: SEAL.side, height: SEAL.side }];
  return { texts, images };
}

/** Adds the pages of one letter. @returns how many */
async function addLetter(
  pdf: PdfPages,
  { id, content }: LetterToPrint,
  sealOf: (digest: string) => SharedDrawing | undefined,
): Promise<number> {
  const { pages } = layOut(content);
  const seal = content.issuer.seal === null ? undefined : sealOf(content.issuer.seal);
  for (const [index, body] of pages.entries()) {
    const mark = twoDCode(pageMark(content, id, index + 1, pages.length));
    const code: Pattern = { x: MARK.right - MARK.side, y: MARK.y, unit: MARK.side / mark.size, runs: mark.runs };
    const caption: PlacedText = {
      text: pageMarkText(content, id, index + 1, pages.length),
      x: MARK.right - MARK.side - 3,
      y: 10.5,
      size: 6.5,
      align: "right",
    };
    const first = index === 0 ? firstHead(pdf, content, seal) : { texts: [], images: [] };
    const window = index === 0 ? address(content) : { texts: [], patterns: [] };
    const following: readonly PlacedText[] =
      index === 0 ? [] : [{ text: `${shown(content.title)}（つづき）`, x: PAGE.left, y: 24, size: 9 }];
    await pdf.page(
      {
        texts: [...first.texts, ...window.texts, caption, ...following, ...body.texts],
        rules: body.rules,
        patterns: [code, ...window.patterns, ...body.patterns],
        images: first.images,
      },
      [],
    );
  }
  return pages.length;
}

export type PrintedLetters = PrintedFile & {
  /** Pages of each letter, in order */
  readonly pagesEach: readonly number[];
};

/**
 * Writes letters into one PDF, whole or not at all.
 *
 * @param seals pictures by digest, base64
 * @throws errors of the file system; TypeError for a letter without pages
 */
export async function writeLetters(
  path: string,
  title: string,
  letters: Iterable<LetterToPrint>,
  seals: ReadonlyMap<string, string>,
): Promise<PrintedLetters> {
  const pagesEach: number[] = [];
  const options = { title, width: PAGE.width, height: PAGE.height, ink: INK };
  const file = await writePdfPages(path, options, async (pdf) => {
    const drawn = new Map<string, SharedDrawing>();
    const sealOf = (digest: string): SharedDrawing | undefined => {
      const before = drawn.get(digest);
      if (before !== undefined) return before;
      const picture = readPng(Buffer.from(seals.get(digest) ?? "", "base64"));
      if (picture === undefined) throw new TypeError(`the seal ${digest.slice(0, 8)} of a letter is not there`);
      const image = pdf.image(picture);
      drawn.set(digest, image);
      return image;
    };
    for (const letter of letters) pagesEach.push(await addLetter(pdf, letter, sealOf));
  });
  return { ...file, pagesEach };
}
