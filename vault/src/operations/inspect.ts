/** Opens every number of a slice and compares it with its check digit and its index: the vault's half of the consistency check. */
import type { PoolClient } from "pg";

import { type KeyRing, openNumber } from "../keys/key-ring.ts";
import { IndividualNumber } from "../number/individual-number.ts";
import type { Done } from "./enter.ts";
import type { VaultInput, VaultOutput } from "./shapes.ts";

type Fault = VaultOutput<"inspect">["faults"][number]["fault"];

type Row = {
  readonly person_ref: string;
  readonly wrapped_dek: Buffer;
  readonly key_version: number;
  readonly record_id: string | null;
  readonly state: "current" | "former" | null;
  readonly sealed: Buffer | null;
  readonly digest: Buffer | null;
};

const SLICE = `
SELECT p.person_ref, p.wrapped_dek, p.key_version, r.record_id, r.state, r.sealed, i.digest
FROM (SELECT person_ref, wrapped_dek, key_version FROM vault.person WHERE $1::uuid IS NULL OR person_ref > $1 ORDER BY person_ref LIMIT $2) p
LEFT JOIN vault.record r USING (person_ref)
LEFT JOIN vault.number_index i ON i.record_id = r.record_id AND i.index_version = $3
ORDER BY p.person_ref`;

function faultOf(ring: KeyRing, dek: Buffer | undefined, row: Row): Fault | undefined {
  if (dek === undefined || row.record_id === null || row.sealed === null) return "unreadable";
  const bytes = openNumber(dek, row.record_id, row.sealed);
  if (bytes === undefined) return "unreadable";
  const number = IndividualNumber.fromBytes(bytes);
  if (number === undefined) {
    bytes.fill(0);
    return "checkDigit";
  }
  if (row.digest === null) return "indexMissing";
  const sound = ring.indexOf(number, ring.indexVersion).equals(row.digest);
  number.wipe();
  return sound ? undefined : "indexMismatch";
}

/** One slice, by reference. */
export async function inspect(
  client: PoolClient,
  ring: KeyRing,
  { after, limit }: VaultInput<"inspect">,
): Promise<Done<VaultOutput<"inspect">>> {
  const { rows } = await client.query<Row>(SLICE, [after, limit, ring.indexVersion]);
  if (rows.some(({ key_version }) => !ring.has(key_version))) await ring.load(client);
  const persons = new Set<string>();
  const current = new Set<string>();
  const faults: { readonly personRef: string; readonly fault: Fault }[] = [];
  for (const row of rows) {
    const personRef = row.person_ref;
    persons.add(personRef);
    if (row.state === "current") current.add(personRef);
    if (row.record_id === null) continue;
    const dek = ring.dataKey(personRef, row.key_version, row.wrapped_dek);
    const fault = faultOf(ring, dek, row);
    dek?.fill(0);
    if (fault !== undefined) faults.push({ personRef, fault });
  }
  for (const personRef of persons) if (!current.has(personRef)) faults.push({ personRef, fault: "noCurrent" });
  const all = [...persons];
  return {
    response: { persons: all, faults, next: all.length < limit ? null : (all.at(-1) ?? null) },
    rows: all.length,
  };
}
