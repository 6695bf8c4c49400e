/**
 * Staging (仮置き): rows of one feed file in a temporary table, where whole-file questions are asked in SQL — double
 * keys, unknown persons, what is new — before one statement moves the rest into the register.
 */
import { copyRows } from "@hagukumi/platform/database/copy.ts";
import type { PoolClient } from "pg";

import type { Feed } from "./feed.ts";
import { type RowProblem, rowProblem, type RowProblemCode } from "./row-problem.ts";

/** A refused row: where it stands in the file and what is wrong with it. */
export type RefusedRow = { readonly line: number; readonly problems: readonly RowProblem[] };

/** Name of the feed's staging table; temporary, gone at commit. */
export function stageName(feed: Feed): string {
  return `stage_${feed.file.replace(".csv", "")}`;
}

/** Makes the staging table and copies the rows into it: line number, the feed's columns, digest. */
export async function stageRows(
  client: PoolClient,
  feed: Feed,
  rows: AsyncIterable<readonly unknown[]>,
): Promise<number> {
  const table = stageName(feed);
  const columns = feed.columns.map(({ name, type }) => `${name} ${type}`).join(", ");
  // Sorts and hash tables over a whole register fit in this; it ends with the transaction.
  await client.query("SET LOCAL work_mem = '128MB'");
  // Each key of a file is looked up once: remembering the answers costs and never helps.
  await client.query("SET LOCAL enable_memoize = off");
  await client.query(`DROP TABLE IF EXISTS pg_temp.${table}`);
  await client.query(`CREATE TEMP TABLE ${table} (line integer, ${columns}, row_digest text) ON COMMIT DROP`);
  const names = ["line", ...feed.columns.map(({ name }) => name), "row_digest"];
  const count = await copyRows(client, table, names, rows);
  await client.query(`ANALYZE ${table}`);
  return count;
}

const same = (left: string, right: string, columns: readonly string[]): string =>
  columns.map((column) => `${left}.${column} = ${right}.${column}`).join(" AND ");

/**
 * Takes rows with a double key out of the staging table. Different content: nobody can say which is right, so all rows
 * of the key are refused. Same content: the first stays, the others count as unchanged.
 */
export async function refuseDoubleKeys(client: PoolClient, feed: Feed): Promise<RefusedRow[]> {
  const table = stageName(feed);
  const key = feed.key.join(", ");
  await client.query(
    `CREATE TEMP TABLE double_${table} ON COMMIT DROP AS
     SELECT ${key}, min(line) AS first, min(row_digest) = max(row_digest) AS same
     FROM ${table} GROUP BY ${key} HAVING count(*) > 1`,
  );
  const { rows } = await client.query<{ line: number; value: string }>(
    `DELETE FROM ${table} s USING double_${table} d
     WHERE ${same("s", "d", feed.key)} AND NOT d.same
     RETURNING s.line, concat_ws('+', ${feed.key.map((column) => `s.${column}`).join(", ")}) AS value`,
  );
  await client.query(
    `DELETE FROM ${table} s USING double_${table} d WHERE ${same("s", "d", feed.key)} AND d.same AND s.line > d.first`,
  );
  await client.query(`DROP TABLE double_${table}`);
  return rows.map(({ line, value }) => ({ line, problems: [rowProblem(feed.keyLabel, value, "duplicateKey")] }));
}

/** Takes out of the staging table every row for which `condition` (on alias `s`) holds, as refused with `code`. */
export async function refuseWhere(
  client: PoolClient,
  feed: Feed,
  refusal: {
    readonly column: string;
    readonly label: string;
    readonly code: RowProblemCode;
    readonly condition: string;
  },
): Promise<RefusedRow[]> {
  const { rows } = await client.query<{ line: number; value: string | null }>(
    `DELETE FROM ${stageName(feed)} s WHERE ${refusal.condition} RETURNING s.line, s.${refusal.column}::text AS value`,
  );
  return rows.map(({ line, value }) => ({
    line,
    problems: [rowProblem(refusal.label, value ?? "", refusal.code)],
  }));
}

/** Refuses rows that name a 宛名番号 nobody has. */
export async function refuseUnknownPersons(client: PoolClient, feed: Feed): Promise<RefusedRow[]> {
  const refusedRows: RefusedRow[] = [];
  for (const { column, label } of feed.references) {
    refusedRows.push(
      ...(await refuseWhere(client, feed, {
        column,
        label,
        code: "personUnknown",
        condition: `s.${column} IS NOT NULL AND NOT EXISTS (SELECT FROM allowance.addressee a WHERE a.addressee_number = s.${column})`,
      })),
    );
  }
  return refusedRows;
}

/** Registers the 宛名番号 of staged residents or organizations, and refuses those that belong to the other kind. */
export async function registerAddressees(
  client: PoolClient,
  feed: Feed,
  kind: "person" | "organization",
): Promise<RefusedRow[]> {
  const refusedRows = await refuseWhere(client, feed, {
    column: "addressee_number",
    label: "宛名番号",
    code: "addresseeKind",
    condition: `EXISTS (SELECT FROM allowance.addressee a WHERE a.addressee_number = s.addressee_number AND a.kind <> '${kind}')`,
  });
  await client.query(
    `INSERT INTO allowance.addressee (addressee_number, kind)
     SELECT DISTINCT s.addressee_number, '${kind}' FROM ${stageName(feed)} s
     WHERE NOT EXISTS (SELECT FROM allowance.addressee a WHERE a.addressee_number = s.addressee_number)
     ORDER BY 1`, // in order, so that the indexes grow at their end
  );
  return refusedRows;
}

/**
 * Runs `work`, which moves the staged residents, with the indexes of an empty register set aside: they are made after the rows, in one go.
 * Where the register is not empty, is being read, or the rows are few, `work` simply runs.
 */
export async function asFirstLoad<T>(client: PoolClient, staged: number, work: () => Promise<T>): Promise<T> {
  const { rows } = await client.query<{ aside: boolean }>("SELECT allowance.begin_first_load($1) AS aside", [staged]);
  const result = await work();
  if (rows[0]?.aside === true) await client.query("SELECT allowance.end_first_load()");
  return result;
}

/**
 * Moves staged rows into a table that keeps every version: a key seen for the first time becomes revision 1, a key whose
 * content differs from its last revision becomes the next one, equal content adds nothing. Returns the rows added.
 */
export async function addRevisions(client: PoolClient, feed: Feed, table: string, batchId: number): Promise<number> {
  const columns = feed.columns.map(({ name }) => name);
  const result = await client.query(
    `INSERT INTO ${table} (${columns.join(", ")}, revision, row_digest, batch_id)
     SELECT ${columns.map((column) => `s.${column}`).join(", ")}, coalesce(last.revision, 0) + 1, s.row_digest, $1
     FROM ${stageName(feed)} s
     LEFT JOIN LATERAL (
       SELECT t.revision, t.row_digest FROM ${table} t WHERE ${same("t", "s", feed.key)} ORDER BY t.revision DESC LIMIT 1
     ) last ON true
     WHERE last.row_digest IS DISTINCT FROM s.row_digest`,
    [batchId],
  );
  return result.rowCount ?? 0;
}
