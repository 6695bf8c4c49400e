import { accepted, bankProblem, type BankResult, refused } from "./problem.ts";
import { RECORD_LENGTH } from "./zengin-fields.ts";

/**
 * Cuts the bytes of a transfer file into records of 120 bytes, whatever stands between them. No field is looked at here.
 */

/** What stands after every record of a file that was read. */
export type ReadLineEnd = "none" | "crlf" | "lf" | "cr";

/** The frame of a file: where record `n` (from 0) starts is `n * stride`. */
export interface RecordFrame {
  readonly count: number;
  readonly stride: number;
  readonly lineEnd: ReadLineEnd;
}

const CR = 0x0d;
const LF = 0x0a;
const END_OF_FILE = 0x1a;
const LINE_ENDS: Readonly<Record<ReadLineEnd, readonly number[]>> = { none: [], crlf: [CR, LF], lf: [LF], cr: [CR] };

function startsWith(bytes: Uint8Array, prefix: readonly number[]): boolean {
  return prefix.every((byte, index) => bytes[index] === byte);
}

function detectLineEnd(bytes: Uint8Array): ReadLineEnd {
  const after = bytes[RECORD_LENGTH];
  if (after === LF) return "lf";
  if (after !== CR) return "none";
  return bytes[RECORD_LENGTH + 1] === LF ? "crlf" : "cr";
}

/**
 * Finds the frame. Refuses a byte order mark, EBCDIC, a length that is not whole records, and a line end that is missing
 * or different anywhere. One 0x1A at the end is dropped; the line end after the very last record may be absent.
 */
export function frameRecords(bytes: Uint8Array): BankResult<RecordFrame> {
  if (startsWith(bytes, [0xef, 0xbb, 0xbf]) || startsWith(bytes, [0xfe, 0xff]) || startsWith(bytes, [0xff, 0xfe])) {
    const message =
      "ファイルの先頭にBOMがあります。文字コードをJIS(シフトJISの半角)にし、BOMなしで作り直してください。";
    return refused(bankProblem("bom", message, 1));
  }
  // 0xF1 is the digit 1 of EBCDIC.
  if (bytes[0] === 0xf1) {
    const message = "EBCDICのファイルは読み込めません。コード区分0(JIS)で作り直してください。";
    return refused(bankProblem("ebcdic", message, 1));
  }
  const length = bytes.at(-1) === END_OF_FILE ? bytes.length - 1 : bytes.length;
  const lineEnd = length > RECORD_LENGTH ? detectLineEnd(bytes) : "none";
  const ending = LINE_ENDS[lineEnd];
  const stride = RECORD_LENGTH + ending.length;
  const whole = length % stride === 0 ? length : length + ending.length;
  const count = whole / stride;
  // The first record that is not followed by the file's own line end shows the person where to look.
  for (let record = 1; record * stride <= length; record += 1) {
    const at = record * stride - ending.length;
    if (ending.some((byte, index) => bytes[at + index] !== byte)) {
      const message = `${record}レコード目の後の改行が他と違うか、レコードが120バイトではありません。元のファイルを取り直してください。`;
      return refused(bankProblem("line-end", message, record));
    }
  }
  if (length === 0 || !Number.isInteger(count)) {
    const message = `ファイルの長さ${length}バイトが120バイトのレコードで割り切れません。元のファイルを取り直してください。`;
    return refused(bankProblem("length", message, Math.floor(length / stride) + 1));
  }
  return accepted({ count, stride, lineEnd });
}
