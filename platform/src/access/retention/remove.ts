/**
 * 消去: carries out what two people decided. The rows go and the signed record of their going comes in one transaction; the hashes of
 * the rows stay in the seals, so that the chain can still be checked from its first block.
 */
import type { Pool, PoolClient } from "pg";

import { Refusal } from "../../database/problem.ts";
import { writeJournal } from "../journal.ts";
import type { SealKey } from "../seal/block.ts";
import { blocksFrom, LOG_STREAMS, type LogStream } from "../seal/rows.ts";
import { asSealer } from "../seal/seal-log.ts";
import { blocksRoot, signRemoval } from "./removal.ts";
import { removalsOf, storeRemoval } from "./removal-rows.ts";

/** Blocks of one transaction: at most two million rows, mostly far fewer. */
const BLOCKS_AT_ONCE = 200;

type Order = {
  readonly proposalId: number;
  readonly throughBlock: number;
  readonly blockHash: string;
  readonly proposedBy: string;
  readonly approvedBy: string;
  readonly years: number | null;
  readonly beforeOn: string | null;
};

const OPEN_ORDERS = `
SELECT o.proposal_id AS "proposalId", o.through_block AS "throughBlock", encode(o.block_hash, 'hex') AS "blockHash",
  o.proposed_by AS "proposedBy", o.approved_by AS "approvedBy", access.retention_years(o.group_code, identity.today()) AS years,
  nullif(access.removable_before(o.group_code, identity.today()), '-infinity'::date)::text AS "beforeOn"
FROM access.removal_order o
WHERE o.group_code = $1 AND o.through_block > (SELECT coalesce(max(r.through_block), 0) FROM access.removal r WHERE r.group_code = $1)
ORDER BY o.through_block LIMIT 1`;

/** One slice of the oldest open order of a stream. @returns rows removed, or undefined where there is nothing to do */
async function removeSome(client: PoolClient, stream: LogStream, key: SealKey, now: Date): Promise<number | undefined> {
  const { rows: locks } = await client.query<{ held: boolean }>("SELECT pg_try_advisory_xact_lock($1) AS held", [
    stream.lock,
  ]);
  if (locks[0]?.held !== true) return undefined;
  const { rows } = await client.query<Order>(OPEN_ORDERS, [stream.name]);
  const order = rows[0];
  // A hold that came after the approval stops it; it goes on when the hold is released.
  if (order === undefined || order.years === null || order.beforeOn === null) return undefined;
  const before = (await removalsOf(client, stream.name)).at(-1);
  const fromBlock = (before?.throughBlock ?? 0) + 1;
  const blocks = (await blocksFrom(client, fromBlock, BLOCKS_AT_ONCE, stream)).filter(
    ({ blockNo }) => blockNo <= order.throughBlock,
  );
  const last = blocks.at(-1);
  if (last === undefined) return undefined;
  const [approved] = await blocksFrom(client, order.throughBlock, 1, stream);
  if (approved?.blockHash.toString("hex") !== order.blockHash) {
    throw new Refusal(
      "historyForked",
      `${stream.label}の消去を承認したときの封 ${order.throughBlock} が、いまの封と違います。消していません。hagukumi verify log で確かめ、監査の責任者に知らせてください。`,
      { blockNo: order.throughBlock },
    );
  }
  const { rows: sums } = await client.query<{ numbers: string; beside: number; held: boolean }>(
    `WITH s AS (SELECT coalesce(range_agg(x.numbers), '{}') AS numbers FROM ${stream.seals} x WHERE x.block_no BETWEEN $1 AND $2)
     SELECT s.numbers::text AS numbers, access.count_beside($3, $4) AS beside,
       EXISTS (SELECT FROM unnest(s.numbers) x(r) JOIN ${stream.table} l ON l.seq >= lower(x.r) AND l.seq < upper(x.r)
               WHERE l.${stream.at} >= $4::date::timestamp AT TIME ZONE 'Asia/Tokyo') AS held
     FROM s`,
    [fromBlock, last.blockNo, stream.name, order.beforeOn],
  );
  const { numbers = "{}", beside = 0, held = false } = sums[0] ?? {};
  if (held) return undefined;
  // What lies beside the rows goes with the last slice: until then it belongs to rows that are still there.
  const whole = last.blockNo === order.throughBlock;
  const removal = signRemoval(
    {
      removalNo: (before?.removalNo ?? 0) + 1,
      group: stream.name,
      proposalId: order.proposalId,
      fromBlock,
      throughBlock: last.blockNo,
      numbers,
      rowCount: blocks.reduce((sum, { rowCount }) => sum + rowCount, 0),
      alsoRemoved: whole ? beside : 0,
      years: order.years,
      beforeOn: order.beforeOn,
      proposedBy: order.proposedBy,
      approvedBy: order.approvedBy,
      removedAt: now.toISOString(),
      blocksRoot: blocksRoot(blocks),
      previousHash: before?.removalHash ?? Buffer.alloc(32),
    },
    key,
  );
  await storeRemoval(client, removal);
  const { rows: deleted } = await client.query<{ n: number }>("SELECT access.remove_rows($1, $2) AS n", [
    stream.name,
    removal.removalNo,
  ]);
  const rowCount = deleted[0]?.n ?? 0;
  if (rowCount !== removal.rowCount) {
    throw new Refusal(
      "historyForked",
      `${stream.label}の行の数が封と合いません（封 ${removal.rowCount} 行、あった行 ${rowCount ?? 0}）。消していません。hagukumi verify log で確かめ、監査の責任者に知らせてください。`,
      { rows: rowCount },
    );
  }
  if (whole) {
    const { rows: gone } = await client.query<{ n: number }>("SELECT access.remove_beside($1, $2) AS n", [
      stream.name,
      removal.removalNo,
    ]);
    if (gone[0]?.n !== beside) throw new Error("what lies beside the records changed while it was removed");
  }
  await writeJournal(client, {
    kind: "event",
    actor: "system",
    action: "retention.removed",
    objectKind: "removal",
    objectId: `${stream.name}/${removal.removalNo}`,
    detail: { rows: removal.rowCount, alsoRemoved: removal.alsoRemoved, throughBlock: removal.throughBlock },
  });
  return removal.rowCount;
}

/**
 * Removes what was approved, slice by slice; it goes on where it was stopped.
 *
 * @param now of the server's own clock; for tests
 * @returns rows removed by this call
 * @throws Refusal `historyForked` when the log is not what was approved; nothing of that slice is removed then
 */
export async function carryOutRemovals(pool: Pool, key: SealKey, now: () => Date = () => new Date()): Promise<number> {
  let total = 0;
  for (const stream of LOG_STREAMS) {
    for (;;) {
      const rows = await asSealer(pool, async (client) => await removeSome(client, stream, key, now()));
      if (rows === undefined) break;
      total += rows;
    }
  }
  return total;
}
