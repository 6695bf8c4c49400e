/** Transactions: one command is one SERIALIZABLE transaction, repeated when it met another. */
import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Pool, PoolClient } from "pg";

import { perhapsConflict } from "../faults/forced-conflicts.ts";
import { Refusal, sqlState } from "./problem.ts";

export type SerializableOptions = {
  /** How often a transaction that met another is repeated, 0…; default 8 */
  readonly retries?: number;
  /** Stops before the next attempt and rolls back; the statement that is running is not interrupted */
  readonly signal?: AbortSignal;
};

const SERIALIZATION_FAILURE = "40001";
const DEADLOCK = "40P01";

function mayRetry(error: unknown): boolean {
  const state = sqlState(error);
  return state === SERIALIZATION_FAILURE || state === DEADLOCK;
}

/** Waits 0…(10 ms · 2^attempt), at most 1 s. Random, so that two transactions that met do not meet again. */
async function backOff(attempt: number, signal: AbortSignal | undefined): Promise<void> {
  await sleep(randomInt(1, Math.min(1000, 10 * 2 ** attempt) + 1), undefined, signal === undefined ? {} : { signal });
}

/**
 * COMMIT, telling a refused commit from one whose answer was lost. A lost answer is never retried: the money may
 * already have moved, so the caller must look first.
 */
async function commit(client: PoolClient): Promise<void> {
  try {
    const { command } = await client.query("COMMIT");
    // PostgreSQL answers a COMMIT of a transaction that had failed with ROLLBACK and no error.
    if (command !== "COMMIT") throw new Error("the transaction had failed and was rolled back at COMMIT");
  } catch (error) {
    const state = sqlState(error);
    const lost = error instanceof Error && /Connection terminated|connection/i.test(error.message);
    if (
      (state === undefined && lost) ||
      state?.startsWith("08") ||
      state?.startsWith("57P") ||
      state === "ECONNRESET"
    ) {
      throw new Refusal(
        "commitOutcomeUnknown",
        "登録を確定する途中でデータベースとの接続が切れました。登録されたかどうかが分かりません。同じ操作を繰り返す前に、登録の有無を確認してください。",
        {},
        { cause: error },
      );
    }
    throw error;
  }
}

async function once<T>(
  pool: Pool,
  begin: string,
  work: (client: PoolClient, opened: unknown) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    const opened: unknown = await client.query(begin);
    const result = await work(client, opened);
    await commit(client);
    return result;
  } catch (error) {
    // A client that cannot even roll back is not given to anyone else.
    await client.query("ROLLBACK").catch((rollbackError: unknown) => {
      broken = rollbackError instanceof Error ? rollbackError : new Error(String(rollbackError));
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

/**
 * Runs `work` in a SERIALIZABLE transaction and repeats the whole of it after a serialization failure (40001) or a
 * deadlock (40P01). `work` may therefore run several times: it must change nothing but the database.
 *
 * @throws Refusal `databaseBusy` after the last attempt; `commitOutcomeUnknown` when the connection broke in COMMIT;
 *   `cancelled` when `signal` was aborted; otherwise what `work` throws
 */
export async function serializable<T>(
  pool: Pool,
  work: (client: PoolClient) => Promise<T>,
  options: SerializableOptions = {},
): Promise<T> {
  const retries = options.retries ?? 8;
  for (let attempt = 0; ; attempt += 1) {
    if (options.signal?.aborted) {
      throw new Refusal("cancelled", "処理が取り消されました。記録は変わっていません。");
    }
    try {
      return await once(pool, "BEGIN ISOLATION LEVEL SERIALIZABLE", async (client) => {
        const result = await work(client);
        await perhapsConflict(client);
        return result;
      });
    } catch (error) {
      if (!mayRetry(error)) throw error;
      if (attempt >= retries) {
        throw new Refusal(
          "databaseBusy",
          "同時に行われた処理と重なり続けたため、完了できませんでした。記録は変わっていません。しばらくしてからもう一度実行してください。",
          { attempts: attempt + 1 },
          { cause: error },
        );
      }
      await backOff(attempt, options.signal).catch(() => {}); // an abort is answered at the head of the loop
    }
  }
}

/** Runs `work` on one unchanging snapshot of the database; any attempt to write is refused by PostgreSQL (25006). */
export async function readOnly<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  return await once(pool, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", work);
}

/** The first row that the last of several statements answered; undefined where it answered none. */
function lastRow(answers: unknown): unknown {
  const last: unknown = Array.isArray(answers) ? answers.at(-1) : answers;
  return (last as { readonly rows?: readonly unknown[] } | undefined)?.rows?.[0];
}

const SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ";

/** Runs `work` on one snapshot of the database and keeps what it writes. Never repeated: for rows that only add a record. */
export async function onSnapshot<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  return await once(pool, SNAPSHOT, work);
}

/**
 * The same, with `statements` (SQL without parameters) sent together with BEGIN: one round trip instead of two.
 *
 * @param work gets what the last of them answered
 */
export async function onSnapshotAfter<T>(
  pool: Pool,
  statements: string,
  work: (client: PoolClient, row: unknown) => Promise<T>,
): Promise<T> {
  return await once(pool, `${SNAPSHOT}; ${statements}`, async (client, opened) => await work(client, lastRow(opened)));
}

/**
 * Runs `work` so that each statement sees what others have committed. For work that a lock or a unique index decides and
 * that must not be tried again by itself (log-in, sealing).
 */
export async function readCommitted<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  return await once(pool, "BEGIN ISOLATION LEVEL READ COMMITTED", work);
}

/**
 * Continues the open transaction with the rights of `role` (`SET LOCAL ROLE`); they end with the transaction.
 *
 * @throws Error when no transaction is open (PostgreSQL would only warn, and go on with the wider rights)
 */
export async function withRole(client: Pick<PoolClient, "query" | "escapeIdentifier">, role: string): Promise<void> {
  // Two statements: in one text they would be a transaction of their own, and a missing BEGIN would go unseen.
  await client.query(`SET LOCAL ROLE ${client.escapeIdentifier(role)}`);
  const { rows } = await client.query<{ current: string }>("SELECT current_user AS current");
  if (rows[0]?.current !== role) throw new Error(`SET LOCAL ROLE ${role} had no effect: no transaction is open`);
}
