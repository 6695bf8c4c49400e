/**
 * One real PostgreSQL for all tests: started once per run, every test file gets a database of its own, copied from a
 * migrated template. Nothing may be left open behind a test.
 */
import { join, resolve } from "node:path";

import type { Pool } from "pg";
import { afterAll, beforeAll, inject } from "vitest";
import type { TestProject } from "vitest/node";

import { startEmbedded } from "../../src/database/embedded.ts";
import type { EmbeddedServer } from "../../src/database/embedded.ts";
import { migrate, migrationFolders } from "../../src/database/migrate.ts";
import { connectClient, createPool } from "../../src/database/pool.ts";
import { makeScratch } from "./scratch.ts";
import type { Scratch } from "./scratch.ts";

declare module "vitest" {
  interface ProvidedContext {
    clusterUrl: string;
    /** Folder for whatever tests write; `os.tmpdir()` in every test (vitest.setup.ts) */
    scratchDir: string;
  }
}

const ROOT = resolve(import.meta.dirname, "../../..");
const TEMPLATE = "template_hagukumi";
const PREFIX = "test_";

let scratch: Scratch | undefined;
let server: EmbeddedServer | undefined;

function urlOf(base: string, database: string): string {
  const url = new URL(base);
  url.pathname = `/${database}`;
  return url.href;
}

/** Starts the cluster and makes the template (vitest's globalSetup). */
export async function setup(project: TestProject): Promise<void> {
  scratch = await makeScratch();
  project.provide("scratchDir", scratch.dir);
  // Nothing of this cluster outlives the run, so it need not survive a power cut: about 40 % more transactions a second.
  const careless = { fsync: "off", synchronous_commit: "off", full_page_writes: "off" };
  const settings = {
    ...careless,
    shared_buffers: "128MB",
    max_wal_size: "512MB",
    wal_level: "minimal",
    max_wal_senders: "0",
  };
  server = await startEmbedded({ dir: join(scratch.dir, "cluster"), settings });
  const admin = await connectClient(server.url, "test cluster");
  try {
    await admin.query(`CREATE DATABASE ${TEMPLATE}`);
  } finally {
    await admin.end();
  }
  await migrate(urlOf(server.url, TEMPLATE), await migrationFolders(ROOT));
  project.provide("clusterUrl", server.url);
}

/** Stops the cluster; fails when a test file left a database behind. */
export async function teardown(): Promise<void> {
  if (server === undefined) return;
  const admin = await connectClient(server.url, "test cluster");
  const { rows } = await admin
    .query<{ name: string }>("SELECT datname AS name FROM pg_database WHERE starts_with(datname, $1)", [PREFIX])
    .finally(async () => await admin.end());
  await server.release();
  await scratch?.remove();
  if (rows.length > 0) {
    throw new Error(`tests left databases behind (drop() was not called): ${rows.map(({ name }) => name).join(", ")}`);
  }
}

export type TestDatabase = {
  /** Connection to this database as its owner */
  readonly url: string;
  readonly pool: Pool;
  /** Ends `pool`, fails if anything else is still connected, and removes the database */
  readonly drop: () => Promise<void>;
};

async function openConnections(admin: Pick<Pool, "query">, name: string): Promise<string[]> {
  // Only clients: the server's own workers (autovacuum on a test's grown tables) are nobody's fault and end by FORCE.
  const query =
    "SELECT application_name || ': ' || left(query, 120) AS line FROM pg_stat_activity WHERE datname = $1 AND backend_type = 'client backend'";
  // A connection that was just ended needs a moment to leave the server's list.
  for (let attempt = 0; ; attempt += 1) {
    const { rows } = await admin.query<{ line: string }>(query, [name]);
    if (rows.length === 0 || attempt === 20) return rows.map(({ line }) => line);
    await new Promise((resume) => {
      setTimeout(resume, 50);
    });
  }
}

async function onCluster<T>(work: (admin: Pick<Pool, "query">) => Promise<T>): Promise<T> {
  const admin = await connectClient(inject("clusterUrl"), "test database");
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}

/**
 * A database of the test's own with all migrations applied. Call `drop` in `afterAll`, or use
 * `useDatabase`. `empty: true` gives one without any migration.
 */
export async function freshDatabase(options: { readonly empty?: boolean } = {}): Promise<TestDatabase> {
  return await databaseFrom(options.empty === true ? "template0" : TEMPLATE);
}

/** A copy of another database as it stands; nobody may be connected to that one. */
export async function copyDatabase({ url }: Pick<TestDatabase, "url">): Promise<TestDatabase> {
  return await databaseFrom(new URL(url).pathname.slice(1));
}

async function databaseFrom(template: string): Promise<TestDatabase> {
  const name = `${PREFIX}${crypto.randomUUID().replaceAll("-", "")}`;
  await onCluster(
    async (admin) => await admin.query(`CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY FILE_COPY`),
  );
  const url = urlOf(inject("clusterUrl"), name);
  const pool = createPool(url, { applicationName: "test pool" });
  const drop = async (): Promise<void> => {
    await pool.end();
    await onCluster(async (admin) => {
      const open = await openConnections(admin, name);
      await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
      if (open.length > 0) throw new Error(`the test left connections open:\n${open.join("\n")}`);
    });
  };
  return { url, pool, drop };
}

/** `freshDatabase` for a whole test file: call at the top, read `.pool` and `.url` inside tests. */
export function useDatabase(options: { readonly empty?: boolean } = {}): Pick<TestDatabase, "url" | "pool"> {
  let database: TestDatabase | undefined;
  beforeAll(async () => {
    database = await freshDatabase(options);
  });
  afterAll(async () => await database?.drop());
  const opened = (): TestDatabase => {
    if (database === undefined) throw new Error("the database is there only inside tests and hooks");
    return database;
  };
  return {
    get url() {
      return opened().url;
    },
    get pool() {
      return opened().pool;
    },
  };
}
