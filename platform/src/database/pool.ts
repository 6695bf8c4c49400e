/** Connection pools whose values arrive as the product means them: dates as text, large numbers never rounded. */
import { Client, Pool, types } from "pg";
import type { ClientConfig, PoolClient } from "pg";

import { databaseTarget } from "./secure-url.ts";

/** A connection that can run statements: the pool itself or one client of it. */
export type Queryable = Pick<PoolClient, "query">;

/**
 * bigint → number, refusing what a JavaScript number cannot hold exactly.
 *
 * @throws RangeError beyond ±(2^53 − 1): a rounded amount of yen or row id is worse than a stop
 */
export function parseInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`bigint ${text} is beyond ±(2^53 - 1)`);
  return value;
}

const asText = (text: string): string => text;
// pg declares only the scalar parsers; 1009 is text[] and its parser yields the elements unchanged.
const textArray = types.getTypeParser(1009 as Parameters<typeof types.getTypeParser>[0]) as (
  text: string,
) => (string | null)[];

const parsers: ReadonlyMap<number, (text: string) => unknown> = new Map<number, (text: string) => unknown>([
  [1082, asText], // date: a Date object would shift the day by the time zone of the machine
  [1182, textArray], // date[]
  [1700, asText], // numeric
  [1231, textArray], // numeric[]
  [20, parseInt8], // int8
  [1016, (text) => textArray(text).map((item) => (item === null ? null : parseInt8(item)))], // int8[]
]);

// Given to each connection instead of `pg.types.setTypeParser`, so that importing a module changes nothing for others.
const typeConfig: NonNullable<ClientConfig["types"]> = {
  getTypeParser: ((oid: number, format?: "text" | "binary") =>
    (format === "binary" ? undefined : parsers.get(oid)) ??
    types.getTypeParser(oid, format ?? "text")) as typeof types.getTypeParser,
};

export type PoolOptions = {
  /** Largest number of connections, 1…; default 8 */
  readonly max?: number;
  /** Shown in pg_stat_activity, so that an open connection can be traced; default "hagukumi" */
  readonly applicationName?: string;
  /** Told of an idle connection that broke (server restarted). Default: nothing, the pool makes a new one. */
  readonly onIdleError?: (error: Error) => void;
};

function connectionConfig(url: string, applicationName: string): ClientConfig {
  const { url: connectionString, ssl } = databaseTarget(url);
  return {
    connectionString,
    ...(ssl === undefined ? {} : { ssl }),
    types: typeConfig,
    application_name: applicationName,
    options: "-c TimeZone=Asia/Tokyo",
    keepAlive: true,
    connectionTimeoutMillis: 30_000,
  };
}

/** A pool on `url`. The caller ends it. */
export function createPool(url: string, options: PoolOptions = {}): Pool {
  const pool = new Pool({
    ...connectionConfig(url, options.applicationName ?? "hagukumi"),
    max: options.max ?? 8,
    idleTimeoutMillis: 10_000,
  });
  // Without a listener, one idle connection that the server closes would end the whole process.
  pool.on("error", (error) => options.onIdleError?.(error));
  // The same for a connection in use; there the statement that runs, or the next one, reports the loss.
  pool.on("connect", (client) => client.on("error", () => {}));
  return pool;
}

/** One connection outside a pool, for long work of its own (migration, COPY). The caller ends it. */
export async function connectClient(url: string, applicationName = "hagukumi"): Promise<Client> {
  const client = new Client(connectionConfig(url, applicationName));
  client.on("error", () => {}); // a lost connection is reported by the statement that runs next
  try {
    await client.connect();
  } catch (error) {
    await client.end().catch(() => {});
    throw error;
  }
  return client;
}
