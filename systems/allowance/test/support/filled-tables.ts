/**
 * One made-up row for each of several people in every table of the schema, whatever its columns are: for tests that no table
 * shows a row to whom it must not. Made in a database of the test's own, whose CHECK constraints are dropped first.
 */
import type { Pool, PoolClient } from "pg";

type Column = { readonly table: string; readonly column: string; readonly type: string; readonly base: string };

const COLUMNS = `
SELECT c.relname AS "table", a.attname AS "column", t.typname AS "type", coalesce(b.typname, t.typname) AS base
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_type b ON b.oid = t.typbasetype AND t.typbasetype <> 0
WHERE c.relnamespace = 'allowance'::regnamespace AND c.relkind = 'r' AND c.relforcerowsecurity ORDER BY c.relname, a.attnum`;

/** A value of the column for person number `place` (1…9). Every key is `place`, so that the rows of one person refer to each other. */
function valueFor(column: Column, person: number, place: number): unknown {
  if (column.type === "addressee_number") return person;
  if (column.type === "digest") return String(place).repeat(64);
  if (column.type === "benefit_month") return `2026-0${place}-01`;
  if (column.type === "_int8") return [person];
  switch (column.base) {
    case "int8":
    case "int4":
    case "int2":
    case "xid8":
    case "numeric":
      return place;
    case "bool":
      return false;
    case "date":
      return `2026-0${place}-01`;
    case "timestamptz":
      return "2026-11-01T00:00:00Z";
    case "jsonb":
      return "{}";
    case "bytea":
      return Buffer.from([place]);
    default:
      return column.base.startsWith("_") ? [] : String(place);
  }
}

async function dropChecks(client: PoolClient): Promise<void> {
  const { rows } = await client.query<{ sql: string }>(
    `SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS sql FROM pg_constraint
     WHERE connamespace = 'allowance'::regnamespace AND contype = 'c' AND conrelid <> 0`,
  );
  for (const { sql } of rows) await client.query(sql);
}

/** Fills every table that has forced row security with one row for each person; returns the names of the tables. */
export async function fillProtectedTables(pool: Pool, persons: readonly number[]): Promise<readonly string[]> {
  const client = await pool.connect();
  try {
    const { rows: columns } = await client.query<Column>(COLUMNS);
    await client.query("BEGIN");
    await dropChecks(client);
    await client.query("SET LOCAL session_replication_role = replica");
    const tables = [...new Set(columns.map(({ table }) => table))];
    for (const table of tables) {
      const own = columns.filter((each) => each.table === table);
      const names = own.map(({ column }) => `"${column}"`).join(", ");
      const places = own.map((_, index) => `$${index + 1}`).join(", ");
      for (const [index, person] of persons.entries()) {
        await client.query(
          `INSERT INTO allowance."${table}" (${names}) OVERRIDING SYSTEM VALUE VALUES (${places})`,
          own.map((column) => valueFor(column, person, index + 1)),
        );
      }
    }
    await client.query("COMMIT");
    return tables;
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  } finally {
    client.release();
  }
}
