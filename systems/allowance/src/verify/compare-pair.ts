/** Two readings of one table that come in pages, byte by byte: COPY text, and what only one side has. */
import { copyCell } from "@hagukumi/platform/database/copy.ts";
import { createHash } from "node:crypto";

import { EXAMPLES, type ReplayedTable } from "./compare-table.ts";

type Side = { readonly hash: ReturnType<typeof createHash>; rows: number };

export class Pair {
  readonly #table: string;
  readonly #is: Side = { hash: createHash("sha256"), rows: 0 };
  readonly #should: Side = { hash: createHash("sha256"), rows: 0 };
  readonly #examples: string[] = [];

  constructor(table: string) {
    this.#table = table;
  }

  /** One page of both sides, each in the order of its key. */
  add(stored: readonly (readonly unknown[])[], rebuilt: readonly (readonly unknown[])[]): void {
    const [is, should] = [stored, rebuilt].map((rows) => rows.map((row) => row.map(copyCell).join("\t")));
    for (const [side, lines] of [
      [this.#is, is ?? []],
      [this.#should, should ?? []],
    ] as const) {
      for (const line of lines) side.hash.update(`${line}\n`);
      side.rows += lines.length;
    }
    const [left, right] = [new Set(is), new Set(should)];
    const found = [...left.difference(right)].map((line) => `- ${line}`);
    found.push(...[...right.difference(left)].map((line) => `+ ${line}`));
    this.#examples.push(...found.slice(0, EXAMPLES - this.#examples.length));
  }

  end(): ReplayedTable {
    return {
      table: this.#table,
      rows: this.#is.rows,
      rebuiltRows: this.#should.rows,
      stored: this.#is.hash.digest("hex"),
      rebuilt: this.#should.hash.digest("hex"),
      examples: this.#examples,
    };
  }
}
