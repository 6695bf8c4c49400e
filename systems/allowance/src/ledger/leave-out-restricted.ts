/** 支給制限 (児童手当法10条): what the law of amounts gives is not granted for months under a restriction. */
import type { PoolClient } from "pg";

/**
 * Takes the child-months under a restriction in force out of the temporary table `computed`: what stands for them is reversed, and
 * nothing is accrued. A case whose months are all restricted stays in `computed_case`.
 */
export async function leaveOutRestricted(client: PoolClient): Promise<void> {
  await client.query(
    `DELETE FROM computed c USING allowance.benefit_restriction_in_force f WHERE f.recipient_id = c.recipient_id AND c.benefit_month >= f.from_month
       AND (f.payable_from IS NULL OR c.benefit_month < f.payable_from) AND (f.child_number IS NULL OR f.child_number = c.child_number)`,
  );
}
