/**
 * 鍵の管理: making the vault, rotation of both kinds of keys while it works, another master key, shares. None of it is a call of
 * the vault: it needs the master key in memory and the role of the keys, which no program that serves has.
 */
import { randomBytes } from "node:crypto";
import { readCommitted, withRole } from "@hagukumi/platform/database/transaction.ts";
import type { Pool, PoolClient } from "pg";

import { KEYS_LOCK } from "../operations/enter.ts";
import { IndividualNumber } from "../number/individual-number.ts";
import { refusal } from "../refusal.ts";
import type { Envelope, KeyKeeper } from "./keeper.ts";
import { type KeyKind, KeyRing, newWrappedKey, openNumber, rewrapKey } from "./key-ring.ts";
import { combine, type Share, split } from "./shares.ts";

const KEYS_ROLE = "hagukumi_vault_keys";

/** Who manages and what is told while it runs. */
export type KeyWork = {
  readonly pool: Pool;
  /** 処理した人 */
  readonly operator: string;
  readonly now: () => Date;
  readonly onProgress?: (done: number, total: number) => void;
  /** Stops between two slices; the next run goes on there */
  readonly signal?: AbortSignal;
};

async function asKeys<T>(work: KeyWork, step: (client: PoolClient) => Promise<T>): Promise<T> {
  return await readCommitted(work.pool, async (client) => {
    await withRole(client, KEYS_ROLE);
    return await step(client);
  });
}

/** One row of the vault's log for what was done with the keys. */
export async function logKeys(
  client: PoolClient,
  work: KeyWork,
  operation: string,
  subject: string,
  rows: number,
): Promise<void> {
  await client.query(
    `INSERT INTO vault.log (processed_at, client_id, actor, purpose, operation, subject, rows)
     VALUES ($1, 'console', $2, 'keyManagement', $3, $4, $5)`,
    [work.now(), work.operator, operation, subject, rows],
  );
}

async function addKey(
  client: PoolClient,
  work: KeyWork,
  master: Buffer,
  kind: KeyKind,
  version: number,
  active: boolean,
): Promise<void> {
  await client.query(
    "INSERT INTO vault.key_version (kind, version, wrapped, active, created_by, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
    [kind, version, newWrappedKey(master, kind, version), active, work.operator, work.now()],
  );
}

/** Whether the database holds keys already. */
export async function hasKeys(pool: Pool): Promise<boolean> {
  const { rows } = await pool.query<{ found: boolean }>("SELECT EXISTS (SELECT FROM vault.key_version) AS found");
  return rows[0]?.found === true;
}

/**
 * Makes the master key and the first version of both keys.
 *
 * @returns the envelope to be kept beside the data
 * @throws Refusal `masterMissing` where the database holds keys: they are never made anew
 */
export async function makeKeys(work: KeyWork, keeper: KeyKeeper): Promise<Envelope> {
  const master = randomBytes(32);
  const envelope = await keeper.close(master);
  await asKeys(work, async (client) => {
    await client.query("SELECT pg_advisory_xact_lock($1)", [KEYS_LOCK]);
    const { rows } = await client.query("SELECT FROM vault.key_version LIMIT 1");
    if (rows.length > 0) throw refusal("masterMissing");
    await addKey(client, work, master, "encryption", 1, true);
    await addKey(client, work, master, "index", 1, true);
    await logKeys(client, work, "makeKeys", "keys", 2);
  });
  master.fill(0);
  return envelope;
}

/** The ring of a vault whose envelope `keeper` can open. @throws Refusal `masterUnreadable`, `keyMissing` */
export async function openRing(pool: Pool, keeper: KeyKeeper, envelope: Envelope): Promise<KeyRing> {
  const ring = new KeyRing(await keeper.open(envelope));
  await ring.load(pool);
  return ring;
}

const SLICE = 2_000;

function isStopped({ signal }: KeyWork): boolean {
  return signal?.aborted === true;
}

export type Rotation = { readonly version: number; readonly changed: number; readonly finished: boolean };

/**
 * 鍵暗号鍵の更新 while the vault works: a new version for what is written from now on, then every data key is wrapped anew in
 * slices, then the old versions are thrown away. Broken off, the next call goes on (an unfinished rotation is not doubled).
 *
 * @throws Refusal `recordDamaged` where a data key does not open: nothing of that slice is changed, the old key stays
 */
export async function rotateEncryption(work: KeyWork, ring: KeyRing): Promise<Rotation> {
  await asKeys(work, async (client) => {
    await client.query("SELECT pg_advisory_xact_lock($1)", [KEYS_LOCK]);
    await ring.load(client);
    const old = await client.query("SELECT FROM vault.person WHERE key_version <> $1 LIMIT 1", [
      ring.encryptionVersion,
    ]);
    const versions = await client.query<{ newest: number; count: number }>(
      "SELECT max(version) AS newest, count(*) AS count FROM vault.key_version WHERE kind = 'encryption'",
    );
    const unfinished = old.rows.length > 0 || (versions.rows[0]?.count ?? 1) > 1;
    if (unfinished) return;
    const version = (versions.rows[0]?.newest ?? 0) + 1;
    await client.query("UPDATE vault.key_version SET active = false WHERE kind = 'encryption'");
    await addKey(client, work, ring.master, "encryption", version, true);
    await logKeys(client, work, "rotateEncryption", `encryption:${version}`, 0);
    await ring.load(client);
  });
  const version = ring.encryptionVersion;
  const { rows } = await work.pool.query<{ total: number }>(
    "SELECT count(*) AS total FROM vault.person WHERE key_version <> $1",
    [version],
  );
  const total = rows[0]?.total ?? 0;
  let changed = 0;
  for (;;) {
    if (isStopped(work)) return { version, changed, finished: false };
    const done = await asKeys(work, async (client) => await rewrapSlice(client, ring, version));
    changed += done;
    work.onProgress?.(changed, Math.max(total, changed));
    if (done === 0) break;
  }
  await asKeys(work, async (client) => {
    await client.query("SELECT pg_advisory_xact_lock($1)", [KEYS_LOCK]);
    // Under the lock nobody is writing; a process that did not know the new key yet may have written just before.
    while ((await rewrapSlice(client, ring, version)) > 0);
    await client.query("DELETE FROM vault.key_version WHERE kind = 'encryption' AND version <> $1", [version]);
    await logKeys(client, work, "rotateEncryptionDone", `encryption:${version}`, changed);
    await ring.load(client);
  });
  return { version, changed, finished: true };
}

async function rewrapSlice(client: PoolClient, ring: KeyRing, version: number): Promise<number> {
  const { rows } = await client.query<{ ref: string; wrapped: Buffer; version: number }>(
    `SELECT person_ref AS ref, wrapped_dek AS wrapped, key_version AS version FROM vault.person
     WHERE key_version <> $1 ORDER BY key_version, person_ref LIMIT $2 FOR UPDATE`,
    [version, SLICE],
  );
  if (rows.length === 0) return 0;
  const wrapped = rows.map((row) => {
    const again = ring.rewrapDataKey(row.ref, row.version, row.wrapped);
    if (again === undefined) throw refusal("recordDamaged", { personRef: row.ref });
    return again;
  });
  await client.query(
    `UPDATE vault.person p SET wrapped_dek = x.wrapped, key_version = $3 FROM unnest($1::uuid[], $2::bytea[]) AS x (ref, wrapped) WHERE p.person_ref = x.ref`,
    [rows.map(({ ref }) => ref), wrapped, version],
  );
  return rows.length;
}

/**
 * 検索索引の鍵の更新 while the vault works: a second index is filled beside the one in use, then it takes its place in one moment.
 *
 * @throws Refusal `recordDamaged` where a number does not open: the index in use stays
 */
export async function rotateIndex(work: KeyWork, ring: KeyRing): Promise<Rotation> {
  const version = await asKeys(work, async (client) => {
    await client.query("SELECT pg_advisory_xact_lock($1)", [KEYS_LOCK]);
    const { rows } = await client.query<{ newest: number; filling: boolean }>(
      "SELECT max(version) AS newest, bool_or(NOT active) AS filling FROM vault.key_version WHERE kind = 'index'",
    );
    if (rows[0]?.filling === true) {
      await ring.load(client);
      return rows[0].newest;
    }
    const next = (rows[0]?.newest ?? 0) + 1;
    await addKey(client, work, ring.master, "index", next, false);
    await logKeys(client, work, "rotateIndex", `index:${next}`, 0);
    await ring.load(client);
    return next;
  });
  const { rows } = await work.pool.query<{ total: number }>("SELECT count(*) AS total FROM vault.record");
  let changed = 0;
  for (;;) {
    if (isStopped(work)) return { version, changed, finished: false };
    const done = await asKeys(work, async (client) => await fillSlice(client, ring, version));
    changed += done;
    work.onProgress?.(changed, Math.max(rows[0]?.total ?? 0, changed));
    if (done === 0) break;
  }
  await asKeys(work, async (client) => {
    await client.query("SELECT pg_advisory_xact_lock($1)", [KEYS_LOCK]);
    while ((await fillSlice(client, ring, version)) > 0);
    await client.query("UPDATE vault.key_version SET active = false WHERE kind = 'index' AND version <> $1", [version]);
    await client.query("UPDATE vault.key_version SET active = true WHERE kind = 'index' AND version = $1", [version]);
    await client.query("DELETE FROM vault.number_index WHERE index_version <> $1", [version]);
    await client.query("DELETE FROM vault.key_version WHERE kind = 'index' AND version <> $1", [version]);
    await logKeys(client, work, "rotateIndexDone", `index:${version}`, changed);
    await ring.load(client);
  });
  return { version, changed, finished: true };
}

type SealedRow = {
  readonly record_id: string;
  readonly person_ref: string;
  readonly sealed: Buffer;
  readonly wrapped_dek: Buffer;
  readonly key_version: number;
};

async function fillSlice(client: PoolClient, ring: KeyRing, version: number): Promise<number> {
  const { rows } = await client.query<SealedRow>(
    `SELECT r.record_id, r.person_ref, r.sealed, p.wrapped_dek, p.key_version FROM vault.record r JOIN vault.person p USING (person_ref)
     WHERE NOT EXISTS (SELECT FROM vault.number_index i WHERE i.record_id = r.record_id AND i.index_version = $1) LIMIT $2`,
    [version, SLICE],
  );
  if (rows.length === 0) return 0;
  const digests = rows.map((row) => {
    const dek = ring.dataKey(row.person_ref, row.key_version, row.wrapped_dek);
    const bytes = dek === undefined ? undefined : openNumber(dek, row.record_id, row.sealed);
    const number = bytes === undefined ? undefined : IndividualNumber.fromBytes(bytes);
    dek?.fill(0);
    if (number === undefined) throw refusal("recordDamaged", { personRef: row.person_ref });
    const digest = ring.indexOf(number, version);
    number.wipe();
    return digest;
  });
  await client.query(
    "INSERT INTO vault.number_index (index_version, digest, record_id) SELECT $1, d, r FROM unnest($2::bytea[], $3::uuid[]) AS x (d, r)",
    [version, digests, rows.map(({ record_id }) => record_id)],
  );
  return rows.length;
}

/** The same master key in a new envelope: another passphrase, another keeper. */
export async function changeKeeper(work: KeyWork, ring: KeyRing, keeper: KeyKeeper): Promise<Envelope> {
  const envelope = await keeper.close(ring.master);
  await asKeys(work, async (client) => await logKeys(client, work, "changeKeeper", keeper.kind, 0));
  return envelope;
}

/** 親鍵の更新: a new master key wraps every key anew. Old envelopes and old shares open nothing any more. */
export async function rotateMaster(
  work: KeyWork,
  ring: KeyRing,
  keeper: KeyKeeper,
  keep: (envelope: Envelope) => Promise<void>,
): Promise<KeyRing> {
  const master = randomBytes(32);
  const envelope = await keeper.close(master);
  await asKeys(work, async (client) => {
    await client.query("SELECT pg_advisory_xact_lock($1)", [KEYS_LOCK]);
    const { rows } = await client.query<{ kind: KeyKind; version: number; wrapped: Buffer }>(
      "SELECT kind, version, wrapped FROM vault.key_version",
    );
    for (const { kind, version, wrapped } of rows) {
      const again = rewrapKey(ring.master, master, kind, version, wrapped);
      await client.query("UPDATE vault.key_version SET wrapped = $3 WHERE kind = $1 AND version = $2", [
        kind,
        version,
        again,
      ]);
    }
    await logKeys(client, work, "rotateMaster", "keys", rows.length);
    // Before COMMIT: should the file fail, the keys stay under the old one. `keep` leaves the old envelope beside the new.
    await keep(envelope);
  });
  const next = new KeyRing(master);
  await next.load(work.pool);
  return next;
}

/** 親鍵の分割: shares for `count` holders, any `threshold` of which rebuild the vault. Only the fact is recorded. */
export async function splitMaster(
  work: KeyWork,
  ring: KeyRing,
  threshold: number,
  count: number,
): Promise<readonly Share[]> {
  const shares = split(ring.master, threshold, count);
  await asKeys(work, async (client) => {
    await client.query(
      "INSERT INTO vault.escrow (set_id, threshold, shares, made_by, made_at) VALUES ($1, $2, $3, $4, $5)",
      [shares[0]?.setId, threshold, count, work.operator, work.now()],
    );
    await logKeys(client, work, "splitMaster", `set:${shares[0]?.setId ?? ""}`, count);
  });
  return shares;
}

/**
 * 親鍵の復元: the ring of the master key that the shares give.
 *
 * @throws Refusal `sharesInvalid`; `masterUnreadable` where it is not the master key of this database
 */
export async function ringFromShares(pool: Pool, shares: readonly Share[]): Promise<KeyRing> {
  const ring = new KeyRing(combine(shares));
  await ring.load(pool);
  return ring;
}
