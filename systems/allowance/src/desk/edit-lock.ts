/**
 * 編集中 (A157): one person's record is edited by one member of staff at a time. A lease of ten minutes, lengthened by activity; the
 * database refuses what others write meanwhile (trigger `refuse_locked`), so that nothing hangs on the screens.
 */
import { randomUUID } from "node:crypto";

import { runCommand } from "@hagukumi/platform/database/command.ts";
import type { PoolClient } from "pg";

import { refusing } from "../constraints.ts";
import { type Context, ROLE } from "../context.ts";
import { refuse } from "../refusal.ts";

/** Who is editing. */
export type EditLock = { readonly heldBy: string; readonly begunAt: Date; readonly renewedAt: Date };

type Row = EditLock & { readonly lockId: number; readonly live: boolean };

const OPEN = `
SELECT lock_id AS "lockId", held_by AS "heldBy", begun_at AS "begunAt", renewed_at AS "renewedAt",
       renewed_at > identity.clock() - interval '10 minutes' AS live
FROM allowance.edit_lock WHERE addressee_number = $1 AND ended_at IS NULL`;

const time = new Intl.DateTimeFormat("ja-JP", { timeZone: "Asia/Tokyo", hour: "2-digit", minute: "2-digit" });

async function end(client: PoolClient, lockId: number, how: string, by: string, reason: string): Promise<void> {
  await client.query(
    "UPDATE allowance.edit_lock SET ended_at = identity.clock(), ended_how = $2, ended_by = $3, reason = $4 WHERE lock_id = $1",
    [lockId, how, by, reason],
  );
}

async function command(
  context: Context,
  name: string,
  addresseeNumber: number,
  request: Readonly<Record<string, unknown>>,
  key: string | undefined,
  /** @returns what is worth a line in the audit trail; null for a mere lengthening */
  work: (client: PoolClient) => Promise<Readonly<Record<string, string>> | null>,
): Promise<void> {
  await refusing(() =>
    runCommand(
      context.pool,
      {
        role: ROLE,
        key: key ?? `${name}/${randomUUID()}`,
        name,
        actor: context.operator,
        purpose: context.purpose,
        guard: context.guard,
        request: { addresseeNumber, ...request },
      },
      async (client) => {
        const detail = await work(client);
        const entry = { action: name, objectKind: "addressee", objectId: String(addresseeNumber) };
        return { response: null, audit: detail === null ? [] : [{ ...entry, detail }] };
      },
    ),
  );
}

export type TakeEditLock = {
  /** 宛名番号 whose record is to be edited */
  readonly addresseeNumber: number;
  /** Why it is taken from whoever is editing, 10–200 characters; empty: only where nobody is */
  readonly reason?: string;
  readonly key?: string;
};

/**
 * Begins editing, lengthens one's own lease, or takes over another's with a reason. One that has run out is ended as such and
 * the next person begins.
 *
 * @throws Refusal `personLocked` (who and since when), `lockReasonNeeded`
 */
export async function takeEditLock(context: Context, take: TakeEditLock): Promise<void> {
  const { addresseeNumber, key } = take;
  const reason = (take.reason ?? "").trim();
  if (reason !== "" && (reason.length < 10 || reason.length > 200)) {
    throw refuse(
      "lockReasonNeeded",
      "編集を引き継げません。なぜ引き継ぐのかを、10文字から200文字で書いてください。何も変えていません。",
    );
  }
  await command(context, "editLock.take", addresseeNumber, { reason }, key, async (client) => {
    const { rows } = await client.query<Row>(`${OPEN} FOR UPDATE`, [addresseeNumber]);
    const [held] = rows;
    if (held?.heldBy === context.operator) {
      await client.query("UPDATE allowance.edit_lock SET renewed_at = identity.clock() WHERE lock_id = $1", [
        held.lockId,
      ]);
      return null;
    }
    if (held !== undefined) {
      if (held.live && reason === "") {
        throw refuse(
          "personLocked",
          `${held.heldBy} が ${time.format(held.begunAt)} からこの人を編集しています。終わるのを待つか、本人に確かめたうえで、理由を書いて引き継いでください。何も変えていません。`,
          { heldBy: held.heldBy, begunAt: held.begunAt.toISOString() },
        );
      }
      await end(client, held.lockId, held.live ? "takenOver" : "expired", context.operator, held.live ? reason : "");
    }
    await client.query("INSERT INTO allowance.edit_lock (addressee_number, held_by) VALUES ($1, $2)", [
      addresseeNumber,
      context.operator,
    ]);
    return held === undefined ? {} : { from: held.heldBy, how: held.live ? "takenOver" : "expired" };
  });
}

/** Ends one's own editing. Where somebody else has taken over, or nobody edits: nothing. */
export async function releaseEditLock(
  context: Context,
  { addresseeNumber, key }: { readonly addresseeNumber: number; readonly key?: string },
): Promise<void> {
  await command(context, "editLock.release", addresseeNumber, {}, key, async (client) => {
    const { rows } = await client.query<Row>(`${OPEN} AND held_by = $2 FOR UPDATE`, [
      addresseeNumber,
      context.operator,
    ]);
    for (const { lockId } of rows) await end(client, lockId, "released", context.operator, "");
    return null;
  });
}

/** Who is editing the person now; null where nobody is. */
export async function editLockOf(client: PoolClient, addresseeNumber: number): Promise<EditLock | null> {
  const held = (await client.query<Row>(OPEN, [addresseeNumber])).rows.find(({ live }) => live);
  if (held === undefined) return null;
  const { heldBy, begunAt, renewedAt } = held;
  return { heldBy, begunAt, renewedAt };
}
