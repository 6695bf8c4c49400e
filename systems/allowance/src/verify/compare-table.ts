/** Two readings of one table, byte by byte: COPY text in the order of all columns, and what only one side has. */
import { copyOut } from "@hagukumi/platform/database/copy.ts";
import { createHash } from "node:crypto";
import type { PoolClient } from "pg";

/** One table: its bytes as stored and as rebuilt (COPY text in the order of all columns). */
export type ReplayedTable = {
  readonly table: string;
  /** Rows as stored */
  readonly rows: number;
  readonly rebuiltRows: number;
  /** SHA-256 of the bytes, hexadecimal */
  readonly stored: string;
  readonly rebuilt: string;
  /** Rows that only one side has, at most 20, marked `-` (stored only) or `+` (rebuilt only). Empty where the bytes are equal */
  readonly examples: readonly string[];
};

/** Differences that are named. */
export const EXAMPLES = 20;

type Bytes = { readonly rows: number; readonly sha256: string };

/** Reads a statement in the order of all its columns. The memory is that of one chunk, however long the ledger. */
async function bytesOf(client: PoolClient, sql: string): Promise<Bytes> {
  const hash = createHash("sha256");
  let rows = 0;
  for await (const chunk of copyOut(client, `COPY (SELECT * FROM (${sql}) t ORDER BY t) TO STDOUT`)) {
    hash.update(chunk);
    for (const byte of chunk) if (byte === 10) rows += 1;
  }
  return { rows, sha256: hash.digest("hex") };
}

/** Rows that the left statement gives more often than the right one. */
const only = (mark: string, left: string, right: string): string =>
  `(SELECT '${mark} ' || x::text AS line FROM (${left} EXCEPT ALL ${right}) x ORDER BY 1 LIMIT ${EXAMPLES / 2})`;

async function difference(client: PoolClient, stored: string, rebuilt: string): Promise<readonly string[]> {
  const { rows } = await client.query<{ line: string }>(
    `${only("-", stored, rebuilt)} UNION ALL ${only("+", rebuilt, stored)}`,
  );
  return rows.map(({ line }) => line);
}

/** Compares two statements of the same columns. */
export async function compareTable(
  client: PoolClient,
  table: string,
  stored: string,
  rebuilt: string,
): Promise<ReplayedTable> {
  const [is, should] = [await bytesOf(client, stored), await bytesOf(client, rebuilt)];
  const same = is.sha256 === should.sha256;
  return {
    table,
    rows: is.rows,
    rebuiltRows: should.rows,
    stored: is.sha256,
    rebuilt: should.sha256,
    examples: same ? [] : await difference(client, stored, rebuilt),
  };
}
