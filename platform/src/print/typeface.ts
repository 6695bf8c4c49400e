/**
 * What a TrueType file says about its characters: which it has, which variants (異体字セレクタ), how wide they are. Read once
 * per file and kept: the tables of 17,000 characters do not change while a process lives.
 */
import { openSync } from "fontkit";
import type { Font } from "fontkit";

type VariantRecord = {
  readonly varSelector: number;
  readonly defaultUVS: readonly { readonly startUnicodeValue: number; readonly additionalCount: number }[] | null;
  readonly nonDefaultUVS: readonly { readonly unicodeValue: number; readonly glyphID: number }[] | null;
};

/** fontkit keeps the table of variants (cmap format 14) where its types do not show it. */
type WithVariants = Font & {
  readonly _cmapProcessor?: { readonly uvs?: { readonly varSelectors: { toArray: () => readonly VariantRecord[] } } };
};

/** A drawn form and how far it moves the pen, in thousandths of the type size. */
export type Glyph = { readonly id: number; readonly advance: number };

export type Typeface = {
  readonly font: Font;
  /** The glyph of a character, with its selector where it has one; undefined where the file has no such form. */
  readonly glyphOf: (character: string) => Glyph | undefined;
};

/** Whether the code point chooses a variant of the character before it and draws nothing itself. */
export function isSelector(codePoint: number): boolean {
  return (codePoint >= 0xfe00 && codePoint <= 0xfe0f) || (codePoint >= 0xe0100 && codePoint <= 0xe01ef);
}

/** The characters of a text, each together with its selector. A selector that follows none stays alone. */
export function charactersOf(text: string): readonly string[] {
  const characters: string[] = [];
  let joins = false;
  for (const each of text) {
    const selector = isSelector(each.codePointAt(0) ?? 0);
    if (selector && joins) characters.push((characters.pop() ?? "") + each);
    else characters.push(each);
    joins = !selector;
  }
  return characters;
}

/** Glyph by base character, by selector; 0 stands for the form that the character has anyway. */
function readVariants(font: WithVariants): ReadonlyMap<number, ReadonlyMap<number, number>> {
  const variants = new Map<number, Map<number, number>>();
  for (const record of font._cmapProcessor?.uvs?.varSelectors.toArray() ?? []) {
    const glyphs = new Map<number, number>();
    for (const range of record.defaultUVS ?? []) {
      for (let step = 0; step <= range.additionalCount; step += 1) glyphs.set(range.startUnicodeValue + step, 0);
    }
    for (const { unicodeValue, glyphID } of record.nonDefaultUVS ?? []) glyphs.set(unicodeValue, glyphID);
    variants.set(record.varSelector, glyphs);
  }
  return variants;
}

function createTypeface(path: string): Typeface {
  const font = openSync(path);
  if (!("characterSet" in font)) throw new Error(`${path} is a collection of fonts`);
  const known = new Set(font.characterSet);
  const variants = readVariants(font);
  const scale = 1000 / font.unitsPerEm;
  const find = (character: string): Glyph | undefined => {
    const base = character.codePointAt(0) ?? 0;
    if (!known.has(base) || isSelector(base)) return undefined;
    const rest = character.slice(base > 0xffff ? 2 : 1);
    const plain = font.glyphForCodePoint(base);
    if (rest === "") return { id: plain.id, advance: plain.advanceWidth * scale };
    const variant = variants.get(rest.codePointAt(0) ?? 0)?.get(base);
    if (variant === undefined) return undefined;
    const glyph = variant === 0 ? plain : font.getGlyph(variant);
    return { id: glyph.id, advance: glyph.advanceWidth * scale };
  };
  const seen = new Map<string, Glyph | undefined>();
  return {
    font,
    glyphOf: (character) => {
      const before = seen.get(character);
      if (before !== undefined || seen.has(character)) return before;
      const glyph = find(character);
      seen.set(character, glyph);
      return glyph;
    },
  };
}

const typefaces = new Map<string, Typeface>();

/** @param path a TrueType file; @throws Error when it is a collection or cannot be read */
export function openTypeface(path: string): Typeface {
  const open = typefaces.get(path) ?? createTypeface(path);
  typefaces.set(path, open);
  return open;
}
