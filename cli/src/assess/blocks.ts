/** A byte stream cut into blocks of whole lines, with bounded memory whatever comes in. */
import { LONGEST_LINE } from "./line.ts";

/** Whole lines, or `undefined` for one line that was longer than allowed and has been thrown away. */
export type Block = Buffer | undefined;

/** Big enough to make handing over cheap, small enough that some blocks in flight stay a few megabytes. */
const BLOCK_BYTES = 512 * 1024;

const NEWLINE = 10;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * Cuts `source` into blocks. A line that outgrows the bound is not kept: the rest of it is skipped and `undefined` marks its
 * place, so order and memory both hold. A byte order mark at the very beginning is dropped.
 */
export async function* blocksOf(source: AsyncIterable<unknown>): AsyncGenerator<Block> {
  let whole: Buffer[] = [];
  let wholeBytes = 0;
  let rest: Buffer[] = [];
  let restBytes = 0;
  let isSkipping = false;
  let isFirst = true;
  for await (const piece of source) {
    let chunk = Buffer.isBuffer(piece) ? piece : Buffer.from(String(piece));
    if (isFirst && chunk.length > 0) {
      isFirst = false;
      if (chunk.subarray(0, 3).equals(BYTE_ORDER_MARK)) chunk = chunk.subarray(3);
    }
    if (isSkipping) {
      const end = chunk.indexOf(NEWLINE);
      if (end === -1) continue;
      isSkipping = false;
      chunk = chunk.subarray(end + 1);
    }
    const last = chunk.lastIndexOf(NEWLINE);
    if (last !== -1) {
      whole.push(...rest, chunk.subarray(0, last + 1));
      wholeBytes += restBytes + last + 1;
      rest = [];
      restBytes = 0;
    }
    const tail = last === -1 ? chunk : chunk.subarray(last + 1);
    if (tail.length > 0) {
      rest.push(tail);
      restBytes += tail.length;
    }
    if (restBytes > LONGEST_LINE) {
      if (wholeBytes > 0) yield Buffer.concat(whole);
      yield undefined;
      whole = [];
      wholeBytes = 0;
      rest = [];
      restBytes = 0;
      isSkipping = true;
    } else if (wholeBytes >= BLOCK_BYTES) {
      yield Buffer.concat(whole);
      whole = [];
      wholeBytes = 0;
    }
  }
  if (restBytes > 0) whole.push(...rest);
  if (whole.length > 0) yield Buffer.concat(whole);
}
