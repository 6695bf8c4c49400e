/**
 * 個人番号 in memory: a wrapped value that never prints. Whatever shows it by mistake (a template, JSON, `inspect`, a log
 * line) gets the words 個人番号（非表示). The digits lie in a buffer that can be overwritten, never in a text that cannot.
 */
import { timingSafeEqual } from "node:crypto";
import { inspect } from "node:util";
import { isIndividualNumber } from "@hagukumi/platform/text/check-digits.ts";

import { refusal } from "../refusal.ts";

const HIDDEN = "個人番号（非表示）";
const LENGTH = 12;
const WIDE_ZERO = 0xff10;

export class IndividualNumber {
  readonly #digits: Buffer;

  private constructor(digits: Buffer) {
    this.#digits = digits;
  }

  /**
   * Reads what a person typed: half or full width, with blanks or hyphens between groups of four.
   *
   * @throws Refusal `numberInvalid` unless it is twelve digits with the right check digit (平成26年総務省令第85号 第5条),
   *   not all the same. The refusal does not repeat what was typed.
   */
  static read(text: string): IndividualNumber {
    const plain = text
      .trim()
      .replaceAll(/[\uFF10-\uFF19]/g, (wide) => String(wide.charCodeAt(0) - WIDE_ZERO))
      .replaceAll(/[-\s\u3000\u2010-\u2015\u2212\uFF0D]/g, "");
    if (!isIndividualNumber(plain)) throw refusal("numberInvalid");
    return new IndividualNumber(Buffer.from(plain, "latin1"));
  }

  /** From the twelve bytes that decryption gave; undefined where they are no number. Takes over the buffer. */
  static fromBytes(bytes: Buffer): IndividualNumber | undefined {
    return bytes.length === LENGTH && isIndividualNumber(bytes.toString("latin1"))
      ? new IndividualNumber(bytes)
      : undefined;
  }

  /** The digits themselves. A test lists the few places that may call this. */
  exposeDigits(): string {
    return this.#digits.toString("latin1");
  }

  /** The twelve bytes, for cipher and index. Not a copy. */
  exposeBytes(): Buffer {
    return this.#digits;
  }

  /** Compares without telling by time where the two differ. */
  equals(other: IndividualNumber): boolean {
    return timingSafeEqual(this.#digits, other.#digits);
  }

  /** Overwrites the digits; afterwards the value is worthless. */
  wipe(): void {
    this.#digits.fill(0);
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [Symbol.toPrimitive](): string {
    return HIDDEN;
  }

  [inspect.custom](): string {
    return HIDDEN;
  }
}
