/** Many made-up people into a vault by COPY: the same rows as `register` writes, without its questions. For benches; the table must be empty. */
import { randomUUID } from "node:crypto";
import { copyRows } from "@hagukumi/platform/database/copy.ts";
import { connectClient } from "@hagukumi/platform/database/pool.ts";

import { sealNumber } from "../../src/keys/key-ring.ts";
import { drawNumber, type TestVault } from "./vault.ts";

type Made = {
  readonly ref: string;
  readonly recordId: string;
  readonly dek: string;
  readonly version: number;
  readonly sealed: string;
  readonly digest: string;
};

const bytea = (bytes: Buffer): string => `\\x${bytes.toString("hex")}`;
const AT = "2026-11-23T00:00:00Z";

/**
 * Fills an empty vault.
 *
 * @param entryKeyOf the key of the n-th entry, 0…
 * @param onNumber is told each number, to look for it afterwards
 * @returns the references, in the order of their entries
 */
export async function fillVault(
  test: TestVault,
  count: number,
  entryKeyOf: (place: number) => string,
  onNumber?: (digits: string) => void,
): Promise<readonly string[]> {
  const { ring } = test.vault;
  const seen = new Set<string>();
  const made: Made[] = [];
  while (made.length < count) {
    const number = drawNumber();
    const digest = bytea(ring.indexOf(number, ring.indexVersion));
    if (seen.has(digest)) continue; // drawn twice: that would be one person
    seen.add(digest);
    const [ref, recordId] = [randomUUID(), randomUUID()];
    const { dek, wrapped, version } = ring.newDataKey(ref);
    made.push({
      ref,
      recordId,
      dek: bytea(wrapped),
      version,
      sealed: bytea(sealNumber(dek, recordId, number)),
      digest,
    });
    dek.fill(0);
    onNumber?.(number.exposeDigits());
    number.wipe();
  }
  const client = await connectClient(test.database.url, "bench vault");
  try {
    // No trigger looks a foreign key up, row by row: the rows are made together.
    await client.query("SET session_replication_role = replica");
    const copy = async (
      table: string,
      columns: readonly string[],
      rowOf: (row: Made, place: number) => readonly unknown[],
    ): Promise<void> => {
      const rows = async function* rows(): AsyncGenerator<readonly unknown[]> {
        for (const [place, row] of made.entries()) yield await Promise.resolve(rowOf(row, place));
      };
      await copyRows(client, `vault.${table}`, columns, rows());
    };
    await copy("person", ["person_ref", "wrapped_dek", "key_version", "created_at"], (row) => [
      row.ref,
      row.dek,
      row.version,
      AT,
    ]);
    await copy("record", ["record_id", "person_ref", "state", "sealed", "entered_at"], (row) => [
      row.recordId,
      row.ref,
      "current",
      row.sealed,
      AT,
    ]);
    await copy("number_index", ["index_version", "digest", "record_id"], (row) => [
      ring.indexVersion,
      row.digest,
      row.recordId,
    ]);
    await copy("entry", ["entry_key", "person_ref", "outcome", "entered_at"], (row, place) => [
      entryKeyOf(place),
      row.ref,
      "new",
      AT,
    ]);
    await client.query("ANALYZE");
  } finally {
    await client.end();
  }
  return made.map(({ ref }) => ref);
}
