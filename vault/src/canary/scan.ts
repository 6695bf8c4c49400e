/**
 * 漏えいの走査 (canary scan): looks for planted numbers, names, addresses and accounts in every byte of files, in every form in which a program
 * might have left them. One pass over the bytes however many there are: four bytes of each form are its anchor, a table of
 * three of them throws nearly every position out, and what is left is compared whole.
 */
import iconv from "iconv-lite";
import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

/** Where a planted number was found: never the number itself. */
export type CanaryHit = {
  readonly file: string;
  readonly offset: number;
  readonly form: string;
  /** What kind of canary it is, as it was given */
  readonly what: string;
};

/** A text that was planted; a bare string is a 個人番号. */
export type Canary = {
  /** `name`, `address`, `account` … */
  readonly what: string;
  readonly text: string;
  /** Counts only where no letter or digit stands beside it: for short figures */
  readonly alone?: boolean;
};

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

/** The forms of a text: as it stands, without its spaces, and where it is kana or figures in the other width; in each of the encodings. */
export function textForms(text: string): readonly (readonly [string, Buffer])[] {
  const narrow = text.replaceAll("\u3000", " ");
  const variants = new Map<string, string>([["", text]]);
  for (const [name, variant] of [
    ["half-space", narrow],
    ["no-space", narrow.replaceAll(" ", "")],
    ["nfkc", text.normalize("NFKC")],
    ["wide", widened(text)],
  ] as const) {
    if (![...variants.values()].includes(variant)) variants.set(`-${name}`, variant);
  }
  return [...variants].flatMap(([name, variant]) =>
    encoded(variant).map(([form, bytes]) => [form + name, bytes] as const),
  );
}

/** ASCII figures, letters and spaces as full-width ones. */
function widened(text: string): string {
  return text
    .replaceAll(/[!-~]/g, (sign) => String.fromCodePoint(sign.charCodeAt(0) + 0xfee0))
    .replaceAll(" ", "\u3000");
}

function encoded(text: string): readonly (readonly [string, Buffer])[] {
  const plain = Buffer.from(text, "utf8");
  const utf16 = Buffer.from(text, "utf16le");
  const sjis = iconv.encode(text, "cp932");
  const escaped = Array.from(utf16.toString("utf16le").split(""), (unit) =>
    unit.charCodeAt(0) < 0x80 ? unit : `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  ).join("");
  const hex = plain.toString("hex");
  const forms: (readonly [string, Buffer])[] = [
    ["utf8", plain],
    ["utf16le", utf16],
    ["utf16be", utf16be(text)],
    ["hex", Buffer.from(hex, "latin1")],
    ["HEX", Buffer.from(hex.toUpperCase(), "latin1")],
    ["utf16-hex", Buffer.from(utf16.toString("hex"), "latin1")],
    ["percent", Buffer.from(encodeURIComponent(text), "latin1")],
    ["json", Buffer.from(escaped, "latin1")],
    ...base64Forms(plain).map((form, shift): readonly [string, Buffer] => [`base64-${shift}`, form]),
    ...base64Forms(utf16).map((form, shift): readonly [string, Buffer] => [`utf16-base64-${shift}`, form]),
  ];
  // What cp932 does not have is a question mark there: not this text.
  if (iconv.decode(sjis, "cp932") === text)
    forms.push(["sjis", sjis], ["sjis-hex", Buffer.from(sjis.toString("hex"), "latin1")]);
  // Of plain ASCII several are one and the same; a form of less than four bytes would be found everywhere.
  const once = new Map<string, readonly [string, Buffer]>();
  for (const [form, bytes] of forms) {
    const key = bytes.toString("latin1");
    if (bytes.length >= SHORTEST && !once.has(key)) once.set(key, [form, bytes]);
  }
  return [...once.values()];
}

const SHORTEST = 4;

type Sought = {
  readonly what: string;
  readonly form: string;
  readonly bytes: Buffer;
  /** Where its anchor begins in it */
  readonly at: number;
  readonly alone: boolean;
};

/** Every form of every canary, found by the four bytes of its anchor. */
export type CanaryIndex = {
  /** One bit for each value of the first three bytes of an anchor */
  readonly filter: Uint8Array;
  readonly byAnchor: ReadonlyMap<number, readonly Sought[]>;
  /** Length of the longest form */
  readonly longest: number;
};

/**
 * Where to take the anchor of a form: of several places the one that the fewest forms before it share. Names begin alike, addresses are alike up to
 * their last figures, and the ends of an integer are zeros.
 */
function anchorOf(bytes: Buffer, byAnchor: ReadonlyMap<number, readonly Sought[]>): number {
  const last = bytes.length - 4;
  let best = last >> 1;
  let fewest = Number.POSITIVE_INFINITY;
  const step = Math.max(1, Math.floor(last / 12));
  for (let at = last; at >= 0; at -= step) {
    // Two zeros are in every page of a database.
    const zeros = [0, 1, 2, 3].filter((each) => bytes[at + each] === 0).length;
    const shared = (byAnchor.get(bytes.readUInt32BE(at))?.length ?? 0) + (zeros > 2 ? 1_000_000 : 0);
    if (shared < fewest) [best, fewest] = [at, shared];
    if (shared === 0) break;
  }
  return best;
}

/** Builds the index; a bare string is a number. */
export function canarySet(canaries: Iterable<string | Canary>): CanaryIndex {
  const filter = new Uint8Array(1 << 21);
  const byAnchor = new Map<number, Sought[]>();
  let longest = 0;
  for (const canary of canaries) {
    const { what, text, alone = false } = typeof canary === "string" ? { what: "number", text: canary } : canary;
    for (const [form, bytes] of typeof canary === "string" ? canaryForms(text) : textForms(text)) {
      const at = anchorOf(bytes, byAnchor);
      const three = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
      filter[three >> 3] = (filter[three >> 3] ?? 0) | (1 << (three & 7));
      const anchor = bytes.readUInt32BE(at);
      const of = byAnchor.get(anchor) ?? [];
      of.push({ what, form, bytes, at, alone });
      byAnchor.set(anchor, of);
      longest = Math.max(longest, bytes.length);
    }
  }
  return { filter, byAnchor, longest };
}

const isWordByte = (byte: number | undefined): boolean =>
  byte !== undefined &&
  ((byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a));

/** Whether something that belongs to it stands beside it; in UTF-16 that is two bytes away. */
function standsAlone(bytes: Buffer, at: number, length: number, form: string): boolean {
  const step = form.startsWith("utf16le") || form.startsWith("utf16be") ? 2 : 1;
  const before = form.startsWith("utf16le") ? at - step : at - 1;
  const after = form.startsWith("utf16be") ? at + length + 1 : at + length;
  return !isWordByte(bytes[before]) && !isWordByte(bytes[after]);
}

/** Finds canaries in one buffer. `base` is the offset of its first byte. */
export function scanBytes({ filter, byAnchor }: CanaryIndex, bytes: Buffer, file: string, base = 0): CanaryHit[] {
  const hits: CanaryHit[] = [];
  let three = 0;
  const last = bytes.length - 1;
  for (let at = 0; at < last; at += 1) {
    three = ((three << 8) | (bytes[at] ?? 0)) & 0xff_ff_ff;
    if (at < 2 || ((filter[three >> 3] ?? 0) & (1 << (three & 7))) === 0) continue;
    const anchor = bytes.readUInt32BE(at - 2);
    for (const { what, form, bytes: sought, at: place, alone } of byAnchor.get(anchor) ?? []) {
      const from = at - 2 - place;
      if (from < 0 || from + sought.length > bytes.length) continue;
      if (sought.compare(bytes, from, from + sought.length) !== 0) continue;
      if (!alone || standsAlone(bytes, from, sought.length, form)) hits.push({ file, offset: base + from, form, what });
    }
  }
  return hits;
}

const CHUNK = 4 * 1024 * 1024;

async function scanFile(set: CanaryIndex, file: string): Promise<CanaryHit[]> {
  const hits: CanaryHit[] = [];
  // One byte more on each side, so that what stands beside it is seen as well.
  const overlap = set.longest + 4;
  let tail = Buffer.alloc(0);
  let offset = 0;
  for await (const part of createReadStream(file, { highWaterMark: CHUNK })) {
    // What ends in one piece and begins in the next is seen whole.
    const bytes = Buffer.concat([tail, part as Buffer]);
    hits.push(...scanBytes(set, bytes, file, offset - tail.length));
    offset += (part as Buffer).length;
    tail = bytes.subarray(Math.max(0, bytes.length - overlap));
  }
  return [...new Map(hits.map((hit) => [`${hit.offset}/${hit.form}/${hit.what}`, hit])).values()];
}

export type CanaryResult = { readonly files: number; readonly bytes: number; readonly hits: readonly CanaryHit[] };

/** Scans files and folders, everything below them. Files that vanish meanwhile (a database's own) are left out. */
export async function scanPaths(
  canaries: Iterable<string | Canary> | CanaryIndex,
  paths: readonly string[],
): Promise<CanaryResult> {
  const set = "byAnchor" in canaries ? canaries : canarySet(canaries);
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
