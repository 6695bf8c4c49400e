/** 復元訓練: every number is opened with keys that came from the shares; only the count is kept. */
import { readCommitted, withRole } from "@hagukumi/platform/database/transaction.ts";

import { inspect } from "../operations/inspect.ts";
import { SLICE_LIMIT } from "../operations/shapes.ts";
import type { KeyRing } from "./key-ring.ts";
import { type KeyWork, logKeys } from "./manage.ts";

export type DrillResult = { readonly readable: number; readonly damaged: number };

/** Opens all numbers and records how many could be read. */
export async function drill(work: KeyWork, ring: KeyRing, setId: string): Promise<DrillResult> {
  let readable = 0;
  let damaged = 0;
  let after: string | null = null;
  do {
    const { response } = await readCommitted(work.pool, async (client) => {
      await withRole(client, "hagukumi_vault");
      return await inspect(client, ring, { after, limit: SLICE_LIMIT });
    });
    const bad = new Set(response.faults.map(({ personRef }) => personRef)).size;
    damaged += bad;
    readable += response.persons.length - bad;
    after = response.next;
    work.onProgress?.(readable + damaged, readable + damaged);
  } while (after !== null && work.signal?.aborted !== true);
  await readCommitted(work.pool, async (client) => {
    await withRole(client, "hagukumi_vault_keys");
    await client.query(
      "INSERT INTO vault.drill (set_id, readable, damaged, done_by, done_at) VALUES ($1, $2, $3, $4, $5)",
      [setId, readable, damaged, work.operator, work.now()],
    );
    await logKeys(client, work, "drill", `set:${setId}`, readable);
  });
  return { readable, damaged };
}
