/**
 * Two keys that know nothing of each other must name the same person before anything leaves or is answered: the link
 * (宛名番号 → 団体内統合宛名番号 → reference) that this system keeps, and the vault's own book of which entry of a number brought whom. A link that was
 * crossed, here or there, is seen because the other does not follow.
 */
import { readOnly, withRole } from "@hagukumi/platform/database/transaction.ts";
import { ENTRIES_LIMIT } from "@hagukumi/vault/contract.ts";
import type { PoolClient } from "pg";

import { type AddresseeContext, askVault, ROLE, stopIfCancelled } from "../context.ts";

/** A person in a system. */
export type Linked = { readonly systemCode: string; readonly addresseeNumber: number };

export type Agreement =
  | { readonly state: "agreed"; readonly unifiedNumber: number }
  | { readonly state: "missing" }
  | { readonly state: "crossed"; readonly unifiedNumber: number };

type Row = Linked & {
  readonly unifiedNumber: number;
  /** Reference of the person of the link's number */
  readonly personRef: string;
  /** Key of the newest entry that brought this addressee a number; null where there is none of its own */
  readonly entryKey: string | null;
};

// The entry is found by the addressee, not by the link: a link that was turned to another's entry must not vouch for itself.
const ENTRY_KEY = `(SELECT e.entry_key FROM unified.entry e JOIN unified.entry_result r USING (entry_id)
     WHERE e.system_code = l.system_code AND e.addressee_number = l.addressee_number AND r.outcome IN ('new', 'known', 'changed')
     ORDER BY e.entry_id DESC LIMIT 1) AS "entryKey"`;
const COLUMNS = `l.system_code AS "systemCode", l.addressee_number AS "addresseeNumber", l.unified_number AS "unifiedNumber", p.person_ref AS "personRef",
    ${ENTRY_KEY}`;
const PAIRS = `
  SELECT ${COLUMNS} FROM unified.link l JOIN unified.person p USING (unified_number)
  WHERE l.ended_at IS NULL AND l.addressee_number = ANY ($1)`;
const BATCH = `
  SELECT ${COLUMNS}, l.link_id AS "linkId" FROM unified.link l JOIN unified.person p USING (unified_number)
  WHERE l.ended_at IS NULL AND l.link_id > $1 ORDER BY l.link_id LIMIT $2`;

async function pairs(client: PoolClient, numbers: readonly number[]): Promise<readonly Row[]> {
  return (await client.query<Row>(PAIRS, [numbers])).rows;
}

async function crossed(context: AddresseeContext, rows: readonly Row[]): Promise<ReadonlySet<Row>> {
  const wrong = new Set<Row>(rows.filter(({ entryKey }) => entryKey === null));
  const asked = rows.filter(({ entryKey }) => entryKey !== null);
  for (let from = 0; from < asked.length; from += ENTRIES_LIMIT) {
    const slice = asked.slice(from, from + ENTRIES_LIMIT);
    const entryKeys = slice.flatMap(({ entryKey }) => entryKey ?? []);
    const answers = await askVault(context, "entries", "numberEntry", "linkAgreement", { entryKeys });
    const refs = new Map(answers.map(({ entryKey, personRef }) => [entryKey, personRef]));
    for (const row of slice) if (refs.get(row.entryKey ?? "") !== row.personRef) wrong.add(row);
  }
  return wrong;
}

type Batch = { readonly rows: readonly Row[]; readonly last: number | null };

/** The links of one stretch of their numbers: a city's are never held all at once. */
async function batchAfter(context: AddresseeContext, after: number): Promise<Batch> {
  return await readOnly(context.pool, async (client) => {
    await withRole(client, ROLE);
    const { rows } = await client.query<Row & { readonly linkId: number }>(BATCH, [after, ENTRIES_LIMIT]);
    return { rows, last: rows.at(-1)?.linkId ?? null };
  });
}

/**
 * Every link where the two keys name different people: for the consistency check.
 *
 * @throws Refusal `cancelled` between two batches; those of the vault
 */
export async function crossedLinks(
  context: AddresseeContext,
): Promise<readonly (Linked & { unifiedNumber: number })[]> {
  const found: Row[] = [];
  let batch = batchAfter(context, 0);
  for (;;) {
    const { rows, last } = await batch;
    stopIfCancelled(context, "整合の確認");
    // The next stretch is read while the vault looks up this one.
    if (last !== null) batch = batchAfter(context, last);
    batch.catch(() => {}); // met by the next round, where this one ends it is of no more use
    found.push(...(await crossed(context, rows)));
    if (last === null) return found;
  }
}

const nameOf = ({ systemCode, addresseeNumber }: Linked): string => `${systemCode}:${addresseeNumber}`;

/**
 * The 団体内統合宛名番号 under which a person may be named to the 中間サーバー. 宛名番号 are the city's, so the resident register's link of the same number counts
 * too; where both are there they must agree.
 */
export async function agreedNumbers(
  context: AddresseeContext,
  asked: readonly Linked[],
): Promise<ReadonlyMap<string, Agreement>> {
  const rows = await readOnly(context.pool, async (client) => {
    await withRole(client, ROLE);
    return await pairs(client, [...new Set(asked.map(({ addresseeNumber }) => addresseeNumber))]);
  });
  const wrong = await crossed(context, rows);
  const byNumber = Map.groupBy(rows, ({ addresseeNumber }) => addresseeNumber);
  return new Map(
    asked.map((each): [string, Agreement] => {
      const links = (byNumber.get(each.addresseeNumber) ?? []).filter(
        ({ systemCode }) => systemCode === each.systemCode || systemCode === "residentRegister",
      );
      const [first] = links;
      if (first === undefined) return [nameOf(each), { state: "missing" }];
      const { unifiedNumber } = first;
      const one = links.every((link) => link.unifiedNumber === unifiedNumber && !wrong.has(link));
      return [nameOf(each), one ? { state: "agreed", unifiedNumber } : { state: "crossed", unifiedNumber }];
    }),
  );
}

/** The answer of `agreedNumbers` about one. */
export function agreementOf(found: ReadonlyMap<string, Agreement>, asked: Linked): Agreement {
  return found.get(nameOf(asked)) ?? { state: "missing" };
}
