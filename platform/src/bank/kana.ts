import {
  allowedBytes,
  bytesOfCodePoint,
  DAKUTEN,
  HANDAKUTEN,
  halfWidthText,
  type KanaField,
  markFits,
  O,
  packedBytes,
  SPACE,
  WO,
} from "./kana-table.ts";
import { accepted, type BankProblem, bankProblem, type BankResult, refused } from "./problem.ts";
import type { TransferKind } from "./zengin-fields.ts";

/**
 * Kana normalisation (カナ変換): a name in any width and script of kana becomes the half-width bytes that a bank accepts.
 *
 * Steps: spacing marks become combining marks; NFKC; hiragana to katakana, upper case; ガ → ｶ ﾞ; small kana to large;
 * ヰ ヱ to ｲ ｴ, ヲ by option; long vowel and hyphen look-alikes to `-`; ・ to `.`; runs of spaces to one, ends trimmed;
 * anything else is an error that names the character and its place; marks only where a mark can stand; over-long names
 * are cut, never between a kana and its mark, and a warning is set. Kanji are never transliterated: a reading is a fact
 * that only the account holder can give.
 */
export interface KanaOptions {
  /** 種別: `21` allows Latin letters and `( ) - .` in names, `11` neither letters nor symbols. */
  readonly kind: TransferKind;
  /** ヲ: `reject` (default for names: many receiving banks refuse it), `o` writes ｵ, `keep` writes ｦ (default for EDI). */
  readonly wo?: "reject" | "o" | "keep";
  /** Character class; `name` by default. */
  readonly field?: KanaField;
  /** Longest result in bytes: 30 for a name, 20 for EDI, 15 for a bank or branch name unless given. */
  readonly limit?: number;
}

/** Something a person should look at although the text was accepted. */
export interface KanaWarning {
  readonly code: "truncated";
  readonly message: string;
}

/** A text ready for a bank file. */
export interface KanaText {
  /** JIS X 0201 bytes. A text that had to be cut is padded to the limit with spaces, as it stands in the file. */
  readonly bytes: Uint8Array;
  /** The same as half-width characters, without padding. */
  readonly shown: string;
  readonly warnings: readonly KanaWarning[];
}

/** A refused text: which character, and its place counted from 1 in characters as a reader counts them (graphemes). */
export interface KanaProblem extends BankProblem {
  readonly character: string | null;
  readonly position: number | null;
}

/** Character rules made ready for {@link writeKana}. */
export interface KanaRules {
  readonly allowed: Uint8Array;
  readonly woToO: boolean;
}

const DEFAULT_LIMIT: Readonly<Record<KanaField, number>> = { name: 30, edi: 20, bank: 15 };

/** The rules that follow from the options. */
export function kanaRules(options: KanaOptions): KanaRules {
  const field = options.field ?? "name";
  const wo = options.wo ?? (field === "edi" ? "keep" : "reject");
  // The class of bank names never has ｦ; no option opens it there.
  const withWo = wo === "keep" && field !== "bank";
  return { allowed: allowedBytes(options.kind === "11", field, withWo), woToO: wo === "o" };
}

/** Set in the answer of {@link writeKana} when the text was cut. */
export const CUT = 0x1000;

/**
 * Writes `text` into `target` from `start`, at most `limit` bytes, and returns the number of bytes written, plus
 * {@link CUT} when the text was longer. A negative answer `-(i + 1)` refuses the character at UTF-16 index `i`; bytes may
 * then have been written, and the caller throws the record away. No allocation: this is the inner loop of the encoder.
 */
export function writeKana(text: string, rules: KanaRules, target: Uint8Array, start: number, limit: number): number {
  const { allowed, woToO } = rules;
  let used = 0;
  let before = 0;
  let space = false;
  let spaceAt = 0;
  let cut = false;
  for (let index = 0; index < text.length; index += 1) {
    let packed = packedBytes(text.charCodeAt(index));
    let slow: readonly number[] | null = null;
    let width = 1;
    if (packed < 0) {
      const codePoint = text.codePointAt(index) ?? 0;
      slow = bytesOfCodePoint(codePoint);
      if (slow === null) return -(index + 1);
      if (codePoint > 0xffff) width = 2;
    }
    for (let part = 0; slow === null ? packed !== 0 : part < slow.length; part += 1) {
      let byte = slow === null ? packed & 0xff : (slow[part] ?? 0);
      packed >>>= 8;
      if (byte === SPACE) {
        if (!space) spaceAt = index;
        space = before !== 0;
        continue;
      }
      if (woToO && byte === WO) byte = O;
      if (allowed[byte] !== 1) return -(index + 1);
      if (space && allowed[SPACE] !== 1) return -(spaceAt + 1);
      const isMark = byte === DAKUTEN || byte === HANDAKUTEN;
      if (isMark && (space || !markFits(byte, before))) return -(index + 1);
      if (space && !cut) {
        if (used < limit) {
          target[start + used] = SPACE;
          used += 1;
        } else cut = true;
      }
      space = false;
      before = byte;
      if (cut) continue;
      if (used < limit) {
        target[start + used] = byte;
        used += 1;
        continue;
      }
      cut = true;
      // The mark does not fit: its kana alone would be another name, so both go.
      if (isMark) {
        used -= 1;
        target[start + used] = SPACE;
      }
    }
    if (width === 2) index += 1;
  }
  if (!cut) return used;
  if (used > 0 && target[start + used - 1] === SPACE) used -= 1;
  return used | CUT;
}

/** Scratch space for one text; the longest field of the formats has 40 bytes, a caller's limit may be larger. */
const LONGEST = 0xfff;

/**
 * Normalises `text` for a bank file.
 *
 * @returns the bytes and warnings, or a problem: `character` (no place in this field), `mark` (ﾞ or ﾟ after a kana that
 * cannot carry it) or `blank` (nothing left of a name). Any string is accepted as input; nothing is thrown.
 */
export function toZenginKana(text: string, options: KanaOptions): BankResult<KanaText, KanaProblem> {
  const field = options.field ?? "name";
  const limit = Math.min(options.limit ?? DEFAULT_LIMIT[field], LONGEST);
  const scratch = new Uint8Array(limit).fill(SPACE);
  const written = writeKana(text, kanaRules(options), scratch, 0, limit);
  if (written < 0) return refused(kanaProblem(text, -written - 1, options));
  const used = written & ~CUT;
  if (used === 0 && field === "name") {
    const message = "名義カナを変換しましたが、文字がありません。通帳の名義をカナで入力してください。";
    return refused({ ...bankProblem("blank", message), character: null, position: null });
  }
  const cut = (written & CUT) !== 0;
  const shown = halfWidthText(scratch, 0, used);
  return accepted({
    bytes: scratch.slice(0, cut ? limit : used),
    shown,
    warnings: cut ? [cutWarning(limit, shown)] : [],
  });
}

/** The warning for a text that was cut at `limit` bytes. */
export function cutWarning(limit: number, shown: string): KanaWarning {
  return {
    code: "truncated",
    message: `半角${limit}文字を超えるため「${shown}」で切りました。通帳の名義と照らし、この表記で振り込めるか確認してください。`,
  };
}

const MARKS = /[\u3099\u309A\u309B\u309C\uFF9E\uFF9F]/u;

/** Explains the refusal of the character at UTF-16 index `at`. Only run after a refusal: it may be slow. */
export function kanaProblem(text: string, at: number, options: KanaOptions): KanaProblem {
  const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
  let position = 0;
  for (const grapheme of new Intl.Segmenter("ja", { granularity: "grapheme" }).segment(text)) {
    if (grapheme.index > at) break;
    position += 1;
  }
  // ワ゛ typed as one character (ヷ) is a mark in the wrong place as well; ゞ has no bytes at all and is refused as such.
  const isMark = MARKS.test(character.normalize("NFD")) && bytesOfCodePoint(character.codePointAt(0) ?? 0) !== null;
  if (isMark) {
    const message = `カナ変換の${position}文字目「${character}」: 濁点・半濁点がこの文字に付きません。通帳の表記を確認してください。`;
    return { ...bankProblem("mark", message), character, position };
  }
  const where = { name: options.kind === "11" ? "給与振込の名義" : "名義", edi: "EDI情報", bank: "金融機関名・店舗名" }[
    options.field ?? "name"
  ];
  const message = `カナ変換の${position}文字目「${character}」(${codePointName(character)})は${where}に使えません。通帳どおりのカナに直してください。`;
  return { ...bankProblem("character", message), character, position };
}

function codePointName(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}
