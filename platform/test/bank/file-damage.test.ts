import { describe, expect, it } from "vitest";
import { type DecodedTransferFile, decodeTransferFile } from "../../src/bank/decode.ts";
import { encodeTransferFile } from "../../src/bank/encode.ts";
import { DATA_21, type FieldLayout, HEADER } from "../../src/bank/zengin-fields.ts";
import { codeOf, FILE, longFile, recordOf, sha256, TEST, valueOf } from "./support/fixtures.ts";

/**
 * Damage to a file between the house and the bank. Two guards, two sweeps: what the format itself can know, and what the
 * recorded digest adds.
 */

/** The fields in which a changed byte may still be a valid file: the format has no check over them. */
const UNGUARDED_HEADER = [
  "code",
  "name",
  "date",
  "bank",
  "bankName",
  "branch",
  "branchName",
  "accountType",
  "account",
] as const;
const UNGUARDED_ITEM = [
  "bank",
  "bankName",
  "branch",
  "branchName",
  "accountType",
  "account",
  "holder",
  "newCode",
  "customer1",
  "customer2",
  "transferCode",
  // A space that became Y turns twenty digits of customer codes into an EDI text: valid, and shown to the payee.
  "ediMark",
] as const;

function fieldAt(at: number): string {
  const record = Math.floor(at / 120);
  const byte = at % 120;
  const layouts: Readonly<Record<string, FieldLayout>> = record === 0 ? HEADER : record <= 3 ? DATA_21 : {};
  const names: readonly string[] = record === 0 ? UNGUARDED_HEADER : UNGUARDED_ITEM;
  for (const [name, layout] of Object.entries(layouts)) {
    if (names.includes(name) && byte >= layout.offset && byte < layout.offset + layout.length) return name;
  }
  return "guarded";
}

describe("what the format alone can know", () => {
  const original = valueOf(encodeTransferFile(FILE, TEST)).bytes;
  const parsed = valueOf(decodeTransferFile(original, TEST));

  it("each of the 255 other values at each of 720 bytes is refused, or reads as other content in a field without a check", () => {
    const survivors = new Map<string, number>();
    const bytes = Buffer.from(original);
    for (let at = 0; at < bytes.length; at += 1) {
      const right = bytes[at] ?? 0;
      for (let value = 0; value < 256; value += 1) {
        if (value === right) continue;
        bytes[at] = value;
        const result = decodeTransferFile(bytes, TEST);
        if (!result.ok) continue;
        const field = fieldAt(at);
        survivors.set(field, (survivors.get(field) ?? 0) + 1);
        if (sameContent(result.value, parsed))
          throw new Error(`byte ${at} as ${value} reads as if nothing had changed`);
        if (!valueOf(encodeTransferFile(result.value, TEST)).bytes.equals(bytes)) {
          throw new Error(`byte ${at} as ${value} reads as something that is written differently`);
        }
      }
      bytes[at] = right;
    }
    // Amounts, counts, record types, 種別, dummies, the trailer and the end: no change passes.
    expect(survivors.get("guarded")).toBeUndefined();
    // The format cannot know these; the digest below does.
    expect([...survivors.keys()].sort()).toEqual([...new Set([...UNGUARDED_HEADER, ...UNGUARDED_ITEM])].sort());
  });

  it("a line dropped or doubled anywhere in 100 is refused", () => {
    const file = valueOf(encodeTransferFile(longFile(100), TEST)).bytes;
    for (let index = 0; index < 103; index += 1) {
      const before = file.subarray(0, index * 120);
      const after = file.subarray(index * 120 + 120);
      expect(decodeTransferFile(Buffer.concat([before, after]), TEST).ok).toBe(false);
      expect(
        decodeTransferFile(Buffer.concat([before, recordOf(file, index), recordOf(file, index), after]), TEST).ok,
      ).toBe(false);
    }
  });

  it("swapped payment lines are the same payments in another order; every other swap is refused", () => {
    const file = valueOf(encodeTransferFile(longFile(100), TEST)).bytes;
    const right = valueOf(decodeTransferFile(file, TEST));
    for (let index = 0; index < 102; index += 1) {
      const result = decodeTransferFile(swapped(file, index), TEST);
      const isPair = index >= 1 && index <= 99;
      expect(result.ok).toBe(isPair);
      if (!result.ok) continue;
      expect(result.value.items[index - 1]).toEqual(right.items[index]);
      expect(result.value.items[index]).toEqual(right.items[index - 1]);
    }
  });
});

function sameContent(a: DecodedTransferFile, b: DecodedTransferFile): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** The file with records `index` and `index + 1` exchanged. */
function swapped(file: Buffer, index: number): Buffer {
  return Buffer.concat([
    file.subarray(0, index * 120),
    recordOf(file, index + 1),
    recordOf(file, index),
    file.subarray(index * 120 + 240),
  ]);
}

describe("what the recorded digest adds", () => {
  const file = valueOf(encodeTransferFile(longFile(1000), TEST)).bytes;
  const options = { ...TEST, sha256: sha256(file) };

  it("[G25] a changed byte at every position of a 1,000-line file, and every dropped, doubled and swapped line, is refused", () => {
    expect(codeOf(decodeTransferFile(file, options))).toBe("accepted");
    let accepted = 0;
    const bytes = Buffer.from(file);
    for (let at = 0; at < bytes.length; at += 1) {
      const right = bytes[at] ?? 0;
      // A digit becomes another digit and a kana another kana wherever that is possible: the changes the format lets through.
      bytes[at] = right >= 0x30 && right < 0x39 ? right + 1 : right >= 0xb1 && right < 0xdd ? right + 1 : right ^ 0x01;
      if (decodeTransferFile(bytes, options).ok) accepted += 1;
      bytes[at] = right;
    }
    for (let index = 0; index < 1003; index += 1) {
      const before = file.subarray(0, index * 120);
      const after = file.subarray(index * 120 + 120);
      const line = recordOf(file, index);
      if (decodeTransferFile(Buffer.concat([before, after]), options).ok) accepted += 1;
      if (decodeTransferFile(Buffer.concat([before, line, line, after]), options).ok) accepted += 1;
      if (index < 1002 && decodeTransferFile(swapped(file, index), options).ok) accepted += 1;
    }
    expect(bytes.equals(file)).toBe(true);
    // All 255 other values at every position, where that many readings can be afforded: a file of three lines.
    const short = Buffer.from(valueOf(encodeTransferFile(FILE, TEST)).bytes);
    const shortOptions = { ...TEST, sha256: sha256(short) };
    for (let at = 0; at < short.length; at += 1) {
      const right = short[at] ?? 0;
      for (let change = 1; change < 256; change += 1) {
        short[at] = right ^ change;
        if (decodeTransferFile(short, shortOptions).ok) accepted += 1;
      }
      short[at] = right;
    }
    expect(codeOf(decodeTransferFile(short, shortOptions))).toBe("accepted");
    expect(accepted).toBe(0);
  });
});
