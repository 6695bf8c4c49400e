/** 通知書の中身: what one envelope says, as blocks of text. It is stored as it is, and the pages are a function of it alone. */
import type { CivilDate } from "@hagukumi/law/contract.ts";

import type { FormCode, FormVersion } from "../forms/form-codes.ts";

export type Column = { readonly title: string; readonly width: number; readonly align: "left" | "right" };

/** A part of a letter. `write` are lines to be filled in by hand, `code` a 2D code that brings the paper back to its case. */
export type Block =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "facts"; readonly rows: readonly (readonly [label: string, value: string])[] }
  | {
      readonly kind: "table";
      readonly title: string;
      readonly columns: readonly Column[];
      readonly rows: readonly (readonly string[])[];
      readonly foot: readonly string[] | null;
    }
  | { readonly kind: "list"; readonly title: string; readonly items: readonly string[] }
  | { readonly kind: "box"; readonly title: string; readonly lines: readonly string[] }
  | { readonly kind: "write"; readonly title: string; readonly rows: readonly (readonly [string, string])[] }
  | { readonly kind: "code"; readonly code: string; readonly caption: string };

/** What stands in the window of the envelope. `postalCode` 7 digits or empty. */
export type Envelope = {
  readonly postalCode: string;
  readonly lines: readonly string[];
  readonly name: string;
  readonly honorific: "様" | "御中";
};

/** Who signs: 職名, 氏名 and the seal by its digest, or without one. */
export type Issuer = { readonly title: string; readonly name: string; readonly seal: string | null };

export type LetterContent = {
  readonly form: FormCode;
  /** F1 … F22 */
  readonly number: string;
  /** 様式の版, e.g. `2026-11` */
  readonly edition: string;
  readonly version: FormVersion;
  readonly title: string;
  /** 文書番号 */
  readonly documentNumber: string;
  readonly documentOn: CivilDate;
  /** 年度 of the document day */
  readonly fiscalYear: number;
  readonly envelope: Envelope;
  readonly sender: readonly string[];
  readonly issuer: Issuer;
  readonly blocks: readonly Block[];
  /** 再発行: day and how often, where it is a copy */
  readonly reissue: { readonly on: CivilDate; readonly times: number } | null;
  /** Red mark of an installation that is no production: nobody may take such paper for a real one */
  readonly mark: string;
};

/** What is left of a letter whose 保存期間 is over: which form it was, under which title and of which day. */
export type ErasedContent = Pick<LetterContent, "form" | "number" | "edition" | "title" | "fiscalYear"> & {
  /** The day on which its words were erased */
  readonly erasedOn: CivilDate;
};

/** The day on which a letter's words were erased; undefined where they are there. */
export function erasedOn(content: LetterContent | ErasedContent): CivilDate | undefined {
  return "erasedOn" in content ? content.erasedOn : undefined;
}

/** 年度 of a day: April to March. */
export function fiscalYearOf(day: string): number {
  const year = Number(day.slice(0, 4));
  return Number(day.slice(5, 7)) >= 4 ? year : year - 1;
}

const blockTexts = (block: Block): readonly string[] => {
  switch (block.kind) {
    case "text":
      return [block.text];
    case "facts":
    case "write":
      return block.rows.flat();
    case "table":
      return [block.title, ...block.columns.map(({ title }) => title), ...block.rows.flat(), ...(block.foot ?? [])];
    case "list":
      return [block.title, ...block.items];
    case "box":
      return [block.title, ...block.lines];
    case "code":
      return [block.caption];
    default:
      return block satisfies never;
  }
};

/** Every text of a letter, for people who can't see the page and for tests; one line each. */
export function letterText(content: LetterContent): readonly string[] {
  const { envelope, issuer } = content;
  return [
    envelope.postalCode === "" ? "" : `〒${envelope.postalCode.slice(0, 3)}-${envelope.postalCode.slice(3)}`,
    ...envelope.lines,
    `${envelope.name}　${envelope.honorific}`,
    content.documentNumber,
    `${issuer.title}　${issuer.name}`,
    content.reissue === null ? "" : "再発行",
    content.title,
    ...content.blocks.flatMap(blockTexts),
  ].filter((line) => line !== "");
}
