/**
 * データの補修 (repair): statements by hand, under an order of one person that another approved, within its window, once. What each touched row
 * was before and after is chained into the record in the same transaction. Rows that the product itself never changes (ledger, decisions,
 * records) can't be repaired: there, a further row of the business puts right what is wrong.
 */
import type { PoolClient } from "pg";

import { Refusal } from "../database/problem.ts";
import { serializable } from "../database/transaction.ts";
import { orderOn, refusingUpkeep, type UpkeepContext, useOrder, type WorkOrder, asUpkeep } from "./orders.ts";

export type RepairRefusalCode = "repairStatement" | "repairTable" | "repairRole";

const ONE_DEED = /^\s*(?:UPDATE|INSERT|DELETE)\b/i;
const TABLE = /^allowance\.[a-z][a-z0-9_]{0,62}$/;

const refuse = (code: RepairRefusalCode, message: string, cause?: unknown): Refusal<RepairRefusalCode> =>
  new Refusal(code, message, {}, cause === undefined ? undefined : { cause });

/**
 * Looks at what is to be ordered, before anybody is asked for approval.
 *
 * @throws Refusal `repairStatement` (not a plain UPDATE, INSERT or DELETE), `repairTable` (a table of no business data, unknown, or append only)
 */
export async function checkRepair(
  client: Pick<PoolClient, "query">,
  tables: readonly string[],
  statements: readonly string[],
): Promise<void> {
  if (statements.length === 0 || statements.some((statement) => !ONE_DEED.test(statement)))
    throw refuse(
      "repairStatement",
      "補修の文は、UPDATE・INSERT・DELETE の一つずつだけです（ほかの文、空の文は使えません）。何もしていません。",
    );
  if (tables.length === 0 || tables.some((table) => !TABLE.test(table)))
    throw refuse(
      "repairTable",
      "補修する表は allowance.表の名前 で挙げてください。金庫・権限・記録の表は補修できません。何もしていません。",
    );
  const { rows } = await client.query<{ name: string; found: boolean; changeable: boolean }>(
    `SELECT t.name, to_regclass(t.name) IS NOT NULL AS found,
       EXISTS (SELECT FROM upkeep.repairable r WHERE r.table_name = t.name) AS changeable FROM unnest($1::text[]) t (name)`,
    [tables],
  );
  for (const { name, found, changeable } of rows) {
    if (!found) throw refuse("repairTable", `表 ${name} がありません。名前を確かめてください。何もしていません。`);
    if (!changeable)
      throw refuse(
        "repairTable",
        `表 ${name} は追記だけの記録（元帳・決定・経過など）なので、補修できません。何もしていません。誤りは、画面の業務（訂正・取消し・再決定）で、行を足して直してください。`,
      );
  }
}

const quoted = (table: string): string =>
  table
    .split(".")
    .map((part) => `"${part}"`)
    .join(".");

/**
 * Carries out an approved order, all of it or nothing.
 *
 * @param given the statements as the person who carries out has them: they must be those of the order
 * @returns how many rows each statement touched
 * @throws Refusal `upkeepNotGranted`, `upkeepWindow`, `upkeepUsed`, `upkeepContent`, `repairStatement`, `repairTable`, `repairRole`
 */
export async function runRepair(
  { pool, operator }: UpkeepContext,
  orderId: number,
  given: readonly string[],
): Promise<{ readonly touched: readonly number[]; readonly last: string }> {
  return await refusingUpkeep(
    async () =>
      await serializable(pool, async (client) => {
        const order = await orderOn(client, orderId);
        const { content } = order;
        if (content.kind !== "repair" || JSON.stringify(content.statements) !== JSON.stringify(given))
          throw new Refusal(
            "upkeepContent",
            "行おうとしている文が、承認された指示の文と違います。何もしていません。指示（hagukumi repair show）の文をそのまま使ってください。",
          );
        // First of all: the database refuses here what isn't granted, not now, or not again.
        await useOrder(client, orderId, operator, {});
        await checkRepair(client, content.tables, content.statements);
        const { rows: roles } = await client.query<{ able: boolean }>(
          "SELECT rolbypassrls AS able FROM pg_roles WHERE rolname = 'hagukumi_repair'",
        );
        if (roles[0]?.able !== true)
          throw refuse(
            "repairRole",
            "補修の役割がまだ使えません。データベースの管理者が ALTER ROLE hagukumi_repair BYPASSRLS; を一度実行してください。何もしていません。",
          );
        await client.query(
          "GRANT USAGE ON SCHEMA allowance TO hagukumi_repair; GRANT SELECT ON ALL TABLES IN SCHEMA allowance TO hagukumi_repair",
        );
        for (const table of content.tables) {
          await client.query(`GRANT INSERT, UPDATE, DELETE ON ${quoted(table)} TO hagukumi_repair`);
          await client.query(
            `CREATE TRIGGER zz_repair_image AFTER INSERT OR UPDATE OR DELETE ON ${quoted(table)} FOR EACH ROW EXECUTE FUNCTION upkeep.keep_image()`,
          );
        }
        await client.query("SELECT set_config('hagukumi.repair_order', $1, true)", [String(orderId)]);
        const touched: number[] = [];
        for (const [place, statement] of content.statements.entries()) {
          await client.query("SELECT set_config('hagukumi.repair_statement', $1, true)", [String(place + 1)]);
          await client.query("SET LOCAL ROLE hagukumi_repair");
          touched.push(await deed(client, statement, place + 1));
          await client.query("RESET ROLE");
        }
        for (const table of content.tables) {
          await client.query(`SET CONSTRAINTS ALL IMMEDIATE`);
          await client.query(`DROP TRIGGER zz_repair_image ON ${quoted(table)}`);
          await client.query(`REVOKE ALL ON ${quoted(table)} FROM hagukumi_repair`);
        }
        await client.query(
          "REVOKE ALL ON ALL TABLES IN SCHEMA allowance FROM hagukumi_repair; REVOKE USAGE ON SCHEMA allowance FROM hagukumi_repair",
        );
        const { rows } = await client.query<{ rows: number; last: string }>(
          "SELECT rows, last FROM upkeep.image_chain($1)",
          [orderId],
        );
        const [chain] = rows;
        await client.query("UPDATE upkeep.work_use SET detail = $2 WHERE order_id = $1", [
          orderId,
          JSON.stringify({ touched, images: chain?.rows ?? 0, last: chain?.last ?? "" }),
        ]);
        await client.query(
          "INSERT INTO audit.event (actor, purpose, action, object_kind, object_id, detail) VALUES ($1, $2, 'repair.run', 'workOrder', $3, $4)",
          [
            operator,
            order.reason,
            String(orderId),
            JSON.stringify({ images: chain?.rows ?? 0, last: chain?.last ?? "" }),
          ],
        );
        return { touched, last: chain?.last ?? "" };
      }),
  );
}

async function deed(client: PoolClient, statement: string, place: number): Promise<number> {
  try {
    // The extended protocol takes one statement alone: no COMMIT can ride on it.
    const { rowCount } = await client.query({ text: statement, queryMode: "extended" } as { text: string });
    return rowCount ?? 0;
  } catch (error) {
    const state = (error as { readonly code?: unknown }).code;
    if (state === "40001" || state === "40P01") throw error;
    throw refuse(
      "repairStatement",
      `補修の ${place} 番目の文を行えません（${typeof state === "string" ? state : ""}）。全部を取り消しました。指示に挙げた表だけを扱っているか、データベースの決まりに合うかを確かめ、新しい指示を出してください。`,
      error,
    );
  }
}

export type RepairRecord = WorkOrder & {
  readonly images: readonly {
    readonly seq: number;
    readonly statement: number;
    readonly table: string;
    readonly deed: "INSERT" | "UPDATE" | "DELETE";
    readonly before: unknown;
    readonly after: unknown;
  }[];
  /** Whether each image is linked to the one before, and the last is the one that the use of the order names */
  readonly whole: boolean;
};

/** The record of a repair, from which it can be followed row by row. */
export async function repairRecord({ pool }: Pick<UpkeepContext, "pool">, orderId: number): Promise<RepairRecord> {
  return await asUpkeep(pool, async (client) => {
    const order = await orderOn(client, orderId);
    const { rows: images } = await client.query<RepairRecord["images"][number]>(
      `SELECT seq, statement, table_name AS "table", deed, before, after FROM upkeep.repair_image WHERE order_id = $1 ORDER BY seq`,
      [orderId],
    );
    const { rows } = await client.query<{ rows: number; last: string; right: boolean }>(
      'SELECT rows, last, right_order AS "right" FROM upkeep.image_chain($1)',
      [orderId],
    );
    const [chain] = rows;
    const said = order.detail ?? {};
    const whole =
      chain?.right === true &&
      (order.usedBy === null || (said["images"] === chain.rows && said["last"] === chain.last));
    return { ...order, images, whole };
  });
}
