/** How the sealer and the check read the database: the same statement for both, written here and not kept in the database. */
import type { PoolClient } from "pg";

import type { Block } from "./block.ts";

export const SEALER_ROLE = "hagukumi_sealer";

/** All columns of the log, in the order of format 1, as one JSON array: nothing in it can be moved from one column to the next. */
export const LEAF_TEXT = `jsonb_build_array(l.seq, to_char(l.processed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), l.staff_id, l.staff_name,
  l.section_code, l.section_name, l.terminal_code, l.purpose_code, l.purpose_text, l.addressee_number, l.system, l.operation, l.action, l.refusal_code,
  l.columns_class, l.row_count, l.session_id, l.request_id, l.case_ref, l.approval_ref, l.rule_version, l.search_key_hmac)::text`;

/** One row, ready to be hashed. */
export type LeafRow = { readonly seq: number; readonly leaf: string };

type StoredBlock = Omit<Block, "sealedAt"> & { readonly sealedAt: Date };

const BLOCKS = `
SELECT block_no AS "blockNo", format, sealed_at AS "sealedAt", upto, numbers::text, void::text, pending::text, row_count AS "rowCount", leaves, root,
  previous_hash AS "previousHash", block_hash AS "blockHash", key_id AS "keyId", signature
FROM access.seal`;

async function blocks(client: PoolClient, rest: string, values: readonly unknown[]): Promise<Block[]> {
  const { rows } = await client.query<StoredBlock>(`${BLOCKS} ${rest}`, [...values]);
  return rows.map((row) => ({ ...row, sealedAt: row.sealedAt.toISOString() }));
}

/** The newest block. */
export async function lastBlock(client: PoolClient): Promise<Block | undefined> {
  return (await blocks(client, "ORDER BY block_no DESC LIMIT 1", []))[0];
}

/** Blocks in the order of their numbers, from `from` on, at most `most`. */
export async function blocksFrom(client: PoolClient, from: number, most: number): Promise<Block[]> {
  return await blocks(client, "WHERE block_no >= $1 ORDER BY block_no LIMIT $2", [from, most]);
}
