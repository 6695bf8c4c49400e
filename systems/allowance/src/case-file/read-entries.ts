/** Reads of 台帳の記載: the last revision, what was true and known on a day, the whole history, what waits for someone. */
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import { auditedRead, type Reader } from "../inquiry/audited-read.ts";
import { WITHHELD } from "../outputs/declared-list.ts";
import { columnOf, type EntryContent, type EntryKind, entrySpecs, membersOf } from "./entry-kinds.ts";

/** An entry as it stands in one revision. */
export type EntryRow<K extends EntryKind> = {
  readonly entryId: number;
  readonly revision: number;
  readonly addresseeNumber: number;
  readonly content: EntryContent<K>;
  readonly validFrom: string;
  readonly validTo: string | null;
  readonly withdrawn: boolean;
  readonly reason: string;
  readonly enteredBy: string;
  readonly recordedAt: Date;
};

/** `knownOn` for everything that is recorded, whatever the day of the machine and the day of work are. */
export const ALL_KNOWN = "9999-12-31";

/** A day to look at, and the day until whose end (in Japan) things had been recorded. */
export type AsOf = { readonly validOn: string; readonly knownOn: string };

/** Recorded by the end of that day in Japan */
export const KNOWN_BY = (parameter: string): string =>
  `recorded_at < ((${parameter}::date + 1)::timestamp AT TIME ZONE 'Asia/Tokyo')`;

// 支援措置: what is kept back is decided by the database (open, protected, no lift); an empty member stays empty.
const withheld = (column: string, shownWhere: string): string =>
  `CASE WHEN ${column} <> '' AND NOT (${shownWhere}) AND addressee_number = ANY ((SELECT allowance.sheltered_open())::bigint[]) THEN '${WITHHELD}' ELSE ${column} END`;

/** @param shown for a person's eyes: what says where somebody protected is, is kept back. A command reads all. */
function columns(kind: EntryKind, shown: boolean): string {
  const { months, whereabouts, shownWhere } = entrySpecs[kind];
  const members = membersOf(kind).map((member) => {
    const column = columnOf(member);
    if (months.includes(member)) return `'${member}', to_char(${column}, 'YYYY-MM')`;
    return `'${member}', ${shown && whereabouts.includes(member) ? withheld(column, shownWhere) : column}`;
  });
  return `entry_id AS "entryId", revision, addressee_number AS "addresseeNumber", json_build_object(${members.join(", ")}) AS content,
    valid_from AS "validFrom", valid_to AS "validTo", withdrawn, reason, entered_by AS "enteredBy", recorded_at AS "recordedAt"`;
}

/** The last revision of an entry, withdrawn or not. */
export async function lastRevision<K extends EntryKind>(
  connection: Queryable,
  kind: K,
  entryId: number,
): Promise<EntryRow<K> | undefined> {
  const { rows } = await connection.query<EntryRow<K>>(
    `SELECT ${columns(kind, false)} FROM allowance.${entrySpecs[kind].table} WHERE entry_id = $1 ORDER BY revision DESC LIMIT 1`,
    [entryId],
  );
  return rows[0];
}

/**
 * Entries of a kind that were true on `validOn` as far as was known on `knownOn`, oldest first.
 *
 * @param waiting also those whose withdrawal waits for a second person: what was confirmed before still holds
 */
export async function entriesOn<K extends EntryKind>(
  connection: Queryable,
  kind: K,
  addresseeNumber: number,
  { validOn, knownOn }: AsOf,
  waiting = false,
): Promise<readonly EntryRow<K>[]> {
  const { table, secondPerson } = entrySpecs[kind];
  const standing =
    waiting && secondPerson !== null
      ? `(NOT withdrawn OR EXISTS (SELECT FROM allowance.${table}_confirmed f WHERE f.entry_id = x.entry_id))`
      : "NOT withdrawn";
  const { rows } = await connection.query<EntryRow<K>>(
    `SELECT ${columns(kind, true)} FROM (
       SELECT DISTINCT ON (entry_id) * FROM allowance.${table}
       WHERE addressee_number = $1 AND ${KNOWN_BY("$3")} ORDER BY entry_id, revision DESC) x
     WHERE ${standing} AND valid_from <= $2::date AND (valid_to IS NULL OR valid_to >= $2::date) ORDER BY entry_id`,
    [addresseeNumber, validOn, knownOn],
  );
  return rows;
}

/** Every revision of every entry of a kind in a person's case file, oldest first. The opening is recorded. */
export async function entryHistory<K extends EntryKind>(
  reader: Reader,
  kind: K,
  addresseeNumber: number,
): Promise<readonly EntryRow<K>[]> {
  const entry = {
    action: "caseFile.history",
    objectKind: `entry.${kind}`,
    objectId: String(addresseeNumber),
  };
  return await auditedRead(reader, entry, async (client) => {
    const { rows } = await client.query<EntryRow<K>>(
      `SELECT ${columns(kind, true)} FROM allowance.${entrySpecs[kind].table} WHERE addressee_number = $1 ORDER BY entry_id, revision`,
      [addresseeNumber],
    );
    return rows;
  });
}

/** An entry that waits for its confirmation by a second person. No content: it is opened to be confirmed. */
export type UnconfirmedEntry = {
  readonly kind: EntryKind;
  readonly entryId: number;
  readonly revision: number;
  readonly addresseeNumber: number;
  readonly enteredBy: string;
  readonly recordedAt: Date;
};

/** Current entries of one kind without a confirmation, oldest first; `notBy` leaves out what that person typed. */
export async function listUnconfirmed(
  connection: Queryable,
  kind: EntryKind,
  { notBy = "", limit = 200 }: { readonly notBy?: string; readonly limit?: number } = {},
): Promise<readonly UnconfirmedEntry[]> {
  const { rows } = await connection.query<UnconfirmedEntry>(
    `SELECT $1::text AS kind, x.entry_id AS "entryId", x.revision, x.addressee_number AS "addresseeNumber",
            x.entered_by AS "enteredBy", x.recorded_at AS "recordedAt"
     FROM allowance.${entrySpecs[kind].table}_current x
     WHERE x.entered_by <> $2 AND NOT EXISTS (SELECT FROM allowance.entry_confirmation c WHERE c.entry_id = x.entry_id AND c.revision = x.revision)
     ORDER BY x.recorded_at LIMIT $3`,
    [kind, notBy, limit],
  );
  return rows;
}

/** Something that the office has asked for and has not got by its day. */
export type OverdueRequest = {
  readonly kind: "document" | "formerInquiry" | "materialRequest";
  readonly entryId: number;
  readonly addresseeNumber: number;
  /** 官公署など・前住所地・書類の種類 */
  readonly of: string;
  readonly askedOn: string;
  readonly dueOn: string;
  /** Days past the due day on `today`; 0 or less: still open in time */
  readonly daysLate: number;
};

/**
 * Open requests: 書類の求め, 前住所地への照会, 法28条の資料の提供等の求め. Oldest due day first.
 *
 * @param today marks as overdue what was due before it
 */
export async function listOpenRequests(
  connection: Queryable,
  today: string,
  { onlyOverdue = false }: { readonly onlyOverdue?: boolean } = {},
): Promise<readonly OverdueRequest[]> {
  const { rows } = await connection.query<OverdueRequest>(
    `SELECT kind, entry_id AS "entryId", addressee_number AS "addresseeNumber", of, asked_on AS "askedOn", due_on AS "dueOn",
            $1::date - due_on AS "daysLate"
     FROM (
       SELECT 'document' AS kind, entry_id, addressee_number, kind AS of, requested_on AS asked_on, due_on FROM allowance.document_current
       WHERE state IN ('awaited', 'onHold') AND due_on IS NOT NULL
       UNION ALL
       SELECT 'formerInquiry', entry_id, addressee_number, municipality_name, asked_on, due_on FROM allowance.former_inquiry_current WHERE answered_on IS NULL
       UNION ALL
       SELECT 'materialRequest', entry_id, addressee_number, office_name, requested_on, due_on FROM allowance.material_request_current WHERE answered_on IS NULL
     ) x WHERE NOT $2 OR due_on < $1::date ORDER BY due_on, entry_id`,
    [today, onlyOverdue],
  );
  return rows;
}

/** Where letters to a person go. */
export type LetterAddress = {
  /** `mailing` 送付先, `resident` 住民票の住所 */
  readonly source: "mailing" | "resident";
  readonly postalCode: string;
  readonly address: string;
  readonly building: string;
  /** 宛名, where it is not the person */
  readonly recipientName: string;
};

/**
 * 送付先＞現住所: the confirmed mailing address in force on `day`, else the address of the register.
 *
 * @returns undefined where the register has no address either
 */
export async function letterAddressOn(
  connection: Queryable,
  addresseeNumber: number,
  day: string,
): Promise<LetterAddress | undefined> {
  const { rows } = await connection.query<LetterAddress>(
    `SELECT 'mailing' AS source, postal_code AS "postalCode", address, building, recipient_name AS "recipientName"
     FROM allowance.mailing_address_on($1, $2)
     UNION ALL
     (SELECT 'resident', postal_code, address, '', '' FROM allowance.person_history
      WHERE addressee_number = $1 AND NOT deleted AND valid_from <= $2 AND address <> '' ORDER BY history_no DESC, revision DESC LIMIT 1)`,
    [addresseeNumber, day],
  );
  return rows[0];
}
