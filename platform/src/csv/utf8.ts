/** Bytes → text for files from outside: UTF-8 or refused, naming the first byte that is not. */
import { isUtf8 } from "node:buffer";

import { Refusal } from "../database/problem.ts";

/** Length that a UTF-8 sequence has by its first byte; 1 for a byte that cannot begin one. */
function sequenceLength(byte: number): number {
  if (byte >= 0xf0) return 4;
  if (byte >= 0xe0) return 3;
  return byte >= 0xc0 ? 2 : 1;
}

/** How many bytes at the end begin a character whose rest has not arrived: 0…3. */
function incompleteTail(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte >= 0xc0) return sequenceLength(byte) > back ? back : 0;
    if (byte < 0x80) return 0;
  }
  return 0;
}

function firstInvalid(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length) {
    const length = sequenceLength(bytes[at] ?? 0);
    if (!isUtf8(bytes.subarray(at, at + length))) return at;
    at += length;
  }
  return at;
}

function refused(offset: number): Refusal {
  return new Refusal(
    "csvUnreadable",
    `ファイルの ${offset + 1} バイト目が UTF-8 の文字ではありません。一行も取り込みません。文字コードを UTF-8 にして作り直してください。`,
    { byteOffset: offset },
  );
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * The text of a byte stream, without a byte order mark at its beginning.
 *
 * @throws Refusal `csvUnreadable` with `byteOffset` (0-based) at the first byte that is not UTF-8
 */
export async function* decodeUtf8(source: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let carry: Uint8Array = new Uint8Array(0);
  let offset = 0; // of the first byte of `carry` in the file
  for await (const chunk of source) {
    const bytes = carry.length === 0 ? chunk : Buffer.concat([carry, chunk]);
    const complete = bytes.subarray(0, bytes.length - incompleteTail(bytes));
    let text: string;
    try {
      text = decoder.decode(complete);
    } catch {
      throw refused(offset + firstInvalid(complete));
    }
    if (offset === 0 && text.startsWith("\uFEFF")) text = text.slice(1);
    if (text !== "") yield text;
    offset += complete.length;
    carry = bytes.subarray(complete.length);
  }
  if (carry.length > 0) throw refused(offset);
}
