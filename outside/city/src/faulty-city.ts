import { createHash } from "node:crypto";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";

import { toCp932 } from "@hagukumi/platform/text/characters.ts";

import { CityError } from "./city-error.ts";
import type { FeedName } from "./feed/headers.ts";
import { assertReplaceable, putInPlace } from "./feed/target.ts";
import type { CityManifest } from "./feed/manifest.ts";
import { type CityOptions, writeCity } from "./write-city.ts";

/** What a source system has been seen to get wrong. `allowed` ones are odd but valid by the feed specification. */
export const cityFaults = {
  truncatedFile: "residents.csv ends in the middle of a row; the manifest announces the whole file",
  changedByte: "one byte of incomes.csv differs from the announced digest",
  missingFile: "claims.csv is announced but not there",
  wrongRowCount: "the manifest announces one row more than claims.csv has; bytes and digest agree",
  wrongEncoding: "claims.csv is in CP932 instead of UTF-8, and announced so",
  missingColumn: "incomes.csv lacks the column うち老人",
  hugeLine: "one row of residents.csv has a name of more than ten megabytes",
  impossibleDate: "one resident is born on 2025-02-29",
  unknownCode: "one claim gives a reason that the specification does not know",
  duplicateKey: "one claim number appears twice with different content",
  unknownPerson: "one claim names a child whom no register has",
  byteOrderMark: "allowed: residents.csv begins with a BOM",
  lineFeedOnly: "allowed: residents.csv ends its lines with LF",
} as const;

export type CityFault = keyof typeof cityFaults;

export interface FaultyCity {
  /** The manifest as written, true or not. */
  readonly manifest: CityManifest;
  /** The file at fault. */
  readonly file: FeedName;
  /** 1-based number of the row at fault, the heading being line 1; undefined when it is the file as a whole. */
  readonly line?: number;
}

/** Of three bytes each: more than ten megabytes in one row. */
const HUGE = 3_400_000;
const COMMA = 0x2c;
const ZERO = 0x30;
/** 15 digits that the numbering of a city never reaches. */
const NOBODY = "000000999999999";
const LARGEST = 50_000;

const decode = (bytes: Buffer): string => bytes.toString("utf8");
const splitLines = (text: string): string[] => text.split("\r\n").slice(0, -1);
const joinLines = (lines: readonly string[]): string => `${lines.join("\r\n")}\r\n`;

/** Line 1 is the heading; the row in the middle of the file is the one to spoil. */
const middleOf = (lines: readonly string[]): number => Math.max(1, Math.floor(lines.length / 2));

function withCell(line: string, index: number, value: string): string {
  // Only the columns before the first quoted cell are spoiled, so a plain split is right.
  return line
    .split(",")
    .map((cell, at) => (at === index ? value : cell))
    .join(",");
}

interface Spoiled {
  readonly file: FeedName;
  /** undefined: the file disappears. */
  readonly content: Uint8Array | undefined;
  readonly line?: number;
  readonly rows?: number;
  /** The manifest describes the spoiled file (and not the one that was meant). */
  readonly announced: boolean;
}

/** A row of a text file rewritten; the manifest is told. */
function spoilRow(file: FeedName, bytes: Buffer, change: (line: string) => readonly string[]): Spoiled {
  const lines = splitLines(decode(bytes));
  const at = middleOf(lines);
  const changed = change(lines[at] ?? "");
  lines.splice(at, 1, ...changed);
  const line = at + changed.length;
  return { file, content: Buffer.from(joinLines(lines)), line, rows: lines.length - 1, announced: true };
}

const BIRTH = 14;
const NAME = 11;
const REASON = 6;
const CHILD = 1;
const CHANNEL = 3;
const ELDERLY = 8;

type Read = (file: FeedName) => Promise<Buffer>;

const row =
  (file: FeedName, change: (line: string) => readonly string[]) =>
  async (read: Read): Promise<Spoiled> =>
    spoilRow(file, await read(file), change);

const whole =
  (file: FeedName, announced: boolean, change: (bytes: Buffer) => Uint8Array) =>
  async (read: Read): Promise<Spoiled> => ({ file, content: change(await read(file)), announced });

function changeLastDigit(bytes: Buffer): Uint8Array {
  const copy = Buffer.from(bytes);
  const last = copy.lastIndexOf(COMMA) - 1;
  copy[last] = copy[last] === ZERO ? ZERO + 1 : ZERO;
  return copy;
}

function inCp932(bytes: Buffer): Uint8Array {
  const encoded = toCp932(decode(bytes));
  if (encoded.ok) return encoded.bytes;
  throw new CityError("cityFault", "claims.csv を CP932 にできません。別のシードで作ってください。");
}

const withoutElderly = (bytes: Buffer): Uint8Array =>
  Buffer.from(joinLines(splitLines(decode(bytes)).map((line) => line.split(",").toSpliced(ELDERLY, 1).join(","))));

const spoilers: Readonly<Record<CityFault, (read: Read) => Promise<Spoiled>>> = {
  truncatedFile: whole("residents.csv", false, (bytes) => bytes.subarray(0, Math.floor(bytes.length * 0.6))),
  changedByte: whole("incomes.csv", false, changeLastDigit),
  missingFile: () => Promise.resolve({ file: "claims.csv", content: undefined, announced: false }),
  wrongRowCount: async (read) => {
    const content = await read("claims.csv");
    // Lines with the heading: one more than there are rows.
    return { file: "claims.csv", content, rows: splitLines(decode(content)).length, announced: true };
  },
  wrongEncoding: whole("claims.csv", true, inCp932),
  missingColumn: whole("incomes.csv", true, withoutElderly),
  hugeLine: row("residents.csv", (line) => [withCell(line, NAME, "架".repeat(HUGE))]),
  impossibleDate: row("residents.csv", (line) => [withCell(line, BIRTH, "2025-02-29")]),
  unknownCode: row("claims.csv", (line) => [withCell(line, REASON, "mystery")]),
  duplicateKey: row("claims.csv", (line) => [
    line,
    withCell(line, CHANNEL, line.split(",")[CHANNEL] === "post" ? "counter" : "post"),
  ]),
  unknownPerson: row("claim_children.csv", (line) => [withCell(line, CHILD, NOBODY)]),
  byteOrderMark: whole("residents.csv", true, (bytes) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes])),
  lineFeedOnly: whole("residents.csv", true, (bytes) => Buffer.from(decode(bytes).replaceAll("\r\n", "\n"))),
};

/**
 * A city with exactly one thing wrong, for the tests of whoever imports it.
 * @throws CityError as `writeCity`; `cityPopulation` also above 50,000, because the file at fault is held in memory
 */
export async function writeFaultyCity(options: CityOptions & { readonly fault: CityFault }): Promise<FaultyCity> {
  if (options.population > LARGEST) {
    throw new CityError("cityPopulation", `誤りのある都市は人口 ${LARGEST} までです。小さい数を指定してください。`);
  }
  const target = resolve(options.directory);
  const force = options.force === true;
  await assertReplaceable(target, force);
  const parent = await mkdtemp(join(dirname(target), `.${basename(target)}-faulty-`));
  try {
    const directory = join(parent, "city");
    const sound = await writeCity({ ...options, directory });
    const spoiled = await spoilers[options.fault]((file) => readFile(join(directory, file)));
    const path = join(directory, spoiled.file);
    if (spoiled.content === undefined) await rm(path);
    else await writeFile(path, spoiled.content);
    const files = sound.files.map((entry) => {
      if (entry.name !== spoiled.file || !spoiled.announced || spoiled.content === undefined) return entry;
      const sha256 = createHash("sha256").update(spoiled.content).digest("hex");
      return { name: entry.name, rows: spoiled.rows ?? entry.rows, bytes: spoiled.content.length, sha256 };
    });
    const manifest = { ...sound, files };
    await writeFile(join(directory, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
    await chmod(directory, 0o755);
    await putInPlace(directory, target, manifest, force);
    return { manifest, file: spoiled.file, ...(spoiled.line === undefined ? {} : { line: spoiled.line }) };
  } finally {
    await rm(parent, { recursive: true, force: true });
  }
}
