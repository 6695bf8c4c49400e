/**
 * 対象者の範囲 (D181): whom the allowance needs to know of from another office. Whoever is not on this list is turned back before a single
 * value of the row is kept.
 */
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

const NEEDED = `
  WITH named AS (
    SELECT addressee_number AS n FROM allowance.recipient
    UNION SELECT claimant_number FROM allowance.claim
    UNION SELECT child_number FROM allowance.claim_child
    UNION SELECT claimant_number FROM allowance.filing
    UNION SELECT related_number FROM allowance.related_person_current WHERE related_number IS NOT NULL)
  SELECT n FROM named
  UNION
  -- Grown-ups who live with them: one of them may be the parent who maintains the child (児童手当法4条3項).
  SELECT o.addressee_number FROM allowance.person_current o
  WHERE o.resident_state = 1 AND o.birth_date <= $1::date - interval '18 years' AND o.household_number IN (
    SELECT p.household_number FROM allowance.person_current p WHERE p.addressee_number IN (SELECT n FROM named))
  UNION
  -- Families with a child who may still claim: a parent's facts are needed for the decision.
  SELECT o.addressee_number FROM allowance.person_current o
  WHERE o.resident_state = 1 AND o.household_number IN (
    SELECT c.household_number FROM allowance.person_current c WHERE c.resident_state = 1 AND c.birth_date > $1::date - interval '19 years')`;

/** 宛名番号 of everybody whom the allowance needs on this day. */
export async function neededPersons(connection: Queryable, day: string): Promise<ReadonlySet<number>> {
  const { rows } = await connection.query<{ n: number }>(NEEDED, [day]);
  return new Set(rows.map(({ n }) => n));
}
