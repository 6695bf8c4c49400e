/**
 * Whether the print font can draw a name (文字の印字可否). The print engine draws an empty box for a missing character and
 * says nothing, so every text is checked before it is printed, and what must be reduced (縮退) is reported.
 */
import { printFontFiles } from "./fonts.ts";
import { charactersOf, isSelector, openTypeface } from "./typeface.ts";

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

function codePointsOf(text: string): string {
  return Array.from(text, (each) => `U+${(each.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`).join(
    " ",
  );
}

const NONE: readonly Reduction[] = [];

/** What is printed for a character that the font has not in this form. */
function reduced(character: string): string {
  const base = String.fromCodePoint(character.codePointAt(0) ?? 0);
  if (isSelector(base.codePointAt(0) ?? 0)) return UNPRINTABLE;
  return openTypeface(printFontFiles()[0]).glyphOf(base) === undefined ? UNPRINTABLE : base;
}

/**
 * The text as it can be printed, and what had to be reduced. A variant that the font does not have becomes its base
 * character; a character that it does not have becomes 〓. Both are always in `reductions`.
 */
export function printable(text: string): PrintableText {
  const typeface = openTypeface(printFontFiles()[0]);
  const characters = charactersOf(text);
  if (characters.every((each) => typeface.glyphOf(each) !== undefined)) return { text, reductions: NONE };
  const reductions: Reduction[] = [];
  const printed = characters.map((character) => {
    if (typeface.glyphOf(character) !== undefined) return character;
    const instead = reduced(character);
    reductions.push({ character, codePoints: codePointsOf(character), printed: instead });
    return instead;
  });
  return { text: printed.join(""), reductions };
}

/** Width of a text in the print font, regular, in thousandths of the type size. What it cannot draw counts as 〓. */
export function printedWidth(text: string): number {
  const typeface = openTypeface(printFontFiles()[0]);
  let width = 0;
  for (const character of charactersOf(text)) width += typeface.glyphOf(character)?.advance ?? 1000;
  return width;
}
