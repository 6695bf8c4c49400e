/** The one door to the database: an external PostgreSQL where one is named, else the embedded one. */
import { join } from "node:path";
import type { Pool } from "pg";

import { startEmbedded } from "./embedded.ts";
import type { EmbeddedOptions } from "./embedded.ts";
import { createPool } from "./pool.ts";
import type { PoolOptions, Queryable } from "./pool.ts";
import { Refusal, refusing } from "./problem.ts";

export type OpenDatabaseOptions = PoolOptions & {
  /** External PostgreSQL (15 or later). Default: the environment's DATABASE_URL; an empty text counts as unset. */
  readonly url?: string | undefined;
  /** The product's data folder; the embedded server lives in its subfolder `postgres` */
  readonly dir: string;
  /** Settings of the embedded server (see `startEmbedded`); without effect on an external one */
  readonly settings?: NonNullable<EmbeddedOptions["settings"]>;
  /** 文の記録 of the embedded server; an external one has its own (pgAudit) */
  readonly statementLog?: EmbeddedOptions["statementLog"];
};

export type Database = {
  readonly url: string;
  readonly pool: Pool;
  /** Whether the server is the embedded one */
  readonly embedded: boolean;
  /** PostgreSQL's version as a number: 180004 is 18.4 */
  readonly serverVersion: number;
  /** Ends the pool and leaves the embedded server (the last to leave stops it). May be called more than once. */
  readonly close: () => Promise<void>;
};

const MINIMUM_VERSION = 150_000;

/**
 * Refuses a server that the product cannot stand on.
 *
 * @throws Refusal `databaseVersion` below PostgreSQL 15 or with an encoding other than UTF-8
 */
export async function checkServer(connection: Queryable): Promise<number> {
  const { rows } = await connection.query<{ version: number; encoding: string }>(
    "SELECT current_setting('server_version_num')::int AS version, current_setting('server_encoding') AS encoding",
  );
  const version = rows[0]?.version ?? 0;
  const encoding = rows[0]?.encoding ?? "";
  if (version < MINIMUM_VERSION) {
    const found = `${Math.floor(version / 10_000)}.${version % 10_000}`;
    throw new Refusal(
      "databaseVersion",
      `接続先の PostgreSQL は ${found} です。15 以上が必要です。DATABASE_URL を 15 以上のサーバーに変えるか、DATABASE_URL を外して内蔵データベースを使ってください。`,
      { version },
    );
  }
  if (encoding !== "UTF8") {
    throw new Refusal(
      "databaseVersion",
      `接続先のデータベースの文字コードは ${encoding} です。氏名の文字を失わないため UTF8 が必要です。UTF8 でデータベースを作り直してください。`,
      { encoding },
    );
  }
  return version;
}

/**
 * Opens the database that the product works on.
 *
 * @throws Refusal `databaseUnavailable`, `databaseVersion` or `databaseStart`
 */
export async function openDatabase(options: OpenDatabaseOptions): Promise<Database> {
  const external = options.url ?? process.env["DATABASE_URL"] ?? "";
  const { settings, statementLog } = options;
  const server =
    external === ""
      ? await startEmbedded({
          dir: join(options.dir, "postgres"),
          ...(settings === undefined ? {} : { settings }),
          statementLog,
        })
      : undefined;
  const url = server?.url ?? external;
  const pool = createPool(url, options);
  const leave = async (): Promise<void> => {
    await pool.end();
    await server?.release();
  };
  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    closed ??= leave();
    await closed;
  };
  try {
    const serverVersion = await refusing({}, async () => await checkServer(pool));
    return { url, pool, embedded: server !== undefined, serverVersion, close };
  } catch (error) {
    await close();
    throw error;
  }
}
