/** The work of the operations on numbers: entry, change, comparison, search and display. */
import { randomUUID } from "node:crypto";
import type { PoolClient } from "pg";

import { type KeyRing, openNumber, sealNumber } from "../keys/key-ring.ts";
import { IndividualNumber } from "../number/individual-number.ts";
import { refusal } from "../refusal.ts";
import type { Done } from "./enter.ts";
import type { VaultInput, VaultOutput } from "./shapes.ts";

type Owner = { readonly person_ref: string; readonly state: "current" | "former" };

const hex = (digest: Buffer): string => digest.toString("hex");

/** Whose the numbers are, by the hex of their index under the active key. */
async function ownersOf(
  client: PoolClient,
  ring: KeyRing,
  digests: readonly Buffer[],
): Promise<ReadonlyMap<string, Owner>> {
  const { rows } = await client.query<Owner & { readonly digest: Buffer }>(
    `SELECT i.digest, r.person_ref, r.state FROM vault.number_index i JOIN vault.record r USING (record_id)
     WHERE i.index_version = $1 AND i.digest = ANY ($2)`,
    [ring.indexVersion, digests],
  );
  return new Map(rows.map(({ digest, person_ref, state }) => [hex(digest), { person_ref, state }]));
}

type NewRecord = {
  readonly recordId: string;
  readonly personRef: string;
  readonly sealed: Buffer;
  readonly number: IndividualNumber;
};

async function insertRecords(
  client: PoolClient,
  ring: KeyRing,
  records: readonly NewRecord[],
  now: Date,
): Promise<void> {
  await client.query(
    `INSERT INTO vault.record (record_id, person_ref, state, sealed, entered_at)
     SELECT id, person, 'current', sealed, $4 FROM unnest($1::uuid[], $2::uuid[], $3::bytea[]) AS x (id, person, sealed)`,
    [
      records.map(({ recordId }) => recordId),
      records.map(({ personRef }) => personRef),
      records.map(({ sealed }) => sealed),
      now,
    ],
  );
  for (const version of ring.indexVersions) {
    await client.query(
      `INSERT INTO vault.number_index (index_version, digest, record_id)
       SELECT $1, digest, id FROM unnest($2::bytea[], $3::uuid[]) AS x (digest, id)`,
      [version, records.map(({ number }) => ring.indexOf(number, version)), records.map(({ recordId }) => recordId)],
    );
  }
}

type EntryRow = VaultOutput<"register">[number];

async function findEntries(client: PoolClient, entryKeys: readonly string[]): Promise<readonly EntryRow[]> {
  const { rows } = await client.query<EntryRow>(
    `SELECT entry_key AS "entryKey", person_ref AS "personRef", outcome FROM vault.entry WHERE entry_key = ANY ($1)`,
    [entryKeys],
  );
  return rows;
}

async function insertEntries(client: PoolClient, entries: readonly EntryRow[], now: Date): Promise<void> {
  await client.query(
    `INSERT INTO vault.entry (entry_key, person_ref, outcome, entered_at)
     SELECT k, p, o, $4 FROM unnest($1::text[], $2::uuid[], $3::text[]) AS x (k, p, o)`,
    [
      entries.map(({ entryKey }) => entryKey),
      entries.map(({ personRef }) => personRef),
      entries.map(({ outcome }) => outcome),
      now,
    ],
  );
}

/** 個人番号の入力. @throws Refusal `entryReused`, `vaultInput` (an entry key twice) */
export async function register(
  client: PoolClient,
  ring: KeyRing,
  { entries }: VaultInput<"register">,
  now: Date,
): Promise<Done<VaultOutput<"register">>> {
  const keys = entries.map(({ entryKey }) => entryKey);
  if (new Set(keys).size !== keys.length) throw refusal("vaultInput");
  const digests = entries.map(({ number }) => ring.indexOf(number, ring.indexVersion));
  const owners = new Map(await ownersOf(client, ring, digests));
  const earlier = new Map((await findEntries(client, keys)).map((row) => [row.entryKey, row]));
  const persons: { readonly ref: string; readonly wrapped: Buffer; readonly version: number }[] = [];
  const records: NewRecord[] = [];
  const made: EntryRow[] = [];
  const answers = entries.map(({ entryKey, number }, place): EntryRow => {
    const digest = hex(digests[place] ?? Buffer.alloc(0));
    const owner = owners.get(digest);
    const before = earlier.get(entryKey);
    if (before !== undefined) {
      if (owner?.person_ref !== before.personRef) throw refusal("entryReused");
      return before;
    }
    if (owner !== undefined) {
      const known: EntryRow = { entryKey, personRef: owner.person_ref, outcome: "known" };
      made.push(known);
      return known;
    }
    const personRef = randomUUID();
    const recordId = randomUUID();
    const { dek, wrapped, version } = ring.newDataKey(personRef);
    persons.push({ ref: personRef, wrapped, version });
    records.push({ recordId, personRef, sealed: sealNumber(dek, recordId, number), number });
    dek.fill(0);
    owners.set(digest, { person_ref: personRef, state: "current" });
    const fresh: EntryRow = { entryKey, personRef, outcome: "new" };
    made.push(fresh);
    return fresh;
  });
  if (persons.length > 0) {
    await client.query(
      `INSERT INTO vault.person (person_ref, wrapped_dek, key_version, created_at)
       SELECT ref, wrapped, version, $4 FROM unnest($1::uuid[], $2::bytea[], $3::int[]) AS x (ref, wrapped, version)`,
      [
        persons.map(({ ref }) => ref),
        persons.map(({ wrapped }) => wrapped),
        persons.map(({ version }) => version),
        now,
      ],
    );
    await insertRecords(client, ring, records, now);
  }
  if (made.length > 0) await insertEntries(client, made, now);
  const [only] = answers;
  return {
    response: answers,
    rows: answers.length,
    ...(answers.length === 1 && only !== undefined ? { personRef: only.personRef } : {}),
  };
}

/** What became of earlier entries. */
export async function lookUpEntries(
  client: PoolClient,
  { entryKeys }: VaultInput<"entries">,
): Promise<Done<VaultOutput<"entries">>> {
  const rows = await findEntries(client, entryKeys);
  return { response: [...rows], rows: rows.length };
}

type PersonRow = { readonly wrapped_dek: Buffer; readonly key_version: number };

async function dataKeyOf(client: PoolClient, ring: KeyRing, personRef: string): Promise<Buffer> {
  const { rows } = await client.query<PersonRow>(
    "SELECT wrapped_dek, key_version FROM vault.person WHERE person_ref = $1",
    [personRef],
  );
  const [row] = rows;
  if (row === undefined) throw refusal("personUnknown");
  if (!ring.has(row.key_version)) await ring.load(client); // another process has rotated meanwhile
  const dek = ring.dataKey(personRef, row.key_version, row.wrapped_dek);
  if (dek === undefined) throw refusal("recordDamaged");
  return dek;
}

/** 個人番号の変更. @throws Refusal `personUnknown`, `numberOfOther`, `entryReused`, `recordDamaged` */
export async function change(
  client: PoolClient,
  ring: KeyRing,
  { entryKey, personRef, number }: VaultInput<"change">,
  now: Date,
): Promise<Done<VaultOutput<"change">>> {
  const digest = ring.indexOf(number, ring.indexVersion);
  const owner = (await ownersOf(client, ring, [digest])).get(hex(digest));
  const [before] = await findEntries(client, [entryKey]);
  if (before !== undefined && (before.personRef !== personRef || owner?.person_ref !== personRef)) {
    throw refusal("entryReused");
  }
  if (owner !== undefined && owner.person_ref !== personRef) throw refusal("numberOfOther");
  if (before !== undefined || owner?.state === "current") {
    return {
      response: { personRef, outcome: before?.outcome === "changed" ? "changed" : "known" },
      personRef,
      rows: 1,
    };
  }
  // A number of before does not come back: it was taken out of use because it was misused (番号法7条2項).
  if (owner?.state === "former") throw refusal("numberOfOther");
  // Two changes of one person at once: the index of current records lets one through, the other is tried again.
  const dek = await dataKeyOf(client, ring, personRef);
  await client.query(
    "UPDATE vault.record SET state = 'former', ended_at = $2 WHERE person_ref = $1 AND state = 'current'",
    [personRef, now],
  );
  const recordId = randomUUID();
  await insertRecords(client, ring, [{ recordId, personRef, sealed: sealNumber(dek, recordId, number), number }], now);
  dek.fill(0);
  await client.query(
    "INSERT INTO vault.entry (entry_key, person_ref, outcome, entered_at, record_id) VALUES ($1, $2, 'changed', $3, $4)",
    [entryKey, personRef, now, recordId],
  );
  return { response: { personRef, outcome: "changed" }, personRef, rows: 1 };
}

/** 変更の取消し, only of the newest change of a person. @throws Refusal `personUnknown` */
export async function undoChange(
  client: PoolClient,
  { entryKey }: VaultInput<"undoChange">,
): Promise<Done<VaultOutput<"undoChange">>> {
  const { rows } = await client.query<{ person_ref: string }>(
    `DELETE FROM vault.record r USING vault.entry e
     WHERE e.entry_key = $1 AND e.outcome = 'changed' AND r.record_id = e.record_id AND r.state = 'current'
     RETURNING r.person_ref`,
    [entryKey],
  );
  const personRef = rows[0]?.person_ref;
  if (personRef === undefined) throw refusal("personUnknown");
  await client.query(
    `UPDATE vault.record SET state = 'current', ended_at = NULL WHERE record_id =
       (SELECT record_id FROM vault.record WHERE person_ref = $1 ORDER BY ended_at DESC LIMIT 1)`,
    [personRef],
  );
  return { response: { personRef }, personRef, rows: 1 };
}

/** Whether the numbers are those of the persons. */
export async function match(
  client: PoolClient,
  ring: KeyRing,
  { checks }: VaultInput<"match">,
): Promise<Done<VaultOutput<"match">>> {
  const digests = checks.map(({ number }) => ring.indexOf(number, ring.indexVersion));
  const owners = await ownersOf(client, ring, digests);
  const { rows } = await client.query<{ ref: string }>(
    "SELECT person_ref AS ref FROM vault.person WHERE person_ref = ANY ($1)",
    [checks.map(({ personRef }) => personRef)],
  );
  const known = new Set(rows.map(({ ref }) => ref));
  const response = checks.map(({ personRef }, place): VaultOutput<"match">[number] => {
    if (!known.has(personRef)) return { personRef, result: "unknown" };
    const owner = owners.get(hex(digests[place] ?? Buffer.alloc(0)));
    if (owner?.person_ref !== personRef) return { personRef, result: "different" };
    return { personRef, result: owner.state === "current" ? "same" : "former" };
  });
  const [only] = checks;
  return {
    response,
    rows: response.length,
    ...(checks.length === 1 && only !== undefined ? { personRef: only.personRef } : {}),
  };
}

/** Whose number it is. */
export async function find(
  client: PoolClient,
  ring: KeyRing,
  { number }: VaultInput<"find">,
): Promise<Done<VaultOutput<"find">>> {
  const digest = ring.indexOf(number, ring.indexVersion);
  const owner = (await ownersOf(client, ring, [digest])).get(hex(digest));
  if (owner === undefined) return { response: { personRef: null, former: false }, rows: 0 };
  return {
    response: { personRef: owner.person_ref, former: owner.state === "former" },
    personRef: owner.person_ref,
    rows: 1,
  };
}

/** The number of one person. @throws Refusal `personUnknown`, `recordDamaged` */
export async function reveal(
  client: PoolClient,
  ring: KeyRing,
  { personRef }: VaultInput<"reveal">,
): Promise<Done<VaultOutput<"reveal">>> {
  const dek = await dataKeyOf(client, ring, personRef);
  const { rows } = await client.query<{ record_id: string; sealed: Buffer }>(
    "SELECT record_id, sealed FROM vault.record WHERE person_ref = $1 AND state = 'current'",
    [personRef],
  );
  const [row] = rows;
  if (row === undefined) throw refusal("personUnknown");
  const bytes = openNumber(dek, row.record_id, row.sealed);
  dek.fill(0);
  const number = bytes === undefined ? undefined : IndividualNumber.fromBytes(bytes);
  if (number === undefined) throw refusal("recordDamaged");
  return { response: { number }, personRef, rows: 1 };
}
