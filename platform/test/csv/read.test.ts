import * as fc from "fast-check";
import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";

import { readCsv } from "../../src/csv/read.ts";
import type { CsvRow } from "../../src/csv/read.ts";
import { csvCell } from "../../src/csv/write.ts";

const COLUMNS = ["番号", "氏名"];
const HEADER = "番号,氏名\n";

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

async function read(
  content: string | Uint8Array,
  options: { size?: number; columns?: readonly string[]; limit?: number } = {},
): Promise<CsvRow[]> {
  const bytes = typeof content === "string" ? Buffer.from(content, "utf8") : content;
  const rows: CsvRow[] = [];
  const source = pieces(bytes, options.size ?? 7);
  const limit = options.limit === undefined ? {} : { maxRecordCharacters: options.limit };
  for await (const row of readCsv(source, { columns: options.columns ?? COLUMNS, ...limit })) rows.push(row);
  return rows;
}

/** `line:code` for rejected lines, `line:fields` for the others. */
function brief(rows: readonly CsvRow[]): string[] {
  return rows.map((row) => `${row.line}:${row.problem?.code ?? row.fields?.join("|") ?? ""}`);
}

describe("a file that is refused as a whole", () => {
  it.each([
    ["", "空"],
    ["番号\n", "足りない項目: 「氏名」"],
    ["番号,氏名,住所\n", "余分な項目: 「住所」"],
    ["番号,氏名,番号\n", "重複した項目: 「番号」"],
    ["氏名,番号\n", "項目の順序"],
    ['番号,"氏名', "引用符"],
  ])("header %j", async (content, words) => {
    await expect(read(content)).rejects.toMatchObject({ code: "csvHeader", message: expect.stringContaining(words) });
  });

  it("names the first byte that is not UTF-8, wherever the file is cut into pieces", async () => {
    const good = Buffer.from(`${HEADER}1,葛\u{E0100}𠮷\n2,`, "utf8");
    // 0x8A is the first byte of a kanji in CP932; on its own it continues nothing in UTF-8
    const content = Buffer.concat([good, Buffer.from([0x8a, 0x8b, 0x0a])]);
    for (let size = 1; size <= good.length + 3; size += 1) {
      await expect(read(content, { size })).rejects.toMatchObject({
        code: "csvUnreadable",
        details: { byteOffset: good.length },
      });
    }
  });

  it.each([
    [[0xff, 0xfe, 0x31, 0x00], 0], // UTF-16
    [[0x31, 0xe8, 0x91], 1], // ends inside a character
    [[0x31, 0xc0, 0x80], 1], // an overlong NUL
    [[0x31, 0xed, 0xa0, 0x80], 1], // half of a surrogate pair
  ])("refuses the bytes %j at %i", async (bytes, byteOffset) => {
    await expect(read(Uint8Array.from(bytes), { size: 1 })).rejects.toMatchObject({
      code: "csvUnreadable",
      details: { byteOffset },
    });
  });
});

describe("a line that is rejected while the others are read", () => {
  it.each([
    ["1,a\n2\n3,c\n", ["2:1|a", "3:columnCount", "4:3|c"]],
    ["1,a,x\n3,c\n", ["2:columnCount", "3:3|c"]],
    ["\n3,c\n", ["2:columnCount", "3:3|c"]],
    ['1,a"b\n3,c\n', ["2:quoteMisplaced", "3:3|c"]],
    ['1,"a"b\n3,c\n', ["2:quoteMisplaced", "3:3|c"]],
    ['1,"a\n2,b\n3,c\n', ["2:quoteNotClosed"]],
    ["1,a\0\n3,c\n", ["2:controlCharacter", "3:3|c"]],
    ["1,a\r2,b\n3,c\n", ["2:controlCharacter", "3:3|c"]],
    ['1,"a"\r2,b\n3,c\n', ["2:controlCharacter", "3:3|c"]],
    ['"x",a\rb\n3,c\n', ["2:controlCharacter", "3:3|c"]],
    ['1,"a\nb"\n2\n', ["2:1|a\nb", "4:columnCount"]],
  ])("%j", async (body, expected) => {
    for (const size of [1, 2, 5, 1000]) expect(brief(await read(HEADER + body, { size })), `${size}`).toEqual(expected);
  });

  it("steps over a line that is too long without holding it", async () => {
    const before = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed;
    let most = 0;
    const megabyte = Buffer.alloc(1 << 20, "a");
    const source = async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.from(`${HEADER}1,a\n2,"`);
      for (let i = 0; i < 80; i += 1) {
        const now = process.memoryUsage();
        most = Math.max(most, now.arrayBuffers + now.heapUsed - before);
        yield await Promise.resolve(megabyte);
      }
      yield Buffer.from('"\n3,c\n');
    };
    const rows: CsvRow[] = [];
    for await (const row of readCsv(source(), { columns: COLUMNS })) rows.push(row);
    expect(brief(rows)).toEqual(["2:1|a", "3:lineTooLong", "4:3|c"]);
    // 80 MB passed through; what is held are a few pieces of 1 MB each and their text
    expect(most).toBeLessThan(48 * (1 << 20));
  });

  it("takes a record of exactly the limit and rejects one character more", async () => {
    // "1,aaaaaaaa" is 10 characters long
    expect(brief(await read(`${HEADER}1,aaaaaaaa\n1,aaaaaaaaa\n3,c\n`, { limit: 10 }))).toEqual([
      "2:1|aaaaaaaa",
      "3:lineTooLong",
      "4:3|c",
    ]);
    expect(brief(await read(`${HEADER}1,"aaaaaa"\n1,"aaaaaaa"\n3,c`, { limit: 10, size: 1 }))).toEqual([
      "2:1|aaaaaa",
      "3:lineTooLong",
      "4:3|c",
    ]);
  });
});

describe("a file that is read", () => {
  it.each([
    ["BOM and CRLF", "\uFEFF番号,氏名\r\n1,a\r\n2,b\r\n"],
    ["LF, no end of line at the end", "番号,氏名\n1,a\n2,b"],
    ["all quoted", '"番号","氏名"\r\n"1","a"\r\n"2","b"\r\n'],
  ])("%s", async (_, content) => {
    for (const size of [1, 3, 1000]) expect(brief(await read(content, { size }))).toEqual(["2:1|a", "3:2|b"]);
  });

  it("keeps a BOM that is not at the beginning, and variation selectors", async () => {
    const rows = await read(`${HEADER}1,\uFEFF葛\u{E0100}\n`, { size: 4 });
    expect(rows[0]?.fields).toEqual(["1", "\uFEFF葛\u{E0100}"]);
  });

  it("agrees with csv-parse on every file that our writer could have made, in every cut", async () => {
    const cell = fc
      .oneof(
        fc.string({ unit: fc.constantFrom("a", ",", '"', "\n", "\r", "葛", "\u{E0100}", "𠮷", "\t", " ") }),
        fc.string({ unit: "grapheme" }),
      )
      .map((text) => text.replaceAll(/(?![\t\n\r])\p{Cc}/gu, ""));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(cell, cell), { maxLength: 12 }),
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom("\n", "\r\n"),
        async (rows, size, lineEnd) => {
          const text = [COLUMNS, ...rows].map((row) => row.map((one) => csvCell(one)).join(",") + lineEnd).join("");
          const ours = (await read(text, { size })).map((row) => row.fields);
          const theirs = parse(text, { from_line: 1, record_delimiter: lineEnd, relax_column_count: true }).slice(1);
          expect(ours).toEqual(rows);
          expect(ours).toEqual(theirs);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("never takes from a damaged file a row that csv-parse reads differently", async () => {
    const text = fc.string({ unit: fc.constantFrom("a", ",", '"', "\n", "\r\n"), maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 1, max: 9 }), async (body, size) => {
        const ours = await read(`x,y\n${body}`, { size, columns: ["x", "y"] });
        let theirs: string[][];
        try {
          theirs = parse(body, { record_delimiter: ["\n", "\r\n"] });
        } catch {
          // csv-parse refuses the whole; we must have rejected at least one line of it
          expect(ours.some((row) => row.problem !== undefined) || body.trim() === "").toBe(true);
          return;
        }
        const wellFormed = theirs.filter((row) => row.length === 2);
        expect(ours.filter((row) => row.fields !== undefined).map((row) => row.fields)).toEqual(wellFormed);
      }),
      { numRuns: 2000 },
    );
  });
});
