/** 必ず見るメモを読んだ記録: who has read a note that must be seen (A9), in which revision and when. */
import { randomUUID } from "node:crypto";

import { runCommand } from "@hagukumi/platform/database/command.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import { refusing } from "../constraints.ts";
import { type Context, ROLE } from "../context.ts";
import { refuse } from "../refusal.ts";
import { lastRevision } from "./read-entries.ts";
import type { EntryRef } from "./write-entry.ts";

export type NoteReading = { readonly by: string; readonly at: Date };

/** Who has read which note, in the order of reading; the key is `entryId/revision`. */
export async function noteReadings(
  connection: Queryable,
  notes: readonly EntryRef[],
): Promise<ReadonlyMap<string, readonly NoteReading[]>> {
  const { rows } = await connection.query<NoteReading & { readonly note: string }>(
    `SELECT r.entry_id || '/' || r.revision AS note, r.read_by AS by, r.read_at AS at FROM allowance.note_reading r
     JOIN unnest($1::bigint[], $2::int[]) x (entry_id, revision) ON r.entry_id = x.entry_id AND r.revision = x.revision ORDER BY r.read_at`,
    [notes.map(({ entryId }) => entryId), notes.map(({ revision }) => revision)],
  );
  return Map.groupBy(rows, ({ note }) => note);
}

/**
 * 「読みました」: the person who acts has read exactly this revision of the note. Reading twice is one reading.
 *
 * @throws Refusal `entryUnknown`, `entryChanged` (it was changed after it was shown), `entryWithdrawn`
 */
export async function acknowledgeNote(context: Context, note: EntryRef & { readonly key?: string }): Promise<void> {
  const { entryId, revision, key } = note;
  await refusing(() =>
    runCommand(
      context.pool,
      {
        role: ROLE,
        key: key ?? `note.read/${randomUUID()}`,
        name: "note.read",
        actor: context.operator,
        purpose: context.purpose,
        guard: context.guard,
        request: { entryId, revision },
      },
      async (client) => {
        const last = await lastRevision(client, "note", entryId);
        if (last === undefined) throw refuse("entryUnknown", "このメモはありません。画面を読み直してください。");
        if (last.withdrawn) throw refuse("entryWithdrawn", "このメモは取り消されています。画面を読み直してください。");
        if (last.revision !== revision) {
          throw refuse(
            "entryChanged",
            "このメモは、開いたあとでほかの職員が書き直しています。画面を読み直して、いまの内容を読んでください。読んだ記録は残していません。",
          );
        }
        await client.query(
          "INSERT INTO allowance.note_reading (entry_id, revision, read_by) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
          [entryId, revision, context.operator],
        );
        const detail = { revision, addresseeNumber: last.addresseeNumber };
        return {
          response: null,
          audit: [{ action: "note.read", objectKind: "entry.note", objectId: String(entryId), detail }],
        };
      },
    ),
  );
}
