import iconv from "iconv-lite";

/**
 * Characters of names (文字): counted as readers count them, cut without tearing a variant apart, and sent to systems that
 * know JIS/CP932 alone without ever losing one silently.
 *
 * A variant (異体字, MJ+) is a base character and a selector U+E0100–U+E01EF: three UTF-16 units, two code points, one
 * character. `length`, `slice` and `[...text]` all see something else, so they are not used on names. Nor is
 * `normalize()`: it would turn 神 U+FA19 into 神 U+795E, which is another entry of the family register.
 */

const segmenter = new Intl.Segmenter("ja", { granularity: "grapheme" });

/** The characters of `text` as a reader sees them. */
export function graphemes(text: string): readonly string[] {
  return Array.from(segmenter.segment(text), (each) => each.segment);
}

/** Number of characters as a reader sees them. */
export function countGraphemes(text: string): number {
  let count = 0;
  for (const _ of segmenter.segment(text)) count += 1;
  return count;
}

/** A text that was shortened to fit a field. */
export interface CutText {
  readonly text: string;
  /** Whether something was left out; then a person must know. */
  readonly cut: boolean;
}

/** The first `limit` characters; a variant keeps its selector, a kana its mark, or both go. */
export function cutGraphemes(text: string, limit: number): CutText {
  let count = 0;
  for (const { index } of segmenter.segment(text)) {
    if (count === limit) return { text: text.slice(0, index), cut: true };
    count += 1;
  }
  return { text, cut: false };
}

/** The first characters that fit into `limit` bytes of UTF-8. */
export function cutUtf8(text: string, limit: number): CutText {
  let bytes = 0;
  for (const { index, segment } of segmenter.segment(text)) {
    bytes += Buffer.byteLength(segment, "utf8");
    if (bytes > limit) return { text: text.slice(0, index), cut: true };
  }
  return { text, cut: false };
}

/**
 * The same character under two code points: Unicode's JIS mapping on the left, Microsoft's CP932 on the right. Without
 * this step `〜` and `−` would become `?`.
 */
const TO_CP932: Readonly<Record<string, string>> = {
  "\u301C": "\uFF5E", // 〜 → ～
  "\u2212": "\uFF0D", // − → －
  "\u2016": "\u2225", // ‖ → ∥
  "\u2014": "\u2015", // — → ―
};

/** A character that CP932 does not have. */
export interface UnsendableCharacter {
  /** The character as a reader sees it, with its selector. */
  readonly character: string;
  /** Place in the text, counted from 1 in characters. */
  readonly position: number;
}

/** Either the bytes of the whole text or every character that stands in the way. */
export type Cp932Result =
  | { readonly ok: true; readonly bytes: Buffer }
  | {
      readonly ok: false;
      readonly code: "unsendable";
      /** Japanese: which characters, where, and what to do. */
      readonly message: string;
      readonly characters: readonly UnsendableCharacter[];
    };

/**
 * Encodes one character, or answers `null`. The test is the way back: iconv-lite writes `?` for what it does not know
 * and `\` for ¥, without a word, so a byte counts only when it decodes to the character it came from.
 */
function cp932OfGrapheme(grapheme: string): Buffer | null {
  const mapped = TO_CP932[grapheme] ?? grapheme;
  const bytes = iconv.encode(mapped, "cp932");
  return iconv.decode(bytes, "cp932") === mapped ? bytes : null;
}

/**
 * Encodes `text` as CP932 (Windows-31J; 髙 is FBFC as Windows writes it, not the NEC code EEE0). Never a silent `?`:
 * variants with a selector, 𠮷, 鷗 and the like are reported with their places, and a person chooses the reduced form.
 */
export function toCp932(text: string): Cp932Result {
  const parts: Buffer[] = [];
  const characters: UnsendableCharacter[] = [];
  let position = 0;
  for (const { segment } of segmenter.segment(text)) {
    position += 1;
    const bytes = cp932OfGrapheme(segment);
    if (bytes === null) characters.push({ character: segment, position });
    else parts.push(bytes);
  }
  if (characters.length === 0) return { ok: true, bytes: Buffer.concat(parts) };
  const list = characters.map((each) => `${each.position}文字目「${each.character}」`).join("、");
  const message = `シフトJIS(CP932)に変換しようとしましたが、${list}は送れない文字です。縮退した字に置き換えてください。`;
  return { ok: false, code: "unsendable", message, characters };
}

/** Decodes CP932 bytes, or `null` when they are not CP932 (a byte that stands for nothing). */
export function fromCp932(bytes: Uint8Array): string | null {
  const text = iconv.decode(Buffer.from(bytes), "cp932");
  return text.includes("\uFFFD") ? null : text;
}
