/** 接続元と権限: the vault's own tables, changed by two people at the console of its machine and by nobody else. */
import { readCommitted, withRole } from "@hagukumi/platform/database/transaction.ts";
import { refusing } from "@hagukumi/platform/database/problem.ts";
import type { PoolClient } from "pg";

import { type KeyWork, logKeys } from "../keys/manage.ts";
import type { VaultOperation } from "../operations/shapes.ts";
import { refusal } from "../refusal.ts";

const CONSTRAINTS = {
  right_two_people: {
    code: "samePerson",
    message: "申請した人と本人は承認できません。何も変えていません。ほかの人に頼んでください。",
  },
  right_at_most_a_year: {
    code: "invalidValue",
    message: "金庫の権限の期間は1年以内です。続ける場合は改めて申請してください。",
  },
} as const;

async function asKeys<T>(work: KeyWork, step: (client: PoolClient) => Promise<T>): Promise<T> {
  return await refusing(
    CONSTRAINTS,
    async () =>
      await readCommitted(work.pool, async (client) => {
        await withRole(client, "hagukumi_vault_keys");
        return await step(client);
      }),
  );
}

export type NewClient = {
  readonly clientId: string;
  /** Japanese */
  readonly name: string;
  /** Ed25519, 32 bytes */
  readonly publicKey: Buffer;
  readonly validTo: Date;
};

/** Registers a calling program. @throws Refusal `duplicate` */
export async function registerClient(work: KeyWork, client: NewClient): Promise<void> {
  await asKeys(work, async (connection) => {
    await connection.query(
      "INSERT INTO vault.client (client_id, name, public_key, valid_from, valid_to, registered_by) VALUES ($1, $2, $3, $4, $5, $6)",
      [client.clientId, client.name, client.publicKey, work.now(), client.validTo, work.operator],
    );
    await logKeys(connection, work, "registerClient", client.clientId, 1);
  });
}

/** Ends a calling program's registration at once. @throws Refusal `clientUnknown` */
export async function endClient(work: KeyWork, clientId: string): Promise<void> {
  await asKeys(work, async (connection) => {
    const { rowCount } = await connection.query(
      "UPDATE vault.client SET valid_to = greatest($2, valid_from) WHERE client_id = $1 AND valid_to > $2",
      [clientId, work.now()],
    );
    if (rowCount === 0) throw refusal("clientUnknown");
    await logKeys(connection, work, "endClient", clientId, 1);
  });
}

export type NewRight = {
  readonly clientId: string;
  /** Who may act: staff identifier, or the name of a part of the system such as `system.interchange` */
  readonly actor: string;
  readonly operations: readonly VaultOperation[];
  /** YYYY-MM-DD, both included, at most a year */
  readonly startsOn: string;
  readonly endsOn: string;
  readonly reason: string;
};

/** 金庫の権限の申請. It allows nothing before another person approves it. */
export async function requestRight(work: KeyWork, right: NewRight): Promise<number> {
  return await asKeys(work, async (connection) => {
    const { rows } = await connection.query<{ id: number }>(
      `INSERT INTO vault.right_request (client_id, actor, operations, starts_on, ends_on, reason, requested_by, requested_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING right_id AS id`,
      [
        right.clientId,
        right.actor,
        right.operations,
        right.startsOn,
        right.endsOn,
        right.reason,
        work.operator,
        work.now(),
      ],
    );
    const id = rows[0]?.id ?? 0;
    await logKeys(connection, work, "requestRight", `right:${id}`, 1);
    return id;
  });
}

/** 金庫の権限の承認. @throws Refusal `samePerson`, `rightUnknown` */
export async function approveRight(work: KeyWork, rightId: number): Promise<void> {
  await asKeys(work, async (connection) => {
    const { rowCount } = await connection.query(
      `INSERT INTO vault.right_approval (right_id, approved_by, approved_at)
       SELECT right_id, $2, $3 FROM vault.right_request WHERE right_id = $1 ON CONFLICT DO NOTHING`,
      [rightId, work.operator, work.now()],
    );
    if (rowCount === 0) throw refusal("rightUnknown");
    await logKeys(connection, work, "approveRight", `right:${rightId}`, 1);
  });
}

/** 金庫の権限の失効: holds from the next call. @throws Refusal `rightUnknown` */
export async function endRight(work: KeyWork, rightId: number, reason: string): Promise<void> {
  await asKeys(work, async (connection) => {
    const { rowCount } = await connection.query(
      `INSERT INTO vault.right_end (right_id, ended_by, reason, ended_at)
       SELECT right_id, $2, $3, $4 FROM vault.right_approval WHERE right_id = $1 ON CONFLICT DO NOTHING`,
      [rightId, work.operator, reason, work.now()],
    );
    if (rowCount === 0) throw refusal("rightUnknown");
    await logKeys(connection, work, "endRight", `right:${rightId}`, 1);
  });
}

export type RightLine = {
  readonly rightId: number;
  readonly clientId: string;
  readonly actor: string;
  readonly operations: readonly string[];
  readonly startsOn: string;
  readonly endsOn: string;
  readonly state: "requested" | "approved" | "ended";
};

/** The rights, newest first. */
export async function listVaultRights(work: Pick<KeyWork, "pool">): Promise<readonly RightLine[]> {
  const { rows } = await work.pool.query<RightLine>(
    `SELECT r.right_id AS "rightId", r.client_id AS "clientId", r.actor, r.operations, r.starts_on::text AS "startsOn", r.ends_on::text AS "endsOn",
            CASE WHEN e.right_id IS NOT NULL THEN 'ended' WHEN a.right_id IS NOT NULL THEN 'approved' ELSE 'requested' END AS state
     FROM vault.right_request r LEFT JOIN vault.right_approval a USING (right_id) LEFT JOIN vault.right_end e USING (right_id) ORDER BY 1 DESC`,
  );
  return rows;
}
