/** The first whole register goes in with its indexes set aside: only into an empty register, only while nobody reads, and all are there again. */
import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import type { PoolClient } from "pg";
import { expect, it } from "vitest";

import { importFeeds } from "../../src/register/import-feeds.ts";
import { asFirstLoad } from "../../src/register/stage.ts";
import { testContext, testFolder } from "../support/context.ts";
import { resident, writeDelivery } from "../support/feeds.ts";

const database = useDatabase();
const dir = testFolder();

async function indexes(client: Pick<PoolClient, "query">): Promise<readonly string[]> {
  const { rows } = await client.query<{ definition: string }>(
    `SELECT indexdef AS definition FROM pg_indexes WHERE (schemaname, tablename) IN (('allowance', 'person_history'), ('lookup', 'person_key')) ORDER BY 1`,
  );
  return rows.map(({ definition }) => definition);
}

/** The indexes that there are while rows go in, and afterwards in the same transaction, which is given up. */
async function during(
  staged: number,
): Promise<{ readonly meanwhile: readonly string[]; readonly after: readonly string[] }> {
  const client = await database.pool.connect();
  try {
    await client.query("BEGIN ISOLATION LEVEL SERIALIZABLE");
    await client.query("SET LOCAL ROLE hagukumi_allowance");
    const meanwhile = await asFirstLoad(client, staged, async () => await indexes(client));
    return { meanwhile, after: await indexes(client) };
  } finally {
    await client.query("ROLLBACK");
    client.release();
  }
}

it("sets the indexes aside for many rows into an empty register alone, never waits for a reader, and makes the same ones again", async () => {
  const before = await indexes(database.pool);
  expect(before).toHaveLength(10); // 4 of the register, 6 of the search keys
  const untouched = { meanwhile: before, after: before };

  expect(await during(49_999)).toEqual(untouched);
  const reader = await database.pool.connect();
  await reader.query("BEGIN; SELECT FROM lookup.person_key");
  expect(await during(1_000_000)).toEqual(untouched);
  await reader.query("ROLLBACK");
  reader.release();

  const { meanwhile, after } = await during(1_000_000);
  // What keeps a row from being there twice stays, and so does the way from a person to the keys.
  expect(meanwhile.map((definition) => /INDEX (\S+)/.exec(definition)?.[1])).toEqual([
    "person_key_number",
    "person_history_pkey",
  ]);
  expect(after).toEqual(before);

  await importFeeds(testContext(database, dir), await writeDelivery(dir, { residents: [resident(1, "1990-01-01")] }));
  expect(await during(1_000_000)).toEqual(untouched);
});
