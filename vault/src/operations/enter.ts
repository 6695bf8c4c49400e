/**
 * The door: statement, rights, purpose and log around every operation, all in the transaction of the work. The vault believes
 * nothing but its own tables, and answers nothing that it could not log.
 */
import { readCommitted } from "@hagukumi/platform/database/transaction.ts";
import { Refusal, sqlState } from "@hagukumi/platform/database/problem.ts";
import type { Pool, PoolClient } from "pg";

import type { KeyRing } from "../keys/key-ring.ts";
import { isVaultRefusalCode, refusal, type VaultRefusalCode } from "../refusal.ts";
import { readStatement, type StatementPayload } from "../statement/statement.ts";
import type { VaultOperation } from "./shapes.ts";

/** What the log says about the work, besides who and why. */
export type Done<T> = {
  readonly response: T;
  /** The one person it was about */
  readonly personRef?: string;
  /** Numbers or persons handled, 0… */
  readonly rows: number;
};

export type Call = { readonly actor: string; readonly subject: string; readonly now: Date };

type LogLine = {
  readonly payload: StatementPayload | undefined;
  readonly operation: string;
  readonly code: VaultRefusalCode | null;
  readonly personRef?: string | undefined;
  readonly rows: number;
  readonly now: Date;
};

const WRITE_LOG = `INSERT INTO vault.log (processed_at, client_id, actor, purpose, operation, subject, person_ref, rows, refusal_code, statement_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`;

async function writeLog(client: PoolClient, line: LogLine): Promise<void> {
  const { payload } = line;
  await client.query(WRITE_LOG, [
    line.now,
    payload?.client ?? "-",
    payload?.actor ?? "-",
    payload?.purpose ?? "-",
    line.operation,
    payload?.subject ?? "-",
    line.personRef ?? null,
    line.rows,
    line.code,
    payload?.id ?? null,
  ]);
}

/**
 * Held by every call to its end, shared; alone by the moment in which keys change. So no call meets half a change: what it
 * reads was written with keys that it knows, and what it writes is in every index there is.
 */
export const KEYS_LOCK = 7_400_281_202;

/** Whether the vault may go on; the code of the refusal where not. */
async function decide(
  client: PoolClient,
  ring: KeyRing,
  statement: string,
  operation: string,
  now: Date,
): Promise<{ readonly payload: StatementPayload | undefined; readonly code: VaultRefusalCode | null }> {
  const read = readStatement(statement);
  await client.query("SELECT set_config('role', 'hagukumi_vault', true), pg_advisory_xact_lock_shared($1)", [
    KEYS_LOCK,
  ]);
  const { rows } = await client.query<{ keys: string; key: Buffer | null }>(
    `SELECT (SELECT string_agg(kind || version || active, ',' ORDER BY kind, version) FROM vault.key_version) AS keys,
            (SELECT public_key FROM vault.client WHERE client_id = $1 AND valid_from <= $2 AND valid_to > $2) AS key`,
    [read?.payload.client ?? "", now],
  );
  if (rows[0]?.keys !== ring.fingerprint) await ring.load(client);
  if (read === undefined || read.payload.operation !== operation)
    return { payload: read?.payload, code: "statementInvalid" };
  const { payload } = read;
  const key = rows[0]?.key ?? null;
  if (key === null) return { payload, code: "clientUnknown" };
  // From here on what the statement says is what the client said; before, it is only what somebody claims.
  if (!read.isSignedWith(key)) return { payload, code: "statementInvalid" };
  if (!read.isTimely(now)) return { payload, code: "statementExpired" };
  const decided = await client.query<{ code: string; entered_as: string }>(
    "SELECT vault.decide($1, $2, $3, $4, $5, $6, $7, $8) AS code, current_user::text AS entered_as",
    [
      payload.id,
      new Date(payload.expires),
      payload.client,
      payload.actor,
      payload.operation,
      payload.purpose,
      payload.steppedUp === null ? null : new Date(payload.steppedUp),
      now,
    ],
  );
  const [row] = decided.rows;
  if (row === undefined || row.entered_as !== "hagukumi_vault") throw new Error("the vault's role did not hold");
  if (row.code === "") return { payload, code: null };
  if (isVaultRefusalCode(row.code)) return { payload, code: row.code };
  throw new Error(`vault.decide answered ${row.code}`);
}

/** Two calls that met over the same number or person: the second is tried again and finds what the first wrote. */
function mayRetry(error: unknown): boolean {
  const state = sqlState(error);
  return state === "23505" || state === "40001" || state === "40P01";
}

const ATTEMPTS = 5;

/**
 * Runs one operation: decision, work and log are one transaction.
 *
 * @throws Refusal with a code of the vault (logged); what the database throws, in which case nothing was done or answered
 */
export async function enter<T>(
  { pool, ring }: { readonly pool: Pool; readonly ring: KeyRing },
  operation: VaultOperation,
  statement: string,
  clock: () => Date,
  work: (client: PoolClient, call: Call) => Promise<Done<T>>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const now = clock();
    let refused: { readonly payload: StatementPayload | undefined; readonly code: VaultRefusalCode } | undefined;
    try {
      return await readCommitted(pool, async (client) => {
        const { payload, code } = await decide(client, ring, statement, operation, now);
        if (code !== null || payload === undefined) {
          refused = { payload, code: code ?? "statementInvalid" };
          throw refusal(refused.code);
        }
        const { actor, subject } = payload;
        try {
          const done = await work(client, { actor, subject, now });
          await writeLog(client, { payload, operation, code: null, personRef: done.personRef, rows: done.rows, now });
          return done.response;
        } catch (error) {
          if (error instanceof Refusal && isVaultRefusalCode(error.code)) refused = { payload, code: error.code };
          throw error;
        }
      });
    } catch (error) {
      if (refused === undefined && attempt < ATTEMPTS && mayRetry(error)) continue;
      if (refused !== undefined) await recordRefusal(pool, operation, refused, now);
      throw error;
    }
  }
}

/** A refusal is logged in a transaction of its own, because its work was rolled back; its statement is used up too. */
async function recordRefusal(
  pool: Pool,
  operation: string,
  { payload, code }: { readonly payload: StatementPayload | undefined; readonly code: VaultRefusalCode },
  now: Date,
): Promise<void> {
  await readCommitted(pool, async (client) => {
    await client.query("SET LOCAL ROLE hagukumi_vault");
    // Only of what was surely signed: a stranger cannot use up anybody's statement.
    const signed = code !== "statementInvalid" && code !== "clientUnknown" && payload !== undefined;
    if (signed) {
      await client.query(
        "INSERT INTO vault.used_statement (statement_id, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        [payload.id, new Date(payload.expires)],
      );
    }
    await writeLog(client, { payload, operation, code, rows: 0, now });
  });
}
