/** A feed file as rows ready for staging; what can't be taken goes to the list of refused rows on the way. */
import type { CsvRow } from "@hagukumi/platform/csv/read.ts";

import { type Feed, rowDigest } from "./feed.ts";
import type { RefusedRows } from "./refused-rows.ts";
import { ROW_PROBLEMS, rowProblem, type RowProblemCode } from "./row-problem.ts";
import { RowReader } from "./row-reader.ts";

/** A line as the reader gives it, or one that was refused before it came here (`refused`: why, and the 項目名). */
export type IncomingRow =
  | (CsvRow & { readonly refused?: never })
  | {
      readonly line: number;
      readonly refused: RowProblemCode;
      readonly column: string;
      readonly fields?: never;
      readonly problem?: never;
    };

export type FeedRows = {
  /** Line number, stored values, digest: the columns of the staging table */
  readonly rows: AsyncGenerator<readonly unknown[]>;
  /** Rows read so far, taken and refused (the header is none) */
  readonly count: () => number;
};

/**
 * Streams rows. Memory does not grow with them: one batch of the reader is held at a time.
 *
 * @param beforeBatch called with the number of rows read so far before each batch; may throw to stop
 */
export function readFeedRows(
  batches: AsyncIterable<readonly IncomingRow[]>,
  feed: Feed,
  refused: RefusedRows,
  beforeBatch: (done: number) => void,
): FeedRows {
  let count = 0;
  const reader = new RowReader(feed.header);
  const rows = async function* (): AsyncGenerator<readonly unknown[]> {
    for await (const batch of batches) {
      beforeBatch(count);
      for (const row of batch) {
        count += 1;
        if (row.refused !== undefined) {
          // Of what is not ours to know, not even the value is written down.
          await refused.add(row.line, [rowProblem(row.column, "", row.refused)]);
          continue;
        }
        const { line, fields, problem } = row;
        if (problem !== undefined) {
          const reason = `${ROW_PROBLEMS.lineUnreadable}${problem.message}`;
          await refused.add(line, [{ column: "", value: "", code: "lineUnreadable", reason }]);
          continue;
        }
        reader.start(fields);
        const values = feed.parse(reader);
        if (reader.problems.length > 0) await refused.add(line, reader.problems);
        else yield [line, ...values, rowDigest(feed.digested?.(values) ?? values)];
      }
    }
    beforeBatch(count);
  };
  return { rows: rows(), count: () => count };
}
