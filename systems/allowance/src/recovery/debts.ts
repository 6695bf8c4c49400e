/** 支払の前に見える返納の残り (A115): what a person still owes, wherever a new payment to that person is prepared or decided. */
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import type { RecoveryState } from "./states.ts";

/** What one claim still asks for; yen. */
export type Debt = {
  readonly recoveryId: number;
  readonly recipientId: number;
  readonly state: RecoveryState;
  readonly foundOn: string;
  readonly outstanding: number;
  /** Whether an offset in force takes it out of payments */
  readonly offset: boolean;
};

const OFFSET = `EXISTS (SELECT FROM allowance.recovery_plan p JOIN allowance.advance_offset o USING (offset_id)
  WHERE p.recovery_id = s.recovery_id AND NOT EXISTS (SELECT FROM allowance.advance_offset_end e WHERE e.offset_id = o.offset_id))`;

/** Claims with something left of a person under any 認定番号 of his or hers: an old right's debt shows before a new right is paid. */
export async function debtsOf(connection: Queryable, addresseeNumber: number): Promise<readonly Debt[]> {
  const { rows } = await connection.query<Debt>(
    `SELECT s.recovery_id AS "recoveryId", s.recipient_id AS "recipientId", s.state, s.found_on AS "foundOn", s.outstanding, ${OFFSET} AS offset
     FROM allowance.recovery_state s JOIN allowance.recipient r USING (recipient_id)
     WHERE r.addressee_number = $1 AND s.outstanding > 0 ORDER BY s.recovery_id`,
    [addresseeNumber],
  );
  return rows;
}

/** One recipient of a payment run who owes something. */
export type DebtInRun = {
  readonly recipientId: number;
  /** What is still owed in all, yen, after what this run takes */
  readonly outstanding: number;
  readonly claims: number;
  /** What the run transfers and what it takes by 内払, yen */
  readonly paid: number;
  readonly taken: number;
  /** Whether an offset plan is in force */
  readonly offset: boolean;
};

/** Everybody in a run who owes something under any of his or her 認定番号, the largest debt first. */
export async function debtsInRun(connection: Queryable, runNo: number): Promise<readonly DebtInRun[]> {
  const { rows } = await connection.query<DebtInRun>(
    `WITH paid AS (SELECT recipient_id, sum(amount)::int AS amount FROM allowance.run_line WHERE run_no = $1 GROUP BY 1),
          taken AS (SELECT recipient_id, sum(amount)::int AS amount FROM allowance.run_deduction WHERE run_no = $1 AND kind = 'advanceOffset' GROUP BY 1),
          owing AS (SELECT r.addressee_number, sum(s.outstanding)::int AS outstanding, count(*)::int AS claims, bool_or(${OFFSET}) AS offset
                    FROM allowance.recovery_state s JOIN allowance.recipient r USING (recipient_id) WHERE s.outstanding > 0 GROUP BY 1)
     SELECT r.recipient_id AS "recipientId", coalesce(o.outstanding, 0) AS outstanding, coalesce(o.claims, 0) AS claims, coalesce(p.amount, 0) AS paid,
            coalesce(t.amount, 0) AS taken, coalesce(o.offset, false) OR t.amount IS NOT NULL AS offset
     FROM allowance.recipient r LEFT JOIN paid p USING (recipient_id) LEFT JOIN taken t USING (recipient_id) LEFT JOIN owing o USING (addressee_number)
     WHERE (p.recipient_id IS NOT NULL AND o.outstanding IS NOT NULL) OR t.recipient_id IS NOT NULL ORDER BY 2 DESC, 1`,
    [runNo],
  );
  return rows;
}
