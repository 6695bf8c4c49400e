/** Small things that every `apply` needs. */
import type { PoolClient } from "pg";

import type { Applied, Deciders, FilingOf } from "../filings/procedure.ts";

/** The stored filing's number. A preview has none, and is never applied. */
export function storedId(filing: Pick<FilingOf<unknown>, "filingId">): number {
  if (filing.filingId === null) throw new Error("a preview can't be applied");
  return filing.filingId;
}

export const NOTHING: Applied = { recipients: [], decisions: [], detail: null };

/** Inserts one row; column names are constants of the program. */
export async function insert(
  client: PoolClient,
  table: string,
  columns: Readonly<Record<string, unknown>>,
): Promise<void> {
  const names = Object.keys(columns);
  await client.query(
    `INSERT INTO allowance.${table} (${names.join(", ")}) VALUES (${names.map((_, index) => `$${index + 1}`).join(", ")})`,
    Object.values(columns),
  );
}

/** Who entered and who approved: the last two columns of most tables here. */
export const people = (deciders: Deciders): { readonly entered_by: string; readonly approved_by: string } => ({
  entered_by: deciders.typedBy,
  approved_by: deciders.approvedBy,
});
