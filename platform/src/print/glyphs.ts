/**
 * Whether the print font can draw a name (文字の印字可否). The print engine draws an empty box for a missing character and
 * says nothing, so every text is checked before it is printed, and what must be reduced (縮退) is reported.
 */
import { openSync } from "fontkit";
import type { Font } from "fontkit";

import { printFontFiles } from "./fonts.ts";

/** What is printed in place of a character that the font does not have. */
export const UNPRINTABLE = "〓";

/** One character that cannot be printed as it stands. */
export type Reduction = {
  /** The character with its selector, as it stands in the record */
  readonly character: string;
  /** `U+845B U+E0102` */
  readonly codePoints: string;
  /** What is printed instead: the base character, or 〓 */
  readonly printed: string;
};

export type PrintableText = {
  readonly text: string;
  readonly reductions: readonly Reduction[];
};

export type GlyphCheck = (text: string) => PrintableText;

type VariantRecord = {
  readonly varSelector: number;
  readonly defaultUVS: readonly { readonly startUnicodeValue: number; readonly additionalCount: number }[] | null;
  readonly nonDefaultUVS: readonly { readonly unicodeValue: number }[] | null;
};

/** fontkit keeps the table of variants (cmap format 14) where its types do not show it. */
type WithVariants = Font & {
  readonly _cmapProcessor?: { readonly uvs?: { readonly varSelectors: { toArray: () => readonly VariantRecord[] } } };
};

function isSelector(codePoint: number): boolean {
  return (codePoint >= 0xfe00 && codePoint <= 0xfe0f) || (codePoint >= 0xe0100 && codePoint <= 0xe01ef);
}

/** Base characters by selector. */
function readVariants(font: WithVariants): ReadonlyMap<number, ReadonlySet<number>> {
  const variants = new Map<number, Set<number>>();
  for (const record of font._cmapProcessor?.uvs?.varSelectors.toArray() ?? []) {
    const bases = new Set<number>();
    for (const range of record.defaultUVS ?? []) {
      for (let step = 0; step <= range.additionalCount; step += 1) bases.add(range.startUnicodeValue + step);
    }
    for (const { unicodeValue } of record.nonDefaultUVS ?? []) bases.add(unicodeValue);
    variants.set(record.varSelector, bases);
  }
  return variants;
}

function codePointsOf(text: string): string {
  return Array.from(text, (each) => `U+${(each.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`).join(
    " ",
  );
}

function createCheck(): GlyphCheck {
  const font = openSync(printFontFiles()[0]);
  if (!("characterSet" in font)) throw new Error("the print font is a collection");
  const known = new Set(font.characterSet);
  const variants = readVariants(font);
  return (text) => {
    const reductions: Reduction[] = [];
    let printed = "";
    const characters = Array.from(text);
    for (let index = 0; index < characters.length; index += 1) {
      const base = characters[index] ?? "";
      const codePoint = base.codePointAt(0) ?? 0;
      const next = characters[index + 1] ?? "";
      const selector = next.codePointAt(0) ?? 0;
      const varied = isSelector(selector);
      if (varied) index += 1;
      if (known.has(codePoint) && !isSelector(codePoint)) {
        if (!varied || variants.get(selector)?.has(codePoint) === true) {
          printed += varied ? base + next : base;
          continue;
        }
        printed += base;
        reductions.push({ character: base + next, codePoints: codePointsOf(base + next), printed: base });
        continue;
      }
      const whole = varied ? base + next : base;
      printed += UNPRINTABLE;
      reductions.push({ character: whole, codePoints: codePointsOf(whole), printed: UNPRINTABLE });
    }
    return { text: printed, reductions };
  };
}

let check: GlyphCheck | undefined;

/**
 * The text as it can be printed, and what had to be reduced. A variant that the font does not have becomes its base
 * character; a character that it does not have becomes 〓. Both are always in `reductions`.
 */
export function printable(text: string): PrintableText {
  check ??= createCheck();
  return check(text);
}
