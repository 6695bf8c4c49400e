/**
 * 封をする: rows that are committed are sealed afterwards, a second later, in blocks. Nobody who reads or changes a case waits
 * for it: a chain over single rows would make all of them wait for one another.
 */
import { join } from "node:path";
import type { Pool, PoolClient } from "pg";

import { Refusal } from "../../database/problem.ts";
import { readCommitted, withRole } from "../../database/transaction.ts";
import { writeFileAtomic } from "../../files/atomic.ts";
import { type Block, GENESIS, leafHash, merkleRoot, SEAL_FORMAT, sealBlock, type SealKey } from "./block.ts";
import { headOf, readHead, type SealHead } from "./head.ts";
import { blocksFrom, lastBlock, LEAF_TEXT, type LeafRow, SEALER_ROLE } from "./rows.ts";

/** Most rows of one block: what one transaction reads and holds in memory. */
const MOST_ROWS = 10_000;

/** How long a number without a row may belong to a transaction that still runs. */
const PENDING_LIMIT = "1 hour";

// Any number of ours; a transaction lock: of several programs on one database one seals, the others pass on.
const LOCK = 7_400_281_102;

/** Where the newest head is kept: outside the database, beside nothing that the database's administrator can write. */
export function headPath(dataDir: string): string {
  return join(dataDir, "log-head.json");
}

/** One transaction of the sealer. READ COMMITTED: after the lock it must see what the one before it sealed. */
export async function asSealer<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  return await readCommitted(pool, async (client) => {
    await withRole(client, SEALER_ROLE);
    return await work(client);
  });
}

const NEW_ROWS = `SELECT l.seq, ${LEAF_TEXT} AS leaf FROM access.log l WHERE l.seq > $1 ORDER BY l.seq LIMIT $2`;

const LATE_ROWS = `SELECT l.seq, ${LEAF_TEXT} AS leaf FROM unnest($1::int8multirange) x(r)
JOIN access.log l ON l.seq >= lower(x.r) AND l.seq < upper(x.r) ORDER BY l.seq LIMIT $2`;

const RANGES = `
WITH found AS (SELECT coalesce(range_agg(int8range(n, n + 1)), '{}') AS numbers FROM unnest($1::bigint[]) n),
open AS (SELECT $2::int8multirange + int8multirange(int8range($3, $4 + 1)) - numbers AS numbers FROM found),
old AS (SELECT coalesce((SELECT s.pending FROM access.seal s WHERE s.sealed_at < $5::timestamptz - interval '${PENDING_LIMIT}'
                         ORDER BY s.block_no DESC LIMIT 1), '{}') * open.numbers AS numbers FROM open)
SELECT found.numbers::text AS numbers, old.numbers::text AS void, (open.numbers - old.numbers)::text AS pending FROM found, open, old`;

const INSERT = `
INSERT INTO access.seal (block_no, format, sealed_at, upto, numbers, void, pending, row_count, leaves, root, previous_hash, block_hash, key_id, signature)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`;

async function store(client: PoolClient, block: Block): Promise<void> {
  await client.query(INSERT, [
    block.blockNo,
    block.format,
    block.sealedAt,
    block.upto,
    block.numbers,
    block.void,
    block.pending,
    block.rowCount,
    block.leaves,
    block.root,
    block.previousHash,
    block.blockHash,
    block.keyId,
    block.signature,
  ]);
}

/** Seals what is committed and not yet sealed, at most `MOST_ROWS`; undefined where there is nothing to seal. */
async function sealSome(client: PoolClient, key: SealKey, now: Date): Promise<Block | undefined> {
  const last = await lastBlock(client);
  const seen = last?.upto ?? 0;
  const late = await client.query<LeafRow>(LATE_ROWS, [last?.pending ?? "{}", MOST_ROWS]);
  const fresh = await client.query<LeafRow>(NEW_ROWS, [seen, MOST_ROWS - late.rows.length]);
  const rows = [...late.rows, ...fresh.rows];
  const upto = fresh.rows.at(-1)?.seq ?? seen;
  const ranges = await client.query<{ numbers: string; void: string; pending: string }>(RANGES, [
    rows.map(({ seq }) => seq),
    last?.pending ?? "{}",
    seen + 1,
    upto,
    now,
  ]);
  const found = ranges.rows[0];
  if (found === undefined || (rows.length === 0 && found.void === "{}")) return undefined;
  const leaves = Buffer.concat(rows.map(({ leaf }) => leafHash(leaf)));
  const block = sealBlock(
    {
      blockNo: (last?.blockNo ?? 0) + 1,
      format: SEAL_FORMAT,
      sealedAt: now.toISOString(),
      upto,
      ...found,
      rowCount: rows.length,
      root: merkleRoot(leaves),
      previousHash: last?.blockHash ?? GENESIS,
    },
    leaves,
    key,
  );
  await store(client, block);
  return block;
}

/** @throws Refusal `historyForked` where the database no longer holds the block that was kept outside it */
async function checkKept(client: PoolClient, kept: SealHead | undefined): Promise<void> {
  if (kept === undefined || kept.blockNo === 0) return;
  const [block] = await blocksFrom(client, kept.blockNo, 1);
  if (block?.blockNo === kept.blockNo && block.blockHash.toString("hex") === kept.blockHash) return;
  throw new Refusal(
    "historyForked",
    `データベースのアクセスログに、控えておいた封 ${kept.blockNo} がありません。末尾が切り取られたか、別の時点に戻されています。封をしていません。hagukumi verify log で確かめ、監査の責任者に知らせてください。`,
    { blockNo: kept.blockNo },
  );
}

/**
 * Seals everything that is committed now, in as many blocks as it takes, and keeps the head in the data folder.
 *
 * @param now of the server's own clock; for tests
 * @returns rows and blocks sealed by this call; both 0 while another program seals
 * @throws Refusal `historyForked`, `sealKeyUnreadable`
 */
export async function sealLog(
  pool: Pool,
  key: SealKey,
  dataDir: string,
  now: () => Date = () => new Date(),
): Promise<{ readonly rows: number; readonly blocks: number }> {
  let rows = 0;
  let blocks = 0;
  for (;;) {
    const block = await asSealer(pool, async (client) => {
      const { rows: locks } = await client.query<{ held: boolean }>("SELECT pg_try_advisory_xact_lock($1) AS held", [
        LOCK,
      ]);
      if (locks[0]?.held !== true) return undefined;
      await checkKept(client, await readHead(headPath(dataDir)));
      return await sealSome(client, key, now());
    });
    if (block === undefined) return { rows, blocks };
    await writeFileAtomic(headPath(dataDir), `${JSON.stringify(headOf(block))}\n`, { mode: 0o644 });
    rows += block.rowCount;
    blocks += 1;
  }
}

/** A sealer that runs beside a server. */
export type Sealer = { readonly close: () => Promise<void> };

/**
 * Seals every `everyMs` (default 1 s) and once more when it is closed. What goes wrong is told once, and again when it is
 * something else; the rows stay where they are and are sealed when it is right again.
 */
export function startSealer(
  pool: Pool,
  key: SealKey,
  dataDir: string,
  tell: (message: string) => void,
  everyMs = 1000,
): Sealer {
  let told = "";
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let closing = false;
  const once = async (): Promise<void> => {
    try {
      await sealLog(pool, key, dataDir);
      told = "";
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (message !== told) tell(`アクセスログの封: ${message}`);
      told = message;
    }
  };
  const next = (): void => {
    if (closing) return;
    timer = setTimeout(() => {
      running = (async () => {
        await once();
        next();
      })();
    }, everyMs);
    timer.unref();
  };
  next();
  return {
    close: async () => {
      closing = true;
      clearTimeout(timer);
      await running;
      await once();
    },
  };
}
