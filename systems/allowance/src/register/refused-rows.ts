/** The list of refused rows of one file (`<file>.rejects.csv`): built beside its final name, shown only when complete. */
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createWriteStream, type WriteStream } from "node:fs";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { finished } from "node:stream/promises";

import { csvCell } from "@hagukumi/platform/csv/write.ts";

import type { RowProblem, RowProblemCode } from "./row-problem.ts";

/** Where a refused row stands and why, without any value of it. */
export type RefusedLine = { readonly line: number; readonly column: string; readonly code: RowProblemCode };

/** Refused lines that are named one by one outside of the list; the list itself has all of them. */
const NAMED = 1000;

const HEADER = "行番号,項目,値,理由コード,理由\r\n";

/** Rows go to disk as they come, so a file of nothing but bad rows needs no more memory than a good one. */
export class RefusedRows {
  readonly #dir: string;
  readonly #path: string;
  readonly #draft: string;
  #stream: WriteStream | undefined;
  #count = 0;
  #lines: RefusedLine[] = [];

  constructor(reportsDir: string, file: string) {
    this.#dir = reportsDir;
    this.#path = join(reportsDir, file.replace(/\.csv$/, ".rejects.csv"));
    this.#draft = `${this.#path}.${randomUUID()}.tmp`;
  }

  /** Rows refused since the last `restart`. */
  get count(): number {
    return this.#count;
  }

  /** The first thousand things that were refused, in the order in which they were found. */
  get lines(): readonly RefusedLine[] {
    return this.#lines;
  }

  /** Forgets everything: the transaction around the import starts again. */
  async restart(): Promise<void> {
    await this.discard();
    this.#count = 0;
    this.#lines = [];
  }

  /** Adds one refused row: a line in the list for each thing that is wrong with it. */
  async add(line: number, problems: readonly RowProblem[]): Promise<void> {
    this.#count += 1;
    for (const { column, code } of problems) {
      if (this.#lines.length < NAMED) this.#lines.push({ line, column, code });
    }
    let stream = this.#stream;
    if (stream === undefined) {
      await mkdir(this.#dir, { recursive: true });
      stream = createWriteStream(this.#draft, { encoding: "utf8" });
      // Reported by `publish`; without a listener a full disk would end the process.
      stream.on("error", () => {});
      this.#stream = stream;
      stream.write(`\uFEFF${HEADER}`);
    }
    let room = true;
    for (const { column, value, code, reason } of problems) {
      room = stream.write(
        `${[String(line), csvCell(column, true), csvCell(value, true), code, csvCell(reason, true)].join(",")}\r\n`,
      );
    }
    if (!room) await once(stream, "drain");
  }

  /** Makes the list visible under its name and returns its path; removes the list of an earlier import when there is nothing to refuse. */
  async publish(): Promise<string | null> {
    const stream = this.#stream;
    if (stream === undefined) {
      await rm(this.#path, { force: true });
      return null;
    }
    stream.end();
    await finished(stream);
    this.#stream = undefined;
    const handle = await open(this.#draft, "r+");
    await handle.sync().finally(() => handle.close());
    await rename(this.#draft, this.#path);
    return this.#path;
  }

  /** Removes the draft, if there is one. */
  async discard(): Promise<void> {
    const stream = this.#stream;
    if (stream === undefined) return;
    this.#stream = undefined;
    stream.destroy();
    await rm(this.#draft, { force: true });
  }
}
