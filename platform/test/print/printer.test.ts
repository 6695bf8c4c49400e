import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { printable } from "../../src/print/glyphs.ts";
import { withPrinter } from "../../src/print/printer.ts";
import { pdfText } from "../support/pdf-text.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hagukumi-print-"));
});
afterAll(async () => await rm(folder, { recursive: true, force: true }));

const TEMPLATE = `#let d = json(bytes(sys.inputs.data))
#set text(font: "Noto Serif JP", lang: "ja")
#d.name`;

describe("printing", () => {
  it("a broken template, a path that cannot be written: refused, no file", async () => {
    await withPrinter(async ({ print }) => {
      const path = join(folder, "broken.pdf");
      await expect(print({ template: "#nope(", data: {}, path, tagged: true })).rejects.toMatchObject({
        code: "printFailed",
      });
      const nowhere = join(folder, "missing", "x.pdf");
      await expect(
        print({ template: TEMPLATE, data: { name: "架空" }, path: nowhere, tagged: true }),
      ).rejects.toMatchObject({
        code: "printFailed",
      });
      // The process is still good for the next one.
      expect(await print({ template: TEMPLATE, data: { name: "架空" }, path: null, tagged: false })).toMatchObject({
        pages: 1,
      });
    });
    expect(await readdir(folder)).toStrictEqual([]);
  });

  it("an aborted print ends at once with `cancelled`", async () => {
    const abort = new AbortController();

    const printing = withPrinter(
      async ({ print }) => {
        setTimeout(() => abort.abort(), 300);
        return await print({ template: "#for i in range(100000000) [x]", data: {}, path: null, tagged: false });
      },
      { signal: abort.signal },
    );
    await expect(printing).rejects.toMatchObject({ code: "cancelled" });
  });

  it("data stay data, and variants come back as they went in", async () => {
    const name = '葛\u{E0100}城 辻\u{E0100} 𠮷田 髙﨑 ｶﾞ #read("/etc/passwd") $x$ *y*';
    const path = join(folder, "names.pdf");
    const file = await withPrinter(
      async ({ print }) => await print({ template: TEMPLATE, data: { name }, path, tagged: true }),
    );
    const bytes = await readFile(path);
    expect(file).toMatchObject({ pages: 1, bytes: bytes.length });
    expect(pdfText(bytes)).toContain(name);
  });
});

describe("the check of characters", () => {
  it("reduces what the font does not have and says so", () => {
    expect(printable("葛\u{E0110}")).toStrictEqual({
      text: "葛",
      reductions: [{ character: "葛\u{E0110}", codePoints: "U+845B U+E0110", printed: "葛", source: "選択子を外す" }],
    });
    expect(printable("𰻞🙂")).toMatchObject({ text: "〓〓" });
    // A selector without a character before it is nothing that could be printed.
    expect(printable("\u{E0100}").reductions).toHaveLength(1);
  });

  it("leaves alone what it has: kanji of names, half-width kana, variants", () => {
    const text = "葛\u{E0100}城 辻\u{E0100} 𠮷 髙 﨑 ｶﾞｰ () - 〓 1,234";
    expect(printable(text)).toStrictEqual({ text, reductions: [] });
  });
});
