/** 表計算ファイル: read back by another hand (the directory at the end of the ZIP, a plain scan of the XML). */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { crc32, inflateRawSync } from "node:zlib";

import { type Sheet, workbook } from "../../src/spreadsheet/workbook.ts";

/** Entries by the central directory, each checked against its own heading and checksum. */
function unzip(bytes: Buffer): ReadonlyMap<string, string> {
  const end = bytes.lastIndexOf("PK\u0005\u0006", undefined, "latin1");
  const found = new Map<string, string>();
  let at = bytes.readUInt32LE(end + 16);
  for (let n = bytes.readUInt16LE(end + 10); n > 0; n -= 1) {
    expect(bytes.readUInt32LE(at)).toBe(0x02014b50);
    const [crc, packed, plain] = [16, 20, 24].map((offset) => bytes.readUInt32LE(at + offset)) as [
      number,
      number,
      number,
    ];
    const length = bytes.readUInt16LE(at + 28);
    const name = bytes.toString("latin1", at + 46, at + 46 + length);
    const local = bytes.readUInt32LE(at + 42);
    expect(bytes.readUInt32LE(local)).toBe(0x04034b50);
    const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const content = inflateRawSync(bytes.subarray(start, start + packed));
    expect([content.length, crc32(content)]).toEqual([plain, crc]);
    found.set(name, content.toString("utf8"));
    at += 46 + length + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  expect(at).toBe(end);
  return found;
}

// oxlint-disable-next-line no-control-regex -- what XML has no place for
const UNFIT = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

const plain = (xml: string): string =>
  xml.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll("&amp;", "&");

/** Cells of a sheet: place → text or number. */
function cellsOf(xml: string): ReadonlyMap<string, string | number> {
  const cells = [
    ...xml.matchAll(
      /<c r="([A-Z]+\d+)" s="\d+"(?: t="inlineStr"><is><t xml:space="preserve">([^<]*)<\/t><\/is>|><v>([^<]*)<\/v>)<\/c>/g,
    ),
  ];
  return new Map(
    cells.map(([, at = "", words, number]) => [at, number === undefined ? plain(words ?? "") : Number(number)]),
  );
}

const sheet = (rest: Partial<Sheet>): Sheet => ({
  name: "表",
  head: ["題"],
  columns: ["区", "額"],
  rows: [],
  total: null,
  ...rest,
});
const sheetOf = (rest: Partial<Sheet>): ReadonlyMap<string, string | number> =>
  cellsOf(unzip(workbook([sheet(rest)])).get("xl/worksheets/sheet1.xml") ?? "");

describe("表計算ファイル", () => {
  it("refuses what is no workbook: no sheet, no number", () => {
    expect(() => workbook([])).toThrow(RangeError);
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => workbook([sheet({ rows: [["x", value]] })])).toThrow(RangeError);
  });

  it("numbers are numbers, words are words; what a spreadsheet would calculate stays a text", () => {
    const hostile = ["=1+1", "+81", "-2", "@SUM(A1)", "\t=1", '=HYPERLINK("http://example.invalid")', "<c>&</c>"];
    const cells = sheetOf({ rows: hostile.map((text, index) => [text, index * 1000]), total: ["合計", 21_000] });
    expect(cells.get("A1")).toBe("題");
    // A title, an empty row, the heading, the rows
    expect([cells.get("A3"), cells.get("B3")]).toEqual(["区", "額"]);
    for (const [index, text] of hostile.entries()) {
      expect(cells.get(`A${String(4 + index)}`)).toBe(text);
      expect(cells.get(`B${String(4 + index)}`)).toBe(index * 1000);
    }
    expect(cells.get("B11")).toBe(21_000);
    const files = unzip(workbook([sheet({ rows: [["=1+1", 1]] })]));
    expect([...files.values()].filter((xml) => /<f[ >]|externalLink|vbaProject/.test(xml))).toEqual([]);
  });

  it("names of tabs are fit and unique; the same sheets give the same bytes", () => {
    const sheets = ["区/被用者", "区:被用者", "", "長".repeat(40), "長".repeat(40), "'引用'"].map((name) =>
      sheet({ name }),
    );
    const names = [...(unzip(workbook(sheets)).get("xl/workbook.xml") ?? "").matchAll(/<sheet name="([^"]*)"/g)].map(
      ([, name]) => name,
    );
    expect(new Set(names).size).toBe(6);
    for (const name of names) expect(name).toMatch(/^[^:\\/?*[\]']{1,31}$/);
    expect(workbook(sheets).equals(workbook(sheets))).toBe(true);
  });

  it("for any words and numbers: every cell comes back as it was, in its place", () => {
    const value = fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.constantFrom("𠮷", "葛\u{E0100}", "=cmd|' /C calc'!A1", '"', "\n"),
      fc.integer(),
      fc.constant(null),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value), { maxLength: 8 }), (rows) => {
        const cells = sheetOf({ rows });
        for (const [index, row] of rows.entries()) {
          for (const [column, each] of row.entries()) {
            const found = cells.get(`${"AB"[column] ?? ""}${String(4 + index)}`);
            const expected = typeof each === "string" ? each.replace(UNFIT, "\ufffd") : each;
            expect(found).toBe(expected === null || expected === "" ? undefined : expected);
          }
        }
      }),
      { numRuns: 200 },
    );
  });
});
