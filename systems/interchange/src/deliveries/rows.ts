/** Rows of a delivery on their way: the agreed columns, the agreed people, in the form of the register. Streamed. */
import type { IncomingRow } from "@hagukumi/allowance/contract.ts";
import { readCsvBatches } from "@hagukumi/platform/csv/read.ts";

import type { Agreement } from "../agreements/agreements.ts";
import { mapperOf } from "../agreements/layout.ts";

/** Who may come through: everybody, or these 宛名番号. */
export type Allowed = "everyone" | ReadonlySet<number>;

/**
 * Reads the source's bytes by the agreed layout. A header with one item more, or one less, ends it before the first row.
 *
 * @throws Refusal `csvHeader`, `csvUnreadable`
 */
export async function* agreedRows(
  bytes: AsyncIterable<Uint8Array>,
  { layout }: Pick<Agreement, "layout">,
  allowed: Allowed,
): AsyncGenerator<readonly IncomingRow[]> {
  const columns = layout.columns.map(({ name }) => name);
  const map = mapperOf(layout);
  const persons = layout.persons.map((name) => ({ name, index: columns.indexOf(name) }));
  const stranger = (fields: readonly string[]): string | undefined => {
    if (allowed === "everyone") return undefined;
    return persons.find(({ index }) => {
      const cell = fields[index] ?? "";
      return cell !== "" && !allowed.has(Number(cell));
    })?.name;
  };
  for await (const batch of readCsvBatches(bytes, { columns })) {
    yield batch.map((row): IncomingRow => {
      if (row.problem !== undefined) return row;
      const column = stranger(row.fields);
      // Turned back unread: what we have no ground to know is nowhere kept, not even in the list of refused rows.
      if (column !== undefined) return { line: row.line, refused: "personNotAgreed", column };
      return { line: row.line, fields: map(row.fields) };
    });
  }
}
