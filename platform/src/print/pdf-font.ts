/** A typeface inside one PDF: the characters that were used get codes of their own, and only their outlines go into the file. */
import { createHash } from "node:crypto";

import { charactersOf, openTypeface } from "./typeface.ts";
import type { Glyph } from "./typeface.ts";

/** Text as it stands in a page: codes of two bytes in hexadecimal, and its width in thousandths of the type size. */
export type EncodedText = { readonly codes: string; readonly width: number };

/** The objects of a font, to be numbered by who writes them: `reference(i)` gives the i-th one's name. */
export type FontObject = { readonly head: string; readonly stream: Uint8Array | null };

export type PdfFont = {
  /** @throws TypeError for a character without a glyph: nothing is ever printed as an empty box */
  readonly encode: (text: string) => EncodedText;
  /** The font's objects, the first of them the one that pages name. */
  readonly objects: (reference: (index: number) => string) => readonly FontObject[];
};

/** fontkit's types give a truth value where its code gives the number of the glyph in the subset. */
type Subset = { readonly includeGlyph: (id: number) => number; readonly encode: () => Uint8Array };

const hex4 = (value: number): string => value.toString(16).toUpperCase().padStart(4, "0");

function utf16(text: string): string {
  return Buffer.from(text, "utf16le").swap16().toString("hex").toUpperCase();
}

/** Code → text, so that a reader can copy and search. A table holds at most 100 lines (Adobe Technical Note 5411). */
function toUnicode(characters: readonly string[]): string {
  const lines = characters.map((character, index) => `<${hex4(index + 1)}> <${utf16(character)}>`);
  const blocks: string[] = [];
  for (let at = 0; at < lines.length; at += 100) {
    const block = lines.slice(at, at + 100);
    blocks.push(`${block.length} beginbfchar\n${block.join("\n")}\nendbfchar`);
  }
  return [
    "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap",
    "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
    "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def",
    "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange",
    ...blocks,
    "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend",
  ].join("\n");
}

/** Six letters before the name mark a subset (ISO 32000-2, 9.9.2); from its content, so that equal files stay equal. */
function subsetTag(outlines: Uint8Array): string {
  const digest = createHash("sha256").update(outlines).digest();
  return String.fromCharCode(...digest.subarray(0, 6).map((byte) => 65 + (byte % 26)));
}

/** Opens a typeface for one PDF. @param path a TrueType file */
export function openPdfFont(path: string): PdfFont {
  const { font, glyphOf } = openTypeface(path);
  const codes = new Map<string, { readonly code: string; readonly glyph: Glyph }>();
  const use = (character: string): { readonly code: string; readonly glyph: Glyph } => {
    const glyph = glyphOf(character);
    if (glyph === undefined) {
      throw new TypeError(`no glyph for a character (${utf16(character)}); check the text with printable() first`);
    }
    // A code per character, not per glyph: a variant that looks like its base still comes back as what it was.
    const entry = { code: hex4(codes.size + 1), glyph };
    codes.set(character, entry);
    return entry;
  };
  const encode = (text: string): EncodedText => {
    let encoded = "";
    let width = 0;
    for (const character of charactersOf(text)) {
      const { code, glyph } = codes.get(character) ?? use(character);
      encoded += code;
      width += glyph.advance;
    }
    return { codes: encoded, width };
  };
  const objects = (reference: (index: number) => string): readonly FontObject[] => {
    const subset = font.createSubset() as unknown as Subset;
    const used = [...codes.values()];
    const map = Buffer.alloc((used.length + 1) * 2);
    used.forEach(({ glyph }, index) => map.writeUInt16BE(subset.includeGlyph(glyph.id), (index + 1) * 2));
    const outlines = subset.encode();
    const name = `${subsetTag(outlines)}+${font.postscriptName}`;
    const scale = 1000 / font.unitsPerEm;
    const scaled = (value: number): number => Math.round(value * scale);
    const { minX, minY, maxX, maxY } = font.bbox;
    const box = [minX, minY, maxX, maxY].map(scaled).join(" ");
    const widths = used.map(({ glyph }) => String(Math.round(glyph.advance))).join(" ");
    return [
      {
        head: `/Type /Font /Subtype /Type0 /BaseFont /${name} /Encoding /Identity-H /DescendantFonts [${reference(1)}] /ToUnicode ${reference(2)}`,
        stream: null,
      },
      {
        head: `/Type /Font /Subtype /CIDFontType2 /BaseFont /${name} /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor ${reference(3)} /DW 1000 /W [1 [${widths}]] /CIDToGIDMap ${reference(4)}`,
        stream: null,
      },
      { head: "", stream: Buffer.from(toUnicode([...codes.keys()]), "latin1") },
      {
        head: `/Type /FontDescriptor /FontName /${name} /Flags 4 /FontBBox [${box}] /ItalicAngle 0 /Ascent ${scaled(font.ascent)} /Descent ${scaled(font.descent)} /CapHeight ${scaled(font.capHeight)} /StemV 80 /FontFile2 ${reference(5)}`,
        stream: null,
      },
      { head: "", stream: map },
      { head: `/Length1 ${outlines.length}`, stream: outlines },
    ];
  };
  return { encode, objects };
}
