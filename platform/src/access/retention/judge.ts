/** 毎日の判定: which records have outlived their term. It counts and removes nothing; what it finds waits for two people. */
import type { Pool, PoolClient } from "pg";

import { LOG_STREAMS, type LogStream } from "../seal/rows.ts";
import { asSealer } from "../seal/seal-log.ts";
import { writeJournal } from "../journal.ts";

/** What is to be done about a group of records today. */
export type Judgement = {
  readonly group: LogStream["name"];
  readonly judgedOn: string;
  /** 保存期間 in years; null: the city has not decided, so nothing is removed and it is said */
  readonly years: number | null;
  /** Records of before this day are candidates; null where nothing may be removed */
  readonly beforeOn: string | null;
  /** Through this seal; 0: no candidates */
  readonly throughBlock: number;
  /** Hex */
  readonly blockHash: string | null;
  readonly rows: number;
  /** 停止 stands */
  readonly held: boolean;
};

const HELD = `SELECT EXISTS (SELECT FROM access.retention_hold h WHERE h.group_code = $1
  AND NOT EXISTS (SELECT FROM access.retention_hold_end e WHERE e.hold_id = h.hold_id)) AS held`;

/**
 * The candidates of one group: whole blocks, from the oldest that is still there up to the one before the first that holds a row (or
 * the number of a row that may still come) of the day or later.
 */
const CANDIDATES = ({ table, seals, at }: LogStream): string => `
WITH first AS (SELECT coalesce(min(x.seq), 9223372036854775807) AS seq FROM (
    SELECT min(l.seq) AS seq FROM ${table} l WHERE l.${at} >= $2::date::timestamp AT TIME ZONE 'Asia/Tokyo'
    UNION ALL SELECT lower(s.pending) FROM ${seals} s WHERE s.block_no = (SELECT max(block_no) FROM ${seals})) x),
stop AS (SELECT coalesce(min(s.block_no), (SELECT coalesce(max(block_no), 0) + 1 FROM ${seals})) AS block_no FROM ${seals} s, first
         WHERE upper(s.numbers) > first.seq),
gone AS (SELECT coalesce(max(r.through_block), 0) AS block_no FROM access.removal r WHERE r.group_code = $1)
SELECT greatest(stop.block_no - 1, gone.block_no) AS through, gone.block_no AS gone,
  (SELECT coalesce(sum(s.row_count), 0)::bigint FROM ${seals} s WHERE s.block_no > gone.block_no AND s.block_no < stop.block_no) AS rows,
  (SELECT encode(s.block_hash, 'hex') FROM ${seals} s WHERE s.block_no = stop.block_no - 1) AS hash
FROM stop, gone`;

async function judgeGroup(client: PoolClient, stream: LogStream): Promise<Judgement> {
  const { rows: terms } = await client.query<{ day: string; years: number | null; before: string | null }>(
    `SELECT identity.today()::text AS day, access.retention_years($1, identity.today()) AS years,
       nullif(access.removable_before($1, identity.today()), '-infinity'::date)::text AS before`,
    [stream.name],
  );
  const { day = "", years = null, before = null } = terms[0] ?? {};
  const { rows: holds } = await client.query<{ held: boolean }>(HELD, [stream.name]);
  const rest = { group: stream.name, judgedOn: day, years, beforeOn: before, held: holds[0]?.held ?? false };
  const none = { ...rest, throughBlock: 0, blockHash: null, rows: 0 };
  if (before === null) return none;
  const { rows } = await client.query<{ through: number; gone: number; rows: number; hash: string | null }>(
    CANDIDATES(stream),
    [stream.name, before],
  );
  const found = rows[0];
  if (found === undefined || found.through <= found.gone || found.hash === null) return none;
  return { ...rest, throughBlock: found.through, blockHash: found.hash, rows: found.rows };
}

/** Looks at one group now, without writing anything down. */
export async function judgeNow(pool: Pool, stream: LogStream): Promise<Judgement> {
  return await asSealer(pool, async (client) => await judgeGroup(client, stream));
}

/**
 * Judges every group once a day and writes it down. A group without a term is a row of the journal each day (`retention.noTerm`), so is
 * one with candidates (`retention.due`). A second call on the same day writes nothing.
 */
export async function judgeToday(pool: Pool): Promise<readonly Judgement[]> {
  return await asSealer(pool, async (client) => {
    const judged: Judgement[] = [];
    for (const stream of LOG_STREAMS) {
      const judgement = await judgeGroup(client, stream);
      judged.push(judgement);
      const { rowCount } = await client.query(
        `INSERT INTO access.retention_judgement (judged_on, group_code, years, before_on, through_block, block_hash, row_count, held)
         VALUES ($1, $2, $3, $4, $5, decode($6, 'hex'), $7, $8) ON CONFLICT DO NOTHING`,
        [
          judgement.judgedOn,
          judgement.group,
          judgement.years,
          judgement.beforeOn,
          judgement.throughBlock,
          judgement.blockHash,
          judgement.rows,
          judgement.held,
        ],
      );
      if (rowCount !== 1) continue;
      const action = judgement.years === null ? "retention.noTerm" : judgement.rows > 0 ? "retention.due" : undefined;
      if (action === undefined) continue;
      const detail = { group: judgement.group, rows: judgement.rows, held: judgement.held };
      await writeJournal(client, { kind: "event", actor: "system", action, detail });
    }
    return judged;
  });
}
