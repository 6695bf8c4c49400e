/**
 * From any character that a name may arrive in to the bytes of JIS X 0201 that stand for it (コード区分 0): half and full
 * width, hiragana and katakana, composed and decomposed marks, small and old kana. What a field may then *contain* is the
 * business of {@link allowedBytes}; here stands only what a character *means*.
 *
 * Source: 全銀協 character tables of the transfer formats. The steps are in `kana.ts`.
 */

/** 濁点 ﾞ as a byte. */
export const DAKUTEN = 0xde;
/** 半濁点 ﾟ as a byte. */
export const HANDAKUTEN = 0xdf;
/** ｦ as a byte. */
export const WO = 0xa6;
/** ｵ as a byte. */
export const O = 0xb5;
/** Space. */
export const SPACE = 0x20;

/** ｱ 0xB1 … ﾝ 0xDD in the order of the code table. */
const KATAKANA = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン";
const SMALL = "ァィゥェォッャュョヮヵヶ";
const LARGE = "アイウエオツヤユヨワカケ";

/** Long vowel and every character that is used as a hyphen; U+FF0D and U+FF70 reach this table through NFKC. */
const HYPHENS = "\u30FC\u2010\u2011\u2012\u2013\u2014\u2015\u2212";

/** One full-width or ASCII character after decomposition → one byte. */
const BYTE = ((): ReadonlyMap<string, number> => {
  const table = new Map<string, number>();
  for (let code = 0x20; code <= 0x7e; code += 1) table.set(String.fromCharCode(code), code);
  for (let code = 0x61; code <= 0x7a; code += 1) table.set(String.fromCharCode(code), code - 0x20);
  Array.from(KATAKANA).forEach((kana, index) => table.set(kana, 0xb1 + index));
  Array.from(SMALL).forEach((kana, index) => table.set(kana, 0xb1 + KATAKANA.indexOf(LARGE.charAt(index))));
  table.set("ヰ", 0xb2).set("ヱ", 0xb4).set("ヲ", WO);
  table.set("\u3099", DAKUTEN).set("\u309A", HANDAKUTEN);
  for (const hyphen of HYPHENS) table.set(hyphen, 0x2d);
  table.set("・", 0x2e).set("「", 0xa2).set("」", 0xa3).set("\u00A5", 0x5c);
  return table;
})();

/** The bytes that one code point stands for, or `null` when it has no place in a bank file (kanji, 、 。 ’ …). */
export function bytesOfCodePoint(codePoint: number): readonly number[] | null {
  // NFKC turns the spacing marks ゛ ゜ into a space plus the mark: make them combining marks first.
  const combining = codePoint === 0x309b ? 0x3099 : codePoint === 0x309c ? 0x309a : codePoint;
  const bytes: number[] = [];
  for (const part of String.fromCodePoint(combining).normalize("NFKD")) {
    const code = part.codePointAt(0) ?? 0;
    // Hiragana U+3041–3096 lie exactly 0x60 below their katakana.
    const byte = BYTE.get(code >= 0x3041 && code <= 0x3096 ? String.fromCharCode(code + 0x60) : part);
    if (byte === undefined) return null;
    bytes.push(byte);
  }
  return bytes;
}

/** Marks a code unit whose meaning has not been looked up yet. */
const UNSEEN = 0;
/** Marks a code unit without a meaning, or one that needs {@link bytesOfCodePoint} (more than three bytes, surrogates). */
const SLOW = -1;

/**
 * Bytes per UTF-16 code unit, packed low byte first, filled as characters are met.
 * `normalize` for every name of a 240,000-line file costs more than all the rest of the file together; a name is
 * written from perhaps 150 different characters, so each is normalised once.
 */
const PACKED = new Int32Array(0x10000);

/** The packed bytes (1 to 3, low byte first, never zero) of a code unit, or -1: ask {@link bytesOfCodePoint}. */
export function packedBytes(codeUnit: number): number {
  const known = PACKED[codeUnit] ?? SLOW;
  if (known !== UNSEEN) return known;
  const isSurrogate = codeUnit >= 0xd800 && codeUnit <= 0xdfff;
  const bytes = isSurrogate ? null : bytesOfCodePoint(codeUnit);
  let packed = SLOW;
  if (bytes !== null && bytes.length > 0 && bytes.length <= 3) {
    packed = bytes.reduce((sum, byte, index) => sum | (byte << (8 * index)), 0);
  }
  PACKED[codeUnit] = packed;
  return packed;
}

/** Field classes with their own character set. */
export type KanaField = "name" | "edi" | "bank";

/**
 * The bytes a field may hold, as a table of 256 flags.
 * - `bank` 金融機関名・店舗名: kana, ﾞ ﾟ, A–Z, 0–9, `-`
 * - `name` 依頼人名・受取人名 (21): the same, space and `( ) .`; for 種別 11 kana, ﾞ ﾟ, digits and space alone
 * - `edi` EDI情報: as `name` (21), ｦ and `\ ｢ ｣ /`
 */
export function allowedBytes(strict: boolean, field: KanaField, withWo: boolean): Uint8Array {
  const flags = new Uint8Array(256);
  flags.fill(1, 0xb1, 0xdf + 1);
  flags.fill(1, 0x30, 0x39 + 1);
  if (field === "bank" || field === "edi" || !strict) {
    flags.fill(1, 0x41, 0x5a + 1);
    flags[0x2d] = 1;
  }
  if (field !== "bank") flags[SPACE] = 1;
  if (field === "edi" || (field === "name" && !strict)) for (const byte of [0x28, 0x29, 0x2e]) flags[byte] = 1;
  if (field === "edi") for (const byte of [0x5c, 0xa2, 0xa3, 0x2f]) flags[byte] = 1;
  if (withWo) flags[WO] = 1;
  return flags;
}

/** Whether a ﾞ or ﾟ may stand after the byte `before`: ﾞ after ｳ, ｶ–ﾄ, ﾊ–ﾎ; ﾟ after ﾊ–ﾎ. */
export function markFits(mark: number, before: number): boolean {
  if (before >= 0xca && before <= 0xce) return true;
  return mark === DAKUTEN && (before === 0xb3 || (before >= 0xb6 && before <= 0xc4));
}

/** Half-width text of JIS X 0201 bytes: U+FF61–U+FF9F lie exactly 0xFEC0 above their byte, all else is ASCII. */
export function halfWidthText(bytes: Uint8Array, from = 0, to = bytes.length): string {
  let text = "";
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at] ?? 0;
    text += String.fromCharCode(byte >= 0xa1 ? byte + 0xfec0 : byte);
  }
  return text;
}
