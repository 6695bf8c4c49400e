/**
 * 保存期限を過ぎた控えの消去: what has been erased from the tables lives on in the copies, and ends with them. Two people with the right for it, an order that names
 * the copies, a key that may delete and is not the program's; a copy counts as removed once its place holds nothing of it.
 */
import { createHash, sign } from "node:crypto";
import type { PoolClient } from "pg";

import type { ObjectStore } from "@hagukumi/interchange/contract.ts";
import { readSealKey } from "@hagukumi/platform/access/seal/seal-key.ts";
import { type Catalog, catalogKey } from "@hagukumi/platform/backup/catalog.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { canonicalJson } from "@hagukumi/platform/text/canonical-json.ts";
import { asUpkeep, orderOn, type UpkeepContext, useOrder } from "@hagukumi/platform/upkeep/orders.ts";

import { noteAccess } from "./access.ts";
import type { BackupPlace } from "./place.ts";

export type ExpiredCopy = {
  readonly copyId: string;
  readonly place: string;
  readonly medium: string;
  readonly bytes: number;
  readonly expiresOn: string;
  readonly lockedUntil: Date | null;
  /** Neither term nor lock forbids it any more */
  readonly removable: boolean;
};

const EXPIRED = `
SELECT c.copy_id AS "copyId", c.place, c.medium, c.bytes, c.expires_on AS "expiresOn", c.locked_until AS "lockedUntil", upkeep.may_remove(c.copy_id, identity.clock()) AS removable
FROM upkeep.copy c WHERE c.expires_on < (identity.clock() AT TIME ZONE 'Asia/Tokyo')::date AND NOT EXISTS (SELECT FROM upkeep.copy_removal r WHERE r.copy_id = c.copy_id)
ORDER BY c.begun_at`;

/** Copies past their term that are there still: what an order would name. Changes nothing. */
export async function expiredCopies({ pool }: Pick<UpkeepContext, "pool">): Promise<readonly ExpiredCopy[]> {
  return await asUpkeep(pool, async (client) => (await client.query<ExpiredCopy>(EXPIRED)).rows);
}

export type RemovedCopy = {
  readonly copyId: string;
  readonly place: string;
  readonly objects: number;
  /** Of the catalogue of what was there */
  readonly digest: string;
  readonly removedAt: string;
};

/** 消去の証明: what was removed, by whose order and approval, signed with the key of the seals. */
export type RemovalCertificate = {
  readonly orderId: number;
  readonly orderedBy: string;
  readonly approvedBy: string;
  readonly removedBy: string;
  readonly copies: readonly RemovedCopy[];
  readonly keyId: string;
  readonly signature: string;
};

type Stored = { readonly catalog: Catalog; readonly digest: string; readonly place: string; readonly removed: boolean };

const STORED = `
SELECT c.catalog, c.digest, c.place, EXISTS (SELECT FROM upkeep.copy_removal r WHERE r.copy_id = c.copy_id) AS removed
FROM upkeep.copy c WHERE c.copy_id = $1 AND upkeep.may_remove(c.copy_id, identity.clock())`;

/** Takes the order, or goes on under it where the same person's run was broken off. */
async function takeOrder(client: PoolClient, orderId: number, operator: string): Promise<readonly string[]> {
  const order = await orderOn(client, orderId);
  if (order.content.kind !== "expire")
    throw new Refusal("upkeepContent", "この指示は控えの消去の指示ではありません。何も消していません。");
  const { copyIds } = order.content;
  if (order.usedBy === operator) {
    const { rows } = await client.query<{ left: number }>(
      "SELECT count(*)::int AS left FROM unnest($1::text[]) AS n(id) WHERE NOT EXISTS (SELECT FROM upkeep.copy_removal r WHERE r.copy_id = n.id)",
      [copyIds],
    );
    if ((rows[0]?.left ?? 0) > 0) return copyIds;
  }
  await useOrder(client, orderId, operator, { copies: copyIds.length });
  return copyIds;
}

async function removeObjects(store: ObjectStore, copyId: string, catalog: Catalog): Promise<number> {
  // The catalogue last: while anything is left, it says what.
  const keys = [...catalog.main, ...catalog.vault].map(({ key }) => key);
  for (const key of [...keys, catalogKey(copyId)]) await store.remove(key);
  const left = (await store.list(copyId)).map(({ key }) => key);
  if (left.length === 0) return keys.length + 1;
  throw new Refusal(
    "backupDamaged",
    `控え ${copyId} の置き場所に、消したあとも ${left.length}個が残っています。消したとは記録していません。置き場所を確かめて、もう一度行ってください。`,
    { left: left.slice(0, 5) },
  );
}

/**
 * Removes the copies of an approved order; broken off, the same call goes on.
 *
 * @throws Refusal `upkeepRight`, `upkeepNotGranted`, `upkeepWindow`, `upkeepUsed`, `backupNotExpired`; `storeInvalid` where the place keeps something (a lock, a key
 *   that may not); what was removed before stays removed and recorded
 */
export async function removeExpired(
  upkeep: UpkeepContext,
  orderId: number,
  place: BackupPlace,
  dataDir: string,
): Promise<RemovalCertificate> {
  const { pool, operator } = upkeep;
  const copyIds = await asUpkeep(pool, async (client) => await takeOrder(client, orderId, operator));
  const copies: RemovedCopy[] = [];
  for (const copyId of copyIds) {
    const [stored] = await asUpkeep(pool, async (client) => (await client.query<Stored>(STORED, [copyId])).rows);
    if (stored === undefined)
      throw new Refusal(
        "backupNotExpired",
        `控え ${copyId} は、保存期限か消せない期間が過ぎていません。消していません。期限を確かめてください。`,
      );
    if (stored.place !== place.name)
      throw new Refusal(
        "invalidValue",
        `控え ${copyId} の置き場所は ${stored.place} で、いまの HAGUKUMI_BACKUP と違います。消していません。設定を直してください。`,
      );
    if (!stored.removed) {
      await noteAccess(upkeep, copyId, "expire", "begun", { orderId });
      const objects = await removeObjects(place.store, copyId, stored.catalog);
      await asUpkeep(pool, async (client) => {
        await client.query(
          "INSERT INTO upkeep.copy_removal (copy_id, order_id, objects, digest, removed_by) VALUES ($1, $2, $3, $4, $5)",
          [copyId, orderId, objects, stored.digest, operator],
        );
      });
      await noteAccess(upkeep, copyId, "expire", "done", { orderId, objects });
    }
    const { rows } = await asUpkeep(
      pool,
      async (client) =>
        await client.query<{ objects: number; at: string }>(
          `SELECT objects, to_char(removed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at FROM upkeep.copy_removal WHERE copy_id = $1`,
          [copyId],
        ),
    );
    const [removal] = rows;
    if (removal === undefined) continue;
    copies.push({
      copyId,
      place: stored.place,
      objects: removal.objects,
      digest: stored.digest,
      removedAt: removal.at,
    });
  }
  const order = await asUpkeep(pool, async (client) => await orderOn(client, orderId));
  const said = {
    orderId,
    orderedBy: order.orderedBy,
    approvedBy: order.answeredBy ?? "",
    removedBy: operator,
    copies,
  };
  const key = await readSealKey(dataDir);
  const digest = createHash("sha256").update(canonicalJson(said)).digest("hex");
  const signature = sign(null, Buffer.from(`hagukumi backup removal\n${digest}`), key.privateKey).toString("hex");
  return { ...said, keyId: key.id, signature };
}
