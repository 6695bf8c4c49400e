/** Writes CSV files: RFC 4180, UTF-8, CRLF, whole or not at all. */
import { writeStreamAtomic } from "../files/atomic.ts";
import type { AtomicOptions, WrittenFile } from "../files/atomic.ts";

export type CsvCell = string | number | null;

export type WriteCsvOptions = AtomicOptions & {
  /** For people who open it in a spreadsheet: begins with a BOM, and no text can act as a formula. Default false. */
  readonly forPeople?: boolean;
};

/** A written CSV file; `rows` without the header. */
export type WrittenCsv = WrittenFile & { readonly rows: number };

/**
 * One cell. For people, a text that a spreadsheet would calculate (beginning with = + - @, tab or CR, also in full width)
 * gets an apostrophe before it. Numbers are left as they are: `-500` typed as a number is no formula.
 */
export function csvCell(value: CsvCell, forPeople = false): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const text = forPeople && /^[=+\-@\t\r＝＋－＠]/.test(value) ? `'${value}` : value;
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** One line with its end (CRLF). */
export function csvLine(cells: readonly CsvCell[], forPeople: boolean): string {
  return `${cells.map((cell) => csvCell(cell, forPeople)).join(",")}\r\n`;
}

const CHUNK_CHARACTERS = 64 * 1024;

/**
 * Writes `rows` under the header `columns` into `path`; returns size, SHA-256 and number of rows (for a manifest).
 *
 * @throws TypeError when a row does not have one cell per column; Refusal `fileExists` with `exclusive`. No file then.
 */
export async function writeCsv(
  path: string,
  columns: readonly string[],
  rows: AsyncIterable<readonly CsvCell[]> | Iterable<readonly CsvCell[]>,
  options: WriteCsvOptions = {},
): Promise<WrittenCsv> {
  const forPeople = options.forPeople === true;
  let count = 0;
  const text = async function* (): AsyncGenerator<string> {
    let chunk = (forPeople ? "\uFEFF" : "") + csvLine(columns, forPeople);
    for await (const row of rows) {
      if (row.length !== columns.length) {
        throw new TypeError(`a row has ${row.length} cells, ${columns.length} columns were named`);
      }
      chunk += csvLine(row, forPeople);
      count += 1;
      if (chunk.length >= CHUNK_CHARACTERS) {
        yield chunk;
        chunk = "";
      }
    }
    yield chunk;
  };
  const written = await writeStreamAtomic(path, text(), options);
  return { ...written, rows: count };
}
