/**
 * 封入の印: what every page carries so that a machine – and a person – can tell one envelope from the next: envelope, page n of m, form
 * with its edition, 年度 (a box of last year's paper is found at once, I-30). No name, no 宛名番号.
 */
import type { LetterContent } from "../content/letter.ts";

/** One envelope of a print run. `envelope`: the number of the letter, unique for ever. */
export type EnvelopeId = { readonly runNo: number; readonly seq: number; readonly envelope: number };

/** `HG1:F6:202611:2026:12:100000123:1:2` */
export function pageMark(content: LetterContent, { runNo, envelope }: EnvelopeId, page: number, pages: number): string {
  const edition = content.edition.replaceAll("-", "");
  return ["HG1", content.number, edition, content.fiscalYear, runNo, envelope, page, pages].join(":");
}

/** The same for people, beside the code. */
export function pageMarkText(
  content: LetterContent,
  { runNo, seq, envelope }: EnvelopeId,
  page: number,
  pages: number,
): string {
  return `印刷${runNo}-${seq}　封筒${envelope}　${page}/${pages}頁　${content.number} ${content.edition}版　${content.fiscalYear}年度`;
}

export type ReadMark = {
  readonly number: string;
  readonly edition: string;
  readonly fiscalYear: number;
  readonly runNo: number;
  readonly envelope: number;
  readonly page: number;
  readonly pages: number;
};

/** Reads a mark back; undefined for anything else. */
export function readPageMark(text: string): ReadMark | undefined {
  const found = /^HG1:(F\d{1,2}):(\d{4})(\d{2}):(\d{4}):(\d{1,9}):(\d{1,15}):(\d{1,3}):(\d{1,3})$/.exec(text);
  if (found === null) return undefined;
  const [, number = "", year = "", month = "", fiscalYear, runNo, envelope, page, pages] = found;
  return {
    number,
    edition: `${year}-${month}`,
    fiscalYear: Number(fiscalYear),
    runNo: Number(runNo),
    envelope: Number(envelope),
    page: Number(page),
    pages: Number(pages),
  };
}
