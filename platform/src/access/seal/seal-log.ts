/**
 * 封をする: rows that are committed are sealed afterwards, a second later, in blocks. Nobody who reads or changes a case waits
 * for it: a chain over single rows would make all of them wait for one another.
 */
import { join } from "node:path";
import type { Pool, PoolClient } from "pg";

import { Refusal } from "../../database/problem.ts";
import { readCommitted, withRole } from "../../database/transaction.ts";
import { writeFileAtomic } from "../../files/atomic.ts";
import { type Block, GENESIS, leafHash, merkleRoot, sealBlock, type SealKey } from "./block.ts";
import { headOf, readHead, type SealHead } from "./head.ts";
import { ACCESS_LOG, blocksFrom, lastBlock, type LeafRow, leafTextOf, LOG_STREAMS, type LogStream } from "./rows.ts";

/** Most rows of one block: what one transaction reads and holds in memory. */
const MOST_ROWS = 10_000;

/** How long a number without a row may belong to a transaction that still runs. */
const PENDING_LIMIT = "1 hour";

/** Where the newest head is kept: outside the database, beside nothing that the database's administrator can write. */
export function headPath(dataDir: string, { headFile }: LogStream = ACCESS_LOG): string {
  return join(dataDir, headFile);
}

/** One transaction of the sealer. READ COMMITTED: after the lock it must see what the one before it sealed. */
export async function asSealer<T>(
  pool: Pool,
  work: (client: PoolClient) => Promise<T>,
  { role }: Pick<LogStream, "role"> = ACCESS_LOG,
): Promise<T> {
  return await readCommitted(pool, async (client) => {
    await withRole(client, role);
    return await work(client);
  });
}

const newRows = (stream: LogStream): string =>
  `SELECT l.seq, ${leafTextOf(stream, stream.format)} AS leaf FROM ${stream.table} l WHERE l.seq > $1 ORDER BY l.seq LIMIT $2`;

const lateRows = (stream: LogStream): string =>
  `SELECT l.seq, ${leafTextOf(stream, stream.format)} AS leaf FROM unnest($1::int8multirange) x(r)
   JOIN ${stream.table} l ON l.seq >= lower(x.r) AND l.seq < upper(x.r) ORDER BY l.seq LIMIT $2`;

const numberRanges = ({ seals }: LogStream): string => `
WITH found AS (SELECT coalesce(range_agg(int8range(n, n + 1)), '{}') AS numbers FROM unnest($1::bigint[]) n),
open AS (SELECT $2::int8multirange + int8multirange(int8range($3, $4 + 1)) - numbers AS numbers FROM found),
old AS (SELECT coalesce((SELECT s.pending FROM ${seals} s WHERE s.sealed_at < $5::timestamptz - interval '${PENDING_LIMIT}'
                         ORDER BY s.block_no DESC LIMIT 1), '{}') * open.numbers AS numbers FROM open)
SELECT found.numbers::text AS numbers, old.numbers::text AS void, (open.numbers - old.numbers)::text AS pending FROM found, open, old`;

const insert = ({ seals }: LogStream): string => `
INSERT INTO ${seals} (block_no, format, sealed_at, upto, numbers, void, pending, row_count, leaves, root, previous_hash, block_hash, key_id, signature)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`;

async function store(client: PoolClient, stream: LogStream, block: Block): Promise<void> {
  await client.query(insert(stream), [
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
async function sealSome(client: PoolClient, stream: LogStream, key: SealKey, now: Date): Promise<Block | undefined> {
  const last = await lastBlock(client, stream);
  const seen = last?.upto ?? 0;
  const late = await client.query<LeafRow>(lateRows(stream), [last?.pending ?? "{}", MOST_ROWS]);
  const fresh = await client.query<LeafRow>(newRows(stream), [seen, MOST_ROWS - late.rows.length]);
  const rows = [...late.rows, ...fresh.rows];
  const upto = fresh.rows.at(-1)?.seq ?? seen;
  const ranges = await client.query<{ numbers: string; void: string; pending: string }>(numberRanges(stream), [
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
      format: stream.format,
      // A clock that was set back (raised as an event by the clock watch) does not turn the order of the seals round.
      sealedAt: last !== undefined && last.sealedAt > now.toISOString() ? last.sealedAt : now.toISOString(),
      upto,
      ...found,
      rowCount: rows.length,
      root: merkleRoot(leaves),
      previousHash: last?.blockHash ?? GENESIS,
    },
    leaves,
    key,
    stream.domain,
  );
  await store(client, stream, block);
  return block;
}

/** @throws Refusal `historyForked` where the database no longer holds the block that was kept outside it */
export async function checkKept(client: PoolClient, stream: LogStream, kept: SealHead | undefined): Promise<void> {
  if (kept === undefined || kept.blockNo === 0) return;
  const [block] = await blocksFrom(client, kept.blockNo, 1, stream);
  if (block?.blockNo === kept.blockNo && block.blockHash.toString("hex") === kept.blockHash) return;
  throw new Refusal(
    "historyForked",
    `データベースの${stream.label}に、控えておいた封 ${kept.blockNo} がありません。末尾が切り取られたか、別の時点に戻されています。封をしていません。hagukumi verify log で確かめ、監査の責任者に知らせてください。`,
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
  stream: LogStream = ACCESS_LOG,
): Promise<{ readonly rows: number; readonly blocks: number }> {
  let rows = 0;
  let blocks = 0;
  for (;;) {
    const block = await asSealer(
      pool,
      async (client) => {
        const { rows: locks } = await client.query<{ held: boolean }>("SELECT pg_try_advisory_xact_lock($1) AS held", [
          stream.lock,
        ]);
        if (locks[0]?.held !== true) return undefined;
        await checkKept(client, stream, await readHead(headPath(dataDir, stream)));
        return await sealSome(client, stream, key, now());
      },
      stream,
    );
    if (block === undefined) return { rows, blocks };
    await writeFileAtomic(headPath(dataDir, stream), `${JSON.stringify(headOf(block))}\n`, { mode: 0o644 });
    rows += block.rowCount;
    blocks += 1;
  }
}

/** A sealer that runs beside a server. */
export type Sealer = { readonly close: () => Promise<void> };

/**
 * Seals every `everyMs` (default 1 s) and once more when it is closed. What goes wrong is told once, and again when it is
 * something else; the rows stay where they are and are sealed when it is right again.
 *
 * @param before done in each round before the sealing (the watch of clock and room)
 * @param streams what is sealed; default: the access log and the journal
 */
export function startSealer(
  pool: Pool,
  key: SealKey,
  dataDir: string,
  tell: (message: string) => void,
  everyMs = 1000,
  before?: () => Promise<void>,
  streams: readonly LogStream[] = LOG_STREAMS,
): Sealer {
  let told = "";
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let closing = false;
  const once = async (): Promise<void> => {
    try {
      await before?.();
      for (const stream of streams) await sealLog(pool, key, dataDir, undefined, stream);
      told = "";
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (message !== told) tell(`${streams[0]?.label ?? ""}の封: ${message}`);
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
