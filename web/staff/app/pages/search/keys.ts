/** What a single line of typing is taken for: a number, a telephone, a reading or a name. */
import type { OperationInput } from "../../api/call.ts";

export type SearchBody = NonNullable<OperationInput<"searchPeople">["body"]>;

const KANA = /^[\u3041-\u3096\u30a1-\u30ff\uff66-\uff9f\s\u3000]+$/u;

/** 帳票のコード: the barcode of a 現況届, or the mark on a page of a letter (whatever the scanner made of its colons). */
export function isPaperCode(typed: string): boolean {
  const text = typed.normalize("NFKC").toUpperCase().trim();
  return /^R[\d\s*-]{15,24}$/.test(text) || /^HG1[^A-Z0-9]+F\d/.test(text);
}

/** Whether the paper itself says why the person is opened: a 現況届 came back. */
export function isReportCode(typed: string): boolean {
  return typed.normalize("NFKC").toUpperCase().trim().startsWith("R");
}

/** @returns undefined where nothing is typed */
export function keysOf(typed: string): SearchBody | undefined {
  const text = typed.normalize("NFKC").trim();
  if (text === "") return undefined;
  const digits = text.replaceAll(/[\s()-]/g, "");
  if (/^\+?\d+$/.test(digits)) {
    if (/^0[1-9]\d{8,9}$/.test(digits) || digits.startsWith("+")) return { phone: digits };
    return digits.length > 10 ? { addresseeNumber: digits } : { recipientNumber: digits };
  }
  return KANA.test(text) ? { kana: text } : { name: text };
}

/** What it is taken for, in words; the words themselves are not repeated. */
export function meaningOf(keys: SearchBody): string {
  if (keys.phone !== undefined) return "電話番号";
  if (keys.addresseeNumber !== undefined) return "宛名番号";
  if (keys.recipientNumber !== undefined) return "認定番号";
  return keys.kana === undefined ? "氏名" : "カナ";
}
