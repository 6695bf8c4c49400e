/**
 * A command (処理): the only way in which the product changes what it has recorded.
 *
 * One command is one SERIALIZABLE transaction under the system's own role: idempotency key → decision → rows → audit
 * entries → response. A repeated call with the same key and the same request gets the first response and changes nothing.
 */
import { createHash } from "node:crypto";
import type { Pool, PoolClient } from "pg";

import type { Guard } from "../access/guard.ts";
import { crashPoint } from "../faults/crash-points.ts";
import { canonicalJson } from "../text/canonical-json.ts";
import { Refusal } from "./problem.ts";
import { readOnly, serializable, withRole } from "./transaction.ts";

/** One row of the audit trail (監査証跡). `detail` must not hold name, address, birth date, sex or 個人番号. */
export type AuditEntry = {
  readonly action: string;
  readonly objectKind: string;
  readonly objectId: string;
  readonly detail?: Readonly<Record<string, string | number | boolean | null>>;
};

export type CommandRequest = {
  /** The database role of the system, e.g. `hagukumi_allowance` */
  readonly role: string;
  /** Idempotency key (処理の鍵), 1–200 characters, made by the caller before the first try */
  readonly key: string;
  /** What the command is, e.g. `payment.freeze` */
  readonly name: string;
  /** Who acts: the staff member's identifier */
  readonly actor: string;
  /** Why (処理事由) */
  readonly purpose: string;
  /** The whole content of the request; its canonical JSON decides whether a repeated key asks for the same */
  readonly request: unknown;
  readonly signal?: AbortSignal | undefined;
  /** Of a command given by staff on a screen: checks right and purpose, and logs, in the same transaction */
  readonly guard?: Guard | undefined;
  /**
   * Of a command that writes thousands of rows for seconds while staff work, and that a lock of its own lets run only once at a time: its key is
   * looked up before its transaction. Looked up inside, the page of the index on which the key stands would be read by a transaction that
   * lasts, everybody's commands write there, and SERIALIZABLE gives the long one up again and again. Without effect together with a guard.
   */
  readonly keyBefore?: boolean;
};

export type CommandOutcome<T> = { readonly response: T; readonly audit: readonly AuditEntry[] };
export type CommandResult<T> = { readonly response: T; readonly repeated: boolean };

function digest(value: unknown): string {
  return createHash("sha256").update(canonicalJson(value)).digest("hex");
}

async function earlier<T>(client: PoolClient, command: CommandRequest, requestDigest: string): Promise<T | undefined> {
  const { rows } = await client.query<{ name: string; request_digest: string; response: T }>(
    "SELECT name, request_digest, response FROM audit.command WHERE command_key = $1",
    [command.key],
  );
  const found = rows[0];
  if (found === undefined) return undefined;
  if (found.name !== command.name || found.request_digest !== requestDigest) {
    throw new Refusal(
      "commandKeyReused",
      `処理の鍵「${command.key}」は、別の内容の処理で使われています。何も変えていません。新しい鍵でやり直してください。`,
      { key: command.key, usedFor: found.name },
    );
  }
  return found.response;
}

/** Somebody must act: an empty or strange name would make the audit trail worthless. */
function checkActor(actor: string): void {
  if (/^[A-Za-z0-9._@-]{1,64}$/.test(actor)) return;
  throw new Refusal(
    "operatorInvalid",
    "処理する人が指定されていないか、半角の英数字と . _ @ - の64文字までになっていません。何も変えていません。",
  );
}

/**
 * Runs one command.
 *
 * @param work reads, decides and writes on the given client; may run again after a serialization failure, so it must
 *   change nothing but the database. Its response must survive JSON.
 * @throws Refusal `operatorInvalid`, `commandKeyReused` (M21); otherwise what `work`, the database or `serializable` throws
 */
export async function runCommand<T>(
  pool: Pool,
  command: CommandRequest,
  work: (client: PoolClient) => Promise<CommandOutcome<T>>,
): Promise<CommandResult<T>> {
  checkActor(command.actor);
  const requestDigest = digest(command.request);
  const before = command.keyBefore === true && command.guard === undefined;
  if (before) {
    const first = await readOnly(pool, async (client) => {
      await withRole(client, command.role);
      return await earlier<T>(client, command, requestDigest);
    });
    if (first !== undefined) return { response: first, repeated: true };
  }
  return await serializable(
    pool,
    async (client) => {
      await command.guard?.check(client, command.actor);
      await withRole(client, command.role);
      const first = before ? undefined : await earlier<T>(client, command, requestDigest);
      if (first !== undefined) {
        await command.guard?.record(client);
        return { response: first, repeated: true };
      }
      const { response, audit } = await work(client);
      crashPoint(`${command.name}.written`);
      await client.query(
        "INSERT INTO audit.command (command_key, name, request_digest, actor, response) VALUES ($1, $2, $3, $4, $5)",
        [command.key, command.name, requestDigest, command.actor, JSON.stringify(response)],
      );
      for (const entry of audit) {
        await client.query(
          "INSERT INTO audit.event (actor, purpose, action, object_kind, object_id, command_key, detail) VALUES ($1, $2, $3, $4, $5, $6, $7)",
          [
            command.actor,
            command.purpose,
            entry.action,
            entry.objectKind,
            entry.objectId,
            command.key,
            JSON.stringify(entry.detail ?? {}),
          ],
        );
      }
      await command.guard?.record(client);
      crashPoint(`${command.name}.audited`);
      return { response, repeated: false };
    },
    command.signal === undefined ? {} : { signal: command.signal },
  );
}
