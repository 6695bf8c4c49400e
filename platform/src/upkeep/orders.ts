/**
 * 保守の指示 (work orders): a right of upkeep, who is told of an alarm, a restore, a repair. One person orders, another approves exactly that,
 * it holds for its window alone, and a restore or repair works once. The database refuses everything else.
 */
import { createHash } from "node:crypto";
import type { Pool, PoolClient } from "pg";

import { Refusal } from "../database/problem.ts";
import { serializable, withRole } from "../database/transaction.ts";
import { canonicalJson } from "../text/canonical-json.ts";

export const UPKEEP_ROLE = "hagukumi_upkeep";

/** 保守の権限, each given to one person for a time by two others. */
export const UPKEEP_RIGHTS = [
  "backup.take",
  "backup.read",
  "backup.restore",
  "backup.expire",
  "repair.order",
  "repair.approve",
] as const;
export type UpkeepRight = (typeof UPKEEP_RIGHTS)[number];

/** 警報 that somebody is told of. */
export const ALARM_KINDS = ["statementLog", "backup", "storage", "clock"] as const;
export type AlarmKind = (typeof ALARM_KINDS)[number];

export type OrderContent =
  | { readonly kind: "right"; readonly staff: string; readonly right: UpkeepRight }
  | { readonly kind: "alarmRoute"; readonly alarm: AlarmKind; readonly told: readonly string[] }
  | { readonly kind: "restore"; readonly copyId: string }
  | { readonly kind: "expire"; readonly copyIds: readonly string[] }
  | {
      readonly kind: "repair";
      readonly consignmentNo: string;
      readonly tables: readonly string[];
      readonly statements: readonly string[];
    };

export type WorkOrder = {
  readonly orderId: number;
  readonly content: OrderContent;
  readonly digest: string;
  readonly reason: string;
  readonly from: string;
  readonly to: string;
  readonly orderedBy: string;
  readonly answeredBy: string | null;
  readonly granted: boolean | null;
  readonly usedBy: string | null;
  readonly usedAt: string | null;
  readonly detail: Readonly<Record<string, unknown>> | null;
};

export type UpkeepContext = { readonly pool: Pool; readonly operator: string };

export type UpkeepRefusalCode =
  | "upkeepRight"
  | "upkeepTwoPeople"
  | "upkeepContent"
  | "upkeepNotGranted"
  | "upkeepWindow"
  | "upkeepUsed"
  | "backupNotExpired"
  | "upkeepUnknown";

const REFUSALS: Readonly<Record<string, readonly [UpkeepRefusalCode, string]>> = {
  HGU01: [
    "upkeepRight",
    "この保守をする権限が、いまありません。何もしていません。権限は、別の二人が決めます（hagukumi upkeep right）。",
  ],
  HGU02: [
    "upkeepTwoPeople",
    "指示した人、または権限を受ける人が、自分で承認することはできません。何も変えていません。別の人が承認してください。",
  ],
  HGU03: [
    "upkeepContent",
    "承認しようとしている内容が、指示の内容と違います。何も変えていません。指示をもう一度見て、その内容のハッシュで承認してください。",
  ],
  HGU04: ["upkeepNotGranted", "この指示は承認されていません。何もしていません。別の人の承認を受けてください。"],
  HGU05: [
    "upkeepWindow",
    "いまは、この指示の期間の外です。何もしていません。期間の中で行うか、新しい指示を出してください。",
  ],
  HGU06: [
    "backupNotExpired",
    "保存期限か、消せない期間が過ぎていない控え、または一覧にない控えがあります。何も消していません。hagukumi backup expire で、消してよい控えを確かめてください。",
  ],
};

const stateOf = (error: unknown): string => {
  const code = (error as { readonly code?: unknown } | null)?.code;
  return typeof code === "string" ? code : "";
};

/** One transaction of upkeep. @throws Refusal of {@link UpkeepRefusalCode} */
export async function asUpkeep<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  return await refusingUpkeep(
    async () =>
      await serializable(pool, async (client) => {
        await withRole(client, UPKEEP_ROLE);
        return await work(client);
      }),
  );
}

/** @throws Refusal of {@link UpkeepRefusalCode} where the database refused */
export async function refusingUpkeep<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const known = REFUSALS[stateOf(error)];
    if (known !== undefined) throw new Refusal(known[0], known[1], {}, { cause: error });
    const constraint = (error as { readonly constraint?: unknown } | null)?.constraint;
    if (stateOf(error) === "23505" && constraint === "work_use_pkey")
      throw new Refusal(
        "upkeepUsed",
        "この指示は、すでに使われています。二度は使えません。何もしていません。",
        {},
        { cause: error },
      );
    if (stateOf(error) === "23505" && constraint === "work_answer_pkey")
      throw new Refusal("upkeepUsed", "この指示には、すでに答えがあります。何も変えていません。", {}, { cause: error });
    throw error;
  }
}

function digestOf(content: OrderContent, from: string, to: string, reason: string): string {
  return createHash("sha256").update(canonicalJson({ content, from, reason, to })).digest("hex");
}

const SELECT = `
SELECT o.order_id AS "orderId", o.content, o.digest, o.reason, to_char(o.valid_from AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "from",
  to_char(o.valid_to AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "to", o.ordered_by AS "orderedBy",
  a.answered_by AS "answeredBy", a.granted, u.used_by AS "usedBy", to_char(u.used_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "usedAt", u.detail
FROM upkeep.work_order o LEFT JOIN upkeep.work_answer a USING (order_id) LEFT JOIN upkeep.work_use u USING (order_id)`;

/** @throws Refusal `upkeepUnknown` */
export async function orderOn(client: Pick<PoolClient, "query">, orderId: number): Promise<WorkOrder> {
  const { rows } = await client.query<WorkOrder>(`${SELECT} WHERE o.order_id = $1`, [orderId]);
  const [found] = rows;
  if (found !== undefined) return found;
  throw new Refusal("upkeepUnknown", `指示 ${orderId} がありません。番号を確かめてください。何もしていません。`, {
    orderId,
  });
}

/** Orders of a kind, newest first. */
export async function listOrders(
  { pool }: Pick<UpkeepContext, "pool">,
  kind: OrderContent["kind"],
): Promise<readonly WorkOrder[]> {
  return await asUpkeep(
    pool,
    async (client) =>
      (await client.query<WorkOrder>(`${SELECT} WHERE o.kind = $1 ORDER BY o.order_id DESC`, [kind])).rows,
  );
}

async function note(client: PoolClient, actor: string, action: string, orderId: number, reason: string): Promise<void> {
  await client.query(
    "INSERT INTO audit.event (actor, purpose, action, object_kind, object_id, detail) VALUES ($1, $2, $3, 'workOrder', $4, '{}')",
    [actor, reason, action, String(orderId)],
  );
}

/** Puts an order. Nothing may be done under it before another person approved it. @param window ISO 8601 in UTC */
export async function putOrder(
  { pool, operator }: UpkeepContext,
  content: OrderContent,
  window: { readonly from: Date; readonly to: Date },
  reason: string,
): Promise<WorkOrder> {
  const [from, to] = [window.from.toISOString(), window.to.toISOString()];
  return await asUpkeep(pool, async (client) => {
    const { rows } = await client.query<{ id: number }>(
      `INSERT INTO upkeep.work_order (kind, content, digest, reason, valid_from, valid_to, ordered_by) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING order_id AS id`,
      [content.kind, JSON.stringify(content), digestOf(content, from, to, reason), reason, from, to, operator],
    );
    const id = rows[0]?.id ?? 0;
    await note(client, operator, "upkeep.order", id, reason);
    return await orderOn(client, id);
  });
}

/** Answers an order. @param digest of what the answering person saw */
export async function answerOrder(
  { pool, operator }: UpkeepContext,
  orderId: number,
  digest: string,
  granted: boolean,
): Promise<WorkOrder> {
  return await asUpkeep(pool, async (client) => {
    const order = await orderOn(client, orderId);
    await client.query(
      "INSERT INTO upkeep.work_answer (order_id, granted, digest, answered_by) VALUES ($1, $2, $3, $4)",
      [orderId, granted, digest, operator],
    );
    await note(client, operator, granted ? "upkeep.approve" : "upkeep.reject", orderId, order.reason);
    return await orderOn(client, orderId);
  });
}

/** Uses an order within the transaction of what is done under it. @throws from the database where it is not granted, outside its window, or used */
export async function useOrder(
  client: Pick<PoolClient, "query">,
  orderId: number,
  usedBy: string,
  detail: Readonly<Record<string, unknown>>,
): Promise<void> {
  await client.query("INSERT INTO upkeep.work_use (order_id, used_by, detail) VALUES ($1, $2, $3)", [
    orderId,
    usedBy,
    JSON.stringify(detail),
  ]);
}

export async function hasRight({ pool, operator }: UpkeepContext, right: UpkeepRight): Promise<boolean> {
  return await asUpkeep(pool, async (client) => {
    const { rows } = await client.query<{ held: boolean }>(
      "SELECT upkeep.has_right($1, $2, identity.clock()) AS held",
      [operator, right],
    );
    return rows[0]?.held === true;
  });
}

/** 警報の宛先: who is told of an alarm at a moment, by what two people decided. Without a route: nobody, and that is said by the caller. */
export async function toldOf(
  { pool }: Pick<UpkeepContext, "pool">,
  alarm: AlarmKind,
  at: Date,
): Promise<readonly string[]> {
  return await asUpkeep(pool, async (client) => {
    const { rows } = await client.query<{ told: readonly string[] }>(
      `SELECT o.content->'told' AS told FROM upkeep.work_order o JOIN upkeep.work_answer a USING (order_id)
       WHERE o.kind = 'alarmRoute' AND a.granted AND o.content->>'alarm' = $1 AND o.valid_from <= $2 AND $2 < o.valid_to ORDER BY o.order_id DESC LIMIT 1`,
      [alarm, at.toISOString()],
    );
    return rows[0]?.told ?? [];
  });
}
