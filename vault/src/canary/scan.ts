/**
 * 漏えいの走査 (canary scan): looks for planted numbers in every byte of files, in every form in which a program might have left them.
 * One pass over the bytes however many numbers there are: each form is cut into windows of fixed length, and a window is looked up in a set.
 */
import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

/** Where a planted number was found: never the number itself. */
export type CanaryHit = { readonly file: string; readonly offset: number; readonly form: string };

const WIDE_ZERO = 0xff10;

const wide = (digits: string): string =>
  digits.replaceAll(/\d/g, (digit) => String.fromCodePoint(WIDE_ZERO + Number(digit)));
const grouped = (digits: string, by: string): string =>
  [digits.slice(0, 4), digits.slice(4, 8), digits.slice(8)].join(by);

function utf16be(text: string): Buffer {
  return Buffer.from(text, "utf16le").swap16();
}

/** Full-width digits in Shift_JIS: 0x82 0x4F for ０ and on. */
function shiftJisWide(digits: string): Buffer {
  return Buffer.from(Array.from(digits).flatMap((digit) => [0x82, 0x4f + Number(digit)]));
}

/** The part of base64 text that does not depend on what stands before and after, for each of the three positions. */
function base64Forms(bytes: Buffer): readonly Buffer[] {
  return [0, 1, 2].map((shift) => {
    const padded = Buffer.concat([Buffer.alloc(shift), bytes, Buffer.alloc((3 - ((shift + bytes.length) % 3)) % 3)]);
    const text = padded.toString("base64");
    const from = Math.ceil((shift * 8) / 6);
    const to = Math.floor(((shift + bytes.length) * 8) / 6);
    return Buffer.from(text.slice(from, to), "latin1");
  });
}

/** Every form in which a number is looked for, by name. */
export function canaryForms(digits: string): readonly (readonly [string, Buffer])[] {
  const plain = Buffer.from(digits, "latin1");
  return [
    ["utf8", plain], // and ASCII, Shift_JIS, EBCDIC-free files, JSON, SQL
    ["utf16le", Buffer.from(digits, "utf16le")],
    ["utf16be", utf16be(digits)],
    ["wide-utf8", Buffer.from(wide(digits), "utf8")],
    ["wide-utf16le", Buffer.from(wide(digits), "utf16le")],
    ["wide-sjis", shiftJisWide(digits)],
    ["hyphen", Buffer.from(grouped(digits, "-"), "latin1")],
    ["space", Buffer.from(grouped(digits, " "), "latin1")],
    ["wide-space", Buffer.from(grouped(digits, "\u3000"), "utf8")],
    ["hex", Buffer.from(plain.toString("hex"), "latin1")],
    ["utf16-hex", Buffer.from(Buffer.from(digits, "utf16le").toString("hex"), "latin1")],
    ...base64Forms(plain).map((form, shift): readonly [string, Buffer] => [`base64-${shift}`, form]),
    ["percent", Buffer.from(Array.from(plain, (byte) => `%${byte.toString(16)}`).join(""), "latin1")],
    ["number-le", littleEndian(digits)],
    ["number-be", littleEndian(digits).reverse()],
  ];
}

/** As a 64-bit integer, which is how a database column or a program's memory would hold it. */
function littleEndian(digits: string): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(digits));
  return bytes;
}

type Lengths = ReadonlyMap<number, ReadonlyMap<string, string>>;

/** The forms of all numbers by their length in bytes. */
export function canarySet(numbers: Iterable<string>): Lengths {
  const byLength = new Map<number, Map<string, string>>();
  for (const digits of numbers) {
    for (const [form, bytes] of canaryForms(digits)) {
      const of = byLength.get(bytes.length) ?? new Map<string, string>();
      of.set(bytes.toString("latin1"), form);
      byLength.set(bytes.length, of);
    }
  }
  return byLength;
}

/** A first look at two bytes in the middle (the ends of an integer are zeros, as are most pages): nearly all positions are thrown out by it. */
function middles(forms: ReadonlyMap<string, string>, place: number): Uint8Array {
  const table = new Uint8Array(65_536);
  for (const form of forms.keys()) table[(form.charCodeAt(place) << 8) | form.charCodeAt(place + 1)] = 1;
  return table;
}

/** Finds planted numbers in one buffer. `base` is the offset of its first byte. */
export function scanBytes(set: Lengths, bytes: Buffer, file: string, base = 0): CanaryHit[] {
  const hits: CanaryHit[] = [];
  for (const [length, forms] of set) {
    const place = Math.floor(length / 2) - 1;
    const table = middles(forms, place);
    const last = bytes.length - length;
    for (let at = 0; at <= last; at += 1) {
      if (table[((bytes[at + place] ?? 0) << 8) | (bytes[at + place + 1] ?? 0)] === 0) continue;
      const form = forms.get(bytes.toString("latin1", at, at + length));
      if (form !== undefined) hits.push({ file, offset: base + at, form });
    }
  }
  return hits;
}

const CHUNK = 4 * 1024 * 1024;
const LONGEST = 64;

async function scanFile(set: Lengths, file: string): Promise<CanaryHit[]> {
  const hits: CanaryHit[] = [];
  let tail = Buffer.alloc(0);
  let offset = 0;
  for await (const part of createReadStream(file, { highWaterMark: CHUNK })) {
    // What ends in one piece and begins in the next is seen whole.
    const bytes = Buffer.concat([tail, part as Buffer]);
    hits.push(...scanBytes(set, bytes, file, offset - tail.length));
    offset += (part as Buffer).length;
    tail = bytes.subarray(Math.max(0, bytes.length - LONGEST));
  }
  return [...new Map(hits.map((hit) => [`${hit.offset}/${hit.form}`, hit])).values()];
}

export type CanaryResult = { readonly files: number; readonly bytes: number; readonly hits: readonly CanaryHit[] };

/** Scans files and folders, everything below them. Files that vanish meanwhile (a database's own) are left out. */
export async function scanPaths(numbers: Iterable<string>, paths: readonly string[]): Promise<CanaryResult> {
  const set = canarySet(numbers);
  const total = { files: 0, bytes: 0 };
  const hits: CanaryHit[] = [];
  const waiting = [...paths];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const found = await stat(path).catch(() => undefined);
    if (found?.isDirectory() === true) {
      for (const name of await readdir(path).catch(() => [])) waiting.push(join(path, name));
    } else if (found?.isFile() === true) {
      const of = await scanFile(set, path).catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return [];
        throw error;
      });
      hits.push(...of);
      total.files += 1;
      total.bytes += found.size;
    }
  }
  return { ...total, hits };
}
