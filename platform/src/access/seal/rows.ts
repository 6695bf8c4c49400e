/** How the sealer and the check read the database: the same statement for both, written here and not kept in the database. */
import type { PoolClient } from "pg";

import { ACCESS_LOG_DOMAIN, type Block } from "./block.ts";

export const SEALER_ROLE = "hagukumi_sealer";

/** A kind of records that is sealed (封をする記録): where its rows and its seals are, and how a row is written down before it is hashed. */
export type LogStream = {
  readonly name: "accessLog" | "journal" | "vaultLog";
  /** In words, for messages */
  readonly label: string;
  readonly table: "access.log" | "access.journal" | "vault.log";
  readonly seals: "access.seal" | "access.journal_seal" | "vault.log_seal";
  /**
   * 並べ方: all columns in order as one JSON array (nothing in it can be moved from one column to the next), by format. A format is
   * added when the table gets columns; the old one stays, so that what was sealed before verifies for ever.
   */
  readonly leafTexts: ReadonlyMap<number, string>;
  /** The format of new seals */
  readonly format: number;
  /** The column with the time of a row */
  readonly at: "processed_at" | "recorded_at";
  /** First words of what is hashed into a block: no block of one stream passes for one of another */
  readonly domain: string;
  /** File of the newest head in the data folder */
  readonly headFile: string;
  /** Any number of ours; a transaction lock: of several programs on one database one seals, the others pass on */
  readonly lock: number;
  /** Role that seals and checks */
  readonly role: "hagukumi_sealer" | "hagukumi_vault_sealer";
  /** Whether rows may be removed after their term, by signed records of it */
  readonly removable: boolean;
};

/** A time as it is written down for the hash: UTC, microseconds. */
export const timeText = (column: string): string =>
  `to_char(l.${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US')`;

const LOG_COLUMNS = `l.seq, ${timeText("processed_at")}, l.staff_id, l.staff_name,
  l.section_code, l.section_name, l.terminal_code, l.purpose_code, l.purpose_text, l.addressee_number, l.system, l.operation, l.action, l.refusal_code,
  l.columns_class, l.row_count, l.session_id, l.request_id, l.case_ref, l.approval_ref, l.rule_version, l.search_key_hmac`;

/** The columns of 操作ログ, which rows of format 1 do not have. */
const OPERATION_COLUMNS = "l.deed, l.screen, l.file, l.individual_number";

/** アクセスログ */
export const ACCESS_LOG: LogStream = {
  name: "accessLog",
  label: "アクセスログ",
  table: "access.log",
  seals: "access.seal",
  leafTexts: new Map([
    // What a row of format 1 says in the columns that it did not have would be in no hash: it must say nothing.
    [
      1,
      `(CASE WHEN num_nonnulls(${OPERATION_COLUMNS}) = 0 THEN jsonb_build_array(${LOG_COLUMNS}) ELSE jsonb_build_array(${LOG_COLUMNS}, ${OPERATION_COLUMNS}) END)::text`,
    ],
    [2, `jsonb_build_array(${LOG_COLUMNS}, ${OPERATION_COLUMNS})::text`],
  ]),
  format: 2,
  at: "processed_at",
  domain: ACCESS_LOG_DOMAIN,
  headFile: "log-head.json",
  lock: 7_400_281_102,
  role: SEALER_ROLE,
  removable: true,
};

/** システムの記録 (journal): authentication, events, communication, print, settings, errors */
export const JOURNAL: LogStream = {
  name: "journal",
  label: "システムの記録",
  table: "access.journal",
  seals: "access.journal_seal",
  leafTexts: new Map([
    [
      1,
      `jsonb_build_array(l.seq, ${timeText("recorded_at")}, l.kind, l.actor, l.terminal_code, l.action, l.outcome, l.object_kind, l.object_id, l.detail)::text`,
    ],
  ]),
  format: 1,
  at: "recorded_at",
  domain: "hagukumi journal block\n",
  headFile: "journal-head.json",
  lock: 7_400_281_103,
  role: SEALER_ROLE,
  removable: true,
};

/** Everything that is sealed in the database of the business systems. */
export const LOG_STREAMS: readonly LogStream[] = [ACCESS_LOG, JOURNAL];

/** How a row is written down in a format. @throws Error where the program does not know the format */
export function leafTextOf(stream: LogStream, format: number): string {
  const text = stream.leafTexts.get(format);
  if (text === undefined) throw new Error(`seals of format ${String(format)} are not known`);
  return text;
}

/** One row, ready to be hashed. */
export type LeafRow = { readonly seq: number; readonly leaf: string };

type StoredBlock = Omit<Block, "sealedAt"> & { readonly sealedAt: Date };

const BLOCKS = `
SELECT block_no AS "blockNo", format, sealed_at AS "sealedAt", upto, numbers::text, void::text, pending::text, row_count AS "rowCount", leaves, root,
  previous_hash AS "previousHash", block_hash AS "blockHash", key_id AS "keyId", signature
FROM`;

async function blocks(
  client: PoolClient,
  { seals }: LogStream,
  rest: string,
  values: readonly unknown[],
): Promise<Block[]> {
  const { rows } = await client.query<StoredBlock>(`${BLOCKS} ${seals} ${rest}`, [...values]);
  return rows.map((row) => ({ ...row, sealedAt: row.sealedAt.toISOString() }));
}

/** The newest block. */
export async function lastBlock(client: PoolClient, stream: LogStream = ACCESS_LOG): Promise<Block | undefined> {
  return (await blocks(client, stream, "ORDER BY block_no DESC LIMIT 1", []))[0];
}

/** Blocks in the order of their numbers, from `from` on, at most `most`. */
export async function blocksFrom(
  client: PoolClient,
  from: number,
  most: number,
  stream: LogStream = ACCESS_LOG,
): Promise<Block[]> {
  return await blocks(client, stream, "WHERE block_no >= $1 ORDER BY block_no LIMIT $2", [from, most]);
}
