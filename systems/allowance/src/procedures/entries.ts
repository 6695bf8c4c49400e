/**
 * 台帳の記載 (0111, 0115) written by an approved filing: entered by who typed it, confirmed by who approved it. Changing an entry
 * adds its next revision; the one before stays.
 */
import { addDays, type CivilDate } from "@hagukumi/law/contract.ts";
import type { PoolClient } from "pg";

import type { Deciders } from "../filings/procedure.ts";

/** Tables of entries that procedures write. */
export type EntryTable =
  | "related_person"
  | "coverage"
  | "child_circumstance"
  | "annual_report"
  | "contact"
  | "mailing_address"
  | "residence_exception";

type Value = string | number | boolean | null;
/** Columns beside those that every entry has. Names are constants of the program, never typed by anybody. */
export type EntryColumns = Readonly<Record<string, Value>>;

/** Records that a revision was confirmed by who approves, and which filing wrote it. */
export async function confirm(
  client: PoolClient,
  table: string,
  entryId: number,
  revision: number,
  deciders: Deciders,
): Promise<void> {
  await client.query(
    "INSERT INTO allowance.entry_confirmation (entry_id, revision, kind, confirmed_by) VALUES ($1, $2, $3, $4)",
    [entryId, revision, table, deciders.approvedBy],
  );
  await client.query("INSERT INTO allowance.entry_origin (entry_id, revision, filing_id) VALUES ($1, $2, $3)", [
    entryId,
    revision,
    deciders.filingId,
  ]);
}

/** A new entry about `number`. Returns its 記載番号. */
export async function addEntry(
  client: PoolClient,
  table: EntryTable,
  number: number,
  columns: EntryColumns,
  deciders: Deciders,
): Promise<number> {
  const all: EntryColumns = { addressee_number: number, revision: 1, ...columns, entered_by: deciders.typedBy };
  const names = Object.keys(all);
  const { rows } = await client.query<{ entry_id: number }>(
    `INSERT INTO allowance.${table} (entry_id, ${names.join(", ")})
     VALUES (nextval('allowance.entry_id_seq'), ${names.map((_, index) => `$${index + 1}`).join(", ")}) RETURNING entry_id`,
    Object.values(all),
  );
  const entryId = rows[0]?.entry_id ?? 0;
  await confirm(client, table, entryId, 1, deciders);
  return entryId;
}

/** The next revision of an entry, with some columns changed. */
export async function reviseEntry(
  client: PoolClient,
  table: EntryTable,
  entryId: number,
  changes: EntryColumns & { readonly reason: string },
  deciders: Deciders,
): Promise<void> {
  const { rows } = await client.query<{ revision: number }>(
    `INSERT INTO allowance.${table} SELECT (jsonb_populate_record(t, $2::jsonb || jsonb_build_object('revision', t.revision + 1,
       'recorded_at', clock_timestamp()))).*
     FROM allowance.${table} t WHERE t.entry_id = $1 AND t.revision = (SELECT max(x.revision) FROM allowance.${table} x WHERE x.entry_id = $1)
     RETURNING revision`,
    [entryId, JSON.stringify({ ...changes, entered_by: deciders.typedBy })],
  );
  await confirm(client, table, entryId, rows[0]?.revision ?? 1, deciders);
}

/** Open entries of a person on a day: not ended before it. */
export async function openEntries(
  client: PoolClient,
  table: EntryTable,
  number: number,
  day: CivilDate,
): Promise<readonly Readonly<Record<string, unknown> & { readonly entry_id: number }>[]> {
  const { rows } = await client.query<Record<string, unknown> & { entry_id: number }>(
    `SELECT * FROM allowance.${table}_current WHERE addressee_number = $1 AND (valid_to IS NULL OR valid_to >= $2) ORDER BY entry_id`,
    [number, day],
  );
  return rows;
}

/** Ends an entry on the day before `on`; one that began no earlier is withdrawn. Its revisions stay. */
export async function closeBefore(
  client: PoolClient,
  table: EntryTable,
  entry: Readonly<Record<string, unknown> & { readonly entry_id: number }>,
  on: CivilDate,
  reason: string,
  deciders: Deciders,
): Promise<void> {
  const from = entry["valid_from"];
  const changes = typeof from === "string" && from < on ? { valid_to: addDays(on, -1) } : { withdrawn: true };
  await reviseEntry(client, table, entry.entry_id, { ...changes, reason }, deciders);
}
