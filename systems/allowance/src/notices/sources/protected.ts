/**
 * 支援措置に関わる人: everybody whose letter could tell something of a protected person – the person, the household, the children, and
 * whoever has claimed those children. Their letters go to the manual tray (A189, I-3).
 */
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

const TOUCHED = `
WITH p AS MATERIALIZED (
  SELECT DISTINCT h.addressee_number::bigint AS n FROM allowance.person_history h WHERE h.protected AND allowance.is_protected(h.addressee_number))
SELECT DISTINCT m AS number FROM p CROSS JOIN LATERAL (SELECT p.n AS m UNION SELECT * FROM allowance.case_members(p.n)) x`;

/** 宛名番号 of the protected and of all who stand near them, as it is known now. */
export async function protectedCases(connection: Queryable): Promise<ReadonlySet<number>> {
  const { rows } = await connection.query<{ number: number }>(TOUCHED);
  return new Set(rows.map(({ number }) => number));
}
