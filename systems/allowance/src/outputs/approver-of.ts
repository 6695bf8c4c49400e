/** 承認された対象: who approved the run that a list or a print is the output of. */
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

export type ListedObject = "paymentRun" | "massRun" | "letterRun";

// A run that was given up after its approval is the approved output of nothing.
const APPROVER: Readonly<Record<ListedObject, string>> = {
  paymentRun: `SELECT e.actor FROM allowance.run_event e WHERE e.run_no = $1 AND e.to_state = 'approved'
    AND NOT EXISTS (SELECT FROM allowance.run_event c WHERE c.run_no = $1 AND c.to_state IN ('cancelled', 'voided'))`,
  massRun: `SELECT e.actor FROM allowance.mass_event e WHERE e.mass_run_no = $1 AND e.to_state = 'approved'
    AND NOT EXISTS (SELECT FROM allowance.mass_event c WHERE c.mass_run_no = $1 AND c.to_state = 'cancelled') ORDER BY e.seq DESC LIMIT 1`,
  letterRun: "SELECT e.actor FROM allowance.letter_run_event e WHERE e.run_no = $1 AND e.to_state = 'approved'",
};

/** The member of staff who approved it; undefined before the approval, and where there is no such run. */
export async function approverOf(connection: Queryable, kind: ListedObject, no: number): Promise<string | undefined> {
  const { rows } = await connection.query<{ actor: string }>(APPROVER[kind], [no]);
  return rows[0]?.actor;
}
