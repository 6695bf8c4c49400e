/**
 * Whether the print font can draw a name (文字の印字可否). The print engine draws an empty box for a missing character and
 * says nothing, so every text is checked before it is printed, and what must be reduced (縮退) is reported.
 */
import { type CharacterSet, replaceCharacter, UNKNOWN_CHARACTER } from "../text/mj/reduce.ts";
import { printFontFiles } from "./fonts.ts";
import { charactersOf, openTypeface } from "./typeface.ts";

/** What is printed in place of a character that neither the font nor the map of reductions knows. */
export const UNPRINTABLE = UNKNOWN_CHARACTER;

/** One character that cannot be printed as it stands. */
export type Reduction = {
  /** The character with its selector, as it stands in the record */
  readonly character: string;
  /** `U+845B U+E0102` */
  readonly codePoints: string;
  /** What is printed instead: the base character, the form of MJ縮退マップ, or 〓 */
  readonly printed: string;
  /** Japanese: why that form */
  readonly source: string;
};

export type PrintableText = {
  readonly text: string;
  readonly reductions: readonly Reduction[];
};

const NONE: readonly Reduction[] = [];

/** The characters that the print font can draw. */
export const PRINT_CHARACTERS: CharacterSet = {
  name: "印刷の書体",
  has: (character) => openTypeface(printFontFiles()[0]).glyphOf(character) !== undefined,
};

/**
 * The text as it can be printed, and what had to be reduced. A variant that the font does not have becomes its base
 * character; a character that it does not have the form that MJ縮退マップ names, else 〓. All are in `reductions`.
 *
 * @param identified 同定 of the city (its own characters → what they are), asked first
 */
export function printable(text: string, identified?: ReadonlyMap<string, string>): PrintableText {
  const typeface = openTypeface(printFontFiles()[0]);
  const characters = charactersOf(text);
  if (characters.every((each) => typeface.glyphOf(each) !== undefined)) return { text, reductions: NONE };
  const reductions: Reduction[] = [];
  const printed = characters.map((character) => {
    if (typeface.glyphOf(character) !== undefined) return character;
    const { codePoints, to, source } = replaceCharacter(character, PRINT_CHARACTERS, 1, identified);
    reductions.push({ character, codePoints, printed: to, source });
    return to;
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
