/** The law's parameters approved by two people, for tests that decide without the settings of a city. */
import type { Pool } from "pg";

import { seedApprovedParameters } from "../../src/parameters/register-set.ts";
import { calendar } from "./cases.ts";

export async function approveLaw(pool: Pool): Promise<void> {
  await seedApprovedParameters(pool, calendar, { enteredBy: "settei.ichiro", approvedBy: "settei.niro" });
}
