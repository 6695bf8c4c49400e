import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { FeedName } from "../contract.ts";

export type Row = ReadonlyMap<string, string>;

/**
 * Reads a feed file by the letters of RFC 4180, sharing nothing with the writer: UTF-8 or an error, quoted cells with
 * doubled quotes, every row as long as the heading.
 */
export function readFeed(directory: string, name: FeedName): Row[] {
  const text = new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(join(directory, name)));
  const records: string[][] = [[]];
  let cell = "";
  let quoted = false;
  for (let index = 0; index < text.length; index++) {
    const letter = text.charAt(index);
    if (quoted) {
      if (letter !== '"') cell += letter;
      else if (text.charAt(index + 1) === '"') {
        cell += '"';
        index++;
      } else quoted = false;
    } else if (letter === '"' && cell === "") quoted = true;
    else if (letter === ",") {
      records.at(-1)?.push(cell);
      cell = "";
    } else if (letter === "\r" && text.charAt(index + 1) === "\n") {
      records.at(-1)?.push(cell);
      cell = "";
      records.push([]);
      index++;
    } else cell += letter;
  }
  if (quoted || cell !== "" || records.pop()?.length !== 0) throw new Error(`${name} does not end with a whole row`);
  const [heading = [], ...rows] = records;
  return rows.map((cells, at) => {
    if (cells.length !== heading.length) throw new Error(`${name} row ${at + 2} has ${cells.length} cells`);
    return new Map(heading.map((column, index) => [column, cells[index] ?? ""]));
  });
}

export const get = (row: Row, column: string): string => {
  const value = row.get(column);
  if (value === undefined) throw new Error(`no column ${column}`);
  return value;
};
