import { allowedBytes, DAKUTEN, HANDAKUTEN, halfWidthText, type KanaField, markFits, SPACE } from "./kana-table.ts";
import { type BankProblem, type BankProblemCode, bankProblem } from "./problem.ts";
import type { TransferOptions } from "./transfer.ts";
import type { FieldLayout, TransferKind } from "./zengin-fields.ts";

/**
 * Reads the fields of one record, strictly: digits where digits belong, the characters of the field's class, spaces
 * where the format has none but spaces. The first problem is kept and later answers no longer matter.
 */
export class RecordReader {
  problem: BankProblem | null = null;
  private readonly bytes: Buffer;
  private readonly allowed: Readonly<Record<KanaField, Uint8Array>>;
  private start = 0;
  private number = 0;

  constructor(bytes: Buffer, kind: TransferKind, options: TransferOptions) {
    this.bytes = bytes;
    const strict = kind === "11";
    this.allowed = {
      name: allowedBytes(strict, "name", options.wo === "keep"),
      bank: allowedBytes(strict, "bank", false),
      edi: allowedBytes(strict, "edi", true),
    };
  }

  /** Moves to the record that starts at byte `start`; `number` counts records from 1. */
  open(start: number, number: number): void {
    this.start = start;
    this.number = number;
  }

  /** Keeps the first problem. */
  refuse(code: BankProblemCode, message: string, field: string | null): void {
    this.problem ??= bankProblem(code, `${this.number}レコード目: ${message}`, this.number, field);
  }

  private text(layout: FieldLayout): string {
    const from = this.start + layout.offset;
    return this.bytes.toString("latin1", from, from + layout.length);
  }

  /** A field of digits, as it stands. */
  digits(layout: FieldLayout, field: string): string {
    const from = this.start + layout.offset;
    for (let at = from; at < from + layout.length; at += 1) {
      const byte = this.bytes[at] ?? 0;
      if (byte < 0x30 || byte > 0x39) {
        this.refuse("numeric", `${layout.item}に数字以外があります。元のファイルを取り直してください。`, field);
        return "";
      }
    }
    return this.text(layout);
  }

  /** A field of digits that may also be left blank; blank reads as the empty text. */
  digitsOrBlank(layout: FieldLayout, field: string): string {
    return this.isBlank(layout) ? "" : this.digits(layout, field);
  }

  /** Whether the field holds spaces alone. */
  isBlank(layout: FieldLayout): boolean {
    const from = this.start + layout.offset;
    for (let at = from; at < from + layout.length; at += 1) if (this.bytes[at] !== SPACE) return false;
    return true;
  }

  /** One byte as text. */
  byte(layout: FieldLayout): string {
    return this.text(layout);
  }

  /** Text of a class without its padding. Leading and double spaces are never written, so they are refused. */
  kana(layout: FieldLayout, className: KanaField, field: string): string {
    const from = this.start + layout.offset;
    let to = from + layout.length;
    while (to > from && this.bytes[to - 1] === SPACE) to -= 1;
    const allowed = this.allowed[className];
    let before = SPACE;
    for (let at = from; at < to; at += 1) {
      const byte = this.bytes[at] ?? 0;
      if (byte === SPACE && before === SPACE) {
        this.refuse(
          "spacing",
          `${layout.item}の先頭または途中に余分な空白があります。元のファイルを取り直してください。`,
          field,
        );
        return "";
      }
      if (allowed[byte] !== 1) {
        const place = at - from + 1;
        this.refuse(
          "character",
          `${layout.item}の${place}文字目(0x${hex(byte)})は使えない文字です。元のファイルを取り直してください。`,
          field,
        );
        return "";
      }
      if ((byte === DAKUTEN || byte === HANDAKUTEN) && !markFits(byte, before)) {
        this.refuse("mark", `${layout.item}の${at - from + 1}文字目の濁点・半濁点が前の文字に付きません。`, field);
        return "";
      }
      before = byte;
    }
    return halfWidthText(this.bytes, from, to);
  }

  /** ダミー: spaces alone. */
  reserved(layout: FieldLayout): void {
    if (this.isBlank(layout)) return;
    this.refuse("reserved", "ダミー欄に空白以外があります。元のファイルを取り直してください。", "reserved");
  }
}

function hex(byte: number): string {
  return byte.toString(16).toUpperCase().padStart(2, "0");
}
