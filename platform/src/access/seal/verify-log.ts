/** 封の検査: reads every block and every row again and says exactly what is not as it was sealed. */
import type { Pool, PoolClient } from "pg";

import { type Block, blockHash, GENESIS, isSignedBy, leafHash, merkleRoot, type SealKey } from "./block.ts";
import { blocksRoot, faultOf, type Removal } from "../retention/removal.ts";
import { removalsOf } from "../retention/removal-rows.ts";
import type { SealHead } from "./head.ts";
import { ACCESS_LOG, blocksFrom, type LeafRow, leafTextOf, type LogStream } from "./rows.ts";
import { asSealer } from "./seal-log.ts";

/**
 * What is wrong. `changed`, `deleted` and `inserted` name the row; `block` a seal whose own content, link or signature is not
 * right (`format`: one that is not known, or older than that of the seal before); `missing` a seal that should be there; `overlap` numbers that are in no seal or in two.
 */
export type LogFinding =
  | { readonly kind: "changed" | "deleted" | "inserted"; readonly seq: number; readonly blockNo: number | null }
  | {
      readonly kind: "block";
      readonly blockNo: number;
      readonly what: "content" | "link" | "signature" | "leaves" | "clock" | "format";
    }
  | { readonly kind: "missing"; readonly blockNo: number }
  /** 消去の記録 that is not right: its content, its link to the one before, its signature, or the seals that it names */
  | { readonly kind: "removal"; readonly removalNo: number; readonly what: "content" | "link" | "signature" | "blocks" }
  | { readonly kind: "overlap" };

export type LogCheck = {
  readonly blocks: number;
  readonly rows: number;
  /** Rows that were removed after their term, with a signed record of it */
  readonly removed: number;
  /** Rows that are not sealed yet: those of the last second, or since the sealer stopped */
  readonly unsealed: number;
  /** Whether a head from outside was compared */
  readonly comparedHead: boolean;
  /** All findings, counted */
  readonly found: number;
  /** The first 1,000 of them */
  readonly findings: readonly LogFinding[];
};

/** Rows looked at in one statement: bounds the memory. */
const ROWS_AT_ONCE = 50_000;
const BLOCKS_AT_ONCE = 2_000;
const MOST_FINDINGS = 1_000;

/** The numbers in a multirange of PostgreSQL, in order: `{[1,5),[7,9)}` is 1 2 3 4 7 8. */
export function numbersIn(multirange: string): number[] {
  const numbers: number[] = [];
  for (const [, from, to] of multirange.matchAll(/\[(-?\d+),(-?\d+)\)/g)) {
    for (let number = Number(from); number < Number(to); number += 1) numbers.push(number);
  }
  return numbers;
}

const rowsOf = (stream: LogStream, format: number): string =>
  `SELECT l.seq, ${leafTextOf(stream, format)} AS leaf FROM unnest($1::int8multirange[]) m(r), unnest(m.r) x(r)
   JOIN ${stream.table} l ON l.seq >= lower(x.r) AND l.seq < upper(x.r)`;

const inRanges = ({ table }: LogStream): string =>
  `SELECT l.seq FROM unnest($1::int8multirange[]) m(r), unnest(m.r) x(r)
   JOIN ${table} l ON l.seq >= lower(x.r) AND l.seq < upper(x.r) ORDER BY 1`;

const coverage = ({ seals }: LogStream): string => `
WITH last AS (SELECT upto, pending FROM ${seals} ORDER BY block_no DESC LIMIT 1),
sealed AS (SELECT coalesce(range_agg(numbers), '{}') AS numbers, coalesce(range_agg(void), '{}') AS void, coalesce(sum(row_count), 0) AS rows FROM ${seals})
SELECT sealed.numbers + sealed.void + last.pending = int8multirange(int8range(1, last.upto + 1))
   AND NOT sealed.numbers && sealed.void AND NOT (sealed.numbers + sealed.void) && last.pending
   AND (SELECT coalesce(sum(upper(r) - lower(r)), 0) FROM unnest(sealed.numbers) r) = sealed.rows AS whole
FROM last, sealed`;

type Gather = (finding: LogFinding) => void;

/** The block itself: what it says, whom it follows, who signed it. */
function checkBlock(
  block: Block,
  before: Block | undefined,
  { key, stream }: { readonly key: SealKey; readonly stream: LogStream },
  gather: Gather,
): void {
  const { blockNo } = block;
  const wrong = (what: "content" | "link" | "signature" | "leaves" | "clock" | "format"): void =>
    gather({ kind: "block", blockNo, what });
  if (!blockHash(block, stream.domain).equals(block.blockHash)) wrong("content");
  if (!block.previousHash.equals(before?.blockHash ?? GENESIS)) wrong("link");
  if (block.keyId !== key.id || !isSignedBy(block.blockHash, block.signature, key.publicKey)) wrong("signature");
  if (block.leaves.length !== 32 * block.rowCount || !merkleRoot(block.leaves).equals(block.root)) wrong("leaves");
  if (before !== undefined && block.sealedAt < before.sealedAt) wrong("clock");
  if (!stream.leafTexts.has(block.format) || (before !== undefined && block.format < before.format)) wrong("format");
}

/** The rows of one block, against the hashes that it kept of them; of a removed block there must be none. */
function checkRows(block: Block, rows: ReadonlyMap<number, Buffer>, removedThrough: number, gather: Gather): void {
  const { blockNo } = block;
  const removed = blockNo <= removedThrough;
  for (const [place, seq] of numbersIn(block.numbers).entries()) {
    const row = rows.get(seq);
    if (removed) {
      if (row !== undefined) gather({ kind: "inserted", seq, blockNo });
    } else if (row === undefined) gather({ kind: "deleted", seq, blockNo });
    else if (!row.equals(block.leaves.subarray(place * 32, place * 32 + 32))) gather({ kind: "changed", seq, blockNo });
  }
}

/** What was removed: good records alone count, so that a forged one leaves its rows "deleted". */
type Removed = {
  /** The last block whose rows are gone by good records; 0: none */
  readonly through: number;
  readonly rows: number;
};

async function checkRemovals(
  client: PoolClient,
  { key, stream }: { readonly key: SealKey; readonly stream: LogStream },
  gather: Gather,
): Promise<Removed> {
  let before: Removal | undefined;
  let rows = 0;
  for (const removal of await removalsOf(client, stream.name)) {
    const { removalNo, fromBlock, throughBlock } = removal;
    const fault = faultOf(removal, before, key);
    if (fault !== undefined) {
      gather({ kind: "removal", removalNo, what: fault });
      break;
    }
    const blocks = await blocksFrom(client, fromBlock, throughBlock - fromBlock + 1, stream);
    const sum = blocks.reduce((total, { rowCount }) => total + rowCount, 0);
    if (!blocksRoot(blocks).equals(removal.blocksRoot) || sum !== removal.rowCount) {
      gather({ kind: "removal", removalNo, what: "blocks" });
      break;
    }
    before = removal;
    rows += sum;
  }
  return { through: before?.throughBlock ?? 0, rows };
}

/** Blocks of one format whose rows fit into memory together. */
function* slices(blocks: readonly Block[]): Generator<readonly Block[]> {
  let slice: Block[] = [];
  let rows = 0;
  for (const block of blocks) {
    const [first] = slice;
    if (first !== undefined && (rows + block.rowCount > ROWS_AT_ONCE || block.format !== first.format)) {
      yield slice;
      [slice, rows] = [[], 0];
    }
    slice.push(block);
    rows += block.rowCount;
  }
  if (slice.length > 0) yield slice;
}

async function checkSlice(
  client: PoolClient,
  stream: LogStream,
  { slice, removedThrough }: { readonly slice: readonly Block[]; readonly removedThrough: number },
  gather: Gather,
): Promise<number> {
  const format = slice[0]?.format ?? stream.format;
  // Rows of a format that nobody knows cannot be hashed: the block is a finding already, and its rows are read as those of today.
  const known = stream.leafTexts.has(format) ? format : stream.format;
  const { rows } = await client.query<LeafRow>(rowsOf(stream, known), [slice.map(({ numbers }) => numbers)]);
  const hashes = new Map(rows.map(({ seq, leaf }) => [seq, leafHash(leaf)]));
  for (const block of slice) checkRows(block, hashes, removedThrough, gather);
  const inserted = await client.query<{ seq: number }>(inRanges(stream), [slice.map((block) => block.void)]);
  for (const { seq } of inserted.rows) gather({ kind: "inserted", seq, blockNo: null });
  return rows.length;
}

/** The kept head must be a block of this history. */
function checkHead(head: SealHead, block: Block, gather: Gather): void {
  if (block.blockHash.toString("hex") === head.blockHash) return;
  gather({ kind: "block", blockNo: head.blockNo, what: "link" });
}

/**
 * Checks the whole log against its seals, on the given connection.
 *
 * @param heads heads that were kept outside the database; each must be part of the history
 */
export async function checkLog(
  client: PoolClient,
  key: SealKey,
  heads: readonly SealHead[] = [],
  onProgress: (done: number) => void = () => {},
  stream: LogStream = ACCESS_LOG,
): Promise<LogCheck> {
  const findings: LogFinding[] = [];
  let found = 0;
  const gather: Gather = (finding) => {
    found += 1;
    if (findings.length < MOST_FINDINGS) findings.push(finding);
  };
  const removed = stream.removable ? await checkRemovals(client, { key, stream }, gather) : { through: 0, rows: 0 };
  let before: Block | undefined;
  let blocks = 0;
  let rows = 0;
  let next = 1;
  for (;;) {
    const some = await blocksFrom(client, next, BLOCKS_AT_ONCE, stream);
    if (some.length === 0) break;
    for (const block of some) {
      for (; next < block.blockNo; next += 1) gather({ kind: "missing", blockNo: next });
      checkBlock(block, before, { key, stream }, gather);
      for (const head of heads) if (head.blockNo === block.blockNo) checkHead(head, block, gather);
      before = block;
      next = block.blockNo + 1;
      blocks += 1;
    }
    for (const slice of slices(some))
      rows += await checkSlice(client, stream, { slice, removedThrough: removed.through }, gather);
    onProgress(rows);
  }
  for (const head of heads) if (head.blockNo >= next) gather({ kind: "missing", blockNo: head.blockNo });
  const cover = await client.query<{ whole: boolean }>(coverage(stream));
  if (cover.rows[0]?.whole === false) gather({ kind: "overlap" });
  const below = await client.query<{ seq: number }>(`SELECT seq FROM ${stream.table} WHERE seq < 1 ORDER BY 1`);
  for (const { seq } of below.rows) gather({ kind: "inserted", seq, blockNo: null });
  const unsealed = await client.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${stream.table} WHERE seq > $1`, [
    before?.upto ?? 0,
  ]);
  return {
    blocks,
    rows,
    removed: removed.rows,
    unsealed: unsealed.rows[0]?.n ?? 0,
    comparedHead: heads.length > 0,
    found,
    findings,
  };
}

/** `checkLog` in a transaction of the sealer's own. */
export async function verifyLog(
  pool: Pool,
  key: SealKey,
  heads: readonly SealHead[] = [],
  onProgress: (done: number) => void = () => {},
  stream: LogStream = ACCESS_LOG,
): Promise<LogCheck> {
  return await asSealer(pool, async (client) => await checkLog(client, key, heads, onProgress, stream), stream);
}
