/** 窓口払の場所と期間 of a run: taken from the settings when it is made, told in the letters, kept as it was. */
import { addDays, civilDate } from "@hagukumi/law/contract.ts";
import type { PoolClient } from "pg";

import { readSetting } from "../../settings.ts";

/**
 * Writes the window of a run whose lines (temporary table `line`) include some that are paid at the counter.
 *
 * @throws Refusal `settingMissing` where the city has not said where and when
 */
export async function writeCounterWindow(client: PoolClient, runNo: number, payOn: string): Promise<void> {
  const { rowCount } = await client.query("SELECT FROM line WHERE fund_id IS NOT NULL LIMIT 1");
  if (rowCount === 0) return;
  const { place, hours, days } = await readSetting(client, "counterPayment", payOn);
  await client.query(
    "INSERT INTO allowance.counter_window (run_no, place, hours, opens_on, closes_on) VALUES ($1, $2, $3, $4, $5)",
    [runNo, place, hours, payOn, addDays(civilDate(payOn), days)],
  );
}
