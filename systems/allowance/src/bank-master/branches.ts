/** Questions to the bank master. */
import type { CivilDate } from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

/** 店番 of a bank that exist on the day; empty for an unknown bank. */
export async function branchesOn(connection: Queryable, bank: string, day: CivilDate): Promise<ReadonlySet<string>> {
  const { rows } = await connection.query<{ branch: string }>(
    "SELECT branch FROM allowance.branch_period WHERE bank = $1 AND valid_from <= $2 AND (last_day IS NULL OR last_day >= $2)",
    [bank, day],
  );
  return new Set(rows.map(({ branch }) => branch));
}
