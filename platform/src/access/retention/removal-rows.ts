/** How records of removals are read and stored. */
import type { PoolClient } from "pg";

import type { Removal } from "./removal.ts";

const REMOVALS = `
SELECT removal_no AS "removalNo", group_code AS "group", proposal_id AS "proposalId", from_block AS "fromBlock", through_block AS "throughBlock",
  numbers::text, row_count AS "rowCount", also_removed AS "alsoRemoved", years, before_on::text AS "beforeOn", proposed_by AS "proposedBy",
  approved_by AS "approvedBy", removed_at AS "removedAt", blocks_root AS "blocksRoot", previous_hash AS "previousHash",
  removal_hash AS "removalHash", key_id AS "keyId", signature
FROM access.removal WHERE group_code = $1 ORDER BY removal_no`;

type StoredRemoval = Omit<Removal, "removedAt"> & { readonly removedAt: Date };

/** All removals of a group, in order. */
export async function removalsOf(client: PoolClient, group: string): Promise<readonly Removal[]> {
  const { rows } = await client.query<StoredRemoval>(REMOVALS, [group]);
  return rows.map((row) => ({ ...row, removedAt: row.removedAt.toISOString() }));
}

const INSERT = `
INSERT INTO access.removal (removal_no, group_code, proposal_id, from_block, through_block, numbers, row_count, also_removed, years, before_on,
  proposed_by, approved_by, removed_at, blocks_root, previous_hash, removal_hash, key_id, signature)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`;

export async function storeRemoval(client: PoolClient, removal: Removal): Promise<void> {
  await client.query(INSERT, [
    removal.removalNo,
    removal.group,
    removal.proposalId,
    removal.fromBlock,
    removal.throughBlock,
    removal.numbers,
    removal.rowCount,
    removal.alsoRemoved,
    removal.years,
    removal.beforeOn,
    removal.proposedBy,
    removal.approvedBy,
    removal.removedAt,
    removal.blocksRoot,
    removal.previousHash,
    removal.removalHash,
    removal.keyId,
    removal.signature,
  ]);
}
