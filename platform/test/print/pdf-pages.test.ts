import { create } from "fontkit";
import type { Font } from "fontkit";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inflateSync } from "node:zlib";

import { printFontFiles } from "../../src/print/fonts.ts";
import { printable, printedWidth } from "../../src/print/glyphs.ts";
import { writePdfPages } from "../../src/print/pdf-pages.ts";
import type { Drawing, PdfPages, PlacedText } from "../../src/print/pdf-pages.ts";
import { openTypeface } from "../../src/print/typeface.ts";
import { pdfText } from "../support/pdf-text.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hagukumi-pages-"));
});
afterAll(async () => await rm(folder, { recursive: true, force: true }));

const OPTIONS = { title: "一覧 架空市", width: 297, height: 210, ink: [0, 0, 0] } as const;
const NAMES = "葛\u{E0100}城 葛城 辻\u{E0100} 𠮷田 髙﨑 ｶﾞｰ 0123456789,〜";

const text = (value: string, more: Partial<PlacedText> = {}): Drawing => ({
  texts: [{ text: value, x: 20, y: 30, size: 7.5, ...more }],
  rules: [{ x1: 10, x2: 287, y: 31, weight: 0.3, colour: [0.5, 0.5, 0.5] }],
});

async function write(name: string, work: (pdf: PdfPages) => Promise<void>): Promise<Buffer> {
  const path = join(folder, name);
  await writePdfPages(path, OPTIONS, work);
  return await readFile(path);
}

/** The object with this number, its stream unpacked. */
function objectOf(pdf: Buffer, id: number): { readonly head: string; readonly stream: Buffer } {
  const latin = pdf.toString("latin1");
  const start = latin.indexOf(`\n${id} 0 obj\n`) + 1;
  const head = latin.slice(start, latin.indexOf("endobj", start));
  const length = Number(/\/Length (\d+)/.exec(head)?.[1] ?? 0);
  const at = latin.indexOf("stream\n", start) + 7;
  return { head, stream: length === 0 ? Buffer.alloc(0) : inflateSync(pdf.subarray(at, at + length)) };
}

const referred = (head: string, key: string): number => Number(new RegExp(`/${key} \\[?(\\d+) 0 R`).exec(head)?.[1]);

async function drawTwice(pdf: PdfPages): Promise<void> {
  const place = pdf.reserve();
  pdf.fill(place, text("1"));
  pdf.fill(place, text("2"));
}

async function setRight(pdf: PdfPages): Promise<void> {
  await pdf.page(text("40,000", { x: 100, align: "right", size: 10 }), []);
}

describe("pages drawn text by text", () => {
  it("a character without a glyph is refused, never an empty box; no file is left", async () => {
    await expect(write("tofu.pdf", async (pdf) => await pdf.page(text("𰻞"), []))).rejects.toThrow(TypeError);
    await expect(write("variant.pdf", async (pdf) => await pdf.page(text("葛\u{E0110}"), []))).rejects.toThrow(
      TypeError,
    );
    expect(await readdir(folder)).toStrictEqual([]);
  });

  it("what was reserved and never drawn, drawn twice, or a file without pages: refused, no file is left", async () => {
    await expect(write("reserved.pdf", async (pdf) => await pdf.page(text("1"), [pdf.reserve()]))).rejects.toThrow(
      /never drawn/,
    );
    await expect(write("twice.pdf", drawTwice)).rejects.toThrow(/written before/);
    await expect(write("empty.pdf", async () => {})).rejects.toThrow(/at least one page/);
    expect(await readdir(folder)).toStrictEqual([]);
  });

  it("the text comes back as it went in, variants, marks and all, also what was drawn last on every page", async () => {
    const pdf = await write("names.pdf", async (pages) => {
      const total = pages.reserve();
      const heading = pages.share(text("支払対象者一覧", { bold: true }));
      for (let page = 1; page <= 130; page += 1) await pages.page(text(`${NAMES}（${page}）`), [heading, total]);
      pages.fill(total, text(" / 130 頁"));
    });
    const read = pdfText(pdf);
    for (const expected of [`${NAMES}（1）`, `${NAMES}（130）`, "支払対象者一覧", " / 130 頁"])
      expect(read).toContain(expected);
    expect(pdf.toString("latin1").match(/\/Type \/Page /g)).toHaveLength(130);
    expect((await stat(join(folder, "names.pdf"))).mode & 0o777).toBe(0o600);
    await rm(join(folder, "names.pdf"));
  });

  it("every object lies where the cross-reference table says", async () => {
    const pdf = await write("xref.pdf", async (pages) => await pages.page(text(NAMES), []));
    const latin = pdf.toString("latin1");
    const start = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(latin)?.[1]);
    const rows = [...latin.slice(start).matchAll(/^(\d{10}) 00000 n $/gm)];
    expect(latin.slice(start, start + 5)).toBe("xref\n");
    expect(rows.length).toBeGreaterThan(10);
    rows.forEach(([, offset], index) => {
      const at = Number(offset);
      expect(latin.slice(at, at + 20)).toMatch(new RegExp(`^${index + 1} 0 obj\n`));
    });
  });

  it("the outlines in the file are those of the typeface, for every character", async () => {
    const pdf = await write("outlines.pdf", async (pages) => await pages.page(text(NAMES), []));
    const latin = pdf.toString("latin1");
    const font = objectOf(pdf, Number(/\/F0 (\d+) 0 R/.exec(latin)?.[1]));
    const codes = [
      ...objectOf(pdf, referred(font.head, "ToUnicode"))
        .stream.toString()
        .matchAll(/^<(?!0000)(....)> <([^>]+)>$/gm),
    ];
    const cid = objectOf(pdf, referred(font.head, "DescendantFonts"));
    const map = objectOf(pdf, referred(cid.head, "CIDToGIDMap")).stream;
    const descriptor = objectOf(pdf, referred(cid.head, "FontDescriptor"));
    const embedded = create(objectOf(pdf, referred(descriptor.head, "FontFile2")).stream) as Font;
    const widths = (/\/W \[1 \[([^\]]*)\]/.exec(cid.head)?.[1] ?? "").split(" ").map(Number);
    const typeface = openTypeface(printFontFiles()[0]);
    // 葛󠄀 城 space 葛 辻󠄀 𠮷 田 髙 﨑 ｶ ﾞ ｰ, ten digits, comma and 〜
    expect(codes).toHaveLength(12 + 10 + 2);
    for (const [, code = "", unicode = ""] of codes) {
      const character = Buffer.from(unicode, "hex").swap16().toString("utf16le");
      const original = typeface.glyphOf(character);
      if (original === undefined) throw new Error(`${character} is not in the typeface`);
      const glyph = embedded.getGlyph(map.readUInt16BE(parseInt(code, 16) * 2));
      expect(glyph.path.toSVG(), character).toBe(typeface.font.getGlyph(original.id).path.toSVG());
      expect(widths[parseInt(code, 16) - 1], character).toBe(original.advance);
    }
    // 葛 with its selector is another form than 葛: both are in the file.
    expect(typeface.glyphOf("葛\u{E0100}")?.id).not.toBe(typeface.glyphOf("葛")?.id);
  });

  it("a text set to the right ends where it should; the same pages give the same bytes", async () => {
    const pdf = await write("right.pdf", setRight);
    // x = 100 mm − width: printedWidth/1000 × 10 pt; 100 mm = 283.465 pt
    const left = 283.465 - (printedWidth("40,000") / 1000) * 10;
    const stream = objectOf(pdf, Number(/\/Contents (\d+) 0 R/.exec(pdf.toString("latin1"))?.[1])).stream.toString();
    expect(Number(/1 0 0 1 ([\d.]+) [\d.]+ Tm/.exec(stream)?.[1])).toBeCloseTo(left, 2);
    expect((await write("again.pdf", setRight)).equals(pdf)).toBe(true);
  });
});

describe("printable text", () => {
  it("what `printable` lets through has a glyph in both weights", () => {
    const candidates = ["𰻞葛\u{E0110}\u{E0100}\u{E0100}", "\n\t\u2028\u0000", NAMES, "〓"];
    for (const path of printFontFiles()) {
      const typeface = openTypeface(path);
      for (const each of candidates.flatMap((candidate) =>
        Array.from(printable(candidate).text.replaceAll(/[\uDB40][\uDD00-\uDDEF]/g, "")),
      ))
        expect(typeface.glyphOf(each), each).toBeDefined();
    }
  });
});
