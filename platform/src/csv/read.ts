/** Reads CSV files from outside (連携ファイル) as a stream: a bad line is named and the rest are still read. */
import { createReadStream } from "node:fs";

import { Refusal } from "../database/problem.ts";
import { RecordSplitter } from "./split.ts";
import type { SplitFault, SplitRecord } from "./split.ts";
import { decodeUtf8 } from "./utf8.ts";

/** Why a line was rejected: machine's code and Japanese message. */
export type CsvProblem = { readonly code: SplitFault | "columnCount"; readonly message: string };

/** A line of the file (1 is the header): its fields in the order of the columns, or the problem with it. */
export type CsvRow =
  | { readonly line: number; readonly fields: readonly string[]; readonly problem?: never }
  | { readonly line: number; readonly fields?: never; readonly problem: CsvProblem };

export type ReadCsvOptions = {
  /** The header that the file must have: exactly these names in this order */
  readonly columns: readonly string[];
  /** Characters that one record may have; default 1,000,000. A longer one is rejected without being held. */
  readonly maxRecordCharacters?: number;
};

const messages: Readonly<Record<SplitFault, string>> = {
  lineTooLong: "行が長すぎます。引用符の閉じ忘れがないか確認してください。",
  quoteNotClosed:
    '引用符（"）が閉じられないままファイルが終わっています。ファイルが途中で切れていないか確認してください。',
  quoteMisplaced: '引用符（"）の位置が正しくありません。項目全体を引用符で囲み、中の引用符は二つ重ねてください。',
  controlCharacter: "使えない制御文字が含まれています。取り除いてください。",
};

function list(names: readonly string[]): string {
  return names.map((name) => `「${name.slice(0, 40)}」`).join("");
}

function headerFault(columns: readonly string[], record: SplitRecord | undefined): string | undefined {
  if (record === undefined) return "ファイルが空です。";
  if ("fault" in record) return messages[record.fault];
  const found = record.fields;
  const missing = columns.filter((name) => !found.includes(name));
  const extra = found.filter((name) => !columns.includes(name));
  const twice = found.filter((name, index) => found.indexOf(name) !== index);
  const faults = [
    missing.length > 0 ? `足りない項目: ${list(missing)}。` : "",
    extra.length > 0 ? `余分な項目: ${list(extra.slice(0, 10))}。` : "",
    twice.length > 0 ? `重複した項目: ${list([...new Set(twice)].slice(0, 10))}。` : "",
  ].join("");
  if (faults !== "") return faults;
  const moved = columns.find((name, index) => found[index] !== name);
  return moved === undefined ? undefined : `項目の順序が違います（「${moved}」から）。`;
}

function checkHeader(columns: readonly string[], record: SplitRecord | undefined): void {
  const fault = headerFault(columns, record);
  if (fault === undefined) return;
  throw new Refusal(
    "csvHeader",
    `1行目の項目名が決まりと違うため、一行も取り込みません。${fault}連携ファイル仕様のとおりに作り直してください。`,
    { columns },
  );
}

function rowOf(record: SplitRecord, width: number): CsvRow {
  const { line } = record;
  if ("fault" in record) return { line, problem: { code: record.fault, message: messages[record.fault] } };
  if (record.fields.length === width) return { line, fields: record.fields };
  const message = `項目が ${record.fields.length} 個あります。${width} 個でなければなりません。`;
  return { line, problem: { code: "columnCount", message } };
}

/**
 * The rows of a CSV file in batches (about one per 64 kB read), which is several times faster than row by row.
 * UTF-8 with or without BOM, CRLF or LF; memory does not grow with the file.
 *
 * @throws Refusal `csvHeader` when the first line is not `columns`; `csvUnreadable` at the first byte that is not UTF-8,
 *   possibly after rows were given: take nothing over before the end
 */
export async function* readCsvBatches(
  source: string | AsyncIterable<Uint8Array>,
  options: ReadCsvOptions,
): AsyncGenerator<readonly CsvRow[]> {
  const bytes =
    typeof source === "string"
      ? (createReadStream(source, { highWaterMark: 1 << 16 }) as AsyncIterable<Buffer>)
      : source;
  const width = options.columns.length;
  const splitter = new RecordSplitter(options.maxRecordCharacters ?? 1_000_000);
  let headerSeen = false;
  const take = (records: Iterable<SplitRecord>): CsvRow[] => {
    const rows: CsvRow[] = [];
    for (const record of records) {
      if (headerSeen) rows.push(rowOf(record, width));
      else checkHeader(options.columns, record);
      headerSeen = true;
    }
    return rows;
  };
  for await (const text of decodeUtf8(bytes)) {
    const rows = take(splitter.push(text));
    if (rows.length > 0) yield rows;
  }
  const last = take(splitter.end());
  if (!headerSeen) checkHeader(options.columns, undefined);
  if (last.length > 0) yield last;
}

/** `readCsvBatches`, row by row. */
export async function* readCsv(
  source: string | AsyncIterable<Uint8Array>,
  options: ReadCsvOptions,
): AsyncGenerator<CsvRow> {
  for await (const rows of readCsvBatches(source, options)) yield* rows;
}
