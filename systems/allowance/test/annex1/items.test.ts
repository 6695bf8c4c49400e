/** The annex1 views against the seed's own list, in both directions, and what the product adds to it. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";

type Seed = { readonly source: string; readonly groups: Readonly<Record<string, readonly string[]>> };
type Added = {
  readonly item: string;
  readonly why: string;
  readonly tables: Readonly<Record<string, readonly string[]>>;
};

const read = async <T>(file: string): Promise<T> =>
  JSON.parse(await readFile(join(import.meta.dirname, file), "utf8")) as T;

const seed = await read<Seed>("seed-items.json");
const added = await read<{ readonly items: readonly Added[] }>("added-items.json");
const database = useDatabase();

async function columnsOf(schema: string): Promise<Map<string, { readonly name: string; readonly comment: string }[]>> {
  const { rows } = await database.pool.query<{ relation: string; name: string; comment: string }>(
    `SELECT c.relname AS relation, a.attname AS name, coalesce(col_description(c.oid, a.attnum), '') AS comment
     FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     WHERE c.relnamespace = $1::regnamespace AND c.relkind IN ('r', 'v') ORDER BY c.relname, a.attnum`,
    [schema],
  );
  return Map.groupBy(rows, ({ relation }) => relation);
}

describe("別添1 as views", () => {
  it("the seed's list is whole: 6 groups with 54, 22, 11, 39, 14 and 24 items, none twice within a group", () => {
    const sizes = Object.values(seed.groups).map((items) => items.length);
    expect(sizes).toEqual([54, 22, 11, 39, 14, 24]);
    for (const items of Object.values(seed.groups)) expect(new Set(items).size).toBe(items.length);
  });

  it("[D81] the dictionary has every item of 別添1, 164 in six groups: each group is one view with exactly its items in their order, each with a Japanese comment, read with the reader's rights", async () => {
    const views = await columnsOf("annex1");
    expect([...views.keys()].toSorted()).toEqual(Object.keys(seed.groups).toSorted());
    expect([...views.values()].flat().length).toBe(164); // 54 + 22 + 11 + 39 + 14 + 24; 評価書: 100項目以上
    for (const [group, items] of Object.entries(seed.groups)) {
      const columns = views.get(group) ?? [];
      expect(columns.map(({ name }) => name)).toEqual(items);
      for (const { name, comment } of columns) expect(comment, `${group} ${name}`).toMatch(/[ぁ-んァ-ヶ一-龠]/);
    }
    const { rows } = await database.pool.query<{ name: string }>(
      `SELECT c.relname AS name FROM pg_class c WHERE c.relnamespace = 'annex1'::regnamespace
         AND (c.relkind <> 'v' OR NOT coalesce(c.reloptions @> '{security_invoker=true}', false) OR obj_description(c.oid) IS NULL)`,
    );
    expect(rows).toEqual([]);
  });
});

it("[D179] what 別添1 lacks and the product holds is listed, and each of it is in the schema with a comment", async () => {
  const tables = await columnsOf("allowance");
  expect(added.items.length).toBeGreaterThan(10);
  for (const { item, why, tables: wanted } of added.items) {
    expect(why, item).toMatch(/[ぁ-んァ-ヶ一-龠]/);
    for (const [table, columns] of Object.entries(wanted)) {
      const present = (tables.get(table) ?? []).map(({ name }) => name);
      expect(present, `${item}: allowance.${table}`).toEqual(expect.arrayContaining([...columns]));
      const { rows } = await database.pool.query<{ comment: string | null }>(
        "SELECT obj_description($1::regclass) AS comment",
        [`allowance.${table}`],
      );
      expect(rows[0]?.comment ?? "", `allowance.${table}`).toMatch(/[ぁ-んァ-ヶ一-龠]/);
    }
  }
});
