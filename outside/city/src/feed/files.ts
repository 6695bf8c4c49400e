import { createHash } from "node:crypto";
import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";

/** What manifest.json says of one file. */
export interface FeedFileEntry {
  readonly name: string;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
}

export interface FeedFile {
  /** Adds one record, without its line end. */
  add(record: string): void;
  close(): FeedFileEntry;
  /** Lets go of the file when the work is broken off. */
  discard(): void;
}

const FLUSH_AT = 1 << 19;

/** A CSV file written front to back in pieces of about a megabyte, counted and hashed on the way. CRLF as in RFC 4180. */
export function openFeedFile(directory: string, name: string, header: readonly string[]): FeedFile {
  const handle = openSync(join(directory, name), "wx");
  const hash = createHash("sha256");
  let rows = 0;
  let bytes = 0;
  let pending = `${header.join(",")}\r\n`;
  const flush = (): void => {
    const chunk = Buffer.from(pending, "utf8");
    hash.update(chunk);
    for (let offset = 0; offset < chunk.length;) offset += writeSync(handle, chunk, offset);
    bytes += chunk.length;
    pending = "";
  };
  return {
    add: (record) => {
      pending += record;
      pending += "\r\n";
      rows++;
      if (pending.length > FLUSH_AT) flush();
    },
    close: () => {
      flush();
      closeSync(handle);
      return { name, rows, bytes, sha256: hash.digest("hex") };
    },
    discard: () => closeSync(handle),
  };
}
