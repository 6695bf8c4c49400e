/** A city of five families whose figures can be added up by hand: two wards, both classes, one family without a class. */
import type { Pool } from "pg";

import { seedCases, threeFamilies } from "./cases.ts";

const others = [
  // Under 3 until 2028-01 → 15,000; 非被用者 in 東区
  { recipient: 900000000000104, children: [{ id: 900000000000206, birthDate: "2025-01-01" }], firstMonth: "2025-03" },
  // Under 3 until 2028-02 → 15,000; no class
  { recipient: 900000000000105, children: [{ id: 900000000000207, birthDate: "2025-02-01" }], firstMonth: "2025-03" },
] as const;

/**
 * October 2026, a month: 15,000 + (10,000 + 10,000 + 30,000) + 10,000 + 15,000 + 15,000 = 105,000 yen, 7 children, 5 recipients.
 * 中央区: families 1 … 3 and 5; 東区: family 4.
 */
export const statisticsMonth = { recipients: 5, children: 7, amount: 105_000 } as const;

/** Seeds the city; 認定番号 in the order of the families. */
export async function seedStatisticsCity(pool: Pool): Promise<readonly number[]> {
  const ids = await seedCases(pool, [...threeFamilies, ...others]);
  await setClass(pool, ids[3] ?? 0, "nonEmployee", "431028");
  await setClass(pool, ids[4] ?? 0, null, "431010");
  return ids;
}

/** Class of the claim and ward of a seeded case, written by the owner of the tables. */
export async function setClass(
  pool: Pool,
  recipientId: number,
  employeeClass: "employee" | "nonEmployee" | null,
  ward: string,
): Promise<void> {
  await pool.query(
    "UPDATE allowance.claim SET employee_class = $2 WHERE claim_id = (SELECT opened_by_claim FROM allowance.recipient WHERE recipient_id = $1)",
    [recipientId, employeeClass],
  );
  await pool.query("UPDATE allowance.recipient SET ward_code = $2 WHERE recipient_id = $1", [recipientId, ward]);
}
