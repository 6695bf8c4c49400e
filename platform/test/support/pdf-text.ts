/**
 * The text of a PDF of our own making, read back through each font's ToUnicode table: what copy, search and a screen reader get.
 * Reads just what our print engine writes (Type0 fonts with two-byte codes, Flate streams); it is no general reader.
 */
import { inflateSync } from "node:zlib";

type Objects = ReadonlyMap<number, { readonly head: string; readonly stream: Buffer | null }>;

function readObjects(pdf: Buffer): Objects {
  const text = pdf.toString("latin1");
  const objects = new Map<number, { head: string; stream: Buffer | null }>();
  for (const match of text.matchAll(/(?<![0-9])(\d+) 0 obj\b/g)) {
    const start = match.index + match[0].length;
    const end = text.indexOf("endobj", start);
    const streamAt = text.indexOf("stream", start);
    if (streamAt === -1 || streamAt > end) {
      objects.set(Number(match[1]), { head: text.slice(start, end), stream: null });
      continue;
    }
    const head = text.slice(start, streamAt);
    const begin = streamAt + (text.startsWith("stream\r\n", streamAt) ? 8 : 7);
    const length = Number(/\/Length (\d+)/.exec(head)?.[1] ?? 0);
    const raw = pdf.subarray(begin, begin + length);
    const plain = head.includes("/FlateDecode") ? inflateSync(raw) : raw;
    objects.set(Number(match[1]), { head, stream: plain });
  }
  return objects;
}

function utf16(hex: string): string {
  return Buffer.from(hex, "hex").swap16().toString("utf16le");
}

/** Code → text of one ToUnicode table. */
function readMap(cmap: string): ReadonlyMap<string, string> {
  const map = new Map<string, string>();
  for (const [, block = ""] of cmap.matchAll(/beginbfchar([\s\S]*?)endbfchar/g)) {
    for (const [, code = "", to = ""] of block.matchAll(/<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>/g)) {
      map.set(code.toUpperCase(), utf16(to));
    }
  }
  for (const [, block = ""] of cmap.matchAll(/beginbfrange([\s\S]*?)endbfrange/g)) {
    for (const [, from = "", last = "", to = ""] of block.matchAll(
      /<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>/g,
    )) {
      for (let code = parseInt(from, 16); code <= parseInt(last, 16); code += 1) {
        const low = (parseInt(to.slice(-4), 16) + code - parseInt(from, 16)).toString(16).padStart(4, "0");
        map.set(code.toString(16).toUpperCase().padStart(from.length, "0"), utf16(to.slice(0, -4) + low));
      }
    }
  }
  return map;
}

/** Bytes of a literal string `(…)` after its escapes. */
function literalBytes(body: string): Buffer {
  const named: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f" };
  const plain = body.replaceAll(/\\([0-7]{1,3}|\r\n|[\s\S])/g, (_, escape: string) => {
    if (/^[0-7]/.test(escape)) return String.fromCharCode(parseInt(escape, 8));
    return /^[\r\n]/.test(escape) ? "" : (named[escape] ?? escape);
  });
  return Buffer.from(plain, "latin1");
}

/** End of the literal string that begins at `start`: parentheses may stand inside it in pairs. */
function literalEnd(content: string, start: number): number {
  let depth = 0;
  for (let at = start; at < content.length; at += 1) {
    const character = content[at];
    if (character === "\\") at += 1;
    else if (character === "(") depth += 1;
    else if (character === ")") {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return content.length;
}

const NEXT = /\/ActualText <([0-9A-F]*)>\s*>> BDC[\s\S]*?\bEMC\b|\/([A-Za-z0-9]+) [\d.]+ Tf|<([0-9A-Fa-f\s]*)>|\(/g;

function contentText(content: string, fonts: ReadonlyMap<string, ReadonlyMap<string, string>>): string {
  let font: ReadonlyMap<string, string> = new Map();
  let text = "";
  NEXT.lastIndex = 0;
  for (let match = NEXT.exec(content); match !== null; match = NEXT.exec(content)) {
    const [, actual, name, hex] = match;
    // Where several glyphs draw one character (ｼﾞ, a variant) the file says what they mean together.
    if (actual !== undefined) text += utf16(actual.slice(4));
    if (actual !== undefined) continue;
    if (name !== undefined) {
      font = fonts.get(name) ?? new Map();
      continue;
    }
    let bytes: Buffer = Buffer.from((hex ?? "").replaceAll(/\s/g, ""), "hex");
    if (hex === undefined) {
      const end = literalEnd(content, match.index);
      bytes = literalBytes(content.slice(match.index + 1, end));
      NEXT.lastIndex = end + 1;
    }
    for (let at = 0; at + 1 < bytes.length; at += 2) {
      text +=
        font.get(
          bytes
            .subarray(at, at + 2)
            .toString("hex")
            .toUpperCase(),
        ) ?? "";
    }
  }
  return text;
}

/** All text of the file in the order it was drawn, run after run without anything between them. */
export function pdfText(pdf: Buffer): string {
  const objects = readObjects(pdf);
  const fonts = new Map<string, ReadonlyMap<string, string>>();
  for (const { head } of objects.values()) {
    for (const [, name = "", id = ""] of head.matchAll(/\/(f\d+|F\d+)\s+(\d+) 0 R/g)) {
      const unicode = /\/ToUnicode (\d+) 0 R/.exec(objects.get(Number(id))?.head ?? "")?.[1];
      const cmap = objects.get(Number(unicode))?.stream;
      if (cmap !== null && cmap !== undefined) fonts.set(name, readMap(cmap.toString("latin1")));
    }
  }
  let text = "";
  for (const { head, stream } of objects.values()) {
    if (stream === null || head.includes("/Type") || head.includes("/Length1")) continue;
    const content = stream.toString("latin1");
    if (/\bBT\b/.test(content) && / Tf\b/.test(content)) text += contentText(content, fonts);
  }
  return text;
}
