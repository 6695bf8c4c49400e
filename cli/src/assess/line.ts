/** One input line of `hagukumi assess` to one output line. */
import { isUtf8 } from "node:buffer";
import { assess, parseCase, writeAssessment, type Problem } from "@hagukumi/law/contract.ts";
import { japaneseCalendar } from "@hagukumi/platform/calendar/holidays.ts";

/** A line of more bytes than this is refused (`tooLong`); a family of a hundred children with explanations stays far below. */
export const LONGEST_LINE = 10 * 1024 * 1024;

/** Output of many lines, and how many of them could not be assessed. */
export interface Answered {
  readonly text: string;
  readonly failures: number;
}

export const TOO_LONG: Problem = {
  code: "tooLong",
  path: "",
  message: `一行が${String(LONGEST_LINE)}バイトを超えています。一つの事例を一行に収め、大きすぎる入力は分けてください。`,
};

const NOT_JSON = "この行は JSON として読めません。一行に一つの JSON オブジェクトを書いてください。";
const NOT_UTF8 = "この行は UTF-8 の文字列ではありません。文字コードを UTF-8 にしてください。";

const ONLY_SPACE = /^[ \t\r]*$/;

export const failureLine = (name: string | null, { code, path, message }: Problem): string =>
  `${JSON.stringify({ case: name, error: { code, path, message } })}\n`;

/** The name to echo with an error, where the line has one. */
function caseName(json: unknown): string | null {
  if (typeof json !== "object" || json === null) return null;
  const name = (json as Record<string, unknown>)["case"];
  return typeof name === "string" ? name : null;
}

/** @returns the output line with its line end, and whether it is an answer */
function answerLine(line: string, explain: boolean): { readonly text: string; readonly isAnswer: boolean } {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return { text: failureLine(null, { code: "notJson", path: "", message: NOT_JSON }), isAnswer: false };
  }
  const parsed = parseCase(json);
  if (!parsed.ok) return { text: failureLine(caseName(json), parsed.problem), isAnswer: false };
  const result = assess(parsed.value, { calendar: japaneseCalendar, explain });
  if (!result.ok) return { text: failureLine(parsed.value.case, result.problem), isAnswer: false };
  return { text: `${writeAssessment(result.value)}\n`, isAnswer: true };
}

/** Answers every line of a block of whole lines. Lines of white space alone are skipped: they stand for no case. */
export function answerBlock(block: Uint8Array, explain: boolean): Answered {
  // A block that is UTF-8 as a whole is decoded once; otherwise line by line, so that one bad line costs only itself.
  const text = isUtf8(block)
    ? Buffer.from(block.buffer, block.byteOffset, block.byteLength).toString("utf8")
    : undefined;
  return text === undefined ? answerBytes(block, explain) : answerText(text, explain);
}

function answerText(text: string, explain: boolean): Answered {
  let answered = "";
  let failures = 0;
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf("\n", start);
    const end = newline === -1 ? text.length : newline;
    const line = text.slice(start, end);
    start = end + 1;
    if (line.length < 64 && ONLY_SPACE.test(line)) continue;
    // Characters are never more than bytes, so only a line near the bound has to be measured.
    const isTooLong = line.length > LONGEST_LINE / 3 && Buffer.byteLength(line) > LONGEST_LINE;
    const answer = isTooLong ? { text: failureLine(null, TOO_LONG), isAnswer: false } : answerLine(line, explain);
    if (!answer.isAnswer) failures += 1;
    answered += answer.text;
  }
  return { text: answered, failures };
}

function answerBytes(block: Uint8Array, explain: boolean): Answered {
  const bytes = Buffer.from(block.buffer, block.byteOffset, block.byteLength);
  let answered = "";
  let failures = 0;
  for (let start = 0; start < bytes.length;) {
    const newline = bytes.indexOf(10, start);
    const end = newline === -1 ? bytes.length : newline;
    const line = bytes.subarray(start, end);
    start = end + 1;
    const one = isUtf8(line)
      ? answerText(line.toString("utf8"), explain)
      : { text: failureLine(null, { code: "notJson", path: "", message: NOT_UTF8 }), failures: 1 };
    answered += one.text;
    failures += one.failures;
  }
  return { text: answered, failures };
}
