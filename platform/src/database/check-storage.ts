/**
 * 保存データの検査 (`hagukumi verify storage`): every page of every table and index of one database is read, which compares it with its
 * checksum, and what stands on the pages is compared with itself (PostgreSQL's `amcheck`): the rows of each table, the long values
 * beside it, the order of each index, and whether each row is in each index. A disk that gives back other bytes than it was given
 * is found by this before anybody needs the page; without it, when somebody reads it (`dataDamaged`).
 *
 * A page that the server holds in memory is taken from there: the first check after a start of the server reads the disk alone.
 */
import type { Pool, PoolClient } from "pg";

import { Refusal, sqlState } from "./problem.ts";

/** Where something is damaged: the table or index, and what the server says of it (blocks and positions, never what stands there). */
export type StorageFinding = { readonly relation: string; readonly problem: string };

export type StorageCheck = {
  /** Whether each page of this server carries a checksum */
  readonly checksums: boolean;
  /** Tables and indexes looked through */
  readonly relations: number;
  /** Pages of 8 KiB that they have */
  readonly pages: number;
  readonly findings: readonly StorageFinding[];
};

export type StorageCheckOptions = {
  readonly signal?: AbortSignal;
  /** Called before each table and index */
  readonly onProgress?: (done: number, total: number) => void;
};

/** The extensions' functions lie in a schema of their own, which no role of the program may use. */
const SCHEMA = "storage_check";

/** Findings of one table or index that are listed; a disk that is gone would fill the screen. */
const LISTED = 20;

/** Damaged pages and indexes, as the server says them. */
const DAMAGE: ReadonlySet<string> = new Set(["XX001", "XX002", "58030"]);

type Relation = { readonly oid: number; readonly name: string; readonly kind: string; readonly method: string | null };

const RELATIONS = `
SELECT c.oid::int8 AS oid, c.oid::regclass::text AS name, c.relkind::text AS kind, a.amname::text AS method
FROM pg_class c LEFT JOIN pg_am a ON a.oid = c.relam LEFT JOIN pg_index i ON i.indexrelid = c.oid
WHERE c.relkind IN ('r', 'm', 't', 'i', 'S') AND c.relpersistence <> 't' AND (i.indexrelid IS NULL OR (i.indisvalid AND i.indisready))
ORDER BY c.relkind = 'i', pg_relation_size(c.oid) DESC, c.oid`;

const PAGES = `
SELECT coalesce(sum(pg_relation_size(c.oid)), 0)::int8 / current_setting('block_size')::int8 AS pages FROM pg_class c
WHERE c.relkind IN ('r', 'm', 't', 'i', 'S') AND c.relpersistence <> 't'`;

/** @throws Refusal `storageCheckUnavailable` where the server has no `amcheck`, or this user may not bring it into the database */
async function bringFunctions(client: PoolClient): Promise<void> {
  try {
    await client.query(`CREATE SCHEMA IF NOT EXISTS ${SCHEMA}`);
    await client.query(
      `COMMENT ON SCHEMA ${SCHEMA} IS '保存データの検査（hagukumi verify storage）に使うPostgreSQLの関数'`,
    );
    for (const name of ["amcheck", "pageinspect"])
      await client.query(`CREATE EXTENSION IF NOT EXISTS ${name} SCHEMA ${SCHEMA}`);
  } catch (error) {
    const state = sqlState(error);
    if (state === undefined || !["42501", "58P01", "0A000"].includes(state)) throw error;
    throw new Refusal(
      "storageCheckUnavailable",
      `保存データの検査に要る関数（amcheck、pageinspect）を、このデータベースに置けません。何も調べていません。データベースの管理者に「CREATE SCHEMA ${SCHEMA}; CREATE EXTENSION amcheck SCHEMA ${SCHEMA}; CREATE EXTENSION pageinspect SCHEMA ${SCHEMA};」を実行してもらい、もう一度実行してください。`,
      { sqlState: state },
      { cause: error },
    );
  }
}

/** What the server says of one table; each damaged page is told of and the rest is looked at nevertheless. */
async function checkTable(client: PoolClient, { oid, name }: Relation): Promise<readonly StorageFinding[]> {
  const findings: StorageFinding[] = [];
  for (let from = 0; findings.length < LISTED;) {
    const found = await client
      .query<{ block: number; row: number | null; problem: string }>(
        `SELECT blkno::int8 AS block, offnum AS row, msg AS problem FROM ${SCHEMA}.verify_heapam($1::oid::regclass, check_toast := true, startblock := nullif($2::int8, 0))
         LIMIT ${LISTED}`,
        [oid, from],
      )
      .catch((error: unknown) => damage(name, error));
    if ("rows" in found) {
      for (const { block, row, problem } of found.rows)
        findings.push({ relation: name, problem: `ページ ${block} 行 ${row ?? "―"}: ${problem}` });
      return findings;
    }
    findings.push(found);
    const block = /block (\d+)/.exec(found.problem)?.[1];
    const { rows } = await client.query<{ blocks: number }>(
      "SELECT pg_relation_size($1::oid)::int8 / current_setting('block_size')::int8 AS blocks",
      [oid],
    );
    // A damaged page of the long values, or the last page: there is nothing to go on with.
    if (block === undefined || Number(block) < from || Number(block) + 1 >= (rows[0]?.blocks ?? 0)) return findings;
    from = Number(block) + 1;
  }
  return findings;
}

const INDEX_CHECK: Readonly<Record<string, string>> = {
  btree: `${SCHEMA}.bt_index_check($1::oid::regclass, true)`,
  gin: `${SCHEMA}.gin_index_check($1::oid::regclass)`,
};

/** Every page read, whatever is on it: the checks of indexes pass over pages that hold no entry. */
const READ_PAGES = `count(${SCHEMA}.get_raw_page($1::oid::regclass::text, 'main', block)) FROM generate_series(0, pg_relation_size($1::oid) / current_setting('block_size')::int8 - 1) AS block`;

async function checkIndex(client: PoolClient, { oid, name, method }: Relation): Promise<readonly StorageFinding[]> {
  try {
    await client.query(`SELECT ${READ_PAGES}`, [oid]);
    const check = INDEX_CHECK[method ?? ""];
    if (check !== undefined) await client.query(`SELECT ${check}`, [oid]);
    return [];
  } catch (error) {
    if (sqlState(error) === "42883") return []; // gin_index_check came with PostgreSQL 18
    return [damage(name, error)];
  }
}

/** @throws what is no damage */
function damage(relation: string, error: unknown): StorageFinding {
  if (!(error instanceof Error) || !DAMAGE.has(sqlState(error) ?? "")) throw error;
  return { relation, problem: error.message };
}

/**
 * Looks through one database. Nothing is changed, and nobody is kept from working: each table is locked as a reader locks it, one
 * after another.
 *
 * @throws Refusal `storageCheckUnavailable`; `cancelled` between two tables; `dataDamaged` where the lists of tables are themselves damaged
 */
export async function checkStorage(pool: Pool, options: StorageCheckOptions = {}): Promise<StorageCheck> {
  const client = await pool.connect();
  try {
    await bringFunctions(client);
    const { rows: relations } = await client.query<Relation>(RELATIONS);
    const { rows: sizes } = await client.query<{ pages: number }>(PAGES);
    const { rows: settings } = await client.query<{ data_checksums: string }>("SHOW data_checksums");
    const findings: StorageFinding[] = [];
    for (const [done, relation] of relations.entries()) {
      if (options.signal?.aborted === true)
        throw new Refusal(
          "cancelled",
          "保存データの検査を途中でやめました。何も変えていません。もう一度実行すると、初めから調べます。",
        );
      options.onProgress?.(done, relations.length);
      const look = relation.kind === "i" ? checkIndex : checkTable;
      findings.push(...(await look(client, relation)));
    }
    options.onProgress?.(relations.length, relations.length);
    return {
      checksums: settings[0]?.data_checksums === "on",
      relations: relations.length,
      pages: sizes[0]?.pages ?? 0,
      findings,
    };
  } finally {
    client.release();
  }
}
