/**
 * 消し残しの始末 (scrub): what an erasure leaves behind in a database that still runs – dead rows, entries of indexes, statistics, the write-ahead log and
 * its segments kept for reuse – goes. Afterwards no file of the server holds what was erased. Tables are rewritten under an exclusive
 * lock, one after another: work for a quiet hour.
 */
import type { Pool } from "pg";

import { Refusal, sqlState } from "./problem.ts";

export type ScrubResult = {
  readonly tables: number;
  /** Tables that somebody held: to be done again */
  readonly left: readonly string[];
};

export type ScrubOptions = {
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** How long is waited for a table, ms; default 5,000 */
  readonly waitMs?: number;
};

// Statistics keep the most frequent values of a column: rewritten too, after the tables were analysed anew.
const TABLES = `
SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'm') AND c.relpersistence = 'p' AND n.nspname !~ '^(pg_|information_schema)' ORDER BY 1`;
const STATISTICS = ["pg_catalog.pg_statistic", "pg_catalog.pg_statistic_ext_data", "pg_catalog.pg_largeobject"];

/** Rewrites every table of one database without what is dead in it. @throws Refusal `cancelled` between two tables */
export async function scrubTables(
  pool: Pool,
  { onProgress, signal, waitMs = 5_000 }: ScrubOptions = {},
): Promise<ScrubResult> {
  const client = await pool.connect();
  const left: string[] = [];
  try {
    const { rows } = await client.query<{ name: string }>(TABLES);
    const names = [...rows.map(({ name }) => name), ...STATISTICS];
    await client.query(`SET lock_timeout = ${Math.trunc(waitMs)}`);
    for (const [done, name] of names.entries()) {
      if (signal?.aborted === true)
        throw new Refusal(
          "cancelled",
          "消し残しの始末を途中でやめました。終わった表はそのままです。もう一度実行すると、初めから行います。",
        );
      onProgress?.(done, names.length);
      try {
        await client.query(`VACUUM (FULL, ANALYZE) ${name}`);
      } catch (error) {
        if (sqlState(error) !== "55P03") throw error;
        left.push(name);
      }
    }
    onProgress?.(names.length, names.length);
    return { tables: names.length - left.length, left };
  } finally {
    await client.query("RESET lock_timeout").catch(() => {});
    client.release();
  }
}

const WAL = `
SELECT name, name > pg_walfile_name(pg_current_wal_lsn()) AS ahead, name < pg_walfile_name((SELECT redo_lsn FROM pg_control_checkpoint())) AS old
FROM pg_ls_waldir() WHERE name ~ '^[0-9A-F]{24}$'`;

/** More than the server keeps: 2 GB of segments of 16 MiB, and those of a busy hour. */
const MOST_SWITCHES = 1_024;

/**
 * Ends the write-ahead log up to here: segments with what was written before are removed, and those kept for reuse, which still hold their old
 * bytes, are written over with nothing. As the server's owner, and not while a standby or an archive needs them.
 *
 * @throws Refusal `scrubWal` where old segments stay (a replication slot or an archive holds them)
 */
export async function scrubWal(pool: Pool): Promise<{ readonly segments: number }> {
  const client = await pool.connect();
  try {
    await client.query("ALTER SYSTEM SET wal_recycle = off");
    await client.query("SELECT pg_reload_conf()");
    await client.query("CHECKPOINT");
    let switched = 0;
    const segments = async () => (await client.query<{ name: string; ahead: boolean; old: boolean }>(WAL)).rows;
    const onward = async (): Promise<void> => {
      await client.query("SELECT pg_logical_emit_message(false, 'scrub', '')");
      await client.query("SELECT pg_switch_wal()");
      switched += 1;
    };
    await onward();
    for (let tried = 0; tried < MOST_SWITCHES; tried += 1) {
      if (!(await segments()).some(({ ahead }) => ahead)) break;
      await onward();
    }
    // The second checkpoint begins in the new segment; what lies before it is needed no more.
    for (let round = 0; round < 3; round += 1) {
      await client.query("CHECKPOINT");
      const found = await segments();
      if (!found.some(({ old, ahead }) => old || ahead)) return { segments: switched };
      await onward();
    }
    throw new Refusal(
      "scrubWal",
      "更新の記録（WAL）の古い区切りが残っています。レプリケーションの枠か、記録の保管が止まっていないかを確かめ、もう一度実行してください。表の始末は終わっています。",
    );
  } finally {
    await client.query("ALTER SYSTEM RESET wal_recycle").catch(() => {});
    await client.query("SELECT pg_reload_conf()").catch(() => {});
    client.release();
  }
}
