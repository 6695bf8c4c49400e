/** 台帳の記載 of one recipient's case: all kinds at once, as true and as known on given days, for the case page. */
import type { PoolClient } from "pg";

import { auditedRead, type Reader } from "../inquiry/audited-read.ts";
import { ENTRY_KINDS, type EntryKind, entrySpecs } from "./entry-kinds.ts";
import { type NoteReading, noteReadings } from "./note-readings.ts";
import { type AsOf, entriesOn } from "./read-entries.ts";

/** One entry with the name of its kind. `content` holds the members of the kind. */
export type CaseEntry = {
  readonly kind: EntryKind;
  readonly label: string;
  readonly entryId: number;
  readonly revision: number;
  readonly addresseeNumber: number;
  readonly content: Readonly<Record<string, unknown>>;
  readonly validFrom: string;
  readonly validTo: string | null;
  readonly enteredBy: string;
  readonly recordedAt: Date;
  /** The last revision is a withdrawal that waits for its second person */
  readonly withdrawn: boolean;
  /** Confirmed by a second person; null where the kind needs none */
  readonly confirmed: boolean | null;
  /** Who has read this revision of a note that must be seen, in the order of reading; empty for all other kinds */
  readonly readings: readonly NoteReading[];
};

async function confirmedIds(
  client: PoolClient,
  entries: readonly { readonly entryId: number; readonly revision: number }[],
): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ id: string }>(
    `SELECT c.entry_id || '/' || c.revision AS id FROM allowance.entry_confirmation c
     JOIN unnest($1::bigint[], $2::int[]) x(entry_id, revision) ON c.entry_id = x.entry_id AND c.revision = x.revision`,
    [entries.map(({ entryId }) => entryId), entries.map(({ revision }) => revision)],
  );
  return new Set(rows.map(({ id }) => id));
}

/**
 * Entries in the recipient's case file. The opening is recorded.
 *
 * @throws Refusal `purposeNeeded`; also what the staff read throws
 */
export async function caseEntries(
  reader: Reader,
  question: { readonly recipientId: number } & AsOf,
): Promise<readonly CaseEntry[]> {
  const entry = { action: "inquiry.caseEntries", objectKind: "recipient", objectId: String(question.recipientId) };
  return await auditedRead(reader, entry, async (client) => {
    const { rows } = await client.query<{ n: number }>(
      "SELECT addressee_number AS n FROM allowance.recipient WHERE recipient_id = $1",
      [question.recipientId],
    );
    const number = rows[0]?.n;
    if (number === undefined) return [];
    const found: Omit<CaseEntry, "confirmed" | "readings">[] = [];
    for (const kind of ENTRY_KINDS) {
      for (const row of await entriesOn(client, kind, number, question, true)) {
        found.push({ ...row, kind, label: entrySpecs[kind].label });
      }
    }
    const confirmed = await confirmedIds(client, found);
    const readings = await noteReadings(
      client,
      found.filter(({ kind }) => kind === "note"),
    );
    return found.map((each) => ({
      ...each,
      confirmed: entrySpecs[each.kind].secondPerson !== null ? confirmed.has(`${each.entryId}/${each.revision}`) : null,
      readings: (each.kind === "note" ? readings.get(`${each.entryId}/${each.revision}`) : undefined) ?? [],
    }));
  });
}
