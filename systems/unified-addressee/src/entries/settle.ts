/** 付番: the last step of entries, in one transaction; and the queue of entries that stopped before it. */
import type { VaultOutput } from "@hagukumi/vault/contract.ts";
import { readOnly, withRole } from "@hagukumi/platform/database/transaction.ts";
import type { PoolClient } from "pg";

import { type AddresseeContext, askVault, command, ROLE } from "../context.ts";
import { drawUnifiedNumber } from "../numbers.ts";

/** What the vault said about an entry, or why there is nothing to issue. */
export type Answer =
  | { readonly entryId: number; readonly personRef: string }
  | { readonly entryId: number; readonly end: "same" | "differs" | "refused" | "lost" };

/**
 * How an entry ended: a number was issued, the person had one, it was changed; `duplicate`: another addressee of the same system has
 * this person's number, nothing was linked.
 */
export type Settled = "new" | "known" | "changed" | "same" | "differs" | "refused" | "lost" | "duplicate";

/** Numbers of persons; drawn and issued where there are none. */
async function numbersOf(
  client: PoolClient,
  wanted: readonly { readonly personRef: string; readonly entryId: number }[],
): Promise<ReadonlyMap<string, { readonly number: number; readonly issuedFor: number | null }>> {
  const found = new Map<string, { readonly number: number; readonly issuedFor: number | null }>();
  const { rows } = await client.query<{ ref: string; number: number }>(
    "SELECT person_ref AS ref, unified_number AS number FROM unified.person WHERE person_ref = ANY ($1)",
    [wanted.map(({ personRef }) => personRef)],
  );
  for (const { ref, number } of rows) found.set(ref, { number, issuedFor: null });
  for (;;) {
    // The first entry of a person in this slice is the one that the number is issued for.
    const missing = new Map(
      wanted.filter(({ personRef }) => !found.has(personRef)).map(({ personRef, entryId }) => [personRef, entryId]),
    );
    if (missing.size === 0) return found;
    const refs = [...missing.keys()];
    // A number that is taken is left out, and drawn again in the next round.
    const made = await client.query<{ ref: string; number: number; entry: number }>(
      `INSERT INTO unified.person (unified_number, person_ref, entry_id)
       SELECT n, r, e FROM unnest($1::bigint[], $2::uuid[], $3::bigint[]) AS x (n, r, e) ON CONFLICT (unified_number) DO NOTHING
       RETURNING person_ref AS ref, unified_number AS number, entry_id AS entry`,
      [refs.map(drawUnifiedNumber), refs, [...missing.values()]],
    );
    for (const { ref, number, entry } of made.rows) found.set(ref, { number, issuedFor: entry });
  }
}

type EntryRow = {
  readonly entryId: number;
  readonly kind: "first" | "change";
  readonly systemCode: string;
  readonly addresseeNumber: number;
  /** The number that this addressee is linked with */
  readonly own: number | null;
};

const ENTRIES = `
SELECT e.entry_id AS "entryId", e.kind, e.system_code AS "systemCode", e.addressee_number AS "addresseeNumber", l.unified_number AS own
FROM unified.entry e LEFT JOIN unified.link l ON l.system_code = e.system_code AND l.addressee_number = e.addressee_number AND l.ended_at IS NULL
WHERE e.entry_id = ANY ($1)`;

// Whose link is in the way: another addressee of the same system, unless both are the same person by 名寄せ.
const HOLDERS = `
SELECT l.system_code AS "systemCode", l.unified_number AS number, l.addressee_number AS "addresseeNumber",
       ARRAY(SELECT c.other_number FROM unified.consolidation c WHERE c.kept_number = coalesce(k.kept_number, l.addressee_number) AND c.approved_at IS NOT NULL AND c.ended_at IS NULL)
         || coalesce(k.kept_number, l.addressee_number)::bigint AS "samePerson"
FROM unified.link l LEFT JOIN unified.consolidation k ON k.other_number = l.addressee_number AND k.approved_at IS NOT NULL AND k.ended_at IS NULL
WHERE l.unified_number = ANY ($1) AND l.ended_at IS NULL`;

type Holder = {
  readonly systemCode: string;
  readonly number: number;
  readonly addresseeNumber: number;
  readonly samePerson: readonly number[];
};

/** Ends entries inside the caller's transaction: issues numbers, links addressees. */
export async function settleOn(client: PoolClient, answers: readonly Answer[]): Promise<ReadonlyMap<number, Settled>> {
  const { rows } = await client.query<EntryRow>(ENTRIES, [answers.map(({ entryId }) => entryId)]);
  const entries = new Map(rows.map((row) => [row.entryId, row]));
  const numbers = await numbersOf(
    client,
    answers.filter((answer) => "personRef" in answer),
  );
  const holders = await client.query<Holder>(HOLDERS, [[...numbers.values()].map(({ number }) => number)]);
  const held = new Map(holders.rows.map((holder) => [`${holder.systemCode}/${holder.number}`, holder]));
  const settled = new Map<number, Settled>();
  const results: { readonly entryId: number; readonly number: number | null; readonly outcome: Settled }[] = [];
  const links: { readonly row: EntryRow; readonly number: number }[] = [];
  for (const answer of answers) {
    const row = entries.get(answer.entryId);
    if (row === undefined) throw new Error(`entry ${answer.entryId} is not there`);
    const person = "personRef" in answer ? numbers.get(answer.personRef) : undefined;
    if (person === undefined) {
      const outcome = "end" in answer ? answer.end : "lost";
      results.push({ entryId: row.entryId, number: null, outcome });
      settled.set(row.entryId, outcome);
      continue;
    }
    const place = `${row.systemCode}/${person.number}`;
    const holder = held.get(place);
    const inTheWay =
      holder !== undefined &&
      holder.addresseeNumber !== row.addresseeNumber &&
      !holder.samePerson.includes(row.addresseeNumber);
    if (inTheWay || (row.own !== null && row.own !== person.number)) {
      results.push({ entryId: row.entryId, number: null, outcome: "duplicate" });
      settled.set(row.entryId, "duplicate");
      continue;
    }
    const outcome = row.kind === "change" ? "changed" : person.issuedFor === row.entryId ? "new" : "known";
    results.push({ entryId: row.entryId, number: person.number, outcome });
    settled.set(row.entryId, outcome);
    if (row.own === null && holder === undefined) {
      links.push({ row, number: person.number });
      held.set(place, {
        systemCode: row.systemCode,
        number: person.number,
        addresseeNumber: row.addresseeNumber,
        samePerson: [row.addresseeNumber],
      });
    }
  }
  await client.query(
    `INSERT INTO unified.entry_result (entry_id, unified_number, outcome)
     SELECT e, n, o FROM unnest($1::bigint[], $2::bigint[], $3::text[]) AS x (e, n, o)`,
    [results.map(({ entryId }) => entryId), results.map(({ number }) => number), results.map(({ outcome }) => outcome)],
  );
  await client.query(
    `INSERT INTO unified.link (system_code, addressee_number, unified_number, entry_id)
     SELECT s, a, n, e FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[]) AS x (s, a, n, e)`,
    [
      links.map(({ row }) => row.systemCode),
      links.map(({ row }) => row.addresseeNumber),
      links.map(({ number }) => number),
      links.map(({ row }) => row.entryId),
    ],
  );
  return settled;
}

/** Ends one entry. A second call gives the first answer. */
export async function settleEntry(context: AddresseeContext, answer: Answer): Promise<Settled> {
  const { entryId } = answer;
  return await command(context, "number.settle", `entry/${entryId}/settle`, { entryId }, async (client) => {
    const outcome = (await settleOn(client, [answer])).get(entryId) ?? "lost";
    return {
      response: outcome,
      audit: [{ action: "number.settle", objectKind: "entry", objectId: String(entryId), detail: { outcome } }],
    };
  });
}

export type SettledQueue = { readonly settled: number; readonly lost: number };

/** Entries younger than this may still be on their way, in seconds. */
export const ON_THE_WAY_SECONDS = 120;

const SLICE = 500;

/**
 * The queue: ends every entry that stopped on its way. What the vault has under the entry's key is numbered and linked; what never
 * reached it is `lost` and has to be entered again. May run at any time and as often as one likes.
 */
export async function settleEntries(
  context: AddresseeContext,
  olderThanSeconds = ON_THE_WAY_SECONDS,
): Promise<SettledQueue> {
  const total = { settled: 0, lost: 0 };
  for (;;) {
    const waiting = await readOnly(context.pool, async (client) => {
      await withRole(client, ROLE);
      const { rows } = await client.query<{ entry_id: number; entry_key: string }>(
        `SELECT e.entry_id, e.entry_key FROM unified.entry e LEFT JOIN unified.entry_result r USING (entry_id)
         WHERE r.entry_id IS NULL AND e.entered_at <= clock_timestamp() - make_interval(secs => $1) ORDER BY e.entry_id LIMIT $2`,
        [olderThanSeconds, SLICE],
      );
      return rows;
    });
    if (waiting.length === 0 || context.signal?.aborted === true) return total;
    const known: VaultOutput<"entries"> = await askVault(context, "entries", "numberEntry", "queue", {
      entryKeys: waiting.map(({ entry_key }) => entry_key),
    });
    const byKey = new Map(known.map((answer) => [answer.entryKey, answer.personRef]));
    for (const { entry_id: entryId, entry_key: entryKey } of waiting) {
      const personRef = byKey.get(entryKey);
      await settleEntry(context, personRef === undefined ? { entryId, end: "lost" } : { entryId, personRef });
      total[personRef === undefined ? "lost" : "settled"] += 1;
    }
  }
}
