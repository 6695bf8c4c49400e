/** アクセス権限管理 (システム3④): each user sees the items that he or she was given, and nothing else of a person. */
import { readOnly, withRole } from "@hagukumi/platform/database/transaction.ts";
import type { PoolClient } from "pg";

import { type AddresseeContext, command, ROLE } from "../context.ts";
import { statusOn } from "../entries/enter-number.ts";
import type { NumberState } from "../entries/labels.ts";
import { refuse } from "../refusal.ts";

export const itemLabels = {
  name: "氏名",
  kana: "フリガナ",
  birthDate: "生年月日",
  sex: "性別",
  address: "住所",
  numberState: "個人番号の登録の有無",
  links: "業務システムの宛名番号",
  history: "履歴",
  related: "代理人・送付先・後見人",
} as const;

export type ItemCode = keyof typeof itemLabels;

/** Asks for an item for somebody. It shows nothing before another person approves. */
export async function requestItemRight(
  context: AddresseeContext,
  request: {
    readonly key: string;
    readonly staffId: string;
    readonly itemCode: ItemCode;
    readonly startsOn: string;
    readonly endsOn: string;
  },
): Promise<{ readonly rightId: number }> {
  const { key, ...right } = request;
  return await command(context, "itemRight.request", key, right, async (client) => {
    const { rows } = await client.query<{ id: number }>(
      "INSERT INTO unified.item_right (staff_id, item_code, starts_on, ends_on, requested_by) VALUES ($1, $2, $3, $4, $5) RETURNING right_id AS id",
      [right.staffId, right.itemCode, right.startsOn, right.endsOn, context.operator],
    );
    const id = rows[0]?.id ?? 0;
    return {
      response: { rightId: id },
      audit: [
        { action: "itemRight.request", objectKind: "staff", objectId: right.staffId, detail: { item: right.itemCode } },
      ],
    };
  });
}

/** @throws Refusal `samePerson`, `itemRightUnknown` */
export async function approveItemRight(
  context: AddresseeContext,
  request: { readonly key: string; readonly rightId: number },
): Promise<void> {
  const { key, rightId } = request;
  await command(context, "itemRight.approve", key, { rightId }, async (client) => {
    const { rowCount } = await client.query(
      "UPDATE unified.item_right SET approved_by = $2 WHERE right_id = $1 AND approved_by IS NULL",
      [rightId, context.operator],
    );
    if (rowCount === 0)
      throw refuse("itemRightUnknown", "承認を待つ項目の権限が見つかりません。一覧を読み直してください。");
    return {
      response: {},
      audit: [{ action: "itemRight.approve", objectKind: "itemRight", objectId: String(rightId) }],
    };
  });
}

/** One person as a user may see it: null where the item is not given to the user. */
export type AddresseeView = {
  readonly name: string | null;
  readonly kana: string | null;
  readonly birthDate: string | null;
  readonly sex: number | null;
  readonly address: string | null;
  readonly numberState: NumberState | null;
  readonly links: readonly { readonly systemCode: string; readonly addresseeNumber: number }[] | null;
  readonly history: number | null;
  readonly related: number | null;
};

/** The items that `staffId` may see on a day, on a connection that has the role of this system (and, of staff work, the open person). */
export async function viewOn(
  client: PoolClient,
  {
    staffId,
    systemCode,
    addresseeNumber,
    today,
  }: {
    readonly staffId: string;
    readonly systemCode: string;
    readonly addresseeNumber: number;
    readonly today: string;
  },
): Promise<AddresseeView> {
  const rights = await client.query<{ item: ItemCode }>(
    "SELECT DISTINCT item_code AS item FROM unified.item_right WHERE staff_id = $1 AND approved_by IS NOT NULL AND $2::date BETWEEN starts_on AND ends_on",
    [staffId, today],
  );
  const may = new Set(rights.rows.map(({ item }) => item));
  // Only what may be seen is read: an item without a right never leaves the database.
  const column = (item: ItemCode, name: string): string => `${may.has(item) ? name : "NULL"} AS "${item}"`;
  const { rows } = await client.query<{
    name: string | null;
    kana: string | null;
    birthDate: string | null;
    sex: number | null;
    address: string | null;
    history: number | null;
  }>(
    `SELECT ${column("name", "name")}, ${column("kana", "kana")}, ${column("birthDate", "birth_date")}, ${column("sex", "sex")}, ${column("address", "address")},
            ${column("history", "history_no")}
     FROM unified.non_resident_history WHERE addressee_number = $1 ORDER BY history_no DESC LIMIT 1`,
    [addresseeNumber],
  );
  const links = may.has("links")
    ? await client.query<{ systemCode: string; addresseeNumber: number }>(
        `SELECT o.system_code AS "systemCode", o.addressee_number AS "addresseeNumber" FROM unified.link l JOIN unified.link o USING (unified_number)
         WHERE l.system_code = $1 AND l.addressee_number = $2 AND l.ended_at IS NULL AND o.ended_at IS NULL ORDER BY 1`,
        [systemCode, addresseeNumber],
      )
    : undefined;
  const related = may.has("related")
    ? await client.query<{ count: number }>("SELECT count(*) AS count FROM unified.related WHERE subject_number = $1", [
        addresseeNumber,
      ])
    : undefined;
  const shown = rows[0] ?? { name: null, kana: null, birthDate: null, sex: null, address: null, history: null };
  return {
    ...shown,
    numberState: may.has("numberState") ? (await statusOn(client, systemCode, addresseeNumber)).state : null,
    links: links?.rows ?? null,
    related: related?.rows[0]?.count ?? null,
  };
}

/** The items of a person without residence that `staffId` may see on the day of work; all null without a right. */
export async function viewAddressee(
  context: AddresseeContext,
  staffId: string,
  systemCode: string,
  addresseeNumber: number,
): Promise<AddresseeView> {
  return await readOnly(context.pool, async (client) => {
    await withRole(client, ROLE);
    return await viewOn(client, { staffId, systemCode, addresseeNumber, today: context.today });
  });
}

export type ItemRight = {
  readonly rightId: number;
  readonly staffId: string;
  readonly itemCode: ItemCode;
  readonly startsOn: string;
  readonly endsOn: string;
  readonly requestedBy: string;
  readonly approvedBy: string | null;
};

/** Rights that wait for approval first, then the newest; at most 500. */
export async function listItemRights(context: Pick<AddresseeContext, "pool">): Promise<readonly ItemRight[]> {
  return await readOnly(context.pool, async (client) => {
    await withRole(client, ROLE);
    const { rows } = await client.query<ItemRight>(
      `SELECT right_id AS "rightId", staff_id AS "staffId", item_code AS "itemCode", starts_on::text AS "startsOn", ends_on::text AS "endsOn",
         requested_by AS "requestedBy", approved_by AS "approvedBy" FROM unified.item_right ORDER BY approved_by IS NOT NULL, right_id DESC LIMIT 500`,
    );
    return rows;
  });
}
