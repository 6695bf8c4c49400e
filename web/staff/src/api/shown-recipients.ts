/** Lists of many recipients: which lines a member of staff may see, and whether one may be worked on without opening the person. */
import type { StaffNow } from "@hagukumi/platform/access/staff.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import type { PoolClient } from "pg";

import type { Desk } from "./desk.ts";

type Listed = { readonly recipientId: number };

/**
 * What of a list the member of staff may see: the own wards, and protected people only with the right to see them. The others are
 * counted, so that a list never looks shorter than it is.
 */
export async function shownOf<T extends Listed>(
  client: PoolClient,
  now: StaffNow,
  rows: readonly T[],
): Promise<{ readonly shown: T[]; readonly others: number }> {
  const mayProtected = now.permissions.includes("protection.view");
  const found = await client.query<{ id: number }>(
    `SELECT recipient_id AS id FROM allowance.recipient WHERE recipient_id = ANY($1::bigint[])
       AND ($2::text[] IS NULL OR ward_code = ANY($2)) AND ($3 OR NOT allowance.is_protected(addressee_number))`,
    [rows.map(({ recipientId }) => recipientId), now.wards, mayProtected],
  );
  const visible = new Set(found.rows.map(({ id }) => id));
  const shown = rows.filter(({ recipientId }) => visible.has(recipientId));
  return { shown, others: rows.length - shown.length };
}

/** A recipient whom the member of staff may not see is not there. @throws Refusal `notFound` */
export async function requireShown(desk: Desk, recipientId: number): Promise<void> {
  await desk.readAsSystem(async (client, now) => {
    const { shown } = await shownOf(client, now, [{ recipientId }]);
    if (shown.length === 0) {
      throw new Refusal(
        "notFound",
        "この認定番号の受給者は、あなたの担当にありません。番号を確かめるか、担当の課に渡してください。何も登録していません。",
      );
    }
    return { response: undefined, log: [{ action: "list", rows: 1 }] };
  });
}
