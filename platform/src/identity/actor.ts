/** Who changes staff, rights and terminals: a member of the staff with a live session, or the console of the server. */
import type { PoolClient } from "pg";

import { runCommand } from "../database/command.ts";
import type { AuditEntry } from "../database/command.ts";
import type { Queryable } from "../database/pool.ts";
import { Refusal } from "../database/problem.ts";
import type { Permission } from "./permissions.ts";
import { identityRefusing, refuse } from "./problem.ts";
import type { Identity } from "./settings.ts";
import { IDENTITY_ROLE } from "./transaction.ts";

/**
 * `session`: by the hash of the token; right and step-up are looked up in the database inside the command's transaction.
 * `console`: somebody who may run programs on the server; recorded as `<operator>@console`.
 */
export type Actor =
  | { readonly kind: "session"; readonly tokenHash: string }
  | { readonly kind: "console"; readonly operator: string };

/** What each command about staff is given besides its content. */
export type StaffCommand = {
  /** Idempotency key (処理の鍵) */
  readonly key: string;
  readonly actor: Actor;
  /** 処理事由 */
  readonly purpose: string;
};

/** One row of `identity.session_now()`: the live session, with the rights of this moment. */
export type SessionNow = {
  readonly session_id: number;
  readonly staff_id: string;
  readonly staff_name: string;
  readonly section_code: string;
  readonly section_name: string;
  readonly terminal_code: string;
  /** Wards this session may see; null is every ward */
  readonly wards: readonly string[] | null;
  readonly permissions: readonly Permission[];
  readonly stepped_up_at: Date | null;
};

/**
 * The live session with this token hash, or undefined. With a client inside a transaction the setting
 * `hagukumi.session` stays until the transaction ends; with a pool it lasts for this one statement.
 */
export async function sessionNow(connection: Queryable, hash: string): Promise<SessionNow | undefined> {
  const { rows } = await connection.query<SessionNow>("SELECT * FROM identity.session_of($1)", [hash]);
  return rows[0];
}

/** @throws Refusal `stepUpRequired` unless both factors were given again at most `step_up_limit` ago */
export async function requireStepUp(client: Queryable, session: SessionNow): Promise<void> {
  const { rows } = await client.query<{ fresh: boolean }>(
    "SELECT coalesce($1::timestamptz + step_up_limit > identity.clock(), false) AS fresh FROM identity.policy",
    [session.stepped_up_at],
  );
  if (rows[0]?.fresh === true) return;
  refuse(
    "stepUpRequired",
    "この操作の前に、職員証とパスワードをもう一度確かめます。確認の後で、もう一度実行してください。何も変えていません。",
  );
}

async function checkedActor(
  client: Queryable,
  actor: Actor,
  permission: Permission,
  console: boolean,
): Promise<string> {
  if (actor.kind === "console") {
    if (!/^[A-Za-z0-9._-]{1,50}$/.test(actor.operator)) {
      throw new Refusal(
        "operatorInvalid",
        "処理する人（--operator または HAGUKUMI_OPERATOR）を、半角の英数字と . _ - の50文字までで指定してください。何も変えていません。",
      );
    }
    if (console) return `${actor.operator}@console`;
    return refuse("sessionRequired", "この操作は、ログインした職員が画面から行います。何も変えていません。");
  }
  const session = await sessionNow(client, actor.tokenHash);
  if (session === undefined) {
    return refuse(
      "sessionRequired",
      "ログインしていないか、ログインの期限が切れました。もう一度ログインしてください。何も変えていません。",
    );
  }
  if (!session.permissions.includes(permission)) {
    return refuse("notPermittedHere", "この操作をする権限がありません。何も変えていません。", { permission });
  }
  await requireStepUp(client, session);
  return session.staff_id;
}

export type StaffCommandRules = {
  /** e.g. `right.issue` */
  readonly name: string;
  /** The right that a member of the staff needs */
  readonly permission: Permission;
  /** Whether the console of the server may do it too */
  readonly console: boolean;
  readonly request: unknown;
};

/**
 * Runs one command of identity: serializable, idempotent, audited, with session, right and step-up of the actor checked
 * in the same transaction.
 *
 * @throws Refusal `sessionRequired`, `notPermittedHere`, `stepUpRequired`; what `runCommand` and the work throw
 */
export async function staffCommand<T>(
  { pool }: Pick<Identity, "pool">,
  { key, actor, purpose }: StaffCommand,
  rules: StaffCommandRules,
  work: (client: PoolClient, by: string) => Promise<{ readonly response: T; readonly audit: readonly AuditEntry[] }>,
): Promise<{ readonly response: T; readonly repeated: boolean }> {
  return await identityRefusing(async () => {
    // Asked here for the name under which the command is kept, and again inside, where it counts.
    const by = await checkedActor(pool, actor, rules.permission, rules.console);
    const command = { role: IDENTITY_ROLE, key, name: rules.name, actor: by, purpose, request: rules.request };
    return await runCommand<T>(pool, command, async (client) => {
      const inside = await checkedActor(client, actor, rules.permission, rules.console);
      return await work(client, inside);
    });
  });
}
